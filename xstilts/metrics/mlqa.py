"""Exact match and token F1 with a normalization for each language, as the official MLQA script computes them.

An answer is lowercased; every character that Unicode calls punctuation, and ASCII's, is deleted; then the articles of
its language; then it is cut into tokens. For MLQA's seven languages (ar de en es hi vi zh) this equals the official
script, quirks included: Chinese is cut into single characters only from U+4E00 to U+9FA5, and Arabic loses every "ال",
also inside words, because the official pattern's alternative with a word boundary can never match.

Beyond the seven, where no official script exists, this project defines: no articles are deleted; Japanese, Thai, Lao,
Khmer and Burmese, which write no spaces, are cut into single code points of their own scripts; all other languages are
cut at white space. Such scores are comparable only with each other.

A pair `en-de` has its context, and so its answer, in the first language, which is the one that counts. MLQA has no
unanswerable questions; here one is right if the prediction normalizes to nothing.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from xstilts.data.examples import Example
from xstilts.metrics.base import FloatArray, Metric, mean_value, per_example
from xstilts.metrics.squad import overlap_f1, reference_texts, same


def _words(articles: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(articles.split())})\b")


_ARTICLES: Mapping[str, re.Pattern[str]] = {
    "en": _words("a an the"),
    "es": _words("un una unos unas el la los las"),
    "vi": _words("của là cái chiếc những"),
    "de": _words("ein eine einen einem eines einer der die das den dem des"),
    "ar": re.compile("ال"),
}

_UNSPACED: Mapping[str, re.Pattern[str]] = {
    "zh": re.compile(r"([\u4e00-\u9fa5])"),
    "ja": re.compile(r"([\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff])"),
    "th": re.compile(r"([\u0e00-\u0e7f])"),
    "lo": re.compile(r"([\u0e80-\u0eff])"),
    "my": re.compile(r"([\u1000-\u109f\ua9e0-\ua9ff\uaa60-\uaa7f])"),
    "km": re.compile(r"([\u1780-\u17ff])"),
}


def normalized(answer: str, language: str) -> str:
    """The answer as tokens separated by one space, by the rules of its language (or of the context's, in a pair)."""
    code = language.partition("-")[0]
    text = "".join(character for character in answer.lower() if not _is_punctuation(character))
    if code in _ARTICLES:
        text = _ARTICLES[code].sub(" ", text)
    if code in _UNSPACED:
        text = _UNSPACED[code].sub(r" \1 ", text)
    return " ".join(text.split())


@lru_cache(maxsize=65536)
def _is_punctuation(character: str) -> bool:
    # ASCII's own list adds symbols such as $ and +, which Unicode does not call punctuation.
    return character in string.punctuation or unicodedata.category(character).startswith("P")


def _scores(
    examples: Sequence[Example], predictions: Sequence[Any], language: str, compare: Callable[[str, str], float]
) -> FloatArray:
    scores = []
    for example, prediction in zip(examples, predictions, strict=True):
        answer = normalized(prediction, language)
        wanted = [normalized(text, language) for text in reference_texts(example)]
        scores.append(max(compare(answer, text) for text in wanted) if wanted else float(not answer))
    return per_example(scores)


def _exact_match(examples: Sequence[Example], predictions: Sequence[Any], language: str) -> FloatArray:
    return _scores(examples, predictions, language, same)


def _f1(examples: Sequence[Example], predictions: Sequence[Any], language: str) -> FloatArray:
    return _scores(examples, predictions, language, overlap_f1)


MLQA_EXACT_MATCH = Metric("mlqa_exact_match", _exact_match, mean_value)
MLQA_F1 = Metric("mlqa_f1", _f1, mean_value)
