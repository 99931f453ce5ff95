"""The chapters of the page: what stands where, as plain data."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from xstilts.analysis.summary import By, overall_scores
from xstilts.report.blocks import Block, Chapter, Code, Fold, Heading, Named, Row, Words
from xstilts.report.claimed import claim_blocks
from xstilts.report.contents import Contents
from xstilts.report.curves import MOST_FIGURES, layer_charts, learning_curves
from xstilts.report.findings import findings, verdict
from xstilts.report.grids import Cell, Grid, Head, difference_cell
from xstilts.report.matrices import by_language, by_target, metric_grid, of_test_set
from xstilts.report.method import recipes_in_words
from xstilts.report.overlap import OverlapSection
from xstilts.report.plots import SHORT, answer_blocks
from xstilts.report.published import Published, published_tables
from xstilts.report.showcase import sample_sets, share_of
from xstilts.report.spending import cost_grid, cost_words, data_grid
from xstilts.wording import counted, listed

MOST_CELLS = 60_000
"""Cells of tables by language on a page; further test sets are named, and in the results."""
_FEW = 4
_ALARM = 240  # characters
_LONG = 12


@dataclass(frozen=True)
class Summary:
    """What heads the page.

    Attributes:
        question: The question that the results answer first.
        answer: The answer to it.
        more: Further questions and their answers.
        alarms: What must be known before anything is believed.
    """

    question: str
    answer: str
    more: Sequence[tuple[str, str]]
    alarms: Sequence[str]


def summary_of(contents: Contents) -> Summary:
    """The answers in words, the study's own question first; without differences, who scores highest."""
    alarms = [text for text in (contents.incomplete, contents.overlap.alarm) if text]
    graves = [note for note in contents.warnings if note.startswith(("Collapsed", "Missing"))]
    alarms += [_short(note) for note in graves[:_FEW]]
    if len(graves) > _FEW:
        alarms.append(f"{len(graves) - _FEW:,} more of such warnings stand under Notes.")
    if contents.table.is_empty():
        return Summary("", "There are no results yet.", [], alarms)
    answers = contents.answers
    verdicts = [
        (f"Which recipe is best{_of(contents, encoder)}?", _verdict(contents, encoder))
        for encoder in contents.evidence.encoders
    ]
    if not answers:
        return Summary(verdicts[0][0], verdicts[0][1], verdicts[1:], alarms)
    first, *others = answers
    more = [*verdicts, *((answer.question, answer.sentence) for answer in others)]
    return Summary(first.question, first.sentence, more, alarms)


def _short(note: str) -> str:
    """A warning that heads the page must not push the answer out of sight; the whole of it stands under Notes."""
    parts = note.split("; ")
    shown = [part for at, part in enumerate(parts) if at == 0 or len("; ".join(parts[: at + 1])) <= _ALARM]
    left_out = len(parts) - len(shown)
    return f"{'; '.join(shown)}; and {left_out:,} more, which stand under Notes." if left_out else note


def _verdict(contents: Contents, encoder: str) -> str:
    return verdict(contents.targets.filter(pl.col("encoder") == encoder), contents.baseline)


def _of(contents: Contents, encoder: str) -> str:
    return f" with {encoder}" if len(contents.evidence.encoders) > 1 else ""


def facts_of(contents: Contents) -> list[tuple[str, int]]:
    """How many encoders, recipes, targets, languages and seeds there are."""
    columns = {"encoder": "encoders", "recipe": "recipes", "target": "targets", "language": "languages"}
    counts = {name: contents.table[name].n_unique() for name in (*columns, "seed")}
    names = {**columns, "seed": "seeds"}
    found = [(names[name] if count != 1 else name, count) for name, count in counts.items()]
    return [*found, ("rows of results", contents.table.height)]


def chapters_of(contents: Contents) -> list[Chapter]:
    """All chapters that have something to say."""
    if contents.table.is_empty():
        return [*_notes(contents), _configuration(contents)]
    first, others = contents.answers[:1], contents.answers[1:]
    chapters = [Chapter(answer.question, "answer", _answered(contents, answer), "Answer") for answer in first]
    chapters += _recipes(contents)
    chapters += _targets(contents)
    chapters += [
        Chapter(answer.question, f"question-{at}", _answered(contents, answer), SHORT.get(answer.question, ""))
        for at, answer in enumerate(others)
    ]
    chapters += _claims(contents)
    chapters += [*_training(contents), *_cost(contents), *_notes(contents), *_overlap(contents.overlap)]
    return [*chapters, *_data(contents), _method(contents), _configuration(contents)]


def _answered(contents: Contents, answer: Any) -> list[Block]:
    blocks: list[Block] = [Words([answer.sentence])] if answer is not contents.answers[0] else []
    return [*blocks, *answer_blocks(contents.evidence, answer)]


def _recipes(contents: Contents) -> list[Chapter]:
    """Recipe by recipe in words, by target and by language, for every encoder."""
    blocks: list[Block] = []
    encoders = contents.evidence.encoders
    for encoder in encoders:
        parts: list[Block] = []
        mine = pl.col("encoder") == encoder
        found = findings(
            contents.targets.filter(mine), _told(contents).filter(mine), contents.baseline, contents.language_names
        )
        rows = [(finding.recipe, finding.text, finding.sign) for finding in found]
        words = Named(rows)
        if rows:
            parts.append(Fold(f"{len(rows)} recipes in words", [words]) if len(rows) > _LONG else words)
        if len([place for place in contents.test_sets if place[0] == encoder]) > 1:
            parts += [Heading("Recipe by target"), *by_target(contents, encoder)]
        grids = by_language(contents, encoder)
        if grids:
            parts += [Heading("Recipe by language"), *grids]
        groups: tuple[tuple[By, str], ...] = (("family", "language family"), ("script", "script"))
        clusters = [grid for by, name in groups if (grid := _by_group(contents, encoder, by, name)) is not None]
        parts += [Fold("By language family and script", clusters)] if clusters else []
        is_open = len(encoders) <= _FEW or encoder == encoders[0]
        blocks += [Fold(encoder, parts, is_open, large=True)] if len(encoders) > 1 else parts
    return [Chapter("Recipe by recipe", "recipes", [*_made_of(contents), *blocks], "Recipes")] if blocks else []


def _told(contents: Contents) -> pl.DataFrame:
    """Scores by language, of the languages that sentences count: zero-shot ones, where there are such."""
    there = contents.table.filter(pl.col("zero_shot"))
    if there.is_empty():
        return contents.languages
    place = ["encoder", "target", "recipe"]
    return contents.languages.join(there, left_on=[*place, "group"], right_on=[*place, "language"], how="semi")


def _made_of(contents: Contents) -> list[Block]:
    """What the recipes train on, where the study's file says it."""
    stages = recipes_in_words(contents.study)
    rows = [
        (name, [Cell(" → ".join(stages[name]) or "nothing: the encoder as it is")])
        for name in contents.evidence.all_recipes
        if name in stages
    ]
    if not any(stages.values()) or not rows:
        return []
    grid = Grid("What each recipe trains on before the target; arrows stand between stages",
                [Head("recipe"), Head("intermediate training", numeric=False)], rows, words=True)  # fmt: skip
    return [Fold(grid.caption, [grid])] if len(rows) > _LONG else [grid]


def _by_group(contents: Contents, encoder: str, by: By, name: str) -> Grid | None:
    scores = [score for score in contents.evidence.scores if score.fields["encoder"] == encoder]
    rows = overall_scores(scores, by, contents.baseline).drop_nulls("delta")
    cells = {(row["recipe"], row["group"]): row for row in rows.iter_rows(named=True)}
    groups, recipes = (list(dict.fromkeys(key[at] for key in cells)) for at in (1, 0))
    if len(groups) < 2:
        return None
    widest = max([1.0, *(abs(row["delta"]) for row in cells.values())])
    lines = [(recipe, [difference_cell(cells.get((recipe, group)), widest) for group in groups]) for recipe in recipes]
    caption = f"Difference from {contents.baseline} by {name}, zero-shot languages, mean over targets"
    return Grid(caption, [Head("recipe"), *map(Head, groups)], lines)


def _targets(contents: Contents) -> list[Chapter]:
    """A fold for every test set."""
    blocks: list[Block] = []
    cells, left_out = 0, []
    share = share_of(contents.samples)
    for number, (encoder, target, _) in enumerate(contents.test_sets):
        grids = of_test_set(contents, number)
        cells += sum(grid.cells for grid in grids)
        title = target + _of(contents, encoder).replace(" with", ",")
        if cells > MOST_CELLS:
            left_out.append(title)
            continue
        few = len(contents.test_sets) <= _FEW
        blocks.append(Fold(title, [*_target(contents, number, grids, share)], few, f"set-{number}", large=True))
    if left_out:
        blocks.append(
            Words(
                [f"Not on this page, so that it stays light: {', '.join(left_out)}; `xstilts results OUT` has them."],
                "quiet",
            )
        )
    return [Chapter("Target by target", "targets", blocks, "Targets")] if blocks else []


def _target(contents: Contents, number: int, grids: Sequence[Grid], share: float) -> list[Block]:
    encoder, target, split = contents.test_sets[number]
    here = (pl.col("encoder") == encoder) & (pl.col("target") == target) & (pl.col("split") == split)
    layers = contents.layers.filter(here)
    recipes = list(dict.fromkeys(contents.targets.filter(here)["recipe"]))
    blocks: list[Block] = [Words([_description(contents, layers, here, target, split)], "quiet"), *grids]
    blocks += [_published(one) for one in published_tables(contents.published, encoder, target, split)]
    every_metric = metric_grid(contents, number) if len(contents.test_sets) <= 5 * _FEW else None
    if every_metric:
        blocks.append(Fold("Every metric", [every_metric]))
    for figure, grid in layer_charts(layers, recipes):
        blocks += [figure, Fold("The same as a table", [grid])]
    if contents.samples is not None:
        sets = sample_sets(contents.samples, encoder, target, split, share)
        blocks += [Fold("Predictions, language by language", [Words([_SAMPLED], "quiet"), *sets])] if sets else []
    return blocks


_CHOSEN = {
    "source dev": "the best on the source language’s dev set",
    "last step": "that of the last step",
    "untrained": "the encoder without training",
    "oracle": "the best on target languages’ dev sets (oracle, not zero-shot)",
}
"""What chose a checkpoint, as the results have it -> in words."""
_SAMPLED = (
    "Rows at even distances through the test set, whatever was answered, with the first seed of each recipe. Right,"
    " partly right and wrong follow the target’s own metrics."
)


def _description(contents: Contents, layers: pl.DataFrame, here: pl.Expr, target: str, split: str) -> str:
    names = contents.headlines.filter(here)["metric"].to_list()
    at = layers.filter(pl.col("headline")).select("metric", "layer", "pooling", "similarity").unique()
    for metric, layer, pooling, similarity in at.sort("metric").iter_rows():
        names.append(f"{metric} at layer {layer}, {pooling} pooling, {similarity} similarity")
    score = f"mean of {' and '.join(names)}" if len(names) > 1 else "".join(names)
    selections = contents.targets.filter(here)["selection"].drop_nulls().str.split(", ").explode()
    chosen = listed([_CHOSEN.get(name, name) for name in selections.unique(maintain_order=True)])
    return f"Evaluated on split {split} of {target}. Score: {score}, in points. Checkpoint: {chosen}."


def _published(published: Published) -> Grid:
    rows = [(name, [Cell(score, f"[{small}]" if small else ""), Cell(source)]) for name, score, small, source in
            published.rows]  # fmt: skip
    return Grid(published.caption, [Head("system"), Head("score", lead=True), Head("source", numeric=False)], rows,
                words=True)  # fmt: skip


def _claims(contents: Contents) -> list[Chapter]:
    is_published = contents.claims is None
    blocks = claim_blocks(contents.verdicts, is_published)
    title = "What the paper claims, checked here" if is_published else "Claims, checked"
    return [Chapter(title, "claims", blocks, "Claims")] if blocks else []


def _training(contents: Contents) -> list[Chapter]:
    if contents.records.dev.is_empty():
        return []
    figures = learning_curves(contents.records)
    if not figures:
        said = "Every training was evaluated once, at its end, so there are no curves; “training: {evaluations: 5}” in"
        return [Chapter("Learning curves", "curves", [Words([f"{said} the study asks for more."], "quiet")])]
    blocks: list[Block] = [Row(figures[:_FEW])]
    if len(figures) > _FEW:
        more = figures[_FEW:MOST_FIGURES]
        blocks.append(Fold(f"{len(more)} more trainings", [Row(more)]))
    return [Chapter("Learning curves", "curves", blocks)]


def _cost(contents: Contents) -> list[Chapter]:
    words = cost_words(contents.records, contents.made_with)
    grids = [
        grid
        for name in contents.evidence.encoders
        if (grid := cost_grid(contents.records, name, contents.evidence.all_recipes)) is not None
    ]
    return [Chapter("Cost", "cost", [Words(words), *grids])] if words or grids else []


def _notes(contents: Contents) -> list[Chapter]:
    notes = contents.warnings
    none = "Nothing was left out: every run finished, no run collapsed, every test set has its labels."
    return [Chapter("Notes and failures", "notes", [Words(notes, "list") if notes else Words([none])], "Notes")]


def _overlap(overlap: OverlapSection) -> list[Chapter]:
    blocks: list[Block] = [Words([overlap.summary])]
    if overlap.rows:
        heads = [Head("evaluated"), Head("also in", numeric=False)]
        heads += [Head(name, lead=name == "share") for name in ("rows", "touched", "share", "same row", "same text")]
        heads += [Head("near"), Head("parts", numeric=False), Head("recipes", numeric=False)]
        rows = [
            (
                row.evaluated,
                [
                    Cell(row.seen),
                    *(Cell(text, sign=-1 if row.strong and at == 2 else None, depth=3)
                      for at, text in enumerate(row.numbers)),
                    Cell(row.parts),
                    Cell(row.recipes),
                ],
            )
            for row in overlap.rows
        ]  # fmt: skip
        blocks.append(Grid("Evaluated rows that are also in a set that was learned from", heads, rows, words=True))
        blocks.append(Words([_OVERLAP], "quiet"))
        matches = [
            Named([(f"{level}: {id_}", f"{text} — {seen_id}: {seen}", 0) for level, id_, text, seen_id, seen in
                   row.matches])
            for row in overlap.rows
        ]  # fmt: skip
        blocks.append(Fold("Examples of each pair", matches))
    return [Chapter("Overlap of training and evaluation", "overlap", blocks, "Overlap")]


_OVERLAP = (
    "Same text: a part of the row is the same but for case, punctuation and space. Near: at least 70 % of the n-grams"
    " of a part (8 words, or 16 characters in scripts without spaces) are in the other set. Parts of fewer than 5 words"
    " or 10 characters count only in whole rows."
)


def _data(contents: Contents) -> list[Chapter]:
    grid = data_grid(contents.data)
    if grid is None:
        return []
    partial = [row for row in contents.data if row["official"] not in (None, row["found"])]
    said = f"{counted(len(contents.data), 'set')} of rows were read and checked"
    said += f"; {len(partial):,} are not complete." if partial else "; none is known to be incomplete."
    return [Chapter("Data", "data", [Words([said]), Fold("Every set", [grid])])]


def _method(contents: Contents) -> Chapter:
    said = [line.replace("DRAWS", f"{contents.draws:,}") for line in _METHOD]
    return Chapter("How the numbers are made", "method", [Words(said)], "Method")


_METHOD = (
    "A score is the mean over seeds; a target’s score is the mean of its headline metrics, then the plain mean over"
    " languages. Zero-shot means leave out the languages that were trained on.",
    "Intervals are 95 % intervals over test examples and seeds: DRAWS bootstrap draws resample the examples (Efron and"
    " Tibshirani, 1993), and the variance of the few seeds enters by quantiles that are computed as Trickett and"
    " Welch (1954) did, so few seeds give wide intervals. Both sides of a difference see the same examples and the"
    " same seeds (the paired bootstrap of Koehn, 2004), so a difference can be certain where two scores’ own"
    " intervals overlap; where a run collapsed, only seeds that both sides have are compared, and the difference"
    " need not be that of the two means. Seeds belong together over all languages and targets, and so do resampled"
    " examples of test sets of equal size, which parallel benchmarks have in every language.",
    "Read with care: with one seed, intervals cover the choice of examples only. Cells of tables are not corrected for"
    " looking at many: of twenty differences that are truly zero, one is expected to exclude it. Adjusted p values are"
    " corrected for that (Holm, 1979). Languages and targets are taken as given; nothing here says how another"
    " language would do.",
)


def _configuration(contents: Contents) -> Chapter:
    import yaml

    plain: Mapping[str, Any] = json.loads(json.dumps(contents.study, default=str))
    text = yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=100)
    return Chapter("Configuration", "configuration", [Fold("The effective study", [Code(text)])])
