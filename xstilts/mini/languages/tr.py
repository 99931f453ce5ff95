"""Turkish: vowel harmony, case endings, possessive constructions, and the focus before the verb."""

from __future__ import annotations

from typing import Literal

from xstilts.mini.concepts import NOUNS as CLASSES
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
    Tense,
    Thing,
)

Case = Literal["nominative", "accusative", "dative", "locative", "ablative", "genitive"]
_Phrase = Person | People | City | Country | Organization | Noun

# fmt: off
PEOPLE = {
    "Anna": "Anna", "Maria": "Maria", "Elena": "Elena", "Fatima": "Fatma", "Amina": "Emine", "Leila": "Leyla",
    "Sofia": "Sofia", "Clara": "Clara", "Nadia": "Nadya", "Irina": "İrina", "Rosa": "Rosa", "Julia": "Julia",
    "Lucia": "Lucia", "Marta": "Marta", "Sara": "Sara", "Diana": "Diana", "Eva": "Eva", "Olga": "Olga",
    "Zainab": "Zeynep", "Mina": "Mina", "David": "David", "Peter": "Peter", "Ali": "Ali", "Omar": "Ömer",
    "Ivan": "İvan", "Carlos": "Carlos", "Daniel": "Daniel", "Adam": "Adam", "Simon": "Simon", "Thomas": "Thomas",
    "Boris": "Boris", "Victor": "Victor", "Hassan": "Hasan", "Juma": "Juma", "Kenji": "Kenji", "Ravi": "Ravi",
    "Pablo": "Pablo", "Samuel": "Samuel", "Martin": "Martin", "Leo": "Leo",
}
CITIES = {
    "Paris": "Paris", "Berlin": "Berlin", "Hamburg": "Hamburg", "Madrid": "Madrid", "Barcelona": "Barselona",
    "Rome": "Roma", "Vienna": "Viyana", "Moscow": "Moskova", "Istanbul": "İstanbul", "Ankara": "Ankara",
    "Delhi": "Delhi", "Mumbai": "Mumbai", "Beijing": "Pekin", "Shanghai": "Şanghay", "Tokyo": "Tokyo",
    "Jakarta": "Cakarta", "Hanoi": "Hanoi", "Cairo": "Kahire", "Baghdad": "Bağdat", "Nairobi": "Nairobi",
    "Lagos": "Lagos", "Accra": "Akra", "Lima": "Lima", "Havana": "Havana", "Helsinki": "Helsinki", "Oslo": "Oslo",
}
COUNTRIES = {
    "France": "Fransa", "Germany": "Almanya", "Spain": "İspanya", "Italy": "İtalya", "Austria": "Avusturya",
    "Russia": "Rusya", "Turkey": "Türkiye", "India": "Hindistan", "China": "Çin", "Japan": "Japonya",
    "Indonesia": "Endonezya", "Vietnam": "Vietnam", "Egypt": "Mısır", "Iraq": "Irak", "Kenya": "Kenya",
    "Nigeria": "Nijerya", "Ghana": "Gana", "Peru": "Peru", "Cuba": "Küba", "Finland": "Finlandiya",
    "Norway": "Norveç",
}
# With the possessive ending of compound names; case endings follow without an apostrophe.
ORGANIZATION_SORTS = {
    "bank": "Bankası", "company": "Şirketi", "university": "Üniversitesi", "hospital": "Hastanesi",
    "newspaper": "Gazetesi",
}
ORGANIZATION_NAMES = {
    "Solara": "Solara", "Nordika": "Nordika", "Tembo": "Tembo", "Karima": "Karima", "Lumina": "Lumina",
    "Oriona": "Oriona", "Verda": "Verda", "Marisol": "Marisol", "Himala": "Himala", "Delfina": "Delfina",
    "Aurora": "Aurora", "Kometa": "Kometa", "Safira": "Safira", "Meridia": "Meridia", "Polara": "Polara",
    "Zantora": "Zantora",
}
NOUNS = {
    "teacher": "öğretmen", "doctor": "doktor", "farmer": "çiftçi", "student": "öğrenci", "driver": "şoför",
    "nurse": "hemşire", "writer": "yazar", "singer": "şarkıcı", "fisherman": "balıkçı", "soldier": "asker",
    "engineer": "mühendis", "tailor": "terzi", "lawyer": "avukat", "painter": "ressam", "merchant": "tüccar",
    "cook": "aşçı",
    "mother": "anne", "father": "baba", "brother": "erkek kardeş", "sister": "kız kardeş", "friend": "arkadaş",
    "neighbor": "komşu",
    "dog": "köpek", "cat": "kedi", "horse": "at", "cow": "inek", "goat": "keçi", "chicken": "tavuk", "bird": "kuş",
    "sheep": "koyun", "donkey": "eşek", "fish": "balık",
    "apple": "elma", "banana": "muz", "orange": "portakal", "egg": "yumurta", "cake": "kek", "bread": "ekmek",
    "cheese": "peynir", "rice": "pirinç", "meat": "et", "soup": "çorba", "water": "su", "milk": "süt", "tea": "çay",
    "coffee": "kahve",
    "book": "kitap", "letter": "mektup", "message": "mesaj", "magazine": "dergi", "map": "harita",
    "car": "araba", "bicycle": "bisiklet", "boat": "tekne", "bus": "otobüs", "house": "ev", "chair": "sandalye",
    "table": "masa", "window": "pencere", "door": "kapı", "box": "kutu", "bag": "çanta", "shirt": "gömlek",
    "hat": "şapka", "cup": "fincan", "bottle": "şişe", "knife": "bıçak", "key": "anahtar", "rope": "ip",
    "basket": "sepet", "ring": "yüzük", "flower": "çiçek", "phone": "telefon", "lamp": "lamba", "clock": "saat",
    "picture": "resim",
    "market": "pazar", "school": "okul", "forest": "orman", "kitchen": "mutfak", "garden": "bahçe",
    "shop": "dükkân", "station": "istasyon", "village": "köy", "park": "park", "field": "tarla",
    "library": "kütüphane", "office": "ofis", "beach": "plaj", "street": "sokak",
    "animal": "hayvan", "fruit": "meyve", "vehicle": "araç", "person": "kişi",
}
# What a noun is called as the object of a certain verb.
OBJECT_NOUNS = {("eat", "rice"): "pilav", ("cook", "rice"): "pilav"}
# The stem before an ending that begins with a vowel, where it differs.
VOWEL_STEMS = {
    "köpek": "köpeğ", "inek": "ineğ", "tavuk": "tavuğ", "eşek": "eşeğ", "balık": "balığ", "ekmek": "ekmeğ",
    "pirinç": "pirinc", "su": "suy", "kitap": "kitab", "mektup": "mektub", "gömlek": "gömleğ", "bıçak": "bıçağ",
    "yüzük": "yüzüğ", "çiçek": "çiçeğ", "resim": "resm", "mutfak": "mutfağ", "sokak": "sokağ", "araç": "arac",
}
# Nouns whose endings have front vowels against the rule.
FRONT_ENDINGS = {"saat": "e"}
QUALITIES = {
    "big": "büyük", "small": "küçük", "old": "eski", "new": "yeni", "heavy": "ağır", "light": "hafif",
    "expensive": "pahalı", "cheap": "ucuz", "beautiful": "güzel", "red": "kırmızı", "white": "beyaz",
    "black": "siyah", "green": "yeşil",
}
COMPARISONS = {
    "older": "yaşlı", "younger": "genç", "taller": "uzun boylu", "shorter": "kısa boylu", "stronger": "güçlü",
    "weaker": "güçsüz", "richer": "zengin", "poorer": "fakir", "bigger": "büyük", "smaller": "küçük",
    "heavier": "ağır", "lighter": "hafif", "more expensive": "pahalı", "cheaper": "ucuz",
}
# State -> the predicate in the present and in the past; "aç" is said of somebody's stomach.
ADJECTIVE_STATES = {
    "hungry": ("aç", "açtı"), "tired": ("yorgun", "yorgundu"), "sick": ("hasta", "hastaydı"),
    "sad": ("üzgün", "üzgündü"), "happy": ("mutlu", "mutluydu"), "angry": ("kızgın", "kızgındı"),
    "broken": ("bozuk", "bozuktu"), "dirty": ("kirli", "kirliydi"), "closed": ("kapalı", "kapalıydı"),
}
BROKEN = {
    "chair": ("kırık", "kırıktı"), "table": ("kırık", "kırıktı"), "window": ("kırık", "kırıktı"),
    "house": ("hasarlı", "hasarlıydı"),
}
# State -> present, negated present, past, negated past.
VERB_STATES = {
    "thirsty": ("susadı", "susamadı", "susamıştı", "susamamıştı"),
    "afraid": ("korkuyor", "korkmuyor", "korkuyordu", "korkmuyordu"),
}
# The noun of a light verb, if any; then stem, past, present, future.
VERBS = {
    "sleep": "uyu uyudu uyuyor uyuyacak", "rest": "dinlen dinlendi dinleniyor dinlenecek",
    "wait": "bekle bekledi bekliyor bekleyecek", "swim": "yüz yüzdü yüzüyor yüzecek",
    "run": "koş koştu koşuyor koşacak", "laugh": "gül güldü gülüyor gülecek", "cry": "ağla ağladı ağlıyor ağlayacak",
    "sing": "şarkı söyle söyledi söylüyor söyleyecek", "dance": "dans et etti ediyor edecek",
    "eat": "ye yedi yiyor yiyecek", "drink": "iç içti içiyor içecek", "cook": "pişir pişirdi pişiriyor pişirecek",
    "read": "oku okudu okuyor okuyacak", "write": "yaz yazdı yazıyor yazacak", "see": "gör gördü görüyor görecek",
    "find": "bul buldu buluyor bulacak", "lose": "kaybet kaybetti kaybediyor kaybedecek",
    "carry": "taşı taşıdı taşıyor taşıyacak", "hide": "sakla sakladı saklıyor saklayacak",
    "repair": "tamir et etti ediyor edecek", "wash": "yıka yıkadı yıkıyor yıkayacak",
    "open": "aç açtı açıyor açacak", "close": "kapat kapattı kapatıyor kapatacak", "break": "kır kırdı kırıyor kıracak",
    "draw": "çiz çizdi çiziyor çizecek", "build": "yap yaptı yapıyor yapacak",
    "visit": "ziyaret et etti ediyor edecek", "meet": "buluş buluştu buluşuyor buluşacak",
    "help": "yardım et etti ediyor edecek", "call": "ara aradı arıyor arayacak", "love": "sev sevdi seviyor sevecek",
    "follow": "takip et etti ediyor edecek", "give": "ver verdi veriyor verecek", "receive": "al aldı alıyor alacak",
    "sell": "sat sattı satıyor satacak", "buy": "satın al aldı alıyor alacak",
    "lend": "ödünç ver verdi veriyor verecek", "borrow": "ödünç al aldı alıyor alacak",
    "send": "gönder gönderdi gönderiyor gönderecek", "show": "göster gösterdi gösteriyor gösterecek",
    "go": "git gitti gidiyor gidecek", "travel": "seyahat et etti ediyor edecek",
    "return": "dön döndü dönüyor dönecek", "arrive": "var vardı varıyor varacak",
    "live": "yaşa yaşadı yaşıyor yaşayacak", "work": "çalış çalıştı çalışıyor çalışacak",
    "study": "öğrenim gör gördü görüyor görecek",
}
CONSTRUCT = "inşa et etti ediyor edecek"
# Verb and its object or place -> another verb that this noun needs.
VERBS_OF_NOUNS = {
    ("eat", "soup"): VERBS["drink"], ("build", "house"): CONSTRUCT, ("build", "boat"): CONSTRUCT,
    ("study", "library"): "ders çalış çalıştı çalışıyor çalışacak",
}
TIMES = {
    "yesterday": (("dün", "ADV"),), "last week": (("geçen", "ADJ"), ("hafta", "NOUN")),
    "last year": (("geçen", "ADJ"), ("yıl", "NOUN")), "this morning": (("bu", "DET"), ("sabah", "NOUN")),
    "now": (("şimdi", "ADV"),), "today": (("bugün", "ADV"),), "tomorrow": (("yarın", "ADV"),),
    "next week": (("gelecek", "ADJ"), ("hafta", "NOUN")), "tonight": (("bu", "DET"), ("gece", "NOUN")),
    "on Monday": (("pazartesi", "NOUN"), ("günü", "NOUN")), "on Tuesday": (("salı", "NOUN"), ("günü", "NOUN")),
    "on Friday": (("cuma", "NOUN"), ("günü", "NOUN")), "on Sunday": (("pazar", "NOUN"), ("günü", "NOUN")),
}
NUMERALS = {2: "iki", 3: "üç", 4: "dört", 5: "beş", 6: "altı"}
WHO: dict[Case, str] = {"nominative": "kim", "accusative": "kimi", "dative": "kime", "ablative": "kimden"}
# Verbs whose object is asked about with "ne" even where it is known.
ASKED_WITHOUT_CASE = {
    "eat", "drink", "cook", "read", "write", "see", "find", "lose", "carry", "draw", "build", "give", "receive",
    "sell", "buy", "lend", "borrow", "send", "show",
}
# Verbs whose object has its case even where it is indefinite.
ALWAYS_ACCUSATIVE = {"visit", "call", "love", "follow", "close"}
# fmt: on

HIGH_VOWELS = {"a": "ı", "â": "ı", "ı": "ı", "e": "i", "i": "i", "o": "u", "u": "u", "ö": "ü", "ü": "ü"}
LOW_VOWELS = {"ı": "a", "u": "a", "i": "e", "ü": "e"}
VOICELESS = "çfhkpsşt"
# In endings: I is a high vowel, A a low one, D is d or t.
CONSONANT_ENDINGS: dict[Case, str] = {
    "accusative": "I", "dative": "A", "locative": "DA", "ablative": "DAn", "genitive": "In",
}  # fmt: skip
VOWEL_ENDINGS: dict[Case, str] = {
    "accusative": "yI", "dative": "yA", "locative": "DA", "ablative": "DAn", "genitive": "nIn",
}  # fmt: skip
POSSESSED_ENDINGS: dict[Case, str] = {
    "accusative": "nI", "dative": "nA", "locative": "ndA", "ablative": "ndAn", "genitive": "nIn",
}  # fmt: skip
# Verbs whose partner is the source.
SOURCES = {"receive", "buy", "borrow"}
# What stood for some time is not told as one act.
LASTING = {"love"}
# One who does not find something is said to be unable to.
NEGATED_STEMS = {"find": "bula"}
NEGATED_ENDINGS: dict[Tense, str] = {"past": "mAdI", "present": "mIyor", "future": "mAyAcAk"}


def last_vowel(form: str) -> str:
    """The last vowel of a word, in lower case."""
    return next(
        letter for letter in reversed(form.replace("İ", "i").replace("I", "ı").lower()) if letter in HIGH_VOWELS
    )


def with_ending(stem: str, ending: str, vowel: str = "") -> str:
    """A stem with an ending that harmonizes with it, or with the vowel given."""
    form = stem
    vowel = vowel or last_vowel(stem)
    for letter in ending:
        if letter == "D":
            form += "t" if form.rstrip("'")[-1] in VOICELESS else "d"
        elif letter in "IA":
            vowel = HIGH_VOWELS[vowel] if letter == "I" else LOW_VOWELS[HIGH_VOWELS[vowel]]
            form += vowel
        else:
            form += letter
            vowel = letter if letter in HIGH_VOWELS else vowel
    return form


def inflected(form: str, case: Case, possessed: bool = False) -> str:
    """A common noun in a case, and with the possessive ending of the third person where asked for."""
    vowel = FRONT_ENDINGS.get(form, "")
    stem = VOWEL_STEMS.get(form, form)
    if possessed:
        owned = with_ending(stem, "sI" if stem[-1] in HIGH_VOWELS else "I", vowel)
        return owned if case == "nominative" else with_ending(owned, POSSESSED_ENDINGS[case])
    if case == "nominative":
        return form
    if case in ("locative", "ablative"):
        return with_ending(form, CONSONANT_ENDINGS[case], vowel)
    return with_ending(stem, (VOWEL_ENDINGS if stem[-1] in HIGH_VOWELS else CONSONANT_ENDINGS)[case], vowel)


def inflected_name(form: str, case: Case) -> str:
    """A name of a person or place in a case: "Paris'te", "Leo'nun"."""
    if case == "nominative":
        return form
    return with_ending(f"{form}'", (VOWEL_ENDINGS if form[-1] in HIGH_VOWELS else CONSONANT_ENDINGS)[case])


def asks_who(phrase: object) -> bool:
    """Whether one asks "who" about it."""
    return isinstance(phrase, People) or is_somebody(phrase)


class Turkish(Language):
    """Subject, time, place, object and verb; what is known stands before what is new."""

    code = "tr"
    name = "Turkish"

    def capitalized(self, form: str) -> str:
        """A word as it stands at the start of a sentence: "i" has a capital of its own."""
        return ("İ" if form[0] == "i" else form[0].upper()) + form[1:]

    def statement(self, meaning: Statement) -> Words:
        """The words of a statement, without the final mark."""
        if isinstance(meaning, Linked):
            return self._linked(meaning)
        return self._clause(meaning)

    def question(self, question: Question) -> Words:
        """The words of a question, without the final mark."""
        clause, asked = question.clause, question.asked
        if isinstance(clause, Profession):
            return [
                *as_part("subject", noun_phrase(clause.subject, "genitive")),
                Word("mesleği", "NOUN"),
                Word("ne", "PRON"),
            ]
        if isinstance(clause, Event):
            return event_question(clause, asked)
        if asked == "count":
            owner = as_part("owner", noun_phrase(clause.owner, "genitive"))
            return [*owner, *how_many(clause.thing, "nominative", possessed=True), Word("var", "VERB")]
        return [*as_part("owner", noun_phrase(clause.owner)), Word("neye", "PRON"), Word("sahip", "ADJ")]

    def _linked(self, meaning: Linked) -> Words:
        first, second = self._clause(meaning.first), self._clause(meaning.second)
        if meaning.link == "and":
            return [*first, *in_clause(1, [Word("ve", "CCONJ"), *second])]
        if meaning.reason_first:
            therefore = [Word("bu", "DET"), Word("yüzden", "NOUN")]
            return [*in_clause(1, [*second, COMMA]), *therefore, *first]
        return [*first, *in_clause(1, [COMMA, Word("çünkü", "CCONJ"), *second])]

    def _clause(self, meaning: Clause) -> Words:
        if isinstance(meaning, Event):
            return event(meaning)
        if isinstance(meaning, State):
            return state(meaning)
        if isinstance(meaning, Possession):
            owner = as_part("owner", noun_phrase(meaning.owner, "genitive"))
            thing = as_part("thing", owned_thing(meaning))
            return [*owner, *thing, Word("yok" if meaning.negated else "var", "VERB")]
        subject = as_part("subject", noun_phrase(meaning.subject))
        negation = [Word("değil", "AUX")] if meaning.negated else []
        if isinstance(meaning, Profession):
            profession = noun_phrase(Noun(meaning.noun), article=not meaning.negated)
            return [*subject, *as_part("noun", profession), *negation]
        if isinstance(meaning, Quality):
            return [*subject, Word(QUALITIES[meaning.quality], "ADJ"), *negation]
        assert isinstance(meaning, Comparison)
        standard = as_part("standard", noun_phrase(meaning.standard, "ablative"))
        adjectives = [Word(form, "ADJ") for form in COMPARISONS[meaning.comparison].split()]
        return [*subject, COMMA, *standard, Word("daha", "ADV"), *adjectives, *negation]


def noun_phrase(phrase: _Phrase, case: Case = "nominative", article: bool = True, noun: str = "") -> Words:
    """A noun phrase in a case.

    Args:
        phrase: What is meant.
        case: Its case.
        article: Whether one indefinite thing has "bir".
        noun: The Turkish noun, if it is not the usual one.
    """
    if isinstance(phrase, Person):
        return named("PER", [inflected_name(PEOPLE[phrase.name], case)])
    if isinstance(phrase, People):
        first = named("PER", [PEOPLE[phrase.first.name]])
        return [*first, Word("ve", "CCONJ"), *noun_phrase(phrase.second, case)]
    if isinstance(phrase, City):
        return named("LOC", [inflected_name(CITIES[phrase.name], case)])
    if isinstance(phrase, Country):
        return named("LOC", [inflected_name(COUNTRIES[phrase.name], case)])
    if isinstance(phrase, Organization):
        sort = ORGANIZATION_SORTS[phrase.sort]
        last = sort if case == "nominative" else with_ending(sort, POSSESSED_ENDINGS[case])
        return named("ORG", [ORGANIZATION_NAMES[phrase.name], last])
    *first_nouns, head = (noun or NOUNS[phrase.noun]).split()
    owner = noun_phrase(phrase.owner, "genitive") if phrase.owner else []
    count = [Word(NUMERALS[phrase.count], "NUM")] if phrase.count else []
    adjective = [Word(QUALITIES[phrase.adjective], "ADJ")] if phrase.adjective else []
    single = not (phrase.definite or phrase.owner or phrase.count or "mass" in CLASSES[phrase.noun])
    one = [Word("bir", "DET")] if single and article else []
    heads = [*first_nouns, inflected(head, case, possessed=phrase.owner is not None)]
    return [*owner, *count, *adjective, *one, *(Word(form, "NOUN") for form in heads)]


def how_many(noun: Noun, case: Case, possessed: bool = False) -> Words:
    """How many of them: "kaç kırmızı araba", "kaç kedisi"."""
    *first_nouns, head = NOUNS[noun.noun].split()
    adjective = [Word(QUALITIES[noun.adjective], "ADJ")] if noun.adjective else []
    heads = [*first_nouns, inflected(head, case, possessed)]
    return [Word("kaç", "DET"), *adjective, *(Word(form, "NOUN") for form in heads)]


def owned_thing(meaning: Possession) -> Words:
    """What somebody has: "kırmızı bir arabası", "iki keçisi"; "arabası" where there is none at all."""
    thing = meaning.thing
    words = noun_phrase(thing, article=not meaning.negated or thing.adjective is not None)
    last = inflected(NOUNS[thing.noun].split()[-1], "nominative", possessed=True)
    return [*words[:-1], words[-1]._replace(form=last)]


def state(meaning: State) -> Words:
    """A state: "Anna yorgun değildi", "Anna'nın karnı aç", "Anna susadı"."""
    past = meaning.tense == "past"
    if meaning.state in VERB_STATES:
        form = VERB_STATES[meaning.state][2 * past + meaning.negated]
        return [*as_part("subject", noun_phrase(meaning.subject)), Word(form, "VERB")]
    hungry = meaning.state == "hungry"
    subject = as_part("subject", noun_phrase(meaning.subject, "genitive" if hungry else "nominative"))
    forms = ADJECTIVE_STATES[meaning.state]
    if meaning.state == "broken" and isinstance(meaning.subject, Noun):
        forms = BROKEN.get(meaning.subject.noun, forms)
    words = [*subject, *([Word("karnı", "NOUN")] if hungry else [])]
    if meaning.negated:
        return [*words, Word(forms[0], "ADJ"), Word("değildi" if past else "değil", "AUX")]
    return [*words, Word(forms[past], "ADJ")]


def verb_forms(meaning: Event, entry: str) -> Words:
    """The verb, with the noun before it if it is a light verb."""
    *light, stem, past, present, future = entry.split()
    lasting = meaning.tense == "past" and meaning.verb in LASTING
    form = {"past": present if lasting else past, "present": present, "future": future}[meaning.tense]
    if meaning.negated:
        form = with_ending(
            NEGATED_STEMS.get(meaning.verb, stem), NEGATED_ENDINGS["present" if lasting else meaning.tense]
        )
    if isinstance(meaning.subject, People):
        form = with_ending(form, "lAr")
    if lasting:
        form = with_ending(form, "DI")
    return [*(Word(noun, "NOUN") for noun in light), Word(form, "VERB")]


def verb_entry(meaning: Event, asked: str = "") -> str:
    """The line of the lexicon for the verb with its object or place; a part that is asked for is not known yet."""
    if (meaning.verb, asked) == ("build", "object"):
        return CONSTRUCT
    parts = {"object": meaning.object, "place": meaning.place}
    noun = next((part.noun for field, part in parts.items() if isinstance(part, Noun) and field != asked), "")
    return VERBS_OF_NOUNS.get((meaning.verb, noun), VERBS[meaning.verb])


def object_case(meaning: Event) -> Case:
    """The case of the object: with most verbs, a noun that is not definite has none."""
    thing = meaning.object
    if meaning.verb == "help":
        return "dative"
    indefinite = isinstance(thing, Noun) and not thing.definite and thing.owner is None
    if meaning.verb == "meet" or (indefinite and meaning.verb not in ALWAYS_ACCUSATIVE):
        return "nominative"
    return "accusative"


def object_words(meaning: Event, thing: Thing) -> Words:
    """The object in its case; "ile" follows that of "meet"."""
    noun = OBJECT_NOUNS.get((meaning.verb, thing.noun), "") if isinstance(thing, Noun) else ""
    case = object_case(meaning)
    single = asks_who(thing) or (isinstance(thing, Noun) and thing.adjective is not None)
    article = not meaning.negated or case != "nominative" or single
    words = as_part("object", noun_phrase(thing, case, article, noun))
    return [*words, Word("ile", "ADP")] if meaning.verb == "meet" else words


def place_case(meaning: Event) -> Case:
    """Where to, with verbs of motion, or where."""
    return "dative" if meaning.verb in ("go", "travel", "return", "arrive") else "locative"


def partner_case(meaning: Event) -> Case:
    """To whom or from whom."""
    return "ablative" if meaning.verb in SOURCES else "dative"


def time_words(time: str) -> Words:
    """A time with its part of speech."""
    return as_part("time", (Word(form, upos) for form, upos in TIMES[time]))


def event_parts(meaning: Event) -> dict[str, Words]:
    """The phrases of an event, by field, but the subject."""
    parts: dict[str, Words] = {}
    if meaning.time is not None:
        parts["time"] = time_words(meaning.time)
    if meaning.place is not None:
        parts["place"] = as_part("place", noun_phrase(meaning.place, place_case(meaning)))
    if meaning.object is not None:
        parts["object"] = object_words(meaning, meaning.object)
    if meaning.partner is not None:
        parts["partner"] = as_part("partner", noun_phrase(meaning.partner, partner_case(meaning)))
    return parts


def is_known(meaning: Event) -> bool:
    """Whether the object stands before the partner and the focus, as what is definite does."""
    return object_case(meaning) != "nominative" or meaning.verb == "meet"


def with_subject(meaning: Event, rest: Words, neighbor: object) -> Words:
    """The subject and what follows, with a comma where the two could be read as one name or apposition.

    Args:
        meaning: The event.
        rest: The words after the subject.
        neighbor: What the first of them mean.
    """
    subject = as_part("subject", noun_phrase(meaning.subject))
    both_human = isinstance(meaning.subject, Noun) and asks_who(meaning.subject) and asks_who(neighbor)
    apart = both_human or rest[0].entity in ("B-PER", "B-ORG")
    return [*subject, *([COMMA] if apart else []), *rest]


def event(meaning: Event) -> Words:
    """A statement about an event."""
    parts = event_parts(meaning)
    front = parts.pop(meaning.front, []) if meaning.front else []
    late = ["object", "partner"] if is_known(meaning) else ["partner", "object"]
    fields = [field for field in ("time", "place", *late) if field in parts]
    rest = [word for field in fields for word in parts[field]] + verb_forms(meaning, verb_entry(meaning))
    return [*front, *with_subject(meaning, rest, getattr(meaning, fields[0]) if fields else None)]


def event_question(meaning: Event, asked: str) -> Words:
    """A question about a part of an event: the question word stands before the verb and a new object."""
    parts = event_parts(meaning)
    parts.pop("object" if asked == "count" else asked, None)
    new = [] if is_known(meaning) else parts.pop("object", [])
    asking = question_words(meaning, asked)
    verb = verb_forms(meaning, verb_entry(meaning, asked))
    rest = [*(word for words in parts.values() for word in words), *asking, *new, *verb]
    if asked == "subject":
        return rest
    return with_subject(meaning, rest, getattr(meaning, next(iter(parts), ""), None))


def question_words(meaning: Event, asked: str) -> Words:
    """Who, what, where, when or how many, in the case that the verb asks for."""
    match asked:
        case "subject":
            return [Word("kim", "PRON")]
        case "partner":
            return [Word(WHO[partner_case(meaning)], "PRON")]
        case "place":
            return [Word("nereye" if place_case(meaning) == "dative" else "nerede", "ADV")]
        case "time":
            return [Word("ne", "DET"), Word("zaman", "NOUN")]
        case "object":
            return [Word(who_or_what(meaning), "PRON")]
        case _:
            assert isinstance(meaning.object, Noun)
            together = [Word("ile", "ADP")] if meaning.verb == "meet" else []
            return [*how_many(meaning.object, object_case(meaning)), *together]


def who_or_what(meaning: Event) -> str:
    """What asks about the object."""
    if meaning.verb == "meet":
        return "kiminle"
    case = object_case(meaning)
    if asks_who(meaning.object):
        return WHO["accusative" if case == "nominative" else case]
    if isinstance(meaning.object, City | Organization):
        return "nereyi"
    return "neyi" if case == "accusative" and meaning.verb not in ASKED_WITHOUT_CASE else "ne"


LANGUAGE = Turkish()
