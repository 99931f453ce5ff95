"""What SECURITY.md promises: no code of others is run, nothing leaves its folder, no secret is shown."""

from __future__ import annotations

import ast
import io
import tarfile
import zipfile
from pathlib import Path

import pytest
from loopback import COMMIT, fails, redirects

import xstilts
from xstilts.data import download
from xstilts.data.download import FetchError, Patience, extract, fetch
from xstilts.data.hub import fetch_listing
from xstilts.data.sources import Url
from xstilts.errors import InputError
from xstilts.formats.text import raw_lines

PACKAGE = Path(xstilts.__file__).parent
QUICK = Patience(tries=1, first_wait=0.001)
UNSAFE_MODULES = {"pickle", "cPickle", "dill", "shelve", "marshal", "joblib", "cloudpickle"}
UNSAFE_CALLS = {
    "eval",
    "exec",
    "torch.load",
    "yaml.load",
    "yaml.unsafe_load",
    "yaml.full_load",
    "os.system",
    "os.popen",
}


def unsafe_things(source: str) -> list[str]:
    """Imports and calls that could run what stands in a file."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if alias.name.split(".")[0] in UNSAFE_MODULES]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in UNSAFE_MODULES:
            found.append(str(node.module))
        elif isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            found += [name] if name in UNSAFE_CALLS else []
            for keyword in node.keywords:
                if keyword.arg in ("trust_remote_code", "allow_pickle", "shell"):
                    value = ast.unparse(keyword.value)
                    found += [f"{keyword.arg}={value}"] if value != "False" else []
    return found


def test_unsafe_things_are_found():
    source = (
        "import pickle\nfrom joblib import load\neval(x)\ntorch.load(p)\nf(trust_remote_code=asked)\nf(shell=False)"
    )
    assert unsafe_things(source) == ["pickle", "joblib", "eval", "torch.load", "trust_remote_code=asked"]


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_the_package_runs_no_code_from_files(path):
    assert unsafe_things(path.read_text(encoding="utf-8")) == []


def tar(folder: Path, *entries: tuple[tarfile.TarInfo, bytes]) -> Path:
    with tarfile.open(folder / "a.tar", "w") as archive:
        for entry, content in entries:
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return folder / "a.tar"


def link(name: str, to: str, kind: bytes) -> tuple[tarfile.TarInfo, bytes]:
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = kind, to
    return entry, b""


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE])
def test_a_link_in_an_archive_leads_nowhere_outside_of_it(tmp_path, kind):
    (tmp_path / "secret").write_text("mine")
    archive = tar(tmp_path, link("set.tsv", str(tmp_path / "secret"), kind))
    with pytest.raises(FetchError, match=r"has no file 'set\.tsv'"):
        extract(archive, "set.tsv", tmp_path / "out" / "set.tsv")
    assert not (tmp_path / "out" / "set.tsv").exists()


def test_links_in_a_circle_and_devices_are_refused(tmp_path):
    circle = (link("a", "b", tarfile.SYMTYPE), link("b", "a", tarfile.SYMTYPE))
    archive = tar(tmp_path, *circle, link("c", "", tarfile.CHRTYPE), link("d", "", tarfile.FIFOTYPE))
    for name in "abcd":
        with pytest.raises(FetchError):
            extract(archive, name, tmp_path / "out" / name)
        assert not (tmp_path / "out" / name).exists()


def test_only_the_member_that_is_asked_for_is_written(tmp_path):
    entries = [(tarfile.TarInfo(name), b"x") for name in ("../evil", "/tmp/evil-of-a-test", "set.tsv")]
    extract(tar(tmp_path, *entries), "set.tsv", tmp_path / "out" / "set.tsv")
    files = {path.name for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".lock"}
    assert files == {"a.tar", "set.tsv"}
    assert not Path("/tmp/evil-of-a-test").exists()


@pytest.mark.parametrize("member", ["../evil.tsv", "/etc/evil.tsv", "set/../../evil.tsv"])
def test_a_member_s_name_cannot_leave_the_cache(tmp_path, monkeypatch, member):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    source = Url(member, raw_lines(), ("train",), archive="https://127.0.0.1/a.zip")
    with pytest.raises(InputError, match="would leave the cache"):
        source.locate(None, "en", "train")


def test_a_bomb_is_stopped_while_it_grows(tmp_path, monkeypatch):
    monkeypatch.setattr(download, "_HARMLESS", 1 << 20)
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("set.tsv", b"\0" * (1 << 26))
    with pytest.raises(FetchError, match=r"of more than [\d,]+ bytes"):
        extract(tmp_path / "a.zip", "set.tsv", tmp_path / "out" / "set.tsv")
    assert not [path for path in (tmp_path / "out").iterdir() if not path.name.endswith(".lock")]


@pytest.mark.parametrize("name", ["a.zip", "a.tar.gz", "a.tar.bz2", "a.tar.xz"])
def test_a_damaged_archive_is_refused(tmp_path, name):
    if name == "a.zip":
        with zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("set.tsv", bytes(range(256)) * 100)
    else:
        with tarfile.open(tmp_path / name, f"w:{name.rpartition('.')[2]}") as archive:
            entry = tarfile.TarInfo("set.tsv")
            entry.size = 25_600
            archive.addfile(entry, io.BytesIO(bytes(range(256)) * 100))
    whole = (tmp_path / name).read_bytes()
    for at in range(0, len(whole), max(1, len(whole) // 60)):
        (tmp_path / name).write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        target = tmp_path / "out" / f"set-{at}.tsv"
        try:
            extract(tmp_path / name, "set.tsv", target)
        except FetchError:
            assert not target.exists()


@pytest.mark.parametrize("to", ["file:///etc/hostname", "ftp://127.0.0.1/a", "data:text/plain,x"])
def test_a_redirect_out_of_http_is_not_followed(loopback, tmp_path, to):
    loopback.troubles["/a"] = [redirects(to)]
    with pytest.raises(FetchError, match=r"which is not followed|is not allowed"):
        fetch(f"{loopback.url}/a", tmp_path / "out" / "a", "", QUICK)
    assert not (tmp_path / "out" / "a").exists()


def test_a_token_is_never_shown(loopback, tmp_path, monkeypatch, capfd, caplog):
    secret = "hf_thisisasecretofthetests"
    monkeypatch.setenv("HF_TOKEN", secret)
    path = f"/api/datasets/a/b/tree/{COMMIT}"
    loopback.troubles[path] = [fails(401), fails(500)]
    for _ in range(2):
        with caplog.at_level("DEBUG"), pytest.raises(FetchError) as raised:
            fetch_listing("a/b", COMMIT, tmp_path / "listing.json", QUICK)
        assert secret not in str(raised.value)
    shown = capfd.readouterr()
    assert secret not in shown.out + shown.err + caplog.text
    kept = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert not [file for file in kept if secret.encode() in file.read_bytes()]
