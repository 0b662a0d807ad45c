"""Downloads from a model hub, the same way for each: what T5 needs, resumed, verified. Knows no client and no torch.

A hub's client says what there is, knows the addresses and the token, and moves the bytes. Where they go is decided
here: both clients hand over a damaged file of the right length, and not each goes on with a download that was cut.
"""

from __future__ import annotations

import errno
import io
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from flanchat.base.errors import ModelError
from flanchat.base.format import format_bytes
from flanchat.engine.checkpoint.config import read_config, read_shape
from flanchat.engine.checkpoint.convert import PICKLED_ADAPTER, pickled
from flanchat.engine.checkpoint.lora import ADAPTER_CONFIG, ADAPTER_WEIGHTS, is_adapter
from flanchat.engine.checkpoint.safetensors_header import INDEX, SHARD, SINGLE, no_weights
from flanchat.engine.checkpoint.untrusted_json import problem
from flanchat.engine.checkpoint.validate import Origin
from flanchat.engine.hubs.cache import Cache, is_checksum, is_commit

CHUNK_BYTES = 1 << 17
"""What is written at once: the most that a cut connection costs. The clients' own 10 MB also make a bar jump."""

_SMALL_FILES = (
    "config.json",
    "generation_config.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    ADAPTER_CONFIG,
)
_LARGE = (".safetensors", ".bin")
_ANSWER_S = 8
_LOOK_S = 0.1
_LOCAL_ERRORS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO}


class RemoteFile(NamedTuple):
    """A file on a hub. checksum: a sha256, or git's blob hash for a small one."""

    name: str
    size: int
    checksum: str


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of a model, those in folders left out. commit: what the revision stands for now."""

    repo: str
    revision: str
    commit: str
    files: tuple[RemoteFile, ...]


class Part(NamedTuple):
    """How far a file is, in bytes."""

    name: str
    done: int
    size: int


Progress = Callable[[Sequence[Part]], None]


class Hub(Protocol):
    """A place that models are fetched from. Only `listing` and `fetch` import its client and use the network.

    prefix: in front of a name. name: for readers. login: how to be let in. move: the variable that moves its cache.
    """

    prefix: str
    name: str
    origin: Origin
    login: str
    move: str

    def cache(self) -> Cache:
        """Where its client keeps what it has fetched."""
        ...

    def check(self, repo: str, revision: str) -> None:
        """Raise ModelError when a name can be none of its models."""
        ...

    def is_installed(self) -> bool:
        """Whether its client is there."""
        ...

    def host(self) -> str:
        """Who is asked. Imports the client; raises UnavailableError when that cannot be done."""
        ...

    def listing(self, repo: str, revision: str, timeout_s: float) -> Listing:
        """What there is. Raises what the client raises."""
        ...

    def fetch(self, listing: Listing, file: RemoteFile, sink: io.BufferedWriter, start: int) -> None:
        """Write a file's bytes from `start` on. Raises what the client raises."""
        ...


class UnavailableError(ModelError):
    """A hub did not give a model; another one might."""


def download(
    hub: Hub,
    repo: str,
    revision: str,
    *,
    report: Callable[[str], None],
    progress: Progress,
    with_pickled: bool = False,
) -> Path:
    """The snapshot folder of a model, complete and with the hub's own checksums.

    Only what T5 needs is fetched, of the weights safetensors; with_pickled: .bin files where there is nothing else.
    A host that does not answer within 8 s is given up.
    """
    hub.check(repo, revision)
    host, cache = hub.host(), hub.cache()
    report(f"trying {host} for {repo}")
    try:
        listing = _within(_ANSWER_S, lambda: hub.listing(repo, revision, _ANSWER_S))
        files = choose(listing.files, f"{host}/{repo}", with_pickled=with_pickled)
        _require_checksums(repo, host, listing.commit, files)
        missing = [f for f in files if not cache.has(repo, listing.commit, f.name, f.checksum)]
        if missing:
            _require_room(hub, repo, missing)
            _fetch_all(hub, listing, missing, report, progress)
        cache.set_ref(repo, revision, listing.commit)
    except ModelError:
        raise
    except Exception as error:
        cause, remedy, is_local = _explain(error, hub)
        raise (ModelError if is_local else UnavailableError)(f"{repo}: {host}: {cause}; {remedy}") from error
    folder = cache.snapshot(repo, listing.commit)
    assert folder is not None
    return folder


def choose(files: Iterable[RemoteFile], where: str, *, with_pickled: bool) -> list[RemoteFile]:
    """The files that T5 or an adapter needs. Raises ModelError when the weights are not among them."""
    by_name = {file.name: file for file in files}
    if is_adapter(by_name):
        weights = [ADAPTER_WEIGHTS] if ADAPTER_WEIGHTS in by_name or not with_pickled else [PICKLED_ADAPTER]
        found = weights[0] in by_name
    elif SINGLE in by_name:
        weights, found = [SINGLE], True
    elif INDEX in by_name:
        weights = [INDEX, *(name for name in by_name if SHARD.fullmatch(name) and name != ADAPTER_WEIGHTS)]
        found = True
    else:
        weights = pickled(by_name) if with_pickled else []
        found = bool(weights)
    if not found:
        raise no_weights(where, by_name)
    vocabulary = "spiece.model" if "spiece.model" in by_name else "tokenizer.json"
    wanted = [*_SMALL_FILES, vocabulary, *sorted(weights)]
    return [by_name[name] for name in wanted if name in by_name]


def _require_checksums(repo: str, host: str, commit: str, files: Iterable[RemoteFile]) -> None:
    """Refuse a listing that what arrives could not be checked against; its words become names of files."""
    if not is_commit(commit) or not all(is_checksum(file.checksum) for file in files):
        text = "gives no commit or no checksums, so nothing that it sends could be checked"
        raise UnavailableError(f"{repo}: {host}: {text}; use another mirror or hub")


def _require_room(hub: Hub, repo: str, files: Sequence[RemoteFile]) -> None:
    """Refuse what cannot fit before the first byte is fetched."""
    import shutil

    place = hub.cache().place(repo)
    there = next(folder for folder in (place, *place.parents) if folder.exists())
    needed = sum(part.size - part.done for part in _parts(hub, repo, files))
    free = shutil.disk_usage(there).free
    if needed > free:
        text = f"needs {format_bytes(needed)} more, and {format_bytes(free)} are free in {there}"
        raise problem(repo, "", f"{text}; make room, or set {hub.move} to another disk")


def _parts(hub: Hub, repo: str, files: Sequence[RemoteFile]) -> list[Part]:
    """How far each file is, as the disk says."""
    cache = hub.cache()
    return [Part(file.name, min(cache.arrived(repo, file.checksum), file.size), file.size) for file in files]


def _fetch_all(
    hub: Hub, listing: Listing, files: Sequence[RemoteFile], report: Callable[[str], None], progress: Progress
) -> None:
    """Fetch files one after the other, in a thread of their own, so that Ctrl-C ends the waiting at once."""
    stop = threading.Event()
    failures: list[Exception] = []

    def run() -> None:
        try:
            for file in files:
                if file.name.endswith(_LARGE):
                    _require_t5(hub.cache().place(listing.repo) / "snapshots" / listing.commit)
                _fetch(hub, listing, file, stop, report)
        except Exception as error:
            failures.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        while thread.is_alive():
            progress(_parts(hub, listing.repo, files))
            thread.join(_LOOK_S)
        progress(_parts(hub, listing.repo, files))
    finally:
        stop.set()
    if failures:
        raise failures[0]


def _require_t5(folder: Path) -> None:
    """Refuse another kind of model before the bytes that take long."""
    if (folder / "config.json").exists():
        read_shape(folder / "config.json", read_config(folder))


def _fetch(hub: Hub, listing: Listing, file: RemoteFile, stop: threading.Event, report: Callable[[str], None]) -> None:
    """Fetch one file, or the rest of it. What arrives damaged is fetched once more from the beginning."""
    cache, at = hub.cache(), (listing.repo, listing.commit, file.name, file.checksum)
    with cache.alone(listing.repo, file.checksum):
        for last in (False, True):
            if cache.has(*at):  # or another process was faster
                return
            with _Sink(cache.part(listing.repo, file.checksum), stop) as sink:
                if sink.tell() > file.size:
                    sink.truncate(0)
                _fill(hub, listing, file, sink)
            if cache.keep(*at):
                return
            if not last:
                report(f"{file.name} arrived damaged; fetching it once more")
    text = "its content is not what the hub's checksum says, so it was not kept; try again later"
    raise problem(listing.repo, file.name, text)


def _fill(hub: Hub, listing: Listing, file: RemoteFile, sink: _Sink) -> None:
    """Get all bytes of a file that are not here. A connection that breaks is made anew as long as it brings some."""
    while (start := sink.tell()) < file.size:
        try:
            hub.fetch(listing, file, sink, start)
        except Exception:
            sink.flush()
            if sink.stop.is_set() or sink.tell() == start:
                raise


class _Sink(io.BufferedWriter):
    """A file that grows while it is fetched, and takes no more once nobody waits for it."""

    def __init__(self, path: Path, stop: threading.Event) -> None:
        super().__init__(io.FileIO(path, "ab"))
        self.stop = stop

    def write(self, chunk: Any) -> int:
        if self.stop.is_set():
            raise InterruptedError(errno.EINTR, "nobody waits for this file any more")
        return super().write(chunk)


def _explain(error: Exception, hub: Hub) -> tuple[str, str, bool]:
    """Cause, remedy, and whether it lies on this machine. Repeats no text of the client, which may quote addresses."""
    import socket
    import ssl

    network = "check the network and proxy, or give a model folder or the bundled model: demo"
    causes = list(_chain(error))
    status = next((s for e in causes if (s := getattr(getattr(e, "response", None), "status_code", None))), None)
    if status in (401, 403):
        return f"answered {status}: no such model, or not open to you", f"check the name, or {hub.login}", False
    if status == 404:
        return "answered 404: no such model", "check the name and the revision", False
    if status is not None:
        return f"answered {status}", "try again later", False
    for cause in causes:
        if isinstance(cause, ssl.SSLError):
            return "its certificate is not trusted", "check the proxy and the machine's certificates", False
        if isinstance(cause, socket.gaierror):
            return "not reached: its name is unknown here", network, False
        if isinstance(cause, OSError) and cause.errno is not None:
            reason = os.strerror(cause.errno)
            if cause.errno in _LOCAL_ERRORS:
                return f"saving the download failed: {reason}", f"make room, or set {hub.move} to another disk", True
            return f"not reached: {reason}", network, False
    if any("Timeout" in type(cause).__name__ for cause in causes):
        return f"no answer within {_ANSWER_S} s", network, False
    return f"not usable ({type(error).__name__})", network, False


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An exception and what led to it."""
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__


def _within(seconds: float, call: Callable[[], Any]) -> Any:
    """The call's result; a looked-up name or a dripping answer cannot hold it longer than `seconds`."""
    results: list[Any] = []
    errors: list[Exception] = []

    def run() -> None:
        try:
            results.append(call())
        except Exception as error:
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds + 0.5)
    if errors:
        raise errors[0]
    if not results:
        raise TimeoutError
    return results[0]
