"""Every wrong input of the catalogue: exit code 2, one message that helps, no result on stdout, no trace on disk."""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from errors.catalogue import Case
from tiny_study import TINY, write_study

SUBJECTS = ("wrong_claims", "wrong_commands", "wrong_data", "wrong_encoders", "wrong_studies", "wrong_tasks")
OF_A_RUN = ("wrong_claims",)
FOUND = [(subject, case) for subject in SUBJECTS for case in import_module(f"errors.{subject}").CASES]
CASES = {f"{subject}: {case.name}": case for subject, case in FOUND}
assert len(CASES) == len(FOUND), "two cases have one name"
HELP = ("\n  expected: ", "\n  to fix:   ")


@pytest.fixture
def wrong(request: pytest.FixtureRequest, prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a study, its data and its encoder, which is the working directory; all caches are in it."""
    folder = tmp_path / "w"
    name = request.node.callspec.params["name"]
    shutil.copytree(request.getfixturevalue("finished") if name.startswith(OF_A_RUN) else prepared, folder)
    write_study(folder, {"targets": {"own_nli": TINY["targets"]["own_nli"]}, "recipes": {"direct": []}})
    for name in ("XDG_CACHE_HOME", "HF_HOME", "HOME"):
        monkeypatch.setenv(name, str(folder / name.lower()))
    monkeypatch.delenv("HF_HUB_CACHE", raising=False)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.chdir(folder)
    return folder


def write(case: Case, folder: Path) -> None:
    for name, content in case.files.items():
        path = folder / name
        if content is None:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def tree(folder: Path) -> dict[str, str]:
    """What is under a folder: names, and checksums of files."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder"
        for path in sorted(folder.rglob("*"))
    }


def check(case: Case, code: int, out: str, err: str) -> None:
    assert code == 2, err
    assert "Traceback" not in err
    assert case.lists or out == ""
    message = "\n" + err[err.index("error: ") :]
    assert message.count("error: ") == 1
    absent = [fragment for fragment in case.says if fragment not in message]
    assert not absent, f"{absent} not in:{message}"
    assert any(part in message for part in HELP), f"says neither what is expected nor what to do:{message}"
    assert len(message) < 4000, "nobody reads so much"


@pytest.mark.parametrize("name", CASES)
def test_a_wrong_input_is_named_and_leaves_nothing(call, wrong, name):
    case = CASES[name]
    write(case, wrong)
    before = tree(wrong)
    called = call(*shlex.split(case.command))
    check(case, called.code, called.out, called.err)
    assert tree(wrong) == before


@pytest.mark.parametrize("command", ["run study.yaml", "tasks mine --study study.yaml --sample 1", "results gone"])
def test_a_process_of_its_own_ends_with_the_same_code_and_message(call, tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "study.yaml").write_text("name: x\nrecipe: {}\n")
    called = call(*shlex.split(command))
    alone = [sys.executable, "-m", "xstilts", *shlex.split(command)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(alone, capture_output=True, text=True, env=environment, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", called.err)
    assert [path.name for path in tmp_path.iterdir()] == ["study.yaml"]


def test_the_traceback_is_there_for_those_who_ask(call, tmp_path):
    called = call("--debug", "run", tmp_path / "gone.yaml")
    assert called.code == 2
    assert called.err.startswith("Traceback")
    assert called.err.endswith("to fix:   check the path\n")
