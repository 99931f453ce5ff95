"""MasakhaPOS: universal parts of speech in the news of 20 African languages (Dione et al., 2023).

The tags are those of UD-POS, whose English training set trains it unless the study says `trained_on: masakhapos`.
The files of the repository's main branch are fetched, and their rows are counted.
"""

from xstilts.data.sources import Files, Url
from xstilts.formats.conll import conll
from xstilts.task import Task
from xstilts.tasks.udpos import TASK as UDPOS

_LANGUAGES = "bam bbj ewe fon hau ibo kin lug luo mos nya pcm sna swa tsn twi wol xho yor zul"
_SPLITS = ("train", "dev", "test")
_SIZES = {
    "train": "775 750 728 810 753 803 757 733 758 757 728 752 747 693 754 785 782 752 893 753",
    "dev": "154 149 145 161 150 160 151 146 151 151 145 150 149 138 150 157 156 150 178 150",
    "test": "619 599 582 646 601 642 604 586 606 604 582 600 596 553 602 628 625 601 713 601",
}

_GITHUB = "https://raw.githubusercontent.com/masakhane-io/masakhane-pos/main/data"

TASK = Task(
    name="masakhapos",
    kind=UDPOS.kind,
    languages=_LANGUAGES,
    trained_on="udpos",
    sources=(
        Files("masakhane-pos/data/{language}/{split}.txt", conll(), splits=_SPLITS),
        Files("masakhane/masakhapos/{language}/{split}.txt", conll(), splits=_SPLITS),
        Url(f"{_GITHUB}/{{language}}/{{split}}.txt", conll(), splits=_SPLITS),
    ),
    sizes={
        split: dict(zip(_LANGUAGES.split(), map(int, numbers.split()), strict=True))
        for split, numbers in _SIZES.items()
    },
    metrics=("token_accuracy", "tag_f1"),
    headline=("token_accuracy",),
    license="CC-BY-NC-4.0",
    cite="dione-etal-2023-masakhapos",
)
