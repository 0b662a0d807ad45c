"""A checkpoint as transformers' own T5, which searches beams, has gradients and is compared with."""

from __future__ import annotations

import warnings
from typing import Any

import torch

from flanchat.engine.checkpoint.validate import Checkpoint
from flanchat.engine.devices.memory import gc_paused
from flanchat.engine.t5.weight_reader import StoredTensors

CLASSES = {
    "t5": "T5ForConditionalGeneration",
    "mt5": "MT5ForConditionalGeneration",
    "umt5": "UMT5ForConditionalGeneration",
}
"""The class in transformers for each family."""


def transformers_model(checkpoint: Checkpoint, device: str) -> Any:
    """The model with the checkpoint's own tables and its adapter, in float32 and on a single device."""
    library = quiet_library()
    model = pretrained(library, checkpoint)
    use_own_tables(model, checkpoint)
    _merge_adapter(model, checkpoint)
    model.generation_config = library.GenerationConfig()  # else it completes the settings of a search
    return model.to(device=device, dtype=torch.float32).eval()


def quiet_library() -> Any:
    """transformers, which prints no warnings and no progress."""
    with gc_paused(frozen=False):
        import transformers
    library: Any = transformers  # its annotations do not match what it returns
    library.utils.logging.set_verbosity_error()
    library.utils.logging.disable_progress_bar()
    return library


def pretrained(library: Any, checkpoint: Checkpoint, **more: object) -> Any:
    """The model as transformers loads it from the folder alone, without running code or going online."""
    with gc_paused(frozen=False):
        kind = getattr(library, CLASSES[checkpoint.family])  # transformers imports it now
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # 4.45 warns about a generation_config.json that does not sample
        return kind.from_pretrained(
            str(checkpoint.folder),
            trust_remote_code=False,
            use_safetensors=True,
            local_files_only=True,
            attn_implementation="eager",
            **more,
        )


def use_own_tables(model: Any, checkpoint: Checkpoint) -> None:
    """Give a transformers T5 the checkpoint's token tables, output head and scaling.

    Releases of transformers differ in what they tie; a Flan-T5 checkpoint has a head of its own. Version 4
    reads tied tables into one parameter, where the last one of the file wins; so each is read again here.
    """
    tensors = StoredTensors(checkpoint)
    tables = {}
    for name in {checkpoint.encoder_table, checkpoint.decoder_table, checkpoint.head}:
        weight = tensors.read(name).to(model.dtype)
        rows, columns = weight.shape
        tables[name] = torch.nn.Embedding(rows, columns, _weight=weight)
    model.encoder.embed_tokens = tables[checkpoint.encoder_table]
    model.decoder.embed_tokens = tables[checkpoint.decoder_table]
    model.lm_head.weight = tables[checkpoint.head].weight
    model.config.scale_decoder_outputs = checkpoint.shape.tied_scale
    model.config.tie_word_embeddings = checkpoint.shape.tied_scale  # decides the scaling of UMT5, and before version 5


def _merge_adapter(model: Any, checkpoint: Checkpoint) -> None:
    if checkpoint.adapter is not None:
        tensors = StoredTensors(checkpoint)
        for name, parameter in model.named_parameters():
            if name in checkpoint.adapter.low_rank or name in checkpoint.adapter.whole:
                parameter.data = tensors.read(name).to(parameter.dtype)
