"""A study that runs in about a second: a few rows of the toy suite, an encoder of width 32, three steps a stage."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from xstilts.study import Study
from xstilts.toy.suite import Rows, suite_text, write_suite

TOY_TASKS: dict[str, Any] = yaml.safe_load((files("xstilts.toy") / "quickstart.yaml").read_text("utf-8"))["tasks"]

TINY: dict[str, Any] = {
    "name": "tiny",
    "encoders": {"tiny": {"path": "toy/encoder"}},
    "tasks": TOY_TASKS,
    "training": {
        "max_steps": 3,
        "batch_size": 4,
        "learning_rate": 0.002,
        "dropout": 0.0,
        "evaluations": 1,
        "collapse_retries": 0,
    },
    "recipes": {"direct": [], "qa": ["toy_qa"]},
    "targets": {"toy_nli": {"evaluate": ["en", "qaa"]}, "toy_bitext": {"evaluate": ["qaa"]}},
    "seeds": [1],
}


def write_data(folder: Path) -> None:
    """The toy suite, a few rows of it."""
    write_suite(folder / "toy", rows=Rows(train=20, dev=6, test=6))


def write_encoder_files(folder: Path, weights: bytes = b"weights", layers: int = 24) -> None:
    """A directory that planning takes for an encoder; nothing can be loaded from it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps({"num_hidden_layers": layers}))
    (folder / "model.safetensors").write_bytes(weights)
    (folder / "tokenizer.json").write_text("{}")


def write_working_encoder(folder: Path) -> None:
    """An encoder that can be trained, for the text of the suite beside it."""
    from xstilts.toy.encoder import write_encoder

    write_encoder(folder / "toy" / "encoder", suite_text(folder / "toy"), hidden=32)


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
from xstilts.examples import SentenceExample, TextExample
from xstilts.kinds.{module} import {kind}
from xstilts.sources import Files
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
