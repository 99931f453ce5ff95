import pytest

from xstilts.catalogue import Tasks
from xstilts.errors import InputError
from xstilts.languages import Language, doubt, language

MASAKHANE = "amh hau ibo kin lug luo pcm swa wol yor bam bbj ewe fon mos nya sna tsn twi xho zul"  # NER 1 and 2, POS


def test_facts_of_a_language():
    assert language("sw") == Language("sw", "Swahili", "Niger-Congo", "Bantoid", "Latin", "Africa", "SVO", 1.6)


@pytest.mark.parametrize(("code", "alias"), [("sw", "swa"), ("sw", "swh"), ("yo", "yor"), ("ha", "hau"), ("zh", "zho")])
def test_codes_of_two_and_three_letters_name_the_same_language(code, alias):
    assert language(alias) == language(code)
    assert language(alias).code == code


def test_a_pair_has_the_facts_of_its_first_language():
    facts = ("Indo-European", "Germanic", "Latin", "Europe", "SVO", 300.8)
    assert language("en-deu") == Language("en-de", "English-German", *facts)
    assert language("ar-zh").script == "Arabic"


def test_every_language_of_every_task_is_in_the_table():
    tasks = Tasks()
    codes = {code for name in tasks.names() for code in tasks[name].language_codes} | set(MASAKHANE.split())
    assert len(codes) > 100
    assert [code for code in codes if "unknown" in vars_of(language(code))] == []


def vars_of(found: Language) -> list[str]:
    return [found.family, found.genus, found.script, found.region]


@pytest.mark.parametrize(
    ("code", "level"), [("de", "high"), ("sw", "middle"), ("ha", "low"), ("yo", "unseen"), ("gsw", "unknown")]
)
def test_levels_of_resources_follow_the_pretraining_of_xlm_r(code, level):
    assert language(code).resources == level


@pytest.mark.parametrize(("code", "order"), [("en", "SVO"), ("ja", "SOV"), ("ga", "VSO"), ("de", "none")])
def test_word_orders(code, order):
    assert language(code).order == order


@pytest.mark.parametrize("code", ["gsw", "qaa"])  # the second one is for private use
def test_a_code_that_no_table_has_is_a_language_of_unknown_family(code):
    assert language(code) == Language(code, code, "unknown", "unknown", "unknown", "unknown")


@pytest.mark.parametrize("code", ["", "e", "EN", "english", "en_de", "en-", "en-de-fr", "zh-Hant", "sw "])
def test_a_code_of_another_form_is_an_error(code):
    with pytest.raises(InputError, match="ISO 639"):
        language(code)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("ge", ["de (German)", "ka (Georgian)"]),
        ("swa", ["Swahili", "usual code is sw"]),
        ("en-cn", ["cn is no code", "zh (Chinese)"]),
        ("qqq", ["qqq is no code"]),
    ],
)
def test_a_doubtful_code_is_named_with_what_may_be_meant(code, said):
    text = doubt(code)
    assert text is not None
    assert [part for part in said if part not in text] == []


@pytest.mark.parametrize("code", ["sw", "bbj", "en-de"])
def test_usual_codes_are_not_doubted(code):
    assert doubt(code) is None
