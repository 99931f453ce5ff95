"""TyDiQA-GoldP 1.1: questions of people who wanted to know, and one passage; nine languages (Clark et al., 2020).

XTREME's dev files have the empty string for every answer: gold is hidden. The official dev files, named by the
language in English, have gold. Training files repeat ids; they are made unique by `#2`, `#3`, ...
"""

from xstilts.formats.squad import squad
from xstilts.kinds.span_qa import SpanQA
from xstilts.sources import Files
from xstilts.task import Task

_NAMES = {
    "en": "english",
    "ar": "arabic",
    "bn": "bengali",
    "fi": "finnish",
    "id": "indonesian",
    "ko": "korean",
    "ru": "russian",
    "sw": "swahili",
    "te": "telugu",
}
_FOLDER = "xtreme/tydiqa/tydiqa-goldp-v1.1-{split}"
_READ = squad()

TASK = Task(
    name="tydiqa",
    kind=SpanQA(),
    languages=" ".join(_NAMES),
    evaluated_on="dev",
    sources=(
        Files(f"{_FOLDER}/tydiqa-goldp-dev-{{name}}.json", _READ, splits=("dev",), fields={"name": _NAMES}),
        Files(f"{_FOLDER}/tydiqa.goldp.{{language}}.{{split}}.json", _READ, splits=("train", "dev")),
    ),
    sizes={
        "train": {"en": 3_696, "ko": 1_625, "sw": 2_755},
        "dev": {"en": 440, "bn": 113, "fi": 782, "id": 565, "ko": 276, "sw": 499},
    },
    metrics=("f1", "exact_match", "mlqa_f1", "mlqa_exact_match"),
    headline=("f1", "exact_match"),
    license="Apache-2.0",
    cite="clark-etal-2020-tydi",
)
