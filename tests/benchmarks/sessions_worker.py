"""One step of the benchmark of visits in a process of its own; prints what it cost.

`prepare <rows>` fills the warehouse, `load` adds the second load, `build` and `whole`
run the models (whole: from nothing), `visits` only the visits from nothing, and `hand`
the query written by hand for them.
"""

import sys
import time

import duckdb

from ingestion.settings import DBT_PROJECT_DIR, Settings, load_settings
from orchestration.manifest import applied, dbt_environment
from tests.benchmarks.event_tables import load_the_rest, write_event_tables
from tests.benchmarks.sessions_by_hand import VISITS

MEMORY_LIMIT = "1GB"
# What the visits, the funnel, the attribution and the cohorts need and are not.
BEFORE = (
    "path:models/staging/events",
    *("int_orders", "int_order_lines", "int_refunds", "int_refund_lines"),
    *("int_order_cancellations", "fct_orders", "fct_order_lines", "fct_refunds"),
    "int_marketing_event_touches",
)
MODELS = (
    *("int_visitor_events", "int_visitor_event_loads", "int_visitor_event_changes"),
    *("int_seen_user_agents", "int_user_agents", "int_sessions"),
    *("int_session_sources", "int_session_orders", "int_excluded_visitor_events"),
    *("fct_sessions", "fct_customer_orders", "int_session_scopes", "kpi_shop_funnel"),
    *("int_order_touches", "fct_attribution_credits", "kpi_channel_attribution"),
    *("int_buyers", "int_buyer_scopes", "int_customer_value_days"),
    *("int_resolved_orders", "kpi_customer_value_cohorts_monthly"),
)
# One customer per device, who also has an account where he logs in.
CUSTOMERS = """
insert into marts.dim_customer_records by name
select
    md5('customer ' || visitor) as customer_key,
    'events' as vendor,
    record_type,
    case record_type
        when 'user' then 'u' || visitor
        else 'anon-' || lpad(cast(visitor as text), 10, '0')
    end as record_id,
    false as is_deleted,
    true as is_linked
from
    range((select max(cast(substr(anonymous_id, 6) as bigint)) + 1
        from raw_events.events where anonymous_id <> 'robot')) as visitors(visitor),
    (values ('user'), ('visitor')) as types(record_type)
where record_type = 'visitor' or visitor % 5 = 0
"""


def main(step: str, *arguments: str) -> None:
    """Do the step in the warehouse of the settings."""
    settings = load_settings()
    warehouse = str(settings.warehouse_path)
    if step == "prepare":
        with duckdb.connect(warehouse) as connection:
            connection.execute(f"set memory_limit = '{MEMORY_LIMIT}'")
            connection.execute("set preserve_insertion_order = false")
            write_event_tables(connection, int(arguments[0]))
            connection.execute("delete from marts.dim_customer_records")
            connection.execute(CUSTOMERS)
        _dbt(settings, BEFORE, "--full-refresh")
    elif step == "load":
        with duckdb.connect(warehouse) as connection:
            load_the_rest(connection)
        _dbt(settings, BEFORE)
    elif step == "hand":
        with duckdb.connect(warehouse) as connection:
            connection.execute("set TimeZone = 'UTC'")
            connection.execute(f"set memory_limit = '{MEMORY_LIMIT}'")
            connection.execute("set preserve_insertion_order = false")
            started = time.process_time()
            connection.execute(VISITS)
            _report(started)
    elif step == "visits":
        _dbt(settings, ("int_sessions",), "--full-refresh")
    else:
        _dbt(settings, MODELS, *(["--full-refresh"] if step == "whole" else []))


def _dbt(settings: Settings, models: tuple[str, ...], *arguments: str) -> None:
    profiles = settings.warehouse_dir / "profiles"
    profiles.mkdir(exist_ok=True)
    written = (DBT_PROJECT_DIR / "profiles.yml").read_text("utf-8")
    (profiles / "profiles.yml").write_text(
        written.replace(
            "settings:\n", f"settings:\n        memory_limit: {MEMORY_LIMIT}\n"
        ),
        "utf-8",
    )
    environment = {**dbt_environment(settings), "DBT_PROFILES_DIR": str(profiles)}
    with applied(environment):
        from dbt.cli.main import dbtRunner
        from dbt.contracts.graph.manifest import Manifest

        runner = dbtRunner()
        parsed = runner.invoke(["--quiet", "parse"])
        assert isinstance(parsed.result, Manifest), parsed.exception
        started = time.process_time()
        runner = dbtRunner(manifest=parsed.result)
        done = runner.invoke(["--quiet", "run", "-s", *models, *arguments])
        _report(started)
        assert done.success, done.exception


def _report(started: float) -> None:
    sys.stdout.write(f"cost={time.process_time() - started:.2f}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
