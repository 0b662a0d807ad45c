"""What to expect of a profile, by the model's card."""

from __future__ import annotations

from flanchat.base.i18n import _
from flanchat.engine.checkpoint.description import right_of_ten
from flanchat.engine.checkpoint.validate import ModelSource
from flanchat.prompting.profile import Profile
from flanchat.prompting.profile_folders import bundled_folder


def expectation(source: ModelSource, profile: Profile) -> str:
    """How often the model is right with a bundled profile, where its card says that; else ""."""
    right = right_of_ten(source.adapter or source.folder).get(profile.name)
    if right is None or profile.path is None or profile.path.parent != bundled_folder():
        return ""
    return _("The model card of {model}: about {right} of 10 of these are answered right.").format(
        model=source.label, right=right
    )
