"""A run for a past instant against a run on what had happened by then.

Two copies of the company's raw data are built for the same past instant. One holds all of
it; from the other everything later is taken out, and what vendors overwrite in place is
set back to what it was. Every KPI table must be the same in both.
"""

import math
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pytest

from ingestion.settings import PROJECT_ROOT

# Rows of these tables are known from the instant or day in the column on.
KNOWN_FROM = {
    "raw_bamboohr.compensation": "start_date",
    "raw_bamboohr.employment_status": "date",
    "raw_bamboohr.job_info": "date",
    "raw_bamboohr.time_off": "created",
    "raw_events.events": "event_at",
    "raw_files.fx_rates": "rate_date",
    "raw_files.hiring_costs": "cost_date",
    "raw_files.offline_spend": "week_start_date",
    "raw_files.recruiting_stages": "entered_date",
    "raw_files.survey_responses": "sent_at",
    "raw_ghost.emails": "submitted_at",
    "raw_ghost.member_events": "created_at",
    "raw_ghost.members": "created_at",
    "raw_ghost.posts": "created_at",
    "raw_google_ads.ad_stats": "date",
    "raw_google_ads.campaign_stats": "date",
    "raw_google_ads.conversion_stats": "date",
    "raw_hubspot.calls": "hs_createdate",
    "raw_hubspot.companies": "createdate",
    "raw_hubspot.contacts": "createdate",
    "raw_hubspot.deal_property_history": "changed_at",
    "raw_hubspot.deals": "createdate",
    "raw_hubspot.emails": "hs_createdate",
    "raw_hubspot.exchange_rates": "effective_at",
    "raw_hubspot.line_items": "createdate",
    "raw_hubspot.marketing_emails": "publish_date",
    "raw_hubspot.marketing_event_participations": "occurred_at",
    "raw_hubspot.meetings": "hs_createdate",
    "raw_hubspot.tasks": "hs_createdate",
    "raw_meta_ads.insights_by_age_and_gender": "date_start",
    "raw_meta_ads.insights_by_platform": "date_start",
    "raw_wordpress.comments": "date_gmt",
    "raw_wordpress.posts": "date_gmt",
    "raw_zendesk.organizations": "created_at",
    "raw_zendesk.satisfaction_ratings": "created_at",
    "raw_zendesk.ticket_child_events": "created_at",
    "raw_zendesk.ticket_events": "created_at",
    "raw_zendesk.ticket_metric_events": "time",
    "raw_zendesk.tickets": "created_at",
    "raw_zendesk.users": "created_at",
}
# What vendors overwrite, and the history that tells what it was: table and column;
# history, its columns for record and property, the property, its column for the instant.
OVERWRITTEN = [
    *(
        ("raw_hubspot.deals", column, "deal_property_history", "deal_id", "property", "changed_at")
        for column in ("dealstage", "pipeline", "hubspot_owner_id", "amount", "closedate")
    ),
    *(
        ("raw_zendesk.tickets", column, "ticket_child_events", "ticket_id", "field_name", "created_at")
        for column in ("status", "group_id", "assignee_id", "priority")
    ),
]  # fmt: skip
# What has no history, but an instant at which it was set: what it was before.
SET_LATER = {
    "raw_bamboohr.employee_details": "termination_date = null where termination_date > $1",
    "raw_files.survey_responses": "submitted_at = null, score = null, comment = null "
    "where submitted_at > $1",
    "raw_ghost.members": "subscribed = true where id in (select member_id "
    "from raw_ghost.member_events where not subscribed and created_at > $1)",
    # A later stage of a contact's life has its own date; before the first he subscribed.
    "raw_hubspot.contacts": "lifecyclestage = case when hs_lifecyclestage_lead_date > $1 "
    "then 'subscriber' else lifecyclestage end, "
    + ", ".join(
        f"hs_lifecyclestage_{stage}_date = case when hs_lifecyclestage_{stage}_date <= $1 "
        f"then hs_lifecyclestage_{stage}_date end"
        for stage in ("lead", "marketingqualifiedlead", "salesqualifiedlead")
    ),
    # That a meeting was called off may be known before it; not that it took place.
    "raw_hubspot.meetings": "hs_meeting_outcome = 'SCHEDULED' "
    "where hs_meeting_outcome in ('COMPLETED', 'NO_SHOW') "
    "and coalesce(hs_meeting_start_time, hs_timestamp) > $1",
    "raw_zendesk.satisfaction_ratings": "score = 'offered' where updated_at > $1",
}
# Whoever was hired later.
STRANGERS = "employee_id in (select employee_id from raw_bamboohr.employees where hire_date > $1)"


def forget(connection: duckdb.DuckDBPyConnection, instant: datetime, day: date) -> int:
    """Take what was not known at an instant out of the raw data; return how many rows."""
    connection.execute("set TimeZone = 'UTC'")
    for table, column, history, key, name, at in OVERWRITTEN:
        history = f"{table.split('.')[0]}.{history}"
        connection.execute(
            f"update {table} as records set {column} = try_cast(nullif(past.value, '') "
            f"as {_type(connection, table, column)}) from (select {key}, "
            f"arg_max_null(value, case when {at} <= $2 then {at} end) as value "
            f"from {history} where {name} = $1 group by {key} having max({at}) > $2) "
            f"as past where records.id = past.{key}",
            [column, instant],
        )
        connection.execute(f"update {table} set updated_at = least(updated_at, $1)", [instant])  # fmt: skip
    for table, change in SET_LATER.items():
        connection.execute(f"update {table} set {change}", [instant])
    for table in ("raw_bamboohr.employee_details", "raw_bamboohr.employees"):
        connection.execute(f"delete from {table} where {STRANGERS}", [day])
    taken = 0
    for table, column in KNOWN_FROM.items():
        limit = day if _type(connection, table, column) == "DATE" else instant
        done = connection.execute(f"delete from {table} where {column} > $1", [limit])
        taken += done.fetchall()[0][0]
    return taken


def _type(connection: duckdb.DuckDBPyConnection, table: str, column: str) -> str:
    schema, name = table.split(".")
    found = connection.execute(
        "select data_type from information_schema.columns "
        "where table_schema = ? and table_name = ? and column_name = ?",
        [schema, name, column],
    ).fetchall()
    assert found, f"{table}.{column} does not exist: every row of it would stay"
    return found[0][0]


@pytest.fixture(scope="module")
def reruns(
    refreshed: dict[str, str],
    built_warehouse: Path,
    company_dir: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Attach `known` and `cut`: built for one past instant on all and on past raw data."""
    company = tomllib.loads((company_dir / "sandbox.toml").read_text("utf-8"))
    # Half an hour after midnight where the company is: its day is not the UTC day.
    instant = company["as_of"] - timedelta(days=69) + timedelta(hours=2, minutes=30)
    day = instant.astimezone(ZoneInfo(company["reporting_timezone"])).date()
    folder = tmp_path_factory.mktemp("as_of")
    work = folder / "warehouse.duckdb"
    environment = {
        **refreshed,
        "WAREHOUSE_DIR": str(folder),
        "SANDBOX_DATA": str(company_dir),
        "AS_OF": instant.isoformat(),
        "DBT_LOG_LEVEL_FILE": "info",
    }
    for name in ("known", "cut"):
        shutil.copy(built_warehouse, work)
        with duckdb.connect(work) as connection:
            for schema in ("staging", "intermediate", "marts", "kpis"):
                connection.execute(f"drop schema if exists {schema} cascade")
            if name == "cut":
                assert forget(connection, instant, day) > 1000
        done = subprocess.run(
            [sys.executable, "-m", "orchestration", "dbt", "--quiet", "run"],
            cwd=PROJECT_ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        work.rename(folder / f"{name}.duckdb")
    with duckdb.connect() as connection:
        for name in ("known", "cut"):
            connection.execute(f"attach '{folder / name}.duckdb' as {name} (read_only)")
        yield connection


def tables_of(reruns: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the KPI tables."""
    found = reruns.execute(
        "select table_name from information_schema.tables "
        "where table_catalog = 'known' and table_schema = 'kpis' order by 1"
    ).fetchall()
    return [name for (name,) in found]


def rows_of(reruns: duckdb.DuckDBPyConnection, build: str, table: str) -> list[tuple]:
    """Return the rows of a KPI table in one order, floats last."""
    types = reruns.execute(f"describe {build}.kpis.{table}").fetchall()
    ordered = sorted(types, key=lambda column: column[1] == "DOUBLE")
    columns = ", ".join(name for name, *_ in ordered if name != "_loaded_at")
    query = f"select {columns} from {build}.kpis.{table} order by all"
    return reruns.execute(query).fetchall()


def is_same(known: object, cut: object) -> bool:
    """Whether two values are the same; floats are published at six decimals."""
    if isinstance(known, float) and isinstance(cut, float):
        return math.isclose(known, cut, rel_tol=1e-9, abs_tol=2e-6)
    return known == cut


def test_a_past_run_knows_nothing_that_came_later(
    reruns: duckdb.DuckDBPyConnection,
) -> None:
    """Else last month's report would change each time it is asked for again."""
    differing = {}
    for table in tables_of(reruns):
        known, cut = (rows_of(reruns, build, table) for build in ("known", "cut"))
        found = [
            pair
            for pair in zip(known, cut, strict=False)
            if not all(map(is_same, *pair))
        ]
        if found or len(known) != len(cut):
            differing[table] = (len(known), len(cut), *found[:2])
    assert differing == {}


def test_the_past_has_numbers(reruns: duckdb.DuckDBPyConnection) -> None:
    """Two empty warehouses would be the same, too."""
    filled = {table for table in tables_of(reruns) if rows_of(reruns, "cut", table)}
    assert {
        "kpi_sales",
        "kpi_sessions",
        "kpi_deals",
        "kpi_open_deals",
        "kpi_tickets",
        "kpi_headcount_monthly",
        "kpi_ad_performance",
        "kpi_rfm",
    } <= filled
    assert len(filled) > 40
