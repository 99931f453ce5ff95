"""CommonsenseQA 1.11, random split: five answers to a question of everyday knowledge (Talmor et al., 2019).

The test set is distributed without answers.
"""

from xstilts.data.sources import Files, Url
from xstilts.formats.jsonl import jsonl
from xstilts.formats.rows import choice_row
from xstilts.kinds.multiple_choice import MultipleChoice
from xstilts.task import Task

_READ = jsonl(
    choice_row(letters=True),
    {"id": "id", "context": "question.stem", "choices": "question.choices.*.text", "label": "answerKey"},
    may_hide=("label",),
)

_AMAZON = "https://s3.amazonaws.com/commensenseqa"
_SHA256 = {
    "train_rand_split.jsonl": "58ffa3c8472410e24b8c43f423d89c8a003d8284698a6ed7874355dedd09a2fb",
    "dev_rand_split.jsonl": "3210497fdaae614ac085d9eb873dd7f4d49b6f965a93adadc803e1229fd8a02a",
    "test_rand_split_no_answers.jsonl": "b426896d71a9cd064cf01cfaf6e920817c51701ef66028883ac1af2e73ad5f29",
}

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
        Url(f"{_AMAZON}/{{split}}_rand_split.jsonl", _READ, splits=("train", "dev"), sha256=_SHA256),
        Url(f"{_AMAZON}/test_rand_split_no_answers.jsonl", _READ, splits=("test",), sha256=_SHA256),
    ),
    sizes={"train": 9_741, "dev": 1_221, "test": 1_140},
    license="MIT",
    cite="talmor-etal-2019-commonsenseqa",
)
