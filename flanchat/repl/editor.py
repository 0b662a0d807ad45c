"""Opens a file or a text in the user's editor."""

from __future__ import annotations

import os
import shlex
import signal
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
    if done.returncode < 0:
        ended = _("the editor {command} was killed by {signal}")
        raise UsageError(ended.format(command=command, signal=signal.Signals(-done.returncode).name))
    if done.returncode:
        ended = _("the editor {command} exited with status {status}")
        raise UsageError(ended.format(command=command, status=done.returncode))


def edit_text(text: str, environ: Mapping[str, str]) -> str:
    """Return a text as the user's editor left it.

    Raises UsageError, also when it is no text afterwards. What was changed by then is kept in a file, which is named.
    """
    given = text.encode("utf-8", "replace")
    try:
        fd, name = tempfile.mkstemp(prefix="flanchat-", suffix=".txt")
        with os.fdopen(fd, "wb") as file:
            file.write(given)
    except OSError as error:
        raise UsageError(_("cannot write a file for the editor: {reason}").format(reason=reason(error))) from None
    path = Path(name)
    is_kept = False
    try:
        edit_file(path, environ)
        return decode(path.read_bytes()).removesuffix("\n")
    except (OSError, NotTextError, UsageError) as error:
        is_kept = path.is_file() and path.read_bytes() != given
        message = _("{error}; the entry is unchanged, and what the editor wrote is in {path}")
        if not is_kept:
            message = _("{error}; the entry is unchanged")
        raise UsageError(message.format(error=reason(error), path=path)) from None
    finally:
        if not is_kept:
            path.unlink(missing_ok=True)
