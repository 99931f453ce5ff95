"""Translated copies of a training set, as XTREME's `translate-train` files hold them (Hu et al., 2020).

Those for XNLI and PAWS-X have five columns and no ids: both original texts, both translated ones, the label. What a
row translates is known by its original texts alone, so its id is made from them. Those for SQuAD and TyDiQA are SQuAD's
JSON under the English ids, with answers that do not always stand where they say. The files were not at hand: names,
columns, ids and checksums are as public readers of them have it (TensorFlow Datasets' `xtreme_xnli`, `xtreme_pawsx`,
`xquad` and `tydi_qa`); whether PAWS-X is quoted could not be verified.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from xstilts.data.examples import Answer, Example, QuestionExample, TextExample
from xstilts.data.sources import Drops, Files, Reader, Url
from xstilts.errors import InputError
from xstilts.formats.rows import DistinctIds
from xstilts.formats.text import lines, parsed_json, whole

_COLUMNS = 5
_BUCKET = "https://storage.googleapis.com/xtreme_translations"


def translate_train(path: str, read: Reader, sha256: Mapping[str, str]) -> tuple[Files, Url]:
    """The sources of the split `translated`: the files in the data folder, then at their address.

    Args:
        path: Path in XTREME's bucket and below `xtreme_translations/` in the folder, with `{language}`.
        read: The reader.
        sha256: Language -> checksum of its file.
    """
    languages = " ".join(sha256)
    name = PurePosixPath(path).name
    checksums = {name.format(language=language): checksum for language, checksum in sha256.items()}
    return (
        Files(f"xtreme_translations/{path}", read, splits=("translated",), languages=languages),
        Url(f"{_BUCKET}/{path}", read, splits=("translated",), languages=languages, sha256=checksums),
    )


def id_of_texts(text: str, pair: str) -> str:
    """An id that a row and the translation of it have in common, whatever the spacing."""
    plain = "\t".join(" ".join(unicodedata.normalize("NFKC", part).split()) for part in (text, pair))
    return f"text-{hashlib.sha256(plain.encode()).hexdigest()[:24]}"


def translated_pairs(rename: Mapping[str, str] | None = None, labels: Sequence[str] = ()) -> Reader:
    """Reader of tables with the columns text, pair, translated text, translated pair, label; no header, no quoting.

    Such files are known to have broken rows (too few columns, no label): those are left out and counted.

    Args:
        rename: Label in the file -> label of the task.
        labels: The labels that the file may have; rows with anything else are left out and counted, as are rows that
            repeat original texts. Empty for any.
    """

    def read(paths: Sequence[Path], drops: Drops) -> Iterator[Example]:
        seen: set[str] = set()
        for path in paths:
            for _, line in lines(path):
                if not line:
                    continue
                cells = line.split("\t")
                if len(cells) != _COLUMNS:
                    drops.add("a row of translations has not five columns")
                    continue
                text, pair, translated, translated_pair, label = cells
                identity = id_of_texts(text, pair)
                if labels and label not in labels:
                    drops.add("the label is none of the data set's")
                elif not translated.strip() or not translated_pair.strip():
                    drops.add("a translation is empty")
                elif identity in seen:
                    drops.add("the same texts were translated before")
                else:
                    seen.add(identity)
                    yield TextExample(identity, translated, translated_pair, (rename or {}).get(label, label))

    return read


def translated_questions() -> Reader:
    """Reader of SQuAD JSON that was translated by a machine.

    An answer that does not stand at its offset is looked for: where the context holds it once, that is its place, and
    the repair is counted; else the question is left out, and counted.
    """

    def read(paths: Sequence[Path], drops: Drops) -> Iterator[Example]:
        distinct = DistinctIds()
        for path in paths:
            for name, question, context, found in _questions(path):
                identity = distinct(name)
                answers = [_placed(Answer(text, start), context) for text, start in found]
                if not answers or None in answers:
                    drops.add("its answer is not in the translated passage")
                    continue
                kept = tuple(answer for answer in answers if answer is not None)
                if any(answer.start != start for answer, (_, start) in zip(kept, found, strict=True)):
                    drops.repaired("the answer's offset was wrong, and it stands only once in the passage")
                yield QuestionExample(identity, question, context, kept)

    return read


def _questions(path: Path) -> list[tuple[str, str, str, list[tuple[str, int]]]]:
    """Id, question, context, and the answers with their offsets, as they stand in the file."""
    document = parsed_json(whole(path), path, expected="SQuAD's JSON")
    try:
        return [
            (
                str(question["id"]),
                str(question["question"]),
                str(paragraph["context"]),
                [(str(answer["text"]), int(answer["answer_start"])) for answer in question["answers"]],
            )
            for article in document["data"]
            for paragraph in article["paragraphs"]
            for question in paragraph["qas"]
        ]
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            "this is not SQuAD's JSON",
            where=path,
            found=f"{type(error).__name__}: {error}",
            expected="data, paragraphs, context, qas, id, question, answers, text, answer_start",
        ) from None


def _placed(answer: Answer, context: str) -> Answer | None:
    """The answer where it stands; None if it stands nowhere, or in more places than one."""
    text, start = answer.text, answer.start
    if not text.strip():
        return None
    if start >= 0 and context[start : start + len(text)] == text:
        return answer
    return Answer(text, context.index(text)) if context.count(text) == 1 else None
