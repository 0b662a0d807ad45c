"""An `Engine` that lives in a child process: JSON lines over a pipe. Knows processes; knows neither torch nor terminal.

What a model can do to a process (killed for memory, aborting driver, broken import) ends the child, not the session;
the next question starts a new one. The child ends when its pipe closes, so it never outlives its parent.
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
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from flanchat.base import errors
from flanchat.base.errors import DeviceError, EngineError, FlanchatError
from flanchat.base.i18n import _
from flanchat.base.spawn import python_command
from flanchat.engine.checkpoint.validate import ModelSource, preflight
from flanchat.engine.devices import npu_probe as probe
from flanchat.engine.devices.placement import told
from flanchat.engine.events import (
    Alternative,
    Decoding,
    Delta,
    Event,
    Finished,
    Measured,
    Piece,
    Request,
    Started,
    Token,
    Warned,
)
from flanchat.engine.protocol import ModelCard

if TYPE_CHECKING:
    from flanchat.engine.t5.tokenizer import Tokenizer

_Message = dict[str, Any]
Send = Callable[[_Message], None]

_STDERR_KEPT = 4096  # characters of the child's last words
_MESSAGE_S = 0.02  # at most so often; a slower model sends each token at once
_PATIENCE_S = 0.5  # for a child to end by itself
_STOP: _Message = {"stop": True}
_INTERRUPTED: _Message = {"interrupted": True, "error": "the model process was ended, as you wished"}


class WorkerEngine:
    """The parent's side. The child starts with `start` or with the first call.

    report: told "loading: STEP", "ready", "failed" or "gone" from a thread of this engine, whenever that changes.
    note: told a sentence about what is done otherwise than the user may expect, from that thread too. remark: the last
    of these about the device in use.
    """

    def __init__(
        self,
        source: ModelSource,
        *,
        device: str = "auto",
        precision: str = "auto",
        environ: Mapping[str, str],
        report: Callable[[str], None] = lambda status: None,
        note: Callable[[str], None] = lambda sentence: None,
        debug: bool = False,
    ) -> None:
        self.source, self.names, self.label = source, source.names, source.label
        self._order = {"source": source_to_json(source), "device": device, "precision": precision}
        self._environ, self._debug = environ, debug
        self._report, self._note = report, note
        self.remark = ""
        self._numbers = iter(range(1, sys.maxsize))
        self._lock = threading.Lock()  # guards _child and status; never held while anything waits
        self._child: _Child | None = None
        self._card: ModelCard | None = None
        self.status = "not started"

    def start(self) -> None:
        """Start loading, if that has not begun."""
        self._running()

    def card(self) -> ModelCard:
        """Say which model this is: what its last child said, or the answer of a new one."""
        if self._card is None:
            child = self._running()
            child.settled.wait()
            if self._card is None:
                raise error_from_json(child.last)
        return self._card

    def measure(self, parts: Sequence[str]) -> Measured:
        m = self._counted({"do": "measure", "parts": list(parts)})
        return Measured(tuple(m["parts"]), m["total"], m["ids_sha256"], tuple(Warned(*w) for w in m["warnings"]))

    def pieces(self, text: str) -> tuple[Piece, ...]:
        return tuple(Piece(*values) for values in self._counted({"do": "pieces", "text": text}))

    def _counted(self, order: _Message) -> Any:
        with self._call(order) as (_, replies, _):
            reply = replies.get()
            while reply is _STOP:  # counting takes no time worth stopping
                reply = replies.get()
        if "counted" not in reply:
            raise error_from_json(reply)
        return reply["counted"]

    def stream(self, requests: Sequence[Request]) -> Iterator[Event]:
        running = dict.fromkeys(range(len(requests)), 0)  # row -> tokens so far
        message = {"do": "stream", "requests": [dataclasses.asdict(request) for request in requests]}
        with self._call(message) as (child, replies, number):
            stop = {"do": "stop", "number": number}
            try:
                while running:
                    reply = replies.get()
                    if reply is _STOP:
                        child.send(stop)
                        if child.settled.is_set():
                            continue
                        reply = _INTERRUPTED  # still loading: nobody should wait for that
                    if "events" in reply:
                        for event in map(event_from_json, reply["events"]):
                            if isinstance(event, Delta):
                                running[event.row] += len(event.tokens)
                            if isinstance(event, Finished):
                                del running[event.row]
                            yield event
                    elif "interrupted" in reply:
                        left = tuple(running.items())
                        running.clear()
                        for row, tokens in left:
                            yield Finished(row, "interrupted", tokens, None, 0.0)
                    else:
                        running.clear()
                        raise error_from_json(reply)
            finally:
                if running:  # the caller went away: the next question must not wait for the rest
                    child.send(stop)

    def stop(self) -> None:
        if (child := self._child) is not None:
            child.tell(_STOP)

    def kill(self) -> None:
        """End the child at once. A running stream finishes as interrupted; the next call starts a new child."""
        if (child := self._child) is not None:
            child.kill()

    def close(self) -> None:
        with self._lock:
            child, self._child = self._child, None
        if child is not None:
            child.close()

    def _running(self) -> _Child:
        """The present child; a new one when there is none, or when it was killed."""
        with self._lock:
            if self._child is None or self._child.killed:
                self._child = _Child(self._order, self._environ, debug=self._debug)
                self.status = "loading"
                threading.Thread(target=self._listen, args=(self._child,), daemon=True).start()
            return self._child

    @contextlib.contextmanager
    def _call(self, message: _Message) -> Iterator[tuple[_Child, queue.SimpleQueue[_Message], int]]:
        """Send one message; give the child it went to, the queue that its replies come in, and its number."""
        child, number = self._running(), next(self._numbers)
        replies: queue.SimpleQueue[_Message] = queue.SimpleQueue()
        child.calls[number] = replies
        try:
            child.send({**message, "number": number})
            if child.last:  # said before this call was there to hear it
                replies.put(child.last)
            yield child, replies, number
        finally:
            del child.calls[number]

    def _listen(self, child: _Child) -> None:
        """Hand each line of the child to whom it is for; runs in a thread until the child is gone."""
        self._set_status(child, "loading")
        for reply in child.read():
            if "progress" in reply:
                self._set_status(child, f"loading: {reply['progress']}")
            elif "passed_over" in reply:
                self._remark(probe.passed_over(probe.Broken(*reply["passed_over"])))
            elif "too_small" in reply:
                device, need, free = reply["too_small"]
                self._remark(
                    _("{device} is not used: the model takes {need}, and {free} are free there").format(
                        device=device, need=told(need), free=told(free)
                    )
                )
            elif "ready" in reply:
                self._card = ModelCard(**reply["ready"])
                child.settled.set()
                self._set_status(child, "ready")
            elif "failed" in reply:
                self._set_status(child, "failed")
                child.end(reply)
            elif (replies := child.calls.get(reply.get("number", 0))) is not None:
                replies.put(reply)
        last = child.wait()
        if not child.last:  # a child that failed stays, with its last words: a new one would fail again
            self._set_status(child, "gone")
            child.end(last)

    def _remark(self, sentence: str) -> None:
        self.remark = sentence
        with contextlib.suppress(Exception):
            self._note(sentence)

    def _set_status(self, child: _Child, status: str) -> None:
        """Note and report what the present child does; what an earlier one did no longer matters."""
        with self._lock:
            if self._child is not child:
                return
            self.status = status
            if status == "gone":
                self._child = None
        with contextlib.suppress(Exception):  # a screen that cannot be redrawn must not cost the answer
            self._report(status)


class _Child:
    """A model process: its pipes, who waits for its replies, and its last words.

    calls: reply queues by number. settled: set once it is ready or has ended. last: the reply that all calls get once
    it has failed or ended, else empty.
    """

    def __init__(self, order: _Message, environ: Mapping[str, str], *, debug: bool) -> None:
        """Start the process with its first line, which says what to load."""
        try:
            self._process = subprocess.Popen(
                python_command(__name__),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=None if debug else subprocess.PIPE,
                env={**environ, "TORCH_DEVICE_BACKEND_AUTOLOAD": "0"},
                start_new_session=True,  # a Ctrl-C or a hang-up of the terminal is the parent's affair
            )
        except OSError as error:
            raise EngineError(f"cannot start the model process: {error.strerror}; close other programs") from error
        self.calls: dict[int, queue.SimpleQueue[_Message]] = {}
        self.settled = threading.Event()
        self.last: _Message = {}
        self.killed = False
        self._writing = threading.Lock()
        self._words = ""
        self._keeper = threading.Thread(target=self._keep_words, daemon=True)
        self._keeper.start()
        self.send(order)

    def send(self, message: _Message) -> None:
        """Write a line. A child that is gone is noticed by its listener."""
        assert self._process.stdin is not None
        line = json.dumps(message).encode() + b"\n"
        with contextlib.suppress(OSError, ValueError), self._writing:
            try:
                while line:  # past the file's buffer, so that closing never waits for a full pipe
                    line = line[os.write(self._process.stdin.fileno(), line) :]
            finally:
                if line:  # gone, or a signal's exception cut the line, which the next one would be glued to
                    self._process.kill()

    def tell(self, reply: _Message) -> None:
        """Put a reply before every call. Safe in a signal handler: SimpleQueue.put takes no lock."""
        for replies in list(self.calls.values()):
            replies.put(reply)

    def end(self, last: _Message) -> None:
        """There will be no more replies."""
        self.last = last
        self.settled.set()
        self.tell(last)

    def kill(self) -> None:
        """End the process without waiting for it. Safe in a signal handler."""
        self.killed = True
        self.tell(_INTERRUPTED)
        self._process.kill()

    def close(self) -> None:
        """Close the pipe, at which the process ends; wait for that, but not for long."""
        self.end({"error": "the model was closed"})
        if self._writing.acquire(timeout=_PATIENCE_S):  # else somebody writes to a process that does not read
            assert self._process.stdin is not None
            self._process.stdin.close()
            self._writing.release()
        try:
            self._process.wait(timeout=_PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):  # stuck in a driver
                self._process.wait(timeout=_PATIENCE_S)

    def read(self) -> Iterator[_Message]:
        """The replies, until the process closes its end."""
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                try:
                    reply = json.loads(line)
                except ValueError:
                    continue  # something printed while Python was starting
                if isinstance(reply, dict):
                    yield reply

    def wait(self) -> _Message:
        """Wait for the end of the process; give the reply for those who still wait for one."""
        status = self._process.wait()
        self._keeper.join(_PATIENCE_S)
        assert self._process.stdin is not None
        self._process.stdin.close()
        kind, when = ("EngineError", "") if self.settled.is_set() else ("ModelError", " while loading")
        message = f"the model process {self._end(status)}{when}; the next question starts it again"
        return {"error": message, "kind": kind}

    def _end(self, status: int) -> str:
        """How the process ended, in words."""
        if self.killed:
            return "was ended, as you wished"
        if status < 0:
            name = signal.Signals(-status).name if -status in set(signal.Signals) else f"signal {-status}"
            why = " (the system ran out of memory, or somebody ended it)" if status == -signal.SIGKILL else ""
            return f"was ended by {name}{why}"
        last = next((line.strip() for line in reversed(self._words.splitlines()) if line.strip()), "")
        return f"ended with status {status}" + (f" ({last})" if last else "")

    def _keep_words(self) -> None:
        if self._process.stderr is not None:
            with self._process.stderr as words:
                while chunk := words.read1(4096):  # type: ignore[attr-defined]
                    self._words = (self._words + chunk.decode("utf-8", "replace"))[-_STDERR_KEPT:]


def error_from_json(reply: _Message) -> FlanchatError:
    """The exception that the child raised."""
    if "refused" in reply:
        return DeviceError(probe.refused(reply["device"], probe.Broken(*reply["refused"])))
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


def source_to_json(source: ModelSource) -> _Message:
    adapter = None if source.adapter is None else str(source.adapter)
    return {**dataclasses.asdict(source), "folder": str(source.folder), "adapter": adapter}


def source_from_json(values: _Message) -> ModelSource:
    adapter = None if values["adapter"] is None else Path(values["adapter"])
    return ModelSource(**{**values, "folder": Path(values["folder"]), "adapter": adapter})


class _Inbox:
    """The child's ear, a thread of its own: hears `stop` at once, and ends the process when the parent is gone.

    orders: what the model has to do. stopped: numbers of the orders that nobody wants any more. current: the number of
    the order being done; stop: how to end it.
    """

    def __init__(self, pipe: BinaryIO, send: Send) -> None:
        self.orders: queue.SimpleQueue[_Message] = queue.SimpleQueue()
        self.stopped: set[int] = set()
        self.current = 0
        self.stop: Callable[[], None] = lambda: None
        self._pipe, self._send = pipe, send
        self._measures: queue.SimpleQueue[_Message] = queue.SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()

    def measure_with(self, tokenizer: Tokenizer) -> None:
        """Count tokens from now on, in a thread, so that it goes on while the model loads or answers."""
        threading.Thread(target=self._measure, args=(tokenizer,), daemon=True).start()

    def _read(self) -> None:
        try:
            for line in self._pipe:
                order = json.loads(line)
                if order.get("do") == "stop":
                    self.stopped.add(order["number"])
                    if order["number"] == self.current:
                        self.stop()
                else:
                    (self._measures if order.get("do") in ("measure", "pieces") else self.orders).put(order)
        finally:
            os._exit(0)

    def _measure(self, tokenizer: Tokenizer) -> None:
        while True:
            order = self._measures.get()
            reply: _Message = {"number": order["number"]}
            try:
                if order["do"] == "pieces":
                    reply["counted"] = [[p.id, p.name, p.source, p.unknown] for p in tokenizer.pieces(order["text"])]
                else:
                    reply["counted"] = _measured_to_json(tokenizer.measure(order["parts"]))
            except Exception as error:
                reply["error"] = f"cannot count tokens: {_one_line(error)}"
            self._send(reply)


def main() -> None:
    """The child: load what the first line orders, then serve until the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    orders, protocol = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)  # no library may read our orders,
    os.dup2(2, 1)  # and whatever one prints must not look like a reply
    protocol.write(b"\n")  # ends a line begun before

    sending = threading.Lock()

    def send(message: _Message) -> None:
        with sending:
            try:
                protocol.write(json.dumps(message).encode() + b"\n")
                protocol.flush()
            except OSError:
                os._exit(0)  # the parent is gone

    inbox = _Inbox(orders, send)
    order = inbox.orders.get()
    try:
        _serve(order, inbox, send)
    except FlanchatError as error:
        send({"failed": error.message, "kind": type(error).__name__})
    except Exception as error:
        if os.environ.get("FLANCHAT_DEBUG"):
            raise
        send({"failed": f"{order['source']['folder']}: cannot be loaded: {_one_line(error)}", "kind": "ModelError"})
    os._exit(0)


def _serve(order: _Message, inbox: _Inbox, send: Send) -> None:
    from flanchat.engine.t5.local import LocalEngine
    from flanchat.engine.t5.tokenizer import open_tokenizer

    source = source_from_json(order["source"])
    checkpoint = preflight(source.folder, source.adapter)
    tokenizer = open_tokenizer(checkpoint.tokenizer)
    inbox.measure_with(tokenizer)

    def progress(step: str) -> None:
        send({"progress": step})

    device = order["device"]
    npu = probe.look(device, progress)
    if isinstance(npu, probe.Working):
        device = device if device == "auto" else npu.device
    elif npu is not None and device != "auto":
        send({"failed": npu.why, "refused": dataclasses.astuple(npu), "device": device})
        return
    elif npu is not None:
        send({"passed_over": dataclasses.astuple(npu)})
    engine = LocalEngine(source, checkpoint, tokenizer, device=device, precision=order["precision"], progress=progress)
    if isinstance(npu, probe.Working) and engine.card().device.startswith(npu.device):
        probe.remember(npu)
    if engine.passed_over is not None:
        send({"too_small": engine.passed_over})
    elif isinstance(npu, probe.Working) and not engine.card().device.startswith("npu"):
        send({"passed_over": dataclasses.astuple(probe.Broken("lost"))})
    inbox.stop = engine.stop
    send({"ready": dataclasses.asdict(engine.card())})
    unrehearsed = [False]
    while True:
        if unrehearsed and inbox.orders.empty():
            shared = unrehearsed.pop()
            with contextlib.suppress(RuntimeError, MemoryError):  # a step that is not recorded costs speed only
                engine.rehearse(shared=shared)
            continue
        order = inbox.orders.get()
        number = inbox.current = order["number"]
        if number in inbox.stopped:
            send({"number": number, "interrupted": True})
            continue
        try:
            for events in _in_messages(engine.stream([request_from_json(r) for r in order["requests"]])):
                if number in inbox.stopped:
                    engine.stop()
                send({"number": number, "events": [event_to_json(event) for event in events]})
        except FlanchatError as error:
            _end_if_lost(engine.card().device, error.message)
            send({"number": number, "error": error.message, "kind": type(error).__name__})
        except Exception as error:
            text = f"{type(error).__name__}: {_one_line(error)}"
            send({"number": number, "error": f"the model failed: {text}", "kind": "EngineError"})
        if len(order["requests"]) > 1:  # there will be more of these
            unrehearsed.append(True)


def _end_if_lost(device: str, last_words: str) -> None:
    """End this process when its device does no more for it: for the next one it may."""
    from flanchat.engine.devices.registry import is_lost

    if is_lost(device):
        print(last_words, file=sys.stderr, flush=True)
        os._exit(1)


def _in_messages(events: Iterator[Event]) -> Iterator[list[Event]]:
    """Events in the order they come, several at a time where they come fast.

    A message for each token would wake the parent on a core that the next token wants.
    """
    waiting: list[Event] = []
    sent = 0.0
    try:
        for event in events:
            waiting.append(event)
            if isinstance(event, Finished) or time.monotonic() - sent > _MESSAGE_S:
                yield waiting
                waiting, sent = [], time.monotonic()
    except Exception:
        if waiting:
            yield waiting
        raise


def _measured_to_json(measured: Measured) -> _Message:
    warnings = [[w.kind, w.count, w.chars] for w in measured.warnings]
    return {**dataclasses.asdict(measured), "warnings": warnings}


def request_from_json(values: dict[str, Any]) -> Request:
    decoding = {**values["decoding"], "stop": tuple(values["decoding"]["stop"])}
    return Request(values["prompt"], Decoding(**decoding), tuple(values["begin"]), values["only"])


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
