"""HTML from the templates beside this file: pages, one file each, and parts of them. It loads nothing, runs no script.

Every value that a template prints is escaped, after its control and invisible characters have been made visible.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flanchat import __version__
from flanchat.base.format import clipped, format_count, format_logprob, format_percent
from flanchat.base.i18n import _, is_translated, ngettext
from flanchat.base.sanitize import printable
from flanchat.export.answer_outline import CONFIDENCE, part_kind
from flanchat.export.outline import brief_facts, cell_words, outline
from flanchat.prompting.prompt import format_drop, segment_name
from flanchat.sessions.session_record import SessionRecord

if TYPE_CHECKING:
    from jinja2 import Environment


@dataclass(frozen=True, slots=True)
class Table:
    """What table.html.j2 takes."""

    head: list[str]
    rows: list[list[str]]


def full_columns(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """A table without the columns that are empty in all rows."""
    shown = [at for at in range(len(head)) if not rows or any(row[at] for row in rows)]
    return Table([head[at] for at in shown], [[row[at] for at in shown] for row in rows])


def to_html(record: SessionRecord, *, brief: bool = False) -> str:
    session = outline(record)
    facts = [fact for fact in session.facts if fact.name not in ("name", "session")]  # the title is the name
    template = "session_brief.html.j2" if brief else "session.html.j2"
    return render(template, title=session.title, facts=facts, session=session, levels=CONFIDENCE)


def render(template: str, **values: object) -> str:
    """Fill a template in the current language. The first line of each template lists its values."""
    language = "zh-CN" if is_translated() else "en"
    return _environment().get_template(template).render(**values, language=language, version=__version__)


@functools.cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("flanchat.export"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_visible,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    functions = (
        brief_facts,
        cell_words,
        clipped,
        format_count,
        format_drop,
        format_logprob,
        format_percent,
        part_kind,
        segment_name,
    )
    environment.globals |= {"_": _, "ngettext": ngettext, **{f.__name__: f for f in functions}}
    return environment


def _visible(value: object) -> object:
    """Make a text visible and safe. Markup comes from macros, whose values have been through this already."""
    return printable(value) if isinstance(value, str) and not hasattr(value, "__html__") else value
