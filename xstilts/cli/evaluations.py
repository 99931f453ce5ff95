"""Predictions and scores of one model on one target, told as one thing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from xstilts.stage import PredictSpec, ScoreSpec, Stage
from xstilts.wording import counted


@dataclass
class _Evaluation:
    """What is evaluated by what, and how far it is."""

    task: str
    model: str
    left: set[str] = field(default_factory=set)
    languages: set[str] = field(default_factory=set)
    scored: set[str] = field(default_factory=set)
    seconds: float = 0.0

    @property
    def told(self) -> tuple[str, float]:
        of, done = len(self.languages), len(self.scored)
        count = counted(of, "language") if done == of else f"{done} of {counted(of, 'language')}"
        return f"{self.task} in {count} by {self.model}", self.seconds


class Evaluations:
    """Gathers the stages that predict and score.

    Args:
        stages: All stages that will be run; those of other kinds are passed over.
    """

    def __init__(self, stages: Iterable[Stage]) -> None:
        self._of: dict[str, _Evaluation] = {}
        made: dict[tuple[str, str], _Evaluation] = {}
        for stage in stages:
            if isinstance(stage.spec, PredictSpec | ScoreSpec):
                task, model = stage.spec.data.task, stage.model
                mine = self._of[stage.key] = made.setdefault((task, model), _Evaluation(task, model))
                mine.left.add(stage.key)
                mine.languages.add(stage.spec.data.language)

    def finished(self, stage: Stage, seconds: float) -> bool:
        """Notes a finished stage; False of one that is no part of an evaluation."""
        mine = self._of.get(stage.key)
        if mine is None:
            return False
        mine.seconds += seconds
        if isinstance(stage.spec, ScoreSpec):
            mine.scored.add(stage.spec.data.language)
        return True

    def over(self, stage: Stage) -> Iterator[tuple[str, float]]:
        """What can be told, with its seconds, now that nothing more will be heard of a stage."""
        mine = self._of.get(stage.key)
        if mine is not None and stage.key in mine.left:
            mine.left.discard(stage.key)
            if not mine.left and mine.scored:
                yield mine.told

    def begun(self) -> Iterator[tuple[str, float]]:
        """Evaluations of which only a part is scored, and more was to come."""
        for mine in {id(one): one for one in self._of.values()}.values():
            if mine.left and mine.scored:
                yield mine.told
