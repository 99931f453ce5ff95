"""Mewsli-X: find the entity that a mention in the news means, among a million descriptions (Ruder et al., 2021).

Mentions in WikiNews of 11 languages, descriptions in 50; English Wikipedia trains (`train`, `dev`). `news_dev` and
`test` are WikiNews. A query is the mention, then its sentence with the mention in braces, as in XTREME-R's scripts,
which cut both sides at 64 pieces (`max_length: 64`). Release 20220518_6, not that of the paper.
English Wikipedia is fetched from the released archive, of which no SHA-256 is known here; its rows are counted. The
text of WikiNews is not in it: the script `get-mewsli-x.sh` of google-research/google-research, folder
`dense_representations_for_entity_retrieval/mel`, puts it back, and must have been run for `news_dev` and `test`.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from xstilts.data.examples import Example, SentenceExample
from xstilts.data.sources import Drops, Files, Reader, Url
from xstilts.errors import InputError
from xstilts.formats.jsonl import json_objects
from xstilts.formats.text import checked_text
from xstilts.kinds.ranking import Ranking
from xstilts.task import Task

_LANGUAGES = "ar de en es fa ja pl ro ta tr uk"
_NEWS_DEV = (318, 326, 316, 311, 72, 310, 304, 145, 312, 262, 315)
_TEST = (1_501, 1_551, 1_490, 1_552, 458, 1_519, 1_562, 672, 1_567, 1_215, 1_537)


def read_pairs(paths: Sequence[Path], drops: Drops) -> Iterator[Example]:
    """Mentions with their own entities; the candidates are the entities of the file."""
    entities: dict[str, str] = {}
    for where, record in (found for path in paths for found in json_objects(path)):
        mention, context = _of(record, where, "contextual_mention", "mention"), _of(record, where, "contextual_mention")
        entity = _of(record, where, "entity")
        entities.setdefault(str(entity["entity_id"]), _description(entity, where))
        yield _query(mention, _of(context, where, "context"), where)
    yield from (SentenceExample(name, text, "target", ()) for name, text in entities.items())


def read_news(language: str) -> Reader:
    """Reader of mentions in the articles of one language, and of a second file with all entities."""

    def read(paths: Sequence[Path], drops: Drops) -> Iterator[Example]:
        articles, entities = paths
        for where, record in json_objects(articles):
            context = _of(record, where, "context")
            if context["language"] == language:
                yield from (_query(mention, context, where) for mention in record["mentions"])
        for where, entity in json_objects(entities):
            yield SentenceExample(str(entity["entity_id"]), _description(entity, where), "target", ())

    return read


def _of(record: dict[str, Any], where: str, *names: str) -> dict[str, Any]:
    for name in names:
        record = record.get(name)  # type: ignore[assignment]
        if not isinstance(record, dict):
            raise InputError(f"an object has no field {'.'.join(names)}", where=where, expected="Mewsli-X's JSON Lines")
    return record


def _query(mention: dict[str, Any], context: dict[str, Any], where: str) -> SentenceExample:
    text = checked_text(context.get("text"), where, "context.text")
    span = mention["mention_span"]
    start, stop = int(span["start"]), int(span["end"])
    if text[start:stop] != span["text"]:
        raise InputError(
            f"mention {mention['example_id']} is not at its offset",
            where=where,
            found=repr(text[start:stop][:60]) if text else "no text of the article",
            expected=repr(span["text"]),
            fix=None if text else "run the data set's own get-mewsli-x.sh, which puts the text of the articles back",
        )
    touched = [found for found in context["sentence_spans"] if found["start"] < stop and found["end"] > start]
    first = touched[0]["start"] if touched else start
    last = touched[-1]["end"] if touched else stop
    marked = f"{span['text']}: {text[first:start]} {{ {span['text']} }} {text[stop:last]}"
    return SentenceExample(str(mention["example_id"]), " ".join(marked.split()), "source", (str(mention["entity_id"]),))


def _description(entity: dict[str, Any], where: str) -> str:
    return " ".join(checked_text(entity.get("description"), where, "description").split())


_FOLDERS = ("xtreme/mewslix", "mewsli_x/output/dataset")
_READ_NEWS = {code: read_news(code) for code in _LANGUAGES.split()}

TASK = Task(
    name="mewsli_x",
    kind=Ranking(pooling="cls", temperature=0.01),
    languages=_LANGUAGES,
    sources=(
        *(
            Files(f"{folder}/wikipedia_pairs-{{split}}.jsonl", read_pairs, ("train", "dev"), languages="en")
            for folder in _FOLDERS
        ),
        *(
            Files(
                (f"{folder}/wikinews_mentions-{{split}}.jsonl", f"{folder}/candidate_set_entities.jsonl"),
                _READ_NEWS[code],
                ("news_dev", "test"),
                languages=code,
                split_names={"news_dev": "dev"},
            )
            for folder in _FOLDERS
            for code in _LANGUAGES.split()
        ),
        Url(
            "wikipedia_pairs-{split}.jsonl",
            read_pairs,
            ("train", "dev"),
            languages="en",
            archive="https://storage.googleapis.com/gresearch/mewsli/mewsli-x_20220518_6.zip",
        ),
    ),
    sizes={
        "train": {"en": 167_719},
        "dev": {"en": 14_051},
        "news_dev": dict(zip(_LANGUAGES.split(), _NEWS_DEV, strict=True)),
        "test": dict(zip(_LANGUAGES.split(), _TEST, strict=True)),
    },
    license="not stated; text of WikiNews and Wikipedia",
    cite="ruder-etal-2021-xtreme",
)
