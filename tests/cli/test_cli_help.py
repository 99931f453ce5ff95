from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import xstilts

VERBS = [
    "quickstart", "run", "plan", "status", "results", "report", "claims", "recommend", "score", "submit", "tasks",
    "data", "store",
]  # fmt: skip


def test_help_names_every_verb(call):
    called = call("--help")
    assert called.code == 0
    for verb in VERBS:
        assert f"\n  {verb} " in called.out


@pytest.mark.parametrize("group", ["", "data", "store"])
def test_no_sentence_of_a_list_of_verbs_is_cut(call, group):
    listed = call(*group.split(), "--help").out.partition("Commands:\n")[2].splitlines()
    assert len(listed) >= 3
    assert not [line for line in listed if not line.endswith(".") or line.endswith("...")]


@pytest.mark.parametrize("verb", [*VERBS, "data check", "store size", "store verify", "store gc"])
def test_every_verb_explains_itself(call, verb):
    called = call(*verb.split(), "--help")
    assert called.code == 0
    assert f"Usage: xstilts {verb}" in called.out
    assert " range>" not in called.out, "what an option takes is named, not its type in the program"
    assert called.err == ""


def test_the_version_is_that_of_the_package(call):
    assert call("--version").out == f"{xstilts.__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["rnu"], "No such command 'rnu'"),
        (["run"], "Missing argument 'STUDY'"),
        (["run", "x.yaml", "--what"], "No such option: --what"),
        (["tasks", "--sample", "-1"], "Invalid value for '--sample'"),
        (["score", "xnli", "--language", "sw"], "Missing option '--gold'"),
        (["results", "out", "--format", "xls"], "Invalid value for '--format'"),
    ],
)
def test_a_wrong_command_line_is_exit_code_2(call, arguments, message):
    called = call(*arguments)
    assert called.code == 2
    assert message in called.err
    assert "Traceback" not in called.err


def process(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-m", "xstilts", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


def test_wrong_input_is_one_message_on_stderr_and_a_traceback_only_with_debug(tmp_path):
    plain = process("run", str(tmp_path / "gone.yaml"))
    assert (plain.returncode, plain.stdout) == (2, "")
    assert plain.stderr.splitlines() == [
        f"error: {tmp_path / 'gone.yaml'}: there is no such file",
        "  expected: a file of a study's YAML, in UTF-8",
        "  to fix:   check the path",
    ]
    debug = process("--debug", "run", str(tmp_path / "gone.yaml"))
    assert (debug.returncode, debug.stdout) == (2, "")
    assert "Traceback (most recent call last)" in debug.stderr
    assert debug.stderr.endswith(plain.stderr)
