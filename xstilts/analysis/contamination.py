"""Overlap between what a study learns from and what it is evaluated on.

Three levels, each of which includes the one before: a row stands in both sets as it is; a row or a segment of it is
the same after normalizing; a segment is a near duplicate. A segment (premise, question, context, choice, sentence) is
a near duplicate if at least 70 % of its n-grams occur in the other set, wherever there: the overlap of n-grams that
Brown et al. (2020) and Chowdhery et al. (2022) look for, with n = 8 words, or 16 characters where there are no spaces.
Short segments count only as part of whole rows (`xstilts.analysis.fingerprints`).

The sets that are evaluated are indexed as sorted 64-bit numbers, those that are learned from pass by in blocks, so
memory is bounded by one set and one index.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from xstilts.analysis.fingerprints import CHARACTERS, FEWEST_CHARACTERS, FEWEST_WORDS, WORDS, Fingerprints, segments
from xstilts.data.examples import Example

Integers = NDArray[np.int64]
Use = Literal["train", "read", "dev", "tune", "test"]
Level = Literal["row", "segment", "near"]

CONTAINED = 0.7
"""Share of a segment's n-grams that makes it a near duplicate."""
METHOD = {
    "ngram_words": WORDS,
    "ngram_characters": CHARACTERS,
    "fewest_words": FEWEST_WORDS,
    "fewest_characters": FEWEST_CHARACTERS,
    "contained": CONTAINED,
}
_BLOCK = 20_000  # rows that pass by at once
_INDEXED = 100_000_000  # characters of evaluated text that are indexed at once
_EXAMPLES, _CLIPPED = 3, 160
_SEGMENT_BITS = 12


@dataclass(frozen=True)
class Part:
    """Rows of one language and split of a task, and what the study does with them.

    Attributes:
        task: Name of the task.
        language: Code.
        split: Split or slice.
        use: train: learned from with labels; read: its raw text was learned from; dev: chose a checkpoint; tune: set
            a threshold; test: evaluated.
        users: The recipes that learn from it, or the targets that it evaluates.
        load: Reads the rows.
    """

    task: str
    language: str
    split: str
    use: Use
    users: tuple[str, ...]
    load: Callable[[], Sequence[Example]]

    @property
    def name(self) -> str:
        """Task, language and split."""
        return f"{self.task} {self.language} {self.split}"


@dataclass(frozen=True)
class Match:
    """One evaluated row, or a segment of it, and where it was learned from; texts are clipped."""

    level: Level
    evaluated_id: str
    evaluated_role: str
    evaluated_text: str
    seen_id: str
    seen_role: str
    seen_text: str


@dataclass(frozen=True)
class Overlap:
    """What two parts have in common.

    Attributes:
        seen: The part that is learned from.
        evaluated: The part that is evaluated.
        rows: Rows of the evaluated part; of a bitext both sides.
        exact: Evaluated rows that stand in the other part as they are.
        normalized: Evaluated rows that do, as a whole or with a segment, after normalizing; `exact` included.
        touched: Evaluated rows that do, or that have a segment which is a near duplicate.
        segments: Role -> evaluated rows with a segment of this role that is in the other part.
        matches: A few of them.
    """

    seen: Part
    evaluated: Part
    rows: int
    exact: int
    normalized: int
    touched: int
    segments: dict[str, int]
    matches: tuple[Match, ...]

    @property
    def share(self) -> float:
        """Share of the evaluated rows that is touched, 0 to 1."""
        return self.touched / self.rows


def find_overlaps(
    seen: Sequence[Part],
    evaluated: Sequence[Part],
    watch: Callable[[str, int], None] = lambda name, rows: None,
    indexed: int = _INDEXED,
) -> list[Overlap]:
    """Compares every part that is learned from with every part that is evaluated.

    Args:
        seen: Parts that are learned from; read once for every index.
        evaluated: Parts that are evaluated; read once.
        watch: Called with the name and the rows of every part that was compared.
        indexed: Characters of evaluated text that are indexed at once.

    Returns:
        One entry per pair of parts that share anything.
    """
    found: list[Overlap] = []
    for index in _indexes(evaluated, indexed):
        for part in seen:
            rows = part.load()
            found += index.overlaps(part, rows)
            watch(part.name, len(rows))
    order = [part.name for part in evaluated]
    places = {id(part): place for place, part in enumerate(seen)}
    return sorted(found, key=lambda one: (places[id(one.seen)], order.index(one.evaluated.name)))


def _indexes(evaluated: Sequence[Part], most: int) -> Iterator[_Index]:
    """Indexes of as many parts as fit."""
    held: list[tuple[Part, Sequence[Example]]] = []
    characters = 0
    for part in evaluated:
        rows = part.load()
        size = sum(len(text) for row in rows for _, text in segments(row))
        if held and characters + size > most:
            yield _Index(held)
            held, characters = [], 0
        held.append((part, rows))
        characters += size
    if held:
        yield _Index(held)


class _Index:
    """Rows and segments of several evaluated parts, numbered through."""

    def __init__(self, parts: Sequence[tuple[Part, Sequence[Example]]]) -> None:
        self._parts = parts
        prints = Fingerprints()
        row_of: list[int] = []
        role_of: list[int] = []
        ends = [0]
        numbers: dict[str, int] = {}
        for _, rows in parts:
            for example in rows:
                pieces = segments(example)
                row_of += [len(prints.rows)] * len(pieces)
                role_of += [numbers.setdefault(role, len(numbers)) for role, _ in pieces]
                prints.add(text for _, text in pieces)
            ends.append(len(prints.rows))
        self._roles = list(numbers)
        self._row = np.asarray(row_of, dtype=np.int64)
        self._role = np.asarray(role_of, dtype=np.int64)
        self._ends = ends
        self._exact, self._exact_of = _keys(prints.rows)
        self._plain, self._plain_of = _keys(prints.plain_rows)
        self._whole, self._whole_of = _keys(prints.wholes)
        hashes, owners = prints.ngrams()
        order = np.argsort(owners, kind="stable")
        self._gram_owner = owners[order]
        self._gram, self._gram_of = np.unique(hashes[order], return_inverse=True)
        self._grams = np.bincount(self._gram_owner, minlength=len(self._row))
        self._gram_ends = np.cumsum(self._grams)

    def overlaps(self, part: Part, rows: Sequence[Example]) -> Iterator[Overlap]:
        """What a part that is learned from shares with each of the index's parts."""
        exact, plain, whole, gram = (
            np.full(len(keys), -1, dtype=np.int64) for keys in (self._exact, self._plain, self._whole, self._gram)
        )
        known: dict[int, int] = {}
        for start in range(0, len(rows), _BLOCK):
            prints, codes = Fingerprints(), []
            block = range(start, min(start + _BLOCK, len(rows)))
            for row in block:
                places = prints.add((text for _, text in segments(rows[row])), known)
                codes += [(row << _SEGMENT_BITS) + place for place in places]
            numbers, code = np.asarray(block, dtype=np.int64), np.asarray(codes, dtype=np.int64)
            _mark(self._exact, exact, np.asarray(prints.rows, dtype=np.int64), numbers)
            _mark(self._plain, plain, np.asarray(prints.plain_rows, dtype=np.int64), numbers)
            _mark(self._whole, whole, np.asarray(prints.wholes, dtype=np.int64), code)
            hashes, owners = prints.ngrams()
            _mark(self._gram, gram, hashes, code[owners])
        same_row, same_plain, same = (
            np.where(keys[places] != 0, first[places], -1)
            for keys, places, first in (
                (self._exact, self._exact_of, exact),
                (self._plain, self._plain_of, plain),
                (self._whole, self._whole_of, whole),
            )
        )
        seen = gram[self._gram_of]
        shared = np.bincount(self._gram_owner, weights=seen >= 0, minlength=len(self._row))
        near = (self._grams > 0) & (shared >= CONTAINED * self._grams)
        yield from self._summaries(part, rows, same_row, same_plain, same, near, seen)

    def _summaries(
        self,
        part: Part,
        rows: Sequence[Example],
        exact: Integers,
        plain: Integers,
        same: Integers,
        near: NDArray[np.bool_],
        seen: Integers,
    ) -> Iterator[Overlap]:
        count = len(exact)
        normalized = (exact >= 0) | (plain >= 0) | _rows_with(self._row[same >= 0], count)
        touched = normalized | _rows_with(self._row[near], count)
        hit = (same >= 0) | near
        for number, (evaluated, examples) in enumerate(self._parts):
            here = slice(self._ends[number], self._ends[number + 1])
            if not touched[here].any():
                continue
            mine = np.flatnonzero(hit & (self._row >= here.start) & (self._row < here.stop))
            by_role = {
                role: len(np.unique(self._row[mine[self._role[mine] == at]])) for at, role in enumerate(self._roles)
            }
            witnesses = _Witnesses(examples, rows)
            whole_rows = np.where(exact[here] >= 0, exact[here], plain[here])
            for row in np.flatnonzero(whole_rows >= 0).tolist():
                if not witnesses.add_row(row, int(whole_rows[row])):
                    break
            for unit in [*mine[same[mine] >= 0].tolist(), *mine[same[mine] < 0].tolist()]:
                level: Level = "segment" if same[unit] >= 0 else "near"
                code = int(same[unit]) if level == "segment" else self._witness(unit, seen)
                owner = int(self._row[unit])
                place = unit - int(np.searchsorted(self._row, owner))
                if not witnesses.add_segment(level, owner - here.start, place, code):
                    break
            yield Overlap(
                part,
                evaluated,
                len(examples),
                int((exact[here] >= 0).sum()),
                int(normalized[here].sum()),
                int(touched[here].sum()),
                {role: rows_touched for role, rows_touched in by_role.items() if rows_touched},
                tuple(witnesses.found),
            )

    def _witness(self, unit: int, seen: Integers) -> int:
        """The segment that was learned from and has most of the n-grams of an evaluated one, where each is first."""
        codes = seen[self._gram_ends[unit] - self._grams[unit] : self._gram_ends[unit]]
        values, counts = np.unique(codes[codes >= 0], return_counts=True)
        return int(values[counts.argmax()])


class _Witnesses:
    """A few matches, each of another row and other texts than those before."""

    def __init__(self, evaluated: Sequence[Example], seen: Sequence[Example]) -> None:
        self._evaluated, self._seen = evaluated, seen
        self._codes: set[tuple[bool, int]] = set()
        self._rows: set[int] = set()
        self.found: list[Match] = []

    def add_row(self, row: int, seen_row: int) -> bool:
        """Adds a row that is the same as a whole; whether more are wanted."""
        roles, texts = zip(*segments(self._evaluated[row]), strict=True)
        seen_roles, seen_texts = zip(*segments(self._seen[seen_row]), strict=True)
        names, seen_names = " + ".join(dict.fromkeys(roles)), " + ".join(dict.fromkeys(seen_roles))
        return self._add("row", row, names, " / ".join(texts), seen_row, seen_row, seen_names, " / ".join(seen_texts))

    def add_segment(self, level: Level, row: int, place: int, code: int) -> bool:
        """Adds a segment; whether more are wanted."""
        seen_row, seen_place = code >> _SEGMENT_BITS, code & ((1 << _SEGMENT_BITS) - 1)
        role, text = segments(self._evaluated[row])[place]
        seen_role, seen_text = segments(self._seen[seen_row])[seen_place]
        return self._add(level, row, role, text, code, seen_row, seen_role, seen_text)

    def _add(
        self, level: Level, row: int, role: str, text: str, code: int, seen_row: int, seen_role: str, seen_text: str
    ) -> bool:
        key = (level == "row", code)
        if len(self.found) < _EXAMPLES and key not in self._codes and row not in self._rows:
            self._codes.add(key)
            self._rows.add(row)
            self.found.append(
                Match(
                    level,
                    self._evaluated[row].id,
                    role,
                    _clipped(text),
                    self._seen[seen_row].id,
                    seen_role,
                    _clipped(seen_text),
                )
            )
        return len(self.found) < _EXAMPLES


def _clipped(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _CLIPPED else line[: _CLIPPED - 1].rstrip() + "…"


def _keys(hashes: Sequence[int]) -> tuple[Integers, Integers]:
    """The distinct numbers, sorted, and where in them each number stands."""
    keys, places = np.unique(np.asarray(hashes, dtype=np.int64), return_inverse=True)
    return keys, places


def _mark(keys: Integers, first: Integers, hashes: Integers, codes: Integers) -> None:
    """Notes for each key the code that first came with it, unless one was noted before."""
    if not len(keys):
        return
    at = np.minimum(np.searchsorted(keys, hashes), len(keys) - 1)
    new = (keys[at] == hashes) & (first[at] < 0)
    # Of several codes for one place the assignment keeps the last, so the first come last.
    first[at[new][::-1]] = codes[new][::-1]


def _rows_with(rows: Integers, count: int) -> NDArray[np.bool_]:
    return np.asarray(np.bincount(rows, minlength=count) > 0)
