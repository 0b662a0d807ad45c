"""Print the reference part of docs/python.md, read from the docstrings:  python -m docs.reference"""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Collection, Iterator

import flanchat

FUNCTIONS = ("load", "compare")
CLASSES = (
    "Model",
    "Answer",
    "Stream",
    "Answers",
    "Scores",
    "Score",
    "Grid",
    "Cell",
    "Tokens",
    "ModelDiff",
    "PromptDiff",
    "TokenDiff",
)
EXCEPTIONS = ("Interrupted", "FlanchatWarning", "FlanchatError")


def text() -> str:
    """The reference in Markdown."""
    parts: list[str] = []
    for name in FUNCTIONS:
        parts += _function(f"flanchat.{name}", getattr(flanchat, name), level=3)
    for name in CLASSES:
        parts += _class(name, getattr(flanchat, name))
    parts += ["### Exceptions", *(_exception(name, getattr(flanchat, name)) for name in EXCEPTIONS), _errors()]
    return "\n\n".join(parts)


def _function(title: str, function: object, level: int) -> Iterator[str]:
    signature = inspect.signature(function)  # type: ignore[arg-type]
    parameters = [p for name, p in signature.parameters.items() if name != "self"]
    shown = ", ".join(_parameter(p) for p in parameters)
    if keyword := next((at for at, p in enumerate(parameters) if p.kind is p.KEYWORD_ONLY), None):
        shown = ", ".join([*map(_parameter, parameters[:keyword]), "*", *map(_parameter, parameters[keyword:])])
    yield f"{'#' * level} `{title}({shown}) -> {_words(signature.return_annotation)}`"
    yield from _paragraphs(inspect.getdoc(function) or "", [p.name for p in parameters])


def _parameter(parameter: inspect.Parameter) -> str:
    stars = "**" if parameter.kind is parameter.VAR_KEYWORD else ""
    default = "" if parameter.default is parameter.empty else f"={parameter.default!r}"
    return f"{stars}{parameter.name}{default}"


def _class(name: str, value: type) -> Iterator[str]:
    yield f"### `{name}`"
    fields = [f.name for f in dataclasses.fields(value)] if dataclasses.is_dataclass(value) else []
    members = [(inner, member) for inner, member in vars(value).items() if not inner.startswith("_") and member.__doc__]
    properties = [f"- `{inner}`: {_plain(member.__doc__)}" for inner, member in members if isinstance(member, property)]
    *paragraphs, last = _paragraphs(inspect.getdoc(value) or "", [*fields, *getattr(value, "__slots__", ())])
    yield from paragraphs
    yield (
        "\n".join([last, *properties]) if last.startswith("- ") else "\n\n".join([last, "\n".join(properties)]).rstrip()
    )
    for inner, member in members:
        if inspect.isfunction(member):
            yield from _function(f"{name.lower()}.{inner}", member, level=4)


def _exception(name: str, value: type) -> str:
    bases = ", ".join(base.__name__ for base in value.__bases__)
    fields = ["answer", "message", "exit_status"]
    return f"#### `{name}({bases})`\n\n" + "\n\n".join(_paragraphs(inspect.getdoc(value) or "", fields))


def _errors() -> str:
    """The children of FlanchatError."""
    rows = ["| error | raised when |", "|---|---|"]
    for name in flanchat.__all__:
        value = getattr(flanchat, name)
        if (
            isinstance(value, type)
            and issubclass(value, flanchat.FlanchatError)
            and value is not flanchat.FlanchatError
        ):
            rows.append(f"| `{name}` | {_plain((value.__doc__ or '').partition(chr(10) + chr(10))[0])} |")
    return "\n".join(rows)


def _paragraphs(doc: str, names: Collection[str]) -> Iterator[str]:
    """The paragraphs of a docstring: one that describes `names` as a list, an example as a block of code."""
    for paragraph in doc.split("\n\n"):
        if paragraph.startswith(">>>"):
            yield f"```python\n{paragraph}\n```"
            continue
        name = rf"(?:{'|'.join(map(re.escape, names))})" if names else r"(?!)"
        begins = re.compile(rf"(?:^|(?<=\. )|(?<=\) ))({name}(?:, {name})*): ")
        before, *rest = begins.split(_plain(paragraph))
        if before:
            yield before.strip()
        described = [f"- `{word}`: {words.strip()}" for word, words in zip(rest[::2], rest[1::2], strict=True)]
        yield from ["\n".join(described)] * bool(described)


def _plain(doc: str) -> str:
    return " ".join(inspect.cleandoc(doc).split())


def _words(annotation: object) -> str:
    return str(annotation).strip("'")


if __name__ == "__main__":
    print(text())
