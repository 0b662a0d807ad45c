"""An answer, a prompt and scored choices as JSON objects, in every form in which they are written.

`_fields` lists what is written of an answer, each value under one name; a layout selects and renames for one form.
The reading side of the transcript's form is session_record.py.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from flanchat.prompting.prompt import Prompt
from flanchat.sessions.choices import ScoredChoice
from flanchat.sessions.conversation import Answer

Layout: TypeAlias = Mapping[str, Any]
"""The keys of a JSON object, and what stands there: a field's name, an object of further keys, or a field's name with
the layout of the object in it or of each object in its list."""


def _fields(answer: Answer) -> dict[str, Any]:
    """All that is written of an answer, each value under one name. `model` is None when none was loaded."""
    timing, card = answer.timing, answer.card
    logprobs, mean = [token.logprob for token in answer.tokens], answer.mean_logprob
    seconds = {
        "load": timing.load_s,
        "encode": timing.encode_s,
        "first_token": timing.first_token_s,
        "decode": None if timing.first_token_s is None else timing.total_s - timing.first_token_s,
        "total": timing.total_s,
    }
    return {
        "id": answer.id,
        "before": answer.previous_id,
        "asked": answer.question_id,
        "at": answer.at,
        "profile": answer.profile,
        "question": answer.question,
        "text": answer.text,
        "short": answer.short,
        "finish": answer.finish,
        "message": answer.message,
        "seed": answer.seed,
        "settings": answer.settings.as_dict(),
        "prompt": _prompt_fields(answer.prompt),
        "prompt_text": answer.prompt.text,
        "prompt_tokens": answer.prompt.tokens,
        "new_tokens": len(answer.tokens),
        **{f"{name}_s": value for name, value in seconds.items()},
        **{f"{name}_ms": None if value is None else value * 1000 for name, value in seconds.items()},
        "encode_reused": timing.reused,
        "tokens_per_s": timing.decode_tps(len(answer.tokens)),
        "peak_mb": timing.peak_mb,
        "batch": answer.batch,
        "mean_logprob": mean,
        "min_logprob": min(logprobs, default=None),
        "sum_logprob": sum(logprobs) if logprobs else None,
        "end_logprob": answer.end_logprob,
        "perplexity": None if mean is None or mean < -700 else math.exp(-mean),  # a float overflows beyond
        "tokens": [
            {"id": t.id, "text": t.text, "logprob": t.logprob, "top": [[a.id, a.logprob, a.text] for a in t.top]}
            for t in answer.tokens
        ],
        "choices": _choices_fields(answer.choices),
        "model": card
        and {
            "name": card.name,
            "revision": card.revision,
            "weights_sha256": card.weights_sha256,
            "tokenizer_sha256": card.tokenizer_sha256,
            "engine": "t5",
            "device": card.device,
            "precision": card.precision,
            "why": card.why,
            "threads": card.threads,
            "versions": card.versions,
            "batch": answer.batch,
        },
    }


def _prompt_fields(prompt: Prompt) -> dict[str, Any]:
    return {
        "text": prompt.text,
        "tokens": prompt.tokens,
        "limit": prompt.limit,
        "ids_sha256": prompt.ids_sha256,
        "segments": [dataclasses.asdict(segment) for segment in prompt.segments],
        "warnings": [dataclasses.asdict(warned) for warned in prompt.warnings],
    }


def _choices_fields(choices: Sequence[ScoredChoice]) -> list[dict[str, Any]]:
    return [{**dataclasses.asdict(choice), "mean_logprob": choice.mean_logprob} for choice in choices]


def _same(*names: str) -> dict[str, str]:
    """The part of a layout whose keys are the fields' names."""
    return {name: name for name in names}


_SEGMENT = _same("kind", "ref", "tokens", "kept", "reason")
_WARNINGS = ("warnings", _same("kind", "count", "chars"))

_PROMPT: Layout = {
    **_same("text", "ids_sha256"),
    "n_tokens": "tokens",
    "limit": "limit",
    "segments": ("segments", _SEGMENT),  # their texts can be cut out of the whole
    "warnings": _WARNINGS,
}
_TOKEN = {"id": "id", "s": "text", "lp": "logprob"}
_CONFIDENCE = {
    "mean_lp": "mean_logprob",
    "min_lp": "min_logprob",
    "end_lp": "end_logprob",
    "perplexity": "perplexity",
}
_TRANSCRIPT: Layout = {
    **_same("text", "short", "finish", "message", "seed", "settings"),
    "usage": _same("prompt_tokens", "new_tokens"),
    "timing": {
        **_same("load_ms", "encode_ms", "encode_reused", "first_token_ms", "decode_ms", "total_ms"),
        "tok_per_s": "tokens_per_s",
    },
    "memory": _same("peak_mb"),
    "engine": (
        "model",
        {"name": "engine", "dtype": "precision", **_same("device", "why", "threads", "versions", "batch")},
    ),
    "model": (
        "model",
        {"id": "name", "revision": "revision", "weights_sha": "weights_sha256", "tokenizer_sha": "tokenizer_sha256"},
    ),
    "conf": _CONFIDENCE,
    "tok": ("tokens", {**_TOKEN, "alt": "top"}),
}
_SWEEP: Layout = {**_TRANSCRIPT, "conf": {**_CONFIDENCE, "sum_lp": "sum_logprob"}, "tok": ("tokens", _TOKEN)}
_EXPORT: Layout = {
    **_same("id", "before", "asked", "at", "profile", "question"),
    **_TRANSCRIPT,
    "prompt": ("prompt", _PROMPT),
}

_PROMPT_JSON: Layout = {
    **_same("text", "tokens", "limit"),
    "segments": ("segments", {**_SEGMENT, "text": "text"}),
    "warnings": _WARNINGS,
}
_ANSWER_JSON: Layout = {
    **_same("text", "short"),
    "tokens": ("tokens", _same("id", "text", "logprob")),
    "choices": (
        "choices",
        _same("text", "tokens", "sum_logprob", "mean_logprob", "p_sum", "p_mean", "unknown", "same_as"),
    ),
    "finish": "finish",
    "prompt": ("prompt", _PROMPT_JSON),
    "usage": _same("prompt_tokens", "new_tokens"),
    "timing": {
        **_same("load_s", "encode_s", "encode_reused", "total_s"),
        "ttft_s": "first_token_s",
        "decode_tps": "tokens_per_s",
    },
    **_same("seed", "settings"),
    "model": ("model", _same("name", "revision", "weights_sha256")),
    "engine": ("model", {"name": "engine", **_same("device", "precision")}),
}
_REPLAY: Layout = {
    **_same("text", "finish", "profile"),
    "prompt": "prompt_text",
    **_same("new_tokens", "mean_logprob", "total_s", "seed", "settings", "batch"),
    "model": ("model", _same("name", "weights_sha256")),
    "engine": ("model", _same("device", "precision")),
}
_CHOICE: Layout = {
    **_same("text", "tokens", "p_mean"),
    "sum_lp": "sum_logprob",
    "mean_lp": "mean_logprob",
    "p": "p_sum",
}


def _laid_out(fields: Mapping[str, Any], layout: Layout) -> dict[str, Any]:
    """Select and rename fields."""
    made: dict[str, Any] = {}
    for key, part in layout.items():
        if isinstance(part, str):
            made[key] = fields[part]
        elif isinstance(part, tuple):
            name, inner = part
            value = fields[name]
            if isinstance(value, list):
                made[key] = [_laid_out(item, inner) for item in value]
            else:
                made[key] = None if value is None else _laid_out(value, inner)
        else:
            made[key] = _laid_out(fields, part)
    return made


def prompt_record(prompt: Prompt) -> dict[str, Any]:
    """A prompt as a transcript keeps it."""
    return _laid_out(_prompt_fields(prompt), _PROMPT)


def answer_record(answer: Answer) -> dict[str, Any]:
    """An answer as a transcript keeps it, with all that produced it."""
    return _with_origin(answer, _TRANSCRIPT)


def sweep_record(answer: Answer) -> dict[str, Any]:
    """An answer as a line of a sweep keeps it: without the alternatives to each token."""
    return _with_origin(answer, _SWEEP)


def export_record(answer: Answer) -> dict[str, Any]:
    """An answer in a session exported as JSON: its transcript record, with its place in the conversation."""
    return _with_origin(answer, _EXPORT)


def answer_json(answer: Answer) -> dict[str, Any]:
    """An answer as --json prints it: times in seconds, natural log-probabilities before penalties and temperature.

    choices: what the answer was chosen from; their tokens and log-probabilities include the end token.
    """
    return _laid_out(_fields(answer), _ANSWER_JSON)


def prompt_json(prompt: Prompt) -> dict[str, Any]:
    """A prompt as --json prints it."""
    return _laid_out(_prompt_fields(prompt), _PROMPT_JSON)


def replayed_answer_json(answer: Answer) -> dict[str, Any]:
    """An old or new answer as `replay --json` prints it."""
    return _laid_out(_fields(answer), _REPLAY)


def choose_record(choices: Sequence[ScoredChoice], **origin: object) -> dict[str, Any]:
    """Scored choices as a transcript keeps them. p: the share by the sum. tokens: with the end token."""
    records = []
    for choice in _choices_fields(choices):
        problems = {name: choice[name] for name in ("unknown", "same_as") if choice[name]}
        records.append({**_laid_out(choice, _CHOICE), **problems})
    return {"choices": records, **origin}


def _with_origin(answer: Answer, layout: Layout) -> dict[str, Any]:
    """The answer in this layout, and which answer it continues if it does."""
    made = _laid_out(_fields(answer), layout)
    return {**made, "continues": answer.continues} if answer.continues else made
