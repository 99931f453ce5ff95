from __future__ import annotations

import hashlib
import json
from itertools import pairwise
from pathlib import Path

import pytest

from xstilts.formats.bitext import aligned_lines
from xstilts.formats.conll import conll
from xstilts.formats.jsonl import jsonl
from xstilts.formats.rows import choice_row, text_row
from xstilts.formats.squad import squad
from xstilts.formats.tsv import tsv
from xstilts.sources import Drops, Reader
from xstilts.toy.suite import NER_LABELS, NLI_LABELS, UPOS_LABELS, Rows, suite_text, write_suite
from xstilts.toy.world import CONCEPTS, GRAMMARS, OPPOSITE, UPOS, Event, make_languages

ROWS = Rows(train=300, dev=30, test=80)
CODES = ("en", "qaa", "qab", "qac", "qad", "qae")
PAIRS = tsv(text_row(), {"text": 0, "pair": 1, "label": 2})
CHOICES = jsonl(choice_row(), {"id": "id", "context": "context", "choices": "choices", "label": "label"})
FORMATS = {
    "nli": ("tsv", PAIRS),
    "choice": ("jsonl", CHOICES),
    "ner": ("conll", conll()),
    "pos": ("conll", conll()),
    "qa": ("json", squad()),
}


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("suite")
    write_suite(folder, seed=3, rows=ROWS)
    return folder


def read(suite: Path, name: str, code: str, split: str) -> list:
    suffix, reader = FORMATS[name]
    return rows_of(reader, suite / name / f"{code}-{split}.{suffix}")


def rows_of(reader: Reader, *paths: Path) -> list:
    drops = Drops()
    rows = list(reader(paths, drops))
    assert drops.notes() == []
    return rows


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_seed_gives_the_same_bytes_and_another_seed_gives_others(suite, tmp_path):
    write_suite(tmp_path / "same", seed=3, rows=ROWS)
    write_suite(tmp_path / "other", seed=4, rows=ROWS)
    assert digests(tmp_path / "same") == digests(suite)
    other = digests(tmp_path / "other")
    assert other.keys() == digests(suite).keys()
    assert all(other[name] != digest for name, digest in digests(suite).items())


def test_files_and_sizes_are_as_documented(suite):
    for name in FORMATS:
        train = ROWS.train if name in ("nli", "qa") else ROWS.train // 5
        assert [len(read(suite, name, "en", split)) for split in ("train", "dev", "test")] == [train, 30, 80]
        assert all(len(read(suite, name, code, "test")) == 80 for code in CODES)
        assert not list((suite / name).glob("qa*-train.*"))
        assert not list((suite / name).glob("qa*-dev.*"))
    for code in CODES[1:]:
        rows = rows_of(aligned_lines(), suite / "bitext" / f"{code}.txt", suite / "bitext" / f"{code}.en.txt")
        assert len(rows) == 160


def test_a_cognate_has_the_english_form_and_every_other_word_is_of_its_language_alone():
    languages = make_languages(0)
    concepts = [name for names in CONCEPTS.values() for name in names]
    forms = [languages[code].forms[name] for code in CODES[1:] for name in concepts]
    own = [form for form in forms if form not in concepts]
    assert len({form.lower() for form in own}) == len(own)
    for code in CODES[1:]:
        assert all(form in (name, *own) for name, form in languages[code].forms.items())
        assert all(form[0].isupper() == name[0].isupper() for name, form in languages[code].forms.items())


def test_cognates_are_nested_and_their_share_falls_with_distance():
    languages = make_languages(7)
    shared = [{name for name, form in languages[code].forms.items() if form == name} for code in CODES]
    assert all(far < near for near, far in pairwise(shared))
    for code, cognates in zip(CODES, shared, strict=True):
        assert len(cognates) / len(UPOS) == pytest.approx(GRAMMARS[code].cognates, abs=0.06)


def test_word_order_follows_the_grammar():
    event = Event(("Anna", "Arden"), "found", "lamp", ("Port", "Lorne"), "red", "today", never=True)
    spoken = {}
    for code, language in make_languages(0).items():
        english = {form: name for name, form in language.forms.items()} | {".": "."}
        spoken[code] = " ".join(english[token.form] for token in language.tokens(event))
    assert spoken == {
        "en": "Anna Arden never found the red lamp in Port Lorne today .",
        "qaa": "Anna Arden never found the lamp red in Port Lorne today .",
        "qab": "Anna Arden never found the lamp red in Port Lorne today .",
        "qac": "Anna Arden the lamp red never found in Port Lorne today .",
        "qad": "Anna Arden red lamp never found Port Lorne in today .",
        "qae": "never found Anna Arden red lamp Port Lorne in today .",
    }


@pytest.mark.parametrize("name", FORMATS)
def test_no_test_sentence_is_in_train_or_dev(suite, name):
    def sentences(split: str) -> set[str]:
        found: set[str] = set()
        for row in read(suite, name, "en", split):
            if name == "nli":
                found |= {row.text, row.pair}
            elif name == "choice":
                found |= {row.context, *row.choices}
            elif name == "qa":
                found |= {f"{sentence.rstrip('.')}." for sentence in row.context.split(". ")}
            else:
                found.add(" ".join(row.tokens))
        return found

    assert sentences("test").isdisjoint(sentences("train"))
    assert sentences("test").isdisjoint(sentences("dev"))
    assert sentences("dev").isdisjoint(sentences("train"))


@pytest.mark.parametrize("name", FORMATS)
def test_other_languages_test_the_same_rows_with_the_same_gold(suite, name):
    english = read(suite, name, "en", "test")
    for code in CODES[1:]:
        rows = read(suite, name, code, "test")
        assert [row.id for row in rows] == [row.id for row in english]
        if name in ("nli", "choice"):
            assert [row.label for row in rows] == [row.label for row in english]
        elif name in ("ner", "pos"):
            kept = {"DET"} if name == "pos" else {"O"}  # some languages have no article
            assert [sorted(set(row.tags) - kept) for row in rows] == [sorted(set(row.tags) - kept) for row in english]


def test_labels_are_those_that_the_study_declares_and_each_occurs(suite):
    assert {row.label for row in read(suite, "nli", "en", "train")} == set(NLI_LABELS)
    assert {row.label for row in read(suite, "choice", "en", "train")} == {0, 1, 2, 3}
    for name, labels in (("ner", NER_LABELS), ("pos", UPOS_LABELS)):
        assert {tag for row in read(suite, name, "en", "train") for tag in row.tags} == set(labels)


def test_inference_labels_follow_from_the_actions(suite):
    actions = set(CONCEPTS["action"])
    times = set(CONCEPTS["time"])
    for row in read(suite, "nli", "en", "train"):
        before, after = (set(text.rstrip(".").split()) for text in (row.text, row.pair))
        (said,), (claimed,) = before & actions, after & actions
        if "never" in after or claimed == OPPOSITE[said]:
            expected = "contradiction"
        elif claimed != said or (after & times) - before:
            expected = "neutral"
        else:
            expected = "entailment"
        assert row.label == expected, row


def test_the_right_choice_undoes_the_context(suite):
    actions = set(CONCEPTS["action"])
    for row in read(suite, "choice", "en", "test"):
        (done,) = actions & set(row.context.split())
        undoes = [OPPOSITE[done] in choice.split() for choice in row.choices]
        assert undoes == [index == row.label for index in range(4)]
        assert len(set(row.choices)) == 4


def test_entities_are_people_with_surnames_and_places_with_landmarks(suite):
    rows = read(suite, "ner", "en", "test")
    for row in rows:
        named = [token for token, tag in zip(row.tokens, row.tags, strict=True) if tag != "O"]
        assert named == [token for token in row.tokens if token[0].isupper()]
        assert [tag for tag in row.tags if tag.startswith("B-")] == ["B-PER", "B-LOC"]
    both = [set(row.tags) for row in rows]
    assert any("I-PER" in tags for tags in both)
    assert any("I-LOC" in tags for tags in both)


@pytest.mark.parametrize("code", CODES)
def test_the_answer_to_who_is_a_name_and_the_answer_to_what_is_an_object(suite, code):
    forms = make_languages(3)[code].forms
    people, objects = ({forms[name] for name in CONCEPTS[category]} for category in ("person", "object"))
    for row in read(suite, "qa", code, "test"):
        (answer,) = row.answers
        assert row.context[answer.start : answer.start + len(answer.text)] == answer.text
        asked = set(row.question.rstrip("?").split())
        assert (answer.text.split()[0] in people) == (forms["who"] in asked)
        assert (answer.text in objects) == (forms["what"] in asked)


def test_answers_stand_at_whole_words(suite):
    for row in read(suite, "qa", "qad", "test"):
        (answer,) = row.answers
        around = row.context[max(answer.start - 1, 0) : answer.start + len(answer.text) + 1].replace(
            answer.text, "|", 1
        )
        assert set(around) <= set(" .|")


def test_the_text_for_a_vocabulary_is_all_of_the_bitexts(suite):
    lines = list(suite_text(suite))
    assert len(lines) == 2 * 5 * 80
    assert set((suite / "bitext" / "qad.txt").read_text("utf-8").splitlines()) < set(lines)


def test_questions_are_ordinary_squad_json(suite):
    data = json.loads((suite / "qa" / "qae-test.json").read_text("utf-8"))
    assert list(data) == ["version", "data"]
    assert list(data["data"][0]["paragraphs"][0]["qas"][0]) == ["id", "question", "answers"]
