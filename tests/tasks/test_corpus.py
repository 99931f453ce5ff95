from __future__ import annotations

import pytest

from xstilts.catalogue import Tasks
from xstilts.data.sources import Drops
from xstilts.errors import InputError

SOURCES = """language\tsource\tlicense\tfirst_line\tlines
sw\tone\tCC0-1.0\t1\t2
sw\ttwo\tCC-BY-NC-4.0\t3\t1
sw\tthree\tCC-BY-SA-4.0\t4\t1
sw\tfour\tGPL-3.0\t5\t2
sw\tfive\tCC0-1.0\t7\t1
yo\tfive\tCC-BY-NC-4.0\t1\t9
"""


def read(folder, sources=SOURCES):
    (folder / "corpus").mkdir()
    (folder / "corpus" / "sw.txt").write_text("moja\nmbili\ntatu\nnne\ntano\nsita\nsaba\n", encoding="utf-8")
    (folder / "corpus" / "SOURCES.tsv").write_text(sources, encoding="utf-8")
    task = Tasks()["corpus"]
    source, paths = task.find(folder, "sw", "train")
    drops = Drops()
    return task.read(source, paths, drops), drops


def test_lines_that_may_not_be_given_away_are_left_out_and_counted(tmp_path):
    examples, drops = read(tmp_path)
    assert [(example.id, example.text) for example in examples] == [
        ("line-1", "moja"),
        ("line-2", "mbili"),
        ("line-4", "nne"),
        ("line-7", "saba"),
    ]
    assert drops.notes() == [
        "1 row left out: license CC-BY-NC-4.0",
        "2 rows left out: license GPL-3.0",
    ]


@pytest.mark.parametrize("line", ["sw\tone\tCC0-1.0\t1", "sw\tone\tCC0-1.0\tfirst\t2"])
def test_a_broken_table_of_sources_is_named_with_its_line(tmp_path, line):
    with pytest.raises(InputError, match=r"SOURCES\.tsv:2: a row of the table of sources is broken"):
        read(tmp_path, f"header\n{line}\n")


def test_a_line_without_a_license_is_an_error_that_names_it(tmp_path):
    with pytest.raises(InputError, match=r"sw\.txt:6: a line has no license(?s:.*)SOURCES\.tsv"):
        read(tmp_path, "header\nsw\tone\tCC0-1.0\t1\t5\n")
