"""The same calls of `pipeline` for transformers 4.55.4 and for flanchat, on tiny random checkpoints and the demo model.

    python -m tests.api.pipeline_calls [NAME=FOLDER ...] > answers.json     with whatever of the two is installed
    python -m tests.api.pipeline_calls --compare answers.json

tests/stacks/transformers4.sh runs both. tests/golden/pipeline/transformers-4.55.4.json is what the first one wrote.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.tiny_t5 import make_tiny_t5

GOLDEN = Path(__file__).parents[1] / "golden" / "pipeline" / "transformers-4.55.4.json"
DEMO = Path(__file__).parents[2] / "flanchat" / "demo"

RECIPE = "A step by step recipe to make bolognese pasta"
QUESTION = "Q: What is the capital of France? A:"
LONG = " ".join([RECIPE + ".", QUESTION] * 4)
TASKS = {  # as in t5-small and Flan-T5, but for the lengths
    "summarization": {
        "early_stopping": True,
        "length_penalty": 2.0,
        "max_length": 24,
        "min_length": 10,
        "no_repeat_ngram_size": 3,
        "num_beams": 4,
        "prefix": "summarize: ",
    },
    "translation_en_to_de": {
        "early_stopping": True,
        "max_length": 30,
        "num_beams": 4,
        "prefix": "translate English to German: ",
    },
}
ITS_OWN = {"num_beams": 2, "max_new_tokens": 7, "no_repeat_ngram_size": 2, "repetition_penalty": 1.3, "min_length": 6}

Changes = dict[str, dict[str, Any]]
CHECKPOINTS: dict[str, tuple[dict[str, Any], Changes]] = {  # how each is made, and fields of its files
    "plain": ({}, {}),
    "first T5": ({"tied": True, "gated": False, "seed": 3}, {}),
    "tasks": ({}, {"config.json": {"task_specific_params": TASKS}}),
    "own settings": ({}, {"generation_config.json": ITS_OWN}),
    "own settings of 2023": ({}, {"generation_config.json": {**ITS_OWN, "transformers_version": "4.27.0.dev0"}}),
    "own length": ({}, {"generation_config.json": {"max_length": 9}}),
    "short texts": ({}, {"tokenizer_config.json": {"model_max_length": 20}}),
}

Call = tuple[str, str, dict[str, Any], Any, dict[str, Any]]
CALLS: dict[str, Call] = {  # checkpoint, task, arguments of pipeline, texts, arguments of the call
    "nothing but the text": ("plain", "text2text-generation", {}, RECIPE, {}),
    "greedy": ("plain", "text2text-generation", {}, RECIPE, {"num_beams": 1, "max_new_tokens": 30}),
    "a list": ("plain", "text2text-generation", {}, [RECIPE, "Paris", ""], {"max_new_tokens": 9}),
    "a list in batches": (
        "plain",
        "text2text-generation",
        {"batch_size": 2},
        [RECIPE, "Paris", QUESTION],
        {"num_beams": 1, "max_new_tokens": 12},
    ),
    "a generator": ("plain", "text2text-generation", {}, (RECIPE, "Paris"), {"max_new_tokens": 9}),
    "an empty list": ("plain", "text2text-generation", {}, [], {}),
    "several beams": ("plain", "text2text-generation", {}, QUESTION, {"num_return_sequences": 3, "max_new_tokens": 9}),
    "several beams of a list": (
        "plain",
        "text2text-generation",
        {},
        [RECIPE, "Paris"],
        {"num_return_sequences": 2, "max_new_tokens": 9},
    ),
    "max_length in the call": ("plain", "text2text-generation", {}, RECIPE, {"max_length": 10}),
    "max_length in the pipeline": ("plain", "text2text-generation", {"max_length": 12}, RECIPE, {}),
    "max_length in both": ("plain", "text2text-generation", {"max_length": 12}, RECIPE, {"max_length": 8}),
    "max_length instead of max_new_tokens": (
        "plain",
        "text2text-generation",
        {},
        RECIPE,
        {"max_length": 8, "max_new_tokens": None},
    ),
    "min_length": ("plain", "text2text-generation", {}, RECIPE, {"min_length": 12, "max_new_tokens": 20, "num_beams": 1}),
    "min_new_tokens": ("plain", "text2text-generation", {}, QUESTION, {"min_new_tokens": 12, "max_new_tokens": 20}),
    "min above max": ("plain", "text2text-generation", {}, RECIPE, {"min_new_tokens": 9, "max_new_tokens": 4}),
    "ids": ("plain", "text2text-generation", {}, RECIPE, {"return_tensors": True, "num_beams": 1}),
    "ids in batches": (
        "plain",
        "text2text-generation",
        {},
        [RECIPE, "Paris", QUESTION],
        {"return_tensors": True, "batch_size": 3, "num_beams": 1, "max_new_tokens": 12},
    ),
    "ids of several beams": (
        "plain",
        "text2text-generation",
        {},
        QUESTION,
        {"return_tensors": True, "num_return_sequences": 4},
    ),
    "clean_up_tokenization_spaces": ("plain", "text2text-generation", {}, RECIPE, {"clean_up_tokenization_spaces": True}),
    "no_repeat_ngram_size": ("first T5", "text2text-generation", {}, RECIPE, {"no_repeat_ngram_size": 2, "num_beams": 1}),
    "repetition_penalty": ("first T5", "text2text-generation", {}, RECIPE, {"repetition_penalty": 1.8, "num_beams": 1}),
    "length_penalty": ("first T5", "text2text-generation", {"length_penalty": -2.0}, RECIPE, {}),
    "early_stopping": ("first T5", "text2text-generation", {}, RECIPE, {"early_stopping": True, "num_beams": 3}),
    "never early": ("first T5", "text2text-generation", {}, RECIPE, {"early_stopping": "never", "num_beams": 3}),
    "temperature without sampling": (
        "plain",
        "text2text-generation",
        {"temperature": 0.3},
        QUESTION,
        {"max_new_tokens": 9},
    ),
    "a summary": ("tasks", "summarization", {}, LONG, {}),
    "a summary with lengths": ("tasks", "summarization", {}, RECIPE, {"max_length": 16, "min_length": 4}),
    "a summary with new tokens": ("tasks", "summarization", {"max_new_tokens": 14}, RECIPE, {"do_sample": False}),
    "a translation": ("tasks", "translation_en_to_de", {}, "cook the water", {}),
    "a translation of no languages": ("tasks", "translation", {}, ["cook the water", "good"], {"max_new_tokens": 12}),
    "a translation without settings": ("tasks", "translation_en_to_fr", {}, "cook the water", {"max_new_tokens": 12}),
    "a checkpoint's settings": ("own settings", "text2text-generation", {}, RECIPE, {}),
    "a checkpoint's settings, undone": ("own settings", "text2text-generation", {}, RECIPE, {"no_repeat_ngram_size": 0}),
    "a checkpoint's settings, not undone": (
        "own settings",
        "text2text-generation",
        {"no_repeat_ngram_size": 0},
        RECIPE,
        {},
    ),
    "a checkpoint's settings of 2023, undone": (
        "own settings of 2023",
        "text2text-generation",
        {"no_repeat_ngram_size": 0},
        RECIPE,
        {},
    ),
    "a checkpoint's length": ("own length", "text2text-generation", {}, RECIPE, {}),
    "truncation": ("short texts", "text2text-generation", {}, LONG, {"truncation": True, "max_new_tokens": 12}),
    "no truncation": ("short texts", "text2text-generation", {}, LONG, {"max_new_tokens": 12}),
}

DEMO_CALLS: dict[str, Call] = {
    "a question": ("demo", "text2text-generation", {}, "What is the capital of France?", {}),
    "greedy": ("demo", "text2text-generation", {}, "Is the sky blue? yes or no", {"num_beams": 1, "max_new_tokens": 20}),
    "a list in batches": (
        "demo",
        "text2text-generation",
        {"num_beams": 1},
        ["Translate to German: Good morning.", "What is 2 + 3?", "Name a fruit.", "The ball is red. What colour is it?"],
        {"batch_size": 4},
    ),
    "several beams": ("demo", "text2text-generation", {}, "Name a fruit.", {"num_return_sequences": 4}),
    "long enough": ("demo", "text2text-generation", {}, "Name a fruit.", {"min_length": 12, "max_new_tokens": 20}),
    "no repetition": ("demo", "text2text-generation", {}, "Count to ten.", {"no_repeat_ngram_size": 2, "num_beams": 4}),
    "a length penalty": (
        "demo",
        "text2text-generation",
        {"length_penalty": 2.0, "early_stopping": True},
        "Write a sentence about a river.",
        {"num_beams": 5, "max_length": 30},
    ),
    "a summary": ("demo", "summarization", {}, "Anna went to Rome. She saw the river and ate an apple. " * 6, {}),
    "a translation": ("demo", "translation_en_to_de", {}, ["Good morning.", "The house is big."], {"max_new_tokens": 30}),
    "ids": ("demo", "text2text-generation", {}, "What is 2 + 3?", {"return_tensors": True, "truncation": True}),
}


def make_checkpoints(folder: Path) -> dict[str, Path]:
    """Write the tiny checkpoints, and return their folders by their names."""
    made = {}
    for number, (name, (shape, changes)) in enumerate(CHECKPOINTS.items()):
        made[name] = make_tiny_t5(folder / str(number), **{"scale": 0.2, **shape})
        for file, fields in changes.items():
            path = made[name] / file
            path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))
    return made


def copy_demo(folder: Path) -> Path:
    """The demo model without the files of its tokenizer that transformers 5 wrote, which 4.55.4 cannot read."""
    folder.mkdir()
    for name in ("config.json", "generation_config.json", "model.safetensors", "spiece.model"):
        shutil.copy(DEMO / name, folder)
    (folder / "tokenizer_config.json").write_text('{"tokenizer_class": "T5Tokenizer", "model_max_length": 512}')
    return folder


def run(pipeline: Callable[..., Any], calls: dict[str, Call], folders: dict[str, Path]) -> Iterator[tuple[str, Any]]:
    """The result of each call as a JSON value."""
    for name, (checkpoint, task, arguments, texts, more) in calls.items():
        answer = pipeline(task, model=str(folders[checkpoint]), device=-1, torch_dtype="float32", **arguments)
        given = (text for text in texts) if isinstance(texts, tuple) else texts
        result = answer(given, **more)
        yield name, as_json(result if isinstance(result, list) else list(result))


def as_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: as_json(one) for key, one in value.items()}
    if isinstance(value, list):
        return [as_json(one) for one in value]
    return value if isinstance(value, str) else value.tolist()


def main(arguments: Sequence[str]) -> int:
    import torch

    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    compared = json.loads(Path(arguments[1]).read_text()) if arguments else {}
    if compared:
        from flanchat.api.pipeline import pipeline
    else:
        from transformers import logging, pipeline

        logging.set_verbosity_error()
    with tempfile.TemporaryDirectory() as folder:
        folders = {**make_checkpoints(Path(folder)), "demo": copy_demo(Path(folder, "demo"))}
        answers = {kind: dict(run(pipeline, calls, folders)) for kind, calls in (("tiny", CALLS), ("demo", DEMO_CALLS))}
    if not compared:
        print(json.dumps(answers, indent=1, ensure_ascii=False))
        return 0
    if compared["tiny"] != json.loads(GOLDEN.read_text()):
        print(f"{GOLDEN} is not what this transformers answers")
        return 1
    calls = [(kind, name) for kind in answers for name in answers[kind]]
    wrong = [(kind, name) for kind, name in calls if answers[kind][name] != compared[kind][name]]
    for kind, name in wrong:
        print(f"{kind}: {name}:\n  transformers: {compared[kind][name]}\n  flanchat: {answers[kind][name]}")
    print(f"{len(calls) - len(wrong)} of {len(calls)} calls give what transformers 4.55.4 gives")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
