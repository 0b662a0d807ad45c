"""The REPL's commands: one table makes the parser, /help, completion and the README section. Prints nothing.

A command returns what is to be shown; the view shows it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from flanchat.engine import Engine
from flanchat.errors import FlanchatError, ProfileError, UsageError
from flanchat.profile import Profile, check_name, find_profile, list_profiles, profile_names
from flanchat.prompt import Prompt
from flanchat.session import Happening, Session
from flanchat.settings import SETTINGS, did_you_mean, find


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a title. note: a sentence below."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Answering:
    """An answer in the making, to be shown as it comes."""

    events: Happening


@dataclass(frozen=True, slots=True)
class Leave:
    """The user wants to leave."""


Shown = str | Table | Prompt | Answering | Leave


@dataclass(slots=True)
class Desk:
    """What commands work on. last_draft: the last question, for /prompt."""

    session: Session
    engine: Engine
    folders: tuple[Path, ...]
    last_draft: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """One command. names: the first is shown, the others are silent. words: what Tab offers after it."""

    names: tuple[str, ...]
    usage: str
    help: str
    run: Callable[[Desk, str], Shown]
    words: Callable[[Desk], Sequence[str]] = field(default=lambda desk: ())
    example: str = ""

    @property
    def name(self) -> str:
        return self.names[0]


@dataclass(frozen=True, slots=True)
class Ask:
    """A line for the model."""

    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """A line for flanchat."""

    command: Command
    arguments: str


def parse_line(line: str) -> Ask | Call | None:
    """What a line means; None when it is blank. Raises UsageError with a hint for what is nearly a command.

    A leading `/` makes a command. A leading blank or `//` sends the line, slash and all, to the model. An entry of
    several lines is always a question, so that nothing pasted can run a command.
    """
    if not line.strip():
        return None
    bare = line.strip()
    if line.rstrip() in ("exit", "quit"):
        return Call(BY_NAME["exit"], "")
    if "\n" in bare or line[0].isspace():
        return Ask(line.strip("\n") if "\n" in bare else bare)
    if bare.startswith("//"):
        return Ask(bare[1:])
    if bare.startswith("/"):
        name, _, arguments = bare[1:].partition(" ")
        if name not in BY_NAME:
            hint = did_you_mean(f"/{name}", [f"/{command.name}" for command in COMMANDS])
            raise UsageError(
                f"unknown command /{name}.{hint or ' /help lists them.'} A leading blank sends it as text."
            )
        return Call(BY_NAME[name], arguments.strip())
    other = re.match(r"[.!:](\w+)$|[.!:](\w+)\s", bare)
    if other and (word := other[1] or other[2]) in BY_NAME:
        raise UsageError(
            f"did you mean /{BY_NAME[word].name}? Commands start with a slash; a leading blank sends it as text."
        )
    return Ask(bare)


def _help(desk: Desk, arguments: str) -> Shown:
    if arguments:
        name = arguments.removeprefix("/")
        if name not in BY_NAME:
            raise UsageError(f"unknown command /{name}.{did_you_mean(name, BY_NAME) or ' /help lists them.'}")
        command = BY_NAME[name]
        return f"{command.usage}\n{command.help}" + (f"\nExample: {command.example}" if command.example else "")
    return Table(
        "Commands",
        ("command", "does"),
        tuple((command.usage, command.help) for command in COMMANDS),
        "Everything else is sent to the model. Alt-Enter adds a line, Ctrl-C stops an answer, Ctrl-D leaves.",
    )


def _exit(desk: Desk, arguments: str) -> Shown:
    return Leave()


def _clear(desk: Desk, arguments: str) -> Shown:
    desk.session.clear()
    return "The conversation is forgotten; profile and settings stay, the record too."


def _profiles(desk: Desk, arguments: str) -> Shown:
    return profiles_table(list_profiles(desk.folders), current=desk.session.profile.name)


def profiles_table(found: Sequence[Profile | ProfileError], current: str = "") -> Table:
    """All profiles with their descriptions; those that cannot be read with the reason."""
    rows = tuple(
        (("* " if p.name == current else "  ") + p.name, p.description)
        if isinstance(p, Profile)
        else ("! broken", p.message)
        for p in found
    )
    return Table("Profiles", ("profile", "what it does"), rows)


def _profile(desk: Desk, arguments: str) -> Shown:
    if not arguments:
        return describe_profile(desk.session.profile)
    profile = find_profile(arguments, desk.folders)
    if profile.model is not None:
        raise UsageError(
            f"profile {profile.name} is for the model {profile.model}: start flanchat -m {profile.model} "
            f"-p {profile.name}"
        )
    desk.session.use(profile)
    return f"Profile {profile.name}: {profile.description}" + _idle(desk)


def describe_profile(profile: Profile) -> str:
    """A profile as its file says it, with its place."""
    return f"# {profile.path}\n{profile.source.rstrip()}" if profile.source else f"profile {profile.name}"


def _set(desk: Desk, arguments: str) -> Shown:
    words = arguments.removeprefix("parameter ").strip()
    if not words:
        return _settings_table(desk)
    changes = {find(name).name: find(name).parse(value) for name, value in split_pairs(words)}
    desk.session.settings = desk.session.settings.update("/set", changes)
    said = ", ".join(f"{find(name).short} = {find(name).format(value)}" for name, value in changes.items())
    return said + _idle(desk)


def split_pairs(words: str) -> list[tuple[str, str]]:
    """`NAME VALUE`, or any number of `NAME=VALUE`.

    >>> split_pairs("temperature 0.7"), split_pairs("top_p=0.9 do_sample=true")
    ([('temperature', '0.7')], [('top_p', '0.9'), ('do_sample', 'true')])
    """
    starts = list(re.finditer(r"(?:^|\s)([a-z_.]+)\s*=\s*", words))
    if starts and starts[0].start() == 0:
        ends = [found.start() for found in starts[1:]] + [len(words)]
        return [(found[1], words[found.end() : end].strip()) for found, end in zip(starts, ends, strict=True)]
    name, _, value = words.partition(" ")
    if not value.strip():
        find(name)
        raise UsageError(f"{name} needs a value: {name}=VALUE. /show settings lists the present ones.")
    return [(name, value.strip())]


def _settings_table(desk: Desk) -> Table:
    settings = desk.session.settings
    rows = tuple(
        (s.name, s.format(settings.value(s.name)), s.format(s.default), settings.origin(s.name), s.help)
        for s in SETTINGS
    )
    note = "; ".join(settings.idle().values())
    return Table("Settings", ("setting", "now", "default", "from", "meaning"), rows, note)


def _idle(desk: Desk) -> str:
    """A line for each setting that changes nothing now, so that nobody tunes what is off."""
    return "".join(f"\nNote: {reason}." for reason in desk.session.settings.idle().values())


def _unset(desk: Desk, arguments: str) -> Shown:
    if not arguments:
        raise UsageError("/unset needs the name of a setting, such as /unset temperature")
    setting = find(arguments)
    desk.session.settings = desk.session.settings.unset(setting.name)
    value, origin = desk.session.settings.value(setting.name), desk.session.settings.origin(setting.name)
    return f"{setting.short} = {setting.format(value)} (from {origin})"


SHOWS = ("settings", "profile", "prompt", "model", "session")


def _show(desk: Desk, arguments: str) -> Shown:
    what = arguments or "settings"
    if what == "settings":
        return _settings_table(desk)
    if what == "profile":
        return describe_profile(desk.session.profile)
    if what == "prompt":
        return _prompt(desk, "")
    if what == "model":
        card = desk.engine.card()
        names = ("name", "folder", "revision", "parameters", "weights_sha256", "device", "precision", "threads")
        return Table("Model", ("", ""), tuple((name, str(getattr(card, name))) for name in names))
    if what == "session":
        session = desk.session
        path = session.transcript.path
        return Table(
            "Session",
            ("", ""),
            (("turns", str(len(session.turns))), ("saved in", str(path) if path else "nowhere: recording is off")),
        )
    raise UsageError(f"/show {what}: expected one of {', '.join(SHOWS)}.{did_you_mean(what, SHOWS)}")


def _prompt(desk: Desk, arguments: str) -> Shown:
    if not arguments and desk.session.turns:
        return desk.session.turns[-1].prompt
    draft = arguments or desk.last_draft
    if not draft:
        raise UsageError("/prompt TEXT shows what the model would read for TEXT; nothing was asked yet")
    return desk.session.compile(draft)


def _regen(desk: Desk, arguments: str) -> Shown:
    if not desk.session.turns:
        raise UsageError("nothing was asked yet, so there is nothing to answer again")
    changes = {find(name).name: find(name).parse(value) for name, value in split_pairs(arguments)} if arguments else {}
    desk.session.settings.update("once", changes)  # refuses clashes before anything is asked
    return Answering(desk.session.again(changes))


def _save(desk: Desk, arguments: str) -> Shown:
    path = desk.session.transcript.path
    if path is None:
        return "Recording is off (--no-log), so there is nothing to name."
    if arguments:
        desk.session.name(check_name(arguments, "session"))
        return f"This session is called {arguments} and saved as it happens in {path}"
    return f"This session is saved as it happens in {path}"


def _setting_words(desk: Desk) -> list[str]:
    return [setting.short for setting in SETTINGS]


COMMANDS: tuple[Command, ...] = (
    Command(("help", "?"), "/help [COMMAND]", "list the commands, or explain one", _help,
            lambda desk: [command.name for command in COMMANDS], "/help set"),
    Command(("profile", "role", "template"), "/profile [NAME]", "show the profile, or switch to another", _profile,
            lambda desk: profile_names(desk.folders), "/profile cot"),
    Command(("profiles",), "/profiles", "list all profiles", _profiles),
    Command(("set",), "/set [NAME VALUE | NAME=VALUE ...]", "show the settings, or change some", _set,
            _setting_words, "/set do_sample=true temperature=0.7"),
    Command(("unset",), "/unset NAME", "go back to the profile's value of a setting", _unset, _setting_words,
            "/unset temperature"),
    Command(("show", "info"), "/show [WHAT]", "look at settings, profile, prompt, model or session", _show,
            lambda desk: SHOWS, "/show model"),
    Command(("prompt",), "/prompt [TEXT]", "the exact prompt of TEXT or of the last answer, with its token counts",
            _prompt, example="/prompt What is the capital of France?"),
    Command(("regen", "retry", "regenerate"), "/regen [NAME=VALUE ...]",
            "answer the last question again, with other settings this once; the old answer stays on disk", _regen,
            _setting_words, "/regen do_sample=true temperature=1.2"),
    Command(("clear", "reset"), "/clear", "forget the conversation, keep profile and settings", _clear),
    Command(("save",), "/save [NAME]", "say where this session is saved, and give it a name", _save,
            example="/save first-try"),
    Command(("exit", "quit", "bye", "q"), "/exit", "leave; everything is saved already", _exit),
)  # fmt: skip

BY_NAME: dict[str, Command] = {name: command for command in COMMANDS for name in command.names}


def complete(desk: Desk, line: str) -> list[str]:
    """What may stand in place of the last word of `line`, which starts with a slash. Offers only what works."""
    head, blank, rest = line[1:].partition(" ")
    if not blank:
        exact = [head] if head in BY_NAME and head != BY_NAME[head].name else []
        return [f"/{name}" for name in [*(c.name for c in COMMANDS if c.name.startswith(head)), *exact]]
    command = BY_NAME.get(head)
    if command is None:
        return []
    try:
        return _words_after(command, desk, rest)
    except FlanchatError:
        return []


def _words_after(command: Command, desk: Desk, rest: str) -> list[str]:
    before, _, word = rest.rpartition(" ")
    before = before.strip()
    if command.name not in ("set", "regen"):
        return [] if before else [w for w in command.words(desk) if w.startswith(word)]
    name, equals, value = word.partition("=")
    if before and ("=" not in before or before.endswith("=")):  # the value that a name waits for
        return [choice for choice in setting_values(before.rstrip("= ")) if choice.startswith(word)]
    if equals:
        return [f"{name}={choice}" for choice in setting_values(name) if choice.startswith(value)]
    ending = "=" if before or command.name == "regen" else ""
    return [w + ending for w in command.words(desk) if w.startswith(word)]


def setting_values(name: str) -> tuple[str, ...]:
    """The values worth offering for a setting: all of a closed set, else its default."""
    setting = find(name)
    if setting.kind == "bool":
        return ("true", "false")
    return setting.choices or (setting.format(setting.default),)
