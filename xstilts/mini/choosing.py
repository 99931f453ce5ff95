"""Draws multiple choices: what comes of a situation, among outcomes of which each would suit some other situation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from xstilts.mini.concepts import NOUNS, VERBS
from xstilts.mini.drawing import Drawing, both
from xstilts.mini.meaning import Event, Linked, Noun, Organization, Person, State
from xstilts.mini.rows import Choice
from xstilts.mini.scripts import Script, need, script

_HANDLING = ("repair", "wash", "open", "read")
_OUTCOMES = 4


def choice(drawing: Drawing) -> Choice | None:
    """A situation with four outcomes, or None where chance led nowhere."""
    drawn = script(drawing)
    situation, companion = drawn.situation, None
    if not drawing.fits(situation) or not drawing.fits(drawn.outcome):
        return None
    if isinstance(situation, State) and isinstance(situation.subject, Person) and drawing.chance(0.5):
        companion, situation = _with_companion(drawing, drawn)
    outcomes: list[Event] = [drawn.outcome]
    for _ in range(60):
        other = drawing.one_of(_wrong_outcomes(companion))(drawing, drawn, companion)
        if other is not None and _is_new(other, outcomes) and drawing.fits(other):
            outcomes.append(other)
        if len(outcomes) == _OUTCOMES:
            drawing.random.shuffle(outcomes)
            return Choice(situation, tuple(outcomes), outcomes.index(drawn.outcome))
    return None


def _with_companion(drawing: Drawing, drawn: Script) -> tuple[Script, Linked]:
    """Somebody else who is in another state at the same time, and the sentence about both."""
    while True:
        companion = _companion(drawing, drawn)
        states = [drawn.situation, companion.situation]
        drawing.random.shuffle(states)
        situation = both(*states)  # type: ignore[arg-type]
        if drawing.fits(situation):
            return companion, situation


def _companion(drawing: Drawing, drawn: Script) -> Script:
    assert isinstance(drawn.situation, State)
    while True:
        other = need(drawing)
        assert isinstance(other.situation, State)
        right = other.outcome.verb in drawn.also or drawn.outcome.verb in other.also
        if other.who != drawn.who and not right:
            tense = drawn.situation.tense
            outcome = replace(other.outcome, tense=drawn.outcome.tense)
            return replace(other, situation=replace(other.situation, tense=tense), outcome=outcome)


_Wrong = Callable[[Drawing, Script, Script | None], Event | None]


def _wrong_outcomes(companion: Script | None) -> tuple[_Wrong, ...]:
    if companion is not None:
        return (_by_the_other, _exchanged, _something_else)
    return (_by_the_other, _handled_otherwise, _handled_otherwise, _something_else)


def _by_the_other(_: Drawing, drawn: Script, companion: Script | None) -> Event | None:
    """The right outcome, but by the wrong person."""
    if companion is not None:
        return replace(drawn.outcome, subject=companion.who)
    return replace(drawn.outcome, subject=drawn.other) if drawn.other else None


def _exchanged(_: Drawing, drawn: Script, companion: Script | None) -> Event | None:
    """What the other one needs."""
    return replace(companion.outcome, subject=drawn.who) if companion is not None else None


def _handled_otherwise(drawing: Drawing, drawn: Script, _: Script | None) -> Event | None:
    """Something else that can be done to the thing."""
    if drawn.thing is None:
        return None
    classes = NOUNS[drawn.thing.noun]
    verbs = [verb for verb in _HANDLING if classes & set(VERBS[verb].takes.split()) and verb not in drawn.also]
    if not verbs:
        return None
    who = drawing.one_of((drawn.who, drawn.other or drawn.who))
    return Event(drawing.one_of(verbs), who, drawn.thing, tense=drawn.outcome.tense)


def _something_else(drawing: Drawing, drawn: Script, companion: Script | None) -> Event | None:
    """What comes of another situation, so that nothing but the situation tells a right outcome from a wrong one."""
    people = [drawn.who, *(one for one in (drawn.other, companion.who if companion else None) if one is not None)]
    who = drawing.one_of(people)
    other = script(drawing).outcome
    needed = drawn.also | (companion.also if companion is not None and who == companion.who else frozenset())
    return replace(other, subject=who) if other.tense == drawn.outcome.tense and other.verb not in needed else None


def _is_new(event: Event, others: list[Event]) -> bool:
    """Whether an outcome differs from the others by more than an article or a detail."""
    return all((event.verb, event.subject, _noun(event)) != (one.verb, one.subject, _noun(one)) for one in others)


def _noun(event: Event) -> str:
    match event.object:
        case Noun():
            return event.object.noun
        case Organization():
            return event.object.sort
        case _:
            return ""
