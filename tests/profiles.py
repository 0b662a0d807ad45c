"""The bundled profiles, for tests that need one but do not test how it is read."""

from __future__ import annotations

import functools

from flanchat.prompting.profile import Profile, find_profile, profile_folders

BUNDLED = profile_folders(None, {})[-1:]


@functools.cache
def bundled(name: str) -> Profile:
    """A bundled profile, read once: reading one takes as long as most tests."""
    return find_profile(name, BUNDLED)
