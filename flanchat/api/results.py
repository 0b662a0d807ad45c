"""What the methods of a model return: frozen values with `to_dict()`, drawn as HTML in a notebook."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, overload

from flanchat.base.format import finish_reason, format_count, format_percent
from flanchat.base.i18n import _
from flanchat.engine.events import Measured, Piece, Token, Warned
from flanchat.engine.protocol import ModelCard
from flanchat.experiments.axes import OWN
from flanchat.experiments.grid_results import grid_json
from flanchat.experiments.grid_session import GridSession
from flanchat.export.fragments import answer_fragment, grid_fragment, table_fragment
from flanchat.prompting.prompt import Prompt, warning_line
from flanchat.prompting.setting import Value
from flanchat.prompting.settings import find_setting
from flanchat.sessions.answer import Answer as MadeAnswer
from flanchat.sessions.answer import Timing
from flanchat.sessions.candidates import Candidate, Vote
from flanchat.sessions.choices import ScoredChoice
from flanchat.sessions.serialization import answer_json, measured_json, tokens_json

T = TypeVar("T")

_ROWS_SHOWN = 100


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """One answer of a model. `str()` of it is its text. Log-probabilities are natural, and the model's own: before
    penalties and temperature.

    short: what the setting `answer_regex` finds in the text, or "". finish: why it ended: "eos" (the model ended it),
    "length" (`max_new_tokens`), "stop" (a stop text), "empty", "interrupted" or "error". tokens: each with its text,
    log-probability and alternatives. logprob: the sum of the tokens' log-probabilities, without the end token's.
    end_logprob: that of the end token, if the model chose it. prompt: what the model has read: its text, segments,
    tokens and warnings. settings: all of them by long name, as they were in force. seed: of sampling. choices: what the
    answer was chosen from, each with its share; () when it was generated. timing: in seconds. model: which model
    answered, on which device; None if it had not begun. candidates: all answers of a beam search with `n_best`, the
    best first, or of a vote; () when there was only one. batch: how many prompts were answered together.
    """

    question: str
    text: str
    short: str
    finish: str
    tokens: tuple[Token, ...]
    logprob: float
    end_logprob: float | None
    prompt: Prompt
    profile: str
    settings: Mapping[str, Value]
    seed: int
    choices: tuple[ScoredChoice, ...]
    candidates: tuple[Candidate, ...]
    timing: Timing
    model: ModelCard | None
    batch: int
    _made: MadeAnswer = field(compare=False)

    @classmethod
    def of(cls, made: MadeAnswer) -> Answer:
        """The answer as it is now."""
        return cls(
            question=made.question,
            text=made.text,
            short=made.short,
            finish=made.finish,
            tokens=tuple(made.tokens),
            logprob=sum(token.logprob for token in made.tokens),
            end_logprob=made.end_logprob,
            prompt=made.prompt,
            profile=made.profile,
            settings=made.settings.as_dict(),
            seed=made.seed,
            choices=made.choices,
            candidates=made.candidates,
            timing=made.timing,
            model=made.card,
            batch=made.batch,
            _made=made,
        )

    @property
    def mean_logprob(self) -> float | None:
        """The mean of the tokens' log-probabilities; None without tokens."""
        return self._made.mean_logprob

    @property
    def confidence(self) -> float | None:
        """How sure the model is, from 0 to 1: of a chosen answer its share of the choices, of a vote's winner its share
        of the votes, of any other one the geometric mean of its tokens' probabilities. None without tokens."""
        return self._made.confidence

    @property
    def vote(self) -> Vote | None:
        """The vote that it has won: how many of the answers agree, and what the others say; None without one."""
        return self._made.vote

    @property
    def shares(self) -> dict[str, float]:
        """The share of each choice, by the rule that chose; they sum to one. Empty for a generated answer."""
        return self._made.shares

    def to_dict(self) -> dict[str, Any]:
        """The answer as `flanchat ask --json` prints it."""
        return answer_json(self._made)

    def _repr_html_(self) -> str:
        return answer_fragment(self._made)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"Answer({self.text!r}, finish={self.finish!r}, tokens={len(self.tokens)}, logprob={self.logprob:.3f})"


@dataclass(frozen=True, slots=True)
class Score:
    """A continuation of a context, scored. Log-probabilities are natural and the model's own.

    logprob: the sum over `tokens`, and the end token's too if that was asked for. tokens: without the end token.
    end_logprob: of the end token after them. is_greedy: greedy decoding would write exactly these tokens, whatever came
    after them. warnings: what of the text the vocabulary lacks.
    """

    text: str
    logprob: float
    tokens: tuple[Token, ...]
    end_logprob: float
    is_greedy: bool
    warnings: tuple[Warned, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The score as JSON values."""
        return {
            "text": self.text,
            "logprob": self.logprob,
            "tokens": [{"id": t.id, "text": t.text, "logprob": t.logprob} for t in self.tokens],
            "end_logprob": self.end_logprob,
            "is_greedy": self.is_greedy,
            "warnings": [dataclasses.asdict(warned) for warned in self.warnings],
        }


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a grid.

    values: what it varies, by keyword; empty for the settings as they are. answer: None if there is none. problem: why
    there is none, or "". kl: of a cell of another model, KL(loaded || other) in nats per token along the loaded model's
    answer; None where there is nothing to compare.
    """

    values: Mapping[str, Value]
    answer: Answer | None
    problem: str = ""
    kl: float | None = None


class Several(Sequence[T], Generic[T]):
    """Results in order, read like a tuple."""

    __slots__ = ("_all",)

    def __init__(self, several: Sequence[T]) -> None:
        self._all = tuple(several)

    def __len__(self) -> int:
        return len(self._all)

    @overload
    def __getitem__(self, at: int) -> T: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[T, ...]: ...
    def __getitem__(self, at: int | slice) -> T | tuple[T, ...]:
        return self._all[at]

    def __iter__(self) -> Iterator[T]:
        return iter(self._all)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({list(self._all)!r})"


class Answers(Several[Answer]):
    """Answers in the order of their prompts, read like a tuple."""

    __slots__ = ()

    def to_dict(self) -> list[dict[str, Any]]:
        """Each answer's `to_dict()`."""
        return [answer.to_dict() for answer in self]

    def _repr_html_(self) -> str:
        head = [_("question"), _("answer"), _("tokens"), _("sure"), _("ended")]
        rows = []
        for answer in self[:_ROWS_SHOWN]:
            sure = "" if answer.confidence is None else format_percent(answer.confidence)
            figures = [format_count(len(answer.tokens)), sure, finish_reason(answer.finish)]
            rows.append([answer.question, answer.text, *figures])
        return table_fragment("", head, rows, _more(len(self)))


class Scores(Several[Score]):
    """The scores of continuations in their order, read like a tuple.

    context: what they continue. prompt_tokens: of the context, with the end token. warnings: what the model does not
    receive of the context as it is written.
    """

    __slots__ = ("context", "prompt_tokens", "warnings")

    def __init__(
        self, several: Sequence[Score], *, context: str, prompt_tokens: int, warnings: tuple[Warned, ...]
    ) -> None:
        super().__init__(several)
        self.context, self.prompt_tokens, self.warnings = context, prompt_tokens, warnings

    def to_dict(self) -> dict[str, Any]:
        """The scores as JSON values."""
        return {
            "context": self.context,
            "prompt_tokens": self.prompt_tokens,
            "warnings": [dataclasses.asdict(warned) for warned in self.warnings],
            "continuations": [score.to_dict() for score in self],
        }

    def _repr_html_(self) -> str:
        head = [_("continuation"), _("sum of logprobs"), _("tokens"), _("greedy")]
        rows = [
            [one.text, f"{one.logprob:.3f}", format_count(len(one.tokens)), _("yes") if one.is_greedy else ""]
            for one in self[:_ROWS_SHOWN]
        ]
        return table_fragment(self.context, head, rows, [*_more(len(self)), *map(warning_line, self.warnings)])


class Grid(Several[Cell]):
    """The cells of a what-if grid, read like a tuple.

    question: what all of them answer.
    """

    __slots__ = ("_session", "question")

    def __init__(self, session: GridSession) -> None:
        grid = session.grid
        super().__init__(
            [
                Cell(
                    {name: _value(name, text) for name, text in cell.varied.items()},
                    None if cell.answer is None else Answer.of(cell.answer),
                    cell.problem,
                    cell.kl,
                )
                for cell in grid.cells
            ]
        )
        self._session, self.question = session, grid.question

    def to_dict(self) -> dict[str, Any]:
        """The grid as `flanchat whatif --json` prints it."""
        return grid_json(self._session.grid)

    def _repr_html_(self) -> str:
        return grid_fragment(self._session)


def _value(name: str, text: str) -> Value:
    """A value of an axis, as it was given."""
    return text if name in OWN else find_setting(name).parse(text)


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text as the model's tokenizer splits it.

    pieces: its tokens, whose sources join to the text. measured: the length of the text, and what of it is lost.
    """

    text: str
    pieces: tuple[Piece, ...]
    measured: Measured

    @property
    def total(self) -> int:
        """How many tokens the model reads, with the end token."""
        return self.measured.total

    @property
    def warnings(self) -> tuple[Warned, ...]:
        """What the model does not receive as it is written: unknown characters, line breaks, control words."""
        return self.measured.warnings

    @property
    def lost(self) -> str:
        """The characters outside the vocabulary, each once."""
        return "".join(warned.chars for warned in self.warnings if warned.kind == "unk")

    def to_dict(self) -> dict[str, Any]:
        """The tokens as `flanchat tokens --json` prints them."""
        return {"text": self.text, **measured_json(self.measured), "pieces": tokens_json(self.pieces)}

    def _repr_html_(self) -> str:
        head = [_("token"), _("id"), _("text")]
        rows = [
            [piece.name, str(piece.id), piece.source + (" " + _("(not in the vocabulary)") if piece.unknown else "")]
            for piece in self.pieces[:_ROWS_SHOWN]
        ]
        return table_fragment(self.text, head, rows, [*_more(len(self.pieces)), *map(warning_line, self.warnings)])


def _more(count: int) -> list[str]:
    """A line about the rows that are not shown."""
    more = count - _ROWS_SHOWN
    return [_("and {count} more").format(count=format_count(more))] if more > 0 else []
