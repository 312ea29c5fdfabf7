"""Write, audit, publish: an immutable copy of the public schemas for BI.

`published/<version>/warehouse.duckdb` is written under a hidden name, brought to disk
and only then named; `published/current` is a link that is swapped atomically. A reader
sees the old version or the new one, whole, at whatever moment a publish is killed.
"""

import fcntl
import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import duckdb

from ingestion.json_lines import literal
from ingestion.settings import Settings
from orchestration import audit
from orchestration.graph import PUBLIC_SCHEMAS, DbtGraph
from orchestration.meta import write_meta
from orchestration.published_views import published_query
from orchestration.version import Version
from orchestration.watch import Finding

# The one that is read, the one before it for whoever still reads it, one to go back to.
KEPT_VERSIONS = 3
FILE = "warehouse.duckdb"
_HIDDEN = "."


@dataclass(frozen=True)
class Publication:
    """A published version."""

    version: str
    path: Path
    table_count: int
    row_count: int
    findings: list[Finding]


def publish(
    settings: Settings,
    run_id: str,
    instance: dg.DagsterInstance | None = None,
    graph: DbtGraph | None = None,
) -> Publication:
    """Publish the build file's public schemas and return the new version.

    Args:
        settings: the run's settings.
        run_id: the run that publishes.
        instance: what `meta` says of runs and checks comes from it.
        graph: what `meta` says of vendors and KPIs comes from it.

    Raises:
        PublishRefusedError: a blocking check has not passed on the present build, or
            a public view reads what is not published.
    """
    audit.require_all(settings)
    audit.reset(settings, audit.PUBLISHED_STATE)
    folder = settings.warehouse_dir / "published"
    folder.mkdir(parents=True, exist_ok=True)
    with only_publisher(folder):
        _remove_leftovers(folder)
        built_at = datetime.now(UTC)
        version = built_at.strftime("%Y%m%dT%H%M%S%fZ")
        unfinished = folder / f"{_HIDDEN}{version}"
        unfinished.mkdir()
        rows, findings = _write(
            unfinished / FILE, settings, version, built_at, run_id, instance, graph
        )
        _flush(unfinished / FILE)
        _flush(unfinished)
        unfinished.rename(folder / version)
        _point_to(folder, version)
        _remove_old(folder)
    if state := audit.noted(settings, audit.BUILT_STATE):
        audit.note(settings, **{audit.PUBLISHED_STATE: state})
    return Publication(
        version,
        settings.published_path,
        len(rows),
        sum(filter(None, rows.values())),
        findings,
    )


def published_version(settings: Settings) -> str | None:
    """Return the version that readers see, None before the first publish."""
    current = settings.published_path.parent
    return current.resolve().name if current.is_symlink() else None


@contextmanager
def only_publisher(folder: Path) -> Generator[None]:
    """Let one publisher in at a time; the kernel frees the lock of a killed one."""
    with (folder / f"{_HIDDEN}lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _write(
    file: Path,
    settings: Settings,
    version: str,
    built_at: datetime,
    run_id: str,
    instance: dg.DagsterInstance | None,
    graph: DbtGraph | None,
) -> tuple[dict[tuple[str, str], int | None], list[Finding]]:
    """Write the public schemas into a new file; return its rows and what looks wrong."""
    rows: dict[tuple[str, str], int | None] = {}
    before = settings.published_path
    with duckdb.connect(str(file)) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(f"attach '{settings.warehouse_path}' as build (read_only)")
        relations = connection.execute(
            """
            select schema_name, table_name, comment, null as create_view
            from duckdb_tables()
            where database_name = 'build' and list_contains(?, schema_name)
            union all
            select schema_name, view_name, comment, sql from duckdb_views()
            where database_name = 'build' and list_contains(?, schema_name)
            -- Views read tables that are there by then.
            order by create_view nulls first, schema_name, table_name
            """,
            [list(PUBLIC_SCHEMAS), list(PUBLIC_SCHEMAS)],
        ).fetchall()
        for schema in PUBLIC_SCHEMAS:
            connection.execute(f'create schema "{schema}"')
        tables = {(schema, name) for schema, name, _, sql in relations if not sql}
        for schema, relation, comment, create_view in relations:
            name = f'"{schema}"."{relation}"'
            if create_view:
                query = published_query(connection, create_view, tables)
                connection.execute(f"create view {name} as {query}")
                rows[schema, relation] = None
            else:
                created = connection.execute(
                    f"create table {name} as select * from build.{name}"
                ).fetchall()
                rows[schema, relation] = created[0][0]
            _comment(
                connection, f"{'view' if create_view else 'table'} {name}", comment
            )
        for schema, table, column, comment in _column_comments(connection):
            target = f'"{schema}"."{table}"."{column}"'
            _comment(connection, f"column {target}", comment)
        described = Version(
            connection,
            settings,
            version,
            built_at,
            run_id,
            rows,
            before.resolve() if before.is_file() else None,
            graph or DbtGraph({}, {}),
            instance,
        )
        findings = write_meta(described)
        connection.execute("detach build")
        connection.execute("checkpoint")
    return rows, findings


def _column_comments(
    connection: duckdb.DuckDBPyConnection,
) -> list[tuple[str, str, str, str]]:
    """Return the comments of the build file's public columns; a CTAS drops them."""
    return connection.execute(
        """
        select schema_name, table_name, column_name, comment from duckdb_columns()
        where database_name = 'build' and list_contains(?, schema_name)
            and comment is not null and comment <> ''
        """,
        [list(PUBLIC_SCHEMAS)],
    ).fetchall()


def _comment(
    connection: duckdb.DuckDBPyConnection, target: str, comment: str | None
) -> None:
    if comment:
        connection.execute(f"comment on {target} is {literal(comment)}")


def _flush(path: Path) -> None:
    """Bring a file or a folder's names to disk before anything points to them."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _point_to(folder: Path, version: str) -> None:
    fresh = folder / f"{_HIDDEN}current"
    fresh.symlink_to(version, target_is_directory=True)
    fresh.replace(folder / "current")
    _flush(folder)


def _remove_leftovers(folder: Path) -> None:
    """Remove what killed publishers left: hidden folders and links, never named ones."""
    for left in folder.glob(f"{_HIDDEN}*"):
        if left.is_symlink():
            left.unlink()
        elif left.is_dir():
            shutil.rmtree(left)


def _remove_old(folder: Path) -> None:
    """Remove all but the newest versions; open readers keep what they have open."""
    current = (folder / "current").resolve()
    versions = sorted(each for each in folder.glob("[0-9]*Z") if each.is_dir())
    for old in versions[:-KEPT_VERSIONS]:
        if old.resolve() != current:
            shutil.rmtree(old)
