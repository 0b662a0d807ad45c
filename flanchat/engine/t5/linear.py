"""Linear layers: how a weight matrix is stored and multiplied in each precision. Knows one matrix; knows no model.

torch has several kernels that multiply by the same matrix. Which is fastest differs between processors and releases,
and some are private or deprecated. So each kernel is tried here before it is used: it must give the right numbers, and
of those that do, the fastest in a short measurement is chosen (`measure_kernels`). A missing one costs only speed.
"""

from __future__ import annotations

import math
import threading
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

import torch
from torch import Tensor, nn
from torch.nn import functional

from flanchat.engine.devices.placement import parts

_FLOAT16_MAX = 65504.0
_MOST_ROWS = {"float16": 1 << 13, "int8": 1 << 14}
# Multiples of what the kernels compute at a time, so that a row has the same bits in any part.
_PIECE = 1 << 17  # numbers that are rounded at a time, so that the results stay in the processor's cache


class _Scratch(threading.local):
    """Memory of each thread that makes layers. New memory for each matrix would leave holes between those that stay."""

    def __init__(self) -> None:
        self.rounded = torch.empty(_PIECE, dtype=torch.float16)


_scratch = _Scratch()


class _Stored(nn.Module):
    """Multiplies by a weight that KERNELS has brought into its format."""

    weight: Tensor

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        self.register_buffer("weight", weight)


class _Plain(_Stored):
    """weight [out, in], in the dtype of the computation."""

    def forward(self, x: Tensor) -> Tensor:
        return functional.linear(x.to(self.weight.dtype), self.weight)


class _Widen(nn.Module):
    def forward(self, y: Tensor) -> Tensor:
        return y.float()


class _Transposed(_Stored):
    """weight [in, out]: on some processors this memory order is faster for a single row."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.mm(x, self.weight)


class _OneDnn(nn.Module):
    """weight in the blocked order that oneDNN prefers, in the dtype of the computation."""

    weight: Tensor

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        self.register_buffer("weight", torch.ops.mkldnn._reorder_linear_weight(weight))
        probe = torch.randn(2, weight.shape[1], generator=torch.Generator().manual_seed(0)).to(weight.dtype)
        self._sums_one_row_differently = not torch.equal(self._product(probe[:1]), self._product(probe)[:1])

    def forward(self, x: Tensor) -> Tensor:
        x = x.to(self.weight.dtype)
        if self._sums_one_row_differently:  # a second row is added, since oneDNN sums two and more in one order
            return self._product(functional.pad(x, (0, 0, 0, 1)))[:-1]
        return self._product(x)

    def _product(self, x: Tensor) -> Tensor:
        y: Tensor = torch.ops.mkldnn._linear_pointwise(x, self.weight, None, "none", [], "")
        return y


class _Float16Stored(_Stored):
    """float16 in memory, widened before each multiplication: slow, but works in every torch."""

    def forward(self, x: Tensor) -> Tensor:
        return functional.linear(x, self.weight.float())


class _Float16Packed(nn.Module):
    """float16 in memory, widened inside the multiplication: products and sums are float32 (fbgemm)."""

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        for numbers in torch.split(weight.view(-1), _PIECE):
            # Packing takes half the time when the values already are float16's.
            numbers.copy_(_scratch.rounded[: len(numbers)].copy_(numbers))
        self.packed = torch.ops.quantized.linear_prepack_fp16(weight, None)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = torch.ops.quantized.linear_dynamic_fp16(x, self.packed)
        return y


class _Parts(nn.Module):
    """Layers of the same inputs, with their results one after the other."""

    def __init__(self, parts: Sequence[nn.Module]) -> None:
        super().__init__()
        self.parts = nn.ModuleList(parts)

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([part(x) for part in self.parts], -1)


class _Int8Packed(nn.Module):
    """int8 with one scale per output; inputs are rounded to 8 bits, with one scale per row."""

    def __init__(self, weight: Tensor, backend: str, reduce_range: bool) -> None:
        super().__init__()
        product = _Int8Product(weight, backend, reduce_range)
        self.product: nn.Module = product
        self._takes_scale = product.takes_scale

    def forward(self, x: Tensor) -> Tensor:
        largest = x.abs().amax(-1, keepdim=True)  # vector_norm(ord=inf) gives the same in ten times the time
        if self._takes_scale:  # a row of zeros becomes NaN: whatever that is rounded to, the scale of 0 makes it 0
            y: Tensor = self.product(x / largest)
        else:
            y = self.product(x / largest.clamp(min=torch.finfo(torch.float32).tiny))
        return y.mul_(largest)


class _Int8Product(nn.Module):
    """Rounds inputs from -1 to 1 to 8 bits and multiplies. takes_scale: inputs may be NaN."""

    _range_rows: Tensor

    def __init__(self, weight: Tensor, backend: str, reduce_range: bool) -> None:
        super().__init__()
        scale = _scale(weight)
        quantized = torch._empty_per_channel_affine_quantized(
            weight.shape,
            scales=scale.double(),
            zero_points=torch.zeros(len(scale), dtype=torch.long),
            axis=0,
            dtype=torch.qint8,
        )
        numbers = torch.empty(0, dtype=torch.int8).set_(quantized.untyped_storage())
        _round(weight, scale, numbers.view(weight.shape))
        before = torch.backends.quantized.engine
        torch.backends.quantized.engine = backend
        try:
            self.packed = torch.ops.quantized.linear_prepack(quantized, None)
        finally:
            torch.backends.quantized.engine = before
        self._reduce_range, self._levels = reduce_range, 63 if reduce_range else 127
        rows = torch.zeros(2, weight.shape[1])
        rows[:, 0] = torch.tensor([1.0, -1.0])
        self.register_buffer("_range_rows", rows)
        self.takes_scale = True
        try:
            self(rows)
        except RuntimeError:  # fbgemm takes the scale of the inputs as an argument, the others find one for all rows
            self.takes_scale = False

    def forward(self, x: Tensor) -> Tensor:
        if self.takes_scale:
            y: Tensor = torch.ops.quantized.linear_with_input_q_dq_qweight_dq_output_fp32(
                x, 1 / self._levels, self._levels, self.packed
            )
        else:  # rows that hold 1 and -1 make the scale that it finds always the same
            x = torch.cat([x, self._range_rows])
            y = torch.ops.quantized.linear_dynamic(x, self.packed, self._reduce_range)[:-2]
        return y


class _Int8Stored(_Stored):
    """int8 with one scale per output, widened before each multiplication: slow, but works in every torch."""

    scale: Tensor

    def __init__(self, weight: Tensor) -> None:
        scale, rounded = _scale(weight), torch.empty(weight.shape, dtype=torch.int8)
        _round(weight, scale, rounded)
        super().__init__(rounded)
        self.register_buffer("scale", scale)

    def forward(self, x: Tensor) -> Tensor:
        return functional.linear(x, self.weight.float()) * self.scale


def _int8_packed(backend: str, *, reduce_range: bool = False) -> Kernel:
    return lambda weight: _Int8Packed(weight, backend, reduce_range)


Kernel = Callable[[Tensor], nn.Module]
"""Makes a linear layer of a float32 matrix [out, in], which it may change and does not keep."""

_SEVEN_BITS = "fbgemm, 7 bits"
# Processors without VNNI add products of 8-bit numbers in 16 bits, which may overflow; with 7 bits they cannot.

# The CPU's kernels by precision and name; the last of each works everywhere.
KERNELS: dict[str, dict[str, Kernel]] = {
    "float32": {
        "onednn": _OneDnn,
        "transposed": lambda weight: _Transposed(weight.t().contiguous()),
        "plain": lambda weight: _Plain(weight.clone()),
    },
    "float16": {"packed": _Float16Packed, "stored": lambda weight: _Float16Stored(weight.half())},
    "bfloat16": {
        "onednn": lambda weight: _OneDnn(weight.bfloat16()),
        "plain": lambda weight: _Plain(weight.bfloat16()),
    },
    "int8": {
        "x86": _int8_packed("x86"),
        "fbgemm": _int8_packed("fbgemm"),
        _SEVEN_BITS: _int8_packed("fbgemm", reduce_range=True),
        "onednn": _int8_packed("onednn"),
        "qnnpack": _int8_packed("qnnpack"),
        "stored": _Int8Stored,
    },
}
PRECISIONS = (*KERNELS, "float16+bfloat16", "float16+int8")
"""Those with a + are for CPUs: what single tokens are multiplied by, then what whole prompts are."""

# The largest error that a kernel may make in `_largest_error`, relative to the largest result.
_TOLERANCE = {"float32": 1e-5, "float16": 1e-3, "bfloat16": 2e-2, "int8": 3e-2}


@dataclass(frozen=True, slots=True)
class Measurement:
    """Seconds that a kernel takes for 1 row, for 8 rows and for a prompt of 128, with a matrix of 1024 x 1024.

    same_bits: a row's product has the same bits alone and beside any others.
    """

    one: float
    few: float
    many: float
    same_bits: bool

    @property
    def token(self) -> float:
        """Seconds for a token: alone, plus as one of eight."""
        return self.one + self.few / 8


@dataclass(frozen=True, slots=True)
class LinearKernels:
    """How the matrices of a model are stored and multiplied.

    token: the kernel (a name in KERNELS) of matrices that the rows of a decoding step are multiplied by; prompt: of
    those that whole prompts are. Both are "plain" on other devices than the CPU. same_bits: a row has the same bits in
    any batch.
    """

    precision: str
    device: str = "cpu"
    token: str = "plain"
    prompt: str = "plain"
    same_bits: bool = False

    @property
    def dtype(self) -> torch.dtype:
        """The dtype that attention computes in; products may have another."""
        if self.device == "cpu" and self.precision != "bfloat16":
            return torch.float32
        return getattr(torch, self.precision)  # type: ignore[no-any-return]

    def rows_of_part(self, rows: int) -> int:
        """How many rows a layer has, at most, of a matrix that single tokens are multiplied by; see `joined`.

        Packing reads a matrix by columns, so one with more rows than caches hold takes three times as long.
        """
        packs = self.device == "cpu" and self.token != "stored"
        return _MOST_ROWS.get(parts(self.precision)[0], rows) if packs else rows

    def linear(self, matrix: Tensor, *, prompt: bool, wide: bool) -> nn.Module:
        """A linear layer: x [rows, in] -> [rows, out].

        matrix: [out, in], float32; may be changed, and is not kept. prompt: whole prompts are multiplied by it, rather
        than single tokens. wide: the results may exceed float16's range.
        """
        if self.device != "cpu":
            widened = self.precision == "float16" and (wide or _exceeds_float16(matrix))
            return _Plain(matrix.to(self.device, torch.float32 if widened else self.dtype, copy=True))
        precision = parts(self.precision)[prompt]
        kernel = KERNELS[precision][self.prompt if prompt else self.token]
        if precision == "float16" and _exceeds_float16(matrix):
            has_onednn = torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
            kernel = KERNELS["float32"]["onednn" if has_onednn else "plain"]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a deprecation is no news for the user: `measure_kernels` handles removal
            layer = kernel(matrix)
        widened = precision == "bfloat16" and self.dtype == torch.float32
        return nn.Sequential(layer, _Widen()) if widened else layer


def joined(parts: Sequence[nn.Module]) -> nn.Module:
    """One layer of several that `LinearKernels.linear` made of parts of a matrix."""
    first, of_int8 = parts[0], [part for part in parts if isinstance(part, _Int8Packed)]
    if len(parts) == 1:
        return first
    if len(of_int8) == len(parts):
        of_int8[0].product = _Parts([part.product for part in of_int8])  # inputs are scaled once for all
        return first
    return _Parts(parts)


def _exceeds_float16(matrix: Tensor) -> bool:
    numbers = matrix.view(-1)
    if float(torch.dot(numbers, numbers)) < _FLOAT16_MAX**2 / 2:  # found in half the time of the largest
        return False
    return not float(torch.stack(matrix.aminmax()).abs().max()) <= _FLOAT16_MAX


def measure_kernels(precision: str) -> dict[str, Measurement]:
    """Time each kernel of a precision that gives the right numbers here. Takes a few tenths of a second."""
    measured = {}
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")
        for name, kernel in KERNELS[precision].items():
            if name == _SEVEN_BITS and "fbgemm" in measured:
                continue
            try:
                if not _largest_error(kernel) <= _TOLERANCE[precision]:
                    continue
                measured[name] = _time(kernel, same_bits=_gives_same_bits(kernel))
            except Exception:
                continue
    return measured


_PRICE_OF_SAME_BITS = 1.5  # how many times the fastest kernel's time they may take


def fastest_kernels(precision: str, *measured: Mapping[str, Measurement]) -> LinearKernels:
    """The fastest kernels of a precision that give a row the same bits in any batch; of all if those are far slower.

    Of those within 10% it is the first, in the order of KERNELS. measured: what tokens are multiplied by, and what
    prompts are if that is another.
    """
    wanted = ((measured[0], attrgetter("token")), (measured[-1], attrgetter("many")))
    kept = [({name: m for name, m in kernels.items() if m.same_bits}, of) for kernels, of in wanted]
    same_bits = all(
        min(map(of, kernels.values()), default=math.inf) <= _PRICE_OF_SAME_BITS * min(map(of, every.values()))
        for (kernels, of), (every, _) in zip(kept, wanted, strict=True)
    )
    token, prompt = (_fastest(kernels, of) for kernels, of in (kept if same_bits else wanted))
    # In bfloat16 a step of several tokens differs from single steps, although its products do not.
    return LinearKernels(precision, token=token, prompt=prompt, same_bits=same_bits and precision != "bfloat16")


def _fastest(kernels: Mapping[str, Measurement], seconds: Callable[[Measurement], float]) -> str:
    bound = 1.1 * min(map(seconds, kernels.values()))
    return next(name for name, measured in kernels.items() if seconds(measured) <= bound)


def _largest_error(kernel: Kernel) -> float:
    """A kernel's largest error, relative to the largest result: for random numbers, and for large sums of one sign."""
    generator = torch.Generator().manual_seed(0)
    random, ones = torch.randn(64, 96, generator=generator), torch.ones(64, 96)
    errors = []
    for weight, x in ((random, torch.randn(3, 96, generator=generator)), (ones, torch.ones(3, 96))):
        exact = functional.linear(x, weight)
        errors.append(float((kernel(weight.clone())(x) - exact).abs().max() / exact.abs().max()))
    return max(errors)


def _gives_same_bits(kernel: Kernel) -> bool:
    """Whether a row's product is the same, to the bit, alone, as one of any number of rows, and at any place."""
    generator = torch.Generator().manual_seed(0)
    for inputs, outputs in ((512, 384), (2048, 96)):
        layer = kernel(torch.randn(outputs, inputs, generator=generator))
        x = torch.randn(300, inputs, generator=generator) * torch.rand(300, 1, generator=generator)
        y = layer(x)
        parts = [slice(0, n) for n in (*range(1, 18), 64, 128, 255)] + [slice(7, 8), slice(250, 253)]
        if not all(torch.equal(layer(x[part]), y[part]) for part in parts):
            return False
    return True


def _time(kernel: Kernel, *, same_bits: bool) -> Measurement:
    layers = [kernel(torch.full((1024, 1024), 0.5)) for _ in range(4)]  # more than the nearest caches hold

    def seconds(rows: int, rounds: int) -> float:
        x = torch.ones(rows, 1024)
        # Other programs may interrupt any call, and do not count at all where one thread does the work.
        clock, least = time.thread_time if torch.get_num_threads() == 1 else time.perf_counter, [math.inf] * len(layers)
        for _ in range(rounds):
            for i, layer in enumerate(layers):
                started = clock()
                layer(x)
                least[i] = min(least[i], clock() - started)
        return sum(least) / len(layers)

    return Measurement(one=seconds(1, 8), few=seconds(8, 6), many=seconds(128, 5), same_bits=same_bits)


def _scale(weight: Tensor) -> Tensor:
    """By how much each output's weights [out, in] exceed integers from -127 to 127."""
    largest = torch.maximum(weight.amax(1), weight.amin(1).neg_())
    return largest.clamp_(min=torch.finfo(torch.float32).tiny).div_(127)


def _round(weight: Tensor, scale: Tensor, rounded: Tensor) -> None:
    """Fill int8 `rounded` with weight / scale, which takes the place of the weight."""
    few = max(1, _PIECE // weight.shape[1])  # rows
    for exact, near, of_row in zip(*(torch.split(t, few) for t in (weight, rounded, scale)), strict=True):
        near.copy_(exact.div_(of_row[:, None]).round_())
