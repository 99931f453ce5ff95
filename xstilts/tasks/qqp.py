"""Quora Question Pairs: do two questions ask the same? As GLUE splits them (Wang et al., 2018).

GLUE's files have some rows that are cut by line breaks; they are left out and counted, and test labels are hidden.
`kaggle` is the file of the Kaggle competition, which holds the pairs of GLUE's train and dev; its last source is a
sample of 1,000 pairs. The rows that GLUE's files break could not be checked from here.
"""

from xstilts.data.sources import Files, Url
from xstilts.formats.rows import text_row
from xstilts.formats.tsv import tsv
from xstilts.kinds.classification import Classification
from xstilts.task import Task

_COLUMNS = {"id": "id", "text": "question1", "pair": "question2", "label": "is_duplicate"}
_GLUE = tsv(text_row(), _COLUMNS, header=True, may_hide_label=True, may_be_broken=True)
_KAGGLE = tsv(text_row(), _COLUMNS, header=True, quoted=True, delimiter=",")

TASK = Task(
    name="qqp",
    kind=Classification(labels=("0", "1")),
    languages="en",
    evaluated_on="dev",
    sources=(
        Files("glue/QQP/{split}.tsv", _GLUE, splits=("train", "dev", "test")),
        Files("intermediate/qqp/{split}.tsv", _GLUE, splits=("train", "dev", "test")),
        Files("quora-question-pairs/train.csv", _KAGGLE, splits=("kaggle",)),
        Files("intermediate/qqp/train.csv", _KAGGLE, splits=("kaggle",)),
        Files("intermediate/qqp/train_sample.csv", _KAGGLE, splits=("kaggle",)),
        Url(
            "QQP/{split}.tsv",
            _GLUE,
            splits=("train", "dev", "test"),
            archive="https://dl.fbaipublicfiles.com/glue/data/QQP-clean.zip",
            sha256="40e7c862c04eb26ee04b67fd900e76c45c6ba8e6d8fab4f8f1f8072a1a3fbae0",
        ),
    ),
    sizes={"train": 363_846, "dev": 40_430, "test": 390_965},
    license="Quora's terms of service, non-commercial",
    cite="wang-etal-2018-glue",
)
