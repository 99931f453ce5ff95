"""Answers and choices are what a reader would mark: by hand, and by the solver, which knows nothing of drawing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from xstilts.mini.concepts import NOUNS
from xstilts.mini.entailment import decide
from xstilts.mini.language import spelled
from xstilts.mini.languages import load_language
from xstilts.mini.meaning import (
    City,
    Clause,
    Event,
    Linked,
    Noun,
    People,
    Person,
    Possession,
    Profession,
    Question,
    State,
    Statement,
)
from xstilts.mini.passages import may_answer, part_that_answers
from xstilts.mini.rows import Choice, Passage, Report
from xstilts.mini.suite import Sizes, rows_of, span

ANNA, OMAR, EVA = Person("Anna"), Person("Omar"), Person("Eva")
BOAT = Noun("boat", "red", definite=True)
SOLD = Event("sell", ANNA, BOAT, OMAR, City("Paris"), "yesterday")
BOUGHT = Event("buy", OMAR, BOAT, ANNA, City("Paris"), "yesterday")
MET = Event("meet", ANNA, OMAR, time="on Monday")
EGGS = Event("eat", EVA, Noun("egg", count=3), place=Noun("kitchen", definite=True))
GOATS = Possession(EVA, Noun("goat", count=4))
CAT = Possession(EVA, Noun("cat", "white"))


@pytest.mark.parametrize(
    ("sentence", "question", "answer"),
    [
        (SOLD, Question(SOLD, "subject"), "Anna"),
        (SOLD, Question(SOLD, "object"), "the red boat"),
        (SOLD, Question(SOLD, "partner"), "Omar"),
        (SOLD, Question(SOLD, "place"), "Paris"),
        (SOLD, Question(SOLD, "time"), "yesterday"),
        (SOLD, Question(BOUGHT, "subject"), "Omar"),
        (SOLD, Question(BOUGHT, "partner"), "Anna"),
        (SOLD, Question(BOUGHT, "place"), "Paris"),
        (BOUGHT, Question(SOLD, "subject"), "Anna"),
        (BOUGHT, Question(SOLD, "partner"), "Omar"),
        (BOUGHT, Question(SOLD, "object"), "the red boat"),
        (SOLD, Question(replace(SOLD, time="last week"), "subject"), None),
        (SOLD, Question(replace(SOLD, object=Noun("boat", "white")), "partner"), None),
        (SOLD, Question(Event("sell", OMAR, BOAT, ANNA), "subject"), None),
        (SOLD, Question(Event("buy", ANNA, BOAT, OMAR), "partner"), None),
        (replace(SOLD, negated=True), Question(SOLD, "subject"), None),
        (replace(SOLD, time=None), Question(SOLD, "time"), None),
        (MET, Question(MET, "subject"), "Anna"),
        (MET, Question(Event("meet", OMAR, ANNA), "subject"), "Omar"),
        (MET, Question(Event("meet", OMAR, ANNA), "object"), "Anna"),
        (MET, Question(Event("meet", EVA, ANNA), "subject"), "Omar"),
        (MET, Question(Event("meet", EVA, ANNA, time="on Friday"), "subject"), None),
        (MET, Question(Event("help", ANNA, OMAR), "object"), None),
        (EGGS, Question(EGGS, "count"), "three eggs"),
        (EGGS, Question(replace(EGGS, place=None), "object"), "three eggs"),
        (EGGS, Question(EGGS, "place"), "the kitchen"),
        (EGGS, Question(replace(EGGS, object=Noun("apple", count=2)), "count"), None),
        (EGGS, Question(replace(EGGS, subject=ANNA), "count"), None),
        (CAT, Question(CAT, "thing"), "a white cat"),
        (CAT, Question(replace(CAT, owner=ANNA), "thing"), None),
        (GOATS, Question(GOATS, "count"), "four goats"),
        (Profession(EVA, "doctor"), Question(Profession(EVA, "doctor"), "noun"), "a doctor"),
        (Profession(ANNA, "doctor"), Question(Profession(EVA, "doctor"), "noun"), None),
    ],
)
def test_an_answer_is_what_a_reader_would_mark(sentence: Clause, question: Question, answer: str | None) -> None:
    assert may_answer(question, sentence) == (answer is not None)
    if answer is not None:
        words = load_language("en").sentence(sentence)
        start, end = span(words, part_that_answers(question, sentence))
        assert spelled(words)[start:end] == answer


def test_one_sentence_answers_and_the_others_cannot():
    sizes = Sizes(train=300, test=300)
    for split in ("train", "test"):
        for task in ("qa", "qa2"):
            for row in rows_of(task, split, sizes):
                assert isinstance(row, Passage)
                assert 4 <= len(row.text) <= 6
                answering = [at for at, one in enumerate(row.text) if may_answer(row.question, one)]
                assert answering == ([] if row.answered is None else [row.answered])
    unanswerable = sum(row.answered is None for row in rows_of("qa2", "train", sizes) if isinstance(row, Passage))
    assert unanswerable == 100


def test_what_may_answer_is_taken_broadly():
    meet = Event("meet", Person("Anna"), Person("Omar"), time="today")
    question = Question(meet, "subject")
    assert may_answer(question, Event("meet", Person("Eva"), Person("Omar")))
    assert may_answer(
        question, Event("meet", People(Person("Eva"), Person("Leo")), Person("Omar"), time="this morning")
    )
    assert not may_answer(question, Event("meet", Person("Eva"), Person("Leo")))
    assert not may_answer(question, Event("meet", Person("Eva"), Person("Omar"), time="yesterday"))
    assert not may_answer(question, Event("meet", Person("Eva"), Person("Omar"), negated=True))
    bought = Question(Event("buy", Person("Eva"), Noun("dog"), Person("Leo")), "subject")
    assert may_answer(bought, Event("sell", Person("Leo"), Noun("animal"), Person("Anna")))
    assert not may_answer(bought, Event("sell", Person("Anna"), Noun("dog"), Person("Leo")))
    running = Question(Event("run", EVA, time="now", tense="present"), "subject")
    assert may_answer(running, Event("run", ANNA, time="today", tense="present"))


def said(meaning: Statement | Question) -> str:
    return spelled(load_language("en").sentence(meaning))


@pytest.mark.parametrize("task", ["qa", "qa2"])
@pytest.mark.parametrize("split", ["train", "test"])
def test_the_solver_finds_the_answers_where_they_are_and_nowhere_else(task: str, split: str) -> None:
    for row in rows_of(task, split, Sizes(train=300)):
        assert isinstance(row, Passage)
        for at, sentence in enumerate(row.text):
            assert not isinstance(sentence, Linked)
            answers = [phrase for phrase in fields(sentence) if answered_with(phrase, row.question, sentence)]
            found = f"{said(row.question)} | {said(sentence)}"
            if at == row.answered:
                assert answers == [getattr(sentence, row.part)], found
            else:
                assert answers == [], found


def fields(clause: Clause) -> list[object]:
    """Everything that a clause names, and that could be an answer."""
    names = ("subject", "object", "partner", "place", "time", "thing", "noun")
    return [phrase for phrase in (getattr(clause, name, None) for name in names) if phrase is not None]


def answered_with(phrase: object, question: Question, sentence: Clause) -> bool:
    """Whether a sentence entails the clause of the question with a phrase in place of what is asked."""
    clause, asked = question.clause, question.asked
    if asked == "count":
        field = "thing" if isinstance(clause, Possession) else "object"
        thing = getattr(clause, field)
        if not isinstance(phrase, Noun) or phrase.count is None or phrase.noun != thing.noun:
            return False
        claim = replace(clause, **{field: replace(thing, count=phrase.count)})
    elif (asked == "noun") != isinstance(phrase, str) and asked != "time":
        return False
    else:
        claim = replace(clause, **{asked: phrase})
    # What is not asked is left open: nothing is claimed about when and where, unless the question says it.
    if isinstance(claim, Event) and isinstance(sentence, Event):
        claim = replace(claim, time=claim.time or sentence.time, place=claim.place or sentence.place)
    return decide(sentence, claim) == "entailment"


# State, or place that somebody goes to -> what comes of it, and what would be as right.
COMES_OF = {
    "hungry": ("eat", "cook buy"), "thirsty": ("drink", "buy"), "tired": ("sleep rest", "drink"),
    "sick": ("visit", "sleep rest drink cry"), "sad": ("cry", "sleep rest drink"), "happy": ("laugh sing dance", ""),
    "afraid": ("run", "cry hide"), "broken": ("repair", "buy cry"), "dirty": ("wash", "buy"),
    "closed": ("open", "find"), "lose": ("find", "buy cry"), "library": ("read", "write study find"),
    "kitchen": ("cook", "eat drink wash find"), "beach": ("swim", "sleep rest run find"),
    "market": ("buy", "eat drink find"), "shop": ("buy", "eat drink find"), "school": ("study", "read write find"),
    "letter": ("read", "laugh cry"), "book": ("read", "study"), "magazine": ("read", "study"),
}  # fmt: skip
COOKED = ("meat", "rice", "egg")


def what_comes_of(situation: Statement, who: Person) -> tuple[set[str], set[str]]:
    """The right verbs for somebody, and those that are never to stand among the wrong ones."""
    match situation:
        case Linked(first=State() as one, second=State() as other):
            return what_comes_of(one if one.subject == who else other, who)
        case State():
            right, also = COMES_OF[situation.state]
        case Event(verb="lose"):
            right, also = COMES_OF["lose"]
        case Event(verb="go" | "return", place=Noun() as place):
            right, also = COMES_OF[place.noun]
        case Event(object=Noun() as thing, verb=verb, subject=subject, partner=partner):
            if who != (subject if verb in ("receive", "buy") else partner):
                return set(), {"buy"} if verb in ("sell", "buy") else set()
            if thing.noun in COMES_OF:
                right, also = COMES_OF[thing.noun]
            elif thing.noun in COOKED:
                right, also = "cook", "eat"
            else:
                right = "drink" if "drink" in NOUNS[thing.noun] else "eat"
                also = "cook" if thing.noun in ("fish", "cake", "soup") and right == "eat" else ""
        case _:
            raise AssertionError(f"nothing is known to come of {said(situation)}")
    return set(right.split()), {*right.split(), *also.split()}


@pytest.mark.parametrize("split", ["train", "test"])
def test_the_right_choice_comes_of_the_situation_and_no_wrong_one_does(split):
    for row in rows_of("choice", split, Sizes(train=1200)):
        assert isinstance(row, Choice)
        for at, outcome in enumerate(row.outcomes):
            right, as_right = what_comes_of(row.situation, outcome.subject)
            found = f"{said(row.situation)} | {said(outcome)}"
            if at == row.right:
                assert outcome.verb in right, found
            else:
                assert outcome.verb not in as_right, found


# What an English reader would take as a sign of a topic.
SIGNS = {
    "food": "eat ate eaten eating drink drank drinking cook cooked cooking",
    "leisure": "sing sang singing dance danced dancing swim swam swimming run ran running laugh laughed laughing",
    "learning": "read reading write wrote writing study studied studying studies",
    "upkeep": "repair repaired repairing build built building wash washed washing",
    "trade": "buy bought buying sell sold selling lend lent lending borrow borrowed borrowing",
    "travel": "travel traveled traveling go went going arrive arrived arriving return returned returning",
}


@pytest.mark.parametrize("split", ["train", "test"])
def test_both_sentences_of_a_report_show_its_topic_and_no_other(split: str) -> None:
    for row in rows_of("topic", split, Sizes(train=600)):
        assert isinstance(row, Report)
        for meaning in row.meanings:
            words = set(said(meaning).rstrip(".").lower().replace("the cook", "the chef").split())
            assert {topic for topic, signs in SIGNS.items() if words & set(signs.split())} == {row.label}, words
