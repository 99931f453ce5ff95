"""A server on this machine that misbehaves as it is told, and speaks what the hub's library needs of its protocol."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"

Trouble = Callable[["Handler", bytes], None]


class Server:
    """Files by path, troubles that befall the next requests of a path, and a list of what was asked for."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.files: dict[str, bytes] = {}
        self.troubles: dict[str, list[Trouble]] = {}
        self.asked: list[tuple[str, str, str]] = []
        self.validator: Callable[[bytes], str] = lambda content: f'"{hashlib.sha256(content).hexdigest()}"'
        self.takes_ranges = True

    def add_dataset(self, repository: str, files: dict[str, bytes]) -> None:
        """A data set of the hub with one commit; names that end in `.parquet` are in large-file storage."""
        tree: list[dict[str, Any]] = [{"type": "directory", "oid": "0" * 40, "size": 0, "path": "data"}]
        for name, content in files.items():
            blob = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
            entry: dict[str, Any] = {"type": "file", "oid": blob, "size": len(content), "path": name}
            if name.endswith(".parquet"):
                entry["lfs"] = {"oid": hashlib.sha256(content).hexdigest(), "size": len(content), "pointerSize": 1}
            tree.append(entry)
            self.files[f"/datasets/{repository}/resolve/{COMMIT}/{name}"] = content
        self.files[f"/api/datasets/{repository}/tree/{COMMIT}"] = json.dumps(tree).encode()

    def paths(self, method: str = "GET") -> list[str]:
        """Paths that were asked for."""
        return [path for asked, path, _ in self.asked if asked == method]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state: Server

    def do_HEAD(self) -> None:
        self._respond(b"")

    def do_GET(self) -> None:
        self._respond(None)

    def _respond(self, only: bytes | None) -> None:
        path = unquote(urlsplit(self.path).path)
        state = self.state
        state.asked.append((self.command, path, self.headers.get("Range", "")))
        content = state.files.get(path)
        if state.troubles.get(path):
            state.troubles[path].pop(0)(self, content or b"")
            return
        if content is None:
            self.status(404, {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": COMMIT})
            return
        start = 0
        asked = self.headers.get("Range", "")
        unchanged = self.headers.get("If-Range") in (None, state.validator(content))
        if asked and state.takes_ranges and unchanged:
            start = int(asked.removeprefix("bytes=").partition("-")[0])
            if start >= len(content):
                self.status(416)
                return
        self.send(content, start, body=content[start:] if only is None else only)

    def send(self, content: bytes, start: int = 0, body: bytes = b"") -> None:
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(content) - start))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        if self.state.validator(content):
            self.send_header("ETag", self.state.validator(content))
        self.send_header("X-Repo-Commit", COMMIT)
        self.end_headers()
        self.wfile.write(body)

    def status(self, code: int, headers: dict[str, str] | None = None) -> None:
        self.send_response(code)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments: Any) -> None:
        """Nothing is said."""


def fails(code: int, **headers: str) -> Trouble:
    """One answer with this status."""
    return lambda handler, content: handler.status(code, headers)


def redirects(to: str) -> Trouble:
    """One answer that sends the client elsewhere."""
    return lambda handler, content: handler.status(302, {"Location": to})


def breaks_after(count: int) -> Trouble:
    """One answer to a GET that promises everything and ends after so many bytes."""

    def trouble(handler: Handler, content: bytes) -> None:
        if handler.command == "HEAD":
            handler.send(content)
            handler.state.troubles[urlsplit(handler.path).path].insert(0, trouble)
            return
        handler.send(content, body=content[:count])
        handler.close_connection = True

    return trouble


@contextmanager
def serving() -> Iterator[Server]:
    """A running server."""
    handler = type("OneHandler", (Handler,), {})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        handler.state = Server(server.server_port)  # type: ignore[attr-defined]
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield handler.state  # type: ignore[attr-defined]
        finally:
            server.shutdown()
            thread.join()
