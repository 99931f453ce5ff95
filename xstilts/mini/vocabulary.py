"""The words that rows may have: all of them, or those that are not held out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from xstilts.mini.concepts import CITIES, NOUNS, ORGANIZATION_NAMES, PEOPLE, QUALITIES, VERBS
from xstilts.mini.held_out import HELD_OUT

# What can weigh much or little without surprise.
WEIGHABLE = frozenset(("table", "chair", "box", "bag", "basket", "book", "bottle", "lamp", "clock"))


@dataclass(frozen=True)
class Vocabulary:
    """The words that may be drawn: all of them, or those that training rows may have."""

    held_out: bool

    def _keep(self, kind: str, words: Sequence[str]) -> tuple[str, ...]:
        return tuple(word for word in words if self.held_out or word not in HELD_OUT[kind])

    @cached_property
    def people(self) -> tuple[str, ...]:
        """Names of persons."""
        return self._keep("person", tuple(PEOPLE))

    @cached_property
    def cities(self) -> tuple[str, ...]:
        """Names of cities."""
        return self._keep("city", tuple(CITIES))

    @cached_property
    def organizations(self) -> tuple[str, ...]:
        """Names of organizations, without their sorts."""
        return self._keep("organization", ORGANIZATION_NAMES)

    @cached_property
    def verbs(self) -> tuple[str, ...]:
        """All verbs."""
        return self._keep("verb", tuple(VERBS))

    @cached_property
    def nouns(self) -> tuple[str, ...]:
        """All nouns."""
        return self._keep("noun", tuple(NOUNS))

    @cached_property
    def qualities(self) -> tuple[str, ...]:
        """All qualities."""
        return self._keep("quality", tuple(QUALITIES))

    def nouns_of(self, classes: str) -> tuple[str, ...]:
        """Nouns of any of the classes, or that are named themselves; none that says no more than a class."""
        return _nouns_of(self.held_out, classes)

    def qualities_of(self, noun: str) -> tuple[str, ...]:
        """Qualities that suit a noun."""
        return _qualities_of(self.held_out, noun)


@lru_cache(maxsize=1024)
def _nouns_of(held_out: bool, classes: str) -> tuple[str, ...]:
    wanted = set(classes.split())
    suitable = (noun for noun in Vocabulary(held_out).nouns if NOUNS[noun] & wanted or noun in wanted)
    return tuple(noun for noun in suitable if "general" not in NOUNS[noun])


@lru_cache(maxsize=1024)
def _qualities_of(held_out: bool, noun: str) -> tuple[str, ...]:
    def suits(quality: str) -> bool:
        if quality in ("heavy", "light"):
            return noun in WEIGHABLE
        classes = set(QUALITIES[quality][1].split())
        return bool(NOUNS[noun] & classes) or noun in classes

    return tuple(quality for quality in Vocabulary(held_out).qualities if suits(quality))
