"""The keywords of `whatif`: a list of values is an axis of the grid, a single value holds for all cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from flanchat.api.asking import check_keywords
from flanchat.api.texts import plain
from flanchat.base.errors import UsageError
from flanchat.base.i18n import _
from flanchat.experiments.axes import MOST_VALUES, OWN, Axis
from flanchat.prompting.profile import Profile
from flanchat.prompting.settings import find_setting


def axes_of(keywords: Mapping[str, object]) -> tuple[list[Axis], dict[str, object], dict[str, Profile]]:
    """The axes, the settings of all cells, and the profiles that were given as values, by name.

    Raises UsageError for an unknown keyword or an invalid value.
    """
    check_keywords([name for name in keywords if name not in OWN])
    axes: list[Axis] = []
    fixed: dict[str, object] = {}
    profiles: dict[str, Profile] = {}
    for name, value in keywords.items():
        if (values := _values(name, value)) is None:
            fixed[name] = value
            continue
        profiles |= {one.name: one for one in values if isinstance(one, Profile)}
        axes.append(_axis(name, values))
    if not axes:
        raise UsageError(_("nothing to vary: give a setting several values, such as temperature=[0, 0.7]"))
    return axes, fixed, profiles


def _values(name: str, value: object) -> list[object] | None:
    """The values of an axis; None for a single value. The setting `stop` is a list of texts itself."""
    if isinstance(value, str | Mapping) or not isinstance(value, Iterable):
        return None
    values = list(value)
    is_list_itself = name not in OWN and find_setting(name).kind == "texts"
    return values if not is_list_itself or all(isinstance(one, list | tuple) for one in values) else None


def _axis(name: str, values: Sequence[object]) -> Axis:
    if not 0 < len(values) <= MOST_VALUES:
        raise UsageError(
            _("{name}: expected 1 to {most} values, found {count}").format(
                name=name, most=MOST_VALUES, count=len(values)
            )
        )
    if name in OWN:  # a name, a path, the number of a shot
        texts = [value.name if isinstance(value, Profile) else str(value) for value in values]
        return Axis(name, tuple(dict.fromkeys(texts)))
    setting = find_setting(name)
    return Axis(setting.short, tuple(dict.fromkeys(setting.format(setting.check(plain(value))) for value in values)))
