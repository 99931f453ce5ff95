"""Checkpoints: written from copies beside the training, found again whole or not at all."""

from __future__ import annotations

import math
import threading

import pytest
import torch

from xstilts.training import checkpoints
from xstilts.training.checkpoints import Checkpoints


def course(step, best_step=0):
    return {"step": step, "best_step": best_step, "best_score": 1.0 if best_step else -math.inf}


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_the_newest_checkpoint_is_found_and_those_before_it_are_removed(tmp_path):
    kept = Checkpoints(tmp_path)
    kept.clear()
    assert kept.newest() is None
    for step in (2, 10):
        kept.save(course(step), {"weight": torch.full((2,), float(step))})
    kept.close()
    assert names(tmp_path) == ["checkpoint-10"]
    found = Checkpoints(tmp_path).newest()
    assert found.course == course(10)
    assert found.tensors["weight"].tolist() == [10.0, 10.0]


def test_what_is_written_is_what_was_there_when_it_was_asked_for(tmp_path, monkeypatch):
    may_write, real = threading.Event(), checkpoints.save_file

    def slow(tensors, path):
        assert may_write.wait(timeout=10)
        real(tensors, path)

    monkeypatch.setattr(checkpoints, "save_file", slow)
    kept, weight = Checkpoints(tmp_path), torch.zeros(3)
    kept.clear()
    kept.save_best(1, {"weight": weight})
    weight.fill_(5.0)  # training goes on while the disk is slow
    assert names(tmp_path) != ["best-1"]
    may_write.set()
    assert kept.best(1)["weight"].tolist() == [0.0, 0.0, 0.0]
    kept.close()


def test_the_best_weights_of_the_newest_checkpoint_are_kept_beside_better_ones(tmp_path):
    kept = Checkpoints(tmp_path)
    kept.clear()
    kept.save_best(1, {})
    kept.save(course(2, best_step=1), {})
    kept.save_best(3, {})
    kept.close()
    assert names(tmp_path) == ["best-1", "best-3", "checkpoint-2"]
    again = Checkpoints(tmp_path)
    again.clear()
    assert again.newest().course["best_step"] == 1
    assert names(tmp_path) == ["best-1", "checkpoint-2"], "what came after the checkpoint will come again"


def test_a_checkpoint_without_the_weights_that_it_refers_to_is_passed_over(tmp_path):
    kept = Checkpoints(tmp_path)
    kept.clear()
    kept.save(course(4, best_step=3), {})
    kept.close()
    assert Checkpoints(tmp_path).newest() is None


@pytest.mark.parametrize("step", ["wait", "close", "save_best", "best"])
def test_a_failure_to_write_is_raised_where_the_training_next_looks(tmp_path, monkeypatch, step):
    def full(tensors, path):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoints, "save_file", full)
    kept = Checkpoints(tmp_path)
    kept.clear()
    kept.save(course(1), {})
    with pytest.raises(OSError, match="No space left"):
        {
            "wait": kept.wait,
            "close": kept.close,
            "save_best": lambda: kept.save_best(2, {}),
            "best": lambda: kept.best(1),
        }[step]()
    assert names(tmp_path) == []
