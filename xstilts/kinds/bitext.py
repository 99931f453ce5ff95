"""Bitext retrieval: sentences and their translations, found by the encoder's own representations, with no training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from xstilts.data.examples import SentenceExample
from xstilts.kinds.two_sided import TwoSided

if TYPE_CHECKING:
    import pyarrow as pa

    from xstilts.data.features import Limits
    from xstilts.data.pieces import Pieces


@dataclass(frozen=True)
class Bitext(TwoSided):
    """Two sides of sentences.

    Attributes:
        mining: False: every source sentence has its translation, the nearest neighbor is the answer (Tatoeba).
            True: few have one, pairs are scored by margin and cut at a threshold that is tuned elsewhere (BUCC).
    """

    mining: bool = False

    name: ClassVar[str] = "bitext"
    max_length: ClassVar[int] = 512

    @property
    def default_metrics(self) -> tuple[str, ...]:
        """Accuracy of the nearest neighbor, or F1 over mined pairs."""
        return ("mining_f1",) if self.mining else ("retrieval_accuracy",)

    def encode(self, examples: Sequence[SentenceExample], pieces: Pieces, limits: Limits) -> pa.Table:
        """One row per sentence, cut at the end."""
        from xstilts.data.features import features_table

        texts = pieces.texts([example.text for example in examples])
        sequences = [pieces.shortened(text.ids, None, limits.max_length) for text in texts]
        return features_table(sequences, range(len(examples)), pieces)
