"""A finished stage as a checkpoint of `transformers`: weights, tokenizer and model card, in a folder of its own.

What is written is loaded again before the folder gets its name, and has to compute what the stage computed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xstilts.durable import publish_folder
from xstilts.encoders.encoder import copy_tokenizer
from xstilts.encoders.files import load_weights
from xstilts.errors import InputError
from xstilts.kinds.base import Kind
from xstilts.kinds.ranking import Ranking
from xstilts.sharing.architectures import AUTO_CLASSES, largest_difference, with_head
from xstilts.sharing.model_card import model_card
from xstilts.sharing.trained import Trained

MANIFEST = "xstilts.json"
"""Beside the weights: what the model is for, and the checksum of every file."""


@dataclass(frozen=True)
class Exported:
    """What was written.

    Attributes:
        folder: Where.
        stage: Key of the stage.
        title: What a person calls the stage.
        task: The task of the head; None of an encoder alone.
        auto_class: The class of `transformers` that loads it.
        difference: The largest difference to what the stage computes, as a share of the largest output.
    """

    folder: Path
    stage: str
    title: str
    task: str | None
    auto_class: str
    difference: float


def refuse_filled(folder: Path) -> None:
    """The folder that is to be written does not exist, or is empty.

    Raises:
        InputError: If it holds anything.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError("the folder of the export is not empty", where=folder, fix="name a new folder")


def export(
    trained: Trained, folder: Path, *, encoder_only: bool = False, offline: bool = False, name: str = ""
) -> Exported:
    """Writes the folder.

    Args:
        trained: The stage, and its head that is meant.
        folder: A new or empty folder.
        encoder_only: Leaves the head out.
        offline: The pretrained encoder, whose tokenizer is needed, is only looked for in the cache.
        name: What the model is called in its card; the folder's name unless said.

    Raises:
        InputError: If the folder is not empty, something of the stage is missing or damaged, or its head has no place
            in the encoder's architecture.
    """
    from transformers.utils import logging

    refuse_filled(folder)
    logging.set_verbosity_error()
    pretrained_name, pretrained = trained.pretrained(offline)
    encoder, head = trained.load(pretrained)
    kind = trained.kind
    pooling = None
    if head is None or kind is None or encoder_only or type(kind) not in AUTO_CLASSES:
        pooling = kind.pooling if isinstance(kind, Ranking) else "mean"
        model, auto_class, difference = encoder.model, "AutoModel", 0.0
    else:
        model, auto_class = with_head(encoder, head, kind), AUTO_CLASSES[type(kind)]
        difference = largest_difference(encoder, head, kind, model)
    limits = trained.limits(kind, encoder)
    record: dict[str, Any] = {
        "task": trained.task if pooling is None else None,
        "kind": json.loads(json.dumps(kind.identity())) if kind is not None and pooling is None else None,
        "max_length": limits.max_length,
        "doc_stride": limits.doc_stride,
        "precision": trained.spec["settings"]["precision"],
        "languages": trained.languages,
        "stage": trained.key,
        "title": trained.record["title"],
        "pretrained": {"name": pretrained_name, "digest": trained.spec["encoder"]},
        "auto_class": auto_class,
    }
    folder.parent.mkdir(parents=True, exist_ok=True)
    with publish_folder(folder, MANIFEST, record) as draft:
        model.save_pretrained(draft)
        copy_tokenizer(pretrained, draft)
        if pooling is not None:
            _write_sentence_modules(draft, pooling, encoder.hidden_size, limits.max_length, isinstance(kind, Ranking))
        card = model_card(trained, name or folder.resolve().name, auto_class, pretrained_name, limits, pooling)
        (draft / "README.md").write_text(card, encoding="utf-8")
        if pooling is None:
            difference = max(difference, _difference_when_loaded(draft, trained, pretrained, kind, auto_class))
    return Exported(folder, trained.key, trained.record["title"], record["task"], auto_class, difference)


def _difference_when_loaded(
    draft: Path, trained: Trained, pretrained: Path, kind: Kind | None, auto_class: str
) -> float:
    """Compares what a stranger would load with what the stage computes."""
    assert kind is not None
    model, _ = load_weights(auto_class, draft)
    encoder, head = trained.load(pretrained)
    assert head is not None
    return largest_difference(encoder, head, kind, model)


def _write_sentence_modules(draft: Path, pooling: str, hidden: int, max_length: int, normalized: bool) -> None:
    """What sentence-transformers reads: how pieces become one vector."""
    modules = [("", "", "Transformer"), ("1_Pooling", "1_Pooling", "Pooling")]
    modules += [("2_Normalize", "2_Normalize", "Normalize")] if normalized else []
    listed = [
        {"idx": at, "name": str(at), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for at, (_, path, kind) in enumerate(modules)
    ]
    config = {
        "word_embedding_dimension": hidden,
        "pooling_mode_cls_token": pooling == "cls",
        "pooling_mode_mean_tokens": pooling == "mean",
        "pooling_mode_max_tokens": False,
        "pooling_mode_mean_sqrt_len_tokens": False,
    }
    files: dict[str, Any] = {
        "modules.json": listed,
        "sentence_bert_config.json": {"max_seq_length": max_length, "do_lower_case": False},
        "1_Pooling/config.json": config,
    }
    for name, content in files.items():
        (draft / name).parent.mkdir(exist_ok=True)
        (draft / name).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    if normalized:
        (draft / "2_Normalize").mkdir()
