"""The toy suite: six small tasks about one tiny world, in ordinary file formats, gold by construction.

English has train, dev and test; every other language has a test that translates the English one row by row. The
suite shows that the machinery works, and says nothing about any real language.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any, Protocol

from xstilts.toy.world import ACTIONS, CONCEPTS, OPPOSITE, Event, Language, Token, make_languages, spell

NLI_LABELS = ("entailment", "neutral", "contradiction")
NER_LABELS = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")
UPOS_LABELS = ("ADJ", "ADP", "ADV", "DET", "NOUN", "PRON", "PROPN", "PUNCT", "VERB")


@dataclass(frozen=True)
class Rows:
    """How many rows each task gets per split.

    Attributes:
        train: Rows of the tasks that serve as intermediate ones (toy_nli, toy_qa); the others, which are the ones
            to be helped, get a fifth of it.
        dev: Rows of the English dev sets.
        test: Rows of the test set of each language.
    """

    train: int = 1500
    dev: int = 200
    test: int = 200


class _Item(Protocol):
    """The meaning of one row, before any language."""

    def events(self) -> tuple[Event, ...]:
        """Every sentence of the row that no other split may have."""


@dataclass(frozen=True)
class _Pair:
    premise: Event
    hypothesis: Event
    label: str

    def events(self) -> tuple[Event, ...]:
        return (self.premise, self.hypothesis)


@dataclass(frozen=True)
class _Choice:
    context: Event
    choices: tuple[Event, ...]
    label: int

    def events(self) -> tuple[Event, ...]:
        return (self.context, *self.choices)


@dataclass(frozen=True)
class _Sentence:
    event: Event

    def events(self) -> tuple[Event, ...]:
        return (self.event,)


@dataclass(frozen=True)
class _Question:
    context: tuple[Event, ...]
    question: Event
    asked: int
    part: str

    def events(self) -> tuple[Event, ...]:
        return self.context


def write_suite(folder: Path, seed: int = 0, rows: Rows | None = None) -> None:
    """Writes the files of all tasks; the same seed and rows give the same bytes everywhere.

    Args:
        folder: Where the folders of the tasks go; it is made if it is missing.
        seed: Draws the words of the made-up languages and all rows.
        rows: Rows per split; `Rows()` if left out.
    """
    rows = rows or Rows()
    few = replace(rows, train=rows.train // 5)
    languages = make_languages(seed)
    for name, draw, write, suffix, sizes in (
        ("nli", _draw_pair, _write_pairs, "tsv", rows),
        ("choice", _draw_choice, _write_choices, "jsonl", few),
        ("ner", _draw_sentence, _write_entities, "conll", few),
        ("pos", _draw_open_sentence, _write_parts_of_speech, "conll", few),
        ("qa", _draw_question, _write_questions, "json", rows),
    ):
        splits = _draw_splits(Random(f"{name} {seed}"), draw, sizes)
        place = folder / name
        place.mkdir(parents=True, exist_ok=True)
        for split, items in splits.items():
            for code in ("en",) if split != "test" else languages:
                write(place / f"{code}-{split}.{suffix}", items, languages[code])
    bitext = _draw_splits(Random(f"bitext {seed}"), _draw_sentence, Rows(0, 0, rows.test))["test"]
    _write_bitext(folder / "bitext", bitext, languages)


def suite_text(folder: Path) -> Iterator[str]:
    """Every line of raw text that a toy encoder's vocabulary is made from: the bitexts, all languages."""
    for path in sorted((folder / "bitext").glob("*.txt")):
        yield from path.read_text(encoding="utf-8").splitlines()


def _draw_splits(random: Random, draw: Callable[[Random], Any], rows: Rows) -> dict[str, list[Any]]:
    """Items of test, dev and train; a later split has no sentence of an earlier one."""
    taken: set[Event] = set()
    splits: dict[str, list[Any]] = {}
    for split, count in (("test", rows.test), ("dev", rows.dev), ("train", rows.train)):
        items: dict[Any, None] = {}
        while len(items) < count:
            item = draw(random)
            if taken.isdisjoint(item.events()):
                items[item] = None
        splits[split] = list(items)
        taken.update(event for item in items for event in item.events())
    return splits


def _draw_event(random: Random) -> Event:
    """An event with a person, an object and a place; surnames, landmarks, qualities and times come and go."""

    def maybe(category: str, chance: float) -> tuple[str, ...]:
        return (random.choice(CONCEPTS[category]),) if random.random() < chance else ()

    return Event(
        who=(random.choice(CONCEPTS["person"]), *maybe("place", 0.3)),
        action=random.choice(ACTIONS),
        what=random.choice(CONCEPTS["object"]),
        where=(*maybe("landmark", 0.3), random.choice(CONCEPTS["place"])),
        quality=next(iter(maybe("quality", 0.4)), None),
        time=next(iter(maybe("time", 0.4)), None),
    )


def _another(random: Random, category: str, *than: str) -> str:
    return random.choice([name for name in CONCEPTS[category] if name not in than])


def _draw_pair(random: Random) -> _Pair:
    """A premise, and a hypothesis that leaves something of it open and says the same, the opposite or more."""
    event = _draw_event(random)
    label = random.choice(NLI_LABELS)
    shorter = replace(event, where=event.where if random.random() < 0.5 else None, time=None)
    vague = _vaguer(random, shorter)
    if label == "entailment":
        return _Pair(event, vague, label)
    if label == "contradiction":
        opposite = replace(vague, action=OPPOSITE[event.action])
        return _Pair(event, opposite if random.random() < 0.75 else replace(vague, never=True), label)
    if random.random() < 0.25:
        return _Pair(replace(event, time=None), replace(vague, time=random.choice(CONCEPTS["time"])), label)
    other = _another(random, "action", event.action, OPPOSITE[event.action])
    return _Pair(event, replace(vague, action=other), label)


def _vaguer(random: Random, event: Event) -> Event:
    """What follows from an event: the same with one part left open."""
    part = random.choice(("who", "what", "where") if event.where else ("who", "what"))
    if part == "who":
        return replace(event, who=("somebody",))
    if part == "what":
        return replace(event, what="something", quality=None)
    return replace(event, where=("somewhere",))


def _draw_choice(random: Random) -> _Choice:
    """What undoes an event: the same with the opposite action. Each wrong choice has some other action."""
    event = _draw_event(random)
    right = OPPOSITE[event.action]
    actions = [right]
    while len(actions) < 4:
        actions.append(_another(random, "action", event.action, *actions))
    random.shuffle(actions)
    short = replace(event, time=None, quality=None)
    return _Choice(event, tuple(replace(short, action=action) for action in actions), actions.index(right))


def _draw_sentence(random: Random) -> _Sentence:
    return _Sentence(_draw_event(random))


def _draw_open_sentence(random: Random) -> _Sentence:
    """A sentence that, half of the time, leaves a part open: "somebody", "something", "somewhere"."""
    event = _draw_event(random)
    return _Sentence(_vaguer(random, event) if random.random() < 0.5 else event)


def _draw_question(random: Random) -> _Question:
    """Events with all different people, actions and objects, and a question about a part of one of them."""
    count = 2
    people = random.sample(CONCEPTS["person"], count)
    actions = random.sample(ACTIONS, count)
    objects = random.sample(CONCEPTS["object"], count)
    context = []
    for person, action, thing in zip(people, actions, objects, strict=True):
        event = _draw_event(random)
        context.append(replace(event, who=(person, *event.who[1:]), action=action, what=thing))
    asked = random.randrange(count)
    part = random.choice(("who", "what", "where"))
    short = replace(context[asked], time=None, quality=None)
    if part == "where":
        return _Question(tuple(context), replace(short, where=("where",)), asked, part)
    open_part: dict[str, Any] = {"who": ("who",)} if part == "who" else {"what": "what"}
    return _Question(tuple(context), replace(short, where=None, **open_part), asked, part)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _write_pairs(path: Path, items: Sequence[_Pair], language: Language) -> None:
    rows = ((language.sentence(item.premise), language.sentence(item.hypothesis), item.label) for item in items)
    _write(path, "".join("\t".join(row) + "\n" for row in rows))


def _write_choices(path: Path, items: Sequence[_Choice], language: Language) -> None:
    rows = (
        {
            "id": f"choice-{index}",
            "context": language.sentence(item.context),
            "choices": [language.sentence(choice) for choice in item.choices],
            "label": item.label,
        }
        for index, item in enumerate(items)
    )
    _write(path, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


def _write_conll(
    path: Path, sentences: Iterable[Sequence[Token]], tags: Callable[[Sequence[Token]], list[str]]
) -> None:
    blocks = (
        "".join(f"{token.form}\t{tag}\n" for token, tag in zip(tokens, tags(tokens), strict=True))
        for tokens in sentences
    )
    _write(path, "\n".join(blocks))


def _write_entities(path: Path, items: Sequence[_Sentence], language: Language) -> None:
    _write_conll(path, (language.tokens(item.event) for item in items), _entity_tags)


def _entity_tags(tokens: Sequence[Token]) -> list[str]:
    names = {"who": "PER", "where": "LOC"}
    tags = []
    before = None
    for token in tokens:
        name = names.get(token.part)
        tags.append("O" if name is None else f"I-{name}" if token.part == before else f"B-{name}")
        before = token.part
    return tags


def _write_parts_of_speech(path: Path, items: Sequence[_Sentence], language: Language) -> None:
    sentences = (language.tokens(item.event) for item in items)
    _write_conll(path, sentences, lambda tokens: [token.upos for token in tokens])


def _write_questions(path: Path, items: Sequence[_Question], language: Language) -> None:
    paragraphs = []
    for index, item in enumerate(items):
        sentences = [language.tokens(event) for event in item.context]
        text = " ".join(spell(tokens) for tokens in sentences)
        before = sum(len(spell(tokens)) + 1 for tokens in sentences[: item.asked])
        start, end = _span(sentences[item.asked], item.part)
        answer = {"text": text[before + start : before + end], "answer_start": before + start}
        question = {"id": f"qa-{index}", "question": language.sentence(item.question, "?"), "answers": [answer]}
        paragraphs.append({"context": text, "qas": [question]})
    data = {"version": "1.1", "data": [{"title": "toy", "paragraphs": paragraphs}]}
    _write(path, json.dumps(data, ensure_ascii=False, indent=1) + "\n")


def _span(tokens: Sequence[Token], part: str) -> tuple[int, int]:
    """Character offsets of a part within the spelled sentence; its words stand together in every language."""
    first = next(index for index, token in enumerate(tokens) if token.part == part)
    words = [token.form for token in tokens if token.part == part]
    start = sum(len(token.form) + 1 for token in tokens[:first])
    return start, start + len(" ".join(words))


def _write_bitext(folder: Path, items: Sequence[_Sentence], languages: Mapping[str, Language]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for code, language in languages.items():
        if code == "en":
            continue
        for name, speaker in ((f"{code}.txt", language), (f"{code}.en.txt", languages["en"])):
            _write(folder / name, "".join(speaker.sentence(item.event) + "\n" for item in items))
