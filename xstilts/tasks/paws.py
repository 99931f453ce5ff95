"""PAWS-Wiki: do two English sentences of the same words mean the same? Labeled, final (Zhang et al., 2019).

Its training set is the English one of PAWS-X, which it can train: `trained_on: paws`. Fields are unquoted as CSV
readers do it; the official files were not at hand to check that.
"""

from xstilts.formats.rows import text_row
from xstilts.formats.translations import translated_pairs
from xstilts.formats.tsv import tsv
from xstilts.kinds.classification import Classification
from xstilts.sources import Files, Url
from xstilts.task import Task

_COLUMNS = {"text": "sentence1", "pair": "sentence2", "label": "label"}
_READ = tsv(text_row(), {"id": "id", **_COLUMNS}, header=True, quoted=True)
_SPLITS = ("train", "dev", "test")

TASK = Task(
    name="paws",
    kind=Classification(labels=("0", "1")),
    languages="en",
    evaluated_on="dev",
    sources=(
        Files("paws/final/{split}.tsv", _READ, splits=_SPLITS),
        Files("paws_wiki_labeled_final/{split}.tsv", _READ, splits=_SPLITS),
        Files("intermediate/paws/{split}.tsv", _READ, splits=_SPLITS),
        Files("paws/x-final/en/train.tsv", _READ, splits=("train",)),
        Files(
            "xtreme/pawsx/train-en.tsv", tsv(text_row(), {"text": 0, "pair": 1, "label": 2}, quoted=True), ("train",)
        ),
        Files(
            "xtreme_translations/PAWSX/translate-train/en-{language}-translated.tsv",
            translated_pairs(labels=("0", "1")),
            splits=("translated",),
            languages="de es fr ja ko zh",
        ),
        Url(
            "final/{split}.tsv",
            _READ,
            splits=_SPLITS,
            archive="https://storage.googleapis.com/paws/english/paws_wiki_labeled_final.tar.gz",
            sha256="5b132e9b0a070b4413736337da8513b2e798e1beae1cbcc7a544a7cab5322ebc",
        ),
    ),
    sizes={"train": 49_401, "dev": 8_000, "test": 8_000},
    license="free use with attribution to Google LLC",
    cite="zhang-etal-2019-paws",
)
