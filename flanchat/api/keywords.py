"""The settings that a question takes as keywords, for type checkers and editors; prompting/settings.py checks them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypedDict


class Keywords(TypedDict, total=False):
    """Every setting of a question by its short name."""

    turns: int
    format: Literal["qa", "dialog", "labels"]
    include_partial: bool
    max_input_tokens: int
    on_overflow: Literal["drop", "ask", "refuse"]
    truncate: Literal["off", "end", "middle", "start"]
    max_new_tokens: int
    min_new_tokens: int
    do_sample: bool
    temperature: float
    top_k: int
    top_p: float
    num_beams: int
    n_best: int
    vote: int
    length_penalty: float
    no_repeat_ngram_size: int
    repetition_penalty: float
    seed: int | None
    stop: str | Sequence[str]
    speculate: Literal["auto", "off"]
    strip: bool
    answer_regex: str | None
    choose: Literal["sum", "mean", "calibrated", "free"]
