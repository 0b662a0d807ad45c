"""Opens what commands work with: model, engine, session, library. Closes an open session however the command ends."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from flanchat.base.errors import StorageError, UsageError
from flanchat.base.i18n import _
from flanchat.base.signals import Terminated
from flanchat.cli.environment import Environment
from flanchat.cli.options import ModelOptions, SessionOptions, has_color
from flanchat.cli.resolved import ResolvedOptions, resolve_options

if TYPE_CHECKING:
    from flanchat.engine.checkpoint.validate import Checkpoint, ModelSource
    from flanchat.engine.protocol import Engine
    from flanchat.experiments.grid import OpenModel
    from flanchat.sessions.library import Library
    from flanchat.sessions.session import Session
    from flanchat.sessions.transcript import NoTranscript, Transcript

Say = Callable[[str], None]


@contextmanager
def open_session(
    env: Environment, options: SessionOptions, *, report: Say | None = None, note: Say | None = None
) -> Iterator[tuple[Session, ResolvedOptions]]:
    """Open a session with its engine, which does not load yet: everything that can fail fast is checked first.

    report, note: see open_engine. At the end the engine that the session has by then is closed.
    """
    from flanchat.sessions.session import Session

    path = None if options.no_log else _session_to_resume(env, options)
    record = open_library(env).read(path) if path is not None else None
    resolved = resolve_options(env, options, record)
    engine = open_engine(env, with_resolved(options, resolved), report=report, note=note)
    name = options.session or ""
    if path is not None:
        transcript: Transcript | NoTranscript = resume_transcript(env, path)
    else:
        transcript = new_transcript(env, options, engine.source, name)
    session = Session(engine, resolved.setup.profile, resolved.setup.settings, transcript, now=env.now)
    session.variables = dict(resolved.setup.variables)
    session.name = name
    if record is not None:
        session.name, session.conversation = record.name, record.conversation
    why = "error"
    try:
        yield session, resolved
        why = "exit"
    except Terminated as ended:
        why = f"signal {ended.number}"
        raise
    finally:
        session.engine.close()
        session.close(why)
        if session.transcript.problem:
            raise StorageError(session.transcript.problem)


def with_resolved(options: SessionOptions, resolved: ResolvedOptions) -> SessionOptions:
    """The options with the resolved model and device."""
    return dataclasses.replace(options, model=resolved.model, device=resolved.device)


def open_engine(
    env: Environment, options: ModelOptions, *, report: Say | None = None, note: Say | None = None
) -> Engine:
    """Find and check a model, downloading it if need be, and open its engine, which does not load yet.

    report: called with each status of the engine; None announces a large model before its weights are read.
    note: called with what the user should know; None writes it to standard error.
    """
    source, __ = find_model(env, options)
    return open_engine_of(env, source, options, report=report, note=note)


def open_engine_of(
    env: Environment,
    source: ModelSource,
    options: ModelOptions,
    *,
    report: Say | None = None,
    note: Say | None = None,
) -> Engine:
    """`open_engine` for a model that was found already."""
    from flanchat.engine.protocol import EngineOptions

    note = note or env.complain
    engine_options = EngineOptions(
        environ=env.environ,
        device=options.device or "auto",
        precision=options.precision,
        report=report or _announce_large_model(note),
        note=note,
        debug=options.debug,
    )
    return env.open_engine(source, engine_options)


def _announce_large_model(say: Say) -> Say:
    """A `report` that says once how large the weights are, when a large model is about to be read."""
    announced = False

    def report(status: str) -> None:
        nonlocal announced
        steps = status.split(": ")
        if not announced and steps[1:2] == ["reading weights"] and steps[2:3] and steps[2].endswith("B"):
            announced = True
            say(_("reading the model's weights, {size}").format(size=steps[2]))

    return report


def open_other_model(env: Environment, options: ModelOptions) -> OpenModel:
    """A function that opens another model by name, with the same options, until its block ends."""

    @contextmanager
    def open_model(name: str) -> Iterator[Engine]:
        other = dataclasses.replace(options, model=name)
        with closing(open_engine(env, other, report=lambda status: None)) as engine:
            yield engine

    return open_model


def find_model(env: Environment, options: ModelOptions) -> tuple[ModelSource, Checkpoint]:
    """Find a model, downloading it if need be, and check its files."""
    from flanchat.engine.checkpoint.validate import preflight
    from flanchat.engine.hubs.resolve import resolve
    from flanchat.ui.progress import DownloadProgress

    with DownloadProgress(env.stderr, env.environ, plain=options.plain, color=has_color(env, options)) as progress:
        source = resolve(
            options.model, env.environ, report=progress.report, progress=progress, convert_bin=options.convert_bin
        )
    return source, preflight(source.folder, source.adapter)


def new_transcript(
    env: Environment, options: SessionOptions, source: ModelSource, name: str = ""
) -> Transcript | NoTranscript:
    """The transcript of a new session; its file is created with the first question."""
    from flanchat.base.paths import make_private_folder
    from flanchat.sessions.transcript import NoTranscript, Transcript

    if options.no_log:
        return NoTranscript(env.now)
    import platform

    host = {"os": platform.platform(), "python": platform.python_version(), "cpu": platform.machine(), "npu": None}
    flags = [word.partition("=")[0] for word in env.arguments if word.startswith("-")]  # values may be private
    locale = env.environ.get("LC_ALL") or env.environ.get("LANG")
    about = {"model": source.name, "argv_redacted": flags, "locale": locale}
    folder = make_private_folder(_sessions_folder(env))
    return Transcript.create(folder, host=host, name=name, about=about, now=env.now)


def resume_transcript(env: Environment, path: Path) -> Transcript:
    """The transcript of an earlier session, to be continued."""
    from flanchat.sessions.transcript import Transcript

    return Transcript.resume(path, now=env.now)


def open_library(env: Environment) -> Library:
    """All sessions on this machine."""
    from flanchat.base.paths import cache_folder
    from flanchat.sessions.library import Library

    return Library(_sessions_folder(env), cache_folder(env.environ) / "sessions.sqlite", now=env.now)


def _sessions_folder(env: Environment) -> Path:
    from flanchat.base.paths import state_folder

    return state_folder(env.environ) / "sessions"


def _session_to_resume(env: Environment, options: SessionOptions) -> Path | None:
    """The file of the session that --continue or --session names; None to start a new one."""
    from flanchat.sessions.library import check_session_name

    if options.session and options.continue_last:
        raise UsageError(_("--continue resumes the last session, --session a named one; use only one of them"))
    if options.continue_last:
        entries = open_library(env).sessions(1)
        if not entries:
            raise UsageError(_("there is no session to continue yet; start without --continue"))
        return entries[0].path
    if options.session:
        library, name = open_library(env), options.session
        named = [entry.path for entry in library.sessions() if entry.name == name]
        if named or name.isdecimal():
            return named[0] if named else library.find(name)
        check_session_name(name)
    return None
