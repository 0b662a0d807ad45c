"""Tokens that users added to a T5's tokenizer are read and written as in transformers, in every layout of its files."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flanchat.base.errors import ModelError
from flanchat.engine.checkpoint.tokenizer_files import read_tokenizer_files
from flanchat.engine.checkpoint.validate import ModelSource, preflight, tokenizer_digest
from flanchat.engine.events import Decoding, Delta, Request
from flanchat.engine.protocol import EngineOptions
from flanchat.engine.t5.local import LocalEngine
from flanchat.engine.t5.tokenizer import CleanUp, Tokenizer, open_tokenizer
from flanchat.prompting.profile import Profile
from flanchat.prompting.settings import Settings
from flanchat.sessions.session import Session
from flanchat.sessions.transcript import NoTranscript
from tests.tiny_t5 import SENTINELS, make_tiny_t5, piece_count

as_transformers_5 = pytest.mark.skipif(
    int(version("transformers").split(".")[0]) < 5, reason="version 4 reads some of these files otherwise"
)
FIRST = piece_count() + SENTINELS  # the first free id
JSON = {"{": {}, "}": {}, "\n": {"normalized": False}, "<sep>": {"special": True}}
FLAGS = ("special", "normalized", "lstrip", "rstrip", "single_word")
PROMPTS = [
    'Write JSON: {"a": 1}',
    "{",
    "a{b}c",
    "  { }  ",
    "cook{\n\n}the pasta",
    "line\nbreak\r\n and <sep>",
    "<sep><sep> step",
    "the\u00a0{\u3000} e\u0301{e\u0301",
    "\u00bd{\x01} \ufb01",
    "<se p> <sep",
    "",
    "   ",
]


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tokenizer without added tokens, and a configuration for it."""
    folder = make_tiny_t5(tmp_path_factory.mktemp("plain") / "model", more_rows=16)
    (folder / "model.safetensors").unlink()
    return folder


@pytest.fixture
def folder(plain: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(plain, tmp_path / "model"))


def edit(path: Path, **fields: Any) -> None:
    found = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps(found | fields))


def about(content: str, **flags: bool) -> dict[str, Any]:
    special = flags.get("special", False)
    return {"content": content, **dict.fromkeys(FLAGS, False), "normalized": not special, **flags}


def as_decoder(tokens: dict[str, dict[str, bool]], first: int = FIRST) -> dict[str, Any]:
    return {str(first + at): about(content, **flags) for at, (content, flags) in enumerate(tokens.items())}


def in_config(folder: Path) -> None:
    """As transformers 4.34 and later save it."""
    edit(folder / "tokenizer_config.json", added_tokens_decoder=as_decoder(JSON))


def in_added_tokens(folder: Path) -> None:
    """As transformers before 4.34 saved it."""
    edit(folder / "added_tokens.json", **{content: FIRST + at for at, content in enumerate(JSON)})
    edit(folder / "tokenizer_config.json", additional_special_tokens=["<sep>"])


def in_tokenizer_json(folder: Path) -> None:
    """As transformers 5 saves it."""
    from transformers import AddedToken, T5TokenizerFast

    tokenizer = T5TokenizerFast.from_pretrained(folder)
    tokenizer.add_tokens([AddedToken(**about(content, **flags)) for content, flags in JSON.items()])
    tokenizer.save_pretrained(folder)


def in_tokenizer_json_alone(folder: Path) -> None:
    in_tokenizer_json(folder)
    (folder / "spiece.model").unlink()
    (folder / "special_tokens_map.json").unlink()


def in_an_older_tokenizer_json(folder: Path) -> None:
    """With the steps that transformers 4 wrote, of which T5's class in version 5 uses the character map alone."""
    in_tokenizer_json(folder)
    own = json.loads((folder / "tokenizer.json").read_text())["normalizer"]
    blanks = {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": "\u2581"}
    strip = {"type": "Strip", "strip_left": False, "strip_right": True}
    edit(
        folder / "tokenizer.json",
        normalizer={"type": "Sequence", "normalizers": [own, strip, blanks]},
        pre_tokenizer={"type": "Metaspace", "replacement": "\u2581", "add_prefix_space": True},
    )


def in_both(folder: Path) -> None:
    in_config(folder)
    in_added_tokens(folder)


def of_another_class(folder: Path) -> None:
    in_tokenizer_json(folder)
    edit(folder / "tokenizer_config.json", tokenizer_class="PreTrainedTokenizerFast")


def by_role(folder: Path) -> None:
    """Without ids: they follow in a fixed order."""
    edit(folder / "tokenizer_config.json", sep_token="<sep>", extra_special_tokens=["}", "{"], bos_token="\n")


def by_role_elsewhere(folder: Path) -> None:
    edit(folder / "special_tokens_map.json", mask_token=about("{", lstrip=True), sep_token="<sep>")


def without_sentinels(folder: Path) -> None:
    decoder = as_decoder(JSON, piece_count())
    edit(folder / "tokenizer_config.json", extra_ids=0, added_tokens_decoder=decoder)


def pieces_of_the_vocabulary(folder: Path) -> None:
    """A token may stand in the vocabulary already, and keeps its id."""
    ids = open_tokenizer(folder / "spiece.model")
    decoder = {str(ids.encode(piece)[0]): about(piece) for piece in ("\u2581the", "\u2581Paris")}
    edit(folder / "tokenizer_config.json", added_tokens_decoder={**decoder, str(FIRST): about("Paris")})


def another_end(folder: Path) -> None:
    edit(folder / "special_tokens_map.json", eos_token="<end>")


def a_list_without_sentinels(folder: Path) -> None:
    """Sentinels are not special then, and stand in answers."""
    edit(folder / "tokenizer_config.json", additional_special_tokens=["<sep>"])
    edit(folder / "special_tokens_map.json", pad_token="<nothing>")


def with_flags(folder: Path) -> None:
    tokens = {
        "{": {"lstrip": True},
        "}": {"rstrip": True, "normalized": False},
        "the": {"single_word": True},
        " step": {"normalized": False},
        "\u00bd": {"special": True, "normalized": True},
    }
    edit(folder / "tokenizer_config.json", added_tokens_decoder=as_decoder(tokens))


def a_line_break_that_is_normalized(folder: Path) -> None:
    """It then stands for every blank."""
    edit(folder / "tokenizer_config.json", added_tokens_decoder=as_decoder({"\n": {}, "{": {}}))


def digits(folder: Path) -> None:
    """They are found in parts of characters, too."""
    edit(folder / "tokenizer_config.json", added_tokens_decoder=as_decoder({digit: {} for digit in "0123"}))


LAYOUTS: list[Callable[[Path], None]] = [
    in_config, in_added_tokens, in_tokenizer_json, in_tokenizer_json_alone, in_an_older_tokenizer_json, in_both,
    of_another_class, by_role, by_role_elsewhere, without_sentinels, a_list_without_sentinels,
    pieces_of_the_vocabulary, another_end, with_flags, a_line_break_that_is_normalized, digits,
]  # fmt: skip


def opened(folder: Path) -> Tokenizer:
    names = ("spiece.model", "tokenizer.json")
    return open_tokenizer(next(folder / name for name in names if (folder / name).exists()))


def of_transformers(folder: Path) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(folder, trust_remote_code=False, local_files_only=True)


def written(tokenizer: Tokenizer, ids: Sequence[int]) -> str:
    """An answer's text, made as the engine makes it."""
    reader, text = tokenizer.reader(), ""
    for token_id in ids:
        added = reader.add(token_id)
        text += added if text else tokenizer.opening(token_id, added)
    return text


def assert_same(ours: Tokenizer, theirs: Any, prompts: Sequence[str], ids: Sequence[int]) -> None:
    rng = Random(0)
    for prompt in prompts:
        assert ours.encode(prompt) == theirs(prompt).input_ids, prompt
        spans = ours.spans(prompt)
        assert [token_id for token_id, _ in spans] == ours.encode(prompt)[:-1]
        assert not spans or "".join(source for _, source in spans) == prompt
        assert sum(ours.measure([prompt[:2], prompt[2:]]).parts) == len(spans)
    for _ in range(60):
        answer = rng.choices(ids, k=rng.randint(0, 8))
        expected = theirs.decode(answer, skip_special_tokens=True)
        if not any(theirs.convert_ids_to_tokens(token_id) == "\u2581" for token_id in answer):
            assert written(ours, answer) == expected, answer


@pytest.mark.transformers
@as_transformers_5
@pytest.mark.parametrize("layout", LAYOUTS)
def test_ids_and_texts_are_those_of_transformers(folder: Path, layout: Callable[[Path], None]) -> None:
    layout(folder)
    added = [token.id for token in read_tokenizer_files(folder).added]
    theirs = of_transformers(folder)

    assert added
    assert_same(opened(folder), theirs, PROMPTS, [*added * 8, *range(len(theirs))])


def test_the_first_free_ids_follow_the_sentinels(folder: Path) -> None:
    in_config(folder)
    ours = opened(folder)

    ids = ours.encode("{the}\n<sep>")

    assert ids == [FIRST, *ours.encode("the")[:-1], FIRST + 1, FIRST + 2, FIRST + 3, *ours.end]
    assert [ours.piece(i) for i in range(FIRST, FIRST + 4)] == ["{", "}", "\n", ""]
    assert [ours.name(i) for i in range(FIRST - 1, FIRST + 5)] == ["<extra_id_0>", *JSON, f"<{FIRST + 4}>"]
    assert [(piece.name, piece.source) for piece in ours.pieces(" a {")] == [("\u2581a", " a"), ("{", " {")]


WORDS = ["{", "}", "\n", "\t", "  ", "<sep>", "1", "\u00bd", "fi", "\u00e9", "\u2581q", "Paris", " lead", "...", "."]
flags = st.fixed_dictionaries({name: st.booleans() for name in FLAGS})
texts = st.lists(
    st.sampled_from(
        [*WORDS, " ", "\r\n", "\ufb01", "e\u0301", "\u2026", "\u3000", "the", "a", "Paris is", "<", "\u4e2d"]
    ),
    max_size=10,
).map("".join)


@pytest.mark.transformers
@as_transformers_5
@settings(max_examples=12)
@given(
    tokens=st.dictionaries(st.sampled_from(WORDS), flags, min_size=1, max_size=4),
    prompts=st.lists(texts, min_size=10, max_size=20),
)
def test_any_added_tokens_are_found_in_any_text_as_by_transformers(
    plain: Path, tokens: dict[str, dict[str, bool]], prompts: list[str]
) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(shutil.copytree(plain, Path(place) / "model"))
        vocabulary = _vocabulary(folder)
        known = {vocabulary[content]: content for content in tokens if content in vocabulary}
        new = {content: flags for content, flags in tokens.items() if content not in vocabulary}
        decoder = {str(at): about(content, **tokens[content]) for at, content in known.items()}
        edit(folder / "tokenizer_config.json", added_tokens_decoder={**decoder, **as_decoder(new)})
        try:
            ours = opened(folder)
        except ModelError:  # transformers may read these either way, see below
            return
        theirs = of_transformers(folder)
        added = [token.id for token in read_tokenizer_files(folder).added]
        assert_same(ours, theirs, prompts, [*added * 8, *range(len(theirs))])


def _vocabulary(folder: Path) -> dict[str, int]:
    from sentencepiece import SentencePieceProcessor

    pieces = SentencePieceProcessor(model_file=str(folder / "spiece.model"))
    return {pieces.id_to_piece(at): at for at in range(pieces.get_piece_size())}


def test_typed_control_words_stay_text_beside_added_tokens(plain: Path, folder: Path) -> None:
    in_config(folder)
    typed = opened(plain).encode("</s> <extra_id_0>")[:-1]

    ours = opened(folder)

    assert ours.encode("{</s> <extra_id_0>}") == [FIRST, *typed, FIRST + 1, *ours.end]
    assert [(w.kind, w.chars) for w in ours.measure(["{</s>}"]).warnings if w.kind == "special"] == [
        ("special", "</s>")
    ]


def warnings(ours: Tokenizer, text: str) -> dict[str, str]:
    return {warned.kind: warned.chars for warned in ours.measure([text]).warnings}


def test_warnings_name_only_what_the_model_does_not_read(plain: Path, folder: Path) -> None:
    text = "a {\n} # \nb"
    assert warnings(opened(plain), text) == {"unk": "{}#", "newline": "\n"}
    in_config(folder)

    assert warnings(opened(folder), text) == {"unk": "#"}
    assert warnings(opened(folder), text * 20_000) == {"unk": "#"}


def test_a_line_break_that_is_read_as_any_blank_gets_a_remark(folder: Path) -> None:
    a_line_break_that_is_normalized(folder)

    ours = opened(folder)

    assert warnings(ours, "a\nb") == {"newline": "\n"}
    assert ours.remarks == ("the added token '\\n' is normalized to ' ': it is read wherever ' ' stands",)


@pytest.mark.parametrize(
    ("tokens", "words"),
    [
        (
            {"\n": {}, "\t": {}},
            "'\\n' and '\\t' are both ' ' once they are normalized, and transformers may read either; add",
        ),
        (
            {"{": {"rstrip": True}, "\n": {"lstrip": True}},
            "'\\n' takes the blanks before it, and another token those after",
        ),
    ],
    ids=["equal once normalized", "blanks of two tokens"],
)
def test_tokens_that_transformers_reads_in_different_ways_are_refused(
    folder: Path, tokens: dict[str, dict[str, bool]], words: str
) -> None:
    edit(folder / "tokenizer_config.json", added_tokens_decoder=as_decoder(tokens))

    with pytest.raises(ModelError) as refused:
        opened(folder)

    assert refused.value.message.startswith(f"{folder}: added tokens: {words}")


def test_the_last_sentinel_is_extra_id_0_however_many_there_are(folder: Path) -> None:
    edit(folder / "tokenizer_config.json", extra_ids=10)

    ours = opened(folder)

    names = [ours.name(ours.size + at) for at in (0, 9, 10)]
    assert names == ["<extra_id_9>", "<extra_id_0>", f"<{ours.size + 10}>"]


def test_the_digest_of_a_vocabulary_covers_what_is_added(tmp_path: Path) -> None:
    model = make_tiny_t5(tmp_path / "model", more_rows=16)
    before = tokenizer_digest(preflight(model))
    in_config(model)
    after = tokenizer_digest(preflight(model))
    edit(model / "tokenizer_config.json", added_tokens_decoder=as_decoder({**JSON, "{": {"lstrip": True}}))

    assert len({before, after, tokenizer_digest(preflight(model))}) == 3


def make_model(folder: Path, often: Sequence[str]) -> Path:
    """A model with the tokens of JSON, whose answers consist mostly of the tokens `often`."""
    from safetensors.numpy import load_file, save_file

    model = make_tiny_t5(folder, more_rows=16)
    in_config(model)
    ids = _vocabulary(model) | {content: FIRST + at for at, content in enumerate(JSON)}
    tensors = load_file(model / "model.safetensors")
    head = tensors["lm_head.weight"]
    for number, name in enumerate(often):
        head[ids[name]] = head[20 + number] * 3
    save_file(tensors, model / "model.safetensors", metadata={"format": "pt"})
    return model


@pytest.fixture(scope="session")
def writer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("writer") / "model", [*JSON])


def answers(model: Path, prompt: str, begin: Sequence[int] = (), **decoding: Any) -> tuple[list[int], str]:
    """The answer's ids and its text. begin: see Request."""
    engine = LocalEngine(ModelSource("m", model, "folder", ""), EngineOptions(environ=os.environ, precision="float32"))
    events = engine.stream([Request(prompt, Decoding(**decoding), tuple(begin))])
    deltas = [event for event in events if isinstance(event, Delta)]
    return [token.id for delta in deltas for token in delta.tokens], "".join(delta.text for delta in deltas)


@pytest.mark.transformers
@as_transformers_5
@pytest.mark.parametrize("beams", [1, 3])
@pytest.mark.parametrize("prompt", ['Write {"a": 1}', "cook\nthe <sep> pasta", "Paris {"])
def test_answers_with_added_tokens_are_those_of_generate(writer: Path, prompt: str, beams: int) -> None:
    import torch
    from transformers import T5ForConditionalGeneration

    theirs = of_transformers(writer)
    net = T5ForConditionalGeneration.from_pretrained(
        writer, trust_remote_code=False, use_safetensors=True, local_files_only=True, attn_implementation="eager"
    )
    ids = torch.tensor([theirs(prompt).input_ids])
    made = net.generate(ids, max_new_tokens=12, num_beams=beams, do_sample=False)[0, 1:].tolist()
    made = made[: made.index(1)] if 1 in made else made

    found, text = answers(writer, prompt, max_new_tokens=12, num_beams=beams)

    assert found == made
    assert text == theirs.decode(made, skip_special_tokens=True)
    assert set(made) & set(range(FIRST, FIRST + len(JSON)))


def test_a_stop_text_may_be_an_added_token(writer: Path) -> None:
    whole = answers(writer, "Paris {", max_new_tokens=30)[1]
    assert "}" in whole

    stopped = answers(writer, "Paris {", max_new_tokens=30, stop=("}",))[1]

    assert stopped == whole.partition("}")[0]


pieces_of_text = st.lists(
    st.sampled_from([" ", "'", "n't", "t", "m", "s", "ve", "re", ".", "?", ",", "a", "n"]), max_size=12
)


@pytest.mark.transformers
@as_transformers_5
@given(pieces_of_text, st.randoms(use_true_random=False))
def test_blanks_before_punctuation_vanish_as_in_transformers_however_the_text_is_divided(
    parts: list[str], rng: Random
) -> None:
    from transformers import PreTrainedTokenizerBase

    text, clean, cleaned = "".join(parts), CleanUp(), ""
    while text:
        size = rng.randint(1, 4)
        cleaned, text = cleaned + clean.feed(text[:size]), text[size:]
    cleaned += clean.rest()

    assert cleaned == PreTrainedTokenizerBase.clean_up_tokenization(None, "".join(parts))


@pytest.mark.parametrize(
    ("says_so", "text"), [(True, "yes. no? Paris,"), (False, "yes . no ? Paris ,"), (None, "yes . no ? Paris ,")]
)
def test_an_answer_is_cleaned_up_where_the_tokenizer_says_so(
    writer: Path, tmp_path: Path, says_so: bool | None, text: str
) -> None:
    model = Path(shutil.copytree(writer, tmp_path / "model"))
    edit(model / "tokenizer_config.json", clean_up_tokenization_spaces=says_so)
    ids = _vocabulary(model)
    begin = [
        ids[piece] for piece in ("\u2581yes", "\u2581", ".", "\u2581no", "\u2581", "?", "\u2581Paris", "\u2581", ",")
    ]

    assert answers(model, "Paris", begin, max_new_tokens=len(begin))[1] == text


def test_a_continued_answer_that_is_cleaned_up_shows_each_letter_once(tmp_path: Path) -> None:
    model = make_model(tmp_path / "model", ["\u2581", ".", "\u2581yes", ","])
    edit(model / "tokenizer_config.json", clean_up_tokenization_spaces=True)
    sampled: dict[str, Any] = {"do_sample": True, "temperature": 1.0, "seed": 4}
    ids, whole = answers(model, "salt water", max_new_tokens=24, **sampled)
    engine = LocalEngine(ModelSource("m", model, "folder", ""), EngineOptions(environ=os.environ, precision="float32"))
    fixed = Settings().update("/set", {"max_new_tokens": 3, **sampled})
    session = Session(engine, Profile("plain"), fixed, NoTranscript())

    steps = list(session.ask("salt water"))
    while len(session.last().tokens) < len(ids):
        steps += session.continue_answer()

    shown = "".join(step.text for step in steps if isinstance(step, Delta))
    assert ". t.!. to.t,  onion" in whole
    assert "".join(shown.split()).startswith("".join(whole.split()))
    assert session.last().text.startswith(whole.strip())


@pytest.mark.transformers
def test_clean_up_loses_no_word_of_an_answer_by_beams(writer: Path, tmp_path: Path) -> None:
    model = Path(shutil.copytree(writer, tmp_path / "model"))
    before = answers(model, "Paris {", max_new_tokens=12, num_beams=2)[1]
    edit(model / "tokenizer_config.json", clean_up_tokenization_spaces=True)

    assert answers(model, "Paris {", max_new_tokens=12, num_beams=2)[1] == before
