"""Beam search by transformers' `generate`. The only module that imports transformers, and only for a search."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import torch

from flanchat.engine.checkpoint.validate import Checkpoint
from flanchat.engine.devices.memory import gc_paused
from flanchat.engine.events import Decoding
from flanchat.engine.t5.weight_reader import StoredTensors

CLASSES = {
    "t5": "T5ForConditionalGeneration",
    "mt5": "MT5ForConditionalGeneration",
    "umt5": "UMT5ForConditionalGeneration",
}
"""The class in transformers for each family."""


class BeamSearch:
    """A checkpoint as transformers' model, in float32 and on a single device."""

    def __init__(self, checkpoint: Checkpoint, device: str) -> None:
        with gc_paused(frozen=False):
            import transformers

            library: Any = transformers  # its annotations do not match what it returns
            kind = getattr(library, CLASSES[checkpoint.family])  # transformers imports it now
        library.utils.logging.set_verbosity_error()
        library.utils.logging.disable_progress_bar()
        self._generation_config = library.GenerationConfig
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # 4.45 warns about a generation_config.json that does not sample
            model = kind.from_pretrained(
                str(checkpoint.folder),
                trust_remote_code=False,
                use_safetensors=True,
                local_files_only=True,
                attn_implementation="eager",
            )
        use_own_tables(model, checkpoint)
        _merge_adapter(model, checkpoint)
        model.generation_config = library.GenerationConfig()  # else it completes the settings of a search
        self._model = model.to(device=device, dtype=torch.float32).eval()
        self._device = device
        self._shape = checkpoint.shape

    def search(self, prompt_ids: Sequence[int], decoding: Decoding, should_stop: Callable[[], bool]) -> list[int]:
        """The best answer's ids, without the start token; the end token comes last unless the answer was cut.

        should_stop: called at each step; when it returns True, the best beam so far is returned.
        """
        config = self._generation_config(
            max_new_tokens=decoding.max_new_tokens,
            min_new_tokens=decoding.min_new_tokens or None,
            num_beams=decoding.num_beams,
            length_penalty=decoding.length_penalty,
            repetition_penalty=decoding.repetition_penalty,
            no_repeat_ngram_size=decoding.no_repeat_ngram_size,
            do_sample=False,
            # transformers sizes its cache by the encoder's layers
            use_cache=self._shape.num_layers == self._shape.num_decoder_layers,
            decoder_start_token_id=self._shape.decoder_start_id,
            pad_token_id=self._shape.pad_id,
            eos_token_id=list(self._shape.eos_ids),
            forced_bos_token_id=self._shape.forced_first,
        )
        ids = torch.tensor([list(prompt_ids)], device=self._device)

        def stop(input_ids: Any, scores: Any, **_: Any) -> Any:
            return torch.full((input_ids.shape[0],), should_stop(), device=input_ids.device, dtype=torch.bool)

        with torch.inference_mode():
            out = self._model.generate(
                ids, attention_mask=torch.ones_like(ids), generation_config=config, stopping_criteria=[stop]
            )
        answer: list[int] = out[0, 1:].tolist()
        end = next((at for at, token_id in enumerate(answer, 1) if token_id in self._shape.eos_ids), None)
        return answer[:end]


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
