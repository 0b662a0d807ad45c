"""What a line means, what every command gives back, and that completion offers only what works."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flanchat.engine.scripted import ScriptedEngine
from flanchat.errors import UsageError
from flanchat.profile import Profile, find_profile, profile_folders
from flanchat.prompt import Prompt
from flanchat.repl.commands import (
    BY_NAME,
    COMMANDS,
    Answering,
    Ask,
    Call,
    Desk,
    Leave,
    Shown,
    Table,
    complete,
    parse_line,
    split_pairs,
)
from flanchat.session import Session
from flanchat.settings import Settings
from flanchat.transcript import NoTranscript, Transcript

BUNDLED = profile_folders(None, {})[-1:]


def new_desk(*questions: str, transcript: Transcript | NoTranscript | None = None) -> Desk:
    """A desk at which these questions were asked already."""
    engine = ScriptedEngine()
    session = Session(engine, find_profile("plain", BUNDLED), Settings(), transcript or NoTranscript())
    for question in questions:
        list(session.ask(question))
    return Desk(session, engine, BUNDLED, last_draft=questions[-1] if questions else "")


def enter(desk: Desk, line: str) -> Shown:
    """What the line gives back; an answer is made to its end."""
    meant = parse_line(line)
    assert isinstance(meant, Call)
    shown = meant.command.run(desk, meant.arguments)
    if isinstance(shown, Answering):
        list(shown.events)
    return shown


def complaint(desk: Desk, line: str) -> str:
    with pytest.raises(UsageError) as caught:
        enter(desk, line)
    return caught.value.message


@pytest.mark.parametrize("name", [command.name for command in COMMANDS])
@pytest.mark.parametrize("questions", [(), ("Why?",)], ids=["fresh", "asked"])
def test_a_command_alone_shows_something_or_says_what_to_do(name, questions):
    desk = new_desk(*questions)
    needs_more = {"unset": "such as /unset temperature"}
    if not questions:
        needs_more |= {"prompt": "/prompt TEXT shows", "regen": "nothing was asked yet"}

    if name in needs_more:
        assert needs_more[name] in complaint(desk, f"/{name}")
    else:
        assert isinstance(enter(desk, f"/{name}"), str | Table | Prompt | Answering | Leave)


@pytest.mark.parametrize("command", [command for command in COMMANDS if command.example], ids=lambda c: c.name)
def test_the_example_of_a_command_works(command):
    assert parse_line(command.example) == Call(command, command.example.partition(" ")[2])
    assert isinstance(enter(new_desk("Why?"), command.example), str | Table | Prompt | Answering)


def test_help_lists_every_command():
    table = enter(new_desk(), "/help")

    assert isinstance(table, Table)
    assert [row[0].split()[0] for row in table.rows] == [f"/{command.name}" for command in COMMANDS]
    assert all(row[1] for row in table.rows)


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
            made |= walk(desk, line if line.endswith("=") else line + " ", depth - 1)
    return made


def test_what_completion_offers_works_or_leads_on():
    desk = new_desk("Why?")
    lines = {line for command in COMMANDS for line in {f"/{command.name}", *walk(desk, f"/{command.name} ", 1)}}
    lines |= walk(desk, "/", 0) | walk(desk, "/set do_sample=true ", 1) | walk(desk, "/set top_p ", 1)
    assert len(lines) > 100

    dead_ends = []
    for line in sorted(lines):
        try:
            enter(new_desk("Why?"), line)
        except UsageError:
            if not complete(desk, line if line.endswith("=") else line + " "):
                dead_ends.append(line)
    assert dead_ends == []


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
        ("/pro", ["/profile", "/profiles", "/prompt"]),
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
        ("/help se", ["set"]),
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
        ("/unknown", "unknown command /unknown. /help lists them. A leading blank sends it as text."),
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
        ("/set temperature", "temperature needs a value: temperature=VALUE. /show settings lists the present ones."),
        ("/regen top_p", "top_p needs a value: top_p=VALUE. /show settings lists the present ones."),
        ("/set temprature 1", "unknown setting temprature. Did you mean temperature?"),
        ("/set temprature", "unknown setting temprature. Did you mean temperature?"),
        ("/set top_p 2", "decode.top_p: expected a number from 0 to 1, got 2"),
        ("/set top_p=0.5 top_k=-1", "decode.top_k: expected a whole number from 0 to 1000000, got -1"),
        ("/unset temprature", "unknown setting temprature. Did you mean temperature?"),
        ("/show modl", "/show modl: expected one of settings, profile, prompt, model, session. Did you mean model?"),
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


def test_a_profile_for_another_model_says_how_to_start_it(tmp_path):
    (tmp_path / "big.yaml").write_text("model: google/flan-t5-base\n")
    desk = dataclasses.replace(new_desk(), folders=(tmp_path,))

    assert complaint(desk, "/profile big") == (
        "profile big is for the model google/flan-t5-base: start flanchat -m google/flan-t5-base -p big"
    )
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
