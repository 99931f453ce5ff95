"""Makes nano and its two smaller siblings: tokenizer, random start, pretraining (`nano.yaml`), weights in the package.

`python studies/make_nano.py DATA` with the folder that has `corpus/`; hours on two cores. It continues where it was
interrupted. The tokenizer that is already in the package is kept; `--new-tokenizer` trains another one.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from xstilts.durable import publish_folder
from xstilts.encoder import Encoder
from xstilts.nano.blank import LONGEST, SIZES, write_blank
from xstilts.nano.tokenizer import train_tokenizer
from xstilts.planning import make_plan
from xstilts.sources import Drops
from xstilts.store import Store
from xstilts.study import Study
from xstilts.task import Tasks

HERE = Path(__file__).parent
WEIGHTS = HERE.parent / "xstilts" / "nano" / "weights"
BLANK = HERE / "nano" / "blank"
PIECES = 24_576
BYTES_PER_LANGUAGE = 500_000  # so that languages with much text do not take the whole vocabulary
STEPS = {"nano": (3300, 3000), "nano-small": (1500, 1000), "nano-tiny": (1500, 1000)}  # of both stages of the study


def main() -> None:
    """Makes everything that is not there yet."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="folder with the folder corpus/")
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="where the studies are run")
    parser.add_argument("--new-tokenizer", action="store_true", help="trains a new vocabulary")
    options = parser.parse_args()
    tokenizer = _tokenizer(options.data, options.new_tokenizer)
    for name, size in SIZES.items():
        if options.new_tokenizer or not (BLANK / name).is_dir():
            write_blank(BLANK / name, size, tokenizer)
        overrides = [
            f"encoders.nano.path=nano/blank/{name}",
            *(f"recipes.pretrained.{at}.training.max_steps={steps}" for at, steps in enumerate(STEPS[name])),
        ]
        study = Study.from_yaml(HERE / "nano.yaml", overrides)
        store = options.runs / "store"
        study.run(data_dir=options.data, out=options.runs / name, store=store)
        *_, trained = (s for s in make_plan(study, options.data, True).stages.values() if s.kind == "train")
        publish(Store(store).folder(trained), BLANK / name, WEIGHTS / name)


def _tokenizer(data: Path, new: bool) -> Any:
    from transformers import AutoTokenizer

    there = WEIGHTS / "nano"
    if new or not (there / "tokenizer.json").is_file():
        return train_tokenizer(corpus_text(data), PIECES, LONGEST)
    return AutoTokenizer.from_pretrained(there, local_files_only=True)


def corpus_text(data: Path) -> Iterator[str]:
    """Lines of the corpus for the vocabulary: of each language about the same amount, in an order of chance."""
    task = Tasks()["corpus"]
    for code in task.language_codes:
        source, paths = task.find(data, code, "train")
        lines = [example.text for example in task.read(source, paths, Drops())]
        Random(code).shuffle(lines)
        size = 0
        for line in lines:
            size += len(line.encode())
            if size > BYTES_PER_LANGUAGE:
                break
            yield line


def publish(trained: Path, blank: Path, folder: Path) -> None:
    """Puts a trained encoder into the package, in 16-bit floating point, with its tokenizer."""
    model = Encoder.load(trained, config_from=blank).model.half()
    shutil.rmtree(folder, ignore_errors=True)
    with publish_folder(folder, "nano.json", {"steps": STEPS[folder.name]}) as draft:
        model.save_pretrained(draft)
        (draft / "model.safetensors").chmod(0o644)
        for name in ("tokenizer.json", "tokenizer_config.json"):
            shutil.copyfile(blank / name, draft / name)


if __name__ == "__main__":
    main()
