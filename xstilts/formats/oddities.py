"""What can be read as it stands and is often a mistake in tagged sentences of one's own; it becomes a note."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from xstilts.data.examples import Example, TokenExample
from xstilts.data.sources import Drops, Reader

LONG = 250
"""Tokens beyond which a sentence is more often several, between which nothing stands."""


def noting_oddities(read: Reader) -> Reader:
    """The same reader, which also counts sentences that are too long to be one, and spans that begin with `I-`."""

    def noting(paths: Sequence[Path], drops: Drops) -> Iterator[Example]:
        long: list[tuple[int, str]] = []
        begun, first_begun = 0, ""
        for example in read(paths, drops):
            if isinstance(example, TokenExample):
                if len(example.tokens) > LONG:
                    long.append((len(example.tokens), drops.place_of(example.id) or f"row {example.id}"))
                if stray := spans_begun_inside(example.tags or ()):
                    begun += len(stray)
                    first_begun = first_begun or drops.place_of(example.id, stray[0]) or f"row {example.id}"
            yield example
        if long:
            tokens, where = max(long)
            many = "a sentence has" if len(long) == 1 else f"{len(long):,} sentences have"
            drops.remark(
                f"{many} more than {LONG} tokens, the longest {tokens:,} (from {where}): are the blank lines between"
                " sentences missing?"
            )
        if begun:
            many = "1 span begins" if begun == 1 else f"{begun:,} spans begin"
            drops.remark(f"{many} with I-, read as if with B-, as seqeval does; the first at {first_begun}")

    return noting


def spans_begun_inside(tags: Sequence[str]) -> list[int]:
    """Where an `I-X` does not continue a span of X."""
    before = ("O", *tags)
    return [at for at, tag in enumerate(tags) if tag.startswith("I-") and before[at][2:] != tag[2:]]
