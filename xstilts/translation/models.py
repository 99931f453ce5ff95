"""Translation models: any sequence-to-sequence model of `transformers`, and how it is told the languages.

Three manners are known. Models with codes of languages in their tokenizer (NLLB, M2M-100, mBART) take the source's code
with the text and begin their output with the target's. Models with a prefix (T5 and its kin, Marian with several
targets) read in the text what to do. All others (most of Marian) know one direction.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xstilts.data.sources import content_digest
from xstilts.encoders.encoder import weight_files
from xstilts.encoders.files import first_line, hub_folder, load_weights
from xstilts.errors import InputError
from xstilts.languages import language
from xstilts.stage import TranslationModel

if TYPE_CHECKING:
    from xstilts.model_sources import TranslatorSource
    from xstilts.training.compute import Compute

_SUFFIXES = (".json", ".txt", ".model", ".spm")
# en, eng_Latn, en_XX, __en__
_CODE = re.compile(r"_{0,2}(?P<language>[a-z]{2,3})(?:_[A-Z][A-Za-z]{1,3})?_{0,2}")
_PAIR = re.compile(r"[a-z]{2,3}-[a-z]{2,3}")
_MOST_AT_ONCE = 64


def find_translator(
    settings: TranslatorSource, base: Path, source: str, target: str, offline: bool
) -> tuple[Path, TranslationModel]:
    """The directory of a translation model, and what a stage has to know of it.

    Args:
        settings: What the study says of it.
        base: Folder that a relative path starts from.
        source: Language that is translated from.
        target: Language that is translated into.
        offline: A model of the hub is only taken from the cache.

    Raises:
        InputError: If it is not there, has no weights that can be read, or does not know the languages.
    """
    if settings.path is not None:
        folder = base / Path(settings.path).expanduser()
    else:
        folder = hub_folder("translator", str(settings.hub), settings.revision, offline)
    _check_folder(folder)
    spoken = _manner(_load_tokenizer(folder), settings, source, target, folder)
    return folder, TranslationModel(
        translator_digest(folder), *spoken, settings.beams, settings.max_length, settings.precision
    )


def translator_digest(folder: Path) -> str:
    """SHA-256 of configuration, tokenizer and weights."""
    files = sorted(path for path in folder.iterdir() if path.suffix in _SUFFIXES and path.is_file())
    return content_digest([*files, *weight_files(folder)])


def _check_folder(folder: Path) -> None:
    if not (folder / "config.json").is_file():
        raise InputError("there is no translator in this directory", where=folder, expected="config.json")
    if not weight_files(folder):
        pickled = any(folder.glob("*.bin"))
        raise InputError(
            "the translator has no weights that can be read",
            where=folder,
            expected="model.safetensors",
            fix="pickled weights (.bin) are not read; convert them, or name a `revision` with safetensors"
            if pickled
            else None,
        )


def _load_tokenizer(folder: Path) -> Any:
    import transformers

    try:
        return transformers.AutoTokenizer.from_pretrained(folder, trust_remote_code=False, local_files_only=True)
    except Exception as error:
        reason = next((line.strip() for line in str(error).splitlines() if line.strip()), "")
        raise InputError(
            f"the translator's tokenizer cannot be loaded: {type(error).__name__}: {reason}",
            where=folder,
            fix="tokenizers of Marian and M2M-100 need the package sentencepiece",
        ) from error


def _manner(tokenizer: Any, settings: TranslatorSource, source: str, target: str, folder: Path) -> tuple[str, str, str]:
    """The codes of source and target, empty for a model without, and the prefix."""
    several = any(field in settings.prefix for field in ("{target}", "{code}"))
    if hasattr(tokenizer, "src_lang") and not several:
        first, second = (_code_of(tokenizer, settings, code, folder) for code in (source, target))
        return first, second, settings.prefix
    if not several:
        _check_pair(tokenizer, settings, source, target, folder)
    names = {"source": language(source).name, "target": language(target).name}
    return "", "", settings.prefix.format(**names, code=settings.codes.get(target, target))


def _code_of(tokenizer: Any, settings: TranslatorSource, code: str, folder: Path) -> str:
    """The model's own code of a language: the one that the study names, or the only one that can be meant."""
    known = list(getattr(tokenizer, "lang_code_to_token", None) or tokenizer.all_special_tokens)
    if code in settings.codes:
        if settings.codes[code] not in known:
            raise InputError("the translator has no such code", where=folder, found=settings.codes[code])
        return settings.codes[code]
    wanted = language(code).code
    fitting = [
        token for token in known if (match := _CODE.fullmatch(token)) and language(match["language"]).code == wanted
    ]
    if len(fitting) != 1:
        raise InputError(
            f"it cannot be told by which code the translator knows {language(code).name} ({code})",
            where=folder,
            found=", ".join(fitting) or "no code of it",
            fix=f"name it: codes: {{{code}: {fitting[0] if fitting else 'CODE'}}}",
        )
    return str(fitting[0])


def _check_pair(tokenizer: Any, settings: TranslatorSource, source: str, target: str, folder: Path) -> None:
    """A model of one direction must be asked for that one."""
    said = "-".join(str(tokenizer.init_kwargs.get(name)) for name in ("source_lang", "target_lang"))
    pair = settings.pair or (said if _PAIR.fullmatch(said) else None)
    if pair is None:
        raise InputError(
            "the translator does not say between which languages it translates",
            where=folder,
            fix=f"say `pair: {source}-{target}`; or give a model that takes one its `prefix`, with {{target}} in it",
        )
    first, _, second = pair.partition("-")
    if [language(first).code, language(second).code] != [language(source).code, language(target).code]:
        raise InputError("the translator translates between other languages", found=pair, expected=f"{source}-{target}")


class Translator:
    """A loaded translation model for one direction.

    Args:
        tokenizer: Its tokenizer.
        model: The `transformers` model.
        use: Codes, prefix and limits.
        compute: The device.
    """

    def __init__(self, tokenizer: Any, model: Any, use: TranslationModel, compute: Compute) -> None:
        self._tokenizer, self._use, self._compute = tokenizer, use, compute
        self._model = model.to(compute.device).eval()
        self._forced: dict[str, int] = {}
        if use.source:
            tokenizer.src_lang = use.source
            to_id = getattr(tokenizer, "get_lang_id", None) or tokenizer.convert_tokens_to_ids
            self._forced = {"forced_bos_token_id": int(to_id(use.target))}
        positions = getattr(model.config, "max_position_embeddings", None) or use.max_length + 1
        self._longest = min(use.max_length, int(positions) - 1)  # the output begins with a piece of its own

    @classmethod
    def load(cls, folder: Path, use: TranslationModel, compute: Compute) -> Translator:
        """Loads the weights in float32.

        Raises:
            InputError: If they cannot be loaded.
        """
        from transformers.utils import logging

        logging.disable_progress_bar()
        logging.set_verbosity_error()
        tokenizer = _load_tokenizer(folder)
        try:
            model, _ = load_weights("AutoModelForSeq2SeqLM", folder)
        except Exception as error:
            raise InputError(f"the translator cannot be loaded: {first_line(error)}", where=folder) from error
        return cls(tokenizer, model, use, compute)

    def translate(
        self, texts: Sequence[str], compute: Compute | None = None, pause: Callable[[], None] = lambda: None
    ) -> list[str]:
        """The translation of each text. One that is too long is translated in parts, cut between words.

        The same texts give the same translations: the search is a beam search, nothing is drawn.

        Args:
            texts: The texts.
            compute: Says how many pieces are taken at once, if not what the translator was loaded with.
            pause: Called before each batch; may end the translation by an exception.
        """
        parts = [self._parts(text) for text in texts]
        flat = [part for text in parts for part in text]
        translated = iter(self._generated(flat, compute or self._compute, pause))
        return [" ".join(filter(None, (next(translated) for _ in text))) for text in parts]

    def _parts(self, text: str) -> list[str]:
        if self._length(text) <= self._longest or len(text) < 2:
            return [text]
        middle = len(text) // 2
        spaces = [at for at, sign in enumerate(text) if sign.isspace() and 0 < at < len(text) - 1]
        at = min(spaces, key=lambda place: abs(place - middle)) if spaces else middle
        return self._parts(text[:at].strip()) + self._parts(text[at:].strip())

    def _length(self, text: str) -> int:
        """Pieces of a text, special ones and prefix included."""
        return len(self._tokenizer(self._use.prefix + text)["input_ids"])

    def _generated(self, texts: Sequence[str], compute: Compute, pause: Callable[[], None]) -> list[str]:
        lengths = [self._length(text) for text in texts]
        order = sorted(range(len(texts)), key=lambda at: (lengths[at], at))
        budget = max(compute.prediction_pieces // self._use.beams, 1)
        found = [""] * len(texts)
        while order:
            pause()
            batch = order[:_MOST_AT_ONCE]
            while len(batch) > 1 and len(batch) * lengths[batch[-1]] > budget:
                batch.pop()
            del order[: len(batch)]
            for at, translation in zip(batch, self._one_batch([texts[at] for at in batch]), strict=True):
                found[at] = translation
        return found

    def _one_batch(self, texts: Sequence[str]) -> list[str]:
        import torch

        encoded = self._tokenizer([self._use.prefix + text for text in texts], padding=True, return_tensors="pt")
        inputs = {name: encoded[name].to(self._compute.device) for name in ("input_ids", "attention_mask")}
        with torch.inference_mode(), self._compute.autocast(self._use.precision):
            output = self._model.generate(
                **inputs,
                **self._forced,
                num_beams=self._use.beams,
                do_sample=False,
                num_return_sequences=1,
                max_new_tokens=self._longest,
            )
        decoded = self._tokenizer.batch_decode(output, skip_special_tokens=True, clean_up_tokenization_spaces=False)
        return [str(text).strip() for text in decoded]
