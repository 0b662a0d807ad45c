"""What engines that compute in this process share: checkpoint and tokenizer, status and remarks, and stopping."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flanchat.base.errors import DeviceError
from flanchat.engine.checkpoint.validate import ModelSource, preflight
from flanchat.engine.devices.npu_probe import find_npu
from flanchat.engine.devices.npu_problems import BrokenNpu, refused_message, skipped_message
from flanchat.engine.protocol import EngineOptions, ModelCard
from flanchat.engine.t5.tokenizer import open_tokenizer

if TYPE_CHECKING:
    from flanchat.engine.devices.npu_probe import WorkingNpu
    from flanchat.engine.events import Piece


class InProcessEngine:
    """The part of an `Engine` that does not depend on what computes. `start` loads the model and sets `_card`."""

    def __init__(self, source: ModelSource, options: EngineOptions) -> None:
        """Check the model's folder and open its tokenizer. Raises ModelError when they cannot be used."""
        self.source = source
        self.status, self.remark = "not started", ""
        self._options = options
        self._checkpoint = preflight(source.folder, source.adapter)
        self._tokenizer = open_tokenizer(self._checkpoint.tokenizer)
        self._card: ModelCard | None = None
        self._is_stopping = False
        self._cancelled: set[int] = set()  # rows
        self._noted: set[str] = set()

    def start(self) -> None:
        raise NotImplementedError

    def card(self) -> ModelCard:
        if self._card is None:
            self.start()
        assert self._card is not None
        return self._card

    def pieces(self, text: str) -> tuple[Piece, ...]:
        return self._tokenizer.pieces(text)

    def stop(self) -> None:
        self._is_stopping = True

    def cancel(self, row: int) -> None:
        self._cancelled.add(row)

    def kill(self) -> None:
        """Stop: nothing in one process can end an answer sooner."""
        self.stop()

    def _allow_rows(self) -> None:
        """Forget what stopped the batch before."""
        self._is_stopping, self._cancelled = False, set()

    def _stops(self, row: int) -> bool:
        return self._is_stopping or row in self._cancelled

    def _working_npu(self) -> WorkingNpu | None:
        """The NPU of this machine, if there is one that works.

        A broken one is left out with a remark; raises DeviceError when the user asked for it.
        """
        npu = find_npu(self._options.device, self._options.environ, self._progress)
        if not isinstance(npu, BrokenNpu):
            return npu
        if self._options.device != "auto":
            raise DeviceError(refused_message(self._options.device, npu))
        self._remark(skipped_message(npu))
        return None

    def _progress(self, step: str) -> None:
        self._set_status(f"loading: {step}")

    def _set_status(self, status: str) -> None:
        self.status = status
        self._options.report(status)

    def _remark(self, sentence: str) -> None:
        self.remark = sentence
        if sentence not in self._noted:  # loading again finds the same device as before
            self._noted.add(sentence)
            self._options.note(sentence)
