"""How long until the first prompt is on the screen:  python benchmarks/startup.py [--runs N]

Each run starts the real program on a pseudo-terminal and stops the clock when the prompt has been drawn. The peer, run
in turn with it, is what any program must do before it can prompt if it loads its model first: import torch and
transformers' T5 and tokenizer classes. Prints JSON: medians, least and most, in seconds, and the ratio of the medians.
"""

from __future__ import annotations

import argparse
import json
import os
import pty
import select
import statistics
import subprocess
import sys
import tempfile
import time

PEER = "import torch; from transformers import AutoTokenizer, T5ForConditionalGeneration"


def first_prompt_s(home: str) -> float:
    """Seconds from starting flanchat to its prompt being on the screen."""
    ours, theirs = pty.openpty()
    environ = {**os.environ, "HOME": home, "TERM": "xterm-256color", "PROMPT_TOOLKIT_NO_CPR": "1"}
    environ["XDG_STATE_HOME"] = os.path.join(home, "state")
    started = time.monotonic()
    child = subprocess.Popen(
        [sys.executable, "-m", "flanchat"], stdin=theirs, stdout=theirs, stderr=theirs, env=environ
    )
    try:
        seen = b""
        while b">" not in seen:  # nothing before the prompt holds one
            if not select.select([ours], [], [], 30)[0]:
                raise TimeoutError(f"no prompt within 30 s; seen: {seen!r}")
            seen += os.read(ours, 65536)
        return time.monotonic() - started
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
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as home:
        first_prompt_s(home), peer_s()  # warm the disk
        pairs = [(first_prompt_s(home), peer_s()) for _ in range(runs)]
    prompt, peer = summary([a for a, _ in pairs]), summary([b for _, b in pairs])
    ratio = round(peer["median"] / prompt["median"], 1)
    print(
        json.dumps({"runs": runs, "first_prompt_s": prompt, "peer_import_s": peer, "peer_over_ours": ratio}, indent=2)
    )


if __name__ == "__main__":
    main()
