"""XQuAD: 1,190 questions of SQuAD's dev set with their paragraphs, translated by people (Artetxe et al., 2020).

The languages of XTREME, which are evaluated, and Romanian (XTREME-R). `f1` and `exact_match` normalize as for English,
XTREME's way; `mlqa_*` by language.
"""

from xstilts.data.sources import Files, Url
from xstilts.formats.squad import squad
from xstilts.kinds.span_qa import SpanQA
from xstilts.task import Task

_SHA256 = {
    "ar": "abdabd7afed5c635d99cca0f3f0d0c9d9ed0bc77451e963c2e4e0638c29e486d",
    "de": "990b5d746746ed65ed4702ea5f35f99ffa4e2f1c390c07d003642acd937916f9",
    "el": "821cf0f88e73fa258fd2f548b19b6ec39f7025059e16f6f9fc8cd797c9c3663e",
    "en": "e4c57d1c9143aaa1c5d265ba5987a65f4e69528d2a98f29d6e75019b10344f29",
    "es": "dcbae93ec3a9f4b9e78fd834a171d6f96c1a875e10e15b7530b7e4ef4971e37e",
    "hi": "df2cce3532b37e9beb8979704b5c9a4bf874358f105395a298b89427b43b9d24",
    "ro": "94f8d54e93ad2b7dd2e76dd921a666b5b8eff2d4379df9f179c42b445f09643f",
    "ru": "208d5b1aa154c52b1b5c5eda16281e455e8fd198cdb9af3f469f0d6037d973bf",
    "th": "5cdda11d0e1e075f7872abf4e6ae830388ce7f617964d542308e9ae4257e0f43",
    "tr": "92179a564774b7696100d144c1e10870d0a966b6fccbdd254a65b9d2ab1971cc",
    "vi": "f619a1eb11fb42d3ab0834259e488a65f585447ef6154437bfb7199d85161a04",
    "zh": "691d0b3359bc6b8faa8de931dfdfe21d50a65861ae348e32a0d1a0190b0c8835",
}

TASK = Task(
    name="xquad",
    kind=SpanQA(),
    languages="ar de el en es hi ro ru th tr vi zh",
    evaluated="ar de el en es hi ru th tr vi zh",
    trained_on="squad_v1",
    sources=(
        Files("xtreme/xquad/xquad.{language}.json", squad(), splits=("test",)),
        Url(
            "https://raw.githubusercontent.com/google-deepmind/xquad/master/xquad.{language}.json",
            squad(),
            splits=("test",),
            sha256={f"xquad.{code}.json": digest for code, digest in _SHA256.items()},
        ),
    ),
    sizes={"test": 1_190},
    metrics=("f1", "exact_match", "mlqa_f1", "mlqa_exact_match"),
    headline=("f1", "exact_match"),
    license="CC-BY-SA-4.0",
    cite="artetxe-etal-2020-cross",
)
