"""UD-POS: universal parts of speech of Universal Dependencies treebanks (Nivre et al., 2018), 38 languages.

XTREME's 33 are evaluated; lt pl uk wo ro are XTREME-R's. XTREME's files (UD 2.5, all treebanks of a language
together) are train and dev. Its test files have no tags; one treebank per language, read from CoNLL-U, is `test`
instead, so test scores are not those of XTREME. `tag_f1` is seqeval's F1 on bare tags, XTREME's headline; it is lower
than accuracy.
Fetched are the test sets of these treebanks in release 2.5; which treebanks XTREME's train and dev are made of was
not at hand.
"""

from xstilts.data.sources import Files, Url
from xstilts.formats.conll import conll, conllu
from xstilts.kinds.tagging import Tagging
from xstilts.task import Task

_TREEBANKS = {
    "de": "German-GSD/de_gsd",
    "en": "English-EWT/en_ewt",
    "id": "Indonesian-GSD/id_gsd",
    "kk": "Kazakh-KTB/kk_ktb",
    "ko": "Korean-GSD/ko_gsd",
    "mr": "Marathi-UFAL/mr_ufal",
    "ru": "Russian-GSD/ru_gsd",
    "ta": "Tamil-TTB/ta_ttb",
    "te": "Telugu-MTG/te_mtg",
    "th": "Thai-PUD/th_pud",
    "tl": "Tagalog-TRG/tl_trg",
    "tr": "Turkish-IMST/tr_imst",
    "vi": "Vietnamese-VTB/vi_vtb",
    "yo": "Yoruba-YTB/yo_ytb",
    "zh": "Chinese-GSD/zh_gsd",
}
_UPOS = (
    *("ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM"),
    *("PART", "PRON", "PROPN", "PUNCT", "SCONJ", "SYM", "VERB", "X"),
)
_SPLITS = ("train", "dev", "test")
_XTREME = "af ar bg de el en es et eu fa fi fr he hi hu id it ja kk ko mr nl pt ru ta te th tl tr ur vi yo zh"
_BY_LANGUAGE = {"treebank": _TREEBANKS}

TASK = Task(
    name="udpos",
    kind=Tagging(tags=_UPOS),
    languages=f"{_XTREME} lt pl uk wo ro",
    evaluated=_XTREME,
    sources=(
        Files("xtreme/udpos/{split}-{language}.tsv", conll(), splits=("train", "dev")),
        Files("xtreme/udpos/ud/UD_{treebank}-ud-{split}.conllu", conllu(), splits=_SPLITS, fields=_BY_LANGUAGE),
        Files("ud-treebanks/UD_{treebank}-ud-{split}.conllu", conllu(), splits=_SPLITS, fields=_BY_LANGUAGE),
        Files("xtreme/udpos/ud/UD_{treebank}-ud-train.5000.conllu", conllu(), ("train",), fields=_BY_LANGUAGE),
        Files("xtreme/udpos/test-{language}.tsv", conll(may_hide_tags=True), splits=("test",)),
        Url(
            "ud-treebanks-v2.5/UD_{treebank}-ud-{split}.conllu",
            conllu(),
            splits=("test",),
            fields=_BY_LANGUAGE,
            archive="https://lindat.mff.cuni.cz/repository/xmlui/bitstream/handle/11234/1-3105/ud-treebanks-v2.5.tgz",
            sha256="5ff973e44345a5f69b94cc1427158e14e851c967d58773cc2ac5a1d3adaca409",
        ),
    ),
    sizes={"train": {"en": 21_253}},
    metrics=("tag_f1", "token_accuracy"),
    headline=("tag_f1",),
    license="per treebank, mostly CC-BY-SA-4.0",
    cite="nivre-etal-2018-universal",
)
