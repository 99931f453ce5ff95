"""nano's vocabulary: a Unigram model with byte fallback, so that no text of any script becomes unknown."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

# In the order of XLM-R's first ids; <mask> follows them here, where XLM-R has it last.
SPECIAL_TOKENS = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
# Between words of these scripts there is no space, so a sign of one before a word that stands alone means nothing.
_UNSPACED = r"^▁(?=[\p{Han}\p{Hiragana}\p{Katakana}])"
_BYTES = tuple(f"<0x{byte:02X}>" for byte in range(256))


def train_tokenizer(text: Iterable[str], pieces: int, longest: int) -> Any:
    """A fast tokenizer of `transformers` whose vocabulary is trained on the text.

    Characters are normalized (NFKC), punctuation stands apart, the space before a Chinese or Japanese word does
    not count, and a character without a piece of its own becomes
    the bytes of its UTF-8 form (Kudo, 2018; Kudo and Richardson, 2018). Training sums in an order that differs from
    run to run, so two runs give slightly different vocabularies.

    Args:
        text: Lines.
        pieces: Size of the vocabulary, with 5 special tokens and 256 bytes.
        longest: Longest sequence in pieces that the encoder takes.
    """
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    trained = Tokenizer(models.Unigram())
    trained.normalizer = normalizers.Sequence([normalizers.NFKC()])
    trained.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Metaspace(prepend_scheme="always"),
            pre_tokenizers.Punctuation("isolated"),
            pre_tokenizers.Split(Regex(_UNSPACED), "removed"),
        ]
    )
    trainer = trainers.UnigramTrainer(
        vocab_size=pieces - len(_BYTES),
        special_tokens=list(SPECIAL_TOKENS),
        unk_token="<unk>",
        max_piece_length=12,
        show_progress=False,
    )
    trained.train_from_iterator(text, trainer)
    tokenizer = Tokenizer.from_str(_with_bytes(trained.to_str()))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", SPECIAL_TOKENS.index("<s>")), ("</s>", SPECIAL_TOKENS.index("</s>"))],
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<s>",
        cls_token="<s>",
        pad_token="<pad>",
        eos_token="</s>",
        sep_token="</s>",
        unk_token="<unk>",
        mask_token="<mask>",
        model_max_length=longest,
    )


def _with_bytes(state: str) -> str:
    """The tokenizer with a piece for each byte, whose score is below that of any text."""
    tokenizer = json.loads(state)
    vocabulary = tokenizer["model"]["vocab"]
    own, others = vocabulary[: len(SPECIAL_TOKENS)], vocabulary[len(SPECIAL_TOKENS) :]
    tokenizer["model"]["vocab"] = [*own, *([byte, -1e3] for byte in _BYTES), *others]
    tokenizer["model"]["byte_fallback"] = True
    tokenizer["decoder"] = {
        "type": "Sequence",
        "decoders": [
            {"type": "Replace", "pattern": {"String": "▁"}, "content": " "},
            {"type": "ByteFallback"},
            {"type": "Fuse"},
            {"type": "Strip", "content": " ", "start": 1, "stop": 0},
        ],
    }
    return json.dumps(tokenizer)
