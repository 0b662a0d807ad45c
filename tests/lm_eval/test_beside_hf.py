"""Tasks of lm-evaluation-harness with its own model `hf` and with flanchat: the same numbers, and the time of both.

Run by tests/lm_eval/run.sh in an environment of its own; skipped where the harness is not installed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

pytest.importorskip("lm_eval")
from lm_eval import simple_evaluate
from lm_eval.api.instance import Instance
from lm_eval.api.model import LM
from lm_eval.api.registry import get_model
from lm_eval.tasks import TaskManager

from flanchat.base.errors import UsageError
from flanchat.engine.checkpoint.validate import preflight
from flanchat.engine.t5.transformers_model import use_own_tables
from flanchat.lm_eval import register

DEMO = Path(__file__).parents[2] / "flanchat" / "demo"
TASKS = Path(__file__).parent / "tasks"
MODELS = {
    "hf": {"pretrained": str(DEMO), "dtype": "float32", "batch_size": 32, "device": "cpu"},
    "flanchat": {"pretrained": str(DEMO), "precision": "float32", "batch_size": 32, "device": "cpu"},
}

Samples = list[dict[str, Any]]


@pytest.fixture(scope="module")
def models() -> dict[str, Any]:
    register()
    return {"hf": hf(), "flanchat": get_model("flanchat").create_from_arg_obj(MODELS["flanchat"])}


def hf(**options: object) -> Any:
    """The harness's own model, with the checkpoint's output head: with transformers 5 the harness ties it away."""
    opened = get_model("hf").create_from_arg_obj({**MODELS["hf"], **options})
    use_own_tables(opened.model, preflight(DEMO))
    return opened


def evaluate(model: LM, task: dict[str, Any], **options: Any) -> dict[str, Any]:
    """The harness's results on one task. Its own thousands of tasks are not read, which takes it minutes."""
    only = TaskManager(include_defaults=False)
    return simple_evaluate(
        model=model, tasks=[dict(task)], task_manager=only, log_samples=True, bootstrap_iters=0, **options
    )


@pytest.fixture
def samples(models: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> Callable[[str], tuple[Samples, Samples]]:
    """What hf and flanchat answer to each request of a task; the times of both, without the harness's, are printed."""

    def run(name: str) -> tuple[Samples, Samples]:
        task = yaml.safe_load((TASKS / f"{name}.yaml").read_text(encoding="utf-8"))
        files = task["dataset_kwargs"]["data_files"]
        files["test"] = str(TASKS / files["test"])
        found, seconds = {}, {}
        for model, opened in models.items():
            timed = Timed(opened)
            evaluated = evaluate(timed, task)
            seconds[model] = timed.seconds
            found[model] = sorted(evaluated["samples"][name], key=lambda sample: sample["doc_id"])
        with capsys.disabled():
            print(f"\n{name}: hf {seconds['hf']:.2f} s, flanchat {seconds['flanchat']:.2f} s")
        return found["hf"], found["flanchat"]

    return run


class Timed(LM):
    """A model of the harness, and the seconds that its answers took."""

    def __init__(self, model: LM) -> None:
        super().__init__()
        self._model, self.seconds = model, 0.0

    def loglikelihood(self, requests: list[Instance]) -> list[tuple[float, bool]]:
        return self._timed(self._model.loglikelihood, requests)

    def generate_until(self, requests: list[Instance]) -> list[str]:
        return self._timed(self._model.generate_until, requests)

    def loglikelihood_rolling(self, requests: list[Instance]) -> list[float]:
        return self._timed(self._model.loglikelihood_rolling, requests)

    def _timed(self, answer: Callable[[list[Instance]], Any], requests: list[Instance]) -> Any:
        started = time.monotonic()
        try:
            return answer(requests)
        finally:
            self.seconds += time.monotonic() - started


def assert_same_scores(theirs: Samples, ours: Samples) -> float:
    """Log-likelihoods within 1e-4, the same ones greedy; returns the largest difference."""
    worst = 0.0
    for hf, flanchat in zip(theirs, ours, strict=True):
        assert hf["arguments"] == flanchat["arguments"]
        for (expected, was_greedy), (logprob, is_greedy) in zip(
            [response[0] for response in hf["resps"]], [response[0] for response in flanchat["resps"]], strict=True
        ):
            worst = max(worst, abs(float(expected) - float(logprob)))
            assert str(was_greedy) == str(is_greedy)
    assert worst <= 1e-4
    return worst


@pytest.mark.parametrize("name", ["capitals", "claims"])
def test_log_likelihoods_are_those_of_hf(
    samples: Callable[[str], tuple[Samples, Samples]], capsys: pytest.CaptureFixture[str], name: str
) -> None:
    worst = assert_same_scores(*samples(name))

    with capsys.disabled():
        print(f"{name}: the largest difference of a log-likelihood is {worst:.1e}")


def test_generations_are_those_of_hf(samples: Callable[[str], tuple[Samples, Samples]]) -> None:
    theirs, ours = samples("german")

    assert [sample["resps"] for sample in ours] == [sample["resps"] for sample in theirs]
    assert any("Morgen" in sample["resps"][0][0] for sample in ours)


def of(kind: Any, *arguments: tuple[Any, ...]) -> list[Instance]:
    return [Instance(request_type=kind, doc={}, arguments=one, idx=at) for at, one in enumerate(arguments)]


@pytest.mark.parametrize("context", ["", " ", "Name a fruit.\n", "x" * 40])
def test_contexts_at_the_edge_have_the_scores_of_hf(models: dict[str, Any], context: str) -> None:
    asked = of("loglikelihood", (context, "yes"), (context, " yes"), (context, "no, it is not\n"))
    (expected, found) = (models[name].loglikelihood(asked, disable_tqdm=True) for name in ("hf", "flanchat"))

    assert [logprob for logprob, __ in found] == pytest.approx([logprob for logprob, __ in expected], abs=1e-4)


def test_a_context_longer_than_512_tokens_is_whole_as_hf_has_it_with_a_greater_max_length(
    models: dict[str, Any],
) -> None:
    asked = of("loglikelihood", ("The ball is red. " * 150 + "Is the ball red?", "yes"))
    ((found, __),) = models["flanchat"].loglikelihood(asked, disable_tqdm=True)
    ((cut, __),) = models["hf"].loglikelihood(asked, disable_tqdm=True)
    ((expected, __),) = hf(max_length=4096).loglikelihood(asked, disable_tqdm=True)

    assert found == pytest.approx(expected, abs=1e-4)
    assert found != pytest.approx(cut, abs=1e-4)


def test_an_answer_has_at_most_the_tokens_asked_for_where_hf_adds_those_of_the_context(models: dict[str, Any]) -> None:
    asked = of("generate_until", ("Translate to German: The old house has a green door.", {"max_gen_toks": 2}))
    (theirs,) = models["hf"].generate_until(asked, disable_tqdm=True)
    (ours,) = models["flanchat"].generate_until(asked, disable_tqdm=True)

    assert theirs.startswith(ours)
    assert len(ours) < len(theirs)


def test_sampled_repeats_differ_and_follow_the_seed_of_the_harness(models: dict[str, Any]) -> None:
    options = {"do_sample": True, "temperature": 1.5, "max_gen_toks": 8}
    task = {
        "task": "sampled",
        "dataset_path": "json",
        "dataset_kwargs": {"data_files": {"test": str(TASKS / "german.jsonl")}},
        "test_split": "test",
        "output_type": "generate_until",
        "doc_to_text": "{{english}}",
        "doc_to_target": "{{german}}",
        "generation_kwargs": options,
        "repeats": 3,
        "metric_list": [{"metric": "bypass"}],
    }

    def answers(seed: int) -> list[Any]:
        found = evaluate(models["flanchat"], task, random_seed=seed)
        return [sample["resps"] for sample in found["samples"]["sampled"]]

    first = answers(1)
    assert first == answers(1)
    assert first != answers(2)
    assert any(len(set(texts)) > 1 for (texts,) in first)


def test_perplexity_of_whole_texts_and_chat_templates_are_refused_in_a_sentence(models: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="which an encoder-decoder does not have"):
        models["flanchat"].loglikelihood_rolling(of("loglikelihood_rolling", ("a text",)))
    with pytest.raises(UsageError, match="no chat template"):
        models["flanchat"].apply_chat_template([])


def harness(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "flanchat.lm_eval", *arguments]
    root = str(DEMO.parents[1])
    return subprocess.run(
        command, cwd=folder, env={**os.environ, "PYTHONPATH": root}, capture_output=True, text=True, check=False
    )


def test_the_command_line_of_the_harness_runs_the_bundled_model() -> None:
    done = harness("--tasks", "capitals.yaml", "--limit", "3", folder=TASKS)

    assert done.returncode == 0, done.stderr
    assert "|capitals|" in done.stdout
    assert "demo on cpu" in done.stderr


def test_a_mistake_is_a_sentence_and_a_status() -> None:
    done = harness("--tasks", "capitals.yaml", "--model_args", "dtype=float32", folder=TASKS)

    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == (
        "flanchat: --model_args: flanchat does not have dtype; it has pretrained, device and precision"
    )
