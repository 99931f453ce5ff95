"""Encoders of nano's architecture with random weights: what pretraining starts from, and what it is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Size:
    """How large an encoder is.

    Attributes:
        layers: Number of layers.
        hidden: Width; a multiple of 64.
        inner: Width of the gated feed-forward layers.
    """

    layers: int
    hidden: int
    inner: int


SIZES = {
    "nano": Size(layers=6, hidden=256, inner=512),
    "nano-small": Size(layers=4, hidden=192, inner=384),
    "nano-tiny": Size(layers=2, hidden=128, inner=256),
}
LONGEST = 512


def write_blank(folder: Path, size: Size, tokenizer: Any, seed: int = 0) -> None:
    """Writes an encoder with random weights of ModernBERT's architecture (Warner et al., 2024).

    Rotary positions, normalization before each layer, gated feed-forward layers, no biases. Every layer attends to
    the whole sequence, which ModernBERT does in every third: the sequences here are short.

    Args:
        folder: The directory to make.
        size: How large it is.
        tokenizer: A fast tokenizer of `transformers`.
        seed: Draws the weights.
    """
    import torch
    from transformers import ModernBertConfig, ModernBertModel
    from transformers.utils import logging

    logging.disable_progress_bar()
    config = ModernBertConfig(
        vocab_size=len(tokenizer),
        hidden_size=size.hidden,
        intermediate_size=size.inner,
        num_hidden_layers=size.layers,
        num_attention_heads=size.hidden // 64,
        max_position_embeddings=LONGEST,
        global_attn_every_n_layers=1,
        attention_dropout=0.0,
        embedding_dropout=0.0,
        mlp_dropout=0.0,
        classifier_pooling="mean",
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        cls_token_id=tokenizer.cls_token_id,
        sep_token_id=tokenizer.sep_token_id,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = ModernBertModel(config)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
