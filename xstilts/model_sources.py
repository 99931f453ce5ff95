"""Where the models of a study come from. The docstring under each field is its help text."""

from __future__ import annotations

import re
import string
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field, field_validator, model_validator

from xstilts.settings import STRICT


def _checked_pair(pair: str) -> str:
    if not re.fullmatch("[a-z]{2,3}-[a-z]{2,3}", pair):
        raise ValueError("this is no pair of languages; expected two codes, such as en-de")
    return pair


class EncoderSource(BaseModel):
    """Where an encoder comes from: exactly one of `path`, `hub` and `embedded`."""

    model_config = STRICT

    path: str | None = None
    """A local `transformers` directory, relative to the study file."""
    hub: str | None = None
    """A repository of the Hugging Face hub."""
    revision: str | None = None
    """The hub revision; a commit hash pins it."""
    embedded: Literal["nano", "nano-small", "nano-tiny"] | None = None
    """An encoder that comes with the package."""
    random_weights: Annotated[int, Field(ge=0, lt=2**32)] | None = None
    """Seed: takes random weights in place of the pretrained ones, to see what pretraining is worth."""

    @model_validator(mode="after")
    def _one_source(self) -> EncoderSource:
        if sum(source is not None for source in (self.path, self.hub, self.embedded)) != 1:
            raise ValueError(
                "an encoder needs one source; expected one of path: FOLDER, hub: OWNER/NAME and embedded: nano"
            )
        return self


class TranslatorSource(BaseModel):
    """A sequence-to-sequence model that translates training rows: one of `path` and `hub`, and how it is spoken to."""

    model_config = STRICT

    path: str | None = None
    """A local `transformers` directory, relative to the study file."""
    hub: str | None = None
    """A repository of the Hugging Face hub."""
    revision: str | None = None
    """The hub revision; a commit hash pins it."""
    codes: dict[str, str] = {}
    """Language -> the model's own code for it (`sw: swh_Latn`), where it cannot be told from the model's codes."""
    prefix: str = ""
    """Stands before every text, for models that are told so what to do: `translate {source} to {target}: ` with names
    of languages, or `>>{code}<< ` with the code of the language that is translated into."""
    pair: Annotated[str, AfterValidator(_checked_pair)] | None = None
    """`en-de`: the one direction of a model that has only one, where its tokenizer does not say it."""
    beams: int = Field(4, ge=1)
    """Width of the beam search; 1 is greedy."""
    max_length: int = Field(256, gt=8)
    """Most pieces of a sentence, and of its translation; a longer sentence is translated in parts."""
    precision: Literal["auto", "bf16", "fp32"] = "auto"
    """`auto` computes in bfloat16 where the device has it."""

    @model_validator(mode="after")
    def _one_source(self) -> TranslatorSource:
        if (self.path is None) == (self.hub is None):
            raise ValueError("a translator needs one source; expected path: FOLDER or hub: OWNER/NAME")
        return self

    @field_validator("prefix")
    @classmethod
    def _known_fields(cls, prefix: str) -> str:
        try:
            unknown = {name for _, name, _, _ in string.Formatter().parse(prefix) if name} - {
                "source",
                "target",
                "code",
            }
        except ValueError as error:
            raise ValueError(
                f"the prefix has a brace without its partner; expected {{{{ and }}}} for plain braces ({error})"
            ) from error
        if unknown:
            raise ValueError(
                f"the prefix has an unknown {{{min(unknown)}}}; expected {{source}}, {{target}} or {{code}}"
            )
        return prefix
