"""Acknowledged events can be read again, whatever happens to the program, the disk or the file."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import random
import re
import stat
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from flanchat.base.errors import StorageError
from flanchat.sessions import transcript as transcript_module
from flanchat.sessions.transcript import NoTranscript, Transcript
from flanchat.sessions.transcript_reader import LINE_BYTES
from tests.examples import examples
from tests.transcripts import read, whole

HOST = {"os": "test"}
NOON = datetime.fromtimestamp(1_750_000_000.25, timezone.utc)  # 2025-06-15T15:06:40.250Z


class Disk:
    """Write and sync functions that record every call and fail according to `faults`, the next fault first.

    A fault is "no space", "sync" (only the sync fails), "none", or the number of bytes that still fit.
    """

    def __init__(self):
        self.calls = []
        self.faults = []

    def write(self, fd, line):
        self.calls.append(("write", line))
        fault = self.faults.pop(0) if self.faults and self.faults[0] != "sync" else None
        if isinstance(fault, int):
            return os.write(fd, line[:fault])
        if fault == "no space":
            raise OSError(errno.ENOSPC, "No space left on device")
        return os.write(fd, line)

    def sync(self, fd):
        self.calls.append(("sync", os.fstat(fd).st_size))
        if self.faults and self.faults[0] == "sync":
            self.faults.pop(0)
            raise OSError(errno.EIO, "Input/output error")


@pytest.fixture
def disk():
    return Disk()


@pytest.fixture
def transcript(tmp_path, disk):
    transcript = Transcript.create(tmp_path / "sessions", host=HOST, write=disk.write, sync=disk.sync)
    yield transcript
    transcript.close("test")


def types(path):
    return [event["type"] for event in read(path).events]


def lines_of(*events):
    return b"".join(json.dumps(event).encode() + b"\n" for event in events)


def event(n, **fields):
    return {"v": 1, "n": n, "id": f"id{n}", "ts": "", "type": "note", "session": "s", "parent": None, **fields}


def private_file(path, content):
    path.write_bytes(content)
    path.chmod(0o600)
    return path


class TestWriting:
    def test_session_is_readable_event_by_event_with_its_envelope(self, tmp_path):
        transcript = Transcript.create(tmp_path, host=HOST, name="trial", now=lambda: NOON)
        question = transcript.record("user", text="Capital of France?")
        transcript.record("answer", question, text="Paris", finish="eos")

        start, user, answer = read(transcript.path).events
        assert [e["n"] for e in (start, user, answer)] == [1, 2, 3]
        assert {e["v"] for e in (start, user, answer)} == {1}
        assert {e["session"] for e in (start, user, answer)} == {transcript.session}
        assert {e["ts"] for e in (start, user, answer)} == {"2025-06-15T15:06:40.250Z"}
        assert (start["type"], start["name"], start["host"], start["parent"]) == ("session.start", "trial", HOST, None)
        assert (user["id"], user["text"], user["parent"]) == (question, "Capital of France?", None)
        assert (answer["text"], answer["parent"]) == ("Paris", question)

    def test_session_without_events_leaves_no_file(self, tmp_path):
        transcript = Transcript.create(tmp_path / "sessions", host=HOST)
        transcript.close("quit")

        assert os.listdir(tmp_path / "sessions") == []
        assert transcript.unsaved == ()

    def test_folder_and_file_are_private(self, transcript):
        transcript.record("note", text="secret")

        assert stat.S_IMODE(transcript.path.stat().st_mode) == 0o600
        assert stat.S_IMODE(transcript.path.parent.stat().st_mode) == 0o700

    def test_each_record_is_one_write_and_then_one_sync_before_the_call_returns(self, transcript, disk):
        transcript.record("user", text="a")
        transcript.record("answer", text="b")

        assert [call for call, _ in disk.calls] == ["write", "sync"] * 3
        written = [line for call, line in disk.calls if call == "write"]
        assert b"".join(written) == transcript.path.read_bytes()
        assert all(line.count(b"\n") == 1 and line.endswith(b"\n") for line in written)

    def test_file_is_plain_ascii_and_any_text_reads_back_unchanged(self, transcript):
        hostile = "\x1b[2J\u202e\ud800 \x00 naïve 你好 \u2028\r\n"
        transcript.record("user", text=hostile)

        assert set(transcript.path.read_bytes()) <= {*range(0x20, 0x7F), 0x0A}
        assert read(transcript.path).events[1]["text"] == hostile

    def test_infinities_and_nan_are_stored_as_null(self, transcript):
        transcript.record("answer", conf={"min_lp": float("-inf")}, tok=[(1, float("nan"), 0.5)])

        stored = read(transcript.path).events[1]
        assert (stored["conf"], stored["tok"]) == ({"min_lp": None}, [[1, None, 0.5]])

    def test_end_counts_the_events_of_each_type(self, transcript):
        for type in ("user", "answer", "user"):
            transcript.record(type)
        transcript.close("quit")
        transcript.close("again")

        end = read(transcript.path).events[-1]
        assert (end["type"], end["why"]) == ("session.end", "quit")
        assert end["counts"] == {"session.start": 1, "user": 2, "answer": 1}

    def test_closed_transcript_accepts_no_events(self, transcript):
        transcript.close("quit")

        with pytest.raises(ValueError, match="closed"):
            transcript.record("note")

    def test_fields_of_the_envelope_cannot_be_passed(self, transcript):
        with pytest.raises(ValueError, match="n, session"):
            transcript.record("note", n=3, session="x")

        assert not transcript.path.exists()

    def test_value_that_is_not_json_uses_no_number_and_creates_no_file(self, transcript):
        with pytest.raises(TypeError):
            transcript.record("note", text=object())
        assert not transcript.path.exists()

        transcript.record("note")
        assert read(transcript.path).problems == ()

    def test_event_too_long_to_be_read_again_is_refused(self, transcript):
        with pytest.raises(StorageError, match="Shorten"):
            transcript.record("user", text="x" * LINE_BYTES)

        assert transcript.unsaved == ()

    def test_name_is_the_time_in_utc_and_four_characters(self, tmp_path):
        transcript = Transcript.create(tmp_path, host=HOST, now=lambda: NOON)

        assert re.fullmatch(r"2025-06-15-150640-[0-9a-z]{4}\.jsonl", transcript.path.name)

    def test_taken_name_is_never_overwritten(self, tmp_path):
        suffixes = iter(["aaaa", "aaaa", "bbbb"])
        taken = tmp_path / "2025-06-15-150640-aaaa.jsonl"
        taken.write_bytes(b"mine")
        transcript = Transcript.create(tmp_path, host=HOST, now=lambda: NOON, suffix=lambda: next(suffixes))
        transcript.record("note")

        assert taken.read_bytes() == b"mine"
        assert transcript.path.name.endswith("-bbbb.jsonl")
        assert types(transcript.path) == ["session.start", "note"]

    def test_when_all_names_are_taken_the_events_are_kept_as_unsaved(self, tmp_path):
        (tmp_path / "2025-06-15-150640-aaaa.jsonl").write_bytes(b"mine")
        transcript = Transcript.create(tmp_path, host=HOST, now=lambda: NOON, suffix=lambda: "aaaa")
        transcript.record("note")

        assert "taken" in transcript.problem
        assert len(transcript.unsaved) == 2

    def test_symbolic_link_in_place_of_the_file_is_not_followed(self, tmp_path):
        transcript = Transcript.create(tmp_path, host=HOST)
        planned = transcript.path
        planned.symlink_to(tmp_path / "target")
        transcript.record("note")

        assert not (tmp_path / "target").exists()
        assert transcript.path != planned
        assert transcript.problem == ""

    def test_ids_are_increasing_ulids(self, tmp_path):
        transcript = Transcript.create(tmp_path, host=HOST, sync=lambda fd: None)
        ids = [transcript.record("note") for _ in range(500)]

        assert ids == sorted(set(ids))
        assert all(re.fullmatch(r"[0-7][0-9A-HJKMNP-TV-Z]{25}", id) for id in ids)

    def test_clock_set_back_a_year_keeps_the_order_and_overwrites_nothing(self, tmp_path):
        now = [NOON]
        transcript = Transcript.create(tmp_path, host=HOST, now=lambda: now[0])
        transcript.record("note", text="before")
        now[0] -= timedelta(days=365)
        transcript.record("note", text="after")
        other = Transcript.create(tmp_path, host=HOST, now=lambda: now[0])
        other.record("note")

        reading = read(transcript.path)
        assert [e.get("text") for e in reading.events] == [None, "before", "after"]
        assert [e["id"] for e in reading.events] == sorted(e["id"] for e in reading.events)
        assert reading.problems == ()
        assert len(os.listdir(tmp_path)) == 2

    def test_folder_that_cannot_be_made_is_refused_before_the_session_starts(self, tmp_path):
        (tmp_path / "file").write_bytes(b"")

        with pytest.raises(StorageError, match="file"):
            Transcript.create(tmp_path / "file", host=HOST)


class TestFailingDisk:
    @pytest.mark.parametrize("fault", ["no space", "sync", 0, 1, 20])
    @pytest.mark.parametrize("at", range(4))
    def test_event_that_failed_is_kept_reported_and_saved_before_the_next(self, transcript, disk, fault, at):
        problems = []
        for n in range(5):
            if n == at:
                disk.faults = [fault]
            transcript.record("note", text=str(n))
            problems.append(transcript.problem)
            assert (transcript.problem == "") == (transcript.unsaved == ())

        assert [bool(problem) for problem in problems] == [n == at for n in range(5)]
        assert problems[at].startswith(f"NOT SAVED: {transcript.path}: ")
        reading = read(transcript.path)
        assert [e.get("text") for e in reading.events] == [None, "0", "1", "2", "3", "4"]
        assert reading.problems == ()

    def test_failed_write_leaves_the_file_exactly_as_it_was(self, transcript, disk):
        transcript.record("note", text="good")
        before = transcript.path.read_bytes()
        disk.faults = [30]
        transcript.record("note", text="lost")

        assert transcript.path.read_bytes() == before
        assert [json.loads(line)["text"] for line in transcript.unsaved] == ["lost"]

    def test_closing_tries_once_more(self, transcript, disk):
        disk.faults = ["no space"]
        transcript.record("note")
        transcript.close("quit")

        assert types(transcript.path) == ["session.start", "note", "session.end"]
        assert (transcript.unsaved, transcript.problem) == ((), "")

    def test_unsaved_events_can_be_read_after_closing_and_no_empty_file_remains(self, transcript, disk):
        disk.faults = ["no space"] * 9
        transcript.record("note", text="kept")
        transcript.close("quit")

        assert [json.loads(line)["type"] for line in transcript.unsaved] == ["session.start", "note", "session.end"]
        assert "No space left" in transcript.problem
        assert not transcript.path.exists()

    def test_deleted_transcript_is_reported_and_its_events_kept(self, transcript):
        transcript.record("note")
        transcript.path.unlink()
        transcript.record("note", text="kept")

        assert "deleted" in transcript.problem
        assert len(transcript.unsaved) == 1

    def test_missing_folder_is_reported_and_used_again_when_it_is_back(self, transcript):
        transcript.path.parent.rmdir()
        transcript.record("note", text="one")
        assert "NOT SAVED" in transcript.problem

        transcript.path.parent.mkdir(mode=0o700)
        transcript.record("note", text="two")
        assert types(transcript.path) == ["session.start", "note", "note"]
        assert transcript.problem == ""

    def test_interrupt_between_write_and_sync_neither_loses_nor_repeats_the_event(self, tmp_path):
        interrupts = [KeyboardInterrupt()]

        def sync(fd):
            if interrupts:
                raise interrupts.pop()

        transcript = Transcript.create(tmp_path, host=HOST, sync=sync)
        with pytest.raises(KeyboardInterrupt):
            transcript.record("note", text="one")
        transcript.record("note", text="two")

        reading = read(transcript.path)
        assert [e.get("text") for e in reading.events] == [None, "one", "two"]
        assert reading.problems == ()


class TestResuming:
    def test_resumed_session_continues_its_numbering_in_the_same_file(self, tmp_path):
        first = Transcript.create(tmp_path, host=HOST)
        first.record("user")
        first.close("quit")
        second = Transcript.resume(first.path, whole)[0]
        second.record("user")
        second.close("quit")

        reading = read(first.path)
        assert (second.session, second.path) == (first.session, first.path)
        assert [e["n"] for e in reading.events] == [1, 2, 3, 4, 5]
        assert reading.problems == ()
        assert reading.events[-1]["counts"] == {"session.start": 1, "user": 2, "session.end": 1}

    def test_resuming_without_recording_changes_nothing(self, tmp_path):
        path = private_file(tmp_path / "log", lines_of(event(1)) + b'{"torn')
        before = path.read_bytes()
        Transcript.resume(path, whole)[0].close("quit")

        assert path.read_bytes() == before

    def test_cut_last_line_loses_only_itself(self, tmp_path):
        path = private_file(tmp_path / "log", lines_of(event(1), event(2)) + b'{"v":1,"n":3,"id')
        resumed = Transcript.resume(path, whole)[0]
        resumed.record("note", text="next")
        resumed.record("note", text="last")

        reading = read(path)
        assert [e["n"] for e in reading.events] == [1, 2, 3, 4]
        assert reading.problems == ("line 3: not a JSON object (damaged)",)

    def test_session_in_use_cannot_be_resumed(self, tmp_path):
        first = Transcript.create(tmp_path, host=HOST)
        first.record("note")

        with pytest.raises(StorageError, match="another flanchat"):
            Transcript.resume(first.path, whole)
        first.close("quit")
        second = Transcript.resume(first.path, whole)[0]
        with pytest.raises(StorageError, match="another flanchat"):
            Transcript.resume(first.path, whole)
        second.close("quit")

    @pytest.mark.parametrize("content", [b"", b"\n\n", b"not a transcript\n", b"\0" * 500])
    def test_file_without_events_is_refused_and_unchanged(self, tmp_path, content):
        path = private_file(tmp_path / "log", content)

        with pytest.raises(StorageError, match="no readable event"):
            Transcript.resume(path, whole)
        assert path.read_bytes() == content

    def test_a_session_of_a_later_version_is_refused_and_left_as_it_is(self, tmp_path):
        path = private_file(tmp_path / "log", lines_of(event(1), event(2, v=2)))

        with pytest.raises(StorageError, match="written by a later version of flanchat"):
            Transcript.resume(path, whole)
        assert path.read_bytes() == lines_of(event(1), event(2, v=2))

    def test_a_session_that_is_in_use_can_be_waited_for(self, tmp_path, transcript):
        transcript.record("note")

        resumed, reading = Transcript.resume(
            transcript.path, whole, wait_s=60, waiting=lambda: transcript.close("done")
        )

        assert [event["type"] for event in reading.events] == ["session.start", "note", "session.end"]
        resumed.close("done")

    @pytest.mark.timeout(100)
    @pytest.mark.parametrize("kind", ["missing", "link", "hard link", "fifo", "folder", "open to others"])
    def test_unsafe_file_is_refused_without_waiting(self, tmp_path, kind):
        path = tmp_path / "log"
        target = private_file(tmp_path / "target", lines_of(event(1)))
        {
            "missing": lambda: None,
            "link": lambda: path.symlink_to(target),
            "hard link": lambda: os.link(target, path),
            "fifo": lambda: os.mkfifo(path, 0o600),
            "folder": path.mkdir,
            "open to others": lambda: private_file(path, lines_of(event(1))).chmod(0o640),
        }[kind]()

        with pytest.raises(StorageError, match=str(path)):
            Transcript.resume(path, whole)
        assert target.read_bytes() == lines_of(event(1))


GOOD = lines_of(event(1, type="session.start"), event(2, text="a"), event(3, text="b"))
NOT_JSON = "not a JSON object (damaged)"
# name: (file content, n of the events that are read, reported problems)
DAMAGED = {
    "empty": (b"", [], []),
    "only newlines": (b"\n\n\n", [], []),
    "whole": (GOOD, [1, 2, 3], []),
    "no final newline": (GOOD[:-1], [1, 2, 3], []),
    "blank lines between": (GOOD.replace(b"\n", b"\n \n"), [1, 2, 3], []),
    "Windows line endings": (GOOD.replace(b"\n", b"\r\n"), [1, 2, 3], []),
    "unknown type and fields": (lines_of(event(1, type="from.the.future", x=[1])), [1], []),
    "a later version": (
        lines_of(event(1, v=9), event(2, v=9)),
        [1, 2],
        ["line 1: format 9 of a later flanchat; this one reads 1"],
    ),
    "cut in the last line": (GOOD[:-9], [1, 2], ["line 3: cut short"]),
    "cut after one byte of the last line": (lines_of(event(1)) + b"{", [1], ["line 2: cut short"]),
    "cut line glued to a good one": (
        lines_of(event(1)) + b'{"v":1,"n"' + lines_of(event(2), event(3)),
        [1, 3],
        [f"line 2: {NOT_JSON}", "line 3: n jumps from 1 to 3"],
    ),
    "block of NUL bytes at the end": (GOOD + b"\0" * 4096, [1, 2, 3], ["line 4: cut short"]),
    "NUL bytes inside": (GOOD + b"\0\0\n" + lines_of(event(4)), [1, 2, 3, 4], [f"line 4: {NOT_JSON}"]),
    "random bytes": (bytes(range(128, 256)) + b"\n" + GOOD, [1, 2, 3], [f"line 1: {NOT_JSON}"]),
    "not UTF-8 inside a text": (
        GOOD.replace(b'"a"', b'"\xe9"'),
        [1, 3],
        [f"line 2: {NOT_JSON}", "line 3: n jumps from 1 to 3"],
    ),
    "UTF-16": (
        GOOD.decode().encode("utf-16"),
        [],
        [f"line {n}: {NOT_JSON}" for n in (1, 2, 3)] + ["line 4: cut short"],
    ),
    "byte order mark": (b"\xef\xbb\xbf" + GOOD, [1, 2, 3], []),
    "missing line": (lines_of(event(1), event(3)), [1, 3], ["line 2: n jumps from 1 to 3"]),
    "first lines missing": (lines_of(event(5), event(6)), [5, 6], ["line 1: n jumps from 0 to 5"]),
    "line twice": (GOOD + lines_of(event(3)), [1, 2, 3], ["line 4: repeats the id of an earlier line"]),
    "lines out of order": (
        lines_of(event(1), event(3), event(2)),
        [1, 3, 2],
        ["line 2: n jumps from 1 to 3", "line 3: n goes back from 3 to 2"],
    ),
    "list, text, number and null": (
        GOOD + b'[1]\n"x"\n17\nnull\n',
        [1, 2, 3],
        [f"line {n}: {NOT_JSON}" for n in (4, 5, 6, 7)],
    ),
    "objects that are not events": (
        lines_of(event(1), {}, event(2, type=3), event("2"), event(True), event(2, id=None), event(2, parent=7)),
        [1],
        [
            "line 2: not an event (type is not text)",
            "line 3: not an event (type is not text)",
            "line 4: not an event (n is not a whole number)",
            "line 5: not an event (n is not a whole number)",
            "line 6: not an event (id is not text)",
            "line 7: not an event (parent is not text)",
        ],
    ),
    "two objects on one line": (
        lines_of(event(1))[:-1] + lines_of(event(2), event(3)),
        [3],
        [f"line 1: {NOT_JSON}", "line 2: n jumps from 0 to 3"],
    ),
    "brackets a hundred thousand deep": (b"[" * 100_000 + b"\n" + GOOD, [1, 2, 3], [f"line 1: {NOT_JSON}"]),
    "number of ten thousand digits": (b'{"n":' + b"9" * 10_000 + b"}\n" + GOOD, [1, 2, 3], [f"line 1: {NOT_JSON}"]),
    "line over the limit": (
        b"x" * (LINE_BYTES * 2 + 5) + b"\n" + GOOD,
        [1, 2, 3],
        [f"line 1: longer than {LINE_BYTES} bytes"],
    ),
    "line over the limit without a newline": (
        GOOD + b"x" * LINE_BYTES,
        [1, 2, 3],
        [f"line 4: longer than {LINE_BYTES} bytes"],
    ),
}


class TestReading:
    @pytest.mark.parametrize("name", DAMAGED)
    def test_good_events_are_read_damage_is_reported_by_line_and_the_file_is_unchanged(self, tmp_path, name):
        content, numbers, problems = DAMAGED[name]
        path = tmp_path / "log"
        path.write_bytes(content)
        path.chmod(0o400)
        before = (hashlib.sha256(path.read_bytes()).digest(), path.stat().st_mtime_ns)

        reading = read(path)

        assert [e["n"] for e in reading.events] == numbers
        assert list(reading.problems) == problems
        assert (hashlib.sha256(path.read_bytes()).digest(), path.stat().st_mtime_ns) == before

    def test_cut_file_gives_its_whole_lines_and_reports_the_cut_one(self, tmp_path):
        path = tmp_path / "log"
        for size in range(len(GOOD) + 1):
            path.write_bytes(GOOD[:size])
            reading = read(path)

            whole = (GOOD[:size] + b"\n").count(b"}\n")  # a line that lacks only its newline is whole
            assert len(reading.events) == whole
            assert bool(reading.problems) == (size not in (0, len(GOOD)) and GOOD[size - 1 : size] not in (b"\n", b"}"))

    @pytest.mark.timeout(100)
    @pytest.mark.parametrize("kind", ["missing", "fifo", "folder", "device"])
    def test_anything_but_a_regular_file_is_refused_without_waiting(self, tmp_path, kind):
        path = Path("/dev/zero") if kind == "device" else tmp_path / "log"
        {"fifo": lambda: os.mkfifo(path), "folder": path.mkdir}.get(kind, lambda: None)()

        with pytest.raises(StorageError, match=str(path)):
            read(path)

    def test_transcript_can_be_read_while_it_is_written(self, transcript):
        transcript.record("note")

        assert types(transcript.path) == ["session.start", "note"]


class TestNoTranscript:
    def test_it_accepts_the_same_calls_and_writes_nothing(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        none = NoTranscript()
        first, second = none.record("user", text="x"), none.record("answer", "parent")
        none.close("quit")

        assert first < second
        assert none.session
        assert (none.path, none.unsaved, none.problem) == (None, (), "")
        assert os.listdir(tmp_path) == []

    def test_its_ids_carry_the_time_because_exports_show_them(self, monkeypatch):
        monkeypatch.setattr(transcript_module, "_ulids", transcript_module._Ulids())
        none = NoTranscript(lambda: NOON)

        noon = transcript_module._Ulids().next(NOON)[:10]
        assert (none.session[:10], none.record("note")[:10]) == (noon, noon)

    def test_it_has_every_public_name_of_a_transcript(self, transcript):
        public, of_none = ({name for name in dir(one) if name[0] != "_"} for one in (transcript, NoTranscript()))

        assert public - {"create", "resume", "begin"} == of_none


class Crash(BaseException):
    """Power loss during a write. content: of the file at that moment."""

    def __init__(self, content):
        self.content = content


class Store(RuleBasedStateMachine):
    """Compares the transcript with a list of texts, while the disk fails and the program crashes and restarts."""

    folder: Path  # set by the test below

    @initialize()
    def start(self):
        self.disk = Disk()
        self.fd = -1
        self.crash = None
        self.saved = []  # acknowledged texts, in order
        self.waiting = []  # recorded texts reported as unsaved
        self.torn = 0  # upper bound of the damaged lines so far
        self.next = 0
        folder = self.folder / os.urandom(6).hex()
        self.transcript = Transcript.create(folder, host=HOST, write=self.write, sync=self.sync)
        self.record([])

    def write(self, fd, line):
        self.fd = fd
        if self.crash is not None:
            os.write(fd, line[: self.crash % len(line)])
            raise Crash(self.transcript.path.read_bytes())
        return self.disk.write(fd, line)

    def sync(self, fd):
        self.disk.sync(fd)

    @rule(faults=st.lists(st.sampled_from(["no space", "sync", "none", 0, 1, 30, 120]), max_size=3))
    def record(self, faults):
        self.disk.faults = list(faults)
        text = f"text {self.next}"
        self.next += 1
        self.transcript.record("note", text=text)
        self.disk.faults = []
        self.waiting.append(text)
        self.accept()

    def accept(self):
        left = [json.loads(line).get("text") for line in self.transcript.unsaved]
        left = [text for text in left if text is not None]
        assert self.waiting[len(self.waiting) - len(left) :] == left
        self.saved += self.waiting[: len(self.waiting) - len(left)]
        self.waiting = left
        assert bool(self.transcript.problem) == bool(self.transcript.unsaved)

    @precondition(lambda self: self.saved)
    @rule(at=st.integers(0, 10_000))
    def crash_in_the_middle_of_a_write(self, at):
        self.crash = at
        text = f"text {self.next}"
        self.next += 1
        with pytest.raises(Crash) as caught:
            self.transcript.record("note", text=text)
        self.crash = None
        os.close(self.fd)  # releases the lock, as the end of a process does
        private_file(self.transcript.path, caught.value.content)
        self.torn += not caught.value.content.endswith(b"\n")
        first = (self.waiting or [text])[0]
        if read(self.transcript.path).events[-1].get("text") == first:  # only its newline is missing
            self.saved.append(first)
        self.restart()

    @precondition(lambda self: self.saved)
    @rule(tail=st.sampled_from([b"{", b'{"v":1,"n":99', b"\0\0\0", b"\xff", b'"']))
    def another_program_leaves_a_torn_tail(self, tail):
        if self.transcript.path.read_bytes().endswith(b"}"):
            return  # only the newline was lost; a torn tail would damage that event, which was never acknowledged
        with open(self.transcript.path, "ab") as file:
            file.write(tail)
        self.torn += 1

    @precondition(lambda self: self.saved)
    @rule()
    def quit_and_restart(self):
        self.transcript.close("quit")
        self.accept()
        assert self.waiting == []
        self.restart()

    def restart(self):
        self.waiting = []  # a crashed program loses what it had in memory
        self.transcript = Transcript.resume(self.transcript.path, whole, write=self.write, sync=self.sync)[0]

    @invariant()
    def exactly_the_acknowledged_events_are_read_in_order(self):
        if not self.transcript.path.exists():
            assert self.saved == []
            return
        reading = read(self.transcript.path)
        assert [e["text"] for e in reading.events if e["type"] == "note"] == self.saved
        assert len(reading.problems) <= self.torn
        assert not any("jumps" in problem or "repeats" in problem for problem in reading.problems)

    def teardown(self):
        if hasattr(self, "transcript"):
            self.transcript.close("end")


def test_transcript_keeps_acknowledged_events_through_faults_and_crashes(tmp_path):
    class StoreHere(Store):
        folder = tmp_path

    run_state_machine_as_test(StoreHere, settings=examples(50, stateful_step_count=20))


@pytest.mark.timeout(100)
def test_events_acknowledged_before_kill_9_are_all_readable(tmp_path):
    code = (
        "import sys; from pathlib import Path; from flanchat.sessions.transcript import Transcript\n"
        "transcript = Transcript.create(Path(sys.argv[1]), host={})\n"
        "n = 0\n"
        "while True:\n"
        "    transcript.record('note', count=n, text='x' * 2000)\n"
        "    print(n, '' if transcript.problem else 'saved', transcript.path, flush=True)\n"
        "    n += 1\n"
    )
    for run in range(8):
        child = subprocess.Popen([sys.executable, "-c", code, tmp_path / str(run)], stdout=subprocess.PIPE, text=True)
        said = [child.stdout.readline() for _ in range(random.randrange(1, 60))]
        child.kill()
        said += child.stdout.readlines()
        child.wait()
        child.stdout.close()
        whole = [line.split() for line in said if line.endswith("\n")]

        reading = read(Path(whole[0][2]))
        counts = [e["count"] for e in reading.events if e["type"] == "note"]
        assert {word for _, word, _ in whole} == {"saved"}
        assert counts[: len(whole)] == list(range(len(whole)))
        assert counts == list(range(len(counts)))
        assert len(counts) <= len(whole) + 1
        assert len(reading.problems) <= 1
