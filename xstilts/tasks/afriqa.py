"""AfriQA, gold passages: question in an African language, passage in English or French (Ogundepo et al., 2023).

Left out and counted, in training and test alike: rows without a passage, rows that are answered by yes or no or
otherwise not by the passage (`answer_start` -1), and rows whose answer does not stand in the passage letter by
letter. Where it does, but not at the stated offset, the occurrence nearest to that offset is taken. Wolof has
questions and no passages. Sizes count the rows that are left.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from xstilts.data.examples import Answer, Example, QuestionExample
from xstilts.data.sources import Drops, Files, Url
from xstilts.formats.jsonl import json_objects
from xstilts.formats.rows import DistinctIds
from xstilts.formats.text import checked_text
from xstilts.kinds.span_qa import SpanQA
from xstilts.task import Task

PIVOTS = {**dict.fromkeys(("bem", "hau", "ibo", "kin", "swa", "twi", "yor", "zul"), "en"), "fon": "fr", "wol": "fr"}
_FILE = "gold_passages/{language}/gold_span_passages.afriqa.{language}.{pivot}.{split}.json"
_SPLITS = ("train", "dev", "test")
_ROWS = {
    "train": {"bem": 203, "fon": 272, "hau": 198, "ibo": 304, "kin": 213, "twi": 317, "yor": 220, "zul": 235},
    "dev": {"bem": 198, "fon": 257, "hau": 204, "ibo": 307, "kin": 229, "twi": 306, "zul": 231},
    "test": {
        **{"bem": 281, "fon": 364, "hau": 272, "ibo": 408, "kin": 342, "swa": 264, "twi": 439},
        **{"yor": 209, "zul": 310},
    },
}
GITHUB = "https://raw.githubusercontent.com/masakhane-io/afriqa/5c29933753692c28773c34ac1f68482007f1d2bb/data"


def read(paths: Sequence[Path], drops: Drops) -> Iterator[Example]:
    """Questions whose answer is a span of their passage."""
    distinct = DistinctIds()
    for where, record in (found for path in paths for found in json_objects(path)):
        answer = _answer(record.get("context"), record.get("answer_pivot"))
        if isinstance(answer, str):
            drops.add(answer)
            continue
        question = checked_text(record.get("question_lang"), where, "question_lang")
        context = checked_text(record["context"], where, "context")
        if answer.start != record["answer_pivot"]["answer_start"][0]:
            drops.repaired("the answer stands elsewhere in the passage than stated")
        yield QuestionExample(distinct(str(record.get("id"))), question, context, (answer,))


def _answer(context: str | None, pivot: dict[str, Any] | None) -> Answer | str:
    """The answer, or why there is none."""
    if context is None:
        return "no passage"
    starts, texts = (pivot or {}).get("answer_start"), (pivot or {}).get("text")
    if not starts or not texts or not texts[0]:
        return "no answer"
    if starts[0] < 0:
        return "yes, no, or another answer that is no span of the passage"
    text = texts[0]
    found = [at for at in range(len(context)) if context.startswith(text, at)]
    return Answer(text, min(found, key=lambda at: abs(at - starts[0]))) if found else "the answer is not in the passage"


TASK = Task(
    name="afriqa",
    kind=SpanQA(),
    languages="bem fon hau ibo kin swa twi wol yor zul",
    trained_on="squad_v1",
    sources=(
        Files(f"masakhane/afriqa/{_FILE}", read, splits=_SPLITS, fields={"pivot": PIVOTS}),
        Files(f"data/{_FILE}", read, splits=_SPLITS, fields={"pivot": PIVOTS}),
        *(
            Url(f"{GITHUB}/{_FILE}", read, splits=(split,), fields={"pivot": PIVOTS}, languages=" ".join(rows))
            for split, rows in _ROWS.items()
        ),
    ),
    sizes=_ROWS,
    metrics=("f1", "exact_match"),
    headline=("f1", "exact_match"),
    license="CC-BY-4.0",
    cite="ogundepo-etal-2023-cross",
)
