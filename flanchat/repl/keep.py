"""Commands about sessions on disk: begin, name, find, load, export. Prints nothing."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from flanchat.errors import UsageError
from flanchat.profile import check_name
from flanchat.records import Story
from flanchat.repl.desk import Desk, Draft, Shown, Table
from flanchat.repl.talk import clipped
from flanchat.session import Session
from flanchat.settings import Settings, did_you_mean
from flanchat.words import _, ngettext, sentences

if TYPE_CHECKING:  # it takes time that the first prompt has not
    from flanchat.library import Entry, Hit, Library

LISTED = 20


def new(desk: Desk, arguments: str) -> Shown:
    name = session_name(arguments) if arguments else ""
    was_off = not desk.session.logging
    desk.session.move_to(desk.new_transcript(name))
    desk.forget()
    desk.session.name = name
    if name:
        return _("A new session called {name}; profile and settings stay.").format(name=name) + _again(was_off)
    return _("A new session; profile and settings stay.") + _again(was_off)


def save(desk: Desk, arguments: str) -> Shown:
    path = desk.session.transcript.path
    if path is None:
        return _("Recording is off (--no-log), so there is nothing to name.")
    if arguments:
        if not desk.session.logging:
            raise UsageError(_("recording is off, so a name would not be kept; /log on goes on with it"))
        desk.session.call(session_name(arguments))
        return _("This session is called {name} and saved as it happens in {path}").format(name=arguments, path=path)
    return _("This session is saved as it happens in {path}").format(path=path)


def sessions(desk: Desk, arguments: str) -> Shown:
    if arguments and not (arguments.isdecimal() and len(arguments) < 10):
        raise UsageError(
            _("/sessions {given}: expected how many to list, such as /sessions 50").format(given=arguments)
        )
    return sessions_table(_library(desk).sessions(int(arguments) if arguments else LISTED))


def sessions_table(entries: list[Entry]) -> Shown:
    """Sessions, newest first; the numbers are those that /load and `flanchat sessions` take."""
    if not entries:
        return _("There are no sessions yet.")
    rows = tuple(
        (
            str(number),
            entry.name,
            entry.last[:16].replace("T", " "),
            str(entry.turns),
            clipped(entry.question)
            + (
                ngettext(" ({count} grid)", " ({count} grids)", entry.grids).format(count=entry.grids)
                if entry.grids
                else ""
            )
            + (
                ngettext(" ({count} damaged line)", " ({count} damaged lines)", entry.problems).format(
                    count=entry.problems
                )
                if entry.problems
                else ""
            ),
        )
        for number, entry in enumerate(entries, 1)
    )
    return Table(_("Sessions"), ("", _("name"), _("last used"), _("turns"), _("first question")), rows)


def load(desk: Desk, arguments: str) -> Shown:
    if not arguments:
        return sessions(desk, "")
    library = _library(desk)
    path = library.find(arguments)
    if path == desk.session.transcript.path:
        raise UsageError(_("this is the session you are in"))
    story = library.read(path)
    _settings_then(desk.session.settings, story)  # refuses what clashes with a flag before anything is left
    was_off = not desk.session.logging
    desk.session.move_to(desk.resume_transcript(path), story)
    desk.forget()
    resume(desk.session, story)
    said = standing(desk.session, story) + _again(was_off)
    return Draft(story.lost, said) if story.lost else said


def session_name(name: str) -> str:
    """The name, when it is fit for a session: not a number, which means a place in the list."""
    if name.isdecimal():
        raise UsageError(_("session name: {name} is a number, which means a place in /sessions").format(name=name))
    return check_name(name, "session")


def _again(was_off: bool) -> str:
    return _(" Recording is on again.") if was_off else ""


def resume(session: Session, story: Story) -> None:
    """Take up profile, settings and variables as the session left them."""
    then = _settings_then(session.settings, story)
    if story.profile is not None:
        session.settings = session.settings.with_layer("/set", {})
        session.use(story.profile)
    session.settings = then
    for name, value in story.variables.items():
        if name in session.profile.vars:
            session.variables.setdefault(name, value)


def standing(session: Session, story: Story) -> str:
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
    return sentences(*said)


def _settings_then(settings: Settings, story: Story) -> Settings:
    """The settings as the session left them. Raises UsageError when they clash with the flags of now."""
    if story.profile is not None:
        settings = settings.with_layer("/set", {}).with_layer(f"profile {story.profile.name}", story.profile.settings)
    return settings.restored(story.settings) if story.conversation.turns else settings


def search(desk: Desk, arguments: str) -> Shown:
    if not arguments:
        raise UsageError(_("/search needs the WORDS to look for"))
    return hits_table(_library(desk).search(arguments), arguments)


def hits_table(hits: list[Hit], words: str) -> Shown:
    """Where words were found, marked by brackets."""
    if not hits:
        return _("No session has: {words}").format(words=words)
    rows = tuple((hit.entry.name or hit.entry.path.stem, hit.entry.last[:10], marked(hit)) for hit in hits)
    return Table(
        _("Found"), (_("session"), _("last used"), _("where")), rows, _("/load with what stands first opens it.")
    )


def marked(hit: Hit) -> str:
    """The excerpt with brackets around what was found."""
    text, end = "", 0
    for first, last in hit.found:
        text += f"{hit.excerpt[end:first]}[{hit.excerpt[first:last]}]"
        end = last
    return text + hit.excerpt[end:]


def export(desk: Desk, arguments: str) -> Shown:
    from flanchat.export import EXPORTERS, write_export

    words = arguments.split(" ")
    overwrite = "--force" in words
    word = " ".join(word for word in words if word != "--force").strip()
    if not word:
        raise UsageError(_("/export needs a FILE that ends in .{endings}").format(endings=", .".join(EXPORTERS)))
    path = Path(os.path.expanduser(word))
    write_export(_story(desk), path, overwrite=overwrite)
    return _("Written: {path}").format(path=path)


def _story(desk: Desk) -> Story:
    """This session as its file tells it; from memory, when the file does not have all of it."""
    session = desk.session
    path = session.transcript.path
    if desk.open_library is not None and path is not None and path.exists() and session.is_recorded:
        return desk.open_library().read(path)
    answers = list(session.conversation.answers.values())
    return Story(
        session=session.transcript.session,
        name=session.name,
        started=answers[0].at if answers else "",
        conversation=session.conversation,
    )


def log(desk: Desk, arguments: str) -> Shown:
    if arguments and arguments not in ("on", "off"):
        raise UsageError(
            _("/log {given}: expected on or off.{hint}").format(
                given=arguments, hint=did_you_mean(arguments, ("on", "off"))
            )
        )
    if arguments and desk.session.transcript.path is None:
        raise UsageError(_("nothing is recorded in this session (--no-log)"))
    was_off = not desk.session.logging
    if arguments:
        desk.session.log(arguments == "on")
    if not desk.session.logging:
        return _("Recording is off; /log on goes on with it.")
    return _("Recording is on.") + (_(" What was said in private is not sent along.") if was_off else "")


def session_words(desk: Desk) -> list[str]:
    if desk.open_library is None:
        return []
    return [entry.name for entry in desk.open_library().sessions(100) if entry.name]


def _library(desk: Desk) -> Library:
    if desk.open_library is None:
        raise UsageError(_("no sessions are kept here (--no-log)"))
    return desk.open_library()
