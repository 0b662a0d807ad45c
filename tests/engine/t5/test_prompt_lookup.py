"""Prompt lookup: the same tokens and numbers as without it, in fewer passes where text is copied."""

from __future__ import annotations

import doctest
import math
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from random import Random

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from flanchat.engine.checkpoint.validate import ModelSource, preflight
from flanchat.engine.events import Decoding, Event, Finished, Request, Started
from flanchat.engine.protocol import EngineOptions
from flanchat.engine.t5 import prompt_lookup
from flanchat.engine.t5.decoding import DecodingLoop, NextToken, Stepper
from flanchat.engine.t5.key_value_cache import KeyValueCache
from flanchat.engine.t5.linear import fastest_kernels
from flanchat.engine.t5.local import LocalEngine, load_engine
from flanchat.engine.t5.model import T5
from flanchat.engine.t5.prompt_lookup import MAX_DRAFT, MAX_EVIDENCE, CopiedPassage, DraftLength, PromptLookup
from tests.examples import examples
from tests.kernels import measured_kernels
from tests.tiny_t5 import make_tiny_t5

EOS = 1
WORDS = range(3, 90)


def test_examples_in_the_module_are_true() -> None:
    assert doctest.testmod(prompt_lookup).failed == 0


# -- the same answers -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["float32", "float16", "int8"])
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> T5:
    """A model in each precision whose kernels give a row the same bits in any batch."""
    kernels = fastest_kernels(request.param, measured_kernels(request.param))
    if not kernels.same_bits:
        pytest.skip("prompt lookup is off here")
    folder = make_tiny_t5(tmp_path_factory.mktemp("model"), scale=0.2)
    made = T5(preflight(folder), kernels=kernels)
    with torch.inference_mode():
        made.trace(rows=1)
        made.trace(rows=1, tokens=1 + MAX_DRAFT)
    return made


@st.composite
def decodings(draw: st.DrawFn) -> Decoding:
    return Decoding(
        max_new_tokens=draw(st.sampled_from([1, 2, 9, 31, 32, 33, 40, 70])),
        min_new_tokens=draw(st.sampled_from([0, 0, 1, 30])),
        do_sample=draw(st.booleans()),
        temperature=draw(st.sampled_from([0.0, 0.3, 1.0, 2.0])),
        top_k=draw(st.sampled_from([0, 0, 1, 5])),
        top_p=draw(st.sampled_from([1.0, 1.0, 0.5])),
        repetition_penalty=draw(st.sampled_from([1.0, 1.0, 0.7, 1.5])),
        no_repeat_ngram_size=draw(st.sampled_from([0, 0, 2, 3])),
        seed=draw(st.integers(0, 9)),
        top=draw(st.sampled_from([0, 1, 5])),
    )


def some_text(rng: Random) -> list[int]:
    """A prompt whose n-grams repeat, sometimes longer than a chunk of the answer's window."""
    words = rng.choices(WORDS, k=rng.randrange(1, 12))
    return [*rng.choices(words, k=rng.randrange(1, 80)), EOS]


def some_copy(rng: Random, prompt: list[int]) -> list[int]:
    """What an answer begins with: passages of the prompt, some of them with other words in between."""
    begin: list[int] = []
    for _ in range(rng.randrange(4)):
        at = rng.randrange(len(prompt))
        passage = [i for i in prompt[at : at + rng.randrange(1, 30)] if i != EOS]
        begin += [rng.choice(WORDS) if rng.random() < 0.1 else i for i in passage]
    return begin


def answer(model: T5, stepper: Stepper, decoding: Decoding, begin: Sequence[int]) -> list[NextToken]:
    loop = DecodingLoop(stepper, [decoding], start_id=0, eos_ids=[EOS], begins=[begin])
    made = []
    while loop.running:
        made += loop.step()
    return made


class Plain:
    """One token a pass."""

    def __init__(self, model: T5, cache: KeyValueCache) -> None:
        self.step = lambda ids: model.step(ids, cache)

    def keep(self, rows: Sequence[int]) -> None:
        raise AssertionError("there is one row")


@given(decoding=decodings(), seed=st.integers(0, 2**32))
@examples(40)
def test_every_token_and_every_log_probability_is_the_same_to_the_bit(model: T5, decoding: Decoding, seed: int) -> None:
    rng = Random(seed)
    prompt, room = some_text(rng), decoding.max_new_tokens
    begin = some_copy(rng, prompt)[:room]
    with torch.inference_mode():
        encoded = model.encode([prompt])
        wanted = answer(model, Plain(model, model.start(encoded, [0], room)), decoding, begin)
        length = DraftLength()
        for _ in range(2):  # the second time with what the first has learnt
            lookup = PromptLookup(model, model.start(encoded, [0], room), prompt, length, eos_ids=[EOS], room=room)
            made = answer(model, lookup, decoding, begin)

            assert made == wanted
            assert 0 <= lookup.accepted <= lookup.drafted


def test_a_copy_is_drafted_and_a_forgotten_token_leaves_no_trace(model: T5) -> None:
    prompt = [*range(10, 60), EOS]
    with torch.inference_mode():
        encoded = model.encode([prompt])
        cache = model.start(encoded, [0], 64)
        lookup = PromptLookup(model, cache, prompt, DraftLength(), eos_ids=[EOS], room=64)
        for token_id in (0, *range(10, 40), 5, *range(41, 50), 6):
            lookup.step([token_id])
        one_by_one = model.start(encoded, [0], 64)
        for token_id in (0, *range(10, 40), 5, *range(41, 50), 6):
            model.step([token_id], one_by_one)
        cache.forget(cache.length - one_by_one.length)

    assert lookup.accepted > 25
    assert torch.equal(cache._own, one_by_one._own)


# -- passes -----------------------------------------------------------------------------------------------------------


class Counted:
    """A model whose logits nobody reads. passes: the tokens of each pass. bad: a token that makes all numbers NaN."""

    def __init__(self, bad: int = -1) -> None:
        self.passes: list[list[int]] = []
        self.length, self._bad = 0, bad

    def step(self, ids: Sequence[int], cache: Counted) -> Tensor:
        self.passes.append(list(ids))
        self.length += len(ids)
        logits = torch.zeros(len(ids), 2)
        return logits.fill_(math.nan) if self._bad in ids else logits

    def forget(self, tokens: int) -> None:
        self.length -= tokens


def fed(
    prompt: Sequence[int], target: Sequence[int], length: DraftLength | None = None, bad: int = -1
) -> list[list[int]]:
    """The passes for an answer that is `target`."""
    model = Counted(bad)
    lookup = PromptLookup(model, model, [*prompt, EOS], length or DraftLength(), eos_ids=[EOS], room=len(target))
    for at, token_id in enumerate([0, *target[:-1]]):
        assert lookup.step([token_id]).isfinite().all()
        assert model.length >= at + 1
    return model.passes


def test_a_copied_passage_takes_few_passes() -> None:
    prompt = range(100, 228)

    passes = fed(prompt, prompt[20:84])

    assert len(passes) <= 12
    assert passes[0] == [0]
    assert [*chain(*passes)] == [0, *prompt[20:83]]  # no draft goes beyond the room


def test_a_copy_goes_on_behind_another_word() -> None:
    prompt = range(100, 228)

    passes = fed(prompt, [*prompt[:20], 7, *prompt[21:40]])

    assert len(passes) <= 9


def test_what_the_answer_itself_repeats_is_copied_too() -> None:
    assert len(fed([7, 8], [20, 21, 22] * 20)) <= 15


def wrong_matches(rng: Random, prompt: Sequence[int]) -> list[int]:
    """Two words of the prompt and a new one by turns: whatever is drafted is wrong."""
    made: list[int] = []
    while len(made) < 64:
        at = rng.randrange(len(prompt) - 2)
        made += [prompt[at], prompt[at + 1], rng.randrange(10_000, 20_000)]
    return made[:64]


@pytest.mark.parametrize("before", ["nothing", "copies", "copies and others"])
@pytest.mark.parametrize("seed", range(5))
def test_an_answer_that_copies_nothing_costs_few_tokens_more(seed: int, before: str) -> None:
    rng = Random(seed)
    prompt, length = rng.sample(range(1000, 9000), 128), DraftLength()
    for turn in range(20):
        if before == "copies" or (before == "copies and others" and turn % 2):
            fed(prompt, prompt[20:84], length)
        elif before == "copies and others":
            fed(prompt, wrong_matches(rng, prompt), length)

    passes = fed(prompt, wrong_matches(rng, prompt), length)

    assert sum(map(len, passes)) - 64 <= (2 if before == "nothing" else 12)


@pytest.mark.parametrize("seed", range(5))
def test_short_answers_that_copy_nothing_are_hardly_drafted(seed: int) -> None:
    """Two words of the prompt and the end, as in "Which is shorter, an hour or a week?"."""
    rng = Random(seed)
    prompt, length = rng.sample(range(1000, 9000), 128), DraftLength()

    more = 0
    for _ in range(50):
        at = rng.randrange(126)
        more += sum(map(len, fed(prompt, [prompt[at], prompt[at + 1], EOS, EOS], length))) - 4

    assert more <= 2


def test_what_was_right_without_a_draft_is_drafted_the_next_time() -> None:
    prompt, length = [*range(100, 120)], DraftLength()
    length.pass_costs = [1.0] + [9.0] * MAX_DRAFT  # nothing pays
    for _ in range(5):
        assert fed(prompt, prompt[5:13], length) == [[0], *([i] for i in prompt[5:12])]

    length.pass_costs = [1.0] + [1.5] * MAX_DRAFT

    assert fed(prompt, prompt[5:13], length)[2] == prompt[6:9]


def test_the_dearer_a_pass_of_several_tokens_the_fewer_are_drafted() -> None:
    length = DraftLength()
    for right in [True, True, True, False] * 20:
        length.learn(MAX_EVIDENCE, right)
    found = []
    for more in (0.05, 0.1, 0.2, 0.4):
        length.pass_costs = [1 + more * tokens for tokens in range(1 + MAX_DRAFT)]
        found.append(length.best(MAX_EVIDENCE, MAX_DRAFT))

    assert found == sorted(found, reverse=True)
    assert found[0] > found[-1] > 0


def test_an_answer_after_many_that_copied_soon_has_long_drafts() -> None:
    prompt, length = range(100, 228), DraftLength()
    for _ in range(3):
        passes = fed(prompt, prompt[20:84], length)

    assert [len(ids) for ids in passes] == [1, 1, 3, 9, 9, 9, 9, 9, 9, 5]


def test_a_draft_ends_before_the_end_token() -> None:
    prompt, length = range(100, 140), DraftLength()
    fed(prompt, prompt, length)

    assert fed(prompt, [prompt[-3], prompt[-2], prompt[-1], 20], length)[2] == [prompt[-2], prompt[-1]]


def test_a_drafted_token_that_spoils_the_numbers_is_not_fed_with_others() -> None:
    target = [*range(100, 105), 7, *range(100, 105), 7]

    passes = fed(range(100, 120), target, bad=105)

    spoilt = next(at for at, ids in enumerate(passes) if 105 in ids)
    assert passes[spoilt + 1] == passes[spoilt][:1]
    assert passes[spoilt + 2 :] == [[token_id] for token_id in target[-len(passes[spoilt + 2 :]) - 1 : -1]]


@given(st.lists(st.integers(2, 5), max_size=30), st.lists(st.integers(2, 5), min_size=1, max_size=60))
def test_the_copied_passage_is_one_that_has_the_newest_tokens(prompt: list[int], tokens: list[int]) -> None:
    copied, ids = CopiedPassage(prompt), list(prompt)
    for token_id in tokens:
        copied.add(token_id)
        ids.append(token_id)
        two, three = ([at for at in range(n, len(ids)) if ids[at - n : at] == ids[-n:]] for n in (2, 3))
        if two:
            assert copied.evidence >= 2
            assert len(copied.following(4)) == 4
        if two and two[-1] in three:  # only the last place of two tokens is known
            assert copied.evidence >= 3
            assert copied.following(4) in [(ids[at:] * 4)[:4] for at in three]


# -- the engine -------------------------------------------------------------------------------------------------------

COPYING = Request("cook the pasta, then add the tomato", Decoding(max_new_tokens=40, min_new_tokens=40))


@pytest.fixture(scope="module")
def engine(tiny_model: Path) -> LocalEngine:
    """A model that soon repeats itself, in a precision for which prompt lookup is on."""
    made = load_engine(_source(tiny_model), device="cpu", environ=os.environ)
    if not made._loaded.may_draft:
        pytest.skip("prompt lookup is off here")
    return made


@pytest.fixture
def drafts_pay(engine: LocalEngine) -> Iterator[None]:
    """The engine with costs at which drafts of copied text pay; the measured ones are those of a busy machine."""
    length = engine._loaded._draft_length
    measured, length.pass_costs = length.pass_costs, [1 + 0.1 * tokens for tokens in range(1 + MAX_DRAFT)]
    yield
    length.pass_costs = measured


def events(engine: LocalEngine, *requests: Request) -> list[Event]:
    """The events without what depends on time or passes."""
    found: list[Event] = []
    for event in engine.stream(requests):
        if isinstance(event, Started):
            found.append(replace(event, encode_s=0.0, reused=False))
        elif isinstance(event, Finished):
            found.append(replace(event, first_token_s=0.0, total_s=0.0, peak_mb=0.0, drafted=0, accepted=0))
        else:
            found.append(event)
    return found


def last(engine: LocalEngine, *requests: Request) -> Finished:
    *_, finished = engine.stream(requests)
    assert isinstance(finished, Finished)
    return finished


def changed(request: Request, **changes: object) -> Request:
    return replace(request, decoding=replace(request.decoding, **changes))


@pytest.mark.parametrize(
    "request_",
    [
        COPYING,
        changed(COPYING, max_new_tokens=7, min_new_tokens=0),
        changed(COPYING, stop=("a", "e")),
        changed(COPYING, stop=("zzz",), top=0),
        changed(COPYING, do_sample=True, seed=5, temperature=0.4),
        changed(COPYING, no_repeat_ngram_size=2, repetition_penalty=1.2, top=9),
        replace(COPYING, begin=(7, 8, 9, 7, 8, 9, 7, 8, 9, 7, 8)),
        Request("cook", Decoding(max_new_tokens=20), begin=(5, 6, 5, 6, 5, 6, 5, 6), only=True),
    ],
    ids=["greedy", "short", "stopped", "stop text that never comes", "sampled", "penalised", "continued", "scored"],
)
def test_events_are_the_same_with_and_without(engine: LocalEngine, request_: Request) -> None:
    assert events(engine, request_) == events(engine, changed(request_, speculate="off"))


@pytest.mark.usefixtures("drafts_pay")
def test_an_answer_that_is_stopped_between_two_drafted_tokens_ends_there(engine: LocalEngine) -> None:
    stream = engine.stream([COPYING])
    begun = [next(stream) for _ in range(1 + 25)]

    engine.stop()
    (finished,) = stream

    assert finished == replace(finished, finish="interrupted", new_tokens=25)
    assert finished.accepted > 0
    assert len(begun) == 26


@pytest.mark.usefixtures("drafts_pay")
def test_drafts_are_counted_and_off_means_none(engine: LocalEngine) -> None:
    auto, off = last(engine, COPYING), last(engine, changed(COPYING, speculate="off"))

    assert auto.drafted >= auto.accepted > 10
    assert (off.drafted, off.accepted) == (0, 0)


def test_tracing_the_pass_of_a_draft_measures_its_cost(engine: LocalEngine) -> None:
    one, *others = engine._loaded._draft_length.pass_costs

    assert (one, len(others)) == (1.0, MAX_DRAFT)
    assert others != DraftLength().pass_costs[1:]


def test_several_rows_are_not_drafted(engine: LocalEngine) -> None:
    ends = [event for event in engine.stream([COPYING, COPYING]) if isinstance(event, Finished)]

    assert [(end.drafted, end.accepted) for end in ends] == [(0, 0)] * 2


def test_a_precision_without_the_same_bits_is_not_drafted(tiny_model: Path) -> None:
    engine = LocalEngine(_source(tiny_model), EngineOptions(environ=os.environ, device="cpu", precision="bfloat16"))

    assert last(engine, COPYING).drafted == 0


def _source(folder: Path) -> ModelSource:
    return ModelSource("test", folder, "test", "")
