"""HellaSwag: which of four endings goes on with a description? (Zellers et al., 2019).

The context is `ctx` of the official files, without the label of the activity. The last two sources are a text copy
of dev with six lines per row: `label: context`, the number of the right ending from 0, four endings. The official
test set has no labels.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from xstilts.data.examples import ChoiceExample, Example
from xstilts.data.sources import Drops, Files, Url
from xstilts.errors import InputError
from xstilts.formats.jsonl import jsonl
from xstilts.formats.rows import choice_row
from xstilts.formats.text import rows
from xstilts.kinds.multiple_choice import MultipleChoice
from xstilts.task import Task

_JSONL = jsonl(
    choice_row(), {"id": "ind", "context": "ctx", "choices": "endings", "label": "label"}, may_hide=("label",)
)
_SPLITS = {"train": "train", "dev": "val", "test": "test"}


def read_text(paths: Sequence[Path], drops: Drops) -> Iterator[Example]:
    """Rows of six lines each; ids count them from 1."""
    for path in paths:
        lines = [line for _, line in rows(path)]
        for number, first in enumerate(range(0, len(lines), 6), start=1):
            described, right, *endings = (*lines[first : first + 6], "", "")[:6]
            _, colon, context = described.partition(": ")
            if len(lines) - first < 6 or right not in ("0", "1", "2", "3") or not colon:
                raise InputError(
                    "six lines are no row of HellaSwag",
                    where=f"{path}:{first + 1}",
                    found=f"{described[:60]!r}, {right[:60]!r}",
                    expected="'label: context', the number of the right ending from 0 to 3, four endings",
                )
            yield ChoiceExample(str(number), context, tuple(endings), int(right))


TASK = Task(
    name="hellaswag",
    kind=MultipleChoice(),
    languages="en",
    evaluated_on="dev",
    sources=(
        Files("hellaswag/hellaswag_{split}.jsonl", _JSONL, tuple(_SPLITS), split_names=_SPLITS),
        Files("intermediate/hellaswag/hellaswag_{split}.jsonl", _JSONL, tuple(_SPLITS), split_names=_SPLITS),
        Files("intermediate/hellaswag/hellaswag_val_full.txt", read_text, splits=("dev",)),
        Files("intermediate/hellaswag/hellaswag_val_first500.txt", read_text, splits=("dev",)),
        Url(
            "https://raw.githubusercontent.com/rowanz/hellaswag/master/data/hellaswag_{split}.jsonl",
            _JSONL,
            tuple(_SPLITS),
            split_names=_SPLITS,
            sha256={
                "hellaswag_train.jsonl": "dae5e69249868cb9fe4e23ff925c60b66169564cfb7072d793cd7356a2b69f8d",
                "hellaswag_val.jsonl": "0aa3b88843990f3f10a97b9575c94d7b71fb2205240ba04ae4884d9e9c992588",
                "hellaswag_test.jsonl": "da082b00543e422b8d25394614d102944586986def4de5cd1bd36d86bcb76261",
            },
        ),
    ),
    sizes={"train": 39_905, "dev": 10_042, "test": 10_003},
    license="MIT",
    cite="zellers-etal-2019-hellaswag",
)
