"""What kinds of two sides share: source rows, each of which looks for its matches among the target rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from xstilts.data.examples import SentenceExample
from xstilts.errors import InputError
from xstilts.kinds.base import Kind


class TwoSided(Kind):
    """A kind whose splits are a list of source rows and a list of target rows."""

    example: ClassVar[type] = SentenceExample

    def check(self, example: SentenceExample) -> None:
        """The sentence is of one of the two sides."""
        if example.side not in ("source", "target"):
            raise InputError(
                "a sentence is of no side", where=f"row {example.id}", found=example.side, expected="source or target"
            )

    def count(self, examples: Sequence[SentenceExample]) -> int:  # type: ignore[override]
        """The number of source sentences."""
        return sum(example.side == "source" for example in examples)

    def slice(self, examples: Sequence[SentenceExample], start: int, stop: int) -> Sequence[SentenceExample]:  # type: ignore[override]
        """Source sentences from start up to stop, against the whole target side."""
        sources = [example for example in examples if example.side == "source"][start:stop]
        return [*sources, *(example for example in examples if example.side == "target")] if sources else []
