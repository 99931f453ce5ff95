"""The order of the package's parts, and what its files may look like."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "xstilts"

# A part may import, when it is loaded, itself and what stands before it.
PARTS = """
errors wording stopping data.examples data.splits durable yaml_input settings model_sources languages data.download
data.hub data.missing data.sources formats kinds.base task metrics kinds mini tasks catalogue task_file own_tasks
scoring sharing.submission data.pieces data.features data training.heads nano encoders training.mixture
training.batching training.waiting training.compute inference.prediction training inference study stage planning.chain
translation store upkeep plan planning executors.workbench stages executors results records samples analysis
estimating report sharing journal running recommending cli __main__
"""
ORDER = PARTS.split()
HEAVY = ("torch", "transformers", "polars", "pyarrow", "scipy", "sklearn", "ray", "accelerate")


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def part_of(module: str) -> str | None:
    """The entry of ORDER that a module belongs to, the most exact one."""
    inner = module.removeprefix("xstilts").removeprefix(".")
    fitting = [part for part in ORDER if inner == part or inner.startswith(f"{part}.")]
    return max(fitting, key=len, default=None)


def loading_statements(body: list[ast.stmt]) -> Iterator[ast.Import | ast.ImportFrom]:
    """The imports that run when a module is loaded: not those in functions, nor those for type checkers."""
    for node in body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            yield from loading_statements(node.orelse)
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for block in ("body", "orelse", "finalbody"):
                yield from loading_statements(getattr(node, block, []))
            for handler in getattr(node, "handlers", []):
                yield from loading_statements(handler.body)


def imported_modules(source: str, known: dict[str, Path]) -> set[str]:
    """The package's own modules that loading this source imports, as it names them."""
    found = set()
    for node in loading_statements(ast.parse(source).body):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        else:
            assert node.level == 0, f"line {node.lineno}: imports are absolute here"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                found.add(inner if inner in known else str(node.module))
    return {name for name in found if name.split(".")[0] == "xstilts"}


def loaded_with(module: str) -> set[str]:
    """A module, and the packages around it whose `__init__` imports something, for that runs too."""
    parts = module.split(".")
    around = {".".join(parts[:count]) for count in range(2, len(parts))}
    return {module} | {name for name in around if imported_modules(MODULES[name].read_text("utf-8"), MODULES)}


def test_imports_in_functions_and_for_type_checkers_are_not_counted() -> None:
    source = """
from typing import TYPE_CHECKING
import torch
if TYPE_CHECKING:
    import xstilts.cli
else:
    import xstilts.errors
try:
    from xstilts.kinds import base
except ImportError:
    import xstilts.task
class Some:
    from xstilts.data.splits import SplitSlice
    def function(self):
        import xstilts.report
"""
    known = {"xstilts.kinds.base": Path()}
    assert imported_modules(source, known) == {
        "xstilts.errors",
        "xstilts.kinds.base",
        "xstilts.task",
        "xstilts.data.splits",
    }


def test_the_most_exact_part_counts() -> None:
    assert part_of("xstilts.kinds.base") == "kinds.base"
    assert part_of("xstilts.kinds.tagging") == "kinds"
    assert part_of("xstilts.kinds") == "kinds"
    assert part_of("xstilts.tasks.xnli") == "tasks"
    assert part_of("xstilts.taskless") is None


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_one_way(module: str) -> None:
    imported = {
        name
        for direct in imported_modules(MODULES[module].read_text("utf-8"), MODULES)
        for name in loaded_with(direct)
        if name != "xstilts"
    }
    part = part_of(module)
    allowed = ORDER[: ORDER.index(part) + 1] if part else []
    backward = {name for name in imported if part_of(name) not in allowed}
    assert not backward, f"{module} imports {', '.join(sorted(backward))}, which come after it in ORDER"


def test_every_part_exists() -> None:
    assert [part for part in ORDER if f"xstilts.{part}" not in MODULES] == []


def test_every_module_has_its_place_in_the_order() -> None:
    assert [name for name in MODULES if name != "xstilts" and part_of(name) is None] == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    vague = {"util", "utils", "helper", "helpers", "common", "misc", "manager"}
    assert [name for name in MODULES if vague & set(name.split("."))] == []


def test_no_file_holds_more_than_450_lines_but_a_lexicon_may() -> None:
    files = [path for folder in ("xstilts", "tests", "benchmarks") for path in (ROOT / folder).rglob("*.py")]
    lengths = {path.relative_to(ROOT).as_posix(): len(path.read_text("utf-8").splitlines()) for path in files}
    most = {name: 700 if name.startswith("xstilts/mini/languages/") else 450 for name in lengths}
    assert {name: length for name, length in lengths.items() if length > most[name]} == {}


@pytest.mark.parametrize(
    "statement",
    [
        "import xstilts.cli",
        "from xstilts.cli import main; sys.argv = ['xstilts', '--help']; main()",
        "from xstilts.cli import main; sys.argv = ['xstilts', 'tasks']; main()",
    ],
    ids=["import", "help", "tasks"],
)
def test_the_command_line_starts_without_heavy_packages(statement: str) -> None:
    script = f"""
import sys
try:
    {statement}
except SystemExit as end:
    assert not end.code, end.code
print("loaded:", *sorted(set({HEAVY!r}) & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].split() == ["loaded:"]
