"""Tokenizers that SentencePiece cannot read give the ids and texts of transformers; typed text stays text."""

from __future__ import annotations

import functools
import json
import re
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flanchat.base.errors import ModelError
from flanchat.engine.checkpoint.tokenizer_files import digest_of, read_tokenizer_files
from flanchat.engine.t5.tokenizer import Tokenizer, clean, open_tokenizer
from tests import tokenizer_layouts as layouts
from tests.examples import examples
from tests.tokenizer_layouts import LAYOUTS, edit

Layout = Callable[[Path], None]
NASTY = [
    "def add(a, b):\n    return a + b", "", " ", "\n", "  two  blanks  ", "a\r\nb\tc\n\n", "{x}}\n}",
    "Word word Words (Word)",     "Café e\u0301 ½ ﬁ ㈱ ﷺ", "北京 日本語", "👩\u200d👩\u200d👧 🇩🇪",
    "\u200b|\u00a0|\u3000|\ufeff",
    "\x01\x7f\x85",
    "don't we'll 12345",     "<sep>a <sep> b", "</ s> <extra_id_ 0>", "The Recipe: cook PASTA", "a\u0300\u0301\u0302",
]  # fmt: skip
CONTROL_WORDS = ["</s>", "<pad>", "<unk>", "<s>", "<extra_id_0>", "<extra_id_7>", "[EOS]"]


@pytest.fixture(scope="module", params=LAYOUTS, ids=lambda layout: layout.__name__)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp(request.param.__name__)
    request.param(folder)
    return folder


@pytest.fixture(scope="module")
def ours(folder: Path) -> Tokenizer:
    return opened(folder)


@pytest.fixture(scope="module")
def theirs(folder: Path) -> Any:
    return of_transformers(folder)


def opened(folder: Path) -> Tokenizer:
    settings = read_tokenizer_files(folder)
    assert settings.kind == "library"
    return open_tokenizer(settings.vocabulary[0])


def of_transformers(folder: Path) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(folder, trust_remote_code=False, local_files_only=True)


def written(tokenizer: Tokenizer, ids: Sequence[int]) -> str:
    """An answer's text, made as the engine makes it."""
    reader, text = tokenizer.reader(), ""
    for token_id in ids:
        added = reader.add(token_id)
        text += added if text else tokenizer.opening(token_id, added)
    return text + reader.rest()


def without_prefix(tokenizer: Tokenizer, text: str) -> str:
    """Where a space begins a word, an answer loses all that come before it, as for T5."""
    return text if tokenizer.bytes_of(tokenizer.encode("b c")[-2]) else text.lstrip(" ")


@pytest.mark.transformers
def test_ids_are_those_of_transformers(ours: Tokenizer, theirs: Any) -> None:
    rng = Random(0)

    for text in [*NASTY, *("".join(rng.choices(NASTY, k=4)) for _ in range(60))]:
        assert ours.encode(text) == theirs(text).input_ids, text


@pytest.mark.transformers
def test_answers_read_token_by_token_are_what_transformers_decodes_at_once(ours: Tokenizer, theirs: Any) -> None:
    rng, odd = Random(1), ours.encode("".join(NASTY))
    control = {theirs.convert_tokens_to_ids(word) for word in CONTROL_WORDS}

    for _ in range(300):
        ids = rng.choices([*range(len(theirs)), *control, *odd], k=rng.randint(0, 9))
        if ours.errors != "replace":  # the library takes all bytes in a row for lost if one of them is
            ids = [token_id for token_id in ids if not ours.bytes_of(token_id)]
        decoded = theirs.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)
        assert without_prefix(ours, written(ours, ids)) == without_prefix(ours, decoded)


@pytest.mark.transformers
def test_a_text_that_was_encoded_is_read_back_whole(ours: Tokenizer, theirs: Any) -> None:
    for text in NASTY:
        ids = ours.encode(text)
        decoded = theirs.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)
        assert without_prefix(ours, written(ours, ids)) == without_prefix(ours, decoded)


@pytest.mark.parametrize("word", CONTROL_WORDS)
def test_a_typed_control_word_is_text(ours: Tokenizer, word: str) -> None:
    control = {token_id for token_id in range(layouts.ROWS) if ours.name(token_id) == word}
    inside = ours.encode(f"a {word}b")[len(ours.begin) : -1]

    assert not control & set(inside) or (control & set(inside)) == {ours.unk_id}
    assert "".join(source for _, source in ours.spans(f"a {word}b")) == f"a {word}b"


def test_a_warning_names_typed_control_words(ours: Tokenizer) -> None:
    found = {warned.kind: warned.chars for warned in ours.measure(["a </s> b <extra_id_0>"]).warnings}

    assert found["special"] == "</s> <extra_id_0>"


def test_tokens_that_users_added_have_their_ids_special_or_not(tmp_path: Path) -> None:
    layouts.byte_level(tmp_path)
    ours = opened(tmp_path)
    ids = {
        token["content"]: token["id"] for token in json.loads((tmp_path / "tokenizer.json").read_text())["added_tokens"]
    }

    inside = ours.encode("<sep>\n}}")[:-1]

    assert inside == [ids["<sep>"], ids["\n"], ids["}}"]]
    assert [ours.piece(token_id) for token_id in inside] == ["", "\n", "}}"]
    assert [ours.name(token_id) for token_id in inside] == ["<sep>", "\n", "}}"]


@st.composite
def _texts(draw: st.DrawFn) -> str:
    parts = st.sampled_from([*NASTY, *CONTROL_WORDS]) | st.text(st.characters(exclude_categories=()), max_size=9)
    return "".join(draw(st.lists(parts, max_size=6)))


@functools.cache
def _made(at: int) -> Tokenizer:
    """For property tests, which cannot use fixtures of a module."""
    with tempfile.TemporaryDirectory() as folder:
        LAYOUTS[at](Path(folder))
        return opened(Path(folder))


layout_numbers = st.integers(0, len(LAYOUTS) - 1)


@given(text=_texts(), at=layout_numbers, cut=st.integers(0, 40))
@examples(200)
def test_the_sources_join_to_the_text_and_the_parts_to_the_whole(text: str, at: int, cut: int) -> None:
    ours = _made(at)

    spans, ids = ours.spans(text), ours.encode(text)
    measured = ours.measure([text[:cut], text[cut:]])

    assert not spans or "".join(source for _, source in spans) == clean(text)
    assert [*ours.begin, *(token_id for token_id, _ in spans), *ours.end] == ids
    assert sum(measured.parts) == len(spans)
    assert measured.total == len(ids)
    unknown = [warned for warned in measured.warnings if warned.kind == "unk"]
    if ours.unk_id < 0 or LAYOUTS[at] is layouts.spelled_in_bytes:  # every byte has a token
        assert not unknown
    else:
        assert bool(unknown) == (ours.unk_id in ids)


@given(ids=st.lists(st.integers(0, layouts.ROWS), max_size=20), at=layout_numbers)
@examples(200)
def test_any_ids_are_read_as_their_bytes_at_once_would_be(ids: list[int], at: int) -> None:
    ours = _made(at)
    parts = [ours.bytes_of(token_id) or ours.piece(token_id).encode() for token_id in ids]

    reader = ours.reader()

    assert "".join(map(reader.add, ids)) + reader.rest() == b"".join(parts).decode("utf-8", ours.errors)


def test_a_line_break_is_no_loss_where_the_vocabulary_has_one(tmp_path: Path) -> None:
    layouts.codet5(tmp_path)
    ours = opened(tmp_path)

    assert ours.measure(["a\nb\r\n\tc 北京 ☃ {"]).warnings == ()
    assert [(piece.name, piece.source) for piece in ours.pieces("a\n ☃")] == [
        ("<s>", ""), ("a", "a"), ("\n", "\n"), ("▁", " "), ("<0xE2>", ""), ("<0x98>", ""), ("<0x83>", "☃")
    ]  # fmt: skip


def test_lost_characters_and_line_breaks_are_named(tmp_path: Path) -> None:
    layouts.lower_case(tmp_path)
    edit(tmp_path / "tokenizer.json", added_tokens=[])
    ours = opened(tmp_path)

    found = {warned.kind: (warned.count, warned.chars) for warned in ours.measure(["Cook {PASTA} 北\n☃ salt"]).warnings}

    assert found == {"unk": (4, "{}北☃"), "newline": (1, "\n")} or found["unk"] == (5, "{}北\n☃")


def test_characters_that_a_step_takes_away_are_named(tmp_path: Path) -> None:
    layouts.byte_level(tmp_path)
    without = {"type": "Replace", "pattern": {"Regex": "[☃北]"}, "content": ""}
    edit(tmp_path / "tokenizer.json", normalizer={"type": "Sequence", "normalizers": [{"type": "NFC"}, without]})
    ours = opened(tmp_path)

    for text, lost in (("a☃b e\u0301☃", "☃"), ("☃", "☃"), ("x 北 ☃!", "北☃"), ("e\u0301 ä", "")):
        assert "".join(warned.chars for warned in ours.measure([text]).warnings) == lost


def test_the_digest_covers_both_files(tmp_path: Path) -> None:
    layouts.codet5(tmp_path)
    before = digest_of(tmp_path)
    merges = (tmp_path / "merges.txt").read_text(encoding="utf-8")
    (tmp_path / "merges.txt").write_text(merges.rpartition("\n")[0].rpartition("\n")[0] + "\n", encoding="utf-8")

    assert digest_of(tmp_path) != before


def test_a_folder_without_a_named_class_is_read_by_the_files_that_it_has(tmp_path: Path) -> None:
    layouts.codet5(tmp_path)
    named = opened(tmp_path).encode(NASTY[0])
    edit(tmp_path / "tokenizer_config.json", tokenizer_class=None)

    assert opened(tmp_path).encode(NASTY[0]) == named


def _model(**fields: Any) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        model = json.loads((folder / "tokenizer.json").read_text())["model"]
        edit(folder / "tokenizer.json", model=model | fields)

    return change


def _json(**fields: Any) -> Callable[[Path], None]:
    return lambda folder: edit(folder / "tokenizer.json", **fields)


def _settings(**fields: Any) -> Callable[[Path], None]:
    return lambda folder: edit(folder / "tokenizer_config.json", **fields)


def _write(path: Path, content: str) -> None:
    path.write_text(content, encoding="utf-8")


def _text(name: str, content: str) -> Callable[[Path], None]:
    return lambda folder: _write(folder / name, content)


_LEVEL = {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True}
REFUSED: dict[str, tuple[Layout, Callable[[Path], None], str]] = {
    "merges of another model": (
        layouts.codet5, _text("merges.txt", "#version: 0.2\nq w\n"), "the tokenizers library cannot read it",
    ),
    "a merge of three": (
        layouts.codet5, _text("merges.txt", "a b c\n"), "merges.txt: merge 1: expected two pieces, got 3",
    ),
    "a vocabulary with a gap": (
        layouts.codet5, lambda folder: edit(folder / "vocab.json", gap=900), "model.vocab: expected the ids 0 to ",
    ),
    "ids that are no numbers": (
        layouts.codet5, lambda folder: edit(folder / "vocab.json", gap="x"),
        "model.vocab: expected pieces with their ids",
    ),
    "no merges": (
        layouts.codet5, lambda folder: (folder / "merges.txt").unlink(),
        "tokenizer: expected tokenizer.json, or vocab.json with merges.txt, got neither",
    ),
    "bytes without a piece": (
        layouts.codet5p, _model(vocab={"<pad>": 0, "<s>": 1, "</s>": 2, "<unk>": 3, "a": 4}, merges=[]),
        "model.unk_token: expected a vocabulary with a piece for every byte, or the name of the unknown token",
    ),
    "lower case in RoBERTa's class": (
        layouts.codet5p, _json(normalizer={"type": "Lowercase"}),
        "normalizer: expected RoBERTa's own, none, got 'Lowercase'; versions of transformers read this differently; "
        "with tokenizer_class PreTrainedTokenizerFast in tokenizer_config.json it is read as it stands",
    ),
    "another end": (
        layouts.codet5p,
        _json(post_processor={"type": "RobertaProcessing", "sep": ["</s>", 3], "cls": ["<s>", 1]}),
        "post_processor: expected [1] before and [2] after a text, as RoBERTa's class, got other ids",
    ),
    "words that random numbers split": (
        layouts.byte_level, _model(dropout=0.1), "model.dropout: expected null, as others make ids random, got 0.1",
    ),
    "pieces of words": (
        layouts.byte_level, _model(type="WordPiece"), "model.type: expected 'Unigram' or 'BPE', got 'WordPiece'",
    ),
    "no decoder": (
        layouts.byte_level, _json(decoder=None),
        "decoder: expected steps that write an answer token by token, such as ByteLevel or Metaspace, got none",
    ),
    "two texts": (
        layouts.byte_level, _json(post_processor={"type": "TemplateProcessing", "single": [], "special_tokens": {}}),
        "post_processor: expected a template that puts tokens around a single text",
    ),
    "a space before the text in one version": (
        layouts.byte_level, _json(pre_tokenizer=_LEVEL),
        "add_prefix_space: expected true, as the pre_tokenizer of tokenizer.json has it, got nothing",
    ),
    "an end token in one version": (
        layouts.byte_level, _settings(add_eos_token=False),
        "tokenizer_config.json: add_eos_token: expected true, as the tokenizer itself does, got false",
    ),
    "a step that is not there": (
        layouts.byte_level, _json(normalizer={"type": "Python", "code": "import os"}),
        "the tokenizers library cannot read",
    ),
    "no unknown token": (
        layouts.lower_case, _model(unk_id=None), "model.unk_id: expected the id of a piece, got null",
    ),
    "deep brackets": (
        layouts.byte_level, _text("tokenizer.json", "[" * 100_000), "tokenizer.json: ",
    ),
    "a list of lists": (
        layouts.byte_level, _model(vocab=[[[]]]), "model.vocab: expected pieces with their ids, got something else",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_damaged_or_has_no_right_answer_is_refused_in_one_sentence(tmp_path: Path, kind: str) -> None:
    layout, change, words = REFUSED[kind]
    layout(tmp_path)
    change(tmp_path)

    with pytest.raises(ModelError) as refused:
        opened(tmp_path)

    assert words in refused.value.message
    assert len(refused.value.message.splitlines()) == 1
    assert re.match(rf"{tmp_path}\S*: ", refused.value.message)
