"""What Tab offers for a line that starts with a slash."""

from __future__ import annotations

from flanchat.base.i18n import _
from flanchat.repl.commands.arguments import Offered
from flanchat.repl.commands.table import BY_NAME, COMMANDS
from flanchat.repl.context import Context


def complete(context: Context, line: str) -> list[str]:
    """Words that can replace the last word of `line`, which starts with a slash. Offers only what works."""
    head, blank, rest = line[1:].partition(" ")
    if not blank:
        exact = [head] if head in BY_NAME and head != BY_NAME[head].name else []
        names = [*(c.name for c in COMMANDS if c.name.startswith(head)), *exact]
        return [Offered(f"/{name}", _(BY_NAME[name].help)) for name in names]
    if (command := BY_NAME.get(head)) is None:
        return []
    before, __, word = rest.rpartition(" ")
    try:
        return [offered for offered in command.completions(context, before.strip(), word) if offered.startswith(word)]
    except Exception:  # runs in a thread of the prompt, which would print a traceback; the command itself says why
        return []
