"""The oracle beside the warehouse that was built from the same data directory."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.oracle.activity_kpis import Activities
from tests.oracle.comparison import Warehouse
from tests.oracle.crm import Crm
from tests.oracle.deal_kpis import DealEvents
from tests.oracle.periods import Clock


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
