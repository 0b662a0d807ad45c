"""Facts, and the plain-text tables that they are written in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from demo_model.phrasing import questions


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact and the ways to ask for it.

    subject: a grammar of its names.
    asks: a grammar of whole questions, with the fields of `named`.
    often: how often it is drawn, relative to others.
    """

    relation: str
    subject: str
    asks: str
    answer: str
    often: int = 1


def facts(
    relation: str, table: Mapping[str, str], asks: str, *, often: int = 1, common: Iterable[str] | None = None
) -> tuple[Fact, ...]:
    """The facts of a table. common: first names of the subjects that people ask for; the others are drawn once."""
    asked = None if common is None else set(common)
    return tuple(
        Fact(relation, subject, asks, answer, often if asked is None or first_name(subject) in asked else 1)
        for subject, answer in table.items()
    )


def table(text: str) -> dict[str, str]:
    """Read "subject: answer; subject/other name: answer", over several lines."""
    found: dict[str, str] = {}
    for row in re.split(r"[;\n]", text):
        if row.strip():
            subject, answer = row.rsplit(":", 1)
            _add(found, _names(subject), answer.strip())
    return found


def groups(text: str) -> dict[str, str]:
    """Read lines "answer: subject, subject/other name, ..." into subject to answer."""
    found: dict[str, str] = {}
    for line in text.strip().splitlines():
        answer, subjects = line.split(":", 1)
        for subject in subjects.split(","):
            _add(found, _names(subject), answer.strip())
    return found


def swapped(answers: Mapping[str, str]) -> dict[str, str]:
    """Answer to subject, for the answers that only one subject has; the subject's first name counts."""
    values = list(answers.values())
    return {answer: first_name(subject) for subject, answer in answers.items() if values.count(answer) == 1}


def trivia(relation: str, text: str, *, often: int = 1) -> tuple[Fact, ...]:
    """Read lines "answer = grammar; grammar; ...", each a fact with questions of its own.

    A grammar that begins with who, what, which, when, where, how or why is a question whose words stay in the same
    order when it is indirect; after "?" it is a direct question only, after "!" an indirect one; else a noun phrase.
    """
    found = []
    for line in text.strip().splitlines():
        answer, wordings = line.split(" = ", 1)
        parts: dict[str, list[str]] = {"noun": [], "both": [], "direct": [], "clause": []}
        for wording in map(str.strip, wordings.split(";")):
            mark = {"?": "direct", "!": "clause"}.get(wording[0])
            asks = re.match(r"\(?(in |on |at )?(who|what|which|when|where|how|why)\b", wording)
            asked = re.sub(r"^((in|on|at) )?which\b", r"\1(which|what)", wording.lstrip("?! "))
            parts[mark or ("both" if asks else "noun")].append(asked)
        if not answer[0].isdigit():
            parts["noun"] = [f"{noun}*5|the name of {noun}" for noun in parts["noun"]]
        asks_all = questions(**{kind: "|".join(texts) for kind, texts in parts.items()})
        found.append(Fact(relation, wordings, asks_all, answer.strip(), often))
    return tuple(found)


def _names(text: str) -> str:
    """The grammar of "name/other name"; the first name is the likeliest."""
    first, *others = (name.strip() for name in text.strip().split("/"))
    return f"({first}*2|{'|'.join(others)})" if others else first


def first_name(subject: str) -> str:
    return re.split(r"[*|]", subject.strip("()"), maxsplit=1)[0]


def _add(found: dict[str, str], subject: str, answer: str) -> None:
    if subject in found:
        raise ValueError(f"{subject} has two answers: {found[subject]}, {answer}")
    found[subject] = answer


def named(subject: str) -> dict[str, str]:
    """The fields of a subject: {s} itself, {own} "Peru's", {a} "a cow", {p} "cows" (also of "a cow").

    {part} and {whole} of "days in a week".
    """
    part, _, whole = subject.replace(" on ", " in ").partition(" in ")
    own = subject + ("'" if subject.endswith("s") else "'s")
    bare = re.sub("^an? ", "", subject)
    return {
        "s": subject, "own": own, "a": with_article(subject), "p": plural(bare), "part": part, "whole": whole,
    }  # fmt: skip


def with_article(noun: str) -> str:
    if noun.split(" ", maxsplit=1)[0] in ("a", "an", "the", "some"):
        return noun
    vowel = noun[0].lower() in "aeiou" and not noun.lower().startswith(("uni", "eu", "ukulele", "one"))
    return ("an " if vowel or noun.startswith("hour") else "a ") + noun


IRREGULAR = {
    "man": "men", "woman": "women", "child": "children", "person": "people", "foot": "feet", "tooth": "teeth",
    "goose": "geese", "mouse": "mice", "louse": "lice", "ox": "oxen", "die": "dice", "cactus": "cacti",
    "fungus": "fungi", "crisis": "crises", "leaf": "leaves", "knife": "knives", "wife": "wives", "life": "lives",
    "wolf": "wolves", "shelf": "shelves", "loaf": "loaves", "thief": "thieves", "half": "halves", "calf": "calves",
    "scarf": "scarves", "elf": "elves", "self": "selves", "potato": "potatoes", "tomato": "tomatoes",
    "hero": "heroes", "echo": "echoes", "mosquito": "mosquitoes", "sheep": "sheep", "fish": "fish", "deer": "deer",
    "moose": "moose", "salmon": "salmon", "aircraft": "aircraft", "series": "series", "species": "species",
    "squid": "squid", "shrimp": "shrimp", "tuna": "tuna", "trout": "trout", "cod": "cod", "goldfish": "goldfish",
    "grandchild": "grandchildren", "policeman": "policemen", "fireman": "firemen", "snowman": "snowmen",
    "jellyfish": "jellyfish", "starfish": "starfish", "swordfish": "swordfish", "flamingo": "flamingos",
    "quiz": "quizzes", "buffalo": "buffalo", "hoof": "hooves",
}  # fmt: skip


def plural(noun: str) -> str:
    """The plural of an English noun, whose last word counts: "polar bears"."""
    *before, last = noun.split(" ")
    if last in IRREGULAR:
        last = IRREGULAR[last]
    elif last.endswith("y") and last[-2:-1] not in tuple("aeiou"):
        last = last[:-1] + "ies"
    else:
        last += "es" if last.endswith(("s", "x", "ch", "sh", "z")) else "s"
    return " ".join([*before, last])
