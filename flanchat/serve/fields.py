"""The fields of a request's JSON object, each read once with its type. Knows no HTTP and no model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from flanchat.base.errors import UsageError
from flanchat.base.i18n import _, in_english
from flanchat.base.text import NotTextError, decode
from flanchat.base.wording import describe, did_you_mean, with_hint
from flanchat.prompting.setting import Value
from flanchat.prompting.settings import find_setting


class RequestError(UsageError):
    """A request that cannot be answered. field: the one at fault, or "". status: of HTTP. code: OpenAI's name of it."""

    def __init__(self, message: str, field: str = "", *, status: int = 400, code: str = "") -> None:
        super().__init__(message)
        self.field, self.status, self.code = field, status, code


@contextmanager
def errors_of(field: str) -> Iterator[None]:
    """Make a UsageError a RequestError of this field, in the same words."""
    try:
        yield
    except UsageError as error:
        raise RequestError(error.message, in_english(field)) from None


class Fields:
    """The fields of an object. null counts as not sent, as in OpenAI's API.

    where: in front of their names in messages, such as "messages[2]."; "" at the top.
    """

    def __init__(self, values: Mapping[str, Any], where: str = "") -> None:
        self._values = {name: value for name, value in values.items() if value is not None}
        self._unread, self._where = dict.fromkeys(self._values), where

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._values)

    def name(self, name: str) -> str:
        """The name of a field for messages."""
        return self._where + name

    def take(self, name: str) -> Any:
        """The value of a field; None when it was not sent."""
        self._unread.pop(name, None)
        return self._values.get(name)

    def flag(self, name: str) -> bool:
        value = self.take(name)
        if not isinstance(value, bool | None):
            raise self.unexpected(name, _("true or false"))
        return bool(value)

    def whole(self, name: str, low: int, high: int) -> int | None:
        """A whole number within the limits."""
        value = self.take(name)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise self.unexpected(name, _("a whole number from {low} to {high}").format(low=low, high=high))
        return value

    def text(self, name: str) -> str | None:
        value = self.take(name)
        return None if value is None else self.as_text(name, value)

    def texts(self, name: str) -> tuple[str, ...] | None:
        """A list of texts."""
        value = self.take(name)
        if value is None:
            return None
        if not isinstance(value, list):
            raise self.unexpected(name, _("a list of texts"))
        return tuple(self.as_text(f"{name}[{at}]", each) for at, each in enumerate(value))

    def mapping(self, name: str) -> dict[str, Any] | None:
        value = self.take(name)
        if not isinstance(value, dict | None):
            raise self.unexpected(name, _("a JSON object"))
        return value

    def as_text(self, name: str, value: object) -> str:
        """A text as files and pipes are read: one form of line end, and no NUL."""
        if not isinstance(value, str):
            raise self.unexpected(name, _("text"), value)
        try:
            return decode(value.encode())
        except NotTextError as error:
            raise self.error(name, str(error)) from None

    def find_setting(self, name: str) -> str:
        """The short name of the setting that a field names."""
        with errors_of(self.name(name)):
            return find_setting(name).short

    def setting(self, name: str, setting: str) -> dict[str, Value]:
        """A field that is one of flanchat's settings, as {setting: value}; {} when it was not sent."""
        value = self.take(name)
        if value is None:
            return {}
        try:
            return {setting: find_setting(setting).check(value)}
        except UsageError as error:
            raise self.error(name, error.message.partition(": ")[2]) from None

    def only(self, name: str, *neutral: object) -> None:
        """Refuse a field that flanchat does not support, unless its value asks for nothing."""
        value = self.take(name)
        if value is not None and (type(value), value) not in [(type(each), each) for each in neutral]:
            raise self.error(name, _("not supported; leave it out"))

    def ignored(self, names: Sequence[str]) -> list[str]:
        """Those of the names that were sent."""
        return [self.name(name) for name in names if self.take(name) is not None]

    def finish(self, known: Sequence[str]) -> None:
        """Refuse fields that were not read. known: the names to suggest."""
        for name in self._unread:
            hint = did_you_mean(name, known)
            raise self.error(name[:40], with_hint(_("unknown field"), hint))

    def unexpected(self, name: str, wanted: str, value: object = None) -> RequestError:
        got = describe(self._values.get(name) if value is None else value)
        return self.error(name, _("expected {noun}, got {got}").format(noun=wanted, got=got))

    def error(self, name: str, what: str) -> RequestError:
        return RequestError(f"{self.name(name)}: {what}", in_english(self.name(name)))
