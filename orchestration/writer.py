"""One writer at a time: who changes the build file holds a lock for as long as it does.

Dagster's own limits hold for runs that its daemon starts. This one holds for every
process, `make run` among them, and the kernel frees it at any death.
"""

import fcntl
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

from ingestion.settings import Settings

_PAUSE_SECONDS = 1.0


@contextmanager
def only_writer(
    settings: Settings, who: str, waits_for: Callable[[str], None] = lambda _: None
) -> Generator[None]:
    """Wait until nobody else changes the warehouse, and keep others out meanwhile.

    A run loads, builds and publishes as one: between its steps another's rows would be
    published half built.

    Args:
        settings: where the warehouse is.
        who: what is told to those who wait.
        waits_for: told once whom this waits for.
    """
    settings.warehouse_dir.mkdir(parents=True, exist_ok=True)
    with (settings.warehouse_dir / "writer.lock").open("a+") as lock:
        is_told = False
        while not _takes(lock.fileno()):
            if not is_told:
                lock.seek(0)
                waits_for(lock.read().strip() or "another process")
                is_told = True
            time.sleep(_PAUSE_SECONDS)
        lock.truncate(0)
        lock.write(f"{who}\n")
        lock.flush()
        yield


def _takes(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
