"""MultiNLI: does the premise entail the hypothesis? Ten genres of English (Williams et al., 2018).

`dev` is the matched set. Pairs without an agreed label are left out. The last source is a sample of 1,000 +
1,000 dev pairs in PTB tokens (TextFooler's); the one before it is XTREME's training file for XNLI.
"""

from xstilts.formats.jsonl import jsonl
from xstilts.formats.rows import text_row
from xstilts.formats.tsv import tsv
from xstilts.kinds.classification import Classification
from xstilts.sources import Files
from xstilts.task import Task

_COLUMNS = {"text": "sentence1", "pair": "sentence2", "label": "gold_label"}
_JSONL = jsonl(text_row(unlabeled=("-",)), {**_COLUMNS, "id": "pairID"})
_GLUE = tsv(text_row(unlabeled=("-",)), {**_COLUMNS, "id": "pairID"}, header=True)
_XTREME = tsv(text_row(rename={"contradictory": "contradiction"}), {"text": 0, "pair": 1, "label": 2}, quoted=True)
_TOKENIZED = tsv(text_row(), {"label": 0, "text": 1, "pair": 2})
_FILES = (("train", "train"), ("dev", "dev_matched"), ("dev_mismatched", "dev_mismatched"))

TASK = Task(
    name="mnli",
    kind=Classification(labels=("entailment", "neutral", "contradiction")),
    languages="en",
    evaluated_on="dev",
    sources=(
        *(Files(f"multinli_1.0/multinli_1.0_{file}.jsonl", _JSONL, (split,)) for split, file in _FILES),
        *(Files(f"intermediate/mnli/multinli_1.0_{file}.jsonl", _JSONL, (split,)) for split, file in _FILES),
        *(Files(f"glue/MNLI/{file}.tsv", _GLUE, (split,)) for split, file in _FILES),
        Files("xtreme/xnli/train-en.tsv", _XTREME, splits=("train",)),
        Files("intermediate/mnli/textfooler/mnli_matched", _TOKENIZED, splits=("dev",)),
        Files("intermediate/mnli/textfooler/mnli_mismatched", _TOKENIZED, splits=("dev_mismatched",)),
    ),
    sizes={"train": 392_702, "dev": 9_815, "dev_mismatched": 9_832},
    license="OANC and others",
    cite="williams-etal-2018-broad",
)
