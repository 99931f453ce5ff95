"""A tiny encoder of XLM-R's architecture with random weights, in the layout that `transformers` loads."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

# In the order of XLM-R's first ids; <mask> follows them here, where XLM-R has it last.
_SPECIAL = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")


def write_encoder(
    folder: Path,
    text: Iterable[str],
    *,
    seed: int = 0,
    layers: int = 2,
    hidden: int = 64,
    pieces: int = 1000,
) -> None:
    """Writes an encoder of XLM-R's architecture with random weights, and a small tokenizer for the text.

    The weights are drawn with standard deviation 1/sqrt(hidden), not XLM-R's 0.02, which suits its width of 768 or
    more and makes an encoder this narrow learn slowly. Nothing is dropped out.

    Args:
        folder: The directory to write into; it is made if it is missing.
        text: Lines that the tokenizer's vocabulary is made from.
        seed: Draws the weights.
        layers: Number of layers.
        hidden: Width; a multiple of 32.
        pieces: The most pieces that the vocabulary may have, special ones included.
    """
    import torch
    from transformers import PreTrainedTokenizerFast, XLMRobertaConfig, XLMRobertaModel
    from transformers.utils import logging

    logging.disable_progress_bar()

    backend = _train_tokenizer(text, pieces)
    config = XLMRobertaConfig(
        vocab_size=backend.get_vocab_size(),
        hidden_size=hidden,
        num_hidden_layers=layers,
        num_attention_heads=hidden // 32,
        intermediate_size=2 * hidden,
        max_position_embeddings=258,  # 256 pieces: XLM-R counts positions from 2
        type_vocab_size=1,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        initializer_range=hidden**-0.5,
        bos_token_id=0,
        pad_token_id=1,
        eos_token_id=2,
    )
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=backend,
        bos_token="<s>",
        cls_token="<s>",
        pad_token="<pad>",
        eos_token="</s>",
        sep_token="</s>",
        unk_token="<unk>",
        mask_token="<mask>",
        model_max_length=256,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = XLMRobertaModel(config, add_pooling_layer=False)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def _train_tokenizer(text: Iterable[str], pieces: int) -> Any:
    """A byte-pair tokenizer with XLM-R's marks and templates.

    Pairs are merged in an order that the text decides alone; training a Unigram vocabulary, as XLM-R has it, sums
    in an order that differs from run to run.
    """
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers

    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    # Punctuation stands apart, so that no piece reaches over the end of an answer or a name.
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Metaspace(prepend_scheme="always"), pre_tokenizers.Punctuation("isolated")]
    )
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    trainer = trainers.BpeTrainer(vocab_size=pieces, special_tokens=list(_SPECIAL), show_progress=False)
    tokenizer.train_from_iterator(text, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", 0), ("</s>", 2)],
    )
    return tokenizer
