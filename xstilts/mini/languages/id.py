"""Indonesian: classifiers, particles before the verb for tense, and questions about the object in the passive."""

from __future__ import annotations

from typing import ClassVar

from xstilts.mini.concepts import NOUNS, is_human
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

_PEOPLE = {
    "Anna": "Anna", "Maria": "Maria", "Elena": "Elena", "Fatima": "Fatimah", "Amina": "Aminah", "Leila": "Laila",
    "Sofia": "Sofia", "Clara": "Clara", "Nadia": "Nadia", "Irina": "Irina", "Rosa": "Rosa", "Julia": "Julia",
    "Lucia": "Lucia", "Marta": "Marta", "Sara": "Sara", "Diana": "Diana", "Eva": "Eva", "Olga": "Olga",
    "Zainab": "Zainab", "Mina": "Mina",
    "David": "David", "Peter": "Peter", "Ali": "Ali", "Omar": "Omar", "Ivan": "Ivan", "Carlos": "Carlos",
    "Daniel": "Daniel", "Adam": "Adam", "Simon": "Simon", "Thomas": "Thomas", "Boris": "Boris", "Victor": "Victor",
    "Hassan": "Hasan", "Juma": "Juma", "Kenji": "Kenji", "Ravi": "Ravi", "Pablo": "Pablo", "Samuel": "Samuel",
    "Martin": "Martin", "Leo": "Leo",
}  # fmt: skip
_CITIES = {
    "Paris": "Paris", "Berlin": "Berlin", "Hamburg": "Hamburg", "Madrid": "Madrid", "Barcelona": "Barcelona",
    "Rome": "Roma", "Vienna": "Wina", "Moscow": "Moskwa", "Istanbul": "Istanbul", "Ankara": "Ankara",
    "Delhi": "Delhi", "Mumbai": "Mumbai", "Beijing": "Beijing", "Shanghai": "Shanghai", "Tokyo": "Tokyo",
    "Jakarta": "Jakarta", "Hanoi": "Hanoi", "Cairo": "Kairo", "Baghdad": "Bagdad", "Nairobi": "Nairobi",
    "Lagos": "Lagos", "Accra": "Accra", "Lima": "Lima", "Havana": "Havana", "Helsinki": "Helsinki", "Oslo": "Oslo",
}  # fmt: skip
_COUNTRIES = {
    "France": "Prancis", "Germany": "Jerman", "Spain": "Spanyol", "Italy": "Italia", "Austria": "Austria",
    "Russia": "Rusia", "Turkey": "Turki", "India": "India", "China": "Tiongkok", "Japan": "Jepang",
    "Indonesia": "Indonesia", "Vietnam": "Vietnam", "Egypt": "Mesir", "Iraq": "Irak", "Kenya": "Kenya",
    "Nigeria": "Nigeria", "Ghana": "Ghana", "Peru": "Peru", "Cuba": "Kuba", "Finland": "Finlandia",
    "Norway": "Norwegia",
}  # fmt: skip
_ORGANIZATION_SORTS = {
    "bank": "Bank", "company": "Perusahaan", "university": "Universitas", "hospital": "Rumah Sakit",
    "newspaper": "Koran",
}  # fmt: skip
_ORGANIZATION_NAMES = {
    "Solara": "Solara", "Nordika": "Nordika", "Tembo": "Tembo", "Karima": "Karima", "Lumina": "Lumina",
    "Oriona": "Oriona", "Verda": "Verda", "Marisol": "Marisol", "Himala": "Himala", "Delfina": "Delfina",
    "Aurora": "Aurora", "Kometa": "Kometa", "Safira": "Safira", "Meridia": "Meridia", "Polara": "Polara",
    "Zantora": "Zantora",
}  # fmt: skip

# Noun -> its words, the classifier of one ("" for none), and the classifier after a numeral ("" for none).
_NOUNS = {
    "teacher": ("guru", "seorang", "orang"), "doctor": ("dokter", "seorang", "orang"),
    "farmer": ("petani", "seorang", "orang"), "student": ("mahasiswa", "seorang", "orang"),
    "driver": ("sopir", "seorang", "orang"), "nurse": ("perawat", "seorang", "orang"),
    "writer": ("penulis", "seorang", "orang"), "singer": ("penyanyi", "seorang", "orang"),
    "fisherman": ("nelayan", "seorang", "orang"), "soldier": ("tentara", "seorang", "orang"),
    "engineer": ("insinyur", "seorang", "orang"), "tailor": ("penjahit", "seorang", "orang"),
    "lawyer": ("pengacara", "seorang", "orang"), "painter": ("pelukis", "seorang", "orang"),
    "merchant": ("pedagang", "seorang", "orang"), "cook": ("koki", "seorang", "orang"),
    "mother": ("ibu", "seorang", "orang"), "father": ("ayah", "seorang", "orang"),
    "brother": ("saudara laki-laki", "seorang", "orang"), "sister": ("saudara perempuan", "seorang", "orang"),
    "friend": ("teman", "seorang", "orang"), "neighbor": ("tetangga", "seorang", "orang"),
    "dog": ("anjing", "seekor", "ekor"), "cat": ("kucing", "seekor", "ekor"), "horse": ("kuda", "seekor", "ekor"),
    "cow": ("sapi", "seekor", "ekor"), "goat": ("kambing", "seekor", "ekor"), "chicken": ("ayam", "seekor", "ekor"),
    "bird": ("burung", "seekor", "ekor"), "sheep": ("domba", "seekor", "ekor"), "donkey": ("keledai", "seekor", "ekor"),
    "fish": ("ikan", "seekor", "ekor"),
    "apple": ("apel", "sebuah", ""), "banana": ("pisang", "sebuah", ""), "orange": ("jeruk", "sebuah", ""),
    "egg": ("telur", "sebutir", ""), "cake": ("kue", "sebuah", ""),
    "bread": ("roti", "", ""), "cheese": ("keju", "", ""), "rice": ("nasi", "", ""), "meat": ("daging", "", ""),
    "soup": ("sup", "", ""), "water": ("air", "", ""), "milk": ("susu", "", ""), "tea": ("teh", "", ""),
    "coffee": ("kopi", "", ""),
    "book": ("buku", "sebuah", ""), "letter": ("surat", "sepucuk", ""), "message": ("pesan", "sebuah", ""),
    "magazine": ("majalah", "sebuah", ""), "map": ("peta", "selembar", ""),
    "car": ("mobil", "sebuah", ""), "bicycle": ("sepeda", "sebuah", ""), "boat": ("perahu", "sebuah", ""),
    "bus": ("bus", "sebuah", ""), "house": ("rumah", "sebuah", ""),
    "chair": ("kursi", "sebuah", ""), "table": ("meja", "sebuah", ""), "window": ("jendela", "sebuah", ""),
    "door": ("pintu", "sebuah", ""), "box": ("kotak", "sebuah", ""), "bag": ("tas", "sebuah", ""),
    "shirt": ("kemeja", "sehelai", ""), "hat": ("topi", "sebuah", ""), "cup": ("cangkir", "sebuah", ""),
    "bottle": ("botol", "sebuah", ""), "knife": ("pisau", "sebilah", ""), "key": ("kunci", "sebuah", ""),
    "rope": ("tali", "seutas", "utas"), "basket": ("keranjang", "sebuah", ""), "ring": ("cincin", "sebuah", ""),
    "flower": ("bunga", "setangkai", "tangkai"), "phone": ("telepon", "sebuah", ""), "lamp": ("lampu", "sebuah", ""),
    "clock": ("jam", "sebuah", "buah"), "picture": ("gambar", "sebuah", ""),
    "market": ("pasar", "sebuah", ""), "school": ("sekolah", "sebuah", ""), "forest": ("hutan", "sebuah", ""),
    "kitchen": ("dapur", "sebuah", ""), "garden": ("kebun", "sebuah", ""), "shop": ("toko", "sebuah", ""),
    "station": ("stasiun", "sebuah", ""), "village": ("desa", "sebuah", ""), "park": ("taman", "sebuah", ""),
    "field": ("ladang", "sebuah", ""), "library": ("perpustakaan", "sebuah", ""), "office": ("kantor", "sebuah", ""),
    "beach": ("pantai", "sebuah", ""), "street": ("jalan", "sebuah", ""),
    "animal": ("hewan", "seekor", "ekor"), "fruit": ("buah", "sebutir", "butir"),
    "vehicle": ("kendaraan", "sebuah", ""), "person": ("orang", "", ""),
}  # fmt: skip
_NUMERALS = {2: "dua", 3: "tiga", 4: "empat", 5: "lima", 6: "enam"}

_QUALITIES = {
    "big": "besar", "small": "kecil", "old": "tua", "new": "baru", "heavy": "berat", "light": "ringan",
    "expensive": "mahal", "cheap": "murah", "beautiful": "cantik", "red": "merah", "white": "putih", "black": "hitam",
    "green": "hijau",
}  # fmt: skip
# What has been so for long is "lama" and not "tua" ("aged") if it is read or worn.
_LONG_STANDING = frozenset(("book", "letter", "message", "magazine", "map", "shirt", "hat"))
# What is driven or lived in is "indah" and not "cantik" ("pretty").
_STATELY = frozenset(("car", "bicycle", "boat", "bus", "vehicle", "house"))
_COMPARISONS = {
    "older": "tua", "younger": "muda", "taller": "tinggi", "shorter": "pendek", "stronger": "kuat", "weaker": "lemah",
    "richer": "kaya", "poorer": "miskin", "bigger": "besar", "smaller": "kecil", "heavier": "berat",
    "lighter": "ringan", "more expensive": "mahal", "cheaper": "murah",
}  # fmt: skip
_STATES = {
    "hungry": "lapar", "thirsty": "haus", "tired": "lelah", "sick": "sakit", "sad": "sedih", "happy": "senang",
    "angry": "marah", "afraid": "takut", "broken": "rusak", "dirty": "kotor", "closed": "tertutup",
}  # fmt: skip

# Verb -> active form and, of verbs with an object, the passive form ("" if it has none).
_VERBS = {
    "sleep": ("tidur", ""), "rest": ("beristirahat", ""), "wait": ("menunggu", ""), "swim": ("berenang", ""),
    "run": ("berlari", ""), "laugh": ("tertawa", ""), "cry": ("menangis", ""), "sing": ("bernyanyi", ""),
    "dance": ("menari", ""),
    "eat": ("makan", "dimakan"), "drink": ("minum", "diminum"), "cook": ("memasak", "dimasak"),
    "read": ("membaca", "dibaca"), "write": ("menulis", "ditulis"), "see": ("melihat", "dilihat"),
    "find": ("menemukan", "ditemukan"), "lose": ("kehilangan", ""), "carry": ("membawa", "dibawa"),
    "hide": ("menyembunyikan", "disembunyikan"), "repair": ("memperbaiki", "diperbaiki"),
    "wash": ("mencuci", "dicuci"), "open": ("membuka", "dibuka"), "close": ("menutup", "ditutup"),
    "break": ("memecahkan", "dipecahkan"), "draw": ("menggambar", "digambar"), "build": ("membangun", "dibangun"),
    "visit": ("mengunjungi", "dikunjungi"), "meet": ("bertemu", ""), "help": ("membantu", "dibantu"),
    "call": ("menelepon", "ditelepon"), "love": ("menyayangi", "disayangi"), "follow": ("mengikuti", "diikuti"),
    "give": ("memberikan", "diberikan"), "receive": ("menerima", "diterima"), "sell": ("menjual", "dijual"),
    "buy": ("membeli", "dibeli"), "lend": ("meminjamkan", "dipinjamkan"), "borrow": ("meminjam", "dipinjam"),
    "send": ("mengirim", "dikirim"), "show": ("menunjukkan", "ditunjukkan"),
    "go": ("pergi", ""), "travel": ("bepergian", ""), "return": ("kembali", ""), "arrive": ("tiba", ""),
    "live": ("tinggal", ""), "work": ("bekerja", ""), "study": ("belajar", ""),
}  # fmt: skip
# (Verb, noun) -> the verb that this object needs: what is not brittle is damaged, what is no building is made, a cake
# is made too.
_VERBS_OF_OBJECTS = {
    ("break", "chair"): ("merusak", "dirusak"), ("break", "table"): ("merusak", "dirusak"),
    ("break", "phone"): ("merusak", "dirusak"), ("break", "clock"): ("merusak", "dirusak"),
    ("cook", "cake"): ("membuat", "dibuat"),
    ("build", "chair"): ("membuat", "dibuat"), ("build", "table"): ("membuat", "dibuat"),
    ("build", "boat"): ("membuat", "dibuat"), ("build", "vehicle"): ("membuat", "dibuat"),
}  # fmt: skip
_ENDURING = frozenset(("live", "work", "study", "love"))
# Verbs of a moment: never "in the middle of" it, so that the past and what is not yet so need a mark.
_MOMENTARY = frozenset(("find", "lose", "arrive"))
_FROM = frozenset(("receive", "buy", "borrow"))

_TIMES = {
    "yesterday": (Word("kemarin", "ADV"),),
    "last week": (Word("minggu", "NOUN"), Word("lalu", "ADJ")),
    "last year": (Word("tahun", "NOUN"), Word("lalu", "ADJ")),
    "this morning": (Word("tadi", "ADV"), Word("pagi", "NOUN")),
    "now": (Word("sekarang", "ADV"),),
    "today": (Word("hari", "NOUN"), Word("ini", "DET")),
    "tomorrow": (Word("besok", "ADV"),),
    "next week": (Word("minggu", "NOUN"), Word("depan", "ADJ")),
    "tonight": (Word("nanti", "ADV"), Word("malam", "NOUN")),
    "on Monday": (Word("pada", "ADP"), Word("hari", "NOUN"), Word("Senin", "PROPN")),
    "on Tuesday": (Word("pada", "ADP"), Word("hari", "NOUN"), Word("Selasa", "PROPN")),
    "on Friday": (Word("pada", "ADP"), Word("hari", "NOUN"), Word("Jumat", "PROPN")),
    "on Sunday": (Word("pada", "ADP"), Word("hari", "NOUN"), Word("Minggu", "PROPN")),
}

_NOT = Word("tidak", "PART")
_THAT = Word("itu", "DET")
_WHICH = Word("yang", "PRON")
_THEN = (Word("saat", "NOUN"), Word("itu", "DET"))


def _organization(organization: Organization) -> Words:
    forms = [*_ORGANIZATION_SORTS[organization.sort].split(), _ORGANIZATION_NAMES[organization.name]]
    return named("ORG", forms)


def _adjectives(noun: Noun) -> Words:
    if not noun.adjective:
        return []
    return [_quality(noun.noun, noun.adjective)]


def _quality(noun: str, quality: str) -> Word:
    if quality == "old" and noun in _LONG_STANDING:
        return Word("lama", "ADJ")
    if quality == "beautiful" and noun in _STATELY:
        return Word("indah", "ADJ")
    return Word(_QUALITIES[quality], "ADJ")


def _noun(noun: Noun, bare: bool = False) -> Words:
    """A noun phrase; a bare one, as negation has it, goes without the classifier of one."""
    forms, one, several = _NOUNS[noun.noun]
    head = [*(Word(form, "NOUN") for form in forms.split()), *_adjectives(noun)]
    number: Words = []
    if noun.count:
        number = [Word(_NUMERALS[noun.count], "NUM"), *([Word(several, "NOUN")] if several else [])]
    if noun.owner:
        return [*number, *head, *_phrase(noun.owner)]
    if noun.count or "place" in NOUNS[noun.noun]:
        return [*number, *head]
    if noun.definite:
        return [*head, _THAT]
    if bare:
        return [Word("siapa", "PRON"), Word("pun", "PART")] if noun.noun == "person" else head
    if noun.noun == "person":
        return [Word("seseorang", "PRON"), *([_WHICH, *head[1:]] if noun.adjective else [])]
    return [*([Word(one, "DET")] if one else []), *head]


def _phrase(phrase: Actor | Thing | Place, bare: bool = False) -> Words:
    match phrase:
        case Person():
            return named("PER", [_PEOPLE[phrase.name]])
        case People():
            return [*_phrase(phrase.first), Word("dan", "CCONJ"), *_phrase(phrase.second)]
        case City():
            return named("LOC", [_CITIES[phrase.name]])
        case Country():
            return named("LOC", [_COUNTRIES[phrase.name]])
        case Organization():
            return _organization(phrase)
        case Noun():
            return _noun(phrase, bare)


def _to_or_from(verb: str) -> Word:
    return Word("dari" if verb in _FROM else "kepada", "ADP")


def _where(verb: str) -> Word:
    return Word("ke" if verb in ("go", "travel", "return") else "di", "ADP")


def _place(event: Event) -> Words:
    return [_where(event.verb), *as_part("place", _phrase(event.place))] if event.place else []


def _time(event: Event) -> Words:
    return as_part("time", _TIMES[event.time]) if event.time else []


def _verb(event: Event, passive: bool = False) -> Word:
    forms = _VERBS[event.verb]
    if isinstance(event.object, Noun):
        forms = _VERBS_OF_OBJECTS.get((event.verb, event.object.noun), forms)
    return Word(forms[1] if passive else forms[0], "VERB")


def _before_verb(event: Event, asked: str = "") -> Words:
    """The particles of tense and negation."""
    negation = [_NOT] if event.negated else []
    if event.tense == "future":
        return [*negation, Word("akan", "ADV")]
    if event.tense == "present":
        if event.verb in _MOMENTARY:
            return [Word("belum", "PART")] if event.negated else []
        ongoing = event.verb not in _ENDURING and asked != "time"
        return [*negation, *([Word("sedang", "ADV")] if ongoing else [])]
    return negation if asked == "time" else _past(event, negation, asked)


def _past(event: Event, negation: Words, asked: str) -> Words:
    """The marks of the past, where the verb without them could be about the present."""
    if event.verb in _ENDURING and event.time is None:
        return [Word("dulu", "ADV"), *negation]
    if event.verb in _ENDURING and event.time == "today":
        return [Word("tadi", "ADV"), *negation] if event.negated else [Word("telah", "ADV")]
    finished = event.verb in _MOMENTARY and event.time in (None, "today") and asked != "place"
    return [Word("telah", "ADV")] if finished and not event.negated else negation


def _object(event: Event) -> Words:
    if event.object is None:
        return []
    words = as_part("object", _phrase(event.object, bare=event.negated))
    return [Word("dengan", "ADP"), *words] if event.verb == "meet" else words


def _complements(event: Event, without: str | None = None) -> Words:
    """What follows the verb, except one part."""
    words: Words = []
    if without != "object":
        words += _object(event)
    if event.partner and without != "partner":
        words += [_to_or_from(event.verb), *as_part("partner", _phrase(event.partner))]
    if without != "place":
        words += _place(event)
    if without != "time":
        words += _time(event)
    return words


def _event(event: Event) -> Words:
    front: Words = []
    if event.front:
        front = _time(event) if event.front == "time" else _place(event)
        if front and front[0].upos == "ADP":
            front = [*front, COMMA]
    subject = as_part("subject", _phrase(event.subject))
    return [*front, *subject, *_before_verb(event), _verb(event), *_complements(event, event.front)]


def _clause(clause: Clause) -> Words:
    if isinstance(clause, Event):
        return _event(clause)
    negation = [_NOT] if clause.negated else []
    if isinstance(clause, Possession):
        thing = as_part("thing", _noun(clause.thing, bare=clause.negated))
        return [*as_part("owner", _phrase(clause.owner)), *negation, Word("memiliki", "VERB"), *thing]
    subject = as_part("subject", _phrase(clause.subject))
    match clause:
        case State():
            then = _THEN if clause.tense == "past" else ()
            return [*then, *subject, *negation, Word(_STATES[clause.state], "ADJ")]
        case Quality():
            return [*subject, *negation, _quality(clause.subject.noun, clause.quality)]
        case Profession():
            copula = Word("bukan", "PART") if clause.negated else Word("adalah", "AUX")
            return [*subject, copula, *as_part("noun", _noun(Noun(clause.noun)))]
        case Comparison():
            comparative = [Word("lebih", "ADV"), Word(_COMPARISONS[clause.comparison], "ADJ")]
            standard = as_part("standard", _phrase(clause.standard))
            return [*subject, *negation, *comparative, Word("daripada", "ADP"), *standard]


def _linked(linked: Linked) -> Words:
    first = _clause(linked.first)
    second = in_clause(1, _clause(linked.second))
    if linked.link == "and":
        return [*first, Word("dan", "CCONJ", clause=1), *second]
    because = Word("karena", "SCONJ", clause=1)
    return [because, *second, COMMA, *first] if linked.reason_first else [*first, because, *second]


def _how_many(noun: Noun) -> Words:
    forms, _, several = _NOUNS[noun.noun]
    classifier = [Word(several, "NOUN")] if several else []
    return [Word("berapa", "DET"), *classifier, *(Word(form, "NOUN") for form in forms.split()), *_adjectives(noun)]


def _who_or_what(thing: Thing) -> Words:
    if isinstance(thing, City):
        return [Word("kota", "NOUN"), Word("mana", "PRON")]
    human = isinstance(thing, Person) or (isinstance(thing, Noun) and is_human(thing.noun))
    return [Word("siapa" if human else "apa", "PRON")]


def _object_question(event: Event, asking: Words) -> Words:
    subject = as_part("subject", _phrase(event.subject))
    before, rest = _before_verb(event, "object"), _complements(event, "object")
    if event.verb == "meet":
        return [Word("dengan", "ADP"), *asking, *subject, *before, _verb(event), *rest]
    if not _VERBS[event.verb][1]:
        return [*subject, *before, _verb(event), *asking, *rest]
    return [*asking, _WHICH, *before, _verb(event, passive=True), *subject, *rest]


def _event_question(event: Event, asked: str) -> Words:
    if asked == "subject":
        who = [Word("siapa", "PRON"), _WHICH]
        return [*who, *_before_verb(event, asked), _verb(event), *_complements(event)]
    asking: Words
    match asked:
        case "object":
            assert event.object
            return _object_question(event, _who_or_what(event.object))
        case "count":
            assert isinstance(event.object, Noun)
            return _object_question(event, _how_many(event.object))
        case "partner":
            asking = [_to_or_from(event.verb), Word("siapa", "PRON")]
        case "place":
            asking = [_where(event.verb), Word("mana", "PRON")]
        case _:
            asking = [Word("kapan", "ADV")]
    subject = as_part("subject", _phrase(event.subject))
    return [*asking, *subject, *_before_verb(event, asked), _verb(event), *_complements(event, asked)]


class Indonesian(Language):
    """Standard Indonesian; the demonstrative "itu" marks what is definite."""

    code: ClassVar[str] = "id"
    name: ClassVar[str] = "Indonesian"

    def statement(self, meaning: Statement) -> Words:
        """The words of a statement."""
        return _linked(meaning) if isinstance(meaning, Linked) else _clause(meaning)

    def question(self, question: Question) -> Words:
        """The words of a question."""
        clause = question.clause
        if isinstance(clause, Event):
            return _event_question(clause, question.asked)
        if isinstance(clause, Profession):
            return [Word("apa", "PRON"), Word("pekerjaan", "NOUN"), *as_part("subject", _phrase(clause.subject))]
        asking = _how_many(clause.thing) if question.asked == "count" else [Word("apa", "PRON")]
        return [*asking, _WHICH, Word("dimiliki", "VERB"), *as_part("owner", _phrase(clause.owner))]


LANGUAGE = Indonesian()
