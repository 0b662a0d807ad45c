"""`/help start`: what to type in the first minute, with the model that is loaded."""

from __future__ import annotations

from flanchat.base.i18n import N_, _
from flanchat.engine.checkpoint.validate import ModelSource
from flanchat.repl.example_prompts import FLAN, suggestions
from flanchat.ui.types import Table

STEPS = (
    ("{question}", N_("asks; the line below the answer says how long it took and how sure the model was")),
    ("Name a fruit.", N_("a question that has more than one good answer")),
    ("/probs", N_("how likely each of its tokens was, and what else could have come")),
    ("/regen temperature=1.2 seed=4", N_("the same question again, bolder; both answers are kept")),
    ("/compare", N_("the two answers and what differs")),
    ("/whatif temperature=0.8 seed=1..4", N_("six answers at once: as it is, bolder, and with four seeds")),
    ("/profile qa", N_("another way to put the question to the model; /profiles lists them all")),
    ("/prompt Why is the sky blue?", N_("the exact prompt that this would make, part by part")),
    ("/export first.html", N_("all of it as a page to show to somebody")),
)


def first_minute(source: ModelSource) -> Table:
    """The lines to type and what each shows."""
    question = (suggestions(source) or FLAN)[0]  # the latter for a model of which nothing is known
    rows = tuple((line.format(question=question), _(does)) for line, does in STEPS)
    return Table(
        _("One minute with flanchat"),
        (_("type this"), _("to see")),
        rows,
        _("/help lists every command; /help NAME explains a command or a setting, such as /help temperature."),
    )
