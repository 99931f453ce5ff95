"""A toy suite and a tiny encoder: a whole study in a minute or two, without a GPU, a network or data."""

from __future__ import annotations

from pathlib import Path


def write_quickstart(folder: Path) -> Path:
    """Writes the toy suite, the tiny encoder and the study that runs on them; what is there already stays.

    Returns:
        The path of the study file.
    """
    from importlib.resources import files

    from xstilts.durable import write_text
    from xstilts.toy.encoder import write_encoder
    from xstilts.toy.suite import suite_text, write_suite

    study = folder / "quickstart.yaml"
    if not study.is_file():  # written last, so that it stands for the rest
        write_suite(folder / "toy")
        write_encoder(folder / "toy" / "encoder", suite_text(folder / "toy"))
        write_text(study, (files("xstilts.toy") / "quickstart.yaml").read_text(encoding="utf-8"))
    return study
