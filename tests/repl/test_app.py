"""The loop: entries, errors, Ctrl-C, edits, attachments, consent, scripts."""

from __future__ import annotations

import io
import os
import re
import shutil
import signal
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from flanchat.base.errors import EngineError
from flanchat.base.signals import ignore_interrupts
from flanchat.engine.scripted import SOURCE, ScriptedEngine
from flanchat.prompting.profile import Profile
from flanchat.prompting.settings import Settings
from flanchat.prompting.shots import Shot
from flanchat.repl import app as loop
from flanchat.repl.commands.completion import complete
from flanchat.repl.commands.table import COMMANDS
from flanchat.repl.context import Context
from flanchat.repl.input import PlainInput
from flanchat.sessions.library import Library
from flanchat.sessions.session import Session
from flanchat.sessions.transcript import NoTranscript, Transcript
from flanchat.ui.results import View
from tests.profiles import BUNDLED, bundled
from tests.transcripts import read

QUOTE = '"""'


class Entries:
    """An InputSource of prepared entries; an entry that is an exception is raised.

    drafts: the draft of each read. asked: the questions to confirm. copied: the copied texts.
    """

    def __init__(self, *entries: str | BaseException, yes: bool | None = None) -> None:
        self._entries: Iterator[str | BaseException] = iter(entries)
        self.can_confirm = yes is not None
        self._yes = bool(yes)
        self.drafts: list[str] = []
        self.asked: list[str] = []
        self.copied: list[str] = []

    def read(self, draft: str = "") -> str:
        self.drafts.append(draft)
        entry = next(self._entries, EOFError())
        if isinstance(entry, BaseException):
            raise entry
        return entry

    def confirm(self, question: str) -> bool:
        self.asked.append(question)
        return self._yes

    def copy(self, text: str) -> str:
        self.copied.append(text)
        return f"copied {len(text)}"


def context_of(*answers: Sequence[Any], transcript: Transcript | NoTranscript | None = None, **values: Any) -> Context:
    engine = ScriptedEngine(answers or (("Paris",),))
    settings = Settings().update("/set", values) if values else Settings()
    session = Session(engine, bundled("plain"), settings, transcript or NoTranscript())
    return Context(session, engine, BUNDLED)


def serve(context: Context, *entries: str | BaseException, yes: bool | None = None, **options: Any) -> Entries:
    """Run these entries up to the end of the input."""
    lines = Entries(*entries, yes=yes)
    loop.run(context, lines, View(sys.stdout, os.environ, plain=True), **options)
    return lines


def asked(context: Context) -> list[str]:
    """The prompts that the engine received."""
    assert isinstance(context.engine, ScriptedEngine)
    return [request.prompt for request in context.engine.asked]


def test_a_bad_entry_gives_an_error_and_the_next_one_is_run(capsys):
    context = context_of((EngineError("the device is gone"),), ("Paris",))

    serve(context, "/nonsense", "/set top_p 7", ".set", "Why?", "And now?")

    out = capsys.readouterr().out
    assert out.count("error: ") == 4
    assert "the device is gone" in out
    assert asked(context) == ["Why?", "And now?"]
    assert "Paris" in out


def test_an_internal_error_is_raised_only_with_debug(capsys):
    class Broken(ScriptedEngine):
        def pieces(self, text):
            raise ZeroDivisionError("oh")

    context = context_of()
    context.engine = Broken()
    serve(context, "/tokens x", "/history")

    assert "internal error: ZeroDivisionError" in capsys.readouterr().out
    with pytest.raises(ZeroDivisionError):
        serve(context, "/tokens x", debug=True)


@pytest.mark.parametrize(
    "command", [command for command in COMMANDS if command.name != "exit"], ids=lambda command: command.name
)
def test_every_command_whose_files_cannot_be_used_says_why_and_the_prompt_comes_back(command, tmp_path, capsys):
    """The home is a file, the session's folder is gone, the arguments are paths that no system call takes."""
    (tmp_path / "file").touch()
    gone = tmp_path / "gone"
    context = context_of(transcript=Transcript.create(gone, host={}))
    shutil.rmtree(gone)
    context.home, context.open_library = (
        tmp_path / "file" / "home",
        lambda: Library(tmp_path / "file" / "sessions", tmp_path / "file" / "index"),
    )
    context.folders = (tmp_path / "file", *BUNDLED)
    context.edit_file = lambda path: path.unlink()
    arguments = [
        "",
        "n" * 300 + ".md",
        str(tmp_path),
        str(tmp_path / "file" / "x.md"),
        "edit ./none.yaml",
        "save x",
        "\0",
    ]

    for words in arguments:
        lines = serve(context, f"/{command.name} {words}", "Why?", yes=False)
        complete(context, f"/{command.name} {words}/")
        assert len(lines.drafts) == 3  # the command, the question, the end

    assert "internal error" not in capsys.readouterr().out


def test_a_file_error_that_no_command_expected_is_said_with_its_path(tmp_path, capsys):
    context = context_of()
    context.home, context.edit_file = tmp_path, lambda path: path.unlink()

    lines = serve(context, "/profile edit cot", "/profile edit ./nope.yaml", "Why?")

    out = capsys.readouterr().out
    assert "cot.yaml: No such file or directory" in out
    assert "nope.yaml" in out
    assert "Paris" in out
    assert len(lines.drafts) == 4


def test_an_output_that_is_full_ends_the_loop():
    lines = Entries("Why?", "And now?")
    full = open("/dev/full", "w", encoding="utf-8")  # noqa: SIM115 - closing it fails, as writing does

    with pytest.raises(OSError, match="No space"):
        loop.run(context_of(), lines, View(full, os.environ, plain=True))

    assert lines.drafts == [""]
    with pytest.raises(OSError, match="No space"):
        full.close()


@pytest.mark.parametrize("entry", ["/exit", "exit", "quit", "/q"])
def test_leaving_ends_the_loop_at_once(entry):
    context = context_of()

    serve(context, "Why?", entry, "never asked")

    assert asked(context) == ["Why?"]


def test_ctrl_c_on_an_empty_line_explains_once_how_to_leave(capsys):
    serve(context_of(), KeyboardInterrupt(), KeyboardInterrupt(), "Why?", KeyboardInterrupt(), yes=False)

    assert capsys.readouterr().out.count("Ctrl-D or /exit leaves") == 2


def test_ctrl_c_during_an_answer_keeps_the_text_so_far_and_the_loop_continues(capsys):
    context = context_of(("A ", "little ", "more"), ("Fine",))
    assert isinstance(context.engine, ScriptedEngine)
    context.engine.before = lambda number: os.kill(os.getpid(), signal.SIGINT) if number == 2 else None

    serve(context, "Tell me", "And now?", yes=False)

    assert [(turn.text, turn.finish) for turn in context.session.turns] == [
        ("A little", "interrupted"),
        ("Fine", "eos"),
    ]
    assert "interrupted" in capsys.readouterr().out


def test_ctrl_c_ends_a_pipe_and_its_other_lines_are_not_asked():
    context = context_of(("A ", "little ", "more"), ("Fine",))
    assert isinstance(context.engine, ScriptedEngine)
    context.engine.before = lambda number: os.kill(os.getpid(), signal.SIGINT) if number == 2 else None

    with pytest.raises(KeyboardInterrupt):
        serve(context, "Tell me", "And now?")
    with pytest.raises(KeyboardInterrupt):
        serve(context, KeyboardInterrupt(), "And now?")

    assert [turn.text for turn in context.session.turns] == ["A little"]


def test_a_failed_recording_is_reported_after_every_entry(tmp_path, capsys):
    def full(fd: int, content: bytes) -> int:
        raise OSError(28, "No space left on device")

    context = context_of(transcript=Transcript.create(tmp_path / "sessions", host={}, write=full))

    serve(context, "Why?", "And now?")

    out = capsys.readouterr().out
    assert out.count("NOT SAVED") == 2
    assert [turn.text for turn in context.session.turns] == ["Paris", "Paris"]


def test_copy_uses_the_clipboard_of_the_input(capsys):
    lines = serve(context_of(), "Why?", "/copy")

    assert lines.copied == ["Paris"]
    assert "copied 5" in capsys.readouterr().out


def test_with_probs_set_probabilities_are_shown_below_each_answer(capsys):
    serve(context_of(probs=True), "Why?")

    assert "1 token, 0 below 50%" in capsys.readouterr().out


# -- editing ----------------------------------------------------------------------------------------------------------


def test_an_edited_question_replaces_its_turn():
    context = context_of()

    lines = serve(context, "one", "two", "three", "/edit 2", "other", "next")

    assert lines.drafts == ["", "", "", "", "two", "", ""]
    assert [turn.question for turn in context.session.turns] == ["one", "other", "next"]


@pytest.mark.parametrize("between", ["", "/history", "/nonsense", KeyboardInterrupt()])
def test_editing_applies_to_one_entry(between):
    context = context_of()

    lines = serve(context, "one", "two", "/edit 1", between, "three", yes=False)

    assert [turn.question for turn in context.session.turns] == ["one", "two", "three"]
    assert lines.drafts[3:] == ["one", "", ""]
    assert context.editing is None


def test_an_edited_question_that_cannot_be_asked_changes_nothing(capsys):
    context = context_of()

    serve(context, "one", "two", "/edit 1", "word " * 600)

    assert "error: " in capsys.readouterr().out
    assert [turn.question for turn in context.session.turns] == ["one", "two"]


def test_an_edited_question_is_asked_without_the_turns_after_it():
    context = context_of(turns=5, format="qa")

    serve(context, "one", "two", "/edit 2", "other")

    assert "one" in asked(context)[2]
    assert "two" not in asked(context)[2]


# -- attachments ------------------------------------------------------------------------------------------------------


@pytest.fixture
def news(tmp_path: Path) -> Path:
    path = tmp_path / "news.txt"
    path.write_text("The sea rose.\n")
    return path


def test_a_files_text_is_added_before_the_next_question_only(news, tmp_path):
    context = context_of(transcript=Transcript.create(tmp_path / "sessions", host={}))

    serve(context, f"/file {news}", "What rose?", "And then?")

    assert asked(context) == ["The sea rose.\nWhat rose?", "And then?"]
    assert context.session.transcript.path is not None
    users = [event for event in read(context.session.transcript.path).events if event["type"] == "user"]
    assert [user["source"] for user in users] == ["file", "typed"]


def test_a_file_stays_attached_until_a_question_is_sent(news, capsys):
    context = context_of()

    serve(context, f"/file {news}", "word " * 600, "/history", "/nonsense", "What rose?")

    assert "error: " in capsys.readouterr().out
    assert asked(context) == ["The sea rose.\nWhat rose?"]
    assert context.attachments == []


def test_a_file_counts_as_sent_when_the_model_fails(news):
    context = context_of((EngineError("gone"),), ("Paris",))

    serve(context, f"/file {news}", "What rose?", "And then?")

    assert asked(context) == ["The sea rose.\nWhat rose?", "And then?"]


# -- consent ----------------------------------------------------------------------------------------------------------


LONG_SHOT = Shot("w " * 14, "x")


def tight(**values: Any) -> Context:
    """A context whose shots do not fit."""
    context = context_of(on_overflow="ask", max_input_tokens=16, **values)
    context.session.use(Profile("p", shots=(LONG_SHOT, Shot("y", "z"))))
    return context


def test_dropping_parts_needs_consent_and_a_yes_sends_the_rest(capsys):
    context = tight()

    lines = serve(context, "Why is it?", "Short?", yes=True)

    assert len(lines.asked) == 2
    assert "shot 1" in capsys.readouterr().out
    assert asked(context) == ["y\nz\n\nWhy is it?", "y\nz\n\nShort?"]
    assert context.session.settings.value("on_overflow") == "ask"


def test_a_no_sends_nothing_and_keeps_the_attachments(news):
    context = tight()

    lines = serve(context, f"/file {news}", "Why is it?", yes=False)

    assert (asked(context), len(lines.asked)) == ([], 1)
    assert [a.name for a in context.attachments] == ["news.txt"]
    assert context.session.conversation.answers == {}


def test_a_no_to_an_edited_question_changes_nothing():
    context = context_of(on_overflow="ask", max_input_tokens=16)
    serve(context, "one", "two")
    context.session.use(Profile("p", shots=(LONG_SHOT, Shot("y", "z"))))

    serve(context, "/edit 1", "other and more", yes=False)

    assert [turn.question for turn in context.session.turns] == ["one", "two"]


def test_a_yes_to_an_edited_question_edits():
    context = context_of(on_overflow="ask", max_input_tokens=16)
    serve(context, "one", "two")
    context.session.use(Profile("p", shots=(LONG_SHOT, Shot("y", "z"))))

    serve(context, "/edit 1", "other and more", yes=True)

    assert [turn.question for turn in context.session.turns] == ["other and more"]


def test_without_a_user_to_ask_the_question_is_refused(capsys):
    context = tight()

    lines = serve(context, "Why is it?")

    assert "error: " in capsys.readouterr().out
    assert (asked(context), lines.asked) == ([], [])


def test_a_prompt_that_fits_is_sent_without_consent():
    lines = serve(context_of(on_overflow="ask"), "Why?", yes=False)

    assert lines.asked == []


# -- scripts ----------------------------------------------------------------------------------------------------------


def script(folder: Path, *entries: str) -> str:
    (folder / "script.txt").write_text("".join(f"{entry}\n" for entry in entries))
    return f"/run {folder}/script.txt"


def test_a_script_is_run_line_by_line_before_the_next_entry(tmp_path, capsys):
    context = context_of(transcript=Transcript.create(tmp_path / "sessions", host={}))

    serve(context, script(tmp_path, "one", "", "/set top_k 5", "two"), "three")

    assert asked(context) == ["one", "two", "three"]
    assert context.session.settings.value("top_k") == 5
    assert "> one" in capsys.readouterr().out
    assert context.session.transcript.path is not None
    users = [event for event in read(context.session.transcript.path).events if event["type"] == "user"]
    assert [user["source"] for user in users] == ["script", "script", "typed"]


@pytest.mark.parametrize("bad", ["/nonsense", "/set top_p 7", ".set", "word " * 600, "/run other.txt", "/load x"])
def test_a_script_stops_at_the_first_line_that_fails(tmp_path, capsys, bad):
    context = context_of()

    serve(context, script(tmp_path, "one", bad, "never asked"), "two")

    assert asked(context) == ["one", "two"]
    out = capsys.readouterr().out
    assert "error: " in out
    assert "stopped at line 2" in out or "script.txt:2" in out


def test_a_script_stops_when_the_model_fails(tmp_path, capsys):
    context = context_of(("a",), (EngineError("gone"),))

    serve(context, script(tmp_path, "one", "two", "never asked"))

    assert asked(context) == ["one", "two"]
    assert "stopped at line 2" in capsys.readouterr().out


def test_a_script_stops_when_an_answer_is_interrupted(tmp_path, capsys):
    context = context_of(("a ", "b ", "c"))
    assert isinstance(context.engine, ScriptedEngine)
    context.engine.before = lambda number: os.kill(os.getpid(), signal.SIGINT) if number == 1 else None

    serve(context, script(tmp_path, "one", "never asked"), "/history", yes=False)

    assert asked(context) == ["one"]
    assert "stopped at line 1" in capsys.readouterr().out


def test_a_script_can_leave(tmp_path):
    context = context_of()

    lines = serve(context, script(tmp_path, "one", "/exit", "never asked"), "never asked either")

    assert asked(context) == ["one"]
    assert len(lines.drafts) == 1


def test_an_edit_in_a_script_takes_the_next_line_and_leaves_no_draft_behind(tmp_path):
    context = context_of()

    lines = serve(context, script(tmp_path, "one", "/edit", "other"), "two")

    assert [turn.question for turn in context.session.turns] == ["other", "two"]
    assert lines.drafts == ["", "", ""]


# -- plain input ------------------------------------------------------------------------------------------------------


def test_the_model_is_started_after_the_first_prompt_only():
    """Later, another model may have been loaded in its place."""
    started: list[str] = []
    stdin = io.StringIO("one\ntwo\n")
    lines = PlainInput(stdin, io.StringIO(), {}, "", lambda: started.append("started"))

    assert [lines.read(), lines.read()] == ["one", "two"]
    assert started == ["started"]


def test_ctrl_c_counts_as_soon_as_the_prompt_is_visible():
    class Hasty(io.StringIO):
        def flush(self) -> None:
            if self.getvalue() == "> ":
                os.kill(os.getpid(), signal.SIGINT)

    with ignore_interrupts(), pytest.raises(KeyboardInterrupt):
        PlainInput(io.StringIO("never read\n"), Hasty(), {}, "> ", lambda: None).read()


# -- as people type ---------------------------------------------------------------------------------------------------


def questions(context: Context) -> list[str]:
    return [turn.question for turn in context.session.turns]


@pytest.mark.parametrize("word", ["help", "?", " help "])
def test_help_is_a_command_at_a_terminal_and_a_question_in_a_pipe(word: str, capsys: pytest.CaptureFixture[str]):
    typed, piped = context_of(), context_of()

    serve(typed, word, yes=True)
    shown = capsys.readouterr().out
    serve(piped, word)

    assert "/regen" in shown
    assert (questions(typed), questions(piped)) == ([], [word.strip()])


def test_three_quotation_marks_open_an_entry_of_several_lines_at_a_terminal():
    typed, piped = context_of(), context_of()
    lines = (f"{QUOTE}first", "", "/exit", f"last{QUOTE}", f"{QUOTE}/help{QUOTE}", "next")

    serve(typed, *lines, yes=True)
    serve(piped, f"{QUOTE}first", "next")

    assert questions(typed) == ["first\n\n/exit\nlast", "/help", "next"]
    assert questions(piped) == [f"{QUOTE}first", "next"]


def test_ctrl_c_drops_an_entry_of_several_lines():
    context = context_of()

    serve(context, f"{QUOTE}first", "second", KeyboardInterrupt(), "next", yes=True)

    assert questions(context) == ["next"]


def test_an_answer_from_a_profiles_choices_adds_one_line(capsys):
    context = context_of(("positive",), ("negative",))
    context.session.use(bundled("sentiment"))

    serve(context, "I loved it.")
    whole = capsys.readouterr().out.splitlines()
    serve(context, "/choose Is it? => yes | no")

    assert [line.split(" ")[0] for line in whole][:2] == ["positive", "positive"]
    assert "by average" in capsys.readouterr().out  # asked for
    assert len([line for line in whole if "negative" in line]) == 1


def test_a_person_is_told_once_how_often_the_model_is_right_with_a_profile_by_its_card(tmp_path, capsys):
    (tmp_path / "README.md").write_text("---\nflanchat:\n  right_of_ten: {passage: 6, yesno: often}\n---\n")
    context = context_of()
    context.engine.source = replace(SOURCE, folder=tmp_path)

    serve(context, "Why?", "/profile passage", "Why?", "/profile yesno", "/profile passage", yes=True)
    for_a_person = capsys.readouterr().out
    context.session.use(replace(bundled("passage"), path=tmp_path / "passage.yaml"))
    serve(context, "Why?", yes=True)
    with_a_profile_of_their_own = capsys.readouterr().out
    serve(context, "/profile passage", "Why?")
    piped = capsys.readouterr().out

    said = "The model card of scripted: about 6 of 10 of these are answered right.\n"
    assert re.search(rf"Profile passage: .*\n{said}", for_a_person)
    assert for_a_person.count("of 10") == 1
    assert "of 10" not in with_a_profile_of_their_own + piped
