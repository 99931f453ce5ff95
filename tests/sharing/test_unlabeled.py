"""Rows without labels: every format read, and written back with its predictions."""

from __future__ import annotations

import io

import pytest

from xstilts.data.examples import ChoiceExample, QuestionExample, TextExample, TokenExample
from xstilts.errors import InputError
from xstilts.formats.text import STDIN
from xstilts.kinds.classification import Classification
from xstilts.kinds.multiple_choice import MultipleChoice
from xstilts.kinds.span_qa import SpanQA
from xstilts.kinds.tagging import Tagging
from xstilts.sharing.predicting import predict_stream
from xstilts.sharing.unlabeled import as_in_input, as_json, end_of, format_of, read_columns, read_records

LABELS, TAGS = Classification(labels=("no", "yes")), Tagging(tags=("O", "B-X"))
SQUAD = (
    '{"data": [{"paragraphs": [{"context": "Anna is here.", "qas": ['
    '{"id": "a", "question": "Who?"}, {"id": "b", "question": "Where?", "answers": []}]}]}]}'
)


def written(kind, form, text, answers, tmp_path, columns=None, *, header=False):
    """The rows of a text, and the text with predictions in its own format."""
    path = tmp_path / "rows"
    path.write_text(text, encoding="utf-8")
    records = list(read_records(kind, path, form, read_columns(kind, columns), header=header))
    lines = [
        as_in_input(record, {"prediction": answer}, form, is_first=at == 0)
        for at, (record, answer) in enumerate(zip(records, answers, strict=True))
    ]
    return [record.example for record in records], "".join(lines) + end_of(form, is_empty=not records)


@pytest.mark.parametrize(
    ("kind", "form", "text", "answers", "examples", "back"),
    [
        (LABELS, "text", "one\ntwo\n", ["no", "yes"],
         [TextExample("1", "one", None, None), TextExample("2", "two", None, None)], "no\nyes\n"),
        (LABELS, "tsv", "one\tother\n", ["yes"], [TextExample("1", "one", "other", None)], "one\tother\tyes\n"),
        (LABELS, "jsonl", '{"id": 7, "text": "one", "label": "?"}\n', ["yes"], [TextExample("7", "one", None, None)],
         '{"id": 7, "text": "one", "label": "?", "prediction": "yes"}\n'),
        (MultipleChoice(), "tsv", "why\ta\tb\n", [1], [ChoiceExample("1", "why", ("a", "b"), None)], "why\ta\tb\t1\n"),
        (TAGS, "conll", "Anna O\nis O\n\n\nhere\n", [["B-X", "O"], ["O"]],
         [TokenExample("1", ("Anna", "is"), None), TokenExample("2", ("here",), None)],
         "Anna O B-X\nis O O\n\nhere\tO\n"),
        (TAGS, "text", "Anna is\n", [["B-X", "O"]], [TokenExample("1", ("Anna", "is"), None)], "B-X O\n"),
        (SpanQA(), "squad", SQUAD, ["Anna", "here"],
         [QuestionExample("a", "Who?", "Anna is here.", None), QuestionExample("b", "Where?", "Anna is here.", None)],
         '{\n "a": "Anna",\n "b": "here"\n}\n'),
        (SpanQA(), "tsv", "Who?\tAnna is.\n", ["Anna"], [QuestionExample("1", "Who?", "Anna is.", None)],
         "Who?\tAnna is.\tAnna\n"),
    ],
)  # fmt: skip
def test_rows_come_and_go_in_their_format(kind, form, text, answers, examples, back, tmp_path):
    assert written(kind, form, text, answers, tmp_path) == (examples, back)


def test_columns_can_be_named_by_position_and_by_header(tmp_path):
    text = "id\thypothesis\tpremise\n9\tb\ta\n"
    named = written(LABELS, "tsv", text, ["no"], tmp_path, "text=premise,pair=hypothesis,id=id", header=True)
    assert named == ([TextExample("9", "a", "b", None)], "id\thypothesis\tpremise\tprediction\n9\tb\ta\tno\n")
    placed, _ = written(MultipleChoice(), "tsv", "1\tq\tx\ty\n", [0], tmp_path, "context=1,choices=2+3")
    assert placed == [ChoiceExample("1", "q", ("x", "y"), None)]
    (inner,), _ = written(LABELS, "jsonl", '{"a": {"b": "deep"}}\n', ["no"], tmp_path, "text=a.b")
    assert inner.text == "deep"


def test_json_lines_hold_the_tokens_that_tags_belong_to(tmp_path):
    path = tmp_path / "rows.txt"
    path.write_text("Anna ist\n")
    (record,) = read_records(TAGS, path, "text", {})
    line = as_json(record, {"prediction": ["B-X", "O"]}, "de")
    assert line == '{"id": "1", "language": "de", "tokens": ["Anna", "ist"], "prediction": ["B-X", "O"]}\n'


def test_an_empty_file_of_questions_is_an_empty_object():
    assert end_of("squad", is_empty=True) == "{}\n"


def test_the_name_of_a_file_says_its_format(tmp_path):
    assert format_of(LABELS, tmp_path / "a.tsv", None) == "tsv"
    assert format_of(TAGS, tmp_path / "a.tsv", None) == "conll"
    assert format_of(SpanQA(), tmp_path / "a.json", None) == "squad"
    with pytest.raises(InputError, match="say it with --input"):
        format_of(LABELS, tmp_path / "a", None)


@pytest.mark.parametrize(
    ("kind", "form", "text", "said"),
    [
        (LABELS, "tsv", "a\tb\nc\n", ":2: a row has the wrong number of columns"),
        (LABELS, "tsv", "a\tb\tc\n", "--columns text=0,pair=1"),
        (LABELS, "tsv", "a\tb\n\na\tb\n", ":2: an empty line stands between records"),
        (LABELS, "jsonl", '{"text": "a"}\n\n{"text": "a"}\n', ":2: an empty line stands between records"),
        (LABELS, "jsonl", '{"text": 3}\n', ":1: text is not text"),
        (MultipleChoice(), "jsonl", '{"context": "a", "choices": ["b"]}\n', ":1: row 1: too few choices"),
        (TAGS, "jsonl", '{"tokens": []}\n', ":1: row 1: a sentence has no tokens"),
    ],
)
def test_a_bad_row_is_named_by_its_line(kind, form, text, said, tmp_path):
    with pytest.raises(InputError, match=said.replace("+", "\\+")):
        written(kind, form, text, [0], tmp_path)


@pytest.mark.parametrize(
    ("kind", "fixes"),
    [
        (LABELS, "--input text, or --input tsv"),
        (TAGS, "--input text, or --input conll"),
        (SpanQA(), "--input squad, or --input tsv"),
    ],
)
def test_piped_text_that_is_no_json_is_told_the_option_that_reads_it(kind, fixes, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"Anna is here\n")))
    with pytest.raises(InputError, match="-:1, column 1: this is not JSON") as raised:
        list(read_records(kind, STDIN, "jsonl", {}))
    assert str(raised.value).endswith(f"  to fix:   if it is no JSON, say what it is: {fixes}")


class Counting:
    """Predicts the length of a text."""

    def predict(self, examples):
        assert examples, "an encoder has nothing to do with no rows"
        return [{"prediction": str(len(example.text))} for example in examples]


@pytest.mark.parametrize("at_once", [1, 3, 100])
def test_empty_lines_of_text_come_back_as_empty_lines(tmp_path, at_once):
    path = tmp_path / "rows.txt"
    path.write_text("\none\n\n \nthree\n\n")
    blocks = predict_stream(Counting(), read_records(LABELS, path, "text", {}), at_once)  # type: ignore[arg-type]
    rows = [row for block in blocks for row in block]
    same = "".join(as_in_input(record, found, "text", is_first=False) for record, found in rows)
    assert same == "\n3\n\n\n5\n\n"
    assert "".join(as_json(record, found, None) for record, found in rows).splitlines() == [
        "", '{"id": "2", "prediction": "3"}', "", "", '{"id": "5", "prediction": "5"}', ""
    ]  # fmt: skip
