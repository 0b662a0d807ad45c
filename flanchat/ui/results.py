"""Everything that a command returns or an answer sends, drawn on a terminal: prompts, tokens, answers, their timing."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import closing

from flanchat.base.i18n import N_, _, join_list, ngettext
from flanchat.base.sanitize import show
from flanchat.engine.events import Delta, Finished, Warned
from flanchat.prompting.prompt import Prompt, format_drop, segment_name
from flanchat.sessions.conversation import Answer
from flanchat.sessions.session import AnswerEvents, Compiled
from flanchat.ui.terminal import Terminal, Waiting, Wrapper
from flanchat.ui.types import Alternatives, Comparison, Confidence, Drawable, ResultStream, Scores, Table, Tokens


class View(Terminal):
    """A terminal that draws what commands and answers give."""

    def show(self, shown: Drawable) -> None:
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
            from flanchat.ui import probabilities as bars

            bars.draw(self, shown)
        elif isinstance(shown, Comparison):
            from flanchat.ui import comparison as sidebyside

            sidebyside.draw(self, shown)

    def work(self, working: ResultStream, words: Callable[[], str]) -> None:
        """Print results as they come. words: what to say in between."""
        with closing(working.steps):
            while True:
                with Waiting(self, words):
                    step = next(working.steps, None)
                if step is None:
                    return
                self.show(step)

    def prompt(self, prompt: Prompt) -> None:
        """The exact text, what became of each part of it, and what the model does not get as written."""
        self.say(prompt.text)
        rows = tuple(
            (
                segment_name(s),
                str(s.tokens),
                _("kept") if s.kept else format_drop(s, prompt.limit),
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

    def answer(self, events: AnswerEvents, waiting: Callable[[], str]) -> None:
        """Print an answer word by word as it comes, wrapped at the window's edge.

        waiting: what to say while nothing has come yet, such as that the model is loading.
        """
        wrapper = Wrapper(math.inf if self.plain else self.console.width)
        line_open = False
        with closing(events), Waiting(self, waiting) as status:
            try:
                for event in events:
                    if isinstance(event, Compiled):
                        for line in loss_lines(event.prompt):
                            self.note(line)
                    elif isinstance(event, Delta | Finished):
                        status.end()
                        line_open = True
                        if isinstance(event, Delta):
                            self.write(wrapper.feed(show(event.text)))
            finally:
                if line_open:  # however the answer ended, what comes next starts on a line of its own
                    self.write(wrapper.rest() + "\n")

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
    dropped = join_list(segment_name(s) for s in prompt.segments if not s.kept)
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


MOSTLY_UNKNOWN = N_(
    "! most of this question is unknown to the model, which cannot answer it. Flan-T5 reads English, some German and "
    "French; /tokens shows what arrives."
)


_CHARS_SHOWN = 12
