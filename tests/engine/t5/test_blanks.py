"""Prompts with blanks: only there do the names of sentinels mean these, and the search is transformers'."""

from __future__ import annotations

from pathlib import Path

import pytest

from flanchat.base.errors import UsageError
from flanchat.engine.events import Decoding, Delta, Finished, Request
from flanchat.engine.t5.local import LocalEngine
from flanchat.engine.t5.tokenizer import open_tokenizer
from tests.reference import shared_engine

TEXT = "The <extra_id_0> sat on the <extra_id_1> ."


@pytest.fixture(scope="module")
def engine(tiny_model: Path) -> LocalEngine:
    return shared_engine(tiny_model, "float32")


def test_the_name_of_a_sentinel_is_text_unless_the_prompt_has_blanks(tiny_model: Path):
    tokenizer = open_tokenizer(tiny_model / "spiece.model")

    as_text, filled = tokenizer.encode(TEXT), tokenizer.encode_blanks(TEXT, 2)
    first, second, third = tokenizer.sentinels[:3]

    assert not {first, second} & set(as_text)
    assert [token_id for token_id in filled if token_id in tokenizer.sentinels] == [first, second]
    assert tokenizer.name(third) == "<extra_id_2>"
    assert tokenizer.measure_blanks(TEXT, 2).total == len(filled) < len(as_text)
    assert third not in tokenizer.encode_blanks("<extra_id_2>", 2)


@pytest.mark.transformers
def test_a_text_with_blanks_has_the_ids_that_transformers_gives_it(tiny_model: Path):
    from transformers import AutoTokenizer

    theirs = AutoTokenizer.from_pretrained(tiny_model)

    for text in (TEXT, "<extra_id_0> is it", "a<extra_id_0>b", "It is <extra_id_0>"):
        assert open_tokenizer(tiny_model / "spiece.model").encode_blanks(text, 2) == theirs(text).input_ids


@pytest.mark.transformers
def test_the_search_begins_with_the_first_sentinel_and_ends_after_the_last_blank(engine: LocalEngine):
    decodings = [Decoding(max_new_tokens=12, num_beams=3, beam=beam) for beam in range(3)]

    events = list(engine.stream([Request(TEXT, decoding, blanks=2) for decoding in decodings]))

    deltas = [[event for event in events if isinstance(event, Delta) and event.row == row] for row in range(3)]
    texts = ["".join(delta.text for delta in row) for row in deltas]
    assert all(text.startswith("<extra_id_0>") for text in texts)
    assert not any("<extra_id_2>" in text for text in texts)
    assert len({tuple(token.id for delta in row for token in delta.tokens) for row in deltas}) == 3
    assert all(0 < event.new_tokens <= 12 for event in events if isinstance(event, Finished))


def test_a_model_without_sentinels_is_refused_in_one_sentence(tmp_path: Path, engine: LocalEngine):
    with pytest.raises(UsageError, match=r"200 blanks; tiny has sentinel tokens for at most"):
        engine.measure(["?"], blanks=200)
