"""Tokens with tags, one token per line and an empty line between sentences: CoNLL columns, and CoNLL-U."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from xstilts.data.examples import Example, TokenExample
from xstilts.data.sources import Drops, Reader
from xstilts.errors import InputError
from xstilts.formats.rows import DistinctIds
from xstilts.formats.text import lines

_UD_COLUMNS = 10
_UD_NUMBER = re.compile("[0-9]+([-.][0-9]+)?")


def conll(
    tokens: int = 0,
    tags: int = 1,
    *,
    may_hide_tags: bool = False,
    clean_token: Callable[[str], str] | None = None,
) -> Reader:
    """Reader of CoNLL columns, separated by tabs or, in lines without any tab, by spaces.

    The first token of a file decides how many columns all others have. Ids are the numbers of the sentences, from 1.

    Args:
        tokens: Column of the token, from 0.
        tags: Column of the tag.
        may_hide_tags: Whether the column of the tag may be missing from a whole file (a test set with hidden gold).
        clean_token: Applied to each token.
    """

    def read(paths: Sequence[Path], drops: Drops) -> Iterator[Example]:
        number = 0
        for path in paths:
            width = 0
            for sentence in _sentences(path):
                rows = [(where, _columns(line)) for where, line in sentence]
                width = width or len(rows[0][1])
                hidden = may_hide_tags and width <= tags
                _check_columns(rows, width, tokens if hidden else max(tokens, tags))
                words = tuple(columns[tokens] for _, columns in rows)
                number += 1
                yield TokenExample(
                    str(number),
                    tuple(map(clean_token, words)) if clean_token else words,
                    None if hidden else tuple(columns[tags] for _, columns in rows),
                )

    return read


def conllu() -> Reader:
    """Reader of CoNLL-U with UPOS tags (universaldependencies.org/format.html).

    Comments, multiword tokens (`1-2`) and empty nodes (`1.1`) are passed over: the syntactic words carry the tags. Ids
    are the treebank's `sent_id`, else the number of the sentence.
    """

    def read(paths: Sequence[Path], drops: Drops) -> Iterator[Example]:
        distinct = DistinctIds()
        number = 0
        for path in paths:
            for sentence in _sentences(path):
                number += 1
                name, words, tags = str(number), [], []
                for where, line in sentence:
                    if line.startswith("#"):
                        key, _, value = line[1:].partition("=")
                        name = value.strip() if key.strip() == "sent_id" else name
                        continue
                    columns = _ud_columns(where, line)
                    if columns[0].isascii() and columns[0].isdigit():
                        words.append(columns[1])
                        tags.append(columns[3])
                if words:
                    yield TokenExample(distinct(name), tuple(words), tuple(tags))

    return read


def _sentences(path: Path) -> Iterator[list[tuple[str, str]]]:
    """Runs of lines that are not blank, each line with its place."""
    sentence: list[tuple[str, str]] = []
    for number, line in lines(path):
        # Only ASCII blanks end a sentence: a lone no-break space or U+3000 is a token of some corpora.
        if line.strip(" \t"):
            sentence.append((f"{path}:{number}", line))
        elif sentence:
            yield sentence
            sentence = []
    if sentence:
        yield sentence


def _columns(line: str) -> list[str]:
    return line.split("\t") if "\t" in line else [part for part in line.split(" ") if part]


def _check_columns(rows: Sequence[tuple[str, list[str]]], width: int, last: int) -> None:
    for where, columns in rows:
        if len(columns) != width or last >= width:
            expected = f"at least {last + 1}" if last >= width else f"{width}, as in the first line"
            raise InputError(
                "a line has the wrong number of columns", where=where, found=str(len(columns)), expected=expected
            )
        if "" in columns:
            raise InputError(
                "a column is empty", where=where, found="nothing between two separators", expected="a token and a tag"
            )


def _ud_columns(where: str, line: str) -> list[str]:
    columns = line.split("\t")
    if len(columns) != _UD_COLUMNS:
        raise InputError(
            "a line has the wrong number of columns",
            where=where,
            found=str(len(columns)),
            expected=f"{_UD_COLUMNS} columns separated by tabs, as in CoNLL-U",
        )
    if not _UD_NUMBER.fullmatch(columns[0]):
        raise InputError(
            "a line does not begin with the number of a word",
            where=where,
            found=repr(columns[0]),
            expected="a number (1), a range (1-2), or the number of an empty node (1.1)",
        )
    return columns
