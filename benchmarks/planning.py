"""How long a large study takes to plan: about ten thousand stages on mini and nano, nothing of it run."""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import yaml

from xstilts.planning.feature_cache import features_of
from xstilts.planning.planner import make_plan
from xstilts.planning.workload import Workload
from xstilts.store import Store
from xstilts.study import Study

_TARGETS = ("mini-nli", "mini-topic", "mini-pos", "mini-ner", "mini-qa")
_SEEDS = 3


def report(rounds: int, short: bool = False, recipes: int = 25) -> None:
    with tempfile.TemporaryDirectory() as folder:
        study = _study(Path(folder), recipes)
        plan = make_plan(study, None, draft=True)  # writes mini's files, if they are not in the cache
        store = Store(Path(folder) / "store")
        workload = Workload(plan, study.known_tasks, None, store)
        work: dict[str, Callable[[], object]] = {
            "plan": lambda: make_plan(study, None, draft=True),
            "who shares what": lambda: (plan.recipes_of_stages(), plan.targets_of_stages()),
            "what is needed": lambda: plan.needed(lambda stage: store.has(stage.kind, stage.key)),
            "names of features": lambda: features_of(plan),
            "steps and pieces": lambda: [workload.work(stage) for stage in plan.stages.values()],
        }
        print(f"a study of {len(plan.stages):,} stages, seconds (the first time, and the median of {rounds} more)")
        for name, part in work.items():
            first, *more = (_seconds(part) for _ in range(rounds + 1))
            print(f"  {name:20} {first:8.2f} {median(more):8.2f}")


def _seconds(part: Callable[[], object]) -> float:
    began = time.perf_counter()
    part()
    return time.perf_counter() - began


def _study(folder: Path, recipes: int) -> Study:
    """Recipes that differ in a hyperparameter, so that none shares its stage."""
    described: dict[str, Any] = {
        "name": "large",
        "encoders": {"nano": {"embedded": "nano"}},
        "recipes": {f"r{at}": [{"task": "mini-text", "training": {"max_steps": at + 1}}] for at in range(recipes)},
        "task_defaults": {"mini-text": {"dev": "none"}},
        "targets": {name: {} for name in _TARGETS},
        "baseline": "r0",
        "seeds": list(range(_SEEDS)),
    }
    path = folder / "study.yaml"
    path.write_text(yaml.safe_dump(described), encoding="utf-8")
    return Study.from_yaml(path)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.planning", description=__doc__)
    parser.add_argument("--recipes", type=int, default=25, help="recipes; each has about 400 stages")
    parser.add_argument("--rounds", type=int, default=3, help="repetitions")
    options = parser.parse_args()
    report(options.rounds, recipes=options.recipes)


if __name__ == "__main__":
    main()
