"""Zero-shot prediction of a test set in fifteen languages: ours against `Trainer.predict`.

As the examples' scripts call it: padded to the maximum, in float32, eight rows at a time. At its best: rows sorted by
length, padded dynamically, the model in bfloat16, 64 rows at a time.
"""

from __future__ import annotations

import time
from pathlib import Path

from benchmarks.cases import ROWS, SIZES
from benchmarks.contest import BEST, EXAMPLES, OURS, Contest, Measurement, matrix_peak, most_memory

_LANGUAGES = 15
_ROWS = 48
_SIZES = {
    "XLM-R base": (OURS, BEST, EXAMPLES),
}


def measure(name: str, who: str, folder: Path) -> Measurement:
    """Speed of a size, in rows, and its share of the peak."""
    peak = matrix_peak()
    pieces, seconds = _ours(name, folder) if who == OURS else _trainer(name, folder, who == BEST)
    peak = (peak + matrix_peak()) / 2
    share = 2 * SIZES[name].weights * pieces / seconds / peak / 1e9
    return Measurement(_LANGUAGES * _ROWS / seconds, most_memory(), share, peak)


def _ours(size: str, folder: Path) -> tuple[int, float]:
    """Pieces, and the seconds that they took."""
    from xstilts.compute import Compute
    from xstilts.encoder import Encoder
    from xstilts.prediction import head_outputs

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
    for _ in range(_LANGUAGES):
        predict()
    return _LANGUAGES * int(features.lengths.sum()), time.perf_counter() - began


def _trainer(size: str, folder: Path, best: bool) -> tuple[int, float]:
    from benchmarks.peer import data_of, trainer

    rows = ROWS["pairs"]
    data = data_of(rows, rows.features(_ROWS, folder / size))
    data.sort(key=lambda row: len(row["input_ids"]) if best else 0)
    more = {"bf16_full_eval": best, "per_device_eval_batch_size": 64 if best else 8}
    languages = _LANGUAGES if best else 3
    with trainer(rows, folder / size, data, best, **more) as (peer, clock):
        peer.predict(data)
        clock.pieces.clear()
        began = time.perf_counter()
        for _ in range(languages):
            peer.predict(data)
        seconds = (time.perf_counter() - began) * _LANGUAGES / languages
    return sum(clock.pieces) * _LANGUAGES // languages, seconds


CONTEST = Contest("benchmarks.prediction", "prediction in 15 languages", "rows/s", _SIZES, measure)

if __name__ == "__main__":
    CONTEST.main()
