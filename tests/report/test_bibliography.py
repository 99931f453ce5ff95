"""The papers that are cited."""

import re

from xstilts.catalogue import Tasks
from xstilts.report.bibliography import bibliography, cited, known
from xstilts.report.method import ENCODER_PAPERS


def test_every_task_cites_a_paper_that_is_there():
    tasks = Tasks()
    assert {tasks[name].cite for name in tasks.names()} - set(bibliography()) == set()
    assert set(ENCODER_PAPERS.values()) <= set(bibliography())


def test_entries_have_authors_title_venue_and_a_year_that_agrees_with_the_key():
    for entry in bibliography().values():
        assert all((entry.authors, entry.title, entry.venue)), entry.key
        assert all(author == author.strip() for author in entry.authors), entry.key
        if entry.key != "xstilts":
            assert str(entry.year) in entry.key, entry.key
            family = re.sub("[^a-z]", "", entry.authors[0].split()[-1].lower().replace("š", "s"))
            assert entry.key.startswith(family), entry.key


def test_bibtex_is_ascii_and_keeps_accents_and_groups():
    text = bibliography()["conneau-etal-2020-unsupervised"].bibtex
    assert text.startswith("@inproceedings{conneau-etal-2020-unsupervised,\n")
    assert r"Francisco Guzm\'{a}n and Edouard Grave" in text
    assert "title = {{Unsupervised Cross-lingual Representation Learning at Scale}}" in text
    assert "year = {2020}" in text
    assert "author = {{xstilts contributors}}" in bibliography()["xstilts"].bibtex
    for entry in bibliography().values():
        assert entry.bibtex.isascii(), entry.key
        assert entry.bibtex.count("{") == entry.bibtex.count("}"), entry.key


def test_short_forms_name_one_two_or_the_first_of_many():
    short = {key: entry.short for key, entry in bibliography().items()}
    assert short["koehn-2004-statistical"] == "Koehn, 2004"
    assert short["loshchilov-hutter-2019-decoupled"] == "Loshchilov and Hutter, 2019"
    assert short["phang-etal-2020-english"] == "Phang et al., 2020"
    assert short["ogundepo-etal-2023-cross"] == "Ogundepo et al., 2023"
    assert short["xstilts"] == "xstilts contributors"


def test_what_nobody_knows_is_not_cited_and_the_rest_stands_in_order_once():
    assert known(["mine-2030", "koehn-2004-statistical", "koehn-2004-statistical"]) == ("koehn-2004-statistical",)
    names = [entry.key for entry in cited(["yeh", "koehn-2004-statistical", "cohen-1988-statistical"])]
    assert names == ["cohen-1988-statistical", "koehn-2004-statistical"]
