"""How much training a study is: ours, where nothing runs twice, and as others run it. Nothing of it is run.

Each way trains the same recipes for the same targets, seeds and epochs; what differs is what is trained again.

- ours: each distinct stage once.
- a run per pair: each (recipe, target, seed) is a run of its own, from the pretrained encoder to the target.
- jiant, by phases: each recipe's training once per seed; from it, each target is trained on its own, also where
  another target has the same training set. (Its phases are separate runs, handed over by hand.)
- xtreme's scripts: direct fine-tuning alone, each target on its own; beside it, our stages of the same recipe.

Steps and pieces are of training, without dev sets and early stopping, at the official number of rows. Lengths come
from a sample of rows; where the study's encoder is not there, in pieces of nano's tokenizer. Stages of whose rows
nothing is known are counted as stages and left out of the other numbers.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

from xstilts.plan import Plan
from xstilts.planning.planner import make_plan
from xstilts.planning.workload import Work, Workload
from xstilts.stage import Stage, TrainSpec
from xstilts.store import Store
from xstilts.study import Study

_ROOT = Path(__file__).parents[1]


def report(study: Study, data_dir: Path | None) -> None:
    study = study.within(data_dir)
    plan = make_plan(study, data_dir, draft=True)
    workload = Workload(plan, study.known_tasks, data_dir, Store(Path("no store")), official=True)
    works = {key: workload.work(stage) for key, stage in plan.stages.items() if isinstance(stage.spec, TrainSpec)}
    print(f"{study.name}: {len(study.recipes)} recipes, {len(study.targets)} targets, {len(study.seeds)} seeds")
    print("                            stages        steps   pieces (G)   stages without numbers")
    direct = [chain for (_, recipe, *_), chain in plan.chains().items() if not study.recipes[recipe]]
    ways = {
        "ours": distinct(plan.chains().values()),
        "a run per pair": per_pair(plan),
        "jiant, by phases": by_phases(study, plan),
        "ours, direct alone": distinct(direct),
        "xtreme's scripts": [stage for chain in direct for stage in chain],
    }
    for name, stages in ways.items():
        print(_line(name, stages, works))


def per_pair(plan: Plan) -> list[Stage]:
    """The stages of every chain, again for every chain."""
    return [stage for chain in plan.chains().values() for stage in chain]


def by_phases(study: Study, plan: Plan) -> list[Stage]:
    """The recipe's stages once per (encoder, recipe, seed), and the own training of each target that has one."""
    stages: list[Stage] = []
    handed_over: dict[tuple[str, str, int], list[Stage]] = {}
    for (encoder, recipe, _, seed), chain in plan.chains().items():
        own = len(chain) - len(study.recipes[recipe])  # a chain is listed from its end
        stages += chain[:own]
        handed_over[encoder, recipe, seed] = chain[own:]
    return stages + [stage for shared in handed_over.values() for stage in shared]


def distinct(chains: Iterable[list[Stage]]) -> list[Stage]:
    """Each stage of some chains once."""
    return list({stage.key: stage for chain in chains for stage in chain}.values())


def _line(name: str, stages: list[Stage], works: dict[str, Work | None]) -> str:
    known = [work for stage in stages if (work := works[stage.key]) is not None]
    steps, pieces = sum(work.steps for work in known), sum(work.trained for work in known)
    return f"  {name:22} {len(stages):8,} {steps:14,} {pieces / 1e9:12.2f} {len(stages) - len(known):12,}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sharing", description=__doc__)
    parser.add_argument("--study", type=Path, default=_ROOT / "studies" / "phang2020.yaml")
    parser.add_argument("--data-dir", type=Path, help="folder with the original data files")
    parser.add_argument("--set", action="append", default=[], metavar="A.B=C", help="overrides a field of the study")
    options = parser.parse_args()
    report(Study.from_yaml(options.study, options.set), options.data_dir)


if __name__ == "__main__":
    main()
