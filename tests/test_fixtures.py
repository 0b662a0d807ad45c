"""What an earlier version wrote is still read: sessions, profiles, configuration, history, sweeps, JSON for scripts.

The README.md in each folder of `tests/fixtures/` says how its files were made.
"""

from __future__ import annotations

import ast
import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from flanchat.engine.scripted import ScriptedEngine
from flanchat.experiments.card import read_card
from flanchat.experiments.prompt_file import read_prompts
from flanchat.experiments.replay import Replay
from flanchat.experiments.replay_plan import Overrides
from flanchat.experiments.sweep import axes, plan_sweep, variants
from flanchat.experiments.sweep_run import SweepRun
from flanchat.prompting.config import load_config
from flanchat.prompting.profile import Profile
from flanchat.prompting.profile_reader import find_profile
from flanchat.prompting.prompt import Exchange
from flanchat.prompting.settings import Settings
from flanchat.prompting.setup import Setup
from flanchat.sessions.exported import exported_events
from flanchat.sessions.input_history import InputHistory
from flanchat.sessions.session_record import SessionRecord, read_session
from tests.conftest import Flanchat
from tests.transcripts import read

FIXTURES = Path(__file__).parent / "fixtures" / "0.1.0"
SESSION = next((FIXTURES / "sessions").glob("*.jsonl"))
PROFILES = (FIXTURES / "profiles", FIXTURES / "bundled")
# What later versions have added has its default: settings, and fields of a profile.
SETTINGS_NOW = json.loads(json.dumps(Settings().as_dict()))
PROFILE_NOW = json.loads(json.dumps(Profile("").as_dict()))


@pytest.fixture(scope="module")
def record() -> SessionRecord:
    reading = read(SESSION)
    return read_session(reading.events, reading.problems)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The files of 0.1.0 where a flanchat that runs in `tmp_path` looks for its own."""
    copies = {
        "sessions": "state/flanchat/sessions",
        "profiles": "config/flanchat/profiles",
        "bundled": "config/flanchat/profiles",
        "config.yaml": "config/flanchat/config.yaml",
        "capitals.csv": "capitals.csv",
        "answers.jsonl": "answers.jsonl",
    }
    for name, place in copies.items():
        private_copy(FIXTURES / name, tmp_path / place)
    return tmp_path


def private_copy(source: Path, target: Path) -> Path:
    """A copy as flanchat makes its files, which a checkout is not: for the owner alone."""
    for path in [source, *source.rglob("*")]:
        copy = target / path.relative_to(source)
        if path.is_file():
            copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
            copy.chmod(0o600)
    return target


def events(kind: str) -> list[dict[str, Any]]:
    return [event for event in read(SESSION).events if event["type"] == kind]


# The session


def test_every_line_of_an_old_session_is_read(record: SessionRecord):
    assert record.problems == ()
    assert (record.name, record.app_version, record.started) == ("zoo", "0.1.0", "2026-11-30T02:13:50.328Z")


def test_turns_and_branches_of_an_old_session_are_read(record: SessionRecord):
    conversation = record.conversation

    assert [(answer.question, answer.text) for answer in conversation.turns] == [
        ("How many legs has a cow?", "4"),
        ("And a spider?", "arachnid"),
    ]
    assert conversation.branch == "main"
    assert [(branch.name, branch.turns) for branch in conversation.branches()[:3]] == [
        ("main", 2),
        ("recipes", 2),
        ("sums", 11),
    ]
    assert len(conversation.answers) == 17


def test_answers_of_every_kind_are_read_from_an_old_session(record: SessionRecord):
    answers = {answer.question: answer for answer in record.conversation.answers.values()}
    recipe, sum_, apples = (
        answers[question]
        for question in (
            "A step by step recipe to make bolognese pasta:",
            "What is 23 + 48?",
            "Tom has 12 apples. He buys 7 more. How many apples does Tom have?",
        )
    )
    cut, mood = record.conversation.answers[recipe.continues], answers["I have lost my keys again {really}."]
    stopped = answers["List the days of the week."]

    assert recipe.text.startswith(cut.text)
    assert (cut.finish, len(cut.tokens), len(recipe.tokens)) == ("length", 16, 32)
    assert len(sum_.tokens[0].top) == 5
    assert record.forced == {apples.id: 1}
    assert mood.shares == pytest.approx({"glad": 0.559, "sad": 0.419, "neither": 0.022}, abs=0.001)
    assert [(warned.kind, warned.count) for warned in mood.prompt.warnings] == [("unk", 2), ("newline", 13)]
    assert (stopped.finish, len(stopped.tokens)) == ("interrupted", 40)
    assert stopped.card is not None
    assert (stopped.card.name, stopped.card.device, stopped.card.precision) == ("demo", "cpu", "float16")
    regenerated = [a for a in record.conversation.answers.values() if a.question == "What is the capital of France?"]
    assert [(a.settings.value("do_sample"), a.seed) for a in regenerated] == [(False, 7), (True, 5)]


def test_profile_settings_and_variables_of_an_old_session_are_in_force_again(record: SessionRecord):
    assert record.profile is not None
    assert (record.profile.name, record.profile.template) == ("qa", "qa")
    assert {name: record.settings.value(name) for name in ("temperature", "top_k", "seed", "turns", "stop")} == {
        "temperature": 0.9, "top_k": 20, "seed": 7, "turns": 0, "stop": ("###", "Q:")
    }  # fmt: skip
    [place] = [answer for answer in record.conversation.answers.values() if answer.question == "Bern"]
    assert record.setups[place.id].variables == {"age": "10", "tone": "poetic"}


def test_grids_notes_and_errors_of_an_old_session_are_read(record: SessionRecord):
    first, second, compared = record.grids

    assert (first.question, first.axes) == (
        "What is the capital of Germany?",
        "temperature=0,0.9 profile=plain,chat seed=1,2,3",
    )
    assert first.answers["Berlin"] == [(6, "seed=2")]
    assert sorted(cell for cells in second.answers.values() for cell, _ in cells) == [1, 2, 3, 4]
    assert compared.axes == "profile=qa,fewshot"
    assert record.notes == ["recording was switched off", "recording was switched on again"]
    [(question, problem)] = record.unanswered
    assert question.startswith("Which of the many animals")
    assert "33 tokens" in problem


def test_an_old_session_is_listed_found_and_exported_as_it_was(flanchat: Flanchat, home: Path):
    [listed] = [json.loads(line) for line in flanchat("sessions", "list", "--json").out.splitlines()]
    found = flanchat("sessions", "search", "spider").out
    exported = flanchat("sessions", "export", "zoo", "now.json")

    assert (listed["name"], listed["turns"], listed["grids"]) == ("zoo", 2, 3)
    assert "And a [spider]?" in found
    assert exported.status == 0
    then, now = (json.loads(path.read_text()) for path in (FIXTURES / "json" / "export.json", home / "now.json"))
    then["profile"] = PROFILE_NOW | then["profile"]
    for answer, exported_now in zip(then["answers"], now["answers"], strict=True):
        answer["settings"] = SETTINGS_NOW | answer["settings"]
        for added in exported_now.keys() - answer.keys():
            del exported_now[added]
    assert now == then | {"exported_by": now["exported_by"], "whys": []}


def test_an_old_session_is_replayed_with_its_recorded_prompts_seeds_and_tokens(record: SessionRecord):
    engine = ScriptedEngine()
    replay = Replay(record, FIXTURES, Overrides(), "held", lambda card: engine, everything=True)

    list(replay.run())

    answers = list(record.conversation.answers.values())
    written = [answer for answer in answers if not answer.choices]
    assert [turn.old for turn in replay.turns] == answers
    for answer, request in zip(written, [request for request in engine.asked if not request.only], strict=True):
        assert (request.prompt, request.decoding.seed) == (answer.prompt.text, answer.seed)
        assert request.begin == tuple(token.id for token in answer.tokens[: record.forced.get(answer.id, 0)])


# Profiles and configuration


@pytest.mark.parametrize("name", ["animals", "guide", "mood", "colours"])
def test_an_old_profile_is_read_as_it_was_read_then(name: str):
    recorded = [event["content"] for event in events("profile.use") if event["name"] == name]

    assert json.loads(json.dumps(find_profile(name, PROFILES).as_dict())) == PROFILE_NOW | recorded[-1]


@pytest.mark.parametrize("name", ["animals", "guide", "mood"])
def test_an_old_profile_makes_the_prompts_that_it_made_then(record: SessionRecord, name: str):
    answers = [a for a in record.conversation.answers.values() if a.profile == name and not a.continues]

    assert answers
    for answer in answers:
        recorded = record.setups[answer.id]
        setup = Setup(find_profile(name, PROFILES), recorded.settings, recorded.variables)
        earlier = [Exchange(turn.question, turn.text) for turn in record.conversation.path_to(answer.previous_id)]
        compiled = setup.compile(answer.question, earlier, ScriptedEngine().measure, seed=answer.seed)
        assert compiled.text == answer.prompt.text


def test_an_old_configuration_is_read():
    config = load_config({"FLANCHAT_CONFIG": str(FIXTURES / "config.yaml")})

    assert (config.profile, config.model, config.device, config.lang, config.editing) == (
        "animals", "demo", "cpu", "en", "vi"
    )  # fmt: skip
    assert config.settings == {
        "history.turns": 2, "budget.max_input_tokens": 384, "budget.on_overflow": "refuse",
        "decode.max_new_tokens": 40, "decode.seed": 7, "decode.stop": ("###",),
        "post.strip": True, "display.probs": False,
    }  # fmt: skip


def test_an_old_input_history_is_read(tmp_path: Path):
    assert InputHistory(private_copy(FIXTURES / "history.jsonl", tmp_path / "history.jsonl")).load() == [
        "How old is the moon?",
        "/set temperature=0.8",
        'Say "café" and 你好 in one line.',
        "first line\nsecond line",
        "/profile plain",
    ]


# What scripts read


def test_an_old_sweep_has_nothing_left_to_ask_of_the_model_that_began_it(home: Path):
    config = load_config({"FLANCHAT_CONFIG": str(FIXTURES / "config.yaml")})
    profiles = [find_profile(name, PROFILES) for name in ("plain", "qa")]
    common = Settings().with_layer("config", config.settings)
    setups = [Setup(one, common.with_layer(f"profile {one.name}", one.settings)) for one in profiles]
    given = axes([("do_sample", "true"), ("temperature", "0.5,1"), ("seed", "3")])
    rows = read_prompts("capitals.csv", (home / "capitals.csv").read_bytes()).rows
    model = json.loads((home / "answers.jsonl").read_text().splitlines()[0])["model"]
    weights = model["weights_sha"], model["tokenizer_sha"]
    plan = plan_sweep(rows, variants(setups, given), ScriptedEngine(), weights)

    with closing(SweepRun(plan, home / "answers.jsonl", print, datetime.now)) as run:
        assert run.is_complete
        assert len(run.done) == 12


SWEEP = "sweep", "capitals.csv", "-p", "plain,qa", "-o", "do_sample=true", "-o", "temperature=0.5,1", "--seed", "3"


def test_an_old_sweep_is_not_continued_with_other_weights(flanchat: Flanchat, home: Path):
    ended = flanchat(*SWEEP, "--out", "answers.jsonl")

    assert (ended.status, "another sweep: its model" in ended.err) == (2, True)
    assert (home / "answers.jsonl").read_bytes() == (FIXTURES / "answers.jsonl").read_bytes()


def test_the_summary_of_a_sweep_has_the_fields_that_it_had(flanchat: Flanchat, home: Path):
    ended = flanchat(*SWEEP, "--out", "new.jsonl", "--json")

    assert ended.status == 0, ended.err
    assert keys_then("sweep") <= set(keys(json.loads(ended.out)))


COMMANDS = {
    "ask": ("ask", "-p", "mood", "--no-log", "I am glad."),
    "whatif": (
        "whatif", "-p", "qa", "--no-log", "temperature=0,0.9", "seed=1..2", "What is the capital of France?"
    ),
    "replay": ("replay", "zoo", "--profile", "plain"),
}  # fmt: skip


@pytest.mark.parametrize("name", COMMANDS)
def test_every_key_that_a_command_printed_as_json_is_still_there(flanchat: Flanchat, home: Path, name: str):
    printed = json.loads(flanchat(*COMMANDS[name], "--json").out)

    assert keys_then(name) <= set(keys(printed))


# What was written later


LATER = FIXTURES.with_name("0.1.0-later")


@pytest.fixture(scope="module")
def later() -> SessionRecord:
    reading = read(min((LATER / "sessions").glob("*.jsonl")))
    return read_session(reading.events, reading.problems)


def test_reviews_votes_beams_cuts_and_calibration_of_an_old_session_are_read(later: SessionRecord):
    liked, cold, voted, searched, picked, cut, *__, last = later.conversation.answers.values()

    assert later.problems == ()
    assert [(answer.rating, answer.notes) for answer in (liked, cold, last)] == [
        ("good", ("short and right",)), ("2", ("not sure about this one", "seen twice")), ("good", ())
    ]  # fmt: skip
    assert (cold.settings.value("choose"), round(cold.shares["negative"], 3)) == ("calibrated", 0.964)
    assert voted.vote is not None
    assert (len(voted.candidates), voted.vote.words) == (4, "1 of 4 agrees")
    assert (len(searched.candidates), picked.picked, picked.text) == (3, 2, searched.candidates[1].text)
    assert [(part.cut, part.cut_at) for part in cut.prompt.segments if part.cut] == [(7, "end")]


def test_fills_and_reasons_of_an_old_session_are_read(later: SessionRecord):
    [fill], [[why]] = later.fills, later.whys.values()

    assert (fill.text, len(fill.sentences)) == ("The <1> sat on the <2>.", 5)
    assert [(effect.kind, effect.ref) for effect in why.effects] == [
        ("shot", 1), ("shot", 2), ("shot", 3), ("question", 0), ("cue", 0), ("shot", 0)
    ]  # fmt: skip
    assert (why.effects[3].change < -6, why.effects[3].instead) == (True, " Peru")


def test_an_old_export_has_the_answers_of_its_session(later: SessionRecord):
    events = exported_events((LATER / "export.json").read_text())
    assert events is not None

    exported = read_session(events)

    told = [[(a.question, a.text, a.finish, list(a.tokens)) for a in r.conversation.answers.values()]
            for r in (exported, later)]  # fmt: skip
    assert told[0] == told[1]


@pytest.mark.parametrize(("name", "answers"), [("card", 8), ("sweep-card", 4)])
def test_an_old_card_is_whole(name: str, answers: int):
    card = read_card((LATER / f"{name}.json").read_text())

    assert (card.is_edited, len(card.record.conversation.answers)) == (False, answers)


def test_a_profile_that_was_saved_later_is_read():
    profile = find_profile("newest", (LATER / "profiles",))

    assert [shot.output for shot in profile.shots] == ["Rome", "Tokyo", "Lima"]
    assert profile.settings == {
        "budget.truncate": "middle", "decode.max_new_tokens": 12, "decode.min_new_tokens": 1, "decode.num_beams": 3,
        "decode.n_best": 3,
    }  # fmt: skip


def test_an_old_comparison_of_two_models_is_read():
    [path] = FIXTURES.with_name("0.1.0-checks").glob("sessions/*.jsonl")
    reading = read(path)

    [found] = read_session(reading.events, reading.problems).diffs

    assert (found.a, found.b) == (("demo", "float16", "cpu"), ("demo", "int8", "cpu"))
    assert (found.compared, found.same, found.parts_at, found.same_vocabulary) == (60, 59, 1, True)
    assert found.kl == pytest.approx(0.00157, abs=1e-5)


def test_the_fixtures_have_an_event_of_every_type():
    """Otherwise nothing says that a later version still reads it: add a folder of fixtures with it."""
    written = {
        node.args[0].value
        for path in (Path(__file__).parent.parent / "flanchat").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)
        and ast.unparse(node.func).rpartition(".")[2].lstrip("_") in ("record", "event", "write")
        and isinstance(node.args[0].value, str) and node.args[0].value.strip()  # no line end for a stream
    }  # fmt: skip
    kept = {event["type"] for path in FIXTURES.parent.glob("*/sessions/*.jsonl") for event in read(path).events}

    assert {"session.start", "settings", "answer", "why", "fill", "rating"} <= written
    assert sorted(written - kept) == []


def keys_then(name: str) -> set[str]:
    return set(keys(json.loads((FIXTURES / "json" / f"{name}.json").read_text())))


def keys(value: Any, place: str = "") -> Iterator[str]:
    """Every key in a JSON value with those around it, such as `cells[].answer.text`."""
    if isinstance(value, list):
        for item in value:
            yield from keys(item, f"{place}[]")
    elif isinstance(value, dict):
        for name, item in value.items():
            yield f"{place}.{name}"
            yield from keys(item, f"{place}.{name}")
