"""What a tokenizer's files ask for and flanchat does not do is refused by name, before the weights; T5's own passes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sentencepiece import sentencepiece_model_pb2

import flanchat
from flanchat.base.errors import ModelError
from flanchat.engine.checkpoint.tokenizer_files import read_tokenizer_files
from flanchat.engine.checkpoint.validate import preflight
from flanchat.engine.t5.library_tokenizer import LibraryTokenizer
from flanchat.engine.t5.tokenizer import open_tokenizer
from tests.tiny_t5 import byte_spiece_bytes, make_adapter, make_tiny_t5

Mutation = Callable[[Path], object]
SMALL = ("spiece.model", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json")


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A copy of the bundled model's tokenizer, whose tokenizer.json was written by transformers."""
    for name in SMALL:
        shutil.copy(Path(flanchat.__file__).parent / "demo" / name, tmp_path)
    return tmp_path


@pytest.mark.parametrize("left_out", [(), ("spiece.model",), ("tokenizer.json",), SMALL[1:]], ids=str)
def test_files_written_by_transformers_pass(files: Path, left_out: tuple[str, ...]) -> None:
    for name in left_out:
        (files / name).unlink()

    read_tokenizer_files(files)


@pytest.mark.parametrize("family", ["t5", "mt5", "umt5"])
def test_each_family_passes(tmp_path: Path, family: str) -> None:
    preflight(make_tiny_t5(tmp_path / "model", family=family))


def test_t5s_own_tokens_pass_in_every_file(files: Path) -> None:
    listed = {token["id"]: token["content"] for token in _read(files / "tokenizer.json")["added_tokens"]}
    (files / "added_tokens.json").write_text(json.dumps({content: i for i, content in listed.items()}))
    read_tokenizer_files(files)

    about = {str(i): {"content": content, "special": True} for i, content in listed.items()}
    _edit("tokenizer_config.json", added_tokens_decoder=about, eos_token={"content": "</s>"}, bos_token=None)(files)

    read_tokenizer_files(files)


def test_old_and_new_normalizers_of_t5_pass(files: Path) -> None:
    _nested("normalizer", lambda own: {"type": "Sequence", "normalizers": [own, _STRIP, _BLANKS]})(files)
    _nested("pre_tokenizer", lambda own: {"type": "Metaspace", "replacement": "▁", "add_prefix_space": True})(files)

    read_tokenizer_files(files)


def test_a_file_that_is_mended_is_read_again(files: Path) -> None:
    whole = (files / "tokenizer.json").read_bytes()
    (files / "tokenizer.json").write_bytes(whole[:-9])
    with pytest.raises(ModelError):
        read_tokenizer_files(files)
    (files / "tokenizer.json").write_bytes(whole)

    read_tokenizer_files(files)


_STRIP = {"type": "Strip", "strip_left": False, "strip_right": True}
_BLANKS = {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": "▁"}
_WORD = {"content": "{", "special": False}


def _read(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text()))


def _edit(name: str, **fields: object) -> Mutation:
    def edit(folder: Path) -> None:
        found = _read(folder / name) if (folder / name).exists() else {}
        (folder / name).write_text(json.dumps(found | fields))

    return edit


def _nested(part: str, change: Callable[[Any], object]) -> Mutation:
    return lambda folder: _edit("tokenizer.json", **{part: change(_read(folder / "tokenizer.json")[part])})(folder)


def _step(part: str, value: object) -> Mutation:
    return _edit("tokenizer.json", **{part: value})


def _vocab(change: Callable[[list[list[Any]]], object]) -> Mutation:
    def edited(model: dict[str, Any]) -> dict[str, Any]:
        change(model["vocab"])
        return model

    return _nested("model", edited)


def _both(*mutations: Mutation) -> Mutation:
    def mutate(folder: Path) -> None:
        for each in mutations:
            each(folder)

    return mutate


def _cut(name: str, keep: Callable[[bytes], bytes]) -> Mutation:
    return lambda folder: (folder / name).write_bytes(keep((folder / name).read_bytes()))


def _between_pieces(content: bytes) -> bytes:
    """All pieces and nothing after them, which is still a valid protobuf."""
    model = sentencepiece_model_pb2.ModelProto()
    model.ParseFromString(content)
    model.ClearField("trainer_spec")
    model.ClearField("normalizer_spec")
    return bytes(model.SerializeToString())


_SAVED_AGAIN = "save the tokenizer again with the version of transformers that the model was trained with"
REFUSED: dict[str, tuple[Mutation, str]] = {
    "a list beside added_tokens_decoder, which counts alone": (
        _both(
            _edit("tokenizer_config.json", added_tokens_decoder={"1": {"content": "</s>"}}),
            _edit("added_tokens.json", **{"{": 4100}),
        ),
        f"added_tokens.json: added tokens: names '{{', which transformers 5 does not read there and other versions do; "
        f"{_SAVED_AGAIN}",
    ),
    "a special token in a list that does not count": (
        _both(
            _edit("tokenizer_config.json", additional_special_tokens=["<extra_id_0>"]),
            _edit("special_tokens_map.json", additional_special_tokens=["<extra_id_0>", {"content": "<sep>"}]),
        ),
        "special_tokens_map.json: added tokens: names '<sep>', which transformers 5 does not read there",
    ),
    "a gap in the ids": (
        _edit("added_tokens.json", **{"{": 4100, "}": 4105}),
        "added_tokens.json: added tokens: id of '}': expected 4101, which transformers 5 gives it and other versions "
        f"do not, got 4105; {_SAVED_AGAIN}",
    ),
    "an id of a piece": (_edit("added_tokens.json", **{"{": 50}), "id of '{': expected 4100, which transformers 5"),
    "another id than that of its piece": (
        _edit("added_tokens.json", **{"\u2581the": 4100}),
        "id of '\\u2581the': expected ",
    ),
    "another id in another file": (
        _both(
            _edit("tokenizer_config.json", added_tokens_decoder={"4100": _WORD}),
            _edit("added_tokens.json", **{"{": 4101}),
        ),
        "added_tokens.json: added tokens: id of '{': expected 4100, which",
    ),
    "a token that is two": (
        _edit("special_tokens_map.json", mask_token="<mask>", sep_token={"content": "<mask>", "lstrip": True}),
        "added tokens: '<mask>' is named twice, with different flags, and transformers uses both",
    ),
    "an empty tokenizer.json": (
        lambda folder: (folder / "tokenizer.json").write_text("{}"),
        "model: expected an object",
    ),
    "a token that is no text": (
        lambda folder: (folder / "added_tokens.json").write_text('{"\\ud800": 4100}'),
        "added_tokens.json: tokens: expected a token, got an object",
    ),
    "an id that is no number": (_edit("added_tokens.json", **{"{": "4100"}), "id of '{': expected a whole number"),
    "a flag that is neither true nor false": (
        _edit("tokenizer_config.json", added_tokens_decoder={"4100": {"content": "{", "lstrip": "yes"}}),
        "tokenizer_config.json: added_tokens_decoder: '{': lstrip: expected true or false, got 'yes'",
    ),
    "an end token that another file takes the place of": (
        _edit("tokenizer_config.json", eos_token="<end>"),
        "tokenizer_config.json: added tokens: names '<end>', which transformers 5 does not read there",
    ),
    "an end token that tokenizer.json does not append": (
        _edit("special_tokens_map.json", eos_token="<end>"),
        "tokenizer.json: post_processor: expected T5's own, a template that appends '</s>', got 'TemplateProcessing'",
    ),
    "special tokens that are not looked for": (
        _edit("tokenizer_config.json", split_special_tokens=True, mask_token="<mask>"),
        "tokenizer_config.json: split_special_tokens: expected false, got true",
    ),
    "another unknown": (
        _edit("special_tokens_map.json", unk_token={"content": "[UNK]"}),
        "special_tokens_map.json: unk_token: expected '<unk>', as T5 has, got '[UNK]'",
    ),
    "another id of the end": (
        _edit("added_tokens.json", **{"</s>": 4100}),
        "added_tokens.json: added tokens: id of '</s>': expected 1, which transformers 5 gives it and other",
    ),
    "a sentinel in place of a piece": (_edit("added_tokens.json", **{"<extra_id_0>": 7}), "id of '<extra_id_0>': "),
    "another class": (
        _edit("tokenizer_config.json", tokenizer_class="BertTokenizer"),
        "tokenizer_config.json: tokenizer_class: expected 'T5Tokenizer', 'ByT5Tokenizer', 'RobertaTokenizer' or "
        "'PreTrainedTokenizerFast', got 'BertTokenizer'",
    ),
    "BPE": (_step("model", {"type": "BPE"}), "tokenizer.json: model.type: expected 'Unigram', as T5 has, got 'BPE'"),
    "lower case": (
        _nested("normalizer", lambda own: {"type": "Sequence", "normalizers": [{"type": "Lowercase"}, own]}),
        "tokenizer.json: normalizer: expected T5's own, Precompiled, got 'Lowercase'",
    ),
    "no normalizer": (_step("normalizer", None), "normalizer: expected the character map of spiece.model, got another"),
    "a replacement": (
        _step("normalizer", {"type": "Replace", "pattern": {"String": "a"}, "content": "b"}),
        "normalizer: expected T5's own, Precompiled, got Replace",
    ),
    "digits": (
        _nested(
            "pre_tokenizer",
            lambda own: {
                **own,
                "pretokenizers": [*own["pretokenizers"], {"type": "Digits", "individual_digits": True}],
            },
        ),
        "pre_tokenizer: expected T5's own, WhitespaceSplit and Metaspace, got "
        "'WhitespaceSplit' and 'Metaspace' and 'Digits'",
    ),
    "no prefix": (
        _step("pre_tokenizer", {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "never"}),
        "pre_tokenizer: expected T5's own, WhitespaceSplit and Metaspace, got 'Metaspace' with other settings",
    ),
    "no pre-tokenizer": (_step("pre_tokenizer", None), "pre_tokenizer: expected T5's own, WhitespaceSplit and Meta"),
    "another decoder": (_step("decoder", {"type": "WordPiece"}), "decoder: expected T5's own, Metaspace, got 'WordPi"),
    "no end token": (
        _step("post_processor", None),
        "post_processor: expected T5's own, a template that appends '</s>'",
    ),
    "a begin token in the template": (
        _nested("post_processor", lambda own: {**own, "single": own["single"][::-1]}),
        "post_processor: expected T5's own, a template that appends '</s>', got 'TemplateProcessing'",
    ),
    "another piece": (
        _vocab(lambda vocab: vocab[50].__setitem__(0, "other")),
        "tokenizer.json: model.vocab: piece 50: expected ",
    ),
    "another score": (_vocab(lambda vocab: vocab[50].__setitem__(1, -1.5)), "model.vocab: piece 50: expected "),
    "a piece too many": (
        _vocab(lambda vocab: vocab.append(["{", 0.0])),
        "expected no piece that spiece.model lacks, got '{'; take both files from the same model",
    ),
    "a piece too few": (_vocab(lambda vocab: vocab.__delitem__(slice(200, None))), "piece 200: expected "),
    "half a spiece.model": (
        _cut("spiece.model", lambda content: content[: len(content) // 2]),
        "spiece.model: content: expected a whole vocabulary, got one that is cut or damaged; download the file again",
    ),
    "spiece.model cut between pieces": (_cut("spiece.model", _between_pieces), "one that is cut or damaged"),
    **{
        f"half a {name}": (
            _cut(name, lambda content: content[: len(content) // 2]),
            f"{name}: JSON: expected an object, got text that is not JSON",
        )
        for name in SMALL[1:]
    },
    "an added_tokens.json of another kind": (
        lambda folder: (folder / "added_tokens.json").write_text("[]"),
        "added_tokens.json: JSON: expected an object, got []",
    ),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_flanchat_does_not_do_is_refused_by_name(files: Path, kind: str) -> None:
    mutate, words = REFUSED[kind]
    mutate(files)

    with pytest.raises(ModelError) as refused:
        read_tokenizer_files(files)

    assert words in refused.value.message
    assert len(refused.value.message.splitlines()) == 1


AS_IT_STANDS = [
    "lower case", "digits", "a replacement", "no prefix", "no pre-tokenizer", "no end token", "another piece",
    "a begin token in the template",
]  # fmt: skip


@pytest.mark.transformers
@pytest.mark.parametrize("kind", AS_IT_STANDS)
def test_a_tokenizer_json_that_is_no_t5s_is_read_as_it_stands_where_the_files_say_so(files: Path, kind: str) -> None:
    from transformers import AutoTokenizer

    REFUSED[kind][0](files)
    _edit("tokenizer_config.json", tokenizer_class="PreTrainedTokenizerFast")(files)
    _edit("config.json", model_type="t5")(files)

    ours = open_tokenizer(read_tokenizer_files(files).vocabulary[0])
    theirs: Any = AutoTokenizer.from_pretrained(files, trust_remote_code=False, local_files_only=True)

    assert isinstance(ours, LibraryTokenizer)
    for text in ("Add 123 grams of Salt!  Café a\nb ½ 北 {", "", " x "):
        assert ours.encode(text) == theirs(text).input_ids


def test_tokens_without_a_row_in_the_embedding_are_refused_before_the_weights_are_read(tmp_path: Path) -> None:
    folder = make_tiny_t5(tmp_path / "model")
    rows = _read(folder / "config.json")["vocab_size"]
    (folder / "added_tokens.json").write_text(json.dumps({"{": rows, "}": rows + 1}))

    with pytest.raises(ModelError) as refused:
        preflight(folder)

    assert refused.value.message == (
        f"{folder}: added tokens: expected ids below {rows}, the vocab_size of config.json, got {rows + 1} for '}}'; "
        "call resize_token_embeddings(len(tokenizer)) before training, and save model and tokenizer together"
    )


def test_an_adapter_may_bring_the_tokens_of_its_base_and_no_others(tmp_path: Path) -> None:
    base = make_tiny_t5(tmp_path / "base")
    adapter = make_adapter(tmp_path / "adapter", base, "encoder.block.0.layer.0.SelfAttention.q")
    for name in SMALL[2:]:
        shutil.copy(base / name, adapter)
    preflight(base, adapter)
    rows = _read(base / "config.json")["vocab_size"]
    (adapter / "added_tokens.json").write_text(json.dumps({"<sep>": rows}))

    with pytest.raises(
        ModelError, match=r"adapter: added tokens: expected those of the base model, got '<sep>'; resize"
    ):
        preflight(base, adapter)

    (adapter / "added_tokens.json").unlink()
    (adapter / "spiece.model").write_bytes(byte_spiece_bytes())
    with pytest.raises(ModelError, match=r"adapter: tokenizer: expected the base model's vocabulary, got another; use"):
        preflight(base, adapter)
    (adapter / "spiece.model").write_bytes((base / "spiece.model").read_bytes())
    preflight(base, adapter)
    (adapter / "spiece.model").unlink()
    (adapter / "added_tokens.json").write_text(json.dumps({"<sep>": rows}))

    base = make_tiny_t5(tmp_path / "resized", more_rows=1)
    shutil.copy(adapter / "added_tokens.json", base)
    preflight(base, adapter)
