"""English: articles, do-support, and prepositions that suit the noun."""

from __future__ import annotations

from typing import ClassVar

from xstilts.mini.concepts import NOUNS, PEOPLE, VERBS, is_human
from xstilts.mini.language import COMMA, Language, Word, Words, as_part, in_clause, named
from xstilts.mini.meaning import (
    Actor,
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
    Place,
    Possession,
    Profession,
    Quality,
    Question,
    State,
    Statement,
    Thing,
)

_IRREGULAR_PLURALS = {
    "fisherman": "fishermen",
    "fish": "fish",
    "sheep": "sheep",
    "knife": "knives",
    "box": "boxes",
    "bus": "buses",
    "beach": "beaches",
    "library": "libraries",
    "person": "people",
}
_NUMERALS = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six"}

# Sort -> its word, and whether the whole is a proper name, which needs no article.
_SORTS = {
    "bank": ("Bank", True),
    "company": ("company", False),
    "university": ("University", True),
    "hospital": ("Hospital", True),
    "newspaper": ("newspaper", False),
}

# Verb -> past tense, form in -ing.
_VERBS = {
    "sleep": ("slept", "sleeping"), "rest": ("rested", "resting"), "wait": ("waited", "waiting"),
    "swim": ("swam", "swimming"), "run": ("ran", "running"), "laugh": ("laughed", "laughing"),
    "cry": ("cried", "crying"), "sing": ("sang", "singing"), "dance": ("danced", "dancing"),
    "eat": ("ate", "eating"), "drink": ("drank", "drinking"), "cook": ("cooked", "cooking"),
    "read": ("read", "reading"), "write": ("wrote", "writing"), "see": ("saw", "seeing"), "find": ("found", "finding"),
    "lose": ("lost", "losing"), "carry": ("carried", "carrying"), "hide": ("hid", "hiding"),
    "repair": ("repaired", "repairing"), "wash": ("washed", "washing"), "open": ("opened", "opening"),
    "close": ("closed", "closing"), "break": ("broke", "breaking"), "draw": ("drew", "drawing"),
    "build": ("built", "building"), "visit": ("visited", "visiting"), "meet": ("met", "meeting"),
    "help": ("helped", "helping"), "call": ("called", "calling"), "love": ("loved", "loving"),
    "follow": ("followed", "following"), "give": ("gave", "giving"), "receive": ("received", "receiving"),
    "sell": ("sold", "selling"), "buy": ("bought", "buying"), "lend": ("lent", "lending"),
    "borrow": ("borrowed", "borrowing"), "send": ("sent", "sending"), "show": ("showed", "showing"),
    "go": ("went", "going"), "travel": ("traveled", "traveling"), "return": ("returned", "returning"),
    "arrive": ("arrived", "arriving"), "live": ("lived", "living"), "work": ("worked", "working"),
    "study": ("studied", "studying"),
}  # fmt: skip
_THIRD_PERSONS = {"go": "goes", "cry": "cries", "carry": "carries", "study": "studies", "wash": "washes"}
# Verbs whose simple present tells what is so now.
_STATIVE = frozenset(("see", "find", "lose", "love", "live", "work", "study"))
_FROM = frozenset(("receive", "buy", "borrow"))

# Noun -> the preposition that says where.
_WHERE = {
    "market": "at", "school": "at", "forest": "in", "kitchen": "in", "garden": "in", "shop": "in", "station": "at",
    "village": "in", "park": "in", "field": "in", "library": "in", "office": "in", "beach": "on", "street": "on",
}  # fmt: skip
# Noun -> the preposition that says where somebody arrives, if another.
_ARRIVAL = {
    "forest": "at", "library": "at", "office": "at", "shop": "at", "beach": "at", "park": "at", "field": "at",
}  # fmt: skip

_TIMES = {
    "yesterday": (Word("yesterday", "NOUN"),),
    "last week": (Word("last", "ADJ"), Word("week", "NOUN")),
    "last year": (Word("last", "ADJ"), Word("year", "NOUN")),
    "this morning": (Word("this", "DET"), Word("morning", "NOUN")),
    "now": (Word("now", "ADV"),),
    "today": (Word("today", "NOUN"),),
    "tomorrow": (Word("tomorrow", "NOUN"),),
    "next week": (Word("next", "ADJ"), Word("week", "NOUN")),
    "tonight": (Word("tonight", "NOUN"),),
    "on Monday": (Word("on", "ADP"), Word("Monday", "PROPN")),
    "on Tuesday": (Word("on", "ADP"), Word("Tuesday", "PROPN")),
    "on Friday": (Word("on", "ADP"), Word("Friday", "PROPN")),
    "on Sunday": (Word("on", "ADP"), Word("Sunday", "PROPN")),
}

_NOT = Word("not", "PART")
_THE = Word("the", "DET")


def _plural(noun: str) -> str:
    return _IRREGULAR_PLURALS.get(noun) or noun + "s"


def _third_person(verb: str) -> str:
    return _THIRD_PERSONS.get(verb) or verb + "s"


def _person(person: Person) -> Words:
    assert person.name in PEOPLE
    return named("PER", [person.name])


def _organization(organization: Organization) -> Words:
    form, proper = _SORTS[organization.sort]
    name = named("ORG", [organization.name])
    if proper:
        return [*name, Word(form, "PROPN", "I-ORG")]
    return [_THE, *name, Word(form, "NOUN", "I-ORG")]


def _noun(noun: Noun) -> Words:
    mass = "mass" in NOUNS[noun.noun]
    adjective = [Word(noun.adjective, "ADJ")] if noun.adjective else []
    form = _plural(noun.noun) if noun.count else noun.noun
    determiner: Words = []
    if noun.owner:
        determiner = [*_person(noun.owner), Word("'s", "PART", joined=True)]
    elif noun.definite:
        determiner = [_THE]
    elif not noun.count and not mass:
        following = noun.adjective or form
        determiner = [Word("an" if following[0] in "aeio" else "a", "DET")]
    number = [Word(_NUMERALS[noun.count], "NUM")] if noun.count else []
    return [*determiner, *number, *adjective, Word(form, "NOUN")]


def _phrase(phrase: Actor | Thing | Place) -> Words:
    match phrase:
        case Person():
            return _person(phrase)
        case People():
            return [*_person(phrase.first), Word("and", "CCONJ"), *_person(phrase.second)]
        case City() | Country():
            return named("LOC", phrase.name.split())
        case Organization():
            return _organization(phrase)
        case Noun():
            return _noun(phrase)


def _place(verb: str, place: Place) -> Words:
    frame = VERBS[verb].frame
    if verb == "arrive":
        preposition = _ARRIVAL.get(place.noun) or _WHERE[place.noun] if isinstance(place, Noun) else "in"
    elif frame == "motion":
        preposition = "to"
    elif isinstance(place, Noun):
        preposition = _WHERE[place.noun]
    else:
        preposition = "at" if isinstance(place, Organization) else "in"
    return [Word(preposition, "ADP"), *as_part("place", _phrase(place))]


def _partner(verb: str, partner: Person | Noun) -> Words:
    return [_adposition(verb), *as_part("partner", _phrase(partner))]


def _adposition(verb: str) -> Word:
    return Word("from" if verb in _FROM else "to", "ADP")


def _time(name: str) -> Words:
    return as_part("time", _TIMES[name])


def _is_plural(subject: Actor) -> bool:
    return isinstance(subject, People) or (isinstance(subject, Noun) and subject.count is not None)


def _be(tense: str, plural: bool = False) -> Word:
    if tense == "past":
        return Word("were" if plural else "was", "AUX")
    return Word("are" if plural else "is", "AUX")


def _auxiliary_and_verb(event: Event, plural: bool) -> tuple[Word, Word]:
    """What questions and negation need: "did sell", "is selling", "will sell"."""
    if event.tense == "future":
        return Word("will", "AUX"), Word(event.verb, "VERB")
    if event.tense == "present" and event.verb not in _STATIVE:
        return _be("present", plural), Word(_VERBS[event.verb][1], "VERB")
    support = "did" if event.tense == "past" else "do" if plural else "does"
    return Word(support, "AUX"), Word(event.verb, "VERB")


def _finite(event: Event, plural: bool) -> Words:
    """The verb of a statement: "sold", "did not sell", "is selling"."""
    auxiliary, verb = _auxiliary_and_verb(event, plural)
    if event.negated:
        return [auxiliary, _NOT, verb]
    if auxiliary.form == "did":
        return [Word(_VERBS[event.verb][0], "VERB")]
    if auxiliary.form in ("do", "does"):
        return [Word(event.verb if plural else _third_person(event.verb), "VERB")]
    return [auxiliary, verb]


def _complements(event: Event, without: str = "") -> Words:
    """What follows the verb, except one part."""
    words: Words = []
    if event.object and without != "object":
        words += as_part("object", _phrase(event.object))
    if event.partner:
        words += [_adposition(event.verb)] if without == "partner" else _partner(event.verb, event.partner)
    if event.place and without != "place":
        words += _place(event.verb, event.place)
    if event.time and without != "time":
        words += _time(event.time)
    return words


def _event(event: Event) -> Words:
    front: Words = []
    if event.front == "time" and event.time:
        front = [*_time(event.time), COMMA]
    elif event.front == "place" and event.place:
        front = [*_place(event.verb, event.place), COMMA]
    subject = as_part("subject", _phrase(event.subject))
    verb = _finite(event, _is_plural(event.subject))
    return [*front, *subject, *verb, *_complements(event, event.front or "")]


def _predicate(subject: Person | Noun, tense: str, negated: bool, rest: Words) -> Words:
    """Subject, a form of "be", and what is said of the subject."""
    plural = isinstance(subject, Noun) and subject.count is not None
    return [*as_part("subject", _phrase(subject)), _be(tense, plural), *([_NOT] if negated else []), *rest]


def _comparative(comparison: str) -> Words:
    *more, adjective = comparison.split()
    return [*(Word(form, "ADV") for form in more), Word(adjective, "ADJ")]


def _possession(possession: Possession) -> Words:
    verb = [Word("does", "AUX"), _NOT, Word("have", "VERB")] if possession.negated else [Word("has", "VERB")]
    return [*as_part("owner", _person(possession.owner)), *verb, *as_part("thing", _noun(possession.thing))]


def _clause(clause: Clause) -> Words:
    match clause:
        case Event():
            return _event(clause)
        case State():
            return _predicate(clause.subject, clause.tense, clause.negated, [Word(clause.state, "ADJ")])
        case Quality():
            return _predicate(clause.subject, "present", clause.negated, [Word(clause.quality, "ADJ")])
        case Profession():
            profession = as_part("noun", _noun(Noun(clause.noun)))
            return _predicate(clause.subject, "present", clause.negated, profession)
        case Comparison():
            standard = as_part("standard", _phrase(clause.standard))
            rest = [*_comparative(clause.comparison), Word("than", "ADP"), *standard]
            return _predicate(clause.subject, "present", clause.negated, rest)
        case Possession():
            return _possession(clause)


def _linked(linked: Linked) -> Words:
    first, second = in_clause(0, _clause(linked.first)), in_clause(1, _clause(linked.second))
    if linked.link == "and":
        return [*first, COMMA, Word("and", "CCONJ", clause=1), *second]
    because = Word("because", "SCONJ", clause=1)
    return [because, *second, COMMA, *first] if linked.reason_first else [*first, because, *second]


def _how_many(noun: Noun) -> Words:
    adjective = [Word(noun.adjective, "ADJ")] if noun.adjective else []
    return [Word("how", "ADV"), Word("many", "ADJ"), *adjective, Word(_plural(noun.noun), "NOUN")]


def _who_or_what(thing: Thing) -> Words:
    human = isinstance(thing, Person) or (isinstance(thing, Noun) and is_human(thing.noun))
    return [Word("who" if human else "what", "PRON")]


def _event_question(event: Event, asked: str) -> Words:
    if asked == "subject":
        return [Word("who", "PRON"), *_finite(event, plural=False), *_complements(event)]
    asking: Words
    match asked:
        case "object":
            assert event.object
            asking = _who_or_what(event.object)
        case "partner":
            assert event.partner
            asking = _who_or_what(event.partner)
        case "place":
            asking = [Word("where", "ADV")]
        case "time":
            asking = [Word("when", "ADV")]
        case _:
            assert isinstance(event.object, Noun)
            asking, asked = _how_many(event.object), "object"
    auxiliary, verb = _auxiliary_and_verb(event, _is_plural(event.subject))
    subject = as_part("subject", _phrase(event.subject))
    return [*asking, auxiliary, *subject, verb, *_complements(event, asked)]


class English(Language):
    """English, American spelling."""

    code: ClassVar[str] = "en"
    name: ClassVar[str] = "English"

    def statement(self, meaning: Statement) -> Words:
        """The words of a statement."""
        return _linked(meaning) if isinstance(meaning, Linked) else _clause(meaning)

    def question(self, question: Question) -> Words:
        """The words of a question."""
        clause = question.clause
        if isinstance(clause, Event):
            return _event_question(clause, question.asked)
        if isinstance(clause, Profession):
            who = as_part("subject", _person(clause.subject))
            profession = Word("profession", "NOUN")
            return [Word("what", "PRON"), _be("present"), *who, Word("'s", "PART", joined=True), profession]
        asking = _how_many(clause.thing) if question.asked == "count" else [Word("what", "PRON")]
        owner = as_part("owner", _person(clause.owner))
        return [*asking, Word("does", "AUX"), *owner, Word("have", "VERB")]


LANGUAGE = English()
