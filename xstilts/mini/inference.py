"""Draws pairs for inference and for paraphrase, each label in several ways, so that no single cue tells it.

A pair starts from two positive statements in a known relation. Both are then denied or not, and stand in either
order; the relation says which label that makes. So a denial is as frequent with every label.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

from xstilts.mini.concepts import COMPARISONS, GENERAL, NOUNS, VERBS
from xstilts.mini.drawing import Drawing, both, negated
from xstilts.mini.held_out import people_of
from xstilts.mini.meaning import (
    Clause,
    Comparison,
    Event,
    Linked,
    Noun,
    Organization,
    People,
    Person,
    Possession,
    Quality,
    State,
    Statement,
    clauses_of,
)
from xstilts.mini.rows import Pair
from xstilts.mini.scripts import reason
from xstilts.mini.variation import (
    OPEN_CHANGES,
    apart,
    converse,
    in_other_words,
    less,
    moved,
    other_person,
    swapped,
    turned,
)

_TRIES = 200
_E, _N, _C = "entailment", "neutral", "contradiction"


@dataclass(frozen=True)
class _Form:
    """How a pair is made of two related statements: which is the premise, and which of them are denied."""

    swapped: bool
    first_denied: bool
    second_denied: bool


# Relation -> whether the first is the hypothesis, whether the first and the second are denied, the label.
_RELATIONS: dict[str, tuple[tuple[bool, bool, bool, str], ...]] = {
    "less": (
        (False, False, False, _E), (False, False, True, _C), (False, True, False, _N), (False, True, True, _N),
        (True, False, False, _N), (True, True, False, _N), (True, False, True, _C), (True, True, True, _E),
    ),
    "same": (
        (False, False, False, _E), (False, True, True, _E), (False, False, True, _C), (False, True, False, _C),
    ),
    "apart": (
        (False, False, False, _C), (False, False, True, _E), (False, True, False, _N), (False, True, True, _N),
    ),
    "open": (
        (False, False, False, _N), (False, False, True, _N), (False, True, False, _N), (False, True, True, _N),
    ),
    # What two persons do each by himself, and one of them: to deny it of both is to deny it of each.
    "group": (
        (False, False, False, _E), (False, False, True, _C), (False, True, True, _E), (False, True, False, _C),
        (True, False, False, _N), (True, True, True, _N),
    ),
    # The first cannot be denied.
    "told": ((False, False, False, _E), (False, False, True, _C), (True, False, False, _N)),
    # Nor is it open what somebody's car is like who has a red one: it is this one, or another.
    "had": ((False, False, False, _E), (False, False, True, _C)),
}  # fmt: skip
# Label -> how often each relation makes it.
_WEIGHTS = {
    _E: {"less": 3, "same": 3, "apart": 4, "group": 1, "told": 2, "had": 1},
    _C: {"less": 3, "same": 3, "apart": 4, "group": 1, "told": 2, "had": 1},
    _N: {"less": 4, "apart": 3, "open": 5, "group": 1, "told": 2},
}


@cache
def _choices(label: str) -> tuple[tuple[str, _Form], ...]:
    """Relations and forms that make a label, each as often as its weight says."""
    found: list[tuple[str, _Form]] = []
    for relation, weight in _WEIGHTS[label].items():
        forms = [_Form(*form[:3]) for form in _RELATIONS[relation] if form[3] == label]
        found += [(relation, forms[at % len(forms)]) for at in range(weight * 12)]
    return tuple(found)


_Related = tuple[Statement, Statement] | None


def inference(drawing: Drawing, label: str) -> Pair | None:
    """A premise and a hypothesis with this label, or None where chance led nowhere."""
    relation, form = drawing.one_of(_choices(label))
    pair = next(filter(None, (_formed(drawing, relation, form) for _ in range(_TRIES))), None)
    if pair is None:
        return None
    premise, hypothesis = pair
    if drawing.chance(0.25):
        hypothesis = in_other_words(drawing, hypothesis) or hypothesis
    if drawing.chance(0.15) and not isinstance(premise, Linked):
        premise = _with_more(drawing, premise, hypothesis)
    return Pair(premise, hypothesis, label) if premise != hypothesis else None


def _formed(drawing: Drawing, relation: str, form: _Form) -> _Related:
    """A premise and a hypothesis that fit, or None where chance led nowhere."""
    related = _RELATED[relation](drawing)
    if related is None:
        return None
    first, second = _denied(related[0], form.first_denied), _denied(related[1], form.second_denied)
    if first is None or second is None or not drawing.fits(first) or not drawing.fits(second):
        return None
    return (second, first) if form.swapped else (first, second)


def _denied(statement: Statement, denial: bool) -> Statement | None:
    if not denial:
        return statement
    return None if isinstance(statement, Linked) else negated(statement)


def _with_more(drawing: Drawing, premise: Clause, hypothesis: Statement) -> Statement:
    """The premise, and something about somebody who is not spoken of otherwise."""
    spoken_of = people_of(premise) | people_of(hypothesis)
    names = _names_of_subjects(premise) | _names_of_subjects(hypothesis)

    def joined() -> Statement | None:
        more = _clause(drawing)
        if not people_of(more) or spoken_of & people_of(more) or names & _names_of_subjects(more):
            return None
        return both(premise, more) if drawing.chance(0.5) else both(more, premise)

    return drawing.until_fitting(joined) or premise


def _names_of_subjects(statement: Statement) -> set[str]:
    """Nouns and organizations that do or are something, or take part; with each noun the word that says less."""
    found: set[str] = set()
    for clause in clauses_of(statement):
        for phrase in (getattr(clause, role, None) for role in ("subject", "partner", "standard")):
            match phrase:
                case Noun():
                    found |= {phrase.noun, *(GENERAL[kind] for kind in NOUNS[phrase.noun] if kind in GENERAL)}
                case Organization():
                    found.add(phrase.name)
    return found


def _clause(drawing: Drawing) -> Clause:
    """Any clause; mostly an event."""
    if drawing.chance(0.6):
        return drawing.event()
    draws: tuple[Callable[[], Clause], ...] = (
        drawing.comparison,
        drawing.comparison,
        drawing.quality,
        drawing.profession,
        drawing.possession,
        drawing.state,
    )
    return drawing.one_of(draws)()


def _less(drawing: Drawing) -> _Related:
    clause = _clause(drawing)
    weaker = less(drawing, clause)
    if weaker is not None and drawing.chance(0.4):
        weaker = less(drawing, weaker) or weaker
    return (clause, weaker) if weaker is not None else None


def _same(drawing: Drawing) -> _Related:
    clause = drawing.comparison() if drawing.chance(0.35) else drawing.event()
    other = converse(drawing, clause)
    if other is None and drawing.chance(0.2):
        other = moved(drawing, clause)
    return (clause, other) if other is not None else None


def _apart(drawing: Drawing) -> _Related:
    clause: Clause
    match drawing.random.randrange(6):
        case 0:
            clause = drawing.event("live", drawing.person(), "present")
        case 1:
            clause = drawing.profession()
        case 2:
            clause = drawing.quality()
        case 3:
            clause = drawing.possession()
        case 4:
            clause = drawing.comparison()
        case _:
            clause = drawing.event()
    other = apart(drawing, clause)
    return (clause, other) if other is not None else None


def _open(drawing: Drawing) -> _Related:
    if drawing.chance(0.08):
        told = drawing.until_fitting(lambda: _explained(drawing))
        return (replace(told, link="and"), told) if told is not None else None
    if drawing.chance(0.05):
        return _chain(drawing, broken=True)
    clause = _clause(drawing)
    other = drawing.one_of(OPEN_CHANGES)(drawing, clause)
    return (clause, other) if other is not None else None


def _group(drawing: Drawing) -> _Related:
    event = drawing.event()
    subject = event.subject
    if not isinstance(subject, People) or not _is_done_by_each(event):
        return None
    return event, replace(event, subject=drawing.one_of((subject.first, subject.second)))


def _is_done_by_each(event: Event) -> bool:
    """Whether what two do each does: they go alone or together, but a letter they may have written only together."""
    done_to_somebody = isinstance(event.object, Person) or (
        isinstance(event.object, Noun) and "human" in NOUNS[event.object.noun]
    )
    return VERBS[event.verb].frame in ("plain", "motion") or done_to_somebody


def _told(drawing: Drawing) -> _Related:
    """Both clauses tell each, a chain of comparisons tells of its ends, a reason that it is so."""
    match drawing.random.randrange(3):
        case 0:
            return _chain(drawing)
        case 1:
            told = drawing.until_fitting(lambda: _explained(drawing))
            if told is None:
                return None
            first, second = told.first, told.second
            return told, drawing.one_of((first, second, Linked(first, "and", second), Linked(second, "and", first)))
        case _:
            told = drawing.until_fitting(lambda: _of_two(drawing))
            return (told, drawing.one_of((told.first, told.second))) if told is not None else None


def _explained(drawing: Drawing) -> Linked:
    effect, cause = reason(drawing)
    return Linked(effect, "because", cause)


def _of_two(drawing: Drawing) -> Linked | None:
    """Two clauses about different people."""
    one, other = _clause(drawing), _clause(drawing)
    if people_of(one) & people_of(other) or not people_of(one) or not people_of(other):
        return None
    return both(one, other)


def _had(drawing: Drawing) -> _Related:
    """What a thing is like tells that somebody has it."""
    clause = drawing.quality() if drawing.chance(0.7) else drawing.state()
    thing = clause.subject
    if not isinstance(thing, Noun) or thing.owner is None or (isinstance(clause, State) and clause.tense == "past"):
        return None
    if NOUNS[thing.noun] & {"kin", "profession", "mass"} or thing.noun in ("door", "window"):
        return None
    adjective = clause.quality if isinstance(clause, Quality) and drawing.chance(0.6) else None
    return clause, Possession(thing.owner, Noun(thing.noun, adjective))


def _chain(drawing: Drawing, broken: bool = False) -> _Related:
    """The first more than the second, the second more than the third; and the first more than the third.

    In a broken chain the second is less than the third, so that nothing follows for the ends.
    """
    names = [name for name, (_, compared) in COMPARISONS.items() if compared == "persons"]

    def links() -> Linked:
        name = drawing.one_of(names)
        first = drawing.person()
        second = drawing.person(first)
        third = drawing.person(first, second)
        lower = (third, second) if broken else (second, third)
        return Linked(Comparison(first, name, second), "and", Comparison(lower[0], name, lower[1]))

    chain = drawing.until_fitting(links)
    if chain is None:
        return None
    assert isinstance(chain.first, Comparison)
    assert isinstance(chain.second, Comparison)
    end = chain.second.subject if broken else chain.second.standard
    return chain, replace(chain.first, standard=end)


_RELATED: dict[str, Callable[[Drawing], _Related]] = {
    "less": _less,
    "same": _same,
    "apart": _apart,
    "open": _open,
    "group": _group,
    "told": _told,
    "had": _had,
}


def paraphrase(drawing: Drawing, label: str) -> Pair | None:
    """Two statements of nearly the same words that say the same, or do not; or None where chance led nowhere."""
    kinds = (
        "transfer",
        "transfer",
        "comparison",
        "meeting",
        "group",
        "and",
        *(("because",) if drawing.held_out else ()),
    )
    kind = drawing.one_of(kinds)
    return next(filter(None, (_like_pair(drawing, kind, label) for _ in range(_TRIES))), None)


def _like_pair(drawing: Drawing, kind: str, label: str) -> Pair | None:
    """A pair that fits, made of a statement of a kind, or None where chance led nowhere."""
    first = _base(drawing, kind)
    if first is None or not drawing.fits(first):
        return None
    if not isinstance(first, Linked) and drawing.chance(0.2):
        first = negated(first)
    second: Statement | None = first
    if label == "different":
        second = _exchanged(drawing, first)
    if second is not None and (label == "same" or drawing.chance(0.4)):
        second = in_other_words(drawing, second)
    if second is not None and drawing.chance(0.25):
        second = in_other_words(drawing, second)
    if second is None or second == first or not drawing.fits(second):
        return None
    return Pair(first, second, label)


def _base(drawing: Drawing, kind: str) -> Statement | None:
    """A statement of which another one can be made by exchanging its words."""
    match kind:
        case "transfer":
            verbs = [verb for verb in drawing.words.verbs if VERBS[verb].converse]
            return drawing.event(drawing.one_of(verbs), drawing.person())
        case "comparison":
            return drawing.comparison()
        case "meeting":
            event = drawing.event(drawing.one_of(_MEETING), drawing.person())
            return event if isinstance(event.object, Person) and event.time else None
        case "group":
            first = drawing.person()
            event = drawing.event(drawing.one_of(_MEETING), People(first, drawing.person(first)))
            return event if isinstance(event.object, Person) else None
        case "and":
            return _two_deeds(drawing)
        case _:
            effect, cause = reason(drawing)
            return Linked(effect, "because", cause, reason_first=drawing.chance(0.5))


def _two_deeds(drawing: Drawing) -> Linked | None:
    """What two do, each of which fits."""
    one, other = (drawing.until_fitting(lambda: _short(drawing)) for _ in range(2))
    if one is None or other is None or one.verb == other.verb or people_of(one) & people_of(other):
        return None
    return Linked(one, "and", other)


_MEETING = ("meet", "help", "visit", "see", "find")


def _short(drawing: Drawing) -> Event:
    verb = drawing.one_of([verb for verb in drawing.words.verbs if VERBS[verb].frame in ("plain", "object", "motion")])
    event = drawing.event(verb, drawing.person())
    return replace(event, time=None, front=None, tense="past" if event.tense == "present" else event.tense)


def _exchanged(drawing: Drawing, statement: Statement) -> Statement | None:
    """Something else in nearly the same words."""
    match statement:
        case Linked(link="because"):
            return replace(statement, first=statement.second, second=statement.first)
        case Linked(first=Event() as one, second=Event() as other):
            return Linked(replace(one, subject=other.subject), "and", replace(other, subject=one.subject))
        case Comparison():
            return apart(drawing, statement)
        case Event(subject=People(first, second), object=Person() as thing):
            return replace(statement, subject=People(first, thing), object=second)
        case Event():
            rule = VERBS[statement.verb]
            change = other_person if rule.symmetric else turned if rule.converse and drawing.chance(0.5) else swapped
            return change(drawing, statement)
        case _:
            return None
