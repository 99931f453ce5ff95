from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xstilts.translation.marking import marked, sentences, unmarked


def pieces(text: str, together: tuple[tuple[int, int], ...] = ()) -> list[str]:
    return [text[start:end] for start, end in sentences(text, together)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Anna ran. Juma slept! Did Wu sing?", ["Anna ran.", "Juma slept!", "Did Wu sing?"]),
        ('She said "Stop!" Then she left.', ['She said "Stop!"', "Then she left."]),
        ("It cost 3.5 lamps. Dr. Wu and J. R. Okoro paid.", ["It cost 3.5 lamps.", "Dr. Wu and J. R. Okoro paid."]),
        (
            "Many tools, e.g. hammers, were sold. None came back.",
            ["Many tools, e.g. hammers, were sold.", "None came back."],
        ),
        ("安娜找到了灯。灯是红色的！", ["安娜找到了灯。", "灯是红色的！"]),
        ("अन्ना को दीपक मिला। वह लाल था।", ["अन्ना को दीपक मिला।", "वह लाल था।"]),
        ("  One line\n\nAnother line  ", ["One line", "Another line"]),
        ("no end at all", ["no end at all"]),
        ("   ", []),
        ("", []),
    ],
)
def test_a_text_is_cut_after_its_sentences(text, expected):
    assert pieces(text) == expected


def test_no_cut_goes_through_a_span():
    text = "He wrote Stop. Go. Wait. Later he slept."
    assert pieces(text, ((9, 17),)) == ["He wrote Stop. Go.", "Wait.", "Later he slept."]


@given(st.text("ab.! \n。[]", max_size=40))
def test_sentences_and_gaps_together_are_the_text(text):
    whole, _ = marked(text).rejoined({sentence.text: sentence.text for sentence in marked(text).sentences})
    assert whole == text


def texts(text: str, *spans: tuple[int, int]) -> list[str]:
    return [sentence.text for sentence in marked(text, spans).sentences]


def test_brackets_stand_around_a_span():
    assert texts("Anna ran. The red lamp fell.", (14, 22)) == ["Anna ran.", "The [red lamp] fell."]


def test_brackets_that_a_sentence_has_already_are_not_used():
    assert texts("The red lamp [sic] fell.", (4, 12)) == ["The {red lamp} [sic] fell."]
    assert texts("a < b [c] {d}", (0, 1)) == ["a < b [c] {d}"]


def test_spans_may_lie_within_each_other_and_not_across():
    text = "the old red lamp"
    assert texts(text, (0, 16), (8, 16)) == ["[the old {red lamp}]"]
    assert texts(text, (8, 16), (0, 16)) == ["{the old [red lamp]}"]
    assert texts(text, (0, 11), (8, 16)) == ["[the old red] lamp"]


ONE = {0: 0}


@pytest.mark.parametrize(
    ("translation", "plain", "span"),
    [
        ("Taa [nyekundu] ilianguka.", "Taa nyekundu ilianguka.", "nyekundu"),
        ("Taa [ nyekundu ] ilianguka.", "Taa nyekundu ilianguka.", "nyekundu"),
        ("Ilianguka [taa nyekundu ].", "Ilianguka taa nyekundu.", "taa nyekundu"),
        ("[Taa] ilianguka", "Taa ilianguka", "Taa"),
        ("[ Taa] ilianguka", "Taa ilianguka", "Taa"),
        ("【红灯】掉了。", "红灯掉了。", "红灯"),
        ("［红灯］掉了。", "红灯掉了。", "红灯"),
        ("Taa [nyekundu ilianguka.", "Taa nyekundu ilianguka.", None),
        ("Taa nyekundu] ilianguka.", "Taa nyekundu ilianguka.", None),
        ("Taa ]nyekundu[ ilianguka.", "Taa nyekundu ilianguka.", None),
        ("[Taa] [nyekundu] ilianguka.", "Taa nyekundu ilianguka.", None),
        ("Taa [] ilianguka.", "Taa ilianguka.", None),
        ("Taa [ ] ilianguka.", "Taa ilianguka.", None),
        ("Taa ilianguka.", "Taa ilianguka.", None),
    ],
)
def test_a_span_is_found_between_its_brackets_and_they_are_removed(translation, plain, span):
    text, found = unmarked(translation, ONE)
    assert text == plain
    assert {number: text[start:end] for number, (start, end) in found.items()} == ({} if span is None else {0: span})


def test_each_of_several_spans_is_found_by_its_own_brackets_in_any_order():
    text, found = unmarked("La {lampe} de [ Juma ], <rouge>", {0: 0, 1: 1, 2: 2})
    assert text == "La lampe de Juma, rouge"
    assert {number: text[start:end] for number, (start, end) in found.items()} == {0: "Juma", 1: "lampe", 2: "rouge"}


def test_a_span_within_another_is_found():
    text, found = unmarked("[la vieille {lampe rouge}]", {0: 0, 1: 1})
    assert {number: text[start:end] for number, (start, end) in found.items()} == {
        0: "la vieille lampe rouge",
        1: "lampe rouge",
    }


def test_brackets_of_the_text_itself_stay():
    assert unmarked("Taa [sic] {nyekundu}", {0: 1}) == ("Taa [sic] nyekundu", {0: (10, 18)})
    assert unmarked("Taa [sic]", {}) == ("Taa [sic]", {})


def test_places_count_from_the_start_of_the_whole_text():
    text = marked("Anna ran.  The red lamp fell.\n", ((15, 23),))
    translated = {"Anna ran.": "Anna alikimbia.", "The [red lamp] fell.": "Ilianguka [taa nyekundu]."}
    whole, places = text.rejoined(translated)
    assert whole == "Anna alikimbia.  Ilianguka taa nyekundu.\n"
    assert {number: whole[start:end] for number, (start, end) in places.items()} == {0: "taa nyekundu"}
