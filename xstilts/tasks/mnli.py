"""MultiNLI: does the premise entail the hypothesis? Ten genres of English (Williams et al., 2018).

`dev` is the matched set. Pairs without an agreed label are left out. The last sources are a sample of 1,000 +
1,000 dev pairs in PTB tokens (TextFooler's; `mnli` is the mismatched half again, labels as numbers); the one before
them is XTREME's training file for XNLI.
Of the hub's files, the name and columns of the mismatched set could not be verified from here.
"""

from xstilts.formats.jsonl import jsonl
from xstilts.formats.parquet import parquet
from xstilts.formats.rows import text_row
from xstilts.formats.translations import translated_pairs
from xstilts.formats.tsv import tsv
from xstilts.kinds.classification import Classification
from xstilts.sources import Files, Hub, Url
from xstilts.task import Task

_COLUMNS = {"text": "sentence1", "pair": "sentence2", "label": "gold_label"}
_JSONL = jsonl(text_row(unlabeled=("-",)), {**_COLUMNS, "id": "pairID"})
_GLUE = tsv(text_row(unlabeled=("-",)), {**_COLUMNS, "id": "pairID"}, header=True)
_XTREME = tsv(text_row(rename={"contradictory": "contradiction"}), {"text": 0, "pair": 1, "label": 2}, quoted=True)
_TOKENIZED = {"label": 0, "text": 1, "pair": 2}
_NUMBERS = {"0": "entailment", "1": "neutral", "2": "contradiction"}
_FILES = (("train", "train"), ("dev", "dev_matched"), ("dev_mismatched", "dev_mismatched"))

_HUB_FILES = (("train", "train"), ("dev", "validation_matched"), ("dev_mismatched", "validation_mismatched"))
_PARQUET = parquet(
    text_row(),
    {"text": "premise", "pair": "hypothesis", "label": "label"},
    names={"label": ("entailment", "neutral", "contradiction")},
)

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
        Files("intermediate/mnli/textfooler/mnli_matched", tsv(text_row(), _TOKENIZED), ("dev",)),
        Files("intermediate/mnli/textfooler/mnli_mismatched", tsv(text_row(), _TOKENIZED), ("dev_mismatched",)),
        Files("intermediate/mnli/textfooler/mnli", tsv(text_row(_NUMBERS), _TOKENIZED), ("dev_mismatched",)),
        Files(
            "xtreme_translations/XNLI/translate-train/en-{language}-translated.tsv",
            translated_pairs({"contradictory": "contradiction"}),
            splits=("translated",),
            languages="ar bg de el es fr hi ru sw th tr ur vi zh",
        ),
        *(
            Hub(
                f"data/{file}-*.parquet",
                _PARQUET,
                splits=(split,),
                repository="nyu-mll/multi_nli",
                revision="da70db2af9d09693783c3320c4249840212ee221",
            )
            for split, file in _HUB_FILES
        ),
        *(
            Url(
                f"multinli_1.0/multinli_1.0_{file}.jsonl",
                _JSONL,
                splits=(split,),
                archive="https://cims.nyu.edu/~sbowman/multinli/multinli_1.0.zip",
                sha256="049f507b9e36b1fcb756cfd5aeb3b7a0cfcb84bf023793652987f7e7e0957822",
            )
            for split, file in _FILES
        ),
    ),
    sizes={"train": 392_702, "dev": 9_815, "dev_mismatched": 9_832},
    license="OANC and others",
    cite="williams-etal-2018-broad",
)
