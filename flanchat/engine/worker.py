"""An `Engine` that lives in a child process: JSON lines over a pipe. Knows processes; knows neither torch nor terminals.

What a model can do to a process (killed for memory, aborting driver, broken import) ends the child, not the session; the
next question starts a new one. The child ends when its pipe closes, so it never outlives its parent.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flanchat import errors
from flanchat.engine import ModelCard
from flanchat.engine.weights import ModelSource, preflight
from flanchat.errors import EngineError, FlanchatError
from flanchat.events import Alternative, Decoding, Delta, Event, Finished, Measured, Request, Started, Token, Warned

if TYPE_CHECKING:
    from flanchat.engine.tokens import Tokenizer

Send = Callable[[dict[str, Any]], None]

_STDERR_KEPT = 4096  # characters of the child's last words
_GONE = {"gone": True}
_STOP = {"stop": True}

# The child gets the parent's module path as arguments, so that a torch.py in the current folder is never imported.
_BOOT = "import sys; sys.path[:] = sys.argv[1:]; from flanchat.engine.worker import main; main()"


class WorkerEngine:
    """The parent's side. The child starts with `start` or with the first call.

    report: told "loading: STEP", "ready", "failed" or "gone" from a thread of this engine, whenever that changes.
    """

    def __init__(
        self,
        source: ModelSource,
        *,
        device: str = "auto",
        precision: str = "auto",
        report: Callable[[str], None] = lambda status: None,
        debug: bool = False,
    ) -> None:
        self.source, self.name = source, source.name
        self._order = {"source": _source_to_json(source), "device": device, "precision": precision}
        self._report, self._debug = report, debug
        self._child: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()  # guards starting, sending and _calls
        self._calls: dict[int, queue.SimpleQueue[dict[str, Any]]] = {}
        self._numbers = iter(range(1, sys.maxsize))
        self._loaded = threading.Event()
        self._answer: dict[str, Any] = {}  # the child's {"ready": card} or {"failed": ...}
        self._words = ""
        self._killed = False
        self.status = "not started"

    def start(self) -> None:
        """Start loading, if that has not begun."""
        with self._lock:
            if self._child is None:
                self._spawn()

    def card(self) -> ModelCard:
        self.start()
        self._loaded.wait()
        if "ready" not in self._answer:
            raise _error(self._answer)
        return ModelCard(**self._answer["ready"])

    def measure(self, parts: Sequence[str]) -> Measured:
        with self._call({"do": "measure", "parts": list(parts)}) as (replies, _):
            reply = replies.get()
            while reply is _STOP:  # counting takes no time worth stopping
                reply = replies.get()
        if "measured" not in reply:
            raise self._failure(reply)
        m = reply["measured"]
        return Measured(tuple(m["parts"]), m["total"], m["ids_sha256"], tuple(Warned(*w) for w in m["warnings"]))

    def stream(self, requests: Sequence[Request]) -> Iterator[Event]:
        self._killed = False
        running = dict.fromkeys(range(len(requests)), 0)  # row -> tokens so far
        message = {"do": "stream", "requests": [dataclasses.asdict(request) for request in requests]}
        with self._call(message) as (replies, number):
            while running:
                reply = replies.get()
                if reply is _STOP:
                    self._send({"do": "stop", "number": number})
                    if self._loaded.is_set():
                        continue
                    reply = {"interrupted": True}  # still loading: nobody should wait for that
                if "event" in reply:
                    event = event_from_json(reply["event"])
                    if isinstance(event, Delta):
                        running[event.row] += len(event.tokens)
                    if isinstance(event, Finished):
                        del running[event.row]
                    yield event
                elif self._killed or "interrupted" in reply:
                    for row, tokens in running.items():
                        yield Finished(row, "interrupted", tokens, None, 0.0)
                    return
                else:
                    raise self._failure(reply)

    def stop(self) -> None:
        for replies in list(self._calls.values()):
            replies.put(_STOP)  # SimpleQueue.put may run inside a signal handler

    def kill(self) -> None:
        """End the child at once. A running stream finishes as interrupted; the next call starts a new child."""
        self._killed = True
        child = self._child
        if child is not None:
            child.kill()

    def close(self) -> None:
        with self._lock:
            child, self._child = self._child, None
        if child is not None:
            with contextlib.suppress(OSError):
                assert child.stdin is not None
                child.stdin.close()
            try:
                child.wait(timeout=0.5)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    def _spawn(self) -> None:
        """Start the child and the threads that listen to it. The lock is held."""
        self._loaded.clear()
        self._answer, self._words = {}, ""
        environ = {**os.environ, "TORCH_DEVICE_BACKEND_AUTOLOAD": "0"}
        child = subprocess.Popen(
            [sys.executable, "-c", _BOOT, *(p for p in sys.path if p)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None if self._debug else subprocess.PIPE,
            env=environ,
            start_new_session=True,  # a Ctrl-C or a hang-up of the terminal is the parent's affair
        )
        self._child = child
        self._set_status("loading")
        threading.Thread(target=self._listen, args=(child,), daemon=True).start()
        if child.stderr is not None:
            threading.Thread(target=self._keep_words, args=(child,), daemon=True).start()
        _write(child, self._order)

    @contextlib.contextmanager
    def _call(self, message: dict[str, Any]) -> Iterator[tuple[queue.SimpleQueue[dict[str, Any]], int]]:
        """Send one message; give the queue that its replies come in and its number."""
        replies: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        with self._lock:
            number = next(self._numbers)
            self._calls[number] = replies
            if self._child is None:
                self._spawn()
            assert self._child is not None
            _write(self._child, {**message, "number": number})
            if self._loaded.is_set() and "ready" not in self._answer:
                replies.put(self._answer)
        try:
            yield replies, number
        finally:
            self._calls.pop(number, None)

    def _send(self, message: dict[str, Any]) -> None:
        with self._lock:
            if self._child is not None:
                _write(self._child, message)

    def _listen(self, child: subprocess.Popen[bytes]) -> None:
        """Hand each line of the child to whom it is for; runs in a thread until the child is gone."""
        assert child.stdout is not None
        for line in child.stdout:
            reply = json.loads(line)
            if "progress" in reply:
                self._set_status(f"loading: {reply['progress']}")
            elif "ready" in reply:
                self._answer = reply
                self._loaded.set()
                self._set_status("ready")
            elif "failed" in reply:
                self._answer = reply
                self._loaded.set()
                self._give_up(reply)
                self._set_status("failed")
            elif (replies := self._calls.get(reply["number"])) is not None:
                replies.put(reply)
        child.wait()
        with self._lock:
            if self._child is not child:
                return  # closed, or already replaced
            if "failed" in self._answer:
                return  # its last words were said; it would fail again
            self._child = None
            if not self._loaded.is_set():
                self._answer = {
                    "failed": f"the model process {self._end_of(child)} while loading",
                    "kind": "ModelError",
                }
                self._loaded.set()
        self._give_up({**_GONE, "end": self._end_of(child)})
        self._set_status("gone")

    def _give_up(self, reply: dict[str, Any]) -> None:
        for replies in list(self._calls.values()):
            replies.put(reply)

    def _keep_words(self, child: subprocess.Popen[bytes]) -> None:
        assert child.stderr is not None
        while chunk := child.stderr.read1(4096):  # type: ignore[attr-defined]
            self._words = (self._words + chunk.decode("utf-8", "replace"))[-_STDERR_KEPT:]

    def _end_of(self, child: subprocess.Popen[bytes]) -> str:
        """How the child ended, in words."""
        status = child.returncode
        if status is not None and status < 0:
            name = signal.Signals(-status).name if -status in set(signal.Signals) else f"signal {-status}"
            why = " (the system ran out of memory, or somebody ended it)" if status == -signal.SIGKILL else ""
            return f"was ended by {name}{why}"
        last = next((line.strip() for line in reversed(self._words.splitlines()) if line.strip()), "")
        return f"ended with status {status}" + (f": {last}" if last else "")

    def _failure(self, reply: dict[str, Any]) -> FlanchatError:
        if "gone" in reply:
            return EngineError(f"the model process {reply['end']}; the next question starts it again")
        return _error(reply)

    def _set_status(self, status: str) -> None:
        self.status = status
        self._report(status)


def _write(child: subprocess.Popen[bytes], message: dict[str, Any]) -> None:
    """Send a line. A child that is gone is noticed by its listener."""
    assert child.stdin is not None
    with contextlib.suppress(OSError, ValueError):
        child.stdin.write(json.dumps(message).encode() + b"\n")
        child.stdin.flush()


def _error(reply: dict[str, Any]) -> FlanchatError:
    """The exception that the child raised."""
    kind = getattr(errors, str(reply.get("kind")), EngineError)
    message = str(reply.get("failed") or reply.get("error") or "the model process ended")
    return kind(message) if issubclass(kind, FlanchatError) else EngineError(message)


def event_to_json(event: Event) -> list[Any]:
    """An event as a JSON list: its kind, then its fields in order."""
    if isinstance(event, Delta):
        tokens = [[t.id, t.text, t.logprob, [[a.id, a.text, a.logprob] for a in t.top]] for t in event.tokens]
        return ["Delta", event.row, event.text, tokens]
    return [type(event).__name__, *(getattr(event, f.name) for f in dataclasses.fields(event))]


def event_from_json(values: list[Any]) -> Event:
    """The event that `event_to_json` wrote."""
    kind, *fields = values
    if kind == "Delta":
        row, text, tokens = fields
        made = (Token(i, piece, lp, tuple(Alternative(*a) for a in top)) for i, piece, lp, top in tokens)
        return Delta(row, text, tuple(made))
    return Started(*fields) if kind == "Started" else Finished(*fields)


def _source_to_json(source: ModelSource) -> dict[str, Any]:
    return {**dataclasses.asdict(source), "folder": str(source.folder)}


class _Inbox:
    """The child's ear, a thread of its own: ends the process when the parent is gone, hears `stop` at once, and counts
    tokens while the model is still loading or busy answering.
    """

    def __init__(self, send: Send) -> None:
        self.orders: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self.stopped: set[int] = set()
        self.stop: Callable[[], None] = lambda: None
        self._send = send
        self._tokenizer: queue.SimpleQueue[Tokenizer] = queue.SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()

    def measure_with(self, tokenizer: Tokenizer) -> None:
        self._tokenizer.put(tokenizer)

    def _read(self) -> None:
        for line in sys.stdin.buffer:
            order = json.loads(line)
            if order.get("do") == "stop":
                self.stopped.add(order["number"])
                self.stop()
            elif order.get("do") == "measure":
                tokenizer = self._tokenizer.get()  # waits until it is there
                self._tokenizer.put(tokenizer)
                measured = _measured_to_json(tokenizer.measure(order["parts"]))
                self._send({"number": order["number"], "measured": measured})
            else:
                self.orders.put(order)
        os._exit(0)


def main() -> None:
    """The child: load what the first line orders, then serve until the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    protocol = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # whatever a library prints must not look like a reply

    sending = threading.Lock()

    def send(message: dict[str, Any]) -> None:
        with sending:
            protocol.write(json.dumps(message).encode() + b"\n")

    inbox = _Inbox(send)
    order = inbox.orders.get()
    try:
        _serve(order, inbox, send)
    except FlanchatError as error:
        send({"failed": error.message, "kind": type(error).__name__})
    except Exception as error:
        if os.environ.get("FLANCHAT_DEBUG"):
            raise
        text = " ".join(str(error).split()) or "no reason given"
        send({"failed": f"{order['source']['folder']}: cannot be loaded: {text}", "kind": "ModelError"})
    os._exit(0)


def _serve(order: dict[str, Any], inbox: _Inbox, send: Send) -> None:
    from flanchat.engine.local import LocalEngine
    from flanchat.engine.tokens import open_tokenizer

    source = ModelSource(**{**order["source"], "folder": Path(order["source"]["folder"])})
    checkpoint = preflight(source.folder)
    tokenizer = open_tokenizer(checkpoint.tokenizer)
    inbox.measure_with(tokenizer)
    engine = LocalEngine(
        source,
        checkpoint,
        tokenizer,
        device=order["device"],
        precision=order["precision"],
        progress=lambda step: send({"progress": step}),
    )
    inbox.stop = engine.stop
    send({"ready": dataclasses.asdict(engine.card())})
    while True:
        order = inbox.orders.get()
        number = order["number"]
        if number in inbox.stopped:
            continue
        try:
            for event in engine.stream([_request(r) for r in order["requests"]]):
                if number in inbox.stopped:
                    engine.stop()
                send({"number": number, "event": event_to_json(event)})
        except FlanchatError as error:
            send({"number": number, "error": error.message, "kind": type(error).__name__})
        except Exception as error:
            text = f"{type(error).__name__}: {' '.join(str(error).split())}"
            send({"number": number, "error": f"the model failed: {text}", "kind": "EngineError"})


def _measured_to_json(measured: Measured) -> dict[str, Any]:
    warnings = [[w.kind, w.count, w.chars] for w in measured.warnings]
    return {**dataclasses.asdict(measured), "warnings": warnings}


def _request(values: dict[str, Any]) -> Request:
    decoding = {**values["decoding"], "stop": tuple(values["decoding"]["stop"])}
    return Request(values["prompt"], Decoding(**decoding))
