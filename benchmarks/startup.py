"""Time to the first prompt, and from a key to its echo:  python benchmarks/startup.py [--runs N] [--keys N]

Each run starts the real program on a pseudo-terminal and stops the clock when the prompt is drawn. The peer, which
alternates with it, does what a program that loads its model first must do before it can prompt: import torch and
transformers' T5 and tokenizer classes. Then keys are pressed one by one and each is timed until its echo, once while
the model loads and once when it is ready, with the tool bar counting tokens all the time. Prints JSON: medians, minima,
maxima, and the ratio of the medians.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import pty
import select
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager

PEER = "import torch; from transformers import AutoTokenizer, T5ForConditionalGeneration"


def first_prompt_s(home: str) -> float:
    """The seconds from starting flanchat until its prompt is on the screen."""
    started = time.monotonic()
    with on_terminal(home) as ours:
        wait_for(ours, b">")  # no text before the prompt contains one
        return time.monotonic() - started


def keys_ms(home: str, keys: int) -> dict[str, dict[str, float]]:
    """The milliseconds from a key to its echo, while the model loads and when it is ready."""
    with on_terminal(home) as ours:
        wait_for(ours, b">")
        loading = [echo_ms(ours, number) for number in range(keys)]
        drain(ours, quiet_s=6)  # the bar no longer changes when the model is ready
        ready = [echo_ms(ours, number) for number in range(keys)]
    return {"loading": summary(loading), "ready": summary(ready)}


def echo_ms(ours: int, number: int) -> float:
    """Press a key and wait for its echo."""
    drain(ours)
    key = b"abcdefghijklmnopqrstuvwxyz"[number % 26 : number % 26 + 1]
    started = time.perf_counter()
    os.write(ours, key)
    wait_for(ours, key)
    return (time.perf_counter() - started) * 1000


def drain(ours: int, quiet_s: float = 0.08) -> None:
    """Read until there is no more output for a while, so that the next echo is not confused with it."""
    while select.select([ours], [], [], quiet_s)[0]:
        os.read(ours, 65536)


def wait_for(ours: int, wanted: bytes) -> None:
    seen = b""
    while wanted not in seen:
        if not select.select([ours], [], [], 30)[0]:
            raise TimeoutError(f"{wanted!r} did not appear within 30 s; output: {seen!r}")
        seen += os.read(ours, 65536)


@contextmanager
def on_terminal(home: str) -> Iterator[int]:
    """Start flanchat on a pseudo-terminal of 80 columns and yield our end of it."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    environ = {**os.environ, "HOME": home, "TERM": "xterm-256color", "PROMPT_TOOLKIT_NO_CPR": "1"}
    environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed flanchat has compiled modules
    environ |= {f"XDG_{name}_HOME": os.path.join(home, name.lower()) for name in ("STATE", "CONFIG", "CACHE")}
    child = subprocess.Popen(
        [sys.executable, "-m", "flanchat"], stdin=theirs, stdout=theirs, stderr=theirs, env=environ
    )
    try:
        yield ours
    finally:
        child.kill()
        child.wait()
        os.close(ours)
        os.close(theirs)


def peer_s() -> float:
    started = time.monotonic()
    subprocess.run([sys.executable, "-c", PEER], check=True, capture_output=True)
    return time.monotonic() - started


def summary(seconds: list[float]) -> dict[str, float]:
    return {
        "median": round(statistics.median(seconds), 3),
        "min": round(min(seconds), 3),
        "max": round(max(seconds), 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--keys", type=int, default=50)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        first_prompt_s(home), peer_s()  # warm up the disk cache
        pairs = [(first_prompt_s(home), peer_s()) for _ in range(options.runs)]
        keys = keys_ms(home, options.keys)
    prompt, peer = summary([a for a, _ in pairs]), summary([b for _, b in pairs])
    report = {
        "runs": options.runs,
        "first_prompt_s": prompt,
        "peer_import_s": peer,
        "peer_over_ours": round(peer["median"] / prompt["median"], 1),
        "key_to_echo_ms": keys,
    }
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
