"""Every file of the project's real data is read by a task, with the counts that the data's manifest states."""

import os
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

from xstilts.catalogue import Tasks
from xstilts.data.sources import Drops, Files
from xstilts.formats.assembled import Joined
from xstilts.task import Task

TASKS = Tasks()
FOLDERS = ("xtreme", "masakhane", "intermediate")
READ_BY_NO_TASK = {
    "*/LICENSE": "a license",
    "*/LICENCE-CC-BY-4.txt": "a license",
    "masakhane/masakhanews/*/labels.txt": "the names of the labels, which a test below compares with the task's",
}


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

MASAKHANER = {
    "dev": {"amh": 250, "hau": 276, "ibo": 320, "kin": 302, "lug": 200, "luo": 92, "pcm": 306, "swa": 300, "wol": 267}
    | {"yor": 305},
    "test": {"amh": 500, "hau": 552, "ibo": 638, "kin": 605, "lug": 407, "luo": 186, "pcm": 600, "swa": 604, "wol": 539}
    | {"yor": 645},
}
TWENTY = _codes("bam bbj ewe fon hau ibo kin lug luo mos nya pcm sna swa tsn twi wol xho yor zul")

STATED = {
    ("ccg", "sample"): {"en": 2},
    ("copa", "train"): {"en": 400},
    ("copa", "dev"): {"en": 100},
    ("copa", "test"): {"en": 500},
    ("cosmos_qa", "train"): {"en": 10},
    ("cosmos_qa", "dev"): {"en": 2985},
    ("hellaswag", "dev"): {"en": 10_042},
    ("masakhaner", "train"): {"hau": 1912, "ibo": 2235, "swa": 2109, "yor": 2171},
    ("masakhaner", "dev"): MASAKHANER["dev"],
    ("masakhaner", "test"): MASAKHANER["test"],
    ("masakhanews", "dev"): {"hau": 317, "swa": 237, "yor": 206},
    ("masakhanews", "test"): {"hau": 637, "swa": 476, "yor": 411},
    ("qqp", "kaggle"): {"en": 1000},
    ("social_iqa", "dev"): {"en": 1954},
    ("social_iqa", "test"): {"en": 2224},
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
    ("xcopa", "dev"): dict.fromkeys(_codes(XCOPA), 100),
    ("xcopa", "test"): dict.fromkeys(_codes(XCOPA), 500),
    ("xnli", "dev"): dict.fromkeys(_codes(XNLI), 2490),
    ("xnli", "test"): dict.fromkeys(_codes(XNLI), 5010),
    ("xquad", "test"): dict.fromkeys(_codes("ar de el en es hi ro ru th tr vi zh"), 1190),
}
HIDDEN = {("commonsense_qa", "test"), ("tydiqa", "dev")}
OF_TWENTY = ("masakhaner_v2", "masakhapos")

# Files that an earlier source of the same split hides, and their rows.
HIDDEN_FILES = {
    "intermediate/hellaswag/hellaswag_val_first500.txt": 500,
    "intermediate/mnli/textfooler/mnli": 1000,
    "intermediate/squad_v1.1/train-v1.1.sample.json": 7075,
    "xtreme/udpos/ud/UD_English-EWT/en_ewt-ud-dev.conllu": 2001,
    "xtreme/udpos/ud/UD_English-EWT/en_ewt-ud-train.5000.conllu": 5000,
}

pytestmark = pytest.mark.real


def _folder() -> Path:
    return Path(os.environ["XSTILTS_DATA"])


def _readings(task: Task) -> Iterator[tuple[Files, list[Path], str, str]]:
    """(source, files, language, split) of all that any source of a task finds in the folder."""
    for source in task.sources:
        if source.in_cache:
            continue
        for split in source.splits:
            for code in task.language_codes:
                paths = source.locate(_folder(), code, split)
                if paths is not None:
                    yield source, paths, code, split


REAL = [name for name in TASKS.names() if not name.startswith("mini-") and name != "corpus"]


def test_every_file_is_read_by_a_task():
    read = {
        path.relative_to(_folder()).as_posix()
        for name in REAL
        for _, paths, _, _ in _readings(TASKS[name])
        for path in paths
    }
    there = {
        path.relative_to(_folder()).as_posix()
        for folder in FOLDERS
        for path in (_folder() / folder).rglob("*")
        if path.is_file()
    }
    assert {name for name in there - read if not any(fnmatch(name, pattern) for pattern in READ_BY_NO_TASK)} == set()
    assert all(any(fnmatch(name, pattern) for name in there - read) for pattern in READ_BY_NO_TASK)


@pytest.mark.parametrize("name", REAL)
def test_what_no_other_test_reads_is_read_and_each_row_fits_its_kind(name):
    task = TASKS[name].within(_folder())
    done = {
        tuple(task.find(_folder(), code, split)[1])
        for split in task.splits
        for code in (TWENTY if name in OF_TWENTY else STATED.get((name, split), ()))
        if task.holds(_folder(), code, split)
    }
    for source, paths, code, split in _readings(task):
        if tuple(paths) not in done and not isinstance(source, Joined):  # parts are read as the tasks that they are
            done.add(tuple(paths))
            assert task.kind.count(task.read(source, paths, Drops())) > 0, f"{code} {split}: {paths[0]}"


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


@pytest.mark.parametrize(
    "name", ["panx", "xcopa", "tatoeba", "tydiqa", "xnli", "pawsx", "bucc2018", "xquad", "masakhaner", "masakhanews"]
)
def test_no_real_file_is_found_for_a_language_that_the_manifest_does_not_have(name):
    for split in TASKS[name].splits:
        assert set(TASKS[name].available(_folder(), split)) == set(STATED.get((name, split), {}))


@pytest.mark.parametrize("hidden", HIDDEN_FILES)
def test_a_file_that_another_source_hides_has_its_rows_too(hidden):
    readings = (
        (TASKS[name], source, paths)
        for name in REAL
        for source, paths, _, _ in _readings(TASKS[name])
        if paths == [_folder() / hidden]
    )
    task, source, paths = next(readings)
    assert task.kind.count(task.read(source, paths, Drops())) == HIDDEN_FILES[hidden]


@pytest.mark.parametrize("name", OF_TWENTY)
def test_twenty_languages_of_masakhane_have_their_official_sizes(name):
    task = TASKS[name]
    splits = ["dev", "test"] if name == "masakhaner_v2" else ["train", "dev", "test"]
    assert [split for split in task.splits if task.available(_folder(), split)] == splits
    for split in splits:
        assert list(task.available(_folder(), split)) == TWENTY
        assert all(task.load(_folder(), code, split).is_official for code in TWENTY)


@pytest.mark.parametrize("code", ["hau", "swa", "yor"])
def test_the_topics_of_masakhanews_are_those_that_its_label_files_name(code):
    named = (_folder() / "masakhane/masakhanews" / code / "labels.txt").read_text(encoding="utf-8").split()
    task = TASKS["masakhanews"]
    assert set(named) <= set(task.kind.labels)
    for split in ("dev", "test"):
        assert {row.label for row in task.load(_folder(), code, split).examples} == set(named)


@pytest.mark.parametrize(("split", "lines"), [("train", 4304), ("dev", 4316), ("test", 3539)])
def test_every_question_of_afriqa_has_its_translation_but_one_that_is_counted(split, lines):
    loaded = [TASKS["afriqa_queries"].load(_folder(), code, split) for code in TASKS["afriqa_queries"].language_codes]
    left_out = [note for one in loaded for note in one.notes]
    assert left_out == (["1 row left out: no question"] if split == "dev" else [])
    assert sum(one.found for one in loaded) + len(left_out) == lines


@pytest.mark.parametrize(
    ("name", "split", "answers"),
    [("squad_v1", "train", "9,438"), ("squad_v1", "dev", "3,730"), ("squad_v2", "dev", "2,341")],
)
def test_the_lost_offsets_of_the_rebuilt_squad_files_are_noted(name, split, answers):
    (note,) = TASKS[name].load(_folder(), "en", split).notes
    assert note.startswith(f"{answers} answers stand more than once in their passage")


@pytest.mark.parametrize(("name", "split"), [("xquad", "test"), ("mlqa", "dev"), ("tydiqa", "train")])
def test_files_with_their_own_offsets_get_no_such_note(name, split):
    task = TASKS[name]
    assert not any(task.load(_folder(), code, split).notes for code in task.available(_folder(), split))


def test_each_question_of_squad_finds_a_sentence_that_holds_its_answer():
    task = TASKS["lareqa"]
    rows = task.load(_folder(), "en", "dev").examples
    answers = {row.id: row.answers for row in TASKS["squad_v1"].load(_folder(), "en", "dev").examples}
    sentences = {row.id: row for row in rows if row.side == "target"}
    queries = [row for row in rows if row.side == "source"]
    assert len(queries) == 9380
    assert all(answers[row.id][0].text.strip() in sentences[row.matches[0]].text for row in queries)
    assert all(row.text in row.pair for row in sentences.values())
    assert len(sentences) > 5000


def test_anli_plus_is_the_sum_of_the_parts_that_are_there():
    loaded = TASKS["anli_plus"].load(_folder(), "en", "dev")
    assert loaded.found == 200 + 1000 + 3198
    assert loaded.notes == []
    train = TASKS["anli_plus"].load(_folder(), "en", "train")
    assert train.found == 1666
    assert train.notes == ["not there, and so not among these rows: mnli, anli"]
