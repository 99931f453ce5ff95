"""The solver decides as a reader would, and the labels of the suite are what it decides."""

from __future__ import annotations

import inspect
from collections import Counter

import pytest

from xstilts.mini import entailment
from xstilts.mini.entailment import decide, same_meaning
from xstilts.mini.language import spelled
from xstilts.mini.languages import load_language
from xstilts.mini.meaning import (
    City,
    Comparison,
    Country,
    Event,
    Linked,
    Noun,
    People,
    Person,
    Possession,
    Profession,
    Quality,
    Question,
    State,
    Statement,
)
from xstilts.mini.rows import Pair
from xstilts.mini.suite import rows_of

ANNA, OMAR, EVA = Person("Anna"), Person("Omar"), Person("Eva")
RED_CAR, CAR, VEHICLE = Noun("car", "red"), Noun("car"), Noun("vehicle")
SOLD = Event("sell", ANNA, RED_CAR, OMAR, City("Paris"), "yesterday")
TEACHER, EGGS = Noun("teacher", definite=True), Noun("egg", count=2)
OLDER = Comparison(ANNA, "older", OMAR)
CHAIN = Linked(OLDER, "and", Comparison(OMAR, "older", EVA))
BECAUSE = Linked(Event("sleep", ANNA), "because", State(ANNA, "tired", "past"))
E, N, C = "entailment", "neutral", "contradiction"


def no(**parts: object) -> Event:
    """Anna did not sell ... to Omar."""
    return Event(**{"verb": "sell", "subject": ANNA, "object": CAR, "partner": OMAR, "negated": True, **parts})


CASES: list[tuple[Statement, Statement, str]] = [
    (SOLD, Event("sell", ANNA, CAR, OMAR), E),
    (SOLD, Event("sell", ANNA, VEHICLE, OMAR, Country("France")), E),
    (SOLD, Event("buy", OMAR, RED_CAR, ANNA, time="yesterday"), E),
    (SOLD, Event("buy", ANNA, RED_CAR, OMAR), N),
    (SOLD, Event("sell", OMAR, RED_CAR, ANNA), N),
    (SOLD, Event("sell", ANNA, RED_CAR, OMAR, City("Paris"), "yesterday", "future"), N),
    (SOLD, no(), C),
    (SOLD, no(object=Noun("car", "white")), N),
    (SOLD, no(object=Noun("house")), N),
    (Event("sell", ANNA, CAR, OMAR), SOLD, N),
    (no(object=VEHICLE), no(object=RED_CAR), E),
    (no(object=RED_CAR), no(), N),
    (no(object=VEHICLE), SOLD, C),
    (no(object=RED_CAR), Event("sell", ANNA, CAR, OMAR), N),
    (no(), Event("buy", OMAR, CAR, ANNA, negated=True), E),
    (Event("sleep", ANNA, time="this morning"), Event("sleep", ANNA, time="today"), E),
    (Event("sleep", ANNA, time="today"), Event("sleep", ANNA, time="this morning"), N),
    (Event("sleep", ANNA, tense="present"), Event("sleep", ANNA, time="now", tense="present"), E),
    (Event("sleep", People(ANNA, OMAR)), Event("sleep", OMAR), E),
    (Event("sleep", People(ANNA, OMAR)), Event("sleep", People(OMAR, ANNA)), E),
    (Event("sleep", OMAR), Event("sleep", People(ANNA, OMAR)), N),
    (Event("sleep", People(ANNA, OMAR), negated=True), Event("sleep", OMAR), C),
    (Event("sleep", OMAR, negated=True), Event("sleep", People(ANNA, OMAR)), C),
    (Event("build", People(ANNA, OMAR), Noun("house")), Event("build", OMAR, Noun("house")), N),
    (Event("eat", People(ANNA, OMAR), Noun("egg", count=2)), Event("eat", OMAR, Noun("egg", count=2)), N),
    (Event("eat", ANNA, Noun("egg", count=2)), Event("eat", ANNA, Noun("egg", count=3)), C),
    (Event("eat", ANNA, Noun("egg", count=2)), Event("eat", ANNA, Noun("egg", count=3), negated=True), E),
    (Event("eat", ANNA, Noun("apple", count=2)), Event("eat", ANNA, Noun("fruit", count=2)), N),
    (OLDER, Comparison(OMAR, "younger", ANNA), E),
    (OLDER, Comparison(OMAR, "older", ANNA), C),
    (OLDER, Comparison(OMAR, "older", ANNA, negated=True), E),
    (OLDER, Comparison(ANNA, "taller", OMAR), N),
    (Comparison(ANNA, "older", OMAR, negated=True), Comparison(ANNA, "younger", OMAR), N),
    (CHAIN, Comparison(EVA, "younger", ANNA), E),
    (CHAIN, Comparison(EVA, "older", ANNA), C),
    (Linked(OLDER, "and", Comparison(EVA, "older", OMAR)), Comparison(EVA, "older", ANNA), N),
    (Quality(Noun("car", owner=ANNA), "big"), Quality(Noun("car", owner=ANNA), "small"), C),
    (Quality(Noun("car", owner=ANNA), "big", negated=True), Quality(Noun("car", owner=ANNA), "small"), N),
    (Quality(Noun("car", owner=ANNA), "red"), Possession(ANNA, RED_CAR), E),
    (Quality(Noun("car", owner=ANNA), "big"), Possession(ANNA, RED_CAR), N),
    (State(Noun("car", owner=ANNA), "broken"), Possession(ANNA, VEHICLE, negated=True), C),
    (State(Noun("car", owner=ANNA), "broken", "past"), Possession(ANNA, CAR), N),
    (Possession(ANNA, VEHICLE, negated=True), Possession(ANNA, RED_CAR, negated=True), E),
    (Possession(ANNA, Noun("goat", count=2)), Possession(ANNA, Noun("goat", count=4)), C),
    (Profession(ANNA, "doctor"), Profession(ANNA, "nurse"), C),
    (Profession(ANNA, "doctor"), Profession(OMAR, "nurse"), N),
    (Profession(ANNA, "doctor", negated=True), Profession(ANNA, "nurse"), N),
    (Event("live", ANNA, place=City("Paris"), tense="present"), Event("live", ANNA, place=Country("France")), N),
    (
        Event("live", ANNA, place=City("Paris"), tense="present"),
        Event("live", ANNA, place=Country("Italy"), tense="present"),
        C,
    ),
    (Event("live", ANNA, place=City("Paris")), Event("live", ANNA, place=City("Rome")), N),
    (Event("visit", ANNA, City("Paris")), Event("visit", ANNA, City("Rome")), N),
    (BECAUSE, Event("sleep", ANNA), E),
    (BECAUSE, Linked(State(ANNA, "tired", "past"), "and", Event("sleep", ANNA)), E),
    (BECAUSE, State(ANNA, "tired", "past", negated=True), C),
    (BECAUSE, Linked(BECAUSE.second, "because", BECAUSE.first), N),
    (BECAUSE, Linked(BECAUSE.first, "because", BECAUSE.second, reason_first=True), E),
    (Linked(BECAUSE.first, "and", BECAUSE.second), BECAUSE, N),
    (Event("meet", ANNA, OMAR), Event("meet", OMAR, ANNA), E),
    (Event("meet", ANNA, OMAR), Event("meet", OMAR, ANNA, negated=True), C),
    (Event("meet", ANNA, OMAR, negated=True), Event("meet", OMAR, ANNA, negated=True), E),
    (Event("meet", ANNA, TEACHER, time="yesterday"), Event("meet", Noun("person"), ANNA), E),
    (Event("meet", People(ANNA, OMAR), EVA), Event("meet", EVA, OMAR), E),
    (Event("help", ANNA, OMAR), Event("help", OMAR, ANNA), N),
    (Event("eat", ANNA, EGGS, time="yesterday"), Event("eat", ANNA, EGGS), N),
    (Event("eat", ANNA, EGGS, place=City("Rome")), Event("eat", ANNA, EGGS, place=Country("Italy")), N),
    (Event("eat", ANNA, EGGS, time="yesterday"), Event("eat", ANNA, Noun("egg", count=3)), N),
    (Event("eat", ANNA, EGGS, time="yesterday"), Event("eat", ANNA, Noun("egg", count=3), time="yesterday"), C),
    (Event("find", ANNA, Noun("key", "heavy", 2)), Event("find", ANNA, Noun("key", count=2)), N),
    (Event("find", ANNA, Noun("key", count=2), negated=True), Event("find", ANNA, Noun("key", "old", 2)), N),
    (Event("eat", TEACHER, EGGS), Event("eat", Noun("person"), EGGS), E),
    (Possession(ANNA, Noun("goat", "white", 2)), Possession(ANNA, Noun("goat", count=2)), N),
    (Possession(ANNA, Noun("goat", "white", 2)), Possession(ANNA, Noun("goat", count=3)), N),
    (Event("see", ANNA, Noun("fish", "big")), Event("see", ANNA, Noun("animal", "big")), N),
    (Event("see", ANNA, Noun("fish", "big")), Event("see", ANNA, Noun("animal")), E),
    (Event("see", ANNA, Noun("horse", "white")), Event("see", ANNA, Noun("animal", "white")), E),
    (Quality(Noun("car", owner=ANNA), "cheap"), Possession(ANNA, Noun("vehicle", "cheap")), N),
    (Quality(Noun("car", owner=ANNA), "red"), Possession(ANNA, Noun("vehicle", "red")), E),
    (Event("write", People(ANNA, OMAR), Noun("letter")), Event("write", ANNA, Noun("letter")), N),
    (Event("write", People(ANNA, OMAR), Noun("letter")), Event("write", People(OMAR, ANNA), Noun("letter")), E),
    (Event("help", People(ANNA, OMAR), TEACHER), Event("help", OMAR, TEACHER), E),
    (Event("go", People(ANNA, OMAR), place=City("Rome")), Event("go", ANNA, place=City("Rome")), E),
]


def said(statement: Statement | Question) -> str:
    return spelled(load_language("en").sentence(statement))


@pytest.mark.parametrize(
    ("premise", "hypothesis", "label"), CASES, ids=lambda value: value if value in (E, N, C) else ""
)
def test_the_solver_decides_as_a_reader_would(premise: Statement, hypothesis: Statement, label: str) -> None:
    assert decide(premise, hypothesis) == label, f"{said(premise)} | {said(hypothesis)}"


def test_the_solver_shares_nothing_with_what_draws_the_rows() -> None:
    source = inspect.getsource(entailment)
    used = [line for line in source.splitlines() if line.startswith(("from xstilts", "import xstilts"))]
    assert used == [
        "from xstilts.mini.concepts import CITIES, COMPARISONS, GENERAL, NOUNS, QUALITIES, VERBS",
        "from xstilts.mini.meaning import (",
    ]


@pytest.mark.parametrize("split", ["train", "dev", "test"])
def test_labels_of_inference_are_the_solvers(split) -> None:
    for row in rows_of("nli", split):
        assert isinstance(row, Pair)
        assert decide(row.first, row.second) == row.label, f"{said(row.first)} | {said(row.second)}"


@pytest.mark.parametrize("split", ["train", "dev", "test"])
def test_labels_of_paraphrase_are_the_solvers(split) -> None:
    for row in rows_of("paraphrase", split):
        assert isinstance(row, Pair)
        same = same_meaning(row.first, row.second)
        assert ("same" if same else "different") == row.label, f"{said(row.first)} | {said(row.second)}"


def share_of_best_guess(seen: list[tuple[object, str]]) -> float:
    """How often the most frequent label of each value of a cue is right."""
    counts: dict[object, Counter[str]] = {}
    for cue, label in seen:
        counts.setdefault(cue, Counter())[label] += 1
    return sum(max(found.values()) for found in counts.values()) / len(seen)


def denied(statement: Statement) -> bool:
    parts = (statement.first, statement.second) if isinstance(statement, Linked) else (statement,)
    return any(part.negated for part in parts)


def test_no_single_cue_tells_the_label() -> None:
    rows = [row for row in rows_of("nli", "train")[:1800] if isinstance(row, Pair)]
    assert Counter(row.label for row in rows) == {E: 600, N: 600, C: 600}
    assert share_of_best_guess([(denied(row.second), row.label) for row in rows]) < 0.42
    assert share_of_best_guess([((denied(row.first), denied(row.second)), row.label) for row in rows]) < 0.52
    words = [(set(said(row.first).lower().split()), set(said(row.second).lower().split())) for row in rows]
    overlap = [(len(one & other) * 4 // len(other), row.label) for (one, other), row in zip(words, rows, strict=True)]
    assert share_of_best_guess(overlap) < 0.45
    longer = [(len(one) > len(other), row.label) for (one, other), row in zip(words, rows, strict=True)]
    assert share_of_best_guess(longer) < 0.5


def test_pairs_of_paraphrase_have_nearly_the_same_words() -> None:
    rows = [row for row in rows_of("paraphrase", "train")[:600] if isinstance(row, Pair)]
    assert Counter(row.label for row in rows) == {"same": 300, "different": 300}
    for label in ("same", "different"):
        shared = []
        for row in rows:
            if row.label == label:
                one, other = (set(said(side).lower().strip(".").split()) for side in (row.first, row.second))
                shared.append(len(one & other) / len(one | other))
        assert sum(shared) / len(shared) > 0.6
