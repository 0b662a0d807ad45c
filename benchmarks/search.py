"""Time of a search in all sessions:  python -m benchmarks.search [--sessions N] [--runs N]

The sessions are synthetic: three turns each, with all that flanchat records of an answer, in a temporary folder. Every
search and list opens the index and compares it with the folder, as a new process does; imports are not counted. Half
of the words are rare, half are in most sessions. `search_cpu_s` is processor time, which other programs on the machine
disturb less. For comparison, the same words are looked for in the same files without an index: by Python, which reads
every file, and by `grep -l`.
Prints JSON, in seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

from flanchat.sessions.library import Library

STARTED = 1_700_000_000
TEXT = """
    what is the capital of a country and why does water boil at lower heat in the mountains who wrote this book about
    rivers translate into german summarize following text answer by yes or no long short history music people world
    first city school year because language many time large science energy light plant animal famous between during
"""
COMMON = TEXT.split()
RARE = [a + b + c for a in ("bel", "cor", "dun", "fal") for b in ("ata", "ino", "ure", "olo") for c in ("mir", "net")]


def random_text(rng: random.Random, least: int, most: int) -> str:
    words = rng.choices(COMMON, k=rng.randint(least, most))
    if rng.random() < 0.01:
        words[rng.randrange(len(words))] = rng.choice(RARE)
    return " ".join(words).capitalize()


def write_session(folder: Path, number: int, rng: random.Random) -> None:
    """Write a transcript as flanchat does, but without syncing each line, which would take an hour."""
    lines: list[str] = []
    session = f"{number:026d}"

    def record(type: str, parent: str | None = None, **fields: object) -> str:
        moment = datetime.fromtimestamp(STARTED + number * 600 + len(lines), timezone.utc)
        ts = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        n = len(lines) + 1
        id = f"{number:020d}{n:06d}"
        envelope = {"v": 1, "n": n, "id": id, "ts": ts, "type": type, "session": session, "parent": parent}
        lines.append(json.dumps({**envelope, **fields}, separators=(",", ":")))
        return id

    record("session.start", name=f"trial-{number}" if number % 20 == 0 else "", app_version="1", host={}, model="flan")
    record("profile.use", name="plain", sha256="0" * 64, content={"name": "plain", "template": "{{question}}" * 20})
    head = None
    for turn in range(1, 4):
        question, answer = random_text(rng, 6, 30), random_text(rng, 10, 60)
        asked = record("user", head, text=question, turn=turn, source="typed", vars={})
        segments = [{"kind": "question", "ref": 0, "tokens": 20, "kept": True, "reason": ""}] * 3
        record("prompt", asked, text=question, ids_sha256="0" * 64, n_tokens=20, limit=512, segments=segments)
        tokens = [
            {"id": n, "s": word, "lp": -0.25, "alt": [[n + 1, -1.5, "other"]]} for n, word in enumerate(answer.split())
        ]
        model = {"id": "flan-t5-base", "revision": "main", "weights_sha": "0" * 64, "tokenizer_sha": "0" * 64}
        numbers = dict.fromkeys(("load_ms", "encode_ms", "first_token_ms", "decode_ms", "total_ms"), 0.5)
        head = record("answer", asked, text=answer, finish="eos", seed=1, timing=numbers, model=model, tok=tokens)
    record("session.end", why="quit", counts={})
    path = folder / f"{datetime.fromtimestamp(STARTED + number * 600, timezone.utc):%Y-%m-%d-%H%M%S}-{number:04d}.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="ascii")
    path.chmod(0o600)


def seconds(work: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    started = clock()
    work()
    return clock() - started


def summary(took: list[float]) -> dict[str, float]:
    return {"median": round(statistics.median(took), 4), "min": round(min(took), 4), "max": round(max(took), 4)}


def plain_scan(folder: Path, word: str) -> list[str]:
    wanted, found = word.encode(), []
    for entry in os.scandir(folder):
        with open(entry.path, "rb") as file:
            if wanted in file.read().lower():
                found.append(entry.name)
    return found


def grep(folder: Path, word: str) -> None:
    subprocess.run(["grep", "-rliF", word, str(folder)], check=True, capture_output=True)


def measure(folder: Path, index: Path, runs: int) -> dict[str, object]:
    def fresh() -> Library:
        return Library(folder, index)

    words = [RARE[n % len(RARE)] if n % 2 else COMMON[n % len(COMMON)] for n in range(runs)]
    figures: dict[str, object] = {"build_s": round(seconds(lambda: fresh().sessions(1)), 2)}
    figures["index_mb"] = round(index.stat().st_size / 1e6, 1)
    figures["search_s"] = summary([seconds(lambda word=word: fresh().search(word)) for word in words])
    figures["search_cpu_s"] = summary(
        [seconds(lambda word=word: fresh().search(word), time.process_time) for word in words]
    )
    figures["list_all_s"] = summary([seconds(lambda: fresh().sessions()) for _ in range(runs)])
    figures["list_20_s"] = summary([seconds(lambda: fresh().sessions(20)) for _ in range(runs)])
    figures["of_which_reading_the_folder_s"] = summary([seconds(fresh()._index._scan_folder) for _ in range(runs)])
    changed = sorted(folder.iterdir())[:runs]
    after_change = []
    for path, word in zip(changed, words, strict=True):
        with open(path, "ab") as file:
            file.write(b" \n")
        os.utime(path, (STARTED, STARTED))
        after_change.append(seconds(lambda word=word: fresh().search(word)))
    figures["search_after_one_change_s"] = summary(after_change)
    figures["remove_one_s"] = round(seconds(lambda: fresh().remove(changed[-1])), 3)
    figures["python_scan_s"] = summary([seconds(lambda word=word: plain_scan(folder, word)) for word in words[:4]])
    if shutil.which("grep"):
        figures["grep_s"] = summary([seconds(lambda word=word: grep(folder, word)) for word in words[:4]])
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=20)
    options = parser.parse_args()
    rng = random.Random(0)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, "sessions")
        folder.mkdir()
        for number in range(options.sessions):
            write_session(folder, number, rng)
        megabytes = round(sum(path.stat().st_size for path in folder.iterdir()) / 1e6, 1)
        os.sync()
        time.sleep(3)  # files written in the last two seconds are read again each time
        figures = measure(folder, Path(place, "cache", "sessions.sqlite"), options.runs)
    print(json.dumps({"sessions": options.sessions, "megabytes": megabytes, **figures}, indent=2))


if __name__ == "__main__":
    main()
