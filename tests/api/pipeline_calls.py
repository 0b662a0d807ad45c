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
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.tiny_t5 import SENTINELS, make_tiny_t5, piece_count

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

TEXT = "text2text-generation"


@dataclass(frozen=True)
class Call:
    """A call of a pipeline. more: its arguments. arguments: those of `pipeline`. A tuple becomes a generator."""

    texts: Any
    more: dict[str, Any] = field(default_factory=dict)
    arguments: dict[str, Any] = field(default_factory=dict)
    checkpoint: str = "plain"
    task: str = TEXT


def settings(**fields: Any) -> dict[str, dict[str, Any]]:
    return {"generation_config.json": fields}


ENDS = [1, *range(piece_count(), piece_count() + SENTINELS, 4)]
"""So many end tokens that answers of random weights end soon. They are special: no answer contains their text."""

CHECKPOINTS: dict[str, tuple[dict[str, Any], dict[str, dict[str, Any]]]] = {  # how it is made, and fields of its files
    "plain": ({}, {}),
    "first T5": ({"tied": True, "gated": False, "seed": 3}, {}),
    "many ends": ({"seed": 5}, settings(eos_token_id=ENDS)),
    "tasks": ({"seed": 5}, {"config.json": {"task_specific_params": TASKS}, **settings(eos_token_id=ENDS)}),
    "own settings": ({"seed": 5}, settings(**ITS_OWN, eos_token_id=ENDS)),
    "own settings of 2023": ({"seed": 5}, settings(**ITS_OWN, eos_token_id=ENDS, transformers_version="4.27.0.dev0")),
    "own length": ({}, settings(max_length=9)),
    "short texts": ({}, {"tokenizer_config.json": {"model_max_length": 20}}),
}

CALLS = {
    "nothing but the text": Call(RECIPE, checkpoint="many ends"),
    "greedy": Call(RECIPE, {"num_beams": 1, "max_new_tokens": 30}),
    "a list": Call([RECIPE, "Paris", ""], {"max_new_tokens": 9}),
    "a list in batches": Call([RECIPE, "Paris", QUESTION], {"num_beams": 1, "max_new_tokens": 12}, {"batch_size": 2}),
    "a generator": Call((RECIPE, "Paris"), {"max_new_tokens": 9}),
    "an empty list": Call([]),
    "several beams": Call(QUESTION, {"num_return_sequences": 3, "max_new_tokens": 9}),
    "several beams of a list": Call([RECIPE, "Paris"], {"num_return_sequences": 2, "max_new_tokens": 9}),
    "max_length in the call": Call(RECIPE, {"max_length": 10}),
    "max_length in the pipeline": Call(RECIPE, {}, {"max_length": 12}),
    "max_length in both": Call(RECIPE, {"max_length": 8}, {"max_length": 12}),
    "max_length instead of max_new_tokens": Call(RECIPE, {"max_length": 8, "max_new_tokens": None}),
    "min_length": Call(RECIPE, {"min_length": 12, "max_new_tokens": 20, "num_beams": 1}, checkpoint="many ends"),
    "min_new_tokens": Call(QUESTION, {"min_new_tokens": 12, "max_new_tokens": 20}, checkpoint="many ends"),
    "min above max": Call(RECIPE, {"min_new_tokens": 9, "max_new_tokens": 4}),
    "ids": Call(RECIPE, {"return_tensors": True, "num_beams": 1}),
    "ids in batches": Call(
        [RECIPE, "Paris", QUESTION], {"return_tensors": True, "batch_size": 3, "num_beams": 1, "max_new_tokens": 12}
    ),
    "ids of several beams": Call(QUESTION, {"return_tensors": True, "num_return_sequences": 4, "max_new_tokens": 20}),
    "clean_up_tokenization_spaces": Call(RECIPE, {"clean_up_tokenization_spaces": True, "num_beams": 1}),
    "no_repeat_ngram_size": Call(RECIPE, {"no_repeat_ngram_size": 2, "num_beams": 1}, checkpoint="first T5"),
    "repetition_penalty": Call(RECIPE, {"repetition_penalty": 1.8, "num_beams": 1}, checkpoint="first T5"),
    "blanks at the beginning": Call(RECIPE, {"num_beams": 3}, checkpoint="many ends"),
    "early_stopping": Call(RECIPE, {"early_stopping": True, "num_beams": 3}, checkpoint="many ends"),
    "never early": Call(RECIPE, {"early_stopping": "never", "num_beams": 3}, checkpoint="many ends"),
    "length_penalty": Call(QUESTION, {"length_penalty": 3.0}, {"max_new_tokens": 24}, checkpoint="many ends"),
    "a negative length_penalty": Call(RECIPE, {"length_penalty": -2.0}, {"num_beams": 3}, checkpoint="many ends"),
    "temperature without sampling": Call(QUESTION, {"max_new_tokens": 9}, {"temperature": 0.3}),
    "a summary": Call(LONG, checkpoint="tasks", task="summarization"),
    "a summary with lengths": Call(
        RECIPE, {"max_length": 16, "min_length": 4}, checkpoint="tasks", task="summarization"
    ),
    "a summary with new tokens": Call(
        RECIPE, {"do_sample": False}, {"max_new_tokens": 14}, checkpoint="tasks", task="summarization"
    ),
    "a translation": Call("cook the water", checkpoint="tasks", task="translation_en_to_de"),
    "a translation of no languages": Call(
        ["cook the water", "good"], {"max_new_tokens": 12}, checkpoint="tasks", task="translation"
    ),
    "a translation without settings": Call(
        "cook the water", {"max_new_tokens": 12}, checkpoint="tasks", task="translation_en_to_fr"
    ),
    "a checkpoint's settings": Call(RECIPE, checkpoint="own settings"),
    "a checkpoint's settings, undone": Call(RECIPE, {"no_repeat_ngram_size": 0}, checkpoint="own settings"),
    "a checkpoint's settings, not undone": Call(RECIPE, {}, {"no_repeat_ngram_size": 0}, checkpoint="own settings"),
    "a checkpoint's settings of 2023, undone": Call(
        RECIPE, {}, {"no_repeat_ngram_size": 0}, checkpoint="own settings of 2023"
    ),
    "a checkpoint's length": Call(RECIPE, checkpoint="own length"),
    "truncation": Call(LONG, {"truncation": True, "max_new_tokens": 12}, checkpoint="short texts"),
    "no truncation": Call(LONG, {"max_new_tokens": 12}, checkpoint="short texts"),
}

FOUR = ["Translate to German: Good morning.", "What is 2 + 3?", "Name a fruit.", "The ball is red. What colour is it?"]
ROME = "Anna went to Rome. She saw the river and ate an apple. "
DEMO_CALLS = {
    "a question": Call("What is the capital of France?", checkpoint="demo"),
    "greedy": Call("Is the sky blue? yes or no", {"num_beams": 1, "max_new_tokens": 20}, checkpoint="demo"),
    "a list in batches": Call(FOUR, {"batch_size": 4}, {"num_beams": 1}, checkpoint="demo"),
    "several beams": Call("Name a fruit.", {"num_return_sequences": 4}, checkpoint="demo"),
    "long enough": Call("Name a fruit.", {"min_length": 12, "max_new_tokens": 20}, checkpoint="demo"),
    "no repetition": Call("Count to ten.", {"no_repeat_ngram_size": 2, "num_beams": 4}, checkpoint="demo"),
    "a length penalty": Call(
        "Write a sentence about a river.",
        {"num_beams": 5, "max_length": 30},
        {"length_penalty": 2.0, "early_stopping": True},
        checkpoint="demo",
    ),
    "a summary": Call(ROME * 6, checkpoint="demo", task="summarization"),
    "a translation": Call(
        ["Good morning.", "The house is big."], {"max_new_tokens": 30}, checkpoint="demo", task="translation_en_to_de"
    ),
    "ids": Call("What is 2 + 3?", {"return_tensors": True, "truncation": True}, checkpoint="demo"),
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
    made: dict[str, Any] = {}
    for name, call in calls.items():
        of = f"{call.checkpoint} {call.task} {call.arguments}"
        if of not in made:
            given = {"model": str(folders[call.checkpoint]), "device": -1, "torch_dtype": "float32"}
            made[of] = pipeline(call.task, **given, **call.arguments)
        texts = (text for text in call.texts) if isinstance(call.texts, tuple) else call.texts
        result = made[of](texts, **call.more)
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
