"""Requests of OpenAI's API as flanchat's own: the setup, the questions, and how to reply. Knows no HTTP and no engine.

A field is answered, refused by name, or named as ignored in the reply; none is passed over in silence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from flanchat.base.errors import UsageError
from flanchat.base.i18n import _
from flanchat.prompting.profile import Profile, check_variable
from flanchat.prompting.profile_writer import require_placeholder, with_prefix
from flanchat.prompting.prompt import Exchange
from flanchat.prompting.setting import Value
from flanchat.prompting.settings import find_setting
from flanchat.prompting.setup import Setup, setup_for_question
from flanchat.serve.fields import Fields, RequestError, errors_of
from flanchat.serve.models import Models

MOST_ANSWERS = 128
"""In one request: its prompts times n."""

MOST_CONTINUATIONS = 1024
MOST_ALTERNATIVES = 20

_SETTINGS = {
    "max_tokens": "max_new_tokens",
    "max_completion_tokens": "max_new_tokens",
    "temperature": "temperature",
    "top_p": "top_p",
    "seed": "seed",
    "stop": "stop",
}
"""OpenAI's fields that are settings of flanchat."""

_UNSUPPORTED: dict[str, tuple[object, ...]] = {
    "audio": (),
    "frequency_penalty": (0, 0.0),
    "function_call": ("none", "auto"),
    "functions": ([],),
    "logit_bias": ({},),
    "modalities": (["text"],),
    "prediction": (),
    "presence_penalty": (0, 0.0),
    "reasoning_effort": ("none",),
    "response_format": ({"type": "text"},),
    "tool_choice": ("none", "auto"),
    "tools": ([],),
    "web_search_options": (),
}
"""Fields that are refused, with the values that ask for nothing."""

_IGNORED = (
    "metadata", "parallel_tool_calls", "prompt_cache_key", "prompt_cache_retention", "safety_identifier",
    "service_tier", "store", "user",
)  # fmt: skip
"""Fields that cannot change an answer."""

_SHARED = ("model", "profile", "vars", "settings")
_ANSWERED = (*_SHARED, *_SETTINGS, "n", "stream", "stream_options", "logprobs", *_UNSUPPORTED, *_IGNORED)


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the turns before it, oldest first."""

    text: str
    earlier: tuple[Exchange, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerRequest:
    """Answers to generate: `n` for each question. model: as the client wrote it.

    top: how many alternatives to each token are wanted; None when no log-probabilities are. with_usage: a last event of
    a stream has the token counts. ignored: fields that have no effect.
    """

    kind: Literal["chat", "completion"]
    model: str
    setup: Setup
    questions: tuple[Question, ...]
    n: int
    stream: bool
    with_usage: bool
    top: int | None
    ignored: tuple[str, ...]

    @property
    def takes_best(self) -> bool:
        """Whether the `n` answers to a question are the best of one beam search, and not `n` samples."""
        return self.n > 1 and self.setup.settings.value("n_best") > 1


@dataclass(frozen=True, slots=True)
class ScoreRequest:
    """Continuations of a context to score. end: whether the end token after them counts."""

    model: str
    setup: Setup
    context: str
    continuations: tuple[str, ...]
    end: bool


def read_chat(body: dict[str, Any], models: Models) -> AnswerRequest:
    """A request of /v1/chat/completions. Raises UsageError."""
    fields = Fields(body)
    model, profile = models.find(fields)
    system, question, ignored = _conversation(fields)
    if system:
        profile = with_prefix(profile, system)
    if question.earlier:
        require_placeholder(profile, "history")
    top = fields.whole("top_logprobs", 0, MOST_ALTERNATIVES)
    if not fields.flag("logprobs"):
        if top is not None:
            raise fields.error("top_logprobs", _("needs logprobs: true"))
    else:
        top = top or 0
    known = (*_ANSWERED, "messages", "top_logprobs")
    return _answers(fields, "chat", model, profile, (question,), top=top, known=known, ignored=ignored)


def read_completion(body: dict[str, Any], models: Models) -> AnswerRequest:
    """A request of /v1/completions. Raises UsageError."""
    fields = Fields(body)
    for name, neutral in (("echo", False), ("suffix", "")):
        if fields.take(name) not in (None, neutral):
            raise fields.error(name, _glued())
    if fields.take("max_tokens") == 0:
        raise fields.error("max_tokens", _glued())
    model, profile = models.find(fields)
    given = fields.take("prompt")
    prompts = given if isinstance(given, list) else [given]
    if not prompts or any(isinstance(each, int | list) and not isinstance(each, bool) for each in prompts):
        raise fields.unexpected("prompt", _("text or a list of texts, not token ids"))
    names = [f"prompt[{at}]" if isinstance(given, list) else "prompt" for at in range(len(prompts))]
    questions = tuple(Question(_asked(fields, name, each)) for name, each in zip(names, prompts, strict=True))
    top = fields.whole("logprobs", 0, MOST_ALTERNATIVES)
    known = (*_ANSWERED, "prompt", "best_of", "echo", "suffix")
    fields.only("best_of", 1, body.get("n"))
    return _answers(fields, "completion", model, profile, questions, top=top, known=known, ignored=[])


def read_score(body: dict[str, Any], models: Models) -> ScoreRequest:
    """A request of /v1/score. Raises UsageError."""
    fields = Fields(body)
    model, profile = models.find(fields)
    context, continuations = fields.text("context"), fields.texts("continuations")
    if context is None:
        raise fields.unexpected("context", _("text"))
    if not continuations:
        raise fields.unexpected("continuations", _("a list of 1 to {most} texts").format(most=MOST_CONTINUATIONS))
    if len(continuations) > MOST_CONTINUATIONS:
        text = _("{count} texts; at most {most} in a request")
        raise fields.error("continuations", text.format(count=len(continuations), most=MOST_CONTINUATIONS))
    end, setup = fields.flag("end"), _setup(fields, profile, {})
    fields.finish((*_SHARED, "context", "continuations", "end"))
    return ScoreRequest(model, setup, context, continuations, end)


def _answers(
    fields: Fields,
    kind: Literal["chat", "completion"],
    model: str,
    profile: Profile,
    questions: tuple[Question, ...],
    *,
    top: int | None,
    known: Sequence[str],
    ignored: list[str],
) -> AnswerRequest:
    """What both kinds of request for answers have in common."""
    n = fields.whole("n", 1, MOST_ANSWERS) or 1
    if n * len(questions) > MOST_ANSWERS:
        raise fields.error(
            "n", _("{count} answers; at most {most} in a request").format(count=n * len(questions), most=MOST_ANSWERS)
        )
    stream = fields.flag("stream")
    options = Fields(fields.mapping("stream_options") or {}, "stream_options.")
    with_usage = options.flag("include_usage")
    options.only("include_obfuscation", True, False)
    options.finish(("include_usage",))
    for name, neutral in _UNSUPPORTED.items():
        fields.only(name, *neutral)
    turns = len(questions[0].earlier)
    if turns > (most := int(find_setting("turns").maximum)):
        raise fields.error("messages", _("{count} earlier turns; at most {most}").format(count=turns, most=most))
    setup = _setup(fields, profile, {"turns": turns} if turns else {})
    if n > 1 and (beams := setup.settings.value("num_beams")) > 1:
        if n > beams:
            raise fields.error(
                "n",
                _("{count} answers of a beam search with {beams} beams; raise num_beams").format(count=n, beams=beams),
            )
        setup = setup.with_settings("once", {"n_best": n})
    votes = setup.settings.value("vote")
    if n * len(questions) * votes > MOST_ANSWERS:
        text = _("{count} answers, {votes} for each vote; at most {most} in a request")
        raise fields.error("n", text.format(count=n * len(questions) * votes, votes=votes, most=MOST_ANSWERS))
    ignored += fields.ignored(_IGNORED)
    fields.finish(known)
    return AnswerRequest(kind, model, setup, questions, n, stream, with_usage, top, tuple(ignored))


def _setup(fields: Fields, profile: Profile, own: dict[str, Value]) -> Setup:
    """The profile with the request's settings and variables. own: settings that the request cannot change."""
    values: dict[str, Value] = {}
    sent: dict[str, str] = {}  # settings with the fields that they came in
    given = Fields(fields.mapping("settings") or {}, "settings.")
    places = [(given, name, given.find_setting(name)) for name in given.names]
    for place, name, setting in [*places, *((fields, name, setting) for name, setting in _SETTINGS.items())]:
        value = place.setting(name, setting)
        if value and setting in values:
            raise place.error(name, _("{setting} is set twice in this request").format(setting=setting))
        values |= value
        sent |= dict.fromkeys(value, place.name(name))
    if "answer_regex" in values:  # some take for ever, and all requests would wait
        raise given.error("answer_regex", _("only a profile can set it"))
    if "turns" in values:
        raise given.error("turns", _("every earlier message of a chat is a turn; send fewer messages"))
    variables = Fields(fields.mapping("vars") or {}, "vars.")
    texts = {name: variables.as_text(name, variables.take(name)) for name in variables.names}
    for name, text in texts.items():
        with errors_of(variables.name(name)):
            check_variable(profile, name, text)
    try:
        return setup_for_question(profile, {**values, **own}, texts)
    except UsageError as error:  # a setting and another one, of the request or the profile, exclude each other
        at = next((field for name, field in sent.items() if name in error.message), "settings")
        raise RequestError(error.message, at) from None


def _conversation(fields: Fields) -> tuple[str, Question, list[str]]:
    """The system's text or "", the last message of the user with the turns before it, and names of ignored fields."""
    messages = fields.take("messages")
    if not isinstance(messages, list) or not messages:
        raise fields.unexpected("messages", _("a list of messages, the last of the user"))
    system: list[str] = []
    said: list[tuple[str, str]] = []  # (role, text); never twice the same role in a row
    ignored: list[str] = []
    for at, message in enumerate(messages):
        if not isinstance(message, dict):
            raise fields.unexpected(f"messages[{at}]", _("a JSON object"), message)
        role, text = _message(Fields(message, f"messages[{at}]."), ignored)
        if role in ("system", "developer"):
            if said:
                raise fields.error(
                    f"messages[{at}]", _("a {role} message comes before all others: it is the prefix").format(role=role)
                )
            system.append(text)
        elif said and said[-1][0] == role:
            said[-1] = (role, f"{said[-1][1]}\n{text}")
        else:
            said.append((role, text))
    if not said or said[0][0] != "user" or said[-1][0] != "user":
        raise fields.error("messages", _("expected messages that begin and end with one of the user"))
    turns = tuple(Exchange(said[at][1], said[at + 1][1]) for at in range(0, len(said) - 1, 2))
    question = _asked(fields, f"messages[{len(messages) - 1}].content", said[-1][1])
    return "\n".join(system), Question(question, turns), ignored


def _message(fields: Fields, ignored: list[str]) -> tuple[str, str]:
    """The role and the text of a message. Adds the names of its ignored fields."""
    role = fields.text("role")
    if role not in ("system", "developer", "user", "assistant"):
        raise fields.unexpected("role", _("system, developer, user or assistant"))
    content = fields.take("content")
    if isinstance(content, list):
        parts = []
        for at, part in enumerate(content):
            place = Fields(part if isinstance(part, dict) else {}, fields.name(f"content[{at}]."))
            if place.take("type") != "text":
                raise fields.error(f"content[{at}]", _("not supported: a T5 reads text only"))
            parts.append(place.as_text("text", place.take("text")))
            place.finish(("type", "text"))
        text = "".join(parts)
    else:
        text = fields.as_text("content", content)
    for name in ("tool_calls", "function_call", "audio", "refusal"):
        fields.only(name, [])
    ignored += fields.ignored(("name",))
    fields.finish(("role", "content", "name"))
    return role, text


def _asked(fields: Fields, name: str, value: object) -> str:
    text = fields.as_text(name, value)
    if not text.strip():
        raise fields.error(name, _("the question is empty"))
    return text


def _glued() -> str:
    return _(
        "an encoder-decoder reads a prompt and writes an answer, so it has no probabilities of the prompt's own tokens "
        "and nothing to write before a suffix; POST context and continuations to /v1/score for those of given texts"
    )
