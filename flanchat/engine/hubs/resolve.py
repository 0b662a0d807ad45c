"""From a model's name to its folder, from a cache or downloaded. Knows names and caches; knows no weights.

`resolve` finds the folder, and downloads a hub's model that is not in its cache. `preflight` then checks the folder.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import flanchat
from flanchat.base.errors import ModelError
from flanchat.base.i18n import N_, _
from flanchat.base.paths import typed_path
from flanchat.engine.checkpoint import convert
from flanchat.engine.checkpoint.lora import ADAPTER_WEIGHTS, base_of, is_adapter
from flanchat.engine.checkpoint.safetensors_header import INDEX, SINGLE
from flanchat.engine.checkpoint.untrusted_json import file_names, problem, require_folder, short
from flanchat.engine.checkpoint.validate import ModelSource, preflight
from flanchat.engine.hubs.download import Hub, Progress, UnavailableError, download
from flanchat.engine.hubs.model_names import ALSO_BUNDLED, BUNDLED, ModelRequest, parse_name

_GIVE_BASE = N_("to give another base: --base NAME, base=NAME in Python, or base: NAME below model: in a profile")

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _Options:
    """How a model may be found: see `resolve`. may_download: whether a hub may be contacted."""

    environ: Mapping[str, str]
    report: Report = lambda line: None
    progress: Progress = lambda parts: None
    convert_bin: bool = False
    may_download: bool = True
    base: str | None = None


def resolve(
    name: str | None,
    environ: Mapping[str, str],
    *,
    report: Report = lambda line: None,
    progress: Progress = lambda parts: None,
    convert_bin: bool = False,
    base: str | None = None,
) -> ModelSource:
    """Find the folder of the model called `name`. None is the bundled model.

    A hub's model that is in the cache is used without contacting the hub. environ: has the home folder, the
    caches and the hubs' settings. report: called with a line about each step that takes time. progress: called with how
    far a download is. convert_bin: convert pickled weights to safetensors first. base: the model that an adapter is
    merged into, instead of the one that it names; raises ModelError when `name` is no adapter.
    """
    options = _Options(environ, report, progress, convert_bin, base=base)
    return _complete(_find(BUNDLED if name is None else name, options), options)


def find_local(name: str, environ: Mapping[str, str], *, base: str | None = None) -> ModelSource:
    """`resolve` without contacting a hub. Raises ModelError when the model is not on this machine."""
    options = _Options(environ, may_download=False, base=base)
    return _complete(_find(name, options), options)


def pull(
    name: str,
    environ: Mapping[str, str],
    *,
    report: Report,
    progress: Progress,
    convert_bin: bool = False,
    base: str | None = None,
) -> ModelSource:
    """Download a hub's model, or bring the cached one up to date. Raises ModelError for any other model."""
    request = parse_name(name, environ)
    if request is None:
        raise problem(short(name), "", _("expected a hub's model, such as flan-t5-small or OWNER/NAME"))
    options = _Options(environ, report, progress, convert_bin, base=base)
    cached_first = sorted(request.hubs, key=lambda hub: hub.cache().snapshot(request.repo, request.revision) is None)
    hub, folder = _download(replace(request, hubs=tuple(cached_first)), options)
    return _complete(ModelSource(name, folder, hub.origin, folder.name), options)


def _find(name: str, options: _Options) -> ModelSource:
    """Where the files of a name are, whatever they are."""
    if name in (BUNDLED, ALSO_BUNDLED):
        folder = Path(flanchat.__file__).parent / "demo"
        if not folder.is_dir():
            raise problem(folder, "", _("the bundled model is missing; install flanchat again, or name another model"))
        return ModelSource(BUNDLED, folder, "bundled", flanchat.__version__)
    request = parse_name(name, options.environ)
    if request is None:
        folder = typed_path(name, options.environ)
        if str(folder).startswith("~"):
            raise problem(Path(name), "", _("expected a home folder, got an unknown user; write the full path"))
        require_folder(folder)
        return ModelSource(name, folder, "folder", "")
    unusable = ""
    for hub in request.hubs:
        try:
            if (cached := _cached(hub, request, options)) is not None:
                return ModelSource(name, cached, hub.origin, cached.name)
        except ModelError as error:
            unusable = unusable or _("its copy in the cache of {hub} cannot be used: {why}").format(
                hub=hub.name, why=error.message
            )
    if unusable and (not options.may_download or is_offline(options.environ)):
        raise problem(request.repo, "", unusable)
    hub, folder = _download(request, options)
    return ModelSource(name, folder, hub.origin, folder.name)


def _cached(hub: Hub, request: ModelRequest, options: _Options) -> Path | None:
    """The complete and undamaged snapshot in a hub's cache; None when there is none.

    Raises ModelError when it has weights but cannot run: for what the model is, or for a file that is missing.
    """
    cache = hub.cache()
    folder = cache.snapshot(request.repo, request.revision)
    if folder is None or not _has_weights(folder, options):
        return None
    if damaged := cache.damaged(folder):
        options.report(f"{request.repo}: {damaged[0]} in the cache of {hub.name} is damaged")
        raise problem(folder / damaged[0], "", _("is damaged; flanchat models pull downloads it again"))
    return folder


def _download(request: ModelRequest, options: _Options) -> tuple[Hub, Path]:
    """Download from the first hub that has the model. Raises ModelError with a line for each that has not."""
    if not options.may_download:
        raise problem(request.repo, "", _("is not on this machine, or incomplete; flanchat models pull downloads it"))
    if is_offline(options.environ):
        text = _(
            "no complete cached copy, and HF_HUB_OFFLINE is set; go online once to download it, or use a model folder "
            "or the bundled model: {name}"
        )
        raise problem(request.repo, "", text.format(name=BUNDLED))
    first, *others = request.hubs
    refusals = []
    for hub in (first, *(hub for hub in others if hub.is_installed())):
        try:
            folder = download(
                hub,
                request.repo,
                request.revision,
                report=options.report,
                progress=options.progress,
                with_pickled=options.convert_bin,
            )
            return hub, folder
        except UnavailableError as error:
            refusals.append(error.message)
    if Path(request.repo).is_dir():
        text = _("{name}: the folder of this name has no config.json, so it was not used as a model")
        refusals.append(text.format(name=request.repo))
    raise ModelError("\n".join(refusals))


def _complete(source: ModelSource, options: _Options) -> ModelSource:
    """The source that the engine opens: with safetensors, and an adapter with its base model."""
    source = _converted(source, options)
    given = options.base
    if not is_adapter(file_names(source.folder)):
        if given is not None:
            text = _("is no adapter, so it has no base model; leave the base out")
            raise problem(source.name, "", text)
        return source
    try:
        base = _converted(_find(base_of(source.folder) if given is None else given, options), options)
    except ModelError as error:
        text = _("{name}: its base model cannot be opened: {why}").format(name=source.name, why=error.message)
        raise ModelError(_("; ").join([text, _(_GIVE_BASE)] if given is None else [text])) from error
    if is_adapter(file_names(base.folder)):
        raise problem(
            source.name,
            "",
            _("; ").join(
                (_("expected a model as the base, got the adapter {name}").format(name=base.name), _(_GIVE_BASE))
            ),
        )
    return replace(source, folder=base.folder, adapter=source.folder, base=given or "")


def _converted(source: ModelSource, options: _Options) -> ModelSource:
    """The source with a folder of safetensors: its own, or the converted copy of it."""
    names = file_names(source.folder)
    if names & {SINGLE, INDEX, ADAPTER_WEIGHTS} or not convert.pickled(names):
        return source
    if options.convert_bin:
        folder = convert.convert(source.folder, options.environ, options.report)
    else:
        folder = convert.converted_folder(source.folder, options.environ)
    return replace(source, folder=folder) if folder.is_dir() else source


def is_offline(environ: Mapping[str, str]) -> bool:
    value = environ.get("HF_HUB_OFFLINE") or environ.get("TRANSFORMERS_OFFLINE") or ""
    return value.upper() in ("1", "ON", "YES", "TRUE")


def _has_weights(folder: Path, options: _Options) -> bool:
    """Whether a snapshot holds the weights, unlike an interrupted download. Raises ModelError if it cannot run."""
    names = file_names(folder)
    if is_adapter(names):
        return ADAPTER_WEIGHTS in names or convert.PICKLED_ADAPTER in names
    if names & {SINGLE, INDEX}:
        preflight(folder)
        return True
    if not convert.pickled(names):
        return False
    return options.convert_bin or convert.converted_folder(folder, options.environ).is_dir()
