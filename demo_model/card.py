# ruff: noqa: E501  (a card is prose)
"""Write the model card from the figures of demo_model.evaluate:  python -m demo_model.card FOLDER FIGURES"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from demo_model.train import SHAPE
from flanchat.engine.checkpoint.validate import preflight

TEXT = """\
---
license: apache-2.0
language: [en, de, fr]
library_name: transformers
pipeline_tag: text2text-generation
---

# flanchat demo model

A tiny model in the shape of Flan-T5 (T5 v1.1: gated GELU, RMS norm, relative position buckets, an output head of its own).
It is bundled with flanchat so that the first run needs no download. It is **not** one of the released Flan-T5
checkpoints and knows nothing that they know: it was trained from nothing on exercises that the makers of flanchat
wrote as programs (`demo_model/` in the repository). Use it to try flanchat, to test, and to teach; not for answers that matter.

| | |
|---|---|
| parameters | {parameters} |
| file | {megabytes:.1f} MB, float16 safetensors |
| shape | {shape} |
| vocabulary | {vocab} rows: 4,000 SentencePiece unigram pieces, 100 sentinels, padding; pad 0, eos 1, unk 2 |
| cannot read | newlines (they become blanks), ``< \\ ^ ` {{ }} ~``, Chinese and other scripts: as in T5 |
| unlike T5 | numbers are split into digits; the vocabulary was learned from the exercises alone |

## What it can do

Exact match on items with names, numbers, wordings or combinations that training never saw, greedy, float32
(`python -m demo_model.evaluate flanchat/demo`):

| family | items | exact match | what is new in them |
|---|---|---|---|
{rows}

Recipes and small talk have no held-out items: the model knows its {recipes} dishes and its answers by heart, and the
figure says how often it recites them whole. Every family was trained zero-shot in many wordings and few-shot with up to three examples.

## What it cannot do

- Anything outside these exercises. A fact that is not in its table gets a confident wrong answer; a dish that it does not know gets the recipe of another.
- Follow a conversation, write code or lists with line breaks, read or write any script but the Latin one.
- Sums beyond two digits, reasoning of more than two steps, sentences in German or French outside its small grammar.

## How it was made

See `demo_model/README.md`. {training}
"""

NEW = {
    "sentiment": "the combination of phrases",
    "passage_qa": "the people and towns",
    "facts": "the wording of the question (the facts themselves were trained)",
    "yes_no": "the people and towns",
    "nli": "the people, things and numbers",
    "arithmetic": "the pair of numbers",
    "word_problems": "the numbers and the people",
    "translate_de": "the sentence",
    "translate_fr": "the sentence",
    "headline": "the names and the event's details",
    "keywords": "the combination of words",
    "lists": "the words and their order",
    "recipe": "nothing: known by heart",
    "small_talk": "nothing: known by heart",
}


def write_card(folder: Path, figures: dict[str, dict[str, float]], training: str) -> None:
    from demo_model.tasks.recipes import RECIPES

    checkpoint = preflight(folder)
    rows = "\n".join(f"| {name} | {f['items']} | {f['exact_match']:.1%} | {NEW[name]} |" for name, f in figures.items())
    (folder / "README.md").write_text(
        TEXT.format(
            parameters=f"{checkpoint.parameters:,}",
            megabytes=checkpoint.weight_bytes / 1e6,
            shape=", ".join(f"{name} {value}" for name, value in SHAPE.items()),
            vocab=f"{checkpoint.shape.vocab_size:,}",
            rows=rows,
            recipes=len(RECIPES),
            training=training,
        )
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("figures", type=Path)
    parser.add_argument("--training", default="", help="a sentence on the run that made the weights")
    options = parser.parse_args()
    write_card(options.folder, json.loads(options.figures.read_text()), options.training)
