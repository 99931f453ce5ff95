"""SQuAD v2.0: SQuAD with questions that the paragraph does not answer (Rajpurkar et al., 2018).

Sources in order: the official files, then a dev set without XQuAD's paragraphs.
"""

from xstilts.data.sources import Files, Url
from xstilts.formats.squad import squad
from xstilts.kinds.span_qa import SpanQA
from xstilts.task import Task

_READ = squad()

TASK = Task(
    name="squad_v2",
    kind=SpanQA(unanswerable=True),
    languages="en",
    evaluated_on="dev",
    sources=(
        Files("squad/{split}-v2.0.json", _READ, splits=("train", "dev")),
        Files("intermediate/squad_v2.0/{split}-v2.0.json", _READ, splits=("train", "dev")),
        Files("intermediate/squad_v2.0/dev-v2.0.minus-xquad.json", _READ, splits=("dev",)),
        Url(
            "https://rajpurkar.github.io/SQuAD-explorer/dataset/{split}-v2.0.json",
            _READ,
            splits=("train", "dev"),
            sha256={
                "train-v2.0.json": "68dcfbb971bd3e96d5b46c7177b16c1a4e7d4bdef19fb204502738552dede002",
                "dev-v2.0.json": "80a5225e94905956a6446d296ca1093975c4d3b3260f1d6c8f68bc2ab77182d8",
            },
        ),
    ),
    sizes={"train": 130_319, "dev": 11_873},
    metrics=("f1", "exact_match"),
    headline=("f1", "exact_match"),
    license="CC-BY-SA-4.0",
    cite="rajpurkar-etal-2018-know",
)
