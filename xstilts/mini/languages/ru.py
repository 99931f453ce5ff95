"""Russian: six cases, three genders, animacy, numbers that govern their nouns, aspect, "у меня есть"."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from xstilts.mini.concepts import NOUNS, PEOPLE, VERBS
from xstilts.mini.language import COMMA, Language, Word, Words, as_part, in_clause, is_somebody, named, tagged
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

Case = Literal["nom", "gen", "dat", "acc", "ins", "loc"]
_CASES: tuple[Case, ...] = ("nom", "gen", "dat", "acc", "ins", "loc")
# Gender, or the plural of any: what adjectives and verbs of the past agree with.
_Agreement = Literal["m", "f", "n", "pl"]
_AGREEMENTS: tuple[_Agreement, ...] = ("m", "f", "n", "pl")

# fmt: off
# Declension -> endings of genitive, dative, accusative, instrumental, locative on the oblique stem. The accusative "="
# is the nominative, or of masculine animates the genitive.
_DECLENSIONS = {
    "hard": "а у = ом е", "hard-unstressed": "а у = ем е", "soft": "я ю = ем е", "a": "ы е у ой е", "ka": "и е у ой е",
    "tsa": "ы е у ей е", "ya": "и е ю ей е", "iya": "и и ю ей и", "third": "и и = ью и", "o": "а у = ом е",
    "e": "я ю = ем е", "ie": "я ю = ем и",
}
# Declension, nominative, oblique stem; nominative alone if it never changes.
_PEOPLE = {
    "Anna": "a Анна Анн", "Maria": "iya Мария Мари", "Elena": "a Елена Елен", "Fatima": "a Фатима Фатим",
    "Amina": "a Амина Амин", "Leila": "a Лейла Лейл", "Sofia": "iya София Софи", "Clara": "a Клара Клар",
    "Nadia": "ya Надя Над", "Irina": "a Ирина Ирин", "Rosa": "a Роза Роз", "Julia": "iya Юлия Юли",
    "Lucia": "iya Лусия Луси", "Marta": "a Марта Март", "Sara": "a Сара Сар", "Diana": "a Диана Диан",
    "Eva": "a Ева Ев", "Olga": "ka Ольга Ольг", "Zainab": "Зайнаб", "Mina": "a Мина Мин",
    "David": "hard Давид Давид", "Peter": "hard Пётр Петр", "Ali": "Али", "Omar": "hard Омар Омар",
    "Ivan": "hard Иван Иван", "Carlos": "hard Карлос Карлос", "Daniel": "soft Даниэль Даниэл",
    "Adam": "hard Адам Адам", "Simon": "hard Симон Симон", "Thomas": "hard Томас Томас",
    "Boris": "hard Борис Борис", "Victor": "hard Виктор Виктор", "Hassan": "hard Хасан Хасан",
    "Juma": "a Джума Джум", "Kenji": "Кэндзи", "Ravi": "Рави", "Pablo": "Пабло", "Samuel": "soft Самуэль Самуэл",
    "Martin": "hard Мартин Мартин", "Leo": "Лео",
}
_CITIES = {
    "Paris": "hard-unstressed Париж Париж", "Berlin": "hard Берлин Берлин", "Hamburg": "hard Гамбург Гамбург",
    "Madrid": "hard Мадрид Мадрид", "Barcelona": "a Барселона Барселон", "Rome": "hard Рим Рим",
    "Vienna": "a Вена Вен", "Moscow": "a Москва Москв", "Istanbul": "hard Стамбул Стамбул",
    "Ankara": "a Анкара Анкар", "Delhi": "Дели", "Mumbai": "Мумбаи", "Beijing": "hard Пекин Пекин",
    "Shanghai": "soft Шанхай Шанха", "Tokyo": "Токио", "Jakarta": "a Джакарта Джакарт", "Hanoi": "soft Ханой Хано",
    "Cairo": "hard Каир Каир", "Baghdad": "hard Багдад Багдад", "Nairobi": "Найроби", "Lagos": "hard Лагос Лагос",
    "Accra": "a Аккра Аккр", "Lima": "a Лима Лим", "Havana": "a Гавана Гаван", "Helsinki": "Хельсинки", "Oslo": "Осло",
}
_COUNTRIES = {
    "France": "iya Франция Франци", "Germany": "iya Германия Германи", "Spain": "iya Испания Испани",
    "Italy": "iya Италия Итали", "Austria": "iya Австрия Австри", "Russia": "iya Россия Росси",
    "Turkey": "iya Турция Турци", "India": "iya Индия Инди", "China": "soft Китай Кита", "Japan": "iya Япония Япони",
    "Indonesia": "iya Индонезия Индонези", "Vietnam": "hard Вьетнам Вьетнам", "Egypt": "hard Египет Египт",
    "Iraq": "hard Ирак Ирак", "Kenya": "iya Кения Кени", "Nigeria": "iya Нигерия Нигери", "Ghana": "a Гана Ган",
    "Peru": "Перу", "Cuba": "a Куба Куб", "Finland": "iya Финляндия Финлянди", "Norway": "iya Норвегия Норвеги",
}
# Gender before the declension.
_ORGANIZATION_SORTS = {
    "bank": "m hard банк банк", "company": "f iya компания компани", "university": "m hard университет университет",
    "hospital": "f tsa больница больниц", "newspaper": "f a газета газет",
}
_ORGANIZATION_NAMES = {
    "Solara": "Солара", "Nordika": "Нордика", "Tembo": "Тембо", "Karima": "Карима", "Lumina": "Люмина",
    "Oriona": "Ориона", "Verda": "Верда", "Marisol": "Марисоль", "Himala": "Химала", "Delfina": "Дельфина",
    "Aurora": "Аврора", "Kometa": "Комета", "Safira": "Сафира", "Meridia": "Меридия", "Polara": "Полара",
    "Zantora": "Зантора",
}
# Gender with + if animate, declension, nominative, oblique stem; plural nominative, genitive, dative (unless mass).
_NOUNS = {
    "teacher": "m+ soft учитель учител учителя учителей учителям", "doctor": "m+ hard врач врач врачи врачей врачам",
    "farmer": "m+ hard фермер фермер фермеры фермеров фермерам",
    "student": "m+ hard студент студент студенты студентов студентам",
    "driver": "m+ soft водитель водител водители водителей водителям",
    "nurse": "f+ a медсестра медсестр медсёстры медсестёр медсёстрам",
    "writer": "m+ soft писатель писател писатели писателей писателям",
    "singer": "m+ hard певец певц певцы певцов певцам", "fisherman": "m+ hard рыбак рыбак рыбаки рыбаков рыбакам",
    "soldier": "m+ hard солдат солдат солдаты солдат солдатам",
    "engineer": "m+ hard инженер инженер инженеры инженеров инженерам", "tailor": "m+ adjective портной",
    "lawyer": "m+ hard адвокат адвокат адвокаты адвокатов адвокатам",
    "painter": "m+ hard художник художник художники художников художникам",
    "merchant": "m+ hard-unstressed торговец торговц торговцы торговцев торговцам",
    "cook": "m+ hard повар повар повара поваров поварам",
    "mother": "f+ third мать матер матери матерей матерям", "father": "m+ hard отец отц отцы отцов отцам",
    "brother": "m+ hard брат брат братья братьев братьям", "sister": "f+ a сестра сестр сёстры сестёр сёстрам",
    "friend": "m+ hard друг друг друзья друзей друзьям", "neighbor": "m+ hard сосед сосед соседи соседей соседям",
    "dog": "f+ ka собака собак собаки собак собакам", "cat": "f+ ka кошка кошк кошки кошек кошкам",
    "horse": "f+ third лошадь лошад лошади лошадей лошадям", "cow": "f+ a корова коров коровы коров коровам",
    "goat": "f+ a коза коз козы коз козам", "chicken": "f+ tsa курица куриц куры кур курам",
    "bird": "f+ tsa птица птиц птицы птиц птицам", "sheep": "f+ a овца овц овцы овец овцам",
    "donkey": "m+ hard осёл осл ослы ослов ослам", "fish": "f a рыба рыб рыбы рыб рыбам",
    "living fish": "f+ a рыба рыб рыбы рыб рыбам",
    "apple": "n o яблоко яблок яблоки яблок яблокам", "banana": "m hard банан банан бананы бананов бананам",
    "orange": "m hard апельсин апельсин апельсины апельсинов апельсинам", "egg": "n o яйцо яйц яйца яиц яйцам",
    "cake": "m hard торт торт торты тортов тортам", "bread": "m hard хлеб хлеб", "cheese": "m hard сыр сыр",
    "rice": "m hard рис рис", "meat": "n o мясо мяс", "soup": "m hard суп суп", "water": "f a вода вод",
    "milk": "n o молоко молок", "tea": "m soft чай ча", "coffee": "m кофе",
    "book": "f ka книга книг книги книг книгам", "letter": "n o письмо письм письма писем письмам",
    "message": "n ie сообщение сообщени сообщения сообщений сообщениям",
    "magazine": "m hard журнал журнал журналы журналов журналам", "map": "f a карта карт карты карт картам",
    "car": "f a машина машин машины машин машинам",
    "bicycle": "m hard велосипед велосипед велосипеды велосипедов велосипедам",
    "boat": "f ka лодка лодк лодки лодок лодкам", "bus": "m hard автобус автобус автобусы автобусов автобусам",
    "house": "m hard дом дом дома домов домам", "chair": "m hard стул стул стулья стульев стульям",
    "table": "m hard стол стол столы столов столам", "window": "n o окно окн окна окон окнам",
    "door": "f third дверь двер двери дверей дверям", "box": "f ka коробка коробк коробки коробок коробкам",
    "bag": "f ka сумка сумк сумки сумок сумкам", "shirt": "f ka рубашка рубашк рубашки рубашек рубашкам",
    "hat": "f a шляпа шляп шляпы шляп шляпам", "cup": "f ka чашка чашк чашки чашек чашкам",
    "bottle": "f ka бутылка бутылк бутылки бутылок бутылкам", "knife": "m hard нож нож ножи ножей ножам",
    "key": "m hard ключ ключ ключи ключей ключам", "rope": "f ka верёвка верёвк верёвки верёвок верёвкам",
    "basket": "f a корзина корзин корзины корзин корзинам", "ring": "n o кольцо кольц кольца колец кольцам",
    "flower": "m hard цветок цветк цветы цветов цветам",
    "phone": "m hard телефон телефон телефоны телефонов телефонам", "lamp": "f a лампа ламп лампы ламп лампам",
    "clock": "m hard будильник будильник будильники будильников будильникам",
    "picture": "f a картина картин картины картин картинам",
    "market": "m hard рынок рынк рынки рынков рынкам", "school": "f a школа школ школы школ школам",
    "forest": "m hard лес лес леса лесов лесам", "kitchen": "f ya кухня кухн кухни кухонь кухням",
    "garden": "m hard сад сад сады садов садам", "shop": "m hard магазин магазин магазины магазинов магазинам",
    "station": "m hard вокзал вокзал вокзалы вокзалов вокзалам",
    "village": "f ya деревня деревн деревни деревень деревням", "park": "m hard парк парк парки парков паркам",
    "field": "n e поле пол поля полей полям", "library": "f ka библиотека библиотек библиотеки библиотек библиотекам",
    "office": "m hard офис офис офисы офисов офисам", "beach": "m hard-unstressed пляж пляж пляжи пляжей пляжам",
    "street": "f tsa улица улиц улицы улиц улицам",
    "animal": "n+ adjective животное", "fruit": "m hard фрукт фрукт фрукты фруктов фруктам",
    "vehicle": "n o средство средств средства средств средствам",
    "person": "m+ hard человек человек люди человек людям",
}
# What always goes with a noun before it.
_FIXED_ADJECTIVES = {"vehicle": "транспортный"}
_INSTRUMENTAL_PLURALS = {"horse": "лошадьми", "person": "людьми"}
_LOCATIVES_OF_PLACE = {"forest": "лесу", "garden": "саду"}
# What a man and what a woman is said to be.
_PROFESSIONS = {
    "teacher": "учитель учительница", "doctor": "врач врач", "farmer": "фермер фермер", "student": "студент студентка",
    "driver": "водитель водитель", "nurse": "медбрат медсестра", "writer": "писатель писательница",
    "singer": "певец певица", "fisherman": "рыбак рыбачка", "soldier": "солдат солдат", "engineer": "инженер инженер",
    "tailor": "портной портниха", "lawyer": "адвокат адвокат", "painter": "художник художница",
    "merchant": "торговец торговка", "cook": "повар повар",
}
_QUALITIES = {
    "big": "большой", "small": "маленький", "old": "старый", "new": "новый", "heavy": "тяжёлый", "light": "лёгкий",
    "expensive": "дорогой", "cheap": "дешёвый", "beautiful": "красивый", "red": "красный", "white": "белый",
    "black": "чёрный", "green": "зелёный",
}
_COMPARISONS = {
    "older": "старше", "younger": "младше", "taller": "выше", "shorter": "ниже", "stronger": "сильнее",
    "weaker": "слабее", "richer": "богаче", "poorer": "беднее", "bigger": "больше", "smaller": "меньше",
    "heavier": "тяжелее", "lighter": "легче", "more expensive": "дороже", "cheaper": "дешевле",
}
# States said with a verb: past masculine and feminine, present singular and plural, and what follows the verb.
_VERBAL_STATES = {
    "thirsty": "хотел хотела хочет хотят пить", "sad": "грустил грустила грустит грустят",
    "angry": "сердился сердилась сердится сердятся", "afraid": "боялся боялась боится боятся",
}
# Part of speech and masculine, feminine, neuter, plural: now, and after "был".
_NOMINAL_STATES = {
    "hungry": ("ADJ голоден голодна голодно голодны", "ADJ голоден голодна голодно голодны"),
    "tired": ("VERB устал устала устало устали", "VERB уставшим уставшей уставшим уставшими"),
    "sick": ("ADJ болен больна больно больны", "ADJ болен больна больно больны"),
    "happy": ("ADJ счастлив счастлива счастливо счастливы", "ADJ счастлив счастлива счастливо счастливы"),
    "broken": ("VERB сломан сломана сломано сломаны", "VERB сломан сломана сломано сломаны"),
    "dirty": ("ADJ грязный грязная грязное грязные", "ADJ грязным грязной грязным грязными"),
    "closed": ("VERB закрыт закрыта закрыто закрыты", "VERB закрыт закрыта закрыто закрыты"),
}
_BROKEN = {
    "house": "VERB повреждён повреждена повреждено повреждены", "window": "VERB разбит разбита разбито разбиты",
}
# Past masculine and feminine, present singular and plural, future singular and plural or the infinitive after "будет".
_VERBS = {
    "sleep": "спал спала спит спят спать", "rest": "отдыхал отдыхала отдыхает отдыхают отдыхать",
    "wait": "ждал ждала ждёт ждут ждать", "swim": "плавал плавала плавает плавают плавать",
    "run": "бегал бегала бегает бегают бегать", "laugh": "смеялся смеялась смеётся смеются смеяться",
    "cry": "плакал плакала плачет плачут плакать", "sing": "пел пела поёт поют петь",
    "dance": "танцевал танцевала танцует танцуют танцевать",
    "eat": "съел съела ест едят съест съедят", "drink": "выпил выпила пьёт пьют выпьет выпьют",
    "cook": "приготовил приготовила готовит готовят приготовит приготовят",
    "read": "прочитал прочитала читает читают прочитает прочитают",
    "write": "написал написала пишет пишут напишет напишут", "see": "увидел увидела видит видят увидит увидят",
    "find": "нашёл нашла находит находят найдёт найдут", "lose": "потерял потеряла теряет теряют потеряет потеряют",
    "carry": "нёс несла несёт несут понесёт понесут", "hide": "спрятал спрятала прячет прячут спрячет спрячут",
    "repair": "починил починила чинит чинят починит починят",
    "repair building": "отремонтировал отремонтировала ремонтирует ремонтируют отремонтирует отремонтируют",
    "wash": "вымыл вымыла моет моют вымоет вымоют",
    "wash clothes": "постирал постирала стирает стирают постирает постирают",
    "open": "открыл открыла открывает открывают откроет откроют",
    "close": "закрыл закрыла закрывает закрывают закроет закроют",
    "break": "сломал сломала ломает ломают сломает сломают",
    "break glass": "разбил разбила разбивает разбивают разобьёт разобьют",
    "draw": "нарисовал нарисовала рисует рисуют нарисует нарисуют",
    "build": "построил построила строит строят построит построят",
    "build furniture": "смастерил смастерила мастерит мастерят смастерит смастерят",
    "manufacture": "изготовил изготовила изготавливает изготавливают изготовит изготовят",
    "visit": "посетил посетила посещает посещают посетит посетят",
    "visit person": "навестил навестила навещает навещают навестит навестят",
    "meet": "встретился встретилась встречается встречаются встретится встретятся",
    "help": "помог помогла помогает помогают поможет помогут",
    "call": "позвонил позвонила звонит звонят позвонит позвонят", "love": "любил любила любит любят любить",
    "follow": "последовал последовала следует следуют последует последуют",
    "give": "дал дала даёт дают даст дадут", "receive": "получил получила получает получают получит получат",
    "sell": "продал продала продаёт продают продаст продадут", "buy": "купил купила покупает покупают купит купят",
    "lend": "одолжил одолжила одалживает одалживают одолжит одолжат",
    "borrow": "взял взяла берёт берут возьмёт возьмут",
    "send": "послал послала посылает посылают пошлёт пошлют",
    "show": "показал показала показывает показывают покажет покажут",
    "go": "пошёл пошла идёт идут пойдёт пойдут", "go far": "поехал поехала едет едут поедет поедут",
    "travel": "отправился отправилась отправляется отправляются отправится отправятся",
    "return": "вернулся вернулась возвращается возвращаются вернётся вернутся",
    "arrive": "пришёл пришла приходит приходят придёт придут",
    "arrive far": "приехал приехала приезжает приезжают приедет приедут",
    "live": "жил жила живёт живут жить", "work": "работал работала работает работают работать",
    "study": "учился училась учится учатся учиться",
    "study alone": "занимался занималась занимается занимаются заниматься",
}
# What is said not to have happened, where it is not the verb of what happened.
_NEGATED_PASTS = {"see": ("видел", "видела")}
# Verb, noun of its object or place -> another verb; "far" is where one goes by vehicle.
_OTHER_VERBS = {
    **{("wash", noun): "wash clothes" for noun in ("shirt", "hat", "bag")},
    **{("break", noun): "break glass" for noun in ("window", "cup", "bottle")},
    **{("build", noun): "build furniture" for noun in ("chair", "table")},
    ("repair", "house"): "repair building", ("study", "library"): "study alone",
    ("go", "village"): "go far", ("arrive", "village"): "arrive far",
}
_TIMES = {
    "yesterday": "вчера/ADV", "last week": "на/ADP прошлой/ADJ неделе/NOUN", "last year": "в/ADP прошлом/ADJ году/NOUN",
    "this morning": "сегодня/ADV утром/ADV", "now": "сейчас/ADV", "today": "сегодня/ADV", "tomorrow": "завтра/ADV",
    "next week": "на/ADP следующей/ADJ неделе/NOUN", "tonight": "сегодня/ADV вечером/ADV",
    "on Monday": "в/ADP понедельник/NOUN", "on Tuesday": "во/ADP вторник/NOUN", "on Friday": "в/ADP пятницу/NOUN",
    "on Sunday": "в/ADP воскресенье/NOUN",
}
# Nominative, genitive and locative, dative, instrumental.
_COUNTS = {
    2: "два двух двум двумя", 3: "три трёх трём тремя", 4: "четыре четырёх четырём четырьмя", 5: "пять пяти пяти пятью",
    6: "шесть шести шести шестью",
}
_HOW_MANY: dict[Case, str] = {"nom": "сколько", "acc": "сколько", "dat": "скольким", "ins": "сколькими"}
_WHO: dict[Case, str] = {"nom": "кто", "gen": "кого", "dat": "кому", "acc": "кого", "ins": "кем", "loc": "ком"}
# fmt: on
# Preposition and case of objects and of partners; else the plain accusative and dative.
_OBJECTS: dict[str, tuple[str, Case]] = {
    "help": ("", "dat"),
    "call": ("", "dat"),
    "meet": ("с", "ins"),
    "follow": ("за", "ins"),
}
_PARTNERS: dict[str, tuple[str, Case]] = {"receive": ("от", "gen"), "buy": ("у", "gen"), "borrow": ("у", "gen")}
# Verbs that, negated, have an indefinite mass in the genitive.
_VERBS_OF_NO_AMOUNT = ("eat", "drink", "cook", "find", "give", "receive", "sell", "buy")
_ON_PLACES = ("market", "kitchen", "station", "beach", "street", "Cuba")
# Verbs whose object, if it is an animal, is asked for as a living being.
_VERBS_OF_LIVING_ANIMALS = ("see", "find", "draw", "love", "follow")
_CONSONANTS = "бвгджзйклмнпрстфхцчшщь"

_Phrase = Noun | Person | People | City | Country | Organization


@dataclass(frozen=True)
class _Event:
    """An event in pieces, each ready to be put in its place."""

    subject: Words
    time: Words
    verb: Words
    partner: Words
    object: Words
    place: Words

    def predicate(self) -> Words:
        """Everything but the subject, in the neutral order."""
        return [*self.time, *self.verb, *self.partner, *self.object, *self.place]

    def asking(self) -> Words:
        """The same in a question, where a time of several words does not part the subject from a bare verb."""
        if len(self.time) == 1 or self.partner or self.object or self.place:
            return self.predicate()
        return [*self.verb, *self.time]


class Russian(Language):
    """Russian with the letter ё; events of one completed act are perfective, activities imperfective."""

    code = "ru"
    name = "Russian"

    def statement(self, meaning: Statement) -> Words:
        """The words of a statement."""
        if not isinstance(meaning, Linked):
            return _clause(meaning)
        first = _clause(meaning.first)
        second = _clause(meaning.second)
        if meaning.link == "and":
            return [*first, *in_clause(1, [COMMA, Word("и", "CCONJ"), *second])]
        if meaning.reason_first:
            return [*in_clause(1, [Word("поскольку", "SCONJ"), *second, COMMA]), *first]
        return [*first, *in_clause(1, [COMMA, Word("потому", "ADV"), Word("что", "SCONJ"), *second])]

    def question(self, question: Question) -> Words:
        """The words of a question."""
        clause, asked = question.clause, question.asked
        if isinstance(clause, Profession):
            end = [Word("по", "ADP"), Word("профессии", "NOUN")]
            return [Word("кто", "PRON"), *as_part("subject", _phrase(clause.subject, "nom")), *end]
        if isinstance(clause, Possession):
            owner = _after("у", as_part("owner", _phrase(clause.owner, "gen")))
            if asked != "count":
                return [Word("что", "PRON"), Word("есть", "VERB"), *owner]
            return [Word("сколько", "NUM"), *owner, *_plural_noun(clause.thing, "gen")]
        return _event_question(clause, asked)


def _clause(clause: Clause) -> Words:
    """The words of one clause."""
    if isinstance(clause, Event):
        return _event(clause)
    if isinstance(clause, Possession):
        owner = _after("у", as_part("owner", _phrase(clause.owner, "gen")))
        thing = as_part("thing", _phrase(clause.thing, "gen" if clause.negated else "nom"))
        return [*owner, Word("нет" if clause.negated else "есть", "VERB"), *thing]
    start = as_part("subject", _phrase(clause.subject, "nom"))
    negation = _not(clause.negated)
    if isinstance(clause, State):
        return [*start, *negation, *_state(clause)]
    if isinstance(clause, Profession):
        dash = [] if clause.negated else [Word("—", "PUNCT")]
        return [*start, *dash, *negation, *as_part("noun", _profession(clause))]
    if isinstance(clause, Quality):
        adjective = _adjective_form(_QUALITIES[clause.quality], _agreement(clause.subject), "nom")
        return [*start, *negation, Word(adjective, "ADJ")]
    return [*start, *negation, *_compared(clause)]


def _compared(clause: Comparison) -> Words:
    """A comparative with the genitive of the standard."""
    return [Word(_COMPARISONS[clause.comparison], "ADJ"), *as_part("standard", _phrase(clause.standard, "gen"))]


def _state(clause: State) -> Words:
    """The words for being hungry or closed."""
    agreement = _agreement(clause.subject)
    if clause.state in _VERBAL_STATES:
        past, past_feminine, present, presents, *rest = _VERBAL_STATES[clause.state].split()
        now = presents if agreement == "pl" else present
        verb = _past(past, past_feminine, agreement) if clause.tense == "past" else now
        return [Word(verb, "VERB"), *(Word(form, "VERB") for form in rest)]
    forms = _NOMINAL_STATES[clause.state][clause.tense == "past"]
    if clause.state == "broken" and isinstance(clause.subject, Noun):
        forms = _BROKEN.get(clause.subject.noun, forms)
    upos, *agreeing = forms.split()
    was = [Word(_past("был", "была", agreement), "AUX")] if clause.tense == "past" else []
    return [*was, Word(agreeing[_AGREEMENTS.index(agreement)], upos)]


def _profession(clause: Profession) -> Words:
    """What somebody is."""
    if clause.noun == "person":
        return _phrase(Noun("person"), "nom")
    masculine, feminine = _PROFESSIONS[clause.noun].split()
    return [Word(feminine if PEOPLE[clause.subject.name] == "f" else masculine, "NOUN")]


def _event(event: Event) -> Words:
    """Somebody does something."""
    pieces = _pieces(event)
    if event.front == "time":
        return [*pieces.time, *pieces.subject, *replace(pieces, time=[]).predicate()]
    if event.front == "place":
        rest = replace(pieces, place=[])
        if VERBS[event.verb].frame in ("motion", "stay") and not event.negated:
            return [*pieces.place, *rest.predicate(), *pieces.subject]
        return [*pieces.place, *pieces.subject, *rest.predicate()]
    return [*pieces.subject, *pieces.predicate()]


def _pieces(event: Event) -> _Event:
    """The pieces of an event, with their prepositions."""
    subject = as_part("subject", _phrase(event.subject, "nom"))
    time = [] if event.time is None else as_part("time", tagged(_TIMES[event.time]))
    partner: Words = []
    if event.partner is not None:
        preposition, case = _PARTNERS.get(event.verb, ("", "dat"))
        partner = _after(preposition, as_part("partner", _phrase(event.partner, case)))
    place = [] if event.place is None else _place(event.place, VERBS[event.verb].frame == "motion")
    verb = [*_not(event.negated), *_verb(event, _agreement(event.subject))]
    return _Event(subject, time, verb, partner, _object(event), place)


def _object(event: Event) -> Words:
    """The object in the case that the verb wants."""
    thing = event.object
    if thing is None:
        return []
    preposition, case = _OBJECTS.get(event.verb, ("", "acc"))
    if event.negated and event.verb in _VERBS_OF_NO_AMOUNT and isinstance(thing, Noun) and "mass" in NOUNS[thing.noun]:
        case = "acc" if thing.definite or thing.owner else "gen"
    if isinstance(thing, Noun) and thing.noun == "fish" and event.verb in _VERBS_OF_LIVING_ANIMALS:
        thing = replace(thing, noun="living fish")
    return _after(preposition, as_part("object", _phrase(thing, case)))


def _place(place: _Phrase, goal: bool) -> Words:
    """Where, or where to."""
    key = place.noun if isinstance(place, Noun) else place.name if isinstance(place, Country) else ""
    words = _phrase(place, "acc" if goal else "loc")
    if isinstance(place, Noun) and place.count is None and not goal:
        usual = _noun_form(place.noun, "loc", plural=False)
        other = _LOCATIVES_OF_PLACE.get(place.noun, usual)
        words = [word._replace(form=other) if word.form == usual else word for word in words]
    return _after("на" if key in _ON_PLACES else "в", as_part("place", words))


def _verb(event: Event, agreement: _Agreement) -> Words:
    """The verb in its tense, which agrees, and what tells borrowing from taking."""
    manner = [Word("на", "ADP"), Word("время", "NOUN")] if event.verb == "borrow" else []
    past, past_feminine, present, presents, *future = _VERBS[_verb_key(event)].split()
    if event.tense == "past":
        if event.negated:
            past, past_feminine = _NEGATED_PASTS.get(event.verb, (past, past_feminine))
        return [Word(_past(past, past_feminine, agreement), "VERB"), *manner]
    plural = agreement == "pl"
    if event.tense == "present":
        return [Word(presents if plural else present, "VERB"), *manner]
    if len(future) == 2:
        return [Word(future[plural], "VERB"), *manner]
    return [Word("будут" if plural else "будет", "AUX"), Word(future[0], "VERB")]


def _verb_key(event: Event) -> str:
    """Which Russian verb it is, among those that one concept has."""
    about = event.place if VERBS[event.verb].frame in ("motion", "stay") else event.object
    if isinstance(about, Noun):
        if event.verb == "visit" and is_somebody(about):
            return "visit person"
        other = _OTHER_VERBS.get((event.verb, about.noun), event.verb)
        return "manufacture" if other == "build furniture" and isinstance(event.subject, Organization) else other
    if event.verb == "visit" and isinstance(about, Person):
        return "visit person"
    if event.verb in ("go", "arrive") and isinstance(about, City | Country):
        return f"{event.verb} far"
    return event.verb


def _past(masculine: str, feminine: str, agreement: _Agreement) -> str:
    """A form of the past tense, from its masculine and feminine."""
    if agreement in ("m", "f"):
        return masculine if agreement == "m" else feminine
    vowel = "о" if agreement == "n" else "и"
    return f"{feminine[:-3]}{vowel}сь" if feminine.endswith("ась") else f"{feminine[:-1]}{vowel}"


def _event_question(event: Event, asked: str) -> Words:
    """A question about a part of an event."""
    pieces = _pieces(event)
    if asked == "subject":
        return [Word("кто", "PRON"), *replace(pieces, verb=_verb(event, "m")).asking()]
    if asked == "object":
        start, rest = _what(event), replace(pieces, object=[])
    elif asked == "count":
        start, rest = _how_many(event), replace(pieces, object=[])
    elif asked == "partner":
        preposition, case = _PARTNERS.get(event.verb, ("", "dat"))
        start, rest = _after(preposition, [Word(_WHO[case], "PRON")]), replace(pieces, partner=[])
    elif asked == "place":
        goal = VERBS[event.verb].frame == "motion"
        start, rest = [Word("куда" if goal else "где", "ADV")], replace(pieces, place=[])
    else:
        assert asked == "time", f"an event has no {asked}"
        start, rest = [Word("когда", "ADV")], replace(pieces, time=[])
    return [*start, *pieces.subject, *rest.asking()]


def _what(event: Event) -> Words:
    """The words that ask for an object."""
    thing = event.object
    if isinstance(thing, City):
        return [Word("какой", "DET"), Word("город", "NOUN")]
    living = isinstance(thing, Person)
    if isinstance(thing, Noun):
        animal = thing.noun == "animal" or "animal" in NOUNS[thing.noun]
        living = is_somebody(thing) or (animal and event.verb in _VERBS_OF_LIVING_ANIMALS)
    if not living:
        return [Word("что", "PRON")]
    preposition, case = _OBJECTS.get(event.verb, ("", "acc"))
    return _after(preposition, [Word(_WHO[case], "PRON")])


def _how_many(event: Event) -> Words:
    """The words that ask for a number of objects."""
    assert isinstance(event.object, Noun)
    preposition, case = _OBJECTS.get(event.verb, ("", "acc"))
    noun = _plural_noun(event.object, "gen" if case == "acc" else case)
    return _after(preposition, [Word(_HOW_MANY[case], "NUM"), *noun])


def _agreement(thing: _Phrase) -> _Agreement:
    """What adjectives and verbs agree with."""
    if isinstance(thing, People) or (isinstance(thing, Noun) and thing.count is not None):
        return "pl"
    if isinstance(thing, Person):
        return PEOPLE[thing.name]
    if isinstance(thing, Noun):
        return _gender(_NOUNS[thing.noun])
    assert isinstance(thing, Organization)
    return _gender(_ORGANIZATION_SORTS[thing.sort])


def _gender(entry: str) -> _Agreement:
    """The gender that an entry starts with."""
    return next(gender for gender in _AGREEMENTS if entry.startswith(gender))


def _phrase(thing: _Phrase, case: Case) -> Words:
    """A noun phrase in a case."""
    if isinstance(thing, Noun):
        return _noun(thing, case)
    if isinstance(thing, Person):
        masculine = PEOPLE[thing.name] == "m"
        return named("PER", [_declined(_PEOPLE[thing.name], case, genitive_object=masculine)])
    if isinstance(thing, People):
        return [*_phrase(thing.first, case), Word("и", "CCONJ"), *_phrase(thing.second, case)]
    if isinstance(thing, City | Country):
        entry = _CITIES[thing.name] if isinstance(thing, City) else _COUNTRIES[thing.name]
        return named("LOC", [_declined(entry, case)])
    sort = _declined(_ORGANIZATION_SORTS[thing.sort].partition(" ")[2], case)
    return [
        *named("ORG", [sort], "NOUN"),
        Word("«", "PUNCT", "I-ORG"),
        Word(_ORGANIZATION_NAMES[thing.name], "PROPN", "I-ORG", joined=True),
        Word("»", "PUNCT", "I-ORG", joined=True),
    ]


def _noun(noun: Noun, case: Case) -> Words:
    """Number, adjective, noun, and the owner in the genitive."""
    owner = [] if noun.owner is None else _phrase(noun.owner, "gen")
    if noun.count is not None:
        return [*_counted(noun, noun.count, case), *owner]
    entry = _NOUNS[noun.noun]
    adjectives = [_adjective_form(form, _gender(entry), case, _is_animate(entry)) for form in _adjectives(noun)]
    form = _noun_form(noun.noun, case, plural=False)
    return [*(Word(adjective, "ADJ") for adjective in adjectives), Word(form, "NOUN"), *owner]


def _counted(noun: Noun, count: int, case: Case) -> Words:
    """A number with what it governs: the nominative rules its noun, the other cases agree with it."""
    entry = _NOUNS[noun.noun]
    nominative, genitive, dative, instrumental = _COUNTS[count].split()
    few = count <= 4
    if case == "acc" and _is_animate(entry) and few:
        return [Word(genitive, "NUM"), *_plural_noun(noun, "gen")]
    if case not in ("nom", "acc"):
        oblique = {"dat": dative, "ins": instrumental}.get(case, genitive)
        return [Word(oblique, "NUM"), *_plural_noun(noun, case)]
    feminine = _gender(entry) == "f"
    number = Word("две" if feminine and count == 2 else nominative, "NUM")
    if not few:
        return [number, *_plural_noun(noun, "gen")]
    adjectives = [_adjective_form(form, "pl", "nom" if feminine else "gen") for form in _adjectives(noun)]
    form = _noun_form(noun.noun, "gen", plural=entry.split()[1] == "adjective")
    return [number, *(Word(adjective, "ADJ") for adjective in adjectives), Word(form, "NOUN")]


def _plural_noun(noun: Noun, case: Case) -> Words:
    """A noun with its adjective in a case of the plural."""
    adjectives = [_adjective_form(form, "pl", case) for form in _adjectives(noun)]
    form = _noun_form(noun.noun, case, plural=True)
    return [*(Word(adjective, "ADJ") for adjective in adjectives), Word(form, "NOUN")]


def _adjectives(noun: Noun) -> list[str]:
    """The adjectives before a noun, as in the dictionary."""
    own = [] if noun.adjective is None else [_QUALITIES[noun.adjective]]
    return [*own, *([_FIXED_ADJECTIVES[noun.noun]] if noun.noun in _FIXED_ADJECTIVES else [])]


def _is_animate(entry: str) -> bool:
    return entry.partition(" ")[0].endswith("+")


def _noun_form(noun: str, case: Case, plural: bool) -> str:
    """A form of a common noun."""
    entry = _NOUNS[noun]
    kind, _, rest = entry.partition(" ")
    fields = rest.split()
    if fields[0] == "adjective":
        agreement = "pl" if plural else _gender(entry)
        return _adjective_form(fields[1], agreement, case, kind.endswith("+"))
    if not plural:
        return _declined(" ".join(fields[:3]), case, genitive_object=kind == "m+")
    nominative, genitive, dative = fields[3:]
    if case == "acc":
        return genitive if kind.endswith("+") else nominative
    if case == "ins" and noun in _INSTRUMENTAL_PLURALS:
        return _INSTRUMENTAL_PLURALS[noun]
    forms = {"nom": nominative, "gen": genitive, "dat": dative, "ins": f"{dative}и", "loc": f"{dative[:-1]}х"}
    return forms[case]


def _declined(entry: str, case: Case, genitive_object: bool = False) -> str:
    """A form of the singular, from declension, nominative and oblique stem."""
    if " " not in entry:
        return entry
    declension, nominative, stem = entry.split()
    if case == "nom":
        return nominative
    endings = dict(zip(_CASES[1:], _DECLENSIONS[declension].split(), strict=True))
    if endings[case] != "=":
        return stem + endings[case]
    return stem + endings["gen"] if genitive_object else nominative


def _adjective_form(dictionary_form: str, agreement: _Agreement, case: Case, animate: bool = False) -> str:
    """A form of an adjective of a hard stem or one in к, г, ш."""
    stem = dictionary_form[:-2]
    vowel = "и" if stem[-1] in "кгхжшчщ" else "ы"
    if case == "acc" and agreement in ("m", "pl"):
        case = "gen" if animate else "nom"
    if case == "nom" and agreement == "m":
        return dictionary_form
    index = _CASES.index(case)
    if agreement == "pl":
        return stem + (f"{vowel}е", f"{vowel}х", f"{vowel}м", "", f"{vowel}ми", f"{vowel}х")[index]
    if agreement == "f":
        return stem + ("ая", "ой", "ой", "ую", "ой", "ой")[index]
    return stem + ("ое", "ого", "ому", "ое", f"{vowel}м", "ом")[index]


def _after(preposition: str, words: Words) -> Words:
    """Words with a preposition, which gains a vowel before certain clusters."""
    if not preposition:
        return words
    start = words[0].form.lower()
    hard_to_say = {"в": "вф", "с": "сзшж"}.get(preposition, "")
    if start[0] in hard_to_say and start[1] in _CONSONANTS:
        preposition += "о"
    return [Word(preposition, "ADP"), *words]


def _not(negated: bool) -> Words:
    return [Word("не", "PART")] if negated else []


LANGUAGE = Russian()
