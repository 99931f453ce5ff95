"""Tables on a terminal: colored and marked by sign where a difference is certain, and cut to the width there is."""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO
from typing import TYPE_CHECKING, Any

import polars as pl
from rich import box
from rich.console import Console, Group, RenderableType
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from xstilts.analysis.summary import OVERALL, SOURCE, ZERO_SHOT, group_scores, language_scores
from xstilts.report.columns import ABSENT, Column, direction, merged, score_text, seeds_text

if TYPE_CHECKING:
    from xstilts.analysis.summary import LanguageScore

MARKS = {1: " ▲", -1: " ▼", 0: "  "}
_STYLES = {1: "bold green", -1: "bold red", 0: "dim"}
_NARROW = 96
_GAP, _EDGES = 2, 2  # what rich draws between columns, and around them


def printed(renderable: RenderableType, color: bool, width: int) -> str:
    """What is shown, as text.

    Args:
        renderable: What to show.
        color: Whether to write the codes of colors.
        width: Characters of a line; a number that is longer still stands in one.
    """
    stream = StringIO()
    console = Console(
        file=stream,
        width=width,
        force_terminal=color,
        no_color=not color,
        color_system="standard" if color else None,
        highlight=False,
    )
    least = Measurement.get(console, console.options.update(width=10_000), renderable).minimum
    console.width = max(width, least)
    console.print(renderable)
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n"


def column_tables(columns: Sequence[Column], width: int) -> RenderableType:
    """Columns as a table, or as several with the same rows where one is too wide."""
    return Group(*tables_of(columns, width))


def tables_of(columns: Sequence[Column], width: int, groups: Sequence[int] = ()) -> list[Table]:
    """Columns as one table, or as several, each with the leading columns of text, where one is wider than the line.

    Args:
        columns: The columns.
        width: Characters of a line.
        groups: Rows that begin a group, which a line sets apart.
    """
    keys = next((place for place, column in enumerate(columns) if column.numeric), len(columns))
    named, rest = columns[:keys], list(columns[keys:])
    room = width - _EDGES - sum(_width(column) + _GAP for column in named)
    blocks: list[list[Column]] = [[]]
    used = 0
    for column in rest:
        needed = _width(column) + _GAP
        if blocks[-1] and used + needed > room:
            blocks.append([])
            used = 0
        blocks[-1].append(column)
        used += needed
    return [_table([*named, *block], groups) for block in blocks]


def _width(column: Column) -> int:
    mark = 2 if any(column.directions) else 0
    widest = max(map(len, [column.title, *column.cells])) + mark
    return widest if column.numeric else min(widest, _most(column))


def _most(column: Column) -> int:
    return {"source": 48, "target": 16, "recipe": 20}.get(column.title, 24)


def _table(columns: Sequence[Column], groups: Sequence[int]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for column in columns:
        if column.numeric:
            table.add_column(Text(column.title), justify="right", no_wrap=True, min_width=_width(column))
        else:
            table.add_column(Text(column.title), overflow="fold", max_width=_most(column))
    rows = len(columns[0].cells) if columns else 0
    for row in range(rows):
        if row in groups and row:
            table.add_section()
        table.add_row(*(_cell(column, row) for column in columns))
    return table


def _cell(column: Column, row: int) -> Text:
    """A cell; where some cell of its column has a mark, each has room for one."""
    sign = column.directions[row]
    room = "  " if any(column.directions) else ""
    if sign is None:  # no difference stands here
        return Text(column.cells[row] + room)
    return Text(column.cells[row] + (MARKS[sign] if room else ""), style=_STYLES[sign])


def overview(table: pl.DataFrame, baseline: str, width: int, draws: int = 1000) -> RenderableType:
    """A study's scores: by target with their differences, then every language, marked by its difference.

    Args:
        table: The long table.
        baseline: The recipe that differences are taken from.
        width: Characters of a line.
        draws: Bootstrap draws.
    """
    scores = language_scores(table, baseline, draws)
    parts = [_by_target(scores, baseline, width), Text()]
    frame = group_scores(scores, "language", baseline).filter(pl.col("target") != OVERALL)
    for (encoder,), mine in frame.group_by("encoder", maintain_order=True):
        several = frame["encoder"].n_unique() > 1
        parts.append(Text(f"By language{f': {encoder}' if several else ''}", style="bold"))
        parts += _by_language(mine, width)
    parts.append(_legend(baseline, one_seed=table["seed"].n_unique() == 1))
    return Group(*parts)


def _by_language(frame: pl.DataFrame, width: int) -> list[Table]:
    rows: dict[tuple[str, str, str], dict[str, dict[str, Any]]] = {}
    for row in frame.to_dicts():
        rows.setdefault((row["target"], row["split"], row["recipe"]), {})[row["group"]] = row
    sets = [(target, split) for target, split, _ in rows]
    starts = _starts(sets)
    several_splits = len(set(sets)) > len({target for target, _ in sets})
    names = [f"{target} {split}" if several_splits else target for target, split in sets]
    columns = [
        Column("target", [name if place in starts else "" for place, name in enumerate(names)], False, _none(rows)),
        Column("recipe", [recipe for *_, recipe in rows], False, _none(rows)),
    ]
    for code in frame["group"].unique(maintain_order=True):
        cells = [found.get(code) for found in rows.values()]
        text = ["" if cell is None else score_text(cell, interval=False) for cell in cells]
        columns.append(Column(code, text, True, [_direction(cell) for cell in cells]))
    return tables_of(columns, width, starts)


def _none(rows: Any) -> list[int | None]:
    return [None] * len(rows)


def _direction(row: dict[str, Any] | None) -> int | None:
    return None if row is None or row["delta"] is None else direction(row["delta_low"], row["delta_high"])


def final_table(table: pl.DataFrame, baseline: str = "direct", draws: int = 1000, width: int = 100) -> RenderableType:
    """What a run prints at its end: a row per target and recipe, and the means over targets; fits the width.

    Args:
        table: The long table.
        baseline: The recipe that differences are taken from.
        draws: Bootstrap draws.
        width: Characters of a line; below 96 the numbers of languages and seeds are left out.
    """
    targets = _by_target(language_scores(table, baseline, draws), baseline, width)
    return Group(targets, _legend(baseline, one_seed=table["seed"].n_unique() == 1))


def _legend(baseline: str, one_seed: bool) -> Text:
    note = f"Δ: difference from {baseline} with its 95 % interval;"
    note += " ▲ gain, ▼ loss: the interval excludes zero; dim: undecided."
    if one_seed:
        note += " One seed: the intervals say nothing about training again."
    return Text(note, style="dim")


def _by_target(scores: Sequence[LanguageScore], baseline: str, width: int) -> RenderableType:
    frame = group_scores(scores, "target", baseline)
    encoders = frame["encoder"].unique(maintain_order=True).to_list()
    return Group(
        *(
            _final(frame.filter(pl.col("encoder") == encoder), baseline, encoder if len(encoders) > 1 else None, width)
            for encoder in encoders
        )
    )


def _final(scores: pl.DataFrame, baseline: str, title: str | None, width: int) -> RenderableType:
    rows: dict[tuple[str, str, str], dict[str, dict[str, Any]]] = {}
    for row in scores.to_dicts():
        rows.setdefault((row["target"], row["split"], row["recipe"]), {})[row["group"]] = row
    names = [target for target, *_ in rows]
    starts = _starts([(target, split) for target, split, _ in rows])
    shown = [groups.get(ZERO_SHOT) or groups.get(SOURCE) or {} for groups in rows.values()]
    delta, low, high = ([row.get(name) for row in shown] for name in ("delta", "delta_low", "delta_high"))
    differences, directions = merged(delta, low, high, signed=True)
    shot, source = ([groups.get(group) for groups in rows.values()] for group in (ZERO_SHOT, SOURCE))

    def column(title: str, cells: list[str], numeric: bool = True) -> Column:
        return Column(title, cells, numeric, [None] * len(cells))

    columns = [
        column("target", [name if place in starts else "" for place, name in enumerate(names)], numeric=False),
        column("recipe", [recipe for *_, recipe in rows], numeric=False),
        column("source", [score_text(row, interval=False) for row in source]),
        column("zero-shot [95 %]", [score_text(row, interval=True) for row in shot]),
        column("langs", [str(row["languages"]) if row else ABSENT for row in shot]),
        Column(f"Δ to {baseline}", differences, True, directions),
        column("seeds", [seeds_text(row["seeds"], row["collapsed"]) if row else ABSENT for row in shown]),
    ]
    if width < _NARROW:
        columns = [one for one in columns if one.title not in ("langs", "seeds")]
    tables = tables_of(columns, width, starts)
    return Group(*([Text(title, style="bold")] if title else []), *tables)


def _starts(names: Sequence[tuple[str, ...]]) -> list[int]:
    """Places where another name begins."""
    return [place for place, name in enumerate(names) if place == 0 or names[place - 1] != name]
