"""Parse the axes of a grid, such as `temperature=0,0.7 seed=1..4`. Knows neither models nor terminals."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from flanchat.base.errors import UsageError
from flanchat.base.i18n import _
from flanchat.base.wording import did_you_mean, with_hint
from flanchat.prompting.settings import BY_NAME, BY_SHORT, find_setting

OWN = ("profile", "model", "without")
"""Axes that are not settings; `without` leaves out a shot, by its number."""

MOST_VALUES = 1000

_GROUPED = r"""\\.|(?<![^=,])'[^']*'|"(?:[^"\\]|\\.)*"|\[[^\]]*\]"""  # may hold blanks and commas
_WORD = re.compile(rf'(?:{_GROUPED}|[^\s"\[])+')
_AXIS = re.compile(r"([a-z_.]+)=(.*)", re.DOTALL)
_VALUE = re.compile(rf'(?:{_GROUPED}|[^,"\[])+')
_NUMBER = r"-?\d+(?:\.\d+)?"
_RANGE = re.compile(rf"({_NUMBER})\.\.({_NUMBER})(?:\.\.({_NUMBER}))?")


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis of a grid. name: one of OWN, or a setting's short name. values: distinct, as they were written."""

    name: str
    values: tuple[str, ...]


def read_axes(line: str) -> tuple[tuple[Axis, ...], str]:
    r"""Split a line into the axes that it begins with and the question after them. `--` ends the axes.

    >>> read_axes("seed=1..3 top_p=0.9 Name a fruit.")[1]
    'Name a fruit.'
    >>> read_axes(r"profile='./my a.yaml',./my\ b.yaml What's new?")[0][0].values
    ("'./my a.yaml'", './my\\ b.yaml')
    """
    axes: list[Axis] = []
    at = 0
    while found := _WORD.match(line, at + len(line[at:]) - len(line[at:].lstrip())):
        word = found[0]
        if word == "--":
            return tuple(axes), line[found.end() :].strip()
        if not _AXIS.fullmatch(word):
            break
        axes.append(read_axis(word))
        at = found.end()
    _refuse_repeated(axes)
    return tuple(axes), line[at:].strip()


def split_axes(words: Sequence[str]) -> tuple[tuple[Axis, ...], list[str]]:
    """Do what `read_axes` does with words that a shell has split.

    Here axes may also follow the question, if that is a single word in quotes.

    >>> split_axes(["What is x=3?", "seed=1"])
    ((Axis(name='seed', values=('1',)),), ['What is x=3?'])
    """
    end = words.index("--") if "--" in words else len(words)
    start = next((at for at, word in enumerate(words[:end]) if not _may_be_axis(word)), end)
    before, question, after = list(words[:start]), list(words[start:end]), list(words[end + 1 :])
    if all(_may_be_axis(word, is_known=bool(before)) for word in question[1:]):
        before, question = before + question[1:], question[:1]
    axes = tuple(read_axis(word) for word in before)
    _refuse_repeated(axes)
    return axes, question + after


def _may_be_axis(word: str, *, is_known: bool = False) -> bool:
    """Whether a word has the form NAME=VALUE. is_known: and NAME exists; otherwise it may be a mistyped one."""
    found = _AXIS.fullmatch(word)
    if found is None:
        return False
    exists = found[1] in OWN or found[1] in BY_SHORT or found[1] in BY_NAME
    return exists or not (is_known or re.search(r"\s", word))


def read_axis(word: str) -> Axis:
    """Parse one `NAME=VALUE,VALUE...`. Raises UsageError for an unknown name or an invalid value."""
    name, __, text = word.partition("=")
    if name not in OWN:
        if name not in BY_SHORT and name not in BY_NAME:
            hint = did_you_mean(name, [*OWN, *BY_SHORT]) or _(" If it begins the question, put -- before it.")
            raise UsageError(with_hint(_("{name}=: unknown axis").format(name=name), hint))
        name = find_setting(name).short
    return Axis(name, axis_values(name, text))


def axis_values(name: str, text: str) -> tuple[str, ...]:
    """Parse the values of an axis: separated by commas, with ranges START..END or START..END..STEP, ends included.

    >>> axis_values("seed", "1..3,9"), axis_values("temperature", "0..1..0.5")
    (('1', '2', '3', '9'), ('0', '0.5', '1'))
    """
    values: list[str] = []
    for part in map(str.strip, _VALUE.findall(text)):
        if found := _RANGE.fullmatch(part):
            values += _range(name, found)
        elif part:
            values.append(part)
    if not values:
        raise UsageError(_("{name}=: expected values, such as {name}=A,B or 1..4").format(name=name))
    if len(values) > MOST_VALUES:
        raise UsageError(
            _("{name}=: expected at most {most} values, found {count}").format(
                name=name, most=MOST_VALUES, count=len(values)
            )
        )
    if name not in OWN:
        for value in values:
            find_setting(name).parse(value)
    return tuple(dict.fromkeys(values))


def _range(name: str, found: re.Match[str]) -> list[str]:
    start, end, step = Decimal(found[1]), Decimal(found[2]), Decimal(found[3] or 1)
    fits = step > 0 and start <= end and (end - start) / step < MOST_VALUES
    if not fits or (not found[3] and end - start != int(end - start)):  # 0.1..0.5 has no obvious step
        raise UsageError(
            _("{name}={range}: expected START..END or START..END..STEP, ascending, at most {most} values").format(
                name=name, range=found[0], most=MOST_VALUES
            )
        )
    return [f"{(start + step * n).normalize():f}" for n in range(int((end - start) / step) + 1)]


def _refuse_repeated(axes: Sequence[Axis]) -> None:
    names = [axis.name for axis in axes]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(
                _("{name}= occurs twice; list all its values in one place, such as {name}=A,B").format(name=name)
            )
