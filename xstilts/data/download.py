"""Files from the network: resumed where a connection broke, locked between processes, verified, visible only whole."""

from __future__ import annotations

import hashlib
import http.client
import lzma
import os
import socket
import ssl
import tarfile
import time
import urllib.error
import urllib.request
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any
from urllib.parse import urlsplit

from xstilts import __version__
from xstilts.durable import publish_file, read_json, write_json

_CHUNK = 1 << 18
_HARMLESS = 1 << 30  # bytes of a member that are never too many
_DENSEST = 200  # times that text is smaller when it is compressed, at most
_DAMAGED = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    ValueError,
    RuntimeError,  # a zip with a password, links that lead in a circle
)
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Statuses of HTTP that a later request may not get."""


class FetchError(Exception):
    """One place did not give the files; the message is one line that says why."""


@dataclass(frozen=True)
class Patience:
    """How long a server is borne with.

    Attributes:
        tries: Requests in a row that may bring nothing.
        first_wait: Seconds before the second of them; each further wait is twice as long.
        longest_wait: Seconds that no wait exceeds, whatever the server asks for.
        silence: Seconds without a byte after which a connection counts as broken.
    """

    tries: int = 5
    first_wait: float = 1.0
    longest_wait: float = 30.0
    silence: float = 30.0

    def wait(self, fruitless: int, asked: float = 0.0) -> None:
        """Waits after so many fruitless requests in a row, or as long as the server asks for."""
        time.sleep(min(self.longest_wait, max(asked, self.first_wait * 2 ** (fruitless - 1))))


PATIENCE = Patience()


def fetch(url: str, target: Path, sha256: str = "", patience: Patience = PATIENCE) -> None:
    """Puts what a URL holds into a file, unless the file is there.

    A download that was cut is continued where it ended, by this process or by another; `target` appears in one step,
    after its checksum was compared.

    Args:
        url: An http or https URL; redirects are followed.
        target: Where to put it.
        sha256: Checksum of the whole file; empty if none is known.
        patience: How long to try.

    Raises:
        FetchError: If it cannot be had, or is not what was expected.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise FetchError("is no http or https URL")
    with locked(target):
        if target.exists():
            return
        part = target.with_name(f".{target.name}.part")
        was_cut = part.exists()
        _download(url, part, bool(sha256), patience)
        found = file_sha256(part)
        if sha256 and found != sha256 and was_cut:  # the beginning may be of another version
            part.unlink()
            _download(url, part, True, patience)
            found = file_sha256(part)
        if sha256 and found != sha256:
            part.unlink()
            raise FetchError(f"has the wrong checksum: SHA-256 {found}, expected {sha256}")
        _flush(part)
        part.replace(target)
        _validator_path(part).unlink(missing_ok=True)


def extract(archive: Path, member: str, target: Path) -> None:
    """Puts one member of a zip or tar archive into a file, in one step, unless the file is there.

    Nothing else of the archive is written, so no name, link or device in it can reach another place.

    Raises:
        FetchError: If there is no such archive or member, or the member is damaged or grows without measure.
    """
    most = max(_HARMLESS, _DENSEST * archive.stat().st_size) if archive.exists() else 0
    with locked(target):
        if target.exists():
            return
        try:
            with _opened(archive, member) as source, publish_file(target) as draft, draft.open("wb") as file:
                while block := source.read(_CHUNK):
                    file.write(block)
                    if file.tell() > most:
                        raise FetchError(
                            f"holds a file {member!r} of more than {most:,} bytes, which no data set needs"
                        )
        except (KeyError, IsADirectoryError):
            raise FetchError(f"has no file {member!r} in it") from None
        except _DAMAGED as error:
            raise FetchError(f"is no archive that can be read: {error}") from None
        except OSError as error:
            if error.errno is not None:  # of the disk; bz2 tells damage without a number
                raise
            raise FetchError(f"is no archive that can be read: {error}") from None


@contextmanager
def _opened(archive: Path, member: str) -> Iterator[IO[bytes]]:
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as zipped, zipped.open(member) as source:
            yield source
        return
    with tarfile.open(archive) as tarred:
        found = tarred.extractfile(member)
        if found is None:
            raise IsADirectoryError(member)
        with found:
            yield found


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def locked(target: Path) -> Iterator[None]:
    """Makes the folder of a file and holds a lock on its name, also against other processes."""
    from filelock import FileLock

    target.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(target.with_name(f".{target.name}.lock")):
        yield


class _BrokenError(Exception):
    """A request that may go better the next time."""

    def __init__(self, reason: str, wait: float = 0.0) -> None:
        super().__init__(reason)
        self.wait = wait


def _download(url: str, part: Path, is_checked: bool, patience: Patience) -> None:
    """Fills `part`, going on from what is there already where the server can and the content is surely the same."""
    if part.exists() and not (is_checked or _validator_path(part).exists()):
        part.unlink()
    fruitless = 0
    while True:
        before = part.stat().st_size if part.exists() else 0
        try:
            _request(url, part, patience)
            return
        except _BrokenError as error:
            after = part.stat().st_size if part.exists() else 0
            fruitless = 1 if after > before else fruitless + 1
            if fruitless >= patience.tries:
                raise FetchError(f"{error}, {patience.tries} times in a row") from None
            patience.wait(fruitless, error.wait)


def _request(url: str, part: Path, patience: Patience) -> None:
    """One request; returns when the file is whole."""
    have = part.stat().st_size if part.exists() else 0
    headers = {"User-Agent": f"xstilts/{__version__}", "Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
        validator = _validator_path(part)
        if validator.exists():
            headers["If-Range"] = read_json(validator)
    with _answer(urllib.request.Request(url, headers=headers), part, patience) as answer:
        start, total = _extent(answer)
        if start not in (0, have):
            part.unlink(missing_ok=True)
            raise _BrokenError("continues somewhere else than it was asked to")
        if start == 0:
            _keep_validator(answer, part)
        with part.open("r+b" if start else "wb") as file, _bar(url, total, start) as bar:
            file.seek(start)
            done = start
            for block in _blocks(answer):
                file.write(block)
                file.flush()
                bar.update(len(block))
                done += len(block)
    if total is not None and done < total:
        raise _BrokenError(f"broke off after {done:,} of {total:,} bytes")


class _WithinHttp(urllib.request.HTTPRedirectHandler):
    """Follows redirects to http and https alone, and none that gives up encryption."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        before, after = urlsplit(req.full_url).scheme, urlsplit(newurl).scheme
        if after not in ("http", "https") or (before == "https" and after == "http"):
            raise FetchError(f"sends to {newurl}, which is not followed")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _opener() -> urllib.request.OpenerDirector:
    """Speaks http and https alone; urllib's own would also open files and ftp."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.UnknownHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        _WithinHttp(),
        urllib.request.HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    return opener


@contextmanager
def _answer(request: urllib.request.Request, part: Path, patience: Patience) -> Iterator[http.client.HTTPResponse]:
    try:
        answer = _opener().open(request, timeout=patience.silence)
    except urllib.error.HTTPError as error:
        with error:
            if error.code == 416:  # what is there is not the beginning of what the server has
                part.unlink(missing_ok=True)
                raise _BrokenError("has less than was fetched before") from None
            if error.code in PASSING:
                wait = error.headers.get("Retry-After", "")
                said = f"answers {error.code} {error.reason}"
                raise _BrokenError(said, float(wait) if wait.isdigit() else 0.0) from None
            raise FetchError(f"answers {error.code} {error.reason}") from None
    except (OSError, http.client.HTTPException) as error:
        raise _failure(error) from None
    with answer:
        yield answer


def _blocks(answer: http.client.HTTPResponse) -> Iterator[bytes]:
    while True:
        try:
            block = answer.read1(_CHUNK)
        except (OSError, http.client.HTTPException) as error:
            raise _failure(error) from None
        if not block:
            return
        yield block


def _failure(error: Exception) -> Exception:
    """What a network error means: try again, or give up at once."""
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    said = str(reason) or type(reason).__name__
    if isinstance(reason, Exception) and is_hopeless(reason):
        return FetchError(f"cannot be reached: {said}")
    return _BrokenError(f"cannot be reached: {said}")


def is_hopeless(error: BaseException | None) -> bool:
    """Whether a host has no address or no valid certificate: waiting does not mend that."""
    while error is not None:
        if isinstance(error, socket.gaierror | ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _extent(answer: http.client.HTTPResponse) -> tuple[int, int | None]:
    """The offset at which an answer begins, and the size of the whole file where it is said."""
    if answer.status == 206:
        span, _, whole = answer.headers.get("Content-Range", "").removeprefix("bytes ").partition("/")
        start = span.partition("-")[0]
        return (int(start) if start.isdigit() else -1), (int(whole) if whole.isdigit() else None)
    length = answer.headers.get("Content-Length", "")
    return 0, int(length) if length.isdigit() else None


def _validator_path(part: Path) -> Path:
    return part.with_name(f"{part.name}.validator")


def _keep_validator(answer: http.client.HTTPResponse, part: Path) -> None:
    """Keeps what identifies this version of the file, so that only this one is continued."""
    tag = answer.headers.get("ETag", "")
    validator = tag if tag and not tag.startswith("W/") else answer.headers.get("Last-Modified", "")
    if validator:
        write_json(_validator_path(part), validator)
    else:
        _validator_path(part).unlink(missing_ok=True)


def _bar(url: str, total: int | None, start: int) -> Any:
    """A bar on stderr, where that is a terminal."""
    from huggingface_hub import utils

    name = PurePosixPath(urlsplit(url).path).name
    bar: Any = utils.tqdm  # type: ignore[attr-defined]  # public, and not in its __all__
    return bar(desc=name, total=total, initial=start, unit="B", unit_scale=True, disable=None, leave=False)


def _flush(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
