"""What is measured: encoders with random weights in three sizes, and rows whose lengths are those of real tasks.

The text is mini's, joined to lengths like those of XNLI's pairs (35 pieces on average, few above 70) and of TyDiQA's
English questions with their gold passages (150 pieces on average, few at 384).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from xstilts.encoder import Encoder, embedded_encoder, load_pieces
from xstilts.examples import Answer, QuestionExample, RawTextExample, TextExample
from xstilts.features import Features, Limits
from xstilts.kinds.base import TrainableKind
from xstilts.kinds.classification import Classification
from xstilts.kinds.span_qa import SpanQA
from xstilts.task import Tasks

_LABELS = ("entailment", "neutral", "contradiction")


@dataclass(frozen=True)
class Size:
    """The shape of an encoder of XLM-R's architecture."""

    layers: int
    hidden: int
    inner: int
    heads: int
    vocabulary: int


@dataclass(frozen=True)
class Case:
    """What is trained.

    Attributes:
        size: Name of the encoder's size.
        rows: Rows a step.
        max_length: Most pieces of a row, to which the examples' scripts pad.
        steps: Steps that are timed.
    """

    size: str
    rows: int
    max_length: int
    steps: int


SIZES = {
    "XLM-R base": Size(12, 768, 3072, 12, 250_002),
    "MiniLM": Size(6, 384, 1536, 12, 250_002),
}
CASES = {
    "XNLI-like pairs, XLM-R base": Case("XLM-R base", 32, 128, 6),
    "questions at 384, XLM-R base": Case("XLM-R base", 8, 384, 8),
    "XNLI-like pairs, MiniLM's size": Case("MiniLM", 32, 128, 16),
    "questions at 384, MiniLM's size": Case("MiniLM", 8, 384, 16),
}


def write_encoders(folder: Path) -> None:
    """One encoder of each size, with nano's tokenizer and XLM-R's number of embeddings."""
    import torch
    from transformers import AutoTokenizer, XLMRobertaConfig, XLMRobertaModel

    tokenizer = AutoTokenizer.from_pretrained(embedded_encoder("nano"))
    for name, size in SIZES.items():
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


def kind_of(case: Case) -> TrainableKind:
    """Span questions for long rows, pairs for short ones."""
    return SpanQA() if case.max_length > 200 else Classification(labels=_LABELS)


def features_of(case: Case, encoder: Path) -> Features:
    """Rows of a case, as pieces: as many as the timed steps take, so that those are of one whole epoch."""
    random, sentences = np.random.default_rng(0), _sentences()
    kind, pieces, limits = kind_of(case), load_pieces(encoder), Limits(case.max_length)
    make = _question if isinstance(kind, SpanQA) else _pair
    wanted = case.steps * case.rows
    rows = [make(str(at), sentences, random) for at in range(2 * wanted)]
    windows = np.bincount(Features(kind.encode(rows, pieces, limits)).column("example"), minlength=len(rows))
    return Features(kind.encode([rows[at] for at in np.flatnonzero(windows == 1)[:wanted]], pieces, limits))


def _question(name: str, sentences: Iterator[str], random: np.random.Generator) -> QuestionExample:
    words = _words(sentences, int(np.clip(random.lognormal(4.02, 0.58), 16, 320)))
    place = int(random.integers(len(words) - 2))
    answer = Answer(" ".join(words[place : place + 2]), len(" ".join([*words[:place], ""])))
    return QuestionExample(name, " ".join(_words(sentences, 9)), " ".join(words), (answer,))


def _pair(name: str, sentences: Iterator[str], random: np.random.Generator) -> TextExample:
    first, second = (int(np.clip(random.lognormal(mean, 0.5), 3, 70)) for mean in (2.3, 1.75))
    label = str(random.choice(_LABELS))
    return TextExample(name, " ".join(_words(sentences, first)), " ".join(_words(sentences, second)), label)


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


def load_encoder(folder: Path, case: Case) -> Encoder:
    """The encoder of a case, with the dropout of its configuration."""
    return Encoder.load(folder / case.size)
