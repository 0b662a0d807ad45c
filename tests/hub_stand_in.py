"""A stand-in for the Hugging Face hub on 127.0.0.1, with one repository, for tests of the real client.

Serves what huggingface_hub 2.4 asks for: the revision, the tree, and each file's HEAD and GET.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Hub:
    """repo: the one name that is known. status: the answer to every request, 0 to work.

    corrupt: file name -> how many times it is sent with its last byte changed. requests: "GET /path" in order.
    """

    folder: Path
    repo: str = "acme/tiny"
    status: int = 0
    silent: bool = False
    corrupt: dict[str, int] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    address: str = ""

    def files(self) -> dict[str, bytes]:
        return {
            path.relative_to(self.folder).as_posix(): path.read_bytes()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file()
        }

    def fetched(self) -> set[str]:
        """Names of the files that were asked for."""
        return {r.split(f"/resolve/{COMMIT}/")[1] for r in self.requests if f"/resolve/{COMMIT}/" in r}


@contextmanager
def serve(hub: Hub) -> Iterator[Hub]:
    """Serve until the block ends; sets hub.address."""
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args: object) -> None:
            pass

        def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def do_GET(self) -> None:
            path = unquote(urlsplit(self.path).path)
            hub.requests.append(f"{self.command} {path}")
            if hub.silent:
                over.wait(30)
            elif hub.status:
                self.answer(hub.status, b'{"error": "told to fail"}')
            elif path.startswith(f"/api/models/{hub.repo}"):
                self.answer(200, json.dumps(self.tree() if "/tree/" in path else self.repository()).encode())
            elif path.startswith(f"/{hub.repo}/resolve/"):
                self.file(path.split("/", 5)[5])
            elif path.startswith("/api/models/"):
                self.answer(404, b'{"error": "Repository not found"}', X_Error_Code="RepoNotFound")
            else:
                self.answer(404)

        do_HEAD = do_GET  # noqa: N815

        def repository(self) -> dict:
            return {"id": hub.repo, "sha": COMMIT, "siblings": [{"rfilename": name} for name in hub.files()]}

        def tree(self) -> list:
            rows = []
            for name, content in hub.files().items():
                row = {"type": "file", "path": name, "size": len(content), "oid": _git_sha(content)}
                if name.endswith((".safetensors", ".model", ".bin")):
                    row["lfs"] = {"oid": hashlib.sha256(content).hexdigest(), "size": len(content), "pointerSize": 130}
                rows.append(row)
            return rows

        def file(self, name: str) -> None:
            content = hub.files()[name]
            lfs = name.endswith((".safetensors", ".model", ".bin"))
            tag = hashlib.sha256(content).hexdigest() if lfs else _git_sha(content)
            if self.command == "GET" and hub.corrupt.get(name, 0) > 0:
                hub.corrupt[name] -= 1
                content = content[:-1] + bytes([content[-1] ^ 255])
            self.answer(200, content, ETag=f'"{tag}"', X_Repo_Commit=COMMIT)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *args: None
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    hub.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield hub
    finally:
        over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _git_sha(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
