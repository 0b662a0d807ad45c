"""Text to the clipboard: through the system's own program, or by asking the terminal (OSC 52)."""

from __future__ import annotations

import base64
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence

from flanchat.base.i18n import _

PROGRAMS: tuple[tuple[str, Sequence[str]], ...] = (
    ("", ("pbcopy",)),
    ("WAYLAND_DISPLAY", ("wl-copy",)),
    ("DISPLAY", ("xclip", "-selection", "clipboard")),
    ("DISPLAY", ("xsel", "--clipboard", "--input")),
    ("WSL_DISTRO_NAME", ("clip.exe",)),
)
"""Programs that take a clipboard's text on standard input, and the variable without which they cannot work."""

TERMINAL_BYTES = 74_994
"""Longest text that terminals take this way: 100,000 bytes less the sequence around it, in base64."""


def copy(text: str, environ: Mapping[str, str], *, terminal: Callable[[str], None] | None = None) -> str:
    """Copy, and say how or why not. terminal: writes to a terminal that may understand OSC 52; None for none."""
    for variable, command in PROGRAMS:
        if (not variable or environ.get(variable)) and shutil.which(command[0], path=environ.get("PATH")):
            try:
                subprocess.run(
                    command, input=text.encode("utf-8", "replace"), check=True, timeout=5, env=dict(environ),
                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                )  # fmt: skip
            except (OSError, subprocess.SubprocessError):
                continue
            return _("Copied with {program}: {count} characters.").format(program=command[0], count=len(text))
    raw = text.encode("utf-8", "replace")
    if terminal is None:
        return _("There is no clipboard here: no terminal that could take it, and no pbcopy, wl-copy, xclip or xsel.")
    if len(raw) > TERMINAL_BYTES:
        return _("Too long for the terminal's clipboard: {count} bytes, at most {most}; /export writes files.").format(
            count=len(raw), most=TERMINAL_BYTES
        )
    terminal(f"\x1b]52;c;{base64.b64encode(raw).decode()}\x07")
    return _("Handed to the terminal's clipboard: {count} characters, if it allows that.").format(count=len(text))
