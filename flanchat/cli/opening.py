"""Opens all that asking and chatting need, and closes it again whatever happens. Knows no terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flanchat.base.errors import StorageError, UsageError
from flanchat.base.i18n import _
from flanchat.base.signals import Terminated
from flanchat.cli.environment import Environment
from flanchat.cli.options import Choice, choose, colored

if TYPE_CHECKING:
    from flanchat.engine.checkpoint.validate import Checkpoint, ModelSource
    from flanchat.engine.protocol import Engine
    from flanchat.experiments.grid import OpenModel
    from flanchat.sessions.library import Library
    from flanchat.sessions.session import Session
    from flanchat.sessions.transcript import NoTranscript, Transcript


@contextmanager
def open_session(
    env: Environment, options: dict[str, Any], on_status: Any = None, on_note: Any = None
) -> Iterator[tuple[Session, Engine, Choice]]:
    """Everything is checked before anything slow begins. The engine in force is the session's when it is closed.

    on_status, on_note: see open_engine and WorkerEngine.
    With a session to go on with, its profile, settings and variables stand where no option says otherwise.
    """
    from flanchat.sessions.session import Session

    earlier = None if options["no_log"] else _earlier(env, options)
    story = open_library(env).read(earlier) if earlier is not None else None
    choice = choose(env, options, story)
    engine = open_engine(env, choice.model, choice.device, options, on_status, on_note)
    name = options["session"] or ""
    transcript = resume(env, earlier) if earlier is not None else new_transcript(env, options, engine.source, name)
    session = Session(engine, choice.profile, choice.settings, transcript)
    session.variables = choice.variables
    session.name = story.name if story is not None else name
    if story is not None:
        session.conversation = story.conversation
    why = "error"
    try:
        yield session, engine, choice
        why = "exit"
    except Terminated as ended:
        why = f"signal {ended.number}"
        raise
    finally:
        session.engine.close()
        session.close(why)
        if session.transcript.problem:
            raise StorageError(session.transcript.problem)


def open_engine(  # noqa: PLR0917
    env: Environment,
    model: str | None,
    device: str,
    options: dict[str, Any],
    on_status: Any = None,
    on_note: Any = None,
) -> Engine:
    """The engine of a model that has been found and checked, not yet loaded.

    on_status: see WorkerEngine's report; without it, what a large model takes is said before it is read.
    """
    source, __ = find_model(env, model, options)
    return env.open_engine(
        source,
        device=device,
        precision=options["precision"],
        environ=env.environ,
        report=on_status or large_told(env),
        note=on_note or env.complain,
        debug=options["debug"],
    )


def large_told(env: Environment) -> Callable[[str], None]:
    """What an engine's status is told to: when a large model is about to be read, it says how much that is, once."""
    told = False

    def tell(status: str) -> None:
        nonlocal told
        steps = status.split(": ")
        if not told and steps[1:2] == ["reading weights"] and steps[2:3] and steps[2].endswith("B"):
            told = True
            env.complain(_("the model's weights take {size}; reading them").format(size=steps[2]))

    return tell


def lender(env: Environment, device: str, options: dict[str, Any]) -> OpenModel:
    """Opens another model for a while, on the same device."""

    @contextmanager
    def borrow(name: str) -> Iterator[Engine]:
        with closing(open_engine(env, name, device, options, on_status=lambda status: None)) as engine:
            yield engine

    return borrow


def find_model(env: Environment, model: str | None, options: dict[str, Any]) -> tuple[ModelSource, Checkpoint]:
    """A model found, downloaded if it must be, and checked. options: the command's, which may lack some of ours."""
    from flanchat.engine.checkpoint.validate import preflight
    from flanchat.engine.hubs.resolve import resolve
    from flanchat.ui.progress import DownloadProgress

    with DownloadProgress(
        env.stderr, env.environ, plain=bool(options.get("plain")), color=colored(env, options)
    ) as bars:
        source = resolve(model, report=bars.report, progress=bars, convert_bin=bool(options.get("convert_bin")))
    return source, preflight(source.folder, source.adapter)


def new_transcript(
    env: Environment, options: dict[str, Any], source: ModelSource, name: str = ""
) -> Transcript | NoTranscript:
    """The record of a new session; the file appears with the first question."""
    from flanchat.sessions.transcript import NoTranscript, Transcript

    if options["no_log"]:
        return NoTranscript()
    import platform

    host = {"os": platform.platform(), "python": platform.python_version(), "cpu": platform.machine(), "npu": None}
    named = [word.partition("=")[0] for word in env.arguments if word.startswith("-")]  # values may be private
    about = {
        "model": source.name,
        "argv_redacted": named,
        "locale": env.environ.get("LC_ALL") or env.environ.get("LANG"),
    }
    return Transcript.create(_sessions_folder(env), host=host, name=name, about=about, now=env.now)


def resume(env: Environment, path: Path) -> Transcript:
    """The record of an earlier session, to be gone on with."""
    from flanchat.sessions.transcript import Transcript

    return Transcript.resume(path, now=env.now)


def list_models() -> list[tuple[str, str, str]]:
    """The models at hand and those with a short name: name, what it is, and whether it is on this machine."""
    from flanchat.base.format import format_bytes
    from flanchat.engine.hubs.resolve import BUNDLED, SHORT_NAMES, kept

    rows = [(BUNDLED, _("the bundled demo model"), _("here"))]
    there = kept()
    for model in there:
        state = _("here, {size}") if model.folder is not None else _("half here, {size}; pull it to go on")
        rows.append((model.name, f"{model.repo}, {model.hub.name}", state.format(size=format_bytes(model.size))))
    repos = {model.repo for model in there}
    rows += [(name, repo, _("to be downloaded")) for name, repo in SHORT_NAMES.items() if repo not in repos]
    return rows


def open_library(env: Environment) -> Library:
    """All sessions on this machine."""
    from flanchat.base.paths import cache_folder, state_folder
    from flanchat.sessions.library import Library

    return Library(state_folder(env.environ) / "sessions", cache_folder(env.environ) / "sessions.sqlite")


def _sessions_folder(env: Environment) -> Path:
    from flanchat.base.paths import make_private_folder, state_folder

    return make_private_folder(state_folder(env.environ) / "sessions")


def _earlier(env: Environment, options: dict[str, Any]) -> Path | None:
    """The file of the session to go on with; None to begin a new one."""
    from flanchat.sessions.library import check_session_name

    if options["session"] and options["go_on"]:
        raise UsageError(_("--continue goes on with the last session, --session with a named one: give one of them"))
    if options["go_on"]:
        entries = open_library(env).sessions(1)
        if not entries:
            raise UsageError(_("there is no session to go on with yet; start without --continue"))
        return entries[0].path
    if options["session"]:
        library, name = open_library(env), options["session"]
        named = [entry.path for entry in library.sessions() if entry.name == name]
        if named or name.isdecimal():
            return named[0] if named else library.find(name)
        check_session_name(name)
    return None
