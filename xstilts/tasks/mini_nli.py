"""Mini NLI: what follows from a short statement, with the cues of word overlap and negation balanced.

Made when it is needed, by rules, in every language of `xstilts/mini`; training sets have words and constructions
missing that half of each test set has.
"""

from xstilts.formats.rows import text_row
from xstilts.formats.tsv import tsv
from xstilts.kinds.classification import Classification
from xstilts.mini.languages import language_codes
from xstilts.mini.rows import NLI_LABELS
from xstilts.mini.source import made
from xstilts.task import Task

TASK = Task(
    name="mini-nli",
    kind=Classification(labels=NLI_LABELS),
    languages=" ".join(language_codes()),
    sources=(made("nli", tsv(text_row(), {"text": 0, "pair": 1, "label": 2})),),
    license="Apache-2.0",
    cite="xstilts",
)
