"""Vietnamese: classifiers, particles before the verb for tense, and question words in the place of what is asked.

Words are written as syllables with spaces between them, so that what is one word may be several `Word`s.
"""

from __future__ import annotations

from typing import ClassVar

from xstilts.mini.concepts import NOUNS, VERBS, is_human
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
    "Anna": "Anna", "Maria": "Maria", "Elena": "Elena", "Fatima": "Fatima", "Amina": "Amina", "Leila": "Leila",
    "Sofia": "Sofia", "Clara": "Clara", "Nadia": "Nadia", "Irina": "Irina", "Rosa": "Rosa", "Julia": "Julia",
    "Lucia": "Lucia", "Marta": "Marta", "Sara": "Sara", "Diana": "Diana", "Eva": "Eva", "Olga": "Olga",
    "Zainab": "Zainab", "Mina": "Mina",
    "David": "David", "Peter": "Peter", "Ali": "Ali", "Omar": "Omar", "Ivan": "Ivan", "Carlos": "Carlos",
    "Daniel": "Daniel", "Adam": "Adam", "Simon": "Simon", "Thomas": "Thomas", "Boris": "Boris", "Victor": "Victor",
    "Hassan": "Hassan", "Juma": "Juma", "Kenji": "Kenji", "Ravi": "Ravi", "Pablo": "Pablo", "Samuel": "Samuel",
    "Martin": "Martin", "Leo": "Leo",
}  # fmt: skip
_CITIES = {
    "Paris": "Paris", "Berlin": "Berlin", "Hamburg": "Hamburg", "Madrid": "Madrid", "Barcelona": "Barcelona",
    "Rome": "Roma", "Vienna": "Viên", "Moscow": "Moskva", "Istanbul": "Istanbul", "Ankara": "Ankara",
    "Delhi": "Delhi", "Mumbai": "Mumbai", "Beijing": "Bắc Kinh", "Shanghai": "Thượng Hải", "Tokyo": "Tokyo",
    "Jakarta": "Jakarta", "Hanoi": "Hà Nội", "Cairo": "Cairo", "Baghdad": "Baghdad", "Nairobi": "Nairobi",
    "Lagos": "Lagos", "Accra": "Accra", "Lima": "Lima", "Havana": "La Habana", "Helsinki": "Helsinki", "Oslo": "Oslo",
}  # fmt: skip
_COUNTRIES = {
    "France": "Pháp", "Germany": "Đức", "Spain": "Tây Ban Nha", "Italy": "Ý", "Austria": "Áo", "Russia": "Nga",
    "Turkey": "Thổ Nhĩ Kỳ", "India": "Ấn Độ", "China": "Trung Quốc", "Japan": "Nhật Bản", "Indonesia": "Indonesia",
    "Vietnam": "Việt Nam", "Egypt": "Ai Cập", "Iraq": "Iraq", "Kenya": "Kenya", "Nigeria": "Nigeria",
    "Ghana": "Ghana", "Peru": "Peru", "Cuba": "Cuba", "Finland": "Phần Lan", "Norway": "Na Uy",
}  # fmt: skip
_ORGANIZATION_SORTS = {
    "bank": "Ngân hàng", "company": "Công ty", "university": "Đại học", "hospital": "Bệnh viện", "newspaper": "Báo",
}  # fmt: skip
_ORGANIZATION_NAMES = {
    "Solara": "Solara", "Nordika": "Nordika", "Tembo": "Tembo", "Karima": "Karima", "Lumina": "Lumina",
    "Oriona": "Oriona", "Verda": "Verda", "Marisol": "Marisol", "Himala": "Himala", "Delfina": "Delfina",
    "Aurora": "Aurora", "Kometa": "Kometa", "Safira": "Safira", "Meridia": "Meridia", "Polara": "Polara",
    "Zantora": "Zantora",
}  # fmt: skip

# Noun -> its words, and its classifier ("" for none).
_NOUNS = {
    "teacher": ("giáo viên", ""), "doctor": ("bác sĩ", ""), "farmer": ("nông dân", ""), "student": ("sinh viên", ""),
    "driver": ("tài xế", ""), "nurse": ("y tá", ""), "writer": ("nhà văn", ""), "singer": ("ca sĩ", ""),
    "fisherman": ("ngư dân", ""), "soldier": ("quân nhân", ""), "engineer": ("kỹ sư", ""), "tailor": ("thợ may", ""),
    "lawyer": ("luật sư", ""), "painter": ("họa sĩ", ""), "merchant": ("thương nhân", ""), "cook": ("đầu bếp", ""),
    "mother": ("mẹ", "người"), "father": ("bố", "người"), "brother": ("anh trai", "người"),
    "sister": ("chị gái", "người"), "friend": ("bạn", "người"), "neighbor": ("hàng xóm", "người"),
    "dog": ("chó", "con"), "cat": ("mèo", "con"), "horse": ("ngựa", "con"), "cow": ("bò", "con"),
    "goat": ("dê", "con"), "chicken": ("gà", "con"), "bird": ("chim", "con"), "sheep": ("cừu", "con"),
    "donkey": ("lừa", "con"), "fish": ("cá", "con"),
    "apple": ("táo", "quả"), "banana": ("chuối", "quả"), "orange": ("cam", "quả"), "egg": ("trứng", "quả"),
    "cake": ("bánh ngọt", "cái"),
    "bread": ("bánh mì", ""), "cheese": ("phô mai", ""), "rice": ("cơm", ""), "meat": ("thịt", ""),
    "soup": ("súp", ""), "water": ("nước", ""), "milk": ("sữa", ""), "tea": ("trà", ""), "coffee": ("cà phê", ""),
    "book": ("sách", "cuốn"), "letter": ("thư", "bức"), "message": ("tin nhắn", ""), "magazine": ("tạp chí", "cuốn"),
    "map": ("bản đồ", "tấm"),
    "car": ("ô tô", "chiếc"), "bicycle": ("xe đạp", "chiếc"), "boat": ("thuyền", "chiếc"), "bus": ("xe buýt", "chiếc"),
    "house": ("nhà", "ngôi"), "chair": ("ghế", "cái"), "table": ("bàn", "cái"), "window": ("cửa sổ", "cái"),
    "door": ("cửa", "cánh"), "box": ("hộp", "cái"), "bag": ("túi", "cái"), "shirt": ("áo sơ mi", "chiếc"),
    "hat": ("mũ", "chiếc"), "cup": ("cốc", "cái"), "bottle": ("chai", "cái"), "knife": ("dao", "con"),
    "key": ("chìa khóa", "chiếc"), "rope": ("dây thừng", "sợi"), "basket": ("giỏ", "cái"), "ring": ("nhẫn", "chiếc"),
    "flower": ("hoa", "bông"), "phone": ("điện thoại", "chiếc"), "lamp": ("đèn", "chiếc"),
    "clock": ("đồng hồ", "chiếc"), "picture": ("tranh", "bức"),
    "market": ("chợ", ""), "school": ("trường", ""), "forest": ("rừng", ""), "kitchen": ("nhà bếp", ""),
    "garden": ("vườn", ""), "shop": ("cửa hàng", ""), "station": ("nhà ga", ""), "village": ("làng", ""),
    "park": ("công viên", ""), "field": ("cánh đồng", ""), "library": ("thư viện", ""), "office": ("văn phòng", ""),
    "beach": ("bãi biển", ""), "street": ("đường phố", ""),
    "animal": ("vật", "con"), "fruit": ("trái cây", ""), "vehicle": ("phương tiện", ""), "person": ("người", ""),
}  # fmt: skip
_NUMERALS = {2: "hai", 3: "ba", 4: "bốn", 5: "năm", 6: "sáu"}

_QUALITIES = {
    "big": "to", "small": "nhỏ", "old": "cũ", "new": "mới", "heavy": "nặng", "light": "nhẹ", "expensive": "đắt",
    "cheap": "rẻ", "beautiful": "đẹp", "red": "đỏ", "white": "trắng", "black": "đen", "green": "xanh lá cây",
}  # fmt: skip
_COLORS = frozenset(("red", "white", "black", "green"))
_COMPARISONS = {
    "older": "lớn tuổi", "younger": "trẻ", "taller": "cao", "shorter": "thấp", "stronger": "khỏe", "weaker": "yếu",
    "richer": "giàu", "poorer": "nghèo", "bigger": "to", "smaller": "nhỏ", "heavier": "nặng", "lighter": "nhẹ",
    "more expensive": "đắt", "cheaper": "rẻ",
}  # fmt: skip
# State -> its words; "bị" tells that it has befallen somebody, "đang" that it is passing.
_STATES = {
    "hungry": (Word("đói", "ADJ"),), "thirsty": (Word("khát", "ADJ"),), "tired": (Word("mệt", "ADJ"),),
    "sick": (Word("bị", "AUX"), Word("ốm", "ADJ")), "sad": (Word("buồn", "ADJ"),), "happy": (Word("vui", "ADJ"),),
    "angry": (Word("tức", "ADJ"), Word("giận", "ADJ")), "afraid": (Word("sợ", "ADJ"), Word("hãi", "ADJ")),
    "broken": (Word("bị", "AUX"), Word("hỏng", "ADJ")), "dirty": (Word("bị", "AUX"), Word("bẩn", "ADJ")),
    "closed": (Word("đóng", "VERB"),),
}  # fmt: skip
_LASTING = frozenset(("broken", "dirty"))

# Verb -> the words before the object or place, all verbs.
_VERBS = {
    "sleep": "ngủ", "rest": "nghỉ ngơi", "wait": "chờ", "swim": "bơi", "run": "chạy", "laugh": "cười", "cry": "khóc",
    "sing": "hát", "dance": "nhảy múa",
    "eat": "ăn", "drink": "uống", "cook": "nấu", "read": "đọc", "write": "viết", "see": "nhìn thấy",
    "find": "tìm thấy", "lose": "làm mất", "carry": "mang", "hide": "giấu", "repair": "sửa", "wash": "rửa",
    "open": "mở", "close": "đóng", "break": "làm vỡ", "draw": "vẽ", "build": "xây", "visit": "đến thăm",
    "meet": "gặp", "help": "giúp", "call": "gọi điện", "love": "yêu quý", "follow": "đi theo",
    "give": "tặng", "receive": "nhận", "sell": "bán", "buy": "mua", "lend": "cho mượn", "borrow": "mượn",
    "send": "gửi", "show": "cho xem",
    "go": "đi", "travel": "đi du lịch", "return": "quay lại", "arrive": "tới", "live": "sống", "work": "làm việc",
    "study": "học",
}  # fmt: skip
# (Verb, noun) -> the verb that this object needs.
_VERBS_OF_OBJECTS = {
    ("break", "chair"): "làm hỏng", ("break", "table"): "làm hỏng", ("break", "phone"): "làm hỏng",
    ("break", "clock"): "làm hỏng",
    ("build", "chair"): "làm ra", ("build", "table"): "làm ra", ("build", "boat"): "làm ra",
    ("build", "vehicle"): "làm ra",
    ("wash", "chair"): "lau", ("wash", "table"): "lau", ("wash", "window"): "lau", ("wash", "door"): "lau",
    ("wash", "shirt"): "giặt", ("wash", "hat"): "giặt", ("wash", "bag"): "giặt", ("cook", "cake"): "nướng",
}  # fmt: skip
# Verbs whose bare form tells what is so now.
_STATIVE = frozenset(("see", "find", "lose", "love", "live", "work", "study"))
# Verbs of two parts with the partner between them.
_AROUND_PARTNER = frozenset(("lend", "show"))
_FROM = frozenset(("receive", "buy", "borrow"))

# Noun -> the preposition that says where, and the one that leads there.
_PLACES = {
    "market": ("ở", "đến"), "school": ("ở", "đến"), "forest": ("trong", "vào"), "kitchen": ("trong", "vào"),
    "garden": ("trong", "ra"), "shop": ("trong", "đến"), "station": ("ở", "ra"), "village": ("ở", "đến"),
    "park": ("trong", "đến"), "field": ("trên", "ra"), "library": ("trong", "đến"), "office": ("ở", "đến"),
    "beach": ("trên", "ra"), "street": ("trên", "ra"),
}  # fmt: skip

_TIMES = {
    "yesterday": (Word("hôm", "NOUN"), Word("qua", "NOUN")),
    "last week": (Word("tuần", "NOUN"), Word("trước", "ADJ")),
    "last year": (Word("năm", "NOUN"), Word("ngoái", "ADJ")),
    "this morning": (Word("sáng", "NOUN"), Word("nay", "PRON")),
    "now": (Word("bây", "NOUN"), Word("giờ", "NOUN")),
    "today": (Word("hôm", "NOUN"), Word("nay", "NOUN")),
    "tomorrow": (Word("ngày", "NOUN"), Word("mai", "NOUN")),
    "next week": (Word("tuần", "NOUN"), Word("sau", "ADJ")),
    "tonight": (Word("tối", "NOUN"), Word("nay", "PRON")),
    "on Monday": (Word("vào", "ADP"), Word("thứ", "NOUN"), Word("Hai", "NOUN")),
    "on Tuesday": (Word("vào", "ADP"), Word("thứ", "NOUN"), Word("Ba", "NOUN")),
    "on Friday": (Word("vào", "ADP"), Word("thứ", "NOUN"), Word("Sáu", "NOUN")),
    "on Sunday": (Word("vào", "ADP"), Word("Chủ", "NOUN"), Word("nhật", "NOUN")),
}
# Times that take "vào" when they stand at the end.
_LATE_WITH_ADPOSITION = frozenset(("last week", "last year", "this morning", "tomorrow", "next week", "tonight"))
_TENSES = {"past": "đã", "present": "đang", "future": "sẽ"}

_NOT = Word("không", "ADV")
_ONE = Word("một", "NUM")
_THAT = Word("đó", "PRON")
_ANY = Word("nào", "PRON")
_WHO = Word("ai", "PRON")
_WHAT = Word("gì", "PRON")
_IS = Word("là", "AUX")
_THEN = (Word("lúc", "NOUN"), Word("đó", "PRON"))


def _words(upos: str, forms: str) -> Words:
    return [Word(form, upos) for form in forms.split()]


def _adjective(quality: str) -> Words:
    color = [Word("màu", "NOUN")] if quality in _COLORS else []
    return [*color, *_words("ADJ", _QUALITIES[quality])]


def _noun(noun: Noun, none: bool = False) -> Words:
    """A noun phrase; `none` is for "not any", which negation makes of what is indefinite."""
    forms, classifier = _NOUNS[noun.noun]
    place, mass = "place" in NOUNS[noun.noun], "mass" in NOUNS[noun.noun]
    classifiers = _words("NOUN", classifier)
    adjective = _adjective(noun.adjective) if noun.adjective else []
    head = [*_words("NOUN", forms), *adjective]
    if noun.count:
        head = [Word(_NUMERALS[noun.count], "NUM"), *classifiers, *head]
    elif not (noun.owner and classifier == "người"):
        head = [*classifiers, *head]
    if noun.owner:
        return [*head, Word("của", "ADP"), *_phrase(noun.owner)]
    if noun.count or place:
        return head
    if noun.definite:
        return [*head, _THAT]
    if mass:
        return head
    if none:
        return [*head, _ANY]
    return head if noun.noun == "fruit" else [_ONE, *head]


def _phrase(phrase: Actor | Thing | Place, none: bool = False) -> Words:
    match phrase:
        case Person():
            return named("PER", [_PEOPLE[phrase.name]])
        case People():
            return [*_phrase(phrase.first), Word("và", "CCONJ"), *_phrase(phrase.second)]
        case City():
            return named("LOC", _CITIES[phrase.name].split())
        case Country():
            return named("LOC", _COUNTRIES[phrase.name].split())
        case Organization():
            return _organization(phrase)
        case Noun():
            return _noun(phrase, none)


def _organization(organization: Organization) -> Words:
    *sort, name = named(
        "ORG", [*_ORGANIZATION_SORTS[organization.sort].split(), _ORGANIZATION_NAMES[organization.name]]
    )
    return [*(word._replace(upos="NOUN") for word in sort), name]


def _to_place(verb: str, place: Place) -> Words:
    """The preposition between the verb and the place."""
    if verb in ("return", "arrive"):
        return []
    where, leading = _PLACES[place.noun] if isinstance(place, Noun) else ("ở", "đến")
    return [Word(leading if VERBS[verb].frame == "motion" else where, "ADP")]


def _place(event: Event) -> Words:
    return [*_to_place(event.verb, event.place), *as_part("place", _phrase(event.place))] if event.place else []


def _time(event: Event, late: bool = False) -> Words:
    """The time, as it stands at the end of the clause or early in it."""
    if event.time is None:
        return []
    adposition = [Word("vào", "ADP")] if late and event.time in _LATE_WITH_ADPOSITION else []
    return as_part("time", [*adposition, *_TIMES[event.time]])


def _before_verb(event: Event) -> Words:
    """The particles of tense and negation."""
    negation = [_NOT] if event.negated else []
    if event.tense == "present" and event.verb in _STATIVE:
        return negation
    return [Word(_TENSES[event.tense], "ADV"), *negation]


def _verb(event: Event) -> Words:
    forms = _VERBS[event.verb]
    if isinstance(event.object, Noun):
        forms = _VERBS_OF_OBJECTS.get((event.verb, event.object.noun), forms)
    return _words("VERB", forms)


def _predicate(event: Event, object_: Words, partner: Words) -> Words:
    """The verb with its object and its partner."""
    before, verb = _before_verb(event), _verb(event)
    if event.verb in _AROUND_PARTNER:
        return [*before, verb[0], *partner, *verb[1:], *object_]
    if event.verb == "call":
        return [*before, *verb, Word("cho", "ADP"), *object_]
    if partner:
        return [*before, *verb, *object_, Word("từ" if event.verb in _FROM else "cho", "ADP"), *partner]
    return [*before, *verb, *object_]


def _object(event: Event) -> Words:
    return as_part("object", _phrase(event.object, none=event.negated)) if event.object else []


def _partner(event: Event) -> Words:
    return as_part("partner", _phrase(event.partner)) if event.partner else []


def _event(event: Event) -> Words:
    subject = as_part("subject", _phrase(event.subject))
    predicate, place = _predicate(event, _object(event), _partner(event)), _place(event)
    if event.front == "time" and event.time:
        return [*_time(event), COMMA, *subject, *predicate, *place]
    early, late = (_time(event), []) if event.time == "now" else ([], _time(event, late=True))
    if event.front == "place" and event.place:
        if VERBS[event.verb].frame in ("motion", "stay"):
            return _named_place(event, [*subject, *early, *predicate], late)
        return [*place, COMMA, *subject, *early, *predicate, *late]
    return [*subject, *early, *predicate, *place, *late]


def _named_place(event: Event, clause: Words, late: Words) -> Words:
    """The goal or home of somebody, which cannot stand first by itself: "Hanoi is where Anna lives"."""
    assert event.place
    leading = _to_place(event.verb, event.place) if VERBS[event.verb].frame == "motion" else []
    place = as_part("place", _phrase(event.place))
    return [*place, _IS, Word("nơi", "NOUN"), *clause, *leading, *late]


def _state(state: State) -> Words:
    ongoing = [] if state.state in _LASTING else [Word("đang", "ADV")]
    words = [*([_NOT] if state.negated else ongoing), *_STATES[state.state]]
    return [*(_THEN if state.tense == "past" else ()), *as_part("subject", _phrase(state.subject)), *words]


def _clause(clause: Clause) -> Words:
    if isinstance(clause, Event):
        return _event(clause)
    if isinstance(clause, State):
        return _state(clause)
    negation = [_NOT] if clause.negated else []
    if isinstance(clause, Possession):
        thing = as_part("thing", _noun(clause.thing, none=clause.negated))
        return [*as_part("owner", _phrase(clause.owner)), *negation, Word("có", "VERB"), *thing]
    subject = as_part("subject", _phrase(clause.subject))
    match clause:
        case Quality():
            color = [Word("có", "VERB")] if clause.quality in _COLORS else []
            return [*subject, *negation, *color, *_adjective(clause.quality)]
        case Profession():
            negation = [_NOT, Word("phải", "AUX")] if clause.negated else []
            return [*subject, *negation, _IS, *as_part("noun", _words("NOUN", _NOUNS[clause.noun][0]))]
        case Comparison():
            comparative = [*_words("ADJ", _COMPARISONS[clause.comparison]), Word("hơn", "ADV")]
            return [*subject, *negation, *comparative, *as_part("standard", _phrase(clause.standard))]


def _linked(linked: Linked) -> Words:
    first = _clause(linked.first)
    second = in_clause(1, _clause(linked.second))
    if linked.link == "and":
        return [*first, COMMA, Word("và", "CCONJ", clause=1), *second]
    because = Word("vì", "SCONJ", clause=1)
    return [because, *second, Word("nên", "SCONJ"), *first] if linked.reason_first else [*first, because, *second]


def _how_many(noun: Noun) -> Words:
    forms, classifier = _NOUNS[noun.noun]
    adjective = _adjective(noun.adjective) if noun.adjective else []
    return [*_words("DET", "bao nhiêu"), *_words("NOUN", classifier), *_words("NOUN", forms), *adjective]


def _who_or_what(thing: Thing) -> Words:
    if isinstance(thing, City):
        return [*_words("NOUN", "thành phố"), _ANY]
    human = isinstance(thing, Person) or (isinstance(thing, Noun) and is_human(thing.noun))
    return [_WHO if human else _WHAT]


def _where(verb: str) -> Words:
    preposition = [] if verb in ("go", "return", "arrive") else [Word("ở", "ADP")]
    return [*preposition, Word("đâu", "PRON")]


def _event_question(event: Event, asked: str) -> Words:
    subject = [_WHO] if asked == "subject" else as_part("subject", _phrase(event.subject))
    object_, partner = _object(event), _partner(event)
    if asked == "object":
        assert event.object
        object_ = _who_or_what(event.object)
    elif asked == "count":
        assert isinstance(event.object, Noun)
        object_ = _how_many(event.object)
    elif asked == "partner":
        partner = [_WHO]
    place = _where(event.verb) if asked == "place" else _place(event)
    clause = [*subject, *_predicate(event, object_, partner), *place]
    if asked == "subject" and event.time != "now":
        return [*clause, *_time(event, late=True)]
    if asked != "time":
        return [*_time(event), *clause]
    when = [Word("khi", "NOUN"), _ANY]
    return [*clause, *when] if event.tense == "past" else [*when, *clause]


class Vietnamese(Language):
    """Vietnamese; "đó" ("that") marks what is definite."""

    code: ClassVar[str] = "vi"
    name: ClassVar[str] = "Vietnamese"

    def statement(self, meaning: Statement) -> Words:
        """The words of a statement."""
        return _linked(meaning) if isinstance(meaning, Linked) else _clause(meaning)

    def question(self, question: Question) -> Words:
        """The words of a question."""
        clause = question.clause
        if isinstance(clause, Event):
            return _event_question(clause, question.asked)
        if isinstance(clause, Profession):
            subject = as_part("subject", _phrase(clause.subject))
            return [*subject, Word("làm", "VERB"), Word("nghề", "NOUN"), _WHAT]
        asking = _how_many(clause.thing) if question.asked == "count" else [_WHAT]
        return [*as_part("owner", _phrase(clause.owner)), Word("có", "VERB"), *asking]


LANGUAGE = Vietnamese()
