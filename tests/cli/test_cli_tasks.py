from __future__ import annotations

import json

import pytest

NAMES = ["xnli", "pawsx", "udpos", "panx", "xquad", "mlqa", "tydiqa", "bucc2018", "tatoeba", "afriqa", "mnli"]


def test_the_catalogue_has_a_line_per_task(call):
    called = call("tasks")
    assert called.code == 0
    listed = [line.split()[0] for line in called.out.splitlines()]
    assert set(NAMES) <= set(listed)
    assert listed == sorted(listed)
    as_json = json.loads(call("tasks", "--json").out)
    assert [task["name"] for task in as_json] == listed


def test_a_line_of_the_catalogue_has_sizes_sources_and_license(call):
    lines = {line.split()[0]: line for line in call("tasks").out.splitlines()}
    assert "train 392,702, dev 9,815" in lines["mnli"]
    assert "train 8,076, dev 2,675" in lines["tydiqa"]
    assert "test 5,010 each" in lines["xnli"]
    assert "folder, hub data set, URL" in lines["xnli"]
    assert lines["mini-qa"].split()[-2:] == ["rules", "Apache-2.0"]
    assert "CC-BY-SA-4.0" in lines["squad_v1"]


def test_one_task_is_described(call):
    facts = json.loads(call("tasks", "xnli", "--json").out)
    assert facts["kind"] == "classification"
    assert facts["trained_on"] == "mnli"
    assert " ".join(facts["languages"]) == "ar bg de el en es fr hi ru sw th tr ur vi zh"
    assert facts["headline"] == ["accuracy"]
    plain = call("tasks", "xnli").out
    assert plain.startswith("xnli: XNLI: ")
    assert "trained_on     : mnli" in plain


def test_the_page_of_a_task_says_what_each_source_is_and_which_are_fetched(call):
    lines = call("tasks", "xnli").out.splitlines()
    sources = lines[lines.index("sources, in the order in which they are tried:") + 1 :]
    assert sources == [
        "  folder: XNLI-1.0/xnli.{split}.tsv (dev test)",
        "  folder: xtreme/xnli/dev-{language}.tsv (dev)",
        "  folder: xtreme/xnli/test-{language}.tsv, xtreme/xnli/test-labels.derived.txt (test)",
        "  folder: xtreme/xnli/test-{language}.tsv (test)",
        "  hub data set, fetched when needed: facebook/xnli at commit b8dd5d7af51114dbda02c0e3f6133f332186418e: "
        "{language}/{split}-*.parquet (dev test)",
        "  URL, fetched when needed: https://dl.fbaipublicfiles.com/XNLI/XNLI-1.0.zip: XNLI-1.0/xnli.{split}.tsv "
        "(dev test)",
    ]


@pytest.mark.parametrize(
    ("task", "line"),
    [
        ("mini-nli", "  rules, made when needed: the embedded suite (train dev test)"),
        ("lareqa", "  folder: xtreme/lareqa/xquad-r/{language}.json and 11 more files (test)"),
        ("lareqa", "  folder: squad/{split}-v1.1.json (train dev; en)"),
        ("anli_plus", "  mnli, folder: glue/MNLI/train.tsv (train)"),
        ("xcopa", "  folder: xtreme/xcopa/val-{language}.jsonl (dev)"),
        ("ccg", "  folder: ccg/AUTO/02/*.auto and 19 more files (train)"),
        ("squad_v1", "rows of train  : 87,599"),
        ("copa", "rows of test   : 500"),
        ("tydiqa", "rows of train  : en 3,696 ko 1,625 sw 2,755"),
    ],
)
def test_the_page_of_a_task_has_a_line(call, task, line):
    assert line in call("tasks", task).out.splitlines()


def test_sizes_and_sources_are_data_too(call):
    facts = json.loads(call("tasks", "afriqa_queries", "--json").out)
    assert facts["sizes"]["dev"]["yor"] == 361
    assert [source["what"] for source in facts["sources"]] == ["folder", "folder", "URL"]
    assert facts["sources"][-1]["how"] == "fetched when needed"
    assert facts["sources"][-1]["splits"] == ["train", "dev", "test"]


def test_files_that_are_there_are_listed(call, tmp_path):
    (tmp_path / "xtreme" / "panx").mkdir(parents=True)
    (tmp_path / "xtreme" / "panx" / "dev-sw.tsv").write_text("Juma\tB-PER\n")
    called = call("tasks", "panx", "--data-dir", tmp_path, "--json")
    assert json.loads(called.out)["files"] == {"train": [], "dev": ["sw"], "test": []}


def test_examples_are_shown_as_they_are_read(call, tmp_path):
    (tmp_path / "xtreme" / "panx").mkdir(parents=True)
    (tmp_path / "xtreme" / "panx" / "dev-sw.tsv").write_text("Juma\tB-PER\nlala\tO\n\nAsha\tB-PER\n")
    arguments = ["tasks", "panx", "--language", "sw", "--data-dir", tmp_path, "--sample"]
    shown = call(*arguments, 5, "--json").out.splitlines()
    assert [json.loads(line) for line in shown] == [
        {"id": "1", "tokens": ["Juma", "lala"], "tags": ["B-PER", "O"]},
        {"id": "2", "tokens": ["Asha"], "tags": ["B-PER"]},
    ]
    assert len(call(*arguments, 1, "--json").out.splitlines()) == 1
    assert "tokens     Juma/B-PER  lala\n" in call(*arguments, 1).out


def test_files_that_are_made_when_needed_are_said_to_be(call, tmp_path):
    (tmp_path / "mini" / "nli").mkdir(parents=True)
    (tmp_path / "mini" / "nli" / "dev-sw.tsv").write_text("a\tb\tneutral\n")
    shown = call("tasks", "mini-nli", "--data-dir", tmp_path).out
    assert "files of train : made when needed\n" in shown
    assert "files of dev   : sw (others made when needed)\n" in shown
    assert "files of dev   : none\n" in call("tasks", "xnli", "--data-dir", tmp_path).out


def test_a_translation_is_shown_beside_its_text(call, tmp_path):
    (tmp_path / "mini" / "parallel").mkdir(parents=True)
    (tmp_path / "mini" / "parallel" / "de-en.de").write_text("Anna schlief.\n", encoding="utf-8")
    (tmp_path / "mini" / "parallel" / "de-en.en").write_text("Anna slept.\n", encoding="utf-8")
    shown = call("tasks", "mini-parallel", "--language", "de", "--sample", 1, "--data-dir", tmp_path).out
    assert "text       Anna schlief.\ntranslated Anna slept.\n" in shown


def test_a_study_brings_its_own_tasks(call, prepared):
    called = call("tasks", "own_qa", "--study", prepared / "study.yaml", "--sample", 1, "--json")
    assert called.code == 0
    example = json.loads(called.out)
    answer = example["answers"][0]
    assert example["context"][answer["start"] :].startswith(answer["text"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["xnil"], "there is no task 'xnil'"),
        (["xnli", "--sample", "1", "--language", "xx"], "xnli has no language 'xx'"),
        (["xnli", "--sample", "1", "--split", "tset", "--language", "sw"], "xnli has no split 'tset'"),
        (["xnli", "--sample", "1", "--language", "sw"], "are not there"),
        (["--sample", "1"], "--sample shows examples of one task, and none is named"),
        (["xnli", "--language", "sw"], "--language would choose examples, and none are asked for"),
        (["xnli", "-l", "sw", "--split", "dev"], "--language and --split would choose examples"),
        (["--split", "dev"], "--split would choose examples, and none are asked for"),
        (["--task-file", "gone.py"], "gone.py: there is no such task file"),
    ],
)
def test_what_is_not_there_is_exit_code_2(call, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    called = call("tasks", *arguments)
    assert (called.code, called.out) == (2, "")
    assert message in called.err
    assert list(tmp_path.iterdir()) == []
