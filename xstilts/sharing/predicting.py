"""Text in, predictions out: an exported checkpoint, or a stage of a run, over rows without labels, in blocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from xstilts.data.examples import Example
from xstilts.data.features import Features, Limits
from xstilts.data.pieces import Pieces
from xstilts.durable import read_json
from xstilts.encoders.encoder import Encoder, encoder_folder, load_pieces
from xstilts.encoders.files import first_line, load_weights
from xstilts.errors import InputError
from xstilts.inference.prediction import head_outputs
from xstilts.kinds.base import TrainableKind
from xstilts.kinds.classification import Classification
from xstilts.kinds.multiple_choice import MultipleChoice
from xstilts.kinds.span_qa import SpanQA
from xstilts.kinds.tagging import Tagging
from xstilts.sharing.architectures import AUTO_CLASSES, ModelHead, PieceModelHead
from xstilts.sharing.export import MANIFEST
from xstilts.sharing.trained import find_trained, kind_from
from xstilts.sharing.unlabeled import FORMATS, Record
from xstilts.training.compute import Compute, predicting_within_memory
from xstilts.training.heads import Head

_STRIDE = 128  # pieces that windows share, of a checkpoint that does not say it


@dataclass
class Predictor:
    """A model that predicts rows.

    Attributes:
        kind: What it predicts.
        task: The task that it was trained for, if that is known.
        languages: Languages whose labels it saw last, if that is known.
    """

    kind: TrainableKind
    task: str | None
    languages: list[str]
    _encoder: Encoder
    _head: Head
    _pieces: Pieces
    _limits: Limits
    _precision: str
    _compute: Compute

    def predict(self, examples: Sequence[Example]) -> list[dict[str, Any]]:
        """What is predicted of each row, in their order: `prediction`, and what its kind knows beside it."""
        features = Features(self.kind.encode(examples, self._pieces, self._limits))
        outputs, self._compute = predicting_within_memory(
            self._compute,
            lambda compute: head_outputs(
                self._encoder,
                self._head,
                self.kind,
                features,
                compute,
                pad_id=self._pieces.pad_id,
                precision=self._precision,
            ),
        )
        rows = self.kind.decode(examples, features, outputs.rows).to_pylist()
        return [_shown(self.kind, row) for row in rows]


def _shown(kind: TrainableKind, row: Mapping[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {"prediction": row["prediction"]}
    if "probabilities" in row:
        rounded = [round(value, 6) for value in row["probabilities"]]
        named = dict(zip(kind.labels, rounded, strict=True)) if isinstance(kind, Classification) else rounded
        shown["probabilities"] = named
    if isinstance(kind, SpanQA):
        shown |= {"start": row["start"], "score": row["score"]}
    return shown


def load_predictor(model: Path, task: str | None = None, device: str = "auto", offline: bool = False) -> Predictor:
    """Loads a model.

    Args:
        model: A checkpoint of `transformers`, exported or any other with a head; or `OUT/STAGE`, a run's folder with a
            stage behind it as `find_trained` takes it.
        task: The task that is meant; it must be the model's.
        device: `auto`, `cpu` or `cuda`.
        offline: A run's pretrained encoder is only looked for in the cache.

    Raises:
        InputError: If there is no such model, or it predicts nothing.
    """
    compute = Compute.choose(device)
    predictor = _from_checkpoint(model, compute) if model.is_dir() else _from_run(model, task, compute, offline)
    if type(predictor.kind) not in FORMATS:
        raise InputError(
            f"rows of kind {predictor.kind.name} have no prediction of their own",
            where=model,
            expected=", ".join(kind.name for kind in FORMATS),
            fix="docs/export.md says how to use such a model with transformers or sentence-transformers",
        )
    if task is not None and predictor.task is not None and task != predictor.task:
        _check_serves(predictor, task, model)
    return predictor


def _check_serves(predictor: Predictor, task: str, model: Path) -> None:
    """A model predicts another task than its own if rows, labels and their order are the same, as of MNLI and XNLI."""
    from xstilts.catalogue import Tasks
    from xstilts.planning.chain import same_outputs

    try:
        known = Tasks()[task]
    except InputError:
        known = None
    if known is None or not same_outputs(known, predictor.kind.identity()):
        raise InputError(
            "the model was trained for another task", where=model, found=predictor.task, expected=task,
            fix=f"say --task {predictor.task}, or leave --task out",
        )  # fmt: skip


def _from_run(model: Path, task: str | None, compute: Compute, offline: bool) -> Predictor:
    for out in model.parents:
        if (out / "plan.json").is_file():
            break
    else:
        raise InputError(
            "there is no such model",
            where=model,
            expected="a folder with config.json, or the folder of a run with a stage behind it",
            fix="for example runs/quickstart/direct/mini-topic",
        )
    name = model.relative_to(out).as_posix()
    trained = find_trained(out, name, task if "/" not in name else None)
    _, pretrained = trained.pretrained(offline)
    encoder, head = trained.load(pretrained)
    kind = trained.kind
    if head is None or kind is None:
        raise InputError("nothing of this predicts: it is an encoder without a head", where=model)
    limits, precision = trained.limits(kind, encoder), trained.spec["settings"]["precision"]
    encoder.suit(compute.device, half=compute.halves(precision), heads=[head])
    pieces = load_pieces(pretrained)
    return Predictor(kind, trained.task, trained.languages, encoder, head, pieces, limits, precision, compute)


def _from_checkpoint(folder: Path, compute: Compute) -> Predictor:
    from transformers.utils import logging

    if (folder / "plan.json").is_file():
        raise InputError(
            "this is the folder of a run, which trained several models", where=folder,
            fix=f"add a stage: {folder}/RECIPE/TARGET",
        )  # fmt: skip
    encoder_folder(folder)
    logging.disable_progress_bar()
    logging.set_verbosity_error()
    said: dict[str, Any] = read_json(folder / MANIFEST) if (folder / MANIFEST).is_file() else {}
    kind = kind_from(said["kind"]) if said.get("kind") else _kind_of(folder)
    try:
        model, report = load_weights(AUTO_CLASSES[type(kind)], folder)
    except Exception as error:
        raise InputError(f"the model cannot be loaded: {first_line(error)}", where=folder) from error
    if report["missing_keys"]:
        raise InputError(
            "the model's weights are incomplete",
            where=folder,
            found=f"{len(report['missing_keys'])} tensors are missing, among them {min(report['missing_keys'])}",
        )
    encoder = Encoder(model.base_model, folder)
    head = (PieceModelHead if isinstance(kind, Tagging | SpanQA) else ModelHead)(model, kind)
    if getattr(encoder.model, "pooler", None) is not None:
        encoder.model.pooler = None  # the head has it
    limits = Limits(
        min(said.get("max_length", kind.max_length), Encoder.positions(encoder.model.config)),
        said.get("doc_stride", _STRIDE),
    )
    precision = said.get("precision", "auto")
    encoder.suit(compute.device, half=compute.halves(precision), heads=[head])
    pieces, languages = load_pieces(folder), said.get("languages", [])
    return Predictor(kind, said.get("task"), languages, encoder, head, pieces, limits, precision, compute)


def _kind_of(folder: Path) -> TrainableKind:
    """The kind of a checkpoint that others made, by the class that it names and its labels."""
    config = read_json(folder / "config.json")
    names = [str(name) for name in config.get("architectures") or ()]
    labels = {int(at): str(name) for at, name in (config.get("id2label") or {}).items()}
    ordered = tuple(labels[at] for at in sorted(labels))
    for name in names:
        if name.endswith("ForSequenceClassification"):
            return Classification(ordered)
        if name.endswith("ForTokenClassification"):
            return Tagging(ordered)
        if name.endswith("ForQuestionAnswering"):
            return SpanQA(unanswerable=True)
        if name.endswith("ForMultipleChoice"):
            return MultipleChoice()
    raise InputError(
        "nothing of this predicts: it is an encoder without a head",
        where=folder / "config.json",
        found=", ".join(names) or "no architectures",
        expected="a model for sequence classification, token classification, question answering or multiple choice",
    )


def predict_stream(
    predictor: Predictor, records: Iterator[Record], at_once: int
) -> Iterator[list[tuple[Record, dict[str, Any]]]]:
    """Rows and what is predicted of them, block by block, in their order.

    Rows before one that cannot be read are predicted first; then its error is raised. Of an empty line of plain text
    there is nothing.

    Args:
        predictor: The model.
        records: The rows.
        at_once: Rows per block.
    """
    failure: InputError | None = None
    while failure is None:
        block: list[Record] = []
        try:
            for record in islice(records, at_once):
                block.append(record)
        except InputError as error:
            failure = error
        if block:
            examples = [record.example for record in block if record.example is not None]
            predicted = iter(predictor.predict(examples) if examples else [])
            yield [(record, {} if record.example is None else next(predicted)) for record in block]
        elif failure is None:
            return
    raise failure
