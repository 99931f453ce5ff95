"""Downloads from a real server on loopback: what breaks is continued, what is wrong never becomes visible."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from loopback import breaks_after, fails, redirects, serving

from xstilts.data.download import FetchError, Patience, extract, fetch

QUICK = Patience(tries=3, first_wait=0.001, longest_wait=0.002, silence=5.0)
CONTENT = bytes(range(256)) * 4_000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def server():
    with serving() as state:
        state.files["/set.bin"] = CONTENT
        yield state


@pytest.fixture
def target(tmp_path):
    return tmp_path / "cache" / "set.bin"


def part_of(target: Path) -> Path:
    return target.with_name(f".{target.name}.part")


def test_a_file_is_fetched_once(server, target):
    for _ in range(2):
        fetch(f"{server.url}/set.bin", target, SHA256, QUICK)
    assert target.read_bytes() == CONTENT
    assert server.paths() == ["/set.bin"]
    assert not part_of(target).exists()


def test_a_broken_connection_is_continued_where_it_ended(server, target):
    server.troubles["/set.bin"] = [breaks_after(300_000)]
    fetch(f"{server.url}/set.bin", target, SHA256, QUICK)
    assert target.read_bytes() == CONTENT
    assert [asked for _, _, asked in server.asked] == ["", "bytes=300000-"]


def test_a_connection_may_break_more_often_than_there_are_tries_while_it_brings_something(server, target):
    def brings_a_little(handler, content):
        start = int(handler.headers.get("Range", "bytes=0-")[6:-1])
        handler.send(content, start, body=content[start : start + 100_000])
        handler.close_connection = True

    server.troubles["/set.bin"] = [brings_a_little] * 8
    fetch(f"{server.url}/set.bin", target, SHA256, QUICK)
    assert target.read_bytes() == CONTENT
    assert server.asked[-1][2] == "bytes=800000-"


def test_what_a_killed_process_left_is_continued(server, target):
    server.troubles["/set.bin"] = [breaks_after(300_000), fails(404)]
    with pytest.raises(FetchError, match="answers 404"):
        fetch(f"{server.url}/set.bin", target, SHA256, QUICK)
    assert not target.exists()
    assert part_of(target).read_bytes() == CONTENT[:300_000]
    fetch(f"{server.url}/set.bin", target, SHA256, QUICK)
    assert server.asked[-1][2] == "bytes=300000-"
    assert target.read_bytes() == CONTENT


def test_another_version_of_the_file_is_begun_anew(server, target):
    server.troubles["/set.bin"] = [breaks_after(300_000), fails(404)]
    with pytest.raises(FetchError):
        fetch(f"{server.url}/set.bin", target, "", QUICK)
    server.files["/set.bin"] = newer = CONTENT[::-1]
    fetch(f"{server.url}/set.bin", target, "", QUICK)
    assert target.read_bytes() == newer


def test_without_validator_and_checksum_nothing_is_continued(server, target):
    server.validator = lambda content: ""
    part_of(target).parent.mkdir()
    part_of(target).write_bytes(b"of something else")
    fetch(f"{server.url}/set.bin", target, "", QUICK)
    assert target.read_bytes() == CONTENT
    assert server.asked == [("GET", "/set.bin", "")]


def test_a_wrong_beginning_is_found_by_the_checksum_and_replaced(server, target):
    server.validator = lambda content: ""
    part_of(target).parent.mkdir()
    part_of(target).write_bytes(b"of something else")
    fetch(f"{server.url}/set.bin", target, SHA256, QUICK)
    assert target.read_bytes() == CONTENT
    assert [asked for _, _, asked in server.asked] == ["bytes=17-", ""]


def test_a_server_without_ranges_is_taken_from_the_start(server, target):
    server.takes_ranges = False
    server.troubles["/set.bin"] = [breaks_after(300_000)]
    fetch(f"{server.url}/set.bin", target, SHA256, QUICK)
    assert target.read_bytes() == CONTENT


def test_more_than_the_server_has_is_begun_anew(server, target):
    part_of(target).parent.mkdir()
    part_of(target).write_bytes(CONTENT + b"more")
    fetch(f"{server.url}/set.bin", target, SHA256, QUICK)
    assert target.read_bytes() == CONTENT


def test_a_wrong_checksum_is_an_error_and_leaves_nothing(server, target):
    wrong = "0" * 64
    with pytest.raises(FetchError, match=f"wrong checksum: SHA-256 {SHA256}, expected {wrong}"):
        fetch(f"{server.url}/set.bin", target, wrong, QUICK)
    assert not target.exists()
    assert not part_of(target).exists()


def test_503_is_tried_again_and_404_is_not(server, target):
    server.troubles["/set.bin"] = [fails(503), fails(429)]
    fetch(f"{server.url}/set.bin", target, SHA256, QUICK)
    assert len(server.asked) == 3
    with pytest.raises(FetchError, match="answers 404 Not Found"):
        fetch(f"{server.url}/gone.bin", target.with_name("gone"), "", QUICK)
    assert len(server.asked) == 4


def test_a_server_that_stays_away_is_given_up(server, target):
    server.troubles["/set.bin"] = [fails(503)] * 9
    with pytest.raises(FetchError, match="answers 503 Service Unavailable, 3 times in a row"):
        fetch(f"{server.url}/set.bin", target, SHA256, QUICK)
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    ("fruitless", "asked", "expected"), [(1, 0.0, 1.0), (2, 0.0, 2.0), (4, 0.0, 8.0), (9, 0.0, 30.0), (1, 7.0, 7.0)]
)
def test_waits_double_up_to_the_longest_and_follow_the_server(monkeypatch, fruitless, asked, expected):
    waits: list[float] = []
    monkeypatch.setattr("time.sleep", waits.append)
    Patience().wait(fruitless, asked)
    assert waits == [expected]


def test_the_server_says_how_long_to_wait(server, target, monkeypatch):
    waits: list[float] = []
    monkeypatch.setattr("time.sleep", waits.append)
    server.troubles["/set.bin"] = [fails(503, **{"Retry-After": "3"})]
    fetch(f"{server.url}/set.bin", target, SHA256, Patience(tries=2, first_wait=0.001))
    assert 3.0 in waits


def test_redirects_are_followed_and_the_rest_is_asked_for_there(server, target):
    server.troubles["/moved"] = [redirects("/set.bin")] * 2
    server.troubles["/set.bin"] = [breaks_after(300_000)]
    fetch(f"{server.url}/moved", target, SHA256, QUICK)
    assert target.read_bytes() == CONTENT
    assert server.asked[-1] == ("GET", "/set.bin", "bytes=300000-")


def test_an_unreachable_server_is_named_in_one_line(target):
    with serving() as gone:
        url = gone.url
    with pytest.raises(FetchError, match=r"cannot be reached: .*refused.*, 3 times in a row"):
        fetch(f"{url}/set.bin", target, "", QUICK)


@pytest.mark.parametrize("url", ["file:///etc/hostname", "ftp://127.0.0.1/set.bin"])
def test_only_http_is_fetched(target, url):
    with pytest.raises(FetchError, match="no http or https URL"):
        fetch(url, target, "", QUICK)


def test_two_processes_fetch_a_file_once(server, target):
    script = (
        "import sys; from pathlib import Path; from xstilts.data.download import fetch; "
        "fetch(sys.argv[1], Path(sys.argv[2]), sys.argv[3])"
    )
    command = [sys.executable, "-c", script, f"{server.url}/set.bin", str(target), SHA256]
    both = [subprocess.Popen(command, env={**os.environ, "NO_PROXY": "*"}) for _ in range(2)]
    assert [process.wait(60) for process in both] == [0, 0]
    assert target.read_bytes() == CONTENT
    assert server.paths() == ["/set.bin"]


def test_no_part_of_a_file_is_ever_visible(server, target):
    seen: list[bool] = []

    def watched(handler, content):
        handler.send(content, body=b"")
        for start in range(0, len(content), 100_000):
            seen.append(target.exists())
            handler.wfile.write(content[start : start + 100_000])

    server.troubles["/set.bin"] = [watched]
    fetch(f"{server.url}/set.bin", target, SHA256, QUICK)
    assert len(seen) == 11
    assert not any(seen)


def archives(folder: Path) -> list[Path]:
    with zipfile.ZipFile(folder / "a.zip", "w") as zipped:
        zipped.writestr("set/de.tsv", "eins\n")
        zipped.writestr("set/en.tsv", "one\n")
    with tarfile.open(folder / "a.tgz", "w:gz") as tarred:
        for name, content in (("set/de.tsv", b"eins\n"), ("set/en.tsv", b"one\n")):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tarred.addfile(entry, io.BytesIO(content))
        folder_entry = tarfile.TarInfo("set/folder")
        folder_entry.type = tarfile.DIRTYPE
        tarred.addfile(folder_entry)
    return [folder / "a.zip", folder / "a.tgz"]


def test_one_member_is_taken_out_of_an_archive(tmp_path):
    for archive in archives(tmp_path):
        target = tmp_path / f"{archive.name}-members" / "set" / "en.tsv"
        extract(archive, "set/en.tsv", target)
        assert target.read_bytes() == b"one\n"
        assert {path.name for path in target.parent.iterdir() if not path.name.endswith(".lock")} == {"en.tsv"}


def test_an_absent_member_or_a_broken_archive_is_an_error(tmp_path):
    for archive in archives(tmp_path):
        with pytest.raises(FetchError, match=r"has no file 'set/sw\.tsv' in it"):
            extract(archive, "set/sw.tsv", tmp_path / "sw.tsv")
    with pytest.raises(FetchError, match="has no file 'set/folder'"):
        extract(tmp_path / "a.tgz", "set/folder", tmp_path / "folder")
    (tmp_path / "page.zip").write_text("<html>Please log in</html>")
    with pytest.raises(FetchError, match="is no archive"):
        extract(tmp_path / "page.zip", "set/en.tsv", tmp_path / "en.tsv")
    assert not (tmp_path / "sw.tsv").exists()
    assert not (tmp_path / "en.tsv").exists()
