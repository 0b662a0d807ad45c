"""Finding sessions again: a list, a search, a name to a file. Knows no terminal; the index is a copy, never the truth.

The files are the truth. The index is a SQLite file that may be deleted at any time: each call compares it with the
folder first and reads what has changed. Where it cannot be read it is made anew, where it cannot be written it is kept
in memory.
"""

from __future__ import annotations

import os
import re
import stat
import time
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime, timezone
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from flanchat.base.errors import StorageError, UsageError
from flanchat.base.files import open_private_append, open_regular_read, reason, sync_folder, try_lock
from flanchat.base.i18n import _
from flanchat.base.paths import expand_home, make_private_folder
from flanchat.prompting.profile import check_name
from flanchat.prompting.settings import did_you_mean
from flanchat.sessions.session_record import SessionRecord, read_session
from flanchat.sessions.transcript import read as read_transcript

if TYPE_CHECKING:
    from sqlite3 import Connection

T = TypeVar("T")
Where = Literal["question", "answer", "name"]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Entry:
    """A session as it stands in a list. All texts are as recorded: not yet safe to print.

    session: its id, or "". started: in UTC, as recorded, or "". last: when its last event was; of a file without one,
    when it was written. turns: answers on the present way. grids: of what-ifs. question: the first one, on one line,
    clipped. profile, model: the last ones. problems: how many things in the file could not be read.
    """

    path: Path
    session: str
    name: str
    started: str
    last: str
    turns: int
    grids: int
    question: str
    profile: str
    model: str
    problems: int


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a search found its words. The excerpt is as recorded: not yet safe to print.

    turn: number of the question and answer on their way, from 1; 0 for the session's name. answer: the answer's event,
    or "" where there is none. excerpt: one line of the text that `where` says. found: start and end of each word in it.
    """

    entry: Entry
    turn: int
    answer: str
    where: Where
    excerpt: str
    found: tuple[Span, ...]


class Library:
    """The sessions in `folder`, which may be missing. For one thread at a time; any number of processes.

    index: where the SQLite file is, or will be made. wait_s: how long a call waits for another process that is writing
    the index before it goes on without it. fts: False searches without FTS5, as is done where SQLite lacks it.
    """

    def __init__(self, folder: Path, index: Path, *, wait_s: float = 10.0, fts: bool = True) -> None:
        self.folder, self.index = folder, index
        self._wait_s, self._fts = wait_s, fts
        self._memory: Connection | None = None

    def sessions(self, limit: int | None = None) -> list[Entry]:
        """The sessions, the one with the latest event first; all of them without `limit`."""
        order = f"SELECT {_ENTRY} FROM files ORDER BY last DESC, file DESC LIMIT ?"
        limits = (-1 if limit is None else max(0, limit),)
        return self._ask(lambda db: [self._entry(row) for row in db.execute(order, limits)])

    def search(self, words: str, limit: int = 50) -> list[Hit]:
        """Where all of `words` occur in one question and its answer, or in a name; the latest sessions first.

        The last word may be the beginning of one. Case, accents and punctuation do not count. A question that was
        answered several times is given once. Raises UsageError when there is nothing to search for.
        """
        phrases = _phrases(words)
        return self._ask(lambda db: self._search(db, phrases, limit))

    def find(self, which: str) -> Path:
        """The session that is meant: a number in the list, a name, an id, a file's name, or the beginning of these two.

        Of several sessions with the same name it is the latest. Raises UsageError when none or several are meant.
        """
        sessions = self.sessions()
        if not sessions:
            raise UsageError(
                _("there is no session {which}: none is saved in {folder}").format(which=which, folder=self.folder)
            )
        return _meant(which, sessions)

    def read(self, path: Path) -> SessionRecord:
        """What a session's file tells, with what could not be read. Raises StorageError when it is no file."""
        reading = read_transcript(path)
        return read_session(reading.events, reading.problems)

    def remove(self, path: Path) -> None:
        """Delete a session: its file, and its words in the index.

        Raises UsageError when it is not a file in this folder, StorageError when it is in use or cannot be deleted.
        """
        inside = os.path.abspath(path.parent) == os.path.abspath(self.folder) and path.name.endswith(_SUFFIX)
        try:
            if not inside or not stat.S_ISREG(os.lstat(path).st_mode):
                raise UsageError(
                    _("{path}: expected a session in {folder}. Nothing was deleted.").format(
                        path=path, folder=self.folder
                    )
                )
            fd = open_regular_read(path)
            try:
                if not try_lock(fd):
                    raise StorageError(
                        _("{path}: another flanchat is writing this session. Close it there first.").format(path=path)
                    )
                os.unlink(path)
                sync_folder(self.folder)
            finally:
                os.close(fd)
        except (OSError, ValueError) as error:
            raise StorageError(_("{path}: not deleted: {why}").format(path=path, why=reason(error))) from error
        self._ask(lambda db: None)

    def _ask(self, question: Callable[[Connection], T]) -> T:
        """Ask the index, made up to date; a new one when it is damaged, one in memory when it cannot be written."""
        sqlite3 = _sqlite3()
        for __ in range(2):
            try:
                with closing(self._open()) as db:
                    return self._answer(db, question)
            except (sqlite3.Error, TypeError, ValueError) as error:
                if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
                    break
                self._discard()
        if self._memory is None:
            self._memory = self._connect(":memory:")
        return self._answer(self._memory, question)

    def _answer(self, db: Connection, question: Callable[[Connection], T]) -> T:
        self._update(db)
        db.execute("BEGIN")  # one state of the index, whatever other processes do
        try:
            return question(db)
        finally:
            db.rollback()

    def _open(self) -> Connection:
        sqlite3 = _sqlite3()
        try:
            make_private_folder(self.index.parent)
            try:
                status = os.lstat(self.index)
            except FileNotFoundError:
                with suppress(FileExistsError):
                    os.close(open_private_append(self.index, create="new"))
            else:  # not opened to look: closing it would drop the locks that SQLite holds on it in this process
                private = stat.S_ISREG(status.st_mode) and status.st_nlink == 1 and not status.st_mode & 0o077
                if not private or status.st_uid != os.geteuid():
                    raise sqlite3.DatabaseError("not a private file")
        except (OSError, StorageError) as error:
            raise sqlite3.DatabaseError(str(error)) from error
        return self._connect(os.fspath(self.index))

    def _connect(self, where: str) -> Connection:
        sqlite3 = _sqlite3()
        db: Connection = sqlite3.connect(where, timeout=self._wait_s, isolation_level=None, check_same_thread=False)
        try:
            for pragma in _PRAGMAS:
                db.execute(f"PRAGMA {pragma}")
            modules = "SELECT 1 FROM pragma_module_list WHERE name = 'fts5'"
            fts = self._fts and db.execute(modules).fetchone() is not None
            _prepare(db, fts)
        except BaseException:
            db.close()
            raise
        return db

    def _discard(self) -> None:
        for suffix in ("", "-journal", "-wal", "-shm"):
            with suppress(OSError, ValueError):
                os.unlink(f"{self.index}{suffix}")

    def _update(self, db: Connection) -> None:
        """Read what has changed since the last call, all or nothing."""
        known, there = _known(db), self._scan()
        if known == there:
            return
        db.execute("BEGIN IMMEDIATE")  # may wait for another process, which may have done the work then
        try:
            if (now_known := _known(db)) != known:
                known, there = now_known, self._scan()
            outdated, changed = {file for file, __, __ in known - there}, there - known
            for file in outdated:
                _forget(db, file)
            for file, size, mtime_ns in sorted(changed):
                _learn(db, Path(os.fsdecode(os.path.join(os.fsencode(self.folder), file))), size, mtime_ns)
            if outdated - {file for file, __, __ in there} and _has_fts(db):
                # deleted words stay in the file until their part of the index is merged
                db.execute("INSERT INTO words (words) VALUES ('optimize')")
            db.execute("COMMIT")
        except BaseException:
            db.rollback()
            raise

    def _scan(self) -> set[tuple[bytes, int, int]]:
        """Name, size and time of every session's file. Links, folders and the like are none."""
        found = set()
        try:
            with os.scandir(os.fsencode(self.folder)) as entries:
                for entry in entries:
                    name = entry.name
                    if name.endswith(_SUFFIX_BYTES) and name[0] != _DOT:
                        try:
                            status = entry.stat(follow_symlinks=False)
                        except OSError:  # deleted since
                            continue
                        if status.st_mode & 0o170000 == stat.S_IFREG:
                            found.add((name, status.st_size, status.st_mtime_ns & _LARGEST))
        except FileNotFoundError:
            return set()
        except (OSError, ValueError) as error:
            raise StorageError(f"{self.folder}: {reason(error)}") from error
        return found

    def _search(self, db: Connection, phrases: Sequence[_Phrase], limit: int) -> list[Hit]:
        entries: dict[int, Entry] = {}
        questions: set[tuple[int, str]] = set()
        hits: list[Hit] = []
        for (id,) in _matches(db, phrases):
            if len(hits) >= limit:
                break
            row = db.execute("SELECT number, asked, answer_id, question, answer FROM turns WHERE id = ?", (id,))
            number, asked, answer_id, question, answer = _sound(row.fetchone(), (int, str, str, str, str))
            file = id >> _TURN_BITS
            where, excerpt, found = _excerpt(number, question, answer, phrases)
            if where == "question":
                if (file, asked) in questions:
                    continue
                questions.add((file, asked))
            if file not in entries:
                entries[file] = self._entry(db.execute(f"SELECT {_ENTRY} FROM files WHERE id = ?", (file,)).fetchone())
            hits.append(Hit(entries[file], number, answer_id, where, excerpt, found))
        return hits

    def _entry(self, row: tuple[Any, ...]) -> Entry:
        file, *values = _sound(row, _ENTRY_TYPES)
        if b"/" in file:
            raise ValueError("the index is damaged: a file outside the folder")
        return Entry(self.folder / os.fsdecode(file), *values)


# The index

_SUFFIX, _SUFFIX_BYTES, _DOT = ".jsonl", b".jsonl", ord(".")
_LARGEST = 2**63 - 1
_TURN_BITS = 24
"""A turn's id is its file's id and its number in the file, so that a match names its file without a look into `turns`.
"""
_RECENT_NS = 2_000_000_000
"""A file written so lately may change again without a new time, where the file system counts in seconds."""
_CLIP = 120

_VERSION = 2
_ENTRY = "file, session, name, started, last, turns, grids, question, profile, model, problems"
_ENTRY_TYPES = (bytes, str, str, str, str, int, int, str, str, str, int)
_PRAGMAS = (
    "synchronous = NORMAL",
    "secure_delete = ON",  # what is deleted is overwritten
    "temp_store = MEMORY",  # no words of a session in /tmp
    "cache_size = -16000",
    "cache_spill = OFF",  # others can read until the end of a long update
)
_SCHEMA = (
    "CREATE TABLE about (text TEXT)",
    """CREATE TABLE files (
        id INTEGER PRIMARY KEY, file BLOB, size INTEGER, mtime_ns INTEGER, session TEXT, name TEXT, started TEXT,
        last TEXT, turns INTEGER, grids INTEGER, question TEXT, profile TEXT, model TEXT, problems INTEGER
    )""",
    "CREATE UNIQUE INDEX files_known ON files (file, size, mtime_ns)",
    "CREATE INDEX files_last ON files (last, file)",
    """CREATE TABLE turns (
        id INTEGER PRIMARY KEY, number INTEGER, asked TEXT, answer_id TEXT, question TEXT, answer TEXT, folded TEXT
    )""",
)
# The words in `folded` are ready and have blanks between them: the tokenizer has nothing left to decide.
_FTS_SCHEMA = """CREATE VIRTUAL TABLE words USING fts5 (
    folded, content = 'turns', content_rowid = 'id', tokenize = "ascii tokenchars '#$%&+<=>@^`|~'"
)"""


def _sqlite3() -> Any:
    try:
        import sqlite3
    except ImportError as error:
        raise StorageError(
            _(
                "sessions cannot be listed or searched: this Python was built without sqlite3. They "
                "are saved nevertheless."
            )
        ) from error
    return sqlite3


def _prepare(db: Connection, fts: bool) -> None:
    """Make the tables of an empty index. Raises DatabaseError when it was made otherwise than it would be now."""
    import unicodedata

    about = f"flanchat index {_VERSION}, {'fts5' if fts else 'no fts'}, Unicode {unicodedata.unidata_version}"
    if not _has_tables(db):
        db.execute("BEGIN IMMEDIATE")
        if not _has_tables(db):
            for statement in (*_SCHEMA, *[_FTS_SCHEMA] * fts):
                db.execute(statement)
            db.execute("INSERT INTO about VALUES (?)", (about,))
        db.execute("COMMIT")
    if db.execute("SELECT text FROM about").fetchall() != [(about,)]:
        raise _sqlite3().DatabaseError("another version's index")


def _has_tables(db: Connection) -> bool:
    return db.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is not None


def _has_fts(db: Connection) -> bool:
    return db.execute("SELECT 1 FROM sqlite_master WHERE name = 'words'").fetchone() is not None


def _sound(row: tuple[Any, ...] | None, types: tuple[type, ...]) -> tuple[Any, ...]:
    """The row. Raises ValueError when it is missing or holds other types, as in a damaged file that SQLite can read."""
    if row is None or tuple(map(type, row)) != types:
        raise ValueError("the index is damaged: a row is not as it was written")
    return row


def _known(db: Connection) -> set[tuple[bytes, int, int]]:
    return set(db.execute("SELECT file, size, mtime_ns FROM files"))


def _forget(db: Connection, file: bytes) -> None:
    for (id,) in db.execute("SELECT id FROM files WHERE file = ?", (file,)).fetchall():
        turns = (id << _TURN_BITS, (id + 1 << _TURN_BITS) - 1)
        if _has_fts(db):
            db.execute(
                "INSERT INTO words (words, rowid, folded) SELECT 'delete', id, folded FROM turns "
                "WHERE id BETWEEN ? AND ?",
                turns,
            )
        db.execute("DELETE FROM turns WHERE id BETWEEN ? AND ?", turns)
        db.execute("DELETE FROM files WHERE id = ?", (id,))


def _learn(db: Connection, path: Path, size: int, mtime_ns: int) -> None:
    """Take one file into the index, as far as it can be read."""
    told = _Told()
    try:
        told = _tell(path)
        settled = not 0 <= time.time_ns() - mtime_ns < _RECENT_NS
    except StorageError:
        told.problems, settled = 1, False
    row = (
        os.fsencode(path.name), size, mtime_ns if settled else -1, told.session, told.name, told.started,
        told.last or _utc(mtime_ns), told.turns, told.grids, told.question, told.profile, told.model, told.problems,
    )  # fmt: skip
    columns = "file, size, mtime_ns, " + _ENTRY.removeprefix("file, ")
    id = db.execute(f"INSERT INTO files ({columns}) VALUES ({', '.join('?' * len(row))})", row).lastrowid
    assert id is not None
    first = id << _TURN_BITS
    rows = [(first + n, *text, _folded(text[3], text[4])) for n, text in enumerate(told.texts)]
    db.executemany("INSERT INTO turns VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
    if _has_fts(db):
        db.executemany("INSERT INTO words (rowid, folded) VALUES (?, ?)", [(row[0], row[-1]) for row in rows])


@dataclass(slots=True)
class _Told:
    """What the index keeps of a file. texts: number, asked, answer's id, question or name, answer."""

    session: str = ""
    name: str = ""
    started: str = ""
    last: str = ""
    turns: int = 0
    grids: int = 0
    question: str = ""
    profile: str = ""
    model: str = ""
    problems: int = 0
    texts: tuple[tuple[int, str, str, str, str], ...] = ()


def _tell(path: Path) -> _Told:
    reading = read_transcript(path)
    # the story needs nothing of what made an answer, which is most of a file
    story = read_session(_slim(event) for event in reading.events if event["type"] != "prompt")
    conversation = story.conversation
    numbers: dict[str | None, int] = {None: 0}
    texts = [(0, "", "", _plain(story.name), "")] if story.name else []
    for id, answer in conversation.answers.items():
        numbers[id] = numbers[answer.before] + 1
        texts.append((numbers[id], _plain(answer.asked), _plain(id), _plain(answer.question), _plain(answer.text)))
    answered = {answer.asked for answer in conversation.answers.values()}
    profile = model = ""
    for event in reading.events:
        kind, id = event["type"], event["id"]
        if kind == "session.start":
            model = _text(event.get("model")) or model
        elif kind == "profile.use":
            profile = _text(event.get("name"))
        elif kind == "answer" and isinstance(event.get("model"), dict):
            model = _text(event["model"].get("id")) or model
        elif kind == "user" and id not in answered:
            texts.append((numbers.get(event.get("parent"), 0) + 1, _plain(id), "", _text(event.get("text")), ""))
    asked = [answer.question for answer in (*conversation.turns, *conversation.answers.values())]
    asked += [*(grid.question for grid in story.grids), *(question for question, __ in story.unanswered)]
    times = (_text(event.get("ts")) for event in reversed(reading.events))
    return _Told(
        session=_plain(story.session),
        name=_plain(story.name),
        started=_plain(story.started),
        last=next((time for time in times if _UTC.fullmatch(time)), ""),
        turns=len(conversation.turns),
        grids=len(story.grids),
        question=_one_line(next((_plain(question) for question in asked if question), "")),
        profile=profile,
        model=model,
        problems=len(reading.problems),
        texts=tuple(texts),
    )


_UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", re.ASCII)
_SURROGATE = re.compile("[\ud800-\udfff]")


def _slim(event: dict[str, Any]) -> dict[str, Any]:
    if event["type"] not in ("answer", "profile.use"):
        return event
    return {key: event[key] for key in ("type", "id", "parent", "ts", "session", "text", "name") if key in event}


def _text(value: object) -> str:
    return _plain(value) if isinstance(value, str) else ""


def _plain(text: str) -> str:
    """The text as SQLite can keep it: a lone half of a pair becomes U+FFFD."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def _one_line(text: str) -> str:
    line = " ".join(text[: 4 * _CLIP].split())
    return line if len(line) <= _CLIP and len(text) <= 4 * _CLIP else line[: _CLIP - 1] + "…"


def _utc(ns: int) -> str:
    try:
        moment = datetime.fromtimestamp(ns / 1e9, timezone.utc)
    except (OSError, ValueError, OverflowError):
        return ""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


# Words

_WORDS = 64
_PHRASE_WORDS = 64

# What is written without blanks between words: each character is a word to the index, and a word a phrase.
_SINGLE = (
    "\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao; Burmese; Khmer
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u3035\u303b\u303c\u3041-\u3096\u309d-\u312f\u31a0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00016f00-\U00018fff\U0001aff0-\U0001b2ff\U00020000-\U0003ffff"
)
_VOICED = "\u3099\u309a"  # the marks that make ga of ka: another letter, not an accent
_JAMO = "\u1100-\u11ff"  # a Korean syllable falls apart into these: one or more L, V, T
_TOKEN = re.compile(
    f"[{_SINGLE}][{_VOICED}]*|[\u1100-\u115f][\u1160-\u11a7]*[\u11a8-\u11ff]*|[\u1160-\u11ff]|[^ {_SINGLE}{_JAMO}]+"
)
_ALONE = re.compile(f"[{_SINGLE}{_JAMO}]")


class _Folds(dict[int, str]):
    """What each character becomes, by its code, for `str.translate`."""

    def __missing__(self, code: int) -> str:
        self[code] = fold = _fold(chr(code))
        return fold


def _fold(character: str) -> str:
    """A character without case, accent or width; a blank for what separates words; signs with blanks around them.

    >>> [_fold(c) for c in ("É", "ß", "ﬁ", ".", "+", "\u00ad")]
    ['e', 'ss', 'fi', ' ', ' + ', '']
    """
    import unicodedata

    folded = ""
    for c in unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold()):
        kind = unicodedata.category(c)
        invisible = kind in ("Cf", "Me") or unicodedata.name(c, "").startswith("VARIATION SELECTOR")
        if invisible or unicodedata.combining(c) > 9:  # an accent: marks up to 9 make another letter
            continue
        if kind[0] == "S" or c in "#%&@":
            folded += f" {c} "
        elif kind[0] in "PZ" or kind in ("Cc", "Cs"):
            folded += " "
        else:
            folded += c
    return folded


_FOLDS = _Folds()


def _tokens(text: str) -> list[str]:
    """The words of a text as they stand in the index.

    >>> _tokens("Don't say “C++” in 中文!")
    ['don', 't', 'say', 'c', '+', '+', 'in', '中', '文']
    """
    folded = text.translate(_FOLDS)
    return folded.split() if text.isascii() else _TOKEN.findall(folded)


def _folded(*texts: str) -> str:
    """The words of texts with blanks between and around them. A word of its own keeps phrases within one text."""
    return f" {f' {_BORDER} '.join(' '.join(_tokens(text)) for text in texts)} "


_BORDER = "||"  # never a word: each sign is one by itself


@dataclass(frozen=True, slots=True)
class _Phrase:
    """Words that must follow each other. open: the last may be the beginning of a word."""

    words: tuple[str, ...]
    open: bool = False


def _phrases(typed: str) -> tuple[_Phrase, ...]:
    """What to search for. Raises UsageError when that is nothing, or too much."""
    split = [tuple(tokens[:_PHRASE_WORDS]) for word in typed.split() if (tokens := _tokens(word))]
    if not split:
        found = (
            _("found no letter, digit or sign in {typed!r}").format(typed=typed[:40])
            if typed.strip()
            else _("found nothing")
        )
        raise UsageError(_("search: expected words, {found}").format(found=found))
    different = dict.fromkeys(split)
    if len(different) > _WORDS:
        raise UsageError(
            _("search: expected at most {most} words, found {count}").format(most=_WORDS, count=len(different))
        )
    return tuple(_Phrase(words, words == split[-1] and _can_be_longer(words[-1])) for words in different)


def _can_be_longer(word: str) -> bool:
    return not (_ALONE.match(word) or _FOLDS[ord(word[0])].startswith(" "))


def _matches(db: Connection, phrases: Sequence[_Phrase]) -> Iterator[tuple[int]]:
    """The ids of the turns with all phrases, those of the latest sessions first."""
    order = "ORDER BY files.last DESC, files.file DESC, {0}"
    if _has_fts(db):
        query = " ".join(f'"{" ".join(phrase.words)}"' + " *" * phrase.open for phrase in phrases)
        sql = f"SELECT words.rowid FROM words JOIN files ON files.id = words.rowid >> {_TURN_BITS} WHERE words MATCH ? "
        yield from db.execute(sql + order.format("words.rowid"), (query,))
    else:
        texts = [f" {' '.join(phrase.words)}" + " " * (not phrase.open) for phrase in phrases]
        sql = f"SELECT turns.id FROM turns JOIN files ON files.id = turns.id >> {_TURN_BITS} WHERE "
        sql += " AND ".join(["instr(turns.folded, ?)"] * len(texts))
        yield from db.execute(f"{sql} {order.format('turns.id')}", texts)


# Excerpts

_WIDTH = 100
_BEFORE = 30


def _excerpt(
    number: int, question: str, answer: str, phrases: Sequence[_Phrase]
) -> tuple[Where, str, tuple[Span, ...]]:
    """Where most of the phrases are, and one line of it. number: 0 when `question` is a session's name."""
    in_question, in_answer = _spans(question, phrases), _spans(answer, phrases)
    if len({n for __, __, n in in_answer}) > len({n for __, __, n in in_question}):
        return "answer", *_line(answer, in_answer)
    return "question" if number else "name", *_line(question, in_question)


def _spans(text: str, phrases: Sequence[_Phrase]) -> list[tuple[int, int, int]]:
    """Start, end and number of each phrase that is found in a text, in the order of the text."""
    folded = text.translate(_FOLDS)
    words = [(found.start(), found.end(), found[0]) for found in _TOKEN.finditer(folded)]
    found = []
    for n, phrase in enumerate(phrases):
        last, length = phrase.words[-1], len(phrase.words)
        for at in range(len(words) - length + 1):
            end = words[at + length - 1]
            if (end[2].startswith(last) if phrase.open else end[2] == last) and all(
                words[at + i][2] == phrase.words[i] for i in range(length - 1)
            ):
                found.append((words[at][0], end[0] + len(last) if phrase.open else end[1], n))
    if not found:
        return []
    ends = list(accumulate(len(_FOLDS[ord(c)]) for c in text))  # in `folded`, of each character of the text
    placed = []
    for start, end_at, n in found:
        last_at = bisect_right(ends, end_at - 1) + 1
        while last_at < len(text) and not _FOLDS[ord(text[last_at])]:  # accents
            last_at += 1
        placed.append((bisect_right(ends, start), last_at, n))
    return sorted(placed)


def _line(text: str, spans: Sequence[tuple[int, int, int]]) -> tuple[str, tuple[Span, ...]]:
    """About _WIDTH characters of a text on one line, around the place with most of the phrases, and the spans in it."""
    first = max(spans[:200], key=lambda span: _phrases_within(spans, span[0]), default=(0, 0, 0))[0]
    begin = max(0, first - _BEFORE)
    if begin:  # at the beginning of a word, where there is one
        begin += next((i + 1 for i in range(first - begin) if text[begin + i].isspace()), 0)
    end = min(len(text), begin + _WIDTH)
    if end < len(text) and not text[end].isspace():  # in a word: before it, where there is a blank
        end -= next((i for i in range(_BEFORE) if text[end - i - 1].isspace()), 0)
    line = "…" if begin else ""
    at: list[int] = []  # where each character from `begin` is in the line
    for c in text[begin:end]:
        at.append(len(line))
        if not c.isspace():
            line += c
        elif line and not line.endswith(" "):
            line += " "
    at.append(len(line))
    line = line.rstrip() + ("…" if text[end : end + _WIDTH].strip() else "")
    inside = ((at[a - begin], at[min(b, end) - begin]) for a, b, __ in spans if begin <= a < end)
    return line, tuple(_merged(inside))


def _phrases_within(spans: Sequence[tuple[int, int, int]], start: int) -> int:
    return len({n for a, b, n in spans if start <= a and b <= start + _WIDTH - _BEFORE})


def _merged(spans: Iterable[Span]) -> Iterator[Span]:
    """The spans, those that overlap as one."""
    current: Span | None = None
    for start, end in sorted(spans):
        if current is not None and start < current[1]:
            current = current[0], max(current[1], end)
        else:
            if current is not None:
                yield current
            current = start, end
    if current is not None:
        yield current


# Which session is meant


def _meant(which: str, sessions: Sequence[Entry]) -> Path:
    """The session that is meant. sessions: in the order of the list; at least one.

    A beginning has at least four characters: a wrong number is not taken for the id that it begins.
    """
    if which.isascii() and which.isdecimal() and len(which) < 10 and 0 < int(which) <= len(sessions):
        return sessions[int(which) - 1].path
    for entry in sessions:
        if which and entry.name == which:
            return entry.path
    stems = {entry.path.name.removesuffix(_SUFFIX): entry for entry in sessions}
    stem, id = which.removesuffix(_SUFFIX), which.upper()
    if stem in stems:
        return stems[stem].path
    begun = [
        name
        for name, entry in stems.items()
        if len(stem) >= 4 and (name.startswith(stem) or entry.session.upper().startswith(id))
    ]
    if len(begun) == 1:
        return stems[begun[0]].path
    if begun:
        more = _(" and {count} more").format(count=len(begun) - 3) if len(begun) > 3 else ""
        raise UsageError(
            _("{which} is the beginning of {begun}{more}. Write more of it.").format(
                which=which, begun=", ".join(begun[:3]), more=more
            )
        )
    names = dict.fromkeys([*(entry.name for entry in sessions if entry.name), *stems])
    hint = did_you_mean(which, names) or _(" Expected a number from 1 to {count}, a name or an id.").format(
        count=len(sessions)
    )
    raise UsageError(_("there is no session {which}.{hint}").format(which=which, hint=hint))


def check_session_name(name: str) -> str:
    """The name, when it is fit for a session: not a number, which means a place in the list."""
    if name.isdecimal():
        raise UsageError(_("session name: {name} is a number, which means a place in /sessions").format(name=name))
    return check_name(name, "session")


def find_record(word: str, library: Library | None, environ: Mapping[str, str]) -> tuple[Path, SessionRecord]:
    """The record that is meant: a transcript's path, or a session's number, name or id. Raises UsageError for neither.

    A number is a session's; another word is a file's if there is such a file.
    """
    from flanchat.sessions.session_record import read_session
    from flanchat.sessions.transcript import read

    path = Path(expand_home(word, environ))
    if word.isdecimal() or not path.exists():
        if "/" in word:
            raise UsageError(_("{path}: there is no such file").format(path=path))
        if library is None:
            raise UsageError(_("{path}: there is no such file, and no sessions are kept here").format(path=path))
        path = library.find(word)
    reading = read(path)
    if not reading.events:
        first = reading.problems[0] if reading.problems else _("it is empty")
        raise UsageError(
            _("{path}: expected a transcript, one JSON object a line; {first}").format(path=path, first=first)
        )
    return path, read_session(reading.events, reading.problems)
