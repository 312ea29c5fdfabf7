"""Real shops as throwaway warehouses, and what others computed of the same data."""

import json
from pathlib import Path

import pytest

from ingestion.settings import PROJECT_ROOT
from tests.dbt.warehouses import Warehouse, only

REAL = PROJECT_ROOT.parent / "shared" / "real"
SHOPS = {
    "online_retail": ("2011-12-09", "Europe/London", "GBP"),
    "completejourney": ("2018-01-01", "UTC", "USD"),
}
CENT, RATIO = 0.01, 1e-9

needs_real_data = pytest.mark.skipif(
    not REAL.is_dir(),
    reason="real data (../shared/real) is not part of the repository and is absent here",
)


def built(directory: Path, name: str, *kpis: str) -> Warehouse:
    """Return the warehouse of a real shop, loaded from its files and built."""
    as_of, zone, currency = SHOPS[name]
    warehouse = Warehouse(
        directory,
        {
            "VENDORS": only("shop", "events"),
            "EVENTS_URL": str(REAL / name / "events"),
            "AS_OF": as_of,
            "REPORTING_TIMEZONE": zone,
            "BASE_CURRENCY": currency,
        },
    )
    loaded = warehouse.run("ingestion", "events")
    assert loaded.returncode == 0, loaded.stdout + loaded.stderr
    warehouse.build("--select", "+path:models/kpis/sales", *kpis)
    return warehouse


def truth(name: str, table: str) -> list[dict]:
    """Return a table of expected values."""
    return json.loads((REAL / name / "truth.json").read_text("utf-8"))["tables"][table]


def months(warehouse: Warehouse) -> dict[str, dict]:
    """Return the monthly totals by month."""
    rows = warehouse.rows(
        "select * from kpis.kpi_sales "
        "where period_type = 'month' and scope_type = 'total'"
    )
    return {f"{row['period_start_date']:%Y-%m}": row for row in rows}


def money(value: float) -> object:
    """Return what equals an amount to the cent."""
    return pytest.approx(value, abs=CENT)


def ratio(value: float) -> object:
    """Return what equals a ratio to the ninth decimal."""
    return pytest.approx(value, abs=RATIO)
