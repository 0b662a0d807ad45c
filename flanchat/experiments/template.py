"""Templates of other programs' task files: Jinja without imports, macros and whatever could run long or call Python.

Task files come from strangers. What a template may hold is listed here, and Jinja's sandbox guards what is listed.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from flanchat.base.i18n import untranslated

if TYPE_CHECKING:
    from jinja2 import Environment, nodes

_NODES = (
    "Template", "Output", "TemplateData", "Name", "Const", "Getattr", "Getitem", "Slice", "List", "Tuple", "Dict",
    "Pair", "Filter", "Test", "Call", "Keyword", "CondExpr", "If", "For", "Assign", "Compare", "Operand", "And", "Or",
    "Not", "Add", "Sub", "Neg", "Concat",
)  # fmt: skip
_METHODS = (
    "capitalize", "count", "endswith", "find", "get", "index", "isdigit", "items", "join", "keys", "lower", "lstrip",
    "partition", "removeprefix", "removesuffix", "replace", "rfind", "rpartition", "rsplit", "rstrip", "split",
    "splitlines", "startswith", "strip", "title", "upper", "values",
)  # fmt: skip
_FILTERS = (
    "abs", "capitalize", "count", "d", "default", "first", "float", "int", "items", "join", "last", "length", "list",
    "lower", "map", "max", "min", "reject", "rejectattr", "replace", "reverse", "round", "select", "selectattr", "sort",
    "string", "sum", "title", "trim", "unique", "upper",
)  # fmt: skip


class TemplateError(ValueError):
    """A template cannot be read or filled in. The message says why, without a place."""


class Template:
    """A text with fields, such as "{{question}} {{choices[0]}}". Raises TemplateError."""

    def __init__(self, source: str) -> None:
        from jinja2 import TemplateError as JinjaError

        environment = _environment()
        try:
            with untranslated():
                _refuse_others(environment.parse(source))
                self._template = environment.from_string(source)
        except (JinjaError, RecursionError) as error:
            raise TemplateError(f"not a template: {error}") from None

    def render(self, fields: Mapping[str, Any]) -> str:
        """The text with the values of the fields. Raises TemplateError for one that is missing or has no value."""
        from jinja2 import TemplateError as JinjaError

        try:
            with untranslated():
                return self._template.render(fields)
        except (
            JinjaError,
            ArithmeticError,
            AttributeError,
            LookupError,
            TypeError,
            ValueError,
            RecursionError,
        ) as error:
            raise TemplateError(str(error)) from None


def is_template(text: str) -> bool:
    """Whether anything in a text is to be filled in."""
    return "{{" in text or "{%" in text


def _refuse_others(tree: nodes.Template) -> None:
    from jinja2 import nodes

    for node in tree.find_all(nodes.Node):
        name = type(node).__name__
        if name not in _NODES:
            raise TemplateError(f"line {node.lineno} of the template: {name} is not among what flanchat fills in")
        if isinstance(node, nodes.Call) and not (isinstance(node.node, nodes.Getattr) and node.node.attr in _METHODS):
            called = getattr(node.node, "attr", getattr(node.node, "name", "something"))
            raise TemplateError(f"line {node.lineno} of the template: {called}() is not among what flanchat calls")
        if isinstance(node, nodes.For) and node.recursive:
            raise TemplateError(f"line {node.lineno} of the template: a recursive loop is not allowed")


@cache
def _environment() -> Environment:
    """As lm-evaluation-harness sets it up, but for a value of nothing, which Jinja would write as "None"."""
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, keep_trailing_newline=True, finalize=_required
    )
    environment.filters = {name: environment.filters[name] for name in _FILTERS if name in environment.filters}
    environment.globals.clear()
    return environment


def _required(value: Any) -> Any:
    from jinja2 import Undefined

    if value is None:
        raise TemplateError("a field has no value (null)")
    if callable(value) and not isinstance(value, Undefined):
        raise TemplateError("a method without () has no value")
    return value
