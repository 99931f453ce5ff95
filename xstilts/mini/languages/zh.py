"""Chinese: simplified characters, without spaces, cut into words as in the UD treebank GSD."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from xstilts.mini.concepts import NOUNS, VERBS
from xstilts.mini.language import Language, Word, Words, as_part, in_clause, is_somebody, named
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
    "Anna": "安娜", "Maria": "玛丽亚", "Elena": "埃琳娜", "Fatima": "法蒂玛", "Amina": "阿米娜", "Leila": "莱拉",
    "Sofia": "索菲亚", "Clara": "克拉拉", "Nadia": "娜迪亚", "Irina": "伊琳娜", "Rosa": "罗莎", "Julia": "朱莉娅",
    "Lucia": "露西娅", "Marta": "玛尔塔", "Sara": "萨拉", "Diana": "黛安娜", "Eva": "伊娃", "Olga": "奥尔加",
    "Zainab": "宰娜卜", "Mina": "米娜", "David": "大卫", "Peter": "彼得", "Ali": "阿里", "Omar": "奥马尔",
    "Ivan": "伊万", "Carlos": "卡洛斯", "Daniel": "丹尼尔", "Adam": "亚当", "Simon": "西蒙", "Thomas": "托马斯",
    "Boris": "鲍里斯", "Victor": "维克多", "Hassan": "哈桑", "Juma": "朱马", "Kenji": "健二", "Ravi": "拉维",
    "Pablo": "巴勃罗", "Samuel": "塞缪尔", "Martin": "马丁", "Leo": "利奥",
}  # fmt: skip
_CITIES = {
    "Paris": "巴黎", "Berlin": "柏林", "Hamburg": "汉堡", "Madrid": "马德里", "Barcelona": "巴塞罗那", "Rome": "罗马",
    "Vienna": "维也纳", "Moscow": "莫斯科", "Istanbul": "伊斯坦布尔", "Ankara": "安卡拉", "Delhi": "德里",
    "Mumbai": "孟买", "Beijing": "北京", "Shanghai": "上海", "Tokyo": "东京", "Jakarta": "雅加达", "Hanoi": "河内",
    "Cairo": "开罗", "Baghdad": "巴格达", "Nairobi": "内罗毕", "Lagos": "拉各斯", "Accra": "阿克拉", "Lima": "利马",
    "Havana": "哈瓦那", "Helsinki": "赫尔辛基", "Oslo": "奥斯陆",
}  # fmt: skip
_COUNTRIES = {
    "France": "法国", "Germany": "德国", "Spain": "西班牙", "Italy": "意大利", "Austria": "奥地利", "Russia": "俄罗斯",
    "Turkey": "土耳其", "India": "印度", "China": "中国", "Japan": "日本", "Indonesia": "印度尼西亚",
    "Vietnam": "越南", "Egypt": "埃及", "Iraq": "伊拉克", "Kenya": "肯尼亚", "Nigeria": "尼日利亚", "Ghana": "加纳",
    "Peru": "秘鲁", "Cuba": "古巴", "Finland": "芬兰", "Norway": "挪威",
}  # fmt: skip
_ORGANIZATION_SORTS = {
    "bank": "银行", "company": "公司", "university": "大学", "hospital": "医院", "newspaper": "报社",
}  # fmt: skip
_ORGANIZATION_NAMES = {
    "Solara": "索拉拉", "Nordika": "诺尔迪卡", "Tembo": "滕博", "Karima": "卡里玛", "Lumina": "卢米娜",
    "Oriona": "奥里奥娜", "Verda": "韦尔达", "Marisol": "马里索尔", "Himala": "希马拉", "Delfina": "德尔菲娜",
    "Aurora": "奥罗拉", "Kometa": "科梅塔", "Safira": "萨菲拉", "Meridia": "梅里迪亚", "Polara": "波拉拉",
    "Zantora": "赞托拉",
}  # fmt: skip

# Noun -> its words and its classifier.
_NOUNS = {
    "teacher": ("老师", "名"), "doctor": ("医生", "名"), "farmer": ("农民", "名"), "student": ("学生", "名"),
    "driver": ("司机", "名"), "nurse": ("护士", "名"), "writer": ("作家", "名"), "singer": ("歌手", "名"),
    "fisherman": ("渔夫", "名"), "soldier": ("士兵", "名"), "engineer": ("工程师", "名"), "tailor": ("裁缝", "名"),
    "lawyer": ("律师", "名"), "painter": ("画家", "名"), "merchant": ("商人", "名"), "cook": ("厨师", "名"),
    "mother": ("母亲", "位"), "father": ("父亲", "位"), "brother": ("哥哥", "个"), "sister": ("妹妹", "个"),
    "friend": ("朋友", "个"), "neighbor": ("邻居", "个"),
    "dog": ("狗", "只"), "cat": ("猫", "只"), "horse": ("马", "匹"), "cow": ("奶牛", "头"), "goat": ("山羊", "只"),
    "chicken": ("鸡", "只"), "bird": ("鸟", "只"), "sheep": ("绵羊", "只"), "donkey": ("驴", "头"),
    "fish": ("鱼", "条"), "apple": ("苹果", "个"), "banana": ("香蕉", "根"), "orange": ("橙子", "个"),
    "egg": ("鸡蛋", "个"), "cake": ("蛋糕", "个"),
    "bread": ("面包", "些"), "cheese": ("奶酪", "些"), "rice": ("米饭", "些"), "meat": ("肉", "些"),
    "soup": ("汤", "些"), "water": ("水", "些"), "milk": ("牛奶", "些"), "tea": ("茶", "些"), "coffee": ("咖啡", "些"),
    "book": ("书", "本"), "letter": ("信", "封"), "message": ("短信", "条"), "magazine": ("杂志", "本"),
    "map": ("地图", "张"), "car": ("汽车", "辆"), "bicycle": ("自行车", "辆"), "boat": ("船", "条"),
    "bus": ("公交车", "辆"), "house": ("房子", "座"), "chair": ("椅子", "把"), "table": ("桌子", "张"),
    "window": ("窗户", "扇"), "door": ("门", "扇"), "box": ("箱子", "个"), "bag": ("包", "个"),
    "shirt": ("衬衫", "件"), "hat": ("帽子", "顶"), "cup": ("杯子", "个"), "bottle": ("瓶子", "个"),
    "knife": ("刀", "把"), "key": ("钥匙", "把"), "rope": ("绳子", "根"), "basket": ("篮子", "个"),
    "ring": ("戒指", "枚"), "flower": ("花", "朵"), "phone": ("手机", "部"), "lamp": ("灯", "盏"),
    "clock": ("时钟", "个"), "picture": ("画", "幅"),
    "market": ("市场", "个"), "school": ("学校", "所"), "forest": ("森林", "片"), "kitchen": ("厨房", "间"),
    "garden": ("花园", "座"), "shop": ("商店", "家"), "station": ("车站", "个"), "village": ("村子", "个"),
    "park": ("公园", "座"), "field": ("田野", "片"), "library": ("图书馆", "座"), "office": ("办公室", "间"),
    "beach": ("海滩", "片"), "street": ("大街", "条"),
    "animal": ("动物", "只"), "fruit": ("水果", "个"), "vehicle": ("交通 工具", "个"), "person": ("人", "个"),
}  # fmt: skip
# Place -> what follows it after 在; "" for nothing.
_INSIDE = {
    "market": "里", "school": "里", "forest": "里", "kitchen": "里", "garden": "里", "shop": "里", "station": "",
    "village": "里", "park": "里", "field": "里", "library": "里", "office": "里", "beach": "上", "street": "上",
}  # fmt: skip
# Quality -> before a noun, as a predicate, as a negated predicate.
_QUALITIES = {
    "big": ("大", "很 大", "不 大"), "small": ("小", "很 小", "不 小"),
    "old": ("旧", "是 旧 的", "不 是 旧 的"), "new": ("新", "是 新 的", "不 是 新 的"),
    "heavy": ("很 重 的", "很 重", "不 重"), "light": ("很 轻 的", "很 轻", "不 轻"),
    "expensive": ("很 贵 的", "很 贵", "不 贵"), "cheap": ("便宜 的", "很 便宜", "不 便宜"),
    "beautiful": ("漂亮 的", "很 漂亮", "不 漂亮"),
    "red": ("红色 的", "是 红色 的", "不 是 红色 的"), "white": ("白色 的", "是 白色 的", "不 是 白色 的"),
    "black": ("黑色 的", "是 黑色 的", "不 是 黑色 的"), "green": ("绿色 的", "是 绿色 的", "不 是 绿色 的"),
}  # fmt: skip
_COMPARISONS = {
    "older": "年长", "younger": "年轻", "taller": "高", "shorter": "矮", "stronger": "强壮", "weaker": "虚弱",
    "richer": "富有", "poorer": "穷", "bigger": "大", "smaller": "小", "heavier": "重", "lighter": "轻",
    "more expensive": "贵", "cheaper": "便宜",
}  # fmt: skip
# State -> as it is said, and negated.
_STATES = {
    "hungry": ("很 饿", "不 饿"), "thirsty": ("很 渴", "不 渴"), "tired": ("很 累", "不 累"),
    "sick": ("生病 了", "没有 生病"), "sad": ("很 难过", "不 难过"), "happy": ("很 高兴", "不 高兴"),
    "angry": ("很 生气", "没有 生气"), "afraid": ("很 害怕", "不 害怕"), "broken": ("坏 了", "没有 坏"),
    "house broken": ("损坏 了", "没有 损坏"), "dirty": ("很 脏", "不 脏"), "closed": ("关 着", "没有 关"),
}  # fmt: skip
_TIMES = {
    "yesterday": "昨天", "last week": "上周", "last year": "去年", "this morning": "今天 早上", "now": "现在",
    "today": "今天", "tomorrow": "明天", "next week": "下周", "tonight": "今晚", "on Monday": "星期一",
    "on Tuesday": "星期二", "on Friday": "星期五", "on Sunday": "星期日",
}  # fmt: skip
_NUMERALS = {2: "两", 3: "三", 4: "四", 5: "五", 6: "六"}


@dataclass(frozen=True)
class _Use:
    """How a verb is used.

    Attributes:
        plain: The verb after a negation or an auxiliary.
        past: The verb with its aspect particle, of what was done.
        present: The verb of what goes on, where it is not 正在 with the plain verb.
        denial: What negates `present`, before the place.
        absent: Instead of `denial`: the negated verb of what goes on.
        going: The verb after 正在, where it is not the plain one.
        before: The adposition or verb that puts the object, the partner or the place before the verb.
        lasting: Whether the place follows the verb, except in the past.
    """

    plain: str
    past: str
    present: str = ""
    denial: str = "不"
    absent: str = ""
    going: str = ""
    before: str = ""
    lasting: bool = False


_USES = {
    "sleep": _Use("睡觉", "睡 了 一 觉"), "rest": _Use("休息", "休息 了"), "wait": _Use("等待", "等 了 一会儿"),
    "swim": _Use("游泳", "游 了 泳"), "run": _Use("跑", "跑 了 一会儿"),
    "laugh": _Use("笑", "笑 了"), "cry": _Use("哭", "哭 了"), "sing": _Use("唱歌", "唱 了 歌"),
    "dance": _Use("跳舞", "跳 了 舞"),
    "eat": _Use("吃", "吃 了"), "drink": _Use("喝", "喝 了"), "cook": _Use("煮", "煮 了"),
    "cook cake": _Use("烤", "烤 了"), "read": _Use("读", "读 了"), "write": _Use("写", "写 了"),
    "see": _Use("看见", "看见 了", present="能 看见", absent="看不见"),
    "find": _Use("找到", "找到 了", going="寻找"),
    "lose": _Use("弄丢", "弄丢 了"), "carry": _Use("带", "带 了", present="带 着", denial="没有"),
    "hide": _Use("藏起", "藏起 了", going="藏"), "repair": _Use("修理", "修理 了"), "wash": _Use("洗", "洗 了"),
    **{f"wash {noun}": _Use("擦洗", "擦洗 了") for noun in ("chair", "table", "window", "door")},
    "open": _Use("打开", "打开 了"), "close": _Use("关上", "关上 了", going="关"), "break": _Use("弄坏", "弄坏 了"),
    "draw": _Use("画", "画 了"), "build": _Use("造", "造 了"),
    "build house": _Use("盖", "盖 了"), "build chair": _Use("制作", "制作 了"), "build table": _Use("制作", "制作 了"),
    "visit": _Use("访问", "访问 了"),
    "visit person": _Use("拜访", "拜访 了"), "meet": _Use("见面", "见 了 面", before="跟"),
    "help": _Use("帮助", "帮助 了"), "call": _Use("打 电话", "打 了 电话", before="给"),
    "love": _Use("爱", "爱 过", present="爱"), "follow": _Use("跟随", "跟随 了"),
    "give": _Use("给", "给 了"), "receive": _Use("收到", "收到 了", going="接收", before="从"),
    "sell": _Use("卖给", "卖给 了"), "buy": _Use("买", "买 了", before="从"),
    "lend": _Use("借给", "借给 了"), "borrow": _Use("借", "借 了", before="从"),
    "send": _Use("寄给", "寄给 了"), "send message": _Use("发给", "发给 了"),
    "show": _Use("看", "看 了", before="给"),
    "go": _Use("去", "去 了"), "travel": _Use("旅行", "旅行 了", before="去"), "return": _Use("返回", "返回 了"),
    "arrive": _Use("到达", "到达 了"),
    "live": _Use("住", "住 过", present="住", lasting=True), "work": _Use("工作", "工作 过", present="工作"),
    "study": _Use("学习", "学习 过", present="学习"),
}  # fmt: skip

# The parts of speech of words in the tables above that are not told by the table.
_CLASSES = {
    "了": "AUX", "过": "AUX", "着": "AUX", "是": "AUX", "能": "AUX", "会": "AUX", "在": "AUX", "很": "ADV",
    "不": "ADV", "没有": "ADV", "正在": "ADV", "正": "ADV", "将": "ADV", "的": "PART", "一": "NUM", "觉": "NOUN",
    "一会儿": "NOUN", "泳": "NOUN", "歌": "NOUN", "舞": "NOUN", "面": "NOUN", "电话": "NOUN",
    "生病": "VERB", "生气": "VERB", "害怕": "VERB", "坏": "VERB", "损坏": "VERB", "关": "VERB",
    "红色": "NOUN", "白色": "NOUN", "黑色": "NOUN", "绿色": "NOUN",
}  # fmt: skip


def _words(text: str, upos: str) -> Words:
    """The words of an entry of the tables; those without a class of their own are of the one given."""
    return [Word(form, _CLASSES.get(form, upos)) for form in text.split()]


def _person(person: Person) -> Words:
    return named("PER", [_PEOPLE[person.name]])


def _name(thing: Person | People | City | Country | Organization) -> Words:
    """A name of any kind, or two joined by 和."""
    if isinstance(thing, People):
        return [*_person(thing.first), Word("和", "CCONJ"), *_person(thing.second)]
    if isinstance(thing, City):
        return named("LOC", [_CITIES[thing.name]])
    if isinstance(thing, Country):
        return named("LOC", [_COUNTRIES[thing.name]])
    if isinstance(thing, Organization):
        return [
            Word(_ORGANIZATION_NAMES[thing.name], "PROPN", "B-ORG"),
            Word(_ORGANIZATION_SORTS[thing.sort], "NOUN", "I-ORG"),
        ]
    return _person(thing)


def _measured(determiner: str, upos: str, classifier: str) -> Words:
    """A determiner or numeral with the classifier: 那 本, 三 个, 那些."""
    if classifier == "些":
        return [Word(determiner + classifier, "DET")]
    return [Word(determiner, upos), Word(classifier, "NOUN")]


def _noun(noun: Noun, topic: bool = False, denied: bool = False, counted: str = "") -> Words:
    """A noun phrase.

    Args:
        noun: What it says.
        topic: Whether a thing is definite without a demonstrative here, as subjects and places are.
        denied: Whether an indefinite noun stands without "a", as under negation.
        counted: An interrogative in the place of the numeral.
    """
    classes = NOUNS[noun.noun]
    head, classifier = _NOUNS[noun.noun]
    adjective = _words(_QUALITIES[noun.adjective][0], "ADJ") if noun.adjective else []
    the = _measured("那", "DET", classifier)
    before: Words = []
    if noun.owner is not None:
        before = [*_person(noun.owner), *(the if noun.adjective else [Word("的", "PART")])]
    if noun.count is not None:
        before += _measured(counted or _NUMERALS[noun.count], "NUM", classifier)
    elif noun.owner is None and noun.definite:
        plain = topic or bool(classes & {"human", "place", "mass"})
        if classes & {"animal", "general"} or noun.adjective is not None or not plain:
            before = the
    elif noun.owner is None and not denied:
        before = _measured("一", "NUM", classifier)
    return [*before, *adjective, *_words(head, "NOUN")]


def _phrase(part: str, thing: Thing | Place | People, topic: bool = False, denied: bool = False) -> Words:
    """A noun phrase or name that fills a part of the clause."""
    return as_part(part, _noun(thing, topic, denied) if isinstance(thing, Noun) else _name(thing))


def _use(event: Event) -> _Use:
    """How the verb is used with the parts of this event."""
    verb, thing = event.verb, event.object
    if verb == "visit" and is_somebody(thing):
        return _USES["visit person"]
    if isinstance(thing, Noun) and f"{verb} {thing.noun}" in _USES:
        return _USES[f"{verb} {thing.noun}"]
    return _USES[verb]


def _object(event: Event, asked: str) -> Words:
    """The object, or what asks about it."""
    thing = event.object
    assert thing is not None
    if asked == "count" and isinstance(thing, Noun):
        return _noun(thing, counted="几")
    if asked == "object":
        if isinstance(thing, Noun | Person):
            return [Word("谁" if is_somebody(thing) else "什么", "PRON")]
        kind = ("座", "城市") if isinstance(thing, City) else ("个", "机构")
        return [Word("哪", "DET"), *(Word(form, "NOUN") for form in kind)]
    mass = isinstance(thing, Noun) and "mass" in NOUNS[thing.noun]
    going = mass and event.tense == "present" and VERBS[event.verb].frame != "transfer"
    return _phrase("object", thing, denied=event.negated or going)


def _partner(event: Event, asked: str) -> Words:
    """The partner, or 谁."""
    assert event.partner is not None
    return [Word("谁", "PRON")] if asked == "partner" else _phrase("partner", event.partner)


def _place(event: Event, asked: str, motion: bool = False) -> Words:
    """The place with what follows it, without 在; or 哪里."""
    place = event.place
    if asked == "place":
        return [Word("哪里", "PRON")]
    if place is None:
        return []
    after = _INSIDE[place.noun] if isinstance(place, Noun) and (not motion or place.noun == "street") else ""
    return [*_phrase("place", place, topic=True), *([Word(after, "ADP")] if after else [])]


def _transfer(event: Event, use: _Use, asked: str) -> tuple[Words, Words]:
    """The object and the partner of a transfer, before and after the verb."""
    thing, partner = _object(event, asked), _partner(event, asked)
    if use.before == "从":
        return [Word("从", "ADP"), *partner, Word("那里", "PRON")], thing
    if use.before:
        return [Word(use.before, "ADP"), *partner], thing
    known = isinstance(event.object, Noun) and (event.object.definite or event.object.owner is not None)
    if known and asked != "object":
        return [Word("把", "ADP"), *thing], partner
    return [], [*partner, *thing]


def _arguments(event: Event, use: _Use, asked: str) -> tuple[Words, Words]:
    """What stands between the auxiliaries and the verb, and what follows the verb."""
    frame = VERBS[event.verb].frame
    if frame == "transfer":
        return _transfer(event, use, asked)
    if frame == "object":
        thing = _object(event, asked)
        return ([Word(use.before, "ADP"), *thing], []) if use.before else ([], thing)
    if frame == "motion":
        goal = _place(event, asked, motion=True)
        return ([Word(use.before, "VERB"), *goal], []) if use.before and goal else ([], goal)
    lasting = use.lasting and event.tense != "past" and (event.place is not None or asked == "place")
    return [], [Word("在", "ADP"), *_place(event, asked)] if lasting else []


def _auxiliaries(event: Event, use: _Use, placed: bool, timed: bool) -> Words:
    """Negation, 正在 and 会, as they stand before the place (if one stands before the verb) and the verb."""
    if event.tense == "past":
        forms = "没有" if event.negated else ""
    elif event.tense == "future":
        forms = f"{'' if timed else '将'} {'不' if event.negated else ''} 会"
    elif use.present:
        forms = use.denial if event.negated and not use.absent else ""
    elif event.negated:
        forms = "没有" if placed else "没有 在"
    else:
        forms = "正" if placed else "正在"
    return _words(forms, "ADV")


def _verb(event: Event, use: _Use, emphatic: bool) -> Words:
    """The verb with its particles."""
    if event.tense == "past":
        finished = not event.negated and not emphatic
        return _words(use.past if finished or use.past.endswith("过") else use.plain, "VERB")
    if event.tense == "present" and use.present:
        return _words(use.absent if event.negated and use.absent else use.present, "VERB")
    if event.tense == "present" and use.going:
        return _words(use.going, "VERB")
    return _words(use.plain, "VERB")


def _event(event: Event, asked: str = "") -> Words:
    use = _use(event)
    frame = VERBS[event.verb].frame
    subject = [Word("谁", "PRON")] if asked == "subject" else _phrase("subject", event.subject, topic=True)
    somewhere = event.place is not None or asked == "place"
    adverbial = somewhere and frame != "motion" and not (use.lasting and event.tense != "past")
    place = [Word("在", "ADP"), *_place(event, asked)] if adverbial else []
    fronted = place if event.front == "place" else []
    placed = bool(place) and not fronted
    time: Words = []
    if asked == "time":
        time = [Word("什么", "DET"), Word("时候", "NOUN")]
    elif event.time is not None:
        time = as_part("time", _words(_TIMES[event.time], "NOUN"))
    elif event.negated and event.tense == "present" and placed and not use.present:
        # Without it, what is not going on somewhere and what was not done there are the same words.
        time = [Word("现在", "NOUN")]
    emphatic = (
        event.tense == "past" and (asked == "time" or (asked == "place" and adverbial)) and not use.past.endswith("过")
    )
    copula = [Word("是", "AUX")] if emphatic else []
    first = [*time, *subject] if event.front == "time" else [*subject, *(copula if asked == "time" else []), *time]
    before, after = _arguments(event, use, asked)
    return [
        *([*fronted, Word("，", "PUNCT", joined=True)] if fronted else []),
        *first,
        *(copula if asked == "place" else []),
        *_auxiliaries(event, use, placed, bool(time)),
        *(place if placed else []),
        *before,
        *_verb(event, use, emphatic),
        *after,
        *([Word("的", "PART")] if emphatic else []),
    ]


def _state(clause: State) -> Words:
    key = clause.state
    if isinstance(clause.subject, Noun) and f"{clause.subject.noun} {key}" in _STATES:
        key = f"{clause.subject.noun} {key}"
    then = [Word("当时", "NOUN")] if clause.tense == "past" else []
    return [*_phrase("subject", clause.subject, topic=True), *then, *_words(_STATES[key][clause.negated], "ADJ")]


def _quality(clause: Quality) -> Words:
    predicate = _words(_QUALITIES[clause.quality][1 + clause.negated], "ADJ")
    return [*_phrase("subject", clause.subject, topic=True), *predicate]


def _profession(clause: Profession, asked: str = "") -> Words:
    if asked == "noun":
        return [
            *_phrase("subject", clause.subject),
            *[Word("的", "PART"), Word("职业", "NOUN"), Word("是", "AUX"), Word("什么", "PRON")],
        ]
    subject = [Word("谁", "PRON")] if asked == "subject" else _phrase("subject", clause.subject)
    copula = _words("不 是" if clause.negated else "是", "AUX")
    return [*subject, *copula, *as_part("noun", _words(_NOUNS[clause.noun][0], "NOUN"))]


def _comparison(clause: Comparison) -> Words:
    return [
        *_phrase("subject", clause.subject, topic=True),
        *([Word("不", "ADV")] if clause.negated else []),
        Word("比", "ADP"),
        *_phrase("standard", clause.standard, topic=True),
        Word(_COMPARISONS[clause.comparison], "ADJ"),
    ]


def _possession(clause: Possession, asked: str = "") -> Words:
    thing = as_part("thing", _noun(clause.thing, denied=clause.negated))
    if asked == "count":
        thing = _noun(clause.thing, counted="几")
    elif asked == "thing":
        thing = [Word("什么", "PRON")]
    owner = [Word("谁", "PRON")] if asked == "subject" else _phrase("owner", clause.owner)
    return [*owner, Word("没有" if clause.negated else "有", "VERB"), *thing]


def _clause(clause: Clause) -> Words:
    if isinstance(clause, Event):
        return _event(clause)
    if isinstance(clause, State):
        return _state(clause)
    if isinstance(clause, Quality):
        return _quality(clause)
    if isinstance(clause, Profession):
        return _profession(clause)
    if isinstance(clause, Comparison):
        return _comparison(clause)
    return _possession(clause)


class Chinese(Language):
    """Chinese."""

    code: ClassVar[str] = "zh"
    name: ClassVar[str] = "Chinese"
    spaced: ClassVar[bool] = False
    stop: ClassVar[str] = "。"
    asking: ClassVar[str] = "？"

    def statement(self, meaning: Statement) -> Words:
        """The words of a statement; two clauses stand side by side or with 因为."""
        if not isinstance(meaning, Linked):
            return _clause(meaning)
        first = _clause(meaning.first)
        second = in_clause(1, _clause(meaning.second))
        comma = Word("，", "PUNCT", joined=True)
        if meaning.link == "and":
            return [*first, comma, *second]
        reason = [Word("因为", "SCONJ", clause=1), *second]
        if meaning.reason_first:
            return [*reason, comma, Word("所以", "CCONJ"), *first]
        return [*first, comma, *reason]

    def question(self, question: Question) -> Words:
        """The words of a question: the interrogative stands where the answer would."""
        clause = question.clause
        if isinstance(clause, Event):
            return _event(clause, question.asked)
        if isinstance(clause, Profession):
            return _profession(clause, question.asked)
        return _possession(clause, question.asked)


LANGUAGE = Chinese()
