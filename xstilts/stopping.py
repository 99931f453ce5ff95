"""Stopping when asked: the first signal lets the running step end and be kept, the second ends at once."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from xstilts.errors import XstiltsError


class StoppedError(XstiltsError):
    """A run that was asked to stop, and did.

    Args:
        number: The signal that asked; the exit code is 128 more, as shells have it.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_code = 128 + number

    def __str__(self) -> str:
        return "interrupted; run the same command again to go on from here"


class Stop:
    """Whether a run is asked to stop.

    Attributes:
        signal: The signal that asked; None as long as nobody did.
    """

    def __init__(self) -> None:
        self.signal: int | None = None

    def check(self) -> None:
        """Ends the work here if that is wanted.

        Raises:
            StoppedError: If the run is asked to stop.
        """
        if self.signal is not None:
            raise StoppedError(self.signal)


@contextmanager
def stopping_on_signals(told: Callable[[], None] = lambda: None) -> Iterator[Stop]:
    """Turns the first SIGINT or SIGTERM into a request to stop; a second one ends what runs inside at once.

    Signals reach the main thread of a process only; in another thread nothing changes and nothing is ever asked.

    Args:
        told: Called at the first signal, from within its handler: it must not use buffered streams.

    Raises:
        StoppedError: At the second signal.
    """
    stop = Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def handle(number: int, frame: object) -> None:
        if stop.signal is not None:
            raise KeyboardInterrupt
        stop.signal = number
        told()

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    except KeyboardInterrupt:
        raise StoppedError(stop.signal or signal.SIGINT) from None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
