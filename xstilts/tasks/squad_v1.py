"""SQuAD v1.1: the answer to each question is a span of a Wikipedia paragraph (Rajpurkar et al., 2016).

Sources in order: the official files, then a dev set without XQuAD's paragraphs (rebuilt; offsets are first
occurrences).
"""

from xstilts.formats.squad import squad
from xstilts.kinds.span_qa import SpanQA
from xstilts.sources import Files
from xstilts.task import Task

_READ = squad()

TASK = Task(
    name="squad_v1",
    kind=SpanQA(),
    languages="en",
    evaluated_on="dev",
    sources=(
        Files("squad/{split}-v1.1.json", _READ, splits=("train", "dev")),
        Files("intermediate/squad_v1.1/{split}-v1.1.json", _READ, splits=("train", "dev")),
        Files("intermediate/squad_v1.1/dev-v1.1.minus-xquad.json", _READ, splits=("dev",)),
        Files("intermediate/squad_v1.1/train-v1.1.sample.json", _READ, splits=("train",)),
    ),
    sizes={"train": 87_599, "dev": 10_570},
    metrics=("f1", "exact_match"),
    headline=("f1", "exact_match"),
    license="CC-BY-SA-4.0",
    cite="rajpurkar-etal-2016-squad",
)
