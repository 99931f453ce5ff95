"""What stages work with: the plan, the store, rows, features, and the model that predicted last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from safetensors.torch import load_file

from xstilts.catalogue import Tasks
from xstilts.data.examples import Example
from xstilts.data.features import Features, Limits, read_features, write_features
from xstilts.data.pieces import Pieces
from xstilts.encoders.encoder import Encoder
from xstilts.errors import RunError
from xstilts.inference.prediction import Pooled, Progress
from xstilts.kinds.base import TrainableKind
from xstilts.plan import Plan
from xstilts.planning.feature_cache import FEATURES_FILE, features_key, limits_of, pieces_of
from xstilts.stage import DataRef, PredictSpec, Stage, TrainSpec, key_of
from xstilts.stopping import Stop
from xstilts.store import FEATURES, Store
from xstilts.task import LoadedSplit, Task
from xstilts.training.compute import Compute
from xstilts.training.heads import Head, Heads
from xstilts.training.parallel import Processes
from xstilts.translation.rows import read_rows

_KEPT_ROWS = 100_000


@dataclass
class Workbench:
    """Everything that a stage needs and that cannot change its result.

    Attributes:
        plan: The graph; stages find their parents in it.
        store: Finished stages.
        tasks: The tasks that the study knows.
        data_dir: The folder with the original data files.
        compute: The device.
        checkpoint_seconds: Time between checkpoints of a training stage.
        progress: Called with what is done, what there is to do, and a note.
        stop: Says when to end at the next pause.
        study_file: The study; other processes know by it what the tasks are.
        processes: Who trains with this process; the first of them runs the plan, the others join it in training.
        pooled: What the model that predicts has pooled lately.
    """

    plan: Plan
    store: Store
    tasks: Tasks
    data_dir: Path | None
    compute: Compute
    checkpoint_seconds: float = 300.0
    progress: Progress = lambda done, total, note: None
    stop: Stop = field(default_factory=Stop)
    study_file: Path | None = None
    processes: Processes = field(default_factory=Processes)
    pooled: Pooled = field(default_factory=Pooled)
    _rows: dict[str, LoadedSplit] = field(default_factory=dict)
    _model: tuple[str, Encoder, dict[str, Head]] | None = None

    def pause(self, done: int, total: int, note: str) -> None:
        """Progress at a place where a stage may end, if that is asked for: what it did so far is kept or done again.

        Raises:
            StoppedError: If the run is asked to stop.
        """
        self.stop.check()
        self.progress(done, total, note)

    def pieces(self, encoder: str) -> Pieces:
        """The tokenizer of an encoder."""
        return pieces_of(encoder, self.plan.encoders[encoder])

    def limits(self, settings: dict[str, Any], encoder: str) -> Limits:
        """Limits that an encoder can take: its configuration may allow less than was asked for."""
        return limits_of(settings, encoder, self.plan.encoders[encoder])

    def rows(self, ref: DataRef) -> LoadedSplit:
        """The rows that a reference names; those last used are kept, up to 100,000 and at least the last split."""
        key = key_of(asdict(ref))
        loaded = self._rows.pop(key, None) or self._read(ref)
        self._rows[key] = loaded  # the last used is the last
        while len(self._rows) > 1 and sum(len(one.examples) for one in self._rows.values()) > _KEPT_ROWS:
            del self._rows[next(iter(self._rows))]
        return loaded

    def task(self, ref: DataRef) -> Task:
        """The task of some rows, with the choices of the study."""
        task = self.tasks[ref.task]
        return replace(task, kind=task.kind.as_in(ref.kind))

    def _read(self, ref: DataRef) -> LoadedSplit:
        task = self.tasks[ref.task]
        if ref.translation is not None:
            folder = self.store.folder(self.plan.stages[ref.translation])
            examples = read_rows(folder / "rows.parquet", task.kind.example)
            return LoadedSplit(examples, ref.digest, len(examples), None, [])
        loaded = task.load(self.data_dir, ref.language, ref.split)
        if loaded.digest != ref.digest:
            raise RunError(
                f"the files of {task.name} {ref.language} changed while the study ran: run it again", cause="bad_data"
            )
        return loaded

    def features(self, ref: DataRef, examples: Sequence[Example], encoder: str, limits: Limits) -> Features:
        """The features of some rows, from the store's cache if they were made before."""
        kind = self.task(ref).kind
        pieces = self.pieces(encoder)
        key = features_key(ref, pieces.digest, limits)
        with self.store.cached(FEATURES, key, FEATURES_FILE) as (path, is_there):
            if not is_there:
                self.pause(0, 1, f"tokenizing {ref.task} {ref.language} {ref.split}")
                write_features(kind.encode(examples, pieces, limits), path)
        return read_features(self.store.root / FEATURES / key / FEATURES_FILE)

    def forget_model(self) -> None:
        """Frees the memory of the last model that predicted."""
        self._model = None
        self.pooled = Pooled()

    def model(self, spec: PredictSpec) -> tuple[Encoder, dict[str, Head]]:
        """Encoder and heads that a prediction starts from; the last one is kept for the next language."""
        name = spec.parent or spec.encoder
        if self._model is None or self._model[0] != name:
            encoder, heads = load_model(self, spec.encoder, spec.parent)
            encoder.suit(self.compute.device, half=self.compute.halves(spec.precision), heads=heads.values())
            self._model = (name, encoder, heads)
            self.pooled = Pooled()
        return self._model[1], self._model[2]


def load_model(
    bench: Workbench, encoder: str, parent: str | None, dropout: float | None = None
) -> tuple[Encoder, dict[str, Head]]:
    """The pretrained encoder, or the one that a training stage made, with that stage's heads."""
    if parent is None:
        return Encoder.load(bench.plan.encoders[encoder], dropout), {}
    stage = bench.plan.stages[parent]
    loaded = Encoder.load(bench.store.folder(stage), dropout, config_from=bench.plan.encoders[encoder])
    return loaded, load_heads(bench, stage, loaded)


def load_heads(bench: Workbench, stage: Stage, encoder: Encoder) -> dict[str, Head]:
    """The heads that a training stage made, for an encoder of the same architecture."""
    assert isinstance(stage.spec, TrainSpec)
    heads: dict[str, Head] = {}
    for trained in stage.spec.tasks:
        kind = bench.tasks[trained.task].kind
        assert isinstance(kind, TrainableKind)
        heads[trained.task] = kind.head(encoder, 0.0)
    Heads(heads).load_state_dict(load_file(bench.store.folder(stage) / "heads.safetensors"))
    return heads
