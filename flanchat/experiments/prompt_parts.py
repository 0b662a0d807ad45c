"""The parts of a prompt that can be left out: parts, sentences and words. Knows no answer and no model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from flanchat.base.errors import UsageError
from flanchat.base.i18n import _, join_list, ngettext
from flanchat.base.wording import did_you_mean
from flanchat.prompting.prompt import Prompt, Segment, segment_name

UNITS = ("part", "sentence", "word")
"""What is left out at once: a part of the prompt, or a sentence or word of one."""

_ALIASES = {"instruction": "prefix"}

# As in base/worddiff.py, a Chinese or Korean character counts as a word; punctuation belongs to the word before it.
_PATTERNS = {
    "sentence": re.compile(r"""\S.*?(?:[.!?]+["'”’)\]]*(?=\s|\Z)|[。！？]+[”’」』）]*|(?=\n|\Z))[ \t]*"""),
    "word": re.compile(r"(?:[⺀-鿿가-힯豈-﫿][^\w\s]*|[^\s⺀-鿿가-힯豈-﫿]+)[ \t]*"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """What is left out at once. unit: one of UNITS, or "kind" for all segments of a kind.

    kind, ref: of the segment; ref is 0 for all of a kind. spans: from and to in the prompt's text. text: what is there.
    """

    unit: str
    kind: str
    ref: int
    spans: tuple[tuple[int, int], ...]
    text: str

    @property
    def label(self) -> str:
        """See `part_label`."""
        return part_label(self.unit, self.kind, self.ref, len(self.spans), self.text)


def parts_of(prompt: Prompt, *, by: str = "", within: str = "") -> list[Part]:
    """The parts of a prompt that are left out one after the other, in their order.

    by: one of UNITS; "" takes parts, or words where there is only one part. within: the name of a part, such as
    "question" or "shot 2", or of a kind, such as "shots"; without `by`, all of a kind are left out together.
    Raises UsageError for an unknown part, and for a recorded prompt whose parts are not known.
    """
    segments = _segments(prompt)
    chosen = _named(segments, within) if within else segments
    if within and not by and len(chosen) > 1:
        return [_together(chosen)]
    unit = by or ("part" if within or len(segments) > 1 else "word")
    return [part for segment in chosen for part in _split(segment, prompt.text, unit)]


def all_shots(prompt: Prompt) -> Part | None:
    """All shots as one part; None where there are fewer than two."""
    shots = [segment for segment in _segments(prompt) if segment.kind == "shot"]
    return _together(shots) if len(shots) > 1 else None


def part_names(prompt: Prompt) -> list[str]:
    """The names that `within` of `parts_of` takes."""
    segments = _segments(prompt)
    kinds = [segment.kind for segment in segments]
    several = [f"{kind}s" for kind in ("shot", "turn") if kinds.count(kind) > 1]
    return list(dict.fromkeys([*several, *map(_short_name, segments)]))


def without(text: str, part: Part) -> str:
    """The text of a prompt without a part. What then begins it loses the line breaks in front of it.

    >>> without("Be brief. Why?", Part("part", "prefix", 0, ((0, 9),), "Be brief."))
    'Why?'
    """
    return "".join(_left(text, part))


def cut(prompt: Prompt, question: str, part: Part) -> tuple[Prompt, str]:
    """A prompt without a part, its segments too, and what is left of its question."""
    left, segments, rest, begin = _left(prompt.text, part), [], "", 0
    for segment in (each for each in prompt.segments if each.kept):
        end = begin + len(segment.text)
        segments.append(replace(segment, text="".join(left[begin:end])))
        if segment.kind == "question" and not rest:
            rest = "".join(left[end - len(question) : end])
        begin = end
    return replace(prompt, text="".join(left), segments=tuple(segments)), rest


def part_label(unit: str, kind: str, ref: int, count: int, text: str) -> str:
    """A part by its name, such as "shot 2" or, for `count` segments together, "all 3 shots"; a sentence or word by its
    text."""
    if unit == "kind" and kind == "shot":
        return ngettext("{count} shot", "all {count} shots", count).format(count=count)
    if unit == "kind" and kind == "turn":
        return ngettext("{count} turn", "all {count} turns", count).format(count=count)
    if unit in ("sentence", "word"):
        return text
    return segment_name(Segment(kind, "", ref))  # type: ignore[arg-type]  # kinds of other versions too


def _left(text: str, part: Part) -> list[str]:
    """The characters of a prompt, "" in place of those that are left out."""
    left = list(text)
    for first, last in part.spans:
        left[first:last] = [""] * (last - first)
    if part.spans[0][0] == 0:
        begin = next((at for at, char in enumerate(left) if char.strip()), len(left))
        left[:begin] = [""] * begin
    return left


def _segments(prompt: Prompt) -> list[Part]:
    """The segments of a prompt that hold text, as parts."""
    kept = [segment for segment in prompt.segments if segment.kept]
    if "".join(segment.text for segment in kept) != prompt.text:
        raise UsageError(_("this prompt was recorded without its parts, by an earlier flanchat; /regen answers again"))
    ends = list(accumulate((len(segment.text) for segment in kept), initial=0))
    return [
        Part("part", segment.kind, segment.ref, (span,), segment.text.strip())
        for segment, span in zip(kept, pairwise(ends), strict=True)
        if segment.text.strip()
    ]


def _together(parts: Sequence[Part]) -> Part:
    spans, text = tuple(part.spans[0] for part in parts), "\n\n".join(part.text for part in parts)
    return Part("kind", parts[0].kind, 0, spans, text)


def _split(segment: Part, text: str, unit: str) -> list[Part]:
    """The sentences or words of a segment, each with the blanks after it. text: of the whole prompt."""
    if unit == "part":
        return [segment]
    ((first, last),) = segment.spans
    return [
        Part(unit, segment.kind, segment.ref, ((first + found.start(), first + found.end()),), found[0].strip())
        for found in _PATTERNS[unit].finditer(text[first:last])
    ]


def _named(segments: Sequence[Part], name: str) -> list[Part]:
    """The segments of a name: of one, or of a kind."""
    word = "".join(name.lower().split())
    word = _ALIASES.get(word, word)
    of_name = [part for part in segments if word in (_short_name(part), "".join(part.label.lower().split()))]
    if found := of_name or [part for part in segments if word in (part.kind, f"{part.kind}s")]:
        return found
    known = list(dict.fromkeys(map(_short_name, segments)))
    raise UsageError(
        _("part {name}: expected a part of this prompt ({known}), or shots or turns.{hint}").format(
            name=name, known=join_list(known), hint=did_you_mean(word, [*known, "shots", "turns"])
        )
    )


def _short_name(segment: Part) -> str:
    return f"{segment.kind}{segment.ref or ''}"
