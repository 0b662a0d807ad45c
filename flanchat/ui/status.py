"""What an engine is doing, in words."""

from __future__ import annotations

from flanchat.base.i18n import N_, _
from flanchat.engine.protocol import Engine

_STATES = {
    "not started": N_("not started"),
    "loading": N_("loading"),
    "looking for an NPU": N_("looking for an NPU"),
    "importing torch": N_("importing torch"),
    "reading weights": N_("reading weights"),
    "warming up": N_("warming up"),
    "ready": N_("ready"),
    "failed": N_("failed"),
    "gone": N_("gone"),
}


def state(engine: Engine) -> str:
    """What an engine is doing, in words."""
    return ": ".join(_(_STATES.get(word, word)) for word in engine.status.split(": "))
