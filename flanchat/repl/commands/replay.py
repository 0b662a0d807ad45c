"""/replay: a recorded conversation asked again, shown turn by turn. Prints nothing."""

from __future__ import annotations

import shlex
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

from flanchat.base.errors import UsageError
from flanchat.base.i18n import _
from flanchat.prompting.profile import find_profile, profile_names
from flanchat.prompting.settings import did_you_mean, parse_settings
from flanchat.repl.context import Context, Shown
from flanchat.sessions.library import find_record
from flanchat.sessions.session_record import SessionRecord
from flanchat.ui.comparison import replay_progress, replay_steps
from flanchat.ui.types import Comparison, ResultStream

if TYPE_CHECKING:  # it takes time that the first prompt has not
    from flanchat.experiments.replay import Mode, Replay

_FLAGS = ("--held", "--free", "--all", "--exact")


def replay(context: Context, arguments: str) -> Shown:
    try:
        words = shlex.split(arguments)
    except ValueError:
        raise UsageError(_("/replay {given}: a quotation mark is missing").format(given=arguments)) from None
    flags, pairs, profile, places = set[str](), list[tuple[str, str]](), None, list[str]()
    rest = iter(words)
    for word in rest:
        name, equals, value = word.partition("=")
        if word in ("--profile", "-p"):
            profile = find_profile(_after(word, next(rest, "")), context.folders)
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
    from flanchat.experiments.replay import Overrides, Replay, plan_replay

    change = Overrides(profile, parse_settings(pairs))
    mode: Mode = "free" if "--free" in flags else "held"
    path, story = _story(context, places[0] if places else "")
    turns = plan_replay(story, change, mode, everything="--all" in flags)
    work = Replay(turns, change, mode, lambda card: context.engine, exact="--exact" in flags)
    return ResultStream(
        _recorded(context, work, path, mode, replay_steps(work, path, story)), work.stop, lambda: replay_progress(work)
    )


def replay_words(context: Context, before: str, word: str) -> list[str]:
    """Sessions, options, and profiles after --profile."""
    given = before.split()
    if given and given[-1] == "--profile":
        return list(profile_names(context.folders))
    named = [] if context.open_library is None else [e.name for e in context.open_library().sessions(100) if e.name]
    left = [flag for flag in ("--profile", *_FLAGS) if flag not in given and not ({*given} & {"--held", "--free"})]
    has_place = any(not one.startswith("-") for one in given)
    return [*([] if has_place else named), *left]


def _recorded(
    context: Context, work: Replay, path: Path, mode: Mode, shown: Generator[str | Comparison, None, None]
) -> Generator[str | Comparison, None, None]:
    """Write down in this session what became of each turn."""
    written = 0
    for step in shown:
        for replayed in work.done[written:]:
            written += 1
            if replayed.new is not None:
                context.session.record(
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


def _story(context: Context, word: str) -> tuple[Path, SessionRecord]:
    """The record of a word; without one, that of this session."""
    library = context.open_library() if context.open_library is not None else None
    if word:
        return find_record(word, library, context.environ)
    context.session.last()
    path = context.session.transcript.path
    if path is None or not path.exists() or not context.session.is_recorded:
        raise UsageError(_("/replay needs a FILE or a session: this one is not on disk whole"))
    return find_record(str(path), library, context.environ)
