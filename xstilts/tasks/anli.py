"""ANLI: NLI written by people to fool a model, in three rounds (Nie et al., 2020).

The rounds are read together as one split; ids begin with the round.
"""

from xstilts.data.sources import Files, Url
from xstilts.formats.jsonl import jsonl
from xstilts.formats.rows import text_row
from xstilts.kinds.classification import Classification
from xstilts.task import Task

_READ = jsonl(
    text_row(rename={"e": "entailment", "n": "neutral", "c": "contradiction"}),
    {"id": "uid", "text": "context", "pair": "hypothesis", "label": "label"},
    prefixes="r1- r2- r3-",
)
_SPLITS = ("train", "dev", "test")


def _paths(folder: str) -> tuple[str, ...]:
    return tuple(f"{folder}/{round_}/{{split}}.jsonl" for round_ in ("R1", "R2", "R3"))


TASK = Task(
    name="anli",
    kind=Classification(labels=("entailment", "neutral", "contradiction")),
    languages="en",
    evaluated_on="dev",
    sources=(
        *(Files(_paths(folder), _READ, _SPLITS) for folder in ("anli_v1.0", "intermediate/anli")),
        Url(
            _paths("anli_v1.0"),
            _READ,
            _SPLITS,
            archive="https://dl.fbaipublicfiles.com/anli/anli_v1.0.zip",
            sha256="e5c058f2bb4e6190b0651badca2c590e45db95248f8b28cde674615ee40820bf",
        ),
    ),
    # 16,946 + 45,460 + 100,459; 1,000 + 1,000 + 1,200 twice.
    sizes={"train": 162_865, "dev": 3_200, "test": 3_200},
    license="CC-BY-NC-4.0",
    cite="nie-etal-2020-adversarial",
)
