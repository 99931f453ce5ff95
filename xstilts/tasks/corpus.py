"""Raw text for masked language modeling: one file per language, one sentence per line.

A table beside the files, `SOURCES.tsv`, says which lines have which license (columns language, source, license,
first_line, lines). Lines whose license forbids commercial use (NC), and those under the GPL, are left out, so that an
encoder that is trained on the rest may be given away.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from xstilts.data.examples import Example, RawTextExample
from xstilts.data.sources import Drops, Files
from xstilts.errors import InputError
from xstilts.formats.text import lines, raw_lines
from xstilts.kinds.masked_lm import MaskedLM
from xstilts.task import Task

_LANGUAGES = (
    "af ar az bg bn de el en es et eu fa fi fr gu ha he hi hu id ig it ja ka kk ko lt ml mr ms nl pa pl pt qu ro ru rw"
    " sw ta te th tl tr uk ur vi wo yo zh zu"
)
_RESTRICTED = ("NC", "GPL")
_LINES = raw_lines()


def read(paths: Sequence[Path], drops: Drops) -> Iterator[Example]:
    """The lines of the first file whose license, as the second file has it, is free enough."""
    text, sources = paths
    licenses = dict(_licenses(sources, text.stem))
    for example in _LINES([text], drops):
        assert isinstance(example, RawTextExample)
        line = int(example.id.removeprefix("line-"))
        if line not in licenses:
            raise InputError(
                "a line has no license",
                where=f"{text}:{line}",
                expected=f"a row of {sources.name} that covers it",
                fix="complete the table; what is trained on it may be given away",
            )
        if set(licenses[line].split("-")) & set(_RESTRICTED):
            drops.add(f"license {licenses[line]}")
        else:
            yield example


def _licenses(sources: Path, language: str) -> Iterator[tuple[int, str]]:
    """The license of each line of a language."""
    for number, row in lines(sources):
        cells = row.split("\t")
        if number == 1 or not row:
            continue
        if len(cells) != 5 or not (cells[3].isdigit() and cells[4].isdigit()):
            raise InputError(
                "a row of the table of sources is broken",
                where=f"{sources}:{number}",
                found=repr(row),
                expected="language, source, license, first_line, lines, separated by tabs",
            )
        if cells[0] == language:
            yield from ((line, cells[2]) for line in range(int(cells[3]), int(cells[3]) + int(cells[4])))


TASK = Task(
    name="corpus",
    kind=MaskedLM(rate=0.2),
    languages=_LANGUAGES,
    sources=(Files(("corpus/{language}.txt", "corpus/SOURCES.tsv"), read, ("train",)),),
    evaluated_on="train",
    license="by line, see its SOURCES.tsv",
    cite="ardila-etal-2020-common-voice",
)
