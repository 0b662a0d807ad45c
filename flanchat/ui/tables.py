"""Tables: of settings, models, profiles, statistics, sessions and search hits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flanchat.base.errors import ProfileError
from flanchat.base.format import clipped, finish_reason, format_bytes, format_count, format_duration
from flanchat.base.i18n import N_, _, join_list, join_sentences, ngettext
from flanchat.engine.devices import precision_reasons as reasons
from flanchat.engine.protocol import ModelCard
from flanchat.prompting.profile import Profile
from flanchat.prompting.settings import SETTINGS, Settings, describe_origin
from flanchat.sessions.answer import Answer
from flanchat.ui.types import Table, Verbatim

if TYPE_CHECKING:
    from flanchat.sessions.index import SearchHit
    from flanchat.sessions.summary import SessionSummary

SETTINGS_HINT = N_("* marks what is not the default. /help NAME explains a setting.")
_SPARKS = "▁▂▃▄▅▆▇█"


# -- profiles, settings, models ---------------------------------------------------------------------------------------


def profiles_table(found: Sequence[Profile | ProfileError], current: str = "") -> Table:
    """All profiles with their descriptions; an unreadable one with its error."""
    rows = tuple(
        (("* " if p.name == current else "  ") + p.name, _(p.description))
        if isinstance(p, Profile)
        else (_("! broken"), p.message)
        for p in found
    )
    marked = tuple(at for at, p in enumerate(found) if current and isinstance(p, Profile) and p.name == current)
    return Table(_("Profiles"), (_("profile"), _("description")), rows, marked=marked or None)


def profile_source(profile: Profile) -> Verbatim:
    """The YAML of a profile with its path."""
    where = f"# {profile.path}\n" if profile.path is not None else _("# changed in this session\n")
    text = where + profile.source.rstrip() if profile.source else _("profile {name}").format(name=profile.name)
    return Verbatim(text)


def settings_table(settings: Settings, *, choices: bool) -> Table:
    """All settings: value, default, where the value comes from, meaning. Those that are not the default are marked.

    choices: the next answer is one of given choices.
    """
    is_changed = [settings.value(s.name) != s.default for s in SETTINGS]
    rows = tuple(
        (
            ("* " if changed else "  ") + s.name,
            s.format(settings.value(s.name))
            + (_(" (default {value})").format(value=s.format(s.default)) if changed else ""),
            describe_origin(settings.origin(s.name)),
            _(s.help),
        )
        for s, changed in zip(SETTINGS, is_changed, strict=True)
    )
    columns = (_("setting"), _("value"), _("source"), _("meaning"))
    marked = tuple(at for at, changed in enumerate(is_changed) if changed)
    idle = _("; ").join(settings.ineffective(choices=choices).values())
    return Table(_("Settings"), columns, rows, idle, _(SETTINGS_HINT), marked)


def models_table(rows: Sequence[tuple[str, str, str]], hint: str = "") -> Table:
    """Models on this machine and those with a short name. rows: name, description, state."""
    return Table(_("Models"), (_("name"), _("description"), ""), tuple(rows), hint=hint)


def model_table(card: ModelCard) -> Table:
    """The loaded model."""
    names = (N_("name"), N_("folder"), N_("revision"), N_("parameters"), "weights_sha256", N_("device"),
             N_("precision"), N_("reason"), N_("threads"))  # fmt: skip
    values = (card.name, card.folder, card.revision, format_count(card.parameters), card.weights_sha256, card.device,
              card.precision, reasons.shown(card.why), card.threads)  # fmt: skip
    return Table(_("Model"), ("", ""), tuple((_(name), str(value)) for name, value in zip(names, values, strict=True)))


# -- answers ----------------------------------------------------------------------------------------------------------


def stats_table(answers: Sequence[Answer]) -> str | Table:
    """Counts, rates, times and memory of all answers of a session."""
    from statistics import median

    if not answers:
        return _("No answers yet.")
    read, written = sum(a.prompt.tokens for a in answers), sum(len(a.tokens) for a in answers)
    rows = [
        (_("answers"), _endings(answers)),
        (_("tokens"), _("{read} in, {written} out").format(read=read, written=written)),
        (_("total time"), format_duration(sum(a.timing.total_s for a in answers))),
    ]
    if firsts := [a.timing.first_token_s for a in answers if a.timing.first_token_s is not None]:
        time = _("{value} (median)").format(value=format_duration(median(firsts)))
        rows.append((_("first token"), time))
    if rates := [rate for a in answers if (rate := a.timing.decode_tps(len(a.tokens))) is not None]:
        speed = _("{value} (median)").format(value=f"{median(rates):.0f}")
        rows.append((_("tokens per second"), " · ".join([speed, sparkline(rates)]) if len(rates) > 1 else speed))
    if drafted := sum(a.timing.drafted for a in answers):
        accepted = sum(a.timing.accepted for a in answers)
        text = ngettext(
            "{accepted} token copied, of {drafted} drafted from prompts and answers",
            "{accepted} tokens copied, of {drafted} drafted from prompts and answers",
            accepted,
        )
        rows.append((_("prompt lookup"), text.format(accepted=accepted, drafted=drafted)))
    rows.append((_("last answer"), _last_figures(answers[-1])))
    if (card := answers[-1].card) is not None:
        model = _("{name} on {device}").format(name=card.name, device=card.device)
        rows.append((_("model"), " · ".join([model, card.precision, _threads(answers, card)])))
        rows.append((_("precision"), _(": ").join([card.precision, reasons.shown(card.why)])))
        rows.append((_("load"), format_duration(card.load_s)))
    device = "cpu" if card is None else card.device
    if peak_mb := max(a.timing.peak_mb for a in answers if a.card is None or a.card.device == device):
        place = _("model process") if device == "cpu" else device
        rows.append((_("peak memory"), " · ".join([format_bytes(peak_mb * 1e6), place])))
    return Table(_("Statistics"), ("", ""), tuple(rows))


def _last_figures(answer: Answer) -> str:
    """What the line below an answer leaves out."""
    timing = answer.timing
    first = timing.first_token_s
    return " · ".join(
        filter(
            None,
            (
                _("{count} tokens in").format(count=answer.prompt.tokens),
                _("prompt already encoded") if timing.reused else "",
                "" if first is None else _("first token {time}").format(time=format_duration(first)),
            ),
        )
    )


def _threads(answers: Sequence[Answer], card: ModelCard) -> str:
    count = ngettext("{count} thread", "{count} threads", card.threads).format(count=card.threads)
    if fewer := [a.timing.fewest_threads for a in answers if 0 < a.timing.fewest_threads < card.threads]:
        text = _("{threads}, down to {fewest} while other programs used the cores")
        return text.format(threads=count, fewest=min(fewer))
    return count


def _endings(answers: Sequence[Answer]) -> str:
    finishes = [answer.finish for answer in answers]
    special = join_list(f"{finishes.count(f)} {finish_reason(f)}" for f in dict.fromkeys(finishes) if f != "eos")
    return f"{len(answers)}" + (f" ({special})" if special else "")


def sparkline(values: Sequence[float], most: int = 40) -> str:
    """The last values as a small chart, scaled from the lowest to the highest.

    >>> sparkline([10, 20, 40])
    '▁▃█ from 10 to 40'
    """
    values = values[-most:]
    low, high = min(values), max(values)
    span = high - low or 1.0
    marks = "".join(_SPARKS[min(7, int((value - low) / span * 8))] for value in values)
    return _("{marks} from {low:.0f} to {high:.0f}").format(marks=marks, low=low, high=high)


# -- sessions ---------------------------------------------------------------------------------------------------------


def sessions_table(entries: Sequence[SessionSummary], left_out: int = 0) -> str | Table:
    """Sessions, newest first, with the numbers that /load and `flanchat sessions` take: q1 for a one-shot question.

    left_out: how many one-shot questions are not among them.
    """
    hidden = (
        ngettext(
            "{count} one-shot question is left out; --one-shots lists it.",
            "{count} one-shot questions are left out; --one-shots lists them.",
            left_out,
        ).format(count=format_count(left_out))
        if left_out
        else ""
    )
    if not entries:
        return join_sentences(_("There are no sessions yet."), hidden)
    counts = {True: 0, False: 0}
    rows = []
    for entry in entries:
        counts[entry.one_shot] += 1
        number = f"{'q' if entry.one_shot else ''}{counts[entry.one_shot]}"
        used = entry.last[:16].replace("T", " ")
        rows.append((number, entry.name, used, str(entry.turns), _first_question(entry)))
    columns = ("", _("name"), _("last used"), _("turns"), _("first question"))
    return Table(_("Sessions"), columns, tuple(rows), hidden)


def _first_question(entry: SessionSummary) -> str:
    text = clipped(entry.question)
    if entry.grids:
        text += ngettext(" ({count} grid)", " ({count} grids)", entry.grids).format(count=entry.grids)
    if entry.problems:
        damaged = ngettext(" ({count} damaged line)", " ({count} damaged lines)", entry.problems)
        text += damaged.format(count=entry.problems)
    return text


def hits_table(hits: Sequence[SearchHit], words: str) -> str | Table:
    """Search hits, with the found words in brackets, and the ratings if there are any."""
    if not hits and not words:
        return _("No answer has this rating.")
    if not hits:
        return _("No session contains: {words}").format(words=words)
    is_rated = any(hit.rating for hit in hits)
    rows = tuple(
        (
            hit.entry.name or hit.entry.path.stem,
            hit.entry.last[:10],
            *([str(hit.turn), hit.rating] if is_rated else []),
            marked(hit),
        )
        for hit in hits
    )
    rated = (_("turn"), _("rating")) if is_rated else ()
    columns = (_("session"), _("last used"), *rated, _("text"))
    return Table(_("Hits"), columns, rows, hint=_("/load SESSION opens one."))


def marked(hit: SearchHit) -> str:
    """The excerpt with brackets around the found words."""
    text, end = "", 0
    for first, last in hit.found:
        text += f"{hit.excerpt[end:first]}[{hit.excerpt[first:last]}]"
        end = last
    return text + hit.excerpt[end:]
