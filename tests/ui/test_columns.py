"""In a window of any width, in both languages, no line is too long, no word is broken and no figure is cut."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator

import pytest

from flanchat.base.i18n import _, cell_width, use_language, widest_unit
from flanchat.prompting.profile_folders import profile_folders
from flanchat.prompting.profile_reader import list_profiles
from flanchat.prompting.settings import Settings
from flanchat.repl.commands.table import COMMANDS
from flanchat.sessions.choices import ScoredChoice, shared
from flanchat.ui.results import View
from flanchat.ui.tables import profiles_table, settings_table
from flanchat.ui.types import Scores, Table
from tests.ui.window import Window

WIDTHS = [40, 47, 60, 72, 80, 100, 120]
LANGUAGES = ["en", "zh"]
NARROW, SENTENCE = "Paris", "中文提问，用于 ChatYuan。不发送较早的轮次，也不发送 zh-qa.yaml 里的内容。"
TABLES: dict[str, Callable[[], Table]] = {
    "settings": lambda: settings_table(
        Settings().update("/set", {"do_sample": True, "temperature": 0.7}), choices=False
    ),
    "profiles": lambda: profiles_table(list_profiles(profile_folders(None, {})), current="qa"),
    "commands": lambda: Table(_("Commands"), ("", ""), tuple((f"  {c.usage}", _(c.help)) for c in COMMANDS)),
    "sessions": lambda: Table(
        _("Sessions"),
        ("", _("name"), _("last used"), _("turns"), _("first question")),
        (("1", "zoo", "2026-11-30 20:12", "12", SENTENCE), ("q2", "", "2026-11-30 09:05", "3", "Name a fruit.")),
    ),
}


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    use_language(request.param, {})
    yield request.param
    use_language("en", {})


def lines(width: int, shown: Table | Scores) -> list[str]:
    window = Window()
    View(window, {"COLUMNS": str(width), "TERM": "xterm"}, color=False).show(shown)
    return [line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", window.getvalue()).splitlines()]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_a_table_breaks_no_word_and_no_line_is_wider_than_the_window(language, table, width):
    shown = table()

    printed = lines(width, shown)

    assert max(map(cell_width, printed)) <= width
    words = [word for row in shown.rows for cell in row for word in str(cell).split() if widest_unit(word) <= 18]
    whole = "\n".join(printed)
    broken = [word for word in words if word.isascii() and word not in whole]
    assert broken == []
    assert not [line for line in printed if line.lstrip()[:1] in "，。、；：！？）" and line.strip()]


@pytest.mark.parametrize("width", WIDTHS)
def test_scores_show_each_choice_and_each_figure_whole(language, width):
    texts = ("positive", "negative and more than that")
    scored = [
        ScoredChoice(text, 2, math.log(share), template_logprobs={"N/A": math.log(0.5)})
        for text, share in zip(texts, (0.9231, 0.0769), strict=True)
    ]

    printed = lines(width, Scores(shared(scored), "sum"))

    assert max(map(cell_width, printed)) <= width
    for word in ("positive", "-0.08", "-2.57", "92%*", "7.7%", *texts[1].split()):
        assert word in "\n".join(printed)


def test_figures_stand_below_each_other_from_the_right():
    table = Table("", ("", "turns", "first question"), (("1", "12", "Why?"), ("2", "3", "How?")))

    assert lines(80, table) == ["   turns  first question", "1     12  Why?", "2      3  How?"]


def test_a_row_that_does_not_fit_has_its_cells_on_lines_below_its_label():
    table = Table("", ("setting", "value", "meaning"), (("decode.no_repeat_ngram_size", "0", "no n-gram twice: " * 3),))

    assert lines(40, table) == [
        "decode.no_repeat_ngram_size",
        "  value: 0",
        "  meaning: no n-gram twice: no n-gram",
        "  twice: no n-gram twice:",
    ]


def test_what_fits_is_a_table_however_many_columns_it_has():
    table = Table("", tuple("abcde"), (tuple("12345"),))

    assert re.sub(" +", " ", lines(40, table)[1]).split() == ["1", "2", "3", "4", "5"]
