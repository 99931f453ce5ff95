import pytest

from xstilts.data.examples import TokenExample
from xstilts.data.sources import Drops
from xstilts.errors import InputError
from xstilts.formats.auto import auto

FIRST = (
    "ID=wsj_0003.1 PARSER=GOLD NUMPARSE=1\n"
    r"(<T S[dcl] 0 2> (<L NP[nb]/N DT DT the NP[nb]_1/N_1>) (<L N NN NN -LRB- N {join.01:ARG1}>) (<L . . . . .>) )"
    "\n"
)


def read(tmp_path, text: str):
    path = tmp_path / "a.auto"
    path.write_text(text)
    return list(auto()([path], Drops()))


def test_words_carry_the_first_category_of_their_leaf(tmp_path):
    (row,) = read(tmp_path, FIRST)
    assert row == TokenExample("wsj_0003.1", ("the", "-LRB-", "."), ("NP[nb]/N", "N", "."))


def test_slashes_brackets_and_marks_within_leaves_survive(tmp_path):
    leaf = r"(<L (S[dcl]\NP)/(S[b]\NP) MD MD 1\/2 (S[dcl]\NP_10)/(S[b]_11\NP_10:B)_11 {x.01:rel} [ARG0,ARG1]>)"
    (row,) = read(tmp_path, f"ID=wsj_0001.1 PARSER=GOLD\n(<T S 0 1> {leaf} )\n")
    assert row.tokens == (r"1\/2",)
    assert row.tags == (r"(S[dcl]\NP)/(S[b]\NP)",)


def test_files_are_read_one_after_another(tmp_path):
    other = tmp_path / "b.auto"
    other.write_text(FIRST.replace("0003.1", "0004.1"))
    (tmp_path / "a.auto").write_text(FIRST)
    rows = auto()([tmp_path / "a.auto", other], Drops())
    assert [row.id for row in rows] == ["wsj_0003.1", "wsj_0004.1"]


@pytest.mark.parametrize(
    "text",
    [
        FIRST.partition("\n")[2],  # no id
        "ID=wsj_1.1\n(<T S 0 1> )\n",  # no leaf
        "ID=wsj_1.1\n(<T S 0 2> (<L N NN NN cat N>) (<L N NN NN>) )\n",  # a leaf without a word
        FIRST + FIRST.partition("\n")[2],  # two derivations for one id
    ],
)
def test_a_line_that_is_no_derivation_is_an_error_with_its_line(tmp_path, text):
    with pytest.raises(InputError, match=r"a.auto:\d: a line is no derivation"):
        read(tmp_path, text)
