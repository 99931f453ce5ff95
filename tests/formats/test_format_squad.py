import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xstilts.data.examples import Answer
from xstilts.data.sources import Drops
from xstilts.errors import InputError
from xstilts.formats.squad import squad

CONTEXT = "𝔄b lives in Zürich."


def _document(*questions: dict, context: str = CONTEXT) -> str:
    return json.dumps({"version": "1", "data": [{"paragraphs": [{"context": context, "qas": list(questions)}]}]})


def _question(name: object = "q1", answers: object = (), **more: object) -> dict:
    answers = [{"text": text, "answer_start": start} for text, start in answers]
    return {"id": name, "question": "where?", "answers": answers, **more}


def _read(path: Path, content: str) -> list:
    path.write_bytes(content.encode())
    return list(squad()([path], Drops()))


def test_offsets_count_characters_not_bytes_or_utf16_units(tmp_path):
    (found,) = _read(tmp_path / "a.json", "\ufeff" + _document(_question(answers=[("Zürich", 12), ("Zürich.", 12)])))
    assert (found.id, found.question, found.context) == ("q1", "where?", CONTEXT)
    assert found.answers == (Answer("Zürich", 12), Answer("Zürich.", 12))


@pytest.mark.parametrize("start", [11, 13, -7, 400])
def test_an_answer_that_is_not_at_its_offset_is_an_error(tmp_path, start):
    message = r"a.json: data\[0\].paragraphs\[0\].qas\[1\]: an answer of question q2 (?s:.*)expected: 'Zürich'"
    with pytest.raises(InputError, match=message):
        _read(
            tmp_path / "a.json",
            _document(_question(answers=[("Zürich", 12)]), _question("q2", answers=[("Zürich", start)])),
        )


def test_an_impossible_question_has_no_answers_and_one_without_any_is_hidden(tmp_path):
    found = _read(
        tmp_path / "a.json",
        _document(
            _question("a", is_impossible=True, plausible_answers=[{"text": "b", "answer_start": 0}]),
            _question("b", answers=[("lives", 3)], is_impossible=False),
            {"id": "c", "question": "?"},
            _question("d"),
        ),
    )
    assert [row.answers for row in found] == [(), (Answer("lives", 3),), None, None]


def test_a_file_of_empty_answers_hides_them_all(tmp_path):
    found = _read(tmp_path / "a.json", _document(_question("a", answers=[("", 0)]), _question("b", answers=[("", 0)])))
    assert [row.answers for row in found] == [None, None]


def test_one_empty_answer_among_others_is_an_error(tmp_path):
    with pytest.raises(InputError, match="an answer of question b is empty"):
        _read(tmp_path / "a.json", _document(_question("a", answers=[("b", 1)]), _question("b", answers=[("", 0)])))


def test_repeated_ids_become_distinct(tmp_path):
    gold = {"answers": [("b", 1)]}
    found = _read(tmp_path / "a.json", _document(_question(7, **gold), _question(7, **gold), _question("8", **gold)))
    assert [row.id for row in found] == ["7", "7#2", "8"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"data": [}', r"a.json:1, column 11: this is not JSON"),
        ("[]", r"a.json: the file is not SQuAD JSON"),
        ('{"rows": []}', r"a.json: SQuAD JSON has no 'data' here\n.*the fields rows"),
        ('{"data": {}}', r"a.json: 'data' has the wrong type\n(?s:.*)a list"),
        ('{"data": [3]}', r"a.json: data\[0\]: SQuAD JSON has another shape"),
        ('{"data": [{"paragraphs": [{"qas": []}]}]}', r"data\[0\].paragraphs\[0\]: SQuAD JSON has no 'context'"),
        (_document({"id": "x", "question": "?", "answers": [{"text": "b"}]}), r"answers\[0\]: .* no 'answer_start'"),
        (
            _document({"id": "x", "question": "?", "answers": [{"text": "b", "answer_start": "1"}]}),
            "'answer_start' has the wrong type\n(?s:.*)a whole number",
        ),
    ],
)
def test_another_shape_is_an_error_that_says_where(tmp_path, content, message):
    with pytest.raises(InputError, match=message):
        _read(tmp_path / "a.json", content)


TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXT, TEXT.filter(bool), TEXT)
def test_spans_of_hostile_contexts_survive(tmp_path_factory, before, answer, after):
    path = tmp_path_factory.mktemp("squad") / "a.json"
    context = before + answer + after
    (found,) = _read(path, _document(_question(answers=[(answer, len(before))]), context=context))
    assert found.context == context
    assert found.answers == (Answer(answer, len(before)),)


def _repeated(places: list[int]) -> str:
    """Questions that are answered by `x`, each at one of its places in "x y x"."""
    return _document(*[_question(f"q{n}", [("x", at)]) for n, at in enumerate(places)], context="x y x")


@pytest.mark.parametrize(
    ("places", "notes"),
    [
        (
            [0] * 100,
            ["100 answers stand more than once in their passage, and every one of them is marked at its first"],
        ),
        ([0] * 99 + [4], []),
        ([0] * 99, []),
    ],
    ids=["all first", "one is not", "too few to tell"],
)
def test_a_file_that_lost_its_offsets_is_told_by_repeated_answers(tmp_path, places, notes):
    (tmp_path / "a.json").write_text(_repeated(places))
    drops = Drops()
    assert len(list(squad()([tmp_path / "a.json"], drops))) == len(places)
    assert [note.partition(" place: ")[0] for note in drops.notes()] == notes
