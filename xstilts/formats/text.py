"""Lines of UTF-8 text, and labels that stand in a file of their own, one per line."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from typing import Any, BinaryIO

from xstilts.data.examples import (
    ChoiceExample,
    Example,
    QuestionExample,
    RawTextExample,
    SentenceExample,
    TextExample,
    TokenExample,
)
from xstilts.data.sources import Drops, Reader
from xstilts.errors import InputError

STDIN = Path("-")
"""Stands for what is piped into the process."""
_BOM = b"\xef\xbb\xbf"
_SURROGATE = re.compile("[\ud800-\udfff]")


def _opened(path: Path) -> AbstractContextManager[BinaryIO]:
    return nullcontext(sys.stdin.buffer) if path == STDIN else path.open("rb")


def lines(path: Path) -> Iterator[tuple[int, str]]:
    r"""Lines of a file with their numbers from 1, without their ends, read as a stream.

    A line ends at `\n` or `\r\n` and nowhere else: U+2028, U+0085 and form feeds occur inside real sentences. A byte
    order mark is skipped.

    Raises:
        InputError: If the file is not UTF-8; it names the line and the offset of the first bad byte in the file.
    """
    offset = 0
    with _opened(path) as file:
        for number, raw in enumerate(file, start=1):
            if number == 1 and raw == _BOM:
                return
            body = raw.removesuffix(b"\n").removesuffix(b"\r")
            start = len(_BOM) if number == 1 and body.startswith(_BOM) else 0
            try:
                text = body[start:].decode("utf-8")
            except UnicodeDecodeError as error:
                raise _not_utf8(f"{path}:{number}", offset + start + error.start, body[start + error.start]) from None
            yield number, text
            offset += len(raw)


def whole(path: Path) -> str:
    """The whole text of a file, for formats that cannot be read as a stream.

    Raises:
        InputError: If the file is not UTF-8; it names the offset of the first bad byte.
    """
    with _opened(path) as file:
        raw = file.read()
    start = len(_BOM) if raw.startswith(_BOM) else 0
    try:
        return raw[start:].decode("utf-8")
    except UnicodeDecodeError as error:
        raise _not_utf8(path, start + error.start, raw[start + error.start]) from None


def rows(path: Path) -> Iterator[tuple[int, str]]:
    """Lines of a file of one record per line; empty lines may only stand at its end.

    An empty line elsewhere is an error and not skipped: it would shift everything that is aligned by line.

    Raises:
        InputError: If the file is not UTF-8 or an empty line stands before a record.
    """
    empty = 0
    for number, line in lines(path):
        if not line:
            empty = empty or number
            continue
        if empty:
            raise empty_line(path, empty)
        yield number, line


def empty_line(path: Path, number: int) -> InputError:
    """The error for an empty line between records."""
    return InputError(
        "an empty line stands between records",
        where=f"{path}:{number}",
        found="an empty line",
        expected="one record per line",
        fix="remove the line, or complete its record",
    )


def checked_text(value: object, where: str, name: str) -> str:
    """The value, if it is text that can be written as UTF-8; JSON can smuggle in half a surrogate pair.

    Raises:
        InputError: If it is anything else.
    """
    if not isinstance(value, str):
        raise InputError(f"{name} is not text", where=where, found=repr(value), expected="a string")
    if _SURROGATE.search(value):
        raise InputError(
            f"{name} holds half of a surrogate pair",
            where=where,
            found=ascii(value[:60]),
            expected="whole characters",
            fix="write the character itself, or both halves of the escape",
        )
    return value


class _RepeatedError(ValueError):
    """A key that stands twice in one object; which value counts, nobody can say."""


def parsed_json(text: str, path: Path, line: int = 1, expected: str = "JSON") -> Any:
    """The value of a JSON text.

    Args:
        text: The text.
        path: The file that it is from.
        line: The number of its first line in the file.
        expected: What the text is to be.

    Raises:
        InputError: If it is no JSON, or an object in it has a key twice.
    """
    where, found = f"{path}:{line}", repr(text[:60])
    try:
        return json.loads(text, object_pairs_hook=_distinct_keys)
    except json.JSONDecodeError as error:
        where = f"{path}:{line + error.lineno - 1}, column {error.colno}"
        found = f"{error.msg}: {error.doc[error.pos : error.pos + 60]!r}"
    except _RepeatedError as error:
        raise InputError(
            f"an object has the key {error.args[0]!r} twice",
            where=where if "\n" not in text else path,
            expected="each key once",
        ) from None
    except RecursionError:
        found = "brackets within brackets, without end"
    except ValueError as error:  # a number of very many digits
        found = str(error)
    raise InputError("this is not JSON", where=where, found=found, expected=expected)


def _distinct_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise _RepeatedError(next(name for name in names if names.count(name) > 1))
    return found


def raw_lines() -> Reader:
    """Reader of one file of raw text, one text per line; empty lines are skipped. Ids are `line-1`, `line-2`, ..."""

    def read(paths: Sequence[Path], drops: Drops) -> Iterator[Example]:
        for number, line in lines(paths[0]):
            if line.strip():
                yield RawTextExample(f"line-{number}", line)

    return read


def raw_text_of(read_examples: Reader) -> Reader:
    """Reader of the texts of labelled rows, each text once, without labels. Ids are `text-1`, `text-2`, ..."""

    def read(paths: Sequence[Path], drops: Drops) -> Iterator[Example]:
        texts = dict.fromkeys(text for example in read_examples(paths, drops) for text in texts_of(example))
        for number, text in enumerate((text for text in texts if text.strip()), start=1):
            yield RawTextExample(f"text-{number}", text)

    return read


def texts_of(example: Example) -> tuple[str, ...]:
    """The texts of a row, without its label; the tokens of a sentence with spaces between them."""
    match example:
        case TextExample():
            return (example.text, example.pair or "")
        case ChoiceExample():
            return (example.context, *example.choices)
        case TokenExample():
            return (" ".join(example.tokens),)
        case QuestionExample():
            return (example.context, example.question)
        case SentenceExample():
            return (example.text,)
        case RawTextExample():
            return (example.text, example.translation or "")


def labeled_by_line(read_texts: Reader, label_base: int = 0) -> Reader:
    """Reader of texts and, as the last path, a file that holds the label of row i in line i.

    A label that a text carries itself must agree with the file; only a hidden one is filled in.

    Args:
        read_texts: Reader of the other paths: texts, or contexts with choices.
        label_base: The number that stands for the first choice, where rows have choices.
    """

    def read(paths: Sequence[Path], drops: Drops) -> Iterator[Example]:
        *texts, labels = paths
        examples: Iterable[Example] = read_texts(texts, drops)
        for row, (example, line) in enumerate(zip_longest(examples, rows(labels)), start=1):
            if example is None or line is None:
                raise InputError(
                    "the texts and the file of their labels have different numbers of rows",
                    where=labels,
                    found=f"{row - 1:,} labels" if line is None else f"more than {row - 1:,} labels",
                    expected=f"as many as {texts[0]} has rows",
                )
            where = f"{labels}:{line[0]}"
            if isinstance(example, ChoiceExample):
                yield _labeled(example, _place(line[1], label_base, len(example.choices), where), where)
            else:
                assert isinstance(example, TextExample)
                yield _labeled(example, line[1], where)

    return read


def _place(label: str, base: int, choices: int, where: str) -> int:
    place = int(label) - base if label.isascii() and label.isdigit() else -1
    if not 0 <= place < choices:
        raise InputError(
            "a label names no choice", where=where, found=repr(label), expected=f"{base} to {base + choices - 1}"
        )
    return place


def _labeled(example: TextExample | ChoiceExample, label: str | int, where: str) -> Example:
    if example.label not in (None, label):
        raise InputError(
            "a row and the file of labels contradict each other",
            where=where,
            found=repr(label),
            expected=f"{example.label!r}, as row {example.id} says",
        )
    return replace(example, label=label)  # type: ignore[arg-type]


def _not_utf8(where: object, offset: int, byte: int) -> InputError:
    return InputError(
        "the file is not UTF-8",
        where=where,
        found=f"byte 0x{byte:02x} at offset {offset:,}",
        expected="UTF-8 text",
        fix="convert it, for example with iconv -t UTF-8",
    )
