"""The same deals in HubSpot and in Salesforce give the same KPIs."""

from datetime import date
from decimal import Decimal

import pytest

from tests.dbt.one_crm_twice import write_both
from tests.dbt.warehouses import Warehouse

MODELS = (
    "kpi_win_rate_monthly",
    "kpi_days_to_close_monthly",
    "kpi_deals",
    "kpi_lost_deals_monthly",
)
# What says which CRM it was, and the periods that have no deal.
KEYS = "scope_key, scope_name, employee_key, rep_email"


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Return the warehouse of a deployment with both CRMs, a team in each."""
    folder = tmp_path_factory.mktemp("both")
    write_both(folder / "data")
    warehouse = Warehouse(
        folder / "warehouse",
        {
            "SOURCES": "sandbox",
            "SANDBOX_DATA": str(folder / "data"),
            "VENDORS": '{"crm": ["hubspot", "salesforce"]}',
            "SOURCES__SALESFORCE__LOST_REASON_FIELD": "Loss_Reason__c",
            "ENV_FILE": "/dev/null",
        },
    )
    loaded = warehouse.run("ingestion")
    assert loaded.returncode == 0, loaded.stdout + loaded.stderr
    warehouse.build(
        "-s", *(f"+{name}" for name in MODELS), "--indirect-selection=empty"
    )
    return warehouse


def rows_of(warehouse: Warehouse, model: str, vendor: str) -> list[tuple]:
    """Return a KPI's rows of a CRM's team and reps, without what names the CRM."""
    # Reps have the same names in both, so their first name tells them apart.
    return warehouse.query(
        f"""
        select split_part(coalesce(rep_email, ''), '@', 1) as rep, * exclude ({KEYS})
        from kpis.{model}
        where scope_name = 'Team {vendor}'
            or rep_email like '%@{vendor.lower()}.example'
        order by all
        """
    )


@pytest.mark.parametrize("model", MODELS)
def test_both_crms_give_equal_rows(both: Warehouse, model: str) -> None:
    """Else a number means one thing in HubSpot and another in Salesforce."""
    hubspot = rows_of(both, model, "HubSpot")
    assert len(hubspot) > 3
    assert hubspot == rows_of(both, model, "Salesforce")


def test_the_equal_rows_are_the_right_ones(both: Warehouse) -> None:
    """Else both CRMs may be equally wrong."""
    assert both.query(
        """
        select closed_month, won_count, lost_count, won_amount_base
        from kpis.kpi_win_rate_monthly
        where
            period_type = 'month' and scope_name = 'Team Salesforce' and closed_count > 0
        order by closed_month
        """
    ) == [
        (date(2026, 2, 1), 1, 0, Decimal("400.00")),
        (date(2026, 3, 1), 4, 0, Decimal("3464.56")),
        (date(2026, 4, 1), 1, 2, Decimal("0.00")),
    ]
    # The owner at the instant of the close has it, though the close date is a day.
    assert both.query(
        """
        select rep_email, closed_month, won_count
        from kpis.kpi_win_rate_monthly
        where
            period_type = 'month'
            and rep_email = 'ben@salesforce.example'
            and closed_count > 0
        """
    ) == [("ben@salesforce.example", date(2026, 3, 1), 1)]
