"""Mini text: raw text for masked language modeling, the same meanings in every language of `xstilts/mini`.

It has all words and constructions, those too that the training sets of the suite's tasks lack, and no sentence of
their dev and test sets, neither alone nor as one of two linked clauses.
"""

from xstilts.formats.text import raw_lines
from xstilts.kinds.masked_lm import MaskedLM
from xstilts.mini.languages import language_codes
from xstilts.mini.source import made
from xstilts.task import Task

TASK = Task(
    name="mini-text",
    kind=MaskedLM(rate=0.2),
    languages=" ".join(language_codes()),
    sources=(made("text", raw_lines()),),
    evaluated_on="train",
    license="Apache-2.0",
    cite="xstilts",
)
