"""One conversation: ask, record, branch. Knows no terminal and no torch."""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Literal

from flanchat.base.clock import Now, format_utc, utc_now
from flanchat.base.errors import FlanchatError, UsageError
from flanchat.base.i18n import _, in_english
from flanchat.engine.events import Delta, Event, Finished, Request
from flanchat.engine.protocol import Engine
from flanchat.prompting.profile import Profile, fits
from flanchat.prompting.prompt import Exchange, Prompt
from flanchat.prompting.settings import Settings
from flanchat.prompting.setup import Setup
from flanchat.sessions.answer import Answer
from flanchat.sessions.batch import answer_events, request
from flanchat.sessions.choices import ScoredChoice
from flanchat.sessions.collect import collect, unseen
from flanchat.sessions.contextual_calibration import Templates
from flanchat.sessions.conversation import Branch, Conversation, Exchanges, Path
from flanchat.sessions.event_writer import EventWriter
from flanchat.sessions.fill import Filled, blanks_request, fills_of, training_note
from flanchat.sessions.one_of_several import Progress
from flanchat.sessions.scoring import score
from flanchat.sessions.serialization import answer_record, choose_record, prompt_record
from flanchat.sessions.session_record import SessionRecord
from flanchat.sessions.transcript import NoTranscript, Transcript

Source = Literal["typed", "stdin", "file", "script", "http"]


@dataclass(frozen=True, slots=True)
class Compiled:
    """The prompt is compiled: the first event of every answer."""

    prompt: Prompt


AnswerEvents = Generator[Compiled | Progress | Event, None, None]


class Session:
    """A conversation with one profile and its settings. Each question is on disk before the model starts, each answer
    when it ends.

    conversation: the tree of answers. Moving in it is recorded too; nothing is ever removed from the transcript.
    """

    def __init__(
        self,
        engine: Engine,
        profile: Profile,
        settings: Settings,
        transcript: Transcript | NoTranscript,
        *,
        new_seed: Callable[[], int] = lambda: secrets.randbelow(2**32),
        now: Now = utc_now,
    ) -> None:
        self.engine, self.profile, self.settings = engine, profile, settings
        self.variables: dict[str, str] = {}
        self.conversation = Conversation()
        self.name = ""
        self.now, self.new_seed = now, new_seed
        self._templates = Templates()
        self._events = EventWriter(transcript, now)

    @property
    def turns(self) -> Path:
        """The answers on the current branch, oldest first."""
        return self.conversation.turns

    @property
    def setup(self) -> Setup:
        """Profile, settings and variables for the next question."""
        return Setup(self.profile, self.settings, self.variables)

    @setup.setter
    def setup(self, setup: Setup) -> None:
        self.profile, self.settings, self.variables = setup.profile, setup.settings, dict(setup.variables)

    @property
    def transcript(self) -> Transcript | NoTranscript:
        return self._events.transcript

    @property
    def logging(self) -> bool:
        """Whether what is asked now is recorded."""
        return self._events.is_on

    @property
    def is_recorded(self) -> bool:
        """Whether the whole conversation is on disk."""
        return self._events.has_all

    def require_model(self, profile: Profile) -> Profile:
        """Return the profile. Raises UsageError when it names another model or base than the engine's."""
        source = self.engine.source
        if fits(profile, source.names, source.base):
            return profile
        if profile.base is None:
            raise UsageError(
                _("profile {name} needs the model {model}: load it with /model {model} or -m {model}").format(
                    name=profile.name, model=profile.model
                )
            )
        raise UsageError(
            _("profile {name} needs the model {model} with the base {base}: start flanchat with -p {name}").format(
                name=profile.name, model=profile.model, base=profile.base
            )
        )

    def use(self, profile: Profile) -> None:
        """Switch to another profile. The session's own settings stay; variables that the profile lacks are dropped."""
        self.setup = self.setup.with_profile(profile)

    def compile(
        self, question: str, *, turns: Sequence[Answer] | None = None, changes: Mapping[str, Any] | None = None
    ) -> Prompt:
        """Compile the prompt that asking `question` now would send. Waits for the model's vocabulary.

        turns: the conversation before it, if not the current one. changes: settings for this prompt only.
        """
        setup = self._setup(self._with(changes))
        return self._compile(question, setup, self.turns if turns is None else turns, seed=0)

    def earlier(self, turns: Sequence[Answer]) -> Sequence[Exchange]:
        """Turns as they may be part of a prompt: see `recordable`."""
        return Exchanges(self.recordable(turns))

    def recordable(self, turns: Sequence[Answer]) -> Sequence[Answer]:
        """Turns as they may be part of something that is recorded: without the private ones while recording is on."""
        return self._events.public(turns)

    def ask(
        self,
        question: str,
        *,
        source: Source = "typed",
        changes: Mapping[str, Any] | None = None,
        choices: Sequence[str] = (),
        turn: int | None = None,
    ) -> AnswerEvents:
        """Ask, and yield the prompt and then the engine's events until the answer has ended.

        changes: settings for this answer only. choices: the answer is one of them, instead of the profile's.
        turn: replace this turn, from 1, with the question. However the answer ends (complete, interrupted, failed, or
        abandoned by the caller), it is kept in the conversation and on disk. Raises what the engine raises.

        Where the user must agree before parts of the prompt are dropped, or a turn is replaced, the prompt is compiled
        first: a prompt that cannot be sent then moves and records nothing.
        """
        settings = self._with(changes)
        seed, prompt = self._seed(settings), None
        if turn is not None or settings.value("on_overflow") == "ask":
            turns = self.turns if turn is None else self.turns[: turn - 1]
            prompt = self._compile(question, self._setup(settings, choices), turns, seed)
        if turn is not None:
            self.edit(turn)
        question_id = self.record_question(question, source, settings, choices)
        yield from self._answer(question, question_id, settings, self.conversation.head, seed, prompt=prompt)

    def regenerate(self, changes: Mapping[str, Any] | None = None) -> AnswerEvents:
        """Answer the last question again, as a sibling of its last answer."""
        settings = self._with(changes)
        self._record_settings(settings)
        last = self.turns[-1]
        yield from self._answer(last.question, last.question_id, settings, last.previous_id, self._seed(settings))

    def setup_again(self, changes: Mapping[str, Any] | None = None) -> Setup:
        """Profile, settings and variables with which `regenerate` asks the last question."""
        return self._setup_of(self.last().question_id, self._with(changes))

    def repeats(self, changes: Mapping[str, Any] | None = None) -> bool:
        """Whether `regenerate` would give the last answer again: the same request to the same model, without chance."""
        last, setup = self.last(), self.setup_again(changes)
        if (
            last.sampled
            or last.picked
            or last.finish in ("interrupted", "error")
            or setup.settings.as_dict() != last.settings.as_dict()
            or self.profile.shots_order == "shuffle"  # by a new seed
            or setup.choices != tuple(choice.text for choice in last.choices)
            or self.engine.status != "ready"
            or self.engine.card() != last.card
        ):
            return False
        try:
            prompt = self._compile(last.question, setup, self.conversation.path_to(last.previous_id), seed=last.seed)
        except FlanchatError:  # said when it is asked
            return False
        return prompt.text == last.prompt.text

    def continue_answer(self) -> AnswerEvents:
        """Continue the last answer where it was cut, with its own prompt, settings and seed.

        Yields only what is new; keeps the whole as a new answer, or nothing when no token was added. Raises UsageError
        when the last answer was not cut.
        """
        last = self.last()
        if last.finish not in ("length", "interrupted"):
            raise UsageError(_("the last answer is complete; only a cut or interrupted answer can be continued"))
        if last.settings.value("num_beams") > 1:
            raise UsageError(_("a beam-search answer cannot be continued; /set num_beams 1 and /regen"))
        if last.candidates:
            raise UsageError(_("an answer of a vote cannot be continued; /set vote 1 and /regen"))
        if last.finish == "interrupted" and not last.tokens and self._setup_of(last.question_id, last.settings).choices:
            raise UsageError(_("the choices were not all scored; /regen scores them again"))
        begin = tuple(token.id for token in last.tokens)
        whole, wanted = self._begin_sibling(last, begin, last.settings.value("max_new_tokens") + len(begin))
        whole.continues = last.id
        yield from self._run(whole, wanted, begun=last)

    def branch_at_token(self, token: int, alternative: int) -> AnswerEvents:
        """Answer the last question again with another token in place of token number `token`, and new ones after it.

        alternative: its number in the token's `top`, from 1. The tokens before it, prompt, settings and seed are the
        last answer's. Raises UsageError when there is no such token or alternative.
        """
        last = self.last()
        forced = last.alternative(token, alternative)
        begin = (*(before.id for before in last.tokens[: token - 1]), forced.id)
        room = max(last.settings.value("max_new_tokens"), len(last.tokens))
        answer, wanted = self._begin_sibling(last, begin, room)
        source = {"answer": self._events.written(last.id), "token": token, "alt": alternative}
        yield from self._run(answer, wanted, origin={"from": source})

    def pick_candidate(self, number: int) -> Answer:
        """Make another candidate of the last answer the session's answer, beside that one. number: from 1.

        Raises UsageError when there is none of that number.
        """
        last = self.last()
        if not 0 < number <= len(last.candidates):
            raise UsageError(
                _("/pick {number}: expected a number from 1 to {count}").format(
                    number=number, count=len(last.candidates)
                )
            )
        picked = dataclasses.replace(last)
        picked.take_candidate(number)
        self._events.write_setup(self.profile, self.settings)
        self._events.write_prompt(last.question_id, last.prompt)
        self._add(picked, picked={"candidate": number, "answer": self._events.written(last.id)})
        return picked

    def fill(self, text: str) -> Generator[Compiled | Progress | Filled, None, None]:
        """Fill the blanks of a text; yield the prompt, how far it is, and last the result. The conversation stays.

        The model reads the text alone, without the profile. However it ends, what there is is recorded. Raises what the
        engine raises, UsageError for a text or a model without blanks, BudgetError for a text that is too long.
        """
        blanks, answer, wanted = blanks_request(self.engine, text, self.settings)
        try:
            yield Compiled(answer.prompt)
            events = answer_events(self.engine, answer, wanted)
            with closing(collect(events, [answer], self.engine.card)) as collected:
                yield from (event for event in collected if isinstance(event, Progress))
        finally:
            answer.at = format_utc(self.now())
            fills = tuple(fills_of(blanks, answer.candidates))
            filled = Filled(text, blanks, answer, fills, training_note(self.engine.source))
            self.record(
                "fill",
                self.conversation.head,
                text=text,
                fills=[fill.to_dict() for fill in filled.fills],
                prompt=prompt_record(answer.prompt),
                answer=answer_record(answer),
            )
        yield filled

    def choose(self, choices: Sequence[str]) -> tuple[ScoredChoice, ...]:
        """Score these answers to the last question, with its last answer's prompt and settings, and record the scores.

        The conversation does not change. Returns () when the engine was stopped.
        """
        last = self.last()
        scored = last.sibling()
        for __ in score(self.engine, scored, choices, self._templates):
            pass
        if scored.choices:
            by = scored.settings.value("choose")
            self.record("choose", last.question_id, **choose_record(scored.choices, by=by))
        return scored.choices

    def record(self, type: str, parent: str | None, **fields: object) -> str:
        """See `EventWriter.write`."""
        return self._events.write(type, parent, **fields)

    def record_question(
        self, question: str, source: Source = "typed", settings: Settings | None = None, choices: Sequence[str] = ()
    ) -> str:
        """Record a question; return its event's id, for the `question_id` of its answers.

        settings: those of the answer, if not the session's. choices: what all its answers are chosen from.
        """
        self._record_settings(settings or self.settings)
        turn, given = len(self.turns) + 1, {"choices": list(choices)} if choices else {}
        head = self.conversation.head
        id = self.record("user", head, text=question, turn=turn, source=source, **given, vars=self.variables)
        if choices:
            self.conversation.choices[id] = tuple(choices)
        return id

    def adopt(self, answer: Answer, profile: Profile | None = None, **origin: object) -> None:
        """Add an answer that was made outside the conversation, where its `question_id` and `previous_id` say.

        profile: that it was made with; the session's stays. origin: where the answer comes from, for its record.
        """
        self._events.write_setup(profile or self.profile, answer.settings)
        self._events.write_prompt(answer.question_id, answer.prompt)
        self._add(answer, **origin)
        self._events.write_setup(self.profile, self.settings)

    def last(self) -> Answer:
        """The last answer. Raises UsageError when there is none."""
        head = self.conversation.answers.get(self.conversation.head or "")
        if head is None:
            raise UsageError(_("nothing was asked yet"))
        return head

    def undo(self, count: int = 1) -> None:
        """Go back some turns. They stay on disk, and `redo` returns to them."""
        self.conversation.undo(count)
        self._record_head("undo")

    def redo(self, count: int = 1) -> None:
        """Reverse the last steps of `undo`."""
        self.conversation.redo(count)
        self._record_head("redo")

    def clear(self) -> None:
        """Start over with an empty conversation. The old one stays on disk, and `undo` returns to it."""
        self.conversation.clear()
        self._record_head("clear")

    def edit(self, turn: int) -> None:
        """Go back to before turn number `turn`, from 1."""
        self.conversation.go(self.turns[turn - 1].previous_id)
        self._record_head("edit")

    def fork(self, name: str = "") -> str:
        """Create a branch at the current turn and switch to it; return its name."""
        name = self.conversation.fork(name)
        self._record_head("fork")
        return name

    def switch(self, which: str) -> Branch:
        """Switch to another branch, by name or number."""
        branch = self.conversation.switch(which)
        self._record_head("branch")
        return branch

    def call(self, name: str) -> None:
        """Name the session."""
        self.name = name
        self.record("session.name", None, name=name)

    def log(self, on: bool) -> None:
        """Switch recording on or off. While it is off, the transcript only has a note that something is missing.

        Private turns stay private: with recording on again, they are not part of prompts, and answering such a question
        again is not recorded.
        """
        if on != self.logging:
            self._events.switch(on, self.conversation.head)
            if on:
                self._record_head("log")

    def move_to(self, transcript: Transcript | NoTranscript, record: SessionRecord | None = None) -> None:
        """End this session and switch to another one: that of `record`, or a new one."""
        self.transcript.close("left for another session")
        self._events = EventWriter(transcript, self.now)
        self.conversation = record.conversation if record is not None else Conversation()
        self.name = record.name if record is not None else ""

    def close(self, why: str) -> None:
        self.transcript.close(why)

    def _compile(self, question: str, setup: Setup, turns: Sequence[Answer], seed: int) -> Prompt:
        return setup.compile(question, self.earlier(turns), self.engine.measure, seed=seed)

    def _setup(self, settings: Settings, choices: Sequence[str] = ()) -> Setup:
        return Setup(self.profile, settings, self.variables).with_choices(choices)

    def _setup_of(self, question_id: str, settings: Settings) -> Setup:
        """How a recorded question is asked: with the choices that were given with it."""
        return self._setup(settings, self.conversation.choices.get(question_id, ()))

    def _with(self, changes: Mapping[str, Any] | None) -> Settings:
        """The session's settings with changes for one answer."""
        return self.settings.update("once", changes) if changes else self.settings

    def _seed(self, settings: Settings) -> int:
        given: int | None = settings.value("seed")
        return self.new_seed() if given is None else given

    def _answer(
        self,
        question: str,
        question_id: str,
        settings: Settings,
        previous_id: str | None,
        seed: int,
        *,
        prompt: Prompt | None = None,
    ) -> AnswerEvents:
        """Answer a question that follows the answer `previous_id`. prompt: if it is compiled already."""
        setup = self._setup_of(question_id, settings)
        try:
            if prompt is None:
                prompt = self._compile(question, setup, self.conversation.path_to(previous_id), seed)
        except FlanchatError as error:
            self._events.write_error(question_id, "prompt", error)
            raise
        self._events.write_prompt(question_id, prompt)
        profile = self.profile.name
        answer = Answer(question, question_id, prompt, settings, seed, profile=profile, previous_id=previous_id)
        yield from self._run(answer, request(answer), choices=setup.choices)

    def _run(
        self,
        answer: Answer,
        wanted: Request,
        *,
        begun: Answer | None = None,
        choices: Sequence[str] = (),
        origin: Mapping[str, Any] | None = None,
    ) -> AnswerEvents:
        """Send a request to the engine, and keep the answer however it ends.

        begun: the answer to continue; its tokens come again, and their text is not yielded. choices: the answer is one
        of them. origin: for the answer's record.
        """
        finished = False
        try:
            yield Compiled(answer.prompt)
            events = answer_events(self.engine, answer, wanted, choices, self._templates)
            with closing(collect(events, [answer], self.engine.card)) as collected:
                for event in collected:
                    finished = finished or isinstance(event, Finished)
                    if begun is None or not isinstance(event, Delta):
                        yield event
                    elif (new := unseen(event, answer, begun)) is not None:
                        yield new
        except FlanchatError as error:
            answer.message = in_english(error.message)
            self._events.write_error(answer.question_id, "engine", error)
            raise
        except Exception:  # a bug, not an interruption
            raise
        except BaseException:  # Ctrl-C, a signal, or the caller closed this generator
            if not finished:
                answer.finish = "interrupted"
            raise
        finally:
            if begun is None or len(answer.tokens) > len(begun.tokens) or answer.finish not in ("interrupted", "error"):
                if not answer.ended:  # interrupted before the engine began
                    answer.end()
                self._add(answer, **(origin or {}))

    def _begin_sibling(self, last: Answer, begin: tuple[int, ...], max_new_tokens: int) -> tuple[Answer, Request]:
        """A sibling of the last answer, and the request for it, which begins with these tokens. Records its prompt.

        Raises UsageError when the last answer's token ids mean nothing to the current model.
        """
        card = self.engine.card()
        if last.card is not None and last.card.tokenizer_sha256 != card.tokenizer_sha256:
            raise UsageError(
                _(
                    "the last answer is by {then}, whose tokenizer {now} does not share; /regen answers with {now}"
                ).format(then=last.card.name, now=card.name)
            )
        self._events.write_setup(self.profile, self.settings)
        self._events.write_prompt(last.question_id, last.prompt)
        decoding = dataclasses.replace(last.settings.decoding(last.seed), max_new_tokens=max_new_tokens)
        made = last.sibling()
        made.made_from = last.id
        return made, Request(last.prompt.text, decoding, begin=begin)

    def _add(self, answer: Answer, **origin: object) -> None:
        answer.at = format_utc(self.now())
        self._events.write_answer(answer, **origin)
        self.conversation.add(answer)

    def _record_head(self, why: str) -> None:
        at = self.conversation
        self.record("head", None, to=self._events.written(at.head), why=why, branch=at.branch)

    def _record_settings(self, settings: Settings) -> None:
        """Write the next answer's settings: the session's own first, so that those for one answer stand apart."""
        self._events.write_setup(self.profile, self.settings)
        self._events.write_setup(self.profile, settings)
