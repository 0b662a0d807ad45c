"""The page of a sweep shows what the terminal shows, with every wrong answer, and no text becomes markup."""

from __future__ import annotations

from typing import Any

from hypothesis import example, given

from flanchat.base.sanitize import printable
from flanchat.engine.scripted import ScriptedEngine
from flanchat.experiments.labels import Labels
from flanchat.experiments.prompt_file import Row
from flanchat.experiments.sweep import axes, plan_sweep, variants
from flanchat.experiments.sweep_report import SweepReport, report
from flanchat.experiments.tally import Tally
from flanchat.export.sweep_page import sweep_page
from flanchat.prompting.profile import Profile
from flanchat.prompting.settings import Settings
from flanchat.prompting.setup import Setup
from tests.export.test_export import NASTY, Page
from tests.export.test_grid_page import rows

CHOICES = ("positive", "negative")


def sweep_report(
    answers: dict[str, list[str]],
    *,
    right: str = "positive",
    topics: tuple[str, ...] = ("film", "food"),
    name: str = "s",
) -> SweepReport:
    """A sweep by several rules, whose prompts are all answered `right` if rightly. answers: by rule."""
    count = len(next(iter(answers.values())))
    asked = [Row(f"r.csv:{n + 2}", f"review {n}", (right,), {"topic": topics[n % len(topics)]}) for n in range(count)]
    setups = [Setup(Profile(name, sha256="s", choices=CHOICES), Settings())]
    plan = plan_sweep(asked, variants(setups, axes([("choose", ",".join(answers))])), ScriptedEngine(), ["m"])
    tallies = [Tally(count, Labels(CHOICES)) for _ in plan.variants]
    records: list[dict[str, Any]] = []
    for task in plan.tasks:
        answer = plan.unanswered(task)
        answer.text = list(answers.values())[task.variant][task.row]
        record = {**plan.record(task, answer, ""), "confidence": 0.9 - task.row / 1000}
        tallies[task.variant].add(record)
        records.append(record)
    return report(plan, tallies, "exact", column="topic", records=records)


SUM, FREE = ["positive"] * 20 + ["negative"] * 10, ["positive"] * 5 + ["negative"] * 24 + ["dunno"]


def page(found: SweepReport) -> Page:
    return Page(sweep_page(found, file="reviews.csv", model="demo"))


def test_a_page_has_arms_comparison_labels_breakdown_calibration_and_wrong_answers():
    made = page(sweep_report({"sum": SUM, "free": FREE}))

    assert made.text("h1.") == ["reviews.csv"]
    assert made.text("li.")[-1].startswith("s choose=sum beats s choose=free by 50.0 points of exact (95%: ")
    assert rows(made, 0)[1][:4] == ["s choose=sum", "30", "66.7%", "66.7%"]
    assert rows(made, 2)[1] == ["positive", "5", "24", "1", "30", "100.0%", "16.7%", "28.6%"]
    assert rows(made, 3)[0] == ["topic", "prompts", "s choose=sum", "s choose=free"]
    assert [row[:2] for row in rows(made, 3)[1:]] == [["film", "15"], ["food", "15"]]
    assert made.text("svg.reliability")
    assert rows(made, 4)[1][:4] == ["80% - 90%", "29", "88%", "66%"]
    wrong = rows(made)
    assert wrong[0] == ["arm", "place", "prompt", "right answer", "answer", "sure"]
    assert wrong[1] == ["s choose=sum", "r.csv:22", "review 20", "positive", "negative", "88%"], "most confident first"
    assert len(wrong) == 1 + 10 + 25


def test_the_report_of_a_sweep_in_json_has_what_was_asked_for_and_nothing_else():
    whole = sweep_report({"sum": SUM}).as_dict()

    assert [(group["value"], group["prompts"]) for group in whole["breakdown"]["groups"]] == [
        ("film", 15),
        ("food", 15),
    ]
    assert whole["wrong"][0]["confidence"] == 0.88
    assert whole["arms"][0]["calibration"]["errors"]["ece"] > 0.2


@given(NASTY.filter(lambda text: "x" in text))
@example("</table><script>x</script>")
def test_no_text_becomes_markup_or_a_control_character(text: str):
    source = sweep_page(sweep_report({"sum": [text] * 3}, right=text + "x", topics=(text,)), file=text, model=text)

    assert printable(source) == source
    assert [tag for tag, *_ in Page(source).skeleton if tag in ("script", "img", "a")] == []
