"""A run that is asked to stop: the first signal waits for a pause, the second does not; nothing kept is lost."""

from __future__ import annotations

import hashlib
import os
import pickle
import signal
import threading
from pathlib import Path

import pytest
import torch
from tiny_study import tiny_study, write_data, write_working_encoder

from xstilts.executors.watching import Watcher
from xstilts.results import Results
from xstilts.running import run_study
from xstilts.stage import Stage
from xstilts.stopping import Stop, StoppedError, stopping_on_signals
from xstilts.training.compute import Compute


def handlers() -> list[object]:
    return [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_the_first_signal_is_a_request_and_the_exit_code_that_of_shells(number, code):
    told = threading.Event()
    before = handlers()
    with stopping_on_signals(told.set) as stop:
        stop.check()
        os.kill(os.getpid(), number)
        assert told.wait(10)
        with pytest.raises(StoppedError, match="run the same command again") as raised:
            stop.check()
    assert raised.value.exit_code == code
    assert handlers() == before


def test_the_second_signal_ends_what_runs_and_the_first_one_gives_the_exit_code():
    before = handlers()
    ended = []

    def body() -> None:
        with stopping_on_signals():
            for number in (signal.SIGTERM, signal.SIGINT):
                os.kill(os.getpid(), number)
                ended.append(number)

    with pytest.raises(StoppedError) as raised:
        body()
    assert ended == [signal.SIGTERM]
    assert raised.value.exit_code == 143
    assert handlers() == before


def test_a_request_is_told_once_and_while_the_main_thread_computes_what_it_cannot_leave():
    by: list[str] = []
    with stopping_on_signals(lambda: by.append(threading.current_thread().name)):
        threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()
        while not by:
            hashlib.pbkdf2_hmac("sha256", b"", b"", 2_000_000)  # one call, without the interpreter's lock
    assert by == ["signals"]


def test_in_another_thread_nothing_is_changed_and_nothing_asked():
    seen: list[object] = []

    def body() -> None:
        with stopping_on_signals() as stop:
            seen.extend([stop.signal, *handlers()])

    thread = threading.Thread(target=body)
    thread.start()
    thread.join()
    assert seen == [None, *handlers()]


def test_a_stop_passes_from_process_to_process_whole():
    again = pickle.loads(pickle.dumps(StoppedError(signal.SIGTERM)))
    assert (again.exit_code, str(again)) == (143, str(StoppedError(signal.SIGTERM)))
    Stop().check()


class Asking(Watcher):
    """Asks the run to stop when a stage of some title gets on; counts the stages that begin."""

    def __init__(self, title: str) -> None:
        self.title, self.began = title, list[str]()

    def started(self, stage: Stage) -> None:
        self.began.append(stage.title)

    def progressed(self, stage: Stage, done: int, total: int, note: str) -> None:
        if stage.title.startswith(self.title):
            self.title = "nothing more"
            os.kill(os.getpid(), signal.SIGTERM)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stopping")
    write_data(folder)
    write_working_encoder(folder)
    return folder


def test_a_study_that_is_stopped_in_training_predicting_and_retrieving_goes_on_to_the_same_table(
    prepared, tmp_path, monkeypatch
):
    one_row_at_a_time = Compute(torch.device("cpu"), training_pieces=2048, prediction_pieces=1)
    monkeypatch.setattr(Compute, "choose", lambda name: one_row_at_a_time)
    study = tiny_study(prepared)
    whole = run_study(study, out=tmp_path / "whole" / "out", device="cpu").table
    began = []
    for title in ("train own_qa → own_nli", "predict own_nli de", "predict own_bitext"):
        watcher = Asking(title)
        with pytest.raises(StoppedError):
            run_study(study, out=tmp_path / "cut" / "out", device="cpu", watcher=watcher)
        began += watcher.began
        assert watcher.began[-1].startswith(title), "nothing begins after the request"
    last = Asking("nothing")
    run_study(study, out=tmp_path / "cut" / "out", device="cpu", watcher=last)
    assert Results.read(tmp_path / "cut" / "out").table.equals(whole, null_equal=True)
    began += last.began
    assert len(began) == len(set(began)) + 3, "only the three that were stopped began twice"
