"""Replay a recorded conversation: ask its questions again and compare the answers. Knows neither disk nor terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import chain, groupby
from pathlib import Path
from typing import Any

from flanchat.base.errors import BudgetError, UsageError
from flanchat.base.format import format_percent
from flanchat.base.i18n import _, join_list, ngettext
from flanchat.base.worddiff import word_distance
from flanchat.engine.protocol import Engine, ModelCard
from flanchat.experiments.replay_differences import compiled_again, differences
from flanchat.experiments.replay_plan import Mode, Overrides, Turn, is_cut, plan_replay
from flanchat.experiments.statistics import Interval, wilson
from flanchat.sessions.answer import Answer
from flanchat.sessions.batch import answer_all, request, unanswered
from flanchat.sessions.conversation import Exchanges
from flanchat.sessions.serialization import replayed_answer_json
from flanchat.sessions.session import Session
from flanchat.sessions.session_record import SessionRecord

FEWEST = 10
"""Answers that are compared, for an interval of the share of the same ones."""

BATCH = 16
"""Turns per batch, unless the replay is exact."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """The result of a turn. new: None when there is no new answer. why: the reason for that, else "".

    failed: there is none because asking failed, not because the record holds nothing to compare with.
    """

    turn: Turn
    new: Answer | None = None
    why: str = ""
    failed: bool = False

    @property
    def cut(self) -> bool:
        """Whether the recorded answer was cut, so that the new one is compared only as far as it goes."""
        return is_cut(self.turn.old)

    @property
    def same(self) -> bool:
        """Whether the new answer equals the recorded one, as far as that goes."""
        return self.new is not None and as_far(self.turn.old, self.new) == self.turn.old.text

    @property
    def distance(self) -> float | None:
        """The share of words that changed; None when there is nothing to compare."""
        if self.new is None:
            return None
        return 0.0 if self.same else word_distance(self.turn.old.text, self.new.text)


@dataclass(frozen=True, slots=True)
class Summary:
    """A replay in figures. turns: how many there are. distance: the mean over the changed ones.

    skipped: the record holds nothing to compare with. failed: asking failed.
    """

    turns: int
    same: int = 0
    changed: int = 0
    skipped: int = 0
    failed: int = 0
    distance: float = 0.0

    def with_one(self, replayed: Replayed) -> Summary:
        """The figures with one more result: all results together are not compared again for each line of progress."""
        if replayed.new is None:
            return replace(self, failed=self.failed + replayed.failed, skipped=self.skipped + (not replayed.failed))
        if replayed.same:
            return replace(self, same=self.same + 1)
        total, changed = self.distance * self.changed + (replayed.distance or 0.0), self.changed + 1
        return replace(self, changed=changed, distance=total / changed)

    @property
    def differs(self) -> bool:
        return bool(self.changed or self.failed)

    @property
    def done(self) -> int:
        return self.same + self.changed + self.skipped + self.failed


def as_far(old: Answer, new: Answer) -> str:
    """The text of a new answer, or of its part that a cut old answer has, if that part has the same tokens."""
    tokens = [(token.id, token.text) for token in old.tokens]
    begins = [(token.id, token.text) for token in new.tokens[: len(tokens)]] == tokens
    return old.text if is_cut(old) and tokens and begins else new.text


class Replay:
    """Makes the answers of a record again.

    source: the record's file. turns: planned. done: their results so far, in the order of the turns, and summary of
    these. unmet: which parts of the recorded model, device and versions the engines so far do not have.
    """

    def __init__(
        self,
        record: SessionRecord,
        source: Path,
        change: Overrides,
        mode: Mode,
        open_engine: Callable[[ModelCard | None], Engine],
        *,
        everything: bool = False,
        exact: bool = False,
        session: Session | None = None,
    ) -> None:
        """open_engine: gives the engine for a recorded model; a second call may close the first one's engine.

        everything: every answer, not the current branch's only. exact: one row at a time, as a re-run always is.
        session: the session that records each turn's result; None for none.
        """
        self.record, self.source, self.mode = record, source, mode
        self.turns = plan_replay(record, change, mode, everything=everything)
        self.done: list[Replayed] = []
        self.summary = Summary(len(self.turns))
        self.unmet: dict[str, None] = {}
        self._change, self._open, self._session = change, open_engine, session
        self._exact = exact or mode == "free" or not (change.of_setup or change.model)
        self._engine: Engine | None = None
        self._stopping = False
        self._new: dict[str, Answer] = {}  # by the id of the recorded answer

    @property
    def is_rerun(self) -> bool:
        """Whether nothing is changed, so that the answers should be the same."""
        return self.mode == "held" and not (self._change.of_setup or self._change.model or self._change.place)

    @property
    def notes(self) -> list[str]:
        """What to say about the settings that are changed: that they turn sampling on, or have no effect."""
        noted = (turn.setup.notes("once") for turn in self.turns if turn.setup is not None)
        return list(dict.fromkeys(chain.from_iterable(noted)))

    def stop(self) -> None:
        """End after the current token. Safe in a signal handler."""
        self._stopping = True
        if self._engine is not None:
            self._engine.stop()

    def run(self) -> Iterator[str | Replayed]:
        """Make the answers; yield each turn's result, and before a model's first one each line added to `unmet`."""
        for __, group in groupby(self.turns, key=self._place):
            turns = list(group)
            if self._stopping:
                return
            self._engine = engine = self._open(turns[0].old.card)
            for line in differences(engine, turns, self._change):
                if line not in self.unmet:
                    self.unmet[line] = None
                    yield line
            size = 1 if self._exact else BATCH
            for start in range(0, len(turns), size):
                if self._stopping:
                    return
                for replayed in self._answered(engine, turns[start : start + size]):
                    self.done.append(replayed)
                    self.summary = self.summary.with_one(replayed)
                    self._write(replayed)
                    yield replayed

    def as_json(self) -> dict[str, Any]:
        """The results so far as a JSON object."""
        summary = self.summary
        return {
            "source": str(self.source),
            "session": self.record.session,
            "mode": self.mode,
            "problems": list(self.record.problems),
            "unmet": list(self.unmet),
            "turns": [_turn_json(replayed) for replayed in self.done],
            "summary": asdict(summary),
            "same_share": (share := same_share(summary)) and asdict(share),
            "interrupted": summary.done < summary.turns,
        }

    def _write(self, replayed: Replayed) -> None:
        if self._session is not None and replayed.new is not None:
            self._session.record(
                "replay",
                None,
                source=str(self.source),
                mode=self.mode,
                turn=replayed.turn.name,
                same=replayed.same,
                distance=replayed.distance,
                text=replayed.new.text,
            )

    def _place(self, turn: Turn) -> tuple[str, str, str, str] | None:
        """Model, device and precision that a turn needs; None when any engine will do."""
        card = turn.old.card
        if card is None or self._change.model:
            return None
        return card.name, card.weights_sha256, card.device, card.precision

    def _answered(self, engine: Engine, turns: Sequence[Turn]) -> Iterator[Replayed]:
        pending: list[tuple[Turn, Answer]] = []
        for turn in turns:
            if turn.old.finish in ("interrupted", "error") and not turn.old.tokens:
                yield Replayed(turn, why=_("no answer was recorded"))
                continue
            try:
                pending.append((turn, self._unanswered(engine, turn)))
            except (BudgetError, UsageError) as error:
                yield Replayed(turn, why=error.message, failed=True)
        if not pending:
            return
        answers = [answer for __, answer in pending]
        requests = [
            replace(wanted, decoding=replace(wanted.decoding, max_new_tokens=turn.room), begin=turn.begin)
            for turn, wanted in ((turn, request(answer)) for turn, answer in pending)
        ]
        shown = 0
        choices = [turn.choices for turn, __ in pending]
        for __ in answer_all(engine, answers, requests, choices=choices, stopped=lambda: self._stopping):
            while shown < len(pending) and answers[shown].ended and answers[shown].finish != "interrupted":
                yield self._replayed(*pending[shown])  # in the order of the turns
                shown += 1
        for turn, answer in pending[shown:]:
            if answer.finish != "interrupted":
                yield self._replayed(turn, answer)

    def _unanswered(self, engine: Engine, turn: Turn) -> Answer:
        old = turn.old
        if turn.as_recorded:
            prompt = old.prompt
            # where choices are calibrated, the parts of the prompt count, which not every record has
            if turn.choices and (compiled := compiled_again(engine, turn)) and compiled.text == prompt.text:
                prompt = compiled
            return Answer(old.question, "", prompt, old.settings, old.seed, profile=old.profile)
        if turn.setup is None:
            raise UsageError(_("its profile is not in the record; choose one with --profile"))
        setup = turn.setup
        if setup.settings.value("on_overflow") == "ask":  # a replay does not stop to ask
            setup = setup.with_settings("once", {"on_overflow": "drop"})
        earlier = Exchanges(turn.path, self._new if self.mode == "free" else {})
        return unanswered(engine.measure, setup, old.question, earlier, seed=old.seed)

    def _replayed(self, turn: Turn, answer: Answer) -> Replayed:
        self._new[turn.old.id] = answer
        if answer.finish == "error":
            return Replayed(turn, why=answer.message, failed=True)
        if 0 < turn.old.picked <= len(answer.candidates):  # the user chose it in place of the best one
            answer.take_candidate(turn.old.picked)
        return Replayed(turn, answer)


def _turn_json(replayed: Replayed) -> dict[str, Any]:
    return {
        "turn": replayed.turn.name,
        "question": replayed.turn.old.question,
        "same": None if replayed.new is None else replayed.same,
        "distance": replayed.distance,
        "cut": replayed.cut,
        "failed": replayed.failed,
        "why": replayed.why,
        "old": replayed_answer_json(replayed.turn.old),
        "new": None if replayed.new is None else replayed_answer_json(replayed.new),
    }


def same_share(summary: Summary) -> Interval | None:
    """The share of the same answers with Wilson's interval; None below FEWEST, which show nothing but themselves."""
    compared = summary.same + summary.changed
    return wilson(summary.same, compared) if compared >= FEWEST else None


def summary_line(summary: Summary) -> str:
    """A replay in one line: 5 turns: 3 same, 2 changed (on average 21% of the words)."""
    parts = [_("{count} same").format(count=summary.same)]
    if summary.changed:
        share = format_percent(summary.distance)
        parts.append(_("{count} changed (on average {share} of the words)").format(count=summary.changed, share=share))
    if summary.failed:
        parts.append(_("{count} not asked").format(count=summary.failed))
    if summary.skipped:
        parts.append(_("{count} without a recorded answer").format(count=summary.skipped))
    turns = ngettext("{count} turn", "{count} turns", summary.turns).format(count=summary.turns)
    if summary.done < summary.turns:
        turns = _("stopped after {done} of {turns}").format(done=summary.done, turns=turns)
    return _("{turns}: {parts}").format(turns=turns, parts=join_list(parts))
