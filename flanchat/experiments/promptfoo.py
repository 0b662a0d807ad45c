"""Test files of promptfoo: a prompt with {{var}} and tests with `vars` and one assertion, or a list of such tests."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flanchat.base.i18n import _, join_list
from flanchat.base.strict_yaml import FieldPath
from flanchat.experiments.prompt_file import PromptFile, Row, from_columns
from flanchat.experiments.task_yaml import TaskYaml
from flanchat.experiments.template import Template, TemplateError, is_template

FIELDS = ("tests", "prompts", "providers")
"""A file with one of these, or a list, is promptfoo's."""

_READ = ("prompts", "tests", "description")
_NOT_USED = ("providers", "targets")
_WITHOUT_EFFECT = (
    "$schema", "commandLineOptions", "env", "evaluateOptions", "metadata", "outputPath", "sharing", "tags",
    "writeLatestResults",
)  # fmt: skip
_ASSERTIONS = {"equals": "correct", "contains": "contains", "icontains": "contains"}
"""What each assertion is scored by, a key of METRICS."""
_FIELD = re.compile(r"\{\{\s*[A-Za-z_][A-Za-z0-9_]*\s*\}\}")
_OTHER_FILE = re.compile(r"^(file|https?|package)://|^\S+\.(txt|md|json|ya?ml|csv|j2|py|m?js|ts)$")


def read_promptfoo(file: TaskYaml, prompt_column: str | None, target_column: str | None) -> PromptFile:
    """prompt_column, target_column: of `vars`, for tests without a prompt. Raises PromptsError."""
    base: FieldPath = () if isinstance(file.root, list) else ("tests",)
    root = {"tests": file.root} if isinstance(file.root, list) else file.mapping((), file.root)
    file.keys((), root, (*_READ, *_NOT_USED, *_WITHOUT_EFFECT), {})
    if isinstance(tests := root.get("tests"), str):
        file.refuse(base, f"expected the tests themselves, found the name {tests!r}; sweep that file")
    read = [_test(file, (*base, at), test) for at, test in enumerate(file.items(base, tests))]
    metric = _metric(file, read)
    prompts = list(_prompts(file, root["prompts"])) if "prompts" in root else []
    if prompts:
        rows = [_row(file, prompt, test) for test in read for prompt in prompts]
        found = PromptFile(rows, "prompts", "assert", is_filled=True)
    else:
        columns = [(file.line(test.at), dict(test.vars)) for test in read]
        found = from_columns(file.name, columns, prompt_column, target_column)
        if metric and target_column is None:
            rows = [replace(row, targets=test.targets) for row, test in zip(found.rows, read, strict=True)]
            found = replace(found, rows=rows, target_column="assert")
    return replace(found, metric=metric, notes=tuple(_notes(root, len(prompts), metric)))


@dataclass(frozen=True, slots=True)
class _Test:
    """One test. kind: of its assertion, or ""."""

    at: FieldPath
    vars: Mapping[str, str]
    kind: str = ""
    targets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Prompt:
    """label: tells several prompts apart, or ""."""

    at: FieldPath
    label: str
    template: Template


def _test(file: TaskYaml, at: FieldPath, test: Any) -> _Test:
    fields = file.mapping(at, test)
    file.keys(at, fields, ("vars", "assert", "description", "metadata"), {})
    given = file.mapping((*at, "vars"), fields.get("vars"))
    found = {name: file.scalar((*at, "vars", name), value) for name, value in given.items()}
    for name, value in found.items():
        if is_template(value) or _OTHER_FILE.search(value):
            file.refuse((*at, "vars", name), f"expected the value itself, found {value!r}")
    if "assert" not in fields:
        return _Test(at, found)
    assertions = file.items((*at, "assert"), fields["assert"])
    if len(assertions) > 1:
        file.refuse((*at, "assert", 1), "expected one assertion for each test, found another")
    at_assert = (*at, "assert", 0)
    assertion = file.mapping(at_assert, assertions[0])
    file.keys(at_assert, assertion, ("type", "value", "metric"), {})
    if (kind := assertion.get("type")) not in _ASSERTIONS:
        file.refuse((*at_assert, "type"), f"expected {', '.join(_ASSERTIONS)}, found {kind!r}")
    value = file.scalar((*at_assert, "value"), assertion.get("value"))
    if _OTHER_FILE.match(value) and "://" in value:
        file.refuse((*at_assert, "value"), f"expected the value itself, found {value!r}")
    return _Test(at, found, kind, (_filled(file, at, _template(file, (*at_assert, "value"), value), found),))


def _metric(file: TaskYaml, tests: Sequence[_Test]) -> str:
    """What the assertions are scored by, a key of METRICS; "" without any."""
    scored = [test for test in tests if test.kind]
    for test in scored:
        if _ASSERTIONS[test.kind] != _ASSERTIONS[scored[0].kind]:
            what = f"expected {scored[0].kind} as in the tests before, found {test.kind}; put them into two files"
            file.refuse((*test.at, "assert", 0, "type"), what)
    return _ASSERTIONS[scored[0].kind] if scored else ""


def _prompts(file: TaskYaml, given: Any) -> Iterator[_Prompt]:
    several = [given] if isinstance(given, str) else file.items(("prompts",), given)
    for number, prompt in enumerate(several):
        at: FieldPath = ("prompts",) if isinstance(given, str) else ("prompts", number)
        label = f"prompts[{number}]"
        if isinstance(prompt, dict):
            file.keys(at, prompt, ("raw", "label", "id"), {})
            label = str(prompt.get("label") or label)
        text = file.text(at, prompt.get("raw") if isinstance(prompt, dict) else prompt)
        if _OTHER_FILE.search(text.strip()):
            file.refuse(at, f"expected the prompt itself, found the name {text!r}; write its text here")
        yield _Prompt(at, label if len(several) > 1 else "", _template(file, at, text))


def _template(file: TaskYaml, at: FieldPath, text: str) -> Template:
    if is_template(_FIELD.sub("", text)):
        file.refuse(at, "expected nothing but {{var}} to be filled in, found more of Nunjucks' language")
    return file.template(at, text)


def _row(file: TaskYaml, prompt: _Prompt, test: _Test) -> Row:
    question = _filled(file, test.at, prompt.template, test.vars)
    label = {"prompt": prompt.label} if prompt.label else {}
    return Row(file.where(test.at), question, test.targets, {**test.vars, **label})


def _filled(file: TaskYaml, at: FieldPath, template: Template, found: Mapping[str, str]) -> str:
    try:
        return template.render(found)
    except TemplateError as error:
        file.refuse((*at, "vars"), f"{error}; the test has {', '.join(found) or 'none'}")


def _notes(root: Mapping[str, Any], prompts: int, metric: str) -> Iterator[str]:
    if metric == "contains":
        yield _("contains is scored by the metric of that name: whole words, without case and punctuation")
    if prompts > 1:
        yield _("every test is asked with each of {count} prompts; the column prompt names them").format(count=prompts)
    if unused := [key for key in _NOT_USED if key in root]:
        yield _("not used, because --model names the model: {fields}").format(fields=join_list(unused))
