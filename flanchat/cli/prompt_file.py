"""The file of prompts that a command is given: reads it, and says which of its columns count."""

from __future__ import annotations

from collections.abc import Iterator, Set

from flanchat.base.csv_table import column_key
from flanchat.base.errors import UsageError
from flanchat.base.i18n import _, join_list, ngettext
from flanchat.base.json_rows import is_json_object
from flanchat.cli.environment import Environment, taken_as_text
from flanchat.experiments.labels import Labels
from flanchat.experiments.prompt_file import PromptFile, column_of
from flanchat.experiments.prompt_source import file_content, open_prompts
from flanchat.prompting.profile import Profile

_SHOWN_COLUMNS = 6


def read_prompt_file(env: Environment, file: str, prompt_column: str | None, target_column: str | None) -> PromptFile:
    """The prompts of a file, of a task file and the data that it names, or of standard input for "-"."""

    def content(name: str) -> bytes:
        if name != "-":
            return file_content(name)
        if env.stdin.isatty():
            raise UsageError(
                _("- reads prompts from a pipe, one per line, but standard input is a terminal; pass a FILE")
            )
        env.say_when_waiting()
        return env.stdin.buffer.read()

    return open_prompts(file, prompt_column, target_column, content)


def input_notes(read: PromptFile, variables: Set[str]) -> Iterator[str]:
    """What the user should know about how the prompts are read. variables: of the profiles."""
    if read.prompt_column is None:
        if json_lines := [row.where for row in read.rows if is_json_object(row.question)]:
            yield taken_as_text(json_lines[0])
        return
    yield _columns_line(read)
    yield from read.notes
    if read.is_filled:
        return
    columns = dict.fromkeys(name for row in read.rows for name in row.columns)
    target = column_key(read.target_column or "")
    unused = [name for name in columns if name not in variables and column_key(name) != target]
    if unused:
        more = ["..."] if len(unused) > _SHOWN_COLUMNS else []
        yield _("not in the prompt, because no profile has a variable of that name: {columns}").format(
            columns=join_list([*unused[:_SHOWN_COLUMNS], *more])
        )


def require_column(file: str, read: PromptFile, name: str) -> None:
    if all(column_of(row, name) is None for row in read.rows):
        columns = join_list(dict.fromkeys(name for row in read.rows for name in row.columns)) or _("none")
        raise UsageError(
            _("--by {name}: expected another column of {file}, one of: {columns}").format(
                name=name, file=file, columns=columns
            )
        )


def not_choices(read: PromptFile, profile: Profile) -> str:
    """That some right answers are none of the profile's choices, or "". Raises UsageError where it is all of them."""
    labels = Labels(profile.choices)
    scored = [row for row in read.rows if row.targets]
    never = [row for row in scored if all(labels.number(target) == labels.other for target in row.targets)]
    if not never:
        return ""
    figures = {
        "profile": profile.name,
        "choices": " | ".join(profile.choices),
        "column": read.target_column,
        "count": len(never),
        "all": len(scored),
        "where": never[0].where,
        "target": never[0].targets[0],
    }
    if len(never) == len(scored):
        text = _(
            "{where}: {column}: expected one of the choices of the profile {profile} ({choices}), found {target!r}, "
            "and no other row has one; name the column of right answers with --target-column"
        )
        raise UsageError(text.format(**figures))
    return _(
        "{count} of {all} right answers are none of the choices of {profile} ({choices}), the first at {where}: "
        "{target!r}; answers to these count as wrong"
    ).format(**figures)


def _columns_line(read: PromptFile) -> str:
    """Which columns are used, and how many rows have no right answer."""
    if read.target_column is None:
        return _("prompts from {prompt}, none is scored: no column of right answers (see --target-column)").format(
            prompt=read.prompt_column
        )
    line = _("prompts from {prompt}, right answers from {target}").format(
        prompt=read.prompt_column, target=read.target_column
    )
    missing = [row.where for row in read.rows if not row.targets]
    if missing:
        line += ngettext(
            "; {count} of {all} row has none, the first at {where}",
            "; {count} of {all} rows have none, the first at {where}",
            len(read.rows),
        ).format(count=len(missing), all=len(read.rows), where=missing[0])
    return line
