"""Draws passages with a question: all sentences resemble the one that answers it, and no other one does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from xstilts.mini.concepts import CITIES, FROM_THE_GIVER, GENERAL, NOUNS, VERBS, WIDER_TIMES
from xstilts.mini.drawing import Drawing, negated
from xstilts.mini.held_out import people_of
from xstilts.mini.meaning import (
    Asked,
    City,
    Clause,
    Country,
    Event,
    Noun,
    People,
    Person,
    Possession,
    Profession,
    Question,
)
from xstilts.mini.pools import key
from xstilts.mini.rows import Passage
from xstilts.mini.variation import converse, other_person, other_thing, other_verb, swapped

_ROLES = ("subject", "object", "partner", "place", "time")


def passage(drawing: Drawing, answerable: bool = True) -> Passage | None:
    """Four to six sentences and a question, or None where chance led nowhere.

    Args:
        drawing: Draws it.
        answerable: Whether one sentence answers the question; else each of them is almost about what is asked.
    """
    target = _target(drawing)
    asking = _question(drawing, target)
    if asking is None:
        return None
    question, part = asking
    if not drawing.fits(target) or not drawing.fits(question):
        return None
    text: list[Clause] = [target] if answerable else []
    keys = {key(target)}
    length = drawing.random.randrange(4, 7)
    for _ in range(80):
        if len(text) == length:
            break
        other = _other(drawing, target, question)
        if other is None or key(other) in keys or not drawing.fits(other) or may_answer(question, other):
            continue
        text.append(other)
        keys.add(key(other))
    else:
        return None
    drawing.random.shuffle(text)
    return Passage(tuple(text), question, text.index(target) if answerable else None, part)


def _target(drawing: Drawing) -> Clause:
    if drawing.chance(0.12):
        return drawing.possession()
    if drawing.chance(0.08):
        return drawing.profession()
    transfers = [verb for verb in drawing.words.verbs if VERBS[verb].frame == "transfer"]
    event = drawing.event(drawing.one_of(transfers) if drawing.chance(0.3) else "")
    if event.place is None and drawing.chance(0.4):
        event = replace(event, place=drawing.place(event.verb))
    if event.time is None and drawing.chance(0.4):
        event = replace(event, time=drawing.time(event.verb, event.tense))
    return event


def _question(drawing: Drawing, target: Clause) -> tuple[Question, str] | None:
    """A question that the target answers, and the part of the target that is the answer."""
    match target:
        case Profession():
            return Question(target, "noun"), "noun"
        case Possession():
            asked: Asked = "count" if target.thing.count and drawing.chance(0.6) else "thing"
            return Question(target, asked), "thing"
        case Event():
            return _event_question(drawing, target)
        case _:
            raise AssertionError(f"there is no question about {target}")


def _event_question(drawing: Drawing, target: Event) -> tuple[Question, str] | None:
    event = replace(target, front=None)
    if drawing.chance(0.3):
        other = converse(drawing, event)
        event = other if isinstance(other, Event) else event
    possible = _askable(event)
    if not possible:
        return None
    asked = drawing.one_of(possible)
    part = part_that_answers(Question(event, asked), target)
    if asked != "time" and drawing.chance(0.6):
        event = replace(event, time=None)
    if asked != "place" and VERBS[event.verb].has_free_place and drawing.chance(0.6):
        event = replace(event, place=None)
    if asked not in ("object", "count") and isinstance(event.object, Noun) and not event.object.count:
        event = replace(event, object=replace(event.object, definite=event.object.owner is None))
    return Question(event, asked), part


def part_that_answers(question: Question, clause: Clause) -> str:
    """The field of a clause that holds what a question asks for, if the clause answers it."""
    asked = question.clause
    if not isinstance(asked, Event) or not isinstance(clause, Event):
        return {"count": "thing"}.get(question.asked, question.asked)
    role = _role(question)
    if (asked.verb in FROM_THE_GIVER) != (clause.verb in FROM_THE_GIVER):
        return _OTHER_SIDE.get(role, role)
    if VERBS[asked.verb].symmetric and role in _OTHER_END:
        given = _OTHER_END[role]
        return role if _may_be_same(getattr(asked, given), getattr(clause, given)) else given
    return role


_OTHER_SIDE = {"subject": "partner", "partner": "subject"}
_OTHER_END = {"subject": "object", "object": "subject"}


def _role(question: Question) -> str:
    """The field of an event that a question asks for."""
    return "object" if question.asked == "count" else question.asked


def _askable(event: Event) -> list[Asked]:
    found: list[Asked] = []
    if isinstance(event.subject, Person):
        found.append("subject")
    match event.object:
        case Noun(count=int()):
            found += ["object", "count", "count"]
        case Noun() if "human" not in NOUNS[event.object.noun]:
            found.append("object")
        case Person():
            found.append("object")
    if isinstance(event.partner, Person):
        found += ["partner", "partner"]
    if event.place is not None:
        found += ["place", "place"]
    if event.time is not None:
        found.append("time")
    return found


def _other(drawing: Drawing, target: Clause, question: Question) -> Clause | None:
    """A sentence that has much in common with the target."""
    if drawing.chance(0.15):
        return drawing.one_of((drawing.event, drawing.possession, drawing.profession, drawing.state))()  # type: ignore[operator,no-any-return]
    other: Clause | None = target
    if isinstance(target, Possession | Profession):
        other = other_person(drawing, target)
        return _otherwise(drawing, other) if other is not None and drawing.chance(0.7) else other
    for _ in range(drawing.random.randrange(1, 3)):
        if other is not None:
            changes = (other_person, other_person, other_person, other_thing, other_verb, swapped, _elsewhere, _then)
            other = drawing.one_of(changes)(drawing, other)
    if other is not None and drawing.chance(0.12):
        other = negated(other)
    if isinstance(other, Event):
        other = drawing.fronted(replace(other, front=None))
        if drawing.chance(0.15):
            turned = converse(drawing, other)
            other = turned if isinstance(turned, Event) else other
    return other


def _otherwise(drawing: Drawing, clause: Clause) -> Clause | None:
    """The same person with another thing or another profession."""
    if isinstance(clause, Profession):
        return replace(clause, noun=drawing.one_of(drawing.words.nouns_of("profession")))
    return other_thing(drawing, clause)


def _elsewhere(drawing: Drawing, clause: Clause) -> Clause | None:
    """The same at another place, or anywhere."""
    if not isinstance(clause, Event):
        return None
    place = drawing.place(clause.verb)
    return replace(clause, place=place, front=None) if place is not None and place != clause.place else None


def _then(drawing: Drawing, clause: Clause) -> Clause | None:
    """The same at another time."""
    if not isinstance(clause, Event):
        return None
    return replace(clause, time=drawing.time(clause.verb, clause.tense), front=None)


def may_answer(question: Question, clause: Clause) -> bool:
    """Whether a sentence could be taken for an answer; what it leaves open counts as possible."""
    asked = question.clause
    if isinstance(asked, Possession):
        mine = asked.owner in people_of(clause)
        return mine and (not isinstance(clause, Possession) or _may_be_had(question, clause))
    if isinstance(asked, Profession):
        return isinstance(clause, Profession) and clause.subject == asked.subject
    if not isinstance(clause, Event) or clause.negated:
        return False
    verb, wanted = _roles(asked)
    its_verb, found = _roles(clause)
    role = _role(question)
    if asked.verb in FROM_THE_GIVER:
        role = _OTHER_SIDE.get(role, role)
    if verb != its_verb:
        return False
    given = {name: phrase for name, phrase in wanted.items() if phrase is not None and name != role}
    if question.asked == "count":
        given["object"] = replace(asked.object, count=None)  # type: ignore[type-var]
    readings = [found]
    if VERBS[verb].symmetric:
        readings.append({**found, "subject": found["object"], "object": found["subject"]})
    return any(_agrees(reading, role, given) for reading in readings)


def _agrees(found: Mapping[str, object], role: str, given: Mapping[str, object]) -> bool:
    """Whether an event tells what is asked, and may be the one that is asked about."""
    if found[role] is None:
        return False
    return all(found[name] is None or _may_be_same(phrase, found[name]) for name, phrase in given.items())


def _may_be_had(question: Question, clause: Possession) -> bool:
    assert isinstance(question.clause, Possession)
    return question.asked == "thing" or _may_be_same(replace(question.clause.thing, count=None), clause.thing)


def _roles(event: Event) -> tuple[str, dict[str, object]]:
    roles: dict[str, object] = {name: getattr(event, name) for name in _ROLES}
    if event.verb in FROM_THE_GIVER:
        roles["subject"], roles["partner"] = roles["partner"], roles["subject"]
    return FROM_THE_GIVER.get(event.verb, event.verb), roles


def _may_be_same(one: object, other: object) -> bool:
    if isinstance(one, Noun) and isinstance(other, Noun):
        return _nouns_may_be_same(one, other)
    if isinstance(one, People) or isinstance(other, People):
        return bool(_members(one) & _members(other))
    return one == other or _contains(one, other) or _contains(other, one)


def _members(phrase: object) -> set[object]:
    return {phrase.first, phrase.second} if isinstance(phrase, People) else {phrase}


def _contains(wide: object, narrow: object) -> bool:
    if isinstance(wide, Country) and isinstance(narrow, City):
        return CITIES[narrow.name] == wide.name
    return isinstance(narrow, str) and WIDER_TIMES.get(narrow) == wide


def _nouns_may_be_same(one: Noun, other: Noun) -> bool:
    general = {GENERAL[kind] for kind in NOUNS[one.noun] | NOUNS[other.noun] if kind in GENERAL}
    related = one.noun == other.noun or bool({one.noun, other.noun} & general)
    pairs = ((one.adjective, other.adjective), (one.owner, other.owner), (one.count, other.count))
    return related and all(None in pair or pair[0] == pair[1] for pair in pairs)
