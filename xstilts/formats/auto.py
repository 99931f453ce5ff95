"""CCGbank's AUTO: one derivation per line, after a line with its id; each word carries its lexical category."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from xstilts.data.examples import Example, TokenExample
from xstilts.data.sources import Drops, Reader
from xstilts.errors import InputError
from xstilts.formats.rows import DistinctIds
from xstilts.formats.text import rows

# <L category, two part-of-speech tags, word, category with its dependencies, and in some editions more>
_LEAF = re.compile(r"\(<L (\S+) \S+ \S+ (\S+) [^>]*>\)")
_ID = re.compile(r"ID=(\S+)")


def auto() -> Reader:
    """Reader of the words of each derivation with their categories as tags. Ids are CCGbank's (`wsj_0001.1`).

    Words stay as the Penn Treebank writes them (`-LRB-` for a bracket).
    """

    def read(paths: Sequence[Path], drops: Drops) -> Iterator[Example]:
        distinct = DistinctIds()
        for path in paths:
            name: str | None = None
            for number, line in rows(path):
                where = f"{path}:{number}"
                found = _ID.match(line)
                if found:
                    if name is not None:
                        raise _without_derivation(where, name)
                    name = found[1]
                    continue
                leaves = _LEAF.findall(line)
                if name is None or not leaves or len(leaves) != line.count("(<L "):
                    raise InputError(
                        "a line is no derivation in AUTO format",
                        where=where,
                        found=repr(line[:60]),
                        expected="ID=..., then a line with leaves (<L category tag tag word category>)",
                    )
                yield TokenExample(
                    distinct(name), tuple(word for _, word in leaves), tuple(category for category, _ in leaves)
                )
                name = None
            if name is not None:
                raise _without_derivation(path, name)

    return read


def _without_derivation(where: object, name: str) -> InputError:
    return InputError(
        "an id stands without its derivation",
        where=where,
        found=f"nothing after ID={name}",
        expected="a line with the derivation after each ID=...",
        fix="the file may have been cut; copy it again",
    )
