"""Training: our loop against `transformers.Trainer`, as the example scripts set it and at its best.

Each measurement is a process of its own: it loads the encoder, takes one step, and times the next ones. Ours and theirs
alternate. All see rows of the same lengths and drop out 10 %. The unit is pieces that are not padding, per second; the
share is of what a matrix product in bfloat16 reaches in the same process.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks.cases import CASES, SIZES, Case, features_of, kind_of, load_encoder, write_encoders

# What glibc needs to keep memory; ours says so itself.
_ALLOCATOR = {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": "2147483647", "MALLOC_TOP_PAD_": "67108864"}
_WHO = ("xstilts", "Trainer, best", "Trainer, examples")


def report(rounds: int, chosen: str = "") -> None:
    with tempfile.TemporaryDirectory() as folder:
        write_encoders(Path(folder))
        for name in CASES:
            if chosen in name:
                _report_case(name, folder, rounds)


def _report_case(name: str, folder: str, rounds: int) -> None:
    found: dict[str, list[dict[str, float]]] = {who: [] for who in _WHO}
    for at in range(rounds):
        for who in _WHO:
            if who == "Trainer, examples" and at >= 2:
                continue  # it takes ten times as long, and its ratio is not near any bar
            extra = _ALLOCATOR if who == "Trainer, best" else {}
            command = [sys.executable, "-m", "benchmarks.training", "--folder", folder, "--case", name, "--who", who]
            done = subprocess.run(command, env={**os.environ, **extra}, stdout=subprocess.PIPE, check=True, text=True)
            found[who].append(json.loads(done.stdout.splitlines()[-1]))
    middle = {
        who: {key: median(one[key] for one in measured) for key in measured[0]} for who, measured in found.items()
    }
    ours = middle["xstilts"]
    print(f"training, {name} (median of {rounds})")
    print("                       pieces/s   ours is  share of peak  peak GFLOP/s  memory GB  of ours")
    for who, row in middle.items():
        print(
            f"  {who:20} {row['speed']:8.0f} {ours['speed'] / row['speed']:7.2f} x {row['share']:13.0%} "
            f"{row['peak']:13.0f} {row['memory']:10.2f} {row['memory'] / ours['memory']:6.2f} x"
        )


def measure(case: Case, who: str, folder: Path) -> dict[str, float]:
    """Speed, share of the peak, peak and memory of one process."""
    peak = _peak()
    run = _ours if who == "xstilts" else _trainer
    times = list(run(case, folder, who == "Trainer, best"))
    pieces, seconds = sum(count for count, _ in times), sum(taken for _, taken in times)
    peak = (peak + _peak()) / 2
    size = SIZES[case.size]
    weights = size.layers * (4 * size.hidden**2 + 2 * size.hidden * size.inner)
    return {
        "speed": pieces / seconds,
        "share": 6 * weights * pieces / seconds / peak / 1e9,
        "peak": peak,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
    }


def _peak() -> float:
    """GFLOP/s of products in bfloat16, in the shape of a feed-forward layer."""
    import torch

    left, right = torch.randn(1024, 1024).bfloat16(), torch.randn(4096, 1024).bfloat16()
    rates = []
    for _ in range(12):
        began = time.perf_counter()
        left @ right.T
        rates.append(2 * 1024 * 1024 * 4096 / (time.perf_counter() - began) / 1e9)
    return median(rates)


def _ours(case: Case, folder: Path, best: bool) -> Iterator[tuple[int, float]]:
    """Pieces and seconds of each step."""
    from xstilts.compute import Compute
    from xstilts.layers import stand_in
    from xstilts.settings import Sampling, TrainingSettings
    from xstilts.task import Tasks
    from xstilts.training import TrainingRun, TrainingTask

    kind, features = kind_of(case), features_of(case, folder / case.size)
    encoder, compute = load_encoder(folder, case), Compute.choose("auto")
    head = kind.head(encoder, 0.1)
    if compute.device.type == "cpu":
        encoder.suit_cpu(half=True)
        stand_in(head, half=False)
    settings = TrainingSettings(max_steps=case.steps + 1, batch_size=case.rows, learning_rate=1e-5)
    times: list[float] = []
    task = Tasks()["mini-qa" if case.max_length > 200 else "mini-nli"]
    run = TrainingRun(
        encoder,
        {task.name: head},
        [TrainingTask(task, kind, features, (features.units,), None)],
        settings,
        Sampling.model_validate({}),
        1,
        compute,
        1,
        folder / "ours",
        float("inf"),
        lambda done, total, note: times.append(time.perf_counter()),
    )
    pieces = [
        int(sum(features.lengths[features.unit_bounds[u] : features.unit_bounds[u + 1]].sum() for u in units))
        for units in (run.streams[0].take(at * case.rows, case.rows) for at in range(case.steps + 1))
    ]
    run.run()
    for at in range(1, case.steps + 1):
        yield pieces[at], times[at] - times[at - 1]


def _trainer(case: Case, folder: Path, best: bool) -> Iterator[tuple[int, float]]:
    """`best`: dynamic padding, length grouping, bf16, fused AdamW; otherwise padding to the maximum and fp32."""
    import torch
    import transformers

    transformers.logging.set_verbosity_error()
    features = features_of(case, folder / case.size)
    kind = kind_of(case)
    rows = np.arange(len(features))
    targets = kind.targets(features, rows, int(features.lengths.max()), 0)
    names = {"labels": "labels", "starts": "start_positions", "ends": "end_positions"}
    data = [
        {
            "input_ids": features.ragged("input_ids")[row].tolist(),
            **{names[name]: int(values[row]) for name, values in targets.items() if name in names},
        }
        for row in rows
    ]
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder / case.size)
    padding: dict[str, Any] = {"padding": True} if best else {"padding": "max_length", "max_length": case.max_length}
    collate = transformers.DataCollatorWithPadding(tokenizer, **padding)
    counts: list[int] = []

    def counting(batch: list[dict[str, Any]]) -> Any:
        counts.append(sum(len(row["input_ids"]) for row in batch))
        return collate(batch)

    times: list[float] = []

    class Clock(transformers.TrainerCallback):
        def on_step_end(self, *arguments: Any, **more: Any) -> None:
            times.append(time.perf_counter())

    auto = (
        transformers.AutoModelForQuestionAnswering
        if case.max_length > 200
        else transformers.AutoModelForSequenceClassification
    )
    labels = {} if case.max_length > 200 else {"num_labels": 3}
    model = auto.from_pretrained(folder / case.size, dtype="float32", attn_implementation="sdpa", **labels)
    with tempfile.TemporaryDirectory() as place:
        arguments = transformers.TrainingArguments(
            output_dir=place,
            per_device_train_batch_size=case.rows,
            max_steps=case.steps + 1,
            learning_rate=1e-5,
            report_to=[],
            save_strategy="no",
            logging_strategy="no",
            disable_tqdm=True,
            bf16=best,
            optim="adamw_torch_fused" if best else "adamw_torch",
            train_sampling_strategy="group_by_length" if best else "random",
            use_cpu=not torch.cuda.is_available(),
        )
        trainer = transformers.Trainer(
            model=model, args=arguments, train_dataset=data, data_collator=counting, callbacks=[Clock()]
        )
        trainer.train()
    for at in range(1, case.steps + 1):
        yield counts[at], times[at] - times[at - 1]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.training", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="alternations")
    parser.add_argument("--case", default="", help="a part of the names of the cases to measure")
    parser.add_argument("--who", choices=_WHO, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.who is None:
        report(options.rounds, options.case)
    else:
        print(json.dumps(measure(CASES[options.case], options.who, options.folder)))


if __name__ == "__main__":
    main()
