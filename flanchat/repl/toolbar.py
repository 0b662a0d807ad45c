"""What the line below the prompt says: profile, model, budget, what was changed, what will be lost."""

from __future__ import annotations

from collections.abc import Callable

from flanchat.base.i18n import _
from flanchat.prompting.settings import find_setting
from flanchat.repl.commands.table import BY_NAME
from flanchat.repl.context import Context
from flanchat.repl.meter import Meter
from flanchat.ui.status import state


class Toolbar:
    """redraw: called when the words have changed by themselves."""

    def __init__(self, context: Context, redraw: Callable[[], None]) -> None:
        self._context = context
        self._draft = ""
        self._meter = Meter(lambda draft: context.preview(draft.strip()), redraw)

    def typed(self, draft: str) -> None:
        """The entry is now `draft`."""
        self._draft = draft
        self._meter.look_at(draft)

    def words(self) -> str:
        """One line, or two when something would be lost."""
        context, session = self._context, self._context.session
        command = self._draft[1:].partition(" ")[0] if self._draft.startswith("/") else ""
        if command in BY_NAME and "\n" not in self._draft:
            return f"{BY_NAME[command].usage} · {_(BY_NAME[command].help)}"
        parts = [session.profile.name, context.engine.label, state(context.engine)]
        parts += [self._meter.words] if self._meter.words else []
        parts += [] if session.logging else [_("not recorded")]
        parts += [session.conversation.branch] if len(session.conversation.ends) > 1 else []
        parts += [
            _("+ {name} ({tokens} tokens)").format(name=attachment.name, tokens=attachment.tokens)
            for attachment in context.attachments
        ]
        parts += [
            f"{find_setting(name).short}={find_setting(name).format(value)}"
            for name, value in session.settings.changed().items()
        ]
        return " · ".join(parts) + (f"\n {self._meter.warning}" if self._meter.warning else "")
