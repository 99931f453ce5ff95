"""Two studies that start at the same moment on one store run what they share once."""

from __future__ import annotations

import json
import time
from collections import Counter
from pathlib import Path

import pytest
from forks import forked
from tiny_study import TINY, tiny_study, write_data, write_study, write_working_encoder

from xstilts.planning.planner import make_plan
from xstilts.results import Results
from xstilts.running import run_study
from xstilts.study import Study

TRAINING = {**TINY["training"], "max_steps": 20}
TARGETS = {"own_nli": {"evaluate": ["en"]}}
STUDIES = {
    "first": {"recipes": {"direct": [], "qa": ["own_qa"]}, "training": TRAINING, "targets": TARGETS},
    "second": {"recipes": {"direct": [], "ner": ["own_ner"]}, "training": TRAINING, "targets": TARGETS},
}


def run_once_there(folder: Path, name: str) -> None:
    """Runs a study as soon as a file is there."""
    study = Study.from_yaml(folder / f"{name}.yaml")
    (folder / f"{name}.ready").touch()
    while not (folder / "go").exists():
        time.sleep(0.001)
    run_study(study, out=folder / name, store=folder / "store", device="cpu")


def stages(folder: Path, name: str, event: str) -> Counter[str]:
    """How often each stage has an event in the log of a study."""
    lines = (folder / name / "log.jsonl").read_text(encoding="utf-8").splitlines()
    return Counter(line["key"] for line in map(json.loads, lines) if line["event"] == event)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("two-at-once")
    write_data(path)
    write_working_encoder(path)
    for name, changes in STUDIES.items():
        write_study(path, {**changes, "name": name}, f"{name}.yaml")
    running = [forked(run_once_there, path, name) for name in STUDIES]
    deadline = time.monotonic() + 120
    while len(list(path.glob("*.ready"))) < len(STUDIES) and time.monotonic() < deadline:
        time.sleep(0.001)
    (path / "go").touch()  # so that both begin together
    for process in running:
        process.join(240)
    assert [process.exitcode for process in running] == [0, 0]
    return path


def test_every_stage_is_run_by_one_of_them_alone(folder):
    plans = [make_plan(tiny_study(folder, **changes), None) for changes in STUDIES.values()]
    ran = stages(folder, "first", "started") + stages(folder, "second", "started")
    assert ran == dict.fromkeys(plans[0].stages.keys() | plans[1].stages.keys(), 1)
    training = {key for plan in plans for key, stage in plan.stages.items() if stage.kind == "train"}
    # own_nli; own_qa with own_nli; own_ner with own_nli.
    assert sum(ran[key] for key in training) == 5


def test_they_met(folder):
    """Else the test above would show nothing: each has stages finished by the other while it ran."""
    for name in STUDIES:
        finished, started = stages(folder, name, "finished"), stages(folder, name, "started")
        assert set(started) <= set(finished)
    waited = [set(stages(folder, name, "finished")) - set(stages(folder, name, "started")) for name in STUDIES]
    assert waited[0] | waited[1]


def test_both_have_the_results_that_one_alone_has(folder, tmp_path):
    for name, changes in STUDIES.items():
        alone = run_study(
            tiny_study(folder, **changes, name=name), out=tmp_path / name, store=tmp_path / "store", device="cpu"
        ).table
        assert Results.read(folder / name).table.equals(alone, null_equal=True)
