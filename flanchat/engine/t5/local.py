"""A T5 in this process as an `Engine`: opens its tokenizer at once, its weights when they are needed.

Loading needs only `config.json`, safetensors and the vocabulary; only beam search imports transformers.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from flanchat.base.errors import EngineError, ModelError, UsageError
from flanchat.base.i18n import _
from flanchat.engine.checkpoint.validate import ModelSource, weight_files
from flanchat.engine.devices import precision_reasons as reasons
from flanchat.engine.devices.memory import gc_paused, read_ahead
from flanchat.engine.devices.npu_probe import store_result
from flanchat.engine.devices.npu_problems import BrokenNpu, skipped_message
from flanchat.engine.devices.registry import is_lost
from flanchat.engine.events import Event, Measured, Position, Request
from flanchat.engine.in_process import InProcessEngine
from flanchat.engine.protocol import EngineOptions, StepCosts

if TYPE_CHECKING:
    from flanchat.engine.t5.answering import LoadedModel


class LocalEngine(InProcessEngine):
    """A T5 in this process's memory, loaded by `start` or by the first call that needs the model."""

    def __init__(self, source: ModelSource, options: EngineOptions) -> None:
        super().__init__(source, options)
        self._loaded: LoadedModel | None = None
        self._precision = options.precision
        self._instead_of = ""  # what `auto` chose, once `_precision` is a wider one
        self._untraced: set[tuple[int, int]] = set()  # rows of a prompt, and tokens, of steps that are to be traced

    def start(self) -> None:
        """Load the model and wait until that is done.

        Raises ModelError when the weights cannot be used, DeviceError for a device or precision that is not there.
        """
        self._ready()

    def measure(self, parts: Sequence[str], *, blanks: int = 0) -> Measured:
        if not blanks:
            return self._tokenizer.measure(parts)
        ids = self._tokenizer.sentinels
        most = sum(token_id < self._checkpoint.shape.vocab_size for token_id in ids) - 1  # one is after the last
        if most < 1:
            text = _(
                "{model} cannot fill blanks: flanchat finds no sentinel tokens (<extra_id_0>, ...) in its vocabulary"
            )
            raise UsageError(text.format(model=self.source.name))
        if blanks > most:
            text = _("{count} blanks; {model} has sentinel tokens for at most {most}")
            raise UsageError(text.format(count=blanks, model=self.source.name, most=most))
        return self._tokenizer.measure_blanks("".join(parts), blanks)

    def stream(self, requests: Sequence[Request]) -> Iterator[Event]:
        self._allow_rows()
        yield from self._stream(requests, range(len(requests)))

    def _stream(self, requests: Sequence[Request], rows: Sequence[int]) -> Iterator[Event]:
        loaded = self._ready()
        decoded = Counter(requests[row].prompt for row in rows if not requests[row].only)
        if decoded.total() > 1:  # more of these are likely to follow
            self._untraced.add((max(decoded.values()), 1))
        with self._noting_loss(loaded.device):
            withdrawn = yield from loaded.stream(requests, rows)
        if withdrawn:
            self._widen(loaded)
            del loaded  # makes room for the wider one
            yield from self._stream(requests, withdrawn)

    def distributions(
        self, requests: Sequence[Request], file: str, *, compare: bool = False
    ) -> tuple[tuple[Position, ...], ...]:
        loaded = self._ready()
        with self._noting_loss(loaded.device):
            found = loaded.distributions(requests, file, compare=compare)
        if found is None:
            self._widen(loaded)
            del loaded  # makes room for the wider one
            return self.distributions(requests, file, compare=compare)
        return found

    def step_costs(self, *, rows: int, prompt_tokens: int, new_tokens: int) -> StepCosts:
        from flanchat.engine.t5.answering import explain
        from flanchat.engine.t5.step_costs import measure_step
        from flanchat.engine.t5.threads import kept_threads

        loaded, card = self._ready(), self.card()
        while self.use_idle_time():  # what is measured is what later answers get
            pass
        try:
            with kept_threads():
                loaded.threads.begin()
                return measure_step(
                    loaded.model,
                    self._checkpoint.shape,
                    card.precision,
                    card.device,
                    rows=rows,
                    prompt_tokens=prompt_tokens,
                    new_tokens=new_tokens,
                )
        except (RuntimeError, MemoryError) as error:
            raise EngineError(explain(error)) from error

    def attention(self, prompt: str, answer: Sequence[int], *, layer: int = 0) -> list[list[float]]:
        loaded = self._ready()
        with self._noting_loss(loaded.device):
            return loaded.attention(prompt, answer, layer=layer)

    def gradient(self, prompt: str, answer: Sequence[int], *, end: bool) -> list[float]:
        loaded = self._ready()
        with self._noting_loss(loaded.device):
            return loaded.gradient(prompt, answer, end=end)

    def use_idle_time(self) -> bool:
        """Trace the step of a token, of several, later of a batch: 0.2 to 0.5 s each that no answer has to wait for."""
        if not self._untraced or self._loaded is None:
            return False
        rows, tokens = first = min(self._untraced)
        self._untraced.remove(first)
        self._loaded.trace(rows=rows, tokens=tokens)
        return True

    def close(self) -> None:
        if self._loaded is not None:
            self._loaded.model.close()
        self._loaded = None
        self.status = "not started"

    def _ready(self) -> LoadedModel:
        """The model, loaded if it is not yet."""
        if self._loaded is None:
            self._set_status("loading")
            try:
                self._loaded = self._load()
                while not self._loaded.is_finite:
                    self._widen(self._loaded)
                    self._loaded = self._load()
            except BaseException:
                self._loaded = None
                self._precision, self._instead_of = self._options.precision, ""
                self._set_status("failed")
                raise
            self._set_status("ready")
        return self._loaded

    @contextmanager
    def _noting_loss(self, device: str) -> Iterator[None]:
        """Have the status say so when an error inside has cost this process the device."""
        try:
            yield
        except EngineError:
            if is_lost(device):
                self.status = "gone"
            raise

    def _widen(self, loaded: LoadedModel) -> None:
        """Free the model, in whose precision numbers are not finite; the next one gets the next wider precision.

        Raises EngineError when the user chose this precision or none is wider, ModelError when no prompt has an answer.
        """
        from flanchat.engine.devices.precision import wider_precision

        assert self._card is not None
        device, precision = self._card.device, self._card.precision
        problem = _("numbers of {model} are not finite in {precision}").format(
            model=self.source.name, precision=precision
        )
        wider = wider_precision(device, precision)
        if not wider and device != "cpu":
            raise EngineError(_("{problem} on {device}; use device cpu").format(problem=problem, device=device))
        if not wider and not loaded.is_finite:
            text = _("{folder}: {problem}; the weights are damaged: download them again")
            raise ModelError(text.format(folder=self.source.folder, problem=problem))
        if not wider:
            raise EngineError(_("{problem}, the widest one; use another model or prompt").format(problem=problem))
        if self._options.precision != "auto":
            raise EngineError(_("{problem}; use precision {wider}").format(problem=problem, wider=wider))
        self._instead_of, self._precision = self._instead_of or precision, wider
        loaded.model.close()
        self._loaded = None
        self._remark(_("{problem}; {wider} takes its place").format(problem=problem, wider=wider))

    def _load(self) -> LoadedModel:
        started, options = time.monotonic(), replace(self._options, precision=self._precision)
        npu = self._working_npu()
        if npu is not None and options.device != "auto":
            options = replace(options, device=npu.device)
        for sentence in (*self._checkpoint.remarks, *self._tokenizer.remarks):
            self._remark(sentence)
        self._progress("importing torch")
        threading.Thread(target=read_ahead, args=[weight_files(self._checkpoint)], daemon=True).start()
        with gc_paused(frozen=False):  # in a process of ours child.py freezes
            from flanchat.engine.t5.loading import load  # not before a broken torch_npu is hidden
            from flanchat.engine.t5.prompt_lookup import MAX_DRAFT
            from flanchat.engine.t5.threads import kept_threads

        with kept_threads():
            loaded, card, remark = load(
                self.source, self._checkpoint, self._tokenizer, options, self._progress, started=started
            )
        if self._instead_of:
            why = reasons.NOT_FINITE.format(precision=self._instead_of)
            card = replace(card, instead_of=self._instead_of, why=why)
        loaded.is_stopping = self._stops  # of this engine: a wider model may take the place of this one
        self._card = card
        self._untraced = {(1, 1), (1, 1 + MAX_DRAFT)} if loaded.may_draft else {(1, 1)}
        if npu is not None and loaded.device.startswith(npu.device):
            store_result(npu, options.environ)
        if remark:
            self._remark(remark)
        elif npu is not None and not loaded.device.startswith("npu"):
            self._remark(skipped_message(BrokenNpu("lost")))
        if slow := reasons.remark(card.why):
            self._remark(slow)
        return loaded


def load_engine(
    source: ModelSource, *, device: str = "auto", precision: str = "auto", environ: Mapping[str, str]
) -> LocalEngine:
    """Load a model in this process and make it as fast as it gets. For scripts and tests.

    Raises ModelError when its folder cannot be used.
    """
    engine = LocalEngine(source, EngineOptions(environ=environ, device=device, precision=precision))
    engine.start()
    engine._untraced.add((2, 1))
    while engine.use_idle_time():
        pass
    return engine
