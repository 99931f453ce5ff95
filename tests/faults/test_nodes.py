"""A study on three nodes of Ray, of which one dies in the middle, ends with the table of one process."""

from __future__ import annotations

import pytest
from faults.campaign import study_of

pytest.importorskip("ray", reason="needs Ray: pip install 'xstilts[ray]'")

from faults.nodes import lose_a_node


@pytest.mark.slow
def test_a_node_that_is_killed_in_the_middle_of_a_small_study_loses_nothing(tmp_path):
    found = lose_a_node(tmp_path, study_of(tmp_path))
    assert 0 < found.before < found.stages
