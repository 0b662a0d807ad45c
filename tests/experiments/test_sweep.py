"""A sweep is laid out the same way each time, and its journal loses nothing and holds nothing twice."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flanchat.base.errors import DeviceError, StorageError, UsageError
from flanchat.engine.events import Measured
from flanchat.engine.scripted import ScriptedEngine
from flanchat.experiments.metrics import METRICS
from flanchat.experiments.prompt_file import Row
from flanchat.experiments.results_file import Journal
from flanchat.experiments.sweep import SweepPlan, axes, derived_seed, plan_sweep, requests, variants
from flanchat.experiments.tally import Tally
from flanchat.prompting.profile import Profile, Variable
from flanchat.prompting.settings import Settings
from flanchat.prompting.setup import Setup
from flanchat.sessions.candidates import Candidate

TOKENIZER = ScriptedEngine()
QUESTIONS = st.lists(st.text("ab ", min_size=1, max_size=12).filter(str.strip), min_size=1, max_size=6)


def plan_of(questions: list[str], model: str = "m", profile: str = "p", **given: str) -> SweepPlan:
    rows = [Row(f"q.txt:{number}", question) for number, question in enumerate(questions, 1)]
    setups = [Setup(Profile(profile, sha256=profile), Settings()), Setup(Profile("z", sha256="z"), Settings())]
    return plan_sweep(rows, variants(setups, axes(list(given.items()))), TOKENIZER, [model])


def test_texts_are_one_value_and_what_is_given_twice_is_one():
    found = axes([("stop", "a,b"), ("temperature", "0.5,0.50,1"), ("do_sample", "true,false")])

    assert found == {"stop": [("a,b",)], "temperature": [0.5, 1.0], "do_sample": [True, False]}


def test_every_profile_meets_every_combination_and_says_what_was_varied():
    found = plan_of(["a"], do_sample="true", temperature="0.5,1", seed="1..3").variants

    assert len(found) == 2 * 2 * 3
    assert [variant.label for variant in found[:2]] == ["temperature=0.5 seed=1", "temperature=0.5 seed=2"]
    assert {variant.profile.name for variant in found} == {"p", "z"}


@given(QUESTIONS, st.integers(1, 5))
def test_every_task_is_in_one_batch_longest_first_with_a_key_of_its_own(questions: list[str], size: int):
    wanted = plan_of(questions, seed="1..2")

    tasks = [task for batch in wanted.batches(size, ()) for task in batch]
    assert len({task.key for task in tasks}) == len(tasks) == len(questions) * 4
    assert [task.tokens for task in tasks] == sorted((task.tokens for task in tasks), reverse=True)


@pytest.mark.parametrize("varied", [{"speculate": "auto,off"}, {"display.probs": "true,false"}], ids=str)
def test_settings_that_change_no_answer_can_be_varied(varied: dict[str, str]):
    tasks = plan_of(["a"], **varied).tasks

    assert len({task.key for task in tasks}) == len(tasks) == 4


@given(QUESTIONS, st.integers(1, 4), st.data())
def test_what_is_done_is_left_out_and_nothing_else(questions: list[str], size: int, data: st.DataObject):
    wanted = plan_of(questions)
    keys = [task.key for task in wanted.tasks]
    done = data.draw(st.sets(st.sampled_from(keys)))

    left = [task.key for batch in wanted.batches(size, done) for task in batch]

    assert left == [key for key in keys if key not in done]


def test_a_batch_has_no_more_rows_than_a_machine_is_asked_for_at_once():
    profile = Profile("c", sha256="c", choices=tuple(map(str, range(200))))
    rows = [Row(f"q.txt:{number}", f"{number}?") for number in range(1, 12)]
    setups = [Setup(profile, Settings()), Setup(Profile("p", sha256="p"), Settings())]

    batches = list(plan_sweep(rows, variants(setups, {}), TOKENIZER, ["m"]).batches(16, ()))

    assert sum(map(len, batches)) == 22
    for batch in batches:
        assert len(batch) <= 16
        assert sum(200 if task.variant == 0 else 1 for task in batch) <= 1024


def test_the_same_sweep_has_the_same_keys_and_any_other_has_none_of_them():
    keys = {task.key for task in plan_of(["a", "b"]).tasks}

    assert {task.key for task in plan_of(["a", "b"]).tasks} == keys
    assert {task.key for task in plan_of(["a", "b"], speculate="off").tasks} == keys  # the answers are the same
    assert {task.key for task in plan_of(["a", "b", "c"]).tasks} > keys
    for other in (plan_of(["b", "a"]), plan_of(["a", "b"], model="n"), plan_of(["a", "b"], seed="5")):
        assert not {task.key for task in other.tasks} & keys


@pytest.mark.parametrize(
    ("given", "samples"), [({}, False), ({"seed": "7"}, True), ({"temperature": "0.5"}, True), ({"top_k": "0"}, False)]
)
def test_a_seed_that_is_given_turns_sampling_on_and_the_one_of_each_row_does_not(given: dict[str, str], samples: bool):
    wanted = plan_of(["a"], **given)

    assert requests(wanted.unanswered(wanted.tasks[0]), ())[0].decoding.samples is samples


def test_a_row_has_a_seed_of_its_own_which_is_recorded_and_asked_with():
    wanted = plan_of(["a", "a"], seed="7")
    task = wanted.tasks[-1]

    answer = wanted.unanswered(task)

    assert answer.seed == derived_seed(7, task.row) == requests(answer, ())[0].decoding.seed
    assert wanted.record(task, answer, "")["settings"]["decode.seed"] == answer.seed
    assert wanted.record(task, answer, "")["base_seed"] == 7
    assert len({wanted.unanswered(task).seed for task in wanted.tasks}) == 2


def test_columns_fill_variables_and_what_was_given_for_all_prompts_goes_first():
    profile = Profile("t", template="{{lang}} {{tone}}: {{input}}", vars={"lang": Variable(), "tone": Variable()})
    row = Row("q.csv:2", "hello", (), {"lang": "fr", "tone": "dry", "id": "1"})
    all_variants = variants([Setup(profile, Settings(), {"tone": "warm"})], {})

    wanted = plan_sweep([row], all_variants, TOKENIZER, ["m"])

    assert wanted.unanswered(wanted.tasks[0]).prompt.text == "fr warm: hello"
    assert wanted.record(wanted.tasks[0], wanted.unanswered(wanted.tasks[0]), "")["variables"] == {
        "lang": "fr", "tone": "warm",
    }  # fmt: skip


def test_a_prompt_that_cannot_be_made_is_named_by_its_line():
    profile = Profile("t", template="{{tone}}: {{input}}", vars={"tone": Variable(choices=("dry", "warm"))})
    row = Row("q.csv:7", "hello", (), {"tone": "loud"})

    with pytest.raises(UsageError, match=r"^q\.csv:7: tone: expected one of dry, warm, got the text 'loud'"):
        plan_sweep([row], variants([Setup(profile, Settings())], {}), TOKENIZER, ["m"])


def test_an_engine_that_failed_before_a_prompt_was_counted_is_no_lines_problem():
    class Refusing(ScriptedEngine):
        def measure(self, parts: Sequence[str]) -> Measured:
            raise DeviceError("no npu found")

    with pytest.raises(DeviceError, match=r"^no npu found"):
        plan_sweep([Row("q.txt:1", "hello")], variants([Setup(Profile("p"), Settings())], {}), Refusing(), ["m"])


def test_a_line_of_another_sweep_is_told_apart():
    wanted = plan_of(["a", "b"])
    task = wanted.tasks[0]
    record = wanted.record(task, wanted.unanswered(task), "")

    assert plan_of(["a", "b"], profile="other").why_foreign(record | {"profile": {"name": "p", "sha256": "p"}}) == (
        "profile p is not in this sweep, or has changed since"
    )
    assert plan_of(["a", "c"]).why_foreign(record | {"row": 2, "question": "b"}) == "its prompts are different"
    assert plan_of(["a"]).why_foreign(record | {"row": 2, "question": "b"}) == (
        "its prompts are different: it has an answer to prompt 2, and this sweep ends at prompt 1"
    )
    assert plan_of(["a", "b"], seed="5").why_foreign(record) == "its model, settings, variables or seed are different"


# The journal

RECORDS = [{"key": f"{number:064}", "text": "é\n" * number} for number in range(5)]


def read(path: Path) -> list[dict[str, object]]:
    journal = Journal(path)
    records = [record for __, record in journal.read()]
    journal.close()
    return records


def test_a_journal_cut_at_any_byte_gives_its_whole_lines_and_goes_on(tmp_path: Path):
    path = tmp_path / "a.jsonl"
    lines = [json.dumps(record).encode() + b"\n" for record in RECORDS[:3]]
    whole = b"".join(lines)
    for length in range(len(whole) + 1):
        path.unlink(missing_ok=True)
        path.touch(0o600)
        path.write_bytes(whole[:length])
        journal = Journal(path)
        kept = [record for __, record in journal.read()]
        journal.add(RECORDS[len(kept) :])
        journal.close()

        assert len(kept) == sum(length >= len(b"".join(lines[: n + 1])) for n in range(3))
        assert read(path) == RECORDS


@pytest.mark.parametrize("content", [b"my notes", b"my notes\n", b'{"key": "a"}\n{"text": "x"}\n', b'{"key": "a}\n'])
def test_a_file_of_another_kind_is_refused_and_left_as_it_is(tmp_path: Path, content: bytes):
    path = tmp_path / "notes.jsonl"
    path.touch(0o600)
    path.write_bytes(content)

    with pytest.raises(UsageError, match=r"is not a line of a sweep; give --out another name"):
        read(path)
    assert path.read_bytes() == content


def test_two_sweeps_do_not_write_one_file(tmp_path: Path):
    first = Journal(tmp_path / "a.jsonl")

    with pytest.raises(StorageError, match="another sweep is writing it"):
        Journal(tmp_path / "a.jsonl")
    first.close()
    os.stat(tmp_path / "a.jsonl")


def test_each_metric_of_the_table_is_in_each_line_and_its_mean_in_the_summary():
    wanted = dataclasses.replace(plan_of(["capital?"]), rows=[Row("q.csv:2", "capital?", ("Paris",))])
    answer = wanted.unanswered(wanted.tasks[0])
    answer.text = "the Paris"
    tally = Tally(rows=1)

    record = wanted.record(wanted.tasks[0], answer, "")
    tally.add(record)
    tally.add({"usage": {"new_tokens": 3}})

    assert json.loads(json.dumps(record))["targets"] == ["Paris"]
    assert {name: record[name] for name in METRICS} == {
        "correct": False, "exact": True, "f1": 1.0, "contains": True, "number": True
    }  # fmt: skip
    assert tally.as_dict() == {
        "answers": 2, "scored": 1, "accuracy": 0.0, "exact": 1.0, "f1": 1.0, "contains": 1.0, "number": 1.0,
        "new_tokens": 1.5, "mean_lp": None,
    }  # fmt: skip


def test_the_shares_of_a_vote_add_up_to_one_whatever_has_no_vote():
    """Else its calibration at a temperature of 1 would be by other shares than those that were recorded."""
    wanted = plan_of(["capital?"], vote="8", temperature="1", answer_regex=r"is (\w+)")
    answer = wanted.unanswered(wanted.tasks[0])
    says = ["is A", "is A", "is A", "is B", "is B", "is C", "perhaps", ""]
    answer.candidates = tuple(Candidate(text, text[3:] if text.startswith("is") else "", "eos", 1, ()) for text in says)
    tally = Tally(rows=1)

    tally.add(wanted.record(wanted.tasks[0], answer, ""))

    assert tally.probabilities == {0: (3 / 8, 2 / 8, 1 / 8, 2 / 8)}


def test_a_line_of_too_many_brackets_is_no_record(tmp_path: Path):
    path = tmp_path / "out.jsonl"
    path.write_text('{"key": "a", "b": ' + "[" * 100_000 + "\n")
    path.chmod(0o600)

    with closing(Journal(path)) as journal, pytest.raises(UsageError, match=r"out.jsonl:1"):
        list(journal.read())
