"""Commands about sessions on disk: begin, name, find, load, export. Prints nothing."""

from __future__ import annotations

import os
from pathlib import Path

from flanchat.errors import UsageError
from flanchat.library import Entry, Hit, Library
from flanchat.profile import check_name
from flanchat.records import Story
from flanchat.repl.desk import Desk, Shown, Table
from flanchat.repl.talk import clipped
from flanchat.session import Session
from flanchat.settings import Settings, did_you_mean

LISTED = 20


def new(desk: Desk, arguments: str) -> Shown:
    name = check_name(arguments, "session") if arguments else ""
    was_off = not desk.session.logging
    desk.session.move_to(desk.new_transcript(name))
    desk.session.name = name
    return f"A new session{f' called {name}' if name else ''}; profile and settings stay.{_again(was_off)}"


def save(desk: Desk, arguments: str) -> Shown:
    path = desk.session.transcript.path
    if path is None:
        return "Recording is off (--no-log), so there is nothing to name."
    if arguments:
        desk.session.call(check_name(arguments, "session"))
        return f"This session is called {arguments} and saved as it happens in {path}"
    return f"This session is saved as it happens in {path}"


def sessions(desk: Desk, arguments: str) -> Shown:
    if arguments and not (arguments.isdecimal() and len(arguments) < 10):
        raise UsageError(f"/sessions {arguments}: expected how many to list, such as /sessions 50")
    return sessions_table(_library(desk).sessions(int(arguments) if arguments else LISTED))


def sessions_table(entries: list[Entry]) -> Shown:
    """Sessions, newest first; the numbers are those that /load and `flanchat sessions` take."""
    if not entries:
        return "There are no sessions yet."
    rows = tuple(
        (
            str(number),
            entry.name,
            entry.last[:16].replace("T", " "),
            str(entry.turns),
            clipped(entry.question) + (f" ({entry.problems} damaged lines)" if entry.problems else ""),
        )
        for number, entry in enumerate(entries, 1)
    )
    return Table("Sessions", ("", "name", "last used", "turns", "first question"), rows)


def load(desk: Desk, arguments: str) -> Shown:
    if not arguments:
        return sessions(desk, "")
    library = _library(desk)
    path = library.find(arguments)
    if path == desk.session.transcript.path:
        raise UsageError("this is the session you are in")
    story = library.read(path)
    _settings_then(desk.session.settings, story)  # refuses what clashes with a flag before anything is left
    was_off = not desk.session.logging
    desk.session.move_to(desk.resume_transcript(path), story)
    return resumed(desk.session, story) + _again(was_off)


def _again(was_off: bool) -> str:
    return " Recording is on again." if was_off else ""


def resumed(session: Session, story: Story) -> str:
    """Take up profile and settings as the session left them, and say where one stands."""
    said = [f"Session {story.name or story.started[:16].replace('T', ' ')}, {len(session.turns)} turns."]
    then = _settings_then(session.settings, story)
    if story.profile is not None:
        session.settings = session.settings.with_layer("/set", {})
        session.use(story.profile)
        said.append(f"Profile {story.profile.name} as it was then.")
    session.settings = then
    if session.turns:
        said.append(f"The last question was: {clipped(session.turns[-1].question)}")
    if story.problems:
        said.append(f"{len(story.problems)} lines of its file cannot be read: {story.problems[0]}")
    return " ".join(said)


def _settings_then(settings: Settings, story: Story) -> Settings:
    """The settings as the session left them. Raises UsageError when they clash with the flags of now."""
    if story.profile is not None:
        settings = settings.with_layer("/set", {}).with_layer(f"profile {story.profile.name}", story.profile.settings)
    turns = story.conversation.turns
    return settings.restored(turns[-1].settings) if turns else settings


def search(desk: Desk, arguments: str) -> Shown:
    if not arguments:
        raise UsageError("/search needs the WORDS to look for")
    return hits_table(_library(desk).search(arguments), arguments)


def hits_table(hits: list[Hit], words: str) -> Shown:
    """Where words were found, marked by brackets."""
    if not hits:
        return f"No session has: {words}"
    rows = tuple((hit.entry.name or hit.entry.path.stem, hit.entry.last[:10], marked(hit)) for hit in hits)
    return Table("Found", ("session", "last used", "where"), rows, "/load with what stands first opens it.")


def marked(hit: Hit) -> str:
    """The excerpt with brackets around what was found."""
    text, end = "", 0
    for first, last in hit.found:
        text += f"{hit.excerpt[end:first]}[{hit.excerpt[first:last]}]"
        end = last
    return text + hit.excerpt[end:]


def export(desk: Desk, arguments: str) -> Shown:
    from flanchat.export import EXPORTERS, write_export

    word, _, force = arguments.rpartition(" ") if arguments.endswith(" --force") else (arguments, "", "")
    if not word:
        raise UsageError(f"/export needs a FILE that ends in .{', .'.join(EXPORTERS)}")
    path = Path(os.path.expanduser(word))
    session = desk.session
    write_export(
        Story(session=session.transcript.session, name=session.name, conversation=session.conversation),
        path,
        overwrite=bool(force),
    )
    return f"Written: {path}"


def log(desk: Desk, arguments: str) -> Shown:
    if arguments and arguments not in ("on", "off"):
        raise UsageError(f"/log {arguments}: expected on or off.{did_you_mean(arguments, ('on', 'off'))}")
    if arguments and desk.session.transcript.path is None:
        raise UsageError("nothing is recorded in this session (--no-log)")
    was_off = not desk.session.logging
    if arguments:
        desk.session.log(arguments == "on")
    if not desk.session.logging:
        return "Recording is off; /log on goes on with it."
    return "Recording is on." + (" What was said in private is not sent along." if was_off else "")


def session_words(desk: Desk) -> list[str]:
    if desk.library is None:
        return []
    return [entry.name for entry in desk.library.sessions(100) if entry.name]


def _library(desk: Desk) -> Library:
    if desk.library is None:
        raise UsageError("no sessions are kept here (--no-log)")
    return desk.library
