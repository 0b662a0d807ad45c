"""Exported pages in a real browser: everything is visible, fits a phone and loads nothing. Needs a Chromium on PATH."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flanchat.engine.events import Warned
from flanchat.export.exporters import EXPORTERS
from flanchat.export.grid_page import grid_page
from flanchat.export.sweep_page import sweep_page
from flanchat.export.why_page import why_page
from flanchat.prompting.prompt import Segment
from flanchat.prompting.settings import Settings
from flanchat.sessions.answer import Timing
from flanchat.sessions.session_record import SessionRecord
from tests.export.test_export import answer, prompt, record_full_of, record_of, small_record, token
from tests.export.test_grid_page import grid
from tests.export.test_sweep_page import FREE, SUM, sweep_report
from tests.export.test_why_page import explained

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

NAMES = ("chromium", "chromium-browser", "google-chrome")
PHONE, DESKTOP = (360, 740), (1280, 900)

HOSTILE = (
    "<script>document.title='owned'</script>",
    "</style></p></details></article><h1>owned</h1>",
    '"><img src="http://127.0.0.1:9/owned.png" onerror="document.title=1">',
    "<a href='javascript:alert(1)'>javascript:alert(1)</a>",
    "<meta http-equiv=refresh content='0;url=http://127.0.0.1:9/'>",
    "@import url(http://127.0.0.1:9/owned.css); body { display: none }",
    "<iframe src='file:///etc/passwd'></iframe><base href='http://127.0.0.1:9/'>",
    "\x1b[31m\u202egnp.exe\x00\ud800",
)


@pytest.fixture(scope="module")
def context() -> Iterator[Any]:
    """A browser's context, whose pages one test after another uses: a new page costs 0.5 s of a processor."""
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip(f"no browser: none of {', '.join(NAMES)} is installed")
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=path, args=quiet)
        yield browser.new_context(device_scale_factor=2)
        browser.close()


class Opened:
    """A page in the browser. requests: addresses it asked for besides its own. messages: lines on its console."""

    def __init__(self, page: Any, source: str, folder: Path, size: tuple[int, int], scheme: str) -> None:
        path = folder / "talk.html"
        path.write_text(source, encoding="utf-8")
        self.page = page
        self.requests: list[str] = []
        self.messages: list[str] = []
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.emulate_media(color_scheme=scheme)
        page.on("request", self._note_request)
        page.on("console", self._note_message)
        page.goto(path.as_uri())
        self.requests.remove(path.as_uri())

    def leave(self) -> None:
        """The next test may use the page."""
        self.page.remove_listener("request", self._note_request)
        self.page.remove_listener("console", self._note_message)

    def _note_request(self, request: Any) -> None:
        self.requests.append(request.url)

    def _note_message(self, message: Any) -> None:
        self.messages.append(message.text)

    def unfold(self) -> None:
        self.page.eval_on_selector_all("details", "all => all.forEach(one => one.open = true)")

    def shown(self, selector: str) -> list[str]:
        """The text of every visible element, as it is laid out."""
        return [found.inner_text() for found in self.page.query_selector_all(selector) if found.is_visible()]

    def style(self, selector: str, name: str) -> str:
        return str(self.page.eval_on_selector(selector, f"one => getComputedStyle(one).{name}"))

    def at_widths(self, *widths: int) -> Iterator[int]:
        """Give the window one width after another."""
        for width in widths:
            self.page.set_viewport_size({"width": width, "height": 740})
            yield width

    def too_wide(self) -> list[str]:
        """Elements that extend beyond the window, and the page itself when it scrolls sideways.

        Inside `.wide` a wide table scrolls by itself.
        """
        return list(
            self.page.evaluate(
                """() => {
                    const width = document.documentElement.clientWidth;
                    const wide = [...document.body.querySelectorAll('*')].filter(one => {
                        const box = one.getBoundingClientRect();
                        return one.checkVisibility() && !one.parentElement.closest('.wide')
                            && (box.right > width + 0.5 || box.left < -0.5);
                    }).map(one => one.outerHTML.slice(0, 80));
                    return document.documentElement.scrollWidth > width ? ['the page', ...wide] : wide;
                }"""
            )
        )


@pytest.fixture
def show_page(context: Any, tmp_path: Path) -> Iterator[Any]:
    opened: list[Opened] = []

    def show(exported: SessionRecord | str, size: tuple[int, int] = PHONE, scheme: str = "light") -> Opened:
        source = exported if isinstance(exported, str) else EXPORTERS["html"](exported)
        page = context.pages[len(opened)] if len(opened) < len(context.pages) else context.new_page()
        opened.append(Opened(page, source, tmp_path, size, scheme))
        return opened[-1]

    yield show
    for one in opened:
        one.leave()


def long_record() -> SessionRecord:
    """A realistic conversation with everything that a page can show."""
    sampled = Settings().with_layer("/set", {"do_sample": True, "temperature": 0.8, "top_p": 0.9, "turns": 3})
    paris = answer(
        "What is the capital of France?",
        "Paris",
        tokens=[token(" Paris", 0.97, (" Lyon", 0.02)), token("", 0.99, id=1)],
        timing=Timing(1.9, 0.038, 0.061, 0.094, 812.0),
    )
    words = (
        (" The", 0.94), (" river", 0.91), (" Seine", 0.74), (",", 0.98), (" which", 0.58), (" rises", 0.41),
        (" near", 0.66), (" Dijon", 0.22), (" and", 0.95), (" flows", 0.97), (" through", 0.93), (" Rou", 0.35),
        ("en", 0.99), (" to", 0.97), (" the", 0.99), (" sea", 0.52), (".", 0.97), ("", 0.91),
    )  # fmt: skip
    instead = {" Seine": " Loire", " which": " that", " rises": " begins", " Dijon": " Paris", " Rou": " Le"}
    seine = answer(
        "Which river runs through it, and where does it go?",
        "".join(text for text, _ in words).strip(),
        2,
        paris,
        settings=sampled,
        seed=2871046113,
        tokens=[token(t, p, (instead.get(t, " a"), (1 - p) * 0.6), id=50 + n) for n, (t, p) in enumerate(words)],
        timing=Timing(1.9, 0.044, 0.088, 0.712, 821.0),
        prompt=prompt(
            "Which river runs through it, and where does it go?",
            dropped=[
                Segment("prefix", "", tokens=9),
                Segment("shot", "", 1, tokens=12),
                Segment("shot", "", 2, tokens=10),
                Segment("turn", "", 1, kept=False, reason="over the budget of 64 tokens"),
            ],
        ),
    )
    other = answer(
        seine.question,
        "the Seine",
        2,
        paris,
        id="a2-first",
        settings=sampled,
        seed=99,
        tokens=[token(" the", 0.61), token(" Sein", 0.87), token("e", 0.99)],
    )
    cut = answer(
        "Schreibe ein Gedicht über den Fluß 🌊, bitte.",
        "Der Fluß fließt und fließt und",
        3,
        seine,
        finish="interrupted",
        tokens=[token(" Der", 0.5), token(" Fluß", 0.88), token(" fließt und fließt und", 0.28)],
        prompt=prompt("Schreibe ein Gedicht über den Fluß 🌊, bitte.", warnings=[Warned("unk", 1, "🌊")]),
        timing=Timing(1.9, 0.04, 0.07, 1.48, 821.0),
    )
    return record_of(
        paris,
        other,
        seine,
        cut,
        name="A walk along the Seine",
        app_version="0.1.0",
        unanswered=[("Summarise " + "this " * 30, "the question is 731 tokens, but 498 are left for it")],
    )


def wide_record() -> SessionRecord:
    """A long unbreakable word in every place."""
    word = "Donaudampfschifffahrt" * 12
    return record_full_of(word)


def test_a_page_shows_questions_answers_and_figures(show_page):
    opened = show_page(long_record())

    assert opened.page.title() == "A walk along the Seine"
    assert opened.shown("h1") == ["A walk along the Seine"]
    assert opened.shown("h2") == ["Turn 1", "Turn 2", "Turn 3", "Unanswered questions"]
    assert opened.shown(".question")[:2] == [
        "What is the capital of France?",
        "Which river runs through it, and where does it go?",
    ]
    assert opened.shown(".answer")[0] == "Paris"
    assert opened.shown(".answer")[1].startswith("The river Seine, which rises near Dijon")
    text = opened.page.inner_text("body")
    for expected in (
        "94 ms · 30 tok/s · 11 in, 2 out",
        "to first token 23 ms",
        "dropped: turn 1 (over the budget of 64 tokens)",
        "ended: interrupted",
        "1 character is not in the model's vocabulary: 🌊",
        "the question is 731 tokens",
        "before temperature and penalties",
    ):
        assert expected in text


def test_details_are_hidden_until_they_are_opened(show_page):
    opened = show_page(long_record())
    hidden = opened.shown("table")

    opened.page.locator("article:nth-of-type(2) > .reply summary").filter(has_text="Settings").click()
    settings = opened.shown("table")
    opened.unfold()

    assert hidden == []
    assert len(settings) == 1
    assert "decode.temperature" in settings[0]
    text = opened.page.inner_text("body")
    for expected in (
        "Q: What is the capital of France?",
        "␣Lyon 2.0%",
        "2871046113",
        "Another answer to this question",
    ):
        assert expected in text


@pytest.mark.parametrize("record", [long_record, small_record, wide_record], ids=lambda record: record.__name__)
def test_nothing_is_wider_than_the_window_open_or_closed(show_page, record):
    opened = show_page(record())

    assert {width: opened.too_wide() for width in opened.at_widths(320, 360, 768)} == {320: [], 360: [], 768: []}
    opened.unfold()
    assert {width: opened.too_wide() for width in opened.at_widths(320, 360, 768)} == {320: [], 360: [], 768: []}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_of_a_grid_fits_a_phone_and_shows_what_differs(show_page, scheme):
    word = "Donaudampfschifffahrt" * 12
    opened = show_page(
        grid_page(grid(f"top_k=2,3 seed=1..3 {word}", ["a", f" {word}"], ["a", " cat"], full=True)), scheme=scheme
    )
    opened.unfold()

    assert {width: opened.too_wide() for width in opened.at_widths(320, 360, 768)} == {320: [], 360: [], 768: []}
    assert opened.shown("ins") == ["cat"]
    assert contrast(opened.style("ins", "color"), opened.style("ins", "backgroundColor")) >= 4.5
    assert (opened.requests, opened.messages) == ([], [])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_of_a_sweep_fits_a_phone_and_draws_its_chart(show_page, scheme):
    long = "Donaudampfschifffahrt" * 12
    report = sweep_report({"sum": [*SUM, long], "free": [*FREE, "positive"]}, topics=(long, "b"), name=long)
    opened = show_page(sweep_page(report, file=long, model="demo"), scheme=scheme)
    opened.unfold()

    assert {width: opened.too_wide() for width in opened.at_widths(320, 360, 768)} == {320: [], 360: [], 768: []}
    card = opened.style(".turn", "backgroundColor")
    assert contrast(opened.style(".reliability circle", "fill"), card) >= 3
    assert contrast(opened.style(".reliability text", "fill"), card) >= 4.5
    assert (opened.requests, opened.messages) == ([], [])


def test_text_is_large_on_a_phone_and_lines_are_short_on_a_desktop(show_page):
    phone, desktop = show_page(long_record()), show_page(long_record(), DESKTOP)

    assert float(phone.style(".answer", "fontSize").removesuffix("px")) >= 17
    assert float(phone.style(".key", "fontSize").removesuffix("px")) >= 12
    assert phone.page.eval_on_selector("summary", "one => one.getBoundingClientRect().height") >= 28
    assert desktop.page.eval_on_selector("main", "one => one.getBoundingClientRect().width") <= 800


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two opaque computed colours. Source: WCAG 2.1."""

    def luminance(colour: str) -> float:
        parts = [int(part) / 255 for part in colour.removeprefix("rgb(").removesuffix(")").split(",")]
        linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_contrasts_with_its_background_in_light_and_dark(show_page, scheme):
    opened = show_page(long_record(), scheme=scheme)

    pairs = {
        (text, back): contrast(opened.style(text, "color"), opened.style(back, "backgroundColor"))
        for text, back in [
            ("body", "body"), (".about span", "body"), ("footer", "body"), (".brand", "body"), (".answer", ".turn"),
            (".key", ".turn"), ("summary", ".turn"), (".question", ".question"), (".alert", ".alert"),
            (".likely", ".likely"), (".unsure", ".unsure"), (".guess", ".guess"),
        ]
    }  # fmt: skip
    assert {pair: round(ratio, 1) for pair, ratio in pairs.items() if ratio < 4.5} == {}


def test_the_page_follows_the_dark_colour_scheme(show_page):
    light, dark = show_page(long_record()), show_page(long_record(), scheme="dark")

    assert contrast(light.style("body", "backgroundColor"), "rgb(255, 255, 255)") < 1.3
    assert contrast(dark.style("body", "backgroundColor"), "rgb(0, 0, 0)") < 1.3


def test_an_unlikely_token_is_also_underlined(show_page):
    opened = show_page(long_record())

    lines = [opened.style(f".answer .{name}", "textDecorationStyle") for name in ("unsure", "guess")]
    assert lines == ["dotted", "wavy"]
    assert opened.style(".answer .likely", "textDecorationLine") == "none"


def test_the_segments_of_the_time_bar_are_proportional(show_page):
    opened = show_page(record_of(answer("q", "a", timing=Timing(0, 0.2, 0.5, 1.0))), DESKTOP)

    widths = opened.page.eval_on_selector_all(
        ".meter:first-child .bar i", "all => all.map(one => one.getBoundingClientRect().width)"
    )
    assert [round(width / sum(widths), 1) for width in widths] == [0.2, 0.3, 0.5]


def test_hostile_text_is_shown_and_has_no_effect(show_page):
    record = record_full_of(" ".join(HOSTILE))
    opened = show_page(record, DESKTOP)
    opened.unfold()

    for text in HOSTILE[:-1]:
        assert all(text in shown for shown in (*opened.shown(".question"), *opened.shown(".answer")))
    assert "^[[31m<U+202E>gnp.exe^@<U+D800>" in opened.shown(".answer")[0]
    assert opened.page.title().startswith("<script>")
    assert opened.page.query_selector_all("script, img, iframe, base, h1 + h1, a:not([href^='#'])") == []
    assert opened.style("body", "display") == "block"
    assert opened.requests == []
    assert opened.messages == []


def test_the_page_makes_no_request(show_page):
    opened = show_page(long_record())
    opened.unfold()
    opened.page.mouse.wheel(0, 5000)
    opened.page.wait_for_load_state("networkidle")

    assert opened.requests == []
    assert opened.messages == []


def test_the_security_policy_blocks_an_image_added_later(show_page):
    opened = show_page(long_record())

    opened.page.evaluate("document.body.append(Object.assign(new Image(), {src: 'http://127.0.0.1:9/x.png'}))")
    opened.page.wait_for_function("document.images[0].complete")

    assert any("Content Security Policy" in message for message in opened.messages)


def test_each_turn_has_a_link(show_page):
    opened = show_page(long_record())

    opened.page.get_by_text("Turn 3").click()

    assert opened.page.url.endswith("talk.html#turn-3")


def test_pointing_at_a_token_colours_the_prompt_for_that_token(show_page):
    opened = show_page(why_page(explained("One. ", "Two. ", "Three. ")), DESKTOP)

    def shares() -> list[list[str]]:
        reads = "all => all.map(one => ['--f', '--g'].map(name => getComputedStyle(one).getPropertyValue(name)))"
        return list(opened.page.eval_on_selector_all(".piece", reads))

    assert shares() == [["1.00", "0"], ["0", "0.03"], ["0", "0"]]
    opened.page.hover(".a2")
    assert shares() == [["0", "0"], ["0", "0.03"], ["0", "0"]]
    opened.page.mouse.move(0, 0)
    opened.page.focus(".a1")
    assert shares() == [["1.00", "0"], ["0", "0"], ["0", "0"]]
    assert opened.style(".piece", "boxShadow") != opened.style(".piece:nth-of-type(2)", "boxShadow")
    assert (opened.requests, opened.messages) == ([], [])


def test_an_explanation_fits_a_phone(show_page):
    words = tuple(f" word{number}" for number in range(30))
    opened = show_page(
        why_page(explained("A long sentence that needs several lines on a phone. ", "Two. ", words=words))
    )

    assert opened.too_wide() == []


@pytest.mark.slow  # pictures to look at
def test_screenshots(show_page):
    """Write screenshots for people to look at into the folder FLANCHAT_SHOTS."""
    folder = os.environ.get("FLANCHAT_SHOTS")
    if not folder:
        pytest.skip("FLANCHAT_SHOTS is not set")
    for size in (PHONE, DESKTOP):
        for scheme in ("light", "dark"):
            for unfolded in (False, True):
                opened = show_page(long_record(), size, scheme)
                if unfolded:
                    opened.unfold()
                name = f"{size[0]}-{scheme}{'-open' * unfolded}.png"
                opened.page.screenshot(path=Path(folder) / name, full_page=True)
