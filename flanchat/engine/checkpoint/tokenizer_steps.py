"""The steps of a tokenizer.json: which of them are T5's own, and which tokens they put around a text."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from flanchat.base.errors import ModelError
from flanchat.engine.checkpoint.untrusted_json import expected, problem, short

SPACE = "\u2581"
"""SentencePiece's space inside a piece."""

_SPELLED = {"Replace", "ByteFallback", "Fuse", "Strip"}  # a decoder that does the same as Metaspace, and joins bytes
_DOWNLOAD = "download the file again"
AS_IT_IS = (
    "versions of transformers read this differently; with tokenizer_class PreTrainedTokenizerFast in "
    "tokenizer_config.json it is read as it stands"
)


def other_step(path: Path, part: str, wanted: str, described: Mapping[str, Any], whose: str = "T5") -> ModelError:
    """The error for a step that transformers' class of tokenizers does not have."""
    found = kinds_of(described[part])
    settings = " with other settings" if len(found) == 1 and found[0] in wanted else ""
    got = "none" if described[part] is None else " and ".join(map(short, found[:4])) + settings
    return problem(path, part, f"expected {whose}'s own, {wanted}, got {got}; {AS_IT_IS}")


def steps_of(step: object) -> list[Mapping[str, Any]]:
    """The steps of a sequence, or the only one."""
    if isinstance(step, dict) and step.get("type") == "Sequence":
        inner = next((value for value in step.values() if isinstance(value, list)), [])
        return [one if isinstance(one, dict) else {} for one in inner]
    return [step] if isinstance(step, dict) else [{}]


def kinds_of(step: object) -> list[str]:
    """The types of the steps of a sequence, or of the only one."""
    return [kind if isinstance(kind := one.get("type"), str) else short(kind) for one in steps_of(step)]


def read_charsmap(path: Path, normalizer: object) -> bytes:
    """The precompiled character map. What T5's other steps do to blanks, SentencePiece does too."""
    charsmap = b""
    for step in steps_of(normalizer) if normalizer is not None else []:
        kind = step.get("type")
        if kind == "Precompiled":
            try:
                charsmap = base64.b64decode(step.get("precompiled_charsmap") or "", validate=True)
            except (ValueError, TypeError):
                text = "expected a character map in base64, got something else"
                raise problem(path, "normalizer", f"{text}; {_DOWNLOAD}") from None
        elif kind == "Replace":
            if step.get("pattern") != {"Regex": " {2,}"} or step.get("content") not in (" ", SPACE):
                text = f"expected T5's own, Precompiled, got Replace of {short(step.get('pattern'))}"
                raise problem(path, "normalizer", f"{text}; {AS_IT_IS}")
        elif kind != "Strip":
            raise expected(path, "normalizer", "T5's own, Precompiled", kind or normalizer, AS_IT_IS)
    return charsmap


def splits_as_t5(pre_tokenizer: object) -> bool:
    *before, last = steps_of(pre_tokenizer) or [{}]
    return _is_metaspace(last) and [step.get("type") for step in before] in ([], ["WhitespaceSplit"])


def joins_as_t5(decoder: object) -> bool:
    steps = steps_of(decoder)
    return (len(steps) == 1 and _is_metaspace(steps[0])) or (
        {*kinds_of(decoder)} <= _SPELLED
        and any(step.get("pattern") == {"String": SPACE} and step.get("content") == " " for step in steps)
    )


def _is_metaspace(step: Mapping[str, Any]) -> bool:
    return (
        step.get("type") == "Metaspace"
        and step.get("replacement", SPACE) == SPACE
        and step.get("prepend_scheme", "always") in ("always", "first")
        and step.get("add_prefix_space", True) is True
    )


def require_plain_steps(path: Path, described: Mapping[str, Any]) -> None:
    """Refuse steps that change only the text beside an added token."""
    if len(steps_of(described.get("normalizer"))) != 1:
        raise other_step(path, "normalizer", "Precompiled", described)
    steps, kinds = steps_of(described.get("pre_tokenizer")), kinds_of(described.get("pre_tokenizer"))
    if kinds != ["WhitespaceSplit", "Metaspace"] or steps[-1].get("prepend_scheme") == "first":
        raise other_step(path, "pre_tokenizer", "WhitespaceSplit and Metaspace", described)


def ids_around(post_processor: object) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """The ids that a post-processor puts before and after a text; None for a step that does anything else.

    >>> ids_around({"type": "RobertaProcessing", "sep": ["</s>", 2], "cls": ["<s>", 1], "trim_offsets": True})
    ((1,), (2,))
    """
    begin: tuple[int, ...] = ()
    end: tuple[int, ...] = ()
    for step in steps_of(post_processor) if post_processor is not None else []:
        around = _ids_of_step(step)
        if around is None:
            return None
        begin, end = (*around[0], *begin), (*end, *around[1])
    return begin, end


def _ids_of_step(step: Mapping[str, Any]) -> tuple[Sequence[int], Sequence[int]] | None:
    try:
        if step["type"] == "ByteLevel":  # moves offsets only
            return (), ()
        if step["type"] in ("RobertaProcessing", "BertProcessing"):
            return [_id(step["cls"][1])], [_id(step["sep"][1])]
        around: tuple[list[int], list[int]] = [], []
        texts = 0
        for part in step["single"] if step["type"] == "TemplateProcessing" else [{"none": {}}]:
            ((kind, about),) = part.items()
            if kind == "Sequence" and about["id"] == "A":
                texts += 1
            elif kind == "SpecialToken":
                around[texts > 0].extend(map(_id, step["special_tokens"][about["id"]]["ids"]))
            else:
                return None
        return around if texts == 1 else None
    except (LookupError, TypeError, ValueError, AttributeError):
        return None


def _id(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError
    return value
