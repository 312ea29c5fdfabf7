"""A small raw_events warehouse written by hand, good until a test spoils it."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from ingestion.settings import Settings, load_settings

LOAD = "1763505600.1"
LATER_LOAD = "1763592000.1"
RAW_EVENTS = f"""
    create schema raw_events;
    create table raw_events._dlt_loads as
        select '{LOAD}' as load_id, 'events' as schema_name, 0::bigint as status;
    create table raw_events.events as
        select 'm' || i as message_id, 'track' as "type", 'Order Completed' as event,
            'u1' as user_id, null::varchar as anonymous_id,
            timestamptz '2026-01-01 10:00:00Z' as event_at,
            timestamptz '2026-01-01 10:00:05Z' as received_at,
            date '2026-01-01' as received_date, 'EUR' as currency,
            4.90::decimal(18, 6) as shipping, 1.00::decimal(18, 6) as tax,
            '{LOAD}' as _dlt_load_id
        from range(10) as numbers(i);
    create table raw_events.event_products as
        select 'm1' as message_id, 1::bigint as line_number,
            1::decimal(18, 6) as quantity, 9.99::decimal(18, 6) as price,
            '{LOAD}' as _dlt_load_id;
    create table raw_events.load_reconciliation as
        select '{LOAD}' as load_id, 'events' as table_name,
            10::bigint as received_count, 10::bigint as loaded_count,
            true as is_balanced;
"""


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Return the settings of a warehouse in a directory of its own."""
    monkeypatch.setenv("WAREHOUSE_DIR", str(tmp_path))
    return load_settings()


@pytest.fixture
def change(settings: Settings) -> Callable[[str], None]:
    """Return a function that runs SQL on the warehouse and closes it again."""

    def run(sql: str) -> None:
        with duckdb.connect(str(settings.warehouse_path)) as connection:
            connection.execute(sql)

    run(RAW_EVENTS)
    return run
