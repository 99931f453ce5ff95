"""SQuAD v1.1: the answer to each question is a span of a Wikipedia paragraph (Rajpurkar et al., 2016).

Sources in order: the official files, then a dev set without XQuAD's paragraphs (rebuilt; offsets are first
occurrences).
"""

from xstilts.data.sources import Files, Url
from xstilts.formats.squad import squad
from xstilts.formats.translations import translate_train, translated_questions
from xstilts.kinds.span_qa import SpanQA
from xstilts.task import Task

_READ = squad()
_TRANSLATED = {
    "ar": "d2d01110aa646b547eec88b14b3930dc027c9d149c4962376a1551e251ec3f9b",
    "de": "3c125cb2a31e8ad167c4590ece8fdfd16018a5bbf9475dbfac034c1816a4ab02",
    "el": "9d648f92883a88b27bb0d9ab502a0512bf5ffe7f8ce00bc205b19d66029dab04",
    "es": "cb8f68b8e4cff696209a5ec249a5dc9e2a75a5c7f9dbbfa8a8be1dcf1f91c81a",
    "hi": "fdfd8c59359943c6a55022403e7dfa047e7ee1dea734086a3c73c1adbb44d254",
    "ru": "075818cce7ca8d6efe2c783b125d91bd79add93ddfe8c2b0f45fb610d7552f48",
    "th": "3ae03fd7a9d51a6f45e74a70b8d6168eb365114fcf5de21f34f212197e085eab",
    "tr": "7c618d3f5e0c19d878686a9874b15a10d6f842ae9451e12d8d7d51531bfe79e6",
    "vi": "ad6d3ba17b8e672e7066708ce5795f0f933f3ce18b7442ee11d6e3072f44f60b",
    "zh": "411e4023e4f3627ccb4873edfb77b36e97470b4226a076e6a632544c92353d24",
}

TASK = Task(
    name="squad_v1",
    kind=SpanQA(),
    languages="en",
    evaluated_on="dev",
    sources=(
        Files("squad/{split}-v1.1.json", _READ, splits=("train", "dev")),
        Files("intermediate/squad_v1.1/{split}-v1.1.json", _READ, splits=("train", "dev")),
        Files("intermediate/squad_v1.1/dev-v1.1.minus-xquad.json", _READ, splits=("dev",)),
        Files("intermediate/squad_v1.1/train-v1.1.sample.json", _READ, splits=("train",)),
        *translate_train(
            "SQuAD/translate-train/squad.translate.train.en-{language}.json", translated_questions(), _TRANSLATED
        ),
        Url(
            "https://rajpurkar.github.io/SQuAD-explorer/dataset/{split}-v1.1.json",
            _READ,
            splits=("train", "dev"),
            sha256={
                "train-v1.1.json": "3527663986b8295af4f7fcdff1ba1ff3f72d07d61a20f487cb238a6ef92fd955",
                "dev-v1.1.json": "95aa6a52d5d6a735563366753ca50492a658031da74f301ac5238b03966972c9",
            },
        ),
    ),
    sizes={"train": 87_599, "dev": 10_570},
    metrics=("f1", "exact_match"),
    headline=("f1", "exact_match"),
    license="CC-BY-SA-4.0",
    cite="rajpurkar-etal-2016-squad",
)
