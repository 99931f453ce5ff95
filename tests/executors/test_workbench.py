"""What stages share: rows that were read are kept while there is room for them."""

from __future__ import annotations

import pytest
from tiny_study import tiny_study, write_data, write_encoder_files

from xstilts.executors.workbench import Workbench
from xstilts.planning.planner import make_plan
from xstilts.stage import DataRef
from xstilts.store import Store
from xstilts.training.compute import Compute


@pytest.fixture
def bench(tmp_path, monkeypatch):
    """A workbench that keeps 26 rows, and notes in `read` which splits it reads."""
    write_data(tmp_path)
    write_encoder_files(tmp_path / "encoder")
    study = tiny_study(tmp_path)
    made = Workbench(make_plan(study, None), Store(tmp_path / "store"), study.known_tasks, None, Compute.choose("cpu"))
    monkeypatch.setattr("xstilts.executors.workbench._KEPT_ROWS", 26)
    read = made._read
    made.read = []
    made._read = lambda ref: made.read.append(ref.split) or read(ref)
    return made


def splits(bench: Workbench) -> tuple[DataRef, DataRef]:
    """The 20 rows that own_nli trains on, and the 6 of its dev set."""
    trained = next(
        stage.spec.tasks[0] for stage in bench.plan.stages.values() if stage.title == "train own_nli (seed 1)"
    )
    assert trained.dev is not None
    return trained.train[0], trained.dev


def test_rows_are_read_once_while_there_is_room(bench):
    train, dev = splits(bench)
    assert [len(bench.rows(ref).examples) for ref in (train, dev, train, dev)] == [20, 6, 20, 6]
    assert bench.read == ["train", "dev"]


def test_what_was_not_used_for_longest_goes_first(bench):
    train, dev = splits(bench)
    test = next(stage.spec.data for stage in bench.plan.stages.values() if stage.title.startswith("predict own_nli en"))
    for ref in (train, dev, train, test):  # 32 rows: the 6 of dev are too many
        bench.rows(ref)
    bench.rows(train)
    assert bench.read == ["train", "dev", "test"]
    bench.rows(dev)
    assert bench.read == ["train", "dev", "test", "dev"]


def test_a_split_that_is_larger_than_the_room_is_kept_until_another_is_read(bench, monkeypatch):
    monkeypatch.setattr("xstilts.executors.workbench._KEPT_ROWS", 19)
    train, dev = splits(bench)
    for ref in (train, train, dev, train):
        bench.rows(ref)
    assert bench.read == ["train", "dev", "train"]
