"""The model process: opens an engine and serves it on its standard input and output. Imports no torch itself.

worker/process.py starts it and worker/wire.py has the messages. It ends when its input closes, so that it never
outlives its parent. Being a process of its own, it reads its environment in `main` and hands it down.
"""

from __future__ import annotations

import dataclasses
import json
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import BinaryIO

from flanchat.base.errors import EngineError, FlanchatError, ModelError, one_line
from flanchat.base.i18n import use_language
from flanchat.engine.devices.memory import gc_paused
from flanchat.engine.engines import open_engine
from flanchat.engine.events import Event, Finished, Withdrawn
from flanchat.engine.protocol import Engine, EngineOptions
from flanchat.engine.worker.wire import (
    Message,
    error_to_json,
    event_to_json,
    measured_to_json,
    pieces_to_json,
    positions_to_json,
    request_from_json,
    source_from_json,
    text_to_json,
)

Send = Callable[[Message], None]

_MESSAGE_S = 0.02  # events that come faster than this travel together


def main() -> None:
    """Load what the first line says, then serve calls until the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    calls, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)  # no library may read the calls,
    os.dup2(2, 1)  # and nothing that one prints may look like a reply
    replies.write(b"\n")  # ends a line that something printed before

    sending = threading.Lock()

    def send(message: Message) -> None:
        with sending:
            try:
                replies.write(json.dumps(message, allow_nan=False).encode() + b"\n")
                replies.flush()
            except OSError:
                os._exit(0)  # the parent has ended

    inbox = _Inbox(calls, send)
    load = inbox.streams.get()
    use_language(load["language"], os.environ)
    try:
        _serve(load, inbox, send)
    except FlanchatError as error:
        send({"failed": True, "error": error_to_json(error)})
    except Exception as error:
        if os.environ.get("FLANCHAT_DEBUG"):
            raise
        folder = load["source"]["folder"]
        text = f"{folder}: cannot be loaded: {one_line(error)}"
        send({"failed": True, "error": error_to_json(ModelError(text))})
    os._exit(0)


class _Inbox:
    """Receives calls in a thread: passes `stop` on at once, and ends the process when the parent closes the pipe.

    streams: calls for the engine; the first one is what to load. stopped: numbers of the calls that were stopped.
    current: number of the call being served; stop: stops it; cancel: cancels a row of it.
    """

    def __init__(self, pipe: BinaryIO, send: Send) -> None:
        self.streams: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self.stopped: set[int] = set()
        self.current = 0
        self.stop: Callable[[], None] = lambda: None
        self.cancel: Callable[[int], None] = lambda row: None
        self._pipe, self._send = pipe, send
        self._measures: queue.SimpleQueue[Message] = queue.SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()

    def measure_with(self, engine: Engine) -> None:
        """Count tokens from now on, in a thread, so that it works while the model loads or answers."""
        threading.Thread(target=self._measure, args=(engine,), daemon=True).start()

    def _read(self) -> None:
        try:
            for line in self._pipe:
                call = json.loads(line)
                if call.get("do") == "stop":
                    self.stopped.add(call["number"])
                    if call["number"] == self.current:
                        self.stop()
                elif call.get("do") == "cancel":
                    if call["number"] == self.current:
                        self.cancel(call["row"])
                else:
                    (self._measures if call.get("do") in ("measure", "pieces") else self.streams).put(call)
        finally:
            os._exit(0)

    def _measure(self, engine: Engine) -> None:
        while True:
            call = self._measures.get()
            reply: Message = {"number": call["number"]}
            try:
                if call["do"] == "pieces":
                    reply["counted"] = pieces_to_json(engine.pieces(call["text"]))
                else:
                    reply["counted"] = measured_to_json(engine.measure(call["parts"], blanks=call["blanks"]))
            except FlanchatError as error:
                reply["error"] = error_to_json(error)
            except Exception as error:
                reply["error"] = error_to_json(EngineError(f"cannot count tokens: {one_line(error)}"))
            self._send(reply)


def _serve(load: Message, inbox: _Inbox, send: Send) -> None:
    def report(status: str) -> None:
        # The parent notices the others itself, unless the engine loads again while it answers, in a wider precision.
        if status.startswith("loading: ") or inbox.current:
            send({"status": status})

    options = EngineOptions(
        environ=os.environ,
        device=load["device"],
        precision=load["precision"],
        report=report,
        note=lambda sentence: send({"remark": text_to_json(sentence)}),
    )
    with gc_paused():  # what is imported stays to the end, and looking through it takes time
        engine = open_engine(source_from_json(load["source"]), options, load["engine"])
        inbox.measure_with(engine)
        engine.start()
    inbox.stop, inbox.cancel = engine.stop, engine.cancel
    card = engine.card()
    send({"ready": dataclasses.asdict(card)})
    while True:
        if inbox.streams.empty() and engine.use_idle_time():
            continue
        call = inbox.streams.get()
        number = inbox.current = call["number"]
        if number in inbox.stopped:
            send({"number": number, "interrupted": True})
            continue
        try:
            if call["do"] == "step_costs":
                send({"number": number, "counted": dataclasses.asdict(engine.step_costs(**call["sizes"]))})
                continue
            if call["do"] in ("attention", "gradient"):
                found = getattr(engine, call["do"])(call["prompt"], call["answer"], **call["how"])
                send({"number": number, "counted": found})
                continue
            if call["do"] == "distributions":
                requests = [request_from_json(r) for r in call["requests"]]
                found = engine.distributions(requests, call["file"], compare=call["compare"])
                card = engine.card()  # of a wider precision, perhaps
                counted = positions_to_json(found)
                send({"number": number, "card": dataclasses.asdict(card), "counted": counted})
                continue
            for events in _grouped(engine.stream([request_from_json(r) for r in call["requests"]])):
                if number in inbox.stopped:  # `stop` came before the stream had begun, which then clears it
                    engine.stop()
                message: Message = {"number": number, "events": [event_to_json(event) for event in events]}
                if engine.card() != card:  # before the events that follow from it
                    card = engine.card()
                    message["card"] = dataclasses.asdict(card)
                send(message)
        except FlanchatError as error:
            if engine.status == "gone":  # its device is lost to this process; a new one may get it back
                print(error.message, file=sys.stderr, flush=True)
                os._exit(1)
            send({"number": number, "error": error_to_json(error)})
        except Exception as error:
            text = f"the model failed: {type(error).__name__}: {one_line(error)}"
            send({"number": number, "error": error_to_json(EngineError(text))})


def _grouped(events: Iterator[Event]) -> Iterator[list[Event]]:
    """Events in their order, several at a time when they come fast.

    A message for each token would wake the parent, which takes the core that the next token needs.
    """
    waiting: list[Event] = []
    running: set[int] = set()
    sent, is_due = 0.0, False
    try:
        for event in events:
            waiting.append(event)
            if isinstance(event, Finished | Withdrawn):  # a withdrawn row has no part in the next steps
                running.discard(event.row)
                is_due = True
            else:
                running.add(event.row)
            is_step_complete = event.row >= max(running, default=0)  # the rows of a step come in their order
            if is_step_complete and (is_due or time.monotonic() - sent > _MESSAGE_S):
                is_due = False
                yield waiting
                waiting, sent = [], time.monotonic()
    except Exception:
        if waiting:
            yield waiting
        raise
