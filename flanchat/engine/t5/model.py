"""The T5 forward pass: encode prompts once, then decode step by step. Knows tensors; knows no text.

Raffel et al. 2020 (arXiv 1910.10683); T5 v1.1 and Flan-T5 add the gated GELU and an output head of their own.

Shapes repeat between steps, so a step can be traced once and replayed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional

from flanchat.engine.checkpoint.validate import Checkpoint
from flanchat.engine.t5.activation import splits_evenly
from flanchat.engine.t5.attention import KEY_BLOCK, QUERY_BLOCK
from flanchat.engine.t5.device_graph import Capture, CheckedCapture
from flanchat.engine.t5.key_value_cache import CHUNK, EncodedPrompt, KeyValueCache
from flanchat.engine.t5.layer_loader import LayerLoader, token_tables
from flanchat.engine.t5.layers import Decoder, DecoderLayer, EncoderLayer, head_part, norm, prompt_matrix
from flanchat.engine.t5.linear import LinearKernels, joined
from flanchat.engine.t5.position_bias import encoder_bias, step_biases
from flanchat.engine.t5.step_trace import trace_decoder
from flanchat.engine.t5.weight_reader import StoredTensors

TRACED_ROWS = 3 * QUERY_BLOCK
"""A step of several rows of a prompt is traced for this number of them, or twice, four times ... as many."""


class T5:
    """A T5, T5 v1.1 or Flan-T5 with weights ready to multiply, or some of its layers for model_parallel.py.

    report: called with the loaded fraction, 0 to 1. encoder, decoder: which layers; the token tables belong to the
    encoder's first layer, the output head to the decoder's last. capture: turns a step into a single launch. pause:
    called between two layers of the encoder and between two steps.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        *,
        kernels: LinearKernels,
        report: Callable[[float], None] = lambda fraction: None,
        encoder: range | None = None,
        decoder: range | None = None,
        capture: Capture | None = None,
        pause: Callable[[], None] = lambda: None,
    ) -> None:
        shape = checkpoint.shape
        encoder = range(shape.num_layers) if encoder is None else encoder
        decoder = range(shape.num_decoder_layers) if decoder is None else decoder
        self.kernels, self.device, self._pause = kernels, kernels.device, pause
        self.shape = replace(shape, num_layers=len(encoder), num_decoder_layers=len(decoder))
        self._pad_prompt: Callable[[int], int] = (lambda n: n) if self.device == "cpu" else _power_of_two
        tensors = StoredTensors(checkpoint)
        loader = LayerLoader(shape, tensors, kernels)
        self._stream_end = math.sqrt(shape.d_model * shape.eps)  # the stream's additional column, see layers.py
        unchecked: set[str] = set()
        if 0 in encoder:
            self._prompt_rows, self._answer_rows = token_tables(checkpoint, tensors, self.device)
            unchecked = {checkpoint.encoder_table, checkpoint.decoder_table} if self.device == "cpu" else set()
        self._encoder_biases = [loader.vector(name) for name in loader.bias_names("encoder", encoder)]
        self._decoder_biases = [loader.vector(name) for name in loader.bias_names("decoder", decoder)]
        parts = loader.parts(checkpoint.head) if shape.num_decoder_layers - 1 in decoder else []
        jobs: list[Callable[[], nn.Module | None]] = [
            *(partial(head_part, loader, checkpoint.head, rows) for rows in parts),
            *(partial(EncoderLayer, loader, i) for i in encoder),
            *(partial(DecoderLayer, loader, i) for i in decoder),
            *(partial(prompt_matrix, loader, i) for i in decoder),
            *(partial(tensors.check, name) for name in unchecked),
        ]
        loaded: list[nn.Module] = []
        for done, layer in enumerate(loader.in_parallel(jobs), 1):
            if layer is not None:
                loaded.append(layer)
            report(done / len(jobs))
        head, loaded = loaded[: len(parts)], loaded[len(parts) :]
        self._encoder, rest = loaded[: len(encoder)], loaded[len(encoder) :]
        self._prompt_matrices = rest[len(decoder) :]
        self.decoder = Decoder(shape, rest[: len(decoder)], joined(head) if head else None).eval()
        self._traced: dict[tuple[int, int], Callable[..., Tensor]] = {}  # by the most rows of a prompt, and tokens
        self.capture = None if capture is None else CheckedCapture(capture)

    def encode(self, prompts: Sequence[Sequence[int]]) -> list[EncodedPrompt]:
        """Run the encoder over prompts of token ids. On the CPU none is padded: they are concatenated."""
        lengths, masks = self.padding(prompts)
        x = self.embed_prompts(prompts, lengths)
        self.run_encoder(x, lengths, masks)
        return self.prompt_keys_values(x, lengths, masks)

    def padding(self, prompts: Sequence[Sequence[int]]) -> tuple[list[int], list[Tensor]]:
        """The padded length of each prompt, and its mask [length]: 0 for tokens, -inf for padding."""
        lengths = [self._pad_prompt(len(p)) for p in prompts]
        masks = [_masked(len(p), n).to(self.device, self.kernels.dtype) for p, n in zip(prompts, lengths, strict=True)]
        return lengths, masks

    def embed_prompts(self, prompts: Sequence[Sequence[int]], lengths: Sequence[int]) -> Tensor:
        """The residual stream [tokens, d_model + 1] of prompts that are padded to `lengths` and concatenated."""
        pad = self.shape.pad_id
        ids = [i for p, n in zip(prompts, lengths, strict=True) for i in (*p, *[pad] * (n - len(p)))]
        return self._stream(self._prompt_rows(ids))

    def run_encoder(self, x: Tensor, lengths: Sequence[int], masks: Sequence[Tensor]) -> None:
        """Run the encoder's layers over concatenated prompts. x: [tokens, d_model + 1], changed in place."""
        padded, longest = self.device != "cpu", max(lengths)
        biases: dict[int, Tensor] = {}
        for layer, table in zip(self._encoder, self._encoder_biases, strict=True):
            self._pause()
            if id(table) not in biases:
                biases = {id(table): encoder_bias(table, longest, self.shape, self.kernels.dtype)}
            layer(x, lengths, biases[id(table)], masks if padded else None)

    def prompt_keys_values(self, x: Tensor, lengths: Sequence[int], masks: Sequence[Tensor]) -> list[EncodedPrompt]:
        """The keys and values that the decoder's layers make of the encoder's output, by prompt."""
        shape, device, dtype = self.shape, self.device, self.kernels.dtype
        hidden = norm(x, shape.d_model)
        size = (shape.num_decoder_layers, shape.num_heads)
        widths = [-(-n // KEY_BLOCK) * KEY_BLOCK if device == "cpu" else n for n in lengths]
        encoded = [
            EncodedPrompt(
                torch.zeros(*size, shape.d_kv, width, device=device, dtype=dtype),
                torch.zeros(*size, width, shape.d_kv, device=device, dtype=dtype),
                functional.pad(mask, (0, width - n), value=-math.inf),
            )
            for n, width, mask in zip(lengths, widths, masks, strict=True)
        ]
        for i, matrix in enumerate(self._prompt_matrices):
            parts = matrix(hidden).view(-1, 2, shape.num_heads, shape.d_kv).split(lengths)
            for prompt, part in zip(encoded, parts, strict=True):  # part: [length, 2, heads, d_kv]
                prompt.keys[i, :, :, : len(part)].copy_(part[:, 0].permute(1, 2, 0))
                prompt.values[i, :, : len(part)].copy_(part[:, 1].transpose(0, 1))
        return encoded

    def start(self, prompts: Sequence[EncodedPrompt], source: Sequence[int], room: int) -> KeyValueCache:
        """A cache for rows that answer `prompts[source[row]]`, with room for `room` tokens each."""
        biases = step_biases(self._decoder_biases, -(-room // CHUNK) * CHUNK, self.shape, self.kernels.dtype)
        spare = int(self.capture is not None)  # a captured step writes to a column behind the room
        return KeyValueCache(self.shape, prompts, source, biases, spare=spare)

    def step(self, ids: Sequence[int], cache: KeyValueCache) -> Tensor:
        """Feed the next tokens. ids: as many of each row, row after row.

        Returns float32 logits [len(ids), vocab] for the token after each; the next step may overwrite them.
        """
        self._pause()
        tokens = len(ids) // cache.rows
        x = self.embed_answers(cache.to_slots(ids))
        if tokens == 1 and self.capture is not None:
            logits = cache.graph_step(self.capture, self.decoder)(x, cache.length)
        else:
            logits = self._decoder_for(cache, tokens)(*cache.arguments(x, tokens))
        cache.length += tokens
        return cache.from_slots(logits)

    def stages(self, prompt: EncodedPrompt, cache: KeyValueCache) -> list[tuple[T5, EncodedPrompt, KeyValueCache]]:
        """The models that compute a step one after the other, each with its part of prompt and cache."""
        return [(self, prompt, cache)]

    def trace(self, *, rows: int, tokens: int = 1) -> None:
        """Trace the step of so many rows of each prompt, to be replayed from now on; it takes 0.2 to 0.5 s.

        An untraced step is slower, with the same numbers. tokens: trace the step of two to so many tokens of one row.
        """
        most = rows if rows == 1 else TRACED_ROWS << ((rows - 1) // TRACED_ROWS).bit_length()
        if self.device == "cpu" and (most, tokens) not in self._traced:
            prompt = self.encode([[self.shape.eos_id] * 3])
            cache = self.start(prompt, [0] * most, CHUNK)
            samples = []
            for count in dict.fromkeys((tokens, -(-tokens // 2))):
                x = self.embed_answers([self.shape.pad_id] * (most * count))
                samples.append(cache.arguments(x, count))
            threads = torch.get_num_threads()
            torch.set_num_threads(1)  # a trace must not hold how the rows were divided among several
            try:
                self._traced[most, tokens] = trace_decoder(self.decoder, samples)
            finally:
                torch.set_num_threads(threads)

    def is_traced(self, cache: KeyValueCache) -> bool:
        """Whether steps of one token of each row are replayed from a trace."""
        return self._decoder_for(cache, 1) is not self.decoder

    def close(self) -> None:
        """Free what the device keeps beside tensors; the model can still answer."""
        if self.capture is not None:
            self.capture.close()

    def _decoder_for(self, cache: KeyValueCache, tokens: int) -> Callable[..., Tensor]:
        """The decoder itself, or its trace where one was made for such rows."""
        rows, is_one = cache.groups[0].rows, tokens == 1
        fitting = [key for key in self._traced if key[0] >= rows and key[1] >= tokens and (key[1] == 1) == is_one]
        even = splits_evenly(self.shape.activation, cache.rows * tokens, self.shape.d_ff)
        if len(cache.groups) > 1 or not fitting or not even:
            return self.decoder
        return self._traced[min(fitting)]

    def embed_answers(self, ids: Sequence[int]) -> Tensor:
        """The residual stream [tokens, d_model + 1] of the decoder's token ids."""
        return self._stream(self._answer_rows(ids))

    def _stream(self, rows: Tensor) -> Tensor:
        return functional.pad(rows, (0, 1), value=self._stream_end)


def _masked(length: int, width: int) -> Tensor:
    """0 for `length` tokens, -inf for the padding after them; float32 [width]."""
    mask = torch.zeros(width)
    mask[length:] = -math.inf
    return mask


def _power_of_two(length: int) -> int:
    """The next of 32, 64, 128 ...: shapes repeat, for devices that prepare for each new one."""
    return max(32, 1 << (length - 1).bit_length())
