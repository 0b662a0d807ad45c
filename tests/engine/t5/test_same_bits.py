"""On the CPU each row has the same logits, to the bit, alone and in any batch; a step of n tokens equals n steps."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from flanchat.engine.checkpoint.validate import preflight
from flanchat.engine.t5.linear import KERNELS, LinearKernels, measure_kernels
from flanchat.engine.t5.model import T5, EncodedPrompt
from tests.tiny_t5 import make_tiny_t5

STEPS = 6
KINDS = [
    ("float32", "onednn"),
    ("float16", "packed"),
    *(("int8", name) for name in KERNELS["int8"] if name != "stored"),
]


@pytest.fixture(scope="module", params=KINDS, ids=" ".join)
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[T5]:
    precision, kernel = request.param
    if kernel not in measure_kernels(precision):
        pytest.skip(f"this processor's torch has no kernel {kernel}")
    folder = make_tiny_t5(tmp_path_factory.mktemp("model"), d_model=128, d_ff=256, heads=4, d_kv=32, scale=0.1)
    made = T5(preflight(folder), kernels=LinearKernels(precision, token=kernel, prompt=kernel))
    for rows in (1, 2):
        made.trace(rows=rows)
    with torch.inference_mode():
        yield made


def alone(model: T5, prompt: EncodedPrompt, ids: list[int]) -> torch.Tensor:
    """The logits [len(ids), vocab] of one row, step by step."""
    cache = model.start([prompt], [0], STEPS)
    return torch.cat([model.step([token], cache).clone() for token in ids])


@given(seed=st.integers(0, 2**32))
def test_a_row_has_the_same_bits_alone_and_in_any_batch_that_rows_leave(model: T5, seed: int):
    rng = Random(seed)
    prompts = [[rng.randrange(3, 90) for _ in range(rng.randrange(2, rng.choice([8, 40, 90])))] for _ in range(3)]
    source = [rng.randrange(3) for _ in range(rng.randrange(1, 9))]
    ids = [[0, *(rng.randrange(3, 90) for _ in range(STEPS - 1))] for _ in source]
    left = list(range(len(source)))
    with torch.inference_mode():
        cache = model.start(model.encode(prompts), source, STEPS)
        made: list[list[torch.Tensor]] = [[] for _ in source]
        for step in range(STEPS):
            for at, logits in enumerate(model.step([ids[row][step] for row in left], cache)):
                made[left[at]].append(logits.clone())
            if step == 2 and len(left) > 1:
                places = sorted(rng.sample(range(len(left)), rng.randrange(1, len(left))))
                left = [left[place] for place in places]
                cache.keep(places)

        for row, logits in enumerate(made):
            [prompt] = model.encode([prompts[source[row]]])
            assert torch.equal(torch.stack(logits), alone(model, prompt, ids[row][: len(logits)]))


@given(seed=st.integers(0, 2**32))
def test_a_step_of_several_tokens_has_the_bits_of_as_many_steps(model: T5, seed: int):
    rng = Random(seed)
    ids = [0, *(rng.randrange(3, 90) for _ in range(STEPS - 1))]
    with torch.inference_mode():
        [prompt] = model.encode([[rng.randrange(3, 90) for _ in range(rng.randrange(2, 60))]])
        first = rng.randrange(1, STEPS)
        cache = model.start([prompt], [0], STEPS)
        parts = [model.step(part, cache).clone() for part in (ids[:first], ids[first:])]

        assert torch.equal(torch.cat(parts), alone(model, prompt, ids))
