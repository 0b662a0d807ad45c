"""Answers, prompts, settings and profiles from the JSON objects of a transcript: what serialization.py wrote.

Transcripts are read years later, by other versions and after hand edits: a value that is missing or has the wrong type
becomes the field's default, never an error.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections import UserList
from collections.abc import Mapping
from functools import cached_property
from itertools import accumulate
from typing import Any, TypeAlias

from flanchat.base.errors import UsageError
from flanchat.engine.events import Alternative, Token, Warned
from flanchat.engine.protocol import ModelCard
from flanchat.prompting.profile import LAYOUTS, PLACEHOLDERS, Placeholder, Profile, Variable, split_template
from flanchat.prompting.prompt import Prompt, Segment
from flanchat.prompting.settings import BY_NAME, Settings
from flanchat.prompting.shots import Shot
from flanchat.sessions.answer import Answer, Timing
from flanchat.sessions.candidates import Candidate
from flanchat.sessions.choices import ScoredChoice

JsonObject: TypeAlias = Mapping[str, Any]

_PLAIN = Profile("")
_NUMBERS, _LARGEST = (int, float), 1e300  # what arithmetic can use: Python reads larger integers from JSON
FINISHES = ("eos", "length", "stop", "interrupted", "error", "empty")


def answer_from(record: JsonObject, question: JsonObject, prompt: Prompt, profile: str) -> Answer:
    """The answer in an event, given the event of its question, and its prompt."""
    parent, finish = question.get("parent"), text_in(record, "finish")
    confidence, timing = mapping_in(record, "conf"), mapping_in(record, "timing")
    first_ms = optional_in(timing, "first_token_ms")
    return Answer(
        question=text_in(question, "text"),
        question_id=text_in(record, "parent"),
        prompt=prompt,
        settings=settings_from(mapping_in(record, "settings")),
        seed=whole_in(record, "seed"),
        text=text_in(record, "text"),
        short=text_in(record, "short"),
        tokens=_RecordedTokens(list_in(record, "tok")),
        finish=finish if finish in FINISHES else "error",
        message=text_in(record, "message"),
        timing=Timing(
            load_s=number_in(timing, "load_ms") / 1000,
            encode_s=number_in(timing, "encode_ms") / 1000,
            reused=timing.get("encode_reused") is True,
            first_token_s=None if first_ms is None else first_ms / 1000,
            total_s=number_in(timing, "total_ms") / 1000,
            peak_mb=number_in(mapping_in(record, "memory"), "peak_mb"),
            fewest_threads=whole_in(mapping_in(record, "engine"), "fewest_threads"),
            drafted=whole_in(timing, "drafted"),
            accepted=whole_in(timing, "accepted"),
        ),
        card=_card(record),
        id=text_in(record, "id"),
        previous_id=parent if isinstance(parent, str) else None,
        continues=text_in(record, "continues"),
        profile=profile,
        at=text_in(record, "ts"),
        end_logprob=optional_in(confidence, "end_lp"),
        batch=max(1, whole_in(mapping_in(record, "engine"), "batch")),
        candidates=tuple(map(_candidate, objects_in(record, "candidates"))),
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


def prompt_from(record: JsonObject) -> Prompt:
    whole = text_in(record, "text")
    recorded = objects_in(record, "segments")
    ends = list(accumulate(max(0, whole_in(value, "chars")) for value in recorded))
    segments = tuple(
        Segment(
            text_in(value, "kind"),  # type: ignore[arg-type]  # kinds of other versions are shown as they are
            whole[end - max(0, whole_in(value, "chars")) : end],
            whole_in(value, "ref"),
            "",
            whole_in(value, "tokens"),
            value.get("kept") is not False,
            text_in(value, "reason"),
            text_in(value, "name"),
            whole_in(value, "cut"),
            text_in(value, "cut_at"),
        )
        for value, end in zip(recorded, ends, strict=True)
    )
    warnings = tuple(
        Warned(value["kind"], whole_in(value, "count"), text_in(value, "chars"))
        for value in objects_in(record, "warnings")
        if value.get("kind") in ("unk", "newline", "special")
    )
    return Prompt(
        whole,
        whole_in(record, "n_tokens"),
        whole_in(record, "limit"),
        segments,
        warnings,
        text_in(record, "ids_sha256"),
    )


class _RecordedTokens(UserList[Token]):
    """The tokens of a recorded answer, made when they are first looked at.

    With their alternatives they are nine tenths of a session in memory; to continue a conversation needs none of them.
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
        for other in list_in(record, "alt")
        # spelled out: a session of 20 MB has half a million of them, and a call for each would double its loading
        if type(other) is list
        and len(other) > 1
        and type(other[0]) is int
        and type(other[1]) in _NUMBERS
        and -_LARGEST < other[1] < _LARGEST
    )
    logprob = optional_in(record, "lp")
    logprob = math.nan if logprob is None else logprob  # not 0, which would be certainty
    return Token(whole_in(record, "id"), text_in(record, "s"), logprob, others)


def _candidate(record: JsonObject) -> Candidate:
    return Candidate(
        text_in(record, "text"),
        text_in(record, "short"),
        finish if (finish := text_in(record, "finish")) in FINISHES else "error",
        whole_in(record, "seed"),
        tuple(map(_token, objects_in(record, "tok"))),
        optional_in(record, "end_lp"),
    )


def choice_from(record: JsonObject) -> ScoredChoice:
    return ScoredChoice(
        text_in(record, "text"),
        whole_in(record, "tokens"),
        number_in(record, "sum_lp"),
        number_in(record, "p"),
        number_in(record, "p_mean"),
        text_in(record, "unknown"),
        text_in(record, "same_as"),
        {free: float(lp) for free, lp in mapping_in(record, "template_lp").items() if _is_number(lp)},
        optional_in(record, "p_calibrated"),
    )


def _card(record: JsonObject) -> ModelCard | None:
    model, engine = mapping_in(record, "model"), mapping_in(record, "engine")
    if not model:
        return None
    return ModelCard(
        name=text_in(model, "id"),
        folder="",
        revision=text_in(model, "revision"),
        weights_sha256=text_in(model, "weights_sha"),
        tokenizer_sha256=text_in(model, "tokenizer_sha"),
        parameters=0,
        memory_bytes=0,
        device=text_in(engine, "device"),
        precision=text_in(engine, "dtype"),
        why=text_in(engine, "why"),
        threads=whole_in(engine, "threads"),
        load_s=number_in(mapping_in(record, "timing"), "load_ms") / 1000,
        base=text_in(model, "base"),
        versions={str(k): str(v) for k, v in mapping_in(engine, "versions").items()},
        instead_of=text_in(engine, "instead_of"),
        engine=text_in(engine, "name") or "t5",
    )


def text_in(record: JsonObject, name: str) -> str:
    value = record.get(name)
    return value if isinstance(value, str) else ""


def number_in(record: JsonObject, name: str) -> float:
    return optional_in(record, name) or 0.0


def optional_in(record: JsonObject, name: str) -> float | None:
    value: Any = record.get(name)
    return float(value) if _is_number(value) else None


def _is_number(value: Any) -> bool:
    """Whether it is a number that arithmetic can use: Python reads larger integers and infinities from JSON."""
    return type(value) in _NUMBERS and -_LARGEST < value < _LARGEST


def whole_in(record: JsonObject, name: str) -> int:
    value = record.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def mapping_in(record: JsonObject, name: str) -> JsonObject:
    value = record.get(name)
    return value if isinstance(value, dict) else {}


def list_in(record: JsonObject, name: str) -> list[Any]:
    value = record.get(name)
    return value if isinstance(value, list) else []


def objects_in(record: JsonObject, name: str) -> list[JsonObject]:
    return [value for value in list_in(record, name) if isinstance(value, dict)]
