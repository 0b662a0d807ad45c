"""A conversation loses nothing: whatever moves in it, every answer can be gone back to."""

from __future__ import annotations

import copy

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from flanchat.base.errors import UsageError
from flanchat.prompting.prompt import Prompt
from flanchat.prompting.settings import Settings
from flanchat.sessions.answer import Answer, Timing
from flanchat.sessions.conversation import MAIN, Conversation
from tests.examples import examples
from tests.work import calls_of

NOTHING = Prompt("", 0, 0, (), (), "")


def answered(conversation: Conversation, *names: str) -> None:
    """Add an answer of each name, one after the other."""
    for name in names:
        conversation.add(Answer(name, "", NOTHING, Settings(), 0, id=name, previous_id=conversation.head))


def conversation_of(*names: str) -> Conversation:
    conversation = Conversation()
    answered(conversation, *names)
    return conversation


def way(conversation: Conversation) -> str:
    return "".join(answer.id for answer in conversation.turns)


class Moves(RuleBasedStateMachine):
    """Any moves in any order. `ids` are all answers ever given."""

    @initialize()
    def begin(self) -> None:
        self.talk = Conversation()
        self.ids: list[str] = []

    @rule()
    def ask(self) -> None:
        self.ids.append(f"a{len(self.ids)}")
        before = way(self.talk)
        answered(self.talk, self.ids[-1])

        assert way(self.talk) == before + self.ids[-1]

    @precondition(lambda self: self.talk.turns)
    @rule()
    def regen(self) -> None:
        self.ids.append(f"a{len(self.ids)}")
        last = self.talk.turns[-1]
        self.talk.add(Answer("", "", NOTHING, Settings(), 0, id=self.ids[-1], previous_id=last.previous_id))

        assert self.talk.turns[-1].previous_id == last.previous_id

    @precondition(lambda self: self.talk.turns)
    @rule(data=st.data())
    def undo_and_perhaps_redo(self, data: st.DataObject) -> None:
        before, count = way(self.talk), data.draw(st.integers(1, len(self.talk.turns)))
        turns = len(self.talk.turns)
        self.talk.undo(count)
        assert len(self.talk.turns) == turns - count
        if data.draw(st.booleans()):
            self.talk.redo(count)
            assert way(self.talk) == before

    @rule()
    def redo(self) -> None:
        before = way(self.talk)
        try:
            self.talk.redo()
        except UsageError:
            assert way(self.talk) == before

    @rule(back=st.booleans())
    def clear(self, back: bool) -> None:
        before = way(self.talk)
        self.talk.clear()
        assert not self.talk.turns
        if back and before:
            self.talk.undo()
            assert way(self.talk) == before

    @rule(name=st.sampled_from(["", "", "bold", "b", MAIN, "branch-2", "branch-3", "2"]))
    def fork(self, name: str) -> None:
        before, taken = way(self.talk), set(self.talk.ends)
        try:
            made = self.talk.fork(name)
        except UsageError:
            assert name in taken or name.isdecimal()
            assert set(self.talk.ends) == taken
        else:
            assert made not in taken
            assert (self.talk.branch, made) == (made, name or made)
        assert way(self.talk) == before

    @rule(data=st.data())
    def switch(self, data: st.DataObject) -> None:
        branches = self.talk.branches()
        number = data.draw(st.integers(1, len(branches)))
        wanted = branches[number - 1]
        by_name = wanted.name and data.draw(st.booleans())

        self.talk.switch(wanted.name if by_name else str(number))

        assert self.talk.head == (wanted.end.id if wanted.end else None)

    @precondition(lambda self: self.talk.turns)
    @rule(data=st.data())
    def edit(self, data: st.DataObject) -> None:
        turn = data.draw(st.integers(1, len(self.talk.turns)))
        self.talk.go(self.talk.turns[turn - 1].previous_id)

        assert len(self.talk.turns) == turn - 1

    @invariant()
    def every_answer_can_be_gone_back_to(self) -> None:
        seen: set[str] = set()
        for number, branch in enumerate(self.talk.branches(), 1):
            there = copy.deepcopy(self.talk)
            there.switch(str(number))
            assert there.head == (branch.end.id if branch.end else None)
            assert len(there.turns) == branch.turns
            seen |= {answer.id for answer in there.turns}

        assert seen == set(self.ids) == set(self.talk.answers)

    @invariant()
    def the_turns_are_a_way_from_the_beginning_to_the_head(self) -> None:
        turns = self.talk.turns
        assert [turn.previous_id for turn in turns] == [None, *(turn.id for turn in turns)][: len(turns)]
        assert self.talk.head == (turns[-1].id if turns else None)
        assert self.talk.ends[self.talk.branch] == self.talk.head

    @invariant()
    def exactly_one_branch_is_the_present_one(self) -> None:
        branches = self.talk.branches()
        names = [branch.name for branch in branches if branch.name]
        assert len(names) == len(set(names))
        assert [branch.name for branch in branches if branch.current] == [self.talk.branch]


TestMoves = Moves.TestCase
TestMoves.settings = examples(60, stateful_step_count=25)


def test_undo_goes_back_turn_by_turn_and_redo_comes_back_as_far():
    talk = conversation_of("a", "b", "c")

    talk.undo(2)
    talk.undo()
    beginning = way(talk)
    talk.redo()
    talk.redo(2)

    assert (beginning, way(talk)) == ("", "abc")


def test_undo_brings_a_cleared_conversation_back_and_redo_clears_it_again():
    talk = conversation_of("a", "b")

    talk.clear()
    talk.clear()
    talk.undo()
    back = way(talk)
    talk.redo()
    gone = way(talk)
    talk.undo()

    assert (back, gone, way(talk)) == ("ab", "", "ab")


def test_undo_at_the_very_beginning_never_goes_forward():
    talk = conversation_of("a")
    talk.clear()
    talk.undo(1)
    talk.undo(1)

    with pytest.raises(UsageError):
        talk.undo()
    assert way(talk) == ""


def test_clear_where_nothing_is_to_be_cleared_keeps_what_was_undone():
    talk = conversation_of("a")
    talk.undo()

    talk.clear()
    talk.redo()

    assert way(talk) == "a"


def test_undo_after_an_answer_does_not_bring_back_what_was_cleared_before_it():
    talk = conversation_of("a", "b")
    talk.clear()
    answered(talk, "c")
    talk.undo()

    with pytest.raises(UsageError):
        talk.undo()
    assert [branch.end.id for branch in talk.branches() if branch.end] == ["b", "c"]


@pytest.mark.parametrize("count", [3, 99])
def test_undo_of_more_turns_than_there_are_is_refused_and_moves_nothing(count):
    talk = conversation_of("a", "b")

    with pytest.raises(UsageError, match="2 turns"):
        talk.undo(count)
    assert way(talk) == "ab"


def test_redo_of_more_than_was_undone_is_refused_and_moves_nothing():
    talk = conversation_of("a", "b")
    with pytest.raises(UsageError, match="nothing to redo"):
        talk.redo()
    talk.undo()

    with pytest.raises(UsageError, match="only 1"):
        talk.redo(2)
    assert way(talk) == "a"


def test_a_new_answer_ends_what_can_be_taken_back():
    talk = conversation_of("a", "b")
    talk.undo()
    answered(talk, "c")

    with pytest.raises(UsageError):
        talk.redo()
    assert way(talk) == "ac"


def test_a_fork_leaves_the_other_branch_where_it_was():
    talk = conversation_of("a", "b")

    talk.fork("bold")
    answered(talk, "c")
    talk.switch(MAIN)
    answered(talk, "d")
    talk.switch("bold")

    assert way(talk) == "abc"
    assert talk.ends == {MAIN: "d", "bold": "c"}


def test_names_made_by_fork_are_free_ones():
    talk = conversation_of("a")
    talk.fork("branch-2")

    assert [talk.fork(), talk.fork(), talk.fork()] == ["branch-3", "branch-4", "branch-5"]


def test_a_taken_name_is_refused_with_how_to_go_there():
    with pytest.raises(UsageError, match="/branches main switches to it"):
        conversation_of("a").fork(MAIN)


def test_a_number_is_no_name_for_a_branch():
    """It would hide the branch of that number."""
    with pytest.raises(UsageError, match="number"):
        conversation_of("a").fork("3")


def test_what_an_undo_left_behind_is_listed_without_a_name_and_gets_one_when_it_is_gone_on_with():
    talk = conversation_of("a", "b")
    talk.undo()
    answered(talk, "c")
    listed = [(branch.name, branch.end.id, branch.turns) for branch in talk.branches() if branch.end]

    talk.switch("2")

    assert listed == [(MAIN, "c", 2), ("", "b", 2)]
    assert (way(talk), talk.branch) == ("ab", "branch-2")
    assert [branch.name for branch in talk.branches()] == [MAIN, "branch-2"]


@pytest.mark.parametrize(
    ("which", "hint"), [("mian", "Did you mean main?"), ("0", "1 to 1"), ("2", "1 to 1"), ("", "")]
)
def test_a_branch_that_is_not_there_is_refused_with_what_is(which, hint):
    talk = conversation_of("a")

    with pytest.raises(UsageError, match="no branch") as caught:
        talk.switch(which)
    assert hint in caught.value.message
    assert way(talk) == "a"


@pytest.mark.parametrize(
    ("timing", "tokens", "rate"),
    [
        (Timing(first_token_s=0.5, total_s=1.5), 11, 10),
        (Timing(first_token_s=0.5, total_s=1.5), 1, None),
        (Timing(first_token_s=None, total_s=1.5), 9, None),
        (Timing(first_token_s=1.5, total_s=1.5), 9, None),
    ],
)
def test_the_rate_counts_the_tokens_after_the_first(timing, tokens, rate):
    assert timing.decode_tps(tokens) == rate


def test_a_list_of_branches_looks_at_each_answer_once():
    """Counted in function calls, with a branch every tenth turn."""

    def calls(turns: int) -> int:
        talk = Conversation()
        for turn in range(turns):
            answered(talk, f"a{turn}")
            if turn % 10 == 9:
                talk.fork()
        return calls_of(talk.branches)

    assert calls(800) < 2.1 * calls(400)
