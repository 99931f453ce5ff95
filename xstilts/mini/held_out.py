"""Words and constructions that no training row has; about half of the rows of every test set have one of them.

A row is a group of sentences in retrieval and mining. The raw text has all of them: it stands for what an encoder was
pretrained on.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from xstilts.mini.concepts import VERBS
from xstilts.mini.meaning import (
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
    Possession,
    Profession,
    Quality,
    Question,
    State,
    Statement,
    clauses_of,
)

# Kind of word -> the words, about 15 in 100 of each kind. Every class of nouns keeps others; a country whose only city
# is held out is held out with it. No quality is held out that is compared: "cheaper" would tell "cheap".
HELD_OUT: dict[str, frozenset[str]] = {
    kind: frozenset(words.split())
    for kind, words in {
        "person": "Lucia Olga Zainab Kenji Ravi Martin",
        "city": "Mumbai Hanoi Lima Ankara",
        "country": "Vietnam Peru",
        "organization": "Tembo Verda Kometa",
        "noun": "tailor fisherman neighbor goat donkey banana cheese coffee magazine bus hat bottle ring rope clock "
        "beach field",
        "verb": "dance draw follow hide borrow call",
        "quality": "green beautiful",
    }.items()
}

Phrase = Person | People | Noun | City | Country | Organization


def phrases(meaning: Statement | Question) -> Iterator[Phrase]:
    """The phrases that a meaning is made of, whole: owners and members of groups are inside."""
    found: tuple[Phrase | None, ...]
    match meaning:
        case Linked():
            yield from phrases(meaning.first)
            yield from phrases(meaning.second)
            return
        case Question():
            yield from phrases(meaning.clause)
            return
        case Event():
            found = (meaning.subject, meaning.object, meaning.partner, meaning.place)
        case Comparison():
            found = (meaning.subject, meaning.standard)
        case Possession():
            found = (meaning.owner, meaning.thing)
        case Profession():
            found = (meaning.subject, Noun(meaning.noun))
        case State() | Quality():
            found = (meaning.subject,)
    yield from (phrase for phrase in found if phrase is not None)


def people_of(meaning: Statement | Question) -> set[Person]:
    """Everybody who is named."""
    found: set[Person] = set()
    for phrase in phrases(meaning):
        match phrase:
            case Person():
                found.add(phrase)
            case People():
                found |= {phrase.first, phrase.second}
            case Noun() if phrase.owner:
                found.add(phrase.owner)
    return found


def _words(meaning: Statement | Question) -> Iterator[tuple[str, str]]:
    """The concepts that are held out or not, each with its kind."""
    yield from (("person", person.name) for person in people_of(meaning))
    for phrase in phrases(meaning):
        match phrase:
            case City():
                yield "city", phrase.name
            case Country():
                yield "country", phrase.name
            case Organization():
                yield "organization", phrase.name
            case Noun():
                yield "noun", phrase.noun
                yield "quality", phrase.adjective or ""
    for clause in clauses_of(meaning):
        if isinstance(clause, Event):
            yield "verb", clause.verb
        elif isinstance(clause, Quality):
            yield "quality", clause.quality


def _has_held_out_construction(clause: Clause) -> bool:
    match clause:
        case Event():
            together = isinstance(clause.subject, People) and VERBS[clause.verb].frame == "transfer"
            return together or clause.front == "place"
        case Comparison():
            return any(isinstance(one, Noun) and one.owner is not None for one in (clause.subject, clause.standard))
        case _:
            return False


@lru_cache(maxsize=65_536)
def is_held_out(meaning: Statement | Question) -> bool:
    """Whether a meaning has a word or a construction that training rows do not have.

    The constructions: a place that stands first; a reason that stands first; two persons together as the subject of
    a transfer; a comparison of somebody's things or kin.
    """
    if isinstance(meaning, Linked) and meaning.reason_first:
        return True
    if any(_has_held_out_construction(clause) for clause in clauses_of(meaning)):
        return True
    return any(word in HELD_OUT[kind] for kind, word in _words(meaning))
