"""Commands that look into one answer: /beams, /alt, /choose, /fill and /why. They return what to show."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from flanchat.base.errors import UsageError
from flanchat.base.format import format_probability
from flanchat.base.i18n import _
from flanchat.experiments.flags import (
    ANSWERS,
    ATTENTION,
    BY,
    CHECK,
    LAYER,
    WHY_FLAGS,
    WITHIN,
    next_word,
    other_flags,
    take_flags,
)
from flanchat.prompting.settings import find_setting
from flanchat.repl.commands.arguments import Offered, whole_number
from flanchat.repl.context import Context, ShowAnswer, Shown
from flanchat.sessions.candidates import count_of_best, search_for_best
from flanchat.sessions.choices import ScoredChoice, check_choices, split_choices
from flanchat.sessions.fill import Filled, read_blanks, unread_note
from flanchat.sessions.session import AnswerEvents
from flanchat.ui.terminal import token_name
from flanchat.ui.types import Alternatives, Fills, ResultStream, Scores

CHOOSE_EXAMPLE = "/choose yes | no | maybe"


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
        return ShowAnswer.of(session.regenerate, changes)
    context.last_draft = question
    return ShowAnswer.of(partial(session.ask, question), changes)


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
        return ShowAnswer.of(partial(session.ask, question, choices=choices))
    session.last()
    scored: list[ScoredChoice] = []

    def score() -> AnswerEvents:
        scored.extend(session.choose(choices))
        yield from ()

    by: str = session.settings.value("choose")
    stopped = _("Stopped before all choices were scored.")
    return ShowAnswer(score(), then=lambda: Scores(tuple(scored), by) if scored else stopped)
