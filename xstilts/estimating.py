"""Estimates of an encoder on a sample of a task's rows, and similarities of tasks' texts, kept in the store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from xstilts.analysis.transferability import estimates
from xstilts.data.features import Features
from xstilts.durable import read_json, write_json
from xstilts.encoders.encoder import Encoder
from xstilts.executors.workbench import Workbench, load_model
from xstilts.inference.probing import POINTS_PER_ROW, drawn_points, point_vectors, sampled_rows, whole_rows
from xstilts.kinds.base import LabeledPoints, TrainableKind
from xstilts.stage import DataRef, key_of
from xstilts.store import ESTIMATES, VECTORS
from xstilts.task import require_gold

_VECTORS_VERSION = _ESTIMATES_VERSION = 1


@dataclass(frozen=True)
class Sample:
    """How much of a task is looked at.

    Attributes:
        rows: Rows at most.
        seed: Draws them, and places in them where there are too many.
    """

    rows: int = 1000
    seed: int = 0


@dataclass(frozen=True)
class Look:
    """An encoder that looks at the rows of a task.

    Attributes:
        encoder: Digest of the pretrained encoder.
        parent: Key of the training stage that tuned it; None for the encoder as it is.
        data: The rows.
        settings: Those of the stage that would train on the rows; `max_length`, `doc_stride` and `precision` count.
    """

    encoder: str
    parent: str | None
    data: DataRef
    settings: Mapping[str, Any]


def _estimates_key(vectors_key: str) -> str:
    return key_of(ESTIMATES, _ESTIMATES_VERSION, vectors_key)


@dataclass(frozen=True)
class Estimates:
    """What came of a look.

    Attributes:
        values: Estimator -> value, see `xstilts.analysis.transferability.estimates`.
        samples: How many samples there were.
        pieces: How many pieces the encoder read.
    """

    values: dict[str, float | None]
    samples: int
    pieces: int


class Estimator:
    """Takes samples, runs encoders over them, and estimates; what it once found is taken from the store.

    Args:
        bench: Plan, store, data and device.
        sample: How much is looked at.
    """

    def __init__(self, bench: Workbench, sample: Sample) -> None:
        self._bench, self._sample = bench, sample
        self._features: dict[str, Features] = {}
        self._model: tuple[str, Encoder] | None = None

    def can_estimate(self, look: Look) -> bool:
        """Whether the rows have classes that could be estimated with."""
        return self.is_done(look) or self._points(look) is not None

    def is_done(self, look: Look) -> bool:
        """Whether the estimates need the encoder's weights no more."""
        vectors = self._vectors_key(look)
        store = self._bench.store
        return store.has(ESTIMATES, _estimates_key(vectors)) or store.has(VECTORS, vectors)

    def estimates(self, look: Look) -> Estimates:
        """All estimators, on rows that have classes."""
        vectors_key, store = self._vectors_key(look), self._bench.store
        key = _estimates_key(vectors_key)
        with store.cached(ESTIMATES, key, "estimates.json") as (path, is_there):
            if not is_there:
                write_json(path, asdict(self._estimated(look, vectors_key)))
        return Estimates(**read_json(store.root / ESTIMATES / key / "estimates.json"))

    def _estimated(self, look: Look, vectors_key: str) -> Estimates:
        features, points = self._sampled(look), self._points(look)
        assert points is not None
        vectors = self._vectors(vectors_key, lambda: self._run(look, features, points))
        groups = features.column("example")[points.rows]
        values = estimates(vectors.astype(np.float64), points.labels, groups)
        return Estimates(values, len(points.rows), int(features.lengths.sum()))

    def text_embedding(self, look: Look) -> NDArray[np.float64]:
        """The mean over rows of their pooled representations by the pretrained encoder, shape [hidden].

        As TextEmb of Vu et al. (2020): the last hidden states, averaged over the pieces of a row, then over rows.
        """
        look = replace(look, parent=None)

        def mean() -> NDArray[np.float32]:
            features = self._sampled(look)
            return np.asarray(self._run(look, features, whole_rows(features)).mean(axis=0, keepdims=True))

        return np.asarray(self._vectors(key_of("text", self._vectors_key(look)), mean)[0], dtype=np.float64)

    def _vectors(self, key: str, make: Callable[[], NDArray[np.float32]]) -> NDArray[np.float32]:
        store = self._bench.store
        with store.cached(VECTORS, key, "vectors.safetensors") as (path, is_there):
            if not is_there:
                save_file({"vectors": np.ascontiguousarray(make())}, path)
        vectors: NDArray[np.float32] = load_file(store.root / VECTORS / key / "vectors.safetensors")["vectors"]
        return vectors

    def _vectors_key(self, look: Look) -> str:
        return key_of(VECTORS, _VECTORS_VERSION, look.parent, self._sample_key(look), look.settings["precision"])

    def _sample_key(self, look: Look) -> str:
        limits = self._bench.limits(dict(look.settings), look.encoder)
        return key_of(look.encoder, asdict(look.data), asdict(limits), asdict(self._sample))

    def _sampled(self, look: Look) -> Features:
        """The features of the sampled rows."""
        key = self._sample_key(look)
        if key not in self._features:
            bench, ref = self._bench, look.data
            task, examples = bench.task(ref), bench.rows(ref).examples
            require_gold(task, ref.language, ref.split, examples)
            rows = sampled_rows(examples, self._sample.rows, self._sample.seed)
            limits = bench.limits(dict(look.settings), look.encoder)
            self._features[key] = Features(task.kind.encode(rows, bench.pieces(look.encoder), limits))
        return self._features[key]

    def _points(self, look: Look) -> LabeledPoints | None:
        kind = self._bench.task(look.data).kind
        assert isinstance(kind, TrainableKind)
        return drawn_points(kind, self._sampled(look), POINTS_PER_ROW * self._sample.rows, self._sample.seed)

    def _run(self, look: Look, features: Features, points: LabeledPoints) -> NDArray[np.float32]:
        bench, precision = self._bench, look.settings["precision"]
        name = look.parent or look.encoder
        if self._model is None or self._model[0] != name:
            encoder, _ = load_model(bench, look.encoder, look.parent)
            encoder.suit(bench.compute.device, half=bench.compute.halves(precision))
            self._model = (name, encoder)
        return point_vectors(
            self._model[1],
            features,
            points,
            bench.compute,
            pad_id=bench.pieces(look.encoder).pad_id,
            precision=precision,
            progress=bench.progress,
        )
