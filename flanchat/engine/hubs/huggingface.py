"""The Hugging Face hub through huggingface_hub, which is imported only to list and download files."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import urlsplit

from flanchat.base.errors import ModelError
from flanchat.base.paths import expand_home
from flanchat.engine.checkpoint.validate import Origin
from flanchat.engine.hubs.cache import HubCache
from flanchat.engine.hubs.download import CHUNK_BYTES, Hub, Listing, RemoteFile


class HuggingFace(Hub):
    """HF_ENDPOINT names a mirror; the token is HF_TOKEN or the client's login, and is sent to that host only.

    The client itself reads the process's environment, which `environ` is expected to be.
    """

    prefix, name = "hf", "Hugging Face"
    origin: Origin = "huggingface"
    login = "log in with `hf auth login`"
    cache_variable = "HF_HOME"

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ

    def cache(self) -> HubCache:
        return HubCache(self._path("hub", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"))

    def is_logged_in(self) -> bool:
        """Whether the client has stored a token."""
        return self._path("token", "HF_TOKEN_PATH").is_file()

    def _path(self, name: str, *variables: str) -> Path:
        """The path in the first of the variables that is set, else that of `name` in the client's own folder."""
        environ = self.environ
        caches = environ.get("XDG_CACHE_HOME") or "~/.cache"
        home = environ.get("HF_HOME") or os.path.join(caches, "huggingface")
        chosen = next((environ[v] for v in variables if environ.get(v)), os.path.join(home, name))
        return Path(Template(expand_home(chosen, environ)).safe_substitute(environ))

    def host(self) -> str:
        os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"  # flanchat draws its own
        endpoint = self.environ.get("HF_ENDPOINT")
        if endpoint is not None and not _is_address(endpoint):  # the client accepts any text
            got = "one with a blank in it" if re.search(r"\s", endpoint) else "another text"
            raise ModelError(f"HF_ENDPOINT: expected an address like https://HOST, got {got}; correct or unset it")
        from huggingface_hub import constants, logging

        silence: Any = logging.set_verbosity_error  # has no types
        silence()
        constants.DOWNLOAD_CHUNK_SIZE = CHUNK_BYTES
        return urlsplit(constants.ENDPOINT).netloc.rpartition("@")[2]

    def listing(self, repo: str, revision: str, timeout_s: float) -> Listing:
        from huggingface_hub import HfApi

        found = HfApi().model_info(repo, revision=revision, timeout=timeout_s, files_metadata=True)
        files = tuple(
            RemoteFile(file.rfilename, file.size or 0, file.lfs.sha256 if file.lfs else file.blob_id or "")
            for file in found.siblings or ()
            if "/" not in file.rfilename
        )
        return Listing(repo, revision, found.sha or "", files)

    def fetch(self, listing: Listing, file: RemoteFile, sink: io.BufferedWriter, start: int) -> None:
        from huggingface_hub import hf_hub_url, utils
        from huggingface_hub.file_download import http_get

        untyped: Any = utils  # does not declare all that it exports
        session = untyped.get_session()  # of this thread
        if hasattr(session, "hooks"):  # before version 1 the client retries a failing host six times, for 23 s
            session.hooks["response"] = [_raise_server_error]
        url = hf_hub_url(listing.repo, file.name, revision=listing.commit)
        http_get(url, sink, resume_size=start, headers=untyped.build_hf_headers(), expected_size=file.size)


def _raise_server_error(response: Any, *_: Any, **__: Any) -> None:
    if response.status_code >= 500:
        response.raise_for_status()


def _is_address(text: str) -> bool:
    try:
        address = urlsplit(text)
    except ValueError:
        return False
    return address.scheme in ("http", "https") and bool(address.hostname) and not re.search(r"\s", text)
