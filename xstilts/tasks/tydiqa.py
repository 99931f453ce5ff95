"""TyDiQA-GoldP 1.1: questions of people who wanted to know, and one passage; nine languages (Clark et al., 2020).

XTREME's dev files have the empty string for every answer: gold is hidden. The official dev files, named by the
language in English, have gold. Training files repeat ids; they are made unique by `#2`, `#3`, ...
The official training file holds all languages, told apart by the beginning of the ids; that file was not at hand.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from xstilts.data.examples import Example
from xstilts.data.sources import Drops, Files, Reader, Url
from xstilts.formats.squad import squad
from xstilts.formats.translations import translate_train, translated_questions
from xstilts.kinds.span_qa import SpanQA
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
_TRANSLATED = {
    "ar": "80afeb07f3794f8740d580ec2b27f44149e431ba36696ef86d175c2add6a53dd",
    "bn": "4cfbb849d550f69145789b291511c2a78320d96499c59062659148d8d4552754",
    "fi": "a6dd3caaa2118cd8975a1db288da90dc34d96a76ad5a1b7b0d9f521a2feb5726",
    "id": "4342aa3beabba5b014f70dd0ccf9ca496ade85eae28c260032db6ad6a7ab22e6",
    "ko": "e3b92339564a02095da6eb0641ca107a2ee38c53703158fb0eb0d3bec496ddfd",
    "ru": "d12fea5f5b54741e83288bba51dde29ad263863909f09336152aafc3ba51c34c",
    "sw": "791eca4d59c67827108997d4a5b4949055cd2e358ff8417d4d82081f960cc692",
    "te": "a86908174a36da1d0d9ffa223900159dafbda299a1b13be7721a2822bd5a69e5",
}


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
        *translate_train(
            "TyDiQA-GoldP/translate-train/tydiqa.translate.train.en-{language}.json",
            translated_questions(),
            _TRANSLATED,
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
