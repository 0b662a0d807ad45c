"""The number of threads follows what other programs leave, on a machine that is simulated."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from flanchat.engine.checkpoint.validate import preflight
from flanchat.engine.devices.cores import CoreUse, allowed_cores, usable_cores
from flanchat.engine.t5.linear import LinearKernels
from flanchat.engine.t5.model import T5
from flanchat.engine.t5.threads import Threads, choose_threads
from tests.tiny_t5 import make_tiny_t5

WORK_S = 0.005  # between two calls of `adjust`


class Machine:
    """Cores that the threads of one process share with other programs; a core that two want gives each a half.

    others: how many cores other programs want at a given time. has_counters: whether the system counts the time spent
    waiting and idle.
    """

    def __init__(self, cores: int, others: Callable[[float], int], *, has_counters: bool = True) -> None:
        self.now_s, self._cores, self._others, self._has_counters = 0.0, cores, others, has_counters
        self._own_s = self._waited_s = self._idle_s = 0.0
        self.numbers: list[int] = []
        self.threads = Threads(cores, self._read, set_threads=self.numbers.append, clock=lambda: self.now_s)

    def run(self, seconds: float) -> int:
        """Compute for a while; return the number of threads at its end."""
        for _ in range(round(seconds / WORK_S)):
            wanted = self.threads.now + self._others(self.now_s)
            share = min(1.0, self._cores / wanted)
            self._own_s += WORK_S * self.threads.now * share
            self._waited_s += WORK_S * self.threads.now * (1 - share)
            self._idle_s += WORK_S * max(0, self._cores - wanted)
            self.now_s += WORK_S
            self.threads.adjust()
        return self.threads.now

    def _read(self) -> CoreUse:
        waited, idle = (self._waited_s, self._idle_s) if self._has_counters else (None, None)
        return CoreUse(self.now_s, self._own_s, waited, idle)


@pytest.mark.parametrize(("cores", "others"), [(2, 1), (8, 1), (8, 5), (64, 40), (4, 4)])
def test_threads_leave_other_programs_the_cores_that_they_use_except_one(cores: int, others: int):
    assert Machine(cores, lambda s: others).run(0.5) == max(1, cores - others)


def test_one_other_program_costs_one_thread_and_never_more():
    machine = Machine(8, lambda s: 1)
    machine.run(2)

    assert min(machine.numbers) == 7


def test_all_cores_stay_in_use_when_nothing_else_runs():
    machine = Machine(4, lambda s: 0)

    assert machine.run(5) == 4
    assert machine.numbers == [4]


def test_the_first_reading_beside_another_program_already_leaves_it_a_core():
    assert Machine(2, lambda s: 1).run(0.03) == 1


def test_all_cores_are_used_again_once_the_others_have_ended():
    machine = Machine(8, lambda s: 3 if s < 1 else 0)

    assert machine.run(1) == 5
    assert machine.run(0.3) == 8


def test_a_program_that_comes_and_goes_does_not_make_the_number_flap():
    machine = Machine(2, lambda s: int(s * 1000) % 300 < 120)
    machine.run(30)

    assert len(machine.numbers) < 40  # of 200 changes of the other program


def test_without_counters_of_waiting_the_number_follows_the_processor_time():
    machine = Machine(4, lambda s: 3 if s < 2 else 0, has_counters=False)

    assert machine.run(1) <= 2
    assert machine.run(20) == 4


def test_the_fewest_threads_of_an_answer_are_kept():
    machine = Machine(2, lambda s: 1 if s < 1 else 0)
    machine.run(0.5)
    machine.threads.begin()
    machine.run(2)

    assert (machine.threads.fewest, machine.threads.now) == (1, 2)


@pytest.mark.parametrize(("wish", "most"), [("400", None), ("1", 1), ("0", 1), ("many", 0), ("", 0)])
def test_omp_num_threads_is_kept_up_to_the_number_of_cores(wish: str, most: int | None):
    cores = allowed_cores()
    before = torch.get_num_threads()
    try:
        threads = choose_threads({"OMP_NUM_THREADS": wish})
        threads.adjust()
        assert threads.most == (len(cores) if most is None else most or usable_cores(cores))
        assert torch.get_num_threads() == threads.now
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize(("precision", "kernel"), [("float32", "plain"), ("float16", "packed")])
def test_an_answer_is_the_same_to_the_bit_however_often_the_number_changes(tmp_path: Path, precision: str, kernel: str):
    checkpoint = preflight(make_tiny_t5(tmp_path / "model", d_model=256, d_ff=512))
    kernels = LinearKernels(precision, token=kernel, prompt=kernel)
    numbers = itertools.cycle([1, 2, 2, 1, 1])

    def logits(pause: Callable[[], None]) -> torch.Tensor:
        model = T5(checkpoint, kernels=kernels, pause=pause)
        with torch.inference_mode():
            cache = model.start(model.encode([list(range(3, 90))]), [0], 10)
            return torch.cat([model.step([token], cache).clone() for token in range(10)])

    before = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        wanted = logits(lambda: None)
        made = logits(lambda: torch.set_num_threads(next(numbers)))
    finally:
        torch.set_num_threads(before)

    assert torch.equal(made, wanted)
