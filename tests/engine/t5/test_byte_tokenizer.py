"""ByT5's tokens are bytes: nothing of a text is lost, and ids and texts are those of transformers."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flanchat.base.errors import ModelError
from flanchat.engine.checkpoint.tokenizer_files import TokenizerSettings, digest_of, read_tokenizer_files
from flanchat.engine.t5.byte_tokenizer import ByteTokenizer
from flanchat.engine.t5.tokenizer import Tokenizer, clean, open_tokenizer
from tests.examples import examples
from tests.tokenizer_layouts import about, edit, write

NASTY = [
    "", " ", "\n\n", "Café e\u0301 ½ ﬁ ㈱", "北京\r\n日本", "👩\u200d👩\u200d👧", "\x00\x01\x7f\x85", 
    "{}<sep>  <sep>\n",     "a { b <se p>",
]  # fmt: skip
PLAIN = ByteTokenizer(TokenizerSettings("bytes", end=(1,), sentinels=125, own={"<pad>": 0, "</s>": 1, "<unk>": 2}))


def byt5(folder: Path) -> None:
    """As on the hub."""
    write(folder / "config.json", {"model_type": "t5", "tokenizer_class": "ByT5Tokenizer", "vocab_size": 400})
    names = {"eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>"}
    roles = {role: {**about(name, lstrip=True, rstrip=True), "__type": "AddedToken"} for role, name in names.items()}
    sentinels = [f"<extra_id_{number}>" for number in range(125)]
    more = {"extra_ids": 125, "additional_special_tokens": sentinels, "special_tokens_map_file": None}
    write(folder / "tokenizer_config.json", {**roles, **more, "tokenizer_class": "ByT5Tokenizer"})
    write(folder / "special_tokens_map.json", {**roles, "additional_special_tokens": sentinels})


def nothing_but_a_class(folder: Path) -> None:
    write(folder / "config.json", {"model_type": "t5", "tokenizer_class": "ByT5Tokenizer", "vocab_size": 400})
    write(folder / "tokenizer_config.json", {})


def with_tokens(folder: Path) -> None:
    """As transformers 4 saved it."""
    byt5(folder)
    sentinels = [f"<extra_id_{number}>" for number in range(125)]
    known = {name: 259 + number for number, name in enumerate(sentinels)}
    write(folder / "added_tokens.json", {**known, "\n\n": 384, "<sep>": 385, "{": 126})
    for name in ("tokenizer_config.json", "special_tokens_map.json"):
        edit(folder / name, additional_special_tokens=[*sentinels, "<sep>"])


def with_tokens_by_id(folder: Path) -> None:
    """As later versions save it, with the sentinels no longer counted."""
    byt5(folder)
    own = {str(at): about(name, lstrip=True, rstrip=True) for at, name in enumerate(("<pad>", "</s>", "<unk>"))}
    own |= {str(259 + number): about(f"<extra_id_{number}>", special=True) for number in range(125)}
    new = {"384": about("\n\n"), "385": about("<sep>", special=True), "386": about("北京", rstrip=True)}
    names = [*(f"<extra_id_{number}>" for number in range(125)), "<sep>"]
    fields = {"extra_ids": 0, "additional_special_tokens": names, "added_tokens_decoder": {**own, **new}}
    edit(folder / "tokenizer_config.json", **fields)


def without_sentinels(folder: Path) -> None:
    nothing_but_a_class(folder)
    write(folder / "tokenizer_config.json", {"extra_ids": 0, "sep_token": "<sep>"})


LAYOUTS: list[Callable[[Path], None]] = [
    byt5, nothing_but_a_class, with_tokens, with_tokens_by_id, without_sentinels
]  # fmt: skip


def opened(folder: Path) -> Tokenizer:
    settings = read_tokenizer_files(folder)
    assert settings.kind == "bytes"
    return open_tokenizer(settings.vocabulary[0])


def written(tokenizer: Tokenizer, ids: Sequence[int]) -> str:
    reader = tokenizer.reader()
    return "".join(map(reader.add, ids)) + reader.rest()


@pytest.mark.transformers
@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.__name__)
def test_ids_and_texts_are_those_of_transformers(tmp_path: Path, layout: Callable[[Path], None]) -> None:
    from transformers import AutoTokenizer

    layout(tmp_path)
    theirs: Any = AutoTokenizer.from_pretrained(tmp_path, trust_remote_code=False, local_files_only=True)
    decoded = functools.partial(theirs.decode, skip_special_tokens=True, spaces_between_special_tokens=False)
    ours, rng = opened(tmp_path), Random(0)

    for text in map(clean, [*NASTY, *("".join(rng.choices(NASTY, k=3)) for _ in range(50))]):
        ids = ours.encode(text)
        assert ids == theirs(text).input_ids, text
        assert "".join(source for _, source in ours.spans(text)) == text
        assert written(ours, ids) == decoded(ids)
    for _ in range(200):
        ids = rng.choices(range(len(theirs)), k=rng.randint(0, 9))
        assert written(ours, ids) == decoded(ids), ids


@given(st.text(st.characters(exclude_categories=()), max_size=30))
@examples(200)
def test_nothing_of_a_text_is_lost(text: str) -> None:
    measured = PLAIN.measure([text])

    assert written(PLAIN, PLAIN.encode(text)) == clean(text)
    assert "".join(source for _, source in PLAIN.spans(text)) == clean(text)
    assert [warned for warned in measured.warnings if warned.kind != "special"] == []
    assert not any(piece.unknown for piece in PLAIN.pieces(text))


@given(st.lists(st.integers(0, 400), max_size=30))
@examples(200)
def test_an_answer_read_byte_by_byte_is_the_answer_at_once(ids: list[int]) -> None:
    at_once = b"".join(bytes([token_id - 3]) for token_id in ids if 3 <= token_id < 259).decode("utf-8", "ignore")

    assert written(PLAIN, ids) == at_once


def test_a_character_is_written_with_the_last_of_its_bytes() -> None:
    reader = PLAIN.reader()

    assert [reader.add(token_id) for token_id in PLAIN.encode("a☃")] == ["a", "", "", "☃", ""]


def test_a_typed_control_word_is_bytes() -> None:
    typed = "</s><pad><unk><extra_id_0>"

    assert PLAIN.encode(typed) == [*(byte + 3 for byte in typed.encode()), 1]
    assert [warned.kind for warned in PLAIN.measure([typed]).warnings] == ["special"]


def test_every_token_has_a_name() -> None:
    assert [PLAIN.name(token_id) for token_id in (0, 1, 2, 100, 13, 231, 259, 383, 384)] == [
        "<pad>", "</s>", "<unk>", "a", "\n", "<0xE4>", "<extra_id_0>", "<extra_id_124>", "<384>"
    ]  # fmt: skip
    assert [(piece.name, piece.source) for piece in PLAIN.pieces("ä b")] == [
        ("<0xC3>", ""), ("<0xA4>", "ä"), ("\u2581", " "), ("b", "b")
    ]  # fmt: skip


def test_the_digest_does_not_depend_on_settings_that_change_no_id(tmp_path: Path) -> None:
    byt5(tmp_path)
    before = digest_of(tmp_path)
    edit(tmp_path / "tokenizer_config.json", model_max_length=1024)
    assert digest_of(tmp_path) == before

    with_tokens(tmp_path)
    assert digest_of(tmp_path) != before


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"extra_ids": "125"}, "extra_ids: expected a whole number from 0 to 1000, got '125'"),
        ({"extra_ids": 10**9}, "extra_ids: expected a whole number from 0 to 1000, got 1000000000"),
        ({"extra_ids": 7}, "extra_ids: expected 125, the number of sentinels in additional_special_tokens, got 7"),
        (
            {
                "extra_ids": 0,
                "additional_special_tokens": [],
                "added_tokens_decoder": {"259": about("ab", single_word=True)},
            },
            "single_word of 'ab': expected false, as for a tokenizer of bytes words have no bounds, got true",
        ),
        (
            {"extra_ids": 0, "additional_special_tokens": [], "added_tokens_decoder": {"390": about("ab")}},
            "added tokens: id of ab: expected 259",
        ),
        (
            {"added_tokens_decoder": {"384": about("ab")}},
            "added tokens: expected all 125 sentinels beside 'ab', as transformers saves them, got 0",
        ),
        ({"added_tokens_decoder": [[]]}, "added_tokens_decoder: expected an object, got a list"),
    ],
)
def test_what_is_wrong_is_refused_in_one_sentence(tmp_path: Path, fields: dict[str, Any], words: str) -> None:
    byt5(tmp_path)
    edit(tmp_path / "tokenizer_config.json", **fields)

    with pytest.raises(ModelError) as refused:
        opened(tmp_path)

    assert words in refused.value.message
    assert len(refused.value.message.splitlines()) == 1
    assert json.dumps(refused.value.message)
