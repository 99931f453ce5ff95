"""Mini NER: names of persons, places and organizations.

Made when it is needed, by rules, in every language of `xstilts/mini`; training sets have words and constructions
missing that half of each test set has.
"""

from xstilts.formats.conll import conll
from xstilts.kinds.tagging import Tagging
from xstilts.mini.languages import language_codes
from xstilts.mini.source import made
from xstilts.task import Task

TASK = Task(
    name="mini-ner",
    kind=Tagging(tags=("O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC")),
    languages=" ".join(language_codes()),
    sources=(made("ner", conll()),),
    metrics=("tag_f1", "token_accuracy"),
    headline=("tag_f1",),
    license="Apache-2.0",
    cite="xstilts",
)
