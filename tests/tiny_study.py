"""A study that runs in about a second: a few rows of mini as own tasks, an encoder of width 32, three steps a stage."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from tiny_encoder import write_encoder

from xstilts.mini.rows import NLI_LABELS
from xstilts.mini.suite import Sizes, splits_of, write_split
from xstilts.study import Study

LANGUAGES = ("en", "de", "sw")
SIZES = Sizes(train=20, tagged=20, dev=6, test=6, retrieval=8, text=60)


def _files(pattern: str) -> dict[str, dict[str, str]]:
    """English has all splits, the other languages a test set."""
    splits = {code: ("train", "dev", "test") if code == "en" else ("test",) for code in LANGUAGES}
    return {
        code: {split: pattern.format(split=split, language=code) for split in names} for code, names in splits.items()
    }


OWN_TASKS: dict[str, Any] = {
    "own_nli": {
        "kind": "classification",
        "format": "tsv",
        "labels": list(NLI_LABELS),
        "columns": {"text": 0, "pair": 1, "label": 2},
        "files": _files("mini/nli/{split}-{language}.tsv"),
    },
    "own_choice": {
        "kind": "multiple_choice",
        "format": "jsonl",
        "columns": {"id": "id", "context": "context", "choices": "choices", "label": "label"},
        "files": _files("mini/choice/{split}-{language}.jsonl"),
    },
    "own_ner": {
        "kind": "tagging",
        "format": "conll",
        "labels": ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC"],
        "columns": {"tokens": 0, "tags": 1},
        "files": _files("mini/ner/{split}-{language}.tsv"),
    },
    "own_qa": {"kind": "span_qa", "format": "squad", "files": _files("mini/qa/{split}-{language}.json")},
    "own_bitext": {
        "kind": "bitext",
        "format": "lines",
        "files": {
            code: {"test": [f"mini/retrieval/{code}-en.{code}", f"mini/retrieval/{code}-en.en"]}
            for code in LANGUAGES
            if code != "en"
        },
    },
}

TINY: dict[str, Any] = {
    "name": "tiny",
    "encoders": {"tiny": {"path": "encoder"}},
    "tasks": OWN_TASKS,
    "training": {
        "max_steps": 3,
        "batch_size": 4,
        "learning_rate": 0.002,
        "dropout": 0.0,
        "evaluations": 1,
        "collapse_retries": 0,
    },
    "recipes": {"direct": [], "qa": ["own_qa"]},
    "targets": {"own_nli": {"evaluate": ["en", "de"]}, "own_bitext": {"evaluate": ["de"]}},
    "seeds": [1],
}


def write_data(folder: Path) -> None:
    """The files that `OWN_TASKS` names, and the suite's raw text."""
    shutil.copytree(_suite().name, folder, dirs_exist_ok=True)


@cache
def _suite() -> tempfile.TemporaryDirectory[str]:
    """A folder with what `write_data` copies, written once; it goes when the tests end."""
    folder = tempfile.TemporaryDirectory(prefix="xstilts-mini-")
    for task in ("nli", "choice", "ner", "qa", "retrieval", "text"):
        for code in LANGUAGES:
            for split in splits_of(task):
                trains_nothing = code != "en" and split in ("train", "dev") and task != "text"
                if not trains_nothing and (task, code) != ("retrieval", "en"):
                    write_split(Path(folder.name) / "mini", task, code, split, SIZES)
    return folder


def write_encoder_files(folder: Path, weights: bytes = b"weights", layers: int = 24) -> None:
    """A directory that planning takes for an encoder; nothing can be loaded from it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps({"num_hidden_layers": layers}))
    (folder / "model.safetensors").write_bytes(weights)
    (folder / "tokenizer.json").write_text("{}")


def suite_text(folder: Path) -> Iterator[str]:
    """Every line of the raw text in a data folder, language by language."""
    for path in sorted((folder / "mini" / "text").glob("*.txt")):
        yield from path.read_text(encoding="utf-8").splitlines()


def write_working_encoder(folder: Path) -> None:
    """An encoder that can be trained, for the text of the suite beside it."""
    write_encoder(folder / "encoder", suite_text(folder), hidden=32)


def write_study(folder: Path, changes: Mapping[str, Any] | None = None, name: str = "study.yaml") -> Path:
    """The tiny study with some of its fields replaced."""
    path = folder / name
    path.write_text(yaml.safe_dump({**TINY, **(changes or {})}, sort_keys=False), encoding="utf-8")
    return path


def tiny_study(folder: Path, **changes: Any) -> Study:
    """The tiny study with some of its fields replaced, read."""
    return Study.from_yaml(write_study(folder, changes))


# A task of the user's own whose files are looked for in the data folder.
OWN = '''\
"""A task in files of one label and one text per line."""
from xstilts.data.examples import SentenceExample, TextExample
from xstilts.kinds.{module} import {kind}
from xstilts.data.sources import Files
from xstilts.task import Task

def read(paths, drops):
    for number, line in enumerate(paths[0].read_text().splitlines()):
        yield {row}

TASK = Task(
    name="{name}", kind={kind}({labels}), languages="{languages}", version={version},
    sources=(Files("own/{name}-{{language}}-{{split}}.txt", read, ("train", "dev", "test")),), {more}
)
'''
LABELED = {
    "module": "classification",
    "kind": "Classification",
    "row": "TextExample(str(number), line[2:], None, line[0])",
    "labels": 'labels=("a", "b")',
    "languages": "en sw fr",
    "version": 1,
    "more": "",
}
MINED = {
    **LABELED,
    "module": "bitext",
    "kind": "Bitext",
    "row": 'SentenceExample(str(number), line, "source", ())',
    "labels": "mining=True",
}


def write_own(folder: Path, name: str = "own", **changes: object) -> str:
    """Writes a task file; returns its name."""
    (folder / f"{name}.py").write_text(OWN.format(name=name, **{**LABELED, **changes}))
    return f"{name}.py"


def write_rows(folder: Path, name: str = "own", languages: str = "en sw fr", text: str = "a x\nb y\n") -> Path:
    """Writes all splits of some languages."""
    (folder / "own").mkdir(parents=True, exist_ok=True)
    for code in languages.split():
        for split in ("train", "dev", "test"):
            (folder / "own" / f"{name}-{code}-{split}.txt").write_text(f"{text}a {code} {split}\n")
    return folder


def stages_of(place: Path) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """Title -> record and weights of every training stage."""
    from safetensors.torch import load_file

    found = {}
    for folder in (place / "store" / "train").iterdir():
        record = json.loads((folder / "stage.json").read_text())
        weights = {**load_file(folder / "model.safetensors"), **load_file(folder / "heads.safetensors")}
        found[record["title"]] = (record["training"], weights)
    return found
