"""A million identifiers of customers resolved to stable keys, by the real models."""

import shutil

import duckdb

from tests.benchmarks.measure import Options, Table, cost_of
from tests.dbt.warehouses import LOAD_ID, only, write_events

MODELS = ["+dim_customers", "+dim_customer_records", "int_customer_key_changes"]
# Of a thousand identifiers: 250 logins, 520 devices, 230 addresses; a third of the
# devices never log in, one address in ten belongs to several logins.
_EVENTS = f"""
insert into raw_events.events
    (message_id, type, user_id, anonymous_id, email, event_at, received_at, _dlt_load_id)
select
    'm' || i, 'page', user_id, anonymous_id, email, seen_at, seen_at, '{LOAD_ID}'
from (
    select i, 'u' || i as user_id, null as anonymous_id,
        'p' || (i % ({{rows}} * 23 // 100)) || '@x.example' as email,
        timestamptz '2026-01-01' + i * interval 1 second as seen_at
    from range({{rows}} // 4) as logins(i)
    union all
    select {{rows}} + i, case when i % 3 > 0 then 'u' || (hash(i) % ({{rows}} // 4)) end,
        'd' || i, null, timestamptz '2026-02-01' + i * interval 1 second
    from range({{rows}} * 52 // 100) as devices(i)
)
"""


def run(options: Options) -> Table:
    """Resolve once from nothing, and once more when nothing has changed."""
    folder = options.folder / "identities"
    shutil.rmtree(folder, ignore_errors=True)
    write_events(folder, [])
    with duckdb.connect(folder / "warehouse.duckdb") as connection:
        connection.execute(_EVENTS.format(rows=options.rows))
    environment = {
        "WAREHOUSE_DIR": str(folder),
        "SOURCES": "live",
        "VENDORS": only("shop", "events"),
        "AS_OF": "2026-04-10",
    }
    build = ["-m", "orchestration", "dbt", "run", "-s"]
    start = cost_of([*build, "stg_events__visitor_links"], **environment)
    first = cost_of([*build, *MODELS], **environment)
    again = cost_of([*build, *MODELS], **environment)
    with duckdb.connect(folder / "warehouse.duckdb", read_only=True) as connection:
        records, customers = connection.execute(
            "select sum(record_count), count(*) from marts.dim_customers"
        ).fetchall()[0]
    rows = [
        [name, f"{cost.cpu:.1f}", f"{cost.cpu - start.cpu:.1f}", f"{cost.peak_gb:.2f}"]
        for name, cost in (
            ("from nothing", first),
            ("nothing new", again),
            ("dbt and one view of them", start),
        )
    ]
    return Table(
        f"{options.rows:,} identifiers to customers",
        ["run", "CPU-s", "beyond dbt and one view", "peak GB"],
        rows,
        [f"{records:,} records are {customers:,} customers."],
    )
