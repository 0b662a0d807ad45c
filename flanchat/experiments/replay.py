"""A recorded conversation asked again, and what became of each answer. Knows neither disk nor terminal."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Literal

from flanchat.base.errors import BudgetError, UsageError
from flanchat.base.i18n import _, join_list, ngettext
from flanchat.base.worddiff import word_distance
from flanchat.engine.events import Request
from flanchat.engine.protocol import Engine, ModelCard
from flanchat.prompting.profile import Profile
from flanchat.prompting.prompt import Exchange, Prompt, Setup
from flanchat.prompting.settings import Settings
from flanchat.sessions.batch import answer_all, request, unanswered
from flanchat.sessions.conversation import Answer, Conversation
from flanchat.sessions.session_record import SessionRecord

Mode = Literal["held", "free"]
"""Which answers a turn sees before it: the recorded ones, which isolates the effect on each turn, or the new ones."""

BATCH = 16
"""So many turns are answered side by side, where nobody asked for exactness."""


@dataclass(frozen=True, slots=True)
class Overrides:
    """What is to be otherwise than recorded. Nothing of it makes a re-run with the recorded stamp.

    model: another one was asked for. place: another device or precision was.
    """

    profile: Profile | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    model: bool = False
    place: bool = False

    @property
    def of_setup(self) -> bool:
        """Whether prompts or settings are other ones."""
        return bool(self.profile is not None or self.settings or self.variables)


@dataclass(frozen=True, slots=True)
class Turn:
    """A recorded answer that is to be made again.

    name: its number, `3`, or `3.2` for the second answer to that question. way: the recorded answers before it.
    setup: how it is asked for now; None when the record does not say. as_recorded: it is sent the recorded prompt.
    room: the most tokens it may get. begin: the ids that its user chose.
    """

    name: str
    old: Answer
    way: tuple[Answer, ...]
    setup: Setup | None
    as_recorded: bool
    room: int
    begin: tuple[int, ...] = ()

    @property
    def choices(self) -> tuple[str, ...]:
        """What its answer is chosen from; () when it is written."""
        if self.as_recorded or self.setup is None:
            return tuple(choice.text for choice in self.old.choices)
        return () if self.begin else self.setup.choices


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of a turn. new: None when it was not asked again. why: it was not, or not compared; else ""."""

    turn: Turn
    new: Answer | None = None
    why: str = ""
    failed: bool = False

    @property
    def cut(self) -> bool:
        """Whether the recorded answer is only the beginning of one, so that no more than that is compared."""
        return is_cut(self.turn.old)

    @property
    def same(self) -> bool:
        """Whether the answer is the recorded one, as far as that goes."""
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
    """A replay in figures. turns: all there are. distance: the mean of those that changed.

    skipped: the record holds nothing to compare with. failed: could not be asked.
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
    """The text of a new answer as far as the old one goes, if that was cut and the new one has the same tokens."""
    tokens = [(token.id, token.text) for token in old.tokens]
    begins = [(token.id, token.text) for token in new.tokens[: len(tokens)]] == tokens
    return old.text if is_cut(old) and tokens and begins else new.text


def plan_replay(story: SessionRecord, change: Overrides, mode: Mode, *, everything: bool = False) -> list[Turn]:
    """The turns of the present branch, or with `everything` every answer in the file, the oldest first.

    Raises UsageError when there is none, or when the settings clash.
    """
    conversation = story.conversation
    answers = list(conversation.answers.values()) if everything else conversation.turns
    if not answers:
        why = _("it holds questions without an answer only") if story.unanswered else _("it holds no answer")
        raise UsageError(_("nothing to replay: {why}").format(why=why))
    return [_turn(answer, story, change, mode, everything) for answer in answers]


def _turn(old: Answer, story: SessionRecord, change: Overrides, mode: Mode, everything: bool) -> Turn:
    conversation = story.conversation
    way = tuple(conversation.path_to(old.before))
    setup = _changed(story.setups.get(old.id), change)
    if setup is not None and old.choices and not (change.profile is not None and change.profile.choices):
        own = tuple(choice.text for choice in old.choices)  # perhaps given with the question
        setup = dataclasses.replace(setup, profile=dataclasses.replace(setup.profile, choices=own))
    settings = setup.settings if setup is not None else old.settings
    as_recorded = mode == "held" and not change.of_setup and bool(old.prompt.text)
    return Turn(
        name=_name(old, len(way) + 1, conversation) if everything else str(len(way) + 1),
        old=old,
        way=way,
        setup=setup,
        as_recorded=as_recorded,
        room=_room(old, settings, change, story),
        begin=tuple(t.id for t in old.tokens[: story.forced.get(old.id, 0)]) if not change.model else (),
    )


def _name(answer: Answer, number: int, conversation: Conversation) -> str:
    """A turn's number, and behind it which of several answers to its question it is."""
    siblings = conversation.siblings(answer)
    return str(number) if len(siblings) < 2 else f"{number}.{siblings.index(answer) + 1}"


def _changed(recorded: Setup | None, change: Overrides) -> Setup | None:
    """The recorded way to ask, with what is to be changed. What was set beside the profile stays in force."""
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


def _room(old: Answer, settings: Settings, change: Overrides, story: SessionRecord) -> int:
    """How many tokens the new answer may have: as many as the recorded one if that was cut, else as then.

    An answer that went on from a cut one had the room of both; one with a forced token, that of the answer it is of.
    """
    own: int = settings.value("max_new_tokens")
    if "decode.max_new_tokens" in change.settings:
        return own
    if is_cut(old) and settings.value("num_beams") == 1:
        return max(1, len(old.tokens))
    if old.continues:
        begun = story.conversation.answers.get(old.continues)
        return own + len(begun.tokens) if begun is not None else max(own, len(old.tokens) + 1)
    return max(own, len(old.tokens) + 1) if old.id in story.forced else own


class Replay:
    """Has turns answered again. done: what became of them so far, in the order it was known.

    open_engine: gives the engine for a recorded stamp; a second call may close what the first one gave.
    exact: one row at a time, as a re-run needs it.
    """

    def __init__(
        self,
        turns: Sequence[Turn],
        change: Overrides,
        mode: Mode,
        open_engine: Callable[[ModelCard | None], Engine],
        *,
        exact: bool = False,
    ) -> None:
        self.turns, self.done = turns, list[Replayed]()
        self._change, self._mode, self._open = change, mode, open_engine
        self._exact = exact or mode == "free" or not (change.of_setup or change.model)
        self._engine: Engine | None = None
        self._stopping = False
        self._news: dict[str, Answer] = {}

    @property
    def is_rerun(self) -> bool:
        """Whether the recorded stamp is asked for again, and nothing else."""
        return self._mode == "held" and not (self._change.of_setup or self._change.model or self._change.place)

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
        """End after the current token. Safe in a signal handler; what is done stays in `done`."""
        self._stopping = True
        if self._engine is not None:
            self._engine.stop()

    def run(self) -> Iterator[str | Replayed]:
        """What becomes of the turns; before those of a model, a line for each part of their stamp that is not met."""
        said: set[str] = set()
        for __, group in groupby(self.turns, key=self._place):
            turns = list(group)
            if self._stopping:
                return
            self._engine = engine = self._open(turns[0].old.card)
            for line in unmet(engine, turns, self._change):
                if line not in said:
                    said.add(line)
                    yield line
            size = 1 if self._exact else BATCH
            for start in range(0, len(turns), size):
                if self._stopping:
                    return
                for replayed in self._answered(engine, turns[start : start + size]):
                    self.done.append(replayed)
                    yield replayed

    def _place(self, turn: Turn) -> tuple[str, str, str, str] | None:
        """What an engine must be to answer a turn; None when that is not for the record to say."""
        card = turn.old.card
        if card is None or self._change.model:
            return None
        return card.name, card.weights_sha256, card.device, card.precision

    def _answered(self, engine: Engine, turns: Sequence[Turn]) -> Iterator[Replayed]:
        asked: list[tuple[Turn, Answer]] = []
        for turn in turns:
            if turn.old.finish in ("interrupted", "error") and not turn.old.tokens:
                yield Replayed(turn, why=_("no answer was recorded"))
                continue
            try:
                asked.append((turn, self._unanswered(engine, turn)))
            except (BudgetError, UsageError) as error:
                yield Replayed(turn, why=error.message, failed=True)
        if not asked:
            return
        answers = [answer for __, answer in asked]
        ended: set[int] = set()
        told = 0
        for at in answer_all(
            engine,
            answers,
            [_request(turn, answer) for turn, answer in asked],
            choices=[turn.choices for turn, __ in asked],
        ):
            if answers[at].at:
                ended.add(at)
            while told in ended and answers[told].finish != "interrupted":  # in the order of the turns
                yield self._replayed(*asked[told])
                told += 1
        for turn, answer in asked[told:]:
            if answer.finish != "interrupted":
                yield self._replayed(turn, answer)

    def _unanswered(self, engine: Engine, turn: Turn) -> Answer:
        old = turn.old
        if turn.as_recorded:
            return Answer(old.question, "", old.prompt, old.settings, old.seed, profile=old.profile)
        if turn.setup is None:
            raise UsageError(_("the record does not hold its profile; name one to ask it with"))
        setup = turn.setup
        if setup.settings.value("on_overflow") == "ask":  # there is nobody to ask
            setup = setup.with_settings("once", {"on_overflow": "drop"})
        return unanswered(engine, setup, old.question, self._earlier(turn), seed=old.seed)

    def _earlier(self, turn: Turn) -> list[Exchange]:
        """The turns before this one, with the answers that the mode says."""
        return _exchanges(turn.way, self._news if self._mode == "free" else {})

    def _replayed(self, turn: Turn, answer: Answer) -> Replayed:
        self._news[turn.old.id] = answer
        if answer.finish == "error":
            return Replayed(turn, why=answer.message, failed=True)
        return Replayed(turn, answer)


def _exchanges(way: Sequence[Answer], news: Mapping[str, Answer]) -> list[Exchange]:
    return [
        Exchange(old.question, news.get(old.id, old).text, partial=old.finish in ("interrupted", "error"))
        for old in way
    ]


def _request(turn: Turn, answer: Answer) -> Request:
    wanted = request(answer)
    return dataclasses.replace(
        wanted, decoding=dataclasses.replace(wanted.decoding, max_new_tokens=turn.room), begin=turn.begin
    )


def unmet(engine: Engine, turns: Sequence[Turn], change: Overrides) -> Iterator[str]:
    """One line for each part of the recorded stamp that this engine does not meet, but for what was asked for."""
    here = engine.card()
    vocabularies = {turn.old.card.tokenizer_sha256 for turn in turns if turn.old.card is not None}
    for turn in turns:
        if turn.old.card is not None:
            yield from _other_place(turn.old.card, here, change)
        if turn.as_recorded and vocabularies <= {here.tokenizer_sha256}:
            yield from _other_prompt(engine, turn)
        if turn.as_recorded and turn.old.batch > 1 and not turn.choices:
            yield _("turn {turn}: was made in a batch of {count}, which may decide between near-equal tokens").format(
                turn=turn.name, count=turn.old.batch
            )


def _other_place(then: ModelCard, here: ModelCard, change: Overrides) -> Iterator[str]:
    if not change.model:
        if then.weights_sha256 != here.weights_sha256:
            yield _("other weights: {here} ({sha}), recorded {then} ({then_sha})").format(
                here=here.name, sha=here.weights_sha256[:8], then=then.name, then_sha=then.weights_sha256[:8]
            )
        if then.tokenizer_sha256 != here.tokenizer_sha256:
            yield _("another tokenizer: {sha}, recorded {then_sha}").format(
                sha=here.tokenizer_sha256[:8], then_sha=then.tokenizer_sha256[:8]
            )
    if not change.place and (then.device, then.precision) != (here.device, here.precision):
        yield _("answered on {device} in {precision}, recorded on {then_device} in {then_precision}").format(
            device=here.device, precision=here.precision, then_device=then.device, then_precision=then.precision
        )
    if (torch := then.versions.get("torch")) != (now := here.versions.get("torch")):
        yield _("torch {here}, recorded {then}").format(here=now or "?", then=torch or "?")


def _other_prompt(engine: Engine, turn: Turn) -> Iterator[str]:
    """Whether the recorded prompt is read, and put together, as it was then."""
    recorded = turn.old.prompt
    if recorded.ids_sha256 not in ("", engine.measure([recorded.text]).ids_sha256):
        yield _("turn {turn}: its prompt is read as other tokens than recorded").format(turn=turn.name)
    elif (compiled := _compiled(engine, turn)) is not None and compiled.ids_sha256 != recorded.ids_sha256:
        yield _("turn {turn}: would be put together otherwise today; its recorded prompt is sent").format(
            turn=turn.name
        )


def _compiled(engine: Engine, turn: Turn) -> Prompt | None:
    if turn.setup is None:
        return None
    try:
        earlier = _exchanges(turn.way, {})
        return turn.setup.compile(turn.old.question, earlier, engine.measure, seed=turn.old.seed)
    except (BudgetError, UsageError):
        return None


def summary_line(summary: Summary) -> str:
    """A replay in one line: 5 turns: 3 same, 2 changed (on average 21 % of the words)."""
    parts = [_("{count} same").format(count=summary.same)]
    if summary.changed:
        share = share_words(summary.distance)
        parts.append(_("{count} changed (on average {share} of the words)").format(count=summary.changed, share=share))
    if summary.failed:
        parts.append(_("{count} not asked").format(count=summary.failed))
    if summary.skipped:
        parts.append(_("{count} without a recorded answer").format(count=summary.skipped))
    turns = ngettext("{count} turn", "{count} turns", summary.turns).format(count=summary.turns)
    if summary.done < summary.turns:
        turns = _("stopped after {done} of {turns}").format(done=summary.done, turns=turns)
    return _("{turns}: {parts}").format(turns=turns, parts=join_list(parts))


def share_words(share: float) -> str:
    """A share for people.

    >>> share_words(0.214), share_words(0.001), share_words(0.0)
    ('21 %', '<1 %', '0 %')
    """
    return "<1 %" if 0 < share < 0.005 else f"{100 * share:.0f} %"
