"""Why an answer was given, as a page: the prompt coloured by what each part changes, for the answer or a token of it.

Pointing at a token of the answer colours the prompt for that token, by a rule of the page's style. Beside the colour, a
line below a part shows how much it speaks for the answer, a line above it how much against it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flanchat.base.format import clipped, format_logprob, format_percent, format_probability
from flanchat.base.i18n import N_, _
from flanchat.experiments.flags import MASKING_HINT
from flanchat.experiments.why import Effect, Why, format_change, mean_share, token_names
from flanchat.export.answer_outline import Fact, format_time, model_words
from flanchat.export.html import render

_LEAST = 0.02  # of the largest change: less would not be seen


@dataclass(frozen=True, slots=True)
class AnswerToken:
    """A token of the answer. number: from 1. text: "" for the end token. title: what it is, and its probability."""

    number: int
    text: str
    title: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the prompt. number: in the table of parts; 0 for what is no part.

    style: shares of the largest change as CSS variables: --f0 for the answer, --f1 for its first token, and so on; --g0
    where the part speaks against it.
    """

    text: str
    number: int = 0
    style: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A part. share: of the largest change. side: "for" the answer or "against" it. cells: for the other columns."""

    name: str
    change: str
    share: float
    side: str
    cells: tuple[str, ...]


def why_page(why: Why) -> str:
    """What is known of an answer's reasons as a whole page. Some part has to be scored."""
    return render("why.html.j2", title=clipped(why.answer.question, 80), facts=list(_facts(why)), **why_values(why))


def why_values(why: Why) -> dict[str, object]:
    """What why_body.html.j2 takes."""
    rows = why.scored if why.shots is None or why.shots.scored is None else [*why.scored, why.shots]
    return {
        "rules": [_rule(number) for number in range(1, len(why.tokens) + 1)],
        "answer_tokens": list(_tokens(why)),
        "pieces": list(_pieces(why)),
        "head": list(_head(why)),
        "masking": _(MASKING_HINT),
        "rows": [_row(why, effect) for effect in rows],
    }


def _rule(number: int) -> str:
    """Pointing at a token colours the prompt by what the parts change for it."""
    where = ", ".join(f".why:has(.a{number}:{state}) .piece" for state in ("hover", "focus"))
    return f"{where} {{ --f: var(--f{number}, 0); --g: var(--g{number}, 0); }}"


def _facts(why: Why) -> Iterator[Fact]:
    answer, whole = why.answer, why.whole
    assert whole is not None
    probability = format_probability(whole.logprob)
    value = _("{logprob} ({probability})").format(logprob=format_logprob(whole.logprob), probability=probability)
    yield Fact(N_("log-probability"), value)
    yield Fact(N_("model"), model_words(why.card))
    yield from [Fact(N_("profile"), answer.profile)] * bool(answer.profile)
    if not why.is_complete:
        yield Fact(N_("ended"), _("before all parts were scored"))
    if answer.at:
        yield Fact(N_("answered"), format_time(answer.at))


def _tokens(why: Why) -> Iterator[AnswerToken]:
    assert why.whole is not None
    for number, (name, text, logprob) in enumerate(
        zip(token_names(why), why.tokens, why.whole.logprobs, strict=True), 1
    ):
        yield AnswerToken(number, text, f"{name}: {format_probability(logprob)}")


def _pieces(why: Why) -> Iterator[Piece]:
    text, end = why.answer.prompt.text, 0
    spans = sorted((span, number, effect) for number, effect in enumerate(why.scored, 1) for span in effect.part.spans)
    most = [_most([[why.change(effect)] for effect in why.scored]), _most(list(map(why.changes, why.scored)))]
    for (first, last), number, effect in spans:
        if first > end:
            yield Piece(text[end:first])
        title = f"{effect.part.label}: {format_change(why.change(effect))}"
        end = first + len(text[first:last].rstrip())  # blanks stay uncoloured
        yield Piece(text[first:end], number, _style(why, effect, most), title)
    if end < len(text):
        yield Piece(text[end:])


def _style(why: Why, effect: Effect, most: Sequence[float]) -> str:
    shares = [why.change(effect) / most[0], *(change / most[1] for change in why.changes(effect))]
    return ";".join(
        f"--{'f' if share < 0 else 'g'}{number}:{abs(share):.2f}"
        for number, share in enumerate(shares)
        if abs(share) >= _LEAST
    )


def _most(changes: Sequence[Sequence[float]]) -> float:
    return max((abs(value) for several in changes for value in several), default=0.0) or 1.0


def _head(why: Why) -> Iterator[str]:
    yield from (_("part"), _("change"))
    yield _("greedy")
    some = why.scored[0]
    if some.answer is not None:
        yield _("answer")
    if some.gradient is not None:
        yield _("gradient")
    if some.attention:
        yield _("attention")
    yield from token_names(why)


def _row(why: Why, effect: Effect) -> Row:
    assert effect.scored is not None
    cells = [effect.scored.greedy]
    some = why.scored[0]
    if some.answer is not None:
        cells.append("" if effect.answer is None else effect.answer.text or _("(empty)"))
    if some.gradient is not None:
        cells.append(format_change(effect.gradient or 0.0))
    if some.attention:
        cells.append(format_percent(mean_share(effect.attention)))
    cells += map(format_change, why.changes(effect))
    change = why.change(effect)
    share = abs(change) / _most([[why.change(one)] for one in why.all_effects if one.scored])
    return Row(effect.part.label, format_change(change), share, "for" if change < 0 else "against", tuple(cells))
