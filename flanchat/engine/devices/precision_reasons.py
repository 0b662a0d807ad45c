"""Why a model has its precision: the texts, which are recorded in English and shown in the user's language."""

from __future__ import annotations

from flanchat.base.i18n import N_, _, translate_made

SUITS = N_("what suits {device}: {why}")
CHOSEN = N_("as you chose")
IN_FLOAT16 = N_("this chip multiplies in float16")
FASTEST = N_("the fastest here that keeps float32's greedy answers but for near ties")
NO_FASTER = N_("as fast as float16 here")
SPEED = N_("{kernels} takes {time} µs for a row and a matrix")
SPEEDS = N_("{first} takes {time} µs for a row and a matrix, {second} takes {other_time} µs for a row and a matrix")
CAVEAT = N_("the last bits of an answer depend on the batch that it is in")
NO_FASTER_PROMPTS = N_(
    "prompts are no faster in {rounded} here, and less exact "
    "({other} µs for 128 tokens and a matrix, {now} µs in {exact})"
)
NOT_FINITE = N_("numbers were not finite in {precision}")
ONLY_FLOAT16 = N_("this chip multiplies in float16, whatever the precision")
LARGE_MODEL = N_("half the bytes of a large model")
RANGE = N_("the range of float32")
TWICE_AS_FAST = N_("half the bytes and twice the speed")
SAME_TOKENS = N_("the same tokens as on the CPU")
FITS = N_("models of up to a billion parameters fit")
NO_BFLOAT16 = N_("this GPU has no bfloat16")
EXACT = N_("exact")

_TEMPLATES = (
    SUITS, CHOSEN, ONLY_FLOAT16, IN_FLOAT16, FASTEST, NO_FASTER, SPEEDS, SPEED, CAVEAT, NO_FASTER_PROMPTS, NOT_FINITE,
    LARGE_MODEL, RANGE, TWICE_AS_FAST, SAME_TOKENS, FITS, NO_BFLOAT16, EXACT,
)  # fmt: skip


def joined(*reasons: str) -> str:
    """Reasons as one text; those that are "" are left out."""
    return "; ".join(filter(None, reasons))


def remark(why: str) -> str:
    """What the user should know of a reason before the first answer, in the user's language; "" for nothing."""
    said, __, __ = NO_FASTER_PROMPTS.partition("{")
    return next((translate_made(part, _TEMPLATES) for part in why.split("; ") if part.startswith(said)), "")


def shown(why: str) -> str:
    """A reason in the user's language; what another version recorded stays English where its words are others."""
    return _("; ").join(translate_made(part, _TEMPLATES) for part in why.split("; "))
