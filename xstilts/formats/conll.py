"""Tokens with tags, one token per line and an empty line between sentences: CoNLL columns, and CoNLL-U."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from xstilts.data.examples import Example, TokenExample
from xstilts.data.sources import Drops, Reader
from xstilts.errors import InputError
from xstilts.formats.rows import DistinctIds
from xstilts.formats.text import lines
from xstilts.wording import counted

_UD_COLUMNS = 10
_DOCUMENT = ("-DOCSTART-", "#begin document", "#end document")  # CoNLL-2003, CoNLL-2012
_KEY_AND_VALUE = re.compile(r"# +[\w.:-]+ = ")
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

    A line that begins a document (`-DOCSTART-`) ends a sentence and is passed over. So are comments at the beginning of
    a sentence: lines that begin with `# ` and read `# key = value`, or have another number of columns than tokens have.
    In any other line `#` is a token.

    Args:
        tokens: Column of the token, from 0.
        tags: Column of the tag.
        may_hide_tags: Whether the column of the tag may be missing from a whole file (a test set with hidden gold).
        clean_token: Applied to each token.
    """

    def read(paths: Sequence[Path], drops: Drops) -> Iterator[Example]:
        number = 0
        for path in paths:
            width, comments = _width(path), list[str]()
            for sentence in _within_documents(_sentences(path)):
                begin = _comments(sentence, width)
                comments += [where for where, _ in sentence[:begin]]
                rows = [(where, _columns(line)) for where, line in sentence[begin:]]
                if not rows:
                    continue
                hidden = may_hide_tags and width <= tags
                _check_columns(rows, width, tokens if hidden else max(tokens, tags))
                words = tuple(columns[tokens] for _, columns in rows)
                number += 1
                drops.stands(str(number), *(where for where, _ in rows))
                yield TokenExample(
                    str(number),
                    tuple(map(clean_token, words)) if clean_token else words,
                    None if hidden else tuple(columns[tags] for _, columns in rows),
                )
            if comments:
                drops.remark(f"{counted(len(comments), 'comment line')} passed over, the first at {comments[0]}")

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


def _within_documents(sentences: Iterable[list[tuple[str, str]]]) -> Iterator[list[tuple[str, str]]]:
    """The sentences without the lines that begin or end a document."""
    for sentence in sentences:
        borders = [at for at, (_, line) in enumerate(sentence) if line.startswith(_DOCUMENT)]
        for start, stop in pairwise([-1, *borders, len(sentence)]):
            if start + 1 < stop:
                yield sentence[start + 1 : stop]


def _width(path: Path) -> int:
    """The number of columns of the first line that can only be a token's; else of the first that can be."""
    first = 0
    for sentence in _within_documents(_sentences(path)):
        for _, line in sentence:
            if not _may_be_comment(line):
                return len(_columns(line))
            first = first or len(_columns(line))
    return first


def _comments(sentence: Sequence[tuple[str, str]], width: int) -> int:
    """How many lines at the beginning of a sentence are comments."""
    for at, (_, line) in enumerate(sentence):
        says = _KEY_AND_VALUE.match(line) is not None and at + 1 < len(sentence)
        if not _may_be_comment(line) or (len(_columns(line)) == width and not says):
            return at
    return len(sentence)


def _may_be_comment(line: str) -> bool:
    return line.startswith("# ")


def _columns(line: str) -> list[str]:
    return line.split("\t") if "\t" in line else [part for part in line.split(" ") if part]


def _check_columns(rows: Sequence[tuple[str, list[str]]], width: int, last: int) -> None:
    for where, columns in rows:
        if len(columns) != width or last >= width:
            expected = f"at least {last + 1}" if last >= width else f"{width}, as in the first line"
            fix = "if this is a comment, remove it, or put it before a sentence" if columns[0] == "#" else None
            raise InputError(
                "a line has the wrong number of columns",
                where=where,
                found=str(len(columns)),
                expected=expected,
                fix=fix,
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
