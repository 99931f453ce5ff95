"""TyDiQA-GoldP 1.1: questions of people who wanted to know, and one passage; nine languages (Clark et al., 2020).

XTREME's dev files have the empty string for every answer: gold is hidden. The official dev files, named by the
language in English, have gold. Training files repeat ids; they are made unique by `#2`, `#3`, ...
The official training file holds all languages, told apart by the beginning of the ids; that file was not at hand.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from xstilts.examples import Example
from xstilts.formats.squad import squad
from xstilts.formats.translations import translated_questions
from xstilts.kinds.span_qa import SpanQA
from xstilts.sources import Drops, Files, Reader, Url
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

_GOOGLE = "https://storage.googleapis.com/tydiqa/v1.1"


def read_language(name: str) -> Reader:
    """Reader of the questions of one language; ids begin with its name in English."""

    def read(paths: Sequence[Path], drops: Drops) -> Iterator[Example]:
        return (example for example in _READ(paths, drops) if example.id.startswith(f"{name}-"))

    return read


TASK = Task(
    name="tydiqa",
    kind=SpanQA(),
    languages=" ".join(_NAMES),
    evaluated_on="dev",
    sources=(
        Files(f"{_FOLDER}/tydiqa-goldp-dev-{{name}}.json", _READ, splits=("dev",), fields={"name": _NAMES}),
        Files(f"{_FOLDER}/tydiqa.goldp.{{language}}.{{split}}.json", _READ, splits=("train", "dev")),
        Files(
            "xtreme_translations/TyDiQA-GoldP/translate-train/tydiqa.translate.train.en-{language}.json",
            translated_questions(),
            splits=("translated",),
            languages="ar bn fi id ko ru sw te",
        ),
        Url(
            "tydiqa-goldp-v1.1-dev/tydiqa-goldp-dev-{name}.json",
            _READ,
            splits=("dev",),
            fields={"name": _NAMES},
            archive=f"{_GOOGLE}/tydiqa-goldp-v1.1-dev.tgz",
            sha256="5a415d019a345794c8a83191ecfe4a761eaab69dab79c3c9813d4379e1cc5519",
        ),
        *(
            Url(
                f"{_GOOGLE}/tydiqa-goldp-v1.1-train.json",
                read_language(name),
                splits=("train",),
                languages=code,
                sha256="cefc8e09ff2548d9b10a678d3a6bbbe5bc036be543f92418819ea676c97be23b",
            )
            for code, name in _NAMES.items()
        ),
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
