"""Every reader with a whole file of its format, and the number of records that a reader must account for.

A reader either gives rows, or raises InputError. Where it gives rows, rows and counted drops are the records of the
file: nothing is lost in silence. The records are counted here in the plainest way that the format allows, and only
where that is certain (None elsewhere).
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from xstilts.data.examples import Example
from xstilts.data.sources import Drops, Reader
from xstilts.errors import InputError
from xstilts.formats.auto import auto
from xstilts.formats.bitext import aligned_lines, identified_lines, translated_lines
from xstilts.formats.conll import conll, conllu
from xstilts.formats.jsonl import jsonl
from xstilts.formats.parquet import parquet
from xstilts.formats.rows import choice_row, text_row, token_row
from xstilts.formats.sentences import answer_sentences, split_passages
from xstilts.formats.squad import squad
from xstilts.formats.text import labeled_by_line, raw_lines
from xstilts.formats.translations import translated_pairs, translated_questions
from xstilts.formats.tsv import tsv

Count = Callable[[bytes, Reader], int | None]


def _texts(content: bytes) -> list[str]:
    return [line.removesuffix("\r") for line in content.removeprefix(b"\xef\xbb\xbf").decode().split("\n")]


def _lines(content: bytes, _: Reader) -> int:
    """Lines that are not empty: where rows are read, empty lines are errors or stand at the end."""
    return sum(line != "" for line in _texts(content))


def _all_lines(content: bytes, _: Reader) -> int:
    text = content.removeprefix(b"\xef\xbb\xbf")
    return text.count(b"\n") + (text != b"" and not text.endswith(b"\n"))


def _filled(content: bytes, _: Reader) -> int:
    return sum(line.strip() != "" for line in _texts(content))


def _sentences(content: bytes, _: Reader) -> int:
    return len([part for part in re.split("\n[ \t]*(?=\n)", "\n".join(_texts(content))) if part.strip(" \t\n")])


def _ids(content: bytes, _: Reader) -> int:
    return sum(line.startswith("ID=") for line in _texts(content))


def _questions(content: bytes, _: Reader) -> int:
    document = json.loads(content.removeprefix(b"\xef\xbb\xbf"))
    return sum(len(paragraph["qas"]) for article in document["data"] for paragraph in article["paragraphs"])


def _rows_of_table(content: bytes, _: Reader) -> int:
    return int(pq.read_table(io.BytesIO(content)).num_rows)


@dataclass(frozen=True)
class Specimen:
    """A reader and what it reads.

    Attributes:
        read: The reader.
        content: A whole file.
        count: The records in a file that was read; None where nothing certain can be said.
        times: How many rows a record gives.
        beside: Further files, which stay whole.
    """

    read: Reader
    content: bytes
    count: Count | None = None
    times: int = 1
    beside: tuple[bytes, ...] = ()


_SQUAD = {
    "data": [
        {
            "title": "t",
            "paragraphs": [
                {
                    "context": "Mr. Juma slept. Asha ate.",
                    "sentence_breaks": [[0, 15], [16, 25]],
                    "qas": [
                        {"id": "q1", "question": "who?", "answers": [{"text": "Juma", "answer_start": 4}]},
                        {"id": "q2", "question": "ate?", "answers": [{"text": "Asha", "answer_start": 16}]},
                    ],
                }
            ],
        }
    ]
}
_QUESTIONS = json.dumps(_SQUAD).encode()


def _table() -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table({"text": ["Juma", "Асха", "人"], "label": [0, 1, 0]}), buffer)
    return buffer.getvalue()


_ROWS = "Juma slept\ta\nАсха ест\tb\n人\ta\n".encode()
_TWO = {"text": 0, "label": 1}
SPECIMENS: dict[str, Specimen] = {
    "tsv": Specimen(tsv(text_row(), _TWO), _ROWS, _lines),
    "tsv with a header": Specimen(tsv(text_row(), {"text": "t", "label": "l"}, header=True), b"t\tl\nJuma\ta\nAsha\tb\n"),
    "broken tsv": Specimen(tsv(text_row(), _TWO, may_be_broken=True), _ROWS + b"lost\n\n", _all_lines),
    "csv": Specimen(tsv(text_row(), _TWO, quoted=True, delimiter=","), b'"Juma, ""the"" cat\nslept",a\nAsha,b\n'),
    "choices in columns": Specimen(tsv(choice_row(), {"context": 0, "choices": [1, 2], "label": 3}), b"who?\tme\tyou\t1\nwhat?\ta\tb\t0\n", _lines),
    "jsonl": Specimen(jsonl(text_row(), {"text": "t", "label": "l", "id": "i"}), b'{"t": "Juma", "l": "a", "i": 1}\n{"t": "A", "l": "b", "i": 1}\n', _lines),
    "choices in jsonl": Specimen(jsonl(choice_row(letters=True), {"context": "q.s", "choices": "q.c.*.t", "label": "l"}), b'{"q": {"s": "who?", "c": [{"t": "me"}, {"t": "you"}]}, "l": "B"}\n', _lines),
    "tokens in jsonl": Specimen(jsonl(token_row(), {"tokens": "w", "tags": "t"}), b'{"w": ["a", "b"], "t": ["X", "Y"]}\n', _lines),
    "conll": Specimen(conll(), "Juma\tB-PER\nlala\tO\n\nАсха\tB-PER\n".encode(), _sentences),
    "conllu": Specimen(conllu(), b"# sent_id = a\n1\tPaka\t_\tNOUN\t_\t_\t_\t_\t_\t_\n\n1-2\tdu\t_\t_\t_\t_\t_\t_\t_\t_\n1\tde\t_\tADP\t_\t_\t_\t_\t_\t_\n2\tle\t_\tDET\t_\t_\t_\t_\t_\t_\n"),
    "auto": Specimen(auto(), b"ID=wsj_0001.1 PARSER=GOLD\n(<T S 0 2> (<L N/N NNP NNP Pierre N/N>) (<L N NN NN cat N>) )\nID=wsj_0001.2\n(<L N NN NN cat N>)\n", _ids),
    "squad": Specimen(squad(), _QUESTIONS, _questions),
    "sentences that answer": Specimen(answer_sentences(squad()), _QUESTIONS),
    "split passages": Specimen(split_passages(), _QUESTIONS, beside=(_QUESTIONS,)),
    "translated questions": Specimen(translated_questions(), _QUESTIONS, _questions),
    "translated pairs": Specimen(translated_pairs(), b"a\tb\tx\ty\tneutral\nc\td\tz\tw\tneutral\nlost\n", _lines),
    "raw lines": Specimen(raw_lines(), "Juma\n\nАсха\n".encode(), _filled),
    "aligned lines": Specimen(aligned_lines(), b"eins\nzwei\n", _all_lines, 2, (b"one\ntwo\n",)),
    "translated lines": Specimen(translated_lines(), b"eins\nzwei\n", _all_lines, 1, (b"one\ntwo\n",)),
    "identified lines": Specimen(identified_lines(), b"d1\teins\nd2\tzwei\n", lambda content, _: _lines(content, _) + 2, 1, (b"e1\tone\ne2\ttwo\n", b"d1\te1\n")),
    "labels by line": Specimen(labeled_by_line(tsv(text_row(), {"text": 0})), b"Juma\nAsha\n", _lines, 1, (b"a\nb\n",)),
    "parquet": Specimen(parquet(text_row(), {"text": "text", "label": "label"}, names={"label": ("a", "b")}), _table(), _rows_of_table),
}  # fmt: skip


def read_or_refuse(specimen: Specimen, content: bytes, folder: Path) -> list[Example] | None:
    """The rows of a content, all accounted for; None if it was refused as bad input."""
    path = folder / "file"
    path.write_bytes(content)
    others = []
    for number, other in enumerate(specimen.beside):
        others.append(folder / f"beside-{number}")
        others[-1].write_bytes(other)
    drops = Drops()
    try:
        rows = list(specimen.read([path, *others], drops))
    except InputError as error:
        refused = str(error)
    else:
        refused = ""
    if refused:
        assert str(folder) in refused, f"no place in: {refused}"
        return None
    for row in rows:
        repr(row).encode("utf-8", "surrogatepass").decode()  # no half of a pair passes
        assert isinstance(row.id, str)
    if specimen.count is not None:
        records = specimen.count(content, specimen.read)
        if records is not None:
            assert len(rows) + sum(drops.reasons.values()) * specimen.times == records * specimen.times
    return rows
