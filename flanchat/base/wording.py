"""Parts of messages: a value in words, the nearest name, a hint."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flanchat.base.i18n import _


def describe(value: object) -> str:
    """Describe a value in a message: "the text 'hot'", "1.5", "a list"."""
    if value is None:
        return _("nothing (null)")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _("the text {text!r}").format(text=shortened(value))
    if isinstance(value, int | float):
        return shortened(repr(value))
    if isinstance(value, list | tuple):
        return _("a list") if value else _("an empty list")
    return (
        _("a mapping") if isinstance(value, Mapping) else _("a value of type {type}").format(type=type(value).__name__)
    )


def with_hint(what: str, hint: str) -> str:
    """Return a message, followed by a hint if there is one."""
    return _("{what}.{hint}").format(what=what, hint=hint) if hint else what


def did_you_mean(word: str, names: Iterable[str]) -> str:
    """Return " Did you mean NAME?" for the nearest name, to end a message with; "" when none is near.

    The only name that begins with the word is nearer than any other.
    """
    import difflib

    known = list(names)
    begun = [name for name in known if len(word) > 2 and name.startswith(word)]
    near = begun[:1] if len(begun) == 1 else difflib.get_close_matches(word[:60], known, n=1)
    return _(" Did you mean {name}?").format(name=near[0]) if near else ""


def shortened(text: object, length: int = 40) -> str:
    """A text cut to a length, with dots in place of the rest."""
    words = str(text)
    return words if len(words) <= length else words[: length - 3] + "..."
