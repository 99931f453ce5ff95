"""CCG supertagging: the lexical category of each word of CCGbank (Hockenmaier and Steedman, 2007), LDC2005T13.

Read from the user's licensed copy, in AUTO format: sections 02 to 21 train, 00 is dev, 23 test. The tags are the
categories that these files hold, all of them, as in jiant (which counts 1,363). `sample` is a file of two sentences
that shows the format. The official numbers of sentences could not be verified, and none are stated.
"""

from pathlib import Path

from xstilts.data.examples import TokenExample
from xstilts.data.sources import Drops, Files
from xstilts.formats.assembled import FileSets
from xstilts.formats.auto import auto
from xstilts.kinds.tagging import Tagging
from xstilts.task import Task

_SECTIONS = {"train": range(2, 22), "dev": (0,), "test": (23,)}
_FOLDERS = ("ccg/AUTO", "intermediate/ccg/AUTO", "CCGbank1.2/data/AUTO", "ccgbank_1_1/data/AUTO")


def categories(task: Task, folder: Path | None) -> Tagging:
    """The kind with the categories of all files that are in a folder; without tags if none are."""
    found = [located for split in task.splits if (located := task.locate(folder, "en", split)) is not None]
    tags = {
        tag
        for source, paths in found
        for example in source.read(paths, Drops())
        if isinstance(example, TokenExample)
        for tag in example.tags or ()
    }
    return Tagging(tags=tuple(sorted(tags)))


TASK = Task(
    name="ccg",
    kind=Tagging(tags=()),
    fit=categories,
    languages="en",
    evaluated_on="dev",
    sources=(
        *(
            FileSets(tuple(f"{folder}/{section:02}/*.auto" for section in sections), auto(), (split,))
            for folder in _FOLDERS
            for split, sections in _SECTIONS.items()
        ),
        Files("intermediate/ccg/ccgbank.txt", auto(), splits=("sample",)),
    ),
    metrics=("token_accuracy",),
    license="LDC, by agreement",
    cite="hockenmaier-steedman-2007-ccgbank",
)
