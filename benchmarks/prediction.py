"""Zero-shot prediction of a test set in fifteen languages: ours against `Trainer.predict`.

As the examples' scripts call it: padded to the maximum, in float32, eight rows at a time. At its best: rows sorted by
length, padded dynamically, the model in bfloat16, 64 rows at a time.
"""

from __future__ import annotations

import time
from pathlib import Path

from benchmarks.cases import ROWS, SIZES
from benchmarks.contest import BEST, EXAMPLES, OURS, Contest, Measurement, computes_half, most_memory

_LANGUAGES, _FEW = 15, 3
_ROWS = 48
_SIZES = {
    "XLM-R base": (OURS, BEST, EXAMPLES),
    "XLM-R large, GPU": (OURS, BEST, EXAMPLES),
}


def measure(name: str, who: str, folder: Path, short: bool) -> Measurement:
    """Speed of a size, in rows, and the work of its layers; in short, of few languages."""
    size = name.removesuffix(", GPU")
    languages = _FEW if short or who == EXAMPLES else _LANGUAGES
    pieces, seconds = (_ours if who == OURS else _trainer)(size, folder, languages, who == BEST)
    return Measurement(languages * _ROWS / seconds, most_memory(), 2 * SIZES[size].weights * pieces / seconds / 1e9)


def _ours(size: str, folder: Path, languages: int, _: bool) -> tuple[int, float]:
    """Pieces, and the seconds that they took."""
    from xstilts.encoders.encoder import Encoder
    from xstilts.inference.prediction import head_outputs
    from xstilts.training.compute import Compute

    rows = ROWS["pairs"]
    features = rows.features(_ROWS, folder / size)
    compute = Compute.choose("auto")
    encoder = Encoder.load(folder / size)
    head = rows.kind.head(encoder, 0.1)
    encoder.suit(compute.device, half=compute.halves("auto"), heads=[head])

    def predict() -> None:
        head_outputs(encoder, head, rows.kind, features, compute, pad_id=1, precision="auto")

    predict()
    began = time.perf_counter()
    for _ in range(languages):
        predict()
    return languages * int(features.lengths.sum()), time.perf_counter() - began


def _trainer(size: str, folder: Path, languages: int, best: bool) -> tuple[int, float]:
    from benchmarks.peer import data_of, trainer

    rows = ROWS["pairs"]
    data = data_of(rows, rows.features(_ROWS, folder / size))
    data.sort(key=lambda row: len(row["input_ids"]) if best else 0)
    more = {"bf16_full_eval": best and computes_half(), "per_device_eval_batch_size": 64 if best else 8}
    with trainer(rows, folder / size, data, best, trains=False, **more) as (peer, clock):
        peer.predict(data)
        clock.pieces.clear()
        began = time.perf_counter()
        for _ in range(languages):
            peer.predict(data)
        seconds = time.perf_counter() - began
    return sum(clock.pieces), seconds


CONTEST = Contest("benchmarks.prediction", "prediction in 15 languages", "rows/s", _SIZES, measure)

if __name__ == "__main__":
    CONTEST.main()
