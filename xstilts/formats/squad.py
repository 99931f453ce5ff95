"""SQuAD's JSON, version 1 and 2: articles, paragraphs, questions, answers as character offsets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from xstilts.data.examples import Answer, Example, QuestionExample
from xstilts.data.sources import Drops, Reader
from xstilts.errors import InputError
from xstilts.formats.rows import DistinctIds
from xstilts.formats.text import checked_text, parsed_json, whole

_NAMES = {list: "a list", dict: "an object", str: "a string", int: "a whole number"}


def squad() -> Reader:
    """Reader of SQuAD JSON (Rajpurkar et al., 2016; 2018). Every offset is checked against the context.

    `is_impossible` makes a question unanswerable (no answers). A question without answers and without that mark is
    hidden, and so is a whole file whose every answer is empty: XTREME's test files replace gold by the empty string.
    Ids that a file repeats are made unique by `#2`, `#3`, ... in the order of the file. A file whose answers always
    point at the first place where they stand has lost its offsets; a note says how many of them may be wrong.
    """

    def read(paths: Sequence[Path], drops: Drops) -> Iterator[Example]:
        distinct = DistinctIds()
        for path in paths:
            questions = list(_questions(path))
            hidden = not any(text for _, _, answers in questions for text, _ in answers or ())
            _note_lost_offsets([(context, answers or []) for _, (_, _, context), answers in questions], drops)
            for where, (name, question, context), answers in questions:
                checked = None if answers is None or (hidden and answers) else _checked(answers, context, name, where)
                yield QuestionExample(distinct(name), question, context, checked)

    return read


_Raw = list[tuple[str, int]]
_ENOUGH_TO_TELL = 100


def _note_lost_offsets(questions: Sequence[tuple[str, _Raw]], drops: Drops) -> None:
    """Tells a file that was rebuilt without offsets: of many repeated answers, some would not be the first of them."""
    repeated = 0
    for context, answers in questions:
        for text, start in answers:
            first = context.find(text)
            if text and context.find(text, first + 1) >= 0:
                if start != first:
                    return
                repeated += 1
    if repeated >= _ENOUGH_TO_TELL:
        drops.remark(
            f"{repeated:,} answers stand more than once in their passage, and every one of them is marked at its first"
            " place: the offsets were lost, and some are wrong"
        )


def _questions(path: Path) -> Iterator[tuple[str, tuple[str, str, str], _Raw | None]]:
    """(place, (id, question, context), answers) of each question, answers unchecked; None means hidden."""
    for article_place, article in squad_items(squad_document(path), "data", str(path)):
        for paragraph_place, paragraph in squad_items(article, "paragraphs", article_place):
            context = checked_text(squad_field(paragraph, "context", str, paragraph_place), paragraph_place, "context")
            for place, question in squad_items(paragraph, "qas", paragraph_place):
                name = checked_text(str(squad_field(question, "id", object, place)), place, "id")
                text = checked_text(squad_field(question, "question", str, place), place, "question")
                yield place, (name, text, context), _answers(question, place)


def _answers(question: dict[str, Any], place: str) -> _Raw | None:
    if question.get("is_impossible"):
        return []
    if not question.get("answers"):
        return None
    return [
        (
            checked_text(squad_field(answer, "text", str, where), where, "text"),
            squad_field(answer, "answer_start", int, where),
        )
        for where, answer in squad_items(question, "answers", place)
    ]


def _checked(answers: _Raw, context: str, name: str, where: str) -> tuple[Answer, ...]:
    for text, start in answers:
        if not text:
            raise InputError(f"an answer of question {name} is empty", where=where, expected="text of the context")
        found = context[max(start, 0) : max(start, 0) + len(text)]
        if start < 0 or found != text:
            raise InputError(
                f"an answer of question {name} is not at its offset",
                where=where,
                found=f"{found!r} at character {start}",
                expected=repr(text),
                fix="count characters, not bytes or UTF-16 units, from the beginning of the context",
            )
    return tuple(Answer(text, start) for text, start in answers)


def squad_document(path: Path) -> dict[str, Any]:
    """The whole file.

    Raises:
        InputError: If it is no JSON object.
    """
    document = parsed_json(whole(path), path, expected="SQuAD's JSON")
    if not isinstance(document, dict):
        raise InputError("the file is not SQuAD JSON", where=path, found=type(document).__name__, expected='{"data": ')
    return document


def squad_items(parent: dict[str, Any], name: str, place: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """(place, object) of each item of a list.

    Raises:
        InputError: If there is no such list, or an item is no object.
    """
    for number, item in enumerate(squad_field(parent, name, list, place)):
        where = f"{place}: {name}[{number}]" if name == "data" else f"{place}.{name}[{number}]"
        if not isinstance(item, dict):
            raise InputError("SQuAD JSON has another shape here", where=where, found=repr(item)[:60], expected="{...}")
        yield where, item


def squad_field(parent: dict[str, Any], name: str, kind: type, place: str) -> Any:
    """A field of an object.

    Raises:
        InputError: If it is missing or of another type.
    """
    if name not in parent:
        raise InputError(
            f"SQuAD JSON has no {name!r} here",
            where=place,
            found=f"the fields {', '.join(parent) or '(none)'}",
            expected=name,
        )
    value = parent[name]
    if not isinstance(value, kind) or isinstance(value, bool):
        raise InputError(
            f"{name!r} has the wrong type", where=place, found=repr(value)[:60], expected=_NAMES.get(kind, "a value")
        )
    return value
