"""MasakhaNER 2.0: persons, organizations, places and dates in the news of 20 African languages (Adelani et al., 2022).

There is no English; Swahili trains unless the study names another language.
"""

from xstilts.data.sources import Files, Url
from xstilts.formats.conll import conll
from xstilts.task import Task
from xstilts.tasks.masakhaner import GITHUB
from xstilts.tasks.masakhaner import TASK as FIRST

_LANGUAGES = "bam bbj ewe fon hau ibo kin lug luo mos nya pcm sna swa tsn twi wol xho yor zul"
_SPLITS = ("train", "dev", "test")
_DEV = (638, 483, 501, 623, 816, 1_090, 1_118, 706, 737, 648, 893, 806, 887, 942, 499, 605, 656, 817, 983, 836)
_TEST = (
    *(1_274, 966, 1_001, 1_228, 1_633, 2_181, 2_235, 1_412, 1_474, 1_294),
    *(1_785, 1_613, 1_773, 1_883, 996, 1_211, 1_312, 1_633, 1_964, 1_670),
)

TASK = Task(
    name="masakhaner_v2",
    kind=FIRST.kind,
    languages=_LANGUAGES,
    train_language="swa",
    sources=(
        Files("masakhane-ner/MasakhaNER2.0/data/{language}/{split}.txt", conll(), splits=_SPLITS),
        Files("masakhane/masakhaner/v2/{language}/{split}.txt", conll(), splits=_SPLITS),
        Url(f"{GITHUB}/MasakhaNER2.0/data/{{language}}/{{split}}.txt", conll(), splits=_SPLITS),
    ),
    sizes={
        "dev": dict(zip(_LANGUAGES.split(), _DEV, strict=True)),
        "test": dict(zip(_LANGUAGES.split(), _TEST, strict=True)),
    },
    headline=("tag_f1",),
    license="CC-BY-NC-4.0",
    cite="adelani-etal-2022-masakhaner",
)
