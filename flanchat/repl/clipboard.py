"""Copies text to the clipboard: with a program of the system, else through the terminal (OSC 52)."""

from __future__ import annotations

import base64
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence

from flanchat.base.format import format_count
from flanchat.base.i18n import _, ngettext

PROGRAMS: tuple[tuple[str, Sequence[str]], ...] = (
    ("", ("pbcopy",)),
    ("WAYLAND_DISPLAY", ("wl-copy",)),
    ("DISPLAY", ("xclip", "-selection", "clipboard")),
    ("DISPLAY", ("xsel", "--clipboard", "--input")),
    ("WSL_DISTRO_NAME", ("clip.exe",)),
)
"""The variable that a program needs to work, or "", and its command, which reads the text from standard input."""

TERMINAL_BYTES = 74_994
"""Terminals accept sequences of 100,000 bytes; this is what fits into one in base64."""


def copy(text: str, environ: Mapping[str, str], *, terminal: Callable[[str], None] | None = None) -> str:
    """Copy a text; return a sentence that says how, or why not.

    terminal: writes a sequence to a terminal that may support OSC 52; None without a terminal.
    """
    for variable, command in PROGRAMS:
        if (not variable or environ.get(variable)) and shutil.which(command[0], path=environ.get("PATH")):
            try:
                subprocess.run(
                    command, input=text.encode("utf-8", "replace"), check=True, timeout=5, env=dict(environ),
                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                )  # fmt: skip
            except (OSError, subprocess.SubprocessError):
                continue
            copied = ngettext(
                "Copied with {program}: {count} character.", "Copied with {program}: {count} characters.", len(text)
            )
            return copied.format(program=command[0], count=format_count(len(text)))
    raw = text.encode("utf-8", "replace")
    if terminal is None:
        return _("no clipboard: neither a terminal nor pbcopy, wl-copy, xclip or xsel was found")
    if len(raw) > TERMINAL_BYTES:
        return _("too long for the terminal's clipboard: {count} bytes, at most {most}; /export writes files").format(
            count=format_count(len(raw)), most=format_count(TERMINAL_BYTES)
        )
    terminal(f"\x1b]52;c;{base64.b64encode(raw).decode()}\x07")
    return ngettext(
        "Sent to the terminal's clipboard: {count} character, if the terminal allows it.",
        "Sent to the terminal's clipboard: {count} characters, if the terminal allows it.",
        len(text),
    ).format(count=format_count(len(text)))
