"""`xstilts submit`: the XTREME folder, from a made-up study's stored predictions."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from xstilts.catalogue import Tasks
from xstilts.durable import publish_folder, read_json, write_json
from xstilts.results import Results, schema

PAWSX = {"a": ["0", "1", "1"], "b": ["1", "1", "0"]}
CONTEXT = "Der alte Turm steht am Hafen."
ANSWERS = {"q1": ("alte Turm", 4), "q2": ("", -1)}
INDEXES = {7: ["1", "0"], 8: ["0", "1"]}


def write_data(data: Path) -> None:
    """Three rows of PAWS-X, two questions of XQuAD and two pairs of Tatoeba, all German, in XTREME's layout."""
    for name in ("pawsx", "xquad", "tatoeba"):
        (data / "xtreme" / name).mkdir(parents=True)
    (data / "xtreme/pawsx/test-de.tsv").write_text("ein Satz\tein anderer\n" * 3)
    questions = [
        {"id": "q1", "question": "Was?", "answers": [{"text": "Turm", "answer_start": 9}]},
        {"id": "q2", "question": "Wo?", "answers": [{"text": "Hafen", "answer_start": 23}]},
    ]
    squad = {"version": "1.1", "data": [{"title": "t", "paragraphs": [{"context": CONTEXT, "qas": questions}]}]}
    (data / "xtreme/xquad/xquad.de.json").write_text(json.dumps(squad))
    (data / "xtreme/tatoeba/de-en.de").write_text("eins\nzwei\n")
    (data / "xtreme/tatoeba/de-en.en").write_text("one\ntwo\n")


class MadeUp:
    """A study's folder and store, written stage by stage."""

    def __init__(self, root: Path) -> None:
        self.root, self.data, self.out, self.store = root, root / "data", root / "out", root / "store"
        self.rows: list[dict[str, Any]] = []
        write_data(self.data)
        self.out.mkdir()
        study = {
            "name": "s",
            "encoders": {"x": {"path": "gone"}},
            "recipes": {"a": [], "b": []},
            "targets": {"pawsx": {}, "xquad": {}, "tatoeba": {}},
        }
        (self.out / "study.yaml").write_text(yaml.safe_dump(study))
        write_json(self.out / "plan.json", {"store": str(self.store), "notes": [], "stages": []})

    def stage(self, kind: str, key: str, spec: dict[str, Any], table: pl.DataFrame | None = None, **more: Any) -> None:
        with publish_folder(self.store / kind / key, "stage.json", {"spec": spec, **more}) as draft:
            if table is not None:
                table.write_parquet(draft / "predictions.parquet")

    def add(self, task: str, recipe: str, predicted: pl.DataFrame, dev: float | None, **fields: Any) -> None:
        name = f"{task}-{recipe}"
        digest = Tasks()[task].load(self.data, "de", "test").digest
        parent = None
        if dev is not None:
            parent = f"train-{name}"
            training = {"best_step": 2, "evaluations": [{"step": 1, "score": 99.0}, {"step": 2, "score": dev}]}
            self.stage("train", parent, {}, training=training)
        self.stage("predict", f"predict-{name}", {"parent": parent, "head": None if dev is None else task}, predicted)
        self.stage("score", f"score-{name}", {"parent": f"predict-{name}", "data": {"digest": digest}})
        self.rows.append(
            {
                **{"study": "s", "encoder": "x", "recipe": recipe, "target": task, "task": task, "language": "de"},
                **{"split": "test", "seed": 1, "metric": "m", "value": 50.0, "examples": 2, "gold": "gold"},
                **{"headline": True, "zero_shot": True, "selection": "source dev", "collapsed": False},
                **{"layer": None, "pooling": None, "similarity": None, "stage": f"score-{name}", "width": 0},
                **{"statistics": [], **fields},
            }
        )

    def write(self) -> None:
        Results(pl.DataFrame(self.rows, schema=schema())).write(self.out)


@pytest.fixture
def made(tmp_path):
    """Recipe b is better on the dev set of PAWS-X, recipe a on that of SQuAD; a has the higher mean."""
    made = MadeUp(tmp_path)
    answers = pl.DataFrame([{"id": id_, "prediction": text, "start": at} for id_, (text, at) in ANSWERS.items()])
    layers = pl.DataFrame(
        [
            {"id": str(row), "prediction": found, "layer": layer, "pooling": "mean", "similarity": "cosine"}
            for layer, column in INDEXES.items()
            for row, found in enumerate(column)
        ]
    )
    ids = [row.id for row in Tasks()["tatoeba"].load(made.data, "de", "test").examples if row.side == "target"]
    layers = layers.with_columns(
        id=pl.Series([row.id for row in Tasks()["tatoeba"].load(made.data, "de", "test").examples[:2]] * 2),
        prediction=pl.Series([ids[int(place)] for place in layers["prediction"]]),
    )
    rows = [row.id for row in Tasks()["pawsx"].load(made.data, "de", "test").examples]
    for recipe, (paraphrase, squad) in {"a": (70.0, 90.0), "b": (80.0, 70.0)}.items():
        made.add("pawsx", recipe, pl.DataFrame({"id": rows, "prediction": PAWSX[recipe]}), paraphrase)
        made.add("xquad", recipe, answers, squad)
        made.add("tatoeba", recipe, layers, None, layer=8, pooling="mean", similarity="cosine")
    made.write()
    return made


def test_files_are_written_in_the_layout_of_xtreme_for_the_best_system_on_english_dev(call, made, listing):
    folder = made.root / "submission"
    called = call("submit", made.out, folder, "--data-dir", made.data, "--partial")
    assert called.code == 0, called.err
    # Means of the scores at the best steps: a (70 + 90) / 2, b (80 + 70) / 2; retrieval has none.
    assert "recipe a, seed 1: highest mean of English dev scores, 80.00, of 2 systems" in called.out
    assert listing(folder) == [
        "pawsx",
        "pawsx/test-de.tsv",
        "submission.json",
        "tatoeba",
        "tatoeba/test-de.tsv",
        "xquad",
        "xquad/test-de.json",
    ]
    assert (folder / "pawsx/test-de.tsv").read_text() == "0\n1\n1\n"
    assert json.loads((folder / "xquad/test-de.json").read_text()) == {"q1": "alte Turm", "q2": ""}
    assert (folder / "tatoeba/test-de.tsv").read_text() == "0\n1\n"  # of layer 8, the one that counts
    assert "pawsx        1 of 7 languages; missing: en, es, fr, ja, ko, zh" in called.out
    assert "tatoeba de: indices are of aligned files" in called.out
    assert json.loads((folder / "submission.json").read_text())["recipe"] == "a"


def test_a_named_recipe_is_submitted(call, made):
    folder = made.root / "submission"
    options = ["--data-dir", made.data, "--partial", "--recipe", "b", "--json"]
    called = call("submit", made.out, folder, *options)
    assert called.code == 0, called.err
    assert json.loads(called.out)["system"] == {"encoder": "x", "recipe": "b", "seed": 1}
    assert (folder / "pawsx/test-de.tsv").read_text() == "1\n1\n0\n"


def test_an_incomplete_submission_is_refused_with_what_is_missing(call, made):
    called = call("submit", made.out, made.root / "submission", "--data-dir", made.data)
    assert called.code == 2
    assert "xnli: ar, bg, de" in called.err
    assert "bucc2018: de, fr, ru, zh" in called.err
    assert "--partial" in called.err
    assert not (made.root / "submission").exists()


def test_a_folder_with_files_is_not_touched(call, made, listing):
    called = call("submit", made.out, made.data, "--data-dir", made.data, "--partial")
    assert called.code == 2
    assert "is not empty" in called.err
    assert listing(made.data)[0] == "xtreme"


def test_data_that_changed_since_are_refused(call, made):
    (made.data / "xtreme/pawsx/test-de.tsv").write_text("x\ty\n" * 3)
    called = call("submit", made.out, made.root / "submission", "--data-dir", made.data, "--partial")
    assert called.code == 2
    assert "pawsx de test are not those that were predicted" in called.err
    assert not (made.root / "submission").exists()


def test_an_answer_that_is_not_in_its_context_is_not_submitted(call, made):
    wrong = pl.DataFrame([{"id": "q1", "prediction": "Turm", "start": 0}, {"id": "q2", "prediction": "", "start": -1}])
    wrong.write_parquet(made.store / "predict/predict-xquad-b/predictions.parquet")
    _published_again(made.store / "predict/predict-xquad-b")
    called = call("submit", made.out, made.root / "submission", "--data-dir", made.data, "--partial", "--recipe", "b")
    assert called.code == 1
    assert "the stored answer of q1 is not in its context at character 0" in called.err
    assert not (made.root / "submission").exists()


def _published_again(folder: Path) -> None:
    """Makes the stage whole again after its file was changed."""
    manifest, content = read_json(folder / "stage.json"), (folder / "predictions.parquet").read_bytes()
    shutil.rmtree(folder)
    with publish_folder(folder, "stage.json", {name: manifest[name] for name in set(manifest) - {"checksum"}}) as draft:
        (draft / "predictions.parquet").write_bytes(content)


@pytest.mark.parametrize(
    ("options", "message"),
    [(["--recipe", "c"], "no results of recipe 'c'"), (["--seed", "9"], "no results of seed 9")],
)
def test_a_system_without_results_is_exit_code_2(call, made, options, message):
    called = call("submit", made.out, made.root / "submission", "--data-dir", made.data, "--partial", *options)
    assert called.code == 2
    assert message in called.err


def test_languages_of_xtreme_are_those_of_its_tasks_and_as_many_as_it_says():
    from xstilts.sharing.xtreme import LANGUAGES

    counts = {task: len(set(codes.split())) for task, codes in LANGUAGES.items()}
    assert counts == {
        **{"xnli": 15, "pawsx": 7, "udpos": 33, "panx": 40, "xquad": 11, "mlqa": 7, "tydiqa": 9},
        **{"bucc2018": 4, "tatoeba": 36},
    }
    for task, codes in LANGUAGES.items():
        assert set(Tasks()[task].evaluated_codes) == set(codes.split())
