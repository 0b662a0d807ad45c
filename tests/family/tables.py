"""The tables of docs/models.md, made of what the tests of this folder declare."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tests.family.members import FEATURES, MEMBERS, READERS, REFUSED, REFUSED_ADAPTERS

FILES = {"safetensors": "safetensors", "shards": "safetensors", "bin": "`.bin`"}


def members_table() -> str:
    rows = (
        (m.name, m.pages, m.special, "answers", READERS[m.vocabulary], FILES[m.weights], m.good_for, m.licence)
        for m in MEMBERS
    )
    return _table(("member", "pages", "special", "result", "tokenizer", "weights", "good for", "licence"), rows)


def refused_table() -> str:
    rows = ((kind.name, kind.pages, f"`{kind.words}`") for kind in (*REFUSED, *REFUSED_ADAPTERS) if kind.pages)
    return _table(("what", "pages", "refused, in the message"), rows)


def features_table() -> str:
    return _table(("a checkpoint with", "what is done"), FEATURES)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = (heads, ["---"] * len(heads), *rows)
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)
