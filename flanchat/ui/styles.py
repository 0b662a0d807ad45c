"""The styles of everything that is drawn, by what they mean.

They are of the 16 colours that each theme makes readable on its own ground, so no white, black or yellow and no bright
colour. A style never stands alone: without colours, a word, a number or a sign says the same.
"""

from __future__ import annotations

TITLE = "bold"
HEAD = "bold dim"
"""The names of a table's columns."""
LABEL = "bold"
"""What a row is about, and what was chosen, found or changed."""
NOTE = "dim"
MARK = "bold cyan"
"""The sign before a question, and the name of what runs now."""
QUESTION = "bold"
ERROR = "bold red"
UNLIKELY = "bold underline"
CHANGED = "underline"
FAILED = "red"
ABSENT = "dim italic"
REMOVED, ADDED = "red", "green"
LEFT_OUT, PUT_IN = "strike dim", "bold underline"
"""Differences within the answers of a grid, where red and green would be too much."""
SURE, UNSURE = "green", "bold red"
FOR, AGAINST = "green", "magenta"
"""What a part of a prompt did to an answer."""

SURE_FROM, UNSURE_BELOW = 0.85, 0.6
"""Of 97 answers of the demo model, 31% of the wrong and 3% of the right ones were below 0.6."""


def of_confidence(share: float) -> str:
    """The style of a confidence from 0 to 1, which is also written as a figure."""
    return SURE if share >= SURE_FROM else UNSURE if share < UNSURE_BELOW else ""


PARTS = {
    "prefix": ("magenta", "="),
    "shot": ("cyan", "+"),
    "turn": ("blue", "*"),
    "question": ("green", "#"),
}
"""Style and sign of the kinds of a prompt's parts in bars; all others are template."""
TEMPLATE = ("", "~")

PROMPT_STYLES = {
    "prompt": "bold ansicyan",
    "bottom-toolbar": "noreverse dim",
    "completion-menu": "bg:default",
    "completion-menu.completion": "bg:default fg:default",
    "completion-menu.completion.current": "bg:default fg:default bold reverse",
    "completion-menu.meta.completion": "bg:default fg:default dim",
    "completion-menu.meta.completion.current": "bg:default fg:default bold",
}
"""The same looks in prompt_toolkit's words."""
