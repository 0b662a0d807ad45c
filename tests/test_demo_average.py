"""The mean of two models' weights."""

from pathlib import Path

import pytest
from safetensors.torch import load_file

from demo_model.average import average
from tests.tiny_t5 import make_tiny_t5


def test_every_weight_is_the_mean_in_the_share_that_is_given(tmp_path: Path):
    one, other = make_tiny_t5(tmp_path / "one", seed=1), make_tiny_t5(tmp_path / "other", seed=2)

    average(one, other, tmp_path / "mean", 0.25)

    first, second, mean = (load_file(folder / "model.safetensors") for folder in (one, other, tmp_path / "mean"))
    for name, weight in mean.items():
        assert weight.float().allclose(0.75 * first[name].float() + 0.25 * second[name].float(), atol=1e-3)
    assert (tmp_path / "mean" / "config.json").read_bytes() == (one / "config.json").read_bytes()


def test_models_of_another_shape_are_refused(tmp_path: Path):
    one, other = make_tiny_t5(tmp_path / "one"), make_tiny_t5(tmp_path / "other", layers=1)

    with pytest.raises(SystemExit, match="cannot be averaged"):
        average(one, other, tmp_path / "mean", 0.5)

    assert not (tmp_path / "mean").exists()
