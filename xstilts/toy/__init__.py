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

    toy = folder / "toy"
    study = toy / "quickstart.yaml"
    if not study.is_file():
        write_suite(toy)
        write_encoder(toy / "encoder", suite_text(toy))
        text = (files("xstilts.toy") / "quickstart.yaml").read_text(encoding="utf-8")
        write_text(study, text)
    return study
