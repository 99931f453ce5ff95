"""Text -> pieces (subword ids) with the encoder's own fast tokenizer, and sequences with its special tokens.

Texts are tokenized once and without special tokens; the sequence is put together here, from the template that the
tokenizer itself uses. So a context that has five questions is tokenized once, windows need no second pass, and a
piece that looks like a special token in the text (`</s>`) stays text.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xstilts.errors import InputError

IntArray = NDArray[np.int32]


@dataclass(frozen=True)
class PiecedText:
    """One text as pieces: ids and character offsets (half-open), each of shape [pieces]."""

    ids: IntArray
    starts: IntArray
    ends: IntArray

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class InputSequence:
    """One encoder input.

    Attributes:
        ids: Piece ids, special tokens included, shape [length].
        segments: Segment of each piece, shape [length]; all 0 unless the encoder tells texts apart.
        first: Position of the first piece of the first text.
        second: Position of the first piece of the second text; the length if there is none.
    """

    ids: IntArray
    segments: IntArray
    first: int
    second: int


class Pieces:
    """A fast tokenizer, reduced to what features need.

    Args:
        tokenizer: A fast tokenizer of `transformers`.
    """

    def __init__(self, tokenizer: Any) -> None:
        if not getattr(tokenizer, "is_fast", False):
            raise InputError("the encoder's tokenizer is not a fast one", fix="convert it to tokenizer.json")
        backend = type(tokenizer.backend_tokenizer).from_str(tokenizer.backend_tokenizer.to_str())
        backend.no_padding()
        backend.no_truncation()
        self._single = _Template(backend.encode("a"))
        self._pair = _Template(backend.encode("a", "a"))
        self._backend = _for_texts(backend)
        self.pad_id = int(tokenizer.pad_token_id if tokenizer.pad_token_id is not None else 0)
        self.unknown_id = int(tokenizer.unk_token_id if tokenizer.unk_token_id is not None else self.pad_id)
        self.mask_id = None if tokenizer.mask_token_id is None else int(tokenizer.mask_token_id)
        self.vocabulary = int(backend.get_vocab_size())
        self.has_segments = bool(self._pair.segments.any())
        ids = (self.pad_id, self.unknown_id, self.mask_id)  # not in the backend, but in what is made with it
        self.digest = hashlib.sha256(f"{ids}{backend.to_str()}".encode()).hexdigest()

    def specials(self, pair: bool) -> int:
        """Number of special tokens around one text, or around two."""
        return (self._pair if pair else self._single).specials

    def texts(self, texts: Sequence[str]) -> list[PiecedText]:
        """Each text as pieces, without special tokens."""
        encodings = self._backend.encode_batch(list(texts), add_special_tokens=False)
        return [_pieced(encoding) for encoding in encodings]

    def words(self, sentences: Sequence[Sequence[str]]) -> list[list[IntArray]]:
        """Each sentence as a list, per word, of its piece ids; a word that vanishes becomes one unknown piece."""
        encodings = self._backend.encode_batch(
            [list(words) for words in sentences], is_pretokenized=True, add_special_tokens=False
        )
        return [
            self._by_word(encoding.ids, encoding.word_ids, len(words))
            for encoding, words in zip(encodings, sentences, strict=True)
        ]

    def _by_word(self, ids: Sequence[int], word_ids: Sequence[int | None], words: int) -> list[IntArray]:
        pieces: list[list[int]] = [[] for _ in range(words)]
        for piece, word in zip(ids, word_ids, strict=True):
            if word is not None:
                pieces[word].append(piece)
        return [np.asarray(word or [self.unknown_id], dtype=np.int32) for word in pieces]

    def single(self, text: IntArray) -> InputSequence:
        """The sequence of one text."""
        return self._single.fill(text)

    def pair(self, text: IntArray, other: IntArray) -> InputSequence:
        """The sequence of two texts."""
        return self._pair.fill(text, other)

    def shortened(self, text: IntArray, other: IntArray | None, max_length: int) -> InputSequence:
        """One text or a pair, cut at the end so that the sequence fits; of a pair the longer text is cut first."""
        if other is None:
            return self.single(text[: max_length - self.specials(pair=False)])
        keep, keep_other = self.kept(len(text), len(other), max_length)
        return self.pair(text[:keep], other[:keep_other])

    def kept(self, text: int, other: int, max_length: int) -> tuple[int, int]:
        """How many pieces of a pair with so many pieces fit into a sequence; the longer text is cut first."""
        room = max_length - self.specials(pair=True)
        keep_other = min(other, max(room - text, room // 2))
        return min(text, room - keep_other), keep_other


def _for_texts(backend: Any) -> Any:
    """The tokenizer for texts, in which a special token that is written out is text; all ids stay what they are.

    `encode_special_tokens` keeps special tokens from being looked for before the model. But a Unigram model has them
    in its own vocabulary too, with the best of all scores; there a space is put before their names, which no text
    that reaches the model holds.
    """
    state = json.loads(backend.to_str())
    if state["model"]["type"] == "Unigram":
        special = {token["content"] for token in state["added_tokens"] if token["special"]}
        for token in state["added_tokens"]:
            token["content"] = f" {token['content']}" if token["special"] else token["content"]
        vocabulary = state["model"]["vocab"]
        state["model"]["vocab"] = [[f" {name}" if name in special else name, score] for name, score in vocabulary]
        backend = type(backend).from_str(json.dumps(state))
    backend.encode_special_tokens = True
    return backend


class _Template:
    """Special tokens and segments around one or two texts, read off an encoding of the letter a."""

    def __init__(self, encoding: Any) -> None:
        ids = np.asarray(encoding.ids, dtype=np.int32)
        types = np.asarray(encoding.type_ids, dtype=np.int32)
        owner = np.asarray([-1 if part is None else part for part in encoding.sequence_ids])
        texts = [np.flatnonzero(owner == part) for part in range(int(owner.max()) + 1)]
        cuts = [0, *(edge for text in texts for edge in (int(text[0]), int(text[-1]) + 1)), len(ids)]
        # Special tokens stand in the even gaps: before the first text, between the texts, after the last.
        self._specials = [(ids[a:b], types[a:b]) for a, b in zip(cuts[::2], cuts[1::2], strict=True)]
        self._text_types = [int(types[text[0]]) for text in texts]
        self.specials = sum(len(gap) for gap, _ in self._specials)
        self.segments = types

    def fill(self, *texts: IntArray) -> InputSequence:
        ids, segments = [self._specials[0][0]], [self._specials[0][1]]
        starts = []
        for text, segment, (special, types) in zip(texts, self._text_types, self._specials[1:], strict=True):
            starts.append(sum(map(len, ids)))
            ids += [text, special]
            segments += [np.full(len(text), segment, dtype=np.int32), types]
        joined = np.concatenate(ids)
        return InputSequence(joined, np.concatenate(segments), starts[0], starts[1] if starts[1:] else len(joined))


def _pieced(encoding: Any) -> PiecedText:
    offsets = np.asarray(encoding.offsets, dtype=np.int32).reshape(-1, 2)
    return PiecedText(np.asarray(encoding.ids, dtype=np.int32), offsets[:, 0], offsets[:, 1])
