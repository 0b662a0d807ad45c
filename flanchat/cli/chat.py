"""`flanchat chat`: the terminal put together, and the first lines on it."""

from __future__ import annotations

import functools
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flanchat import __version__
from flanchat.base.errors import StorageError, UsageError
from flanchat.base.i18n import _, wrap_line
from flanchat.base.sanitize import show
from flanchat.cli.environment import Environment
from flanchat.cli.opening import lender, list_models, new_transcript, open_engine, open_library, open_session, resume
from flanchat.cli.options import colored, open_view

if TYPE_CHECKING:
    from flanchat.cli.options import Choice
    from flanchat.engine.checkpoint.validate import ModelSource
    from flanchat.engine.protocol import Engine
    from flanchat.repl.context import Context
    from flanchat.sessions.input_history import InputHistory
    from flanchat.sessions.session import Session
    from flanchat.ui.results import View


def chat(env: Environment, options: dict[str, Any]) -> None:
    """Serve a person at a terminal, or the lines that are piped in."""
    from contextlib import nullcontext

    from flanchat.repl import app as loop
    from flanchat.repl.input import no_echo

    view = open_view(env, options)
    lines: Any = None

    def redraw(status: str = "") -> None:
        if lines is not None:
            lines.redraw()

    def note(sentence: str) -> None:
        if lines is None or view.plain or not env.stdin.isatty():
            env.complain(sentence)
        else:
            lines.notify(sentence)

    waiting = no_echo(env.stdin) if env.stdin.isatty() and not view.plain else nullcontext()
    with waiting, open_session(env, options, redraw, note) as (session, engine, choice):
        context = _context(env, session, engine, choice, options, redraw, on_note=note)
        lines = _lines(env, context, choice, view, options, redraw)
        lost = ""
        if env.stdin.isatty():
            _greet(env, engine.source, session, view)
            lost = _welcome_back(env, session, context, options)
        loop.run(context, lines, view, debug=options["debug"], draft=lost)
        if env.stdin.isatty() and session.conversation.answers and session.transcript.path is not None:
            env.print(show(_("Saved in {path}").format(path=session.transcript.path)))  # unwrapped, to be copied


def _context(  # noqa: PLR0917
    env: Environment,
    session: Session,
    engine: Engine,
    choice: Choice,
    options: dict[str, Any],
    on_status: Any,
    *,
    on_note: Any,
) -> Context:
    from flanchat.base.paths import config_folder
    from flanchat.prompting.profile import profile_folders
    from flanchat.repl.context import Context

    model, device, source = choice.model, choice.device, engine.source

    def load(name: str | None, where: str | None) -> Engine:
        nonlocal model, device, source
        if context.engine.status == "failed":  # what has just failed is not what is wanted again
            device = choice.device
        made = open_engine(env, name or model, where or device, options, on_status, on_note)
        model, device, source = name or model, where or device, made.source
        return made

    try:
        home = config_folder(env.environ) / "profiles"
    except StorageError:
        home = None
    folders = profile_folders(options["profiles_folder"], env.environ)
    context = Context(session, engine, folders, home=home, environ=env.environ)
    context.new_transcript = lambda name: new_transcript(env, options, source, name)
    context.resume_transcript = functools.partial(resume, env)
    context.open_engine = load
    context.open_other_model = lender(env, choice.device, options)
    context.open_library = None if options["no_log"] else functools.cache(lambda: open_library(env))
    context.models = list_models
    context.edit_file = functools.partial(_edit_file, env) if env.stdin.isatty() else None
    return context


def _edit_file(env: Environment, path: Path) -> None:
    """Open the user's editor on a file and wait for it."""
    import shlex

    command = env.environ.get("VISUAL") or env.environ.get("EDITOR") or "vi"
    try:
        ended = subprocess.run([*shlex.split(command), str(path)], check=False, env=dict(env.environ))
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


def _lines(  # noqa: PLR0917
    env: Environment,
    context: Context,
    choice: Choice,
    view: View,
    options: dict[str, Any],
    redraw: Callable[[], None],
) -> Any:
    from flanchat.repl.commands.table import complete
    from flanchat.repl.input import PlainInput, TerminalInput

    if view.plain or not env.stdin.isatty():
        return PlainInput(env.stdin, env.stdout, env.environ, "> " if env.stdin.isatty() else "", context.engine.start)
    from flanchat.repl.toolbar import Toolbar

    toolbar = Toolbar(context, redraw)
    return TerminalInput(
        env.stdin,
        env.stdout,
        env.environ,
        history=_history(env, options),
        is_private=lambda: options["no_log"] or not context.session.logging,
        complete=lambda line: complete(context, line),
        toolbar=toolbar.text,
        on_change=toolbar.update,
        on_first_prompt=context.engine.start,
        note=view.note,
        keys={key: _command_key(context, view, line) for key, line in KEYS.items()},
        color=colored(env, options),
        vi=choice.config.editing == "vi",
    )


KEYS = {"f2": "/show settings", "f5": "/prompt", "f6": "/probs"}
"""Function keys that show what a command does, without a line of their own."""


def _command_key(context: Context, view: View, line: str) -> Any:
    from flanchat.base.errors import FlanchatError
    from flanchat.base.format import not_ready
    from flanchat.repl.commands.table import Call, parse_line
    from flanchat.ui.types import DRAWABLE

    def act(draft: str) -> None:
        call = parse_line(line)
        assert isinstance(call, Call)
        about_draft = call.command.name == "prompt" and draft.strip() and not draft.startswith("/")
        if about_draft and context.engine.status != "ready":  # it would have to wait, and no key would be taken
            view.note(not_ready(context.engine.status))
            return
        try:
            shown = call.command.run(context, draft if about_draft else call.arguments)
            if isinstance(shown, DRAWABLE):
                view.show(shown)
        except FlanchatError as error:
            view.error(error.message)

    return act


def _history(env: Environment, options: dict[str, Any]) -> InputHistory | None:
    """The file of earlier inputs; with --no-log it need not be there, and no folder is made for it."""
    from flanchat.base.paths import make_private_folder, state_folder
    from flanchat.sessions.input_history import InputHistory

    try:
        folder = state_folder(env.environ)
        return InputHistory((folder if options["no_log"] else make_private_folder(folder)) / "history.jsonl")
    except StorageError:
        if options["no_log"]:
            return None
        raise


def _greet(env: Environment, source: ModelSource, session: Session, view: View) -> None:
    """Say in a few lines what this is. Plain text: rich would be imported for it before the first prompt."""
    from flanchat.engine.checkpoint.validate import preflight
    from flanchat.ui.terminal import terminal_size

    checkpoint = preflight(source.folder, source.adapter)
    size = _("{count:.1f} M parameters, {size} MB").format(
        count=checkpoint.parameters / 1000000.0, size=max(1, round(checkpoint.weight_bytes / 1000000.0))
    )
    lines = [f"flanchat {__version__} · {source.name} · {size}"]
    if source.origin == "bundled":
        lines += [
            _("Demo model: made for flanchat, to try the tool with. It knows its exercises and little else."),
            _("The real thing, downloaded the first time: flanchat -m google/flan-t5-small"),
        ]
    if session.transcript.path is None:
        lines.append(_("Nothing is recorded (--no-log)."))
    lines.append(_("/help lists the commands, /profiles what the prompts can do. Ctrl-D leaves."))
    width = terminal_size(env.stdout, env.environ)[0] if env.stdout.isatty() else 0
    for line in lines:
        wrapped = wrap_line(show(line), width) if width > 20 and not view.plain else []
        env.print("\n".join(wrapped) or show(line))


def _welcome_back(env: Environment, session: Session, context: Context, options: dict[str, Any]) -> str:
    """Say where one stands in a session that goes on; return the question that it never answered."""
    if options["session"] and not session.conversation.answers:
        env.print(show(_("A new session called {name}.").format(name=session.name)))
    path = session.transcript.path
    if context.open_library is None or path is None or not path.exists():
        return ""
    from flanchat.repl.commands.sessions import resumed_summary

    story = context.open_library().read(path)
    env.print(show(resumed_summary(session, story)))
    return story.lost
