"""Makes nano and two smaller encoders like it: tokenizer, random starts, pretraining, weights in the package.

`python studies/make_nano.py DATA` with the folder that has `corpus/`; hours on two cores. It continues where it was
interrupted. The tokenizer that is in the package is kept; `--new-tokenizer` starts anew with another one.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random

from xstilts.catalogue import Tasks
from xstilts.data.sources import Drops
from xstilts.durable import publish_folder
from xstilts.encoders.encoder import Encoder
from xstilts.nano.blank import LONGEST, SIZES, write_blank
from xstilts.nano.tokenizer import train_tokenizer
from xstilts.planning.planner import make_plan
from xstilts.stage import TrainSpec
from xstilts.store import Store
from xstilts.study import Study

HERE = Path(__file__).parent
WEIGHTS = HERE.parent / "xstilts" / "nano" / "weights"
BLANK = HERE / "nano" / "blank"
PIECES = 24_576
BYTES_PER_LANGUAGE = 500_000  # so that languages with much text do not take the whole vocabulary
STUDIES = ("nano.yaml", "nano_siblings.yaml")


def main() -> None:
    """Makes everything that is not there yet."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="folder with the folder corpus/")
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="where the studies are run")
    parser.add_argument("--new-tokenizer", action="store_true", help="starts anew, with a new vocabulary")
    options = parser.parse_args()
    _write_blanks(options.data, options.new_tokenizer)
    store = options.runs / "store"
    for path in STUDIES:
        study = Study.from_yaml(HERE / path)
        study.run(data_dir=options.data, out=options.runs / study.name, store=store)
        plan = make_plan(study, options.data, True)
        trained = {stage.spec.encoder: stage for stage in plan.stages.values() if isinstance(stage.spec, TrainSpec)}
        for encoder, last in trained.items():
            blank = plan.encoders[encoder]
            publish(Store(store).folder(last), blank, WEIGHTS / blank.name)


def _write_blanks(data: Path, new: bool) -> None:
    """All random starts, which share one tokenizer, unless they are there."""
    if new:
        shutil.rmtree(BLANK, ignore_errors=True)
    elif all((BLANK / name).is_dir() for name in SIZES):
        return
    from transformers import AutoTokenizer

    packaged = WEIGHTS / "nano"
    if new or not packaged.is_dir():
        tokenizer = train_tokenizer(corpus_text(data), PIECES, LONGEST)
    else:
        tokenizer = AutoTokenizer.from_pretrained(packaged, local_files_only=True)
    with publish_folder(BLANK, "blank.json", {}) as draft:
        for name, size in SIZES.items():
            write_blank(draft / name, size, tokenizer)


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
    fresh = folder.with_name(f"{folder.name}-new")
    with publish_folder(fresh, "nano.json", {}) as draft:
        model.save_pretrained(draft)
        (draft / "model.safetensors").chmod(0o644)
        for name in ("tokenizer.json", "tokenizer_config.json"):
            shutil.copyfile(blank / name, draft / name)
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)


if __name__ == "__main__":
    main()
