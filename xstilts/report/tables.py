"""Tables of results, for the terminal, for files and for papers.

Tables for reading (`table`, `markdown`, `latex`) give numbers to one decimal with the 95 % interval in brackets; tables
for programs (`csv`, `json`) keep every number in a column of its own, to four decimals.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Literal, get_args

import polars as pl

from xstilts.analysis.summary import OVERALL, By, target_scores
from xstilts.errors import InputError, nearest
from xstilts.report.columns import ABSENT, NO_GOLD, Column, readable
from xstilts.report.latex_text import latex_row, latex_text
from xstilts.report.terminal import column_tables, printed
from xstilts.wording import number

Format = Literal["table", "csv", "json", "markdown", "latex"]


def score_table(table: pl.DataFrame, by: By = "target", baseline: str = "direct", draws: int = 1000) -> pl.DataFrame:
    """Scores by target and recipe, averaged over groups of languages, ready for `render`.

    Args:
        table: The long table.
        by: Grouping, see `xstilts.analysis.summary.group_scores`.
        baseline: The recipe that differences are taken from.
        draws: Bootstrap draws.

    Returns:
        The columns of `group_scores`; `render` drops those that say the same in every row.
    """
    return target_scores(table, baseline, draws, by)


def language_table(table: pl.DataFrame, baseline: str = "direct", draws: int = 1000) -> pl.DataFrame:
    """One row per encoder, target and recipe, one column per language: scores as text, to one decimal.

    A cell is "no gold" where the labels are hidden, and empty where the target has no such language.
    """
    scores = target_scores(table, baseline, draws, by="language").filter(pl.col("target") != OVERALL)
    text = [
        NO_GOLD if row["gold"] == "hidden" else ABSENT if row["mean"] is None else number(row["mean"])
        for row in scores.iter_rows(named=True)
    ]
    wide = scores.with_columns(pl.Series("text", text, dtype=pl.String)).pivot(
        "group", index=["encoder", "target", "split", "recipe"], values="text", aggregate_function="first"
    )
    return wide.with_columns(pl.exclude("encoder", "target", "split", "recipe").fill_null(""))


def render(
    frame: pl.DataFrame,
    format: str = "table",
    *,
    color: bool = False,
    width: int = 100,
    shown: Collection[str] = (),
) -> str:
    """A frame as text.

    Args:
        frame: Any frame; the columns of `score_table` and `summarize` are merged into readable ones.
        format: One of `table`, `csv`, `json`, `markdown` and `latex`.
        color: Whether `table` has the codes of terminal colors.
        width: Characters of a line of `table`.
        shown: Columns that stay in tables for reading even if they say the same in every row.

    Raises:
        InputError: If the format is unknown.
    """
    if format == "csv":
        return frame.with_columns(pl.selectors.float().round(4)).write_csv()
    if format == "json":
        rows = frame.with_columns(pl.selectors.float().round(4)).to_dicts()
        return json.dumps(rows, ensure_ascii=False, indent=2) + "\n"
    if format == "markdown":
        return _markdown(readable(frame, shown))
    if format == "latex":
        return _latex(readable(frame, shown))
    if format == "table":
        return printed(column_tables(readable(frame, shown), width), color, width)
    known = list(get_args(Format))
    raise InputError(
        f"there is no format {format!r}", expected=f"one of {', '.join(known)}", fix=nearest(format, known)
    )


def _markdown(columns: Sequence[Column]) -> str:
    lines = [
        [markdown_text(column.title) for column in columns],
        ["---:" if column.numeric else "---" for column in columns],
        *zip(*([markdown_text(cell) for cell in column.cells] for column in columns), strict=True),
    ]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def markdown_text(text: str) -> str:
    """Escapes text from data for a line of Markdown."""
    for char in "\\|<*`":
        text = text.replace(char, f"\\{char}")
    text = text.replace("](", "]\\(")  # no link is meant
    return " ".join(text.split("\n"))


def _latex(columns: Sequence[Column]) -> str:
    rows = zip(*(column.cells for column in columns), strict=True)
    return "\n".join(
        [
            f"\\begin{{tabular}}{{{''.join('r' if column.numeric else 'l' for column in columns)}}}",
            "\\toprule",
            latex_row([latex_text(column.title) for column in columns]),
            "\\midrule",
            *(latex_row([latex_text(cell) for cell in row]) for row in rows),
            "\\bottomrule",
            "\\end{tabular}\n",
        ]
    )
