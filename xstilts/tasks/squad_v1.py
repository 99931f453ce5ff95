"""SQuAD v1.1: the answer to each question is a span of a Wikipedia paragraph (Rajpurkar et al., 2016).

Sources in order: the official files, then a dev set without XQuAD's paragraphs (rebuilt; offsets are first
occurrences).
"""

from xstilts.formats.squad import squad
from xstilts.formats.translations import translated_questions
from xstilts.kinds.span_qa import SpanQA
from xstilts.sources import Files, Url
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
        Files(
            "xtreme_translations/SQuAD/translate-train/squad.translate.train.en-{language}.json",
            translated_questions(),
            splits=("translated",),
            languages="ar de el es hi ru th tr vi zh",
        ),
        Url(
            "https://rajpurkar.github.io/SQuAD-explorer/dataset/{split}-v1.1.json",
            _READ,
            splits=("train", "dev"),
            sha256={
                "train-v1.1.json": "3527663986b8295af4f7fcdff1ba1ff3f72d07d61a20f487cb238a6ef92fd955",
                "dev-v1.1.json": "95aa6a52d5d6a735563366753ca50492a658031da74f301ac5238b03966972c9",
            },
        ),
    ),
    sizes={"train": 87_599, "dev": 10_570},
    metrics=("f1", "exact_match"),
    headline=("f1", "exact_match"),
    license="CC-BY-SA-4.0",
    cite="rajpurkar-etal-2016-squad",
)
