"""`transformers.Trainer`, as the examples' scripts set it, and at its best."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import transformers

from benchmarks.cases import Rows
from benchmarks.contest import computes_half
from xstilts.data.features import Features

_MODELS = {
    "classification": transformers.AutoModelForSequenceClassification,
    "span_qa": transformers.AutoModelForQuestionAnswering,
    "tagging": transformers.AutoModelForTokenClassification,
}
_NAMES = {"labels": "labels", "starts": "start_positions", "ends": "end_positions", "tags": "labels"}


@dataclass
class Clock(transformers.TrainerCallback):  # type: ignore[misc]
    """When each step of a training ended, and how many pieces each batch had that are not padding."""

    ends: list[float] = field(default_factory=list)
    pieces: list[int] = field(default_factory=list)

    def on_step_end(self, *arguments: Any, **more: Any) -> None:
        """The time."""
        import torch

        if torch.cuda.is_available():
            torch.cuda.synchronize()
        self.ends.append(time.perf_counter())


def data_of(rows: Rows, features: Features) -> list[dict[str, Any]]:
    """Rows as Trainer takes them."""
    every = np.arange(len(features))
    targets = rows.kind.targets(features, every, int(features.lengths.max()), 0)
    data = []
    for row in every:
        length = features.lengths[row]
        labels = {_NAMES[name]: values[row] for name, values in targets.items() if name in _NAMES}
        data.append(
            {
                "input_ids": features.ragged("input_ids")[row].tolist(),
                **{name: value[:length].tolist() if np.ndim(value) else int(value) for name, value in labels.items()},
            }
        )
    return data


@contextmanager
def trainer(
    rows: Rows, encoder: Path, data: list[dict[str, Any]], best: bool, trains: bool, **more: Any
) -> Iterator[tuple[Any, Clock]]:
    """A Trainer and its clock.

    `best`: dynamic padding, rows grouped by length, bfloat16, fused AdamW. Otherwise padding to the maximum and
    float32, which is what the examples' scripts do.

    Args:
        rows: What the data are.
        encoder: The encoder's folder.
        data: Rows to train on.
        best: How it is set.
        trains: Whether it trains, or predicts.
        more: Training arguments.
    """
    import tempfile

    import torch

    transformers.logging.set_verbosity_error()
    clock = Clock()
    kind = rows.kind
    labels = {} if kind.name == "span_qa" else {"num_labels": len(getattr(kind, "labels", getattr(kind, "tags", ())))}
    # On CPUs torch's fused attention has no dropout, and what stands in for it then is slower than the plain products.
    attention = "sdpa" if torch.cuda.is_available() or not trains else "eager"
    model = _MODELS[kind.name].from_pretrained(encoder, dtype="float32", attn_implementation=attention, **labels)
    padding: dict[str, Any] = {"padding": True} if best else {"padding": "max_length", "max_length": rows.max_length}
    collator = (
        transformers.DataCollatorForTokenClassification
        if kind.name == "tagging"
        else transformers.DataCollatorWithPadding
    )
    collate = collator(transformers.AutoTokenizer.from_pretrained(encoder), **padding)

    def counting(batch: list[dict[str, Any]]) -> Any:
        clock.pieces.append(sum(len(row["input_ids"]) for row in batch))
        return collate(batch)

    with tempfile.TemporaryDirectory() as place:
        arguments = transformers.TrainingArguments(
            output_dir=place,
            per_device_train_batch_size=rows.at_once,
            learning_rate=1e-5,
            report_to=[],
            save_strategy="no",
            logging_strategy="no",
            disable_tqdm=True,
            bf16=best and computes_half(),
            optim="adamw_torch_fused" if best else "adamw_torch",
            train_sampling_strategy="group_by_length" if best else "random",
            use_cpu=not torch.cuda.is_available(),
            **more,
        )
        yield (
            transformers.Trainer(
                model=model, args=arguments, train_dataset=data, data_collator=counting, callbacks=[clock]
            ),
            clock,
        )
