"""What each stage does: translate, train, predict, score. Each reads finished parents and publishes one folder."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import torch
import transformers
from safetensors.torch import load_file, save_file

from xstilts.chain import same_outputs
from xstilts.compute import Compute
from xstilts.durable import read_json, remove_drafts, write_json
from xstilts.encoder import Encoder, load_pieces
from xstilts.errors import RunError
from xstilts.examples import Example
from xstilts.features import Features, Limits, joined, read_features, write_features
from xstilts.heads import Head, Heads
from xstilts.kinds.base import TrainableKind
from xstilts.kinds.bitext import Bitext
from xstilts.pieces import Pieces
from xstilts.plan import Plan
from xstilts.prediction import Pooled, Progress, head_outputs
from xstilts.retrieval import retrieve
from xstilts.scoring import score_examples
from xstilts.settings import Sampling, TrainingSettings
from xstilts.sources import Drops
from xstilts.stage import DataRef, PredictSpec, ScoreSpec, Stage, TrainedTask, TrainSpec, TranslateSpec, key_of
from xstilts.store import Store
from xstilts.task import LoadedSplit, Task, Tasks, require_gold
from xstilts.training import Course, DevSet, TrainingRun, TrainingTask
from xstilts.translated_rows import matched_rows, read_rows, sentences_of, translated_rows, write_rows
from xstilts.translation import Translator

FEATURES_VERSION = 1
_KEPT_SPLITS = 4
_TRANSLATED_AT_ONCE = 512


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
        pooled: What the model that predicts has pooled lately.
    """

    plan: Plan
    store: Store
    tasks: Tasks
    data_dir: Path | None
    compute: Compute
    checkpoint_seconds: float = 300.0
    progress: Progress = lambda done, total, note: None
    pooled: Pooled = field(default_factory=Pooled)
    _pieces: dict[str, Pieces] = field(default_factory=dict)
    _rows: dict[str, LoadedSplit] = field(default_factory=dict)
    _model: tuple[str, Encoder, dict[str, Head]] | None = None

    def pieces(self, encoder: str) -> Pieces:
        """The tokenizer of an encoder, loaded once."""
        if encoder not in self._pieces:
            self._pieces[encoder] = load_pieces(self.plan.encoders[encoder])
        return self._pieces[encoder]

    def rows(self, ref: DataRef) -> LoadedSplit:
        """The rows that a reference names; the last few are kept."""
        key = key_of(asdict(ref))
        if key not in self._rows:
            self._rows[key] = self._read(ref)
            for oldest in list(self._rows)[:-_KEPT_SPLITS]:
                del self._rows[oldest]
        return self._rows[key]

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
            raise RunError(f"the files of {task.name} {ref.language} changed while the study ran: run it again")
        return loaded

    def features(self, ref: DataRef, examples: Sequence[Example], encoder: str, limits: Limits) -> Features:
        """The features of some rows, from the store's cache if they were made before."""
        kind = self.task(ref).kind
        pieces = self.pieces(encoder)
        key = key_of("features", FEATURES_VERSION, asdict(ref), pieces.digest, asdict(limits))
        with self.store.cached("features", key, "features.arrow") as (path, is_there):
            if not is_there:
                self.progress(0, 1, f"tokenizing {ref.task} {ref.language} {ref.split}")
                write_features(kind.encode(examples, pieces, limits), path)
        return read_features(self.store.root / "features" / key / "features.arrow")

    def forget_model(self) -> None:
        """Frees the memory of the last model that predicted."""
        self._model = None
        self.pooled = Pooled()

    def model(self, spec: PredictSpec) -> tuple[Encoder, dict[str, Head]]:
        """Encoder and heads that a prediction starts from; the last one is kept for the next language."""
        name = spec.parent or spec.encoder
        if self._model is None or self._model[0] != name:
            encoder, heads = load_model(self, spec.encoder, spec.parent)
            encoder.model.to(self.compute.device)
            if self.compute.device.type == "cpu":
                encoder.suit_cpu(half=self.compute.halves(spec.precision))
            for head in heads.values():
                head.to(self.compute.device)
            self._model = (name, encoder, heads)
            self.pooled = Pooled()
        return self._model[1], self._model[2]


def run_stage(stage: Stage, bench: Workbench) -> dict[str, Any]:
    """Runs one stage and publishes it.

    Returns:
        The stage's record: what `stage.json` says beside its identity.
    """
    record: dict[str, Any] = {"versions": _versions(), "device": str(bench.compute.device), "collapsed": []}
    for key in stage.parents:
        parent = bench.store.manifest(bench.plan.stages[key])
        if parent is None:
            raise RunError(f"what {stage.title} starts from is no longer in the store: run the study again")
        record["collapsed"] += parent.get("collapsed", [])
    runners: dict[type, Callable[[Any, Stage, Workbench, dict[str, Any]], None]] = {
        TranslateSpec: _run_translate,
        TrainSpec: _run_train,
        PredictSpec: _run_predict,
        ScoreSpec: _run_score,
    }
    runners[type(stage.spec)](stage.spec, stage, bench, record)
    return record


def _run_translate(spec: TranslateSpec, stage: Stage, bench: Workbench, record: dict[str, Any]) -> None:
    bench.forget_model()
    task = bench.tasks[spec.data.task]
    examples = bench.rows(spec.data).examples
    require_gold(task, spec.data.language, spec.data.split, examples)
    drops = Drops()
    if spec.given is not None:
        rows = list(matched_rows(examples, bench.rows(spec.given).examples, drops))
    else:
        rows = list(translated_rows(examples, _translations(spec, stage, examples, bench), drops))
    if not rows:
        raise RunError(f"nothing came of it: {stage.title}: {'; '.join(drops.notes())}")
    for row in rows:
        task.kind.check(row)
    record["notes"] = drops.notes()
    record["rows"] = {"translated": len(rows), "of": len(examples)}
    with bench.store.publish(stage, record) as draft:
        write_rows(rows, draft / "rows.parquet")


def _translations(spec: TranslateSpec, stage: Stage, examples: Sequence[Example], bench: Workbench) -> dict[str, str]:
    """Every sentence and its translation. They are done some hundreds at a time, and a killed stage keeps those."""
    assert spec.model is not None
    sentences = sentences_of(examples)
    workspace = bench.store.workspace(stage)
    workspace.mkdir(parents=True, exist_ok=True)
    remove_drafts(workspace)
    translator: Translator | None = None
    found: dict[str, str] = {}
    for start in range(0, len(sentences), _TRANSLATED_AT_ONCE):
        part = sentences[start : start + _TRANSLATED_AT_ONCE]
        path = workspace / f"sentences-{start}.json"
        if not path.is_file():
            if translator is None:
                folder = bench.plan.translators[spec.model.digest]
                translator = Translator.load(folder, spec.model, bench.compute)
            write_json(path, translator.translate(part))
        found.update(zip(part, read_json(path), strict=True))
        bench.progress(len(found), len(sentences), "sentences")
    return found


def _run_train(spec: TrainSpec, stage: Stage, bench: Workbench, record: dict[str, Any]) -> None:
    bench.forget_model()
    settings = TrainingSettings(**spec.settings)
    limits = _limits(spec.settings, bench, spec.encoder)
    tasks = [_training_task(trained, spec.encoder, limits, bench) for trained in spec.tasks]
    workspace = bench.store.workspace(stage)
    # An attempt that collapsed is followed by the next one, so the highest folder is where a killed stage stood.
    attempt = max((int(path.name.removeprefix("attempt-")) for path in workspace.glob("attempt-*")), default=0)
    while True:
        run = _training_run(spec, settings, tasks, bench, attempt, workspace / f"attempt-{attempt}")
        course = run.run()
        collapsed = run.collapsed()
        if not collapsed or attempt >= settings.collapse_retries:
            break
        attempt += 1
        del run  # its weights and moments make room for the next attempt's
    record["attempts"] = attempt + 1
    record["at_chance"] = run.at_chance()
    if collapsed:
        record["collapsed"].append(stage.title)
    record["training"] = _course_record(course, run, tasks)
    encoder, heads = run.encoder, run.heads
    with bench.store.publish(stage, record) as draft:
        encoder.model.to("cpu")
        encoder.save(draft)
        save_file(
            {name: t.detach().cpu().contiguous() for name, t in heads.state_dict().items()}, draft / "heads.safetensors"
        )


def _training_run(
    spec: TrainSpec,
    settings: TrainingSettings,
    tasks: Sequence[TrainingTask],
    bench: Workbench,
    attempt: int,
    folder: Path,
) -> TrainingRun:
    seed = spec.seed if attempt == 0 else int(np.random.SeedSequence([spec.seed, attempt]).generate_state(1)[0])
    encoder, previous = load_model(bench, spec.encoder, spec.parent, settings.dropout)
    if bench.compute.device.type == "cpu":
        encoder.suit_cpu(half=bench.compute.halves(settings.precision))
    head_dropout = 0.1 if settings.dropout is None else settings.dropout
    heads: dict[str, Head] = {}
    for task in tasks:
        # A head's first weights depend on the seed and on its task, not on what was made before it.
        torch.manual_seed(zlib.crc32(task.task.name.encode()) ^ seed)
        heads[task.task.name] = task.kind.head(encoder, head_dropout)
    if spec.keep_head:
        (kept,) = [h for name, h in previous.items() if same_outputs(bench.tasks[name], spec.tasks[0].train[0].kind)]
        heads[tasks[0].task.name].load_state_dict(kept.state_dict())
    return TrainingRun(
        encoder,
        heads,
        tasks,
        settings,
        Sampling(**(spec.sampling or {})),
        seed,
        bench.compute,
        bench.pieces(spec.encoder).pad_id,
        folder,
        bench.checkpoint_seconds,
        bench.progress,
    )


def _training_task(trained: TrainedTask, encoder: str, limits: Limits, bench: Workbench) -> TrainingTask:
    task = bench.task(trained.train[0])
    assert isinstance(task.kind, TrainableKind)
    parts = []
    for ref in trained.train:
        loaded = bench.rows(ref)
        require_gold(task, ref.language, ref.split, loaded.examples)
        parts.append(bench.features(ref, loaded.examples, encoder, limits))
    dev = None
    if trained.dev is not None:
        loaded = bench.rows(trained.dev)
        require_gold(task, trained.dev.language, trained.dev.split, loaded.examples)
        features = bench.features(trained.dev, loaded.examples, encoder, limits)
        dev = DevSet(loaded.examples, features, trained.dev.language)
    units = tuple(part.units for part in parts)
    return TrainingTask(task, task.kind, parts[0] if len(parts) == 1 else joined(parts), units, dev)


def _run_predict(spec: PredictSpec, stage: Stage, bench: Workbench, record: dict[str, Any]) -> None:
    task = bench.task(spec.data)
    limits = _limits({"max_length": spec.max_length, "doc_stride": spec.doc_stride}, bench, spec.encoder)
    encoder, heads = bench.model(spec)
    loaded = bench.rows(spec.data)
    record["notes"] = loaded.notes
    features = bench.features(spec.data, loaded.examples, spec.encoder, limits)
    pad_id = bench.pieces(spec.encoder).pad_id
    if isinstance(task.kind, TrainableKind):
        outputs = head_outputs(
            encoder,
            heads[spec.head or ""],
            task.kind,
            features,
            bench.compute,
            pad_id=pad_id,
            precision=spec.precision,
            progress=bench.progress,
        )
        table = task.kind.decode(loaded.examples, features, outputs.rows)
    else:
        assert isinstance(task.kind, Bitext)
        tuning = None
        if spec.tune is not None:
            rows = bench.rows(spec.tune)
            require_gold(task, spec.tune.language, spec.tune.split, rows.examples)
            tuning = (rows.examples, bench.features(spec.tune, rows.examples, spec.encoder, limits))
        table = retrieve(
            encoder,
            task.kind,
            (loaded.examples, features),
            tuning,
            bench.compute,
            poolings=spec.pooling,
            similarities=spec.similarity,
            pad_id=pad_id,
            precision=spec.precision,
            pooled=bench.pooled,
            progress=bench.progress,
        )
    with bench.store.publish(stage, record) as draft:
        pq.write_table(table, draft / "predictions.parquet", compression="zstd")


def _run_score(spec: ScoreSpec, stage: Stage, bench: Workbench, record: dict[str, Any]) -> None:
    """Scores every variant (layer, pooling, similarity) of the predictions; tasks without variants have one."""
    predicted = pq.read_table(bench.store.folder(bench.plan.stages[spec.parent]) / "predictions.parquet")
    task = replace(bench.tasks[spec.data.task], metrics=spec.metrics)
    loaded = bench.rows(spec.data)
    rows: list[dict[str, Any]] = []
    mining = isinstance(task.kind, Bitext) and task.kind.mining
    for variant, answers in _variants(predicted):
        # In mining a source sentence proposes a set of targets, here of one or none.
        predictions = (
            {row: () if answer is None else (answer,) for row, answer in answers.items()} if mining else answers
        )
        for scored in score_examples(task, loaded.examples, predictions, spec.data.language):
            statistics = scored.statistics
            rows.append(
                {
                    **variant,
                    "metric": scored.metric,
                    "value": scored.value,
                    "examples": scored.examples,
                    "gold": scored.gold,
                    "width": 0 if statistics is None else statistics.shape[1],
                    "statistics": [] if statistics is None else statistics.ravel().tolist(),
                }
            )
    schema = pa.schema(
        [
            ("layer", pa.int64()),
            ("pooling", pa.string()),
            ("similarity", pa.string()),
            ("metric", pa.string()),
            ("value", pa.float64()),
            ("examples", pa.int64()),
            ("gold", pa.string()),
            ("width", pa.int64()),
            ("statistics", pa.list_(pa.float64())),
        ]
    )
    with bench.store.publish(stage, record) as draft:
        pq.write_table(pa.Table.from_pylist(rows, schema=schema), draft / "scores.parquet", compression="zstd")


def _variants(table: pa.Table) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """(layer, pooling, similarity) -> predictions by id, in the order of the file."""
    names = ("layer", "pooling", "similarity")
    has_variants = "layer" in table.column_names
    columns = [table[name].to_pylist() if has_variants else [None] * table.num_rows for name in names]
    variants: dict[tuple[Any, ...], dict[str, Any]] = {}
    for *variant, row_id, prediction in zip(
        *columns, table["id"].to_pylist(), table["prediction"].to_pylist(), strict=True
    ):
        variants.setdefault(tuple(variant), {})[row_id] = prediction
    return [(dict(zip(names, variant, strict=True)), predictions) for variant, predictions in variants.items()]


def load_model(
    bench: Workbench, encoder: str, parent: str | None, dropout: float | None = None
) -> tuple[Encoder, dict[str, Head]]:
    """The pretrained encoder, or the one that a training stage made, with that stage's heads."""
    if parent is None:
        return Encoder.load(bench.plan.encoders[encoder], dropout), {}
    stage = bench.plan.stages[parent]
    spec = stage.spec
    assert isinstance(spec, TrainSpec)
    loaded = Encoder.load(bench.store.folder(stage), dropout, config_from=bench.plan.encoders[encoder])
    heads: dict[str, Head] = {}
    for trained in spec.tasks:
        kind = bench.tasks[trained.task].kind
        assert isinstance(kind, TrainableKind)
        heads[trained.task] = kind.head(loaded, 0.0)
    Heads(heads).load_state_dict(load_file(bench.store.folder(stage) / "heads.safetensors"))
    return loaded, heads


def _limits(settings: dict[str, Any], bench: Workbench, encoder: str) -> Limits:
    """Limits that the encoder can take: its configuration may allow less than was asked for."""
    longest = _max_positions(bench.plan.encoders[encoder])
    return Limits(min(settings["max_length"], longest), settings["doc_stride"])


def _max_positions(folder: Path) -> int:
    config = transformers.AutoConfig.from_pretrained(folder, trust_remote_code=False, local_files_only=True)
    return Encoder.positions(config)


def _course_record(course: Course, run: TrainingRun, tasks: Sequence[TrainingTask]) -> dict[str, Any]:
    return {
        "steps": course.step,
        "planned_steps": run.steps,
        "best_step": course.best_step,
        "units": {task.task.name: task.features.units for task in tasks},
        "evaluations": [asdict(evaluation) for evaluation in course.evaluations],
    }


def _versions() -> dict[str, str]:
    from xstilts import __version__

    return {"xstilts": __version__, "torch": torch.__version__, "transformers": transformers.__version__}
