"""Yoruba: particles for tense and negation, verbs in two parts, low tones that rise before an object."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from xstilts.mini.concepts import VERBS
from xstilts.mini.language import COMMA, Language, Word, Words, as_part, in_clause, is_somebody, named
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

# Names of the Bible and the Koran have their own Yoruba forms, others are written as they come.
_PEOPLE = {
    "Anna": "Anna", "Maria": "Màríà", "Elena": "Elena", "Fatima": "Fátímà", "Amina": "Àmínà", "Leila": "Leila",
    "Sofia": "Sofia", "Clara": "Clara", "Nadia": "Nadia", "Irina": "Irina", "Rosa": "Rosa", "Julia": "Júlíà",
    "Lucia": "Lucia", "Marta": "Màtá", "Sara": "Sárà", "Diana": "Diana", "Eva": "Éfà", "Olga": "Olga",
    "Zainab": "Zainab", "Mina": "Mina", "David": "Dáfídì", "Peter": "Pétérù", "Ali": "Àlí", "Omar": "Omar",
    "Ivan": "Ivan", "Carlos": "Carlos", "Daniel": "Dáníẹ́lì", "Adam": "Ádámù", "Simon": "Símónì",
    "Thomas": "Tọ́másì", "Boris": "Boris", "Victor": "Victor", "Hassan": "Hassan", "Juma": "Juma", "Kenji": "Kenji",
    "Ravi": "Ravi", "Pablo": "Pablo", "Samuel": "Sámúẹ́lì", "Martin": "Martin", "Leo": "Leo",
}  # fmt: skip

_CITIES = {
    "Paris": "Paris", "Berlin": "Berlin", "Hamburg": "Hamburg", "Madrid": "Madrid", "Barcelona": "Barcelona",
    "Rome": "Róòmù", "Vienna": "Vienna", "Moscow": "Moscow", "Istanbul": "Istanbul", "Ankara": "Ankara",
    "Delhi": "Delhi", "Mumbai": "Mumbai", "Beijing": "Beijing", "Shanghai": "Shanghai", "Tokyo": "Tokyo",
    "Jakarta": "Jakarta", "Hanoi": "Hanoi", "Cairo": "Káírò", "Baghdad": "Baghdad", "Nairobi": "Nairobi",
    "Lagos": "Èkó", "Accra": "Accra", "Lima": "Lima", "Havana": "Havana", "Helsinki": "Helsinki", "Oslo": "Oslo",
}  # fmt: skip

_COUNTRIES = {
    "France": "Faransé", "Germany": "Jámánì", "Spain": "Sípéènì", "Italy": "Ítálì", "Austria": "Asítíríà",
    "Russia": "Rọ́ṣíà", "Turkey": "Tọ́kì", "India": "Íńdíà", "China": "Ṣáínà", "Japan": "Jàpáànù",
    "Indonesia": "Indonéṣíà", "Vietnam": "Vietnam", "Egypt": "Íjíbítì", "Iraq": "Ìráàkì", "Kenya": "Kẹ́ńyà",
    "Nigeria": "Nàìjíríà", "Ghana": "Gánà", "Peru": "Pèérù", "Cuba": "Kúbà", "Finland": "Fínlándì",
    "Norway": "Nọ́ọ́wè",
}  # fmt: skip

_SORTS = {
    "bank": "Báǹkì", "company": "Ilé-iṣẹ́", "university": "Yunifásítì", "hospital": "Ilé-ìwòsàn",
    "newspaper": "Ìwé-ìròyìn",
}  # fmt: skip
_ORGANIZATIONS = {
    "Solara": "Solara", "Nordika": "Nordika", "Tembo": "Tembo", "Karima": "Karima", "Lumina": "Lumina",
    "Oriona": "Oriona", "Verda": "Verda", "Marisol": "Marisol", "Himala": "Himala", "Delfina": "Delfina",
    "Aurora": "Aurora", "Kometa": "Kometa", "Safira": "Safira", "Meridia": "Meridia", "Polara": "Polara",
    "Zantora": "Zantora",
}  # fmt: skip

_NOUNS = {
    "teacher": "olùkọ́", "doctor": "dókítà", "farmer": "àgbẹ̀", "student": "akẹ́kọ̀ọ́", "driver": "awakọ̀",
    "nurse": "nọ́ọ̀sì", "writer": "òǹkọ̀wé", "singer": "akọrin", "fisherman": "apẹja", "soldier": "ọmọ ogun",
    "engineer": "ẹnjiníà", "tailor": "aránṣọ", "lawyer": "agbẹjọ́rò", "painter": "ayàwòrán",
    "merchant": "oníṣòwò", "cook": "alásè",
    "mother": "ìyá", "father": "bàbá", "brother": "arákùnrin", "sister": "arábìnrin", "friend": "ọ̀rẹ́",
    "neighbor": "aládùúgbò",
    "dog": "ajá", "cat": "ológbò", "horse": "ẹṣin", "cow": "màlúù", "goat": "ewúrẹ́", "chicken": "adìyẹ",
    "bird": "ẹyẹ", "sheep": "àgùntàn", "donkey": "kẹ́tẹ́kẹ́tẹ́", "fish": "ẹja",
    "apple": "ápù", "banana": "ọ̀gẹ̀dẹ̀", "orange": "ọsàn", "egg": "ẹyin", "cake": "kéèkì", "bread": "búrẹ́dì",
    "cheese": "wàràkàṣì", "rice": "ìrẹsì", "meat": "ẹran", "soup": "ọbẹ̀", "water": "omi", "milk": "wàrà",
    "tea": "tíì", "coffee": "kọfí",
    "book": "ìwé", "letter": "lẹ́tà", "message": "àtẹ̀jíṣẹ́", "magazine": "ìwé àtìgbàdégbà", "map": "máàpù",
    "car": "ọkọ̀ ayọ́kẹ́lẹ́", "bicycle": "kẹ̀kẹ́", "boat": "ọkọ̀ ojú omi", "bus": "bọ́ọ̀sì", "house": "ilé",
    "chair": "àga", "table": "tábìlì", "window": "fèrèsé", "door": "ilẹ̀kùn", "box": "àpótí", "bag": "àpò",
    "shirt": "ṣẹ́ẹ̀tì", "hat": "fìlà", "cup": "ife", "bottle": "ìgò", "knife": "ọ̀bẹ", "key": "kọ́kọ́rọ́",
    "rope": "okùn", "basket": "apẹ̀rẹ̀", "ring": "òrùka", "flower": "òdòdó", "phone": "fóònù", "lamp": "fìtílà",
    "clock": "aago", "picture": "àwòrán",
    "market": "ọjà", "school": "ilé ìwé", "forest": "igbó", "kitchen": "ilé ìdáná", "garden": "ọgbà",
    "shop": "ṣọ́ọ̀bù", "station": "ibùdókọ̀", "village": "abúlé", "park": "ọgbà ìgbafẹ́", "field": "pápá",
    "library": "ilé ìkàwé", "office": "ọ́fíìsì", "beach": "etíkun", "street": "òpópónà",
    "animal": "ẹranko", "fruit": "èso", "vehicle": "ohun ìrìnnà", "person": "ènìyàn",
}  # fmt: skip
_NUMERALS = {2: "méjì", 3: "mẹ́ta", 4: "mẹ́rin", 5: "márùn-ún", 6: "mẹ́fà"}

# Adjectives that stand by the noun, and qualities that are told of it in a relative clause, which comes last.
_ADJECTIVES: dict[str, Words] = {
    "big": [Word("ńlá", "ADJ")],
    "small": [Word("kékeré", "ADJ")],
    "new": [Word("tuntun", "ADJ")],
    "red": [Word("pupa", "ADJ")],
    "white": [Word("funfun", "ADJ")],
    "black": [Word("dúdú", "ADJ")],
    "green": [Word("aláwọ̀", "ADJ"), Word("ewé", "NOUN")],
}
_RELATIVES: dict[str, Words] = {
    "old": [Word("tó", "PRON"), Word("ti", "AUX"), Word("gbó", "VERB")],
    "heavy": [Word("tó", "PRON"), Word("wúwo", "VERB")],
    "light": [Word("tó", "PRON"), Word("fúyẹ́", "VERB")],
    "expensive": [Word("tó", "PRON"), Word("wọ́n", "VERB")],
    "beautiful": [Word("tó", "PRON"), Word("rẹwà", "VERB")],
}
_PRICE = Word("owó", "NOUN")
_LITTLE = Word("kéré", "VERB")
# What is said of a thing: a verb, or an adjective that needs a copula. Cheap is of what "the price is small".
_PREDICATES = {
    "big": Word("tóbi", "VERB"), "small": _LITTLE, "old": Word("gbó", "VERB"), "heavy": Word("wúwo", "VERB"),
    "light": Word("fúyẹ́", "VERB"), "expensive": Word("wọ́n", "VERB"), "cheap": _LITTLE,
    "beautiful": Word("rẹwà", "VERB"), "red": Word("pupa", "ADJ"), "white": Word("funfun", "ADJ"),
    "black": Word("dúdú", "ADJ"),
}  # fmt: skip
_WITH_COPULA = frozenset(("new", "green"))

# Comparison -> what is compared instead of the thing itself, and the verb.
_COMPARISONS: dict[str, tuple[str, Words]] = {
    "older": ("", [Word("dàgbà", "VERB")]),
    "younger": ("", [_LITTLE, Word("ní", "ADP"), Word("ọjọ́", "NOUN"), Word("orí", "NOUN")]),
    "taller": ("", [Word("ga", "VERB")]),
    "shorter": ("", [Word("kúrú", "VERB")]),
    "stronger": ("", [Word("lágbára", "VERB")]),
    "weaker": ("agbára", [_LITTLE]),
    "richer": ("", [Word("lówó", "VERB")]),
    "poorer": ("", [Word("tòṣì", "VERB")]),
    "bigger": ("", [Word("tóbi", "VERB")]),
    "smaller": ("", [_LITTLE]),
    "heavier": ("", [Word("wúwo", "VERB")]),
    "lighter": ("", [Word("fúyẹ́", "VERB")]),
    "more expensive": ("", [Word("wọ́n", "VERB")]),
    "cheaper": ("owó", [_LITTLE]),
}

# Verb -> its words with places for the object O, the partner P and the place L: "sí+L" leaves the adposition behind
# when the place is asked for, "sí>L" does not. Words are verbs unless they say otherwise.
_VERBS = {
    "sleep": "sùn", "rest": "sinmi", "wait": "dúró", "swim": "lúwẹ̀ẹ́", "run": "sáré", "laugh": "rẹ́rìn-ín",
    "cry": "sunkún", "sing": "kọrin", "dance": "jó",
    "eat": "jẹ O", "drink": "mu O", "cook": "sè O", "read": "kà O", "write": "kọ O", "see": "rí O",
    "find": "ṣàwárí O", "lose": "sọ O nù", "carry": "gbé O", "hide": "fi O pamọ́", "repair": "tún O ṣe",
    "wash": "fọ̀ O", "open": "ṣí O", "close": "pa O dé", "break": "fọ́ O", "draw": "yà àwòrán>O", "build": "kọ́ O",
    "visit": "ṣàbẹ̀wò sí+O", "meet": "pàdé O", "help": "ràn O lọ́wọ́/ADV", "call": "pè O", "love": "fẹ́ràn O",
    "follow": "tẹ̀lé O",
    "give": "fún P ní>O", "receive": "gbà O lọ́wọ́>P", "sell": "tà O fún+P", "buy": "rà O lọ́wọ́>P",
    "lend": "yá P ní>O", "borrow": "yá O lọ́wọ́>P", "send": "fi O ránṣẹ́ sí+P", "show": "fi O hàn P",
    "go": "lọ sí>L", "travel": "rìnrìn àjò/NOUN lọ sí>L", "return": "padà sí+L", "arrive": "dé L",
    "live": "gbé ní>L", "work": "ṣiṣẹ́ ní>L", "study": "kẹ́kọ̀ọ́ ní>L",
}  # fmt: skip
# What is made of wood is nailed together.
_SPECIAL_VERBS = dict.fromkeys((("build", "chair"), ("build", "table"), ("build", "boat")), "kàn O")
# "Kí ni Anna tún ṣe?" would ask what Anna did again.
_WITHOUT_OBJECT = {"repair": "ṣàtúnṣe"}
_SLOTS = {"O": "object", "P": "partner", "L": "place"}
_FROM = frozenset(("receive", "buy", "borrow"))
# Verbs of a low tone, which is lost before a noun.
_RAISED = {
    "sè": "se", "kà": "ka", "fọ̀": "fọ", "yà": "ya", "ràn": "ran", "pè": "pe", "gbà": "gba", "tà": "ta", "rà": "ra",
    "hàn": "han", "kàn": "kan", "rẹ̀": "rẹ", "bà": "ba",
}  # fmt: skip

# State -> what comes before and after the particles; S is the subject.
_STATES = {
    "hungry": ("ebi/NOUN", "pa S"), "thirsty": ("òùngbẹ/NOUN", "gbẹ S"), "tired": ("ó/PRON", "rẹ̀ S"),
    "sick": ("S", "ṣàìsàn"), "sad": ("inú/NOUN S", "bàjẹ́"), "happy": ("inú/NOUN S", "dùn"),
    "angry": ("inú/NOUN", "bí S"), "afraid": ("ẹ̀rù/NOUN", "bà S"), "broken": ("S", "bàjẹ́"),
    "dirty": ("S", "dọ̀tí"), "closed": ("S", "wà ní/ADP pípadé/NOUN"),
}  # fmt: skip
# States that no particle shows to be past or present; past ones need "before".
_LASTING = frozenset(("dirty", "closed"))

_TIMES: dict[str, Words] = {
    "yesterday": [Word("lánàá", "ADV")],
    "last week": [Word("ní", "ADP"), Word("ọ̀sẹ̀", "NOUN"), Word("tó", "PRON"), Word("kọjá", "VERB")],
    "last year": [Word("ní", "ADP"), Word("ọdún", "NOUN"), Word("tó", "PRON"), Word("kọjá", "VERB")],
    "this morning": [Word("ní", "ADP"), Word("òwúrọ̀", "NOUN"), Word("yìí", "DET")],
    "now": [Word("ní", "ADP"), Word("báyìí", "ADV")],
    "today": [Word("lónìí", "ADV")],
    "tomorrow": [Word("lọ́la", "ADV")],
    "next week": [
        Word("ní", "ADP"), Word("ọ̀sẹ̀", "NOUN"), Word("tó", "PRON"), Word("ń", "AUX"), Word("bọ̀", "VERB"),
    ],
    "tonight": [Word("ní", "ADP"), Word("alẹ́", "NOUN"), Word("òní", "NOUN")],
    "on Monday": [Word("ní", "ADP"), Word("ọjọ́", "NOUN"), Word("Ajé", "PROPN")],
    "on Tuesday": [Word("ní", "ADP"), Word("ọjọ́", "NOUN"), Word("Ìṣẹ́gun", "PROPN")],
    "on Friday": [Word("ní", "ADP"), Word("ọjọ́", "NOUN"), Word("Ẹtì", "PROPN")],
    "on Sunday": [Word("ní", "ADP"), Word("ọjọ́", "NOUN"), Word("Àìkú", "PROPN")],
}  # fmt: skip

_NOT = Word("kò", "PART")
_ALSO = Word("sì", "CCONJ")
_FOCUS = Word("ni", "PART")
_HAVING = Word("ti", "AUX")
_AT = Word("ní", "ADP")
_FROM_HAND = Word("lọ́wọ́", "ADP")
_CURRENTLY = Word("lọ́wọ́lọ́wọ́", "ADV")
_BEFORE = Word("tẹ́lẹ̀", "ADV")
_WHO = Word("ta", "PRON")
_WHAT = Word("kí", "PRON")
_WHERE_TO = Word("ibo", "PRON")
_WHERE = Word("níbo", "ADV")
_WHICH = Word("wo", "DET")


def _person(person: Person) -> Words:
    return named("PER", [_PEOPLE[person.name]])


def _organization(organization: Organization) -> Words:
    name = _ORGANIZATIONS[organization.name]
    return [Word(_SORTS[organization.sort], "NOUN", "B-ORG"), Word(name, "PROPN", "I-ORG")]


def _relative(quality: str, plural: bool) -> Words:
    if quality == "cheap":
        return [Word("tí", "PRON"), _PRICE, Word("wọn" if plural else "rẹ̀", "PRON"), _LITTLE]
    return _RELATIVES[quality]


def _noun(noun: Noun, how_many: bool = False) -> Words:
    words = [Word(part, "NOUN") for part in _NOUNS[noun.noun].split()]
    relative: Words = []
    if noun.adjective in _ADJECTIVES:
        words += _ADJECTIVES[noun.adjective]
    elif noun.adjective:
        relative = _relative(noun.adjective, noun.count is not None)
    if noun.owner:
        words += _person(noun.owner)
    if how_many:
        words.append(Word("mélòó", "DET"))
    elif noun.count:
        words.append(Word(_NUMERALS[noun.count], "NUM"))
    return [*words, *relative, *([Word("náà", "DET")] if noun.definite else [])]


def _phrase(phrase: Actor | Thing | Place) -> Words:
    match phrase:
        case Person():
            return _person(phrase)
        case People():
            return [*_person(phrase.first), Word("àti", "CCONJ"), *_person(phrase.second)]
        case City():
            return named("LOC", [_CITIES[phrase.name]])
        case Country():
            return named("LOC", [_COUNTRIES[phrase.name]])
        case Organization():
            return _organization(phrase)
        case Noun():
            return _noun(phrase)


def _toned(words: Words) -> Words:
    """The words, with the low tone of verbs lost where a noun follows."""
    following = [*(word.upos for word in words[1:]), ""]
    return [
        word._replace(form=_RAISED[word.form])
        if word.upos == "VERB" and word.form in _RAISED and after in ("NOUN", "PROPN")
        else word
        for word, after in zip(words, following, strict=True)
    ]


def _particles(tense: str, negated: bool, also: bool, having: bool = False) -> Words:
    """What stands between the subject and the verb: tense, negation, "and", and the trace of a place asked for."""
    extra = [*([_ALSO] if also else []), *([_HAVING] if having else [])]
    if negated:
        return [_NOT, *extra, *([Word("ní", "AUX")] if tense == "future" else [])]
    if tense == "future":
        return [Word("yóò", "AUX"), *extra]
    return [*extra, *([Word("ń", "AUX")] if tense == "present" else [])]


def _tagged(token: str) -> Word:
    form, _, upos = token.partition("/")
    return Word(form, upos or "VERB")


def _place_noun(place: Place) -> Words:
    """Places need no article."""
    return as_part("place", _phrase(replace(place, definite=False) if isinstance(place, Noun) else place))


def _filler(event: Event, field: str) -> Words:
    if field == "place":
        return _place_noun(event.place) if event.place else []
    filler = event.object if field == "object" else event.partner
    return as_part(field, _phrase(filler)) if filler else []


def _verb_and_complements(event: Event, gap: str) -> Words:
    """The verb with its object, partner and place, except what stands elsewhere."""
    pattern = _VERBS[event.verb]
    if isinstance(event.object, Noun):
        pattern = _SPECIAL_VERBS.get((event.verb, event.object.noun), pattern)
    if gap == "object":
        pattern = _WITHOUT_OBJECT.get(event.verb, pattern)
    words: Words = []
    for token in pattern.split():
        if token[-1] not in _SLOTS:
            words.append(_tagged(token))
            continue
        field = _SLOTS[token[-1]]
        filler = _filler(event, field)
        before = [Word(token[:-2], "NOUN" if token.startswith("àwòrán") else "ADP")] if token[:-2] else []
        if filler and (field != gap or "+" in token):
            words += before
        if field != gap:
            words += filler
    if event.place and "L" not in pattern and gap != "place":
        words += [_AT, *_place_noun(event.place)]
    return words


def _adverb(event: Event) -> Words:
    """What tells present from past where the particles do not."""
    if event.verb == "love":
        return [_BEFORE] if event.tense == "past" and event.time in (None, "today") else []
    ongoing_not = event.tense == "present" and event.negated and event.time in (None, "today")
    return [_CURRENTLY] if ongoing_not else []


def _core(event: Event, also: bool, gap: str = "", having: bool = False) -> Words:
    """Subject, particles, verb, complements."""
    tense = "past" if event.verb == "love" and event.tense == "present" else event.tense
    particles = _particles(tense, event.negated, also, having)
    if gap == "subject":
        subject = [] if event.tense == "future" else [Word("ó", "PRON")]
    else:
        subject = as_part("subject", _phrase(event.subject))
    return [*subject, *particles, *_verb_and_complements(event, gap), *_adverb(event)]


def _event(event: Event, also: bool = False) -> Words:
    time = as_part("time", _TIMES[event.time]) if event.time else []
    if event.front == "time" and time:
        return [*time, COMMA, *_core(event, also)]
    if event.front == "place" and event.place:
        place = _place_noun(event.place)
        if VERBS[event.verb].frame == "motion":
            return [*place, _FOCUS, *_core(event, also, "place"), *time]
        return [_AT, *place, COMMA, *_core(event, also, "place"), *time]
    return [*_core(event, also), *time]


def _put(pattern: str, subject: Words) -> Words:
    return [word for token in pattern.split() for word in (subject if token == "S" else [_tagged(token)])]


def _state(state: State, also: bool) -> Words:
    before, after = _STATES[state.state]
    subject = as_part("subject", _phrase(state.subject))
    past = state.tense == "past"
    if state.negated:
        before = "" if state.state == "tired" else before
        after = after.replace("wà", "sí")
    if state.state in _LASTING:
        particles = _particles("past", state.negated, also)
    elif state.state == "broken" and not state.negated:
        particles = _particles("past", False, also, having=not past)
    else:
        particles = _particles("past" if state.negated else state.tense, state.negated, also)
    adverb = [_BEFORE] if past and (state.negated or state.state in _LASTING) else []
    return [*_put(before, subject), *particles, *_put(after, subject), *adverb]


def _copula(negated: bool, also: bool) -> Words:
    if negated:
        again = [_ALSO, Word("í", "AUX")] if also else []
        return [Word("kì", "PART"), Word("í", "AUX"), *again, Word("ṣe", "VERB")]
    return [*([_ALSO] if also else []), Word("jẹ́", "AUX")]


def _quality(quality: Quality, also: bool) -> Words:
    name = quality.quality
    subject = as_part("subject", _noun(quality.subject))
    if name in _WITH_COPULA:
        return [*subject, *_copula(quality.negated, also), *_ADJECTIVES[name]]
    particles = _particles("past", quality.negated, also, having=name == "old" and not quality.negated)
    return [*([_PRICE] if name == "cheap" else []), *subject, *particles, _PREDICATES[name]]


def _comparison(comparison: Comparison, also: bool) -> Words:
    compared, said = _COMPARISONS[comparison.comparison]
    subject = as_part("subject", _phrase(comparison.subject))
    standard = as_part("standard", _phrase(comparison.standard))
    particles = _particles("past", comparison.negated, also)
    of = [Word("ti", "ADP")] if compared else []
    more = [Word("ju", "VERB"), *of, *standard, Word("lọ", "VERB")]
    return [*([Word(compared, "NOUN")] if compared else []), *subject, *particles, *said, *more]


def _clause(clause: Clause, also: bool = False) -> Words:
    match clause:
        case Event():
            return _event(clause, also)
        case State():
            return _state(clause, also)
        case Quality():
            return _quality(clause, also)
        case Profession():
            subject, noun = as_part("subject", _person(clause.subject)), as_part("noun", _noun(Noun(clause.noun)))
            return [*subject, *_copula(clause.negated, also), *noun]
        case Comparison():
            return _comparison(clause, also)
        case Possession():
            owner, thing = as_part("owner", _person(clause.owner)), as_part("thing", _noun(clause.thing))
            return [*owner, *_particles("past", clause.negated, also), Word("ní", "VERB"), *thing]


def _linked(linked: Linked) -> Words:
    """Two clauses; "and" is a particle within the second."""
    first = in_clause(0, _clause(linked.first))
    second = in_clause(1, _clause(linked.second, also=linked.link == "and"))
    if linked.link == "and":
        return [*first, COMMA, *second]
    because = in_clause(1, [Word("nítorí", "SCONJ"), Word("pé", "SCONJ")])
    return [*because, *second, COMMA, *first] if linked.reason_first else [*first, *because, *second]


def _who_or_what(thing: Thing | None) -> Word:
    if isinstance(thing, (City, Organization)):
        return _WHERE_TO
    return _WHO if is_somebody(thing) else _WHAT


def _asking(event: Event, asked: str) -> Words:
    """What is asked, before the focus particle."""
    drawing = [Word("àwòrán", "NOUN")] if event.verb == "draw" else []
    match asked:
        case "subject":
            return [_WHO]
        case "object":
            return [*drawing, _who_or_what(event.object)]
        case "count":
            assert isinstance(event.object, Noun)
            return [*drawing, *_noun(event.object, how_many=True)]
        case "partner":
            return [*([_FROM_HAND] if event.verb in _FROM else []), _who_or_what(event.partner)]
        case "place":
            return [_WHERE_TO if VERBS[event.verb].frame == "motion" else _WHERE]
        case _:
            return [Word("nígbà", "NOUN"), _WHICH]


def _event_question(event: Event, asked: str) -> Words:
    gap = "object" if asked == "count" else asked
    where = asked == "place" and VERBS[event.verb].frame != "motion" and event.verb != "live"
    from_whom = asked == "partner" and event.verb in _FROM
    time = as_part("time", _TIMES[event.time]) if event.time and asked != "time" else []
    return [*_asking(event, asked), _FOCUS, *_core(event, False, gap, having=where or from_whom), *time]


class Yoruba(Language):
    """Yoruba, standard, with all tones."""

    code: ClassVar[str] = "yo"
    name: ClassVar[str] = "Yoruba"

    def statement(self, meaning: Statement) -> Words:
        """The words of a statement."""
        return _toned(_linked(meaning) if isinstance(meaning, Linked) else _clause(meaning))

    def question(self, question: Question) -> Words:
        """The words of a question."""
        clause = question.clause
        if isinstance(clause, Event):
            return _toned(_event_question(clause, question.asked))
        if isinstance(clause, Profession):
            work = [Word("iṣẹ́", "NOUN"), _WHICH, _FOCUS]
            return [*work, *as_part("subject", _person(clause.subject)), Word("ń", "AUX"), Word("ṣe", "VERB")]
        asking = _noun(clause.thing, how_many=True) if question.asked == "count" else [_WHAT]
        return [*asking, _FOCUS, *as_part("owner", _person(clause.owner)), Word("ní", "VERB")]


LANGUAGE = Yoruba()
