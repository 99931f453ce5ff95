"""Swahili: noun classes with their concords, prefixes of the verb, locatives in -ni, no articles."""

from __future__ import annotations

from dataclasses import dataclass
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

_PEOPLE = {
    "Anna": "Anna", "Maria": "Maria", "Elena": "Elena", "Fatima": "Fatuma", "Amina": "Amina", "Leila": "Leila",
    "Sofia": "Sofia", "Clara": "Klara", "Nadia": "Nadia", "Irina": "Irina", "Rosa": "Rosa", "Julia": "Julia",
    "Lucia": "Lusia", "Marta": "Marta", "Sara": "Sara", "Diana": "Diana", "Eva": "Eva", "Olga": "Olga",
    "Zainab": "Zainabu", "Mina": "Mina", "David": "Daudi", "Peter": "Petro", "Ali": "Ali", "Omar": "Omari",
    "Ivan": "Ivan", "Carlos": "Carlos", "Daniel": "Danieli", "Adam": "Adamu", "Simon": "Simoni", "Thomas": "Tomasi",
    "Boris": "Boris", "Victor": "Viktor", "Hassan": "Hassani", "Juma": "Juma", "Kenji": "Kenji", "Ravi": "Ravi",
    "Pablo": "Pablo", "Samuel": "Samweli", "Martin": "Martin", "Leo": "Leo",
}  # fmt: skip

_CITIES = {
    "Paris": "Paris", "Berlin": "Berlin", "Hamburg": "Hamburg", "Madrid": "Madrid", "Barcelona": "Barcelona",
    "Rome": "Roma", "Vienna": "Vienna", "Moscow": "Moscow", "Istanbul": "Istanbul", "Ankara": "Ankara",
    "Delhi": "Delhi", "Mumbai": "Mumbai", "Beijing": "Beijing", "Shanghai": "Shanghai", "Tokyo": "Tokyo",
    "Jakarta": "Jakarta", "Hanoi": "Hanoi", "Cairo": "Kairo", "Baghdad": "Baghdad", "Nairobi": "Nairobi",
    "Lagos": "Lagos", "Accra": "Accra", "Lima": "Lima", "Havana": "Havana", "Helsinki": "Helsinki", "Oslo": "Oslo",
}  # fmt: skip

_COUNTRIES = {
    "France": "Ufaransa", "Germany": "Ujerumani", "Spain": "Uhispania", "Italy": "Italia", "Austria": "Austria",
    "Russia": "Urusi", "Turkey": "Uturuki", "India": "India", "China": "China", "Japan": "Japani",
    "Indonesia": "Indonesia", "Vietnam": "Vietnam", "Egypt": "Misri", "Iraq": "Iraki", "Kenya": "Kenya",
    "Nigeria": "Nigeria", "Ghana": "Ghana", "Peru": "Peru", "Cuba": "Kuba", "Finland": "Ufini", "Norway": "Norwe",
}  # fmt: skip

# Sort -> its words, noun class.
_SORTS: dict[str, tuple[Words, int]] = {
    "bank": ([Word("Benki", "NOUN")], 9),
    "company": ([Word("Kampuni", "NOUN")], 9),
    "university": ([Word("Chuo", "NOUN"), Word("Kikuu", "ADJ")], 7),
    "hospital": ([Word("Hospitali", "NOUN")], 9),
    "newspaper": ([Word("Gazeti", "NOUN")], 5),
}
_ORGANIZATIONS = {
    "Solara": "Solara", "Nordika": "Nordika", "Tembo": "Tembo", "Karima": "Karima", "Lumina": "Lumina",
    "Oriona": "Oriona", "Verda": "Verda", "Marisol": "Marisol", "Himala": "Himala", "Delfina": "Delfina",
    "Aurora": "Aurora", "Kometa": "Kometa", "Safira": "Safira", "Meridia": "Meridia", "Polara": "Polara",
    "Zantora": "Zantora",
}  # fmt: skip

# Noun -> singular, plural, class of the singular. All that live have the concords of classes 1 and 2.
_NOUNS = {
    "teacher": ("mwalimu", "walimu", 1), "doctor": ("daktari", "madaktari", 1), "farmer": ("mkulima", "wakulima", 1),
    "student": ("mwanafunzi", "wanafunzi", 1), "driver": ("dereva", "madereva", 1),
    "nurse": ("muuguzi", "wauguzi", 1), "writer": ("mwandishi", "waandishi", 1), "singer": ("mwimbaji", "waimbaji", 1),
    "fisherman": ("mvuvi", "wavuvi", 1), "soldier": ("mwanajeshi", "wanajeshi", 1),
    "engineer": ("mhandisi", "wahandisi", 1), "tailor": ("fundi cherehani", "mafundi cherehani", 1),
    "lawyer": ("wakili", "mawakili", 1), "painter": ("mchoraji", "wachoraji", 1),
    "merchant": ("mfanyabiashara", "wafanyabiashara", 1), "cook": ("mpishi", "wapishi", 1),
    "mother": ("mama", "mama", 1), "father": ("baba", "baba", 1), "brother": ("kaka", "kaka", 1),
    "sister": ("dada", "dada", 1), "friend": ("rafiki", "marafiki", 1), "neighbor": ("jirani", "majirani", 1),
    "dog": ("mbwa", "mbwa", 1), "cat": ("paka", "paka", 1), "horse": ("farasi", "farasi", 1),
    "cow": ("ng'ombe", "ng'ombe", 1), "goat": ("mbuzi", "mbuzi", 1), "chicken": ("kuku", "kuku", 1),
    "bird": ("ndege", "ndege", 1), "sheep": ("kondoo", "kondoo", 1), "donkey": ("punda", "punda", 1),
    "fish": ("samaki", "samaki", 1),
    "apple": ("tufaha", "matufaha", 5), "banana": ("ndizi", "ndizi", 9), "orange": ("chungwa", "machungwa", 5),
    "egg": ("yai", "mayai", 5), "cake": ("keki", "keki", 9), "bread": ("mkate", "mikate", 3),
    "cheese": ("jibini", "jibini", 9), "rice": ("mchele", "mchele", 3), "meat": ("nyama", "nyama", 9),
    "soup": ("supu", "supu", 9), "water": ("maji", "maji", 6), "milk": ("maziwa", "maziwa", 6),
    "tea": ("chai", "chai", 9), "coffee": ("kahawa", "kahawa", 9),
    "book": ("kitabu", "vitabu", 7), "letter": ("barua", "barua", 9), "message": ("ujumbe", "jumbe", 11),
    "magazine": ("jarida", "majarida", 5), "map": ("ramani", "ramani", 9),
    "car": ("gari", "magari", 5), "bicycle": ("baiskeli", "baiskeli", 9), "boat": ("mashua", "mashua", 9),
    "bus": ("basi", "mabasi", 5), "house": ("nyumba", "nyumba", 9),
    "chair": ("kiti", "viti", 7), "table": ("meza", "meza", 9), "window": ("dirisha", "madirisha", 5),
    "door": ("mlango", "milango", 3), "box": ("sanduku", "masanduku", 5), "bag": ("mkoba", "mikoba", 3),
    "shirt": ("shati", "mashati", 5), "hat": ("kofia", "kofia", 9), "cup": ("kikombe", "vikombe", 7),
    "bottle": ("chupa", "chupa", 9), "knife": ("kisu", "visu", 7), "key": ("ufunguo", "funguo", 11),
    "rope": ("kamba", "kamba", 9), "basket": ("kikapu", "vikapu", 7), "ring": ("pete", "pete", 9),
    "flower": ("ua", "maua", 5), "phone": ("simu", "simu", 9), "lamp": ("taa", "taa", 9), "clock": ("saa", "saa", 9),
    "picture": ("picha", "picha", 9),
    "market": ("soko", "masoko", 5), "school": ("shule", "shule", 9), "forest": ("msitu", "misitu", 3),
    "kitchen": ("jiko", "majiko", 5), "garden": ("bustani", "bustani", 9), "shop": ("duka", "maduka", 5),
    "station": ("kituo", "vituo", 7), "village": ("kijiji", "vijiji", 7),
    "park": ("bustani ya umma", "bustani za umma", 9), "field": ("shamba", "mashamba", 5),
    "library": ("maktaba", "maktaba", 9), "office": ("ofisi", "ofisi", 9), "beach": ("ufukwe", "fukwe", 11),
    "street": ("barabara", "barabara", 9),
    "animal": ("mnyama", "wanyama", 1), "fruit": ("tunda", "matunda", 5),
    "vehicle": ("chombo cha usafiri", "vyombo vya usafiri", 7), "person": ("mtu", "watu", 1),
}  # fmt: skip
_PLURAL_CLASSES = {1: 2, 3: 4, 5: 6, 7: 8, 9: 10, 11: 10}
# Rice is another word when it is cooked.
_ON_THE_PLATE = {("eat", "rice"): "wali", ("cook", "rice"): "wali"}
_ADPOSITIONS = frozenset(("ya", "za", "cha", "vya"))

_LOCATIVES = {
    "market": "sokoni", "school": "shuleni", "forest": "msituni", "kitchen": "jikoni", "garden": "bustanini",
    "shop": "dukani", "station": "kituoni", "village": "kijijini", "field": "shambani", "library": "maktabani",
    "office": "ofisini", "beach": "ufukweni", "street": "barabarani",
}  # fmt: skip

# Class -> prefix of the subject, and the connective "of".
_SUBJECTS = {1: "a", 2: "wa", 3: "u", 4: "i", 5: "li", 6: "ya", 7: "ki", 8: "vi", 9: "i", 10: "zi", 11: "u"}
_CONNECTIVES = {
    1: "wa", 2: "wa", 3: "wa", 4: "ya", 5: "la", 6: "ya", 7: "cha", 8: "vya", 9: "ya", 10: "za", 11: "wa",
}  # fmt: skip

# Stem -> forms of the classes 1 to 11; of adjectives that are said of the living, of 1 and 2.
_AGREEING = {
    "kubwa": "mkubwa wakubwa mkubwa mikubwa kubwa makubwa kikubwa vikubwa kubwa kubwa mkubwa",
    "dogo": "mdogo wadogo mdogo midogo dogo madogo kidogo vidogo ndogo ndogo mdogo",
    "pya": "mpya wapya mpya mipya jipya mapya kipya vipya mpya mpya mpya",
    "zito": "mzito wazito mzito mizito zito mazito kizito vizito nzito nzito mzito",
    "epesi": "mwepesi wepesi mwepesi myepesi jepesi mepesi chepesi vyepesi nyepesi nyepesi mwepesi",
    "zuri": "mzuri wazuri mzuri mizuri zuri mazuri kizuri vizuri nzuri nzuri mzuri",
    "ekundu": "mwekundu wekundu mwekundu myekundu jekundu mekundu chekundu vyekundu nyekundu nyekundu mwekundu",
    "eupe": "mweupe weupe mweupe myeupe jeupe meupe cheupe vyeupe nyeupe nyeupe mweupe",
    "eusi": "mweusi weusi mweusi myeusi jeusi meusi cheusi vyeusi nyeusi nyeusi mweusi",
    "chafu": "mchafu wachafu mchafu michafu chafu machafu kichafu vichafu chafu chafu mchafu",
    "gonjwa": "mgonjwa wagonjwa",
    "refu": "mrefu warefu",
    "fupi": "mfupi wafupi",
}
_INVARIABLE = frozenset(("ghali", "dhaifu", "tajiri", "maskini"))
# Qualities said with the connective: "gari la zamani".
_CONNECTED: dict[str, Words] = {
    "zamani": [Word("zamani", "NOUN")],
    "kijani": [Word("kijani", "NOUN")],
    "nafuu": [Word("bei", "NOUN"), Word("nafuu", "ADJ")],
}
_QUALITIES = {
    "big": "kubwa", "small": "dogo", "old": "zamani", "new": "pya", "heavy": "zito", "light": "epesi",
    "expensive": "ghali", "cheap": "nafuu", "beautiful": "zuri", "red": "ekundu", "white": "eupe", "black": "eusi",
    "green": "kijani",
}  # fmt: skip
# "stronger" is "to have more strength".
_COMPARISONS = {
    "older": "kubwa", "younger": "dogo", "taller": "refu", "shorter": "fupi", "stronger": "nguvu", "weaker": "dhaifu",
    "richer": "tajiri", "poorer": "maskini", "bigger": "kubwa", "smaller": "dogo", "heavier": "zito",
    "lighter": "epesi", "more expensive": "ghali", "cheaper": "nafuu",
}  # fmt: skip
_OF_AGE = [Word("kwa", "ADP"), Word("umri", "NOUN")]
_MORE = Word("zaidi", "ADV")

# Numeral, or 0 for "how many" -> forms of the classes 2, 4, 6, 8 and 10.
_COUNTS = {
    0: "wangapi mingapi mangapi vingapi ngapi", 2: "wawili miwili mawili viwili mbili",
    3: "watatu mitatu matatu vitatu tatu", 4: "wanne minne manne vinne nne", 5: "watano mitano matano vitano tano",
    6: "sita sita sita sita sita",
}  # fmt: skip

_STATES_HAD = {"hungry": "njaa", "thirsty": "kiu", "sad": "huzuni", "happy": "furaha", "angry": "hasira"}
_STATES_REACHED = {"tired": "choka", "broken": "haribika", "closed": "fungwa"}
_STATES_OF_QUALITY = {"sick": "gonjwa", "dirty": "chafu"}
_STATES_DONE = {"afraid": "ogopa"}
# What breaks to pieces rather than fails.
_BROKEN = dict.fromkeys(("chair", "table", "window", "door"), "vunjika")


@dataclass(frozen=True)
class _Verb:
    """A verb.

    Attributes:
        stem: With its final vowel.
        after: A word that belongs to it and follows at once: "kazi" of "fanya kazi".
        last: A word that belongs to it and follows the one it is done to: "simu" of "pigia mtu simu".
        marks: Whose class the verb shows by a prefix: a living "object", the "partner", or nobody's.
    """

    stem: str
    after: tuple[Word, ...] = ()
    last: tuple[Word, ...] = ()
    marks: str = ""


_VERBS = {
    "sleep": _Verb("lala"), "rest": _Verb("pumzika"), "wait": _Verb("subiri"), "swim": _Verb("ogelea"),
    "run": _Verb("kimbia"), "laugh": _Verb("cheka"), "cry": _Verb("lia"), "sing": _Verb("imba"),
    "dance": _Verb("cheza", (Word("ngoma", "NOUN"),)),
    "eat": _Verb("la"), "drink": _Verb("nywa"), "cook": _Verb("pika"), "read": _Verb("soma"),
    "write": _Verb("andika"), "see": _Verb("ona", marks="object"), "find": _Verb("pata", marks="object"),
    "lose": _Verb("poteza"), "carry": _Verb("beba"), "hide": _Verb("ficha"), "repair": _Verb("rekebisha"),
    "wash": _Verb("osha"), "open": _Verb("fungua"), "close": _Verb("funga"), "break": _Verb("vunja"),
    "draw": _Verb("chora"), "build": _Verb("jenga"), "visit": _Verb("tembelea", marks="object"),
    "meet": _Verb("kutana", (Word("na", "ADP"),)), "help": _Verb("saidia", marks="object"),
    "call": _Verb("pigia", last=(Word("simu", "NOUN"),), marks="object"), "love": _Verb("penda", marks="object"),
    "follow": _Verb("fuata", marks="object"),
    "give": _Verb("pa", marks="partner"), "receive": _Verb("pokea"), "sell": _Verb("uzia", marks="partner"),
    "buy": _Verb("nunua"), "lend": _Verb("azimisha", marks="partner"), "borrow": _Verb("azima"),
    "send": _Verb("tumia", marks="partner"), "show": _Verb("onyesha", marks="partner"),
    "go": _Verb("enda"), "travel": _Verb("safiri"), "return": _Verb("rudi"),
    "arrive": _Verb("fika"), "live": _Verb("ishi"), "work": _Verb("fanya", (Word("kazi", "NOUN"),)),
    "study": _Verb("soma"),
}  # fmt: skip
# Verbs that are others with some objects.
_SPECIAL_VERBS = {
    ("wash", "shirt"): _Verb("fua"), ("wash", "hat"): _Verb("fua"), ("build", "chair"): _Verb("tengeneza"),
    ("build", "table"): _Verb("tengeneza"), ("build", "boat"): _Verb("unda"),
}  # fmt: skip
# Stems that keep the infinitive's "ku" where nothing else would carry the stress.
_SHORT = frozenset(("la", "nywa", "pa"))
_TENSES = {"past": "li", "present": "na", "future": "ta"}
_RELATIVE_TENSES = {"past": "liye", "present": "naye", "future": "takaye"}

_TIMES: dict[str, Words] = {
    "yesterday": [Word("jana", "ADV")],
    "last week": [Word("wiki", "NOUN"), Word("iliyopita", "VERB")],
    "last year": [Word("mwaka", "NOUN"), Word("uliopita", "VERB")],
    "this morning": [Word("leo", "ADV"), Word("asubuhi", "NOUN")],
    "now": [Word("sasa", "ADV")],
    "today": [Word("leo", "ADV")],
    "tomorrow": [Word("kesho", "ADV")],
    "next week": [Word("wiki", "NOUN"), Word("ijayo", "VERB")],
    "tonight": [Word("leo", "ADV"), Word("usiku", "NOUN")],
    "on Monday": [Word("siku", "NOUN"), Word("ya", "ADP"), Word("Jumatatu", "PROPN")],
    "on Tuesday": [Word("siku", "NOUN"), Word("ya", "ADP"), Word("Jumanne", "PROPN")],
    "on Friday": [Word("siku", "NOUN"), Word("ya", "ADP"), Word("Ijumaa", "PROPN")],
    "on Sunday": [Word("siku", "NOUN"), Word("ya", "ADP"), Word("Jumapili", "PROPN")],
}

_WHO = Word("nani", "PRON")
_WHAT = Word("nini", "PRON")
_WHERE = Word("wapi", "ADV")
_WHEN = Word("lini", "ADV")
_TO_GO = Word("kwenda", "VERB")
_FROM = [Word("kutoka", "ADP"), Word("kwa", "ADP")]


def _class_of(phrase: Actor | Thing) -> int:
    match phrase:
        case People():
            return 2
        case Organization():
            return _SORTS[phrase.sort][1]
        case Noun():
            singular = _NOUNS[phrase.noun][2]
            return _PLURAL_CLASSES[singular] if phrase.count else singular
        case _:
            return 1


def _adjective(stem: str, noun_class: int) -> Words:
    if stem in _INVARIABLE:
        return [Word(stem, "ADJ")]
    if stem in _CONNECTED:
        return [Word(_CONNECTIVES[noun_class], "ADP"), *_CONNECTED[stem]]
    return [Word(_AGREEING[stem].split()[noun_class - 1], "ADJ")]


def _count(count: int, noun_class: int) -> Word:
    return Word(_COUNTS[count].split()[noun_class // 2 - 1], "NUM" if count else "DET")


def _person(person: Person) -> Words:
    return named("PER", [_PEOPLE[person.name]])


def _organization(organization: Organization) -> Words:
    sort, noun_class = _SORTS[organization.sort]
    words = [*sort, Word(_CONNECTIVES[noun_class], "ADP"), Word(_ORGANIZATIONS[organization.name], "PROPN")]
    return [word._replace(entity="I-ORG" if at else "B-ORG") for at, word in enumerate(words)]


def _noun(noun: Noun, verb: str = "", how_many: bool = False) -> Words:
    singular, plural, _ = _NOUNS[noun.noun]
    noun_class = _class_of(noun)
    form = plural if noun.count else _ON_THE_PLATE.get((verb, noun.noun), singular)
    words = [Word(part, "ADP" if part in _ADPOSITIONS else "NOUN") for part in form.split()]
    stem = _QUALITIES[noun.adjective] if noun.adjective else ""
    adjective = _adjective(stem, noun_class) if stem else []
    number = [_count(0 if how_many else noun.count, noun_class)] if noun.count else []
    owner = [Word(_CONNECTIVES[noun_class], "ADP"), *_person(noun.owner)] if noun.owner else []
    following = [*number, *adjective] if stem in _CONNECTED else [*adjective, *number]
    return [*words, *following, *owner]


def _phrase(phrase: Actor | Thing | Place, verb: str = "") -> Words:
    match phrase:
        case Person():
            return _person(phrase)
        case People():
            return [*_person(phrase.first), Word("na", "CCONJ"), *_person(phrase.second)]
        case City():
            return named("LOC", [_CITIES[phrase.name]])
        case Country():
            return named("LOC", [_COUNTRIES[phrase.name]])
        case Organization():
            return _organization(phrase)
        case Noun():
            return _noun(phrase, verb)


def _denying(noun_class: int) -> str:
    return "ha" if noun_class == 1 else "ha" + _SUBJECTS[noun_class]


def _is_living(thing: Thing | None) -> bool:
    return isinstance(thing, Person) or (isinstance(thing, Noun) and _NOUNS[thing.noun][2] == 1)


def _mark(marked: Thing | None, stem: str) -> str:
    """The prefix of the verb for somebody it is done to or for."""
    if marked is None:
        return ""
    if _class_of(marked) == 2:
        return "wa"
    return "mu" if stem[0] == "u" else "mw" if stem[0] in "aeio" else "m"


def _conjugated(stem: str, noun_class: int, tense: str, negated: bool, mark: str = "") -> str:
    full = mark + ("ku" if stem in _SHORT and not mark else "") + stem
    if not negated:
        return _SUBJECTS[noun_class] + _TENSES[tense] + full
    if tense == "past":
        return _denying(noun_class) + "ku" + mark + stem
    if tense == "future":
        return _denying(noun_class) + "ta" + full
    return _denying(noun_class) + mark + (stem[:-1] + "i" if stem.endswith("a") else stem)


def _verb_of(event: Event) -> _Verb:
    if isinstance(event.object, Noun) and (event.verb, event.object.noun) in _SPECIAL_VERBS:
        return _SPECIAL_VERBS[event.verb, event.object.noun]
    return _VERBS[event.verb]


def _marked(event: Event, verb: _Verb, asked: str) -> Thing | None:
    if verb.marks == "partner":
        return event.partner
    if verb.marks != "object" or not _is_living(event.object):
        return None
    return None if asked == "object" and _asking_for(event.object) == _WHAT else event.object


def _finite(event: Event, asked: str = "") -> Words:
    """The verb with what belongs to it; of a question about the subject, its relative form."""
    verb = _verb_of(event)
    mark = _mark(_marked(event, verb, asked), verb.stem)
    if asked == "subject":
        short = "ku" if verb.stem in _SHORT and not mark else ""
        form = _SUBJECTS[1] + _RELATIVE_TENSES[event.tense] + mark + short + verb.stem
    else:
        form = _conjugated(verb.stem, _class_of(event.subject), event.tense, event.negated, mark)
    return [Word(form, "VERB"), *verb.after]


def _asking_for(thing: Thing | None) -> Word:
    if isinstance(thing, (City, Organization)):
        return _WHERE
    return _WHO if is_somebody(thing) else _WHAT


def _object(event: Event, asked: str) -> Words:
    if event.object is None:
        return []
    if asked == "object":
        return [_asking_for(event.object)]
    if asked == "count":
        assert isinstance(event.object, Noun)
        return _noun(event.object, event.verb, how_many=True)
    return as_part("object", _phrase(event.object, event.verb))


def _object_and_partner(event: Event, asked: str) -> Words:
    what = [*_object(event, asked), *_VERBS[event.verb].last]
    if event.partner is None:
        return what
    partner = [_asking_for(event.partner)] if asked == "partner" else as_part("partner", _phrase(event.partner))
    return [*partner, *what] if _VERBS[event.verb].marks == "partner" else [*what, *_FROM, *partner]


def _place(event: Event) -> Words:
    """Where, or where to. A name by itself could be an object, "wait for Paris", hence "in the city of"."""
    place = event.place
    if place is None:
        return []
    plain_noun = isinstance(place, Noun) and place.adjective is None and place.count is None and place.owner is None
    if isinstance(place, Noun) and plain_noun and place.noun in _LOCATIVES:
        return as_part("place", [Word(_LOCATIVES[place.noun], "NOUN")])
    words = as_part("place", _phrase(place))
    frame = VERBS[event.verb].frame
    motion = frame == "motion"
    if event.verb == "travel":
        return [_TO_GO, *words]
    if isinstance(place, (City, Country)):
        apart = not motion and (frame != "stay" or event.front == "place")
        return [Word("jijini" if isinstance(place, City) else "nchini", "NOUN"), *words] if apart else words
    return [Word("katika" if isinstance(place, Organization) and not motion else "kwenye", "ADP"), *words]


def _event(event: Event, asked: str = "") -> Words:
    time = as_part("time", _TIMES[event.time]) if event.time else []
    where = [_TO_GO, _WHERE] if event.verb == "travel" else [_WHERE]
    place = where if asked == "place" else _place(event)
    when = [_WHEN] if asked == "time" else time
    subject = [Word("ni", "AUX"), _WHO] if asked == "subject" else as_part("subject", _phrase(event.subject))
    core = [*subject, *_finite(event, asked), *_object_and_partner(event, asked)]
    if event.front == "time" and time:
        return [*time, COMMA, *core, *place]
    if event.front == "place" and place:
        return [*place, COMMA, *core, *when]
    return [*core, *place, *when]


def _copula(noun_class: int, tense: str, negated: bool) -> Word:
    if tense == "present":
        return Word("si" if negated else "ni", "AUX")
    return Word(_denying(noun_class) + "kuwa" if negated else _SUBJECTS[noun_class] + "likuwa", "AUX")


def _having(noun_class: int, tense: str, negated: bool) -> Words:
    if tense == "past":
        return [_copula(noun_class, tense, negated), Word("na", "ADP")]
    return [Word((_denying(noun_class) if negated else _SUBJECTS[noun_class]) + "na", "VERB")]


def _reached(stem: str, noun_class: int, tense: str, negated: bool) -> Words:
    """To be in a state: "amechoka", "hajachoka", "alikuwa amechoka", "hakuwa amechoka"."""
    if tense == "present" and negated:
        return [Word(_denying(noun_class) + "ja" + stem, "VERB")]
    perfect = Word(_SUBJECTS[noun_class] + "me" + stem, "VERB")
    return [perfect] if tense == "present" else [_copula(noun_class, tense, negated), perfect]


def _state(state: State) -> Words:
    noun_class = _class_of(state.subject)
    name, tense, negated = state.state, state.tense, state.negated
    if name in _STATES_HAD:
        said = [*_having(noun_class, tense, negated), Word(_STATES_HAD[name], "NOUN")]
    elif name in _STATES_REACHED:
        stem = _STATES_REACHED[name]
        if name == "broken" and isinstance(state.subject, Noun):
            stem = _BROKEN.get(state.subject.noun, stem)
        said = _reached(stem, noun_class, tense, negated)
    elif name in _STATES_OF_QUALITY:
        said = [_copula(noun_class, tense, negated), *_adjective(_STATES_OF_QUALITY[name], noun_class)]
    else:
        said = [Word(_conjugated(_STATES_DONE[name], noun_class, tense, negated), "VERB")]
    return [*as_part("subject", _phrase(state.subject)), *said]


def _comparison(comparison: Comparison) -> Words:
    noun_class = _class_of(comparison.subject)
    stem = _COMPARISONS[comparison.comparison]
    if stem == "nguvu":
        said = [*_having(noun_class, "present", comparison.negated), Word(stem, "NOUN"), _MORE]
    else:
        said = [_copula(noun_class, "present", comparison.negated), *_adjective(stem, noun_class)]
    if comparison.comparison in ("older", "younger"):
        said += _OF_AGE
    if stem in _CONNECTED:
        said.append(_MORE)
    standard = as_part("standard", _phrase(comparison.standard))
    return [*as_part("subject", _phrase(comparison.subject)), *said, Word("kuliko", "ADP"), *standard]


def _clause(clause: Clause) -> Words:
    match clause:
        case Event():
            return _event(clause)
        case State():
            return _state(clause)
        case Quality():
            noun_class = _class_of(clause.subject)
            said = [_copula(noun_class, "present", clause.negated)]
            said += _adjective(_QUALITIES[clause.quality], noun_class)
            return [*as_part("subject", _phrase(clause.subject)), *said]
        case Profession():
            noun = as_part("noun", _noun(Noun(clause.noun)))
            return [*as_part("subject", _person(clause.subject)), _copula(1, "present", clause.negated), *noun]
        case Comparison():
            return _comparison(clause)
        case Possession():
            thing = as_part("thing", _noun(clause.thing))
            return [*as_part("owner", _person(clause.owner)), *_having(1, "present", clause.negated), *thing]


def _linked(linked: Linked) -> Words:
    first, second = in_clause(0, _clause(linked.first)), in_clause(1, _clause(linked.second))
    if linked.link == "and":
        return [*first, COMMA, Word("na", "CCONJ", clause=1), *second]
    because = in_clause(1, [Word("kwa", "ADP"), Word("sababu", "NOUN")])
    return [*because, *second, COMMA, *first] if linked.reason_first else [*first, *because, *second]


class Swahili(Language):
    """Swahili, standard."""

    code: ClassVar[str] = "sw"
    name: ClassVar[str] = "Swahili"

    def statement(self, meaning: Statement) -> Words:
        """The words of a statement."""
        return _linked(meaning) if isinstance(meaning, Linked) else _clause(meaning)

    def question(self, question: Question) -> Words:
        """The words of a question."""
        clause = question.clause
        if isinstance(clause, Event):
            return _event(clause, question.asked)
        if isinstance(clause, Profession):
            work = [Word("anafanya", "VERB"), Word("kazi", "NOUN"), Word("gani", "DET")]
            return [*as_part("subject", _person(clause.subject)), *work]
        asking = _noun(clause.thing, how_many=True) if question.asked == "count" else [_WHAT]
        return [*as_part("owner", _person(clause.owner)), *_having(1, "present", False), *asking]


LANGUAGE = Swahili()
