"""The rows of the suite: the same in every language, apart in every split, exact in every file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from xstilts.catalogue import Tasks
from xstilts.data.examples import ChoiceExample, QuestionExample, SentenceExample, TextExample, TokenExample
from xstilts.errors import InputError
from xstilts.mini import suite
from xstilts.mini.concepts import CITIES, NOUNS, ORGANIZATION_NAMES, PEOPLE, QUALITIES, VERBS
from xstilts.mini.held_out import HELD_OUT, is_held_out
from xstilts.mini.language import spelled
from xstilts.mini.languages import language_codes, load_language
from xstilts.mini.meaning import (
    City,
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
    clauses_of,
)
from xstilts.mini.pools import pool_of
from xstilts.mini.rows import Choice, Passage
from xstilts.mini.sentences import identity
from xstilts.mini.suite import RAW, SPLITS, TASKS, Sizes, rows_of, span, splits_of, write_split, write_suite

SIZES = Sizes(train=60, tagged=60, dev=20, test=40, retrieval=30, mined=8, text=120, parallel=30)
CODES = language_codes()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data")
    write_suite(path, SIZES)
    return path


def loaded(folder: Path, task: str, code: str, split: str) -> list:
    return list(Tasks()[f"mini-{task}"].load(folder, code, split).examples)


def places() -> Iterator[tuple[str, str]]:
    yield from ((task, split) for task in TASKS for split in splits_of(task))


@pytest.mark.parametrize(("task", "split"), places())
def test_rows_are_parallel_in_all_languages(folder, task, split):
    codes = [code for code in CODES if code != "en" or task not in ("retrieval", "mining")]
    reference = loaded(folder, task, codes[0], split)
    for code in codes[1:]:
        rows = loaded(folder, task, code, split)
        assert [row.id.replace(f"{code}-", f"{codes[0]}-") for row in rows] == [row.id for row in reference]
        for row, other in zip(rows, reference, strict=True):
            match row, other:
                case (TextExample(), _) | (ChoiceExample(), _) | (SentenceExample(), _):
                    assert row.gold == other.gold
                case QuestionExample(), QuestionExample():
                    assert bool(row.answers) == bool(other.answers)
                case TokenExample(), TokenExample():
                    assert len(row.tags or ()) == len(row.tokens)
                    if task == "ner":
                        kinds = [sorted(tag for tag in one.tags or () if tag[0] == "B") for one in (row, other)]
                        assert kinds[0] == kinds[1]


@pytest.mark.parametrize("code", CODES)
def test_answers_are_the_part_that_is_asked_for(folder, code):
    language = load_language(code)
    for task in ("qa", "qa2"):
        rows = [row for row in rows_of(task, "test", SIZES) if isinstance(row, Passage)]
        for row, example in zip(rows, loaded(folder, task, code, "test"), strict=True):
            if row.answered is None:
                assert example.answers == ()
                continue
            (answer,) = example.answers
            assert example.context[answer.start :].startswith(answer.text)
            words = language.sentence(row.text[row.answered])
            start, end = span(words, row.part)
            assert spelled(words)[start:end] == answer.text


def test_a_part_that_is_not_there_or_not_whole_is_an_error():
    words = load_language("en").sentence(Event("sleep", Person("Anna")))
    with pytest.raises(ValueError, match=r"'place' in 'Anna slept\."):
        span(words, "place")


ANNA, OMAR, EVA = Person("Anna"), Person("Omar"), Person("Eva")


def sentences_of(split: str, sizes: Sizes, code: str) -> set[str]:
    language = load_language(code)
    tasks = [task for task in (*TASKS, *(RAW if split == "train" else ())) if split in splits_of(task)]
    meanings = {one for task in tasks for row in rows_of(task, split, sizes) for one in row.sentences()}
    return {spelled(language.sentence(meaning)) for meaning in meanings}


@pytest.mark.parametrize("code", CODES)
def test_no_sentence_is_in_two_splits_of_any_tasks(code):
    sizes = Sizes(train=400, tagged=400, dev=100, test=200, retrieval=200, mined=60, text=1500, parallel=400)
    train, dev, test = (sentences_of(split, sizes, code) for split in SPLITS)
    assert not train & dev
    assert not train & test
    assert not dev & test


def test_sentences_that_a_language_may_spell_alike_are_in_one_pool():
    sold = Event("sell", Person("Anna"), Noun("car"), Person("Omar"), time="yesterday")
    others = [
        Event("buy", Person("Omar"), Noun("car", definite=True), Person("Anna"), time="yesterday", front="time"),
        Event("sell", Person("Anna"), Noun("car"), Person("Omar"), time="yesterday", negated=True, tense="future"),
    ]
    assert {pool_of(one) for one in others} == {pool_of(sold)}
    older = Comparison(Person("Anna"), "older", Person("Omar"))
    assert pool_of(older) == pool_of(Comparison(Person("Omar"), "younger", Person("Anna")))
    assert pool_of(Linked(older, "and", sold)) == pool_of(Linked(sold, "and", older))


def test_no_clause_of_a_training_sentence_is_a_sentence_of_another_pool():
    sizes = Sizes(train=300, tagged=300, text=600, parallel=300)
    linked = [
        one
        for task in (*TASKS, *RAW)
        if "train" in splits_of(task)
        for row in rows_of(task, "train", sizes)
        for one in row.sentences()
        if isinstance(one, Linked)
    ]
    assert len(linked) > 200
    assert {pool_of(clause) for one in linked for clause in clauses_of(one)} == {"train"}


def some_meanings() -> Iterator[Statement | Question]:
    """Meanings of every form, always the same."""
    for person, noun, city in zip(map(Person, PEOPLE), NOUNS, CITIES, strict=False):
        yield Event("sleep", person, place=City(city), time="yesterday")
        yield Event("give", person, Noun(noun, "red", 2), Noun("cook", definite=True))
    for person in (ANNA, EVA):
        yield Event("write", People(person, OMAR), Noun("letter", owner=Person("Leo")), time="tomorrow", tense="future")
        yield Event("meet", person, OMAR)
        yield Event("work", person, place=Organization("bank", "Solara"), tense="present")
        yield State(person, "tired")
        yield Quality(Noun("car", owner=person), "big")
        yield Profession(person, "nurse")
        yield Comparison(person, "taller", OMAR)
        yield Possession(person, Noun("goat", "white", 3))
        yield Linked(Event("sleep", person), "because", State(person, "tired", "past"))
        yield Linked(Profession(person, "nurse"), "and", Event("run", OMAR))
        yield Question(Event("buy", OMAR, Noun("hat", count=2), person), "count")
        yield Question(Event("travel", person, place=Country("Peru")), "place")
        yield Question(Possession(person, Noun("key", "old")), "thing")


POOLS = "tt..t.t.t.d.t.t.........d.tt...t...ddd.ddt.dtdt......dtdd..dtttttt.tdd.dt.t..."


def test_the_pools_of_meanings_stay_as_they_are():
    found = "".join({"train": ".", "dev": "d", "test": "t"}[pool_of(meaning)] for meaning in some_meanings())
    assert found == POOLS, (
        "the pools have changed: the encoder that is shipped was pretrained on sentences of the pool `train`, so with "
        "other pools it has seen sentences of the test sets; pretrain it anew, or leave `pools.key` and the shares"
    )


def test_training_rows_have_nothing_held_out_and_half_of_the_test_rows_have():
    sizes = Sizes(train=300, tagged=300, dev=100, test=400, retrieval=400, mined=100)
    for task, split in places():
        rows = rows_of(task, split, sizes)
        share = sum(any(map(is_held_out, row.sentences())) for row in rows) / len(rows)
        if split == "test":
            assert 0.35 < share < 0.65, task
        else:
            assert share == 0, (task, split)


def test_what_is_held_out_are_known_words_and_the_text_has_them_all():
    kinds = {"person": PEOPLE, "city": CITIES, "organization": ORGANIZATION_NAMES, "noun": NOUNS, "verb": VERBS}
    for kind, known in {**kinds, "quality": QUALITIES}.items():
        assert HELD_OUT[kind] <= set(known)
        assert 0.1 < len(HELD_OUT[kind]) / len(known) < 0.2, kind
    text = {word for row in rows_of("text", "train") for one in row.sentences() for word in english(one).split()}
    names = [*PEOPLE, *CITIES, *ORGANIZATION_NAMES, *NOUNS, *QUALITIES]
    assert [word for word in names if not text & {word, f"{word}'s", f"{word[0].upper()}{word[1:]}"}] == []


def english(meaning) -> str:
    return spelled(load_language("en").sentence(meaning)).replace(".", "").replace(",", "").replace("?", "")


def test_the_right_choice_is_not_told_by_the_choices_or_their_place():
    rows = [row for row in rows_of("choice", "train", Sizes(train=1200)) if isinstance(row, Choice)]
    places_of_right = [row.right for row in rows]
    assert all(250 < places_of_right.count(at) < 350 for at in range(4))
    right = [row.outcomes[row.right].verb for row in rows]
    wrong = [one.verb for row in rows for at, one in enumerate(row.outcomes) if at != row.right]
    for verb in set(wrong):
        if wrong.count(verb) > 60:
            assert 0.12 < right.count(verb) / (right.count(verb) + wrong.count(verb)) < 0.5, verb


@pytest.mark.parametrize("code", CODES)
def test_competing_sentences_are_all_different(code):
    language = load_language(code)
    for task, split in (("retrieval", "test"), ("mining", "dev"), ("mining", "test")):
        meanings = [one for row in rows_of(task, split) for one in row.sentences()]
        assert len({identity(one) for one in meanings}) == len(meanings)
        assert len({spelled(language.sentence(one)) for one in meanings}) == len(meanings), task


def test_mining_has_pairs_and_as_many_others_on_each_side(folder):
    for code in CODES[1:3]:
        rows = loaded(folder, "mining", code, "dev")
        sources = [row for row in rows if row.side == "source"]
        targets = [row for row in rows if row.side == "target"]
        assert len(sources) == len(targets) == 8 * 4
        assert sum(bool(row.matches) for row in sources) == 8


def gold_of_mining(folder: Path, code: str, split: str) -> list[tuple[str, str]]:
    """The numbers of the lines of each pair."""
    rows = loaded(folder, "mining", code, split)
    return [(row.id.split("-")[1], match.split("-")[1]) for row in rows for match in row.matches or ()]


def test_a_pair_of_mining_stands_at_different_places_in_each_split_and_for_each_seed(folder, tmp_path):
    dev, test = (gold_of_mining(folder, "de", split) for split in ("dev", "test"))
    assert len(dev) == len(test) == 8
    assert sum(source == target for source, target in dev) < 4
    assert len(set(dev) & set(test)) < 4
    write_split(tmp_path / "mini", "mining", "de", "dev", SIZES, seed=1)
    assert len(set(dev) & set(gold_of_mining(tmp_path, "de", "dev"))) < 4
    assert gold_of_mining(folder, "sw", "dev") == dev


@pytest.mark.parametrize("code", ["de", "sw", "zh"])
def test_lines_match_their_translations(folder, code):
    languages = (load_language(code), load_language("en"))

    def said(*meanings: Statement | Question) -> tuple[str, str]:
        both = ([spelled(language.sentence(one)) for one in meanings] for language in languages)
        return tuple((" " if language.spaced else "").join(one) for language, one in zip(languages, both, strict=True))

    rows = loaded(folder, "retrieval", code, "test")
    translation = {row.id: row.text for row in rows if row.side == "target"}
    pairs = [(row.text, translation[row.matches[0]]) for row in rows if row.side == "source"]
    meanings = [one for row in rows_of("retrieval", "test", SIZES) for one in row.sentences()]
    assert pairs == [said(one) for one in meanings[: SIZES.retrieval]]

    for split in ("dev", "test"):
        rows = loaded(folder, "mining", code, split)
        translation = {row.id: row.text for row in rows if row.side == "target"}
        mined = {(row.text, translation[match]) for row in rows if row.side == "source" for match in row.matches}
        assert mined == {said(next(row.sentences())) for row in rows_of("mining", split, SIZES)}

    lines = [(row.text, row.translation) for row in loaded(folder, "parallel", code, "train")]
    assert lines == [said(*row.sentences()) for row in rows_of("parallel", "train", SIZES)]


def test_a_language_that_is_not_there_is_an_error_before_anything_is_written(tmp_path):
    with pytest.raises(InputError, match=r"(?s)mini has no language 'ed'.*'?de"):
        write_suite(tmp_path, SIZES, languages=["sw", "ed"])
    write_suite(tmp_path, SIZES, languages=[])
    assert list(tmp_path.iterdir()) == []


def test_retrieval_has_as_many_pairs_as_asked_for(folder):
    assert len(loaded(folder, "retrieval", "de", "test")) == 2 * SIZES.retrieval


def test_tokens_make_the_sentence(folder):
    for code in CODES:
        language = load_language(code)
        for task in ("pos", "ner"):
            for row, example in zip(rows_of(task, "dev", SIZES), loaded(folder, task, code, "dev"), strict=True):
                (meaning,) = row.sentences()
                words = language.sentence(meaning)
                assert example.tokens == tuple(word.form for word in words)
                text = spelled(words)
                assert text.replace(" ", "") == "".join(example.tokens)


def test_text_is_one_line_per_meaning(folder):
    texts = {path.stem: path.read_text("utf-8").splitlines() for path in (folder / "mini" / "text").glob("*.txt")}
    assert set(texts) == set(CODES)
    assert {len(lines) for lines in texts.values()} == {SIZES.text}
    assert all(line.strip() == line != "" for lines in texts.values() for line in lines)


def test_the_same_seed_gives_the_same_rows_and_another_seed_others(tmp_path):
    few = Sizes(train=5, tagged=5, dev=5, test=5, retrieval=4, mined=2, text=5, parallel=5)
    for name, seed in (("one", 0), ("two", 0), ("three", 1)):
        for drawn in (suite._rows, pool_of, is_held_out):
            drawn.cache_clear()
        write_suite(tmp_path / name, few, seed, ["en", "de", "zh"])
    assert {path.name for path in (tmp_path / "one" / "mini").iterdir()} == {*TASKS, *RAW}
    assert digest(tmp_path / "one") == digest(tmp_path / "two") == GOLDEN
    assert digest(tmp_path / "three") != GOLDEN


GOLDEN = "59b7635d7635cee0"


def digest(folder: Path) -> str:
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*.*")):
        whole.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return whole.hexdigest()[:16]


def test_more_rows_begin_with_the_same_ones():
    fewer, more = (rows_of("nli", "train", Sizes(train=count)) for count in (10, 30))
    assert more[:10] == fewer


def test_files_are_ordinary(folder):
    record = json.loads((folder / "mini" / "choice" / "dev-en.jsonl").read_text("utf-8").splitlines()[0])
    assert set(record) == {"id", "context", "choices", "label"}
    squad = json.loads((folder / "mini" / "qa2" / "dev-en.json").read_text("utf-8"))
    assert {question["is_impossible"] for part in squad["data"][0]["paragraphs"] for question in part["qas"]} == {
        True,
        False,
    }
