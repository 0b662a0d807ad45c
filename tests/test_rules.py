"""The rules of the code itself: who may import whom, a light start, nothing that runs what it reads, no debris."""

from __future__ import annotations

import ast
import functools
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "flanchat"
FILES = {
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts): path
    for path in sorted(PACKAGE.rglob("*.py"))
    if path.name != "__init__.py" or path.parent.name in ("engine", "cli")
}
MODULES = {name.removesuffix(".__init__"): path for name, path in FILES.items()}

GROUND = {"errors", "events", "words"}
PROTOCOL = {"engine"}
ENGINE = {name for name in MODULES if name.startswith("engine")}
STORY = {"conversation", "records"}
REPL = {name for name in MODULES if name.startswith("repl.")}
CLI = {name for name in MODULES if name.partition(".")[0] == "cli"}
LIBRARIES = {
    "setup", "batch", "diff", "page", "axes", "whatif", "experiment", "gridpage", "replay",
    "session", "export", "library", "config", "profilefile", "lint",
    "doctor",
}  # fmt: skip
SWEEP = {"columns", "promptfile", "scores", "journal", "sweep"}
VALUES = GROUND | {
    "yamlfile", "files", "places", "settings", "profile", "prompt", "transcript", "history", "terminal", "interrupts",
    "choosing",
}  # fmt: skip

# What each module may import of ours; "" is the package itself, for its version.
MAY_IMPORT = {
    "errors": set(),
    "events": set(),
    "terminal": set(),
    "words": set(),
    "interrupts": set(),
    "yamlfile": GROUND,
    "files": GROUND,
    "places": GROUND,
    "settings": GROUND | {"yamlfile"},
    "profile": GROUND | {"yamlfile", "places", "settings"},
    "prompt": GROUND | {"settings", "profile"},
    "history": GROUND | {"files", "places"},
    "transcript": GROUND | {"", "files", "places"},
    "choosing": GROUND,
    "diff": set(),
    "page": {"", "terminal", "words"},
    "setup": GROUND | {"settings", "profile", "prompt"},
    "batch": VALUES | PROTOCOL | {"conversation", "setup"},
    "conversation": VALUES | PROTOCOL,
    "records": VALUES | PROTOCOL | {"conversation", "setup"},
    "replay": VALUES | PROTOCOL | STORY | {"setup", "batch", "diff"},
    "export": VALUES | PROTOCOL | STORY | {"", "page"},
    "library": VALUES | PROTOCOL | STORY,
    "config": GROUND | {"yamlfile", "places", "files", "settings", "profile"},
    "profilefile": GROUND | {"yamlfile", "places", "files", "settings", "profile", "prompt"},
    "lint": GROUND | {"yamlfile", "settings", "profile", "prompt"},
    "session": VALUES | PROTOCOL | STORY | {"setup", "batch"},
    "axes": GROUND | {"settings"},
    "whatif": VALUES | PROTOCOL | STORY | {"axes", "setup", "batch", "profilefile"},
    "gridpage": VALUES | PROTOCOL | STORY | {"experiment", "whatif", "diff", "page"},
    "experiment": VALUES | PROTOCOL | STORY | {"axes", "whatif", "session"},
    "doctor": VALUES | ENGINE | {"", "config"},
    "columns": GROUND | {"files"},
    "promptfile": GROUND | {"columns"},
    "scores": set(),
    "journal": GROUND | {"files"},
    "sweep": VALUES | PROTOCOL | STORY | {"", "axes", "setup", "promptfile", "scores"},
    "__main__": {"cli"},
    **{name: {""} | VALUES | LIBRARIES | SWEEP | STORY | ENGINE | REPL | CLI for name in CLI},
    **{name: GROUND | ENGINE | {""} for name in ENGINE},
    "engine.convert": GROUND | ENGINE | {"places"},
    **{name: VALUES | LIBRARIES - {"lint", "doctor"} | STORY | PROTOCOL | REPL for name in REPL},
    "engine": GROUND,
    "engine.probe": GROUND | ENGINE | {"places", "files"},
    "engine.remembered": GROUND | {"files", "places"},
}

HEAVY = {"torch", "torch_npu", "transformers", "safetensors", "sentencepiece", "huggingface_hub", "openmind_hub"}
HUBS = {"huggingface_hub": {"engine.huggingface"}, "openmind_hub": {"engine.openmind"}}
LIGHT = {"numpy", "google", "tokenizers", "rich", "prompt_toolkit", "pydantic", "pyarrow", "ray"} | HEAVY
TENSORS = {
    "engine.t5",
    "engine.launch",
    "engine.spread",
    "engine.stored",
    "engine.packing",
    "engine.decoding",
    "engine.precision",
}
ONLY_IN = {
    "prompt_toolkit": {"repl.lines"},
    "rich": {"repl.view", "repl.gridview", "repl.bars", "repl.sidebyside", "cli.progress", "cli.scoreboard"},
    "pyarrow": {"columns"},
    "ray": {"engine.rayengine"},
    "yaml": {"yamlfile"},
    "click": CLI,
    "openmind": set(),  # it changes transformers for the whole process
    **dict.fromkeys(HEAVY | {"numpy", "tokenizers", "google"}, ENGINE),
    **HUBS,
}


@functools.cache
def tree(name: str) -> ast.Module:
    return ast.parse(MODULES[name].read_text(encoding="utf-8"))


@functools.cache
def nodes_of(name: str) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(tree(name)))


def imports(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """The full name of every module that these nodes import."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute here"
            module = node.module or ""
            for alias in node.names:
                inner = f"{module}.{alias.name}".removeprefix("flanchat.")
                yield f"flanchat.{inner}" if module.startswith("flanchat") and inner in MODULES else module


def of_ours(name: str) -> set[str]:
    found = (module for module in imports(nodes_of(name)) if module.partition(".")[0] == "flanchat")
    return {module.removeprefix("flanchat").removeprefix(".") for module in found}


def of_others(nodes: Iterable[ast.AST]) -> set[str]:
    tops = {module.partition(".")[0] for module in imports(nodes)}
    return tops - {"flanchat"} - set(sys.stdlib_module_names)


def run_at_import(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that an import of the module runs: not those in functions, nor those for type checkers."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        yield node
        for inner in ("body", "handlers", "orelse", "finalbody"):
            yield from run_at_import(getattr(node, inner, []))


def test_every_module_has_its_place_in_the_layers():
    assert set(MODULES) == set(MAY_IMPORT)


@pytest.mark.parametrize("name", MODULES)
def test_a_module_imports_only_what_its_layer_may(name):
    assert of_ours(name) - MAY_IMPORT[name] - {name} == set()


@pytest.mark.parametrize("name", MODULES)
def test_a_library_is_known_only_where_it_belongs(name):
    strangers = {library for library in of_others(nodes_of(name)) if name not in ONLY_IN.get(library, ())}

    assert strangers == set()


@pytest.mark.parametrize("name", sorted(set(MODULES) - TENSORS))
def test_nothing_heavy_is_imported_before_it_is_needed(name):
    assert of_others(list(run_at_import(tree(name).body))) & LIGHT == set()


@pytest.mark.parametrize("name", MODULES)
def test_the_first_line_says_what_a_module_is_for(name):
    assert ast.get_docstring(tree(name))


def calls(name: str) -> Iterator[ast.Call]:
    return (node for node in nodes_of(name) if isinstance(node, ast.Call))


@pytest.mark.parametrize("name", MODULES)
def test_no_module_runs_what_it_reads(name):
    forbidden = {
        "eval", "exec", "compile", "__import__", "os.system", "os.popen", "torch.load", "yaml.load", "yaml.load_all",
        "yaml.unsafe_load", "yaml.full_load",
    }  # fmt: skip

    called = {ast.unparse(call.func) for call in calls(name)}
    assert called & forbidden - ({"torch.load"} if name == "engine.convert" else set()) == set()
    assert set(imports(nodes_of(name))) & {"pickle", "marshal", "shelve", "dill", "joblib"} == set()
    assert [call for call in calls(name) if any(k.arg == "shell" for k in call.keywords)] == []


def test_a_pickle_is_opened_for_its_tensors_only():
    loads = [call for call in calls("engine.convert") if ast.unparse(call.func) == "torch.load"]

    assert loads
    for call in loads:
        assert {k.arg: ast.unparse(k.value) for k in call.keywords}["weights_only"] == "True", call.lineno


def loads_from_folders() -> list[tuple[str, ast.Call]]:
    return [
        (name, call) for name in MODULES for call in calls(name) if ast.unparse(call.func).endswith(".from_pretrained")
    ]


def test_every_from_pretrained_is_local_safe_and_exact():
    demanded = {
        "trust_remote_code": False,
        "use_safetensors": True,
        "local_files_only": True,
        "attn_implementation": "eager",
    }

    assert loads_from_folders()
    for name, call in loads_from_folders():
        given = {k.arg: k.value.value for k in call.keywords if isinstance(k.value, ast.Constant)}
        assert demanded.items() <= given.items(), f"{name}:{call.lineno}"


def test_what_draws_the_first_prompt_loads_nothing_heavy():
    light = [f"flanchat.{name}" for name in sorted(REPL | CLI | {"session", "profile", "library", "engine.worker"})]
    heavy = sorted(
        {"torch", "transformers", "numpy", "rich", "safetensors", "tokenizers", "huggingface_hub", "pydantic"}
        | {
            "sentencepiece",
            "google",
            "sqlite3",
            "ctypes",
            "flanchat.engine.devices",
            "pyarrow",
            "ray",
            "flanchat.export",
            "flanchat.lint",
            "flanchat.profilefile",
            "flanchat.doctor",
        }
    )
    code = f"import sys, {', '.join(light)}\nprint([name for name in {heavy} if name in sys.modules])"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)

    assert done.stdout == "[]\n"


def kept_files() -> list[Path]:
    """Every file that git has, or would take."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, capture_output=True, check=True, cwd=ROOT).stdout
    paths = (ROOT / os.fsdecode(name) for name in listed.split(b"\0") if name)
    return [path for path in paths if path.is_file()]


def test_no_file_has_a_name_that_only_an_accident_makes():
    names = [str(path.relative_to(ROOT)) for path in kept_files()]

    assert [name for name in names if not re.fullmatch(r"[A-Za-z0-9_./-]+", name)] == []


def test_no_file_is_larger_than_a_code_host_likes():
    assert [path for path in kept_files() if path.stat().st_size > 25_000_000] == []


def test_no_text_names_a_place_on_the_machine_of_an_author():
    places = ["/" + "root/", "/" + "work/", "/" + ".shared"]

    found = []
    for path in kept_files():
        content = path.read_bytes()
        if b"\0" not in content:
            found += [(path.name, place) for place in places if place.encode() in content]
    assert found == []
