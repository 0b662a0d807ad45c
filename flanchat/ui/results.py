"""The view: draws whatever a command returns or an answer sends; prompts, tokens, answers and their timing itself."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import closing

from flanchat.base.format import finish_reason, format_duration, format_percent, format_rate
from flanchat.base.i18n import _, ngettext
from flanchat.base.sanitize import printable
from flanchat.engine.events import Delta, Finished, Warned, Withdrawn
from flanchat.engine.protocol import ModelCard
from flanchat.prompting.prompt import Prompt, warning_line
from flanchat.sessions.answer import Answer
from flanchat.sessions.collect import settled
from flanchat.sessions.one_of_several import Progress
from flanchat.sessions.session import AnswerEvents, Compiled
from flanchat.ui import styles
from flanchat.ui.budget import prompt_table
from flanchat.ui.terminal import Spinner, Terminal, in_line
from flanchat.ui.types import (
    Candidates,
    Comparison,
    Drawable,
    Fills,
    Reasons,
    ResultStream,
    Scores,
    Table,
    Tokens,
    Verbatim,
)
from flanchat.ui.warnings import VOCABULARY_HINT, choice_warnings, losses, mostly_unknown


class View(Terminal):
    """A terminal that draws what commands and answers give."""

    _lost: Collection[str] = ()  # causes of the last answer's warnings, which are not repeated while they last
    _card: ModelCard | None = None  # of the last answer

    def show(self, shown: Drawable) -> None:
        """Print what a command returned."""
        if isinstance(shown, str):
            self.say((shown, ""))
        elif isinstance(shown, Verbatim):
            self.print(shown.text)
        elif isinstance(shown, Table):
            self.table(shown)
        elif isinstance(shown, Prompt):
            self.prompt(shown)
        elif isinstance(shown, Tokens):
            self.tokens(shown)
        elif isinstance(shown, Comparison):
            from flanchat.ui import comparison

            comparison.draw(self, shown)
        elif isinstance(shown, Candidates):
            from flanchat.ui import candidates

            candidates.draw(self, shown.answer)
        elif isinstance(shown, Fills):
            from flanchat.ui import candidates

            candidates.draw_fills(self, shown.filled, shown.hint)
        elif isinstance(shown, Reasons):
            from flanchat.ui import why

            why.draw(self, shown.why)
        else:
            from flanchat.ui import probabilities

            probabilities.draw(self, shown)

    def stream(self, results: ResultStream, status: Callable[[], str]) -> None:
        """Print results as they arrive. status: what to show while the next one is awaited."""
        with closing(results.steps):
            while True:
                with Spinner(self, status):
                    step = next(results.steps, None)
                if step is None:
                    return
                self.show(step)

    def prompt(self, prompt: Prompt) -> None:
        """Print the exact prompt, its parts, and what the model cannot read of it."""
        self.print(prompt.text)
        self.gap()
        self.table(prompt_table(prompt))
        self.warnings(prompt.warnings)

    def tokens(self, tokens: Tokens) -> None:
        """Print a text's tokens with their ids; unknown ones with the text that is lost."""
        line: list[tuple[str, str]] = []
        for piece in tokens.pieces:
            name = in_line(piece.name)
            if piece.unknown:
                line.append((f'{name}"{in_line(piece.source).strip()}"', styles.UNLIKELY))
            else:
                line.append((name, styles.LABEL))
            breaks = sum(piece.source.count(mark) for mark in "\r\n")
            if breaks and not set("\r\n") & set(piece.name):
                line.append((_("({breaks}→space)").format(breaks="↵" * breaks), styles.CHANGED))
            line.append((f"·{piece.id}  ", styles.NOTE))
        self.say(*line)
        unknown = sum(piece.unknown for piece in tokens.pieces)
        self.note(
            ngettext("{count} token, the end token", "{count} tokens with the end token", tokens.measured.total).format(
                count=tokens.measured.total
            )
            + (_(", {count} unknown: the model does not see the quoted text").format(count=unknown) if unknown else "")
        )
        self.warnings(tokens.measured.warnings)

    def warnings(self, warnings: tuple[Warned, ...]) -> None:
        for warned in warnings:
            self.note("! " + warning_line(warned))

    def answer(self, events: AnswerEvents, status: Callable[[], str]) -> None:
        """Print an answer as it arrives. status: what to show before its first token."""
        line_open, progress = False, ""
        with closing(events), Spinner(self, lambda: status() or progress) as spinner:
            try:
                for event in events if self.console.is_terminal else settled(events):
                    if isinstance(event, Compiled):
                        lost = losses(event.prompt)
                        for cause, line in lost.items():
                            if cause not in self._lost:
                                self.message(line)
                        self._lost = lost.keys()
                        if mostly_unknown(event.prompt):
                            self.hint(_(VOCABULARY_HINT))
                    elif isinstance(event, Progress):
                        progress = progress_words(event)
                        spinner.start()
                    elif isinstance(event, Delta | Finished):
                        spinner.stop()
                        line_open = True
                        if isinstance(event, Delta):
                            self.write(event.text)
                    elif isinstance(event, Withdrawn) and line_open:  # what follows begins on a line of its own
                        self.write("\n")
                        line_open = False
            finally:
                if line_open:  # also after an error or Ctrl-C, so that the next output starts on a line of its own
                    self.write("\n")

    def choices(self, answer: Answer, *, whole: bool) -> None:
        """Print what an answer was chosen from: all figures, or one line with warnings about the choices."""
        by = answer.settings.value("choose")
        if whole:
            self.show(Scores(answer.choices, by))
            return
        from flanchat.ui.probabilities import shares_line

        self.note(shares_line(answer.choices, by))
        for line in choice_warnings(answer.choices):
            self.note(line)
        self.hint(_("/choose shows all figures of the choices."))

    def figures(self, answer: Answer) -> None:
        """Print what an answer's short form is, and the line of figures below it."""
        if answer.short and answer.short != answer.text:
            self.message(_("short answer: {answer}").format(answer=printable(answer.short)))
        figures = answer_figures(answer, loaded=answer.card is not self._card)
        self._card = answer.card
        if self.send_message is not None:
            self.send_message(" · ".join(text for text, __ in figures))
            return
        separated = [part for figure in figures for part in ((" · ", styles.NOTE), figure)]
        self.say(*separated[1:])


def progress_words(progress: Progress) -> str:
    """How far the candidates of an answer are."""
    return ngettext(
        "{done} of {count} answers · {tokens} token", "{done} of {count} answers · {tokens} tokens", progress.tokens
    ).format(done=progress.done, count=progress.count, tokens=progress.tokens)


def early_end(answer: Answer) -> str:
    """Why an answer ended before its natural end; "" for one that ended by itself or at a stop text."""
    return "" if answer.finish == "stop" else finish_reason(answer.finish)


def answer_figures(answer: Answer, *, loaded: bool = False) -> list[tuple[str, str]]:
    """The figures of the line below an answer, each with its style; a sampled answer needs its seed to be repeated.

    loaded: this is the model's first answer, so that the time to load it is new.
    """
    timing, count, share = answer.timing, len(answer.tokens), answer.confidence
    reason, rate = early_end(answer), format_rate(timing.decode_tps(count))
    parts = [
        (f"[{reason}]" if reason else "", styles.NOTE),
        (format_duration(timing.total_s) if timing.total_s else "", styles.NOTE),
        (rate, styles.NOTE),
        (ngettext("{count} token", "{count} tokens", count).format(count=count), styles.NOTE),
    ]
    if share is not None:
        style = styles.of_confidence(share) or styles.NOTE
        parts.append((_("sure {share}").format(share=format_percent(share)), style))
    if answer.vote is not None:
        parts.append((answer.vote.words, styles.NOTE))
    if answer.card is not None and "+" in answer.card.precision:  # the prompt was computed less exactly, for speed
        parts.append((answer.card.precision, styles.NOTE))
    if answer.sampled:
        parts.append((_("seed {seed}").format(seed=answer.seed), styles.NOTE))
    if loaded and timing.load_s:
        parts.append((_("load {time}").format(time=format_duration(timing.load_s)), styles.NOTE))
    return [part for part in parts if part[0]]


def all_figures_line(answer: Answer) -> str:
    """The figures of `ask --stats`: those of the line below an answer, and what /stats has of a session."""
    parts = [text for text, __ in answer_figures(answer, loaded=True)]
    if answer.timing.first_token_s is not None:
        parts.append(_("first token {time}").format(time=format_duration(answer.timing.first_token_s)))
    if answer.timing.reused:
        parts.append(_("prompt already encoded"))
    parts.append(_("{count} tokens in").format(count=answer.prompt.tokens))
    if answer.card is not None:
        parts.append(_("{name} on {device}").format(name=printable(answer.card.name), device=answer.card.device))
    if answer.short and answer.short != answer.text:
        parts.append(_("short answer: {answer}").format(answer=printable(answer.short)))
    return " · ".join(parts)
