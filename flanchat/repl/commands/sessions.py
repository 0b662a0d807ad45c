"""Commands about sessions on disk: /new, /save, /sessions, /load, /search, /export, /log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flanchat.base.errors import FlanchatError, UsageError
from flanchat.base.files import refuse_source
from flanchat.base.format import clipped
from flanchat.base.i18n import _, join_sentences, ngettext
from flanchat.base.paths import typed_path
from flanchat.prompting.settings import Settings
from flanchat.repl.commands.arguments import Offered, check_word, paths, whole_number
from flanchat.repl.context import Context, EditDraft, Shown
from flanchat.sessions.library import check_session_name
from flanchat.sessions.review import ANY, RATINGS, ratings_of
from flanchat.sessions.session import Session
from flanchat.sessions.session_record import SessionRecord
from flanchat.ui.tables import hits_table, sessions_table

if TYPE_CHECKING:
    from flanchat.sessions.library import Library

LISTED = 20
ONE_SHOTS = "--one-shots"
EXPORT_FLAGS = ("--brief", "--force")


def new(context: Context, arguments: str) -> Shown:
    name = check_session_name(arguments) if arguments else ""
    was_logging = context.session.logging
    context.session.move_to(context.new_transcript(name))
    context.reset()
    context.session.name = name
    message = (
        _("New session {name}; profile and settings stay.").format(name=name)
        if name
        else _("New session; profile and settings stay.")
    )
    return message + _recording_resumed(was_logging)


def save(context: Context, arguments: str) -> Shown:
    path = context.session.transcript.path
    if path is None:
        return _("Recording is off (--no-log), so there is no session file to name.")
    if arguments:
        if not context.session.logging:
            raise UsageError(_("recording is paused, so the name cannot be saved; resume it with /log on"))
        context.session.call(check_session_name(arguments))
        return _("This session is named {name}; every turn is saved in {path}").format(name=arguments, path=path)
    return _("Every turn of this session is saved in {path}").format(path=path)


def sessions(context: Context, arguments: str) -> Shown:
    words = [word for word in arguments.split() if word != ONE_SHOTS]
    one_shots = ONE_SHOTS in arguments.split()
    count = whole_number(" ".join(words)) if words else LISTED
    if not count:
        raise UsageError(
            _("/sessions {given}: expected a number of sessions, such as /sessions 50").format(given=arguments)
        )
    library = _library(context)
    left_out = 0 if one_shots else library.count_one_shots()
    return sessions_table(library.sessions(count, one_shots=one_shots), left_out)


def load(context: Context, arguments: str) -> Shown:
    if not arguments:
        return sessions(context, "")
    library = _library(context)
    path = library.find(arguments)
    if path == context.session.transcript.path:
        raise UsageError(_("this is the current session"))
    transcript, record = library.resume(path)
    try:
        _recorded_settings(context.session.settings, record)  # raises before the current session is left
    except FlanchatError:
        transcript.close("end")
        raise
    was_logging = context.session.logging
    context.session.move_to(transcript, record)
    context.reset()
    resume(context.session, record)
    message = resumed_summary(context.session, record) + _recording_resumed(was_logging)
    return EditDraft(record.pending_question, message) if record.pending_question else message


def _recording_resumed(was_logging: bool) -> str:
    return "" if was_logging else _(" Recording is on again.")


def resume(session: Session, record: SessionRecord) -> None:
    """Restore profile, settings and variables as the session had them at its end."""
    settings = _recorded_settings(session.settings, record)
    if record.profile is not None:
        session.settings = session.settings.with_layer("/set", {})
        session.use(record.profile)
    session.settings = settings
    for name, value in record.variables.items():
        if name in session.profile.vars:
            session.variables.setdefault(name, value)


def resumed_summary(session: Session, record: SessionRecord) -> str:
    """A resumed session in a few sentences: turns, profile, last question, problems of its file."""
    name = record.name or record.started[:16].replace("T", " ")
    count = len(session.turns)
    turns = ngettext("Session {name}, {count} turn.", "Session {name}, {count} turns.", count)
    parts = [turns.format(name=name, count=count)]
    if record.grids:
        grids = ngettext("Its file has {count} grid.", "Its file has {count} grids.", len(record.grids))
        parts.append(grids.format(count=len(record.grids)))
    if record.profile is not None and record.profile == session.profile:
        parts.append(_("Profile {name} as recorded.").format(name=record.profile.name))
    if session.turns:
        parts.append(_("Last question: {question}").format(question=clipped(session.turns[-1].question)))
    if record.pending_question:
        parts.append(_("Unanswered question: {question}").format(question=clipped(record.pending_question)))
    if record.problems:
        unread = ngettext(
            "{count} line of its file cannot be read: {first}",
            "{count} lines of its file cannot be read: {first}",
            len(record.problems),
        )
        parts.append(unread.format(count=len(record.problems), first=record.problems[0]))
    return join_sentences(*parts)


def _recorded_settings(settings: Settings, record: SessionRecord) -> Settings:
    """The settings at the end of a session. Raises UsageError when the flags of this run exclude them."""
    if record.profile is not None:
        settings = settings.with_layer("/set", {}).with_layer(f"profile {record.profile.name}", record.profile.settings)
    return settings.restored(record.settings) if record.conversation.turns else settings


def search(context: Context, arguments: str) -> Shown:
    words, rated = arguments.split(), []
    while "--rated" in words:
        at = words.index("--rated")
        rated += words[at + 1 : at + 2] or [""]
        del words[at : at + 2]
    if not words and not rated:
        raise UsageError(_("/search needs WORDS, or --rated RATING"))
    query = " ".join(words)
    return hits_table(_library(context).search(query, rated=ratings_of(rated)), query)


def export(context: Context, arguments: str) -> Shown:
    from flanchat.export.exporters import EXPORTERS, write_export

    words = arguments.split(" ")
    name = " ".join(word for word in words if word not in EXPORT_FLAGS).strip()
    if not name:
        raise UsageError(_("/export needs a FILE that ends in .{endings}").format(endings=", .".join(EXPORTERS)))
    path = typed_path(name, context.environ)
    refuse_source(path, context.session.transcript.path)
    write_export(_record(context), path, brief="--brief" in words, overwrite="--force" in words)
    line = _("Written: {path}").format(path=path)
    answers = list(context.session.conversation.answers.values())
    private = len(answers) - len(context.session.recordable(answers))
    if not private:
        return line
    included = ngettext("; {count} private answer is in it", "; {count} private answers are in it", private)
    return line + included.format(count=private)


def _record(context: Context) -> SessionRecord:
    """The record of this session, read from its file; made from memory when the file is incomplete."""
    session = context.session
    path = session.transcript.path
    if context.open_library is not None and path is not None and path.exists() and session.is_recorded:
        return context.open_library().read(path)
    answers = list(session.conversation.answers.values())
    return SessionRecord(
        session=session.transcript.session,
        name=session.name,
        started=answers[0].at if answers else "",
        conversation=session.conversation,
    )


def log(context: Context, arguments: str) -> Shown:
    was_logging = context.session.logging
    if arguments:
        check_word("/log", arguments, ("on", "off"))
        if context.session.transcript.path is None:
            raise UsageError(_("recording is off for this session (--no-log)"))
        context.session.log(arguments == "on")
    if not context.session.logging:
        return _("Recording is paused; /log on resumes it.")
    return _("Recording is on.") + ("" if was_logging else _(" The private turns are not sent with later questions."))


def export_words(context: Context, before: str, word: str) -> list[str]:
    """Folders and files that /export can write, then its flags."""
    from flanchat.export.exporters import BRIEF, EXPORTERS

    if before:
        has_brief = before.split(maxsplit=1)[0].rpartition(".")[2] in BRIEF
        return [flag for flag in EXPORT_FLAGS if flag not in before.split() and (has_brief or flag != "--brief")]
    endings = ("/", *(f".{ending}" for ending in EXPORTERS))
    return [path for path in paths(context, before, word) if path.endswith(endings)]


def search_words(context: Context, before: str, word: str) -> list[str]:
    """The flag for ratings, and after it the ratings."""
    return [*RATINGS, ANY] if before.endswith("--rated") else ["--rated"]


def session_words(context: Context) -> list[str]:
    """Names of sessions, for completion."""
    if context.open_library is None:
        return []
    return [Offered(entry.name, entry.question) for entry in context.open_library().sessions(100) if entry.name]


def _library(context: Context) -> Library:
    if context.open_library is None:
        raise UsageError(_("sessions are not available without recording (--no-log)"))
    return context.open_library()
