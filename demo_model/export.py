"""Turn a training run into an ordinary Flan-T5 folder:  python -m demo_model.export RUN FOLDER

Writes `config.json`, `generation_config.json`, float16 `model.safetensors` and the tokenizer files, readable by
transformers and flanchat. The output head is stored separately and declared untied, as in the Flan-T5 checkpoints.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file

from demo_model.network import SHAPE, unstacked

TOKENIZER_FILES = ("spiece.model", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json")


def export(run: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    weights = unstacked(torch.load(run / "state.pt", weights_only=True, map_location="cpu")["weights"])
    stored = {name: weight.to(torch.float16).contiguous() for name, weight in weights.items()}
    save_file(stored, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "model.safetensors").chmod(0o644)
    ids = {"pad_token_id": 0, "eos_token_id": 1, "decoder_start_token_id": 0}
    config = {
        "architectures": ["T5ForConditionalGeneration"],
        "model_type": "t5",
        "is_encoder_decoder": True,
        "vocab_size": len(weights["shared.weight"]),
        **SHAPE,
        "feed_forward_proj": "gated-gelu",
        "relative_attention_num_buckets": 32,
        "relative_attention_max_distance": 128,
        "layer_norm_epsilon": 1e-06,
        "dropout_rate": 0.0,
        "initializer_factor": 1.0,
        "tie_word_embeddings": False,
        "use_cache": True,
        "dtype": "float16",
        "n_positions": 512,
        **ids,
    }
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    (folder / "generation_config.json").write_text(json.dumps(ids, indent=2) + "\n")
    for name in TOKENIZER_FILES:
        shutil.copyfile(run / name, folder / name)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path, help="the folder written by demo_model.train")
    parser.add_argument("folder", type=Path, help="the folder of the model, such as flanchat/demo")
    options = parser.parse_args()
    export(options.run, options.folder)
