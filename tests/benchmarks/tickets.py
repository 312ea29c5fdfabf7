"""A hundred thousand tickets through the helpdesk's models, business minutes and KPIs."""

import shutil

import duckdb

from tests.benchmarks.measure import Cost, Options, Table, cost_of
from tests.dbt.warehouses import only

TICKETS = 100_000
# What the sandbox's tickets have; a copy's ids end with its number, so that they rise in
# the order of the originals.
_TABLES = {
    "tickets": ("id",),
    "ticket_events": ("id", "ticket_id"),
    "ticket_child_events": ("event_id", "id", "ticket_id"),
    "ticket_metric_events": ("id", "ticket_id"),
    "satisfaction_ratings": ("id", "ticket_id"),
}
_BUSINESS_TIME = (
    "int_business_windows",
    "int_business_stretches",
    "int_ticket_schedules",
    "fct_ticket_intervals",
    "fct_tickets",
    "int_ticket_reply_waits",
)
_LAYERS = (
    "staging/zendesk",
    "intermediate/helpdesk",
    "marts/helpdesk",
    "intermediate/helpdesk_kpis",
    "kpis/helpdesk",
)


def run(options: Options) -> Table:
    """Build what is the helpdesk's from the sandbox's tickets, copied often enough."""
    folder = options.folder / "tickets"
    shutil.rmtree(folder, ignore_errors=True)
    environment = {
        "WAREHOUSE_DIR": str(folder),
        "SANDBOX_SIZE": "small",
        "SOURCES": "sandbox",
        "VENDORS": only("helpdesk", "zendesk"),
    }
    cost_of(["-m", "orchestration", "run"], **environment)
    with duckdb.connect(folder / "warehouse.duckdb") as connection:
        _copy(connection)
    build = ["-m", "orchestration", "dbt", "run", "-s"]
    start = cost_of([*build, "stg_zendesk__tickets"], **environment)
    every = cost_of([*build, *(f"path:models/{one}" for one in _LAYERS)], **environment)
    with duckdb.connect(folder / "warehouse.duckdb", read_only=True) as connection:
        tickets, stretches, handed = connection.execute(
            "select count(*), (select count(*) from marts.fct_ticket_intervals), "
            "count(*) filter (where schedule_station_count > 1) from marts.fct_tickets"
        ).fetchall()[0]
    clock = cost_of([*build, *_BUSINESS_TIME], **environment)
    return Table(
        f"{tickets:,} tickets through the helpdesk's models",
        ["run", "CPU-s", "beyond dbt and one view", "peak GB"],
        [
            _row("every model", every, start),
            _row("  of it: what counts business minutes", clock, start),
            _row("dbt and one view of them", start, start),
        ],
        [f"{stretches:,} stretches; {handed:,} tickets changed their working hours."],
    )


def _row(name: str, cost: Cost, start: Cost) -> list[str]:
    beyond = f"{cost.cpu - start.cpu:.1f}"
    return [name, f"{cost.cpu:.1f}", beyond, f"{cost.peak_gb:.2f}"]


def _copy(connection: duckdb.DuckDBPyConnection) -> None:
    """Multiply the tickets, each copy an hour earlier than the one before."""
    connection.execute("set TimeZone = 'UTC'")
    (found,) = connection.execute("select count(*) from raw_zendesk.tickets").fetchall()
    copies = TICKETS // found[0] + 1
    for table, ids in _TABLES.items():
        columns = connection.execute(
            "select column_name, data_type from duckdb_columns() "
            "where schema_name = 'raw_zendesk' and table_name = ?",
            [table],
        ).fetchall()
        values = ", ".join(_copied(name, kind, name in ids) for name, kind in columns)
        connection.execute(
            f"insert into raw_zendesk.{table} select {values} "
            f"from raw_zendesk.{table}, range(1, {copies}) as copies(number)"
        )


def _copied(name: str, kind: str, is_id: bool) -> str:
    if is_id:
        return f"{name} || lpad(cast(number as text), 4, '0')"
    if name == "merged_ticket_ids":
        return "cast('[]' as json)"
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"{name} - number * interval 1 hour"
    return f'"{name}"'
