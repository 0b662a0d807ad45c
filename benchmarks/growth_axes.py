"""What `growth.py` measures: the work of the product, with the scripted engine, and of a model. Runs nothing by itself.

The command line is called in process, as `flanchat` calls it, so that no import is counted.
"""

from __future__ import annotations

import collections
import fcntl
import functools
import gc
import io
import json
import os
import pty
import random
import select
import shutil
import signal
import struct
import termios
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.figures import slope
from benchmarks.search import random_text, write_session
from flanchat.base.errors import DIFFERS
from flanchat.cli import main as run_command_line
from flanchat.engine.checkpoint.validate import preflight
from flanchat.engine.events import Decoding, Request
from flanchat.engine.hubs.resolve import resolve
from flanchat.engine.scripted import ScriptedEngine
from flanchat.engine.t5.tokenizer import open_tokenizer
from flanchat.prompting.profile import Profile
from flanchat.prompting.settings import Settings
from flanchat.repl.commands.sessions import resume
from flanchat.repl.context import Context
from flanchat.sessions.session import Session
from flanchat.sessions.session_record import record_of
from flanchat.sessions.transcript import Transcript

WORDS = [f"word{n}" for n in range(50)]
MANY = (1250, 2500, 5000, 10_000)
INPUTS = (16, 32, 64, 128, 256, 512, 1024, 2048)
CELLS = (125, 250, 500, 1000)
KEYS, RUNS = 20, 3
QUESTION = "What comes next?"

Measure = Callable[[Path, int], list[float]]
"""Does the work of a size in a home folder; returns the seconds of each run."""


@dataclass(frozen=True, slots=True)
class Axis:
    """Something whose cost is measured at several sizes, in ascending order.

    must: the exponent that its time has to have. prepare: writes what `measure` needs into the home folder, once.
    """

    name: str
    unit: str
    sizes: Sequence[int]
    must: float
    measure: Measure
    prepare: Callable[[Path, int], None] = lambda home, size: home.mkdir()


# -- surroundings -----------------------------------------------------------------------------------------------------


def scripted(source: Any, options: Any = None) -> ScriptedEngine:
    """An engine whose answers have 16 tokens with five alternatives each, as a model's have."""
    rng = random.Random(0)
    answers = [[f" {word}" for word in rng.choices(WORDS, k=16)] for _ in range(50)]
    return ScriptedEngine(answers, source=source, others=WORDS[:4])


def environ(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FLANCHAT_", "XDG_", "LC_"))}
    kept.pop("LANG", None)
    folders = {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CONFIG", "DATA", "STATE", "CACHE")}
    return {**kept, **folders, "HOME": str(home), "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}


def flanchat(home: Path, *arguments: object, stdin: str = "", expected: int = 0) -> float:
    """Run the command line in this process; return the seconds that it took."""
    streams = [io.TextIOWrapper(io.BytesIO(text.encode()), "utf-8") for text in (stdin, "", "")]
    started = time.process_time()
    status = run_command_line(list(map(str, arguments)), environ(home), *streams, scripted)
    took = time.process_time() - started
    if status not in (expected, DIFFERS):
        streams[2].seek(0)
        raise RuntimeError(f"{arguments[:3]} ended with status {status}: {streams[2].read()[-500:]}")
    return took


# -- turns of a session -----------------------------------------------------------------------------------------------


def sessions_folder(home: Path) -> Path:
    return home / "state" / "flanchat" / "sessions"


def write_turns(home: Path, turns: int) -> None:
    """Hold a conversation, every fourth answer of which is regenerated."""
    folder, rng = sessions_folder(home), random.Random(1)
    folder.parent.mkdir(parents=True)
    transcript = Transcript.create(folder, host={}, sync=lambda fd: None)  # syncing each line would take minutes
    session = Session(scripted(None), Profile("plain"), Settings(), transcript)
    for turn in range(turns):
        spent(session.ask(random_text(rng, 6, 30)))
        if turn % 4 == 3:
            spent(session.regenerate())
    session.close("exit")


def prepare_turns(home: Path, size: int) -> None:
    """A session of this many turns: the beginning of a longer one, if there is one already."""
    longer = [other for other in home.parent.glob("*") if int(other.name) > size]
    if not longer:
        write_turns(home, size)
    else:
        (source,) = sessions_folder(longer[0]).iterdir()
        target = sessions_folder(home) / source.name
        target.parent.mkdir(parents=True, mode=0o700)
        asked = 0
        with source.open(encoding="ascii") as lines, target.open("w", encoding="ascii") as cut:
            for line in lines:
                asked += '"type":"user"' in line
                if asked > size:
                    break
                cut.write(line)
        target.chmod(0o600)
    add_history(home, size)


def add_history(home: Path, entries: int) -> None:
    rng, path = random.Random(3), home / "state" / "flanchat" / "history.jsonl"
    path.write_text("".join(json.dumps(random_text(rng, 6, 30)) + "\n" for _ in range(entries)), encoding="ascii")
    path.chmod(0o600)


@contextmanager
def resumed(home: Path) -> Iterator[Context]:
    """What the commands of the REPL work on, with the only session of `home` resumed."""
    (path,) = sessions_folder(home).iterdir()
    transcript, record = Transcript.resume(path, record_of)
    session = Session(scripted(None), Profile("plain"), Settings(), transcript)
    session.conversation = record.conversation
    resume(session, record)
    yield Context(session, session.engine, (), environ=environ(home))
    session.close("exit")


def ask(home: Path, size: int) -> list[float]:
    with resumed(home) as context:
        return [spent(context.session.ask(QUESTION)) for _ in range(KEYS)]


def press_key(home: Path, size: int) -> list[float]:
    """What the meter of the tool bar does at each key."""
    with resumed(home) as context:
        return [seconds(lambda: context.preview("What comes nex")) for _ in range(KEYS)]


def command(*arguments: str, runs: int = RUNS) -> Measure:
    return lambda home, size: [flanchat(home, *arguments) for _ in range(runs)]


def export(ending: str) -> Measure:
    return lambda home, size: [flanchat(home, "sessions", "export", "1", home / f"out.{ending}", "--force")]


def turn_axes() -> Iterator[Axis]:
    def axis(name: str, must: float, measure: Measure) -> Axis:
        return Axis(name, "turns", MANY, must, measure, prepare_turns)

    yield axis("ask in an open session", 0, ask)
    yield axis("prompt meter, at each key", 0, press_key)
    yield axis("ask -c", 1, command("ask", "-c", QUESTION, runs=1))
    yield axis("chat -c, /history", 1, lambda home, size: [flanchat(home, "-c", stdin="/history")])
    yield axis("chat -c, /branches", 1, lambda home, size: [flanchat(home, "-c", stdin="/branches")])
    for ending in ("md", "html", "json", "jsonl"):
        yield axis(f"sessions export, {ending}", 1, export(ending))
    yield axis("replay", 1, command("replay", "1", "-m", "bundled", runs=1))
    yield axis("replay --all --free", 1, command("replay", "1", "-m", "bundled", "--all", "--free", "--json", runs=1))


# -- many sessions ----------------------------------------------------------------------------------------------------


def prepare_sessions(home: Path, size: int) -> None:
    folder, rng = sessions_folder(home), random.Random(4)
    folder.mkdir(parents=True, mode=0o700)
    more = [other for other in home.parent.glob("*") if int(other.name) > size]
    if more:
        for path in sorted(sessions_folder(more[0]).iterdir())[:size]:
            shutil.copy(path, folder)
    else:
        for number in range(size):
            write_session(folder, number, rng)


def build_index(home: Path, size: int) -> list[float]:
    (home / "cache" / "flanchat" / "sessions.sqlite").unlink(missing_ok=True)
    return [flanchat(home, "sessions")]


def missing(home: Path, size: int) -> list[float]:
    return [flanchat(home, "sessions", "show", "no-such-one", expected=2) for _ in range(RUNS)]


def session_axes() -> Iterator[Axis]:
    def axis(name: str, measure: Measure) -> Axis:
        return Axis(name, "sessions", MANY, 1, measure, prepare_sessions)

    yield axis("build the index", build_index)
    yield axis("sessions", command("sessions"))
    yield axis("sessions list -n 100000", command("sessions", "list", "-n", "100000"))
    yield axis("sessions search, a rare word", command("sessions", "search", "belatamir"))
    yield axis("sessions search, a common word", command("sessions", "search", "-n", "100000", "river"))
    yield axis("ask -c", command("ask", "-c", QUESTION))
    yield axis("ask --session NAME", command("ask", "--session", "trial-20", QUESTION))
    yield axis("sessions show, a name that is missing", missing)


# -- sweeps and grids -------------------------------------------------------------------------------------------------


def prepare_prompts(home: Path, rows: int) -> None:
    home.mkdir(parents=True)
    rng = random.Random(2)
    lines = (f"{random_text(rng, 6, 30)},{rng.choice(WORDS)}" for _ in range(rows))
    (home / "prompts.csv").write_text("\n".join(["question,answer", *lines, ""]), encoding="utf-8")


def sweep(home: Path, *arguments: object) -> float:
    return flanchat(home, "sweep", home / "prompts.csv", "--out", home / "out.jsonl", "--json", *arguments)


def whole_sweep(home: Path, size: int) -> list[float]:
    (home / "out.jsonl").unlink(missing_ok=True)
    return [sweep(home)]


def report_sweep(home: Path, size: int) -> list[float]:
    return [sweep(home)]


def resume_sweep(home: Path, size: int) -> list[float]:
    """Resume a sweep of which nine tenths are done."""
    path = home / "out.jsonl"
    with path.open("r+b") as out:
        for __ in range(9 * size // 10):
            out.readline()
        out.truncate(out.tell())
    return [sweep(home)]


def jsonl(home: Path, size: int) -> list[float]:
    lines = (home / "prompts.csv").read_text(encoding="utf-8")
    return [flanchat(home, "ask", "--jsonl", "--no-log", stdin=lines)]


def sweep_axes() -> Iterator[Axis]:
    def axis(name: str, measure: Measure) -> Axis:
        return Axis(name, "rows", MANY, 1, measure, prepare_prompts)

    yield axis("sweep", whole_sweep)
    yield axis("sweep, all done", report_sweep)
    yield axis("sweep, a tenth left", resume_sweep)
    yield axis("ask --jsonl", jsonl)


def grid(home: Path, size: int) -> list[float]:
    return [flanchat(home, "whatif", f"seed=1..{size - 1}", "--yes", "--no-log", QUESTION)]


def recorded_grid(home: Path, size: int) -> list[float]:
    return [flanchat(home, "whatif", f"seed=1..{size - 1}", "--yes", "--json", QUESTION)]


def one_row_grid(home: Path, size: int) -> list[float]:
    values = ",".join(f"{n / 1000}" for n in range(1, size))
    return [flanchat(home, "whatif", f"length_penalty={values}", "--yes", "--json", QUESTION)]


def choose(home: Path, size: int) -> list[float]:
    choices = [f"word{n % 50} word{n // 50}" for n in range(size)]
    return [flanchat(home, "choose", QUESTION, *choices) for _ in range(RUNS)]


def grid_axes() -> Iterator[Axis]:
    yield Axis("whatif", "cells", CELLS, 1, grid)
    yield Axis("whatif --json, recorded", "cells", CELLS, 1, recorded_grid)
    yield Axis("whatif --json, all cells one row", "cells", CELLS, 1, one_row_grid)
    yield Axis("choose", "choices", (32, 64, 128, 256), 1, choose)


# -- a terminal -------------------------------------------------------------------------------------------------------


@contextmanager
def on_terminal(home: Path, *arguments: str) -> Iterator[Terminal]:
    """Run the command line on a pseudo-terminal, in a process forked from this one."""
    child, ours = pty.fork()
    if not child:
        gc.set_threshold(500_000)
        os.environ["PROMPT_TOOLKIT_NO_CPR"] = "1"
        streams = [open(number, mode, encoding="utf-8") for number, mode in enumerate("rww")]  # noqa: SIM115
        run_command_line(list(arguments), environ(home), *streams, scripted)
        os._exit(0)
    fcntl.ioctl(ours, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    try:
        yield Terminal(ours)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(ours)


@dataclass(slots=True)
class Terminal:
    """Our end of a pseudo-terminal."""

    ours: int

    def wait_for(self, wanted: bytes) -> None:
        seen = b""
        while wanted not in seen:
            if not select.select([self.ours], [], [], 60)[0]:
                raise TimeoutError(f"{wanted!r} did not appear within 60 s; output: {seen[-500:]!r}")
            seen += os.read(self.ours, 65536)

    def drain(self) -> None:
        """Read until there is no more output for a while, so that the next one is not confused with it."""
        while select.select([self.ours], [], [], 0.1)[0]:
            os.read(self.ours, 65536)

    def timed(self, keys: bytes, wanted: bytes) -> float:
        """The seconds from pressing keys until something appears."""
        self.drain()
        started = time.perf_counter()
        os.write(self.ours, keys)
        self.wait_for(wanted)
        return time.perf_counter() - started


def first_prompt(home: Path, size: int) -> list[float]:
    started = time.perf_counter()
    with on_terminal(home, "-c") as terminal:
        terminal.wait_for(b">")
        return [time.perf_counter() - started]


def key_to_echo(home: Path, size: int) -> list[float]:
    with on_terminal(home, "-c") as terminal:
        terminal.wait_for(b">")
        return [terminal.timed(bytes([97 + at]), bytes([97 + at])) for at in range(KEYS)]


def enter_to_answer(home: Path, size: int) -> list[float]:
    with on_terminal(home, "-c") as terminal:
        terminal.wait_for(b">")
        return [terminal.timed(b"hello\r", b"tok/s") for _ in range(KEYS)]


def terminal_axes() -> Iterator[Axis]:
    for name, must, measure in (
        ("chat -c, to the first prompt", 1, first_prompt),
        ("from a key to its echo", 0, key_to_echo),
        ("from Enter to the end of the answer", 0, enter_to_answer),
    ):
        yield Axis(name, "turns and history entries", MANY, must, measure, prepare_turns)


# -- a model ----------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Model:
    """A loaded model, and texts of any number of tokens."""

    engine: Any
    words: list[str]
    rng: random.Random

    def text(self, tokens: int) -> str:
        return "".join(self.rng.choices(self.words, k=tokens)).strip()

    def request(self, tokens: int, new: int) -> Request:
        return Request(self.text(tokens - 1), Decoding(max_new_tokens=new, min_new_tokens=new))


@functools.cache
def load(folder: Path) -> Model:
    from flanchat.engine.t5.local import load_engine

    engine = load_engine(resolve(str(folder), os.environ), environ=os.environ, precision="float16")
    tokenizer = open_tokenizer(preflight(folder).tokenizer)
    words = [
        word for word in map(tokenizer.piece, range(tokenizer.size)) if word.startswith(" ") and word[1:].isalpha()
    ]
    model = Model(engine, words, random.Random(0))
    for _ in range(3):
        spent(engine.stream([model.request(16, 16)]))
    return model


def model_axes(folder: Path) -> Iterator[Axis]:
    """The work of a model, in this process. Prompts differ from run to run, so that each is encoded."""

    def axis(name: str, sizes: Sequence[int], must: float, requests: Callable[[Model, int], list[Request]]) -> Axis:
        def measure(home: Path, size: int) -> list[float]:
            model = load(folder)
            return [spent(model.engine.stream(requests(model, size))) for _ in range(RUNS)]

        return Axis(name, "tokens" if "put" in name else name, sizes, must, measure)

    def choices(model: Model, count: int) -> list[Request]:
        prompt = model.text(63)
        ids = [tuple(piece.id for piece in model.engine.pieces(model.text(4))) for _ in range(count)]
        return [Request(prompt, Decoding(max_new_tokens=len(own) + 1), begin=own, only=True) for own in ids]

    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    inner = config["num_heads"] * config["d_kv"]
    of_layer = (
        6 * inner * config["d_model"] + 3 * config["d_model"] * config["d_ff"]
    )  # with keys and values of decoders

    def products(tokens: int) -> int:
        """The multiplications of encoding a prompt, per layer."""
        return tokens * (of_layer + 2 * tokens * inner)

    yield axis(
        "input, to the first token", INPUTS, slope(INPUTS, list(map(products, INPUTS))), lambda m, n: [m.request(n, 1)]
    )
    yield axis("output", (16, 32, 64, 128, 256, 512), 1, lambda m, n: [m.request(64, n)])
    yield axis("batch", (1, 2, 4, 8, 16, 32, 64), 1, lambda m, n: [m.request(64, 16) for _ in range(n)])
    yield axis("choices", (6, 12, 25, 50, 100), 1, choices)


GROUPS: dict[str, Callable[[], Iterator[Axis]]] = {
    "turns": turn_axes,
    "terminal": terminal_axes,
    "sessions": session_axes,
    "sweep": sweep_axes,
    "grid": grid_axes,
}


def seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def spent(events: Iterable[object]) -> float:
    """The seconds until the last event."""
    return seconds(lambda: collections.deque(events, maxlen=0))
