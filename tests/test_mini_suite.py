"""The rows of the suite: the same in every language, apart in every split, exact in every file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from xstilts.examples import ChoiceExample, QuestionExample, SentenceExample, TextExample, TokenExample
from xstilts.mini.concepts import CITIES, NOUNS, ORGANIZATION_NAMES, PEOPLE, QUALITIES, VERBS
from xstilts.mini.held_out import HELD_OUT, is_held_out
from xstilts.mini.language import spelled
from xstilts.mini.languages import language_codes, load_language
from xstilts.mini.meaning import Comparison, Event, Linked, Noun, People, Person
from xstilts.mini.passages import may_answer
from xstilts.mini.pools import pool_of
from xstilts.mini.rows import Choice, Passage
from xstilts.mini.sentences import identity
from xstilts.mini.suite import SPLITS, TASKS, Sizes, rows_of, span, splits_of, suite_text, write_suite
from xstilts.task import Tasks

SIZES = Sizes(train=60, tagged=60, dev=20, test=40, retrieval=30, mined=8, text=120)
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


def test_one_sentence_answers_and_the_others_cannot():
    sizes = Sizes(train=300, test=300)
    for split in ("train", "test"):
        for task in ("qa", "qa2"):
            for row in rows_of(task, split, sizes):
                assert isinstance(row, Passage)
                assert 4 <= len(row.text) <= 6
                answering = [at for at, one in enumerate(row.text) if may_answer(row.question, one)]
                assert answering == ([] if row.answered is None else [row.answered])
    unanswerable = sum(row.answered is None for row in rows_of("qa2", "train", sizes) if isinstance(row, Passage))
    assert unanswerable == 100


def test_what_may_answer_is_taken_broadly():
    meet = Event("meet", Person("Anna"), Person("Omar"), time="today")
    row = next(row for row in rows_of("qa", "train", SIZES) if isinstance(row, Passage))
    question = type(row.question)(meet, "subject")
    assert may_answer(question, Event("meet", Person("Eva"), Person("Omar")))
    assert may_answer(
        question, Event("meet", People(Person("Eva"), Person("Leo")), Person("Omar"), time="this morning")
    )
    assert not may_answer(question, Event("meet", Person("Eva"), Person("Leo")))
    assert not may_answer(question, Event("meet", Person("Eva"), Person("Omar"), time="yesterday"))
    assert not may_answer(question, Event("meet", Person("Eva"), Person("Omar"), negated=True))
    bought = type(row.question)(Event("buy", Person("Eva"), Noun("dog"), Person("Leo")), "subject")
    assert may_answer(bought, Event("sell", Person("Leo"), Noun("animal"), Person("Anna")))
    assert not may_answer(bought, Event("sell", Person("Anna"), Noun("dog"), Person("Leo")))


def sentences_of(split: str, sizes: Sizes, code: str) -> set[str]:
    language = load_language(code)
    tasks = [task for task in (*TASKS, *(["text"] if split == "train" else [])) if split in splits_of(task)]
    meanings = {one for task in tasks for row in rows_of(task, split, sizes) for one in row.sentences()}
    return {spelled(language.sentence(meaning)) for meaning in meanings}


@pytest.mark.parametrize("code", CODES)
def test_no_sentence_is_in_two_splits_of_any_tasks(code):
    sizes = Sizes(train=400, tagged=400, dev=100, test=200, retrieval=200, mined=60, text=1500)
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
        assert [row.id for row in sources if row.matches] != sorted(match for row in sources for match in row.matches)


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
    assert list(suite_text(folder)) == [line for code in sorted(texts) for line in texts[code]]


def test_the_same_seed_gives_the_same_rows_and_another_seed_others(tmp_path):
    few = Sizes(train=5, tagged=5, dev=5, test=5, retrieval=4, mined=2, text=5)
    for name, seed in (("one", 0), ("two", 0), ("three", 1)):
        write_suite(tmp_path / name, few, seed, ["en"])
    assert digest(tmp_path / "one") == digest(tmp_path / "two") == GOLDEN
    assert digest(tmp_path / "three") != GOLDEN


GOLDEN = "9dc9771bae5c8373"


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
