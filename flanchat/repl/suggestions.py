"""What to ask the loaded model: prompts for the first screen, which it answers well, and what it is often wrong at."""

from __future__ import annotations

from flanchat.base.i18n import _
from flanchat.engine.checkpoint.description import right_of_ten
from flanchat.engine.checkpoint.validate import ModelSource
from flanchat.prompting.profile import Profile, bundled_folder

DEMO = (
    "What is the capital of France?",
    "A step by step recipe to make bolognese pasta:",
    "Name three fruits.",
)
FLAN = (
    "Translate to German: My name is Arthur.",
    "Is this review positive or negative? The food was cold, but I loved the evening.",
    "A step by step recipe to make bolognese pasta:",
)
"""Tasks that Flan-T5 was tuned on, at which the small one is good too."""


def suggestions(source: ModelSource) -> tuple[str, ...]:
    """Prompts to try without a profile; () for a model of which nothing is known."""
    if source.origin == "bundled":
        return DEMO
    return FLAN if "flan" in f"{source.label} {source.base}".lower() else ()


def expectation(source: ModelSource, profile: Profile) -> str:
    """How often the model is right with a bundled profile, where its card says that; else ""."""
    right = right_of_ten(source.adapter or source.folder).get(profile.name)
    if right is None or profile.path is None or profile.path.parent != bundled_folder():
        return ""
    return _("The model card of {model}: about {right} of 10 of these are answered right.").format(
        model=source.label, right=right
    )
