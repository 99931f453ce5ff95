"""Masked language modeling as a stage of a study: it learns, and its head predicts with nothing more trained."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from tiny_study import TINY, tiny_study, write_data, write_working_encoder

TEXT = {
    "kind": "masked_lm",
    "format": "text",
    "rate": 0.3,
    "files": {code: {"train": f"mini/text/{code}.txt"} for code in ("en", "de", "sw")},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pretraining")
    write_data(path)
    write_working_encoder(path)
    return path


def pretrained(folder: Path, steps: int) -> pl.DataFrame:
    study = tiny_study(
        folder,
        name=f"text-{steps}",
        tasks={**TINY["tasks"], "own_text": TEXT},
        task_defaults={"own_text": {"train": "train[10:]", "languages": ["en", "de", "sw"], "dev": "none"}},
        recipes={"read": ["own_text"]},
        baseline="read",
        targets={"own_text": {"train": "none", "test": "train[:10]"}},
        training={**TINY["training"], "max_steps": steps, "batch_size": 16, "language_exponent": 0.5},
    )
    return study.run(out=folder / f"text-{steps}", store=folder / "store").table


def test_hidden_pieces_of_lines_never_seen_are_found_better_after_more_steps(folder):
    few, many = pretrained(folder, 2), pretrained(folder, 120)
    for table in (few, many):
        assert table["language"].to_list() == ["en", "de", "sw"]
        assert table["metric"].unique().to_list() == ["masked_probability"]
        assert not table["zero_shot"].any(), "of raw text the text is the gold, and it was read in all three"
    vocabulary = 1000
    assert few["value"].max() < 3 * 100 / vocabulary
    assert (many["value"] > 1.05 * few["value"]).all()
