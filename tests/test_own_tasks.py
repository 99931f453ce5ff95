import json
from pathlib import Path

import pytest
import yaml

from xstilts.data.examples import (
    Answer,
    ChoiceExample,
    QuestionExample,
    RawTextExample,
    SentenceExample,
    TextExample,
    TokenExample,
)
from xstilts.errors import InputError
from xstilts.own_tasks import task_from_mapping

CHOICE = {"c": "who?", "o": ["me", "you"], "l": 1}
SQUAD = {
    "data": [
        {
            "paragraphs": [
                {
                    "context": "two",
                    "qas": [{"id": "q", "question": "?", "answers": [{"text": "two", "answer_start": 0}]}],
                }
            ]
        }
    ]
}

CASES = {
    "conll": (
        "{kind: tagging, format: conll, labels: [O, B-PER], columns: {tokens: 1, tags: 0}, files: {en: {train: f}}}",
        "B-PER Juma\nO lala\n",
        [TokenExample("1", ("Juma", "lala"), ("B-PER", "O"))],
    ),
    "conll without columns": (
        "{kind: tagging, format: conll, labels: [O, B-PER], files: {en: {train: f}}}",
        "Juma B-PER\n",
        [TokenExample("1", ("Juma",), ("B-PER",))],
    ),
    "raw text": (
        "{kind: masked_lm, format: text, files: {en: {train: f}}}",
        "one line\n\nanother\n",
        [RawTextExample("line-1", "one line"), RawTextExample("line-3", "another")],
    ),
    "translated text": (
        "{kind: masked_lm, format: lines, files: {en: {train: [f, f]}}}",
        "paka\n",
        [RawTextExample("line-1", "paka", "paka")],
    ),
    "conllu": (
        "{kind: tagging, format: conllu, labels: [NOUN, VERB], files: {en: {train: f}}}",
        "1\tPaka\t_\tNOUN\t_\t_\t_\t_\t_\t_\n",
        [TokenExample("1", ("Paka",), ("NOUN",))],
    ),
    "tokens in jsonl": (
        "{kind: tagging, format: jsonl, labels: [X, Y], columns: {tokens: w, tags: t}, files: {en: {train: f}}}",
        '{"w": ["a", "b"], "t": ["X", "Y"]}\n',
        [TokenExample("1", ("a", "b"), ("X", "Y"))],
    ),
    "tsv by position": (
        "{kind: classification, format: tsv, labels: [0, 1], columns: {text: 0, pair: 1, label: 2},"
        " files: {en: {train: f}}}",
        "a\tb\t1\n",
        [TextExample("1", "a", "b", "1")],
    ),
    "csv by name": (
        "{kind: classification, format: tsv, header: true, quoted: true, delimiter: ',', labels: ['no', 'yes'],"
        " columns: {text: t, label: l, id: k}, files: {en: {train: f}}}",
        't,l,k\n"a, b",no,k1\n',
        [TextExample("k1", "a, b", None, "no")],
    ),
    "choices in one field, counted from one": (
        "{kind: multiple_choice, format: jsonl, label_base: 1, columns: {context: c, choices: o, label: l},"
        " files: {en: {train: f}}}",
        json.dumps(CHOICE) + "\n",
        [ChoiceExample("1", "who?", ("me", "you"), 0)],
    ),
    "choices in columns": (
        "{kind: multiple_choice, format: tsv, columns: {context: 0, choices: [1, 2], label: 3},"
        " files: {en: {train: f}}}",
        "who?\tme\tyou\t1\n",
        [ChoiceExample("1", "who?", ("me", "you"), 1)],
    ),
    "squad": (
        "{kind: span_qa, format: squad, files: {en: {train: f}}}",
        json.dumps(SQUAD),
        [QuestionExample("q", "?", "two", (Answer("two", 0),))],
    ),
    "lines": (
        "{kind: bitext, format: lines, files: {en: {train: [f, f]}}}",
        "a\n",
        [SentenceExample("source-1", "a", "source", ("target-1",)), SentenceExample("target-1", "a", "target", ())],
    ),
}


@pytest.mark.parametrize(("entry", "content", "expected"), CASES.values(), ids=CASES)
def test_a_task_of_each_kind_and_format_reads_its_file(tmp_path, entry, content, expected):
    (tmp_path / "f").write_text(content, encoding="utf-8")
    task = task_from_mapping("mine", yaml.safe_load(entry), tmp_path)
    assert list(task.load(None, "en", "train").examples) == expected


NER = {
    "kind": "tagging",
    "format": "conll",
    "labels": ["O", "B-PER"],
    "files": {"en": {"train": "ner/train.conll", "dev": "ner/dev.conll"}, "sw": {"test": "ner/sw.conll"}},
}
TEXT = {
    "kind": "classification",
    "format": "tsv",
    "labels": ["a", "b"],
    "columns": {"text": 0, "label": 1},
    "files": {"en": {"train": "t.tsv"}},
}


def test_languages_splits_and_options_are_those_of_the_entry(tmp_path):
    more = {"trained_on": "panx", "metrics": ["tag_f1", "token_accuracy"], "headline": ["tag_f1"], "license": "MIT"}
    task = task_from_mapping("mine", {**NER, **more}, tmp_path)
    assert (task.name, task.language_codes, task.splits) == ("mine", ("en", "sw"), ("train", "dev", "test"))
    assert (task.trainer, task.metric_names, task.headline_names) == (
        "panx",
        ("tag_f1", "token_accuracy"),
        ("tag_f1",),
    )
    assert (task.evaluated_on, task.train_language, task.license) == ("test", "en", "MIT")


def test_dev_is_evaluated_where_there_is_no_test(tmp_path):
    assert (
        task_from_mapping("mine", {**NER, "files": {"en": {"train": "a", "dev": "b"}}}, tmp_path).evaluated_on == "dev"
    )


def test_paths_may_be_absolute_and_may_hold_braces(tmp_path):
    folder = tmp_path / "{language} {x}"
    folder.mkdir()
    (folder / "a.tsv").write_text("x\ta\n")
    for name in ("a.tsv", str(folder / "a.tsv")):
        task = task_from_mapping("mine", {**TEXT, "files": {"en": {"train": name}}}, folder)
        assert [row.text for row in task.load(Path("elsewhere"), "en", "train").examples] == ["x"]


def test_a_file_that_is_absent_is_reported_when_it_is_read(tmp_path):
    task = task_from_mapping("mine", NER, tmp_path)
    assert task.available(None, "train") == ()
    with pytest.raises(InputError, match=r"ner/train\.conll"):
        task.load(None, "en", "train")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"column": {}}, r"^tasks.mine.column: unknown field(?s:.*)did you mean 'columns'"),
        ({"kind": None}, r"^tasks.mine.kind: there is no such choice"),
        ({"kind": "tager"}, r"^tasks.mine.kind: (?s:.*)'tager'(?s:.*)tagging"),
        ({"format": "squad"}, r"^tasks.mine.format: a classification task (?s:.*)tsv, jsonl"),
        ({"labels": []}, r"^tasks.mine.labels: a classification task needs its labels"),
        ({"labels": ["a"]}, r"^tasks.mine.labels: (?s:.*)at least two"),
        ({"labels": ["a", "b", "a"]}, r"^tasks.mine.labels: a label stands twice"),
        ({"labels": ["a", True]}, r"^tasks.mine.labels.1: a value is of the wrong kind\n.*True"),
        ({"files": {}}, r"^tasks.mine: the field 'files' is missing"),
        ({"files": {"english": {"train": "t"}}}, r"^tasks.mine.files.english: (?s:.*)'english'(?s:.*)ISO 639"),
        ({"files": {"en": {"train": 3}}}, r"^tasks.mine.files.en.train: a value is of the wrong kind\n.*3"),
        ({"files": {"en": {"train": ""}}}, r"^tasks.mine.files.en.train: a file has no name"),
        ({"files": {"sw": {"train": "t"}}}, r"^tasks.mine.train_language: (?s:.*)train_language: sw"),
        ({"columns": {"text": 0}}, r"^tasks.mine.columns: nothing says where label stand"),
        ({"columns": {"text": 0, "label": 1, "pear": 2}}, r"^tasks.mine.columns.pear: (?s:.*)did you mean 'pair'"),
        ({"columns": {"text": "t", "label": 1}}, r"^tasks.mine.columns.text: (?s:.*)header: true"),
        ({"columns": {"text": -1, "label": 1}}, r"^tasks.mine.columns.text: (?s:.*)a position"),
        ({"columns": {"text": [0, 1], "label": 1}}, r"^tasks.mine.columns.text: only choices"),
        ({"header": True}, r"^tasks.mine.columns.text: (?s:.*)a name in the header"),
        ({"format": "jsonl"}, r"^tasks.mine.columns.text: (?s:.*)the name of a field"),
        ({"kind": "bitext", "format": "lines"}, r"^tasks.mine.files.en.train: aligned lines need two files"),
        ({"label_base": 2}, r"^tasks.mine.label_base: (?s:.*)0 or 1"),
        ({"delimiter": ""}, r"^tasks.mine.delimiter: "),
    ],
)
def test_a_mistake_is_an_error_that_names_its_field(tmp_path, change, message):
    with pytest.raises(InputError, match=message):
        task_from_mapping("mine", {**TEXT, **change}, tmp_path)


@pytest.mark.parametrize("field", ["kind", "format", "files"])
def test_a_missing_field_is_an_error_that_says_what_to_write(tmp_path, field):
    entry = {name: value for name, value in TEXT.items() if name != field}
    with pytest.raises(InputError, match=rf"^tasks.mine: the field \'{field}\' is missing\n.*expected: "):
        task_from_mapping("mine", entry, tmp_path)


def test_an_entry_that_is_no_mapping_is_an_error(tmp_path):
    with pytest.raises(InputError, match=r"^tasks.mine: "):
        task_from_mapping("mine", ["kind"], tmp_path)


def test_choices_of_a_table_need_one_column_each(tmp_path):
    entry = {
        "kind": "multiple_choice",
        "format": "tsv",
        "columns": {"context": 0, "choices": 1, "label": 2},
        "files": {"en": {"train": "t"}},
    }
    with pytest.raises(InputError, match=r"^tasks.mine.columns.choices: choices need one column each"):
        task_from_mapping("mine", entry, tmp_path)


def test_the_text_of_a_task_serves_masked_language_modeling(tmp_path):
    task = task_from_mapping(
        "text", {"kind": "masked_lm", "text_of": "pawsx", "rate": 0.4, "whole_words": True}, tmp_path
    )
    (tmp_path / "xtreme" / "pawsx").mkdir(parents=True)
    (tmp_path / "xtreme" / "pawsx" / "dev-en.tsv").write_text("A cat sits.\tA dog runs.\t0\nA cat sits.\tIt sits.\t1\n")
    assert task.kind.identity() == {"kind": "masked_lm", "rate": 0.4, "whole_words": True}
    loaded = task.load(tmp_path, "en", "dev")
    assert [example.text for example in loaded.examples] == ["A cat sits.", "A dog runs.", "It sits."]
    assert {example.gold for example in loaded.examples} == {"A cat sits.", "A dog runs.", "It sits."}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"kind": "bitext", "text_of": "snli"}, r"tasks\.mine\.text_of: `text_of` is for masked language modeling"),
        ({"kind": "masked_lm", "text_of": "snli", "format": "text"}, "stands in place of format and files"),
        ({"kind": "masked_lm", "text_of": "snil"}, r"text_of: there is no task 'snil'(?s:.*)snli"),
        ({"kind": "masked_lm", "format": "tsv", "files": {"en": {"train": "f"}}}, "cannot be read from this format"),
        (
            {"kind": "masked_lm", "format": "text", "rate": 1.0, "files": {"en": {"train": "f"}}},
            r"rate: (?s:.*)less than 1",
        ),
        ({"kind": "masked_lm", "text_of": "snli", "labels": ["a"]}, "found: +kind: masked_lm, with labels"),
        (
            {"kind": "span_qa", "format": "squad", "rate": 0.2, "files": {"en": {"train": "f"}}},
            r"mine\.rate: a field is of",
        ),
        ({"kind": "masked_lm"}, r"tasks\.mine: the field 'format' is missing"),
    ],
)
def test_mistakes_in_masked_language_modeling_are_named(tmp_path, data, message):
    with pytest.raises(InputError, match=message):
        task_from_mapping("mine", data, tmp_path)


def _read_names(folder: Path, content: str):
    (folder / "train.conll").write_text(content, encoding="utf-8")
    task = task_from_mapping(
        "mine", {**NER, "labels": ["O", "B-PER", "I-PER"]} | {"files": {"en": {"train": "train.conll"}}}, folder
    )
    return task.load(None, "en", "train")


def test_an_unknown_tag_is_named_with_its_line(tmp_path):
    content = "# id = 1\nJuma B-PER\nlala O\n\nTana O\nKisumu B-LOC\nni O\n"
    with pytest.raises(InputError, match=r"train\.conll:6: mine, row 2: a label (?s:.*)'B-LOC'(?s:.*)correct the row"):
        _read_names(tmp_path, content)


def test_an_unknown_label_of_a_table_is_named_with_its_line(tmp_path):
    (tmp_path / "t.tsv").write_text("x\ta\nb\tsad\n")
    with pytest.raises(InputError, match=r"t\.tsv:2: mine, row 2: a label "):
        task_from_mapping("mine", TEXT, tmp_path).load(None, "en", "train")


def test_swapped_columns_are_not_called_a_wrong_row(tmp_path):
    with pytest.raises(
        InputError, match=r"train\.conll:1: (?s:.*)'My'(?s:.*)3 of 4 labels are unknown(?s:.*)`columns`"
    ):
        _read_names(tmp_path, "B-PER My\nO name\n\nO is\nO O\n")


def test_sentences_without_blank_lines_between_them_are_noted(tmp_path):
    assert _read_names(tmp_path, "x O\n" * 250).notes == []
    (note,) = _read_names(tmp_path, "x O\n\n" + "x O\n" * 251).notes
    assert note.startswith(f"a sentence has more than 250 tokens, the longest 251 (from {tmp_path / 'train.conll'}:3)")


def test_spans_that_begin_inside_are_counted(tmp_path):
    (note,) = _read_names(tmp_path, "a B-PER\nb I-PER\nc O\nd I-PER\ne I-PER\n\nf I-PER\n").notes
    assert (
        note == f"2 spans begin with I-, read as if with B-, as seqeval does; the first at {tmp_path / 'train.conll'}:4"
    )
