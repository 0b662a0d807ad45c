"""Many prompts asked in many ways: what there is to be answered, in which order, and what is written of each answer.

Everything about a sweep follows from its prompts, profiles, settings and model, so that one that was cut goes on where
it was. Knows no file, process or terminal.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from flanchat import __version__
from flanchat.base.errors import BudgetError, UsageError
from flanchat.base.i18n import _
from flanchat.engine.events import Measured, Request
from flanchat.experiments.axes import axis_values
from flanchat.experiments.metrics import score
from flanchat.experiments.prompt_file import Row
from flanchat.prompting.profile import Profile
from flanchat.prompting.prompt import Measure, Setup
from flanchat.prompting.settings import Settings, Value, find_setting
from flanchat.sessions.conversation import Answer
from flanchat.sessions.serialization import answer_record

SEED = 0
"""What the answers' seeds are derived from when the settings say none: the same sweep gives the same answers."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One profile with one choice of settings. varied: those that differ between variants, by short name."""

    profile: Profile
    settings: Settings
    varied: Mapping[str, Value]
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """What was varied: "temperature=0.7 seed=1"."""
        return " ".join(f"{name}={find_setting(name).format(value)}" for name, value in self.varied.items())

    @property
    def seed(self) -> int:
        given: int | None = self.settings.value("seed")
        return SEED if given is None else given


@dataclass(frozen=True, slots=True)
class SweepTask:
    """An answer that is wanted: of a row (counted from 0) in a variant. tokens: of its prompt."""

    key: str
    row: int
    variant: int
    tokens: int


@dataclass(frozen=True, slots=True)
class SweepPlan:
    """All cells of a sweep, those with the longest prompts first, those with the same prompt beside each other.

    Prompts of like length waste nothing in a batch and a prompt that is there twice is encoded once. Longest first:
    what does not fit in memory fails at once, what is left at the end is short, and so no worker waits for another.
    """

    rows: Sequence[Row]
    variants: Sequence[Variant]
    cells: Sequence[SweepTask]
    measure: Measure

    def batches(self, size: int, done: Container[str]) -> Iterator[list[SweepTask]]:
        """The cells that are not done, at most `size` at a time. What is in a batch does not depend on what is done."""
        for begin in range(0, len(self.cells), size):
            if batch := [cell for cell in self.cells[begin : begin + size] if cell.key not in done]:
                yield batch

    def unanswered(self, cell: SweepTask) -> Answer:
        """The cell's answer, still to be made."""
        return _unanswered(self.rows[cell.row], cell.row, self.variants[cell.variant], self.measure)

    def record(self, cell: SweepTask, answer: Answer) -> dict[str, Any]:
        """What is written of an answer: where it comes from, the whole stamp, and how good it is."""
        row, variant = self.rows[cell.row], self.variants[cell.variant]
        stamp = answer_record(answer)
        logprobs = [token.logprob for token in answer.tokens]
        stamp["conf"]["sum_lp"] = sum(logprobs) if logprobs else None
        stamp["tok"] = [{name: token[name] for name in ("id", "s", "lp")} for token in stamp["tok"]]
        good = score(answer.short or answer.text, row.targets) if row.targets else None
        return {
            "key": cell.key,
            "at": answer.at,
            "app_version": __version__,
            "row": cell.row + 1,
            "question": row.question,
            "variables": dict(_variables(row, variant)),
            "profile": {"name": variant.profile.name, "sha256": variant.profile.sha256},
            "varied": dict(variant.varied),
            "base_seed": variant.seed,
            "prompt": answer.prompt.text,
            "prompt_sha256": _sha256(answer.prompt.text),
            "ids_sha256": answer.prompt.ids_sha256,
            **stamp,
            "targets": list(row.targets),
            "correct": None if good is None else good.correct,
            "exact": None if good is None else good.exact,
            "f1": None if good is None else good.f1,
        }

    def stray(self, record: Mapping[str, Any]) -> str:
        """Why a record whose key is not in the plan does not belong to this sweep."""
        profile = _mapping(record, "profile")
        if not any(v.profile.sha256 == profile.get("sha256") for v in self.variants):
            return _("profile {name} is not in this sweep, or has changed since").format(name=profile.get("name"))
        row = record.get("row")
        if not isinstance(row, int) or row > len(self.rows) or self.rows[row - 1].question != record.get("question"):
            return _("the prompts are others")
        return _("model, settings, variables or seed are others")


@dataclass(slots=True)
class Tally:
    """What the answers of one variant come to. scored: those that have a target; the sums below are over these."""

    answers: int = 0
    tokens: int = 0
    mean_lp: float = 0.0
    with_lp: int = 0
    scored: int = 0
    correct: int = 0
    exact: int = 0
    f1: float = 0.0

    def add(self, record: Mapping[str, Any]) -> None:
        self.answers += 1
        self.tokens += int(_mapping(record, "usage").get("new_tokens") or 0)
        if (mean := _mapping(record, "conf").get("mean_lp")) is not None:
            self.mean_lp += float(mean)
            self.with_lp += 1
        if record.get("f1") is not None:
            self.scored += 1
            self.correct += bool(record.get("correct"))
            self.exact += bool(record.get("exact"))
            self.f1 += float(record["f1"])

    def as_dict(self) -> dict[str, float | None]:
        """Means; None where there is nothing to take one of."""

        def mean(total: float, count: int) -> float | None:
            return total / count if count else None

        return {
            "answers": self.answers,
            "scored": self.scored,
            "accuracy": mean(self.correct, self.scored),
            "exact": mean(self.exact, self.scored),
            "f1": mean(self.f1, self.scored),
            "new_tokens": mean(self.tokens, self.answers),
            "mean_lp": mean(self.mean_lp, self.with_lp),
        }


def axes(pairs: Sequence[tuple[str, str]]) -> dict[str, list[Value]]:
    """The values of each setting that was given, by short name. Texts may hold commas, so they have one value."""
    found: dict[str, list[Value]] = {}
    for name, text in pairs:
        setting = find_setting(name)
        several = [text] if setting.kind in ("text", "texts") else axis_values(setting.short, text)
        found[setting.short] = list(dict.fromkeys(setting.parse(value) for value in several))
    return found


def variants(setups: Sequence[Setup], given: Mapping[str, Sequence[Value]]) -> list[Variant]:
    """Every profile with every combination of the values. Raises UsageError for values that clash.

    Answers are written, also where a profile has choices: a sweep scores none.
    """
    names = [name for name, values in given.items() if len(values) > 1]
    made = []
    for setup in setups:
        for values in itertools.product(*given.values()):
            chosen = dict(zip(given, values, strict=True))
            settings = setup.with_settings("flag", chosen).with_settings("once", {"choose": "free"}).settings
            made.append(Variant(setup.profile, settings, {name: chosen[name] for name in names}, setup.variables))
    return made


def plan_sweep(
    rows: Sequence[Row], all_variants: Sequence[Variant], measure: Measure, model: Sequence[str]
) -> SweepPlan:
    """Lay out a sweep. model: what tells it from others, such as checksums; part of each cell's key.

    Raises what a prompt that cannot be made raises, with FILE:LINE in front.
    """
    measure = _remembering(measure)
    cells = []
    for at, row in enumerate(rows):
        for number, variant in enumerate(all_variants):
            try:
                answer = _unanswered(row, at, variant, measure)
            except (BudgetError, UsageError) as error:
                raise type(error)(f"{row.where}: {error.message}") from error
            cells.append(SweepTask(_key(at, answer, variant, model), at, number, answer.prompt.tokens))
    cells.sort(key=lambda cell: (-cell.tokens, cell.row, cell.variant))
    return SweepPlan(rows, all_variants, cells, measure)


def derived_seed(base: int, row: int) -> int:
    """The seed of a row (counted from 0): its own, whatever batch it is in, and the same each time.

    >>> derived_seed(0, 0), derived_seed(0, 1)
    (2469594617, 1556325973)
    """
    return int.from_bytes(hashlib.sha256(f"{base} {row}".encode()).digest()[:4], "big")


def request(answer: Answer) -> Request:
    """What the engine is asked: without the alternatives to each token, which nobody wants of so many answers."""
    import dataclasses

    return Request(answer.prompt.text, dataclasses.replace(answer.settings.decoding(answer.seed), top=0))


def _unanswered(row: Row, at: int, variant: Variant, measure: Measure) -> Answer:
    seed = derived_seed(variant.seed, at)
    setup = Setup(variant.profile, variant.settings, _variables(row, variant)).with_settings("once", {"seed": seed})
    return Answer(
        row.question, "", setup.compile(row.question, (), measure, seed=seed), setup.settings, seed,
        profile=variant.profile.name,
    )  # fmt: skip


def _variables(row: Row, variant: Variant) -> Mapping[str, str]:
    """The file's columns, and what was given for all rows."""
    own = {name: value for name, value in row.columns.items() if name in variant.profile.vars}
    return {**own, **variant.variables}


def _key(at: int, answer: Answer, variant: Variant, model: Sequence[str]) -> str:
    settings = {name: value for name, value in answer.settings.as_dict().items() if not name.startswith("display.")}
    parts = [
        at,
        answer.prompt.text,
        variant.profile.name,
        variant.profile.sha256,
        settings,
        variant.seed,
        answer.seed,
        *model,
    ]
    return _sha256(json.dumps(parts, sort_keys=True))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _remembering(measure: Measure) -> Measure:
    """The same, but a prompt that comes again soon is not counted again."""

    @lru_cache(maxsize=1024)
    def remembered(parts: tuple[str, ...]) -> Measured:
        return measure(parts)

    return lambda parts: remembered(tuple(parts))


def _mapping(record: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = record.get(name)
    return value if isinstance(value, dict) else {}
