"""CosmosQA: questions about what everyday stories leave unsaid, with four answers (Huang et al., 2019).

The last source of train is a sample of ten rows. The official test set has no labels.
"""

from xstilts.data.sources import Files, Url
from xstilts.formats.jsonl import jsonl
from xstilts.formats.rows import choice_row
from xstilts.formats.tsv import tsv
from xstilts.kinds.multiple_choice import MultipleChoice
from xstilts.task import Task

_ANSWERS = ("answer0", "answer1", "answer2", "answer3")
_COLUMNS = {"id": "id", "context": "context", "question": "question", "choices": _ANSWERS, "label": "label"}
_CSV = tsv(choice_row(), _COLUMNS, header=True, quoted=True, delimiter=",")
_TEST = jsonl(choice_row(), _COLUMNS, may_hide=("label",))

_GITHUB = "https://raw.githubusercontent.com/wilburOne/cosmosqa/master/data"
_SHA256 = {
    "train.csv": "d8d5ca1f9f6534b6530550718591af89372d976a8fc419360fab4158dee4d0b2",
    "valid.csv": "a6a94fc1463ca82bb10f98ef68ed535405e6f5c36e044ff8e136b5c19dea63f3",
    "test.jsonl": "70005196dc2588b95de34f1657b25e2c1a4810cfe55b5bb0c0e15580c37b3ed0",
}

TASK = Task(
    name="cosmos_qa",
    kind=MultipleChoice(),
    languages="en",
    evaluated_on="dev",
    sources=(
        *(
            source
            for folder in ("cosmosqa/data", "cosmosqa", "intermediate/cosmosqa")
            for source in (
                Files(f"{folder}/{{split}}.csv", _CSV, ("train", "dev"), split_names={"dev": "valid"}),
                Files(f"{folder}/test.jsonl", _TEST, ("test",)),
            )
        ),
        Files("intermediate/cosmosqa/train_sample.csv", _CSV, splits=("train",)),
        Url(f"{_GITHUB}/{{split}}.csv", _CSV, ("train", "dev"), split_names={"dev": "valid"}, sha256=_SHA256),
        Url(f"{_GITHUB}/test.jsonl", _TEST, ("test",), sha256=_SHA256),
    ),
    sizes={"train": 25_262, "dev": 2_985, "test": 6_963},
    license="CC-BY-4.0",
    cite="huang-etal-2019-cosmos",
)
