"""A terminal for tests: runs a program on a pty and shows its screen. Waits for texts, not for a time."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import pyte

from tests.conftest import transcripts
from tests.fork_server import run_on_terminal
from tests.waiting import LIMIT_S

ENTER, TAB, ESCAPE = "\r", "\t", "\x1b"
CTRL_C, CTRL_D = "\x03", "\x04"
_MARK = b"\0"  # invisible


class Screen:
    """A program on a terminal. A context manager; at its end the program is killed."""

    def __init__(
        self, command: Sequence[str], *, env: Mapping[str, str], cwd: Path, columns: int = 80, lines: int = 40
    ) -> None:
        self.raw = b""
        self._screen = _Answering(columns, lines, self.send)
        self._stream = pyte.ByteStream(self._screen)
        self._rows = [""] * lines
        self._master, self._slave = pty.openpty()
        self._resize(columns, lines)
        self.modes = termios.tcgetattr(self._slave)
        self.process = run_on_terminal(command, self._slave, env=env, cwd=cwd)

    def __enter__(self) -> Screen:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self._master)
        os.close(self._slave)

    def send(self, keys: str | bytes) -> None:
        """Press keys."""
        os.write(self._master, keys.encode() if isinstance(keys, str) else keys)

    def paste(self, text: str) -> None:
        """Paste with bracketed paste mode."""
        self.send(f"\x1b[200~{text}\x1b[201~")

    def text(self) -> str:
        """The text on the screen, without trailing blanks."""
        for at in self._screen.dirty:  # rendering all rows each time took half of the tests' time
            row = self._screen.buffer[at]
            self._rows[at] = "".join(row[column].data for column in range(self._screen.columns)).rstrip()
        self._screen.dirty.clear()
        return "\n".join(self._rows).rstrip()

    def unwrapped(self) -> str:
        """The text on the screen without the line breaks of the terminal, at which a line fills its row."""
        last = self._screen.columns - 1
        full = [self._screen.buffer[row][last].data != " " for row in range(self._screen.lines)]
        rows = zip(self.text().split("\n"), full, strict=False)
        return "".join(row if is_full else f"{row}\n" for row, is_full in rows)

    def cells(self) -> list[list[pyte.screens.Char]]:
        """The characters on the screen with their attributes, row by row."""
        return [
            [self._screen.buffer[row][at] for at in range(self._screen.columns)] for row in range(self._screen.lines)
        ]

    def wait(self, *wanted: str | Callable[[str], object]) -> str:
        """Wait until all conditions hold: a text is on the screen, or a function of the screen's text returns true."""
        end = time.monotonic() + LIMIT_S
        while True:
            text = self.text()
            missing = [w for w in wanted if not (self._has(w, text) if isinstance(w, str) else w(text))]
            if not missing:
                return text
            if time.monotonic() > end:
                raise AssertionError(f"not on the screen: {missing}\n{text}")
            ended = self.process.poll() is not None  # before reading, so that the last output is read
            if not self._read(0.25) and ended:
                raise AssertionError(f"ended with {self.process.returncode} before {missing} came\n{text}")

    def _has(self, wanted: str, text: str) -> bool:
        return wanted in text or wanted in " ".join(self.unwrapped().split())

    def wait_end(self) -> int:
        """Wait until the program ends; return its exit status, negative for a signal."""
        end = time.monotonic() + LIMIT_S
        while self.process.poll() is None:
            self._read(0.05)
            assert time.monotonic() < end, f"still running\n{self.text()}"
        while self._read(0):
            pass
        os.write(self._slave, _MARK)  # output before it may still be on its way
        while not self.raw.endswith(_MARK):
            assert self._read(LIMIT_S)
        self.raw = self.raw.removesuffix(_MARK)
        return self.process.returncode

    def modes_now(self) -> list[object]:
        """The current settings of the terminal. `modes` has those at the start."""
        return termios.tcgetattr(self._slave)

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def _resize(self, columns: int, lines: int) -> None:
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def _read(self, wait_s: float) -> bool:
        ready = select.poll()  # select() fails for descriptors above 1023
        ready.register(self._master, select.POLLIN)
        if not ready.poll(wait_s * 1000):
            return False
        chunk = os.read(self._master, 65536)
        self.raw += chunk
        self._stream.feed(chunk)
        return bool(chunk)


class _Answering(pyte.Screen):
    """A screen that answers a program's queries, such as for the cursor's position."""

    def __init__(self, columns: int, lines: int, send: Callable[[str], None]) -> None:
        super().__init__(columns, lines)
        self._send = send

    def write_process_input(self, data: str) -> None:
        self._send(data)


Start = Callable[..., Screen]


def events(folder: Path, kind: str) -> list[dict[str, Any]]:
    """All events of a kind, from all transcripts."""
    lines = [line for path in transcripts(folder) for line in path.read_text().splitlines()]
    return [event for event in map(json.loads, lines) if event["type"] == kind]


def answer_begun(question: str) -> Callable[[str], bool]:
    """A condition for `wait`: the first words of the answer to `question` are on the screen."""

    def begun(text: str) -> bool:
        after = text.partition(f"> {question}\n")[2]
        first = after.partition("\n")[0]  # empty until the question is sent, because the tool bar stands further below
        return bool(first.strip()) and len(after.strip()) > 10 and "the model is" not in after

    return begun
