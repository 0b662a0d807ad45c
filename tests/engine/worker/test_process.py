"""The engine in a child process answers as the one in this process does, and its end leaves the parent running."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import flanchat
from flanchat.base.errors import EngineError, ModelError
from flanchat.engine.checkpoint.validate import ModelSource, preflight
from flanchat.engine.events import Alternative, Decoding, Delta, Event, Finished, Request, Started, Token
from flanchat.engine.protocol import EngineOptions
from flanchat.engine.t5.tokenizer import open_tokenizer
from flanchat.engine.worker.process import WorkerEngine
from flanchat.engine.worker.wire import event_from_json, event_to_json
from tests.npu import FAKE, fake_npu, needs_fake_npu
from tests.reference import untraced_engine
from tests.tiny_t5 import make_tiny_t5
from tests.waiting import LIMIT_S, Held, children, until, wait_gone

pytestmark = [
    pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="children are found through /proc"),
    pytest.mark.usefixtures("forked"),
]

QUESTION = Request("translate English to German: city", Decoding(max_new_tokens=12))
LONG = Request("cook the pasta", Decoding(max_new_tokens=20_000, min_new_tokens=20_000, top=0))


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> ModelSource:
    return ModelSource("tiny", make_tiny_t5(tmp_path_factory.mktemp("worker") / "model"), "folder", "")


@pytest.fixture(scope="module")
def started(source: ModelSource) -> Iterator[tuple[WorkerEngine, int]]:
    others = children()
    with contextlib.closing(WorkerEngine(source, EngineOptions(environ=os.environ))) as engine:
        engine.start()
        yield engine, _one_more_child_than(others)


@pytest.fixture(scope="module")
def worker(started: tuple[WorkerEngine, int]) -> WorkerEngine:
    """An engine that several tests share."""
    return started[0]


@pytest.fixture(scope="module")
def child(started: tuple[WorkerEngine, int]) -> int:
    """The process of `worker`."""
    return started[1]


@pytest.fixture
def loading(held: Held, monkeypatch: pytest.MonkeyPatch) -> Held:
    """Keeps every child of this test loading until it is released."""
    for name, value in held.environ.items():
        monkeypatch.setenv(name, value)
    return held


# -- answers ----------------------------------------------------------------------------------------------------------


def test_it_answers_as_the_engine_in_this_process_does(worker: WorkerEngine, source: ModelSource) -> None:
    requests = [
        QUESTION,
        Request("add salt", Decoding(max_new_tokens=9, do_sample=True, seed=5, stop=("zz",), top=2)),
        Request("boil \ud800 \0 water", Decoding(max_new_tokens=5, repetition_penalty=1.3)),
        Request("add salt", Decoding(max_new_tokens=9, do_sample=True, seed=5), begin=(7, 11, 13)),
    ]
    here = untraced_engine(source, "auto")

    assert [_comparable(event) for event in worker.stream(requests)] == [
        _comparable(event) for event in here.stream(requests)
    ]
    assert worker.card().weights_sha256 == here.card().weights_sha256
    assert worker.status == "ready"


def test_it_counts_as_the_tokenizer_does(worker: WorkerEngine, source: ModelSource) -> None:
    parts = ["step by step\n", "{x} 日 \ud800", "", "</s>"]

    assert worker.measure(parts) == open_tokenizer(preflight(source.folder).tokenizer).measure(parts)


@pytest.mark.parametrize("text", ["step by step {x} 日", "a\ud800b\0c\n</s>", "", " "])
def test_it_gives_the_pieces_that_the_tokenizer_gives(worker: WorkerEngine, source: ModelSource, text: str) -> None:
    assert worker.pieces(text) == open_tokenizer(preflight(source.folder).tokenizer).pieces(text)


def test_it_gives_pieces_while_it_answers_also_after_a_stop(worker: WorkerEngine) -> None:
    events = worker.stream([LONG])
    next(events)
    worker.stop()

    assert worker.pieces("add salt")
    assert _finish(events) == "interrupted"


def test_it_counts_while_it_answers_and_a_stop_ends_the_answer_as_interrupted(worker: WorkerEngine) -> None:
    events = worker.stream([LONG])
    begun = [next(events) for _ in range(3)]

    counted = worker.measure(["add salt"])
    worker.stop()
    *between, last = events

    assert counted.total > 1
    assert isinstance(last, Finished)
    assert last.finish == "interrupted"
    assert 0 < last.new_tokens < 20_000
    assert last.new_tokens == sum(len(event.tokens) for event in [*begun, *between] if isinstance(event, Delta))


def test_a_cancelled_row_ends_alone(worker: WorkerEngine) -> None:
    sampled = Request("add salt", Decoding(max_new_tokens=9, do_sample=True, seed=5))
    [*alone] = worker.stream([sampled])
    events = worker.stream([LONG, sampled])
    begun = [next(events), next(events)]

    worker.cancel(0)
    both = [*begun, *events]

    assert _finish([event for event in both if event.row == 0]) == "interrupted"
    other = [replace(event, row=0) for event in both if event.row == 1]
    assert [_comparable(event) for event in other] == [_comparable(event) for event in alone]


def test_an_abandoned_answer_does_not_delay_the_next(worker: WorkerEngine, child: int) -> None:
    events = worker.stream([LONG])
    next(events)
    worked = _worked_s(child)

    events.close()  # type: ignore[attr-defined]  # it is a generator

    assert _finish(worker.stream([QUESTION])) in ("eos", "length")
    assert _worked_s(child) - worked < 3


@pytest.mark.parametrize("delay_s", [0.0001, 0.0003, 0.001, 0.002, 0.004, 0.008])
def test_stop_at_any_moment_ends_the_answer(worker: WorkerEngine, delay_s: float) -> None:
    """Also when the child receives it before the answer has begun."""
    worker.card()

    with _alarm(delay_s, worker.stop):
        events = list(worker.stream([LONG]))

    assert _finish(events) == "interrupted"


def test_every_row_of_a_stopped_batch_finishes_once(worker: WorkerEngine) -> None:
    events = worker.stream([LONG, QUESTION, LONG])
    first = [next(events) for _ in range(6)]

    worker.stop()
    finished = [event.row for event in [*first, *events] if isinstance(event, Finished)]

    assert sorted(finished) == [0, 1, 2]


def test_a_hundred_thousand_tokens_are_counted_in_bounded_time_and_memory(worker: WorkerEngine, child: int) -> None:
    worker.card()
    before, worked = _peak_mib(child), _worked_s(child)

    counted = worker.measure(["Q: "] + ["salt " * 1000] * 100)

    assert counted.total > 100_000
    assert _worked_s(child) - worked < 20
    assert _peak_mib(child) - before < 300


def test_failure_while_answering_is_raised_and_the_next_question_works(worker: WorkerEngine) -> None:
    impossible = Request("add salt", Decoding(), begin=(1_000_000,))

    with pytest.raises(EngineError, match="the model failed"):
        list(worker.stream([impossible]))

    assert _finish(worker.stream([QUESTION])) in ("eos", "length")


@given(
    st.tuples(st.text(), st.floats(allow_nan=False), st.integers(0, 99), st.lists(st.tuples(st.integers(), st.text())))
)
def test_events_survive_the_pipe(values: tuple[str, float, int, list[tuple[int, str]]]) -> None:
    text, number, row, pairs = values
    tokens = tuple(Token(i, s, number, (Alternative(i, s, number),)) for i, s in pairs)
    events: list[Event] = [
        Started(row, 3, number),
        Delta(row, text, tokens),
        Finished(row, "stop", 4, None, number),
    ]

    assert [event_from_json(json.loads(json.dumps(event_to_json(event)))) for event in events] == events


# -- the life of the child --------------------------------------------------------------------------------------------


def test_whatever_ends_the_child_the_next_question_works(source: ModelSource, loading: Held) -> None:
    """One test, because every new child imports torch: stopped while loading, killed, killed from outside, closed."""
    statuses: list[str] = []

    def report(status: str) -> None:
        statuses.append(status)
        raise ValueError("a screen that is gone")

    engine, others = WorkerEngine(source, EngineOptions(environ=os.environ, report=report)), children()
    assert engine.status == "not started"

    # It counts before the model is loaded, and a stop does not wait for it.
    counted = engine.measure(["add salt"])
    with _alarm(0.05, engine.stop):
        events = list(engine.stream([QUESTION]))
    assert counted.total > 1
    assert events == [Finished(0, "interrupted", 0, None, 0.0)]
    assert engine.status.startswith("loading")

    # Killed by the user, while loading: the answer is interrupted, the next question starts another child.
    first = _one_more_child_than(others)
    with _alarm(0.05, engine.kill):
        assert _finish(engine.stream([QUESTION])) == "interrupted"
    loading.release()
    assert _finish(engine.stream([QUESTION])) in ("eos", "length")
    wait_gone(first)
    assert engine.status == "ready"

    # Killed from outside, while answering: an error names the signal; the model's card is kept.
    second = _one_more_child_than(others | {first})
    answer = engine.stream([LONG])
    next(answer)
    os.kill(second, signal.SIGKILL)
    with pytest.raises(EngineError, match=r"ended by SIGKILL .*memory.*; the next question starts it again"):
        list(answer)
    assert engine.status == "gone"
    assert engine.card().name == "tiny"
    assert engine.status == "gone"  # no child was started for the card
    assert _finish(engine.stream([QUESTION])) in ("eos", "length")

    # Closed: the child ends, and closing again does nothing.
    third = _one_more_child_than(others | {first, second})
    engine.close()
    engine.close()
    wait_gone(third)
    assert statuses.count("loading") == 3
    assert statuses.count("ready") == 2
    assert "loading: importing torch" in statuses


@pytest.mark.filterwarnings("error::ResourceWarning", "error::pytest.PytestUnraisableExceptionWarning")
def test_a_message_that_cannot_be_read_wakes_the_calls_that_wait(source: ModelSource, tmp_path: Path) -> None:
    """Its pipes are closed, too."""
    others = threading.active_count()
    (tmp_path / "sitecustomize.py").write_text('print(\'{"ready": {"colour": 1}}\', flush=True)\n')
    engine = WorkerEngine(source, EngineOptions(environ={**os.environ, "PYTHONPATH": str(tmp_path)}))

    with contextlib.closing(engine), pytest.raises(EngineError, match=r"a message that cannot be read: .*colour"):
        engine.measure(["add salt"])

    until(lambda: threading.active_count() == others)


@needs_fake_npu
def test_a_device_that_is_lost_to_a_process_works_in_the_next_one(
    source: ModelSource, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = tmp_path / "lost"
    for name, value in fake_npu(FAKE_NPU_LOST=str(lost)).items():
        monkeypatch.setenv(name, value)
    monkeypatch.syspath_prepend(FAKE)
    with contextlib.closing(WorkerEngine(source, EngineOptions(device="npu:0", environ=os.environ))) as engine:
        assert engine.card().device == "npu:0"

        lost.touch()
        with pytest.raises(EngineError, match=r"\(the model failed: .* 507015\); the next question starts it again"):
            list(engine.stream([QUESTION]))
        lost.unlink()

        assert _finish(engine.stream([QUESTION])) in ("eos", "length")


def test_a_child_that_leaves_a_process_with_its_pipes_behind_is_noticed_to_have_ended(
    source: ModelSource, tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        f"""
import os, sys, time
if "flanchat.engine.worker.child" in sys.orig_argv:
    left = os.fork()
    if left == 0:
        os.setsid()  # out of the group, which is killed
        time.sleep({5 * LIMIT_S})
    with open({str(tmp_path / "left")!r}, "w") as file:
        file.write(str(left))
    os._exit(7)
"""
    )
    engine = WorkerEngine(source, EngineOptions(environ={**os.environ, "PYTHONPATH": str(tmp_path)}))
    with contextlib.closing(engine), pytest.raises(ModelError, match="ended with status 7 while loading"):
        engine.card()
    os.kill(int((tmp_path / "left").read_text()), signal.SIGKILL)


def test_closing_wakes_waiting_calls(source: ModelSource, loading: Held) -> None:
    begun = threading.Event()
    engine = WorkerEngine(source, EngineOptions(environ=os.environ, report=lambda status: begun.set()))

    def close() -> None:
        assert begun.wait(LIMIT_S)
        engine.close()

    closing = threading.Thread(target=close)
    closing.start()

    with pytest.raises(EngineError, match="the model was closed"):
        engine.card()

    closing.join()


def test_broken_model_is_refused_with_the_message_of_preflight(source: ModelSource, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(source.folder, tmp_path / "model"))
    (folder / "config.json").write_text('{"model_type": "llama"}')
    with pytest.raises(ModelError) as expected:
        preflight(folder)
    engine = WorkerEngine(ModelSource("broken", folder, "folder", ""), EngineOptions(environ=os.environ))

    messages = set()
    for ask in (lambda: engine.measure(["a"]), engine.card, lambda: list(engine.stream([QUESTION]))):
        with pytest.raises(ModelError) as raised:
            ask()
        messages.add(raised.value.message)

    assert messages == {expected.value.message}
    assert engine.status == "failed"
    engine.close()


# -- hostile surroundings ---------------------------------------------------------------------------------------------

_NOISE = """
import os, threading, time
os.write(1, b'noise\\n{"ready": 1}x\\n[]\\n7\\nhalf a line')
def chatter():
    while True:
        os.write(1, b'{"number": 1, "event": []}\\n')
        time.sleep(0.01)
if os.environ.get("CHATTER") and os.getppid() != int(os.environ["CHATTER"]):
    threading.Timer(0.5, chatter).start()
"""

_PARENT = """
import json, os, signal, sys
from pathlib import Path
from flanchat.engine.checkpoint.validate import ModelSource
from flanchat.engine.protocol import EngineOptions
from flanchat.engine.worker.process import WorkerEngine
from flanchat.engine.events import Decoding, Delta, Request

engine = WorkerEngine(ModelSource("tiny", Path(sys.argv[1]), "folder", ""), EngineOptions(environ=os.environ))
threads = engine.card().threads
child = int(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()[-1])
os.kill(child, signal.SIGINT)
request = Request("translate English to German: city", Decoding(max_new_tokens=12))
text = "".join(event.text for event in engine.stream([request]) if isinstance(event, Delta))
result = Path(sys.argv[2])
result.with_suffix(".part").write_text(json.dumps({"text": text, "threads": threads, "child": child}))
result.with_suffix(".part").rename(result)
signal.pause()
"""


@pytest.fixture(scope="module")
def surrounded(source: ModelSource, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict]:
    """What a parent reports whose child runs in noisy surroundings; it is killed after the tests."""
    folder = tmp_path_factory.mktemp("surrounded")
    (folder / "here").mkdir()
    (folder / "here" / "torch.py").write_text("open('taken', 'w').close()\nraise SystemExit('a torch.py')\n")
    (folder / "noise").mkdir()
    (folder / "noise" / "sitecustomize.py").write_text(_NOISE)
    result = folder / "result.json"
    home = str(Path(flanchat.__file__).parents[1])
    environ = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(folder / "noise"), home, str(folder / "here")]),
        "OMP_NUM_THREADS": "400",
        "CHATTER": str(os.getpid()),
    }
    parent = subprocess.Popen(
        [sys.executable, "-c", _PARENT, str(source.folder), str(result)],
        cwd=folder / "here",
        env=environ,
        preexec_fn=lambda: os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}),  # noqa: PLW1509 - takes no lock
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        until(lambda: result.exists() or parent.poll() is not None)
        if not result.exists():
            pytest.fail(parent.communicate()[1].decode())
        yield {**json.loads(result.read_text()), "folder": folder / "here", "parent": parent}
    finally:
        parent.kill()
        parent.communicate()


def test_noise_and_an_interrupt_do_not_change_the_answer(surrounded: dict, source: ModelSource) -> None:
    answer = [event for event in untraced_engine(source, "auto").stream([QUESTION]) if isinstance(event, Delta)]

    assert surrounded["text"] == "".join(event.text for event in answer)


def test_threads_are_never_more_than_the_cores(surrounded: dict) -> None:
    """It has one of them, and OMP_NUM_THREADS asks for 400."""
    assert surrounded["threads"] == 1


def test_a_module_in_the_current_folder_is_not_imported(surrounded: dict) -> None:
    assert not (surrounded["folder"] / "taken").exists()


def test_the_child_ends_when_its_parent_is_killed(surrounded: dict) -> None:
    alive = Path(f"/proc/{surrounded['child']}").exists()

    surrounded["parent"].kill()
    surrounded["parent"].wait()

    assert alive
    wait_gone(surrounded["child"])


# -- helpers ----------------------------------------------------------------------------------------------------------


def _comparable(event: Event) -> Event:
    """Without times, and without the last digits: which kernels each has measured as the fastest is up to chance."""
    match event:
        case Started():
            return Started(event.row, event.prompt_tokens, 0.0)
        case Finished():
            return Finished(event.row, event.finish, event.new_tokens, None, 0.0)
        case Delta():
            return replace(event, tokens=tuple(_rounded(token) for token in event.tokens))
    return event


def _rounded(token: Token) -> Token:
    top = tuple(replace(each, logprob=round(each.logprob, 3)) for each in token.top)
    return replace(token, logprob=round(token.logprob, 3), top=top)


def _finish(events: Iterator[Event] | list[Event]) -> str:
    (finish,) = (event.finish for event in events if isinstance(event, Finished))
    return finish


@contextlib.contextmanager
def _alarm(after_s: float, act: Callable[[], None]) -> Iterator[None]:
    """Call `act` in a signal handler of this thread, as a Ctrl-C does, after a while and then every half second."""
    before = signal.signal(signal.SIGALRM, lambda number, frame: act())
    signal.setitimer(signal.ITIMER_REAL, after_s, 0.5)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _one_more_child_than(others: set[int]) -> int:
    (pid,) = children() - others
    return pid


def _worked_s(pid: int) -> float:
    """The processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _peak_mib(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmHWM"))) // 1024
