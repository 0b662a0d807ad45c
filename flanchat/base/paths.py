"""Paths of data, cache and configuration. Knows environment variables and folders; reads and writes no file."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote

from flanchat.base.errors import StorageError
from flanchat.base.files import reason
from flanchat.base.i18n import _


def state_folder(environ: Mapping[str, str]) -> Path:
    """Return the folder for sessions and input history: $FLANCHAT_DATA, else $XDG_STATE_HOME/flanchat.

    Raises StorageError when FLANCHAT_DATA is not absolute, or when neither is set and HOME cannot be used.

    >>> str(state_folder({"HOME": "/home/me", "XDG_STATE_HOME": "relative/is/ignored"}))
    '/home/me/.local/state/flanchat'
    """
    chosen = environ.get("FLANCHAT_DATA", "")
    if chosen and not os.path.isabs(chosen):
        raise StorageError(
            _("FLANCHAT_DATA: expected an absolute path such as /home/me/flanchat, got {got!r}").format(got=chosen)
        )
    return Path(chosen) if chosen else _folder(environ, "XDG_STATE_HOME", ".local/state")


def config_folder(environ: Mapping[str, str]) -> Path:
    """Return $XDG_CONFIG_HOME/flanchat, by default ~/.config/flanchat. Raises StorageError without a usable HOME."""
    return _folder(environ, "XDG_CONFIG_HOME", ".config")


def cache_folder(environ: Mapping[str, str]) -> Path:
    """Return $XDG_CACHE_HOME/flanchat, by default ~/.cache/flanchat. Raises StorageError without a usable HOME."""
    return _folder(environ, "XDG_CACHE_HOME", ".cache")


def expand_home(path: str, environ: Mapping[str, str]) -> str:
    """Replace a leading ~ by $HOME, and ~NAME by that user's home.

    >>> expand_home("~/talk.md", {"HOME": "/home/me"})
    '/home/me/talk.md'
    """
    first, slash, rest = path.partition("/")
    return f"{environ['HOME']}{slash}{rest}" if first == "~" and environ.get("HOME") else os.path.expanduser(path)


def typed_path(text: str, environ: Mapping[str, str]) -> Path:
    r"""The path that a user typed, pasted or dropped: also in quotes, with backslashes before blanks, or as file://.

    A file that has exactly this name comes first.

    >>> [str(typed_path(text, {"HOME": "/me"})) for text in ("'a b'", r"a\ b", "file:///a%20b", '"~/a b"')]
    ['a b', 'a b', '/a b', '/me/a b']
    """
    text = text.strip()
    if not os.path.lexists(expand_home(text, environ)):
        if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
            text = text[1:-1]
        else:
            text = re.sub(r"\\([^A-Za-z0-9])", r"\1", text)
        if text.lower().startswith("file://"):
            text = unquote(re.sub(r"^file://(localhost)?(?=/)", "", text, flags=re.IGNORECASE))
    return Path(expand_home(text, environ))


def local_program(environ: Mapping[str, str], prefix: str = sys.prefix) -> str:
    """The path below this folder that starts this flanchat, as after `make chat`; "" when its name alone does.

    Also "" when it is elsewhere: whoever started it from there has typed the path. prefix: of its environment.
    """
    script = Path(prefix, "bin", "flanchat")
    found = shutil.which("flanchat", path=environ.get("PATH", ""))
    if not script.exists() or (found and os.path.realpath(found) == os.path.realpath(script)):  # uv and pipx link to it
        return ""
    below = os.path.relpath(script)
    return "" if below.startswith("..") else below


def make_private_folder(path: Path, remedy: str = "") -> Path:
    """Make `path` and its missing parents with mode 0700 and return it; folders that exist keep their mode.

    remedy: what to do, if there is more than making it writable. Raises StorageError, naming the folder, when it cannot
    be created or written.
    """
    remedy = remedy or _("Make it writable, or use another folder.")
    try:
        for folder in (*reversed(path.parents), path):  # os.makedirs would give the parents the default mode
            if not folder.is_dir():
                folder.mkdir(mode=0o700, exist_ok=True)  # another process may have made it in between
    except (OSError, ValueError) as error:
        raise StorageError(
            _("{path}: cannot create this folder: {reason}. {remedy}").format(
                path=path, reason=reason(error), remedy=remedy
            )
        ) from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise StorageError(_("{path}: cannot write to this folder. {remedy}").format(path=path, remedy=remedy))
    return path


def _folder(environ: Mapping[str, str], variable: str, below_home: str) -> Path:
    base = environ.get(variable, "")
    if os.path.isabs(base):  # the XDG specification says to ignore relative paths
        return Path(base, "flanchat")
    home = environ.get("HOME", "")
    if not os.path.isabs(home):
        found = (
            _("it is {found!r}").format(found=home)
            if home
            else _("it is empty")
            if "HOME" in environ
            else _("it is not set")
        )
        raise StorageError(
            _("HOME: expected an absolute path, but {found}. Set HOME, or set {variable} to an absolute path.").format(
                found=found, variable=variable
            )
        )
    return Path(home, below_home, "flanchat")
