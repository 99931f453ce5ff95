"""Mini POS: universal parts of speech of statements and questions.

Made when it is needed, by rules, in every language of `xstilts/mini`; training sets have words and constructions
missing that half of each test set has.
"""

from xstilts.formats.conll import conll
from xstilts.kinds.tagging import Tagging
from xstilts.mini.languages import language_codes
from xstilts.mini.source import made
from xstilts.task import Task

_UPOS = (
    *("ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM"),
    *("PART", "PRON", "PROPN", "PUNCT", "SCONJ", "SYM", "VERB", "X"),
)

TASK = Task(
    name="mini-pos",
    kind=Tagging(tags=_UPOS),
    languages=" ".join(language_codes()),
    sources=(made("pos", conll()),),
    metrics=("tag_f1", "token_accuracy"),
    headline=("tag_f1",),
    license="Apache-2.0",
    cite="xstilts",
)
