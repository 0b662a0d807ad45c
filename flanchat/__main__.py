"""`python -m flanchat`: fits the process to the command line, runs it, and ends with its status."""

from __future__ import annotations

import gc
import io
import os
import sys
from typing import NoReturn

from flanchat.base.files import reason
from flanchat.base.i18n import _
from flanchat.base.signals import Terminated, die_by_signal, unwind_on_termination
from flanchat.cli import INTERRUPTED, READER_GONE, main
from flanchat.ui.terminal import mask_stream, print_message

_GC_THRESHOLD = 500_000
"""New objects before the next garbage collection. What is imported or read from a session stays to the end: with
Python's 700, looking through it again and again took 4 % of the time to the first prompt, and half of that to resume a
session of 20 MB."""


def run() -> NoReturn:
    """Run the command line of this process and end with its exit status."""
    gc.set_threshold(_GC_THRESHOLD)
    _open_streams()
    stdout, stderr = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = mask_stream(stdout), mask_stream(stderr)  # for tracebacks too, which come after `main`
    try:
        unwind_on_termination()
        status = main(sys.argv[1:], os.environ, sys.stdin, stdout, stderr)
    except Terminated as ended:
        die_by_signal(ended.number)
    except KeyboardInterrupt:  # before main could take it
        status = INTERRUPTED
    _end(status)


def _open_streams() -> None:
    """Make the three standard streams usable, even when the caller closed them or chose a narrow encoding.

    A closed stream must not lend its number to the next file that is opened. Writing to a closed standard output
    fails as it would on a full disk; a closed standard input reads as empty.
    """
    for number, name, flags in ((0, "stdin", os.O_RDONLY), (1, "stdout", os.O_RDONLY), (2, "stderr", os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            null = os.open(os.devnull, flags)
            if null != number:
                os.dup2(null, number)
                os.close(null)
            os.set_inheritable(number, True)
            setattr(sys, name, os.fdopen(number, "r" if number == 0 else "w", encoding="utf-8", closefd=False))
    escaped = "backslashreplace"  # characters that the encoding lacks are written as \xe9
    for stream, errors in ((sys.stdin, "surrogateescape"), (sys.stdout, escaped), (sys.stderr, escaped)):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=errors)
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8", errors="surrogateescape")  # what comes in is UTF-8 in every locale


def _end(status: int) -> NoReturn:
    """End with a status, once everything that was printed has been written."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        status = READER_GONE
    except OSError as error:
        if status == 0:
            print_message(_("cannot write the output: {why}").format(why=reason(error)), sys.stderr)
        status = status or 1
    if status in (READER_GONE, 1):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # so that exiting flushes nothing into the broken pipe
    sys.exit(status)


if __name__ == "__main__":
    run()
