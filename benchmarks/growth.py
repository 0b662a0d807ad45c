"""How time and memory grow with the size of what is asked:  python -m benchmarks.growth [--only GROUP,...] [--json FILE]

Each axis is measured at doubling sizes, each size in a forked process of its own. The slope is the exponent of the
growth at the upper end: how often the time doubles when the size doubles, over the last two doublings. It is compared
with what it must be: 1 where all of the input has to be read or written, 0 where one more turn or row must not cost
more than the first, and for the prompt of a model what its arithmetic gives, attention's quadratic part included.

`input`, `output`, `batch` and `choices` run a model: the demo model, and flan-t5-small's shape with --small FOLDER (see
benchmarks/checkpoints.py). The others run the product with the scripted engine, so that its own cost shows. They call
the command line in process: imports are not counted. `terminal` runs it on a pseudo-terminal.

--json FILE adds the figures to those that FILE has. --scale 0.1 makes everything ten times smaller.
--table FILE prints the figures of FILE as Markdown and runs nothing.
"""

from __future__ import annotations

import argparse
import gc
import io
import json
import math
import multiprocessing
import os
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

from benchmarks.search import random_text, write_session
from flanchat.base.errors import DIFFERS
from flanchat.cli import main as run_command_line
from flanchat.engine.engines import open_engine
from flanchat.engine.scripted import ScriptedEngine
from flanchat.prompting.profile import Profile
from flanchat.prompting.settings import Settings
from flanchat.repl.commands.sessions import resume
from flanchat.repl.context import Context
from flanchat.sessions.session import Session
from flanchat.sessions.session_record import record_of
from flanchat.sessions.transcript import Transcript

TOLERANCE = 0.2  # of a slope: caches and allocators make linear work look a little steeper
WORDS = [f"word{n}" for n in range(50)]
TURNS = SESSIONS = ROWS = (1250, 2500, 5000, 10_000)
KEYS, RUNS = 20, 3


@dataclass(frozen=True, slots=True)
class Axis:
    """What is measured at each of `sizes`.

    measure: given the home folder and a size, does the work and returns the seconds of each run. must: the exponent
    that the work has to have, or a function of the two largest sizes. unit: of the sizes.
    """

    name: str
    unit: str
    sizes: Sequence[int]
    must: float
    measure: Callable[[Path, int], list[float]]


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


def in_child(work: Callable[..., Any], *arguments: object) -> Any:
    """What `work` returns in a forked process, and the megabytes by which that process grew."""

    def run() -> None:
        gc.set_threshold(500_000)  # as flanchat does
        before = _peak_mb()
        result = work(*arguments)
        theirs.send((result, _peak_mb() - before))

    ours, theirs = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.get_context("fork").Process(target=run)
    child.start()
    theirs.close()
    try:
        return ours.recv()
    except EOFError:
        raise RuntimeError(f"{work} {arguments} failed") from None
    finally:
        child.join()


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e6 / 1024)


# -- turns of a session -----------------------------------------------------------------------------------------------


def sessions_folder(home: Path) -> Path:
    return home / "state" / "flanchat" / "sessions"


def write_turns(home: Path, turns: int, history: int = 0) -> list[float]:
    """Hold a conversation, every fourth answer of which is regenerated; return the seconds of each question."""
    folder, took, rng = sessions_folder(home), [], random.Random(1)
    folder.parent.mkdir(parents=True, exist_ok=True)
    transcript = Transcript.create(folder, host={}, sync=lambda fd: None)  # syncing each line would take minutes
    session = Session(scripted(None), Profile("plain"), Settings().with_layer("flag", {"turns": history}), transcript)
    for turn in range(turns):
        question = random_text(rng, 6, 30)
        started = time.process_time()
        for _ in session.ask(question):
            pass
        took.append(time.process_time() - started)
        if turn % 4 == 3:
            for _ in session.regenerate():
                pass
    session.close("exit")
    return took


def cut_turns(home: Path, whole: Path, turns: int) -> None:
    """Write the beginning of the session in another home."""
    sessions_folder(home).mkdir(parents=True, mode=0o700)
    (source,) = sessions_folder(whole).iterdir()
    asked = 0
    target = sessions_folder(home) / source.name
    with source.open(encoding="ascii") as lines, target.open("w", encoding="ascii") as cut:
        for line in lines:
            asked += '"type": "user"' in line or '"type":"user"' in line
            if asked > turns:
                break
            cut.write(line)
    target.chmod(0o600)



def resumed(home: Path) -> Context:
    """What the commands of the REPL work on, with the only session of `home` resumed."""
    (path,) = sessions_folder(home).iterdir()
    transcript, record = Transcript.resume(path, record_of)
    session = Session(scripted(None), Profile("plain"), Settings(), transcript)
    session.conversation = record.conversation
    resume(session, record)
    return Context(session, session.engine, (), environ=environ(home))


def ask(home: Path, size: int) -> list[float]:
    context = resumed(home)

    def one() -> None:
        for _ in context.session.ask("What comes next?"):
            pass

    return [seconds(one) for _ in range(KEYS)]


def press_key(home: Path, size: int) -> list[float]:
    """What the meter of the tool bar does at each key."""
    context = resumed(home)
    return [seconds(lambda: context.preview("What comes nex")) for _ in range(KEYS)]


def repl(home: Path, *lines: str) -> float:
    return flanchat(home, "-c", stdin="\n".join(lines))


def of_session(*arguments: str) -> Callable[[Path, int], list[float]]:
    """A measurement of a command, which reads the session anew each time."""
    return lambda home, size: [flanchat(home, *arguments) for _ in range(RUNS)]


def export(ending: str) -> Callable[[Path, int], list[float]]:
    return lambda home, size: [
        flanchat(home, "sessions", "export", "1", home / f"out.{ending}", "--force") for _ in range(RUNS)
    ]


def turn_axes() -> Iterator[Axis]:
    def axis(name: str, must: float, measure: Callable[[Path, int], list[float]]) -> Axis:
        return Axis(name, "turns", TURNS, must, measure)

    yield axis("ask a question in an open session", 0, ask)
    yield axis("the prompt meter, at each key", 0, press_key)
    yield axis("ask -c", 1, of_session("ask", "-c", "What comes next?"))
    yield axis("chat -c", 1, lambda home, size: [repl(home, "/exit")])
    yield axis("chat -c, /history", 1, lambda home, size: [repl(home, "/history")])
    yield axis("chat -c, /branches", 1, lambda home, size: [repl(home, "/branches")])
    for ending in ("md", "html", "json", "jsonl"):
        yield axis(f"sessions export, .{ending}", 1, export(ending))
    yield axis("replay", 1, of_session("replay", "1", "-m", "bundled"))
    yield axis("replay --free --json", 1, of_session("replay", "1", "-m", "bundled", "--free", "--all", "--json"))


# -- many sessions ----------------------------------------------------------------------------------------------------


def write_sessions(home: Path, first: int, count: int) -> None:
    folder, rng = sessions_folder(home), random.Random(first)
    folder.mkdir(parents=True, mode=0o700, exist_ok=True)
    for number in range(first, count):
        write_session(folder, number, rng)


def build_index(home: Path, size: int) -> list[float]:
    (home / "cache" / "flanchat" / "sessions.sqlite").unlink(missing_ok=True)
    return [flanchat(home, "sessions")]


def missing(home: Path, size: int) -> list[float]:
    return [flanchat(home, "sessions", "show", "no-such-one", expected=2) for _ in range(RUNS)]


def session_axes() -> Iterator[Axis]:
    def axis(name: str, measure: Callable[[Path, int], list[float]]) -> Axis:
        return Axis(name, "sessions", SESSIONS, 1, measure)

    yield axis("build the index", build_index)
    yield axis("sessions", of_session("sessions"))
    yield axis("sessions list, all", of_session("sessions", "list", "-n", "100000"))
    yield axis("sessions search, a rare word", of_session("sessions", "search", "belatamir"))
    yield axis("sessions search, a common word", of_session("sessions", "search", "-n", "100000", "river"))
    yield axis("ask -c", of_session("ask", "-c", "What comes next?"))
    yield axis("ask --session NAME", of_session("ask", "--session", "trial-20", "What comes next?"))
    yield axis("sessions show, a name that is missing", missing)


# -- sweeps and grids -------------------------------------------------------------------------------------------------


def write_prompts(home: Path, rows: int) -> None:
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
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[: 9 * size // 10]))
    return [sweep(home)]


def jsonl(home: Path, size: int) -> list[float]:
    lines = (home / "prompts.csv").read_text(encoding="utf-8")
    return [flanchat(home, "ask", "--jsonl", "--no-log", stdin=lines)]


def sweep_axes() -> Iterator[Axis]:
    yield Axis("sweep", "rows", ROWS, 1, whole_sweep)
    yield Axis("sweep, all done: read and report", "rows", ROWS, 1, report_sweep)
    yield Axis("sweep, resume the last tenth", "rows", ROWS, 1, resume_sweep)
    yield Axis("ask --jsonl", "rows", ROWS, 1, jsonl)


def grid(home: Path, size: int) -> list[float]:
    return [flanchat(home, "whatif", f"seed=1..{size}", "--yes", "--no-log", "What is next?") for _ in range(RUNS)]


def recorded_grid(home: Path, size: int) -> list[float]:
    return [flanchat(home, "whatif", f"seed=1..{size}", "--yes", "--json", "What is next?") for _ in range(RUNS)]


def greedy_grid(home: Path, size: int) -> list[float]:
    values = ",".join(f"{n / 1000}" for n in range(1, size + 1))
    words = ["whatif", f"length_penalty={values}", "--yes", "--no-log", "What is next?"]
    return [flanchat(home, *words) for _ in range(RUNS)]


def choose(home: Path, size: int) -> list[float]:
    words = [f"word{n % 50} word{n // 50}" for n in range(size)]
    return [flanchat(home, "choose", "What is next?", *words) for _ in range(RUNS)]


def grid_axes() -> Iterator[Axis]:
    yield Axis("whatif, distinct rows", "cells", (128, 256, 512, 1023), 1, grid)
    yield Axis("whatif, recorded", "cells", (128, 256, 512, 1023), 1, recorded_grid)
    yield Axis("whatif, cells of one row", "cells", (128, 256, 512, 1023), 1, greedy_grid)
    yield Axis("choose", "choices", (32, 64, 128, 256), 1, choose)


def seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def slope(sizes, values):
    pairs = list(zip(sizes, values))[-3:]
    xs, ys = [math.log(x) for x, _ in pairs], [math.log(max(y, 1e-9)) for _, y in pairs]
    return statistics.linear_regression(xs, ys).slope

if __name__ == "__main__":
    group, scale = sys.argv[1], float(sys.argv[2])
    only = sys.argv[3] if len(sys.argv) > 3 else ""
    axes = {"turns": turn_axes, "sessions": session_axes, "sweep": sweep_axes, "grid": grid_axes}[group]
    with tempfile.TemporaryDirectory() as place:
        place = Path(place)
        sizes = [int(n * scale) for n in TURNS]
        warm = place / "warm"
        if group == "turns":
            in_child(write_turns, place / "whole", sizes[-1])
            cut_turns(warm, place / "whole", 4)
            for n in sizes: cut_turns(place / str(n), place / "whole", n)
        homes = {}
        for axis in axes():
            if only not in axis.name: continue
            asizes = sizes if group != "grid" else axis.sizes
            got, mb = [], []
            last = 0
            for n in asizes:
                home = place / str(n)
                if group == "sweep" and not home.exists(): write_prompts(home, n)
                if group == "sessions":
                    home = place / f"s{n}"
                    if not home.exists(): in_child(write_sessions, home, 0, n); time.sleep(2)
                t, m = in_child(axis.measure, home, n)
                got.append(statistics.median(t)); mb.append(m)
            print(f"{axis.name:40}", *(f"{g*1000:9.1f}ms" for g in got), f"slope {slope(asizes, got):.2f}", *(f"{m:7.1f}MB" for m in mb), f"{slope(asizes, mb):.2f}", flush=True)
