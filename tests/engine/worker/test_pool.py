"""A cluster that is gone is noticed, whether it says so, fails or never answers."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from flanchat.engine.worker.pool import ClusterWatch


def says_no() -> bool:
    return False


def fails() -> bool:
    raise RuntimeError


def never_answers() -> bool:
    return threading.Event().wait()


class Clock:
    """A clock that each look at it moves on."""

    def __init__(self, step_s: float) -> None:
        self._step_s, self._time_s = step_s, 0.0

    def __call__(self) -> float:
        self._time_s += self._step_s
        return self._time_s


@pytest.mark.parametrize("is_alive", [says_no, fails, never_answers])
def test_a_cluster_without_a_sign_of_life_is_gone(is_alive: Callable[[], bool]):
    watch = ClusterWatch(is_alive, 1.6, now=Clock(0.5))

    assert [watch.is_gone() for __ in range(4)] == [False, False, False, True]
    watch.close()


def test_a_suspended_process_does_not_take_its_cluster_for_gone():
    watch = ClusterWatch(says_no, 2.5, now=Clock(3600))

    assert [watch.is_gone() for __ in range(3)] == [False, False, True]
    watch.close()


def test_a_sign_of_life_begins_the_wait_anew():
    asked, alive = threading.Semaphore(0), threading.Semaphore(0)

    def is_alive() -> bool:
        asked.release()
        return alive.acquire()

    watch = ClusterWatch(is_alive, 1.5, every_s=0, now=Clock(1))
    assert [watch.is_gone() for __ in range(2)] == [False, True]
    alive.release()
    for __ in range(2):  # asked again, so the first answer has been counted
        asked.acquire()

    assert not watch.is_gone()
    watch.close()
    alive.release()
