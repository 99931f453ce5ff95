from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from xstilts.catalogue import Tasks
from xstilts.data.examples import (
    Answer,
    ChoiceExample,
    Example,
    QuestionExample,
    RawTextExample,
    SentenceExample,
    TextExample,
)
from xstilts.data.sources import Drops
from xstilts.errors import InputError
from xstilts.formats.translations import id_of_texts, translated_pairs, translated_questions
from xstilts.translation.rows import (
    check_translatable,
    matched_rows,
    read_rows,
    sentences_of,
    translated_rows,
    write_rows,
)


def backwards(sentence: str) -> str:
    """A language whose words stand in reverse order and in capitals; brackets go with their words, turned around."""
    turned = sentence.rstrip(".").translate(str.maketrans("[]", "][")).upper()
    return " ".join(reversed(turned.split())) + "."


def run(rows: Sequence[Example], translations: dict[str, str] | None = None) -> tuple[list[Example], list[str]]:
    drops = Drops()
    known = {sentence: backwards(sentence) for sentence in sentences_of(rows)} | (translations or {})
    return list(translated_rows(rows, known, drops)), drops.notes()


def test_labels_choices_and_ids_stay():
    rows = [
        TextExample("a", "one two.", "three", "yes"),
        TextExample("b", "one two.", None, "no"),
        ChoiceExample("c", "one", ("two", "three four"), 1),
        SentenceExample("d", "one two", "source", ("e",), "five six"),
        RawTextExample("f", "one two"),
    ]
    assert run(rows) == (
        [
            TextExample("a", "TWO ONE.", "THREE.", "yes"),
            TextExample("b", "TWO ONE.", None, "no"),
            ChoiceExample("c", "ONE.", ("TWO.", "FOUR THREE."), 1),
            SentenceExample("d", "TWO ONE.", "source", ("e",), "SIX FIVE."),
            RawTextExample("f", "TWO ONE."),
        ],
        [],
    )


def test_a_sentence_that_many_rows_have_is_translated_once():
    context = "Anna ran. The lamp fell."
    rows = [
        QuestionExample("1", "Who ran?", context, (Answer("Anna", 0),)),
        QuestionExample("2", "What fell?", context, (Answer("lamp", 14),)),
    ]
    assert sentences_of(rows) == [
        "Who ran?",
        "Anna ran.",
        "What fell?",
        "[Anna] ran.",
        "The lamp fell.",
        "The [lamp] fell.",
    ]


def question(*answers: tuple[str, int]) -> QuestionExample:
    context = "Anna ran home. The old lamp fell on Juma."
    return QuestionExample("q", "What fell?", context, tuple(Answer(*answer) for answer in answers))


def test_an_answer_is_where_its_brackets_came_out():
    known = {
        "What fell?": "Nini kilianguka?",
        "Anna ran home.": "Anna alikimbia nyumbani.",
        "The [old lamp] fell on Juma.": "Ilimwangukia Juma [taa kuukuu].",
    }
    rows, notes = run([question(("old lamp", 19))], known)
    context = "Anna alikimbia nyumbani. Ilimwangukia Juma taa kuukuu."
    assert rows == [QuestionExample("q", "Nini kilianguka?", context, (Answer("taa kuukuu", 43),))]
    assert context[43:53] == "taa kuukuu"
    assert notes == []


def test_a_row_whose_answer_is_lost_is_left_out_and_counted():
    lost = {"The [old lamp] fell on Juma.": "Ilimwangukia Juma taa kuukuu."}
    rows, notes = run([question(("old lamp", 19))], lost)
    assert rows == []
    assert notes == ["1 row left out: its answer was not found again in the translation"]


def test_of_several_answers_those_that_are_found_are_kept():
    known = {"The [old {lamp}] fell on <Juma>.": "Ilimwangukia <Juma> {taa} kuukuu]."}
    rows, notes = run([question(("old lamp", 19), ("lamp", 23), ("Juma", 36), ("lamp", 23))], known)
    assert rows[0].gold == (Answer("taa", 33), Answer("Juma", 28))
    assert notes == ["1 row repaired: one of several answers was not found again in the translation"]


def test_a_question_without_an_answer_stays_without():
    (row,), notes = run([question()])
    assert row.gold == ()
    assert notes == []


def test_a_row_of_which_nothing_came_back_is_left_out():
    rows, notes = run([TextExample("a", "one", "two", "yes"), TextExample("b", "three", None, "no")], {"two": " "})
    assert [row.id for row in rows] == ["b"]
    assert notes == ["1 row left out: a text came back empty from the translation"]


def test_tags_are_not_translated():
    with pytest.raises(InputError, match="mini-ner cannot be translated: its tags belong to words") as raised:
        check_translatable(Tasks()["mini-ner"])
    assert raised.value.exit_code == 2
    check_translatable(Tasks()["mini-nli"])


def test_given_translations_are_matched_by_id_in_the_order_of_the_rows():
    rows = [TextExample(name, name, None, "yes") for name in ("a", "b", "c", "d")]
    given = [
        TextExample("d", "D", None, "yes"),
        TextExample("x", "X", None, "yes"),
        TextExample("b", "B", None, "no"),
        TextExample("a", "A", None, "yes"),
    ]
    drops = Drops()
    assert [(row.id, row.text) for row in matched_rows(rows, given, drops) if isinstance(row, TextExample)] == [
        ("a", "A"),
        ("d", "D"),
    ]
    assert drops.notes() == [
        "1 row left out: its translation has another label",
        "1 row left out: there is no translation of it",
    ]


def test_given_answers_need_not_be_those_of_the_original():
    rows = [QuestionExample("1", "q", "the lamp", (Answer("lamp", 4),))]
    given = [QuestionExample("1", "s", "taa", (Answer("taa", 0),))]
    assert list(matched_rows(rows, given, Drops())) == given


def test_a_table_without_ids_is_matched_by_its_original_texts(tmp_path):
    path = tmp_path / "en-sw-translated.tsv"
    path.write_text(
        "A lamp  fell.\tIt fell.\tTaa ilianguka.\tIlianguka.\tcontradictory\n"
        "A lamp fell.\tIt fell.\tTena.\tTena.\tentailment\n"
        "broken\trow\n"
        "Juma ran.\tHe ran.\tJuma alikimbia.\tAlikimbia.\tpremise\n"
        "Juma sat.\tHe sat.\t\tAliketi.\tneutral\n",
        encoding="utf-8",
    )
    drops = Drops()
    read = translated_pairs({"contradictory": "contradiction"}, ("entailment", "neutral", "contradictory"))
    given = list(read([path], drops))
    identity = id_of_texts("A lamp fell.", "It fell.")
    assert given == [TextExample(identity, "Taa ilianguka.", "Ilianguka.", "contradiction")]
    assert drops.notes() == [
        "1 row left out: a row of translations has not five columns",
        "1 row left out: a translation is empty",
        "1 row left out: the label is none of the data set's",
        "1 row left out: the same texts were translated before",
    ]
    rows = [
        TextExample("n1", "Juma sat.", "He sat.", "neutral"),
        TextExample("n2", "A lamp fell.", "It fell.", "contradiction"),
    ]
    assert [row.id for row in matched_rows(rows, given, Drops())] == ["n2"]


def test_a_translated_answer_is_looked_for_where_its_offset_is_wrong(tmp_path):
    context = "Taa ilianguka. Juma aliona taa na kiti."
    answers = {"right": ("taa", 27), "moved": ("kiti", 3), "twice": ("li", 0), "gone": ("lamp", 0), "empty": ("", 0)}
    questions = [
        {"id": name, "question": "Nini?", "answers": [{"text": text, "answer_start": start}]}
        for name, (text, start) in answers.items()
    ]
    path = tmp_path / "squad.translate.train.en-sw.json"
    path.write_text(json.dumps({"data": [{"paragraphs": [{"context": context, "qas": questions}]}]}))
    drops = Drops()
    assert list(translated_questions()([path], drops)) == [
        QuestionExample("right", "Nini?", context, (Answer("taa", 27),)),
        QuestionExample("moved", "Nini?", context, (Answer("kiti", 34),)),
    ]
    assert drops.notes() == [
        "3 rows left out: its answer is not in the translated passage",
        "1 row repaired: the answer's offset was wrong, and it stands only once in the passage",
    ]
    path.write_text('{"data": [{}]}')
    with pytest.raises(InputError, match=r"en-sw\.json: this is not SQuAD's JSON"):
        list(translated_questions()([path], drops))


@pytest.mark.parametrize(
    ("name", "code", "path"),
    [
        ("mnli", "sw", "XNLI/translate-train/en-sw-translated.tsv"),
        ("paws", "ko", "PAWSX/translate-train/en-ko-translated.tsv"),
        ("squad_v1", "hi", "SQuAD/translate-train/squad.translate.train.en-hi.json"),
        ("tydiqa", "te", "TyDiQA-GoldP/translate-train/tydiqa.translate.train.en-te.json"),
    ],
)
def test_translated_copies_of_xtreme_are_files_of_the_task_that_trains(tmp_path: Path, name, code, path):
    place = tmp_path / "xtreme_translations" / path
    with pytest.raises(InputError, match=place.name):
        Tasks()[name].find(tmp_path, code, "translated")
    place.parent.mkdir(parents=True)
    place.write_text("")
    assert Tasks()[name].find(tmp_path, code, "translated")[1] == [place]
    with pytest.raises(InputError, match="has no language 'xx'"):
        Tasks()[name].find(tmp_path, "xx", "translated")


def test_a_language_of_translations_has_no_other_split(tmp_path):
    with pytest.raises(InputError, match="mnli has no language 'sw'"):
        Tasks()["mnli"].find(tmp_path, "sw", "train")


def test_rows_are_read_as_they_were_written(tmp_path):
    for rows in (
        [TextExample("a", "x", None, "l"), TextExample("b", "y", "z", "m")],
        [ChoiceExample("a", "x", ("y", "z"), 1)],
        [question(("old lamp", 19), ("Juma", 36)), question()],
        [SentenceExample("a", "x", "source", ("b",)), SentenceExample("b", "y", "target", (), "p")],
        [RawTextExample("a", "x")],
    ):
        write_rows(rows, tmp_path / "rows.parquet")
        assert read_rows(tmp_path / "rows.parquet", type(rows[0])) == rows
