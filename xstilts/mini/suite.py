"""The mini suite: tasks in real languages about one small world, as files in ordinary formats, gold by construction.

Every row is a meaning, and stands in every language at the same place with the same label.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from random import Random
from typing import Any

from xstilts.durable import write_text
from xstilts.errors import InputError, nearest
from xstilts.mini.choosing import choice
from xstilts.mini.drawing import Drawing
from xstilts.mini.held_out import is_held_out
from xstilts.mini.inference import inference, paraphrase
from xstilts.mini.language import Language, Words, spelled
from xstilts.mini.languages import language_codes, load_language
from xstilts.mini.passages import passage
from xstilts.mini.pools import Pool, belongs
from xstilts.mini.rows import NLI_LABELS, PARAPHRASE_LABELS, TOPICS, Choice, Lines, Pair, Passage, Report, Row, Sentence
from xstilts.mini.sentences import identity, line, named_sentence, near_misses, report, sentence

SPLITS: tuple[Pool, ...] = ("train", "dev", "test")
_RETRIEVAL_GROUP = 4
_MINING_GROUP = 7  # a pair, and three sentences of each side that have no translation


@dataclass(frozen=True)
class Sizes:
    """How many rows there are.

    Attributes:
        train: Rows of the training sets.
        tagged: Rows of the training sets of the tagging tasks.
        dev: Rows of each dev set.
        test: Rows of each test set.
        retrieval: Pairs of the retrieval task.
        mined: Pairs of each split of the mining task; each side has three times as many sentences besides.
        text: Lines of raw text.
        parallel: Lines of text with their translation.
    """

    train: int = 4000
    tagged: int = 3000
    dev: int = 300
    test: int = 400
    retrieval: int = 400
    mined: int = 150
    text: int = 6000
    parallel: int = 6000


def rows_of(task: str, split: Pool, sizes: Sizes | None = None, seed: int = 0) -> tuple[Row, ...]:
    """The rows of a task's split, before any language; "text" is a task with a training set only."""
    sizes = sizes or Sizes()
    return _rows(task, split, _count(task, split, sizes), seed)


def _count(task: str, split: Pool, sizes: Sizes) -> int:
    whole = {
        "text": sizes.text,
        "parallel": sizes.parallel,
        "retrieval": -(-sizes.retrieval // _RETRIEVAL_GROUP),
        "mining": sizes.mined,
    }
    train = sizes.tagged if task in ("pos", "ner") else sizes.train
    by_split = {"train": train, "dev": sizes.dev, "test": sizes.test}
    return whole[task] if task in whole else by_split[split]


@lru_cache(maxsize=64)
def _rows(task: str, split: Pool, count: int, seed: int) -> tuple[Row, ...]:
    """Distinct rows, all of whose sentences belong to the split (see `pools.belongs`).

    About half of the test rows have something held out in at least one sentence.
    """
    random = Random(f"{task} {split} {seed}")
    draw = _DRAW[task]
    found: dict[Row, None] = {}
    distinct: set[str] = set()
    labels: list[str] = []
    while len(found) < count:
        labels = labels or _shuffled(random, _LABELS.get(task, ("",)))
        raw = task in RAW
        rich = raw or (split == "test" and random.random() < 0.5)
        row = _until_found(partial(draw, Drawing(random, split, rich), labels[-1]), split, rich and not raw)
        names = set(map(identity, row.sentences())) if task in ("retrieval", "mining") else set()
        if row in found or names & distinct:
            continue
        found[row] = None
        distinct |= names
        labels.pop()
    return tuple(found)


def _shuffled(random: Random, labels: Sequence[str]) -> list[str]:
    return random.sample(labels, len(labels))


def _until_found(draw: Callable[[], Row | None], split: Pool, rich: bool) -> Row:
    while True:
        row = draw()
        if row is None or not all(belongs(meaning, split) for meaning in row.sentences()):
            continue
        if not rich or any(map(is_held_out, row.sentences())):
            return row


# Task -> what draws a row, or None where it has no luck, for a label.
_DRAW: dict[str, Callable[[Drawing, str], Row | None]] = {
    "nli": inference,
    "paraphrase": paraphrase,
    "topic": report,
    "choice": lambda drawing, _: choice(drawing),
    "pos": lambda drawing, _: sentence(drawing),
    "ner": lambda drawing, _: named_sentence(drawing),
    "qa": lambda drawing, _: passage(drawing),
    "qa2": lambda drawing, label: passage(drawing, answerable=label == "answerable"),
    "retrieval": lambda drawing, _: near_misses(drawing, _RETRIEVAL_GROUP),
    "mining": lambda drawing, _: near_misses(drawing, _MINING_GROUP),
    "text": lambda drawing, _: line(drawing),
    "parallel": lambda drawing, _: line(drawing),
}
_LABELS: dict[str, Sequence[str]] = {
    "nli": NLI_LABELS,
    "paraphrase": PARAPHRASE_LABELS,
    "topic": tuple(TOPICS),
    "qa2": ("answerable", "answerable", "unanswerable"),
}
_FEWER_SPLITS: dict[str, tuple[Pool, ...]] = {
    "retrieval": ("test",),
    "mining": ("dev", "test"),
    "text": ("train",),
    "parallel": ("train",),
}
RAW = ("text", "parallel")
_WITH_ENGLISH = ("retrieval", "mining", "parallel")  # English is the other side of each language
TASKS = tuple(name for name in _DRAW if name not in RAW)


def write_suite(
    folder: Path, sizes: Sizes | None = None, seed: int = 0, languages: Iterable[str] | None = None
) -> None:
    """Writes the files of all tasks and the text; the same sizes and seed give the same bytes on every platform.

    Of tasks whose other side is English, English has no files.

    Args:
        folder: A data folder; the files go into `mini` inside it.
        sizes: How many rows; `Sizes()` if left out.
        seed: Draws all rows.
        languages: Codes of languages; all if left out.

    Raises:
        InputError: If there is no such language; nothing is written then.
    """
    codes = language_codes() if languages is None else tuple(languages)
    for code in codes:
        if code not in language_codes():
            raise InputError(
                f"mini has no language {code!r}",
                expected=f"one of {' '.join(language_codes())}",
                fix=nearest(code, list(language_codes())),
            )
    for code in codes:
        for task in (*TASKS, *RAW):
            for split in splits_of(task):
                if code != "en" or task not in _WITH_ENGLISH:
                    write_split(folder / "mini", task, code, split, sizes, seed)


def splits_of(task: str) -> tuple[Pool, ...]:
    """The splits that a task has."""
    return _FEWER_SPLITS.get(task, SPLITS)


def file_names(task: str) -> tuple[str, ...]:
    """Names of the files of a task's split inside the suite's folder, with `{language}` and `{split}` in braces."""
    return _FILES[task]


def write_split(
    folder: Path, task: str, language: str, split: Pool, sizes: Sizes | None = None, seed: int = 0
) -> list[Path]:
    """Writes one split of a task in one language, each file in one step.

    Returns:
        The files, in the order of `file_names`.
    """
    rows = rows_of(task, split, sizes, seed)
    texts = _WRITE[task](rows, load_language(language), f"{split} {seed}")
    if task == "retrieval":
        limit = (sizes or Sizes()).retrieval
        texts = tuple("".join(text.splitlines(keepends=True)[:limit]) for text in texts)
    paths = [folder / name.format(language=language, split=split) for name in _FILES[task]]
    for path, text in zip(paths, texts, strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_text(path, text)
    return paths


_FILES = {
    "nli": ("nli/{split}-{language}.tsv",),
    "paraphrase": ("paraphrase/{split}-{language}.tsv",),
    "topic": ("topic/{split}-{language}.tsv",),
    "choice": ("choice/{split}-{language}.jsonl",),
    "pos": ("pos/{split}-{language}.tsv",),
    "ner": ("ner/{split}-{language}.tsv",),
    "qa": ("qa/{split}-{language}.json",),
    "qa2": ("qa2/{split}-{language}.json",),
    "retrieval": ("retrieval/{language}-en.{language}", "retrieval/{language}-en.en"),
    "mining": (
        "mining/{language}-en.{split}.{language}",
        "mining/{language}-en.{split}.en",
        "mining/{language}-en.{split}.gold",
    ),
    "text": ("text/{language}.txt",),
    "parallel": ("parallel/{language}-en.{language}", "parallel/{language}-en.en"),
}


def _said(language: Language, meaning: Any) -> str:
    return spelled(language.sentence(meaning))


def _pairs(rows: Sequence[Pair], language: Language, _: str) -> tuple[str, ...]:
    lines = (f"{_said(language, row.first)}\t{_said(language, row.second)}\t{row.label}\n" for row in rows)
    return ("".join(lines),)


def _reports(rows: Sequence[Report], language: Language, _: str) -> tuple[str, ...]:
    texts = (_joined((_said(language, meaning) for meaning in row.meanings), language) for row in rows)
    return ("".join(f"{text}\t{row.label}\n" for text, row in zip(texts, rows, strict=True)),)


def _choices(rows: Sequence[Choice], language: Language, _: str) -> tuple[str, ...]:
    records = (
        {
            "id": f"choice-{number}",
            "context": _said(language, row.situation),
            "choices": [_said(language, outcome) for outcome in row.outcomes],
            "label": row.right,
        }
        for number, row in enumerate(rows, start=1)
    )
    return ("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records),)


def _tagged(field: str, rows: Sequence[Sentence], language: Language, _: str) -> tuple[str, ...]:
    blocks = (
        "".join(f"{word.form}\t{getattr(word, field)}\n" for word in language.sentence(row.meaning)) for row in rows
    )
    return ("\n".join(blocks),)


def _questions(task: str, rows: Sequence[Passage], language: Language, _: str) -> tuple[str, ...]:
    paragraphs = []
    for number, row in enumerate(rows, start=1):
        sentences = [language.sentence(meaning) for meaning in row.text]
        text = _joined(map(spelled, sentences), language)
        question: dict[str, Any] = {"id": f"{task}-{number}", "question": _said(language, row.question), "answers": []}
        if row.answered is not None:
            before = _joined([*map(spelled, sentences[: row.answered]), ""], language)
            start, end = span(sentences[row.answered], row.part)
            start, end = start + len(before), end + len(before)
            question["answers"] = [{"text": text[start:end], "answer_start": start}]
        if task == "qa2":
            question["is_impossible"] = row.answered is None
        paragraphs.append({"context": text, "qas": [question]})
    data = {"version": "2.0" if task == "qa2" else "1.1", "data": [{"title": "mini", "paragraphs": paragraphs}]}
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n",)


def span(words: Words, part: str) -> tuple[int, int]:
    """Where a part of a sentence begins and ends, in characters; its words stand together in every language.

    Raises:
        ValueError: If the sentence has no such part.
    """
    own = [at for at, word in enumerate(words) if word.part == part]
    if not own or own != list(range(own[0], own[-1] + 1)):
        raise ValueError(f"no words stand together as {part!r} in {spelled(words)!r}")
    end = len(spelled(words[: own[-1] + 1]))
    phrase = spelled(words[own[0] : own[-1] + 1])
    return end - len(phrase), end


def _joined(sentences: Iterable[str], language: Language) -> str:
    return (" " if language.spaced else "").join(sentences)


def _aligned(rows: Sequence[Lines], language: Language, _: str) -> tuple[str, ...]:
    meanings = [meaning for row in rows for meaning in row.meanings]
    sides = (language, load_language("en"))
    return tuple("".join(_said(side, meaning) + "\n" for meaning in meanings) for side in sides)


def _mined(rows: Sequence[Lines], language: Language, drawing: str) -> tuple[str, ...]:
    """Of each group the first is on both sides, and half of the others on each.

    The order of a side is the same with every language, and says nothing about the other side's or another split's.
    """
    half = 1 + (_MINING_GROUP - 1) // 2
    sides: list[list[Any]] = []
    for code, members in ((language.code, slice(1, half)), ("en", slice(half, None))):
        meanings = [meaning for row in rows for meaning in (row.meanings[0], *row.meanings[members])]
        sides.append(Random(f"order {drawing} {code == 'en'}").sample(meanings, len(meanings)))
    names = [
        {meaning: f"{code}-{number:06}" for number, meaning in enumerate(side, start=1)}
        for code, side in zip((language.code, "en"), sides, strict=True)
    ]
    speakers = (language, load_language("en"))
    texts = [
        "".join(f"{ids[meaning]}\t{_said(speaker, meaning)}\n" for meaning in side)
        for ids, side, speaker in zip(names, sides, speakers, strict=True)
    ]
    gold = sorted(f"{names[0][row.meanings[0]]}\t{names[1][row.meanings[0]]}\n" for row in rows)
    return (*texts, "".join(gold))


def _parallel(rows: Sequence[Lines], language: Language, drawing: str) -> tuple[str, ...]:
    return (*_text(rows, language, drawing), *_text(rows, load_language("en"), drawing))


def _text(rows: Sequence[Lines], language: Language, _: str) -> tuple[str, ...]:
    return ("".join(_joined((_said(language, one) for one in row.meanings), language) + "\n" for row in rows),)


# Task -> what puts rows into a language: the texts of the files. The name of the drawing decides orders.
_WRITE: dict[str, Callable[[Any, Language, str], tuple[str, ...]]] = {
    "nli": _pairs,
    "paraphrase": _pairs,
    "topic": _reports,
    "choice": _choices,
    "pos": partial(_tagged, "upos"),
    "ner": partial(_tagged, "entity"),
    "qa": partial(_questions, "qa"),
    "qa2": partial(_questions, "qa2"),
    "retrieval": _aligned,
    "mining": _mined,
    "text": _text,
    "parallel": _parallel,
}
