"""Opens the models that recorded answers name, for commands that ask again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flanchat.base.errors import ModelError
from flanchat.base.format import not_ready
from flanchat.base.i18n import _
from flanchat.cli.environment import Environment
from flanchat.cli.opening import open_engine
from flanchat.cli.options import ModelOptions
from flanchat.engine.protocol import Engine, ModelCard


class RecordedEngines:
    """Opens the recorded model or the one of the options; keeps one open at a time."""

    def __init__(
        self, env: Environment, options: ModelOptions, note: Callable[[str], None], *, model_changes: bool = False
    ) -> None:
        """model_changes: the model of the options is another one, so that the recorded place need not suit it."""
        self._env, self._options, self._note = env, options, note
        self._model_changes = model_changes
        self._engine: Engine | None = None
        self._opened: ModelOptions | None = None  # what it was opened with

    def open(self, card: ModelCard | None) -> Engine:
        """The engine for a recorded model; on this machine's own device where the recorded one cannot be used."""
        options = self._options
        model, base = options.model, options.base
        if card is not None and not model:
            model, base = card.name, base if base is not None else card.base or None
        here = replace(options, model=model, base=base, device="auto", precision="auto")
        wanted = here
        if card is not None and not self._model_changes:
            engine = "transformers" if card.engine == "transformers" else "local"
            wanted = replace(here, device=card.device or "auto", precision=card.precision or "auto", engine=engine)
        if options.device:
            wanted = replace(wanted, device=options.device, precision="auto")  # the recorded one may not exist there
        if options.precision:
            wanted = replace(wanted, precision=options.precision)
        if self._engine is None or wanted != self._opened:
            self.close()
            self._opened = wanted
            try:
                self._engine = open_engine(self._env, wanted, note=self._note)
            except ModelError as error:
                if options.model or card is None:
                    raise
                raise ModelError(
                    _(
                        "the recorded model {name} (weights {sha}) is not available: {why}; use -m to name another "
                        "model or folder"
                    ).format(name=card.name, sha=card.weights_sha256, why=error.message)
                ) from None
            try:
                self._engine.card()
            except ModelError:
                if wanted == here or options.device or options.precision:
                    raise
                self.close()
                self._engine = open_engine(self._env, here, note=self._note)
        return self._engine

    def ready(self) -> bool:
        return self._engine is not None and self._engine.status == "ready"

    def status(self) -> str:
        """The status of the engine until it is ready, then ""."""
        return "" if self._engine is None else not_ready(self._engine.status)

    def kill(self) -> None:
        if self._engine is not None:
            self._engine.kill()

    def close(self) -> None:
        if self._engine is not None:
            self._engine.close()
