"""A stage that translates, run: its rows, its notes, and what a killed one keeps."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tiny_study import OWN_TASKS, TINY, suite_text, tiny_study, write_data, write_working_encoder
from tiny_translator import write_translator

from xstilts import stages
from xstilts.errors import RunError
from xstilts.executors.workbench import Workbench
from xstilts.journal import stage_states
from xstilts.planning.planner import make_plan
from xstilts.running import run_study
from xstilts.stages import run_stage
from xstilts.store import Store
from xstilts.training.compute import Compute

SWAHILI = {"translated": ["sw"], "translator": "mt"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("translate")
    write_data(path)
    write_working_encoder(path)
    write_translator(path / "mt", suite_text(path), "codes")
    return path


def study_of(folder: Path, task: str = "own_nli", **changes: Any) -> Any:
    defaults = {
        "translators": {"mt": {"path": "mt", "max_length": 16, "beams": 2}},
        "recipes": {"direct": []},
        "targets": {task: {**SWAHILI, "train": "train[:8]", "evaluate": ["en", "sw"]}},
        "training": {**TINY["training"], "max_steps": 2},
    }
    return tiny_study(folder, **{**defaults, **changes})


def bench_of(folder: Path, store: Path, **changes: Any) -> tuple[Any, Workbench]:
    """The stage that translates, and what it needs."""
    study = study_of(folder, **changes)
    plan = make_plan(study, None)
    (stage,) = [stage for stage in plan.stages.values() if stage.kind == "translate"]
    return stage, Workbench(plan, Store(store), study.known_tasks, None, Compute.choose("cpu"))


def rows_of(store: Path) -> list[dict[str, Any]]:
    (path,) = store.glob("translate/*/rows.parquet")
    return pl.read_parquet(path).to_dicts()


def test_a_study_trains_on_what_a_model_translated(folder, tmp_path):
    table = run_study(study_of(folder), out=tmp_path / "out", store=tmp_path / "store", device="cpu").table
    assert table.select("language", "zero_shot").rows() == [("en", False), ("sw", False)]
    states = {state["title"]: state for state in stage_states(tmp_path / "out")}
    assert [state["state"] for state in states.values()] == ["done"] * 6
    train = states["train own_nli (en, sw translated) (seed 1)"]
    record = json.loads((tmp_path / "store" / "train" / train["key"] / "stage.json").read_text())
    translated = rows_of(tmp_path / "store")
    assert record["training"]["units"] == {"own_nli": 8 + len(translated)}
    english = [line.split("\t") for line in (folder / "mini/nli/train-en.tsv").read_text().splitlines()[:8]]
    labels = {str(number): label for number, (_, _, label) in enumerate(english, start=1)}
    assert {row["id"]: row["label"] for row in translated}.items() <= labels.items()
    assert translated
    assert all(row["text"].strip() and row["text"] not in dict(english_pairs(english)) for row in translated)


def english_pairs(rows: list[list[str]]) -> list[tuple[str, str]]:
    return [(text, pair) for text, pair, _ in rows]


def test_a_killed_translation_goes_on_where_it_stood_and_ends_alike(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(stages, "_TRANSLATED_AT_ONCE", 4)
    run_stage(*bench_of(folder, tmp_path / "whole"))

    stage, bench = bench_of(folder, tmp_path / "cut")
    calls: list[int] = []
    translate = stages.Translator.translate

    def counted(self: Any, texts: Any, *arguments: Any, **named: Any) -> list[str]:
        calls.append(len(texts))
        return translate(self, texts, *arguments, **named)

    def progress(done: int, total: int, note: str) -> None:
        if note == "sentences" and done == 8:
            raise KeyboardInterrupt

    monkeypatch.setattr(stages.Translator, "translate", counted)
    bench.progress = progress
    with pytest.raises(KeyboardInterrupt):
        run_stage(stage, bench)
    assert calls == [4, 4]
    assert not list((tmp_path / "cut").glob("translate/*"))
    bench.progress = lambda done, total, note: None
    run_stage(stage, bench)
    assert rows_of(tmp_path / "cut") == rows_of(tmp_path / "whole")
    sentences = sum(calls)
    assert calls[:3] == [4, 4, 4]
    assert len(calls) == -(-sentences // 4), "no sentence was translated twice"
    assert not bench.store.workspace(stage).exists()


class Copying:
    """A model that puts the answer to the end of its sentence, and loses it where the sentence is long."""

    @classmethod
    def load(cls, *_: object) -> Copying:
        return cls()

    def translate(self, texts: list[str], *limits: Any, **named: Any) -> list[str]:
        return [self._one(text) for text in texts]

    def _one(self, text: str) -> str:
        before, opening, rest = text.partition("[")
        inner, _, after = rest.partition("]")
        if not opening:
            return text.upper()
        return f"{before}{after}".upper() + (f" [{inner.upper()}]" if len(inner) < 12 else "")


def test_span_qa_keeps_the_answers_that_come_through_and_counts_the_others(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(stages, "Translator", Copying)
    (tmp_path / "qa.json").write_text(json.dumps({"data": [{"paragraphs": [PARAGRAPH]}]}))
    files = {
        **OWN_TASKS["own_qa"]["files"],
        "en": {**OWN_TASKS["own_qa"]["files"]["en"], "train": str(tmp_path / "qa.json")},
    }
    tasks = {**OWN_TASKS, "own_qa": {**OWN_TASKS["own_qa"], "files": files}}
    targets = {"own_qa": {**SWAHILI, "evaluate": ["en"]}}
    out = tmp_path / "out"
    run_study(study_of(folder, tasks=tasks, targets=targets), out=out, store=tmp_path / "store", device="cpu")
    (row,) = rows_of(tmp_path / "store")
    assert row["id"] == "kept"
    assert row["question"] == "WHAT FELL?"
    assert row["context"] == "ANNA RAN HOME. THE  FELL ON JUMA OKORO BINTI ALI. LAMP"
    assert row["answers"] == [{"text": "LAMP", "start": 50}]
    notes = json.loads((out / "plan.json").read_text())["notes"]
    wanted = "translate own_qa train into sw by mt: 1 row left out: its answer was not found again in the translation"
    assert wanted in notes
    assert "its answer was not found again" in (out / "report.html").read_text(encoding="utf-8")


PARAGRAPH = {
    "context": "Anna ran home. The lamp fell on Juma Okoro Binti Ali.",
    "qas": [
        {"id": "kept", "question": "What fell?", "answers": [{"text": "lamp", "answer_start": 19}]},
        {"id": "lost", "question": "On whom?", "answers": [{"text": "Juma Okoro Binti Ali", "answer_start": 32}]},
    ],
}


def test_a_translation_of_which_nothing_is_left_is_a_failure(folder, tmp_path, monkeypatch):
    class Silent(Copying):
        def translate(self, texts: list[str], *limits: Any, **named: Any) -> list[str]:
            return [""] * len(texts)

    monkeypatch.setattr(stages, "Translator", Silent)
    with pytest.raises(RunError, match=r"nothing came of it: (?s:.*)8 rows left out: a text came back empty"):
        run_stage(*bench_of(folder, tmp_path))


def test_translations_of_files_are_taken_for_the_rows_that_are_trained_on(folder, tmp_path):
    lines = (folder / "mini/nli/train-en.tsv").read_text().splitlines()
    moved = [f"taa {number}\tIlianguka.\t{line.split(chr(9))[2]}" for number, line in enumerate(lines, start=1)]
    (tmp_path / "sw.tsv").write_text("\n".join(moved) + "\n")
    files = {**OWN_TASKS["own_nli"]["files"]}
    files["sw"] = {**files["sw"], "translated": str(tmp_path / "sw.tsv")}
    tasks = {**OWN_TASKS, "own_nli": {**OWN_TASKS["own_nli"], "files": files}}
    targets = {"own_nli": {"translated": ["sw"], "train": "train[2:5]", "evaluate": ["sw"]}}
    run_stage(*bench_of(folder, tmp_path / "store", tasks=tasks, targets=targets))
    assert [row["text"] for row in rows_of(tmp_path / "store")] == ["taa 3", "taa 4", "taa 5"]
