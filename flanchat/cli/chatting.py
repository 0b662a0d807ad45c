"""`flanchat chat`: the terminal put together, and the first lines on it."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flanchat import __version__
from flanchat.cli.opening import lender, list_models, new_transcript, open_engine, open_library, open_session, resume
from flanchat.cli.options import complain, open_view
from flanchat.errors import StorageError, UsageError
from flanchat.terminal import show
from flanchat.words import _, wrap

if TYPE_CHECKING:
    from flanchat.cli.options import Choice
    from flanchat.engine.worker import WorkerEngine
    from flanchat.history import InputHistory
    from flanchat.repl.desk import Desk
    from flanchat.repl.view import View
    from flanchat.session import Session


def chat(options: dict[str, Any]) -> None:
    """Serve a person at a terminal, or the lines that are piped in."""
    from contextlib import nullcontext

    from flanchat.repl import loop
    from flanchat.repl.lines import typed_ahead

    view = open_view(options)
    lines: Any = None

    def redraw(status: str = "") -> None:
        if lines is not None:
            lines.redraw()

    def note(sentence: str) -> None:
        if lines is None or view.plain or not sys.stdin.isatty():
            complain(sentence)
        else:
            lines.tell(sentence)

    waiting = typed_ahead() if sys.stdin.isatty() and not view.plain else nullcontext()
    with waiting, open_session(options, redraw, note) as (session, engine, choice):
        desk = _desk(session, engine, choice, options, redraw, on_note=note)
        lines = _lines(desk, choice, view, options, redraw)
        lost = ""
        if sys.stdin.isatty():
            _greet(engine, session, view)
            lost = _welcome_back(session, desk, options)
        loop.run(desk, lines, view, debug=options["debug"], draft=lost)
        if sys.stdin.isatty() and session.conversation.answers and session.transcript.path is not None:
            print(
                show(_("Saved in {path}").format(path=session.transcript.path))
            )  # not wrapped, so that it can be copied


def _desk(
    session: Session, engine: WorkerEngine, choice: Choice, options: dict[str, Any], on_status: Any, *, on_note: Any
) -> Desk:
    from flanchat.places import config_folder
    from flanchat.profile import profile_folders
    from flanchat.repl.desk import Desk

    model, device, source = choice.model, choice.device, engine.source

    def load(name: str | None, where: str | None) -> WorkerEngine:
        nonlocal model, device, source
        if desk.engine.status == "failed":  # what has just failed is not what is wanted again
            device = choice.device
        made = open_engine(name or model, where or device, options, on_status, on_note)
        model, device, source = name or model, where or device, made.source
        return made

    try:
        home = config_folder(os.environ) / "profiles"
    except StorageError:
        home = None
    desk = Desk(session, engine, profile_folders(options["profiles_folder"], os.environ), home=home)
    desk.new_transcript = lambda name: new_transcript(options, source, name)
    desk.resume_transcript = resume
    desk.open_engine = load
    desk.borrow_model = lender(choice.device, options)
    desk.open_library = None if options["no_log"] else functools.cache(open_library)
    desk.models = list_models
    desk.edit_file = _edit_file if sys.stdin.isatty() else None
    return desk


def _edit_file(path: Path) -> None:
    """Open the user's editor on a file and wait for it."""
    import shlex

    command = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    try:
        ended = subprocess.run([*shlex.split(command), str(path)], check=False)
    except (OSError, ValueError) as error:
        raise UsageError(
            _("the editor {command} cannot be started: {error}; set EDITOR").format(command=command, error=error)
        ) from None
    if ended.returncode:
        raise UsageError(
            _("the editor {command} ended with status {status}; {path} is as it left it").format(
                command=command, status=ended.returncode, path=path
            )
        )


def _lines(desk: Desk, choice: Choice, view: View, options: dict[str, Any], redraw: Callable[[], None]) -> Any:
    from flanchat.repl.commands import complete
    from flanchat.repl.lines import PlainLines, TerminalLines

    if view.plain or not sys.stdin.isatty():
        return PlainLines("> " if sys.stdin.isatty() else "", desk.engine.start)
    from flanchat.repl.toolbar import Toolbar

    toolbar = Toolbar(desk, redraw)
    return TerminalLines(
        history=_history(options),
        forgetful=lambda: options["no_log"] or not desk.session.logging,
        complete=lambda line: complete(desk, line),
        toolbar=toolbar.words,
        typed=toolbar.typed,
        drawn=desk.engine.start,
        note=view.note,
        keys={key: _command_key(desk, view, line) for key, line in KEYS.items()},
        color=not options["no_color"] and not os.environ.get("NO_COLOR"),
        vi=choice.config.editing == "vi",
    )


KEYS = {"f2": "/show settings", "f5": "/prompt", "f6": "/probs"}
"""Function keys that show what a command does, without a line of their own."""


def _command_key(desk: Desk, view: View, line: str) -> Any:
    from flanchat.errors import FlanchatError
    from flanchat.repl.commands import Call, parse_line
    from flanchat.repl.desk import state

    def act(draft: str) -> None:
        call = parse_line(line)
        assert isinstance(call, Call)
        about_draft = call.command.name == "prompt" and draft.strip() and not draft.startswith("/")
        if about_draft and desk.engine.status != "ready":  # it would have to wait, and no key would be taken
            view.note(_("the model is {state}").format(state=state(desk.engine)))
            return
        try:
            view.show(call.command.run(desk, draft if about_draft else call.arguments))
        except FlanchatError as error:
            view.error(error.message)

    return act


def _history(options: dict[str, Any]) -> InputHistory | None:
    """The file of earlier inputs; with --no-log it need not be there, and no folder is made for it."""
    from flanchat.history import InputHistory
    from flanchat.places import make_private_folder, state_folder

    try:
        folder = state_folder(os.environ)
        return InputHistory((folder if options["no_log"] else make_private_folder(folder)) / "history.jsonl")
    except StorageError:
        if options["no_log"]:
            return None
        raise


def _greet(engine: WorkerEngine, session: Session, view: View) -> None:
    """Say in a few lines what this is. Plain text: rich would be imported for it before the first prompt."""
    from flanchat.engine.weights import preflight

    checkpoint = preflight(engine.source.folder, engine.source.adapter)
    size = _("{count:.1f} M parameters, {size} MB").format(
        count=checkpoint.parameters / 1000000.0, size=max(1, round(checkpoint.weight_bytes / 1000000.0))
    )
    lines = [f"flanchat {__version__} · {engine.name} · {size}"]
    if engine.source.origin == "bundled":
        lines += [
            _("Demo model: made for flanchat, to try the tool with. It knows its exercises and little else."),
            _("The real thing, downloaded the first time: flanchat -m google/flan-t5-small"),
        ]
    if session.transcript.path is None:
        lines.append(_("Nothing is recorded (--no-log)."))
    lines.append(_("/help lists the commands, /profiles what the prompts can do. Ctrl-D leaves."))
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    for line in lines:
        wrapped = wrap(show(line), width) if width > 20 and not view.plain else []
        print("\n".join(wrapped) or show(line), flush=True)


def _welcome_back(session: Session, desk: Desk, options: dict[str, Any]) -> str:
    """Say where one stands in a session that goes on; return the question that it never answered."""
    if options["session"] and not session.conversation.answers:
        print(show(_("A new session called {name}.").format(name=session.name)))
    path = session.transcript.path
    if desk.open_library is None or path is None or not path.exists():
        return ""
    from flanchat.repl.keep import standing

    story = desk.open_library().read(path)
    print(show(standing(session, story)))
    return story.lost
