"""An answer, a prompt and scored choices as JSON objects: one function for each form in which they are written.

The keys are public and stay. deserialization.py reads the form of the transcript back.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any

from flanchat.engine.events import Measured, Piece
from flanchat.engine.protocol import ModelCard
from flanchat.prompting.prompt import Prompt
from flanchat.sessions.answer import Answer
from flanchat.sessions.choices import ScoredChoice


def prompt_record(prompt: Prompt) -> dict[str, Any]:
    """A prompt as a transcript keeps it. chars: the length of a segment's text, which is a part of the whole."""
    return {
        "text": prompt.text,
        "ids_sha256": prompt.ids_sha256,
        "n_tokens": prompt.tokens,
        "limit": prompt.limit,
        "segments": [
            {
                "kind": s.kind,
                "ref": s.ref,
                "tokens": s.tokens,
                "kept": s.kept,
                "reason": s.reason,
                **({"name": s.name} if s.name else {}),
                **({"cut": s.cut, "cut_at": s.cut_at} if s.cut else {}),
                **({"chars": len(s.text)} if s.kept and s.text else {}),
            }
            for s in prompt.segments
        ],
        "warnings": [dataclasses.asdict(warned) for warned in prompt.warnings],
    }


def answer_record(answer: Answer) -> dict[str, Any]:
    """An answer as a transcript keeps it, with all that produced it. engine, model: None when none was loaded."""
    timing, card, mean = answer.timing, answer.card, answer.mean_logprob
    first_s = timing.first_token_s
    record: dict[str, Any] = {
        "text": answer.text,
        "short": answer.short,
        "finish": answer.finish,
        "message": answer.message,
        "seed": answer.seed,
        "settings": answer.settings.as_dict(),
        "usage": _usage(answer),
        "confidence": answer.confidence,
        "timing": {
            "load_ms": timing.load_s * 1000,
            "encode_ms": timing.encode_s * 1000,
            "encode_reused": timing.reused,
            "first_token_ms": None if first_s is None else first_s * 1000,
            "decode_ms": None if first_s is None else (timing.total_s - first_s) * 1000,
            "total_ms": timing.total_s * 1000,
            "tok_per_s": timing.decode_tps(len(answer.tokens)),
            **({"drafted": timing.drafted, "accepted": timing.accepted} if timing.drafted else {}),
        },
        "memory": {"peak_mb": timing.peak_mb},
        "engine": card
        and {
            "name": card.engine,
            "dtype": card.precision,
            **({"instead_of": card.instead_of} if card.instead_of else {}),
            "device": card.device,
            "why": card.why,
            "threads": card.threads,
            **({"fewest_threads": timing.fewest_threads} if 0 < timing.fewest_threads < card.threads else {}),
            "versions": card.versions,
            "batch": answer.batch,
        },
        "model": card
        and {
            "id": card.name,
            "revision": card.revision,
            "weights_sha": card.weights_sha256,
            "tokenizer_sha": card.tokenizer_sha256,
            **({"base": card.base} if card.base else {}),
        },
        "conf": {
            "mean_lp": mean,
            "min_lp": min((token.logprob for token in answer.tokens), default=None),
            "end_lp": answer.end_logprob,
            "perplexity": None if mean is None or mean < -700 else math.exp(-mean),  # a float overflows beyond
        },
        "tok": [
            {"id": t.id, "s": t.text, "lp": t.logprob, "alt": [[a.id, a.logprob, a.text] for a in t.top]}
            for t in answer.tokens
        ],
    }
    if answer.candidates and not answer.picked:  # one that was picked has those of the answer that it was picked from
        record |= _candidates_record(answer)
    return {**record, "continues": answer.continues} if answer.continues else record


def _candidates_record(answer: Answer) -> dict[str, Any]:
    """All candidates of an answer, each with its tokens but without alternatives to them; the result of a vote."""
    candidates = [
        {
            "text": one.text,
            "short": one.short,
            "finish": one.finish,
            "seed": one.seed,
            "lp": one.logprob,
            "end_lp": one.end_logprob,
            "tok": [{"id": token.id, "s": token.text, "lp": token.logprob} for token in one.tokens],
        }
        for one in answer.candidates
    ]
    return {"candidates": candidates, **({} if answer.vote is None else {"vote": answer.vote.as_dict()})}


def sweep_record(answer: Answer) -> dict[str, Any]:
    """An answer as a line of a sweep keeps it: without the alternatives to each token, with what it was chosen from."""
    record = {**answer_record(answer), **(choose_record(answer.choices) if answer.choices else {})}
    record["conf"]["sum_lp"] = sum(token.logprob for token in answer.tokens) if answer.tokens else None
    for token in record["tok"]:
        del token["alt"]
    return record


def export_record(answer: Answer, *, turn: int | None = None, forced: int = 0) -> dict[str, Any]:
    """An answer in a session exported as JSON: its transcript record, with its place in the conversation.

    turn: its number on the current branch; None elsewhere. forced: how many of its tokens the user chose.
    """
    return {
        "id": answer.id,
        "before": answer.previous_id,
        "asked": answer.question_id,
        "at": answer.at,
        "turn": turn,
        "profile": answer.profile,
        "question": answer.question,
        **answer_record(answer),
        **({"picked": answer.picked} if answer.picked else {}),
        **({"forced": forced} if forced else {}),
        **choose_record(answer.choices),
        "rating": answer.rating or None,
        "notes": list(answer.notes),
        "prompt": prompt_record(answer.prompt),
    }


def choose_record(choices: Sequence[ScoredChoice], **origin: object) -> dict[str, Any]:
    """Scored choices as a transcript keeps them. p: the share by the sum. tokens: with the end token.

    template_lp: after the template with each question without content.
    """
    records = [
        {
            "text": choice.text,
            "tokens": choice.tokens,
            "p_mean": choice.p_mean,
            "sum_lp": choice.sum_logprob,
            "mean_lp": choice.mean_logprob,
            "p": choice.p_sum,
            **{name: value for name in ("unknown", "same_as") if (value := getattr(choice, name))},
            **(
                {"p_calibrated": choice.p_calibrated, "template_lp": dict(choice.template_logprobs)}
                if choice.p_calibrated is not None
                else {}
            ),
        }
        for choice in choices
    ]
    return {"choices": records, **origin}


def answer_json(answer: Answer) -> dict[str, Any]:
    """An answer as --json prints it: times in seconds, natural log-probabilities before penalties and temperature.

    choices: what the answer was chosen from; their tokens and log-probabilities include the end token. candidates: all
    answers of a beam search with `n_best`, or of a vote, each with its log-probability, the end token included.
    confidence: see `Answer.confidence`.
    """
    timing = answer.timing
    return {
        "text": answer.text,
        "short": answer.short,
        "tokens": [{"id": t.id, "text": t.text, "logprob": t.logprob} for t in answer.tokens],
        "choices": [{**dataclasses.asdict(choice), "mean_logprob": choice.mean_logprob} for choice in answer.choices],
        **candidates_json(answer),
        "confidence": answer.confidence,
        "finish": answer.finish,
        "prompt": prompt_json(answer.prompt),
        "usage": _usage(answer),
        "timing": {
            "load_s": timing.load_s,
            "encode_s": timing.encode_s,
            "encode_reused": timing.reused,
            "total_s": timing.total_s,
            "ttft_s": timing.first_token_s,
            "decode_tps": timing.decode_tps(len(answer.tokens)),
        },
        "seed": answer.seed,
        "settings": answer.settings.as_dict(),
        **card_json(answer.card),
    }


def card_json(card: ModelCard | None) -> dict[str, Any]:
    """A model and what computes it, as every --json prints them."""
    return {
        "model": card and {"name": card.name, "revision": card.revision, "weights_sha256": card.weights_sha256},
        "engine": card and {"name": card.engine, "device": card.device, "precision": card.precision},
    }


def candidates_json(answer: Answer) -> dict[str, Any]:
    """All candidates of an answer as --json prints them, and the result of their vote, if there was one."""
    candidates = [
        {
            "text": one.text,
            "short": one.short,
            "finish": one.finish,
            "seed": one.seed,
            "new_tokens": len(one.tokens),
            "logprob": one.logprob,
            "probability": math.exp(one.logprob),
        }
        for one in answer.candidates
    ]
    return {"candidates": candidates, "vote": None if answer.vote is None else answer.vote.as_dict()}


def prompt_json(prompt: Prompt) -> dict[str, Any]:
    """A prompt as --json prints it."""
    record = prompt_record(prompt)
    segments = [{**s, "text": segment.text} for s, segment in zip(record["segments"], prompt.segments, strict=True)]
    for segment in segments:
        segment.pop("chars", None)
    return {
        "text": prompt.text,
        "tokens": prompt.tokens,
        "limit": prompt.limit,
        "segments": segments,
        "warnings": record["warnings"],
    }


def tokens_json(pieces: Sequence[Piece]) -> list[dict[str, Any]]:
    """Tokens of a text as --json prints them. text: what each stands for; the model does not see it where unknown."""
    return [{"id": p.id, "piece": p.name, "text": p.source, "unknown": p.unknown} for p in pieces]


def measured_json(measured: Measured) -> dict[str, Any]:
    """The length of a text, with the end token, and what the model does not see of it, as --json prints them."""
    return {"tokens": measured.total, "warnings": [dataclasses.asdict(warned) for warned in measured.warnings]}


def replayed_answer_json(answer: Answer) -> dict[str, Any]:
    """An old or new answer as `replay --json` prints it."""
    return {
        "text": answer.text,
        "finish": answer.finish,
        "profile": answer.profile,
        "prompt": answer.prompt.text,
        "new_tokens": len(answer.tokens),
        "mean_logprob": answer.mean_logprob,
        "confidence": answer.confidence,
        "total_s": answer.timing.total_s,
        "seed": answer.seed,
        "settings": answer.settings.as_dict(),
        "batch": answer.batch,
        **card_json(answer.card),
    }


def _usage(answer: Answer) -> dict[str, int]:
    return {"prompt_tokens": answer.prompt.tokens, "new_tokens": len(answer.tokens)}
