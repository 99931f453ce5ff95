"""Our heads as the heads of `transformers`: a model that plain `AutoModelFor...` loads and that computes the same.

| kind | class | RoBERTa, XLM-R | BERT | ModernBERT |
|---|---|---|---|---|
| classification | SequenceClassification | the same layers | pooler, classifier | the same layers |
| multiple choice | MultipleChoice | pooler, classifier | pooler, classifier | the same layers |
| tagging | TokenClassification | classifier | classifier | classifier, behind a head that changes nothing |
| span QA | QuestionAnswering | qa_outputs | qa_outputs | likewise |
| masked LM | MaskedLM | the same layers | the same layers | the norm's bias goes into that of the decoder |

Where a layer has to change nothing, and ends in a layer norm, it is given what the encoder's last norm gave before its
weights: what is normed already stays as it is, but for the small number that norms add to the variance.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from xstilts.encoders.encoder import Encoder
from xstilts.errors import InputError, RunError
from xstilts.kinds.base import Kind
from xstilts.kinds.classification import Classification
from xstilts.kinds.masked_lm import MaskedLM
from xstilts.kinds.multiple_choice import MultipleChoice
from xstilts.kinds.span_qa import SpanQA
from xstilts.kinds.tagging import Tagging
from xstilts.training.heads import (
    Batch,
    ChoiceHead,
    ClassificationHead,
    Head,
    MaskedLMHead,
    PooledHead,
    SpanHead,
    TaggingHead,
)

AUTO_CLASSES: dict[type[Kind], str] = {
    Classification: "AutoModelForSequenceClassification",
    MultipleChoice: "AutoModelForMultipleChoice",
    Tagging: "AutoModelForTokenClassification",
    SpanQA: "AutoModelForQuestionAnswering",
    MaskedLM: "AutoModelForMaskedLM",
}
"""Kind -> the class of `transformers` with a head for it; other kinds have an encoder alone."""

_Layers = dict[str, Tensor]
_CHECKED_ROWS = ((23, 7), (40, 11), (3, 1))  # pieces, and where one of them is hidden from a language model
_SAME = 1e-3  # of the largest output


@dataclass
class _Translated:
    """A head in the words of an architecture: its tensors, and what its configuration must say."""

    tensors: _Layers
    config: dict[str, Any] = field(default_factory=dict)


def with_head(encoder: Encoder, head: Head, kind: Kind) -> Any:
    """The model of `transformers` that computes what an encoder and one of our heads do.

    Args:
        encoder: The encoder, on the CPU and with its whole vocabulary.
        head: The head.
        kind: Its kind.

    Returns:
        The model, with weights of its own.

    Raises:
        InputError: If the architecture has no head that could compute the same.
    """
    import transformers

    architecture = encoder.model.config.model_type
    translate = _ARCHITECTURES.get(architecture)
    if translate is None:
        raise InputError(
            f"nobody has written yet how a {kind.name} head is put into this architecture",
            found=architecture,
            expected=", ".join(_ARCHITECTURES),
            fix="say --encoder-only to export the encoder without its head",
        )
    translated = translate(encoder, head)
    config = copy.deepcopy(encoder.model.config)
    if isinstance(kind, Classification | Tagging):
        names = kind.labels if isinstance(kind, Classification) else kind.tags
        config.id2label = dict(enumerate(names))
        config.label2id = {name: at for at, name in enumerate(names)}
    elif isinstance(kind, SpanQA):
        config.num_labels = 2
    for name, value in translated.config.items():
        setattr(config, name, value)
    with torch.random.fork_rng(devices=[]):
        model = getattr(transformers, AUTO_CLASSES[type(kind)]).from_config(config, trust_remote_code=False)
    prefix = model.base_model_prefix
    state = {f"{prefix}.{name}": tensor for name, tensor in encoder.model.state_dict().items()}
    missing, unexpected = model.load_state_dict({**state, **translated.tensors}, strict=False)
    if missing or unexpected:
        raise RunError(
            f"{type(model).__name__} of this version of transformers has other weights than are known here: "
            f"{', '.join([*missing, *unexpected][:4])}"
        )
    return model.eval()


def largest_difference(encoder: Encoder, head: Head, kind: Kind, model: Any) -> float:
    """Compares a model of `transformers` with what it was made of, on rows of random pieces, one padded.

    Args:
        encoder: The encoder.
        head: Our head.
        kind: Its kind.
        model: What `with_head` made, or what is loaded from its files.

    Returns:
        The largest difference between outputs, divided by the largest output.

    Raises:
        RunError: If it is not small.
    """
    generator = torch.Generator().manual_seed(0)
    width = max(length for length, _ in _CHECKED_ROWS)
    vocabulary = int(encoder.model.config.vocab_size)
    shape = (len(_CHECKED_ROWS), width)
    ids = torch.randint(min(5, vocabulary - 1), vocabulary, shape, generator=generator)
    lengths = torch.tensor([length for length, _ in _CHECKED_ROWS])
    mask = (torch.arange(width) < lengths[:, None]).long()
    padding = encoder.model.config.pad_token_id
    batch = {"input_ids": ids.masked_fill(mask == 0, padding or 0), "attention_mask": mask}
    inputs = dict(batch)
    masked = torch.full(shape, -100)
    for row, (_, place) in enumerate(_CHECKED_ROWS):
        masked[row, place] = ids[row, place]
    if isinstance(kind, MaskedLM):
        batch["masked"] = masked
    encoder.model.eval()
    head.eval()
    model.eval()
    with torch.inference_mode():
        ours = head(encoder.model(**inputs).last_hidden_state, batch)
        theirs = _outputs(model, kind, batch)
    if head.per_piece:
        ours, theirs = ours[mask.bool()], theirs[mask.bool()]
    found = float((ours - theirs).abs().max() / ours.abs().max().clamp(min=1e-6))
    if not found <= _SAME:
        raise RunError(f"the exported model would not compute the same: outputs differ by {found:.1e} of the largest")
    return found


def _outputs(model: Any, kind: Kind, batch: Batch) -> Tensor:
    """What a model of `transformers` says, in the form of our heads."""
    inputs = {name: batch[name] for name in ("input_ids", "attention_mask", "token_type_ids") if name in batch}
    if isinstance(kind, MultipleChoice):
        return model(**{name: tensor.unsqueeze(1) for name, tensor in inputs.items()}).logits  # type: ignore[no-any-return]
    said = model(**inputs)
    if isinstance(kind, SpanQA):
        return torch.stack([said.start_logits, said.end_logits], dim=-1)
    if not isinstance(kind, MaskedLM):
        return said.logits  # type: ignore[no-any-return]
    masked = batch["masked"]
    found = said.logits.float().log_softmax(-1).gather(-1, masked.clamp(min=0).unsqueeze(-1)).squeeze(-1)
    return torch.stack([found.masked_fill(masked < 0, 0.0), (masked >= 0).float()], dim=-1)


class _Given(nn.Module):
    """Stands in for the encoder within a model: gives hidden states that are known, and what a pooler makes of them."""

    def __init__(self, pooler: nn.Module | None) -> None:
        super().__init__()
        self.pooler = pooler
        self.hidden: Tensor | None = None

    def forward(self, *_: Any, **__: Any) -> Any:
        """The hidden states, whatever is asked."""
        from transformers.modeling_outputs import BaseModelOutputWithPooling

        pooled = None if self.pooler is None else self.pooler(self.hidden)
        return BaseModelOutputWithPooling(last_hidden_state=self.hidden, pooler_output=pooled)


class ModelHead(Head):
    """The head of any model of `transformers`, whatever its architecture. Outputs [rows, ...].

    Args:
        model: The model; its encoder is taken out of it.
        kind: What the head is for.
    """

    def __init__(self, model: Any, kind: Kind) -> None:
        super().__init__(0.0)
        self._kind, self.model = kind, model
        self._given = _Given(getattr(model.base_model, "pooler", None))
        setattr(model, model.base_model_prefix, self._given)

    def forward(self, hidden: Tensor, batch: Batch) -> Tensor:
        """Outputs as of our head of the kind."""
        self._given.hidden = hidden
        return _outputs(self.model, self._kind, batch)


class PieceModelHead(ModelHead):
    """The same for heads that say something of every piece. Outputs [rows, pieces, ...]."""

    per_piece: ClassVar[bool] = True


def _layer(name: str, layer: nn.Module | None) -> _Layers:
    """The tensors of a layer under another name."""
    assert layer is not None
    return {f"{name}.{part}": tensor for part, tensor in layer.state_dict().items()}


def _no_such_head(encoder: Encoder, why: str) -> InputError:
    return InputError(
        f"no head of this architecture can compute what was trained: {why}",
        found=encoder.model.config.model_type,
        fix="train the stage again with this version, or say --encoder-only to export the encoder alone",
    )


def _vocabulary(name: str, encoder: Encoder, bias: Tensor) -> _Layers:
    """The last layer of a language model, whose weights are the encoder's embeddings."""
    return {f"{name}.weight": encoder.model.get_input_embeddings().weight.detach(), f"{name}.bias": bias}


def _pooled_by_first_piece(encoder: Encoder, head: PooledHead) -> None:
    if head.pooling != "cls" or head.norm is not None:
        raise _no_such_head(encoder, "its classifiers take the first piece, and have a tanh")


def _for_roberta(encoder: Encoder, head: Head) -> _Translated:
    match head:
        case ClassificationHead():
            _pooled_by_first_piece(encoder, head)
            layers = {**_layer("classifier.dense", head.dense), **_layer("classifier.out_proj", head.projection)}
        case ChoiceHead():
            _pooled_by_first_piece(encoder, head)
            layers = {**_layer("roberta.pooler.dense", head.dense), **_layer("classifier", head.projection)}
        case TaggingHead():
            layers = _layer("classifier", head.projection)
        case SpanHead():
            layers = _layer("qa_outputs", head.projection)
        case MaskedLMHead():
            bias = head.bias.detach()
            layers = {**_layer("lm_head.dense", head.dense), **_layer("lm_head.layer_norm", head.norm)}
            layers |= {"lm_head.bias": bias, **_vocabulary("lm_head.decoder", encoder, bias)}
        case _:
            raise _no_such_head(encoder, type(head).__name__)
    return _Translated(layers)


def _for_bert(encoder: Encoder, head: Head) -> _Translated:
    match head:
        case ClassificationHead() | ChoiceHead():
            _pooled_by_first_piece(encoder, head)
            layers = {**_layer("bert.pooler.dense", head.dense), **_layer("classifier", head.projection)}
        case TaggingHead():
            layers = _layer("classifier", head.projection)
        case SpanHead():
            layers = _layer("qa_outputs", head.projection)
        case MaskedLMHead():
            if encoder.model.config.hidden_act != "gelu":
                raise _no_such_head(encoder, "the language model's activation is that of the encoder, and not gelu")
            bias, name = head.bias.detach(), "cls.predictions"
            layers = {
                **_layer(f"{name}.transform.dense", head.dense),
                **_layer(f"{name}.transform.LayerNorm", head.norm),
            }
            layers |= {f"{name}.bias": bias, **_vocabulary(f"{name}.decoder", encoder, bias)}
        case _:
            raise _no_such_head(encoder, type(head).__name__)
    return _Translated(layers)


def _for_modernbert(encoder: Encoder, head: Head) -> _Translated:
    match head:
        case ClassificationHead() | ChoiceHead():
            if head.norm is None:
                raise _no_such_head(encoder, "its classifiers have a norm, which older versions of xstilts left out")
            layers = {**_layer("head.dense", head.dense), **_layer("head.norm", head.norm)}
            return _Translated(layers | _layer("classifier", head.projection))
        case TaggingHead() | SpanHead():
            return _behind_an_idle_head(encoder, head.projection)
        case MaskedLMHead():
            return _modern_language_model(encoder, head)
    raise _no_such_head(encoder, type(head).__name__)


def _behind_an_idle_head(encoder: Encoder, projection: nn.Linear) -> _Translated:
    """A projection of hidden states, where the architecture has dense layer, activation and norm before it.

    Hidden states are `w * z + b` with `z` normed. The dense layer makes `z` of them, the norm leaves it as it is, and
    the projection's weights are multiplied by `w`.
    """
    last, eps = encoder.model.final_norm, encoder.model.config.norm_eps
    scale = last.weight.detach().double()
    if not bool((scale != 0).all()):
        raise _no_such_head(encoder, "a weight of its last norm is exactly zero")
    weight = projection.weight.detach().double()
    layers = {
        "head.dense.weight": torch.diag(1 / scale).float(),
        "head.norm.weight": torch.full_like(scale, (1 + eps) ** 0.5).float(),
        "classifier.weight": (weight * scale).float(),
        "classifier.bias": projection.bias.detach(),
    }
    if last.bias is not None:
        shift = last.bias.detach().double()
        layers["head.dense.bias"] = (-shift / scale).float()
        layers["head.norm.bias"] = torch.zeros_like(scale).float()
        layers["classifier.bias"] = (projection.bias.detach().double() + weight @ shift).float()
    return _Translated(layers, {"classifier_activation": "linear", "classifier_bias": last.bias is not None})


def _modern_language_model(encoder: Encoder, head: MaskedLMHead) -> _Translated:
    """The norm has no bias where the encoder's norms have none: what it adds to every score is the decoder's bias."""
    embeddings = encoder.model.get_input_embeddings().weight.detach()
    layers = {**_layer("head.dense", head.dense), "head.norm.weight": head.norm.weight.detach()}
    bias = head.bias.detach()
    if encoder.model.config.norm_bias:
        layers["head.norm.bias"] = head.norm.bias.detach()
    else:
        bias = (bias.double() + embeddings.double() @ head.norm.bias.detach().double()).float()
    config = {"classifier_activation": "gelu", "classifier_bias": True, "decoder_bias": True}
    return _Translated(layers | _vocabulary("decoder", encoder, bias), config)


_ARCHITECTURES: dict[str, Callable[[Encoder, Head], _Translated]] = {
    **dict.fromkeys(("xlm-roberta", "xlm-roberta-xl", "roberta", "camembert"), _for_roberta),
    "bert": _for_bert,
    "modernbert": _for_modernbert,
}
