"""Warnings about what the model cannot read of a prompt or of choices, and about dropped parts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from flanchat.base.format import format_percent
from flanchat.base.i18n import N_, _, join_list
from flanchat.base.sanitize import printable
from flanchat.prompting.prompt import Prompt, cut_words, segment_name, warning_line
from flanchat.sessions.choices import BIASED, ScoredChoice, is_calibrated, template_shares
from flanchat.sessions.contextual_calibration import CONTENT_FREE

VOCABULARY_HINT = N_("Flan-T5 reads English and some German and French; /tokens TEXT shows what the model reads.")
_CHARACTERS_SHOWN = 12


def mostly_unknown(prompt: Prompt) -> bool:
    """Whether the vocabulary lacks more than half of the question's characters."""
    lost = set("".join(w.chars for w in prompt.warnings if w.kind == "unk"))
    asked = [c for s in prompt.segments if s.kind == "question" for c in s.text[s.fixed :] if not c.isspace()]
    return bool(asked) and sum(c in lost for c in asked) * 2 > len(asked)


def losses(prompt: Prompt) -> dict[str, str]:
    """What an answer's prompt has lost, dropped parts and unreadable characters, as a warning for each cause.

    The cause of dropped turns is that some are dropped, whichever they are: a long conversation is warned once.
    """
    found = {}
    if dropped := [segment for segment in prompt.segments if not segment.kept]:
        names = join_list(map(segment_name, dropped))
        found[" ".join({"dropped": None} | dict.fromkeys(segment.kind for segment in dropped))] = _(
            "! over the budget of {limit} tokens, dropped: {dropped}"
        ).format(limit=prompt.limit, dropped=names)
    for segment in prompt.segments:
        if segment.cut:
            found["cut"] = _("! over the budget of {limit} tokens, cut of the question: {what}").format(
                limit=prompt.limit, what=cut_words(segment)
            )
    return found | _unread(prompt)


def loss_lines(prompt: Prompt) -> list[str]:
    """Warnings to print with an answer: dropped parts and unreadable characters of its prompt."""
    return list(losses(prompt).values())


def losses_of_several(prompts: Iterable[Prompt]) -> list[str]:
    """The warnings about several prompts, each once."""
    return list(dict.fromkeys(line for prompt in prompts for line in loss_lines(prompt)))


def unread_lines(prompt: Prompt) -> list[str]:
    """Warnings about what the model cannot read."""
    return list(_unread(prompt).values())


def _unread(prompt: Prompt) -> dict[str, str]:
    """What the model cannot read, by cause; of line breaks only those of the question: most prompts have some."""
    if mostly_unknown(prompt):
        return {"mostly": _("! Most of this question is outside the model's vocabulary; expect nonsense.")}
    breaks = sum(s.text.count("\n", s.fixed) for s in prompt.segments if s.kind == "question")  # not the template's
    lines = {}
    for warned in prompt.warnings:
        if warned.kind != "newline":
            lines[f"{warned.kind} {warned.chars}"] = "! " + warning_line(warned)
        elif breaks:
            lines["newline"] = "! " + warning_line(replace(warned, count=breaks))
    return lines


def choice_warnings(choices: Iterable[ScoredChoice]) -> list[str]:
    """What the model cannot read of the choices, and which of them are the same to it."""
    lines = []
    for choice in choices:
        if choice.unknown:
            lines.append(
                _("! {choice}: not in the model's vocabulary: {chars}").format(
                    choice=printable(choice.text), chars=" ".join(printable(choice.unknown[:_CHARACTERS_SHOWN]))
                )
            )
        if choice.same_as:
            lines.append(
                _("! {choice}: same tokens as {other}, so both get the same score").format(
                    choice=printable(choice.text), other=printable(choice.same_as)
                )
            )
    return lines


def template_warnings(choices: Sequence[ScoredChoice]) -> list[str]:
    """That the template alone prefers a choice, and which content-free question calibrates nothing."""
    lines = []
    for text, share in template_shares(choices).items():
        if share > BIASED:
            lines.append(
                _(
                    "! Without a question the template alone gives {choice} {share}; choose=calibrated takes that out."
                ).format(choice=printable(text), share=format_percent(share))
            )
    if is_calibrated(choices):
        lines += [
            _("! Calibrated without {question}, which is not in the model's vocabulary.").format(question=free)
            for free in CONTENT_FREE
            if free not in choices[0].template_logprobs
        ]
    return lines
