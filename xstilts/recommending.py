"""Recommends what to train on before each target: intermediate training is run, what follows it is estimated.

Of the stages of a study, only those of its recipes are run. What every encoder that comes out of them makes of a
sample of a target's training rows is then judged by the estimators of `xstilts.analysis.transferability`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from xstilts.analysis.recommendation import (
    COMBINED,
    agreement,
    mean_agreement,
    mean_estimates,
    mean_ranks,
    measured_gains,
)
from xstilts.data.sources import check_data_dir
from xstilts.durable import write_json
from xstilts.errors import InputError, RunError
from xstilts.executors.watching import Watcher
from xstilts.kinds.bitext import Bitext
from xstilts.plan import Plan
from xstilts.planning.planner import make_plan
from xstilts.planning.workload import Workload
from xstilts.results import FILE as RESULTS
from xstilts.results import Results
from xstilts.running import Places, check_readable
from xstilts.stage import DataRef, TrainedTask, TrainSpec, TranslateSpec
from xstilts.store import Store

if TYPE_CHECKING:
    from xstilts.estimating import Estimator, Look, Sample
    from xstilts.executors.workbench import Workbench
    from xstilts.study import Study

FILE = "recommend.json"
SIMILARITY = "similarity"
"""The estimator that needs no training."""

_RETRIEVAL = "retrieval needs no training, so evaluating it is as cheap as estimating it"
_UNTRAINED = "nothing is trained on it (`train: none`), so evaluating it is as cheap as estimating it"
_NO_CLASSES = "its rows have no classes to estimate with"

Gains = Mapping[tuple[str, str], Mapping[str, float]]


@dataclass(frozen=True)
class _Candidate:
    """A recipe before a target, with one seed.

    Attributes:
        encoder: Name of the pretrained encoder.
        recipe: Name of the recipe.
        target: Name of the target.
        training: The stage that trains the target after the recipe; it is not run.
    """

    encoder: str
    recipe: str
    target: str
    training: TrainSpec


def recommend(
    study: Study,
    data_dir: Path | None = None,
    out: Path | None = None,
    store: Path | None = None,
    sample: Sample | None = None,
    *,
    seeds: int = 1,
    offline: bool = False,
    device: str = "auto",
    checkpoint_seconds: float = 300.0,
    watcher: Watcher | None = None,
) -> dict[str, Any]:
    """Ranks the recipes of a study for each of its targets, without training any target.

    Args:
        study: The study.
        data_dir: The folder with the original data files.
        out: The study's folder, where `recommend.json` is written and results may be; `runs/NAME` unless said.
        store: Finished stages; `store` beside the study's folder unless said.
        sample: How much of each task is looked at.
        seeds: How many of the study's seeds are trained, from the first on.
        offline: Nothing is fetched.
        device: `auto`, `cpu` or `cuda`.
        checkpoint_seconds: Time between checkpoints of a training stage.
        watcher: Who is told what happens.

    Returns:
        What `recommend.json` holds: `targets` (per encoder and target the ranking, the encoder as it is beside it,
        and the agreement with results), `left_out` (targets and why), `agreement` (means over targets), `cost`.

    Raises:
        InputError: If the study or its data are wrong, or it has no intermediate training.
        RunError: If a training stage failed.
    """
    from xstilts.estimating import Estimator, Sample
    from xstilts.executors.workbench import Workbench
    from xstilts.training.compute import Compute

    places, sample, watcher = Places.of(study, out, store), sample or Sample(), watcher or Watcher()
    check_data_dir(data_dir)
    study = study.within(data_dir)
    if not any(study.recipes.values()):
        raise InputError(
            "the study has no intermediate training to choose from",
            where="recipes",
            found=", ".join(study.recipes),
            expected="recipes of at least one stage, such as mnli: [mnli]",
        )
    plan = make_plan(study, data_dir, offline, None if offline else watcher.fetching)
    compute, finished = Compute.choose(device), Store(places.store)
    bench = Workbench(plan, finished, study.known_tasks, data_dir, compute, checkpoint_seconds)
    estimator = Estimator(bench, sample)
    candidates, left_out = _candidates(study, plan, bench, estimator, study.seeds[:seeds])
    looks = [_look(one, bench) for one in candidates]
    untrained = plan.up_to(look.parent for look in looks if look.parent and not estimator.is_done(look))
    _train(study, replace(bench, plan=untrained), watcher)
    targets = _targets(study, candidates, estimator, bench, _measured(places.out, plan, study.baseline))
    made = {
        "study": study.name,
        "sample": asdict(sample),
        "seeds": study.seeds[:seeds],
        "targets": targets,
        "left_out": left_out,
        "agreement": mean_agreement([target["agreement"] for target in targets if target["agreement"]]),
        "cost": _cost(plan, looks, bench, estimator),
    }
    places.out.mkdir(parents=True, exist_ok=True)
    write_json(places.out / FILE, made)
    return made


def _candidates(
    study: Study, plan: Plan, bench: Workbench, estimator: Estimator, seeds: Sequence[int]
) -> tuple[list[_Candidate], dict[str, str]]:
    """Every recipe before every target, and the targets that are left out."""
    left_out: dict[str, str] = {}
    found: dict[tuple[str, str, str, int], _Candidate] = {}
    for cell in plan.cells:
        place = (cell.encoder, cell.recipe, cell.target, cell.seed)
        if cell.seed not in seeds or place in found or cell.target in left_out:
            continue
        if isinstance(study.known_tasks[cell.task].kind, Bitext):
            left_out[cell.target] = _RETRIEVAL
        elif study.targets[cell.target].train == "none":
            left_out[cell.target] = _UNTRAINED
        else:
            predicted = plan.stages[plan.stages[cell.score].parent or ""]
            training = plan.stages[predicted.parent or ""].spec
            assert isinstance(training, TrainSpec)
            candidate = _Candidate(cell.encoder, cell.recipe, cell.target, training)
            if estimator.can_estimate(_look(candidate, bench)):
                found[place] = candidate
            else:
                left_out[cell.target] = _NO_CLASSES
    return list(found.values()), left_out


def _look(candidate: _Candidate, bench: Workbench) -> Look:
    """The recipe's last encoder, at the target's rows."""
    return _look_at(candidate.training.tasks[0], candidate.training, bench)


def _look_at(task: TrainedTask, spec: TrainSpec, bench: Workbench) -> Look:
    """The encoder that a stage starts from, at the rows of one of its tasks in the task's own language if it can."""
    from xstilts.estimating import Look

    own = [ref for ref in task.train if ref.language == bench.tasks[task.task].train_language]
    return Look(spec.encoder, spec.parent, _untranslated((own or list(task.train))[0], bench.plan), spec.settings)


def _train(study: Study, bench: Workbench, watcher: Watcher) -> None:
    """Runs the stages of the bench's plan that are not finished."""
    from xstilts.executors.local import run_plan

    check_readable(study, bench.plan, bench.data_dir, announce=watcher.reading)
    needed = bench.plan.needed(lambda stage: bench.store.manifest(stage) is not None)
    watcher.begin(needed, len(bench.plan.stages) - len(needed))
    try:
        outcome = run_plan(bench, watcher)
    finally:
        watcher.end()
    if outcome.failed:
        lines = [f"  {bench.plan.stages[key].title}: {failure.reason}" for key, failure in outcome.failed.items()]
        raise RunError("\n".join([f"{len(outcome.failed)} stages failed; mend the cause and run again:", *lines]))


def _targets(
    study: Study, candidates: Sequence[_Candidate], estimator: Estimator, bench: Workbench, gains: Gains
) -> list[dict[str, Any]]:
    """The ranking of each target, per encoder."""
    found: dict[tuple[str, str], dict[str, list[dict[str, float | None]]]] = {}
    samples: dict[tuple[str, str], int] = {}
    for one in candidates:
        estimates = estimator.estimates(_look(one, bench))
        samples[one.encoder, one.target] = estimates.samples
        values = {**estimates.values, SIMILARITY: _similarity(one, estimator, bench)}
        found.setdefault((one.encoder, one.target), {}).setdefault(one.recipe, []).append(values)
    targets = []
    for (encoder, target), by_recipe in found.items():
        means = {recipe: mean_estimates(values) for recipe, values in by_recipe.items()}
        choices = {recipe: values for recipe, values in means.items() if study.recipes[recipe]}
        ranks = mean_ranks(choices)
        gained = gains.get((encoder, target), {})
        rows = [
            {"recipe": recipe, COMBINED: ranks[recipe], "estimates": means[recipe], "gain": gained.get(recipe)}
            for recipe in sorted(choices, key=lambda recipe: ranks[recipe] or len(ranks))
        ]
        plain = [{"recipe": recipe, "estimates": means[recipe]} for recipe in means if recipe not in choices]
        targets.append(
            {
                "encoder": encoder,
                "target": target,
                "samples": samples[encoder, target],
                "ranking": rows,
                "plain": plain,
                "agreement": agreement(choices, ranks, gained),
            }
        )
    return targets


def _similarity(candidate: _Candidate, estimator: Estimator, bench: Workbench) -> float | None:
    """The similarity of the target's text to that of all tasks of the recipe; None where the recipe has none."""
    from xstilts.analysis.transferability import similarity

    if candidate.training.parent is None:
        return None
    stages = (bench.plan.stages[key].spec for key in bench.plan.ancestors(candidate.training.parent))
    specs = [spec for spec in stages if isinstance(spec, TrainSpec)]
    vectors = [estimator.text_embedding(_look_at(task, spec, bench)) for spec in specs for task in spec.tasks]
    return similarity(np.mean(vectors, axis=0), estimator.text_embedding(_look(candidate, bench)))


def _measured(out: Path, plan: Plan, baseline: str) -> Gains:
    """Measured gains, from the rows of the results that this very plan would give; none without results."""
    import polars as pl

    if not (out / RESULTS).is_file():
        return {}
    scores = list({cell.score for cell in plan.cells})
    table = Results.read(out).table.filter(pl.col("stage").is_in(scores))
    return measured_gains(table, baseline) if table.height else {}


def _cost(plan: Plan, looks: Sequence[Look], bench: Workbench, estimator: Estimator) -> dict[str, Any]:
    """The planned work of the recommendation, and of the whole study's training, whatever of it is finished."""
    workload = Workload(plan, bench.tasks, bench.data_dir, bench.store)
    mine = _training(plan.up_to(look.parent for look in looks if look.parent), workload)
    whole = _training(plan, workload)
    read = sum(estimator.estimates(look).pieces for look in looks)
    return {
        "recommend": {**mine, "pieces_read": read},
        "study": whole,
        "ratio": {name: mine[name] / whole[name] for name in ("steps", "pieces")},
    }


def _training(plan: Plan, workload: Workload) -> dict[str, float]:
    """Training stages of a plan, their optimizer steps and pieces; pieces may be estimated."""
    works = [workload.work(stage) for stage in plan.stages.values() if isinstance(stage.spec, TrainSpec)]
    known = [work for work in works if work is not None]
    return {
        "stages": len(works),
        "steps": sum(work.steps for work in known),
        "pieces": sum(work.trained for work in known),
    }


def _untranslated(ref: DataRef, plan: Plan) -> DataRef:
    """The rows themselves, or those that a stage of the plan is to translate."""
    if ref.translation is None:
        return ref
    spec = plan.stages[ref.translation].spec
    assert isinstance(spec, TranslateSpec)
    return spec.data
