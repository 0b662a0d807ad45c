"""The line below the prompt: profile, model, token budget of the draft, changed settings, warnings.

The draft is tokenised in a thread of its own, so that no key waits for it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress

from flanchat.base.errors import FlanchatError
from flanchat.base.format import engine_status, format_count
from flanchat.base.i18n import _, ngettext
from flanchat.prompting.prompt import Prompt
from flanchat.prompting.settings import find_setting
from flanchat.repl.commands.table import BY_NAME
from flanchat.repl.context import Context
from flanchat.ui.budget import budget_line
from flanchat.ui.warnings import unread_lines

MAX_CHARACTERS = 100_000
"""A longer draft is tokenised when it is sent, not while it is typed."""


class Toolbar:
    """redraw: called, from another thread, when the text has changed without a key."""

    def __init__(self, context: Context, redraw: Callable[[], None]) -> None:
        self._context = context
        self._draft = ""
        self._meter = Meter(self._preview, redraw, follows=lambda: bool(context.earlier))

    def update(self, draft: str) -> None:
        """Take the entry as it is now."""
        self._draft = draft
        self._meter.update(draft)

    def measure_again(self) -> None:
        """Measure the entry again, because the model's status has changed. May be called from any thread."""
        self._meter.update(self._draft)

    def _preview(self, draft: str) -> Prompt | None:
        if self._context.engine.status in ("not started", "gone"):
            return None  # counting would start the model, and a model that fails would be started by every key
        return self._context.preview(draft.strip())

    def text(self) -> str:
        """One line, or two when the model cannot read the draft as it is."""
        context, session = self._context, self._context.session
        command = self._draft[1:].partition(" ")[0] if self._draft.startswith("/") else ""
        if command in BY_NAME and "\n" not in self._draft:
            return f"{BY_NAME[command].usage} · {_(BY_NAME[command].help)}"
        parts = [session.profile.name, context.engine.source.label, engine_status(context.engine.status)]
        parts += [self._meter.budget] if self._meter.budget else []
        parts += [] if session.logging else [_("not recorded")]
        parts += [session.conversation.branch] if len(session.conversation.ends) > 1 else []
        parts += [
            ngettext("+ {name} ({tokens} token)", "+ {name} ({tokens} tokens)", attachment.tokens).format(
                name=attachment.name, tokens=attachment.tokens
            )
            for attachment in context.attachments
        ]
        for name, value in session.settings.changed().items():
            setting = find_setting(name)
            parts.append(f"{setting.short}={setting.format(value)}")
        return " · ".join(parts) + (f"\n {self._meter.warning}" if self._meter.warning else "")


class Meter:
    """Measures drafts in a thread. budget: tokens and parts of the prompt. warning: what the model cannot read.

    compile_prompt: makes the prompt of a draft, or None while no model runs; may wait for the tokenizer.
    changed: called from the thread. follows: whether the draft has earlier turns.
    """

    def __init__(
        self,
        compile_prompt: Callable[[str], Prompt | None],
        changed: Callable[[], None],
        follows: Callable[[], bool] = lambda: False,
    ) -> None:
        self.budget = self.warning = ""
        self._compile, self._changed, self._follows = compile_prompt, changed, follows
        self._draft = ""
        self._has_draft = threading.Event()
        self._thread: threading.Thread | None = None

    def update(self, draft: str) -> None:
        """Measure this draft; drafts that arrive faster than they are measured are skipped, except the last."""
        self._draft = draft
        self._has_draft.set()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while True:
            self._has_draft.wait()
            self._has_draft.clear()
            budget, warning = self._measure(self._draft)
            if not self._has_draft.is_set() and (budget, warning) != (self.budget, self.warning):
                self.budget, self.warning = budget, warning
                with suppress(Exception):  # a screen that cannot be redrawn must not end this thread
                    self._changed()

    def _measure(self, draft: str) -> tuple[str, str]:
        if draft.startswith("/") and not draft.startswith("//") and "\n" not in draft:
            return self.budget, ""  # a command sends nothing
        if len(draft) > MAX_CHARACTERS:
            return _("{count} characters, tokenised when sent").format(count=format_count(len(draft))), ""
        try:
            if (prompt := self._compile(draft)) is None:
                return self.budget, self.warning
            warnings = unread_lines(prompt)
            return budget_line(prompt, follows=self._follows()), warnings[0] if warnings and draft.strip() else ""
        except FlanchatError as error:
            return "", error.message
        except Exception:  # another thread is changing the session; the next key measures again
            return self.budget, self.warning
