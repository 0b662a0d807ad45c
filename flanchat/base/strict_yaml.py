"""Strict YAML: reads values with the line of each, writes values. Knows nothing of profiles.

A subset of YAML on purpose. `no`, `12:30` and `017` stay text, because they are text in a few-shot example; anchors,
aliases, merge keys and tags are refused, because a file of 300 bytes can use them to fill the memory or call functions.
The file is read as a flat stream of events, so that nesting needs no recursion, and by the scanner in Python, because
the one in C crashes on 50,000 opening brackets.
"""

from __future__ import annotations

import functools
import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import yaml

from flanchat.base.errors import ProfileError
from flanchat.base.files import open_regular, reason
from flanchat.base.i18n import in_english, untranslated
from flanchat.base.text import NotTextError, decode

MAX_BYTES = 256 * 1024
MAX_DEPTH = 20
MAX_VALUES = 20_000

Node = Any  # None, bool, int, float, str, list[Node] or dict[str, Node]
FieldPath = tuple[str | int, ...]  # keys and list positions that lead to a value


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """The fields of one file.

    lines: of every key and list item; () is the line of the first field.
    sha256: of the file's bytes, as `sha256sum` prints it.
    """

    values: dict[str, Node]
    lines: Mapping[FieldPath, int]
    source: str
    sha256: str


def load(path: Path) -> YamlDocument:
    """Read a file. Raises ProfileError with a message that starts with FILE:LINE."""
    return parse(read_bytes(path), str(path))


def parse(raw: bytes, name: str, *, example: str = "template: qa") -> YamlDocument:
    """Read the bytes of a file. name: of the file, for messages.

    >>> parse(b"output: no", "x.yaml").values
    {'output': 'no'}
    """
    parser = _parsed(raw, name)
    if not isinstance(parser.root, dict):
        found = "found nothing" if parser.root is None else "found something else"
        parser.fail(1, f"expected fields such as `{example}`, {found}")
    return YamlDocument(parser.root, parser.lines, parser.source, hashlib.sha256(raw).hexdigest())


def parse_any(raw: bytes, name: str) -> tuple[Node, Mapping[FieldPath, int]]:
    """Read the bytes of a file that may hold a list. Returns its value and the line of each key and list item."""
    parser = _parsed(raw, name)
    return parser.root, parser.lines


@functools.lru_cache(maxsize=64)  # to complete the name of a profile, all of them are read at every key
def _parsed(raw: bytes, name: str) -> _Parser:
    """Read bytes, or remember what was read of the same ones: nobody changes the values."""
    parser = _Parser(name, decode_utf8(raw, name))
    parser.run()
    return parser


def read_bytes(path: Path) -> bytes:
    """Read a regular file without waiting. Raises ProfileError."""
    try:
        with untranslated(), open(open_regular(path), "rb") as file:
            return file.read(MAX_BYTES + 1)  # one more than `decode_utf8` accepts
    except OSError as error:
        raise ProfileError(f"{path}:1: cannot be read: {in_english(reason(error))}") from None


def decode_utf8(raw: bytes, name: str) -> str:
    """Decode UTF-8, with or without a byte order mark. Raises ProfileError for other bytes, and for too many."""
    if len(raw) > MAX_BYTES:
        raise ProfileError(f"{name}:1: expected at most {MAX_BYTES // 1024} KB, found more")
    try:
        with untranslated():
            return decode(raw)
    except NotTextError as error:
        line = raw.count(b"\n", 0, error.at) + 1
        raise ProfileError(f"{name}:{line}: {error}") from None


def parse_scalar(text: str) -> bool | int | float | str | None:
    """Return the value of an unquoted word: true, false, null, a decimal number, or otherwise the text itself.

    >>> [parse_scalar(word) for word in ("true", "no", "017", "12:30", "1e-3", "null")]
    [True, 'no', '017', '12:30', 0.001, None]
    """
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text)
    if len(text) <= 40 and _FLOAT.fullmatch(text):
        number = float(text)
        return number if math.isfinite(number) else text
    return text


def format_path(path: FieldPath) -> str:
    """Format the path of a value for a message. Keys that are not plain words are quoted.

    >>> format_path(("shots", 1, "out"))
    'shots[1].out'
    """
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            shown = step if re.fullmatch(r"[A-Za-z0-9_.-]{1,60}", step) else repr(step[:40])
            text += f".{shown}" if text else shown
    return text


def dump(value: dict[str, Node]) -> str:
    """Write fields as YAML that `parse` and every other reader of YAML read back as the same values."""
    return _dump(value, flow=False)


def dump_inline(value: Node) -> str:
    """Write a value as YAML on one line.

    >>> dump_inline({"stop": ["Q:", "no"], "top_p": 0.5})
    '{stop: ["Q:", "no"], top_p: 0.5}'
    >>> print(dump_inline("one, two"))
    one, two
    """
    if isinstance(value, str) and _scalar_style(value) is None:
        return value  # inside the list below, a comma would need quotes
    return _dump([value], flow=True).strip()[1:-1]


_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "": None}
_INT = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"[-+]?(?=\.?[0-9])(?=[0-9]*[.eE])(0|[1-9][0-9]*)?(\.[0-9]*)?([eE][-+]?[0-9]+)?")


@dataclass(slots=True)
class _Collection:
    """A mapping or list that is being filled. key: of the value that comes next."""

    value: dict[str, Node] | list[Node]
    at: FieldPath
    key: str | None = None

    @property
    def expects_key(self) -> bool:
        return isinstance(self.value, dict) and self.key is None


@dataclass(slots=True)
class _Parser:
    """The state of one parse: `add_event` takes each event; the results are `root` and `lines`."""

    name: str
    source: str
    root: Node = None
    lines: dict[FieldPath, int] = field(default_factory=dict)
    stack: list[_Collection] = field(default_factory=list)
    documents: int = 0
    count: int = 0

    def run(self) -> None:
        line = 1
        try:
            for event in yaml.parse(self.source, Loader=yaml.SafeLoader):
                line = event.start_mark.line + 1 if event.start_mark else line
                self.add_event(event, line)
        except yaml.reader.ReaderError as error:
            code = error.character if isinstance(error.character, int) else ord(error.character)
            self.fail(
                self.source.count("\n", 0, error.position) + 1, f"the character U+{code:04X} is not allowed. Remove it."
            )
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line + 1 if mark else line
            begins = self.source[max(mark.index - 1, 0) : mark.index + 1] if mark else ""  # a `*` is before the mark
            self.fail(line, f"not valid YAML: {error.problem or error.context}.{_quoting(begins)}", advise=True)
        except (yaml.YAMLError, ValueError, OverflowError, RecursionError):
            self.fail(line, "not valid YAML from here on")

    def add_event(self, event: yaml.Event, line: int) -> None:
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                self.fail(line, "expected one document, found another after `---`")
        elif isinstance(event, yaml.AliasEvent):
            self.fail(
                line,
                "aliases (*name) are not allowed. Put quotes around text that starts with `*`.",
            )
        elif isinstance(event, yaml.NodeEvent):
            self.add_node(event, line)
        elif isinstance(event, yaml.CollectionEndEvent):
            self.stack.pop()

    def add_node(self, event: Any, line: int) -> None:
        if event.anchor is not None:
            self.fail(line, "anchors (&name) are not allowed. Put quotes around text that starts with `&`.")
        if event.tag == "!function":  # of lm-evaluation-harness
            self.fail(line, "`!function` calls Python, which flanchat does not run. Write a text or a template.")
        if event.tag is not None:
            self.fail(line, "tags (!name) are not allowed. Put quotes around text that starts with `!`.")
        self.count += 1
        if self.count > MAX_VALUES:
            self.fail(line, f"expected at most {MAX_VALUES} values, found more")
        if not isinstance(event, yaml.ScalarEvent):
            self.open_collection({} if isinstance(event, yaml.MappingStartEvent) else [], line)
            return
        value = event.value if event.style else parse_scalar(event.value)
        if isinstance(value, str) and _SURROGATE.search(value):
            self.fail(line, "half a character (a lone surrogate) is not allowed. Remove it.")
        if self.stack and self.stack[-1].expects_key:
            self.add_key(value, line, merge=value == "<<" and not event.style)
        else:
            self.add_value(value, line)

    def open_collection(self, value: dict[str, Node] | list[Node], line: int) -> None:
        if self.stack and self.stack[-1].expects_key:
            self.fail(line, "expected a text as key, found a mapping or list.", advise=True)
        if len(self.stack) >= MAX_DEPTH:
            self.fail(line, f"expected at most {MAX_DEPTH} levels, found more")
        self.stack.append(_Collection(value, self.add_value(value, line)))

    def add_value(self, value: Node, line: int) -> FieldPath:
        """Add a value to the innermost open collection and return its path."""
        if not self.stack:
            self.root = value
            self.lines[()] = line
            return ()
        top = self.stack[-1]
        at: FieldPath
        if isinstance(top.value, list):
            at = (*top.at, len(top.value))
            self.lines[at] = line
            top.value.append(value)
        else:
            assert top.key is not None
            at = (*top.at, top.key)
            top.value[top.key], top.key = value, None
        return at

    def add_key(self, key: Node, line: int, *, merge: bool) -> None:
        top = self.stack[-1]
        if merge:
            self.fail(line, "merge keys (<<) are not allowed. Write the fields again.")
        if not isinstance(key, str):
            self.fail(line, "expected a text as key, found a number, true, false or nothing. Put quotes around it.")
        at = (*top.at, key)
        if key in top.value:
            first = self.lines[at]
            shown = key if key.isidentifier() else repr(key[:40])
            self.fail(line, f"{shown}: written twice, first on line {first}. Remove one.")
        top.key = key
        self.lines[at] = line

    def fail(self, line: int, what: str, *, advise: bool = False) -> NoReturn:
        raise ProfileError(f"{self.name}:{line}: {what}{self.advice(line, what) if advise else ''}") from None

    def advice(self, line: int, what: str) -> str:
        rows = self.source.splitlines()[line - 1 : line]
        if rows and re.search(r"(^|[:,\[-])\s*\{\{", rows[0]):
            return ' A text that starts with "{{" needs quotes: put quotes around it.'
        if "mapping values" in what:
            return ' A text that contains ": " needs quotes: put quotes around it.'
        if "\\t" in what:
            return " Indent with blanks, not tabs."
        return ""


def _quoting(begins: str) -> str:
    """What to do about a text that begins with one of YAML's signs."""
    sign = next((char for char in begins if char in "*%@`"), "")
    return f" Put quotes around text that starts with `{sign}`." if sign else ""


_SURROGATE = re.compile("[\ud800-\udfff]")


def _dump(value: Node, *, flow: bool) -> str:
    text: str = yaml.dump(
        value, Dumper=_Dumper, default_flow_style=flow, sort_keys=False, allow_unicode=True, width=2**31
    )
    return text


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, indentless=False)  # indent lists below their key

    def write_double_quoted(self, text: str, split: bool = True) -> None:
        self.write_indicator(_double_quoted(text), need_whitespace=True)


_Dumper.add_representer(
    str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style=_scalar_style(text))
)


def _scalar_style(text: str) -> str | None:
    """Return the style in which every reader takes a text for text: plain (None), literal block or quoted."""
    if _PLAIN.match(text) and text.isprintable() and text.lower() not in _NOT_TEXT:
        return None
    if "\n" in text and text[0] not in " \n" and all(row.isprintable() for row in text.split("\n")):
        return "|"
    return "'" if text.isprintable() and "'" not in text and re.search(r'["\\]', text) else '"'


_PLAIN = re.compile(r"[^\W\d_](?!.*(: | #|[: ]$))")  # starts with a letter, so it is no number, date or indicator
_NOT_TEXT = ("y", "n", "yes", "no", "on", "off", "true", "false", "null")  # in YAML 1.1 or 1.2


def _double_quoted(text: str) -> str:
    """Quote a text and escape all that is not visible, which yaml does only in part.

    >>> print(_double_quoted('a "b"\\u2028'))
    "a \\"b\\"\\u2028"
    """
    return "".join(
        char if char.isprintable() else f"\\u{ord(char):04X}" if ord(char) < 0x10000 else f"\\U{ord(char):08X}"
        for char in json.dumps(text, ensure_ascii=False)
    )
