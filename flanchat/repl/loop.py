"""The REPL: read, parse, run, show, and what Ctrl-C and Ctrl-D do. Knows neither prompt_toolkit nor rich."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from flanchat.errors import FlanchatError
from flanchat.interrupts import interruptible, shielded, stoppable
from flanchat.repl.commands import Answering, Ask, Desk, Leave, Shown, parse_line
from flanchat.repl.lines import Lines
from flanchat.repl.view import View


class Stoppable(Protocol):
    """What an answering engine can be told from a signal handler."""

    status: str

    def stop(self) -> None: ...

    def kill(self) -> None: ...


def run(
    desk: Desk,
    engine: Stoppable,
    lines: Lines,
    view: View,
    *,
    echo: Callable[[str], None] | None = None,
    debug: bool = False,
) -> None:
    """Serve entries until the user leaves. One bad entry never ends the session.

    echo: called with each entry, where nobody has seen it typed. debug: let mistakes of the program's own through.
    """
    hinted = False
    with lines.typed_ahead(), shielded():  # a Ctrl-C that comes between two entries costs nothing
        while True:
            try:
                line = lines.read()
            except KeyboardInterrupt:
                if not hinted:
                    view.note("Ctrl-D or /exit leaves.")
                hinted = True
                continue
            except EOFError:
                return
            if echo is not None:
                echo(line)
            hinted = hinted and not line
            try:
                with interruptible():
                    leaves = _serve(desk, engine, line, view)
                if leaves:
                    return
            except FlanchatError as error:
                view.error(error.message)
            except OSError:  # the screen has gone away
                raise
            except Exception as error:
                if debug:
                    raise
                view.error(f"internal error: {type(error).__name__}: {error}; --debug shows where it comes from")
            except KeyboardInterrupt:
                loading = "" if engine.status == "ready" else f"; the model is {engine.status}"
                view.note(f"[interrupted]{loading}")
            if desk.session.transcript.problem:
                view.error(desk.session.transcript.problem)


def _serve(desk: Desk, engine: Stoppable, line: str, view: View) -> bool:
    """Do what a line says. True when the user leaves."""
    meant = parse_line(line)
    if meant is None:
        return False
    shown: Shown
    if isinstance(meant, Ask):
        desk.last_draft = meant.text
        shown = Answering(desk.session.ask(meant.text))
    else:
        shown = meant.command.run(desk, meant.arguments)
    if isinstance(shown, Answering):
        _answer(desk, engine, shown, view)
    elif isinstance(shown, Leave):
        return True
    else:
        view.show(shown)
    return False


def _answer(desk: Desk, engine: Stoppable, answering: Answering, view: View) -> None:
    def waiting() -> str:
        return "" if engine.status == "ready" else f"the model is {engine.status}"

    with stoppable(engine.stop, engine.kill, ready=lambda: engine.status == "ready"):
        view.answer(answering.events, waiting)
    view.timing(desk.session.turns[-1])
