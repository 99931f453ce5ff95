"""BUCC 2018: find the sentence pairs that are translations in two monolingual corpora (Zweigenbaum et al., 2018).

Foreign side against English. The threshold is tuned on dev. XTREME's test has no gold file: gold is hidden
there.
"""

from xstilts.formats.bitext import identified_lines
from xstilts.kinds.bitext import Bitext
from xstilts.sources import Files
from xstilts.task import Task

_SIDES = ("xtreme/bucc2018/{language}-en.{split}.{language}", "xtreme/bucc2018/{language}-en.{split}.en")
_READ = identified_lines()

TASK = Task(
    name="bucc2018",
    kind=Bitext(mining=True),
    languages="de fr ru zh",
    sources=(
        Files((*_SIDES, "xtreme/bucc2018/{language}-en.{split}.gold"), _READ, splits=("dev", "test")),
        Files(_SIDES, _READ, splits=("dev", "test")),
    ),
    metrics=("mining_f1",),
    license="BUCC 2018 shared task, research use",
    cite="zweigenbaum-etal-2018-overview",
)
