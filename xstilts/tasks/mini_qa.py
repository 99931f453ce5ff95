"""Mini QA: a question about one of several sentences that are easily taken for each other.

Made when it is needed, by rules, in every language of `xstilts/mini`; training sets have words and constructions
missing that half of each test set has.
"""

from xstilts.formats.squad import squad
from xstilts.kinds.span_qa import SpanQA
from xstilts.mini.languages import language_codes
from xstilts.mini.source import made
from xstilts.task import Task

TASK = Task(
    name="mini-qa",
    kind=SpanQA(),
    languages=" ".join(language_codes()),
    sources=(made("qa", squad()),),
    metrics=("f1", "exact_match"),
    headline=("f1", "exact_match"),
    license="Apache-2.0",
    cite="xstilts",
)
