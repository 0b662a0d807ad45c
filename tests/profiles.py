"""The bundled profiles, for tests that need one but do not test how it is read."""

from __future__ import annotations

import functools

from flanchat.prompting.profile import Profile
from flanchat.prompting.profile_folders import profile_folders
from flanchat.prompting.profile_reader import find_profile

BUNDLED = profile_folders(None, {})[-1:]


@functools.cache
def bundled(name: str) -> Profile:
    """A bundled profile, read once: reading one takes as long as most tests."""
    return find_profile(name, BUNDLED)
