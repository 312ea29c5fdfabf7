"""The oracle beside warehouses that were built from the same data directories.

Several seeds: what is right in one company by chance is wrong in the next.
"""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.conftest import SEEDS, of_seed, refresh
from tests.oracle.activity_kpis import Activities
from tests.oracle.comparison import Warehouse
from tests.oracle.crm import Crm
from tests.oracle.deal_kpis import DealEvents
from tests.oracle.periods import Clock


@pytest.fixture(scope="session", params=SEEDS, ids=lambda seed: f"seed {seed}")
def built(
    request: pytest.FixtureRequest, small_environment: dict[str, str]
) -> dict[str, str]:
    """Run the whole warehouse of a company; return its environment."""
    return refresh(of_seed(small_environment, request.param))


@pytest.fixture(scope="session")
def built_warehouse(built: dict[str, str]) -> Path:
    """Return the warehouse file."""
    return Path(built["WAREHOUSE_DIR"]) / "warehouse.duckdb"


@pytest.fixture(scope="session")
def company_dir(built: dict[str, str]) -> Path:
    """Return the data directory that the run's sandbox served."""
    return next((Path(built["WAREHOUSE_DIR"]) / "sandbox").glob("small-*"))


@pytest.fixture(scope="session")
def warehouse(built_warehouse: Path) -> Iterator[Warehouse]:
    """Return the built warehouse, opened for reading."""
    opened = Warehouse(built_warehouse)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def company(company_dir: Path) -> dict:
    """Return what the data directory says about itself."""
    return tomllib.loads((company_dir / "sandbox.toml").read_text("utf-8"))


@pytest.fixture(scope="session")
def clock(company: dict) -> Clock:
    """Return the company's now and place."""
    return Clock(company["as_of"], ZoneInfo(company["reporting_timezone"]))


@pytest.fixture(scope="session")
def crm(company_dir: Path, company: dict, clock: Clock) -> Crm:
    """Return the CRM as the data directory tells it."""
    return Crm(company_dir, clock, company["base_currency"])


@pytest.fixture(scope="session")
def deal_events(crm: Crm) -> DealEvents:
    """Return what happened to deals."""
    return DealEvents(crm)


@pytest.fixture(scope="session")
def activities(crm: Crm) -> Activities:
    """Return the CRM's activities."""
    return Activities(crm)
