"""Values of torch that a pipeline takes from a program or returns. Imported once a model is loaded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import GeneratorType

import torch
from torch.utils.data import Dataset, IterableDataset


def lazily(inputs: object) -> Iterator[object] | None:
    """The items of a generator or Dataset, made when they are needed; None for another object."""
    if isinstance(inputs, (GeneratorType, IterableDataset)):
        return iter(inputs)
    if isinstance(inputs, Dataset):
        count: int = len(inputs)  # type: ignore[arg-type]  # of those that can be iterated only
        return (inputs[at] for at in range(count))
    return None


def draw_seeds(count: int) -> list[int]:
    """Seeds from torch's own generator, so that a program that sets its seed gets the same texts again."""
    seeds: list[int] = torch.randint(2**32, (count,)).tolist()
    return seeds


def id_tensors(rows: Sequence[Sequence[int]], pad_id: int) -> list[torch.Tensor]:
    """One tensor for each row of ids, padded to the longest."""
    width = max(map(len, rows))
    return [torch.tensor([*ids, *[pad_id] * (width - len(ids))]) for ids in rows]
