"""The long table: one row per scored (encoder, recipe, target, language, split, metric, seed). All else groups it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from xstilts.durable import publish_file
from xstilts.errors import InputError

if TYPE_CHECKING:
    import polars as pl

    from xstilts.catalogue import Tasks
    from xstilts.plan import Plan
    from xstilts.store import Store

FILE = "results.parquet"


@dataclass(frozen=True)
class Results:
    """A study's results.

    Attributes:
        table: The long table. Columns: study, encoder, recipe, target, task, language, split, seed, metric, value
            (points; null where the gold is hidden), examples, gold ("gold" or "hidden"), headline (counts in the
            target's score), zero_shot, selection, collapsed (training stayed at chance), layer, pooling, similarity,
            stage (key of the score stage), width and statistics (per-example sufficient statistics of shape
            [examples, width], flattened).
    """

    table: pl.DataFrame

    @classmethod
    def read(cls, folder: Path) -> Results:
        """Reads the results of a study's folder.

        Raises:
            InputError: If there are none.
        """
        import polars as pl

        path = folder / FILE
        if not path.is_file():
            raise InputError("there are no results here", where=folder, expected=FILE, fix="name the --out of a run")
        try:
            table = pl.read_parquet(path)
        except (pl.exceptions.PolarsError, OSError) as error:
            raise InputError(
                "the results cannot be read",
                where=path,
                found=str(error).splitlines()[0],
                expected="a Parquet table that a run wrote",
                fix="run the study again: what is finished is kept",
            ) from None
        absent = [name for name in schema() if name not in table.columns]
        if absent:
            raise InputError(
                "the table is not that of a run",
                where=path,
                found=f"no column {absent[0]!r}",
                expected=", ".join(schema()),
                fix="run the study again: what is finished is kept",
            )
        return cls(table)

    def write(self, folder: Path) -> None:
        """Writes the table in one step."""
        with publish_file(folder / FILE) as draft:
            self.table.write_parquet(draft, compression="zstd")


def schema() -> pl.Schema:
    """Columns of the long table and their types."""
    import polars as pl

    text = ("study", "encoder", "recipe", "target", "task", "language", "split")
    columns: dict[str, pl.DataType | type[pl.DataType]] = {
        **dict.fromkeys(text, pl.String),
        "seed": pl.Int64,
        "metric": pl.String,
        "value": pl.Float64,
        "examples": pl.Int64,
        "gold": pl.String,
        "headline": pl.Boolean,
        "zero_shot": pl.Boolean,
        "selection": pl.String,
        "collapsed": pl.Boolean,
        "layer": pl.Int64,
        "pooling": pl.String,
        "similarity": pl.String,
        "stage": pl.String,
        "width": pl.Int64,
        "statistics": pl.List(pl.Float64),
    }
    return pl.Schema(columns)


def collect(study: str, plan: Plan, store: Store, tasks: Tasks) -> Results:
    """Joins the cells of a plan with the finished scores; cells that have none yet are left out."""
    import polars as pl

    frames = []
    scores: dict[str, pl.DataFrame] = {}
    for cell in plan.cells:
        stage = plan.stages[cell.score]
        manifest = store.manifest(stage)
        if manifest is None:
            continue
        if cell.score not in scores:
            scores[cell.score] = pl.read_parquet(store.folder(stage) / "scores.parquet")
        headline = pl.col("metric").is_in(list(tasks[cell.task].headline_names))
        if cell.layer is not None:
            headline &= (pl.col("layer") == cell.layer) & (pl.col("pooling") == cell.pooling)
            headline &= pl.col("similarity") == cell.similarity
        frames.append(
            scores[cell.score].with_columns(
                study=pl.lit(study),
                encoder=pl.lit(cell.encoder),
                recipe=pl.lit(cell.recipe),
                target=pl.lit(cell.target),
                task=pl.lit(cell.task),
                language=pl.lit(cell.language),
                split=pl.lit(cell.split),
                seed=pl.lit(cell.seed, dtype=pl.Int64),
                headline=headline,
                zero_shot=pl.lit(cell.zero_shot),
                selection=pl.lit(cell.selection),
                collapsed=pl.lit(bool(manifest.get("collapsed"))),
                stage=pl.lit(cell.score),
            )
        )
    columns = schema()
    if not frames:
        return Results(pl.DataFrame(schema=columns))
    return Results(pl.concat(frames).select(*columns).cast(columns))
