"""Stopping when asked: the first signal lets the running step end and be kept, the second ends at once."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from xstilts.errors import XstiltsError

_ASKING = (signal.SIGINT, signal.SIGTERM)


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

    The handler runs when the main thread is back from what it computes, which may take long; so a thread of its own
    listens for signals, and tells of the first one at once.

    Args:
        told: Called once, at the first signal, by that thread or from within the handler: it must not use buffered
            streams.

    Raises:
        StoppedError: At the second signal.
    """
    stop = Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    first = threading.Lock()

    def tell() -> None:
        if first.acquire(blocking=False):
            told()

    def handle(number: int, frame: object) -> None:
        if stop.signal is not None:
            raise KeyboardInterrupt
        stop.signal = number
        tell()

    before = {number: signal.signal(number, handle) for number in _ASKING}
    try:
        with _listening(tell):
            yield stop
    except KeyboardInterrupt:
        raise StoppedError(stop.signal or signal.SIGINT) from None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _listening(tell: Callable[[], None]) -> Iterator[None]:
    """Calls a function when a signal arrives, even while the main thread is in a computation that it cannot leave.

    The interpreter writes the number of each signal to a descriptor as soon as it comes (`signal.set_wakeup_fd`).
    """
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)

    def listen() -> None:
        while numbers := ours.recv(1):
            if numbers[0] in _ASKING:
                tell()

    listener = threading.Thread(target=listen, name="signals", daemon=True)
    before = signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
    listener.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        theirs.close()  # which ends the listener
        listener.join()
        ours.close()
