"""Mini aligned: text and its English translation, each to be found by the other (Feng et al., 2022).

The rows are those of mini-parallel.
"""

from xstilts.formats.bitext import aligned_lines
from xstilts.kinds.ranking import Ranking
from xstilts.mini.languages import language_codes
from xstilts.mini.source import made
from xstilts.task import Task

_LANGUAGES = tuple(code for code in language_codes() if code != "en")

TASK = Task(
    name="mini-aligned",
    kind=Ranking(both_ways=True),
    languages=" ".join(_LANGUAGES),
    sources=(made("parallel", aligned_lines()),),
    train_language=_LANGUAGES[0],
    evaluated_on="train",
    license="Apache-2.0",
    cite="xstilts",
)
