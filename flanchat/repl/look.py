"""Commands that look: settings, prompt, tokens, budget, times. Prints nothing and changes nothing."""

from __future__ import annotations

from flanchat.conversation import Answer
from flanchat.errors import UsageError
from flanchat.profile import Profile
from flanchat.prompt import Prompt
from flanchat.repl.desk import Confidence, Desk, Shown, Table, Tokens
from flanchat.settings import SETTINGS, did_you_mean

SHOWS = ("settings", "profile", "prompt", "model", "stats", "session")
_BAR = 20
_SPARKS = "▁▂▃▄▅▆▇█"


def show(desk: Desk, arguments: str) -> Shown:
    what = arguments or "settings"
    if what not in SHOWS:
        raise UsageError(f"/show {what}: expected one of {', '.join(SHOWS)}.{did_you_mean(what, SHOWS)}")
    if what == "settings":
        return settings_table(desk)
    if what == "profile":
        return describe_profile(desk.session.profile)
    if what == "prompt":
        return prompt(desk, "")
    if what == "model":
        return model_table(desk)
    return stats(desk, "") if what == "stats" else session_table(desk)


def settings_table(desk: Desk) -> Table:
    settings = desk.session.settings
    rows = tuple(
        (s.name, s.format(settings.value(s.name)), s.format(s.default), settings.origin(s.name), s.help)
        for s in SETTINGS
    )
    return Table(
        "Settings", ("setting", "now", "default", "from", "meaning"), rows, "; ".join(settings.idle().values())
    )


def describe_profile(profile: Profile) -> str:
    """A profile as its file says it, with its place."""
    where = f"# {profile.path}\n" if profile.path is not None else "# changed in this session\n"
    return where + profile.source.rstrip() if profile.source else f"profile {profile.name}"


def model_table(desk: Desk) -> Table:
    card = desk.engine.card()
    names = ("name", "folder", "revision", "parameters", "weights_sha256", "device", "precision", "threads")
    return Table("Model", ("", ""), tuple((name, str(getattr(card, name))) for name in names))


def session_table(desk: Desk) -> Table:
    session = desk.session
    path = session.transcript.path
    saved = str(path) if path is not None else "nowhere: recording is off"
    rows = (
        ("name", session.name or "none; /save NAME gives it one"),
        ("turns", str(len(session.turns))),
        ("branch", session.conversation.branch),
        ("answers in all", str(len(session.conversation.answers))),
        ("saved in", saved if session.logging else f"{saved}, but recording is switched off: /log on"),
    )
    return Table("Session", ("", ""), rows)


def prompt(desk: Desk, arguments: str) -> Shown:
    return _compiled(desk, arguments, "/prompt")


def budget(desk: Desk, arguments: str) -> Shown:
    return ledger(_compiled(desk, arguments, "/budget"), desk.session.settings.value("max_new_tokens"))


def ledger(prompt: Prompt, room: int) -> Table:
    """What each part of a prompt costs, and the two budgets of an encoder-decoder."""
    rows = tuple(
        (
            f"{s.kind} {s.ref}" if s.ref else str(s.kind),
            str(s.tokens) if s.kept else "-",
            bar(s.tokens, prompt.limit),
            "" if s.kept else f"dropped: {s.reason}",
        )
        for s in prompt.segments
    )
    whole = ("prompt", f"{prompt.tokens} of {prompt.limit}", bar(prompt.tokens, prompt.limit), meter(prompt))
    return Table(
        "Budget",
        ("part", "tokens", "share", ""),
        (*rows, whole, ("answer", f"at most {room}", "", "a budget of its own: max_new_tokens")),
        "Turns are dropped first, oldest first, then shots; never the instruction or the question.",
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
        of = f" of {wanted}" if kept < wanted else ""
        if wanted:
            parts.append(f"{kept}{of} {kind}{'s' if wanted > 1 else ''}")
    for kind in ("shot", "turn"):
        dropped = sum(not s.kept for s in prompt.segments if s.kind == kind)
        if dropped:
            parts.append(f"\N{MINUS SIGN}{dropped} {kind}{'s' if dropped > 1 else ''}")
    return " · ".join(parts)


def tokens(desk: Desk, arguments: str) -> Shown:
    turns = desk.session.turns
    text = arguments or desk.last_draft or (turns[-1].question if turns else "")
    if not text:
        raise UsageError("/tokens TEXT shows how the model sees TEXT; nothing was asked yet")
    return Tokens(desk.engine.pieces(text), desk.engine.measure([text]))


def probs(desk: Desk, arguments: str) -> Shown:
    turns = desk.session.turns
    if not arguments:
        return Confidence(desk.session.last())
    if not arguments.isdecimal() or len(arguments) > 9 or not 0 < int(arguments) <= len(turns):
        raise UsageError(f"/probs {arguments}: expected a turn from 1 to {len(turns)}; /history numbers them")
    return Confidence(turns[int(arguments) - 1])


def stats(desk: Desk, arguments: str) -> Shown:
    import statistics

    answers = list(desk.session.conversation.answers.values())
    if not answers:
        return "Nothing was answered yet."
    rates = [rate for a in answers if (rate := a.timing.decode_tps(len(a.tokens))) is not None]
    firsts = [a.timing.first_token_s for a in answers if a.timing.first_token_s is not None]
    rows = [
        ("answers", _endings(answers)),
        ("tokens", f"{sum(a.prompt.tokens for a in answers)} in, {sum(len(a.tokens) for a in answers)} out"),
        ("answering", f"{sum(a.timing.total_s for a in answers):.1f} s in all"),
    ]
    if firsts:
        rows.append(("first token", f"{statistics.median(firsts) * 1000:.0f} ms (median)"))
    if rates:
        rows.append(("tokens per second", f"{statistics.median(rates):.0f} (median), {spark(rates)}"))
    card = answers[-1].card
    if card is not None:
        rows.append(("model", f"{card.name} on {card.device}, {card.precision}, {card.threads} threads"))
        rows.append(("load", f"{card.load_s:.1f} s"))
    if peak := max(a.timing.peak_mb for a in answers):
        rows.append(("memory", f"{peak:.0f} MB at most, the model's process"))
    return Table("Statistics", ("", ""), tuple(rows))


def spark(values: list[float], most: int = 40) -> str:
    """The last values as a small chart, from its lowest to its highest.

    >>> spark([10, 20, 40])
    '▁▃█ from 10 to 40'
    """
    values = values[-most:]
    low, high = min(values), max(values)
    span = high - low or 1.0
    marks = "".join(_SPARKS[min(7, int((value - low) / span * 8))] for value in values)
    return f"{marks} from {low:.0f} to {high:.0f}"


def _endings(answers: list[Answer]) -> str:
    count = {finish: sum(a.finish == finish for a in answers) for finish in dict.fromkeys(a.finish for a in answers)}
    special = ", ".join(f"{n} {finish}" for finish, n in count.items() if finish != "eos")
    return f"{len(answers)}" + (f" ({special})" if special else "")


def _compiled(desk: Desk, arguments: str, command: str) -> Prompt:
    if not arguments and desk.session.turns:
        return desk.session.turns[-1].prompt
    draft = arguments or desk.last_draft
    if not draft:
        raise UsageError(f"{command} TEXT shows what the model would read for TEXT; nothing was asked yet")
    return desk.session.compile(draft)
