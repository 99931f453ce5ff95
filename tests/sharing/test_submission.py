from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from xstilts.data.examples import (
    Answer,
    ChoiceExample,
    Example,
    QuestionExample,
    SentenceExample,
    TextExample,
    TokenExample,
)
from xstilts.data.sources import Drops, Files, Reader
from xstilts.errors import InputError
from xstilts.kinds.bitext import Bitext
from xstilts.kinds.classification import Classification
from xstilts.kinds.multiple_choice import MultipleChoice
from xstilts.kinds.span_qa import SpanQA
from xstilts.kinds.tagging import Tagging
from xstilts.sharing.submission import read_gold, read_predictions, score_file, write_predictions
from xstilts.task import Task

UPOS = ("NOUN", "VERB", "X")


def task(kind: Any, *readers: Reader, languages: str = "de") -> Task:
    sources = tuple(Files(f"a/{{language}}-{at}", reader, ("test",)) for at, reader in enumerate(readers))
    return Task("mine", kind, languages, sources)


def write(folder: Path, text: str, name: str = "file") -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def read_tsv(paths: Sequence[Path], drops: Drops) -> Iterable[Example]:
    for at, line in enumerate(paths[0].read_text(encoding="utf-8").splitlines()):
        text, label = line.split("\t")
        yield TextExample(f"row-{at}", text, None, label)


def read_json(paths: Sequence[Path], drops: Drops) -> Iterable[Example]:
    for row in json.loads(paths[0].read_text(encoding="utf-8")):
        yield QuestionExample(row["id"], "?", row["answer"], (Answer(row["answer"], 0),))


def read_bare_tokens(paths: Sequence[Path], drops: Drops) -> Iterable[Example]:
    for at, block in enumerate(paths[0].read_text(encoding="utf-8").strip().split("\n\n")):
        yield TokenExample(f"s{at}", tuple(block.split("\n")), None)


NLI = task(Classification(("entailment", "neutral")), read_tsv)
LABELED: list[Example] = [TextExample("a", "x", None, "neutral"), TextExample("b", "y", None, "entailment")]
TAGGED: list[Example] = [
    TokenExample("s0", ("Ein", "Haus"), ("X", "NOUN")),
    TokenExample("s1", ("Geh",), ("VERB",)),
]
SIDES: list[Example] = [
    SentenceExample("s0", "eins", "source", ("t0",)),
    SentenceExample("s1", "zwei", "source", ("t1",)),
    SentenceExample("t0", "one", "target", ()),
    SentenceExample("t1", "two", "target", ()),
    SentenceExample("t2", "three", "target", ()),
]


# Predictions: classification and multiple choice


@pytest.mark.parametrize(
    "text", ["neutral\nentailment\n", "neutral\r\nentailment\r\n\r\n", "\ufeffneutral\nentailment"]
)
def test_labels_stand_in_the_order_of_the_rows(tmp_path: Path, text: str) -> None:
    assert read_predictions(NLI, LABELED, write(tmp_path, text)) == {"a": "neutral", "b": "entailment"}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("neutral\n", "found:    1 lines\n  expected: 2"),
        ("neutral\nneutral\nneutral\n", "found:    3 lines"),
        ("neutral\nentailmnt\n", "file:2: the label is not of this task\n  found:    'entailmnt'"),
        ("neutral\nentailmnt\n", "did you mean 'entailment'"),
        ("neutral\n\nentailment\n", "file:2: a line is blank"),
        ("\n", "the file is empty"),
    ],
)
def test_broken_label_files_are_refused_with_the_line(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(InputError) as error:
        read_predictions(NLI, LABELED, write(tmp_path, text))
    assert complaint in str(error.value)


def test_bytes_that_are_not_utf8_are_refused_with_their_offset(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes("neutral\nß".encode("latin-1"))
    with pytest.raises(InputError, match="byte 0xdf at offset 8"):
        read_predictions(NLI, LABELED, path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nowhere: there is no such file"):
        read_predictions(NLI, LABELED, tmp_path / "nowhere")


def test_choices_are_indices_from_zero(tmp_path: Path) -> None:
    rows: list[Example] = [ChoiceExample("a", "", ("x", "y"), 1), ChoiceExample("b", "", ("x", "y", "z"), 0)]
    choice = task(MultipleChoice())
    assert read_predictions(choice, rows, write(tmp_path, "1\n2\n")) == {"a": 1, "b": 2}
    for text, complaint in (("2\n2\n", "from 0 to 1"), ("1\n-1\n", "'-1'"), ("1\ntwo\n", "file:2")):
        with pytest.raises(InputError, match=complaint):
            read_predictions(choice, rows, write(tmp_path, text))


# Predictions: tagging


@pytest.mark.parametrize(
    "text",
    [
        "X\nNOUN\n\nVERB\n",
        "X\nNOUN\n\n\nVERB\n\n\n",
        "Ein\tX\nHaus\tNOUN\n\nGeh VERB",
        "\u2028\tX\nein Haus\tNOUN\n \nGeh\tVERB\n",
    ],
    ids=["tags", "more blank lines", "tokens and tags", "odd tokens"],
)
def test_tags_are_read_per_sentence(tmp_path: Path, text: str) -> None:
    read = read_predictions(task(Tagging(UPOS)), TAGGED, write(tmp_path, text))
    assert read == {"s0": ("X", "NOUN"), "s1": ("VERB",)}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("X\nNOUN\n", "found:    1 sentences\n  expected: 2"),
        ("X\nNOUN\n\nVERB\nX\n", "file:4: sentence 2 (row s1) has another number of tags than of tokens"),
        ("X\nNOUM\n\nVERB\n", "file:2: the tag is not of this task\n  found:    'NOUM'"),
    ],
)
def test_broken_tag_files_are_refused_with_the_line(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(InputError) as error:
        read_predictions(task(Tagging(UPOS)), TAGGED, write(tmp_path, text))
    assert complaint in str(error.value)


# Predictions: span QA


QUESTIONS: list[Example] = [
    QuestionExample("q1", "?", "cat", (Answer("cat", 0),)),
    QuestionExample("q2", "?", "", None),
]


def test_answers_are_read_by_id(tmp_path: Path) -> None:
    path = write(tmp_path, '{"q2": "", "q1": "貓"}')
    assert read_predictions(task(SpanQA()), QUESTIONS, path) == {"q1": "貓", "q2": ""}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('{"q1": "cat",\n "q2": }', "file:2, column 8: this is not JSON"),
        ('[{"q1": "cat"}]', "found:    a list"),
        ('{"q1": "cat", "q2": null}', "the answer of 'q2' is not a text"),
        ('{"q1": "cat"}', "missing: 'q2' (1 in all)"),
        ('{"q1": "", "q2": "", "q3": ""}', "unknown: 'q3' (1 in all)"),
        ('{"q1": "cat", "q2": "", "q1": "dog"}', "an object has the key 'q1' twice"),
    ],
)
def test_broken_answer_files_are_refused(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(InputError) as error:
        read_predictions(task(SpanQA()), QUESTIONS, write(tmp_path, text))
    assert complaint in str(error.value)


# Predictions: bitexts


@pytest.mark.parametrize("text", ["2\n0\n", "s1\tt0\ns0\tt2\n"])
def test_nearest_neighbors_are_indices_or_pairs(tmp_path: Path, text: str) -> None:
    assert read_predictions(task(Bitext()), SIDES, write(tmp_path, text)) == {"s0": "t2", "s1": "t0"}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("3\n0\n", "file:1: this is no valid index\n  found:    '3'\n  expected: a number from 0 to 2"),
        ("0\n", "found:    1 lines"),
        ("s0\tt0\n", "missing: 's1'"),
        ("s0\tt0\ns0\tt1\ns1\tt1\n", "source 's0' has two predictions"),
        ("s0\tt0\ns7\tt1\n", "file:2: the source side has no sentence 's7'"),
        ("s0\tt7\ns1\tt1\n", "file:1: the target side has no sentence 't7'"),
        ("s0\tt0\n1\n", "file:2: a line is not a pair of ids"),
    ],
)
def test_broken_nearest_neighbor_files_are_refused(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(InputError) as error:
        read_predictions(task(Bitext()), SIDES, write(tmp_path, text))
    assert complaint in str(error.value)


def test_mined_pairs_are_gathered_by_source_and_sources_without_pairs_are_empty(tmp_path: Path) -> None:
    mining = task(Bitext(mining=True))
    path = write(tmp_path, "s1\tt1\ns1\tt0\ns1\tt1\n")
    assert read_predictions(mining, SIDES, path) == {"s0": (), "s1": ("t1", "t0")}
    assert read_predictions(mining, SIDES, write(tmp_path, "")) == {"s0": (), "s1": ()}


# Written


@pytest.mark.parametrize(
    ("kind", "rows", "predictions", "text"),
    [
        (Classification(("entailment", "neutral")), LABELED, {"a": "neutral", "b": "neutral"}, "neutral\nneutral\n"),
        (MultipleChoice(), [ChoiceExample("a", "", ("x", "y"), None)], {"a": 1}, "1\n"),
        (Tagging(UPOS), TAGGED, {"s0": ("X", "NOUN"), "s1": ("VERB",)}, "X\nNOUN\n\nVERB\n"),
        (SpanQA(), QUESTIONS, {"q1": "貓", "q2": ""}, '{\n "q1": "貓",\n "q2": ""\n}\n'),
        (Bitext(), SIDES, {"s0": "t2", "s1": "t0"}, "2\n0\n"),
        (Bitext(mining=True), SIDES, {"s0": (), "s1": ("t1",)}, "s1\tt1\n"),
    ],
    ids=["classification", "multiple choice", "tagging", "span QA", "bitext", "mining"],
)
def test_what_is_written_is_in_the_format_and_is_read_again(
    tmp_path: Path, kind: Any, rows: list[Example], predictions: dict[str, Any], text: str
) -> None:
    # Predictions in another order than the rows: lines follow the rows.
    turned = dict(reversed(predictions.items()))
    write_predictions(task(kind), rows, turned, tmp_path / "file")
    assert (tmp_path / "file").read_text(encoding="utf-8") == text
    assert read_predictions(task(kind), rows, tmp_path / "file") == predictions


def test_predictions_that_lack_a_row_are_not_written(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="missing: 'b'"):
        write_predictions(NLI, LABELED, {"a": "neutral"}, tmp_path / "file")
    assert not (tmp_path / "file").exists()


# Gold


def test_gold_is_read_by_the_reader_that_fits(tmp_path: Path) -> None:
    path = write(tmp_path, "x\tneutral\ny\tentailment\n")
    both = task(NLI.kind, read_json, read_tsv)
    assert read_gold(both, "de", path) == [
        TextExample("row-0", "x", None, "neutral"),
        TextExample("row-1", "y", None, "entailment"),
    ]


def test_a_reader_of_another_language_is_not_tried(tmp_path: Path) -> None:
    def only(language: str) -> Reader:
        def read(paths: Sequence[Path], drops: Drops) -> Iterable[Example]:
            for line in paths[0].read_text(encoding="utf-8").splitlines():
                code, label = line.split("\t")
                if code == language:
                    yield TextExample(code, "", None, label)

        return read

    # One file of all languages, as XNLI's original distribution has it.
    sources = tuple(Files("a/all", only(code), ("test",), languages=code) for code in ("ar", "de"))
    everything = Task("mine", NLI.kind, "ar de", sources)
    assert [row.id for row in read_gold(everything, "de", write(tmp_path, "ar\tneutral\nde\tneutral\n"))] == ["de"]


def test_readers_of_several_files_are_not_tried(tmp_path: Path) -> None:
    def never(paths: Sequence[Path], drops: Drops) -> Iterable[Example]:
        raise AssertionError("a reader of two files got one")

    two = Task("mine", NLI.kind, "de", (Files(("a/x", "a/y"), never, ("test",)), *NLI.sources))
    assert len(read_gold(two, "de", write(tmp_path, "x\tneutral\n"))) == 1


def test_gold_labels_may_come_in_the_submission_format(tmp_path: Path) -> None:
    path = write(tmp_path, "neutral\nentailment\n")
    assert [row.gold for row in read_gold(NLI, "de", path)] == ["neutral", "entailment"]
    choices = read_gold(task(MultipleChoice()), "de", write(tmp_path, "1\n0\n"))
    assert [(row.id, row.gold) for row in choices] == [("0", 1), ("1", 0)]


def test_a_reading_with_gold_goes_before_one_without(tmp_path: Path) -> None:
    tagging = task(Tagging(UPOS), read_bare_tokens)
    # One tag per line could also be one token per line without tags.
    rows = read_gold(tagging, "de", write(tmp_path, "X\nNOUN\n\nVERB\n"))
    assert [row.gold for row in rows] == [("X", "NOUN"), ("VERB",)]
    rows = read_gold(tagging, "de", write(tmp_path, "Ein\nHaus\n\nGeh\n"))
    assert [row.gold for row in rows] == [None, None]


def test_gold_that_nothing_can_read_tells_what_each_reader_found(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        read_gold(task(NLI.kind, read_json, read_tsv), "de", write(tmp_path, "neutrum\n"))
    message = str(error.value)
    assert re.search(r"read_json: .*Expecting value", message)
    assert re.search(r"read_tsv: .*not enough values", message)
    assert "submission format: " in message
    assert "'neutrum'" in message


def test_gold_of_a_language_that_the_task_lacks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no language 'dee'"):
        read_gold(NLI, "dee", write(tmp_path, "neutral\n"))


# Files against files


def test_labels_against_labels(tmp_path: Path) -> None:
    gold, predicted = write(tmp_path, "neutral\nneutral\n", "gold"), write(tmp_path, "neutral\nentailment\n", "mine")
    (scored,) = score_file(NLI, "de", gold, predicted)
    assert (scored.metric, scored.value) == ("accuracy", 50.0)


def test_tags_against_tags(tmp_path: Path) -> None:
    gold = write(tmp_path, "NOUN\nNOUN\nVERB\n\nVERB\n", "gold")
    predicted = write(tmp_path, "a\tNOUN\nb\tVERB\nc\tVERB\n\nd\tVERB\n", "mine")
    # Gold spans NOUN 0-1, VERB 2, VERB; predicted NOUN 0, VERB 1-2, VERB: 1 of 3 and 3. Three of four tokens are right.
    scored = score_file(task(Tagging(UPOS)), "de", gold, predicted)
    assert [(row.metric, row.value) for row in scored] == [
        ("tag_f1", pytest.approx(100 / 3)),
        ("token_accuracy", 75.0),
    ]


def test_answers_against_the_data_set_file(tmp_path: Path) -> None:
    gold = write(tmp_path, '[{"id": "q", "answer": "der Rhein"}]', "gold")
    predicted = write(tmp_path, '{"q": "Rhein"}', "mine")
    # English articles only: 1 shared word of 1 and 2.
    assert score_file(task(SpanQA(), read_json), "de", gold, predicted)[0].value == pytest.approx(200 / 3)


def test_indices_against_indices(tmp_path: Path) -> None:
    gold, predicted = write(tmp_path, "0\n1\n2\n3\n", "gold"), write(tmp_path, "0\n1\n1\n3\n", "mine")
    assert score_file(task(Bitext()), "de", gold, predicted)[0].value == 75.0
    with pytest.raises(InputError, match="mine:4: this is no valid index"):  # counted from 1
        score_file(task(Bitext()), "de", gold, write(tmp_path, "1\n2\n3\n4\n", "mine"))


def test_mined_pairs_against_gold_pairs(tmp_path: Path) -> None:
    gold = write(tmp_path, "de-1\ten-1\nde-2\ten-2\n", "gold")
    predicted = write(tmp_path, "de-1\ten-1\nde-9\ten-9\nde-2\ten-7\n", "mine")
    (scored,) = score_file(task(Bitext(mining=True)), "de", gold, predicted)
    # 1 right, 3 proposed, 2 gold: 2 * 1 / (3 + 2).
    assert (scored.metric, scored.value) == ("mining_f1", pytest.approx(40.0))


def test_gold_without_labels_gives_no_score(tmp_path: Path) -> None:
    gold, predicted = write(tmp_path, "Ein\nHaus\n", "gold"), write(tmp_path, "X\nNOUN\n", "mine")
    scored = score_file(task(Tagging(UPOS), read_bare_tokens), "de", gold, predicted)
    assert [(row.value, row.gold) for row in scored] == [(None, "hidden"), (None, "hidden")]
