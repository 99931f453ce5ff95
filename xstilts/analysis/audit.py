"""The audit of a study: what it learns from and what it is evaluated on, and what the two have in common.

`xstilts data audit` writes it as `audit.json` into the study's folder, where the report finds it. Neither weights nor
encoders are needed for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xstilts.analysis.contamination import METHOD, Overlap, Part, Use, find_overlaps
from xstilts.durable import read_json
from xstilts.errors import InputError
from xstilts.stage import DataRef, PredictSpec, ScoreSpec, TrainSpec, TranslateSpec

if TYPE_CHECKING:
    from xstilts.catalogue import Tasks
    from xstilts.data.examples import Example
    from xstilts.plan import Plan
    from xstilts.study import Study
    from xstilts.task import Task

FILE = "audit.json"
VERSION = 1
CONTAMINATED = 0.01
"""Share of the evaluated rows that, where it was learned from, makes a study contaminated; less is a trace."""


def audit_study(
    study: Study, data_dir: Path | None, watch: Callable[[str, int], None] = lambda name, rows: None
) -> dict[str, Any]:
    """Looks for overlap between all that a study learns from and all that it is evaluated on.

    Args:
        study: The study.
        data_dir: The folder with the original data files.
        watch: Called with the name and the rows of every part that was compared.

    Returns:
        What `audit.json` holds: `study` (the fields that the audit is true of), `method`, `seen`, `evaluated`, and
        `overlaps`, one per pair of parts that share anything.

    Raises:
        InputError: If the study or its data are wrong.
    """
    from xstilts.planning.planner import make_plan

    study = study.within(data_dir)
    plan = make_plan(_without_models(study), data_dir, offline=True)
    seen, evaluated = parts_of(plan, study.known_tasks, data_dir)
    rows: dict[str, int] = {}

    def counted(name: str, count: int) -> None:
        rows[name] = count
        watch(name, count)

    overlaps = find_overlaps(seen, evaluated, counted)
    return {
        "version": VERSION,
        "study": audited_fields(study.model_dump(mode="json")),
        "method": METHOD,
        "seen": [{**_part_json(part), "rows": rows.get(part.name)} for part in seen],
        "evaluated": [_part_json(part) for part in evaluated],
        "overlaps": [_overlap_json(overlap) for overlap in overlaps],
    }


def audited_fields(study: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a study that decide which data it touches."""
    return {name: study.get(name) for name in ("recipes", "targets", "task_defaults")}


def is_contaminated(overlap: Mapping[str, Any]) -> bool:
    """Whether labelled rows that were learned from touch enough of what is evaluated to be more than a trace."""
    return bool(overlap["use"] == "train" and overlap["share"] >= CONTAMINATED)


def parts_of(plan: Plan, tasks: Tasks, data_dir: Path | None) -> tuple[list[Part], list[Part]]:
    """What a plan learns from, and what it evaluates; each part once per use.

    For rows that are translated from files stand the files' own.
    """
    users: dict[tuple[str, str, str, Use], dict[str, None]] = {}

    def note(ref: DataRef | None, use: Use, names: Iterable[str]) -> None:
        if ref is not None:
            users.setdefault((ref.task, ref.language, ref.split, use), {}).update(dict.fromkeys(names))

    for stage, recipes in zip(plan.stages.values(), plan.recipes_of_stages(), strict=True):
        if isinstance(stage.spec, TrainSpec):
            for trained in stage.spec.tasks:
                raw = getattr(tasks[trained.task].kind, "self_supervised", False)
                for ref in trained.train:
                    note(_of_files(ref, plan), "read" if raw else "train", recipes)
                note(trained.dev, "dev", recipes)
        elif isinstance(stage.spec, PredictSpec):
            note(stage.spec.tune, "tune", recipes)
    for cell in plan.cells:
        spec = plan.stages[cell.score].spec
        assert isinstance(spec, ScoreSpec)
        note(spec.data, "test", [cell.target])
    parts = [
        Part(task, code, split, use, tuple(names), partial(_rows, tasks[task], data_dir, code, split))
        for (task, code, split, use), names in users.items()
    ]
    return [part for part in parts if part.use != "test"], [part for part in parts if part.use == "test"]


def _rows(task: Task, data_dir: Path | None, language: str, split: str) -> Sequence[Example]:
    return task.load(data_dir, language, split).examples


def _of_files(ref: DataRef, plan: Plan) -> DataRef:
    spec = plan.stages[ref.translation].spec if ref.translation is not None else None
    if not isinstance(spec, TranslateSpec):
        return ref
    return spec.data if spec.given is None else spec.given


def _without_models(study: Study) -> Study:
    """The same data without the models: the embedded encoder, one seed, and originals for what a model translates.

    A translation by a model has no words in common with what is evaluated; its original would have.
    """
    from xstilts.model_sources import EncoderSource
    from xstilts.study import TaskRows

    def original(names: Iterable[str], rows: TaskRows | None) -> dict[str, Any]:
        if rows is None or not any(study.use(name, rows).translator for name in names):
            return {}
        return {"translator": None, "translated": None, "languages": rows.languages or None}

    recipes = {
        name: [
            stage.model_copy(
                update={
                    **original(stage.task_names, stage),
                    "mlm": stage.mlm and stage.mlm.model_copy(update=original([stage.mlm.task], stage.mlm)),
                }
            )
            for stage in stages
        ]
        for name, stages in study.recipes.items()
    }
    targets = {}
    for name, target in study.targets.items():
        trainer = target.trained_on or study.known_tasks[target.task or name].trainer
        targets[name] = target.model_copy(update={**original([trainer], target), "layer": None})
    defaults = {name: rows.model_copy(update=original([name], rows)) for name, rows in study.task_defaults.items()}
    return study.model_copy(
        update={
            "encoders": {"nano": EncoderSource(embedded="nano")},
            "recipes": recipes,
            "targets": targets,
            "task_defaults": defaults,
            "seeds": study.seeds[:1],
        }
    )


def _part_json(part: Part) -> dict[str, Any]:
    users = "targets" if part.use == "test" else "recipes"
    return {
        "name": part.name,
        "task": part.task,
        "language": part.language,
        "split": part.split,
        "use": part.use,
        users: list(part.users),
    }


def _overlap_json(overlap: Overlap) -> dict[str, Any]:
    return {
        "seen": overlap.seen.name,
        "use": overlap.seen.use,
        "recipes": list(overlap.seen.users),
        "evaluated": overlap.evaluated.name,
        "targets": list(overlap.evaluated.users),
        "rows": overlap.rows,
        "exact": overlap.exact,
        "normalized": overlap.normalized,
        "touched": overlap.touched,
        "share": round(overlap.share, 6),
        "segments": overlap.segments,
        "matches": [asdict(match) for match in overlap.matches],
    }


def read_audit(out: Path) -> dict[str, Any] | None:
    """The audit that was kept in a study's folder; None if none was.

    Raises:
        InputError: If the file is not an audit.
    """
    path = out / FILE
    if not path.is_file():
        return None
    try:
        found = read_json(path)
        if found["version"] != VERSION:
            raise ValueError(f"version {found['version']}")
        return {name: found[name] for name in ("study", "method", "seen", "evaluated", "overlaps")}
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError(
            "this is no audit of this version of the program",
            where=path,
            found=f"{type(error).__name__}: {error}",
            fix="make it again with `xstilts data audit`, or remove it",
        ) from None
