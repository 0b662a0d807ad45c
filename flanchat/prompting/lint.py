"""Lint: parts of a profile that the model cannot read. Knows no tokenizer: callers pass the function that counts.

Only what can be sent is checked. A finding is advice: the profile works, but not as it looks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TypeAlias

from flanchat.base import strict_yaml
from flanchat.base.errors import UsageError
from flanchat.base.i18n import _, ngettext
from flanchat.base.strict_yaml import FieldPath, format_path
from flanchat.engine.events import Measured, Warned
from flanchat.prompting.profile import LAYOUTS, Profile, TemplateText, split_template, takes
from flanchat.prompting.prompt import Measure, Segment
from flanchat.prompting.settings import BY_NAME, Settings, describe_origin
from flanchat.prompting.setup import Setup, question_and_answer_labels, render
from flanchat.prompting.shots import Shot


def lint(profile: Profile, measure: Measure, settings: Settings) -> list[str]:
    """Return every finding as FILE:LINE: FIELD: sentence, or NAME: FIELD: sentence for a profile without a file.

    settings: the current ones, with those of the profile. The line is that of the field, or of the `extends` or
    `shots_file` that it comes from. Calls `measure` once or twice for each text that can be sent.
    """
    findings: list[_Finding] = [
        *_lost_texts(profile, measure, settings),
        *_dead_stops(settings, measure),
        *(() if _is_token("\n", measure) else _lost_separators(profile, settings)),
        *_lost_turns(profile, settings),
        *_too_long(profile, measure, settings),
        *_never_sent(profile),
        *_cut_answers(profile, measure, settings),
        *_equal_choices(profile, measure),
        *_idle_settings(profile, settings),
    ]
    lines = _lines(profile)
    return [f"{_where(profile, settings, lines, at)}: {format_path(at)}: {what}" for at, what in findings]


_Finding: TypeAlias = tuple[FieldPath, str]
"""The field and what is wrong with it."""


def _idle_settings(profile: Profile, settings: Settings) -> Iterator[_Finding]:
    """Find settings without effect. Beside choices those of decoding have one: for who sets choose to free."""
    idle = settings.ineffective(choices=False)
    if profile.choices:
        idle.pop("post.choose", None)
    yield from ((tuple(name.split(".")), reason) for name, reason in idle.items())


def _lost_texts(profile: Profile, measure: Measure, settings: Settings) -> Iterator[_Finding]:
    """Find characters and control words that the model does not receive."""
    for at, text in _texts(profile):
        for warned in measure([text]).warnings:
            if warned.kind == "unk":
                yield at, _unknown(warned, text)
            elif warned.kind == "special":
                what = _("{words} is sent as plain text; control words cannot be typed. Remove it.")
                yield at, what.format(words=warned.chars)


def _texts(profile: Profile) -> Iterator[tuple[FieldPath, str]]:
    """Return all texts of the profile that can be in a prompt or are expected as an answer."""
    yield ("prefix",), profile.prefix
    if profile.template not in LAYOUTS:
        literals = [part.text for part in split_template(profile.template) if isinstance(part, TemplateText)]
        yield ("template",), " ".join(literals)
    yield ("input_label",), profile.input_label or ""
    yield ("output_label",), profile.output_label or ""
    yield ("separator",), profile.separator
    for n, shot in _sendable(profile):
        yield ("shots", n, "in"), shot.input
        yield ("shots", n, "out"), shot.output
    for n, choice in enumerate(profile.choices):
        yield ("choices", n), choice
    for name, var in profile.vars.items():
        if var.default is not None and var.default not in var.choices:
            yield ("vars", name, "default"), var.default
        for n, choice in enumerate(var.choices):
            yield ("vars", name, "choices", n), choice


def _unknown(warned: Warned, text: str) -> str:
    chars = _shown(warned.chars)
    size = len("".join(text.split()))
    advice = _(". Use ( ) or [ ] instead") if set(warned.chars) & set("{}<") else ""
    if warned.count * 2 > size:
        return ngettext(
            "mostly outside the model's vocabulary ({count} of {size} character: {chars}); the model reads <unk> for "
            "it{advice}",
            "mostly outside the model's vocabulary ({count} of {size} characters: {chars}); the model reads <unk> for "
            "each of them{advice}",
            size,
        ).format(count=warned.count, size=size, chars=chars, advice=advice)
    return _("characters outside the model's vocabulary: {chars}; the model reads <unk> for them{advice}").format(
        chars=chars, advice=advice
    )


def _dead_stops(settings: Settings, measure: Measure) -> Iterator[_Finding]:
    stops: Sequence[str] = settings.value("stop")
    for n, text in enumerate(stops):
        at = ("decode", "stop", n)
        if not all(_is_token(blank, measure) for blank in re.findall(r"[^\S ]", text)):
            yield at, _("T5 never generates a line break or tab, so this stop text never matches. Use a label.")
            continue
        warned = {warned.kind: warned.chars for warned in measure([text]).warnings}
        if "special" in warned:
            what = _("{words} is a control word and never part of an answer. Remove it.")
            yield at, what.format(words=warned["special"])
        elif "unk" in warned:
            what = _("characters outside the model's vocabulary: {chars}; this stop text never matches")
            yield at, what.format(chars=_shown(warned["unk"]))


def _is_token(blank: str, measure: Measure) -> bool:
    """Whether a line break or tab, alone or doubled, was added to the vocabulary, so that it is not read as a space."""
    space = measure(["x x"]).ids_sha256
    read = [measure([f"x{blank * count}x"]) for count in (1, 2)]
    return any(
        each.ids_sha256 != space and not any(w.kind == "unk" and blank in w.chars for w in each.warnings)
        for each in read
    )


def _lost_turns(profile: Profile, settings: Settings) -> Iterator[_Finding]:
    if settings.value("turns") and not takes(profile, "history"):
        yield ("history", "turns"), _("the template has no {{history}}, so no earlier turn is sent")


def _lost_separators(profile: Profile, settings: Settings) -> Iterator[_Finding]:
    """Find line breaks that should separate texts, but which the model reads as blanks."""
    question_label, answer_label = (label.strip() for label in question_and_answer_labels(profile))
    shots = [shot for __, shot in _sendable(profile)]
    if shots:
        inner = bool(answer_label) or all(_ends_visibly(shot.input) for shot in shots)
        outer = bool(question_label or profile.separator.strip()) or all(
            _ends_visibly(shot.output) or re.match(r"\s*\S{1,20}:", shot.input) for shot in shots
        )
        yield from _missing_separators(("shots",), inner, outer)
    if settings.value("turns"):
        yield from _history_separators(profile, settings, question_label, answer_label)


def _history_separators(
    profile: Profile, settings: Settings, question_label: str, answer_label: str
) -> Iterator[_Finding]:
    at = ("history", "turns")
    is_custom = profile.template not in LAYOUTS
    __, placed, after = profile.template.partition("{{history}}")
    if is_custom and not placed:
        return
    labelled = settings.value("format") != "labels"  # qa and dialog have labels of their own
    separated = bool(question_label or profile.separator.strip())
    yield from _missing_separators(at, labelled or bool(answer_label), labelled or separated)
    between, asked, __ = after.partition("{{input}}")
    if labelled and not (bool(between.strip()) or not asked if is_custom else separated):
        label = _("write a label such as Q: before {{input}}")
        yield _unseparated(
            at, _("the last answer and the question"), label if is_custom else _("set input_label and output_label")
        )


def _missing_separators(at: FieldPath, inner: bool, outer: bool) -> Iterator[_Finding]:
    """inner: a question is separated from its answer. outer: an answer is separated from the next question."""
    if not inner:
        remedy = _("set output_label") if outer else _("set input_label and output_label")
        yield _unseparated(at, _("question and answer"), remedy)
    elif not outer:
        yield _unseparated(at, _("an answer and the next question"), _("set input_label"))


def _unseparated(at: FieldPath, texts: str, remedy: str) -> _Finding:
    what = _("the model reads line breaks as blanks, so nothing separates {texts}; {remedy}")
    return at, what.format(texts=texts, remedy=remedy)


def _ends_visibly(text: str) -> bool:
    return not text.rstrip()[-1:].isalnum()


def _too_long(profile: Profile, measure: Measure, settings: Settings) -> Iterator[_Finding]:
    """Find parts that leave no room for a question."""
    values = {name: var.choices[0] if var.choices else "" for name, var in profile.vars.items() if var.default is None}
    segments = render(Setup(profile, settings, values), "", ())
    limit: int = settings.value("max_input_tokens")
    total = _measured(segments, measure).total
    if total < limit:
        return
    without = _measured([each for each in segments if each.kind != "shot"], measure).total
    if without >= limit:
        where = "prefix" if profile.prefix else "template"
        what = _(
            "the prompt is {tokens} tokens before any question, and max_input_tokens is {limit}: no question fits. "
            "Shorten it or raise max_input_tokens (at most 2048)."
        ).format(tokens=without, limit=limit)
        yield (where,), what
    else:
        then = {"drop": _("shots are dropped"), "refuse": _("every question is refused")}.get(
            settings.value("on_overflow"), _("every question asks whether shots may be dropped")
        )
        what = _(
            "the prompt is {tokens} tokens before any question, and max_input_tokens is {limit}: {then}. Remove some, "
            "lower shots_max or raise max_input_tokens (at most 2048)."
        ).format(tokens=total, limit=limit, then=then)
        yield ("shots",), what


def _measured(segments: Sequence[Segment], measure: Measure) -> Measured:
    return measure([each.gap * bool(at) + each.text for at, each in enumerate(segments)])


def _never_sent(profile: Profile) -> Iterator[_Finding]:
    unsent = sorted(set(range(len(profile.shots))) - {n for n, __ in _sendable(profile)})
    if unsent:
        one = ngettext(
            "there is {count} shot and shots_max is {most}: shots[{first}] is never sent",
            "there are {count} shots and shots_max is {most}: shots[{first}] is never sent",
            len(profile.shots),
        )
        several = _("there are {count} shots and shots_max is {most}: shots[{first}] to shots[{last}] are never sent")
        what = several if len(unsent) > 1 else one
        yield (
            ("shots_max",),
            what.format(count=len(profile.shots), most=profile.shots_max, first=unsent[0], last=unsent[-1]),
        )


def _cut_answers(profile: Profile, measure: Measure, settings: Settings) -> Iterator[_Finding]:
    limit: int = settings.value("max_new_tokens")
    sizes = [(sum(measure([shot.output]).parts), n) for n, shot in _sendable(profile)]
    longest, n = max(sizes, key=lambda size: size[0], default=(0, 0))
    if longest > limit:
        what = _("answers like shots[{n}].out ({longest} tokens) would be cut at {limit}")
        yield ("decode", "max_new_tokens"), what.format(n=n, longest=longest, limit=limit)


def _equal_choices(profile: Profile, measure: Measure) -> Iterator[_Finding]:
    """Find choices with the same tokens, because their difference is outside the model's vocabulary."""
    seen: dict[str, int] = {}
    for n, choice in enumerate(profile.choices):
        first = seen.setdefault(measure([choice]).ids_sha256, n)
        if first < n:
            what = _("has the same tokens as choices[{first}], so both always score the same. Reword one.")
            yield ("choices", n), what.format(first=first)


def _sendable(profile: Profile) -> list[tuple[int, Shot]]:
    """Return the shots that can be in a prompt, with their position in the profile."""
    shots = list(enumerate(profile.shots))
    if profile.shots_order == "reverse":
        shots.reverse()
    if profile.shots_order == "shuffle" and profile.shots_max:  # each of them is sent sometimes
        return shots
    return sorted(shots[: profile.shots_max], key=lambda shot: shot[0])


def _lines(profile: Profile) -> Mapping[FieldPath, int]:
    """Return the lines of the profile's file, or none if it cannot be read any more."""
    if profile.path is not None:
        with suppress(UsageError):
            return strict_yaml.load(profile.path).lines
    return {}


def _where(profile: Profile, settings: Settings, lines: Mapping[FieldPath, int], at: FieldPath) -> str:
    name = ".".join(map(str, at[:2]))
    origin = settings.origin(name) if name in BY_NAME else "profile"
    if origin.partition(" ")[0] not in ("profile", "default"):
        return describe_origin(origin)
    if profile.path is None:
        return profile.name
    line = next((lines[place] for place in _places(at) if place in lines), 1)
    return f"{profile.path}:{line}"


def _places(at: FieldPath) -> Iterator[FieldPath]:
    """Return the paths whose line can stand for the one of `at`, the nearest first."""
    other: dict[str | int, str] = {"in": "input", "out": "output", "prefix": "system"}
    for n in range(len(at), 0, -1):
        if at[:n] == ("shots",) and len(at) > 1:  # a shot beyond the list is from the other file
            yield ("shots_file",)
        yield at[:n]
        if at[n - 1] in other:
            yield (*at[: n - 1], other[at[n - 1]])
    if at in (("shots",), ("shots_max",)):
        yield from (("shots",), ("shots_file",))
    yield ("extends",)


def _shown(chars: str) -> str:
    """List up to 12 characters, invisible ones as U+XXXX."""
    names = [char if char.isprintable() else f"U+{ord(char):04X}" for char in chars[:12]]
    return " ".join([*names, "..."] if len(chars) > 12 else names)
