"""Studies whose processes are killed with SIGKILL at random moments end with the table of one that was left alone."""

from __future__ import annotations

import pytest
from faults.campaign import Campaign, cluster


def test_a_run_that_is_killed_a_few_times_ends_with_the_same_table(tmp_path):
    campaign = Campaign(tmp_path, seed=1)
    campaign.run(kills=2)  # which ends with a table, however slow the machine is
    counts = campaign.run(kills=4)
    assert counts.kills.total() == 4
    assert counts.tables >= 2


@pytest.mark.slow
def test_a_run_that_is_killed_200_times_ends_with_the_same_table(tmp_path):
    counts = Campaign(tmp_path, seed=2).run(kills=200)
    assert counts.kills.total() == 200


@pytest.mark.slow
def test_drivers_and_workers_of_ray_that_are_killed_200_times_end_with_the_same_table(tmp_path):
    with cluster(2) as nodes:
        counts = Campaign(tmp_path, seed=3, address=nodes.address).run(kills=200)
    assert counts.kills.total() == 200
