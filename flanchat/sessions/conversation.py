"""A conversation: a tree of answers, in which undo, edit and fork only move the head. No disk, model or terminal."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, MutableSequence, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import overload

from flanchat.base.errors import UsageError
from flanchat.base.i18n import _, ngettext
from flanchat.base.wording import did_you_mean
from flanchat.engine.events import Alternative, Delta, Event, Started, Token, Withdrawn
from flanchat.engine.protocol import ModelCard
from flanchat.prompting.prompt import Exchange, Prompt
from flanchat.prompting.settings import Settings
from flanchat.sessions.candidates import Candidate, Vote, count_votes
from flanchat.sessions.choices import ScoredChoice

MAIN = "main"
"""The first branch of every conversation."""

COMPLETE = ("eos", "length", "stop", "empty")
"""How an answer ends that the same request gives again; others were interrupted or failed."""


@dataclass(slots=True)
class Timing:
    """Seconds. first_token_s: from the request to the first token; None when there was none. load_s: of the model.

    reused: the prompt's encoding was kept from an earlier answer.
    peak_mb: the highest memory use of the model's process so far, in megabytes.
    fewest_threads: how few threads computed at some time, because other programs used the cores; 0 where unknown.
    drafted: tokens that prompt lookup drafted; accepted: those of them that the answer has.
    """

    load_s: float = 0.0
    encode_s: float = 0.0
    first_token_s: float | None = None
    total_s: float = 0.0
    peak_mb: float = 0.0
    reused: bool = False
    fewest_threads: int = 0
    drafted: int = 0
    accepted: int = 0

    def decode_tps(self, tokens: int) -> float | None:
        """Tokens per second after the first one; None when there were fewer than two."""
        if tokens < 2 or self.first_token_s is None or self.total_s <= self.first_token_s:
            return None
        return (tokens - 1) / (self.total_s - self.first_token_s)


@dataclass(slots=True)
class Answer:
    """One answer, filled in by `take` as the engine's events come, and completed by `end`.

    short: what the setting answer_regex finds in the text, or "". message: the error, where `finish` is `error`.
    id, question_id: the answer's and the question's event in the transcript. previous_id: the answer before the
    question; None for the first question. continues: the id of the cut answer that this one continues, or "".
    made_from: the id of the answer that it continues or leaves at a token, or "".
    ended: nothing will be added. at: when it was recorded, in UTC, in the transcript's form; "" until then.
    card: None when no model was loaded.
    end_logprob: of the end token, if the model generated it. batch: how many rows the answer's batch had.
    choices: what it was chosen from; () when it was generated. candidates: all answers that were generated, of which
    this is one: `n_best` of a beam search, the best first, or as many as `vote`; () when there was only one. picked:
    the number of the one that the user chose, from 1; 0 when nobody did. rating, notes: of a person, see
    sessions/review.py.
    """

    question: str
    question_id: str
    prompt: Prompt
    settings: Settings
    seed: int
    text: str = ""
    short: str = ""
    tokens: MutableSequence[Token] = field(default_factory=list)
    finish: str = "error"
    message: str = ""
    timing: Timing = field(default_factory=Timing)
    card: ModelCard | None = None
    id: str = ""
    previous_id: str | None = None
    continues: str = ""
    profile: str = ""
    at: str = ""
    end_logprob: float | None = None
    batch: int = 1
    choices: tuple[ScoredChoice, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    picked: int = 0
    rating: str = ""
    notes: tuple[str, ...] = ()
    ended: bool = False
    made_from: str = ""

    @property
    def mean_logprob(self) -> float | None:
        """The mean of its tokens' log-probabilities; None without tokens."""
        return sum(token.logprob for token in self.tokens) / len(self.tokens) if self.tokens else None

    @property
    def confidence(self) -> float | None:
        """How sure the model was, from 0 to 1; None where that is not known.

        Of a chosen answer its share of the choices, of a vote's winner its share of the votes, of any other one the
        geometric mean of its tokens' probabilities, without the end token's.
        """
        if self.choices:
            return max(self.shares.values())
        if (vote := self.vote) is not None:
            return vote.share if vote.groups else None
        known = [token.logprob for token in self.tokens if not math.isnan(token.logprob)]
        return math.exp(min(sum(known) / len(known), 0.0)) if known else None

    @property
    def sampled(self) -> bool:
        """Whether chance took part, so that the seed matters."""
        return not self.choices and self.settings.decoding(self.seed).samples

    @property
    def vote(self) -> Vote | None:
        """The vote that it has won; None when there was none, or when the user chose another candidate."""
        is_voted = self.candidates and not self.picked and self.settings.value("vote") > 1
        return count_votes(self.candidates) if is_voted else None

    @property
    def shares(self) -> dict[str, float]:
        """The share of each choice, by the rule that chose; empty for a generated answer."""
        by = self.settings.value("choose")
        return {choice.text: choice.share(by) for choice in self.choices}

    def sibling(self) -> Answer:
        """An empty answer to the same question, with the same prompt, profile, settings and seed."""
        own = (self.question, self.question_id, self.prompt, self.settings, self.seed)
        return Answer(*own, profile=self.profile, previous_id=self.previous_id)

    def alternative(self, token: int, number: int) -> Alternative:
        """Alternative `number` to token `token`, both from 1. Raises UsageError when it cannot be forced."""
        if self.settings.value("num_beams") > 1 and not self.choices:
            raise UsageError(_("a beam-search answer cannot be branched; /set num_beams 1 and /regen"))
        if self.candidates:
            raise UsageError(_("an answer of a vote cannot be branched; /set vote 1 and /regen"))
        chosen = self.token_at(token)
        if not 0 < number <= len(chosen.top):
            raise UsageError(
                _("/alt {token} {number}: expected an alternative from 1 to {count}; /alt {token} lists them").format(
                    token=token, number=number, count=len(chosen.top)
                )
                if chosen.top
                else _("token {token} was recorded without alternatives; /regen answers again").format(token=token)
            )
        if chosen.top[number - 1].id == chosen.id:
            raise UsageError(
                _("/alt {token} {number}: the answer has that token already; choose another one").format(
                    token=token, number=number
                )
            )
        return chosen.top[number - 1]

    def token_at(self, token: int) -> Token:
        """Token number `token`, from 1. Raises UsageError when there is none."""
        if not self.tokens:
            raise UsageError(_("the last answer has no tokens"))
        if token == len(self.tokens) + 1 and self.finish in ("eos", "empty"):
            raise UsageError(
                _("token {token} is the end of the answer; /regen min_new_tokens={token} makes a longer one").format(
                    token=token
                )
            )
        if not 0 < token <= len(self.tokens):
            raise UsageError(
                _("/alt {token}: expected a token from 1 to {count}; /probs all numbers them").format(
                    token=token, count=len(self.tokens)
                )
            )
        return self.tokens[token - 1]

    def take(self, event: Event, card: Callable[[], ModelCard]) -> None:
        """Add what an event of the engine reports; at the last one, end."""
        if isinstance(event, Started):
            self.timing.encode_s, self.timing.reused = event.encode_s, event.reused
            self.card = card()  # not later: if the model is killed, this would load it again
            self.timing.load_s = self.card.load_s
        elif isinstance(event, Delta):
            self.text += event.text
            self.tokens += event.tokens
        elif isinstance(event, Withdrawn):
            self.text = ""
            self.tokens.clear()
        else:
            self.finish, self.end_logprob = event.finish, event.end_logprob
            self.timing.first_token_s, self.timing.total_s = event.first_token_s, event.total_s
            self.timing.peak_mb, self.timing.fewest_threads = event.peak_mb, event.fewest_threads
            self.timing.drafted, self.timing.accepted = event.drafted, event.accepted
            self.end()

    def take_candidate(self, number: int) -> None:
        """Become another one of the candidates, by its number from 1, because the user chose it."""
        taken = self.candidates[number - 1]
        self.text, self.short, self.finish = taken.text, taken.short, taken.finish
        self.tokens, self.end_logprob, self.picked = list(taken.tokens), taken.end_logprob, number

    def end(self) -> None:
        """Complete the answer: apply the settings to its text."""
        if self.settings.value("strip"):
            self.text = self.text.strip()
        if self.finish == "eos" and not self.text:
            self.finish = "empty"
        self.short = short_answer(self.text, self.settings.value("answer_regex"))
        self.ended = True


def short_answer(text: str, regex: str | None) -> str:
    """The first group of the first match of `regex`, or the whole match if it has no group; "" without a match."""
    found = re.search(regex, text) if regex else None
    return (found[1] if found.re.groups else found[0]) or "" if found else ""


class Path(Sequence[Answer]):
    """The answers from the beginning of a conversation to one of them.

    It is read backwards, from its end: the next question of a long conversation needs its length and last answers only.
    """

    __slots__ = ("_answers", "_end", "_length")

    def __init__(self, answers: Mapping[str, Answer], end: str | None, length: int) -> None:
        self._answers, self._end, self._length = answers, end, length

    def __len__(self) -> int:
        return self._length

    def __reversed__(self) -> Iterator[Answer]:
        end = self._end
        for __ in range(self._length):
            assert end is not None
            answer = self._answers[end]
            yield answer
            end = answer.previous_id

    def __iter__(self) -> Iterator[Answer]:
        return reversed(list(reversed(self)))

    @overload
    def __getitem__(self, at: int) -> Answer: ...
    @overload
    def __getitem__(self, at: slice) -> list[Answer]: ...
    def __getitem__(self, at: int | slice) -> Answer | list[Answer]:
        if isinstance(at, slice):
            return list(self)[at]
        from_end = -1 - at if at < 0 else self._length - 1 - at
        if not 0 <= from_end < self._length:
            raise IndexError(at)
        return next(islice(reversed(self), from_end, None))


class Exchanges(Sequence[Exchange]):
    """Turns as they may be part of a prompt, made when they are read.

    new: answers that take the place of those of the turns, by their ids. partial is the turn's own, so that the history
    has the same turns whichever answers it shows.
    """

    __slots__ = ("_new", "_turns")

    def __init__(self, turns: Sequence[Answer], new: Mapping[str, Answer] | None = None) -> None:
        self._turns, self._new = turns, new or {}

    def __len__(self) -> int:
        return len(self._turns)

    def __reversed__(self) -> Iterator[Exchange]:
        return map(self._exchange, reversed(self._turns))

    @overload
    def __getitem__(self, at: int) -> Exchange: ...
    @overload
    def __getitem__(self, at: slice) -> list[Exchange]: ...
    def __getitem__(self, at: int | slice) -> Exchange | list[Exchange]:
        turns = self._turns[at]
        return self._exchange(turns) if isinstance(turns, Answer) else list(map(self._exchange, turns))

    def _exchange(self, turn: Answer) -> Exchange:
        answer = self._new.get(turn.id, turn)
        return Exchange(turn.question, answer.text, partial=turn.finish in ("interrupted", "error"))


@dataclass(frozen=True, slots=True)
class Branch:
    """A path through the tree. name: "" when it has none. end: its last answer; None while it is empty.

    replaced: another answer was made from its end, by `continue` or with another token.
    """

    name: str
    end: Answer | None
    turns: int
    current: bool
    replaced: bool = False


@dataclass(slots=True)
class Conversation:
    """A tree of answers and the current position in it.

    answers: by id, oldest first. head: the id of the current turn's answer; None before the first turn.
    ends: the head of each named branch. branch: the current one, which new answers extend. choices: those that were
    given with a question, by its id; its answers are chosen from them instead of the profile's.
    """

    answers: dict[str, Answer] = field(default_factory=dict)
    head: str | None = None
    ends: dict[str, str | None] = field(default_factory=lambda: {MAIN: None})
    branch: str = MAIN
    choices: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _depths: dict[str | None, int] = field(default_factory=lambda: {None: 0})  # answers up to each one
    _of_question: dict[str, list[Answer]] = field(default_factory=dict)
    _undone: list[str | None] = field(default_factory=list)
    _cleared: str | None = None  # the head before `clear`

    @property
    def turns(self) -> Path:
        """The answers from the beginning to the head."""
        return self.path_to(self.head)

    def path_to(self, end: str | None) -> Path:
        """The answers from the beginning to `end`."""
        return Path(self.answers, end, self._depths.get(end, 0))

    def siblings(self, answer: Answer) -> Sequence[Answer]:
        """All answers to the same question, this one included, oldest first."""
        return self._of_question[answer.question_id]

    def add(self, answer: Answer) -> None:
        """Add an answer, whose predecessor is here already, and move the head to it."""
        self.answers[answer.id] = answer
        self._depths[answer.id] = self._depths[answer.previous_id] + 1
        self._of_question.setdefault(answer.question_id, []).append(answer)
        self.go(answer.id)

    def undo(self, count: int = 1) -> None:
        """Go back `count` turns, or from an empty conversation to before the last `clear`.

        Raises UsageError when there are fewer turns.
        """
        turns = self.turns
        if not turns and self._cleared is not None and count == 1:
            self._step(self._cleared)
            self._cleared = None
            return
        if count > len(turns):
            nothing = _("nothing to undo: this is the beginning") if self.answers else _("nothing was asked yet")
            fewer = ngettext("there is only {count} turn to undo", "there are only {count} turns to undo", len(turns))
            raise UsageError(fewer.format(count=len(turns)) if turns else nothing)
        for __ in range(count):
            assert self.head is not None
            self._step(self.answers[self.head].previous_id)

    def redo(self, count: int = 1) -> None:
        """Reverse `count` steps of `undo`. Raises UsageError when there are fewer."""
        if count > len(self._undone):
            have = len(self._undone)
            fewer = ngettext("there is only {count} step to redo", "there are only {count} steps to redo", have)
            raise UsageError(fewer.format(count=have) if have else _("nothing to redo since the last answer"))
        for __ in range(count):
            to = self._undone.pop()
            if to is None:  # redo of a `clear`
                self._cleared = self.head
            self._move(to)

    def clear(self) -> None:
        """Move the head to the beginning; `undo` moves it back."""
        if self.head is not None:
            left = self.head
            self.go(None)
            self._cleared = left

    def go(self, to: str | None) -> None:
        """Move the head to an answer, or to the beginning."""
        self._undone.clear()
        self._cleared = None
        self._move(to if to in self.answers else None)

    def fork(self, name: str = "") -> str:
        """Create a branch at the head and switch to it; return its name.

        Raises UsageError for a name that is a number or in use.
        """
        if not name:
            name = next(made for n in range(2, len(self.ends) + 3) if (made := f"branch-{n}") not in self.ends)
        if name.isdecimal():  # it would hide the branch of that number
            raise UsageError(_("branch name: {name} is a number; begin the name with a letter").format(name=name))
        if name in self.ends:
            raise UsageError(_("branch {name} exists already; /branches {name} switches to it").format(name=name))
        self.ends[name], self.branch = self.head, name
        return name

    def branches(self) -> list[Branch]:
        """The named branches, then the abandoned ends that an undo, edit or regen left without a name, then those from
        which another answer was made."""
        on_branch: set[str] = set()
        for end in self.ends.values():
            for answer in reversed(self.path_to(end)):
                if answer.id in on_branch:  # so are those before it
                    break
                on_branch.add(answer.id)
        followed = on_branch.union(answer.previous_id or "" for answer in self.answers.values())
        abandoned = [answer for answer in self.answers.values() if answer.id not in followed]
        named = [
            Branch(name, self.answers.get(end or ""), len(self.path_to(end)), name == self.branch)
            for name, end in self.ends.items()
        ]
        replaced = {answer.made_from for answer in self.answers.values()}
        nameless = [
            Branch("", answer, len(self.path_to(answer.id)), False, answer.id in replaced) for answer in abandoned
        ]
        return named + sorted(nameless, key=lambda branch: branch.replaced)

    def switch(self, which: str) -> Branch:
        """Switch to a branch, by its name or its number in `branches`. An abandoned end gets a name first.

        Raises UsageError for anything else.
        """
        all_branches = self.branches()
        found = next((branch for branch in all_branches if branch.name and branch.name == which), None)
        if found is None and which.isdecimal() and len(which) < 10 and 0 < int(which) <= len(all_branches):
            found = all_branches[int(which) - 1]
        if found is None:
            hint = did_you_mean(which, self.ends) or _(" Expected a name or a number from 1 to {count}.").format(
                count=len(all_branches)
            )
            raise UsageError(_("there is no branch {name}.{hint}").format(name=which, hint=hint))
        if found.name:
            self.branch = found.name
            self.go(found.end.id if found.end else None)
        else:
            assert found.end is not None
            self.head = found.end.id
            self.fork()
            self.go(self.head)
        return found

    def _step(self, to: str | None) -> None:
        self._undone.append(self.head)
        self._move(to)

    def _move(self, to: str | None) -> None:
        self.head = self.ends[self.branch] = to
