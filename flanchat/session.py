"""A session: what is asked, with which profile and settings, and the record of it. Knows no terminal and no torch."""

from __future__ import annotations

import dataclasses
import math
import re
import secrets
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from flanchat.engine import Engine, ModelCard
from flanchat.errors import FlanchatError
from flanchat.events import Delta, Event, Finished, Request, Started, Token
from flanchat.profile import Profile
from flanchat.prompt import Exchange, Prompt, compile_prompt
from flanchat.settings import Settings
from flanchat.transcript import NoTranscript, Transcript

Source = Literal["typed", "stdin"]


@dataclass(frozen=True, slots=True)
class Compiled:
    """The prompt of a question is ready; the first event of every answer."""

    prompt: Prompt


Happening = Generator[Compiled | Event, None, None]


@dataclass(slots=True)
class Timing:
    """Seconds. first_token_s: from asking to the first token; None when there was none. load_s: of the engine.

    peak_mb: the most memory that the model's process has held so far, in megabytes.
    """

    load_s: float = 0.0
    encode_s: float = 0.0
    first_token_s: float | None = None
    total_s: float = 0.0
    peak_mb: float = 0.0

    def decode_tps(self, tokens: int) -> float | None:
        """Tokens per second after the first one; None when there were fewer than two."""
        if tokens < 2 or self.first_token_s is None or self.total_s <= self.first_token_s:
            return None
        return (tokens - 1) / (self.total_s - self.first_token_s)


@dataclass(slots=True)
class Answer:
    """One answer, complete or cut. short: what the profile's answer_regex finds in it, else "".

    asked, id: of the question's and the answer's event in the transcript. card: None when the model had not started.
    """

    question: str
    asked: str
    prompt: Prompt
    settings: Settings
    seed: int
    text: str = ""
    short: str = ""
    tokens: list[Token] = field(default_factory=list)
    finish: str = "error"
    message: str = ""
    timing: Timing = field(default_factory=Timing)
    card: ModelCard | None = None
    id: str = ""


class Session:
    """Turns of one sitting. Every question is on disk before the model starts, every answer when it ends."""

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
        self.turns: list[Answer] = []  # the conversation, oldest first
        self._new_seed = new_seed
        self._head: str | None = None
        self._recorded: tuple[str, dict[str, Any]] | None = None  # profile hash and settings as last written

    def use(self, profile: Profile) -> None:
        """Go on with another profile. Values set in this session stay in force."""
        self.settings = self.settings.with_layer(f"profile {profile.name}", profile.settings)
        self.profile = profile

    def compile(self, question: str, seed: int = 0) -> Prompt:
        """The prompt that asking `question` now would send. Waits for the model's vocabulary."""
        return self._compile(question, self.settings, self.turns, seed)

    def ask(self, question: str, *, source: Source = "typed", changes: Mapping[str, Any] | None = None) -> Happening:
        """Ask, and yield the prompt and then what happens until the answer is finished.

        changes: settings for this answer alone. The turn is kept in `turns` and on disk however it ends: whole,
        interrupted, failed, or left by the caller. Raises what the engine raises.
        """
        settings = self.settings.update("once", changes) if changes else self.settings
        self._record_setup(settings)
        asked = self.transcript.record(
            "user", self._head, text=question, turn=len(self.turns) + 1, source=source, vars=self.variables
        )
        yield from self._answer(question, asked, settings, len(self.turns))

    def again(self, changes: Mapping[str, Any] | None = None) -> Happening:
        """Answer the last question again, in place of its last answer; both stay on disk."""
        settings = self.settings.update("once", changes) if changes else self.settings
        self._record_setup(settings)
        last = self.turns[-1]
        yield from self._answer(last.question, last.asked, settings, len(self.turns) - 1)

    def clear(self) -> None:
        """Forget the conversation; the record stays."""
        self.turns.clear()
        self._head = None
        self.transcript.record("head", None, to=None, why="clear")

    def name(self, name: str) -> None:
        """Give the session a name, by which it can be found again."""
        self.transcript.record("session.name", None, name=name)

    def close(self, why: str) -> None:
        self.transcript.close(why)

    def _compile(self, question: str, settings: Settings, turns: Sequence[Answer], seed: int) -> Prompt:
        earlier = [
            Exchange(turn.question, turn.text, partial=turn.finish in ("interrupted", "error")) for turn in turns
        ]
        return compile_prompt(
            self.profile, settings, earlier, question, self.engine.measure, variables=self.variables, seed=seed
        )

    def _answer(self, question: str, asked: str, settings: Settings, place: int) -> Happening:
        """Answer the question of the event `asked`. place: of the answer among the turns; those before it are sent."""
        seed: int = settings.value("seed") if settings.value("seed") is not None else self._new_seed()
        answer: Answer | None = None
        finished = False
        try:
            prompt = self._compile(question, settings, self.turns[:place], seed)
            answer = Answer(question, asked, prompt, settings, seed)
            self.transcript.record("prompt", asked, **prompt_record(prompt))
            yield Compiled(prompt)
            for event in self.engine.stream([Request(prompt.text, settings.decoding(seed))]):
                self._take(answer, event)
                finished = finished or isinstance(event, Finished)
                yield event
        except FlanchatError as error:
            if answer is not None:
                answer.message = error.message
            where = "prompt" if answer is None else "engine"
            self.transcript.record("error", asked, where=where, kind=type(error).__name__, message=error.message)
            raise
        except Exception:  # a mistake of the program's own: not the user's interruption
            raise
        except BaseException:  # Ctrl-C, a signal, or the caller went away
            if answer is not None and not finished:
                answer.finish = "interrupted"
            raise
        finally:
            if answer is not None:
                self._keep(answer, place)

    def _take(self, answer: Answer, event: Event) -> None:
        if isinstance(event, Started):
            answer.timing.encode_s = event.encode_s
            answer.card = self.engine.card()  # now, for a model that was killed since would be loaded again
            answer.timing.load_s = answer.card.load_s
        elif isinstance(event, Delta):
            answer.text += event.text
            answer.tokens += event.tokens
        else:
            answer.finish, answer.message = event.finish, event.message
            answer.timing.first_token_s, answer.timing.total_s = event.first_token_s, event.total_s
            answer.timing.peak_mb = event.peak_mb

    def _keep(self, answer: Answer, place: int) -> None:
        if answer.settings.value("strip"):
            answer.text = answer.text.strip()
        if answer.finish == "eos" and not answer.text:
            answer.finish = "empty"
        answer.short = short_answer(answer.text, answer.settings.value("answer_regex"))
        answer.id = self.transcript.record("answer", answer.asked, **answer_record(answer))
        self._head = answer.id
        self.turns[place:] = [answer]

    def _record_setup(self, settings: Settings) -> None:
        """Write which profile and settings the next answer uses, if that has changed since it was last written."""
        values = settings.as_dict()
        last_hash, last = self._recorded or ("", {})
        if self.profile.sha256 != last_hash:
            self.transcript.record(
                "profile.use", None, name=self.profile.name, sha256=self.profile.sha256, content=self.profile.as_dict()
            )
        changed = {name: [last.get(name), value] for name, value in values.items() if last.get(name) != value}
        if last and changed:
            self.transcript.record(
                "settings", None, changed=changed, origin={name: settings.origin(name) for name in changed}
            )
        self._recorded = (self.profile.sha256, values)


def short_answer(text: str, regex: str | None) -> str:
    """What the first group of `regex` finds in an answer, or all it finds without a group; "" for nothing."""
    found = re.search(regex, text) if regex else None
    return (found[1] if found.re.groups else found[0]) or "" if found else ""


def prompt_record(prompt: Prompt) -> dict[str, Any]:
    """A prompt as it stands in a transcript. Its segments' texts can be cut out of the whole."""
    return {
        "text": prompt.text,
        "ids_sha256": prompt.ids_sha256,
        "n_tokens": prompt.tokens,
        "limit": prompt.limit,
        "segments": [
            {"kind": s.kind, "ref": s.ref, "tokens": s.tokens, "kept": s.kept, "reason": s.reason}
            for s in prompt.segments
        ],
        "warnings": [dataclasses.asdict(warned) for warned in prompt.warnings],
    }


def answer_record(answer: Answer) -> dict[str, Any]:
    """An answer as it stands in a transcript, with all that made it. `model`, `engine`: None if none was loaded."""
    timing, card = answer.timing, answer.card
    logprobs = [token.logprob for token in answer.tokens]
    mean = sum(logprobs) / len(logprobs) if logprobs else None
    return {
        "text": answer.text,
        "short": answer.short,
        "finish": answer.finish,
        "message": answer.message,
        "seed": answer.seed,
        "settings": answer.settings.as_dict(),
        "usage": {"prompt_tokens": answer.prompt.tokens, "new_tokens": len(answer.tokens)},
        "timing": {
            "load_ms": timing.load_s * 1000,
            "encode_ms": timing.encode_s * 1000,
            "first_token_ms": None if timing.first_token_s is None else timing.first_token_s * 1000,
            "decode_ms": None if timing.first_token_s is None else (timing.total_s - timing.first_token_s) * 1000,
            "total_ms": timing.total_s * 1000,
            "tok_per_s": timing.decode_tps(len(answer.tokens)),
        },
        "memory": {"peak_mb": timing.peak_mb},
        "engine": card
        and {
            "name": "t5",
            "device": card.device,
            "dtype": card.precision,
            "threads": card.threads,
            "versions": card.versions,
            "batch": 1,
        },
        "model": card
        and {
            "id": card.name,
            "revision": card.revision,
            "weights_sha": card.weights_sha256,
            "tokenizer_sha": card.tokenizer_sha256,
        },
        "conf": {
            "mean_lp": mean,
            "min_lp": min(logprobs, default=None),
            "perplexity": None if mean is None else math.exp(-mean),
        },
        "tok": [
            {"id": t.id, "s": t.text, "lp": t.logprob, "alt": [[a.id, a.logprob] for a in t.top]} for t in answer.tokens
        ],
    }
