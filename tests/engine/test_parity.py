"""Our T5 computes what transformers computes: the same logits, the same greedy answers, the same beams."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file, save_file

from flanchat.engine.checkpoint.validate import Checkpoint, ModelSource, preflight
from flanchat.engine.events import Decoding, Delta, Finished, Request
from flanchat.engine.hubs.resolve import resolve
from flanchat.engine.protocol import EngineOptions
from flanchat.engine.t5.decoding import DecodingLoop
from flanchat.engine.t5.key_value_cache import KeyValueCache
from flanchat.engine.t5.local import LocalEngine, load_engine
from flanchat.engine.t5.model import T5
from flanchat.engine.t5.position_bias import relative_bucket
from flanchat.engine.t5.tokenizer import open_tokenizer
from flanchat.engine.t5.transformers_model import CLASSES, use_own_tables
from flanchat.prompting.profile import Profile
from flanchat.prompting.settings import Settings
from flanchat.sessions.session import Session
from flanchat.sessions.transcript import NoTranscript
from tests.reference import shared_engine
from tests.tiny_t5 import make_tiny_t5

pytestmark = pytest.mark.transformers

SMALL = {"d_model": 512, "d_kv": 64, "d_ff": 1024, "heads": 6, "scale": 0.02}  # flan-t5-small, but for its depth
SHAPES: dict[str, dict[str, Any]] = {
    "small": SMALL,
    "small-and-deep": {**SMALL, "layers": 8, "decoder_layers": 8},
    "tied": {"tied": True, "gated": False},
    "gated-tied": {"tied": True},
    "relu-own-head": {"gated": False},
    "sharded": {"shards": 3},
    "odd-head-size": {"heads": 3, "d_kv": 7},
    "fewer-encoder-layers": {"layers": 1, "decoder_layers": 3},
    "half": {"dtype": "float16"},
    "mt5": {"family": "mt5"},
    "umt5": {"family": "umt5"},
}
TRACED = {"small", "small-and-deep", "tied", "umt5"}
"""Whose steps are traced, which takes 0.2 s. That a traced step equals the plain one: tests/engine/devices."""

TEXT = "the of and in with for on cook boil salt water tomato translate Paris question answer? what, is many no."
CLOSE = 1e-4


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(
    scope="module",
    params=[pytest.param(name, marks=pytest.mark.slow if "deep" in name else ()) for name in SHAPES],
)
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Pair:
    """A random checkpoint of one shape, opened by us and by transformers."""
    folder = tmp_path_factory.mktemp(request.param) / "model"
    source = ModelSource("pair", make_tiny_t5(folder, **{"scale": 0.2, **SHAPES[request.param]}), "folder", "")
    if request.param not in TRACED:
        return Pair(source.folder)
    return Pair(source.folder, engine=load_engine(source, device="cpu", precision="float32", environ=os.environ))


@pytest.fixture(scope="module")
def bundled() -> Pair:
    return Pair(resolve(None, os.environ).folder, engine=shared_engine(None, "float32"))


class Pair:
    """A checkpoint, opened by us (`ours`) and by transformers (`theirs`), in float32."""

    def __init__(self, folder: Path, *, engine: LocalEngine | None = None) -> None:
        """engine: loaded before; otherwise a new one whose steps are not traced, as most tests take few."""
        self.checkpoint: Checkpoint = preflight(folder)
        self.tokenizer = open_tokenizer(self.checkpoint.tokenizer)
        options = EngineOptions(environ=os.environ, device="cpu", precision="float32")
        self.engine = engine or LocalEngine(ModelSource("pair", folder, "folder", ""), options)
        self.engine.start()
        self.ours: T5 = self.engine._loaded.model
        self.theirs = _theirs(self.checkpoint)
        shape = self.checkpoint.shape
        self.uniform = (
            shape.num_layers == shape.num_decoder_layers
        )  # transformers sizes its cache by the encoder's layers

    def logits(self, prompts: Sequence[Sequence[int]], answers: Sequence[Sequence[int]]) -> float:
        """The largest difference of logits when these answers of equal length are fed token by token."""
        with torch.inference_mode():
            cache = self.ours.start(self.ours.encode(prompts), range(len(prompts)), len(answers[0]))
            ours = torch.stack([self.ours.step(ids, cache) for ids in zip(*answers, strict=True)], dim=1)
            theirs = self.theirs(**_batch(prompts), decoder_input_ids=torch.tensor(answers), use_cache=False).logits
        return float((ours - theirs).abs().max())

    def scores(self, prompt: str, choices: Sequence[str]) -> list[float]:
        """Our sums of log-probabilities for a fixed set of answers, as a session computes them."""
        session = Session(self.engine, Profile("plain"), Settings(), NoTranscript())
        list(session.ask(prompt, choices=choices))
        return [choice.sum_logprob for choice in session.last().choices]

    def likelihood(self, prompt: str, answer: str) -> float:
        """The sum of transformers' log-probabilities for an answer and its end token."""
        labels = torch.tensor([self.tokenizer.encode(answer)])
        with torch.inference_mode():
            logits = self.theirs(**_batch([self.tokenizer.encode(prompt)]), labels=labels, use_cache=False).logits
        return float(logits.log_softmax(-1).gather(-1, labels[..., None]).sum())

    def greedy(self, prompts: Sequence[Sequence[int]], decoding: Decoding) -> list[list[int]]:
        """Our answers, each with its end token if it has one."""
        with torch.inference_mode():
            encoded = self.ours.encode(prompts)
            cache = self.ours.start(encoded, range(len(prompts)), decoding.max_new_tokens)
        loop = DecodingLoop(_Steps(self.ours, cache), [decoding] * len(prompts), start_id=0, eos_ids=[1])
        made: list[list[int]] = [[] for _ in prompts]
        while loop.running:
            for choice in loop.step():
                made[choice.row].append(choice.id)
        return made

    def generate(self, prompts: Sequence[Sequence[int]], decoding: Decoding, **more: Any) -> list[list[int]]:
        """The answers of transformers, each with its end token if it has one."""
        from transformers import GenerationConfig

        config = GenerationConfig(
            max_new_tokens=decoding.max_new_tokens,
            min_new_tokens=decoding.min_new_tokens or None,
            repetition_penalty=decoding.repetition_penalty,
            no_repeat_ngram_size=decoding.no_repeat_ngram_size,
            num_beams=decoding.num_beams,
            length_penalty=decoding.length_penalty,
            do_sample=False,
            use_cache=self.uniform,
            decoder_start_token_id=0,
            pad_token_id=0,
            eos_token_id=1,
        )
        with torch.inference_mode():
            out = self.theirs.generate(**_batch(prompts), generation_config=config, **more)[:, 1:].tolist()
        return [ids[: ids.index(1) + 1] if 1 in ids else ids for ids in out]


CHOICES = ("yes", "no", "it is not possible to tell", "Paris, what is the river of Paris?", "tomato salt")


def test_choices_have_transformers_log_probabilities_alone_and_in_a_batch(pair: Pair) -> None:
    """Sums over a choice's tokens and its end token."""
    for prompt in ("question answer?", TEXT):
        theirs = [pair.likelihood(prompt, choice) for choice in CHOICES]

        assert pair.scores(prompt, CHOICES) == pytest.approx(theirs, rel=0, abs=1e-3)
    assert [pair.scores(TEXT, [choice])[0] for choice in CHOICES] == pytest.approx(theirs, rel=0, abs=1e-3)


def test_the_bundled_model_scores_choices_as_transformers_does(bundled: Pair) -> None:
    prompt = "Answer yes or no. The sea is wide. Is the sea wide? Answer:"

    ours = bundled.scores(prompt, CHOICES)

    assert max(abs(own - bundled.likelihood(prompt, choice)) for own, choice in zip(ours, CHOICES, strict=True)) < 1e-3


@pytest.mark.parametrize("count", [50, pytest.param(200, marks=pytest.mark.slow)])
def test_bundled_model_answers_many_prompts_as_transformers_does(bundled: Pair, count: int) -> None:
    prompts, decoding = _prompts(bundled, count, longest=30), Decoding(max_new_tokens=12)

    ours = [answer for at in range(0, count, 50) for answer in bundled.greedy(prompts[at : at + 50], decoding)]
    theirs = [answer for at in range(0, count, 50) for answer in bundled.generate(prompts[at : at + 50], decoding)]

    assert ours == theirs


def test_logits_are_close_in_a_padded_batch(pair: Pair) -> None:
    prompts = _prompts(pair, 5, longest=25)

    assert pair.logits(prompts, _answers(pair, 5, 12)) < CLOSE


def test_logits_are_close_beyond_the_farthest_distance_bucket(pair: Pair) -> None:
    """All distances from 128 tokens on share a bucket, in the prompt and in the answer."""
    prompts = [ids[:200] for ids in _prompts(pair, 2, longest=400, shortest=300)]
    assert len(prompts[0]) > 150

    assert pair.logits(prompts, _answers(pair, 2, 132)) < CLOSE


def test_bundled_logits_are_close(bundled: Pair) -> None:
    """Its logits are up to 18, so that float32 rounds them more coarsely; how much depends on the fastest kernel."""
    assert bundled.logits(_prompts(bundled, 4, longest=200), _answers(bundled, 4, 20)) < 2 * CLOSE


def test_greedy_answers_are_equal(pair: Pair) -> None:
    prompts, decoding = _prompts(pair, 12, longest=20), Decoding(max_new_tokens=12)

    assert pair.greedy(prompts, decoding) == pair.generate(prompts, decoding)


@pytest.mark.parametrize(
    "change",
    [
        {"repetition_penalty": 1.7},
        {"repetition_penalty": 0.8},
        {"no_repeat_ngram_size": 1},
        {"no_repeat_ngram_size": 2},
        {"min_new_tokens": 12},
        {"repetition_penalty": 1.2, "no_repeat_ngram_size": 3, "min_new_tokens": 5},
    ],
    ids=str,
)
def test_penalties_are_those_of_transformers(bundled: Pair, change: dict[str, Any]) -> None:
    prompts, decoding = _prompts(bundled, 8, longest=20), replace(Decoding(max_new_tokens=16), **change)

    assert bundled.greedy(prompts, decoding) == bundled.generate(prompts, decoding)


def test_random_model_respects_the_minimum_length_as_transformers_does(tmp_path: Path) -> None:
    """Its greedy answers end early, so only the minimum makes them long."""
    folder = make_tiny_t5(tmp_path / "model")
    _favour_the_end(folder)
    eager = Pair(folder)
    prompts = _prompts(eager, 6, longest=20)
    short, long = Decoding(max_new_tokens=9), Decoding(max_new_tokens=9, min_new_tokens=4)

    assert {len(ids) for ids in eager.greedy(prompts, short)} == {1}
    assert eager.greedy(prompts, long) == eager.generate(prompts, long)
    assert {len(ids) for ids in eager.greedy(prompts, long)} == {5}


# -- beams ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change", [{}, {"length_penalty": 0.2}, {"no_repeat_ngram_size": 2, "min_new_tokens": 4}], ids=str
)
def test_beams_through_the_engine_are_those_of_generate(bundled: Pair, change: dict[str, Any]) -> None:
    decoding = replace(Decoding(max_new_tokens=10, num_beams=3), **change)
    for text in ("translate English to German: the city", "Q: is salt good? A:"):
        (expected,) = bundled.generate([bundled.tokenizer.encode(text)], decoding)

        *_, delta, finished = bundled.engine.stream([Request(text, decoding)])

        assert isinstance(delta, Delta)
        assert isinstance(finished, Finished)
        assert [token.id for token in delta.tokens] == [i for i in expected if i != 1]
        assert finished.finish == ("eos" if 1 in expected else "length")
        assert finished.new_tokens == len(delta.tokens)


def test_beams_of_a_model_with_its_own_head_are_those_of_generate(pair: Pair) -> None:
    decoding = Decoding(max_new_tokens=8, num_beams=4)
    (expected,) = pair.generate([pair.tokenizer.encode("cook the pasta")], decoding)

    *_, delta, _ = pair.engine.stream([Request("cook the pasta", decoding)])

    assert isinstance(delta, Delta)
    assert [token.id for token in delta.tokens] == [i for i in expected if i != 1]


def test_log_probabilities_of_beams_are_those_of_teacher_forcing(bundled: Pair) -> None:
    text = "translate English to German: the city"
    *_, delta, _ = bundled.engine.stream([Request(text, Decoding(max_new_tokens=10, num_beams=3, top=3))])
    assert isinstance(delta, Delta)
    ids = [token.id for token in delta.tokens]

    with torch.inference_mode():
        forced = bundled.theirs(**_batch([bundled.tokenizer.encode(text)]), decoder_input_ids=torch.tensor([[0, *ids]]))
    expected = forced.logits[0].log_softmax(-1)

    for at, token in enumerate(delta.tokens):
        assert token.logprob == pytest.approx(float(expected[at, token.id]), abs=CLOSE)
        assert [a.logprob for a in token.top] == pytest.approx(expected[at].topk(3).values.tolist(), abs=CLOSE)


@pytest.fixture
def loud(tmp_path: Path) -> Path:
    """A model with its own head, half precision and a generation config, about which transformers would warn."""
    folder = make_tiny_t5(tmp_path / "model", dtype="float16")
    (folder / "generation_config.json").write_text('{"temperature": 0.3, "max_length": 4, "do_sample": false}')
    return folder


def test_a_search_silences_transformers(loud: Path, capfd: pytest.CaptureFixture[str]) -> None:
    from transformers.utils import logging

    logging.set_verbosity_warning()
    logging.enable_progress_bar()
    engine = load_engine(ModelSource("tiny", loud, "folder", ""), environ=os.environ)
    list(engine.stream([Request("add salt", Decoding(max_new_tokens=6, num_beams=2, length_penalty=0.5))]))

    assert (logging.get_verbosity(), logging.is_progress_bar_enabled()) == (logging.ERROR, False)
    assert capfd.readouterr() == ("", "")


@pytest.mark.slow
@pytest.mark.usefixtures("forked")
def test_transformers_prints_nothing_while_it_is_imported_and_searches(loud: Path) -> None:
    program = f"""
import os
from pathlib import Path
from flanchat.engine.t5.local import load_engine
from flanchat.engine.checkpoint.validate import ModelSource
from flanchat.engine.events import Decoding, Request
engine = load_engine(ModelSource("tiny", Path({str(loud)!r}), "folder", ""), environ=os.environ)
request = Request("add salt", Decoding(max_new_tokens=6, num_beams=2, length_penalty=0.5))
print(list(engine.stream([request]))[-1].finish)
"""
    root = Path(__file__).parents[2]

    ran = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=False)

    assert ran.stderr == ""
    assert ran.stdout in ("eos\n", "length\n")


# -- parts ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("both_ways", [True, False])
@pytest.mark.parametrize(("buckets", "farthest"), [(32, 128), (32, 100), (12, 20), (8, 512)])
def test_distance_buckets_are_those_of_transformers(
    bundled: Pair, both_ways: bool, buckets: int, farthest: int
) -> None:
    from transformers.models.t5.modeling_t5 import T5Attention

    distance = torch.arange(-2000, 2001)
    shape = replace(bundled.checkpoint.shape, num_buckets=buckets, max_distance=farthest)

    assert torch.equal(
        relative_bucket(distance, shape, both_ways=both_ways),
        T5Attention._relative_position_bucket(distance, both_ways, buckets, farthest),
    )


# -- helpers ----------------------------------------------------------------------------------------------------------


class _Steps:
    """Our model with its cache; a decoding.Stepper."""

    def __init__(self, model: T5, cache: KeyValueCache) -> None:
        self._model, self._cache = model, cache

    def step(self, ids: Sequence[int]) -> torch.Tensor:
        return self._model.step(ids, self._cache)

    def keep(self, rows: Sequence[int]) -> None:
        self._cache.keep(rows)


@pytest.mark.parametrize(
    ("gated", "fields"),
    [
        (True, {"feed_forward_proj": "gated-silu"}),
        (True, {"feed_forward_proj": "gated-relu"}),
        (True, {"dense_act_fn": "gelu"}),
        (True, {"feed_forward_proj": "relu", "dense_act_fn": "gelu_new", "is_gated_act": True}),
        (False, {"feed_forward_proj": "gelu"}),
        (False, {"dense_act_fn": "silu"}),
    ],
    ids=str,
)
def test_logits_are_those_of_every_activation(tmp_path: Path, gated: bool, fields: dict[str, Any]) -> None:
    folder = make_tiny_t5(tmp_path / "model", gated=gated, scale=0.2)
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))

    assert Pair(folder).logits([[5, 9, 23, 1]], [[0, 7, 30, 41]]) < CLOSE


TABLES = ("encoder.embed_tokens.weight", "decoder.embed_tokens.weight", "lm_head.weight")
CASES = [
    pytest.param(own, shared, tied, marks=pytest.mark.slow if (number + shared + tied) % 2 else ())
    for number, own in enumerate((TABLES[:1], TABLES[1:2], TABLES[:2], TABLES[1:], TABLES))
    for shared in (True, False)
    for tied in (True, False)
]
"""The ordinary half has each set of own tables with two of the four combinations of `shared` and `tied`."""


@pytest.mark.skipif(int(version("transformers").split(".")[0]) < 5, reason="version 4 ties every table")
@pytest.mark.parametrize(("own", "shared", "tied"), CASES)
def test_encoder_and_decoder_use_the_tables_that_transformers_uses(
    tmp_path: Path, own: Sequence[str], shared: bool, tied: bool
) -> None:
    folder = make_tiny_t5(tmp_path / "model", tied=tied, scale=0.2)
    tensors = load_file(folder / "model.safetensors")
    for number, name in enumerate(own, 1):
        tensors[name] = np.random.default_rng(number).normal(0, 0.2, tensors["shared.weight"].shape).astype(np.float32)
    if not shared:
        del tensors["shared.weight"]
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    pair, decoding = Pair(folder), Decoding(max_new_tokens=6, num_beams=3)
    pair.theirs = _as_saved(pair.checkpoint)

    assert pair.logits([[5, 9, 23, 1]], [[0, 7, 30, 41]]) < CLOSE
    (expected,) = pair.generate([pair.tokenizer.encode("cook the pasta")], decoding)
    *_, delta, _ = pair.engine.stream([Request("cook the pasta", decoding)])
    assert isinstance(delta, Delta)
    assert [token.id for token in delta.tokens] == [i for i in expected if i != 1]


def _theirs(checkpoint: Checkpoint) -> Any:
    model = _as_saved(checkpoint)
    use_own_tables(model, checkpoint)
    return model


def _as_saved(checkpoint: Checkpoint) -> Any:
    """transformers' model in float32, with the tables that it chooses itself."""
    import transformers

    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    model = getattr(transformers, CLASSES[checkpoint.family]).from_pretrained(
        checkpoint.folder,
        trust_remote_code=False,
        use_safetensors=True,
        local_files_only=True,
        attn_implementation="eager",
    )
    return model.float().eval()


def _batch(prompts: Sequence[Sequence[int]]) -> dict[str, torch.Tensor]:
    width = max(map(len, prompts))
    padded = torch.tensor([[*ids, *[0] * (width - len(ids))] for ids in prompts])
    mask = torch.tensor([[1] * len(ids) + [0] * (width - len(ids)) for ids in prompts])
    return {"input_ids": padded, "attention_mask": mask}


def _prompts(pair: Pair, count: int, *, longest: int, shortest: int = 1) -> list[list[int]]:
    """Ids of random texts of the given numbers of words."""
    rng = Random(count)
    return [
        pair.tokenizer.encode(" ".join(rng.choices(TEXT.split(), k=rng.randint(shortest, longest))))
        for _ in range(count)
    ]


def _answers(pair: Pair, count: int, length: int) -> list[list[int]]:
    """Random answers to feed, start token first."""
    rng = Random(length)
    return [[0, *(rng.randrange(3, pair.tokenizer.size) for _ in range(length - 1))] for _ in range(count)]


def _favour_the_end(folder: Path) -> None:
    """Make the end token always the likeliest: all embeddings, and its row of the head, have one direction."""
    tensors = load_file(folder / "model.safetensors")
    tensors["shared.weight"][:, 0] = 50
    tensors["lm_head.weight"][1] = 0
    tensors["lm_head.weight"][1, 0] = 9
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
