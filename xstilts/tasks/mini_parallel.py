"""Mini parallel: text and its English translation, for translation language modeling (Conneau and Lample, 2019).

It has no sentence of the dev and test sets of the suite's tasks, neither alone nor as one of two linked clauses.
"""

from xstilts.formats.bitext import translated_lines
from xstilts.kinds.masked_lm import MaskedLM
from xstilts.mini.languages import language_codes
from xstilts.mini.source import made
from xstilts.task import Task

_LANGUAGES = tuple(code for code in language_codes() if code != "en")

TASK = Task(
    name="mini-parallel",
    kind=MaskedLM(rate=0.5),  # so much that the translation is needed
    languages=" ".join(_LANGUAGES),
    sources=(made("parallel", translated_lines()),),
    train_language=_LANGUAGES[0],
    evaluated_on="train",
    license="Apache-2.0",
    cite="xstilts",
)
