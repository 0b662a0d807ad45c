"""Opens what commands work with: model, engine, session, library. Closes an open session however the command ends."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from flanchat.base.errors import StorageError, UsageError
from flanchat.base.files import lock_folder
from flanchat.base.i18n import _
from flanchat.base.paths import make_private_folder
from flanchat.base.signals import Terminated
from flanchat.base.text_file import text_or_file
from flanchat.cli.environment import Environment
from flanchat.cli.options import ModelOptions, SessionOptions, has_color, name_value_pairs
from flanchat.cli.recorded import open_library, sessions_folder
from flanchat.engine.checkpoint.validate import Checkpoint, ModelSource, preflight
from flanchat.engine.hubs.resolve import resolve
from flanchat.engine.protocol import Engine, EngineOptions
from flanchat.prompting.config import Config, load_config
from flanchat.prompting.profile import Profile, check_variable
from flanchat.prompting.profile_folders import profile_folders
from flanchat.prompting.profile_reader import find_profile
from flanchat.prompting.settings import DEVICE, Settings, given_twice, parse_settings
from flanchat.prompting.setup import Setup
from flanchat.sessions.library import check_session_name, is_number
from flanchat.sessions.session import Session
from flanchat.sessions.session_record import SessionRecord, record_of
from flanchat.sessions.transcript import NoTranscript, Transcript, this_machine
from flanchat.ui.progress import DownloadProgress

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class ResolvedOptions:
    """What is in force when a session begins. model: None stands for the bundled one. base: see ModelOptions.

    record: what is resumed.
    """

    setup: Setup
    model: str | None
    base: str | None
    device: str
    config: Config
    record: SessionRecord | None = None


@contextmanager
def open_session(
    env: Environment,
    options: SessionOptions,
    *,
    report: Report | None = None,
    note: Report | None = None,
    wait_s: float = 0.0,
    one_shot: bool = False,
) -> Iterator[tuple[Session, ResolvedOptions]]:
    """Open a session with its engine, which does not load yet: everything that can fail fast is checked first.

    report, note: see open_engine. wait_s: how long another program may still use the session. one_shot: of a command
    that asks and ends, which the list of sessions leaves out. At the end the engine that the session has by then is
    closed.
    """
    name, transcript, source = options.session or "", None, None

    def resume(path: Path) -> tuple[Transcript | NoTranscript, SessionRecord]:
        say = note or env.complain
        if options.no_log:
            say(_("the session goes on without being recorded (--no-log)"))
            return NoTranscript(env.now), open_library(env).read(path)
        waiting = _("waiting for another flanchat that uses this session")
        return Transcript.resume(path, record_of, wait_s=wait_s, waiting=lambda: say(waiting), now=env.now)

    path, record = _session_to_resume(env, options, one_shots=one_shot), None
    if path is not None:
        transcript, record = resume(path)
    elif name and options.no_log:
        raise UsageError(_("--session {name}: there is no such session, and --no-log records none").format(name=name))
    try:
        resolved = resolve_options(env, options, record)
        if transcript is None:
            source, __ = find_model(env, with_resolved(options, resolved))
            transcript = new_transcript(env, options, source, name, one_shot=one_shot and not name)
            if name and isinstance(transcript, Transcript):
                with lock_folder(transcript.path.parent):  # of several programs one begins a session of this name
                    if (path := _session_to_resume(env, options, one_shots=one_shot)) is None:
                        transcript.begin()
                if path is not None:
                    source, (transcript, record) = None, resume(path)
                    resolved = resolve_options(env, options, record)
        engine = open_engine(env, with_resolved(options, resolved), source, report=report, note=note)
    except BaseException:
        if transcript is not None:
            transcript.close("error")
        raise
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


# -- what is in force -------------------------------------------------------------------------------------------------


def resolve_options(env: Environment, options: SessionOptions, record: SessionRecord | None = None) -> ResolvedOptions:
    """Flags win over environment, profile and configuration file, in this order.

    record: the session to resume; where no flag says otherwise, its profile, settings and variables stay in force.
    """
    config = load_config(env.environ)
    profile = _profile(env, options, config, record)
    device = options.device or profile.device or config.device or "auto"
    try:
        DEVICE.check(device)
    except UsageError as error:
        raise UsageError(f"--{error.message}") from None
    setup = Setup(profile, _settings(options, config, profile, record), _variables(env, options, profile, record))
    model, base = model_of(options, profile)
    return ResolvedOptions(setup, model or config.model, base, device, config, record)


def model_of(options: ModelOptions, profile: Profile) -> tuple[str | None, str | None]:
    """The model and its base by the options, or else by the profile, whose base belongs to its own model alone."""
    model, base = options.model or profile.model, options.base
    return model, profile.base if base is None and model == profile.model else base


def with_resolved(options: SessionOptions, resolved: ResolvedOptions) -> SessionOptions:
    """The options with the resolved model, base and device."""
    return dataclasses.replace(options, model=resolved.model, base=resolved.base, device=resolved.device)


def named_profile(env: Environment, name: str, folder: Path | None) -> Profile:
    """The profile of a name or path. folder: of --profiles. Raises UsageError."""
    return find_profile(name, profile_folders(folder, env.environ), env.environ)


def check_variables(env: Environment, words: Sequence[str], profiles: Sequence[Profile]) -> dict[str, str]:
    """The values given with --var, with the texts of files for @FILE.

    Raises UsageError for one that no profile has, or that fails the check of one.
    """
    values: dict[str, str] = {}
    for name, value in name_value_pairs(words, "--var"):
        if name in values:
            raise given_twice(f"--var {name}", values[name], value)
        values[name] = text_or_file(value, env.environ)
    for name, value in values.items():
        for profile in [profile for profile in profiles if name in profile.vars] or profiles[:1]:
            try:
                check_variable(profile, name, value)
            except UsageError as error:
                raise UsageError(f"--var {error.message}") from None
    return values


def _profile(env: Environment, options: SessionOptions, config: Config, record: SessionRecord | None) -> Profile:
    if options.profile is None and record is not None and record.profile is not None:
        profile = record.profile
    else:
        name = options.profile or config.profile or "plain"
        profile = named_profile(env, name, options.profiles_folder)
    if options.system is None:
        return profile
    from flanchat.prompting.profile_writer import with_prefix  # not needed before the first prompt

    return with_prefix(profile, options.system)


def _settings(options: SessionOptions, config: Config, profile: Profile, record: SessionRecord | None) -> Settings:
    seed = [] if options.seed is None else [("seed", str(options.seed))]
    values = parse_settings([*name_value_pairs(options.settings, "-o"), *seed])
    settings = (
        Settings()
        .with_layer("config", config.settings)
        .with_layer(f"profile {profile.name}", profile.settings)
        .with_layer("flag", values)
    )
    if options.profile is None and record is not None and record.conversation.answers:
        return settings.restored(record.settings)
    return settings


def _variables(
    env: Environment, options: SessionOptions, profile: Profile, record: SessionRecord | None
) -> Mapping[str, str]:
    recorded = {} if record is None else record.variables
    kept = {name: value for name, value in recorded.items() if name in profile.vars}
    return {**kept, **check_variables(env, options.variables, [profile])}


# -- model and engine -------------------------------------------------------------------------------------------------


def find_model(env: Environment, options: ModelOptions) -> tuple[ModelSource, Checkpoint]:
    """Find a model, downloading it if need be, and check its files."""
    with DownloadProgress(env.stderr, env.environ, plain=options.plain, color=has_color(env, options)) as progress:
        source = resolve(
            options.model,
            env.environ,
            report=progress.report,
            progress=progress,
            convert_bin=options.convert_bin,
            base=options.base,
        )
    return source, preflight(source.folder, source.adapter)


def open_engine(
    env: Environment,
    options: ModelOptions,
    source: ModelSource | None = None,
    *,
    report: Report | None = None,
    note: Report | None = None,
) -> Engine:
    """Open the engine of a model, which does not load yet. source: None finds the model of the options.

    report: called with each status of the engine; None announces a large model before its weights are read.
    note: called with what the user should know; None writes it to standard error.
    """
    note = note or env.complain
    engine_options = EngineOptions(
        environ=env.environ,
        device=options.device or "auto",
        precision=options.precision,
        report=report or _announce_large_model(note),
        note=note,
        debug=options.debug,
        engine=options.engine,
    )
    return env.open_engine(source or find_model(env, options)[0], engine_options)


def open_other_model(env: Environment, options: ModelOptions) -> Callable[[str], AbstractContextManager[Engine]]:
    """A function that opens another model by name, with the same options, until its block ends."""

    def open_model(name: str) -> AbstractContextManager[Engine]:
        other = dataclasses.replace(options, model=name, base=options.base if name == options.model else None)
        return closing(open_engine(env, other, report=lambda status: None))

    return open_model


def _announce_large_model(note: Report) -> Report:
    """A `report` that says once how large the weights are, when a large model is about to be read."""
    announced = False

    def report(status: str) -> None:
        nonlocal announced
        steps = [*status.split(": "), ""]
        if not announced and steps[1] == "reading weights" and steps[2].endswith("B"):  # small models give no size
            announced = True
            note(_("reading the model's weights, {size}").format(size=steps[2]))

    return report


# -- sessions on disk -------------------------------------------------------------------------------------------------


def new_transcript(
    env: Environment, options: SessionOptions, source: ModelSource, name: str = "", *, one_shot: bool = False
) -> Transcript | NoTranscript:
    """The transcript of a new session; its file is created with the first question."""
    if options.no_log:
        return NoTranscript(env.now)
    flags = [word.partition("=")[0] for word in env.arguments if word.startswith("-")]  # values may be private
    locale = env.environ.get("LC_ALL") or env.environ.get("LANG")
    about = {"model": source.name, "argv_redacted": flags, "locale": locale, **({"one_shot": True} if one_shot else {})}
    remedy = _("Make it writable, set FLANCHAT_DATA to another folder, or start with --no-log.")
    return Transcript.create(
        make_private_folder(sessions_folder(env), remedy), host=this_machine(), name=name, about=about, now=env.now
    )


def recorded_session(env: Environment, options: SessionOptions) -> SessionRecord | None:
    """The session that --continue or --session resumes, to read only; None to start a new one."""
    path = _session_to_resume(env, options, one_shots=True)
    return None if path is None else open_library(env).read(path)


def _session_to_resume(env: Environment, options: SessionOptions, *, one_shots: bool) -> Path | None:
    """The file of the session that --continue or --session names; None to start a new one.

    one_shots: the last session may be a one-shot question.
    """
    if options.session and options.continue_last:
        raise UsageError(_("--continue resumes the last session, --session a named one; use only one of them"))
    if options.continue_last:
        library = open_library(env)
        entries = library.sessions(1, one_shots=one_shots)
        if not entries and library.count_one_shots():
            raise UsageError(_("there are only one-shot questions to continue; flanchat ask -c continues the last one"))
        if not entries:
            raise UsageError(_("there is no session to continue yet; start without --continue"))
        return entries[0].path
    if options.session:
        library, name = open_library(env), options.session
        named = [entry.path for entry in library.sessions() if entry.name == name]
        if named or is_number(name):
            return named[0] if named else library.find(name)
        check_session_name(name)
    return None
