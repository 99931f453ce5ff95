"""PAN-X (WikiAnn): persons, organizations and places in Wikipedia, tagged by its links (Pan et al., 2017).

The 40 languages of XTREME, which are evaluated, and 8 more of XTREME-R. XTREME's test files have no tags: gold is
hidden there. The original archive (`panx_dataset`) has them, and puts the language before each token (`en:Paris`).
The hub's copy has the splits and tags of Rahimi et al. (2019), as XTREME; names of its files and columns could not be
verified from here.
"""

from xstilts.data.sources import Files, Hub
from xstilts.formats.conll import conll
from xstilts.formats.parquet import parquet
from xstilts.formats.rows import token_row
from xstilts.kinds.tagging import Tagging
from xstilts.task import Task

_SPLITS = ("train", "dev", "test")
_XTREME = (
    "ar he vi id jv ms tl eu ml ta te af nl en de el bn hi mr ur fa fr it pt es bg ru ja ka ko th sw yo my zh kk tr"
    " et fi hu"
)

TASK = Task(
    name="panx",
    kind=Tagging(tags=("O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC")),
    languages=f"{_XTREME} qu pl uk az lt pa gu ro",
    evaluated=_XTREME,
    sources=(
        Files(
            "panx_dataset/{language}-{split}",
            conll(clean_token=lambda token: token.partition(":")[2]),
            splits=_SPLITS,
        ),
        Files("xtreme/panx/{split}-{language}.tsv", conll(may_hide_tags=True), splits=_SPLITS),
        Hub(
            "{language}/{split}-*.parquet",
            parquet(
                token_row(),
                {"tokens": "tokens", "tags": "ner_tags"},
                names={"tags": ("O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC")},
            ),
            splits=_SPLITS,
            split_names={"dev": "validation"},
            repository="unimelb-nlp/wikiann",
            revision="f0a3be6dc5564c0cc4150bb660144800a1f539d4",
        ),
    ),
    sizes={"train": {"en": 20_000}},
    metrics=("tag_f1", "token_accuracy"),
    headline=("tag_f1",),
    license="Wikipedia text, CC-BY-SA",
    cite="pan-etal-2017-cross",
)
