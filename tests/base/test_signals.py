"""One Ctrl-C stops an answer, a second one at once kills it, and a signal to end is died of after recording."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from flanchat.base.signals import interruptible, shielded, stoppable

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")


def press_ctrl_c() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def test_the_first_press_stops_and_the_next_one_within_two_seconds_kills():
    calls: list[str] = []

    with stoppable(lambda: calls.append("stop"), lambda: calls.append("kill")):
        press_ctrl_c()
        press_ctrl_c()
        press_ctrl_c()

    assert calls == ["stop", "kill", "kill"]


def test_a_press_before_the_model_is_ready_interrupts():
    calls: list[str] = []

    with pytest.raises(KeyboardInterrupt), stoppable(lambda: calls.append("stop"), print, ready=lambda: False):
        press_ctrl_c()

    assert calls == []


@pytest.mark.parametrize("guard", [lambda: stoppable(print, print), shielded, interruptible])
def test_the_handler_before_is_back_afterwards(guard):
    before = signal.getsignal(signal.SIGINT)

    with guard():
        assert signal.getsignal(signal.SIGINT) is not before or guard is interruptible
    with pytest.raises(ZeroDivisionError), guard():
        raise ZeroDivisionError

    assert signal.getsignal(signal.SIGINT) is before


def test_a_press_in_a_shielded_part_does_nothing_but_where_it_is_interruptible():
    with shielded():
        press_ctrl_c()
        with pytest.raises(KeyboardInterrupt), interruptible():
            press_ctrl_c()
        press_ctrl_c()


RECORD_AND_DIE = """
import signal, sys
from flanchat.base.signals import Terminated, die_of, end_gracefully

end_gracefully()
try:
    try:
        print("begun", flush=True)
        while True:
            signal.pause()
    finally:
        print("recorded", flush=True)
except Terminated as ended:
    die_of(ended.number)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_end_lets_the_program_record_and_then_die_of_it(number):
    with subprocess.Popen([sys.executable, "-c", RECORD_AND_DIE], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        begun = child.stdout.readline()
        child.send_signal(number)
        rest = child.stdout.read()

    assert (begun, rest) == ("begun\n", "recorded\n")
    assert child.returncode == -number


def test_a_hangup_that_is_ignored_stays_ignored():
    code = (
        "import os, signal\n"
        "from flanchat.base.signals import end_gracefully\n"
        "signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "end_gracefully()\n"
        "os.kill(os.getpid(), signal.SIGHUP)\n"
        "print('still here')\n"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "still here\n"
