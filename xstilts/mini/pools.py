"""Which split a sentence belongs to: a function of its meaning alone, so that no two splits of any tasks share one.

Sentences that some language may spell alike must be in one pool. So what languages may leave unsaid (definiteness,
tense) does not count, nor what a paraphrase changes (the order of two, converse verbs), nor negation. Only who met
whom counts. Raw text and training sets hold no sentence of another pool, nor one as a clause of two linked ones; but
a clause of a linked sentence of dev or test may be a sentence of theirs.

The pools are a contract: an encoder that was pretrained on the raw text must not have seen the tests of a later
version, so `key`, the shares and the names of concepts stay as they are.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Literal

from xstilts.mini.concepts import COMPARISONS, FROM_THE_GIVER
from xstilts.mini.meaning import (
    Clause,
    Comparison,
    Event,
    Linked,
    Noun,
    Organization,
    People,
    Possession,
    Profession,
    Quality,
    Question,
    State,
    Statement,
    clauses_of,
)

Pool = Literal["train", "dev", "test"]

_TEST_SHARE = 0.3
_DEV_SHARE = 0.2


def _phrase(phrase: object) -> str:
    match phrase:
        case None:
            return ""
        case Noun():
            owner = phrase.owner.name if phrase.owner else ""
            return f"{owner} {phrase.count or ''} {phrase.adjective or ''} {phrase.noun}"
        case People():
            return "+".join(sorted((phrase.first.name, phrase.second.name)))
        case Organization():
            return f"{phrase.sort} {phrase.name}"
        case _:
            return str(phrase.name)  # type: ignore[attr-defined]


def _clause(clause: Clause, asked: str = "") -> str:
    parts: tuple[str, ...]
    match clause:
        case Event():
            return _event(clause, asked)
        case Comparison():
            ends = (_phrase(clause.subject), _phrase(clause.standard))
            converse = COMPARISONS[clause.comparison][0]
            parts = (converse, *ends[::-1]) if converse < clause.comparison else (clause.comparison, *ends)
        case State():
            parts = (clause.state, _phrase(clause.subject))
        case Quality():
            parts = (clause.quality, _phrase(clause.subject))
        case Profession():
            parts = ("is a", clause.subject.name, "?" if asked else clause.noun)
        case Possession():
            parts = ("has", clause.owner.name, _asked_thing(clause.thing, asked))
    return "|".join(parts)


def _event(event: Event, asked: str) -> str:
    parts = {
        "subject": _phrase(event.subject),
        "object": _phrase(event.object),
        "partner": _phrase(event.partner),
        "place": _phrase(event.place),
        "time": event.time or "",
    }
    if asked == "count":
        assert isinstance(event.object, Noun)
        parts["object"] = _asked_thing(event.object, asked)
    elif asked:
        parts[asked] = "?"
    verb = event.verb
    if verb in FROM_THE_GIVER:
        verb = FROM_THE_GIVER[verb]
        parts["subject"], parts["partner"] = parts["partner"], parts["subject"]
    return "|".join((verb, *parts.values()))


def _asked_thing(thing: Noun, asked: str) -> str:
    if asked == "thing":
        return "?"
    return f"? {thing.adjective or ''} {thing.noun}" if asked == "count" else _phrase(thing)


def key(meaning: Statement | Question) -> str:
    """What counts of a sentence's meaning; sentences with different keys are spelled differently in every language."""
    match meaning:
        case Linked():
            parts = [_clause(meaning.first), _clause(meaning.second)]
            if meaning.link == "and":
                parts.sort()
            return f"{meaning.link}({parts[0]})({parts[1]})"
        case Question():
            return f"?{_clause(meaning.clause, meaning.asked)}"
        case _:
            return _clause(meaning)


@lru_cache(maxsize=65_536)
def pool_of(meaning: Statement | Question) -> Pool:
    """The only split in which the sentence may stand; raw text is made of "train" sentences."""
    digest = hashlib.blake2b(key(meaning).encode(), digest_size=4).digest()
    position = int.from_bytes(digest, "big") / 2**32
    if position < _TEST_SHARE:
        return "test"
    return "dev" if position < _TEST_SHARE + _DEV_SHARE else "train"


def belongs(meaning: Statement | Question, pool: Pool) -> bool:
    """Whether a sentence may stand in a split: it is in its pool and, in training sets and text, so are its clauses."""
    if pool_of(meaning) != pool:
        return False
    if pool != "train" or not isinstance(meaning, Linked):
        return True
    return all(pool_of(clause) == pool for clause in clauses_of(meaning))
