"""Plan a sweep: many prompts with many profiles and settings, in which order, and the record of each answer.

A sweep follows from its prompts, profiles, settings and model alone, so a cut one can be resumed. Knows no file,
process or terminal.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from flanchat import __version__
from flanchat.base.errors import BudgetError, UsageError
from flanchat.base.i18n import _
from flanchat.engine.events import Measured, Request
from flanchat.experiments.axes import axis_values
from flanchat.experiments.metrics import METRICS
from flanchat.experiments.prompt_file import Row
from flanchat.experiments.tally import answered, confidence
from flanchat.prompting.profile import Profile
from flanchat.prompting.prompt import Measure, Prompt
from flanchat.prompting.setting import Value
from flanchat.prompting.settings import SETTINGS, Settings, find_setting
from flanchat.prompting.setup import Setup
from flanchat.sessions import batch
from flanchat.sessions.answer import Answer
from flanchat.sessions.choices import TokenizedChoice, Tokenizes, tokenized
from flanchat.sessions.contextual_calibration import CONTENT_FREE, content_free_prompts
from flanchat.sessions.deserialization import mapping_in
from flanchat.sessions.scoring import choice_requests
from flanchat.sessions.serialization import sweep_record

SEED = 0
"""The base seed when the settings have none: the same sweep then gives the same answers."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A profile with one combination of settings. varied: the settings that differ between variants, by short name."""

    profile: Profile
    settings: Settings
    varied: Mapping[str, Value]
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """The varied settings: "temperature=0.7 seed=1"."""
        return _label(self.varied)

    @property
    def arm(self) -> tuple[str, str, str]:
        """What variants that differ only in their seed have in common: profile, its checksum, and settings."""
        varied = {name: value for name, value in self.varied.items() if name != "seed"}
        return self.profile.name, self.profile.sha256, _label(varied)

    @property
    def seed(self) -> int:
        """The base seed, from which each row's seed is derived."""
        given: int | None = self.settings.value("seed")
        return SEED if given is None else given


@dataclass(frozen=True, slots=True)
class SweepTask:
    """One answer to make. row, variant: indices in the plan. tokens: of its prompt."""

    key: str
    row: int
    variant: int
    tokens: int


@dataclass(frozen=True, slots=True)
class SweepPlan:
    """All tasks of a sweep: longest prompts first, tasks with the same prompt next to each other.

    Prompts of similar length need little padding in a batch, and a prompt that occurs twice is encoded once. Longest
    first: running out of memory shows at once, and at the end no worker waits long for another. tokenized: by choices.
    lost: the rows whose prompts have characters that the model cannot read ("unk"), dropped parts
    ("dropped") or a cut question ("cut"). model: see `plan_sweep`. left_out: the rows after these that a limit leaves
    out.
    """

    rows: Sequence[Row]
    variants: Sequence[Variant]
    tasks: Sequence[SweepTask]
    tokenizer: Tokenizes
    tokenized: Mapping[tuple[str, ...], tuple[TokenizedChoice, ...]]
    lost: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    model: Sequence[str] = ()
    left_out: Sequence[Row] = ()

    def batches(self, size: int, done: Container[str]) -> Iterator[list[SweepTask]]:
        """The tasks that are not done, at most `size` at a time, and fewer where each has many choices or candidates.

        Batches are cut before done tasks are left out, so a resumed sweep has the same neighbours in each batch.
        """
        for together in self._cut(size):
            if left := [task for task in together if task.key not in done]:
                yield left

    def unanswered(self, task: SweepTask) -> Answer:
        """The task's answer, to be filled in by the engine."""
        return _unanswered(self.rows[task.row], task.row, self.variants[task.variant], self.tokenizer.measure)

    def choices(self, task: SweepTask) -> tuple[TokenizedChoice, ...]:
        """What the task's answer is chosen from; () when it is generated."""
        return self.tokenized[choices_of(self.rows[task.row], self.variants[task.variant])]

    def labels(self, variant: Variant) -> tuple[str, ...]:
        """The choices of a variant's answers; () where they differ between prompts."""
        found = {row.choices or variant.profile.choices for row in self.rows}
        return found.pop() if len(found) == 1 else ()

    def content_free(self, answer: Answer) -> dict[str, str]:
        """What else is asked for an answer that calibrated choices decide: see `content_free_prompts`."""
        if answer.settings.value("choose") != "calibrated":
            return {}
        return content_free_prompts(answer.prompt, answer.question, self.tokenizer.measure)

    def record(self, task: SweepTask, answer: Answer, at: str) -> dict[str, Any]:
        """The answer as a line of the sweep: its origin, the answer's own record, and its scores. at: the time."""
        row, variant = self.rows[task.row], self.variants[task.variant]
        record = {
            "key": task.key,
            "at": at,
            "app_version": __version__,
            "row": task.row + 1,
            "question": row.question,
            "variables": dict(_variables(row, variant)),
            "profile": {"name": variant.profile.name, "sha256": variant.profile.sha256},
            "varied": dict(variant.varied),
            "base_seed": variant.seed,
            "prompt": answer.prompt.text,
            "prompt_sha256": _sha256(answer.prompt.text),
            "ids_sha256": answer.prompt.ids_sha256,
            **sweep_record(answer),
        }
        return self.scored(task, record)

    def scored(self, task: SweepTask, record: Mapping[str, Any]) -> dict[str, Any]:
        """A line of the sweep with the right answers of its row and the scores by them.

        Answers stay when right answers are corrected or a version brings new metrics; their scores do not.
        """
        targets, text = self.rows[task.row].targets, answered(record)
        scores = {name: metric.score(text, targets) if targets else None for name, metric in METRICS.items()}
        if targets and {choice["text"] for choice in record.get("choices") or ()}.issuperset(targets):
            scores["exact"] = scores["correct"]  # "a dog" and "The dog" are two choices, "A" and "A." too
        return {**record, "targets": list(targets), **scores, "confidence": confidence(record)}

    def _cut(self, size: int) -> Iterator[list[SweepTask]]:
        together: list[SweepTask] = []
        generated = rows = 0  # scored choices need less than generated rows
        for task in self.tasks:
            choices, candidates = self.choices(task), self.variants[task.variant].settings.candidates
            own, scored = (1, len(choices)) if choices else (candidates, candidates)
            if self.variants[task.variant].settings.value("choose") == "calibrated":
                scored *= 1 + len(CONTENT_FREE)
            if together and (generated + own > size or rows + scored > batch.MOST_ROWS):
                yield together
                together, generated, rows = [], 0, 0
            together.append(task)
            generated, rows = generated + own, rows + scored
        if together:
            yield together

    def is_left_out(self, record: Mapping[str, Any]) -> bool:
        """Whether a record whose key is not in the plan would be, if the limit did not leave its prompt out."""
        number = record.get("row")
        if not isinstance(number, int) or not 0 < number - len(self.rows) <= len(self.left_out):
            return False
        row = self.left_out[number - len(self.rows) - 1]
        try:
            keys = {
                _key(
                    number - 1, row, _unanswered(row, number - 1, variant, self.tokenizer.measure), variant, self.model
                )
                for variant in self.variants
            }
        except (BudgetError, UsageError):  # a prompt that cannot be made has no answer
            return False
        return record.get("key") in keys

    def why_foreign(self, record: Mapping[str, Any]) -> str:
        """Why a record whose key is not in the plan does not belong to this sweep."""
        profile = mapping_in(record, "profile")
        if not any(variant.profile.sha256 == profile.get("sha256") for variant in self.variants):
            return _("profile {name} is not in this sweep, or has changed since").format(name=profile.get("name"))
        row = record.get("row")
        if isinstance(row, int) and row > len(self.rows):
            return _(
                "its prompts are different: it has an answer to prompt {row}, and this sweep ends at prompt {count}"
            ).format(row=row, count=len(self.rows))
        if not isinstance(row, int) or self.rows[row - 1].question != record.get("question"):
            return _("its prompts are different")
        return _("its model, settings, variables or seed are different")


def axes(pairs: Sequence[tuple[str, str]]) -> dict[str, list[Value]]:
    """The values of each setting to vary, by short name. Text settings have one value, which may contain commas."""
    found: dict[str, list[Value]] = {}
    for name, text in pairs:
        setting = find_setting(name)
        if setting.short in found:
            raise UsageError(
                _("{name}= occurs twice; list all its values in one place, such as {name}=A,B").format(
                    name=setting.short
                )
            )
        several = [text] if setting.kind in ("text", "texts") else axis_values(setting.short, text)
        found[setting.short] = list(dict.fromkeys(setting.parse(value) for value in several))
    return found


def variants(setups: Sequence[Setup], given: Mapping[str, Sequence[Value]], *, chosen: bool = False) -> list[Variant]:
    """Every profile with every combination of the values. Raises UsageError for values that clash.

    A profile without choices has nothing that `choose` could change. chosen: prompts have choices of their own.
    """
    made = []
    for setup in setups:
        chooses = chosen or bool(setup.profile.choices)
        own = given if chooses else {name: values for name, values in given.items() if name != "choose"}
        names = [name for name, values in own.items() if len(values) > 1]
        for values in itertools.product(*own.values()):
            combination = dict(zip(own, values, strict=True))
            wanted = setup.with_settings("flag", combination)
            if not chooses:
                wanted = wanted.with_settings("once", {"choose": "free"})  # as in the lines of earlier versions
            varied = {name: combination[name] for name in names}
            made.append(Variant(setup.profile, wanted.settings, varied, setup.variables))
    return made


def plan_sweep(
    rows: Sequence[Row],
    all_variants: Sequence[Variant],
    tokenizer: Tokenizes,
    model: Sequence[str],
    left_out: Sequence[Row] = (),
) -> SweepPlan:
    """Plan a sweep. model: what identifies it, such as checksums; part of each task's key. left_out: see `SweepPlan`.

    Raises the error of the first prompt that cannot be compiled, with FILE:LINE in front.
    """
    tokenizer = _Cached(tokenizer)
    tasks = []
    lost: dict[str, dict[int, Row]] = {}
    for at, row in enumerate(rows):
        for number, variant in enumerate(all_variants):
            try:
                answer = _unanswered(row, at, variant, tokenizer.measure)
            except (BudgetError, UsageError) as error:
                raise type(error)(f"{row.where}: {error.message}") from error
            tasks.append(SweepTask(_key(at, row, answer, variant, model), at, number, answer.prompt.tokens))
            for kind in _lost(answer.prompt):
                lost.setdefault(kind, {})[at] = row
    tasks.sort(key=lambda task: (-task.tokens, task.row, task.variant))
    choices = {choices_of(row, variant) for row in rows for variant in all_variants}
    found = {kind: list(of_kind.values()) for kind, of_kind in lost.items()}
    by_choices = {each: tokenized(tokenizer, each) for each in choices}
    return SweepPlan(rows, all_variants, tasks, tokenizer, by_choices, found, model, left_out)


def _lost(prompt: Prompt) -> set[str]:
    parts = {"dropped" if not segment.kept else "cut" for segment in prompt.segments if not segment.whole}
    return parts | {warned.kind for warned in prompt.warnings if warned.kind == "unk"}


def derived_seed(base: int, row: int) -> int:
    """The seed of a row (counted from 0), the same in whatever batch the row is.

    >>> derived_seed(0, 0), derived_seed(0, 1)
    (2469594617, 1556325973)
    """
    return int.from_bytes(hashlib.sha256(f"{base} {row}".encode()).digest()[:4], "big")


def requests(answer: Answer, choices: Sequence[TokenizedChoice], more: Collection[str] = ()) -> list[Request]:
    """The engine's requests for an answer: one, or one for each choice, and for each choice after each of more prompts.

    Without the alternatives to each token, which a sweep does not record.
    """
    prompts = [answer.prompt.text, *more]
    return choice_requests(answer, choices, prompts, top=0) if choices else [batch.request(answer, top=0)]


def _unanswered(row: Row, at: int, variant: Variant, measure: Measure) -> Answer:
    seed = derived_seed(variant.seed, at)
    own = {"seed": seed, "do_sample": variant.settings.value("do_sample")}  # no user gave this seed: it implies nothing
    setup = Setup(variant.profile, variant.settings, _variables(row, variant)).with_choices(row.choices)
    setup = setup.with_settings("once", own)
    return batch.unanswered(measure, setup, row.question, seed=seed)


def choices_of(row: Row, variant: Variant) -> tuple[str, ...]:
    """What a prompt's answer is chosen from: its own choices, else the profile's; () when it is generated."""
    return Setup(variant.profile, variant.settings).with_choices(row.choices).choices


def _variables(row: Row, variant: Variant) -> Mapping[str, str]:
    """The row's columns that the profile has variables for; a value given for all rows takes precedence."""
    own = {name: value for name, value in row.columns.items() if name in variant.profile.vars}
    return {**own, **variant.variables}


# The settings of the first version. A later one is in a key where it is not the default, so that a sweep that was begun
# without it can be resumed.
_IN_EVERY_KEY = (
    "turns", "format", "include_partial", "max_input_tokens", "on_overflow", "max_new_tokens", "min_new_tokens",
    "do_sample", "temperature", "top_k", "top_p", "num_beams", "length_penalty", "no_repeat_ngram_size",
    "repetition_penalty", "seed", "stop", "strip", "answer_regex", "choose", "probs",
)  # fmt: skip


def _key(at: int, row: Row, answer: Answer, variant: Variant, model: Sequence[str]) -> str:
    settings = {
        setting.name: value
        for setting in SETTINGS
        if (value := answer.settings.value(setting.name)) != setting.default or setting.short in _IN_EVERY_KEY
    }
    for name in [name for name in settings if name.startswith("display.") or name == "decode.speculate"]:
        if find_setting(name).short not in variant.varied:
            del settings[name]  # it does not change the answer, and a resumed sweep may have another
    parts = [
        at,
        answer.prompt.text,
        variant.profile.name,
        variant.profile.sha256,
        settings,
        variant.seed,
        answer.seed,
        *model,
        *row.choices,
    ]
    return _sha256(json.dumps(parts, sort_keys=True))


def _label(varied: Mapping[str, Value]) -> str:
    return " ".join(f"{name}={find_setting(name).format(value)}" for name, value in varied.items())


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class _Cached:
    """A tokenizer that remembers: variants that differ only in decoding have the same prompt."""

    def __init__(self, tokenizer: Tokenizes) -> None:
        self.pieces = tokenizer.pieces
        self._measured = lru_cache(maxsize=1024)(tokenizer.measure)

    def measure(self, parts: Sequence[str]) -> Measured:
        return self._measured(tuple(parts))
