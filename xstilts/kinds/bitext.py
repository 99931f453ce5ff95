"""Bitext retrieval: sentences and their translations, found by the encoder's own representations, with no training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from xstilts.errors import InputError
from xstilts.examples import SentenceExample
from xstilts.kinds.base import Kind

if TYPE_CHECKING:
    import pyarrow as pa

    from xstilts.features import Limits
    from xstilts.pieces import Pieces


@dataclass(frozen=True)
class Bitext(Kind):
    """Two sides of sentences.

    Attributes:
        mining: False: every source sentence has its translation, the nearest neighbor is the answer (Tatoeba).
            True: few have one, pairs are scored by margin and cut at a threshold that is tuned elsewhere (BUCC).
    """

    mining: bool = False

    name: ClassVar[str] = "bitext"
    example: ClassVar[type] = SentenceExample
    max_length: ClassVar[int] = 512

    @property
    def default_metrics(self) -> tuple[str, ...]:
        """Accuracy of the nearest neighbor, or F1 over mined pairs."""
        return ("mining_f1",) if self.mining else ("retrieval_accuracy",)

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

    def encode(self, examples: Sequence[SentenceExample], pieces: Pieces, limits: Limits) -> pa.Table:
        """One row per sentence, cut at the end."""
        from xstilts.features import features_table

        texts = pieces.texts([example.text for example in examples])
        sequences = [pieces.shortened(text.ids, None, limits.max_length) for text in texts]
        return features_table(sequences, range(len(examples)), pieces)
