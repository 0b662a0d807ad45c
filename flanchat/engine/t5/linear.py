"""How a weight matrix is held and multiplied in each precision. Knows one matrix at a time; knows no model.

torch has several ways to multiply by the same matrix, and which is quickest differs between processors and releases.
Some are not promised to stay. So every way is tried here before it is used: it must give the right numbers, and of
those that do, the quickest in a short measurement is taken (`measure`). A way that is missing costs speed, no more.
"""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

_FLOAT16_MOST = 65504.0


class _Plain(nn.Module):
    """weight [out, in], in the type that it computes in."""

    weight: Tensor

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        self.register_buffer("weight", weight)

    def forward(self, x: Tensor) -> Tensor:
        return functional.linear(x.to(self.weight.dtype), self.weight)


class _Transposed(nn.Module):
    """weight [in, out]: the reading order suits one row better on some processors."""

    weight: Tensor

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        self.register_buffer("weight", weight.t().contiguous())

    def forward(self, x: Tensor) -> Tensor:
        return torch.mm(x, self.weight)


class _OneDnn(nn.Module):
    """In the blocked order that oneDNN chooses for itself."""

    weight: Tensor

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        self.register_buffer("weight", torch.ops.mkldnn._reorder_linear_weight(weight))

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = torch.ops.mkldnn._linear_pointwise(x, self.weight, None, "none", [], "")
        return y


class _Float16Packed(nn.Module):
    """float16 in memory, widened inside the multiplication: products and sums are float32 (fbgemm)."""

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        rounded = weight.copy_(weight.half())  # packing what is exact already takes half the time
        self.packed = torch.ops.quantized.linear_prepack_fp16(rounded, None)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = torch.ops.quantized.linear_dynamic_fp16(x, self.packed)
        return y


class _Float16Stored(nn.Module):
    """float16 in memory, widened before each multiplication: slow, but there in every torch."""

    weight: Tensor

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        self.register_buffer("weight", weight.half())

    def forward(self, x: Tensor) -> Tensor:
        return functional.linear(x, self.weight.float())


class _Int8Packed(nn.Module):
    """int8 with one scale per output; each input is rounded to 8 bits, with one scale for all its rows."""

    def __init__(self, weight: Tensor, backend: str, reduce_range: bool) -> None:
        super().__init__()
        rounded, scale = _to_int8(weight)
        zeros = torch.zeros(len(scale), dtype=torch.long)
        quantized = torch._make_per_channel_quantized_tensor(rounded, scale.double(), zeros, 0)
        before = torch.backends.quantized.engine
        torch.backends.quantized.engine = backend
        try:
            self.packed = torch.ops.quantized.linear_prepack(quantized, None)
        finally:
            torch.backends.quantized.engine = before
        self.reduce_range = reduce_range

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = torch.ops.quantized.linear_dynamic(x, self.packed, self.reduce_range)
        return y


class _Int8Stored(nn.Module):
    """int8 with one scale per output, widened before each multiplication: slow, but there in every torch."""

    weight: Tensor
    scale: Tensor

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        rounded, scale = _to_int8(weight)
        self.register_buffer("weight", rounded)
        self.register_buffer("scale", scale)

    def forward(self, x: Tensor) -> Tensor:
        return functional.linear(x, self.weight.float()) * self.scale


def _int8_packed(backend: str, *, reduce_range: bool = False) -> Way:
    return lambda weight: _Int8Packed(weight, backend, reduce_range)


Way = Callable[[Tensor], nn.Module]  # takes a float32 matrix [out, in], which it may change and does not keep

_CAUTIOUS = "fbgemm, 7 bits"  # processors without VNNI add products of 8 bits in 16, which 7 bits do not overflow

# How the CPU can hold a matrix, by precision and name; the last of each works everywhere.
WAYS: dict[str, dict[str, Way]] = {
    "float32": {"onednn": _OneDnn, "transposed": _Transposed, "plain": lambda weight: _Plain(weight.clone())},
    "float16": {"packed": _Float16Packed, "stored": _Float16Stored},
    "bfloat16": {"plain": lambda weight: _Plain(weight.bfloat16())},
    "int8": {
        "x86": _int8_packed("x86"),
        "fbgemm": _int8_packed("fbgemm"),
        _CAUTIOUS: _int8_packed("fbgemm", reduce_range=True),
        "onednn": _int8_packed("onednn"),
        "qnnpack": _int8_packed("qnnpack"),
        "stored": _Int8Stored,
    },
}
PRECISIONS = tuple(WAYS)

# The error that a way may make on the numbers of `_trial`, relative to the largest result.
_MOST_ERROR = {"float32": 1e-5, "float16": 1e-3, "bfloat16": 2e-2, "int8": 3e-2}


@dataclass(frozen=True, slots=True)
class Measurement:
    """Seconds of a way for one row, for eight rows and for a prompt's 128, with a matrix of 1024 x 1024."""

    one: float
    few: float
    many: float

    @property
    def token(self) -> float:
        """What a token costs: alone, and as one of eight."""
        return self.one + self.few / 8


@dataclass(frozen=True, slots=True)
class Packing:
    """How the matrices of a model are held.

    token, prompt: the ways (names in WAYS) for matrices that a token's row is multiplied by, and for those that a whole
    prompt is. Elsewhere than on the CPU both are plain.
    """

    precision: str
    device: str = "cpu"
    token: str = "plain"
    prompt: str = "plain"

    @property
    def dtype(self) -> torch.dtype:
        """What attention computes in."""
        if self.device == "cpu" and self.precision != "bfloat16":
            return torch.float32
        return getattr(torch, self.precision)  # type: ignore[no-any-return]

    def hold(self, matrix: Tensor, *, prompt: bool, wide: bool) -> nn.Module:
        """A multiplication by `matrix`: x [rows, in] -> [rows, out].

        matrix: [out, in], float32; it may be changed, and is not kept. prompt: whole prompts are multiplied by it, not
        single tokens. wide: what comes out may pass float16's range.
        """
        largest = float(torch.stack(matrix.aminmax()).abs().max())
        if self.device != "cpu":
            narrow = self.precision == "float16" and (wide or largest > _FLOAT16_MOST)
            return _Plain(matrix.to(self.device, torch.float32 if narrow else self.dtype, copy=True))
        if self.precision == "float16" and not largest <= _FLOAT16_MOST:
            return _Plain(matrix.clone())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that a way may go one day is no news to the user; `measure` will see it
            return WAYS[self.precision][self.prompt if prompt else self.token](matrix)


def measure(precision: str) -> dict[str, Measurement]:
    """Time every way of a precision that gives the right numbers here. Takes a few tenths of a second."""
    found = {}
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")
        for name, way in WAYS[precision].items():
            if name == _CAUTIOUS and "fbgemm" in found:
                continue
            try:
                if not _error(way) <= _MOST_ERROR[precision]:
                    continue
                found[name] = _time(way)
            except Exception:
                continue
    return found


def choose(precision: str, found: Mapping[str, Measurement]) -> Packing:
    """The quickest ways of a precision; of those that are hardly apart, the one that WAYS names first."""

    def quickest(seconds: Mapping[str, float]) -> str:
        return next(name for name in WAYS[precision] if seconds.get(name, math.inf) <= 1.1 * min(seconds.values()))

    token = quickest({name: m.token for name, m in found.items()})
    prompt = quickest({name: m.many for name, m in found.items()})
    return Packing(precision, token=token, prompt=prompt)


def _error(way: Way) -> float:
    """The largest error of a way, relative to the largest result: on random numbers, and on large ones of one sign."""
    generator = torch.Generator().manual_seed(0)
    random, ones = torch.randn(64, 96, generator=generator), torch.ones(64, 96)
    errors = []
    for weight, x in ((random, torch.randn(3, 96, generator=generator)), (ones, torch.ones(3, 96))):
        exact = functional.linear(x, weight)
        errors.append(float((way(weight.clone())(x) - exact).abs().max() / exact.abs().max()))
    return max(errors)


def _time(way: Way) -> Measurement:
    matrices = [way(torch.full((1024, 1024), 0.5)) for _ in range(4)]  # more than the nearest caches hold

    def seconds(rows: int, rounds: int) -> float:
        x = torch.ones(rows, 1024)
        times = []
        for _ in range(rounds):
            started = time.perf_counter()
            for matrix in matrices:
                matrix(x)
            times.append(time.perf_counter() - started)
        return min(times) / len(matrices)

    return Measurement(one=seconds(1, 8), few=seconds(8, 6), many=seconds(128, 3))


def _to_int8(weight: Tensor) -> tuple[Tensor, Tensor]:
    """Whole numbers from -127 to 127 [out, in], and the scale of each output [out]."""
    scale = weight.abs().amax(1).clamp_(min=torch.finfo(torch.float32).tiny) / 127
    return (weight / scale[:, None]).round_().to(torch.int8), scale
