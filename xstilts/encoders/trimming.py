"""An encoder without the embeddings that a stage never looks up, which in multilingual ones are nearly all.

What is left out costs no memory and no step of the optimizer. Its gradient would be zero throughout, so AdamW would do
no more to it than let it decay, all alike: when the table is whole again, it is what full training gives.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import safe_open
from torch import Tensor, nn
from torch.nn import functional

from xstilts.errors import RunError

_ROWS_AT_ONCE = 1 << 14  # of a table that is copied from a file


class TrimmedEmbedding(nn.Module):
    """A table of embeddings with some of its rows; it is asked by the ids of the whole one.

    Args:
        whole: The whole table.
        pieces: Ids of the rows that stay, ascending.
    """

    def __init__(self, whole: nn.Embedding, pieces: Tensor) -> None:
        super().__init__()
        self.num_embeddings, self.embedding_dim = whole.num_embeddings, whole.embedding_dim
        self.weight = nn.Parameter(whole.weight.detach()[pieces].clone())
        self.pieces = pieces
        places: Tensor = torch.full((whole.num_embeddings,), -1, device=whole.weight.device)
        places[pieces] = torch.arange(len(pieces), device=whole.weight.device)
        self.register_buffer("places", places, persistent=False)
        padding = whole.padding_idx
        self.padding_idx = None if padding is None or places[padding] < 0 else int(places[padding])

    def forward(self, input: Tensor) -> Tensor:
        """Ids, any shape -> embeddings, the same shape and the width."""
        places: Tensor = self.get_buffer("places")
        return functional.embedding(places[input], self.weight, self.padding_idx)


def trim(model: Any, pieces: NDArray[np.int64]) -> None:
    """Leaves the embeddings of some pieces in a model of `transformers`.

    Args:
        model: The model.
        pieces: Ids, ascending, each once.
    """
    model.set_input_embeddings(TrimmedEmbedding(model.get_input_embeddings(), torch.from_numpy(pieces)))


def make_whole(model: Any, files: list[Path], shrunk: float) -> None:
    """Puts the whole table back into a trimmed model: trained rows, and the others as files hold them.

    Args:
        model: The model.
        files: Safetensors files that the model was loaded from.
        shrunk: What the rows that were left out are multiplied by.

    Raises:
        RunError: If the files do not hold the table.
    """
    trimmed = model.get_input_embeddings()
    name = next(name for name, part in model.named_parameters() if part is trimmed.weight)
    whole = nn.Embedding(trimmed.num_embeddings, trimmed.embedding_dim, _weight=_stored(files, name, trimmed))
    with torch.no_grad():
        whole.weight.mul_(shrunk)
        whole.weight[trimmed.pieces] = trimmed.weight.detach().to("cpu", torch.float32)
    whole.padding_idx = None if trimmed.padding_idx is None else int(trimmed.pieces[trimmed.padding_idx])
    model.set_input_embeddings(whole.to(trimmed.weight.device))


def _stored(files: list[Path], name: str, trimmed: TrimmedEmbedding) -> Tensor:
    """The table in the files, under the model's name for it or with a prefix."""
    shape = [trimmed.num_embeddings, trimmed.embedding_dim]
    for path in files:
        with safe_open(path, framework="pt") as tensors:
            names = [key for key in tensors.keys() if key == name or key.endswith(f".{name}")]  # noqa: SIM118 - no mapping
            found = [key for key in names if tensors.get_slice(key).get_shape() == shape]
        if found:
            return _copied(path, found[0], shape)
    raise RunError(f"the embeddings {name} are no longer in {', '.join(map(str, files))}: run the study again")


def _copied(path: Path, key: str, shape: list[int]) -> Tensor:
    """A tensor of a file in float32, by way of small maps of the file: all that is mapped counts as memory."""
    table = torch.empty(shape)
    for start in range(0, shape[0], _ROWS_AT_ONCE):
        with safe_open(path, framework="pt") as tensors:
            table[start : start + _ROWS_AT_ONCE] = tensors.get_slice(key)[start : start + _ROWS_AT_ONCE]
    return table
