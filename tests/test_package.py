"""The wheel alone is complete: profiles, the demo model and the translation are inside."""

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import isolated_environ
from tests.waiting import LIMIT_S

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built and unpacked outside the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("flanchat-*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder / "site")
    return folder / "site"


def run(unpacked: Path, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environ = {**isolated_environ(home), "PYTHONPATH": str(unpacked)}
    command = [sys.executable, "-m", "flanchat", *arguments]
    return subprocess.run(command, cwd=home, env=environ, capture_output=True, text=True, timeout=LIMIT_S, check=False)


def test_the_wheel_holds_every_profile_of_the_checkout(unpacked: Path):
    inside = {path.name for path in (unpacked / "flanchat" / "profiles").iterdir()}

    assert inside == {path.name for path in (ROOT / "profiles").iterdir()}
    assert len(inside) >= 12


def test_the_wheel_holds_the_templates_of_pages(unpacked: Path):
    folder = Path("flanchat") / "export" / "templates"
    inside = {path.name for path in (unpacked / folder).iterdir()}

    assert inside == {path.name for path in (ROOT / folder).iterdir()}
    assert {"base.html.j2", "style.css"} <= inside


def test_the_wheel_answers_with_its_own_profiles_and_model(unpacked: Path, tmp_path: Path):
    listed = run(unpacked, tmp_path, "profiles", "show", "qa")
    answered = run(unpacked, tmp_path, "What is the capital of France?", "-p", "qa", "--no-log")

    assert listed.stdout.startswith(f"# {unpacked}")
    assert answered.returncode == 0
    assert answered.stdout.strip()


def test_the_wheel_speaks_chinese(unpacked: Path, tmp_path: Path):
    assert run(unpacked, tmp_path, "--lang", "zh", "sessions").stdout == "还没有会话。\n"


def test_the_wheel_holds_nothing_that_is_only_for_developers(unpacked: Path):
    top = {path.name for path in unpacked.iterdir() if not path.name.endswith(".dist-info")}

    assert top == {"flanchat"}


@pytest.mark.parametrize("path", sorted((ROOT / "constraints").glob("cann-*.txt")), ids=lambda path: path.stem)
def test_constraints_for_a_cann_pin_a_torch_and_a_torch_npu_that_belong_together(path: Path):
    rows = path.read_text().splitlines()

    pins = dict(row.split("==") for row in rows if not row.startswith("#"))

    assert re.fullmatch(rf"{re.escape(pins['torch'])}(\.post\d+)?", pins["torch_npu"])
