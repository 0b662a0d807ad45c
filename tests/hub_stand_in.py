"""Stand-ins for the Hugging Face and openMind hubs on 127.0.0.1, with one repository, for tests of the real clients.

Hugging Face is plain HTTP on a port. openMind's client insists on HTTPS and its own host names, so its requests go
through a CONNECT proxy, which answers every tunnel with a TLS server and a certificate made for the test.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

COMMIT = "0123456789abcdef0123456789abcdef01234567"
LARGE = (".safetensors", ".model", ".bin")


@dataclass
class Hub:
    """A hub with one model, the faults to simulate, and the requests received.

    repo, commit: the model and its only commit. status: HTTP status of every response, 0 to work.
    statuses: text -> HTTP status for paths that contain it. silent: never respond. token: the token required, if any.
    corrupt: file name -> number of responses in which its last byte is wrong.
    cut: file name -> offsets at which successive responses drop the connection.
    stall: file name -> offset at which a response stops without end. redirect: address to which file requests go.
    sizes, checksums: false values for the listing. said: what every response says besides, in headers and errors.
    requests: "GET /path", in order. ranges: file name -> Range headers received. authorizations: all headers of that
    name received.
    """

    folder: Path
    repo: str = "acme/tiny"
    commit: str = COMMIT
    status: int = 0
    statuses: dict[str, int] = field(default_factory=dict)
    silent: bool = False
    token: str = ""
    corrupt: dict[str, int] = field(default_factory=dict)
    cut: dict[str, list[int]] = field(default_factory=dict)
    stall: dict[str, int] = field(default_factory=dict)
    redirect: str = ""
    sizes: dict[str, int] = field(default_factory=dict)
    checksums: dict[str, str] = field(default_factory=dict)
    said: str = ""
    requests: list[str] = field(default_factory=list)
    ranges: dict[str, list[str]] = field(default_factory=dict)
    authorizations: set[str] = field(default_factory=set)
    address: str = ""
    environ: dict[str, str] = field(default_factory=dict)
    over: threading.Event = field(default_factory=threading.Event)

    def begin(self, folder: Path) -> None:
        """Serve another folder, without faults and with no requests received."""
        self.over.set()
        self.__init__(folder, address=self.address, environ=self.environ)  # type: ignore[misc]

    def checksum(self, name: str, content: bytes) -> str:
        """The checksum in the listing: SHA-256 for a large file, else git's blob hash."""
        if name in self.checksums:
            return self.checksums[name]
        if name.endswith(LARGE):
            return hashlib.sha256(content).hexdigest()
        return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()

    @property
    def host(self) -> str:
        return self.address.partition("://")[2]

    def files(self) -> dict[str, bytes]:
        return {
            path.relative_to(self.folder).as_posix(): path.read_bytes()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file()
        }

    def fetched(self) -> list[str]:
        """Names of the files requested, in order."""
        places = (f"/resolve/{self.commit}/", "/main/media/")
        return [r.partition(place)[2] for r in self.requests for place in places if place in r and r.startswith("GET")]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: Hub

    def log_message(self, *args: object) -> None:
        pass

    def answer(self, status: int, body: object = b"", **headers: str) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if self.hub.said:
            said = self.hub.said.replace("\r", "").encode().decode("latin-1")
            for name in ("X-Error-Message", "X-Error-Code", "X-HF-Warning", "X-Request-Id"):
                self.send_header(name, said)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def do_GET(self) -> None:
        hub, url = self.hub, urlsplit(self.path)
        path = unquote(url.path)
        if path == "/api/agent-harnesses":  # the client asks once a day
            return self.answer(404)
        hub.requests.append(f"{self.command} {path}")
        shown = self.headers.get("Authorization", "")
        hub.authorizations.add(shown)
        status = hub.status or next((code for text, code in hub.statuses.items() if text in path), 0)
        if hub.silent:
            hub.over.wait(300)
        elif status:
            self.answer(status, {"error": f"simulated failure{hub.said}", "code": "simulated"})
        elif hub.token and shown != f"Bearer {hub.token}":
            self.answer(401, {"error": "token required", "code": "unauthorized"})
        else:
            self.route(path, {name: values[0] for name, values in parse_qs(url.query).items()})
        return None

    do_HEAD = do_GET  # noqa: N815

    def route(self, path: str, query: dict[str, str]) -> None:
        raise NotImplementedError

    def file(self, name: str, **headers: str) -> None:
        hub, content = self.hub, self.hub.files().get(name)
        if content is None:
            return self.answer(404)
        if hub.redirect and hub.redirect.partition("://")[2] != self.headers.get("Host"):
            return self.answer(302, Location=f"{hub.redirect}{self.path}")
        if self.command == "GET" and hub.corrupt.get(name, 0) > 0:
            hub.corrupt[name] -= 1
            content = content[:-1] + bytes([content[-1] ^ 255])
        start = 0
        if wanted := self.headers.get("Range", ""):
            hub.ranges.setdefault(name, []).append(wanted)
            start = int(wanted.removeprefix("bytes=").partition("-")[0])
            headers["Content_Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        stops = hub.cut.get(name, []) if self.command == "GET" else []
        stall = hub.stall.pop(name, None)
        if not stops and stall is None:
            return self.answer(206 if wanted else 200, content[start:], **headers)
        self.send_response(206 if wanted else 200)
        for header, value in headers.items():
            self.send_header(header.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        self.wfile.write(content[start : stops.pop(0) if stall is None else stall])
        self.wfile.flush()
        if stall is not None:
            hub.over.wait(300)
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)
        return None


class _HuggingFace(_Handler):
    def route(self, path: str, query: dict[str, str]) -> None:
        hub = self.hub
        if path.startswith(f"/api/models/{hub.repo}"):
            siblings = [self.sibling(name, content) for name, content in hub.files().items()]
            if "/tree/" in path:  # snapshot_download of the client
                return self.answer(200, [{"type": "file", "path": row["rfilename"], **row} for row in siblings])
            self.answer(200, {"id": hub.repo, "sha": hub.commit, "siblings": siblings})
        elif path.startswith(f"/{hub.repo}/resolve/"):
            name = path.split("/", 5)[5]
            tag = hub.checksum(name, hub.files().get(name, b""))
            self.file(name, ETag=f'"{tag}"', X_Repo_Commit=hub.commit)
        elif path.startswith("/api/models/"):
            self.answer(404, {"error": "Repository not found"}, X_Error_Code="RepoNotFound")
        else:
            self.answer(404)

    def sibling(self, name: str, content: bytes) -> dict[str, object]:
        size, tag = self.hub.sizes.get(name, len(content)), self.hub.checksum(name, content)
        row: dict[str, object] = {"rfilename": name, "size": size, "blobId": tag, "oid": tag}
        if len(tag) == 64:
            row["lfs"] = {"sha256": tag, "oid": tag, "size": size, "pointerSize": 130}
        return row


class _OpenMind(_Handler):
    def route(self, path: str, query: dict[str, str]) -> None:
        hub, base = self.hub, f"/api/v1/file/{self.hub.repo}"
        if path == base:
            commit = {"commit_sha": hub.commit, "message": "first", "created": "2024-01-01T00:00:00Z"}
            tree = [self.entry(name, content, commit) for name, content in hub.files().items() if "/" not in name]
            self.answer(200, {"data": {"last_commit": {"commit": commit}, "tree": tree}})
        elif path.startswith(f"{base}/main/media/"):
            self.file(path.removeprefix(f"{base}/main/media/"))
        else:
            self.answer(404, {"code": "resource_not_found", "msg": "not found", "data": None})

    def entry(self, name: str, content: bytes, commit: dict[str, str]) -> dict[str, object]:
        size, tag = self.hub.sizes.get(name, len(content)), self.hub.checksum(name, content)
        about = {"type": "file", "path": name, "name": name, "size": size, "commit": commit}
        return {**about, "etag": tag, "is_lfs": name.endswith(LARGE)}


@contextmanager
def serve(hub: Hub) -> Iterator[Hub]:
    """Context manager that serves as Hugging Face; sets hub.address and hub.environ."""
    with _running(hub, type("HuggingFace", (_HuggingFace,), {"hub": hub})) as address:
        hub.address = address
        hub.environ = {"HF_ENDPOINT": address, "HF_HUB_DISABLE_TELEMETRY": "1"}
        yield hub


@contextmanager
def serve_openmind(hub: Hub, folder: Path, endpoint: str) -> Iterator[Hub]:
    """Context manager that serves as openMind at `endpoint`. folder: for the certificate."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl, which makes the certificate, is not installed")
    host = urlsplit(endpoint).netloc
    made = [folder / "cert.pem", folder / "key.pem"]
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", str(made[1])]
    names = ["-subj", f"/CN={host}", "-addext", f"subjectAltName=DNS:{host},DNS:*.{host}"]
    command = ["openssl", "req", "-x509", "-days", "9", *key, *names, "-out", str(made[0])]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*made)
    inner = type("OpenMind", (_OpenMind,), {"hub": hub})

    class Proxy(BaseHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

        def do_CONNECT(self) -> None:
            self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            self.wfile.flush()
            self.close_connection = True
            with suppress(OSError), context.wrap_socket(self.connection, server_side=True) as tunnel:
                inner(tunnel, self.client_address, self.server)

    with _running(hub, Proxy) as proxy:
        hub.address = endpoint
        hub.environ = {"HTTPS_PROXY": proxy, "https_proxy": proxy, "REQUESTS_CA_BUNDLE": str(made[0])}
        yield hub


@contextmanager
def _running(hub: Hub, handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.handle_error = lambda *args: None
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        hub.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
