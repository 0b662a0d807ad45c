"""How many examples hypothesis tries: all of them with `make test-all`, a tenth otherwise."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, settings

USUAL = 100  # of a test that says nothing

# How long an example takes says how busy the machine is, so there is no deadline.
settings.register_profile("all", deadline=None, max_examples=USUAL, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("few", settings.get_profile("all"), max_examples=USUAL // 10)
settings.load_profile("few")  # --hypothesis-profile, which is read after this, may name another one


def examples(count: int, **more: Any) -> settings:
    """Settings for a test that needs more or fewer examples than usual."""
    return settings(max_examples=max(6, count * settings.default.max_examples // USUAL), **more)
