"""How far apart the models of two answers are, measured on request. Knows no terminal.

The grid measures it while both models are loaded; here they are opened again, as they were when they answered.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, closing

from flanchat.base.errors import ModelError, UsageError
from flanchat.base.format import not_ready
from flanchat.base.i18n import _
from flanchat.engine.hubs.named_model import NamedModel
from flanchat.engine.protocol import Engine, ModelCard
from flanchat.experiments.model_diff import mean_divergence
from flanchat.experiments.model_diff_words import model_name
from flanchat.experiments.replay_differences import card_differences
from flanchat.sessions.answer import Answer


class AnswerDivergence:
    """KL(old's model || new's model) along the old answer, in nats per token."""

    def __init__(
        self, old: Answer, new: Answer, loaded: Engine, open_model: Callable[[NamedModel | None], Engine]
    ) -> None:
        """loaded: is used where it is one of the two models. Raises UsageError for answers that it says nothing of."""
        if old.card is None or new.card is None:
            raise UsageError(_("--kl: the model of one of these answers was not recorded"))
        if not _unlike(old.card, new.card):
            raise UsageError(_("--kl: both answers are by {model}").format(model=model_name(old.card)))
        if old.prompt.text != new.prompt.text:
            raise UsageError(_("--kl: the prompts differ, and two models can only be compared after the same one"))
        if old.choices:
            raise UsageError(_("--kl: the first answer was chosen from given ones, which are compared by their shares"))
        self._old, self._cards = old, (old.card, new.card)
        self._loaded, self._open_model = loaded, open_model
        self._opened: list[Engine] = []
        self._is_stopped = False

    def measured(self) -> float | None:
        """The divergence; None when it was stopped. Raises UsageError or ModelError where a model is not at hand."""
        with ExitStack() as stack:
            try:
                a, b = (self._engine(card, stack) for card in self._cards)
                found = mean_divergence(a, b, self._old)
            except ModelError:
                if self._is_stopped:
                    return None
                raise
        if found is None:
            names = {"a": self._cards[0].name, "b": self._cards[1].name}
            raise UsageError(
                _("--kl: {a} and {b} have different vocabularies, so only their texts can be compared").format(**names)
            )
        return found

    def _engine(self, card: ModelCard, stack: ExitStack) -> Engine:
        """The model of an answer, as it answered."""
        if not _unlike(card, self._loaded.card()):
            return self._loaded
        try:
            opened = self._open_model(
                NamedModel(card.name, device=card.device, precision=card.precision, base=card.base or None)
            )
            self._opened.append(stack.enter_context(closing(opened)))
            here = opened.card()
        except ModelError as error:
            why = _("--kl: {model} cannot be opened again: {why}")
            raise type(error)(why.format(model=model_name(card), why=error.message)) from None
        if unlike := _unlike(card, here):
            raise UsageError(_("--kl: {name} is not as it answered: {why}").format(name=card.name, why=unlike))
        return opened

    def stop(self) -> None:
        """End while a model is loading: the measurement itself takes no time. Safe in a signal handler."""
        self._is_stopped = True
        for engine in self._opened:
            if engine.status != "ready":
                engine.kill()

    def kill(self) -> None:
        """End at once. Safe in a signal handler."""
        self._is_stopped = True
        for engine in self._opened:
            engine.kill()

    def status(self) -> str:
        """The model that is loading, or ""."""
        loading = ((engine, not_ready(engine.status)) for engine in self._opened)
        return next((f"{engine.source.label}: {words}" for engine, words in loading if words), "")


def _unlike(then: ModelCard, here: ModelCard) -> str:
    """What makes two models give other distributions, or "". Another torch does not count: it is the same model."""
    found = card_differences(then, here)
    return next((why for cause, why in found.items() if cause != "torch"), "")
