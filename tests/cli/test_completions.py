"""A shell completes the values of options and arguments, with descriptions where it shows them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Main

Offered = Callable[[str], list[str]]


@pytest.fixture
def offered(main: Main, monkeypatch: pytest.MonkeyPatch) -> Offered:
    """What bash is offered for the last word of a line, which it splits at = too."""

    def complete(line: str) -> list[str]:
        monkeypatch.setenv("COMP_WORDS", line)
        monkeypatch.setenv("COMP_CWORD", str(len(line.split(" ")) - 1))
        ended = main(env={"_FLANCHAT_COMPLETE": "bash_complete"})
        assert (ended.status, ended.err) == (0, "")
        return [row.partition(",")[2] for row in ended.out.splitlines()]

    return complete


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("flanchat -p q", ["qa"]),
        ("flanchat ask -p fe", ["fewshot"]),
        ("flanchat sweep q.csv -p plain,fe", ["plain,fewshot"]),
        ("flanchat serve -p fe", ["fewshot"]),
        ("flanchat replay 1 -p fe", ["fewshot"]),
        ("flanchat profiles show fe", ["fewshot"]),
        ("flanchat -o temp", ["temperature="]),
        ("flanchat ask -o speculate =", ["auto", "off"]),
        ("flanchat ask -o speculate = o", ["off"]),
        ("flanchat ask -o do_sample = ", ["true", "false"]),
        ("flanchat whatif --device c", ["cuda", "cpu"]),
        ("flanchat ask --precision b", ["bfloat16"]),
        ("flanchat -m de", ["demo"]),
        ("flanchat help temp", ["temperature"]),
        ("flanchat --dev", ["--device"]),
        ("flanchat mod", ["models"]),
        ("flanchat ask -o nosuch = ", []),
    ],
)
def test_values_are_completed_in_every_command_that_has_the_option(offered: Offered, line: str, words: list[str]):
    assert offered(line) == words


def test_sessions_are_completed_by_name_or_number(main: Main, offered: Offered):
    main("ask", "-s", "first-try", "Why?")
    main("chat", stdin="How?\n")
    main("ask", "Why not?")  # a one-shot question has no place in the list

    assert offered("flanchat chat -s ") == ["1", "first-try"]
    assert offered("flanchat sessions show f") == ["first-try"]


def test_a_shell_that_shows_descriptions_gets_them(main: Main, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COMP_WORDS", "flanchat -o top_p")
    monkeypatch.setenv("COMP_CWORD", "2")

    ended = main(env={"_FLANCHAT_COMPLETE": "zsh_complete"})

    meaning = "sample from the likeliest up to sum p; 1 is off; a number from 0 to 1, default 1.0"
    assert ended.out.splitlines() == ["plain", "top_p=", meaning]


@pytest.mark.parametrize(("shell", "at"), [("fish", "--device=cp"), ("zsh", "1")])
def test_the_value_behind_an_equals_sign_is_offered_with_its_option_where_the_whole_word_is_replaced(
    main: Main, monkeypatch: pytest.MonkeyPatch, shell: str, at: str
):
    monkeypatch.setenv("COMP_WORDS", "flanchat --device=cp")
    monkeypatch.setenv("COMP_CWORD", at)

    assert "--device=cpu" in main(env={"_FLANCHAT_COMPLETE": f"{shell}_complete"}).out


def test_fish_splits_type_and_word_only_so_that_words_and_meanings_may_have_commas(
    main: Main, monkeypatch: pytest.MonkeyPatch
):
    script = main("completions", "fish").out
    monkeypatch.setenv("COMP_WORDS", "flanchat sweep q.csv -p plain,fe")
    monkeypatch.setenv("COMP_CWORD", "plain,fe")

    offered = main(env={"_FLANCHAT_COMPLETE": "fish_complete"}).out

    assert "string split -m 1" in script
    assert offered.startswith("plain,plain,fewshot\t")


def test_a_machine_on_which_completion_fails_shows_no_message_within_the_line(offered: Offered, tmp_path: Path):
    (tmp_path / "state").write_text("")
    (tmp_path / ".local").unlink(missing_ok=True)

    assert offered("flanchat -p nosuch -s ") == []


def test_no_blank_follows_the_equals_sign_of_a_setting(main: Main):
    assert "[[ $value == *= ]] && compopt -o nospace" in main("completions", "bash").out
    assert "_describe -V unsorted begun -U -S ''" in main("completions", "zsh").out
