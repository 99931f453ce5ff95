"""Threads that wait sleep while others compute, and wait awake while a process has the machine to itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading

import pytest

from xstilts.training import waiting
from xstilts.training.waiting import Manners, mind_others

# Seconds that threads compute or wait awake while 200 sums of two threads are a fiftieth of the time.
SPENT = """
import json, resource, time
import torch
from xstilts.training.waiting import Manners

numbers, crowded = torch.ones(1 << 18), [True]
manners = Manners(lambda: crowded[0])

def spent():
    began = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    for _ in range(200):
        numbers.sum()
        time.sleep(0.002)
    return resource.getrusage(resource.RUSAGE_SELF).ru_utime - began

def looked(times):
    for _ in range(times):
        manners.look()
    time.sleep(0.5)

spent()
alone = spent()
looked(2)
beside_others = spent()
crowded[0] = False
looked(10)
print(json.dumps([alone, beside_others, spent()]))
"""


@pytest.fixture
def seen():
    """What a look at the machine says, and who looks."""
    answer = [False]
    manners = Manners(lambda: answer[0])
    yield answer, manners
    answer[0] = False
    looks(manners, 10)
    assert not manners.asleep


def looks(manners, times):
    states = []
    for _ in range(times):
        manners.look()
        states.append(manners.asleep)
    return states


def test_two_looks_in_a_row_at_a_crowd_send_threads_to_sleep(seen):
    answer, manners = seen
    answer[0] = True
    assert looks(manners, 3) == [False, True, True]


def test_a_look_at_an_empty_machine_between_them_starts_anew(seen):
    answer, manners = seen
    for crowded, expected in [(True, False), (False, False), (True, False), (True, True)]:
        answer[0] = crowded
        assert looks(manners, 1) == [expected]


def test_ten_looks_in_a_row_at_an_empty_machine_wake_them(seen):
    answer, manners = seen
    answer[0] = True
    looks(manners, 2)
    answer[0] = False
    looks(manners, 9)
    answer[0] = True
    assert looks(manners, 1) == [True]
    answer[0] = False
    assert looks(manners, 11) == [True] * 9 + [False] * 2


def test_nobody_minds_others_twice_or_where_the_user_chose(monkeypatch, tmp_path):
    started = []
    monkeypatch.setattr(Manners, "start", lambda manners: started.append(manners.name))
    monkeypatch.setattr(waiting.torch, "get_num_threads", lambda: 2)
    monkeypatch.setattr(waiting, "_LOAD", tmp_path / "loadavg")
    mind_others()
    assert not started, "the machine does not say what it computes"
    (tmp_path / "loadavg").write_text("0.10 0.20 0.30 3/100 1234\n", encoding="ascii")
    for name in ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT"):
        monkeypatch.setenv(name, "1")
        mind_others()
        assert not started, f"{name} is set"
        monkeypatch.delenv(name)
    mind_others()
    assert len(started) == 1
    monkeypatch.setattr(threading, "enumerate", lambda: [Manners(lambda: False)])
    mind_others()
    assert len(started) == 1
    monkeypatch.setattr(threading, "enumerate", list)
    monkeypatch.setattr(waiting.torch, "get_num_threads", lambda: 1)
    mind_others()
    assert len(started) == 1, "one thread waits for none"


@pytest.mark.parametrize(("cores", "running", "crowded"), [(2, 3, False), (2, 4, True), (16, 4, False), (16, 18, True)])
def test_a_machine_is_crowded_when_more_runs_beside_the_one_that_looks_than_it_has_cores(
    monkeypatch, tmp_path, cores, running, crowded
):
    (tmp_path / "loadavg").write_text(f"9.10 8.20 7.30 {running}/100 1234\n", encoding="ascii")
    monkeypatch.setattr(waiting, "_LOAD", tmp_path / "loadavg")
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    assert waiting._is_crowded() is crowded


def test_threads_that_are_sent_to_sleep_use_no_processor_while_they_wait():
    environment = {name: value for name, value in os.environ.items() if name not in waiting._CHOSEN}
    environment |= {"OMP_NUM_THREADS": "2", "MKL_NUM_THREADS": "2"}
    done = subprocess.run(
        [sys.executable, "-c", SPENT], env=environment, capture_output=True, text=True, check=True, timeout=120
    )
    alone, beside_others, alone_again = json.loads(done.stdout)
    assert beside_others < alone / 2
    assert beside_others < alone_again / 2
