"""Progress of a run for whoever listens in the same process, the terminal that is."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """How far one table of one step is.

    Attributes:
        step: the step that works.
        table: what it works on.
        rows: rows so far, or of the finished table; None where nobody counted.
        seconds: time spent on it so far.
        is_finished: whether the table is done.
        note: what else there is to say, such as a failure.
    """

    step: str
    table: str
    rows: int | None = None
    seconds: float = 0.0
    is_finished: bool = False
    note: str = ""


Listener = Callable[[Progress], None]
_listeners: list[Listener] = []


def report(progress: Progress) -> None:
    """Tell every listener; without one nothing happens."""
    for listener in _listeners:
        listener(progress)


@contextmanager
def listening(listener: Listener) -> Generator[None]:
    """Let the listener hear what the block reports."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)
