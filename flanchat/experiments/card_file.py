"""Cards on disk: writes one, and opens one to make its answers again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from flanchat.base.errors import UsageError
from flanchat.base.files import read_regular, refuse_source, write_atomically
from flanchat.base.format import format_bytes
from flanchat.base.i18n import ngettext
from flanchat.engine.protocol import Engine, ModelCard
from flanchat.experiments.card import JsonObject, card_text, read_card
from flanchat.experiments.verify import Verification


def write_card(card: JsonObject, out: Path, *sources: Path | None, overwrite: bool) -> str:
    """Write a card that was made from these files; return what to say of it."""
    refuse_source(out, *sources)
    content = card_text(card).encode()
    write_atomically(out, content, overwrite=overwrite)
    count = len(card["answers"])
    line = ngettext("{path}: {count} answer, {size}", "{path}: {count} answers, {size}", count)
    return line.format(path=out, count=count, size=format_bytes(len(content)))


def open_card(path: Path, open_engine: Callable[[ModelCard | None], Engine]) -> Verification:
    """The answers of a card, to be made again. open_engine: gives the engine for a recorded model."""
    content = read_regular(path, error=UsageError)
    try:
        return Verification(read_card(content), path, open_engine)
    except UsageError as error:
        raise UsageError(f"{path}: {error.message}") from None
