"""Samples of predictions: drawn evenly, in words, with gold and verdicts of the target's own metrics."""

from __future__ import annotations

import json
import re
from pathlib import Path

import polars as pl
import pytest
from tiny_study import tiny_study, write_data, write_working_encoder

from xstilts.data.examples import Answer, ChoiceExample, QuestionExample, SentenceExample, TextExample, TokenExample
from xstilts.languages import language
from xstilts.running import read_contents, run_study
from xstilts.samples import NO_ANSWER, ROWS, _gold, _said, _texts, read_samples


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the tiny study, run."""
    folder = tmp_path_factory.mktemp("samples")
    write_data(folder)
    write_working_encoder(folder)
    run_study(tiny_study(folder), out=folder / "out", device="cpu", offline=True)
    return folder / "out"


def test_every_test_set_has_samples_of_every_recipe(out):
    samples, table = read_samples(out), pl.read_parquet(out / "results.parquet")
    assert samples is not None
    places = ["encoder", "recipe", "target", "language", "split"]
    counts = samples.group_by(places).len()
    assert counts.height == table.unique(places).height
    assert counts["len"].unique().to_list() == [ROWS]
    assert samples.group_by("target", "language").agg(pl.col("id").n_unique())["id"].unique().to_list() == [ROWS]
    assert set(samples["stage"]) <= set(table["stage"])


def test_points_are_those_of_the_headline_metric(out):
    samples = read_samples(out)
    assert samples is not None
    labels = samples.filter(pl.col("target").str.contains("nli"))
    assert labels.height > 0
    assert ((labels["points"] == 100) == (labels["gold"] == labels["prediction"])).all()
    assert set(labels["points"]) <= {0.0, 100.0}
    texts = json.loads(labels["texts"][0])
    assert [role for role, _ in texts] == ["text", "second text"]


def test_the_page_is_rebuilt_with_samples_data_versions_and_devices(out):
    contents = read_contents(out)
    assert contents.samples is not None
    (device,) = contents.made_with["devices"]
    assert re.fullmatch(r"cpu, \d+ threads?", device), device
    assert any(name.startswith("torch ") for name in contents.made_with["versions"])
    read = {(row["task"], row["language"], row["split"].partition("[")[0]) for row in contents.data}
    assert {("own_nli", "en", "train"), ("own_nli", "en", "test")} <= read
    assert all(row["rows"] > 0 and len(row["digest"]) >= 12 for row in contents.data)
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "Predictions, language by language" in page
    assert "torch " in page


CHOICE = ChoiceExample("1", "It rained.", ("He danced.", "He got wet."), 1)
TOKENS = TokenExample("1", ("Anna", "slept"), ("B-PER", "O"))
QUESTION = QuestionExample("1", "Who?", "x" * 1000 + "Anna slept.", (Answer("Anna", 1000), Answer("Anna", 1000)))
SOURCE = SentenceExample("s1", "Hallo", "source", ("t1",))


@pytest.mark.parametrize(
    ("example", "answer", "gold", "said"),
    [
        (TextExample("1", "a", None, "yes"), "no", "yes", "no"),
        (CHOICE, 0, "2: He got wet.", "1: He danced."),
        (TOKENS, ["O", "B-LOC"], "Anna/B-PER slept", "Anna slept/B-LOC"),
        (QUESTION, "", "Anna", NO_ANSWER),
        (SOURCE, "t2", "Hello", "Bye"),
        (SOURCE, ["t2", "t1"], "Hello", "Bye"),
        (SOURCE, None, "Hello", NO_ANSWER),
    ],
)
def test_answers_are_said_in_words(example, answer, gold, said):
    texts = {"t1": "Hello", "t2": "Bye"}
    assert (_gold(example, texts), _said(example, answer, texts)) == (gold, said)


def test_long_contexts_are_cut_around_the_answer():
    (_, question), (_, context) = _texts(QUESTION)
    assert question == "Who?"
    assert "Anna slept." in context
    assert len(context) <= 402


@pytest.mark.parametrize(("code", "expected"), [("ar", True), ("ur", True), ("he", True), ("de", False), ("xx", False)])
def test_languages_say_whether_they_are_written_from_right_to_left(code, expected):
    assert language(code).is_right_to_left is expected
