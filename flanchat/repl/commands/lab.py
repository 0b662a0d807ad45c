"""Commands for experiments: grids, comparisons, replays, other tokens, scored choices. They return what to show."""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from dataclasses import replace
from pathlib import Path

from flanchat.base.errors import UsageError
from flanchat.base.format import clipped, format_probability
from flanchat.base.i18n import N_, _, join_list
from flanchat.base.wording import did_you_mean
from flanchat.experiments.axes import OWN, Axis, read_axes
from flanchat.experiments.flags import (
    ANSWERS,
    ATTENTION,
    BY,
    CHECK,
    COMPARE_FLAGS,
    LAYER,
    REPLAY_FLAGS,
    WHATIF_FLAGS,
    WHY_FLAGS,
    WITHIN,
    check_flags,
    next_word,
    other_flags,
    take_flags,
    words_and_flags,
)
from flanchat.prompting.profile import find_profile, profile_names
from flanchat.prompting.settings import BY_NAME, find_setting, parse_settings
from flanchat.repl.commands.arguments import Offered, profile_offers, setting_names, whole_number
from flanchat.repl.commands.settings import model_words
from flanchat.repl.context import Context, ShowAnswer, ShowGrid, Shown
from flanchat.sessions.candidates import count_of_best, search_for_best
from flanchat.sessions.choices import ScoredChoice, check_choices, split_choices
from flanchat.sessions.conversation import Answer
from flanchat.sessions.fill import Filled, read_blanks, unread_note
from flanchat.sessions.library import find_record
from flanchat.sessions.review import answer_named
from flanchat.sessions.session import AnswerEvents
from flanchat.sessions.session_record import SessionRecord
from flanchat.ui.terminal import token_name
from flanchat.ui.types import Alternatives, Comparison, Fills, ResultStream, Scores

# The grid and replay modules are imported when they are first used: they would delay the first prompt.

KL_HINT = N_("--kl loads the models of two answers again and measures how far apart they are.")
CHOOSE_EXAMPLE = "/choose yes | no | maybe"
_CARD_FIELDS = {"name": N_("model"), "device": N_("device"), "precision": N_("precision")}


def whatif(context: Context, arguments: str) -> Shown:
    from flanchat.experiments.grid_session import GridSession

    given, line = take_flags("/whatif", arguments, WHATIF_FLAGS)
    if not line and context.grid is not None and given.keys() <= {"--diff"}:
        return ShowGrid(context.grid, again=True, diff="--diff" in given)
    axes, question = read_axes(line)
    if "--" not in line.split():  # after --, the question may begin with a dash
        more, question = take_flags("/whatif", question, WHATIF_FLAGS)
        given |= more
    grid = GridSession(
        context.session,
        axes,
        question,
        profiles=lambda name: find_profile(name, context.folders, context.environ),
        open_model=context.open_other_model,
        full="--full" in given,
        exact="--exact" in given,
    )
    return ShowGrid(grid, diff="--diff" in given, confirmed="--yes" in given)


def whatif_words(context: Context, before: str, word: str) -> Sequence[str]:
    """Flags, axes, and the values of an axis."""
    name, equals, values = word.partition("=")
    if not equals:
        own = [axis for axis in OWN if axis != "model" or context.models()]
        axes = [*(f"{axis}=" for axis in own), *setting_names(context, "=")]
        return [*other_flags(before.split(), WHATIF_FLAGS), *axes]
    head = f"{name}={values.rpartition(',')[0]}," if "," in values else f"{name}="
    if name == "profile":
        offered: Sequence[str] = profile_offers(context)
    elif name == "model":
        offered = model_words(context)
    elif name == "without":
        offered = ["none", "all", *(str(n) for n in range(1, len(context.session.profile.shots) + 1))]
    else:
        offered = find_setting(name).suggestions
    return [Offered(head + value, value.meaning) if isinstance(value, Offered) else head + value for value in offered]


def beams(context: Context, arguments: str) -> Shown:
    session = context.session
    first, __, rest = arguments.partition(" ")
    if first.isdecimal() and len(first) < 4:
        count, question = int(first), rest.strip()
        most = int(find_setting("n_best").maximum)
        if not 2 <= count <= most:
            raise UsageError(_("/beams {count}: expected a number from 2 to {most}").format(count=count, most=most))
    else:
        count, question = count_of_best(session.settings), arguments
    changes = search_for_best(count)
    if not question:
        session.last()
        return ShowAnswer(
            session.regenerate(changes), lambda: session.regenerate({**changes, "budget.on_overflow": "drop"})
        )
    context.last_draft = question
    return ShowAnswer(
        session.ask(question, changes=changes),
        lambda: session.ask(question, changes={**changes, "budget.on_overflow": "drop"}),
    )


def fill(context: Context, arguments: str) -> Shown:
    read_blanks(arguments)
    found: list[Filled] = []

    def events() -> AnswerEvents:
        for event in context.session.fill(arguments):
            if isinstance(event, Filled):
                found.append(event)
            else:
                yield event

    unread, stopped = unread_note(context.session.profile), _("Stopped before the blanks were filled.")
    hint = unread and _("Note: {reason}.").format(reason=unread)
    return ShowAnswer(events(), then=lambda: Fills(found[0], hint) if found else stopped)


def pick(context: Context, arguments: str) -> Shown:
    has_candidates = bool(context.session.turns and context.session.last().candidates)
    if context.grid is None and not has_candidates:
        raise UsageError(_("there is nothing to pick from yet; /whatif makes a grid, /beams the best answers"))
    if not (number := whole_number(arguments)):
        raise UsageError(_("/pick needs a number, such as /pick 3; /whatif shows the last grid again"))
    if context.grid is None or (context.picks_candidates and has_candidates):
        taken = context.session.pick_candidate(number)
        return _("Number {number} is now the answer: {text}").format(number=number, text=taken.text)
    answer = context.grid.pick(number)
    varied = context.grid.grid.cells[number - 1].varied
    pairs = {name: value for name, value in varied.items() if name not in OWN}
    if answer.sampled and not context.session.settings.value("do_sample"):
        pairs["do_sample"] = "true"
    lines = [_("Cell {number} is now the answer: {text}").format(number=number, text=answer.text)]
    if pairs:
        words = " ".join(f"{name}={value}" for name, value in pairs.items())
        lines.append(_("Use /set {pairs} for the cell's settings; the session's are unchanged.").format(pairs=words))
    if "model" in varied:
        lines.append(_("Use /model {name} to load its model.").format(name=varied["model"]))
    if "profile" in varied:
        lines.append(_("Use /profile {name} to switch to its profile.").format(name=varied["profile"]))
    return "\n".join(lines)


def pick_words(context: Context, before: str, word: str) -> Sequence[str]:
    """The numbers of the cells, or of the candidates of the last answer where these were shown last."""
    candidates = context.session.last().candidates if context.session.turns else ()
    if candidates and (context.picks_candidates or context.grid is None):
        texts = [candidate.text for candidate in candidates]
    else:
        texts = [cell.text if cell else "" for cell in context.cells]
    return [Offered(str(number), text) for number, text in enumerate(texts, 1)]


def compare(context: Context, arguments: str) -> Shown:
    given, words = words_and_flags("/compare", re.sub(r"\bcell\s+", "c", arguments), COMPARE_FLAGS)
    if not words:
        comparison = _compare_siblings(context)
    elif len(words) != 2:
        raise UsageError(
            _("/compare {given}: expected two of turns (3, last, 3.1), cells (c2) and profiles").format(given=arguments)
        )
    else:
        old, new = (_answer_named(context, word) for word in words)
        if old is None or new is None:
            if given:
                raise UsageError(_("--kl: profiles make two prompts for one model, and KL compares two models"))
            return _compare_profiles(context, (words[0], words[1]), (old, new))
        comparison = replace(_comparison((words[0], words[1]), old, new), kl=_measured_kl(context, old, new))
    return comparison if comparison.kl is not None else _with_divergence(context, comparison, is_wanted=bool(given))


def _with_divergence(context: Context, comparison: Comparison, *, is_wanted: bool) -> Comparison | ResultStream:
    """The comparison with the divergence of the models of its answers, which are opened for that as far as need be.

    Not is_wanted: only with a hint where it can be measured.
    """
    from flanchat.experiments.answer_divergence import AnswerDivergence

    try:
        work = AnswerDivergence(comparison.old, comparison.new, context.engine, context.open_compared)
    except UsageError:
        if is_wanted:
            raise
        return comparison
    if not is_wanted:
        return replace(comparison, hint=_(KL_HINT))

    def steps() -> Generator[str | Comparison, None, None]:
        found = work.measured()
        yield replace(comparison, kl=found)
        if found is None:
            yield _("[interrupted]")

    return ResultStream(steps(), work.stop, work.status, work.kill)


def _measured_kl(context: Context, old: Answer, new: Answer) -> float | None:
    """The divergence that the last grid has measured between the models of two of its cells; else None."""
    if context.grid is None:
        return None
    grid = context.grid.grid
    cell = next((cell for cell in grid.cells if cell.answer is new), None)
    base = None if cell is None else grid.base(cell)
    return cell.kl if cell is not None and base is not None and base.answer is old else None


def compare_words(context: Context, before: str, word: str) -> list[str]:
    """Turns, their answers where there are several, cells, profiles, and the flag."""
    given = before.split()
    flags = other_flags(given, COMPARE_FLAGS)
    if len([word for word in given if not word.startswith("-")]) > 1 or before.endswith("cell"):
        return flags
    conversation = context.session.conversation
    turns = conversation.turns
    if not turns:
        return []
    numbers = [Offered(str(number), turn.question) for number, turn in enumerate(turns, 1)]
    several = [
        f"{number}.{which}"
        for number, turn in enumerate(turns, 1)
        if len(siblings := conversation.siblings(turn)) > 1
        for which in range(1, len(siblings) + 1)
    ]
    cells = [f"c{number}" for number in range(1, len(context.cells) + 1)]
    return ["last", *numbers, *several, *cells, *profile_offers(context), *flags]


def _compare_siblings(context: Context) -> Comparison:
    """The last answer and the one before it to the same question."""
    last = context.session.last()
    siblings = context.session.conversation.siblings(last)
    at = siblings.index(last)
    if at == 0:
        raise UsageError(
            _(
                "the last question has no earlier answer: name two, such as /compare 1 2 or /compare qa cot, or answer "
                "again with /regen"
            )
        )
    turn = len(context.session.turns)
    return _comparison((f"{turn}.{at}", f"{turn}.{at + 1}"), siblings[at - 1], last)


def _comparison(names: tuple[str, str], old: Answer, new: Answer) -> Comparison:
    title = _("{old} and {new}").format(old=names[0], new=names[1])
    if old.question == new.question:
        title = _(": ").join([title, clipped(old.question)])
    return Comparison(title, names, old, new, notes=_differences(old, new))


def _differences(old: Answer, new: Answer) -> tuple[str, ...]:
    """A line with what differs between two answers' questions, profiles, settings, seeds and models; () for nothing."""
    parts = [
        (_("question"), clipped(old.question, 30), clipped(new.question, 30)),
        (_("profile"), old.profile, new.profile),
    ]
    before, after = old.settings.as_dict(), new.settings.as_dict()
    parts += [
        (setting.short, setting.format(before[name]), setting.format(after[name]))
        for name, setting in BY_NAME.items()
        if name != "decode.seed"
    ]
    if old.sampled or new.sampled:
        parts.append((_("seed"), str(old.seed), str(new.seed)))
    if old.card is not None and new.card is not None:
        for name, label in _CARD_FIELDS.items():
            parts.append((_(label), getattr(old.card, name), getattr(new.card, name)))
    differing = [f"{label} {then} → {now}" for label, then, now in parts if then != now]
    return (_("differs: {what}").format(what=" · ".join(differing)),) if differing else ()


def _answer_named(context: Context, word: str) -> Answer | None:
    """The answer of a turn, of a sibling or of a cell; None for a profile's name."""
    if word[:1] == "c" and word[1:].isdecimal():
        cells = context.cells
        if not cells:
            raise UsageError(_("/compare {word}: there is no grid yet; /whatif makes one").format(word=word))
        if not 0 < whole_number(word[1:]) <= len(cells):
            raise UsageError(
                _("/compare {word}: expected a cell from c1 to c{count}").format(word=word, count=len(cells))
            )
        cell = cells[whole_number(word[1:]) - 1]
        if cell is None:
            raise UsageError(_("/compare {word}: that cell has no answer").format(word=word))
        return cell
    return answer_named(context.session.conversation, word, "/compare")


def _compare_profiles(
    context: Context, words: tuple[str, str], answers: tuple[Answer | None, Answer | None]
) -> ResultStream:
    """Answer the last question with the profiles among the words, as a grid of these profiles, and compare."""
    from flanchat.experiments.grid_session import GridSession

    context.session.last()
    names = profile_names(context.folders)
    profiles = []
    for word, answer in zip(words, answers, strict=True):
        if answer is not None:
            continue
        if word not in names and "/" not in word:
            hint = did_you_mean(word, ["last", *names])
            raise UsageError(
                _("/compare {word}: expected a turn, a cell such as c2 or a profile.{hint}").format(
                    word=word, hint=hint
                )
            )
        profiles.append(word)
    grid = GridSession(
        context.session,
        [Axis("profile", tuple(dict.fromkeys(profiles)))],
        "",
        profiles=lambda name: find_profile(name, context.folders, context.environ),
        open_model=context.open_other_model,
        full=True,
        changes={"on_overflow": "drop"},
    )
    grid.announce()
    if problem := next((cell.problem for cell in grid.grid.cells if cell.problem), ""):
        raise UsageError(problem)

    def steps() -> Generator[str | Comparison, None, None]:
        for __ in grid.cells():
            pass
        cells = grid.grid.cells
        made = {cell.varied["profile"]: cell.answer for cell in cells}
        old, new = (
            answer or made.get(word) or cells[0].answer  # two words for one profile share a cell
            for word, answer in zip(words, answers, strict=True)
        )
        assert old is not None
        assert new is not None
        yield _comparison(words, old, new)
        if any(cell.answer is not None and cell.answer.finish == "interrupted" for cell in cells):
            yield _("[interrupted]")

    return ResultStream(steps(), grid.stop, lambda: _("answering with {names}").format(names=join_list(profiles)))


def why(context: Context, arguments: str) -> Shown:
    from flanchat.experiments.why import Explanation
    from flanchat.ui.why import why_steps

    given, rest = take_flags("/why", arguments, WHY_FLAGS)
    turns, answer = context.session.turns, context.session.last()
    if rest:
        word, rest = next_word("/why", rest)
        more, rest = take_flags("/why", rest, WHY_FLAGS)
        given |= more
        if rest or not 0 < whole_number(word) <= len(turns):
            raise UsageError(
                _("/why {given}: expected a turn from 1 to {count}; /history numbers them").format(
                    given=f"{word} {rest}".strip(), count=len(turns)
                )
            )
        answer = turns[whole_number(word) - 1]
    explanation = Explanation(
        context.engine,
        answer,
        by=given.get(BY.name, ""),
        within=given.get(WITHIN.name, ""),
        answers=ANSWERS.name in given,
        attention=ATTENTION.name in given,
        layer=given.get(LAYER.name, ""),
        check=given.get(CHECK.name, ""),
        session=context.session,
    )
    return ResultStream(why_steps(explanation), explanation.stop, explanation.status)


def why_words(context: Context, before: str, word: str) -> Sequence[str]:
    """The turns and flags; after a flag its values."""
    from flanchat.experiments.prompt_parts import UNITS, part_names

    given = before.split()
    last = given[-1] if given else ""
    if last == BY.name:
        return UNITS
    if last == WITHIN.name:
        return part_names(context.session.last().prompt)
    if last == CHECK.name:
        return [CHECK.value]
    if last == LAYER.name:
        return ["1"]
    turns = [] if any(one.isdecimal() for one in given) else range(1, len(context.session.turns) + 1)
    return [*other_flags(given, WHY_FLAGS), *map(str, turns)]


def replay(context: Context, arguments: str) -> Shown:
    from flanchat.experiments.replay import Replay
    from flanchat.experiments.replay_plan import Overrides
    from flanchat.ui.comparison import replay_progress, replay_steps

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
        profile = context.session.require_model(find_profile(given["--profile"], context.folders, context.environ))
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
    return ResultStream(replay_steps(replaying), replaying.stop, lambda: replay_progress(replaying))


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


def alt(context: Context, arguments: str) -> Shown:
    last = context.session.last()
    words = arguments.split()
    if not 0 < len(words) < 3 or not all(map(whole_number, words)):
        given = f"/alt {arguments}".strip()
        raise UsageError(
            _("{given}: expected a token's number and perhaps an alternative's, such as /alt 2 or /alt 2 3").format(
                given=given
            )
        )
    number = whole_number(words[0])
    token = last.token_at(number)
    if len(words) == 1:
        return Alternatives(last, number)
    forced = last.alternative(number, whole_number(words[1]))
    note = _("token {number}: {new} ({new_p}) in place of {old} ({old_p})").format(
        number=number,
        new=token_name(forced.text, forced.id),
        new_p=format_probability(forced.logprob),
        old=token_name(token.text, token.id),
        old_p=format_probability(token.logprob),
    )
    return ShowAnswer(context.session.branch_at_token(number, whole_number(words[1])), note=note)


def alt_words(context: Context, before: str, word: str) -> list[str]:
    """The tokens with alternatives, then the alternatives of that token."""
    last = context.session.last()
    if last.settings.value("num_beams") > 1 and not last.choices:
        return []
    if not before:
        return [Offered(str(n), token.text) for n, token in enumerate(last.tokens, 1) if len(token.top) > 1]
    words = before.split()
    if len(words) > 1 or not 0 < whole_number(words[0]) <= len(last.tokens):
        return []
    token = last.tokens[whole_number(words[0]) - 1]
    return [Offered(str(n), other.text) for n, other in enumerate(token.top, 1) if other.id != token.id]


def choose(context: Context, arguments: str) -> Shown:
    if arguments.strip() in find_setting("choose").choices:  # a way to rank choices, not one of them
        raise UsageError(
            _(
                "/choose {word}: expected choices, as in {example}; /set choose={word} changes how they are ranked"
            ).format(word=arguments.strip(), example=CHOOSE_EXAMPLE)
        )
    question, __, listed = arguments.rpartition("=>")
    choices = check_choices(
        split_choices(listed) if listed.strip() else context.session.profile.choices, CHOOSE_EXAMPLE
    )
    session = context.session
    if question := question.strip():
        context.last_draft = question
        return ShowAnswer(
            session.ask(question, choices=choices),
            lambda: session.ask(question, changes={"budget.on_overflow": "drop"}, choices=choices),
        )
    session.last()
    scored: list[ScoredChoice] = []

    def score() -> AnswerEvents:
        scored.extend(session.choose(choices))
        yield from ()

    by: str = session.settings.value("choose")
    stopped = _("Stopped before all choices were scored.")
    return ShowAnswer(score(), then=lambda: Scores(tuple(scored), by) if scored else stopped)
