"""However a matrix is held, it gives the right numbers; which way is taken is measured once and remembered."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch.nn import functional

from flanchat.base.errors import DeviceError
from flanchat.engine.devices.precision import choose_packing
from flanchat.engine.t5.linear import PRECISIONS, WAYS, Measurement, Packing, choose, measure

CLOSE = {"float32": 1e-5, "float16": 1e-3, "bfloat16": 2e-2, "int8": 3e-2}
HERE = {precision: measure(precision) for precision in PRECISIONS}


@pytest.mark.parametrize(("out", "width"), [(1, 1), (7, 13), (96, 512), (100, 384), (64, 1030)])
@pytest.mark.parametrize("rows", [1, 3, 40])
@pytest.mark.parametrize(("precision", "way"), [(p, way) for p, ways in HERE.items() for way in ways])
def test_a_way_gives_the_product(precision: str, way: str, rows: int, out: int, width: int) -> None:
    generator = torch.Generator().manual_seed(rows)
    matrix, x = torch.randn(out, width, generator=generator), torch.randn(rows, width, generator=generator)
    exact = functional.linear(x, matrix)

    held = Packing(precision, token=way, prompt=way).hold(matrix.clone(), prompt=False, wide=False)

    bound = CLOSE[precision] * float(x.norm(dim=1).max() * matrix.norm(dim=1).max())
    assert float((held(x).float() - exact).abs().max()) <= bound


@pytest.mark.parametrize("precision", PRECISIONS)
def test_every_precision_has_a_way_here(precision: str) -> None:
    assert HERE[precision]
    assert all(m.one > 0 and m.few > 0 and m.many > 0 for m in HERE[precision].values())


def test_what_float16_cannot_hold_stays_float32() -> None:
    matrix = torch.tensor([[1e5, 1.0], [3.0, -2.5]])

    held = Packing("float16", token="packed", prompt="packed").hold(matrix.clone(), prompt=False, wide=False)

    assert torch.equal(held(torch.tensor([[1.0, 1.0]])), torch.tensor([[100001.0, 0.5]]))


def test_the_quickest_way_is_chosen_for_tokens_and_for_prompts() -> None:
    found = {"onednn": Measurement(5, 9, 1), "transposed": Measurement(2, 8, 7), "plain": Measurement(4, 9, 9)}

    packing = choose("float32", found)

    assert (packing.token, packing.prompt) == ("transposed", "onednn")


def test_of_ways_that_are_hardly_apart_the_first_is_chosen_so_that_noise_decides_nothing() -> None:
    found = {"x86": Measurement(1.05, 1, 1.05), "fbgemm": Measurement(1.0, 1, 1.0), "stored": Measurement(9, 9, 9)}

    assert choose("int8", found).token == choose("int8", found).prompt == "x86"


def test_cautious_seven_bits_are_for_processors_that_overflow_with_eight() -> None:
    assert not {"fbgemm", "fbgemm, 7 bits"} <= set(HERE["int8"])


def test_the_processor_is_measured_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    told: list[str] = []

    first = choose_packing("cpu", "int8", told.append)
    second = choose_packing("cpu", "int8", told.append)

    assert first == second
    assert told == ["measuring this processor"]


@pytest.mark.parametrize("damage", [b"", b"[]", b"{", b'{"x": 1}', b"\xff"])
def test_a_damaged_memory_costs_one_measurement(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: bytes) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (tmp_path / "flanchat").mkdir()
    (tmp_path / "flanchat" / "machine.json").write_bytes(damage)
    told: list[str] = []

    packing, _ = choose_packing("cpu", "bfloat16", told.append)

    assert packing.token in WAYS["bfloat16"]
    assert told == ["measuring this processor"]


def test_a_memory_that_cannot_be_written_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))

    assert choose_packing("cpu", "bfloat16")[0].precision == "bfloat16"


def test_auto_says_what_was_measured() -> None:
    packing, why = choose_packing("cpu", "auto")

    assert packing.precision in ("float16", "float32")
    assert "float16 (" in why
    assert "float32 (" in why


def test_int8_is_for_the_cpu() -> None:
    with pytest.raises(DeviceError, match="int8 is for the CPU; on npu take auto, float32, float16, bfloat16"):
        choose_packing("npu", "int8")
