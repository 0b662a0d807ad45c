"""Answers in the forms of OpenAI's API, with what only flanchat says beside them. Knows no HTTP and no engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flanchat.base.i18n import _
from flanchat.engine.events import Delta, Event, Finished, Started, Token, Warned, Withdrawn
from flanchat.prompting.prompt import Prompt, format_drop, segment_name, warning_line
from flanchat.serve.requests import AnswerRequest, ScoreRequest
from flanchat.sessions.answer import Answer
from flanchat.sessions.continuations import Continuation
from flanchat.sessions.serialization import candidates_json, choose_record, prompt_json

_FINISH = {"length": "length"}
"""OpenAI's names of ends; every other regular end is "stop"."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Of a reply. created: seconds since 1970. fingerprint: of all that decides an answer beside the request."""

    id: str
    created: int
    fingerprint: str

    def head(self, kind: str, model: str) -> dict[str, Any]:
        """The first fields of every object. kind: OpenAI's name of it."""
        about = {"id": self.id, "object": kind, "created": self.created, "model": model}
        return {**about, "system_fingerprint": self.fingerprint}


@dataclass(frozen=True, slots=True)
class Reply:
    """The reply to a request, whole or as the objects of a stream. prompts: one for each question."""

    request: AnswerRequest
    identity: Identity
    prompts: Sequence[Prompt]

    def whole(self, answers: Sequence[Answer]) -> dict[str, Any]:
        """The reply with all answers, those to each question together."""
        choices = []
        for index, answer in enumerate(answers):
            logprobs = None if self.request.top is None else self._logprobs(answer.tokens)
            choices.append({**self._choice(index, answer.text, logprobs, answer), "flanchat": _about(answer)})
        name = "chat.completion" if self._is_chat else "text_completion"
        return {**self._head(name), "choices": choices, "usage": self._usage(answers), "flanchat": self._notes()}

    def opening(self, index: int) -> dict[str, Any]:
        """The first object of an answer in a stream. The very first has what is known of all prompts."""
        choice = self._part(index, "", None, None)
        if self._is_chat:
            choice["delta"] = {"role": "assistant", "content": ""}
        return self._chunk(choice, **({"flanchat": self._notes()} if index == 0 else {}))

    def part(self, index: int, text: str, tokens: Sequence[Token]) -> dict[str, Any]:
        """The next part of an answer in a stream."""
        return self._chunk(self._part(index, text, None if self.request.top is None else tokens, None))

    def end(self, index: int, answer: Answer) -> dict[str, Any]:
        """The end of an answer in a stream."""
        return self._chunk({**self._part(index, "", None, answer), "flanchat": _about(answer)})

    def usage(self, answers: Sequence[Answer]) -> dict[str, Any]:
        """The last object of a stream, if the client wants one."""
        return {**self._head(self._chunk_name), "choices": [], "usage": self._usage(answers)}

    @property
    def _is_chat(self) -> bool:
        return self.request.kind == "chat"

    @property
    def _chunk_name(self) -> str:
        return "chat.completion.chunk" if self._is_chat else "text_completion"

    def _head(self, kind: str) -> dict[str, Any]:
        return self.identity.head(kind, self.request.model)

    def _chunk(self, choice: dict[str, Any], **more: Any) -> dict[str, Any]:
        usage = {"usage": None} if self.request.with_usage else {}
        return {**self._head(self._chunk_name), "choices": [choice], **usage, **more}

    def _choice(self, index: int, text: str, logprobs: Any, answer: Answer) -> dict[str, Any]:
        content = (
            {"message": {"role": "assistant", "content": text, "refusal": None}} if self._is_chat else {"text": text}
        )
        return {"index": index, **content, "logprobs": logprobs, "finish_reason": _FINISH.get(answer.finish, "stop")}

    def _part(self, index: int, text: str, tokens: Sequence[Token] | None, answer: Answer | None) -> dict[str, Any]:
        content = {"delta": {"content": text} if text else {}} if self._is_chat else {"text": text}
        finish = None if answer is None else _FINISH.get(answer.finish, "stop")
        logprobs = None if tokens is None else self._logprobs(tokens)
        return {"index": index, **content, "logprobs": logprobs, "finish_reason": finish}

    def _logprobs(self, tokens: Sequence[Token]) -> dict[str, Any]:
        top = self.request.top or 0
        if self._is_chat:
            content = [
                {**_token(t.text, t.logprob), "top_logprobs": [_token(a.text, a.logprob) for a in t.top[:top]]}
                for t in tokens
            ]
            return {"content": content, "refusal": None}
        ends = [0]
        for token in tokens:
            ends.append(ends[-1] + len(token.text))
        return {
            "tokens": [token.text for token in tokens],
            "token_logprobs": [token.logprob for token in tokens],
            "top_logprobs": [{a.text: a.logprob for a in token.top[:top]} for token in tokens] if top else None,
            "text_offset": ends[:-1],
        }

    def _usage(self, answers: Sequence[Answer]) -> dict[str, int]:
        return _usage(sum(prompt.tokens for prompt in self.prompts), sum(len(answer.tokens) for answer in answers))

    def _notes(self) -> dict[str, Any]:
        setup = self.request.setup
        notes = [line for prompt in self.prompts for line in prompt_notes(prompt)]
        notes += setup.notes("once")
        if self.request.takes_best:
            notes.append(_("the {count} answers are the best of a beam search").format(count=self.request.n))
        elif self.request.n > 1 and not setup.settings.decoding(0).samples:
            text = _("the {count} answers are the same, because nothing is sampled; n_best takes the best of a search")
            notes.append(text.format(count=self.request.n))
        return {
            "profile": setup.profile.name,
            "prompts": [prompt_json(prompt) for prompt in self.prompts],
            "notes": list(dict.fromkeys(map(str, notes))),
            "ignored": list(self.request.ignored),
        }


@dataclass(slots=True)
class Growing:
    """What may be sent of an answer that grows, so that all parts join to the text of the whole answer.

    is_stripped: blanks around the answer are left out, as `post.strip` says. Where an answer may be withdrawn, all of
    it comes at its end.
    """

    is_stripped: bool
    _text: str = ""
    _tokens: list[Token] = field(default_factory=list)
    _is_held: bool = False
    _is_begun: bool = False

    def take(self, event: Event) -> tuple[str, list[Token]]:
        """The text and tokens to send after an event."""
        if isinstance(event, Started):
            self._is_held = event.withdrawable
        elif isinstance(event, Withdrawn):
            self._text, self._tokens = "", []
        elif isinstance(event, Delta):
            self._text += event.text
            self._tokens += event.tokens
        is_end = isinstance(event, Finished)
        if self._is_held and not is_end:
            return "", []
        tokens, self._tokens = self._tokens, []
        text = self._text
        if self.is_stripped:
            text = (text if self._is_begun else text.lstrip()).rstrip()
        self._is_begun = self._is_begun or bool(text)
        self._text = self._text[self._text.find(text) + len(text) :] if text else self._text
        return text, tokens


def score_reply(
    request: ScoreRequest, identity: Identity, prompt: Prompt, scored: Sequence[Continuation]
) -> dict[str, Any]:
    """The reply to a request for scores."""
    notes = [*prompt_notes(prompt), *request.setup.notes("once", scored=True)]
    return {
        **identity.head("flanchat.score", request.model),
        "scores": [
            {
                "index": index,
                "continuation": each.text,
                "logprob": each.logprob(end=request.end),
                "end_logprob": each.end_logprob,
                "is_greedy": each.is_greedy,
                "tokens": [{"id": t.id, "token": t.text, "logprob": t.logprob} for t in each.tokens],
                "notes": _warnings(each.warnings),
            }
            for index, each in enumerate(scored)
        ],
        "usage": _usage(prompt.tokens, sum(len(each.tokens) for each in scored)),
        "flanchat": {
            "profile": request.setup.profile.name,
            "prompts": [prompt_json(prompt)],
            "notes": list(map(str, notes)),
            "ignored": [],
        },
    }


def prompt_notes(prompt: Prompt) -> list[str]:
    """What the model does not read of a prompt, a sentence each: dropped parts, characters and line breaks."""
    dropped = [f"{segment_name(s)}: {format_drop(s, prompt.limit)}" for s in prompt.segments if not s.whole]
    return [*dropped, *_warnings(prompt.warnings)]


def _warnings(warnings: Sequence[Warned]) -> list[str]:
    return [str(warning_line(warned)) for warned in warnings]


def _usage(prompt_tokens: int, new_tokens: int) -> dict[str, int]:
    return {
        "prompt_tokens": prompt_tokens,
        "completion_tokens": new_tokens,
        "total_tokens": prompt_tokens + new_tokens,
    }


def _token(text: str, logprob: float) -> dict[str, Any]:
    return {"token": text, "logprob": logprob, "bytes": list(text.encode("utf-8", "replace"))}


def _about(answer: Answer) -> dict[str, Any]:
    """What only flanchat says of an answer. short: what the profile's answer_regex finds."""
    about: dict[str, Any] = {"seed": answer.seed}
    if answer.short:
        about["short"] = answer.short
    if answer.choices:
        about |= choose_record(answer.choices)
    if answer.candidates and not answer.picked:
        about |= candidates_json(answer)
    return about
