"""Beam search by transformers' `generate`."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch

from flanchat.engine.checkpoint.validate import Checkpoint
from flanchat.engine.events import Decoding


class BeamSearch:
    """Searches with transformers' model of a checkpoint."""

    def __init__(self, model: Any, checkpoint: Checkpoint, device: str) -> None:
        self._model, self._device, self._shape = model, device, checkpoint.shape
        self._generation_config = type(model.generation_config)

    def search(
        self,
        prompt_ids: Sequence[int],
        decoding: Decoding,
        should_stop: Callable[[], bool],
        *,
        best: int = 1,
        begin: Sequence[int] = (),
        ends: Sequence[int] = (),
    ) -> list[list[int]]:
        """The ids of the `best` answers, without the start token; the end token comes last unless one was cut.

        begin: what all answers begin with. ends: ids that end an answer like the end token.
        should_stop: called at each step; when it returns True, the best beams so far are returned. A search that
        samples takes its numbers from `decoding.seed` and leaves torch's generators as they were.
        """
        config = self._generation_config(
            max_new_tokens=max(1, decoding.max_new_tokens - len(begin)),
            min_new_tokens=max(0, min(decoding.min_new_tokens, decoding.max_new_tokens) - len(begin)) or None,
            num_beams=decoding.num_beams,
            num_return_sequences=best,
            length_penalty=decoding.length_penalty,
            early_stopping=decoding.early_stopping,
            repetition_penalty=decoding.repetition_penalty,
            no_repeat_ngram_size=decoding.no_repeat_ngram_size,
            **_sampling(decoding),
            # transformers sizes its cache by the encoder's layers
            use_cache=self._shape.num_layers == self._shape.num_decoder_layers,
            decoder_start_token_id=self._shape.decoder_start_id,
            pad_token_id=self._shape.pad_id,
            eos_token_id=[*self._shape.eos_ids, *ends],
            forced_bos_token_id=self._shape.forced_first,
        )
        ids = torch.tensor([list(prompt_ids)], device=self._device)
        more = {}
        if begin:
            more = {"decoder_input_ids": torch.tensor([[self._shape.decoder_start_id, *begin]], device=self._device)}

        def stop(input_ids: Any, scores: Any, **_: Any) -> Any:
            return torch.full((input_ids.shape[0],), should_stop(), device=input_ids.device, dtype=torch.bool)

        with torch.inference_mode(), _seeded(decoding, self._device):
            out = self._model.generate(
                ids, attention_mask=torch.ones_like(ids), generation_config=config, stopping_criteria=[stop], **more
            )
        answers: list[list[int]] = out[:, 1:].tolist()
        return [_without_padding(answer, (*self._shape.eos_ids, *ends)) for answer in answers]


def _without_padding(ids: list[int], ends: Sequence[int]) -> list[int]:
    end = next((at for at, token_id in enumerate(ids, 1) if token_id in ends), None)
    return ids[:end]


def _sampling(decoding: Decoding) -> dict[str, Any]:
    if not decoding.samples:
        return {"do_sample": False}
    filters = {"temperature": decoding.temperature, "top_k": decoding.top_k, "top_p": decoding.top_p}
    return {"do_sample": True, **filters}


@contextlib.contextmanager
def _seeded(decoding: Decoding, device: str) -> Iterator[None]:
    """Let what transformers samples follow from the seed; it uses the generators of the whole process."""
    if not decoding.samples:
        yield
        return
    kind, __, number = device.partition(":")
    forked = [int(number or 0)] if kind in ("cuda", "npu") else []
    with torch.random.fork_rng(forked, device_type=kind if forked else "cuda"):
        torch.manual_seed(decoding.seed)
        yield
