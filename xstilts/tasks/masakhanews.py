"""MasakhaNEWS: the topic of a piece of news, seven topics, 16 languages of Africa (Adelani et al., 2023).

The headline and the text are read as a pair. English (`eng`) trains. Not every language has every topic. Sizes are
stated where they could be verified.
Of the repository's main branch those files are fetched whose number of rows is stated here.
"""

from xstilts.data.sources import Files, Url
from xstilts.formats.rows import text_row
from xstilts.formats.tsv import tsv
from xstilts.kinds.classification import Classification
from xstilts.task import Task

_READ = tsv(text_row(), {"text": "headline", "pair": "text", "label": "category"}, header=True, quoted=True)
_SPLITS = ("train", "dev", "test")

TASK = Task(
    name="masakhanews",
    kind=Classification(labels=("business", "entertainment", "health", "politics", "religion", "sports", "technology")),
    languages="amh eng fra hau ibo lin lug orm pcm run sna som swa tir xho yor",
    train_language="eng",
    sources=(
        Files("masakhane-news/data/{language}/{split}.tsv", _READ, splits=_SPLITS),
        Files("masakhane/masakhanews/{language}/{split}.tsv", _READ, splits=_SPLITS),
        Url(
            "https://raw.githubusercontent.com/masakhane-io/masakhane-news/main/data/{language}/{split}.tsv",
            _READ,
            splits=("dev", "test"),
            languages="amh fra hau swa yor",
        ),
    ),
    sizes={
        "dev": {"amh": 188, "fra": 211, "hau": 317, "swa": 237, "yor": 206},
        "test": {"amh": 376, "fra": 422, "hau": 637, "swa": 476, "yor": 411},
    },
    license="AFL-3.0, by its data card",
    cite="adelani-etal-2023-masakhanews",
)
