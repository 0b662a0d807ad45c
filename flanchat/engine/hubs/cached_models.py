"""The models in the caches of the hubs: listed, checked and removed."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from flanchat.base.errors import ModelError
from flanchat.base.files import reason
from flanchat.base.i18n import _
from flanchat.engine.checkpoint import convert
from flanchat.engine.checkpoint.config import may_run, read_config
from flanchat.engine.checkpoint.lora import ADAPTER_WEIGHTS, is_adapter, is_for_t5
from flanchat.engine.checkpoint.safetensors_header import INDEX, SINGLE, read_index
from flanchat.engine.checkpoint.tokenizer_files import read_tokenizer_files
from flanchat.engine.checkpoint.untrusted_json import entries, file_names, problem, short
from flanchat.engine.hubs.download import Hub
from flanchat.engine.hubs.model_names import MAIN, SHORT_NAMES, hubs, parse_name


@dataclass(frozen=True, slots=True)
class CachedModel:
    """A model in a hub's cache. name: loads it. folder: its newest files, None when the download is incomplete."""

    name: str
    hub: Hub
    repo: str
    folder: Path | None
    size: int

    @property
    def snapshots(self) -> list[Path]:
        """The folders of its revisions."""
        return [Path(entry.path) for entry in entries(self.hub.cache().model_folder(self.repo) / "snapshots")]


def cached_models(environ: Mapping[str, str]) -> list[CachedModel]:
    """The models in the hubs' caches that this engine may run, by name."""
    found = []
    for hub in hubs(environ).values():
        for repo in hub.cache().models():
            folder = hub.cache().snapshot(repo, MAIN)
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
    return sorted({name for snapshot in model.snapshots for name in cache.damaged(snapshot, wholly=True)})


def is_complete(model: CachedModel) -> bool:
    """Whether a revision of a cached model has all files that it needs, unlike after an interrupted download."""
    return any(map(_has_all_files, model.snapshots))


def remove_cached(model: CachedModel, environ: Mapping[str, str]) -> None:
    """Delete a cached model and its converted copies. Raises ModelError when that fails."""
    cache = model.hub.cache()
    for snapshot in model.snapshots:
        convert.remove_converted(snapshot, environ)
    try:
        cache.remove(model.repo)
    except OSError as error:
        raise problem(
            cache.model_folder(model.repo), "", _("cannot be removed: {why}").format(why=reason(error))
        ) from error


def _has_all_files(folder: Path) -> bool:
    names = file_names(folder)
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


def _may_run(folder: Path) -> bool:
    """Whether a folder seems to hold a T5 or an adapter for one; other models share the cache.

    A damaged configuration may be a T5's.
    """
    try:
        if is_adapter(file_names(folder)):
            return is_for_t5(folder)
        return may_run(read_config(folder))
    except ModelError:
        return "config.json" in file_names(folder)
