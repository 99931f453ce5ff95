"""Training a classifier: our loop against `transformers.Trainer`, as its examples set it and at its best.

One epoch over sentence pairs of mini with random weights of MiniLM's size (XLM-R's architecture, 6 layers of 384). All
three see the same rows, 32 a step, without dropout; the unit is pieces that are not padding, per second.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import torch
import transformers
from transformers import (
    AutoModelForSequenceClassification,
    AutoTokenizer,
    Trainer,
    TrainingArguments,
    XLMRobertaConfig,
    XLMRobertaModel,
)

from xstilts.compute import Compute
from xstilts.encoder import Encoder, embedded_encoder, load_pieces
from xstilts.examples import TextExample
from xstilts.features import Features, Limits
from xstilts.settings import Sampling, TrainingSettings
from xstilts.task import Task, Tasks
from xstilts.training import TrainingRun, TrainingTask

_MAX_LENGTH, _BATCH, _RATE, _ROWS = 128, 32, 1e-4, 640


def report(folder: Path, rounds: int) -> None:
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    task = Tasks()["mini-nli"]
    encoder = folder / "encoder"
    _write_encoder(encoder)
    rows = [row for row in task.load(None, "en", f"train[:{_ROWS}]").examples if isinstance(row, TextExample)]
    pieces = int(Features(task.kind.encode(rows, load_pieces(encoder), Limits(_MAX_LENGTH))).lengths.sum())
    cases: dict[str, Callable[[], float]] = {
        "xstilts": lambda: _ours(encoder, task, rows),
        "Trainer, best": lambda: _trainer(encoder, task, rows, best=True),
        "Trainer, examples": lambda: _trainer(encoder, task, rows, best=False),
    }
    speeds: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(rounds):
        for name, run in cases.items():
            speeds[name].append(pieces / run())
    ours = median(speeds["xstilts"])
    print(f"training, pieces that are not padding per second (median of {rounds}), and ours against it")
    for name, measured in speeds.items():
        print(f"  {name:20} {median(measured):8.0f}   {ours / median(measured):5.2f} x")


def _write_encoder(folder: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(embedded_encoder("nano"))
    config = XLMRobertaConfig(
        vocab_size=len(tokenizer),
        hidden_size=384,
        num_hidden_layers=6,
        num_attention_heads=12,
        intermediate_size=768,
        max_position_embeddings=258,
        type_vocab_size=1,
        pad_token_id=tokenizer.pad_token_id,
    )
    torch.manual_seed(0)
    XLMRobertaModel(config, add_pooling_layer=False).save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def _ours(folder: Path, task: Task, rows: list[TextExample]) -> float:
    pieces = load_pieces(folder)
    kind = task.kind
    assert hasattr(kind, "head")
    features = Features(kind.encode(rows, pieces, Limits(_MAX_LENGTH)))
    encoder = Encoder.load(folder, dropout=0.0)
    settings = TrainingSettings(epochs=1, batch_size=_BATCH, learning_rate=_RATE, dropout=0.0, evaluations=1)
    with tempfile.TemporaryDirectory() as place:
        run = TrainingRun(
            encoder,
            {task.name: kind.head(encoder, 0.0)},
            [TrainingTask(task, kind, features, (features.units,), None)],
            settings,
            Sampling.model_validate({}),
            1,
            Compute.choose("auto"),
            pieces.pad_id,
            Path(place),
            float("inf"),
            lambda done, total, note: None,
        )
        began = time.perf_counter()
        run.run()
        return time.perf_counter() - began


def _trainer(folder: Path, task: Task, rows: list[TextExample], *, best: bool) -> float:
    """`best`: dynamic padding, length grouping, bf16, fused AdamW; otherwise padding to the maximum and fp32."""
    labels = list(task.kind.identity()["labels"])
    tokenizer = AutoTokenizer.from_pretrained(folder)
    encoded = tokenizer([row.text for row in rows], [row.pair for row in rows], truncation=True, max_length=_MAX_LENGTH)
    data = [
        {"input_ids": ids, "attention_mask": mask, "labels": labels.index(row.label)}
        for ids, mask, row in zip(encoded["input_ids"], encoded["attention_mask"], rows, strict=True)
    ]
    padding = {"padding": True} if best else {"padding": "max_length", "max_length": _MAX_LENGTH}
    model = AutoModelForSequenceClassification.from_pretrained(
        folder, num_labels=len(labels), dtype="float32", attn_implementation="sdpa"
    )
    with tempfile.TemporaryDirectory() as place:
        arguments = TrainingArguments(
            output_dir=place,
            per_device_train_batch_size=_BATCH,
            num_train_epochs=1,
            learning_rate=_RATE,
            report_to=[],
            save_strategy="no",
            logging_strategy="no",
            disable_tqdm=True,
            bf16=best,
            optim="adamw_torch_fused",
            train_sampling_strategy="group_by_length" if best else "random",
            use_cpu=not torch.cuda.is_available(),
        )
        trainer = Trainer(
            model=model,
            args=arguments,
            train_dataset=data,
            data_collator=transformers.DataCollatorWithPadding(tokenizer, **padding),
        )
        began = time.perf_counter()
        trainer.train()
        return time.perf_counter() - began
