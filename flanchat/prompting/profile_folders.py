"""Where the files of profiles are: given by path, or by name in one of several folders. Opens none of them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from flanchat.base.errors import StorageError, UsageError
from flanchat.base.files import is_there
from flanchat.base.i18n import _, join_list
from flanchat.base.names import check_name, is_name
from flanchat.base.paths import config_folder, typed_path
from flanchat.base.wording import did_you_mean


def profile_folders(extra: Path | None, environ: Mapping[str, str]) -> tuple[Path, ...]:
    """Return the existing folders of profiles, in search order: `extra` (--profiles), the user's, the bundled ones.

    Raises UsageError when `extra` is not a folder.
    """
    if extra is not None and not os.path.isdir(extra):
        raise UsageError(_("--profiles: {path} is not a folder").format(path=extra))
    folders = [] if extra is None else [extra]
    with suppress(StorageError):  # no HOME, no folder of the user
        folders.append(config_folder(environ) / "profiles")
    folders.append(bundled_folder())
    return tuple(folder for folder in folders if is_there(folder))


def bundled_folder() -> Path:
    """Where the profiles that come with flanchat are: in the package, or beside it in a checkout."""
    package = Path(__file__).parents[1]
    shipped = package / "profiles"
    return shipped if shipped.is_dir() else package.parent / "profiles"


def profile_names(folders: Sequence[Path]) -> tuple[str, ...]:
    """Return the names that `find_profile` accepts, sorted. Opens no file."""
    return tuple(sorted(name for name in profile_files(folders) if is_name(name)))


def find_profile_file(name: str, folders: Sequence[Path], environ: Mapping[str, str] = {}) -> Path:
    """Return the file of a profile, without reading it. Raises UsageError as `find_profile` does."""
    if is_path(name):
        return typed_path(name, environ)
    path = locate(check_name(name), folders)
    if path is None:
        hint = did_you_mean(name, profile_names(folders)) or _(" Known: {names}").format(
            names=join_list(profile_names(folders))
        )
        raise UsageError(_("unknown profile {name}.{hint}").format(name=name, hint=hint))
    return path


def is_path(name: str) -> bool:
    """Return whether a profile is given by the path of its file."""
    return "/" in name or name.rstrip("\"' ").endswith((".yaml", ".yml"))


def locate(name: str, folders: Sequence[Path], *, without: set[str] | None = None) -> Path | None:
    """Return the profile's file directly inside the first folder that has one, except those in `without`."""
    candidates = (folder / f"{name}{ending}" for folder in folders for ending in (".yaml", ".yml"))
    return next((p for p in candidates if is_there(p) and os.path.realpath(p) not in (without or ())), None)


def profile_files(folders: Sequence[Path]) -> dict[str, Path]:
    """Return every profile file by its stem, from the first folder that has it."""
    found: dict[str, Path] = {}
    for folder in folders:
        with suppress(OSError):
            for path in sorted(folder.iterdir()):
                if path.suffix in (".yaml", ".yml") and not path.name.startswith("."):
                    found.setdefault(path.stem, path)
    return found
