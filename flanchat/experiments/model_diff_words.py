"""What a comparison of two models says, in sentences; for a screen, a page and a notebook alike."""

from __future__ import annotations

from collections.abc import Iterator

from flanchat.base.format import format_count, format_divergence, format_percent
from flanchat.base.i18n import _, ngettext
from flanchat.engine.protocol import ModelCard
from flanchat.experiments.model_diff import ModelDiff
from flanchat.sessions.session_record import RecordedDiff


def sentence(found: ModelDiff) -> str:
    """The result in one sentence."""
    return same_words(found.same, len(found.prompts), found.parts_at, same_vocabulary=found.same_vocabulary)


def same_words(same: int, count: int, at: float | None, *, same_vocabulary: bool) -> str:
    """On how many of so many prompts two models answer the same, and at which token the other answers part."""
    if not same_vocabulary:
        text = ngettext(
            "Same texts on {same} of {count} prompt; the vocabularies differ, so only texts are compared.",
            "Same texts on {same} of {count} prompts; the vocabularies differ, so only texts are compared.",
            count,
        )
    elif at is None:
        text = ngettext(
            "Same answers on {same} of {count} prompt.", "Same answers on {same} of {count} prompts.", count
        )
    else:
        text = ngettext(
            "Same answers on {same} of {count} prompt; they part at token {token}.",
            "Same answers on {same} of {count} prompts; they part at token {token} in the median.",
            count,
        )
    return text.format(same=same, count=count, token="" if at is None else f"{at:g}")


def figures(found: ModelDiff) -> Iterator[str]:
    """Lines with the divergence, the agreement of first choices, and what makes the figures doubtful."""
    if found.kl is not None and found.reverse_kl is not None:
        named = {"50%": _("median"), "100%": _("max")}
        quantiles = " · ".join(
            f"{named.get(share, share)} {format_divergence(kl)}" for share, kl in found.quantiles.items()
        )
        yield _("KL(A || B) {kl} nats per token · KL(B || A) {reverse}").format(
            kl=format_divergence(found.kl), reverse=format_divergence(found.reverse_kl)
        )
        yield _("KL(A || B) of a token: {quantiles}").format(quantiles=quantiles)
        yield ngettext(
            "first choice the same at {share} of {tokens} token of A's answers",
            "first choice the same at {share} of {tokens} tokens of A's answers",
            found.tokens,
        ).format(share=format_percent(found.agreement, 2), tokens=format_count(found.tokens))
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
    by = _place(card.precision, card.device)
    libraries = [f"{name} {card.versions[name]}" for name in ("transformers", "openmind") if name in card.versions]
    if card.engine == "transformers":
        by = ", ".join([*libraries, by])
    return f"{card.name} ({by})"


def _place(precision: str, device: str) -> str:
    return _("{precision} on {device}").format(precision=precision, device=device)


def recorded_words(found: RecordedDiff) -> str:
    """A comparison that was recorded, in a line."""
    a, b = (f"{name} ({_place(precision, device)})" for name, precision, device in (found.a, found.b))
    models = _("A: {a} · B: {b}").format(a=a, b=b)
    result = same_words(found.same, found.compared, found.parts_at, same_vocabulary=found.same_vocabulary)
    if found.kl is None:
        return f"{models} · {result}"
    kl = _("KL(A || B) {kl} nats per token").format(kl=format_divergence(found.kl))
    return f"{models} · {result} · {kl}"
