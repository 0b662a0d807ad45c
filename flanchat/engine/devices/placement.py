"""How much memory a model's weights take, whether they fit, and which layers go on which device. Knows no torch.

Checked before a weight is read, because a process that takes too much memory is killed without a message. Only weights
are counted, no scratch memory, activations or padding: a model that is refused could not have been loaded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flanchat.base.errors import ModelError, OutOfMemoryError
from flanchat.base.format import format_bytes
from flanchat.engine.checkpoint.config import Shape

SLACK = 1.05
"""Free memory counts for this much more than the system reports: Linux leaves out its watermarks and a part of the page
cache that it could drop, 1% to 3% of a machine's memory."""

LARGE_BYTES = 2_000_000_000
"""From this size on, the loading status names the size of the weights."""

_BYTES = {"float32": 4, "float16": 2, "bfloat16": 2, "int8": 1}  # of one weight


def parts(precision: str) -> tuple[str, str]:
    """The precision that single tokens are multiplied in, and the one for whole prompts.

    >>> parts("float16+int8")
    ('float16', 'int8')
    >>> parts("float32")
    ('float32', 'float32')
    """
    of_tokens, __, of_prompts = precision.partition("+")
    return of_tokens, of_prompts or of_tokens


FreeBytes = Mapping[str, int | None]
"""Free memory by device; None when unknown, and then nothing is checked."""


@dataclass(frozen=True, slots=True)
class LayerRange:
    """The layers of encoder and decoder that one device holds."""

    device: str
    encoder: range
    decoder: range


def layer_bytes(shape: Shape, precision: str, device: str) -> list[int]:
    """Bytes of each layer's weights, encoder first; the first includes the token table, the last the output head.

    On the CPU the table stays in its file. Elsewhere it is float32, and in float16 so is each matrix whose products may
    exceed float16's range (LinearKernels.linear).
    """
    size, of_prompts = (_BYTES[part] for part in parts(precision))
    on_cpu, attention = device == "cpu", shape.num_heads * shape.d_kv * shape.d_model
    matrix, table = shape.d_ff * shape.d_model, shape.vocab_size * shape.d_model
    widened = precision == "float16" and not on_cpu

    def feed_forward(size: int) -> int:
        return matrix * ((2 if shape.gated else 1) * size + (4 if widened else size))

    layers = [4 * attention * of_prompts + feed_forward(of_prompts)] * shape.num_layers
    layers += [attention * (6 * size + 2 * of_prompts) + feed_forward(size)] * shape.num_decoder_layers
    layers[0] += 0 if on_cpu else 4 * table
    layers[-1] += size * table
    return layers


def step_bytes(shape: Shape, precision: str, device: str, *, rows: int, prompt_tokens: int, new_tokens: int) -> int:
    """Bytes that a decoding step must read: weights once, keys and values of each row, halfway through the answer.

    rows: with different prompts. The prompt's keys and values are made before, so their matrices are not read.
    """
    layers = layer_bytes(shape, precision, device)[shape.num_layers :]
    of_tokens, of_prompts = parts(precision)
    made_before = 2 * shape.num_heads * shape.d_kv * shape.d_model * _BYTES[of_prompts]
    cached = 4 if device == "cpu" and of_tokens != "bfloat16" else _BYTES[of_tokens]
    keys_values = 2 * shape.num_heads * shape.d_kv * (prompt_tokens + new_tokens // 2) * cached
    return sum(layers) + shape.num_decoder_layers * (rows * keys_values - made_before)


def assign_layers(shape: Shape, precision: str, free: FreeBytes) -> list[LayerRange] | None:
    """Which layers each of the devices holds, in the devices' order; None when they do not fit.

    Leaves the fullest device as empty as possible. Raises ModelError for more devices than layers.
    """
    devices = list(free)
    layers = layer_bytes(shape, precision, devices[0])
    if len(devices) > len(layers):
        raise ModelError(f"{', '.join(devices)}: expected at most {len(layers)} devices, one for each of the layers")
    known = [size for size in free.values() if size is not None]
    checked = len(known) == len(devices)
    counts = _balance(layers, known if checked else [sum(layers)] * len(devices), SLACK if checked else 2.0)
    if counts is None:
        return None
    assigned, begin = [], 0
    for device, count in zip(devices, counts, strict=True):
        end, encoder = begin + count, shape.num_layers
        held = range(min(begin, encoder), min(end, encoder)), range(max(begin - encoder, 0), max(end - encoder, 0))
        assigned.append(LayerRange(device, *held))
        begin = end
    return assigned


def out_of_memory(
    name: str, shape: Shape, precision: str, free: FreeBytes, *, others: Sequence[str], more: str = ""
) -> OutOfMemoryError:
    """The error for a model that does not fit.

    others: precisions that could be chosen instead, the best first. more: devices that might hold the model together.
    """
    devices = list(free)
    needed, available = weight_bytes(shape, precision, devices[0]), sum(size or 0 for size in free.values())
    split = ", and no layer is divided" if needed <= available else ""
    sizes = {other: weight_bytes(shape, other, devices[0]) for other in others}
    fitting = [(other, size) for other, size in sizes.items() if size < needed and size <= available]
    remedies = [f"precision {other} ({format_bytes(size)})" for other, size in fitting[:1]]
    remedies += [f"device {more}"] if more else []
    if devices == ["cpu"]:
        where, remedies, last = "here", [*remedies, "another device"], ", or close other programs"
    else:
        where, remedies, last = f"on {' and '.join(devices)}", [*remedies, "device cpu"], ""
    text = f"the weights take {format_bytes(needed)} in {precision}, and {format_bytes(available)} are free {where}"
    return OutOfMemoryError(f"{name}: {text}{split}; use {', '.join(remedies)} or a smaller model{last}")


def weight_bytes(shape: Shape, precision: str, device: str) -> int:
    """Bytes of all weights on one kind of device."""
    return sum(layer_bytes(shape, precision, device))


def _balance(layers: Sequence[int], room: Sequence[int], slack: float) -> list[int] | None:
    """How many layers each device holds so that the fullest, relative to its room, is as empty as possible."""
    low, high = 0.0, slack
    best = _fill(layers, [high * size for size in room])
    for _ in range(30 if best else 0):
        middle = (low + high) / 2
        counts = _fill(layers, [middle * size for size in room])
        low, high, best = (middle, high, best) if counts is None else (low, middle, counts)
    return best


def _fill(layers: Sequence[int], room: Sequence[float]) -> list[int] | None:
    """How many layers each device holds when one after the other is filled, each with at least one."""
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
