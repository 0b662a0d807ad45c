"""The toolbar, and the meter that measures drafts in a thread while they are typed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import pytest

from flanchat.base.errors import BudgetError, ModelError
from flanchat.engine.events import Measured, Warned
from flanchat.engine.scripted import ScriptedEngine
from flanchat.prompting.profile import Profile
from flanchat.prompting.prompt import Prompt, Segment
from flanchat.prompting.settings import Settings
from flanchat.prompting.shots import Shot
from flanchat.repl.context import Attachment, Context
from flanchat.repl.toolbar import MAX_CHARACTERS, Meter, Toolbar
from flanchat.sessions.session import Session
from flanchat.sessions.transcript import NoTranscript
from tests.waiting import LIMIT_S


def prompt_of(text: str, *lost: str) -> Prompt:
    """A prompt of one question, one token per word. lost: characters that the vocabulary lacks."""
    unknown = (Warned("unk", len(lost), "".join(lost)),) if lost else ()
    return Prompt(text, len(text.split()), 512, (Segment("question", text),), unknown, "")


class Typing:
    """Types drafts into a meter and waits for its change."""

    def __init__(self, compiled: Callable[[str], Prompt] = prompt_of) -> None:
        self.counted: list[str] = []
        self.changed = threading.Semaphore(0)
        self._compiled = compiled
        self.meter = Meter(self._count, self.changed.release)

    def _count(self, draft: str) -> Prompt:
        self.counted.append(draft)
        return self._compiled(draft)

    def type(self, draft: str) -> tuple[str, str]:
        """Budget and warning after this draft has changed them."""
        self.meter.update(draft)
        assert self.changed.acquire(timeout=LIMIT_S)
        return self.meter.budget, self.meter.warning


def test_a_draft_is_measured_while_it_is_typed():
    typing = Typing()

    assert typing.type("one two") == ("2/512", "")
    assert typing.type("one two three") == ("3/512", "")


def test_drafts_are_measured_in_a_daemon_thread():
    seen: list[threading.Thread] = []
    typing = Typing(lambda draft: seen.append(threading.current_thread()) or prompt_of(draft))

    typing.type("one")

    assert seen[0] is not threading.current_thread()
    assert seen[0].daemon


def test_of_several_quick_drafts_only_the_last_is_measured():
    begun, go_on = threading.Event(), threading.Event()

    def slowly(draft: str) -> Prompt:
        begun.set()
        assert go_on.wait(LIMIT_S)
        return prompt_of(draft)

    typing = Typing(slowly)
    typing.meter.update("w")
    assert begun.wait(LIMIT_S)
    for end in range(2, 50):
        typing.meter.update("w " * end)
    go_on.set()

    assert typing.changed.acquire(timeout=LIMIT_S)
    assert typing.meter.budget == "49/512"
    assert typing.counted == ["w", "w " * 49]


@pytest.mark.parametrize("command", ["/prompt what?", "/", "/file x"])
def test_a_command_is_not_measured_and_keeps_the_last_budget(command):
    typing = Typing(lambda draft: prompt_of(draft, "{"))
    typing.type("one {")

    assert typing.type(command) == ("2/512", "")
    assert typing.counted == ["one {"]


@pytest.mark.parametrize("text", ["//etc", " /etc", "/etc\nmore"])
def test_questions_with_a_slash_are_measured(text):
    assert Typing().type(text)[0] == f"{len(text.split())}/512"


@pytest.mark.parametrize("error", [BudgetError("the question is 600 tokens"), ModelError("/x: no config.json")])
def test_a_question_that_cannot_be_asked_is_reported_while_it_is_typed(error):
    def fail(draft: str) -> Prompt:
        raise error

    assert Typing(fail).type("one") == ("", error.message)


def test_a_screen_that_cannot_be_redrawn_does_not_end_the_meter():
    measured = threading.Semaphore(0)

    def redraw() -> None:
        measured.release()
        raise RuntimeError("no running event loop")

    meter = Meter(prompt_of, redraw)
    for words in ("one", "one two"):
        meter.update(words)
        assert measured.acquire(timeout=LIMIT_S)

    assert meter.budget == "2/512"


def test_an_error_while_measuring_changes_nothing_and_the_next_draft_is_measured():
    def stumble(draft: str) -> Prompt:
        if draft == "bad":
            raise RuntimeError("changed size during iteration")
        return prompt_of(draft)

    typing = Typing(stumble)
    typing.type("one")
    typing.meter.update("bad")

    assert typing.type("one two three")[0] == "3/512"


def test_an_unchanged_budget_is_not_redrawn():
    typing = Typing()
    typing.type("one two")
    typing.meter.update("two one")

    typing.type("one two three")

    assert not typing.changed.acquire(blocking=False)


def test_a_very_long_draft_is_not_measured_while_it_is_typed():
    typing = Typing()

    assert typing.type("w" * (MAX_CHARACTERS + 1)) == ("100,001 characters, tokenised when sent", "")
    assert typing.counted == []


@pytest.mark.parametrize(
    ("draft", "lost", "warning"),
    [
        ("Is {x} good?", "{}", "2 characters are not in the model's vocabulary"),
        ("\u65e5\u672c\u8a9e?", "\u65e5\u672c\u8a9e", "Most of this question is outside"),
        ("   ", "{", ""),
    ],
)
def test_unreadable_characters_are_reported_before_sending(draft, lost, warning):
    words, said = Typing(lambda text: prompt_of(text, *lost)).type(draft)

    assert words.endswith("/512")
    assert warning in said
    assert bool(said) == bool(warning)


def test_dropped_parts_are_in_the_budget_and_not_in_the_warning():
    segments = (Segment("turn", "a", 1, kept=False, reason="over"), Segment("question", "b"))

    assert Typing(lambda draft: Prompt("b", 9, 16, segments, (), "")).type("b") == (
        "9/16 · 0 of 1 turn sent · −1 turn",
        "",
    )


# -- the tool bar -----------------------------------------------------------------------------------------------------


class Bar:
    """The toolbar of a context and its text after a draft is measured."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._changed = threading.Semaphore(0)
        self.toolbar = Toolbar(context, self._changed.release)

    def type(self, draft: str) -> str:
        self.toolbar.update(draft)
        self.wait()
        return self.toolbar.text()

    def wait(self) -> None:
        """Wait until a draft has been measured."""
        assert self._changed.acquire(timeout=LIMIT_S)


def context_of(*questions: str, profile: Profile | None = None) -> Context:
    engine = ScriptedEngine()
    session = Session(engine, profile or Profile("p"), Settings(), NoTranscript())
    for question in questions:
        list(session.ask(question))
    return Context(session, engine, ())


def test_the_toolbar_shows_profile_model_and_budget():
    context = context_of(profile=Profile("p", shots=(Shot("a", "b"),)))

    assert Bar(context).type("one two") == "p · scripted · ready · 5/512 · 1 shot"


def test_the_toolbar_shows_what_differs_from_the_defaults():
    context = context_of("one")
    context.session.settings = context.session.settings.update("/set", {"top_k": 5})
    context.attachments.append(Attachment("news.txt", "a b c", 3))
    context.session.fork("bold")
    context.session.log(False)

    name, *others = Bar(context).type("one two").split(" · ")

    assert name == "p"
    assert set(others) == {
        "scripted",
        "ready",
        "6/512",
        "alone",
        "top_k=5",
        "+ news.txt (3 tokens)",
        "bold",
        "not recorded",
    }


def test_the_toolbar_says_how_many_earlier_turns_are_sent():
    context = context_of("one", "two")
    bar = Bar(context)

    assert " · alone" in bar.type("three")
    context.session.settings = context.session.settings.update("/set", {"turns": 2})
    assert " · 2 turns sent" in bar.type("three four")
    context.session.clear()
    assert "alone" not in bar.type("three")


def test_the_toolbar_explains_the_command_being_typed():
    bar = Bar(context_of())
    bar.toolbar.update("/set top")

    words = bar.toolbar.text()

    assert words.startswith("/set [NAME VALUE")
    assert "scripted" not in words


def test_an_edited_question_is_measured_without_the_turns_it_replaces():
    context = context_of("one", "two")
    context.session.settings = context.session.settings.update("/set", {"turns": 5})
    context.editing = 2

    assert "· 1 turn" in Bar(context).type("other")


@pytest.mark.parametrize("status", ["not started", "gone"])
def test_a_key_starts_no_model_and_the_draft_is_measured_once_one_loads(status):
    context = context_of()
    bar = Bar(context)
    counted_while: set[str] = set()
    status_read = threading.Semaphore(0)

    class Counting(ScriptedEngine):
        def measure(self, parts: Sequence[str]) -> Measured:
            counted_while.add(status)
            return super().measure(parts)

        def __getattribute__(self, name: str) -> object:
            if name == "status":
                status_read.release()
                return status
            return super().__getattribute__(name)

    context.engine = context.session.engine = Counting()
    bar.toolbar.update("one two")
    assert status_read.acquire(timeout=LIMIT_S)  # the meter has looked whether it may count
    status = "loading"
    bar.toolbar.measure_again()
    bar.wait()

    assert counted_while == {"loading"}
    assert "3/512" in bar.toolbar.text()
