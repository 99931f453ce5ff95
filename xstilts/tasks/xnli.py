"""XNLI: MultiNLI's question, translated by people into 15 languages (Conneau et al., 2018).

XTREME's test files have no labels. They are taken from `test-labels.derived.txt` (same order in all languages;
derived from a Korean copy) where that file lies beside them, else gold is hidden. The official XNLI 1.0 files
have gold.
The names of the hub's files were seen on its main branch, not at this commit.
"""

from xstilts.data.sources import Files, Hub, Url
from xstilts.formats.parquet import parquet
from xstilts.formats.rows import text_row
from xstilts.formats.text import labeled_by_line
from xstilts.formats.tsv import tsv
from xstilts.kinds.classification import Classification
from xstilts.task import Task

_LANGUAGES = "ar bg de el en es fr hi ru sw th tr ur vi zh"
_COLUMNS = {"text": "sentence1", "pair": "sentence2", "label": "gold_label"}
_READ = tsv(text_row(), {"text": 0, "pair": 1, "label": 2}, may_hide_label=True, quoted=True)

_OFFICIAL = {
    language: tsv(text_row(), _COLUMNS, header=True, only={"language": language}) for language in _LANGUAGES.split()
}

TASK = Task(
    name="xnli",
    kind=Classification(labels=("entailment", "neutral", "contradiction")),
    languages=_LANGUAGES,
    trained_on="mnli",
    sources=(
        # One file holds all languages.
        *(
            Files(
                "XNLI-1.0/xnli.{split}.tsv",
                _OFFICIAL[language],
                splits=("dev", "test"),
                languages=language,
            )
            for language in _LANGUAGES.split()
        ),
        Files("xtreme/xnli/dev-{language}.tsv", _READ, splits=("dev",)),
        Files(
            ("xtreme/xnli/test-{language}.tsv", "xtreme/xnli/test-labels.derived.txt"),
            labeled_by_line(_READ),
            splits=("test",),
        ),
        Files("xtreme/xnli/test-{language}.tsv", _READ, splits=("test",)),
        Hub(
            "{language}/{split}-*.parquet",
            parquet(
                text_row(),
                {"text": "premise", "pair": "hypothesis", "label": "label"},
                names={"label": ("entailment", "neutral", "contradiction")},
            ),
            splits=("dev", "test"),
            split_names={"dev": "validation"},
            repository="facebook/xnli",
            revision="b8dd5d7af51114dbda02c0e3f6133f332186418e",
        ),
        *(
            Url(
                "XNLI-1.0/xnli.{split}.tsv",
                _OFFICIAL[language],
                splits=("dev", "test"),
                languages=language,
                archive="https://dl.fbaipublicfiles.com/XNLI/XNLI-1.0.zip",
                sha256="4ba1d5e1afdb7161f0f23c66dc787802ccfa8a25a3ddd3b165a35e50df346ab1",
            )
            for language in _LANGUAGES.split()
        ),
    ),
    sizes={"dev": 2_490, "test": 5_010},
    license="CC-BY-NC-4.0",
    cite="conneau-etal-2018-xnli",
)
