"""What a line means, what every command gives back, and that completion offers only what works."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flanchat.conversation import Timing
from flanchat.engine.models import resolve
from flanchat.engine.scripted import CARD, ScriptedEngine
from flanchat.engine.tokens import Tokenizer, open_tokenizer
from flanchat.errors import FlanchatError, StorageError, UsageError
from flanchat.library import Library
from flanchat.profile import Profile, Shot, find_profile, profile_folders
from flanchat.prompt import Prompt, Segment
from flanchat.repl import look
from flanchat.repl.commands import BY_NAME, COMMANDS, Ask, Call, complete, parse_line
from flanchat.repl.desk import (
    Alternatives,
    Answering,
    Asking,
    Clip,
    Comparison,
    Confidence,
    Desk,
    Draft,
    Gridding,
    Leave,
    Scores,
    Script,
    Shown,
    Table,
    Tokens,
    Working,
)  # fmt: skip
from flanchat.session import Session
from flanchat.settings import Settings, split_pairs
from flanchat.transcript import NoTranscript, Transcript

BUNDLED = profile_folders(None, {})[-1:]
MINE = """\
template: "{{shots}}{{tone}} {{input}}"
vars: {tone: {choices: [kind, curt]}, place: {}}
shots: [{in: sun, out: warm}, {in: sea, out: wet}]
"""


def new_desk(*questions: str, transcript: Transcript | NoTranscript | None = None) -> Desk:
    """A desk at which these questions were asked already."""
    engine = ScriptedEngine(others=("Rome",))
    session = Session(engine, find_profile("plain", BUNDLED), Settings(), transcript or NoTranscript())
    for question in questions:
        list(session.ask(question))
    return Desk(session, engine, BUNDLED, last_draft=questions[-1] if questions else "")


_folders = itertools.count()


def full_desk(folder: Path, *questions: str) -> Desk:
    """A desk with everything: a recorded session, earlier ones, a folder of own profiles, an editor, other models.

    All of it stands in `folder`, in which any number of desks have room.
    """
    sessions = folder / f"desk-{next(_folders)}" / "sessions"

    def begin(name: str) -> Transcript:
        return Transcript.create(sessions, host={}, name=name, sync=lambda fd: None)

    earlier = new_desk("cook bolognese?", transcript=begin("first-try"))
    earlier.session.close("end")
    desk = new_desk(*questions, transcript=begin(""))
    home = sessions.parent / "profiles"
    home.mkdir()
    (home / "mine.yaml").write_text(MINE)
    desk.folders, desk.home = (home, *BUNDLED), home
    library = Library(sessions, sessions.parent / "index.sqlite")
    desk.open_library = lambda: library
    desk.new_transcript = begin
    desk.resume_transcript = lambda path: Transcript.resume(path, sync=lambda fd: None)
    desk.open_engine = lambda name, device: ScriptedEngine()
    desk.edit_file = lambda path: None
    return desk


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with some files in it."""
    place = tmp_path / "here"
    (place / "notes").mkdir(parents=True)
    (place / "news.txt").write_text("The sea rose.\n")
    (place / "questions.txt").write_text("\n  \nWhy?\n/undo\n")
    monkeypatch.chdir(place)
    return place


def enter(desk: Desk, line: str) -> Shown:
    """What the line gives back; an answer is made to its end."""
    meant = parse_line(line)
    assert isinstance(meant, Call)
    shown = meant.command.run(desk, meant.arguments)
    if isinstance(shown, Answering):
        list(shown.events)
    elif isinstance(shown, Working):
        list(shown.steps)
    elif isinstance(shown, Asking):  # as the loop does it
        desk.session.compile(shown.text, turns=desk.session.turns[: shown.turn - 1])
        desk.session.edit(shown.turn)
        list(desk.session.ask(shown.text))
    return shown


def complaint(desk: Desk, line: str) -> str:
    with pytest.raises(UsageError) as caught:
        enter(desk, line)
    return caught.value.message


NEEDS_MORE = {
    "alt": "expected a token",
    "choose": "expected two choices or more, found 0",
    "compare": "such as /compare 1 2",
    "continue": "complete",
    "export": "FILE that ends in .",
    "file": "needs the PATH",
    "pick": "there is no grid yet",
    "redo": "nothing was undone",
    "run": "needs the PATH",
    "search": "needs the WORDS",
    "unset": "such as /unset temperature",
    "whatif": "nothing to vary: put axes before the question",
}
NEEDS_A_QUESTION = {
    "budget": "/budget TEXT shows",
    "prompt": "/prompt TEXT shows",
    "tokens": "/tokens TEXT shows",
    **dict.fromkeys(
        ("alt", "compare", "continue", "copy", "edit", "probs", "regen", "replay", "undo"), "nothing was asked yet"
    ),
}
ANY = (
    str
    | Table
    | Prompt
    | Tokens
    | Confidence
    | Alternatives
    | Scores
    | Answering
    | Gridding
    | Comparison
    | Working
    | Asking
    | Draft
    | Script
    | Clip
    | Leave
)


@pytest.mark.parametrize("name", [command.name for command in COMMANDS])
@pytest.mark.parametrize("questions", [(), ("Why?", "And then?")], ids=["fresh", "asked"])
@pytest.mark.parametrize("everything", [True, False], ids=["full", "bare"])
def test_a_command_alone_shows_something_or_says_what_to_do(here, name, questions, everything):
    desk = full_desk(here, *questions) if everything else new_desk(*questions)
    needs_more = NEEDS_MORE | ({} if questions else NEEDS_A_QUESTION)
    if not everything:
        needs_more = needs_more | dict.fromkeys(("sessions", "load"), "no sessions are kept here")
        needs_more = {"replay": "not on disk", **needs_more}

    if name in needs_more:
        assert needs_more[name] in complaint(desk, f"/{name}")
    else:
        assert isinstance(enter(desk, f"/{name}"), ANY)


@pytest.mark.parametrize("command", [command for command in COMMANDS if command.example], ids=lambda c: c.name)
def test_the_example_of_a_command_works(here, command):
    assert parse_line(command.example) == Call(command, command.example.partition(" ")[2])
    assert isinstance(enter(full_desk(here, "Why?", "And then?"), command.example), ANY)


def test_help_lists_every_command():
    table = enter(new_desk(), "/help")

    assert isinstance(table, Table)
    commands = [row for row in table.rows if row[0].startswith("  ")]
    assert {row[0].split()[0] for row in commands} == {f"/{command.name}" for command in COMMANDS}
    assert len(commands) == len(COMMANDS)
    assert all(row[1] for row in commands)
    assert [row[0] for row in table.rows if row not in commands] == [
        f"{group}:" for group in dict.fromkeys(command.group for command in COMMANDS)
    ]


@pytest.mark.parametrize("name", BY_NAME)
def test_help_explains_a_command_by_any_of_its_names(name):
    shown = enter(new_desk(), f"/help {name}")

    assert isinstance(shown, str)
    assert shown.startswith(f"/{BY_NAME[name].name}")
    assert enter(new_desk(), f"/help /{name}") == shown


def test_help_for_an_unknown_command_names_the_nearest():
    assert complaint(new_desk(), "/help profle") == "unknown command /profle. Did you mean profile?"


def test_names_are_unique():
    assert len(BY_NAME) == sum(len(command.names) for command in COMMANDS)


def walk(desk: Desk, start: str, depth: int) -> set[str]:
    """Every line that Tab can make from `start`, and from these, `depth` times."""
    made = set()
    for word in complete(desk, start):
        head, blank, _ = start.rpartition(" ")
        line = head + blank + word
        made.add(line)
        if depth:
            made |= walk(desk, line if line.endswith(("=", "/")) else line + " ", depth - 1)
    return made


def rich_desk(folder: Path, *, grid: bool = True) -> Desk:
    """A desk at which every command that moves has somewhere to go. grid: there was one."""
    desk = full_desk(folder)
    desk.session.use(find_profile("mine", desk.folders))
    desk.engine.answers = (("a ", "b ", "c"),)
    for question in ("one", "two", "three"):
        list(desk.session.ask(question, changes={"max_new_tokens": 2}))
    desk.session.undo()
    desk.last_draft = "three"
    if grid:
        shown = enter(desk, "/whatif profile=qa")
        assert isinstance(shown, Gridding)
        desk.experiment = shown.experiment
        list(shown.experiment.events())
    return desk


def test_the_flags_of_whatif_may_stand_behind_the_axes(here):
    desk = rich_desk(here.parent)

    behind = enter(desk, "/whatif seed=1,2 --full What is it?")
    literal = enter(desk, "/whatif seed=1,2 -- --full")

    assert (behind.experiment.grid.full, behind.experiment.grid.question) == (True, "What is it?")
    assert (literal.experiment.grid.full, literal.experiment.grid.question) == (False, "--full")


WORDS_OF_THE_USERS_OWN = {"/search", "/profile save", "/choose"}


def test_what_completion_offers_works_or_leads_on(here):
    desk = rich_desk(here.parent)
    lines = {line for command in COMMANDS for line in {f"/{command.name}", *walk(desk, f"/{command.name} ", 1)}}
    lines |= walk(desk, "/", 0) | walk(desk, "/set do_sample=true ", 1) | walk(desk, "/set top_p ", 1)
    assert len(lines) > 150
    for some in ("/file notes/", "/run news.txt", "/shots rm 2", "/var tone=curt", "/load first-try", "/branches main"):
        assert some in lines

    dead_ends = set()
    for line in sorted(lines):
        if line.startswith("/whatif --") and "=" in line:  # as without the flag, and a desk for each takes time
            continue
        if line.startswith("/compare") and line.count(" ") == 2 and line.split()[1] not in ("1", "c1", "plain"):
            continue  # every pair of profiles
        tried = rich_desk(here.parent, grid=line.startswith(("/pick", "/compare")))
        try:
            enter(tried, line)
        except FlanchatError:
            if not line.endswith("/") and not complete(desk, line if line.endswith("=") else line + " "):
                dead_ends.add(line)
        finally:
            tried.session.close("end")
    assert dead_ends == WORDS_OF_THE_USERS_OWN


@given(st.data())
def test_a_line_made_with_tab_alone_works(data):
    desk = new_desk("Why?")
    line = data.draw(st.sampled_from(["/set ", "/regen ", "/set top_p=0.9 ", "/set temperature ", "/set stop = "]))
    for _ in range(data.draw(st.integers(1, 6))):
        offered = complete(desk, line)
        if not offered:
            break
        line = line.rpartition(" ")[0] + " " + data.draw(st.sampled_from(offered))
        line += "" if line.endswith("=") else " "
    while offered := complete(desk, line) if line.endswith("=") or "=" not in line else []:
        line = line.rpartition(" ")[0] + " " + offered[0] + " "

    assert isinstance(enter(desk, line), str | Answering)


@given(st.text(" =abcdeghilmnoprstu_/0.", max_size=20))
def test_completion_never_fails(text):
    assert isinstance(complete(new_desk(), "/" + text), list)


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("/pro", ["/profile", "/profiles", "/prompt", "/probs"]),
        ("/q", ["/q"]),
        ("/nothing", []),
        ("/set do", ["do_sample"]),
        ("/set do_sample ", ["true", "false"]),
        ("/set do_sample=", ["do_sample=true", "do_sample=false"]),
        ("/set format qa do_sample ", []),
        ("/set temperature top_p=", []),
        ("/set num", ["num_beams"]),
        ("/set top_p=0.9 num", ["num_beams="]),
        ("/regen temp", ["temperature="]),
        ("/regen temperature ", ["1.0"]),
        ("/show mo", ["model"]),
        ("/show model ", []),
        ("/profile yes", ["yesno"]),
        ("/help se", ["set", "sessions", "search"]),
        ("/profile cot ", []),
        ("/profile diff cot yes", ["yesno"]),
        ("/profile diff cot yesno ", []),
        ("/profile s", ["sentiment", "save"]),
        ("/shots ", ["list", "add", "on", "off"]),
        ("/shots rm ", []),
        ("/log ", ["on", "off"]),
        ("/load ", []),
        ("/branches m", ["main"]),
        ("/var ", []),
        ("/undo ", []),
        ("/device c", ["cuda", "cpu"]),
    ],
)
def test_completion_offers_what_fits(line, offered):
    assert complete(new_desk(), line) == offered


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("help", "help"),
        ("clear", "clear"),
        ("exit now", "exit now"),
        (" exit", "exit"),
        (" quit", "quit"),
        ("//x", "/x"),
        ("//help", "/help"),
        (" /x", "/x"),
        (" /help", "/help"),
        ("\t/help", "/help"),
        ("\n/help", "/help"),
        ("\xa0/help", "/help"),
        ("/help\n/exit", "/help\n/exit"),
        ("first\n  second\n", "first\n  second"),
        ("  indented\nsecond", "  indented\nsecond"),
        (".5 is a half", ".5 is a half"),
        ("!important is CSS", "!important is CSS"),
        (":settle it", ":settle it"),
        ("...", "..."),
        ("What is /help?", "What is /help?"),
    ],
)
def test_what_is_no_command_reaches_the_model(line, text):
    assert parse_line(line) == Ask(text)


@pytest.mark.parametrize("line", ["", " ", "\n", "\t\n "])
def test_a_blank_line_means_nothing(line):
    assert parse_line(line) is None


@pytest.mark.parametrize("line", ["exit", "quit", "exit ", "quit\n", "/exit", "/quit", "/bye", "/q", "/exit now"])
def test_the_ways_to_leave(line):
    assert enter(new_desk(), line) == Leave()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (".set", "did you mean /set? Commands start with a slash; a leading blank sends it as text."),
        (".set temperature 1", "did you mean /set? Commands start with a slash; a leading blank sends it as text."),
        ("!save", "did you mean /save? Commands start with a slash; a leading blank sends it as text."),
        (":q", "did you mean /exit? Commands start with a slash; a leading blank sends it as text."),
        (":reset", "did you mean /clear? Commands start with a slash; a leading blank sends it as text."),
        ("/xyz", "unknown command /xyz. /help lists them. A leading blank sends it as text."),
        ("/profle", "unknown command /profle. Did you mean /profile? A leading blank sends it as text."),
        ("/", "unknown command /. /help lists them. A leading blank sends it as text."),
        ("/ help", "unknown command /. /help lists them. A leading blank sends it as text."),
        ("/etc/passwd is a file", "unknown command /etc/passwd. /help lists them. A leading blank sends it as text."),
    ],
)
def test_what_is_nearly_a_command_never_reaches_the_model(line, message):
    with pytest.raises(UsageError) as caught:
        parse_line(line)
    assert caught.value.message == message


@given(st.text() | st.text("/.!: \n\tsetquixhlp", max_size=12))
def test_a_line_means_something_or_is_refused_in_words(line):
    try:
        meant = parse_line(line)
    except UsageError as error:
        refused = error.message
        assert refused
        assert line.lstrip().startswith(("/", ".", "!", ":"))
    else:
        assert meant is None or isinstance(meant, Ask | Call)
        assert (meant is None) == (not line.strip())


@given(st.text(min_size=1).filter(str.strip))
def test_a_text_that_does_not_look_like_a_command_is_asked_as_it_is(text):
    bare = text.strip()
    if bare.startswith(("/", ".", "!", ":")) or bare in ("exit", "quit"):
        bare = text = f"Say {bare}"

    assert parse_line(text) == Ask(text.strip("\n") if "\n" in bare else bare)


@given(st.text(min_size=1).filter(str.strip))
def test_a_leading_blank_sends_any_text(text):
    bare = text.strip()

    assert parse_line(f" {bare}") == Ask(f" {bare}" if "\n" in bare else bare)


@pytest.mark.parametrize(
    ("words", "pairs"),
    [
        ("temperature 0.7", [("temperature", "0.7")]),
        ("temperature   0.7", [("temperature", "0.7")]),
        ("temperature=0.7", [("temperature", "0.7")]),
        ("temperature = 0.7", [("temperature", "0.7")]),
        ("top_p=0.9 do_sample=true", [("top_p", "0.9"), ("do_sample", "true")]),
        ("decode.top_p=0.9", [("decode.top_p", "0.9")]),
        ("stop=Person A: top_p=1", [("stop", "Person A:"), ("top_p", "1")]),
        ("stop Q: x = 1", [("stop", "Q: x = 1")]),
        ("stop=", [("stop", "")]),
    ],
)
def test_pairs_are_written_with_a_blank_or_with_equals_signs(words, pairs):
    assert split_pairs(words) == pairs


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("/set temperature=", "decode.temperature: expected a number"),
        ("/regen top_p", "top_p needs a value: top_p=VALUE. /show settings lists the present ones."),
        ("/set temprature 1", "unknown setting temprature. Did you mean temperature?"),
        ("/set temprature", "unknown setting temprature. Did you mean temperature?"),
        ("/set top_p 2", "decode.top_p: expected a number from 0 to 1, got 2"),
        ("/set top_p=0.5 top_k=-1", "decode.top_k: expected a whole number from 0 to 1000000, got -1"),
        ("/unset temprature", "unknown setting temprature. Did you mean temperature?"),
        ("/show modl", "/show modl: expected one of settings, profile, prompt, model, stats, session. Did you mean"),
        ("/profile q", "unknown profile q. Did you mean qa?"),
        ("/save ../x", "session name: expected at most 64 of a-z"),
    ],
)
def test_a_wrong_argument_is_answered_with_what_to_write(tmp_path, line, message):
    transcript = Transcript.create(tmp_path / "sessions", host={})

    assert complaint(new_desk("Why?", transcript=transcript), line).startswith(message)


def test_a_refused_change_changes_nothing():
    desk = new_desk()

    complaint(desk, "/set top_p=0.5 top_k=-1")

    assert desk.session.settings == Settings()


def test_set_says_what_is_set_now_and_what_has_no_effect():
    assert enter(new_desk(), "/set temperature 0.7") == (
        "temperature = 0.7\nNote: temperature has no effect while do_sample is false."
    )
    assert enter(new_desk(), "/set do_sample=true temperature=0.7") == "do_sample = true, temperature = 0.7"


def test_set_understands_how_other_tools_write_it():
    assert enter(new_desk(), "/set parameter max_new_tokens 9") == "max_new_tokens = 9"


def test_unset_goes_back_to_the_value_of_the_profile():
    desk = new_desk()
    enter(desk, "/profile creative")
    enter(desk, "/set temperature 2")

    assert enter(desk, "/unset temperature") == "temperature = 0.9 (from profile creative)"


def test_a_change_of_profile_says_which_settings_have_no_effect_now():
    desk = new_desk()
    enter(desk, "/profile creative")
    enter(desk, "/set temperature 2")

    assert str(enter(desk, "/profile qa")).endswith("\nNote: temperature has no effect while do_sample is false.")


def test_a_profile_for_another_model_says_how_to_load_it(tmp_path):
    (tmp_path / "big.yaml").write_text("model: google/flan-t5-base\n")
    desk = dataclasses.replace(new_desk(), folders=(tmp_path,))

    assert "/model google/flan-t5-base" in complaint(desk, "/profile big")
    assert desk.session.profile.name == "plain"


def test_a_broken_profile_is_listed_with_its_fault(tmp_path):
    (tmp_path / "bad.yaml").write_text("tempate: qa\n")
    desk = dataclasses.replace(new_desk(), folders=(tmp_path, *BUNDLED))

    table = enter(desk, "/profiles")

    assert isinstance(table, Table)
    assert table.rows[0][0] == "! broken"
    assert "bad.yaml:1: tempate: unknown field. Did you mean template?" in table.rows[0][1]
    assert ("* plain", "The question as it is typed, with nothing around it.") in table.rows


def test_the_settings_table_says_where_each_value_comes_from():
    desk = new_desk()
    enter(desk, "/set top_k 5")

    table = enter(desk, "/show settings")

    assert isinstance(table, Table)
    assert ("decode.top_k", "5", "0", "/set") in [row[:4] for row in table.rows]
    assert table.note == "top_k has no effect while do_sample is false"


def test_prompt_shows_a_text_the_last_answer_or_the_last_question_and_asks_nothing():
    desk = new_desk("Why?")
    engine = desk.engine

    of_text, of_answer = enter(desk, "/prompt What?"), enter(desk, "/prompt")
    enter(desk, "/clear")
    of_question = enter(desk, "/prompt")

    assert isinstance(of_text, Prompt)
    assert isinstance(of_answer, Prompt)
    assert isinstance(of_question, Prompt)
    assert (of_text.text, of_answer.text, of_question.text) == ("What?", "Why?", "Why?")
    assert isinstance(engine, ScriptedEngine)
    assert len(engine.asked) == 1


def test_regen_with_clashing_settings_keeps_the_answer():
    desk = new_desk("Why?")

    assert "num_beams" in complaint(desk, "/regen do_sample=true num_beams=4")
    assert [turn.text for turn in desk.session.turns] == ["Paris"]


def test_regen_changes_settings_for_one_answer():
    desk = new_desk("Why?")

    enter(desk, "/regen max_new_tokens=3")

    assert [turn.settings.value("max_new_tokens") for turn in desk.session.turns] == [3]
    assert desk.session.settings.value("max_new_tokens") == 128


def test_clear_forgets_the_conversation_and_keeps_the_settings():
    desk = new_desk("Why?")
    enter(desk, "/set top_k 5")

    enter(desk, "/clear")

    assert desk.session.turns == []
    assert desk.session.settings.value("top_k") == 5


def test_save_says_where_or_that_nothing_is_recorded(tmp_path: Path):
    transcript = Transcript.create(tmp_path / "sessions", host={})

    assert str(transcript.path) in str(enter(new_desk("Why?", transcript=transcript), "/save first-try"))
    assert '"session.name"' in transcript.path.read_text()
    assert enter(new_desk(), "/save") == "Recording is off (--no-log), so there is nothing to name."


def test_no_command_puts_anything_into_the_next_prompt():
    desk = new_desk("Why?")
    before = desk.session.compile("What?")

    for line in ("/help", "/profiles", "/set", "/show model", "/show session", "/prompt", "/save"):
        enter(desk, line)

    assert desk.session.compile("What?") == before


def test_a_profile_made_without_a_file_can_be_shown():
    desk = new_desk()
    desk.session.use(Profile("mine"))

    assert enter(desk, "/profile") == "profile mine"


# -- moving in the conversation ---------------------------------------------------------------------------------------


def questions(desk: Desk) -> list[str]:
    return [turn.question for turn in desk.session.turns]


def rows(shown: Shown) -> list[tuple[str, ...]]:
    assert isinstance(shown, Table)
    return list(shown.rows)


def test_undo_and_redo_say_where_one_stands():
    desk = new_desk("one", "two", "three")

    assert "turn 1: one" in str(enter(desk, "/undo 2"))
    assert "at the beginning" in str(enter(desk, "/undo"))
    assert "turn 2: two" in str(enter(desk, "/redo 2"))
    assert questions(desk) == ["one", "two"]


@pytest.mark.parametrize("line", ["/undo x", "/undo 0", "/redo -1", "/history 1.5", "/undo 1 2", f"/undo {'9' * 5000}"])
def test_a_count_that_is_none_is_refused(line):
    desk = new_desk("one")

    assert "expected a number of turns" in complaint(desk, line)
    assert questions(desk) == ["one"]


def test_undo_brings_back_what_clear_forgot():
    desk = new_desk("one", "two")

    assert "/undo brings it back" in str(enter(desk, "/clear"))
    enter(desk, "/undo")

    assert questions(desk) == ["one", "two"]


def test_edit_with_a_text_asks_it_in_the_place_of_a_turn():
    desk = new_desk("one", "two", "three")

    enter(desk, "/edit 2 another")

    assert questions(desk) == ["one", "another"]
    assert [row[1] for row in rows(enter(desk, "/branches"))] == ["main", "(left behind)"]


def test_edit_without_a_number_means_the_last_turn():
    desk = new_desk("one", "two")

    enter(desk, "/edit something else")

    assert questions(desk) == ["one", "something else"]


@pytest.mark.parametrize(("line", "draft", "turn"), [("/edit", "two", 2), ("/edit 1", "one", 1)])
def test_edit_without_a_text_gives_the_question_back_to_be_changed(line, draft, turn):
    desk = new_desk("one", "two")

    shown = enter(desk, line)

    assert isinstance(shown, Draft)
    assert (shown.text, desk.editing) == (draft, turn)
    assert questions(desk) == ["one", "two"]


@pytest.mark.parametrize("number", ["0", "3", "9" * 5000])
def test_edit_of_a_turn_that_is_not_there_names_those_that_are(number):
    assert "a turn from 1 to 2" in complaint(new_desk("one", "two"), f"/edit {number} text")


def test_an_edit_that_cannot_be_asked_moves_nothing():
    desk = new_desk("one", "two")

    with pytest.raises(FlanchatError):
        enter(desk, f"/edit 1 {'word ' * 600}")
    assert questions(desk) == ["one", "two"]


def test_branches_are_listed_with_a_star_at_the_present_one_and_gone_to_by_number_or_name():
    desk = new_desk("one", "two")
    enter(desk, "/fork bold")
    enter(desk, "/edit 1 other")

    listed = rows(enter(desk, "/branches"))
    said = enter(desk, "/branches 1")

    assert [row[:4] for row in listed] == [("  1", "main", "2", "two"), ("* 2", "bold", "1", "other")]
    assert "branch main" in str(said)
    assert questions(desk) == ["one", "two"]
    enter(desk, "/branches bold")
    assert questions(desk) == ["other"]


def test_a_branch_that_is_not_there_is_refused_with_what_is():
    desk = new_desk("one")
    assert "Did you mean main?" in complaint(desk, "/branches mian")
    assert "there is a branch main" in complaint(desk, "/fork main")
    assert "branch name" in complaint(desk, "/fork Big Plan")
    assert "number" in complaint(desk, "/fork 7")


def test_history_numbers_the_turns_and_says_how_they_ended():
    desk = new_desk("one")
    list(desk.session.ask("a question\nof two lines", changes={"max_new_tokens": 1}))
    desk.session.last().finish = "length"

    assert rows(enter(desk, "/history")) == [
        ("1", "one", "Paris", ""),
        ("2", "a question of two lines", "Paris", "length"),
    ]
    assert [row[0] for row in rows(enter(desk, "/history 1"))] == ["2"]


def test_continue_goes_on_with_an_answer_that_was_cut():
    desk = new_desk()
    desk.engine.answers = (("a ", "b ", "c"),)
    list(desk.session.ask("Why?", changes={"max_new_tokens": 2}))

    enter(desk, "/continue")

    assert [turn.text for turn in desk.session.turns] == ["a b c"]


def test_copy_hands_over_the_whole_last_answer():
    assert enter(new_desk("Why?"), "/copy") == Clip("Paris")


# -- files ------------------------------------------------------------------------------------------------------------


def test_a_file_waits_for_the_next_question_until_it_is_taken_back(here):
    desk = new_desk()

    said = enter(desk, "/file news.txt")
    enter(desk, "/file questions.txt")
    waiting = [(a.name, a.text) for a in desk.attachments]
    enter(desk, "/file")

    assert "news.txt: 3 tokens" in str(said)
    assert waiting == [("news.txt", "The sea rose."), ("questions.txt", "\n  \nWhy?\n/undo")]
    assert desk.attachments == []
    assert "needs the PATH" in complaint(desk, "/file")


def test_a_file_over_the_budget_says_so(here):
    (here / "long.txt").write_text("word " * 600)

    assert "more than the 512" in str(enter(new_desk(), "/file long.txt"))


def test_a_file_from_elsewhere_is_read_as_its_lines(here):
    (here / "windows.txt").write_bytes(b"\xef\xbb\xbfone\r\ntwo\r\n")
    desk = new_desk()

    enter(desk, "/file windows.txt")

    assert [a.text for a in desk.attachments] == ["one\ntwo"]


@pytest.mark.parametrize("command", ["file", "run"])
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("missing.txt", "No such file"),
        ("notes", "expected a file, found a folder"),
        ("binary.bin", "expected UTF-8 text, found something else at byte 2"),
        ("huge.txt", "expected at most 1048576 bytes, found 1048577"),
        ("pipe", "expected a file"),
        ("~nobody-of-this-name/x", "No such file"),
        ("with\0nul", "null"),
    ],
)
def test_what_is_no_text_file_is_refused_in_words(here, command, name, message):
    (here / "binary.bin").write_bytes(b"ab\xff\xfe")
    (here / "huge.txt").write_bytes(b"a" * (2**20 + 1))
    os.mkfifo(here / "pipe")
    desk = new_desk()

    with pytest.raises((UsageError, StorageError), match=message):
        enter(desk, f"/{command} {name}")
    assert desk.attachments == []


def test_a_script_is_every_line_that_is_not_blank(here):
    shown = enter(new_desk(), "/run questions.txt")

    assert shown == Script(Path("questions.txt"), ("Why?", "/undo"))


def test_a_path_may_begin_at_home(here, monkeypatch):
    monkeypatch.setenv("HOME", str(here))

    assert isinstance(enter(new_desk(), "/run ~/questions.txt"), Script)
    assert complete(new_desk(), "/run ~/q") == ["~/questions.txt"]


def test_completion_offers_files_and_what_is_in_folders(here):
    (here / "notes" / "a.txt").write_text("")
    (here / "with blank.txt").write_text("")
    desk = new_desk()

    assert complete(desk, "/file ") == ["news.txt", "notes/", "questions.txt"]
    assert complete(desk, "/file notes/") == ["notes/a.txt"]
    assert complete(desk, "/file missing/") == complete(desk, "/file news.txt ") == []


# -- profile, instruction, examples, variables ------------------------------------------------------------------------


def test_an_instruction_is_put_first_until_it_is_switched_off():
    desk = new_desk()
    assert "Nothing is put first" in str(enter(desk, "/system"))

    enter(desk, "/system Answer in one word.")
    with_it = desk.session.compile("Why?").text
    shown = enter(desk, "/system")
    enter(desk, "/system off")

    assert with_it == "Answer in one word.\n\nWhy?"
    assert "Answer in one word." in str(shown)
    assert desk.session.compile("Why?").text == "Why?"


def test_an_instruction_that_the_template_never_sends_is_refused(here):
    desk = full_desk(here)
    enter(desk, "/profile mine")

    assert "prefix" in complaint(desk, "/system Be brief.")


def shots(desk: Desk) -> list[tuple[str, str]]:
    return [(shot.input, shot.output) for shot in desk.session.profile.shots]


def test_examples_are_added_and_removed_one_by_one():
    desk = new_desk("Capital of France?")

    enter(desk, "/shots add")
    enter(desk, "/shots add The sea => blue => green")
    listed = rows(enter(desk, "/shots"))
    enter(desk, "/shots rm 1")

    assert [row[:3] for row in listed] == [("1", "Capital of France?", "Paris"), ("2", "The sea", "blue => green")]
    assert shots(desk) == [("The sea", "blue => green")]
    assert desk.session.compile("Why?").text == "The sea\nblue => green\n\nWhy?"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("/shots add no arrow", "QUESTION => ANSWER"),
        ("/shots rm 1", "there are no examples"),
        ("/shots rm", "there are no examples"),
        ("/shots of", "Did you mean"),
        ("/shots add \ud800 => x", "surrogate"),
    ],
)
def test_wrong_words_about_examples_are_answered_with_the_right_ones(line, message):
    assert message in complaint(new_desk("Why?"), line)


def test_an_empty_answer_makes_no_example():
    desk = new_desk()
    desk.engine.answers = ((),)
    list(desk.session.ask("Why?"))

    assert "empty" in complaint(desk, "/shots add")


def test_examples_beyond_the_profiles_number_are_marked():
    desk = new_desk()
    for number in range(6):
        enter(desk, f"/shots add q{number} => a{number}")

    assert [row[3] for row in rows(enter(desk, "/shots"))] == [""] * 5 + ["over shots_max, not sent"]


def test_examples_switched_off_come_back_with_those_added_since():
    desk = new_desk()
    enter(desk, "/profile fewshot")
    before = shots(desk)

    enter(desk, "/shots off")
    enter(desk, "/shots off")
    without = shots(desk)
    enter(desk, "/shots add one => 1")
    enter(desk, "/shots off")
    enter(desk, "/shots add two => 2")
    enter(desk, "/shots on")

    assert without == []
    assert shots(desk) == [*before, ("one", "1"), ("two", "2")]


def test_examples_of_one_profile_do_not_come_back_in_another():
    desk = new_desk()
    enter(desk, "/profile fewshot")
    enter(desk, "/shots off")
    enter(desk, "/profile qa")

    enter(desk, "/shots on")

    assert shots(desk) == []


def test_variables_are_listed_and_filled_in(here):
    desk = full_desk(here)
    assert "no variables" in str(enter(desk, "/var"))
    enter(desk, "/profile mine")

    enter(desk, "/var tone=curt")

    assert rows(enter(desk, "/var")) == [("tone", "curt", "kind, curt"), ("place", "(needs a value)", "")]
    assert desk.session.compile("Why?").text.endswith("curt Why?")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("/var tone", "expected NAME=VALUE"),
        ("/var tne=kind", "Did you mean tone?"),
        ("/var tone=crt", "Did you mean curt?"),
    ],
)
def test_a_wrong_variable_or_value_names_the_nearest(here, line, message):
    desk = full_desk(here)
    enter(desk, "/profile mine")

    assert message in complaint(desk, line)
    assert desk.session.variables == {}


def test_completion_offers_a_variables_values(here):
    desk = full_desk(here)
    enter(desk, "/profile mine")

    assert complete(desk, "/var ") == ["tone=", "place="]
    assert complete(desk, "/var tone=") == ["tone=kind", "tone=curt"]
    assert complete(desk, "/var tone=c") == ["tone=curt"]


def test_a_profile_is_saved_with_the_settings_of_now_and_loads_again(here):
    desk = full_desk(here)
    enter(desk, "/profile creative")
    enter(desk, "/set temperature 2")
    enter(desk, "/system Be brief.")
    enter(desk, "/shots add one => 1")

    said = enter(desk, "/profile save bold")

    saved = find_profile("bold", desk.folders)
    assert str(desk.home) in str(said)
    assert (saved.prefix, saved.shots, saved.settings["decode.temperature"]) == ("Be brief.", (Shot("one", "1"),), 2.0)
    assert saved.settings["decode.do_sample"] is True
    assert desk.session.profile == saved


def test_a_saved_profile_is_only_replaced_when_asked_to(here):
    desk = full_desk(here)
    enter(desk, "/profile save bold")
    enter(desk, "/set top_k 7")

    with pytest.raises(StorageError, match="--force"):
        enter(desk, "/profile save bold")
    enter(desk, "/profile save bold --force")

    assert find_profile("bold", desk.folders).settings["decode.top_k"] == 7


def test_a_profile_can_be_saved_where_no_folder_of_profiles_was_before(here):
    desk = new_desk()
    desk.home = here / "new" / "profiles"

    enter(desk, "/profile save bold")
    enter(desk, "/profile plain")
    enter(desk, "/profile bold")

    assert desk.session.profile.name == "bold"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("/profile save", "needs the NAME"),
        ("/profile save two words", "one word"),
        ("/profile save ../x", "profile name"),
        ("/profile diff", "needs the NAME"),
        ("/profile diff a b c", "two profiles"),
        ("/profile qa now", "expected NAME, save NAME"),
    ],
)
def test_wrong_words_about_profiles_are_answered_with_the_right_ones(here, line, message):
    assert message in complaint(full_desk(here), line)


def test_without_a_home_or_a_terminal_profiles_are_neither_saved_nor_edited():
    assert "home" in complaint(new_desk(), "/profile save bold")
    assert "terminal" in complaint(new_desk(), "/profile edit")


def test_profiles_are_compared_field_by_field(here):
    desk = full_desk(here)

    shown = enter(desk, "/profile diff qa cot")
    assert isinstance(shown, Table)
    assert shown.columns == ("field", "qa", "cot")
    assert ("decode.max_new_tokens", "64", "160") in shown.rows
    enter(desk, "/profile qa")
    assert "do the same" in str(enter(desk, "/profile diff qa"))
    enter(desk, "/system Be brief.")
    assert [row[0] for row in rows(enter(desk, "/profile diff qa"))] == ["prefix"]


def test_editing_a_bundled_profile_edits_a_copy_that_is_yours_from_then_on(here):
    desk = full_desk(here)
    opened: list[Path] = []

    def edit(path: Path) -> None:
        opened.append(path)
        path.write_text(path.read_text().removesuffix("prefix: Be brief.\n") + "prefix: Be brief.\n")

    desk.edit_file = edit
    enter(desk, "/profile edit qa")
    enter(desk, "/profile edit")

    assert desk.home is not None
    assert opened == [desk.home / "qa.yaml"] * 2
    assert desk.session.profile.prefix == "Be brief."


def test_a_profile_that_was_edited_into_nonsense_changes_nothing(here):
    desk = full_desk(here)
    enter(desk, "/profile mine")
    desk.edit_file = lambda path: path.write_text("tempate: qa\n") and None

    assert "Did you mean template?" in complaint(desk, "/profile edit")
    assert desk.session.profile.name == "mine"
    assert len(shots(desk)) == 2


# -- settings and model -----------------------------------------------------------------------------------------------


def test_a_settings_name_alone_tells_its_value_origin_and_range():
    desk = new_desk()
    enter(desk, "/set top_p 0.5")

    said = str(enter(desk, "/set top_p"))

    assert said.startswith("decode.top_p = 0.5 (from /set; default 1.0)")
    assert "a number from 0 to 1" in said


def test_another_model_takes_the_place_of_the_first():
    desk = new_desk("Why?")
    asked_for: list[tuple[str | None, str | None]] = []
    closed: list[str] = []
    other = ScriptedEngine((("Lyon",),))

    class First(ScriptedEngine):
        def close(self) -> None:
            closed.append("first")

    desk.engine = desk.session.engine = First()
    desk.open_engine = lambda name, device: asked_for.append((name, device)) or other
    enter(desk, "/model google/flan-t5-small")
    enter(desk, "/device cpu")
    list(desk.session.ask("Now?"))

    assert asked_for == [("google/flan-t5-small", None), (None, "cpu")]
    assert closed == ["first"]
    assert desk.session.last().text == "Lyon"


def test_models_are_listed_and_offered_as_they_are_at_hand():
    desk = new_desk()
    desk.models = lambda: [("demo", "the bundled demo model", "here"), ("om:acme/tiny", "acme/tiny, openMind", "here")]

    table = enter(desk, "/models")

    assert isinstance(table, Table)
    assert [row[0] for row in table.rows] == ["demo", "om:acme/tiny"]
    assert complete(desk, "/model o") == ["om:acme/tiny"]


def test_a_model_that_cannot_be_opened_leaves_the_one_that_answers():
    desk = new_desk("Why?")
    engine = desk.engine

    def fail(name: str | None, device: str | None) -> ScriptedEngine:
        raise UsageError("no such model")

    desk.open_engine = fail
    assert complaint(desk, "/model x") == "no such model"
    assert desk.engine is desk.session.engine is engine
    desk.open_engine = None
    assert "start flanchat with -m" in complaint(desk, "/device cpu")


# -- looking ----------------------------------------------------------------------------------------------------------


_vocabulary: list[Tokenizer] = []


class Counting(ScriptedEngine):
    """Counts with the bundled vocabulary."""

    def measure(self, parts):
        if not _vocabulary:
            _vocabulary.append(open_tokenizer(resolve(None).folder / "spiece.model"))
        return _vocabulary[0].measure(parts)


@settings(max_examples=60)
@given(
    st.sampled_from(["plain", "qa", "fewshot", "dialog", "cot", "choice"]),
    st.integers(16, 120),
    st.lists(st.text("ab {\n", min_size=1, max_size=20), max_size=5),
)
def test_the_parts_of_the_budget_add_up_to_the_whole(profile, limit, asked):
    desk = new_desk()
    with contextlib.suppress(UsageError):
        desk.session.use(find_profile(profile, BUNDLED))
    desk.engine = desk.session.engine = Counting()
    desk.session.settings = desk.session.settings.update("/set", {"max_input_tokens": limit, "turns": 5})
    for question in asked:
        with contextlib.suppress(FlanchatError):
            list(desk.session.ask(question))
    try:
        shown = enter(desk, "/budget Why is it?")
    except FlanchatError:
        return

    *parts, whole, answer = (
        rows(shown) if not desk.session.turns else rows(look.ledger(desk.session.compile("Why is it?"), 9))
    )
    assert whole[1] == f"{sum(int(part[1]) for part in parts if part[1] != '-')} of {limit}"
    assert [part[3] != "" for part in parts] == [part[1] == "-" for part in parts]
    assert answer[0] == "answer"
    assert all(len(row[2]) == 20 for row in (*parts, whole))


def ledger_of(*segments: tuple[str, int, bool], limit: int = 512) -> Prompt:
    numbers: dict[str, int] = {}
    made = []
    for kind, tokens, kept in segments:
        numbers[kind] = numbers.get(kind, 0) + 1
        made.append(Segment(kind, "x", numbers[kind], "", tokens, kept, "" if kept else "over the budget"))
    return Prompt("", sum(tokens for _, tokens, kept in segments if kept), limit, tuple(made), (), "")


@pytest.mark.parametrize(
    ("segments", "words"),
    [
        ([("question", 12, True)], "12/512"),
        ([("shot", 5, True), ("question", 12, True)], "17/512 · 1 shot"),
        (
            [("shot", 100, True)] * 3 + [("turn", 0, False)] * 3 + [("turn", 5, True)] * 2 + [("question", 2, True)],
            "312/512 · 3 shots · 2 of 5 turns · −3 turns",
        ),
        (
            [("shot", 0, False), ("shot", 5, True), ("turn", 0, False), ("question", 2, True)],
            "7/512 · 1 of 2 shots · 0 of 1 turn · −1 shot · −1 turn",
        ),
    ],
)
def test_the_meter_says_what_is_used_and_what_is_left_out(segments, words):
    assert look.meter(ledger_of(*segments)) == words


@pytest.mark.parametrize(
    ("part", "whole", "filled"), [(0, 512, 0), (1, 512, 1), (256, 512, 10), (512, 512, 20), (900, 512, 20), (5, 0, 0)]
)
def test_a_bar_shows_the_smallest_share_that_is_something(part, whole, filled):
    assert look.bar(part, whole) == "#" * filled + "." * (20 - filled)


def test_budget_shows_the_last_prompt_or_that_of_a_text_and_asks_nothing():
    desk = new_desk("Why not?")

    last, other = rows(enter(desk, "/budget")), rows(enter(desk, "/budget one two three"))

    assert [row[:2] for row in last] == [
        ("question", "2"),
        ("end", "1"),
        ("prompt", "3 of 512"),
        ("answer", "at most 128"),
    ]
    assert other[0][1] == "3"
    assert len(desk.session.turns) == 1


def test_tokens_shows_a_text_or_the_last_question():
    desk = new_desk("Why not?")

    of_text, of_question = enter(desk, "/tokens a b c"), enter(desk, "/tokens")

    assert isinstance(of_text, Tokens)
    assert isinstance(of_question, Tokens)
    assert ([p.source for p in of_text.pieces], of_text.measured.total) == (["a", "b", "c"], 4)
    assert [p.source for p in of_question.pieces] == ["Why", "not?"]


def test_probs_shows_the_last_answer_or_that_of_a_turn():
    desk = new_desk("one", "two")

    assert enter(desk, "/probs") == Confidence(desk.session.turns[1])
    assert enter(desk, "/probs 1") == Confidence(desk.session.turns[0])
    assert enter(desk, "/probs 1 all") == Confidence(desk.session.turns[0], whole=True)
    for wrong in ("0", "3", "x", "9" * 5000, "1 2"):
        assert "a turn from 1 to 2" in complaint(desk, f"/probs {wrong}")


def test_alt_lists_what_else_was_likely_and_goes_on_from_another_token_beside_the_old_answer():
    desk = new_desk("one")
    desk.engine.answers = (("Paris",), ("Rome", " too"))
    old = desk.session.last()

    assert enter(desk, "/alt 1") == Alternatives(old, 1)
    assert complete(desk, "/alt ") == ["1"]
    assert complete(desk, "/alt 1 ") == ["2"]
    shown = enter(desk, "/alt 1 2")

    assert isinstance(shown, Answering)
    assert shown.note == "token 1: Rome (90%) in place of Paris (90%)"
    assert desk.session.last().text == "Rome too"
    assert [row[4] for row in enter(desk, "/branches").rows] == ["Rome too", "Paris"]
    for wrong in ("x", "0", "1 x", "1 2 3", "9" * 5000):
        assert "expected a token and perhaps" in complaint(desk, f"/alt {wrong}")
    assert "expected a token from 1 to 2" in complaint(desk, "/alt 7")
    assert "is the end of the answer" in complaint(desk, "/alt 3")
    assert "an alternative from 1 to 1" in complaint(desk, "/alt 1 5")


def test_choose_scores_the_last_question_or_asks_a_new_one():
    desk = new_desk("one")
    desk.engine.logprobs = {"yes": -0.5, "no": -1.0}

    shown = enter(desk, "/choose no | yes")
    assert isinstance(shown, Answering)
    assert shown.then is not None
    scores = shown.then()
    assert isinstance(scores, Scores)
    assert [choice.text for choice in scores.choices] == ["no", "yes"]
    assert len(desk.session.turns) == 1

    enter(desk, "/score Is it => so? => no | yes")
    assert [(turn.question, turn.text) for turn in desk.session.turns] == [("one", "Paris"), ("Is it => so?", "yes")]
    assert "found 1" in complaint(desk, "/choose yes")
    assert "choice 2 is empty" in complaint(desk, "/choose yes |")
    assert "nothing was asked yet" in complaint(new_desk(), "/choose yes | no")


def test_choose_alone_scores_the_choices_of_the_profile():
    desk = new_desk("one")
    desk.session.use(find_profile("yesno", BUNDLED))

    shown = enter(desk, "/choose")

    assert isinstance(shown, Answering)
    assert shown.then is not None
    scores = shown.then()
    assert isinstance(scores, Scores)
    assert [choice.text for choice in scores.choices] == ["yes", "no"]


def timed(desk: Desk, *rates: float) -> None:
    """Give the answers these rates, in tokens per second."""
    for answer, rate in zip(desk.session.conversation.answers.values(), rates, strict=True):
        answer.tokens = answer.tokens * 11
        answer.timing = Timing(0.5, 0.01, 0.25, 0.25 + 10 / rate, 100.0 + rate)


def test_stats_sums_up_all_answers_also_those_left_behind():
    desk = new_desk("one", "two", "three")
    timed(desk, 10, 20, 40)
    desk.session.last().finish = "length"
    desk.session.undo(2)

    told = dict(rows(enter(desk, "/stats")))

    assert told["answers"] == "3 (1 length)"
    assert told["tokens"] == "6 in, 33 out"
    assert told["first token"] == "250 ms (median)"
    assert told["tokens per second"] == "20 (median), ▁▃█ from 10 to 40"
    assert told["memory"] == "140 MB at most, the model's process"
    assert "scripted on cpu" in told["model"]


def test_stats_tell_the_memory_of_the_device_in_use_and_not_of_one_before():
    desk = new_desk("one", "two")
    timed(desk, 10, 20)
    for answer, device in zip(desk.session.conversation.answers.values(), ("cpu", "npu:1"), strict=True):
        answer.card = dataclasses.replace(CARD, device=device)
        answer.timing = Timing(peak_mb={"cpu": 900.0, "npu:1": 300.0}[device])

    assert dict(rows(enter(desk, "/stats")))["memory"] == "300 MB at most, on npu:1"


def test_stats_of_answers_that_have_no_times_are_shown_too():
    desk = new_desk("one")
    answer = desk.session.last()
    answer.timing, answer.card, answer.tokens = Timing(), None, []

    assert [name for name, _ in rows(enter(desk, "/stats"))] == ["answers", "tokens", "answering"]
    assert enter(new_desk(), "/stats") == "Nothing was answered yet."


@given(st.lists(st.floats(0.01, 1e6), min_size=1, max_size=100))
def test_a_chart_has_a_mark_for_each_of_the_last_forty_values(values):
    marks, _, words = look.spark(values).partition(" ")

    last = values[-40:]
    assert len(marks) == len(last)
    assert words == f"from {min(last):.0f} to {max(last):.0f}"
    assert max(last) == min(last) or "█" in marks


def test_the_session_table_says_where_it_is_saved_and_that_recording_is_off(here):
    desk = full_desk(here, "one")
    enter(desk, "/fork bold")
    enter(desk, "/save mine")
    told = dict(rows(enter(desk, "/show session")))
    enter(desk, "/log off")

    assert (told["name"], told["turns"], told["branch"], told["answers in all"]) == ("mine", "1", "bold", "1")
    assert told["saved in"] == str(desk.session.transcript.path)
    assert "switched off" in dict(rows(enter(desk, "/show session")))["saved in"]
    assert "recording is off" in dict(rows(enter(new_desk(), "/show session")))["saved in"]


# -- sessions ---------------------------------------------------------------------------------------------------------


def test_sessions_are_listed_found_searched_and_gone_on_with(here):
    desk = full_desk(here, "one", "two")
    own = desk.session.transcript.path

    listed = rows(enter(desk, "/sessions"))
    found = rows(enter(desk, "/search bolo"))
    said = enter(desk, "/load first-try")
    list(desk.session.ask("And then?"))

    assert {row[1] for row in listed} == {"first-try", ""}
    assert found[0][2] == "cook [bolo]gnese?"
    assert "first-try, 1 turn." in str(said)
    assert questions(desk) == ["cook bolognese?", "And then?"]
    assert desk.session.name == "first-try"
    assert own is not None
    assert "session.end" in own.read_text()


def test_a_loaded_session_has_the_profile_and_the_settings_it_ended_with(here):
    desk = full_desk(here, "one")
    enter(desk, "/profile creative")
    enter(desk, "/set top_k 9")
    list(desk.session.ask("two"))
    enter(desk, "/save old")
    enter(desk, "/new")
    enter(desk, "/profile qa")
    enter(desk, "/set top_k 3")

    enter(desk, "/load old")

    assert desk.session.profile.name == "creative"
    assert (desk.session.settings.value("top_k"), desk.session.settings.value("temperature")) == (9, 0.9)


def test_a_session_is_loaded_whatever_was_set_in_the_one_before(here):
    desk = full_desk(here, "one")
    enter(desk, "/profile creative")
    list(desk.session.ask("two"))
    enter(desk, "/save old")
    enter(desk, "/new")
    enter(desk, "/profile qa")
    enter(desk, "/set num_beams 4")

    enter(desk, "/load old")

    assert (desk.session.profile.name, desk.session.settings.value("num_beams")) == ("creative", 1)


@pytest.mark.parametrize(
    ("line", "message"),
    [("/load frist-try", "Did you mean first-try?"), ("/load 99", "no session 99"), ("/sessions x", "how many")],
)
def test_a_session_that_is_not_there_is_refused_and_the_present_one_goes_on(here, line, message):
    desk = full_desk(here, "one")

    assert message in complaint(desk, line)
    list(desk.session.ask("two"))
    assert questions(desk) == ["one", "two"]


def test_the_present_session_is_not_loaded_into_itself(here):
    desk = full_desk(here, "one")
    enter(desk, "/save own")

    assert "the session you are in" in complaint(desk, "/load own")


def test_a_session_that_another_flanchat_writes_is_not_taken_from_it(here):
    desk = full_desk(here, "one")
    assert desk.open_library is not None
    held = Transcript.resume(desk.open_library().find("first-try"), sync=lambda fd: None)

    with pytest.raises(StorageError, match="another flanchat"):
        enter(desk, "/load first-try")
    assert questions(desk) == ["one"]
    held.close("end")


def test_a_new_session_begins_empty_under_its_name_with_the_profile_of_before(here):
    desk = full_desk(here, "one")
    enter(desk, "/profile qa")
    before = desk.session.transcript.path

    enter(desk, "/new second")
    list(desk.session.ask("two"))

    assert (questions(desk), desk.session.profile.name, desk.session.name) == (["two"], "qa", "second")
    assert desk.session.transcript.path != before
    assert "session name" in complaint(desk, "/new Not A Name")


def test_a_conversation_is_exported_and_a_file_only_replaced_when_asked_to(here):
    desk = full_desk(here, "one")

    enter(desk, "/export talk.md")
    with pytest.raises(StorageError, match="--force"):
        enter(desk, "/export talk.md")
    enter(desk, "/export talk.md --force")

    assert "one" in (here / "talk.md").read_text()
    assert complete(desk, "/export ta") == ["talk.md"]
    assert complete(desk, "/export talk.md ") == ["--force"]
    assert complete(desk, "/export talk.md --force ") == []
    assert "ends in" in complaint(desk, "/export talk.doc")


def test_recording_is_switched_off_and_on(here):
    desk = full_desk(here, "one")

    assert enter(desk, "/log") == "Recording is on."
    assert "Recording is off" in str(enter(desk, "/log off"))
    assert "Recording is on. What was said in private" in str(enter(desk, "/log on"))
    assert "Did you mean" in complaint(desk, "/log of")
    assert "--no-log" in complaint(new_desk(), "/log off")


# -- whatever is typed ------------------------------------------------------------------------------------------------

WORDS = [
    "-1",
    "0",
    "1",
    "2",
    "99",
    "9" * 5000,
    "x",
    "=",
    "a=b",
    "=>",
    "x => y",
    "off",
    "on",
    "rm",
    "add",
    "save",
    "edit",
]
WORDS += [
    "diff",
    "qa",
    "mine",
    "main",
    "~x/y",
    "\0",
    "\ud800",
    "{{input}}",
    "tone=curt",
    "--force",
    "news.txt",
    ".",
    "/",
]


@contextlib.contextmanager
def standing_in(folder: str) -> Iterator[None]:
    before = os.getcwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@settings(max_examples=150)
@given(
    st.sampled_from([command.name for command in COMMANDS]),
    st.lists(st.sampled_from(WORDS) | st.text(st.characters(exclude_characters="/\\.\n"), max_size=8), max_size=4),
    st.booleans(),
)
def test_a_command_with_any_words_works_or_is_refused_in_words(name, words, asked):
    with tempfile.TemporaryDirectory() as folder, standing_in(folder):
        Path("news.txt").write_text("The sea rose.")
        desk = rich_desk(Path(folder)) if asked else full_desk(Path(folder))
        with contextlib.suppress(FlanchatError):
            enter(desk, f"/{name} {' '.join(words)}".strip())
        with contextlib.suppress(FlanchatError):
            list(desk.session.ask("Does it still work?"))

        assert isinstance(complete(desk, f"/{name} {' '.join(words)}"), list)
        desk.session.close("end")
