"""The course of a training stage: where it stands and what it saw; all that a run must know to go on, but weights."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Evaluation:
    """Dev scores at one step: task -> metric -> points, and the training loss since the evaluation before."""

    step: int
    train_loss: float
    dev: dict[str, dict[str, float]]
    score: float | None


@dataclass
class Course:
    """What must be known to continue: where the run stands, what it saw, and what that took (pieces, seconds)."""

    step: int = 0
    best_step: int = 0
    best_score: float = -math.inf
    evaluations: list[Evaluation] = field(default_factory=list)
    since_best: int = 0
    loss_sum: float = 0.0
    loss_steps: int = 0
    pieces: int = 0
    seconds: float = 0.0
    out_of_memory: list[tuple[int, int]] = field(default_factory=list)
    """Steps at which memory ran out, and the pieces per micro-batch from then on."""

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Course:
        """The inverse of `asdict`."""
        evaluations = [Evaluation(**evaluation) for evaluation in data["evaluations"]]
        out_of_memory = [(step, pieces) for step, pieces in data.get("out_of_memory", ())]
        return cls(**{**data, "evaluations": evaluations, "out_of_memory": out_of_memory})
