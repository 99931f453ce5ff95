"""Rows of a task in another language: what of them is translated, and how they are put together again.

Labels, choices and ids stay those of the row that was translated. The answers of span QA go through the translation in
brackets (`xstilts.translation.marking`); a row of which no answer comes back is left out, and counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from xstilts.data.examples import (
    Answer,
    ChoiceExample,
    Example,
    QuestionExample,
    RawTextExample,
    SentenceExample,
    TextExample,
    TokenExample,
)
from xstilts.data.sources import Drops
from xstilts.errors import InputError
from xstilts.formats.translations import id_of_texts
from xstilts.task import Task
from xstilts.translation.marking import MarkedText, marked


def check_translatable(task: Task) -> None:
    """Refuses tasks whose labels do not survive a translation.

    Raises:
        InputError: For tagging.
    """
    if task.kind.example is TokenExample:
        raise InputError(
            f"{task.name} cannot be translated: its tags belong to words, and those of a translation are others",
            fix="name languages that have rows of their own under `languages`",
        )


def sentences_of(examples: Sequence[Example]) -> list[str]:
    """Every distinct sentence that the rows need translated, brackets included, the shortest first."""
    distinct = {sentence.text for example in examples for text in _texts(example) for sentence in text.sentences}
    return sorted(distinct, key=lambda sentence: (len(sentence), sentence))


def translated_rows(examples: Sequence[Example], translations: Mapping[str, str], drops: Drops) -> Iterator[Example]:
    """The rows in the other language, under the ids that they had.

    Args:
        examples: The rows.
        translations: Sentence -> its translation, for all of `sentences_of`.
        drops: Counts the rows that are left out.
    """
    for example in examples:
        originals = _texts(example)
        texts = [text.rejoined(translations) for text in originals]
        if any(not text.strip() and was.sentences for (text, _), was in zip(texts, originals, strict=True)):
            drops.add("a text came back empty from the translation")
            continue
        words = [text for text, _ in texts]
        match example:
            case TextExample():
                yield replace(example, text=words[0], pair=words[1] if example.pair is not None else None)
            case SentenceExample():
                yield replace(example, text=words[0], pair=words[1] if example.pair is not None else None)
            case ChoiceExample():
                yield replace(example, context=words[0], choices=tuple(words[1:]))
            case RawTextExample():
                yield replace(example, text=words[0])
            case QuestionExample():
                context, places = texts[1]
                spans = [places[number] for number in range(len(_spans(example))) if number in places]
                if len(spans) < len(_spans(example)):
                    if not spans:
                        drops.add("its answer was not found again in the translation")
                        continue
                    drops.repaired("one of several answers was not found again in the translation")
                answers = tuple(Answer(context[start:end], start) for start, end in spans)
                yield replace(example, question=words[0], context=context, answers=answers)
            case _:
                raise InputError(f"a row cannot be translated: {type(example).__name__}", where=f"row {example.id}")


def _texts(example: Example) -> list[MarkedText]:
    """The texts of a row, in the order in which `translated_rows` puts them back."""
    match example:
        case TextExample() | SentenceExample():
            return [marked(text) for text in (example.text, example.pair) if text is not None]
        case ChoiceExample():
            return [marked(text) for text in (example.context, *example.choices)]
        case RawTextExample():
            return [marked(example.text)]
        case QuestionExample():
            return [marked(example.question), marked(example.context, _spans(example))]
        case _:
            return []


def _spans(example: QuestionExample) -> list[tuple[int, int]]:
    """Where the distinct answers stand in the context."""
    places = ((answer.start, answer.start + len(answer.text)) for answer in example.answers or ())
    return list(dict.fromkeys(places))


def matched_rows(examples: Sequence[Example], given: Sequence[Example], drops: Drops) -> Iterator[Example]:
    """Translations that files hold, for those rows that are asked for, in their order and under their ids.

    A translation belongs to the row whose id it has; or, where the file has the original texts in place of ids, whose
    texts it names (`xstilts.formats.translations`). Files of translations lack rows and have them in another order, so
    their line numbers say nothing.

    Args:
        examples: The rows.
        given: The translations.
        drops: Counts the rows that have none.
    """
    by_id = {row.id: row for row in given}
    for example in examples:
        found = by_id.get(example.id)
        if found is None and isinstance(example, TextExample):
            found = by_id.get(id_of_texts(example.text, example.pair or ""))
        if found is None:
            drops.add("there is no translation of it")
        elif not isinstance(example, QuestionExample) and found.gold != example.gold:
            drops.add("its translation has another label")
        else:
            yield replace(found, id=example.id)


def write_rows(rows: Sequence[Example], path: Path) -> None:
    """Writes rows of one class to a Parquet file, a column per field."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.Table.from_pylist([asdict(row) for row in rows]), path, compression="zstd")


def read_rows(path: Path, example: type) -> list[Example]:
    """Reads what `write_rows` wrote.

    Args:
        path: The file.
        example: The class of the rows.
    """
    import pyarrow.parquet as pq

    return [
        example(**{name: _value(name, value) for name, value in row.items()}) for row in pq.read_table(path).to_pylist()
    ]


def _value(name: str, value: Any) -> Any:
    """Lists of a file are tuples in a row, and answers are answers."""
    if not isinstance(value, list):
        return value
    return tuple(Answer(**item) for item in value) if name == "answers" else tuple(value)
