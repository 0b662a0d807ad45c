"""Replay a recorded conversation: ask its questions again and compare the answers. Knows neither disk nor terminal."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any, Literal

from flanchat.base.errors import BudgetError, UsageError
from flanchat.base.format import format_percent
from flanchat.base.i18n import _, join_list, ngettext
from flanchat.base.worddiff import word_distance
from flanchat.engine.events import Request
from flanchat.engine.protocol import Engine, ModelCard
from flanchat.prompting.profile import Profile
from flanchat.prompting.prompt import Exchange, Prompt, Setup
from flanchat.prompting.settings import Settings
from flanchat.sessions.batch import answer_all, request, unanswered
from flanchat.sessions.conversation import Answer, Conversation
from flanchat.sessions.serialization import replayed_answer_json
from flanchat.sessions.session import Session
from flanchat.sessions.session_record import SessionRecord

Mode = Literal["held", "free"]
"""Which answers a turn sees before it: the recorded ones, which isolates each turn's change, or the new ones."""

BATCH = 16
"""Turns per batch, unless the replay is exact."""


@dataclass(frozen=True, slots=True)
class Overrides:
    """What to change from the record. Without any override a replay is a re-run: it should give the same answers.

    model: another model is used. place: another device or precision is.
    """

    profile: Profile | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    model: bool = False
    place: bool = False

    @property
    def of_setup(self) -> bool:
        """Whether prompts or settings change."""
        return bool(self.profile is not None or self.settings or self.variables)


@dataclass(frozen=True, slots=True)
class Turn:
    """A recorded answer to make again.

    name: its number, `3`, or `3.2` for the second answer to that question. path: the recorded answers before it.
    setup: how it is asked now; None when the record lacks its profile. as_recorded: it is sent the recorded prompt.
    room: the most tokens that the new answer may have. begin: the token ids that the user chose.
    """

    name: str
    old: Answer
    path: tuple[Answer, ...]
    setup: Setup | None
    as_recorded: bool
    room: int
    begin: tuple[int, ...] = ()

    @property
    def choices(self) -> tuple[str, ...]:
        """What the answer is chosen from; () when it is generated."""
        if self.as_recorded or self.setup is None:
            return tuple(choice.text for choice in self.old.choices)
        return () if self.begin else self.setup.choices


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
    def compared(self) -> bool:
        return self.new is not None

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
    same: int
    changed: int
    skipped: int
    failed: int
    distance: float

    @property
    def differs(self) -> bool:
        return bool(self.changed or self.failed)

    @property
    def done(self) -> int:
        return self.same + self.changed + self.skipped + self.failed


def is_cut(answer: Answer) -> bool:
    """Whether an answer ended before the model ended it."""
    return answer.finish in ("length", "interrupted", "error")


def as_far(old: Answer, new: Answer) -> str:
    """The text of a new answer, or of its part that a cut old answer has, if that part has the same tokens."""
    tokens = [(token.id, token.text) for token in old.tokens]
    begins = [(token.id, token.text) for token in new.tokens[: len(tokens)]] == tokens
    return old.text if is_cut(old) and tokens and begins else new.text


def plan_replay(record: SessionRecord, change: Overrides, mode: Mode, *, everything: bool = False) -> list[Turn]:
    """The turns of the current branch, or with `everything` every answer in the record, oldest first.

    Raises UsageError when there is none, or when the settings clash.
    """
    conversation = record.conversation
    answers = list(conversation.answers.values()) if everything else conversation.turns
    if not answers:
        why = _("none of its questions has an answer") if record.unanswered else _("it holds no answer")
        raise UsageError(_("nothing to replay: {why}").format(why=why))
    return [_turn(answer, record, change, mode, everything) for answer in answers]


def _turn(old: Answer, record: SessionRecord, change: Overrides, mode: Mode, everything: bool) -> Turn:
    conversation = record.conversation
    path = tuple(conversation.path_to(old.previous_id))
    setup = _changed(record.setups.get(old.id), change)
    if setup is not None and old.choices and not (change.profile is not None and change.profile.choices):
        choices = tuple(choice.text for choice in old.choices)  # maybe given with the question, not the profile's
        setup = dataclasses.replace(setup, profile=dataclasses.replace(setup.profile, choices=choices))
    settings = setup.settings if setup is not None else old.settings
    as_recorded = mode == "held" and not change.of_setup and bool(old.prompt.text)
    return Turn(
        name=_name(old, len(path) + 1, conversation) if everything else str(len(path) + 1),
        old=old,
        path=path,
        setup=setup,
        as_recorded=as_recorded,
        room=_room(old, settings, change, record),
        begin=tuple(t.id for t in old.tokens[: record.forced.get(old.id, 0)]) if not change.model else (),
    )


def _name(answer: Answer, number: int, conversation: Conversation) -> str:
    """A turn's number, with the answer's own number if its question has several."""
    siblings = conversation.siblings(answer)
    return str(number) if len(siblings) < 2 else f"{number}.{siblings.index(answer) + 1}"


def _changed(recorded: Setup | None, change: Overrides) -> Setup | None:
    """The recorded setup with the overrides. With another profile, settings that differed from the old one's stay."""
    setup = recorded
    if change.profile is not None:
        settings = Settings()
        if recorded is not None:
            settings = settings.with_layer(f"profile {recorded.profile.name}", recorded.profile.settings)
            settings = settings.restored(recorded.settings)
        variables = recorded.variables if recorded is not None else {}
        setup = Setup(change.profile, settings, variables).with_profile(change.profile)
    if setup is None:
        return None
    setup = setup.with_settings("once", change.settings)
    given = {name: value for name, value in change.variables.items() if name in setup.profile.vars}
    return dataclasses.replace(setup, variables={**setup.variables, **given})


def _room(old: Answer, settings: Settings, change: Overrides, record: SessionRecord) -> int:
    """How many tokens the new answer may have: as many as the recorded one if that was cut, else its max_new_tokens.

    An answer that continues a cut one may have the tokens of both, and one with a forced token at least its own length.
    """
    limit: int = settings.value("max_new_tokens")
    if "decode.max_new_tokens" in change.settings:
        return limit
    if is_cut(old) and settings.value("num_beams") == 1:
        return max(1, len(old.tokens))
    if old.continues:
        begun = record.conversation.answers.get(old.continues)
        return limit + len(begun.tokens) if begun is not None else max(limit, len(old.tokens) + 1)
    return max(limit, len(old.tokens) + 1) if old.id in record.forced else limit


class Replay:
    """Makes the answers of a record again.

    source: the record's file. turns: planned. done: their results so far, in the order of the turns. unmet: which
    parts of the recorded model, device and versions the engines so far do not have.
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
        self.unmet: list[str] = []
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
    def summary(self) -> Summary:
        changed = [one for one in self.done if one.compared and not one.same]
        return Summary(
            turns=len(self.turns),
            same=sum(one.same for one in self.done),
            changed=len(changed),
            skipped=sum(not one.compared and not one.failed for one in self.done),
            failed=sum(one.failed for one in self.done),
            distance=sum(one.distance or 0.0 for one in changed) / len(changed) if changed else 0.0,
        )

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
            for line in unmet(engine, turns, self._change):
                if line not in self.unmet:
                    self.unmet.append(line)
                    yield line
            size = 1 if self._exact else BATCH
            for start in range(0, len(turns), size):
                if self._stopping:
                    return
                for replayed in self._answered(engine, turns[start : start + size]):
                    self.done.append(replayed)
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
            "unmet": self.unmet,
            "turns": [_turn_json(replayed) for replayed in self.done],
            "summary": dataclasses.asdict(summary),
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
        requests = [_request(turn, answer) for turn, answer in pending]
        ended: set[int] = set()
        next_up = 0
        for at in answer_all(engine, answers, requests, choices=[turn.choices for turn, __ in pending]):
            if answers[at].ended:
                ended.add(at)
            while next_up in ended and answers[next_up].finish != "interrupted":  # in the order of the turns
                yield self._replayed(*pending[next_up])
                next_up += 1
        for turn, answer in pending[next_up:]:
            if answer.finish != "interrupted":
                yield self._replayed(turn, answer)

    def _unanswered(self, engine: Engine, turn: Turn) -> Answer:
        old = turn.old
        if turn.as_recorded:
            return Answer(old.question, "", old.prompt, old.settings, old.seed, profile=old.profile)
        if turn.setup is None:
            raise UsageError(_("its profile is not in the record; choose one with --profile"))
        setup = turn.setup
        if setup.settings.value("on_overflow") == "ask":  # a replay does not stop to ask
            setup = setup.with_settings("once", {"on_overflow": "drop"})
        earlier = _exchanges(turn.path, self._new if self.mode == "free" else {})
        return unanswered(engine, setup, old.question, earlier, seed=old.seed)

    def _replayed(self, turn: Turn, answer: Answer) -> Replayed:
        self._new[turn.old.id] = answer
        if answer.finish == "error":
            return Replayed(turn, why=answer.message, failed=True)
        return Replayed(turn, answer)


def _turn_json(replayed: Replayed) -> dict[str, Any]:
    return {
        "turn": replayed.turn.name,
        "question": replayed.turn.old.question,
        "same": replayed.same if replayed.compared else None,
        "distance": replayed.distance,
        "cut": replayed.cut,
        "failed": replayed.failed,
        "why": replayed.why,
        "old": replayed_answer_json(replayed.turn.old),
        "new": None if replayed.new is None else replayed_answer_json(replayed.new),
    }


def _exchanges(path: Sequence[Answer], new: Mapping[str, Answer]) -> list[Exchange]:
    """Recorded turns for a prompt, each with its new answer where there is one."""
    return [
        Exchange(old.question, new.get(old.id, old).text, partial=old.finish in ("interrupted", "error"))
        for old in path
    ]


def _request(turn: Turn, answer: Answer) -> Request:
    wanted = request(answer)
    return dataclasses.replace(
        wanted, decoding=dataclasses.replace(wanted.decoding, max_new_tokens=turn.room), begin=turn.begin
    )


def unmet(engine: Engine, turns: Sequence[Turn], change: Overrides) -> Iterator[str]:
    """Lines on how the engine differs from the recorded model, device and versions, apart from the overrides."""
    here = engine.card()
    vocabularies = {turn.old.card.tokenizer_sha256 for turn in turns if turn.old.card is not None}
    for turn in turns:
        if turn.old.card is not None:
            yield from _different_model(turn.old.card, here, change)
        if turn.as_recorded and vocabularies <= {here.tokenizer_sha256}:
            yield from _different_prompt(engine, turn)
        if turn.as_recorded and turn.old.batch > 1 and not turn.choices:
            yield _("turn {turn}: was made in a batch of {count}, which may decide between near-equal tokens").format(
                turn=turn.name, count=turn.old.batch
            )


def _different_model(then: ModelCard, here: ModelCard, change: Overrides) -> Iterator[str]:
    if not change.model:
        if then.weights_sha256 != here.weights_sha256:
            yield _("different weights: {here} ({sha}), recorded {then} ({then_sha})").format(
                here=here.name, sha=here.weights_sha256[:8], then=then.name, then_sha=then.weights_sha256[:8]
            )
        if then.tokenizer_sha256 != here.tokenizer_sha256:
            yield _("different tokenizer: {sha}, recorded {then_sha}").format(
                sha=here.tokenizer_sha256[:8], then_sha=then.tokenizer_sha256[:8]
            )
    if not change.place and (then.device, then.precision) != (here.device, here.precision):
        yield _("answered on {device} in {precision}, recorded on {then_device} in {then_precision}").format(
            device=here.device, precision=here.precision, then_device=then.device, then_precision=then.precision
        )
    if (torch := then.versions.get("torch")) != (now := here.versions.get("torch")):
        yield _("torch {here}, recorded {then}").format(here=now or "?", then=torch or "?")


def _different_prompt(engine: Engine, turn: Turn) -> Iterator[str]:
    """Whether the recorded prompt has other tokens now, or another prompt would be compiled."""
    recorded = turn.old.prompt
    if recorded.ids_sha256 not in ("", engine.measure([recorded.text]).ids_sha256):
        yield _("turn {turn}: its prompt has other tokens now than recorded").format(turn=turn.name)
    elif (compiled := _compiled(engine, turn)) is not None and compiled.ids_sha256 != recorded.ids_sha256:
        yield _("turn {turn}: its prompt would be compiled differently now; the recorded one is sent").format(
            turn=turn.name
        )


def _compiled(engine: Engine, turn: Turn) -> Prompt | None:
    if turn.setup is None:
        return None
    try:
        earlier = _exchanges(turn.path, {})
        return turn.setup.compile(turn.old.question, earlier, engine.measure, seed=turn.old.seed)
    except (BudgetError, UsageError):
        return None


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
