"""Rows one after another, without padding, through any encoder of `transformers` whose attention can be chosen.

All of an encoder but its attention treats every piece by itself, so padding there is work for nothing. Packed rows are
one long row to the encoder; each piece has its position within its own row, and an attention of our own, registered
with `transformers`, keeps rows apart. It takes rows of about the same length together, as plain matrix products.

Whether an encoder can be packed is not looked up in a list of architectures but seen: two rows must come out as they do
with padding (`can_pack`).
"""

from __future__ import annotations

import importlib.util
import inspect
import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from xstilts.encoders.attention import Group, Places, attend

ATTENTION = "xstilts_packed"

_PADDED_TO_REAL = 1.2  # a group of rows is cut where more of its attention would be padding
_AT_ONCE = (
    1 << 15
)  # and, on a CPU, where a head would have more probabilities: rows that fill the cache go by themselves
_LONG = 1024  # pieces, from which on attention is not written out as a matrix
_PROBE = (9, 40, 4)  # pieces of the rows that show whether an encoder can be packed
_TOLERANCE, _HALF_TOLERANCE = 1e-3, 5e-2
_SEEN: dict[str, bool] = {}


class Packing:
    """How padded rows become a pack and come back. The pack has the longest rows first.

    Args:
        attention_mask: 1 for pieces, 0 for padding behind them, [rows, width].

    Attributes:
        positions: The position of every piece in its row, [pieces].
        bounds: Row r of the pack is the pieces `bounds[r]` up to `bounds[r + 1]`; int32, [rows + 1].
        groups: The rows, cut into those of about the same length.
    """

    def __init__(self, attention_mask: Tensor) -> None:
        self.rows, self.width = attention_mask.shape
        lengths = attention_mask.sum(dim=1)
        order = torch.argsort(lengths, descending=True, stable=True)
        self._lengths: list[int] = lengths[order].tolist()
        columns = torch.arange(self.width, device=attention_mask.device)
        inside = columns < lengths[order, None]
        self.positions = columns.expand(self.rows, -1)[inside]
        self.bounds = functional.pad(lengths[order].cumsum(0), (1, 0)).to(torch.int32)
        self._places = Places((order[:, None] * self.width + columns)[inside], self.rows * self.width)
        most = _AT_ONCE if attention_mask.device.type == "cpu" else math.inf
        self.groups = [self._group(*bounds, attention_mask.device) for bounds in _cuts(self._lengths, most)]

    def pack(self, padded: Tensor) -> Tensor:
        """[rows, width] -> [1, pieces]."""
        return padded.flatten()[self._places.places].unsqueeze(0)

    def unpack(self, packed: Tensor) -> Tensor:
        """[1, pieces, hidden] -> [rows, width, hidden]; padding is 0."""
        return self._places.spread(packed.squeeze(0)).view(self.rows, self.width, -1)

    def _group(self, first: int, last: int, device: torch.device) -> Group:
        lengths = torch.tensor(self._lengths[first:last])
        start = sum(self._lengths[:first])
        rows, width, size = last - first, self._lengths[first], int(lengths.sum())
        if size == rows * width:
            return Group(start, start + size, rows, width, None, None)
        inside = (torch.arange(width) < lengths[:, None]).to(device)
        places = Places(inside.flatten().nonzero().squeeze(1), rows * width)
        return Group(start, start + size, rows, width, places, ~inside)


def _cuts(lengths: Sequence[int], most: float) -> list[tuple[int, int]]:
    """Cuts rows, longest first, into groups with little padding: (first row, row after the last).

    Args:
        lengths: Pieces of each row.
        most: Pairs of places that several rows have at most.
    """
    cuts: list[tuple[int, int]] = []
    first, size = 0, 0
    for at, length in enumerate(lengths):
        places = (at + 1 - first) * lengths[first]
        if at > first and (places > _PADDED_TO_REAL * (size + length) or places * lengths[first] > most):
            cuts.append((first, at))
            first, size = at, 0
        size += length
    return [*cuts, (first, len(lengths))]


def packed_attention(
    module: torch.nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    *,
    packing: Packing,
    scaling: float | None = None,
    dropout: float = 0.0,
    sliding_window: int | None = None,
    **_: Any,
) -> tuple[Tensor, None]:
    """Attention within the rows of a pack, after `transformers`' interface.

    Args:
        module: The layer that attends.
        query: [1, heads, pieces, width of a head]; key and value have the same shape.
        key: As query.
        value: As query.
        attention_mask: Not used; the packing says what belongs together.
        packing: The rows.
        scaling: What products are multiplied by; 1 / sqrt(width of a head) unless said.
        dropout: Share of the probabilities that are dropped.
        sliding_window: A piece attends to pieces that are nearer than this.

    Returns:
        [1, pieces, heads, width of a head], and no probabilities.
    """
    scale = query.shape[-1] ** -0.5 if scaling is None else scaling
    dropout = dropout if module.training else 0.0
    with torch.autocast(query.device.type, enabled=False):  # the states have their precision already
        if sliding_window is None and dropout == 0.0 and has_kernel(query):
            return _kernel_attention(query, key, value, packing, scale).unsqueeze(0), None
        queries, keys, values = (states.squeeze(0).transpose(0, 1) for states in (query, key, value))
        hidden = [_hidden_places(group, sliding_window, query.device) for group in packing.groups]
        if query.device.type == "cpu" and packing.width < _LONG:
            groups = [(group, _bias(places)) for group, places in zip(packing.groups, hidden, strict=True)]
            return attend(queries, keys, values, groups, scale, dropout).unsqueeze(0), None
        parts = [
            _group_attention(queries[part], keys[part], values[part], group, places, scale, dropout)
            for group, places in zip(packing.groups, hidden, strict=True)
            for part in [slice(group.start, group.stop)]
        ]
    return torch.cat(parts).unsqueeze(0), None


def has_kernel(states: Tensor) -> bool:
    """Whether torch has a kernel for rows of any lengths: on a GPU, in half precision; it cannot drop anything out."""
    return (
        states.device.type == "cuda"
        and states.dtype in (torch.bfloat16, torch.float16)
        and importlib.util.find_spec("torch.nn.attention.varlen") is not None
    )


def _kernel_attention(query: Tensor, key: Tensor, value: Tensor, packing: Packing, scale: float) -> Tensor:
    from torch.nn.attention.varlen import varlen_attn

    queries, keys, values = (states[0].transpose(0, 1).contiguous() for states in (query, key, value))
    bounds, longest = packing.bounds, packing.width
    mixed = varlen_attn(queries, keys, values, bounds, bounds, longest, longest, scale=scale)
    assert isinstance(mixed, Tensor)
    return mixed


def _group_attention(
    queries: Tensor, keys: Tensor, values: Tensor, group: Group, hidden: Tensor | None, scale: float, dropout: float
) -> Tensor:
    """Attention of a group's pieces, [pieces, heads, size], by torch's kernels for padded rows."""

    def padded(pieces: Tensor) -> Tensor:
        """[rows, heads, width, size] of the group."""
        rows = pieces if group.places is None else group.places.spread(pieces)
        return rows.reshape(group.rows, group.width, *pieces.shape[1:]).transpose(1, 2)

    mask = None if hidden is None else ~hidden
    mixed = functional.scaled_dot_product_attention(
        padded(queries), padded(keys), padded(values), attn_mask=mask, dropout_p=dropout, scale=scale
    )
    rows = mixed.transpose(1, 2).flatten(0, 1)
    return rows if group.places is None else group.places.gather(rows)


def _bias(hidden: Tensor | None) -> Tensor | None:
    """What is added to scores, so that hidden places are not looked at."""
    return None if hidden is None else torch.zeros(hidden.shape).masked_fill_(hidden, -torch.inf)


def _hidden_places(group: Group, window: int | None, device: torch.device) -> Tensor | None:
    """True where a piece may not look, [rows, 1, 1 or width, width]; None if it may look everywhere."""
    hidden = None if group.padding is None else group.padding[:, None, None, :]
    if window is not None and group.width > window:
        columns = torch.arange(group.width, device=device)
        far = ((columns[:, None] - columns).abs() >= window).expand(group.rows, 1, -1, -1)
        # Padding may look everywhere: where nothing is to be seen, there are no probabilities.
        hidden = far if hidden is None else (hidden | far) & ~hidden.transpose(2, 3)
    return hidden


def first_position(model: Any) -> int:
    """The position of a row's first piece: RoBERTa and its kin count from behind the padding's id."""
    embeddings: Any = getattr(model, "embeddings", None)
    if hasattr(embeddings, "create_position_ids_from_input_ids"):
        return int(embeddings.padding_idx) + 1
    return 0


def can_pack(model: Any, *, half: bool = False) -> bool:
    """Whether a model gives packed rows the hidden states that they have with padding; seen on three rows.

    Of models with one configuration, the first is looked at.

    Args:
        model: The model, on its device.
        half: Products will be in bfloat16; on a GPU that is another kernel.
    """
    name = f"{model.device.type} {half} {model.config.to_json_string()}"
    if name not in _SEEN:
        _SEEN[name] = _packs(model, half and model.device.type == "cuda")
    return _SEEN[name]


def _packs(model: Any, half: bool) -> bool:
    if not getattr(model, "_supports_attention_backend", False):
        return False
    if "position_ids" not in inspect.signature(type(model).forward).parameters:
        return False
    chosen, training, device = model.config._attn_implementation, model.training, model.device
    window = getattr(model.config, "sliding_window", None) or 0
    longest = getattr(model.config, "max_position_embeddings", _PROBE[1]) - 4
    lengths = torch.tensor([min(length, longest) for length in (_PROBE[0], max(_PROBE[1], 2 * window), _PROBE[2])])
    mask = (torch.arange(int(lengths.max())) < lengths[:, None]).long()
    pieces = torch.arange(mask.numel()).view(mask.shape) * 7 % (model.get_input_embeddings().num_embeddings - 8) + 8
    padding = getattr(model.config, "pad_token_id", None) or 0
    inputs = {"input_ids": torch.where(mask.bool(), pieces, padding).to(device), "attention_mask": mask.to(device)}
    try:
        model.eval()
        with torch.inference_mode():
            packing = Packing(inputs["attention_mask"])
            expected = model(**inputs).last_hidden_state * inputs["attention_mask"].unsqueeze(-1)
            choose_attention(model)
            with torch.autocast(device.type, dtype=torch.bfloat16, enabled=half):
                found = packing.unpack(packed_states(model, inputs, packing).last_hidden_state)
        off = (found.float() - expected).abs().max()
        return bool(off <= (_HALF_TOLERANCE if half else _TOLERANCE) * expected.abs().max())
    except (TypeError, ValueError, RuntimeError, KeyError):
        return False
    finally:
        model.set_attn_implementation(chosen)
        model.train(training)


def choose_attention(model: Any) -> None:
    """Makes a model attend within packed rows; it then takes nothing but packs."""
    from transformers import AttentionInterface

    AttentionInterface.register(ATTENTION, packed_attention)
    model.set_attn_implementation(ATTENTION)


def packed_states(model: Any, inputs: Mapping[str, Tensor], packing: Packing | None = None, **more: Any) -> Any:
    """The model's output on padded inputs, of the pack: hidden states are [1, pieces, hidden]."""
    packing = packing or Packing(inputs["attention_mask"])
    packed = {name: packing.pack(tensor) for name, tensor in inputs.items() if name != "attention_mask"}
    positions = (packing.positions + first_position(model)).unsqueeze(0)
    return model(**packed, position_ids=positions, packing=packing, **more)
