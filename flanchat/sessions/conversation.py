"""A conversation: a tree of answers, in which undo, edit and fork only move the head. No disk, model or terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import overload

from flanchat.base.errors import UsageError
from flanchat.base.i18n import _, ngettext
from flanchat.base.wording import did_you_mean
from flanchat.prompting.prompt import Exchange
from flanchat.sessions.answer import Answer

MAIN = "main"
"""The first branch of every conversation."""


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
