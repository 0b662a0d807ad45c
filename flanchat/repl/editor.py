"""Opens a file in the user's editor."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path

from flanchat.base.errors import UsageError
from flanchat.base.i18n import _


def edit_file(path: Path, environ: Mapping[str, str]) -> None:
    """Run $VISUAL, $EDITOR or vi on a file and wait for it. Raises UsageError when it does not start or fails."""
    command = environ.get("VISUAL") or environ.get("EDITOR") or "vi"
    try:
        done = subprocess.run([*shlex.split(command), str(path)], check=False, env=dict(environ))
    except (OSError, ValueError) as error:
        raise UsageError(
            _("cannot start the editor {command}: {error}; set EDITOR").format(command=command, error=error)
        ) from None
    if done.returncode:
        raise UsageError(
            _("the editor {command} exited with status {status}; {path} is as the editor left it").format(
                command=command, status=done.returncode, path=path
            )
        )
