"""`flanchat.load`: from a model's name to a model that is ready to answer."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import AbstractContextManager, closing

from flanchat.api import surroundings
from flanchat.api.model import Model
from flanchat.api.progress import show_download
from flanchat.api.recording import Record, Recording
from flanchat.api.texts import text_of
from flanchat.base.errors import UsageError
from flanchat.base.i18n import _
from flanchat.engine.engines import open_engine
from flanchat.engine.hubs.model_names import BUNDLED
from flanchat.engine.hubs.named_model import NamedModel, named_model
from flanchat.engine.hubs.resolve import resolve
from flanchat.engine.protocol import Engine, EngineOptions
from flanchat.prompting.settings import DEVICE


def load(
    model: str | os.PathLike[str] | None = None,
    *,
    device: str | None = None,
    precision: str | None = None,
    base: str | None = None,
    process: bool = False,
    record: Record = False,
) -> Model:
    """Load a model, downloading it first unless it is on this machine.

    model: a name as after `flanchat -m`: a hub's model such as "google/flan-t5-base", or a folder; None is the model
    that comes with flanchat. It may name device, precision and base too: "flan-t5-base,device=cpu,precision=int8".
    device, precision: None chooses them, as "auto" does. base: of a LoRA adapter, in place of the model that it names.
    process: run the model in a process of its own, which a driver's crash or a lack of memory ends instead of this one.
    record: True records what is asked in a new session, which `flanchat sessions` lists; a path records it in the
    session of that file, which is created or continued. By default nothing is recorded.

    Raises ModelError, DeviceError or UsageError when there is no such model, device or precision.

    >>> model = flanchat.load()
    >>> model.name
    'demo'
    """
    environ = surroundings.environ()
    named = named_of(model, device, precision, base)
    engine = open_named(named, environ, process=process)
    try:
        engine.start()
        engine.card()
        return Model(
            engine,
            environ=environ,
            recording=Recording(engine, record, environ),
            open_model=lambda name: _open_for_a_while(name, named, environ, process=process),
        )
    except BaseException:
        engine.close()
        raise


def named_of(
    model: str | os.PathLike[str] | None, device: str | None, precision: str | None, base: str | None
) -> NamedModel:
    """The model of the arguments. Raises UsageError for a device or precision that is given twice or not known."""
    text = os.fspath(model) if isinstance(model, os.PathLike) else model
    named = NamedModel(BUNDLED) if text is None else named_model(text_of(text, "model"))
    values = {"device": device, "precision": precision, "base": base}
    for name, value in values.items():
        if value is not None and getattr(named, name) is not None:
            raise UsageError(_("{name}: given twice, as an argument and in the model's name").format(name=name))
        values[name] = getattr(named, name) or value
    DEVICE.check(values["device"])
    return NamedModel(named.name, **values)


def open_named(named: NamedModel, environ: Mapping[str, str], *, process: bool) -> Engine:
    with show_download(environ) as progress:
        source = resolve(named.name, environ, report=progress.report, progress=progress, base=named.base)
    options = EngineOptions(
        environ=environ,
        device=named.device or "auto",
        precision=named.precision or "auto",
        note=surroundings.warn,
    )
    return open_engine(source, options, "worker" if process else "local")


def _open_for_a_while(
    name: str, loaded: NamedModel, environ: Mapping[str, str], *, process: bool
) -> AbstractContextManager[Engine]:
    """Another model, with the device and precision of the loaded one where its name says nothing else."""
    other = named_model(name)
    device, precision = other.device or loaded.device, other.precision or loaded.precision
    return closing(open_named(NamedModel(other.name, device, precision, other.base), environ, process=process))
