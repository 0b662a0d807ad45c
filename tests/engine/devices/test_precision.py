"""How close each precision is to float32's answers, alone and in batches; a prompt is encoded once."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from demo_model.evaluate import held_out
from flanchat.base.errors import EngineError
from flanchat.engine.checkpoint.validate import ModelSource, preflight
from flanchat.engine.events import Decoding, Delta, Finished, Request, Started
from flanchat.engine.hubs.resolve import resolve
from flanchat.engine.t5.answering import KEPT_BYTES
from flanchat.engine.t5.local import LocalEngine
from flanchat.engine.t5.weight_reader import StoredTensors
from tests.reference import shared_engine, untraced_engine
from tests.tiny_t5 import make_tiny_t5

SHAPES: dict[str, dict[str, Any]] = {
    "own head": {},
    "tied": {"tied": True, "gated": False},
    "odd head size": {"heads": 3, "d_kv": 7},
    "wider than it is deep": {"d_model": 96, "d_ff": 200, "layers": 1, "decoder_layers": 3},
}
GREEDY = Decoding(max_new_tokens=40)
FASTER_PROMPTS = ("float16+bfloat16", "float16+int8")


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def bundled() -> dict[str, LocalEngine]:
    engines = {precision: shared_engine(None, precision) for precision in ("float32", "float16")}
    for precision in ("bfloat16", "int8", *FASTER_PROMPTS):
        engines[precision] = untraced_engine(resolve(None, os.environ), precision)
    return engines


@pytest.fixture(scope="module")
def prompts() -> list[str]:
    """Prompts of all lengths that the bundled model can answer."""
    tasks = ("sentiment", "passage_qa", "facts", "arithmetic", "translate_de", "headline", "recipe", "nli")
    return [example.input for task in tasks for example in held_out(task, 5)]


def answers(engine: LocalEngine, requests: Sequence[Request]) -> list[list[int]]:
    made: list[list[int]] = [[] for _ in requests]
    for event in engine.stream(requests):
        if isinstance(event, Delta):
            made[event.row] += [token.id for token in event.tokens]
    return made


def in_batches(engine: LocalEngine, prompts: Sequence[str]) -> list[list[int]]:
    """The same as `alone`, where a row has the same bits in any batch, in half of the time."""
    batches = [prompts[at : at + 8] for at in range(0, len(prompts), 8)]
    return [ids for batch in batches for ids in answers(engine, [Request(prompt, GREEDY) for prompt in batch])]


def alone(engine: LocalEngine, prompts: Sequence[str]) -> list[list[int]]:
    return [answers(engine, [Request(prompt, GREEDY)])[0] for prompt in prompts]


# -- the same answers -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=[4, pytest.param(1, marks=pytest.mark.slow)])
def some(request: pytest.FixtureRequest, prompts: list[str]) -> list[str]:
    """A quarter of the prompts, or all of them."""
    return prompts[:: request.param]


@pytest.fixture(scope="module")
def exact(bundled: dict[str, LocalEngine], some: list[str]) -> list[list[int]]:
    """The answers in float32."""
    return in_batches(bundled["float32"], some)


def test_float16_answers_as_float32_does_but_for_near_ties(
    bundled: dict[str, LocalEngine], some: list[str], exact: list[list[int]]
) -> None:
    ours = in_batches(bundled["float16"], some)
    parted = [(prompt, a, b) for prompt, a, b in zip(some, ours, exact, strict=True) if a != b]

    assert len(parted) <= len(some) // 20
    assert all(lead(bundled["float32"], prompt, a, b) < 0.01 for prompt, a, b in parted)


def lead(engine: LocalEngine, prompt: str, ours: list[int], exact: list[int]) -> float:
    """By how much the engine prefers its own token, as log-probability, where two answers part."""
    at = next(at for at, (a, b) in enumerate(zip(ours, exact, strict=False)) if a != b)
    decoding = replace(GREEDY, max_new_tokens=at + 1)
    events = list(engine.stream([Request(prompt, decoding, begin=tuple(exact[:at]))]))
    token = [token for event in events if isinstance(event, Delta) for token in event.tokens][-1]
    assert token.id == exact[at]
    return token.logprob - next(other.logprob for other in token.top if other.id == ours[at])


@pytest.mark.parametrize(
    ("precision", "least"), [("bfloat16", 0.9), ("int8", 0.85), ("float16+bfloat16", 0.95), ("float16+int8", 0.9)]
)
def test_coarser_precisions_mostly_answer_as_float32_does(
    bundled: dict[str, LocalEngine], some: list[str], exact: list[list[int]], precision: str, least: float
) -> None:
    ours = in_batches(bundled[precision], some)

    assert sum(a == b for a, b in zip(ours, exact, strict=True)) >= least * len(some)


@pytest.mark.parametrize("shape", SHAPES)
def test_log_probabilities_stay_close_to_float32(tmp_path: Path, shape: str) -> None:
    """All get the same tokens, so that one different choice at a near tie does not change all that follow."""
    source = ModelSource("it", make_tiny_t5(tmp_path / "model", scale=0.1, **SHAPES[shape]), "folder", "")
    fed = tuple(range(10, 22))
    request = Request("cook the pasta and add salt", Decoding(max_new_tokens=len(fed), top=1), begin=fed)

    def logprobs(precision: str) -> list[float]:
        events = untraced_engine(source, precision).stream([request])
        return [token.logprob for event in events if isinstance(event, Delta) for token in event.tokens]

    exact = logprobs("float32")

    assert len(exact) == len(fed)
    for precision, most in (("float16", 0.02), ("bfloat16", 0.6), ("int8", 0.6)):
        assert logprobs(precision) == pytest.approx(exact, rel=0, abs=most), precision


@pytest.mark.parametrize("precision", ["float32", "float16"])
def test_rows_answer_the_same_alone_and_in_a_batch_of_long_and_short_and_shared_prompts(
    bundled: dict[str, LocalEngine], prompts: list[str], precision: str
) -> None:
    engine = bundled[precision]
    by_length = sorted(prompts, key=len)
    mixed = [by_length[-1], by_length[0], by_length[-1], by_length[20], by_length[0], by_length[0], *by_length[30:38]]

    together = answers(engine, [Request(prompt, GREEDY) for prompt in mixed])

    assert together == alone(engine, mixed)


def test_a_row_samples_the_same_in_a_batch_with_greedy_rows_of_its_prompt(bundled: dict[str, LocalEngine]) -> None:
    sampled = Decoding(max_new_tokens=30, do_sample=True, temperature=1.2, top_k=40, top_p=0.95, seed=7)
    prompt = "A step by step recipe to make bolognese pasta:"
    engine = bundled["float16"]

    together = answers(engine, [Request(prompt, GREEDY), Request(prompt, sampled), Request("Say hello.", sampled)])

    assert together[1] == answers(engine, [Request(prompt, sampled)])[0]
    assert together[0] == answers(engine, [Request(prompt, GREEDY)])[0]


@pytest.mark.parametrize("precision", ["float32", "float16"])
def test_several_tokens_in_one_step_equal_single_steps(bundled: dict[str, LocalEngine], precision: str) -> None:
    model = bundled[precision]._loaded.model
    ids = [0, 31, 44, 9, 120, 7, 7, 300]
    with torch.inference_mode():
        encoded = model.encode([[20, 30, 40, 1]])
        single, several = model.start(encoded, [0], 40), model.start(encoded, [0], 40)
        one_by_one = torch.cat([model.step([i], single) for i in ids])
        at_once = torch.cat([model.step(ids[:3], several), model.step(ids[3:], several)])

    assert float((one_by_one - at_once).abs().max()) < 2e-3


@pytest.mark.parametrize("rows", [1, 3])
def test_a_traced_step_equals_the_plain_step(bundled: dict[str, LocalEngine], rows: int) -> None:
    model = bundled["float16"]._loaded.model
    with torch.inference_mode():
        encoded = model.encode([[20, 30, 40, 1]])
        recorded, plain = model.start(encoded, [0] * rows, 80), model.start(encoded, [0] * rows, 80)
        for i in range(70):  # past two steps in which the attention window grows
            ids = [i + 3 + row for row in range(rows)]
            played = model.step(ids, recorded)
            computed = model.decoder(*plain.arguments(model.embed_answers(ids), 1))
            plain.length += 1
            assert torch.equal(played, computed), i


# -- reuse ------------------------------------------------------------------------------------------------------------


def test_a_prompt_is_encoded_once(bundled: dict[str, LocalEngine]) -> None:
    engine = bundled["float16"]
    request = Request("Is this said only once, or is it not?", GREEDY)

    first, second = list(engine.stream([request])), list(engine.stream([request]))

    assert [event.reused for event in (*first, *second) if isinstance(event, Started)] == [False, True]
    assert [e.text for e in first if isinstance(e, Delta)] == [e.text for e in second if isinstance(e, Delta)]


def test_a_prompt_is_reused_in_a_batch_with_new_ones(bundled: dict[str, LocalEngine]) -> None:
    engine = bundled["float16"]
    old, new = Request("An old question?", GREEDY), Request("A question that is new.", GREEDY)
    list(engine.stream([old]))

    started = [event.reused for event in engine.stream([new, old, new]) if isinstance(event, Started)]

    assert started == [False, True, False]


def test_the_memory_of_encoded_prompts_is_bounded(bundled: dict[str, LocalEngine], prompts: list[str]) -> None:
    engine = bundled["float32"]

    for at in range(24):
        list(engine.stream([Request(f"{at} " + " and ".join(prompts[-8:]), Decoding(max_new_tokens=1))]))

    assert 0 < sum(encoded.bytes for encoded in engine._loaded.encoded.values()) <= KEPT_BYTES


# -- reading ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
def test_tensors_are_read_as_they_were_saved(tmp_path: Path, dtype: torch.dtype) -> None:
    folder = make_tiny_t5(tmp_path / "model")
    saved = {name: tensor.to(dtype) for name, tensor in load_file(folder / "model.safetensors").items()}
    save_file(saved, folder / "model.safetensors")

    tensors = StoredTensors(preflight(folder))

    for name, tensor in saved.items():
        assert torch.equal(tensors.read(name), tensor.float()), name
    assert torch.equal(tensors.rows("shared.weight")([5, 0, 5]), saved["shared.weight"][[5, 0, 5]].float())


def test_a_file_that_is_truncated_meanwhile_ends_the_answer_with_an_error(tmp_path: Path) -> None:
    engine = untraced_engine(ModelSource("it", make_tiny_t5(tmp_path / "model"), "folder", ""))
    os.truncate(tmp_path / "model" / "model.safetensors", 3000)

    with pytest.raises(EngineError, match=r"model\.safetensors was truncated; load the model again"):
        list(engine.stream([Request("water and salt", GREEDY)]))


def test_finished_rows_are_removed_and_the_others_continue(bundled: dict[str, LocalEngine]) -> None:
    engine = bundled["float16"]
    lengths = [1, 9, 3, 20, 5]
    requests = [Request("A recipe:", Decoding(max_new_tokens=n, min_new_tokens=n)) for n in lengths]

    ended = [event.new_tokens for event in engine.stream(requests) if isinstance(event, Finished)]

    assert ended == sorted(lengths)
