"""Task heads: small modules on the encoder's hidden states. Each knows its outputs and the sum of its losses.

A head returns one output row per sequence, so that prediction needs no knowledge of the kind; `per_piece` says
whether a row has one entry per piece (tagging, spans) or is the row's only one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional

Batch = dict[str, Tensor]

_HIDDEN_AT_ONCE = 1024


class Head(nn.Module):
    """Base class of the heads."""

    per_piece: ClassVar[bool] = False
    in_half: ClassVar[bool] = False
    """Whether it computes in the encoder's precision; others get float32, or the best two answers would often tie."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.dropout = nn.Dropout(dropout)

    def forward(self, hidden: Tensor, batch: Batch) -> Tensor:
        """Hidden states [rows, pieces, hidden] -> outputs [rows, ...] or [rows, pieces, ...]."""
        raise RuntimeError(f"{type(self).__name__} has no forward")

    def loss(self, outputs: Tensor, batch: Batch) -> Tensor:
        """Outputs and targets -> sum of the losses of all items."""
        raise RuntimeError(f"{type(self).__name__} has no loss")


class Heads(nn.Module):
    """The heads of a stage by the name of their task, which may hold any sign."""

    def __init__(self, heads: Mapping[str, Head]) -> None:
        super().__init__()
        self._names = list(heads)
        self._heads = nn.ModuleList(heads.values())

    def __getitem__(self, task: str) -> Head:
        head = self._heads[self._names.index(task)]
        assert isinstance(head, Head)
        return head


def _linear(inputs: int, outputs: int, *, bias: bool = True) -> nn.Linear:
    layer = nn.Linear(inputs, outputs, bias=bias)
    nn.init.normal_(layer.weight, std=0.02)
    if bias:
        nn.init.zeros_(layer.bias)
    return layer


def pool_pieces(hidden: Tensor, batch: Batch, pooling: str) -> Tensor:
    """One vector per row, shape [rows, hidden]: of the first piece (`cls`), or the `mean` over the real pieces."""
    if pooling == "cls":
        return hidden[:, 0]
    real = batch["attention_mask"].unsqueeze(-1).to(hidden.dtype)
    return (hidden * real).sum(dim=1) / real.sum(dim=1)


@dataclass(frozen=True)
class NormedClassifier:
    """The hidden layer of the classifiers of ModernBERT and its kin: no dropout before it, a layer norm after it.

    Attributes:
        activation: Name of the activation, as `transformers` has it.
        bias: Whether the layer has a bias.
        eps: What the norm adds to the variance.
        norm_bias: Whether the norm has a bias.
    """

    activation: str
    bias: bool
    eps: float
    norm_bias: bool


class PooledHead(Head):
    """Pooled pieces -> hidden layer -> outputs, with the hidden layer of the encoder's architecture.

    Args:
        hidden_size: Width of the hidden states.
        outputs: Number of outputs.
        dropout: Dropout rate.
        pooling: What stands for a row.
        normed: The hidden layer; None is RoBERTa's, with tanh (Liu et al., 2019).
    """

    def __init__(
        self,
        hidden_size: int,
        outputs: int,
        dropout: float,
        pooling: str = "cls",
        normed: NormedClassifier | None = None,
    ) -> None:
        super().__init__(dropout)
        self.pooling = pooling
        self.dense = _linear(hidden_size, hidden_size, bias=normed is None or normed.bias)
        self.projection = _linear(hidden_size, outputs)
        self.norm: nn.LayerNorm | None = None
        self.activation: Callable[[Tensor], Tensor] = torch.tanh
        if normed is not None:
            from transformers.activations import ACT2FN

            self.norm = nn.LayerNorm(hidden_size, eps=normed.eps, bias=normed.norm_bias)
            self.activation = ACT2FN[normed.activation]

    def forward(self, hidden: Tensor, batch: Batch) -> Tensor:
        """Outputs [rows, outputs]."""
        pooled = pool_pieces(hidden, batch, self.pooling)
        if self.norm is None:
            features = self.activation(self.dense(self.dropout(pooled)))
        else:
            features = self.norm(self.activation(self.dense(pooled)))
        return self.projection(self.dropout(features))  # type: ignore[no-any-return]


class ClassificationHead(PooledHead):
    """Pooled pieces -> labels. Outputs [rows, labels]."""

    def loss(self, outputs: Tensor, batch: Batch) -> Tensor:
        """Cross-entropy, summed over rows."""
        return functional.cross_entropy(outputs.float(), batch["labels"], reduction="sum")


class ChoiceHead(PooledHead):
    """Pooled pieces -> one score per choice. Outputs [rows, 1]."""

    def __init__(
        self, hidden_size: int, dropout: float, pooling: str = "cls", normed: NormedClassifier | None = None
    ) -> None:
        super().__init__(hidden_size, 1, dropout, pooling, normed)

    def loss(self, outputs: Tensor, batch: Batch) -> Tensor:
        """Cross-entropy over the choices of each question, summed over questions."""
        questions = torch.split(outputs.float().squeeze(1), batch["choices"].tolist())
        scores = nn.utils.rnn.pad_sequence(list(questions), batch_first=True, padding_value=float("-inf"))
        return functional.cross_entropy(scores, batch["labels"], reduction="sum")


class TaggingHead(Head):
    """Every piece -> tags. Outputs [rows, pieces, tags]."""

    per_piece: ClassVar[bool] = True

    def __init__(self, hidden_size: int, tags: int, dropout: float) -> None:
        super().__init__(dropout)
        self.projection = _linear(hidden_size, tags)

    def forward(self, hidden: Tensor, batch: Batch) -> Tensor:
        """Outputs [rows, pieces, tags]."""
        return self.projection(self.dropout(hidden))  # type: ignore[no-any-return]

    def loss(self, outputs: Tensor, batch: Batch) -> Tensor:
        """Cross-entropy at the first piece of each token, summed over tokens."""
        return functional.cross_entropy(outputs.float().flatten(0, 1), batch["tags"].flatten(), reduction="sum")


class SpanHead(Head):
    """Every piece -> start and end score. Outputs [rows, pieces, 2]."""

    per_piece: ClassVar[bool] = True

    def __init__(self, hidden_size: int, dropout: float) -> None:
        super().__init__(dropout)
        self.projection = _linear(hidden_size, 2)

    def forward(self, hidden: Tensor, batch: Batch) -> Tensor:
        """Outputs [rows, pieces, 2]."""
        return self.projection(self.dropout(hidden))  # type: ignore[no-any-return]

    def loss(self, outputs: Tensor, batch: Batch) -> Tensor:
        """Mean of start's and end's cross-entropy over the real pieces, summed over windows."""
        padding = ~batch["attention_mask"].bool().unsqueeze(-1)
        start, end = outputs.float().masked_fill(padding, float("-inf")).unbind(-1)
        losses = [
            functional.cross_entropy(scores, batch[name], reduction="sum")
            for scores, name in ((start, "starts"), (end, "ends"))
        ]
        return (losses[0] + losses[1]) / 2


class MaskedLMHead(Head):
    """Hidden pieces -> vocabulary, as in RoBERTa; the last projection is the encoder's input embeddings.

    Outputs [rows, pieces, 2]: the log-probability of the piece that was hidden, and 1 where one was; else 0 and 0.

    Args:
        hidden_size: Width of the hidden states.
        embeddings: The encoder's input embeddings; they stay the encoder's and are not saved with the head.
        eps: What the norm adds to the variance, as the encoder's own norms do.
    """

    per_piece: ClassVar[bool] = True
    in_half: ClassVar[bool] = True

    def __init__(self, hidden_size: int, embeddings: nn.Embedding, eps: float = 1e-5) -> None:
        super().__init__(0.0)
        self.dense = _linear(hidden_size, hidden_size)
        self.norm = nn.LayerNorm(hidden_size, eps=eps)
        self.bias = nn.Parameter(torch.zeros(embeddings.num_embeddings))
        self._shared = [embeddings]  # in a list, so that it is no submodule

    def forward(self, hidden: Tensor, batch: Batch) -> Tensor:
        """Outputs [rows, pieces, 2], float32."""
        masked = batch["masked"]
        places = masked >= 0
        features = self.norm(functional.gelu(self.dense(hidden[places])))
        # A large vocabulary times all hidden pieces of a batch may not fit into memory; gradients need them all.
        size = max(len(features), 1) if torch.is_grad_enabled() else _HIDDEN_AT_ONCE
        parts = zip(torch.split(features, size), torch.split(masked[places], size), strict=True)
        found = torch.cat([self._log_probabilities(part, pieces) for part, pieces in parts])
        outputs = torch.zeros(*masked.shape, 2, device=hidden.device)
        outputs[..., 1] = places.float()
        outputs[..., 0] = outputs[..., 0].masked_scatter(places, found)
        return outputs

    def _log_probabilities(self, features: Tensor, pieces: Tensor) -> Tensor:
        logits = functional.linear(features, self._shared[0].weight, self.bias)
        return -functional.cross_entropy(logits.float(), pieces, reduction="none")

    def loss(self, outputs: Tensor, batch: Batch) -> Tensor:
        """Cross-entropy, summed over hidden pieces."""
        return -outputs[..., 0].sum()


class RankingHead(Head):
    """A text -> one vector of length one; similar texts have similar directions. Outputs [rows, hidden].

    Args:
        pooling: `mean` over the pieces, or `cls`, the first one.
        temperature: What cosines are divided by.
        both_ways: Candidates also look for their queries.
    """

    def __init__(self, pooling: str, temperature: float, both_ways: bool) -> None:
        super().__init__(0.0)
        self.pooling, self.temperature, self.both_ways = pooling, temperature, both_ways

    def forward(self, hidden: Tensor, batch: Batch) -> Tensor:
        """Outputs [rows, hidden]."""
        return functional.normalize(pool_pieces(hidden, batch, self.pooling), dim=-1)

    def loss(self, outputs: Tensor, batch: Batch) -> Tensor:
        """Cross-entropy of the matches among all candidates of the batch, summed over queries.

        Of several matches the probabilities add up.
        """
        scores = outputs @ outputs.T / self.temperature
        queries, candidates, relevant = ~batch["candidates"], batch["candidates"], batch["relevant"]
        loss = _found_among(scores[queries][:, candidates], relevant[queries][:, candidates])
        if self.both_ways:
            loss = loss + _found_among(scores[candidates][:, queries], relevant[queries][:, candidates].T)
        return loss


def _found_among(scores: Tensor, relevant: Tensor) -> Tensor:
    asked = relevant.any(dim=1)
    scores, relevant = scores[asked], relevant[asked]
    right = scores.masked_fill(~relevant, float("-inf")).logsumexp(dim=1)
    return (scores.logsumexp(dim=1) - right).sum()
