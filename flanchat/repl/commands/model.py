"""Commands about the model: /model, /models and /device. They return what to show."""

from __future__ import annotations

from collections.abc import Generator

from flanchat.base.errors import ModelError, OutOfMemoryError, UsageError
from flanchat.base.format import not_ready
from flanchat.base.i18n import _
from flanchat.prompting.settings import DEVICE
from flanchat.repl.commands.arguments import Offered
from flanchat.repl.context import Context, Shown
from flanchat.ui.tables import model_table, models_table
from flanchat.ui.types import ResultStream


def model(context: Context, arguments: str) -> Shown:
    if not arguments:
        return model_table(context.engine.card())
    return _load(context, arguments, None)


def device(context: Context, arguments: str) -> Shown:
    if not arguments:
        card = context.engine.card()
        line = _("{name} on {device} in {precision}; /device NAME loads it on another device.").format(
            name=card.name, device=card.device, precision=card.precision
        )
        return "\n".join(filter(None, (line, context.engine.remark)))
    try:
        DEVICE.check(arguments)
    except UsageError as error:
        raise UsageError(f"/{error.message}") from None
    return _load(context, None, arguments)


def models(context: Context, arguments: str) -> Shown:
    hint = _("/model NAME loads one; NAME may also be a folder, hf:OWNER/NAME or om:OWNER/NAME of a T5 model.")
    return models_table(context.models(), hint)


def model_words(context: Context) -> list[str]:
    """Names of known models, for completion."""
    return [Offered(name, f"{description} {state}") for name, description, state in context.models()]


def _load(context: Context, name: str | None, device: str | None) -> ResultStream:
    """Load another model, or the same one elsewhere. The current one answers on until the new one can."""
    if context.open_engine is None:
        raise UsageError(_("cannot load another model here; start flanchat with -m"))
    old, new = context.engine, context.open_engine(name, device)
    is_loaded, is_stopped = False, False

    def stop() -> None:
        nonlocal is_stopped
        is_stopped = True
        new.kill()

    def steps() -> Generator[str, None, None]:
        nonlocal is_loaded
        left = _("{name} stays loaded.").format(name=old.source.label)
        try:
            new.start()
            try:
                card = new.card()
            except OutOfMemoryError:
                yield _("There is not enough memory for both models, so {name} is closed first.").format(
                    name=old.source.label
                )
                left = _("{name} is loading again.").format(name=old.source.label)
                new.close()
                old.close()
                card = new.card()
            context.engine = context.session.engine = new
            is_loaded = True
            yield _("{name} is loaded on {device} in {precision}.").format(
                name=card.name, device=card.device, precision=card.precision
            )
        except ModelError as error:
            if not is_stopped:
                raise type(error)(f"{error.message}\n{left}") from None
            yield left
        finally:
            (old if is_loaded else new).close()
            if not is_loaded:
                old.start()  # does nothing where it is still loaded

    return ResultStream(steps(), stop, lambda: not_ready(new.status))
