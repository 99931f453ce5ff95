"""MasakhaNER 1.0: persons, organizations, places and dates in the news of ten African languages (Adelani et al., 2021).

There is no English; Swahili trains unless the study names another language.
"""

from xstilts.data.sources import Files, Url
from xstilts.formats.conll import conll
from xstilts.kinds.tagging import Tagging
from xstilts.task import Task

_LANGUAGES = "amh hau ibo kin lug luo pcm swa wol yor"
_SPLITS = ("train", "dev", "test")
_DEV = (250, 276, 320, 302, 200, 92, 306, 300, 267, 305)
_TEST = (500, 552, 638, 605, 407, 186, 600, 604, 539, 645)

GITHUB = "https://raw.githubusercontent.com/masakhane-io/masakhane-ner/ba5843cd08aa491d5f96a5e809e71eb9ec461391"

TASK = Task(
    name="masakhaner",
    kind=Tagging(tags=("O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC", "B-DATE", "I-DATE")),
    languages=_LANGUAGES,
    train_language="swa",
    sources=(
        Files("masakhane-ner/data/{language}/{split}.txt", conll(), splits=_SPLITS),
        Files("masakhane/masakhaner/v1/{language}/{split}.txt", conll(), splits=_SPLITS),
        Url(f"{GITHUB}/data/{{language}}/{{split}}.txt", conll(), splits=_SPLITS),
    ),
    sizes={
        "train": {"hau": 1_912, "ibo": 2_235, "swa": 2_109, "yor": 2_171},
        "dev": dict(zip(_LANGUAGES.split(), _DEV, strict=True)),
        "test": dict(zip(_LANGUAGES.split(), _TEST, strict=True)),
    },
    headline=("tag_f1",),
    license="CC-BY-NC-4.0",
    cite="adelani-etal-2021-masakhaner",
)
