"""Text to ids and back as in transformers, except that typed text is never a control token and losses are named."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import string
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import strategies as st
from sentencepiece import SentencePieceProcessor

from flanchat.base.errors import ModelError
from flanchat.engine.events import Warned
from flanchat.engine.hubs.resolve import resolve
from flanchat.engine.t5.sentencepiece_tokenizer import SentencePieceTokenizer
from flanchat.engine.t5.tokenizer import Tokenizer, clean, open_tokenizer
from tests.examples import examples
from tests.tiny_t5 import BYTE_PIECES, SENTINELS, TEXT, byte_spiece_bytes, write_tokenizer_json

UNKNOWN_ASCII = set("<\\^`{}~")
BUNDLED = resolve(None, os.environ).folder
CONTROL = {0, 1, 2}

any_text = st.text(st.characters(exclude_categories=()), max_size=40)  # lone surrogates too
odd_text = st.sampled_from([" ", "\n\n", "\r\n", "\0", "{", "日本", "\ud800", "㈱", "ﷺ", "e\u0301", "</s>", "…"])
wild_text = st.lists(any_text | odd_text, max_size=8).map("".join)


@pytest.fixture(scope="module", params=["tiny", "bundled"])
def tokenizer(request: pytest.FixtureRequest, tiny_model: Path) -> Tokenizer:
    return open_tokenizer((tiny_model if request.param == "tiny" else BUNDLED) / "spiece.model")


@pytest.fixture(scope="module")
def bundled() -> Tokenizer:
    return open_tokenizer(BUNDLED / "spiece.model")


@pytest.fixture(scope="module", params=["tiny", "bundled"])
def converted(request: pytest.FixtureRequest, tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a spiece.model and the tokenizer.json that transformers makes of it."""
    folder = tmp_path_factory.mktemp("converted")
    for name in ("spiece.model", "config.json", "tokenizer_config.json", "special_tokens_map.json"):
        shutil.copy((tiny_model if request.param == "tiny" else BUNDLED) / name, folder)
    write_tokenizer_json(folder)
    return folder


@pytest.fixture(scope="module")
def theirs(converted: Path) -> tuple[Tokenizer, Any]:
    """Our tokenizer, and transformers' of the same folder."""
    from transformers import AutoTokenizer

    library = AutoTokenizer.from_pretrained(converted, trust_remote_code=False, local_files_only=True)
    return open_tokenizer(converted / "spiece.model"), library


# -- the same as transformers -----------------------------------------------------------------------------------------


@pytest.mark.transformers
def test_ids_of_200_texts_are_those_of_transformers(theirs: Any) -> None:
    ours, library = theirs

    for text in _texts(200):
        assert ours.encode(text) == library(text).input_ids, text


def test_pieces_join_to_what_transformers_decodes(theirs: Any) -> None:
    """Except for the leading space, which the engine removes."""
    ours, library = theirs
    rng = Random(5)

    for _ in range(200):
        ids = [rng.randrange(ours.size + 100) for _ in range(rng.randint(1, 30))]
        decoded = library.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)
        assert "".join(map(ours.piece, ids)).lstrip(" ") == decoded.lstrip(" ")


def test_control_unknown_and_sentinel_tokens_add_no_text_but_have_names(bundled: Tokenizer) -> None:
    ids = [0, 1, 2, bundled.size, bundled.size + 99, bundled.size + 100]

    assert [bundled.piece(i) for i in ids] == [""] * 6
    assert [bundled.name(i) for i in ids[:3]] == ["<pad>", "</s>", "<unk>"]
    assert [bundled.name(i) for i in ids[3:5]] == ["<extra_id_99>", "<extra_id_0>"]
    assert bundled.name(ids[5]) == f"<{ids[5]}>"


def test_a_growing_answer_only_gains_text(tokenizer: Tokenizer) -> None:
    """Text shown token by token joins to the whole answer: no piece changes an earlier one."""
    text = "cook the pasta, add salt and tomato: is it good?"

    shown = ""
    for token_id in tokenizer.encode(text):
        shown += tokenizer.piece(token_id)

    assert shown.lstrip(" ") == text


# -- vocabulary files -------------------------------------------------------------------------------------------------


def test_tokenizer_json_gives_the_same_ids_as_spiece_model(converted: Path) -> None:
    tokenizer, from_json = (open_tokenizer(converted / name) for name in ("spiece.model", "tokenizer.json"))

    assert (from_json.size, from_json.end, from_json.unk_id) == (tokenizer.size, (1,), 2)
    for text in _texts(100):
        assert from_json.encode(text) == tokenizer.encode(text), text
    assert [from_json.piece(i) for i in range(tokenizer.size)] == [tokenizer.piece(i) for i in range(tokenizer.size)]


def test_bundled_files_hold_one_vocabulary(bundled: Tokenizer) -> None:
    from_json = open_tokenizer(BUNDLED / "tokenizer.json")

    assert [from_json.name(i) for i in range(bundled.size)] == [bundled.name(i) for i in range(bundled.size)]


@pytest.mark.parametrize(
    "damage",
    [
        lambda proto: proto[: len(proto) // 2],
        lambda proto: proto[:100],
        lambda proto: b"",
        lambda proto: b"\n" + b"\xff" * 500,
        lambda proto: b"version https://git-lfs.github.com/spec/v1\nsize 791656\n",
        lambda proto: proto[500:],
    ],
    ids=["half", "beginning", "empty", "noise", "pointer", "end"],
)
def test_damaged_spiece_model_is_refused_in_one_line(tiny_model: Path, tmp_path: Path, damage: Any) -> None:
    path = tmp_path / "spiece.model"
    path.write_bytes(damage((tiny_model / "spiece.model").read_bytes()))

    with pytest.raises(ModelError) as raised:
        open_tokenizer(path)

    assert raised.value.message.startswith(f"{path}: ")
    assert re.search("download|run git lfs pull", raised.value.message.rpartition(";")[2])
    assert "\n" not in raised.value.message


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "7",
        "{}",
        '{"model": null}',
        '{"model": {"type": "BPE", "vocab": {}}}',
        '{"model": {"type": "Unigram", "unk_id": null, "vocab": []}}',
        '{"model": {"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0]]}}',
        '{"model": {"type": "Unigram", "unk_id": 0, "vocab": [["a", "b"], 3]}}',
        '{"model": {"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0], ["</s>", 0]]}, "normalizer": 3}',
        "[" * 100_000,
        '{"model": "\\ud800"}',
    ],
)
def test_damaged_tokenizer_json_is_refused_in_one_line(tmp_path: Path, content: str) -> None:
    path = tmp_path / "tokenizer.json"
    path.write_text(content)

    with pytest.raises(ModelError) as raised:
        open_tokenizer(path)

    assert raised.value.message.startswith(f"{path}: ")
    assert "\n" not in raised.value.message


def test_tokenizer_json_whose_character_map_is_damaged_is_refused(tmp_path: Path) -> None:
    described = json.loads((BUNDLED / "tokenizer.json").read_text())
    steps = described["normalizer"].get("normalizers", [described["normalizer"]])
    next(step for step in steps if step["type"] == "Precompiled")["precompiled_charsmap"] = "no base64!"
    path = tmp_path / "tokenizer.json"
    path.write_text(json.dumps(described))

    with pytest.raises(ModelError, match=r"tokenizer\.json: .*download the file again"):
        open_tokenizer(path)


# -- measuring --------------------------------------------------------------------------------------------------------


@given(st.lists(wild_text, max_size=5))
@examples(300)
def test_parts_add_up_to_the_whole(parts: list[str]) -> None:
    tokenizer = _shared()

    measured = tokenizer.measure(parts)

    assert len(measured.parts) == len(parts)
    assert sum(measured.parts) + 1 == measured.total == len(tokenizer.encode("".join(parts))) or not parts
    assert min(measured.parts, default=0) >= 0


@given(wild_text)
@examples(300)
def test_source_texts_join_to_the_text(text: str) -> None:
    spans = _shared().spans(text)

    assert not spans or "".join(surface for _, surface in spans) == clean(text)
    assert [token_id for token_id, _ in spans] + [1] == _shared().encode(text)


@given(wild_text)
@example("\x85")
@example("a \x1c { b")
@examples(300)
def test_a_warning_names_unknown_characters_exactly_when_a_token_is_unknown(text: str) -> None:
    measured = _shared().measure([text])
    unknown = [warned for warned in measured.warnings if warned.kind == "unk"]

    assert bool(unknown) == (2 in _shared().encode(text))
    for warned in unknown:
        assert set(warned.chars) <= set(clean(text))
        assert warned.count >= len(warned.chars) > 0


@given(wild_text)
@examples(200)
def test_typed_text_never_becomes_a_control_token(text: str) -> None:
    ids = _shared().encode(f"{text}</s><pad><extra_id_0>{text}")

    assert CONTROL & set(ids[:-1]) <= {2}
    assert ids[-1] == 1
    assert max(ids) < _shared().size


def test_part_is_counted_inside_the_joined_text(bundled: Tokenizer) -> None:
    """ "tomatoes" has other tokens than "tom" and "atoes" have alone."""
    whole = bundled.measure(["tomatoes"])

    split = bundled.measure(["tom", "atoes"])

    assert split.total == whole.total
    assert split.ids_sha256 == whole.ids_sha256


def test_no_parts_give_only_the_end_token(bundled: Tokenizer) -> None:
    assert bundled.measure([]).total == 1
    assert bundled.measure([]).parts == ()


@pytest.mark.parametrize(
    ("text", "count", "chars"),
    [
        ("a {b} c", 2, "{}"),
        ("{{{", 3, "{"),
        ("say 日本 and 日", 3, "日本"),
        ("x^2 ~ 3", 2, "^~"),
        ("(株) is one sign: ㈱.", 2, "株㈱"),
        ("ﷺ", 1, "ﷺ"),
        ("\n{ \n }\n", 2, "{}"),
    ],
)
def test_unknown_characters_are_named_once_and_counted(bundled: Tokenizer, text: str, count: int, chars: str) -> None:
    assert Warned("unk", count, chars) in bundled.measure([text]).warnings


@pytest.mark.parametrize(
    ("text", "count"),
    [("a\nb", 1), ("a\r\nb\rc", 2), ("\n\na\n\nb\n", 2), ("a\u2028b\x0bc\x85d", 3), ("\n", 0), ("ab", 0)],
)
def test_line_breaks_inside_the_text_are_counted(bundled: Tokenizer, text: str, count: int) -> None:
    counts = [warned.count for warned in bundled.measure([text]).warnings if warned.kind == "newline"]

    assert counts == [count] * bool(count)


@pytest.mark.parametrize("word", ["</s>", "<pad>", "<unk>", "<extra_id_0>", "<extra_id_99>"])
def test_typed_control_word_gives_a_warning_and_is_plain_text(tokenizer: Tokenizer, word: str) -> None:
    measured = tokenizer.measure([f"one {word} two {word}"])
    ids = tokenizer.encode(f"one {word} two {word}")

    assert Warned("special", 2, word) in measured.warnings
    assert not {0, 1} & set(ids[:-1])
    assert max(ids) < tokenizer.size


def test_surrogates_and_nul_are_accepted(tokenizer: Tokenizer) -> None:
    assert clean("a\ud800b\0c") == "a?b c"
    assert tokenizer.encode("salt\0 \udcffand") == tokenizer.encode("salt ?and")


# -- the tokens of a text ---------------------------------------------------------------------------------------------


@examples(200)
@given(wild_text)
def test_the_sources_of_the_pieces_join_to_the_text(text: str) -> None:
    pieces = _shared().pieces(text)

    assert "".join(piece.source for piece in pieces) == (clean(text) if pieces else "")
    assert [piece.id for piece in pieces] == _shared().encode(text)[:-1]
    assert [piece.unknown for piece in pieces] == [piece.id == 2 for piece in pieces]


def test_a_piece_has_its_name_in_the_vocabulary_and_its_source_text(bundled: Tokenizer) -> None:
    pieces = bundled.pieces("Is {x} < 3?")

    assert "".join(piece.source for piece in pieces) == "Is {x} < 3?"
    assert [piece.source.strip() for piece in pieces if piece.unknown] == ["{", "}", "<"]
    assert pieces[0].name == "\u2581Is"


def test_an_empty_text_has_no_pieces(tokenizer: Tokenizer) -> None:
    assert tokenizer.pieces("") == tokenizer.pieces(" \n") == ()


# -- what the bundled vocabulary lacks, as T5's does ------------------------------------------------------------------


def test_unknown_ascii_characters_are_those_of_t5(bundled: Tokenizer) -> None:
    printable = [chr(code) for code in range(33, 127)]

    assert {c for c in printable if 2 in bundled.encode(f"a {c} b")} == UNKNOWN_ASCII


@pytest.mark.parametrize("char", "中文日本語한国的")
def test_east_asian_characters_are_unknown(bundled: Tokenizer, char: str) -> None:
    assert 2 in bundled.encode(char)


@pytest.mark.parametrize("char", "äöüÄÖÜßéèêëàâçîïôûù")
def test_german_and_french_letters_are_known(bundled: Tokenizer, char: str) -> None:
    assert 2 not in bundled.encode(f"a{char}b")
    assert "".join(map(bundled.piece, bundled.encode(f"a{char}b"))).strip() == f"a{char}b"


@pytest.mark.parametrize("blank", ["\n", "\r\n", "\t", "\u00a0", "\u3000", "\u2028", " \n\n ", "\f"])
def test_line_breaks_and_other_spaces_become_one_space(bundled: Tokenizer, blank: str) -> None:
    assert bundled.encode(f"add{blank}salt") == bundled.encode("add salt")


def test_no_piece_holds_a_line_break(bundled: Tokenizer) -> None:
    assert not any("\n" in bundled.piece(i) for i in range(bundled.size))


# -- helpers ----------------------------------------------------------------------------------------------------------


def _shared() -> Tokenizer:
    """The bundled tokenizer, for property tests, which cannot use fixtures."""
    if not _opened:
        _opened.append(open_tokenizer(BUNDLED / "spiece.model"))
    return _opened[0]


_opened: list[Tokenizer] = []


def _texts(count: int) -> list[str]:
    """Texts of words, unknown characters, spaces of all kinds and other scripts; no control words."""
    rng = Random(count)
    parts = [
        *TEXT.split(),
        *string.punctuation,
        "Zürich",
        "français",
        "日本",
        "naïve",
        "½",
        "ﬁn",
        "…",
        "1,234.5",
        "\n",
        "  ",
    ]
    joins = [" ", " ", " ", "", "\n", "  ", "\t", "\u00a0"]
    return ["".join(rng.choice(parts) + rng.choice(joins) for _ in range(rng.randint(0, 25))) for _ in range(count)]


# -- vocabularies of mT5 and UMT5 -------------------------------------------------------------------------------------

FOREIGN = ["cook 日本", "{x} < 3 \\ ^", "añadir la sal 🍝!", "a\u0301 e\u0301", "translate ﬁ ㈱ to german"]


@pytest.fixture(scope="module")
def spelling() -> Tokenizer:
    return SentencePieceTokenizer(SentencePieceProcessor(model_proto=byte_spiece_bytes()))


@pytest.mark.parametrize("sentinel_type", [1, 4])
def test_a_vocabulary_that_spells_in_bytes_is_read_as_sentencepiece_reads_it(
    tmp_path: Path, sentinel_type: int
) -> None:
    (tmp_path / "spiece.model").write_bytes(byte_spiece_bytes(sentinel_type))
    ours = open_tokenizer(tmp_path / "spiece.model")
    theirs = SentencePieceProcessor(model_proto=byte_spiece_bytes(sentinel_type))

    for text in [*FOREIGN, *_texts(100)]:
        ids = theirs.encode(text)
        assert ours.encode(text) == [*ids, ours.end[0]]
        assert ours.unk_id not in ids
        reader = ours.reader()
        assert "".join(map(reader.add, ids)).lstrip(" ") == theirs.decode(ids)
        assert "".join(source for _, source in ours.spans(text)) == text
        assert [warned.kind for warned in ours.measure([text]).warnings if warned.kind == "unk"] == []


@pytest.mark.parametrize("sentinel_type", [1, 4])
def test_a_typed_sentinel_of_the_vocabulary_stays_text(tmp_path: Path, sentinel_type: int) -> None:
    (tmp_path / "spiece.model").write_bytes(byte_spiece_bytes(sentinel_type))
    (tmp_path / "tokenizer_config.json").write_text('{"extra_ids": 0}')  # as mT5's
    ours = open_tokenizer(tmp_path / "spiece.model")
    sentinels = range(BYTE_PIECES - SENTINELS, BYTE_PIECES)

    ids = ours.encode("fill <extra_id_0> and \u2581<extra_id_7> </s>")

    assert not set(ids) & set(sentinels)
    assert [ours.piece(token_id) for token_id in sentinels] == [""] * SENTINELS
    assert ours.name(BYTE_PIECES - 1).endswith("<extra_id_0>")
    assert ours.name(BYTE_PIECES + 3) == f"<{BYTE_PIECES + 3}>"


def test_the_json_form_of_such_a_vocabulary_gives_the_same_ids(tmp_path: Path) -> None:
    """Written here in the format of tokenizers for a Unigram model: transformers 5 writes none with bytes."""
    from sentencepiece import sentencepiece_model_pb2

    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(byte_spiece_bytes())
    charsmap = base64.b64encode(proto.normalizer_spec.precompiled_charsmap).decode()
    vocabulary = [[piece.piece, piece.score] for piece in proto.pieces]
    described = {
        "model": {"type": "Unigram", "unk_id": 2, "vocab": vocabulary, "byte_fallback": False},
        "normalizer": {"type": "Precompiled", "precompiled_charsmap": charsmap},
    }
    (tmp_path / "tokenizer.json").write_text(json.dumps(described))
    (tmp_path / "spiece.model").write_bytes(byte_spiece_bytes())

    of_json, of_model = open_tokenizer(tmp_path / "tokenizer.json"), open_tokenizer(tmp_path / "spiece.model")

    assert of_json.size == of_model.size
    for text in [*FOREIGN, *_texts(50)]:
        assert of_json.encode(text) == of_model.encode(text), text


@given(st.lists(st.integers(0, BYTE_PIECES + 20), max_size=30))
@examples(200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_tokens_in_any_order_can_be_read(spelling: Tokenizer, ids: list[int]) -> None:
    reader = spelling.reader()

    text = "".join(map(reader.add, [*ids, spelling.encode("a")[0]]))

    assert text.encode().decode() == text
    assert "<0x" not in text


@given(st.lists(st.integers(3, BYTE_PIECES - SENTINELS - 1), max_size=30))
@examples(200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_answer_read_piece_by_piece_is_what_sentencepiece_decodes_at_once(
    spelling: Tokenizer, ids: list[int]
) -> None:
    """Bytes that spell no character too, and an answer that ends in the middle of one."""
    whole = SentencePieceProcessor(model_proto=byte_spiece_bytes()).decode(ids)

    reader = spelling.reader()

    assert ("".join(map(reader.add, ids)) + reader.rest()).lstrip(" ") == whole.lstrip(" ")
