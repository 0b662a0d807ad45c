"""An engine in a child process: the parent's side. Knows processes; knows neither torch nor terminal.

Whatever a model does to its process (out of memory, a driver that aborts, a broken import) ends the child and not the
session; the next question starts a new child. worker/child.py is the child's side, worker/wire.py what they exchange.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import queue
import signal
import subprocess
import threading
from collections.abc import Generator, Iterator, Sequence
from typing import Any

from flanchat.base.errors import EngineError, ModelError, one_line
from flanchat.base.i18n import is_translated
from flanchat.base.spawn import kill_group, python_command, read_until_end
from flanchat.engine.checkpoint.validate import ModelSource
from flanchat.engine.devices.cores import spin_variables
from flanchat.engine.events import Delta, Event, Finished, Measured, Piece, Position, Request, Withdrawn
from flanchat.engine.protocol import EngineOptions, ModelCard, StepCosts
from flanchat.engine.worker.wire import (
    Message,
    error_from_json,
    error_to_json,
    event_from_json,
    measured_from_json,
    pieces_from_json,
    positions_from_json,
    request_to_json,
    source_to_json,
    text_from_json,
)

_CHILD = "flanchat.engine.worker.child"
"""Started by its name: it imports engines, and this module must start without them."""

_STDERR_KEPT = 4096  # bytes of the child's standard error, for the message about its end
_PATIENCE_S = 0.5  # for a child to end by itself
_STOP: Message = {"stop": True}
_KILLED: Message = {"interrupted": True, "error": error_to_json(EngineError("the model process was killed"))}


class WorkerEngine:
    """An engine in a child process, which starts with `start` or with the first call.

    engine: which of ENGINES the child opens.
    """

    def __init__(self, source: ModelSource, options: EngineOptions, engine: str = "local") -> None:
        self.source = source
        self.status, self.remark = "not started", ""
        self._options = options
        self._load = {
            "engine": engine,
            "source": source_to_json(source),
            "device": options.device,
            "precision": options.precision,
            "language": "zh" if is_translated() else "en",
        }
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()  # guards _child and status; never held while anything waits
        self._child: _Child | None = None
        self._card: ModelCard | None = None

    def start(self) -> None:
        self._running_child()

    def card(self) -> ModelCard:
        """Which model this is: what its last child said, or the answer of a new one."""
        if self._card is None:
            child = self._running_child()
            child.settled.wait()
            if self._card is None:
                raise error_from_json(child.final["error"])
        return self._card

    def measure(self, parts: Sequence[str], *, blanks: int = 0) -> Measured:
        return measured_from_json(self._count({"do": "measure", "parts": list(parts), "blanks": blanks}))

    def pieces(self, text: str) -> tuple[Piece, ...]:
        return pieces_from_json(self._count({"do": "pieces", "text": text}))

    def distributions(
        self, requests: Sequence[Request], file: str, *, compare: bool = False
    ) -> tuple[tuple[Position, ...], ...]:
        call = {"do": "distributions", "requests": list(map(request_to_json, requests)), "file": file}
        return positions_from_json(self._count({**call, "compare": compare}))

    def step_costs(self, *, rows: int, prompt_tokens: int, new_tokens: int) -> StepCosts:
        sizes = {"rows": rows, "prompt_tokens": prompt_tokens, "new_tokens": new_tokens}
        return StepCosts(**self._count({"do": "step_costs", "sizes": sizes}))

    def attention(self, prompt: str, answer: Sequence[int], *, layer: int = 0) -> list[list[float]]:
        call = {"do": "attention", "prompt": prompt, "answer": list(answer), "how": {"layer": layer}}
        return self._count(call)  # type: ignore[no-any-return]

    def gradient(self, prompt: str, answer: Sequence[int], *, end: bool) -> list[float]:
        call = {"do": "gradient", "prompt": prompt, "answer": list(answer), "how": {"end": end}}
        return self._count(call)  # type: ignore[no-any-return]

    def _count(self, call: Message) -> Any:
        with self._call(call) as (_, replies, _):
            while (reply := replies.get()) is _STOP or "cancel" in reply:  # such a call is too short to be stopped
                pass
        if "counted" not in reply:
            raise error_from_json(reply["error"])
        if "card" in reply:
            self._card = ModelCard(**reply["card"])
        return reply["counted"]

    def stream(self, requests: Sequence[Request]) -> Iterator[Event]:
        running = dict.fromkeys(range(len(requests)), 0)  # row -> tokens so far
        with self._call({"do": "stream", "requests": list(map(request_to_json, requests))}) as (child, replies, number):
            stop = {"do": "stop", "number": number}
            try:
                while running:
                    reply = replies.get()
                    if reply is _STOP:
                        child.send(stop)
                        if child.settled.is_set():
                            continue
                        reply = _KILLED  # still loading: the user must not wait for that
                    if "cancel" in reply:
                        child.send({"do": "cancel", "number": number, "row": reply["cancel"]})
                        continue
                    if "card" in reply:
                        self._card = ModelCard(**reply["card"])
                    if "events" in reply:
                        for event in map(event_from_json, reply["events"]):
                            if isinstance(event, Delta):
                                running[event.row] += len(event.tokens)
                            if isinstance(event, Withdrawn):
                                running[event.row] = 0
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
                        raise error_from_json(reply["error"])
            finally:
                if running:  # the caller abandoned the stream: the next question must not wait for the rest
                    child.send(stop)

    def stop(self) -> None:
        if (child := self._child) is not None:
            child.broadcast(_STOP)

    def cancel(self, row: int) -> None:
        if (child := self._child) is not None:
            child.broadcast({"cancel": row})

    def kill(self) -> None:
        """Kill the child. A running stream finishes as interrupted; the next call starts a new child."""
        if (child := self._child) is not None:
            self.status = "gone"  # at once, for the reader that must not start a model; reported when it has ended
            child.kill()

    def use_idle_time(self) -> bool:
        return False  # the child does so by itself

    def close(self) -> None:
        with self._lock:
            child, self._child = self._child, None
        if child is not None:
            child.close()

    def _running_child(self) -> _Child:
        """The present child; a new one when there is none, or when it was killed."""
        with self._lock:
            if self._child is None or self._child.killed:
                self._child = _Child(self._load, self._options)
                self.status = "loading"
                threading.Thread(target=self._listen, args=(self._child,), daemon=True).start()
            return self._child

    @contextlib.contextmanager
    def _call(self, call: Message) -> Iterator[tuple[_Child, queue.SimpleQueue[Message], int]]:
        """Send a call; give the child it went to, the queue that receives its replies, and its number."""
        child, number = self._running_child(), next(self._numbers)
        replies: queue.SimpleQueue[Message] = queue.SimpleQueue()
        child.replies[number] = replies
        try:
            child.send({**call, "number": number})
            if child.final:  # it was broadcast before this call had a queue
                replies.put(child.final)
            yield child, replies, number
        finally:
            del child.replies[number]

    def _listen(self, child: _Child) -> None:
        """Dispatch the child's messages; runs in a thread until the child has ended."""
        problem: Message = {}
        try:
            self._dispatch(child)
        except Exception as error:  # else the calls that wait for this child would wait for ever
            message = f"the model process sent a message that cannot be read: {one_line(error)}"
            problem = {"error": error_to_json(EngineError(message))}
        final = problem or child.wait()
        if not child.final:  # a child that failed is kept with its error: a new one would fail the same way
            self._set_status(child, "gone")
            child.finish(final)
        if problem:
            child.kill()
            child.wait()

    def _dispatch(self, child: _Child) -> None:
        self._set_status(child, "loading")
        with contextlib.closing(child.read()) as messages:
            for message in messages:
                if "status" in message:
                    self._set_status(child, message["status"])
                elif "remark" in message:
                    self.remark = text_from_json(message["remark"])
                    with contextlib.suppress(Exception):
                        self._options.note(self.remark)
                elif "ready" in message:
                    self._card = ModelCard(**message["ready"])
                    child.settled.set()
                    self._set_status(child, "ready")
                elif "failed" in message:
                    self._set_status(child, "failed")
                    child.finish(message)
                elif (replies := child.replies.get(message.get("number", 0))) is not None:
                    replies.put(message)

    def _set_status(self, child: _Child, status: str) -> None:
        """Keep and report the status of the present child; an earlier child's is ignored."""
        with self._lock:
            if self._child is not child:
                return
            self.status = status
            if status == "gone":
                self._child = None
        with contextlib.suppress(Exception):  # a screen that cannot be redrawn must not cost the answer
            self._options.report(status)


class _Child:
    """A model process: its pipes, the calls that wait for replies, and how it ended.

    replies: a queue for each running call, by its number. settled: set once the child is ready or has ended. final: the
    message that every call gets once the child has failed or ended; empty until then.
    """

    def __init__(self, load: Message, options: EngineOptions) -> None:
        """Start the process and send it what to load."""
        try:
            self._process = subprocess.Popen(
                python_command(_CHILD),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={
                    **options.environ,
                    **spin_variables(options.environ),
                    "TORCH_DEVICE_BACKEND_AUTOLOAD": "0",  # npu_probe decides when torch_npu is imported
                    "HF_HUB_OFFLINE": "1",  # a model's folder is complete before its process starts
                },
                start_new_session=True,  # the terminal's Ctrl-C and hang-up are for the parent to handle
            )
        except OSError as error:
            raise EngineError(f"cannot start the model process: {error.strerror}; close other programs") from error
        assert self._process.stdin is not None
        self._stdin = self._process.stdin
        self.replies: dict[int, queue.SimpleQueue[Message]] = {}
        self.settled = threading.Event()
        self.final: Message = {}
        self.killed = False
        self._writing = threading.Lock()
        self._note = options.note if options.debug else None
        self._stderr = b""
        self.send(load)

    def send(self, message: Message) -> None:
        """Write a line. That the child has ended is left to its listener to notice."""
        line = json.dumps(message, allow_nan=False).encode() + b"\n"
        with contextlib.suppress(OSError, ValueError), self._writing:
            try:
                while line:  # bypasses the file's buffer, so that closing never waits for a full pipe
                    line = line[os.write(self._stdin.fileno(), line) :]
            finally:
                if line:  # a signal handler's exception cut the line, and the next one would be glued to its beginning
                    self._process.kill()

    def broadcast(self, message: Message) -> None:
        """Put a message into the queue of every call. Safe in a signal handler: SimpleQueue.put takes no lock."""
        for replies in list(self.replies.values()):
            replies.put(message)

    def finish(self, final: Message) -> None:
        """Note that there will be no more replies, and wake every call."""
        self.final = final
        self.settled.set()
        self.broadcast(final)

    def kill(self) -> None:
        """Kill the process without waiting for its end. Safe in a signal handler."""
        self.killed = True
        self.broadcast(_KILLED)
        self._process.kill()

    def close(self) -> None:
        """Close the pipe, which ends the process; wait for that briefly, then kill it and what it left behind."""
        self.finish({"error": error_to_json(EngineError("the model was closed"))})
        if self._writing.acquire(timeout=_PATIENCE_S):  # else a thread is stuck writing to a child that does not read
            self._stdin.close()
            self._writing.release()
        if self._process.returncode is None:  # else the listener has noticed its end
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=_PATIENCE_S)
            kill_group(self._process)
            with contextlib.suppress(subprocess.TimeoutExpired):  # stuck in a driver
                self._process.wait(timeout=_PATIENCE_S)

    def read(self) -> Generator[Message, None, None]:
        """The child's messages, until it has ended. Closing the generator sooner kills the child."""
        cut, printed = b"", b""  # the beginnings of lines
        pipes = [pipe for pipe in (self._process.stdout, self._process.stderr) if pipe is not None]
        try:
            for pipe, chunk in read_until_end(self._process, pipes):
                if pipe is self._process.stderr:
                    self._stderr = (self._stderr + chunk)[-_STDERR_KEPT:]
                    *lines, printed = (printed + chunk).split(b"\n")
                    self._show(lines)
                    continue
                *lines, cut = (cut + chunk).split(b"\n")
                for line in lines:
                    try:
                        message = json.loads(line)
                    except ValueError:
                        continue  # something printed while Python was starting
                    if isinstance(message, dict):
                        yield message
            if printed:
                self._show([printed])
        finally:
            kill_group(self._process)  # processes that it left behind; itself, too, if its messages cannot be read
            for pipe in pipes:
                pipe.close()

    def _show(self, lines: Sequence[bytes]) -> None:
        """With --debug, pass on what libraries print. Not straight to the terminal, where nothing would mask it."""
        if self._note is not None:
            for line in lines:
                with contextlib.suppress(Exception):
                    self._note(line.decode("utf-8", "replace"))

    def wait(self) -> Message:
        """Wait for the end of the process; give the message for the calls that are still waiting."""
        status = self._process.wait()
        self._stdin.close()
        kind, when = (EngineError, "") if self.settled.is_set() else (ModelError, " while loading")
        message = f"the model process {self._describe_end(status)}{when}; the next question starts it again"
        return {"error": error_to_json(kind(message))}

    def _describe_end(self, status: int) -> str:
        if self.killed:
            return "was killed"
        if status < 0:
            name = signal.Signals(-status).name if -status in set(signal.Signals) else f"signal {-status}"
            why = " (the system ran out of memory, or another program killed it)" if status == -signal.SIGKILL else ""
            return f"was ended by {name}{why}"
        errors = self._stderr.decode("utf-8", "replace").splitlines()
        last = next((line.strip() for line in reversed(errors) if line.strip()), "")
        return f"ended with status {status}" + (f" ({last})" if last else "")
