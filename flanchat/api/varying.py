"""The keywords of `whatif`: a list of values is an axis of the grid, a single value holds for all cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flanchat.api.asking import check_keywords
from flanchat.api.texts import plain
from flanchat.base.errors import UsageError
from flanchat.base.i18n import _
from flanchat.experiments.axes import MOST_VALUES, OWN, Axis
from flanchat.prompting.settings import find_setting


def axes_of(keywords: Mapping[str, object]) -> tuple[list[Axis], dict[str, object]]:
    """The axes, and the settings of all cells. Raises UsageError for an unknown keyword or an invalid value."""
    check_keywords([name for name in keywords if name not in OWN])
    axes: list[Axis] = []
    fixed: dict[str, object] = {}
    for name, value in keywords.items():
        if _is_axis(name, value):
            assert isinstance(value, Sequence)
            axes.append(_axis(name, value))
        else:
            fixed[name] = value
    if not axes:
        raise UsageError(_("nothing to vary: give a setting several values, such as temperature=[0, 0.7]"))
    return axes, fixed


def _is_axis(name: str, value: object) -> bool:
    """Whether a value is a list of values; the setting `stop` is a list of texts itself."""
    if isinstance(value, str) or not isinstance(value, Sequence):
        return False
    is_list_itself = name not in OWN and find_setting(name).kind == "texts"
    return not is_list_itself or all(isinstance(one, list | tuple) for one in value)


def _axis(name: str, values: Sequence[object]) -> Axis:
    if not 0 < len(values) <= MOST_VALUES:
        raise UsageError(
            _("{name}: expected 1 to {most} values, found {count}").format(
                name=name, most=MOST_VALUES, count=len(values)
            )
        )
    if name in OWN:
        return Axis(name, tuple(dict.fromkeys(str(value) for value in values)))  # a path, the number of a shot
    setting = find_setting(name)
    return Axis(setting.short, tuple(dict.fromkeys(setting.format(setting.check(plain(value))) for value in values)))
