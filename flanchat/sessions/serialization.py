"""Answers and prompts as they stand in a transcript, and a conversation read back from one. Opens no file.

Files are read years later, by other versions and after hand edits: what a record lacks or has in another form is left
at its default, never an error.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flanchat.base.errors import UsageError
from flanchat.engine.events import Alternative, Token, Warned
from flanchat.engine.protocol import ModelCard
from flanchat.prompting.profile import LAYOUTS, PLACEHOLDERS, Placeholder, Profile, Shot, Variable, split_template
from flanchat.prompting.prompt import Prompt, Segment, Setup
from flanchat.prompting.settings import BY_NAME, Settings
from flanchat.sessions.choices import ScoredChoice
from flanchat.sessions.conversation import Answer, Conversation, Timing

Record = Mapping[str, Any]

_PLAIN = Profile("")
FINISHES = ("eos", "length", "stop", "interrupted", "error", "empty")


@dataclass(frozen=True, slots=True)
class RecordedGrid:
    """A what-if grid. asked: its question's event. axes: NAME=VALUES words. answers: each text or problem once, with
    its cells: number and what it varied, "" for nothing."""

    asked: str
    question: str
    axes: str
    answers: dict[str, list[tuple[int, str]]] = field(default_factory=dict)


@dataclass(slots=True)
class SessionRecord:
    """What a session's file tells.

    started: of its first event, in UTC, as written. grids: the oldest first. unanswered: questions without an answer,
    each with what went wrong.
    profile: the last one used, as recorded. settings: of the last answer, but for those that were for it alone.
    variables: of the last question. lost: the last question, when it got no answer, else "".
    setups: how each answer was asked for, by its id; without those whose profile cannot be read. forced: how many
    tokens of an answer were chosen by the user, by its id. problems: what of the file could not be read.
    """

    session: str = ""
    name: str = ""
    started: str = ""
    app_version: str = ""
    conversation: Conversation = field(default_factory=Conversation)
    grids: list[RecordedGrid] = field(default_factory=list)
    unanswered: list[tuple[str, str]] = field(default_factory=list)
    profile: Profile | None = None
    settings: Settings = field(default_factory=Settings)
    variables: dict[str, str] = field(default_factory=dict)
    lost: str = ""
    setups: dict[str, Setup] = field(default_factory=dict)
    forced: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    problems: tuple[str, ...] = ()


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
    logprobs, mean = [token.logprob for token in answer.tokens], answer.mean_logprob
    record: dict[str, Any] = {
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
            "encode_reused": timing.reused,
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
            "why": card.why,
            "threads": card.threads,
            "versions": card.versions,
            "batch": answer.batch,
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
            "end_lp": answer.end_logprob,
            "perplexity": None if mean is None or mean < -700 else math.exp(-mean),  # beyond, no float holds it
        },
        "tok": [
            {"id": t.id, "s": t.text, "lp": t.logprob, "alt": [[a.id, a.logprob, a.text] for a in t.top]}
            for t in answer.tokens
        ],
    }
    return {**record, "continues": answer.continues} if answer.continues else record


def choose_record(choices: Sequence[ScoredChoice], **origin: object) -> dict[str, Any]:
    """Scored choices as they stand in a transcript. p: the share by the sum. tokens: with the end token."""
    records = []
    for c in choices:
        record = {"text": c.text, "tokens": c.tokens, "sum_lp": c.sum_logprob, "mean_lp": c.mean_logprob, "p": c.p_sum}
        lost = {"unknown": c.unknown, "same_as": c.same_as}
        records.append({**record, "p_mean": c.p_mean, **{name: value for name, value in lost.items() if value}})
    return {"choices": records, **origin}


def read_session(events: Iterable[Record], problems: tuple[str, ...] = ()) -> SessionRecord:
    """Put a session together from its events, as `transcript.read` gives them."""
    story = SessionRecord(problems=problems)
    conversation = story.conversation
    asked: dict[str, Record] = {}
    prompts: dict[str, Record] = {}
    answered: set[str] = set()
    errors: dict[str, str] = {}
    profile = ""
    once: dict[str, Any] = {}  # what the settings were before those for one answer
    for event in events:
        kind, id, parent = event["type"], event["id"], event.get("parent")
        story.started = story.started or _text(event, "ts")
        story.session = story.session or _text(event, "session")
        if kind == "session.start":
            story.name = story.name or _text(event, "name")
            story.app_version = _text(event, "app_version")
        elif kind == "session.name":
            story.name = _text(event, "name")
        elif kind == "profile.use":
            profile, once = _text(event, "name"), {}
            story.profile = profile_from(_mapping(event, "content"), _text(event, "sha256"))
        elif kind == "settings":
            once = _before_once(event)
            story.settings = settings_from({**story.settings.as_dict(), **_after(event), **once})
        elif kind == "user":
            asked[id] = event
            story.lost = _text(event, "text")
            story.variables = {str(k): str(v) for k, v in _mapping(event, "vars").items()}
        elif kind == "prompt" and isinstance(parent, str):
            prompts[parent] = event
        elif kind == "answer" and isinstance(parent, str):
            answered.add(parent)
            question = asked.get(parent, {})
            _keep_answer(story, answer_from(event, question, prompts.get(parent, {}), profile), question, event, once)
        elif kind in ("whatif.start", "whatif.cell") and isinstance(parent, str):
            answered.add(parent)
            _keep_grid(story, event, asked.get(parent, {}))
        elif kind == "choose":
            _score(conversation, event)
        elif kind == "head":
            _move(conversation, event)
        elif kind == "error":
            errors[parent if isinstance(parent, str) else ""] = _text(event, "message")
        elif kind == "note":
            story.notes.append(_text(event, "text"))
    story.unanswered = [(_text(event, "text"), errors.get(id, "")) for id, event in asked.items() if id not in answered]
    return story


def _keep_answer(
    story: SessionRecord, answer: Answer, question: Record, record: Record, once: Mapping[str, Any]
) -> None:
    """Put an answer into its place; note how it was asked for, and what of it its user chose.

    An answer that goes on from another one has that one's profile and settings, whatever the session's are.
    """
    conversation, profile = story.conversation, story.profile
    of = conversation.answers.get(answer.continues or _text(_mapping(record, "from"), "answer"))
    if of is not None:
        answer.profile = of.profile
        profile = story.setups[of.id].profile if of.id in story.setups else None
    else:
        story.settings = settings_from({**answer.settings.as_dict(), **once})
    story.lost = ""
    if answer.before not in conversation.answers:
        answer.before = None
    conversation.go(answer.before)
    conversation.add(answer)
    if profile is not None:
        variables = {str(k): str(v) for k, v in _mapping(question, "vars").items()}
        story.setups[answer.id] = Setup(profile, answer.settings, variables)
    if chosen := _whole(_mapping(record, "from"), "token"):
        story.forced[answer.id] = chosen


def _keep_grid(story: SessionRecord, event: Record, question: Record) -> None:
    """Note a grid, or a cell of the last one to its question."""
    story.lost, asked = "", _text(event, "parent")
    if event["type"] == "whatif.start":
        axes = {name: values for name, values in _mapping(event, "axes").items() if isinstance(values, list)}
        words = (f"{name}={','.join(map(str, values))}" for name, values in axes.items())
        story.grids.append(RecordedGrid(asked, _text(question, "text"), " ".join(words)))
    elif grid := next((grid for grid in reversed(story.grids) if grid.asked == asked), None):
        text = _text(event, "problem") or _text(_mapping(event, "answer"), "text")
        varied = " ".join(f"{name}={value}" for name, value in _mapping(event, "axis_values").items())
        grid.answers.setdefault(text, []).append((_whole(event, "cell"), varied))


def _after(event: Record) -> dict[str, Any]:
    """What an event changes the settings to."""
    changed = _mapping(event, "changed")
    return {name: values[1] for name, values in changed.items() if isinstance(values, list) and len(values) == 2}


def _before_once(event: Record) -> dict[str, Any]:
    """What the settings were that an event sets for one answer alone."""
    origin = _mapping(event, "origin")
    return {
        name: values[0]
        for name, values in _mapping(event, "changed").items()
        if origin.get(name) == "once" and isinstance(values, list) and values
    }


def _score(conversation: Conversation, event: Record) -> None:
    chosen = conversation.answers.get(_text(event, "answer"))
    if chosen is not None:
        chosen.choices = tuple(_choice(value) for value in _list(event, "choices") if isinstance(value, dict))


def _move(conversation: Conversation, event: Record) -> None:
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


def answer_from(record: Record, question: Record, prompt: Record, profile: str) -> Answer:
    """The answer that these events tell of."""
    parent = question.get("parent")
    answer = Answer(
        question=_text(question, "text"),
        asked=_text(record, "parent"),
        prompt=_prompt(prompt),
        settings=settings_from(_mapping(record, "settings")),
        seed=_whole(record, "seed"),
        text=_text(record, "text"),
        short=_text(record, "short"),
        tokens=[_token(value) for value in _list(record, "tok") if isinstance(value, dict)],
        message=_text(record, "message"),
        card=_card(record),
        id=_text(record, "id"),
        before=parent if isinstance(parent, str) else None,
        continues=_text(record, "continues"),
        profile=profile,
        at=_text(record, "ts"),
    )
    if _mapping(record, "conf").get("end_lp") is not None:
        answer.end_logprob = _number(_mapping(record, "conf"), "end_lp")
    answer.batch = max(1, _whole(_mapping(record, "engine"), "batch"))
    finish = _text(record, "finish")
    answer.finish = finish if finish in FINISHES else "error"
    timing = _mapping(record, "timing")
    first = timing.get("first_token_ms")
    answer.timing = Timing(
        load_s=_number(timing, "load_ms") / 1000,
        encode_s=_number(timing, "encode_ms") / 1000,
        reused=timing.get("encode_reused") is True,
        first_token_s=_number(timing, "first_token_ms") / 1000 if first is not None else None,
        total_s=_number(timing, "total_ms") / 1000,
        peak_mb=_number(_mapping(record, "memory"), "peak_mb"),
    )
    return answer


def settings_from(values: Record) -> Settings:
    """Settings in which these values are in force; what is not (or no longer) a setting's value is left out."""
    good: dict[str, Any] = {}
    for name, value in values.items():
        try:
            if name in BY_NAME:
                good[name] = BY_NAME[name].check(value)
        except UsageError:
            continue
    try:
        return Settings().with_layer("once", good)
    except UsageError:  # values that clash
        return Settings()


def profile_from(values: Record, sha256: str) -> Profile | None:
    """The profile that was recorded whole; None when it is not readable as one."""
    known = {f.name for f in dataclasses.fields(Profile)} - {"path", "source", "sha256"}
    fields = {name: value for name, value in values.items() if name in known and _has_form(name, value)}
    try:
        fields["shots"] = tuple(Shot(str(s["input"]), str(s["output"])) for s in fields.get("shots", ()))
        fields["choices"] = tuple(map(str, fields.get("choices", ())))
        fields["vars"] = {
            str(name): Variable(_text_or_none(var["default"]), tuple(map(str, var["choices"])))
            for name, var in fields.get("vars", {}).items()
        }
        settings = settings_from(fields.get("settings", {}))
        fields["settings"] = {name: settings.value(name) for name in fields.get("settings", {}) if name in BY_NAME}
        return Profile(**{**fields, "sha256": sha256}) if _can_be_filled(fields) else None
    except (KeyError, TypeError, AttributeError, ValueError):
        return None


def _has_form(name: str, value: object) -> bool:
    """Whether a profile's plain field is what it must be."""
    if name in ("shots", "choices", "vars", "settings"):
        return True
    default = getattr(_PLAIN, name)
    return isinstance(value, str | None) if default is None else type(value) is type(default)


def _can_be_filled(fields: Record) -> bool:
    """Whether the template asks for the question once, and else only for what the profile has."""
    template = fields.get("template", _PLAIN.template)
    places = [part.name for part in split_template(template) if isinstance(part, Placeholder)]
    return template in LAYOUTS or (places.count("input") == 1 and {*places} <= {*PLACEHOLDERS, *fields["vars"]})


def _text_or_none(value: object) -> str | None:
    return None if value is None else str(value)


def _prompt(record: Record) -> Prompt:
    segments = tuple(
        Segment(
            _text(value, "kind"),  # type: ignore[arg-type]  # an older or newer file's own kind is shown as it is
            "",
            _whole(value, "ref"),
            "",
            _whole(value, "tokens"),
            value.get("kept") is not False,
            _text(value, "reason"),
        )
        for value in _list(record, "segments")
        if isinstance(value, dict)
    )
    warnings = tuple(
        Warned(value["kind"], _whole(value, "count"), _text(value, "chars"))
        for value in _list(record, "warnings")
        if isinstance(value, dict) and value.get("kind") in ("unk", "newline", "special")
    )
    return Prompt(
        _text(record, "text"),
        _whole(record, "n_tokens"),
        _whole(record, "limit"),
        segments,
        warnings,
        _text(record, "ids_sha256"),
    )


def _token(record: Record) -> Token:
    others = tuple(
        Alternative(other[0], str(other[2]) if len(other) > 2 else "", float(other[1]))
        for other in _list(record, "alt")
        if isinstance(other, list) and len(other) > 1 and isinstance(other[0], int) and _is_number(other[1])
    )
    return Token(_whole(record, "id"), _text(record, "s"), _number(record, "lp"), others)


def _choice(record: Record) -> ScoredChoice:
    return ScoredChoice(
        _text(record, "text"),
        _whole(record, "tokens"),
        _number(record, "sum_lp"),
        _number(record, "p"),
        _number(record, "p_mean"),
        _text(record, "unknown"),
        _text(record, "same_as"),
    )


def _card(record: Record) -> ModelCard | None:
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
        versions={str(k): str(v) for k, v in _mapping(engine, "versions").items()},
    )


def _text(record: Record, name: str) -> str:
    value = record.get(name)
    return value if isinstance(value, str) else ""


def _number(record: Record, name: str) -> float:
    value: Any = record.get(name)
    return float(value) if _is_number(value) else 0.0


def _is_number(value: Any) -> bool:
    """Whether it is a number to count with: JSON can write larger ones, and Python reads those."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300


def _whole(record: Record, name: str) -> int:
    value = record.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _mapping(record: Record, name: str) -> Record:
    value = record.get(name)
    return value if isinstance(value, dict) else {}


def _list(record: Record, name: str) -> list[Any]:
    value = record.get(name)
    return value if isinstance(value, list) else []
