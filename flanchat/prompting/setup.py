"""How a question is asked: a profile, settings and variables, and the segments of the prompt that they make."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flanchat.base.errors import UsageError
from flanchat.base.i18n import _
from flanchat.prompting.budget import fit
from flanchat.prompting.profile import LAYOUTS, Placeholder, Profile, check_variable, split_template
from flanchat.prompting.prompt import Exchange, Measure, Prompt, Segment
from flanchat.prompting.settings import Settings, greedy_vote_note, same_rank, sampling_note
from flanchat.prompting.shots import Shot


@dataclass(frozen=True, slots=True)
class Setup:
    """A profile, settings and variables: all that decides how a question is asked."""

    profile: Profile
    settings: Settings
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def choices(self) -> tuple[str, ...]:
        """The choices to score; () when the answer is generated."""
        return () if self.settings.value("choose") == "free" else self.profile.choices

    def with_profile(self, profile: Profile) -> Setup:
        """Replace the profile. Settings from elsewhere stay; variables that the new profile lacks are dropped."""
        settings = self.settings.with_layer(f"profile {profile.name}", profile.settings)
        return Setup(profile, settings, {name: value for name, value in self.variables.items() if name in profile.vars})

    def with_settings(self, origin: str, values: Mapping[str, Any]) -> Setup:
        """Add values to a layer. origin: see settings.ORIGINS. Raises UsageError for invalid or conflicting values."""
        return replace(self, settings=self.settings.update(origin, values)) if values else self

    def with_choices(self, choices: Sequence[str]) -> Setup:
        """Replace the profile's choices by those given with a question; () keeps the profile's."""
        return replace(self, profile=replace(self.profile, choices=tuple(choices))) if choices else self

    @property
    def ineffective(self) -> dict[str, str]:
        """See `Settings.ineffective`."""
        return self.settings.ineffective(choices=bool(self.choices))

    def notes(self, origin: str, *, scored: bool = False) -> list[str]:
        """Return what to say about the values of one layer: that they turn sampling on, or have no effect.

        scored: nothing is answered; given texts are scored.
        """
        settings, choices = self.settings, bool(self.choices)
        notes = []
        sampled_for = settings.sampled_for() if settings.decoding(0).samples and not (choices or scored) else ()
        if sampled_for and same_rank(settings.origin("do_sample"), origin):
            notes.append(sampling_note(sampled_for))
        if settings.votes_though_greedy and not (choices or scored):
            notes.append(greedy_vote_note())
        idle = settings.ineffective(choices=choices, scored=scored)
        if self.profile.shots_order == "shuffle":
            idle.pop("decode.seed", None)  # it orders the shots
        return notes + [why for name, why in idle.items() if same_rank(settings.origin(name), origin)]

    def compile(self, question: str, earlier: Sequence[Exchange], measure: Measure, *, seed: int = 0) -> Prompt:
        """Compile the prompt for a question, dropping whole turns and then whole shots until it fits.

        earlier: the turns before it, oldest first; the setting `history.turns` limits how many are used.
        seed: for the order of shots if the profile shuffles them.
        Raises BudgetError when the rest alone is too long, or when something must be dropped and on_overflow forbids
        it; UsageError when a variable has no value.
        """
        return fit(render(self, question, earlier, seed=seed), self.settings, measure)


def setup_for_question(
    profile: Profile, settings: Mapping[str, Any] | None = None, variables: Mapping[str, str] | None = None
) -> Setup:
    """The setup of one question that no session stands behind: a profile, and settings and variables given with it.

    Reads no configuration file. Raises UsageError for a setting or a variable that is unknown or invalid.
    """
    values = dict(variables or {})
    for name, value in values.items():
        check_variable(profile, name, value)
    layers = Settings().with_layer(f"profile {profile.name}", profile.settings)
    return Setup(profile, layers.with_layer("once", settings or {}), values)


def render(setup: Setup, question: str, earlier: Sequence[Exchange], *, seed: int = 0) -> list[Segment]:
    """Return all segments, before any is dropped."""
    profile = setup.profile
    labels = question_and_answer_labels(profile)
    shots = [
        Segment("shot", _exchange(shot.input, shot.output, labels), ref)
        for ref, shot in enumerate(_chosen_shots(profile, seed), 1)
    ]
    history = _history(setup.settings, earlier, labels)
    if profile.template not in LAYOUTS:
        return _fill(setup, shots, history, question)
    layout = LAYOUTS[profile.template]
    opening = [Segment("prefix", text) for text in (profile.prefix, layout.before) if text]
    label = f"{labels[0]} " if labels[0] else ""
    asked = Segment("question", label + question, fixed=len(label))
    segments = [replace(segment, gap=profile.separator) for segment in (*opening, *shots, *history, asked)]
    if profile.template == "choice":
        segments.append(Segment("template", _options(profile.choices), gap="\n"))
    if cue := " ".join(text for text in (labels[1], layout.after) if text):
        segments.append(Segment("cue", cue, gap="\n"))
    return segments


def question_and_answer_labels(profile: Profile) -> tuple[str, str]:
    """Return the labels in front of questions and answers: the profile's own, else those of its layout."""
    layout = LAYOUTS.get(profile.template, LAYOUTS["plain"])
    question = layout.question if profile.input_label is None else profile.input_label
    answer = layout.cue if profile.output_label is None else profile.output_label
    return question, answer


def _chosen_shots(profile: Profile, seed: int) -> list[Shot]:
    shots = list(profile.shots)
    if profile.shots_order == "reverse":
        shots.reverse()
    elif profile.shots_order == "shuffle":
        random.Random(seed).shuffle(shots)
    return shots[: profile.shots_max]


def _history(settings: Settings, turns: Sequence[Exchange], labels: tuple[str, str]) -> list[Segment]:
    count: int = settings.value("turns")
    if not count:
        return []
    if (form := settings.value("format")) != "labels":  # "labels" means those of the profile
        labels = LAYOUTS[form].question, LAYOUTS[form].cue
    usable: list[Segment] = []
    for ref, turn in zip(range(len(turns), 0, -1), reversed(turns), strict=True):  # only as many as are needed
        if not turn.partial or settings.value("include_partial"):
            usable.append(Segment("turn", _exchange(turn.question, turn.answer, labels), ref))
            if len(usable) == count:
                break
    return usable[::-1]


def _exchange(question: str, answer: str, labels: tuple[str, str]) -> str:
    asked = f"{labels[0]} {question}" if labels[0] else question
    return f"{asked}\n{labels[1]} {answer}" if labels[1] else f"{asked}\n{answer}"


def _options(choices: Sequence[str]) -> str:
    return "OPTIONS:" + "".join(f"\n- {choice}" for choice in choices)


def _fill(setup: Setup, shots: Sequence[Segment], history: Sequence[Segment], question: str) -> list[Segment]:
    """Fill in a custom template: each placeholder once; inserted texts are not scanned again."""
    profile = setup.profile
    filled: list[Segment] = []
    gap = ""  # blanks between two placeholders belong to the second; those after an empty variable are left out
    after_empty = False
    for part in split_template(profile.template):
        if not isinstance(part, Placeholder):
            new = [Segment("template", part.text)]
        elif part.name == "input":
            new = [Segment("question", question)]
        elif part.name == "prefix":
            new = [Segment("prefix", profile.prefix)]
        elif part.name in ("shots", "history"):
            several = shots if part.name == "shots" else history
            new = [replace(one, gap=profile.separator if at else "") for at, one in enumerate(several)]
        else:
            new = [Segment("variable", _variable(setup, part.name), name=part.name)]
        new = [segment for segment in new if segment.text or segment.kind == "question"]
        if new and filled and new[0].kind == "template" and new[0].text.isspace():
            gap += "" if after_empty else new[0].text
        elif new:
            filled += [replace(new[0], gap=gap + new[0].gap), *new[1:]]
            gap = ""
        after_empty = not new and isinstance(part, Placeholder) and part.name in profile.vars
    return [*filled, Segment("template", gap)] if gap else filled


def _variable(setup: Setup, name: str) -> str:
    value = setup.variables.get(name, setup.profile.vars[name].default)
    if value is None:
        raise UsageError(
            _(
                "profile {profile} needs a value for {name}: give {name}=VALUE (--var, /var, or variables in Python)"
            ).format(profile=setup.profile.name, name=name)
        )
    check_variable(setup.profile, name, value)
    return value
