"""The T5 forward pass: encode prompts once, then decode step by step. Knows tensors; knows no text.

Raffel et al. 2020 (arXiv 1910.10683); T5 v1.1 and Flan-T5 add the gated GELU and an output head of their own.

Every norm's weight is multiplied into the matrix behind it, with the square root of d_model; what is left of the norm
is a division by the length of the vector. A column that holds sqrt(d_model * eps) at the end of the residual stream
puts the epsilon under that root. Shapes repeat from step to step, so that a step can be recorded once and played again.
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

import torch
from torch import Tensor, nn
from torch.nn import functional

from flanchat.engine.checkpoint.config import Shape
from flanchat.engine.devices.registry import take_in_thread
from flanchat.engine.t5.cuda_graph import Capture, Captures, Launch
from flanchat.engine.t5.linear import Packing
from flanchat.engine.t5.weight_reader import StoredTensors

Seen = tuple[Tensor, Tensor, Tensor]  # what a query looks at: keys [n, d_kv, seen], values [n, seen, d_kv] and bias

CHUNK = 32  # tokens by which what a step looks back on grows


@dataclass(frozen=True, slots=True)
class Encoded:
    """What the decoder needs of one prompt.

    keys: [layers, heads, d_kv, length]; values: [layers, heads, length, d_kv]; bias: [length], -inf where padding is.
    """

    keys: Tensor
    values: Tensor
    bias: Tensor

    @property
    def bytes(self) -> int:
        return sum(t.numel() * t.element_size() for t in (self.keys, self.values))


class T5:
    """A T5, T5 v1.1 or Flan-T5 with weights ready to multiply, or some layers of one, see engine/t5/model_parallel.py.

    report: told the part that is loaded, 0 to 1. encoder, decoder: which layers; the token table comes with the first
    one of the encoder, the output head with the last one of the decoder. capture: makes one launch of a step.
    """

    def __init__(
        self,
        shape: Shape,
        tensors: StoredTensors,
        *,
        own_head: bool,
        packing: Packing,
        report: Callable[[float], None] = lambda part: None,
        encoder: range | None = None,
        decoder: range | None = None,
        capture: Capture | None = None,
    ) -> None:
        encoder = range(shape.num_layers) if encoder is None else encoder
        decoder = range(shape.num_decoder_layers) if decoder is None else decoder
        self.packing, self.device = packing, packing.device
        self.shape = replace(shape, num_layers=len(encoder), num_decoder_layers=len(decoder))
        self._pad_prompt: Callable[[int], int] = (lambda n: n) if self.device == "cpu" else _power_of_two
        load = _Load(shape, tensors, packing)
        self._stream_end = math.sqrt(shape.d_model * shape.eps)
        if 0 in encoder:
            table = tensors.read("shared.weight")  # on the CPU only to see that all of it is finite
            self._rows = tensors.rows("shared.weight") if self.device == "cpu" else _table(table.to(self.device))
            del table
        self._encoder_biases = [load.vector(name) for name in load.bias_names("encoder", encoder)]
        self._decoder_biases = [load.vector(name) for name in load.bias_names("decoder", decoder)]
        head = None
        if shape.num_decoder_layers - 1 in decoder:
            head_scale = shape.d_model**-0.5 if shape.tied_scale else 1.0
            head = load.after_norm(
                "decoder.final_layer_norm", "lm_head.weight" if own_head else "shared.weight", scale=head_scale
            )
        jobs: list[Callable[[], nn.Module]] = [
            *(partial(_EncoderLayer, load, i) for i in encoder),
            *(partial(_DecoderLayer, load, i) for i in decoder),
            *(partial(_prompt_matrix, load, i) for i in decoder),
        ]
        load.forget()
        made = []
        for layer in load.side_by_side(jobs):
            made.append(layer)
            report(len(made) / len(jobs))
        self._encoder, rest = made[: len(encoder)], made[len(encoder) :]
        self._prompt_matrices = rest[len(decoder) :]
        self.decoder = Decoder(shape, rest[: len(decoder)], head).eval()
        self._play: dict[bool, Callable[..., Tensor]] = {}
        self.captures = None if capture is None else Captures(capture)

    def encode(self, prompts: Sequence[Sequence[int]]) -> list[Encoded]:
        """Run the encoder over prompts of token ids. They go through the matrices end to end, so none is padded."""
        lengths, masks = self.padding(prompts)
        x = self.embed_prompts(prompts, lengths)
        self.run_encoder(x, lengths, masks)
        return self.for_decoder(x, lengths, masks)

    def padding(self, prompts: Sequence[Sequence[int]]) -> tuple[list[int], list[Tensor]]:
        """The padded length of each prompt, and its mask [length]: 0, and -inf where padding is."""
        lengths = [self._pad_prompt(len(p)) for p in prompts]
        masks = [_masked(len(p), n).to(self.device, self.packing.dtype) for p, n in zip(prompts, lengths, strict=True)]
        return lengths, masks

    def embed_prompts(self, prompts: Sequence[Sequence[int]], lengths: Sequence[int]) -> Tensor:
        """The residual stream of prompts that are padded to `lengths`, end to end."""
        pad = self.shape.pad_id
        return self.embed([i for p, n in zip(prompts, lengths, strict=True) for i in (*p, *[pad] * (n - len(p)))])

    def run_encoder(self, x: Tensor, lengths: Sequence[int], masks: Sequence[Tensor]) -> None:
        """Run the encoder's layers over prompts end to end. x: [tokens, d_model + 1], changed in place."""
        padded = self.device != "cpu"
        positions = torch.arange(max(lengths))
        buckets = relative_bucket(positions[None] - positions[:, None], self.shape, both_ways=True).to(self.device)
        biases: dict[int, Tensor] = {}
        for layer, table in zip(self._encoder, self._encoder_biases, strict=True):
            if id(table) not in biases:
                biases = {
                    id(table): table[buckets].permute(2, 0, 1).to(self.packing.dtype).contiguous()
                }  # [heads, query, key]
            layer(x, lengths, biases[id(table)], masks if padded else None)

    def for_decoder(self, x: Tensor, lengths: Sequence[int], masks: Sequence[Tensor]) -> list[Encoded]:
        """What the decoder's layers need of the encoder's output, by prompt."""
        shape, device, dtype = self.shape, self.device, self.packing.dtype
        hidden = norm(x, shape.d_model)
        size = (shape.num_decoder_layers, shape.num_heads)
        made = [
            Encoded(
                torch.empty(*size, shape.d_kv, n, device=device, dtype=dtype),
                torch.empty(*size, n, shape.d_kv, device=device, dtype=dtype),
                mask,
            )
            for n, mask in zip(lengths, masks, strict=True)
        ]
        for i, matrix in enumerate(self._prompt_matrices):
            parts = matrix(hidden).view(-1, 2, shape.num_heads, shape.d_kv).split(lengths)
            for encoded, part in zip(made, parts, strict=True):
                encoded.keys[i].copy_(part[:, 0].permute(1, 2, 0))
                encoded.values[i].copy_(part[:, 1].transpose(0, 1))
        return made

    def start(self, prompts: Sequence[Encoded], source: Sequence[int], room: int) -> Cache:
        """A cache for rows that answer `prompts[source[row]]`, with room for `room` tokens each."""
        return Cache(self, prompts, source, room)

    def step(self, ids: Sequence[int], cache: Cache) -> Tensor:
        """Feed the next tokens. ids: one of each row, or several for a cache of one row.

        Returns float32 logits [len(ids), vocab], of what follows each; the next step may overwrite them.
        """
        tokens = len(ids) // cache.rows
        x = self.embed(cache.to_slots(ids))
        if tokens == 1 and self.captures is not None:
            logits = cache.launch(self.captures)(x, cache.length)
        else:
            logits = self._player(cache, tokens)(*cache.arguments(x, tokens))
        cache.length += tokens
        return cache.from_slots(logits)

    def rehearse(self, *, shared: bool) -> None:
        """Record the step, to be played from now on; until then it runs from Python, slower, with the same numbers.

        shared: the step of rows that share prompts. Takes 0.2 to 0.5 s.
        """
        if self.device == "cpu" and shared not in self._play:
            prompt = self.encode([[self.shape.eos_id] * 3])
            cache = self.start(prompt, [0, 0] if shared else [0], CHUNK)
            self._play[shared] = record(self.decoder, cache.arguments(self.embed([self.shape.pad_id] * cache.rows), 1))

    def _player(self, cache: Cache, tokens: int) -> Callable[..., Tensor]:
        """The decoder itself, or a recording of it that gives the same."""
        if tokens > 1 or len(cache.groups) > 1:
            return self.decoder
        return self._play.get(cache.groups[0].prompts < cache.rows, self.decoder)

    def embed(self, ids: Sequence[int]) -> Tensor:
        """The residual stream [tokens, d_model + 1] of token ids."""
        return functional.pad(self._rows(ids), (0, 1), value=self._stream_end)

    def step_bias(self, room: int) -> list[Tensor]:
        """Per layer [heads, 2 * room]: biases towards distances room-1 ... 0, then -inf for what is not there yet.

        What the token at `at` adds to its scores for the first n positions begins at column room - 1 - at.
        """
        distance = torch.arange(room - 1, -1, -1)
        buckets = relative_bucket(-distance, self.shape, both_ways=False).to(self.device)
        made: dict[int, Tensor] = {}
        for table in self._decoder_biases:
            if id(table) not in made:
                known = table[buckets].T
                made[id(table)] = torch.cat([known, torch.full_like(known, -math.inf)], 1).to(self.packing.dtype)
        return [made[id(table)] for table in self._decoder_biases]


@dataclass(frozen=True, slots=True)
class Group:
    """Prompts of like length that have equally many rows each, to be attended to in one multiplication.

    keys: per layer [prompts * heads, d_kv, longest]; values: per layer [prompts * heads, longest, d_kv];
    bias: [prompts * heads, rows, longest].
    """

    prompts: int
    rows: int
    keys: tuple[Tensor, ...]
    values: tuple[Tensor, ...]
    bias: Tensor


class Cache:
    """Rows being decoded and what they look back on; `length` tokens of each are in.

    Rows that answer the same prompt share its keys and values. Rows lie in `slots`, group by group.
    """

    def __init__(self, model: T5, prompts: Sequence[Encoded], source: Sequence[int], room: int) -> None:
        self._model, self._prompts, self._source = model, prompts, list(source)
        self.room, self.length = -(-room // CHUNK) * CHUNK, 0
        shape, dtype = model.shape, model.packing.dtype
        self._biases = model.step_bias(self.room)
        width = self.room + (model.captures is not None)  # a step that is launched writes behind the room
        size = (shape.num_decoder_layers, 2, len(source), shape.num_heads, width, shape.d_kv)
        self._own = torch.zeros(size, device=model.device, dtype=dtype)
        self._launch: Launch | None = None
        self._arrange(list(range(len(source))))

    @property
    def rows(self) -> int:
        return len(self._source)

    def keep(self, rows: Sequence[int]) -> None:
        """Go on with these rows only, in this order. rows: indices into the present ones."""
        place = self._places if self._places is not None else list(range(self.rows))
        self._source = [self._source[row] for row in rows]
        self._arrange([place[row] for row in rows])

    def to_slots(self, ids: Sequence[int]) -> Sequence[int]:
        """ids by row, or of one row -> by slot."""
        return ids if self._rows is None else [ids[row] for row in self._rows]

    def from_slots(self, logits: Tensor) -> Tensor:
        return logits if self._places is None else logits[torch.tensor(self._places, device=logits.device)]

    def arguments(self, x: Tensor, tokens: int) -> tuple[object, ...]:
        """What the decoder is called with, for the next `tokens` of each row."""
        at, end = self.length, self.length + tokens
        seen = min(-(-end // CHUNK) * CHUNK, self.room)
        if seen != self._seen:
            self._look_back(seen)
        first = self.room - 1 - at
        if tokens == 1:
            biases = [b[:, :, first : first + seen] for b in self._repeated]
        else:
            biases = [
                torch.stack([b[:, 0, first - i : first - i + seen] for i in range(tokens)], 1) for b in self._repeated
            ]
        if len(biases) < len(self._keys):
            biases = biases * len(self._keys)
        own = tuple(zip(self._keys, self._values, biases, strict=True))
        return x, self._own[:, :, :, :, at:end], own, self._grouped()

    def launch(self, captures: Captures) -> Launch:
        """The step of one token of each row, to be captured: it stays the same until rows leave."""
        if self._launch is None:
            self._look_back(self._own.shape[4])
            self._launch = Launch(
                captures,
                self._model.decoder,
                own=self._own,
                seen=list(zip(self._keys, self._values, strict=True)),
                groups=self._grouped(),
                biases=self._repeated,
            )
        return self._launch

    def _grouped(self) -> tuple[tuple[Sequence[Tensor], Sequence[Tensor], Tensor], ...]:
        return tuple((group.keys, group.values, group.bias) for group in self.groups)

    def _arrange(self, places: list[int]) -> None:
        """Lay the rows out anew. places: in which slot each row lies now."""
        counts = {prompt: self._source.count(prompt) for prompt in self._source}
        lengths = {prompt: self._prompts[prompt].keys.shape[-1] for prompt in counts}
        ordered = sorted(counts, key=lambda p: (counts[p], _length_class(lengths[p]), p))
        rows: list[int] = []  # row of each slot
        self.groups = []
        for (count, _), several in groupby(ordered, key=lambda p: (counts[p], _length_class(lengths[p]))):
            members = list(several)
            rows += [row for p in members for row, source in enumerate(self._source) if source == p]
            self.groups.append(_stack([self._prompts[p] for p in members], count))
        straight = rows == list(range(len(rows)))
        self._rows = None if straight else rows
        self._places = None if straight else [rows.index(row) for row in range(len(rows))]
        moved = [places[row] for row in rows]
        if moved != list(range(self._own.shape[2])):
            self._own = self._own.index_select(2, torch.tensor(moved, device=self._own.device))
        one = {id(b): b.repeat(len(rows), 1)[:, None] for b in self._biases}
        shared = len(one) == 1
        self._repeated = [one[id(b)] for b in (self._biases[:1] if shared else self._biases)]
        self._seen = 0
        self._launch = None

    def _look_back(self, seen: int) -> None:
        layers, _, rows, heads, width, d_kv = self._own.shape
        keys = self._own[:, 0].view(layers, rows * heads, width, d_kv)[:, :, :seen].transpose(-1, -2)
        values = self._own[:, 1].view(layers, rows * heads, width, d_kv)[:, :, :seen]
        self._keys, self._values, self._seen = keys.unbind(0), values.unbind(0), seen


def _stack(prompts: Sequence[Encoded], rows: int) -> Group:
    """Prompts side by side, padded to the longest."""
    width = max(p.keys.shape[-1] for p in prompts)
    if len(prompts) == 1:
        (only,) = prompts
        bias = only.bias.expand(only.keys.shape[1], rows, -1)
        return Group(1, rows, only.keys.unbind(0), only.values.unbind(0), bias)
    keys = torch.stack([functional.pad(p.keys, (0, width - p.keys.shape[-1])) for p in prompts], 1)
    values = torch.stack([functional.pad(p.values, (0, 0, 0, width - p.values.shape[-2])) for p in prompts], 1)
    bias = torch.stack([functional.pad(p.bias, (0, width - len(p.bias)), value=-math.inf) for p in prompts])
    heads = keys.shape[2]
    return Group(
        len(prompts),
        rows,
        keys.flatten(1, 2).unbind(0),
        values.flatten(1, 2).unbind(0),
        bias.repeat_interleave(heads, 0)[:, None].expand(-1, rows, -1),
    )


def _length_class(length: int) -> int:
    """Prompts of one class are padded to each other: to at most twice their length, and short ones to each other."""
    return max(6, (length - 1).bit_length())


def record(decoder: Decoder, arguments: tuple[object, ...]) -> Callable[..., Tensor]:
    """The decoder's step as one call without Python in between, or the decoder itself.

    torch.jit may go one day and its profiling may not be switchable: whatever fails, and any result that differs, costs
    speed only.
    """
    x = arguments[0]
    assert isinstance(x, Tensor)
    try:
        with warnings.catch_warnings(), torch.no_grad(), _without_profiling():
            warnings.simplefilter("ignore")
            traced = torch.jit.trace(decoder, arguments, check_trace=False)  # type: ignore[no-untyped-call]
            played = traced(x.clone(), *arguments[1:])
        if torch.equal(played, decoder(x.clone(), *arguments[1:])):
            return traced  # type: ignore[no-any-return]
    except Exception:
        pass
    return decoder


@contextlib.contextmanager
def _without_profiling() -> Iterator[None]:
    """What is played for the first time inside is not watched for its shapes, which costs a tenth of every step."""
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
    """The decoder's layers and the head: one step. head: None where later layers lie elsewhere."""

    def __init__(self, shape: Shape, layers: Sequence[nn.Module], head: nn.Module | None) -> None:
        super().__init__()
        self.layers, self.head = nn.ModuleList(layers), head
        self._d_model = shape.d_model

    def forward(
        self,
        x: Tensor,
        slots: Tensor,
        own: Sequence[Seen],
        groups: Sequence[tuple[Sequence[Tensor], Sequence[Tensor], Tensor]],
    ) -> Tensor:
        """x: [rows * tokens, d_model + 1]; slots: [layers, 2, rows, heads, tokens, d_kv], for new keys and values.

        own: the answers so far, per layer, a row's heads side by side; bias [rows * heads, tokens, seen].
        groups: keys, values and bias of each Group.
        Gives float32 logits [rows * tokens, vocab]; x without a head.
        """
        for i, slot in enumerate(slots.unbind(0)):
            prompts = [(k[i], v[i], bias) for k, v, bias in groups]
            self.layers[i](x, slot, own[i], prompts)
        if self.head is None:
            return x
        logits: Tensor = self.head(norm(x, self._d_model))
        return logits.float()


class _Load:
    """Makes the parts of a model out of a checkpoint's tensors."""

    def __init__(self, shape: Shape, tensors: StoredTensors, packing: Packing) -> None:
        self.shape, self._tensors, self.packing = shape, tensors, packing
        self._scratch = threading.local()
        self._vectors: dict[str, Tensor] = {}

    def vector(self, name: str) -> Tensor:
        """Kept in float32; the same tensor for the same name."""
        if name not in self._vectors:
            self._vectors[name] = self._tensors.read(name).to(self.packing.device)
        return self._vectors[name]

    def bias_names(self, stack: str, layers: range) -> list[str]:
        """The tensor with each layer's position biases [buckets, heads]; T5 has one for a whole stack."""
        owners = [0] * len(layers) if self.shape.shared_bias else layers
        return [f"{stack}.block.{i}.layer.0.SelfAttention.relative_attention_bias.weight" for i in owners]

    def after_norm(self, norm_name: str, *names: str, scale: float = 1.0, prompt: bool = False) -> nn.Module:
        """Matrices that read a normed stream, with the norm's weight and the root of d_model in them."""
        columns = self._tensors.read(f"{norm_name}.weight") * (math.sqrt(self.shape.d_model) * scale)
        return self.packing.hold(self._joined(names).mul_(columns), prompt=prompt, wide=False)

    def matrix(self, name: str, *, prompt: bool = False, wide: bool = False) -> nn.Module:
        return self.packing.hold(self._joined([name]), prompt=prompt, wide=wide)

    def _joined(self, names: Sequence[str]) -> Tensor:
        """Matrices that read the same input, one below the other; they stay until this thread joins the next ones."""
        sizes = [self._tensors.size(name) for name in names]
        rows, columns = sum(size[0] for size in sizes), sizes[0][1]
        if getattr(self._scratch, "numbers", torch.empty(0)).numel() < rows * columns:
            self._scratch.numbers = torch.empty(rows * columns)
        joined: Tensor = self._scratch.numbers[: rows * columns].view(rows, columns)
        for name, part in zip(names, torch.split(joined, [size[0] for size in sizes]), strict=True):
            self._tensors.read_into(name, part)
        return joined

    def side_by_side(self, jobs: Sequence[Callable[[], nn.Module]]) -> Iterator[nn.Module]:
        """Do jobs on all cores, one thread each, and give what they made in order."""
        threads = torch.get_num_threads()

        def begin() -> None:
            torch.set_num_threads(1)
            take_in_thread(self.packing.device)

        with ThreadPoolExecutor(threads, initializer=begin) as pool:
            yield from pool.map(lambda job: job(), jobs)
        torch.set_num_threads(threads)

    def forget(self) -> None:
        """Free what this thread joined matrices in."""
        self._scratch = threading.local()


class _Layer(nn.Module):
    """What encoder and decoder layers share: self-attention's and the feed-forward part's matrices."""

    def __init__(self, load: _Load, name: str, *, feed_forward: int, prompt: bool) -> None:
        super().__init__()
        shape = load.shape
        self._d_model, self._heads, self._d_kv, self._gated = shape.d_model, shape.num_heads, shape.d_kv, shape.gated
        attention, wide = f"{name}.layer.0.SelfAttention", f"{name}.layer.{feed_forward}.DenseReluDense"
        self.qkv = load.after_norm(
            f"{name}.layer.0.layer_norm", *(f"{attention}.{n}.weight" for n in "qkv"), prompt=prompt
        )
        self.attention_out = load.matrix(f"{attention}.o.weight", prompt=prompt)
        wide_in = [f"{wide}.wi_0.weight", f"{wide}.wi_1.weight"] if shape.gated else [f"{wide}.wi.weight"]
        self.wide_in = load.after_norm(f"{name}.layer.{feed_forward}.layer_norm", *wide_in, prompt=prompt)
        self.wide_out = load.matrix(f"{wide}.wo.weight", prompt=prompt, wide=True)

    def feed_forward(self, x: Tensor) -> None:
        wide = self.wide_in(norm(x, self._d_model))
        if self._gated:
            gate, wide = wide.chunk(2, -1)
            wide = functional.gelu(gate, approximate="tanh").mul_(wide)
        else:
            wide = functional.relu(wide)
        self.add(x, self.wide_out(wide))

    def add(self, x: Tensor, more: Tensor) -> None:
        """Add to the residual stream, in place."""
        x[:, : self._d_model].add_(more)


class _EncoderLayer(_Layer):
    def __init__(self, load: _Load, i: int) -> None:
        super().__init__(load, f"encoder.block.{i}", feed_forward=1, prompt=True)

    def forward(self, x: Tensor, lengths: Sequence[int], bias: Tensor, masks: Sequence[Tensor] | None) -> None:
        """x: [tokens of all prompts, d_model + 1], changed in place; bias: [heads, longest, longest]."""
        qkv = self.qkv(norm(x, self._d_model)).view(-1, 3, self._heads, self._d_kv)
        seen = []
        for i, part in enumerate(qkv.split(list(lengths))):
            q, k, v = part.permute(1, 2, 0, 3)[:, None]  # [1, heads, length, d_kv] each
            own = bias[None, :, : len(part), : len(part)]
            if masks is not None:
                own = own + masks[i]
            if part.device.type == "npu":  # torch takes its own apart there, into many calls; 910A lacks isneginf
                made = attend(q[0], k[0].transpose(1, 2), v[0], own[0])
            else:
                made = functional.scaled_dot_product_attention(q, k, v, attn_mask=own, scale=1.0)[0]
            seen.append(made.transpose(0, 1).reshape(len(part), -1))
        self.add(x, self.attention_out(torch.cat(seen) if len(seen) > 1 else seen[0]))
        self.feed_forward(x)


class _DecoderLayer(_Layer):
    """A decoder layer: self-attention over the answer so far, attention over the prompt, feed-forward."""

    def __init__(self, load: _Load, i: int) -> None:
        super().__init__(load, f"decoder.block.{i}", feed_forward=2, prompt=False)
        cross = f"decoder.block.{i}.layer.1.EncDecAttention"
        self.cross_q = load.after_norm(f"decoder.block.{i}.layer.1.layer_norm", f"{cross}.q.weight")
        self.cross_out = load.matrix(f"{cross}.o.weight")

    def forward(self, x: Tensor, slot: Tensor, own: Seen, prompts: Sequence[Seen]) -> None:
        """x: [rows * tokens, d_model + 1], changed in place; slot: [2, rows, heads, tokens, d_kv], written.

        own: the answers so far, a row's heads side by side; prompts: a Group's prompts' heads side by side, each.
        """
        heads, d_kv = self._heads, self._d_kv
        rows, tokens = slot.shape[1], slot.shape[3]
        qkv = self.qkv(norm(x, self._d_model)).view(rows, tokens, 3, heads, d_kv)
        slot.copy_(qkv[:, :, 1:].permute(2, 0, 3, 1, 4))
        q = qkv[:, :, 0].transpose(1, 2).reshape(-1, tokens, d_kv)
        seen = attend(q, *own).view(rows, heads, tokens, d_kv).transpose(1, 2)
        self.add(x, self.attention_out(seen.reshape(-1, heads * d_kv)))
        q = self.cross_q(norm(x, self._d_model))
        if len(prompts) == 1:
            seen = self._look_at_prompts(q, prompts[0])
        else:
            counts = [bias.shape[0] // heads * bias.shape[1] for _, _, bias in prompts]
            parts = zip(torch.split(q, counts), prompts, strict=True)
            seen = torch.cat([self._look_at_prompts(part, group) for part, group in parts])
        self.add(x, self.cross_out(seen))
        self.feed_forward(x)

    def _look_at_prompts(self, q: Tensor, prompts: Seen) -> Tensor:
        """q: [rows, heads * d_kv], the rows of one prompt after those of another."""
        heads, d_kv = self._heads, self._d_kv
        count = prompts[2].shape[0] // heads
        q = q.view(count, -1, heads, d_kv).transpose(1, 2).flatten(0, 1)  # [prompts * heads, rows each, d_kv]
        return attend(q, *prompts).view(count, heads, -1, d_kv).transpose(1, 2).reshape(-1, heads * d_kv)


def _table(table: Tensor) -> Callable[[Sequence[int]], Tensor]:
    return lambda indices: functional.embedding(torch.tensor(indices, device=table.device), table)


def _prompt_matrix(load: _Load, i: int) -> nn.Module:
    """What makes a decoder layer's keys and values out of the encoder's output: [tokens, 2 * heads * d_kv]."""
    cross = f"decoder.block.{i}.layer.1.EncDecAttention"
    return load.after_norm("encoder.final_layer_norm", f"{cross}.k.weight", f"{cross}.v.weight", prompt=True)


def attend(q: Tensor, k: Tensor, v: Tensor, bias: Tensor) -> Tensor:
    """T5's attention, which does not divide by the square root of d_kv. The softmax is float32.

    q: [n, queries, d_kv]; k: [n, d_kv, keys]; v: [n, keys, d_kv]; bias broadcasts to [n, queries, keys].
    """
    return torch.bmm(torch.baddbmm(bias, q, k).softmax(-1, dtype=torch.float32).to(v.dtype), v)


def norm(x: Tensor, d_model: int) -> Tensor:
    """What is left of T5's norm, see above: x [tokens, d_model + 1] -> [tokens, d_model].

    T5 divides by the root mean square, without mean and without bias: Zhang and Sennrich 2019, arXiv 1910.07467.
    """
    length: Tensor = torch.linalg.vector_norm(x, dim=-1, keepdim=True)
    return x[:, :d_model] / length


def relative_bucket(distance: Tensor, shape: Shape, *, both_ways: bool) -> Tensor:
    """The bucket of a relative position (key position less query position), as T5 was trained with.

    Half of the buckets hold one distance each, the others grow logarithmically up to `max_distance`; everything farther
    shares the last. both_ways: the encoder's kind, half of the buckets for keys after the query.
    Source: Raffel et al. 2020, section 2.1; the rounding follows the released code, float32 logarithm cut to whole.
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
    """0 for `length` tokens, -inf for the padding behind them; float32 [width]."""
    mask = torch.zeros(width)
    mask[length:] = -math.inf
    return mask


def _power_of_two(length: int) -> int:
    """The next of 32, 64, 128 ...: shapes that repeat, for devices that prepare for each new one."""
    return max(32, 1 << (length - 1).bit_length())
