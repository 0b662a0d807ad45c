"""Pickled weights become safetensors once, when the user asks for it; other pickles are never run."""

from __future__ import annotations

import fcntl
import json
import os
import pickle
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from flanchat.base.errors import ModelError
from flanchat.engine.checkpoint import convert
from flanchat.engine.checkpoint.description import read_licence
from flanchat.engine.checkpoint.validate import preflight
from flanchat.engine.hubs.resolve import resolve
from tests.tiny_t5 import make_adapter, make_tiny_t5

pytestmark = [
    pytest.mark.skipif(not convert.is_safe(torch.__version__), reason="needs torch 2.6 or newer"),
    pytest.mark.usefixtures("forked"),
]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "flanchat" / "converted"


def pickled(folder: Path, *, shards: int = 1) -> dict[str, torch.Tensor]:
    """Make a tiny model with pickled weights, as older transformers saved them. Returns its tensors."""
    make_tiny_t5(folder)
    tensors = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    shared = tensors["shared.weight"]
    names = sorted(tensors)
    parts = [{name: tensors[name] for name in names[at::shards]} for at in range(shards)]
    parts[0] |= {"encoder.embed_tokens.weight": shared, "decoder.embed_tokens.weight": shared, "shared.weight": shared}
    for number, part in enumerate(parts, 1):
        name = "pytorch_model.bin" if shards == 1 else f"pytorch_model-{number:05}-of-{shards:05}.bin"
        torch.save(part, folder / name)
    if shards > 1:
        (folder / "pytorch_model.bin.index.json").write_text("{}")
    return tensors


@pytest.mark.parametrize("shards", [1, 3])
def test_converted_weights_are_the_same_and_stay_converted(tmp_path: Path, cache: Path, shards: int) -> None:
    tensors = pickled(tmp_path / "old", shards=shards)
    reported: list[str] = []
    with pytest.raises(ModelError, match="start flanchat once with --convert-bin"):
        preflight(resolve(str(tmp_path / "old"), os.environ).folder)

    made = resolve(str(tmp_path / "old"), os.environ, report=reported.append, convert_bin=True)
    again = resolve(str(tmp_path / "old"), os.environ, report=reported.append)

    checkpoint = preflight(made.folder)
    assert (made.folder.parent.parent, made.folder.name) == (cache, "old")
    assert again == made
    assert len(reported) == 1
    assert set(checkpoint.tensors) >= set(tensors)
    for name, tensor in tensors.items():
        assert torch.equal(load_file(checkpoint.tensors[name].file)[name], tensor)
    assert "encoder.embed_tokens.weight" not in checkpoint.tensors
    assert [path.name for path in cache.iterdir()] == [made.folder.parent.name]


def test_the_model_card_comes_along_also_one_that_arrives_later(tmp_path: Path, cache: Path) -> None:
    folder = tmp_path / "old"
    pickled(folder)
    made = resolve(str(folder), os.environ, convert_bin=True).folder
    without = read_licence(made).name
    (folder / "README.md").write_text("---\nlicense: mit\n---\n")

    again = resolve(str(folder), os.environ, convert_bin=True).folder

    assert (without, read_licence(made).name) == (None, "mit")
    assert again == made


def test_a_changed_file_is_converted_anew_and_removing_the_copy_keeps_the_source(tmp_path: Path) -> None:
    pickled(tmp_path / "old")
    made = convert.converted_folder(tmp_path / "old", os.environ)
    made.mkdir(parents=True)

    (tmp_path / "old" / "config.json").write_text((tmp_path / "old" / "config.json").read_text() + "\n")
    changed = convert.converted_folder(tmp_path / "old", os.environ)
    convert.remove_converted(tmp_path / "old", os.environ)

    assert changed != made
    assert made.is_dir()
    assert (tmp_path / "old" / "pytorch_model.bin").is_file()


def test_of_two_conversions_at_once_the_later_waits_and_uses_what_the_first_has_made(
    tmp_path: Path, cache: Path
) -> None:
    pickled(tmp_path / "old")
    made = convert.converted_folder(tmp_path / "old", os.environ)
    cache.mkdir(parents=True)
    first = os.open(cache, os.O_RDONLY)
    fcntl.flock(first, fcntl.LOCK_EX)
    reported: list[str] = []

    def report(line: str) -> None:
        reported.append(line)
        made.mkdir(parents=True)  # as the first process does, and then it ends
        os.close(first)

    assert convert.convert(tmp_path / "old", os.environ, report) == made
    assert reported == ["another process is converting a model; waiting for it"]


def test_what_a_killed_conversion_has_left_is_removed_by_the_next(tmp_path: Path, cache: Path) -> None:
    pickled(tmp_path / "old")
    (cache / ".making-left" / "old").mkdir(parents=True)

    made = convert.convert(tmp_path / "old", os.environ, lambda line: None)

    assert [path.name for path in cache.iterdir()] == [made.parent.name]


def test_an_adapter_is_converted_too(tiny_model: Path, tmp_path: Path) -> None:
    folder = make_adapter(tmp_path / "adapter", tiny_model, "encoder.block.0.layer.0.SelfAttention.q")
    tensors = load_file(folder / "adapter_model.safetensors")
    (folder / "adapter_model.safetensors").unlink()
    torch.save(tensors, folder / "adapter_model.bin")

    source = resolve(str(folder), os.environ, convert_bin=True)

    assert source.adapter is not None
    assert preflight(source.folder, source.adapter).adapter is not None
    assert load_file(source.adapter / "adapter_model.safetensors").keys() == tensors.keys()


class Evil:
    """A pickle that creates a file when it is opened unsafely."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.trace),)


def test_a_pickle_of_anything_else_is_refused_and_not_run(tmp_path: Path, cache: Path) -> None:
    pickled(tmp_path / "old")
    trace = tmp_path / "run"
    torch.save({"shared.weight": Evil(trace)}, tmp_path / "old" / "pytorch_model.bin")
    assert pickle.dumps(Evil(trace))

    with pytest.raises(ModelError) as refused:
        resolve(str(tmp_path / "old"), os.environ, convert_bin=True)

    assert not trace.exists()
    assert (
        "pytorch_model.bin: content: expected a file of tensors and nothing else (UnpicklingError)"
        in refused.value.message
    )
    assert len(refused.value.message.splitlines()) == 1
    assert not list(cache.iterdir())


def test_a_damaged_or_unknown_file_is_refused_in_one_line(tmp_path: Path) -> None:
    pickled(tmp_path / "old")
    torch.save([torch.zeros(2)], tmp_path / "old" / "pytorch_model.bin")

    with pytest.raises(ModelError, match="expected tensors by name, got something else"):
        convert.convert_files(tmp_path / "old", tmp_path)
    (tmp_path / "old" / "pytorch_model.bin").write_bytes(b"PK\x03\x04 cut")
    with pytest.raises(ModelError, match="expected a file of tensors and nothing else") as damaged:
        convert.convert_files(tmp_path / "old", tmp_path)
    assert len(damaged.value.message.splitlines()) == 1


def test_nothing_is_converted_when_there_are_safetensors(tiny_model: Path, tmp_path: Path, cache: Path) -> None:
    folder = Path(shutil.copytree(tiny_model, tmp_path / "model"))
    (folder / "pytorch_model.bin").write_bytes(b"not opened")

    assert resolve(str(folder), os.environ, convert_bin=True).folder == folder
    assert not cache.exists()


def test_the_conversion_writes_an_index_that_names_every_tensor(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.mkdir()
    tensors = pickled(tmp_path / "old", shards=2)

    convert.convert_files(tmp_path / "old", target)

    placed = json.loads((target / "model.safetensors.index.json").read_text())["weight_map"]
    assert set(placed) == set(tensors)
