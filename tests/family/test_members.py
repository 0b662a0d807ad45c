"""Every member of the T5 family answers as transformers does, from the files that its page has."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest

from flanchat.engine.checkpoint.convert import is_safe
from flanchat.engine.checkpoint.description import read_licence
from flanchat.engine.checkpoint.validate import ModelSource
from flanchat.engine.events import Decoding, Delta, Request
from flanchat.engine.hubs.cached_models import CachedModel, is_complete
from flanchat.engine.hubs.download import download
from flanchat.engine.hubs.resolve import resolve
from flanchat.engine.protocol import EngineOptions
from flanchat.engine.t5.local import LocalEngine
from tests.family.checkpoints import write_member
from tests.family.members import MEMBERS, Member
from tests.family.page import Page

pytestmark = [pytest.mark.transformers, pytest.mark.usefixtures("forked")]

CLOSE = 1e-4
LENGTH = 8


@dataclass(frozen=True)
class Answer:
    """prompt: ids of the prompt. tokens: of the answer, without an end token."""

    prompt: list[int]
    tokens: list[int]
    logprobs: list[float]


@pytest.mark.parametrize("member", MEMBERS, ids=lambda member: member.name)
def test_every_member_answers_as_transformers_does(tmp_path: Path, member: Member) -> None:
    if not is_safe(version("torch")):  # a .bin is then refused
        member = replace(member, weights="safetensors")
    source = resolve(str(write_member(tmp_path / "model", member)), os.environ, convert_bin=member.weights == "bin")

    ours, theirs = answered(source, member.prompt), generated(source.folder, member.prompt)

    assert ours.prompt == theirs.prompt
    assert ours.tokens == theirs.tokens
    assert ours.tokens
    assert ours.logprobs == pytest.approx(theirs.logprobs, abs=CLOSE)


@pytest.mark.parametrize("member", MEMBERS, ids=lambda member: member.name)
def test_a_page_is_downloaded_with_all_that_the_member_needs(tmp_path: Path, member: Member) -> None:
    page = Page(write_member(tmp_path / "page", member), tmp_path / "caches")
    (page.folder / "README.md").write_text(f"---\nlicense: {member.licence}\n---\n")
    for other in ("flax_model.msgpack", "evil.py", "vocab.txt"):
        (page.folder / other).write_text("x")

    folder = download(
        page, "acme/tiny", "main", report=lambda line: None, progress=lambda parts: None, with_pickled=True
    )

    wanted = {path.name for path in page.folder.iterdir()} - {"flax_model.msgpack", "evil.py", "vocab.txt"}
    assert {path.name for path in folder.iterdir()} == wanted
    assert read_licence(folder).name == member.licence
    assert is_complete(CachedModel("acme/tiny", page, "acme/tiny", folder, 0))
    weights = next(path for path in folder.iterdir() if path.suffix in (".safetensors", ".bin"))
    weights.unlink()
    assert not is_complete(CachedModel("acme/tiny", page, "acme/tiny", folder, 0))


def answered(source: ModelSource, prompt: str) -> Answer:
    """Our answer, of LENGTH tokens at most."""
    engine = LocalEngine(source, EngineOptions(environ=os.environ, device="cpu", precision="float32"))
    ids = engine._tokenizer.encode(prompt)
    events = list(engine.stream([Request(prompt, Decoding(max_new_tokens=LENGTH))]))
    tokens = [token for event in events if isinstance(event, Delta) for token in event.tokens]
    return Answer(ids, [token.id for token in tokens], [token.logprob for token in tokens])


def generated(folder: Path, prompt: str, changed: Mapping[str, np.ndarray] = MappingProxyType({})) -> Answer:
    """The answer of transformers, with what the folder says and nothing else. changed: tensors instead of its own."""
    import torch
    import transformers

    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True)
    model = transformers.AutoModelForSeq2SeqLM.from_pretrained(
        folder,
        local_files_only=True,
        use_safetensors=True,
        attn_implementation="eager",
        torch_dtype=torch.float32,  # else in the precision that config.json names
    )
    if model.config.model_type == "umt5":  # version 5 divides what a head gets even where config.json says not to
        model.config.tie_word_embeddings = json.loads((folder / "config.json").read_text())["tie_word_embeddings"]
    for name, tensor in changed.items():  # each becomes a parameter of its own, whatever it shared before
        owner, _, last = name.rpartition(".")
        setattr(model.get_submodule(owner), last, torch.nn.Parameter(torch.from_numpy(tensor)))
    ids = tokenizer(prompt).input_ids
    with torch.inference_mode():
        made = model.generate(
            torch.tensor([ids]),
            max_new_tokens=LENGTH,
            num_beams=1,
            do_sample=False,
            use_cache=model.config.num_layers == model.config.num_decoder_layers,
            output_logits=True,
            return_dict_in_generate=True,
        )
    answer = made.sequences[0, 1:].tolist()
    ends = model.generation_config.eos_token_id
    ends = ends if isinstance(ends, list) else [ends]
    kept = answer[: next((at for at, token in enumerate(answer) if token in ends), None)]
    shares = [logits[0].log_softmax(-1)[token].item() for logits, token in zip(made.logits, kept, strict=False)]
    return Answer(ids, kept, shares)
