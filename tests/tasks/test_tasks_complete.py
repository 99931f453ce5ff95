"""Every task says all that a study and a reader need to know, and reading it runs nobody else's code."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

import xstilts
from xstilts.catalogue import Tasks
from xstilts.data.sources import Files
from xstilts.errors import InputError
from xstilts.kinds.base import Kind, TrainableKind
from xstilts.languages import language
from xstilts.metrics import METRICS

TASKS = Tasks()
PACKAGE = Path(xstilts.__file__).parent
NO_SIZES = {
    "afriqa": "rows that cannot be answered are left out, so the rows that are read are not those of the release",
    "ccg": "the numbers of sentences of the licensed corpus could not be verified",
    "corpus": "a folder of raw text, of any size",
}
NO_SIZES_OF_SPLITS = {
    "bucc2018": {"test": "the rows of the shared task's training set could not be verified"},
    "masakhaner_v2": {"train": "not among the files at hand, and not verified"},
    "masakhanews": {"train": "not among the files at hand, and not verified"},
    "mnli": {"translated": "files with checksums; broken rows are left out"},
    "panx": dict.fromkeys(("dev", "test"), "by language; the hub verifies its files"),
    "paws": {"translated": "files with checksums; broken rows are left out"},
    "qqp": {"kaggle": "the user's own copy"},
    "snli": {"test_textfooler": "a sample"},
    "squad_v1": {"translated": "files with checksums; answers that are not found are left out"},
    "tydiqa": {"translated": "files with checksums; answers that are not found are left out"},
    "udpos": dict.fromkeys(("dev", "test"), "by treebank and release; what is fetched has a checksum"),
}
PACKAGE_CODE = sorted(PACKAGE.rglob("*.py"))
UNSAFE_MODULES = {"cloudpickle", "dill", "joblib", "marshal", "pickle", "pickle5", "shelve"}
UNSAFE_CALLS = {"read_pickle", "load_pickle", "Unpickler", "load_dataset"}
SAFE_ARGUMENTS = {"trust_remote_code": False, "allow_pickle": False, "weights_only": True, "use_safetensors": True}
READING_CODE = sorted([*(PACKAGE / "tasks").glob("*.py"), *(PACKAGE / "formats").glob("*.py")])
RUNNERS = {"ctypes", "imp", "importlib", "marshal", "multiprocessing", "os", "pickle", "runpy", "shelve", "subprocess"}
HARMLESS = (set(sys.stdlib_module_names) | {"numpy", "pyarrow", "xstilts"}) - RUNNERS
RUNNING = {
    "eval",
    "exec",
    "compile",
    "__import__",
    "import_module",
    "load_dataset",
    "run",
    "Popen",
    "system",
    "load_module",
}


HOW = {
    "folder": "",
    "hub data set": "fetched when needed",
    "URL": "fetched when needed",
    "rules": "made when needed",
}


@pytest.mark.parametrize("name", TASKS.names())
def test_a_task_is_complete(name):
    task = TASKS[name]
    assert task.name == name
    assert isinstance(task.kind, Kind)
    assert task.language_codes
    assert len(set(task.language_codes)) == len(task.language_codes)
    for code in task.language_codes:
        assert language(code).name
    assert set(task.evaluated_codes) <= set(task.language_codes)
    assert task.metric_names
    assert set(task.metric_names) | set(task.headline_names) <= set(METRICS)
    assert set(task.headline_names) <= set(task.metric_names)
    assert task.sources
    assert all(isinstance(source, Files) for source in task.sources)
    assert all(set(source.splits) <= set(task.splits) for source in task.sources)
    assert all(callable(source.read) for source in task.sources)
    if isinstance(task.kind, TrainableKind):
        assert TASKS[task.trainer].train_language in TASKS[task.trainer].language_codes
    assert task.evaluated_on in task.splits
    assert task.description
    assert task.license
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", task.cite)
    assert task.version >= 1
    for origin in (origin for source in task.sources for origin in source.origins()):
        assert origin.what.rpartition(", ")[2] in ("folder", "hub data set", "URL", "rules")
        assert origin.place
        assert origin.splits
        assert origin.how == HOW[origin.what.rpartition(", ")[2]]


@pytest.mark.parametrize("name", TASKS.names())
def test_a_task_states_its_official_sizes_or_a_reason(name):
    task = TASKS[name]
    if name in NO_SIZES or name.startswith("mini-"):  # mini is made, with sizes that the user chooses
        return
    assert task.sizes
    assert set(task.splits) - set(task.sizes) == set(NO_SIZES_OF_SPLITS.get(name, {}))
    assert set(task.sizes) <= set(task.splits)
    for size in task.sizes.values():
        counts = [size] if isinstance(size, int) else list(size.values())
        assert all(count > 0 for count in counts)
        assert isinstance(size, int) or set(size) <= set(task.language_codes)


@pytest.mark.parametrize("name", TASKS.names())
def test_what_trains_a_task_has_a_head_of_the_same_kind(name):
    task = TASKS[name]
    trainer = TASKS[task.trainer]
    assert type(trainer.kind) is type(task.kind)
    assert getattr(trainer.kind, "labels", None) == getattr(task.kind, "labels", None)
    assert getattr(trainer.kind, "tags", None) == getattr(task.kind, "tags", None)


def test_the_targets_of_xtreme_evaluate_its_languages_and_read_those_of_xtreme_r():
    added = {name: set(TASKS[name].language_codes) - set(TASKS[name].evaluated_codes) for name in TASKS.names()}
    assert added["udpos"] == {"lt", "pl", "uk", "wo", "ro"}
    assert added["panx"] == {"qu", "pl", "uk", "az", "lt", "pa", "gu", "ro"}
    assert added["tatoeba"] == {"az", "lt", "pl", "uk", "ro"}
    assert added["xquad"] == {"ro"}
    counts = {name: len(TASKS[name].evaluated_codes) for name in ("udpos", "panx", "tatoeba", "xquad", "mlqa", "xcopa")}
    assert counts == {"udpos": 33, "panx": 40, "tatoeba": 36, "xquad": 11, "mlqa": 7, "xcopa": 11}


def called_names(tree: ast.AST) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            function = node.func
            names.add(function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", ""))
    return names


@pytest.mark.parametrize("path", READING_CODE, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_no_code_of_a_data_set_is_run(path):
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""])
    }
    assert imported <= HARMLESS
    assert called_names(tree) & RUNNING - {"compile"} == set()
    assert source.count("compile(") == source.count("re.compile(")
    assert "trust_remote_code" not in source
    assert "pickle" not in source


def test_nothing_in_the_package_runs_remote_code_or_loads_pickles():
    loaders: list[str] = []
    for path in PACKAGE_CODE:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = [alias.name for alias in node.names]
                modules = names if isinstance(node, ast.Import) else [node.module or "", *names]
                assert {name.split(".")[0] for name in modules} & UNSAFE_MODULES == set(), path
            if not isinstance(node, ast.Call):
                continue
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            assert called not in UNSAFE_CALLS, f"{path}:{node.lineno}"
            of = ast.unparse(node.func)
            assert of not in ("torch.load", "torch.hub.load"), f"{path}:{node.lineno}"
            given = {keyword.arg: keyword.value for keyword in node.keywords}
            for name, safe in SAFE_ARGUMENTS.items():
                assert name not in given or ast.unparse(given[name]) == str(safe), f"{path}:{node.lineno}"
            if called == "from_pretrained" or (".Auto" in of and called == "from_config"):
                loaders.append(path.relative_to(PACKAGE).as_posix())
                assert "trust_remote_code" in given, f"{path}:{node.lineno}"
            if called == "from_pretrained" and ".AutoConfig" not in of and ".AutoTokenizer" not in of:
                assert "use_safetensors" in given, f"{path}:{node.lineno}"
    assert sorted(loaders) == [
        "encoders/encoder.py",
        "encoders/encoder.py",
        "encoders/files.py",
        "encoders/files.py",
        "translation/models.py",
    ]


def test_ccg_has_the_categories_of_its_files_and_none_without_them(tmp_path):
    (tmp_path / "ccg/AUTO/02").mkdir(parents=True)
    derivation = r"(<T S 0 2> (<L NP NNP NNP Ann NP>) (<L S\NP VBD VBD ran S\NP>) )"
    for section in range(2, 22):
        (tmp_path / f"ccg/AUTO/{section:02}").mkdir(exist_ok=True)
        (tmp_path / f"ccg/AUTO/{section:02}/wsj_{section:02}01.auto").write_text(
            f"ID=wsj_{section:02}01.1\n{derivation}\n"
        )
    fitted = TASKS.within(tmp_path)["ccg"]
    assert fitted.kind.tags == ("NP", r"S\NP")
    loaded = fitted.load(tmp_path, "en", "train")
    assert [row.id for row in loaded.examples][:2] == ["wsj_0201.1", "wsj_0301.1"]
    assert loaded.found == 20
    assert TASKS["ccg"].load(tmp_path, "en", "train").examples == loaded.examples
    assert TASKS["ccg"].kind.tags == TASKS.within(None)["ccg"].kind.tags == ()
    with pytest.raises(InputError, match=r"ccg/AUTO/23/\*.auto"):
        fitted.load(tmp_path, "en", "test")


def test_anli_plus_reads_the_parts_that_are_there_and_names_the_others(tmp_path):
    row = '{"sentence1": "a", "sentence2": "b", "gold_label": "neutral", "pairID": "p"}\n'
    (tmp_path / "snli_1.0").mkdir()
    for split in ("dev", "test"):
        (tmp_path / f"snli_1.0/snli_1.0_{split}.jsonl").write_text(row)
    dev = TASKS["anli_plus"].load(tmp_path, "en", "dev")
    assert [example.id for example in dev.examples] == ["snli-p"]
    assert dev.notes == ["not there, and so not among these rows: mnli, anli"]
    # MultiNLI has no public test set, so nothing of it is missing there.
    assert TASKS["anli_plus"].load(tmp_path, "en", "test").notes == ["not there, and so not among these rows: anli"]
    with pytest.raises(InputError, match=r"snli_1.0_train.jsonl"):
        TASKS["anli_plus"].load(tmp_path, "en", "train")


def test_the_sizes_of_anli_plus_are_the_sums_of_its_parts():
    parts = [TASKS[name] for name in ("snli", "mnli", "anli")]
    for split, size in TASKS["anli_plus"].sizes.items():
        assert size == sum(part.sizes.get(split, 0) for part in parts)


def test_a_mention_without_its_article_is_an_error_that_says_what_to_run(tmp_path):
    (tmp_path / "mewslix").mkdir()
    (tmp_path / "mewslix/candidate_set_entities.jsonl").write_text("")
    (tmp_path / "mewslix/wikinews_mentions-test.jsonl").write_text(
        '{"context": {"language": "ta", "text": "", "sentence_spans": []}, "mentions": [{"example_id": "m",'
        ' "entity_id": "Q1", "mention_span": {"start": 0, "end": 1, "text": "x"}}]}\n'
    )
    with pytest.raises(InputError, match=r"wikinews_mentions-test.jsonl:1: mention m (?s:.*)get-mewsli-x.sh"):
        TASKS["mewsli_x"].load(tmp_path, "ta", "test")


@pytest.mark.parametrize("text", ["x: y\n4\na\nb\nc\nd\n", "no label\n0\na\nb\nc\nd\n", "x: y\n0\na\nb\n"])
def test_six_lines_that_are_no_row_of_hellaswag_are_refused(tmp_path, text):
    (tmp_path / "hellaswag").mkdir()
    (tmp_path / "hellaswag/hellaswag_val_full.txt").write_text(text)
    with pytest.raises(InputError, match=r"hellaswag_val_full.txt:1: six lines are no row"):
        TASKS["hellaswag"].load(tmp_path, "en", "dev")
