"""The arguments with which `transformers.pipeline` loaded a model, as names of flanchat. Knows no model.

What flanchat cannot follow is refused by its name, with what to do instead.
"""

from __future__ import annotations

import importlib.util
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

from flanchat.api.texts import plain
from flanchat.base.errors import UsageError
from flanchat.base.i18n import N_, _
from flanchat.engine.checkpoint.config import read_config
from flanchat.engine.checkpoint.validate import ModelSource, preflight
from flanchat.engine.hubs.model_names import parse_name

_TASKS = ("text2text-generation", "summarization", "translation")
_TRANSLATION = re.compile(r"translation_([^_]+)_to_([^_]+)")
_DEFAULT_MODEL, _DEFAULT_REVISION = "google-t5/t5-base", "a9723ea"
_DEFAULT_LANGUAGES = {("en", "fr"), ("en", "de"), ("en", "ro")}
_ANY_VALUE = ("low_cpu_mem_usage", "use_safetensors", "attn_implementation")
"""Keys of model_kwargs that change how a model is loaded or computed, never what its weights are."""
_STORED = {"F32": "float32", "F16": "float16", "BF16": "bfloat16"}
_DTYPES = {"float": "float32", "half": "float16", **{name: name for name in _STORED.values()}}
_REMEDIES = {
    "cache_dir": N_("set the environment variable HF_HOME"),
    "load_in_8bit": N_("use flanchat.load(MODEL, precision='int8')"),
    "load_in_4bit": N_("use flanchat.load(MODEL, precision='int8')"),
    "quantization_config": N_("use flanchat.load(MODEL, precision='int8')"),
    "token": N_("set the environment variable HF_TOKEN, or log in with `hf auth login`"),
    "use_auth_token": N_("set the environment variable HF_TOKEN, or log in with `hf auth login`"),
    "trust_remote_code": N_("flanchat never runs code of a checkpoint; leave it out"),
    "framework": N_("flanchat runs on PyTorch, 'pt'; leave it out"),
    "config": N_("flanchat reads the config.json beside the weights; leave it out"),
    "tokenizer": N_("flanchat reads the tokenizer beside the weights; leave it out"),
}


def refuse(name: str) -> UsageError:
    """The error about an argument that flanchat cannot follow."""
    remedy = _(_REMEDIES[name]) if name in _REMEDIES else _("leave it out")
    return UsageError(_("{name}: flanchat.pipeline cannot follow this; {remedy}").format(name=name, remedy=remedy))


def check_task(task: object) -> str:
    """The task, if it is one that flanchat has. Raises UsageError."""
    if isinstance(task, str) and (task in _TASKS or _TRANSLATION.fullmatch(task)):
        return task
    text = _(
        "task: expected text2text-generation, summarization, translation or translation_XX_to_YY, got {got!r}; "
        "for other tasks use transformers.pipeline"
    )
    raise UsageError(text.format(got=task))


@dataclass(frozen=True, slots=True)
class ModelName:
    """A model as after -m. is_default: the program named none."""

    name: str
    is_default: bool = False


def model_name(task: str, model: object, revision: str | None, environ: Mapping[str, str]) -> ModelName:
    """The model that a program asks for. Raises UsageError for an object, or where a task has no model of its own."""
    if model is None:
        languages = _TRANSLATION.fullmatch(task)
        if task != "text2text-generation" and (languages is None or languages.groups() not in _DEFAULT_LANGUAGES):
            text = _("model: {task} has no T5 by default; name one, such as model='google/flan-t5-base'")
            raise UsageError(text.format(task=task))
        return ModelName(f"{_DEFAULT_MODEL}@{revision or _DEFAULT_REVISION}", is_default=True)
    if not isinstance(model, (str, os.PathLike)):
        known = getattr(model, "name_or_path", "") or "google/flan-t5-base"
        text = _(
            "model: expected a name or a folder, got an object of {kind}; flanchat reads the weights itself: "
            "give model={name!r}, or the folder of save_pretrained"
        )
        raise UsageError(text.format(kind=type(model).__name__, name=known))
    name = os.fspath(model)
    if not isinstance(name, str):
        raise UsageError(_("model: expected a name or a folder, got {got!r}").format(got=name))
    if revision is None:
        return ModelName(name)
    if parse_name(name, environ) is None:
        raise UsageError(_("revision: only models of a hub have revisions; leave it out"))
    return ModelName(f"{name}@{revision}")


def check_beside_model(argument: str, given: object, model: object) -> None:
    """Raise UsageError unless a config or tokenizer is left out, or is the model's by its name."""
    if given is not None and (not isinstance(given, (str, os.PathLike)) or given != model):
        raise refuse(argument)


def placement_arguments(
    device: object, device_map: object, dtype: object, model_kwargs: Mapping[str, object]
) -> tuple[str, object, bool]:
    """Device, as after --device; dtype, which may be in `model_kwargs` as well; whether an accelerator was asked for
    that may not be there. Raises UsageError."""
    for name, value in model_kwargs.items():
        if name in ("torch_dtype", "dtype") and dtype in ("auto", None):
            dtype = value
        elif name == "device_map" and device_map is None:
            device_map = value
        elif name not in _ANY_VALUE and value is not None:
            raise refuse(name)
    if device is not None and device_map is not None:
        raise UsageError(_("device, device_map: give one of them"))
    if device_map == "auto":
        return "auto", dtype, False
    if isinstance(device_map, Mapping):
        if set(device_map) != {""}:
            raise refuse("device_map")
        device_map = device_map[""]
    given = plain(device if device_map is None else device_map)
    return _device(given), dtype, given == 0 and not isinstance(given, bool)


def _device(device: object) -> str:
    """The device as after --device. A number counts the accelerators of a kind; -1 is the CPU."""
    if device is None:
        return "auto"
    if isinstance(device, int) and not isinstance(device, bool):
        if device < -1:
            text = _("device: expected -1 for the CPU, the number of an accelerator or a name, got {got}")
            raise UsageError(text.format(got=device))
        if device == -1:
            return "cpu"
        if device == 0:  # 4.55.4, too, took the CPU where there was no accelerator
            return "auto"
        return f"{'cuda' if importlib.util.find_spec('torch_npu') is None else 'npu'}:{device}"
    name = str(device)
    return "mps" if name == "mps:0" else name


def precision_of(dtype: object, source: ModelSource) -> str:
    """The precision that a dtype means: "auto" is the checkpoint's. Raises UsageError, and ModelError for damage."""
    if dtype is None:
        return "float32"
    name = str(dtype).removeprefix("torch.")
    if name == "auto":
        name = str(read_config(source.folder).get("torch_dtype") or read_config(source.folder).get("dtype"))
        if name not in _DTYPES:
            checkpoint = preflight(source.folder, source.adapter)
            name = _STORED[checkpoint.tensors[checkpoint.encoder_table].dtype]
    if name not in _DTYPES:
        text = _("torch_dtype: expected auto, float32, float16 or bfloat16, got {got}")
        raise UsageError(text.format(got=name))
    return _DTYPES[name]
