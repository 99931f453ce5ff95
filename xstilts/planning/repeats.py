"""Rows of the user's own tasks that are trained on and evaluated with the very same text."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from xstilts.data.examples import Example, RawTextExample
from xstilts.formats.text import texts_of
from xstilts.plan import Plan
from xstilts.stage import DataRef, PredictSpec, TrainSpec
from xstilts.task import LoadedSplit

_Texts = Mapping[tuple[str, ...], str]
"""The texts of a row -> the id of the first row that has them."""


@dataclass
class Repeats:
    """Compares texts, exactly, of what is trained on with what selects and what is evaluated.

    Only rows of one task in one language are compared, while they are read for the plan anyway. Copies that are nearly
    the same, or in other tasks, are for `xstilts.analysis.audit`.

    Attributes:
        plan: The plan.
        tasks: The tasks that are looked at.
    """

    plan: Plan
    tasks: Collection[str]
    _rows: dict[str, list[tuple[tuple[str, ...], str]]] = field(default_factory=dict)

    def look(self, ref: DataRef, loaded: LoadedSplit) -> None:
        """Remembers the texts of rows that were read anyway."""
        if ref.task in self.tasks:
            self._rows[repr(ref)] = [(texts_of(row), row.id) for row in loaded.examples if _is_compared(row)]

    def notes(self) -> list[str]:
        """One sentence for each pair of splits that share texts."""
        trained: dict[str, DataRef] = {}
        others: dict[str, DataRef] = {}
        for stage in self.plan.stages.values():
            if isinstance(stage.spec, TrainSpec):
                trained |= {repr(ref): ref for task in stage.spec.tasks for ref in task.train}
                others |= {repr(task.dev): task.dev for task in stage.spec.tasks if task.dev is not None}
            elif isinstance(stage.spec, PredictSpec):
                others[repr(stage.spec.data)] = stage.spec.data
        notes = []
        for mine, train in trained.items():
            seen: _Texts = dict(reversed(self._rows.get(mine, [])))
            notes += [
                self._note(train, seen, other)
                for theirs, other in others.items()
                if mine != theirs and (train.task, train.language) == (other.task, other.language)
            ]
        return [note for note in notes if note is not None]

    def _note(self, train: DataRef, seen: _Texts, other: DataRef) -> str | None:
        rows = self._rows.get(repr(other), [])
        shared = [(seen[texts], row) for texts, row in rows if texts in seen]
        if not shared:
            return None
        mine, theirs = shared[0]
        return (
            f"{other.task} {other.language}: {len(shared):,} of {len(rows):,} rows of {other.split} have a text that"
            f" {train.split} has too; the first is row {theirs} of {other.split}, row {mine} of {train.split}"
        )


def _is_compared(row: Example) -> bool:
    """Raw text is its own label and may be read anywhere."""
    return not isinstance(row, RawTextExample)
