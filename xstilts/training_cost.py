"""What training will cost, before it is run: optimizer steps, and pieces that go through the encoder and back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from xstilts.durable import read_json, write_json
from xstilts.features import Features
from xstilts.mixture import probabilities, steps
from xstilts.plan import Plan
from xstilts.probing import sampled_rows
from xstilts.settings import Sampling, TrainingSettings
from xstilts.stage import DataRef, Stage, TrainSpec, TranslateSpec, key_of
from xstilts.stages import Workbench, limits_of

SIZES = "sizes"
"""Kind of folder in the store."""
_VERSION = 1
_SAMPLED_ROWS = 200


@dataclass(frozen=True)
class TrainingCost:
    """Planned work of training.

    Attributes:
        stages: Training stages.
        steps: Optimizer steps.
        pieces: Pieces of the training rows, special tokens included, padding and dev sets not.
    """

    stages: int
    steps: int
    pieces: float


def training_cost(stages: Iterable[Stage], bench: Workbench) -> TrainingCost:
    """Adds up what some stages are planned to train; those of other kinds cost nothing here.

    Lengths are taken from a sample of the rows, so the pieces are an estimate; early stopping is not foreseen.
    """
    costs = [_stage_cost(stage.spec, bench) for stage in stages if isinstance(stage.spec, TrainSpec)]
    return TrainingCost(len(costs), sum(steps for steps, _ in costs), sum(pieces for _, pieces in costs))


def _stage_cost(spec: TrainSpec, bench: Workbench) -> tuple[int, float]:
    settings, sampling = TrainingSettings(**spec.settings), Sampling(**(spec.sampling or {}))
    sizes: dict[str, int] = {}
    lengths: dict[str, float] = {}
    for task in spec.tasks:
        parts = [_size(ref, spec, bench) for ref in task.train]
        units = sum(units for units, _ in parts)
        sizes[task.task] = max(round(units), 1)
        lengths[task.task] = sum(units * length for units, length in parts) / units
    planned = settings.max_steps or steps(sizes, sampling, settings.epochs, settings.batch_size)
    drawn = probabilities(sizes, sampling)
    return planned, planned * settings.batch_size * sum(drawn[name] * lengths[name] for name in lengths)


def _size(ref: DataRef, spec: TrainSpec, bench: Workbench) -> tuple[float, float]:
    """Units of some rows, and mean pieces of a unit; taken from the store if they were estimated before."""
    ref, limits = untranslated(ref, bench.plan), limits_of(spec.settings, bench, spec.encoder)
    key = key_of(SIZES, _VERSION, spec.encoder, asdict(ref), asdict(limits))
    with bench.store.cached(SIZES, key, "size.json") as (path, is_there):
        if not is_there:
            examples = bench.rows(ref).examples
            sample = sampled_rows(examples, _SAMPLED_ROWS, seed=0)
            features = Features(bench.task(ref).kind.encode(sample, bench.pieces(spec.encoder), limits))
            units = len(examples) / len(sample) * features.units
            write_json(path, [units, float(features.lengths.sum()) / features.units])
    units, length = read_json(bench.store.root / SIZES / key / "size.json")
    return units, length


def untranslated(ref: DataRef, plan: Plan) -> DataRef:
    """The rows themselves, or those that a stage of the plan is to translate."""
    if ref.translation is None:
        return ref
    spec = plan.stages[ref.translation].spec
    assert isinstance(spec, TranslateSpec)
    return spec.data
