"""A few rows of every test set with their gold and what each recipe predicted, for people to look at.

They are drawn from the whole set at even distances, never by how they were answered, so that what is seen is what there
is. `samples.parquet` is written with the results, since neither data nor predictions are at hand where these are read.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from xstilts.data.examples import (
    ChoiceExample,
    Example,
    QuestionExample,
    RawTextExample,
    SentenceExample,
    TextExample,
    TokenExample,
)
from xstilts.durable import damage_of, publish_file
from xstilts.scoring import scored_side
from xstilts.store import MANIFEST, Store

if TYPE_CHECKING:
    import polars as pl

    from xstilts.catalogue import Tasks
    from xstilts.plan import Cell, Plan
    from xstilts.stage import DataRef

FILE = "samples.parquet"
ROWS = 4
NO_ANSWER = "(no answer)"
_LONGEST = 400  # characters of a text
_RIGHT = 100.0

Texts = list[tuple[str, str]]


def schema() -> pl.Schema:
    """Columns of the table of samples and their types."""
    import polars as pl

    text = ("encoder", "recipe", "target", "language", "split", "id", "texts", "gold", "prediction", "stage")
    return pl.Schema({**dict.fromkeys(text, pl.String()), "seed": pl.Int64(), "points": pl.Float64()})


def collect_samples(
    plan: Plan, store: Store, tasks: Tasks, rows: Callable[[DataRef], Sequence[Example]]
) -> pl.DataFrame:
    """Samples of every test set, as the first seed of each encoder and recipe answered them.

    Args:
        plan: The graph.
        store: Finished stages; what is not finished has no samples.
        tasks: Says which metrics count.
        rows: Reads the rows of a test set.

    Returns:
        Columns encoder, recipe, target, language, split, id, texts (JSON: pairs of role and text), gold (null where
        labels are hidden), prediction, points (0 to 100, the mean of the headline metrics; null without gold), stage
        (key of the score) and seed.
    """
    import polars as pl

    shown: dict[tuple[str, str, str, str, str], Cell] = {}
    for cell in plan.cells:
        place = (cell.target, cell.language, cell.split, cell.encoder, cell.recipe)
        if place not in shown and store.has("score", cell.score):
            shown[place] = cell
    found: list[dict[str, Any]] = []
    examples: dict[str, Sequence[Example]] = {}
    for cell in sorted(shown.values(), key=_test_set):
        data = plan.stages[cell.score].spec.data  # type: ignore[union-attr]
        if data.digest not in examples:  # of one test set at a time
            examples = {data.digest: rows(data)}
        found += _samples(cell, plan, store, tasks[cell.task].headline_names, examples[data.digest])
    return pl.DataFrame(found, schema=schema())


def write_samples(samples: pl.DataFrame, folder: Path) -> None:
    """Writes the table into a study's folder in one step."""
    with publish_file(folder / FILE) as draft:
        samples.write_parquet(draft, compression="zstd")


def read_samples(folder: Path) -> pl.DataFrame | None:
    """The samples of a study's folder; None if a run before these existed wrote it."""
    import polars as pl

    path = folder / FILE
    return pl.read_parquet(path) if path.is_file() else None


def _test_set(cell: Cell) -> tuple[str, str, str]:
    return cell.target, cell.language, cell.split


def _samples(
    cell: Cell, plan: Plan, store: Store, metrics: Sequence[str], examples: Sequence[Example]
) -> Iterator[dict[str, Any]]:
    import polars as pl

    score = plan.stages[cell.score]
    folder = store.folder(plan.stages[score.parents[0]])
    if not folder.is_dir() or damage_of(folder, MANIFEST):  # a finished score needs its predictions no more
        return
    scored = scored_side(examples)
    if not scored or isinstance(scored[0], RawTextExample):
        return
    chosen = np.unique(np.linspace(0, len(scored) - 1, ROWS).astype(int)).tolist()
    predicted = _variant(pl.read_parquet(folder / "predictions.parquet"), cell)
    answers = dict(zip(predicted["id"].to_list(), predicted["prediction"].to_list(), strict=True))
    scores = _variant(pl.read_parquet(store.folder(score) / "scores.parquet"), cell)
    points = _points(scores.filter(pl.col("metric").is_in(metrics) & (pl.col("gold") == "gold")))
    texts = {example.id: example.text for example in examples if isinstance(example, SentenceExample)}
    for at in chosen:
        example, answer = scored[at], answers.get(scored[at].id)
        gold = None if example.gold is None else _gold(example, texts)
        said = _said(example, answer, texts)
        right = gold is not None and _same(example, answer)
        yield {
            **{name: getattr(cell, name) for name in ("encoder", "recipe", "target", "language", "split", "seed")},
            **{"id": example.id, "texts": json.dumps(_texts(example), ensure_ascii=False)},
            **{"gold": gold, "prediction": said, "stage": cell.score},
            "points": None if gold is None or points is None else _RIGHT if right else float(points[at]),
        }


def _variant(table: pl.DataFrame, cell: Cell) -> pl.DataFrame:
    """The rows of the layer, pooling and similarity that count."""
    import polars as pl

    if cell.layer is None or "layer" not in table.columns:
        return table
    names = ("layer", "pooling", "similarity")
    return table.filter(*(pl.col(name) == getattr(cell, name) for name in names))


def _points(scores: pl.DataFrame) -> np.ndarray | None:
    """Points of every scored row: the mean over metrics of the value of its own statistics."""
    from xstilts.metrics import metric

    values = []
    for row in scores.iter_rows(named=True):
        statistics = np.asarray(row["statistics"], dtype=np.float64).reshape(row["examples"], row["width"])
        values.append(metric(row["metric"]).value(statistics))
    return np.mean(values, axis=0) if values else None


def _texts(example: Example) -> Texts:
    """What is shown to the encoder, by role."""
    match example:
        case TextExample():
            return _cut([("text", example.text), ("second text", example.pair or "")])
        case ChoiceExample():
            return _cut(
                [("context", example.context), *((f"{at}", text) for at, text in enumerate(example.choices, 1))]
            )
        case TokenExample():
            return _cut([("sentence", " ".join(example.tokens))])
        case QuestionExample():
            return _cut([("question", example.question), ("context", _around(example))])
        case SentenceExample():
            return _cut([("sentence", example.text), ("around it", example.pair or "")])
    return []


def _around(example: QuestionExample) -> str:
    """The part of a context that has the first answer in it."""
    if len(example.context) <= _LONGEST:
        return example.context
    start = example.answers[0].start if example.answers else 0
    begin = max(0, start - _LONGEST // 2)
    return ("… " if begin else "") + example.context[begin:]


def _gold(example: Example, texts: Mapping[str, str]) -> str:
    match example:
        case TextExample():
            return str(example.label)
        case ChoiceExample():
            return _said(example, example.label, texts)
        case TokenExample():
            return _said(example, example.tags, texts)
        case QuestionExample():
            return _short(" / ".join(dict.fromkeys(a.text for a in example.answers or ())) or NO_ANSWER)
        case SentenceExample():
            return _said(example, list(example.matches or ()), texts)
    return ""


def _said(example: Example, answer: Any, texts: Mapping[str, str]) -> str:
    """A prediction in words: tags beside their tokens, texts for places and ids."""
    match example:
        case ChoiceExample():
            return _short(f"{answer + 1}: {example.choices[answer]}")
        case TokenExample():
            tagged = [
                token if tag == "O" else f"{token}/{tag}" for token, tag in zip(example.tokens, answer, strict=True)
            ]
            return _short(" ".join(tagged))
        case SentenceExample():
            ids = answer[:1] if isinstance(answer, list) else [answer]
            return _short(" / ".join(texts.get(one, str(one)) for one in ids if one is not None) or NO_ANSWER)
    return _short(str(answer)) if answer else NO_ANSWER


def _same(example: Example, answer: Any) -> bool:
    """Whether an answer is the gold itself; metrics may give nothing for finding nothing where nothing is."""
    if isinstance(example, TokenExample):
        return list(answer) == list(example.tags or ())
    return isinstance(example, SentenceExample) and answer is None and example.matches == ()


def _cut(texts: Texts) -> Texts:
    return [(role, _short(text)) for role, text in texts if text]


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
