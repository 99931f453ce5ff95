"""Cells: one metric of one recipe on one test set, over seeds, with its bootstrap draws.

Seeds belong together over languages, targets and recipes. Test examples are resampled jointly over all cells whose
test sets have the same number of rows, because benchmarks such as XNLI are parallel and their errors go together across
languages; where rows of equal number are unrelated, sharing the resample changes nothing in expectation. Tasks, and
test sets of different sizes, are resampled independently.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
    is_usable = (pl.col("gold") == "gold") & ~pl.col("collapsed") & pl.col("value").is_not_null()
    drawn = _row_draws(part.filter(is_usable), draws, seed)
    runs = part.select(*_NAMES, "seed", "value", "examples", "gold", "collapsed", usable=is_usable).to_dicts()
    place = 0
    by_cell: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for run in runs:
        by_cell.setdefault(tuple(run[name] for name in _NAMES), []).append(run)
        if run["usable"]:
            run["draws"] = drawn[place]
            place += 1
    return [_cell(dict(zip(_NAMES, key, strict=True)), members) for key, members in by_cell.items()]


def _cell(fields: Mapping[str, Any], runs: list[dict[str, Any]]) -> Cell:
    kept = sorted((run for run in runs if run["usable"]), key=lambda run: run["seed"])
    return Cell(
        fields,
        _seed_scores(kept, fields) if kept else None,
        max((run["examples"] or 0 for run in runs), default=0),
        frozenset(run["seed"] for run in runs if run["collapsed"]),
        all(run["gold"] == "hidden" for run in runs),
    )


def _seed_scores(runs: list[dict[str, Any]], fields: Mapping[str, Any]) -> SeedScores:
    seeds, examples = [run["seed"] for run in runs], [run["examples"] for run in runs]
    if len(set(seeds)) < len(seeds) or len(set(examples)) > 1:
        raise InputError(
            "the results hold two scores of one run, or test sets of different size",
            where=f"{fields['recipe']} on {fields['target']}, {fields['language']}, {fields['split']}, "
            f"{fields['metric']}",
            found=f"seeds {seeds} with {examples} examples",
            expected="one row per seed, all of the same examples",
        )
    return SeedScores(
        tuple(seeds),
        np.asarray([run["value"] for run in runs], dtype=np.float64),
        np.stack([run["draws"] for run in runs], axis=1),
        examples[0],
        fields["selection"] == "untrained",
    )


def _row_draws(rows: pl.DataFrame, draws: int, seed: int) -> dict[int, FloatArray]:
    """Draws of the value of every row, by the row's position; rows of equally many examples share their resample."""
    from xstilts.metrics import metric

    drawn: dict[int, FloatArray] = {}
    sizes, widths, names = (rows[name].to_list() for name in ("examples", "width", "metric"))
    for places in _batches(sizes, widths):
        stacked = np.concatenate([statistics_of(rows, place) for place in places], axis=1)
        shared = stable_seed("examples", rows["task"][0], rows["split"][0], sizes[places[0]], seed)
        sums = example_sums(stacked, draws, shared)
        end = 0
        for place in places:
            start, end = end, end + widths[place]
            drawn[place] = metric(names[place]).value(sums[:, start:end])
    return drawn


def _batches(sizes: Sequence[int], widths: Sequence[int]) -> Iterator[list[int]]:
    by_size: dict[int, list[int]] = {}
    for place, examples in enumerate(sizes):
        by_size.setdefault(examples, []).append(place)
    for examples, places in by_size.items():
        step = max(1, _BATCH // (examples * max(widths[place] for place in places)))
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
