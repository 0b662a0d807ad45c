import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flanchat.base import strict_yaml
from flanchat.base.errors import ProfileError

HOSTILE = {
    "an anchor": (b"a: &x 1", 1, "anchors"),
    "an alias": (b"a: 1\nb: *x", 2, "aliases"),
    "an alias bomb": (b"a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]", 1, "anchors"),
    "a merge key": (b"a:\n  <<: {b: 1}", 2, "merge"),
    "a tag": (b"a: 1\nb: !!python/object/apply:os.system [ls]", 2, "tags"),
    "a local tag": (b"a: !x 1", 1, "tags"),
    "a key written twice": (b"a: 1\nb: 2\na: 3", 3, "a: written twice, first on line 1"),
    "an inner key written twice": (b"a:\n  b: 1\n  b: 2", 3, "first on line 2"),
    "50000 brackets": (b"a: " + b"[" * 50_000, 1, "levels"),
    "50000 braces": (b"a: " + b"{" * 50_000, 1, "key"),
    "50000 dashes": (b"- " * 50_000, 1, "levels"),
    "too many values": (b"a: [" + b"1," * 20_001 + b"]", 1, "values"),
    "too many bytes": (b"a: " + b"x" * 300_000, 1, "256 KB"),
    "a number as key": (b"1: a", 1, "text as key"),
    "true as key": (b"true: a", 1, "text as key"),
    "an empty key": (b"? \n: a", 1, "text as key"),
    "a list as key": (b"a: 1\n? [b]\n: c", 2, "text as key"),
    "UTF-16": ("a: 1".encode("utf-16"), 1, "UTF-8"),
    "UTF-16 without a mark": ("a: 1".encode("utf-16-le"), 1, "U+0000"),
    "Latin-1": (b"a: 1\nb: caf\xe9", 2, "UTF-8"),
    "a NUL": (b"a: 1\nb: x\0y", 2, "U+0000"),
    "an escape character": (b"a: \x1b[31m", 1, "U+001B"),
    "half a character": (rb'a: "\ud800"', 1, "surrogate"),
    "a code point that does not exist": (b'a: "\\UFFFFFFFF"', 1, "not valid YAML"),
    "two documents": (b"a: 1\n---\nb: 2", 2, "one document"),
    "an empty file": (b"", 1, "found nothing"),
    "a list": (b"- a", 1, "expected fields"),
    "a word": (b"a", 1, "expected fields"),
    "an open quote": (b'a: "x', 1, "not valid YAML"),
    "a tab": (b"a:\n\tb: 1", 2, "not tabs"),
    "a colon in a text": (b"a: Q: x", 1, "put quotes around it"),
    "a placeholder in front": (b"a: 1\nb: {{input}} x", 2, "put quotes around it"),
    "a placeholder alone": (b"b: {{input}}", 1, "put quotes around it"),
}


def values(text: str) -> dict:
    return strict_yaml.parse(text.encode(), "x.yaml").values


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_refused_with_its_line_and_in_no_time(kind):
    raw, line, words = HOSTILE[kind]
    start = time.process_time()

    with pytest.raises(ProfileError, match=rf"^x\.yaml:{line}: ") as caught:
        strict_yaml.parse(raw, "x.yaml")

    assert words in caught.value.message
    assert "\n" not in caught.value.message
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    "word", ["no", "yes", "on", "off", "True", "NULL", "~", "12:30:00", "017", "0x1F", "1_000", "2024-01-01", "=",
             ".inf", "nan", "1e999", "1" * 19, ".", "e5", "+", "1.2.3"],
)  # fmt: skip
def test_words_that_yaml_would_change_stay_text(word):
    assert values(f"a: {word}") == {"a": word}


@pytest.mark.parametrize(
    ("word", "value"),
    [("true", True), ("false", False), ("null", None), ("", None), ("0", 0), ("-12", -12), ("+3", 3),
     ("9" * 18, 10**18 - 1),
     ("1.5", 1.5), ("1e-3", 0.001), (".5", 0.5), ("5.", 5.0), ("-1.0E+2", -100.0)],
)  # fmt: skip
def test_few_words_are_more_than_text(word, value):
    found = values(f"a: {word}")["a"]

    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize("word", ["true", "null", "1", "1.5", "<<", "*x", "&x", "!x"])
def test_quoted_words_are_text(word):
    assert values(f"a: '{word}'\n\"{word}\": 1") == {"a": word, word: 1}


def test_every_value_has_its_line():
    read = strict_yaml.parse(b"# top\na: 1\nb:\n  - x\n  - c:\n      y\n", "x.yaml")

    assert read.lines == {(): 2, ("a",): 2, ("b",): 3, ("b", 0): 4, ("b", 1): 5, ("b", 1, "c"): 5}


def test_a_byte_order_mark_is_no_part_of_the_first_key():
    assert strict_yaml.parse(b"\xef\xbb\xbfa: 1", "x.yaml").values == {"a": 1}


def test_a_symlink_to_a_file_is_read(tmp_path: Path):
    (tmp_path / "real").write_text("a: 1")
    (tmp_path / "link.yaml").symlink_to(tmp_path / "real")

    assert strict_yaml.load(tmp_path / "link.yaml").values == {"a": 1}


@pytest.mark.timeout(100)
@pytest.mark.parametrize("kind", ["fifo", "device", "folder", "missing", "loop", "unnameable"])
def test_what_is_no_file_is_refused_without_waiting(tmp_path: Path, kind: str):
    path = {"device": Path("/dev/zero"), "unnameable": Path("a\0b")}.get(kind, tmp_path / "x.yaml")
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "loop":
        path.symlink_to(path)

    with pytest.raises(ProfileError) as caught:
        strict_yaml.load(path)

    assert caught.value.message.startswith(f"{path}:1: ")


def test_the_largest_file_is_read_in_seconds():
    rows = b"".join(b"k%d: some words that are read\n" % n for n in range(9_000))
    start = time.process_time()

    read = strict_yaml.parse(rows[: strict_yaml.MAX_BYTES - 40].rpartition(b"\n")[0], "x.yaml")

    assert len(read.values) > 7_000
    assert time.process_time() - start < 4


NEARLY_YAML = st.lists(
    st.sampled_from([*"ab:-?[]{}&*!|>'\"%@`#,.0 \n\t\\~<=", "\n  ", ": ", "- ", "---\n", "\x85", "\ufeff", "1e9"]),
    max_size=40,
).map(lambda pieces: "".join(pieces).encode())


@given(st.one_of(st.binary(max_size=80), NEARLY_YAML, st.text(max_size=60).map(lambda t: t.encode("utf-8", "replace"))))
def test_any_bytes_give_values_or_a_profile_error(raw: bytes):
    try:
        read = strict_yaml.parse(raw, "x.yaml")
    except ProfileError as error:
        assert error.message.startswith("x.yaml:")  # noqa: PT017
    else:
        assert isinstance(read.values, dict)


@given(st.text(max_size=30))
def test_an_unquoted_word_that_stays_text_is_not_changed(word: str):
    found = strict_yaml.parse_scalar(word)

    assert found == word if isinstance(found, str) else found is None or isinstance(found, bool | int | float)
