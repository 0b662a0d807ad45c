"""What a model's weights take, whether there is room, and which layers go where. Knows sizes; knows no torch.

Asked before a weight is read: a process that takes more than there is, is killed without a word. What is refused could
not have been loaded, since nothing but the weights is counted: no scratch, no activations, no padding.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flanchat.base.errors import ModelError
from flanchat.engine.checkpoint.config import Shape

SLACK = 1.05
"""Free memory is taken for so much more than the system says: Linux leaves out its watermarks and a part of what it
could drop, which comes to 1 to 3 % of a machine's memory."""

WORTH_TELLING = 2_000_000_000
"""From so many bytes on, loading says what it takes."""

_BYTES = {"float32": 4, "float16": 2, "bfloat16": 2, "int8": 1}  # of one weight

Free = Mapping[str, int | None]
"""By device, how many bytes it can hold; None where nobody says, and then there is no check."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """The layers of encoder and decoder that lie on one device."""

    device: str
    encoder: range
    decoder: range


def layer_bytes(shape: Shape, precision: str, device: str) -> list[int]:
    """What each layer's weights take, encoder first; with the token table in the first and the head in the last.

    On the CPU the table stays in its file; elsewhere it is float32, and so is a matrix that float16 might not hold the
    results of (Packing.hold).
    """
    size, on_cpu = _BYTES[precision], device == "cpu"
    attention = 4 * shape.num_heads * shape.d_kv * shape.d_model * size
    matrix, table = shape.d_ff * shape.d_model, shape.vocab_size * shape.d_model
    wide = 4 if precision == "float16" and not on_cpu else size
    feed_forward = matrix * ((2 if shape.gated else 1) * size + wide)
    layers = [attention + feed_forward] * shape.num_layers
    layers += [2 * attention + feed_forward] * shape.num_decoder_layers
    layers[0] += 0 if on_cpu else 4 * table
    layers[-1] += size * table
    return layers


def place(shape: Shape, precision: str, free: Free) -> list[Stretch] | None:
    """Which layers go on each of the devices, in their order; None when they do not fit.

    The fullest device is as empty as it can be. Raises ModelError for more devices than layers.
    """
    devices = list(free)
    layers = layer_bytes(shape, precision, devices[0])
    if len(devices) > len(layers):
        raise ModelError(f"{', '.join(devices)}: expected at most {len(layers)} devices, one for each of the layers")
    known = [size for size in free.values() if size is not None]
    checked = len(known) == len(devices)
    counts = _counts(layers, known if checked else [sum(layers)] * len(devices), SLACK if checked else 2.0)
    if counts is None:
        return None
    made, begin = [], 0
    for device, count in zip(devices, counts, strict=True):
        end, encoder = begin + count, shape.num_layers
        parts = range(min(begin, encoder), min(end, encoder)), range(max(begin - encoder, 0), max(end - encoder, 0))
        made.append(Stretch(device, *parts))
        begin = end
    return made


def refusal(
    name: str, shape: Shape, precision: str, free: Free, *, others: Sequence[str], more: str = ""
) -> ModelError:
    """The sentence about a model that does not fit.

    others: what else could be chosen as precision, the best first. more: devices that might hold it together.
    """
    devices = list(free)
    need, there = weight_bytes(shape, precision, devices[0]), sum(size or 0 for size in free.values())
    whole = ", and no layer is divided" if need <= there else ""
    sizes = {other: weight_bytes(shape, other, devices[0]) for other in others}
    remedies = [f"--precision {other} ({told(size)})" for other, size in sizes.items() if size < need and size <= there]
    remedies = remedies[:1] + ([f"--device {more}"] if more else [])
    if devices == ["cpu"]:
        where, remedies, last = "here", [*remedies, "another device"], ", or close other programs"
    else:
        where, remedies, last = f"on {' and '.join(devices)}", [*remedies, "--device cpu"], ""
    text = f"{name}: the weights take {told(need)} in {precision}, and {told(there)} are free {where}{whole}"
    return ModelError(f"{text}; take {', '.join(remedies)} or a smaller model{last}")


def weight_bytes(shape: Shape, precision: str, device: str) -> int:
    """What all the weights take on one kind of device."""
    return sum(layer_bytes(shape, precision, device))


def told(size: int) -> str:
    """A number of bytes for people, with three digits.

    >>> told(22_560_000_000), told(1_000_000), told(10**18)
    ('22.6 GB', '1 MB', '1000000000 GB')
    """
    unit, name = (1e9, "GB") if size >= 1e9 else (1e6, "MB")
    return f"{float(f'{size / unit:.3g}'):.12g} {name}"


def _counts(layers: Sequence[int], room: Sequence[int], slack: float) -> list[int] | None:
    """How many layers each device takes so that the fullest, by its room, is as empty as can be."""
    least, most = 0.0, slack
    best = _filled(layers, [most * size for size in room])
    for _ in range(30 if best else 0):
        middle = (least + most) / 2
        counts = _filled(layers, [middle * size for size in room])
        least, most, best = (middle, most, best) if counts is None else (least, middle, counts)
    return best


def _filled(layers: Sequence[int], room: Sequence[float]) -> list[int] | None:
    """How many layers each device takes when one after the other is filled; each takes at least one."""
    counts, begin = [], 0
    for at, size in enumerate(room):
        end, used = begin, 0
        while end < len(layers) - (len(room) - at - 1) and used + layers[end] <= size:
            used += layers[end]
            end += 1
        if end == begin:
            return None
        counts.append(end - begin)
        begin = end
    return counts if begin == len(layers) else None
