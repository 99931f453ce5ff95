"""Hindi: ergative past, oblique case before postpositions, and agreement with what is in the direct case."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from xstilts.mini.concepts import NOUNS as CLASSES
from xstilts.mini.concepts import PEOPLE as GENDERS
from xstilts.mini.language import COMMA, Language, Word, Words, as_part, in_clause, is_somebody, named
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
)

Gender = Literal["m", "f"]
_Phrase = Person | People | City | Country | Organization | Noun


@dataclass(frozen=True)
class Agreement:
    """What verbs and adjectives agree with."""

    gender: Gender = "m"
    plural: bool = False


@dataclass(frozen=True)
class Predicate:
    """How a verb is put together.

    Attributes:
        root: Of the finite verb; a key of `ROOTS`.
        light: The noun, adjective or infinitive before it: "मदद करना".
        light_upos: Its part of speech.
        gender: Of a light noun that is the object in grammar; the past agrees with it.
        main: The stem of the main verb, if the finite verb only adds to it: "खो देना".
        ergative: Whether the subject of the past has ने.
        marker: The postposition of the object, of travel of the place; without it, persons have को.
        animate: Whether known animals have को as persons do.
    """

    root: str
    light: str = ""
    light_upos: str = "NOUN"
    gender: Gender | None = None
    main: str = ""
    ergative: bool = True
    marker: str = ""
    animate: bool = False


# fmt: off
PEOPLE = {
    "Anna": "ऐना", "Maria": "मारिया", "Elena": "एलेना", "Fatima": "फ़ातिमा", "Amina": "अमीना", "Leila": "लैला",
    "Sofia": "सोफ़िया", "Clara": "क्लारा", "Nadia": "नादिया", "Irina": "इरीना", "Rosa": "रोज़ा", "Julia": "जूलिया",
    "Lucia": "लूसिया", "Marta": "मार्ता", "Sara": "साराह", "Diana": "डायना", "Eva": "ईवा", "Olga": "ओल्गा",
    "Zainab": "ज़ैनब", "Mina": "मीना", "David": "डेविड", "Peter": "पीटर", "Ali": "अली", "Omar": "उमर",
    "Ivan": "इवान", "Carlos": "कार्लोस", "Daniel": "डैनियल", "Adam": "एडम", "Simon": "साइमन", "Thomas": "थॉमस",
    "Boris": "बोरिस", "Victor": "विक्टर", "Hassan": "हसन", "Juma": "जुमा", "Kenji": "केंजी", "Ravi": "रवि",
    "Pablo": "पाब्लो", "Samuel": "सैमुअल", "Martin": "मार्टिन", "Leo": "लियो",
}
CITIES = {
    "Paris": "पेरिस", "Berlin": "बर्लिन", "Hamburg": "हैम्बर्ग", "Madrid": "मैड्रिड", "Barcelona": "बार्सिलोना",
    "Rome": "रोम", "Vienna": "वियना", "Moscow": "मॉस्को", "Istanbul": "इस्तांबुल", "Ankara": "अंकारा",
    "Delhi": "दिल्ली", "Mumbai": "मुंबई", "Beijing": "बीजिंग", "Shanghai": "शंघाई", "Tokyo": "टोक्यो",
    "Jakarta": "जकार्ता", "Hanoi": "हनोई", "Cairo": "काहिरा", "Baghdad": "बगदाद", "Nairobi": "नैरोबी",
    "Lagos": "लागोस", "Accra": "अक्रा", "Lima": "लीमा", "Havana": "हवाना", "Helsinki": "हेलसिंकी", "Oslo": "ओस्लो",
}
COUNTRIES = {
    "France": "फ़्रांस", "Germany": "जर्मनी", "Spain": "स्पेन", "Italy": "इटली", "Austria": "ऑस्ट्रिया",
    "Russia": "रूस", "Turkey": "तुर्की", "India": "भारत", "China": "चीन", "Japan": "जापान",
    "Indonesia": "इंडोनेशिया", "Vietnam": "वियतनाम", "Egypt": "मिस्र", "Iraq": "इराक", "Kenya": "केन्या",
    "Nigeria": "नाइजीरिया", "Ghana": "घाना", "Peru": "पेरू", "Cuba": "क्यूबा", "Finland": "फ़िनलैंड", "Norway": "नॉर्वे",
}
ORGANIZATION_SORTS: dict[str, tuple[str, Gender]] = {
    "bank": ("बैंक", "m"), "company": ("कंपनी", "f"), "university": ("विश्वविद्यालय", "m"),
    "hospital": ("अस्पताल", "m"), "newspaper": ("अखबार", "m"),
}
ORGANIZATION_NAMES = {
    "Solara": "सोलारा", "Nordika": "नॉर्डिका", "Tembo": "टेम्बो", "Karima": "करीमा", "Lumina": "लुमिना",
    "Oriona": "ओरियोना", "Verda": "वेर्डा", "Marisol": "मारिसोल", "Himala": "हिमाला", "Delfina": "डेल्फ़िना",
    "Aurora": "ऑरोरा", "Kometa": "कोमेटा", "Safira": "सफ़ीरा", "Meridia": "मेरिडिया", "Polara": "पोलारा",
    "Zantora": "ज़ैंटोरा",
}
NOUNS: dict[str, tuple[str, Gender]] = {
    "teacher": ("अध्यापक", "m"), "doctor": ("डॉक्टर", "m"), "farmer": ("किसान", "m"), "student": ("छात्र", "m"),
    "driver": ("ड्राइवर", "m"), "nurse": ("नर्स", "f"), "writer": ("लेखक", "m"), "singer": ("गायक", "m"),
    "fisherman": ("मछुआरा", "m"), "soldier": ("सैनिक", "m"), "engineer": ("इंजीनियर", "m"), "tailor": ("दर्ज़ी", "m"),
    "lawyer": ("वकील", "m"), "painter": ("चित्रकार", "m"), "merchant": ("व्यापारी", "m"), "cook": ("बावर्ची", "m"),
    "mother": ("माँ", "f"), "father": ("पिता", "m"), "brother": ("भाई", "m"), "sister": ("बहन", "f"),
    "friend": ("दोस्त", "m"), "neighbor": ("पड़ोसी", "m"),
    "dog": ("कुत्ता", "m"), "cat": ("बिल्ली", "f"), "horse": ("घोड़ा", "m"), "cow": ("गाय", "f"), "goat": ("बकरी", "f"),
    "chicken": ("मुर्गी", "f"), "bird": ("चिड़िया", "f"), "sheep": ("भेड़", "f"), "donkey": ("गधा", "m"),
    "fish": ("मछली", "f"),
    "apple": ("सेब", "m"), "banana": ("केला", "m"), "orange": ("संतरा", "m"), "egg": ("अंडा", "m"), "cake": ("केक", "m"),
    "bread": ("रोटी", "f"), "cheese": ("पनीर", "m"), "rice": ("चावल", "m"), "meat": ("मांस", "m"), "soup": ("सूप", "m"),
    "water": ("पानी", "m"), "milk": ("दूध", "m"), "tea": ("चाय", "f"), "coffee": ("कॉफ़ी", "f"),
    "book": ("किताब", "f"), "letter": ("पत्र", "m"), "message": ("संदेश", "m"), "magazine": ("पत्रिका", "f"),
    "map": ("नक्शा", "m"),
    "car": ("कार", "f"), "bicycle": ("साइकिल", "f"), "boat": ("नाव", "f"), "bus": ("बस", "f"), "house": ("घर", "m"),
    "chair": ("कुर्सी", "f"), "table": ("मेज़", "f"), "window": ("खिड़की", "f"), "door": ("दरवाज़ा", "m"),
    "box": ("बक्सा", "m"), "bag": ("थैला", "m"), "shirt": ("कमीज़", "f"), "hat": ("टोपी", "f"), "cup": ("प्याला", "m"),
    "bottle": ("बोतल", "f"), "knife": ("चाकू", "m"), "key": ("चाबी", "f"), "rope": ("रस्सी", "f"),
    "basket": ("टोकरी", "f"), "ring": ("अँगूठी", "f"), "flower": ("फूल", "m"), "phone": ("फ़ोन", "m"),
    "lamp": ("लैंप", "m"), "clock": ("घड़ी", "f"), "picture": ("तस्वीर", "f"),
    "market": ("बाज़ार", "m"), "school": ("स्कूल", "m"), "forest": ("जंगल", "m"), "kitchen": ("रसोई", "f"),
    "garden": ("बगीचा", "m"), "shop": ("दुकान", "f"), "station": ("स्टेशन", "m"), "village": ("गाँव", "m"),
    "park": ("पार्क", "m"), "field": ("खेत", "m"), "library": ("पुस्तकालय", "m"), "office": ("दफ़्तर", "m"),
    "beach": ("समुद्र तट", "m"), "street": ("सड़क", "f"),
    "animal": ("जानवर", "m"), "fruit": ("फल", "m"), "vehicle": ("वाहन", "m"), "person": ("व्यक्ति", "m"),
}
# What a woman is called.
WOMEN = {
    "teacher": "अध्यापिका", "student": "छात्रा", "writer": "लेखिका", "singer": "गायिका", "fisherman": "मछुआरिन",
    "tailor": "दर्ज़िन",
}
# Spoken of in the plural, out of respect.
RESPECTED = {"mother", "father"}
UNINFLECTED = {"पिता"}
# Place -> the postpositions of being there and of going there.
PLACES = {
    "market": ("में", ""), "school": ("में", ""), "forest": ("में", "में"), "kitchen": ("में", "में"),
    "garden": ("में", "में"), "shop": ("में", ""), "station": ("पर", ""), "village": ("में", ""), "park": ("में", ""),
    "field": ("में", "में"), "library": ("में", ""), "office": ("में", ""), "beach": ("पर", "पर"),
    "street": ("पर", "पर"),
}
QUALITIES = {
    "big": "बड़ा", "small": "छोटा", "old": "पुराना", "new": "नया", "heavy": "भारी", "light": "हल्का",
    "expensive": "महँगा", "cheap": "सस्ता", "beautiful": "सुंदर", "red": "लाल", "white": "सफ़ेद", "black": "काला",
    "green": "हरा",
}
_AGE = (("उम्र", "NOUN"), ("में", "ADP"))
_HEIGHT = (("कद", "NOUN"), ("में", "ADP"))
_MORE = (("ज़्यादा", "ADV"),)
# What stands before the adjective, and the adjective.
COMPARISONS: dict[str, tuple[tuple[tuple[str, str], ...], str]] = {
    "older": (_AGE, "बड़ा"), "younger": (_AGE, "छोटा"), "taller": (_HEIGHT, "लंबा"), "shorter": (_HEIGHT, "छोटा"),
    "stronger": (_MORE, "ताकतवर"), "weaker": (_MORE, "कमज़ोर"), "richer": (_MORE, "अमीर"), "poorer": (_MORE, "गरीब"),
    "bigger": ((), "बड़ा"), "smaller": ((), "छोटा"), "heavier": (_MORE, "भारी"), "lighter": (_MORE, "हल्का"),
    "more expensive": (_MORE, "महँगा"), "cheaper": (_MORE, "सस्ता"),
}
# State -> adjective, and हुआ with participles.
ADJECTIVE_STATES = {
    "tired": "थका हुआ", "sick": "बीमार", "sad": "उदास", "happy": "खुश", "angry": "नाराज़", "afraid": "डरा हुआ",
    "broken": "खराब", "dirty": "गंदा", "closed": "बंद",
}
BROKEN_TO_PIECES = {"boat", "house", "chair", "table", "window", "door"}
# State -> what somebody feels.
FELT_STATES = {"hungry": "भूख", "thirsty": "प्यास"}
# Root -> perfective and future, masculine singular.
ROOTS = {
    "सो": ("सोया", "सोएगा"), "कर": ("किया", "करेगा"), "तैर": ("तैरा", "तैरेगा"), "दौड़": ("दौड़ा", "दौड़ेगा"),
    "हँस": ("हँसा", "हँसेगा"), "रो": ("रोया", "रोएगा"), "गा": ("गाया", "गाएगा"), "नाच": ("नाचा", "नाचेगा"),
    "खा": ("खाया", "खाएगा"), "पी": ("पिया", "पिएगा"), "पका": ("पकाया", "पकाएगा"), "पढ़": ("पढ़ा", "पढ़ेगा"),
    "लिख": ("लिखा", "लिखेगा"), "देख": ("देखा", "देखेगा"), "पा": ("पाया", "पाएगा"), "ले": ("लिया", "लेगा"),
    "दे": ("दिया", "देगा"), "खो": ("खोया", "खोएगा"), "जा": ("गया", "जाएगा"), "छिपा": ("छिपाया", "छिपाएगा"),
    "धो": ("धोया", "धोएगा"), "खोल": ("खोला", "खोलेगा"), "तोड़": ("तोड़ा", "तोड़ेगा"), "बना": ("बनाया", "बनाएगा"),
    "बेच": ("बेचा", "बेचेगा"), "खरीद": ("खरीदा", "खरीदेगा"), "भेज": ("भेजा", "भेजेगा"), "दिखा": ("दिखाया", "दिखाएगा"),
    "लौट": ("लौटा", "लौटेगा"), "पहुँच": ("पहुँचा", "पहुँचेगा"), "रह": ("रहा", "रहेगा"), "मिल": ("मिला", "मिलेगा"),
}
# Perfective in या or आ after a vowel -> masculine plural, feminine singular, feminine plural.
SPECIAL_FORMS = {
    "किया": ("किए", "की", "कीं"), "पिया": ("पिए", "पी", "पीं"), "लिया": ("लिए", "ली", "लीं"),
    "दिया": ("दिए", "दी", "दीं"), "गया": ("गए", "गई", "गईं"), "सोया": ("सोए", "सोई", "सोईं"),
    "रोया": ("रोए", "रोई", "रोईं"), "गाया": ("गाए", "गाई", "गाईं"), "खाया": ("खाए", "खाई", "खाईं"),
    "पकाया": ("पकाए", "पकाई", "पकाईं"), "पाया": ("पाए", "पाई", "पाईं"), "खोया": ("खोए", "खोई", "खोईं"),
    "छिपाया": ("छिपाए", "छिपाई", "छिपाईं"), "धोया": ("धोए", "धोई", "धोईं"), "बनाया": ("बनाए", "बनाई", "बनाईं"),
    "दिखाया": ("दिखाए", "दिखाई", "दिखाईं"), "नया": ("नए", "नई", "नई"), "हुआ": ("हुए", "हुई", "हुई"),
}
VERBS = {
    "sleep": Predicate("सो", ergative=False), "rest": Predicate("कर", "आराम", gender="m"),
    "wait": Predicate("कर", "इंतज़ार", gender="m"), "swim": Predicate("तैर", ergative=False),
    "run": Predicate("दौड़", ergative=False), "laugh": Predicate("हँस", ergative=False),
    "cry": Predicate("रो", ergative=False), "sing": Predicate("गा", "गाना", gender="m"),
    "dance": Predicate("नाच", ergative=False), "eat": Predicate("खा"), "drink": Predicate("पी"),
    "cook": Predicate("पका"), "read": Predicate("पढ़"), "write": Predicate("लिख"), "see": Predicate("देख", animate=True),
    "find": Predicate("पा", main="ढूँढ़", ergative=False, animate=True), "lose": Predicate("खो"),
    "carry": Predicate("जा", main="ले", ergative=False), "hide": Predicate("छिपा"),
    "repair": Predicate("कर", "ठीक", "ADJ"), "wash": Predicate("धो"), "open": Predicate("खोल"),
    "close": Predicate("कर", "बंद", "ADJ"), "break": Predicate("तोड़"),
    "draw": Predicate("बना", "चित्र", gender="m", marker="का"), "build": Predicate("बना"),
    "visit": Predicate("जा", "घूमने", "VERB", ergative=False),
    "meet": Predicate("कर", "मुलाकात", gender="f", marker="से"), "help": Predicate("कर", "मदद", gender="f", marker="का"),
    "call": Predicate("कर", "फ़ोन", gender="m", marker="को"), "love": Predicate("कर", "प्यार", gender="m", marker="से"),
    "follow": Predicate("कर", "पीछा", gender="m", marker="का"), "give": Predicate("दे"),
    "receive": Predicate("मिल", ergative=False), "sell": Predicate("बेच"), "buy": Predicate("खरीद"),
    "lend": Predicate("दे", "उधार"), "borrow": Predicate("ले", "उधार"), "send": Predicate("भेज"),
    "show": Predicate("दिखा"), "go": Predicate("जा", ergative=False),
    "travel": Predicate("कर", "यात्रा", gender="f", marker="का"), "return": Predicate("लौट", ergative=False),
    "arrive": Predicate("पहुँच", ergative=False), "live": Predicate("रह", ergative=False),
    "work": Predicate("कर", "काम", gender="m"), "study": Predicate("कर", "पढ़ाई", gender="f"),
}
# Verbs that say more when they affirm that something is or will be done.
COMPLETED = {
    "find": Predicate("ले", main="ढूँढ़", animate=True), "lose": Predicate("दे", main="खो"),
    "break": Predicate("दे", main="तोड़"),
}
VISIT_PERSON = Predicate("जा", "मिलने", "VERB", ergative=False, marker="से")
VISIT_ORGANIZATION = Predicate("जा", ergative=False)
REPAIR_HOUSE = Predicate("कर", "मरम्मत", gender="f", marker="का")
# Verb and its object -> another verb that this noun needs.
VERBS_OF_NOUNS = {("eat", "soup"): VERBS["drink"], ("repair", "house"): REPAIR_HOUSE}
SOURCES = {"receive", "buy", "borrow"}
HABITUAL = {"live", "work", "study", "love"}
# Told in the past, too, as what lasted.
LASTING = {"live", "love"}
TIMES = {
    "yesterday": (("कल", "NOUN"),), "last week": (("पिछले", "ADJ"), ("हफ़्ते", "NOUN")),
    "last year": (("पिछले", "ADJ"), ("साल", "NOUN")), "this morning": (("आज", "NOUN"), ("सुबह", "NOUN")),
    "now": (("अभी", "ADV"),), "today": (("आज", "NOUN"),), "tomorrow": (("कल", "NOUN"),),
    "next week": (("अगले", "ADJ"), ("हफ़्ते", "NOUN")), "tonight": (("आज", "NOUN"), ("रात", "NOUN")),
    "on Monday": (("सोमवार", "PROPN"), ("को", "ADP")), "on Tuesday": (("मंगलवार", "PROPN"), ("को", "ADP")),
    "on Friday": (("शुक्रवार", "PROPN"), ("को", "ADP")), "on Sunday": (("रविवार", "PROPN"), ("को", "ADP")),
}
NUMERALS = {2: "दो", 3: "तीन", 4: "चार", 5: "पाँच", 6: "छह"}
WHO = {"को": "किसे", "से": "किससे", "ने": "किसने", "का": "किसका", "की": "किसकी", "": "कौन"}
# fmt: on

NOT = Word("नहीं", "PART")


def agreeing(form: str, agreement: Agreement, oblique: bool = False, final: bool = False) -> str:
    """An adjective or participle in -ा in the form that agrees; others do not change.

    Args:
        form: The masculine singular.
        agreement: With what.
        oblique: Whether that stands before a postposition.
        final: Whether this ends the verb, so that it shows the feminine plural.
    """
    if not form.endswith(("ा", "आ")):
        return form
    masculine, feminine, feminines = SPECIAL_FORMS.get(form, (f"{form[:-1]}े", f"{form[:-1]}ी", f"{form[:-1]}ीं"))
    if agreement.gender == "f":
        return feminines if final and agreement.plural else feminine
    return masculine if agreement.plural or oblique else form


def declined(noun: str, gender: Gender, plural: bool, oblique: bool) -> str:
    """A noun in its number and case."""
    if noun in UNINFLECTED or not (plural or oblique):
        return noun
    if gender == "m" and noun.endswith("ा"):
        return noun[:-1] + ("ों" if plural and oblique else "े")
    if plural and oblique:
        return oblique_plural(noun)
    return direct_plural(noun) if plural and gender == "f" else noun


def direct_plural(noun: str) -> str:
    """A feminine noun, more than one, without a postposition."""
    if noun.endswith("ी"):
        return f"{noun[:-1]}ियाँ"
    if noun.endswith("िया"):
        return f"{noun}ँ"
    return f"{noun}एँ" if noun.endswith("ा") else f"{noun}ें"


def oblique_plural(noun: str) -> str:
    """A noun before a postposition, more than one, unless it is masculine in -ा."""
    for ending, changed in (("िया", "ियों"), ("ा", "ाओं"), ("ी", "ियों"), ("ि", "ियों"), ("ई", "इयों"), ("ू", "ुओं")):
        if noun.endswith(ending):
            return noun.removesuffix(ending) + changed
    return f"{noun}ों"


def future(form: str, agreement: Agreement) -> str:
    """A future in the form that agrees: "करेगा", "करेगी", "करेंगे", "करेंगी"."""
    if agreement.plural:
        form = f"{form[:-3]}एँगा" if form.endswith("एगा") else f"{form[:-2]}ंगा"
    return agreeing(form, agreement)


def postposition(agreement: Agreement, oblique: bool = False) -> str:
    """The postposition of the owner: "का", "के" or "की"."""
    return agreeing("का", agreement, oblique)


class Hindi(Language):
    """Subject, time, place, partner, object and verb."""

    code = "hi"
    name = "Hindi"
    stop = "।"

    def statement(self, meaning: Statement) -> Words:
        """The words of a statement, without the final mark."""
        if not isinstance(meaning, Linked):
            return self._clause(meaning)
        first, second = self._clause(meaning.first), self._clause(meaning.second)
        if meaning.link == "and":
            return [*first, *in_clause(1, [Word("और", "CCONJ"), *second])]
        if meaning.reason_first:
            return [*in_clause(1, [Word("चूँकि", "SCONJ"), *second, COMMA]), Word("इसलिए", "CCONJ"), *first]
        return [*first, *in_clause(1, [COMMA, Word("क्योंकि", "SCONJ"), *second])]

    def question(self, question: Question) -> Words:
        """The words of a question, without the final mark."""
        clause, asked = question.clause, question.asked
        if isinstance(clause, Event):
            return event_question(clause, asked)
        what = Word("क्या", "PRON")
        if isinstance(clause, Profession):
            subject = as_part("subject", noun_phrase(clause.subject, oblique=True))
            return [*subject, Word("का", "ADP"), Word("पेशा", "NOUN"), what, copula(Agreement())]
        if asked == "count":
            thing = how_many(clause.thing, oblique=False)
            return [*owner_words(clause.owner), *thing, copula(Agreement(plural=True))]
        return [*owner_words(clause.owner), what, copula(Agreement())]

    def _clause(self, meaning: Clause) -> Words:
        if isinstance(meaning, Event):
            return event(meaning)
        negation = [NOT] if meaning.negated else []
        if isinstance(meaning, Possession):
            thing = as_part("thing", noun_phrase(meaning.thing, oblique=False, negated=meaning.negated))
            return [*owner_words(meaning.owner), *thing, *negation, copula(agreement_of(meaning.thing))]
        if isinstance(meaning, State):
            return state(meaning)
        agreement = agreement_of(meaning.subject)
        subject = as_part("subject", noun_phrase(meaning.subject, oblique=False))
        if isinstance(meaning, Profession):
            masculine, _ = NOUNS[meaning.noun]
            woman = GENDERS[meaning.subject.name] == "f"
            form = WOMEN.get(meaning.noun, masculine) if woman else masculine
            said = as_part("noun", [Word(form, "NOUN")])
        elif isinstance(meaning, Quality):
            said = [Word(agreeing(QUALITIES[meaning.quality], agreement), "ADJ")]
        else:
            said = comparison(meaning, agreement)
        return [*subject, *said, *negation, copula(agreement)]


def copula(agreement: Agreement, past: bool = False) -> Word:
    """Is, are, was or were."""
    if past:
        return Word(agreeing("था", agreement, final=True), "AUX")
    return Word("हैं" if agreement.plural else "है", "AUX")


def agreement_of(phrase: _Phrase) -> Agreement:
    """Gender and number of a phrase."""
    if isinstance(phrase, Person):
        return Agreement(GENDERS[phrase.name])
    if isinstance(phrase, People):
        women = GENDERS[phrase.first.name] == GENDERS[phrase.second.name] == "f"
        return Agreement("f" if women else "m", plural=True)
    if isinstance(phrase, Organization):
        return Agreement(ORGANIZATION_SORTS[phrase.sort][1])
    if isinstance(phrase, Noun):
        return Agreement(NOUNS[phrase.noun][1], plural=phrase.count is not None or phrase.noun in RESPECTED)
    return Agreement()


def asks_who(phrase: object) -> bool:
    """Whether one asks "who" about it."""
    return isinstance(phrase, People) or is_somebody(phrase)


def noun_phrase(phrase: _Phrase, oblique: bool, negated: bool = False) -> Words:
    """A noun phrase.

    Args:
        phrase: What is meant.
        oblique: Whether a postposition follows.
        negated: Whether it is said that there is none: one indefinite thing has "कोई" and not "एक".
    """
    if isinstance(phrase, Person):
        return named("PER", [PEOPLE[phrase.name]])
    if isinstance(phrase, People):
        return [*noun_phrase(phrase.first, oblique), Word("और", "CCONJ"), *noun_phrase(phrase.second, oblique)]
    if isinstance(phrase, City):
        return named("LOC", [CITIES[phrase.name]])
    if isinstance(phrase, Country):
        return named("LOC", [COUNTRIES[phrase.name]])
    if isinstance(phrase, Organization):
        return named("ORG", [ORGANIZATION_NAMES[phrase.name], ORGANIZATION_SORTS[phrase.sort][0]])
    agreement = agreement_of(phrase)
    before: Words = []
    if phrase.owner:
        before = [*noun_phrase(phrase.owner, oblique=True), Word(postposition(agreement, oblique), "ADP")]
    elif phrase.count:
        before = [Word(NUMERALS[phrase.count], "NUM")]
    elif not phrase.definite and "mass" not in CLASSES[phrase.noun]:
        none = "किसी" if oblique else "कोई"
        before = [Word(none if negated else "एक", "DET")]
    return [*before, *adjective_and_noun(phrase, agreement, oblique)]


def adjective_and_noun(noun: Noun, agreement: Agreement, oblique: bool) -> Words:
    """A noun with its adjective, without what stands before them."""
    *first_nouns, head = NOUNS[noun.noun][0].split()
    adjective = []
    if noun.adjective:
        adjective = [Word(agreeing(QUALITIES[noun.adjective], agreement, oblique), "ADJ")]
    several = agreement.plural and noun.noun not in RESPECTED
    last = declined(head, agreement.gender, several, oblique)
    return [*adjective, *(Word(form, "NOUN") for form in (*first_nouns, last))]


def how_many(noun: Noun, oblique: bool) -> Words:
    """How many of them: "कितने लाल सेब", "कितनी किताबें"."""
    agreement = replace(agreement_of(noun), plural=True)
    return [Word(agreeing("कितना", agreement, oblique), "DET"), *adjective_and_noun(noun, agreement, oblique)]


def owner_words(owner: Person) -> Words:
    """Who has something: "ऐना के पास"."""
    return [*as_part("owner", noun_phrase(owner, oblique=True)), Word("के", "ADP"), Word("पास", "ADP")]


def comparison(meaning: Comparison, agreement: Agreement) -> Words:
    """What is said of the subject of a comparison: "उमर से उम्र में बड़ी"."""
    standard = as_part("standard", noun_phrase(meaning.standard, oblique=True))
    before, adjective = COMPARISONS[meaning.comparison]
    measure = [Word(form, upos) for form, upos in before]
    return [*standard, Word("से", "ADP"), *measure, Word(agreeing(adjective, agreement), "ADJ")]


def state(meaning: State) -> Words:
    """A state: "ऐना थकी हुई है", "ऐना को भूख नहीं लगी थी"."""
    past = meaning.tense == "past"
    negation = [NOT] if meaning.negated else []
    if meaning.state in FELT_STATES:
        subject = as_part("subject", noun_phrase(meaning.subject, oblique=True))
        felt = Word(FELT_STATES[meaning.state], "NOUN")
        return [*subject, Word("को", "ADP"), felt, *negation, Word("लगी", "VERB"), copula(Agreement("f"), past)]
    agreement = agreement_of(meaning.subject)
    adjective = ADJECTIVE_STATES[meaning.state]
    if meaning.state == "broken" and isinstance(meaning.subject, Noun) and meaning.subject.noun in BROKEN_TO_PIECES:
        adjective = "टूटा हुआ"
    first, *participle = adjective.split()
    words = [Word(agreeing(first, agreement), "ADJ"), *(Word(agreeing(form, agreement), "AUX") for form in participle)]
    subject = as_part("subject", noun_phrase(meaning.subject, oblique=False))
    return [*subject, *words, *negation, copula(agreement, past)]


def predicate_of(meaning: Event, asked: str = "") -> Predicate:
    """The verb that suits the object, the tense and the negation."""
    if meaning.verb == "visit" and asks_who(meaning.object):
        return VISIT_PERSON
    if meaning.verb == "visit" and isinstance(meaning.object, Organization):
        return VISIT_ORGANIZATION
    known = meaning.object.noun if isinstance(meaning.object, Noun) and asked != "object" else ""
    if (meaning.verb, known) in VERBS_OF_NOUNS:
        return VERBS_OF_NOUNS[meaning.verb, known]
    if meaning.verb in COMPLETED and meaning.tense != "present" and not meaning.negated:
        return COMPLETED[meaning.verb]
    return VERBS[meaning.verb]


def object_marker(meaning: Event, predicate: Predicate) -> str:
    """The postposition of the object, or "" of the direct case."""
    if predicate.marker:
        return (
            agreeing(predicate.marker, Agreement(predicate.gender or "m"))
            if predicate.marker == "का"
            else predicate.marker
        )
    thing = meaning.object
    known_animal = isinstance(thing, Noun) and "animal" in CLASSES[thing.noun] | {thing.noun}
    known_animal = known_animal and isinstance(thing, Noun) and (thing.definite or thing.owner is not None)
    return "को" if asks_who(thing) or (predicate.animate and known_animal) else ""


def verb_words(meaning: Event, predicate: Predicate, agreement: Agreement) -> Words:
    """The verb with its negation, after the light noun."""
    negation = [NOT] if meaning.negated else []
    main = [Word(predicate.main, "VERB")] if predicate.main else []
    upos = "AUX" if main else "VERB"
    perfective, later = ROOTS[predicate.root]
    if meaning.tense == "future":
        return [*negation, *main, Word(future(later, agreement), upos)]
    if meaning.verb in HABITUAL and (meaning.tense == "present" or meaning.verb in LASTING):
        bare = meaning.negated and meaning.tense == "present"
        form = agreeing(f"{predicate.root}ता", agreement, final=bare)
        auxiliary = [] if bare else [copula(agreement, past=meaning.tense == "past")]
        return [*negation, *main, Word(form, upos), *auxiliary]
    if meaning.tense == "past":
        return [*negation, *main, Word(agreeing(perfective, agreement, final=True), upos)]
    going_on = Word(agreeing("रहा", agreement), "AUX")
    return [*negation, *main, Word(predicate.root, upos), going_on, copula(agreement)]


def subject_marker(meaning: Event, predicate: Predicate) -> str:
    """ने in the past, को of who receives, or ""."""
    if meaning.verb == "receive":
        return "को"
    return "ने" if meaning.tense == "past" and predicate.ergative and meaning.verb != "love" else ""


def verb_agreement(meaning: Event, predicate: Predicate, asked: str) -> Agreement:
    """What the verb agrees with: the first of subject, light noun and object that is in the direct case."""
    if not subject_marker(meaning, predicate):
        return Agreement() if asked == "subject" else agreement_of(meaning.subject)
    if predicate.gender:
        return Agreement(predicate.gender)
    if meaning.object is None or object_marker(meaning, predicate) or asked == "object":
        return Agreement()
    return agreement_of(meaning.object)


def marked(part: str, words: Words, marker: str) -> Words:
    """A part of the clause with its postposition, if it has one."""
    return [*as_part(part, words), *([Word(marker, "ADP")] if marker else [])]


def place_marker(meaning: Event, predicate: Predicate) -> str:
    """The postposition of the place, or "" of the bare goal of motion."""
    if meaning.verb == "travel":
        return object_marker(meaning, predicate)
    motion = meaning.verb in ("go", "return", "arrive") or predicate == VISIT_PERSON
    if isinstance(meaning.place, Noun):
        return PLACES[meaning.place.noun][motion]
    return "" if motion else "में"


def partner_marker(meaning: Event) -> str:
    """To whom or from whom."""
    return "से" if meaning.verb in SOURCES else "को"


def event_parts(meaning: Event, predicate: Predicate) -> dict[str, Words]:
    """The phrases of an event, by field, in the neutral order."""
    marker = subject_marker(meaning, predicate)
    parts = {"subject": marked("subject", noun_phrase(meaning.subject, oblique=bool(marker)), marker)}
    if meaning.time is not None:
        parts["time"] = as_part("time", [Word(form, upos) for form, upos in TIMES[meaning.time]])
    if meaning.place is not None:
        parts["place"] = marked("place", noun_phrase(meaning.place, oblique=True), place_marker(meaning, predicate))
    if meaning.partner is not None:
        parts["partner"] = marked("partner", noun_phrase(meaning.partner, oblique=True), partner_marker(meaning))
    if meaning.object is not None:
        marker = object_marker(meaning, predicate)
        words = noun_phrase(meaning.object, oblique=bool(marker), negated=meaning.negated)
        parts["object"] = marked("object", words, marker)
        if meaning.verb == "visit" and isinstance(meaning.object, Organization) and meaning.object.sort == "newspaper":
            parts["object"] += [Word("के", "ADP"), Word("दफ़्तर", "NOUN")]
    return parts


def light_words(predicate: Predicate, parts: dict[str, Words]) -> Words:
    """The noun, adjective or infinitive before the verb, and the goal where one goes to visit a person."""
    light = [Word(predicate.light, predicate.light_upos)] if predicate.light else []
    return [*light, *(parts.pop("place", []) if predicate == VISIT_PERSON else [])]


def event(meaning: Event) -> Words:
    """A statement about an event."""
    predicate = predicate_of(meaning)
    parts = event_parts(meaning, predicate)
    front = parts.pop(meaning.front, []) if meaning.front else []
    light = light_words(predicate, parts)
    if meaning.front == "place" and meaning.verb == "travel":
        front, light = [*front, *light], []
    verb = verb_words(meaning, predicate, verb_agreement(meaning, predicate, asked=""))
    return [*front, *(word for words in parts.values() for word in words), *light, *verb]


def event_question(meaning: Event, asked: str) -> Words:
    """A question about a part of an event: the question word stands before the verb, or before its light noun."""
    predicate = predicate_of(meaning, asked)
    parts = event_parts(meaning, predicate)
    parts.pop("object" if asked == "count" else asked, None)
    verb = verb_words(meaning, predicate, verb_agreement(meaning, predicate, asked))
    asking = question_words(meaning, predicate, asked)
    light = light_words(predicate, parts)
    belongs_to_light = asked in ("object", "count") or (asked == "place" and meaning.verb == "travel")
    after_light = (predicate.marker == "का" or predicate.light_upos == "VERB") and not belongs_to_light
    focus = [*light, *asking] if after_light else [*asking, *light]
    return [*(word for words in parts.values() for word in words), *focus, *verb]


def question_words(meaning: Event, predicate: Predicate, asked: str) -> Words:
    """Who, what, where, when or how many, with what marks its role."""
    match asked:
        case "subject":
            return [Word(WHO[subject_marker(meaning, predicate)], "PRON")]
        case "partner":
            return [Word(WHO[partner_marker(meaning)], "PRON")]
        case "place":
            of = [Word(place_marker(meaning, predicate), "ADP")] if meaning.verb == "travel" else []
            return [Word("कहाँ", "ADV"), *of]
        case "time":
            return [Word("कब", "ADV")]
        case _:
            return question_words_of_object(meaning, predicate, asked)


def question_words_of_object(meaning: Event, predicate: Predicate, asked: str) -> Words:
    """Who, what, or how many, with the postposition of the object."""
    thing = meaning.object
    marker = object_marker(meaning, predicate)
    marked_by = [Word(marker, "ADP")] if marker else []
    if asked == "count":
        assert isinstance(thing, Noun)
        return [*how_many(thing, oblique=bool(marker)), *marked_by]
    if isinstance(thing, City | Organization):
        return [Word("कहाँ", "ADV"), *marked_by]
    return [Word(WHO[marker] if predicate.marker or asks_who(thing) else "क्या", "PRON")]


LANGUAGE = Hindi()
