from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tiny_translator import write_translator

from xstilts.errors import InputError
from xstilts.model_sources import TranslatorSource
from xstilts.stage import TranslationModel
from xstilts.training.compute import Compute
from xstilts.translation.models import Translator, find_translator

LINES = [
    "Anna found the red lamp in Port Lorne.",
    "Who sold the old bell to the baker?",
    "Juma aliuza kengele kuukuu kwa mwokaji.",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One model of each manner."""
    path = tmp_path_factory.mktemp("translators")
    for manner in ("codes", "pair", "prefix"):
        write_translator(path / manner, LINES, manner)  # type: ignore[arg-type]
    write_translator(path / "named", LINES, "pair", source_lang="en", target_lang="sw")
    return path


def found(folder: Path, path: str, source: str = "en", target: str = "sw", **fields: Any) -> TranslationModel:
    settings = TranslatorSource(path=path, **{"max_length": 12, **fields})
    place, model = find_translator(settings, folder, source, target, offline=True)
    assert place == folder / path
    return model


def spoken(model: TranslationModel) -> tuple[str, str, str]:
    return model.source, model.target, model.prefix


def test_a_model_with_codes_is_told_the_only_code_that_can_be_meant(folder):
    assert spoken(found(folder, "codes")) == ("eng_Latn", "swh_Latn", "")
    assert spoken(found(folder, "codes", "swa", "deu")) == ("swh_Latn", "deu_Latn", "")


def test_of_several_codes_the_study_must_name_one(folder):
    with pytest.raises(
        InputError, match=r"knows Chinese \(zh\)(?s:.*)zho_Hans, zho_Hant(?s:.*)codes: \{zh: zho_Hans\}"
    ):
        found(folder, "codes", "en", "zh")
    assert found(folder, "codes", "en", "zh", codes={"zh": "zho_Hant"}).target == "zho_Hant"
    with pytest.raises(InputError, match=r"knows Hausa \(ha\)(?s:.*)no code of it"):
        found(folder, "codes", "en", "ha")
    with pytest.raises(InputError, match=r"no such code(?s:.*)hau_Latn"):
        found(folder, "codes", "en", "ha", codes={"ha": "hau_Latn"})


def test_a_prefix_names_languages_or_codes(folder):
    prefix = "translate {source} to {target}: "
    assert spoken(found(folder, "prefix", prefix=prefix)) == ("", "", "translate English to Swahili: ")
    assert found(folder, "pair", prefix=">>{code}<< ", codes={"sw": "swa"}).prefix == ">>swa<< "
    assert found(folder, "pair", prefix=">>{code}<< ").prefix == ">>sw<< "


def test_a_model_of_one_pair_is_asked_for_that_one(folder):
    assert spoken(found(folder, "named")) == ("", "", "")
    assert spoken(found(folder, "pair", pair="eng-swa")) == ("", "", "")
    with pytest.raises(InputError, match=r"between other languages(?s:.*)en-sw(?s:.*)en-de"):
        found(folder, "named", "en", "de")
    with pytest.raises(InputError, match=r"does not say between which languages(?s:.*)pair: en-sw"):
        found(folder, "pair")


def test_what_cannot_be_read_is_named(folder, tmp_path):
    with pytest.raises(InputError, match=r"gone: there is no translator"):
        found(folder, "gone")
    (tmp_path / "pickled").mkdir()
    (tmp_path / "pickled" / "config.json").write_text("{}")
    (tmp_path / "pickled" / "pytorch_model.bin").write_text("")
    with pytest.raises(InputError, match=r"no weights that can be read(?s:.*)pickled weights"):
        found(tmp_path, "pickled")


def test_the_digest_changes_with_the_weights_and_not_with_the_place(folder, tmp_path):
    digest = found(folder, "codes").digest
    assert found(tmp_path, write_translator(tmp_path / "same", LINES, "codes").name).digest == digest
    assert found(tmp_path, write_translator(tmp_path / "other", LINES, "codes", seed=1).name).digest != digest


def loaded(folder: Path, path: str, **fields: Any) -> Translator:
    return Translator.load(folder / path, found(folder, path, **fields), Compute.choose("cpu"))


@pytest.mark.parametrize("path", ["codes", "named", "prefix"])
def test_a_translation_does_not_depend_on_what_is_translated_beside_it(folder, path):
    fields = {"prefix": "translate to {target}: "} if path == "prefix" else {}
    translator = loaded(folder, path, **fields)
    texts = [*LINES, "Anna.", "the old bell"]
    together = translator.translate(texts)
    assert len(together) == len(texts)
    assert any(together)
    assert translator.translate(texts[::-1]) == together[::-1]
    assert [translator.translate([text])[0] for text in texts] == together


def recorded(translator: Translator, monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[str], dict[str, Any]]]:
    """What the model is given, as text, and how it is asked; the search itself runs."""
    calls: list[tuple[list[str], dict[str, Any]]] = []
    generate, tokenizer = translator._model.generate, translator._tokenizer

    def watched(**inputs: Any) -> Any:
        calls.append((tokenizer.batch_decode(inputs["input_ids"]), inputs))
        return generate(**inputs)

    monkeypatch.setattr(translator._model, "generate", watched)
    return calls


def test_source_and_target_codes_reach_the_model(folder, monkeypatch):
    translator = loaded(folder, "codes")
    calls = recorded(translator, monkeypatch)
    translator.translate(["Anna."])
    ((text,), asked) = calls[0]
    assert text.startswith("eng_Latn")
    assert translator._tokenizer.convert_ids_to_tokens(asked["forced_bos_token_id"]) == "swh_Latn"
    assert (asked["num_beams"], asked["do_sample"], asked["max_new_tokens"]) == (4, False, 12)


def test_the_prefix_stands_before_every_text(folder, monkeypatch):
    translator = loaded(folder, "prefix", prefix="to {target}: ", beams=1, max_length=32)
    calls = recorded(translator, monkeypatch)
    translator.translate(["Anna found the lamp."])
    decoded = calls[0][0][0].replace("<unk>", "")
    assert decoded.replace(" ", "").startswith("to")
    assert decoded.replace(" ", "").endswith("Annafoundthelamp.</s>")


def test_a_text_that_is_too_long_is_translated_in_parts(folder, monkeypatch):
    translator = loaded(folder, "named")
    calls = recorded(translator, monkeypatch)
    text = "the old bell " * 12
    (translation,) = translator.translate([text.strip()])
    parts = [part.replace("<pad>", "").replace("</s>", "").strip() for texts, _ in calls for part in texts]
    assert len(parts) > 1
    assert sorted(" ".join(parts).split()) == sorted(text.split())
    assert all(len(translator._tokenizer(part)["input_ids"]) <= 12 for part in parts)
    assert translation == " ".join(translator.translate([part])[0] for part in parts[:1] * len(parts))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "a translator needs one source"),
        ({"path": "a", "hub": "b"}, "a translator needs one source"),
        ({"path": "a", "prefix": "to {language}: "}, "an unknown {language}"),
        ({"path": "a", "prefix": "to {target: "}, "brace"),
        ({"path": "a", "pair": "English"}, "pair"),
    ],
)
def test_a_translator_that_is_described_wrongly_is_refused(fields, message):
    with pytest.raises(ValueError, match=message):
        TranslatorSource(**fields)
