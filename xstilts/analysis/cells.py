"""Cells: one metric of one recipe on one test set, over seeds, with its bootstrap draws.

Resamples: seeds are resampled jointly over languages, targets and recipes. Test examples are resampled jointly over
all cells whose test sets have the same number of rows, because benchmarks such as XNLI are parallel and their
errors go together across languages; where rows of equal number are unrelated, sharing the resample changes nothing in
expectation. Tasks, and test sets of different sizes, are resampled independently.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from xstilts.analysis.intervals import Estimate, FloatArray, SeedScores, example_sums, stable_seed
from xstilts.errors import InputError

MEASURE = ("metric", "layer", "pooling", "similarity")
_TEST_SET = ("target", "task", "language", "split")
_NAMES = ("encoder", "recipe", *_TEST_SET, *MEASURE, "headline", "zero_shot", "selection")
_BATCH = 1 << 23  # statistics stacked for one matrix product: 64 MB


@dataclass(frozen=True)
class Cell:
    """One metric of one recipe on one test set, over seeds.

    Attributes:
        fields: The columns of the long table that name it.
        scores: The metric for each seed; None if no run is left.
        examples: Number of scored examples.
        collapsed: Seeds that were left out because their training stayed at chance.
        hidden: Whether the test set's labels are hidden.
    """

    fields: Mapping[str, Any]
    scores: SeedScores | None
    examples: int
    collapsed: frozenset[int]
    hidden: bool


def opponent(cell: Cell) -> tuple[Any, ...]:
    """What a cell and the baseline's cell that it is compared with have in common."""
    return (cell.fields["encoder"], *(cell.fields[name] for name in MEASURE))


def difference(cell: Cell, other: Cell | None, baseline: str, seed: int) -> Estimate | None:
    """The cell's difference from the baseline's; None for the baseline itself and where either has no scores."""
    if other is None or cell.fields["recipe"] == baseline or cell.scores is None or other.scores is None:
        return None
    return cell.scores.minus(other.scores, seed)


def cells_by_test_set(table: pl.DataFrame, draws: int, seed: int) -> Iterator[list[Cell]]:
    """The cells of one test set after the other, so that the draws of one are in memory at a time."""
    for part in table.partition_by(_TEST_SET, maintain_order=True):
        yield _cells(part, draws, seed)


def _cells(part: pl.DataFrame, draws: int, seed: int) -> list[Cell]:
    usable = part.filter((pl.col("gold") == "gold") & ~pl.col("collapsed") & pl.col("value").is_not_null())
    drawn = _row_draws(usable, draws, seed)
    usable = usable.with_row_index("place")
    cells = []
    by_cell = usable.partition_by(_NAMES, maintain_order=True, as_dict=True) if len(usable) else {}
    for key, rows in part.partition_by(_NAMES, maintain_order=True, as_dict=True).items():
        fields = dict(zip(_NAMES, key, strict=True))
        kept = by_cell.get(key)
        cells.append(
            Cell(
                fields,
                None if kept is None else _seed_scores(kept.sort("seed"), drawn, fields["selection"]),
                int(rows["examples"].max() or 0),  # type: ignore[arg-type]
                frozenset(rows.filter(pl.col("collapsed"))["seed"].to_list()),
                bool((rows["gold"] == "hidden").all()),
            )
        )
    return cells


def _seed_scores(rows: pl.DataFrame, drawn: Mapping[int, FloatArray], selection: str) -> SeedScores:
    repeated = rows.filter(pl.col("seed").is_duplicated())
    if len(repeated) or rows["examples"].n_unique() > 1:
        row = rows.row(0, named=True)
        raise InputError(
            "the results hold two scores of one run, or test sets of different size",
            where=f"{row['recipe']} on {row['target']}, {row['language']}, {row['split']}, {row['metric']}",
            found=f"seeds {rows['seed'].to_list()} with {rows['examples'].to_list()} examples",
            expected="one row per seed, all of the same examples",
        )
    return SeedScores(
        tuple(rows["seed"].to_list()),
        rows["value"].to_numpy().astype(np.float64),
        np.stack([drawn[place] for place in rows["place"]], axis=1),
        int(rows["examples"][0]),
        selection == "untrained",
    )


def _row_draws(rows: pl.DataFrame, draws: int, seed: int) -> dict[int, FloatArray]:
    """Draws of the value of every row, by the row's position; rows of equally many examples share their resample."""
    from xstilts.metrics import metric

    drawn: dict[int, FloatArray] = {}
    for places in _batches(rows):
        examples = int(rows["examples"][places[0]])
        stacked = np.concatenate([statistics_of(rows, place) for place in places], axis=1)
        shared = stable_seed("examples", rows["task"][0], rows["split"][0], examples, seed)
        sums = example_sums(stacked, draws, shared)
        end = 0
        for place in places:
            start, end = end, end + int(rows["width"][place])
            drawn[place] = metric(rows["metric"][place]).value(sums[:, start:end])
    return drawn


def _batches(rows: pl.DataFrame) -> Iterator[list[int]]:
    sizes: dict[int, list[int]] = {}
    for place, examples in enumerate(rows["examples"]):
        sizes.setdefault(examples, []).append(place)
    for examples, places in sizes.items():
        step = max(1, _BATCH // (examples * int(rows["width"][places].max())))  # type: ignore[arg-type]
        for start in range(0, len(places), step):
            yield places[start : start + step]


def statistics_of(rows: pl.DataFrame, place: int) -> FloatArray:
    """Statistics of the row of the long table at a place, shape [examples, width].

    Raises:
        InputError: If their number does not fit.
    """
    examples, width = int(rows["examples"][place]), int(rows["width"][place])
    flat = rows["statistics"][place].to_numpy()
    if flat.size != examples * width:
        raise InputError(
            "the results are damaged: statistics do not fit the number of examples",
            where=f"{rows['recipe'][place]} on {rows['target'][place]}, {rows['language'][place]}",
            found=f"{flat.size:,} numbers",
            expected=f"{examples:,} x {width}",
            fix="score the stored predictions again",
        )
    return np.asarray(flat.reshape(examples, width), dtype=np.float64)
