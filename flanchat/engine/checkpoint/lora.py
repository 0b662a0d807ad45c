"""LoRA adapters as peft saves them, merged into a model while it loads. Knows peft's files; does not need peft.

Hu et al. 2021 (arXiv 2106.09685): a matrix W becomes W + scale * B A. Other kinds of adapters are refused.

A change of an embedding or of the head leaves the other tables alone, even where they share one tensor in the model:
so peft trains and loads them. Only when it merges an adapter does the change reach all three.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from flanchat.engine.checkpoint.safetensors_header import BYTES, StoredTensor, no_weights, read_header
from flanchat.engine.checkpoint.untrusted_json import MISSING, expected, problem, read_object, short, shown

if TYPE_CHECKING:
    from torch import Tensor

ADAPTER_CONFIG, ADAPTER_WEIGHTS = "adapter_config.json", "adapter_model.safetensors"

_CONFIG_BYTES = 1 << 20
_PREFIX = "base_model.model."
_DEMANDED: Mapping[str, tuple[Any, ...]] = {  # field: values that mean W + scale * B A; the first is the default
    "bias": ("none", "all", "lora_only"),  # no matrix has one; "all" saves the relative attention bias as a whole
    "ensure_weight_tying": (False, None),
    "fan_in_fan_out": (False, None),
    "use_dora": (False, None),
    "use_qalora": (False, None),
    "lora_bias": (False, None),
    "alora_invocation_tokens": (None,),
    "layer_replication": (None,),
    "megatron_config": (None,),
    "target_parameters": (None, []),
    "trainable_token_indices": (None,),
    "init_lora_weights": (True, False, None, "gaussian", "eva", "orthogonal"),  # others change W itself
}


@dataclass(frozen=True, slots=True)
class LowRank:
    """A change of a matrix: scale * B A. down: the name of A [r, in] in the file; up: the name of B [out, r].

    turned: of an embedding, which is stored [in, out].
    """

    down: str
    up: str
    scale: float
    turned: bool


@dataclass(frozen=True, slots=True)
class Adapter:
    """An adapter that fits a checkpoint.

    low_rank: by the name of the tensor that it is added to. whole: tensors that take the place of the model's, which
    may not have had one of its own, by their names there; among them the model's own shared table under the name of one
    that is changed alone.
    """

    file: Path
    low_rank: Mapping[str, LowRank]
    whole: Mapping[str, StoredTensor]

    def merged(self, name: str, tensor: Tensor) -> Tensor:
        """The tensor called `name` with the change added: float32 if there is one, else the tensor itself."""
        if name not in self.low_rank:
            return tensor
        left, right = self.factors(name)
        merged: Tensor = tensor.float() + left @ right
        return merged

    def factors(self, name: str) -> tuple[Tensor, Tensor]:
        """What is added to the tensor called `name`, as the product of two float32 matrices."""
        from safetensors import safe_open

        part = self.low_rank[name]
        with safe_open(str(self.file), framework="pt") as file:
            down, up = file.get_tensor(part.down).float(), file.get_tensor(part.up).float() * part.scale
        return (down.T, up.T) if part.turned else (up, down)


def is_adapter(names: Iterable[str]) -> bool:
    """Whether files with these names are an adapter rather than a model."""
    names = set(names)
    return ADAPTER_CONFIG in names and "config.json" not in names


def is_for_t5(folder: Path) -> bool:
    """Whether an adapter may belong to an encoder-decoder model, by its configuration."""
    return read_object(folder / ADAPTER_CONFIG, _CONFIG_BYTES).get("task_type") in _TASKS


def base_of(folder: Path) -> str:
    """The name of the model that the adapter was trained for, with its revision."""
    path = folder / ADAPTER_CONFIG
    config = read_object(path, _CONFIG_BYTES)
    base, revision = config.get("base_model_name_or_path", MISSING), config.get("revision")
    if not isinstance(base, str) or not base:
        raise expected(path, "base_model_name_or_path", "the model that the adapter belongs to", base)
    if revision is not None and not isinstance(revision, str):
        raise expected(path, "revision", "a revision of the base model, or null", revision)
    return f"{base}@{revision}" if revision and not os.path.isdir(base) else base


def read_adapter_config(folder: Path) -> dict[str, Any]:
    """The content of adapter_config.json. Raises ModelError unless it describes a plain LoRA."""
    path = folder / ADAPTER_CONFIG
    config = read_object(path, _CONFIG_BYTES)
    if config.get("peft_type") != "LORA":
        found = short(config.get("peft_type", MISSING))
        raise problem(path, "peft_type", f"expected 'LORA', got {found}; {_MERGE}")
    for field, values in _DEMANDED.items():
        if (value := config.get(field, values[0])) not in values:
            raise problem(path, field, f"{_KINDS.get(field, short(value))} is not plain LoRA; {_MERGE}")
    if (task := config.get("task_type")) not in _TASKS:
        text = f"the adapter was trained for {short(task)}, whose head flanchat does not run; expected SEQ_2_SEQ_LM"
        raise problem(path, "task_type", text)
    return config


def read_adapter(folder: Path, tensors: Mapping[str, tuple[int, ...]], table: tuple[int, ...]) -> Adapter:
    """Check that an adapter can be merged into a model.

    tensors: the shapes of the model's by name; table: that of a token table.
    """
    path, config = folder / ADAPTER_CONFIG, read_adapter_config(folder)
    file = folder / ADAPTER_WEIGHTS
    if not os.path.lexists(file):
        raise no_weights(folder, os.listdir(folder))
    saved = _Saved(path, config, file, read_header(file))
    if not saved.tensors:
        raise problem(file, "", "expected matrices, got none; save the adapter again")
    low_rank: dict[str, LowRank] = {}
    whole: dict[str, StoredTensor] = {}
    changeable = {**dict.fromkeys(_TABLES, table), **tensors}
    for name, tensor in saved.tensors.items():
        target, _, part = name.removeprefix(_PREFIX).partition(".lora_")
        weight = f"{target}.weight" if part else target.replace(".base_layer.", ".")  # what the change is added to
        if weight == _SHARED:
            raise problem(file, shown(name), f"changes the shared token table, {_AMBIGUOUS}; {_TRAIN_AGAIN}")
        if part and (part not in _PARTS or part.startswith("embedding") != weight.endswith(_LOOKED_UP)):
            raise problem(file, shown(name), f"is not plain LoRA; {_MERGE}")
        if not name.startswith(_PREFIX) or weight not in changeable:
            text = "matches no matrix of the base model; is base_model_name_or_path the right one?"
            raise problem(file, shown(name), text)
        if tensor.dtype not in BYTES:
            raise expected(file, shown(name), "dtype F32, F16 or BF16", tensor.dtype)
        if not part:
            _require_shape(saved, name, changeable[weight])
            whole[weight] = tensor
        elif (other := name.replace(f".lora_{part}", f".lora_{_PARTS[part]}")) not in saved.tensors:
            kind = other.rpartition(".lora_")[2].removesuffix(".weight")
            raise problem(file, shown(name), f"expected a matching lora_{kind}, got none; save the adapter again")
        elif part.removesuffix(".weight").endswith("A"):
            low_rank[weight] = _pair(saved, target, name, other, changeable[weight])
    return Adapter(file, low_rank, whole)


_TASKS = (None, "SEQ_2_SEQ_LM")
_KINDS = {"use_dora": "DoRA", "use_qalora": "QALoRA", "alora_invocation_tokens": "activated LoRA"}
_SHARED = "shared.weight"
_TABLES = ("encoder.embed_tokens.weight", "decoder.embed_tokens.weight", "lm_head.weight")
_LOOKED_UP = ("embed_tokens.weight", "relative_attention_bias.weight")
"""The ends of the names of embeddings, whose changes are stored turned."""
_PARTS = {  # the end of a matrix's name, and that of the other one of its pair
    "A.weight": "B.weight",
    "B.weight": "A.weight",
    "embedding_A": "embedding_B",
    "embedding_B": "embedding_A",
}
_AMBIGUOUS = "which peft itself uses only once the adapter is merged"
_TRAIN_AGAIN = "train it on embed_tokens or lm_head instead"
_MERGE = "merge it with peft and use the merged model"


class _Saved(NamedTuple):
    """An adapter's two files."""

    path: Path
    config: Mapping[str, Any]
    file: Path
    tensors: Mapping[str, StoredTensor]


def _pair(saved: _Saved, target: str, name: str, up: str, size: tuple[int, ...]) -> LowRank:
    """The pair of matrices A, called `name`, and B, called `up`, for the module `target` of this size."""
    turned = name.endswith("embedding_A")
    down_shape = saved.tensors[name].shape
    rank = down_shape[0] if down_shape else 0
    if rank < 1 or len(size) != 2:
        raise expected(saved.file, shown(name), f"a matrix [rank, {size[-1]}]", list(down_shape))
    rows, columns = reversed(size) if turned else size
    _require_shape(saved, name, (rank, columns))
    _require_shape(saved, up, (rows, rank))
    configured = _value_for(saved, "rank_pattern", target, "r")
    if configured != rank:
        text = f"expected rank {short(configured)}, as {saved.path.name} says, got {rank}; save the adapter again"
        raise problem(saved.file, shown(name), text)
    alpha = _value_for(saved, "alpha_pattern", target, "lora_alpha")
    if isinstance(alpha, bool) or not isinstance(alpha, (int, float)):
        raise expected(saved.path, "lora_alpha", "a number", alpha)
    return LowRank(name, up, alpha / (rank**0.5 if saved.config.get("use_rslora") else rank), turned)


def _value_for(saved: _Saved, field: str, target: str, default: str) -> object:
    """The value for `target` in a field that names modules by the end of their names, or else that of `default`."""
    patterns = saved.config.get(field) or {}
    if not isinstance(patterns, dict):
        raise expected(saved.path, field, "an object with names of modules", patterns)
    for pattern, value in patterns.items():
        if not re.fullmatch(r"[A-Za-z0-9_.]+", pattern):
            raise problem(saved.path, field, f"{short(pattern)} is a pattern, not the end of a module's name; {_MERGE}")
        if f".{target}".endswith(f".{pattern}"):
            return value
    return saved.config.get(default, MISSING)


def _require_shape(saved: _Saved, name: str, size: tuple[int, ...]) -> None:
    found = saved.tensors[name].shape
    if found == size:
        return
    is_table = f"{name.removeprefix(_PREFIX).partition('.lora_')[0].removesuffix('.weight')}.weight" in _TABLES
    at = 1 if name.endswith("embedding_A") else 0  # where the vocabulary is
    if is_table and len(found) == 2 and found[1 - at] == size[1 - at]:
        text = (
            f"has {found[at]} rows where the model's vocabulary has {size[at]}: the adapter was trained after the "
            "vocabulary was resized; merge it with peft into the resized model and use that"
        )
    else:
        text = f"expected shape {list(size)}, got {list(found)}: the adapter was trained on a model of another size"
    raise problem(saved.file, shown(name), text)
