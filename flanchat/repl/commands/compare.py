"""The command /compare: two answers side by side, of turns, cells or profiles. It returns what to show."""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import replace

from flanchat.base.errors import UsageError
from flanchat.base.format import clipped
from flanchat.base.i18n import N_, _, join_list
from flanchat.base.wording import did_you_mean
from flanchat.experiments.axes import Axis
from flanchat.experiments.flags import COMPARE_FLAGS, other_flags, words_and_flags
from flanchat.prompting.profile_folders import profile_names
from flanchat.prompting.settings import BY_NAME
from flanchat.repl.commands.arguments import Offered, profile_offers, whole_number
from flanchat.repl.context import Context, Shown
from flanchat.sessions.answer import Answer
from flanchat.sessions.review import answer_named
from flanchat.ui.types import Comparison, ResultStream

KL_HINT = N_("--kl loads the models of two answers again and measures how far apart they are.")
_CARD_FIELDS = {"name": N_("model"), "device": N_("device"), "precision": N_("precision")}


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
        profiles=context.find_profile,
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
