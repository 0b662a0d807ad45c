"""Load a checkpoint the way a script does: transformers' own classes, and openmind's tokenizer where it is installed.

Importing `openmind` changes transformers and every download in its process, so only a process of its own comes here.
Reads the files of a folder that is complete; nothing else, no code among them and no pickle.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from typing import Any

import torch

from flanchat.base.errors import DeviceError, ModelError, one_line
from flanchat.base.i18n import _
from flanchat.engine.checkpoint.validate import Checkpoint
from flanchat.engine.devices.memory import gc_paused
from flanchat.engine.devices.placement import assign_layers, out_of_memory
from flanchat.engine.devices.registry import automatic_devices, free_bytes, single_devices, use_device
from flanchat.engine.protocol import EngineOptions
from flanchat.engine.t5.transformers_model import pretrained, quiet_library

PRECISIONS = ("float32", "float16", "bfloat16")


@dataclass(frozen=True, slots=True)
class Library:
    """transformers' tokenizer and model of a checkpoint. libraries: the names of those that loaded it."""

    tokenizer: Any
    model: Any
    device: str
    precision: str
    libraries: tuple[str, ...]


def load(name: str, checkpoint: Checkpoint, options: EngineOptions) -> Library:
    """Load a checkpoint on a device. Raises ModelError or DeviceError when that is impossible."""
    precision = "float32" if options.precision == "auto" else options.precision
    if precision not in PRECISIONS:
        raise DeviceError(
            _("precision {name}: transformers has float32, float16 and bfloat16; {name} is flanchat's own").format(
                name=precision
            )
        )
    library = quiet_library()
    with gc_paused(frozen=False):
        openmind = _openmind()
    has_npu = openmind is None or openmind.is_torch_npu_available()
    device = _device(options, has_npu=has_npu)
    free = {device: free_bytes(device)}
    if assign_layers(checkpoint.shape, precision, free) is None:
        raise out_of_memory(name, checkpoint.shape, precision, free, others=PRECISIONS[1:])
    try:
        tokenizer = (openmind or library).AutoTokenizer.from_pretrained(
            str(checkpoint.folder), trust_remote_code=False, local_files_only=True
        )
        model = pretrained(library, checkpoint, torch_dtype=getattr(torch, precision))
    except (OSError, ValueError, RuntimeError, ImportError, AttributeError, LookupError, TypeError) as error:
        raise ModelError(
            _("{folder}: transformers cannot load it: {why}").format(folder=checkpoint.folder, why=one_line(error))
        ) from error
    libraries = ("transformers", *(["openmind"] if openmind is not None else []))
    return Library(tokenizer, model.to(device).eval(), device, precision, libraries)


def _openmind() -> Any:
    """The package `openmind`; None where it is not installed."""
    if importlib.util.find_spec("openmind") is None:
        return None
    try:
        import openmind
    except Exception as error:  # with another transformers than it was written for, it fails in any way
        raise ModelError(
            _(
                "openmind is installed, but cannot be imported: {why}; install the transformers that it needs (4.47 or "
                "older for openmind 1.0.0), or uninstall openmind"
            ).format(why=one_line(error))
        ) from error
    return openmind


def _device(options: EngineOptions, *, has_npu: bool) -> str:
    if options.device != "auto":
        device = use_device(options.device)
    else:
        device = next(name for name in automatic_devices(options.environ) if has_npu or not name.startswith("npu"))
    if len(single_devices(device)) > 1:
        raise DeviceError(
            _("device {devices}: the reference engine uses a single device, such as {first}").format(
                devices=device, first=single_devices(device)[0]
            )
        )
    return device
