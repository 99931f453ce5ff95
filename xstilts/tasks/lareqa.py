"""LAReQA on XQuAD-R: find the sentences that answer a question, in any of 11 languages (Roy et al., 2020).

The candidates are the sentences of XQuAD's paragraphs in all languages, so each question has up to 11 right ones.
SQuAD v1.1 trains it: each question with the sentence that answers it. First piece, scale 100 and lengths of 96 and
256 are those of XTREME-R's scripts; the ends of SQuAD's sentences are found by rules of our own.
No checksums of the repository's files are known here; their rows are counted.
"""

from dataclasses import replace

from xstilts.data.sources import Files, Url
from xstilts.formats.sentences import answer_sentences, split_passages
from xstilts.kinds.ranking import Ranking
from xstilts.task import Task
from xstilts.tasks.squad_v1 import TASK as SQUAD

_LANGUAGES = "ar de el en es hi ru th tr vi zh"
_FILES = tuple(f"xquad-r/{code}.json" for code in ("{language}", *_LANGUAGES.split()))
_READ = split_passages()
_GITHUB = "https://raw.githubusercontent.com/google-research-datasets/lareqa/5405d2a77e83d5ccb47623a3f9e5604c3f103193"

TASK = Task(
    name="lareqa",
    kind=Ranking(pooling="cls", temperature=0.01, query_length=96),
    languages=_LANGUAGES,
    sources=(
        *(
            Files(tuple(f"{folder}/{file}" for file in _FILES), _READ, splits=("test",))
            for folder in ("xtreme/lareqa", "lareqa-master")
        ),
        Url(tuple(f"{_GITHUB}/{file}" for file in _FILES), _READ, splits=("test",)),
        *(
            replace(source, read=answer_sentences(source.read), languages="en")
            for source in SQUAD.sources
            if source.splits != ("translated",)
        ),
    ),
    sizes={"train": {"en": 87_599}, "dev": {"en": 10_570}, "test": 1_190},
    license="CC-BY-SA-4.0",
    cite="roy-etal-2020-lareqa",
)
