"""Tiny sequence-to-sequence models with random weights, one for each manner of being told the languages."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

_SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
CODES = ("eng_Latn", "deu_Latn", "swh_Latn", "zho_Hans", "zho_Hant")


def write_translator(
    folder: Path, text: Iterable[str], manner: Literal["codes", "pair", "prefix"], seed: int = 0, **tokenizer: Any
) -> Path:
    """Writes a model of NLLB's, Marian's or T5's architecture, and a tokenizer for the text.

    Args:
        folder: The directory to write into.
        text: Lines that the vocabulary is made from.
        manner: Codes of languages in the tokenizer, one pair of languages, or a prefix.
        seed: Draws the weights.
        tokenizer: Further settings of the tokenizer, such as `source_lang`.

    Returns:
        The folder.
    """
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
    from transformers import (
        M2M100Config,
        M2M100ForConditionalGeneration,
        MarianConfig,
        MarianMTModel,
        NllbTokenizer,
        PreTrainedTokenizerFast,
        T5Config,
        T5ForConditionalGeneration,
    )

    backend = Tokenizer(models.BPE(unk_token="<unk>"))
    backend.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    backend.decoder = decoders.Metaspace(prepend_scheme="always")
    trainer = trainers.BpeTrainer(vocab_size=300, special_tokens=list(_SPECIAL), show_progress=False)
    backend.train_from_iterator(text, trainer)
    common = {"bos_token_id": 0, "pad_token_id": 1, "eos_token_id": 2, "decoder_start_token_id": 2}
    narrow = {"d_model": 32, "encoder_layers": 1, "decoder_layers": 1, "encoder_ffn_dim": 32, "decoder_ffn_dim": 32}
    narrow |= {"encoder_attention_heads": 2, "decoder_attention_heads": 2, "max_position_embeddings": 128}
    if manner == "codes":
        vocabulary = backend.get_vocab()
        merges = [tuple(pair) for pair in json.loads(backend.to_str())["model"]["merges"]]
        made: Any = NllbTokenizer(vocab=vocabulary, merges=merges, extra_special_tokens=list(CODES), **tokenizer)
    else:
        backend.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 2)])
        names = {"pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>"}
        made = PreTrainedTokenizerFast(tokenizer_object=backend, **names, **tokenizer)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        if manner == "codes":
            model: Any = M2M100ForConditionalGeneration(M2M100Config(vocab_size=len(made), **common, **narrow))
        elif manner == "pair":
            model = MarianMTModel(MarianConfig(vocab_size=len(made), **common, **narrow))
        else:
            config = T5Config(vocab_size=len(made), d_model=32, d_kv=16, d_ff=32, num_layers=1, num_heads=2)
            config.pad_token_id, config.eos_token_id, config.decoder_start_token_id = 1, 2, 1
            model = T5ForConditionalGeneration(config)
    model.save_pretrained(folder)
    made.save_pretrained(folder)
    return folder
