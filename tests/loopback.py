"""A server on this machine that misbehaves as it is told, and speaks what the hub's library needs of its protocol."""

from __future__ import annotations

import base64
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
        self.answers: dict[str, Callable[[bytes], Any]] = {}
        self.pushed: dict[str, bytes] = {}
        self.tokens: set[str] = set()

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

    def add_model(self, repository: str) -> None:
        """A repository of models that takes files: small ones in the commit, weights in large-file storage."""
        large: dict[str, bytes] = {}

        def upload_modes(body: bytes) -> Any:
            modes = {True: "lfs", False: "regular"}
            names = [file["path"] for file in json.loads(body)["files"]]
            files = [{"path": name, "uploadMode": modes[name.endswith(".safetensors")]} for name in names]
            return {"files": [{**file, "shouldIgnore": False, "oid": None} for file in files]}

        def places(body: bytes) -> Any:
            objects = json.loads(body)["objects"]
            for entry in objects:
                self.answers[f"/large/{entry['oid']}"] = lambda content, oid=entry["oid"]: large.update({oid: content})
                entry["actions"] = {"upload": {"href": f"{self.url}/large/{entry['oid']}", "header": {}}}
            return {"transfer": "basic", "objects": objects}

        def commit(body: bytes) -> Any:
            for line in map(json.loads, body.splitlines()):
                value = line["value"]
                if line["key"] == "file":
                    self.pushed[value["path"]] = base64.b64decode(value["content"])
                elif line["key"] == "lfsFile":
                    self.pushed[value["path"]] = large[value["oid"]]
            return {"commitUrl": f"{self.url}/{repository}/commit/{COMMIT}", "commitOid": COMMIT}

        self.answers["/api/repos/create"] = lambda body: {"url": f"{self.url}/{repository}"}
        self.answers["/api/validate-yaml"] = lambda body: {"errors": [], "warnings": []}
        self.answers[f"/api/models/{repository}/preupload/main"] = upload_modes
        self.answers[f"/{repository}.git/info/lfs/objects/batch"] = places
        self.answers[f"/api/models/{repository}/commit/main"] = commit

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

    def do_POST(self) -> None:
        """An answer to what was sent, or what befalls the path."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path, state = unquote(urlsplit(self.path).path), self.state
        state.asked.append((self.command, path, ""))
        state.tokens.add(self.headers.get("Authorization", ""))
        if state.troubles.get(path):
            state.troubles[path].pop(0)(self, b"")
        elif path in state.answers:
            content = json.dumps(state.answers[path](body)).encode()
            self.send(content, body=content)
        else:
            self.status(404)

    do_PUT = do_POST

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
