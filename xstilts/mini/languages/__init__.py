"""The languages of `mini`: one module per language, named by its code, that defines `LANGUAGE`."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from xstilts.mini.language import Language


@cache
def language_codes() -> tuple[str, ...]:
    """Codes of all languages: English first, then in the order of the alphabet."""
    found = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return ("en", *(code for code in found if code != "en"))


@cache
def load_language(code: str) -> Language:
    """The language of a code."""
    language = importlib.import_module(f"{__name__}.{code}").LANGUAGE
    assert isinstance(language, Language)
    return language
