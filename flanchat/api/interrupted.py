"""What the Python interface raises at Ctrl-C, and the category of its warnings."""

from __future__ import annotations

from typing import Any

from flanchat.base.i18n import _


class Interrupted(KeyboardInterrupt):
    """Ctrl-C came while a model answered. A `KeyboardInterrupt`, so a loop stops; `answer` has what was made by then.

    answer: what the interrupted call would have returned, as far as it came: an `Answer`, `Answers`, `Scores` or
    `Grid`. An answer that is not complete has the `finish` "interrupted".
    """

    answer: Any

    def __init__(self, answer: object) -> None:
        super().__init__(_("what was made until then is in .answer"))
        self.answer = answer


class FlanchatWarning(UserWarning):
    """Something is done otherwise than the caller may expect: a device that is not used, a setting without effect."""
