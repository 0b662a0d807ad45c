"""Tables that the REPL and the command line both show: profiles, models, sessions, search hits."""

from __future__ import annotations

from collections.abc import Sequence

from flanchat.base.errors import ProfileError
from flanchat.base.format import clipped
from flanchat.base.i18n import _, ngettext
from flanchat.prompting.profile import Profile
from flanchat.sessions.index import SearchHit, SessionSummary
from flanchat.ui.types import Table


def profiles_table(found: Sequence[Profile | ProfileError], current: str = "") -> Table:
    """All profiles with their descriptions; those that cannot be read with the reason."""
    rows = tuple(
        (("* " if p.name == current else "  ") + p.name, p.description)
        if isinstance(p, Profile)
        else (_("! broken"), p.message)
        for p in found
    )
    return Table(_("Profiles"), (_("profile"), _("what it does")), rows)


def models_table(rows: Sequence[tuple[str, str, str]], note: str = "") -> Table:
    """The models at hand, and those with a short name."""
    return Table(_("Models"), (_("name"), _("what it is"), ""), tuple(rows), note)


def describe_profile(profile: Profile) -> str:
    """A profile as its file says it, with its place."""
    where = f"# {profile.path}\n" if profile.path is not None else _("# changed in this session\n")
    return where + profile.source.rstrip() if profile.source else _("profile {name}").format(name=profile.name)


def sessions_table(entries: list[SessionSummary]) -> str | Table:
    """Sessions, newest first; the numbers are those that /load and `flanchat sessions` take."""
    if not entries:
        return _("There are no sessions yet.")
    rows = tuple(
        (
            str(number),
            entry.name,
            entry.last[:16].replace("T", " "),
            str(entry.turns),
            clipped(entry.question)
            + (
                ngettext(" ({count} grid)", " ({count} grids)", entry.grids).format(count=entry.grids)
                if entry.grids
                else ""
            )
            + (
                ngettext(" ({count} damaged line)", " ({count} damaged lines)", entry.problems).format(
                    count=entry.problems
                )
                if entry.problems
                else ""
            ),
        )
        for number, entry in enumerate(entries, 1)
    )
    return Table(_("Sessions"), ("", _("name"), _("last used"), _("turns"), _("first question")), rows)


def hits_table(hits: list[SearchHit], words: str) -> str | Table:
    """Where words were found, marked by brackets."""
    if not hits:
        return _("No session has: {words}").format(words=words)
    rows = tuple((hit.entry.name or hit.entry.path.stem, hit.entry.last[:10], marked(hit)) for hit in hits)
    return Table(
        _("Found"), (_("session"), _("last used"), _("where")), rows, _("/load with what stands first opens it.")
    )


def marked(hit: SearchHit) -> str:
    """The excerpt with brackets around what was found."""
    text, end = "", 0
    for first, last in hit.found:
        text += f"{hit.excerpt[end:first]}[{hit.excerpt[first:last]}]"
        end = last
    return text + hit.excerpt[end:]
