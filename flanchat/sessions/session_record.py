"""A session read back from its transcript's events: answers, branches, grids, profile and settings. Opens no file.

Transcripts are read years later, by other versions and after hand edits: a value that is missing or has the wrong type
becomes the field's default, never an error.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections import UserList
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from typing import Any, TypeAlias

from flanchat.base.errors import UsageError
from flanchat.engine.events import Alternative, Token, Warned
from flanchat.engine.protocol import ModelCard
from flanchat.prompting.profile import LAYOUTS, PLACEHOLDERS, Placeholder, Profile, Variable, split_template
from flanchat.prompting.prompt import Prompt, Segment, Setup
from flanchat.prompting.settings import BY_NAME, Settings
from flanchat.prompting.shots import Shot
from flanchat.sessions.candidates import Candidate
from flanchat.sessions.choices import ScoredChoice
from flanchat.sessions.conversation import Answer, Conversation, Timing
from flanchat.sessions.review import RATINGS
from flanchat.sessions.transcript import Events

JsonObject: TypeAlias = Mapping[str, Any]

_PLAIN = Profile("")
_NUMBERS, _LARGEST = (int, float), 1e300  # what arithmetic can use: Python reads larger integers from JSON
FINISHES = ("eos", "length", "stop", "interrupted", "error", "empty")


@dataclass(frozen=True, slots=True)
class RecordedGrid:
    """A what-if grid. question_id: the event of its question. axes: as NAME=VALUES words.

    answers: each distinct text or problem, with the number of each of its cells and what that varied ("" for nothing).
    """

    question_id: str
    question: str
    axes: str
    answers: dict[str, list[tuple[int, str]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RecordedFill:
    """A text whose blanks were filled. sentences: with the fills, each with its probability, the likeliest first."""

    text: str
    sentences: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class RecordedEffect:
    """What leaving out a part of a prompt changed. unit, kind, ref, count: see `Part` in experiments/prompt_parts.py.

    change: of the answer's log-probability. differs_at, instead: see `Scored` in experiments/why.py. answer: what was
    then answered, or "".
    """

    unit: str
    kind: str
    ref: int
    count: int
    text: str
    change: float
    differs_at: int
    instead: str
    answer: str


@dataclass(frozen=True, slots=True)
class RecordedWhy:
    """Why an answer was given: what was left out of its prompt, in the order of the prompt; all shots come last."""

    logprob: float
    effects: tuple[RecordedEffect, ...]


@dataclass(slots=True)
class SessionRecord:
    """A session as recorded in its transcript.

    started: the time of its first event, in UTC, as written. grids, fills: oldest first.
    unanswered: questions without an answer, each with the error that it got.
    profile: the last one used, as recorded. settings: of the last answer, less those for that answer alone.
    variables: of the last question. pending_question: the last question if it has no answer, else "".
    setups: profile, settings and variables of each answer, by its id; an answer whose profile cannot be read has none.
    forced: how many tokens of an answer the user chose, by its id. whys: the reasons of answers, by their ids.
    problems: which parts of the file are unreadable.
    """

    session: str = ""
    name: str = ""
    started: str = ""
    app_version: str = ""
    conversation: Conversation = field(default_factory=Conversation)
    grids: list[RecordedGrid] = field(default_factory=list)
    fills: list[RecordedFill] = field(default_factory=list)
    unanswered: list[tuple[str, str]] = field(default_factory=list)
    profile: Profile | None = None
    settings: Settings = field(default_factory=Settings)
    variables: dict[str, str] = field(default_factory=dict)
    pending_question: str = ""
    setups: dict[str, Setup] = field(default_factory=dict)
    forced: dict[str, int] = field(default_factory=dict)
    whys: dict[str, list[RecordedWhy]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    problems: tuple[str, ...] = ()


def read_session(events: Iterable[JsonObject], problems: Sequence[str] = ()) -> SessionRecord:
    """Rebuild a session from its events, as the transcript gives them. problems: may grow while they are read."""
    record = SessionRecord()
    questions: dict[str, JsonObject] = {}
    prompts: dict[str, Prompt] = {}  # by the id of their question
    answered: set[str] = set()
    errors: dict[str, str] = {}
    profile = ""
    replaced: dict[str, Any] = {}  # the session's values of settings that were changed for one answer
    for event in events:
        kind, id, parent = event["type"], event["id"], event.get("parent")
        record.started = record.started or _text(event, "ts")
        record.session = record.session or _text(event, "session")
        if kind == "session.start":
            record.name = record.name or _text(event, "name")
            record.app_version = _text(event, "app_version")
        elif kind == "session.name":
            record.name = _text(event, "name")
        elif kind == "profile.use":
            profile, replaced = _text(event, "name"), {}
            record.profile = profile_from(_mapping(event, "content"), _text(event, "sha256"))
        elif kind == "settings":
            replaced = _change_settings(record, event)
        elif kind == "user":
            questions[id] = event
            if given := tuple(choice for choice in _list(event, "choices") if isinstance(choice, str)):
                record.conversation.choices[id] = given
            record.pending_question = _text(event, "text")
            record.variables = {str(k): str(v) for k, v in _mapping(event, "vars").items()}
        elif kind == "prompt" and isinstance(parent, str):
            prompts[parent] = _prompt(event)
        elif kind == "answer" and isinstance(parent, str):
            answered.add(parent)
            question = questions.get(parent, {})
            answer = answer_from(event, question, prompts.get(parent) or _prompt({}), profile)
            _add_answer(record, answer, question, event, replaced)
        elif kind in ("whatif.start", "whatif.cell") and isinstance(parent, str):
            answered.add(parent)
            _add_grid_event(record, event, questions.get(parent, {}))
        elif kind == "choose":
            _add_choices(record.conversation, event)
        elif kind == "why":
            record.whys.setdefault(_text(event, "answer"), []).append(_why(event))
        elif kind == "head":
            _move_head(record.conversation, event)
        elif kind == "error":
            errors[parent if isinstance(parent, str) else ""] = _text(event, "message")
        elif kind in ("fill", "note", "rating", "note.remove"):
            _add_aside(record, event)
    record.unanswered = [
        (_text(event, "text"), errors.get(id, "")) for id, event in questions.items() if id not in answered
    ]
    record.problems = tuple(problems)
    return record


def _add_answer(
    record: SessionRecord, answer: Answer, question: JsonObject, event: JsonObject, replaced: Mapping[str, Any]
) -> None:
    """Add an answer to the conversation, with its setup and the number of its tokens that the user chose.

    An answer made from another one (continued, branched at a token, or another of its candidates) has that one's
    profile and settings, whatever the session's were.
    """
    conversation, profile = record.conversation, record.profile
    if (last := conversation.answers.get(conversation.head or "")) is not None:  # they hardly ever differ
        answer.settings = last.settings if answer.settings == last.settings else answer.settings
        answer.card = last.card if answer.card == last.card else answer.card
    picked = _mapping(event, "picked")
    made_from = answer.continues or _text(_mapping(event, "from"), "answer") or _text(picked, "answer")
    source = conversation.answers.get(made_from)
    answer.picked = _whole(picked, "candidate")
    if source is not None:
        answer.candidates = source.candidates if answer.picked else answer.candidates
        answer.made_from, answer.profile = source.id, source.profile
        profile = record.setups[source.id].profile if source.id in record.setups else None
    elif replaced:
        record.settings = settings_from({**answer.settings.as_dict(), **replaced})
    else:
        record.settings = answer.settings
    record.pending_question = ""
    if answer.previous_id not in conversation.answers:
        answer.previous_id = None
    conversation.go(answer.previous_id)
    conversation.add(answer)
    if profile is not None:
        variables = {str(k): str(v) for k, v in _mapping(question, "vars").items()}
        setup = Setup(profile, answer.settings, variables)
        record.setups[answer.id] = setup.with_choices(conversation.choices.get(answer.question_id, ()))
    if forced := _whole(_mapping(event, "from"), "token"):
        record.forced[answer.id] = forced


def _add_choices(conversation: Conversation, event: JsonObject) -> None:
    """Give an answer what it was chosen from."""
    if (answer := conversation.answers.get(_text(event, "answer"))) is not None:
        answer.choices = tuple(_choice(value) for value in _list(event, "choices") if isinstance(value, dict))


def _add_grid_event(record: SessionRecord, event: JsonObject, question: JsonObject) -> None:
    """Add a grid, or add a cell to the last grid of its question."""
    record.pending_question, question_id = "", _text(event, "parent")
    if event["type"] == "whatif.start":
        axes = {name: values for name, values in _mapping(event, "axes").items() if isinstance(values, list)}
        words = (f"{name}={','.join(map(str, values))}" for name, values in axes.items())
        record.grids.append(RecordedGrid(question_id, _text(question, "text"), " ".join(words)))
    elif grid := next((grid for grid in reversed(record.grids) if grid.question_id == question_id), None):
        text = _text(event, "problem") or _text(_mapping(event, "answer"), "text")
        varied = " ".join(f"{name}={value}" for name, value in _mapping(event, "axis_values").items())
        grid.answers.setdefault(text, []).append((_whole(event, "cell"), varied))


def _change_settings(record: SessionRecord, event: JsonObject) -> dict[str, Any]:
    """Change the session's settings; return the old values of those that the event changes for one answer only."""
    changed, origin = _mapping(event, "changed"), _mapping(event, "origin")
    pairs = {name: pair for name, pair in changed.items() if isinstance(pair, list) and len(pair) == 2}
    replaced = {name: old for name, (old, __) in pairs.items() if origin.get(name) == "once"}
    new_values = {name: new for name, (__, new) in pairs.items()}
    record.settings = settings_from({**record.settings.as_dict(), **new_values, **replaced})
    return replaced


def _add_aside(record: SessionRecord, event: JsonObject) -> None:
    """Add filled blanks, or a rating or note to its answer; a note without one belongs to the session."""
    if event["type"] == "fill":
        record.fills.append(_fill(event))
        return
    about = event.get("answer") if event["type"] == "note" else event.get("parent")
    answer = record.conversation.answers.get(about) if isinstance(about, str) else None
    if event["type"] == "note" and (answer is None or not _text(event, "text")):
        record.notes.append(_text(event, "text"))
    elif answer is None:
        return
    elif event["type"] == "note":
        answer.notes = (*answer.notes, _text(event, "text"))
    elif event["type"] == "note.remove":
        answer.notes = ()
    else:
        answer.rating = value if (value := _text(event, "value")) in RATINGS else ""


def _move_head(conversation: Conversation, event: JsonObject) -> None:
    branch = _text(event, "branch") or conversation.branch
    to = event.get("to")
    to = to if isinstance(to, str) else None
    if branch != conversation.branch:
        conversation.ends.setdefault(branch, to)
        conversation.branch = branch
    if _text(event, "why") == "clear":
        conversation.clear()
    else:
        conversation.go(to)


def record_of(events: Events) -> SessionRecord:
    """The session of a transcript's events."""
    return read_session(events, events.problems)


def answer_from(record: JsonObject, question: JsonObject, prompt: Prompt, profile: str) -> Answer:
    """The answer in an event, given the event of its question, and its prompt."""
    parent, finish = question.get("parent"), _text(record, "finish")
    confidence, timing = _mapping(record, "conf"), _mapping(record, "timing")
    return Answer(
        question=_text(question, "text"),
        question_id=_text(record, "parent"),
        prompt=prompt,
        settings=settings_from(_mapping(record, "settings")),
        seed=_whole(record, "seed"),
        text=_text(record, "text"),
        short=_text(record, "short"),
        tokens=_RecordedTokens(_list(record, "tok")),
        finish=finish if finish in FINISHES else "error",
        message=_text(record, "message"),
        timing=Timing(
            load_s=_number(timing, "load_ms") / 1000,
            encode_s=_number(timing, "encode_ms") / 1000,
            reused=timing.get("encode_reused") is True,
            first_token_s=None if timing.get("first_token_ms") is None else _number(timing, "first_token_ms") / 1000,
            total_s=_number(timing, "total_ms") / 1000,
            peak_mb=_number(_mapping(record, "memory"), "peak_mb"),
            fewest_threads=_whole(_mapping(record, "engine"), "fewest_threads"),
            drafted=_whole(timing, "drafted"),
            accepted=_whole(timing, "accepted"),
        ),
        card=_card(record),
        id=_text(record, "id"),
        previous_id=parent if isinstance(parent, str) else None,
        continues=_text(record, "continues"),
        profile=profile,
        at=_text(record, "ts"),
        end_logprob=None if confidence.get("end_lp") is None else _number(confidence, "end_lp"),
        batch=max(1, _whole(_mapping(record, "engine"), "batch")),
        candidates=tuple(_candidate(value) for value in _list(record, "candidates") if isinstance(value, dict)),
        ended=True,
    )


def settings_from(values: JsonObject) -> Settings:
    """Settings with these values. Unknown names and invalid values are ignored; values that clash give the defaults."""
    good: dict[str, Any] = {}
    for name, value in values.items():
        try:
            if name in BY_NAME:
                good[name] = BY_NAME[name].check(value)
        except UsageError:
            continue
    try:
        return Settings().with_layer("recorded", good)
    except UsageError:
        return Settings()


def profile_from(values: JsonObject, sha256: str) -> Profile | None:
    """A recorded profile; None when it is not a valid one."""
    known = {f.name for f in dataclasses.fields(Profile)} - {"path", "source", "sha256"}
    fields = {name: value for name, value in values.items() if name in known and _has_type(name, value)}
    try:
        fields["shots"] = tuple(Shot(str(s["input"]), str(s["output"])) for s in fields.get("shots", ()))
        fields["choices"] = tuple(map(str, fields.get("choices", ())))
        fields["vars"] = {
            str(name): Variable(
                None if var["default"] is None else str(var["default"]), tuple(map(str, var["choices"]))
            )
            for name, var in fields.get("vars", {}).items()
        }
        settings = settings_from(fields.get("settings", {}))
        fields["settings"] = {name: settings.value(name) for name in fields.get("settings", {}) if name in BY_NAME}
        return Profile(**{**fields, "sha256": sha256}) if _is_fillable(fields) else None
    except (KeyError, TypeError, AttributeError, ValueError):
        return None


def _has_type(name: str, value: object) -> bool:
    """Whether a plain field of a profile has the right type; the others are checked as they are converted."""
    if name in ("shots", "choices", "vars", "settings"):
        return True
    default = getattr(_PLAIN, name)
    return isinstance(value, str | None) if default is None else type(value) is type(default)


def _is_fillable(fields: JsonObject) -> bool:
    """Whether the template has the question once, and no placeholder that the profile cannot fill."""
    template = fields.get("template", _PLAIN.template)
    places = [part.name for part in split_template(template) if isinstance(part, Placeholder)]
    return template in LAYOUTS or (places.count("input") == 1 and {*places} <= {*PLACEHOLDERS, *fields["vars"]})


def _prompt(record: JsonObject) -> Prompt:
    whole = _text(record, "text")
    recorded = [value for value in _list(record, "segments") if isinstance(value, dict)]
    ends = list(accumulate(max(0, _whole(value, "chars")) for value in recorded))
    segments = tuple(
        Segment(
            _text(value, "kind"),  # type: ignore[arg-type]  # kinds of other versions are shown as they are
            whole[end - max(0, _whole(value, "chars")) : end],
            _whole(value, "ref"),
            "",
            _whole(value, "tokens"),
            value.get("kept") is not False,
            _text(value, "reason"),
            _text(value, "name"),
            _whole(value, "cut"),
            _text(value, "cut_at"),
        )
        for value, end in zip(recorded, ends, strict=True)
    )
    warnings = tuple(
        Warned(value["kind"], _whole(value, "count"), _text(value, "chars"))
        for value in _list(record, "warnings")
        if isinstance(value, dict) and value.get("kind") in ("unk", "newline", "special")
    )
    return Prompt(
        whole,
        _whole(record, "n_tokens"),
        _whole(record, "limit"),
        segments,
        warnings,
        _text(record, "ids_sha256"),
    )


class _RecordedTokens(UserList[Token]):
    """The tokens of a recorded answer, made when they are first looked at.

    With their alternatives they are nine tenths of a session in memory, and a conversation goes on without them.
    """

    def __init__(self, recorded: list[Any]) -> None:
        try:
            self._recorded = json.dumps(recorded)
        except RecursionError:  # a nested list that json could just read
            self._recorded = "[]"

    @cached_property
    def data(self) -> list[Token]:  # type: ignore[override]  # UserList keeps its items in an attribute
        try:
            recorded = json.loads(self._recorded)
        except RecursionError:  # from deeper in the stack than where it was read
            recorded = []
        return [_token(value) for value in recorded if isinstance(value, dict)]

    def __getitem__(self, at: Any) -> Any:  # of a slice, UserList would make another one of these
        return self.data[at]


def _token(record: JsonObject) -> Token:
    others = tuple(
        Alternative(other[0], str(other[2]) if len(other) > 2 else "", float(other[1]))
        for other in _list(record, "alt")
        # spelled out: a session of 20 MB has half a million of them, and a call for each would double its loading
        if type(other) is list
        and len(other) > 1
        and type(other[0]) is int
        and type(other[1]) in _NUMBERS
        and -_LARGEST < other[1] < _LARGEST
    )
    logprob = _number(record, "lp") if _is_number(record.get("lp")) else math.nan  # not 0, which would be certainty
    return Token(_whole(record, "id"), _text(record, "s"), logprob, others)


def _fill(record: JsonObject) -> RecordedFill:
    fills = (value for value in _list(record, "fills") if isinstance(value, dict))
    sentences = tuple((_text(fill, "sentence"), _number(fill, "probability")) for fill in fills)
    return RecordedFill(_text(record, "text"), sentences)


def _candidate(record: JsonObject) -> Candidate:
    return Candidate(
        _text(record, "text"),
        _text(record, "short"),
        finish if (finish := _text(record, "finish")) in FINISHES else "error",
        _whole(record, "seed"),
        tuple(_token(token) for token in _list(record, "tok") if isinstance(token, dict)),
        _number(record, "end_lp") if _is_number(record.get("end_lp")) else None,
    )


def _choice(record: JsonObject) -> ScoredChoice:
    return ScoredChoice(
        _text(record, "text"),
        _whole(record, "tokens"),
        _number(record, "sum_lp"),
        _number(record, "p"),
        _number(record, "p_mean"),
        _text(record, "unknown"),
        _text(record, "same_as"),
        {free: float(lp) for free, lp in _mapping(record, "template_lp").items() if _is_number(lp)},
        _number(record, "p_calibrated") if _is_number(record.get("p_calibrated")) else None,
    )


def _why(record: JsonObject) -> RecordedWhy:
    recorded = [*_list(record, "parts"), record.get("all_shots")]
    effects = (
        RecordedEffect(
            _text(value, "unit"),
            _text(value, "kind"),
            _whole(value, "ref"),
            len(_list(value, "spans")),
            _text(value, "text"),
            _number(value, "change"),
            _whole(value, "differs_at"),
            _text(value, "instead"),
            _text(value, "answer"),
        )
        for value in recorded
        if isinstance(value, dict) and "change" in value
    )
    return RecordedWhy(_number(_mapping(record, "whole"), "logprob"), tuple(effects))


def _card(record: JsonObject) -> ModelCard | None:
    model, engine = _mapping(record, "model"), _mapping(record, "engine")
    if not model:
        return None
    return ModelCard(
        name=_text(model, "id"),
        folder="",
        revision=_text(model, "revision"),
        weights_sha256=_text(model, "weights_sha"),
        tokenizer_sha256=_text(model, "tokenizer_sha"),
        parameters=0,
        memory_bytes=0,
        device=_text(engine, "device"),
        precision=_text(engine, "dtype"),
        why=_text(engine, "why"),
        threads=_whole(engine, "threads"),
        load_s=_number(_mapping(record, "timing"), "load_ms") / 1000,
        base=_text(model, "base"),
        versions={str(k): str(v) for k, v in _mapping(engine, "versions").items()},
        instead_of=_text(engine, "instead_of"),
        engine=_text(engine, "name") or "t5",
    )


def _text(record: JsonObject, name: str) -> str:
    value = record.get(name)
    return value if isinstance(value, str) else ""


def _number(record: JsonObject, name: str) -> float:
    value: Any = record.get(name)
    return float(value) if _is_number(value) else 0.0


def _is_number(value: Any) -> bool:
    """Whether it is a number that arithmetic can use: Python reads larger integers and infinities from JSON."""
    return type(value) in _NUMBERS and -_LARGEST < value < _LARGEST


def _whole(record: JsonObject, name: str) -> int:
    value = record.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _mapping(record: JsonObject, name: str) -> JsonObject:
    value = record.get(name)
    return value if isinstance(value, dict) else {}


def _list(record: JsonObject, name: str) -> list[Any]:
    value = record.get(name)
    return value if isinstance(value, list) else []
