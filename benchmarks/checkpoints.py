"""Writes T5 checkpoints with random weights in Flan-T5's exact shapes:  python -m benchmarks.checkpoints FOLDER

Speed depends on shapes, not on trained weights, so the benchmarks need no download. Weights are initialised as T5 does
it, which keeps activations in range; the same seed gives the same bytes. Only one tensor at a time is in memory. The
tokenizer is the bundled model's; as usual, its vocabulary is smaller than the output head. Uses no model library.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

BUNDLED = Path(__file__).parent.parent / "flanchat" / "demo"
SEED = 20260101
SPECIAL = {"eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>"}


@dataclass(frozen=True, slots=True)
class Sizes:
    """The dimensions in which Flan-T5 models differ."""

    d_model: int
    d_kv: int
    d_ff: int
    layers: int
    heads: int
    vocab_size: int = 32_128


SIZES = {
    "small": Sizes(512, 64, 1024, 8, 6),
    "base": Sizes(768, 64, 2048, 12, 12),
    "large": Sizes(1024, 64, 2816, 24, 16),
}


def layout(sizes: Sizes) -> Iterator[tuple[str, tuple[int, ...], float]]:
    """Yield each tensor in order: name, shape ([out, in] for a matrix), standard deviation (0: all ones)."""
    d_model, d_kv, d_ff = sizes.d_model, sizes.d_kv, sizes.d_ff
    inner = sizes.heads * d_kv
    attention = {
        "q": ((inner, d_model), (d_model * d_kv) ** -0.5),
        "k": ((inner, d_model), d_model**-0.5),
        "v": ((inner, d_model), d_model**-0.5),
        "o": ((d_model, inner), inner**-0.5),
    }
    wide = {
        "wi_0": ((d_ff, d_model), d_model**-0.5),
        "wi_1": ((d_ff, d_model), d_model**-0.5),
        "wo": ((d_model, d_ff), d_ff**-0.5),
    }
    yield "shared.weight", (sizes.vocab_size, d_model), 1.0
    for stack in ("encoder", "decoder"):
        parts = {"SelfAttention": attention, "EncDecAttention": attention, "DenseReluDense": wide}
        if stack == "encoder":
            del parts["EncDecAttention"]
        for layer in range(sizes.layers):
            for n, (part, matrices) in enumerate(parts.items()):
                name = f"{stack}.block.{layer}.layer.{n}"
                yield f"{name}.layer_norm.weight", (d_model,), 0.0
                for matrix, (shape, deviation) in matrices.items():
                    yield f"{name}.{part}.{matrix}.weight", shape, deviation
                if layer == n == 0:
                    yield f"{name}.{part}.relative_attention_bias.weight", (32, sizes.heads), d_model**-0.5
        yield f"{stack}.final_layer_norm.weight", (d_model,), 0.0
    yield "lm_head.weight", (sizes.vocab_size, d_model), 1.0


def parameters(sizes: Sizes) -> int:
    return sum(math.prod(shape) for _, shape, _ in layout(sizes))


def write_checkpoint(folder: Path, sizes: Sizes, seed: int = SEED) -> Path:
    """Write config, tokenizer and float32 weights into `folder`, the weights last, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    ids = {"pad_token_id": 0, "eos_token_id": 1, "decoder_start_token_id": 0}
    config = {
        "architectures": ["T5ForConditionalGeneration"],
        "model_type": "t5",
        "is_encoder_decoder": True,
        "vocab_size": sizes.vocab_size,
        "d_model": sizes.d_model,
        "d_kv": sizes.d_kv,
        "d_ff": sizes.d_ff,
        "num_layers": sizes.layers,
        "num_decoder_layers": sizes.layers,
        "num_heads": sizes.heads,
        "relative_attention_num_buckets": 32,
        "relative_attention_max_distance": 128,
        "layer_norm_epsilon": 1e-6,
        "feed_forward_proj": "gated-gelu",
        "dropout_rate": 0.1,
        "initializer_factor": 1.0,
        "tie_word_embeddings": False,
        "torch_dtype": "float32",
        "use_cache": True,
        "n_positions": 512,
        **ids,
    }
    tokenizer = {"tokenizer_class": "T5Tokenizer", "extra_ids": 100, "model_max_length": 512, **SPECIAL}
    files = {"config": config, "generation_config": ids, "special_tokens_map": SPECIAL, "tokenizer_config": tokenizer}
    for name, content in files.items():
        (folder / f"{name}.json").write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    shutil.copyfile(BUNDLED / "spiece.model", folder / "spiece.model")
    _write_weights(folder / "model.safetensors", sizes, seed)
    return folder


def _write_weights(path: Path, sizes: Sizes, seed: int) -> None:
    """Write a safetensors file: 8 bytes with the length of the header, the header, then the tensors."""
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    end = 0
    for name, shape, _ in layout(sizes):
        start, end = end, end + 4 * math.prod(shape)
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [start, end]}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    rng = np.random.default_rng(seed)
    unfinished = path.with_suffix(".part")
    with open(unfinished, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for _, shape, deviation in layout(sizes):
            values = rng.standard_normal(shape, dtype=np.float32) if deviation else np.ones(shape, dtype=np.float32)
            if deviation:
                values *= np.float32(deviation)
            values.astype("<f4", copy=False).tofile(file)
    os.replace(unfinished, path)


def chosen(text: str) -> list[str]:
    """Parse a comma-separated list of sizes."""
    names = text.split(",")
    for name in names:
        if name not in SIZES:
            raise argparse.ArgumentTypeError(f"expected some of {','.join(SIZES)}, got {name!r}")
    return names


def cache_folder() -> Path:
    """The default folder of checkpoints and of what the peers convert them into."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "flanchat", "benchmarks")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=cache_folder(), help="default: %(default)s")
    parser.add_argument("--sizes", type=chosen, default=["small"], help="some of small,base,large; default: small")
    options = parser.parse_args()
    for size in options.sizes:
        folder = options.folder / size
        print(f"{folder}: {parameters(SIZES[size]) / 1e6:.0f} million parameters", file=sys.stderr)
        write_checkpoint(folder, SIZES[size])


if __name__ == "__main__":
    main()
