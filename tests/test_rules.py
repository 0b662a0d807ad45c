"""The rules of the code itself: who may import whom, a light start, nothing that runs what it reads, no debris."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests import sources

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "flanchat"
MODULES = {
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix("__init__").rstrip("."): path
    for path in sorted(PACKAGE.rglob("*.py"))
}
"""Every module by its name below flanchat; "" is the package itself."""

# Each folder imports only from those above it; `export` and `ui` do not know each other, `api` and `repl` neither.
LAYERS = {
    "base": 0,
    "engine": 1,
    "prompting": 2,
    "sessions": 3,
    "experiments": 4,
    "export": 5,
    "ui": 5,
    "api": 6,
    "serve": 5,
    "repl": 6,
    "cli": 7,
    "lm_eval": 8,
    "__main__": 8,
}
USES_THE_REPL = {"cli.chat", "cli.help"}

REPL = {name for name in MODULES if name.startswith("repl.")}
CLI = {name for name in MODULES if name.partition(".")[0] == "cli"}
UI = {name for name in MODULES if name.startswith("ui.")}
ENGINE = {name for name in MODULES if name.startswith("engine")}

HEAVY = {"torch", "torch_npu", "transformers", "safetensors", "sentencepiece", "huggingface_hub", "openmind_hub"}
HUBS = {"huggingface_hub": {"engine.hubs.huggingface"}, "openmind_hub": {"engine.hubs.openmind"}}
LIGHT = {
    "numpy",
    "google",
    "tokenizers",
    "rich",
    "prompt_toolkit",
    "pydantic",
    "pyarrow",
    "ray",
    "jinja2",
    "IPython",
} | HEAVY
AT_A_TERMINAL = {
    "ui.candidates",
    "ui.columns",
    "ui.comparison",
    "ui.grid",
    "ui.probabilities",
    "ui.scoreboard",
    "ui.why",
}
AT_A_TERMINAL |= {"repl.long_entries", "repl.terminal_input"}
"""These import rich or prompt_toolkit; they are imported when something is drawn or edited for the first time."""
TENSORS = {
    "engine.t5.answer_events",
    "engine.t5.answering",
    "engine.t5.beam_search",
    "engine.t5.transformers_model",
    "engine.t5.loading",
    "engine.t5.model",
    "engine.t5.key_value_cache",
    "engine.t5.layer_loader",
    "engine.t5.layers",
    "engine.t5.position_bias",
    "engine.t5.step_trace",
    "engine.t5.device_graph",
    "engine.t5.step_costs",
    "engine.t5.model_parallel",
    "engine.t5.weight_reader",
    "engine.t5.activation",
    "engine.t5.attention",
    "engine.t5.attribution",
    "engine.t5.linear",
    "engine.t5.decoding",
    "engine.t5.distributions",
    "engine.t5.prompt_lookup",
    "engine.t5.scoring",
    "engine.t5.threads",
    "engine.devices.precision",
    "engine.reference.library",
    "api.torch_values",
}
ONLY_IN = {
    "prompt_toolkit": {"repl.long_entries", "repl.terminal_input"},
    "rich": UI,
    "jinja2": {"export.html", "experiments.template"},
    "pyarrow": {"experiments.parquet"},
    "ray": {"engine.worker.ray_pool"},
    "lm_eval": {"lm_eval"},
    "tqdm": {"lm_eval"},
    "yaml": {"base.strict_yaml"},
    "starlette": {"serve.app", "serve.http"},
    "uvicorn": {"serve.run"},
    "click": CLI,
    "typing_extensions": {"api.comparing", "api.model"},  # for type checkers
    "IPython": {"ui.notebook"},
    "openmind": {"engine.reference.library"},  # it changes transformers for the whole process
    **dict.fromkeys(HEAVY | {"tokenizers", "google"}, ENGINE),
    "torch": ENGINE | {"api.torch_values"},
    "numpy": {*ENGINE, "experiments.calibration", "experiments.statistics"},
    **HUBS,
}


def tree(name: str) -> ast.Module:
    return sources.parsed(MODULES[name])


def nodes_of(name: str) -> tuple[ast.AST, ...]:
    return sources.nodes_of(MODULES[name])


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


def folder_of(name: str) -> str:
    return name.partition(".")[0]


def test_no_test_imports_transformers_before_it_runs():
    """Otherwise every process that collects it does, in 2.4 s; the mark `transformers` says which tests do."""
    found = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "tests").rglob("*.py")
        if "transformers" in path.read_text()  # parsing takes longer
        if "transformers" in of_others(list(run_at_import(sources.parsed(path).body)))
    ]

    assert found == []


def test_every_folder_has_its_place_in_the_layers():
    assert {folder_of(name) for name in MODULES} - {""} == set(LAYERS)


def test_a_module_imports_only_from_the_layers_before_its_own():
    found = [
        (name, other)
        for name in set(MODULES) - {""}
        for other in of_ours(name)
        if folder_of(other) not in (folder_of(name), "") and LAYERS[folder_of(other)] >= LAYERS[folder_of(name)]
    ]

    assert found == []


def test_the_package_itself_imports_nothing_before_a_name_is_used():
    assert set(imports(run_at_import(tree("").body))) == set()
    assert of_ours("") == set()


def test_the_command_line_imports_the_repl_only_to_start_or_explain_it():
    users = {name for name in CLI for other in of_ours(name) if folder_of(other) == "repl"}

    assert users <= USES_THE_REPL


def test_no_modules_import_each_other_in_a_circle():
    """Lazy imports and those for type checkers count too: a reader follows them all."""
    edges = {name: of_ours(name) & set(MODULES) for name in MODULES}
    while leaves := [name for name, others in edges.items() if not others]:
        for leaf in leaves:
            del edges[leaf]
        for others in edges.values():
            others.difference_update(leaves)

    assert sorted(edges) == []


def test_a_library_is_known_only_where_it_belongs():
    found = [
        (name, library)
        for name in MODULES
        for library in of_others(nodes_of(name))
        if name not in ONLY_IN.get(library, ())
    ]

    assert found == []


def test_nothing_heavy_is_imported_before_it_is_needed():
    found = [
        (name, library)
        for name in set(MODULES) - TENSORS - AT_A_TERMINAL
        for library in of_others(list(run_at_import(tree(name).body))) & LIGHT
    ]

    assert found == []


def test_the_first_line_says_what_a_module_is_for():
    assert [name for name in MODULES if not ast.get_docstring(tree(name))] == []


def calls(name: str) -> Iterator[ast.Call]:
    return (node for node in nodes_of(name) if isinstance(node, ast.Call))


def test_no_module_runs_what_it_reads():
    forbidden = {
        "eval", "exec", "compile", "__import__", "os.system", "os.popen", "torch.load", "yaml.load", "yaml.load_all",
        "yaml.unsafe_load", "yaml.full_load",
    }  # fmt: skip

    found = []
    for name in MODULES:
        called = {ast.unparse(call.func) for call in calls(name)} & forbidden
        imported = set(imports(nodes_of(name))) & {"pickle", "marshal", "shelve", "dill", "joblib"}
        if name == "engine.checkpoint.convert":
            called.discard("torch.load")
        found += [(name, each) for each in (*called, *imported)]
        found += [(name, "shell") for call in calls(name) if any(k.arg == "shell" for k in call.keywords)]
    assert found == []


def test_a_pickle_is_opened_for_its_tensors_only():
    loads = [call for call in calls("engine.checkpoint.convert") if ast.unparse(call.func) == "torch.load"]

    assert loads
    for call in loads:
        assert {k.arg: ast.unparse(k.value) for k in call.keywords}["weights_only"] == "True", call.lineno


def loads_from_folders() -> list[tuple[str, ast.Call]]:
    return [
        (name, call) for name in MODULES for call in calls(name) if ast.unparse(call.func).endswith(".from_pretrained")
    ]


def test_every_from_pretrained_is_local_safe_and_exact():
    demanded = {"trust_remote_code": False, "local_files_only": True}
    of_a_model = {"use_safetensors": True, "attn_implementation": "eager"}

    assert loads_from_folders()
    for name, call in loads_from_folders():
        is_tokenizer = "Tokenizer" in ast.unparse(call.func)
        given = {k.arg: k.value.value for k in call.keywords if isinstance(k.value, ast.Constant)}
        assert (demanded if is_tokenizer else demanded | of_a_model).items() <= given.items(), f"{name}:{call.lineno}"


def test_openmind_is_imported_in_a_model_process_only():
    """The engine that imports it is opened by name, and nothing but a worker is opened by that name."""
    users = [name for name in MODULES if "engine.reference.engine" in of_ours(name)]
    opening = [name for name in MODULES for call in calls(name) if ast.unparse(call.func).endswith("ReferenceEngine")]

    assert (users, opening) == (["engine.engines"], ["engine.engines"])


def test_what_draws_the_first_prompt_loads_nothing_heavy():
    light = [
        f"flanchat.{name}"
        for name in sorted(
            REPL
            | {"cli.start", "cli.ask", "cli.chat"}
            | {"sessions.session", "sessions.library", "prompting.profile_reader", "engine.worker.process"}
        )
    ]
    heavy = sorted(
        {"torch", "transformers", "numpy", "rich", "safetensors", "tokenizers", "huggingface_hub", "pydantic"}
        | {"sentencepiece", "google", "sqlite3", "ctypes", "pyarrow", "ray"}
        | {
            f"flanchat.{name}"
            for name in (
                "engine.devices.registry",
                "export.exporters",
                "prompting.lint",
                "prompting.profile_writer",
                "sessions.index",
                "sessions.search",
                "cli.diagnostics",
            )
        }
    )
    code = f"import sys, {', '.join(light)}\nprint([name for name in {heavy} if name in sys.modules])"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)

    assert done.stdout == "[]\n"


SURROUNDINGS = re.compile(
    r"os\.(environ\w*|getenvb?)|sys\.(argv|__?std\w+|std\w+)|time\.(time(_ns)?|localtime|gmtime|strftime|ctime)"
    r"|datetime\.(now|utcnow|today)|date\.today"
    r"|Path\.home|\w+\.expanduser|os\.path\.expanduser|os\.path\.expandvars|shutil\.get_terminal_size"
)
READ_THEM = {
    "__main__": "hands them to main",
    "api.surroundings": "nobody hands them to a library",
    "base.clock": "the clock that main hands on by default",
    "base.paths": "~NAME is looked up in the system's list of users",
    "lm_eval": "the main of a process",
    "engine.worker.child": "the main of a process",
    "engine.devices.probe_child": "the main of a process",
    "engine.checkpoint.convert": "the main of a process",
    "engine.worker.ray_pool": "an actor, which Ray runs in a process of its own",
    "engine.hubs.huggingface": "its library reads the environment",
    "engine.hubs.openmind": "its library reads the environment",
    "engine.devices.npu_probe": "torch reads the environment",
}
"""Modules that read the environment, arguments, streams or clock of the process, and why they may."""


def surroundings_in(name: str) -> Iterator[str]:
    """Where a module reads what `main` should hand it, by attribute or by a name that it imports alone."""
    for node in nodes_of(name):
        if isinstance(node, ast.Attribute | ast.Name) and SURROUNDINGS.fullmatch(written := ast.unparse(node)):
            yield f"{name}:{node.lineno}: {written}"
        if isinstance(node, ast.ImportFrom) and node.module in ("os", "sys", "time"):
            taken = (f"{node.module}.{alias.name}" for alias in node.names)
            yield from (f"{name}:{node.lineno}: {written}" for written in taken if SURROUNDINGS.fullmatch(written))
        is_print = isinstance(node, ast.Call) and ast.unparse(node.func) in ("print", "click.echo")
        if is_print and not any(k.arg == "file" for k in node.keywords):
            yield f"{name}:{node.lineno}: print"


def test_surroundings_are_handed_in():
    assert [found for name in sorted(set(MODULES) - set(READ_THEM)) for found in surroundings_in(name)] == []


def test_only_modules_that_read_their_surroundings_are_allowed_to():
    assert [name for name in READ_THEM if not list(surroundings_in(name))] == []


def test_a_command_prints_json_in_one_way():
    """json.dumps alone writes NaN, which no other reader of JSON takes."""
    assert [name for name in sorted(CLI) for call in calls(name) if ast.unparse(call.func) == "json.dumps"] == []


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


def test_no_benchmark_hides_a_module_of_pythons_from_those_that_are_run_as_scripts():
    assert {path.stem for path in (ROOT / "benchmarks").glob("*.py")}.isdisjoint(sys.stdlib_module_names)


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


WRITES_TO_STREAMS = {"ui.terminal", "engine.worker.child"}  # a child's standard error is read by its parent


def test_text_reaches_a_stream_only_through_the_functions_that_mask_it():
    found = []
    for name in MODULES:
        for node in nodes_of(name):
            if name in WRITES_TO_STREAMS or not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func)
            if called in ("print", "Console", "click.echo", "click.secho") or re.search(
                r"(stdout|stderr|console\.file)\.write$", called
            ):
                found.append(f"{name}:{node.lineno}: {called}")

    assert found == []


def test_styles_are_named_in_one_module():
    """Any two screens mark the same things alike, and none has a colour that some theme makes unreadable."""
    word = "bold|dim|italic|underline|strike|reverse|black|red|green|yellow|blue|magenta|cyan|white|bright_[a-z]+"
    style = re.compile(rf"(?:not )?(?:{word})(?: (?:on )?(?:{word}))*")
    found = [
        (path.name, node.lineno, node.value)
        for path in (PACKAGE / "ui").glob("*.py")
        if path.name != "styles.py"
        for node in sources.nodes_of(path)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and style.fullmatch(node.value)
    ]

    assert found == []
