"""On the CPU each row has the same logits, to the bit, alone and in any batch; a step of n tokens equals n steps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from flanchat.engine.checkpoint.validate import preflight
from flanchat.engine.devices.placement import parts
from flanchat.engine.t5.activation import ACTIVATIONS, activate, splits_evenly
from flanchat.engine.t5.attention import attend, keeps_bits
from flanchat.engine.t5.key_value_cache import EncodedPrompt
from flanchat.engine.t5.linear import LinearKernels
from flanchat.engine.t5.model import T5
from flanchat.engine.t5.scoring import divide, score
from tests.examples import examples
from tests.kernels import measured_kernels
from tests.tiny_t5 import make_tiny_t5

STEPS = 12
KINDS = [
    ("float32", "onednn"),
    ("float16", "packed"),
    ("float16+bfloat16", "packed onednn"),
    ("int8", "x86"),  # takes the scale of the inputs
    ("int8", "qnnpack"),  # finds it
]


@pytest.fixture(scope="module", params=KINDS, ids=" ".join)
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[T5]:
    precision, names = request.param
    kernels = names.split()
    for part, kernel in zip(parts(precision), (kernels[0], kernels[-1]), strict=True):
        if kernel not in (measured := measured_kernels(part)) or not measured[kernel].same_bits:
            pytest.skip(f"this processor's torch has no kernel {kernel}, or it makes no promise")
    folder = make_tiny_t5(tmp_path_factory.mktemp("model"), d_model=128, d_ff=256, heads=4, d_kv=32, scale=0.1)
    made = T5(preflight(folder), kernels=LinearKernels(precision, token=kernels[0], prompt=kernels[-1]))
    for rows in (1, 2):
        made.trace(rows=rows)
    made.trace(rows=1, tokens=9)
    with torch.inference_mode():
        yield made


@pytest.fixture
def threads() -> Iterator[None]:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def alone(model: T5, prompt: EncodedPrompt, ids: Sequence[int]) -> torch.Tensor:
    """The logits [len(ids), vocab] of one row, step by step."""
    cache = model.start([prompt], [0], len(ids))
    return torch.cat([model.step([token], cache).clone() for token in ids])


def random_prompt(rng: Random) -> list[int]:
    return [rng.randrange(3, 90) for _ in range(rng.randrange(1, rng.choice([8, 40, 90])))]


@examples(60)
@given(seed=st.integers(0, 2**32))
def test_a_row_has_the_same_bits_alone_and_in_any_batch_that_rows_leave(model: T5, seed: int):
    rng = Random(seed)
    prompts = [random_prompt(rng) for _ in range(3)]
    source = [rng.randrange(3) for _ in range(rng.randrange(1, 13))]
    ids = [[0, *(rng.randrange(3, 90) for _ in range(5))] for _ in source]
    left = list(range(len(source)))
    with torch.inference_mode():
        cache = model.start(model.encode(prompts), source, STEPS)
        made: list[list[torch.Tensor]] = [[] for _ in source]
        for step in range(6):
            for at, logits in enumerate(model.step([ids[row][step] for row in left], cache)):
                made[left[at]].append(logits.clone())
            if step == 2 and len(left) > 1:
                places = sorted(rng.sample(range(len(left)), rng.randrange(1, len(left))))
                left = [left[place] for place in places]
                cache.keep(places)

        for row, logits in enumerate(made):
            [prompt] = model.encode([prompts[source[row]]])
            assert torch.equal(torch.stack(logits), alone(model, prompt, ids[row][: len(logits)]))


@examples(60)
@given(seed=st.integers(0, 2**32))
def test_a_step_of_several_tokens_has_the_bits_of_as_many_steps(model: T5, seed: int):
    """So log-probabilities are the same with the cache and without, where a single step holds the whole answer."""
    rng = Random(seed)
    ids = [0, *(rng.randrange(3, 90) for _ in range(STEPS - 1))]
    with torch.inference_mode():
        [prompt] = model.encode([random_prompt(rng)])
        first = rng.randrange(1, STEPS + 1)
        cache = model.start([prompt], [0], STEPS)
        parts = [model.step(part, cache).clone() for part in (ids[:first], ids[first:]) if part]

        assert torch.equal(torch.cat(parts), alone(model, prompt, ids))


@examples(30)
@given(seed=st.integers(0, 2**32))
def test_given_answers_of_any_lengths_have_the_bits_of_a_step_for_each_token(model: T5, seed: int):
    rng = Random(seed)
    source = [rng.randrange(3) for _ in range(rng.randrange(1, 13))]
    answers = [[rng.randrange(3, 90) for _ in range(rng.randrange(1, rng.choice([4, 12, 40])))] for _ in source]
    with torch.inference_mode():
        prompts = model.encode([random_prompt(rng) for _ in range(3)])
        for part in divide(answers, 128):
            some = [answers[row] for row in part]
            cache = model.start(prompts, [source[row] for row in part], max(map(len, some)))
            scored = score(model, cache, some, start_id=0, eos_ids=[1], tops=[2] * len(part), should_stop=lambda: False)

            for row, tokens in zip(part, scored, strict=True):
                logits = alone(model, prompts[source[row]], [0, *answers[row][:-1]])
                logprobs, best = logits.log_softmax(-1), logits.topk(2).indices
                assert [token.id for token in tokens] == answers[row]
                assert [token.logprob for token in tokens] == logprobs[range(len(tokens)), answers[row]].tolist()
                assert [[i for i, __ in token.top] for token in tokens] == best.tolist()
                assert [[p for __, p in token.top] for token in tokens] == logprobs.gather(1, best).tolist()


def test_the_probe_of_attention_says_what_is_so_of_eight_queries():
    q, k, v = torch.randn(6, 8, 64), torch.randn(6, 64, 48), torch.randn(6, 48, 64)
    bias = torch.zeros(6, 1, 48)
    single = [attend(q[:, i : i + 1], k, v, bias) for i in range(8)]

    assert not keeps_bits(torch.float32) or torch.equal(attend(q, k, v, bias), torch.cat(single, 1))


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
@pytest.mark.parametrize("width", [48, 100, 1024, 2816])
def test_an_activation_has_the_same_bits_on_any_number_of_threads_and_among_any_rows(
    threads: None, name: str, width: int
):
    gated = torch.randn(23, 2 * width, generator=torch.Generator().manual_seed(0))[:, :width]
    for x in (gated, gated.contiguous()):
        torch.set_num_threads(1)
        single = torch.cat([activate(name, row) for row in x.split(1)])

        for count in (1, 2, 3, 4):
            torch.set_num_threads(count)
            for rows in (1, 4, 17, 23):
                assert torch.equal(activate(name, x[:rows]), single[:rows])


def test_a_row_counts_with_the_vectors_that_it_is_padded_to(threads: None):
    """163 rows of 100 numbers are few enough for one thread, those of 128 are not."""
    torch.set_num_threads(3)

    assert not splits_evenly("gelu_new", 163, 100)
    assert splits_evenly("gelu_new", 165, 100)
