"""BUCC 2018: find the sentence pairs that are translations in two monolingual corpora (Zweigenbaum et al., 2018).

Foreign side against English. The threshold is tuned on dev, of which the size of zh is known here. XTREME's test has
no gold file: gold is hidden there.
As XTREME does it, the shared task's sample is fetched as dev and its training set, which has gold, as test; neither
checksum nor number of rows is known here, but for the dev set of zh.
"""

from xstilts.data.sources import Files, Url
from xstilts.formats.bitext import identified_lines
from xstilts.kinds.bitext import Bitext
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
        *(
            Url(
                tuple(
                    f"bucc2018/{{language}}-en/{{language}}-en.{part}.{side}" for side in ("{language}", "en", "gold")
                ),
                _READ,
                splits=(split,),
                archive=f"https://comparable.limsi.fr/bucc2018/bucc2018-{{language}}-en.{part}-gold.tar.bz2",
            )
            for split, part in (("dev", "sample"), ("test", "training"))
        ),
    ),
    sizes={"dev": {"zh": 8_624}},
    metrics=("mining_f1",),
    license="BUCC 2018 shared task, research use",
    cite="zweigenbaum-etal-2018-overview",
)
