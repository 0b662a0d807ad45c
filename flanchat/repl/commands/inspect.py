"""Commands that look: settings, prompt, tokens, budget, times. Prints nothing and changes nothing."""

from __future__ import annotations

from flanchat.base.errors import UsageError
from flanchat.base.i18n import N_, _, join_list, ngettext
from flanchat.prompting.prompt import Prompt, format_drop, segment_name
from flanchat.prompting.settings import SETTINGS, describe_origin, did_you_mean
from flanchat.repl.context import Context, Shown
from flanchat.sessions.conversation import Answer
from flanchat.ui.tables import describe_profile
from flanchat.ui.types import Table, Tokens

SHOWS = ("settings", "profile", "prompt", "model", "stats", "session")
_BAR = 20
_SPARKS = "▁▂▃▄▅▆▇█"

FINISHES = {
    "length": N_("length"),
    "stop": N_("stop"),
    "interrupted": N_("interrupted"),
    "error": N_("error"),
    "empty": N_("empty"),
}
"""How an answer ended, in a word; a record has the word in English."""


def show(context: Context, arguments: str) -> Shown:
    what = arguments or "settings"
    if what not in SHOWS:
        raise UsageError(
            _("/show {what}: expected one of {known}.{hint}").format(
                what=what, known=", ".join(SHOWS), hint=did_you_mean(what, SHOWS)
            )
        )
    if what == "settings":
        return settings_table(context)
    if what == "profile":
        return describe_profile(context.session.profile)
    if what == "prompt":
        return prompt(context, "")
    if what == "model":
        return model_table(context)
    return stats(context, "") if what == "stats" else session_table(context)


def settings_table(context: Context) -> Table:
    settings = context.session.settings
    rows = tuple(
        (
            s.name,
            s.format(settings.value(s.name)),
            s.format(s.default),
            describe_origin(settings.origin(s.name)),
            _(s.help),
        )
        for s in SETTINGS
    )
    return Table(
        _("Settings"),
        (_("setting"), _("now"), _("default"), _("from"), _("meaning")),
        rows,
        _("; ").join(settings.ineffective().values()),
    )


def model_table(context: Context) -> Table:
    card = context.engine.card()
    names = (
        N_("name"), N_("folder"), N_("revision"), N_("parameters"), "weights_sha256", N_("device"), N_("precision"),
        N_("why"), N_("threads"),
    )  # fmt: skip
    return Table(_("Model"), ("", ""), tuple((_(name), str(getattr(card, name))) for name in names))


def session_table(context: Context) -> Table:
    session = context.session
    path = session.transcript.path
    saved = str(path) if path is not None else _("nowhere: recording is off")
    rows = (
        (_("name"), session.name or _("none; /save NAME gives it one")),
        (_("turns"), str(len(session.turns))),
        (_("branch"), session.conversation.branch),
        (_("answers in all"), str(len(session.conversation.answers))),
        (
            _("saved in"),
            saved if session.logging else _("{place}, but recording is switched off: /log on").format(place=saved),
        ),
    )
    return Table(_("Session"), ("", ""), rows)


def prompt(context: Context, arguments: str) -> Shown:
    word, __, text = arguments.partition(" ")
    if word != "--tokens":
        return _compiled(context, arguments, "/prompt")
    whole = _compiled(context, text.strip(), "/prompt --tokens").text
    return Tokens(context.engine.pieces(whole), context.engine.measure([whole]))


def budget(context: Context, arguments: str) -> Shown:
    return ledger(_compiled(context, arguments, "/budget"), context.session.settings.value("max_new_tokens"))


def ledger(prompt: Prompt, room: int) -> Table:
    """What each part of a prompt costs, and the two budgets of an encoder-decoder."""
    rows = tuple(
        (
            segment_name(s),
            str(s.tokens) if s.kept else "-",
            bar(s.tokens, prompt.limit),
            "" if s.kept else format_drop(s, prompt.limit),
        )
        for s in prompt.segments
    )
    whole = (
        _("prompt"),
        _("{tokens} of {limit}").format(tokens=prompt.tokens, limit=prompt.limit),
        bar(prompt.tokens, prompt.limit),
        meter(prompt),
    )
    return Table(
        _("Budget"),
        (_("part"), _("tokens"), _("share"), ""),
        (
            *rows,
            whole,
            (_("answer"), _("at most {room}").format(room=room), "", _("a budget of its own: max_new_tokens")),
        ),
        _("Turns are dropped first, oldest first, then shots; never the instruction or the question."),
    )


def bar(part: int, whole: int) -> str:
    """A share as a bar of twenty characters; the smallest share that is something shows."""
    filled = min(_BAR, -(-part * _BAR // whole)) if whole else 0
    return "#" * filled + "." * (_BAR - filled)


def meter(prompt: Prompt) -> str:
    """The state of the budget in a few words: 312/512 · 3 shots · 2 of 5 turns · -3 turns."""
    parts = [f"{prompt.tokens}/{prompt.limit}"]
    for kind in ("shot", "turn"):
        kept = sum(s.kept for s in prompt.segments if s.kind == kind)
        wanted = sum(s.kind == kind for s in prompt.segments)
        if wanted:
            number = _("{kept} of {wanted}").format(kept=kept, wanted=wanted) if kept < wanted else str(kept)
            parts.append(_counted(kind, number, wanted))
    for kind in ("shot", "turn"):
        dropped = sum(not s.kept for s in prompt.segments if s.kind == kind)
        if dropped:
            parts.append(_counted(kind, f"\N{MINUS SIGN}{dropped}", dropped))
    return " · ".join(parts)


def _counted(kind: str, number: str, count: int) -> str:
    if kind == "shot":
        return ngettext("{number} shot", "{number} shots", count).format(number=number)
    return ngettext("{number} turn", "{number} turns", count).format(number=number)


def tokens(context: Context, arguments: str) -> Shown:
    turns = context.session.turns
    text = arguments or context.last_draft or (turns[-1].question if turns else "")
    if not text:
        raise UsageError(_("/tokens TEXT shows how the model sees TEXT; nothing was asked yet"))
    return Tokens(context.engine.pieces(text), context.engine.measure([text]))


def stats(context: Context, arguments: str) -> Shown:
    import statistics

    answers = list(context.session.conversation.answers.values())
    if not answers:
        return _("Nothing was answered yet.")
    rates = [rate for a in answers if (rate := a.timing.decode_tps(len(a.tokens))) is not None]
    firsts = [a.timing.first_token_s for a in answers if a.timing.first_token_s is not None]
    rows = [
        (_("answers"), _endings(answers)),
        (
            _("tokens"),
            _("{read} in, {written} out").format(
                read=sum(a.prompt.tokens for a in answers), written=sum(len(a.tokens) for a in answers)
            ),
        ),
        (_("answering"), _("{time:.1f} s in all").format(time=sum(a.timing.total_s for a in answers))),
    ]
    if firsts:
        rows.append((_("first token"), _("{time:.0f} ms (median)").format(time=statistics.median(firsts) * 1000)))
    if rates:
        rows.append(
            (
                _("tokens per second"),
                _("{rate:.0f} (median), {chart}").format(rate=statistics.median(rates), chart=spark(rates)),
            )
        )
    card = answers[-1].card
    if card is not None:
        rows.append(
            (
                _("model"),
                _("{name} on {device}, {precision}, {threads} threads").format(
                    name=card.name, device=card.device, precision=card.precision, threads=card.threads
                ),
            )
        )
        rows.append((_("precision"), f"{card.precision}: {card.why}"))
        rows.append((_("load"), f"{card.load_s:.1f} s"))
    device = "cpu" if card is None else card.device
    if peak := max(a.timing.peak_mb for a in answers if a.card is None or a.card.device == device):
        held = (
            _("{peak:.0f} MB at most, the model's process")
            if device == "cpu"
            else _("{peak:.0f} MB at most, on {device}")
        )
        rows.append((_("memory"), held.format(peak=peak, device=device)))
    return Table(_("Statistics"), ("", ""), tuple(rows))


def spark(values: list[float], most: int = 40) -> str:
    """The last values as a small chart, from its lowest to its highest.

    >>> spark([10, 20, 40])
    '▁▃█ from 10 to 40'
    """
    values = values[-most:]
    low, high = min(values), max(values)
    span = high - low or 1.0
    marks = "".join(_SPARKS[min(7, int((value - low) / span * 8))] for value in values)
    return _("{marks} from {low:.0f} to {high:.0f}").format(marks=marks, low=low, high=high)


def _endings(answers: list[Answer]) -> str:
    count = {finish: sum(a.finish == finish for a in answers) for finish in dict.fromkeys(a.finish for a in answers)}
    special = join_list(f"{n} {_(FINISHES.get(finish, finish))}" for finish, n in count.items() if finish != "eos")
    return f"{len(answers)}" + (f" ({special})" if special else "")


def _compiled(context: Context, arguments: str, command: str) -> Prompt:
    if not arguments and context.session.turns:
        return context.session.turns[-1].prompt
    draft = arguments or context.last_draft
    if not draft:
        raise UsageError(
            _("{command} TEXT shows what the model would read for TEXT; nothing was asked yet").format(command=command)
        )
    if arguments:
        return context.preview(draft)
    return context.session.compile(draft, changes={"on_overflow": "drop"})  # the files of then are in it already
