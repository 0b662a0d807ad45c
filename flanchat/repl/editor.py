"""Opens a file or a text in the user's editor."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from flanchat.base.errors import UsageError
from flanchat.base.files import reason
from flanchat.base.i18n import _
from flanchat.base.text import NotTextError, decode


def edit_file(path: Path, environ: Mapping[str, str]) -> None:
    """Run $VISUAL, $EDITOR or vi on a file and wait for it. Raises UsageError when it does not start or fails."""
    command = environ.get("VISUAL", "").strip() or environ.get("EDITOR", "").strip() or "vi"
    try:
        done = subprocess.run([*shlex.split(command), str(path)], check=False, env=dict(environ))
    except (OSError, ValueError) as error:
        raise UsageError(
            _("cannot start the editor {command}: {error}; set EDITOR").format(command=command, error=reason(error))
        ) from None
    if done.returncode:
        raise UsageError(
            _("the editor {command} exited with status {status}; {path} is as the editor left it").format(
                command=command, status=done.returncode, path=path
            )
        )


def edit_text(text: str, environ: Mapping[str, str]) -> str:
    """Return a text as the user's editor left it. Raises UsageError, also when it is no text afterwards."""
    fd, name = tempfile.mkstemp(prefix="flanchat-", suffix=".txt")
    path = Path(name)
    try:
        with os.fdopen(fd, "wb") as file:
            file.write(text.encode("utf-8", "replace"))
        edit_file(path, environ)
        return decode(path.read_bytes()).removesuffix("\n")
    except (OSError, NotTextError) as error:
        raise UsageError(f"{path}: {reason(error)}") from None
    finally:
        path.unlink(missing_ok=True)
