"""The reference engine is transformers: its ids and numbers, and a refusal by name of what it cannot do."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from flanchat.base.errors import DeviceError, EngineError, ModelError
from flanchat.engine.checkpoint.validate import ModelSource
from flanchat.engine.events import Decoding, Delta, Finished, Position, Request, Token
from flanchat.engine.protocol import Engine, EngineOptions
from tests.reference import HAS_OPENMIND, open_here
from tests.tiny_t5 import make_adapter, make_tiny_t5

pytestmark = pytest.mark.transformers

PROMPTS = ["add salt", "What is the capital of France?", "translate: Paris is a city of many"]
GREEDY = Decoding(max_new_tokens=12, top=3)


def opened(folder: Path, engine: str, precision: str = "float32", notes: list[str] | None = None) -> Engine:
    note = (notes if notes is not None else []).append
    options = EngineOptions(environ=os.environ, device="cpu", precision=precision, note=note)
    return open_here(ModelSource("it", folder, "folder", ""), options, engine)


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, Engine]]:
    """transformers' engine and ours, of one checkpoint."""
    folder = make_tiny_t5(tmp_path_factory.mktemp("reference") / "model", scale=0.3)
    with closing(opened(folder, "transformers")) as reference, closing(opened(folder, "local")) as own:
        yield reference, own


def answers(engine: Engine, requests: Sequence[Request]) -> list[tuple[list[Token], str, Finished]]:
    tokens: list[list[Token]] = [[] for __ in requests]
    texts, ends = [""] * len(requests), {}
    for event in engine.stream(requests):
        if isinstance(event, Delta):
            tokens[event.row] += event.tokens
            texts[event.row] += event.text
        elif isinstance(event, Finished):
            ends[event.row] = event
    return [(tokens[row], texts[row], ends[row]) for row in range(len(requests))]


@pytest.mark.parametrize(
    "decoding",
    [
        GREEDY,
        Decoding(max_new_tokens=9, min_new_tokens=6, repetition_penalty=1.4, top=3),
        Decoding(max_new_tokens=10, no_repeat_ngram_size=2, top=3),
    ],
)
def test_greedy_answers_are_the_same_with_the_same_log_probabilities(
    engines: tuple[Engine, Engine], decoding: Decoding
):
    theirs, ours = (answers(engine, [Request(prompt, decoding) for prompt in PROMPTS]) for engine in engines)

    for (their_tokens, their_text, their_end), (own_tokens, own_text, own_end) in zip(theirs, ours, strict=True):
        assert [token.id for token in their_tokens] == [token.id for token in own_tokens]
        assert [token.text for token in their_tokens] == [token.text for token in own_tokens]
        assert (their_text, their_end.finish, their_end.new_tokens) == (own_text, own_end.finish, own_end.new_tokens)
        for a, b in zip(their_tokens, own_tokens, strict=True):
            assert a.logprob == pytest.approx(b.logprob, abs=1e-4)
            assert [other.id for other in a.top] == [other.id for other in b.top]


def test_the_log_probability_of_the_end_and_of_given_answers_is_transformers(engines: tuple[Engine, Engine]):
    reference, own = engines
    ids = tuple(piece.id for piece in own.pieces("a city of Paris"))
    requests = [Request(PROMPTS[0], Decoding(top=2), begin=ids, only=True)]

    [(their_tokens, their_text, their_end)], [(own_tokens, own_text, own_end)] = (
        answers(engine, requests) for engine in (reference, own)
    )

    assert their_text == own_text == "a city of Paris"
    assert their_end.end_logprob == pytest.approx(own_end.end_logprob, abs=1e-4)
    assert their_end.end_rival is not None
    assert own_end.end_rival is not None
    assert their_end.end_rival.id == own_end.end_rival.id
    assert [t.logprob for t in their_tokens] == pytest.approx([t.logprob for t in own_tokens], abs=1e-4)


def test_a_stop_text_ends_the_answer_where_it_does_in_flanchat(engines: tuple[Engine, Engine]):
    [(__, whole, ___)] = answers(engines[1], [Request(PROMPTS[1], GREEDY)])
    decoding = Decoding(max_new_tokens=12, stop=(whole[4:7],))

    theirs, ours = (answers(engine, [Request(PROMPTS[1], decoding)])[0] for engine in engines)

    assert (theirs[1], theirs[2].finish) == (ours[1], ours[2].finish) == (whole[:4], "stop")
    assert [t.id for t in theirs[0]] == [t.id for t in ours[0]]


def test_a_sampled_answer_is_repeatable_and_said_to_differ(tmp_path: Path):
    notes: list[str] = []
    request = Request(PROMPTS[0], Decoding(max_new_tokens=8, do_sample=True, temperature=2.0, seed=3))
    with closing(opened(make_tiny_t5(tmp_path / "model"), "transformers", notes=notes)) as engine:
        first, second = (answers(engine, [request])[0][1] for __ in range(2))

    assert first == second
    assert [note for note in notes if "a seed gives other answers" in note] == [
        "transformers samples from one generator of its own: a seed gives other answers than with flanchat"
    ]


@pytest.mark.parametrize(
    ("request_", "why"),
    [
        (Request("add", Decoding(num_beams=2)), "num_beams: the reference engine decodes greedily or samples"),
        (Request("add", GREEDY, begin=(5,)), "continues none and takes no alternative token"),
    ],
)
def test_what_it_cannot_do_is_refused_by_name(engines: tuple[Engine, Engine], request_: Request, why: str):
    with pytest.raises(EngineError, match=why):
        list(engines[0].stream([request_]))


def test_views_that_need_flanchats_own_passes_are_refused_by_name(engines: tuple[Engine, Engine]):
    reference = engines[0]
    with pytest.raises(EngineError, match="shows no attention"):
        reference.attention("add", [5])
    with pytest.raises(EngineError, match="computes no gradient"):
        reference.gradient("add", [5], end=True)
    with pytest.raises(EngineError, match="measures no steps"):
        reference.step_costs(rows=1, prompt_tokens=2, new_tokens=2)


def test_adapters_and_int8_are_refused_by_name(tiny_model: Path, tmp_path: Path):
    adapter = make_adapter(tmp_path / "adapter", tiny_model, "encoder.block.0.layer.0.SelfAttention.q")
    source = ModelSource("it", tiny_model, "folder", "", adapter=adapter)
    with pytest.raises(ModelError, match="it: the reference engine reads no adapters"):
        open_here(source, EngineOptions(environ=os.environ), "transformers").card()
    with pytest.raises(DeviceError, match="precision int8: transformers has float32, float16 and bfloat16"):
        opened(tiny_model, "transformers", "int8").card()


def test_the_card_says_who_answers(engines: tuple[Engine, Engine]):
    card = engines[0].card()

    libraries = ["transformers", *(["openmind"] if HAS_OPENMIND else [])]
    assert card.engine == "transformers"
    assert card.why.startswith("generate of transformers ")
    assert all(name in card.versions and name in card.why for name in libraries)
    assert card.weights_sha256 == engines[1].card().weights_sha256


def test_a_divergence_is_that_of_the_whole_distributions_in_both_directions(tmp_path: Path):
    """Computed by hand from transformers' logits of the two checkpoints."""
    import torch
    import transformers

    folders = [make_tiny_t5(tmp_path / str(seed), seed=seed, scale=0.2) for seed in (0, 1)]
    file = str(tmp_path / "rows")
    with closing(opened(folders[0], "local")) as first, closing(opened(folders[1], "local")) as second:
        ids = [piece.id for piece in first.pieces("a city of Paris")]
        prompt = [*(piece.id for piece in first.pieces(PROMPTS[0])), 1]
        requests = [Request(PROMPTS[0], Decoding(top=2), begin=tuple(ids), only=True)]
        first.distributions(requests, file)
        [found] = second.distributions(requests, file, compare=True)

    rows = []
    for folder in folders:
        model = transformers.T5ForConditionalGeneration.from_pretrained(folder, attn_implementation="eager")
        with torch.inference_mode():
            logits = model(input_ids=torch.tensor([prompt]), decoder_input_ids=torch.tensor([[0, *ids]])).logits[0]
        rows.append(logits.double().log_softmax(-1))
    p, q = rows
    assert [one.kl for one in found] == pytest.approx((p.exp() * (p - q)).sum(-1).tolist(), rel=1e-4)
    assert [one.reverse_kl for one in found] == pytest.approx((q.exp() * (q - p)).sum(-1).tolist(), rel=1e-4)
    assert [one.token.id for one in found] == [*ids, 1]
    assert [one.token.top[0].id for one in found] == q.argmax(-1).tolist()


def test_a_checkpoint_is_no_distance_from_itself_and_a_rounding_from_transformers(
    engines: tuple[Engine, Engine], tmp_path: Path
):
    reference, own = engines
    file = str(tmp_path / "rows")
    requests = [Request(prompt, Decoding(top=1), begin=(5, 9, 12), only=True) for prompt in PROMPTS]
    own.distributions(requests, file)

    itself = own.distributions(requests, file, compare=True)
    other = reference.distributions(requests, file, compare=True)

    def largest(found: Sequence[Sequence[Position]]) -> float:
        return max(max(one.kl or 0.0, one.reverse_kl or 0.0) for answer in found for one in answer)

    assert largest(itself) == 0.0
    assert 0.0 <= largest(other) < 1e-6


def test_vocabularies_of_different_sizes_are_refused(engines: tuple[Engine, Engine], tmp_path: Path):
    larger = make_tiny_t5(tmp_path / "larger", more_rows=3)
    requests = [Request(PROMPTS[0], Decoding(top=1), begin=(5,), only=True)]
    engines[1].distributions(requests, str(tmp_path / "rows"))

    with closing(opened(larger, "local")) as other, pytest.raises(EngineError, match="expected a vocabulary of"):
        other.distributions(requests, str(tmp_path / "rows"), compare=True)
