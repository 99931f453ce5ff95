"""A submission to XTREME from a study's stored predictions: `TASK/test-LANGUAGE.tsv`, or `.json` for questions.

The layout and the languages are those of `evaluate.py` of google-research/xtreme. TyDiQA-GoldP is tested on its dev
set. The leaderboard compares line by line, so rows must be in the order of XTREME's download; where a file of another
name was read, a note says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xstilts.data.examples import Example, QuestionExample
from xstilts.durable import publish_folder, read_record
from xstilts.errors import InputError, RunError, nearest
from xstilts.kinds.bitext import Bitext
from xstilts.kinds.span_qa import SpanQA
from xstilts.results import Results
from xstilts.sharing.submission import read_predictions, write_predictions
from xstilts.store import finished_record
from xstilts.task import Task

if TYPE_CHECKING:
    import polars as pl

LANGUAGES = {
    "xnli": "ar bg de el en es fr hi ru sw th tr ur vi zh",
    "pawsx": "de en es fr ja ko zh",
    "udpos": "af ar bg de el en es et eu fa fi fr he hi hu id it ja kk ko mr nl pt ru ta te th tl tr ur vi yo zh",
    "panx": (
        "af ar bg bn de el en es et eu fa fi fr he hi hu id it ja jv ka kk ko ml mr ms my nl pt ru sw ta te th tl tr ur"
        " vi yo zh"
    ),
    "xquad": "ar de el en es hi ru th tr vi zh",
    "mlqa": "ar de en es hi vi zh",
    "tydiqa": "ar bn en fi id ko ru sw te",
    "bucc2018": "de fr ru zh",
    "tatoeba": (
        "af ar bg bn de el es et eu fa fi fr he hi hu id it ja jv ka kk ko ml mr nl pt ru sw ta te th tl tr ur vi zh"
    ),
}
"""Task -> the languages of XTREME."""
_BY_ID = ("xquad", "mlqa", "tydiqa", "bucc2018")  # ids stand beside the predictions, so order does not matter
MANIFEST = "submission.json"


@dataclass(frozen=True)
class System:
    """One chain of training for all tasks: what a submission is of."""

    encoder: str
    recipe: str
    seed: int


@dataclass
class Submission:
    """What was written.

    Attributes:
        system: The encoder, recipe and seed.
        chosen: Why these.
        files: Task -> languages that were written.
        missing: Task -> languages of XTREME that were not; they are not in the study's results.
        notes: What keeps the files from being fit for the leaderboard, or might.
    """

    system: System
    chosen: str
    files: dict[str, list[str]] = field(default_factory=dict)
    missing: dict[str, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def write_submission(
    out: Path,
    folder: Path,
    data_dir: Path | None,
    *,
    encoder: str | None = None,
    recipe: str | None = None,
    seed: int | None = None,
    partial: bool = False,
) -> Submission:
    """Writes the folder, and reads every file of it again.

    Args:
        out: The folder of a run.
        folder: The submission; it must not exist, or be empty.
        data_dir: The folder with the original data files.
        encoder: The encoder; with `recipe` and `seed`, whatever is not said is chosen by English dev scores.
        recipe: The recipe.
        seed: The seed.
        partial: Whether tasks and languages of XTREME may be missing.

    Raises:
        InputError: If something is missing, is not what was predicted, or would be overwritten.
    """
    from xstilts.study import Study

    table = Results.read(out).table
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError("the folder of the submission is not empty", where=folder, fix="name a new folder")
    store = Path(read_record(out / "plan.json", "store")["store"])
    rows = submittable(table)
    system, chosen = choose_system(rows, store, encoder, recipe, seed)
    study = Study.from_yaml(out / "study.yaml").within(data_dir)
    cells = {(row["task"], row["language"]): row for row in _of(rows, system).iter_rows(named=True)}
    submission = Submission(system, chosen)
    for task, spaced in LANGUAGES.items():
        submission.files[task] = [code for code in spaced.split() if (task, code) in cells]
        submission.missing[task] = [code for code in spaced.split() if (task, code) not in cells]
    if not partial:
        _refuse_partial(submission)
    if folder.is_dir():
        folder.rmdir()
    folder.parent.mkdir(parents=True, exist_ok=True)
    record: dict[str, Any] = {"encoder": system.encoder, "recipe": system.recipe, "seed": system.seed}
    with publish_folder(folder, MANIFEST, record) as draft:
        for task, codes in submission.files.items():
            for code in codes:
                submission.notes += _write(study.known_tasks[task], cells[task, code], data_dir, store, draft)
        record |= {"chosen": chosen, "missing": submission.missing, "notes": submission.notes}
    return submission


def submittable(table: pl.DataFrame) -> pl.DataFrame:
    """One row per system, task and language of XTREME that a study evaluated on XTREME's test split."""
    import polars as pl

    split = pl.when(pl.col("task") == "tydiqa").then(pl.lit("dev")).otherwise(pl.lit("test"))
    asked = [(task, code) for task, codes in LANGUAGES.items() for code in codes.split()]
    known = pl.DataFrame(asked, schema=["task", "language"], orient="row")
    rows = table.filter(pl.col("headline") & (pl.col("split") == split)).join(
        known, on=["task", "language"], how="semi"
    )
    return rows.unique(["encoder", "recipe", "seed", "task", "language"], keep="first", maintain_order=True)


def choose_system(
    rows: pl.DataFrame, store: Path, encoder: str | None = None, recipe: str | None = None, seed: int | None = None
) -> tuple[System, str]:
    """The system to submit, and why: of those with the most files the one that is best on English dev sets.

    The dev score is the mean over tasks of what the last training stage reached on its dev set. Systems that stayed at
    chance are left out.

    Raises:
        InputError: If there is none, or nothing to choose by.
    """
    asked = {"encoder": encoder, "recipe": recipe, "seed": seed}
    for name, value in asked.items():
        known = rows[name].unique(maintain_order=True).to_list()
        if value is not None and value not in known:
            raise InputError(
                f"there are no results of {name} {value!r} on a test set of XTREME",
                expected=f"one of {', '.join(map(str, known)) or 'none'}",
                fix=nearest(str(value), list(map(str, known))),
            )
    systems: dict[System, pl.DataFrame] = {}
    for (name, way, number), part in rows.group_by("encoder", "recipe", "seed", maintain_order=True):
        system = System(str(name), str(way), int(str(number)))
        if all(value is None or value == getattr(system, field_name) for field_name, value in asked.items()):
            systems[system] = part
    most = max((len(part) for part in systems.values()), default=0)
    systems = {system: part for system, part in systems.items() if len(part) == most}
    if not systems:
        raise InputError(
            "there are no such results on a test set of XTREME", where="OUT", expected=f"targets {', '.join(LANGUAGES)}"
        )
    if len(systems) == 1:
        return next(iter(systems)), "the only one that was asked for, or that there is"
    healthy = {system: part for system, part in systems.items() if not part["collapsed"].any()}
    scores = {system: _dev_score(part, store) for system, part in healthy.items()}
    scored = {system: score for system, score in scores.items() if score is not None}
    if not scored:
        raise InputError(
            "there is nothing to choose a system by: no dev score of any is in the store",
            found=f"{len(systems)} systems",
            fix="say --encoder, --recipe and --seed",
        )
    best = max(scored, key=lambda system: scored[system])
    return best, f"highest mean of English dev scores, {scored[best]:.2f}, of {len(scored)} systems"


def _dev_score(rows: pl.DataFrame, store: Path) -> float | None:
    """The mean over tasks of the dev score that the last training reached; None unless every trained task has one."""
    scores = []
    for row in rows.unique("task", maintain_order=True).iter_rows(named=True):
        predict = finished_record(store, "predict", finished_record(store, "score", row["stage"])["spec"]["parent"])
        if predict["spec"]["head"] is None:
            continue  # nothing is trained for retrieval
        training = finished_record(store, "train", predict["spec"]["parent"]).get("training") or {}
        reached = [one["score"] for one in training["evaluations"] if one["step"] == training["best_step"]]
        if not reached or reached[-1] is None:
            return None
        scores.append(float(reached[-1]))
    return sum(scores) / len(scores) if scores else None


def _of(rows: pl.DataFrame, system: System) -> pl.DataFrame:
    import polars as pl

    mine = (pl.col("encoder") == system.encoder) & (pl.col("recipe") == system.recipe) & (pl.col("seed") == system.seed)
    return rows.filter(mine)


def _refuse_partial(submission: Submission) -> None:
    missing = {task: codes for task, codes in submission.missing.items() if codes}
    if missing:
        raise InputError(
            "the submission would not be complete",
            found="missing: " + "; ".join(f"{task}: {', '.join(codes)}" for task, codes in missing.items()),
            expected="a test set of every task of XTREME in all of its languages",
            fix="evaluate these, or say --partial",
        )


def _write(task: Task, row: Mapping[str, Any], data_dir: Path | None, store: Path, folder: Path) -> list[str]:
    """Writes one file, reads it again, and returns what may keep it from being fit for the leaderboard."""
    code, split = row["language"], row["split"]
    score = finished_record(store, "score", row["stage"])
    loaded = task.load(data_dir, code, split)
    if loaded.digest != score["spec"]["data"]["digest"]:
        raise InputError(
            f"the files of {task.name} {code} {split} are not those that were predicted",
            where=data_dir,
            fix="name the data folder of the run, or run the study again",
        )
    finished_record(store, "predict", score["spec"]["parent"])
    predictions = _stored(task, row, loaded.examples, store / "predict" / score["spec"]["parent"])
    path = folder / task.name / f"test-{code}.{'json' if isinstance(task.kind, SpanQA) else 'tsv'}"
    path.parent.mkdir(exist_ok=True)
    write_predictions(task, loaded.examples, predictions, path)
    if read_predictions(task, loaded.examples, path) != predictions:
        raise RunError(f"{path.name} of {task.name} does not read as what was predicted")
    notes = [f"{task.name} {code}: training stayed at chance"] if row["collapsed"] else []
    if not loaded.is_official:
        notes.append(f"{task.name} {code}: {loaded.found:,} rows; the official release has {loaded.official:,}")
    return notes + _order_notes(task, code, split, data_dir, loaded.examples)


def _order_notes(task: Task, code: str, split: str, data_dir: Path | None, examples: Sequence[Example]) -> list[str]:
    if task.name in _BY_ID:
        return []
    _, paths = task.find(data_dir, code, split)
    if task.name == "tatoeba":
        if all(example.gold is None for example in examples if getattr(example, "side", "") == "source"):
            return []
        return [f"tatoeba {code}: indices are of aligned files; XTREME's own have the English side in another order"]
    if paths[0].name != f"test-{code}.tsv":
        return [f"{task.name} {code}: lines follow {paths[0].name}, which may not be in the order of XTREME's file"]
    return []


def _stored(task: Task, row: Mapping[str, Any], examples: Sequence[Example], stage: Path) -> dict[str, Any]:
    """Row id -> prediction, as `read_predictions` returns them; answers are checked against their contexts."""
    import polars as pl

    table = pl.read_parquet(stage / "predictions.parquet")
    if isinstance(task.kind, Bitext):
        for name in ("layer", "pooling", "similarity"):
            table = table.filter(pl.col(name) == row[name])
    found = dict(zip(table["id"].to_list(), table["prediction"].to_list(), strict=True))
    if isinstance(task.kind, Bitext) and task.kind.mining:
        return {id_: () if target is None else (target,) for id_, target in found.items()}
    if isinstance(task.kind, SpanQA):
        starts = dict(zip(table["id"].to_list(), table["start"].to_list(), strict=True))
        for example in examples:
            assert isinstance(example, QuestionExample)
            start, text = starts[example.id], found[example.id]
            if text and example.context[start : start + len(text)] != text:
                raise RunError(f"the stored answer of {example.id} is not in its context at character {start}")
    return {id_: tuple(value) if isinstance(value, list) else value for id_, value in found.items()}
