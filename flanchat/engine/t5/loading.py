"""Load a checkpoint: choose its device and precision, read its weights, decode two tokens. Imports torch."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from flanchat.base.errors import FlanchatError, ModelError
from flanchat.base.format import format_bytes
from flanchat.base.i18n import _
from flanchat.base.packages import package_version
from flanchat.engine.checkpoint.validate import Checkpoint, ModelSource, tokenizer_digest, weights_digest
from flanchat.engine.devices.memory import heap_trimmed
from flanchat.engine.devices.placement import LARGE_BYTES, LayerRange, assign_layers, out_of_memory, weight_bytes
from flanchat.engine.devices.precision import choose_kernels
from flanchat.engine.devices.registry import (
    DEVICES,
    automatic_devices,
    free_bytes,
    has_bfloat16,
    single_devices,
    use_device,
)
from flanchat.engine.protocol import EngineOptions, ModelCard
from flanchat.engine.t5.answering import LoadedModel, Model, explain
from flanchat.engine.t5.device_graph import device_graphs
from flanchat.engine.t5.linear import LinearKernels
from flanchat.engine.t5.model import T5
from flanchat.engine.t5.model_parallel import ParallelT5
from flanchat.engine.t5.threads import Threads, choose_threads
from flanchat.engine.t5.tokenizer import Tokenizer

_VERSIONED = ("torch", "transformers", "sentencepiece", "safetensors", "numpy")


def load(
    source: ModelSource,
    checkpoint: Checkpoint,
    tokenizer: Tokenizer,
    options: EngineOptions,
    progress: Callable[[str], None],
    *,
    started: float,
) -> tuple[LoadedModel, ModelCard, str]:
    """Load a model; return it with its card, and a remark about the device in use or "".

    started: when loading began, by time.monotonic. Raises ModelError when the weights cannot be used, DeviceError for a
    device or precision that is not there.
    """
    threads = choose_threads(options.environ)
    placement = _choose_placement(source.name, checkpoint, options, progress)
    precision = placement.kernels.precision
    memory_bytes = weight_bytes(checkpoint.shape, precision, placement.device)
    step = "reading weights" + (f": {format_bytes(memory_bytes)}" if memory_bytes >= LARGE_BYTES else "")
    progress(step)
    if tokenizer.size > checkpoint.shape.vocab_size:
        raise ModelError(
            f"{checkpoint.tokenizer}: holds {tokenizer.size} pieces, but config.json says vocab_size is "
            f"{checkpoint.shape.vocab_size}; take both files from the same model"
        )
    with ThreadPoolExecutor(1) as pool:
        digest = pool.submit(weights_digest, checkpoint, options.environ)
        model = _read_weights(checkpoint, placement, threads, lambda part: progress(f"{step}: {part:.0%}"))
        weights_sha256 = digest.result()
    progress("warming up")
    may_overflow = precision == "float16" and placement.device != "cpu"  # the CPU computes in float32
    loaded = LoadedModel(
        checkpoint,
        tokenizer,
        model,
        threads,
        placement.device,
        may_overflow=may_overflow,
        may_draft=placement.kernels.same_bits,
    )
    loaded.warm_up()
    card = ModelCard(
        name=source.name,
        folder=str(source.folder),
        revision=source.revision,
        weights_sha256=weights_sha256,
        tokenizer_sha256=tokenizer_digest(checkpoint),
        parameters=checkpoint.parameters,
        memory_bytes=memory_bytes,
        device=placement.device,
        precision=precision,
        why=placement.why,
        threads=threads.most,
        load_s=time.monotonic() - started,
        versions={"python": platform.python_version(), **{name: package_version(name) for name in _VERSIONED}},
        base=source.base,
    )
    return loaded, card, placement.remark


@dataclass(frozen=True, slots=True)
class _Placement:
    """Device and precision of a model. device: a name, which may stand for several. layers: one range per device.

    remark: about a device that `auto` found too small, or "".
    """

    device: str
    layers: Sequence[LayerRange]
    kernels: LinearKernels
    why: str
    remark: str


def _choose_placement(
    model: str, checkpoint: Checkpoint, options: EngineOptions, progress: Callable[[str], None]
) -> _Placement:
    """Place the model on the device, or on the first that `auto` finds room on. Raises ModelError when none has."""
    shape, environ, is_auto = checkpoint.shape, options.environ, options.device == "auto"
    too_small, remark, error = "", "", None
    for name in automatic_devices(environ) if is_auto else [use_device(options.device)]:
        kernels, why = choose_kernels(
            name, options.precision, progress, parameters=checkpoint.parameters, environ=environ
        )
        free = {single: free_bytes(single) for single in single_devices(name)}
        kind = name.partition(":")[0]
        if (layers := assign_layers(shape, kernels.precision, free)) is not None:
            # A device of the same kind is used after all, together with others.
            return _Placement(name, layers, kernels, why, "" if too_small.startswith(kind) else remark)
        others = ["float16", "int8"] if name == "cpu" else ["bfloat16"] * has_bfloat16(name) + ["float16"]
        count = DEVICES[kind].count() if len(free) == 1 else 0
        more = f"{kind}:{','.join(map(str, range(count)))}" if count > 1 and not is_auto else ""
        error = out_of_memory(model, shape, kernels.precision, free, others=others, more=more)
        too_small = name
        remark = _("{device} is not used: the model takes {need}, and {free} are free there").format(
            device=name,
            need=format_bytes(weight_bytes(shape, kernels.precision, name)),
            free=format_bytes(sum(size or 0 for size in free.values())),
        )
    assert error is not None
    raise error


def _read_weights(
    checkpoint: Checkpoint, placement: _Placement, threads: Threads, report: Callable[[float], None]
) -> Model:
    """Load a checkpoint's tensors into a T5, or into one for each device."""
    kernels, layers = placement.kernels, placement.layers
    try:
        with heap_trimmed():
            if len(layers) > 1:
                return ParallelT5(checkpoint, layers, kernels=kernels, report=report)
            if placement.device != "cpu":
                return T5(checkpoint, kernels=kernels, report=report, capture=device_graphs(placement.device))
            return T5(checkpoint, kernels=kernels, report=report, pause=threads.adjust)
    except FlanchatError:
        raise
    except OSError as error:
        raise ModelError(f"{checkpoint.folder}: cannot read the weights: {error}") from error
    except (RuntimeError, MemoryError) as error:
        raise ModelError(f"{checkpoint.folder}: {explain(error)}") from error
