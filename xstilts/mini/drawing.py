"""Draws meanings that make sense: who does what to what, where and when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random
from typing import TypeVar

from xstilts.mini.concepts import (
    CITIES,
    COMPARISONS,
    GENERAL,
    NOUNS,
    ORGANIZATION_SORTS,
    STATES,
    TIMES,
    VERBS,
)
from xstilts.mini.meaning import (
    Actor,
    City,
    Clause,
    Comparison,
    Country,
    Event,
    Linked,
    Noun,
    Organization,
    People,
    Person,
    Place,
    Possession,
    Profession,
    Quality,
    Question,
    State,
    Statement,
    Tense,
    Thing,
)
from xstilts.mini.pools import Pool, belongs
from xstilts.mini.vocabulary import WEIGHABLE, Vocabulary

_Item = TypeVar("_Item")
Drawn = TypeVar("Drawn", bound=Statement)
ClauseType = TypeVar("ClauseType", bound=Clause)
_TRIES = 200

# Things whose sizes are compared with each other, and so for weight and price.
_COMPARABLE: dict[str, tuple[str, ...]] = {
    "size": ("dog cat horse cow goat chicken bird sheep donkey", "car bicycle boat bus", "box bag basket window door"),
    "weight": (" ".join(sorted(WEIGHABLE)),),
    "price": (
        "car bicycle boat bus house",
        "chair table lamp clock phone picture",
        "shirt hat ring bag book cup knife",
    ),
}
_DIMENSIONS = {
    "bigger": "size", "smaller": "size", "heavier": "weight", "lighter": "weight", "more expensive": "price",
    "cheaper": "price",
}  # fmt: skip

# Verbs that are told without a place.
_PLACELESS = frozenset(("visit", "love", "send", "call"))
# Verb -> nouns where it happens; verbs that are not here happen anywhere, and with "" only in cities and countries.
_ANYWHERE = "market school forest kitchen garden shop station village park field library office beach street"
_HAPPENS = {
    "sleep": "forest garden village park field beach office", "rest": "forest garden village park field beach",
    "wait": "market school shop station park office street", "swim": "", "run": "forest garden park field beach street",
    "cook": "kitchen garden village", "read": "library garden park office kitchen school station beach",
    "write": "library garden park office kitchen school", "eat": "kitchen garden park market school office beach",
    "drink": "kitchen garden park market school office beach", "carry": "market street village station",
    "repair": "garden street village", "wash": "kitchen garden village", "open": "kitchen office shop school",
    "close": "kitchen office shop school", "break": "kitchen office shop school", "draw": "park garden school library",
    "build": "forest garden village field",
    "follow": "forest park market street village", "give": "market school garden park office village street",
    "receive": "market school garden park office village street", "sell": "market shop street village",
    "buy": "market shop street village", "lend": "school village library office",
    "borrow": "school village library office", "show": "market school garden park office village street",
}  # fmt: skip
_GOALS = "market school forest kitchen garden shop station village park field library office beach"
_WORKPLACES = "market school shop village field library office garden kitchen"
# What can go on for a while, so that it can be going on now.
_ONGOING = frozenset((
    "sleep", "rest", "wait", "swim", "run", "laugh", "cry", "sing", "dance", "eat", "drink", "cook", "read",
    "write", "carry", "repair", "wash", "draw", "build", "help", "follow", "call", "travel", "live", "work",
    "study", "love", "show"
))  # fmt: skip
# Verb -> nouns that are not natural as its object although their class allows them.
_ODD_OBJECTS = {
    "lose": "chair table bread cheese rice meat soup water milk tea coffee egg cake fish apple banana orange flower",
    "find": "chair table bread cheese rice meat soup water milk tea coffee cake",
    "hide": "rice soup water milk tea coffee table chair fish",
    "send": "chair table soup water milk tea coffee egg cake fish rice meat bread cheese apple banana orange",
    "give": "house", "receive": "house soup",
    "see": "window door",
}  # fmt: skip
_EATEN_BY_ANIMALS = frozenset(("apple", "bread", "rice", "fish", "banana", "cake", "meat"))
_DRUNK_BY_ANIMALS = frozenset(("water", "milk"))
_WITH_GENERAL_WORD = frozenset(("animal", "fruit", "vehicle"))
_SWIMMERS = frozenset(("dog", "horse", "cow", "fish"))
_COUNTED = frozenset((
    "eat", "see", "find", "lose", "carry", "wash", "repair", "break", "draw", "build", "give", "receive", "sell",
    "buy", "send", "show", "cook"
))  # fmt: skip
_TENSES: tuple[Tense, ...] = ("past", "past", "past", "future", "present")


class Drawing:
    """Draws phrases and clauses.

    Attributes:
        random: Where chance comes from.
        pool: The split whose sentences are drawn; see `fits`.
        held_out: Whether held-out words and constructions may be drawn.
    """

    def __init__(self, random: Random, pool: Pool, held_out: bool) -> None:
        self.random = random
        self.pool = pool
        self.held_out = held_out
        self.words = Vocabulary(held_out)

    def chance(self, share: float) -> bool:
        """True in a share of the cases."""
        return self.random.random() < share

    def one_of(self, items: Sequence[_Item]) -> _Item:
        """Any of the items."""
        return items[self.random.randrange(len(items))]

    def person(self, *but: object) -> Person:
        """Somebody else than these."""
        while True:
            person = Person(self.one_of(self.words.people))
            if person not in but:
                return person

    def city(self, *but: object) -> City:
        """Another city than these."""
        while True:
            city = City(self.one_of(self.words.cities))
            if city not in but:
                return city

    def country(self) -> Country:
        """The country of a city that may be drawn."""
        return Country(CITIES[self.one_of(self.words.cities)])

    def organization(self, sort: str = "") -> Organization:
        """An organization, of a sort if one is given."""
        return Organization(sort or self.one_of(ORGANIZATION_SORTS), self.one_of(self.words.organizations))

    def human(self, *but: Person) -> Noun:
        """The teacher, or Anna's brother."""
        noun = self.one_of(self.words.nouns_of("human"))
        if "kin" in NOUNS[noun]:
            return Noun(noun, owner=self.person(*but))
        return Noun(noun, definite=True)

    def animal(self, verb: str = "") -> Noun:
        """The cow: one that can do what the verb says."""
        animals = self.words.nouns_of("animal")
        if verb == "swim":
            animals = tuple(animal for animal in animals if animal in _SWIMMERS)
        else:
            animals = tuple(animal for animal in animals if animal != "fish" and (verb != "run" or animal != "bird"))
        return Noun(self.one_of(animals), definite=True)

    def actor(self, verb: str) -> Actor:
        """Who can do it: mostly one person."""
        rule = VERBS[verb]
        if rule.organization and self.chance(0.3):
            return self.organization()
        if rule.animal and self.chance(0.2):
            return self.animal(verb)
        if self.chance(0.15):
            return self.human()
        if self.chance(0.15) and (self.held_out or rule.frame != "transfer"):
            first = self.person()
            return People(first, self.person(first))
        return self.person()

    def dressed(self, noun: str, *people: object, counted: bool = False) -> Noun:
        """The noun with or without article, quality, number and owner; none of the people is the owner."""
        qualities = self.words.qualities_of(noun)
        quality = self.one_of(qualities) if qualities and self.chance(0.3) else None
        whole = not NOUNS[noun] & {"mass", "food"}
        if counted and "mass" not in NOUNS[noun] and self.chance(0.25):
            return Noun(noun, quality, count=self.random.randrange(2, 7))
        if whole and self.chance(0.15):
            return Noun(noun, quality, owner=self.person(*people))
        return Noun(noun, quality, definite=self.chance(0.5))

    def thing_done_to(self, verb: str, subject: Actor) -> Thing:
        """What the verb can be done to."""
        kinds = VERBS[verb].takes.split()
        people = (subject, *((subject.first, subject.second) if isinstance(subject, People) else ()))
        beast = isinstance(subject, Noun) and "animal" in NOUNS[subject.noun]
        others = [kind for kind in ("person", "city", "organization") if kind in kinds]
        if others and (len(others) == len(kinds) or self.chance(0.4)):
            match self.one_of(others):
                case "city":
                    return self.city()
                case "organization":
                    return self.organization()
                case _:
                    return self.human() if self.chance(0.2) else self.person(*people)
        odd = _ODD_OBJECTS.get(verb, "").split()
        nouns = [noun for noun in self.words.nouns_of(VERBS[verb].takes) if noun not in odd]
        general = sorted({GENERAL[kind] for noun in nouns for kind in NOUNS[noun] & _WITH_GENERAL_WORD})
        if general and not beast and self.chance(0.06):
            return Noun(self.one_of(general), definite=self.chance(0.5))
        if beast:
            nouns = [noun for noun in nouns if _suits_animals(verb, noun) and noun != getattr(subject, "noun", "")]
        if verb == "love":
            return Noun(self.one_of(nouns), owner=self.person(*people))
        return self.dressed(self.one_of(nouns), *people, counted=verb in _COUNTED and not beast)

    def place(self, verb: str) -> Place | None:
        """Where it happens or, of motion, where it leads."""
        if VERBS[verb].frame == "motion":
            return self._goal(verb)
        if VERBS[verb].frame == "stay":
            return self._haunt(verb)
        if verb in _PLACELESS:
            return None
        if self.chance(0.35):
            return self._region(0.3)
        nouns = _HAPPENS.get(verb, _ANYWHERE)
        return self._place_noun(nouns) if nouns else None

    def _goal(self, verb: str) -> Place:
        if verb == "travel":
            return self._region(0.4)
        return self.city() if self.chance(0.35) else self._place_noun(_GOALS)

    def _haunt(self, verb: str) -> Place:
        """Where somebody lives, works or studies."""
        if verb == "live":
            return Noun("village", definite=True) if self.chance(0.1) else self._region(0.3)
        if self.chance(0.4):
            return self.organization("" if verb == "work" else "university")
        nouns = _WORKPLACES if verb == "work" else "library school"
        return self.city() if self.chance(0.4) else self._place_noun(nouns)

    def _region(self, share: float) -> City | Country:
        return self.country() if self.chance(share) else self.city()

    def _place_noun(self, nouns: str) -> Noun:
        return Noun(self.one_of(self.words.nouns_of(nouns)), definite=True)

    def tense(self, verb: str) -> Tense:
        """A tense that suits the verb."""
        if verb in ("live", "love"):
            return "present" if self.chance(0.7) else "past"
        while True:
            tense = self.one_of(_TENSES)
            if tense != "present" or verb in _ONGOING:
                return tense

    def time(self, verb: str, tense: Tense) -> str | None:
        """A time that suits the tense, or none."""
        if verb in ("live", "love"):
            return None
        if verb in ("work", "study") and tense == "present":
            return self.one_of(("today", "now")) if self.chance(0.3) else None
        return self.one_of([time for time, tenses in TIMES.items() if tense in tenses])

    def event(self, verb: str = "", subject: Actor | None = None, tense: Tense | None = None) -> Event:
        """An event, of a verb if one is given; place and time come and go."""
        verb = verb or self.one_of(self.words.verbs)
        subject = subject or self.actor(verb)
        frame = VERBS[verb].frame
        thing = self.thing_done_to(verb, subject) if frame in ("object", "transfer") else None
        partner: Person | Noun | None = None
        if frame == "transfer":
            named = [subject] if isinstance(subject, Person) else []
            if isinstance(subject, People):
                named = [subject.first, subject.second]
            if isinstance(thing, Noun) and thing.owner:
                named.append(thing.owner)
            partner = self.human(*named) if self.chance(0.15) else self.person(*named)
            if isinstance(subject, Noun) and isinstance(partner, Noun) and subject.noun == partner.noun:
                partner = self.person(*named)
        tense = tense or self.tense(verb)
        place = self.place(verb) if frame in ("motion", "stay") or self.chance(0.35) else None
        time = self.time(verb, tense) if self.chance(0.45) else None
        return self.fronted(Event(verb, subject, thing, partner, place, time, tense))

    def fronted(self, event: Event) -> Event:
        """The event, perhaps with its time or its place first."""
        located = event.place is not None and VERBS[event.verb].has_free_place
        if self.held_out and located and self.chance(0.25):
            return replace(event, front="place")
        return replace(event, front="time") if event.time and self.chance(0.3) else event

    def state(self) -> State:
        """Somebody or something is in a state."""
        state = self.one_of(tuple(STATES))
        who = STATES[state]
        subject: Person | Noun
        if who in ("living", "human"):
            animal = who == "living" and self.chance(0.15)
            subject = self.animal() if animal else self.human() if self.chance(0.15) else self.person()
        else:
            subject = self.thing(self.words.nouns_of(who))
        return State(subject, state, "past" if self.chance(0.5) else "present")

    def thing(self, nouns: Sequence[str]) -> Noun:
        """The car, or Anna's car."""
        noun = self.one_of(nouns)
        return Noun(noun, owner=self.person()) if self.chance(0.4) else Noun(noun, definite=True)

    def quality(self) -> Quality:
        """Something has a quality."""
        quality = self.one_of(self.words.qualities)
        nouns = [noun for noun in self.words.nouns if quality in self.words.qualities_of(noun)]
        return Quality(self.thing([noun for noun in nouns if not NOUNS[noun] & {"general", "mass"}]), quality)

    def profession(self) -> Profession:
        """Somebody has a profession."""
        return Profession(self.person(), self.one_of(self.words.nouns_of("profession")))

    def comparison(self) -> Comparison:
        """Two persons or two things are compared."""
        comparison = self.one_of(tuple(COMPARISONS))
        if COMPARISONS[comparison][1] == "persons":
            first = self.person()
            if self.chance(0.15):
                standard = self.human(first)
                if standard.owner is None or self.held_out:
                    return Comparison(first, comparison, standard)
            return Comparison(first, comparison, self.person(first))
        group = self.one_of(_COMPARABLE[_DIMENSIONS[comparison]])
        nouns = self.random.sample(self.words.nouns_of(group), 2)
        if self.held_out and self.chance(0.4):
            owner = self.person()
            same = self.chance(0.5)
            return Comparison(
                Noun(nouns[0], owner=owner), comparison, Noun(nouns[0 if same else 1], owner=self.person(owner))
            )
        return Comparison(Noun(nouns[0], definite=True), comparison, Noun(nouns[1], definite=True))

    def possession(self) -> Possession:
        """Somebody has something."""
        nouns = self.words.nouns_of("animal vehicle readable house shirt hat knife cup key rope basket ring phone lamp")
        noun = self.one_of([noun for noun in nouns if noun != "message"])
        qualities = self.words.qualities_of(noun)
        quality = self.one_of(qualities) if qualities and self.chance(0.3) else None
        count = self.random.randrange(2, 7) if self.chance(0.3) else None
        return Possession(self.person(), Noun(noun, quality, count=count))

    def until_fitting(self, draw: Callable[[], Drawn | None]) -> Drawn | None:
        """What is drawn, again and again until it belongs to the split; None if that does not come about soon."""
        for _ in range(_TRIES):
            found = draw()
            if found is not None and self.fits(found):
                return found
        return None

    def fits(self, meaning: Statement | Question) -> bool:
        """Whether a sentence belongs to the split that is drawn."""
        return belongs(meaning, self.pool)


def _suits_animals(verb: str, noun: str) -> bool:
    if verb == "eat":
        return noun in _EATEN_BY_ANIMALS
    if verb == "drink":
        return noun in _DRUNK_BY_ANIMALS
    return "animal" in NOUNS[noun]


def negated(clause: ClauseType) -> ClauseType:
    """The clause, said not to be so; or, if it was, to be so."""
    return replace(clause, negated=not clause.negated)


def both(first: Clause, second: Clause) -> Linked:
    """Two clauses with "and"; nothing is fronted in the second."""
    return Linked(first, "and", replace(second, front=None) if isinstance(second, Event) else second)
