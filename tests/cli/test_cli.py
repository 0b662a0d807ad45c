"""The command line from outside: what it prints where, what it leaves on disk, and how it ends."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import signal
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from flanchat import cli
from flanchat.engine.protocol import OpenEngine
from tests.cli.conftest import Main
from tests.conftest import COMMAND, Flanchat, transcripts
from tests.waiting import LIMIT_S, Held, until

# Each would do something to a terminal if it got there as it is.
HOSTILE = "\x1b[31m\x1b]52;c;aGk=\x07\x9b2J\x85\u202e\u2066\x08"
RAW = tuple(character.encode() for character in "\x1b\x07\x9b\x85\u202e\u2066\x08")
SHORT = ("-o", "max_new_tokens=6", "-o", "min_new_tokens=6")
LONG = ("-o", "max_new_tokens=1000", "-o", "min_new_tokens=1000")


def events(folder: Path, kind: str) -> list[dict[str, Any]]:
    lines = [line for path in transcripts(folder) for line in path.read_text().splitlines()]
    return [event for event in map(json.loads, lines) if event["type"] == kind]


def is_clean(text: str | bytes) -> bool:
    raw = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text
    return not any(control in raw for control in RAW) and b"Traceback" not in raw


# AskAgain


def test_json_has_the_documented_keys_and_the_turn_is_saved_readable_by_its_owner_only(
    main: Main, tiny_model: Path, tmp_path: Path
):
    ended = main("make", "a recipe:", "--json", "-m", tiny_model, *SHORT, "--seed", "7", stdin="tomato\nsalt\n")
    record = json.loads(ended.out)

    assert ended.status == 0
    assert set(record) >= {
        "text", "tokens", "finish", "prompt", "usage", "timing", "seed", "settings", "model", "engine"
    }  # fmt: skip
    assert set(record["prompt"]) >= {"text", "tokens", "limit", "segments", "warnings"}
    assert record["prompt"]["text"] == "make a recipe:\ntomato\nsalt"
    for segment in record["prompt"]["segments"]:
        assert set(segment) >= {"kind", "tokens", "kept", "reason"}
    assert sum(segment["tokens"] for segment in record["prompt"]["segments"]) == record["prompt"]["tokens"]
    for warning in record["prompt"]["warnings"]:
        assert set(warning) == {"kind", "count", "chars"}
    assert ("newline", 2) in [(w["kind"], w["count"]) for w in record["prompt"]["warnings"]]
    assert set(record["timing"]) >= {"load_s", "ttft_s", "decode_tps", "total_s"}
    assert set(record["engine"]) >= {"name", "device", "precision"}
    assert [set(token) for token in record["tokens"]] == [{"id", "text", "logprob"}] * 6
    assert "".join(token["text"] for token in record["tokens"]).strip() == record["text"]
    assert (record["finish"], record["seed"], record["engine"]["device"]) == ("length", 7, "cpu")
    assert record["settings"]["decode.max_new_tokens"] == 6

    [path] = transcripts(tmp_path)
    [asked], [answer] = events(tmp_path, "user"), events(tmp_path, "answer")
    assert (asked["text"], answer["text"]) == (record["prompt"]["text"], record["text"])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in path.parents[:3]} == {0o700}


def test_standard_output_is_the_answer_only_and_a_seed_reproduces_it(main: Main, tiny_model: Path):
    options = ("-m", tiny_model, *SHORT, "-o", "do_sample=true", "--no-log")

    first = main("translate {", *options, "--seed", "11", "--show-prompt")
    again = main(*options, "--seed", "11", "--json", stdin="translate {\n")

    assert (first.status, again.status) == (0, 0)
    assert first.out.rstrip("\n").strip() == json.loads(again.out)["text"]
    assert "flanchat: translate {\n" in first.err
    assert "not in the model's vocabulary: " in first.err


def test_an_answer_on_a_terminal_comes_with_what_the_models_card_says_of_the_profile(main: Main, tmp_path: Path):
    asked = "-p", "passage", "Ted has a dog. Question: What does Ted have?"

    seen, piped, own = (
        main(*asked, seen=True),
        main(*asked),
        main("-p", "qa", "What is the capital of France?", seen=True),
    )

    assert re.search(r"The model card of demo: about \d of 10 of these are\s+answered right\.", seen.err)
    assert "of 10" not in piped.out + piped.err + own.err


def test_no_log_writes_no_file_and_needs_no_folder(flanchat: Flanchat, tiny_model: Path, tmp_path: Path):
    (tmp_path / "state").write_text("a file where the folder should be")
    before = {path for path in tmp_path.rglob("*") if "home" in path.parts}

    ended = flanchat("hello", "-m", tiny_model, *SHORT, "--no-log", shell="2>&-")

    assert (ended.status, bool(ended.out.strip())) == (0, True)
    assert {path for path in tmp_path.rglob("*") if "home" in path.parts} == before
    assert not list(tmp_path.rglob("*.jsonl"))


def test_dry_run_shows_the_prompt_without_loading_the_model(main: Main, broken_model: Path, tmp_path: Path):
    shown = main("hello", "--dry-run", "-m", broken_model)
    record = json.loads(main("hello", "--dry-run", "--json", "-m", broken_model).out)

    assert (shown.status, shown.err) == (0, "")
    assert "hello" in shown.out
    assert f"{record['prompt']['tokens']} of 512 tokens" in shown.out
    assert not transcripts(tmp_path)


def test_chat_answers_piped_lines_one_by_one_and_runs_commands(main: Main, tiny_model: Path, tmp_path: Path):
    lines = f"hello\n/set temperature=9\n/nope\n.help\n /not a command\n{HOSTILE}\n/help set\n/exit\nnever asked\n"

    ended = main("chat", "-m", tiny_model, *SHORT, stdin=lines)

    assert ended.status == 1
    assert is_clean(ended.raw)
    assert [event["text"] for event in events(tmp_path, "user")] == ["hello", "/not a command", HOSTILE]
    assert [event["finish"] for event in events(tmp_path, "answer")] == ["length"] * 3
    for message in ("line 2: ", "from 0 to 5, got 9", "line 3: unknown command /nope", "did you mean /help?"):
        assert message in ended.err
    assert "/set temperature=0.7" in ended.out
    assert main("chat", "-m", tiny_model, stdin="").status == 0


def test_a_closed_standard_input_is_an_empty_one(flanchat: Flanchat, tiny_model: Path):
    assert flanchat("chat", "-m", tiny_model, shell="<&-").status == 0


def test_bytes_that_are_no_utf_8_are_refused_in_every_encoding_with_their_place(main: Main, flanchat: Flanchat):
    for env in ({"LC_ALL": "C"}, {"PYTHONIOENCODING": "ascii"}):
        shown = flanchat("--dry-run", stdin=b"caf\xc3\xa9 \xff", env=env)

        assert (shown.status, shown.out) == (2, "")
        assert "standard input: expected UTF-8, found the byte 0xff at byte 6" in shown.err
    typed = main("ask", "--dry-run", "caf\udce9")

    assert typed.status == 2
    assert "the command line: expected UTF-8, found the byte 0xe9 at byte 3" in typed.err


def test_a_byte_order_mark_and_carriage_returns_are_no_part_of_the_questions(main: Main, tiny_model: Path):
    ended = main("ask", "-m", tiny_model, "--no-log", "--jsonl", *SHORT, stdin=b"\xef\xbb\xbfOne?\r\nTwo?\r\n")

    assert [json.loads(line)["question"] for line in ended.out.splitlines()] == ["One?", "Two?"]


# Refusing


def test_a_question_that_waits_for_standard_input_says_so(environ: dict[str, str], open_engine: OpenEngine):
    end, begin = os.pipe()

    class Stderr(io.StringIO):
        """Pipes in the rest of the question when the note is there."""

        def write(self, text: str) -> int:
            if "waiting for standard input; Ctrl-D ends it" in text:
                os.write(begin, b"Why?\n")
                os.close(begin)
            return super().write(text)

    out, err = io.StringIO(), Stderr()
    with open(end, encoding="utf-8") as piped:
        status = cli.main(["ask", "--dry-run", "Say:"], environ, piped, out, err, open_engine)

    assert (status, err.getvalue().count("waiting")) == (0, 1)
    assert "Say:\nWhy?" in out.getvalue()


def test_standard_input_that_is_there_is_not_waited_for(environ: dict[str, str], open_engine: OpenEngine):
    out, err = io.StringIO(), io.StringIO()
    with open(os.devnull, encoding="utf-8") as nothing:
        status = cli.main(["ask", "--dry-run", "Why?"], environ, nothing, out, err, open_engine)

    assert (status, err.getvalue()) == (0, "")


def test_every_option_takes_a_path_as_terminals_and_programs_give_it(main: Main, tiny_model: Path, tmp_path: Path):
    (tmp_path / "my model").symlink_to(tiny_model)
    (tmp_path / "my profiles").mkdir()
    (tmp_path / "my profiles" / "one.yaml").write_text("prefix: Be brief.\n")
    (tmp_path / "my rows.csv").write_text("question,answer\nOne?,1\nTwo?,\n")
    (tmp_path / "my config.yaml").write_text("decode: {max_new_tokens: 2}\nlang: zh\n")
    env = {"HOME": str(tmp_path), "FLANCHAT_CONFIG": "~/my config.yaml"}
    home = f"file://{tmp_path}/my%20"

    swept = main(
        "sweep",
        f"{home}rows.csv",
        "-m",
        f"{home}model",
        f"--profiles={home}profiles",
        "-p",
        "one,'./my profiles/one.yaml'",
        "--out=~/my answers.jsonl",
        "--lang",
        "en",
        env=env,
    )
    asked = main("ask", "Why?", "-m", "'~/my model'", "-p", "my\\ profiles/one.yaml", "-s", "talk", "--json", env=env)
    exported = main("sessions", "export", "talk", "~/my talk.md", env=env)
    [recorded] = (tmp_path / "state" / "flanchat" / "sessions").glob("*.jsonl")
    shutil.copy(recorded, tmp_path / "my talk.jsonl")
    replayed = main("replay", f"{home}talk.jsonl", "--profile", f"{home}profiles/one.yaml", env=env)

    assert [ended.status for ended in (swept, asked, exported, replayed)] == [0, 0, 0, 0]
    assert "right answers from answer; 1 of 2 rows have none, the first at " in swept.err
    assert "my rows.csv:3" in swept.err
    assert len((tmp_path / "my answers.jsonl").read_text().splitlines()) == 2
    assert json.loads(asked.out)["prompt"]["text"].startswith("Be brief.")
    assert "已写入" in exported.out


def test_typing_errors_are_refused_with_a_suggestion(main: Main, tiny_model: Path, tmp_path: Path):
    not_t5 = tmp_path / "bert"
    not_t5.mkdir()
    (not_t5 / "config.json").write_text('{"model_type": "bert", "architectures": ["BertModel"]}')
    cut = tmp_path / "cut"
    shutil.copytree(tiny_model, cut)
    os.truncate(cut / "model.safetensors", (cut / "model.safetensors").stat().st_size // 2)
    broken = tmp_path / "broken.yaml"
    broken.write_text("description: x\n\ndecode:\n  top_p: 1.5\n")
    cases: list[tuple[int, tuple[str, ...], str]] = [
        (2, ("-o", "temperature=warm"), r"decode\.temperature: expected a number, got the text 'warm'"),
        (2, ("-o", "temperature=9"), r"decode\.temperature: expected a number from 0 to 5, got 9"),
        (2, ("-o", "temperture=1"), r"unknown setting temperture\. Did you mean temperature\?"),
        (2, ("-o", "temperature"), r"-o temperature: expected NAME=VALUE"),
        (2, ("--var", "x=1"), r"--var x: profile plain has no such variable"),
        (2, ("--seed", "x"), r"'x' is not a valid integer"),
        (2, ("-p", "qaa"), r"unknown profile qaa\. Did you mean qa\?"),
        (2, ("-p", str(broken)), re.escape(f"{broken}:4: decode.top_p: ")),
        (2, ("--bogus",), r"No such option '?--bogus"),
        (3, ("-m", str(tmp_path / "nowhere")), r"nowhere: expected a model folder"),
        (3, ("-m", "demmo"), r"did you mean demo\?"),
        (3, ("-m", str(not_t5)), r"bert"),
        (3, ("-m", str(cut)), r"cut/model\.safetensors"),
    ]
    for status, options, message in cases:
        ended = main("hello", *options)

        assert (ended.status, ended.out) == (status, ""), (options, ended)
        assert re.search(message, ended.err), (options, ended.err)
        assert is_clean(ended.raw)
        assert all(line.startswith("flanchat: ") for line in ended.err.splitlines())
    assert not transcripts(tmp_path)
    assert main(stdin="").status == 2


def test_a_prompt_over_the_budget_is_refused_with_its_count_and_the_limit(main: Main, tiny_model: Path, tmp_path: Path):
    words = ("-o", "max_input_tokens=16", "-o", "on_overflow=refuse")

    small = main("water " * 30, "-m", tiny_model, *words)
    huge = main("-m", tiny_model, stdin="water " * 300_000)

    assert (small.status, small.out) == (5, "")
    assert re.search(r"question is \d+ tokens, but only 15 are left", small.err)
    assert (huge.status, huge.out) == (5, "")
    assert int(re.search(r"question is (\d+) tokens", huge.err)[1]) >= 300_000
    assert len(huge.err) < 500
    assert len(events(tmp_path, "user")) == 2
    assert not events(tmp_path, "answer")


def test_damaged_weights_are_refused_by_file_name_with_status_3(main: Main, broken_model: Path):
    ended = main("hello", "-m", broken_model)

    assert (ended.status, ended.out) == (3, "")
    assert "model.safetensors" in ended.err
    assert "not finite" in ended.err


def test_an_unusable_state_folder_is_named_with_status_4(main: Main, tiny_model: Path, tmp_path: Path):
    (tmp_path / "file").write_text("")

    ended = main("hello", "-m", tiny_model, env={"FLANCHAT_DATA": str(tmp_path / "file")})
    relative = main("hello", "-m", tiny_model, env={"FLANCHAT_DATA": "some/where"})
    homeless = main("hello", "-m", tiny_model, env={"HOME": "", "XDG_STATE_HOME": ""})

    assert [e.status for e in (ended, relative, homeless)] == [4, 4, 4]
    assert str(tmp_path / "file") in ended.err
    assert "--no-log" in ended.err
    assert "some/where" in relative.err
    assert "HOME" in homeless.err


# Standard output that fails, and signals


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_failing_to_write_the_output_is_an_error_and_the_turn_is_kept(
    flanchat: Flanchat, tiny_model: Path, tmp_path: Path
):
    full = flanchat("hello", "-m", tiny_model, *SHORT, shell=">/dev/full")
    closed = flanchat("hello", "-m", tiny_model, *SHORT, shell=">&- <&-")

    assert (full.status, closed.status) == (1, 1)
    assert full.err.count("cannot write the output: No space left") == 1
    assert closed.err.count("cannot write the output") == 1
    assert is_clean(full.err + closed.err)
    assert [event["finish"] for event in events(tmp_path, "answer")] == ["interrupted"] * 2
    assert flanchat("--help", shell=">/dev/full").status == 1


def test_a_closed_pipe_ends_the_program_silently_with_status_141(
    environ: dict[str, str], tiny_model: Path, tmp_path: Path
):
    for arguments in (["--help"], ["models"], ["hello", "-m", str(tiny_model), *LONG]):  # click, a table, an answer
        with running(arguments, environ, tmp_path) as process:
            process.stdout.close()

            assert process.wait(LIMIT_S) == 141
            assert process.stderr.read() == b""
    assert [event["finish"] for event in events(tmp_path, "answer")] == ["interrupted"]


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, -signal.SIGTERM), (signal.SIGINT, 130)])
def test_a_signal_keeps_the_answers_so_far(
    environ: dict[str, str], slow_model: Path, tmp_path: Path, number: signal.Signals, status: int
):
    with running(["hello", "-m", str(slow_model), *LONG], environ, tmp_path) as process:
        shown = process.stdout.read(20)
        process.send_signal(number)
        shown += process.stdout.read()

        assert process.wait(LIMIT_S) == status
        assert process.stderr.read() == b""
    [answer] = events(tmp_path, "answer")
    assert answer["finish"] == "interrupted"
    assert answer["text"].split()[:2] == shown.decode().split()[:2]


def test_ctrl_c_while_the_model_loads_ends_at_once(
    environ: dict[str, str], tiny_model: Path, tmp_path: Path, held: Held
):
    with running(["hello", "-m", str(tiny_model)], {**environ, **held.environ}, tmp_path) as process:
        until(lambda: events(tmp_path, "user"))  # on disk before the model is there
        process.send_signal(signal.SIGINT)

        assert process.wait(LIMIT_S) == 130
        assert process.stdout.read() == process.stderr.read() == b""


# What others wrote is shown, never obeyed


def test_hostile_names_descriptions_and_prompts_never_reach_the_terminal(main: Main, tiny_model: Path, tmp_path: Path):
    folder = tmp_path / "profiles"
    folder.mkdir()
    escaped = json.dumps(HOSTILE)
    (folder / "loud.yaml").write_text(f"description: {escaped}\nprefix: {escaped}\n")
    (folder / f"name{HOSTILE}.yaml").write_text("description: fine\n")
    (folder / "wrong.yaml").write_text(f"{escaped}: 1\ntemplate: {escaped}\n")
    (folder / "raw.yaml").write_text(f"description: {HOSTILE}\n")
    in_folder = ("--profiles", folder)
    model_folder = tmp_path / f"model{HOSTILE}"
    shutil.copytree(tiny_model, model_folder)
    (model_folder / "config.json").write_text(json.dumps({"model_type": HOSTILE}))

    ends = [
        main("profiles", "list", *in_folder),
        *(main("profiles", "show", name, *in_folder) for name in ("loud", "wrong", "raw")),
        *(main("profiles", "check", name, *in_folder) for name in ("loud", "wrong", "raw")),
        main("profiles", "check", folder / f"name{HOSTILE}.yaml"),
        main("profiles", "check", HOSTILE),
        main(HOSTILE, "--dry-run", "-p", "loud", *in_folder, "-m", tiny_model),
        main("hello", "-m", model_folder),
        main("hello", "-m", HOSTILE),
        main("hello", "-o", f"{HOSTILE}=1"),
        main("hello", "-o", f"temperature={HOSTILE}"),
        main("hello", "--var", f"{HOSTILE}=1"),
        main(f"--{HOSTILE}"),
        main("hello", "-m", tiny_model, env={"FLANCHAT_DATA": f"/dev/null/{HOSTILE}"}),
    ]  # fmt: skip

    for ended in ends:
        assert is_clean(ended.raw), ended
    assert "^[[31m" in ends[0].out


# Profiles, help, version


def test_profiles_can_be_listed_shown_and_checked(main: Main, tmp_path: Path):
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("template: qa\ndecode:\n  temprature: 1\n")

    listed, bare = main("profiles", "list"), main("profiles")
    shown = main("profiles", "show", "qa")
    checked = main("profiles", "check", "qa", wrong, "nope")

    assert listed == bare
    assert listed.status == 0
    assert re.search(r"^\s+qa\s+\w", listed.out, re.M)
    assert shown.status == 0
    assert "template: qa" in shown.out
    assert checked.status == 2
    assert "qa.yaml: ok" in checked.out
    assert f"{wrong}:3: decode.temprature: " in checked.err
    assert "unknown profile nope" in checked.err


def test_version_and_help_are_complete(main: Main):
    version, top, ask = main("--version"), main("--help"), main("ask", "--help")

    assert re.fullmatch(r"flanchat, version \d+\.\d+\S*\n", version.out)
    assert all(word in top.out for word in ("ask", "chat", "profiles"))
    assert all(option in ask.out for option in ("--json", "--dry-run", "--no-log", "--seed", "--model"))
    assert (version.status, top.status, ask.status) == (0, 0, 0)


@pytest.fixture(scope="module")
def broken_model(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which everything but the numbers is right: they are not finite."""
    folder = tmp_path_factory.mktemp("nan") / "model"
    shutil.copytree(tiny_model, folder)
    weights = folder / "model.safetensors"
    content = weights.read_bytes()
    header = 8 + int.from_bytes(content[:8], "little")
    weights.write_bytes(content[:header] + b"\xff" * (len(content) - header))
    assert hashlib.sha256(weights.read_bytes()).digest() != hashlib.sha256(content).digest()
    return folder


@contextmanager
def running(arguments: list[str], env: dict[str, str], cwd: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A flanchat that is still running; killed at the end if need be."""
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=env,
        cwd=cwd,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("stdin", ["", "\n \n"])
def test_a_prompt_with_jsonl_and_no_lines_is_asked_alone(main: Main, tiny_model: Path, stdin: str):
    ended = main("ask", "-m", tiny_model, "--no-log", "--jsonl", *SHORT, "One?", stdin=stdin)

    assert ended.status == 0
    assert [json.loads(line)["question"] for line in ended.out.splitlines()] == ["One?"]


@pytest.mark.parametrize("how", ["--json", "--jsonl", "--dry-run"])
def test_a_dash_alone_means_standard_input_and_is_no_part_of_the_prompt(main: Main, tiny_model: Path, how: str):
    if how == "--dry-run":
        ended = main("ask", "-m", tiny_model, "--dry-run", "--json", "-", stdin="One?\n")
    else:
        ended = main("ask", "-m", tiny_model, "--no-log", how, *SHORT, "-", stdin="One?\n")

    assert json.loads(ended.out)["prompt"]["text"] == "One?"


@pytest.mark.parametrize("option", ["-m", "-p", "-s", "--device"])
def test_the_empty_text_of_a_variable_that_is_not_set_chooses_no_default(main: Main, option: str):
    ended = main("ask", option, "", "--no-log", "Hi")

    assert ended.status == 2
    assert "expected a value, got an empty text" in ended.err


def test_a_file_of_weights_in_place_of_its_folder_is_named_and_no_hub_is_asked(main: Main, tmp_path: Path):
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "model.safetensors").write_bytes(b"")

    ended = main("ask", "-m", "model/model.safetensors", "--no-log", "Hi")

    assert ended.status == 3
    assert "trying" not in ended.err
    assert "folder" in ended.err


def test_a_line_break_of_the_question_is_named_and_those_of_the_template_are_not(main: Main):
    assert "! 1 line break is read as a space" in main("ask", "-p", "qa", "Is it\nblue?").err
    assert "line break" not in main("ask", "-p", "qa", "Is it blue?").err


@pytest.mark.parametrize(
    ("arguments", "english", "chinese"),
    [
        (["ask", "--foo", "x"], "No such option '--foo'. Did you mean '--no-log'?", "没有选项 '--foo'。"),
        (["ask", "-o"], "Option '-o' requires an argument.", "选项 '-o' 需要一个值。"),
        (["bench", "--runs", "x"], "'--runs': 'x' is not a valid integer range.", "'x' 不是有效的整数。"),
        (["bench", "--runs", "0"], "0 is not in the range x>=1.", "0 不在范围 x>=1 内。"),
        (["sweep"], "Missing argument 'FILE'.", "缺少参数 'FILE'。"),
        (["sessions", "foo"], "No such command 'foo'.", "没有命令 'foo'。"),
        (["sessions", "show", "a", "b"], "Got unexpected extra argument (b)", "多出了参数（b）"),
    ],
)
def test_what_click_says_of_a_command_line_is_translated(main: Main, arguments: list[str], english: str, chinese: str):
    ended, translated = main(*arguments), main(*arguments, env={"FLANCHAT_LANG": "zh"})

    assert (ended.status, english in ended.err) == (2, True)
    assert (translated.status, chinese in translated.err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "remedy"),
    [
        (["sweep"], "Usage: flanchat sweep [OPTIONS] FILE"),
        (["sweep", "a.jsonl", "--html", "b.html"], "Usage: flanchat sweep [OPTIONS] FILE"),
        (["sessions", "foo"], "See flanchat sessions --help"),
        (["ask", "--foo", "x"], "See flanchat ask --help"),
        (["--foo", "x"], "See flanchat --help"),
    ],
)
def test_a_command_line_that_cannot_be_read_is_answered_with_what_the_command_takes(
    main: Main, arguments: list[str], remedy: str
):
    ended = main(*arguments)

    assert ended.err.splitlines()[1:] == [f"flanchat: {remedy}"]
    assert "用法" in main("sweep", env={"FLANCHAT_LANG": "zh"}).err
