"""A way to call the command line in this process, and a finished run to ask about."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from tiny_study import TINY, tiny_study, write_data, write_study, write_working_encoder

from xstilts.cli import _exit_code


@dataclass(frozen=True)
class Called:
    """What a command came to."""

    code: int
    out: str
    err: str


Call = Callable[..., Called]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Calls `xstilts` with these arguments."""

    def called(*arguments: object) -> Called:
        monkeypatch.setattr(sys, "argv", ["xstilts", *map(str, arguments)])
        capsys.readouterr()
        code = _exit_code()
        captured = capsys.readouterr()
        return Called(code, captured.out, captured.err)

    return called


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study file, its data and its encoder."""
    folder = tmp_path_factory.mktemp("cli")
    write_data(folder)
    write_working_encoder(folder)
    write_study(folder)
    return folder


@pytest.fixture(scope="session")
def finished(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same after a run into `out`; only to be looked at."""
    from xstilts.running import run_study

    folder = tmp_path_factory.mktemp("cli-finished")
    shutil.copytree(prepared, folder, dirs_exist_ok=True)
    run_study(tiny_study(folder), out=folder / "out", device="cpu")
    return folder


@pytest.fixture
def fresh(prepared: Path, tmp_path: Path) -> Path:
    """A study file, its data and its encoder, that may be spoiled; one target only."""
    folder = tmp_path / "fresh"
    shutil.copytree(prepared, folder)
    write_study(folder, {"targets": {"own_nli": TINY["targets"]["own_nli"]}, "recipes": {"direct": []}})
    return folder


@pytest.fixture
def listing() -> Callable[[Path], list[str]]:
    """All paths under a folder."""
    return lambda folder: sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))
