"""Every language says everything: all specimens, in well-formed words, and different concepts differently."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise

import pytest
from mini_specimens import specimens

from xstilts.catalogue import Tasks
from xstilts.mini.concepts import (
    CITIES,
    COMPARISONS,
    COUNTRIES,
    NOUNS,
    ORGANIZATION_NAMES,
    ORGANIZATION_SORTS,
    PEOPLE,
    QUALITIES,
    STATES,
    TIMES,
    VERBS,
)
from xstilts.mini.held_out import HELD_OUT
from xstilts.mini.language import Word, spelled
from xstilts.mini.languages import language_codes, load_language
from xstilts.mini.meaning import (
    City,
    Comparison,
    Country,
    Event,
    Noun,
    Organization,
    Person,
    Possession,
    Quality,
    Question,
    State,
    Statement,
)
from xstilts.mini.suite import TASKS, Sizes, rows_of, splits_of

UPOS = Tasks()["mini-pos"].kind.tags
SPECIMENS = list(specimens())
CODES = language_codes()
ANNA = Person("Anna")


@pytest.fixture(scope="module", params=CODES)
def sentences(request: pytest.FixtureRequest) -> list[tuple[Statement | Question, list[Word]]]:
    language = load_language(request.param)
    assert language.code == request.param
    return [(meaning, language.sentence(meaning)) for meaning in SPECIMENS]


def test_words_are_whole_and_tagged(sentences: list[tuple[Statement | Question, list[Word]]]) -> None:
    for _, words in sentences:
        text = spelled(words)
        assert "  " not in text
        assert text == text.strip()
        for word in words:
            assert word.form, text
            assert not any(character.isspace() for character in word.form), text
            assert unicodedata.is_normalized("NFC", word.form), text
            assert word.upos in UPOS, text


def test_entities_are_well_formed(sentences: list[tuple[Statement | Question, list[Word]]]) -> None:
    for _, words in sentences:
        for before, word in pairwise([Word("", "X"), *words]):
            assert word.entity == "O" or word.entity in {
                f"{at}-{kind}" for at in "BI" for kind in ("PER", "LOC", "ORG")
            }
            if word.entity.startswith("I-"):
                assert before.entity[2:] == word.entity[2:], spelled(words)


def test_words_of_a_part_stand_together(sentences: list[tuple[Statement | Question, list[Word]]]) -> None:
    for _, words in sentences:
        places = defaultdict(list)
        for at, word in enumerate(words):
            if word.part:
                places[word.clause, word.part].append(at)
        for found in places.values():
            assert found == list(range(found[0], found[-1] + 1)), spelled(words)


def test_every_part_of_an_event_is_marked(sentences: list[tuple[Statement | Question, list[Word]]]) -> None:
    for meaning, words in sentences:
        if isinstance(meaning, Event):
            wanted = {"subject"} | {name for name in ("object", "partner", "place", "time") if getattr(meaning, name)}
            assert wanted <= {word.part for word in words}, spelled(words)


def person_city_and_country() -> Iterator[Statement]:
    yield from (Event("sleep", Person(name)) for name in PEOPLE)
    yield from (Event("live", Person("Anna"), place=City(name), tense="present") for name in CITIES)
    yield from (Event("live", Person("Anna"), place=Country(name), tense="present") for name in COUNTRIES)


def organizations() -> Iterator[Statement]:
    for sort in ORGANIZATION_SORTS:
        for name in ORGANIZATION_NAMES:
            yield Event("visit", Person("Anna"), Organization(sort, name))


def nouns() -> Iterator[Statement]:
    yield from (Event("see", Person("Anna"), Noun(noun, definite=True)) for noun in NOUNS)


def verbs() -> Iterator[Event]:
    objects = {"object": Noun("book", definite=True), "transfer": Noun("book", definite=True)}
    for verb, rule in VERBS.items():
        partner = Person("Omar") if rule.frame == "transfer" else None
        place = City("Paris") if rule.frame in ("motion", "stay") else None
        for tense in ("past", "present", "future"):
            yield Event(verb, Person("Anna"), objects.get(rule.frame), partner, place, tense=tense)


def qualities() -> Iterator[Statement]:
    yield from (Quality(Noun("car", definite=True), quality) for quality in QUALITIES)


def comparisons() -> Iterator[Statement]:
    for name, (_, compared) in COMPARISONS.items():
        if compared == "persons":
            yield Comparison(Person("Anna"), name, Person("Omar"))
        else:
            yield Comparison(Noun("bag", definite=True), name, Noun("box", definite=True))


def states() -> Iterator[Statement]:
    yield from (State(Person("Anna"), name) for name, who in STATES.items() if who in ("living", "human"))
    yield from (State(Noun("window", definite=True), name) for name in ("broken", "dirty", "closed"))


def times() -> Iterator[Statement]:
    for time, tenses in TIMES.items():
        yield Event("sleep", Person("Anna"), time=time, tense=tenses[0])


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize(
    "draw", [person_city_and_country, organizations, nouns, verbs, qualities, comparisons, states, times]
)
def test_different_concepts_have_different_words(code: str, draw: Callable[[], Iterator[Statement]]) -> None:
    language = load_language(code)
    said = defaultdict(list)
    for meaning in draw():
        said[spelled(language.sentence(meaning))].append(meaning)
    assert [found for found in said.values() if len(found) > 1] == []


def spelled_forms(code: str) -> dict[str, set[str]]:
    """Held-out word -> the forms in which sentences about it differ from those about all other words of its kind."""
    language = load_language(code)

    def uses(kind: str, word: str) -> set[str]:
        meanings: list[Statement]
        match kind:
            case "person":
                meanings = [Event("sleep", Person(word)), Possession(Person(word), Noun("key"))]
            case "city":
                meanings = [Event("live", ANNA, place=City(word))]
            case "country":
                meanings = [Event("live", ANNA, place=Country(word))]
            case "organization":
                meanings = [Event("visit", ANNA, Organization("bank", word))]
            case "noun":
                meanings = [Event("see", ANNA, Noun(word, count=count)) for count in (None, 2)]
            case "quality":
                meanings = [Quality(Noun("car", definite=True), word), Event("see", ANNA, Noun("car", word))]
            case _:
                meanings = [
                    replace(event, negated=no) for event in verbs() if event.verb == word for no in (False, True)
                ]
        return {word.form.lower() for meaning in meanings for word in language.sentence(meaning)}

    kinds = {"person": PEOPLE, "city": CITIES, "country": COUNTRIES, "organization": ORGANIZATION_NAMES}
    found = {}
    for kind, words in {**kinds, "noun": NOUNS, "verb": VERBS, "quality": QUALITIES}.items():
        kept = {form for word in words if word not in HELD_OUT[kind] for form in uses(kind, word)}
        found.update({word: uses(kind, word) - kept for word in HELD_OUT[kind]})
    return found


def test_no_form_of_a_held_out_word_is_in_a_training_row():
    language, sizes = load_language("en"), Sizes(train=600, tagged=600)
    tasks = [task for task in TASKS if "train" in splits_of(task)]
    meanings = {one for task in tasks for row in rows_of(task, "train", sizes) for one in row.sentences()}
    seen = {word.form.lower() for meaning in meanings for word in language.sentence(meaning)}
    forms = spelled_forms("en")
    assert forms["draw"] == {"drew", "draw", "drawing"}
    assert forms["bus"] == {"bus", "buses"}
    assert all(forms.values())
    assert {word: found & seen for word, found in forms.items() if found & seen} == {}
