"""Blanks are filled with the tokens that each kind of T5 was trained to fill, and as transformers' `generate` does."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from flanchat.base.errors import UsageError
from flanchat.engine.checkpoint.validate import ModelSource, preflight
from flanchat.engine.t5.local import LocalEngine
from flanchat.engine.t5.tokenizer import open_tokenizer
from flanchat.prompting.profile import Profile
from flanchat.prompting.settings import Settings
from flanchat.sessions.fill import Filled
from flanchat.sessions.session import Session
from flanchat.sessions.transcript import NoTranscript
from tests.family.checkpoints import write_member
from tests.family.members import MEMBERS
from tests.reference import untraced_engine

CLOSE = 1e-4
BY_NAME = {member.name: member for member in MEMBERS}
TRAINED = ("T5", "T5 v1.1", "mT5", "umT5", "ByT5", "FLAN-UL2")
TEXT = "the <1> of the <2>s city"  # no character that mT5's small vocabulary spells in bytes

Make = Callable[[str], ModelSource]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """A small checkpoint of a member, by its name."""
    return lambda name: ModelSource(
        name, write_member(tmp_path / "model", replace(BY_NAME[name], weights="safetensors")), "folder", ""
    )


def opened(source: ModelSource) -> AbstractContextManager[LocalEngine]:
    return closing(untraced_engine(source))


def sentinels(source: ModelSource) -> tuple[int, ...]:
    return open_tokenizer(preflight(source.folder).tokenizer).sentinels


@pytest.mark.transformers
@pytest.mark.parametrize("name", [name for name in TRAINED if name != "ByT5"])
def test_a_sentinel_has_the_id_that_transformers_reads_for_its_name(make: Make, name: str) -> None:
    from transformers import AutoTokenizer

    source = make(name)
    theirs = AutoTokenizer.from_pretrained(source.folder)

    found = sentinels(source)

    assert len(found) >= 100
    assert list(found[:3]) == [theirs(f"<extra_id_{number}>").input_ids[0] for number in range(3)]
    if name != "umT5":  # whose tokens have the order of its tokenizer.json
        assert found == tuple(range(found[0], found[0] - len(found), -1))


def test_byt5_has_its_last_bytes_as_sentinels_which_no_text_has(make: Make) -> None:
    """Not the tokens after them, which transformers calls <extra_id_0> and so on and which were never trained."""
    source = make("ByT5")

    assert sentinels(source) == tuple(range(258, 247, -1))
    with (
        opened(source) as engine,
        pytest.raises(UsageError, match="11 blanks; ByT5 has sentinel tokens for at most 10"),
    ):
        engine.measure(["?"], blanks=11)


@pytest.mark.parametrize("name", ["mengzi-t5", "CodeT5"])
def test_a_model_without_known_sentinels_is_refused_with_the_reason(make: Make, name: str) -> None:
    why = rf"{name} cannot fill blanks: flanchat finds no sentinel tokens \(<extra_id_0>, ...\) in its vocabulary"

    with opened(make(name)) as engine, pytest.raises(UsageError, match=why):
        engine.measure(["?"], blanks=1)


@pytest.mark.transformers
@pytest.mark.parametrize("name", TRAINED)
def test_the_best_fills_and_their_probabilities_are_those_of_generate(make: Make, name: str) -> None:
    source = make(name)
    settings = Settings().with_layer("/set", {"n_best": 4, "max_new_tokens": 9})

    with opened(source) as engine:
        *__, filled = Session(engine, Profile("plain"), settings, NoTranscript()).fill(TEXT)

    assert isinstance(filled, Filled)
    found = {tuple(token.id for token in one.tokens): one for one in filled.answer.candidates}
    expected = searched(source, sentinels(source)[:3], best=4, longest=9)
    assert len(expected) == 4
    assert {ids: one.logprob for ids, one in found.items()} == pytest.approx(expected, abs=CLOSE)
    begun = filled.begin_logprob
    assert begun is not None
    together = math.fsum(math.exp(logprob - begun) for logprob in expected.values())
    assert math.fsum(math.exp(fill.logprob) for fill in filled.fills) == pytest.approx(together, rel=1e-3)


def searched(source: ModelSource, ids: tuple[int, ...], *, best: int, longest: int) -> dict[tuple[int, ...], float]:
    """What transformers finds: the tokens of each way to fill TEXT, without the end, with its log-probability.

    ids: of the first sentinel, which begins the answer, of the second, and of the third, which ends it.
    """
    import torch
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    model = AutoModelForSeq2SeqLM.from_pretrained(source.folder).float().eval()
    if model.config.model_type == "umt5":  # as in tests/family/test_members.py
        model.config.tie_word_embeddings = json.loads((source.folder / "config.json").read_text())[
            "tie_word_embeddings"
        ]
    theirs = AutoTokenizer.from_pretrained(source.folder)
    prompt = prompt_ids(theirs, source.name, ids)
    start = torch.tensor([[model.generation_config.decoder_start_token_id, ids[0]]])
    with torch.inference_mode():
        made = model.generate(
            torch.tensor([prompt]),
            decoder_input_ids=start,
            num_beams=best,
            num_return_sequences=best,
            max_new_tokens=longest - 1,
            eos_token_id=[1, ids[2]],
            do_sample=False,
            early_stopping=False,
            length_penalty=1.0,
        )
        found = {}
        for row in made:
            answer = row[1:].tolist()
            ends = [at for at, token in enumerate(answer) if token in (1, ids[2])]
            answer = answer[: ends[0] + 1] if ends else answer
            fed = torch.tensor([[0, *answer[:-1]]])
            logprobs = model(torch.tensor([prompt]), decoder_input_ids=fed).logits[0].log_softmax(-1)
            logprob = math.fsum(logprobs[at, token].item() for at, token in enumerate(answer))
            found[tuple(answer[:-1] if ends else answer)] = logprob
    return found


def prompt_ids(theirs: Any, name: str, ids: tuple[int, ...]) -> list[int]:
    """As the page of each model in transformers' documentation puts the sentinels in."""
    if name != "ByT5":
        return list(theirs("the <extra_id_0> of the <extra_id_1>s city").input_ids)
    parts = [[byte + 3 for byte in text.encode()] for text in ("the ", " of the ", "s city")]
    return [*parts[0], ids[0], *parts[1], ids[1], *parts[2], 1]
