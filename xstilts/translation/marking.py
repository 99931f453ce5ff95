"""Sentences of a text, and spans of it that are found again in its translation by brackets that were put around them.

After the mark-then-translate projection that Chen et al. (2023) study, with brackets, which models copy most readily.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

Span = tuple[int, int]

# The end of a sentence: in scripts that put spaces between words a space must follow.
_END = re.compile(r"[.!?…؟।॥։።]+[\"'”’»)\]]*(?=\s)|[。！？]+[”’」』）]*|\n+")
# A point after these is no end: initials, titles and short capitalized words.
_ABBREVIATED = re.compile(
    r"\b(?:[^\W\d_](?:\.[^\W\d_])*|Mrs?|Ms|Drs?|Prof|St|Jr|Sr|Gen|Col|Capt|Lt|Sgt|Rev|Hon|Sen|Gov|Rep|Mt|Ft|Inc|Ltd|Co"
    r"|Corp|No|Nos|Vol|pp?|Fig|al|vs|etc|cf|ca|approx|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.$"
)

# Opening and closing bracket, and the forms of each that models write in other scripts.
_BRACKETS = (("[［【", "]］】"), ("{｛", "}｝"), ("<＜〈《", ">＞〉》"))


def sentences(text: str, together: Sequence[Span] = ()) -> list[Span]:
    """The sentences of a text, without the white space around them; characters, half-open.

    Args:
        text: The text.
        together: Spans that no cut may go through.
    """
    cuts = [0]
    for match in _END.finditer(text):
        at = match.end()
        if any(start < at < end for start, end in together) or _ABBREVIATED.search(text[cuts[-1] : at]):
            continue
        cuts.append(at)
    cuts.append(len(text))
    found = []
    for start, end in pairwise(cuts):
        piece = text[start:end]
        if piece.strip():
            first = start + len(piece) - len(piece.lstrip())
            found.append((first, first + len(piece.strip())))
    return found


@dataclass(frozen=True)
class MarkedSentence:
    """A sentence with brackets around spans.

    Attributes:
        text: What is translated.
        marks: Number of a span -> place of its brackets in the list of brackets.
    """

    text: str
    marks: Mapping[int, int]


@dataclass(frozen=True)
class MarkedText:
    """A text as sentences to translate.

    Attributes:
        sentences: The sentences.
        gaps: What stands before each sentence, and after the last one.
    """

    sentences: tuple[MarkedSentence, ...]
    gaps: tuple[str, ...]

    def rejoined(self, translations: Mapping[str, str]) -> tuple[str, dict[int, Span]]:
        """The translated text, and where in it the spans are that were found again.

        Args:
            translations: Sentence, with its brackets -> its translation.
        """
        whole, places = "", {}
        for gap, sentence in zip(self.gaps, self.sentences, strict=False):
            whole += gap
            text, found = unmarked(translations[sentence.text], sentence.marks)
            places.update({number: (start + len(whole), end + len(whole)) for number, (start, end) in found.items()})
            whole += text
        return whole + self.gaps[-1], places


def marked(text: str, spans: Sequence[Span] = ()) -> MarkedText:
    """Cuts a text into sentences and puts brackets around spans.

    A span stays without brackets, and so is not found again, where it crosses another one, or where its sentence holds
    all brackets already.
    """
    cut = sentences(text, spans)
    gaps = [text[end:start] for end, start in zip([0, *(end for _, end in cut)], [s for s, _ in cut], strict=False)]
    gaps.append(text[cut[-1][1] :] if cut else text)
    numbered = list(enumerate(spans))
    rows = []
    for start, end in cut:
        inside = [(number, (a - start, b - start)) for number, (a, b) in numbered if start <= a < b <= end]
        rows.append(_marked_sentence(text[start:end], inside))
    return MarkedText(tuple(rows), tuple(gaps))


def _marked_sentence(text: str, spans: Sequence[tuple[int, Span]]) -> MarkedSentence:
    free = [at for at, pair in enumerate(_BRACKETS) if not set("".join(pair)) & set(text)]
    taken: list[Span] = []
    marks: dict[int, int] = {}
    # (place, whether it opens, length): where brackets meet, closing ones stand first, and the longer span opens first.
    brackets: list[tuple[int, bool, int, str]] = []
    for number, (start, end) in spans:
        crosses = any(start < a < end < b or a < start < b < end for a, b in taken)
        if crosses or not free or not text[start:end].strip():
            continue
        marks[number] = free.pop(0)
        taken.append((start, end))
        opening, closing = _BRACKETS[marks[number]]
        brackets.append((start, True, start - end, opening[0]))
        brackets.append((end, False, end - start, closing[0]))
    out, before = [], 0
    for place, _, _, bracket in sorted(brackets):
        out += [text[before:place], bracket]
        before = place
    return MarkedSentence("".join([*out, text[before:]]), marks)


def unmarked(text: str, marks: Mapping[int, int]) -> tuple[str, dict[int, Span]]:
    """A translation without its brackets, and the spans that stood in them.

    A span is found only if its opening and its closing bracket each occur once, in this order, around something.

    Args:
        text: The translation of a marked sentence.
        marks: The marks of that sentence.
    """
    if not marks:
        return text, {}
    roles = {
        sign: (number, opens)
        for number, at in marks.items()
        for opens, signs in zip((True, False), _BRACKETS[at], strict=True)
        for sign in signs
    }
    counts = dict.fromkeys(roles.values(), 0)
    starts: dict[int, int] = {}
    ends: dict[int, int] = {}
    plain = ""
    for at, sign in enumerate(text):
        if sign not in roles:
            # A bracket that is gone leaves no double space and none at the start.
            if not (sign.isspace() and at and text[at - 1] in roles and (not plain or plain[-1].isspace())):
                plain += sign
            continue
        number, opens = roles[sign]
        counts[number, opens] += 1
        if opens:
            starts[number] = len(plain)
        else:
            following = text[at + 1 : at + 2]
            if not following or following.isspace() or not (following.isalnum() or following in roles):
                plain = plain.rstrip()
            ends[number] = len(plain)
    found = {}
    for number in marks:
        once = counts[number, True] == counts[number, False] == 1
        if once and starts[number] < ends[number]:
            inner = plain[starts[number] : ends[number]]
            start = starts[number] + len(inner) - len(inner.lstrip())
            if inner.strip():
                found[number] = (start, start + len(inner.strip()))
    return plain.rstrip(), found
