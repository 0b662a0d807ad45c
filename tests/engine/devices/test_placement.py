"""The size of weights is known before they are read; too large models are refused; layers go where there is room."""

from __future__ import annotations

import json
import signal
import struct
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from flanchat.base.errors import ModelError
from flanchat.base.format import format_bytes
from flanchat.engine.checkpoint.config import Shape
from flanchat.engine.checkpoint.validate import preflight
from flanchat.engine.devices import memory
from flanchat.engine.devices.placement import SLACK, assign_layers, layer_bytes, out_of_memory, weight_bytes
from tests.conftest import COMMAND, Flanchat
from tests.tiny_t5 import make_tiny_t5

XL = Shape(32128, 2048, 64, 5120, 24, 24, 32, 32, 128, 1e-6, True, False, 0, (1,), 0)  # google/flan-t5-xl
XXL = replace(XL, d_model=4096, d_ff=10240, num_heads=64)
GB = 10**9


# -- size of weights --------------------------------------------------------------------------------------------------


def test_the_largest_models_have_their_published_sizes() -> None:
    """2.85 and 11.1 billion parameters; float16 needs more than bfloat16 because wo stays float32."""
    assert weight_bytes(XL, "bfloat16", "cuda:0") / GB == pytest.approx(5.83, abs=0.01)
    assert weight_bytes(XXL, "bfloat16", "npu:0") / GB == pytest.approx(22.5, abs=0.1)
    assert weight_bytes(XXL, "float16", "npu:0") / GB == pytest.approx(26.5, abs=0.1)
    assert weight_bytes(XL, "int8", "cpu") / GB == pytest.approx(2.78, abs=0.01)


def test_only_what_prompts_are_multiplied_by_is_smaller_with_faster_prompts() -> None:
    float16, int8, mixed = (layer_bytes(XL, precision, "cpu") for precision in ("float16", "int8", "float16+int8"))
    keys_and_values = 2 * 32 * 64 * 2048

    assert mixed[:24] == int8[:24]
    assert mixed[24:] == [size - keys_and_values for size in float16[24:]]
    assert layer_bytes(XL, "float16+bfloat16", "cpu") == float16


# -- which layers go where --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "free",
    [
        {"npu:0": 64 * GB, "npu:1": 64 * GB},
        {"cuda:1": 8 * GB, "cuda:0": 24 * GB},
        {"npu:0": 14 * GB, "npu:1": 14 * GB},
        {"npu:0": 6 * GB, "npu:1": 12 * GB, "npu:2": 7 * GB, "npu:3": 3 * GB},
        {"cuda:0": None, "cuda:1": 3 * GB},
    ],
    ids=["plenty", "uneven", "tight", "four", "unknown"],
)
def test_devices_hold_all_layers_in_order_and_in_proportion_to_their_room(free: dict[str, int | None]) -> None:
    made = assign_layers(XXL, "bfloat16", free)

    assert made is not None
    assert [layers_of.device for layers_of in made] == list(free)
    assert [i for layers_of in made for i in layers_of.encoder] == list(range(24))
    assert [i for layers_of in made for i in layers_of.decoder] == list(range(24))
    if None not in free.values():
        layers = layer_bytes(XXL, "bfloat16", "npu:0")
        counts = [len(layers_of.encoder) + len(layers_of.decoder) for layers_of in made]
        ends = [sum(counts[:n]) for n in range(len(counts) + 1)]
        full = [sum(layers[a:b]) / (size or 1) for (a, b), size in zip(pairwise(ends), free.values(), strict=True)]
        assert max(full) <= SLACK
        assert max(full) - sum(layers) / sum(size or 0 for size in free.values()) < 0.25, "balanced to within a layer"


def test_a_model_that_just_fits_is_placed_and_a_larger_one_is_not() -> None:
    need = weight_bytes(XL, "float32", "npu:0")

    assert assign_layers(XL, "float32", {"npu:0": need}) is not None
    assert assign_layers(XL, "float32", {"npu:0": int(need / SLACK) + 1}) is not None, "systems report too little"
    assert assign_layers(XL, "float32", {"npu:0": int(need / SLACK) - 1}) is None
    assert assign_layers(XL, "float32", {"npu:0": need // 2, "npu:1": need // 4}) is None
    assert assign_layers(XL, "float32", {"mps": None}) is not None


def test_more_devices_than_layers_are_refused() -> None:
    small = replace(XL, num_layers=1, num_decoder_layers=1)

    with pytest.raises(ModelError, match="npu:0, npu:1, npu:2: expected at most 2 devices, one for each of the layers"):
        assign_layers(small, "float32", {f"npu:{i}": GB for i in range(3)})


@pytest.mark.parametrize(
    ("shape", "precision", "free", "more", "expected"),
    [
        (XXL, "float16", {"cpu": 15 * GB}, "",
         "it: the weights take 22 GB in float16, and 15 GB are free here; use precision int8 (11 GB), "
         "another device or a smaller model, or close other programs"),
        (XXL, "float16", {"cpu": 3 * GB}, "",
         "it: the weights take 22 GB in float16, and 3 GB are free here; use another device or a smaller "
         "model, or close other programs"),
        (XL, "float32", {"npu:0": 8 * GB}, "npu:0,1",
         "it: the weights take 11.4 GB in float32, and 8 GB are free on npu:0; use precision bfloat16 (5.83 GB), "
         "device npu:0,1, device cpu or a smaller model"),
        (XXL, "bfloat16", {"npu:0": 8 * GB, "npu:1": 9 * GB}, "",
         "it: the weights take 22.5 GB in bfloat16, and 17 GB are free on npu:0 and npu:1; use device cpu or a "
         "smaller model"),
    ],
)  # fmt: skip
def test_a_model_that_does_not_fit_is_refused_with_both_sizes_and_remedies(
    shape: Shape, precision: str, free: Mapping[str, int | None], more: str, expected: str
) -> None:
    others = ["float16", "int8"] if "cpu" in free else ["bfloat16", "float16"]

    assert out_of_memory("it", shape, precision, free, others=others, more=more).message == expected


def test_a_model_larger_than_the_memory_is_refused_before_a_weight_is_read(flanchat: Flanchat, tmp_path: Path) -> None:
    """Its weights are a sparse file, twice as large as this machine's memory."""
    there = memory.free_bytes()
    if there is None:
        pytest.skip("this system does not say what is free")
    folder = make_tiny_t5(tmp_path / "huge", layers=1, decoder_layers=1, d_model=48)
    widen(folder, there)

    ended = flanchat("hello", "-m", folder, "--precision", "float32", "--no-log", "--device", "cpu")

    need = format_bytes(weight_bytes(preflight(folder).shape, "float32", "cpu"))
    assert (ended.status, ended.out, ended.err.count("\n")) == (3, "", 1)
    assert ended.err.startswith(f"flanchat: {folder}: the weights take {need} in float32, and ")
    assert " are free here; " in ended.err
    assert ended.err.endswith(" a smaller model, or close other programs\n")


def test_the_size_of_a_large_model_is_shown_before_it_is_read(environ: dict[str, str], tmp_path: Path) -> None:
    """Its weights are a sparse file of three gigabytes; the test does not wait until they are loaded."""
    if (memory.free_bytes() or 0) < 8 * GB:
        pytest.skip("this machine has no room for three gigabytes")
    folder = make_tiny_t5(tmp_path / "large", layers=1, decoder_layers=1, d_model=48)
    widen(folder, 0, d_ff=32_768)
    ask = (*COMMAND, "hello", "-m", folder, "--precision", "float32", "--no-log", "--device", "cpu")

    with subprocess.Popen(ask, env=environ, cwd=tmp_path, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE) as program:
        assert program.stderr is not None
        line = program.stderr.readline().decode()
        program.send_signal(signal.SIGINT)

    need = format_bytes(weight_bytes(preflight(folder).shape, "float32", "cpu"))
    assert line == f"flanchat: reading the model's weights, {need}\n"


def widen(folder: Path, there: int, d_ff: int = 262_144) -> None:
    """Widen a tiny T5 until its weights in float32 take over twice `there` bytes."""
    config = json.loads((folder / "config.json").read_text())
    layers = max(1, 2 * there // (4 * d_ff * 4096 * 3) + 1)
    config |= {"d_model": 4096, "d_ff": d_ff, "num_layers": layers}
    (folder / "config.json").write_text(json.dumps(config))
    with (folder / "model.safetensors").open("rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
    header.pop("__metadata__")
    first = {name: tensor for name, tensor in header.items() if name.startswith("encoder.block.0.")}
    for i in range(1, layers):
        header |= {name.replace(".0.", f".{i}.", 1): {**each} for name, each in first.items() if "bias" not in name}
    at = 0
    for tensor in header.values():
        sizes = [{48: 4096, 64: d_ff}.get(size, size) for size in tensor["shape"]]
        tensor["shape"], tensor["dtype"] = sizes, "F16"
        begin, at = at, at + 2 * sizes[0] * (sizes[1] if len(sizes) > 1 else 1)
        tensor["data_offsets"] = [begin, at]
    text = json.dumps(header).encode()
    with (folder / "model.safetensors").open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        file.truncate(8 + len(text) + at)


# -- free memory ------------------------------------------------------------------------------------------------------

MEMINFO = (
    "MemTotal: 16000000 kB\nMemFree: 1000 kB\nMemAvailable: 8000000 kB\nSwapFree: 1000000 kB\nHugepagesize: 2 kB\n"
)
MACHINE = 9_000_000 * 1024


def system(root: Path, files: Mapping[str, str]) -> Path:
    for name, text in {"proc/meminfo": MEMINFO, **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, MACHINE),
        ({"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "max\n", "sys/fs/cgroup/memory.current": "5\n"},
         MACHINE),
        # a limit on a parent folder, as systemd sets it; page cache is dropped when memory is needed
        ({"proc/self/cgroup": "0::/user.slice/mine\n", "sys/fs/cgroup/user.slice/memory.max": "3000000000\n",
          "sys/fs/cgroup/user.slice/memory.current": "1500000000\n",
          "sys/fs/cgroup/user.slice/memory.stat": "anon 9\nactive_file 100000000\ninactive_file 400000000\n",
          "sys/fs/cgroup/user.slice/mine/memory.max": "max\n", "sys/fs/cgroup/user.slice/mine/memory.current": "7\n"},
         2_000_000_000 + 1_000_000 * 1024),
        # a container that sees its own folder as the root, version 1; other kinds of groups are ignored
        ({"proc/self/cgroup": "9:cpu,cpuacct:/docker/ab\n4:memory:/docker/ab\n0::/\n",
          "sys/fs/cgroup/memory/memory.limit_in_bytes": "2000000000\n",
          "sys/fs/cgroup/memory/memory.usage_in_bytes": "900000000\n",
          "sys/fs/cgroup/memory/memory.stat": "cache 1\ntotal_inactive_file 300000000\n"},
         1_400_000_000 + 1_000_000 * 1024),
        ({"proc/self/cgroup": "4:memory:/\n", "sys/fs/cgroup/memory/memory.limit_in_bytes": f"{2**63 - 4096}\n",
          "sys/fs/cgroup/memory/memory.usage_in_bytes": "900000000\n"}, MACHINE),
        ({"proc/self/cgroup": "nonsense\n4:memory\n::::\n\n", "sys/fs/cgroup/memory.max": "\n"}, MACHINE),
        ({"proc/meminfo": "MemTotal: 5 kB\n"}, None),
        ({"proc/meminfo": ""}, None),
    ],
    ids=["no cgroup", "no limit", "limit above", "container", "version 1 without", "nonsense", "old kernel", "none"],
)  # fmt: skip
def test_free_memory_is_what_machine_and_cgroups_leave(
    tmp_path: Path, files: Mapping[str, str], expected: int | None
) -> None:
    assert memory.free_bytes(system(tmp_path, files)) == expected
