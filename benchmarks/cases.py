"""What is measured: encoders with random weights in several sizes, and rows whose lengths are those of real tasks.

The text is mini's, joined to lengths like those of XNLI's pairs (35 pieces on average, few above 70), of TyDiQA's
English questions with their gold passages (150 pieces on average, few at 384), and of PAN-X's sentences.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from xstilts.catalogue import Tasks
from xstilts.data.examples import Answer, QuestionExample, RawTextExample, TextExample, TokenExample
from xstilts.data.features import Features, Limits
from xstilts.encoders.encoder import embedded_encoder, load_pieces
from xstilts.kinds.base import TrainableKind
from xstilts.kinds.classification import Classification
from xstilts.kinds.span_qa import SpanQA
from xstilts.kinds.tagging import Tagging

_LABELS = ("entailment", "neutral", "contradiction")
_TAGS = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG", "I-ORG")


@dataclass(frozen=True)
class Size:
    """The shape of an encoder of XLM-R's architecture."""

    layers: int
    hidden: int
    inner: int
    heads: int
    vocabulary: int = 250_002

    @property
    def weights(self) -> int:
        """Weights that every piece is multiplied with."""
        return self.layers * (4 * self.hidden**2 + 2 * self.hidden * self.inner)


SIZES = {
    "MiniLM": Size(6, 384, 1536, 12),
    "XLM-R base": Size(12, 768, 3072, 12),
    "XLM-R large": Size(24, 1024, 4096, 16),
    "nano": Size(6, 256, 768, 4, 24_576),  # its layers' feed-forward part has three matrices of 256 x 512
}


@dataclass(frozen=True)
class Rows:
    """Rows of a kind of task.

    Attributes:
        task: The task of mini that is of the kind.
        kind: The kind.
        make: Name, endless sentences and random numbers -> a row.
        at_once: Rows a step.
        max_length: Most pieces of a row, to which the examples' scripts pad.
    """

    task: str
    kind: TrainableKind
    make: Callable[[str, Iterator[str], np.random.Generator], Any]
    at_once: int
    max_length: int

    def features(self, count: int, encoder: Path) -> Features:
        """So many rows, none of which is cut into windows, as pieces."""
        examples = self.examples(2 * count)
        pieces, limits = load_pieces(encoder), Limits(self.max_length)
        whole = Features(self.kind.encode(examples, pieces, limits))
        windows = np.bincount(whole.column("example"), minlength=len(examples))
        chosen = [examples[at] for at in np.flatnonzero(windows == 1)[:count]]
        return Features(self.kind.encode(chosen, pieces, limits))

    def examples(self, count: int) -> Sequence[Any]:
        """So many rows."""
        random, sentences = np.random.default_rng(0), _sentences()
        return [self.make(str(at), sentences, random) for at in range(count)]


def _pair(name: str, sentences: Iterator[str], random: np.random.Generator) -> TextExample:
    first, second = (int(np.clip(random.lognormal(mean, 0.5), 3, 70)) for mean in (2.3, 1.75))
    label = str(random.choice(_LABELS))
    return TextExample(name, " ".join(_words(sentences, first)), " ".join(_words(sentences, second)), label)


def _question(name: str, sentences: Iterator[str], random: np.random.Generator) -> QuestionExample:
    words = _words(sentences, int(np.clip(random.lognormal(4.02, 0.58), 16, 320)))
    place = int(random.integers(len(words) - 2))
    answer = Answer(" ".join(words[place : place + 2]), len(" ".join([*words[:place], ""])))
    return QuestionExample(name, " ".join(_words(sentences, 9)), " ".join(words), (answer,))


def _sentence(name: str, sentences: Iterator[str], random: np.random.Generator) -> TokenExample:
    words = _words(sentences, int(np.clip(random.lognormal(1.9, 0.6), 3, 60)))
    return TokenExample(name, tuple(words), tuple(map(str, random.choice(_TAGS, len(words)))))


ROWS = {
    "pairs": Rows("mini-nli", Classification(labels=_LABELS), _pair, 32, 128),
    "questions": Rows("mini-qa", SpanQA(), _question, 8, 384),
    "tags": Rows("mini-ner", Tagging(tags=_TAGS), _sentence, 32, 128),
}


def write_encoders(folder: Path) -> None:
    """One encoder of each size, with nano's tokenizer and XLM-R's number of embeddings; nano itself; large on a GPU."""
    import torch
    from transformers import AutoTokenizer, XLMRobertaConfig, XLMRobertaModel
    from transformers.utils import logging

    logging.disable_progress_bar()
    nano = embedded_encoder("nano")
    tokenizer = AutoTokenizer.from_pretrained(nano)
    (folder / "nano").symlink_to(nano)
    for name, size in SIZES.items():
        if name == "nano" or (name == "XLM-R large" and not torch.cuda.is_available()):
            continue
        torch.manual_seed(0)
        config = XLMRobertaConfig(
            vocab_size=size.vocabulary,
            hidden_size=size.hidden,
            num_hidden_layers=size.layers,
            num_attention_heads=size.heads,
            intermediate_size=size.inner,
            max_position_embeddings=514,
            type_vocab_size=1,
            pad_token_id=tokenizer.pad_token_id,
        )
        XLMRobertaModel(config, add_pooling_layer=False).save_pretrained(folder / name)
        tokenizer.save_pretrained(folder / name)


def _sentences() -> Iterator[str]:
    while True:
        for row in Tasks()["mini-text"].load(None, "en", "train").examples:
            assert isinstance(row, RawTextExample)
            yield row.text


def _words(sentences: Iterator[str], count: int) -> list[str]:
    words: list[str] = []
    while len(words) < count:
        words += next(sentences).split()
    return words[:count]
