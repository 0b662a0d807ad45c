"""Commands about sessions on disk: begin, name, find, load, export. Prints nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from flanchat.base.errors import UsageError
from flanchat.base.format import clipped
from flanchat.base.i18n import _, join_sentences, ngettext
from flanchat.base.paths import expand_home
from flanchat.prompting.settings import Settings, did_you_mean
from flanchat.repl.context import Context, EditDraft, Shown
from flanchat.sessions.library import check_session_name
from flanchat.sessions.session import Session
from flanchat.sessions.session_record import SessionRecord
from flanchat.ui.tables import hits_table, sessions_table

if TYPE_CHECKING:  # it takes time that the first prompt has not
    from flanchat.sessions.library import Library

LISTED = 20


def new(context: Context, arguments: str) -> Shown:
    name = check_session_name(arguments) if arguments else ""
    was_off = not context.session.logging
    context.session.move_to(context.new_transcript(name))
    context.forget()
    context.session.name = name
    if name:
        return _("A new session called {name}; profile and settings stay.").format(name=name) + _again(was_off)
    return _("A new session; profile and settings stay.") + _again(was_off)


def save(context: Context, arguments: str) -> Shown:
    path = context.session.transcript.path
    if path is None:
        return _("Recording is off (--no-log), so there is nothing to name.")
    if arguments:
        if not context.session.logging:
            raise UsageError(_("recording is off, so a name would not be kept; /log on goes on with it"))
        context.session.call(check_session_name(arguments))
        return _("This session is called {name} and saved as it happens in {path}").format(name=arguments, path=path)
    return _("This session is saved as it happens in {path}").format(path=path)


def sessions(context: Context, arguments: str) -> Shown:
    if arguments and not (arguments.isdecimal() and len(arguments) < 10):
        raise UsageError(
            _("/sessions {given}: expected how many to list, such as /sessions 50").format(given=arguments)
        )
    return sessions_table(_library(context).sessions(int(arguments) if arguments else LISTED))


def load(context: Context, arguments: str) -> Shown:
    if not arguments:
        return sessions(context, "")
    library = _library(context)
    path = library.find(arguments)
    if path == context.session.transcript.path:
        raise UsageError(_("this is the session you are in"))
    story = library.read(path)
    _settings_then(context.session.settings, story)  # refuses what clashes with a flag before anything is left
    was_off = not context.session.logging
    context.session.move_to(context.resume_transcript(path), story)
    context.forget()
    resume(context.session, story)
    said = standing(context.session, story) + _again(was_off)
    return EditDraft(story.lost, said) if story.lost else said


def _again(was_off: bool) -> str:
    return _(" Recording is on again.") if was_off else ""


def resume(session: Session, story: SessionRecord) -> None:
    """Take up profile, settings and variables as the session left them."""
    then = _settings_then(session.settings, story)
    if story.profile is not None:
        session.settings = session.settings.with_layer("/set", {})
        session.use(story.profile)
    session.settings = then
    for name, value in story.variables.items():
        if name in session.profile.vars:
            session.variables.setdefault(name, value)


def standing(session: Session, story: SessionRecord) -> str:
    """Where one stands in a session that was taken up again."""
    name = story.name or story.started[:16].replace("T", " ")
    count = len(session.turns)
    turns = ngettext("Session {name}, {count} turn.", "Session {name}, {count} turns.", count)
    said = [turns.format(name=name, count=count)]
    if story.grids:
        grids = ngettext("{count} grid is in its file.", "{count} grids are in its file.", len(story.grids))
        said.append(grids.format(count=len(story.grids)))
    if story.profile is not None and story.profile == session.profile:
        said.append(_("Profile {name} as it was then.").format(name=story.profile.name))
    if session.turns:
        said.append(_("The last question was: {question}").format(question=clipped(session.turns[-1].question)))
    if story.lost:
        said.append(_("This one has no answer: {question}").format(question=clipped(story.lost)))
    if story.problems:
        unread = ngettext(
            "{count} line of its file cannot be read: {first}",
            "{count} lines of its file cannot be read: {first}",
            len(story.problems),
        )
        said.append(unread.format(count=len(story.problems), first=story.problems[0]))
    return join_sentences(*said)


def _settings_then(settings: Settings, story: SessionRecord) -> Settings:
    """The settings as the session left them. Raises UsageError when they clash with the flags of now."""
    if story.profile is not None:
        settings = settings.with_layer("/set", {}).with_layer(f"profile {story.profile.name}", story.profile.settings)
    return settings.restored(story.settings) if story.conversation.turns else settings


def search(context: Context, arguments: str) -> Shown:
    if not arguments:
        raise UsageError(_("/search needs the WORDS to look for"))
    return hits_table(_library(context).search(arguments), arguments)


def export(context: Context, arguments: str) -> Shown:
    from flanchat.export.exporters import EXPORTERS, write_export

    words = arguments.split(" ")
    overwrite = "--force" in words
    word = " ".join(word for word in words if word != "--force").strip()
    if not word:
        raise UsageError(_("/export needs a FILE that ends in .{endings}").format(endings=", .".join(EXPORTERS)))
    path = Path(expand_home(word, context.environ))
    write_export(_story(context), path, overwrite=overwrite)
    return _("Written: {path}").format(path=path)


def _story(context: Context) -> SessionRecord:
    """This session as its file tells it; from memory, when the file does not have all of it."""
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
    if arguments and arguments not in ("on", "off"):
        raise UsageError(
            _("/log {given}: expected on or off.{hint}").format(
                given=arguments, hint=did_you_mean(arguments, ("on", "off"))
            )
        )
    if arguments and context.session.transcript.path is None:
        raise UsageError(_("nothing is recorded in this session (--no-log)"))
    was_off = not context.session.logging
    if arguments:
        context.session.log(arguments == "on")
    if not context.session.logging:
        return _("Recording is off; /log on goes on with it.")
    return _("Recording is on.") + (_(" What was said in private is not sent along.") if was_off else "")


def session_words(context: Context) -> list[str]:
    if context.open_library is None:
        return []
    return [entry.name for entry in context.open_library().sessions(100) if entry.name]


def _library(context: Context) -> Library:
    if context.open_library is None:
        raise UsageError(_("no sessions are kept here (--no-log)"))
    return context.open_library()
