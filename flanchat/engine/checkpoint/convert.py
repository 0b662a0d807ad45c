"""Weights that are pickles turned into safetensors, once, in flanchat's own cache. The only place that opens a pickle.

It is opened in a child process, by torch's loader that takes tensors and nothing else, of a version where that holds:
before torch 2.6 a crafted file could run code all the same (CVE-2025-32434).
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flanchat.base.errors import ModelError
from flanchat.base.paths import cache_folder
from flanchat.base.spawn import python_command
from flanchat.engine.checkpoint.safetensors_header import INDEX, SINGLE
from flanchat.engine.checkpoint.untrusted_json import entries, problem
from flanchat.engine.devices.memory import gc_paused

if TYPE_CHECKING:
    from torch import Tensor

PICKLED_ADAPTER = "adapter_model.bin"
_WHOLE = "pytorch_model.bin"
_SHARD = re.compile(r"pytorch_model-\d{5}-of-\d{5}\.bin")
_OURS = "ModelError: "  # how the child's own complaints begin
_BESIDE = (".json", ".model")  # configuration and vocabulary, which the new folder needs too


def pickled(names: Iterable[str]) -> list[str]:
    """The files among these that hold pickled weights, in order."""
    names = set(names)
    if _WHOLE in names:
        return [_WHOLE]
    return sorted(name for name in names if _SHARD.fullmatch(name)) or sorted(names & {PICKLED_ADAPTER})


def place(folder: Path) -> Path:
    """Where the converted copy of a model's folder is or would be; another place as soon as a file there changes."""
    digest = hashlib.sha256()
    for entry in entries(folder):
        if not entry.name.endswith((".bin", *_BESIDE)):
            continue
        status = os.stat(os.path.realpath(entry.path))
        digest.update(
            f"{entry.name}\0{os.path.realpath(entry.path)}\0{status.st_size}\0{status.st_mtime_ns}\n".encode()
        )
    return cache_folder(os.environ) / "converted" / digest.hexdigest()[:32] / (folder.resolve().name or "model")


def convert(folder: Path, report: Callable[[str], None]) -> Path:
    """Make the converted copy of a folder that has only pickled weights, and return it."""
    import shutil
    import tempfile

    made = place(folder)
    if made.is_dir():
        return made
    report(f"converting {folder} to safetensors, once, in {made.parent}")
    try:
        made.parent.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".making-", dir=made.parent.parent) as work:
            target = Path(work, made.name)
            target.mkdir()
            _run(folder, target)
            for entry in entries(folder):
                if entry.name.endswith(_BESIDE) and not entry.name.endswith(".index.json"):
                    shutil.copyfile(entry.path, target / entry.name)
            made.parent.mkdir(exist_ok=True)
            os.replace(target, made)
    except OSError as error:
        text = f"cannot keep the converted weights: {error.strerror}; make room, or set XDG_CACHE_HOME to another disk"
        raise problem(made.parent.parent, "", text) from error
    return made


def discard(folder: Path) -> None:
    """Delete the converted copy of a folder, if there is one."""
    import shutil

    shutil.rmtree(place(folder).parent, ignore_errors=True)


def _run(folder: Path, target: Path) -> None:
    """Do the work in a child process, whose end is the end of all that a file may have done to it."""
    import subprocess

    ran = subprocess.run(
        python_command(__name__),
        input=json.dumps([str(folder), str(target)]),
        capture_output=True,
        text=True,
        env={**os.environ, "TORCH_DEVICE_BACKEND_AUTOLOAD": "0"},
        start_new_session=True,
        check=False,
    )
    if ran.returncode:
        said = next((line for line in reversed(ran.stderr.splitlines()) if line.strip()), "nothing said")
        if said.startswith(_OURS):
            raise ModelError(said.removeprefix(_OURS))
        text = (
            f"the conversion ended with status {ran.returncode} ({said}); convert it with transformers' save_pretrained"
        )
        raise problem(folder, "weights", text)


def main() -> None:
    """The child: every pickled file of one folder becomes a safetensors file in another; standard input names them."""
    source, target = json.load(sys.stdin)
    try:
        convert_files(Path(source), Path(target))
    except ModelError as error:
        sys.exit(f"{_OURS}{error.message}")
    except OSError as error:
        sys.exit(f"{_OURS}{target}: cannot write the weights: {error.strerror or error}; make room on this disk")


def convert_files(source: Path, target: Path) -> None:
    with gc_paused():
        import torch
        from safetensors.torch import save_file

    if not is_safe(torch.__version__):
        text = f"opening .bin weights safely needs torch 2.6 or newer, here is {torch.__version__}"
        raise problem(source, "weights", f"{text}; install a newer torch, or convert them elsewhere")
    names = pickled(entry.name for entry in entries(source))
    placed: dict[str, str] = {}
    for number, name in enumerate(names, 1):
        tensors = _without_copies(_read(source / name))
        file = f"model-{number:05}-of-{len(names):05}.safetensors" if len(names) > 1 else SINGLE
        file = "adapter_model.safetensors" if name == PICKLED_ADAPTER else file
        save_file(tensors, target / file, metadata={"format": "pt"})
        placed |= dict.fromkeys(tensors, file)
    if len(names) > 1:
        (target / INDEX).write_text(json.dumps({"metadata": {}, "weight_map": placed}))


def is_safe(version: str) -> bool:
    """Whether this torch opens a pickle of tensors without running what else is in it.

    >>> [is_safe(version) for version in ("2.5.1", "2.6.0+cpu", "2.13.0", "3.0")]
    [False, True, True, True]
    """
    numbers = [int(number) for number in re.findall(r"\d+", version)[:2]]
    return numbers >= [2, 6]


def _read(path: Path) -> dict[str, Tensor]:
    import torch

    try:
        try:
            found: Any = torch.load(path, map_location="cpu", weights_only=True, mmap=True)
        except RuntimeError:  # the format before torch 1.6 cannot be mapped
            found = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        kind = type(error).__name__
        text = f"is no file of tensors and nothing else ({kind}), so it was not opened"
        raise problem(path, "content", f"{text}; take safetensors, or another copy of the model") from error
    if not isinstance(found, dict) or not all(isinstance(value, torch.Tensor) for value in found.values()):
        raise problem(path, "content", "expected tensors by name, got something else; give the model's own weights")
    return {str(name): tensor for name, tensor in found.items()}


def _without_copies(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The tensors without the second and third name of the embedding; safetensors keeps no two names for one memory."""
    shared = tensors.get("shared.weight")
    kept: dict[str, Tensor] = {}
    seen: set[int] = set()
    for name, tensor in tensors.items():
        if shared is not None and name.endswith(".embed_tokens.weight") and tensor.data_ptr() == shared.data_ptr():
            continue
        kept[name] = tensor.clone() if tensor.untyped_storage().data_ptr() in seen else tensor.contiguous()
        seen.add(kept[name].untyped_storage().data_ptr())
    return kept
