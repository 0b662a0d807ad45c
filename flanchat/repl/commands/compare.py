"""/compare: two answers side by side, or the last question answered with two profiles. Prints nothing."""

from __future__ import annotations

from collections.abc import Generator

from flanchat.base.errors import UsageError
from flanchat.base.format import clipped
from flanchat.base.i18n import N_, _
from flanchat.prompting.profile import find_profile, profile_names
from flanchat.prompting.settings import BY_NAME, did_you_mean
from flanchat.repl.context import Context, Shown
from flanchat.sessions.batch import answer_all, unanswered
from flanchat.sessions.conversation import Answer
from flanchat.sessions.serialization import answer_record, prompt_record
from flanchat.ui.types import Comparison, ResultStream

_OLD, _NEW = 0, 1


def compare(context: Context, arguments: str) -> Shown:
    words = _words(arguments)
    if not words:
        return _with_sibling(context)
    if len(words) != 2:
        raise UsageError(
            _("/compare {given}: expected two of turns (3, last, 3.1), cells (c2) and profiles").format(given=arguments)
        )
    found = [_found(context, word) for word in words]
    if all(found):
        return _comparison((words[_OLD], words[_NEW]), (found[_OLD], found[_NEW]))
    return _answered(context, words, found)


def compare_words(context: Context, before: str, word: str) -> list[str]:
    """What can be compared: turns and their siblings, cells, profiles."""
    if len(before.split()) > 1 or before.endswith("cell"):
        return []
    conversation = context.session.conversation
    turns = conversation.turns
    if not turns:
        return []
    numbers = [str(number) for number in range(1, len(turns) + 1)]
    several = [
        f"{number}.{which}"
        for number, turn in enumerate(turns, 1)
        if len(siblings := conversation.siblings(turn)) > 1
        for which in range(1, len(siblings) + 1)
    ]
    cells = [f"c{number}" for number in range(1, len(context.cells) + 1)]
    return ["last", *numbers, *several, *cells, *profile_names(context.folders)]


def differences(old: Answer, new: Answer) -> tuple[str, ...]:
    """What made two answers differ: question, profile, settings, seed, model. One line, or none."""
    parts = []
    if old.question != new.question:
        parts.append((_("question"), clipped(old.question, 30), clipped(new.question, 30)))
    if old.profile != new.profile:
        parts.append((_("profile"), old.profile, new.profile))
    thens, nows = old.settings.as_dict(), new.settings.as_dict()
    parts += [
        (setting.short, setting.format(thens[name]), setting.format(nows[name]))
        for name, setting in BY_NAME.items()
        if name != "decode.seed" and thens[name] != nows[name]
    ]
    if old.seed != new.seed and (old.settings.decoding(0).samples or new.settings.decoding(0).samples):
        parts.append((_("seed"), str(old.seed), str(new.seed)))
    if old.card is not None and new.card is not None:
        for what in ("name", "device", "precision"):
            parts.append((_(_OF_A_MODEL[what]), getattr(old.card, what), getattr(new.card, what)))
    told = [f"{what} {then} → {now}" for what, then, now in parts if then != now]
    return (_("differs: {what}").format(what=" · ".join(told)),) if told else ()


_OF_A_MODEL = {"name": N_("model"), "device": N_("device"), "precision": N_("precision")}


def _words(arguments: str) -> list[str]:
    """The two things to compare; `cell 2` is one, written c2 here."""
    words = arguments.split()
    joined: list[str] = []
    for word in words:
        if joined and joined[-1] == "cell":
            joined[-1] = f"c{word}"
        else:
            joined.append(word)
    return joined


def _with_sibling(context: Context) -> Shown:
    last = context.session.last()
    siblings = context.session.conversation.siblings(last)
    at = siblings.index(last)
    if at == 0:
        raise UsageError(
            _(
                "the last answer has none to its question before it: say which two, such as /compare 1 2 or "
                "/compare qa cot, or make one with /regen"
            )
        )
    turn = len(context.session.turns)
    return _comparison((f"{turn}.{at}", f"{turn}.{at + 1}"), (siblings[at - 1], last))


def _comparison(names: tuple[str, str], answers: tuple[Answer | None, Answer | None]) -> Comparison:
    old, new = answers
    assert old is not None
    assert new is not None
    title = _("{old} and {new}").format(old=names[_OLD], new=names[_NEW])
    if old.question == new.question:
        title += f": {clipped(old.question)}"
    return Comparison(title, names, old, new, notes=differences(old, new))


def _found(context: Context, word: str) -> Answer | None:
    """The answer that a word means; None for a profile's name."""
    turns = context.session.turns
    if word == "last":
        return context.session.last()
    if word[:1] == "c" and word[1:].isdecimal():
        if not 0 < _whole(word[1:]) <= len(context.cells):
            have = _("cells 1 to {count}").format(count=len(context.cells)) if context.cells else _("no cells yet")
            raise UsageError(_("/compare {word}: there are {have}").format(word=word, have=have))
        cell = context.cells[_whole(word[1:]) - 1]
        if cell is None:
            raise UsageError(_("/compare {word}: that cell has no answer").format(word=word))
        return cell
    number, point, which = word.partition(".")
    if not number.isdecimal() or (point and not which.isdecimal()):
        return None
    if not turns:
        context.session.last()  # says that nothing was asked
    if not 0 < _whole(number) <= len(turns):
        raise UsageError(
            _("/compare {word}: expected a turn from 1 to {count}; /history numbers them").format(
                word=word, count=len(turns)
            )
        )
    turn = turns[_whole(number) - 1]
    if not point:
        return turn
    siblings = context.session.conversation.siblings(turn)
    if not 0 < _whole(which) <= len(siblings):
        raise UsageError(
            _("/compare {word}: turn {turn} has answers {turn}.1 to {turn}.{count}").format(
                word=word, turn=number, count=len(siblings)
            )
        )
    return siblings[_whole(which) - 1]


def _whole(digits: str) -> int:
    """A number from what was typed; 0, which nothing has, for one of too many digits."""
    return int(digits) if len(digits) < 10 else 0


def _answered(context: Context, words: list[str], found: list[Answer | None]) -> ResultStream:
    """The last question answered with the profiles that are named; both at once, when both are."""
    session = context.session
    last = session.last()
    names = profile_names(context.folders)
    seed = last.seed
    made: list[Answer] = []
    choices: list[tuple[str, ...]] = []
    pair = list(found)
    for at, word in enumerate(words):
        if pair[at] is not None:
            continue
        if word not in names and "/" not in word:
            hint = did_you_mean(word, ["last", *names])
            raise UsageError(
                _("/compare {word}: expected a turn, a cell such as c2 or a profile.{hint}").format(
                    word=word, hint=hint
                )
            )
        profile = find_profile(word, context.folders)
        if profile.model is not None and profile.model != context.engine.card().name:
            raise UsageError(
                _("profile {name} is for the model {model}: /model {model} loads it").format(
                    name=profile.name, model=profile.model
                )
            )
        setup = session.setup.with_profile(profile).with_settings("once", {"on_overflow": "drop"})
        earlier = session.earlier(session.conversation.path_to(last.before))
        answer = unanswered(context.engine, setup, last.question, earlier, seed=seed)
        answer.asked, answer.before = last.asked, last.before
        pair[at] = answer
        made.append(answer)
        choices.append(setup.choices)
    steps = _make(context, words, made, choices, (pair[_OLD], pair[_NEW]))
    return ResultStream(steps, context.engine.stop, lambda: _("answering with {names}").format(names=", ".join(words)))


def _make(
    context: Context,
    words: list[str],
    made: list[Answer],
    choices: list[tuple[str, ...]],
    pair: tuple[Answer | None, Answer | None],
) -> Generator[str | Comparison, None, None]:
    try:
        for __ in answer_all(context.engine, made, choices=choices):
            pass
    finally:
        if any(answer.tokens for answer in made):
            _keep(context, made)
    yield _comparison((words[_OLD], words[_NEW]), pair)
    if any(answer.finish == "interrupted" for answer in made):
        yield _("[interrupted]")


def _keep(context: Context, made: list[Answer]) -> None:
    """Write the answers down, as a grid of profiles."""
    asked = made[0].asked
    axes = {"profile": [answer.profile for answer in made]}
    context.session.record("whatif.start", asked, axes=axes, n_cells=len(made), base={})
    for number, answer in enumerate(made, 1):
        values = {"profile": answer.profile}
        made_of = {"prompt": prompt_record(answer.prompt), "answer": answer_record(answer)}
        context.session.record("whatif.cell", asked, cell=number, axis_values=values, **made_of)
