"""PAWS-Wiki: do two English sentences of the same words mean the same? Labeled, final (Zhang et al., 2019).

Its training set is the English one of PAWS-X, which it can train: `trained_on: paws`. Fields are unquoted as CSV
readers do it; the official files were not at hand to check that.
"""

from xstilts.data.sources import Files, Url
from xstilts.formats.rows import text_row
from xstilts.formats.translations import translate_train, translated_pairs
from xstilts.formats.tsv import tsv
from xstilts.kinds.classification import Classification
from xstilts.task import Task

_COLUMNS = {"text": "sentence1", "pair": "sentence2", "label": "label"}
_READ = tsv(text_row(), {"id": "id", **_COLUMNS}, header=True, quoted=True)
_SPLITS = ("train", "dev", "test")
_TRANSLATED = {
    "de": "c053578bf6c9a03af67022759cb309ca5f786e2bebf6c770a4170ec35809b320",
    "es": "8f260faef828f5f3e9b0bcde266cc2f61ac783a1156148a09d4495ae3a047801",
    "fr": "8df00128e3cd760d55d64096b9c98022d042772cc76ca9d9d0074869e5760fd4",
    "ja": "56d03004fa8e0949e59b9b65e2d9cc955a86cc4d9f6e4977a06a95445e3537ba",
    "ko": "4d930338b0b418769504762332c56c5d0e08a954cde4e0976401d56ff2012079",
    "zh": "39ae17a36e7b1e4ce31e2d56e76c49d7b27509175883de4c0d7508fae25d1306",
}

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
        *translate_train(
            "PAWSX/translate-train/en-{language}-translated.tsv", translated_pairs(labels=("0", "1")), _TRANSLATED
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
