"""A whole study: two recipes, three targets in four languages, one seed, nano and mini; ours against a Trainer script.

The script is what a careful person would write: it trains the intermediate task once, keeps everything in memory, and
sets Trainer at its best. Ours also writes every stage with its checksums, scores, and makes the report.
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

from benchmarks.cases import Rows
from benchmarks.contest import BEST, OURS, Contest, Measurement, most_memory

_INTERMEDIATE = "mini-nli"
_TARGETS = ("mini-paraphrase", "mini-ner", "mini-pos")
_LANGUAGES = ("en", "de", "fi", "sw")
_TRAIN, _DEV, _TEST, _STEPS = "train[:1000]", "dev[:100]", "test[:300]", 40


def measure(name: str, who: str, folder: Path, short: bool) -> Measurement:
    """Studies an hour."""
    os.environ.setdefault("XDG_CACHE_HOME", str(folder / "cache"))
    from xstilts.catalogue import Tasks

    for task in (_INTERMEDIATE, *_TARGETS):  # mini's rows are made before the clock runs
        Tasks()[task].load(None, "en", "train")
    with tempfile.TemporaryDirectory() as place:
        began = time.perf_counter()
        if who == OURS:
            _ours(Path(place))
        else:
            _script(Path(place), folder / "nano")
        return Measurement(3600 / (time.perf_counter() - began), most_memory())


def _ours(place: Path) -> None:
    from xstilts.study import Study

    target = {"train": _TRAIN, "dev": _DEV, "test": _TEST, "evaluate": list(_LANGUAGES)}
    study = Study.model_validate(
        {
            "name": "bench",
            "encoders": {"nano": {"embedded": "nano"}},
            "recipes": {"direct": [], "nli": [_INTERMEDIATE]},
            "targets": {task: {**target, "task": task} for task in _TARGETS},
            "task_defaults": {_INTERMEDIATE: {"train": _TRAIN, "dev": _DEV}},
            "training": {
                "max_steps": _STEPS,
                "batch_size": 32,
                "learning_rate": 5e-4,
                "evaluations": 1,
                "collapse_retries": 0,
            },
            "seeds": [1],
        }
    )
    study.run(out=place / "out", offline=True)


def _script(place: Path, encoder: Path) -> None:
    from benchmarks.peer import data_of, trainer
    from xstilts.catalogue import Tasks
    from xstilts.data.features import Features, Limits
    from xstilts.encoders.encoder import load_pieces
    from xstilts.kinds.base import TrainableKind

    pieces = load_pieces(encoder)

    def rows_of(task: str, language: str, split: str) -> tuple[Rows, list[dict[str, object]]]:
        kind = Tasks()[task].kind
        assert isinstance(kind, TrainableKind)
        rows = Rows(task, kind, lambda *_: None, 32, 128)
        examples = Tasks()[task].load(None, language, split).examples
        return rows, data_of(rows, Features(kind.encode(examples, pieces, Limits(128))))

    def trained(task: str, start: Path, end: Path | None, languages: tuple[str, ...]) -> None:
        rows, data = rows_of(task, "en", _TRAIN)
        more = {"max_steps": _STEPS, "bf16_full_eval": True, "per_device_eval_batch_size": 64}
        with trainer(rows, start, data, True, **more) as (peer, _):
            peer.train()
            for language in languages:
                test = rows_of(task, language, _TEST)[1]
                test.sort(key=lambda row: len(row["input_ids"]))  # type: ignore[arg-type]
                peer.predict(test)
            if end is not None:
                peer.model.base_model.save_pretrained(end)
                for file in encoder.glob("tokenizer*"):
                    (end / file.name).write_bytes(file.read_bytes())

    trained(_INTERMEDIATE, encoder, place / "nli", ())
    for start in (encoder, place / "nli"):
        for task in _TARGETS:
            trained(task, start, None, _LANGUAGES)


CONTEST = Contest("benchmarks.study", "a whole study", "an hour", {"nano and mini": (OURS, BEST)}, measure)

if __name__ == "__main__":
    CONTEST.main()
