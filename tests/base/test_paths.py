"""Folders follow from the environment variables alone; an error names the folder that cannot be used."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from flanchat.base.errors import StorageError
from flanchat.base.paths import cache_folder, config_folder, local_program, make_private_folder, state_folder

FOLDERS = [
    (state_folder, "XDG_STATE_HOME", "/home/me/.local/state/flanchat"),
    (config_folder, "XDG_CONFIG_HOME", "/home/me/.config/flanchat"),
    (cache_folder, "XDG_CACHE_HOME", "/home/me/.cache/flanchat"),
]
as_user = pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")


def test_the_program_is_named_by_its_path_where_the_shell_does_not_find_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    venv, bin, other = tmp_path / ".venv", tmp_path / "bin", tmp_path / "other"
    for folder in (venv / "bin", bin, other):
        folder.mkdir(parents=True)
    script = venv / "bin" / "flanchat"

    assert local_program({}, str(venv)) == ""  # started with python -m
    script.touch(mode=0o755)
    assert local_program({"PATH": str(bin)}, str(venv)) == local_program({}, str(venv)) == ".venv/bin/flanchat"
    (bin / "flanchat").symlink_to(script)  # as pipx makes it
    assert local_program({"PATH": str(bin)}, str(venv)) == local_program({"PATH": str(script.parent)}, str(venv)) == ""
    (other / "flanchat").touch(mode=0o755)  # of another environment
    assert local_program({"PATH": str(other)}, str(venv)) == ".venv/bin/flanchat"
    monkeypatch.chdir(other)
    assert local_program({}, str(venv)) == ""


@pytest.mark.parametrize(("folder", "variable", "default"), FOLDERS)
def test_default_folders_lie_below_home(folder, variable, default):
    assert folder({"HOME": "/home/me"}) == Path(default)


@pytest.mark.parametrize(("folder", "variable", "default"), FOLDERS)
def test_xdg_variable_moves_the_folder_even_without_home(folder, variable, default):
    assert folder({variable: "/data/x"}) == Path("/data/x/flanchat")


@pytest.mark.parametrize("value", ["", "relative", "./x", "~/x", "../x"])
@pytest.mark.parametrize(("folder", "variable", "default"), FOLDERS)
def test_xdg_value_that_is_not_absolute_is_ignored(folder, variable, default, value):
    assert folder({"HOME": "/home/me", variable: value}) == Path(default)


@pytest.mark.parametrize("environ", [{}, {"HOME": ""}, {"HOME": "home/me"}, {"HOME": "~"}])
@pytest.mark.parametrize(("folder", "variable", "default"), FOLDERS)
def test_error_about_home_names_the_variable_to_set_instead(folder, variable, default, environ):
    with pytest.raises(StorageError, match=r"^HOME: ") as caught:
        folder(environ)

    assert variable in caught.value.message
    assert caught.value.exit_status == 4


def test_flanchat_data_replaces_the_state_folder_and_no_other():
    environ = {"HOME": "/home/me", "XDG_STATE_HOME": "/xdg", "FLANCHAT_DATA": "/data/chats"}

    assert state_folder(environ) == Path("/data/chats")
    assert config_folder(environ) == Path("/home/me/.config/flanchat")


def test_empty_flanchat_data_counts_as_unset():
    assert state_folder({"HOME": "/home/me", "FLANCHAT_DATA": ""}) == Path("/home/me/.local/state/flanchat")


def test_relative_flanchat_data_is_refused():
    with pytest.raises(StorageError, match=r"^FLANCHAT_DATA: .*'chats'"):
        state_folder({"HOME": "/home/me", "FLANCHAT_DATA": "chats"})


def test_new_folders_and_their_new_parents_are_private(tmp_path):
    made = make_private_folder(tmp_path / "a" / "b" / "c")

    for folder in (made, made.parent, made.parent.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_existing_folder_keeps_its_mode(tmp_path):
    tmp_path.chmod(0o755)

    make_private_folder(tmp_path)

    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_folder_behind_a_symbolic_link_is_used(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")

    assert make_private_folder(tmp_path / "link").is_dir()


@pytest.mark.parametrize("below", ["", "deeper/still"])
def test_error_names_the_file_in_the_way(tmp_path, below):
    (tmp_path / "taken").write_text("mine")

    with pytest.raises(StorageError, match="taken") as caught:
        make_private_folder(tmp_path / "taken" / below)

    assert "Make it writable" in caught.value.message
    assert "--no-log" not in caught.value.message  # Python and profiles have no such option


@pytest.mark.parametrize("name", ["nul\0byte", "x" * 300])
def test_impossible_folder_name_is_a_storage_error(tmp_path, name):
    with pytest.raises(StorageError):
        make_private_folder(tmp_path / name)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a file system where even root cannot create files")
def test_folder_on_a_file_system_without_writing_is_refused():
    with pytest.raises(StorageError, match=r"^/proc/flanchat"):
        make_private_folder(Path("/proc/flanchat"))


@as_user
def test_read_only_folder_is_refused(tmp_path):
    tmp_path.chmod(0o500)

    with pytest.raises(StorageError, match="cannot write"):
        make_private_folder(tmp_path)
