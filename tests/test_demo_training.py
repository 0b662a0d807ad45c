"""Training the demo model: its own forward pass, how a run starts, and that it goes on where it was stopped."""

import json
import shutil
from pathlib import Path

import pytest
import torch
from sentencepiece import SentencePieceProcessor

import flanchat
from flanchat.engine.checkpoint import convert
from flanchat.engine.checkpoint.validate import preflight

pytestmark = [
    pytest.mark.transformers,  # it is imported by the training, which the tests import themselves therefore
    pytest.mark.skipif(not convert.is_safe(torch.__version__), reason="the demo model is trained with today's torch"),
]

DEMO = Path(flanchat.__file__).parent / "demo"


@pytest.fixture(scope="module")
def words() -> SentencePieceProcessor:
    return SentencePieceProcessor(model_file=str(DEMO / "spiece.model"))


def test_its_losses_are_those_of_transformers(words: SentencePieceProcessor):
    from transformers import T5ForConditionalGeneration

    from demo_model import network, start

    source = torch.tensor([[*words.encode("What is 2 + 3?"), 1, 0]])
    target = torch.tensor([[*words.encode("5"), 1, -100]])
    stacks = network.stacked(start.from_folder(DEMO, words))
    small = ("norms", "biases")
    found = network.token_losses({n: w if n in small else w.bfloat16() for n, w in stacks.items()}, source, target)

    model = T5ForConditionalGeneration.from_pretrained(DEMO, dtype=torch.float32)
    with torch.no_grad():
        logits = model(input_ids=source, attention_mask=source.ne(0), labels=target).logits
    expected = torch.nn.functional.cross_entropy(logits[0], target[0], reduction="none")

    assert torch.allclose(found[0], expected, rtol=0.05, atol=0.05)
    assert found[0, -1] == 0


def test_the_weights_of_a_folder_come_back_from_their_stacks(words: SentencePieceProcessor):
    from demo_model import network, start

    weights = start.from_folder(DEMO, words)

    back = network.unstacked(network.stacked(weights))

    assert set(back) == set(weights)
    assert all(torch.equal(back[name], weight) for name, weight in weights.items())


def test_a_new_piece_starts_from_its_old_pieces(words: SentencePieceProcessor):
    from demo_model import start

    new = "▁bolognesepasta"

    assert words.piece_to_id(new) == words.unk_id()
    assert start._old_pieces(new, words) == words.encode("bolognesepasta")
    assert start._old_pieces("▁the", words) == [words.piece_to_id("▁the")]


def test_the_learning_rate_falls_to_nothing_at_the_end_of_the_run():
    from demo_model.train import rate

    assert [rate(10_000, done) for done in (0.0, 0.3, 0.65, 1.0)] == pytest.approx([1, 1, 0.5, 0])
    assert rate(25, 0.0) == 0.5


@pytest.mark.slow
def test_a_run_that_was_stopped_goes_on_and_becomes_a_model(tmp_path: Path):
    from demo_model.export import export
    from demo_model.train import train

    shutil.copy(DEMO / "spiece.model", tmp_path)
    for name in ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"):
        shutil.copy(DEMO / name, tmp_path)
    train(tmp_path, model=DEMO, steps=1)
    train(tmp_path, model=DEMO, steps=2, resume=True)

    export(tmp_path, tmp_path / "model")

    state = torch.load(tmp_path / "state.pt", weights_only=True)
    assert state["step"] == 2
    assert preflight(tmp_path / "model").parameters == preflight(DEMO).parameters
    assert json.loads((tmp_path / "model" / "config.json").read_text()) == json.loads(
        (DEMO / "config.json").read_text()
    )


def test_a_state_that_cannot_be_saved_does_not_end_a_run(
    tmp_path: Path, words: SentencePieceProcessor, capsys: pytest.CaptureFixture[str]
):
    from demo_model import network
    from demo_model.start import from_nothing
    from demo_model.train import Run

    run = Run(tmp_path, network.stacked(from_nothing(words)), "cpu")
    (tmp_path / "state.new").mkdir()  # fails as a full disk does

    run.save_if_possible()

    assert "state not saved, training goes on" in capsys.readouterr().err
    assert not (tmp_path / "state.pt").exists()
