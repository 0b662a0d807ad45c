"""What the question being typed will cost and lose, counted in a thread so that no key ever waits for it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from flanchat.base.errors import FlanchatError
from flanchat.base.i18n import _
from flanchat.prompting.prompt import Prompt
from flanchat.repl.commands.inspect import meter
from flanchat.ui.results import unread_lines

COUNTED = 100_000
"""Characters of a draft that are counted while typing; what is longer is counted when it is sent."""


class Meter:
    """Two lines for the tool bar: `words`, the budget, and `warning`, what will be lost; "" for nothing to say.

    compiled: the prompt that a draft would make; may wait for the model's vocabulary. changed: called, from the
    meter's thread, when the lines have changed.
    """

    def __init__(self, compiled: Callable[[str], Prompt], changed: Callable[[], None]) -> None:
        self.words = self.warning = ""
        self._compiled, self._changed = compiled, changed
        self._draft: str | None = None
        self._newer = threading.Event()
        self._thread: threading.Thread | None = None

    def look_at(self, draft: str) -> None:
        """Count this draft; of several that come faster than they are counted, only the last."""
        self._draft = draft
        self._newer.set()
        if self._thread is None:
            self._thread = threading.Thread(target=self._count, daemon=True)
            self._thread.start()

    def _count(self) -> None:
        while True:
            self._newer.wait()
            self._newer.clear()
            draft = self._draft or ""
            words, warning = self._look(draft)
            if not self._newer.is_set() and (words, warning) != (self.words, self.warning):
                self.words, self.warning = words, warning
                self._changed()

    def _look(self, draft: str) -> tuple[str, str]:
        if draft.startswith("/") and not draft.startswith("//") and "\n" not in draft:
            return self.words, ""  # a command sends nothing
        if len(draft) > COUNTED:
            return _("{count} characters, counted when sent").format(count=len(draft)), ""
        try:
            prompt = self._compiled(draft)
        except FlanchatError as error:
            return "", error.message
        except Exception:  # a session that changes while it is looked at; the next key counts again
            return self.words, self.warning
        lost = unread_lines(prompt)
        return meter(prompt), lost[0] if lost and draft.strip() else ""
