"""Many clients of `flanchat serve` at a time, and of transformers behind a bare Starlette.

    python benchmarks/serve.py [--model FOLDER] [--clients 64] [--seconds 60] [--new-tokens 24] [--only flanchat]

Each server is asked every prompt alone first. Then all clients ask for the given time, each one question after the
other, and every reply is compared with the one to the same prompt alone: text and, of flanchat, the log-probability of
each token, to the bit. The peer does what a page on serving a model does: one endpoint, one `generate` at a time. The
clients use the same cores as the server. Prints JSON: replies, those that failed or differ, seconds for a reply,
tokens a second, and the memory of the server's processes after a tenth of the time, at its half and at its end.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import random
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

QUESTIONS = (
    "What is the capital of {}?", "Translate to German: {}.", "Where is {}?", "Is {} a city?", "Name a river in {}.",
    "Q: {}? A:", "Write about {}.", "What do people eat in {}?",
)  # fmt: skip
PLACES = ("France", "Italy", "Germany", "Spain", "Japan", "China", "Peru", "Kenya", "Norway", "Canada", "Egypt", "Cuba")

PEER = """
import sys, threading
import torch, uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse
from starlette.routing import Route
from transformers import AutoTokenizer, T5ForConditionalGeneration

folder, fd = sys.argv[1], int(sys.argv[2])
tokenizer = AutoTokenizer.from_pretrained(folder)
model = T5ForConditionalGeneration.from_pretrained(folder).eval()
one_at_a_time = threading.Lock()

def generate(prompt, tokens, seed):
    with one_at_a_time, torch.inference_mode():
        torch.manual_seed(seed)
        inputs = tokenizer(prompt, return_tensors="pt")
        ids = model.generate(**inputs, max_new_tokens=tokens, min_new_tokens=tokens, do_sample=bool(seed % 2))
    return tokenizer.decode(ids[0], skip_special_tokens=True), len(ids[0]) - 1

async def complete(request):
    body = await request.json()
    text, tokens = await run_in_threadpool(generate, body["prompt"], body["max_tokens"], body["seed"])
    return JSONResponse({"choices": [{"text": text, "logprobs": None}], "usage": {"completion_tokens": tokens}})

app = Starlette(routes=[Route("/v1/completions", complete, methods=["POST"])])
uvicorn.run(app, fd=fd, log_level="error")
"""


def bodies(count: int, new_tokens: int) -> list[dict[str, Any]]:
    """Different requests, each second one sampled. All answers have the same length, so that the servers do, too."""
    prompts = [question.format(place) for question in QUESTIONS for place in PLACES]
    random.Random(0).shuffle(prompts)
    return [{"prompt": prompt, "max_tokens": new_tokens, "seed": seed} for seed, prompt in enumerate(prompts[:count])]


def for_flanchat(body: dict[str, Any]) -> dict[str, Any]:
    settings = {"min_new_tokens": body["max_tokens"], "do_sample": bool(body["seed"] % 2)}
    return {**body, "logprobs": 0, "settings": settings}


def answer_of(reply: dict[str, Any]) -> tuple[str, Any]:
    choice = reply["choices"][0]
    return choice["text"], choice["logprobs"] and choice["logprobs"]["token_logprobs"]


@contextlib.contextmanager
def flanchat(model: str) -> Iterator[tuple[str, int]]:
    """A running server: its address and process."""
    command = [sys.executable, "-m", "flanchat", "serve", "-m", model, "--port", "0"]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert server.stderr is not None
    line = server.stderr.readline()
    try:
        yield line[line.index("http") : line.index("/v1")], server.pid
    finally:
        server.send_signal(signal.SIGTERM)
        if status := server.wait(30):
            sys.exit(f"flanchat serve ended with status {status}")


@contextlib.contextmanager
def transformers(model: str) -> Iterator[tuple[str, int]]:
    """The peer, running: its address and process."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listening:
        fd, port = listening.fileno(), listening.getsockname()[1]
        server = subprocess.Popen(
            [sys.executable, "-c", PEER, model, str(fd)], pass_fds=[fd], stderr=subprocess.DEVNULL
        )
        try:
            yield f"http://127.0.0.1:{port}", server.pid
        finally:
            server.kill()
            server.wait()


def memory_mb(pid: int) -> float:
    """Resident memory of a process and its children, in megabytes."""
    pids = [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]
    lines = [line for each in pids for line in Path(f"/proc/{each}/status").read_text().splitlines()]
    return round(sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1000, 1)


async def measure(url: str, pid: int, wanted: list[dict[str, Any]], clients: int, seconds: float) -> dict[str, Any]:
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx.AsyncClient(base_url=url, timeout=600, limits=limits) as client:
        alone, times_alone = [], []
        for body in wanted:
            started = time.perf_counter()
            alone.append(answer_of((await client.post("/v1/completions", json=body)).raise_for_status().json()))
            times_alone.append(time.perf_counter() - started)
        times: list[float] = []
        failed, differ, tokens, memory = 0, 0, 0, []
        numbers = random.Random(1)
        begun = time.perf_counter()

        async def ask() -> None:
            nonlocal failed, differ, tokens
            while time.perf_counter() - begun < seconds:
                number = numbers.randrange(len(wanted))
                started = time.perf_counter()
                try:
                    reply = (await client.post("/v1/completions", json=wanted[number])).raise_for_status().json()
                except httpx.HTTPError:
                    failed += 1
                    continue
                times.append(time.perf_counter() - started)
                differ += answer_of(reply) != alone[number]
                tokens += reply["usage"]["completion_tokens"]

        async def watch() -> None:
            for share in (0.1, 0.5, 1.0):
                await asyncio.sleep(max(0.0, begun + seconds * share - time.perf_counter()))
                memory.append(memory_mb(pid))

        await asyncio.gather(watch(), *(ask() for __ in range(clients)))
        took = time.perf_counter() - begun
    ordered = sorted(times)
    return {
        "replies": len(times),
        "failed": failed,
        "differ": differ,
        "reply_s": {"alone": statistics.median(times_alone), "median": ordered[len(ordered) // 2],
                    "p95": ordered[int(len(ordered) * 0.95)], "max": ordered[-1]},
        "replies_a_s": len(times) / took,
        "tokens_a_s": tokens / took,
        "memory_mb": memory,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="flanchat/demo", type=Path)
    parser.add_argument("--clients", default=64, type=int)
    parser.add_argument("--seconds", default=60.0, type=float)
    parser.add_argument("--new-tokens", default=24, type=int)
    parser.add_argument("--prompts", default=64, type=int, help="different ones, at most 96")
    parser.add_argument("--only", choices=["flanchat", "transformers"])
    given = parser.parse_args()
    model, wanted = str(given.model.resolve()), bodies(given.prompts, given.new_tokens)
    report: dict[str, Any] = {"model": model, "clients": given.clients, "seconds": given.seconds,
                              "new_tokens": given.new_tokens}  # fmt: skip
    for name, serve in (("flanchat", flanchat), ("transformers", transformers)):
        if given.only in (None, name):
            with serve(model) as (url, pid):
                own = [for_flanchat(body) for body in wanted] if name == "flanchat" else wanted
                report[name] = asyncio.run(measure(url, pid, own, given.clients, given.seconds))
    print(json.dumps(report))


if __name__ == "__main__":
    main()
