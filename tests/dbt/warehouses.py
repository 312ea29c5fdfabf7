"""Throwaway warehouses for dbt: raw tables written by hand, built with a run's settings."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb

from ingestion.settings import PROJECT_ROOT, Settings

LOAD_ID = "1785000000.5"
KILLED_LOAD_ID = "1785000001.5"

RAW_EVENTS = """
create schema raw_events;
create table raw_events.events (
    message_id text, type text, event text, user_id text, anonymous_id text,
    previous_id text, email text,
    event_at timestamptz, received_at timestamptz, country text, order_id text,
    payment_method text, coupon text, affiliation text, currency text,
    subtotal decimal(18, 6), revenue decimal(18, 6), shipping decimal(18, 6),
    tax decimal(18, 6), discount decimal(18, 6), total decimal(18, 6),
    page_url text, page_path text, page_referrer text, campaign_name text,
    campaign_source text, campaign_medium text, user_agent text, channel text,
    library_name text, cart_id text, product_id text, properties json,
    _dlt_load_id text
);
create table raw_events.event_products (
    message_id text, line_number bigint, product_id text, sku text, name text,
    category text, brand text, quantity decimal(18, 6), price decimal(18, 6),
    _dlt_load_id text
);
create table raw_events._dlt_loads (load_id text, status bigint, inserted_at timestamptz);
"""


@dataclass(frozen=True)
class Warehouse:
    """A warehouse directory and the settings of its runs."""

    directory: Path
    settings: dict[str, str]

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a command on this warehouse, no developer's settings."""
        project = {name.upper() for name in Settings.model_fields}
        kept = {
            name: value for name, value in os.environ.items() if name not in project
        }
        return {
            **kept,
            "DO_NOT_TRACK": "1",
            # dbt's debugging log costs as much as many a model.
            "DBT_LOG_LEVEL_FILE": "info",
            "SOURCES": "live",
            "WAREHOUSE_DIR": str(self.directory),
            **self.settings,
        }

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a module of the project in a process of its own."""
        return subprocess.run(
            [sys.executable, "-m", *command],
            cwd=PROJECT_ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def dbt(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run dbt with the run's settings."""
        return self.run("orchestration", "dbt", *arguments)

    def build(self, *arguments: str) -> None:
        """Build, and fail with dbt's own words."""
        done = self.dbt("build", "--exclude-resource-type", "unit_test", *arguments)
        assert done.returncode == 0, done.stdout + done.stderr

    def query(self, sql: str) -> list[tuple]:
        """Return the rows of a query on the warehouse."""
        with duckdb.connect(self.directory / "warehouse.duckdb") as connection:
            connection.execute("set TimeZone = 'UTC'")
            return connection.execute(sql).fetchall()

    def rows(self, sql: str) -> list[dict]:
        """Return the rows of a query, each by its column names."""
        with duckdb.connect(self.directory / "warehouse.duckdb") as connection:
            connection.execute("set TimeZone = 'UTC'")
            found = connection.execute(sql)
            names = [column[0] for column in found.description]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def only(category: str, vendor: str) -> str:
    """Return VENDORS for one category with one vendor."""
    return json.dumps({category: [vendor]})


def write_events(directory: Path, events: list[dict]) -> None:
    """Write raw events as the loader does; `products` becomes rows of their own."""
    directory.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(directory / "warehouse.duckdb") as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(RAW_EVENTS)
        connection.execute(
            "insert into raw_events._dlt_loads values (?, 0, '2026-07-25'), "
            "(?, 1, '2026-07-25')",
            [LOAD_ID, KILLED_LOAD_ID],
        )
        for event in events:
            row = {"_dlt_load_id": LOAD_ID, **event}
            products = row.pop("products", [])
            _insert(connection, "events", row)
            for number, product in enumerate(products, 1):
                line = {
                    "message_id": row["message_id"],
                    "line_number": number,
                    "_dlt_load_id": row["_dlt_load_id"],
                    **product,
                }
                _insert(connection, "event_products", line)


def _insert(connection: duckdb.DuckDBPyConnection, table: str, row: dict) -> None:
    marks = ", ".join("?" for _ in row)
    statement = f"insert into raw_events.{table} ({', '.join(row)}) values ({marks})"
    connection.execute(statement, list(row.values()))
