"""Decides from two meanings alone whether one statement entails the other, contradicts it, or neither.

A statement becomes facts: a predicate with roles, which holds or not. A hypothesis is entailed if each of its facts
is, and contradicted if the denial of one of them is entailed. The rules:

- A fact entails what says less: without its time, place or quality, of an animal instead of a dog, in Germany instead
  of in Berlin, today instead of this morning. A denial entails the denial of what says more. A white dog is a white
  animal, but a big fish is no big animal: only colors and beauty are what they are by themselves.
- Who gives makes receive, and so with sell and buy, lend and borrow, older and younger; comparisons are transitive.
  Who meets somebody is met.
- Where two persons sleep, go or live, and whom they meet or help, each of them does; what they do not do neither
  does. What they do to a thing they may have done together.
- A number is exact: of two red apples in the morning nothing follows for two apples, nor for two during the day.
- A person lives in one place and has one profession. Opposite qualities exclude each other.
- Somebody whose car is broken, or red, has a car, a red one.
- Articles say nothing, since not every language has them. "Now" adds nothing to the present.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from xstilts.mini.concepts import CITIES, COMPARISONS, GENERAL, NOUNS, QUALITIES, VERBS
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

Label = Literal["entailment", "neutral", "contradiction"]

_FROM_THE_RECEIVER = {"receive": "give", "buy": "sell", "borrow": "lend"}
_CONTAINED_TIMES = {"this morning": "today", "tonight": "today"}
_ABSOLUTE = frozenset(("red", "white", "black", "green", "beautiful"))
_ESSENTIAL = frozenset(("subject", "object", "partner", "standard"))


@dataclass(frozen=True)
class _Fact:
    kind: str
    predicate: str
    roles: tuple[tuple[str, object], ...]
    tense: str = "present"
    holds: bool = True

    @property
    def by_role(self) -> Mapping[str, object]:
        return dict(self.roles)

    def denied(self) -> _Fact:
        return replace(self, holds=not self.holds)


def decide(premise: Statement, hypothesis: Statement) -> Label:
    """What follows for the hypothesis from the truth of the premise."""
    known = _consequences(_facts(premise))
    claims = _facts(hypothesis)
    if all(_follows(claim, known) for claim in claims):
        return "entailment"
    if any(_follows(claim.denied(), known) for claim in claims):
        return "contradiction"
    return "neutral"


def same_meaning(first: Statement, second: Statement) -> bool:
    """Whether each entails the other."""
    return decide(first, second) == decide(second, first) == "entailment"


def _follows(claim: _Fact, known: Iterable[_Fact]) -> bool:
    return any(_implies(fact, claim) for fact in known)


def _facts(statement: Statement) -> list[_Fact]:
    if not isinstance(statement, Linked):
        return _clause_facts(statement)
    first, second = _clause_facts(statement.first), _clause_facts(statement.second)
    facts = [*first, *second]
    if statement.link == "because":
        facts.append(_Fact("because", "because", (("subject", frozenset(first)), ("object", frozenset(second)))))
    return facts


def _clause_facts(clause: Clause) -> list[_Fact]:
    match clause:
        case Event():
            return _event_facts(clause)
        case State():
            return [_fact("state", clause.state, clause.negated, clause.tense, subject=clause.subject)]
        case Quality():
            return [_fact("quality", clause.quality, clause.negated, subject=clause.subject)]
        case Profession():
            return [_fact("profession", clause.noun, clause.negated, subject=clause.subject)]
        case Possession():
            return [_fact("possession", "have", clause.negated, subject=clause.owner, object=clause.thing)]
        case Comparison():
            converse = COMPARISONS[clause.comparison][0]
            ends = (clause.subject, clause.standard)
            name, (more, less) = min((clause.comparison, ends), (converse, ends[::-1]), key=lambda pair: pair[0])
            return [_fact("comparison", name, clause.negated, subject=more, standard=less)]


def _fact(kind: str, predicate: str, negated: bool, tense: str = "present", **roles: object) -> _Fact:
    filled = tuple((role, _plain(phrase)) for role, phrase in sorted(roles.items()) if phrase is not None)
    return _Fact(kind, predicate, filled, tense, not negated)


def _plain(phrase: object) -> object:
    """The phrase without what does not count: its article, and the order of two persons."""
    if isinstance(phrase, Noun):
        return replace(phrase, definite=False)
    if isinstance(phrase, People):
        return frozenset((phrase.first, phrase.second))
    return phrase


def _event_facts(event: Event) -> list[_Fact]:
    subject, verb, partner = event.subject, event.verb, event.partner
    each = [subject]
    if isinstance(subject, People) and _is_done_by_each(event):
        each = [subject.first, subject.second]
    time = None if event.tense == "present" and event.time in ("now", "today") else event.time
    facts = []
    for one in each:
        agent, other, name = one, partner, verb
        if verb in _FROM_THE_RECEIVER:
            name = _FROM_THE_RECEIVER[verb]
            assert VERBS[name].converse == verb
            agent, other = partner, one  # type: ignore[assignment]
        roles = {"subject": agent, "object": event.object, "partner": other, "place": event.place, "time": time}
        facts.append(_fact("event", name, event.negated, event.tense, **roles))
        if VERBS[verb].symmetric:
            met = {**roles, "subject": event.object, "object": agent}
            facts.append(_fact("event", name, event.negated, event.tense, **met))
    return facts


def _is_done_by_each(event: Event) -> bool:
    """Whether what two do together each of them does."""
    match event.object:
        case None:
            return True
        case Noun():
            return bool(NOUNS[event.object.noun] & {"human"}) or event.object.noun == "person"
        case _:
            return isinstance(event.object, Person)


def _consequences(facts: list[_Fact]) -> list[_Fact]:
    """The facts, and those that follow from several of them or from what one of them takes for granted."""
    known = [*facts, *(own for fact in facts for own in _owned(fact))]
    orders = {(fact.predicate, fact.by_role["subject"], fact.by_role["standard"]) for fact in _comparisons(facts)}
    while True:
        further = {(a[0], a[1], b[2]) for a in orders for b in orders if a[0] == b[0] and a[2] == b[1]} - orders
        if not further:
            break
        orders |= further
    known += [_Fact("comparison", name, (("standard", less), ("subject", more))) for name, more, less in orders]
    return known


def _comparisons(facts: list[_Fact]) -> list[_Fact]:
    return [fact for fact in facts if fact.kind == "comparison" and fact.holds]


def _owned(fact: _Fact) -> list[_Fact]:
    """What somebody has, of whose thing it is said what it is like."""
    thing = fact.by_role.get("subject")
    suitable = fact.holds and fact.tense == "present" and fact.kind in ("state", "quality")
    if not suitable or not isinstance(thing, Noun) or thing.owner is None:
        return []
    plain = replace(thing, owner=None)
    things = [plain]
    if fact.kind == "quality" and thing.adjective is None:
        things.append(replace(plain, adjective=fact.predicate))
    return [_fact("possession", "have", False, subject=thing.owner, object=each) for each in things]


def _implies(fact: _Fact, claim: _Fact) -> bool:
    if fact.holds and claim.holds:
        return _says_no_less(fact, claim)
    if not fact.holds and not claim.holds:
        return _says_no_less(claim, fact)
    return fact.holds and _excludes(fact, claim)


def _says_no_less(more: _Fact, less: _Fact) -> bool:
    if (more.kind, more.predicate, more.tense) != (less.kind, less.predicate, less.tense):
        return False
    roles, fewer = more.by_role, less.by_role
    if not fewer.keys() <= roles.keys() or (roles.keys() - fewer.keys()) & _ESSENTIAL:
        return False
    if more.kind in ("comparison", "because"):
        return roles == fewer
    if _is_counted(roles.get("object")) and any(
        roles[role] != fewer.get(role) for role in ("object", "place", "time") if role in roles
    ):
        return False
    return all(_covers(fewer[role], roles[role]) for role in fewer)


def _is_counted(phrase: object) -> bool:
    return isinstance(phrase, Noun) and phrase.count is not None


def _covers(wide: object, narrow: object) -> bool:
    """Whether everything that the narrow phrase speaks of the wide one speaks of too."""
    if wide == narrow:
        return True
    if isinstance(narrow, City) and isinstance(wide, Country):
        return CITIES[narrow.name] == wide.name
    if isinstance(narrow, Noun) and isinstance(wide, Noun):
        return _noun_covers(wide, narrow)
    return isinstance(narrow, str) and _CONTAINED_TIMES.get(narrow) == wide


def _noun_covers(wide: Noun, narrow: Noun) -> bool:
    general = wide.noun in {GENERAL[kind] for kind in NOUNS[narrow.noun] if kind in GENERAL}
    if wide.count is not None or narrow.count is not None:
        return False
    if wide.noun != narrow.noun and not (general and (wide.adjective is None or wide.adjective in _ABSOLUTE)):
        return False
    return wide.adjective in (None, narrow.adjective) and wide.owner in (None, narrow.owner)


def _excludes(fact: _Fact, claim: _Fact) -> bool:
    """Whether two things cannot both be so."""
    if (fact.kind, fact.tense) != (claim.kind, claim.tense):
        return False
    roles, others = fact.by_role, claim.by_role
    same, verdict = fact.predicate == claim.predicate, False
    match fact.kind:
        case "comparison":
            verdict = same and (roles["subject"], roles["standard"]) == (others["standard"], others["subject"])
        case "quality":
            verdict = QUALITIES[fact.predicate][0] == claim.predicate and roles == others
        case "profession":
            verdict = not same and roles == others
        case "event" if same and fact.predicate == "live":
            here = fact.tense == "present" and roles["subject"] == others["subject"]
            verdict = here and _apart(roles["place"], others["place"])
        case "event" | "possession":
            verdict = _differ_in_number(fact, claim)
    return verdict


def _apart(one: object, other: object) -> bool:
    """Whether two places have nothing in common."""
    if isinstance(one, City) and isinstance(other, City):
        return one != other
    if not isinstance(one, City | Country) or not isinstance(other, City | Country):
        return False
    return _country(one) != _country(other)


def _country(place: City | Country) -> str:
    return CITIES[place.name] if isinstance(place, City) else place.name


def _differ_in_number(fact: _Fact, claim: _Fact) -> bool:
    one, other = fact.by_role.get("object"), claim.by_role.get("object")
    if not isinstance(one, Noun) or not isinstance(other, Noun) or None in (one.count, other.count):
        return False
    roles = tuple((role, replace(one, count=other.count) if role == "object" else value) for role, value in fact.roles)
    return one.count != other.count and _says_no_less(replace(fact, roles=roles), claim)
