"""What comes of what: people who are hungry eat, broken things are repaired, a book that one got is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from xstilts.mini.concepts import NOUNS, VERBS
from xstilts.mini.drawing import Drawing
from xstilts.mini.meaning import Clause, Event, Noun, Person, State, Statement, Tense, Thing

# What somebody does, and what else would be as right: verbs, with spaces.
# State of a person -> that, then.
_NEEDS = {
    "hungry": ("eat", "cook buy"),
    "thirsty": ("drink", "buy"),
    "tired": ("sleep rest", "drink"),
    "sick": ("visit", "sleep rest cry drink"),
    "sad": ("cry", "sleep rest drink"),
    "happy": ("laugh sing dance", ""),
    "afraid": ("run", "cry hide"),
}
# State of a thing -> that, with it.
_REPAIRS = {"broken": ("repair", "buy cry"), "dirty": ("wash", "buy"), "closed": ("open", "find")}
# Place that somebody goes to -> that, there, and to what.
_ERRANDS = {
    "library": ("read", "write study find", "book magazine"),
    "kitchen": ("cook", "eat drink wash open find", "egg rice soup meat"),
    "beach": ("swim", "rest sleep run find", ""),
    "market": ("buy", "eat drink find", "fruit bread cheese"),
    "shop": ("buy", "eat drink find open", "shirt hat cup phone lamp"),
    "school": ("study", "read write find", ""),
}
_RAW = frozenset(("meat", "rice", "egg"))
_GIVING = ("give", "receive", "sell", "buy")


@dataclass(frozen=True)
class Script:
    """A situation with what comes of it.

    Attributes:
        situation: What is told first.
        outcome: What happens then.
        who: Whose doing the outcome is.
        thing: What the situation is about, if it is about a thing.
        other: The other person of the situation, if there is one.
        also: Verbs of outcomes that would be as right, with the outcome's own.
    """

    situation: Statement
    outcome: Event
    who: Person
    thing: Noun | None = None
    other: Person | None = None
    also: frozenset[str] = frozenset()


def _after(tense: Tense) -> Tense:
    return "past" if tense == "past" else "future"


def _verb(drawing: Drawing, verbs: str) -> str:
    return drawing.one_of([verb for verb in verbs.split() if verb in drawing.words.verbs])


def _object(drawing: Drawing, verb: str) -> Thing | None:
    if verb == "visit":
        return drawing.organization("hospital")
    if VERBS[verb].frame != "object":
        return None
    return replace(drawing.dressed(drawing.one_of(drawing.words.nouns_of(VERBS[verb].takes))), owner=None)


def deed(drawing: Drawing, verb: str, who: Person, tense: Tense) -> Event:
    """What somebody does in need, with an object that suits it."""
    place = drawing.place(verb) if drawing.chance(0.25) and verb not in ("visit", "run") else None
    return Event(verb, who, _object(drawing, verb), place=place, tense=tense)


def need(drawing: Drawing) -> Script:
    """Somebody is in a state, and does what helps; sometimes another one is in another state."""
    state = drawing.one_of(tuple(_NEEDS))
    verbs, also = _NEEDS[state]
    who = drawing.person()
    tense: Tense = drawing.one_of(("past", "present"))
    situation: Statement = State(who, state, tense)
    outcome = deed(drawing, _verb(drawing, verbs), who, _after(tense))
    return Script(situation, outcome, who, also=frozenset(f"{verbs} {also}".split()))


def repair(drawing: Drawing) -> Script:
    """Something is broken, dirty or closed, and its owner does what is to be done."""
    state = drawing.one_of(tuple(_REPAIRS))
    verb, also = _REPAIRS[state]
    noun = drawing.one_of(drawing.words.nouns_of(VERBS[verb].takes))
    who = drawing.person()
    tense: Tense = drawing.one_of(("past", "present"))
    thing = Noun(noun, definite=True)
    situation = State(replace(thing, owner=who, definite=False), state, tense)
    outcome = Event(verb, who, thing, tense=_after(tense))
    return Script(situation, outcome, who, thing, also=frozenset((verb, *also.split())))


def search(drawing: Drawing) -> Script:
    """Somebody loses something and finds it."""
    who = drawing.person()
    thing = Noun(drawing.one_of(drawing.words.nouns_of("key ring phone letter map bag hat book")), definite=True)
    also = frozenset(("find", "buy", "cry"))
    return Script(Event("lose", who, thing), Event("find", who, thing), who, thing, also=also)


def errand(drawing: Drawing) -> Script:
    """Somebody goes where something is usually done, and does it."""
    place = drawing.one_of(drawing.words.nouns_of(" ".join(_ERRANDS)))
    verb, also, nouns = _ERRANDS[place]
    who = drawing.person()
    thing = drawing.dressed(drawing.one_of(drawing.words.nouns_of(nouns))) if nouns else None
    if thing is not None:
        thing = replace(thing, owner=None)
    partner = Noun("merchant", definite=True) if verb == "buy" else None
    where = Noun(place, definite=True)
    tense: Tense = drawing.one_of(("past", "future"))
    outcome = Event(verb, who, thing, partner, where if verb == "study" else None, tense=tense)
    situation = Event(drawing.one_of(("go", "return")), who, place=where, tense=tense)
    return Script(situation, outcome, who, also=frozenset((verb, *also.split())))


def gift(drawing: Drawing) -> Script:
    """Somebody gets something from somebody, and uses it."""
    giver = drawing.person()
    getter = drawing.person(giver)
    noun = drawing.one_of(drawing.words.nouns_of("food drink book letter magazine"))
    tense: Tense = "past"
    verb = drawing.one_of([verb for verb in _GIVING if noun != "letter" or verb in ("give", "receive")])
    whole = Noun(noun) if "mass" in NOUNS[noun] else drawing.dressed(noun, giver, getter)
    thing = replace(whole, owner=None)
    ends = (giver, getter) if verb in ("give", "sell") else (getter, giver)
    situation = Event(verb, ends[0], thing, ends[1], tense=tense)
    known = Noun(noun, count=None, definite=True) if thing.count is None else thing
    # Who has sold something can buy something else.
    also = _uses(noun) | ({"buy"} if verb in ("sell", "buy") else set())
    return Script(situation, Event(_use(noun), getter, known, tense=tense), getter, known, giver, also)


def _use(noun: str) -> str:
    if noun in _RAW:
        return "cook"
    return "eat" if "food" in NOUNS[noun] else "drink" if "drink" in NOUNS[noun] else "read"


def _uses(noun: str) -> frozenset[str]:
    if noun == "letter":
        return frozenset(("read", "laugh", "cry"))
    if "readable" in NOUNS[noun]:
        return frozenset(("read", "study"))
    return frozenset(("cook", "eat")) if "cookable" in NOUNS[noun] else frozenset((_use(noun),))


SCRIPTS: tuple[Callable[[Drawing], Script], ...] = (need, need, repair, search, errand, gift, gift)


def script(drawing: Drawing) -> Script:
    """Any of them."""
    return drawing.one_of(SCRIPTS)(drawing)


def reason(drawing: Drawing) -> tuple[Clause, Clause]:
    """An effect and its cause, as "because" joins them: "Anna slept", "Anna was tired"."""
    drawn = drawing.one_of((need, need, repair))(drawing)
    assert isinstance(drawn.situation, State)
    return drawn.outcome, replace(drawn.situation, subject=drawn.thing or drawn.who)
