"""The lower bound of decoding time: the bytes that a step must read, divided by the memory's read speed.

    python -m benchmarks.floor [--threads 2]

prints the read speed in GB/s, measured by summing a large float32 array. Runs no model.
"""

from __future__ import annotations

import argparse
import json
import time

from benchmarks.checkpoints import Sizes

CACHE_BYTES = 4  # keys and values are float32


def weights_a_step(sizes: Sizes) -> int:
    """Count the weights that a decoding step reads: the decoder's matrices except cross-attention keys and values."""
    attention = sizes.heads * sizes.d_kv * sizes.d_model
    return sizes.layers * (6 * attention + 3 * sizes.d_model * sizes.d_ff) + sizes.vocab_size * sizes.d_model


def bytes_a_step(sizes: Sizes, weight_bytes: float, *, length: int, new: int, batch: int) -> float:
    """The bytes a step reads, averaged over an answer: weights once, keys and values of prompt and answer per row."""
    cached = 2 * sizes.layers * sizes.heads * sizes.d_kv * (length + (new + 1) / 2)
    return weights_a_step(sizes) * weight_bytes + batch * cached * CACHE_BYTES


def most_tokens_a_second(
    sizes: Sizes, weight_bytes: float, gb_a_second: float, *, length: int, new: int, batch: int
) -> float:
    """The upper bound of tokens per second, all rows together, with float32 caches and these weights."""
    return batch * gb_a_second * 1e9 / bytes_a_step(sizes, weight_bytes, length=length, new=new, batch=batch)


def read_speed_gb_s(threads: int, megabytes: int = 1024, tries: int = 8) -> list[float]:
    """Measure GB/s while reading an array far larger than any cache, once per try."""
    import torch

    torch.set_num_threads(threads)
    array = torch.ones(megabytes * 2**20 // 4)
    speeds = []
    for _ in range(tries):
        started = time.perf_counter()
        array.sum()
        speeds.append(array.nbytes / (time.perf_counter() - started) / 1e9)
    return speeds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=2)
    speeds = read_speed_gb_s(parser.parse_args().threads)
    print(json.dumps({"read_gb_s": {"best": max(speeds), "median": sorted(speeds)[len(speeds) // 2]}}))


if __name__ == "__main__":
    main()
