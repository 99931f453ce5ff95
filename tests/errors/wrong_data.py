"""Data files that are broken, in every format that is read."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from errors.catalogue import Case, study
from errors.wrong_tasks import CHOICE, MINE, SHOW

CSV = {**MINE, "quoted": True, "delimiter": ",", "header": True, "columns": {"text": "text", "label": "label"}}
LINES = {**MINE, "format": "jsonl", "columns": {"text": "text", "label": "label"}}
TAGGED = {"kind": "tagging", "format": "conll", "labels": ["O", "B-PER"]}
UD = {"kind": "tagging", "format": "conllu", "labels": ["NOUN", "VERB"]}
TOKENS = {"kind": "tagging", "format": "jsonl", "labels": ["O", "B-PER"], "columns": {"tokens": "w", "tags": "t"}}
CHOICES = {"kind": "multiple_choice", "format": "jsonl", "columns": {"context": "c", "choices": "o", "label": "l"}}
SQUAD = {"kind": "span_qa", "format": "squad"}
TEXT = {"kind": "masked_lm", "format": "text"}
ALIGNED = {"kind": "bitext", "format": "lines"}
UD_LINE = "1\tPaka\tpaka\tNOUN\t_\t_\t_\t_\t_\t_\n"


def own(name: str, task: Mapping[str, Any], content: str | bytes, *says: str, more: str | None = None) -> Case:
    """One file of a task of the user's own, or two."""
    names = "mine.txt" if more is None else ["mine.txt", "more.txt"]
    described = {**task, "files": {"en": {"test" if task is ALIGNED else "train": names}}}
    files = {
        "study.yaml": study(tasks={"mine": {k: v for k, v in described.items() if v is not None}}),
        "mine.txt": content,
    }
    return Case(name, SHOW, says, files | ({} if more is None else {"more.txt": more}))


def question(**changes: Any) -> str:
    asked = {"id": "q1", "question": "who?", "answers": [{"text": "Juma", "answer_start": 4}], **changes}
    return squad({"context": "Mr. Juma", "qas": [asked]})


def squad(paragraph: Any) -> str:
    return json.dumps({"data": [{"title": "t", "paragraphs": [paragraph]}]})


TABLES = [
    own("TSV with too few columns", MINE, "a text\ta\nanother\n", "mine.txt:2: ", "wrong number of columns", "1", "2, as in the first line"),
    own("TSV with too many columns", MINE, "a text\ta\nanother\tb\tc\n", "mine.txt:2: ", "found:    3", "expected: 2"),
    own("TSV without the column", MINE, "only text\n", "mine.txt:1: ", "found:    1", "at least 2"),
    own("TSV with a line between", MINE, "x\ta\n\ny\tb\n", "mine.txt:2: ", "empty line", "to fix:"),
    own("TSV with an unknown label", MINE, "x\ta\ny\tc\n", "mine.txt", "row 2", "'c'", "one of a, b"),
    own("TSV in Latin-1", MINE, "x\ta\ncaf\xe9\tb\n".encode("latin-1"), "mine.txt:2: ", "not UTF-8", "0xe9 at offset 7", "iconv"),
    own("TSV in UTF-16", MINE, "x\ta\n".encode("utf-16"), "mine.txt:1: ", "not UTF-8", "iconv"),
    own("an empty TSV", MINE, "", "mine.txt", "is empty", "0 rows"),
    own("TSV of a BOM alone", MINE, "\ufeff", "mine.txt", "is empty"),
    own("a zip as TSV", MINE, b"PK\x03\x04\xff\xfe", "mine.txt:1: ", "not UTF-8"),
    own("CSV of a header alone", CSV, "text,label\n", "mine.txt", "is empty"),
    own("CSV without the column", CSV, "txt,label\nx,a\n", "mine.txt:1: ", "'text'", "did you mean 'txt'?"),
    own("CSV with a column twice", CSV, "text,label,text\nx,a,y\n", "mine.txt:1: ", "'text'", "twice"),
    own("CSV with an open quote", CSV, 'text,label\n"x,a\ny,b\n', "mine.txt:2: ", "quoted field", "closing quote"),
    own("CSV with text after a quote", CSV, 'text,label\n"x"y,a\n', "mine.txt:2: ", "quoted field", "doubled"),
    own("CSV with an endless field", CSV, "text,label\n" + "x" * 200_000 + ",c\n", "mine.txt", "'c'", "one of a, b"),
    own("CSV by semicolons", CSV, "text;label\nx;a\n", "mine.txt:1: ", "'text;label'", "'text'"),
    own("a label of choices", CHOICE | {"format": "tsv"}, "who?\tme\tyou\t2\n", "mine.txt:1: ", "names no choice", "0 to 1"),
    own("a word as a label of choices", CHOICE | {"format": "tsv"}, "who?\tme\tyou\tme\n", "mine.txt:1: ", "'me'", "0 to 1"),
]  # fmt: skip

OBJECTS = [
    own("no JSON", LINES, '{"text": "x", "label": "a"}\n{"text": \n', "mine.txt:2, column", "not JSON", "one JSON object per line"),
    own("a list as a line", LINES, '["x", "a"]\n', "mine.txt:1: ", "not a JSON object", "{...}"),
    own("JSON over several lines", LINES, '[\n {"text": "x", "label": "a"}\n]\n', "mine.txt:1", "one JSON object per line"),
    own("a missing field", LINES, '{"txt": "x", "label": "a"}\n', "mine.txt:1: ", "'text'", "txt, label", "did you mean 'txt'?"),
    own("a number as text", LINES, '{"text": 5, "label": "a"}\n', "mine.txt:1: ", "text is not text", "5", "a string"),
    own("null as text", LINES, '{"text": null, "label": "a"}\n', "mine.txt:1: ", "None", "a string"),
    own("half a surrogate pair", LINES, '{"text": "\\ud800", "label": "a"}\n', "mine.txt:1: ", "surrogate", "to fix:"),
    own("half a surrogate pair as an id", {**LINES, "columns": {**LINES["columns"], "id": "id"}}, '{"text": "x", "label": "a", "id": "\\ud800"}\n', "mine.txt:1: ", "id", "surrogate"),
    own("a number as label", LINES, '{"text": "x", "label": 3}\n', "mine.txt", "row 1", "'3'", "one of a, b"),
    own("a list as label", LINES, '{"text": "x", "label": ["a"]}\n', "mine.txt:1: ", "label is no label", "['a']"),
    own("a field twice", LINES, '{"text": "x", "text": "y", "label": "a"}\n', "mine.txt:1: ", "'text'", "twice"),
    own("a number of 5,000 digits", LINES, '{"text": "x", "label": %s}\n' % ("9" * 5000), "mine.txt:1", "not JSON"),
    own("JSON without end", LINES, "[" * 100_000 + "\n", "mine.txt:1", "not JSON"),
    own("a line between objects", LINES, '{"text": "x", "label": "a"}\n\n{"text": "x", "label": "a"}\n', "mine.txt:2: ", "empty line"),
    own("JSON with NULs", LINES, b'{"text": "x\x00", "label": "a"}\n', "mine.txt:1, column 12", "not JSON"),
    own("choices that are no list", CHOICES, '{"c": "who?", "o": "me", "l": 0}\n', "mine.txt:1: ", "choices is not a list", "'me'"),
    own("one choice", CHOICES, '{"c": "who?", "o": ["me"], "l": 0}\n', "mine.txt", "row 1", "at least 2"),
    own("a choice beyond the last", CHOICES, '{"c": "who?", "o": ["me", "you"], "l": 2}\n', "mine.txt:1: ", "0 to 1"),
    own("a choice that is true", CHOICES, '{"c": "who?", "o": ["me", "you"], "l": true}\n', "mine.txt:1: ", "True", "0 to 1"),
    own("tags and tokens", TOKENS, '{"w": ["a", "b"], "t": ["O"]}\n', "mine.txt:1: ", "1 tags", "2, as many as tokens"),
    own("an unknown tag", TOKENS, '{"w": ["a"], "t": ["B-PRE"]}\n', "mine.txt", "row 1", "'B-PRE'", "B-PER"),
    own("no token", TOKENS, '{"w": [], "t": []}\n', "mine.txt", "row 1", "at least one"),
]  # fmt: skip

SENTENCES = [
    own("CoNLL with too few columns", TAGGED, "Juma\tB-PER\nlala\n", "mine.txt:2: ", "wrong number of columns", "2, as in the first line"),
    own("CoNLL of words alone", TAGGED, "Juma\nlala\n", "mine.txt:1: ", "at least 2"),
    own("CoNLL with an empty column", TAGGED, "Juma\t\n", "mine.txt:1: ", "a column is empty", "a token and a tag"),
    own("CoNLL with an unknown tag", TAGGED, "Juma B-PER\n\nJuma B-PERSON\n", "mine.txt", "row 2", "'B-PERSON'", "B-PER"),
    own("CoNLL of blanks", TAGGED, "\n\n \n", "mine.txt", "is empty"),
    own("CoNLL-U with nine columns", UD, UD_LINE.replace("\t_\n", "\n"), "mine.txt:1: ", "found:    9", "10 columns"),
    own("CoNLL-U by spaces", UD, UD_LINE.replace("\t", " "), "mine.txt:1: ", "found:    1", "tabs"),
    own("CoNLL-U without tags", UD, UD_LINE.replace("NOUN", "_"), "mine.txt", "'_'", "NOUN, VERB"),
    own("CoNLL-U of comments", UD, "# text = a\n\n", "mine.txt", "is empty"),
    own("CoNLL-U without words", UD, UD_LINE.replace("1\t", "x\t"), "mine.txt:1: ", "'x'", "a range (1-2)"),
]  # fmt: skip

QUESTIONS = [
    own("SQuAD that is no JSON", SQUAD, '{"data": [', "mine.txt:1, column 11", "not JSON", "SQuAD's JSON"),
    own("SQuAD that is a list", SQUAD, "[]", "mine.txt: ", "not SQuAD JSON", "list", "data"),
    own("SQuAD without data", SQUAD, '{"dat": []}', "mine.txt: ", "'data'", "dat"),
    own("SQuAD without articles", SQUAD, '{"data": []}', "mine.txt", "is empty"),
    own("SQuAD without paragraphs", SQUAD, '{"data": [{"paragraph": []}]}', "mine.txt: data[0]", "'paragraphs'"),
    own("a paragraph that is a text", SQUAD, squad("context"), "data[0].paragraphs[0]", "'context'", "{...}"),
    own("a paragraph without context", SQUAD, squad({"qas": []}), "data[0].paragraphs[0]", "'context'"),
    own("a context that is a number", SQUAD, squad({"context": 5, "qas": []}), "data[0].paragraphs[0]", "5", "a string"),
    own("a question without an id", SQUAD, squad({"context": "x", "qas": [{"question": "?"}]}), "paragraphs[0].qas[0]", "'id'"),
    own("a question that is null", SQUAD, question(question=None), "qas[0]", "'question'", "a string"),
    own("an answer at another place", SQUAD, question(answers=[{"text": "Juma", "answer_start": 3}]), "qas[0]", "q1", "' Jum' at character 3", "'Juma'", "count characters"),
    own("an answer before the text", SQUAD, question(answers=[{"text": "Juma", "answer_start": -1}]), "qas[0]", "at character -1"),
    own("an offset that is a text", SQUAD, question(answers=[{"text": "Juma", "answer_start": "4"}]), "answers[0]", "'4'", "a whole number"),
    own("an offset of 5,000 digits", SQUAD, question().replace(": 4}", ": " + "4" * 5000 + "}"), "mine.txt", "not JSON"),
    own("answers that are no list", SQUAD, question(answers={"text": "Juma"}), "qas[0]", "'answers'", "a list"),
    own("a context twice", SQUAD, question().replace('"qas"', '"context": "Mr. Juma", "qas"'), "mine.txt", "'context'", "twice"),
    own("SQuAD without end", SQUAD, '{"data": ' + "[" * 100_000, "mine.txt", "not JSON"),
]  # fmt: skip

LINES_OF_TEXT = [
    own("text of blanks", TEXT, "\n \n", "mine.txt", "is empty"),
    own("text in Latin-1", TEXT, b"x\n\xe9\n", "mine.txt:2: ", "0xe9 at offset 2"),
    own("sides of two lengths", ALIGNED, "a\nb\n", "more.txt: ", "1 lines", "2 lines, as in", more="a\n"),
    own("sides without lines", ALIGNED, "", "mine.txt", "is empty", more=""),
]  # fmt: skip


def kept(name: str, task: str, path: str, content: str | bytes, *says: str, **more: str | bytes) -> Case:
    """Files of a task of the package, in a data folder; the first one is broken."""
    files = {f"data/{path}": content, **{f"data/{other.replace('__', '/')}": text for other, text in more.items()}}
    return Case(name, f"data check {task} --data-dir data", says, files, lists=True)


def parquet(**columns: list[Any]) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer)
    return buffer.getvalue()


QA_R = {"context": "Yes. No.", "sentence_breaks": [[0, 4], [5, 8]], "qas": [{"id": "q", "question": "?", "answers": [{"text": "No", "answer_start": 5}]}]}  # fmt: skip
MENTION = {"contextual_mention": {"mention": {}, "context": {"text": "x"}}, "entity": {"entity_id": "Q1", "description": "x"}}  # fmt: skip
BUCC = "xtreme/bucc2018/de-en.dev"

PACKAGED = [
    kept("no folder of the task", "xquad", "other/x", "x", "xquad: no file is there"),
    kept("no file of any task", "", "other/x", "x", "no file of any known task"),
    kept("two problems", "panx", "xtreme/panx/dev-en.tsv", "Juma\tPER\n", "2 problems", "dev-en.tsv", "test-en.tsv", **{"xtreme__panx__test-en.tsv": "x\n\xff y\n"}),
    kept("AUTO that is none", "ccg", "ccg/AUTO/00/a.auto", "ID=wsj_1\nThe cat sat\n", "a.auto:2: ", "AUTO", "ID=..."),
    kept("AUTO without an id", "ccg", "ccg/AUTO/00/a.auto", "(<L N NN NN cat N>)\n", "a.auto:1: ", "ID=..."),
    kept("an id without a derivation", "ccg", "ccg/AUTO/00/a.auto", "ID=wsj_1\n", "a.auto", "ID=wsj_1", "derivation"),
    kept("a sentence without an id", "bucc2018", f"{BUCC}.de", "satz\n", "de-en.dev.de:1: ", "id<TAB>sentence", **{"xtreme__bucc2018__de-en.dev.en": "e1\tx\n"}),
    kept("an id twice", "bucc2018", f"{BUCC}.de", "d1\tx\nd1\ty\n", "de-en.dev.de:2: ", "'d1'", **{"xtreme__bucc2018__de-en.dev.en": "e1\tx\n"}),
    kept("a pair of nothing", "bucc2018", f"{BUCC}.gold", "d1\te2\n", "de-en.dev.gold:1: ", "'e2'", **{"xtreme__bucc2018__de-en.dev.en": "e1\tx\n", "xtreme__bucc2018__de-en.dev.de": "d1\tx\n"}),
    kept("texts and labels of two lengths", "xnli", "xtreme/xnli/test-labels.derived.txt", "neutral\nneutral\n", "test-labels.derived.txt", "more than 1 labels", "test-de.tsv", **{"xtreme__xnli__test-de.tsv": "a\tb\n"}),
    kept("a label that contradicts", "xnli", "xtreme/xnli/test-labels.derived.txt", "neutral\n", "test-labels.derived.txt:1: ", "contradict", "'entailment'", **{"xtreme__xnli__test-de.tsv": "a\tb\tentailment\n"}),
    kept("the header of XNLI", "xnli", "XNLI-1.0/xnli.dev.tsv", "language\tlabel\nde\tneutral\n", "xnli.dev.tsv:1: ", "'sentence1'"),
    kept("a sentence break", "lareqa", "xtreme/lareqa/xquad-r/de.json", squad({**QA_R, "sentence_breaks": [[0, 99]]}), "de.json: data[0].paragraphs[0]", "[0, 99]", "8 characters", **{f"xtreme__lareqa__xquad-r__{code}.json": squad(QA_R) for code in ["ar", "el", "en", "es", "hi", "ru", "th", "tr", "vi", "zh"]}),
    kept("a mention without a place", "mewsli_x", "xtreme/mewslix/wikipedia_pairs-dev.jsonl", json.dumps(MENTION), "wikipedia_pairs-dev.jsonl", "mention_span"),
    kept("labels of SNLI", "snli", "snli_1.0/snli_1.0_dev.jsonl", '{"pairID": "1", "sentence1": "a", "sentence2": "b", "gold_label": "maybe"}\n', "snli_1.0_dev.jsonl", "'maybe'", "entailment"),
    kept("a corpus without its sources", "corpus", "corpus/sw.txt", "Juma alilala.\n", "corpus"),
    kept("SQuAD as a page", "squad_v1", "squad/dev-v1.1.json", "<html>Not found</html>", "dev-v1.1.json:1, column 1", "not JSON", "<html>"),
]  # fmt: skip

HUB = '''"""Mine, as a table."""
from xstilts.formats.parquet import parquet
from xstilts.formats.rows import text_row
from xstilts.kinds.classification import Classification
from xstilts.data.sources import Files
from xstilts.task import Task

READ = parquet(text_row(), {"text": "text", "label": "label"}, names={"label": ("a", "b")})
TASK = Task("mine", Classification(labels=("a", "b")), "en", (Files("mine.parquet", READ, ("train",)),))
'''


def table(name: str, content: bytes, *says: str) -> Case:
    command = "tasks mine --task-file mine.py --data-dir . --sample 1"
    return Case(name, command, ("mine.parquet", *says), {"mine.py": HUB, "mine.parquet": content})


WHOLE = parquet(text=["x"] * 100, label=[0] * 100)

PARQUET = [
    table("no Parquet", b"text\tlabel\n", "not a Parquet table", "a whole Parquet file"),
    table("an empty file", b"", "not a Parquet table"),
    table("a cut table", WHOLE[:-20], "not a Parquet table"),
    table("a changed table", WHOLE[:20] + b"\xff" * 40 + WHOLE[60:], "not a Parquet table"),
    table("a table without the column", parquet(txt=["x"], label=[0]), "row 1", "'text'", "txt, label"),
    table("a table of numbers", parquet(text=[1], label=[0]), "row 1", "text is not text"),
    table("a number of no label", parquet(text=["x"], label=[2]), "row 1", "2", "0 to 1"),
    table("a table without rows", parquet(text=pa.array([], pa.string()), label=pa.array([], pa.int64())), "is empty"),
]

CASES = [*TABLES, *OBJECTS, *SENTENCES, *QUESTIONS, *LINES_OF_TEXT, *PACKAGED, *PARQUET]
