"""Runs blocks of a page one after the other, as a reader would: in one folder, in one Python session."""

from __future__ import annotations

import doctest
import io
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest
import yaml
from pages import Block

from xstilts.analysis.claims import read_claims
from xstilts.cli import _exit_code
from xstilts.study import Study

_SHELL = set("|&;<>()$`*?")
# The rest of the study, where a page shows some fields of one.
_AROUND = {
    "name": "part",
    "encoders": {"nano": {"embedded": "nano"}},
    "recipes": {"direct": []},
    "targets": {"xnli": {}},
}


class Reader:
    """Somebody who follows a page.

    Attributes:
        folder: Where commands run and files are written.
        printed: What the last block printed.
    """

    def __init__(self, folder: Path, stand_ins: tuple[str, ...], patch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.printed = ""
        self._stand_ins = stand_ins
        self._patch = patch
        self._names: dict[str, Any] = {"__name__": "__main__"}

    def follow(self, block: Block) -> None:
        """Does what a block says, and compares what it prints where the page shows it."""
        if "output" in block.marks:
            assert_printed(block.code, self.printed, block.place)
        elif block.title and block.title not in self._stand_ins:
            (self.folder / block.title).write_text(block.code, encoding="utf-8")
        with chdir(self.folder):
            if block.language == "yaml":
                self._check_yaml(block)
            elif block.language == "python" and not block.title:
                self.printed = self._run_python(block)
            elif block.language == "bash":
                self.printed = self._run_bash(block)
            elif block.language == "console":
                for command, shown in dialogue(block.code, block.place):
                    code = 2 if any(line.startswith("error:") for line in shown.splitlines()) else 0
                    printed = self._run_line(command, code, block.place)
                    assert_printed(shown, printed, f"{block.place}: {command}")

    def _check_yaml(self, block: Block) -> None:
        said = yaml.safe_load(block.code)
        if "part of a study" in block.marks:
            said = {**_AROUND, **said}
        path = self.folder / ".checked.yaml"
        path.write_text(yaml.safe_dump(said) if "part of a study" in block.marks else block.code, encoding="utf-8")
        if "claims" in said:
            assert read_claims(path)
        elif {"encoders", "recipes", "targets"} <= set(said):
            study = Study.from_yaml(path)
            assert {*study.known_tasks.names()} >= {target.task or name for name, target in study.targets.items()}
        else:
            pytest.fail(f"{block.place}: neither a study nor claims; say what it is: {sorted(said)}")

    def _run_python(self, block: Block) -> str:
        code = compile("\n" * (block.line - 1) + block.code, block.page, "exec")
        with redirect_stdout(io.StringIO()) as printed:
            exec(code, self._names)
        return printed.getvalue()

    def _run_bash(self, block: Block) -> str:
        lines = list(logical_lines(block.code))
        if all(is_plain_xstilts(line) for line in lines):
            return "".join(self._run_line(line, 0, block.place) for line in lines)
        return self._in_bash(block.code, 0, block.place)

    def _run_line(self, line: str, code: int, place: str) -> str:
        """Runs a command; `xstilts` in this process, which has loaded torch already."""
        if not is_plain_xstilts(line):
            return self._in_bash(line, code, place)
        self._patch.setattr(sys, "argv", shlex.split(line, comments=True))
        with io.StringIO() as both, redirect_stdout(both), redirect_stderr(both):
            found = _exit_code()
            printed = both.getvalue()
        assert found == code, f"{place}: {line}: exit code {found}\n{printed}"
        return printed

    def _in_bash(self, script: str, code: int, place: str) -> str:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            env={**os.environ, "PATH": path},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == code, f"{place}: exit code {done.returncode}\n{done.stdout}"
        return done.stdout


def logical_lines(code: str) -> Iterator[str]:
    """The commands of a script: lines joined where a backslash ends them, without comments and empty lines."""
    for line in code.replace("\\\n", " ").splitlines():
        if shlex.split(line, comments=True):
            yield line


def is_plain_xstilts(line: str) -> bool:
    """Whether a command is `xstilts` with arguments, and asks nothing of a shell but quotes."""
    words = shlex.shlex(line, posix=True, punctuation_chars=True)
    words.whitespace_split = True
    found = list(words)
    return found[:1] == ["xstilts"] and not any(set(word) <= _SHELL or set("$`*?") & set(word) for word in found)


def dialogue(code: str, place: str) -> Iterator[tuple[str, str]]:
    """The commands of a console block, each with the text below it."""
    assert code.startswith("$ "), f"{place}: a console block begins with `$ ` and a command"
    for part in f"\n{code}".split("\n$ ")[1:]:
        command, _, shown = part.partition("\n")
        yield command, shown


def assert_printed(shown: str, printed: str, place: str) -> None:
    """What a page shows is what was printed; `...` stands for any text."""

    def bare(text: str) -> str:
        return "\n".join(line.rstrip() for line in text.strip("\n").splitlines()).strip("\n") + "\n"

    same = doctest.OutputChecker().check_output(bare(shown), bare(printed), doctest.ELLIPSIS)
    assert same, f"{place}: the page shows\n{shown}\nand this was printed:\n{printed}"
