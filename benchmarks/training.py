"""Training: our loop against `transformers.Trainer`, as the examples' scripts set it and at its best.

Each measurement trains two epochs and times the second: in the first, memory is laid out. All see rows of the same
lengths and drop out 10 %. The unit is pieces that are not padding; the share is of what a product of matrices reaches
in the same process. The examples' scripts pad every row to the same length, so two of their steps are timed. Our table
of embeddings keeps all pieces of the tokenizer, about as many as real tasks look up, though these rows have fewer.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from benchmarks.cases import ROWS, SIZES
from benchmarks.contest import BEST, EXAMPLES, OURS, Contest, Measurement, most_memory
from xstilts.data.features import Features, ragged_column


@dataclass(frozen=True)
class Case:
    """Rows of a kind, an encoder of a size, how many steps an epoch has, and who takes part."""

    rows: str
    size: str
    steps: int
    contestants: Sequence[str] = (OURS, BEST)


CASES = {
    "pairs like XNLI's, XLM-R base": Case("pairs", "XLM-R base", 6, (OURS, BEST, EXAMPLES)),
    "questions at 384, XLM-R base": Case("questions", "XLM-R base", 8, (OURS, BEST, EXAMPLES)),
    "pairs like XNLI's, MiniLM's size": Case("pairs", "MiniLM", 16),
    "questions at 384, MiniLM's size": Case("questions", "MiniLM", 16),
    "tags, XLM-R base": Case("tags", "XLM-R base", 6),
    "pairs like XNLI's, nano": Case("pairs", "nano", 32),
    "questions at 384, nano": Case("questions", "nano", 32),
    "pairs like XNLI's, XLM-R large, GPU": Case("pairs", "XLM-R large", 24, (OURS, BEST, EXAMPLES)),
    "questions at 384, XLM-R large, GPU": Case("questions", "XLM-R large", 24, (OURS, BEST, EXAMPLES)),
}


def measure(name: str, who: str, folder: Path, short: bool) -> Measurement:
    """Speed of a case, and the work of its layers; in short, of half as many steps."""
    case = CASES[name]
    case = replace(case, steps=case.steps // 2) if short else case
    times = list(ours(case, folder) if who == OURS else _trainer(case, folder, who == BEST))
    speed = sum(count for count, _ in times) / sum(taken for _, taken in times)
    return Measurement(speed, most_memory(), layer_work(case, speed))


def layer_work(case: Case, speed: float) -> float:
    """GFLOP/s of the products of layers, forward and backward, at so many pieces a second."""
    return 6 * SIZES[case.size].weights * speed / 1e9


def ours(case: Case, folder: Path, stepped: Callable[[int], None] = lambda done: None) -> Iterator[tuple[int, float]]:
    """Pieces and seconds of each step of the second epoch.

    Args:
        case: What is trained.
        folder: The encoders.
        stepped: Called after every step, those of the first epoch included, with the number of steps so far.
    """
    import torch

    from xstilts.catalogue import Tasks
    from xstilts.encoders.encoder import Encoder
    from xstilts.settings import Sampling, TrainingSettings
    from xstilts.training.compute import Compute
    from xstilts.training.loop import TrainingRun
    from xstilts.training.training_task import TrainingTask

    rows = ROWS[case.rows]
    features = rows.features(case.steps * rows.at_once, folder / case.size)
    compute = Compute.choose("auto")
    encoder = Encoder.load(folder / case.size)
    task = Tasks()[rows.task]
    heads = {task.name: rows.kind.head(encoder, 0.1)}
    encoder.suit(compute.device, half=compute.halves("auto"), heads=heads.values())
    times: list[float] = []

    def clock(done: int, total: int, note: str) -> None:
        if compute.device.type == "cuda":
            torch.cuda.synchronize()
        times.append(time.perf_counter())
        stepped(done)

    run = TrainingRun(
        encoder,
        heads,
        [TrainingTask(task, rows.kind, _with_every_piece(features), (features.units,), None)],
        TrainingSettings(max_steps=2 * case.steps, batch_size=rows.at_once, learning_rate=1e-5),
        Sampling.model_validate({}),
        1,
        compute,
        1,
        folder / "ours",
        float("inf"),
        clock,
    )
    units = [run.streams[0].take(at * rows.at_once, rows.at_once) for at in range(2 * case.steps)]
    run.run()
    for at in range(case.steps, 2 * case.steps):
        yield int(features.lengths[units[at]].sum()), times[at] - times[at - 1]


def _with_every_piece(features: Features) -> Features:
    """Features with one more unit, never drawn, that has all pieces of nano's tokenizer."""
    columns = {name: features.table.column(name)[:1].combine_chunks() for name in features.table.column_names}
    columns["input_ids"] = ragged_column([np.arange(SIZES["nano"].vocabulary)], np.int32)
    columns["unit"] = pa.array([features.units], type=pa.int32())
    return Features(pa.concat_tables([features.table, pa.table(columns)], promote_options="none"))


def _trainer(case: Case, folder: Path, best: bool) -> Iterator[tuple[int, float]]:
    from benchmarks.peer import data_of, trainer

    rows, steps = ROWS[case.rows], case.steps if best else min(case.steps, 2)
    data = data_of(rows, rows.features(case.steps * rows.at_once, folder / case.size))
    with trainer(rows, folder / case.size, data, best, trains=True, max_steps=2 * steps) as (peer, clock):
        peer.train()
    for at in range(steps, 2 * steps):
        yield clock.pieces[at], clock.ends[at] - clock.ends[at - 1]


CONTEST = Contest(
    "benchmarks.training",
    "training",
    "pieces/s",
    {name: case.contestants for name, case in CASES.items()},
    measure,
    in_short=[name for name, case in CASES.items() if case.size in ("XLM-R base", "MiniLM") and case.rows != "tags"],
)

if __name__ == "__main__":
    CONTEST.main()
