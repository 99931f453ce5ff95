"""The work of a plan: steps of training, and pieces that go through an encoder, before anything is run.

Where features are cached they are counted; otherwise some rows are turned into features, and the rest is taken to be
like them. Rows that are not there are taken to be as many as the official release has, and as long as other rows of
their task.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xstilts.catalogue import Tasks
from xstilts.data.examples import Example
from xstilts.data.features import Features, Limits, read_features
from xstilts.data.pieces import Pieces
from xstilts.data.sources import Drops
from xstilts.data.splits import SplitSlice
from xstilts.encoders.encoder import embedded_encoder, load_pieces
from xstilts.errors import InputError
from xstilts.kinds.ranking import Ranking
from xstilts.plan import Plan
from xstilts.planning.feature_cache import FEATURES_FILE, features_key, limits_of, pieces_of
from xstilts.settings import Sampling, TrainingSettings
from xstilts.stage import DataRef, PredictSpec, Stage, TrainedTask, TrainSpec, TranslateSpec
from xstilts.store import FEATURES, Store
from xstilts.task import LoadedSplit, Task
from xstilts.training.mixture import probabilities, steps

if TYPE_CHECKING:
    from xstilts.inference.prediction import Progress  # which loads torch, and a plan does without

_BLOCKS, _BLOCK = 4, 50
"""Rows are sampled in so many blocks of so many neighbors, since the rows of one passage belong together."""
STAND_IN = "nano"
"""Its tokenizer counts pieces where the study's encoder is not there."""


@dataclass(frozen=True)
class Amount:
    """Some rows as an encoder reads them.

    Attributes:
        units: What an epoch counts: rows, or windows of them.
        pieces: Pieces of all of them, special tokens included, padding not.
        counted: Whether both were counted, not estimated.
    """

    units: float
    pieces: float
    counted: bool


@dataclass(frozen=True)
class Work:
    """What a stage asks of its encoder.

    Attributes:
        steps: Optimizer steps; 0 of a prediction.
        trained: Pieces that go through it forth and back.
        read: Pieces that only go forth: dev sets, and what is predicted.
        counted: Whether all of it was counted, not estimated.
    """

    steps: int
    trained: float
    read: float
    counted: bool


@dataclass(frozen=True)
class _Sample:
    rows: float
    blocks: list[Sequence[Example]]


class Workload:
    """Works out the work of the stages of a plan.

    Args:
        plan: The plan.
        tasks: The tasks that the study knows.
        data_dir: The folder with the original data files.
        store: Where features may be cached.
        official: Of files that hold a part of a split, the official number of rows counts.
    """

    def __init__(
        self, plan: Plan, tasks: Tasks, data_dir: Path | None, store: Store, *, official: bool = False
    ) -> None:
        self._plan, self._tasks, self._data_dir, self._store = plan, tasks, data_dir, store
        self._official = official
        self._samples: dict[str, _Sample | None] = {}
        self._amounts: dict[str, Amount | None] = {}

    def look(self, ref: DataRef, loaded: LoadedSplit) -> None:
        """Remembers some rows that were read anyway."""
        self._samples[repr(ref)] = self._sample(self._tasks[ref.task], loaded, ref.split)

    def work(self, stage: Stage) -> Work | None:
        """The work of a training or predicting stage; None where nothing is known of its rows, or there is none."""
        if isinstance(stage.spec, TrainSpec):
            return self._training(stage, stage.spec)
        if isinstance(stage.spec, PredictSpec):
            spec = stage.spec
            limits = {"max_length": spec.max_length, "doc_stride": spec.doc_stride}
            amounts = [self._amount(ref, spec.encoder, limits) for ref in (spec.data, spec.tune) if ref is not None]
            known = [amount for amount in amounts if amount is not None]
            if len(known) == len(amounts):
                return Work(0, 0.0, sum(amount.pieces for amount in known), all(amount.counted for amount in known))
        return None

    def _training(self, stage: Stage, spec: TrainSpec) -> Work | None:
        settings, sampling = TrainingSettings(**spec.settings), Sampling(**(spec.sampling or {}))
        amounts = {task.task: self._trained(task, spec) for task in spec.tasks}
        known = {name: amount for name, amount in amounts.items() if amount is not None}
        if len(known) < len(amounts):
            return None
        sizes = {name: round(amount.units) for name, amount in known.items()}
        made = (self._store.record(stage) or {}).get("training", {}).get("steps")
        planned = made or settings.max_steps or steps(sizes, sampling, settings.epochs, settings.batch_size)
        chances = probabilities(sizes, sampling)
        a_unit = sum(chances[name] * amount.pieces / amount.units for name, amount in known.items())
        dev = [self._amount(task.dev, spec.encoder, spec.settings) for task in spec.tasks if task.dev is not None]
        return Work(
            planned,
            planned * settings.batch_size * a_unit,
            settings.evaluations * sum(amount.pieces for amount in dev if amount is not None),
            all(amount is not None and amount.counted for amount in [*known.values(), *dev]),
        )

    def _trained(self, task: TrainedTask, spec: TrainSpec) -> Amount | None:
        """The training rows of a task in all its languages."""
        amounts = [self._amount(ref, spec.encoder, spec.settings) for ref in task.train]
        known = [amount for amount in amounts if amount is not None]
        if len(known) < len(amounts):
            return None
        counted = all(amount.counted for amount in known)
        return Amount(sum(amount.units for amount in known), sum(amount.pieces for amount in known), counted)

    def _amount(self, ref: DataRef, encoder: str, settings: Mapping[str, Any]) -> Amount | None:
        known = repr((ref, encoder, settings["max_length"], settings["doc_stride"]))
        if known not in self._amounts:
            self._amounts[known] = self._worked_out(ref, encoder, dict(settings))
        return self._amounts[known]

    def _worked_out(self, ref: DataRef, encoder: str, settings: dict[str, Any]) -> Amount | None:
        if encoder in self._plan.encoders:
            folder = self._plan.encoders[encoder]
            pieces, limits = pieces_of(encoder, folder), limits_of(settings, encoder, folder)
            key = features_key(ref, pieces.digest, limits)
            if self._store.has(FEATURES, key):
                features = read_features(self._store.root / FEATURES / key / FEATURES_FILE)
                return Amount(features.units, float(features.lengths.sum()), counted=True)
        else:
            pieces, limits = self._stand_in, Limits(settings["max_length"], settings["doc_stride"])
        sample = self._sample_of(ref)
        if sample is None:
            return None
        kind = self._tasks[ref.task].kind
        parts = [Features(kind.encode(block, pieces, limits)) for block in sample.blocks]
        scale = sample.rows / sum(map(len, sample.blocks))
        units, total = sum(part.units for part in parts), sum(int(part.lengths.sum()) for part in parts)
        return Amount(scale * units, scale * total, counted=False)

    @cached_property
    def _stand_in(self) -> Pieces:
        return load_pieces(embedded_encoder(STAND_IN))

    def _sample_of(self, ref: DataRef) -> _Sample | None:
        if repr(ref) not in self._samples:
            self._samples[repr(ref)] = self._found(ref)
        return self._samples[repr(ref)]

    def _found(self, ref: DataRef) -> _Sample | None:
        task = self._tasks[ref.task]
        if ref.translation is not None:
            spec = self._plan.stages[ref.translation].spec
            assert isinstance(spec, TranslateSpec)
            return self._sample_of(spec.data)
        if not ref.is_absent:
            return self._sample(task, task.load(self._data_dir, ref.language, ref.split), ref.split)
        official = task.official_size(ref.language, SplitSlice.parse(ref.split).name)
        other = self._other_rows(task, ref.language) if official else []
        return _Sample(_sliced(ref.split, official), other) if official and other else None

    def _other_rows(self, task: Task, language: str) -> list[Sequence[Example]]:
        """The first rows of some other split of a task, in the language or else in the one that is trained on."""
        for code in dict.fromkeys((language, task.train_language)):
            for split in task.splits if code in task.language_codes else ():
                located = task.locate(self._data_dir, code, split)
                try:
                    rows = list(islice(located[0].read(located[1], Drops()), _BLOCKS * _BLOCK)) if located else []
                except InputError:  # a broken file of which the study asks nothing
                    continue
                if rows:
                    return [rows]
        return []

    def _sample(self, task: Task, loaded: LoadedSplit, split: str) -> _Sample | None:
        rows = float(len(loaded.examples))
        if self._official and loaded.official:
            rows *= _sliced(split, loaded.official) / max(_sliced(split, loaded.found), 1)
        if isinstance(task.kind, Ranking):  # its queries need their candidates
            return _Sample(rows, [loaded.examples])
        starts = {round(at * max(len(loaded.examples) - _BLOCK, 0) / (_BLOCKS - 1)) for at in range(_BLOCKS)}
        blocks = [loaded.examples[start : start + _BLOCK] for start in sorted(starts)]
        return _Sample(rows, blocks) if rows else None


class Pace:
    """Passes on how a training stage gets on, and takes the time from step to step.

    Args:
        progress: Is called with steps done, steps in all, and a note.
    """

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._last: tuple[int, int, float] = (-1, -1, 0.0)
        self._steps, self._seconds = 0, 0.0

    def __call__(self, done: int, total: int, note: str) -> None:
        """One more step is done, or something else is told of."""
        now = time.monotonic()
        before, of, at = self._last
        if (before + 1, of) == (done, total) and before > 0:
            self._steps += 1
            self._seconds += now - at
        self._last = (done, total, now)
        self._progress(done, total, note)

    @property
    def seconds_per_step(self) -> float | None:
        """The mean time from one step to the next, dev sets between them included; None after fewer than two."""
        return self._seconds / self._steps if self._steps else None


def _sliced(split: str, rows: int) -> int:
    start, stop = SplitSlice.parse(split).bounds(rows)
    return max(stop - start, 0)
