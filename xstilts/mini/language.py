"""What a language of `mini` does: meanings become words with their part of speech, entity and part of the clause."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import ClassVar, NamedTuple

from xstilts.mini.concepts import is_human
from xstilts.mini.meaning import Noun, Person, Question, Statement


class Word(NamedTuple):
    """One word as Universal Dependencies would cut it, except that contractions stay one word.

    Attributes:
        form: How it is written.
        upos: Universal part of speech.
        entity: BIO tag: `O`, `B-PER`, `I-ORG`, ...
        part: The field of the clause that it belongs to ("subject", "object", ...), or "". Adpositions and particles
            that mark the role are not part of the noun phrase; a case ending is, since it cannot be cut off.
        joined: Whether it is written to the word before without a space.
        clause: Of two linked clauses, which one it belongs to: 0 or 1, in the order of the meaning.
    """

    form: str
    upos: str
    entity: str = "O"
    part: str = ""
    joined: bool = False
    clause: int = 0


Words = list[Word]

COMMA = Word(",", "PUNCT", joined=True)


def is_somebody(phrase: object) -> bool:
    """Whether a phrase means one or several human beings, by name or by a noun; two names joined do not count."""
    return isinstance(phrase, Person) or (isinstance(phrase, Noun) and is_human(phrase.noun))


def as_part(part: str, words: Iterable[Word]) -> Words:
    """The words, marked as a part of the clause."""
    return [word._replace(part=part) for word in words]


def in_clause(number: int, words: Iterable[Word]) -> Words:
    """The words, marked as belonging to one of two linked clauses."""
    return [word._replace(clause=number) for word in words]


def named(entity: str, forms: Iterable[str], upos: str = "PROPN") -> Words:
    """The words of one name: `named("LOC", ["New", "Delhi"])`."""
    return [Word(form, upos, ("I-" if at else "B-") + entity) for at, form in enumerate(forms)]


def tagged(text: str) -> Words:
    """Words from "form/UPOS form/UPOS": `tagged("this/DET morning/NOUN")`."""
    return [Word(form, upos) for form, _, upos in (item.partition("/") for item in text.split())]


def spelled(words: Iterable[Word]) -> str:
    """The text: words with spaces between them, except before joined ones."""
    text = ""
    for word in words:
        text += word.form if word.joined or not text else f" {word.form}"
    return text


class Language(ABC):
    """A lexicon and rules that put meanings into words; one module per language under `mini/languages`.

    Attributes:
        code: ISO 639-1 code; the name of the module.
        name: English name.
        spaced: Whether words are separated by spaces. If not, every word but the first is joined, sentences too.
        stop: The mark that ends a statement.
        asking: The mark that ends a question.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    spaced: ClassVar[bool] = True
    stop: ClassVar[str] = "."
    asking: ClassVar[str] = "?"

    @abstractmethod
    def statement(self, meaning: Statement) -> Words:
        """The words of a statement, in order, without the final mark and without a capital at the start."""

    @abstractmethod
    def question(self, question: Question) -> Words:
        """The words of a question, in order, without the final mark and without a capital at the start."""

    def sentence(self, meaning: Statement | Question) -> Words:
        """A whole sentence: the words with the final mark, and a capital where the script has one."""
        asking = isinstance(meaning, Question)
        words = self.question(meaning) if isinstance(meaning, Question) else self.statement(meaning)
        mark = Word(self.asking if asking else self.stop, "PUNCT", joined=True)
        whole = [words[0]._replace(form=self.capitalized(words[0].form)), *words[1:], mark]
        return whole if self.spaced else [word._replace(joined=at > 0) for at, word in enumerate(whole)]

    def capitalized(self, form: str) -> str:
        """A word as it stands at the start of a sentence."""
        return form[:1].upper() + form[1:]
