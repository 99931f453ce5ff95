"""One task of a training stage: its features in every language, its dev set, and what chance scores there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from xstilts.data.examples import Example
from xstilts.data.features import Features
from xstilts.kinds.base import TrainableKind
from xstilts.scoring import headline_score, score_examples, scored_side
from xstilts.task import Task


@dataclass(frozen=True)
class DevSet:
    """Rows on which checkpoints are compared."""

    examples: Sequence[Example]
    features: Features
    language: str


@dataclass(frozen=True)
class TrainingTask:
    """One task of a stage.

    Attributes:
        task: The task.
        kind: Its kind.
        features: Training features of all its languages, one after the other.
        language_units: How many units of the features each language has.
        dev: Its dev set; None if the last step is to be taken.
    """

    task: Task
    kind: TrainableKind
    features: Features
    language_units: tuple[int, ...]
    dev: DevSet | None

    def is_at_chance(self, score: float) -> bool:
        """Whether a dev score, in points, is within a standard error of what the best constant prediction scores."""
        assert self.dev is not None
        rows = scored_side(self.dev.examples)
        constant = self.kind.constant_predictions(self.dev.examples)
        predictions = {row.id: answer for row, answer in zip(rows, constant, strict=True)}
        chance = headline_score(score_examples(self.task, self.dev.examples, predictions, self.dev.language)) / 100
        return score <= 100 * (chance + math.sqrt(chance * (1 - chance) / len(rows)))
