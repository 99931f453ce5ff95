"""LAReQA on XQuAD-R: find the sentences that answer a question, in any of 11 languages (Roy et al., 2020).

The candidates are the sentences of XQuAD's paragraphs in all languages, so each question has up to 11 right ones.
SQuAD v1.1 trains it: each question with the sentence that answers it. First piece, scale 100 and lengths of 96 and
256 are those of XTREME-R's scripts; the ends of SQuAD's sentences are found by rules of our own.
"""

from dataclasses import replace

from xstilts.formats.sentences import answer_sentences, split_passages
from xstilts.kinds.ranking import Ranking
from xstilts.sources import Files
from xstilts.task import Task
from xstilts.tasks.squad_v1 import TASK as SQUAD

_LANGUAGES = "ar de el en es hi ru th tr vi zh"

TASK = Task(
    name="lareqa",
    kind=Ranking(pooling="cls", temperature=0.01, query_length=96),
    languages=_LANGUAGES,
    sources=(
        *(
            Files(
                tuple(f"{folder}/xquad-r/{code}.json" for code in ("{language}", *_LANGUAGES.split())),
                split_passages(),
                splits=("test",),
            )
            for folder in ("xtreme/lareqa", "lareqa-master")
        ),
        *(replace(source, read=answer_sentences(source.read), languages="en") for source in SQUAD.sources),
    ),
    sizes={"train": {"en": 87_599}, "dev": {"en": 10_570}, "test": 1_190},
    license="CC-BY-SA-4.0",
    cite="roy-etal-2020-lareqa",
)
