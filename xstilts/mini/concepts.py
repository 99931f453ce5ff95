"""The concepts of `mini` that every language has words for, and what goes with what. Keys are English words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Gender = Literal["f", "m"]

_WOMEN = (
    "Anna Maria Elena Fatima Amina Leila Sofia Clara Nadia Irina Rosa Julia Lucia Marta Sara Diana Eva Olga Zainab Mina"
)
_MEN = (
    "David Peter Ali Omar Ivan Carlos Daniel Adam Simon Thomas Boris Victor Hassan Juma Kenji Ravi Pablo Samuel "
    "Martin Leo"
)
PEOPLE: dict[str, Gender] = {**dict.fromkeys(_WOMEN.split(), "f"), **dict.fromkeys(_MEN.split(), "m")}

# City -> country.
CITIES = {
    "Paris": "France", "Berlin": "Germany", "Hamburg": "Germany", "Madrid": "Spain", "Barcelona": "Spain",
    "Rome": "Italy", "Vienna": "Austria", "Moscow": "Russia", "Istanbul": "Turkey", "Ankara": "Turkey",
    "Delhi": "India", "Mumbai": "India", "Beijing": "China", "Shanghai": "China", "Tokyo": "Japan",
    "Jakarta": "Indonesia", "Hanoi": "Vietnam", "Cairo": "Egypt", "Baghdad": "Iraq", "Nairobi": "Kenya",
    "Lagos": "Nigeria", "Accra": "Ghana", "Lima": "Peru", "Havana": "Cuba", "Helsinki": "Finland", "Oslo": "Norway",
}  # fmt: skip
COUNTRIES = tuple(dict.fromkeys(CITIES.values()))

ORGANIZATION_SORTS = ("bank", "company", "university", "hospital", "newspaper")
# Invented names, the same sounds in every script.
_ORGANIZATIONS = (
    "Solara Nordika Tembo Karima Lumina Oriona Verda Marisol Himala Delfina Aurora Kometa Safira Meridia Polara Zantora"
)
ORGANIZATION_NAMES = tuple(_ORGANIZATIONS.split())

# Noun -> classes. "mass" nouns are never counted.
NOUNS: dict[str, frozenset[str]] = {
    noun: frozenset(classes.split())
    for classes, nouns in {
        "human profession": "teacher doctor farmer student driver nurse writer singer fisherman soldier engineer "
        "tailor lawyer painter merchant cook",
        "human kin": "mother father brother sister friend neighbor",
        "animal visible": "dog cat horse cow goat chicken bird sheep donkey",
        "animal visible food cookable portable": "fish",
        "fruit food portable tradable visible": "apple banana orange",
        "food portable tradable visible cookable": "egg cake",
        "mass food portable tradable visible": "bread cheese",
        "mass food portable tradable visible cookable": "rice meat soup",
        "mass drink portable tradable visible": "water milk tea coffee",
        "readable writable portable tradable visible": "book letter",
        "readable writable visible": "message",
        "readable portable tradable visible": "magazine map",
        "vehicle repairable washable tradable visible": "car bicycle boat bus",
        "building repairable buildable tradable visible": "house",
        "repairable buildable washable tradable portable breakable visible": "chair table",
        "openable washable repairable breakable visible": "window",
        "openable repairable washable visible": "door",
        "openable portable tradable visible": "box",
        "openable portable tradable washable visible": "bag",
        "portable tradable washable visible wearable": "shirt hat",
        "portable tradable washable breakable visible": "cup bottle",
        "portable tradable washable visible": "knife",
        "portable tradable visible": "key rope basket ring flower",
        "portable tradable repairable breakable visible": "phone lamp clock",
        "portable tradable visible drawable": "picture",
        "place": "market school forest kitchen garden shop station village park field library office beach street",
        # What the nouns above are, for sentences that say less.
        "general": "animal fruit vehicle person",
    }.items()
    for noun in nouns.split()
}


def is_human(noun: str) -> bool:
    """Whether a noun means a human being."""
    return noun == "person" or "human" in NOUNS[noun]


# Class -> the noun that says no more than the class.
GENERAL = {"animal": "animal", "fruit": "fruit", "vehicle": "vehicle", "profession": "person"}

# Quality -> its opposite ("" for none) and the classes of nouns that may have it.
QUALITIES: dict[str, tuple[str, str]] = {
    "big": ("small", "animal vehicle building openable basket"),
    "small": ("big", "animal vehicle building openable basket"),
    "old": ("new", "vehicle building repairable wearable readable"),  # of things; people are old in COMPARISONS
    "new": ("old", "vehicle building repairable wearable readable"),
    "heavy": ("light", "portable"),
    "light": ("heavy", "portable"),  # of little weight
    "expensive": ("cheap", "tradable"),
    "cheap": ("expensive", "tradable"),
    "beautiful": ("", "animal building wearable vehicle"),
    "red": ("", "wearable vehicle openable"),
    "white": ("", "wearable vehicle openable animal"),
    "black": ("", "wearable vehicle openable animal"),
    "green": ("", "wearable vehicle openable"),
}
COLORS = frozenset(("red", "white", "black", "green"))
# Qualities that a thing has by itself: a white dog is a white animal, but a big fish is no big animal.
ABSOLUTE = COLORS | {"beautiful"}

# Comparison -> its converse, and whether persons or things are compared. "older" and "newer" are apart: see below.
COMPARISONS: dict[str, tuple[str, Literal["persons", "things"]]] = {
    "older": ("younger", "persons"),
    "younger": ("older", "persons"),
    "taller": ("shorter", "persons"),
    "shorter": ("taller", "persons"),
    "stronger": ("weaker", "persons"),
    "weaker": ("stronger", "persons"),
    "richer": ("poorer", "persons"),
    "poorer": ("richer", "persons"),
    "bigger": ("smaller", "things"),
    "smaller": ("bigger", "things"),
    "heavier": ("lighter", "things"),
    "lighter": ("heavier", "things"),
    "more expensive": ("cheaper", "things"),
    "cheaper": ("more expensive", "things"),
}

# State -> who or what can be in it. "afraid" and its like need no object.
STATES: dict[str, str] = {
    "hungry": "living", "thirsty": "living", "tired": "living", "sick": "living",
    "sad": "human", "happy": "human", "angry": "human", "afraid": "living",
    "broken": "repairable", "dirty": "washable", "closed": "openable",
}  # fmt: skip


@dataclass(frozen=True)
class Verb:
    """How a verb is used.

    Attributes:
        frame: `plain` (subject), `object` (subject, object), `transfer` (subject, object, partner), `motion` (subject,
            place), `stay` (subject, place).
        takes: Classes of nouns that can be the object, or the place; "person", "city", "country" and "organization"
            stand for those kinds of phrase.
        converse: Of a transfer: the verb that tells the same from the partner's side.
        receives: Of a transfer: whether the subject is who gets the object, and the partner who gives it.
        symmetric: Whether the object does the same to the subject.
        organization: Whether an organization can do it.
        animal: Whether an animal can do it.
    """

    frame: Literal["plain", "object", "transfer", "motion", "stay"]
    takes: str = ""
    converse: str = ""
    receives: bool = False
    symmetric: bool = False
    organization: bool = False
    animal: bool = False

    @property
    def has_free_place(self) -> bool:
        """Whether the place is only where it happens, so that it can be left out, or stand first."""
        return self.frame in ("plain", "object", "transfer")


VERBS: dict[str, Verb] = {
    "sleep": Verb("plain", animal=True), "rest": Verb("plain", animal=True), "wait": Verb("plain", animal=True),
    "swim": Verb("plain", animal=True), "run": Verb("plain", animal=True), "laugh": Verb("plain"),
    "cry": Verb("plain"), "sing": Verb("plain"), "dance": Verb("plain"),
    "eat": Verb("object", "food", animal=True), "drink": Verb("object", "drink", animal=True),
    "cook": Verb("object", "cookable"), "read": Verb("object", "readable"), "write": Verb("object", "writable"),
    "see": Verb("object", "visible person", animal=True), "find": Verb("object", "portable animal person", animal=True),
    "lose": Verb("object", "portable"), "carry": Verb("object", "portable"), "hide": Verb("object", "portable"),
    "repair": Verb("object", "repairable"), "wash": Verb("object", "washable"), "open": Verb("object", "openable"),
    "close": Verb("object", "openable"), "break": Verb("object", "breakable"),
    "draw": Verb("object", "animal flower building"), "build": Verb("object", "buildable boat", organization=True),
    "visit": Verb("object", "person city organization"), "meet": Verb("object", "person", symmetric=True),
    "help": Verb("object", "person"), "call": Verb("object", "person"), "love": Verb("object", "person animal"),
    "follow": Verb("object", "person animal", animal=True),
    "give": Verb("transfer", "portable tradable animal", "receive"),
    "receive": Verb("transfer", "portable tradable animal", "give", receives=True),
    "sell": Verb("transfer", "tradable animal", "buy"),
    "buy": Verb("transfer", "tradable animal", "sell", receives=True),
    "lend": Verb("transfer", "book vehicle knife chair table rope lamp", "borrow"),
    "borrow": Verb("transfer", "book vehicle knife chair table rope lamp", "lend", receives=True),
    "send": Verb("transfer", "portable readable"), "show": Verb("transfer", "visible"),
    "go": Verb("motion", "place city"), "travel": Verb("motion", "city country"),
    "return": Verb("motion", "place city"),
    "arrive": Verb("motion", "place city"),
    "live": Verb("stay", "city country village"), "work": Verb("stay", "organization place city"),
    "study": Verb("stay", "university library school city"),
}  # fmt: skip
# Verb that tells a transfer from the side of who receives -> the verb that tells it from the giver's.
FROM_THE_GIVER = {verb: rule.converse for verb, rule in VERBS.items() if rule.receives}

# Time -> tenses it goes with.
TIMES: dict[str, tuple[str, ...]] = {
    "yesterday": ("past",), "last week": ("past",), "last year": ("past",), "this morning": ("past",),
    "now": ("present",), "today": ("past", "present", "future"),
    "tomorrow": ("future",), "next week": ("future",), "tonight": ("future",),
    "on Monday": ("past", "future"), "on Tuesday": ("past", "future"), "on Friday": ("past", "future"),
    "on Sunday": ("past", "future"),
}  # fmt: skip
# Time -> the time that it is a part of.
WIDER_TIMES = {"this morning": "today", "tonight": "today", "now": "today"}
