"""Everything that is printed goes through here: answers as they come, tables, errors. The only place that knows rich.

Foreign text (answers, files, errors) is shown through `terminal.show` and as `Text`, never as markup.
"""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable
from contextlib import closing
from functools import cache
from typing import TYPE_CHECKING, Any

from flanchat.conversation import Answer
from flanchat.events import Delta, Finished, Warned
from flanchat.prompt import Prompt, named, why_dropped
from flanchat.repl.desk import Alternatives, Comparison, Confidence, Scores, Shown, Table, Tokens, Working
from flanchat.session import Compiled, Happening
from flanchat.terminal import show
from flanchat.words import N_, _, breaks, is_translated, listed, ngettext

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

_COLUMN = 14  # cells that a column of a table needs to be readable

MOSTLY_UNKNOWN = N_(
    "! most of this question is unknown to the model, which cannot answer it. Flan-T5 reads English, some German and "
    "French; /tokens shows what arrives."
)
_CHARS_SHOWN = 12


class View:
    """A terminal to print on.

    plain: no colour, no cursor movement, no rewriting; for pipes, screen readers and dumb terminals.
    """

    def __init__(self, *, plain: bool = False, color: bool = True) -> None:
        self.plain = plain
        self._color = color and not plain
        self._made: Console | None = None

    @property
    def console(self) -> Console:
        """The rich console, made when it is first needed: importing rich takes time that the first prompt has not."""
        if self._made is None:
            from rich.console import Console

            self._made = Console(
                no_color=None if self._color else True,
                force_terminal=False if self.plain else None,
                highlight=False,
                markup=False,
                emoji=False,
                soft_wrap=self.plain,
            )
        return self._made

    def show(self, shown: Shown) -> None:
        """Print what a command returned, if it is something to be printed."""
        if isinstance(shown, str):
            self.say(shown)
        elif isinstance(shown, Table):
            self.table(shown)
        elif isinstance(shown, Prompt):
            self.prompt(shown)
        elif isinstance(shown, Tokens):
            self.tokens(shown)
        elif isinstance(shown, Confidence | Alternatives | Scores):
            from flanchat.repl import bars

            bars.draw(self, shown)
        elif isinstance(shown, Comparison):
            from flanchat.repl import sidebyside

            sidebyside.draw(self, shown)

    def work(self, working: Working, words: Callable[[], str]) -> None:
        """Print results as they come. words: what to say in between."""
        with closing(working.steps):
            while True:
                with _Waiting(self, words):
                    step = next(working.steps, None)
                if step is None:
                    return
                self.show(step)

    def say(self, text: str, style: str = "") -> None:

        self.console.print(_text_class()(show(text), style=style))

    def error(self, message: str) -> None:
        """One message, marked by a word as well as by colour."""

        self.console.print(_text_class().assemble((_("error: "), "bold red"), show(message)))

    def note(self, message: str) -> None:
        """A quiet line about something that the user may want to know."""
        self.say(message, "dim")

    def table(self, table: Table) -> None:
        """Print a table; where the window is too narrow for its columns, each row's cells below one another."""
        if self.console.width < _COLUMN * len(table.columns):
            self._records(table)
        else:
            self._grid(table)
        if table.note:
            self.note(table.note)

    def _records(self, table: Table) -> None:
        if table.title:
            self.say(table.title, "bold")
        for row in table.rows:
            self.say(row[0], "bold")
            for column, cell in zip(table.columns[1:], row[1:], strict=True):
                if cell:
                    self.say(f"  {column}: {cell}" if column else f"  {cell}")

    def _grid(self, table: Table) -> None:
        from rich import box
        from rich.cells import cell_len
        from rich.table import Table as RichTable
        from rich.text import Text

        names = max((cell_len(show(row[0])) for row in table.rows), default=0)
        made = RichTable(
            title=Text(show(table.title), style="bold") if table.title else None,
            title_justify="left",
            box=None if self.plain else box.SIMPLE_HEAD,
            show_header=any(table.columns),
            pad_edge=False,
        )
        for at, column in enumerate(table.columns):
            made.add_column(Text(column), no_wrap=at == 0 and names <= self.console.width // 2, overflow="fold")
        for row in table.rows:
            made.add_row(*(_text_class()(show(cell), style="bold" if at == 0 else "") for at, cell in enumerate(row)))
        self.console.print(made)

    def prompt(self, prompt: Prompt) -> None:
        """The exact text, what became of each part of it, and what the model does not get as written."""
        self.say(prompt.text)
        rows = tuple(
            (
                named(s),
                str(s.tokens),
                _("kept") if s.kept else why_dropped(s, prompt.limit),
                "" if s.kind == "end" else " ".join(s.text.split())[:60],
            )
            for s in prompt.segments
        )
        self.table(
            Table(
                "",
                (_("part"), _("tokens"), "", _("text")),
                rows,
                _("{tokens} of {limit} tokens").format(tokens=prompt.tokens, limit=prompt.limit),
            )
        )
        self.warnings(prompt.warnings)

    def tokens(self, tokens: Tokens) -> None:
        """A text as the model gets it: its pieces with their ids, and what they hide."""
        from rich.text import Text

        line = Text()
        for piece in tokens.pieces:
            name = show(piece.name)
            if piece.unknown:
                line.append(f'{name}"{visible(piece.source)}"', style="bold underline")
            else:
                line.append(name, style="bold")
            if breaks := sum(piece.source.count(mark) for mark in "\r\n"):
                line.append(_("({breaks}→blank)").format(breaks="↵" * breaks), style="underline")
            line.append(f"·{piece.id}  ", style="dim")
        self.console.print(line)
        unknown = sum(piece.unknown for piece in tokens.pieces)
        self.note(
            _("{count} tokens with the end token").format(count=tokens.measured.total)
            + (
                _(", {count} of them unknown: what stands in quotes never arrives").format(count=unknown)
                if unknown
                else ""
            )
        )
        self.warnings(tokens.measured.warnings)

    def warnings(self, warnings: tuple[Warned, ...]) -> None:
        for warned in warnings:
            self.note("! " + warning_line(warned))

    def answer(self, events: Happening, waiting: Callable[[], str]) -> None:
        """Print an answer word by word as it comes, wrapped at the window's edge.

        waiting: what to say while nothing has come yet, such as that the model is loading.
        """
        wrapper = Wrapper(math.inf if self.plain else self.console.width)
        line_open = False
        with closing(events), _Waiting(self, waiting) as status:
            try:
                for event in events:
                    if isinstance(event, Compiled):
                        for line in loss_lines(event.prompt):
                            self.note(line)
                    elif isinstance(event, Delta | Finished):
                        status.end()
                        line_open = True
                        if isinstance(event, Delta):
                            self._write(wrapper.feed(show(event.text)))
            finally:
                if line_open:  # however the answer ended, what comes next starts on a line of its own
                    self._write(wrapper.rest() + "\n")

    def _write(self, text: str) -> None:
        if text:
            self.console.file.write(text)
            self.console.file.flush()

    def timing(self, answer: Answer) -> None:
        """The line below an answer."""
        self.note(timing_line(answer))


def timing_line(answer: Answer) -> str:
    """The line below an answer: how it ended if not by itself, how long it took, how much went in and out."""
    timing, out = answer.timing, len(answer.tokens)
    parts = [f"[{_(_FINISHES[answer.finish])}]"] if answer.finish in _FINISHES else []
    if timing.first_token_s is not None:
        parts.append(_("first token {time}").format(time=seconds(timing.first_token_s)))
    if timing.reused:
        parts.append(_("prompt encoded before"))
    if (rate := timing.decode_tps(out)) is not None:
        parts.append(_("{rate:.0f} tok/s").format(rate=rate))
    parts.append(_("{read} in, {written} out").format(read=answer.prompt.tokens, written=out))
    if timing.load_s:
        parts.append(_("load {time}").format(time=seconds(timing.load_s)))
    if answer.card is not None:
        parts.append(_("{name} on {device}").format(name=show(answer.card.name), device=answer.card.device))
    if answer.settings.decoding(0).samples:
        parts.append(_("seed {seed}").format(seed=answer.seed))
    if answer.short and answer.short != answer.text:
        parts.append(_("short answer: {answer}").format(answer=show(answer.short)))
    return " · ".join(parts)


_FINISHES = {
    "length": N_("cut at max_new_tokens"),
    "interrupted": N_("interrupted; kept as it is"),
    "error": N_("failed"),
    "empty": N_("the model answered nothing"),
}


def seconds(value: float) -> str:
    """A duration for people: 38 ms, 1.9 s."""
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.1f} s"


def visible(text: str) -> str:
    """A text for the middle of a line: made safe, with its line breaks as signs."""
    return show(text.replace("\r\n", "\n").replace("\n", "↵").replace("\t", "→")).strip()


def mostly_unknown(prompt: Prompt) -> bool:
    """Whether the vocabulary lacks more than half of the question's characters."""
    lost = set("".join(w.chars for w in prompt.warnings if w.kind == "unk"))
    asked = [c for s in prompt.segments if s.kind == "question" for c in s.text if not c.isspace()]
    return bool(asked) and sum(c in lost for c in asked) * 2 > len(asked)


def loss_lines(prompt: Prompt) -> list[str]:
    """What to tell, unasked, of a prompt that will not arrive as it was written. Line breaks are too common to tell."""
    dropped = listed(named(s) for s in prompt.segments if not s.kept)
    left_out = _("! left out, over the budget of {limit} tokens: {dropped}").format(limit=prompt.limit, dropped=dropped)
    return [left_out] * bool(dropped) + unread_lines(prompt)


def unread_lines(prompt: Prompt) -> list[str]:
    """What to tell, unasked, of characters that the model will not get as they are."""
    if mostly_unknown(prompt):
        return [_(MOSTLY_UNKNOWN)]
    return ["! " + warning_line(warned) for warned in prompt.warnings if warned.kind != "newline"]


def warning_line(warned: Warned) -> str:
    """One line about what a prompt loses on its way to the model."""
    if warned.kind == "unk":
        return ngettext(
            "{count} character is unknown to this model: {chars}",
            "{count} characters are unknown to this model: {chars}",
            warned.count,
        ).format(count=warned.count, chars=_some(warned.chars))
    if warned.kind == "newline":
        return ngettext(
            "{count} line break is read as a blank", "{count} line breaks are read as blanks", warned.count
        ).format(count=warned.count)
    return _("{chars} is taken as plain text, not as a control token").format(chars=warned.chars)


def _some(characters: str) -> str:
    """Characters apart from one another, the first dozen."""
    return " ".join(characters[:_CHARS_SHOWN]) + (" ..." if len(characters) > _CHARS_SHOWN else "")


class Wrapper:
    """Breaks a growing text between words at a width. Wide characters count twice.

    A run of blanks stays as it is or becomes one line end. A word wider than a line is left to the terminal to break,
    so that it can be copied whole.

    >>> wrapper = Wrapper(11)
    >>> wrapper.feed("one two th") + wrapper.feed("ree four") + wrapper.rest()
    'one two\\nthree four'
    """

    def __init__(self, width: float) -> None:
        self._width = width
        self._column = 0  # cells that the present line has
        self._blanks = ""  # since the last word; not printed before it is known that the next one fits beside them
        self._word: list[str] = []
        self._cells = 0

    def feed(self, text: str) -> str:
        """Take more text; return what can be printed. The last word is held back until it is whole."""
        return "".join(self._take(character) for character in text)

    def rest(self) -> str:
        return self._place()

    def _take(self, character: str) -> str:
        from rich.cells import cell_len

        if character == " ":
            out = self._place()
            self._blanks += " "
            return out
        if character == "\n":
            out = self._place() + "\n"
            self._column, self._blanks = 0, ""
            return out
        self._word.append(character)
        self._cells += cell_len(character)
        return self._place() if self._cells >= self._width else ""

    def _place(self) -> str:
        if not self._word:
            return ""
        if self._blanks and self._column + len(self._blanks) + self._cells > self._width:
            gap, self._column = "\n", 0
        else:
            gap, self._column = self._blanks, self._column + len(self._blanks)
        out = gap + "".join(self._word)
        self._column += self._cells
        self._blanks, self._word, self._cells = "", [], 0
        return out


class _Waiting:
    """A moving status while nothing has come yet, asked anew for its words all the time; on a plain view, nothing."""

    def __init__(self, view: View, words: Callable[[], str]) -> None:
        self._view, self._words = view, words
        self._status: object | None = None

    def __enter__(self) -> _Waiting:
        if not self._view.plain and self._view.console.is_terminal and self._words():
            from rich.status import Status

            self._status = Status(self, console=self._view.console)
            self._status.start()
        return self

    def __rich__(self) -> Text:
        from rich.text import Text

        return Text(show(self._words()), style="dim")

    def end(self) -> None:
        if self._status is not None:
            self._status.stop()  # type: ignore[attr-defined]
            self._status = None

    def __exit__(self, *_: object) -> None:
        self.end()


def _text_class() -> type[Text]:
    """rich's text, which is broken at blanks; for Chinese one that is also broken between characters."""
    from rich.text import Text

    return _chinese_text() if is_translated() else Text


@cache
def _chinese_text() -> type[Text]:
    from rich.containers import Lines
    from rich.text import Text

    class ChineseText(Text):
        def wrap(self, console: Console, width: int, *, no_wrap: bool | None = None, **how: Any) -> Lines:
            if no_wrap:
                return super().wrap(console, width, no_wrap=no_wrap, **how)
            lines = Lines()
            for line in self.split(allow_blank=True):
                for part in line.divide(breaks(line.plain, width)):
                    part.rstrip()
                    lines.append(part)
            return lines

    return ChineseText


def is_dumb() -> bool:
    """Whether standard output is no terminal that understands cursor movement."""
    return not sys.stdout.isatty() or os.environ.get("TERM", "") in ("dumb", "unknown", "")
