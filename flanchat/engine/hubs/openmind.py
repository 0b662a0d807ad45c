"""The openMind hub (Modelers) through openmind_hub, the extra `openmind`. Never imports `openmind` itself.

The package `openmind` redirects every download in the process. Of the client, only the calls that list files, name
addresses and move bytes are used: the others retry for over a minute, fail offline, and record a failed file as the
newest revision.
"""

from __future__ import annotations

import importlib.util
import io
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flanchat.base.errors import one_line
from flanchat.base.paths import expand_home
from flanchat.engine.checkpoint.untrusted_json import problem
from flanchat.engine.checkpoint.validate import Origin
from flanchat.engine.hubs.cache import HubCache
from flanchat.engine.hubs.download import CHUNK_BYTES, Hub, Listing, RemoteFile, UnavailableError

TOKEN = "OPENMIND_TOKEN"
_OWNER = re.compile(r"[A-Za-z]([-_.%][A-Za-z0-9]|[A-Za-z0-9]){2,39}")  # the client's own rule
_REVISION = re.compile(r"[A-Za-z0-9_-]{1,100}")


class OpenMind(Hub):
    """The client has no login and reads no token: it is handed OPENMIND_TOKEN.

    The client itself reads the process's environment, which `environ` is expected to be.
    """

    prefix, name = "om", "openMind"
    origin: Origin = "openmind"
    login = f"set {TOKEN}"
    cache_variable = "XDG_CACHE_HOME"

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ

    def cache(self) -> HubCache:
        caches = expand_home(self.environ.get("XDG_CACHE_HOME") or "~/.cache", self.environ)
        return HubCache(Path(caches, "openmind", "hub"))

    def check(self, repo: str, revision: str) -> None:
        owner = repo.partition("/")[0]
        if not _OWNER.fullmatch(owner):
            text = f"{owner} cannot be an owner on openMind: expected 3 to 40 letters and digits, a letter first"
            raise problem(repo, "", f"{text}; check the name")
        if not _REVISION.fullmatch(revision):
            text = f"{revision} cannot be a revision on openMind: expected letters, digits, _ and -"
            raise problem(repo, "", f"{text}; name a branch")

    def is_installed(self) -> bool:
        return importlib.util.find_spec("openmind_hub") is not None

    def host(self) -> str:
        os.environ["OM_HUB_DISABLE_PROGRESS_BARS"] = "1"  # flanchat draws its own
        os.environ.setdefault("DEFAULT_REQUEST_TIMEOUT", "15")  # the client's own is 60 s, with five attempts
        if not self.is_installed():
            raise UnavailableError(
                "openMind: its client openmind-hub is not installed; pip install 'flanchat[openmind]', "
                "or take the model from Hugging Face with hf:OWNER/NAME"
            )
        try:
            import openmind_hub
            from openmind_hub.plugins.openmind import file_download
        except Exception as error:
            text = f"openMind: its client openmind-hub cannot be used: {one_line(error)}; install it again"
            raise UnavailableError(text) from error
        openmind_hub.set_verbosity_error()
        file_download.DOWNLOAD_CHUNK_SIZE = CHUNK_BYTES
        return str(urlsplit(openmind_hub.ENDPOINT).netloc)

    def listing(self, repo: str, revision: str, timeout_s: float) -> Listing:
        from openmind_hub import OmApi, RepoFile

        api: Any = OmApi()
        found = list(api.list_repo_tree(repo, revision=revision, token=self._token()))
        files = tuple(RemoteFile(file.path, file.size, file.blob_id) for file in found if isinstance(file, RepoFile))
        commit = api.get_repo_last_commit(repo, revision=revision, token=self._token())
        return Listing(repo, revision, commit.oid, files)

    def fetch(self, listing: Listing, file: RemoteFile, sink: io.BufferedWriter, start: int) -> None:
        from openmind_hub import build_om_headers, http_get, om_hub_url

        url = om_hub_url(listing.repo, file.name, revision=listing.revision)
        headers = build_om_headers(token=self._token())
        http_get(url, sink, resume_size=start, headers=headers, expected_size=file.size)

    def _token(self) -> str | None:
        return self.environ.get(TOKEN, "").strip() or None  # a token read from a file ends with a newline
