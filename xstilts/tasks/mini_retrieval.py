"""Mini retrieval: the English translation of a sentence, among others that differ from it in a word.

Made when it is needed, by rules, in every language of `xstilts/mini`. Half of the groups of like sentences that the
test set is made of have, in at least one sentence, words or constructions that no training set of the suite has.
"""

from xstilts.formats.bitext import aligned_lines
from xstilts.kinds.bitext import Bitext
from xstilts.mini.languages import language_codes
from xstilts.mini.source import made
from xstilts.task import Task

TASK = Task(
    name="mini-retrieval",
    kind=Bitext(),
    languages=" ".join(code for code in language_codes() if code != "en"),
    sources=(made("retrieval", aligned_lines()),),
    metrics=("retrieval_accuracy",),
    license="Apache-2.0",
    cite="xstilts",
)
