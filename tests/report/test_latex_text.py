"""Text from data as LaTeX."""

import pytest

from xstilts.report.latex_text import latex_row, latex_text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("100% of $5 & more_or #less {x}", r"100\% of \$5 \& more\_or \#less \{x\}"),
        (r"\input{/etc/passwd}", r"\textbackslash{}input\{/etc/passwd\}"),
        ("a~b^c<d>|`", r"a\textasciitilde{}b\textasciicircum{}c\textless{}d\textgreater{}\textbar{}\textasciigrave{}"),
        ("95 % −1.5 – Δ", r"95~\% $-$1.5 -- $\Delta$"),
        ("--out", "-{}-out"),
        ("a\nb\tc\x00d\u200be", "a b c d e"),
        (
            "Guzmán, Vulić, Glavaš, Çağrı, Åse, ñ",
            r"Guzm\'{a}n, Vuli\'{c}, Glava\v{s}, \c{C}a\u{g}r\i{}, \r{A}se, \~{n}",
        ),
        ("Yorùbá ẹ̀kọ́ ị", r"Yor\`{u}b\'{a} \`{\d{e}}k\'{\d{o}} \d{i}"),
        ("íï", r"\'{\i}" + r"\"{\i}"),
        ("ж中", r"\texttt{[U+0436]}\texttt{[U+4E2D]}"),
    ],
)
def test_text_is_escaped_into_ascii(text, expected):
    assert latex_text(text) == expected
    assert latex_text(text).isascii()


def test_every_character_of_the_basic_plane_becomes_ascii_with_closed_braces():
    for code in [*range(0x3000), *range(0x4E00, 0x4E10), 0x1F600, *range(0xFF00, 0xFFFF)]:
        text = latex_text(chr(code))
        assert text.isascii(), hex(code)
        inner = text.replace(r"\{", "").replace(r"\}", "")
        assert inner.count("{") == inner.count("}"), hex(code)


def test_a_row_that_begins_with_a_bracket_is_no_option_of_the_line_before():
    assert latex_row(["[x]", "1"]) == r"{}[x] & 1 \\"
    assert latex_row(["x", "[1]"]) == r"x & [1] \\"
