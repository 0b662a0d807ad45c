"""/replay: a recorded conversation asked again, shown turn by turn. Prints nothing."""

from __future__ import annotations

import os
import shlex
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

from flanchat.errors import UsageError
from flanchat.profile import find_profile, profile_names
from flanchat.records import Story
from flanchat.repl.desk import Comparison, Desk, Shown, Working
from flanchat.repl.talk import clipped
from flanchat.settings import did_you_mean, find
from flanchat.words import _

if TYPE_CHECKING:  # it takes time that the first prompt has not
    from flanchat.library import Library
    from flanchat.replay import Mode, Replay, Replayed

_FLAGS = ("--held", "--free", "--all", "--exact")


def replay(desk: Desk, arguments: str) -> Shown:
    try:
        words = shlex.split(arguments)
    except ValueError:
        raise UsageError(_("/replay {given}: a quotation mark is missing").format(given=arguments)) from None
    flags, pairs, profile, places = set[str](), list[tuple[str, str]](), None, list[str]()
    rest = iter(words)
    for word in rest:
        name, equals, value = word.partition("=")
        if word in ("--profile", "-p"):
            profile = find_profile(_after(word, next(rest, "")), desk.folders)
        elif word in _FLAGS:
            flags.add(word)
        elif word.startswith("-"):
            known = ("--profile", *_FLAGS)
            raise UsageError(
                _("/replay {word}: expected one of {known}.{hint}").format(
                    word=word, known=", ".join(known), hint=did_you_mean(word, known)
                )
            )
        elif equals and "/" not in name:
            pairs.append((name, value))
        else:
            places.append(word)
    if len(places) > 1:
        raise UsageError(_("/replay {given}: expected one FILE or session").format(given=" ".join(places)))
    if {"--held", "--free"} <= flags:
        raise UsageError(_("--held keeps the recorded history, --free the new one: give one of them"))
    from flanchat.replay import Change, Replay, plan

    change = Change(profile, {find(name).name: find(name).parse(value) for name, value in pairs})
    mode: Mode = "free" if "--free" in flags else "held"
    path, story = _story(desk, places[0] if places else "")
    turns = plan(story, change, mode, everything="--all" in flags)
    work = Replay(turns, change, mode, lambda card: desk.engine, exact="--exact" in flags)
    return Working(_recorded(desk, work, path, mode, steps(work, path, story)), work.stop, lambda: progress(work))


def replay_words(desk: Desk, before: str, word: str) -> list[str]:
    """Sessions, options, and profiles after --profile."""
    given = before.split()
    if given and given[-1] == "--profile":
        return list(profile_names(desk.folders))
    named = [] if desk.open_library is None else [e.name for e in desk.open_library().sessions(100) if e.name]
    left = [flag for flag in ("--profile", *_FLAGS) if flag not in given and not ({*given} & {"--held", "--free"})]
    has_place = any(not one.startswith("-") for one in given)
    return [*([] if has_place else named), *left]


def find_record(word: str, library: Library | None) -> tuple[Path, Story]:
    """The record that is meant: a transcript's path, or a session's number, name or id. Raises UsageError for neither.

    A number is a session's; another word is a file's if there is such a file.
    """
    from flanchat.records import read_story
    from flanchat.transcript import read

    path = Path(os.path.expanduser(word))
    if word.isdecimal() or not path.exists():
        if "/" in word:
            raise UsageError(_("{path}: there is no such file").format(path=path))
        if library is None:
            raise UsageError(_("{path}: there is no such file, and no sessions are kept here").format(path=path))
        path = library.find(word)
    reading = read(path)
    if not reading.events:
        first = reading.problems[0] if reading.problems else _("it is empty")
        raise UsageError(
            _("{path}: expected a transcript, one JSON object a line; {first}").format(path=path, first=first)
        )
    return path, read_story(reading.events, reading.problems)


def steps(work: Replay, path: Path, story: Story) -> Generator[str | Comparison, None, None]:
    """What there is to show of a replay, as it comes: what is to be known first, each turn, and what came of it all."""
    for problem in story.problems[:1]:
        more = _(" and {count} more").format(count=len(story.problems) - 1) if len(story.problems) > 1 else ""
        yield "! " + _("{path}: {problem}{more}; what can be read is replayed").format(
            path=path, problem=problem, more=more
        )
    for step in work.run():
        yield f"! {step}" if isinstance(step, str) else _shown(step)
    yield from last_lines(work)


def last_lines(work: Replay) -> Generator[str, None, None]:
    """The summary, and for a re-run whether it gave the same."""
    from flanchat.replay import summary_line

    summary = work.summary
    yield summary_line(summary)
    if work.is_rerun and summary.same == summary.turns:
        yield _("Identical: the recorded stamp gives the recorded answers.")


def progress(work: Replay) -> str:
    """Which turn is being answered."""
    at = min(work.summary.done + 1, len(work.turns))
    return _("turn {number} of {count}").format(number=at, count=len(work.turns))


def _shown(replayed: Replayed) -> str | Comparison:
    turn = replayed.turn
    title = _("turn {turn}: {question}").format(turn=turn.name, question=clipped(turn.old.question))
    if replayed.new is None:
        return f"{title}\n" + (_("not asked: {why}") if replayed.failed else "{why}").format(why=replayed.why)
    return Comparison(title, (_("recorded"), _("now")), turn.old, replayed.new, cut=replayed.cut)


def _recorded(
    desk: Desk, work: Replay, path: Path, mode: Mode, shown: Generator[str | Comparison, None, None]
) -> Generator[str | Comparison, None, None]:
    """Write down in this session what became of each turn."""
    written = 0
    for step in shown:
        for replayed in work.done[written:]:
            written += 1
            if replayed.new is not None:
                desk.session.record(
                    "replay",
                    None,
                    source=str(path),
                    mode=mode,
                    turn=replayed.turn.name,
                    same=replayed.same,
                    distance=replayed.distance,
                    text=replayed.new.text,
                )
        yield step


def _after(option: str, value: str) -> str:
    if not value or value.startswith("-"):
        raise UsageError(_("{option} needs the NAME of a profile").format(option=option))
    return value


def _story(desk: Desk, word: str) -> tuple[Path, Story]:
    """The record of a word; without one, that of this session."""
    library = desk.open_library() if desk.open_library is not None else None
    if word:
        return find_record(word, library)
    desk.session.last()
    path = desk.session.transcript.path
    if path is None or not path.exists() or not desk.session.is_recorded:
        raise UsageError(_("/replay needs a FILE or a session: this one is not on disk whole"))
    return find_record(str(path), library)
