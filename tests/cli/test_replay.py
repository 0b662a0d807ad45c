"""`flanchat replay`, as a shell sees it: what was recorded is answered again by the bundled model."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import Main
from tests.conftest import COMMAND, Ended, Flanchat, isolated_environ, transcripts
from tests.terminal.screen import CTRL_C, Screen

TALK = """\
What is the capital of France?
/profile dialog
Hello, how are you?
/set do_sample true
And what is your name?
/regen temperature=1.5 seed=7
/set max_new_tokens 3
A recipe for bolognese pasta:
/continue
"""


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A session with history, chance, settings for once, and a cut and continued answer."""
    folder = tmp_path_factory.mktemp("talk")
    subprocess.run([*COMMAND, "chat"], input=TALK.encode(), env=isolated_environ(folder), cwd=folder, check=True)
    [path] = transcripts(folder)
    return path


@pytest.fixture
def talk(recorded: Path, tmp_path: Path) -> Path:
    """The same among the sessions of this test."""
    folder = tmp_path / "state" / "flanchat" / "sessions"
    folder.mkdir(parents=True, mode=0o700)
    return Path(shutil.copy(recorded, folder))


def turns(ended: Ended) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(ended.out)["turns"]
    return found


def test_a_transcript_replays_identically_after_a_restart(main: Main, talk: Path):
    before = talk.read_bytes()

    shown = main("replay", talk)
    every = main("replay", "1", "--all", "--json")

    assert (shown.status, shown.err) == (0, "")
    assert shown.out.endswith(
        "4 turns: 4 same\nIdentical: model, settings and seeds as recorded give the recorded answers.\n"
    )
    assert "turn 4: A recipe for bolognese pasta:" in shown.out
    assert "as far as recorded" in shown.out
    assert every.status == 0
    assert [turn["turn"] for turn in turns(every)] == ["1", "2", "3.1", "3.2", "4.1", "4.2"]
    assert json.loads(every.out)["unmet"] == []
    for turn in turns(every):
        assert turn["new"]["text"] == turn["old"]["text"]  # type: ignore[index]
        assert turn["new"]["mean_logprob"] == pytest.approx(turn["old"]["mean_logprob"], abs=1e-6)  # type: ignore[index]
    assert talk.read_bytes() == before
    assert len(list(talk.parent.iterdir())) == 1  # and nothing else was recorded


def test_chosen_answers_are_scored_again(main: Main):
    asked = "/choose Is it? => yes | no\n/profile yesno\nWho wrote Hamlet?\n/whatif profile=plain\n/pick 1\n"
    assert main("chat", stdin=asked).status == 0

    ended = main("replay", "1", "--all")

    assert (ended.status, "3 turns: 3 same" in ended.out) == (0, True)


def test_other_profiles_and_settings_give_other_answers_and_status_6(main: Main, talk: Path):
    plain = main("replay", talk, "-p", "plain", "-o", "do_sample=false")
    seed = main("replay", talk, "-o", "seed=10", "-o", "temperature=3", "--json")

    assert (plain.status, seed.status) == (6, 6)
    assert re.search(r"^4 turns: \d same, \d changed \(on average \d+(\.\d)?% of the words\)$", plain.out, re.MULTILINE)
    assert "[-" in plain.out
    assert "{+" in plain.out
    assert "Identical" not in plain.out
    assert turns(seed)[2]["same"] is False
    assert "flanchat: sampled, because of temperature, seed; do_sample=false is greedy" in seed.err


def test_the_share_of_same_answers_has_an_interval_where_something_was_changed(main: Main):
    asked = "".join(f"Say {number}.\n/regen temperature=1\n" for number in range(6))
    assert main("chat", "-o", "max_new_tokens=2", stdin=asked).status == 0

    changed = main("replay", "1", "--all", "-o", "temperature=0")
    few = main("replay", "1", "-o", "temperature=0")
    again = main("replay", "1", "--all")

    assert re.search(r"^\d+\.\d% of the answers are the same \(95%: \d+\.\d to \d+\.\d\)$", changed.out, re.MULTILINE)
    assert "of the answers are the same" not in few.out + again.out


def test_what_turned_sampling_on_is_recorded_and_the_answers_are_made_again(main: Main):
    given = ("-o", "temperature=3", "-o", "max_new_tokens=8", "--json")
    sampled = main("ask", *given, "-s", "zoo", "Name a fruit.")
    seeded = main("ask", *given, "-s", "zoo", "--seed", "7", "Name a fruit.")
    again = main("ask", "-o", "max_new_tokens=8", "--no-log", "--seed", "7", "-o", "temperature=3", "Name a fruit.")
    greedy = main("ask", "-s", "zoo", "-o", "temperature=0", "Name a fruit.")

    replayed = main("replay", "zoo", "--all", "--json")

    assert sampled.err == "flanchat: sampled, because of temperature; do_sample=false is greedy\n"
    assert json.loads(seeded.out)["settings"]["decode.do_sample"] is True
    assert json.loads(seeded.out)["text"] == again.out.strip()
    assert "sampled" not in greedy.err
    assert (replayed.status, [turn["same"] for turn in turns(replayed)]) == (0, [True] * 3)


def test_held_history_confines_a_change_to_its_turn_and_free_history_passes_it_on(main: Main, tmp_path: Path):
    main("chat", "-p", "dialog", stdin="Hello, how are you?\nAnd what is your name?\n")
    asked = ("replay", "1", "-o", "max_new_tokens=2", "--json")

    held, free = main(*asked), main(*asked, "--free")

    first = [turns(ended)[0]["new"]["text"] for ended in (held, free)]  # type: ignore[index]
    prompts = [turns(ended)[1]["new"]["prompt"] for ended in (held, free)]  # type: ignore[index]
    then = turns(held)[0]["old"]["text"]  # type: ignore[index]
    assert first[0] == first[1] != then
    assert then in prompts[0]
    assert then not in prompts[1]
    assert f"{first[1]}\n" in prompts[1]
    assert (json.loads(held.out)["mode"], json.loads(free.out)["mode"]) == ("held", "free")


def test_differences_from_the_recorded_model_are_listed_before_the_turns(main: Main, talk: Path):
    text = talk.read_text()
    sha = json.loads(next(line for line in text.splitlines() if '"answer"' in line))["model"]["weights_sha"]
    other = talk.with_name("other.jsonl")
    other.write_text(text.replace(sha, "0" * 64).replace('"device":"cpu"', '"device":"npu:0"'))

    ended = main("replay", other)

    lines = [line for line in ended.out.splitlines() if line.startswith("!")]
    assert lines == [
        f"! different weights: demo ({sha[:8]}), recorded demo (00000000)",
        *(line for line in lines if "recorded on npu:0" in line),
    ]
    assert len(lines) == 2
    assert ended.out.startswith("! ")
    assert ended.status == 0


def test_a_replay_can_use_another_model(main: Main, tiny_model: Path, talk: Path):
    ended = main("replay", talk, "-m", tiny_model, "-o", "max_new_tokens=3", "-o", "min_new_tokens=0")

    assert ended.status == 6
    assert "different weights" not in ended.out
    assert "4 changed" in ended.out


def test_the_readable_part_of_a_damaged_record_is_replayed(main: Main, talk: Path):
    lines = talk.read_text().splitlines(keepends=True)
    damaged = talk.with_name("damaged.jsonl")
    last = max(number for number, line in enumerate(lines) if '"type":"answer"' in line)
    damaged.write_text("".join(lines[:last]) + lines[last][:200])

    ended = main("replay", damaged)

    assert ended.out.startswith(f"! {damaged}: line {last + 1}: cut short; the readable part is replayed\n")
    assert "4 turns: 4 same" in ended.out
    assert ended.status == 0


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("nowhere",), 2, "no session nowhere"),
        (("./nowhere.jsonl",), 2, "no such file"),
        (
            ("words.txt",),
            2,
            "words.txt: expected a transcript or a session exported as .json or .jsonl; line 1: not a JSON object",
        ),
        (
            ("half.jsonl",),
            2,
            "half.jsonl: expected a transcript or a session exported as .json or .jsonl; line 1: cut short",
        ),
        (("question.jsonl",), 2, "question.jsonl: nothing to replay: none of its questions has an answer"),
        (("answer.jsonl", "-p", "qaa"), 2, "qaa"),
        (("answer.jsonl", "-o", "top_p=7"), 2, "top_p"),
        (("answer.jsonl", "--var", "x=y", "-p", "qa"), 2, "has no such variable"),
        (("answer.jsonl", "-m", "./nowhere"), 3, "nowhere"),
        (("answer.jsonl",), 3, "is not available: gone: expected a model folder"),
        ((), 2, "Missing argument"),
    ],
)
def test_bad_input_gets_one_sentence(main: Main, tmp_path: Path, arguments: tuple[str, ...], status: int, said: str):
    def line(n: int, kind: str, parent: str | None, **fields: object) -> str:
        return json.dumps({"v": 1, "n": n, "id": f"id{n}", "type": kind, "parent": parent, **fields}) + "\n"

    question = line(1, "user", None, text="Why?")
    answer = line(2, "answer", "id1", text="So.", finish="eos", model={"id": "./gone"})
    (tmp_path / "words.txt").write_text("words\n")
    (tmp_path / "half.jsonl").write_text(question[:20])
    (tmp_path / "question.jsonl").write_text(question)
    (tmp_path / "answer.jsonl").write_text(question + answer)

    ended = main("replay", *arguments)

    assert ended.status == status
    assert said in ended.err
    assert "Traceback" not in ended.err


def test_ctrl_c_keeps_the_finished_turns_and_ends_with_status_130(
    environ: dict[str, str], flanchat: Flanchat, tmp_path: Path
):
    assert flanchat("chat", stdin="Short?\n/set max_new_tokens=500 min_new_tokens=500\nLong?\n").status == 0

    with Screen([*COMMAND, "replay", "1"], env=environ, cwd=tmp_path) as screen:
        screen.wait("turn 1: Short?")
        screen.send(CTRL_C)
        status = screen.wait_end()

    assert status == 130
    assert re.search(r"stopped after \d of 2 turns: \d same", screen.text())


@pytest.mark.parametrize("ending", ["jsonl", "json"])
def test_an_exported_session_replays_like_its_transcript(main: Main, talk: Path, ending: str):
    main("sessions", "export", talk, f"talk.{ending}")

    every = main("replay", f"./talk.{ending}", "--all", "--json")
    branch = main("replay", f"./talk.{ending}")

    assert [turn["same"] for turn in turns(every)] == [True] * 6
    assert "4 turns: 4 same\nIdentical: " in branch.out


def test_an_exported_session_keeps_choices_and_chosen_tokens(main: Main, tmp_path: Path):
    main("chat", stdin="/profile sentiment\nI loved it.\n/profile plain\nhello\n/alt 1 2\n/export talk.jsonl\n")

    assert [turn["same"] for turn in turns(main("replay", "talk.jsonl", "--all", "--json"))] == [True] * 3
    assert "choose one with --profile" in main("replay", "talk.jsonl", "-o", "top_k=5").out


def test_what_is_no_export_is_refused_as_before(main: Main, tmp_path: Path):
    for text in ("", "[]", '{"a": 1}', '{"id": "x", "asked": "y", "question": "z", "prompt": "text"}'):
        (tmp_path / "other.jsonl").write_text(text)

        ended = main("replay", "./other.jsonl")

        assert (ended.status, "expected a transcript or a session exported" in ended.err) == (2, True)
