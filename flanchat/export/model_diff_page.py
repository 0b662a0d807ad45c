"""A comparison of two models as a page: the sentence, the figures, the tokens and answers that differ, every prompt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flanchat.base.format import clipped, format_count, format_divergence, format_probability
from flanchat.base.i18n import N_, _
from flanchat.base.worddiff import DiffSpan, diff_words
from flanchat.engine.events import Alternative
from flanchat.experiments.model_diff import ModelDiff, PromptDiff
from flanchat.experiments.model_diff_words import figures, model_name, sentence
from flanchat.export.answer_outline import Fact
from flanchat.export.html import Table, full_columns, render


@dataclass(frozen=True, slots=True)
class DifferingAnswer:
    """A prompt whose answers differ. spans: A's answer, with what B changes."""

    heading: str
    question: str
    spans: tuple[DiffSpan, ...]


def model_diff_page(found: ModelDiff) -> str:
    """The comparison as a whole page."""
    facts = [Fact("A", model_name(found.a)), Fact("B", model_name(found.b)), Fact(N_("prompts"), str(found.asked))]
    return render("model_diff.html.j2", title=sentence(found), facts=facts, **_values(found))


def model_diff_fragment(found: ModelDiff) -> str:
    """The comparison for a notebook."""
    models = [_("A: {a} · B: {b}").format(a=model_name(found.a), b=model_name(found.b))]
    return render("model_diff_fragment.html.j2", title=sentence(found), models=models, **_values(found))


def _values(found: ModelDiff) -> dict[str, object]:
    """What model_diff_body.html.j2 takes."""
    return {
        "figures": list(figures(found)),
        "worst": _worst(found),
        "answers": [_answer(prompt) for prompt in found.prompts if not prompt.same],
        "prompts": _prompts(found),
    }


def _worst(found: ModelDiff) -> Table:
    head = [_("prompt"), _("token"), _("name"), "KL", _("likeliest of A"), _("likeliest of B")]
    rows = [
        [
            str(number),
            str(token.number),
            token.token,
            format_divergence(token.kl),
            _likeliest(token.first_a),
            _likeliest(token.first_b),
        ]
        for number, token in found.worst
    ]
    return Table(head, rows)


def _likeliest(alternatives: Sequence[Alternative]) -> str:
    return " · ".join(f"{one.text} {format_probability(one.logprob)}" for one in alternatives)


def _answer(prompt: PromptDiff) -> DifferingAnswer:
    heading = _("Prompt {number}").format(number=prompt.number)
    if prompt.parts_at is not None:
        heading += " · " + _("they part at token {token}").format(token=prompt.parts_at)
    return DifferingAnswer(heading, prompt.question, diff_words(prompt.text_a, prompt.text_b))


def _prompts(found: ModelDiff) -> Table:
    """A line for each prompt, without columns that are empty in all of them."""
    head = [_("prompt"), _("question"), _("answer of A"), _("parts at"), _("tokens"), _("mean KL"), _("largest KL")]
    rows = [[str(one.number), clipped(one.question, 80), one.text_a, *_figures(one)] for one in found.prompts]
    return full_columns(head, rows)


def _figures(prompt: PromptDiff) -> Iterator[str]:
    yield "" if prompt.parts_at is None else str(prompt.parts_at)
    yield format_count(len(prompt.kl)) if prompt.kl else ""
    yield format_divergence(sum(prompt.kl) / len(prompt.kl)) if prompt.kl else ""
    yield format_divergence(max(prompt.kl)) if prompt.kl else ""
