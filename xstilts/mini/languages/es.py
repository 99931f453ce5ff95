"""Spanish: gender and number agreement, the personal "a", doubled datives, "ser" and "estar", opening question mark."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from xstilts.mini.concepts import NOUNS, PEOPLE, VERBS, is_human
from xstilts.mini.language import COMMA, Language, Word, Words, as_part, in_clause, named, tagged
from xstilts.mini.meaning import (
    City,
    Clause,
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

# fmt: off
_PEOPLE = {
    "Anna": "Ana", "Maria": "María", "Elena": "Elena", "Fatima": "Fátima", "Amina": "Amina", "Leila": "Leila",
    "Sofia": "Sofía", "Clara": "Clara", "Nadia": "Nadia", "Irina": "Irina", "Rosa": "Rosa", "Julia": "Julia",
    "Lucia": "Lucía", "Marta": "Marta", "Sara": "Sara", "Diana": "Diana", "Eva": "Eva", "Olga": "Olga",
    "Zainab": "Zainab", "Mina": "Mina", "David": "David", "Peter": "Pedro", "Ali": "Alí", "Omar": "Omar",
    "Ivan": "Iván", "Carlos": "Carlos", "Daniel": "Daniel", "Adam": "Adam", "Simon": "Simón", "Thomas": "Tomás",
    "Boris": "Boris", "Victor": "Víctor", "Hassan": "Hassan", "Juma": "Juma", "Kenji": "Kenji", "Ravi": "Ravi",
    "Pablo": "Pablo", "Samuel": "Samuel", "Martin": "Martín", "Leo": "Leo",
}
_CITIES = {
    "Paris": "París", "Berlin": "Berlín", "Hamburg": "Hamburgo", "Madrid": "Madrid", "Barcelona": "Barcelona",
    "Rome": "Roma", "Vienna": "Viena", "Moscow": "Moscú", "Istanbul": "Estambul", "Ankara": "Ankara",
    "Delhi": "Delhi", "Mumbai": "Bombay", "Beijing": "Pekín", "Shanghai": "Shanghái", "Tokyo": "Tokio",
    "Jakarta": "Yakarta", "Hanoi": "Hanói", "Cairo": "El Cairo", "Baghdad": "Bagdad", "Nairobi": "Nairobi",
    "Lagos": "Lagos", "Accra": "Acra", "Lima": "Lima", "Havana": "La Habana", "Helsinki": "Helsinki", "Oslo": "Oslo",
}
_COUNTRIES = {
    "France": "Francia", "Germany": "Alemania", "Spain": "España", "Italy": "Italia", "Austria": "Austria",
    "Russia": "Rusia", "Turkey": "Turquía", "India": "India", "China": "China", "Japan": "Japón",
    "Indonesia": "Indonesia", "Vietnam": "Vietnam", "Egypt": "Egipto", "Iraq": "Irak", "Kenya": "Kenia",
    "Nigeria": "Nigeria", "Ghana": "Ghana", "Peru": "Perú", "Cuba": "Cuba", "Finland": "Finlandia",
    "Norway": "Noruega",
}
_COUNTRIES_WITH_ARTICLE = ("India",)
# Sort -> article, word and its part of speech: the word is a part of the name or a common noun before it.
_ORGANIZATION_SORTS = {
    "bank": ("el", "Banco", "PROPN"), "company": ("la", "empresa", "NOUN"),
    "university": ("la", "Universidad", "PROPN"), "hospital": ("el", "Hospital", "PROPN"),
    "newspaper": ("el", "periódico", "NOUN"),
}
_ORGANIZATION_NAMES = {
    "Solara": "Solara", "Nordika": "Nordika", "Tembo": "Tembo", "Karima": "Karima", "Lumina": "Lumina",
    "Oriona": "Oriona", "Verda": "Verda", "Marisol": "Marisol", "Himala": "Himala", "Delfina": "Delfina",
    "Aurora": "Aurora", "Kometa": "Kometa", "Safira": "Safira", "Meridia": "Meridia", "Polara": "Polara",
    "Zantora": "Zantora",
}
# Noun -> gender, singular, plural (none of mass nouns).
_NOUNS = {
    "teacher": "m profesor profesores", "doctor": "m médico médicos", "farmer": "m agricultor agricultores",
    "student": "m estudiante estudiantes", "driver": "m conductor conductores", "nurse": "f enfermera enfermeras",
    "writer": "m escritor escritores", "singer": "m cantante cantantes", "fisherman": "m pescador pescadores",
    "soldier": "m soldado soldados", "engineer": "m ingeniero ingenieros", "tailor": "m sastre sastres",
    "lawyer": "m abogado abogados", "painter": "m pintor pintores", "merchant": "m comerciante comerciantes",
    "cook": "m cocinero cocineros",
    "mother": "f madre madres", "father": "m padre padres", "brother": "m hermano hermanos",
    "sister": "f hermana hermanas", "friend": "m amigo amigos", "neighbor": "m vecino vecinos",
    "dog": "m perro perros", "cat": "m gato gatos", "horse": "m caballo caballos", "cow": "f vaca vacas",
    "goat": "f cabra cabras", "chicken": "f gallina gallinas", "bird": "m pájaro pájaros",
    "sheep": "f oveja ovejas", "donkey": "m burro burros", "fish": "m pez peces",
    "apple": "f manzana manzanas", "banana": "m plátano plátanos", "orange": "f naranja naranjas",
    "egg": "m huevo huevos", "cake": "m pastel pasteles", "bread": "m pan", "cheese": "m queso",
    "rice": "m arroz", "meat": "f carne", "soup": "f sopa",
    "water": "f agua", "milk": "f leche", "tea": "m té", "coffee": "m café",
    "book": "m libro libros", "letter": "f carta cartas", "message": "m mensaje mensajes",
    "magazine": "f revista revistas", "map": "m mapa mapas",
    "car": "m coche coches", "bicycle": "f bicicleta bicicletas", "boat": "m barco barcos",
    "bus": "m autobús autobuses", "house": "f casa casas", "chair": "f silla sillas", "table": "f mesa mesas",
    "window": "f ventana ventanas", "door": "f puerta puertas", "box": "f caja cajas", "bag": "f bolsa bolsas",
    "shirt": "f camisa camisas", "hat": "m sombrero sombreros", "cup": "f taza tazas",
    "bottle": "f botella botellas", "knife": "m cuchillo cuchillos", "key": "f llave llaves",
    "rope": "f cuerda cuerdas", "basket": "f cesta cestas", "ring": "m anillo anillos", "flower": "f flor flores",
    "phone": "m teléfono teléfonos", "lamp": "f lámpara lámparas", "clock": "m reloj relojes",
    "picture": "m cuadro cuadros",
    "market": "m mercado mercados", "school": "f escuela escuelas", "forest": "m bosque bosques",
    "kitchen": "f cocina cocinas", "garden": "m jardín jardines", "shop": "f tienda tiendas",
    "station": "f estación estaciones", "village": "m pueblo pueblos", "park": "m parque parques",
    "field": "m campo campos", "library": "f biblioteca bibliotecas", "office": "f oficina oficinas",
    "beach": "f playa playas", "street": "f calle calles",
    "animal": "m animal animales", "fruit": "f fruta frutas", "vehicle": "m vehículo vehículos",
    "person": "f persona personas",
}
# A fish is another word once it is out of the water: "pez", "pescado".
_CAUGHT_FISH = "m pescado pescados"
_VERBS_OF_CAUGHT_FISH = ("eat", "cook", "lose", "carry", "hide", "give", "receive", "sell", "buy", "send")
# Feminine nouns that take "el" before the stressed a.
_FEMININE_WITH_EL = ("water",)
# What a man and what a woman is said to be.
_PROFESSIONS = {
    "teacher": "profesor profesora", "doctor": "médico médica", "farmer": "agricultor agricultora",
    "student": "estudiante estudiante", "driver": "conductor conductora", "nurse": "enfermero enfermera",
    "writer": "escritor escritora", "singer": "cantante cantante", "fisherman": "pescador pescadora",
    "soldier": "soldado soldado", "engineer": "ingeniero ingeniera", "tailor": "sastre sastra",
    "lawyer": "abogado abogada", "painter": "pintor pintora", "merchant": "comerciante comerciante",
    "cook": "cocinero cocinera",
}
# Masculine and feminine singular; the plural adds "s".
_QUALITIES = {
    "big": "grande grande", "small": "pequeño pequeña", "old": "viejo vieja", "new": "nuevo nueva",
    "heavy": "pesado pesada", "light": "ligero ligera", "expensive": "caro cara", "cheap": "barato barata",
    "beautiful": "bonito bonita", "red": "rojo roja", "white": "blanco blanca", "black": "negro negra",
    "green": "verde verde",
}
# Masculine and feminine singular; those of one word are comparatives themselves, the others follow "más".
_COMPARISONS = {
    "older": "mayor mayor", "younger": "menor menor", "taller": "alto alta", "shorter": "bajo baja",
    "stronger": "fuerte fuerte", "weaker": "débil débil", "richer": "rico rica", "poorer": "pobre pobre",
    "bigger": "grande grande", "smaller": "pequeño pequeña", "heavier": "pesado pesada",
    "lighter": "ligero ligera", "more expensive": "caro cara", "cheaper": "barato barata",
}
_COMPARATIVES = ("older", "younger")
# A noun that one has ("tiene hambre"), or the masculine and feminine of what one is in ("está cansado").
_STATES = {
    "hungry": "hambre", "thirsty": "sed", "tired": "cansado cansada", "sick": "enfermo enferma",
    "sad": "triste triste", "happy": "contento contenta", "angry": "enfadado enfadada", "afraid": "miedo",
    "broken": "roto rota", "dirty": "sucio sucia", "closed": "cerrado cerrada",
}
_BROKEN = {
    "car": "averiado averiada", "bus": "averiado averiada", "boat": "averiado averiada", "vehicle": "averiado averiada",
    "house": "dañado dañada",
}
# Preterite singular and plural, future singular (the plural adds "n"), gerund; or, for verbs that stand in the simple
# present, its singular and plural.
_VERBS = {
    "sleep": "durmió durmieron dormirá durmiendo", "rest": "descansó descansaron descansará descansando",
    "wait": "esperó esperaron esperará esperando", "swim": "nadó nadaron nadará nadando",
    "run": "corrió corrieron correrá corriendo", "laugh": "rio rieron reirá riendo",
    "cry": "lloró lloraron llorará llorando", "sing": "cantó cantaron cantará cantando",
    "dance": "bailó bailaron bailará bailando",
    "eat": "comió comieron comerá comiendo", "drink": "bebió bebieron beberá bebiendo",
    "cook": "cocinó cocinaron cocinará cocinando", "read": "leyó leyeron leerá leyendo",
    "write": "escribió escribieron escribirá escribiendo", "see": "vio vieron verá ve ven",
    "find": "encontró encontraron encontrará encuentra encuentran", "lose": "perdió perdieron perderá pierde pierden",
    "carry": "llevó llevaron llevará llevando", "hide": "escondió escondieron esconderá escondiendo",
    "repair": "reparó repararon reparará reparando", "wash": "lavó lavaron lavará lavando",
    "open": "abrió abrieron abrirá abriendo", "close": "cerró cerraron cerrará cerrando",
    "break": "rompió rompieron romperá rompiendo", "draw": "dibujó dibujaron dibujará dibujando",
    "build": "construyó construyeron construirá construyendo", "visit": "visitó visitaron visitará visitando",
    "meet": "reunió reunieron reunirá reuniendo", "help": "ayudó ayudaron ayudará ayudando",
    "call": "llamó llamaron llamará llamando", "love": "amó amaron amará ama aman",
    "follow": "siguió siguieron seguirá siguiendo",
    "give": "dio dieron dará dando", "receive": "recibió recibieron recibirá recibiendo",
    "sell": "vendió vendieron venderá vendiendo", "buy": "compró compraron comprará comprando",
    "lend": "prestó prestaron prestará prestando", "borrow": "tomó tomaron tomará tomando",
    "send": "envió enviaron enviará enviando", "show": "mostró mostraron mostrará mostrando",
    "go": "fue fueron irá va van", "travel": "viajó viajaron viajará viajando",
    "return": "volvió volvieron volverá vuelve vuelven", "arrive": "llegó llegaron llegará llegando",
    "live": "vivió vivieron vivirá vive viven", "work": "trabajó trabajaron trabajará trabaja trabajan",
    "study": "estudió estudiaron estudiará estudia estudian",
}
_TIMES = {
    "yesterday": "ayer/ADV", "last week": "la/DET semana/NOUN pasada/ADJ", "last year": "el/DET año/NOUN pasado/ADJ",
    "this morning": "esta/DET mañana/NOUN", "now": "ahora/ADV", "today": "hoy/ADV", "tomorrow": "mañana/ADV",
    "next week": "la/DET próxima/ADJ semana/NOUN", "tonight": "esta/DET noche/NOUN", "on Monday": "el/DET lunes/NOUN",
    "on Tuesday": "el/DET martes/NOUN", "on Friday": "el/DET viernes/NOUN", "on Sunday": "el/DET domingo/NOUN",
}
# fmt: on
_COUNTS = {2: "dos", 3: "tres", 4: "cuatro", 5: "cinco", 6: "seis"}
_REFLEXIVE = ("laugh", "meet")
_OBJECT_PREPOSITIONS = {"meet": "con"}
# Verbs whose partner follows this and comes before the object; with the others the partner is a doubled dative.
_PARTNER_PREPOSITIONS = {"receive": "de"}
# Verbs that treat every animal as they treat persons, and those that treat only a known one so.
_ANIMALS_AS_PERSONS = ("love", "follow")
_KNOWN_ANIMALS_AS_PERSONS = ("see", "find")
_CONTRACTIONS = {("a", "el"): "al", ("de", "el"): "del"}

_Phrase = Noun | Person | People | City | Country | Organization


@dataclass(frozen=True)
class _Predicate:
    """The verb of an event and what stands around it, each ready to be put in its place."""

    subject: Words
    verb: Words
    object: Words
    partner: Words
    place: Words
    time: Words

    def complements(self, partner_first: bool) -> Words:
        """What follows the verb and a subject after it."""
        inner = [self.partner, self.object] if partner_first else [self.object, self.partner]
        return [word for words in (*inner, self.place, self.time) for word in words]


class Spanish(Language):
    """Spanish of everyday; the simple past serves for what is completed."""

    code = "es"
    name = "Spanish"

    def statement(self, meaning: Statement) -> Words:
        """The words of a statement."""
        if not isinstance(meaning, Linked):
            return _clause(meaning)
        first = _clause(meaning.first)
        second = in_clause(1, _clause(meaning.second))
        if meaning.link == "and":
            return [*first, _and(second)._replace(clause=1), *second]
        if meaning.reason_first:
            return [*in_clause(1, [Word("como", "SCONJ"), *second, COMMA]), *first]
        return [*first, Word("porque", "SCONJ", clause=1), *second]

    def question(self, question: Question) -> Words:
        """The words of a question, without both its marks."""
        clause, asked = question.clause, question.asked
        if isinstance(clause, Profession):
            start = [Word("cuál", "PRON"), Word("es", "AUX"), Word("la", "DET"), Word("profesión", "NOUN")]
            return [*start, *_after("de", as_part("subject", _phrase(clause.subject)))]
        if isinstance(clause, Possession):
            owner = as_part("owner", _phrase(clause.owner))
            start = _how_many(clause.thing) if asked == "count" else [Word("qué", "PRON")]
            return [*start, Word("tiene", "VERB"), *owner]
        return _event_question(clause, asked)

    def sentence(self, meaning: Statement | Question) -> Words:
        """A whole sentence; a question opens with its mark too."""
        words = super().sentence(meaning)
        if not isinstance(meaning, Question):
            return words
        return [Word("¿", "PUNCT"), words[0]._replace(joined=True), *words[1:]]


def _clause(clause: Clause) -> Words:
    """The words of one clause."""
    if isinstance(clause, Event):
        return _event(clause)
    if isinstance(clause, Possession):
        thing = as_part("thing", _phrase(clause.thing, negated=clause.negated))
        return [*as_part("owner", _phrase(clause.owner)), *_not(clause.negated), Word("tiene", "VERB"), *thing]
    start = [*as_part("subject", _phrase(clause.subject)), *_not(clause.negated)]
    if isinstance(clause, State):
        return [*start, *_state(clause)]
    if isinstance(clause, Profession):
        return [*start, Word("es", "AUX"), *as_part("noun", _profession(clause))]
    plural = _plural(clause.subject)
    start.append(Word("son" if plural else "es", "AUX"))
    if isinstance(clause, Quality):
        return [*start, _adjective(_QUALITIES[clause.quality], clause.subject)]
    more = [] if clause.comparison in _COMPARATIVES else [Word("más", "ADV")]
    adjective = _adjective(_COMPARISONS[clause.comparison], clause.subject)
    return [*start, *more, adjective, Word("que", "SCONJ"), *as_part("standard", _phrase(clause.standard))]


def _state(clause: State) -> Words:
    """The words for having hunger or being tired."""
    plural = "n" if _plural(clause.subject) else ""
    forms = _STATES[clause.state]
    if " " not in forms:
        return [Word(("tiene" if clause.tense == "present" else "tenía") + plural, "VERB"), Word(forms, "NOUN")]
    if clause.state == "broken" and isinstance(clause.subject, Noun):
        forms = _BROKEN.get(clause.subject.noun, forms)
    being = ("está" if clause.tense == "present" else "estaba") + plural
    return [Word(being, "AUX"), _adjective(forms, clause.subject)]


def _profession(clause: Profession) -> Words:
    """What somebody is, without an article."""
    if clause.noun == "person":
        return _phrase(Noun("person"))
    masculine, feminine = _PROFESSIONS[clause.noun].split()
    return [Word(feminine if PEOPLE[clause.subject.name] == "f" else masculine, "NOUN")]


def _event(event: Event) -> Words:
    """Somebody does something."""
    parts = _predicate(event)
    partner_first = event.verb in _PARTNER_PREPOSITIONS
    if event.front == "time":
        rest = replace(parts, time=[])
        return [*parts.time, *parts.subject, *parts.verb, *rest.complements(partner_first)]
    if event.front == "place":
        rest = replace(parts, place=[])
        if VERBS[event.verb].frame in ("motion", "stay"):
            return [*parts.place, *parts.verb, *parts.subject, *rest.complements(partner_first)]
        return [*parts.place, COMMA, *parts.subject, *parts.verb, *rest.complements(partner_first)]
    return [*parts.subject, *parts.verb, *parts.complements(partner_first)]


def _predicate(event: Event) -> _Predicate:
    """The parts of an event, with their prepositions."""
    partner: Words = []
    if event.partner is not None:
        partner = _after(_PARTNER_PREPOSITIONS.get(event.verb, "a"), as_part("partner", _phrase(event.partner)))
    place: Words = []
    if event.place is not None:
        preposition = "a" if VERBS[event.verb].frame == "motion" else "en"
        place = _after(preposition, as_part("place", _phrase(event.place)))
    time = [] if event.time is None else as_part("time", tagged(_TIMES[event.time]))
    subject = as_part("subject", _phrase(event.subject))
    verb = [*_not(event.negated), *_verb(event, _plural(event.subject))]
    return _Predicate(subject, verb, _object(event), partner, place, time)


def _object(event: Event) -> Words:
    """The object, with "a" if it is one of the persons, and the participle of borrowing before it."""
    thing = event.object
    if thing is None:
        return []
    words = as_part("object", _phrase(thing, negated=event.negated, verb=event.verb))
    preposition = _object_preposition(event)
    return _after(preposition, words) if preposition else words


def _object_preposition(event: Event) -> str:
    """What stands before the object, if anything."""
    if event.verb in _OBJECT_PREPOSITIONS:
        return _OBJECT_PREPOSITIONS[event.verb]
    thing = event.object
    if isinstance(thing, Person):
        return "a"
    if not isinstance(thing, Noun):
        return ""
    if is_human(thing.noun):
        return "a"
    if thing.noun == "animal" or "animal" in NOUNS[thing.noun]:
        known = thing.definite or thing.owner is not None
        if event.verb in _ANIMALS_AS_PERSONS or (known and event.verb in _KNOWN_ANIMALS_AS_PERSONS):
            return "a"
    return ""


def _verb(event: Event, plural: bool, object_known: bool = True) -> Words:
    """Unstressed pronouns, the verb in its tense, and the participle that belongs to borrowing."""
    past, pasts, future, *present = _VERBS[event.verb].split()
    words = [Word("se", "PRON")] if event.verb in _REFLEXIVE else []
    if event.partner is not None and event.verb not in _PARTNER_PREPOSITIONS:
        words.append(Word("les" if _plural(event.partner) else "le", "PRON"))
    if event.tense == "past":
        words.append(Word(pasts if plural else past, "VERB"))
    elif event.tense == "future":
        words.append(Word(future + "n" * plural, "VERB"))
    elif len(present) == 2:
        words.append(Word(present[plural], "VERB"))
    else:
        words += [Word("están" if plural else "está", "AUX"), Word(present[0], "VERB")]
    if event.verb == "borrow":
        agreeing = event.object if object_known and isinstance(event.object, Noun) else None
        words.append(_adjective("prestado prestada", agreeing) if agreeing else Word("prestado", "ADJ"))
    return words


def _event_question(event: Event, asked: str) -> Words:
    """A question about a part of an event."""
    parts = _predicate(event)
    partner_first = event.verb in _PARTNER_PREPOSITIONS
    if asked == "subject":
        return [Word("quién", "PRON"), *_verb(event, plural=False), *parts.complements(partner_first)]
    verb = _verb(event, _plural(event.subject), object_known=asked != "object")
    if asked == "object":
        start, rest = _what(event), replace(parts, object=[])
    elif asked == "count":
        assert isinstance(event.object, Noun)
        preposition = _object_preposition(event)
        start = [*([Word(preposition, "ADP")] if preposition else []), *_how_many(event.object, event.verb)]
        rest = replace(parts, object=[])
    elif asked == "partner":
        start = [Word(_PARTNER_PREPOSITIONS.get(event.verb, "a"), "ADP"), Word("quién", "PRON")]
        rest = replace(parts, partner=[])
    elif asked == "place":
        goal = VERBS[event.verb].frame == "motion"
        start, rest = [Word("adónde" if goal else "dónde", "ADV")], replace(parts, place=[])
    else:
        assert asked == "time", f"an event has no {asked}"
        start, rest = [Word("cuándo", "ADV")], replace(parts, time=[])
    return [*start, *verb, *parts.subject, *rest.complements(partner_first)]


def _what(event: Event) -> Words:
    """The words that ask for an object."""
    if isinstance(event.object, City):
        return [Word("qué", "DET"), Word("ciudad", "NOUN")]
    preposition = _object_preposition(event)
    unknown_animal = event.verb in _KNOWN_ANIMALS_AS_PERSONS and _is_animal(event.object)
    if preposition and not unknown_animal:
        return [Word(preposition, "ADP"), Word("quién", "PRON")]
    return [Word("qué", "PRON")]


def _is_animal(thing: _Phrase | None) -> bool:
    return isinstance(thing, Noun) and (thing.noun == "animal" or "animal" in NOUNS[thing.noun])


def _how_many(noun: Noun, verb: str = "") -> Words:
    """The words that ask for a number of things."""
    gender, _, plural = _entry(noun, verb)
    many = Word("cuántas" if gender == "f" else "cuántos", "DET")
    return [many, Word(plural, "NOUN"), *_attribute(noun)]


def _phrase(thing: _Phrase, negated: bool = False, verb: str = "") -> Words:
    """A noun phrase; an indefinite one within a negated verb's reach says "no"."""
    if isinstance(thing, Noun):
        return _noun(thing, negated, verb)
    if isinstance(thing, Person):
        return named("PER", [_PEOPLE[thing.name]])
    if isinstance(thing, People):
        second = _phrase(thing.second)
        return [*_phrase(thing.first), _and(second), *second]
    if isinstance(thing, City):
        return named("LOC", _CITIES[thing.name].split())
    if isinstance(thing, Country):
        article = [Word("la", "DET")] if thing.name in _COUNTRIES_WITH_ARTICLE else []
        return [*article, *named("LOC", [_COUNTRIES[thing.name]])]
    article_form, sort, upos = _ORGANIZATION_SORTS[thing.sort]
    name = Word(_ORGANIZATION_NAMES[thing.name], "PROPN", "I-ORG")
    return [Word(article_form, "DET"), *named("ORG", [sort], upos), name]


def _noun(noun: Noun, negated: bool, verb: str) -> Words:
    """Article or number, noun, adjective, owner."""
    gender, singular, plural = _entry(noun, verb)
    feminine = gender == "f"
    head = [Word(plural if noun.count else singular, "NOUN"), *_attribute(noun)]
    if noun.count is not None:
        article = [Word("las" if feminine else "los", "DET")] if noun.owner else []
        head = [*article, Word(_COUNTS[noun.count], "NUM"), *head]
    elif noun.definite or noun.owner is not None:
        head = [Word("la" if feminine and noun.noun not in _FEMININE_WITH_EL else "el", "DET"), *head]
    elif "mass" not in NOUNS[noun.noun]:
        one = ("ninguna", "ningún") if negated else ("una", "un")
        head = [Word(one[0] if feminine else one[1], "DET"), *head]
    return head if noun.owner is None else [*head, *_after("de", _phrase(noun.owner))]


def _entry(noun: Noun, verb: str = "") -> tuple[Literal["f", "m"], str, str]:
    """Gender, singular and plural of a noun, which stands with a verb."""
    entry = _NOUNS[noun.noun]
    if noun.noun == "fish" and verb in _VERBS_OF_CAUGHT_FISH:
        entry = _CAUGHT_FISH
    gender, singular, *plural = entry.split()
    return "f" if gender == "f" else "m", singular, plural[0] if plural else ""


def _attribute(noun: Noun) -> Words:
    """The adjective of a noun, if it has one."""
    return [] if noun.adjective is None else [_adjective(_QUALITIES[noun.adjective], noun)]


def _adjective(forms: str, described: Person | Noun) -> Word:
    """An adjective that agrees, from its masculine and feminine."""
    masculine, feminine = forms.split()
    gender = PEOPLE[described.name] if isinstance(described, Person) else _entry(described)[0]
    form = feminine if gender == "f" else masculine
    if _plural(described):
        form += "s" if form[-1] in "aeo" else "es"
    return Word(form, "ADJ")


def _plural(thing: _Phrase) -> bool:
    """Whether verbs and adjectives stand in the plural with it."""
    return isinstance(thing, People) or (isinstance(thing, Noun) and thing.count is not None)


def _after(preposition: str, words: Words) -> Words:
    """A noun phrase with a preposition, which swallows the article "el"; names keep theirs."""
    contraction = _CONTRACTIONS.get((preposition, words[0].form))
    if contraction is not None:
        return [Word(contraction, "ADP"), *words[1:]]
    return [Word(preposition, "ADP"), *words]


def _and(following: Words) -> Word:
    """The word for "and", which is another word before the sound i."""
    return Word("e" if following[0].form.lower().startswith(("i", "í", "hi")) else "y", "CCONJ")


def _not(negated: bool) -> Words:
    return [Word("no", "ADV")] if negated else []


LANGUAGE = Spanish()
