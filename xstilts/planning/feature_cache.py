"""Which features a stage reads: their key in the store, a function of the rows, the tokenizer and the limits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

from xstilts.data.features import Limits
from xstilts.data.pieces import Pieces
from xstilts.encoders.encoder import Encoder, load_pieces
from xstilts.encoders.files import load_config
from xstilts.plan import Plan
from xstilts.stage import DataRef, PredictSpec, Stage, TrainSpec, key_of
from xstilts.store import FEATURES

FEATURES_VERSION = 1
FEATURES_FILE = "features.arrow"


def features_key(ref: DataRef, tokenizer: str, limits: Limits) -> str:
    """The key of the features of some rows.

    Args:
        ref: The rows.
        tokenizer: `Pieces.digest`.
        limits: How long texts meet the encoder.
    """
    return key_of(FEATURES, FEATURES_VERSION, asdict(ref), tokenizer, asdict(limits))


def limits_of(settings: dict[str, Any], digest: str, folder: Path) -> Limits:
    """The limits of a stage, or less where an encoder's configuration allows less.

    Args:
        settings: `max_length` and `doc_stride` of the stage.
        digest: Digest of the encoder's files.
        folder: Its directory.
    """
    return Limits(min(settings["max_length"], _max_positions(digest, folder)), settings["doc_stride"])


@lru_cache
def _max_positions(digest: str, folder: Path) -> int:
    return Encoder.positions(load_config(folder))


@lru_cache(maxsize=4)
def pieces_of(digest: str, folder: Path) -> Pieces:
    """The tokenizer of an encoder, loaded once.

    Args:
        digest: Digest of the encoder's files.
        folder: Its directory.
    """
    return load_pieces(folder)


def rows_and_limits(stage: Stage) -> Iterator[tuple[DataRef, dict[str, Any]]]:
    """The rows that a stage reads as features, and its `max_length` and `doc_stride`."""
    spec = stage.spec
    if isinstance(spec, TrainSpec):
        for task in spec.tasks:
            for ref in (*task.train, *([task.dev] if task.dev is not None else [])):
                yield ref, spec.settings
    elif isinstance(spec, PredictSpec):
        for ref in (spec.data, *([spec.tune] if spec.tune is not None else [])):
            yield ref, {"max_length": spec.max_length, "doc_stride": spec.doc_stride}


def features_of(plan: Plan) -> list[str]:
    """Keys of all features that the stages of a plan read, each once, sorted; of a draft, those that can be known."""
    keys: dict[str, str] = {}
    for stage in plan.stages.values():
        if not isinstance(stage.spec, TrainSpec | PredictSpec) or stage.spec.encoder not in plan.encoders:
            continue
        folder = plan.encoders[stage.spec.encoder]
        tokenizer = pieces_of(stage.spec.encoder, folder).digest
        for ref, settings in rows_and_limits(stage):
            limits = limits_of(settings, stage.spec.encoder, folder)
            known = repr((ref, tokenizer, limits))
            if known not in keys:
                keys[known] = features_key(ref, tokenizer, limits)
    return sorted(set(keys.values()))
