"""Tatoeba: find the English translation of a sentence, 41 languages (Artetxe and Schwenk, 2019).

XTREME's 36 are evaluated; az lt pl uk ro are XTREME-R's. Row i of one side translates row i of the other. XTREME's
download sorts the English side to hide that; such files are recognized, and their gold is hidden.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from xstilts.data.examples import Example, SentenceExample
from xstilts.data.sources import Drops, Files, Url
from xstilts.formats.bitext import aligned_lines
from xstilts.kinds.bitext import Bitext
from xstilts.task import Task

_XTREME = "ar he vi id jv tl eu ml ta te af nl de el bn hi mr ur fa fr it pt es bg ru ja ka ko th sw zh kk tr et fi hu"
_LANGUAGES = f"{_XTREME} az lt pl uk ro"
_SMALLER = {"jv": 205, "te": 234, "ta": 307, "sw": 390, "th": 548, "kk": 575, "ml": 687, "ka": 746}
_CODES = (
    "ara heb vie ind jav tgl eus mal tam tel afr nld deu ell ben hin mar urd pes fra ita por spa bul rus jpn kat kor"
    " tha swh cmn kaz tur est fin hun aze lit pol ukr ron"
)
_LASER = (
    "https://raw.githubusercontent.com/facebookresearch/LASER/fec5c7d63daa2bea9d127e8252b10e87278586c0/"
    "data/tatoeba/v1/tatoeba.{code}-eng"
)
_ALIGNED = aligned_lines()


def read(paths: Sequence[Path], drops: Drops) -> Iterator[Example]:
    """Aligned rows; without gold where the English side is sorted (which no aligned file of ten rows or more is)."""
    examples = [example for example in _ALIGNED(paths, drops) if isinstance(example, SentenceExample)]
    english = [example.text.strip() for example in examples if example.side == "target"]
    hidden = len(english) >= 10 and english == sorted(english)
    for example in examples:
        yield replace(example, matches=None) if hidden and example.side == "source" else example


TASK = Task(
    name="tatoeba",
    kind=Bitext(),
    languages=_LANGUAGES,
    evaluated=_XTREME,
    sources=(
        Files(("xtreme/tatoeba/{language}-en.{language}", "xtreme/tatoeba/{language}-en.en"), read, ("test",)),
        Url(
            (f"{_LASER}.{{code}}", f"{_LASER}.eng"),
            read,
            ("test",),
            fields={"code": dict(zip(_LANGUAGES.split(), _CODES.split(), strict=True))},
        ),
    ),
    sizes={"test": {language: _SMALLER.get(language, 1_000) for language in _LANGUAGES.split()}},
    metrics=("retrieval_accuracy",),
    license="CC-BY-2.0-FR",
    cite="artetxe-schwenk-2019-massively",
)
