"""PAWS-X: do two sentences of the same words mean the same? Seven languages (Yang et al., 2019).

XTREME's test files have no labels. Where a labeled test file is there it is read (de, zh); else labels come by
line from `test-labels.derived.txt`, the German ones: German and Chinese agree in 1,983 of 2,000 rows, so about
1 % is noise. Without either, gold is hidden. Fields with quotation marks are quoted in the files, as CSV does
it; here they are unquoted.
"""

from xstilts.data.sources import Files, Url
from xstilts.formats.rows import text_row
from xstilts.formats.text import labeled_by_line
from xstilts.formats.tsv import tsv
from xstilts.kinds.classification import Classification
from xstilts.task import Task

_PLAIN = tsv(text_row(), {"text": 0, "pair": 1, "label": 2}, may_hide_label=True, quoted=True)
_COLUMNS = {"text": "sentence1", "pair": "sentence2", "label": "label"}
_OFFICIAL = tsv(text_row(), _COLUMNS, header=True, quoted=True)
_TEST = "xtreme/pawsx/test-{language}.tsv"

_ARCHIVE = "https://storage.googleapis.com/paws/pawsx/x-final.tar.gz"
_SHA256 = "4146db499101d66e68ae4c8ed3cf9dadecd625f44b7d8cf3d4a0fe93afc4fd9f"

TASK = Task(
    name="pawsx",
    kind=Classification(labels=("0", "1")),
    languages="de en es fr ja ko zh",
    sources=(
        Files("paws/x-final/en/train.tsv", _OFFICIAL, splits=("train",), languages="en"),
        Files("paws/x-final/{language}/{split}_2k.tsv", _OFFICIAL, splits=("dev", "test")),
        Files("xtreme/pawsx/{split}-{language}.tsv", _PLAIN, splits=("train", "dev")),
        Files("xtreme/pawsx/labelled/test-{language}.tsv", _OFFICIAL, splits=("test",)),
        Files((_TEST, "xtreme/pawsx/test-labels.derived.txt"), labeled_by_line(_PLAIN), splits=("test",)),
        Files(_TEST, _PLAIN, splits=("test",)),
        Url("x-final/en/train.tsv", _OFFICIAL, splits=("train",), languages="en", archive=_ARCHIVE, sha256=_SHA256),
        Url("x-final/{language}/{split}_2k.tsv", _OFFICIAL, splits=("dev", "test"), archive=_ARCHIVE, sha256=_SHA256),
    ),
    sizes={"train": {"en": 49_401}, "dev": 2_000, "test": 2_000},
    license="free use with attribution to Google LLC",
    cite="yang-etal-2019-paws",
)
