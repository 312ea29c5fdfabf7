"""Dagster's SQLite files, without a flush, a checkpoint and an engine per event.

Dagster opens and closes a connection for each of the thousand events of a run. The last
connection to close folds the write-ahead log into the file, so every event pays for
that, and for a flush. One idle connection per file and `synchronous = normal` (SQLite's
own advice for write-ahead logs) take both away. A kill loses nothing; a power failure
may lose the last events of a run, never the warehouse. Dagster also makes an engine per
event, and with it compiles every statement anew; kept engines halve what an event costs.
"""

import atexit
import sqlite3
from collections.abc import Callable

from dagster._core.storage.event_log.sqlite import sqlite_event_log
from dagster._core.storage.runs.sqlite import sqlite_run_storage
from sqlalchemy import event
from sqlalchemy.engine import Engine

_idle: dict[str, sqlite3.Connection] = {}


@atexit.register
def _close_idle() -> None:
    while _idle:
        _idle.popitem()[1].close()


def quicken() -> None:
    """Apply this to every SQLite file that this process opens from now on."""
    if event.contains(Engine, "connect", _on_connect):
        return
    event.listen(Engine, "connect", _on_connect)
    for storage in (sqlite_event_log, sqlite_run_storage):
        # They pool no connections, so an engine holds nothing but compiled statements.
        vars(storage)["create_engine"] = _kept(storage.create_engine)


def _kept(create: Callable[..., Engine]) -> Callable[..., Engine]:
    """Return the function, giving the same engine for the same URL."""
    engines: dict[str, Engine] = {}

    def create_engine(url: str, **options: object) -> Engine:
        if url not in engines:
            engines[url] = create(url, **options)
        return engines[url]

    return create_engine


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
