"""Models from the Hugging Face hub: only data files, verified against the hub's checksums. Knows no torch.

The hub's client is imported when something is to be fetched. It compares sizes only, so the bytes are hashed here.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flanchat.engine.weights import INDEX, SINGLE, entries, hash_into, no_weights, preflight, problem
from flanchat.errors import ModelError

WANTED = (
    "config.json",
    "generation_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "spiece.model",
    "*.safetensors",
    "*.safetensors.index.json",
)
_ANSWER_S = 8
_LOCAL_ERRORS = {errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO}
_ELSE = "give a model folder instead, or the bundled model: demo"


def download(repo: str, report: Callable[[str], None]) -> Path:
    """The snapshot folder of a hub model, complete and with the hub's own checksums. Only data files are fetched.

    A host that does not answer within 8 s is given up, and a complete cached copy used when there is one.
    """
    from huggingface_hub import HfApi, constants, snapshot_download

    def fetch(*, cached: bool = False) -> Path:
        found = snapshot_download(
            repo,
            allow_patterns=list(WANTED),
            ignore_patterns=["*/*"],
            local_files_only=cached,
            etag_timeout=_ANSWER_S,
        )
        return Path(found)

    host = urlsplit(constants.ENDPOINT).netloc.rpartition("@")[2]
    if constants.HF_HUB_OFFLINE:
        try:
            folder = fetch(cached=True)
        except Exception:
            text = f"no complete cached copy, and HF_HUB_OFFLINE is set; go online once to fetch it, or {_ELSE}"
            raise problem(repo, "", text) from None
        return _require_undamaged(folder, repo)
    report(f"trying {host} for {repo}")
    try:
        known = _within(_ANSWER_S, lambda: HfApi().model_info(repo, timeout=_ANSWER_S))
        names = [file.rfilename for file in known.siblings or ()]
        if not {SINGLE, INDEX} & set(names):
            raise no_weights(f"{host}/{repo}", names)
        folder = fetch()
        if _remove_damaged(folder):
            report(f"{repo} arrived damaged; fetching it once more")
            folder = fetch()
    except ModelError:
        raise
    except Exception as error:
        cause, remedy, passing = _explain(error)
        copy = None
        with contextlib.suppress(Exception):
            folder = fetch(cached=True)
            preflight(folder)
            copy = folder
        if copy is None:
            raise problem(repo, "", f"{host}: {cause}, and there is no cached copy; {remedy}, or {_ELSE}") from None
        if not passing:
            text = f"{host}: {cause}; {remedy}, or set HF_HUB_OFFLINE=1 to use the cached copy"
            raise problem(repo, "", text) from None
        report(f"{host}: {cause}; using the cached copy of {repo}, commit {copy.name[:12]}")
        folder = copy
    return _require_undamaged(folder, repo)


def _explain(error: Exception) -> tuple[str, str, bool]:
    """Cause, remedy, and whether it may pass by itself. Repeats no text of the library, which may quote addresses."""
    status = getattr(getattr(error, "response", None), "status_code", None)
    if status in (401, 403):
        return (
            f"answered {status}: no such model, or not open to you",
            "check the name, or log in with `hf auth login`",
            False,
        )
    if status == 404:
        return "answered 404: no such model", "check the name", False
    if status is not None:
        return f"answered {status}", "try again later", True
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.errno is not None:
            reason = os.strerror(cause.errno) if cause.errno > 0 else str(cause.strerror)
            if cause.errno in _LOCAL_ERRORS:
                return f"saving the download failed: {reason}", "make room, or set HF_HOME to another disk", False
            return f"not reached: {reason}", "check the network, HF_ENDPOINT and proxy", True
        cause = cause.__cause__ or cause.__context__
    if "Timeout" in type(error).__name__:
        return f"no answer within {_ANSWER_S} s", "check the network, HF_ENDPOINT and proxy", True
    return f"not usable ({type(error).__name__})", "check the network, HF_ENDPOINT and proxy", True


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


def _require_undamaged(folder: Path, repo: str) -> Path:
    damaged = _remove_damaged(folder)
    if damaged:
        text = f"{damaged[0]}: its sha256 is not the hub's, so it was removed from the cache"
        raise problem(repo, "", f"{text}; run flanchat online again to fetch it once more")
    return folder


def _remove_damaged(folder: Path) -> list[str]:
    """Delete files whose cached blob is not what its name, a sha256, says. Each blob is hashed once and then noted."""
    notes = folder.parent.parent / ".flanchat-verified"
    damaged = []
    for entry in entries(folder):
        blob = Path(os.path.realpath(folder / entry.name))
        if not re.fullmatch(r"[0-9a-f]{64}", blob.name) or (notes / blob.name).exists():
            continue
        digest = hashlib.sha256()
        hash_into(digest, blob)
        if digest.hexdigest() != blob.name:
            damaged.append(entry.name)
            for path in (folder / entry.name, blob):
                path.unlink(missing_ok=True)
            continue
        with contextlib.suppress(OSError):  # a cache that cannot be written is hashed each time
            notes.mkdir(exist_ok=True)
            (notes / blob.name).touch()
    return damaged
