"""An exported session is complete in each of five formats, and no text in it changes the structure of a file."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jinja2 import UndefinedError
from markdown_it import MarkdownIt

from flanchat.base.errors import StorageError, UsageError
from flanchat.base.sanitize import printable
from flanchat.engine.events import Alternative, Token, Warned
from flanchat.engine.scripted import CARD
from flanchat.export.exporters import EXPORTERS, write_export
from flanchat.export.html import render
from flanchat.prompting.prompt import Prompt, Segment
from flanchat.prompting.settings import Settings
from flanchat.sessions.answer import Answer, Timing
from flanchat.sessions.choices import ScoredChoice
from flanchat.sessions.conversation import Conversation
from flanchat.sessions.session_record import RecordedGrid, SessionRecord
from tests.goldens import check_golden
from tests.work import calls_of

TEMPLATES = Path(__file__).parents[2] / "flanchat" / "export" / "templates"

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=40)
NASTY = st.one_of(
    ANY_TEXT,
    st.text(st.sampled_from(list("`~#*_[](){}<>!|\\&\"'=-+.:;1 \n\t\r\x0b\x1b\u2028\u202e\x85\ud83dax")), max_size=40),
    st.sampled_from(
        [
            "<script>alert(1)</script>",
            "</style></p></details><img src=x onerror=alert(1)>",
            "-->]]><!--<![CDATA[",
            "&lt;b&gt;&#x3c;b&#62;",
            "[x](javascript:alert(1)) ![x](http://a.example/x.png) <http://a.example>",
            "```\n# heading\n````text\n~~~\n</pre>",
            "[a]: http://a.example\n\n[a]\n***\n- x\n    1. y\n> z\n| a | b |\n|---|---|",
            "http://a.example www.a.example me@a.example @someone #1",
            "\x1b[2J\x9b31m\x00\x07\r\x08",
            "{title}{0}%s",
        ]
    ),
)


def token(text: str, probability: float, *others: tuple[str, float], id: int = 100) -> Token:
    """A token with its alternatives, of which it is the first."""
    top = ((text or "</s>", probability), *others)
    return Token(
        id, text, math.log(probability), tuple(Alternative(id + n, t, math.log(p)) for n, (t, p) in enumerate(top))
    )


def prompt(question: str, *, warnings: Sequence[Warned] = (), dropped: Sequence[Segment] = ()) -> Prompt:
    words = len(question.split())
    segments = (
        *dropped,
        Segment("question", f"Q: {question}", tokens=words + 2),
        Segment("cue", "A:", tokens=2),
        Segment("end", "", tokens=1),
    )
    tokens = sum(segment.tokens for segment in segments)
    return Prompt(f"Q: {question}\nA:", tokens, 64, segments, tuple(warnings), "0" * 64)


def answer(question: str, text: str, number: int = 1, before: Answer | None = None, **changes: Any) -> Answer:
    """An answer of one likely token, after half a second. changes: fields to replace."""
    made = Answer(
        question=question,
        question_id=f"q{number}",
        prompt=prompt(question),
        settings=Settings(),
        seed=7,
        text=text,
        tokens=[token(f" {text}", 0.97)],
        finish="eos",
        timing=Timing(0.5, 0.1, 0.2, 0.5, 812.0),
        card=CARD,
        id=f"a{number}",
        previous_id=before and before.id,
        profile="qa",
        at="2026-11-22T10:30:00.000Z",
    )
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def record_of(*answers: Answer, **fields: Any) -> SessionRecord:
    """A session with these answers, of which the last is the current one."""
    conversation = Conversation()
    for one in answers:
        conversation.go(one.previous_id)
        conversation.add(one)
    return SessionRecord(
        conversation=conversation, **{"session": "01J", "started": "2026-11-22T10:29:00.000Z", **fields}
    )


def small_record() -> SessionRecord:
    """Three turns, the second answered twice and the third cut short, with everything that can go wrong."""
    paris = answer(
        "What is the capital of France?",
        "Paris",
        tokens=[token(" Paris", 0.97, (" Lyon", 0.02)), token("", 0.99, id=1)],
    )
    sampled = Settings().with_layer("/set", {"do_sample": True, "temperature": 0.8, "top_p": 0.9})
    first = answer("And of Österreich 🇦🇹?", "Vienna", 2, paris, id="a2-first", settings=sampled, seed=1)
    second = answer(
        "And of Österreich 🇦🇹?",
        "Wien or Salzburg",
        2,
        paris,
        settings=sampled,
        seed=2,
        prompt=prompt(
            "And of Österreich 🇦🇹?",
            warnings=[Warned("unk", 2, "🇦🇹")],
            dropped=[Segment("turn", "", 1, kept=False, reason="over the budget of 64 tokens")],
        ),
        tokens=[
            token(" Wien", 0.71, (" Vienna", 0.2)),
            token(" or", 0.45, ("", 0.4)),
            token(" Salz", 0.12, (" Graz", 0.11)),
            token("burg", 0.99),
        ],
        short="Wien",
    )
    cut = answer("Tell me a story.", "Once upon a", 3, second, finish="length", tokens=[], card=None)
    return record_of(
        paris,
        first,
        second,
        cut,
        name="capitals",
        unanswered=[("A question that is too long?", "the question is 731 tokens, but 498 are left for it")],
        notes=["recording was switched off"],
        problems=("line 7: not valid JSON",),
    )


def test_every_format_has_every_question_answer_and_problem():
    for ending, export in EXPORTERS.items():
        text = re.sub(r"</?(span|bdi)[^>]*>", "", export(small_record()))

        for expected in ("capital of France?", "Paris", "Vienna", "Wien or Salzburg", "Once upon a"):
            assert expected in text, ending
        if ending != "jsonl":  # one line is one answer
            assert "A question that is too long?" in text
            assert "line 7: not valid JSON" in text
            assert "recording was switched off" in text


@pytest.mark.parametrize("ending", ["md", "txt"])
def test_a_small_session_is_written_like_its_golden(ending):
    check_golden(f"export/small.{ending}", EXPORTERS[ending](small_record()).removesuffix("\n"))


@pytest.mark.parametrize("ending", EXPORTERS)
def test_a_session_without_an_answer_can_be_exported(ending):
    text = EXPORTERS[ending](SessionRecord())

    assert text == "" if ending == "jsonl" else text.endswith("\n")


def test_json_has_the_transcript_record_of_each_answer_and_the_current_branch():
    whole = json.loads(EXPORTERS["json"](small_record()))

    assert whole["way"] == ["a1", "a2", "a3"]
    assert [one["id"] for one in whole["answers"]] == ["a1", "a2-first", "a2", "a3"]
    last = whole["answers"][2]
    assert (last["text"], last["short"], last["before"], last["seed"]) == ("Wien or Salzburg", "Wien", "a1", 2)
    assert last["settings"]["decode.temperature"] == 0.8
    assert last["prompt"]["segments"][0]["reason"] == "over the budget of 64 tokens"
    assert last["tok"][2]["alt"][1][2] == " Graz"
    assert whole["unanswered"][0]["message"].startswith("the question is 731 tokens")


def test_each_line_of_jsonl_is_complete():
    lines = [json.loads(line) for line in EXPORTERS["jsonl"](small_record()).splitlines()]

    assert [line["text"] for line in lines] == ["Paris", "Vienna", "Wien or Salzburg", "Once upon a"]
    assert {(line["session"], line["profile"]) for line in lines} == {("01J", "qa")}
    assert lines[2]["question"] == "And of Österreich 🇦🇹?"


def test_numbers_that_json_cannot_write_become_null():
    odd = answer("q", "a", tokens=[Token(1, "a", -math.inf), Token(2, "", math.nan)], timing=Timing(total_s=math.inf))

    [line] = EXPORTERS["jsonl"](record_of(odd)).splitlines()

    assert json.loads(line, parse_constant=pytest.fail)["tok"][0]["lp"] is None


def test_a_continued_answer_is_shown_with_its_continuation():
    cut = answer("Count.", "one two", finish="length")
    whole = answer("Count.", "one two three", id="a1-whole", continues="a1")

    text = EXPORTERS["txt"](record_of(cut, whole))

    assert text.index("Turn 1") < text.index("one two three") < text.index("Before it was continued")


def test_undone_answers_and_those_that_followed_them_are_outside_the_current_branch():
    one = answer("first", "one")
    two = answer("second", "two", 2, one)
    three = answer("third", "three", 3, two)
    record = record_of(one, two, three)
    record.conversation.undo(2)

    text = EXPORTERS["txt"](record)

    assert "Turn 2" not in text
    assert (
        text.index("one")
        < text.index("Outside the current branch")
        < text.index("Abandoned answer")
        < text.index("two")
    )
    assert text.index("two") < text.index("Follows another answer") < text.index("three")


def test_another_branch_is_named_at_the_turn_where_it_starts():
    one = answer("first", "one")
    here, there = answer("second", "two", 2, one), answer("other", "zwei", 3, one)
    record = record_of(one, here)
    record.conversation.fork("german")
    record.conversation.undo()
    record.conversation.add(there)

    text = EXPORTERS["txt"](record)

    assert "branch: german" in text
    assert re.search(r"Turn 2\n.*zwei.*Another question at this turn\n~+\nbranch: main\n.*two", text, re.S)


@pytest.mark.parametrize("ending", EXPORTERS)
def test_the_work_of_an_export_grows_with_the_answers(ending: str):
    """Counted in function calls, with two answers to every question."""

    def calls(turns: int) -> int:
        conversation = Conversation()
        for turn in range(turns):
            before = conversation.head
            for number in (1, 2):
                prompt = Prompt("q", 1, 512, (), (), "")
                made = Answer(f"q{turn}", f"u{turn}", prompt, Settings(), 0, "yes", id=f"a{turn}.{number}")
                made.previous_id = before
                conversation.add(made)
        return calls_of(lambda: EXPORTERS[ending](SessionRecord(conversation=conversation)))

    calls(5)  # imports and caches

    assert calls(80) < 2.1 * calls(40)


# Files


@pytest.mark.parametrize("ending", EXPORTERS)
def test_the_suffix_selects_the_format(tmp_path, ending):
    path = tmp_path / f"talk.{ending.upper()}"

    write_export(small_record(), path)

    assert path.read_text(encoding="utf-8") == EXPORTERS[ending](small_record())
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("name", "got"), [("talk.pdf", ".pdf"), ("talk", "no ending")])
def test_an_unknown_suffix_is_refused_with_a_list_of_those_supported(tmp_path, name, got):
    with pytest.raises(UsageError) as refused:
        write_export(small_record(), tmp_path / name)

    expected = f"expected a name that ends in .md, .html, .json, .jsonl or .txt, got {got}"
    assert refused.value.message == f"{tmp_path / name}: {expected}"
    assert list(tmp_path.iterdir()) == []


def test_an_existing_file_is_overwritten_only_on_request(tmp_path):
    path = tmp_path / "talk.md"
    path.write_text("mine")

    with pytest.raises(StorageError) as refused:
        write_export(small_record(), path)

    assert refused.value.message == f"{path}: exists already; choose another name or add --force"
    assert path.read_text() == "mine"
    write_export(small_record(), path, overwrite=True)
    assert path.read_text(encoding="utf-8").startswith("# flanchat session\n")


def test_a_missing_folder_is_reported_in_one_sentence(tmp_path):
    with pytest.raises(StorageError, match="not written: No such file or directory"):
        write_export(small_record(), tmp_path / "none" / "talk.md")


# The page


class Page(HTMLParser):
    """A parsed page. skeleton: tags, with class and attribute names. texts: by tag and class. odd: comments."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.skeleton: list[tuple[str, ...]] = []
        self.texts: list[tuple[str, list[str]]] = []
        self.odd: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self._open: list[tuple[str, list[str]]] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.attributes += given.items()
        self.skeleton.append((tag, given.get("class", ""), *sorted(given)))
        if tag != "meta":
            self._open.append((tag, []))
            self.texts.append((f"{tag}.{given.get('class', '')}", self._open[-1][1]))

    def handle_endtag(self, tag: str) -> None:
        self.skeleton.append((f"/{tag}",))
        opened, _ = self._open.pop()
        assert opened == tag

    def handle_data(self, data: str) -> None:
        for _, texts in self._open:
            texts.append(data)

    def handle_comment(self, data: str) -> None:
        self.odd.append(data)

    handle_pi = unknown_decl = handle_comment

    def text(self, element: str) -> list[str]:
        return ["".join(texts) for name, texts in self.texts if name == element]


def page(record: SessionRecord) -> Page:
    return Page(EXPORTERS["html"](record))


def record_full_of(text: str) -> SessionRecord:
    """A session with this text in every place for text."""
    one = answer(
        text,
        text,
        short=text + "short",
        message=text + "m",
        finish="error",
        profile=text + "p",
        at=text + "t",
        tokens=[Token(1, "", -0.1, (Alternative(2, text, -3.0),))],
        card=replace(
            CARD,
            name=text + "n",
            device=text + "d",
            precision=text + "c",
            revision=text + "r",
            versions={text + "k": text},
        ),
        prompt=Prompt(
            text + "p",
            9,
            64,
            (
                Segment(text + "k", "", 1, kept=False, reason=text + "r"),  # type: ignore[arg-type]
                Segment("question", text, tokens=8),
            ),
            (Warned("unk", 3, text + "u"), Warned("special", 1, text + "s")),
            text,
        ),
        settings=Settings().with_layer("once", {"stop": [text + "x"]}),
    )
    other = answer(text, text, 2, tokens=[], profile=text + "p", card=one.card)
    record = record_of(
        other,
        one,
        session=text + "s",
        name=text + "n",
        started=text + "t",
        grids=[RecordedGrid(text + "i", text, text + "a", {text: [(1, ""), (2, text)]})],
        unanswered=[(text, text + "m")],
        notes=[text],
        problems=(text,),
    )
    record.conversation.ends[text + "b"] = other.id
    return record


PLAIN = "hello"


@given(NASTY.filter(lambda text: text != ""))
@example("<script>alert(1)</script>")
@example('" onmouseover="alert(1)')
def test_no_text_changes_the_structure_of_a_page(text):
    made, plain = page(record_full_of(text)), page(record_full_of(PLAIN))

    assert made.skeleton == plain.skeleton
    assert made.odd == []


@given(NASTY.filter(lambda text: text != ""))
def test_a_page_shows_texts_unchanged_except_for_visible_control_characters(text):
    made = page(record_full_of(text))

    shown = printable(text)
    assert made.text("p.question") == [shown, shown, shown, shown]
    assert made.text("p.answer") == [shown, shown, shown]
    assert made.text("p.text")[0] == shown + "p"
    assert made.text("ul.lines") == [shown, shown]


@given(st.lists(st.tuples(NASTY, st.floats(-60, 0)), max_size=6), st.integers(0, 40), st.booleans())
def test_colouring_does_not_change_the_text_of_an_answer(pieces, cut, strip):
    tokens = [Token(n, text, logprob, (Alternative(n + 1, text, -1.0),)) for n, (text, logprob) in enumerate(pieces)]
    text = "".join(text for text, _ in pieces)
    text = text[: len(text) - cut]
    made = page(record_of(answer("q", text.strip() if strip else text, tokens=tokens)))

    assert made.text("p.answer" if made.text("p.answer") else "p.answer nothing") == [
        printable(text.strip() if strip else text) or "no text"
    ]
    assert {
        name for name, *_ in made.skeleton if name in ("script", "img", "iframe", "object", "link", "base")
    } == set()


def test_a_page_links_only_to_itself_and_has_no_scripts_or_handlers():
    made = page(record_full_of("<a href=javascript:alert(1)>x</a> http://a.example"))

    tags = {tag for tag, *_ in made.skeleton if not tag.startswith("/")}
    assert not tags & {"script", "img", "iframe", "object", "embed", "link", "base", "form", "input", "svg"}
    assert {value for name, value in made.attributes if name in ("href", "src", "action")} == {"#turn-1"}
    assert not [name for name, _ in made.attributes if name.startswith("on")]
    styles = [value for name, value in made.attributes if name == "style"]
    assert all(re.fullmatch(r"width:\d+\.\d\d%", style) for style in styles)
    assert "url(" not in EXPORTERS["html"](small_record())
    assert "@import" not in EXPORTERS["html"](small_record())


def test_a_page_forbids_every_request_and_fits_a_phone():
    source = EXPORTERS["html"](SessionRecord())

    assert "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'" in source
    assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in source
    assert '<html lang="en">' in source
    assert source.index("Content-Security-Policy") < source.index("<style>")


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.j2")), ids=lambda path: path.name)
def test_a_template_has_no_untranslatable_words(path):
    """Words outside `_()` are only names of commands, and those of styles and drawings."""
    source = re.sub(r"(?s)\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<[^<>]*>", " ", path.read_text(encoding="utf-8"))

    words = [
        word
        for word in re.findall(r"[A-Za-z]+", source)
        if word not in ("flanchat", "whatif", "why", "diff", "sweep", "doctype", "html")
    ]
    assert words == (["width"] if path.name == "answer.html.j2" else [])


def test_a_missing_value_is_an_error_not_an_empty_place():
    with pytest.raises(UndefinedError, match="'session' is undefined"):
        render("session.html.j2", title="", facts=[])


def test_each_token_is_marked_by_its_probability():
    made = page(small_record())

    tokens = [(name, "".join(text)) for name, text in made.texts if name.startswith("span.t")]
    words = [one for one in tokens if one[1] in ("Paris", "Wien", "or", "Salz", "burg")]
    assert words == [
        ("span.t sure", "Paris"),
        ("span.t likely", "Wien"),
        ("span.t unsure", "or"),
        ("span.t guess", "Salz"),
        ("span.t sure", "burg"),
    ]
    assert ("title", "12%; alternatives: ␣Graz 11%") in made.attributes


def test_a_token_without_text_is_shown_by_name():
    assert "</s>" in page(small_record()).text("code.t sure")


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Paris", [" Paris"]),
        ("Paris", [" Paris", "\nQ", ":"]),
        ("Par", [" Paris"]),
        (" Paris ", [" Paris", " "]),
    ],
)
def test_a_stripped_or_cut_answer_is_still_coloured(text, pieces):
    made = page(record_of(answer("q", text, tokens=[token(piece, 0.2) for piece in pieces])))

    assert made.text("span.t guess")[:2][-1] == text.strip()
    assert made.text("p.answer") == [text]


def test_an_answer_unlike_its_tokens_is_shown_without_colours_and_says_so():
    made = page(record_of(answer("q", "Paris", tokens=[token(" Rome", 0.2)])))

    assert made.text("p.answer") == ["Paris"]
    assert any("not coloured" in text for text in made.text("li."))


def test_the_time_bar_has_three_segments():
    source = EXPORTERS["html"](record_of(answer("q", "a", timing=Timing(0, 0.1, 0.25, 1.0))))

    for part in ("encode", "wait", "decode"):
        assert f'<i class="time-{part}"' in source
    assert [
        re.search(rf'<i class="time-{part}" style="width:([\d.]+)%"', source)[1] for part in ("encode", "wait")
    ] == [
        "10.00",
        "15.00",
    ]
    assert "encode 0.10 s" in source
    assert "decode 0.75 s" in source


@given(st.builds(Timing, *[st.floats()] * 2, st.none() | st.floats(), *[st.floats()] * 2))
def test_no_odd_timing_makes_a_segment_longer_than_its_bar(timing):
    made = page(record_of(answer("q", "a", timing=timing)))

    bars = [float(value[6:-1]) for name, value in made.attributes if name == "style"]
    assert all(0 <= width <= 100 for width in bars)


def test_a_dropped_part_is_shown_with_its_reason():
    made = page(small_record())

    assert "dropped: turn 1 (over the budget of 64 tokens)" in made.text("li.alert")
    assert "turn 1" in made.text("s.")


def test_only_settings_other_than_the_defaults_are_listed():
    made = page(record_of(answer("q", "a", settings=Settings().with_layer("profile x", {"temperature": 0.5}))))

    rows = [text for text in made.text("tr.") if text.startswith("decode.")]
    assert rows == ["decode.temperature0.5 temperature has no effect while do_sample is false1.0"]


def test_a_setting_that_chose_the_answer_is_not_called_idle_and_one_of_decoding_is():
    values = {"choose": "mean", "do_sample": True, "temperature": 0.5}
    choices = tuple(ScoredChoice(text, 1, -0.7, 0.5, 0.5) for text in ("a", "b"))
    chosen = answer("q", "a", settings=Settings().with_layer("profile x", values), choices=choices)

    rows = [text for text in page(record_of(chosen)).text("tr.") if text.startswith(("decode.temp", "post."))]

    assert rows == ["decode.temperature0.5 temperature has no effect while the answer is one of the choices1.0",
                    "post.choosemean" + "sum"]  # fmt: skip


# Markdown and text


def markdown_shape(source: str) -> list[tuple[str, str]]:
    """The tokens of a Markdown parser, without the content of code."""
    tokens = MarkdownIt("commonmark", {"linkify": False}).enable("table").enable("strikethrough").parse(source)
    flat = [inner for token in tokens for inner in (token.children or [token])]
    return [(token.type, "" if token.type in ("fence", "code_inline") else token.content) for token in flat]


@given(NASTY.filter(lambda text: text != ""))
@example("```\n# heading\n````")
@example("`")
@example(" ")
def test_no_text_changes_the_structure_of_markdown(text):
    made, plain = EXPORTERS["md"](record_full_of(text)), EXPORTERS["md"](record_full_of(PLAIN))

    assert markdown_shape(made) == markdown_shape(plain)


@given(NASTY.filter(lambda text: text != ""))
def test_markdown_has_questions_and_answers_unchanged_in_fences(text):
    source = EXPORTERS["md"](record_full_of(text))

    fences = [token.content for token in MarkdownIt().parse(source) if token.type == "fence"]
    assert fences[:2] == [printable(text) + "\n"] * 2


@given(NASTY)
def test_markdown_text_and_html_contain_no_control_characters(text):
    for ending in ("md", "txt", "html"):
        source = EXPORTERS[ending](record_full_of(text))

        assert printable(source) == source, ending
        assert source.encode("utf-8")


@given(NASTY.filter(lambda text: text != ""))
def test_no_recorded_text_starts_at_the_margin_of_plain_text(text):
    lines = EXPORTERS["txt"](record_full_of(text)).split("\n")

    firsts = [line for line in EXPORTERS["txt"](record_full_of(PLAIN)).split("\n") if line and not line.startswith(" ")]
    ours = [line.partition(":")[0] for line in lines if line and not line.startswith(" ")]
    assert ours == [line.partition(":")[0] for line in firsts]


@given(NASTY)
def test_json_preserves_every_text(text):
    # JSON joins two adjacent surrogates to the one character that they encode
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    source = EXPORTERS["json"](record_full_of(text))

    whole = json.loads(source)
    assert source.isascii()
    assert [whole["answers"][0][name] for name in ("question", "text")] == [text, text]
    assert (whole["name"], whole["unanswered"], whole["problems"]) == (
        text + "n",
        [{"question": text, "message": text + "m"}],
        [text],
    )


def test_nothing_is_exported_twice():
    text = EXPORTERS["txt"](small_record())

    assert [text.count(line) for line in ("    Paris\n", "    Vienna\n", "    Wien or Salzburg\n")] == [1, 1, 1]


def test_a_session_of_a_thousand_answers_is_one_page(tmp_path: Path):
    answers: list[Answer] = []
    for number in range(1000):
        answers.append(answer("q", "a", number, answers[-1] if answers else None))

    write_export(record_of(*answers), tmp_path / "long.html")

    assert (tmp_path / "long.html").stat().st_size < 10_000_000


@pytest.mark.parametrize("ending", ["md", "txt", "html"])
def test_the_brief_form_has_questions_answers_and_their_review_and_no_more(tmp_path: Path, ending: str):
    first = answer("Capital of France?", "Paris", rating="good", notes=("short and right",))
    other = replace(first, id="other", text="Lyon")
    record = record_of(other, first, answer("And of Spain?", "Madrid", 2, first))
    path = tmp_path / f"talk.{ending}"

    write_export(record, path, brief=True)
    text = path.read_text(encoding="utf-8")

    for shown in ("Capital of France?", "Paris", "good", "short and right", "And of Spain?", "Madrid"):
        assert shown in text
    for left_out in ("Lyon", "Ledger", "to first token", "<details"):
        assert left_out not in text
    assert len(text) < len(EXPORTERS[ending](record))


def test_formats_for_programs_have_no_brief_form(tmp_path: Path):
    for ending in ("json", "jsonl"):
        with pytest.raises(UsageError, match=r"only \.md, \.html and \.txt have a brief form"):
            write_export(small_record(), tmp_path / f"talk.{ending}", brief=True)


@pytest.mark.parametrize("ending", ["md", "txt", "html"])
def test_the_exact_prompt_is_in_every_format_for_people(ending: str):
    text = EXPORTERS[ending](record_of(answer("Why?", "So.")))

    assert re.search(r"Q: Why\?\n *A:", text)


@pytest.mark.parametrize(("turns", "listed"), [(5, False), (6, True)])
def test_a_page_of_more_than_five_turns_begins_with_its_questions(turns: int, listed: bool):
    made: list[Answer] = []
    for number in range(1, turns + 1):
        made.append(answer(f"Question {number}?", "So.", number, made[-1] if made else None))

    page = EXPORTERS["html"](record_of(*made))

    assert ('<nav class="contents"' in page) is listed
    assert page.count(f'href="#turn-{turns}"') == 1 + listed
