"""AfriQA's questions with their human translations, for translation language modeling (Ogundepo et al., 2023).

Ten African languages, translated into English, French for Fon and Wolof. There are no passages: what is learned is
the languages. Questions without text are left out and counted.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from xstilts.data.examples import Example, RawTextExample
from xstilts.data.sources import Drops, Files, Url
from xstilts.formats.jsonl import json_objects
from xstilts.kinds.masked_lm import MaskedLM
from xstilts.task import Task
from xstilts.tasks.afriqa import GITHUB, PIVOTS

_FILE = "queries/{language}/queries.afriqa.{language}.{pivot}.{split}.json"
_SPLITS = ("train", "dev", "test")
_LANGUAGES = "bem fon hau ibo kin swa twi wol yor zul"


def read(paths: Sequence[Path], drops: Drops) -> Iterator[Example]:
    """Questions and translations; ids count the lines from 1."""
    rows = (record for path in paths for _, record in json_objects(path))
    for number, record in enumerate(rows, start=1):
        question, translation = record.get("question"), record.get("translated_question")
        if not (isinstance(question, str) and isinstance(translation, str) and question.strip()):
            drops.add("no question")
            continue
        yield RawTextExample(f"line-{number}", question, translation)


TASK = Task(
    name="afriqa_queries",
    kind=MaskedLM(),
    languages=_LANGUAGES,
    train_language="swa",
    sources=(
        Files(f"masakhane/afriqa/{_FILE}", read, splits=_SPLITS, fields={"pivot": PIVOTS}),
        Files(f"data/{_FILE}", read, splits=_SPLITS, fields={"pivot": PIVOTS}),
        Url(f"{GITHUB}/{_FILE}", read, splits=_SPLITS, fields={"pivot": PIVOTS}),
    ),
    sizes={
        "train": dict(zip(_LANGUAGES.split(), (502, 427, 435, 417, 407, 415, 451, 503, 360, 387), strict=True)),
        "dev": dict(zip(_LANGUAGES.split(), (503, 428, 436, 418, 409, 417, 451, 504, 361, 388), strict=True)),
        "test": dict(zip(_LANGUAGES.split(), (314, 386, 300, 409, 347, 302, 490, 334, 332, 325), strict=True)),
    },
    evaluated_on="dev",
    license="CC-BY-4.0",
    cite="ogundepo-etal-2023-cross",
)
