"""MLQA: questions about parallel Wikipedia paragraphs in seven languages and all their pairs (Lewis et al., 2020).

A pair `en-de` has its context in English and its question in German. XTREME's test files have empty answers:
gold is hidden.
"""

from xstilts.data.sources import Files, Url
from xstilts.formats.squad import squad
from xstilts.kinds.span_qa import SpanQA
from xstilts.task import Task

_SEVEN = ("en", "es", "de", "ar", "hi", "vi", "zh")
_PAIRS = {
    context if context == question else f"{context}-{question}": (context, question)
    for context in _SEVEN
    for question in _SEVEN
}

_FIELDS = {
    "context": {code: pair[0] for code, pair in _PAIRS.items()},
    "question": {code: pair[1] for code, pair in _PAIRS.items()},
}

TASK = Task(
    name="mlqa",
    kind=SpanQA(),
    languages=" ".join(sorted(_PAIRS, key=lambda code: "-" in code)),
    evaluated="ar de en es hi vi zh",
    trained_on="squad_v1",
    sources=(
        Files(
            "xtreme/mlqa/MLQA_V1/{split}/{split}-context-{context}-question-{question}.json",
            squad(),
            splits=("dev", "test"),
            fields=_FIELDS,
        ),
        Url(
            "MLQA_V1/{split}/{split}-context-{context}-question-{question}.json",
            squad(),
            splits=("dev", "test"),
            fields=_FIELDS,
            archive="https://dl.fbaipublicfiles.com/MLQA/MLQA_V1.zip",
            sha256="246e8089933d13007fe80684d5c5c0713d6834cf8b3b4a0ec7c66f0a0d2baac8",
        ),
    ),
    sizes={
        "dev": {"en": 1_148, "ar": 517, "de": 512, "es": 500, "hi": 507, "vi": 511, "zh": 504},
        "test": {"en": 11_590, "ar": 5_335, "de": 4_517, "es": 5_253, "hi": 4_918, "vi": 5_495, "zh": 5_137},
    },
    metrics=("mlqa_f1", "mlqa_exact_match"),
    headline=("mlqa_f1", "mlqa_exact_match"),
    license="CC-BY-SA-3.0",
    cite="lewis-etal-2020-mlqa",
)
