"""COPA: which of two sentences is the cause or the result of a premise? English (Roemmele et al., 2011).

The context is the premise and the question in English words. SuperGLUE's test set has no labels; a test file whose
labels are all equal hides them, and gold is hidden.
No checksum of the archive is known here; its rows are counted.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from xstilts.data.examples import ChoiceExample, Example
from xstilts.data.sources import Drops, Files, Url
from xstilts.errors import InputError
from xstilts.formats.jsonl import jsonl
from xstilts.formats.rows import Row, choice_row
from xstilts.kinds.multiple_choice import MultipleChoice
from xstilts.task import Task

_QUESTIONS = {"cause": "What was the cause?", "effect": "What happened as a result?"}
_BUILD = choice_row()


def _ask(row: Row, drops: Drops) -> Example | None:
    question = row.values["question"]
    if question not in _QUESTIONS:
        raise InputError("a row asks something else", where=row.where, found=repr(question), expected="cause or effect")
    return _BUILD(replace(row, values={**row.values, "question": _QUESTIONS[question]}), drops)


_FIELDS = {
    "context": "premise",
    "question": "question",
    "choices": ("choice1", "choice2"),
    "label": "label",
    "id": "idx",
}
READ = jsonl(_ask, _FIELDS, may_hide=("label",))


def read_test(paths: Sequence[Path], drops: Drops) -> Iterator[Example]:
    """Rows, without labels where all rows have the same one."""
    examples = [example for example in READ(paths, drops) if isinstance(example, ChoiceExample)]
    hidden = len(examples) > 1 and len({example.label for example in examples}) == 1
    yield from (replace(example, label=None) for example in examples) if hidden else examples


_DEV = {"dev": "val"}

ARCHIVE = "https://dl.fbaipublicfiles.com/glue/superglue/data/v2/COPA.zip"

TASK = Task(
    name="copa",
    kind=MultipleChoice(),
    languages="en",
    evaluated_on="dev",
    sources=(
        Files("COPA/{split}.jsonl", READ, ("train", "dev"), split_names=_DEV),
        Files("xtreme/xcopa/{split}.en.jsonl", READ, ("train", "dev"), split_names=_DEV),
        Files("xtreme/xcopa/{split}-en.jsonl", READ, ("train", "dev"), split_names=_DEV),
        Files("xtreme/xcopa/test-en.derived-labels.jsonl", read_test, splits=("test",)),
        Files("COPA/test.jsonl", read_test, splits=("test",)),
        Files("xtreme/xcopa/test.en.jsonl", read_test, splits=("test",)),
        Url("COPA/{split}.jsonl", READ, ("train", "dev"), split_names=_DEV, archive=ARCHIVE),
        Url("COPA/test.jsonl", read_test, ("test",), archive=ARCHIVE),
    ),
    sizes={"train": 400, "dev": 100, "test": 500},
    license="BSD-2-Clause",
    cite="roemmele-etal-2011-copa",
)
