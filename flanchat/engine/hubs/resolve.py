"""From a model's name to its folder: the bundled model, a folder, or a hub's. Knows names and caches; knows no weights.

`resolve` finds the folder, and downloads a hub's model that is not in its cache. `preflight` then checks the folder.
"""

from __future__ import annotations

import contextlib
import difflib
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import flanchat
from flanchat.base.errors import ModelError
from flanchat.base.files import is_there, reason
from flanchat.base.i18n import N_, _, join_list
from flanchat.base.paths import typed_path
from flanchat.engine.checkpoint import convert
from flanchat.engine.checkpoint.config import may_run, read_config
from flanchat.engine.checkpoint.lora import ADAPTER_CONFIG, ADAPTER_WEIGHTS, base_of, is_adapter, is_for_t5
from flanchat.engine.checkpoint.safetensors_header import INDEX, SINGLE, read_index
from flanchat.engine.checkpoint.tokenizer_files import read_tokenizer_files
from flanchat.engine.checkpoint.untrusted_json import entries, problem, require_folder, short
from flanchat.engine.checkpoint.validate import ModelSource, preflight
from flanchat.engine.hubs.download import Hub, Progress, UnavailableError, download

BUNDLED = "demo"
ALSO_BUNDLED = "bundled"
SHORT_NAMES = {f"flan-t5-{size}": f"google/flan-t5-{size}" for size in ("small", "base", "large", "xl", "xxl")}

# The hub's first names of these repositories, which adapters and people still use.
_OLD_NAMES = {f"t5-{size}": f"google-t5/t5-{size}" for size in ("small", "base", "large", "3b", "11b")}
_GIVE_BASE = N_("to give another base: --base NAME, base=NAME in Python, or base: NAME below model: in a profile")
_ON_OPENMIND_FIRST = {"JiangSuAscend", "PyTorch-NPU"}
_MAIN = "main"
_SYNTAX = re.compile(
    r"(?:(?P<hub>hf|om):)?(?P<repo>(?P<owner>[A-Za-z0-9][A-Za-z0-9_.-]{0,95}/)?[A-Za-z0-9_.-]{1,96})/?"
    r"(?:@(?P<revision>[\w./-]{1,100}))?",
    re.ASCII,
)

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """A hub's model, as a name asks for it. hubs: where it may come from, in order of preference."""

    hubs: tuple[Hub, ...]
    repo: str
    revision: str


@dataclass(frozen=True, slots=True)
class _Options:
    """How a model may be found: see `resolve`. may_download: whether a hub may be contacted."""

    environ: Mapping[str, str]
    report: Report = lambda line: None
    progress: Progress = lambda parts: None
    convert_bin: bool = False
    may_download: bool = True
    base: str | None = None


@dataclass(frozen=True, slots=True)
class CachedModel:
    """A model in a hub's cache. name: loads it. folder: its newest files, None when the download is incomplete."""

    name: str
    hub: Hub
    repo: str
    folder: Path | None
    size: int


def hubs(environ: Mapping[str, str]) -> dict[str, Hub]:
    """The hubs by the prefix of names. Imported here, because opening a folder needs none."""
    from flanchat.engine.hubs.huggingface import HuggingFace
    from flanchat.engine.hubs.openmind import OpenMind

    return {hub.prefix: hub for hub in (HuggingFace(environ), OpenMind(environ))}


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


def cached_models(environ: Mapping[str, str]) -> list[CachedModel]:
    """The models in the hubs' caches that this engine may run, by name."""
    found = []
    for hub in hubs(environ).values():
        for repo in hub.cache().models():
            folder = hub.cache().snapshot(repo, _MAIN)
            if folder is None or _may_run(folder):
                found.append((repo, hub, folder))
    short_names = {repo: name for name, repo in SHORT_NAMES.items()}
    counts = Counter(repo for repo, __, ___ in found)
    models = []
    for repo, hub, folder in found:
        name = f"{hub.prefix}:{repo}" if counts[repo] > 1 else short_names.get(repo, repo)
        models.append(CachedModel(name, hub, repo, folder, hub.cache().size(repo)))
    return sorted(models, key=lambda model: model.name.lower())


def find_cached(name: str, environ: Mapping[str, str]) -> CachedModel:
    """The cached model of a name, with all its revisions. Raises ModelError when no hub or both hubs have it."""
    request = parse_name(name, environ)
    if request is None:
        text = _("is no hub's model; flanchat models lists the downloaded ones")
        raise problem(short(name), "", text)
    if "@" in name:
        text = _("expected a model without a revision; {name} means all its revisions")
        raise problem(short(name), "", text.format(name=name.partition("@")[0]))
    holding = [hub for hub in request.hubs if hub.cache().model_folder(request.repo).is_dir()]
    if not holding:
        raise problem(request.repo, "", _("is not in a hub's cache; flanchat models lists the cached models"))
    if len(holding) > 1:
        both = " or ".join(f"{hub.prefix}:{request.repo}" for hub in holding)
        raise problem(request.repo, "", _("is in the caches of both hubs; say {both}").format(both=both))
    cache = holding[0].cache()
    folder = cache.snapshot(request.repo, request.revision)
    return CachedModel(name, holding[0], request.repo, folder, cache.size(request.repo))


def damaged_files(model: CachedModel) -> list[str]:
    """The damaged files of all revisions of a cached model. Reads every file."""
    cache = model.hub.cache()
    snapshots = entries(cache.model_folder(model.repo) / "snapshots")
    return sorted({name for snapshot in snapshots for name in cache.damaged(Path(snapshot.path), wholly=True)})


def is_complete(model: CachedModel) -> bool:
    """Whether a revision of a cached model has all files that it needs, unlike after an interrupted download."""
    snapshots = entries(model.hub.cache().model_folder(model.repo) / "snapshots")
    return any(_has_all_files(Path(snapshot.path)) for snapshot in snapshots)


def _has_all_files(folder: Path) -> bool:
    names = _names(folder)
    if is_adapter(names):
        return bool(names & {ADAPTER_WEIGHTS, convert.PICKLED_ADAPTER})
    if "config.json" not in names or not _has_tokenizer(folder):
        return False
    if INDEX in names and SINGLE not in names:
        return set(read_index(folder).values()) <= names
    return SINGLE in names or bool(convert.pickled(names))


def _has_tokenizer(folder: Path) -> bool:
    with contextlib.suppress(ModelError):
        read_tokenizer_files(folder)
        return True
    return False


def remove_cached(model: CachedModel, environ: Mapping[str, str]) -> None:
    """Delete a cached model and its converted copies. Raises ModelError when that fails."""
    cache = model.hub.cache()
    for snapshot in entries(cache.model_folder(model.repo) / "snapshots"):
        convert.remove_converted(Path(snapshot.path), environ)
    try:
        cache.remove(model.repo)
    except OSError as error:
        raise problem(
            cache.model_folder(model.repo), "", _("cannot be removed: {why}").format(why=reason(error))
        ) from error


def parse_name(name: str, environ: Mapping[str, str]) -> ModelRequest | None:
    """The hub's model that a name asks for; None for the bundled model and for folders.

    >>> request = parse_name("om:JiangSuAscend/flan-t5-small@dev", {})
    >>> request.repo, request.revision, [hub.prefix for hub in request.hubs]
    ('JiangSuAscend/flan-t5-small', 'dev', ['om'])
    >>> [hub.prefix for hub in parse_name("flan-t5-small", {}).hubs]
    ['hf', 'om']
    >>> parse_name("T5-large@main", {}).repo
    'google-t5/t5-large'
    """
    if name in (BUNDLED, ALSO_BUNDLED) or _is_path(name, environ):
        return None
    found = _SYNTAX.fullmatch(name)
    known = SHORT_NAMES | _OLD_NAMES
    repo = known.get(found["repo"].lower(), found["repo"]) if found else ""
    if found is None or "/" not in repo or ".." in (found["revision"] or ""):
        near = difflib.get_close_matches(name, [BUNDLED, *known], n=1)
        text = _("expected a folder, a short name or [hf:|om:]OWNER/NAME[@REVISION], got none of these; {remedy}")
        remedy = _("did you mean {name}?") if near else _("the short names are {names}")
        names = join_list([BUNDLED, *SHORT_NAMES])
        raise problem(short(name), "", text.format(remedy=remedy.format(name="".join(near), names=names)))
    order = ["om", "hf"] if repo.partition("/")[0] in _ON_OPENMIND_FIRST else ["hf", "om"]
    prefixes = [found["hub"]] if found["hub"] else order
    by_prefix = hubs(environ)
    return ModelRequest(tuple(by_prefix[prefix] for prefix in prefixes), repo, found["revision"] or _MAIN)


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
    if folder is None or not _is_complete(folder, options):
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
    if not is_adapter(_names(source.folder)):
        if given is not None:
            text = _("is no adapter, so it has no base model; leave the base out")
            raise problem(source.name, "", text)
        return source
    try:
        base = _converted(_find(base_of(source.folder) if given is None else given, options), options)
    except ModelError as error:
        text = _("{name}: its base model cannot be opened: {why}").format(name=source.name, why=error.message)
        raise ModelError(_("; ").join([text, _(_GIVE_BASE)] if given is None else [text])) from error
    if is_adapter(_names(base.folder)):
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
    names = _names(source.folder)
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


def _is_complete(folder: Path, options: _Options) -> bool:
    """Whether a snapshot holds the weights, unlike an interrupted download. Raises ModelError if it cannot run."""
    names = _names(folder)
    if is_adapter(names):
        return ADAPTER_WEIGHTS in names or convert.PICKLED_ADAPTER in names
    if names & {SINGLE, INDEX}:
        preflight(folder)
        return True
    if not convert.pickled(names):
        return False
    return options.convert_bin or convert.converted_folder(folder, options.environ).is_dir()


def _may_run(folder: Path) -> bool:
    """Whether a folder seems to hold a T5 or an adapter for one; other models share the cache.

    A damaged configuration may be a T5's.
    """
    try:
        if is_adapter(_names(folder)):
            return is_for_t5(folder)
        return may_run(read_config(folder))
    except ModelError:
        return "config.json" in _names(folder)


def _names(folder: Path) -> set[str]:
    return {entry.name for entry in entries(folder)}


def _is_path(name: str, environ: Mapping[str, str]) -> bool:
    """Whether a name means a folder: by its beginning, or because the folder exists and could be a model.

    A folder OWNER/NAME without a model in it does not hide a hub's model of that name.
    """
    if not name or "\0" in name:
        return False
    begun = name.strip().lstrip("\"'")
    if begun in (".", "..") or begun.startswith(("./", "../", "/", "~")) or begun.lower().startswith("file://"):
        return True
    folder = typed_path(name, environ)
    if folder.is_file():  # no hub's model is meant, and the message about a file can say what is
        return True
    exists = is_there(folder)
    is_model = any(is_there(folder / file) for file in ("config.json", ADAPTER_CONFIG))
    found = _SYNTAX.fullmatch(name)
    return exists and (is_model or name.endswith("/") or found is None or not found["owner"])
