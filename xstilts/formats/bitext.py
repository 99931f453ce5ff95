"""Two sides of sentences: aligned by line, or with ids and a list of gold pairs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from xstilts.data.examples import Example, RawTextExample, SentenceExample
from xstilts.data.sources import Drops, Reader
from xstilts.errors import InputError
from xstilts.formats.text import lines, rows


def aligned_lines() -> Reader:
    """Reader of two files, source then target, in which row i of one translates row i of the other.

    Ids are `source-1`, `target-1`, ...: side and line number.
    """

    def read(paths: Sequence[Path], drops: Drops) -> Iterator[Example]:
        source, target = paths
        sides = [[text for _, text in lines(path)] for path in (source, target)]
        if len(sides[0]) != len(sides[1]):
            raise InputError(
                "two files that are aligned by line have different numbers of lines",
                where=target,
                found=f"{len(sides[1]):,} lines",
                expected=f"{len(sides[0]):,} lines, as in {source}",
            )
        for number, text in enumerate(sides[0], start=1):
            yield SentenceExample(f"source-{number}", text, "source", (f"target-{number}",))
        for number, text in enumerate(sides[1], start=1):
            yield SentenceExample(f"target-{number}", text, "target", ())

    return read


def translated_lines() -> Reader:
    """Reader of two aligned files as rows of text and translation. Ids are `line-1`, `line-2`, ..."""
    aligned = aligned_lines()

    def read(paths: Sequence[Path], drops: Drops) -> Iterator[Example]:
        sides: dict[str, list[str]] = {"source": [], "target": []}
        for example in aligned(paths, drops):
            assert isinstance(example, SentenceExample)
            sides[example.side].append(example.text)
        for number, (text, translation) in enumerate(zip(*sides.values(), strict=True), start=1):
            yield RawTextExample(f"line-{number}", text, translation)

    return read


def identified_lines() -> Reader:
    """Reader of two files of `id<TAB>sentence`, source then target, and a third of gold `source-id<TAB>target-id`.

    This is the format of BUCC. Without the third file gold is hidden. With it a source that has no pair has no
    translation; a source may have several.
    """

    def read(paths: Sequence[Path], drops: Drops) -> Iterator[Example]:
        sources, targets = dict(_pairs(paths[0])), dict(_pairs(paths[1]))
        matches: dict[str, tuple[str, ...]] | None = None
        if len(paths) > 2:
            matches = dict.fromkeys(sources, ())
            for source, target in _gold(paths[2], sources, targets):
                matches[source] += (target,)
        for name, text in sources.items():
            yield SentenceExample(name, text, "source", None if matches is None else matches[name])
        for name, text in targets.items():
            yield SentenceExample(name, text, "target", ())

    return read


def _pairs(path: Path) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for number, line in rows(path):
        name, tab, text = line.partition("\t")
        if not tab:
            raise InputError(
                "a line has the wrong number of columns",
                where=f"{path}:{number}",
                found="1",
                expected="id<TAB>sentence",
            )
        if name in seen:
            raise InputError("an id occurs twice", where=f"{path}:{number}", found=repr(name), expected="distinct ids")
        seen.add(name)
        yield name, text


def _gold(path: Path, sources: dict[str, str], targets: dict[str, str]) -> Iterator[tuple[str, str]]:
    for number, line in rows(path):
        source, _, target = line.partition("\t")
        for name, side, known in ((source, "source", sources), (target, "target", targets)):
            if name not in known:
                raise InputError(
                    f"a gold pair names no sentence of the {side} side",
                    where=f"{path}:{number}",
                    found=repr(name),
                    expected="source-id<TAB>target-id, with ids of the two files of sentences",
                )
        yield source, target
