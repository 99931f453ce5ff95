"""The results section of a paper: answers with their figures, and tables over targets, languages and costs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from xstilts.analysis.differences import difference_table
from xstilts.analysis.evidence import gain, mean_score
from xstilts.analysis.intervals import Estimate
from xstilts.analysis.summary import OVERALL, SOURCE, ZERO_SHOT
from xstilts.analysis.task_count import intermediate_costs
from xstilts.report.columns import ABSENT, Column, direction, p_cell, readable, score_text
from xstilts.report.contents import Contents
from xstilts.report.document import Block, Forest, Interval, Paragraph, Ref, Section, Table
from xstilts.report.paper_figures import question_figure
from xstilts.report.paper_method import text_column
from xstilts.report.published import reference_table
from xstilts.wording import number, with_interval

_MOST_ROWS = 24
_MOST_COLUMNS = 12


def results_section(contents: Contents) -> Section:
    """Answers first, each with its figure; then tables."""
    blocks: list[Block] = []
    for place, answer in enumerate(contents.answers):
        notes = " ".join(answer.notes)
        blocks.append(Paragraph((f"{answer.sentence} {notes}".strip(),), answer.question))
        figure = question_figure(contents, answer, place)
        if figure is not None:
            blocks.append(figure)
    if not contents.answers:
        blocks.append(Paragraph(("The results compare no recipe with the baseline.",)))
    compared = bool(contents.evidence.compared)
    if compared:
        blocks += [_pointer(contents), _overall(contents), *_forest(contents)]
    blocks += _by_target(contents) if compared else []
    blocks += [*_languages(contents), *_costs(contents), *_published(contents)]
    return Section("Results", tuple(blocks))


def _pointer(contents: Contents) -> Paragraph:
    several = len(contents.evidence.targets) > 1
    text = " gives every recipe's mean over targets, tested" if several else " gives every recipe's mean, tested"
    return Paragraph(
        (
            Ref("tab:overall"),
            text,
            "; ",
            Ref("fig:differences"),
            " shows all differences. In tables, bold says that the interval excludes zero.",
        )
    )


def _pairs(contents: Contents) -> list[tuple[str, str]]:
    """(encoder, recipe) of every comparison."""
    evidence = contents.evidence
    return [
        (encoder, recipe)
        for encoder in evidence.encoders
        for recipe in evidence.compared
        if gain(evidence.chosen(encoder=encoder, recipe=recipe)) is not None
    ]


def _named(contents: Contents, encoder: str, recipe: str) -> str:
    return f"{recipe} ({encoder})" if len(contents.evidence.encoders) > 1 else recipe


def _with_encoder(contents: Contents, encoders: Sequence[str]) -> list[Column]:
    if len(contents.evidence.encoders) == 1:
        return []
    shown = [name if place == 0 or encoders[place - 1] != name else "" for place, name in enumerate(encoders)]
    return [text_column("encoder", shown)]


def _runs(names: Sequence[str]) -> tuple[int, ...]:
    """Lengths of runs of the same name."""
    lengths: list[int] = []
    for place, name in enumerate(names):
        if place and names[place - 1] == name:
            lengths[-1] += 1
        else:
            lengths.append(1)
    return tuple(lengths)


def _overall(contents: Contents) -> Table:
    evidence = contents.evidence
    tests = {
        (row["encoder"], row["recipe"]): row
        for row in difference_table(evidence).filter(pl.col("target") == OVERALL).to_dicts()
    }
    keys = [(encoder, recipe) for encoder in evidence.encoders for recipe in evidence.all_recipes]
    means = {key: mean_score(evidence.chosen(encoder=key[0], recipe=key[1])) for key in keys}
    keys = [key for key in keys if means[key] is not None]
    rows: list[Mapping[str, Any]] = [tests.get(key, {}) for key in keys]
    columns = [
        *_with_encoder(contents, [encoder for encoder, _ in keys]),
        text_column("recipe", [recipe for _, recipe in keys]),
        text_column("score [95 %]", [_estimate(means[key]) for key in keys], numeric=True),
        _difference(f"Δ to {contents.baseline} [95 %]", rows),
        text_column("p (Holm)", [p_cell(row.get("p_holm")) for row in rows], numeric=True),
        text_column("effect size", [_number(row.get("effect_size")) for row in rows], numeric=True),
        text_column("detectable", [_number(row.get("detectable")) for row in rows], numeric=True),
        text_column("verdict", [row.get("verdict") or ("baseline" if not row else ABSENT) for row in rows]),
    ]
    over = "over targets and their zero-shot languages" if len(evidence.targets) > 1 else "over zero-shot languages"
    caption = f"Mean score {over}, in points, and the difference from {contents.baseline}: p adjusted over recipes,"
    caption += (
        " Cohen's d over seeds, the smallest true difference that is found with power 0.8, and what the interval says."
    )
    return Table("tab:overall", (caption,), columns, groups=_runs([encoder for encoder, _ in keys]))


def _estimate(estimate: Estimate | None) -> str:
    return ABSENT if estimate is None else with_interval(estimate.value, *estimate.interval)


def _number(value: float | None, decimals: int = 1) -> str:
    return ABSENT if value is None else number(value, decimals=decimals)


def _difference(title: str, rows: Sequence[Mapping[str, Any]]) -> Column:
    """A column of differences with intervals, of rows with delta, delta_low and delta_high."""
    known = [row if row.get("delta") is not None else None for row in rows]
    cells = [
        ABSENT if row is None else with_interval(row["delta"], row["delta_low"], row["delta_high"], signed=True)
        for row in known
    ]
    return Column(
        title, cells, True, [direction(row["delta_low"], row["delta_high"]) if row else None for row in known]
    )


def _interval(estimate: Estimate | None) -> Interval | None:
    return None if estimate is None else Interval(estimate.value, *estimate.interval)


def _forest(contents: Contents) -> Iterator[Forest]:
    evidence = contents.evidence
    gains = {pair: gain(evidence.chosen(encoder=pair[0], recipe=pair[1])) for pair in _pairs(contents)}
    pairs = sorted(gains, key=lambda pair: -found.value if (found := gains[pair]) else 0.0)
    text = (
        f"Difference from {contents.baseline} in points with 95 % intervals, over zero-shot languages; each panel has"
    )
    text += " its own scale. Filled: the interval excludes zero (circle: gain, square: loss)."
    if len(pairs) > _MOST_ROWS:
        half = _MOST_ROWS // 2
        text += f" Shown are the {half} highest and the {half} lowest of {len(pairs)}."
        pairs = [*pairs[:half], *pairs[-half:]]
    panels = [("all targets", tuple(_interval(gains[pair]) for pair in pairs))]
    for target in evidence.targets:
        found = [gain(evidence.chosen(encoder=one, recipe=recipe, target=target)) for one, recipe in pairs]
        if any(found):
            panels.append((target, tuple(map(_interval, found))))
    if len(panels) == 2:
        panels = panels[1:]
    names = tuple(_named(contents, *pair) for pair in pairs)
    yield Forest("fig:differences", (text,), names, tuple(panels))


def _by_target(contents: Contents) -> list[Block]:
    """Every target and recipe: the score in the source language, zero-shot, and the difference."""
    rows = contents.targets.filter(pl.col("target") != OVERALL)
    order: dict[tuple[str, str, str, str], dict[str, dict[str, Any]]] = {}
    for row in rows.sort("encoder", maintain_order=True).to_dicts():
        key = (row["encoder"], row["target"], row["split"], row["recipe"])
        order.setdefault(key, {})[row["group"]] = row
    keys = sorted(order, key=lambda key: contents.evidence.encoders.index(key[0]))
    shot = [order[key].get(ZERO_SHOT) or order[key].get(SOURCE) or next(iter(order[key].values())) for key in keys]
    targets = [f"{encoder} {target} {split}" for encoder, target, split, _ in keys]
    first = [place == 0 or targets[place - 1] != name for place, name in enumerate(targets)]
    columns = [
        *_with_encoder(contents, [encoder for encoder, *_ in keys]),
        text_column("target", [key[1] if is_first else "" for key, is_first in zip(keys, first, strict=True)]),
        text_column("recipe", [key[3] for key in keys]),
        text_column("source", [score_text(order[key].get(SOURCE), False) for key in keys], numeric=True),
        text_column("zero-shot [95 %]", [score_text(order[key].get(ZERO_SHOT), True) for key in keys], numeric=True),
        _difference(f"Δ to {contents.baseline} [95 %]", shot),
        text_column("seeds", [str(row["seeds"]) for row in shot], numeric=True),
    ]
    caption = "Every target: the score in the source language, the mean over zero-shot languages, and its difference"
    caption += f" from {contents.baseline}."
    table = Table("tab:targets", (caption,), columns, groups=_runs(targets))
    return [Paragraph((Ref("tab:targets"), " has every target."), "Targets."), table]


def _languages(contents: Contents) -> list[Block]:
    """Languages as rows, comparisons as columns, in tables of at most twelve."""
    evidence = contents.evidence
    codes = list(dict.fromkeys(score.fields["language"] for score in evidence.chosen()))
    pairs = _pairs(contents)
    if len(codes) < 2 or not pairs:
        return []
    names = [contents.language_names[code] for code in codes]
    found: list[Block] = []
    for start in range(0, len(pairs), _MOST_COLUMNS):
        columns = [text_column("language", names)]
        for encoder, recipe in pairs[start : start + _MOST_COLUMNS]:
            deltas = [gain(evidence.chosen(encoder=encoder, recipe=recipe, language=code)) for code in codes]
            cells = [ABSENT if delta is None else number(delta.value, signed=True) for delta in deltas]
            signs = [None if delta is None else direction(*delta.interval) for delta in deltas]
            columns.append(Column(_named(contents, encoder, recipe), cells, True, signs))
        again = "" if start == 0 else " (continued)"
        caption = f"Mean difference from {contents.baseline} over targets, by zero-shot language, in points{again}."
        widest = max(len(column.title) for column in columns[1:])
        upright = widest * (len(columns) - 1) > 70
        found.append(Table(f"tab:languages-{start}", (caption,), columns, upright=upright))
    text = " has the differences by language; of twenty that are truly zero, one is expected in bold."
    return [Paragraph((Ref("tab:languages-0"), text), "Languages."), *found]


def _costs(contents: Contents) -> list[Block]:
    costs = intermediate_costs(contents.evidence)
    pairs = [pair for pair in _pairs(contents) if pair in costs]
    if not pairs:
        return []
    columns = [
        *_with_encoder(contents, [encoder for encoder, _ in pairs]),
        text_column("recipe", [recipe for _, recipe in pairs]),
        text_column("steps", [_whole(costs[pair]["steps"]) for pair in pairs], numeric=True),
        text_column("pieces", [_whole(costs[pair]["pieces"]) for pair in pairs], numeric=True),
        text_column("seconds", [_whole(costs[pair]["seconds"]) for pair in pairs], numeric=True),
    ]
    caption = "What the intermediate stages of one seed cost; stages that recipes share count for each."
    text = " says what the intermediate training cost: steps, pieces read, and seconds on the machines that ran it."
    table = Table("tab:costs", (caption,), columns, groups=_runs([encoder for encoder, _ in pairs]))
    return [Paragraph((Ref("tab:costs"), text), "Cost."), table]


def _whole(value: float | None) -> str:
    return ABSENT if value is None else f"{value:,.0f}"


def _published(contents: Contents) -> list[Block]:
    frame = reference_table(contents.published)
    if frame.is_empty():
        return []
    caption = "Published results of the same task, split, metric and languages beside this study's."
    return [
        Paragraph((Ref("tab:published"), " compares with published results."), "Published results."),
        Table("tab:published", (caption,), readable(frame), wide=()),
    ]
