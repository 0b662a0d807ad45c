"""Commands for grids: /whatif and /pick, which also takes from the best answers and votes. They return what to show."""

from __future__ import annotations

from collections.abc import Sequence

from flanchat.base.errors import UsageError
from flanchat.base.i18n import _
from flanchat.experiments.axes import OWN, read_axes
from flanchat.experiments.flags import WHATIF_FLAGS, other_flags, take_flags
from flanchat.prompting.settings import find_setting
from flanchat.repl.commands.arguments import Offered, profile_offers, setting_names, whole_number
from flanchat.repl.commands.model import model_words
from flanchat.repl.context import Context, ShowGrid, Shown


def whatif(context: Context, arguments: str) -> Shown:
    from flanchat.experiments.grid_session import GridSession

    given, line = take_flags("/whatif", arguments, WHATIF_FLAGS)
    if not line and context.grid is not None and given.keys() <= {"--diff"}:
        return ShowGrid(context.grid, again=True, diff="--diff" in given)
    axes, question = read_axes(line)
    if "--" not in line.split():  # after --, the question may begin with a dash
        more, question = take_flags("/whatif", question, WHATIF_FLAGS)
        given |= more
    grid = GridSession(
        context.session,
        axes,
        question,
        profiles=context.find_profile,
        open_model=context.open_other_model,
        full="--full" in given,
        exact="--exact" in given,
    )
    return ShowGrid(grid, diff="--diff" in given, confirmed="--yes" in given)


def whatif_words(context: Context, before: str, word: str) -> Sequence[str]:
    """Flags, axes, and the values of an axis."""
    name, equals, values = word.partition("=")
    if not equals:
        own = [axis for axis in OWN if axis != "model" or context.models()]
        axes = [*(f"{axis}=" for axis in own), *setting_names(context, "=")]
        return [*other_flags(before.split(), WHATIF_FLAGS), *axes]
    head = f"{name}={values.rpartition(',')[0]}," if "," in values else f"{name}="
    if name == "profile":
        offered: Sequence[str] = profile_offers(context)
    elif name == "model":
        offered = model_words(context)
    elif name == "without":
        offered = ["none", "all", *(str(n) for n in range(1, len(context.session.profile.shots) + 1))]
    else:
        offered = find_setting(name).suggestions
    return [Offered(head + value, value.meaning) if isinstance(value, Offered) else head + value for value in offered]


def pick(context: Context, arguments: str) -> Shown:
    has_candidates = bool(context.session.turns and context.session.last().candidates)
    if context.grid is None and not has_candidates:
        raise UsageError(_("there is nothing to pick from yet; /whatif makes a grid, /beams the best answers"))
    if not (number := whole_number(arguments)):
        raise UsageError(_("/pick needs a number, such as /pick 3; /whatif shows the last grid again"))
    if context.grid is None or (context.picks_candidates and has_candidates):
        taken = context.session.pick_candidate(number)
        return _("Number {number} is now the answer: {text}").format(number=number, text=taken.text)
    answer = context.grid.pick(number)
    varied = context.grid.grid.cells[number - 1].varied
    pairs = {name: value for name, value in varied.items() if name not in OWN}
    if answer.sampled and not context.session.settings.value("do_sample"):
        pairs["do_sample"] = "true"
    lines = [_("Cell {number} is now the answer: {text}").format(number=number, text=answer.text)]
    if pairs:
        words = " ".join(f"{name}={value}" for name, value in pairs.items())
        lines.append(_("Use /set {pairs} for the cell's settings; the session's are unchanged.").format(pairs=words))
    if "model" in varied:
        lines.append(_("Use /model {name} to load its model.").format(name=varied["model"]))
    if "profile" in varied:
        lines.append(_("Use /profile {name} to switch to its profile.").format(name=varied["profile"]))
    return "\n".join(lines)


def pick_words(context: Context, before: str, word: str) -> Sequence[str]:
    """The numbers of the cells, or of the candidates of the last answer where these were shown last."""
    candidates = context.session.last().candidates if context.session.turns else ()
    if candidates and (context.picks_candidates or context.grid is None):
        texts = [candidate.text for candidate in candidates]
    else:
        texts = [cell.text if cell else "" for cell in context.cells]
    return [Offered(str(number), text) for number, text in enumerate(texts, 1)]
