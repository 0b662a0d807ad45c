"""The documents agree with the code. UPDATE_GOLDENS=1 writes their generated parts anew."""

from __future__ import annotations

import ast
import gettext
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import tables
from benchmarks.figures import growth_table
from demo_model import families
from docs import layers, reference
from flanchat.base.i18n import LOCALE, use_language
from flanchat.engine.events import Warned
from flanchat.prompting.explanations import EXPLANATIONS
from flanchat.prompting.profile_reader import find_profile
from flanchat.prompting.prompt import warning_line
from flanchat.prompting.settings import SETTINGS
from flanchat.repl.commands.table import COMMANDS
from tests.family import tables as tables_of_family
from tests.sources import parsed

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
DESIGN = ROOT / "docs" / "design.md"
MODELS = ROOT / "docs" / "models.md"
DOCUMENTS = sorted(
    path for folder in (".", "docs", "demo_model", "flanchat/demo") for path in (ROOT / folder).glob("*.md")
)
CODE = [*ROOT.glob("benchmarks/*.py"), *ROOT.glob("demo_model/*.py"), *ROOT.glob("docs/*.py")]


def commands_table() -> str:
    rows = ["| command | does |", "|---|---|"]
    for group in dict.fromkeys(command.group for command in COMMANDS):
        rows.append(f"| **{group}** | |")
        rows += [f"| `{c.usage.replace('|', chr(92) + '|')}` | {c.help} |" for c in COMMANDS if c.group == group]
    return "\n".join(rows)


def profiles_table() -> str:
    folder = ROOT / "profiles"
    names = sorted(path.stem for path in folder.glob("*.yaml"))
    rows = [f"| `{name}` | {find_profile(name, (folder,)).description} |" for name in names]
    return "\n".join(["| profile | what it does |", "|---|---|", *rows])


def settings_table() -> str:
    rows = []
    for s in SETTINGS:
        about, example = EXPLANATIONS[s.name]
        rows.append(
            f"| `{s.name}` | {s.values} | `{s.format(s.default)}` | {s.help}. {about} | `{s.short}={example}` |"
        )
    return "\n".join(["| setting | values | default | meaning | example |", "|---|---|---|---|---|", *rows])


def growth_figures() -> str:
    return growth_table(json.loads((tables.RESULTS / "growth.json").read_text(encoding="utf-8")))


def demo_figures() -> families.Figures:
    figures: families.Figures = json.loads((ROOT / "demo_model" / "figures.json").read_text(encoding="utf-8"))
    return figures


GENERATED = {
    "commands": (ROOT / "docs" / "commands.md", commands_table),
    "profiles": (ROOT / "docs" / "profiles.md", profiles_table),
    "settings": (ROOT / "docs" / "profiles.md", settings_table),
    "layers": (DESIGN, layers.table),
    "members": (MODELS, tables_of_family.members_table),
    "refused": (MODELS, tables_of_family.refused_table),
    "features": (MODELS, tables_of_family.features_table),
    "reference": (ROOT / "docs" / "python.md", reference.text),
    "growth": (ROOT / "docs" / "benchmarks.md", growth_figures),
    "peers": (ROOT / "docs" / "benchmarks.md", tables.peers),
    "speed": (README, tables.speed),
    "demo": (README, lambda: families.sentence(demo_figures())),
    "demo-zh": (ROOT / "README.zh-CN.md", lambda: families.chinese_sentence(demo_figures())),
}


@pytest.mark.parametrize("name", GENERATED)
def test_the_generated_tables_are_current(name: str):
    path, generate = GENERATED[name]
    expected = generate()
    part = re.compile(rf"(<!-- {name}: [^\n]*-->\n)(.*?)(<!-- end -->)", re.DOTALL)
    if os.environ.get("UPDATE_GOLDENS"):
        text = path.read_text(encoding="utf-8")
        path.write_text(part.sub(lambda found: f"{found[1]}{expected}\n{found[3]}", text), encoding="utf-8")

    found = part.search(path.read_text(encoding="utf-8"))

    assert found is not None
    assert found[2].strip() == expected, "run UPDATE_GOLDENS=1 pytest tests/test_docs.py"


@pytest.mark.parametrize("path", [*DOCUMENTS, *CODE], ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_that_a_document_names_exists(path: Path):
    text = path.read_text(encoding="utf-8")
    named = set(re.findall(r"(?<![\w./-])(?:[\w.-]+/)*[a-z_][\w-]*\.(?:py|md|svg)\b", text))
    named |= set(re.findall(r"(?<![\w./-])(?:tests|constraints|benchmarks|profiles)/[\w./*-]*[\w/]", text))

    assert [name for name in sorted(named) if not list(places(name, path.parent))] == []


def places(name: str, folder: Path) -> Iterator[Path]:
    """Where a name in a document of `folder` can be: there, at the top, or in the package. `*` is a wildcard."""
    for base in (folder, ROOT, ROOT / "flanchat"):
        yield from base.glob(name)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_in_a_document_leads_somewhere(path: Path):
    text = path.read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)\s]+)\)", text) if not link.startswith("http")]
    headings = {heading.lower().replace(" ", "-") for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}

    assert [
        link
        for link in links
        if not (link[1:] in headings if link.startswith("#") else (path.parent / link.partition("#")[0]).exists())
    ] == []


def test_every_name_that_the_design_gives_with_its_file_is_defined_there():
    """Written as `sessions/session.py:Session.ask`."""
    references = re.findall(r"([\w/]+\.py):([A-Za-z_][\w.]*)", DESIGN.read_text(encoding="utf-8"))

    assert references
    assert [f"{file}:{name}" for file, name in references if name not in defined(ROOT / "flanchat" / file)] == []


def defined(path: Path) -> set[str]:
    """The names that a module defines, those in classes as `Class.name`."""
    return set(_names(parsed(path).body, ""))


def _names(body: list[ast.stmt], within: str) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield within + node.name
        if isinstance(node, ast.ClassDef):
            yield from _names(node.body, f"{within}{node.name}.")
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        yield from (within + target.id for target in targets if isinstance(target, ast.Name))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_in_a_document_exists(path: Path):
    text = path.read_text(encoding="utf-8")
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    modules = [
        ROOT / name.replace(".", "/") for name in re.findall(r"-m ((?:docs|tests|benchmarks|demo_model)[\w.]*)", text)
    ]

    assert set(re.findall(r"(?:`|^)make ([\w-]+)", text, re.MULTILINE)) <= targets
    assert [module for module in modules if not module.is_dir() and not module.with_suffix(".py").exists()] == []


@pytest.mark.parametrize(
    "message",
    [
        "torch_npu is not installed",
        "torch_npu works but sees no device",
        "no answer within {detail} s",
        "it computes wrong numbers ({detail})",
    ],
)
def test_the_pages_on_ascend_quote_the_messages_about_an_npu_as_they_are_shown(message: str):
    chinese = gettext.translation("flanchat", LOCALE, ["zh_CN"]).gettext(message)

    english_page, chinese_page = (
        (ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("ascend.md", "ascend.zh-CN.md")
    )
    assert chinese != message, "the message is no longer in the catalogue"
    assert f"`{quoted(message)}`" in english_page
    assert f"`{quoted(chinese)}`" in chinese_page


def quoted(message: str) -> str:
    return re.sub(r"\s*[(（]\{detail\}[)）]", "", message).replace("{detail}", "90")


def test_the_readme_has_a_line_on_each_experiment():
    text = README.read_text(encoding="utf-8")

    for feature in ("/why", "--calibration", "vote=8", "/beams", "/fill", "diff", "card", "verify", "a test of each"):
        assert feature in text
    assert "only the reference engine's own process imports `openmind`" in text


def test_the_readmes_quote_the_warning_about_unread_characters_as_it_is_shown():
    english, chinese = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh-CN.md"))
    warned = Warned("unk", 2, "{}")

    assert f"`! {warning_line(warned)}`" in english
    use_language("zh", {})
    try:
        assert f"`! {warning_line(warned)}`" in chinese
    finally:
        use_language("en", {})


def test_each_readme_is_one_page_of_at_most_150_lines():
    lengths = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in ROOT.glob("README*.md")}

    assert len(lengths) == 2
    assert {name: lines for name, lines in lengths.items() if lines > 150} == {}


def test_the_site_has_every_page():
    nav = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:\n")[2]
    listed = re.findall(r": ([\w.-]+\.md)$", nav, re.MULTILINE)

    assert sorted(listed) == sorted(path.name for path in (ROOT / "docs").glob("*.md"))
