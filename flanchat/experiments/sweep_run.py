"""Run a planned sweep: answer what is not done yet, and append each answer to a file that the same sweep resumes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flanchat.base.clock import Now, format_utc
from flanchat.base.errors import UsageError
from flanchat.base.i18n import _
from flanchat.base.json_rows import json_text
from flanchat.engine.events import Event, Request
from flanchat.engine.protocol import ModelCard
from flanchat.engine.worker.pool import WorkerPool
from flanchat.experiments.labels import Labels
from flanchat.experiments.parquet import write_parquet
from flanchat.experiments.results_file import Journal
from flanchat.experiments.sweep import SweepPlan, SweepTask, requests
from flanchat.experiments.tally import Tally
from flanchat.sessions.answer import COMPLETE, Answer
from flanchat.sessions.choices import TokenizedChoice
from flanchat.sessions.collect import collect
from flanchat.sessions.one_of_several import candidate_rows, elect
from flanchat.sessions.scoring import choice_rows, chosen, template_logprobs


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
        self.tallies = [Tally(len(plan.rows), Labels.of(plan.labels(variant))) for variant in plan.variants]
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
        pending: dict[int, _Batch] = {}  # by their numbers

        def to_ask() -> Iterator[tuple[int, list[Request]]]:
            for number, tasks in enumerate(batches):
                if self._stopped:
                    return
                pending[number] = _Batch(self.plan, tasks)
                yield number, pending[number].requests

        for number, card, events in pool.answer(to_ask()):
            self._check_device(card)
            at = format_utc(self._now())
            answers = pending.pop(number).answers(events, card)
            made = [self.plan.record(task, answer, at) for task, answer in answers if answer.finish in COMPLETE]
            yield self._add(made)

    def records(self) -> Iterator[Mapping[str, Any]]:
        """All lines of the file. Only with a file."""
        assert self._journal is not None
        return (record for __, record in self._journal.read())

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

    def _resume(self, path: Path, number: int, record: Mapping[str, Any]) -> None:
        if record["key"] not in self._tasks and self.plan.is_left_out(record):
            raise UsageError(
                _(
                    "{path}:{line}: is an answer to prompt {row}, which --limit {limit} leaves out; raise --limit, or "
                    "use another name for --out"
                ).format(path=path, line=number, row=record["row"], limit=len(self.plan.rows))
            )
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
        engine = self._engine.get("name", card.engine)
        if engine != card.engine:
            raise UsageError(
                _("{path}: was started with the engine {then}, but this is {now}; use another name for --out").format(
                    path=self.out, then=engine, now=card.engine
                )
            )
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


class _Batch:
    """Tasks that are answered together. requests: their rows, one for each task, or each of its choices or candidates.

    What several of them score is one row: the same choices by several rules, and the template alone.
    """

    def __init__(self, plan: SweepPlan, tasks: Sequence[SweepTask]) -> None:
        self.requests: list[Request] = []
        self._rows: list[Answer] = []
        self._asked: list[_Asked] = []
        scored: dict[Request, Answer] = {}
        for task in tasks:
            answer = plan.unanswered(task)
            choices, free = plan.choices(task), plan.content_free(answer)
            own = requests(answer, choices, free.values())
            rows = choice_rows(answer, own) if choices else [answer]
            if not choices and answer.settings.candidates > 1:
                rows, own = candidate_rows(answer, own[0])
            for at, request in enumerate(own):
                if choices and request in scored:
                    rows[at] = scored[request]
                    continue
                scored[request] = rows[at]
                self.requests.append(request)
                self._rows.append(rows[at])
            self._asked.append(_Asked(task, answer, choices, free, rows))

    def answers(self, events: Iterable[Event], card: ModelCard) -> list[tuple[SweepTask, Answer]]:
        """Each task with its answer. events: all of the batch."""
        _collect_all(events, self._rows, card)
        for one in self._asked:
            if one.choices:
                of_template = template_logprobs(one.rows[len(one.choices) :], one.free) if one.free else ()
                scored = chosen(one.answer, one.choices, one.rows, of_template)
                _collect_all(scored, [one.answer], card)
            elif len(one.rows) > 1:
                _collect_all(elect(one.answer, one.rows), [one.answer], card)
            one.answer.batch = len(self._rows)
        return [(one.task, one.answer) for one in self._asked]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A task in a running batch. rows: the answer itself or its candidates; or of its choices, and of these after the
    content-free prompts `free`."""

    task: SweepTask
    answer: Answer
    choices: Sequence[TokenizedChoice]
    free: Mapping[str, str]
    rows: Sequence[Answer]


def journal_path(out: Path) -> Path:
    """The JSONL file that answers are added to: `out` itself, or the one that the Parquet file is made from."""
    return out.with_name(out.name + ".jsonl") if out.suffix == ".parquet" else out


def _kind(device: object) -> str:
    return str(device).partition(":")[0]


def _collect_all(events: Iterable[Event], answers: Sequence[Answer], card: ModelCard) -> None:
    for __ in collect(events, answers, lambda: card):
        pass
