"""Every kernel gives the right product; which one is used is measured once on a machine and cached."""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.nn import functional

from flanchat.base.errors import DeviceError
from flanchat.base.i18n import in_english, use_language
from flanchat.base.paths import cache_folder
from flanchat.engine.checkpoint.validate import ModelSource, preflight
from flanchat.engine.devices.placement import parts
from flanchat.engine.devices.precision import choose_kernels
from flanchat.engine.devices.precision_reasons import remark
from flanchat.engine.protocol import EngineOptions
from flanchat.engine.t5.linear import (
    KERNELS,
    LinearKernels,
    Measurement,
    fastest_kernels,
    joined,
)
from flanchat.engine.t5.local import LocalEngine
from flanchat.engine.t5.model import T5
from tests.kernels import measured_kernels
from tests.tiny_t5 import make_tiny_t5

Measured = dict[str, dict[str, Measurement]]

TOLERANCE = {"float32": 1e-5, "float16": 1e-3, "bfloat16": 2e-2, "int8": 3e-2}


@pytest.fixture(scope="module")
def here() -> Measured:
    """The kernels of each precision that work on this machine."""
    return {precision: measured_kernels(precision) for precision in KERNELS}


@pytest.mark.parametrize("shape", [(1, 1), (7, 13), (96, 512), (100, 384), (64, 1030), (150, 1030)], ids=str)
@pytest.mark.parametrize(("precision", "kernel"), [(p, kernel) for p, kernels in KERNELS.items() for kernel in kernels])
def test_a_kernel_gives_the_product(here: Measured, precision: str, kernel: str, shape: tuple[int, int]) -> None:
    if kernel not in here[precision]:
        pytest.skip("this machine does not have it")
    for rows in (1, 3, 40):
        generator = torch.Generator().manual_seed(rows)
        matrix, x = torch.randn(shape, generator=generator), torch.randn(rows, shape[1], generator=generator)
        exact = functional.linear(x, matrix)

        layer = LinearKernels(precision, token=kernel, prompt=kernel).linear(matrix.clone(), prompt=False, wide=False)

        bound = TOLERANCE[precision] * float(x.norm(dim=1).max() * matrix.norm(dim=1).max())
        assert float((layer(x).float() - exact).abs().max()) <= bound, rows


@pytest.mark.parametrize(
    ("precision", "kernel"), [(p, kernel) for p in ("float16", "int8") for kernel in KERNELS[p] if kernel != "stored"]
)
def test_a_matrix_made_in_parts_gives_the_same_bits(here: Measured, precision: str, kernel: str) -> None:
    if kernel not in here[precision]:
        pytest.skip("this machine does not have it")
    kernels, generator = LinearKernels(precision, token=kernel, prompt=kernel), torch.Generator().manual_seed(0)
    most = kernels.rows_of_part(1 << 20)
    matrix, x = torch.randn(2 * most + 100, 96, generator=generator), torch.randn(17, 96, generator=generator)

    whole = kernels.linear(matrix.clone(), prompt=False, wide=False)
    parts = joined([kernels.linear(part.clone(), prompt=False, wide=False) for part in torch.split(matrix, most)])

    assert len(torch.split(matrix, most)) == 3
    for rows in (1, 2, 17):
        assert torch.equal(parts(x[:rows]), whole(x[:rows])), rows


def test_a_head_that_is_made_in_parts_has_its_rows_in_order(here: Measured, tmp_path: Path) -> None:
    if "packed" not in here["float16"]:
        pytest.skip("this machine does not have it")
    kernels = LinearKernels("float16", token="packed", prompt="packed")
    checkpoint = preflight(make_tiny_t5(tmp_path, more_rows=2 * kernels.rows_of_part(1 << 20)))

    made = [T5(checkpoint, kernels=each) for each in (kernels, LinearKernels("float32"))]
    with torch.inference_mode():
        packed, exact = (model.step([0], model.start(model.encode([[5, 6, 1]]), [0], 1)) for model in made)

    assert packed.shape == exact.shape
    assert torch.allclose(packed, exact, atol=0.01 * float(exact.abs().max()))


def test_large_numbers_that_are_finite_are_no_damage(tmp_path: Path) -> None:
    """The check adds squares first, which overflow."""
    folder = make_tiny_t5(tmp_path, scale=1e25)

    T5(preflight(folder), kernels=LinearKernels("float32"))


@pytest.mark.parametrize("precision", KERNELS)
def test_every_precision_has_a_kernel_here(here: Measured, precision: str) -> None:
    assert here[precision]
    assert all(m.one > 0 and m.few > 0 and m.many > 0 for m in here[precision].values())


def test_a_matrix_beyond_the_range_of_float16_stays_float32() -> None:
    matrix = torch.tensor([[1e5, 1.0], [3.0, -2.5]])

    layer = LinearKernels("float16", token="packed", prompt="packed").linear(matrix.clone(), prompt=False, wide=False)

    assert torch.equal(layer(torch.tensor([[1.0, 1.0]])), torch.tensor([[100001.0, 0.5]]))


def test_the_fastest_kernel_is_chosen_for_tokens_and_for_prompts() -> None:
    figures = {"onednn": (5, 9, 1), "transposed": (2, 8, 7), "plain": (4, 9, 9)}
    measured = {name: Measurement(*seconds, same_bits=True) for name, seconds in figures.items()}

    kernels = fastest_kernels("float32", measured)

    assert (kernels.token, kernels.prompt, kernels.same_bits) == ("transposed", "onednn", True)


def test_a_kernel_that_gives_a_row_the_same_bits_in_any_batch_goes_before_a_somewhat_faster_one() -> None:
    same, other = Measurement(1.4, 1.4, 1.4, same_bits=True), Measurement(1, 1, 1, same_bits=False)

    assert fastest_kernels("float32", {"onednn": same, "plain": other}) == LinearKernels(
        "float32", token="onednn", prompt="onednn", same_bits=True
    )
    assert fastest_kernels("float32", {"plain": other}) == LinearKernels("float32", same_bits=False)


@pytest.mark.parametrize("slow", [(9, 9, 1), (1, 1, 9)], ids=["tokens", "prompts"])
def test_a_kernel_that_is_far_slower_is_not_taken_for_its_bits(slow: tuple[float, float, float]) -> None:
    same, other = Measurement(*slow, same_bits=True), Measurement(1, 1, 1, same_bits=False)

    kernels = fastest_kernels("float32", {"onednn": same, "plain": other})

    assert "plain" in (kernels.token, kernels.prompt)
    assert not kernels.same_bits


def test_of_kernels_within_ten_percent_the_first_is_chosen_so_that_noise_decides_nothing() -> None:
    figures = {"x86": (1.05, 1, 1.05), "fbgemm": (1.0, 1, 1.0), "stored": (9, 9, 9)}
    measured = {name: Measurement(*seconds, same_bits=True) for name, seconds in figures.items()}

    kernels = fastest_kernels("int8", measured)

    assert kernels.token == kernels.prompt == "x86"


def test_seven_bits_are_for_processors_that_overflow_with_eight(here: Measured) -> None:
    assert not {"fbgemm", "fbgemm, 7 bits"} <= set(here["int8"])


def test_the_processor_is_measured_once(tmp_path: Path) -> None:
    steps: list[str] = []
    environ = {"XDG_CACHE_HOME": str(tmp_path)}

    first = choose_kernels("cpu", "bfloat16", steps.append, environ=environ)
    second = choose_kernels("cpu", "bfloat16", steps.append, environ=environ)

    assert first == second
    assert steps == ["measuring this processor"]


Ways = dict[str, list[Any]]


def with_figures(tmp_path: Path, change: Mapping[str, Callable[[Ways], Ways]]) -> dict[str, str]:
    """An environment whose cache holds other figures for some precisions than were measured here.

    Only the run's own cache is measured for, since each measurement takes 0.1 to 0.3 s.
    """
    changed = {}
    for precision, change_of in change.items():
        choose_kernels("cpu", precision, environ=os.environ)
        measured = json.loads((cache_folder(os.environ) / "machine.json").read_text())
        key = next(key for key in measured if key.startswith(f"products · {precision} · "))
        changed[key] = {"busy": False, "ways": change_of(measured[key]["ways"])}
    (tmp_path / "flanchat").mkdir()
    (tmp_path / "flanchat" / "machine.json").write_text(json.dumps(changed))
    return {"XDG_CACHE_HOME": str(tmp_path)}


@pytest.mark.parametrize("damage", [b"", b"[]", b"{", b'{"x": 1}', b"\xff"])
def test_a_damaged_cache_costs_one_measurement(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "flanchat").mkdir()
    (tmp_path / "flanchat" / "machine.json").write_bytes(damage)
    steps: list[str] = []

    kernels, _ = choose_kernels("cpu", "bfloat16", steps.append, environ={"XDG_CACHE_HOME": str(tmp_path)})

    assert kernels.token in KERNELS["bfloat16"]
    assert steps == ["measuring this processor"]


@pytest.mark.parametrize(
    "ways",
    [
        {next(iter(KERNELS["bfloat16"])): [*[math.inf] * 3, True]},
        {next(iter(KERNELS["bfloat16"])): [*[math.nan] * 3, True]},
        {next(iter(KERNELS["bfloat16"])): [*[1e-9] * 3, "yes"]},
        {"of another version": [*[1e-9] * 3, True]},
    ],
)
def test_figures_that_no_measurement_gives_are_taken_again(tmp_path: Path, ways: dict[str, list[object]]) -> None:
    steps: list[str] = []
    sound = choose_kernels("cpu", "bfloat16", environ=os.environ)
    environ = with_figures(tmp_path, {"bfloat16": lambda measured: ways})

    chosen = choose_kernels("cpu", "bfloat16", steps.append, environ=environ)

    assert chosen[0].precision == sound[0].precision
    assert steps == ["measuring this processor"]


def test_a_cache_that_is_not_writable_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    environ = {"XDG_CACHE_HOME": str(tmp_path / "file")}

    assert choose_kernels("cpu", "bfloat16", environ=environ)[0].precision == "bfloat16"


def test_auto_gives_the_measurements_as_its_reason() -> None:
    kernels, why = choose_kernels("cpu", "auto", environ=os.environ)

    assert kernels.precision in ("float16", "float32")
    assert "float16 (" in why
    assert "float32 (" in why


@pytest.mark.parametrize("precision", ["int8", "float16+int8", "float16+bfloat16"])
def test_some_precisions_are_for_the_cpu(precision: str) -> None:
    message = f"{precision} is for the CPU; on npu use auto, float32, float16, bfloat16"
    with pytest.raises(DeviceError, match=re.escape(message)):
        choose_kernels("npu", precision, environ={})


# -- prompts in a precision of their own -------------------------------------------------------------------------------


def figures(tmp_path: Path, precision: str, prompts_s: float, tokens_s: float) -> dict[str, str]:
    """An environment whose cache says that prompts take so long, in the precision of prompts and in that of tokens."""

    def with_prompts(seconds: float) -> Callable[[Ways], Ways]:
        return lambda measured: {name: [one, few, seconds, bits] for name, (one, few, _, bits) in measured.items()}

    seconds = zip(parts(precision), (tokens_s, prompts_s), strict=True)
    return with_figures(tmp_path, {part: with_prompts(each) for part, each in seconds})


@pytest.mark.parametrize("precision", ["float16+int8", "float16+bfloat16"])
def test_prompts_get_the_kernels_of_their_own_precision(tmp_path: Path, precision: str) -> None:
    kernels, why = choose_kernels("cpu", precision, environ=figures(tmp_path, precision, 1e-3, 2e-3))
    matrix = torch.randn(64, 32, generator=torch.Generator().manual_seed(0))
    alone = choose_kernels("cpu", "float16", environ={"XDG_CACHE_HOME": str(tmp_path)})[0]

    of_prompts = kernels.linear(matrix.clone(), prompt=True, wide=False)(matrix[:5, :])
    of_tokens = kernels.linear(matrix.clone(), prompt=False, wide=False)(matrix[:5, :])

    assert f"; {precision} (" in why
    assert of_prompts.dtype == of_tokens.dtype == torch.float32
    assert torch.equal(of_tokens, alone.linear(matrix.clone(), prompt=False, wide=False)(matrix[:5, :]))
    assert not torch.equal(of_prompts, of_tokens)
    assert float((of_prompts - of_tokens).norm() / of_tokens.norm()) < 0.02


def test_a_precision_that_makes_no_prompt_faster_is_used_and_said_with_the_figures(tmp_path: Path) -> None:
    environ = figures(tmp_path, "float16+bfloat16", 0.004, 0.003)

    kernels, why = choose_kernels("cpu", "float16+bfloat16", environ=environ)

    assert kernels.precision == "float16+bfloat16"
    assert remark(why) == (
        "prompts are no faster in bfloat16 here, and less exact "
        "(4000 µs for 128 tokens and a matrix, 3000 µs in float16)"
    )


def test_an_engine_says_so_in_the_users_language_and_keeps_the_english_words(tmp_path: Path, tiny_model: Path) -> None:
    environ, said = figures(tmp_path, "float16+bfloat16", 0.004, 0.003), list[str]()
    environ["OMP_NUM_THREADS"] = str(torch.get_num_threads())  # for which the figures are
    options = EngineOptions(environ=environ, device="cpu", precision="float16+bfloat16", note=said.append)

    use_language("zh", {})
    try:
        LocalEngine(ModelSource("it", tiny_model, "folder", ""), options).start()
    finally:
        use_language("en", {})

    [sentence] = said
    assert sentence.startswith("在这台机器上，提示词用 bfloat16 并不更快")
    assert in_english(sentence).startswith("prompts are no faster in bfloat16 here")


def test_nothing_is_said_of_a_precision_that_makes_prompts_faster(tmp_path: Path) -> None:
    why = choose_kernels("cpu", "float16+bfloat16", environ=figures(tmp_path, "float16+bfloat16", 0.002, 0.003))[1]

    assert "as you chose" in why
    assert remark(why) == ""


def test_prompts_count_as_faster_by_the_kernel_that_is_used_for_them(tmp_path: Path) -> None:
    environ = figures(tmp_path, "float16+bfloat16", 0.0035, 0.003)
    path = tmp_path / "flanchat" / "machine.json"
    cached = json.loads(path.read_text())
    key = next(key for key in cached if " bfloat16 " in key)
    cached[key]["ways"] = {"onednn": [1e-4, 1e-4, 0.0025, False], "plain": [1e-4, 1e-4, 0.0035, True]}
    path.write_text(json.dumps(cached))

    why = choose_kernels("cpu", "float16+bfloat16", environ=environ)[1]

    assert "3500 µs" in remark(why)  # onednn is faster, and gives other bits in a batch
    assert "3000 µs in float16" in remark(why)
