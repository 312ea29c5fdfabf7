"""The future cannot change a score of the past (K30)."""

import shutil
from pathlib import Path

from tests.dbt.warehouses import Warehouse

SCORES = (
    "select * from intermediate.int_health_scores where evaluation_date {} date '{}' "
    "order by evaluation_date, customer_key"
)
DAY = "cast(timezone('Europe/Berlin', timezone('UTC', {})) as date)"
# Whatever came after the day is undone; instead everybody comes, returns everything
# and complains on the next day.
ANOTHER_FUTURE = f"""
delete from marts.fct_customer_orders where order_date > date '{{cut}}';
update marts.fct_orders set cancelled_at = null
where {DAY.format("cancelled_at")} > date '{{cut}}';
delete from marts.fct_sessions where session_date > date '{{cut}}';
insert into marts.fct_sessions
select * replace (date '{{cut}}' + 1 as session_date) from marts.fct_sessions;
delete from marts.fct_refunds where refund_date > date '{{cut}}';
insert into marts.fct_refunds (order_key, refund_date)
select order_key, date '{{cut}}' + 1 from marts.fct_orders;
delete from marts.fct_tickets where created_date > date '{{cut}}';
insert into marts.fct_tickets
select * replace (date '{{cut}}' + 1 as created_date, ticket_key || '+' as ticket_key)
from marts.fct_tickets;
delete from marts.fct_ticket_intervals
where {DAY.format("started_at")} > date '{{cut}}';
update marts.fct_ticket_intervals set ended_at = null
where {DAY.format("ended_at")} > date '{{cut}}';
delete from intermediate.int_satisfaction_ratings
where {DAY.format("updated_at")} > date '{{cut}}';
insert into intermediate.int_satisfaction_ratings
select * replace (
    'bad' as score_type,
    cast(date '{{cut}}' + 1 as timestamp) + interval 12 hour as updated_at
)
from intermediate.int_satisfaction_ratings;
"""


def test_the_future_does_not_change_a_score_of_the_past(
    refreshed: dict[str, str], tmp_path: Path
) -> None:
    """A score that knows who left would be praised by its back-test and tell nothing."""
    built = Path(refreshed["WAREHOUSE_DIR"])
    shutil.copy(built / "warehouse.duckdb", tmp_path)
    (tmp_path / "sandbox").symlink_to(built / "sandbox")
    settings = {name: refreshed[name] for name in ("SANDBOX_SIZE", "ENV_FILE")}
    warehouse = Warehouse(tmp_path, {**settings, "SOURCES": "sandbox"})
    cut = warehouse.query(
        "select max(evaluation_date) from kpis.kpi_customer_health_backtest"
    )[0][0]
    before = warehouse.query(SCORES.format("<=", cut))
    after = warehouse.query(SCORES.format(">", cut))
    warehouse.query(ANOTHER_FUTURE.format(cut=cut) + "select 1")
    done = warehouse.dbt("run", "-s", "path:models/intermediate/health_kpis")
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(before) > 100
    assert warehouse.query(SCORES.format("<=", cut)) == before
    assert warehouse.query(SCORES.format(">", cut)) != after
