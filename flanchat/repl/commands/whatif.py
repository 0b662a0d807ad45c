"""Commands that ask one question in many ways, and take one of the answers. Prints nothing."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from flanchat.base.errors import UsageError
from flanchat.base.i18n import _
from flanchat.experiments.axes import OWN, read_axes
from flanchat.prompting.profile import find_profile, profile_names
from flanchat.prompting.settings import SETTINGS
from flanchat.repl.context import Context, ShowGrid, Shown

FLAGS = ("--full", "--exact", "--diff", "--yes")


def whatif(context: Context, arguments: str) -> Shown:
    from flanchat.experiments.grid_session import Experiment

    flags, line = _flags(arguments)
    if not line and context.experiment is not None and not set(flags) - {"--diff"}:
        return ShowGrid(context.experiment, again=True, diff="--diff" in flags)
    axes, question = read_axes(line)
    if "--" not in line.split():  # which says that a question follows, whatever it begins with
        more, question = _flags(question)
        flags += more
    experiment = Experiment(
        context.session,
        axes,
        question,
        profiles=lambda name: find_profile(name, context.folders),
        open_model=context.open_other_model,
        new_seed=lambda: secrets.randbelow(2**32),
        full="--full" in flags,
        exact="--exact" in flags,
    )
    return ShowGrid(experiment, diff="--diff" in flags, confirmed="--yes" in flags)


def pick(context: Context, arguments: str) -> Shown:
    if context.experiment is None:
        raise UsageError(_("there is no grid yet; /whatif makes one"))
    if not arguments.isdecimal() or len(arguments) > 9:
        raise UsageError(_("/pick needs the number of a cell, such as /pick 3; /whatif shows the last grid again"))
    number = int(arguments)
    answer = context.experiment.pick(number)
    varied = context.experiment.grid.cells[number - 1].varied
    pairs = {name: value for name, value in varied.items() if name not in OWN}
    if answer.settings.value("do_sample") and not context.session.settings.value("do_sample"):
        pairs["do_sample"] = "true"
    keep = " ".join(f"{name}={value}" for name, value in pairs.items())
    words = _("Cell {number} is the answer now: {text}").format(number=number, text=answer.text)
    if keep:
        words += "\n" + _("The settings stay as they were; /set {pairs} takes the cell's.").format(pairs=keep)
    if "model" in varied:
        words += "\n" + _("/model {name} loads its model.").format(name=varied["model"])
    if "profile" in varied:
        words += "\n" + _("/profile {name} takes its profile.").format(name=varied["profile"])
    return words


def words(context: Context, before: str, word: str) -> Sequence[str]:
    """What Tab offers after /whatif: flags, axes, and values of the one being typed."""
    name, equals, listed = word.partition("=")
    if not equals:
        own = [axis for axis in OWN if axis != "model" or context.models()]
        return [*FLAGS, *(f"{axis}=" for axis in (*own, *(s.short for s in SETTINGS)))]
    head = f"{name}={listed.rpartition(',')[0]}," if "," in listed else f"{name}="
    if name == "profile":
        return [head + offered for offered in profile_names(context.folders)]
    if name == "model":
        return [head + offered for offered, __, __ in context.models()]
    if name == "without":
        numbers = [str(n) for n in range(1, len(context.session.profile.shots) + 1)]
        return [head + offered for offered in ("none", "all", *numbers)]
    from flanchat.prompting.settings import find_setting

    return [head + offered for offered in find_setting(name).suggestions]


def cells(context: Context, before: str, word: str) -> Sequence[str]:
    """What Tab offers after /pick."""
    return [] if context.experiment is None else [str(n + 1) for n in range(len(context.experiment.grid.cells))]


def _flags(arguments: str) -> tuple[list[str], str]:
    """The flags that a line begins with, and the rest."""
    found: list[str] = []
    line = arguments.strip()
    while line.startswith("--"):
        flag, __, rest = line.partition(" ")
        if flag == "--":
            break
        if flag not in FLAGS:
            raise UsageError(_("/whatif {flag}: expected one of {flags}").format(flag=flag, flags=", ".join(FLAGS)))
        found.append(flag)
        line = rest.strip()
    return found, line
