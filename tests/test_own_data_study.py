"""Somebody's own files, in a study without any Python, and with one small task file."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from tiny_encoder import write_encoder

from xstilts.errors import InputError
from xstilts.journal import stage_states
from xstilts.results import Results
from xstilts.running import run_study
from xstilts.study import Study

STUDY = """\
# Does training on questions help to find names in Swahili?
#   xstilts run mine.yaml
name: mine
encoders:
  tiny: {path: encoder}
tasks:
  names:
    kind: tagging
    format: conll
    labels: [O, B-PER, I-PER]
    files:
      en: {train: names/en.conll, dev: names/en.conll}
      sw: {test: names/sw.conll}
  mood:
    kind: classification
    format: tsv
    header: true
    labels: [good, bad]
    columns: {text: sentence, label: mood}
    files:
      en: {train: mood-en.tsv, dev: mood-en.tsv}
      sw: {test: mood-sw.tsv}
  next:
    kind: multiple_choice
    format: jsonl
    label_base: 1
    columns: {context: what, choices: then, label: right}
    files:
      en: {train: next-en.jsonl, dev: next-en.jsonl}
      sw: {test: next-sw.jsonl}
  questions:
    kind: span_qa
    format: squad
    files:
      en: {train: questions-en.json, dev: questions-en.json}
      sw: {test: questions-sw.json}
recipes:
  direct: []
  questions: [questions]
targets: {names: {}, mood: {}, next: {}, questions: {}}
training: {max_steps: 2, batch_size: 4, learning_rate: 0.001, dropout: 0, evaluations: 1, collapse_retries: 0}
seeds: [1]
"""
ENGLISH = ["Juma Ali saw a cat", "Asha saw a dog", "a cat saw Juma Ali", "a dog saw Asha"]
SWAHILI = ["Juma Ali aliona paka", "Asha aliona mbwa", "paka alimwona Juma Ali"]


def conll(sentences: list[str]) -> str:
    tags = {"Juma": "B-PER", "Asha": "B-PER", "Ali": "I-PER"}
    return "\n".join("".join(f"{word}\t{tags.get(word, 'O')}\n" for word in text.split()) for text in sentences)


def squad(sentences: list[str]) -> str:
    questions = [
        {
            "context": text,
            "qas": [
                {"id": f"q{at}", "question": "who?", "answers": [{"text": name, "answer_start": text.index(name)}]}
            ],
        }
        for at, text in enumerate(sentences)
        for name in [next(name for name in ("Juma Ali", "Asha") if name in text)]
    ]
    return json.dumps({"version": "1.1", "data": [{"title": "t", "paragraphs": questions}]})


def choices(sentences: list[str]) -> str:
    rows = [{"what": text, "then": [text, "no", "none"], "right": 1 + at % 3} for at, text in enumerate(sentences)]
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_encoder(tmp_path / "encoder", [*ENGLISH, *SWAHILI] * 3, hidden=32, pieces=120)
    (tmp_path / "names").mkdir()
    for code, sentences in (("en", ENGLISH), ("sw", SWAHILI)):
        moods = "".join(f"{text}\t{('good', 'bad')[at % 2]}\n" for at, text in enumerate(sentences))
        (tmp_path / "names" / f"{code}.conll").write_text(conll(sentences))
        (tmp_path / f"mood-{code}.tsv").write_text(f"sentence\tmood\n{moods}")
        (tmp_path / f"next-{code}.jsonl").write_text(choices(sentences))
        (tmp_path / f"questions-{code}.json").write_text(squad(sentences))
    (tmp_path / "mine.yaml").write_text(STUDY)
    return tmp_path


def test_a_study_on_files_of_ones_own_runs_without_any_python(folder, monkeypatch, tmp_path_factory):
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))  # paths start from the study file, not from here
    table = run_study(Study.from_yaml(folder / "mine.yaml"), out=folder / "out", device="cpu").table
    assert set(table.get_column("language")) == {"sw"}
    assert table.get_column("zero_shot").all()
    rows = table.filter("headline").select("target", "recipe", "metric", "examples").rows()
    assert sorted(rows) == [
        (target, recipe, metric, 3)
        for target, metric in (("mood", "accuracy"), ("names", "tag_f1"), ("next", "accuracy"), ("questions", "f1"))
        for recipe in ("direct", "questions")
    ]
    assert table.get_column("value").is_between(0, 100).all()
    assert {state["state"] for state in stage_states(folder / "out")} == {"done"}


def test_a_broken_row_of_ones_own_is_named_with_file_and_line(folder):
    with (folder / "mood-sw.tsv").open("a") as file:
        file.write("mbwa\tsad\n")
    with pytest.raises(InputError, match=r"mood-sw\.tsv(?s:.*)'sad'(?s:.*)good, bad"):
        run_study(Study.from_yaml(folder / "mine.yaml"), out=folder / "out", device="cpu")
    assert not (folder / "out").exists()


TASK_FILE = '''\
"""Who speaks? Lines of `speaker|text`, one file per language and split."""

from xstilts.data.examples import TextExample
from xstilts.kinds.classification import Classification
from xstilts.data.sources import Files
from xstilts.task import Task


def read(paths, drops):
    for number, line in enumerate(paths[0].read_text(encoding="utf-8").splitlines()):
        speaker, text = line.split("|")
        yield TextExample(id=str(number), text=text, pair=None, label=speaker)


TASK = Task(
    name="speaker", kind=Classification(labels=("cat", "dog")), languages="en sw",
    sources=(Files("speaker/{language}.{split}", read, splits=("train", "dev", "test")),),
)
'''
SPEAKER_STUDY = """\
name: speakers
encoders: {tiny: {path: encoder}}
task_files: [speaker.py]
recipes: {direct: []}
targets: {speaker: {}}
training: {max_steps: 30, batch_size: 4, learning_rate: 0.003, dropout: 0, evaluations: 1}
seeds: [1]
"""


def test_one_small_task_file_adds_a_task_with_its_own_reader(folder):
    (folder / "speaker.py").write_text(TASK_FILE)
    (folder / "speakers.yaml").write_text(SPEAKER_STUDY)
    data = folder / "data" / "speaker"
    data.mkdir(parents=True)
    for code, split in (("en", "train"), ("en", "dev"), ("en", "test"), ("sw", "test")):
        rows = ["cat|Juma", "dog|Asha"] if split != "test" else ["dog|Asha", "cat|Juma"]
        (data / f"{code}.{split}").write_text("\n".join(rows * 4) + "\n")
    study = Study.from_yaml(folder / "speakers.yaml")
    table = run_study(study, data_dir=folder / "data", out=folder / "out", device="cpu").table
    assert study.known_tasks["speaker"].description.startswith("Who speaks?")
    # One name decides the label, in both languages, so thirty steps learn it.
    assert table.select("language", "metric", "value", "zero_shot").sort("language").rows() == [
        ("en", "accuracy", 100.0, False),
        ("sw", "accuracy", 100.0, True),
    ]
    assert Results.read(folder / "out").table.equals(table)
    assert table.get_column("collapsed").dtype == pl.Boolean


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("import nothing_of_this_name\n", r"speaker\.py:1: the task file cannot be loaded(?s:.*)ModuleNotFoundError"),
        ("TASK = 3\n", r"speaker\.py: the file defines no task"),
        ("TASK = (\n", r"speaker\.py:1: the task file cannot be loaded(?s:.*)SyntaxError"),
    ],
)
def test_a_task_file_that_cannot_be_used_is_an_input_error(folder, text, message):
    (folder / "speaker.py").write_text(text)
    (folder / "speakers.yaml").write_text(SPEAKER_STUDY)
    with pytest.raises(InputError, match=message):
        run_study(Study.from_yaml(folder / "speakers.yaml"), out=folder / "out")
    assert not (folder / "out").exists()
