"""The public names, their signatures and their fields stay as they are. UPDATE_GOLDENS=1 writes a deliberate change."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import flanchat
from flanchat.api import keywords, model
from flanchat.prompting.settings import SETTINGS
from tests.goldens import check_golden

PACKAGE = Path(flanchat.__file__).parent


def signatures() -> Iterator[str]:
    for name in sorted(flanchat.__all__):
        value = getattr(flanchat, name)
        if inspect.isfunction(value):
            yield f"{name}{inspect.signature(value)}"
        elif isinstance(value, type):
            bases = ", ".join(base.__name__ for base in value.__bases__ if base is not object)
            yield f"class {name}({bases})"
            if dataclasses.is_dataclass(value):
                yield from (f"    {f.name}: {f.type}" for f in dataclasses.fields(value) if f.name[0] != "_")
            if value.__module__.startswith("flanchat.api."):
                yield from (f"    {line}" for line in methods(value))


def methods(value: type) -> Iterator[str]:
    for name, member in sorted(vars(value).items()):
        if name.startswith("_"):
            continue
        if isinstance(member, property):
            yield f"{name} -> {inspect.signature(member.fget).return_annotation}"
        elif inspect.isfunction(member):
            yield f"{name}{inspect.signature(member)}"


def test_the_public_interface_is_as_it_was() -> None:
    check_golden("api/signatures.txt", "\n".join(signatures()))


def test_type_checkers_see_every_public_name_where_it_is() -> None:
    tree = ast.parse((PACKAGE / "__init__.pyi").read_text())
    declared = {
        alias.asname: node.module for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names
    }

    assert declared == flanchat._WHERE
    assert (PACKAGE / "py.typed").exists()


def test_every_public_name_exists_and_is_listed() -> None:
    for name in flanchat.__all__:
        assert getattr(flanchat, name) is not None
    assert set(flanchat.__all__) <= set(dir(flanchat))


def test_every_public_thing_is_documented() -> None:
    undocumented = [
        f"{name}.{inner}"
        for name in flanchat.__all__
        if isinstance(value := getattr(flanchat, name), type) and value.__module__.startswith("flanchat.api.")
        for inner, member in vars(value).items()
        if not inner.startswith("_") and (callable(member) or isinstance(member, property)) and not member.__doc__
    ]

    assert undocumented == []


def test_the_typed_keywords_are_the_settings_of_a_question() -> None:
    kinds = {"bool": "bool", "int": "int", "float": "float", "text": "str"}
    expected = {setting.short: setting for setting in SETTINGS if setting.group != "display"}

    assert keywords.Keywords.__annotations__.keys() == expected.keys()
    for name, declared in inspect.get_annotations(keywords.Keywords).items():
        setting, text = expected[name], declared.__forward_arg__
        if setting.kind == "choice":
            assert ast.literal_eval(text.removeprefix("Literal")) == list(setting.choices)
        elif setting.kind in kinds:
            assert text == kinds[setting.kind] + " | None" * setting.optional, name
    assert "Keywords" in inspect.getsource(model)


def test_importing_flanchat_imports_neither_torch_nor_what_draws_or_parses_commands() -> None:
    heavy = ("torch", "transformers", "numpy", "rich", "click", "jinja2", "prompt_toolkit", "flanchat.api.model")
    code = f"import sys, flanchat; flanchat.__version__; print([n for n in {heavy} if n in sys.modules])"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"


def test_loading_imports_neither_click_nor_the_repl() -> None:
    heavy = ("torch", "rich", "click", "jinja2", "prompt_toolkit", "flanchat.repl", "flanchat.cli")
    code = f"import sys, flanchat; flanchat.load; flanchat.Answer; print([n for n in {heavy} if n in sys.modules])"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"
