"""Handling of Ctrl-C and of the signals that end a process. Knows signals; knows neither model nor terminal."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator
from types import FrameType
from typing import NoReturn

SECOND_PRESS_S = 2.0
TERMINATION_SIGNALS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


class Terminated(BaseException):
    """A signal asked this process to end. Derives from BaseException so that no `except Exception` swallows it."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def unwind_on_termination() -> None:
    """Make SIGTERM and SIGHUP raise Terminated, so that `finally` blocks run and the session is recorded."""
    for number in TERMINATION_SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup ignores SIGHUP; leave that in force
            signal.signal(number, _raise_terminated)


def die_by_signal(number: int) -> NoReturn:
    """End the process by the signal itself, so that the parent sees the true cause."""
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
    os._exit(128 + number)  # reached only when the signal is blocked


@contextlib.contextmanager
def stop_on_interrupt(
    stop: Callable[[], None], kill: Callable[[], None], *, ready: Callable[[], bool] = lambda: True
) -> Iterator[None]:
    """Call `stop` on Ctrl-C inside this context, and `kill` on a second Ctrl-C within two seconds.

    Neither may raise or block: they run inside the signal handler. Until the engine is `ready`, Ctrl-C raises
    KeyboardInterrupt instead, so that nobody has to wait for a model to load before they can leave.
    """
    last_press = -SECOND_PRESS_S

    def on_interrupt(number: int, frame: FrameType | None) -> None:
        nonlocal last_press
        is_second = time.monotonic() - last_press < SECOND_PRESS_S
        last_press = time.monotonic()
        if not ready():
            raise KeyboardInterrupt
        (kill if is_second else stop)()

    with _interrupt_handler(on_interrupt):
        yield


def ignore_interrupts() -> contextlib.AbstractContextManager[None]:
    """Ignore Ctrl-C inside, except within a nested `raise_on_interrupt` or `stop_on_interrupt`."""
    return _interrupt_handler(lambda number, frame: None)


def raise_on_interrupt() -> contextlib.AbstractContextManager[None]:
    """Raise KeyboardInterrupt on Ctrl-C inside."""
    return _interrupt_handler(signal.default_int_handler)


@contextlib.contextmanager
def deferred_signals() -> Iterator[None]:
    """Hold back Ctrl-C and the signals that end a process until the end of this context, for a call that is short.

    A library's compiled code may turn what a handler raises into another error.
    """
    received: list[int] = []
    try:
        with ending_signals(lambda number, frame: received.append(number)):
            yield
    finally:
        for number in received:
            signal.raise_signal(number)


@contextlib.contextmanager
def ending_signals(handler: Callable[[int, FrameType | None], object]) -> Iterator[None]:
    """Handle Ctrl-C and the signals that end a process in another way inside. Those that are ignored stay so."""
    numbers = [n for n in (signal.SIGINT, *TERMINATION_SIGNALS) if signal.getsignal(n) is not signal.SIG_IGN]
    previous = {number: signal.signal(number, handler) for number in numbers}
    try:
        yield
    finally:
        for number, before in previous.items():
            signal.signal(number, before)


@contextlib.contextmanager
def _interrupt_handler(handler: Callable[[int, FrameType | None], object]) -> Iterator[None]:
    previous = signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)


def _raise_terminated(number: int, frame: FrameType | None) -> None:
    for each in TERMINATION_SIGNALS:
        signal.signal(each, signal.SIG_IGN)  # a second signal must not interrupt the cleanup of the first
    raise Terminated(number)
