"""Every metric by name; each is a pure function of examples and predictions (see `xstilts.metrics.base`)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from xstilts.errors import InputError, nearest
from xstilts.metrics.accuracy import ACCURACY, RETRIEVAL_ACCURACY
from xstilts.metrics.base import Metric
from xstilts.metrics.bitext import MINING_F1
from xstilts.metrics.masked_lm import MASKED_PROBABILITY
from xstilts.metrics.mlqa import MLQA_EXACT_MATCH, MLQA_F1
from xstilts.metrics.ranking import MAP_AT_20
from xstilts.metrics.squad import EXACT_MATCH, F1
from xstilts.metrics.tags import TAG_F1, TOKEN_ACCURACY

METRICS: Mapping[str, Metric] = MappingProxyType(
    {
        metric.name: metric
        for metric in (
            ACCURACY,
            RETRIEVAL_ACCURACY,
            TAG_F1,
            TOKEN_ACCURACY,
            EXACT_MATCH,
            F1,
            MLQA_EXACT_MATCH,
            MLQA_F1,
            MINING_F1,
            MAP_AT_20,
            MASKED_PROBABILITY,
        )
    }
)


def metric(name: str) -> Metric:
    """The metric of this name.

    Raises:
        InputError: If there is none.
    """
    if name not in METRICS:
        raise InputError(
            f"there is no metric {name!r}",
            expected=f"one of {', '.join(METRICS)}",
            fix=nearest(name, list(METRICS)),
        )
    return METRICS[name]
