"""What can be changed in a statement: into the same in other words, into less, into something else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from xstilts.mini.concepts import (
    ABSOLUTE,
    CITIES,
    COLORS,
    COMPARISONS,
    GENERAL,
    NOUNS,
    QUALITIES,
    VERBS,
    WIDER_TIMES,
)
from xstilts.mini.drawing import Drawing
from xstilts.mini.meaning import (
    City,
    Clause,
    Comparison,
    Country,
    Event,
    Linked,
    Noun,
    People,
    Person,
    Possession,
    Profession,
    Quality,
    State,
    Statement,
)

# Verbs of one line are so near to each other that changing one for another may change nothing, or too much.
_NEAR_VERBS = (
    "sleep rest wait", "swim run", "laugh cry sing dance", "eat drink cook", "read write send draw show",
    "see find lose carry hide follow", "repair wash break build", "open close", "visit meet see call help love follow",
    "give receive sell buy lend borrow send show", "go travel return arrive", "live work study",
)  # fmt: skip


def in_other_words(drawing: Drawing, statement: Statement) -> Statement | None:
    """The same from the other side or in another order, or None if there is no other way to say it."""
    ways = [way(drawing, statement) for way in (converse, reordered, moved)]
    found = [other for other in ways if other is not None]
    return drawing.one_of(found) if found else None


def converse(drawing: Drawing, statement: Statement) -> Statement | None:
    """The same from the other side: who gives makes receive, and who meets somebody is met."""
    match statement:
        case Event(subject=Person() | Noun() as subject, object=Person() | Noun() as thing) if VERBS[
            statement.verb
        ].symmetric:
            return replace(statement, subject=thing, object=subject)
        case Event(partner=Person() | Noun() as partner, subject=Person() | Noun() as subject):
            other = VERBS[statement.verb].converse
            if other not in drawing.words.verbs:
                return None
            return replace(statement, verb=other, subject=partner, partner=subject)
        case Comparison():
            other = COMPARISONS[statement.comparison][0]
            return Comparison(statement.standard, other, statement.subject, statement.negated)
        case _:
            return None


def reordered(drawing: Drawing, statement: Statement) -> Statement | None:
    """The same with two persons or two clauses in the other order."""
    match statement:
        case Event(subject=People(first, second)):
            return replace(statement, subject=People(second, first))
        case Linked(link="and"):
            return Linked(statement.second, "and", statement.first)
        case Linked(link="because") if drawing.held_out:
            return replace(statement, reason_first=not statement.reason_first)
        case _:
            return None


def moved(drawing: Drawing, statement: Statement) -> Statement | None:
    """The same with the time or, where that may be drawn, the place at the start or not at the start any more."""
    if not isinstance(statement, Event):
        return None
    if statement.front:
        return replace(statement, front=None)
    located = statement.place is not None and VERBS[statement.verb].has_free_place
    if drawing.held_out and located and (statement.time is None or drawing.chance(0.5)):
        return replace(statement, front="place")
    return replace(statement, front="time") if statement.time else None


def less(drawing: Drawing, clause: Clause) -> Clause | None:
    """Something that follows from a clause and says less; from its denial the clause's denial follows.

    A number is exact, so of what is counted nothing is left out: who eats two red apples may eat three apples.
    """
    ways = (_vaguer_subject,) if is_counted(clause) else _WAYS_TO_SAY_LESS
    found = [other for other in (way(clause) for way in ways) if other is not None]
    return drawing.one_of(found) if found else None


def is_counted(clause: Clause) -> bool:
    """Whether a clause says how many things something is done to, or somebody has."""
    match clause:
        case Event(object=Noun(count=int())) | Possession(thing=Noun(count=int())):
            return True
        case _:
            return False


def _without_time(clause: Clause) -> Clause | None:
    if not isinstance(clause, Event) or clause.time is None or clause.tense == "present":
        return None
    return replace(clause, time=None, front=clause.front if clause.front == "place" else None)


def _without_place(clause: Clause) -> Clause | None:
    if not isinstance(clause, Event) or clause.place is None or not VERBS[clause.verb].has_free_place:
        return None
    return replace(clause, place=None, front=clause.front if clause.front == "time" else None)


def _plainer(clause: Clause) -> Clause | None:
    match clause:
        case Event(object=Noun(adjective=str()) as thing):
            return replace(clause, object=replace(thing, adjective=None))
        case Possession(thing=Noun(adjective=str()) as thing):
            return replace(clause, thing=replace(thing, adjective=None))
        case _:
            return None


def general(noun: Noun) -> Noun | None:
    """The animal for the dog, and for the big dog too; None if there is no such word."""
    names = [GENERAL[kind] for kind in sorted(NOUNS[noun.noun]) if kind in GENERAL]
    kept = noun.adjective if noun.adjective in ABSOLUTE else None
    return replace(noun, noun=names[0], adjective=kept) if names else None


def _vaguer_object(clause: Clause) -> Clause | None:
    match clause:
        case Event(object=Noun() as thing):
            vague = general(thing)
            return replace(clause, object=vague) if vague else None
        case Possession(thing=Noun() as thing):
            vague = general(thing)
            return replace(clause, thing=vague) if vague else None
        case _:
            return None


def _vaguer_subject(clause: Clause) -> Clause | None:
    if isinstance(clause, Event | State) and isinstance(clause.subject, Noun):
        vague = general(clause.subject)
        return replace(clause, subject=vague) if vague else None
    return None


def _wider_place(clause: Clause) -> Clause | None:
    if not isinstance(clause, Event) or not isinstance(clause.place, City):
        return None
    if clause.verb not in ("live", "travel") and not VERBS[clause.verb].has_free_place:
        return None
    return replace(clause, place=Country(CITIES[clause.place.name]))


def _wider_time(clause: Clause) -> Clause | None:
    if not isinstance(clause, Event) or clause.tense == "present" or clause.time not in WIDER_TIMES:
        return None
    return replace(clause, time=WIDER_TIMES[clause.time])


_WAYS_TO_SAY_LESS: tuple[Callable[[Clause], Clause | None], ...] = (
    _without_time, _without_place, _plainer, _vaguer_object, _vaguer_subject, _wider_place, _wider_time,
)  # fmt: skip


def apart(drawing: Drawing, clause: Clause) -> Clause | None:
    """Something that cannot be so as well."""
    other: Clause | None = None
    match clause:
        case Event(verb="live", tense="present", place=City() | Country() as place):
            other = replace(clause, place=_other_country(drawing, place))
        case Event(object=Noun(count=int()) as thing):
            other = replace(clause, object=_other_number(drawing, thing))
        case Possession(thing=Noun(count=int()) as thing):
            other = replace(clause, thing=_other_number(drawing, thing))
        case Profession():
            others = [noun for noun in drawing.words.nouns_of("profession") if noun != clause.noun]
            other = replace(clause, noun=drawing.one_of(others))
        case Comparison() if drawing.chance(0.5):
            other = replace(clause, comparison=COMPARISONS[clause.comparison][0])
        case Comparison():
            other = replace(clause, subject=clause.standard, standard=clause.subject)
        case Quality() if opposite(clause.quality) in drawing.words.qualities:
            other = replace(clause, quality=opposite(clause.quality))
    return other


def _other_country(drawing: Drawing, place: City | Country) -> City | Country:
    """A place in another country: for a city a city, for a country a city or a country."""
    country = CITIES[place.name] if isinstance(place, City) else place.name
    while True:
        city = drawing.city()
        if CITIES[city.name] != country:
            return city if isinstance(place, City) or drawing.chance(0.5) else Country(CITIES[city.name])


def opposite(quality: str) -> str:
    """The quality's opposite; the empty string if it has none."""
    return QUALITIES[quality][0]


def _other_number(drawing: Drawing, noun: Noun) -> Noun:
    return replace(noun, count=drawing.one_of([count for count in range(2, 7) if count != noun.count]))


Change = Callable[[Drawing, Clause], Clause | None]


def swapped(_: Drawing, clause: Clause) -> Clause | None:
    """Who did it and to whom, exchanged; None where that would say the same."""
    match clause:
        case Event(subject=Person() | Noun() as subject, partner=Person() | Noun() as partner):
            return replace(clause, subject=partner, partner=subject)
        case Event(subject=Person() as subject, object=Person() as thing) if not VERBS[clause.verb].symmetric:
            return replace(clause, subject=thing, object=subject)
        case Event(subject=Person() as subject, object=Noun(owner=Person() as owner) as thing):
            return replace(clause, subject=owner, object=replace(thing, owner=subject))
        case _:
            return None


def turned(drawing: Drawing, clause: Clause) -> Clause | None:
    """The verb of the other side with nobody exchanged: Anna receives from Omar what she gave to him."""
    if isinstance(clause, Event) and VERBS[clause.verb].converse in drawing.words.verbs:
        return replace(clause, verb=VERBS[clause.verb].converse)
    return None


def other_verb(drawing: Drawing, clause: Clause) -> Clause | None:
    """Something else that was done to the same."""
    if not isinstance(clause, Event) or clause.tense == "present":
        return None
    near = {verb for line in _NEAR_VERBS for verb in line.split() if clause.verb in line.split()}
    frame = VERBS[clause.verb].frame
    candidates = [verb for verb in drawing.words.verbs if verb not in near and VERBS[verb].frame == frame]
    fitting = [verb for verb in candidates if _fits_verb(verb, clause)]
    return replace(clause, verb=drawing.one_of(fitting)) if fitting else None


def _fits_verb(verb: str, event: Event) -> bool:
    rule = VERBS[verb]
    if isinstance(event.subject, Noun) and "animal" in NOUNS[event.subject.noun]:
        return False
    kinds = set(rule.takes.split())
    match event.object:
        case None:
            return verb not in ("swim", "run") or event.place is None
        case Noun():
            return bool(NOUNS[event.object.noun] & kinds) or event.object.noun in kinds
        case Person():
            return "person" in kinds
        case _:
            return False


def other_person(drawing: Drawing, clause: Clause) -> Clause | None:
    """The same of somebody else."""
    other: Clause | None = None
    match clause:
        case Event(subject=Person() as subject, partner=Person() as partner) if drawing.chance(0.5):
            other = replace(clause, partner=drawing.person(subject, partner))
        case Event(subject=Person() as subject, object=Person() as thing) if drawing.chance(0.5):
            other = replace(clause, object=drawing.person(subject, thing))
        case Event(subject=Person() as subject):
            other = replace(clause, subject=drawing.person(subject, clause.object, clause.partner))
        case Profession() | State(subject=Person()):
            other = replace(clause, subject=drawing.person(clause.subject))
        case Possession():
            other = replace(clause, owner=drawing.person(clause.owner))
        case Comparison(subject=Person() as subject):
            other = replace(clause, standard=drawing.person(subject, clause.standard))
    return other


def other_thing(drawing: Drawing, clause: Clause) -> Clause | None:
    """The same of another thing."""
    match clause:
        case Event(object=Noun() as thing):
            nouns = drawing.words.nouns_of(VERBS[clause.verb].takes)
            noun = _other_noun(drawing, thing, nouns)
            return replace(clause, object=noun) if noun else None
        case Possession(thing=Noun() as thing):
            noun = _other_noun(drawing, thing, drawing.words.nouns_of("animal vehicle book key shirt"))
            return replace(clause, thing=noun) if noun else None
        case _:
            return None


def _other_noun(drawing: Drawing, noun: Noun, nouns: tuple[str, ...]) -> Noun | None:
    if "general" in NOUNS[noun.noun]:
        return None
    mass = "mass" in NOUNS[noun.noun]
    alike = [other for other in nouns if other != noun.noun and ("mass" in NOUNS[other]) == mass]
    related = {GENERAL[kind] for kind in NOUNS[noun.noun] if kind in GENERAL}
    fitting = [
        other
        for other in alike
        if (noun.adjective is None or noun.adjective in drawing.words.qualities_of(other)) and other not in related
    ]
    return replace(noun, noun=drawing.one_of(fitting)) if fitting else None


def other_tense(_: Drawing, clause: Clause) -> Clause | None:
    """What will be instead of what was."""
    match clause:
        case Event(tense="past", time=None, verb=verb) if verb not in ("live", "love"):
            return replace(clause, tense="future")
        case Event(tense="future", time=None, verb=verb) if verb not in ("live", "love"):
            return replace(clause, tense="past")
        case _:
            return None


def other_quality(drawing: Drawing, clause: Clause) -> Clause | None:
    """Something else that is said of the same."""
    match clause:
        case Quality():
            taken = {clause.quality, opposite(clause.quality)} | (COLORS if clause.quality in COLORS else set())
            fitting = [name for name in drawing.words.qualities_of(clause.subject.noun) if name not in taken]
            return replace(clause, quality=drawing.one_of(fitting)) if fitting else None
        case Comparison():
            compared = COMPARISONS[clause.comparison][1]
            taken = {clause.comparison, COMPARISONS[clause.comparison][0]}
            names = [name for name, (_, kind) in COMPARISONS.items() if kind == compared and name not in taken]
            if compared == "things":
                names = [name for name in names if {name, clause.comparison} <= _SIZE_AND_PRICE]
            return replace(clause, comparison=drawing.one_of(names)) if names else None
        case _:
            return None


_SIZE_AND_PRICE = frozenset(("more expensive", "cheaper", "heavier", "lighter"))

# What neither follows nor is excluded.
OPEN_CHANGES: tuple[Change, ...] = (
    swapped, swapped, swapped, turned, turned, other_verb, other_person, other_thing, other_tense, other_quality,
    other_quality,
)  # fmt: skip
