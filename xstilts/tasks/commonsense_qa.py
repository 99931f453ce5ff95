"""CommonsenseQA 1.11, random split: five answers to a question of everyday knowledge (Talmor et al., 2019).

The test set is distributed without answers.
"""

from xstilts.formats.jsonl import jsonl
from xstilts.formats.rows import choice_row
from xstilts.kinds.multiple_choice import MultipleChoice
from xstilts.sources import Files
from xstilts.task import Task

_READ = jsonl(
    choice_row(letters=True),
    {"id": "id", "context": "question.stem", "choices": "question.choices.*.text", "label": "answerKey"},
    may_hide=("label",),
)

TASK = Task(
    name="commonsense_qa",
    kind=MultipleChoice(),
    languages="en",
    evaluated_on="dev",
    sources=(
        Files("intermediate/commonsenseqa/{split}_rand_split.jsonl", _READ, splits=("train", "dev")),
        Files("intermediate/commonsenseqa/test_rand_split_no_answers.jsonl", _READ, splits=("test",)),
        Files("commonsenseqa/{split}_rand_split.jsonl", _READ, splits=("train", "dev")),
        Files("commonsenseqa/test_rand_split_no_answers.jsonl", _READ, splits=("test",)),
    ),
    sizes={"train": 9_741, "dev": 1_221, "test": 1_140},
    license="MIT",
    cite="talmor-etal-2019-commonsenseqa",
)
