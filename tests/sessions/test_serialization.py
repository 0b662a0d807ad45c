"""Every form in which an answer is written for other programs: its keys and values do not change."""

from __future__ import annotations

import dataclasses
import json

from flanchat.engine.events import Alternative, Token, Warned
from flanchat.engine.protocol import ModelCard
from flanchat.engine.scripted import ScriptedEngine
from flanchat.experiments.prompt_file import Row
from flanchat.experiments.sweep import plan_sweep, variants
from flanchat.export.exporters import EXPORTERS
from flanchat.prompting.profile import Profile
from flanchat.prompting.prompt import Prompt, Segment
from flanchat.prompting.settings import Settings
from flanchat.prompting.setup import Setup
from flanchat.sessions.answer import Answer, Timing
from flanchat.sessions.candidates import Candidate
from flanchat.sessions.choices import ScoredChoice, shared
from flanchat.sessions.conversation import Conversation
from flanchat.sessions.serialization import (
    answer_json,
    answer_record,
    choose_record,
    prompt_record,
    replayed_answer_json,
)
from flanchat.sessions.session_record import SessionRecord
from tests.goldens import check_golden

CARD = ModelCard(
    name="demo",
    folder="models/demo",
    revision="r1",
    weights_sha256="w" * 64,
    tokenizer_sha256="t" * 64,
    parameters=7_000_000,
    memory_bytes=28_000_000,
    device="cpu",
    precision="float32",
    why="the CPU is exact",
    threads=2,
    load_s=0.75,
    versions={"torch": "2.9"},
)
PROMPT = Prompt(
    "Q: Where?\nA:",
    7,
    512,
    (
        Segment("prefix", "Q: ", 0, "", 2, True, ""),
        Segment("shot", "", 1, "", 9, False, "oldest shots first"),
        Segment("question", "Where?", 0, "", 4, True, ""),
    ),
    (Warned("unk", 2, "{日"),),
    "i" * 64,
)
ANSWERS = {
    "written": Answer(
        "Where?", "u1", PROMPT, Settings(), 7, " In Paris ", "Paris",
        [Token(3, " In", -0.5, (Alternative(3, " In", -0.5), Alternative(4, " At", -1.5))), Token(5, " Paris", -0.25)],
        "eos", "", Timing(0.75, 0.02, 0.03, 0.08, 123.5, True), CARD, "a1", None, "", "qa",
        "2026-07-01T10:00:00.000Z", -0.125, 4,
    ),
    "continued": Answer(
        "Where?", "u1", PROMPT, Settings(), 7, "In", "", [Token(3, " In", -0.5)], "length",
        timing=Timing(0.75, 0.02, 0.03, 0.04, 0.0, False), card=CARD, id="a2", previous_id="a1", continues="a1",
        profile="qa", at="2026-07-01T10:00:01.000Z",
    ),
    "failed": Answer(
        "Where?", "u1", PROMPT, Settings(), 7, message="out of memory", id="a3", profile="qa",
        at="2026-07-01T10:00:02.000Z",
    ),
    "chosen": Answer(
        "Where?", "u1", PROMPT, Settings(), 7, "no", "", [Token(8, " no", -0.5)], "eos",
        timing=Timing(0.75, 0.02, 0.03, 0.04, fewest_threads=1, drafted=9, accepted=7), card=CARD, id="a4",
        profile="yesno", at="2026-07-01T10:00:03.000Z", end_logprob=-0.25, batch=2,
        choices=shared([ScoredChoice("no", 2, -0.75), ScoredChoice("日", 2, -2.0, unknown="日", same_as="月")]),
    ),
    "voted": Answer(
        "Where?", "u1", PROMPT, Settings().with_layer("flag", {"vote": 2}), 7, "In Paris", "",
        [Token(3, " In", -0.5), Token(5, " Paris", -0.25)], "eos", timing=Timing(0.75, 0.02, None, 0.08), card=CARD,
        id="a5", profile="qa", at="2026-07-01T10:00:04.000Z", end_logprob=-0.125, batch=2,
        candidates=(
            Candidate("Rome", "", "eos", 11, (Token(6, " Rome", -2.0),), -0.5),
            Candidate("In Paris", "", "eos", 12, (Token(3, " In", -0.5), Token(5, " Paris", -0.25)), -0.125),
        ),
    ),
}  # fmt: skip


def check(name: str, value: object) -> None:
    check_golden(f"answers/{name}.json", json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True))


def test_the_transcript():
    check(
        "transcript",
        {
            name: {
                "answer": answer_record(answer),
                "prompt": prompt_record(answer.prompt),
                "choose": choose_record(answer.choices, by="sum", answer=answer.id),
            }
            for name, answer in ANSWERS.items()
        },
    )


def test_ask_json():
    check("ask", {name: answer_json(answer) for name, answer in ANSWERS.items()})


def test_replay_json():
    check("replay", {name: replayed_answer_json(answer) for name, answer in ANSWERS.items()})


def test_the_lines_of_a_sweep():
    rows = [Row("q.csv:2", "Where?", ("Paris",)), Row("q.csv:3", "Where?")]
    plan = plan_sweep(rows, variants([Setup(Profile("p", sha256="s"), Settings())], {}), ScriptedEngine(), ["m"])
    made = ("text", "tokens", "finish", "timing", "card", "batch", "end_logprob")
    values = {name: getattr(ANSWERS["written"], name) for name in made}

    lines = [
        plan.record(cell, dataclasses.replace(plan.unanswered(cell), **values), "2026-07-01T10:00:00.000Z")
        for cell in plan.tasks
    ]

    check("sweep", [line | {"app_version": "0"} for line in lines])


def test_the_exports_for_programs():
    conversation = Conversation()
    for answer in ANSWERS.values():
        conversation.add(answer)
    record = SessionRecord("s1", "first", "2026-07-01T10:00:00.000Z", "0", conversation)

    whole = json.loads(EXPORTERS["json"](record))
    lines = [json.loads(line) for line in EXPORTERS["jsonl"](record).splitlines()]

    check("export", {"json": whole | {"exported_by": "0"}, "jsonl": lines})
