"""What the sentences of `mini` say, before any language: phrases, clauses and questions, as frozen data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Tense = Literal["past", "present", "future"]


@dataclass(frozen=True)
class Person:
    """A person by name; a key of `concepts.PEOPLE`."""

    name: str


@dataclass(frozen=True)
class People:
    """Two persons who do something together: "Anna and Omar"."""

    first: Person
    second: Person


@dataclass(frozen=True)
class City:
    """A key of `concepts.CITIES`."""

    name: str


@dataclass(frozen=True)
class Country:
    """A value of `concepts.CITIES`."""

    name: str


@dataclass(frozen=True)
class Organization:
    """A bank, company, university, hospital or newspaper by name: "the Solara company".

    Attributes:
        sort: One of `concepts.ORGANIZATION_SORTS`.
        name: One of `concepts.ORGANIZATION_NAMES`.
    """

    sort: str
    name: str


@dataclass(frozen=True)
class Noun:
    """A common noun: "a red car", "the teacher", "three eggs", "Anna's brother".

    Attributes:
        noun: A key of `concepts.NOUNS`.
        adjective: A quality, a key of `concepts.QUALITIES`, or None.
        count: How many, 2 to 6; None is one (or, of a mass noun, some).
        owner: Whose it is; then it is definite.
        definite: "the" and not "a"; never with a count. Languages without articles may not show it.
    """

    noun: str
    adjective: str | None = None
    count: int | None = None
    owner: Person | None = None
    definite: bool = False


Actor = Person | People | Noun | Organization
Thing = Noun | Person | City | Organization
Place = City | Country | Organization | Noun


@dataclass(frozen=True)
class Event:
    """Somebody does something, or does not: "Yesterday Anna did not sell the car to Omar".

    Attributes:
        verb: A key of `concepts.VERBS`, whose frame says which parts there are.
        subject: Who does it.
        object: What it is done to; None where the frame has none.
        partner: With verbs of the frame "transfer": who gets it, or, of receive, buy and borrow, from whom it comes.
        place: Where it happens; of motion verbs, where it leads.
        time: A key of `concepts.TIMES` that suits the tense, or None.
        tense: Past is completed. Present is going on now ("is reading"), except of "live", "work", "study", "love".
        negated: Whether it is said that it is not so.
        front: The part that stands first, before the rest; None is the neutral order.
    """

    verb: str
    subject: Actor
    object: Thing | None = None
    partner: Person | Noun | None = None
    place: Place | None = None
    time: str | None = None
    tense: Tense = "past"
    negated: bool = False
    front: Literal["time", "place"] | None = None


@dataclass(frozen=True)
class State:
    """Somebody or something is in a state: "Anna is hungry", "The door was closed".

    The state is a key of `concepts.STATES`; the tense is past or present.
    """

    subject: Person | Noun
    state: str
    tense: Tense = "present"
    negated: bool = False


@dataclass(frozen=True)
class Quality:
    """A thing has a quality: "The house is big." The subject is definite or owned; present tense."""

    subject: Noun
    quality: str
    negated: bool = False


@dataclass(frozen=True)
class Profession:
    """Somebody has a profession: "Anna is a teacher." A noun of the class "profession"; present tense."""

    subject: Person
    noun: str
    negated: bool = False


@dataclass(frozen=True)
class Comparison:
    """Two are compared: "Anna is older than Omar". Both are persons, or both nouns; present tense.

    The comparison is a key of `concepts.COMPARISONS`.
    """

    subject: Person | Noun
    comparison: str
    standard: Person | Noun
    negated: bool = False


@dataclass(frozen=True)
class Possession:
    """Somebody has something: "Anna has a red car", "Omar has two goats".

    The thing is indefinite, countable and without owner; present tense.
    """

    owner: Person
    thing: Noun
    negated: bool = False


Clause = Event | State | Quality | Profession | Comparison | Possession


@dataclass(frozen=True)
class Linked:
    """Two clauses in one sentence.

    Attributes:
        link: "and", or "because": the second gives the reason for the first.
        reason_first: "Because Anna was tired, she ..." stands before the effect; only with "because".
    """

    first: Clause
    link: Literal["and", "because"]
    second: Clause
    reason_first: bool = False


Statement = Clause | Linked

Asked = Literal["subject", "object", "partner", "place", "time", "count", "thing", "noun"]


@dataclass(frozen=True)
class Question:
    """A question about one part of a clause, the field that `asked` names; the rest is given.

    subject: who (the subject is a Person). object: what (a Noun) or whom (a Person). partner: to whom, or from whom.
    place: where, or where to. time: when. count: how many (of Event.object or Possession.thing, which has a count).
    thing: what somebody has (Possession). noun: what somebody's profession is (Profession).
    The clause is not negated, and nothing is fronted.
    """

    clause: Event | Profession | Possession
    asked: Asked


def clauses_of(meaning: Statement | Question) -> tuple[Clause, ...]:
    """The clauses that a statement or a question is made of."""
    if isinstance(meaning, Linked):
        return (meaning.first, meaning.second)
    return (meaning.clause,) if isinstance(meaning, Question) else (meaning,)
