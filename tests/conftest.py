"""A tiny encoder, and small tokenizers in the styles of XLM-R and of BERT, made once for all tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

pytest_plugins = ["command_line"]

if TYPE_CHECKING:
    from loopback import Server

    from xstilts.data.pieces import Pieces

LINES = [
    "Anna found the red lamp in Port Lorne.",
    "Who sold the old bell to the baker?",
    "Juma aliuza kengele kuukuu kwa mwokaji.",
    "Анна нашла красную лампу.",
    "安娜在港口找到了灯。",
]
LETTERS = (
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,?!-()[]<>/'ñéабвгдежзинорт中国北京人灯กขคไทยहिन्दी"
)
WORDS = ("the", "cat", "sat", "on", "London", "bell", "кот", "中国")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests on real data are skipped, and say why, where no folder is named."""
    if "XSTILTS_DATA" not in os.environ:
        skipped = pytest.mark.skip(reason="XSTILTS_DATA names no folder with the real data")
        for item in items:
            if item.get_closest_marker("real"):
                item.add_marker(skipped)


@pytest.fixture
def loopback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server that stands for the hub and for every address, and caches that are empty."""
    from loopback import serving

    with serving() as state:
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
        monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
        monkeypatch.setenv("HF_ENDPOINT", state.url)
        monkeypatch.setenv("NO_PROXY", "*")
        monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)  # read once, when it is loaded
        yield state


@pytest.fixture(scope="session")
def tiny_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an XLM-R of two layers, 32 wide, that takes 256 pieces."""
    from tiny_encoder import write_encoder

    folder = tmp_path_factory.mktemp("encoders") / "tiny"
    write_encoder(folder, LINES, hidden=32, layers=2, pieces=300)
    return folder


@pytest.fixture(scope="session")
def tiny_pieces(tiny_encoder: Path) -> Pieces:
    """The tokenizer of the tiny encoder; its pieces cover the space before their word."""
    from xstilts.encoders.encoder import load_pieces

    return load_pieces(tiny_encoder)


@pytest.fixture(scope="session")
def xlmr_tokenizer() -> Any:
    """A Unigram tokenizer with XLM-R's ids, marks, normalization to NFKC and word boundaries."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    vocabulary = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -4.0)]
    vocabulary += [(f"▁{word}", -5.0) for word in WORDS]
    vocabulary += [(letter, -7.0) for letter in dict.fromkeys(LETTERS)]
    backend = Tokenizer(models.Unigram([*vocabulary, ("<mask>", 0.0)], unk_id=3, byte_fallback=False))
    backend.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Replace(Regex("[\u200b-\u200f\ufeff]"), "")]
    )
    backend.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(prepend_scheme="always")]
    )
    backend.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=backend,
        bos_token="<s>",
        cls_token="<s>",
        pad_token="<pad>",
        eos_token="</s>",
        sep_token="</s>",
        unk_token="<unk>",
        mask_token="<mask>",
    )


@pytest.fixture(scope="session")
def bert_tokenizer() -> Any:
    """A WordPiece tokenizer with BERT's marks, and segment 1 for the second text."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    names = [*marks, *WORDS, *LETTERS, *(f"##{letter}" for letter in LETTERS)]
    vocabulary = {name: at for at, name in enumerate(dict.fromkeys(names))}
    backend = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    backend.normalizer = normalizers.BertNormalizer(lowercase=False, strip_accents=False)
    backend.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    backend.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=backend,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
        model_input_names=["input_ids", "token_type_ids", "attention_mask"],
    )
