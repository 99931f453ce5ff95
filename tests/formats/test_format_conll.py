from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xstilts.data.examples import TokenExample
from xstilts.data.sources import Drops
from xstilts.errors import InputError
from xstilts.formats.conll import conll, conllu


def _read(path: Path, content: str, reader) -> list:
    path.write_bytes(content.encode())
    return list(reader([path], Drops()))


@pytest.mark.parametrize("separator", ["\t", " ", "  "])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_sentences_are_separated_by_blank_lines(tmp_path, separator, end):
    text = f"Juma{separator}B-PER\nlala{separator}O\n\n \n\nKisumu{separator}B-LOC".replace("\n", end)
    assert _read(tmp_path / "a.conll", text, conll()) == [
        TokenExample("1", ("Juma", "lala"), ("B-PER", "O")),
        TokenExample("2", ("Kisumu",), ("B-LOC",)),
    ]


def test_a_token_may_hold_spaces_where_tabs_separate(tmp_path):
    found = _read(tmp_path / "a.conll", "New York\tB-LOC\n\u3000\tO\n\u00a0 \tO\n", conll())
    assert found == [TokenExample("1", ("New York", "\u3000", "\u00a0 "), ("B-LOC", "O", "O"))]


def test_only_ascii_blanks_end_a_sentence(tmp_path):
    found = _read(tmp_path / "a.conll", "a\n\u3000\nb\n \t\nc\n", conll(may_hide_tags=True))
    assert [row.tokens for row in found] == [("a", "\u3000", "b"), ("c",)]


def test_columns_are_chosen_and_tokens_cleaned(tmp_path):
    reader = conll(tokens=1, tags=3, clean_token=str.lower)
    assert _read(tmp_path / "a.conll", "1 Ab x NOUN\n", reader) == [TokenExample("1", ("ab",), ("NOUN",))]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a O\nb\n", r"a.conll:2: .*\n.*found: +1\n.*expected: 2, as in the first line"),
        ("a O\n\nb O x\n", r"a.conll:3: .*\n.*found: +3\n.*expected: 2"),
        ("a\nb\n", r"a.conll:1: .*\n.*found: +1\n.*expected: at least 2"),
        ("a\tO\n\tO\n", r"a.conll:2: a column is empty"),
    ],
)
def test_a_line_of_another_width_is_an_error_with_its_number(tmp_path, content, message):
    with pytest.raises(InputError, match=message):
        _read(tmp_path / "a.conll", content, conll())


def test_lines_that_begin_documents_end_sentences_and_are_passed_over(tmp_path):
    found = _read(tmp_path / "a.conll", "-DOCSTART- -X- O O\n\na X Y O\n-DOCSTART- -X- O O\nb X Y O\n", conll(0, 3))
    assert [row.tokens for row in found] == [("a",), ("b",)]


@pytest.mark.parametrize(
    ("content", "tokens"),
    [
        ("# id = 1\n# a remark on it\na O\n\n# id = 2\nb O\n", [("a",), ("b",)]),
        ("# license: CC0\n\na O\n", [("a",)]),
        ("# O\na O\n\n# O\n", [("#", "a"), ("#",)]),
        ("# id = 1\na X Y O\n# X Y O\n", [("a", "#")]),
        ("# id = 1\n#\tO\na\tO\n", [("#", "a")]),
    ],
)
def test_comments_are_passed_over_where_no_token_can_stand(tmp_path, content, tokens):
    assert [row.tokens for row in _read(tmp_path / "a.conll", content, conll(tags=-1))] == tokens


def test_comments_are_counted_and_one_within_a_sentence_is_named_as_such(tmp_path):
    drops = Drops()
    (tmp_path / "a.conll").write_text("# id = 1\na O\n\n# id = 2\nb O\n")
    list(conll()([tmp_path / "a.conll"], drops))
    assert drops.notes() == [f"2 comment lines passed over, the first at {tmp_path / 'a.conll'}:1"]
    with pytest.raises(InputError, match=r"a\.conll:2: (?s:.*)found: +4(?s:.*)if this is a comment, remove it"):
        _read(tmp_path / "a.conll", "a O\n# id = 2\nb O\n", conll())


def test_a_file_without_tags_hides_them_only_where_that_is_allowed(tmp_path):
    assert _read(tmp_path / "a.conll", "a\nb\n\nc\n", conll(may_hide_tags=True)) == [
        TokenExample("1", ("a", "b"), None),
        TokenExample("2", ("c",), None),
    ]
    with pytest.raises(InputError, match=r"a.conll:2: "):
        _read(tmp_path / "a.conll", "a\nb O\n", conll(may_hide_tags=True))


TOKEN = st.text(st.characters(exclude_characters=" \t\n\r", exclude_categories=["Cs"]), min_size=1)
SENTENCES = st.lists(st.lists(st.tuples(TOKEN, st.sampled_from(["O", "B-X"])), min_size=1), min_size=1)


@given(SENTENCES, st.sampled_from(["\t", " "]))
def test_hostile_tokens_survive(tmp_path_factory, sentences, separator):
    path = tmp_path_factory.mktemp("conll") / "a.conll"
    # A byte order mark in front, because a first token may itself begin with U+FEFF.
    text = "\ufeff" + "\n".join("".join(f"{w}{separator}{t}\n" for w, t in sentence) for sentence in sentences)
    found = _read(path, text, conll())
    assert [list(zip(row.tokens, row.tags, strict=True)) for row in found] == sentences


CONLLU = """# newdoc id = d
# sent_id = d-1
# text = Vámonos al mar
1-2\tVámonos\t_\t_\t_\t_\t_\t_\t_\t_
1\tVamos\tir\tVERB\t_\t_\t0\troot\t_\t_
2\tnos\tnosotros\tPRON\t_\t_\t1\tobj\t_\t_
2.1\tya\tya\tADV\t_\t_\t_\t_\t_\t_
3\tdu lịch\tx\tNOUN\t_\t_\t1\tobl\t_\t_

# sent_id = d-1
1\t#\t#\tSYM\t_\t_\t0\troot\t_\t_

1\tno\tno\tINTJ\t_\t_\t0\troot\t_\t_
"""


def test_conllu_takes_syntactic_words_only(tmp_path):
    assert _read(tmp_path / "a.conllu", CONLLU, conllu()) == [
        TokenExample("d-1", ("Vamos", "nos", "du lịch"), ("VERB", "PRON", "NOUN")),
        TokenExample("d-1#2", ("#",), ("SYM",)),
        TokenExample("3", ("no",), ("INTJ",)),
    ]


def test_a_line_of_conllu_without_ten_columns_is_an_error(tmp_path):
    with pytest.raises(InputError, match=r"a.conllu:1: .*\n.*found: +2\n.*10 columns"):
        _read(tmp_path / "a.conllu", "1\tno\n", conllu())
