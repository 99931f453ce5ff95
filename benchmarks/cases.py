"""What is measured: encoders with random weights in three sizes, and rows whose lengths are those of real tasks.

The text is mini's, joined to the lengths of XNLI's pairs (about 35 pieces, few above 100) and of SQuAD's passages.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from xstilts.encoder import Encoder, embedded_encoder, load_pieces
from xstilts.examples import Answer, QuestionExample, RawTextExample, TextExample
from xstilts.features import Features, Limits
from xstilts.kinds.base import TrainableKind
from xstilts.kinds.classification import Classification
from xstilts.kinds.span_qa import SpanQA
from xstilts.task import Tasks

_LABELS = ("entailment", "neutral", "contradiction")
_ROWS = 512


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
    "XNLI-like pairs, XLM-R base": Case("XLM-R base", 32, 128, 4),
    "questions at 384, XLM-R base": Case("XLM-R base", 8, 384, 3),
    "XNLI-like pairs, MiniLM's size": Case("MiniLM", 32, 128, 12),
    "questions at 384, MiniLM's size": Case("MiniLM", 8, 384, 8),
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
    """Rows of a case, as pieces."""
    random = np.random.default_rng(0)
    sentences = _sentences()
    kind = kind_of(case)
    rows: list[Any] = []
    for at in range(_ROWS):
        if isinstance(kind, SpanQA):
            words = _words(sentences, int(np.clip(random.lognormal(4.9, 0.35), 40, 320)))
            passage = " ".join(words)
            place = int(random.integers(len(words) - 2))
            answer = Answer(" ".join(words[place : place + 2]), len(" ".join([*words[:place], ""])))
            rows.append(QuestionExample(str(at), " ".join(_words(sentences, 9)), passage, (answer,)))
        else:
            first, second = (int(np.clip(random.lognormal(mean, 0.5), 3, 70)) for mean in (2.3, 1.75))
            label = _LABELS[at % len(_LABELS)]
            rows.append(
                TextExample(str(at), " ".join(_words(sentences, first)), " ".join(_words(sentences, second)), label)
            )
    return Features(kind.encode(rows, load_pieces(encoder), Limits(case.max_length)))


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
