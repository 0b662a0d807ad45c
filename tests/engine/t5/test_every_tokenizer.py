"""A model with any tokenizer answers as transformers does, from the files that it has."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flanchat.base.errors import ModelError
from flanchat.engine.checkpoint.validate import ModelSource, preflight
from flanchat.engine.events import Decoding, Delta, Request
from flanchat.engine.protocol import EngineOptions
from flanchat.engine.t5.local import LocalEngine
from flanchat.engine.t5.tokenizer import open_tokenizer
from tests import tokenizer_layouts as layouts
from tests.engine.t5 import test_byte_tokenizer as of_bytes
from tests.tiny_t5 import SENTINELS, make_adapter, make_tiny_t5, piece_count, spiece_bytes

Layout = Callable[[Path], None]
PROMPT = "def add(a, b):\n    return {1: '北京'}"


def make_model(folder: Path, layout: Layout, rows: int = layouts.ROWS, **config: Any) -> Path:
    """A tiny model for the tokenizer of a layout."""
    make_tiny_t5(folder, more_rows=rows - piece_count() - SENTINELS, seed=3)
    for name in ("spiece.model", "tokenizer_config.json", "special_tokens_map.json", "generation_config.json"):
        (folder / name).unlink()
    sizes = json.loads((folder / "config.json").read_text())
    layout(folder)
    named = json.loads((folder / "config.json").read_text())
    layouts.write(folder / "config.json", {**sizes, **named, "vocab_size": rows, **config})
    return folder


def answer(model: Path, **decoding: Any) -> tuple[list[int], str]:
    engine = LocalEngine(ModelSource("m", model, "folder", ""), EngineOptions(environ=os.environ, precision="float32"))
    deltas = [e for e in engine.stream([Request(PROMPT, Decoding(**decoding))]) if isinstance(e, Delta)]
    return [token.id for delta in deltas for token in delta.tokens], "".join(delta.text for delta in deltas)


@pytest.mark.transformers
@pytest.mark.parametrize(
    ("layout", "rows"), [(layouts.codet5, layouts.ROWS), (layouts.lower_case, layouts.ROWS), (of_bytes.byt5, 384)]
)
def test_answers_are_those_of_transformers(tmp_path: Path, layout: Layout, rows: int) -> None:
    import torch
    from transformers import AutoTokenizer, T5ForConditionalGeneration

    model = make_model(tmp_path / "model", layout, rows)
    theirs = AutoTokenizer.from_pretrained(model, local_files_only=True)
    net = T5ForConditionalGeneration.from_pretrained(model, local_files_only=True, use_safetensors=True)

    for length in (1, 12, 13):  # one of them ends in the middle of a character
        ids, text = answer(model, max_new_tokens=length)
        prompt = torch.tensor([theirs(PROMPT).input_ids])
        made = net.generate(prompt, max_new_tokens=length, do_sample=False)[0, 1:].tolist()
        assert ids == (made[:-1] if made[-1] == net.generation_config.eos_token_id else made)
        assert text.lstrip(" ") == theirs.decode(made, skip_special_tokens=True).lstrip(" ")


def test_the_ordinary_tokenizer_does_not_import_the_tokenizers_library() -> None:
    code = """
import os, sys
from flanchat.engine.hubs.resolve import resolve
from flanchat.engine.t5.tokenizer import open_tokenizer
open_tokenizer(resolve(None, os.environ).folder / "spiece.model").measure(["a {"])
print("tokenizers" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def test_an_end_token_without_a_row_is_refused_before_the_weights_are_read(tmp_path: Path) -> None:
    model = make_model(tmp_path / "model", layouts.spelled_in_bytes, vocab_size=360)

    with pytest.raises(ModelError, match=r"added tokens: expected ids below 360, the vocab_size of config.json, got"):
        preflight(model)


def test_rows_beyond_the_vocabulary_have_names(tmp_path: Path) -> None:
    for layout in (layouts.codet5, of_bytes.byt5):
        ours = open_tokenizer(preflight(make_model(tmp_path / layout.__name__, layout)).tokenizer)

        assert [ours.name(layouts.ROWS - 1), ours.piece(layouts.ROWS - 1)] == [f"<{layouts.ROWS - 1}>", ""]


@pytest.mark.parametrize("layout", [layouts.codet5, layouts.byte_level, of_bytes.byt5])
def test_an_adapter_may_bring_the_small_files_of_its_base_or_all_of_them(tmp_path: Path, layout: Layout) -> None:
    base = make_model(tmp_path / "base", layout)
    adapter = make_adapter(tmp_path / "adapter", base, "encoder.block.0.layer.0.SelfAttention.q")
    small = [p for p in base.glob("*.json") if p.name not in ("config.json", "vocab.json", "tokenizer.json")]
    for names in ([], small, [p for p in base.iterdir() if p.name not in ("config.json", "model.safetensors")]):
        for path in names:
            shutil.copy(path, adapter)

        preflight(base, adapter)

    layouts.write(adapter / "tokenizer_config.json", {"tokenizer_class": "T5Tokenizer"})
    layouts.write(adapter / "special_tokens_map.json", {})
    (adapter / "spiece.model").write_bytes(spiece_bytes())
    (adapter / "tokenizer.json").unlink(missing_ok=True)
    with pytest.raises(ModelError, match=r"adapter: tokenizer: expected the base model's vocabulary, got another"):
        preflight(base, adapter)
