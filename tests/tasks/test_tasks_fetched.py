"""What tasks can fetch, and that their readers read it, from a server on loopback that stands for their addresses."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from loopback import Server
from task_specimens import LAREQA_POOL, LAREQA_ROWS, MEWSLI_ROWS, SPECIMENS

from xstilts.catalogue import Tasks
from xstilts.data.download import Patience
from xstilts.data.examples import RawTextExample, TextExample
from xstilts.data.sources import Url
from xstilts.formats.translations import id_of_texts
from xstilts.task import Task

TASKS = Tasks()
QUICK = Patience(tries=1, first_wait=0.001, longest_wait=0.002, silence=5.0)
NOT_FETCHED = {
    ("afriqa", "test"): ("wol", "there are no passages of Wolof"),
    ("ccg", "dev"): ("en", "licensed"),
    ("corpus", "train"): (TASKS["corpus"].languages, "the user's own"),
    ("masakhanews", "test"): ("eng ibo lin lug orm pcm run sna som tir xho", "their sizes could not be verified"),
    ("mewsli_x", "test"): (TASKS["mewsli_x"].languages, "the data set's own script puts the text back"),
    ("udpos", "test"): (
        "af ar bg el es et eu fa fi fr he hi hu it ja nl pt ur",
        "the treebanks of XTREME's test sets were not at hand",
    ),
}
NOT_FETCHED_TO_TRAIN = {
    "ccg": "licensed",
    "corpus": "the user's own",
    "masakhanews": "its size could not be verified",
    "udpos": "the treebanks of XTREME's training sets were not at hand",
}


def fetches(task: Task, language: str, split: str) -> bool:
    return any(source.can_obtain(language, split, offline=False) for source in task.sources)


@pytest.mark.parametrize("name", TASKS.names())
def test_what_a_task_is_evaluated_on_can_be_had_or_a_reason_is_known(name):
    task = TASKS[name]
    missing = [code for code in task.evaluated_codes if not fetches(task, code, task.evaluated_on)]
    excused, _ = NOT_FETCHED.get((name, task.evaluated_on), ("", ""))
    assert set(missing) == set(excused.split())


@pytest.mark.parametrize("name", sorted({TASKS[name].trainer for name in TASKS.names()}))
def test_what_trains_a_task_can_be_had_or_a_reason_is_known(name):
    task = TASKS[name]
    trains = "train" in task.splits
    assert (trains and not fetches(task, task.train_language, "train")) is (name in NOT_FETCHED_TO_TRAIN)


def served(task: Task, split: str, server: Server) -> Task:
    """The task with its addresses moved to the server, and without checksums and official sizes."""
    sources = []
    for source in task.sources:
        if isinstance(source, Url) and split in source.splits:
            patterns = (source.patterns,) if isinstance(source.patterns, str) else source.patterns
            moved = patterns if source.archive else tuple(server.url + urlsplit(each).path for each in patterns)
            archive = server.url + urlsplit(source.archive).path if source.archive else ""
            sources.append(replace(source, patterns=moved, archive=archive, sha256="", patience=QUICK))
    return replace(task, sources=tuple(sources), sizes={})


def rows(task: Task, language: str, split: str) -> list[object]:
    task.find(None, language, split, lambda _: None)
    return list(task.load(None, language, split).examples)


def test_lareqa_fetches_the_queries_of_a_language_and_the_pool_of_all_once(loopback):
    commit = "/google-research-datasets/lareqa/5405d2a77e83d5ccb47623a3f9e5604c3f103193"
    for name, text in LAREQA_POOL.items():
        loopback.files[f"{commit}/{name.removeprefix('lareqa/')}"] = text.encode()
    assert rows(served(TASKS["lareqa"], "test", loopback), "th", "test") == LAREQA_ROWS
    assert len(loopback.paths()) == len(set(loopback.paths())) == 11


def test_lareqa_has_no_translated_rows():
    assert TASKS["lareqa"].splits == ("test", "train", "dev")


def test_the_pairs_of_mewsli_x_are_in_its_archive_and_the_news_are_not(loopback):
    (files,) = [case[3] for case in SPECIMENS if case[:3] == ("mewsli_x", "en", "train")]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as zipped:
        zipped.writestr("wikipedia_pairs-train.jsonl", *files.values())
    loopback.files["/gresearch/mewsli/mewsli-x_20220518_6.zip"] = buffer.getvalue()
    assert rows(served(TASKS["mewsli_x"], "train", loopback), "en", "train") == MEWSLI_ROWS
    assert "get-mewsli-x.sh" in TASKS["mewsli_x"].description


@pytest.mark.parametrize(("language", "pivot"), [("wol", "fr"), ("zul", "en")])
def test_the_queries_of_afriqa_come_from_its_commit(loopback, language, pivot):
    commit = "/masakhane-io/afriqa/5c29933753692c28773c34ac1f68482007f1d2bb"
    record = {"id": 0, "question": "kan?", "translated_question": "qui ?"}
    name = f"data/queries/{language}/queries.afriqa.{language}.{pivot}.test.json"
    loopback.files[f"{commit}/{name}"] = json.dumps(record).encode()
    assert rows(served(TASKS["afriqa_queries"], "test", loopback), language, "test") == [
        RawTextExample("line-1", "kan?", "qui ?")
    ]


def test_a_translation_is_fetched_in_a_language_that_is_not_the_tasks_own(loopback):
    path = "/xtreme_translations/XNLI/translate-train/en-sw-translated.tsv"
    loopback.files[path] = b"It rains.\tIt is wet.\tMvua inanyesha.\tKuna maji.\tcontradictory\n"
    assert rows(served(TASKS["mnli"], "translated", loopback), "sw", "translated") == [
        TextExample(id_of_texts("It rains.", "It is wet."), "Mvua inanyesha.", "Kuna maji.", "contradiction")
    ]


@pytest.mark.parametrize(
    ("name", "languages"),
    [
        ("mnli", "ar bg de el es fr hi ru sw th tr ur vi zh"),
        ("paws", "de es fr ja ko zh"),
        ("squad_v1", "ar de el es hi ru th tr vi zh"),
        ("tydiqa", "ar bn fi id ko ru sw te"),
    ],
)
def test_every_translation_has_an_address_and_a_checksum_of_its_own(name, languages):
    (source,) = [each for each in TASKS[name].sources if isinstance(each, Url) and each.splits == ("translated",)]
    assert source.languages == languages
    assert isinstance(source.sha256, dict)
    assert len(set(source.sha256.values())) == len(languages.split())
    assert all(source.is_verified(code, "translated") for code in languages.split())
    assert all(
        place.startswith("https://storage.googleapis.com/xtreme_translations/") and f"en-{code}" in place
        for code in languages.split()
        for place in source.places(code, "translated")
    )
