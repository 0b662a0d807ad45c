"""Parsing, the result of every command, and completion."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import itertools
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flanchat.base.errors import DeviceError, FlanchatError, ModelError, OutOfMemoryError, StorageError, UsageError
from flanchat.engine.hubs.resolve import resolve
from flanchat.engine.protocol import ModelCard
from flanchat.engine.scripted import CARD, ScriptedEngine
from flanchat.engine.t5.tokenizer import Tokenizer, open_tokenizer
from flanchat.experiments.card import card_text, session_card
from flanchat.prompting.explanations import EXPLANATIONS
from flanchat.prompting.profile import Profile
from flanchat.prompting.profile_reader import find_profile
from flanchat.prompting.prompt import Prompt, Segment
from flanchat.prompting.settings import SETTINGS, Settings, split_pairs
from flanchat.prompting.shots import Shot
from flanchat.repl.commands.completion import complete
from flanchat.repl.commands.table import BY_NAME, COMMANDS, Call, parse_line
from flanchat.repl.context import AskAgain, Context, CopyText, EditDraft, Leave, RunScript, ShowAnswer, ShowGrid, Shown
from flanchat.sessions.answer import Timing
from flanchat.sessions.library import Library
from flanchat.sessions.session import Session
from flanchat.sessions.session_record import SessionRecord
from flanchat.sessions.transcript import NoTranscript, Transcript
from flanchat.ui.budget import budget_line, budget_table
from flanchat.ui.tables import sparkline
from flanchat.ui.types import (
    ALTERNATIVES_HINT,
    CONFIDENCE_HINT,
    Alternatives,
    Confidence,
    ResultStream,
    Scores,
    Table,
    Tokens,
    Verbatim,
)
from tests.examples import examples
from tests.profiles import BUNDLED, bundled
from tests.transcripts import whole

MINE = """\
template: "{{shots}}{{tone}} {{input}}"
vars: {tone: {choices: [kind, curt]}, place: {}}
shots: [{in: sun, out: warm}, {in: sea, out: wet}]
"""


def new_context(*questions: str, transcript: Transcript | NoTranscript | None = None) -> Context:
    """A context in which these questions were asked."""
    engine = ScriptedEngine(others=("Rome",))
    session = Session(engine, bundled("plain"), Settings(), transcript or NoTranscript())
    for question in questions:
        list(session.ask(question))
    return Context(session, engine, BUNDLED, last_draft=questions[-1] if questions else "")


_folders = itertools.count()


def full_context(folder: Path, *questions: str) -> Context:
    """A context with everything: a recorded session, earlier ones, the user's profiles, an editor, other models.

    All of it stands in `folder`, which has room for any number of contexts.
    """
    sessions = folder / f"context-{next(_folders)}" / "sessions"

    def begin(name: str) -> Transcript:
        return Transcript.create(sessions, host={}, name=name, sync=lambda fd: None)

    earlier = new_context("cook bolognese?", transcript=begin("first-try"))
    earlier.session.close("end")
    context = new_context(*questions, transcript=begin(""))
    home = sessions.parent / "profiles"
    home.mkdir()
    (home / "mine.yaml").write_text(MINE)
    context.folders, context.home = (home, *BUNDLED), home
    library = Library(sessions, sessions.parent / "index.sqlite")
    context.open_library = lambda: library
    context.new_transcript = begin
    context.open_engine = lambda name, device: ScriptedEngine()
    context.open_compared = lambda named: ScriptedEngine()
    context.edit_file = lambda path: None
    return context


@functools.cache
def card_of(question: str) -> str:
    """The card of a session in which this was asked."""
    return card_text(session_card(SessionRecord(conversation=new_context(question).session.conversation)))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with some files in it."""
    place = tmp_path / "here"
    (place / "notes").mkdir(parents=True)
    (place / "news.txt").write_text("The sea rose.\n")
    (place / "questions.txt").write_text("\n  \nWhy?\n/undo\n")
    (place / "card.json").write_text(card_of("Why?"))
    monkeypatch.chdir(place)
    return place


def enter(context: Context, line: str) -> Shown:
    """The result of a command; answers and streams are run to their end."""
    meant = parse_line(line)
    assert isinstance(meant, Call)
    shown = meant.command.run(context, meant.arguments)
    if isinstance(shown, ShowAnswer):
        list(shown.events)
    elif isinstance(shown, ResultStream):
        list(shown.steps)
    elif isinstance(shown, AskAgain):  # as the loop does it
        context.session.compile(shown.text, turns=context.session.turns[: shown.turn - 1])
        context.session.edit(shown.turn)
        list(context.session.ask(shown.text))
    return shown


def error_of(context: Context, line: str) -> str:
    with pytest.raises(UsageError) as caught:
        enter(context, line)
    return caught.value.message


NEEDS_MORE = {
    "alt": "expected a token",
    "choose": "expected two choices or more, found 0",
    "compare": "such as /compare 1 2",
    "continue": "complete",
    "diff": "expected MODEL, or --reference",
    "export": "FILE that ends in .",
    "file": "needs the PATH",
    "fill": "no blank to fill",
    "pick": "there is nothing to pick from yet",
    "redo": "nothing to redo",
    "run": "needs the PATH",
    "search": "needs WORDS",
    "verify": "needs the FILE of a card",
    "unset": "such as /unset temperature",
    "whatif": "nothing to vary: put axes before the question",
}
NEEDS_A_QUESTION = {
    "budget": "/budget TEXT shows",
    "prompt": "/prompt TEXT shows",
    "tokens": "/tokens TEXT shows",
    **dict.fromkeys(
        ("alt", "beams", "card", "compare", "continue", "copy", "probs", "regen", "replay", "undo", "why"),
        "nothing was asked yet",
    ),
    "edit": "no question yet",
}


@pytest.mark.parametrize("name", [command.name for command in COMMANDS])
@pytest.mark.parametrize("questions", [(), ("Why?", "And then?")], ids=["fresh", "asked"])
@pytest.mark.parametrize("everything", [True, False], ids=["full", "bare"])
def test_a_command_without_arguments_shows_something_or_explains_what_it_needs(here, name, questions, everything):
    context = full_context(here, *questions) if everything else new_context(*questions)
    needs_more = NEEDS_MORE | ({} if questions else NEEDS_A_QUESTION)
    if not everything:
        needs_more = needs_more | dict.fromkeys(("sessions", "load"), "sessions are not available")
        needs_more = {"replay": "not completely on disk", "card": "not on disk", **needs_more}

    if name in needs_more:
        assert needs_more[name] in error_of(context, f"/{name}")
    else:
        assert isinstance(enter(context, f"/{name}"), Shown)


@pytest.mark.parametrize("command", [command for command in COMMANDS if command.example], ids=lambda c: c.name)
def test_the_example_of_a_command_works(here, command):
    assert parse_line(command.example) == Call(command, command.example.partition(" ")[2])
    assert isinstance(enter(full_context(here, "Why?", "And then?"), command.example), Shown)


def test_help_lists_every_command():
    table = enter(new_context(), "/help")

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
    shown = enter(new_context(), f"/help {name}")

    assert isinstance(shown, str)
    assert shown.startswith(f"/{BY_NAME[name].name}")
    assert enter(new_context(), f"/help /{name}") == shown


def test_help_for_a_command_has_the_explanations_that_are_shown_once():
    shown = enter(new_context(), "/help alt")

    assert isinstance(shown, str)
    assert ALTERNATIVES_HINT in shown
    assert CONFIDENCE_HINT in shown


def test_help_for_an_unknown_command_suggests_the_nearest():
    assert error_of(new_context(), "/help profle") == "nothing is called profle. Did you mean profile?"
    assert error_of(new_context(), "/help temprature") == "nothing is called temprature. Did you mean temperature?"


def test_help_explains_a_setting_with_its_range_default_present_value_and_an_example():
    context = new_context()
    enter(context, "/set temperature=0.8")

    shown = enter(context, "/help temperature")

    assert shown == enter(context, "/help decode.temperature")
    first, about, values, idle, example = shown.split("\n")
    assert first == "decode.temperature: above 1 bolder, below 1 safer, 0 is greedy"
    assert about.startswith("Divides the model's scores")
    assert values == "Values: a number from 0 to 5. Default: 1.0. Now: 0.8 (from /set)."
    assert idle == "Alone, temperature has no effect while do_sample is false."
    assert example.startswith("Example: /set temperature=0.7 for a chat, ")


def test_help_explains_what_is_a_command_and_a_setting_as_both():
    shown = enter(new_context(), "/help probs")

    assert shown.startswith("/probs [TURN] [all]\n")
    assert "\n\ndisplay.probs: " in shown


def test_every_setting_has_an_explanation_and_an_example_that_it_takes():
    assert set(EXPLANATIONS) == {setting.name for setting in SETTINGS}
    for setting in SETTINGS:
        about, example = EXPLANATIONS[setting.name]
        assert about.endswith(".")
        assert setting.parse(example) != setting.default


@pytest.mark.parametrize("origin", ["bundled", "huggingface", "local"])
def test_the_first_minute_is_made_of_lines_that_work(here, origin):
    context = full_context(here)
    context.engine.source = dataclasses.replace(context.engine.source, origin=origin)
    context.session.settings = context.session.settings.update("/set", {"max_new_tokens": 4})

    for line, __ in enter(context, "/help start").rows:
        if isinstance(parse_line(line), Call):
            enter(context, line.replace("first.html", str(here / "first.html")))
        else:
            list(context.session.ask(line))

    assert (here / "first.html").is_file()


def test_completion_says_what_commands_settings_profiles_and_tokens_are():
    context = new_context("Why?")

    def meanings(line: str) -> dict[str, str]:
        return {word: word.meaning for word in complete(context, line)}

    assert all(meanings("/").values())
    assert meanings("/set temp")["temperature"].endswith("a number from 0 to 5, default 1.0")
    assert meanings("/regen top_p")["top_p="] == meanings("/set top_p")["top_p"]
    assert meanings("/unset seed") == meanings("/set seed")
    assert meanings("/profile q") == {"qa": bundled("qa").description}
    assert meanings("/whatif profile=q") == {"profile=qa": bundled("qa").description}
    assert meanings("/compare 1") == {"1": "Why?"}
    assert meanings("/alt ")["1"] == "Paris"


def test_names_are_unique():
    assert len(BY_NAME) == sum(len(command.names) for command in COMMANDS)


def walk(context: Context, start: str, depth: int) -> set[str]:
    """Every line that completion makes from `start`, repeated `depth` times."""
    made = set()
    for word in complete(context, start):
        head, blank, _ = start.rpartition(" ")
        line = head + blank + word
        made.add(line)
        if depth:
            made |= walk(context, line if line.endswith(("=", "/")) else line + " ", depth - 1)
    return made


def rich_context(folder: Path, *, grid: bool = True) -> Context:
    """A context in which undo, redo, branches and the like have something to do. grid: with a grid."""
    context = full_context(folder)
    context.session.use(find_profile("mine", context.folders))
    context.engine.answers = (("a ", "b ", "c"),)
    for question in ("one", "two", "three"):
        list(context.session.ask(question, changes={"max_new_tokens": 2}))
    context.session.undo()
    context.last_draft = "three"
    if grid:
        shown = enter(context, "/whatif profile=qa")
        assert isinstance(shown, ShowGrid)
        context.grid = shown.grid
        list(shown.grid.cells())
    return context


def test_the_flags_of_whatif_may_follow_the_axes(here):
    context = rich_context(here.parent)

    behind = enter(context, "/whatif seed=1,2 --full What is it?")
    literal = enter(context, "/whatif seed=1,2 -- --full")

    assert (behind.grid.grid.full, behind.grid.grid.question) == (True, "What is it?")
    assert (literal.grid.grid.full, literal.grid.grid.question) == (False, "--full")


HARMLESS = {
    "/help", "/whatif", "/compare", "/set", "/unset", "/replay", "/diff", "/verify", "/why", "/rate", "/show", "/probs",
    "/search", "/sessions", "/export", "/models",
}  # fmt: skip
"""Commands that leave in the context what the next line needs; making one takes time."""

WORDS_OF_THE_USERS_OWN = {"/profile save", "/choose", "/fill"}


def test_every_completion_works_or_has_completions_of_its_own(here):
    context = rich_context(here.parent)
    lines = {line for command in COMMANDS for line in {f"/{command.name}", *walk(context, f"/{command.name} ", 1)}}
    lines |= walk(context, "/", 0) | walk(context, "/set do_sample=true ", 1) | walk(context, "/set top_p ", 1)
    assert len(lines) > 150
    for some in ("/file notes/", "/run news.txt", "/shots rm 2", "/var tone=curt", "/load first-try", "/branches main"):
        assert some in lines

    dead_ends = set()
    for line in sorted(lines):
        command, _, pair = line.partition(" ")
        if command == "/compare" and " " in pair and not set(pair.split()) <= {"1", "last", "c1", "c2", "plain", "qa"}:
            continue  # every pair of turns, cells and profiles
        harmless = command in HARMLESS or line.startswith("/profile diff")
        tried = context if harmless else rich_context(here.parent, grid=command == "/pick")
        try:
            enter(tried, line)
        except FlanchatError:
            if not line.endswith("/") and not complete(context, line if line.endswith("=") else line + " "):
                dead_ends.add(line)
        finally:
            if not harmless:
                tried.session.close("end")
            (here / "card.json").write_text(card_of("Why?"))  # /export may have replaced it
    assert dead_ends == WORDS_OF_THE_USERS_OWN


@given(st.data())
def test_a_line_made_of_completions_works(data):
    context = new_context("Why?")
    line = data.draw(st.sampled_from(["/set ", "/regen ", "/set top_p=0.9 ", "/set temperature ", "/set stop = "]))
    for _ in range(data.draw(st.integers(1, 6))):
        offered = complete(context, line)
        if not offered:
            break
        line = line.rpartition(" ")[0] + " " + data.draw(st.sampled_from(offered))
        line += "" if line.endswith("=") else " "
    while offered := complete(context, line) if line.endswith("=") or "=" not in line else []:
        line = line.rpartition(" ")[0] + " " + offered[0] + " "

    assert isinstance(enter(context, line), str | ShowAnswer)


@given(st.text(" =abcdeghilmnoprstu_/0.", max_size=20))
def test_completion_never_fails(text):
    assert isinstance(complete(new_context(), "/" + text), list)


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
        ("/help se", ["set", "sessions", "search", "seed"]),
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
    assert complete(new_context(), line) == offered


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
def test_other_lines_are_questions(line, text):
    assert parse_line(line) == text


@pytest.mark.parametrize("line", ["", " ", "\n", "\t\n "])
def test_a_blank_line_means_nothing(line):
    assert parse_line(line) == ""


@pytest.mark.parametrize("line", ["exit", "quit", "exit ", "quit\n", "/exit", "/quit", "/bye", "/q", "/exit now"])
def test_the_ways_to_leave(line):
    assert enter(new_context(), line) == Leave()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (".set", "did you mean /set? Commands start with a slash; a leading space sends the line as text."),
        (
            ".set temperature 1",
            "did you mean /set? Commands start with a slash; a leading space sends the line as text.",
        ),
        ("!save", "did you mean /save? Commands start with a slash; a leading space sends the line as text."),
        (":q", "did you mean /exit? Commands start with a slash; a leading space sends the line as text."),
        (":reset", "did you mean /clear? Commands start with a slash; a leading space sends the line as text."),
        ("/xyz", "unknown command /xyz. /help lists them. A leading space sends the line as text."),
        ("/profle", "unknown command /profle. Did you mean /profile? A leading space sends the line as text."),
        ("/", "unknown command /. /help lists them. A leading space sends the line as text."),
        ("/ help", "unknown command /. /help lists them. A leading space sends the line as text."),
        (
            "/etc/passwd is a file",
            "unknown command /etc/passwd. /help lists them. A leading space sends the line as text.",
        ),
    ],
)
def test_a_misspelt_command_is_never_sent_to_the_model(line, message):
    with pytest.raises(UsageError) as caught:
        parse_line(line)
    assert caught.value.message == message


TYPED = st.characters(exclude_categories=["Cs"], exclude_characters="\0")  # what is no text is refused: test_text.py


@given(st.text(TYPED) | st.text("/.!: \n\tsetquixhlp", max_size=12))
def test_every_line_is_parsed_or_refused_with_a_message(line):
    try:
        meant = parse_line(line)
    except UsageError as error:
        refused = error.message
        assert refused
        assert line.lstrip().startswith(("/", ".", "!", ":"))
    else:
        assert isinstance(meant, str | Call)
        assert (meant == "") == (not line.strip())


@given(st.text(TYPED, min_size=1).filter(str.strip))
def test_a_text_that_does_not_look_like_a_command_is_asked_unchanged(text):
    bare = text.strip()
    if bare.startswith(("/", ".", "!", ":")) or bare in ("exit", "quit"):
        bare = text = f"Say {bare}"

    assert parse_line(text) == (text.strip("\n") if "\n" in bare else bare)


@given(st.text(TYPED, min_size=1).filter(str.strip))
def test_a_leading_space_sends_any_text(text):
    bare = text.strip()

    assert parse_line(f" {bare}") == (f" {bare}" if "\n" in bare else bare)


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
def test_pairs_are_written_with_spaces_or_equals_signs(words, pairs):
    assert split_pairs(words) == pairs


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("/set temperature=", "decode.temperature: expected a number"),
        ("/regen top_p", "top_p needs a value: top_p=VALUE. /show settings lists the current values."),
        ("/set temprature 1", "unknown setting temprature. Did you mean temperature?"),
        ("/set temprature", "unknown setting temprature. Did you mean temperature?"),
        ("/set top_p 2", "decode.top_p: expected a number from 0 to 1, got 2"),
        ("/set top_p=0.5 top_k=-1", "decode.top_k: expected a whole number from 0 to 1000000, got -1"),
        ("/unset temprature", "unknown setting temprature. Did you mean temperature?"),
        ("/show modl", "/show modl: expected one of settings, profile, prompt, model, stats, session. Did you mean"),
        ("/profile q", "unknown profile q. Did you mean qa?"),
        ("/save ../x", "session names use lower-case letters, digits, - and _; try x"),
    ],
)
def test_a_wrong_argument_gives_a_message_with_what_is_expected(tmp_path, line, message):
    transcript = Transcript.create(tmp_path / "sessions", host={})

    assert error_of(new_context("Why?", transcript=transcript), line).startswith(message)


def test_a_refused_change_changes_nothing():
    context = new_context()

    error_of(context, "/set top_p=0.5 top_k=-1")

    assert context.session.settings == Settings()


def test_set_shows_the_new_values_and_which_have_no_effect():
    context = new_context()

    assert enter(context, "/set temperature 0.7") == "temperature = 0.7; sampling is on"
    assert enter(context, "/set top_p 0.9") == "top_p = 0.9"
    assert enter(context, "/set temperature 0") == (
        "temperature = 0.0; sampling is off\nNote: top_p has no effect while temperature is 0, which means greedy."
    )
    assert enter(new_context(), "/set length_penalty 2") == (
        "length_penalty = 2.0\nNote: length_penalty has no effect while num_beams is 1."
    )
    assert enter(new_context(), "/set do_sample=true temperature=0.7") == "do_sample = true, temperature = 0.7"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/set top_p 0.9 top_k 40", "top_p = 0.9, top_k = 40; sampling is on"),
        ("/set temp 0.5", "temperature = 0.5; sampling is on"),
        ("/temperature 0.5", "temperature = 0.5; sampling is on"),
        ("/temperature=0.5", "temperature = 0.5; sampling is on"),
        ("/temp 0.5", "temperature = 0.5; sampling is on"),
        ("/num_predict 9", "max_new_tokens = 9"),
        ("/set stop top_k 40", 'stop = ["top_k 40"]'),
        ("/set system Be brief.", "Instruction: Be brief."),
    ],
)
def test_set_is_written_as_people_type_it(line: str, said: str):
    assert enter(new_context(), line) == said


def test_the_settings_and_the_model_are_shown_by_the_names_of_other_tools():
    context = new_context()

    assert enter(context, "/settings") == enter(context, "/params") == enter(context, "/set")
    assert enter(context, "/show info") == enter(context, "/show model")
    assert str(enter(context, "/temperature")).startswith("decode.temperature = 1.0 (from default")


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("/temprature 1", "Did you mean /temperature?"),
        ("/device gpu", f"got the text 'gpu'. Did you mean {'mps' if sys.platform == 'darwin' else 'cuda'}?"),
        ("/set repet 2", "Did you mean repetition_penalty?"),
        ("/set top_p 0.9 nucleus 40", "top_p: expected a number"),
    ],
)
def test_a_suggestion_does_not_mislead(line: str, hint: str):
    assert hint in error_of(new_context(), line)


def test_set_samples_until_unset():
    context = new_context()
    enter(context, "/set seed=3 top_k=5")

    assert enter(context, "/unset seed") == "seed = null (from default)"
    assert context.session.settings.decoding(0).samples
    assert enter(context, "/unset top_k") == "top_k = 0 (from default); sampling is off"
    assert not context.session.settings.decoding(0).samples


@pytest.mark.parametrize(
    ("line", "note", "samples"),
    [
        ("/regen temperature=0.8", "sampled, because of temperature; do_sample=false is greedy", True),
        ("/regen seed=4", "sampled, because of seed; do_sample=false is greedy", True),
        ("/regen seed=4 do_sample=false", "seed has no effect while do_sample is false", False),
        ("/regen do_sample=true", "", True),
        ("/regen", "greedy: the answer will be the same; /regen temperature=0.8 samples another one", False),
        ("/regen max_new_tokens=3", "", False),
    ],
)
def test_regen_says_what_its_settings_do(line: str, note: str, samples: bool):
    context = new_context("Why?")

    shown = enter(context, line)

    assert isinstance(shown, ShowAnswer)
    assert shown.note == note
    assert context.session.last().sampled is samples
    assert not context.session.settings.decoding(0).samples


def test_regen_says_that_the_answer_will_be_the_same_only_when_it_will():
    context = new_context("Why?")
    enter(context, "/set max_new_tokens 5")
    other_settings = enter(context, "/regen")
    enter(context, "/system Answer in verse.")
    other_prompt = enter(context, "/regen")
    enter(context, "/regen seed=1")
    sampled = enter(context, "/regen")

    for shown in (other_settings, other_prompt, sampled):
        assert isinstance(shown, ShowAnswer)
        assert shown.note == ""


def test_set_accepts_the_spelling_of_other_tools():
    assert enter(new_context(), "/set parameter max_new_tokens 9") == "max_new_tokens = 9"


def test_unset_restores_the_profiles_value():
    context = new_context()
    enter(context, "/profile creative")
    enter(context, "/set temperature 2")

    assert enter(context, "/unset temperature") == "temperature = 0.9 (from profile creative)"


@pytest.mark.parametrize("line", ["/profile {}", "/whatif profile=plain,{} q", "/replay --profile {}"])
def test_a_profile_of_another_model_or_base_is_refused(tmp_path: Path, line: str):
    based, other = tmp_path / "based.yaml", tmp_path / "other.yaml"
    based.write_text("model: scripted\nbase: acme/flan\n")
    other.write_text("model: acme/flan\n")

    for path, words in [
        (based, "profile based needs the model scripted with the base acme/flan: start flanchat with -p based"),
        (other, "profile other needs the model acme/flan: load it with /model acme/flan or -m acme/flan"),
    ]:
        with pytest.raises(UsageError) as caught:
            enter(new_context(), line.format(path))
        assert caught.value.message == words


def test_a_change_of_profile_names_settings_without_effect():
    context = new_context()
    enter(context, "/profile dialog")
    enter(context, "/set format dialog")

    assert str(enter(context, "/profile qa")).endswith("\nNote: format has no effect while turns is 0.")


def test_a_setting_without_effect_is_named_once_and_again_when_it_is_given():
    context = new_context()
    note = "\nNote: length_penalty has no effect while num_beams is 1."

    assert enter(context, "/set length_penalty 2") == f"length_penalty = 2.0{note}"
    assert enter(context, "/set top_k 5") == "top_k = 5; sampling is on"
    assert note not in str(enter(context, "/profile qa"))
    assert enter(context, "/set length_penalty 3") == f"length_penalty = 3.0{note}"


def test_settings_of_a_profile_with_choices_do_not_claim_to_sample():
    context = new_context()
    enter(context, "/profile sentiment")

    assert enter(context, "/set temperature 0.5") == (
        "temperature = 0.5\nNote: temperature has no effect while the answer is one of the choices."
    )
    assert enter(context, "/unset temperature") == "temperature = 1.0 (from default)"


@pytest.mark.parametrize("line", ["/set temperature 0.5 temperature 1", "/regen temp=0.5 decode.temperature=1"])
def test_a_setting_given_twice_is_refused(line: str):
    assert error_of(new_context("a"), line) == "temperature is given twice, as 0.5 and as 1; give it once"


def test_a_profile_for_another_model_explains_how_to_load_it(tmp_path):
    (tmp_path / "big.yaml").write_text("model: google/flan-t5-base\n")
    context = dataclasses.replace(new_context(), folders=(tmp_path,))

    assert "/model google/flan-t5-base" in error_of(context, "/profile big")
    assert context.session.profile.name == "plain"


def test_a_broken_profile_is_listed_with_its_error(tmp_path):
    (tmp_path / "bad.yaml").write_text("tempate: qa\n")
    context = dataclasses.replace(new_context(), folders=(tmp_path, *BUNDLED))

    table = enter(context, "/profiles")

    assert isinstance(table, Table)
    assert table.rows[0][0] == "! broken"
    assert "bad.yaml:1: tempate: unknown field. Did you mean template?" in table.rows[0][1]
    assert ("* plain", "The question as typed, with nothing around it.") in table.rows


def test_the_settings_table_names_the_source_of_each_value():
    context = new_context()
    enter(context, "/set do_sample=false top_k=5")

    table = enter(context, "/show settings")

    assert isinstance(table, Table)
    assert [row[:3] for row in table.rows][10:12] == [
        ("* decode.top_k", "5 (default 0)", "/set"),
        ("  decode.top_p", "1.0", "default"),
    ]
    assert table.marked == (10,)
    assert table.note == "top_k has no effect while do_sample is false"


def test_the_settings_table_does_not_call_the_rule_idle_that_chooses():
    context = new_context()
    enter(context, "/profile yesno")
    enter(context, "/set choose=mean temperature=0.5")

    table = enter(context, "/set")

    assert isinstance(table, Table)
    assert "temperature has no effect while the answer is one of the choices" in table.note
    assert "choose has no effect" not in table.note


@pytest.mark.parametrize("count", [0, 1, 17])
def test_beams_refuses_a_number_that_it_cannot_show_by_its_own_limits(count: int):
    with pytest.raises(UsageError, match=f"^/beams {count}: expected a number from 2 to 16$"):
        enter(new_context(), f"/beams {count} Why?")


def test_prompt_shows_a_text_the_last_answer_or_the_last_question_and_asks_nothing():
    context = new_context("Why?")
    engine = context.engine

    of_text, of_answer = enter(context, "/prompt What?"), enter(context, "/prompt")
    enter(context, "/clear")
    of_question = enter(context, "/prompt")

    assert isinstance(of_text, Prompt)
    assert isinstance(of_answer, Prompt)
    assert isinstance(of_question, Prompt)
    assert (of_text.text, of_answer.text, of_question.text) == ("What?", "Why?", "Why?")
    assert isinstance(engine, ScriptedEngine)
    assert len(engine.asked) == 1


def test_regen_with_clashing_settings_keeps_the_answer():
    context = new_context("Why?")

    assert "num_beams" in error_of(context, "/regen do_sample=true num_beams=4")
    assert [turn.text for turn in context.session.turns] == ["Paris"]


def test_regen_changes_settings_for_one_answer():
    context = new_context("Why?")

    enter(context, "/regen max_new_tokens=3")

    assert [turn.settings.value("max_new_tokens") for turn in context.session.turns] == [3]
    assert context.session.settings.value("max_new_tokens") == 128


def test_clear_empties_the_conversation_and_keeps_the_settings():
    context = new_context("Why?")
    enter(context, "/set top_k 5")

    enter(context, "/clear")

    assert not context.session.turns
    assert context.session.settings.value("top_k") == 5


def test_save_shows_the_path_or_that_nothing_is_recorded(tmp_path: Path):
    transcript = Transcript.create(tmp_path / "sessions", host={})

    assert str(transcript.path) in str(enter(new_context("Why?", transcript=transcript), "/save first-try"))
    assert '"session.name"' in transcript.path.read_text()
    assert enter(new_context(), "/save") == "Recording is off (--no-log), so there is no session file to name."


def test_commands_do_not_change_the_next_prompt():
    context = new_context("Why?")
    before = context.session.compile("What?")

    for line in ("/help", "/profiles", "/set", "/show model", "/show session", "/prompt", "/save"):
        enter(context, line)

    assert context.session.compile("What?") == before


def test_a_profile_made_without_a_file_can_be_shown():
    context = new_context()
    context.session.use(Profile("mine"))

    assert enter(context, "/profile") == Verbatim("profile mine")


# -- moving in the conversation ---------------------------------------------------------------------------------------


def questions(context: Context) -> list[str]:
    return [turn.question for turn in context.session.turns]


def rows(shown: Shown) -> list[tuple[str, ...]]:
    assert isinstance(shown, Table)
    return list(shown.rows)


def test_undo_and_redo_show_the_position():
    context = new_context("one", "two", "three")

    assert "turn 1: one" in str(enter(context, "/undo 2"))
    assert "At the start" in str(enter(context, "/undo"))
    assert "turn 2: two" in str(enter(context, "/redo 2"))
    assert questions(context) == ["one", "two"]


@pytest.mark.parametrize("line", ["/undo x", "/undo 0", "/redo -1", "/history 1.5", "/undo 1 2", f"/undo {'9' * 5000}"])
def test_a_wrong_number_of_turns_is_refused(line):
    context = new_context("one")

    assert "expected a number of turns" in error_of(context, line)
    assert questions(context) == ["one"]


def test_undo_restores_what_clear_removed():
    context = new_context("one", "two")

    assert "/undo restores it" in str(enter(context, "/clear"))
    enter(context, "/undo")

    assert questions(context) == ["one", "two"]


def test_edit_with_a_text_asks_it_instead_of_a_turn():
    context = new_context("one", "two", "three")

    enter(context, "/edit 2 another")

    assert questions(context) == ["one", "another"]
    assert [row[1] for row in rows(enter(context, "/branches"))] == ["main", "(abandoned)"]


def test_edit_without_a_number_means_the_last_turn():
    context = new_context("one", "two")

    enter(context, "/edit something else")

    assert questions(context) == ["one", "something else"]


@pytest.mark.parametrize(("line", "draft", "turn"), [("/edit", "two", 2), ("/edit 1", "one", 1)])
def test_edit_without_a_text_returns_the_question_as_a_draft(line, draft, turn):
    context = new_context("one", "two")

    shown = enter(context, line)

    assert isinstance(shown, EditDraft)
    assert (shown.text, context.editing) == (draft, turn)
    assert questions(context) == ["one", "two"]


@pytest.mark.parametrize("number", ["0", "3", "9" * 5000])
def test_edit_of_a_missing_turn_names_the_range(number):
    assert "a turn from 1 to 2" in error_of(new_context("one", "two"), f"/edit {number} text")


def test_an_edit_that_cannot_be_asked_changes_nothing():
    context = new_context("one", "two")

    with pytest.raises(FlanchatError):
        enter(context, f"/edit 1 {'word ' * 600}")
    assert questions(context) == ["one", "two"]


def test_branches_are_listed_with_the_current_one_marked_and_switched_by_number_or_name():
    context = new_context("one", "two")
    enter(context, "/fork bold")
    enter(context, "/edit 1 other")

    listed = rows(enter(context, "/branches"))
    said = enter(context, "/branches 1")

    assert [row[:4] for row in listed] == [("  1", "main", "2", "two"), ("* 2", "bold", "1", "other")]
    assert "Branch main." in str(said)
    assert questions(context) == ["one", "two"]
    enter(context, "/branches bold")
    assert questions(context) == ["other"]


def test_a_missing_branch_is_refused_with_a_suggestion():
    context = new_context("one")
    assert "Did you mean main?" in error_of(context, "/branches mian")
    assert "branch main exists already" in error_of(context, "/fork main")
    assert "branch name" in error_of(context, "/fork Big Plan")
    assert "number" in error_of(context, "/fork 7")


def test_history_numbers_the_turns_and_shows_early_ends():
    context = new_context("one")
    list(context.session.ask("a question\nof two lines", changes={"max_new_tokens": 1}))
    context.session.last().finish = "length"

    assert rows(enter(context, "/history")) == [
        ("1", "one", "Paris", ""),
        ("2", "a question of two lines", "Paris", "cut at max_new_tokens"),
    ]
    assert [row[0] for row in rows(enter(context, "/history 1"))] == ["2"]


def test_continue_extends_an_answer_that_was_cut():
    context = new_context()
    context.engine.answers = (("a ", "b ", "c"),)
    list(context.session.ask("Why?", changes={"max_new_tokens": 2}))

    enter(context, "/continue")

    assert [turn.text for turn in context.session.turns] == ["a b c"]


def test_copy_returns_the_whole_last_answer():
    assert enter(new_context("Why?"), "/copy") == CopyText("Paris")


# -- files ------------------------------------------------------------------------------------------------------------


def test_a_file_stays_attached_until_it_is_removed(here):
    context = new_context()

    said = enter(context, "/file news.txt")
    enter(context, "/file questions.txt")
    waiting = [(a.name, a.text) for a in context.attachments]
    enter(context, "/file")

    assert "news.txt: 3 tokens" in str(said)
    assert waiting == [("news.txt", "The sea rose."), ("questions.txt", "\n  \nWhy?\n/undo")]
    assert context.attachments == []
    assert "needs the PATH" in error_of(context, "/file")


def test_a_file_over_the_budget_is_reported(here):
    (here / "long.txt").write_text("word " * 600)

    assert "over the budget of 512" in str(enter(new_context(), "/file long.txt"))


def test_line_endings_and_byte_order_mark_of_windows_are_removed(here):
    (here / "windows.txt").write_bytes(b"\xef\xbb\xbfone\r\ntwo\r\n")
    context = new_context()

    enter(context, "/file windows.txt")

    assert [a.text for a in context.attachments] == ["one\ntwo"]


@pytest.mark.parametrize("command", ["file", "run"])
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("missing.txt", "No such file"),
        ("notes", "expected a regular file, found a folder"),
        ("binary.bin", "expected UTF-8, found the byte 0xff at byte 2"),
        ("huge.txt", "expected at most 1048576 bytes, found 1048577"),
        ("pipe", "expected a regular file, found a named pipe"),
        ("~nobody-of-this-name/x", "No such file"),
        ("with\0nul", "a NUL"),
    ],
)
def test_an_unreadable_text_file_is_refused_with_a_message(here, command, name, message):
    (here / "binary.bin").write_bytes(b"ab\xff\xfe")
    (here / "huge.txt").write_bytes(b"a" * (2**20 + 1))
    os.mkfifo(here / "pipe")
    context = new_context()

    with pytest.raises((UsageError, StorageError), match=message):
        enter(context, f"/{command} {name}")
    assert context.attachments == []


def test_a_script_is_every_line_that_is_not_blank(here):
    shown = enter(new_context(), "/run questions.txt")

    assert shown == RunScript(Path("questions.txt"), ("Why?", "/undo"))


def test_a_path_may_start_with_a_tilde(here):
    context = new_context()
    context.environ = {"HOME": str(here)}

    assert isinstance(enter(context, "/run ~/questions.txt"), RunScript)
    assert complete(context, "/run ~/q") == ["~/questions.txt"]


def test_completion_offers_files_and_the_contents_of_folders(here):
    (here / "notes" / "a.txt").write_text("")
    (here / "with blank.txt").write_text("")
    context = new_context()

    assert complete(context, "/file ") == ["card.json", "news.txt", "notes/", "questions.txt"]
    assert complete(context, "/file notes/") == ["notes/a.txt"]
    assert complete(context, "/file missing/") == complete(context, "/file news.txt ") == []


# -- profile, instruction, examples, variables ------------------------------------------------------------------------


def test_an_instruction_starts_the_prompt_until_it_is_removed():
    context = new_context()
    assert "No instruction" in str(enter(context, "/system"))

    enter(context, "/system Answer in one word.")
    with_it = context.session.compile("Why?").text
    shown = enter(context, "/system")
    enter(context, "/system off")

    assert with_it == "Answer in one word.\n\nWhy?"
    assert "Answer in one word." in str(shown)
    assert context.session.compile("Why?").text == "Why?"


def test_an_instruction_that_the_template_does_not_use_is_refused(here):
    context = full_context(here)
    enter(context, "/profile mine")

    assert "prefix" in error_of(context, "/system Be brief.")


def shots(context: Context) -> list[tuple[str, str]]:
    return [(shot.input, shot.output) for shot in context.session.profile.shots]


def test_shots_are_added_and_removed_one_by_one():
    context = new_context("Capital of France?")

    enter(context, "/shots add")
    enter(context, "/shots add The sea => blue => green")
    listed = rows(enter(context, "/shots"))
    enter(context, "/shots rm 1")

    assert [row[:3] for row in listed] == [("1", "Capital of France?", "Paris"), ("2", "The sea", "blue => green")]
    assert shots(context) == [("The sea", "blue => green")]
    assert context.session.compile("Why?").text == "The sea\nblue => green\n\nWhy?"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("/shots add no arrow", "QUESTION => ANSWER"),
        ("/shots rm 1", "there are no shots"),
        ("/shots rm", "there are no shots"),
        ("/shots of", "Did you mean"),
        ("/shots add \ud800 => x", "half a character"),
    ],
)
def test_wrong_arguments_of_shots_give_a_message_with_what_is_expected(line, message):
    assert message in error_of(new_context("Why?"), line)


def test_an_empty_answer_cannot_be_a_shot():
    context = new_context()
    context.engine.answers = ((),)
    list(context.session.ask("Why?"))

    assert "empty" in error_of(context, "/shots add")


def test_shots_over_shots_max_are_marked():
    context = new_context()
    for number in range(6):
        enter(context, f"/shots add q{number} => a{number}")

    assert [row[3] for row in rows(enter(context, "/shots"))] == [""] * 5 + ["over shots_max, not sent"]


def test_shots_switched_off_return_beside_those_added_since():
    context = new_context()
    enter(context, "/profile fewshot")
    before = shots(context)

    enter(context, "/shots off")
    enter(context, "/shots off")
    without = shots(context)
    enter(context, "/shots add one => 1")
    enter(context, "/shots off")
    enter(context, "/shots add two => 2")
    enter(context, "/shots on")

    assert without == []
    assert shots(context) == [*before, ("one", "1"), ("two", "2")]


def test_hidden_shots_do_not_return_in_another_profile():
    context = new_context()
    enter(context, "/profile fewshot")
    enter(context, "/shots off")
    enter(context, "/profile qa")

    enter(context, "/shots on")

    assert shots(context) == []


def test_variables_are_listed_and_filled_in(here):
    context = full_context(here)
    assert "no variables" in str(enter(context, "/var"))
    enter(context, "/profile mine")

    enter(context, "/var tone=curt")

    assert rows(enter(context, "/var")) == [("tone", "curt", "kind, curt"), ("place", "(not set)", "")]
    assert context.session.compile("Why?").text.endswith("curt Why?")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("/var tone", "expected NAME=VALUE"),
        ("/var tne=kind", "Did you mean tone?"),
        ("/var tone=crt", "Did you mean curt?"),
    ],
)
def test_a_wrong_variable_or_value_suggests_the_nearest(here, line, message):
    context = full_context(here)
    enter(context, "/profile mine")

    assert message in error_of(context, line)
    assert context.session.variables == {}


def test_completion_offers_a_variables_values(here):
    context = full_context(here)
    enter(context, "/profile mine")

    assert complete(context, "/var ") == ["tone=", "place="]
    assert complete(context, "/var tone=") == ["tone=kind", "tone=curt"]
    assert complete(context, "/var tone=c") == ["tone=curt"]


def test_a_profile_is_saved_with_the_current_settings_and_can_be_loaded(here):
    context = full_context(here)
    enter(context, "/profile creative")
    enter(context, "/set temperature 2")
    enter(context, "/system Be brief.")
    enter(context, "/shots add one => 1")

    said = enter(context, "/profile save bold")

    saved = find_profile("bold", context.folders)
    assert str(context.home) in str(said)
    assert (saved.prefix, saved.shots, saved.settings["decode.temperature"]) == ("Be brief.", (Shot("one", "1"),), 2.0)
    assert saved.settings["decode.do_sample"] is True
    assert context.session.profile == saved


def test_a_saved_profile_keeps_the_values_of_its_variables(here):
    context = full_context(here)
    enter(context, "/profile mine")
    enter(context, "/var tone=curt")
    enter(context, "/profile save curt")

    session = Session(ScriptedEngine(), find_profile("curt", context.folders), Settings(), NoTranscript())

    assert session.compile("Why?").text.endswith("curt Why?")


def test_saving_says_that_a_profile_takes_the_place_of_the_bundled_one_of_its_name(here):
    context = full_context(here)

    said = str(enter(context, "/profile save qa"))

    assert said.endswith("It takes the place of the bundled profile qa until you delete the file.")
    assert "takes the place" not in str(enter(context, "/profile save bold"))


def test_a_saved_profile_is_in_use_although_profiles_of_another_folder_are_found_first(here, tmp_path):
    context = full_context(here)
    first = tmp_path / "first"
    first.mkdir()
    (first / "bold.yaml").write_text("prefix: another")
    context.folders = (first, *context.folders)

    said = str(enter(context, "/profile save bold"))

    assert said.endswith(f"-p bold goes on to find the one in {first}; this one is used by its path.")
    assert context.session.profile.prefix == ""


def test_a_saved_profile_is_only_overwritten_with_force(here):
    context = full_context(here)
    enter(context, "/profile save bold")
    enter(context, "/set top_k 7")

    with pytest.raises(StorageError, match="--force"):
        enter(context, "/profile save bold")
    enter(context, "/profile save bold --force")

    assert find_profile("bold", context.folders).settings["decode.top_k"] == 7


def test_saving_a_profile_creates_its_folder(here):
    context = new_context()
    context.home = here / "new" / "profiles"

    enter(context, "/profile save bold")
    enter(context, "/profile plain")
    enter(context, "/profile bold")

    assert context.session.profile.name == "bold"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("/profile save", "needs the NAME"),
        ("/profile save two words", "one word"),
        ("/profile save ../x", "profile name"),
        ("/profile diff", "needs the NAME"),
        ("/profile diff a b c", "one or two profiles"),
        ("/profile qa now", "expected NAME, save NAME"),
    ],
)
def test_wrong_arguments_of_profile_give_a_message_with_what_is_expected(here, line, message):
    assert message in error_of(full_context(here), line)


def test_without_a_home_or_a_terminal_profiles_are_neither_saved_nor_edited():
    assert "home" in error_of(new_context(), "/profile save bold")
    assert "terminal" in error_of(new_context(), "/profile edit")


def test_profiles_are_compared_field_by_field(here):
    context = full_context(here)

    shown = enter(context, "/profile diff qa cot")
    assert isinstance(shown, Table)
    assert shown.columns == ("field", "qa", "cot")
    assert ("decode.max_new_tokens", "64", "160") in shown.rows
    enter(context, "/profile qa")
    assert "are equal" in str(enter(context, "/profile diff qa"))
    enter(context, "/system Be brief.")
    assert [row[0] for row in rows(enter(context, "/profile diff qa"))] == ["prefix"]


def test_editing_a_bundled_profile_edits_a_copy_in_the_users_folder(here):
    context = full_context(here)
    opened: list[Path] = []

    def edit(path: Path) -> None:
        opened.append(path)
        path.write_text(path.read_text().removesuffix("prefix: Be brief.\n") + "prefix: Be brief.\n")

    context.edit_file = edit
    enter(context, "/profile edit qa")
    enter(context, "/profile edit")

    assert context.home is not None
    assert opened == [context.home / "qa.yaml"] * 2
    assert context.session.profile.prefix == "Be brief."


def test_a_profile_that_is_invalid_after_editing_changes_nothing(here):
    context = full_context(here)
    enter(context, "/profile mine")
    context.edit_file = lambda path: path.write_text("tempate: qa\n") and None

    assert "Did you mean template?" in error_of(context, "/profile edit")
    assert context.session.profile.name == "mine"
    assert len(shots(context)) == 2


def test_a_profile_that_is_no_text_after_editing_is_kept_aside_byte_by_byte(here):
    context = full_context(here)
    mine = here / "mine.yaml"
    mine.write_bytes(b"\xef\xbb\xbfprefix: Be kind.\r\n")
    written = "prefix: Sei lieb.".encode("utf-16")
    context.edit_file = lambda path: path.write_bytes(written) and None

    assert "expected UTF-8, found UTF-16 at byte 0" in error_of(context, "/profile edit ./mine.yaml")
    assert mine.read_bytes() == b"\xef\xbb\xbfprefix: Be kind.\r\n"
    assert (here / "mine.rejected").read_bytes() == written


def test_an_editor_that_fails_leaves_no_copy_of_a_bundled_profile_and_names_what_it_changed(here):
    context = full_context(here)
    assert context.home is not None
    (here / "one.yaml").write_text("prefix: Be kind.")

    def fail(path: Path) -> None:
        raise UsageError("the editor ed was killed by SIGTERM")

    def write_and_fail(path: Path) -> None:
        path.write_text("prefix: Be brief.")
        fail(path)

    context.edit_file = fail
    assert error_of(context, "/profile edit qa") == "the editor ed was killed by SIGTERM"
    assert not (context.home / "qa.yaml").exists()
    context.edit_file = write_and_fail
    assert error_of(context, "/profile edit ./one.yaml").endswith("; one.yaml is as the editor left it")
    assert context.session.profile.name == "plain"


# -- settings and model -----------------------------------------------------------------------------------------------


def test_a_settings_name_alone_shows_its_value_source_and_range():
    context = new_context()
    enter(context, "/set top_p 0.5")

    said = str(enter(context, "/set top_p"))

    assert said.startswith("decode.top_p = 0.5 (from /set; default 1.0)")
    assert "a number from 0 to 1" in said


def test_another_model_replaces_the_first():
    context = new_context("Why?")
    asked_for: list[tuple[str | None, str | None]] = []
    closed: list[str] = []
    other = ScriptedEngine((("Lyon",),))

    class First(ScriptedEngine):
        def close(self) -> None:
            closed.append("first")

    context.engine = context.session.engine = First()
    context.open_engine = lambda name, device: asked_for.append((name, device)) or other
    enter(context, "/model google/flan-t5-small")
    enter(context, "/device cpu")
    list(context.session.ask("Now?"))

    assert asked_for == [("google/flan-t5-small", None), (None, "cpu")]
    assert closed == ["first"]
    assert context.session.last().text == "Lyon"


class Loading(ScriptedEngine):
    """Notes what happens to it, and fails to load with these errors, one after the other."""

    def __init__(self, name: str, log: list[str], *errors: FlanchatError) -> None:
        super().__init__()
        self._name, self._log, self._errors = name, log, list(errors)

    def start(self) -> None:
        self._log.append(f"start {self._name}")

    def card(self) -> ModelCard:
        if self._errors:
            raise self._errors.pop(0)
        self._log.append(f"{self._name} answers")
        return super().card()

    def kill(self) -> None:
        self._errors.append(ModelError("the model process was killed while loading"))

    def close(self) -> None:
        self._log.append(f"close {self._name}")


BROKEN, TOO_LARGE = DeviceError("no NPU found"), OutOfMemoryError("the weights take 3 GB, and 2 GB are free here")


@pytest.mark.parametrize(
    ("errors", "log", "said"),
    [
        ([], ["start new", "new answers", "close old"], "scripted is loaded on cpu in float32."),
        ([BROKEN], ["start new", "close new", "start old"], "no NPU found\nscripted stays loaded."),
        (
            [TOO_LARGE],
            ["start new", "close new", "close old", "new answers", "close old"],
            "There is not enough memory for both models, so scripted is closed first.",
        ),
        (
            [TOO_LARGE, TOO_LARGE],
            ["start new", "close new", "close old", "close new", "start old"],
            "2 GB are free here\nscripted is loading again.",
        ),
    ],
)
def test_the_old_model_stays_until_the_new_one_answers(errors: list[FlanchatError], log: list[str], said: str):
    context, happened = new_context(), list[str]()
    old, new = Loading("old", happened), Loading("new", happened, *errors)
    context.engine = context.session.engine = old
    context.open_engine = lambda name, device: new

    stream = parse_line("/device npu")
    assert isinstance(stream, Call)
    shown = stream.command.run(context, stream.arguments)
    assert isinstance(shown, ResultStream)
    try:
        words = "\n".join(map(str, shown.steps))
    except ModelError as error:
        words = error.message

    assert happened == log
    assert said in words
    assert context.engine is context.session.engine is (new if "new answers" in log else old)


def test_loading_is_stopped_and_the_old_model_stays():
    context, happened = new_context(), list[str]()
    old, new = Loading("old", happened), Loading("new", happened)
    context.engine = context.session.engine = old
    context.open_engine = lambda name, device: new
    call = parse_line("/model x")
    assert isinstance(call, Call)
    shown = call.command.run(context, call.arguments)
    assert isinstance(shown, ResultStream)

    shown.stop()

    assert list(shown.steps) == ["scripted stays loaded."]
    assert context.engine is old


def test_known_models_are_listed_and_completed():
    context = new_context()
    context.models = lambda: [
        ("demo", "the bundled demo model", "here"),
        ("om:acme/tiny", "acme/tiny, openMind", "here"),
    ]

    table = enter(context, "/models")

    assert isinstance(table, Table)
    assert [row[0] for row in table.rows] == ["demo", "om:acme/tiny"]
    assert complete(context, "/model o") == ["om:acme/tiny"]


def test_a_model_that_cannot_be_opened_leaves_the_current_one():
    context = new_context("Why?")
    engine = context.engine

    def fail(name: str | None, device: str | None) -> ScriptedEngine:
        raise UsageError("no such model")

    context.open_engine = fail
    assert error_of(context, "/model x") == "no such model"
    assert context.engine is context.session.engine is engine
    context.open_engine = None
    assert "start flanchat with -m" in error_of(context, "/device cpu")


# -- looking ----------------------------------------------------------------------------------------------------------


_vocabulary: list[Tokenizer] = []


class Counting(ScriptedEngine):
    """Measures with the bundled tokenizer."""

    def measure(self, parts):
        if not _vocabulary:
            _vocabulary.append(open_tokenizer(resolve(None, os.environ).folder / "spiece.model"))
        return _vocabulary[0].measure(parts)


@examples(60)
@given(
    st.sampled_from(["plain", "qa", "fewshot", "dialog", "cot", "choice"]),
    st.integers(16, 120),
    st.lists(st.text("ab {\n", min_size=1, max_size=20), max_size=5),
)
def test_the_parts_of_the_budget_add_up_to_the_whole(profile, limit, asked):
    context = new_context()
    with contextlib.suppress(UsageError):
        context.session.use(bundled(profile))
    context.engine = context.session.engine = Counting()
    context.session.settings = context.session.settings.update("/set", {"max_input_tokens": limit, "turns": 5})
    for question in asked:
        with contextlib.suppress(FlanchatError):
            list(context.session.ask(question))
    try:
        shown = enter(context, "/budget Why is it?")
    except FlanchatError:
        return

    *parts, whole, answer = (
        rows(shown) if not context.session.turns else rows(budget_table(context.session.compile("Why is it?"), 9))
    )
    assert whole[1] == f"{sum(int(part[1]) for part in parts if part[1] != '-')} of {limit}"
    assert [part[3] != "" for part in parts] == [part[1] == "-" for part in parts]
    assert answer[0] == "answer"
    assert all(len(str(row[2])) <= 20 for row in parts)
    assert len(str(whole[2])) == 20


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
            "312/512 · 3 shots · 2 of 5 turns sent · −3 turns",
        ),
        (
            [("shot", 0, False), ("shot", 5, True), ("turn", 0, False), ("question", 2, True)],
            "7/512 · 1 of 2 shots · 0 of 1 turn sent · −1 shot · −1 turn",
        ),
    ],
)
def test_the_budget_line_shows_tokens_and_dropped_parts(segments, words):
    assert budget_line(ledger_of(*segments)) == words


def test_the_budget_line_says_when_earlier_turns_are_not_sent():
    alone, sent = ledger_of(("question", 12, True)), ledger_of(("turn", 5, True), ("question", 12, True))

    assert budget_line(alone, follows=True) == "12/512 · alone"
    assert budget_line(sent, follows=True) == "17/512 · 1 turn sent"


@pytest.mark.parametrize(("tokens", "limit", "filled"), [(0, 512, 0), (1, 512, 1), (256, 512, 10), (900, 512, 20)])
def test_the_bar_of_the_prompt_shows_any_share_of_the_budget_above_0(tokens, limit, filled):
    shown = budget_table(ledger_of(("question", tokens, True), limit=limit), 9)

    assert str(shown.rows[-2][2]) == "#" * filled + "." * (20 - filled)


def test_the_bars_of_the_budget_differ_by_kind_in_sign_and_colour():
    kinds = ("prefix", "shot", "turn", "question", "cue")
    shown = budget_table(ledger_of(*((kind, 64, True) for kind in kinds), limit=640), 9)

    parts = [row[2].parts[0] for row in shown.rows[: len(kinds)]]
    assert len({style for __, style in parts}) == len({text for text, __ in parts}) == len(kinds)
    assert str(shown.rows[-2][2]) == "==++**##~~.........."


def test_budget_shows_the_last_prompt_or_that_of_a_text_without_asking():
    context = new_context("Why not?")

    last, other = rows(enter(context, "/budget")), rows(enter(context, "/budget one two three"))

    assert [row[:2] for row in last] == [
        ("question", "2"),
        ("end", "1"),
        ("prompt", "3 of 512"),
        ("answer", "at most 128"),
    ]
    assert other[0][1] == "3"
    assert len(context.session.turns) == 1


def test_tokens_shows_a_text_or_the_last_question():
    context = new_context("Why not?")

    of_text, of_question = enter(context, "/tokens a b c"), enter(context, "/tokens")

    assert isinstance(of_text, Tokens)
    assert isinstance(of_question, Tokens)
    assert ([p.source for p in of_text.pieces], of_text.measured.total) == (["a", "b", "c"], 4)
    assert [p.source for p in of_question.pieces] == ["Why", "not?"]


def test_probs_shows_the_last_answer_or_that_of_a_turn():
    context = new_context("one", "two")

    assert enter(context, "/probs") == Confidence(context.session.turns[1])
    assert enter(context, "/probs 1") == Confidence(context.session.turns[0])
    assert enter(context, "/probs 1 all") == Confidence(context.session.turns[0], whole=True)
    for wrong in ("0", "3", "x", "9" * 5000, "1 2"):
        assert "a turn from 1 to 2" in error_of(context, f"/probs {wrong}")


def test_alt_lists_alternatives_and_branches_at_one_of_them():
    context = new_context("one")
    context.engine.answers = (("Paris",), ("Rome", " too"))
    old = context.session.last()

    assert enter(context, "/alt 1") == Alternatives(old, 1)
    assert complete(context, "/alt ") == ["1"]
    assert complete(context, "/alt 1 ") == ["2"]
    shown = enter(context, "/alt 1 2")

    assert isinstance(shown, ShowAnswer)
    assert shown.note == "token 1: Rome (90%) in place of Paris (90%)"
    assert context.session.last().text == "Rome too"
    short, whole = enter(context, "/branches"), enter(context, "/branches all")
    assert [row[4] for row in short.rows] == ["Rome too"]
    assert [row[4] for row in whole.rows] == ["Rome too", "Paris"]
    assert short.note.startswith("1 answer that was continued or left at a token is not listed")
    for wrong in ("x", "0", "1 x", "1 2 3", "9" * 5000):
        assert "expected a token's number and perhaps" in error_of(context, f"/alt {wrong}")
    assert "expected a token from 1 to 2" in error_of(context, "/alt 7")
    assert "is the end of the answer" in error_of(context, "/alt 3")
    assert "an alternative from 1 to 1" in error_of(context, "/alt 1 5")


def test_choose_scores_the_last_question_or_asks_a_new_one():
    context = new_context("one")
    context.engine.logprobs = {"yes": -0.5, "no": -1.0}

    shown = enter(context, "/choose no | yes")
    assert isinstance(shown, ShowAnswer)
    assert shown.then is not None
    scores = shown.then()
    assert isinstance(scores, Scores)
    assert [choice.text for choice in scores.choices] == ["no", "yes"]
    assert len(context.session.turns) == 1

    enter(context, "/score Is it => so? => no | yes")
    assert [(turn.question, turn.text) for turn in context.session.turns] == [("one", "Paris"), ("Is it => so?", "yes")]
    assert "found 1" in error_of(context, "/choose yes")
    assert "/set choose=calibrated changes how they are ranked" in error_of(context, "/choose calibrated")
    assert "choice 2 is empty" in error_of(context, "/choose yes |")
    assert "nothing was asked yet" in error_of(new_context(), "/choose yes | no")


def test_choose_alone_scores_the_choices_of_the_profile():
    context = new_context("one")
    context.session.use(bundled("yesno"))

    shown = enter(context, "/choose")

    assert isinstance(shown, ShowAnswer)
    assert shown.then is not None
    scores = shown.then()
    assert isinstance(scores, Scores)
    assert [choice.text for choice in scores.choices] == ["yes", "no"]


def timed(context: Context, *rates: float) -> None:
    """Set the answers' rates, in tokens per second."""
    for answer, rate in zip(context.session.conversation.answers.values(), rates, strict=True):
        answer.tokens = answer.tokens * 11
        answer.timing = Timing(0.5, 0.01, 0.25, 0.25 + 10 / rate, 100.0 + rate)


def test_stats_cover_all_answers_including_abandoned_ones():
    context = new_context("one", "two", "three")
    timed(context, 10, 20, 40)
    context.session.last().finish = "length"
    context.session.undo(2)

    told = dict(rows(enter(context, "/stats")))

    assert told["answers"] == "3 (1 cut at max_new_tokens)"
    assert told["tokens"] == "6 in, 33 out"
    assert told["first token"] == "0.25 s (median)"
    assert told["tokens per second"] == "20 (median) · ▁▃█ from 10 to 40"
    assert told["peak memory"] == "140 MB · model process"
    assert "scripted on cpu" in told["model"]


def test_stats_have_what_the_line_below_the_last_answer_leaves_out():
    context = new_context("one")
    context.session.last().timing = Timing(first_token_s=0.25, total_s=1.0, reused=True)

    told = dict(rows(enter(context, "/stats")))

    assert told["last answer"] == "2 tokens in · prompt already encoded · first token 0.25 s"


def test_stats_show_the_memory_of_the_current_device():
    context = new_context("one", "two")
    timed(context, 10, 20)
    for answer, device in zip(context.session.conversation.answers.values(), ("cpu", "npu:1"), strict=True):
        answer.card = dataclasses.replace(CARD, device=device)
        answer.timing = Timing(peak_mb={"cpu": 900.0, "npu:1": 300.0}[device])

    assert dict(rows(enter(context, "/stats")))["peak memory"] == "300 MB · npu:1"


def test_stats_name_the_fewest_threads_when_other_programs_used_the_cores():
    context = new_context("one", "two")
    for answer, threads in zip(context.session.conversation.answers.values(), (3, 4), strict=True):
        answer.card = dataclasses.replace(CARD, threads=4)
        answer.timing = Timing(fewest_threads=threads)

    told = dict(rows(enter(context, "/stats")))

    assert told["model"].endswith("4 threads, down to 3 while other programs used the cores")


def test_stats_say_how_many_drafted_tokens_were_right():
    context = new_context("one", "two")
    for answer, drafted in zip(context.session.conversation.answers.values(), (30, 0), strict=True):
        answer.timing = Timing(drafted=drafted, accepted=drafted // 2)

    told = dict(rows(enter(context, "/stats")))

    assert told["prompt lookup"] == "15 tokens copied, of 30 drafted from prompts and answers"


def test_stats_of_answers_without_times_are_shown_too():
    context = new_context("one")
    answer = context.session.last()
    answer.timing, answer.card, answer.tokens = Timing(), None, []

    assert [name for name, _ in rows(enter(context, "/stats"))] == ["answers", "tokens", "total time", "last answer"]
    assert enter(new_context(), "/stats") == "No answers yet."


@given(st.lists(st.floats(0.01, 1e6), min_size=1, max_size=100))
def test_a_sparkline_has_a_mark_for_each_of_the_last_forty_values(values):
    marks, _, words = sparkline(values).partition(" ")

    last = values[-40:]
    assert len(marks) == len(last)
    assert words == f"from {min(last):.0f} to {max(last):.0f}"
    assert max(last) == min(last) or "█" in marks


def test_the_session_table_shows_the_path_and_paused_recording(here):
    context = full_context(here, "one")
    enter(context, "/fork bold")
    enter(context, "/save mine")
    told = dict(rows(enter(context, "/show session")))
    enter(context, "/log off")

    assert (told["name"], told["turns"], told["branch"], told["total answers"]) == ("mine", "1", "bold", "1")
    assert told["path"] == str(context.session.transcript.path)
    assert "paused" in dict(rows(enter(context, "/show session")))["path"]
    assert "recording is off" in dict(rows(enter(new_context(), "/show session")))["path"]


# -- sessions ---------------------------------------------------------------------------------------------------------


def test_sessions_are_listed_searched_and_loaded(here):
    context = full_context(here, "one", "two")
    own = context.session.transcript.path

    listed = rows(enter(context, "/sessions"))
    found = rows(enter(context, "/search bolo"))
    said = enter(context, "/load first-try")
    list(context.session.ask("And then?"))

    assert {row[1] for row in listed} == {"first-try", ""}
    assert found[0][2] == "cook [bolo]gnese?"
    assert "first-try, 1 turn." in str(said)
    assert questions(context) == ["cook bolognese?", "And then?"]
    assert context.session.name == "first-try"
    assert own is not None
    assert "session.end" in own.read_text()


def test_a_loaded_session_has_its_last_profile_and_settings(here):
    context = full_context(here, "one")
    enter(context, "/profile creative")
    enter(context, "/set top_k 9")
    list(context.session.ask("two"))
    enter(context, "/save old")
    enter(context, "/new")
    enter(context, "/profile qa")
    enter(context, "/set top_k 3")

    enter(context, "/load old")

    assert context.session.profile.name == "creative"
    assert (context.session.settings.value("top_k"), context.session.settings.value("temperature")) == (9, 0.9)


def test_settings_of_the_previous_session_do_not_hinder_loading(here):
    context = full_context(here, "one")
    enter(context, "/profile creative")
    list(context.session.ask("two"))
    enter(context, "/save old")
    enter(context, "/new")
    enter(context, "/profile qa")
    enter(context, "/set num_beams 4")

    enter(context, "/load old")

    assert (context.session.profile.name, context.session.settings.value("num_beams")) == ("creative", 1)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("/load frist-try", "Did you mean first-try?"),
        ("/load 99", "no session 99"),
        ("/sessions x", "expected a number of sessions"),
    ],
)
def test_a_missing_session_is_refused_and_the_current_one_continues(here, line, message):
    context = full_context(here, "one")

    assert message in error_of(context, line)
    list(context.session.ask("two"))
    assert questions(context) == ["one", "two"]


def test_the_current_session_cannot_be_loaded(here):
    context = full_context(here, "one")
    enter(context, "/save own")

    assert "the current session" in error_of(context, "/load own")


def test_a_session_in_use_by_another_flanchat_cannot_be_loaded(here):
    context = full_context(here, "one")
    assert context.open_library is not None
    held = Transcript.resume(context.open_library().find("first-try"), whole, sync=lambda fd: None)[0]

    with pytest.raises(StorageError, match="another flanchat"):
        enter(context, "/load first-try")
    assert questions(context) == ["one"]
    held.close("end")


def test_a_new_session_is_empty_and_keeps_the_profile(here):
    context = full_context(here, "one")
    enter(context, "/profile qa")
    before = context.session.transcript.path

    enter(context, "/new second")
    list(context.session.ask("two"))

    assert (questions(context), context.session.profile.name, context.session.name) == (["two"], "qa", "second")
    assert context.session.transcript.path != before
    assert "session name" in error_of(context, "/new Not A Name")


def test_a_conversation_is_exported_and_a_file_only_overwritten_with_force(here):
    context = full_context(here, "one")

    enter(context, "/export talk.md")
    with pytest.raises(StorageError, match="--force"):
        enter(context, "/export talk.md")
    enter(context, "/export talk.md --force")

    assert "one" in (here / "talk.md").read_text()
    assert complete(context, "/export ta") == ["talk.md"]
    assert complete(context, "/export talk.md ") == ["--brief", "--force"]
    assert complete(context, "/export talk.md --brief --force ") == []
    assert "ends in" in error_of(context, "/export talk.doc")


def test_recording_is_paused_and_resumed(here):
    context = full_context(here, "one")

    assert enter(context, "/log") == "Recording is on."
    assert "Recording is paused" in str(enter(context, "/log off"))
    assert "Recording is on. The private turns" in str(enter(context, "/log on"))
    assert "Did you mean" in error_of(context, "/log of")
    assert "--no-log" in error_of(new_context(), "/log off")


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
def working_in(folder: str) -> Iterator[None]:
    before = os.getcwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@examples(150)
@given(
    st.sampled_from([command.name for command in COMMANDS]),
    st.lists(st.sampled_from(WORDS) | st.text(st.characters(exclude_characters="/\\.\n"), max_size=8), max_size=4),
    st.booleans(),
)
def test_a_command_with_any_arguments_works_or_gives_a_message(name, words, asked):
    with tempfile.TemporaryDirectory() as folder, working_in(folder):
        Path("news.txt").write_text("The sea rose.")
        context = rich_context(Path(folder)) if asked else full_context(Path(folder))
        with contextlib.suppress(FlanchatError):
            enter(context, f"/{name} {' '.join(words)}".strip())
        with contextlib.suppress(FlanchatError):
            list(context.session.ask("Does it still work?"))

        assert isinstance(complete(context, f"/{name} {' '.join(words)}"), list)
        context.session.close("end")


# -- paths ------------------------------------------------------------------------------------------------------------

SPELLINGS = {
    "in quotes": "'{folder}/my {name}'",
    "with a backslash": "{folder}/my\\ {name}",
    "from home": "~/my\\ {name}",
    "dropped": "file://{folder}/my%20{name}",
}
TAKE_A_PATH = {
    "/file": "note.txt", "/run": "note.txt", "/export": "out.md", "/profile": "one.yaml", "/profile edit": "one.yaml",
    "/profile diff": "one.yaml", "/profile diff mine": "one.yaml", "/compare last": "one.yaml",
    "/replay": "talk.jsonl", "/replay --profile": "one.yaml", "/whatif profile=": "one.yaml", "/model": "model",
}  # fmt: skip


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("command", TAKE_A_PATH)
def test_every_command_takes_a_path_as_shells_and_terminals_give_it(here, tiny_model, command, spelling):
    context = full_context(here, "Why?")
    context.environ = {"HOME": str(here)}
    context.open_engine = lambda name, device: ScriptedEngine(source=resolve(name, context.environ))
    (here / "my model").symlink_to(tiny_model)
    (here / "my note.txt").write_text("What?\n")
    (here / "my one.yaml").write_text("prefix: Be brief.\n")
    written = context.session.transcript.path
    assert written is not None
    shutil.copy(written, here / "my talk.jsonl")

    path = SPELLINGS[spelling].format(folder=here, name=TAKE_A_PATH[command])
    enter(context, command + path if command.endswith("=") else f"{command} {path}")

    assert sorted(path.name for path in here.glob("*my*")) == sorted(
        ["my model", "my note.txt", "my one.yaml", "my talk.jsonl", *(["my out.md"] if command == "/export" else [])]
    )


def test_a_picked_choice_does_not_suggest_to_sample():
    context = new_context()
    enter(context, "/profile sentiment")
    shown = enter(context, "/whatif temperature=0.5 I loved it.")
    assert isinstance(shown, ShowGrid)
    list(shown.grid.cells())
    context.grid = shown.grid

    assert "do_sample" not in str(enter(context, "/pick 2"))


def test_a_variable_takes_the_text_of_a_file_and_keeps_it(here):
    context = full_context(here)
    enter(context, "/profile passage")

    said = enter(context, "/var passage=@news.txt")
    prompts = [context.session.compile(question).text for question in ("Why?", "When?")]

    assert said == "passage = The sea rose."
    assert [prompt.count("The sea rose.") for prompt in prompts] == [1, 1]
    assert complete(context, "/var passage=@ne") == ["passage=@news.txt"]
    assert enter(context, "/var passage=@@home") == "passage = @home"
    assert "no.txt: No such file" in error_of(context, "/var passage=@no.txt")


def test_an_attached_file_says_what_keeps_it(here):
    context = full_context(here)
    enter(context, "/profile passage")

    assert str(enter(context, "/file news.txt")).endswith("/var passage=@news.txt keeps it for all questions.")


def test_answers_are_rated_and_noted_by_turn():
    context = new_context("one", "two", "three")

    said = [enter(context, line) for line in ("/rate bad", "/rate 1 4", "/note 2 too short")]
    reviewed = rows(enter(context, "/rate"))
    enter(context, "/rate 1 none")
    enter(context, "/note 2 none")

    assert said == ["Rated bad: Paris", "Rated 4: Paris", "Noted: Paris"]
    assert reviewed == [
        ("1", "4", "", "one", "Paris"), ("2", "", "too short", "two", "Paris"), ("3", "bad", "", "three", "Paris"),
    ]  # fmt: skip
    assert [row[0] for row in rows(enter(context, "/note"))] == ["3"]
    assert [row[-1] for row in rows(enter(context, "/history"))] == ["", "", "bad"]


def test_a_seed_that_was_for_votes_turns_sampling_on_once_there_are_none():
    context = new_context()

    assert enter(context, "/set vote=4 seed=1") == "vote = 4, seed = 1"
    assert enter(context, "/unset vote") == "vote = 1 (from default); sampling is on"
    assert enter(context, "/set vote 3") == "vote = 3"


@pytest.mark.parametrize("line", ["/probs 9", "/why 9", "/rate 9 good", "/note 9 odd", "/compare 1 2"])
def test_without_a_turn_the_number_of_one_is_no_range_from_1_to_0(line: str):
    assert error_of(new_context(), line) == "nothing was asked yet"


def test_a_rating_names_what_is_possible():
    assert error_of(new_context("one"), "/rate god") == ("/rate god: expected good, bad, a number from 1 to 5, or none")
    assert error_of(new_context(), "/rate good") == "nothing was asked yet"
    assert str(enter(new_context("one"), "/rate")).startswith("No answer is rated yet")
