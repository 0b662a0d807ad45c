"""Commands that make answers again and compare: /diff, /replay, /card, /verify. They return what to show."""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from flanchat.base.errors import UsageError
from flanchat.base.format import not_ready
from flanchat.base.i18n import _, ngettext
from flanchat.base.paths import typed_path
from flanchat.engine.hubs.named_model import named_model
from flanchat.experiments.flags import (
    DIFF_FLAGS,
    LIMIT,
    OF_SESSION,
    PROMPT_COLUMN,
    REFERENCE,
    REPLAY_FLAGS,
    all_words,
    check_flags,
    other_flags,
    words_and_flags,
)
from flanchat.prompting.settings import parse_settings
from flanchat.repl.commands.arguments import paths, profile_offers, whole_number
from flanchat.repl.commands.model import model_words
from flanchat.repl.context import Context, Shown
from flanchat.sessions.library import find_record
from flanchat.sessions.session_record import SessionRecord
from flanchat.ui.types import Drawable, ResultStream

if TYPE_CHECKING:
    from flanchat.experiments.model_diff_prompts import Prompts

# Comparisons, replays and cards are imported when they are first used: they would delay the first prompt.

FORCE = "--force"


def diff(context: Context, arguments: str) -> Shown:
    from flanchat.experiments.model_diff import ModelComparison, shared_vocabulary
    from flanchat.ui.model_diff import model_diff_steps

    given, words = words_and_flags("/diff", arguments, DIFF_FLAGS)
    names = [] if REFERENCE.name in given else words[:1]
    files = words[len(names) :]
    if len(names) != (REFERENCE.name not in given) or len(files) + (OF_SESSION.name in given) > 1:
        raise UsageError(
            _(
                "{given}: expected MODEL, or {reference} to compare with transformers, and perhaps a FILE of prompts "
                "or {session}"
            ).format(given=f"/diff {arguments}".strip(), reference=REFERENCE.name, session=OF_SESSION.name)
        )
    if names and re.fullmatch(r"last|c?\d+(\.\d+)?", names[0]):
        raise UsageError(
            _("/diff {given}: expected a MODEL to compare the loaded one with; /compare compares answers").format(
                given=arguments
            )
        )
    prompts, source = _prompts(context, files, given)
    other = context.open_compared(named_model(names[0]) if names else None)
    a, b = (context.engine, other) if names else (other, context.engine)
    try:
        work = ModelComparison(a, b, prompts, shared_vocabulary(a.source, b.source))
    except BaseException:
        other.close()
        raise

    def stop() -> None:
        work.stop()
        if other.status != "ready":  # it is loading
            other.kill()

    def status() -> str:
        if loading := not_ready(other.status):
            return f"{other.source.label}: {loading}"
        done = ngettext("{done} of {count} prompt", "{done} of {count} prompts", len(prompts))
        return done.format(done=work.done, count=len(prompts))

    def steps() -> Generator[Drawable, None, None]:
        with closing(other):
            other.start()
            try:
                yield from model_diff_steps(work)
            finally:
                if (found := work.result) is not None and found.prompts:
                    context.session.record("diff", None, source=source, **found.record())

    return ResultStream(steps(), stop, status, other.kill)


def _prompts(context: Context, files: Sequence[str], given: dict[str, str]) -> tuple[Prompts, str]:
    """What two models are asked, and where it comes from."""
    from flanchat.experiments.model_diff_prompts import FilePrompts, TurnPrompts, bundled_prompts
    from flanchat.experiments.prompt_source import open_prompts

    limit = None
    if LIMIT.name in given and not (limit := whole_number(given[LIMIT.name])):
        raise UsageError(_("--limit {given}: expected a number of prompts, from 1").format(given=given[LIMIT.name]))
    if PROMPT_COLUMN.name in given and not files:
        raise UsageError(_("{option} needs a FILE of prompts").format(option=PROMPT_COLUMN.name))
    session = context.session
    if OF_SESSION.name in given:
        session.last()
        if not (turns := session.recordable(session.turns)):
            raise UsageError(_("--session: all turns are private, and a comparison is recorded"))
        return TurnPrompts(turns, limit, private=len(session.turns) - len(turns)), "session"
    if files:
        path = typed_path(files[0], context.environ)
        if REFERENCE.name in given and not path.exists():
            raise UsageError(
                _("{file}: no such file; {reference} compares the loaded model, so no MODEL is named").format(
                    file=path, reference=REFERENCE.name
                )
            )
        read = open_prompts(str(path), given.get(PROMPT_COLUMN.name))
        return FilePrompts(session.setup, read, origin="/set", limit=limit), str(path)
    return FilePrompts(session.setup, bundled_prompts(), origin="/set", limit=limit), "bundled"


def diff_words(context: Context, before: str, word: str) -> Sequence[str]:
    """Models, then files; flags."""
    given = before.split()
    values = {LIMIT.name: "20", PROMPT_COLUMN.name: "prompt"}
    if given and given[-1] in values:
        return [values[given[-1]]]
    flags = other_flags(given, DIFF_FLAGS)
    others = [one for at, one in enumerate(given) if not one.startswith("-") and given[at - 1] not in values]
    if REFERENCE.name not in given and not others:
        return [*model_words(context), *flags]
    if len(others) > (REFERENCE.name not in given) or OF_SESSION.name in given:
        return flags
    from flanchat.experiments.prompt_source import ENDINGS

    return [*flags, *(path for path in paths(context, "", word) if path.endswith(("/", *ENDINGS)))]


def replay(context: Context, arguments: str) -> Shown:
    from flanchat.experiments.replay import Replay
    from flanchat.experiments.replay_plan import Overrides
    from flanchat.ui.comparison import replay_stream

    given, words = words_and_flags("/replay", arguments, REPLAY_FLAGS)
    pairs: list[tuple[str, str]] = []
    sources: list[str] = []
    for word in words:
        name, equals, value = word.partition("=")
        if equals and "/" not in name:
            pairs.append((name, value))
        else:
            sources.append(word)
    check_flags(given, REPLAY_FLAGS)
    if len(sources) > 1:
        raise UsageError(_("/replay {given}: expected one FILE or session").format(given=" ".join(sources)))
    profile = None
    if "--profile" in given:
        profile = context.session.require_model(context.find_profile(given["--profile"]))
    path, record = _record_named(context, sources[0] if sources else "")
    replaying = Replay(
        record,
        path,
        Overrides(profile, parse_settings(pairs)),
        "free" if "--free" in given else "held",
        lambda card: context.engine,
        everything="--all" in given,
        exact="--exact" in given,
        session=context.session,
    )
    return replay_stream(replaying)


def replay_words(context: Context, before: str, word: str) -> Sequence[str]:
    """Sessions and flags; profiles after --profile."""
    given = before.split()
    if given and given[-1] == "--profile":
        return profile_offers(context)
    flags = other_flags(given, REPLAY_FLAGS)
    if any(not one.startswith("-") for one in given) or context.open_library is None:
        return flags
    return [*(entry.name for entry in context.open_library().sessions(100) if entry.name), *flags]


def _record_named(context: Context, word: str) -> tuple[Path, SessionRecord]:
    """The session that a word names, or this one for ""."""
    library = context.open_library() if context.open_library is not None else None
    if word:
        return find_record(word, library, context.environ)
    context.session.last()
    path = context.session.transcript.path
    if path is None or not path.exists() or not context.session.is_recorded:
        raise UsageError(_("/replay: this session is not completely on disk; name a FILE or another session"))
    return find_record(str(path), library, context.environ)


def card(context: Context, arguments: str) -> Shown:
    from flanchat.experiments.card import session_card
    from flanchat.experiments.card_file import write_card

    session = context.session
    session.last()
    source = session.transcript.path
    if context.open_library is None or source is None or not source.exists() or session.transcript.problem:
        raise UsageError(_("/card: this session is not on disk, and a card is made from its file"))
    words = [word for word in arguments.split(" ") if word != FORCE]
    name = " ".join(words).strip() or f"{session.name or session.transcript.session}.card.json"
    record = context.open_library().read(source)
    line = write_card(
        session_card(record), typed_path(name, context.environ), source, overwrite=FORCE in arguments.split(" ")
    )
    private = len(session.conversation.answers) - len(record.conversation.answers)
    if not private:
        return line
    without = ngettext("; {count} private answer is not on it", "; {count} private answers are not on it", private)
    return line + without.format(count=private)


def card_words(context: Context, before: str, word: str) -> Sequence[str]:
    """Folders and files, then the flag."""
    return [FORCE] if before and before != FORCE else _json_files(context, word)


def verify(context: Context, arguments: str) -> Shown:
    from flanchat.experiments.card_file import open_card
    from flanchat.ui.comparison import replay_progress, verify_steps

    words = all_words("/verify", arguments)
    if len(words) != 1:
        raise UsageError(_("/verify needs the FILE of a card; /card writes one"))
    path = typed_path(words[0], context.environ)
    work = open_card(path, lambda recorded: context.engine)

    def steps() -> Generator[Drawable, None, None]:
        try:
            yield from verify_steps(work)
        finally:
            if work.done:
                context.session.record("verify", None, source=str(path), **work.as_json())

    return ResultStream(steps(), work.replay.stop, lambda: replay_progress(work.replay))


def verify_words(context: Context, before: str, word: str) -> Sequence[str]:
    """Folders, and files that may be cards."""
    return [] if before else _json_files(context, word)


def _json_files(context: Context, word: str) -> Sequence[str]:
    return [path for path in paths(context, "", word) if path.endswith(("/", ".json"))]
