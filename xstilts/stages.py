"""What each stage does: translate, train, predict, score. Each reads finished parents and publishes one folder."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import torch
import transformers
from safetensors.torch import save_file

from xstilts.data.examples import Example
from xstilts.data.features import Limits, joined
from xstilts.data.sources import Drops
from xstilts.durable import read_json, remove_drafts, write_json
from xstilts.errors import RunError
from xstilts.executors.workbench import Workbench, load_heads, load_model
from xstilts.inference.prediction import head_outputs
from xstilts.inference.retrieval import retrieve
from xstilts.kinds.base import TrainableKind
from xstilts.kinds.bitext import Bitext
from xstilts.planning.chain import same_outputs
from xstilts.planning.workload import Pace
from xstilts.scoring import score_table
from xstilts.settings import Sampling, TrainingSettings
from xstilts.stage import PredictSpec, ScoreSpec, Stage, TrainedTask, TrainSpec, TranslateSpec
from xstilts.task import Task, require_gold
from xstilts.training.compute import predicting_within_memory
from xstilts.training.heads import Head
from xstilts.training.loop import TrainingRun
from xstilts.training.training_task import DevSet, TrainingTask
from xstilts.translation.models import Translator
from xstilts.translation.rows import matched_rows, sentences_of, translated_rows, write_rows

_TRANSLATED_AT_ONCE = 512


def run_stage(stage: Stage, bench: Workbench) -> dict[str, Any]:
    """Runs one stage and publishes it.

    Returns:
        The stage's record: what `stage.json` says beside its identity.
    """
    record: dict[str, Any] = {"versions": _versions(), "device": str(bench.compute.device), "collapsed": []}
    if bench.compute.device.type == "cpu":
        record["threads"] = torch.get_num_threads()  # sums in another order round otherwise
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
    began = time.monotonic()
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
    record["seconds"] = _since(began)
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
            translate = partial(translator.translate, part, pause=bench.stop.check)
            translated, bench.compute = predicting_within_memory(bench.compute, translate)
            write_json(path, translated)
        found.update(zip(part, read_json(path), strict=True))
        bench.pause(len(found), len(sentences), "sentences")
    return found


def join_training(bench: Workbench) -> None:
    """Trains along with the first process, stage by stage, until it has no more to train.

    A stage that fails does so in all processes at the same place, and the first one reports it.

    Args:
        bench: What this process works with.

    Raises:
        StoppedError: At the end, if the processes were asked to stop.
    """
    while (key := bench.processes.told_by_first(lambda: None)) is not None:
        stage = bench.plan.stages[key]
        assert isinstance(stage.spec, TrainSpec)
        with suppress(Exception):
            _train(stage.spec, stage, bench, {})
    bench.stop.check()


def _run_train(spec: TrainSpec, stage: Stage, bench: Workbench, record: dict[str, Any]) -> None:
    bench.processes.told_by_first(lambda: stage.key)  # `join_training` waits for it
    _train(spec, stage, bench, record)


def _train(spec: TrainSpec, stage: Stage, bench: Workbench, record: dict[str, Any]) -> None:
    bench.forget_model()
    settings = TrainingSettings(**spec.settings)
    limits = bench.limits(spec.settings, spec.encoder)
    processes = bench.processes
    tasks = processes.together(lambda: [_training_task(trained, spec.encoder, limits, bench) for trained in spec.tasks])
    workspace = bench.store.workspace(stage)
    # An attempt that collapsed is followed by the next one, so the highest folder is where a killed stage stood.
    attempts = (int(path.name.removeprefix("attempt-")) for path in workspace.glob("attempt-*"))
    attempt = processes.told_by_first(lambda: max(attempts, default=0))
    pace = Pace(bench.progress)
    timed = replace(bench, progress=pace)
    while True:
        make = partial(_training_run, spec, settings, tasks, timed, attempt, workspace / f"attempt-{attempt}")
        run = processes.together(make)
        run.run()
        collapsed = run.collapsed()
        if not collapsed or attempt >= settings.collapse_retries:
            break
        attempt += 1
        del run  # its weights and moments make room for the next attempt's
    if not processes.is_first:
        return
    record["attempts"] = attempt + 1
    record["at_chance"] = run.at_chance()
    if collapsed:
        record["collapsed"].append(stage.title)
    record["seconds"] = round(run.course.seconds, 3)
    record["seconds_per_step"] = pace.seconds_per_step
    record["training"] = {**run.record(), "earlier": _earlier_scores(stage, run, bench)}
    encoder, heads = run.encoder, run.heads
    with bench.store.publish(stage, record) as draft:
        encoder.model.to("cpu")
        encoder.save(draft)
        save_file(
            {name: t.detach().cpu().contiguous() for name, t in heads.state_dict().items()}, draft / "heads.safetensors"
        )


def _earlier_scores(stage: Stage, run: TrainingRun, bench: Workbench) -> list[dict[str, Any]]:
    """Dev scores of the stages before, by their own heads on the encoder as it is now: what was forgotten.

    They are only taken where the plan trains on from here, not on the encoder of a target, and of stages whose heads
    are still in the store.
    """
    if all(other.parent != stage.key for other in bench.plan.stages.values() if other.kind == "train"):
        return []
    found = []
    for key in bench.plan.ancestors(stage.key)[1:]:
        earlier = bench.plan.stages[key]
        spec = earlier.spec
        if not isinstance(spec, TrainSpec) or not bench.store.has(earlier.kind, key):
            continue
        heads = load_heads(bench, earlier, run.encoder)
        limits = bench.limits(spec.settings, spec.encoder)
        for trained in spec.tasks:
            task = bench.task(trained.train[0])
            dev = _dev_set(trained, task, spec.encoder, limits, bench)
            if dev is not None and isinstance(task.kind, TrainableKind) and not task.kind.self_supervised:
                head = heads[trained.task].to(bench.compute.device)
                scores = run.dev_scores(task, task.kind, dev, head)
                found.append({"stage": key, "task": trained.task, "dev": scores})
    return found


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
    head_dropout = 0.1 if settings.dropout is None else settings.dropout
    heads: dict[str, Head] = {}
    for task in tasks:
        # A head's first weights depend on the seed and on its task, not on what was made before it.
        torch.manual_seed(zlib.crc32(task.task.name.encode()) ^ seed)
        heads[task.task.name] = task.kind.head(encoder, head_dropout)
    if spec.keep_head:
        (kept,) = [h for name, h in previous.items() if same_outputs(bench.tasks[name], spec.tasks[0].train[0].kind)]
        heads[tasks[0].task.name].load_state_dict(kept.state_dict())
    half, sharded = bench.compute.halves(settings.precision), bench.processes.sharded
    encoder.suit(bench.compute.device, half=half, heads=heads.values(), sharded=sharded)
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
        bench.stop,
        bench.processes,
    )


def _training_task(trained: TrainedTask, encoder: str, limits: Limits, bench: Workbench) -> TrainingTask:
    task = bench.task(trained.train[0])
    assert isinstance(task.kind, TrainableKind)
    parts = []
    for ref in trained.train:
        loaded = bench.rows(ref)
        require_gold(task, ref.language, ref.split, loaded.examples)
        parts.append(bench.features(ref, loaded.examples, encoder, limits))
    dev = _dev_set(trained, task, encoder, limits, bench)
    units = tuple(part.units for part in parts)
    return TrainingTask(task, task.kind, parts[0] if len(parts) == 1 else joined(parts), units, dev)


def _dev_set(trained: TrainedTask, task: Task, encoder: str, limits: Limits, bench: Workbench) -> DevSet | None:
    if trained.dev is None:
        return None
    loaded = bench.rows(trained.dev)
    require_gold(task, trained.dev.language, trained.dev.split, loaded.examples)
    return DevSet(loaded.examples, bench.features(trained.dev, loaded.examples, encoder, limits), trained.dev.language)


def _run_predict(spec: PredictSpec, stage: Stage, bench: Workbench, record: dict[str, Any]) -> None:
    began = time.monotonic()
    task = bench.task(spec.data)
    limits = bench.limits({"max_length": spec.max_length, "doc_stride": spec.doc_stride}, spec.encoder)
    encoder, heads = bench.model(spec)
    loaded = bench.rows(spec.data)
    record["notes"] = loaded.notes
    features = bench.features(spec.data, loaded.examples, spec.encoder, limits)
    pad_id = bench.pieces(spec.encoder).pad_id
    if isinstance(task.kind, TrainableKind):
        kind = task.kind
        outputs, bench.compute = predicting_within_memory(
            bench.compute,
            lambda compute: head_outputs(
                encoder,
                heads[spec.head or ""],
                kind,
                features,
                compute,
                pad_id=pad_id,
                precision=spec.precision,
                progress=bench.pause,
            ),
        )
        table = kind.decode(loaded.examples, features, outputs.rows)
    else:
        assert isinstance(task.kind, Bitext)
        bitext, tuning = task.kind, None
        if spec.tune is not None:
            rows = bench.rows(spec.tune)
            require_gold(task, spec.tune.language, spec.tune.split, rows.examples)
            tuning = (rows.examples, bench.features(spec.tune, rows.examples, spec.encoder, limits))
        table, bench.compute = predicting_within_memory(
            bench.compute,
            lambda compute: retrieve(
                encoder,
                bitext,
                (loaded.examples, features),
                tuning,
                compute,
                poolings=spec.pooling,
                similarities=spec.similarity,
                pad_id=pad_id,
                precision=spec.precision,
                pooled=bench.pooled,
                progress=bench.pause,
            ),
        )
    record["pieces_at_once"] = bench.compute.prediction_pieces
    record["seconds"] = _since(began)
    with bench.store.publish(stage, record) as draft:
        pq.write_table(table, draft / "predictions.parquet", compression="zstd")


def _run_score(spec: ScoreSpec, stage: Stage, bench: Workbench, record: dict[str, Any]) -> None:
    began = time.monotonic()
    predicted = pq.read_table(bench.store.folder(bench.plan.stages[spec.parent]) / "predictions.parquet")
    task = replace(bench.tasks[spec.data.task], metrics=spec.metrics)
    table = score_table(task, bench.rows(spec.data).examples, predicted, spec.data.language)
    record["seconds"] = _since(began)
    with bench.store.publish(stage, record) as draft:
        pq.write_table(table, draft / "scores.parquet", compression="zstd")


def _since(began: float) -> float:
    return round(time.monotonic() - began, 3)


def _versions() -> dict[str, str]:
    from xstilts import __version__

    return {"xstilts": __version__, "torch": torch.__version__, "transformers": transformers.__version__}
