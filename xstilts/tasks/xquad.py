"""XQuAD: 1,190 questions of SQuAD's dev set with their paragraphs, translated by people (Artetxe et al., 2020).

The languages of XTREME and Romanian (XTREME-R). `f1` and `exact_match` normalize as for English, XTREME's way;
`mlqa_*` by language.
"""

from xstilts.formats.squad import squad
from xstilts.kinds.span_qa import SpanQA
from xstilts.sources import Files
from xstilts.task import Task

TASK = Task(
    name="xquad",
    kind=SpanQA(),
    languages="ar de el en es hi ro ru th tr vi zh",
    trained_on="squad_v1",
    sources=(Files("xtreme/xquad/xquad.{language}.json", squad(), splits=("test",)),),
    sizes={"test": 1_190},
    metrics=("f1", "exact_match", "mlqa_f1", "mlqa_exact_match"),
    headline=("f1", "exact_match"),
    license="CC-BY-SA-4.0",
    cite="artetxe-etal-2020-cross",
)
