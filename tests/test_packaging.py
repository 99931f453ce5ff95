"""What is in the wheel and in the sdist, and that the version stands once."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path, PurePosixPath

import pytest

from xstilts import __version__

ROOT = Path(__file__).parents[1]
MEGABYTES = 1_000_000


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and the wheel that was built from it."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_the_wheel_holds_the_package_and_nothing_else(built):
    (path,) = built.glob("*.whl")
    assert path.name == f"xstilts-{__version__}-py3-none-any.whl"
    assert path.stat().st_size < 60 * MEGABYTES
    with zipfile.ZipFile(path) as wheel:
        names = {PurePosixPath(name) for name in wheel.namelist()}
    about = f"xstilts-{__version__}.dist-info"
    assert {name.parts[0] for name in names} == {"xstilts", about}
    tracked = subprocess.run(["git", "ls-files", "xstilts"], cwd=ROOT, capture_output=True, text=True, check=False)
    files = tracked.stdout.split("\n") if tracked.returncode == 0 else []
    expected = {PurePosixPath(name) for name in files if name} or {name for name in names if name.parts[0] == "xstilts"}
    assert {name for name in names if name.parts[0] == "xstilts"} == expected
    assert {str(name) for name in names if name.parts[0] == about} >= {f"{about}/METADATA", f"{about}/licenses/LICENSE"}
    for needed in ("py.typed", "languages.tsv", "report/template.html.j2", "nano/weights/nano/model.safetensors"):
        assert PurePosixPath("xstilts", needed) in names


def test_the_sdist_holds_what_is_needed_to_test_and_to_build(built):
    (path,) = built.glob("*.tar.gz")
    assert path.stat().st_size < 60 * MEGABYTES
    with tarfile.open(path) as sdist:
        names = {PurePosixPath(name).relative_to(f"xstilts-{__version__}") for name in sdist.getnames()}
    top = {name.parts[0] for name in names if name.parts}
    assert top == {
        ".ci", "benchmarks", "docs", "studies", "tests", "xstilts", "CHANGELOG.md", "CITATION.cff", "CONTRIBUTING.md",
        "LICENSE", "Makefile", "README.md", "mkdocs.yml", "SECURITY.md", "PKG-INFO", "pyproject.toml", ".gitignore",
    }  # fmt: skip
    assert not [name for name in names if "__pycache__" in name.parts or name.suffix in (".pyc", ".draft", ".lock")]


def test_the_wheel_runs_outside_of_the_repository(built, tmp_path):
    (path,) = built.glob("*.whl")
    with zipfile.ZipFile(path) as wheel:
        wheel.extractall(tmp_path / "installed")
    script = (
        "import xstilts, sys; print(xstilts.__file__); from xstilts.cli import main; sys.argv[0] = 'xstilts'; main()"
    )
    command = [sys.executable, "-c", script, "tasks", "mini-nli"]
    environment = {"PYTHONPATH": str(tmp_path / "installed"), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(tmp_path / "installed" / "xstilts"))
    assert "mini-nli: Mini NLI" in done.stdout


def test_the_version_and_the_dependencies_stand_once():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["dynamic"] == ["version"]
    assert "version" not in project
    assert "version:" not in (ROOT / "CITATION.cff").read_text(encoding="utf-8").replace("cff-version:", "")
    assert all(">=" in requirement for requirement in project["dependencies"]), "each has a lower bound"


def test_every_license_of_an_installation_is_allowed():
    done = subprocess.run([sys.executable, ROOT / ".ci" / "licenses.py"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "torch" in done.stdout
