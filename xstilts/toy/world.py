"""A tiny world and six languages to speak of it: English, and five made-up ones ever farther from it.

People do things to objects in places. A language has a word for each concept and an order for the words. A share
of its words has the form that English has (cognates), and the shares are nested: a cognate of a far language is one
of every nearer language too. So what an encoder learns from English reaches another language through the shared
forms, and reaches it less the farther the language is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

# The spelling of a concept's name is its English form. Two actions side by side (found, lost) undo each other.
_WORDS = {
    "person": "Anna Boris Clara David Elena Felix Greta Hugo Irma Jonas Karin Louis",
    "place": "Arden Belmar Corvin Dunmore Elmwick Farrow Gilden Halsted Ivarna Lorne",
    "landmark": "Port Lake Mount Saint",
    "object": "book letter cup lamp coat basket bell clock",
    "quality": "red old small heavy blue clean",
    "action": "found lost bought sold opened closed",
    "time": "today yesterday recently early",
    "function": "the in never somebody something somewhere who what where",
}
CONCEPTS = {category: tuple(words.split()) for category, words in _WORDS.items()}
ACTIONS = CONCEPTS["action"]
OPPOSITE = {name: ACTIONS[index ^ 1] for index, name in enumerate(ACTIONS)}

_TAGS = {
    "person": "PROPN",
    "place": "PROPN",
    "landmark": "PROPN",
    "object": "NOUN",
    "quality": "ADJ",
    "action": "VERB",
    "time": "ADV",
}
# Universal part of speech of every concept.
UPOS = {name: tag for category, tag in _TAGS.items() for name in CONCEPTS[category]} | {
    "the": "DET",
    "in": "ADP",
    "never": "ADV",
    "somebody": "PRON",
    "something": "PRON",
    "somewhere": "ADV",
    "who": "PRON",
    "what": "PRON",
    "where": "ADV",
}


@dataclass(frozen=True)
class Grammar:
    """How a language puts words in order.

    Attributes:
        cognates: Share of the words that have the English form.
        order: The order of subject, verb and object.
        quality_first: Whether a quality stands before its object.
        adposition_first: Whether "in" stands before its place.
        article: Whether objects have an article.
        syllables: Consonants and vowels that the language's own words are made of.
    """

    cognates: float
    order: str
    quality_first: bool = True
    adposition_first: bool = True
    article: bool = True
    syllables: tuple[str, str] = ("", "")


GRAMMARS: dict[str, Grammar] = {
    "en": Grammar(1.0, "SVO"),
    "qaa": Grammar(0.9, "SVO", quality_first=False, syllables=("bdgklmnrt", "aeo")),
    "qab": Grammar(0.7, "SVO", quality_first=False, syllables=("dfhlmnrsv", "aeiu")),
    "qac": Grammar(0.5, "SOV", quality_first=False, syllables=("bfgjklnpz", "aiou")),
    "qad": Grammar(0.3, "SOV", adposition_first=False, article=False, syllables=("chkmnqtwy", "aeiou")),
    "qae": Grammar(0.1, "VSO", adposition_first=False, article=False, syllables=("kpqtxzvw", "iouy")),
}


@dataclass(frozen=True)
class Event:
    """What a sentence says. Each part is a run of concepts; None leaves the part out.

    Attributes:
        who: A person, with or without a surname (which may be the name of a place), or "somebody" or "who".
        action: What was done.
        what: An object, or "something" or "what".
        where: A place, with or without a landmark, or "somewhere" or "where".
        quality: A quality of the object.
        time: When.
        never: Whether the sentence is negated.
    """

    who: tuple[str, ...]
    action: str
    what: str
    where: tuple[str, ...] | None = None
    quality: str | None = None
    time: str | None = None
    never: bool = False


@dataclass(frozen=True)
class Token:
    """A word in a sentence, with the part of the event that it stands for."""

    form: str
    upos: str
    part: str


class Language:
    """The words and the grammar of one language."""

    def __init__(self, code: str, forms: Mapping[str, str]) -> None:
        self.code = code
        self.grammar = GRAMMARS[code]
        self.forms = forms

    def tokens(self, event: Event, end: str = ".") -> list[Token]:
        """The sentence of an event, word by word."""
        clause = {"S": self._words("who", event.who), "V": self._verb(event), "O": self._object(event)}
        words = [token for letter in self.grammar.order for token in clause[letter]]
        words += self._place(event)
        if event.time:
            words += self._words("time", (event.time,))
        return [*words, Token(end, "PUNCT", "end")]

    def _words(self, part: str, concepts: Sequence[str]) -> list[Token]:
        return [Token(self.forms[name], UPOS[name], part) for name in concepts]

    def _verb(self, event: Event) -> list[Token]:
        return self._words("verb", ("never", event.action) if event.never else (event.action,))

    def _object(self, event: Event) -> list[Token]:
        noun = self._words("what", (event.what,))
        if event.what in ("something", "what"):
            return noun
        quality = self._words("quality", (event.quality,)) if event.quality else []
        article = self._words("article", ("the",)) if self.grammar.article else []
        return [*article, *(quality + noun if self.grammar.quality_first else noun + quality)]

    def _place(self, event: Event) -> list[Token]:
        if event.where is None:
            return []
        place = self._words("where", event.where)
        if event.where[0] in ("somewhere", "where"):
            return place
        adposition = self._words("adposition", ("in",))
        return adposition + place if self.grammar.adposition_first else place + adposition

    def sentence(self, event: Event, end: str = ".") -> str:
        """The sentence as text."""
        return spell(self.tokens(event, end))


def spell(tokens: Sequence[Token]) -> str:
    """Words with spaces between them, and the final mark without one."""
    return " ".join(token.form for token in tokens[:-1]) + tokens[-1].form


def make_languages(seed: int) -> dict[str, Language]:
    """English and the made-up languages; the seed draws their words and which ones are cognates."""
    random = Random(f"languages {seed}")
    taken = {name.lower() for names in CONCEPTS.values() for name in names}
    shuffled = {category: random.sample(names, len(names)) for category, names in CONCEPTS.items()}
    languages = {}
    for code, grammar in GRAMMARS.items():
        forms = {}
        for names in shuffled.values():
            for rank, name in enumerate(names):
                cognate = (rank + 0.5) / len(names) < grammar.cognates
                forms[name] = name if cognate else _new_word(random, grammar, taken, name[0].isupper())
        languages[code] = Language(code, forms)
    return languages


def _new_word(random: Random, grammar: Grammar, taken: set[str], capital: bool) -> str:
    """A word that no language has yet, in either case."""
    consonants, vowels = grammar.syllables
    while True:
        word = "".join(random.choice(consonants) + random.choice(vowels) for _ in range(random.randint(2, 3)))
        if word not in taken:
            taken.add(word)
            return word.capitalize() if capital else word
