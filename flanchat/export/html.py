"""A page that can be sent to anybody: one HTML file without a script, which loads nothing. Knows no session.

Text is escaped where it is put in, unless it is `Html` already; control characters become visible.
"""

from __future__ import annotations

import html

from flanchat import __version__
from flanchat.base.i18n import _, is_translated
from flanchat.base.sanitize import show


class Html(str):
    """Text that is HTML already. Only `el` and `joined` make it; every other text is escaped where it is put in."""

    __slots__ = ()


def el(tag: str, *children: str, **attributes: str) -> Html:
    """An element; what is not `Html` in it is shown as text.

    tag: its name and its classes, as in `p.question`. Attributes: `class` comes from the tag.

    >>> el("p.question", "<b>", title='"')
    '<p class="question" title="&quot;">&lt;b&gt;</p>'
    """
    name, *classes = tag.split(".")
    every = ({"class": " ".join(classes)} if classes else {}) | attributes
    opened = "".join([f"<{name}", *(f' {key}="{escaped(value)}"' for key, value in every.items()), ">"])
    return Html(f"{opened}{joined(*children)}</{name}>")


def joined(*parts: str) -> Html:
    return Html("".join(part if isinstance(part, Html) else escaped(part) for part in parts))


def escaped(text: str) -> str:
    return html.escape(show(text), quote=True)


def foreign(tag: str, *children: str) -> Html:
    """An element for text that others wrote: in a language and a direction of its own."""
    return el(tag, *children, lang="", dir="auto")


def page(title: str, *body: str) -> str:
    """A whole page, with the line at its end that says who wrote it."""
    foot = el(
        "footer",
        _("Written by flanchat {version}. This page is one file: it loads nothing and runs nothing.").format(
            version=__version__
        ),
    )
    lang = "zh-CN" if is_translated() else "en"
    return _PAGE.format(lang=lang, title=escaped(title), style=_STYLE, body=joined(*body, foot))


_PAGE = """<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; \
form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="format-detection" content="telephone=no">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
{body}
</body>
</html>
"""

# Colours are written once, for light and for dark; what they mean is also said by a line under the token or by words.
_STYLE = """
:root {
  --page: #f4f3ef; --card: #ffffff; --ink: #1d2129; --soft: #5c6470; --line: #e2e0d9; --accent: #2f5bd0;
  --mine: #e9eefc; --track: #eceae4; --alert: #8a3b12; --alert-back: #fdf0e4;
  --likely: #fff1b8; --unsure: #ffd394; --guess: #ffc2b3; --unsure-line: #a35a00; --guess-line: #b3261e;
  --encode: #8a94a6; --wait: #e0a526; --decode: #2f5bd0;
  --prefix: #8a94a6; --shot: #1f9486; --past: #8457c9; --asked: #2f5bd0; --cue: #c2841a; --end: #b9bec7;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14161b; --card: #1d2027; --ink: #e9eaee; --soft: #a0a7b4; --line: #31353f; --accent: #8fb0ff;
    --mine: #26314d; --track: #2c3039; --alert: #f5b98c; --alert-back: #3a2a1e;
    --likely: #4a431c; --unsure: #6a4716; --guess: #75302a; --unsure-line: #ffb65c; --guess-line: #ff8a7a;
    --encode: #8a94a6; --wait: #e0a526; --decode: #7399f5;
    --prefix: #8a94a6; --shot: #3fb8a8; --past: #a98be0; --asked: #7399f5; --cue: #d9a04a; --end: #5d6573;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0 auto; padding: 1.5rem 1rem 3rem; max-width: 50rem; background: var(--page); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif;
  overflow-wrap: anywhere;
}
p, h1, h2, h3, ul { margin: 0; padding: 0; }
ul { list-style: none; }
.brand { color: var(--accent); font-weight: 700; font-size: .85rem; letter-spacing: .04em; }
h1 { font-size: clamp(1.4rem, 5vw, 2rem); line-height: 1.2; margin: .15rem 0 .7rem; white-space: pre-wrap; }
.about { display: flex; flex-wrap: wrap; gap: .15rem 1.1rem; font-size: .875rem; }
.about span, .head span, .key, .hint, footer { color: var(--soft); }
.legend { margin: 1.25rem 0; padding: .8rem 0; border: solid var(--line); border-width: 1px 0; font-size: .875rem; }
.legend p + p { color: var(--soft); margin-top: .35rem; }
.keys { display: flex; flex-wrap: wrap; gap: .3rem .7rem; }
.turn {
  background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 1rem 1.15rem 1.1rem;
  margin-top: 1.1rem;
}
h2 { font-size: .8rem; font-weight: 600; color: var(--soft); margin-bottom: .6rem; }
h2 a { color: inherit; text-decoration: none; }
h2 a:hover, h2 a:focus { text-decoration: underline; }
.turn:target { border-color: var(--accent); }
.question {
  background: var(--mine); border-radius: 12px; padding: .55rem .85rem; white-space: pre-wrap; width: fit-content;
  max-width: 100%;
}
.answer { font-size: 1.2rem; line-height: 1.6; margin: .8rem 0 .7rem; white-space: pre-wrap; }
.nothing { color: var(--soft); font-style: italic; }
.t { border-radius: 4px; -webkit-box-decoration-break: clone; box-decoration-break: clone; }
td .t { padding: .05rem .25rem; }
.likely { background: var(--likely); }
.unsure { background: var(--unsure); text-decoration: underline dotted 2px var(--unsure-line);
  text-underline-offset: .2em; }
.guess { background: var(--guess); text-decoration: underline wavy 1.5px var(--guess-line);
  text-underline-offset: .2em; }
.notes { display: flex; flex-wrap: wrap; gap: .4rem; margin-bottom: .8rem; font-size: .85rem; }
.notes li { border: 1px solid var(--line); border-radius: 8px; padding: .1rem .55rem; max-width: 100%; }
.notes .alert { background: var(--alert-back); color: var(--alert); border-color: transparent; }
.meters { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 17rem), 1fr)); gap: .8rem 1.6rem; }
.head { display: flex; justify-content: space-between; gap: .2rem .8rem; flex-wrap: wrap; font-size: .85rem; }
.head span, .number { font-variant-numeric: tabular-nums; }
.bar { display: flex; gap: 2px; height: 9px; border-radius: 5px; background: var(--track); overflow: hidden;
  margin: .3rem 0; }
.bar i { flex: 0 1 auto; min-width: 3px; }
.key { display: flex; flex-wrap: wrap; gap: 0 .9rem; font-size: .78rem; }
.key s { opacity: .8; }
.dot::before { content: ""; display: inline-block; width: .6em; height: .6em; border-radius: 50%; margin-right: .4em;
  background: var(--dot); }
i.encode { background: var(--encode); } i.wait { background: var(--wait); } i.decode { background: var(--decode); }
i.prefix { background: var(--prefix); } i.shot { background: var(--shot); } i.past { background: var(--past); }
i.asked { background: var(--asked); } i.cue { background: var(--cue); } i.end { background: var(--end); }
.dot.encode { --dot: var(--encode); } .dot.wait { --dot: var(--wait); } .dot.decode { --dot: var(--decode); }
.dot.prefix { --dot: var(--prefix); } .dot.shot { --dot: var(--shot); } .dot.past { --dot: var(--past); }
.dot.asked { --dot: var(--asked); } .dot.cue { --dot: var(--cue); } .dot.end { --dot: var(--end); }
.folds { display: flex; flex-wrap: wrap; gap: .4rem; margin-top: .9rem; }
details { font-size: .875rem; min-width: 0; max-width: 100%; }
.folds details[open], .others { flex: 1 0 100%; }
summary { cursor: pointer; width: fit-content; border: 1px solid var(--line); border-radius: 8px;
  padding: .3rem .7rem; color: var(--soft); }
summary:hover, details[open] > summary { color: var(--ink); border-color: var(--accent); }
summary:focus-visible, a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.others { margin-top: .9rem; }
.other { border-left: 3px solid var(--line); padding-left: .9rem; margin-top: 1.1rem; }
.loose > .other:first-of-type { margin-top: 0; }
h3 { font-size: .8rem; font-weight: 600; color: var(--soft); margin-bottom: .4rem; }
.other .answer { font-size: 1.05rem; }
.text { font: .85rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; white-space: pre-wrap;
  background: var(--page); border-radius: 8px; padding: .6rem .8rem; margin: .6rem 0; }
code { font: .92em ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; white-space: pre-wrap;
  padding: .05rem .2rem; }
table { border-collapse: collapse; width: 100%; margin-top: .5rem; }
th, td { text-align: start; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); }
th { font-weight: 500; color: var(--soft); overflow-wrap: normal; }
.prompt td:first-child { min-width: 6rem; }
.tokens td:first-child { min-width: 7rem; }
tr:last-child > * { border-bottom: 0; }
.gone { color: var(--soft); }
.gone td:first-child { text-decoration: line-through; }
.sum { font-weight: 600; }
.small { display: block; width: 4rem; max-width: 100%; height: 4px; border-radius: 2px; background: var(--track); }
.small i { display: block; height: 100%; border-radius: 2px; background: var(--accent); }
ins { background: var(--mine); text-decoration: underline 2px var(--accent); text-underline-offset: .2em; }
del { color: var(--soft); }
.wide { overflow-x: auto; }
.hint { margin-top: .5rem; font-size: .85rem; }
.lines li { padding: .2rem 0; white-space: pre-wrap; }
.loose .question { margin-top: .7rem; }
footer { margin-top: 2rem; font-size: .8rem; text-align: center; }
@media (max-width: 30rem) {
  body { padding: 1rem .65rem 2rem; }
  .turn { padding: .85rem .85rem .95rem; }
  .answer { font-size: 1.12rem; }
}
@media print {
  body { max-width: none; background: none; }
  .turn { break-inside: avoid; }
  .t, .bar i, .dot::before, .small i { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
"""
