"""A tiny study that was run, for the pages whose studies need data and encoders that are not here."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tiny_study import write_data, write_study, write_working_encoder

from xstilts.study import Study

# With the names of the study that README shows, so that commands find the recipes and targets that they name.
STAND_IN = {
    "recipes": {"direct": [], "squad": ["own_qa"]},
    "targets": {
        "xquad": {"task": "own_qa", "evaluate": ["en", "de"]},
        "tatoeba": {"task": "own_bitext"},
        "mini-ner": {"task": "own_ner"},
    },
}
# A row to predict.
ROW = '{"question": "Juma anaishi wapi?", "context": "Juma anaishi Kisumu."}\n'
Prepare = Callable[[Path, tuple[str, ...]], None]


@pytest.fixture(scope="session")
def finished_study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with data, encoder, study and `runs/`, to be copied."""
    from xstilts.running import run_study

    folder = tmp_path_factory.mktemp("docs")
    write_data(folder)
    write_working_encoder(folder)
    run_study(Study.from_yaml(write_study(folder, STAND_IN)), out=folder / "runs" / "tiny", device="cpu")
    return folder


@pytest.fixture
def prepare(finished_study: Path) -> Prepare:
    """Fills a folder with what the tiny study has, under other names; every stage is in the store already."""
    from xstilts.running import run_study

    def prepared(folder: Path, studies: tuple[str, ...]) -> None:
        others = shutil.ignore_patterns("tiny", "studies", "study.yaml")
        shutil.copytree(finished_study, folder, dirs_exist_ok=True, ignore=others)
        (folder / "DATA").mkdir()
        (folder / "rows.jsonl").write_text(ROW, encoding="utf-8")
        for name in studies:
            stem = name.removesuffix(".yaml")
            study = Study.from_yaml(write_study(folder, {**STAND_IN, "name": stem}, name))
            run_study(study, out=folder / "runs" / stem, device="cpu")

    return prepared
