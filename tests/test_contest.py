"""Contests between engines: which rounds count, and what is compared."""

from __future__ import annotations

import pytest

from benchmarks.contest import EXAMPLES, OURS, Contest, Measurement


def rounds_of(monkeypatch, peaks, rounds, short=False):
    """What a contest keeps and discards; one pair of probes for each measurement, in order."""
    left = iter(peaks)
    asked = []

    def measured(self, case, who, short, folder):
        asked.append(who)
        before, after = next(left)
        return Measurement(1.0, 1.0, 1.0, before, after)

    monkeypatch.setattr(Contest, "_measured", measured)
    contest = Contest("", "", "", {"case": (OURS, EXAMPLES)}, lambda *_: Measurement(1.0, 1.0))
    return *contest._alternate("case", rounds, short, ""), asked


def test_a_round_is_measured_again_when_the_matrix_peak_changed(monkeypatch):
    steady, slower_after, slower_other = [(100, 90), (95, 86)], [(100, 84), (100, 100)], [(100, 100), (80, 80)]
    kept, discarded, asked = rounds_of(monkeypatch, [*slower_after, *steady, *slower_other, *steady, *steady], 3)
    assert (len(kept), discarded, len(asked)) == (3, 2, 10)
    assert all(found[OURS].peak == 95.0 for found in kept)


def test_a_machine_that_is_never_steady_ends_the_search(monkeypatch):
    kept, discarded, _ = rounds_of(monkeypatch, [(100, 50)] * 20, 3)
    assert (len(kept), discarded) == (3, 0)


def test_in_short_the_examples_settings_are_measured_until_one_round_counts(monkeypatch):
    changed = [(100, 100), (50, 50)]
    kept, discarded, asked = rounds_of(monkeypatch, [*changed, *[(100, 100)] * 4], 3, short=True)
    assert discarded == 1
    assert asked == [OURS, EXAMPLES, OURS, EXAMPLES, OURS, OURS]
    assert [EXAMPLES in found for found in kept] == [True, False, False]


def test_ratios_are_medians_within_rounds(capsys):
    # Speeds drift between rounds. Within them ours is 2, 3 and 2.5 times as fast; medians of speeds would say 30 / 10.
    rounds = [
        {OURS: Measurement(ours, 1.0, 60.0, 100.0, 100.0), EXAMPLES: Measurement(other, 2.0, 30.0, 100.0, 100.0)}
        for ours, other in [(10, 5), (30, 10), (100, 40)]
    ]
    Contest("", "title", "rows/s", {"case": (OURS, EXAMPLES)}, lambda *_: Measurement(1.0, 1.0))._show(
        "case", rounds, 1
    )
    printed = capsys.readouterr().out
    assert "3 rounds, 1 discarded)" in printed
    assert printed.splitlines()[-1].split() == [
        *EXAMPLES.split(), "10.0", "2.50", "x", "2.00", "3.00", "30%", "100", "2.00", "0.50", "x",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["XLM-R base", "XLM-R large, GPU"])
def test_a_gpus_cases_are_sizes_that_exist(name):
    from benchmarks.cases import SIZES
    from benchmarks.prediction import CONTEST

    assert name in CONTEST.cases
    assert name.removesuffix(", GPU") in SIZES
