"""Messages of the program itself, on standard error, so that standard output holds results only."""

from __future__ import annotations

from typing import TextIO

from flanchat.base.sanitize import show


def complain(message: str, stderr: TextIO) -> None:
    """Print a message with the program's name before each line."""
    for line in message.splitlines():
        try:
            print(f"flanchat: {show(line)}", file=stderr, flush=True)
        except OSError:  # nobody listens
            return
