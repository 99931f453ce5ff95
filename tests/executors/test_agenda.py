"""Which stage may begin, in which order, and what the failure of one means for the others."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from xstilts.executors.agenda import Agenda
from xstilts.executors.attempt import Attempt
from xstilts.executors.failures import Failure
from xstilts.executors.watching import Watcher
from xstilts.plan import Cell, Plan
from xstilts.stage import DataRef, ScoreSpec, Stage, TrainedTask, TrainSpec
from xstilts.store import Store

FAILED = Attempt(failure=Failure("error", "it broke"))


def rows(*translations: str) -> tuple[DataRef, ...]:
    return tuple(DataRef("t", 1, {}, "en", "train", f"translate/{key}") for key in translations)


def plan_of(parents: list[list[int]]) -> Plan:
    """A graph of stages, each with some of those before it as parents, and a cell that needs every one of them."""
    plan = Plan()
    stages: list[Stage] = []
    for number, mine in enumerate(parents):
        task = TrainedTask("t", rows(*(stages[parent].key for parent in mine)), None)
        stages.append(plan.add(Stage(TrainSpec("e", None, False, (task,), None, {}, number, None), f"stage {number}")))
    for stage in stages:
        ref = DataRef("t", 1, {}, "en", "test", stage.key)
        score = plan.add(Stage(ScoreSpec(stage.key, ref, ("m",)), f"score of {stage.title}"))
        plan.cells.append(Cell("e", "r", "t", "t", "en", "test", 1, True, "dev", None, None, None, score.key))
    return plan


@st.composite
def graphs(draw: st.DrawFn) -> list[list[int]]:
    size = draw(st.integers(1, 7))
    return [draw(st.lists(st.integers(0, at - 1), unique=True)) if at else [] for at in range(size)]


@given(graphs(), st.sets(st.integers(0, 6)), st.randoms())
def test_a_stage_begins_after_its_parents_and_a_failure_stops_exactly_its_descendants(graph, broken, random):
    plan = plan_of(graph)
    agenda = Agenda(plan, Store(Path("nowhere")))
    running: list[Stage] = []
    begun: list[str] = []
    while True:
        while (stage := agenda.take()) is not None:
            assert set(stage.parents) <= set(agenda.outcome.ran)
            running.append(stage)
            begun.append(stage.key)
        if not running:
            break
        stage = running.pop(random.randrange(len(running)))  # several run at a time and end in any order
        fails = stage.title in {f"stage {number}" for number in broken}
        agenda.settle(stage, FAILED if fails else Attempt(1.0, {"a": 1}), Watcher())
    outcome = agenda.outcome
    assert len(begun) == len(set(begun))
    unreached = set(plan.stages) - set(begun)
    assert set(outcome.skipped) == unreached
    assert set(outcome.failed) | set(outcome.ran) == set(begun)
    for key, because in outcome.skipped.items():
        assert because in outcome.failed
        assert because in plan.ancestors(key)
    for key in begun:
        assert not set(plan.ancestors(key)[1:]) & set(outcome.failed)


@given(graphs())
def test_one_at_a_time_is_the_order_of_the_plan(graph):
    plan = plan_of(graph)
    agenda = Agenda(plan, Store(Path("nowhere")))
    order = []
    while (stage := agenda.take()) is not None:
        order.append(stage.key)
        agenda.settle(stage, Attempt(), Watcher())
    assert order == list(plan.stages)


def test_after_a_full_disk_nothing_more_is_given_out():
    agenda = Agenda(plan_of([[], [], []]), Store(Path("nowhere")))
    stage = agenda.take()
    assert stage is not None
    agenda.settle(stage, Attempt(failure=Failure("disk_full", "the disk is full")), Watcher())
    assert agenda.take() is None
    assert len(agenda.outcome.skipped) == 1, "its own score; the others wait for the next run"
