"""Rows without labels, read as a stream to be predicted, and written with their predictions.

| format | a row is | written back in its own format |
|---|---|---|
| `jsonl` | an object with the fields of its kind | the object with `prediction` and what else is known |
| `tsv` | a line of columns | the line, with the prediction in a further column |
| `conll` | a token per line, an empty line after each sentence | each line, with its tag in a further column |
| `text` | a line: a text, or tokens with spaces between them | the prediction, or the tags; empty lines stay |
| `squad` | a question of a SQuAD JSON file, which is read whole | one object: id -> answer |

Labels that stand beside the text do no harm; they are not looked at.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from xstilts.data.examples import Example, QuestionExample, TokenExample
from xstilts.data.sources import Drops
from xstilts.errors import InputError, nearest
from xstilts.formats.jsonl import json_objects, values_of
from xstilts.formats.rows import Builder, Row, choice_row, text_row, token_row
from xstilts.formats.squad import squad
from xstilts.formats.text import STDIN, lines, rows
from xstilts.kinds.base import Kind
from xstilts.kinds.classification import Classification
from xstilts.kinds.multiple_choice import MultipleChoice
from xstilts.kinds.span_qa import SpanQA
from xstilts.kinds.tagging import Tagging

FORMATS: dict[type[Kind], tuple[str, ...]] = {
    Classification: ("jsonl", "tsv", "text"),
    MultipleChoice: ("jsonl", "tsv"),
    Tagging: ("jsonl", "conll", "text"),
    SpanQA: ("jsonl", "squad", "tsv"),
}
"""Kind -> the formats that its rows may stand in, the first unless the file's name says another."""
_BY_SUFFIX = {
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".tsv": "tsv", ".txt": "text", ".conll": "conll", ".bio": "conll",
    ".json": "squad",
}  # fmt: skip
_ROLES: dict[type[Kind], tuple[tuple[str, ...], tuple[str, ...]]] = {
    Classification: (("text",), ("pair", "id")),
    MultipleChoice: (("context", "choices"), ("question", "id")),
    Tagging: (("tokens",), ("id",)),
    SpanQA: (("question", "context"), ("id",)),
}

_Object = tuple[str, dict[str, Any]]
"""File and line, and what stood there."""


@dataclass(frozen=True)
class Record:
    """One row.

    Attributes:
        example: The row, without its label; None for an empty line of plain text, of which nothing is predicted.
        where: File and line.
        origin: What stood in the file: an object, a line, or the lines of a sentence.
        header: The line of names that stood before the row, if one did.
    """

    example: Example | None
    where: str
    origin: Any
    header: str | None = None


def format_of(kind: Kind, path: Path, said: str | None) -> str:
    """The format of a file: as said, or by the end of its name.

    Raises:
        InputError: If rows of the kind do not stand in it, or nothing says it.
    """
    known = FORMATS[type(kind)]
    found = said or (known[0] if path == STDIN else _BY_SUFFIX.get(path.suffix))
    if found == "tsv" and isinstance(kind, Tagging):
        found = "conll"  # as WikiAnn's files in XTREME are called
    if found not in known:
        raise InputError(
            f"{kind.name} rows are not read from this format" if found else "the name does not say the format",
            where="--input" if said else path,
            found=found,
            expected=", ".join(known),
            fix=None if said else "say it with --input",
        )
    return found


def read_columns(kind: Kind, said: str | None) -> dict[str, str]:
    """`text=premise,pair=hypothesis` -> role -> field or position.

    Raises:
        InputError: If that is not what it looks like.
    """
    needed, optional = _ROLES[type(kind)]
    columns = {}
    for part in said.split(",") if said else ():
        role, _, place = (piece.strip() for piece in part.partition("="))
        if role not in (*needed, *optional) or not place:
            raise InputError(
                "a column is named wrongly",
                where="--columns",
                found=part,
                expected=f"ROLE=FIELD, with a role of {', '.join((*needed, *optional))}",
                fix=nearest(role, [*needed, *optional]),
            )
        columns[role] = place
    return columns


def read_records(
    kind: Kind, path: Path, form: str, columns: Mapping[str, str], *, header: bool = False
) -> Iterator[Record]:
    """The rows of a file, one at a time.

    Args:
        kind: What a row is.
        path: The file, or `-`.
        form: Its format.
        columns: Role -> field (jsonl) or position from 0 or name (tsv), where they are not the usual ones.
        header: Whether the first line of a TSV file names its columns.

    Raises:
        InputError: At the first row that cannot be read, with its line.
    """
    readers = {"jsonl": _objects, "tsv": _table, "text": _lines, "conll": _sentences, "squad": _questions}
    for record in readers[form](kind, path, columns, header):
        try:
            if record.example is not None:
                kind.check(record.example)
        except InputError as error:
            raise InputError(str(error), where=record.where) from None
        yield record


def _record(kind: Kind, where: str, number: int, values: Mapping[str, Any], origin: Any) -> Record:
    builders: dict[type[Kind], Builder] = {
        Classification: text_row(),
        MultipleChoice: choice_row(),
        Tagging: token_row(),
        SpanQA: lambda row, drops: QuestionExample(row.id, row.text("question"), row.text("context"), None),
    }
    known = {role: value for role, value in values.items() if value is not None}
    example = builders[type(kind)](Row(where, number, known), Drops())
    assert example is not None
    return Record(example, where, origin)


def _objects(kind: Kind, path: Path, columns: Mapping[str, str], header: bool) -> Iterator[Record]:
    needed, optional = _ROLES[type(kind)]
    fields = {role: columns.get(role, role) for role in (*needed, *optional)}
    may_be_missing = [role for role in optional if role not in columns]
    for number, (where, found) in enumerate(_piped(kind, json_objects(path), path), start=1):
        yield _record(kind, where, number, values_of(found, fields, may_be_missing, where), found)


def _piped(kind: Kind, objects: Iterator[_Object], path: Path) -> Iterator[_Object]:
    """The objects; of piped ones that are none, which no file's name could say, the error says what helps."""
    try:
        first = next(objects, None)
    except InputError as error:
        others = [form for form in FORMATS[type(kind)] if form != "jsonl"]
        if path != STDIN or not others:
            raise
        others.sort(key=lambda form: form != "text")
        options = ", or ".join(f"--input {form}" for form in others)
        raise error.advised(f"if it is no JSON, say what it is: {options}") from None
    if first is not None:
        yield first
    yield from objects


def _table(kind: Kind, path: Path, columns: Mapping[str, str], header: bool) -> Iterator[Record]:
    places: dict[str, list[int]] = {}
    width = count = 0
    names: str | None = None
    for number, line in rows(path):
        cells, where = line.split("\t"), f"{path}:{number}"
        if not places:
            width, places = len(cells), _places(kind, cells, columns, header, where)
            if header:
                names = line
                continue
        if len(cells) != width:
            raise InputError(
                "a row has the wrong number of columns",
                where=where,
                found=len(cells),
                expected=f"{width}, as in the first line",
            )
        count += 1
        values = {
            role: [cells[at] for at in found] if role == "choices" else cells[found[0]]
            for role, found in places.items()
        }
        yield replace(_record(kind, where, count, values, line), header=names)
        names = None


def _places(
    kind: Kind, first: Sequence[str], columns: Mapping[str, str], header: bool, where: str
) -> dict[str, list[int]]:
    """Role -> positions, of the columns that are named, or in the usual order of the roles."""
    needed, optional = _ROLES[type(kind)]
    usual = [*needed, *(role for role in optional if role == "pair")]
    if not columns and not header:
        most = len(first) if isinstance(kind, MultipleChoice) else len(usual)
        if not len(needed) <= len(first) <= most:
            raise InputError(
                "nothing says which columns hold what",
                where=where,
                found=f"{len(first)} columns",
                expected=f"{' and '.join(needed)}" + (", and pair if there is one" if "pair" in usual else ""),
                fix=f"say it: --columns {','.join(f'{role}={at}' for at, role in enumerate(usual))}",
            )
        if isinstance(kind, MultipleChoice):
            return {"context": [0], "choices": list(range(1, len(first)))}
        return {role: [at] for at, role in enumerate(usual[: len(first)])}
    if header and not columns:
        columns = {role: role for role in (*needed, *optional) if role in first or role in needed}
    missing = [role for role in needed if role not in columns]
    if missing:
        raise InputError(
            f"nothing says where {' and '.join(missing)} stand", where="--columns", expected=", ".join(needed)
        )
    return {role: [_position(one, first, header, where) for one in place.split("+")] for role, place in columns.items()}


def _position(place: str, first: Sequence[str], header: bool, where: str) -> int:
    if header and place in first:
        return first.index(place)
    if place.isascii() and place.isdigit() and int(place) < len(first):
        return int(place)
    raise InputError(
        "there is no such column",
        where=where,
        found=", ".join(first) if header else f"{len(first)} columns",
        expected=place,
        fix=nearest(place, list(first)) if header else "positions count from 0; for names say --header",
    )


def _lines(kind: Kind, path: Path, columns: Mapping[str, str], header: bool) -> Iterator[Record]:
    for number, line in lines(path):
        where = f"{path}:{number}"
        if line.strip():
            values = {"tokens": line.split()} if isinstance(kind, Tagging) else {"text": line}
            yield _record(kind, where, number, values, line)
        else:  # paragraphs of real text have empty lines between them
            yield Record(None, where, line)


def _sentences(kind: Kind, path: Path, columns: Mapping[str, str], header: bool) -> Iterator[Record]:
    column = int(columns.get("tokens", "0")) if columns.get("tokens", "0").isdigit() else 0
    sentence: list[str] = []
    first = count = 0
    for number, line in lines(path):
        if line.strip():
            first = first if sentence else number
            sentence.append(line)
            continue
        if sentence:
            count += 1
            yield _sentence(kind, sentence, column, path, first, count)
        sentence = []
    if sentence:
        yield _sentence(kind, sentence, column, path, first, count + 1)


def _sentence(kind: Kind, sentence: Sequence[str], column: int, path: Path, first: int, number: int) -> Record:
    tokens = []
    for at, line in enumerate(sentence, start=first):
        cells = line.split("\t") if "\t" in line else line.split()
        if column >= len(cells) or not cells[column].strip():
            raise InputError(
                "a line has no token", where=f"{path}:{at}", found=repr(line[:60]), expected="a token in each line"
            )
        tokens.append(cells[column])
    return _record(kind, f"{path}:{first}", number, {"tokens": tokens}, list(sentence))


def _questions(kind: Kind, path: Path, columns: Mapping[str, str], header: bool) -> Iterator[Record]:
    for number, example in enumerate(squad()([path], Drops()), start=1):
        assert isinstance(example, QuestionExample)
        yield Record(replace(example, answers=None), f"{path}: question {number}", example.id)


def as_json(record: Record, prediction: Mapping[str, Any], language: str | None) -> str:
    """A row's prediction as a line of JSON Lines, with the tokens that tags belong to.

    Args:
        record: The row.
        prediction: What is known of it; `prediction` among it.
        language: Its language, if it was said.

    Returns:
        The line; an empty one for an empty line of plain text.
    """
    if record.example is None:
        return "\n"
    line: dict[str, Any] = {"id": record.example.id}
    line |= {"language": language} if language is not None else {}
    line |= {"tokens": record.example.tokens} if isinstance(record.example, TokenExample) else {}
    return json.dumps({**line, **prediction}, ensure_ascii=False) + "\n"


def as_in_input(record: Record, prediction: Mapping[str, Any], form: str, *, is_first: bool) -> str:
    """A row with its prediction in the format that it was read from.

    Args:
        record: The row.
        prediction: What is known of it.
        form: The format.
        is_first: Whether no row was written before.
    """
    if record.example is None:
        return "\n"
    answer = prediction["prediction"]
    if form == "jsonl":
        return json.dumps({**record.origin, **prediction}, ensure_ascii=False) + "\n"
    if form == "tsv":
        header = f"{record.header}\tprediction\n" if record.header is not None else ""
        return f"{header}{record.origin}\t{' '.join(str(answer).split())}\n"
    if form == "conll":
        tagged = ((line.rstrip(), tag) for line, tag in zip(record.origin, answer, strict=True))
        return ("" if is_first else "\n") + "".join(f"{line}{_gap(line)}{tag}\n" for line, tag in tagged)
    if form == "squad":
        return f"{'{' if is_first else ','}\n {json.dumps(record.origin)}: {json.dumps(answer, ensure_ascii=False)}"
    return f"{' '.join(answer) if isinstance(answer, list) else answer}\n"


def _gap(line: str) -> str:
    return " " if " " in line and "\t" not in line else "\t"


def end_of(form: str, *, is_empty: bool) -> str:
    """What closes a file in a format."""
    return ("{}\n" if is_empty else "\n}\n") if form == "squad" else ""
