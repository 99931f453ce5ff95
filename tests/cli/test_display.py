"""What a person sees while several stages run at a time."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from xstilts.cli.display import Display
from xstilts.executors.failures import Failure
from xstilts.stage import Stage, TrainSpec


def stage(title: str, seed: int) -> Stage:
    return Stage(TrainSpec("e", None, False, (), None, {}, seed), title)


@pytest.fixture
def display() -> Display:
    return Display(Console(file=io.StringIO(), force_terminal=True, width=200))


def shown(display: Display) -> str:
    """The bars as they stand."""
    console = Console(file=io.StringIO(), width=200)
    console.print(display._progress.get_renderable())
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def test_every_running_stage_has_a_bar_of_its_own_that_goes_when_it_is_over(display):
    first, second, third, fourth = (stage(title, at) for at, title in enumerate(("one", "two", "three", "four")))
    display.begin(4, 0)
    display.started(first)
    display.started(second)
    display.progressed(first, 3, 7, "loss 0.500")
    display.progressed(second, 5, 9, "")
    display.progressed(third, 1, 2, "")  # it is not known to run
    bars = shown(display).splitlines()
    assert [line.split()[0] for line in bars] == ["stages", "one", "two"]
    assert "3/7" in bars[1]
    assert "loss 0.500" in bars[1]
    assert "5/9" in bars[2]
    display.started(first)  # again, after its worker was lost
    assert "3/7" not in shown(display)
    display.finished(first, 2.0, {})
    display.failed(second, Failure("diverged", "the loss is nan [at step 2]"))
    display.skipped(third, second)
    display.finished(fourth, 0.0, {"at_chance": ["own"]})
    assert [line.split()[0] for line in shown(display).splitlines()] == ["stages"]
    assert "4/4" in shown(display)
    display.end()
    lines = display._console.file.getvalue()  # type: ignore[attr-defined]
    assert "✗ two" in lines
    assert "the loss is nan [at step 2]" in lines, "brackets are no markup"
    assert "stayed at chance: own" in lines


def test_a_request_to_stop_is_told_past_all_buffers(display, capfd):
    display.stopping()
    assert "stopping at the next step or batch" in capfd.readouterr().err
