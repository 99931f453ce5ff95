"""Draws single sentences, lines of text, and groups of sentences that are easily taken for each other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from xstilts.mini.concepts import VERBS
from xstilts.mini.drawing import Drawing, both, negated
from xstilts.mini.held_out import people_of, phrases
from xstilts.mini.meaning import (
    City,
    Clause,
    Country,
    Event,
    Linked,
    Noun,
    Organization,
    Person,
    Question,
    Statement,
    clauses_of,
)
from xstilts.mini.passages import passage
from xstilts.mini.pools import key
from xstilts.mini.rows import TOPICS, Lines, Report, Sentence
from xstilts.mini.scripts import reason, script
from xstilts.mini.variation import in_other_words, less, other_person, other_tense, other_thing, other_verb, swapped


def clause(drawing: Drawing) -> Clause:
    """Any clause; mostly an event, sometimes denied."""
    if drawing.chance(0.7):
        found: Clause = drawing.event()
    else:
        draws: tuple[Callable[[], Clause], ...] = (
            drawing.state,
            drawing.quality,
            drawing.profession,
            drawing.comparison,
            drawing.possession,
        )
        found = drawing.one_of(draws)()
    return negated(found) if drawing.chance(0.15) else found


def statement(drawing: Drawing) -> Statement:
    """Any statement; one in seven has two clauses."""
    if drawing.chance(0.07):
        explained = drawing.until_fitting(lambda: _explained(drawing))
        if explained is not None:
            return explained
    if drawing.chance(0.08):
        two = drawing.until_fitting(lambda: _two(drawing))
        if two is not None:
            return two
    return clause(drawing)


def _explained(drawing: Drawing) -> Linked:
    effect, cause = reason(drawing)
    return Linked(effect, "because", cause, reason_first=drawing.held_out and drawing.chance(0.5))


def _two(drawing: Drawing) -> Linked | None:
    first, second = clause(drawing), clause(drawing)
    return None if people_of(first) & people_of(second) else both(first, second)


def sentence(drawing: Drawing) -> Sentence | None:
    """A sentence for part-of-speech tagging: a statement or a question."""
    if drawing.chance(0.1):
        asked = passage(drawing)
        return None if asked is None else Sentence(asked.question)
    return Sentence(statement(drawing))


def named_sentence(drawing: Drawing) -> Sentence | None:
    """A statement for entity tagging: nine in ten have a name, and many have several of different kinds."""
    found = statement(drawing)
    if isinstance(found, Event) and drawing.chance(0.5):
        found = _more_names(drawing, found)
    names = len(people_of(found)) + sum(isinstance(phrase, City | Country | Organization) for phrase in phrases(found))
    return Sentence(found) if names or drawing.chance(0.1) else None


def _more_names(drawing: Drawing, event: Event) -> Event:
    """The event with a city for its place, and somebody's for what was anybody's."""
    place = event.place
    if VERBS[event.verb].has_free_place and event.verb != "visit" and drawing.chance(0.6):
        place = drawing.city()
    if VERBS[event.verb].frame == "stay" and event.verb == "work":
        place = drawing.organization()
    return replace(event, place=place, front=event.front if event.front == "time" else None)


def report(drawing: Drawing, topic: str) -> Report | None:
    """Two events of different verbs, sometimes denied, that tell of one topic."""
    known = [verb for verb in TOPICS[topic] if verb in drawing.words.verbs]
    verbs = drawing.random.sample(known, 2)
    events = [drawing.until_fitting(partial(drawing.event, verb)) for verb in verbs]
    told = tuple(negated(event) if drawing.chance(0.15) else event for event in events if event is not None)
    return Report(told, topic) if len(told) == len(verbs) else None


def near_misses(drawing: Drawing, count: int) -> Lines | None:
    """A statement, and others: each differs from one before it in a person, thing, verb, tense, number, place or role.

    Most differ so from the first.
    """
    base = clause(drawing)
    if not drawing.fits(base):
        return None
    found: dict[str, Clause] = {identity(base): base}
    changes = (other_person, other_person, other_thing, other_tense, other_verb, swapped, _other_count, _elsewhere)
    for _ in range(40):
        if len(found) == count:
            return Lines(tuple(found.values()))
        start = drawing.one_of(tuple(found.values())) if drawing.chance(0.3) else base
        other = drawing.one_of(changes)(drawing, start)
        if other is not None and drawing.fits(other):
            found.setdefault(identity(other), other)
    return None


def identity(meaning: Statement | Question) -> str:
    """What counts of statements that compete: two with different identities differ in meaning and in every language.

    Two with the same may say the same, or be spelled alike in some language.
    """
    parts = clauses_of(meaning)
    tenses = [getattr(part, "tense", "") for part in parts]
    denials = [str(getattr(part, "negated", "")) for part in parts]
    return " ".join((key(_in_one_order(meaning)), *tenses, *denials))


def _in_one_order(meaning: Statement | Question) -> Statement | Question:
    """Of who meets whom, one of the two ways to say it."""
    match meaning:
        case Event(subject=Person() | Noun() as subject, object=Person() | Noun() as thing) if VERBS[
            meaning.verb
        ].symmetric:
            exchanged = replace(meaning, subject=thing, object=subject)
            return min(meaning, exchanged, key=key)
        case _:
            return meaning


def _other_count(drawing: Drawing, one: Clause) -> Clause | None:
    match one:
        case Event(object=Noun(count=int()) as thing):
            return replace(one, object=replace(thing, count=drawing.random.randrange(2, 7)))
        case _:
            return None


def _elsewhere(drawing: Drawing, one: Clause) -> Clause | None:
    if not isinstance(one, Event) or one.place is None:
        return None
    return replace(one, place=drawing.place(one.verb), front=None if one.front == "place" else one.front)


def line(drawing: Drawing) -> Lines | None:
    """One to three sentences that stand together in raw text."""
    shape = drawing.random.random()
    found: tuple[Statement | Question, ...]
    if shape < 0.55:
        found = (statement(drawing),)
    elif shape < 0.72:
        drawn = script(drawing)
        found = (drawn.situation, drawn.outcome)
    elif shape < 0.82:
        asked = passage(drawing)
        if asked is None or asked.answered is None:
            return None
        found = (asked.question, asked.text[asked.answered])
    elif shape < 0.9:
        first = clause(drawing)
        other = in_other_words(drawing, first)
        found = (first, other) if other else (first,)
    elif shape < 0.95:
        first = clause(drawing)
        shorter = less(drawing, first)
        found = (first, shorter) if shorter and not getattr(first, "negated", False) else (first,)
    else:
        found = tuple(statement(drawing) for _ in range(drawing.random.randrange(2, 4)))
    return Lines(found)
