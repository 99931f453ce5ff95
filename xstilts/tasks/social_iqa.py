"""Social IQa: questions about why people do things and how they feel, with three answers (Sap et al., 2019).

Trained on before COPA it trains XCOPA in XTREME-R. The files of version 1.4 have the answer in `correct` (A to C);
those of the leaderboard have it in a second file, from 1.
No checksum of the official archive is known here; its rows are counted.
"""

from xstilts.data.sources import Files, Url
from xstilts.formats.jsonl import jsonl
from xstilts.formats.rows import choice_row
from xstilts.formats.text import labeled_by_line
from xstilts.kinds.multiple_choice import MultipleChoice
from xstilts.task import Task

_FIELDS = {"context": "context", "question": "question", "choices": ("answerA", "answerB", "answerC")}
_LETTERS = jsonl(choice_row(letters=True), {**_FIELDS, "label": "correct"})
_APART = labeled_by_line(jsonl(choice_row(), _FIELDS), label_base=1)
_SPLITS = {"train": "trn", "dev": "dev", "test": "tst"}

TASK = Task(
    name="social_iqa",
    kind=MultipleChoice(),
    languages="en",
    evaluated_on="dev",
    sources=(
        Files("xtreme/siqa/socialIQa_v1.4_{split}.jsonl", _LETTERS, tuple(_SPLITS), split_names=_SPLITS),
        Files("intermediate/socialiqa/socialIQa_v1.4_{split}.jsonl", _LETTERS, tuple(_SPLITS), split_names=_SPLITS),
        Files(
            ("socialiqa-train-dev/{split}.jsonl", "socialiqa-train-dev/{split}-labels.lst"), _APART, ("train", "dev")
        ),
        Url(
            ("socialiqa-train-dev/{split}.jsonl", "socialiqa-train-dev/{split}-labels.lst"),
            _APART,
            ("train", "dev"),
            archive="https://storage.googleapis.com/ai2-mosaic/public/socialiqa/socialiqa-train-dev.zip",
        ),
    ),
    sizes={"train": 33_410, "dev": 1_954, "test": 2_224},
    license="CC-BY-4.0",
    cite="sap-etal-2019-social",
)
