"""How a stage trains. The docstring under each field is its help text."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

STRICT = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)
"""Of every section of a study: no field is unknown, and none changes."""


class TrainingSettings(BaseModel):
    """Hyperparameters of one training stage; all of them are part of the stage's identity."""

    model_config = STRICT

    epochs: float = Field(3.0, gt=0)
    """Passes over the training rows (over all tasks together in a multi-task stage)."""
    max_steps: int | None = Field(None, gt=0)
    """Ends training after so many steps, whatever `epochs` says."""
    batch_size: int = Field(32, gt=0)
    """Examples (windows, for long contexts) per optimizer step."""
    learning_rate: float = Field(2e-5, gt=0)
    """Peak of the linear schedule."""
    warmup: float = Field(0.1, ge=0, lt=1)
    """Share of the steps over which the learning rate rises; then it falls linearly to 0."""
    weight_decay: float = Field(0.01, ge=0)
    """AdamW's decay; biases and normalization weights are left out."""
    max_grad_norm: float = Field(1.0, gt=0)
    """Gradients are clipped to this norm."""
    dropout: float | None = Field(None, ge=0, lt=1)
    """Dropout of encoder and head; none given keeps the encoder's own setting (and 0.1 for the head)."""
    frozen_layers: int | None = Field(None, ge=0)
    """So many of the first layers, and the embeddings below them, keep the weights that they have, which costs less and
    can transfer better (Wu and Dredze, 2019); 0 freezes the embeddings alone, none given trains everything."""
    max_length: int | None = Field(None, gt=8)
    """Longest sequence in pieces, in training and prediction; none given takes the kind's default."""
    doc_stride: int = Field(128, ge=0)
    """Pieces that neighboring windows of a long text share."""
    language_exponent: float | None = Field(None, ge=0, le=1)
    """Rows of several languages: a language is drawn with probability proportional to its rows ** exponent (Conneau
    and Lample, 2019); below 1, small languages are seen more often. None given shuffles all rows together."""
    evaluations: int = Field(4, gt=0)
    """How often the dev set is scored during training, evenly spread; the last one is at the last step."""
    patience: int | None = Field(None, gt=0)
    """Stops after so many evaluations without a better dev score."""
    precision: Literal["auto", "bf16", "fp32"] = "auto"
    """`auto` computes in bfloat16 where the device has it; weights stay in float32."""
    collapse_retries: int = Field(1, ge=0)
    """How often a stage that stayed at chance is trained again with another seed before it is reported as collapsed."""

    def identity(self) -> dict[str, Any]:
        """Everything that can change a result, as JSON."""
        return self.model_dump(exclude={"frozen_layers"} if self.frozen_layers is None else None)


class Sampling(BaseModel):
    """How a multi-task stage draws the task of each step."""

    model_config = STRICT

    method: Literal["proportional", "temperature", "uniform", "explicit"] = "proportional"
    """Rule for the probability of a task."""
    temperature: float = Field(1.0, gt=0)
    """`temperature`: probability proportional to size ** (1 / temperature); 1 is proportional, large is uniform."""
    cap: int | None = Field(None, gt=0)
    """Sizes above this count as this (an examples cap)."""
    weights: dict[str, float] | None = None
    """`explicit`: a weight per task."""
    shares: dict[str, Annotated[float, Field(gt=0, lt=1)]] | None = None
    """Task -> its share of the steps; the rule divides the rest among the other tasks, whose rows alone are counted
    in epochs."""

    @model_validator(mode="after")
    def _something_is_left(self) -> Sampling:
        if sum((self.shares or {}).values()) >= 1:
            raise ValueError("the shares leave no steps to the other tasks; expected less than 1 in all")
        return self

    def identity(self) -> dict[str, Any]:
        """Everything that can change a result, as JSON."""
        return self.model_dump(exclude={"shares"} if self.shares is None else None)
