"""The counts that the manifest of the project's data states, read from the real files."""

import os
from pathlib import Path

import pytest

from xstilts.task import Task, Tasks

TASKS = Tasks()


def _codes(spaced: str) -> list[str]:
    return spaced.split()


XNLI = "ar bg de el en es fr hi ru sw th tr ur vi zh"
XCOPA = "en et ht id it qu sw ta th tr vi zh"
PANX_DEV = {
    **dict.fromkeys(
        _codes("ar he vi id eu nl en de el fa fr it pt es bg ru ja ka ko zh tr et fi hu"),
        10_000,
    ),
    **dict.fromkeys(_codes("ms tl ml ta te af bn hi mr ur sw kk az"), 1_000),
    **dict.fromkeys(_codes("jv yo my gu pa qu"), 100),
}
TATOEBA = {"jv": 205, "te": 234, "ta": 307, "sw": 390, "th": 548, "kk": 575, "ml": 687, "ka": 746}
UD_TEST = {"de": 977, "en": 2077, "id": 557, "kk": 1047, "ko": 989, "mr": 47, "ru": 601, "ta": 120, "te": 146}
UD_TEST |= {"th": 1000, "tl": 128, "tr": 1100, "vi": 800, "yo": 317, "zh": 500}  # `# sent_id` lines of each file

STATED = {
    ("anli", "dev"): {"en": 1000 + 1000 + 1198},
    ("bucc2018", "dev"): {"zh": 8624},
    ("commonsense_qa", "train"): {"en": 9741},
    ("commonsense_qa", "dev"): {"en": 1221},
    ("commonsense_qa", "test"): {"en": 1140},
    ("mlqa", "dev"): {"en": 1148, "ar": 517, "de": 512, "es": 500, "hi": 507, "vi": 511, "zh": 504},
    ("mnli", "dev"): {"en": 1000},
    ("mnli", "dev_mismatched"): {"en": 1000},
    ("panx", "dev"): PANX_DEV,
    ("panx", "train"): {**dict.fromkeys(_codes("en de es tr zh id"), 20_000), "hi": 5_000, "sw": 1_000},
    ("pawsx", "dev"): dict.fromkeys(_codes("de en es fr ja ko zh"), 2000),
    ("pawsx", "test"): dict.fromkeys(_codes("de en es fr ja ko zh"), 2000),
    ("snli", "train"): {"en": 1666},
    ("snli", "dev"): {"en": 200},
    ("snli", "test"): {"en": 400},
    ("snli", "test_textfooler"): {"en": 1000},
    ("squad_v1", "train"): {"en": 87_599},
    ("squad_v1", "dev"): {"en": 9380},
    ("squad_v2", "dev"): {"en": 10_174},
    ("tatoeba", "test"): {code: TATOEBA.get(code, 1000) for code in TASKS["tatoeba"].language_codes},
    ("tydiqa", "dev"): {"en": 440, "bn": 113, "fi": 782, "id": 565, "ko": 276, "sw": 499},
    ("tydiqa", "train"): {"en": 3696, "ko": 1625, "sw": 2755},
    ("udpos", "train"): {"en": 21_253},
    ("udpos", "test"): UD_TEST,
    ("xcopa", "train"): {"en": 400},
    ("xcopa", "dev"): dict.fromkeys(_codes(XCOPA), 100),
    ("xcopa", "test"): dict.fromkeys(_codes(XCOPA), 500),
    ("xnli", "dev"): dict.fromkeys(_codes(XNLI), 2490),
    ("xnli", "test"): dict.fromkeys(_codes(XNLI), 5010),
    ("xquad", "test"): dict.fromkeys(_codes("ar de el en es hi ro ru th tr vi zh"), 1190),
}
HIDDEN = {("commonsense_qa", "test"), ("tydiqa", "dev")}
# Lines of each gold file; those that are read and those that are counted as left out must add up to them.
AFRIQA_LINES = {
    "train": {"bem": 234, "fon": 289, "hau": 225, "ibo": 306, "kin": 259, "twi": 367, "yor": 248, "zul": 243},
    "dev": {"bem": 235, "fon": 289, "hau": 225, "ibo": 307, "kin": 260, "twi": 368, "zul": 244},
    "test": {
        **{"bem": 309, "fon": 386, "hau": 300, "ibo": 409, "kin": 347, "swa": 295, "twi": 486, "yor": 254},
        "zul": 325,
    },
}

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif("XSTILTS_DATA" not in os.environ, reason="XSTILTS_DATA names no folder with the real data"),
]


def _folder() -> Path:
    return Path(os.environ["XSTILTS_DATA"])


@pytest.mark.parametrize(("name", "split"), STATED)
def test_the_real_files_have_the_counts_that_the_manifest_states(name, split):
    task = TASKS[name]
    counts = {}
    for code in STATED[name, split]:
        loaded = task.load(_folder(), code, split)
        counts[code] = loaded.found
        ids = [row.id for row in loaded.examples]
        assert len(set(ids)) == len(ids)
        assert all((row.gold is None) == ((name, split) in HIDDEN) for row in loaded.examples)
    assert counts == STATED[name, split]


@pytest.mark.parametrize("name", ["panx", "xcopa", "tatoeba", "tydiqa", "xnli", "pawsx", "bucc2018", "xquad"])
def test_no_real_file_is_found_for_a_language_that_the_manifest_does_not_have(name):
    for split in TASKS[name].splits:
        assert set(TASKS[name].available(_folder(), split)) == set(STATED.get((name, split), {}))


def test_all_49_pairs_of_mlqa_are_read_and_a_pair_has_the_same_questions_either_way():
    task = TASKS["mlqa"]
    assert task.available(_folder(), "dev") == task.language_codes
    ids = {code: {row.id for row in task.load(_folder(), code, "dev").examples} for code in ("en-de", "de-en", "de")}
    assert ids["en-de"] == ids["de-en"] == ids["de"]


@pytest.mark.parametrize("split", AFRIQA_LINES)
def test_afriqa_reads_or_counts_every_line(split):
    task = TASKS["afriqa"]
    assert set(task.available(_folder(), split)) == set(AFRIQA_LINES[split])
    assert {code: _lines(task, code, split) for code in AFRIQA_LINES[split]} == AFRIQA_LINES[split]


def _lines(task: Task, code: str, split: str) -> int:
    loaded = task.load(_folder(), code, split)
    return loaded.found + sum(int(note.split()[0]) for note in loaded.notes if " left out: " in note)


def test_afriqa_finds_the_153_rows_without_a_passage():
    task = TASKS["afriqa"]
    notes = [
        note
        for split, by_language in AFRIQA_LINES.items()
        for code in by_language
        for note in task.load(_folder(), code, split).notes
    ]
    assert sum(int(note.split()[0]) for note in notes if note.endswith("no passage")) == 153


def test_derived_labels_of_pawsx_agree_with_the_labeled_chinese_file_in_1983_rows():
    task = TASKS["pawsx"]
    labels = {code: [row.label for row in task.load(_folder(), code, "test").examples] for code in ("en", "zh")}
    assert sum(a == b for a, b in zip(labels["en"], labels["zh"], strict=True)) == 1983


def test_bucc_has_257_gold_pairs_and_all_its_english_sentences():
    rows = TASKS["bucc2018"].load(_folder(), "zh", "dev").examples
    assert sum(len(row.matches) for row in rows) == 257
    assert sum(row.side == "target" for row in rows) == 13_589


def test_half_of_squad_v2_dev_is_unanswerable():
    rows = TASKS["squad_v2"].load(_folder(), "en", "dev").examples
    assert sum(row.answers == () for row in rows) == 5063  # counted by a script of its own: is_impossible
