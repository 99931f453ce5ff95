"""Tagging of given tokens: parts of speech, named entities. Every token gets a prediction, however long the text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar

from xstilts.data.examples import TokenExample
from xstilts.errors import InputError
from xstilts.kinds.base import LabeledPoints, LabelError, TrainableKind, most_frequent

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from xstilts.data.features import Features, Limits
    from xstilts.data.pieces import Pieces
    from xstilts.encoders.encoder import Encoder
    from xstilts.training.heads import Head


@dataclass(frozen=True)
class Tagging(TrainableKind):
    """One tag per token, read off the token's first piece.

    Attributes:
        tags: The tags, in the order of the head's outputs.
        constrained_decoding: Predicts the most probable sequence in which every `I-` continues a span of its type, not
            the most probable tag of each token. It needs BIO tags.
    """

    tags: tuple[str, ...]
    constrained_decoding: bool = False

    name: ClassVar[str] = "tagging"
    example: ClassVar[type] = TokenExample
    choices: ClassVar[tuple[str, ...]] = ("constrained_decoding",)

    def __post_init__(self) -> None:
        """Raises InputError where decoding is constrained and the tags are not of the BIO scheme."""
        begun = {tag[2:] for tag in self.tags if tag.startswith("B-")}
        stray = [tag for tag in self.tags if tag != "O" and (tag[:2] not in ("B-", "I-") or tag[2:] not in begun)]
        if self.constrained_decoding and stray:
            raise InputError(
                "constrained decoding needs BIO tags",
                found=stray[0],
                expected="O, B-X, and I-X beside B-X",
                fix="leave out constrained_decoding",
            )

    def identity(self) -> dict[str, Any]:
        """As of any kind; plain decoding goes without saying, as in keys that are older than the choice."""
        identity = super().identity()
        return identity if self.constrained_decoding else {k: v for k, v in identity.items() if k not in self.choices}

    @property
    def default_metrics(self) -> tuple[str, ...]:
        """F1 over spans as seqeval counts them, and token accuracy beside it."""
        return ("tag_f1", "token_accuracy")

    def check(self, example: TokenExample) -> None:
        """There are tokens, as many tags as tokens, and every tag is in the set."""
        if not example.tokens:
            raise InputError("a sentence has no tokens", where=f"row {example.id}", expected="at least one")
        if example.tags is None:
            return
        if len(example.tags) != len(example.tokens):
            raise InputError(
                "tags and tokens do not match",
                where=f"row {example.id}",
                found=f"{len(example.tags)} tags",
                expected=f"{len(example.tokens)} tags, one per token",
            )
        for at, tag in enumerate(example.tags):
            if tag not in self.tags:
                raise LabelError(example.id, tag, self.tags, at)

    def encode(self, examples: Sequence[TokenExample], pieces: Pieces, limits: Limits) -> pa.Table:
        """One row per window of a sentence.

        Columns, all list<int32> and aligned with each other: `words`, the tokens that this window answers for (each
        token of a sentence belongs to exactly one window); `positions`, where the first piece of each stands in
        `input_ids`; `tags`, their tags, -1 where hidden.
        """
        import numpy as np

        from xstilts.data.features import features_table, ragged_column

        room = limits.max_length - pieces.specials(pair=False)
        number = {tag: at for at, tag in enumerate(self.tags)}
        sequences, owner, words, positions, tags = [], [], [], [], []
        pieced = pieces.words([example.tokens for example in examples])
        for at, (example, whole) in enumerate(zip(examples, pieced, strict=True)):
            gold = np.asarray([number[tag] for tag in example.tags] if example.tags else [-1] * len(example.tokens))
            by_word = [word[:room] for word in whole]
            lengths = np.asarray([len(word) for word in by_word])
            for window in word_windows(lengths, room, min(limits.doc_stride, room // 2)):
                sequence = pieces.single(np.concatenate(by_word[window.start : window.stop]))
                owned = np.arange(window.owned_from, window.owned_to)
                begins = np.cumsum(lengths[window.start : window.stop]) - lengths[window.start : window.stop]
                sequences.append(sequence)
                owner.append(at)
                words.append(owned)
                positions.append(sequence.first + begins[owned - window.start])
                tags.append(gold[owned])
        columns = {
            "words": ragged_column(words, np.int32),
            "positions": ragged_column(positions, np.int32),
            "tags": ragged_column(tags, np.int32),
        }
        return features_table(sequences, owner, pieces, columns=columns)

    def targets(self, features: Features, rows: np.ndarray, width: int, seed: int) -> dict[str, np.ndarray]:
        """`tags`, shape [rows, width]: the tag at each owned word's first piece, -100 elsewhere."""
        import numpy as np

        matrix = np.full((len(rows), width), -100, dtype=np.int64)
        positions, tags = features.ragged("positions"), features.ragged("tags")
        for at, row in enumerate(rows):
            matrix[at, positions[int(row)]] = tags[int(row)]
        return {"tags": matrix}

    def loss_items(self, targets: dict[str, np.ndarray]) -> int:
        """One per token."""
        return int((targets["tags"] >= 0).sum())

    def head(self, encoder: Encoder, dropout: float) -> Head:
        """A projection of every piece."""
        from xstilts.training.heads import TaggingHead

        return TaggingHead(encoder.hidden_size, len(self.tags), dropout)

    def decode(self, examples: Sequence[TokenExample], features: Features, outputs: Sequence[np.ndarray]) -> pa.Table:
        """Columns `id`, `prediction` (list of tags, one per token)."""
        import numpy as np
        import pyarrow as pa

        scores = [np.zeros((len(example.tokens), len(self.tags)), dtype=np.float32) for example in examples]
        owner, words, positions = features.column("example"), features.ragged("words"), features.ragged("positions")
        for row, logits in enumerate(outputs):
            scores[owner[row]][words[row]] = logits[positions[row]]
        best = [best_bio_sequence(of, self.tags) if self.constrained_decoding else of.argmax(axis=1) for of in scores]
        return pa.table(
            {
                "id": [example.id for example in examples],
                "prediction": pa.array(
                    [[self.tags[tag] for tag in sequence] for sequence in best], type=pa.list_(pa.string())
                ),
            }
        )

    def labeled_points(self, features: Features, generator: np.random.Generator) -> LabeledPoints:
        """The first piece of each token, with the token's tag."""
        import numpy as np

        positions, tags = features.ragged("positions"), features.ragged("tags")
        rows = np.repeat(np.arange(len(features)), np.diff(positions.offsets))
        return LabeledPoints(rows, positions.values.astype("int64"), tags.values.astype("int64"))

    def constant_predictions(self, examples: Sequence[TokenExample]) -> list[tuple[str, ...]]:
        """Always `O`, or the most frequent tag where there is no `O`."""
        tag = "O" if "O" in self.tags else most_frequent(tag for example in examples for tag in example.tags or ())
        return [(str(tag),) * len(example.tokens) for example in examples]


def best_bio_sequence(scores: np.ndarray, tags: Sequence[str]) -> list[int]:
    """The tags with the highest sum of scores among the sequences that BIO allows (Viterbi, 1967).

    An `I-X` follows `B-X` or `I-X`. Sums of logits order sequences as products of probabilities do: what softmax
    divides by is the same for all tags of a token.

    Args:
        scores: Logits of each token, shape [tokens, tags]; at least one token.
        tags: The names of the tags.

    Returns:
        The index of each token's tag.
    """
    import numpy as np

    may_begin = [not tag.startswith("I-") for tag in tags]
    may_follow = [
        [free or before[1:] == f"-{tag[2:]}" for tag, free in zip(tags, may_begin, strict=True)] for before in tags
    ]
    barrier = np.where(may_follow, 0.0, -np.inf)
    best = np.where(may_begin, scores[0], -np.inf)
    origins = []
    for token in scores[1:]:
        reached = best[:, None] + barrier
        origins.append(reached.argmax(axis=0))
        best = reached.max(axis=0) + token
    sequence = [int(best.argmax())]
    for origin in reversed(origins):
        sequence.append(int(origin[sequence[-1]]))
    return sequence[::-1]


@dataclass(frozen=True)
class WordWindow:
    """Words `start` up to `stop` of a sentence, of which this window answers for `owned_from` up to `owned_to`."""

    start: int
    stop: int
    owned_from: int
    owned_to: int


def word_windows(lengths: np.ndarray, room: int, overlap: int) -> list[WordWindow]:
    """Cuts a sentence at word boundaries into windows of at most `room` pieces that share up to `overlap` pieces.

    Of the words that two windows share, the first half belongs to the first, so that each is seen with as much
    context as there is on both sides.

    Args:
        lengths: Pieces of each word, each at most `room`; shape [words].
        room: Pieces that fit in a window.
        overlap: Pieces that neighbors may share; less than `room`.
    """
    import numpy as np

    ends = np.cumsum(lengths)
    spans = [(0, _last_word(ends, 0, room))]
    while (stop := spans[-1][1]) < len(lengths):
        shared = int(np.searchsorted(ends, ends[stop - 1] - overlap, side="left")) + 1
        start = min(max(shared, spans[-1][0] + 1), stop)
        # The overlap gives way where the next word would not fit beside it.
        while ends[stop] - (ends[start - 1] if start else 0) > room:
            start += 1
        spans.append((start, _last_word(ends, start, room)))
    middles = [(following[0] + span[1] + 1) // 2 for span, following in pairwise(spans)]
    owned = zip([0, *middles], [*middles, len(lengths)], strict=True)
    return [WordWindow(start, stop, a, b) for (start, stop), (a, b) in zip(spans, owned, strict=True)]


def _last_word(ends: np.ndarray, start: int, room: int) -> int:
    before = int(ends[start - 1]) if start else 0
    return int(ends.searchsorted(before + room, side="right"))
