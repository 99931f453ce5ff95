"""Predictions and gold -> scores: aligned by id, every metric of the task, and never a score without gold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from xstilts.data.examples import Example, SentenceExample
from xstilts.errors import InputError
from xstilts.kinds.bitext import Bitext
from xstilts.metrics import metric
from xstilts.metrics.base import FloatArray
from xstilts.task import Task

if TYPE_CHECKING:
    import pyarrow as pa

Pair = tuple[str, str]
_SHOWN_IDS = 5


@dataclass(frozen=True, eq=False)
class ScoredMetric:
    """One metric of one language of a task.

    Attributes:
        metric: Name of the metric.
        value: The score in points from 0 to 100; None if the gold is hidden.
        examples: Number of scored rows; source sentences for bitexts.
        gold: Whether the rows have gold answers.
        statistics: Array of shape [examples, k], in the order of the rows; None if the gold is hidden.
        headline: Whether the metric is part of the task's score in averages.
    """

    metric: str
    value: float | None
    examples: int
    gold: Literal["gold", "hidden"]
    statistics: FloatArray | None
    headline: bool


def score_examples(
    task: Task, examples: Sequence[Example], predictions: Mapping[str, Any], language: str
) -> list[ScoredMetric]:
    """Scores the predictions of one language with all metrics of the task.

    Args:
        task: Says which metrics.
        examples: The rows that were predicted; of a bitext both sides, of which the source side is scored.
        predictions: Row id -> prediction, in the form that the task's metrics take.
        language: Code, or a pair `en-de` for a context in `en` and a question in `de`.

    Raises:
        InputError: If ids are missing, unknown or not unique, or only some rows have gold.
    """
    scored = scored_side(examples)
    if not scored:
        raise InputError(f"{task.name} of {language} has no rows to score")
    check_ids([example.id for example in scored], predictions, where=f"{task.name} {language}")
    if not _has_gold(task, scored, language):
        return [_hidden(task, name, len(scored)) for name in task.metric_names]
    aligned = [predictions[example.id] for example in scored]
    return [_score(task, name, scored, aligned, language) for name in task.metric_names]


def score_table(task: Task, examples: Sequence[Example], predicted: pa.Table, language: str) -> pa.Table:
    """Scores every variant (layer, pooling, similarity) of stored predictions; tasks without variants have one.

    Returns:
        The columns of the long table that belong to a score, a row per variant and metric.
    """
    import pyarrow as pa

    rows: list[dict[str, Any]] = []
    mining = isinstance(task.kind, Bitext) and task.kind.mining
    for variant, answers in _variants(predicted):
        # In mining a source sentence proposes a set of targets, here of one or none.
        predictions = (
            {row: () if answer is None else (answer,) for row, answer in answers.items()} if mining else answers
        )
        for scored in score_examples(task, examples, predictions, language):
            statistics = scored.statistics
            rows.append(
                {
                    **variant,
                    "metric": scored.metric,
                    "value": scored.value,
                    "examples": scored.examples,
                    "gold": scored.gold,
                    "width": 0 if statistics is None else statistics.shape[1],
                    "statistics": [] if statistics is None else statistics.ravel().tolist(),
                }
            )
    schema = pa.schema(
        [
            ("layer", pa.int64()),
            ("pooling", pa.string()),
            ("similarity", pa.string()),
            ("metric", pa.string()),
            ("value", pa.float64()),
            ("examples", pa.int64()),
            ("gold", pa.string()),
            ("width", pa.int64()),
            ("statistics", pa.list_(pa.float64())),
        ]
    )
    return pa.Table.from_pylist(rows, schema=schema)


def _variants(table: pa.Table) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """(layer, pooling, similarity) -> predictions by id, in the order of the file."""
    names = ("layer", "pooling", "similarity")
    has_variants = "layer" in table.column_names
    columns = [table[name].to_pylist() if has_variants else [None] * table.num_rows for name in names]
    variants: dict[tuple[Any, ...], dict[str, Any]] = {}
    for *variant, row_id, prediction in zip(
        *columns, table["id"].to_pylist(), table["prediction"].to_pylist(), strict=True
    ):
        variants.setdefault(tuple(variant), {})[row_id] = prediction
    return [(dict(zip(names, variant, strict=True)), predictions) for variant, predictions in variants.items()]


def score_bitext_pairs(
    task: Task, language: str, gold: Sequence[Pair], predicted: Sequence[Pair]
) -> list[ScoredMetric]:
    """Scores (source id, target id) pairs when only the gold pairs are known, not all sentences of both sides.

    Mining: the gold does not list the sentences without translation, so an id that it does not have is no error; the
    pair is a wrong one, as in XTREME's script. A source that only the predictions name becomes a row of its own.
    Nearest neighbor: every source has a translation, so sources must be the gold's; an unlisted target is wrong.

    Raises:
        InputError: If, without mining, sources are missing, unknown, or have two predictions.
    """
    proposed: dict[str, dict[str, None]] = {}
    for source, target in predicted:
        proposed.setdefault(source, {})[target] = None
    if isinstance(task.kind, Bitext) and task.kind.mining:
        examples = bitext_of_pairs(gold, more_sources=proposed)
        sets = {row.id: tuple(proposed.get(row.id, ())) for row in scored_side(examples)}
        return score_examples(task, examples, sets, language)
    doubled = [source for source, targets in proposed.items() if len(targets) > 1]
    if doubled:
        raise InputError("a source sentence has two predictions", where=f"{task.name} {language}", found=_some(doubled))
    single = {source: next(iter(targets)) for source, targets in proposed.items()}
    return score_examples(task, bitext_of_pairs(gold), single, language)


def bitext_of_pairs(pairs: Sequence[Pair], more_sources: Iterable[str] = ()) -> list[Example]:
    """Both sides of a bitext, as far as gold pairs name them; texts are empty, `more_sources` have no translation."""
    matches: dict[str, dict[str, None]] = {}
    for source, target in pairs:
        matches.setdefault(source, {})[target] = None
    for source in more_sources:
        matches.setdefault(source, {})
    targets = dict.fromkeys(target for _, target in pairs)
    return [
        *(SentenceExample(source, "", "source", tuple(found)) for source, found in matches.items()),
        *(SentenceExample(target, "", "target", ()) for target in targets),
    ]


def scored_side(examples: Sequence[Example]) -> Sequence[Example]:
    """The rows that get a prediction: all, but of a bitext only the source side."""
    return [example for example in examples if not isinstance(example, SentenceExample) or example.side == "source"]


def check_ids(wanted: Sequence[str], given: Iterable[str], where: object) -> None:
    """Checks that predictions and rows have the same ids, and that no two rows share one.

    Raises:
        InputError: That names the first few offending ids and how many there are.
    """
    repeated = [id_ for id_, count in Counter(wanted).items() if count > 1]
    if repeated:
        raise InputError("ids of rows are not unique", where=where, found=_some(repeated), expected="one row per id")
    rows, predicted = set(wanted), dict.fromkeys(given)
    missing = [id_ for id_ in wanted if id_ not in predicted]
    unknown = [id_ for id_ in predicted if id_ not in rows]
    if missing or unknown:
        raise InputError(
            "predictions and rows do not have the same ids",
            where=where,
            found="; ".join(
                f"{kind}: {_some(ids)}" for kind, ids in (("missing", missing), ("unknown", unknown)) if ids
            ),
            expected=f"one prediction for each of the {len(wanted):,} rows, such as {wanted[0]!r}",
            fix="check that the predictions are of this task, language and split",
        )


def _some(ids: Sequence[str]) -> str:
    shown = ", ".join(repr(id_) for id_ in ids[:_SHOWN_IDS])
    return f"{shown}{', ...' if len(ids) > _SHOWN_IDS else ''} ({len(ids):,} in all)"


def _has_gold(task: Task, examples: Sequence[Example], language: str) -> bool:
    hidden = [example.id for example in examples if example.gold is None]
    if hidden and len(hidden) < len(examples):
        raise InputError(
            "only some rows have gold answers, so no score of the whole can be given",
            where=f"{task.name} {language}",
            found=f"no gold: {_some(hidden)} of {len(examples):,}",
            expected="gold for all rows or for none",
            fix="score the rows with gold as a file of their own",
        )
    return not hidden


def _hidden(task: Task, name: str, rows: int) -> ScoredMetric:
    return ScoredMetric(metric(name).name, None, rows, "hidden", None, name in task.headline_names)


def _score(task: Task, name: str, examples: Sequence[Example], aligned: Sequence[Any], language: str) -> ScoredMetric:
    chosen = metric(name)
    statistics = chosen.statistics(examples, aligned, language)
    value = float(chosen.value(statistics.sum(axis=0)))
    return ScoredMetric(name, value, len(examples), "gold", statistics, name in task.headline_names)


def headline_score(scored: Sequence[ScoredMetric]) -> float:
    """The mean of the headline metrics, in points.

    Raises:
        InputError: If they have no value because the gold is hidden.
    """
    values = [metric.value for metric in scored if metric.headline]
    known = [value for value in values if value is not None]
    if not known or len(known) != len(values):
        raise InputError("a score was asked of rows whose labels are hidden", fix="choose a split that has labels")
    return sum(known) / len(known)
