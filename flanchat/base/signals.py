"""What Ctrl-C and the signals that end a process do. Knows signals; knows neither model nor terminal."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator
from types import FrameType
from typing import NoReturn

SECOND_PRESS_S = 2.0
ENDING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


class Terminated(BaseException):
    """A signal asked this process to end. Not an Exception, so that nothing swallows it on the way out."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def end_gracefully() -> None:
    """Make SIGTERM and SIGHUP unwind the program, so that what was begun is recorded, instead of cutting it off."""
    for number in ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup means it
            signal.signal(number, _unwind)


def die_of(number: int) -> NoReturn:
    """End by the signal itself, so that the parent sees the true cause."""
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
    os._exit(128 + number)  # only when the signal is blocked


@contextlib.contextmanager
def stoppable(
    stop: Callable[[], None], kill: Callable[[], None], *, ready: Callable[[], bool] = lambda: True
) -> Iterator[None]:
    """While an answer is made, Ctrl-C calls `stop`; pressed again within two seconds it calls `kill`.

    Neither may raise or block: they run inside the signal handler. As long as the engine is not `ready`, Ctrl-C raises
    KeyboardInterrupt instead: nobody should wait for a model to load just to be rid of it.
    """
    pressed = -SECOND_PRESS_S

    def on_interrupt(number: int, frame: FrameType | None) -> None:
        nonlocal pressed
        again = time.monotonic() - pressed < SECOND_PRESS_S
        pressed = time.monotonic()
        if not ready():
            raise KeyboardInterrupt
        (kill if again else stop)()

    with _on_interrupt(on_interrupt):
        yield


def shielded() -> contextlib.AbstractContextManager[None]:
    """Ctrl-C does nothing inside, but for what is `interruptible` or `stoppable`."""
    return _on_interrupt(lambda number, frame: None)


def interruptible() -> contextlib.AbstractContextManager[None]:
    """Ctrl-C raises KeyboardInterrupt inside."""
    return _on_interrupt(signal.default_int_handler)


@contextlib.contextmanager
def _on_interrupt(handler: Callable[[int, FrameType | None], object]) -> Iterator[None]:
    before = signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _unwind(number: int, frame: FrameType | None) -> None:
    for other in ENDING:
        signal.signal(other, signal.SIG_IGN)  # one unwinding at a time
    raise Terminated(number)
