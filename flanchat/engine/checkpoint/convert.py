"""Convert pickled weights to safetensors, once, in flanchat's cache. The only module that opens a pickle.

A pickle is opened in a child process, by torch's loader for tensors only, and only with a torch where that is safe:
before 2.6 a crafted file could run code nevertheless (CVE-2025-32434).
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flanchat.base.errors import FlanchatError, ModelError
from flanchat.base.files import sync_file, sync_folder, wait_for_lock, write_atomically
from flanchat.base.paths import cache_folder
from flanchat.base.spawn import python_command, run_process
from flanchat.engine.checkpoint.description import CARD, CARD_BYTES
from flanchat.engine.checkpoint.safetensors_header import INDEX, SINGLE
from flanchat.engine.checkpoint.untrusted_json import entries, file_names, problem, read_content
from flanchat.engine.devices.memory import gc_paused

if TYPE_CHECKING:
    from torch import Tensor

PICKLED_ADAPTER = "adapter_model.bin"
_MAKING = ".making-"
_WHOLE = "pytorch_model.bin"
_SHARD = re.compile(r"pytorch_model-\d{5}-of-\d{5}\.bin")
_OURS = "ModelError: "  # begins the child's own error messages
_COPIED = (".json", ".model", "merges.txt")  # configuration and vocabulary, which the new folder needs too


def pickled(names: Iterable[str]) -> list[str]:
    """The files among these that hold pickled weights, in order."""
    names = set(names)
    if _WHOLE in names:
        return [_WHOLE]
    return sorted(name for name in names if _SHARD.fullmatch(name)) or sorted(names & {PICKLED_ADAPTER})


def converted_folder(folder: Path, environ: Mapping[str, str]) -> Path:
    """The path of the converted copy of a model's folder, whether it exists or not; changes when a file there does."""
    digest = hashlib.sha256()
    for entry in entries(folder):
        if not entry.name.endswith((".bin", *_COPIED)):
            continue
        status = os.stat(os.path.realpath(entry.path))
        digest.update(
            f"{entry.name}\0{os.path.realpath(entry.path)}\0{status.st_size}\0{status.st_mtime_ns}\n".encode()
        )
    return cache_folder(environ) / "converted" / digest.hexdigest()[:32] / (folder.resolve().name or "model")


def convert(folder: Path, environ: Mapping[str, str], report: Callable[[str], None]) -> Path:
    """Make the converted copy of a folder that has only pickled weights, and return it."""
    import shutil
    import tempfile

    made = converted_folder(folder, environ)
    if made.is_dir():
        _copy_card(folder, made)
        return made
    place = made.parent.parent
    try:
        place.mkdir(parents=True, exist_ok=True)
        with _only_conversion(place, report):
            if made.is_dir():  # another process was faster
                return made
            report(f"converting {folder} to safetensors, once, in {made.parent}")
            for left in place.glob(f"{_MAKING}*"):  # by a conversion that was killed
                shutil.rmtree(left, ignore_errors=True)
            with tempfile.TemporaryDirectory(prefix=_MAKING, dir=place) as work:
                target = Path(work, made.name)
                target.mkdir()
                _run_child(folder, target, environ)
                for entry in entries(folder):
                    if entry.name.endswith(_COPIED) and not entry.name.endswith(".index.json"):
                        shutil.copyfile(entry.path, target / entry.name)
                _copy_card(folder, target)
                for entry in entries(target):
                    sync_file(Path(entry.path))
                made.parent.mkdir(exist_ok=True)
                os.replace(target, made)
                sync_folder(made.parent)
    except OSError as error:
        text = f"cannot keep the converted weights: {error.strerror}; make room, or set XDG_CACHE_HOME to another disk"
        raise problem(made.parent.parent, "", text) from error
    return made


def _copy_card(folder: Path, made: Path) -> None:
    """Copy the model card, which may come after the conversion; without it only the licence is unknown."""
    with contextlib.suppress(FlanchatError):
        write_atomically(made / CARD, read_content(folder / CARD, CARD_BYTES), overwrite=True)


@contextlib.contextmanager
def _only_conversion(place: Path, report: Callable[[str], None]) -> Iterator[None]:
    """Wait until no other process converts a model in `place`."""
    fd = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        wait_for_lock(fd, lambda: report("another process is converting a model; waiting for it"))
        yield
    finally:
        os.close(fd)


def remove_converted(folder: Path, environ: Mapping[str, str]) -> None:
    import shutil

    shutil.rmtree(converted_folder(folder, environ).parent, ignore_errors=True)


def _run_child(folder: Path, target: Path, environ: Mapping[str, str]) -> None:
    """Convert in a child process, so that nothing a file may do to its process outlives the conversion."""
    line = json.dumps([str(folder), str(target)]).encode()
    ended = run_process(python_command(__name__), line, {**environ, "TORCH_DEVICE_BACKEND_AUTOLOAD": "0"})
    if ended.status:
        errors = ended.errors.decode("utf-8", "replace").splitlines()
        last = next((line for line in reversed(errors) if line.strip()), "no message")
        if last.startswith(_OURS):
            raise ModelError(last.removeprefix(_OURS))
        text = f"the conversion ended with status {ended.status} ({last})"
        raise problem(folder, "weights", f"{text}; convert it with transformers' save_pretrained")


def main() -> None:
    """The child: convert each pickled file of one folder to safetensors in another; standard input names both."""
    source, target = json.load(sys.stdin)
    try:
        convert_files(Path(source), Path(target))
    except ModelError as error:
        sys.exit(f"{_OURS}{error.message}")
    except OSError as error:
        sys.exit(f"{_OURS}{target}: cannot write the weights: {error.strerror or error}; make room on this disk")


def convert_files(source: Path, target: Path) -> None:
    """Convert the pickled weights in `source` to safetensors in `target`. Raises ModelError."""
    with gc_paused():
        import torch
        from safetensors.torch import save_file

    if not is_safe(torch.__version__):
        text = f"opening .bin weights safely needs torch 2.6 or newer, found {torch.__version__}"
        raise problem(source, "weights", f"{text}; install a newer torch, or convert them elsewhere")
    names = pickled(file_names(source))
    file_of: dict[str, str] = {}
    for number, name in enumerate(names, 1):
        tensors = _without_copies(_read(source / name))
        file = f"model-{number:05}-of-{len(names):05}.safetensors" if len(names) > 1 else SINGLE
        file = "adapter_model.safetensors" if name == PICKLED_ADAPTER else file
        save_file(tensors, target / file, metadata={"format": "pt"})
        file_of |= dict.fromkeys(tensors, file)
    if len(names) > 1:
        (target / INDEX).write_text(json.dumps({"metadata": {}, "weight_map": file_of}))


def is_safe(version: str) -> bool:
    """Whether this version of torch loads the tensors of a pickle without running code in it.

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
        text = f"expected a file of tensors and nothing else ({kind}), so it was not opened"
        raise problem(path, "content", f"{text}; use safetensors, or another copy of the model") from error
    if not isinstance(found, dict) or not all(isinstance(value, torch.Tensor) for value in found.values()):
        raise problem(path, "content", "expected tensors by name, got something else; use the model's own weights")
    return {str(name): tensor for name, tensor in found.items()}


def _without_copies(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The tensors without the embedding's second and third name: safetensors stores no memory under two names."""
    shared = tensors.get("shared.weight")
    kept: dict[str, Tensor] = {}
    seen: set[int] = set()
    for name, tensor in tensors.items():
        if shared is not None and name.endswith(".embed_tokens.weight") and tensor.data_ptr() == shared.data_ptr():
            continue
        kept[name] = tensor.clone() if tensor.untyped_storage().data_ptr() in seen else tensor.contiguous()
        seen.add(kept[name].untyped_storage().data_ptr())
    return kept
