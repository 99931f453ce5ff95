"""ANLI+: SNLI, MultiNLI and ANLI as one task with one head, an intermediate task of Phang et al. (2020).

The rows of all parts stand in one split, so each part is trained on in proportion to its size. Ids begin with the
part. A part that is not in the folder is fetched; offline the others are read, and a note names it.
"""

from xstilts.formats.assembled import joined
from xstilts.kinds.classification import Classification
from xstilts.task import Task
from xstilts.tasks.anli import TASK as ANLI
from xstilts.tasks.mnli import TASK as MNLI
from xstilts.tasks.snli import TASK as SNLI

TASK = Task(
    name="anli_plus",
    kind=Classification(labels=("entailment", "neutral", "contradiction")),
    languages="en",
    evaluated_on="dev",
    sources=(
        joined({"snli": SNLI.sources, "mnli": MNLI.sources, "anli": ANLI.sources}, splits=("train", "dev", "test")),
    ),
    # Labeled pairs of SNLI, MultiNLI (matched for dev; it has no public test) and the three rounds of ANLI.
    sizes={"train": 549_367 + 392_702 + 162_865, "dev": 9_842 + 9_815 + 3_200, "test": 9_824 + 3_200},
    license="that of each part: CC-BY-SA-4.0, OANC and others, CC-BY-NC-4.0",
    cite="phang-etal-2020-english",
)
