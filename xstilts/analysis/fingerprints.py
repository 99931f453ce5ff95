"""Texts as 64-bit numbers: whole rows, whole segments, and n-grams, so that large sets can be compared for overlap.

Normalizing: NFKC, case folded, punctuation, symbols and white space dropped. Scripts that put no spaces between words
(Han, Kana, Thai, Lao, Khmer, Myanmar, Tibetan) are taken by characters. The numbers are good for one process only.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Iterable
from typing import TYPE_CHECKING

from xstilts.data.examples import (
    ChoiceExample,
    Example,
    QuestionExample,
    RawTextExample,
    SentenceExample,
    TextExample,
    TokenExample,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Integers = NDArray[np.int64]

WORDS, CHARACTERS = 8, 16
"""Length of n-grams: of words, and of the characters of scripts without spaces. Both are powers of two."""
FEWEST_WORDS, FEWEST_CHARACTERS = 5, 10
"""A shorter segment says nothing when it stands in two sets; it counts only as part of a whole row."""

_UNSPACED = (
    "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff"
)
_CHARACTER = re.compile(f"[{_UNSPACED}]")
_TOKEN = re.compile(f"[{_UNSPACED}]|[^{_UNSPACED}\\s]+")
_FACTOR = 0x9E3779B97F4A7C15  # odd, so that multiplying by it loses nothing


class _Plain(dict[int, int | None]):
    """What becomes of each character: letters, marks and numbers stay, invisible ones go, all else is a space."""

    def __missing__(self, code: int) -> int | None:
        category = unicodedata.category(chr(code))
        self[code] = code if category[0] in "LMN" else None if category == "Cf" else 32
        return self[code]


_PLAIN = _Plain()


def segments(example: Example) -> list[tuple[str, str]]:
    """The texts of a row, each with the part that it plays in it; empty ones are left out."""
    match example:
        case TextExample(text=text, pair=pair):
            found = [("text", text), ("pair", pair or "")]
        case ChoiceExample(context=context, choices=choices):
            found = [("context", context), *(("choice", choice) for choice in choices)]
        case TokenExample(tokens=tokens):
            found = [("sentence", " ".join(tokens))]
        case QuestionExample(question=question, context=context):
            found = [("question", question), ("context", context)]
        case SentenceExample(text=text, side=side, pair=pair):
            found = [(side, text), ("pair", pair or "")]
        case RawTextExample(text=text, translation=translation):
            found = [("text", text), ("translation", translation or "")]
    return [(role, text) for role, text in found if text]


def tokens(text: str) -> tuple[list[str], bool]:
    """The words of the normalized text, and whether most of them are single characters of a script without spaces."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_PLAIN)
    if not _CHARACTER.search(plain):
        return plain.split(), False
    found = _TOKEN.findall(plain)
    single = sum(1 for token in found if _CHARACTER.match(token))
    return found, 2 * single > len(found)


class Fingerprints:
    """Rows of examples as numbers; rows and segments are counted in the order in which they are added."""

    def __init__(self) -> None:
        # Numbers for each row as it stands, for each normalized row, and for each normalized segment; 0 where there is
        # nothing to compare.
        self.rows: array[int] = array("q")
        self.plain_rows: array[int] = array("q")
        self.wholes: array[int] = array("q")
        self._tokens: dict[int, array[int]] = {WORDS: array("q"), CHARACTERS: array("q")}
        self._owners: dict[int, list[int]] = {WORDS: [], CHARACTERS: []}
        self._sizes: dict[int, list[int]] = {WORDS: [], CHARACTERS: []}

    def add(self, texts: Iterable[str], known: dict[int, int] | None = None) -> list[int]:
        """Adds a row.

        Args:
            texts: Its segments.
            known: Number of a text -> number of its normalized form. Texts that are in it are not added again, those
                that are not become known.

        Returns:
            For each segment that was added its place among the row's segments.
        """
        all_texts = tuple(texts)
        plain, added = [], []
        for place, text in enumerate(all_texts):
            key = hash(text)
            if known is not None and key in known:
                plain.append(known[key])
                continue
            plain.append(self._add_segment(text))
            added.append(place)
            if known is not None:
                known[key] = plain[-1]
        self.rows.append(hash(all_texts) if all_texts else 0)
        self.plain_rows.append(hash(tuple(plain)) if any(plain) else 0)
        return added

    def _add_segment(self, text: str) -> int:
        found, by_character = tokens(text)
        fewest, width = (FEWEST_CHARACTERS, CHARACTERS) if by_character else (FEWEST_WORDS, WORDS)
        if len(found) >= width:
            self._owners[width].append(len(self.wholes))
            self._sizes[width].append(len(found))
            self._tokens[width].extend(map(hash, found))
        whole = hash("".join(found))
        self.wholes.append(whole if len(found) >= fewest else 0)
        return whole

    def ngrams(self) -> tuple[Integers, Integers]:
        """All n-grams of all segments, and the number of the segment that each is of; both of shape [n-grams]."""
        import numpy as np

        hashes, owners = [], []
        for width, kept in self._tokens.items():
            sizes = np.asarray(self._sizes[width], dtype=np.int64)
            rolled = np.frombuffer(kept, dtype=np.uint64) if kept else np.zeros(0, dtype=np.uint64)
            span, factor = 1, _FACTOR
            while span < width:  # two neighbors of span tokens make one of twice as many
                rolled = rolled[:-span] * np.uint64(factor) + rolled[span:]
                span, factor = 2 * span, factor * factor % 2**64
            counts = sizes - width + 1
            first = np.cumsum(sizes) - sizes
            inside = np.repeat(first - (np.cumsum(counts) - counts), counts) + np.arange(counts.sum())
            hashes.append(rolled[inside].view(np.int64))
            owners.append(np.repeat(np.asarray(self._owners[width], dtype=np.int64), counts))
        return np.concatenate(hashes), np.concatenate(owners)
