"""What a comparison of two models says, in sentences; for a screen, a page and a notebook alike."""

from __future__ import annotations

from collections.abc import Iterator

from flanchat.base.format import format_count, format_divergence, format_percent
from flanchat.base.i18n import _, ngettext
from flanchat.engine.protocol import ModelCard
from flanchat.experiments.model_diff import ModelDiff


def sentence(found: ModelDiff) -> str:
    """The result in one sentence."""
    counts = {"same": found.same, "count": len(found.prompts)}
    if not found.same_vocabulary:
        text = _("Same texts on {same} of {count} prompts; the vocabularies differ, so only texts are compared.")
        return text.format(**counts)
    if (at := found.parts_at) is None:
        return _("Same answers on {same} of {count} prompts.").format(**counts)
    text = _("Same answers on {same} of {count} prompts; they part at token {token} in the median.")
    return text.format(**counts, token=f"{at:g}")


def figures(found: ModelDiff) -> Iterator[str]:
    """Lines with the divergence, the agreement of first choices, and what makes the figures doubtful."""
    if found.kl is not None and found.reverse_kl is not None:
        named = {"50%": _("median"), "100%": _("max")}
        quantiles = " · ".join(
            f"{named.get(share, share)} {format_divergence(kl)}" for share, kl in found.quantiles.items()
        )
        yield _("KL(A || B) {kl} nats per token · {quantiles} · KL(B || A) {reverse}").format(
            kl=format_divergence(found.kl), quantiles=quantiles, reverse=format_divergence(found.reverse_kl)
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
    libraries = [f"{name} {card.versions[name]}" for name in ("transformers", "openmind") if name in card.versions]
    if card.engine == "transformers":
        by = ", ".join([*libraries, by])
    return f"{card.name} ({by})"
