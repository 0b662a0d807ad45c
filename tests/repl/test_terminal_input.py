"""The prompt at a terminal, asked for things by other threads."""

from __future__ import annotations

import io
import os
from typing import Any

from prompt_toolkit.application import create_app_session
from prompt_toolkit.output import DummyOutput

from flanchat.repl.terminal_input import TerminalInput


class Ended:
    """An event loop that ends between the question whether it runs and the call."""

    def is_closed(self) -> bool:
        return False

    def call_soon_threadsafe(self, *call: Any) -> None:
        raise RuntimeError("no running event loop")


def test_a_redraw_or_note_of_another_thread_at_the_moment_an_entry_is_sent_is_dropped() -> None:
    with open(os.devnull) as stdin, create_app_session(output=DummyOutput()):
        prompt = TerminalInput(
            stdin,
            io.StringIO(),
            {"TERM": "xterm"},
            history=None,
            complete=lambda line: [],
            toolbar=lambda: "",
            on_change=lambda draft: None,
            on_first_prompt=lambda: None,
            note=lambda line: None,
            echo=lambda entry: None,
            keys={},
            color=False,
        )
        app = prompt._session.app
        app._is_running, app.loop = True, Ended()  # type: ignore[assignment]

        prompt.redraw()
        prompt.notify("the model is ready")

        assert not app.invalidated  # else the next redraw would be taken for one that is under way
