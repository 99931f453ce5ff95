"""Ranking with a dual encoder: queries and candidates are encoded apart, and the most similar candidates come first.

Trained with the candidates of a step as each other's negatives (Karpukhin et al., 2020), as LAReQA and Mewsli-X are in
XTREME-R (Ruder et al., 2021). Translations as queries and candidates align languages (Feng et al., 2022).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from xstilts.data.examples import SentenceExample
from xstilts.errors import InputError
from xstilts.kinds.base import TrainableKind
from xstilts.kinds.two_sided import TwoSided

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from xstilts.data.features import Features, Limits
    from xstilts.data.pieces import Pieces
    from xstilts.encoders.encoder import Encoder
    from xstilts.training.heads import Head

_RANKED = 20  # as many as mAP@20 sees


@dataclass(frozen=True)
class Ranking(TwoSided, TrainableKind):
    """Source rows are queries, target rows are candidates; a query's matches are the right ones.

    Attributes:
        pooling: What stands for a text: the `mean` of its pieces, or its first piece (`cls`).
        temperature: Cosines are divided by it before the softmax over the step's candidates.
        both_ways: Candidates also look for their queries: for sides that are alike, such as translations.
        query_length: Longest query in pieces, if shorter than candidates may be.
    """

    pooling: str = "mean"
    temperature: float = 0.05
    both_ways: bool = False
    query_length: int | None = None

    name: ClassVar[str] = "ranking"
    whole_steps: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if self.pooling not in ("mean", "cls"):
            raise InputError("there is no such pooling", found=repr(self.pooling), expected="mean or cls")
        if self.temperature <= 0:
            raise InputError("a temperature is not positive", found=repr(self.temperature), fix="the usual one is 0.05")

    @property
    def default_metrics(self) -> tuple[str, ...]:
        """Mean average precision among the first twenty."""
        return ("map_at_20",)

    def encode(self, examples: Sequence[SentenceExample], pieces: Pieces, limits: Limits) -> pa.Table:
        """One row per text; a candidate and the queries that match it first are a unit.

        Columns: `content`, int64: the same for candidates with the same text, 0 for queries; `matches`, list<int64>:
        the `content` of a query's matches.
        """
        import numpy as np
        import pyarrow as pa

        from xstilts.data.features import features_table, ragged_column

        places = {example.id: at for at, example in enumerate(examples) if example.side == "target"}
        units: dict[int, list[int]] = {at: [at] for at in places.values()}
        matches: list[list[int]] = [[] for _ in examples]
        for at, example in enumerate(examples):
            if example.side == "target":
                continue
            found = [self._place(match, places, example) for match in example.matches or ()]
            matches[at] = [_content(examples[place]) for place in found]
            units.setdefault(found[0] if found else at, []).append(at)
        order = [at for unit in units.values() for at in unit]
        of_unit = [number for number, unit in enumerate(units.values()) for _ in unit]
        texts = pieces.texts([examples[at].text for at in order])
        others = iter(pieces.texts([pair for at in order if (pair := examples[at].pair) is not None]))
        sequences = []
        for at, text in zip(order, texts, strict=True):
            shortest = self.query_length if examples[at].side == "source" and self.query_length else limits.max_length
            other = None if examples[at].pair is None else next(others).ids
            sequences.append(pieces.shortened(text.ids, other, min(shortest, limits.max_length)))
        content = [0 if examples[at].side == "source" else _content(examples[at]) for at in order]
        return features_table(
            sequences,
            order,
            pieces,
            unit=of_unit,
            columns={
                "content": pa.array(content, type=pa.int64()),
                "matches": ragged_column([np.asarray(matches[at], dtype=np.int64) for at in order], np.int64),
            },
        )

    def _place(self, match: str, places: dict[str, int], example: SentenceExample) -> int:
        if match not in places:
            raise InputError(
                "a query's match is no candidate", where=f"row {example.id}", found=match, expected="a target row's id"
            )
        return places[match]

    def targets(self, features: Features, rows: NDArray[np.int64], width: int, seed: int) -> dict[str, np.ndarray]:
        """`candidates`, bool [rows]; `relevant`, bool [rows, rows]: whether a row's query matches a row's candidate."""
        import numpy as np

        content = features.column("content")[rows]
        matches = features.ragged("matches")
        relevant = np.stack([np.isin(content, matches[int(row)]) for row in rows])
        return {"candidates": content != 0, "relevant": relevant & (content != 0)}

    def loss_items(self, targets: dict[str, np.ndarray]) -> int:
        """One per query that has a match, and per candidate that has a query if both ways are wanted."""
        relevant = targets["relevant"]
        return int(relevant.any(axis=1).sum() + (relevant.any(axis=0).sum() if self.both_ways else 0))

    def head(self, encoder: Encoder, dropout: float) -> Head:
        """Pooling and cosines; nothing in it is trained."""
        from xstilts.training.heads import RankingHead

        return RankingHead(self.pooling, self.temperature, self.both_ways)

    def decode(
        self, examples: Sequence[SentenceExample], features: Features, outputs: Sequence[np.ndarray]
    ) -> pa.Table:
        """Columns `id` (of the queries), `prediction` (ids of the first candidates, best first), `score` (cosines)."""
        import numpy as np
        import pyarrow as pa

        from xstilts.inference.neighbors import nearest

        vectors = np.stack(outputs)[np.argsort(features.column("example"), kind="stable")]
        sources = [at for at, example in enumerate(examples) if example.side == "source"]
        targets = [at for at, example in enumerate(examples) if example.side == "target"]
        found = nearest(vectors[sources], vectors[targets], _RANKED)
        ids = np.asarray([examples[at].id for at in targets], dtype=object)
        return pa.table(
            {
                "id": pa.array([examples[at].id for at in sources], type=pa.string()),
                "prediction": pa.array([ids[row].tolist() for row in found.indices], type=pa.list_(pa.string())),
                "score": pa.array(found.scores.astype(np.float64).tolist(), type=pa.list_(pa.float64())),
            }
        )

    def constant_predictions(self, examples: Sequence[SentenceExample]) -> list[list[str]]:
        """The same candidates for every query: the first ones of the list."""
        first = [example.id for example in examples if example.side == "target"][:_RANKED]
        return [first for example in examples if example.side == "source"]


def _content(example: SentenceExample) -> int:
    """A number for a candidate's text, never 0."""
    text = f"{example.text}\0{example.pair or ''}".encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=7).digest(), "big") + 1
