"""What strangers ask, as hashes: training leaves it out, and nothing in this folder learns what it is."""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from flanchat.engine.events import Measured
from flanchat.prompting.profile import Profile
from flanchat.prompting.profile_reader import find_profile
from flanchat.prompting.settings import Settings
from flanchat.prompting.setup import Setup

FILE = Path(__file__).with_name("strangers.jsonl")
PROFILES = Path(__file__).parents[1] / "profiles"


def is_asked_by_strangers(prompt: str) -> bool:
    """Whether one of the questions in strangers.jsonl is this prompt, alone or within its profile's template."""
    return _hash(prompt) in _asked()


def questions() -> list[dict[str, str]]:
    """The strangers' set: family, profile, prompt and `right`, a pattern that a right answer contains."""
    return [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]


def sent(profile: str, question: str) -> str:
    """The text that the model gets when `question` is typed with a bundled profile; nothing is dropped from it."""
    found = _profile(profile)
    settings = Settings().with_layer(f"profile {profile}", found.settings)
    return Setup(found, settings).compile(question, [], _nothing_is_too_long).text


def _nothing_is_too_long(parts: Sequence[str]) -> Measured:
    return Measured(tuple(0 for _ in parts), 0, "")


@functools.cache
def _profile(name: str) -> Profile:
    return find_profile(name, (PROFILES,))


@functools.cache
def _asked() -> frozenset[bytes]:
    return frozenset(_hashes())


def _hashes() -> Iterator[bytes]:
    for question in questions():
        yield _hash(question["prompt"])
        yield _hash(sent(question["profile"], question["prompt"]))


def _hash(text: str) -> bytes:
    """Equal for texts that differ in case, punctuation and blanks alone. Operators count: 7+5 is not 7-5."""
    folded = " ".join(re.findall(r"\w+|[-+*/=%×÷]", text.lower()))
    return hashlib.blake2b(folded.encode(), digest_size=8).digest()
