"""Run a sweep: a worker pool answers its batches, and each answer is written and counted. Knows no terminal."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from flanchat.base.clock import Now, format_utc
from flanchat.base.errors import UsageError
from flanchat.base.i18n import _
from flanchat.engine.events import Request
from flanchat.engine.protocol import FixedCard, ModelCard
from flanchat.engine.worker.pool import WorkerPool
from flanchat.experiments.results_file import Journal
from flanchat.experiments.sweep import SweepPlan, SweepTask, Tally, request
from flanchat.sessions.batch import collect
from flanchat.sessions.conversation import Answer

_KEPT = ("eos", "length", "stop", "empty")  # interrupted and failed answers are made again


class SweepResults:
    """Where answers are written, which exist already, and their totals.

    out: None for standard output. done: keys of the existing answers. tallies: one for each variant.
    """

    def __init__(self, plan: SweepPlan, out: Path | None, print_line: Callable[[str], None]) -> None:
        """print_line: writes to standard output. Raises UsageError when `out` holds answers of another sweep."""
        self.out, self._print_line = out, print_line
        self.tallies = [Tally() for __ in plan.variants]
        self.done: set[str] = set()
        self._engine: Mapping[str, Any] = {}  # that made the existing answers
        self._tasks = {task.key: task for task in plan.tasks}
        self._journal: Journal | None = None
        if out is None:
            return
        path = out.with_name(out.name + ".jsonl") if out.suffix == ".parquet" else out
        if path != out and out.exists() and not path.exists():
            raise UsageError(
                _("{out}: exists already, without its journal {journal}; use another name for --out").format(
                    out=out, journal=path.name
                )
            )
        self._journal = Journal(path)
        try:
            for number, record in self._journal.read():
                if record["key"] not in self._tasks:
                    raise UsageError(
                        _("{path}:{line}: belongs to another sweep: {why}; use another name for --out").format(
                            path=path, line=number, why=plan.why_foreign(record)
                        )
                    )
                self._engine = self._engine or record.get("engine") or {}
                self._count(record)
        except BaseException:
            self._journal.close()
            raise

    def check(self, card: ModelCard) -> None:
        """Raise UsageError when the existing answers were made on another kind of device or in another precision."""
        device, precision = self._engine.get("device", card.device), self._engine.get("dtype", card.precision)
        then, now = ((str(d).partition(":")[0], p) for d, p in ((device, precision), (card.device, card.precision)))
        if then != now:
            raise UsageError(
                _(
                    "{path}: was started on {device} in {precision}, but this is {now}; use another name for --out"
                ).format(path=self.out, device=then[0], precision=then[1], now=" ".join(now))
            )

    def add(self, records: Sequence[Mapping[str, Any]]) -> None:
        """Write answers; they are on disk when this returns."""
        if self._journal is not None:
            self._journal.add(records)
        elif records:
            self._print_line("\n".join(map(json.dumps, records)))
        for record in records:
            self._count(record)

    def close(self) -> None:
        if self._journal is not None:
            self._journal.close()

    def finish(self) -> None:
        """Write the Parquet file, once all answers are in its journal."""
        if self._journal is not None and self._journal.path != self.out:
            from flanchat.experiments.parquet import write_parquet

            assert self.out is not None
            write_parquet(self._journal.path, self.out)

    def _count(self, record: Mapping[str, Any]) -> None:
        key = record["key"]
        if key not in self.done:
            self.done.add(key)
            self.tallies[self._tasks[key].variant].add(record)


def run_sweep(
    plan: SweepPlan,
    batches: Sequence[Sequence[SweepTask]],
    results: SweepResults,
    pool: WorkerPool,
    *,
    is_over: Callable[[], bool],
    now: Now,
) -> Iterator[int]:
    """Answer the batches; yield how many answers of each were kept. is_over: whether to begin no further batch."""
    waiting: dict[int, list[Answer]] = {}

    def handed_out() -> Iterator[tuple[int, list[Request]]]:
        for number, batch in enumerate(batches):
            if is_over():
                return
            waiting[number] = [plan.unanswered(task) for task in batch]
            yield number, [request(answer) for answer in waiting[number]]

    checked = False
    for number, card, events in pool.answer(handed_out()):
        if not checked:
            results.check(card)
            checked = True
        answers = waiting.pop(number)
        for answer in answers:
            answer.batch = len(answers)
        for __ in collect(events, answers, FixedCard(card)):
            pass
        at = format_utc(now())
        kept = [
            plan.record(task, answer, at)
            for task, answer in zip(batches[number], answers, strict=True)
            if answer.finish in _KEPT
        ]
        results.add(kept)
        yield len(kept)
