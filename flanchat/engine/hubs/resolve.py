"""A model's name to its folder: the bundled one, a folder, a hub's. Knows names and caches; knows no weights.

`resolve` finds the folder, downloading it when it is a hub's and not here; `preflight` the folder before loading it.
"""

from __future__ import annotations

import contextlib
import difflib
import functools
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import flanchat
from flanchat.base.errors import ModelError
from flanchat.engine.checkpoint import convert
from flanchat.engine.checkpoint.lora import ADAPTER_CONFIG, ADAPTER_WEIGHTS, base_of, is_adapter, is_for_t5
from flanchat.engine.checkpoint.safetensors_header import INDEX, SINGLE
from flanchat.engine.checkpoint.untrusted_json import entries, problem, require_folder, short
from flanchat.engine.checkpoint.validate import ModelSource, preflight

if TYPE_CHECKING:
    from flanchat.engine.hubs.download import Hub, Progress

BUNDLED = "demo"
ALSO_BUNDLED = "bundled"
SHORT_NAMES = {f"flan-t5-{size}": f"google/flan-t5-{size}" for size in ("small", "base", "large", "xl", "xxl")}

_AT_HOME_ON_OPENMIND = {"JiangSuAscend", "PyTorch-NPU"}
_MAIN = "main"
_SYNTAX = re.compile(
    r"(?:(?P<hub>hf|om):)?(?P<repo>[A-Za-z0-9][A-Za-z0-9_.-]{0,95}/[A-Za-z0-9_.-]{1,96})(?:@(?P<revision>[\w./-]{1,100}))?",
    re.ASCII,
)

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Wish:
    """A hub's model as a name asks for it. hubs: where it may come from, the first one first."""

    hubs: tuple[Hub, ...]
    repo: str
    revision: str


@dataclass(frozen=True, slots=True)
class _Way:
    """How a model may be got at: who is told, whether pickles may be converted, whether a hub may be asked."""

    report: Report = lambda line: None
    progress: Progress = lambda parts: None
    convert_bin: bool = False
    may_fetch: bool = True


@dataclass(frozen=True, slots=True)
class Kept:
    """A model in a hub's cache. name: what loads it. folder: its newest files, None when a download was cut."""

    name: str
    hub: Hub
    repo: str
    folder: Path | None
    size: int


@functools.cache
def hubs() -> dict[str, Hub]:
    """The hubs by what stands in front of a name. They are imported here: a start on a folder needs none."""
    from flanchat.engine.hubs.huggingface import HuggingFace
    from flanchat.engine.hubs.openmind import OpenMind

    return {hub.prefix: hub for hub in (HuggingFace(), OpenMind())}


def resolve(
    name: str | None,
    *,
    report: Report = lambda line: None,
    progress: Progress = lambda parts: None,
    convert_bin: bool = False,
) -> ModelSource:
    """Find the folder of the model called `name`. None is the bundled model.

    A hub's model that is here already is taken as it is, and nobody is asked. report: told, in one line each, what
    takes time. progress: told how far a download is. convert_bin: turn pickled weights into safetensors first.
    """
    way = _Way(report, progress, convert_bin)
    return _ready(_find(BUNDLED if name is None else name, way), way)


def look(name: str) -> ModelSource:
    """The same for a model that is here; a hub is not asked. Raises ModelError when it is not here."""
    way = _Way(may_fetch=False)
    return _ready(_find(name, way), way)


def pull(name: str, *, report: Report, progress: Progress, convert_bin: bool = False) -> ModelSource:
    """Bring a hub's model up to date, also when it is here already. Raises ModelError for what is no hub's."""
    wish = parse(name)
    if wish is None:
        raise problem(short(name), "", "expected a hub's model, such as flan-t5-small or OWNER/NAME")
    way = _Way(report, progress, convert_bin)
    here_first = sorted(wish.hubs, key=lambda hub: hub.cache().snapshot(wish.repo, wish.revision) is None)
    hub, folder = _fetch(replace(wish, hubs=tuple(here_first)), way)
    return _ready(ModelSource(name, folder, hub.origin, folder.name), way)


def kept() -> list[Kept]:
    """The models in the hubs' caches that this engine may run, by name."""
    found = []
    for hub in hubs().values():
        cache = hub.cache()
        for repo in cache.models():
            folder = cache.snapshot(repo, _MAIN)
            if folder is None or _may_run(folder):
                found.append(Kept(repo, hub, repo, folder, cache.size(repo)))
    short_names = {repo: name for name, repo in SHORT_NAMES.items()}
    repos = [model.repo for model in found]
    for at, model in enumerate(found):
        twice = repos.count(model.repo) > 1
        name = f"{model.hub.prefix}:{model.repo}" if twice else short_names.get(model.repo, model.repo)
        found[at] = replace(model, name=name)
    return sorted(found, key=lambda model: model.name.lower())


def find_kept(name: str) -> Kept:
    """The cached model that a name means, all revisions of it. Raises ModelError when it is not here, or is twice."""
    wish = parse(name)
    if wish is None:
        text = "is no hub's model: only what was downloaded can be removed; flanchat models lists it"
        raise problem(short(name), "", text)
    if "@" in name:
        text = f"a revision is not removed by itself: {name.partition('@')[0]} removes all that is kept of the model"
        raise problem(short(name), "", text)
    here = [hub for hub in wish.hubs if hub.cache().place(wish.repo).is_dir()]
    if not here:
        raise problem(wish.repo, "", "is not in a hub's cache; flanchat models lists what is")
    if len(here) > 1:
        both = " or ".join(f"{hub.prefix}:{wish.repo}" for hub in here)
        raise problem(wish.repo, "", f"is in the caches of both hubs; say {both}")
    cache = here[0].cache()
    return Kept(name, here[0], wish.repo, cache.snapshot(wish.repo, wish.revision), cache.size(wish.repo))


def remove(model: Kept) -> None:
    """Delete a cached model, and what was converted of it. Raises ModelError when that fails."""
    cache = model.hub.cache()
    for snapshot in entries(cache.place(model.repo) / "snapshots"):
        convert.discard(Path(snapshot.path))
    try:
        cache.remove(model.repo)
    except OSError as error:
        raise problem(cache.place(model.repo), "", f"cannot be removed: {error.strerror}") from error


def parse(name: str) -> Wish | None:
    """What a name asks of the hubs; None when it is the bundled model's or a folder's.

    >>> (wish := parse("om:JiangSuAscend/flan-t5-small@dev")).repo, wish.revision, [hub.prefix for hub in wish.hubs]
    ('JiangSuAscend/flan-t5-small', 'dev', ['om'])
    >>> [hub.prefix for hub in parse("flan-t5-small").hubs]
    ['hf', 'om']
    """
    if name in (BUNDLED, ALSO_BUNDLED) or _is_path(name):
        return None
    found = _SYNTAX.fullmatch(SHORT_NAMES.get(name, name))
    if found is None or ".." in (found["revision"] or ""):
        near = difflib.get_close_matches(name, [BUNDLED, *SHORT_NAMES], n=1)
        remedy = f"did you mean {near[0]}?" if near else f"the short names are {BUNDLED}, {', '.join(SHORT_NAMES)}"
        text = "expected a folder, a short name or [hf:|om:]OWNER/NAME[@REVISION], got none of these"
        raise problem(short(name), "", f"{text}; {remedy}")
    repo = found["repo"]
    order = ["om", "hf"] if repo.partition("/")[0] in _AT_HOME_ON_OPENMIND else ["hf", "om"]
    prefixes = [found["hub"]] if found["hub"] else order
    return Wish(tuple(hubs()[prefix] for prefix in prefixes), repo, found["revision"] or _MAIN)


def _find(name: str, way: _Way) -> ModelSource:
    """Where the files of that name are, whatever they are."""
    if name in (BUNDLED, ALSO_BUNDLED):
        folder = Path(flanchat.__file__).parent / "demo"
        if not folder.is_dir():
            raise problem(folder, "", "the bundled model is missing; install flanchat again, or name another model")
        return ModelSource(BUNDLED, folder, "bundled", flanchat.__version__)
    wish = parse(name)
    if wish is None:
        try:
            folder = Path(name).expanduser()
        except RuntimeError:
            raise problem(Path(name), "", "expected a home folder, got an unknown user; write the full path") from None
        require_folder(folder)
        return ModelSource(name, folder, "folder", "")
    for hub in wish.hubs:
        if (cached := _cached(hub, wish, way)) is not None:
            return ModelSource(name, cached, hub.origin, cached.name)
    hub, folder = _fetch(wish, way)
    return ModelSource(name, folder, hub.origin, folder.name)


def _cached(hub: Hub, wish: Wish, way: _Way) -> Path | None:
    """The complete copy in a hub's cache, with the right content; None when there is none."""
    cache = hub.cache()
    folder = cache.snapshot(wish.repo, wish.revision)
    if folder is None or not _is_complete(folder, way.convert_bin):
        return None
    if damaged := cache.remove_damaged(folder):
        way.report(f"{wish.repo}: {damaged[0]} in the cache of {hub.name} is damaged and was removed")
        return None
    return folder


def _fetch(wish: Wish, way: _Way) -> tuple[Hub, Path]:
    """Download from the first hub that has it. Raises ModelError with one line for each that has not."""
    from flanchat.engine.hubs.download import UnavailableError, download

    if not way.may_fetch:
        raise problem(wish.repo, "", "is not on this machine, or not whole; flanchat models pull fetches it")
    if is_offline():
        text = "no complete cached copy, and HF_HUB_OFFLINE is set; go online once to fetch it"
        raise problem(wish.repo, "", f"{text}, or give a model folder instead, or the bundled model: {BUNDLED}")
    first, *others = wish.hubs
    refusals = []
    for hub in (first, *(hub for hub in others if hub.is_installed())):
        try:
            folder = download(
                hub,
                wish.repo,
                wish.revision,
                report=way.report,
                progress=way.progress,
                with_pickled=way.convert_bin,
            )
            return hub, folder
        except UnavailableError as error:
            refusals.append(error.message)
    if Path(wish.repo).is_dir():
        refusals.append(f"{wish.repo}: the folder of this name has no config.json, so it was not taken for the model")
    raise ModelError("\n".join(refusals))


def _ready(source: ModelSource, way: _Way) -> ModelSource:
    """The source as the engine takes it: with safetensors, and an adapter with the model that it belongs to."""
    source = _converted(source, way)
    if not is_adapter(_names(source.folder)):
        return source
    name = base_of(source.folder)
    try:
        base = _converted(_find(name, way), way)
    except ModelError as error:
        raise ModelError(f"{source.name}: its base model cannot be had: {error.message}") from error
    if is_adapter(_names(base.folder)):
        raise problem(source.folder / ADAPTER_CONFIG, "base_model_name_or_path", "expected a model, got an adapter")
    return replace(source, folder=base.folder, adapter=source.folder)


def _converted(source: ModelSource, way: _Way) -> ModelSource:
    """The source with a folder of safetensors: its own, or the converted copy of it."""
    names = _names(source.folder)
    if names & {SINGLE, INDEX, ADAPTER_WEIGHTS} or not convert.pickled(names):
        return source
    made = convert.convert(source.folder, way.report) if way.convert_bin else convert.place(source.folder)
    return replace(source, folder=made) if made.is_dir() else source


def is_offline() -> bool:
    """Whether no hub may be asked."""
    wish = os.environ.get("HF_HUB_OFFLINE") or os.environ.get("TRANSFORMERS_OFFLINE") or ""
    return wish.upper() in ("1", "ON", "YES", "TRUE")


def _is_complete(folder: Path, convert_bin: bool) -> bool:
    """Whether a snapshot holds all that is needed; half a download does not."""
    names = _names(folder)
    if is_adapter(names):
        return ADAPTER_WEIGHTS in names or convert.PICKLED_ADAPTER in names
    if names & {SINGLE, INDEX}:
        with contextlib.suppress(ModelError):
            preflight(folder)
            return True
        return False
    return bool(convert.pickled(names)) and (convert_bin or convert.place(folder).is_dir())


def _may_run(folder: Path) -> bool:
    """Whether a folder looks like a model of this engine or an adapter; other models share the cache."""
    from flanchat.engine.checkpoint.config import FAMILIES, read_config

    with contextlib.suppress(ModelError):
        if is_adapter(_names(folder)):
            return is_for_t5(folder)
        return read_config(folder).get("model_type") in FAMILIES
    return False


def _names(folder: Path) -> set[str]:
    return {entry.name for entry in entries(folder)}


def _is_path(name: str) -> bool:
    """Whether a name means a folder: by how it begins, or because it is there and could be a model.

    A folder OWNER/NAME without a model in it does not stand in the way of a hub's model of that name.
    """
    if not name or "\0" in name:
        return False
    if name in (".", "..") or name.startswith(("./", "../", "/", "~")):
        return True
    is_there = os.path.lexists(name)
    is_model = any(os.path.lexists(os.path.join(name, file)) for file in ("config.json", ADAPTER_CONFIG))
    return is_there and (is_model or not _SYNTAX.fullmatch(name))
