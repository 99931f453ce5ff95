"""Meanings that together use every concept and every construction of `mini`: what a language is reviewed on.

`python -m tests.mini_specimens sw` prints them in English and in another language.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle
from typing import Any

from xstilts.mini.concepts import (
    CITIES,
    COMPARISONS,
    NOUNS,
    ORGANIZATION_NAMES,
    ORGANIZATION_SORTS,
    PEOPLE,
    QUALITIES,
    STATES,
    TIMES,
    VERBS,
)
from xstilts.mini.meaning import (
    City,
    Comparison,
    Country,
    Event,
    Linked,
    Noun,
    Organization,
    People,
    Person,
    Possession,
    Profession,
    Quality,
    Question,
    State,
    Statement,
    Tense,
)

_TENSES: tuple[Tense, ...] = ("past", "present", "future")
_HUMANS = [noun for noun, classes in NOUNS.items() if classes & {"profession", "kin"}]
_ANIMALS = [noun for noun, classes in NOUNS.items() if "animal" in classes]


def nouns_of(classes: str) -> list[str]:
    """Nouns of any of the classes, or that are named themselves."""
    wanted = set(classes.split())
    return [noun for noun, own in NOUNS.items() if own & wanted or noun in wanted]


class _Supply:
    """Names in turn, so that all of them are used."""

    def __init__(self) -> None:
        self._people = cycle(map(Person, PEOPLE))
        self._times = cycle(TIMES)
        self._cities = cycle(map(City, CITIES))
        self._humans = cycle(_HUMANS)
        self._animals = cycle(_ANIMALS)
        self._organizations = cycle(
            Organization(sort, name) for name in ORGANIZATION_NAMES for sort in ORGANIZATION_SORTS
        )

    def person(self) -> Person:
        return next(self._people)

    def city(self) -> City:
        return next(self._cities)

    def organization(self) -> Organization:
        return next(self._organizations)

    def time(self, tense: str) -> str:
        return next(name for name in self._times if tense in TIMES[name])

    def subjects(self, verb: str) -> Iterator[Any]:
        """Endless subjects of all sorts that the verb takes."""
        while True:
            yield self.person()
            noun = next(self._humans)
            owner = self.person() if "kin" in NOUNS[noun] else None
            yield Noun(noun, owner=owner, definite=owner is None)
            yield People(self.person(), self.person())
            if VERBS[verb].animal:
                yield Noun(next(self._animals), definite=True)
            if VERBS[verb].organization:
                yield self.organization()


def specimens() -> Iterator[Statement | Question]:
    """All of them, always the same."""
    supply = _Supply()
    for part in (_events, _nouns, _qualities, _comparisons, _states, _people, _places, _fronted, _linked):
        yield from part(supply)
    yield from questions()


def _events(supply: _Supply) -> Iterator[Statement]:
    """Every verb with several objects, places, partners and times."""
    for verb, frame in VERBS.items():
        who = supply.subjects(verb)
        kinds = frame.takes.split()
        parts: list[Any] = []
        parts += [supply.person(), Noun("nurse", definite=True)] if "person" in kinds else []
        parts += [supply.city()] if "city" in kinds else []
        parts += [Country("Egypt"), Country("India")] if "country" in kinds else []
        parts += [supply.organization()] if {"organization", "university"} & set(kinds) else []
        parts += [Noun(noun, definite=True) for noun in nouns_of(frame.takes)][:8]
        for at, what in enumerate(parts or [None] * 6):
            tense = _TENSES[at % 3]
            place = frame.frame in ("motion", "stay")
            event = Event(verb, next(who), None if place else what, place=what if place else None, tense=tense)
            if frame.frame == "transfer":
                event = replace(event, partner=supply.person() if at % 2 else Noun("teacher", definite=True))
            if frame.frame in ("plain", "object") and at % 3 == 0:
                event = replace(event, place=supply.city())
            yield replace(event, time=supply.time(tense) if at % 2 else None, negated=at % 4 == 3)


def _nouns(supply: _Supply) -> Iterator[Statement]:
    """Every noun as a place, or as an object with and without article, number and owner."""
    for noun, classes in NOUNS.items():
        person = supply.person()
        if "place" in classes:
            yield Event("sleep", person, place=Noun(noun, definite=True), time="yesterday")
            yield Event("go", person, place=Noun(noun, definite=True), tense="future", time="tomorrow")
        elif "kin" in classes:
            yield Event("give", Noun(noun, owner=person), Noun("apple", count=3), partner=supply.person())
            yield Event("help", person, Noun(noun, owner=supply.person()), tense="present")
        elif "mass" not in classes:
            yield Event("see", person, Noun(noun), negated=len(noun) % 3 == 0)
            yield Event("see", person, Noun(noun, count=2 + len(noun) % 5), time=supply.time("past"))
            yield Event("see", person, Noun(noun, owner=supply.person()))
        if classes & {"vehicle", "animal", "readable", "portable"} and "mass" not in classes:
            yield Possession(person, Noun(noun))
            yield Possession(person, Noun(noun, count=3), negated=len(noun) % 2 == 0)
        if "profession" in classes:
            yield Profession(person, noun)
            yield Profession(person, noun, negated=True)


def _qualities(supply: _Supply) -> Iterator[Statement]:
    for quality, (_, classes) in QUALITIES.items():
        nouns = nouns_of(classes)
        for noun in nouns[::2]:
            yield Quality(Noun(noun, definite=True), quality, negated=len(noun) % 4 == 0)
            yield Event("buy", supply.person(), Noun(noun, quality), partner=supply.person())
        yield Event("see", supply.person(), Noun(nouns[0], quality, count=2))
        yield Event("find", supply.person(), Noun(nouns[-1], quality, owner=supply.person()), tense="future")
        yield Quality(Noun(nouns[-1], owner=supply.person()), quality)


def _comparisons(supply: _Supply) -> Iterator[Statement]:
    for comparison, (_, compared) in COMPARISONS.items():
        if compared == "persons":
            yield Comparison(supply.person(), comparison, supply.person())
            brother = Noun("brother", owner=supply.person())
            yield Comparison(Noun("nurse", definite=True), comparison, brother, negated=True)
        else:
            yield Comparison(Noun("table", definite=True), comparison, Noun("bag", definite=True))
            bottle, cup = (Noun(noun, owner=supply.person()) for noun in ("bottle", "cup"))
            yield Comparison(bottle, comparison, cup, negated=True)


def _states(_: _Supply) -> Iterator[Statement]:
    for state, holders in STATES.items():
        ones: list[Any] = [Noun(noun, definite=True) for noun in nouns_of(holders)[:4]]
        if holders in ("living", "human"):
            ones = [Person("Anna"), Person("Omar"), Noun("farmer", definite=True)]
        if holders == "living":
            ones.append(Noun("cow", definite=True))
        for at, one in enumerate(ones):
            yield State(one, state, tense="past" if at % 2 else "present", negated=at == 2)


def _people(supply: _Supply) -> Iterator[Statement]:
    for name in PEOPLE:
        yield Event("meet", Person(name), Person("Eva" if name != "Eva" else "Leo"), time=supply.time("past"))
        yield Event("send", Person("Ivan"), Noun("letter"), partner=Person(name), tense="future")
        yield Event("find", Person("Amina"), Noun("key", owner=Person(name)))


def _places(supply: _Supply) -> Iterator[Statement]:
    for city, country in CITIES.items():
        yield Event("live", supply.person(), place=City(city), tense="present")
        yield Event("travel", supply.person(), place=Country(country), time=supply.time("past"))
        future = supply.time("future")
        yield Event("visit", supply.person(), City(city), tense="future", front="time", time=future)
    for name in ORGANIZATION_NAMES:
        for sort in ORGANIZATION_SORTS[len(name) % 3 :: 2]:
            yield Event("work", supply.person(), place=Organization(sort, name), tense="present")
            yield Event("visit", supply.person(), Organization(sort, name))
            house, time = Noun("house", "new"), supply.time("future")
            yield Event("build", Organization(sort, name), house, time=time, tense="future")


def _fronted(supply: _Supply) -> Iterator[Statement]:
    library = Noun("library", definite=True)
    for time, tenses in TIMES.items():
        for tense in _TENSES:
            if tense in tenses:
                event = Event("write", supply.person(), Noun("letter"), time=time, tense=tense, place=library)
                yield replace(event, front="time")
                people = People(supply.person(), supply.person())
                yield Event("sing", people, time=time, tense=tense, place=supply.city(), front="place")


def _linked(_: _Supply) -> Iterator[Statement]:
    tired = State(Person("Mina"), "tired", tense="past")
    slept = Event("sleep", Person("Mina"), place=Noun("garden", definite=True))
    broken = State(Noun("boat", definite=True), "broken")
    yield Linked(slept, "because", tired)
    yield Linked(slept, "because", tired, reason_first=True)
    yield Linked(Event("cook", Person("Ali"), Noun("soup")), "and", Event("sing", Person("Rosa")))
    yield Linked(Event("sell", Person("Ali"), Noun("boat"), Person("Leo")), "because", broken)
    yield Linked(Quality(Noun("house", definite=True), "big"), "and", Possession(Person("Eva"), Noun("cat")))


def questions() -> Iterator[Question]:
    """Every verb and what may be asked about it."""
    people = cycle(map(Person, PEOPLE))
    for at, (verb, frame) in enumerate(VERBS.items()):
        for shift, tense in enumerate(_TENSES):
            things = nouns_of(frame.takes)
            what: Any = Noun(things[at % len(things)], definite=True) if things else None
            if "person" in frame.takes.split() and shift == 1:
                what = next(people)
            place = frame.frame in ("motion", "stay")
            event = Event(
                verb,
                next(people),
                None if place else what,
                partner=next(people) if frame.frame == "transfer" else None,
                place=what if place else None,
                tense=tense,
            )
            yield Question(event, "subject")
            if place:
                yield Question(event, "place")
            elif what is not None:
                yield Question(event, "object")
            if frame.frame == "transfer":
                yield Question(event, "partner")
            when = next(name for name, tenses in TIMES.items() if tense in tenses)
            if shift != 1:
                yield Question(replace(event, time=when), "time")
            if frame.frame in ("plain", "object"):
                yield Question(replace(event, place=City("Lima"), time=when), "place")
    for noun, classes in NOUNS.items():
        if "tradable" in classes and "mass" not in classes:
            yield Question(Event("buy", next(people), Noun(noun, count=4), partner=next(people)), "count")
            yield Question(Possession(next(people), Noun(noun, count=2)), "count")
    yield Question(Possession(Person("Olga"), Noun("cat", "white")), "thing")
    yield Question(Possession(Person("Juma"), Noun("bicycle")), "thing")
    yield Question(Profession(Person("Olga"), "doctor"), "noun")
    yield Question(Profession(Person("Juma"), "farmer"), "noun")


if __name__ == "__main__":
    from xstilts.mini.language import spelled
    from xstilts.mini.languages import load_language

    codes = sys.argv[1:]
    for meaning in specimens():
        print(" | ".join(spelled(load_language(code).sentence(meaning)) for code in codes))
