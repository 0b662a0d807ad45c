"""Make the demo model's vocabulary and tokenizer folder:  python -m demo_model.vocab FOLDER [--pieces N]

A SentencePiece unigram vocabulary like T5's (nmt_nfkc, no byte fallback, 100 sentinels, pad 0, eos 1, unk 2), trained
on the output of the task generators. It has T5's blind spots: newlines become spaces, and `< \\ ^ ` { } ~` and CJK
characters are unknown. Unlike T5's it splits numbers into digits, which a model this small needs to do sums.
"""

from __future__ import annotations

import argparse
import io
import json
from collections.abc import Iterator
from pathlib import Path
from random import Random

from demo_model.examples import make_example
from demo_model.tasks import TASKS

PIECES = 4000
SENTINELS = 100
LINES_PER_TASK = 12_000
SPECIAL = {"eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>"}

# Every ASCII character in T5's vocabulary, and the German and French letters.
KNOWN_CHARACTERS = (
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    "!\"#$%&'()*+,-./:;=>?@[]_|"
    "äöüßÄÖÜàâçèéêëîïôùûÀÉÈ€£°«»–—’“”"
)


def corpus() -> Iterator[str]:
    """The text to train the vocabulary on: prompts and answers of the training side of every task."""
    for name, task in TASKS.items():
        rng = Random(f"vocabulary {name}")
        for _ in range(LINES_PER_TASK):
            example = make_example(task, rng, "train", few_shot_share=0.05)
            yield example.input
            yield example.target


def make_vocabulary(pieces: int = PIECES) -> bytes:
    """Train a SentencePiece model and return it serialised; the same sentencepiece version gives the same bytes."""
    import sentencepiece

    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=corpus(),
        model_writer=model,
        model_type="unigram",
        vocab_size=pieces,
        normalization_rule_name="nmt_nfkc",
        character_coverage=1.0,
        required_chars=KNOWN_CHARACTERS,
        split_digits=True,
        pad_id=0,
        eos_id=1,
        unk_id=2,
        bos_id=-1,
        pad_piece="<pad>",
        eos_piece="</s>",
        unk_piece="<unk>",
        num_threads=1,
        minloglevel=2,
    )
    return model.getvalue()


def write_tokenizer(folder: Path, pieces: int = PIECES) -> None:
    """Write `spiece.model` and the files that make `folder` an ordinary T5 tokenizer for transformers."""
    from transformers import T5TokenizerFast

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tokenizer.json").unlink(missing_ok=True)  # otherwise transformers reads the old one
    (folder / "spiece.model").write_bytes(make_vocabulary(pieces))
    settings = {"tokenizer_class": "T5Tokenizer", "extra_ids": SENTINELS, "model_max_length": 512, **SPECIAL}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=2) + "\n")
    (folder / "special_tokens_map.json").write_text(json.dumps(SPECIAL, indent=2) + "\n")
    T5TokenizerFast.from_pretrained(folder, trust_remote_code=False, local_files_only=True).save_pretrained(folder)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pieces", type=int, default=PIECES, help="size of the vocabulary")
    options = parser.parse_args()
    write_tokenizer(options.folder, options.pieces)
