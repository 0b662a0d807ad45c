"""What two models' comparison says on a screen: a sentence, figures, the tokens and the answers that differ most."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence

from flanchat.base.errors import FlanchatError
from flanchat.base.format import clipped, format_divergence, format_probability
from flanchat.base.i18n import _
from flanchat.base.worddiff import diff_words, format_diff
from flanchat.engine.events import Alternative
from flanchat.experiments.model_diff import ModelComparison, ModelDiff, PromptDiff, TokenDiff
from flanchat.experiments.model_diff_words import figures, model_name, sentence
from flanchat.ui.terminal import token_name
from flanchat.ui.types import Drawable, Table

_TOKENS, _ANSWERS = 8, 5  # that are shown
_NAMES = ("KL", "A", "B")  # in every language
_APART = 1e-3  # nats from which on a token is shown: below, both models say the same


def model_diff_steps(work: ModelComparison) -> Generator[Drawable, None, None]:
    """What a comparison shows: notes about its prompts, then all of it or what there is when it is stopped or fails."""
    yield from work.prompts.notes
    try:
        for __ in work.run():
            pass
    except FlanchatError:
        if not work.is_stopped:
            yield from _so_far(work)
            raise
    yield from _so_far(work) or (_("Stopped before a prompt was compared."),)


def _so_far(work: ModelComparison) -> tuple[Drawable, ...]:
    found = work.result
    return () if found is None or not found.prompts else tuple(model_diff(found))


def model_diff(found: ModelDiff) -> Iterator[str | Table]:
    """The comparison, part by part."""
    yield sentence(found)
    yield _("A: {a} · B: {b}").format(a=model_name(found.a), b=model_name(found.b))
    yield from figures(found)
    if apart := [(number, token) for number, token in found.worst[:_TOKENS] if token.kl >= _APART]:
        yield Table(
            _("Tokens with the largest divergence"),
            (_("prompt"), _("token"), *_NAMES),
            tuple(_token_row(number, token) for number, token in apart),
        )
    yield from _answers([prompt for prompt in found.prompts if not prompt.same])


def _token_row(number: int, token: TokenDiff) -> tuple[str, ...]:
    own = f"{token.number} {token_name(token.token, token.id)}"
    return str(number), own, format_divergence(token.kl), _likeliest(token.first_a), _likeliest(token.first_b)


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
