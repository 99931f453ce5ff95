"""UD-POS: universal parts of speech of Universal Dependencies treebanks (Nivre et al., 2018), 38 languages.

XTREME's files (UD 2.5, all treebanks of a language together) are train and dev. Its test files have no tags;
one treebank per language, read from CoNLL-U, is `test` instead, so test scores are not those of XTREME.
`tag_f1` is seqeval's F1 on bare tags, XTREME's headline; it is lower than accuracy.
"""

from xstilts.formats.conll import conll, conllu
from xstilts.kinds.tagging import Tagging
from xstilts.sources import Files
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
_BY_LANGUAGE = {"treebank": _TREEBANKS}

TASK = Task(
    name="udpos",
    kind=Tagging(tags=_UPOS),
    languages=(
        "af ar bg de el en es et eu fa fi fr he hi hu id it ja kk ko mr nl pt ru ta te th tl tr ur vi yo zh lt pl uk"
        " wo ro"
    ),
    sources=(
        Files("xtreme/udpos/{split}-{language}.tsv", conll(), splits=("train", "dev")),
        Files("xtreme/udpos/ud/UD_{treebank}-ud-{split}.conllu", conllu(), splits=_SPLITS, fields=_BY_LANGUAGE),
        Files("ud-treebanks/UD_{treebank}-ud-{split}.conllu", conllu(), splits=_SPLITS, fields=_BY_LANGUAGE),
        Files("xtreme/udpos/test-{language}.tsv", conll(may_hide_tags=True), splits=("test",)),
    ),
    sizes={"train": {"en": 21_253}},
    metrics=("tag_f1", "token_accuracy"),
    headline=("tag_f1",),
    license="per treebank, mostly CC-BY-SA-4.0",
    cite="nivre-etal-2018-universal",
)
