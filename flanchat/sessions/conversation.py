"""A conversation: answers as a tree in which undo, edit and fork only move a head. Knows no disk, model or terminal."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timezone

from flanchat.base.errors import UsageError
from flanchat.base.i18n import _
from flanchat.engine.events import Alternative, Delta, Event, Started, Token
from flanchat.engine.protocol import Carded, ModelCard
from flanchat.prompting.prompt import Prompt
from flanchat.prompting.settings import Settings, did_you_mean
from flanchat.sessions.choices import ScoredChoice

MAIN = "main"
"""The branch that every conversation begins on."""


@dataclass(slots=True)
class Timing:
    """Seconds. first_token_s: from asking to the first token; None when there was none. load_s: of the engine.

    reused: the prompt had been encoded for an earlier answer.
    peak_mb: the most memory that the model's process has held so far, in megabytes.
    """

    load_s: float = 0.0
    encode_s: float = 0.0
    first_token_s: float | None = None
    total_s: float = 0.0
    peak_mb: float = 0.0
    reused: bool = False

    def decode_tps(self, tokens: int) -> float | None:
        """Tokens per second after the first one; None when there were fewer than two."""
        if tokens < 2 or self.first_token_s is None or self.total_s <= self.first_token_s:
            return None
        return (tokens - 1) / (self.total_s - self.first_token_s)


@dataclass(slots=True)
class Answer:
    """One answer, complete or cut. short: what the profile's answer_regex finds in it, else "".

    asked, id: of the question's and the answer's event in the transcript. before: the answer that the question follows;
    None for the first. continues: the answer that this one goes on from, or "". at: when it ended, in UTC, as the
    transcript writes it, or "". card: None when the model had not started. end_logprob: of the end token, where the
    model ended the answer itself. batch: how many answers were made side by side. choices: what it was chosen from,
    or ().
    """

    question: str
    asked: str
    prompt: Prompt
    settings: Settings
    seed: int
    text: str = ""
    short: str = ""
    tokens: list[Token] = field(default_factory=list)
    finish: str = "error"
    message: str = ""
    timing: Timing = field(default_factory=Timing)
    card: ModelCard | None = None
    id: str = ""
    before: str | None = None
    continues: str = ""
    profile: str = ""
    at: str = ""
    end_logprob: float | None = None
    batch: int = 1
    choices: tuple[ScoredChoice, ...] = ()

    @property
    def mean_logprob(self) -> float | None:
        """The mean log-probability of its tokens, as the model has it; None without a token."""
        return sum(token.logprob for token in self.tokens) / len(self.tokens) if self.tokens else None

    @property
    def shares(self) -> dict[str, float]:
        """The share of each choice, by the rule that chose; empty for an answer that was written."""
        by = self.settings.value("choose")
        return {choice.text: choice.share(by) for choice in self.choices}

    def alternative(self, token: int, number: int) -> Alternative:
        """What else was likely at token number `token`, both from 1. Raises UsageError when it cannot be forced."""
        if self.settings.value("num_beams") > 1 and not self.choices:
            raise UsageError(_("an answer found with beams cannot be branched; /set num_beams 1 and /regen"))
        there = self.token_at(token)
        if not 0 < number <= len(there.top):
            raise UsageError(
                _("/alt {token} {number}: expected an alternative from 1 to {count}; /alt {token} lists them").format(
                    token=token, number=number, count=len(there.top)
                )
                if there.top
                else _("token {token} was recorded without alternatives; /regen answers again").format(token=token)
            )
        if there.top[number - 1].id == there.id:
            raise UsageError(
                _("/alt {token} {number}: that token stands there already; take another one").format(
                    token=token, number=number
                )
            )
        return there.top[number - 1]

    def token_at(self, token: int) -> Token:
        """Token number `token`, from 1. Raises UsageError when there is none."""
        if not self.tokens:
            raise UsageError(_("the last answer has no tokens"))
        if token == len(self.tokens) + 1 and self.finish in ("eos", "empty"):
            raise UsageError(
                _("token {token} is the end of the answer; /regen min_new_tokens={token} has the model go on").format(
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

    def take(self, event: Event, engine: Carded) -> None:
        """Grow by what the engine reports."""
        if isinstance(event, Started):
            self.timing.encode_s, self.timing.reused = event.encode_s, event.reused
            self.card = engine.card()  # now, for a model that was killed since would be loaded again
            self.timing.load_s = self.card.load_s
        elif isinstance(event, Delta):
            self.text += event.text
            self.tokens += event.tokens
        else:
            self.finish, self.message, self.end_logprob = event.finish, event.message, event.end_logprob
            self.timing.first_token_s, self.timing.total_s = event.first_token_s, event.total_s
            self.timing.peak_mb = event.peak_mb

    def end(self) -> None:
        """Nothing more will come: tidy the text as the settings say, and note the hour."""
        if self.settings.value("strip"):
            self.text = self.text.strip()
        if self.finish == "eos" and not self.text:
            self.finish = "empty"
        self.short = short_answer(self.text, self.settings.value("answer_regex"))
        self.at = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def short_answer(text: str, regex: str | None) -> str:
    """What the first group of `regex` finds in an answer, or all it finds without a group; "" for nothing."""
    found = re.search(regex, text) if regex else None
    return (found[1] if found.re.groups else found[0]) or "" if found else ""


@dataclass(frozen=True, slots=True)
class Branch:
    """A way through the tree. name: "" when nobody named it. end: its last answer; None when it has none yet."""

    name: str
    end: Answer | None
    turns: int
    current: bool


@dataclass(slots=True)
class Conversation:
    """Answers, the oldest first, and where in the tree one stands.

    answers: by id, in the order they were given. head: the last answer of the present way; None at the beginning.
    ends: where each named branch stands. branch: the one that new answers lengthen.
    """

    answers: dict[str, Answer] = field(default_factory=dict)
    head: str | None = None
    ends: dict[str, str | None] = field(default_factory=lambda: {MAIN: None})
    branch: str = MAIN
    _undone: list[str | None] = field(default_factory=list)
    _cleared: str | None = None  # the head that `clear` left

    @property
    def turns(self) -> list[Answer]:
        """The answers from the beginning to the head."""
        return self.way_to(self.head)

    def way_to(self, end: str | None) -> list[Answer]:
        """The answers from the beginning to `end`."""
        way: list[Answer] = []
        while end is not None and (answer := self.answers.get(end)) is not None and len(way) <= len(self.answers):
            way.append(answer)
            end = answer.before
        return way[::-1]

    def siblings(self, answer: Answer) -> list[Answer]:
        """All answers to the same question, this one too, the oldest first."""
        return [other for other in self.answers.values() if other.asked == answer.asked]

    def add(self, answer: Answer) -> None:
        """A new answer; the head moves to it."""
        self.answers[answer.id] = answer
        self._undone.clear()
        self._cleared = None
        self._move(answer.id)

    def undo(self, count: int = 1) -> None:
        """Go back by `count` turns, or to before the last `clear`. Raises UsageError when there are fewer."""
        way = self.turns
        if not way and self._cleared is not None and count == 1:
            self._step(self._cleared)
            self._cleared = None
            return
        if count > len(way):
            nothing = _("you are at the beginning") if self.answers else _("nothing was asked yet")
            raise UsageError(
                _("there are {have} turns to go back by, not {count}").format(have=len(way), count=count)
                if way
                else nothing
            )
        for __ in range(count):
            assert self.head is not None
            self._step(self.answers[self.head].before)

    def redo(self, count: int = 1) -> None:
        """Take back `count` undone steps. Raises UsageError when there are fewer."""
        if count > len(self._undone):
            some = _("only {count} was undone since the last answer").format(count=len(self._undone))
            raise UsageError(some if self._undone else _("nothing was undone since the last answer"))
        for __ in range(count):
            to = self._undone.pop()
            if to is None:  # the undo of a `clear` is taken back
                self._cleared = self.head
            self._move(to)

    def clear(self) -> None:
        """Go to the beginning; `undo` comes back."""
        if self.head is None:
            return
        left = self.head
        self._undone.clear()
        self._move(None)
        self._cleared = left

    def go(self, to: str | None) -> None:
        """Move the head to an answer, or to the beginning."""
        self._undone.clear()
        self._cleared = None
        self._move(to if to in self.answers else None)

    def fork(self, name: str = "") -> str:
        """Begin a branch here and stay on it; return its name. Raises UsageError when the name is taken or a number."""
        if not name:
            name = next(made for n in range(2, len(self.ends) + 3) if (made := f"branch-{n}") not in self.ends)
        if name.isdecimal():  # it would hide the branch of that number
            raise UsageError(
                _("branch name: {name} is a number; take a name that begins with a letter").format(name=name)
            )
        if name in self.ends:
            raise UsageError(_("there is a branch {name} already; /branches {name} goes there").format(name=name))
        self.ends[name], self.branch = self.head, name
        return name

    def branches(self) -> list[Branch]:
        """All named branches, then the ends that no branch leads to: what an undo, edit or regen left behind."""
        on_way = {answer.id for end in self.ends.values() for answer in self.way_to(end)}
        parents = {answer.before for answer in self.answers.values()}
        left = [answer for answer in self.answers.values() if answer.id not in parents and answer.id not in on_way]
        named = [
            Branch(name, self.answers.get(end or ""), len(self.way_to(end)), name == self.branch)
            for name, end in self.ends.items()
        ]
        return named + [Branch("", answer, len(self.way_to(answer.id)), False) for answer in left]

    def switch(self, which: str) -> Branch:
        """Go to a branch, by its name or its number in `branches`, and go on there. Raises UsageError for another word.

        An end that had no name becomes a branch of its own.
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
            self._begin_branch_at(found)
        return found

    def _begin_branch_at(self, branch: Branch) -> None:
        """Make a branch of an end that no branch leads to."""
        assert branch.end is not None
        self.head = branch.end.id
        self.fork()
        self.go(branch.end.id)

    def _step(self, to: str | None) -> None:
        self._undone.append(self.head)
        self._move(to)

    def _move(self, to: str | None) -> None:
        self.head = self.ends[self.branch] = to
