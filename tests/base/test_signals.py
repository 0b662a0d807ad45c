"""Ctrl-C stops an answer, a quick second one kills it; SIGTERM and SIGHUP end the process after cleanup."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from flanchat.base.signals import deferred_signals, ignore_interrupts, raise_on_interrupt, stop_on_interrupt

pytestmark = pytest.mark.skipif(os.name == "nt", reason="POSIX signals")


def press_ctrl_c() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def test_the_first_ctrl_c_stops_and_the_next_one_within_two_seconds_kills():
    calls: list[str] = []

    with stop_on_interrupt(lambda: calls.append("stop"), lambda: calls.append("kill")):
        press_ctrl_c()
        press_ctrl_c()
        press_ctrl_c()

    assert calls == ["stop", "kill", "kill"]


def test_ctrl_c_before_the_model_is_ready_raises_keyboard_interrupt():
    calls: list[str] = []

    with pytest.raises(KeyboardInterrupt), stop_on_interrupt(lambda: calls.append("stop"), print, ready=lambda: False):
        press_ctrl_c()

    assert calls == []


@pytest.mark.parametrize("guard", [lambda: stop_on_interrupt(print, print), ignore_interrupts, raise_on_interrupt])
def test_the_previous_handler_is_restored(guard):
    before = signal.getsignal(signal.SIGINT)

    with guard():
        assert signal.getsignal(signal.SIGINT) is not before or guard is raise_on_interrupt
    with pytest.raises(ZeroDivisionError), guard():
        raise ZeroDivisionError

    assert signal.getsignal(signal.SIGINT) is before


def test_ignored_ctrl_c_raises_in_a_nested_context_that_allows_it():
    with ignore_interrupts():
        press_ctrl_c()
        with pytest.raises(KeyboardInterrupt), raise_on_interrupt():
            press_ctrl_c()
        press_ctrl_c()


CLEAN_UP_AND_DIE = """
import signal, sys
from flanchat.base.signals import Terminated, die_by_signal, unwind_on_termination

unwind_on_termination()
try:
    try:
        print("begun", flush=True)
        while True:
            signal.pause()
    finally:
        print("cleaned up", flush=True)
except Terminated as ended:
    die_by_signal(ended.number)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_termination_signal_runs_the_cleanup_and_then_ends_the_process(number):
    with subprocess.Popen([sys.executable, "-c", CLEAN_UP_AND_DIE], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        begun = child.stdout.readline()
        child.send_signal(number)
        rest = child.stdout.read()

    assert (begun, rest) == ("begun\n", "cleaned up\n")
    assert child.returncode == -number


def test_an_ignored_sighup_stays_ignored():
    code = (
        "import os, signal\n"
        "from flanchat.base.signals import unwind_on_termination\n"
        "signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "unwind_on_termination()\n"
        "os.kill(os.getpid(), signal.SIGHUP)\n"
        "print('still here')\n"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "still here\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_deferred_signal_is_handled_after_the_call(number: int):
    done: list[str] = []
    previous = signal.signal(number, lambda number, frame: done.append("handled"))
    try:
        with deferred_signals():
            os.kill(os.getpid(), number)
            done.append("called")
    finally:
        signal.signal(number, previous)

    assert done == ["called", "handled"]
