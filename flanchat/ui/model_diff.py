"""What two models' comparison says on a screen: a sentence, figures, the tokens and the answers that differ most."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flanchat.base.format import clipped, format_count, format_percent, format_probability
from flanchat.base.i18n import _, ngettext
from flanchat.base.worddiff import diff_words, format_diff
from flanchat.engine.events import Alternative
from flanchat.engine.protocol import ModelCard
from flanchat.experiments.model_diff import ModelDiff, PromptDiff, TokenDiff, sentence
from flanchat.ui.terminal import token_name
from flanchat.ui.types import Table

_TOKENS, _ANSWERS = 8, 5  # that are shown
_APART = 1e-3  # nats from which on a token is shown: below, both models say the same


def model_diff(found: ModelDiff) -> Iterator[str | Table]:
    """The comparison, part by part."""
    line = sentence(found)
    yield line[:1].upper() + line[1:] + "."
    yield _("A: {a} · B: {b}").format(a=model_name(found.a), b=model_name(found.b))
    yield from figures(found)
    if apart := [(number, token) for number, token in found.worst[:_TOKENS] if token.kl >= _APART]:
        yield Table(
            _("Tokens with the largest divergence"),
            (_("prompt"), _("token"), "KL", "A", "B"),
            tuple(_token_row(number, token) for number, token in apart),
        )
    yield from _answers([prompt for prompt in found.prompts if not prompt.same])


def figures(found: ModelDiff) -> Iterator[str]:
    """Lines with the divergence, the agreement of first choices, and what makes the figures doubtful."""
    if found.kl is not None and found.reverse_kl is not None:
        named = {"50%": _("median"), "100%": _("max")}
        quantiles = " · ".join(f"{named.get(share, share)} {format_kl(kl)}" for share, kl in found.quantiles.items())
        yield _("KL(A || B) {kl} nats per token · {quantiles} · KL(B || A) {reverse}").format(
            kl=format_kl(found.kl), quantiles=quantiles, reverse=format_kl(found.reverse_kl)
        )
        yield _("first choice the same at {share} of {tokens} tokens of A's answers").format(
            share=format_percent(found.agreement, 2), tokens=format_count(found.tokens)
        )
    if count := found.read_differently:
        yield "! " + ngettext(
            "{count} prompt is read as other tokens by B",
            "{count} prompts are read as other tokens by B",
            count,
        ).format(count=count)
    if len(found.prompts) < found.asked:
        yield "! " + _("stopped after {done} of {all} prompts").format(done=len(found.prompts), all=found.asked)


def model_name(card: ModelCard) -> str:
    """A model with what else decides its numbers."""
    by = _("{precision} on {device}").format(precision=card.precision, device=card.device)
    if card.engine != "t5":
        by = f"{card.engine} {card.versions.get(card.engine, '')}".strip() + f", {by}"
    return f"{card.name} ({by})"


def format_kl(nats: float) -> str:
    """A divergence with two digits.

    >>> format_kl(0.0), format_kl(1.234e-7), format_kl(0.00071), format_kl(0.4149)
    ('0', '1.2e-07', '0.00071', '0.41')
    """
    return f"{nats:.2g}"


def _token_row(number: int, token: TokenDiff) -> tuple[str, ...]:
    own = f"{token.number} {token_name(token.token, token.id)}"
    return str(number), own, format_kl(token.kl), _likeliest(token.first_a), _likeliest(token.first_b)


def _likeliest(alternatives: Sequence[Alternative]) -> str:
    return "  ".join(f"{token_name(a.text, a.id)} {format_probability(a.logprob)}" for a in alternatives)


def _answers(differing: Sequence[PromptDiff]) -> Iterator[str | Table]:
    """The first answers that differ, as `git diff --word-diff` shows it."""
    if not differing:
        return
    rows = [
        (
            str(prompt.number),
            "" if prompt.parts_at is None else str(prompt.parts_at),
            clipped(prompt.question, 40),
            format_diff(diff_words(prompt.text_a, prompt.text_b)),
        )
        for prompt in differing[:_ANSWERS]
    ]
    more = len(differing) - len(rows)
    note = _("and {count} more").format(count=more) if more else ""
    columns = (_("prompt"), _("parts at"), _("question"), _("answer: [-A-] {+B+}"))
    yield Table(_("Answers that differ"), columns, tuple(rows), note=note)
