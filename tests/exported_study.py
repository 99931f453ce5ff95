"""A finished tiny study with heads of every kind, on XLM-R's architecture and on ModernBERT's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tiny_study import tiny_study, write_data, write_working_encoder

from xstilts.running import run_study

ENCODERS = {"tiny": {"path": "encoder"}, "nano": {"embedded": "nano-tiny"}}
TARGETS: dict[str, Any] = {
    "own_nli": {"evaluate": ["en", "de"]},
    "own_choice": {"evaluate": ["en"]},
    "own_ner": {"evaluate": ["en", "de"]},
    "own_qa": {"evaluate": ["en"]},
    "own_bitext": {"evaluate": ["de"]},
}
TEXT = {"kind": "masked_lm", "format": "text", "files": {"en": {"train": "mini/text/en.txt"}}}


def write_run(folder: Path) -> Path:
    """Data, encoder and a run in `out`: `direct`, and `text`, which begins with masked language modeling."""
    from tiny_study import OWN_TASKS

    write_data(folder)
    write_working_encoder(folder)
    study = tiny_study(
        folder,
        encoders=ENCODERS,
        tasks={**OWN_TASKS, "own_text": TEXT},
        recipes={"direct": [], "text": [{"task": "own_text", "dev": "none"}]},
        targets=TARGETS,
    )
    run_study(study, out=folder / "out", device="cpu")
    return folder / "out"
