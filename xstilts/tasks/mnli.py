"""MultiNLI: does the premise entail the hypothesis? Ten genres of English (Williams et al., 2018).

`dev` is the matched set. Pairs without an agreed label are left out. The last sources are a sample of 1,000 +
1,000 dev pairs in PTB tokens (TextFooler's; `mnli` is the mismatched half again, labels as numbers); the one before
them is XTREME's training file for XNLI.
Of the hub's files, the name and columns of the mismatched set could not be verified from here.
"""

from xstilts.data.sources import Files, Hub, Url
from xstilts.formats.jsonl import jsonl
from xstilts.formats.parquet import parquet
from xstilts.formats.rows import text_row
from xstilts.formats.translations import translate_train, translated_pairs
from xstilts.formats.tsv import tsv
from xstilts.kinds.classification import Classification
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
_TRANSLATED = {
    "ar": "b80e02435620d35fda53d2cad725b051b26478877f205275f4234d18a32a0e00",
    "bg": "e6c14f0357f8eb61faa296c47172935b67ab9d4793503716a9aa965fab740e5b",
    "de": "4d7eb61d1bace1b29cad2527a052c458962cef5dac6a440fe39564ade8cb39d7",
    "el": "7d7ee059fc96454e64e36ee4a839de372b0244a90a24c6ac5540c14f07a45ce2",
    "es": "f02c8f041cc38ba8e812740a49aa6c9be1437288ad869d377c4fdf1b3f6e8365",
    "fr": "3b978d250d33cc20fd1ea0651a07fd4d41aadc80257f48ff99db2cb5784c27cd",
    "hi": "4b32d7a946358173d2b6ea9337a303c79a01ff4a1e05235bd63c8822f3484bcf",
    "ru": "5907a9c44dca51401a326644eee8e68c3bcc7456469a095da64239653a8230fb",
    "sw": "993a47548ebced55f6a44c0a89cb467c0843ad8f3488af5800573849d1e93866",
    "th": "5eb7854cbf19ded49e73774110f0ebca4d9e71afc18dbe870efdf889d3710241",
    "tr": "fffd13ab8c9c91278e910e8a9b54766533d3cf274834397924ad173630c80e19",
    "ur": "c0f0e4ff891afec4096c5d6a95ac7499b9811fc62ff4e9165103275bd2028d35",
    "vi": "83ecdf7ce8b2e3440db7508ee56c428fa2ac284d8e8e8a28c02df20743568416",
    "zh": "36cb072de450de2fdae213e4fd14e563d0af2697acf8a805fb674714c1c14046",
}

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
        *translate_train(
            "XNLI/translate-train/en-{language}-translated.tsv",
            translated_pairs({"contradictory": "contradiction"}),
            _TRANSLATED,
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
