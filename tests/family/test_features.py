"""What a checkpoint of any member may have besides, such as several end tokens or an adapter."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from flanchat.engine.hubs.resolve import resolve
from tests.family.checkpoints import SIZES, random_tensors, write_json, write_member, write_weights
from tests.family.members import FEATURES, MEMBERS
from tests.family.test_members import Answer, answered, generated
from tests.tiny_t5 import LORA

pytestmark = [
    pytest.mark.transformers,
    pytest.mark.skipif(int(version("transformers").split(".")[0]) < 5, reason="version 4 ties every table"),
]

FLAN = next(member for member in MEMBERS if member.name == "Flan-T5")
CLOSE = 1e-4
PROMPT = FLAN.prompt


def change(path: Path, **fields: Any) -> None:
    write_json(path, {**json.loads(path.read_text(encoding="utf-8")), **fields})


def end_early(folder: Path) -> None:
    """The third token of the answer also ends it."""
    third = answered(resolve(str(folder), os.environ), PROMPT).tokens[2]
    change(folder / "generation_config.json", eos_token_id=[1, third])


def own_tables(folder: Path) -> None:
    tensors = load_file(folder / "model.safetensors")
    rng = np.random.default_rng(7)
    for name in ("encoder.embed_tokens.weight", "decoder.embed_tokens.weight"):
        tensors[name] = rng.normal(0, 0.35, tensors["shared.weight"].shape).astype(np.float32)
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


def added_tokens(folder: Path) -> None:
    """A user's tokens, in the spare rows."""
    first = json.loads((folder / "config.json").read_text())["vocab_size"] - 5
    (folder / "tokenizer.json").unlink()
    write_json(folder / "added_tokens.json", {"{": first, "}": first + 1, "<sep>": first + 2})


def resized(folder: Path) -> None:
    """As resize_token_embeddings leaves it: no spare rows."""
    config = json.loads((folder / "config.json").read_text())
    fewer = {**config, "vocab_size": config["vocab_size"] - 5}
    write_json(folder / "config.json", fewer)
    write_weights(folder, random_tensors(fewer), "safetensors")


CHANGES: dict[str, Callable[[Path], object]] = {
    "several end tokens": end_early,
    "another start token": lambda f: change(f / "generation_config.json", decoder_start_token_id=7),
    "a forced first token": lambda f: change(f / "generation_config.json", forced_bos_token_id=42),
    "tables of their own": own_tables,
    "tokens added by users": added_tokens,
    "a resized vocabulary": resized,
}
DEPTHS = {
    "a deeper encoder": {"num_layers": 4, "num_decoder_layers": 1},
    "a deeper decoder": {"num_layers": 1, "num_decoder_layers": 3},
}


@pytest.mark.parametrize("feature", [*CHANGES, *DEPTHS])
def test_a_checkpoint_with_it_answers_as_transformers_does(tmp_path: Path, feature: str) -> None:
    folder = write_member(tmp_path / "model", FLAN, **DEPTHS.get(feature, {}))
    CHANGES.get(feature, lambda folder: None)(folder)
    prompt = PROMPT.replace(":", " { <sep> x }") if feature == "tokens added by users" else PROMPT

    ours, theirs = answered(resolve(str(folder), os.environ), prompt), generated(folder, prompt)

    assert ours.tokens
    assert_equal(ours, theirs)


EVERY_LINEAR = [
    name.removesuffix(".weight")
    for name in random_tensors({**SIZES, **FLAN.config, "vocab_size": 9})
    if name.rpartition(".")[0].endswith((".q", ".k", ".v", ".o", ".wi_0", ".wi_1", ".wo"))
]
ADAPTERS: dict[str, tuple[list[str], list[str]]] = {  # modules with a change, and those saved whole
    "LoRA on every linear": (EVERY_LINEAR, []),
    "LoRA on the head": (["lm_head"], []),
    "LoRA on the embeddings": (["encoder.embed_tokens", "decoder.embed_tokens"], []),
    "modules_to_save": (EVERY_LINEAR[:3], ["lm_head", "encoder.embed_tokens", "decoder.embed_tokens"]),
}


@pytest.mark.parametrize("feature", ADAPTERS)
@pytest.mark.parametrize("tied", [False, True], ids=["own head", "tied"])
def test_an_adapter_answers_as_transformers_does_with_its_tensors_added(
    tmp_path: Path, feature: str, tied: bool
) -> None:
    changed, whole = ADAPTERS[feature]
    folder = write_member(tmp_path / "base", FLAN)
    config = json.loads((folder / "config.json").read_text())
    write_json(folder / "config.json", {**config, "tie_word_embeddings": tied})
    base = random_tensors({**config, "tie_word_embeddings": tied})
    write_weights(folder, base, "safetensors")
    adapter, sums = tmp_path / "adapter", {}
    saved, rng = {}, np.random.default_rng(3)
    for module in changed:
        weight = base.get(f"{module}.weight", base["shared.weight"])
        out, width = weight.shape
        left, right = rng.normal(0, 0.2, (out, 2)), rng.normal(0, 0.2, (2, width))
        sums[f"{module}.weight"] = (weight + 1.5 * left @ right).astype(np.float32)
        kinds = ("embedding_A", left.T), ("embedding_B", right.T)
        kinds = kinds if "embed_tokens" in module else (("A.weight", right), ("B.weight", left))
        saved |= {f"base_model.model.{module}.lora_{kind}": np.ascontiguousarray(m, np.float32) for kind, m in kinds}
    for module in whole:
        sums[f"{module}.weight"] = rng.normal(0, 0.35, base["shared.weight"].shape).astype(np.float32)
        saved[f"base_model.model.{module}.weight"] = sums[f"{module}.weight"]
    adapter.mkdir()
    write_json(
        adapter / "adapter_config.json", {**LORA, "r": 2, "lora_alpha": 3, "base_model_name_or_path": str(folder)}
    )
    save_file(saved, adapter / "adapter_model.safetensors", metadata={"format": "pt"})

    ours, theirs = answered(resolve(str(adapter), os.environ), PROMPT), generated(folder, PROMPT, sums)

    assert_equal(ours, theirs)
    assert ours.logprobs != answered(resolve(str(folder), os.environ), PROMPT).logprobs


def test_every_feature_of_the_page_is_tested_here() -> None:
    assert {name for name, _ in FEATURES} == {*CHANGES, *DEPTHS, *ADAPTERS}


def assert_equal(ours: Answer, theirs: Answer) -> None:
    assert ours.prompt == theirs.prompt
    assert ours.tokens == theirs.tokens
    assert ours.logprobs == pytest.approx(theirs.logprobs, abs=CLOSE)
