"""German: three genders and four cases, the finite verb second or, after "weil", last."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from xstilts.mini.concepts import NOUNS, PEOPLE
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

Case = Literal["nominative", "accusative", "dative"]
Phrase = Actor | Thing

_PERSONS = {
    "Anna": "Anna", "Maria": "Maria", "Elena": "Elena", "Fatima": "Fatima", "Amina": "Amina", "Leila": "Leila",
    "Sofia": "Sofia", "Clara": "Clara", "Nadia": "Nadja", "Irina": "Irina", "Rosa": "Rosa", "Julia": "Julia",
    "Lucia": "Lucia", "Marta": "Marta", "Sara": "Sara", "Diana": "Diana", "Eva": "Eva", "Olga": "Olga",
    "Zainab": "Zainab", "Mina": "Mina",
    "David": "David", "Peter": "Peter", "Ali": "Ali", "Omar": "Omar", "Ivan": "Iwan", "Carlos": "Carlos",
    "Daniel": "Daniel", "Adam": "Adam", "Simon": "Simon", "Thomas": "Thomas", "Boris": "Boris", "Victor": "Viktor",
    "Hassan": "Hassan", "Juma": "Juma", "Kenji": "Kenji", "Ravi": "Ravi", "Pablo": "Pablo", "Samuel": "Samuel",
    "Martin": "Martin", "Leo": "Leo",
}  # fmt: skip

_CITIES = {
    "Paris": "Paris", "Berlin": "Berlin", "Hamburg": "Hamburg", "Madrid": "Madrid", "Barcelona": "Barcelona",
    "Rome": "Rom", "Vienna": "Wien", "Moscow": "Moskau", "Istanbul": "Istanbul", "Ankara": "Ankara",
    "Delhi": "Delhi", "Mumbai": "Mumbai", "Beijing": "Peking", "Shanghai": "Shanghai", "Tokyo": "Tokio",
    "Jakarta": "Jakarta", "Hanoi": "Hanoi", "Cairo": "Kairo", "Baghdad": "Bagdad", "Nairobi": "Nairobi",
    "Lagos": "Lagos", "Accra": "Accra", "Lima": "Lima", "Havana": "Havanna", "Helsinki": "Helsinki", "Oslo": "Oslo",
}  # fmt: skip

# Gender (m, f, n) of the countries that take the article, "" of the others.
_COUNTRIES = {
    "France": ("", "Frankreich"), "Germany": ("", "Deutschland"), "Spain": ("", "Spanien"), "Italy": ("", "Italien"),
    "Austria": ("", "Österreich"), "Russia": ("", "Russland"), "Turkey": ("f", "Türkei"), "India": ("", "Indien"),
    "China": ("", "China"), "Japan": ("", "Japan"), "Indonesia": ("", "Indonesien"), "Vietnam": ("", "Vietnam"),
    "Egypt": ("", "Ägypten"), "Iraq": ("m", "Irak"), "Kenya": ("", "Kenia"), "Nigeria": ("", "Nigeria"),
    "Ghana": ("", "Ghana"), "Peru": ("", "Peru"), "Cuba": ("", "Kuba"), "Finland": ("", "Finnland"),
    "Norway": ("", "Norwegen"),
}  # fmt: skip

# Gender, the name's form, and the preposition that says that somebody is there.
_ORGANIZATIONS = {
    "bank": ("f", "{}-Bank", "bei"),
    "company": ("f", "Firma {}", "bei"),
    "university": ("f", "Universität {}", "an"),
    "hospital": ("n", "Krankenhaus {}", "in"),
    "newspaper": ("f", "Zeitung {}", "bei"),
}
_ORGANIZATION_NAMES = {
    "Solara": "Solara", "Nordika": "Nordika", "Tembo": "Tembo", "Karima": "Karima", "Lumina": "Lumina",
    "Oriona": "Oriona", "Verda": "Verda", "Marisol": "Marisol", "Himala": "Himala", "Delfina": "Delfina",
    "Aurora": "Aurora", "Kometa": "Kometa", "Safira": "Safira", "Meridia": "Meridia", "Polara": "Polara",
    "Zantora": "Zantora",
}  # fmt: skip

# Gender, singular, plural.
_NOUNS = {
    "teacher": ("m", "Lehrer", "Lehrer"), "doctor": ("m", "Arzt", "Ärzte"), "farmer": ("m", "Bauer", "Bauern"),
    "student": ("m", "Student", "Studenten"), "driver": ("m", "Fahrer", "Fahrer"),
    "nurse": ("f", "Krankenschwester", "Krankenschwestern"), "writer": ("m", "Schriftsteller", "Schriftsteller"),
    "singer": ("m", "Sänger", "Sänger"), "fisherman": ("m", "Fischer", "Fischer"),
    "soldier": ("m", "Soldat", "Soldaten"), "engineer": ("m", "Ingenieur", "Ingenieure"),
    "tailor": ("m", "Schneider", "Schneider"), "lawyer": ("m", "Anwalt", "Anwälte"),
    "painter": ("m", "Maler", "Maler"), "merchant": ("m", "Händler", "Händler"), "cook": ("m", "Koch", "Köche"),
    "mother": ("f", "Mutter", "Mütter"), "father": ("m", "Vater", "Väter"), "brother": ("m", "Bruder", "Brüder"),
    "sister": ("f", "Schwester", "Schwestern"), "friend": ("m", "Freund", "Freunde"),
    "neighbor": ("m", "Nachbar", "Nachbarn"),
    "dog": ("m", "Hund", "Hunde"), "cat": ("f", "Katze", "Katzen"), "horse": ("n", "Pferd", "Pferde"),
    "cow": ("f", "Kuh", "Kühe"), "goat": ("f", "Ziege", "Ziegen"), "chicken": ("n", "Huhn", "Hühner"),
    "bird": ("m", "Vogel", "Vögel"), "sheep": ("n", "Schaf", "Schafe"), "donkey": ("m", "Esel", "Esel"),
    "fish": ("m", "Fisch", "Fische"),
    "apple": ("m", "Apfel", "Äpfel"), "banana": ("f", "Banane", "Bananen"), "orange": ("f", "Orange", "Orangen"),
    "egg": ("n", "Ei", "Eier"), "cake": ("m", "Kuchen", "Kuchen"),
    "bread": ("n", "Brot", "Brote"), "cheese": ("m", "Käse", "Käse"), "rice": ("m", "Reis", "Reis"),
    "meat": ("n", "Fleisch", "Fleisch"), "soup": ("f", "Suppe", "Suppen"),
    "water": ("n", "Wasser", "Wasser"), "milk": ("f", "Milch", "Milch"), "tea": ("m", "Tee", "Tees"),
    "coffee": ("m", "Kaffee", "Kaffees"),
    "book": ("n", "Buch", "Bücher"), "letter": ("m", "Brief", "Briefe"), "message": ("f", "Nachricht", "Nachrichten"),
    "magazine": ("f", "Zeitschrift", "Zeitschriften"), "map": ("f", "Landkarte", "Landkarten"),
    "car": ("n", "Auto", "Autos"), "bicycle": ("n", "Fahrrad", "Fahrräder"), "boat": ("n", "Boot", "Boote"),
    "bus": ("m", "Bus", "Busse"), "house": ("n", "Haus", "Häuser"), "chair": ("m", "Stuhl", "Stühle"),
    "table": ("m", "Tisch", "Tische"), "window": ("n", "Fenster", "Fenster"), "door": ("f", "Tür", "Türen"),
    "box": ("f", "Kiste", "Kisten"), "bag": ("f", "Tasche", "Taschen"), "shirt": ("n", "Hemd", "Hemden"),
    "hat": ("m", "Hut", "Hüte"), "cup": ("f", "Tasse", "Tassen"), "bottle": ("f", "Flasche", "Flaschen"),
    "knife": ("n", "Messer", "Messer"), "key": ("m", "Schlüssel", "Schlüssel"), "rope": ("n", "Seil", "Seile"),
    "basket": ("m", "Korb", "Körbe"), "ring": ("m", "Ring", "Ringe"), "flower": ("f", "Blume", "Blumen"),
    "phone": ("n", "Telefon", "Telefone"), "lamp": ("f", "Lampe", "Lampen"), "clock": ("f", "Uhr", "Uhren"),
    "picture": ("n", "Bild", "Bilder"),
    "market": ("m", "Markt", "Märkte"), "school": ("f", "Schule", "Schulen"), "forest": ("m", "Wald", "Wälder"),
    "kitchen": ("f", "Küche", "Küchen"), "garden": ("m", "Garten", "Gärten"), "shop": ("m", "Laden", "Läden"),
    "station": ("m", "Bahnhof", "Bahnhöfe"), "village": ("n", "Dorf", "Dörfer"), "park": ("m", "Park", "Parks"),
    "field": ("n", "Feld", "Felder"), "library": ("f", "Bibliothek", "Bibliotheken"),
    "office": ("n", "Büro", "Büros"), "beach": ("m", "Strand", "Strände"), "street": ("f", "Straße", "Straßen"),
    "animal": ("n", "Tier", "Tiere"), "fruit": ("f", "Frucht", "Früchte"), "vehicle": ("n", "Fahrzeug", "Fahrzeuge"),
    "person": ("f", "Person", "Personen"),
}  # fmt: skip
# In the singular these are written like the plural except in the nominative.
_WEAK_NOUNS = frozenset({"farmer", "student", "soldier", "neighbor"})

# Profession -> a man's and a woman's.
_PROFESSIONS = {
    "teacher": ("Lehrer", "Lehrerin"), "doctor": ("Arzt", "Ärztin"), "farmer": ("Bauer", "Bäuerin"),
    "student": ("Student", "Studentin"), "driver": ("Fahrer", "Fahrerin"),
    "nurse": ("Krankenpfleger", "Krankenschwester"), "writer": ("Schriftsteller", "Schriftstellerin"),
    "singer": ("Sänger", "Sängerin"), "fisherman": ("Fischer", "Fischerin"), "soldier": ("Soldat", "Soldatin"),
    "engineer": ("Ingenieur", "Ingenieurin"), "tailor": ("Schneider", "Schneiderin"),
    "lawyer": ("Anwalt", "Anwältin"), "painter": ("Maler", "Malerin"), "merchant": ("Händler", "Händlerin"),
    "cook": ("Koch", "Köchin"),
}  # fmt: skip

# Place -> preposition of being there; preposition of going there and its case.
_PLACES: dict[str, tuple[str, str, Case]] = {
    "market": ("auf", "zu", "dative"), "school": ("in", "zu", "dative"), "forest": ("in", "in", "accusative"),
    "kitchen": ("in", "in", "accusative"), "garden": ("in", "in", "accusative"), "shop": ("in", "in", "accusative"),
    "station": ("an", "zu", "dative"), "village": ("in", "in", "accusative"), "park": ("in", "in", "accusative"),
    "field": ("auf", "auf", "accusative"), "library": ("in", "in", "accusative"),
    "office": ("in", "in", "accusative"), "beach": ("an", "an", "accusative"),
    "street": ("auf", "auf", "accusative"),
}  # fmt: skip
_CONTRACTIONS = {
    ("in", "dem"): "im", ("in", "das"): "ins", ("an", "dem"): "am", ("an", "das"): "ans", ("zu", "dem"): "zum",
    ("zu", "der"): "zur", ("bei", "dem"): "beim", ("von", "dem"): "vom", ("auf", "das"): "aufs",
}  # fmt: skip

# The quality as a predicate, and the stem that takes endings.
_QUALITIES = {
    "big": ("groß", "groß"), "small": ("klein", "klein"), "old": ("alt", "alt"), "new": ("neu", "neu"),
    "heavy": ("schwer", "schwer"), "light": ("leicht", "leicht"), "expensive": ("teuer", "teur"),
    "cheap": ("billig", "billig"), "beautiful": ("schön", "schön"), "red": ("rot", "rot"), "white": ("weiß", "weiß"),
    "black": ("schwarz", "schwarz"), "green": ("grün", "grün"),
}  # fmt: skip

_COMPARISONS = {
    "older": "älter", "younger": "jünger", "taller": "größer", "shorter": "kleiner", "stronger": "stärker",
    "weaker": "schwächer", "richer": "reicher", "poorer": "ärmer", "bigger": "größer", "smaller": "kleiner",
    "heavier": "schwerer", "lighter": "leichter", "more expensive": "teurer", "cheaper": "billiger",
}  # fmt: skip

# What follows "sein"; or, with the form of "kein", what follows "haben".
_STATES = {
    "hungry": ("keinen", "Hunger", "NOUN"), "thirsty": ("keinen", "Durst", "NOUN"), "tired": ("", "müde", "ADJ"),
    "sick": ("", "krank", "ADJ"), "sad": ("", "traurig", "ADJ"), "happy": ("", "glücklich", "ADJ"),
    "angry": ("", "wütend", "ADJ"), "afraid": ("keine", "Angst", "NOUN"), "broken": ("", "kaputt", "ADJ"),
    "dirty": ("", "schmutzig", "ADJ"), "closed": ("", "geschlossen", "VERB"),
}  # fmt: skip

_TIMES = {
    "yesterday": (("gestern", "ADV"),),
    "last week": (("letzte", "ADJ"), ("Woche", "NOUN")),
    "last year": (("letztes", "ADJ"), ("Jahr", "NOUN")),
    "this morning": (("heute", "ADV"), ("Morgen", "NOUN")),
    "now": (("jetzt", "ADV"),),
    "today": (("heute", "ADV"),),
    "tomorrow": (("morgen", "ADV"),),
    "next week": (("nächste", "ADJ"), ("Woche", "NOUN")),
    "tonight": (("heute", "ADV"), ("Abend", "NOUN")),
    "on Monday": (("am", "ADP"), ("Montag", "NOUN")),
    "on Tuesday": (("am", "ADP"), ("Dienstag", "NOUN")),
    "on Friday": (("am", "ADP"), ("Freitag", "NOUN")),
    "on Sunday": (("am", "ADP"), ("Sonntag", "NOUN")),
}

_NUMERALS = {2: "zwei", 3: "drei", 4: "vier", 5: "fünf", 6: "sechs"}


@dataclass(frozen=True)
class _Verb:
    """Forms and government of a verb.

    Attributes:
        infinitive: Without the particle; also the form of the third person plural.
        singular: Third person singular of the present, without the particle.
        participle: Of the past, without the particle.
        auxiliary: Of the perfect.
        particle: What is split off in main clauses.
        reflexive: Whether it takes "sich".
        case: Of the object.
        source: Whether the partner stands with "von" and not in the dative.
    """

    infinitive: str
    singular: str
    participle: str
    auxiliary: Literal["haben", "sein"] = "haben"
    particle: str = ""
    reflexive: bool = False
    case: Case = "accusative"
    source: bool = False


_VERBS = {
    "sleep": _Verb("schlafen", "schläft", "geschlafen"),
    "rest": _Verb("ruhen", "ruht", "geruht", particle="aus", reflexive=True),
    "wait": _Verb("warten", "wartet", "gewartet"),
    "swim": _Verb("schwimmen", "schwimmt", "geschwommen", "sein"),
    "run": _Verb("rennen", "rennt", "gerannt", "sein"),
    "laugh": _Verb("lachen", "lacht", "gelacht"),
    "cry": _Verb("weinen", "weint", "geweint"),
    "sing": _Verb("singen", "singt", "gesungen"),
    "dance": _Verb("tanzen", "tanzt", "getanzt"),
    "eat": _Verb("essen", "isst", "gegessen"),
    "drink": _Verb("trinken", "trinkt", "getrunken"),
    "cook": _Verb("kochen", "kocht", "gekocht"),
    "read": _Verb("lesen", "liest", "gelesen"),
    "write": _Verb("schreiben", "schreibt", "geschrieben"),
    "see": _Verb("sehen", "sieht", "gesehen"),
    "find": _Verb("finden", "findet", "gefunden"),
    "lose": _Verb("verlieren", "verliert", "verloren"),
    "carry": _Verb("tragen", "trägt", "getragen"),
    "hide": _Verb("verstecken", "versteckt", "versteckt"),
    "repair": _Verb("reparieren", "repariert", "repariert"),
    "wash": _Verb("waschen", "wäscht", "gewaschen"),
    "open": _Verb("öffnen", "öffnet", "geöffnet"),
    "close": _Verb("schließen", "schließt", "geschlossen"),
    "break": _Verb("machen", "macht", "gemacht", particle="kaputt"),
    "draw": _Verb("zeichnen", "zeichnet", "gezeichnet"),
    "build": _Verb("bauen", "baut", "gebaut"),
    "visit": _Verb("besuchen", "besucht", "besucht"),
    "meet": _Verb("treffen", "trifft", "getroffen"),
    "help": _Verb("helfen", "hilft", "geholfen", case="dative"),
    "call": _Verb("rufen", "ruft", "gerufen", particle="an"),
    "love": _Verb("lieben", "liebt", "geliebt"),
    "follow": _Verb("folgen", "folgt", "gefolgt", "sein", case="dative"),
    "give": _Verb("geben", "gibt", "gegeben"),
    "receive": _Verb("bekommen", "bekommt", "bekommen", source=True),
    "sell": _Verb("verkaufen", "verkauft", "verkauft"),
    "buy": _Verb("kaufen", "kauft", "gekauft", source=True),
    "lend": _Verb("leihen", "leiht", "geliehen"),
    "borrow": _Verb("leihen", "leiht", "geliehen", particle="aus", reflexive=True, source=True),
    "send": _Verb("schicken", "schickt", "geschickt"),
    "show": _Verb("zeigen", "zeigt", "gezeigt"),
    "go": _Verb("gehen", "geht", "gegangen", "sein"),
    "travel": _Verb("reisen", "reist", "gereist", "sein"),
    "return": _Verb("kehren", "kehrt", "gekehrt", "sein", particle="zurück"),
    "arrive": _Verb("kommen", "kommt", "gekommen", "sein", particle="an"),
    "live": _Verb("leben", "lebt", "gelebt"),
    "work": _Verb("arbeiten", "arbeitet", "gearbeitet"),
    "study": _Verb("studieren", "studiert", "studiert"),
}
_ANIMALS_EAT = _Verb("fressen", "frisst", "gefressen")
_BAKE = _Verb("backen", "backt", "gebacken")
_CLEAN = _Verb("putzen", "putzt", "geputzt")
_WASH_UP = _Verb("spülen", "spült", "gespült")
# Dishes and furniture are not "gewaschen" as clothes and vehicles are.
_WASHED_UP = frozenset({"cup", "bottle", "knife"})
_CLEANED = frozenset({"window", "door", "chair", "table"})
_GO_BY_VEHICLE = _Verb("fahren", "fährt", "gefahren", "sein")
_LEARN = _Verb("lernen", "lernt", "gelernt")
# What is split off is a particle, except what is an adjective by itself.
_PARTICLE_CLASSES = {"an": "ADP", "aus": "ADP", "zurück": "ADP", "kaputt": "ADJ"}

_DEFINITE: dict[Case, dict[str, str]] = {
    "nominative": {"m": "der", "f": "die", "n": "das"},
    "accusative": {"m": "den", "f": "die", "n": "das"},
    "dative": {"m": "dem", "f": "der", "n": "dem"},
}
# Endings of "ein" and "kein" and, for "kein" alone, of the plural.
_INDEFINITE: dict[Case, dict[str, str]] = {
    "nominative": {"m": "", "f": "e", "n": "", "plural": "e"},
    "accusative": {"m": "en", "f": "e", "n": "", "plural": "e"},
    "dative": {"m": "em", "f": "er", "n": "em", "plural": "en"},
}
# Endings of adjectives: after "der", after "ein" or "kein", after no word that shows the case.
_ADJECTIVES: dict[str, dict[Case, dict[str, str]]] = {
    "weak": {
        "nominative": {"m": "e", "f": "e", "n": "e"},
        "accusative": {"m": "en", "f": "e", "n": "e"},
        "dative": {"m": "en", "f": "en", "n": "en"},
    },
    "mixed": {
        "nominative": {"m": "er", "f": "e", "n": "es", "plural": "en"},
        "accusative": {"m": "en", "f": "e", "n": "es", "plural": "en"},
        "dative": {"m": "en", "f": "en", "n": "en", "plural": "en"},
    },
    "strong": {
        "nominative": {"m": "er", "f": "e", "n": "es", "plural": "e"},
        "accusative": {"m": "en", "f": "e", "n": "es", "plural": "e"},
        "dative": {"m": "em", "f": "er", "n": "em", "plural": "en"},
    },
}
# Third person singular and plural.
_PRESENT = {"haben": ("hat", "haben"), "sein": ("ist", "sind"), "werden": ("wird", "werden")}
_PAST = {"haben": ("hatte", "hatten"), "sein": ("war", "waren")}


def _noun_form(noun: str, case: Case, plural: bool) -> str:
    _, singular, several = _NOUNS[noun]
    if plural:
        return several if case != "dative" or several[-1] in "ns" else several + "n"
    return several if case != "nominative" and noun in _WEAK_NOUNS else singular


def _noun_phrase(noun: Noun, case: Case, negated: bool = False, asked: bool = False) -> Words:
    """The noun with what belongs to it; `negated` makes it "kein ...", `asked` "wie viele ..." for the number."""
    plural = noun.count is not None
    gender = "plural" if plural else _NOUNS[noun.noun][0]
    endings = "strong"
    words: Words = []
    if noun.owner is not None:
        name = _PERSONS[noun.owner.name]
        words += named("PER", [name + ("’" if name[-1] in "sxzß" else "s")])
    elif noun.definite:
        words.append(Word(_DEFINITE[case][gender], "DET"))
        endings = "weak"
    elif negated:
        words.append(Word("kein" + _INDEFINITE[case][gender], "DET"))
        endings = "mixed"
    elif not plural and "mass" not in NOUNS[noun.noun]:
        words.append(Word("ein" + _INDEFINITE[case][gender], "DET"))
        endings = "mixed"
    if asked:
        words += [Word("wie", "ADV"), Word("vielen" if case == "dative" else "viele", "DET")]
    elif noun.count is not None:
        words.append(Word(_NUMERALS[noun.count], "NUM"))
    if noun.adjective is not None:
        words.append(Word(_QUALITIES[noun.adjective][1] + _ADJECTIVES[endings][case][gender], "ADJ"))
    return [*words, Word(_noun_form(noun.noun, case, plural), "NOUN")]


def _phrase(what: Phrase, case: Case, negated: bool = False) -> Words:
    match what:
        case Person(name):
            return named("PER", [_PERSONS[name]])
        case People(first, second):
            return [*_phrase(first, case), Word("und", "CCONJ"), *_phrase(second, case)]
        case City(name):
            return named("LOC", [_CITIES[name]])
        case Organization(sort, name):
            gender, form, _ = _ORGANIZATIONS[sort]
            forms = form.format(_ORGANIZATION_NAMES[name]).split()
            words = named("ORG", forms)
            # The first of two words is a common noun that says what sort it is.
            start = words[0] if len(words) == 1 else words[0]._replace(upos="NOUN")
            return [Word(_DEFINITE[case][gender], "DET"), start, *words[1:]]
        case Noun():
            return _noun_phrase(what, case, negated)


def _with_preposition(preposition: str, words: Words, part: str) -> Words:
    """A preposition with its phrase, which carries the part; it may swallow the article."""
    short = _CONTRACTIONS.get((preposition, words[0].form))
    if short is not None:
        return [Word(short, "ADP"), *as_part(part, words[1:])]
    return [Word(preposition, "ADP"), *as_part(part, words)]


def _place(place: Place, goal: bool) -> Words:
    """Where it is; with `goal`, where it leads to."""
    match place:
        case City():
            return _with_preposition("nach" if goal else "in", _phrase(place, "dative"), "place")
        case Country(name):
            gender, form = _COUNTRIES[name]
            if not gender:
                return _with_preposition("nach" if goal else "in", named("LOC", [form]), "place")
            article = Word(_DEFINITE["accusative" if goal else "dative"][gender], "DET")
            return _with_preposition("in", [article, *named("LOC", [form])], "place")
        case Organization(sort):
            preposition = "zu" if goal else _ORGANIZATIONS[sort][2]
            return _with_preposition(preposition, _phrase(place, "dative"), "place")
        case Noun(noun):
            there, thither, case = _PLACES[noun]
            return _with_preposition(thither if goal else there, _phrase(place, case if goal else "dative"), "place")


def _is_plural(actor: Actor) -> bool:
    return isinstance(actor, People) or (isinstance(actor, Noun) and actor.count is not None)


def _is_indefinite(what: Phrase | None) -> bool:
    return isinstance(what, Noun) and not what.definite and what.owner is None


@dataclass(frozen=True)
class _Fields:
    """A clause before its words are put in order.

    Attributes:
        finite: The finite verb where it stands second.
        parts: All the rest in neutral order by field, the subject first.
        end: What ends the clause where the finite verb stands second.
        last: What ends the clause where the finite verb stands last.
    """

    finite: Word
    parts: dict[str, Words]
    end: Words
    last: Words

    def verb_second(self, front: str = "subject", instead: Words | None = None) -> Words:
        """With the front part, or what stands instead of it, before the finite verb."""
        first = self.parts[front] if instead is None else instead
        return [*first, *self.verb_first(front)]

    def verb_first(self, without: str = "") -> Words:
        """As it stands after a subordinate clause, or after the part that is left out; "sich" precedes a subject."""
        order = sorted(self.parts, key=lambda field: field != "sich")
        rest = [word for field in order if field != without for word in self.parts[field]]
        return [self.finite, *rest, *self.end]

    def verb_last(self) -> Words:
        """As it stands after a subordinating conjunction."""
        return [*(word for words in self.parts.values() for word in words), *self.last]


def _wash(noun: str) -> _Verb:
    if noun in _WASHED_UP:
        return _WASH_UP
    return _CLEAN if noun in _CLEANED else _VERBS["wash"]


def _verb_of(event: Event) -> _Verb:
    """The verb, where its choice depends on the subject or the place."""
    if event.verb == "eat" and isinstance(event.subject, Noun) and not is_somebody(event.subject):
        return _ANIMALS_EAT
    if event.verb == "cook" and isinstance(event.object, Noun) and event.object.noun == "cake":
        return _BAKE
    if event.verb == "wash" and isinstance(event.object, Noun):
        return _wash(event.object.noun)
    if event.verb == "go" and isinstance(event.place, City | Country):
        return _GO_BY_VEHICLE
    if event.verb == "study" and isinstance(event.place, Noun):
        return _LEARN
    return _VERBS[event.verb]


def _predicate(verb: _Verb, tense: str, plural: bool) -> tuple[Word, Words, Words]:
    """The finite verb in second position, the end of the clause then, and the end of a clause with the verb last."""
    if tense == "present":
        finite = verb.infinitive if plural else verb.singular
        split = [Word(verb.particle, _PARTICLE_CLASSES[verb.particle])] if verb.particle else []
        return Word(finite, "VERB"), split, [Word(verb.particle + finite, "VERB")]
    auxiliary = verb.auxiliary if tense == "past" else "werden"
    form = verb.participle if tense == "past" else verb.infinitive
    finite_word = Word(_PRESENT[auxiliary][plural], "AUX")
    end = [Word(verb.particle + form, "VERB")]
    return finite_word, end, [*end, finite_word]


def _event(event: Event) -> _Fields:
    verb = _verb_of(event)
    finite, end, last = _predicate(verb, event.tense, _is_plural(event.subject))
    goal = event.verb in ("go", "travel", "return")
    without = event.negated and _is_indefinite(event.object)
    subject = as_part("subject", _phrase(event.subject, "nominative"))
    found = {
        "sich": [Word("sich", "PRON")] if verb.reflexive else [],
        "time": as_part("time", [Word(*word) for word in _TIMES[event.time]]) if event.time is not None else [],
        "nicht": [Word("nicht", "PART")] if event.negated and not without else [],
        "place": _place(event.place, goal) if event.place is not None else [],
        "object": [] if event.object is None else as_part("object", _phrase(event.object, verb.case, without)),
        "partner": [],
    }
    if event.partner is not None:
        partner = _phrase(event.partner, "dative")
        found["partner"] = _with_preposition("von", partner, "partner") if verb.source else as_part("partner", partner)
    return _Fields(finite, {"subject": subject} | {field: found[field] for field in _order(event, verb)}, end, last)


def _order(event: Event, verb: _Verb) -> tuple[str, ...]:
    """The fields after the subject: what is known before the time, what is new or a goal after it."""
    partner_known = not verb.source and not _is_indefinite(event.partner)
    known = ("sich", "partner") if partner_known else ("sich",)
    partner = () if partner_known else ("partner",)
    if _is_indefinite(event.object):
        return (*known, "time", *partner, "nicht", "place", "object")
    if event.negated or event.place is not None or isinstance(event.object, Person):
        if verb.source:
            return (*known, "object", "time", "nicht", "partner", "place")
        return (*known, *partner, "object", "time", "nicht", "place")
    return (*known, "time", *partner, "object", "nicht", "place")


def _being(
    subject: Words, verb: Literal["haben", "sein"], past: bool, rest: dict[str, Words], plural: bool = False
) -> _Fields:
    form = (_PAST if past else _PRESENT)[verb][plural]
    finite = Word(form, "AUX" if verb == "sein" else "VERB")
    return _Fields(finite, {"subject": subject, **rest}, [], [finite])


def _predicative(subject: Words, negated: bool, words: Words, past: bool = False, plural: bool = False) -> _Fields:
    nicht = [Word("nicht", "PART")] if negated else []
    return _being(subject, "sein", past, {"nicht": nicht, "predicate": words}, plural)


def _possession(clause: Possession) -> _Fields:
    owner = as_part("owner", _phrase(clause.owner, "nominative"))
    thing = as_part("thing", _phrase(clause.thing, "accusative", clause.negated))
    return _being(owner, "haben", False, {"thing": thing})


def _state(clause: State) -> _Fields:
    without, state, upos = _STATES[clause.state]
    subject = as_part("subject", _phrase(clause.subject, "nominative"))
    past, plural = clause.tense == "past", _is_plural(clause.subject)
    if not without:
        return _predicative(subject, clause.negated, [Word(state, upos)], past, plural)
    none = [Word(without, "DET")] if clause.negated else []
    return _being(subject, "haben", past, {"predicate": [*none, Word(state, upos)]}, plural)


def _profession(clause: Profession) -> _Fields:
    woman = PEOPLE[clause.subject.name] == "f"
    form = Word(_PROFESSIONS[clause.noun][woman], "NOUN")
    none = [Word("keine" if woman else "kein", "DET")] if clause.negated else []
    subject = as_part("subject", _phrase(clause.subject, "nominative"))
    return _being(subject, "sein", False, {"noun": as_part("noun", [*none, form])})


def _comparison(clause: Comparison) -> _Fields:
    subject = as_part("subject", _phrase(clause.subject, "nominative"))
    standard = as_part("standard", _phrase(clause.standard, "nominative"))
    words = [Word(_COMPARISONS[clause.comparison], "ADJ")]
    fields = _predicative(subject, clause.negated, words, plural=_is_plural(clause.subject))
    # "..., weil Anna größer ist als Omar."
    than = [Word("als", "ADP"), *standard]
    return replace(fields, end=[*fields.end, *than], last=[*fields.last, *than])


def _quality(clause: Quality) -> _Fields:
    subject = as_part("subject", _phrase(clause.subject, "nominative"))
    words = [Word(_QUALITIES[clause.quality][0], "ADJ")]
    return _predicative(subject, clause.negated, words, plural=_is_plural(clause.subject))


def _fields(clause: Clause) -> _Fields:
    match clause:
        case Event():
            return _event(clause)
        case State():
            return _state(clause)
        case Quality():
            return _quality(clause)
        case Profession():
            return _profession(clause)
        case Comparison():
            return _comparison(clause)
        case Possession():
            return _possession(clause)


def _main(clause: Clause) -> Words:
    front = clause.front if isinstance(clause, Event) and clause.front is not None else "subject"
    return _fields(clause).verb_second(front)


def _linked(linked: Linked) -> Words:
    if linked.link == "and":
        second = [Word("und", "CCONJ"), *_main(linked.second)]
        return [*in_clause(0, _main(linked.first)), *in_clause(1, second)]
    reason = [Word("weil", "SCONJ"), *_fields(linked.second).verb_last()]
    if linked.reason_first:
        return [*in_clause(1, [*reason, COMMA]), *in_clause(0, _fields(linked.first).verb_first())]
    return [*in_clause(0, _main(linked.first)), *in_clause(1, [COMMA, *reason])]


def _who(case: Case) -> Words:
    return [Word({"nominative": "wer", "accusative": "wen", "dative": "wem"}[case], "PRON")]


def _asked_of_event(event: Event, asked: str) -> Words:
    """What is asked with."""
    verb = _verb_of(event)
    match asked:
        case "subject":
            return _who("nominative")
        case "object":
            whom = is_somebody(event.object) or verb.case == "dative"
            return _who(verb.case) if whom else [Word("was", "PRON")]
        case "partner":
            return [Word("von", "ADP"), *_who("dative")] if verb.source else _who("dative")
        case "place":
            goal = event.verb in ("go", "travel", "return")
            return [Word("wohin" if goal else "wo", "ADV")]
        case "time":
            return [Word("wann", "ADV")]
        case "count":
            return _how_many(event.object, verb.case)
    raise ValueError(f"an event has no {asked!r} to ask about")


def _how_many(thing: Thing | None, case: Case) -> Words:
    if not isinstance(thing, Noun):
        raise ValueError(f"expected a noun to count, found {thing!r}")
    return _noun_phrase(thing, case, asked=True)


class German(Language):
    """German, with the perfect for what is past."""

    code = "de"
    name = "German"

    def statement(self, meaning: Statement) -> Words:
        """See `Language.statement`."""
        return _linked(meaning) if isinstance(meaning, Linked) else _main(meaning)

    def question(self, question: Question) -> Words:
        """See `Language.question`."""
        clause, asked = question.clause, question.asked
        if isinstance(clause, Event) and asked == "place" and clause.object is not None:
            fields = _fields(replace(clause, place=None))
        else:
            fields = _fields(clause)
        match clause:
            case Event():
                front = "object" if asked == "count" else asked
                return fields.verb_second(front, _asked_of_event(clause, asked))
            case Profession():
                if asked == "subject":
                    return fields.verb_second("subject", _who("nominative"))
                profession = [Word("von", "ADP"), Word("Beruf", "NOUN")]
                return [*fields.verb_second("noun", [Word("was", "PRON")]), *profession]
            case Possession():
                if asked == "count":
                    return fields.verb_second("thing", _how_many(clause.thing, "accusative"))
                # "Was hat Olga?" would ask what ails her.
                return replace(fields, finite=Word("besitzt", "VERB")).verb_second("thing", [Word("was", "PRON")])


LANGUAGE = German()
