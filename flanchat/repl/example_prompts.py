"""Prompts for the first screen, which the loaded model answers well."""

from __future__ import annotations

from flanchat.engine.checkpoint.validate import ModelSource

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
