"""The T5 forward pass: encode prompts once, then decode step by step. Knows tensors; knows no text.

Raffel et al. 2020 (arXiv 1910.10683); T5 v1.1 and Flan-T5 add the gated GELU and an output head of their own.

The weight of each norm, times the square root of d_model, is multiplied into the matrix that follows it; what remains
of the norm is a division by the vector's length. The residual stream has one more column at its end, which holds
sqrt(d_model * eps): with it the length includes the epsilon. Shapes repeat between steps, so a step can be traced once
and replayed.
"""

from __future__ import annotations

import contextlib
import math
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from flanchat.engine.checkpoint.config import Shape
from flanchat.engine.checkpoint.validate import Checkpoint
from flanchat.engine.devices.registry import use_device_in_thread
from flanchat.engine.t5.activation import activate, splits_evenly
from flanchat.engine.t5.attention import KEY_BLOCK, QUERY_BLOCK, attend
from flanchat.engine.t5.device_graph import Capture, CheckedCapture, GraphStep
from flanchat.engine.t5.linear import LinearKernels
from flanchat.engine.t5.weight_reader import StoredTensors

Attended = tuple[Tensor, Tensor, Tensor]
"""Keys [n, d_kv, window], values [n, window, d_kv] and bias [n, queries, window] that n heads' queries attend to."""

CHUNK = 32
"""The self-attention window grows in steps of this many tokens, so that the shapes of most steps repeat."""

TRACED_ROWS = 3 * QUERY_BLOCK
"""A step of several rows of a prompt is traced for this number of them, or twice, four times ... as many."""


@dataclass(frozen=True, slots=True)
class EncodedPrompt:
    """The keys and values of one prompt that the decoder attends to.

    keys: [layers, heads, d_kv, width]; values: [layers, heads, width, d_kv]; bias: [width], -inf for padding.
    """

    keys: Tensor
    values: Tensor
    bias: Tensor

    @property
    def bytes(self) -> int:
        return sum(t.numel() * t.element_size() for t in (self.keys, self.values))


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
        loader = _Loader(shape, tensors, kernels)
        self._stream_end = math.sqrt(shape.d_model * shape.eps)  # the residual stream's additional column, see above
        if 0 in encoder:
            self._prompt_rows, self._answer_rows = _token_tables(checkpoint, tensors, self.device)
        self._encoder_biases = [loader.vector(name) for name in loader.bias_names("encoder", encoder)]
        self._decoder_biases = [loader.vector(name) for name in loader.bias_names("decoder", decoder)]
        has_head = shape.num_decoder_layers - 1 in decoder
        jobs: list[Callable[[], nn.Module]] = [
            *([partial(_head, loader, checkpoint.head)] if has_head else []),
            *(partial(_EncoderLayer, loader, i) for i in encoder),
            *(partial(_DecoderLayer, loader, i) for i in decoder),
            *(partial(_prompt_matrix, loader, i) for i in decoder),
        ]
        loaded = []
        for layer in loader.in_parallel(jobs):
            loaded.append(layer)
            report(len(loaded) / len(jobs))
        head = loaded.pop(0) if has_head else None
        self._encoder, rest = loaded[: len(encoder)], loaded[len(encoder) :]
        self._prompt_matrices = rest[len(decoder) :]
        self.decoder = Decoder(shape, rest[: len(decoder)], head).eval()
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
        distances = torch.arange(1 - longest, longest)  # of a key from its query
        buckets = relative_bucket(distances, self.shape, both_ways=True).to(self.device)
        biases: dict[int, Tensor] = {}
        for layer, table in zip(self._encoder, self._encoder_biases, strict=True):
            self._pause()
            if id(table) not in biases:
                by_head = table[buckets].T.to(self.kernels.dtype).contiguous()  # [heads, distance]
                # Each query sees the same biases as the one before it, one key further on.
                biases = {id(table): by_head.unfold(1, longest, 1).flip(1)}  # [heads, query, key]
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
        return KeyValueCache(self, prompts, source, room)

    def step(self, ids: Sequence[int], cache: KeyValueCache) -> Tensor:
        """Feed the next tokens. ids: as many of each row, row after row.

        Returns float32 logits [len(ids), vocab] for the token after each; the next step may overwrite them.
        """
        self._pause()
        tokens = len(ids) // cache.rows
        x = self.embed_answers(cache.to_slots(ids))
        if tokens == 1 and self.capture is not None:
            logits = cache.graph_step(self.capture)(x, cache.length)
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

    def step_bias(self, room: int) -> list[Tensor]:
        """Per layer [heads, 2 * room]: biases for distances room-1 ... 0, then -inf for positions not yet written.

        The biases of the token at position `at` towards the first n positions begin at column room - 1 - at.
        """
        distance = torch.arange(room - 1, -1, -1)
        buckets = relative_bucket(-distance, self.shape, both_ways=False).to(self.device)
        made: dict[int, Tensor] = {}
        for table in self._decoder_biases:
            if id(table) not in made:
                by_head = table[buckets].T  # [distance, heads] -> [heads, distance]
                made[id(table)] = torch.cat([by_head, torch.full_like(by_head, -math.inf)], 1).to(self.kernels.dtype)
        return [made[id(table)] for table in self._decoder_biases]


@dataclass(frozen=True, slots=True)
class PromptGroup:
    """Prompts of similar length with the same number of rows each, which one matrix product attends to.

    keys: per layer [prompts * heads, d_kv, longest]; values: per layer [prompts * heads, longest, d_kv];
    bias: [prompts * heads, 1, longest].
    """

    prompts: int
    rows: int
    keys: tuple[Tensor, ...]
    values: tuple[Tensor, ...]
    bias: Tensor


class KeyValueCache:
    """The rows being decoded, with the keys and values they attend to; each row has `length` tokens so far.

    Rows that answer the same prompt share its keys and values. In memory rows are sorted by group: a row's place there
    is its slot.
    """

    def __init__(self, model: T5, prompts: Sequence[EncodedPrompt], source: Sequence[int], room: int) -> None:
        self._model, self._prompts, self._source = model, prompts, list(source)
        self.room, self.length = -(-room // CHUNK) * CHUNK, 0
        shape, dtype = model.shape, model.kernels.dtype
        self._biases = model.step_bias(self.room)
        width = self.room + (model.capture is not None)  # a captured step writes to a column behind the room
        size = (shape.num_decoder_layers, 2, len(source), shape.num_heads, width, shape.d_kv)
        self._own = torch.zeros(size, device=model.device, dtype=dtype)
        self._graph_step: GraphStep | None = None
        self._lay_out(list(range(len(source))))

    @property
    def rows(self) -> int:
        return len(self._source)

    def keep(self, rows: Sequence[int]) -> None:
        """Keep only these rows, in this order. rows: indices into the present ones."""
        slots = self._slots if self._slots is not None else list(range(self.rows))
        self._source = [self._source[row] for row in rows]
        self._lay_out([slots[row] for row in rows])

    def forget(self, tokens: int) -> None:
        """Forget the newest tokens of each row."""
        self.length -= tokens
        self._own[:, :, :, :, self.length : self.length + tokens].zero_()  # as if they had never been

    def to_slots(self, ids: Sequence[int]) -> Sequence[int]:
        """Token ids in the order of slots. ids: as many of each row, row after row."""
        tokens = len(ids) // self.rows
        return ids if self._rows is None else [i for row in self._rows for i in ids[row * tokens : (row + 1) * tokens]]

    def from_slots(self, logits: Tensor) -> Tensor:
        """Logits [rows * tokens, vocab] in the order of rows."""
        if self._slots is None:
            return logits
        slots = torch.tensor(self._slots, device=logits.device)
        return logits.view(self.rows, -1, logits.shape[-1])[slots].flatten(0, 1)

    def arguments(self, x: Tensor, tokens: int) -> tuple[Any, ...]:
        """The decoder's arguments for the next `tokens` of each row."""
        at, end = self.length, self.length + tokens
        window = min(-(-end // CHUNK) * CHUNK, self.room)
        if window != self._window:
            self._set_window(window)
        first = self.room - 1 - at
        if tokens == 1:
            biases = [b[:, :, first : first + window] for b in self._repeated]
        else:
            biases = [
                torch.stack([b[:, 0, first - i : first - i + window] for i in range(tokens)], 1) for b in self._repeated
            ]
        if len(biases) < len(self._keys):
            biases = biases * len(self._keys)
        own = tuple(zip(self._keys, self._values, biases, strict=True))
        return x, self._own[:, :, :, :, at:end], own, self._grouped(tokens)

    def graph_step(self, capture: CheckedCapture) -> GraphStep:
        """The step of one token of each row, to be captured: the same one until rows leave."""
        if self._graph_step is None:
            self._set_window(self._own.shape[4])
            self._graph_step = GraphStep(
                capture,
                self._model.decoder,
                own=self._own,
                keys_values=list(zip(self._keys, self._values, strict=True)),
                groups=self._grouped(1),
                biases=self._repeated,
            )
        return self._graph_step

    def _grouped(self, tokens: int) -> tuple[tuple[Sequence[Tensor], Sequence[Tensor], Tensor], ...]:
        return tuple((g.keys, g.values, g.bias.expand(-1, g.rows * tokens, -1)) for g in self.groups)

    def _lay_out(self, slots: list[int]) -> None:
        """Sort the rows into groups and move them. slots: the present slot of each row."""
        counts = {prompt: self._source.count(prompt) for prompt in self._source}
        lengths = {prompt: self._prompts[prompt].keys.shape[-1] for prompt in counts}
        ordered = sorted(counts, key=lambda p: (counts[p], _length_class(lengths[p]), p))
        rows: list[int] = []  # row of each slot
        self.groups = []
        for (count, _), several in groupby(ordered, key=lambda p: (counts[p], _length_class(lengths[p]))):
            members = list(several)
            rows += [row for p in members for row, source in enumerate(self._source) if source == p]
            self.groups.append(_stack([self._prompts[p] for p in members], count))
        in_order = rows == list(range(len(rows)))
        self._rows = None if in_order else rows
        self._slots = None if in_order else [rows.index(row) for row in range(len(rows))]
        moved = [slots[row] for row in rows]
        if moved != list(range(self._own.shape[2])):
            self._own = self._own.index_select(2, torch.tensor(moved, device=self._own.device))
        one = {id(b): b.repeat(len(rows), 1)[:, None] for b in self._biases}
        shared = len(one) == 1
        self._repeated = [one[id(b)] for b in (self._biases[:1] if shared else self._biases)]
        self._window = 0
        self._graph_step = None

    def _set_window(self, window: int) -> None:
        """Let the rows attend to the first `window` positions of their answers."""
        layers, _, rows, heads, width, d_kv = self._own.shape
        keys = self._own[:, 0].view(layers, rows * heads, width, d_kv)[:, :, :window].transpose(-1, -2)
        values = self._own[:, 1].view(layers, rows * heads, width, d_kv)[:, :, :window]
        self._keys, self._values, self._window = keys.unbind(0), values.unbind(0), window


def _stack(prompts: Sequence[EncodedPrompt], rows: int) -> PromptGroup:
    """A group of prompts, padded to the longest. rows: of each prompt."""
    width = max(p.keys.shape[-1] for p in prompts)
    if len(prompts) == 1:
        (only,) = prompts
        bias = only.bias.expand(only.keys.shape[1], 1, -1)
        return PromptGroup(1, rows, only.keys.unbind(0), only.values.unbind(0), bias)
    keys = torch.stack([functional.pad(p.keys, (0, width - p.keys.shape[-1])) for p in prompts], 1)
    values = torch.stack([functional.pad(p.values, (0, 0, 0, width - p.values.shape[-2])) for p in prompts], 1)
    bias = torch.stack([functional.pad(p.bias, (0, width - len(p.bias)), value=-math.inf) for p in prompts])
    heads = keys.shape[2]
    return PromptGroup(
        len(prompts),
        rows,
        keys.flatten(1, 2).unbind(0),
        values.flatten(1, 2).unbind(0),
        bias.repeat_interleave(heads, 0)[:, None],
    )


def _length_class(length: int) -> int:
    """Prompts of one class may share a group: padding then at most doubles their length, except for short ones."""
    return max(6, (length - 1).bit_length())


def trace_decoder(decoder: Decoder, samples: Sequence[tuple[Any, ...]]) -> Callable[..., Tensor]:
    """The decoder's step as one call without Python in between, or the decoder itself.

    samples: arguments of several shapes; the step is traced with the first of them. torch.jit may be removed one day,
    and its profiling cannot be switched off everywhere: a failure, or a result that differs, costs only speed.
    """
    try:
        with warnings.catch_warnings(), torch.no_grad(), _without_profiling():
            warnings.simplefilter("ignore")
            traced = torch.jit.trace(decoder, samples[0], check_trace=False)  # type: ignore[no-untyped-call]
            made = [(traced(x.clone(), *rest), decoder(x.clone(), *rest)) for x, *rest in samples]
        if all(torch.equal(replayed, plain) for replayed, plain in made):
            return traced  # type: ignore[no-any-return]
    except Exception:
        pass
    return decoder


@contextlib.contextmanager
def _without_profiling() -> Iterator[None]:
    """A trace that first runs inside is not profiled for its shapes, which would cost 10% of every step."""
    switch = getattr(torch._C, "_jit_set_profiling_executor", None)
    if switch is None:
        yield
        return
    before = switch(False)
    try:
        yield
    finally:
        switch(before)


class Decoder(nn.Module):
    """One step: the decoder's layers and the head. head: None when another device has the last layers."""

    def __init__(self, shape: Shape, layers: Sequence[nn.Module], head: nn.Module | None) -> None:
        super().__init__()
        self.layers, self.head = nn.ModuleList(layers), head
        self._d_model = shape.d_model

    def forward(
        self,
        x: Tensor,
        slots: Tensor,
        own: Sequence[Attended],
        groups: Sequence[tuple[Sequence[Tensor], Sequence[Tensor], Tensor]],
    ) -> Tensor:
        """x: [rows * tokens, d_model + 1]; slots: [layers, 2, rows, heads, tokens, d_kv], for new keys and values.

        own: the answers so far, by layer; n is rows * heads, and bias [rows * heads, tokens, window].
        groups: keys, values and bias of each PromptGroup.
        Returns float32 logits [rows * tokens, vocab], or x when there is no head.
        """
        for i, slot in enumerate(slots.unbind(0)):
            prompts = [(k[i], v[i], bias) for k, v, bias in groups]
            self.layers[i](x, slot, own[i], prompts)
        if self.head is None:
            return x
        logits: Tensor = self.head(norm(x, self._d_model))
        return logits.float()


class _Loader:
    """Makes the layers of a model from a checkpoint's tensors."""

    def __init__(self, shape: Shape, tensors: StoredTensors, kernels: LinearKernels) -> None:
        self.shape, self._tensors, self.kernels = shape, tensors, kernels
        self._scratch = threading.local()
        self._vectors: dict[str, Tensor] = {}

    def vector(self, name: str) -> Tensor:
        """A float32 tensor on the device; the same one for the same name."""
        if name not in self._vectors:
            self._vectors[name] = self._tensors.read(name).to(self.kernels.device)
        return self._vectors[name]

    def bias_names(self, stack: str, layers: range) -> list[str]:
        """Names of the tensors with each layer's position biases [buckets, heads]; in T5 a stack shares one."""
        owners = [0] * len(layers) if self.shape.shared_bias else layers
        return [f"{stack}.block.{i}.layer.0.SelfAttention.relative_attention_bias.weight" for i in owners]

    def after_norm(self, norm_name: str, *names: str, scale: float = 1.0, prompt: bool = False) -> nn.Module:
        """A linear layer that reads a normed stream, with the norm's weight and the root of d_model in its matrix."""
        columns = self._tensors.read(f"{norm_name}.weight") * (math.sqrt(self.shape.d_model) * scale)
        return self.kernels.linear(self._joined(names).mul_(columns), prompt=prompt, wide=False)

    def matrix(self, name: str, *, prompt: bool = False, wide: bool = False) -> nn.Module:
        return self.kernels.linear(self._joined([name]), prompt=prompt, wide=wide)

    def _joined(self, names: Sequence[str]) -> Tensor:
        """Matrices of the same input as one, [sum of outs, in]; valid until this thread joins the next ones."""
        sizes = [self._tensors.size(name) for name in names]
        rows, columns = sum(size[0] for size in sizes), sizes[0][1]
        if getattr(self._scratch, "numbers", torch.empty(0)).numel() < rows * columns:
            self._scratch.numbers = torch.empty(rows * columns)
        joined: Tensor = self._scratch.numbers[: rows * columns].view(rows, columns)
        for name, part in zip(names, torch.split(joined, [size[0] for size in sizes]), strict=True):
            self._tensors.read_into(name, part)
        return joined

    def in_parallel(self, jobs: Sequence[Callable[[], nn.Module]]) -> Iterator[nn.Module]:
        """Run jobs on all cores, one thread each; yield their results in order."""
        threads = torch.get_num_threads()

        def begin() -> None:
            torch.set_num_threads(1)
            use_device_in_thread(self.kernels.device)

        with ThreadPoolExecutor(threads, initializer=begin) as pool:
            yield from pool.map(lambda job: job(), jobs)
        torch.set_num_threads(threads)

    def free_scratch(self) -> None:
        """Free the memory in which matrices were joined."""
        self._scratch = threading.local()


class _Layer(nn.Module):
    """The matrices that encoder and decoder layers have in common: of self-attention and of the feed-forward part."""

    def __init__(self, loader: _Loader, name: str, *, feed_forward: int, prompt: bool) -> None:
        super().__init__()
        shape = loader.shape
        self._d_model, self._heads, self._d_kv, self._gated = shape.d_model, shape.num_heads, shape.d_kv, shape.gated
        self._activation = shape.activation
        attention, wide = f"{name}.layer.0.SelfAttention", f"{name}.layer.{feed_forward}.DenseReluDense"
        self.qkv = loader.after_norm(
            f"{name}.layer.0.layer_norm", *(f"{attention}.{n}.weight" for n in "qkv"), prompt=prompt
        )
        self.attention_out = loader.matrix(f"{attention}.o.weight", prompt=prompt)
        wide_in = [f"{wide}.wi_0.weight", f"{wide}.wi_1.weight"] if shape.gated else [f"{wide}.wi.weight"]
        self.wide_in = loader.after_norm(f"{name}.layer.{feed_forward}.layer_norm", *wide_in, prompt=prompt)
        self.wide_out = loader.matrix(f"{wide}.wo.weight", prompt=prompt, wide=True)

    def feed_forward(self, x: Tensor) -> None:
        wide = self.wide_in(norm(x, self._d_model))
        if self._gated:
            gate, wide = wide.chunk(2, -1)
            wide = activate(self._activation, gate).mul_(wide)
        else:
            wide = activate(self._activation, wide)
        self.add(x, self.wide_out(wide))

    def add(self, x: Tensor, more: Tensor) -> None:
        """Add to the residual stream, in place."""
        x[:, : self._d_model].add_(more)


class _EncoderLayer(_Layer):
    def __init__(self, loader: _Loader, i: int) -> None:
        super().__init__(loader, f"encoder.block.{i}", feed_forward=1, prompt=True)

    def forward(self, x: Tensor, lengths: Sequence[int], bias: Tensor, masks: Sequence[Tensor] | None) -> None:
        """x: [tokens of all prompts, d_model + 1], changed in place; bias: [heads, longest, longest]."""
        qkv = self.qkv(norm(x, self._d_model)).view(-1, 3, self._heads, self._d_kv)
        attended = []
        for i, part in enumerate(qkv.split(list(lengths))):
            q, k, v = part.permute(1, 2, 0, 3)[:, None]  # [1, heads, length, d_kv] each
            own = bias[None, :, : len(part), : len(part)]
            if masks is not None:
                own = own + masks[i]
            # On an NPU torch decomposes its own attention into many operators, and 910A lacks one of them, isneginf.
            if part.device.type == "npu":
                heads = attend(q[0], k[0].transpose(1, 2), v[0], own[0])
            else:
                heads = functional.scaled_dot_product_attention(q, k, v, attn_mask=own, scale=1.0)[0]
            attended.append(heads.transpose(0, 1).reshape(len(part), -1))  # [heads, q, d_kv] -> [q, heads * d_kv]
        self.add(x, self.attention_out(torch.cat(attended) if len(attended) > 1 else attended[0]))
        self.feed_forward(x)


class _DecoderLayer(_Layer):
    """A decoder layer: self-attention over the answer so far, attention over the prompt, feed-forward."""

    def __init__(self, loader: _Loader, i: int) -> None:
        super().__init__(loader, f"decoder.block.{i}", feed_forward=2, prompt=False)
        cross = f"decoder.block.{i}.layer.1.EncDecAttention"
        self.cross_q = loader.after_norm(f"decoder.block.{i}.layer.1.layer_norm", f"{cross}.q.weight")
        self.cross_out = loader.matrix(f"{cross}.o.weight")

    def forward(self, x: Tensor, slot: Tensor, own: Attended, prompts: Sequence[Attended]) -> None:
        """x: [rows * tokens, d_model + 1], changed in place; slot: [2, rows, heads, tokens, d_kv], written.

        own: the answers so far, n = rows * heads; prompts: of each group, n = prompts * heads.
        """
        heads, d_kv = self._heads, self._d_kv
        rows, tokens = slot.shape[1], slot.shape[3]
        qkv = self.qkv(norm(x, self._d_model)).view(rows, tokens, 3, heads, d_kv)
        slot.copy_(qkv[:, :, 1:].permute(2, 0, 3, 1, 4))  # [rows, tokens, 2, heads, d_kv] -> that of slot
        q = qkv[:, :, 0].transpose(1, 2).reshape(-1, tokens, d_kv)  # [rows * heads, tokens, d_kv]
        attended = attend(q, *own).view(rows, heads, tokens, d_kv).transpose(1, 2)
        self.add(x, self.attention_out(attended.reshape(-1, heads * d_kv)))
        q = self.cross_q(norm(x, self._d_model))
        if len(prompts) == 1:
            attended = self._attend_to_prompts(q, prompts[0])
        else:
            counts = [bias.shape[0] // heads * bias.shape[1] for _, _, bias in prompts]
            parts = zip(torch.split(q, counts), prompts, strict=True)
            attended = torch.cat([self._attend_to_prompts(part, group) for part, group in parts])
        self.add(x, self.cross_out(attended))
        self.feed_forward(x)

    def _attend_to_prompts(self, q: Tensor, prompts: Attended) -> Tensor:
        """q: [rows, heads * d_kv], sorted by prompt. Returns the same shape."""
        heads, d_kv = self._heads, self._d_kv
        count = prompts[2].shape[0] // heads
        q = q.view(count, -1, heads, d_kv).transpose(1, 2).flatten(0, 1)  # [prompts * heads, rows each, d_kv]
        return attend(q, *prompts).view(count, heads, -1, d_kv).transpose(1, 2).reshape(-1, heads * d_kv)


TokenTable = Callable[[Sequence[int]], Tensor]
"""From token ids to their rows, float32 [ids, d_model]."""


def _token_tables(checkpoint: Checkpoint, tensors: StoredTensors, device: str) -> tuple[TokenTable, TokenTable]:
    """The encoder's table and the decoder's: one for both when they are the same or equal."""
    encoder, decoder = checkpoint.encoder_table, checkpoint.decoder_table
    if device == "cpu":
        for name in {encoder, decoder}:
            tensors.check(name)
        return tensors.rows(encoder), tensors.rows(decoder)
    table = tensors.read(encoder)
    other = table if decoder == encoder else tensors.read(decoder)
    for_prompts = _on_device(table, device)
    return for_prompts, for_prompts if torch.equal(table, other) else _on_device(other, device)


def _on_device(table: Tensor, device: str) -> TokenTable:
    placed = table.to(device)
    return lambda indices: functional.embedding(torch.tensor(indices, device=device), placed)


def _head(loader: _Loader, name: str) -> nn.Module:
    """The output head: [tokens, vocab]. It needs by far the most memory while it is made, so it comes first."""
    scale = loader.shape.d_model**-0.5 if loader.shape.tied_scale else 1.0
    head = loader.after_norm("decoder.final_layer_norm", name, scale=scale)
    loader.free_scratch()
    return head


def _prompt_matrix(loader: _Loader, i: int) -> nn.Module:
    """The linear layer from the encoder's output to a decoder layer's keys and values: [tokens, 2 * heads * d_kv]."""
    cross = f"decoder.block.{i}.layer.1.EncDecAttention"
    return loader.after_norm("encoder.final_layer_norm", f"{cross}.k.weight", f"{cross}.v.weight", prompt=True)


def norm(x: Tensor, d_model: int) -> Tensor:
    """The remaining part of T5's norm, see above: x [tokens, d_model + 1] -> [tokens, d_model].

    T5 divides by the root mean square, without mean and without bias: Zhang and Sennrich 2019, arXiv 1910.07467.
    """
    length: Tensor = torch.linalg.vector_norm(x, dim=-1, keepdim=True)
    return x[:, :d_model] / length


def relative_bucket(distance: Tensor, shape: Shape, *, both_ways: bool) -> Tensor:
    """The bucket of a relative position (key position minus query position), as in T5's training.

    Half of the buckets hold one distance each, the others grow logarithmically up to `max_distance`; all greater
    distances share the last. both_ways: as in the encoder, half of the buckets are for keys after the query.
    Source: Raffel et al. 2020, section 2.1; rounded as in the released code, by truncating a float32 logarithm.
    """
    buckets, offset = shape.num_buckets, torch.zeros_like(distance)
    if both_ways:
        buckets //= 2
        offset = (distance > 0).long() * buckets
        distance = distance.abs()
    else:
        distance = (-distance).clamp(min=0)
    exact = buckets // 2
    far = torch.log(distance.clamp(min=1).float() / exact) / math.log(shape.max_distance / exact) * (buckets - exact)
    far_bucket = (exact + far.long()).clamp(max=buckets - 1)
    return offset + torch.where(distance < exact, distance, far_bucket)


def _masked(length: int, width: int) -> Tensor:
    """0 for `length` tokens, -inf for the padding after them; float32 [width]."""
    mask = torch.zeros(width)
    mask[length:] = -math.inf
    return mask


def _power_of_two(length: int) -> int:
    """The next of 32, 64, 128 ...: shapes repeat, for devices that prepare for each new one."""
    return max(32, 1 << (length - 1).bit_length())
