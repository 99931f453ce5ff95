"""Masked language modeling on raw text, and translation language modeling on pairs.

After Devlin et al. (2019), and Conneau and Lample (2019). Which pieces are hidden is drawn anew at every step, as in
Liu et al. (2019).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from xstilts.data.examples import RawTextExample
from xstilts.errors import InputError
from xstilts.kinds.base import TrainableKind

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from xstilts.data.features import Features, Limits
    from xstilts.data.pieces import PiecedText, Pieces
    from xstilts.encoders.encoder import Encoder
    from xstilts.training.heads import Head

_MASKED, _RANDOM = 0.8, 0.1  # the rest of the chosen pieces stay as they are
# Scripts that put no spaces between words: each of their pieces counts as a word.
_UNSPACED = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")


@dataclass(frozen=True)
class MaskedLM(TrainableKind):
    """Hidden pieces are to be found again from those around them, or from the translation beside them.

    Attributes:
        rate: Share of the pieces that are chosen; of these 80 % become the mask, 10 % some other piece.
        whole_words: Chooses words with all their pieces, not single pieces.
    """

    rate: float = 0.15
    whole_words: bool = False

    name: ClassVar[str] = "masked_lm"
    example: ClassVar[type] = RawTextExample
    self_supervised: ClassVar[bool] = True
    choices: ClassVar[tuple[str, ...]] = ("rate", "whole_words")

    @property
    def default_metrics(self) -> tuple[str, ...]:
        """The geometric mean of the probabilities that hidden pieces get."""
        return ("masked_probability",)

    def check(self, example: RawTextExample) -> None:
        """There is text, on both sides of a pair."""
        if not example.text.strip() or (example.translation is not None and not example.translation.strip()):
            raise InputError("a line has no text", where=f"row {example.id}", fix="remove the line")

    def encode(self, examples: Sequence[RawTextExample], pieces: Pieces, limits: Limits) -> pa.Table:
        """One row per text; a long one is cut into several, a long pair at its ends.

        Columns: `words`, list<int32> beside `input_ids`: the word of each piece, counted within the text (each piece
        is its own word unless whole words are masked), -1 for special tokens. Constants: `mask_id`, `pad_id` and
        `vocabulary`, the number of pieces there are.

        Raises:
            InputError: If the tokenizer has no mask.
        """
        import numpy as np

        from xstilts.data.features import features_table, ragged_column

        if pieces.mask_id is None:
            raise InputError(
                "the encoder's tokenizer has no mask",
                expected="mask_token in tokenizer_config.json",
                fix="choose an encoder that was pretrained with masked language modeling",
            )
        sequences, owner, words = [], [], []
        texts = pieces.texts([example.text for example in examples])
        others = iter(pieces.texts([example.translation for example in examples if example.translation is not None]))
        for at, (example, text) in enumerate(zip(examples, texts, strict=True)):
            numbers = self._words(example.text, text)
            if example.translation is None:
                room = limits.max_length - pieces.specials(pair=False)
                starts = range(0, max(len(text), 1), room)
                cut = [(pieces.single(text.ids[a : a + room]), numbers[a : a + room], numbers[:0]) for a in starts]
            else:
                other = next(others)
                behind = self._words(example.translation, other) + numbers.max(initial=-1) + 1
                a, b = pieces.kept(len(text), len(other), limits.max_length)
                cut = [(pieces.pair(text.ids[:a], other.ids[:b]), numbers[:a], behind[:b])]
            for sequence, first, second in cut:
                column = np.full(len(sequence.ids), -1, dtype=np.int32)
                column[sequence.first : sequence.first + len(first)] = first
                column[sequence.second : sequence.second + len(second)] = second
                sequences.append(sequence)
                owner.append(at)
                words.append(column)
        return features_table(
            sequences,
            owner,
            pieces,
            columns={"words": ragged_column(words, np.int32)},
            constants={"mask_id": pieces.mask_id, "pad_id": pieces.pad_id, "vocabulary": pieces.vocabulary},
        )

    def _words(self, text: str, pieced: PiecedText) -> NDArray[np.int32]:
        """The number of the word that each piece belongs to."""
        import numpy as np

        if not self.whole_words:
            return np.arange(len(pieced), dtype=np.int32)
        begins: list[bool] = []
        before, last = 0, None  # where the piece before ended, and its last character; none if it was a bare space
        for start, end in zip(pieced.starts.tolist(), pieced.ends.tolist(), strict=True):
            covered = text[start:end]
            apart = start > before or covered[:1].isspace()
            alike = last is not None and _within_word(last) and _within_word(covered[:1])
            begins.append(not begins or not (last is None or start < before or (alike and not apart)))
            before, last = end, covered[-1:] if covered.strip() else None
        return np.cumsum(begins, dtype=np.int32) - 1

    def targets(self, features: Features, rows: NDArray[np.int64], width: int, seed: int) -> dict[str, np.ndarray]:
        """`masked`, shape [rows, width]: the hidden piece, -100 elsewhere; `input_ids`: what the encoder sees instead.

        What is hidden in a row depends on the seed and the row alone, not on the rows beside it.
        """
        import numpy as np

        inputs = features.ragged("input_ids").padded(rows, width, features.constants["pad_id"])
        masked = np.full_like(inputs, -100)
        words = features.ragged("words")
        for at, row in enumerate(rows):
            random = np.random.default_rng([seed, int(row)])
            chosen = self._chosen(words[int(row)], random)
            masked[at, chosen] = inputs[at, chosen]
            fate = random.random(len(chosen))
            inputs[at, chosen[fate < _MASKED]] = features.constants["mask_id"]
            replaced = chosen[(fate >= _MASKED) & (fate < _MASKED + _RANDOM)]
            inputs[at, replaced] = random.integers(features.constants["vocabulary"], size=len(replaced))
        return {"masked": masked, "input_ids": inputs}

    def _chosen(self, words: NDArray[np.int32], random: np.random.Generator) -> NDArray[np.int64]:
        """Positions of the pieces to hide: the wanted share of the row, at least one."""
        import numpy as np

        places = np.flatnonzero(words >= 0)
        wanted = max(round(self.rate * len(places)), 1)
        if not self.whole_words:
            return random.permutation(places)[:wanted]
        order = random.permutation(int(words.max(initial=-1)) + 1)
        rank = np.argsort(order)[words[places]]  # when the word of each place has its turn
        turn = np.argsort(rank, kind="stable")
        # The last word is taken whole, so that a word is never hidden in part.
        last = rank[turn[min(wanted, len(turn)) - 1]] if len(turn) else -1
        return places[rank <= last]

    def loss_items(self, targets: dict[str, np.ndarray]) -> int:
        """One per hidden piece."""
        return int((targets["masked"] >= 0).sum())

    def head(self, encoder: Encoder, dropout: float) -> Head:
        """A layer and the encoder's own embeddings, transposed."""
        from xstilts.training.heads import MaskedLMHead

        return MaskedLMHead(encoder.hidden_size, encoder.model.get_input_embeddings(), encoder.norm_eps)

    def decode(self, examples: Sequence[RawTextExample], features: Features, outputs: Sequence[np.ndarray]) -> pa.Table:
        """Columns `id`, `prediction` (list of log-probabilities, one per hidden piece)."""
        import pyarrow as pa

        found: list[list[float]] = [[] for _ in examples]
        for row, output in zip(features.column("example"), outputs, strict=True):
            found[row].extend(output[output[:, 1] > 0, 0].tolist())
        return pa.table(
            {"id": [example.id for example in examples], "prediction": pa.array(found, type=pa.list_(pa.float64()))}
        )

    def constant_predictions(self, examples: Sequence[RawTextExample]) -> list[list[float]]:
        """Nothing is found again: a probability of 0, so that a language model is never called collapsed."""
        return [[float("-inf")]] * len(examples)


def _within_word(character: str) -> bool:
    """Whether a character can stand beside another within a word of several pieces."""
    if not (character.isalnum() or unicodedata.category(character or " ").startswith("M")):
        return False
    return not unicodedata.name(character, "").startswith(_UNSPACED)
