"""What there is to report of a study, as plain data: computed once, laid out by the page and by the paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import polars as pl

from xstilts.analysis.answers import answers
from xstilts.analysis.claims import Claim, Verdict, check_claims
from xstilts.analysis.evidence import Answer, Evidence
from xstilts.analysis.paper_claims import paper_claims
from xstilts.analysis.reference import Comparison, comparisons
from xstilts.analysis.summary import OVERALL, group_scores, layer_scores, one_split_per_target, summarize
from xstilts.errors import InputError
from xstilts.records import Records, costs_schema, dev_schema
from xstilts.report.findings import warnings
from xstilts.report.overlap import OverlapSection, overlap_section


@dataclass(frozen=True)
class Contents:
    """Everything that a report of a study says, before it has a form.

    What takes long is computed when it is first asked for, and kept.

    Attributes:
        table: The long table.
        study: The effective study, as data.
        evidence: Language scores with their differences, the recipes' make-up, costs and dev scores.
        notes: What the run noted: missing results with their reasons, rows that readers left out.
        audit: What `xstilts.analysis.audit.read_audit` returns.
        made_with: How often finished stages name a version or a device: `versions` and `devices` of plan.json.
        data: The rows that were read: `data` of plan.json.
        samples: Rows of test sets with gold and predictions, see `xstilts.samples`; None if there are none.
        claims: Claims to be checked; None for those of Phang et al. (2020).
        incomplete: A line that says what the table lacks; empty if it lacks nothing.
        draws: Bootstrap draws.
    """

    table: pl.DataFrame
    study: Mapping[str, Any]
    evidence: Evidence
    notes: Sequence[str] = ()
    audit: Mapping[str, Any] | None = None
    made_with: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    data: Sequence[Mapping[str, Any]] = ()
    samples: pl.DataFrame | None = None
    claims: Sequence[Claim] | None = None
    incomplete: str = ""
    draws: int = 1000

    @classmethod
    def of(
        cls,
        table: pl.DataFrame,
        study: Mapping[str, Any],
        records: Records | None = None,
        draws: int = 1000,
        **more: Any,
    ) -> Contents:
        """Scores the long table against the study's baseline.

        Args:
            table: The long table.
            study: The effective study, as data.
            records: Costs and dev scores, where there are some.
            draws: Bootstrap draws.
            more: The other attributes.
        """
        records = records or Records(pl.DataFrame(schema=costs_schema()), pl.DataFrame(schema=dev_schema()))
        return cls(table, study, Evidence.of(table, study, records, draws), draws=draws, **more)

    @property
    def name(self) -> str:
        """The study's name."""
        return str(self.study.get("name") or "study")

    @property
    def question(self) -> str:
        """What the study asks; empty if it does not say."""
        return str(self.study.get("question") or "")

    @property
    def baseline(self) -> str:
        """The recipe that differences are taken from."""
        return self.evidence.baseline

    @property
    def records(self) -> Records:
        """Costs and dev scores."""
        return self.evidence.records

    @cached_property
    def answers(self) -> list[Answer]:
        """What the results say, the study's own question first."""
        return answers(self.evidence)

    @cached_property
    def verdicts(self) -> list[Verdict]:
        """What became of the claims.

        Raises:
            InputError: If a claim is none, or names what the study has not.
        """
        return check_claims(self.evidence, paper_claims(self.evidence) if self.claims is None else self.claims)

    @cached_property
    def targets(self) -> pl.DataFrame:
        """`group_scores` by target."""
        return group_scores(self.evidence.scores, "target", self.baseline)

    @cached_property
    def languages(self) -> pl.DataFrame:
        """`group_scores` by language."""
        return group_scores(self.evidence.scores, "language", self.baseline)

    @cached_property
    def metrics(self) -> pl.DataFrame:
        """`summarize`, of what has no layers."""
        return summarize(self.table.filter(pl.col("layer").is_null()), self.baseline, self.draws)

    @cached_property
    def headlines(self) -> pl.DataFrame:
        """The metrics whose mean is the score of a test set that has no layers: encoder, target, split, metric."""
        plain = one_split_per_target(self.table).filter(pl.col("headline") & pl.col("layer").is_null())
        return plain.select("encoder", "target", "split", "metric").unique(maintain_order=True)

    @cached_property
    def layers(self) -> pl.DataFrame:
        """`layer_scores`: retrieval at every layer."""
        return layer_scores(self.table, self.baseline, self.draws)

    @cached_property
    def published(self) -> Sequence[Comparison]:
        """Published results of the same things."""
        return comparisons(self.table, self.baseline, self.draws)

    @cached_property
    def language_names(self) -> Mapping[str, str]:
        """Code of every language of the results -> its name; the code where it has none here."""
        return {code: _language_name(code) for code in self.table["language"].unique(maintain_order=True)}

    @cached_property
    def warnings(self) -> list[str]:
        """What a reader must know before trusting a number, and what the run noted."""
        return [*warnings(self.table, self.languages), *self.notes]

    @cached_property
    def overlap(self) -> OverlapSection:
        """What the audit found."""
        return overlap_section(self.audit, self.study)

    @cached_property
    def test_sets(self) -> list[tuple[str, str, str]]:
        """(encoder, target, split) of all that was evaluated, in the order of the table."""
        found = self.targets.filter(pl.col("target") != OVERALL).select("encoder", "target", "split")
        return [(encoder, target, split) for encoder, target, split in found.unique(maintain_order=True).iter_rows()]


def _language_name(code: str) -> str:
    from xstilts.languages import language

    try:
        return language(code).name
    except InputError:  # a study's own language; its code is its name
        return code
