"""Modern Standard Arabic, without vowel signs.

The conjunction و, and ل and ب before names, are words of their own that the next word is joined to; before other nouns
ل and ب are one word with the noun.
"""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Literal

from xstilts.mini.concepts import PEOPLE, VERBS, Gender, is_human
from xstilts.mini.language import Language, Word, Words, as_part, in_clause, named
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

_Case = Literal["nominative", "accusative", "genitive"]

_PEOPLE = {
    "Anna": "آنا", "Maria": "ماريا", "Elena": "إيلينا", "Fatima": "فاطمة", "Amina": "أمينة", "Leila": "ليلى",
    "Sofia": "صوفيا", "Clara": "كلارا", "Nadia": "نادية", "Irina": "إيرينا", "Rosa": "روزا", "Julia": "جوليا",
    "Lucia": "لوسيا", "Marta": "مارتا", "Sara": "سارة", "Diana": "ديانا", "Eva": "إيفا", "Olga": "أولغا",
    "Zainab": "زينب", "Mina": "مينا", "David": "ديفيد", "Peter": "بيتر", "Ali": "علي", "Omar": "عمر",
    "Ivan": "إيفان", "Carlos": "كارلوس", "Daniel": "دانيال", "Adam": "آدم", "Simon": "سيمون", "Thomas": "توماس",
    "Boris": "بوريس", "Victor": "فيكتور", "Hassan": "حسن", "Juma": "جمعة", "Kenji": "كينجي", "Ravi": "رافي",
    "Pablo": "بابلو", "Samuel": "صموئيل", "Martin": "مارتن", "Leo": "ليو",
}  # fmt: skip
# The names that are declined in writing.
_ACCUSATIVE_PEOPLE = {"Ali": "عليا", "Hassan": "حسنا"}
_CITIES = {
    "Paris": "باريس", "Berlin": "برلين", "Hamburg": "هامبورغ", "Madrid": "مدريد", "Barcelona": "برشلونة",
    "Rome": "روما", "Vienna": "فيينا", "Moscow": "موسكو", "Istanbul": "إسطنبول", "Ankara": "أنقرة",
    "Delhi": "دلهي", "Mumbai": "مومباي", "Beijing": "بكين", "Shanghai": "شنغهاي", "Tokyo": "طوكيو",
    "Jakarta": "جاكرتا", "Hanoi": "هانوي", "Cairo": "القاهرة", "Baghdad": "بغداد", "Nairobi": "نيروبي",
    "Lagos": "لاغوس", "Accra": "أكرا", "Lima": "ليما", "Havana": "هافانا", "Helsinki": "هلسنكي", "Oslo": "أوسلو",
}  # fmt: skip
_COUNTRIES = {
    "France": "فرنسا", "Germany": "ألمانيا", "Spain": "إسبانيا", "Italy": "إيطاليا", "Austria": "النمسا",
    "Russia": "روسيا", "Turkey": "تركيا", "India": "الهند", "China": "الصين", "Japan": "اليابان",
    "Indonesia": "إندونيسيا", "Vietnam": "فيتنام", "Egypt": "مصر", "Iraq": "العراق", "Kenya": "كينيا",
    "Nigeria": "نيجيريا", "Ghana": "غانا", "Peru": "بيرو", "Cuba": "كوبا", "Finland": "فنلندا", "Norway": "النرويج",
}  # fmt: skip
_ORGANIZATION_SORTS: dict[str, tuple[str, Gender]] = {
    "bank": ("بنك", "m"), "company": ("شركة", "f"), "university": ("جامعة", "f"), "hospital": ("مستشفى", "m"),
    "newspaper": ("صحيفة", "f"),
}  # fmt: skip
_ORGANIZATION_NAMES = {
    "Solara": "سولارا", "Nordika": "نورديكا", "Tembo": "تيمبو", "Karima": "كاريما", "Lumina": "لومينا",
    "Oriona": "أوريونا", "Verda": "فيردا", "Marisol": "ماريسول", "Himala": "هيمالا", "Delfina": "دلفينا",
    "Aurora": "أورورا", "Kometa": "كوميتا", "Safira": "سافيرا", "Meridia": "ميريديا", "Polara": "بولارا",
    "Zantora": "زانتورا",
}  # fmt: skip

# Noun -> singular, gender, and the plural as it follows a numeral ("" if it is not counted).
_NOUNS: dict[str, tuple[str, Gender, str]] = {
    "teacher": ("معلم", "m", "معلمين"), "doctor": ("طبيب", "m", "أطباء"), "farmer": ("مزارع", "m", "مزارعين"),
    "student": ("طالب", "m", "طلاب"), "driver": ("سائق", "m", "سائقين"), "nurse": ("ممرضة", "f", "ممرضات"),
    "writer": ("كاتب", "m", "كتاب"), "singer": ("مطرب", "m", "مطربين"), "fisherman": ("صياد", "m", "صيادين"),
    "soldier": ("جندي", "m", "جنود"), "engineer": ("مهندس", "m", "مهندسين"), "tailor": ("خياط", "m", "خياطين"),
    "lawyer": ("محام", "m", "محامين"), "painter": ("رسام", "m", "رسامين"), "merchant": ("تاجر", "m", "تجار"),
    "cook": ("طباخ", "m", "طباخين"),
    "mother": ("والدة", "f", "والدات"), "father": ("والد", "m", "آباء"), "brother": ("أخ", "m", "إخوة"),
    "sister": ("أخت", "f", "أخوات"), "friend": ("صديق", "m", "أصدقاء"), "neighbor": ("جار", "m", "جيران"),
    "dog": ("كلب", "m", "كلاب"), "cat": ("قطة", "f", "قطط"), "horse": ("حصان", "m", "أحصنة"),
    "cow": ("بقرة", "f", "بقرات"), "goat": ("عنزة", "f", "عنزات"), "chicken": ("دجاجة", "f", "دجاجات"),
    "bird": ("طائر", "m", "طيور"), "sheep": ("خروف", "m", "خراف"), "donkey": ("حمار", "m", "حمير"),
    "fish": ("سمكة", "f", "سمكات"), "apple": ("تفاحة", "f", "تفاحات"), "banana": ("موزة", "f", "موزات"),
    "orange": ("برتقالة", "f", "برتقالات"), "egg": ("بيضة", "f", "بيضات"), "cake": ("كعكة", "f", "كعكات"),
    "bread": ("خبز", "m", ""), "cheese": ("جبن", "m", ""), "rice": ("أرز", "m", ""), "meat": ("لحم", "m", ""),
    "soup": ("حساء", "m", ""), "water": ("ماء", "m", ""), "milk": ("حليب", "m", ""), "tea": ("شاي", "m", ""),
    "coffee": ("قهوة", "f", ""),
    "book": ("كتاب", "m", "كتب"), "letter": ("خطاب", "m", "خطابات"), "message": ("رسالة", "f", "رسائل"),
    "magazine": ("مجلة", "f", "مجلات"), "map": ("خريطة", "f", "خرائط"), "car": ("سيارة", "f", "سيارات"),
    "bicycle": ("دراجة", "f", "دراجات"), "boat": ("قارب", "m", "قوارب"), "bus": ("حافلة", "f", "حافلات"),
    "house": ("بيت", "m", "بيوت"), "chair": ("كرسي", "m", "كراسي"), "table": ("طاولة", "f", "طاولات"),
    "window": ("نافذة", "f", "نوافذ"), "door": ("باب", "m", "أبواب"), "box": ("صندوق", "m", "صناديق"),
    "bag": ("حقيبة", "f", "حقائب"), "shirt": ("قميص", "m", "قمصان"), "hat": ("قبعة", "f", "قبعات"),
    "cup": ("فنجان", "m", "فناجين"), "bottle": ("زجاجة", "f", "زجاجات"), "knife": ("سكين", "f", "سكاكين"),
    "key": ("مفتاح", "m", "مفاتيح"), "rope": ("حبل", "m", "حبال"), "basket": ("سلة", "f", "سلال"),
    "ring": ("خاتم", "m", "خواتم"), "flower": ("زهرة", "f", "زهرات"), "phone": ("هاتف", "m", "هواتف"),
    "lamp": ("مصباح", "m", "مصابيح"), "clock": ("ساعة", "f", "ساعات"), "picture": ("صورة", "f", "صور"),
    "market": ("سوق", "f", "أسواق"), "school": ("مدرسة", "f", "مدارس"), "forest": ("غابة", "f", "غابات"),
    "kitchen": ("مطبخ", "m", "مطابخ"), "garden": ("حديقة", "f", "حدائق"), "shop": ("متجر", "m", "متاجر"),
    "station": ("محطة", "f", "محطات"), "village": ("قرية", "f", "قرى"), "park": ("متنزه", "m", "متنزهات"),
    "field": ("حقل", "m", "حقول"), "library": ("مكتبة", "f", "مكتبات"), "office": ("مكتب", "m", "مكاتب"),
    "beach": ("شاطئ", "m", "شواطئ"), "street": ("شارع", "m", "شوارع"),
    "animal": ("حيوان", "m", "حيوانات"), "fruit": ("فاكهة", "f", "فواكه"), "vehicle": ("مركبة", "f", "مركبات"),
    "person": ("شخص", "m", "أشخاص"),
}  # fmt: skip
# The stem before endings, where it is not the indefinite singular.
_STEMS = {"محام": "محامي", "غال": "غالي"}
_BROTHER_OF: dict[_Case, str] = {"nominative": "أخو", "accusative": "أخا", "genitive": "أخي"}
_BROTHER_STEM = "أخو"

# Quality or state -> masculine, feminine.
_QUALITIES = {
    "big": ("كبير", "كبيرة"), "small": ("صغير", "صغيرة"), "old": ("قديم", "قديمة"), "new": ("جديد", "جديدة"),
    "heavy": ("ثقيل", "ثقيلة"), "light": ("خفيف", "خفيفة"), "expensive": ("غال", "غالية"),
    "cheap": ("رخيص", "رخيصة"), "beautiful": ("جميل", "جميلة"), "red": ("أحمر", "حمراء"),
    "white": ("أبيض", "بيضاء"), "black": ("أسود", "سوداء"), "green": ("أخضر", "خضراء"),
}  # fmt: skip
_STATES = {
    "hungry": ("جائع", "جائعة"), "thirsty": ("عطشان", "عطشى"), "tired": ("متعب", "متعبة"), "sick": ("مريض", "مريضة"),
    "sad": ("حزين", "حزينة"), "happy": ("سعيد", "سعيدة"), "angry": ("غاضب", "غاضبة"), "afraid": ("خائف", "خائفة"),
    "broken": ("معطل", "معطلة"), "dirty": ("متسخ", "متسخة"), "closed": ("مغلق", "مغلقة"),
}  # fmt: skip
# What is broken, but no vehicle or device.
_BROKEN = {
    **dict.fromkeys(("chair", "table", "window", "door"), ("مكسور", "مكسورة")),
    "house": ("متضرر", "متضررة"),
}
# Masculine adjectives whose indefinite accusative has no ending.
_DIPTOTES = frozenset({"أحمر", "أبيض", "أسود", "أخضر", "عطشان"})
_COMPARISONS = {
    "older": ("أكبر", "سنا"), "younger": ("أصغر", "سنا"), "taller": ("أطول",), "shorter": ("أقصر",),
    "stronger": ("أقوى",), "weaker": ("أضعف",), "richer": ("أغنى",), "poorer": ("أفقر",), "bigger": ("أكبر",),
    "smaller": ("أصغر",), "heavier": ("أثقل",), "lighter": ("أخف",), "more expensive": ("أغلى",),
    "cheaper": ("أرخص",),
}  # fmt: skip
_TIMES = {
    "yesterday": (("أمس", "ADV"),), "last week": (("في", "ADP"), ("الأسبوع", "NOUN"), ("الماضي", "ADJ")),
    "last year": (("في", "ADP"), ("العام", "NOUN"), ("الماضي", "ADJ")),
    "this morning": (("صباح", "NOUN"), ("اليوم", "NOUN")), "now": (("الآن", "ADV"),), "today": (("اليوم", "NOUN"),),
    "tomorrow": (("غدا", "ADV"),), "next week": (("في", "ADP"), ("الأسبوع", "NOUN"), ("القادم", "ADJ")),
    "tonight": (("الليلة", "NOUN"),), "on Monday": (("يوم", "NOUN"), ("الاثنين", "NOUN")),
    "on Tuesday": (("يوم", "NOUN"), ("الثلاثاء", "NOUN")), "on Friday": (("يوم", "NOUN"), ("الجمعة", "NOUN")),
    "on Sunday": (("يوم", "NOUN"), ("الأحد", "NOUN")),
}  # fmt: skip
# How many -> before a masculine noun, before a feminine one.
_NUMERALS = {3: ("ثلاثة", "ثلاث"), 4: ("أربعة", "أربع"), 5: ("خمسة", "خمس"), 6: ("ستة", "ست")}
_AT = {"beach": "على"}  # All other places are with في.

# Verb -> "he did", "she did", "he does", "he did (not)" after لم.
_VERBS = {
    "sleep": "نام نامت ينام ينم", "rest": "استراح استراحت يستريح يسترح", "wait": "انتظر انتظرت ينتظر ينتظر",
    "swim": "سبح سبحت يسبح يسبح", "run": "ركض ركضت يركض يركض", "laugh": "ضحك ضحكت يضحك يضحك",
    "cry": "بكى بكت يبكي يبك", "sing": "غنى غنت يغني يغن", "dance": "رقص رقصت يرقص يرقص",
    "eat": "أكل أكلت يأكل يأكل", "drink": "شرب شربت يشرب يشرب", "cook": "طبخ طبخت يطبخ يطبخ",
    "cook cake": "خبز خبزت يخبز يخبز", "read": "قرأ قرأت يقرأ يقرأ", "write": "كتب كتبت يكتب يكتب",
    "see": "رأى رأت يرى ير", "find": "وجد وجدت يجد يجد", "lose": "فقد فقدت يفقد يفقد", "carry": "حمل حملت يحمل يحمل",
    "hide": "خبأ خبأت يخبئ يخبئ", "repair": "أصلح أصلحت يصلح يصلح", "wash": "غسل غسلت يغسل يغسل",
    "open": "فتح فتحت يفتح يفتح", "close": "أغلق أغلقت يغلق يغلق", "break": "كسر كسرت يكسر يكسر",
    "draw": "رسم رسمت يرسم يرسم", "build": "صنع صنعت يصنع يصنع", "build house": "بنى بنت يبني يبن",
    "visit": "زار زارت يزور يزر", "meet": "قابل قابلت يقابل يقابل", "help": "ساعد ساعدت يساعد يساعد",
    "call": "اتصل اتصلت يتصل يتصل", "love": "أحب أحبت يحب يحب", "follow": "تبع تبعت يتبع يتبع",
    "give": "أعطى أعطت يعطي يعط", "receive": "تسلم تسلمت يتسلم يتسلم", "sell": "باع باعت يبيع يبع",
    "buy": "اشترى اشترت يشتري يشتر", "lend": "أعار أعارت يعير يعر", "borrow": "استعار استعارت يستعير يستعر",
    "send": "أرسل أرسلت يرسل يرسل", "show": "عرض عرضت يعرض يعرض",
    "go": "ذهب ذهبت يذهب يذهب", "travel": "سافر سافرت يسافر يسافر", "return": "عاد عادت يعود يعد",
    "arrive": "وصل وصلت يصل يصل", "live": "سكن سكنت يسكن يسكن", "work": "عمل عملت يعمل يعمل",
    "study": "درس درست يدرس يدرس",
}  # fmt: skip
# Verb -> what stands before its object, or its partner; of "give" and "lend" the partner is an object and comes first.
_OBJECT_AFTER = {"call": "ب"}
_PARTNER_AFTER = {
    "give": "", "lend": "", "sell": "ل", "send": "إلى", "show": "على", "receive": "من", "buy": "من", "borrow": "من",
}  # fmt: skip
# What asks about the partner.
_WHOM = {"": ("لمن",), "ل": ("لمن",), "إلى": ("إلى", "من"), "على": ("على", "من"), "من": ("ممن",)}


def _gender(actor: Actor | Thing) -> Gender:
    """The gender of a verb before this subject: that of its first name or noun."""
    if isinstance(actor, People):
        return PEOPLE[actor.first.name]
    if isinstance(actor, Organization):
        return _ORGANIZATION_SORTS[actor.sort][1]
    if isinstance(actor, Noun):
        return _NOUNS[actor.noun][1]
    assert isinstance(actor, Person)
    return PEOPLE[actor.name]


def _accusative(form: str) -> str:
    """The indefinite accusative as it is written: كتابا, سيارة, ماء."""
    if form in _DIPTOTES or form.endswith(("ة", "اء", "ى")):
        return form
    return _STEMS.get(form, form) + "ا"


def _dual(form: str, case: _Case) -> str:
    """The dual: كتابان, سيارتين, حمراوان."""
    stem = _STEMS.get(form, form)
    if stem.endswith("ة"):
        stem = stem[:-1] + "ت"
    elif stem.endswith("اء"):
        stem = stem[:-1] + "و"
    return stem + ("ان" if case == "nominative" else "ين")


def _adjective(forms: tuple[str, str], gender: Gender, case: _Case, definite: bool = False) -> str:
    """An adjective in the singular."""
    form = forms[gender == "f"]
    if definite:
        return "ال" + _STEMS.get(form, form)
    return _accusative(form) if case == "accusative" else form


def _person(person: Person, case: _Case) -> Words:
    form = _PEOPLE[person.name]
    return named("PER", [_ACCUSATIVE_PEOPLE.get(person.name, form) if case == "accusative" else form])


def _joined(particle: str, upos: str, words: Words) -> Words:
    """A particle as a word of its own that the next word is written to."""
    return [Word(particle, upos), words[0]._replace(joined=True), *words[1:]]


def _counted(noun: Noun, case: _Case) -> Words:
    """A noun with its number: كتابين كبيرين, ثلاثة كتب كبيرة."""
    singular, gender, plural = _NOUNS[noun.noun]
    if noun.owner is not None or noun.definite or not plural:
        raise ValueError(f"expected an indefinite countable noun with a count, found {noun}")
    adjective = _QUALITIES[noun.adjective] if noun.adjective else None
    if noun.count == 2:
        words = [Word(_dual(_BROTHER_STEM if noun.noun == "brother" else singular, case), "NOUN")]
        return words + ([Word(_dual(adjective[gender == "f"], case), "ADJ")] if adjective else [])
    assert noun.count is not None
    words = [Word(_NUMERALS[noun.count][gender == "f"], "NUM"), Word(plural, "NOUN")]
    return words + ([Word(adjective[1], "ADJ")] if adjective else [])


def _noun(noun: Noun, case: _Case) -> Words:
    """A noun phrase: كتابا جديدا, الكتاب الجديد, كتاب آنا الجديد."""
    if noun.count is not None:
        return _counted(noun, case)
    singular, gender, _ = _NOUNS[noun.noun]
    stem = _STEMS.get(singular, singular)
    known = noun.definite or noun.owner is not None
    if noun.owner is not None:
        possessed = _BROTHER_OF[case] if noun.noun == "brother" else stem
        words = [Word(possessed, "NOUN"), *_person(noun.owner, "genitive")]
    elif noun.definite:
        words = [Word("ال" + stem, "NOUN")]
    else:
        words = [Word(_accusative(singular) if case == "accusative" else singular, "NOUN")]
    if noun.adjective is not None:
        words.append(Word(_adjective(_QUALITIES[noun.adjective], gender, case, known), "ADJ"))
    return words


def _phrase(part: str, thing: Actor | Thing | Place, case: _Case) -> Words:
    """A noun phrase or name that fills a part of the clause."""
    if isinstance(thing, Noun):
        words = _noun(thing, case)
    elif isinstance(thing, Person):
        words = _person(thing, case)
    elif isinstance(thing, People):
        words = [*_person(thing.first, case), *_joined("و", "CCONJ", _person(thing.second, case))]
    elif isinstance(thing, City):
        words = named("LOC", [_CITIES[thing.name]])
    elif isinstance(thing, Country):
        words = named("LOC", [_COUNTRIES[thing.name]])
    else:
        sort = Word(_ORGANIZATION_SORTS[thing.sort][0], "NOUN", "B-ORG")
        words = [sort, Word(_ORGANIZATION_NAMES[thing.name], "PROPN", "I-ORG")]
    return as_part(part, words)


def _after(adposition: str, words: Words) -> Words:
    """A phrase in the genitive after an adposition; ل and ب are written to it."""
    if len(adposition) > 1:
        return [Word(adposition, "ADP"), *words]
    first = words[0]
    if first.entity != "O":
        return _joined(adposition, "ADP", words)
    form = adposition + first.form
    if adposition == "ل" and first.form.startswith("ال"):
        form = "لل" + first.form[2:].removeprefix("ل")
    return [first._replace(form=form), *words[1:]]


def _verb(event: Event, gender: Gender, dual: bool = False) -> Words:
    """The verb with its negation; in the singular before its subject, of two in the dual after it."""
    key = event.verb
    if isinstance(event.object, Noun) and f"{key} {event.object.noun}" in _VERBS:
        key = f"{key} {event.object.noun}"
    did, she_did, does, after_not = _VERBS[key].split()
    prefix = "ت" if gender == "f" else "ي"
    if event.tense == "past" and not event.negated:
        form = she_did if gender == "f" else did
        return [Word(_of_two(form) if dual else form, "VERB")]
    form = prefix + (after_not if event.tense == "past" and not dual else does)[1:]
    if dual:
        indicative = event.tense == "present" or not event.negated
        form = _of_two(form) + ("ن" if indicative else "")
    if not event.negated:
        return [Word(form if event.tense == "present" else "س" + form, "VERB")]
    negation = {"past": "لم", "present": "لا", "future": "لن"}[event.tense]
    return [Word(negation, "PART"), Word(form, "VERB")]


def _of_two(form: str) -> str:
    """A verb with the ending of the dual: باعا, غنيا, قرآ."""
    if form.endswith("ى"):
        return form[:-1] + "يا"
    return form[:-1] + "آ" if form.endswith("أ") else form + "ا"


def _with_him(form: str) -> str:
    """A verb with the pronoun of its object: زاره, رآه."""
    if form.endswith("أى"):
        return form[:-2] + "آه"
    return (form[:-1] + "ا" if form.endswith("ى") else form) + "ه"


def _place(event: Event) -> Words:
    """The place with its preposition."""
    if event.place is None:
        return []
    if VERBS[event.verb].frame == "motion":
        adposition = "إلى"
    else:
        adposition = _AT.get(event.place.noun, "في") if isinstance(event.place, Noun) else "في"
    return _after(adposition, _phrase("place", event.place, "genitive"))


def _time(event: Event) -> Words:
    if event.time is None:
        return []
    return as_part("time", [Word(form, upos) for form, upos in _TIMES[event.time]])


def _complements(event: Event, asked: str = "") -> Words:
    """What follows the verb and the subject, but no part that stands first or is asked about."""
    thing: Words = []
    if event.object is not None and asked not in ("object", "count"):
        adposition = _OBJECT_AFTER.get(event.verb, "")
        case: _Case = "genitive" if adposition else "accusative"
        thing = _phrase("object", event.object, case)
        thing = _after(adposition, thing) if adposition else thing
    partner: Words = []
    if event.partner is not None and asked != "partner":
        adposition = _PARTNER_AFTER[event.verb]
        partner = _phrase("partner", event.partner, "genitive" if adposition else "accusative")
        partner = _after(adposition, partner) if adposition else partner
    parts = [*partner, *thing] if event.partner is not None and not _PARTNER_AFTER[event.verb] else [*thing, *partner]
    place = [] if asked == "place" or event.front == "place" else _place(event)
    time = [] if asked == "time" or event.front == "time" else _time(event)
    return [*parts, *place, *time]


def _event(event: Event) -> Words:
    """Verb, subject and the rest."""
    front = {"time": _time, "place": _place}[event.front](event) if event.front else []
    subject = _phrase("subject", event.subject, "nominative")
    return [*front, *_verb(event, _gender(event.subject)), *subject, *_complements(event)]


def _predication(subject: Words, gender: Gender, predicate: tuple[str, str], negated: bool, was: bool = False) -> Words:
    """A nominal clause, or with كان.

    Args:
        subject: Its words.
        gender: The subject's.
        predicate: In the nominative and in the accusative.
        negated: Whether it is denied.
        was: Whether it was so.
    """
    nominative, accusative = (Word(form, "ADJ") for form in predicate)
    if was:
        verb = [Word("كانت" if gender == "f" else "كان", "AUX")]
        if negated:
            verb = [Word("لم", "PART"), Word("تكن" if gender == "f" else "يكن", "AUX")]
        return [*verb, *subject, accusative]
    if negated:
        return [*subject, Word("ليست" if gender == "f" else "ليس", "AUX"), accusative]
    return [*subject, nominative]


def _described(clause: State | Quality, case: _Case) -> Words:
    """A clause whose predicate is an adjective."""
    gender = _gender(clause.subject)
    was = False
    if isinstance(clause, Quality):
        forms = _QUALITIES[clause.quality]
    else:
        forms = _STATES[clause.state]
        was = clause.tense == "past"
        if clause.state == "broken" and isinstance(clause.subject, Noun):
            forms = _BROKEN.get(clause.subject.noun, forms)
    predicate = (_adjective(forms, gender, "nominative"), _adjective(forms, gender, "accusative"))
    subject = _phrase("subject", clause.subject, case)
    if was and case == "accusative":
        copula = _predication([], gender, predicate, clause.negated, was)
        return [*subject, *copula]
    return _predication(subject, gender, predicate, clause.negated, was)


def _professional(noun: str, gender: Gender) -> str:
    """The indefinite noun for a man or a woman of a profession."""
    singular, own, _ = _NOUNS[noun]
    if own == gender:
        return singular
    return singular.removesuffix("ة") if gender == "m" else _STEMS.get(singular, singular) + "ة"


def _profession(clause: Profession, case: _Case) -> Words:
    gender = _gender(clause.subject)
    form = _professional(clause.noun, gender)
    words = _predication(_phrase("subject", clause.subject, case), gender, (form, _accusative(form)), clause.negated)
    return [*words[:-1], Word(words[-1].form, "NOUN", part="noun")]


def _comparison(clause: Comparison, case: _Case) -> Words:
    elative, *respect = _COMPARISONS[clause.comparison]
    subject = _phrase("subject", clause.subject, case)
    return [
        *_predication(subject, _gender(clause.subject), (elative, elative), clause.negated),
        *(Word(form, "NOUN") for form in respect),
        *_after("من", _phrase("standard", clause.standard, "genitive")),
    ]


def _possession(clause: Possession, case: _Case) -> Words:
    negation = [Word("ليس", "AUX")] if clause.negated else []
    owner = _after("لدى", _phrase("owner", clause.owner, "genitive"))
    return [*negation, *owner, *_phrase("thing", clause.thing, case)]


def _clause(clause: Clause) -> Words:
    if isinstance(clause, Event):
        return _event(clause)
    if isinstance(clause, Possession):
        return _possession(clause, "nominative")
    return _nominal(clause, "nominative")


def _nominal(clause: State | Quality | Profession | Comparison, case: _Case) -> Words:
    """A clause whose subject can stand first in this case."""
    if isinstance(clause, Profession):
        return _profession(clause, case)
    if isinstance(clause, Comparison):
        return _comparison(clause, case)
    return _described(clause, case)


def _reason(clause: Clause) -> Words:
    """A clause with لأن, which puts a noun before the verb, in the accusative; else with لأنه."""
    because, because_it = Word("لأن", "SCONJ"), Word("لأنه", "SCONJ")
    if isinstance(clause, Possession):
        if clause.negated:
            return [because_it, *_possession(clause, "nominative")]
        return [because, *_possession(clause, "accusative")]
    if not isinstance(clause, Event):
        return [because, *_nominal(clause, "accusative")]
    subject = clause.subject
    if clause.front is not None or (isinstance(subject, Noun) and subject.count is not None):
        return [because_it, *_event(clause)]
    gender = _gender(subject)
    if isinstance(subject, People) and PEOPLE[subject.second.name] == "m":
        gender = "m"
    verb = _verb(clause, gender, dual=isinstance(subject, People))
    return [because, *_phrase("subject", subject, "accusative"), *verb, *_complements(clause)]


def _asked_object(event: Event) -> Words:
    """A question what or whom, without what follows the verb and the subject."""
    thing = event.object
    verb = _verb(event, _gender(event.subject))
    human = isinstance(thing, Person) or (isinstance(thing, Noun) and is_human(thing.noun))
    if human and event.verb in _OBJECT_AFTER:
        return [Word(_OBJECT_AFTER[event.verb] + "من", "PRON"), *verb]
    if human:
        whom = [Word("من", "PRON"), Word("الذي", "PRON")]
        return [*whom, *verb[:-1], verb[-1]._replace(form=_with_him(verb[-1].form))]
    if isinstance(thing, City | Organization):
        return [Word("أي", "DET"), Word("مدينة" if isinstance(thing, City) else "مؤسسة", "NOUN"), *verb]
    return [Word("ماذا", "PRON"), *verb]


def _how_many(noun: Noun) -> Words:
    """كم with the noun in the accusative singular."""
    return [Word("كم", "PRON"), *_noun(replace(noun, count=None), "accusative")]


def _event_question(event: Event, asked: str) -> Words:
    if asked == "subject":
        return [Word("من", "PRON"), *_verb(event, "m"), *_complements(event)]
    verb = _verb(event, _gender(event.subject))
    if asked == "object":
        first = _asked_object(event)
    elif asked == "count":
        assert isinstance(event.object, Noun)
        first = [*_how_many(event.object), *verb]
    elif asked == "partner":
        *before, whom = _WHOM[_PARTNER_AFTER[event.verb]]
        first = [*(Word(form, "ADP") for form in before), Word(whom, "PRON"), *verb]
    elif asked == "place":
        goal = [Word("إلى", "ADP")] if VERBS[event.verb].frame == "motion" else []
        first = [*goal, Word("أين", "ADV"), *verb]
    else:
        first = [Word("متى", "ADV"), *verb]
    return [*first, *_phrase("subject", event.subject, "nominative"), *_complements(event, asked)]


class Arabic(Language):
    """Modern Standard Arabic."""

    code: ClassVar[str] = "ar"
    name: ClassVar[str] = "Arabic"
    asking: ClassVar[str] = "؟"

    def statement(self, meaning: Statement) -> Words:
        """The words of a statement; the verb stands before its subject, except after لأن."""
        if not isinstance(meaning, Linked):
            return _clause(meaning)
        comma = Word("،", "PUNCT", joined=True)
        first = _clause(meaning.first)
        if meaning.link == "and":
            both = _joined("و", "CCONJ", _clause(meaning.second))
            return [*first, comma, *in_clause(1, both)]
        reason = in_clause(1, _reason(meaning.second))
        return [*reason, comma, *first] if meaning.reason_first else [*first, *reason]

    def question(self, question: Question) -> Words:
        """The words of a question: the interrogative stands first."""
        clause, asked = question.clause, question.asked
        if isinstance(clause, Event):
            return _event_question(clause, asked)
        if isinstance(clause, Possession):
            first = [Word("ماذا", "PRON")] if asked == "thing" else _how_many(clause.thing)
            return [*first, *_after("لدى", _phrase("owner", clause.owner, "genitive"))]
        if asked == "noun":
            what = [Word("ما", "PRON"), Word("مهنة", "NOUN")]
            return [*what, *_phrase("subject", clause.subject, "genitive")]
        noun = Word(_accusative(_professional(clause.noun, "m")), "NOUN", part="noun")
        return [Word("من", "PRON"), Word("يعمل", "VERB"), noun]


LANGUAGE = Arabic()
