"""Rows to pieces: ours against what the examples' scripts do, which is a tokenizer call per 1,000 rows and a loop.

The peer gets no time for storing what it made; ours writes and maps its features, so that the next study finds them.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.cases import ROWS, Rows
from benchmarks.contest import EXAMPLES, OURS, Contest, Measurement, most_memory

_COUNT = {"pairs": 20_000, "questions": 4_000, "tags": 20_000}
_AT_ONCE = 1000


def measure(name: str, who: str, folder: Path, short: bool) -> Measurement:
    """Speed in rows."""
    rows = ROWS[name]
    examples = rows.examples(_COUNT[name])
    began = time.perf_counter()
    if who == OURS:
        _ours(rows, examples, folder)
    else:
        _script(rows, examples, folder)
    return Measurement(len(examples) / (time.perf_counter() - began), most_memory())


def _ours(rows: Rows, examples: Sequence[Any], folder: Path) -> None:
    from xstilts.data.features import Limits, read_features, write_features
    from xstilts.encoders.encoder import load_pieces

    table = rows.kind.encode(examples, load_pieces(folder / "XLM-R base"), Limits(rows.max_length))
    write_features(table, folder / "features.arrow")
    read_features(folder / "features.arrow")


def _script(rows: Rows, examples: Sequence[Any], folder: Path) -> None:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder / "XLM-R base")
    prepare = {"classification": _pairs, "span_qa": _questions, "tagging": _tags}[rows.kind.name]
    for start in range(0, len(examples), _AT_ONCE):
        prepare(tokenizer, examples[start : start + _AT_ONCE], rows.max_length)


def _pairs(tokenizer: Any, examples: Sequence[Any], longest: int) -> Any:
    return tokenizer(
        [row.text for row in examples],
        [row.pair for row in examples],
        truncation=True,
        padding="max_length",
        max_length=longest,
    )


def _tags(tokenizer: Any, examples: Sequence[Any], longest: int) -> Any:
    made = tokenizer(
        [list(row.tokens) for row in examples], is_split_into_words=True, truncation=True, max_length=longest
    )
    number = {tag: at for at, tag in enumerate(sorted({tag for row in examples for tag in row.tags}))}
    labels = []
    for at, row in enumerate(examples):
        before, tags = None, []
        for word in made.word_ids(at):
            tags.append(-100 if word is None or word == before else number[row.tags[word]])
            before = word
        labels.append(tags)
    return labels


def _questions(tokenizer: Any, examples: Sequence[Any], longest: int) -> Any:
    made = tokenizer(
        [row.question for row in examples],
        [row.context for row in examples],
        truncation="only_second",
        max_length=longest,
        stride=128,
        return_overflowing_tokens=True,
        return_offsets_mapping=True,
        padding="max_length",
    )
    spans = []
    for at, (owner, offsets) in enumerate(zip(made["overflow_to_sample_mapping"], made["offset_mapping"], strict=True)):
        answer = examples[owner].answers[0]
        first, last = answer.start, answer.start + len(answer.text)
        inside = [place for place, part in enumerate(made.sequence_ids(at)) if part == 1]
        begin = next((p for p in inside if offsets[p][0] <= first < offsets[p][1]), 0)
        end = next((p for p in reversed(inside) if offsets[p][0] < last <= offsets[p][1]), 0)
        spans.append((begin, end) if begin and end else (0, 0))
    return spans


CONTEST = Contest(
    "benchmarks.preprocessing",
    "rows to pieces",
    "rows/s",
    dict.fromkeys(_COUNT, (OURS, EXAMPLES)),
    measure,
)

if __name__ == "__main__":
    CONTEST.main()
