"""Run a planned sweep: answer what is not done yet, and append each answer to a file that the same sweep resumes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from flanchat.base.clock import Now, format_utc
from flanchat.base.errors import UsageError
from flanchat.base.i18n import _
from flanchat.engine.events import Event, Request
from flanchat.engine.protocol import ModelCard
from flanchat.engine.worker.pool import WorkerPool
from flanchat.experiments.parquet import write_parquet
from flanchat.experiments.results_file import Journal
from flanchat.experiments.sweep import SweepPlan, SweepTask, Tally, request
from flanchat.sessions.batch import candidate_rows, collect, elect
from flanchat.sessions.conversation import Answer
from flanchat.sessions.transcript import json_text

_KEPT = ("eos", "length", "stop", "empty")  # others were interrupted or failed, and are made again


class _Pending(NamedTuple):
    """An answer, and the rows of the engine that it is made from: itself, or its candidates."""

    answer: Answer
    rows: list[Answer]


class SweepRun:
    """The answers of a sweep: those that its file holds already, and those that `answer` adds.

    done: the keys of the tasks that have an answer. tallies: one for each variant of the plan. rescored: how many lines
    of the file had the scores of other right answers or lacked a metric, and have the present ones now.
    """

    def __init__(self, plan: SweepPlan, out: Path | None, print_text: Callable[[str], None], now: Now) -> None:
        """out: a .jsonl or .parquet file; None prints. Raises UsageError when it holds answers of another sweep."""
        self.plan, self.out = plan, out
        self.done: set[str] = set()
        self.rescored = 0
        self.tallies = [Tally(len(plan.rows)) for __ in plan.variants]
        self._tasks = {task.key: task for task in plan.tasks}
        self._print, self._now = print_text, now
        self._engine: Mapping[str, Any] = {}  # that made the answers in the file
        self._stopped = False
        self._journal: Journal | None = None
        if out is None:
            return
        journal = journal_path(out)
        if journal != out and out.exists() and not journal.exists():
            raise UsageError(
                _("{out}: exists already, without its journal {journal}; use another name for --out").format(
                    out=out, journal=journal.name
                )
            )
        self._journal = Journal(journal)
        try:
            for number, record in self._journal.read():
                self._resume(journal, number, record)
            if self.rescored:
                self._journal.rewrite(lambda record: plan.scored(self._tasks[record["key"]], record))
        except BaseException:
            self.close()
            raise

    @property
    def is_complete(self) -> bool:
        return len(self.done) == len(self._tasks)

    def answer(self, pool: WorkerPool, size: int) -> Iterator[int]:
        """Answer what is not done, `size` prompts per batch; yield how many answers each batch has added.

        Added answers are on disk. Raises UsageError when those in the file were made on another kind of device.
        """
        batches = list(self.plan.batches(size, self.done))
        pending: dict[int, list[_Pending]] = {}  # by the number of their batch

        def requests() -> Iterator[tuple[int, list[Request]]]:
            for number, tasks in enumerate(batches):
                if self._stopped:
                    return
                made = [self._pending(task) for task in tasks]
                pending[number] = [one for one, __ in made]
                yield number, [wanted for __, requests in made for wanted in requests]

        for number, card, events in pool.answer(requests()):
            self._check_device(card)
            answers = _collected(events, pending.pop(number), card)
            at = format_utc(self._now())
            made = zip(batches[number], answers, strict=True)
            yield self._add([self.plan.record(task, answer, at) for task, answer in made if answer.finish in _KEPT])

    def stop(self) -> None:
        """Begin no further batch. Safe in a signal handler."""
        self._stopped = True

    def finish(self) -> None:
        """Write the Parquet file, once all answers are in its journal."""
        if self._journal is not None and self.out is not None and self._journal.path != self.out:
            write_parquet(self._journal.path, self.out)

    def close(self) -> None:
        if self._journal is not None:
            self._journal.close()

    def _pending(self, task: SweepTask) -> tuple[_Pending, list[Request]]:
        answer = self.plan.unanswered(task)
        if answer.settings.candidates > 1:
            rows, requests = candidate_rows(answer, request(answer))
            return _Pending(answer, rows), requests
        return _Pending(answer, [answer]), [request(answer)]

    def _resume(self, path: Path, number: int, record: Mapping[str, Any]) -> None:
        if record["key"] not in self._tasks:
            raise UsageError(
                _("{path}:{line}: belongs to another sweep: {why}; use another name for --out").format(
                    path=path, line=number, why=self.plan.why_foreign(record)
                )
            )
        present = self.plan.scored(self._tasks[record["key"]], record)
        self.rescored += present != record
        if record["key"] not in self.done:
            self._count(present)
        self._engine = self._engine or record.get("engine") or {}

    def _check_device(self, card: ModelCard) -> None:
        now = _kind(card.device), card.instead_of or card.precision  # single prompts may need a wider one
        precision = self._engine.get("instead_of") or self._engine.get("dtype", now[1])
        then = _kind(self._engine.get("device", now[0])), precision
        if then != now:
            raise UsageError(
                _(
                    "{path}: was started on {device} in {precision}, but this is {now}; use another name for --out"
                ).format(path=self.out, device=then[0], precision=then[1], now=" ".join(now))
            )

    def _add(self, records: list[dict[str, Any]]) -> int:
        if self._journal is not None:
            self._journal.add(records)
        elif records:
            self._print("\n".join(map(json_text, records)))
        for record in records:
            self._count(record)
        return len(records)

    def _count(self, record: Mapping[str, Any]) -> None:
        self.done.add(record["key"])
        self.tallies[self._tasks[record["key"]].variant].add(record)


def journal_path(out: Path) -> Path:
    """The JSONL file that answers are added to: `out` itself, or the one that the Parquet file is made from."""
    return out.with_name(out.name + ".jsonl") if out.suffix == ".parquet" else out


def _kind(device: object) -> str:
    return str(device).partition(":")[0]


def _collected(events: Iterable[Event], pending: Sequence[_Pending], card: ModelCard) -> list[Answer]:
    """The answers of a batch, each from its rows."""
    rows = [row for one in pending for row in one.rows]
    for row in rows:
        row.batch = len(rows)
    for __ in collect(events, rows, lambda: card):
        pass
    for one in pending:
        if one.rows[0] is not one.answer:
            for event in elect(one.answer, one.rows):
                one.answer.take(event, lambda: card)
            one.answer.batch = len(rows)
    return [one.answer for one in pending]
