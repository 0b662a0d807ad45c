"""A checkpoint answers in this process: the same text alone and in a batch, events in order, raw probabilities."""

from __future__ import annotations

import math
import os
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file, save_file

from flanchat.base.errors import DeviceError, ModelError
from flanchat.base.i18n import use_language
from flanchat.engine.checkpoint.validate import ModelSource
from flanchat.engine.events import Decoding, Delta, Event, Finished, Request, Started, Token
from flanchat.engine.hubs.resolve import resolve
from flanchat.engine.protocol import EngineOptions
from flanchat.engine.t5.local import LocalEngine, load_engine
from tests.reference import shared_engine, untraced_engine
from tests.tiny_t5 import make_tiny_t5

SLOW = pytest.mark.slow
LONG = Decoding(max_new_tokens=30, min_new_tokens=30)
OTHERS = [
    Request("add salt", Decoding(max_new_tokens=1)),
    Request("add salt", Decoding(max_new_tokens=40, do_sample=True, temperature=1.5, seed=1)),
    Request("Q: " + "how many cities? " * 20, Decoding(max_new_tokens=25, no_repeat_ngram_size=2)),
    Request("", Decoding(max_new_tokens=3, top=0)),
    Request("is it good? yes", Decoding(max_new_tokens=12, do_sample=True, top_k=3, repetition_penalty=1.5)),
    Request("review the movie", Decoding(max_new_tokens=30, min_new_tokens=30, top=9)),
    Request("translate", Decoding(max_new_tokens=9, do_sample=True, top_p=0.5, stop=("a", "e"))),
]


@pytest.fixture(scope="module")
def tiny(tiny_model: Path) -> LocalEngine:
    return shared_engine(tiny_model, "float32")


@pytest.fixture(scope="module", params=["tiny", "bundled"])
def engine(request: pytest.FixtureRequest, tiny_model: Path) -> LocalEngine:
    return shared_engine(tiny_model, "float32") if request.param == "tiny" else shared_engine()


# -- batches ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "decoding",
    [
        Decoding(max_new_tokens=30, do_sample=True, seed=3),
        Decoding(max_new_tokens=30, do_sample=True, temperature=0.6, top_p=0.9, seed=2**32 - 1),
        replace(LONG, repetition_penalty=1.3),
        Decoding(max_new_tokens=20),
    ],
    ids=["sampled", "cool", "penalised", "greedy"],
)
def test_row_gets_the_same_text_alone_and_in_a_batch_of_eight(engine: LocalEngine, decoding: Decoding) -> None:
    request = Request("cook the pasta, then add the tomato", decoding)
    (alone,) = _answers(engine.stream([request]), 1)

    first = _answers(engine.stream([request, *OTHERS]), 8)[0]
    last = _answers(engine.stream([*OTHERS, request]), 8)[7]

    assert first == alone
    assert last == alone


def test_an_answer_is_the_same_before_and_after_the_step_was_traced(tiny_model: Path) -> None:
    engine = LocalEngine(_source(tiny_model), EngineOptions(environ=os.environ))
    one, several = OTHERS[1:2], [OTHERS[0], OTHERS[1], OTHERS[4], OTHERS[0]]

    def answers() -> list[list[Token]]:
        return [_tokens(_events(engine.stream(rows)), row) for rows in (one, several) for row in range(len(rows))]

    before = answers()
    traced = sum(1 for __ in iter(engine.use_idle_time, False))

    assert traced >= 2
    assert answers() == before


def test_the_same_seed_gives_the_same_text_and_another_seed_another(engine: LocalEngine) -> None:
    def ask(seed: int) -> str:
        return _answers(engine.stream([Request("add salt", replace(LONG, do_sample=True, seed=seed))]), 1)[0]

    assert ask(1) == ask(1)
    assert len({ask(seed) for seed in range(4)}) > 1


def test_each_distinct_prompt_is_encoded_once(tiny_model: Path) -> None:
    engine = _open(tiny_model)
    engine._loaded.model = spy = _Spy(engine._loaded.model)
    requests = [Request(prompt, Decoding(max_new_tokens=2)) for prompt in ("salt", "pasta", "salt", "salt", "pasta")]

    _events(engine.stream(requests))

    assert [len(prompts) for prompts in spy.encoded] == [2]


def test_events_of_each_row_come_in_order(engine: LocalEngine) -> None:
    events = _events(engine.stream([Request("pasta", replace(LONG, seed=1)), *OTHERS]))

    for row in range(8):
        kinds = [type(event) for event in events if event.row == row]
        assert kinds[0] is Started
        assert kinds[-1] is Finished
        assert set(kinds[1:-1]) <= {Delta}


def test_an_empty_batch_has_no_events(tiny: LocalEngine) -> None:
    assert _events(tiny.stream([])) == []


def test_started_has_the_length_of_the_prompt(engine: LocalEngine) -> None:
    started = next(iter(engine.stream([Request("cook the pasta", LONG)])))

    assert isinstance(started, Started)
    assert started.prompt_tokens == engine.measure(["cook the pasta"]).total


def test_answers_with_a_given_beginning_are_the_same_alone_and_in_a_batch(engine: LocalEngine) -> None:
    sampled = Decoding(max_new_tokens=20, min_new_tokens=20, do_sample=True, seed=8)
    whole = [t.id for t in _tokens(_events(engine.stream([Request("add salt", sampled)])), 0)]
    begun = Request("add salt", sampled, begin=tuple(whole[:7]))

    alone = _events(engine.stream([begun]))
    beside = _events(engine.stream([*OTHERS, begun]))

    assert [t.id for t in _tokens(alone, 0)] == [t.id for t in _tokens(beside, 7)] == whole
    assert _answers(alone, 1) == [_answers(engine.stream([Request("add salt", sampled)]), 1)[0]]


# -- text and tokens --------------------------------------------------------------------------------------------------


def test_token_texts_join_to_the_answer(engine: LocalEngine) -> None:
    decodings = [replace(LONG, do_sample=True, seed=seed) for seed in range(8)]
    events = _events(engine.stream([Request(f"salt {decoding.seed}", decoding) for decoding in decodings]))

    for row, answer in enumerate(_answers(events, 8)):
        assert "".join(token.text for token in _tokens(events, row)).lstrip(" ") == answer


def test_stop_text_across_tokens_cuts_the_answer_and_is_never_shown(engine: LocalEngine) -> None:
    request = Request("cook the pasta", replace(LONG, do_sample=True, seed=4))
    (whole,) = _answers(engine.stream([request]), 1)
    tokens = _tokens(_events(engine.stream([request])), 0)
    at = next(i for i in range(5, 28) if tokens[i].text and tokens[i + 1].text)
    stop = tokens[at].text[-1] + tokens[at + 1].text[0]

    events = _events(engine.stream([replace(request, decoding=replace(request.decoding, stop=(stop, "never")))]))

    assert _answers(events, 1) == [whole[: whole.index(stop)]]
    assert _finished(events, 0).finish == "stop"
    assert _finished(events, 0).new_tokens == len(_tokens(events, 0)) <= at + 2


def test_beginning_of_a_stop_text_is_held_back_but_shown_at_the_end(engine: LocalEngine) -> None:
    request = Request("cook the pasta", LONG)
    (whole,) = _answers(engine.stream([request]), 1)
    stop = whole[-1] + "\n"  # no answer holds a line break

    events = _events(engine.stream([replace(request, decoding=replace(LONG, stop=(stop,)))]))

    assert _answers(events, 1) == [whole]
    assert _finished(events, 0).finish == "length"


# -- how rows end -----------------------------------------------------------------------------------------------------


def test_row_that_runs_out_of_room_ends_by_length(engine: LocalEngine) -> None:
    events = _events(engine.stream([Request("add salt", LONG)]))
    finished = _finished(events, 0)

    assert finished.finish == "length"
    assert finished.new_tokens == len(_tokens(events, 0)) == 30
    assert finished.first_token_s is not None
    assert 0 < finished.first_token_s <= finished.total_s


def test_end_token_ends_the_row_and_is_not_one_of_its_tokens(tmp_path: Path) -> None:
    engine = _open(_that_ends_at_once(tmp_path))

    events = _events(engine.stream([Request("add salt", Decoding(max_new_tokens=9, min_new_tokens=2))]))

    assert _finished(events, 0).finish == "eos"
    assert _finished(events, 0).new_tokens == len(_tokens(events, 0)) == 2
    assert all(token.id != 1 for token in _tokens(events, 0))


def test_empty_answer_has_no_first_token(tmp_path: Path) -> None:
    engine = _open(_that_ends_at_once(tmp_path))

    started, finished = engine.stream([Request("add salt", Decoding(max_new_tokens=9))])

    assert isinstance(started, Started)
    assert isinstance(finished, Finished)
    assert (finished.finish, finished.new_tokens, finished.first_token_s) == ("eos", 0, None)


def test_stop_between_tokens_ends_every_row_as_interrupted(engine: LocalEngine) -> None:
    short = Request("salt", Decoding(max_new_tokens=1, min_new_tokens=1))
    stream = engine.stream([Request("add salt", LONG), Request("pasta", LONG), short])
    begun = [next(stream) for _ in range(3 + 3 + 1 + 2)]  # started, first tokens, the short row's end, second tokens

    engine.stop()
    rest = list(stream)

    assert [(event.row, event.finish) for event in rest if isinstance(event, Finished)] == [
        (0, "interrupted"),
        (1, "interrupted"),
    ]
    assert _finished([*begun, *rest], 0).new_tokens == len(_tokens([*begun, *rest], 0)) == 2
    assert _finished(_events(engine.stream([OTHERS[0]])), 0).finish != "interrupted"  # a stop is for one question


def test_stop_while_the_model_loads_ends_the_answer_as_interrupted(tiny_model: Path) -> None:
    def report(status: str) -> None:
        if status.startswith("loading"):
            engine.stop()

    engine = LocalEngine(_source(tiny_model), EngineOptions(environ=os.environ, device="cpu", report=report))

    assert _finished(_events(engine.stream([OTHERS[0]])), 0).finish == "interrupted"
    assert _finished(_events(engine.stream([OTHERS[0]])), 0).finish != "interrupted"


@pytest.mark.parametrize("after", [4, pytest.param(5, marks=SLOW), pytest.param(9, marks=SLOW), 30])
def test_a_cancelled_row_ends_alone_and_the_others_keep_every_bit(engine: LocalEngine, after: int) -> None:
    asked = [Request("add salt", LONG), Request("pasta", LONG), OTHERS[1], Request("add salt", replace(LONG, seed=4))]
    alone = [_tokens(_events(engine.stream([request])), 0) for request in asked]
    stream = engine.stream(asked)
    events = [next(stream) for _ in range(after)]

    engine.cancel(1)
    events += stream

    cancelled = _finished(events, 1)
    assert cancelled.finish == "interrupted"
    assert cancelled.new_tokens < 30
    if engine._ready().may_draft:  # the same bits in any batch
        assert _tokens(events, 1) == alone[1][: cancelled.new_tokens]
        assert [_tokens(events, row) for row in (0, 2, 3)] == [alone[0], alone[2], alone[3]]
    ids = [[token.id for token in _tokens(events, row)] for row in range(4)]
    assert ids == [[token.id for token in tokens[: len(ids[row])]] for row, tokens in enumerate(alone)]
    assert [len(ids[row]) for row in (0, 2, 3)] == [len(alone[row]) for row in (0, 2, 3)]
    assert "interrupted" not in [_finished(events, row).finish for row in (0, 2, 3)]
    assert _finished(_events(engine.stream(asked[:2])), 1).finish == "length"  # for one batch only


@pytest.mark.transformers
def test_stop_before_the_search_ends_beams_as_interrupted(tiny: LocalEngine) -> None:
    stream = tiny.stream([Request("add salt", Decoding(num_beams=3))])
    next(stream)

    tiny.stop()

    assert [event.finish for event in stream if isinstance(event, Finished)] == ["interrupted"]


@pytest.mark.transformers
def test_a_cancelled_row_of_beams_ends_alone(tiny: LocalEngine) -> None:
    beams = Decoding(num_beams=3, max_new_tokens=6)
    stream = tiny.stream([Request("add salt", beams), Request("pasta", beams)])
    next(stream)

    tiny.cancel(0)

    finishes = {event.row: event.finish for event in stream if isinstance(event, Finished)}
    assert finishes[0] == "interrupted"
    assert finishes[1] != "interrupted"


# -- probabilities ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change", [{}, {"repetition_penalty": 2.0}, {"do_sample": True, "temperature": 3.0, "top_k": 5}], ids=str
)
def test_log_probabilities_are_those_of_the_raw_logits(engine: LocalEngine, change: dict[str, Any]) -> None:
    text = "cook the pasta"
    tokens = _tokens(_events(engine.stream([Request(text, replace(LONG, **change))])), 0)

    model = engine._loaded.model
    with torch.inference_mode():
        cache = model.start(model.encode([engine._tokenizer.encode(text)]), [0], 30)
        fed = [0, *(token.id for token in tokens)]
        expected = [model.step([i], cache)[0].double().log_softmax(-1) for i in fed[:-1]]

    for token, logprobs in zip(tokens, expected, strict=True):
        assert token.logprob == pytest.approx(float(logprobs[token.id]), abs=1e-4)
        for alternative in token.top:
            assert alternative.logprob == pytest.approx(float(logprobs[alternative.id]), abs=1e-4)


def test_alternatives_are_sorted_and_the_greedy_choice_is_the_first(engine: LocalEngine) -> None:
    tokens = _tokens(_events(engine.stream([Request("add salt", Decoding(max_new_tokens=20, top=6))])), 0)

    for token in tokens:
        assert [a.logprob for a in token.top] == sorted((a.logprob for a in token.top), reverse=True)
        assert (token.top[0].id, token.top[0].logprob) == (token.id, token.logprob)
        assert len({a.id for a in token.top}) == 6
        assert all(a.text for a in token.top)
        assert sum(math.exp(a.logprob) for a in token.top) <= 1 + 1e-5


# -- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tensor", ["decoder.block.1.layer.2.DenseReluDense.wo.weight", "shared.weight"])
def test_weights_that_are_not_finite_are_refused(tmp_path: Path, tensor: str) -> None:
    folder = make_tiny_t5(tmp_path / "model")
    _change(folder, tensor, np.nan)

    with pytest.raises(ModelError, match=rf"model\.safetensors: {tensor}: .*not finite.*download it again"):
        _open(folder)


def test_weights_whose_products_overflow_are_refused(tmp_path: Path) -> None:
    folder = make_tiny_t5(tmp_path / "model")
    _change(folder, "lm_head.weight", 3e38)

    with pytest.raises(ModelError, match=r"are not finite in float32; the weights are damaged"):
        _open(folder)


def test_vocabulary_of_another_model_is_refused(tmp_path: Path) -> None:
    folder = make_tiny_t5(tmp_path / "model")
    shutil.copy(resolve(None, os.environ).folder / "spiece.model", folder / "spiece.model")

    with pytest.raises(ModelError, match=r"spiece\.model: holds \d+ pieces, .*take both files from the same model"):
        _open(folder)


@pytest.mark.parametrize("name", ["tpu", "CPU", "cpu:0", "cuda:x", "npu:", ""])
def test_unknown_device_is_refused(tiny_model: Path, name: str) -> None:
    with pytest.raises(
        DeviceError, match=r"unknown device .*expected auto, npu\[:N,\.\.\.\], cuda\[:N,\.\.\.\], mps, cpu"
    ):
        load_engine(_source(tiny_model), device=name, environ=os.environ)


@pytest.mark.parametrize("name", ["npu", "cuda", "mps"])
def test_missing_device_is_refused_with_a_remedy(tiny_model: Path, name: str) -> None:
    from flanchat.engine.devices.registry import DEVICES

    if DEVICES[name].count():
        pytest.skip(f"this machine has {name}")

    with pytest.raises(DeviceError, match=f"no {name} found: .*; or use device cpu"):
        load_engine(_source(tiny_model), device=name, environ=os.environ)


@pytest.mark.parametrize(
    ("wanted", "said"),
    [({"device": "xpu"}, "未知设备 xpu；应为 auto"), ({"precision": "fp8"}, "未知精度 fp8；应为 auto")],
)
def test_a_refused_device_or_precision_is_refused_in_chinese(
    tiny_model: Path, wanted: dict[str, str], said: str
) -> None:
    use_language("zh", {})
    try:
        with pytest.raises(DeviceError, match=said):
            load_engine(_source(tiny_model), **{"device": "cpu", "environ": os.environ, **wanted})
    finally:
        use_language("en", {})


@pytest.mark.parametrize("name", ["half", "INT8", "float64", ""])
def test_unknown_precision_is_refused(tiny_model: Path, name: str) -> None:
    with pytest.raises(DeviceError, match=f"unknown precision {name}; expected auto, float32, float16, bfloat16, int8"):
        load_engine(_source(tiny_model), device="cpu", precision=name, environ=os.environ)


# -- precision, card, end ---------------------------------------------------------------------------------------------


def test_bfloat16_runs_close_to_float32(tiny: LocalEngine, tiny_model: Path) -> None:
    request = Request("cook the pasta", Decoding(max_new_tokens=1, min_new_tokens=1, top=1))
    short = untraced_engine(_source(tiny_model), "bfloat16")

    (wide,), (narrow,) = (_tokens(_events(engine.stream([request])), 0) for engine in (tiny, short))

    assert short.card().precision == "bfloat16"
    assert short.card().memory_bytes * 2 == tiny.card().memory_bytes
    assert narrow.top[0].logprob == pytest.approx(wide.top[0].logprob, abs=0.5)


def test_checkpoint_in_half_precision_runs_in_float32(tmp_path: Path) -> None:
    engine = _open(make_tiny_t5(tmp_path / "model", dtype="float16"))

    assert engine.card().precision == "float32"
    assert _finished(_events(engine.stream([Request("add salt", LONG)])), 0).finish == "length"


def test_card_has_the_checksums_of_the_files(tiny: LocalEngine, tiny_model: Path) -> None:
    import hashlib

    card = tiny.card()

    assert card.weights_sha256 == hashlib.sha256((tiny_model / "model.safetensors").read_bytes()).hexdigest()
    assert card.tokenizer_sha256 == hashlib.sha256((tiny_model / "spiece.model").read_bytes()).hexdigest()
    assert (card.name, card.folder, card.device) == ("tiny", str(tiny_model), "cpu")
    assert torch.__version__.startswith(card.versions["torch"])  # some builds leave their local version out


def test_closing_twice_is_harmless(tiny_model: Path) -> None:
    engine = _open(tiny_model)

    engine.close()
    engine.close()


# -- helpers ----------------------------------------------------------------------------------------------------------


class _Spy:
    """A model that records the prompts that it encodes."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self.encoded: list[list[Sequence[int]]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def encode(self, prompts: Sequence[Sequence[int]]) -> Any:
        self.encoded.append(list(prompts))
        return self._model.encode(prompts)


def _source(folder: Path) -> ModelSource:
    return ModelSource("tiny", folder, "folder", "")


def _open(folder: Path, precision: str = "float32") -> LocalEngine:
    engine = untraced_engine(_source(folder), precision)
    torch.set_num_threads(1)  # for models this small, threads only wait for each other
    return engine


def _events(stream: Iterable[Event]) -> list[Event]:
    return list(stream)


def _answers(events: Iterable[Event], rows: int) -> list[str]:
    texts = [""] * rows
    for event in events:
        if isinstance(event, Delta):
            texts[event.row] += event.text
    return texts


def _tokens(events: Iterable[Event], row: int) -> list[Token]:
    return [token for event in events if isinstance(event, Delta) and event.row == row for token in event.tokens]


def _finished(events: Iterable[Event], row: int) -> Finished:
    (finished,) = (event for event in events if isinstance(event, Finished) and event.row == row)
    return finished


def _change(folder: Path, name: str, value: float) -> None:
    """Set one value in the middle of a tensor, or all of the head."""
    tensors = load_file(folder / "model.safetensors")
    if name == "lm_head.weight":
        tensors[name][:] = value
    else:
        tensors[name][3, 3] = value
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


def _that_ends_at_once(folder: Path) -> Path:
    """A model whose likeliest token is always the end: all embeddings, and its row of the head, have one direction."""
    folder = make_tiny_t5(folder / "ending")
    tensors = load_file(folder / "model.safetensors")
    tensors["shared.weight"][:, 0] = 50
    tensors["lm_head.weight"][1] = 0
    tensors["lm_head.weight"][1, 0] = 9
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    return folder
