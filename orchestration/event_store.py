"""Dagster's SQLite files, without a disk flush and a checkpoint per event.

Dagster opens and closes a connection for each of the thousand events of a run. The last
connection to close folds the write-ahead log into the file, so every event pays for
that, and for a flush. One idle connection per file and `synchronous = normal` (SQLite's
own advice for write-ahead logs) take both away. A kill loses nothing; a power failure
may lose the last events of a run, never the warehouse.
"""

import atexit
import sqlite3

from sqlalchemy import event
from sqlalchemy.engine import Engine

_idle: dict[str, sqlite3.Connection] = {}


@atexit.register
def _close_idle() -> None:
    while _idle:
        _idle.popitem()[1].close()


def quicken() -> None:
    """Apply this to every SQLite file that this process opens from now on."""
    if not event.contains(Engine, "connect", _on_connect):
        event.listen(Engine, "connect", _on_connect)


def _on_connect(connection: object, record: object) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.execute("PRAGMA synchronous = NORMAL")
    path = connection.execute("PRAGMA database_list").fetchone()[2]
    if not path:
        return
    if path not in _idle:
        _idle[path] = sqlite3.connect(path, check_same_thread=False)
    # A read each time: Dagster turns the write-ahead log on after its first connection,
    # and only who has read since then counts as connected to it.
    _idle[path].execute("select 1 from sqlite_master limit 1").fetchone()
