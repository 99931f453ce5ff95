"""SNLI: does one description of a picture entail another? (Bowman et al., 2015).

Pairs without an agreed label are left out. Partial copies come last: 1,666 / 200 / 400 pairs that the
counterfactual study revised, and `test_textfooler`, 1,000 test pairs in PTB tokens.
"""

from xstilts.data.sources import Files, Url
from xstilts.formats.jsonl import jsonl
from xstilts.formats.rows import text_row
from xstilts.formats.tsv import tsv
from xstilts.kinds.classification import Classification
from xstilts.task import Task

_COLUMNS = {"text": "sentence1", "pair": "sentence2", "label": "gold_label"}
_OFFICIAL = jsonl(text_row(unlabeled=("-",)), {**_COLUMNS, "id": "pairID"})
_REVISED = tsv(text_row(), _COLUMNS, header=True, quoted=True)
_TOKENIZED = tsv(text_row(), {"label": 0, "text": 1, "pair": 2})

TASK = Task(
    name="snli",
    kind=Classification(labels=("entailment", "neutral", "contradiction")),
    languages="en",
    evaluated_on="dev",
    sources=(
        Files("snli_1.0/snli_1.0_{split}.jsonl", _OFFICIAL, splits=("train", "dev", "test")),
        Files("intermediate/snli/snli_1.0_{split}.jsonl", _OFFICIAL, splits=("train", "dev", "test")),
        Files("intermediate/snli/counterfactual/original/{split}.tsv", _REVISED, splits=("train", "dev", "test")),
        Files("intermediate/snli/textfooler/snli", _TOKENIZED, splits=("test_textfooler",)),
        Url(
            "snli_1.0/snli_1.0_{split}.jsonl",
            _OFFICIAL,
            splits=("train", "dev", "test"),
            archive="https://nlp.stanford.edu/projects/snli/snli_1.0.zip",
            sha256="afb3d70a5af5d8de0d9d81e2637e0fb8c22d1235c2749d83125ca43dab0dbd3e",
        ),
    ),
    # Labeled pairs: 550,152, 10,000 and 10,000 less those without an agreed label.
    sizes={"train": 549_367, "dev": 9_842, "test": 9_824},
    license="CC-BY-SA-4.0",
    cite="bowman-etal-2015-large",
)
