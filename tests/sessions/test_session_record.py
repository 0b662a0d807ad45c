"""A conversation read back from its transcript is the one that was written; what else a file may hold never raises."""

from __future__ import annotations

import dataclasses
import json
import tempfile
import tracemalloc
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flanchat.base.errors import BudgetError, EngineError, FlanchatError, UsageError
from flanchat.engine.events import Alternative, Delta, Event, Measured, Request, Token, Warned
from flanchat.engine.scripted import ScriptedEngine
from flanchat.experiments.axes import read_axes
from flanchat.experiments.grid_session import GridSession
from flanchat.prompting.profile import Profile
from flanchat.prompting.profile_folders import profile_names
from flanchat.prompting.settings import SETTINGS, Settings
from flanchat.sessions.conversation import Conversation
from flanchat.sessions.deserialization import FINISHES, profile_from, settings_from
from flanchat.sessions.serialization import answer_record, prompt_record
from flanchat.sessions.session import Session
from flanchat.sessions.session_record import SessionRecord, read_session, record_of
from flanchat.sessions.transcript import NoTranscript, Transcript
from flanchat.sessions.transcript_reader import open_events
from tests.examples import examples
from tests.profiles import BUNDLED, bundled
from tests.transcripts import read
from tests.work import calls_of


@dataclass(slots=True)
class Choosy(ScriptedEngine):
    """Numbers its answers, reports alternatives and warns of every question, cuts each answer after four words."""

    def measure(self, parts: Sequence[str]) -> Measured:
        counted = ScriptedEngine.measure(self, parts)
        return dataclasses.replace(counted, warnings=(Warned("unk", 2, "{日"),))

    def stream(self, requests: Sequence[Request]) -> Iterator[Event]:
        number = len(self.asked)
        self.answers = [[f" n{number}n"] + [f" w{n}" for n in range(9)]] * (number + 1)
        for event in ScriptedEngine.stream(self, requests):
            tokens = event.tokens if isinstance(event, Delta) else ()
            top = (Alternative(3, "é\n", -0.25), Alternative(9, "<extra_id_0>", -2.5))
            chosen = tuple(Token(token.id, token.text, -0.5, top) for token in tokens)
            yield dataclasses.replace(event, tokens=chosen) if isinstance(event, Delta) else event


MOVES = (
    "ask",
    "ask",
    "ask",
    "regen",
    "continue",
    "pick",
    "stop",
    "fail",
    "too long",
    "undo",
    "redo",
    "clear",
    "fork",
    "switch",
)
moves = st.lists(
    st.tuples(st.sampled_from([*MOVES, "edit", "set", "use", "call", "off", "on"]), st.integers(0, 9)), max_size=14
)


def moved(session: Session, move: str, number: int, label: str = "") -> None:
    """One move; those that the session refuses change nothing. label: stands in every question."""
    engine, turns = session.engine, session.turns
    assert isinstance(engine, Choosy)
    try:
        if move == "regen" and turns:
            list(session.regenerate({"top_k": number}))
        elif move == "continue":
            list(session.continue_answer())
        elif move == "pick":
            axes, question = read_axes("profile=qa,fewshot top_k=5 " + (f"varied? {label}" if number % 2 else ""))
            grid = GridSession(
                session,
                axes,
                question,
                profiles=bundled,
                open_model=lambda name: nullcontext(engine),
            )
            list(grid.cells())
            if number < 8:
                grid.pick(1 + number % len(grid.grid.cells))
        elif move == "stop":
            events = session.ask(f"stopped? {label}")
            for _ in range(number):
                next(events, None)
            events.close()
        elif move == "fail":
            engine.before = lambda at: (_ for _ in ()).throw(EngineError("broken")) if at == number % 3 else None
            list(session.ask(f"failing? {label}"))
        elif move == "too long":
            list(session.ask(f"word {label} " * 600))
        elif move in ("undo", "redo"):
            getattr(session, move)(1 + number % 3)
        elif move == "edit" and turns:
            session.edit(1 + number % len(turns))
            list(session.ask(f"edited {number}? {label}"))
        elif move == "switch":
            session.switch(str(1 + number % len(session.conversation.branches())))
        elif move == "set":
            session.settings = session.settings.update("/set", {"max_new_tokens": 1 + number, "stop": ["w7"]})
        elif move == "use":
            session.use(bundled(profile_names(BUNDLED)[number]))
        elif move == "call":
            session.call(f"name-{number}")
        elif move in ("off", "on"):
            session.log(move == "on")
        elif move in ("clear", "fork"):
            getattr(session, move)()
        else:
            list(session.ask(f"question {number}? {label}", changes={"turns": 2} if number > 5 else None))
    except FlanchatError:
        pass
    finally:
        engine.before = lambda at: None


def written(done: Sequence[tuple[str, int]]) -> tuple[Session, SessionRecord, str]:
    """A session after these moves, what its file tells, and the file."""
    with tempfile.TemporaryDirectory() as folder:
        transcript = Transcript.create(Path(folder), host={}, sync=lambda fd: None)
        plain = bundled("plain")
        session = Session(Choosy(), plain, Settings().update("/set", {"max_new_tokens": 4}), transcript)
        for move, number in done:
            moved(session, move, number)
        session.close("end")
        if not transcript.path.exists():
            return session, SessionRecord(), ""
        reading = read(transcript.path)
        return session, read_session(reading.events, reading.problems), transcript.path.read_text()


def everything(conversation: Conversation) -> list[dict[str, Any]]:
    """All that must come back, of each answer in the order they were given."""
    return [
        {
            "id": a.id, "before": a.previous_id, "asked": a.question_id, "question": a.question,
            "text": a.text, "short": a.short,
            "finish": a.finish, "message": a.message, "seed": a.seed, "tokens": a.tokens, "profile": a.profile,
            "settings": a.settings.as_dict(), "continues": a.continues, "prompt": a.prompt.text, "in": a.prompt.tokens,
            "limit": a.prompt.limit, "warnings": a.prompt.warnings, "sha": a.prompt.ids_sha256,
            "segments": [(s.kind, s.ref, s.tokens, s.kept, s.reason) for s in a.prompt.segments],
            "card": a.card and (a.card.name, a.card.device, a.card.precision, a.card.weights_sha256),
            "times": [round(t or 0, 6) for t in (a.timing.encode_s, a.timing.first_token_s, a.timing.total_s)],
        }
        for a in conversation.answers.values()
    ]  # fmt: skip


@examples(120)
@given(moves.map(lambda done: [move for move in done if move[0] not in ("off", "on")]))
@example([("ask", 0), ("pick", 2), ("switch", 1), ("continue", 0)])  # a picked cell's prompt is another
def test_a_session_read_back_equals_the_conversation_that_was_recorded(done):
    session, record, _ = written(done)

    assert record.problems == ()
    assert everything(record.conversation) == everything(session.conversation)
    assert [turn.id for turn in record.conversation.turns] == [turn.id for turn in session.turns]
    assert (record.conversation.head, record.conversation.branch) == (
        session.conversation.head,
        session.conversation.branch,
    )
    assert record.conversation.ends == session.conversation.ends
    assert record.name == session.name
    if session.conversation.answers:
        assert record.session == session.transcript.session
    used = [move for move, __ in done if move in ("use", "set", "ask", "pick")]
    if record.profile is not None and used[-1:] in (["ask"], ["pick"]) and session.turns:
        assert record.profile == dataclasses.replace(session.profile, source="", path=None)
        assert record.settings.as_dict() == session.settings.as_dict()


@examples(120)
@given(moves, st.integers(0, 13))
@example([("ask", 0), ("continue", 0), ("switch", 1), ("continue", 0)], 2)  # a private answer repeats a recorded one
def test_private_turns_leave_no_word_on_disk_and_break_nothing_that_was_recorded(done, at):
    done = [*done[:at], ("off", 0), ("ask", 0), *done[at:], ("on", 0), ("ask", 1)]
    with tempfile.TemporaryDirectory() as folder:
        transcript = Transcript.create(Path(folder), host={}, sync=lambda fd: None)
        session = Session(Choosy(), bundled("plain"), Settings(), transcript)
        session.settings = session.settings.update("/set", {"max_new_tokens": 4, "turns": 3})
        made_privately: set[str] = set()
        for step, (move, number) in enumerate(done):
            known, logging = set(session.conversation.answers), session.logging
            moved(session, move, number, f"step{step}end")
            made_privately |= set() if logging else set(session.conversation.answers) - known
        session.close("end")
        reading = read(transcript.path)

    record, text = read_session(reading.events, reading.problems), json.dumps(reading.events)
    ids = {event["id"]: event["type"] for event in reading.events}
    private = [a for id, a in session.conversation.answers.items() if id not in ids]
    assert made_privately <= {answer.id for answer in private}
    recorded = {a.text for id, a in session.conversation.answers.items() if id in ids}
    generated = [a for a in private if a.text and not a.choices]  # a choice stands in its recorded profile
    assert [a.text for a in generated if a.text in text and a.text not in recorded] == []  # two may be the same
    assert [event for event in reading.events if str(event.get("answer")) in made_privately] == []
    assert [a.question for a in private if a.question_id not in ids and a.question in text] == []
    assert [event for event in reading.events if event["parent"] is not None and event["parent"] not in ids] == []
    assert {ids.get(e["parent"]) for e in reading.events if e["type"] == "user"} <= {None, "answer"}
    assert {ids.get(e["to"]) for e in reading.events if e["type"] == "head"} <= {None, "answer"}
    assert record.problems == ()
    assert len([note for note in record.notes if "recording" in note]) >= 2
    assert record.conversation.branch == session.conversation.branch
    assert [t.id for t in record.conversation.turns] == [t.id for t in session.turns if t.id in ids]


# -- what a file may hold ---------------------------------------------------------------------------------------------

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.integers(10**300, 10**310),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
EVENTS = written(
    [("ask", 0), ("regen", 1), ("use", 3), ("ask", 2), ("clear", 0), ("too long", 0), ("fork", 0), ("call", 1)]
)
LINES = [json.loads(line) for line in EVENTS[2].splitlines()]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value inside a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inner:
        yield (*path, key)
        yield from places(part, (*path, key))


PLACES = [
    (number, path)
    for number, event in enumerate(LINES)
    for path in places(event)
    if path[0] not in ("type", "id", "n", "parent")
]


def used(record: SessionRecord) -> None:
    """Do with a record what a session does with it; only a refusal in words may come out."""
    session = Session(ScriptedEngine(), Profile("p"), Settings(), NoTranscript())
    session.move_to(NoTranscript(), record)
    for answer in record.conversation.answers.values():
        assert answer.finish in FINISHES
        json.dumps([answer_record(answer), prompt_record(answer.prompt)])
        answer.timing.decode_tps(len(answer.tokens))
    session.conversation.branches()
    try:
        if record.profile is not None:
            session.use(record.profile)
        list(session.ask("And now?"))
    except FlanchatError:
        pass


@examples(120)
@given(st.lists(st.tuples(st.sampled_from(PLACES), json_values), min_size=1, max_size=4))
def test_a_hand_edited_file_is_read_without_an_error(changes):
    events = json.loads(json.dumps(LINES))
    for (number, path), value in changes:
        place = events[number]
        try:
            for key in path[:-1]:
                place = place[key]
            place[path[-1]] = value
        except (LookupError, TypeError):  # an earlier change took the place away
            continue

    used(read_session(events))


@examples(120)
@given(
    st.lists(
        st.builds(
            lambda kind, id, parent, fields: {**fields, "type": kind, "id": str(id), "parent": parent, "n": 1},
            st.sampled_from([line["type"] for line in LINES]) | st.text(max_size=5),
            st.integers(0, 3),
            st.none() | st.sampled_from("0123"),
            st.dictionaries(
                st.sampled_from(sorted({key for line in LINES for key in line})) | st.text(max_size=5), json_values
            ),
        ),
        max_size=8,
    )
)
def test_events_of_any_kind_in_any_order_are_read_without_an_error(events):
    used(read_session(events))


@examples(100)
@given(st.sets(st.integers(0, len(LINES) - 1)), st.randoms())
def test_a_file_with_lost_and_moved_lines_is_read_as_far_as_it_goes(lost, random):
    events = [event for number, event in enumerate(LINES) if number not in lost]
    random.shuffle(events)

    record = read_session(events)

    used(record)
    texts = {line["text"] for line in LINES if line["type"] == "answer"}
    assert {answer.text for answer in record.conversation.answers.values()} <= texts | {"Paris"}


@pytest.mark.parametrize("number", ["1e999", "-1e999", "NaN", "1" + "0" * 400])
def test_numbers_outside_the_range_of_floats_become_zero_or_unknown(number):
    text = json.dumps(next(line for line in LINES if line["type"] == "answer"))
    for name in ("total_ms", "peak_mb", "lp", "load_ms", "first_token_ms"):
        text = text.replace(f'"{name}": ', f'"{name}": {number}, "was": ')
    text = text.replace('"alt": [[', f'"alt": [[{number}, {number}, "x"], [')

    record = read_session([{"type": "user", "id": "u", "parent": None}, {**json.loads(text), "parent": "u"}])

    [answer] = record.conversation.answers.values()
    assert answer.timing.total_s == answer.timing.peak_mb == 0
    assert [str(token.logprob) for token in answer.tokens] == ["nan"] * 4  # zero would be certainty
    assert [len(token.top) for token in answer.tokens] == [2] * 4


def test_alternatives_as_earlier_versions_wrote_them_are_read():
    event = {"type": "answer", "id": "a", "parent": "u", "tok": [{"id": 5, "s": "x", "lp": -0.5, "alt": [[7, -1.0]]}]}

    [answer] = read_session([{"type": "user", "id": "u", "parent": None}, event]).conversation.answers.values()

    assert answer.tokens == [Token(5, "x", -0.5, (Alternative(7, "", -1.0),))]


def test_the_file_names_each_alternative_by_id_chance_and_text():
    [answer, *_] = [line for line in LINES if line["type"] == "answer"]

    assert answer["tok"][0] == {"id": 0, "s": " n0n", "lp": -0.5, "alt": [[3, -0.25, "é\n"], [9, -2.5, "<extra_id_0>"]]}


def test_an_unanswered_question_is_listed_with_its_error():
    _, record, _ = written([("ask", 0), ("too long", 0)])

    [(question, why)] = record.unanswered
    assert question.split()[0] == "word"
    assert "tokens" in why


def test_a_session_record_names_the_last_profile_and_when_it_began():
    record = EVENTS[1]

    assert record.profile is not None
    assert record.profile.name == profile_names(BUNDLED)[3]
    assert (record.name, record.started, record.app_version) == ("name-1", LINES[0]["ts"], LINES[0]["app_version"])
    assert [answer.at for answer in record.conversation.answers.values()] == [
        line["ts"] for line in LINES if line["type"] == "answer"
    ]


# -- profiles and settings --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", profile_names(BUNDLED))
def test_a_bundled_profile_comes_back_from_its_record(name):
    profile = bundled(name)
    record = json.loads(json.dumps(profile.as_dict()))

    assert profile_from(record, record["sha256"]) == dataclasses.replace(profile, path=None, source="")


@examples(300)
@given(st.sampled_from(profile_names(BUNDLED)), st.data())
def test_a_profile_with_a_field_of_another_type_works_or_is_none(name, data):
    record = json.loads(json.dumps(bundled(name).as_dict()))
    path = data.draw(st.sampled_from(list(places(record))))
    place = record
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = data.draw(json_values | st.sampled_from(["{{input}}", "{{nobody}} {{input}}", "choice", "qa"]))

    profile = profile_from(record, "")

    if profile is not None:
        session = Session(ScriptedEngine(), Profile("p"), Settings(), NoTranscript())
        try:
            session.use(profile)
            list(session.ask("Why?"))
        except (UsageError, BudgetError):
            pass
        json.dumps(profile.as_dict())


@pytest.mark.parametrize("record", [{}, {"name": 5}, {"name": "x", "shots": 5}, {"name": "x", "vars": {"a": 1}}])
def test_an_invalid_profile_is_none(record):
    assert profile_from(record, "") is None


def test_unknown_and_invalid_settings_are_ignored():
    values = {"decode.top_k": 5, "decode.top_p": 7, "decode.gone": 1, "decode.stop": "x", "post.strip": "yes"}

    read_back = settings_from(values).as_dict()

    changed = {name: value for name, value in read_back.items() if value != Settings().value(name)}
    assert changed == {"decode.top_k": 5, "decode.stop": ("x",)}


def test_settings_that_clash_become_the_defaults():
    assert settings_from({"decode.num_beams": 4, "decode.do_sample": True}) == Settings()


@given(st.dictionaries(st.sampled_from([s.name for s in SETTINGS]) | st.text(max_size=3), json_values))
def test_any_recorded_settings_give_settings(values):
    assert set(settings_from(values).as_dict()) == {setting.name for setting in SETTINGS}


# -- long sessions ----------------------------------------------------------------------------------------------------


def file_of(folder: Path, turns: int, tokens: int = 16) -> Path:
    words = [f" w{n}" for n in range(tokens)]
    transcript = Transcript.create(folder, host={}, sync=lambda fd: None)
    session = Session(ScriptedEngine([words], others=words[:4]), Profile("plain"), Settings(), transcript)
    for _ in range(turns):
        deque(session.ask("Hello?"), maxlen=0)
    session.close("exit")
    return transcript.path


def read_record(path: Path) -> SessionRecord:
    with open_events(path) as events:
        return record_of(events)


def test_a_session_in_memory_is_at_most_twice_the_size_of_its_file_also_while_it_is_read(tmp_path: Path):
    path = file_of(tmp_path, 100)
    read_record(path)  # imports and caches

    tracemalloc.start()
    try:
        record = read_record(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert len(record.conversation.turns) == 100
    assert peak < 2 * path.stat().st_size


def test_the_tokens_of_a_recorded_answer_are_made_when_they_are_looked_at(tmp_path: Path):
    short, long = (file_of(tmp_path / str(tokens), 1, tokens) for tokens in (5, 100))

    assert calls_of(lambda: read_record(short)) == calls_of(lambda: read_record(long))
    assert [len(read_record(path).conversation.turns[0].tokens[0].top) for path in (short, long)] == [4, 4]


def test_questions_that_follow_each_other_in_a_circle_end_where_the_file_begins():
    """As a damaged file may have them."""
    events = [
        {"type": "user", "id": "u1", "parent": "a2", "text": "first"},
        {"type": "answer", "id": "a1", "parent": "u1", "text": "one"},
        {"type": "user", "id": "u2", "parent": "a1", "text": "second"},
        {"type": "answer", "id": "a2", "parent": "u2", "text": "two"},
    ]

    assert [turn.text for turn in read_session(events).conversation.turns] == ["one", "two"]
