"""Answers begin and end with the tokens that generation_config.json names, as in transformers; the rest is said."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from flanchat.engine.checkpoint.validate import ModelSource, preflight
from flanchat.engine.events import Decoding, Delta, Finished, Request
from flanchat.engine.protocol import EngineOptions
from flanchat.engine.t5.local import LocalEngine

pytestmark = pytest.mark.transformers

PROMPT = "cook the pasta in salt water"
BEAMS = (1, 3)
PLAIN = {"pad_token_id": 0, "eos_token_id": 1, "decoder_start_token_id": 0}


@pytest.fixture
def model(tiny_model: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_model, tmp_path / "model"))


def opened(folder: Path, **options: Any) -> LocalEngine:
    given = EngineOptions(environ=os.environ, device="cpu", precision="float32", **options)
    return LocalEngine(ModelSource("m", folder, "folder", ""), given)


def settle(folder: Path, name: str, **fields: Any) -> None:
    (folder / name).write_text(json.dumps(fields))


def answer(engine: LocalEngine, *, beams: int = 1, **request: Any) -> tuple[list[int], str]:
    """The answer's ids without the end token, and why it finished."""
    decoding = Decoding(max_new_tokens=10, num_beams=beams)
    events = list(engine.stream([Request(PROMPT, decoding, **request)]))
    ids = [token.id for event in events if isinstance(event, Delta) for token in event.tokens]
    (finished,) = (event for event in events if isinstance(event, Finished))
    return ids, finished.finish


def generated(folder: Path, ends: list[int]) -> list[list[int]]:
    """The answers of transformers, with each number of beams."""
    import torch
    import transformers

    from flanchat.engine.t5.tokenizer import open_tokenizer
    from flanchat.engine.t5.transformers_model import use_own_tables

    net = transformers.T5ForConditionalGeneration.from_pretrained(
        folder, trust_remote_code=False, use_safetensors=True, local_files_only=True, attn_implementation="eager"
    )
    use_own_tables(net, preflight(folder))
    prompt = open_tokenizer(folder / "spiece.model").encode(PROMPT)
    ids = torch.tensor([prompt])
    made = [net.generate(ids, max_new_tokens=10, num_beams=beams, do_sample=False) for beams in BEAMS]
    answers = [rows[0, 1:].tolist() for rows in made]
    return [ids[: next((at for at, i in enumerate(ids) if i in ends), None)] for ids in answers]


@pytest.fixture(scope="module")
def plain(tiny_model: Path) -> list[tuple[list[int], str]]:
    """The answers of the model without such a file, with each number of beams."""
    engine = opened(tiny_model)
    return [answer(engine, beams=beams) for beams in BEAMS]


@pytest.mark.parametrize(
    "fields",
    [
        {"decoder_start_token_id": 7},
        {"decoder_start_token_id": [7]},
        {"decoder_start_token_id": None, "bos_token_id": 9},
        {"forced_bos_token_id": 42},
        {"forced_bos_token_id": 1},
        {"eos_token_id": "third"},
    ],
    ids=str,
)
def test_answers_begin_and_end_as_generate_does(
    model: Path, plain: list[tuple[list[int], str]], fields: dict[str, Any]
) -> None:
    ends = [1]
    if fields.get("eos_token_id"):
        ends = [1, *(ids[2] for ids, _ in plain)]
        fields = {"eos_token_id": ends}
    settle(model, "generation_config.json", **{**PLAIN, **fields})
    engine = opened(model)

    made = [answer(engine, beams=beams) for beams in BEAMS]

    assert all(now != before for now, before in zip(made, plain, strict=True))
    assert [ids for ids, _ in made] == generated(model, ends)
    assert preflight(model).remarks == ()


def test_config_json_says_the_same_where_there_is_no_other_file(model: Path) -> None:
    third = answer(opened(model))[0][2]
    (model / "generation_config.json").unlink()
    config = json.loads((model / "config.json").read_text())
    settle(model, "config.json", **{**config, "eos_token_id": [1, third], "forced_bos_token_id": 42})

    shape = preflight(model).shape

    assert (shape.eos_ids, shape.decoder_start_id, shape.forced_first) == ((1, third), 0, 42)
    settle(model, "generation_config.json", **PLAIN)
    assert preflight(model).shape.eos_ids == (1,)
    assert preflight(model).shape.forced_first is None


def test_two_likeliest_tokens_that_both_end_an_answer_leave_room_for_a_minimum(model: Path) -> None:
    everything = list(range(1, 180))
    settle(model, "generation_config.json", **{**PLAIN, "eos_token_id": everything})

    events = list(opened(model).stream([Request(PROMPT, Decoding(max_new_tokens=4, min_new_tokens=3))]))

    ids = [token.id for event in events if isinstance(event, Delta) for token in event.tokens]
    assert len(ids) >= 3
    assert not set(ids) & set(everything)


def test_what_the_user_begins_is_not_forced(model: Path) -> None:
    settle(model, "generation_config.json", **PLAIN, forced_bos_token_id=42)

    assert answer(opened(model), begin=(50, 51))[0][:2] == [50, 51]
    assert answer(opened(model), begin=(50, 51), only=True) == ([50, 51], "eos")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"num_beams": 4, "do_sample": True, "suppress_tokens": [5]}, "sets do_sample, num_beams, suppress_tokens, "),
        ({"forced_eos_token_id": 1}, "sets forced_eos_token_id, which flanchat does not use"),
        ({"eos_token_id": None}, "names no end token; answers end with token 1, as config.json says"),
        ({"eos_token_id": []}, "names no end token"),
        ({"decoder_start_token_id": None}, "names no start token; answers begin with token 0"),
        ({"decoder_start_token_id": [], "bos_token_id": []}, "names no start token"),
    ],
)
def test_what_generate_would_do_otherwise_is_said_once(model: Path, fields: dict[str, Any], said: str) -> None:
    settle(model, "generation_config.json", **{**PLAIN, **fields})
    notes: list[str] = []

    opened(model, note=notes.append).start()

    assert len(notes) == 1
    assert f"{model / 'generation_config.json'} {said}" in notes[0]


def test_fields_that_change_no_answer_are_not_said(model: Path) -> None:
    neutral = {"num_beams": 1, "do_sample": False, "max_length": 20, "suppress_tokens": [], "temperature": 0.5}
    settle(model, "generation_config.json", **PLAIN, **neutral)

    assert preflight(model).remarks == ()
