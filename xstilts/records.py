"""What the finished stages of a study say of themselves: what they cost, and the dev scores of training."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xstilts.durable import publish_file, read_json
from xstilts.stage import Stage, TrainSpec
from xstilts.store import MANIFEST
from xstilts.wording import counted

if TYPE_CHECKING:
    import polars as pl

    from xstilts.plan import Plan
    from xstilts.store import Store
    from xstilts.study import Study

COSTS, DEV = "costs.parquet", "dev.parquet"


@dataclass(frozen=True)
class Records:
    """Costs and dev scores of a study's stages.

    Attributes:
        costs: A row per stage and each encoder, recipe and seed (of target training: each target too) that it serves.
            Columns: stage (key), kind, title, encoder, recipe, target (null for what all targets of the recipe share),
            seed, role ("intermediate", "target", "translate", "predict"), place (in the chain of training, from 0),
            tasks (joined by "+"), steps, units (training rows or windows), pieces (read in training, no padding),
            seconds, attempts (at training; the numbers are of the last), device, parameters (of the encoder).
            What a record does not say is null. A stage that several recipes share has a row for each.
        dev: A row per metric. Columns: stage, head (the stage whose head predicted: an earlier one where forgetting was
            measured), step, selected (whether the weights of this step were kept), task, metric, value (points; `loss`
            and `train_loss` in nats).
    """

    costs: pl.DataFrame
    dev: pl.DataFrame

    @classmethod
    def read(cls, folder: Path) -> Records:
        """Reads the records of a study's folder; empty tables if a run before these existed wrote it."""
        import polars as pl

        tables = [
            pl.read_parquet(folder / name) if (folder / name).is_file() else pl.DataFrame(schema=columns)
            for name, columns in ((COSTS, costs_schema()), (DEV, dev_schema()))
        ]
        return cls(*tables)

    def write(self, folder: Path) -> None:
        """Writes both tables, each in one step."""
        for name, table in ((COSTS, self.costs), (DEV, self.dev)):
            with publish_file(folder / name) as draft:
                table.write_parquet(draft, compression="zstd")


def costs_schema() -> pl.Schema:
    """Columns of the table of costs and their types."""
    import polars as pl

    text = ("stage", "kind", "title", "encoder", "recipe", "target")
    return pl.Schema(
        {
            **dict.fromkeys(text, pl.String()),
            "seed": pl.Int64(),
            "role": pl.String(),
            "place": pl.Int64(),
            "tasks": pl.String(),
            "steps": pl.Int64(),
            "units": pl.Int64(),
            "pieces": pl.Int64(),
            "seconds": pl.Float64(),
            "attempts": pl.Int64(),
            "device": pl.String(),
            "parameters": pl.Int64(),
        }
    )


def dev_schema() -> pl.Schema:
    """Columns of the table of dev scores and their types."""
    import polars as pl

    return pl.Schema(
        {
            "stage": pl.String(),
            "head": pl.String(),
            "step": pl.Int64(),
            "selected": pl.Boolean(),
            "task": pl.String(),
            "metric": pl.String(),
            "value": pl.Float64(),
        }
    )


def collect_records(study: Study, plan: Plan, store: Store) -> Records:
    """Reads the records of a plan's finished stages.

    Weights may be gone: only `stage.json` is read.

    Args:
        study: Says how many stages a recipe has.
        plan: The graph.
        store: Finished stages.
    """
    import polars as pl

    records = {key: _record(store, stage) for key, stage in plan.stages.items() if stage.kind != "score"}
    lengths = {name: len(stages) for name, stages in study.recipes.items()}
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    for cell in plan.cells:
        chain = plan.ancestors(cell.score)[1:]
        trained = [key for key in reversed(chain) if plan.stages[key].kind == "train"]
        for key in chain:
            record = records[key]
            if record is None:
                continue
            place = trained.index(key) if key in trained else None
            role = plan.stages[key].kind
            if place is not None:
                role = "intermediate" if place < lengths[cell.recipe] else "target"
            target = cell.target if role in ("target", "predict") else None
            name = (key, cell.encoder, cell.recipe, target, cell.seed)
            rows[name] = {
                **dict(zip(("stage", "encoder", "recipe", "target", "seed"), name, strict=True)),
                **{"role": role, "place": place},
                **_cost(plan.stages[key], record),
            }
    dev = [row for key, record in records.items() if record for row in _dev_rows(key, record)]
    return Records(pl.DataFrame(list(rows.values()), schema=costs_schema()), pl.DataFrame(dev, schema=dev_schema()))


def _record(store: Store, stage: Stage) -> Mapping[str, Any] | None:
    try:
        found: Mapping[str, Any] = read_json(store.folder(stage) / MANIFEST)
    except (OSError, ValueError):
        return None
    return found


def _cost(stage: Stage, record: Mapping[str, Any]) -> dict[str, Any]:
    training = record.get("training", {})
    names = [task.task for task in stage.spec.tasks] if isinstance(stage.spec, TrainSpec) else []
    return {
        "kind": stage.kind,
        "title": stage.title,
        "tasks": "+".join(names) or None,
        "steps": training.get("steps"),
        "units": sum(training["units"].values()) if training else None,
        "pieces": training.get("pieces"),
        "seconds": record.get("seconds"),
        "attempts": record.get("attempts"),
        "device": record.get("device"),
        "parameters": training.get("parameters"),
    }


def _dev_rows(key: str, record: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    training = record.get("training")
    if training is None:
        return
    for evaluation in training["evaluations"]:
        step = evaluation["step"]
        about = {"stage": key, "head": key, "step": step, "selected": step == training["best_step"]}
        yield {**about, "task": None, "metric": "train_loss", "value": evaluation["train_loss"]}
        for task, scores in evaluation["dev"].items():
            yield from ({**about, "task": task, "metric": name, "value": value} for name, value in scores.items())
    for earlier in training.get("earlier", []):
        about = {"stage": key, "head": earlier["stage"], "step": training["best_step"], "selected": True}
        for name, value in earlier["dev"].items():
            yield {**about, "task": earlier["task"], "metric": name, "value": value}


def made_with(plan: Plan, store: Store) -> dict[str, dict[str, int]]:
    """How many of a plan's finished stages each version of each package, and each device, had a part in.

    Returns:
        `versions` ("torch 2.9.0" -> stages) and `devices` ("cpu, 2 threads" -> stages).
    """
    versions: Counter[str] = Counter()
    devices: Counter[str] = Counter()
    for stage in plan.stages.values():
        record = _record(store, stage) or {}
        versions.update(f"{package} {version}" for package, version in record.get("versions", {}).items())
        if "device" in record:
            threads = record.get("threads")
            devices[record["device"] + (f", {counted(threads, 'thread')}" if threads else "")] += 1
    return {"versions": dict(sorted(versions.items())), "devices": dict(sorted(devices.items()))}
