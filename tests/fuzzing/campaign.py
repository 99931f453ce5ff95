"""A long campaign against the readers, guided by coverage: `pip install atheris`, then

PYTHONPATH=.:tests python -m fuzzing.campaign READER -max_total_time=60

READER is a name in `fuzzing.readers.SPECIMENS`; the rest are libFuzzer's options. It ends at the first file that makes
a reader crash, hang or lose rows. Atheris is no dependency of the project.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris  # type: ignore[import-not-found]

with atheris.instrument_imports(include=["xstilts"]):
    from fuzzing.readers import SPECIMENS, read_or_refuse


def main() -> None:
    """Fuzzes one reader, from its specimen on."""
    name = sys.argv.pop(1)
    specimen = SPECIMENS[name]
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus"
        corpus.mkdir()
        (corpus / "whole").write_bytes(specimen.content)
        atheris.Setup([*sys.argv, str(corpus)], lambda content: read_or_refuse(specimen, content, Path(folder)))
        atheris.Fuzz()


if __name__ == "__main__":
    main()
