"""Messages of the program itself, on standard error, so that standard output holds results only."""

from __future__ import annotations

import sys

from flanchat.base.sanitize import show


def complain(message: str) -> None:
    """One message per line on standard error, each with the program's name."""
    for line in message.splitlines():
        try:
            print(f"flanchat: {show(line)}", file=sys.stderr, flush=True)
        except OSError:  # nobody listens
            return
