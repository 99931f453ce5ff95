"""What a person sees while several stages run at a time."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from xstilts.cli.display import Display
from xstilts.executors.failures import Failure
from xstilts.stage import DataRef, PredictSpec, ScoreSpec, Stage, TrainSpec


def stage(title: str, seed: int) -> Stage:
    return Stage(TrainSpec("e", None, False, (), None, {}, seed, None), title)


@pytest.fixture
def display() -> Display:
    return Display(Console(file=io.StringIO(), force_terminal=True, width=200))


def lines_of(display: Display) -> str:
    """What was printed so far."""
    return display._console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def shown(display: Display, width: int = 200) -> str:
    """The bars as they stand."""
    console = Console(file=io.StringIO(), width=width)
    console.print(display._progress.get_renderable())
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def test_every_running_stage_has_a_bar_of_its_own_that_goes_when_it_is_over(display):
    first, second, third, fourth = (stage(title, at) for at, title in enumerate(("one", "two", "three", "four")))
    display.begin((first, second, third, fourth), 0)
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
    assert "by another process" in lines
    assert "stayed at chance: own" in lines


def test_a_request_to_stop_is_told_past_all_buffers_where_there_are_no_bars(display, capfd):
    display.stopping()
    assert "stopping at the next step or batch" in capfd.readouterr().err


def test_a_request_to_stop_stands_below_the_bars_which_would_paint_over_it(display, capfd):
    display.begin((stage("one", 1),), 0)
    display.stopping()
    assert shown(display).splitlines()[-1].startswith("stopping at the next step or batch")
    display.end()
    assert capfd.readouterr().err == ""


def test_counters_are_whole_in_a_terminal_of_eighty_columns(display):
    display.begin([stage("one", at) for at in range(1046)], 0)
    display._progress.update(display._all, completed=324)
    long = stage("a stage with a title that is long → another of them → mini-ner (seed 12)", 1)
    display.started(long)
    display.progressed(long, 5, 1250, "loss 0.512, dev of mini-ner 33.3")
    lines = shown(display, 80).splitlines()
    assert all(len(line) <= 80 for line in lines)
    assert len(lines) == 2, "no line is broken in two"
    assert "324/1046" in lines[0]
    assert "left" not in lines[0], "stages are of all sizes"
    assert "5/1250" in lines[1]
    display.end()


LANGUAGES = ("de", "sw", "yo")


def evaluated(code: str) -> tuple[Stage, Stage]:
    data = DataRef("own", 1, {}, code, "test", code)
    model = "pos → own (seed 1)"
    predict = Stage(PredictSpec("e", "t", "own", data, 8, 4, "fp32"), f"predict own {code} test by {model}", model)
    return predict, Stage(ScoreSpec(predict.key, data, ()), f"score own {code} test by {model}", model)


def test_what_a_model_predicts_and_scores_is_one_line_that_says_how_much_was_done():
    display = Display(Console(file=io.StringIO(), width=200))
    stages = [part for code in LANGUAGES for part in evaluated(code)]
    display.begin(stages, 7)
    for at in stages[:4]:
        display.finished(at, 0.5, {})
    display.failed(stages[4], Failure("error", "broken"))
    assert "✓" not in lines_of(display)
    display.skipped(stages[5], stages[4])
    assert lines_of(display).splitlines() == [
        "6 stages to run: 6 predictions and scores in 3 languages; 7 finished or not needed",
        "✗ predict own yo test by pos → own (seed 1)",
        "  broken",
        "✓ own in 2 of 3 languages by pos → own (seed 1)  2.0 s",
    ]
    display.end()
    assert lines_of(display).count("✓") == 1


def test_an_evaluation_that_is_cut_short_is_told_at_the_end():
    display = Display(Console(file=io.StringIO(), width=200))
    stages = [part for code in LANGUAGES for part in evaluated(code)]
    display.begin(stages, 0)
    for at in stages[:3]:
        display.finished(at, 1.0, {})
    display.end()
    assert lines_of(display).splitlines()[1:] == ["✓ own in 1 of 3 languages by pos → own (seed 1)  3.0 s"]


def test_a_run_that_has_nothing_to_do_says_so():
    display = Display(Console(file=io.StringIO(), width=200))
    display.begin((), 46)
    assert lines_of(display) == "nothing is left to run: all 46 stages are finished\n"
