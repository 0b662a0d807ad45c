"""A session read back from its transcript's events: answers, branches, grids, profile and settings. Opens no file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flanchat.prompting.profile import Profile
from flanchat.prompting.prompt import Prompt
from flanchat.prompting.settings import Settings
from flanchat.prompting.setup import Setup
from flanchat.sessions.answer import Answer
from flanchat.sessions.conversation import Conversation
from flanchat.sessions.deserialization import (
    JsonObject,
    answer_from,
    choice_from,
    list_in,
    mapping_in,
    number_in,
    objects_in,
    optional_in,
    profile_from,
    prompt_from,
    settings_from,
    text_in,
    whole_in,
)
from flanchat.sessions.review import RATINGS
from flanchat.sessions.transcript_reader import Events


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
class RecordedDiff:
    """Two models that were compared on `compared` prompts, as `ModelDiff` in experiments/model_diff.py has it.

    a, b: the name, precision and device of each. kl: KL(A || B), None where the vocabularies differ.
    """

    a: tuple[str, str, str]
    b: tuple[str, str, str]
    compared: int
    same: int
    parts_at: float | None
    same_vocabulary: bool
    kl: float | None


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

    started: the time of its first event, in UTC, as written. grids, fills, diffs: oldest first.
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
    diffs: list[RecordedDiff] = field(default_factory=list)
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
        record.started = record.started or text_in(event, "ts")
        record.session = record.session or text_in(event, "session")
        if kind == "session.start":
            record.name = record.name or text_in(event, "name")
            record.app_version = text_in(event, "app_version")
        elif kind == "session.name":
            record.name = text_in(event, "name")
        elif kind == "profile.use":
            profile, replaced = text_in(event, "name"), {}
            record.profile = profile_from(mapping_in(event, "content"), text_in(event, "sha256"))
        elif kind == "settings":
            replaced = _change_settings(record, event)
        elif kind == "user":
            questions[id] = event
            if given := tuple(choice for choice in list_in(event, "choices") if isinstance(choice, str)):
                record.conversation.choices[id] = given
            record.pending_question = text_in(event, "text")
            record.variables = {str(k): str(v) for k, v in mapping_in(event, "vars").items()}
        elif kind == "prompt" and isinstance(parent, str):
            prompts[parent] = prompt_from(event)
        elif kind == "answer" and isinstance(parent, str):
            answered.add(parent)
            question = questions.get(parent, {})
            answer = answer_from(event, question, prompts.get(parent) or prompt_from({}), profile)
            _add_answer(record, answer, question, event, replaced)
        elif kind in ("whatif.start", "whatif.cell") and isinstance(parent, str):
            answered.add(parent)
            _add_grid_event(record, event, questions.get(parent, {}))
        elif kind == "choose":
            _add_choices(record.conversation, event)
        elif kind == "why":
            record.whys.setdefault(text_in(event, "answer"), []).append(_why(event))
        elif kind == "head":
            _move_head(record.conversation, event)
        elif kind == "error":
            errors[parent if isinstance(parent, str) else ""] = text_in(event, "message")
        elif kind in ("fill", "diff", "note", "rating", "note.remove"):
            _add_aside(record, event)
    record.unanswered = [
        (text_in(event, "text"), errors.get(id, "")) for id, event in questions.items() if id not in answered
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
    picked = mapping_in(event, "picked")
    made_from = answer.continues or text_in(mapping_in(event, "from"), "answer") or text_in(picked, "answer")
    source = conversation.answers.get(made_from)
    answer.picked = whole_in(picked, "candidate")
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
        variables = {str(k): str(v) for k, v in mapping_in(question, "vars").items()}
        setup = Setup(profile, answer.settings, variables)
        record.setups[answer.id] = setup.with_choices(conversation.choices.get(answer.question_id, ()))
    if forced := whole_in(mapping_in(event, "from"), "token"):
        record.forced[answer.id] = forced


def _add_choices(conversation: Conversation, event: JsonObject) -> None:
    """Give an answer what it was chosen from."""
    if (answer := conversation.answers.get(text_in(event, "answer"))) is not None:
        answer.choices = tuple(map(choice_from, objects_in(event, "choices")))


def _add_grid_event(record: SessionRecord, event: JsonObject, question: JsonObject) -> None:
    """Add a grid, or add a cell to the last grid of its question."""
    record.pending_question, question_id = "", text_in(event, "parent")
    if event["type"] == "whatif.start":
        axes = {name: values for name, values in mapping_in(event, "axes").items() if isinstance(values, list)}
        words = (f"{name}={','.join(map(str, values))}" for name, values in axes.items())
        record.grids.append(RecordedGrid(question_id, text_in(question, "text"), " ".join(words)))
    elif grid := next((grid for grid in reversed(record.grids) if grid.question_id == question_id), None):
        text = text_in(event, "problem") or text_in(mapping_in(event, "answer"), "text")
        varied = " ".join(f"{name}={value}" for name, value in mapping_in(event, "axis_values").items())
        grid.answers.setdefault(text, []).append((whole_in(event, "cell"), varied))


def _change_settings(record: SessionRecord, event: JsonObject) -> dict[str, Any]:
    """Change the session's settings; return the old values of those that the event changes for one answer only."""
    changed, origin = mapping_in(event, "changed"), mapping_in(event, "origin")
    pairs = {name: pair for name, pair in changed.items() if isinstance(pair, list) and len(pair) == 2}
    replaced = {name: old for name, (old, __) in pairs.items() if origin.get(name) == "once"}
    new_values = {name: new for name, (__, new) in pairs.items()}
    record.settings = settings_from({**record.settings.as_dict(), **new_values, **replaced})
    return replaced


def _add_aside(record: SessionRecord, event: JsonObject) -> None:
    """Add filled blanks, compared models, or a rating or note to its answer; one without an answer is the session's."""
    if event["type"] == "fill":
        record.fills.append(_fill(event))
        return
    if event["type"] == "diff":
        record.diffs.append(_diff(event))
        return
    about = event.get("answer") if event["type"] == "note" else event.get("parent")
    answer = record.conversation.answers.get(about) if isinstance(about, str) else None
    if event["type"] == "note" and (answer is None or not text_in(event, "text")):
        record.notes.append(text_in(event, "text"))
    elif answer is None:
        return
    elif event["type"] == "note":
        answer.notes = (*answer.notes, text_in(event, "text"))
    elif event["type"] == "note.remove":
        answer.notes = ()
    else:
        answer.rating = value if (value := text_in(event, "value")) in RATINGS else ""


def _move_head(conversation: Conversation, event: JsonObject) -> None:
    branch = text_in(event, "branch") or conversation.branch
    to = event.get("to")
    to = to if isinstance(to, str) else None
    if branch != conversation.branch:
        conversation.ends.setdefault(branch, to)
        conversation.branch = branch
    if text_in(event, "why") == "clear":
        conversation.clear()
    else:
        conversation.go(to)


def record_of(events: Events) -> SessionRecord:
    """The session of a transcript's events."""
    return read_session(events, events.problems)


def _fill(record: JsonObject) -> RecordedFill:
    fills = objects_in(record, "fills")
    sentences = tuple((text_in(fill, "sentence"), number_in(fill, "probability")) for fill in fills)
    return RecordedFill(text_in(record, "text"), sentences)


def _diff(record: JsonObject) -> RecordedDiff:
    def model(name: str) -> tuple[str, str, str]:
        card = mapping_in(record, name)
        engine = mapping_in(card, "engine")
        return text_in(mapping_in(card, "model"), "name"), text_in(engine, "precision"), text_in(engine, "device")

    return RecordedDiff(
        model("a"),
        model("b"),
        whole_in(record, "compared"),
        whole_in(record, "same"),
        optional_in(record, "parts_at_median"),
        record.get("same_vocabulary") is True,
        optional_in(record, "kl_a_b_nats"),
    )


def _why(record: JsonObject) -> RecordedWhy:
    recorded = [*list_in(record, "parts"), record.get("all_shots")]
    effects = (
        RecordedEffect(
            text_in(value, "unit"),
            text_in(value, "kind"),
            whole_in(value, "ref"),
            len(list_in(value, "spans")),
            text_in(value, "text"),
            number_in(value, "change"),
            whole_in(value, "differs_at"),
            text_in(value, "instead"),
            text_in(value, "answer"),
        )
        for value in recorded
        if isinstance(value, dict) and "change" in value
    )
    return RecordedWhy(number_in(mapping_in(record, "whole"), "logprob"), tuple(effects))
