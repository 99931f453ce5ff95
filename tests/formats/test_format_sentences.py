import json

import pytest

from xstilts.data.sources import Drops
from xstilts.errors import InputError
from xstilts.formats.sentences import answer_sentences, sentence_spans, split_passages
from xstilts.formats.squad import squad


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("He ran. She sat!  What now? 1990 came.", ["He ran.", "She sat!", "What now?", "1990 came."]),
        ('He said "go." "Why?" she said. End', ['He said "go."', '"Why?" she said.', "End"]),
        ("Dr. J. Smith of St. Ives left. He ran.", ["Dr. J. Smith of St. Ives left.", "He ran."]),
        ("It cost 3.5 dollars. e.g. this", ["It cost 3.5 dollars. e.g. this"]),
        ("(It rained.) [Then it stopped.] So", ["(It rained.)", "[Then it stopped.]", "So"]),
        ("  one sentence  ", ["  one sentence"]),
        ("", []),
    ],
)
def test_sentences_end_before_a_capital_and_not_after_initials(text, sentences):
    assert [text[start:stop] for start, stop in sentence_spans(text)] == sentences


def document(context: str, questions: list[dict], **more: object) -> str:
    return json.dumps({"data": [{"paragraphs": [{"context": context, "qas": questions, **more}]}]})


def asked(name: str, text: str, start: int) -> dict:
    return {"id": name, "question": f"{name}?", "answers": [{"text": text, "answer_start": start}]}


def read_training(tmp_path, *questions: dict, context: str = "Rain fell. Sun came. Fog rose."):
    (tmp_path / "a.json").write_text(document(context, list(questions)))
    drops = Drops()
    rows = list(answer_sentences(squad())([tmp_path / "a.json"], drops))
    return [(row.id, row.text, row.side, row.matches, row.pair) for row in rows], drops.notes()


def test_questions_that_one_sentence_answers_share_it_and_other_sentences_are_left_out(tmp_path):
    rows, notes = read_training(tmp_path, asked("a", "Sun", 11), asked("b", "Fog", 21), asked("c", "came", 15))
    context = "Rain fell. Sun came. Fog rose."
    assert rows == [
        ("a", "a?", "source", ("sentence-1",), None),
        ("b", "b?", "source", ("sentence-2",), None),
        ("c", "c?", "source", ("sentence-1",), None),
        ("sentence-1", "Sun came.", "target", (), context),
        ("sentence-2", "Fog rose.", "target", (), context),
    ]
    assert notes == []


def test_an_answer_over_a_boundary_makes_one_candidate_of_both_sentences(tmp_path):
    rows, _ = read_training(tmp_path, asked("a", "fell. Sun", 5))
    assert rows[-1][1] == "Rain fell. Sun came."


def test_hidden_answers_stay_hidden_and_unanswerable_questions_are_counted(tmp_path):
    hidden = {"id": "h", "question": "h?", "answers": []}
    rows, notes = read_training(tmp_path, hidden, {**hidden, "id": "n", "is_impossible": True})
    assert rows == [("h", "h?", "source", None, None)]
    assert notes == ["1 row left out: the passage does not answer the question"]


def write_split(tmp_path, code: str, *questions: dict, breaks: object = ((0, 5), (6, 10))):
    path = tmp_path / f"{code}.json"
    path.write_text(document("Rain. Sun.", list(questions), sentence_breaks=breaks))
    return path


def test_a_question_matches_the_answering_sentence_of_every_language(tmp_path):
    english = write_split(tmp_path, "en", asked("a", "Sun", 6), asked("b", "Rain", 0))
    swahili = write_split(tmp_path, "sw", asked("a", "Mvua", 0))
    rows = list(split_passages()([english, english, swahili], Drops()))
    assert [(row.id, row.matches) for row in rows if row.side == "source"] == [
        ("a", ("en-1-2", "sw-1-1")),
        ("b", ("en-1-1",)),
    ]
    assert [(row.id, row.text, row.pair) for row in rows if row.side == "target"] == [
        ("en-1-1", "Rain.", "Rain. Sun."),
        ("en-1-2", "Sun.", "Rain. Sun."),
        ("sw-1-1", "Rain.", "Rain. Sun."),
        ("sw-1-2", "Sun.", "Rain. Sun."),
    ]


def test_a_question_whose_answer_is_in_no_sentence_is_left_out_and_counted(tmp_path):
    english = write_split(tmp_path, "en", asked("a", " ", 5), asked("b", "Rain", 0))
    drops = Drops()
    rows = list(split_passages()([english, english], drops))
    assert [row.id for row in rows if row.side == "source"] == ["b"]
    assert drops.notes() == ["1 row left out: the answer begins in no sentence of its passage"]


@pytest.mark.parametrize("breaks", [[[0, 99]], [[5, 5]], [[0]], ["x"], [[-1, 3]]])
def test_a_sentence_break_outside_of_the_passage_is_an_error(tmp_path, breaks):
    path = write_split(tmp_path, "en", breaks=breaks)
    with pytest.raises(InputError, match=r"en.json: data\[0\].paragraphs\[0\]: a sentence break is no span"):
        list(split_passages()([path, path], Drops()))
