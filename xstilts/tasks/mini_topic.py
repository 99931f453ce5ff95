"""Mini topic: what two sentences are about, one of six topics.

Made when it is needed, by rules, in every language of `xstilts/mini`; training sets have words and constructions
missing that half of each test set has.
"""

from xstilts.formats.rows import text_row
from xstilts.formats.tsv import tsv
from xstilts.kinds.classification import Classification
from xstilts.mini.languages import language_codes
from xstilts.mini.rows import TOPICS
from xstilts.mini.source import made
from xstilts.task import Task

TASK = Task(
    name="mini-topic",
    kind=Classification(labels=tuple(TOPICS)),
    languages=" ".join(language_codes()),
    sources=(made("topic", tsv(text_row(), {"text": 0, "label": 1})),),
    license="Apache-2.0",
    cite="xstilts",
)
