"""Download a model from a hub: only what T5 needs, resumed, verified. Knows no client and no torch.

A hub's client lists the files, knows addresses and tokens, and moves the bytes. This module decides where they go,
because both clients accept a damaged file of the right length, and not both resume an interrupted download.
"""

from __future__ import annotations

import errno
import io
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from flanchat.base.errors import ModelError
from flanchat.base.format import format_bytes
from flanchat.base.i18n import _
from flanchat.engine.checkpoint.convert import PICKLED_ADAPTER, pickled
from flanchat.engine.checkpoint.description import CARD, CARD_BYTES
from flanchat.engine.checkpoint.lora import ADAPTER_CONFIG, ADAPTER_WEIGHTS, base_of, is_adapter, read_adapter_config
from flanchat.engine.checkpoint.safetensors_header import INDEX, SINGLE, no_weights, read_index
from flanchat.engine.checkpoint.untrusted_json import problem
from flanchat.engine.checkpoint.validate import Origin, read_small_files
from flanchat.engine.hubs.cache import HubCache, is_checksum, is_commit
from flanchat.engine.hubs.failures import explain

CHUNK_BYTES = 1 << 17
"""Size of a write, and so the most that a broken connection loses. With the clients' own 10 MB progress bars jump."""

_SMALL_FILES = (
    "config.json",
    "generation_config.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "spiece.model",
    "tokenizer.json",
    "vocab.json",
    "merges.txt",
    ADAPTER_CONFIG,
    CARD,
)
_TIMEOUT_S = 8
_PROGRESS_S = 0.1


class RemoteFile(NamedTuple):
    """A file on a hub. checksum: a sha256, or git's blob hash for a small file."""

    name: str
    size: int
    checksum: str


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of a model, without those in subfolders. commit: the present one of the revision."""

    repo: str
    revision: str
    commit: str
    files: tuple[RemoteFile, ...]


class Part(NamedTuple):
    """How many bytes of a file have been downloaded."""

    name: str
    done: int
    size: int


Progress = Callable[[Sequence[Part]], None]


class Hub(Protocol):
    """A model hub. Only `host`, `listing` and `fetch` import its client; only the last two use the network.

    prefix: before a model's name. name: for display. login: how to get access. cache_variable: moves its cache.
    environ: names proxies and certificates.
    """

    prefix: str
    name: str
    origin: Origin
    login: str
    cache_variable: str
    environ: Mapping[str, str]

    def cache(self) -> HubCache:
        """The cache that its client uses too."""
        ...

    def check(self, repo: str, revision: str) -> None:
        """Raise ModelError for a name that cannot exist on this hub."""
        return

    def is_installed(self) -> bool:
        """Whether its client is installed."""
        return True

    def host(self) -> str:
        """The host that is contacted. Raises UnavailableError when the client cannot be imported."""
        ...

    def listing(self, repo: str, revision: str, timeout_s: float) -> Listing:
        """List the files. Raises what the client raises."""
        ...

    def fetch(self, listing: Listing, file: RemoteFile, sink: io.BufferedWriter, start: int) -> None:
        """Write a file's bytes from `start` on into `sink`. Raises what the client raises."""
        ...


class UnavailableError(ModelError):
    """A hub could not provide a model; another one might."""


def download(
    hub: Hub,
    repo: str,
    revision: str,
    *,
    report: Callable[[str], None],
    progress: Progress,
    with_pickled: bool = False,
) -> Path:
    """Download a model and return its snapshot folder, complete and checked against the hub's checksums.

    Only the files that T5 needs are downloaded, the small ones first: a model that they rule out costs no weights.
    with_pickled: .bin files if there are no safetensors. A host that does not answer within 8 s is given up.
    """
    hub.check(repo, revision)
    host, cache = hub.host(), hub.cache()
    report(_("trying {host} for {repo}").format(host=host, repo=repo))
    try:
        # The clients' own timeouts exclude name resolution and slow answers.
        listing = _in_thread(
            lambda: hub.listing(repo, revision, _TIMEOUT_S), lambda thread: thread.join(_TIMEOUT_S + 0.5)
        )
        _require_checksums(listing, host)
        folder = cache.snapshot_folder(repo, listing.commit)
        small = _small_files(listing)
        if any(file.name == CARD and file not in small for file in listing.files):
            report(f"{CARD} is larger than {format_bytes(CARD_BYTES)} and left out; the licence stays unknown")
        _fetch_missing(hub, listing, small, report, lambda parts: None)  # all progress is of all files
        weights = _weights(folder, listing, f"{host}/{repo}", with_pickled=with_pickled)
        _fetch_missing(hub, listing, [*small, *weights], report, progress)
        cache.set_ref(repo, revision, listing.commit)
    except ModelError:
        raise
    except Exception as error:
        cause, remedy, is_local = explain(error, hub, _TIMEOUT_S)
        raise (ModelError if is_local else UnavailableError)(
            _("; ").join([f"{repo}: {host}: {cause}", remedy])
        ) from error
    return folder


def _small_files(listing: Listing) -> list[RemoteFile]:
    """The files that say what a model is: configuration, vocabulary, the index of shards and, if small, the card."""
    by_name = {file.name: file for file in listing.files if file.name != CARD or file.size <= CARD_BYTES}
    wanted = list(_SMALL_FILES)
    if SINGLE not in by_name and not is_adapter(by_name):
        wanted.append(INDEX)
    return [by_name[name] for name in wanted if name in by_name]


def _weights(folder: Path, listing: Listing, where: str, *, with_pickled: bool) -> list[RemoteFile]:
    """The files of weights, once the small files in `folder` are there. Raises ModelError for a model that cannot run.

    Whatever can be known before the weights is said here, so that nobody downloads gigabytes to learn it.
    """
    by_name = {file.name: file for file in listing.files}
    if is_adapter(by_name):
        read_adapter_config(folder)
        base_of(folder)
        names = [name for name in (ADAPTER_WEIGHTS, *([PICKLED_ADAPTER] * with_pickled)) if name in by_name][:1]
    else:
        from flanchat.engine.t5.tokenizer import open_tokenizer

        open_tokenizer(read_small_files(folder).tokenizer)
        if SINGLE in by_name:
            names = [SINGLE]
        elif INDEX in by_name:
            names = sorted(set(read_index(folder).values()))
        else:
            names = pickled(by_name) if with_pickled else []
    if not names:
        raise no_weights(where, by_name)
    if missing := [name for name in names if name not in by_name]:
        text = f"expected {missing[0]}, as {INDEX} says, got no such file in the repository"
        raise problem(where, "weights", f"{text}; use another revision or copy of the model")
    return [by_name[name] for name in names]


def _require_checksums(listing: Listing, host: str) -> None:
    """Refuse a listing without valid checksums: downloads could not be verified, and they become file names."""
    if not is_commit(listing.commit) or not all(is_checksum(file.checksum) for file in listing.files):
        text = "lists no commit or no checksums, so its files could not be verified"
        raise UnavailableError(f"{listing.repo}: {host}: {text}; use another mirror or hub")


def _require_room(hub: Hub, repo: str, files: Sequence[RemoteFile]) -> None:
    """Refuse a download that does not fit on the disk, before the first byte."""
    import shutil

    folder = hub.cache().model_folder(repo)
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    needed = sum(part.size - part.done for part in _parts(hub, repo, files))
    free = shutil.disk_usage(existing).free
    if needed > free:
        text = f"needs {format_bytes(needed)} more, and {format_bytes(free)} are free in {existing}"
        raise problem(repo, "", f"{text}; make room, or set {hub.cache_variable} to another disk")


def _parts(hub: Hub, repo: str, files: Sequence[RemoteFile]) -> list[Part]:
    """The progress of each file, by its size on disk."""
    cache = hub.cache()
    return [Part(file.name, min(cache.received_bytes(repo, file.checksum), file.size), file.size) for file in files]


def _fetch_missing(
    hub: Hub, listing: Listing, files: Sequence[RemoteFile], report: Callable[[str], None], progress: Progress
) -> None:
    """Download those that are not in the cache one after the other, in a thread, so that Ctrl-C takes effect at once.

    Those in the cache are read wholly, and downloaded again if they are damaged. The progress is that of all `files`.
    """
    cache, commit = hub.cache(), listing.commit
    missing = [file for file in files if not cache.has(listing.repo, commit, file.name, file.checksum, wholly=True)]
    if not missing:
        return
    _require_room(hub, listing.repo, missing)
    stop = threading.Event()

    def fetch_all() -> None:
        for file in missing:
            _fetch(hub, listing, file, stop, report)

    def show(thread: threading.Thread) -> None:
        while thread.is_alive():
            progress(_parts(hub, listing.repo, files))
            thread.join(_PROGRESS_S)
        progress(_parts(hub, listing.repo, files))

    try:
        _in_thread(fetch_all, show)
    finally:
        stop.set()


def _fetch(hub: Hub, listing: Listing, file: RemoteFile, stop: threading.Event, report: Callable[[str], None]) -> None:
    """Download one file, or the rest of it. A damaged one is downloaded once more from the beginning."""
    cache, key = hub.cache(), (listing.repo, listing.commit, file.name, file.checksum)

    def waiting() -> None:
        report(f"another process is downloading {file.name}; waiting for it")

    with cache.lock(listing.repo, file.checksum, waiting):
        if cache.has(*key):  # another process was faster
            return
        cache.discard(listing.repo, file.checksum)
        for last in (False, True):
            with _Sink(cache.partial(listing.repo, file.checksum), stop) as sink:
                if sink.tell() > file.size:
                    sink.truncate(0)
                _fill(hub, listing, file, sink)
            if cache.store(*key):
                return
            if not last:
                report(f"{file.name} arrived damaged; downloading it once more")
    text = "its content does not match the hub's checksum, so it was deleted; try again later"
    raise problem(listing.repo, file.name, text)


def _fill(hub: Hub, listing: Listing, file: RemoteFile, sink: _Sink) -> None:
    """Download the missing bytes of a file. Reconnects after an error as long as each attempt brings some bytes."""
    while (start := sink.tell()) < file.size:
        try:
            hub.fetch(listing, file, sink, start)
        except Exception:
            sink.flush()
            if sink.stop.is_set() or sink.tell() == start:
                raise


class _Sink(io.BufferedWriter):
    """A file that grows while it is downloaded, and refuses more bytes once the download was abandoned."""

    def __init__(self, path: Path, stop: threading.Event) -> None:
        super().__init__(io.FileIO(path, "ab"))
        self.stop = stop

    def write(self, chunk: Any) -> int:
        if self.stop.is_set():
            raise InterruptedError(errno.EINTR, "the download was abandoned")
        return super().write(chunk)


def _in_thread(call: Callable[[], Any], wait: Callable[[threading.Thread], None]) -> Any:
    """The result of a call in a thread; TimeoutError if it has none after `wait`, which may give the thread up."""
    results: list[Any] = []
    errors: list[Exception] = []

    def run() -> None:
        try:
            results.append(call())
        except Exception as error:
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    wait(thread)
    if errors:
        raise errors[0]
    if not results:
        raise TimeoutError
    return results[0]
