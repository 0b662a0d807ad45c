"""flanchat whatif from the shell: what it prints, in which form, and what it refuses."""

from __future__ import annotations

import csv
import io
import json
import math
from pathlib import Path

import pytest

from tests.cli.conftest import Main
from tests.conftest import transcripts
from tests.tiny_t5 import make_tiny_t5

FRUIT = ("-o", "max_new_tokens=8", "Name a fruit.")


def test_each_distinct_answer_is_shown_once_with_its_cells(main: Main):
    ended = main("whatif", "temperature=0,2", "seed=1..3", *FRUIT)

    assert ended.status == 0
    assert "6 cells · 1 prompt to encode" in ended.err
    assert "sampled, because of temperature, seed" in ended.err
    assert ended.out.startswith("cells 1-")  # chance may make others the same
    assert "current settings | temperature=0" in ended.out
    assert "6 cells ·" in ended.out.splitlines()[-1]
    assert "\x1b" not in ended.out


def test_cells_with_the_same_answer_show_the_range_of_their_figures(main: Main):
    asked = ("whatif", "profile=plain,qa", "Is the sky blue?")
    table, whole, page = main(*asked), json.loads(main(*asked, "--json").out), main(*asked, "--html").out

    assert [d["text"] for d in whole["distinct"]] == ["yes"]
    means = [cell["answer"]["conf"]["mean_lp"] for cell in whole["cells"]]
    low, high = f"{min(means):.2f}", f"{max(means):.2f}"
    assert low != high
    assert f" · avg logprob {low} to {high} · tokens 1 · time " in table.out
    share = [f"{100 * math.exp(mean):.0f}%" for mean in (min(means), max(means))]
    assert f"mean probability {share[0]} to {share[1]}" in page


def test_a_seed_for_the_whole_grid_samples_every_cell_but_those_at_temperature_0(main: Main):
    ended = main("whatif", "temperature=0,2", "--seed", "1", "--json", *FRUIT)

    samples = [cell["answer"]["settings"]["decode.do_sample"] for cell in json.loads(ended.out)["cells"]]
    assert samples == [True, True, True]
    assert len(json.loads(ended.out)["distinct"]) == 3
    assert "flanchat: sampled, because of seed; do_sample=false is greedy" in ended.err


def test_a_setting_that_one_cell_uses_is_not_called_idle(main: Main):
    ended = main("whatif", "-o", "choose=mean", "profile=plain,yesno", "Is the sky blue?")

    notes = [line for line in ended.err.splitlines() if "no effect" in line]
    assert notes == ["flanchat: 1 of 2 cells: choose has no effect while there are no choices"]


def test_that_greedy_settings_vote_with_samples_is_said_once(main: Main):
    ended = main("whatif", "-o", "vote=2", "profile=plain,qa", *FRUIT)

    assert ended.err.count("votes at temperature 0.7, because the settings are greedy") == 1


def test_the_bundled_model_is_not_loaded_again_under_its_other_name(main: Main):
    ended = main("whatif", "model=bundled,demo", *FRUIT)

    assert (ended.status, "other model" in ended.err) == (0, False)


def test_json_and_transcript_have_every_cell_with_its_origin(main: Main, environ: dict[str, str], tmp_path):
    ended = main("whatif", "--full", "--json", "profile=plain,qa", "seed=1..2", *FRUIT)
    whole = json.loads(ended.out)

    assert ended.status == 0
    assert [cell["axis_values"] for cell in whole["cells"]] == [
        {"profile": "plain", "seed": "1"}, {"profile": "plain", "seed": "2"}, {"profile": "qa", "seed": "1"},
        {"profile": "qa", "seed": "2"},
    ]  # fmt: skip
    assert [cell["encoder_group"] for cell in whole["cells"]] == [1, 1, 2, 2]
    for cell in whole["cells"]:
        assert cell["answer"]["engine"]["batch"] == 4
        assert cell["answer"]["model"]["weights_sha"]
        assert cell["answer"]["settings"]["decode.do_sample"] is True
        assert str(cell["answer"]["seed"]) == cell["axis_values"]["seed"]
    (path,) = transcripts(tmp_path)
    recorded = [json.loads(line) for line in path.read_text().splitlines()]
    kept = {event["cell"]: event["answer"] for event in recorded if event["type"] == "whatif.cell"}
    assert kept == {cell["cell"]: cell["answer"] for cell in whole["cells"]}

    assert "0  Name a fruit. (1 grid)" in main("sessions", "list", "--one-shots").out
    shown = main("sessions", "show", "q1").out
    assert "axes: profile=plain,qa seed=1,2" in shown
    assert all(cell["answer"]["text"] in shown for cell in whole["cells"])


def test_the_same_grid_again_row_by_row_gives_the_same_answers(main: Main):
    grid = ("whatif", "--no-log", "--json", "temperature=1.5", "top_k=3", "seed=1..4", "--seed", "5", *FRUIT)
    grid = (*grid, "--precision", "float32")
    first, exact = (json.loads(main(*grid, *more).out) for more in ((), ("--exact",)))
    texts = [[cell["answer"]["text"] for cell in whole["cells"]] for whole in (first, exact)]

    assert texts[0] == texts[1]
    assert len(set(texts[0])) > 1


def test_csv_has_one_line_per_cell(main: Main):
    ended = main("whatif", "--csv", "--full", "top_p=0.5,1", "seed=1..2", *FRUIT)
    rows = list(csv.DictReader(io.StringIO(ended.out)))

    assert [(row["top_p"], row["seed"]) for row in rows] == [("0.5", "1"), ("0.5", "2"), ("1", "1"), ("1", "2")]
    assert all(row["text"] for row in rows)


def test_html_is_one_page_without_external_resources(main: Main):
    ended = main("whatif", "--html", "--full", "top_p=0.5,1", "seed=1..2", "-o", "max_new_tokens=8", "Is <b> & bold?")

    assert ended.out.startswith("<!doctype html>")
    assert "Is &lt;b&gt; &amp; bold?" in ended.out
    assert "<script" not in ended.out
    assert "http" not in ended.out.replace("http-equiv", "")
    assert ended.out.count("<th>") > 5


def test_the_question_may_be_piped_and_a_choosing_cell_has_its_choices(main: Main):
    ended = main("whatif", "--json", "profile=sentiment", "-o", "max_new_tokens=4", stdin="I loved it.\n")
    whole = json.loads(ended.out)

    assert whole["question"] == "I loved it."
    assert [[choice["text"] for choice in cell["choices"]] for cell in whole["cells"]] == [[], ["positive", "negative"]]
    assert sum(choice["p"] for choice in whole["cells"][1]["choices"]) == pytest.approx(1)


def test_axes_may_follow_a_question_in_quotes_and_two_dashes_end_them(main: Main):
    asked = ("-o", "max_new_tokens=2", "x=3. What is x?", "seed=1", "--", "profile=qa")
    whole = json.loads(main("whatif", "--no-log", "--json", "top_k=5", *asked).out)

    assert (whole["question"], list(whole["axes"])) == ("x=3. What is x? profile=qa", ["top_k", "seed"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("Name a fruit.",), "nothing to vary: put axes before the question"),
        (("Name", "a", "fruit.", "profile=qa"), "nothing to vary: put axes before the question"),
        (("hi", "profil=qa"), "Did you mean profile?"),
        (("seed=1..3",), "no prompt: pass one as an argument"),
        (("--session", "none", "seed=1..3"), "--session none: there is no such session, and no prompt"),
        (("-o", "seed=1..3", "x"), "-o seed=1..3: expected one value; several are an axis"),
        (("sed=1..3", "x"), "Did you mean seed?"),
        (("seed=1..3", "--json", "--csv", "x"), "exclude each other"),
        (("profile=nobody", "x"), "nobody"),
        (("seed=1..40", "x"), "--yes runs it"),
        (("seed=1..4", "top_k=0..999", "--full", "x"), "at most 1024 cells, not 4000"),
    ],
)
def test_impossible_grids_are_refused_in_one_sentence(main: Main, arguments: tuple[str, ...], said: str):
    ended = main("whatif", *arguments)

    assert ended.status == 2
    assert said in ended.err
    assert ended.out == ""
    assert "Traceback" not in ended.err


def test_a_failed_cell_does_not_stop_the_others_and_the_status_is_that_of_the_first_failure(main: Main):
    ended = main("whatif", "--csv", "model=/nowhere/at/all", *FRUIT)
    rows = list(csv.DictReader(io.StringIO(ended.out)))

    assert ended.status == 3
    assert rows[0]["text"]
    assert "/nowhere/at/all" in rows[1]["problem"]
    assert "1 of 2 cells failed" in ended.err


def test_a_failed_cell_is_no_answer_in_the_counts(main: Main):
    ended = main("whatif", "--no-log", "model=/nowhere/at/all", *FRUIT)

    assert "2 cells · 1 answer · " in ended.out


def test_a_question_over_the_budget_of_every_cell_has_the_status_that_ask_gives_it(main: Main):
    question = "word " * 3000

    assert main("ask", question).status == main("whatif", "seed=1,2", question).status == 5


def test_a_grid_names_settings_without_effect_and_what_the_model_cannot_read(main: Main):
    some = main("whatif", "--full", "temperature=0,0.7", "seed=1,2", "--csv", "Name a fruit, 日.")
    choices = main("whatif", "-p", "sentiment", "temperature=0.5", "--csv", "I loved it.")

    assert "2 of 4 cells: seed has no effect while temperature is 0, which means greedy" in some.err
    assert some.err.count("1 character is not in the model's vocabulary: 日") == 1
    assert "1 of 2 cells: temperature has no effect while the answer is one of the choices" in choices.err
    assert "sampled" not in choices.err
    assert "no effect" not in main("whatif", "temperature=0.5,0.7", "--csv", "Name a fruit.").err


def test_another_model_has_its_divergence_from_the_first_along_that_ones_answer(main: Main, tmp_path: Path):
    first, second = (make_tiny_t5(tmp_path / name, seed=seed, scale=0.2) for seed, name in enumerate(("a", "b")))
    words = ["-m", first, f"model={second}", "temperature=0.5", "What is salt?", "-o", "max_new_tokens=6", "--no-log"]
    tmp_path.joinpath("one.txt").write_text("What is salt?")
    compared = ("diff", first, second, "one.txt", "-o", "max_new_tokens=6", "--json")

    cells = json.loads(main("whatif", *words, "--json").out)["cells"]
    drawn = main("whatif", *words)
    [columns, *rows] = csv.reader(io.StringIO(main("whatif", *words, "--csv").out))

    assert [cell.get("kl_nats") is not None for cell in cells] == [False, True, False]
    assert cells[1]["kl_nats"] == pytest.approx(json.loads(main(*compared).out)["kl_a_b_nats"])
    assert " · KL " in drawn.out
    assert "KL in nats per token" in drawn.out
    assert [row[columns.index("kl_nats")] != "" for row in rows] == [False, True, False]


def test_a_vote_is_counted_with_all_its_answers_and_its_result_is_in_csv_and_html(main: Main):
    grid = ("whatif", "vote=1,4", "temperature=1.4", "--full", "--seed", "2", *FRUIT)
    table, whole = main(*grid, "--csv"), json.loads(main(*grid, "--json").out)
    single, voted = csv.DictReader(io.StringIO(table.out))

    vote = whole["cells"][1]["answer"]["vote"]
    assert "2 cells · 1 prompt to encode · 5 rows to decode" in table.err
    assert (single["agree"], float(voted["agree"])) == ("", vote["agree"] / 4)
    assert f"{vote['agree']} of 4 agree" in main(*grid, "--html").out
    assert "agree" not in main("whatif", "--csv", "top_p=0.5,1", *FRUIT).out
