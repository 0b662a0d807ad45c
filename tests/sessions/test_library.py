"""Every session can be found by any of its words, whether the index is missing, old, damaged or in use."""

from __future__ import annotations

import json
import os
import random
import sqlite3
import stat
import subprocess
import sys
import tempfile
import unicodedata
from contextlib import closing
from datetime import datetime, timezone
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flanchat.base.errors import StorageError, UsageError
from flanchat.sessions.library import Library
from flanchat.sessions.transcript import Transcript
from flanchat.sessions.transcript_reader import LINE_BYTES
from tests.examples import examples
from tests.sessions.shelf import NOON, Shelf, ask
from tests.transcripts import whole


def marked(hit):
    """Return the excerpt with the matches in brackets."""
    line, at = "", 0
    for start, end in hit.found:
        line += f"{hit.excerpt[at:start]}[{hit.excerpt[start:end]}]"
        at = end
    return line + hit.excerpt[at:]


@pytest.fixture
def shelf(tmp_path):
    return Shelf(tmp_path)


class TestList:
    def test_sessions_are_listed_with_what_they_are_about_the_latest_first(self, shelf):
        first = shelf.add(("Capital of\n France?", "Paris"), ("And of Spain?", "Madrid"), name="trial", model="flan-t5")
        transcript = shelf.open()
        transcript.record("profile.use", name="qa", sha256="x", content={})
        ask(transcript, "Hello?", "Yes", model={"id": "flan-t5-large", "revision": ""})

        second, session = shelf.library().sessions()
        assert (session.path, session.name, session.turns, session.question) == (
            first,
            "trial",
            2,
            "Capital of France?",
        )
        assert (session.model, session.profile, session.problems) == ("flan-t5", "", 0)
        assert session.started == session.last == "2025-06-15T16:06:40.250Z"
        assert (second.path, second.session) == (transcript.path, transcript.session)
        assert (second.model, second.profile, second.turns) == ("flan-t5-large", "qa", 1)

    def test_folder_that_does_not_exist_holds_no_sessions(self, shelf):
        assert shelf.library().sessions() == []
        assert shelf.library().search("word") == []
        assert not shelf.folder.exists()

    def test_limit_keeps_the_latest(self, shelf):
        paths = [shelf.add(("Question", "Answer")) for _ in range(5)]

        assert [session.path for session in shelf.library().sessions(2)] == [paths[4], paths[3]]
        assert shelf.library().sessions(0) == []

    def test_resumed_session_comes_first(self, shelf):
        old = shelf.add(("One", "1"))
        shelf.add(("Two", "2"))
        resumed = Transcript.resume(old, whole, now=lambda: datetime.fromtimestamp(NOON + 86400, timezone.utc))[0]
        ask(resumed, "Three", "3")
        resumed.close("quit")

        assert shelf.library().sessions()[0].path == old

    def test_only_the_current_branch_is_counted_and_all_answers_can_be_found(self, shelf):
        transcript = shelf.open()
        first = ask(transcript, "Capital of France?", "Paris")
        ask(transcript, "Capital of Spain?", "Lisbon", first)
        transcript.record("head", None, to=first, why="undo", branch="main")

        assert shelf.library().sessions()[0].turns == 1
        assert shelf.found("lisbon") == [(transcript.path, 2, "answer")]

    def test_later_name_replaces_the_first_one(self, shelf):
        transcript = shelf.open("before")
        transcript.record("session.name", None, name="after")

        assert shelf.library().sessions()[0].name == "after"
        assert shelf.found("before") == []
        assert shelf.found("after") == [(transcript.path, 0, "name")]

    def test_long_question_is_clipped(self, shelf):
        shelf.add(("word " * 10_000, "yes"))

        question = shelf.library().sessions()[0].question
        assert len(question) == 120
        assert question.endswith("…")

    def test_file_of_a_killed_program_is_listed_and_found_with_its_cut_line_counted(self, shelf):
        path = shelf.add(("Capital of France?", "Paris"), ("Capital of Spain?", None))
        path.write_bytes(path.read_bytes()[:-9])

        session = shelf.library().sessions()[0]
        assert (session.turns, session.problems) == (1, 1)
        assert shelf.found("spain") == [(path, 2, "question")]

    @pytest.mark.parametrize("content", [b"", b"\n\n", b"\0" * 5000, b"garbage\n" * 50, b"[" * 100_000, b'{"a":1}\n'])
    def test_file_without_events_is_listed_by_the_time_it_was_written(self, shelf, content):
        whole = shelf.add(("Word", "Answer"))
        path = shelf.folder / "odd.jsonl"
        path.write_bytes(content)
        os.utime(path, (NOON, NOON))

        assert [session.path for session in shelf.library().sessions()] == [whole, path]
        odd = shelf.library().sessions()[1]
        assert (odd.last, odd.session, odd.turns) == ("2025-06-15T15:06:40.250Z", "", 0)
        assert bool(odd.problems) == bool(content.strip())

    def test_events_with_unexpected_types_are_tolerated(self, shelf):
        shelf.folder.mkdir()
        odd = [{"text": 3, "name": [], "ts": {}, "session": 1, "model": "x"}, {"model": {"id": 4}, "ts": "yesterday"}]
        kinds = ("session.start", "session.name", "profile.use", "user", "prompt", "answer", "head", "error", "note")
        lines = [
            {"n": n, "id": f"id{n}", "type": kind, "parent": f"id{n - 1}", **fields}
            for n, (kind, fields) in enumerate([(k, f) for k in kinds for f in odd], start=1)
        ]
        (shelf.folder / "odd.jsonl").write_text("\n".join(map(json.dumps, lines)) + "\n")

        (session,) = shelf.library().sessions()
        assert (session.session, session.name, session.problems) == ("", "", 0)

    @pytest.mark.timeout(100)
    def test_anything_but_a_session_file_is_neither_listed_nor_opened(self, shelf, tmp_path):
        path = shelf.add(("Word", "Answer"))
        os.mkfifo(shelf.folder / "fifo.jsonl")
        (shelf.folder / "folder.jsonl").mkdir()
        (shelf.folder / "link.jsonl").symlink_to(path)
        (shelf.folder / "nowhere.jsonl").symlink_to(tmp_path / "nowhere")
        for name in ("notes.txt", ".hidden.jsonl", "jsonl"):
            (shelf.folder / name).write_bytes(path.read_bytes())

        assert [session.path for session in shelf.library().sessions()] == [path]
        assert len(shelf.found("word")) == 1

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
    def test_unreadable_file_is_listed_and_read_as_soon_as_it_can_be(self, shelf):
        path = shelf.add(("Word", "Answer"))
        path.chmod(0)
        assert shelf.library().sessions()[0].problems == 1

        path.chmod(0o600)
        assert shelf.library().sessions()[0].problems == 0

    def test_oversized_line_loses_only_itself(self, shelf):
        path = shelf.add(("Word", "Answer"))
        with open(path, "ab") as file:
            file.write(b"x" * (LINE_BYTES + 5) + b"\n")

        assert shelf.library().sessions()[0].problems == 1
        assert len(shelf.found("word")) == 1

    @pytest.mark.parametrize("ns", [0, -(10**18), 2**63, 10**21])
    def test_absurd_file_times_are_tolerated(self, shelf, ns):
        path = shelf.add()
        path.write_bytes(b"")
        try:
            os.utime(path, ns=(ns, ns))
        except OverflowError:
            pytest.skip("this system has no such time")

        for _ in range(2):
            assert [session.path for session in shelf.library().sessions()] == [path]

    def test_file_name_that_is_not_utf_8_is_listed(self, shelf):
        path = shelf.add(("Word", "Answer"))
        try:
            odd = path.rename(
                os.path.join(os.fsencode(shelf.folder), b"\xff\xfe.jsonl").decode(errors="surrogateescape")
            )
        except OSError:
            pytest.skip("this file system takes no such name")

        assert [session.path for session in shelf.library().sessions()] == [odd]
        assert shelf.library().find("1") == odd

    def test_folder_that_is_a_file_is_an_error(self, shelf):
        shelf.folder.write_bytes(b"")

        with pytest.raises(StorageError, match=str(shelf.folder)):
            shelf.library().sessions()

    def test_session_is_read_with_its_problems(self, shelf):
        path = shelf.add(("Capital of France?", "Paris"), name="trial")
        with open(path, "ab") as file:
            file.write(b'{"torn')

        record = shelf.library().read(path)
        assert (record.name, [answer.text for answer in record.conversation.turns]) == ("trial", ["Paris"])
        assert len(record.problems) == 1
        with pytest.raises(StorageError):
            shelf.library().read(shelf.folder / "missing.jsonl")


class TestSearch:
    def test_word_is_found_in_questions_answers_and_names_the_latest_session_first(self, shelf):
        first = shelf.add(("Hello", "Hi"), ("Where is Oslo?", "Norway"))
        second = shelf.add(("Capital of Norway?", "Oslo"))
        third = shelf.add(("Hello", "Hi"), name="oslo-trial")

        assert shelf.found("oslo") == [(third, 0, "name"), (second, 1, "answer"), (first, 2, "question")]

    def test_excerpt_is_one_line_of_the_text_with_the_spans_of_the_words(self, shelf):
        shelf.add(("What is\n\tthe  CAPITAL of\r\nFrance?", "Paris"))

        (hit,) = shelf.library().search("france capital")
        assert marked(hit) == "What is the [CAPITAL] of [France]?"

    def test_excerpt_of_a_long_text_shows_the_place_with_most_words(self, shelf):
        shelf.add(("river " * 100 + "far away the river meets the sea " + "land " * 100, "yes"))

        (hit,) = shelf.library().search("sea river")
        assert marked(hit).replace("[river] ", "") == "…far away the meets the [sea] land…"
        assert len(hit.excerpt) < 110

    def test_words_match_across_a_question_and_its_answer_but_not_across_turns(self, shelf):
        path = shelf.add(("Capital of France?", "It is Paris"), ("And Spain?", "Madrid"))

        assert shelf.found("paris capital") == [(path, 1, "question")]
        assert shelf.found("it paris france") == [(path, 1, "answer")]
        assert shelf.found("paris madrid") == []

    def test_phrase_does_not_match_across_a_question_and_its_answer(self, shelf):
        shelf.add(("well, I don", "t know"))

        assert shelf.found("don't") == []

    def test_only_the_last_word_may_be_the_beginning_of_a_word(self, shelf):
        path = shelf.add(("Capital of France?", "Paris"))

        assert shelf.found("capital fra") == [(path, 1, "question")]
        assert shelf.found("cap france") == []
        assert marked(shelf.library().search("fra")[0]) == "Capital of [Fra]nce?"

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("São Paulo", "sao"),
            ("Sa\u0303o Paulo", "são"),
            ("STRASSE", "straße"),
            ("ΟΔΟΣ", "οδος"),
            ("ﬁne ｆｕｌｌ", "fine full"),
            ("İstanbul", "istanbul"),
            ("co\u00adoperate", "cooperate"),
            ("مُحَمَّد", "محمد"),
            ("don’t", "don't"),
            ("snake_case", "case"),
            ("key=value", "value"),
            ("U.S.A.", "u.s.a"),
            ("C++ and C#", "c++ c#"),
            ("50% of $7", "$7 50%"),
            ("I ❤️ 🎉", "❤ 🎉"),
        ],
    )
    def test_case_accents_width_and_punctuation_are_ignored(self, shelf, text, words):
        path = shelf.add((text, "yes"))

        assert shelf.found(words) == [(path, 1, "question")]

    @pytest.mark.parametrize(
        ("text", "words", "hit"),
        [
            ("法国的首都是哪里？", "首都", "法国的[首都]是哪里？"),
            ("法国的首都是哪里？", "国", "法[国]的首都是哪里？"),
            ("東京タワーへ行きます", "タワー", "東京[タワー]へ行きます"),
            ("日本語のガイド", "ｶﾞｲﾄﾞ", "日本語の[ガイド]"),
            ("그 사람이 왔다", "사람", "그 [사람]이 왔다"),
            ("그 사람이 왔다", "왔", "그 사람이 [왔]다"),
            ("使用Python编程", "python", "使用[Python]编程"),
            ("ภาษาไทย", "ไทย", "ภาษา[ไทย]"),
            ("𠮷野家", "𠮷", "[𠮷]野家"),
        ],
    )
    def test_words_are_found_in_scripts_without_blanks(self, shelf, text, words, hit):
        shelf.add((text, "?"))

        assert [marked(found) for found in shelf.library().search(words)] == [hit]

    @pytest.mark.parametrize(
        ("text", "words"),
        [("首都", "都首"), ("가방", "각"), ("가", "각"), ("각", "가"), ("か", "が"), ("が", "か"), ("कि", "कु")],
    )
    def test_different_letters_are_different_words(self, shelf, text, words):
        shelf.add((text, "?"))

        assert shelf.found(words) == []

    @pytest.mark.parametrize(
        "words",
        [
            "near AND far", "near OR far", "NOT near", "NEAR(near far)", "near*", '"near', '"near far"', "near:far",
            "question:near", "^near", "{near} far", "(near", "near)", "-near", "+near", "near\\", "near'", "near;--",
            "near\0far", "% near", "_near_", "''near''", "near ?", "near\ud800",
        ],
    )  # fmt: skip
    def test_nothing_in_a_query_is_an_operator(self, shelf, words):
        path = shelf.add((f"so {words} and far", "well"))
        shelf.add(("other", "text"))

        assert shelf.found(words) == [(path, 1, "question")]

    @pytest.mark.parametrize("words", ["", "  \n", "?!", '"', "* - /", "\u0301", "\ud800"])
    def test_empty_query_is_an_error(self, shelf, words):
        shelf.add(("Word?!", "Answer"))

        with pytest.raises(UsageError, match="search: expected words"):
            shelf.library().search(words)

    def test_too_many_words_are_an_error_and_a_repeated_word_counts_once(self, shelf):
        shelf.add(("word", "yes"))

        with pytest.raises(UsageError, match="at most 64"):
            shelf.library().search(" ".join(f"w{n}" for n in range(65)))
        assert len(shelf.library().search("word " * 500)) == 1

    def test_very_long_word_is_found(self, shelf):
        path = shelf.add(("x" * 100_000, "首都" * 10_000))

        assert shelf.found("x" * 100_000) == [(path, 1, "question")]
        assert shelf.found("首都" * 10_000) == [(path, 1, "answer")]

    def test_question_that_was_answered_twice_is_found_once(self, shelf):
        transcript = shelf.open()
        asked = transcript.record("user", None, text="Capital of France?")
        for text in ("Lyon", "Paris"):
            transcript.record("answer", asked, text=text, finish="eos")

        assert shelf.found("france") == [(transcript.path, 1, "question")]
        assert shelf.found("lyon") == shelf.found("paris") == [(transcript.path, 1, "answer")]

    def test_hit_names_the_answer_in_the_file(self, shelf):
        path = shelf.add(("Capital of France?", "Paris"))

        (hit,) = shelf.library().search("paris")
        assert shelf.library().read(path).conversation.answers[hit.answer].text == "Paris"
        assert hit.entry == shelf.library().sessions()[0]

    def test_limit_keeps_the_latest(self, shelf):
        paths = [shelf.add(("word", "yes"), ("word again", "no")) for _ in range(3)]

        hits = shelf.library().search("word", limit=3)
        assert [(hit.entry.path, hit.turn) for hit in hits] == [(paths[2], 1), (paths[2], 2), (paths[1], 1)]

    def test_signs_are_not_found_between_question_and_answer(self, shelf):
        shelf.add(("one", "two"))

        for words in ("|", "||", "| |"):
            assert shelf.found(words) == []


TEXT = st.text(
    st.characters() | st.sampled_from("aA éE\u0301中文가각かが\"'*:/+#|()\0\n\u3000\ud800İßﬁ👍🏽"), max_size=60
)
OPERATORS = st.lists(
    st.sampled_from(["AND", "OR", "NOT", "NEAR(", ")", '"', "*", ":", "a", "b", "^", "中"]), max_size=6
)
TYPED = TEXT | OPERATORS.map(" ".join)


@pytest.mark.timeout(300)
@examples(60)
@given(question=TYPED, answer=TYPED, name=TEXT, data=st.data())
@example(question="0\ud8000", answer="", name="", data=None)
@example(question='say "a OR b" NEAR(c) col:x* /y', answer="中文 가각 ｶﾞ", name="n", data=None)
def test_any_word_of_any_text_finds_its_session(question, answer, name, data):
    with tempfile.TemporaryDirectory() as place:
        shelf = Shelf(Path(place))
        path = shelf.add((question, answer), name=name)
        shelf.add(("something", "else"))
        for text in (question, answer, name):
            words = [word for word in text.split() if any(is_found_by(c) for c in word)]
            if not words:
                continue
            some = [*words, " ".join(words)] if data is None else [data.draw(st.sampled_from(words)), " ".join(words)]
            for typed in some:
                hits = shelf.library().search(typed)
                assert path in [hit.entry.path for hit in hits]
                for hit in hits:
                    assert hit.found
                    assert len(hit.excerpt.splitlines()) == 1
                    assert all(0 <= start < end <= len(hit.excerpt) for start, end in hit.found)


def is_found_by(c):
    """Return whether a search for this character alone can find it."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", c).casefold())
    return any(unicodedata.category(f)[0] in "LNS" for f in folded)


class TestIndex:
    def test_index_is_private(self, shelf):
        shelf.add(("word", "yes"))
        shelf.library().sessions()

        assert stat.S_IMODE(shelf.index.stat().st_mode) == 0o600
        assert stat.S_IMODE(shelf.index.parent.stat().st_mode) == 0o700
        assert [path.name for path in shelf.index.parent.iterdir()] == [shelf.index.name]

    def test_new_changed_renamed_and_deleted_files_are_noticed(self, shelf):
        library = shelf.library()
        one, two = shelf.add(("alpha", "1")), shelf.add(("beta", "2"))
        assert [session.path for session in library.sessions()] == [two, one]

        resumed = Transcript.resume(one, whole)[0]
        ask(resumed, "gamma", "3")
        assert [hit.entry.path for hit in library.search("gamma")] == [one]
        three = two.rename(two.with_name("other.jsonl"))
        assert [hit.entry.path for hit in library.search("beta")] == [three]
        three.unlink()
        assert library.search("beta") == []
        assert [session.path for session in library.sessions()] == [one]

    def test_recent_change_that_keeps_size_and_time_is_noticed(self, shelf):
        path = shelf.add(("alpha", "1"))
        status = path.stat()
        assert len(shelf.found("alpha")) == 1

        path.write_bytes(path.read_bytes().replace(b"alpha", b"gamma"))
        os.utime(path, ns=(status.st_mtime_ns, status.st_mtime_ns))
        assert len(shelf.found("gamma")) == 1

    def test_missing_folder_is_empty_and_its_sessions_are_found_when_it_is_back(self, shelf, tmp_path):
        shelf.add(("word", "yes"))
        assert len(shelf.found("word")) == 1

        shelf.folder.rename(tmp_path / "away")
        assert shelf.library().sessions() == []
        (tmp_path / "away").rename(shelf.folder)
        assert len(shelf.found("word")) == 1

    def test_unchanged_files_are_not_read_again(self, shelf):
        path = shelf.add(("alpha", "1"))
        os.utime(path, (NOON, NOON))
        assert len(shelf.found("alpha")) == 1

        path.write_bytes(path.read_bytes().replace(b"alpha", b"gamma"))
        os.utime(path, (NOON, NOON))
        assert len(shelf.found("alpha")) == 1

    @pytest.mark.parametrize(
        "damage",
        [
            "missing", "empty", "garbage", "cut", "another database", "another version", "no tables",
            "open to others", "link", "dangling link", "folder", "fifo", "read only", "old journal",
        ],
    )  # fmt: skip
    @pytest.mark.timeout(100)
    def test_index_in_any_state_is_rebuilt_at_most(self, shelf, damage, tmp_path):
        path = shelf.add(("Capital of France?", "Paris"))
        os.utime(path, (NOON, NOON))
        before = shelf.library().search("paris")
        other = tmp_path / "other"
        other.write_bytes(b"mine")
        whole = shelf.index.read_bytes()
        if damage != "empty":
            shelf.index.unlink()
        {
            "missing": lambda: None,
            "empty": lambda: shelf.index.write_bytes(b""),
            "garbage": lambda: shelf.index.write_bytes(random.Random(0).randbytes(50_000)),
            "cut": lambda: shelf.index.write_bytes(whole[: len(whole) // 2]),
            "another database": lambda: run_sql(shelf.index, "CREATE TABLE files (x); INSERT INTO files VALUES (1)"),
            "another version": lambda: run_sql(shelf.index, "UPDATE about SET text = 'flanchat 99'", whole),
            "no tables": lambda: run_sql(shelf.index, "DROP TABLE turns", whole),
            "open to others": lambda: shelf.index.write_bytes(whole),
            "link": lambda: shelf.index.symlink_to(other),
            "dangling link": lambda: shelf.index.symlink_to(tmp_path / "nowhere"),
            "folder": shelf.index.mkdir,
            "fifo": lambda: os.mkfifo(shelf.index),
            "read only": lambda: (shelf.index.write_bytes(whole), shelf.index.chmod(0o400)),
            "old journal": lambda: (
                shelf.index.write_bytes(whole),
                shelf.index.with_name(shelf.index.name + "-journal").write_bytes(whole[:5000]),
            ),
        }[damage]()
        if damage not in ("open to others", "read only", "folder") and shelf.index.is_file():
            shelf.index.chmod(0o600)

        shelf.add(("Capital of Spain?", "Madrid"))
        for _ in range(2):
            assert shelf.library().search("paris") == before
            assert len(shelf.library().search("capital")) == 2
        assert other.read_bytes() == b"mine"
        assert not (tmp_path / "nowhere").exists()
        if damage != "folder":
            assert shelf.index.lstat().st_mode & 0o077 == 0

    @pytest.mark.timeout(300)
    @examples(60)
    @given(seed=st.integers(0, 2**32), flips=st.integers(1, 40))
    def test_index_with_flipped_bits_never_fails_and_names_only_real_sessions(self, seed, flips):
        rng = random.Random(seed)
        with tempfile.TemporaryDirectory() as place:
            shelf = Shelf(Path(place))
            paths = {shelf.add((f"word number {n}", "yes " * n), name=f"name{n}") for n in range(8)}
            shelf.library().sessions()
            content = bytearray(shelf.index.read_bytes())
            for _ in range(flips):
                content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
            shelf.index.write_bytes(content)

            library = shelf.library()
            assert {hit.entry.path for hit in library.search("word")} <= paths
            assert {session.path for session in library.sessions()} <= paths
            assert library.find("1") in paths
            shelf.index.unlink()
            assert {session.path for session in library.sessions()} == paths

    @pytest.mark.parametrize("place", ["file/sessions.sqlite", "\0/sessions.sqlite", "x" * 300 + "/i"])
    def test_without_a_place_for_the_index_it_is_kept_in_memory(self, shelf, tmp_path, place):
        (tmp_path / "file").write_bytes(b"")
        path = shelf.add(("word", "yes"))
        library = Library(shelf.folder, tmp_path / place)

        assert [hit.entry.path for hit in library.search("word")] == [path]
        later = shelf.add(("later", "yes"))
        assert [hit.entry.path for hit in library.search("later")] == [later]
        library.remove(path)
        assert [session.path for session in library.sessions()] == [later]

    @pytest.mark.parametrize("state", ["BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"])
    def test_index_locked_by_another_program_is_replaced_by_one_in_memory(self, shelf, state):
        shelf.add(("word", "yes"))
        shelf.library().sessions()
        with closing(sqlite3.connect(shelf.index, isolation_level=None)) as other:
            other.execute(state)
            path = shelf.add(("later", "yes"))

            assert shelf.found("later", wait_s=0) == [(path, 1, "question")]
            other.execute("ROLLBACK")
        assert shelf.found("later") == [(path, 1, "question")]

    def test_two_libraries_see_each_other_s_changes(self, shelf):
        one, two = shelf.library(), shelf.library()
        for n in range(5):
            path = shelf.add((f"word{n}", "yes"))
            first, second = (one, two) if n % 2 else (two, one)
            assert [hit.entry.path for hit in first.search(f"word{n}")] == [path]
            assert [hit.entry.path for hit in second.search(f"word{n}")] == [path]
            if n % 2:
                first.remove(path)
                assert second.search(f"word{n}") == []

    def test_processes_writing_and_searching_at_once_lose_nothing(self, shelf, tmp_path):
        shelf.folder.mkdir()
        code = (
            "import sys\n"
            "from pathlib import Path\n"
            "from tests.sessions.shelf import Shelf\n"
            "shelf = Shelf(Path(sys.argv[1]))\n"
            "for n in range(12):\n"
            "    path = shelf.add((f'word{sys.argv[2]}x{n}', 'yes'))\n"
            "    assert [h.entry.path for h in shelf.library().search(f'word{sys.argv[2]}x{n}')] == [path]\n"
            "    if n % 3 == 0:\n"
            "        shelf.library().remove(path)\n"
            "    shelf.library().sessions()\n"
        )
        root = Path(__file__).parents[2]
        running = [
            subprocess.Popen([sys.executable, "-c", code, str(tmp_path), str(n)], cwd=root, stderr=subprocess.PIPE)
            for n in range(3)
        ]
        errors = [process.communicate(timeout=100)[1] for process in running]

        assert errors == [b""] * 3
        assert len(shelf.library().sessions()) == len(shelf.found("word")) == 3 * 8

    def test_words_of_a_removed_session_leave_the_index(self, shelf):
        secret = shelf.add(("my password is hunter2xyz", "I see, zyzzyva"))
        for n in range(20):
            shelf.add((f"word{n}", "yes"))
        shelf.library().sessions()
        assert b"hunter2xyz" in shelf.index.read_bytes()

        shelf.library().remove(secret)
        content = shelf.index.read_bytes()
        assert [word for word in (b"hunter2", b"zyzzyva", b"password") if word in content] == []

    def test_python_without_sqlite_is_an_error_message(self, shelf):
        code = (
            "import sys; sys.modules['_sqlite3'] = None\n"
            "from pathlib import Path\nfrom flanchat.sessions.library import Library\n"
            "try: Library(Path('x'), Path('y')).sessions()\n"
            "except Exception as error: print(type(error).__name__, error)\n"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

        assert done.stdout.startswith("StorageError cannot list or search sessions: this Python was built")

    def test_sqlite_is_not_loaded_before_it_is_needed(self):
        code = "import sys, flanchat.sessions.library; print('sqlite3' in sys.modules)"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

        assert done.stdout == "False\n"


def run_sql(path, script, content=b""):
    path.write_bytes(content)
    with closing(sqlite3.connect(path)) as db:
        db.executescript(script)
        db.commit()


class TestFind:
    def test_session_is_found_by_number_name_id_or_the_start_of_one(self, shelf):
        transcript = shelf.open("trial")
        transcript.record("note")
        transcript.close("quit")
        first, second, third = transcript.path, shelf.add(name="trial"), shelf.add(name="other")
        find = shelf.library().find

        assert [find(n) for n in ("1", "2", "3")] == [third, second, first]
        assert find("trial") == second
        assert find("other") == third
        assert find(transcript.session) == find(transcript.session.lower()) == first
        assert find(first.name) == find(first.stem) == find(first.stem[:-1]) == first

    @pytest.mark.parametrize(
        ("which", "says"),
        [
            ("othr", "no session othr. Did you mean other?"),
            ("zzz", "no session zzz. Expected a number from 1 to 2, a name or an id."),
            ("2025", "2025 matches several sessions: 2025-06-15-170640-.*, 2025-06-15-160640-.*. Type more"),
            ("0", "no session 0"), ("3", "no session 3"), ("-1", "no session"), ("²", "no session"),
            ("٢", "no session"),
            ("9" * 5000, "no session"), ("", "no session"), (".jsonl", "no session"), ("../other", "no session"),
            ("..", "no session"), ("/etc/passwd", "no session"), ("\0", "no session"), ("\ud800", "no session"),
            ("%", "no session"), ("oth", "no session"),
        ],
    )  # fmt: skip
    def test_unknown_session_is_an_error_with_a_hint(self, shelf, which, says):
        shelf.add(name="trial")
        shelf.add(name="other")

        with pytest.raises(UsageError, match=says):
            shelf.library().find(which)

    def test_error_says_when_no_session_is_saved(self, shelf):
        with pytest.raises(UsageError, match="there are none in"):
            shelf.library().find("1")


class TestRemove:
    def test_removed_session_disappears_from_folder_list_and_search(self, shelf):
        keep, gone = shelf.add(("word one", "yes")), shelf.add(("word two", "yes"))
        shelf.library().remove(gone)

        assert os.listdir(shelf.folder) == [keep.name]
        assert [session.path for session in shelf.library().sessions()] == [keep]
        assert shelf.found("word") == [(keep, 1, "question")]

    def test_session_in_use_is_not_removed(self, shelf):
        transcript = shelf.open()
        ask(transcript, "word", "yes")

        with pytest.raises(StorageError, match="another flanchat is using"):
            shelf.library().remove(transcript.path)
        transcript.close("quit")
        shelf.library().remove(transcript.path)
        assert os.listdir(shelf.folder) == []

    @pytest.mark.timeout(100)
    @pytest.mark.parametrize("kind", ["outside", "above", "link", "folder", "fifo", "index", "other ending"])
    def test_anything_but_a_session_of_this_folder_is_not_removed(self, shelf, tmp_path, kind):
        inside = shelf.add(("word", "yes"))
        outside = tmp_path / "outside.jsonl"
        outside.write_bytes(b"mine")
        path = {
            "outside": outside,
            "above": shelf.folder / ".." / "outside.jsonl",
            "index": shelf.index,
            "other ending": shelf.folder / "notes.txt",
        }.get(kind, shelf.folder / "odd.jsonl")
        make = {
            "link": lambda: path.symlink_to(outside),
            "folder": path.mkdir,
            "fifo": lambda: os.mkfifo(path),
            "index": shelf.library().sessions,
            "other ending": path.touch,
        }
        make.get(kind, lambda: None)()

        with pytest.raises(UsageError, match="Nothing was deleted"):
            shelf.library().remove(path)
        assert os.path.lexists(path)
        assert inside.exists()
        assert outside.read_bytes() == b"mine"

    def test_removing_a_missing_session_is_an_error(self, shelf):
        shelf.folder.mkdir()

        with pytest.raises(StorageError, match="not deleted: No such file"):
            shelf.library().remove(shelf.folder / "missing.jsonl")
