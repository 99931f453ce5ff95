"""Answer retrieval: questions as queries, the sentences that answer them as candidates (LAReQA, Roy et al., 2020)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from xstilts.data.examples import Example, QuestionExample, SentenceExample
from xstilts.data.sources import Drops, Reader
from xstilts.errors import InputError
from xstilts.formats.rows import DistinctIds
from xstilts.formats.squad import squad_document, squad_field, squad_items
from xstilts.formats.text import checked_text

_NO_SENTENCE = "the answer begins in no sentence of its passage"
_END = re.compile(r"""[.!?]["'”’)\]]*\s+(?=["'“‘(\[]*[A-Z0-9])""")
_ABBREVIATION = re.compile(
    r"\b(?:[A-Zbcdvr]|a\.k\.a|fl|Mr|Mrs|Ms|Dr|St|Jr|Sr|Prof|Gen|Col|Lt|Sgt|Capt|Rev|Hon|Gov|Sen|Rep|No|Vol|vs|etc|ca"
    r"|approx|Inc|Ltd|Co|Corp|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec|e\.g|i\.e)\.$"
)
_LONGEST = len("approx.") + 1


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """(start, stop) of each sentence of an English text, in characters, without the white space between them.

    A sentence ends at a mark that is followed by white space and a capital or a digit, unless an initial or a common
    abbreviation stands before it.
    """
    marks = [match for match in _END.finditer(text) if not _is_abbreviated(text, match.start() + 1)]
    ends = [match.end() for match in marks]
    spans = [(start, start + len(text[start:stop].rstrip())) for start, stop in pairwise([0, *ends, len(text)])]
    return [(start, stop) for start, stop in spans if stop > start]


def _is_abbreviated(text: str, stop: int) -> bool:
    return _ABBREVIATION.search(text[max(stop - _LONGEST, 0) : stop]) is not None


_spans_of_last = lru_cache(maxsize=1)(sentence_spans)  # the questions of a passage stand together


def answer_sentences(read_questions: Reader) -> Reader:
    """Reader of questions about passages as queries, and of the sentences that answer them as candidates.

    A candidate has its passage beside it. Sentences that answer nothing are no candidates: in training, those of a
    step are each other's negatives. A sentence reaches over a boundary that an answer reaches over.

    Args:
        read_questions: Reader of English questions with answers, such as SQuAD's.
    """

    def read(paths: Sequence[Path], drops: Drops) -> Iterator[Example]:
        candidates: dict[tuple[str, str], str] = {}
        for question in read_questions(paths, drops):
            assert isinstance(question, QuestionExample)
            if question.answers is None:
                yield SentenceExample(question.id, question.question, "source", None)
                continue
            if not question.answers:
                drops.add("the passage does not answer the question")
                continue
            first = question.answers[0]
            sentence = _around(question.context, first.start, first.start + len(first.text))
            place = (question.context, sentence)
            match = candidates.setdefault(place, f"sentence-{len(candidates) + 1}")
            yield SentenceExample(question.id, question.question, "source", (match,))
        for (context, sentence), name in candidates.items():
            yield SentenceExample(name, sentence, "target", (), context)

    return read


def _around(context: str, start: int, stop: int) -> str:
    """The sentence or sentences that hold a span; the white space around an answer may be part of it."""
    touched = [span for span in _spans_of_last(context) if span[0] < stop and span[1] > start]
    return context[touched[0][0] : touched[-1][1]] if touched else context[start:stop]


@dataclass(frozen=True)
class _Passage:
    context: str
    sentences: tuple[tuple[int, int], ...]
    questions: tuple[tuple[str, str, int], ...]


def split_passages() -> Reader:
    """Reader of XQuAD-R: SQuAD JSON with `sentence_breaks` in each paragraph, one file per language.

    The first path holds the queries; the others hold the candidates: all sentences of all of their passages. A
    question matches the sentence in which the answer to the question with the same id begins, in each language.
    Candidates are named `LANGUAGE-PASSAGE-SENTENCE`, by their file's name and counted from 1.
    """

    def read(paths: Sequence[Path], drops: Drops) -> Iterator[Example]:
        asked, *pool = paths
        passages = {path: list(_passages(path)) for path in dict.fromkeys(pool)}
        matches: dict[str, list[str]] = {}
        for path, found in passages.items():
            for name, answering in _answering(path, found):
                matches.setdefault(name, []).append(answering)
        queries = passages.get(asked) or list(_passages(asked))
        answered = {name for name, _ in _answering(asked, queries)}
        distinct = DistinctIds()
        for passage in queries:
            for name, question, _ in passage.questions:
                if name in answered:
                    yield SentenceExample(distinct(name), question, "source", tuple(matches.get(name, ())))
                else:
                    drops.add(_NO_SENTENCE)
        for path, found in passages.items():
            for number, passage in enumerate(found, start=1):
                for place, (start, stop) in enumerate(passage.sentences, start=1):
                    text = passage.context[start:stop]
                    yield SentenceExample(f"{path.stem}-{number}-{place}", text, "target", (), passage.context)

    return read


def _answering(path: Path, passages: Sequence[_Passage]) -> Iterator[tuple[str, str]]:
    """(id of a question, name of the sentence that answers it)."""
    for number, passage in enumerate(passages, start=1):
        for name, _, at in passage.questions:
            for place, (start, stop) in enumerate(passage.sentences, start=1):
                if start <= at < stop:
                    yield name, f"{path.stem}-{number}-{place}"
                    break


def _passages(path: Path) -> Iterator[_Passage]:
    for article_place, article in squad_items(squad_document(path), "data", str(path)):
        for place, paragraph in squad_items(article, "paragraphs", article_place):
            context = checked_text(squad_field(paragraph, "context", str, place), place, "context")
            breaks = squad_field(paragraph, "sentence_breaks", list, place)
            questions = [_question(question, where) for where, question in squad_items(paragraph, "qas", place)]
            yield _Passage(context, tuple(_span(found, context, place) for found in breaks), tuple(questions))


def _question(question: dict[str, Any], place: str) -> tuple[str, str, int]:
    text = checked_text(squad_field(question, "question", str, place), place, "question")
    starts = [
        squad_field(answer, "answer_start", int, where) for where, answer in squad_items(question, "answers", place)
    ]
    if not starts:
        raise InputError("a question has no answer", where=place, expected="one, as in XQuAD-R")
    return checked_text(str(squad_field(question, "id", object, place)), place, "id"), text, starts[0]


def _span(found: Any, context: str, place: str) -> tuple[int, int]:
    if isinstance(found, list) and len(found) == 2 and all(isinstance(bound, int) for bound in found):
        start, stop = found
        if 0 <= start < stop <= len(context):
            return start, stop
    raise InputError(
        "a sentence break is no span of its passage",
        where=place,
        found=repr(found)[:60],
        expected=f"[start, stop] within {len(context):,} characters",
    )
