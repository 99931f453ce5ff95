"""Mini mining: the few translations in two lists of sentences; the threshold is tuned on dev.

Made when it is needed, by rules, in every language of `xstilts/mini`. Half of the groups of like sentences that the
test set is made of have, in at least one sentence, words or constructions that no training set of the suite has.
"""

from xstilts.formats.bitext import identified_lines
from xstilts.kinds.bitext import Bitext
from xstilts.mini.languages import language_codes
from xstilts.mini.source import made
from xstilts.task import Task

TASK = Task(
    name="mini-mining",
    kind=Bitext(mining=True),
    languages=" ".join(code for code in language_codes() if code != "en"),
    sources=(made("mining", identified_lines()),),
    metrics=("mining_f1",),
    license="Apache-2.0",
    cite="xstilts",
)
