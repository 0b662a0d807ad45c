"""One setting: its name, type, range and help, and how a value of it is checked, read and written. Knows no file."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from typing import Literal

from flanchat.base.errors import UsageError
from flanchat.base.i18n import _, join_list
from flanchat.base.strict_yaml import parse_scalar
from flanchat.base.wording import describe, did_you_mean, shortened, with_hint

Kind = Literal["bool", "int", "float", "text", "choice", "texts"]
Value = bool | int | float | str | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. `name` is the long name ("decode.temperature"); `short` is its last part, which is unique too.

    minimum, maximum: inclusive; a number has both.
    numbered: the choices that may have numbers, as in "npu:1" and "npu:0,1".
    optional: null is allowed; the help says what it means.
    """

    name: str
    kind: Kind
    default: Value
    help: str
    minimum: float = 0
    maximum: float = 0
    choices: tuple[str, ...] = ()
    numbered: tuple[str, ...] = ()
    optional: bool = False

    @property
    def group(self) -> str:
        return self.name.rpartition(".")[0]

    @property
    def short(self) -> str:
        return self.name.rpartition(".")[2]

    @property
    def suggestions(self) -> tuple[str, ...]:
        """The values that completion offers: all of a closed set, otherwise the default."""
        return ("true", "false") if self.kind == "bool" else self.choices or (self.format(self.default),)

    @property
    def values(self) -> str:
        """The allowed values in words, such as "a number from 0 to 1"."""
        return _("{words}, or null").format(words=self.allowed) if self.optional else self.allowed

    @property
    def summary(self) -> str:
        """What it does, the values and the default, in a line."""
        return _("{help}; {values}, default {default}").format(
            help=_(self.help), values=self.values, default=self.format(self.default)
        )

    @property
    def allowed(self) -> str:
        """The allowed values without null."""
        if self.kind not in ("int", "float"):
            return self._noun()
        limits = _(" from {low} to {high}").format(low=f"{self.minimum:.15g}", high=f"{self.maximum:.15g}")
        return self._noun() + limits

    def check(self, value: object) -> Value:
        """Return the value with its final type: an int becomes a float where needed. Raises UsageError."""
        if value is None and self.optional:
            return None
        if self.kind == "bool":
            if not isinstance(value, bool):
                got = repr(shortened(value)) if isinstance(value, str) else describe(value)
                raise self._error(_("expected true or false, got {got}. Write true or false.").format(got=got))
            return value
        if self.kind in ("int", "float"):
            return self._check_number(value)
        if self.kind == "texts":
            return self._check_texts(value)
        if not isinstance(value, str):
            raise self._unexpected(value)
        if self.kind == "choice" and value not in self.choices and not self._is_numbered(value):
            word = value.partition(":")[0]
            meant = {"gpu": "mps" if sys.platform == "darwin" else "cuda"}.get(word, word)  # cpu is nearer, and wrong
            raise self._unexpected(value, did_you_mean(meant, self.choices))
        if self.short.endswith("_regex"):
            self._check_regex(value)
        return value

    def parse(self, text: str) -> Value:
        """Parse a value typed after `/set NAME` or `-o NAME=`. Numbers and words mean what they mean in YAML.

        stop takes one text, in which \\n, \\t and \\\\ are escapes, or a JSON list of texts. A text in double quotes is
        read as JSON too.
        """
        if self.kind == "texts":
            if text.lstrip().startswith("["):
                return self.check(self._json(text))
            unescaped = re.sub(r"\\([nt\\])", lambda found: {"n": "\n", "t": "\t", "\\": "\\"}[found[1]], text)
            return self.check([unescaped] if text else [])
        if self.kind in ("text", "choice"):
            if text.startswith('"') and text.endswith('"') and len(text) > 1:
                return self.check(self._json(text))
            return self.check(None if self.optional and text in ("null", "") else text)
        return self.check(parse_scalar(text.strip()))

    def format(self, value: Value) -> str:
        """Format a value so that `parse` reads it back.

        >>> Setting("stop", "texts", (), "").format(("Q:",))
        '["Q:"]'
        """
        if value is None or isinstance(value, bool | tuple):
            return json.dumps(value, ensure_ascii=False)
        if isinstance(value, str):
            return json.dumps(value) if value in ("null", "") or value.startswith('"') else value
        return str(value)

    def _check_number(self, value: object) -> int | float:
        fits = isinstance(value, int) if self.kind == "int" else isinstance(value, int | float)
        if isinstance(value, bool) or not fits:
            null = _(" Write null.") if self.optional and value in ("none", "None", "~", "NULL") else ""
            raise self._unexpected(value, null)
        assert isinstance(value, int | float)
        if not self.minimum <= value <= self.maximum:  # false for NaN too
            raise self._error(_("expected {noun}, got {got}").format(noun=self.allowed, got=describe(value)))
        return float(value) if self.kind == "float" else value

    def _check_texts(self, value: object) -> tuple[str, ...]:
        items = [value] if isinstance(value, str) else value
        if not isinstance(items, list | tuple):
            raise self._unexpected(value)
        for item in items:
            if not isinstance(item, str) or not item:
                raise self._error(
                    _("expected {noun}, none empty; one of them is {got}").format(noun=self._noun(), got=describe(item))
                )
        if len(items) > 16:
            raise self._error(_("expected at most 16 texts, got {count}").format(count=len(items)))
        return tuple(items)

    def _check_regex(self, value: str) -> None:
        if len(value) > 200:
            raise self._error(_("expected at most 200 characters, got {count}").format(count=len(value)))
        try:
            re.compile(value)
        except (re.error, OverflowError, RecursionError) as error:
            raise self._error(
                _("expected a regular expression, got {got}: {error}").format(got=describe(value), error=error)
            ) from None

    def _json(self, text: str) -> object:
        try:
            value: object = json.loads(text)
        except (ValueError, RecursionError):
            raise self._error(
                _("expected text or JSON, got {got}, which is not valid JSON").format(got=describe(text))
            ) from None
        if re.search("[\ud800-\udfff]", json.dumps(value, ensure_ascii=False)):  # an escape made it
            raise self._error(_("half a character (a lone surrogate) is not allowed. Remove it."))
        return value

    def _is_numbered(self, value: str) -> bool:
        name, __, text = value.partition(":")
        numbers = text.split(",")
        return (
            name in self.numbered
            and all(re.fullmatch(r"0|[1-9][0-9]{0,3}", number) for number in numbers)
            and len(set(numbers)) == len(numbers)
        )

    def _noun(self) -> str:
        if self.kind == "choice":
            names = [f"{name}[:N,...]" if name in self.numbered else name for name in self.choices]
            return _("{some} or {last}").format(some=join_list(names[:-1]), last=names[-1])
        nouns = {
            "bool": _("true or false"),
            "int": _("a whole number"),
            "float": _("a number"),
            "texts": _("a list of texts"),
        }
        return nouns.get(self.kind, _("text"))

    def _unexpected(self, value: object, hint: str = "") -> UsageError:
        what = _("expected {noun}, got {got}").format(noun=self._noun(), got=describe(value))
        return self._error(with_hint(what, hint))

    def _error(self, what: str) -> UsageError:
        return UsageError(f"{self.name}: {what}")
