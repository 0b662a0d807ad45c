"""A session: what is asked, with which profile and settings, and the record of it. Knows no terminal and no torch."""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from flanchat.base.errors import FlanchatError, UsageError
from flanchat.base.i18n import _, in_english
from flanchat.engine.events import Delta, Event, Finished, Request
from flanchat.engine.protocol import Engine
from flanchat.prompting.profile import Profile
from flanchat.prompting.prompt import Exchange, Prompt, Setup
from flanchat.prompting.settings import Settings
from flanchat.sessions.batch import score
from flanchat.sessions.choices import ScoredChoice
from flanchat.sessions.conversation import Answer, Branch, Conversation
from flanchat.sessions.serialization import answer_record, choose_record, prompt_record
from flanchat.sessions.session_record import SessionRecord
from flanchat.sessions.transcript import NoTranscript, Transcript

Source = Literal["typed", "stdin", "file", "script"]

_OF_A_QUESTION = ("prompt", "answer", "error", "whatif.start", "whatif.cell", "choose", "replay")


@dataclass(frozen=True, slots=True)
class Compiled:
    """The prompt of a question is ready; the first event of every answer."""

    prompt: Prompt


AnswerEvents = Generator[Compiled | Event, None, None]


class Session:
    """Turns of one sitting. Every question is on disk before the model starts, every answer when it ends.

    conversation: the tree of answers; moving in it is recorded too, and nothing is ever taken off the disk.
    """

    def __init__(
        self,
        engine: Engine,
        profile: Profile,
        settings: Settings,
        transcript: Transcript | NoTranscript,
        *,
        new_seed: Callable[[], int] = lambda: secrets.randbelow(2**32),
    ) -> None:
        self.engine, self.transcript = engine, transcript
        self.profile, self.settings = profile, settings
        self.variables: dict[str, str] = {}
        self.conversation = Conversation()
        self.name = ""
        self.logging = True
        self._new_seed = new_seed
        self._recorded: tuple[str, dict[str, Any]] | None = None  # profile and settings as last written
        self._unlogged: dict[str, str | None] = {}  # events that were not written, and the last one before that was

    @property
    def turns(self) -> list[Answer]:
        """The present conversation, oldest first."""
        return self.conversation.turns

    @property
    def setup(self) -> Setup:
        """How the next question would be asked."""
        return Setup(self.profile, self.settings, self.variables)

    @property
    def is_recorded(self) -> bool:
        """Whether all of the conversation is on disk."""
        return self.logging and not self._unlogged and not self.transcript.problem

    def use(self, profile: Profile) -> None:
        """Go on with another profile. Values set in this session stay in force, variables that it lacks do not."""
        setup = self.setup.with_profile(profile)
        self.profile, self.settings, self.variables = profile, setup.settings, dict(setup.variables)

    def compile(
        self,
        question: str,
        seed: int = 0,
        *,
        turns: Sequence[Answer] | None = None,
        changes: Mapping[str, Any] | None = None,
    ) -> Prompt:
        """The prompt that asking `question` now would send. Waits for the model's vocabulary.

        turns: the conversation before it, in place of the present one. changes: settings for this once.
        """
        settings = self.settings.update("once", changes) if changes else self.settings
        return self._compile(question, settings, self.turns if turns is None else turns, seed)

    def earlier(self, turns: Sequence[Answer]) -> list[Exchange]:
        """Turns as they may be sent along with a question."""
        return [
            Exchange(turn.question, turn.text, partial=turn.finish in ("interrupted", "error"))
            for turn in turns
            if not (self.logging and turn.id in self._unlogged)  # the prompt is recorded
        ]

    def ask(
        self,
        question: str,
        *,
        source: Source = "typed",
        changes: Mapping[str, Any] | None = None,
        choices: Sequence[str] = (),
    ) -> AnswerEvents:
        """Ask, and yield the prompt and then what happens until the answer is finished.

        changes: settings for this answer alone. choices: the answer is one of them, in place of the profile's. The
        turn is kept in `turns` and on disk however it ends: whole, interrupted, failed, or left by the caller. Raises
        what the engine raises.
        """
        settings = self._settled(changes)
        head = self.conversation.head
        asked = self._record("user", head, text=question, turn=len(self.turns) + 1, source=source, vars=self.variables)
        yield from self._answer(question, asked, settings, head, choices)

    def regenerate(self, changes: Mapping[str, Any] | None = None) -> AnswerEvents:
        """Answer the last question again, beside its last answer."""
        settings = self._settled(changes)
        last = self.turns[-1]
        yield from self._answer(last.question, last.asked, settings, last.before)

    def continue_answer(self) -> AnswerEvents:
        """Go on with the last answer where it was cut, with its own prompt, settings and seed.

        Yields only what is new; the answer that is kept is the whole, and none when nothing new came. Raises UsageError
        when it was not cut.
        """
        last = self.last()
        if last.finish not in ("length", "interrupted"):
            raise UsageError(_("the last answer is complete: only one that was cut or stopped can be continued"))
        if last.settings.value("num_beams") > 1:
            raise UsageError(_("an answer found with beams cannot be continued; /set num_beams 1 and /regen"))
        if last.finish == "interrupted" and not last.tokens and self._choices(last.settings):
            raise UsageError(_("the choices were not all scored; /regen scores them again"))
        self._refuse_other_tokens(last)
        self._record_setup(self.settings)
        self._record("prompt", last.asked, **prompt_record(last.prompt))
        whole = self._beside(last)
        whole.continues = last.id
        decoding = last.settings.decoding(last.seed)
        room = decoding.max_new_tokens + len(last.tokens)
        request = Request(
            last.prompt.text,
            dataclasses.replace(decoding, max_new_tokens=room),
            begin=tuple(token.id for token in last.tokens),
        )
        yield from self._run(whole, request, last.before, begun=last)

    def branch_at_token(self, token: int, alternative: int) -> AnswerEvents:
        """Answer the last question again with another token in place of token number `token`; what follows is new.

        alternative: its number in the token's `top`, from 1. The tokens before are given, and prompt, settings and seed
        are the last answer's. Raises UsageError when there is no such token or nothing else stands there.
        """
        last = self.last()
        forced = last.alternative(token, alternative)
        self._refuse_other_tokens(last)
        self._record_setup(self.settings)
        self._record("prompt", last.asked, **prompt_record(last.prompt))
        answer = self._beside(last)
        decoding = last.settings.decoding(last.seed)
        request = Request(
            last.prompt.text,
            dataclasses.replace(decoding, max_new_tokens=max(decoding.max_new_tokens, len(last.tokens))),
            begin=(*(before.id for before in last.tokens[: token - 1]), forced.id),
        )
        came_from = {"answer": self._logged(last.id), "token": token, "alt": alternative}
        yield from self._run(answer, request, last.before, origin={"from": came_from})

    def choose(self, choices: Sequence[str]) -> tuple[ScoredChoice, ...]:
        """Score these answers to the last question, as its last answer was asked, and record them.

        The conversation stays as it is. Returns () when the engine was stopped.
        """
        last = self.last()
        scored = Answer(last.question, last.asked, last.prompt, last.settings, last.seed)
        for __ in score(self.engine, scored, choices):
            pass
        if scored.choices:
            by = scored.settings.value("choose")
            self._record("choose", last.asked, **choose_record(scored.choices, by=by))
        return scored.choices

    def put(self, question: str) -> str:
        """Record a question that several answers will be made to; return its event, for their `asked`."""
        self._record_setup(self.settings)
        head = self.conversation.head
        return self._record("user", head, text=question, turn=len(self.turns) + 1, source="typed", vars=self.variables)

    def record(self, type: str, asked: str | None, **fields: object) -> str:
        """Record an event of an experiment with the question `asked`; it is private if the question is."""
        return self._record(type, asked, **fields)

    def adopt(self, answer: Answer, profile: Profile | None = None, **origin: object) -> None:
        """Make an answer that was made beside the conversation its last one. Its `asked` and `before` say where to.

        profile: it was made with that one; the session's stays. origin: where it comes from, for its record.
        """
        self._record_setup(answer.settings, profile)
        self._record("prompt", answer.asked, **prompt_record(answer.prompt))
        self._add(answer, **origin)
        self._record_setup(self.settings)

    def last(self) -> Answer:
        """The last answer. Raises UsageError when nothing was asked yet."""
        head = self.conversation.answers.get(self.conversation.head or "")
        if head is None:
            raise UsageError(_("nothing was asked yet"))
        return head

    def undo(self, count: int = 1) -> None:
        """Go back by turns; they stay on disk and `redo` comes back."""
        self.conversation.undo(count)
        self._record_head("undo")

    def redo(self, count: int = 1) -> None:
        self.conversation.redo(count)
        self._record_head("redo")

    def clear(self) -> None:
        """Forget the conversation; the record stays, and `undo` comes back."""
        self.conversation.clear()
        self._record_head("clear")

    def edit(self, turn: int) -> None:
        """Go back to before turn number `turn`, to ask something else in its place."""
        self.conversation.go(self.turns[turn - 1].before)
        self._record_head("edit")

    def fork(self, name: str = "") -> str:
        """Begin a branch here and stay on it; return its name."""
        name = self.conversation.fork(name)
        self._record_head("fork")
        return name

    def switch(self, which: str) -> Branch:
        """Go to another branch, by name or number."""
        branch = self.conversation.switch(which)
        self._record_head("branch")
        return branch

    def call(self, name: str) -> None:
        """Give the session a name, by which it can be found again."""
        self.name = name
        self._record("session.name", None, name=name)

    def log(self, on: bool) -> None:
        """Stop recording, or go on with it. What happens in between leaves only a mark that something is missing.

        It stays private later on too: while recording is on, such a question is neither sent along nor, when it is
        answered again, recorded.
        """
        if on != self.logging:
            if not on:
                self._record("note", self.conversation.head, text="recording was switched off")
            self.logging = on
            if on:
                self._recorded = None
                self._record("note", self.conversation.head, text="recording was switched on again")
                self._record_head("log")

    def move_to(self, transcript: Transcript | NoTranscript, story: SessionRecord | None = None) -> None:
        """End this session and go on in another one: a new one, or that of `story`."""
        self.transcript.close("left for another session")
        self.transcript = transcript
        self._recorded, self._unlogged, self.logging = None, {}, True
        self.conversation = story.conversation if story is not None else Conversation()
        self.name = story.name if story is not None else ""

    def close(self, why: str) -> None:
        self.transcript.close(why)

    def _compile(
        self, question: str, settings: Settings, turns: Sequence[Answer], seed: int, choices: Sequence[str] = ()
    ) -> Prompt:
        profile = dataclasses.replace(self.profile, choices=tuple(choices)) if choices else self.profile
        setup = Setup(profile, settings, self.variables)
        return setup.compile(question, self.earlier(turns), self.engine.measure, seed=seed)

    def _choices(self, settings: Settings) -> Sequence[str]:
        """What the profile has answers chosen from; () when they are written."""
        return Setup(self.profile, settings, self.variables).choices

    def _answer(
        self, question: str, asked: str, settings: Settings, before: str | None, choices: Sequence[str] = ()
    ) -> AnswerEvents:
        """Answer the question of the event `asked`, which follows the answer `before`."""
        seed: int = settings.value("seed") if settings.value("seed") is not None else self._new_seed()
        try:
            prompt = self._compile(question, settings, self.conversation.way_to(before), seed, choices)
        except FlanchatError as error:
            self._record("error", asked, where="prompt", kind=type(error).__name__, message=in_english(error.message))
            raise
        self._record("prompt", asked, **prompt_record(prompt))
        answer = Answer(question, asked, prompt, settings, seed, profile=self.profile.name)
        request = Request(prompt.text, settings.decoding(seed))
        yield from self._run(answer, request, before, choices=choices or self._choices(settings))

    def _run(
        self,
        answer: Answer,
        request: Request,
        before: str | None,
        *,
        begun: Answer | None = None,
        choices: Sequence[str] = (),
        origin: Mapping[str, Any] | None = None,
    ) -> AnswerEvents:
        """Have a request answered, and keep the answer however that ends.

        begun: its tokens come without their text. choices: the answer is one of them. origin: for the record.
        """
        answer.before = before
        finished = False
        try:
            yield Compiled(answer.prompt)
            for event in score(self.engine, answer, choices) if choices else self.engine.stream([request]):
                answer.take(event, self.engine)
                finished = finished or isinstance(event, Finished)
                if begun is None or not isinstance(event, Delta):
                    yield event
                elif not event.tokens or len(answer.tokens) > len(begun.tokens):
                    yield dataclasses.replace(event, text=_unseen(event.text, answer.text, begun))
        except FlanchatError as error:
            answer.message = in_english(error.message)
            self._record(
                "error", answer.asked, where="engine", kind=type(error).__name__, message=in_english(error.message)
            )
            raise
        except Exception:  # a mistake of the program's own: not the user's interruption
            raise
        except BaseException:  # Ctrl-C, a signal, or the caller went away
            if not finished:
                answer.finish = "interrupted"
            raise
        finally:
            if begun is None or len(answer.tokens) > len(begun.tokens) or answer.finish not in ("interrupted", "error"):
                self._keep(answer, origin or {})

    def _beside(self, last: Answer) -> Answer:
        """An answer to be made to the last question with the last answer's own prompt, profile, settings and seed."""
        return Answer(last.question, last.asked, last.prompt, last.settings, last.seed, profile=last.profile)

    def _refuse_other_tokens(self, last: Answer) -> None:
        """Raise UsageError when the tokens of the last answer are not those of the present model."""
        card = self.engine.card()
        if last.card is not None and last.card.tokenizer_sha256 != card.tokenizer_sha256:
            raise UsageError(
                _("the last answer is in the tokens of {then}, and the model is {now}; /regen answers with it").format(
                    then=last.card.name, now=card.name
                )
            )

    def _keep(self, answer: Answer, origin: Mapping[str, Any]) -> None:
        answer.end()
        self._add(answer, **origin)

    def _add(self, answer: Answer, **origin: object) -> None:
        answer.id = self._record("answer", answer.asked, **answer_record(answer), **origin)
        if answer.id in self._unlogged:
            self._unlogged[answer.id] = self._logged(answer.before)
        self.conversation.add(answer)
        if answer.choices:
            by = answer.settings.value("choose")
            self._record("choose", answer.asked, **choose_record(answer.choices, by=by, answer=answer.id))

    def _record(self, type: str, parent: str | None, **fields: object) -> str:
        """Write an event, unless recording is off or was when its question was asked.

        Its parent is the nearest one that was written.
        """
        private = type in _OF_A_QUESTION and parent in self._unlogged
        parent = self._logged(parent)
        if self.logging and not private:
            return self.transcript.record(type, parent, **fields)
        id = NoTranscript().record(type)
        self._unlogged[id] = parent
        return id

    def _logged(self, id: str | None) -> str | None:
        return self._unlogged.get(id, id) if id is not None else None

    def _record_head(self, why: str) -> None:
        at = self.conversation
        self._record("head", None, to=self._logged(at.head), why=why, branch=at.branch)

    def _settled(self, changes: Mapping[str, Any] | None) -> Settings:
        """The settings of the next answer, written down; those for it alone after the session's own."""
        self._record_setup(self.settings)
        if not changes:
            return self.settings
        settings = self.settings.update("once", changes)
        self._record_setup(settings)
        return settings

    def _record_setup(self, settings: Settings, profile: Profile | None = None) -> None:
        """Write which profile and settings the next answer uses, if that has changed since it was last written.

        profile: in place of the session's.
        """
        profile = profile or self.profile
        values = settings.as_dict()
        last_used, last = self._recorded or ("", {})
        used = f"{profile.name} {profile.sha256}"
        if used != last_used:
            self._record("profile.use", None, name=profile.name, sha256=profile.sha256, content=profile.as_dict())
        changed = {name: [last.get(name), value] for name, value in values.items() if last.get(name) != value}
        if last and changed:
            self._record("settings", None, changed=changed, origin={name: settings.origin(name) for name in changed})
        self._recorded = (used, values)


def _unseen(new: str, text: str, begun: Answer) -> str:
    """What of `new`, the end of `text`, was not shown when `begun` was, with whose tokens `text` begins.

    The answer that was cut has shown what the new run still holds back, as it could become a stop text.
    """
    shown = "".join(token.text for token in begun.tokens).lstrip()
    end = len(text) - len(text.lstrip()) + len(shown)
    return text[max(end, len(text) - len(new)) :]
