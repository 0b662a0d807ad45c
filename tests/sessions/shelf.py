"""Writes sessions into a folder for tests of the library. Imports no test framework: processes of tests import it."""

from __future__ import annotations

from datetime import datetime, timezone

from flanchat.sessions.library import Library
from flanchat.sessions.transcript import Transcript

HOST = {"os": "test"}
NOON = 1_750_000_000.25  # 2025-06-15T15:06:40.250Z


class Shelf:
    """A folder of sessions and its library. Each session begins an hour after the previous one."""

    def __init__(self, place):
        self.folder, self.index = place / "sessions", place / "cache" / "sessions.sqlite"
        self._hours = 0

    def library(self, **options):
        return Library(self.folder, self.index, **options)

    def open(self, name="", **about):
        self._hours += 1
        now = datetime.fromtimestamp(NOON + 3600 * self._hours, timezone.utc)
        return Transcript.create(self.folder, host=HOST, name=name, about=about, now=lambda: now, sync=lambda fd: None)

    def add(self, *turns, name="", **about):
        """Write a closed session of (question, answer) turns; None for a question without an answer."""
        transcript = self.open(name, **about)
        head = None
        for question, answer in turns:
            head = ask(transcript, question, answer, head)
        if not turns:
            transcript.record("note", text="nothing asked")
        transcript.close("quit")
        return transcript.path

    def found(self, words, **options):
        """Return the hits of a search as (file, turn, where)."""
        return [(hit.entry.path, hit.turn, hit.where) for hit in self.library(**options).search(words)]


def ask(transcript, question, answer, head=None, **fields):
    """Record a turn and return the id of its answer, or `head` when there is no answer."""
    asked = transcript.record("user", head, text=question)
    return head if answer is None else transcript.record("answer", asked, text=answer, finish="eos", **fields)
