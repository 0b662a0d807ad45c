"""The share of greedy answers that each precision changes, on the 225 prompts that come with flanchat.

    python -m benchmarks.precision

Prints JSON: for each precision how far the distribution of the next token is from float32's (KL, nats per token), along
float32's answers; for each precision and batch size, the shares of answers that equal float32's and that are correct.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from flanchat.engine.checkpoint.validate import preflight
from flanchat.engine.events import Decoding, Delta, Request
from flanchat.engine.hubs.resolve import resolve
from flanchat.engine.t5.local import load_engine
from flanchat.engine.t5.tokenizer import open_tokenizer
from flanchat.experiments.model_diff_prompts import bundled_prompts

if TYPE_CHECKING:
    from torch import Tensor


def answers(precision: str, prompts: list[str], batch: int) -> list[str]:
    engine = load_engine(resolve(None, os.environ), device="cpu", precision=precision, environ=os.environ)
    texts = [""] * len(prompts)
    for first in range(0, len(prompts), batch):
        requests = [Request(prompt, Decoding(max_new_tokens=80)) for prompt in prompts[first : first + batch]]
        for event in engine.stream(requests):
            if isinstance(event, Delta):
                texts[first + event.row] += event.text
    return texts


def next_tokens(precision: str, prompts: list[str], ids: list[list[int]]) -> list[Tensor]:
    """The log-probabilities [tokens, vocab] of each token of these answers and of the one that follows."""
    import torch

    engine = load_engine(resolve(None, os.environ), device="cpu", precision=precision, environ=os.environ)
    assert engine._loaded is not None
    model, made = engine._loaded.model, []
    with torch.inference_mode():
        for prompt, answer in zip(prompts, ids, strict=True):
            cache = model.start(model.encode([engine._tokenizer.encode(prompt)]), [0], len(answer) + 1)
            logits = [model.step([token], cache)[0].clone() for token in (engine._checkpoint.shape.pad_id, *answer)]
            made.append(torch.stack(logits).log_softmax(-1))
    return made


def divergence(exact: list[Tensor], other: list[Tensor]) -> float:
    """Mean KL of the other distributions from the exact ones, nats per token."""
    import torch

    p, q = torch.cat(exact), torch.cat(other)
    return float((p.exp() * (p - q)).sum(-1).mean())


def main() -> None:
    rows = bundled_prompts().rows
    prompts = [row.question for row in rows]
    exact = answers("float32", prompts, 1)
    tokenizer = open_tokenizer(preflight(resolve(None, os.environ).folder).tokenizer)
    some = prompts[::3], [tokenizer.encode(text)[:-1] for text in exact[::3]]
    along = next_tokens("float32", *some)
    for precision in ("float16", "bfloat16", "int8"):
        print(json.dumps({"precision": precision, "kl_nats": divergence(along, next_tokens(precision, *some))}))
    for precision, batch in (
        ("float32", 25),
        ("float16", 1),
        ("float16", 25),
        ("bfloat16", 1),
        ("int8", 1),
        ("int8", 25),
    ):
        got = answers(precision, prompts, batch)
        same = sum(a == b for a, b in zip(got, exact, strict=True))
        right = sum(text in row.targets for text, row in zip(got, rows, strict=True))
        print(
            json.dumps(
                {"precision": precision, "batch": batch, "answers": len(prompts), "as_float32": same, "right": right}
            )
        )


if __name__ == "__main__":
    main()
