"""Holidays, fiscal years, weeks and hours of two deployments: Tehran and Berlin."""

from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.settings import DBT_PROJECT_DIR, country_of_zone
from tests.dbt.warehouses import Warehouse, only

OVERRIDES = DBT_PROJECT_DIR / "seeds" / "holiday_overrides.csv"


def _built(directory, **settings: str) -> Warehouse:
    """Load the calendar and build its marts."""
    warehouse = Warehouse(
        directory,
        {
            "VENDORS": only("calendar", "calendar"),
            "AS_OF": "2026-11-18T20:00:00Z",
            **settings,
        },
    )
    loaded = warehouse.run("ingestion", "calendar")
    assert loaded.returncode == 0, loaded.stdout + loaded.stderr
    marts = "marts.core.dim_dates marts.core.dim_holidays marts.core.dim_hours"
    chosen = [f"+{mart}" for mart in marts.split()]
    warehouse.build("-s", *chosen, "+marts.core.dim_country_dates")
    return warehouse


@pytest.fixture(scope="module")
def tehran(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Return an Iranian deployment: Friday, Saturday weeks, fiscal year of Nowruz."""
    return _built(
        tmp_path_factory.mktemp("tehran"),
        REPORTING_TIMEZONE="Asia/Tehran",
        WEEKEND_DAYS="5",
        WEEK_START_DAY="6",
        FISCAL_YEAR_START="nowruz",
    )


@pytest.fixture(scope="module")
def berlin(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Return a German deployment that also sells to Iran and Bavaria; fiscal April."""
    return _built(
        tmp_path_factory.mktemp("berlin"),
        REPORTING_TIMEZONE="Europe/Berlin",
        COUNTRIES="DE,DE-BY,IR",
        FISCAL_YEAR_START="04-01",
    )


@pytest.mark.parametrize(
    ("zone", "country"),
    [("Asia/Tehran", "IR"), ("Europe/Berlin", "DE"), ("UTC", "")],
)
def test_the_home_country_is_that_of_the_time_zone(zone: str, country: str) -> None:
    """A newcomer in Tehran gets Nowruz without a setting."""
    assert country_of_zone(zone) == country


def test_nowruz_and_ramadan_are_compared_with_themselves(tehran: Warehouse) -> None:
    """By date, Ramadan of 2026 would meet no Ramadan of 2025."""
    found = tehran.query(
        "select holiday_code, first_date, last_date, previous_first_date, "
        "window_start_date, window_end_date from marts.dim_holidays "
        "where country_code = 'IR' and holiday_code in ('nowruz', 'ramadan') "
        "and year(first_date) = 2026 order by 1"
    )
    assert found == [
        (
            "nowruz",
            date(2026, 3, 21),
            date(2026, 3, 24),
            date(2025, 3, 21),
            date(2026, 3, 14),
            date(2026, 3, 26),
        ),
        (
            "ramadan",
            date(2026, 2, 19),
            date(2026, 3, 20),
            date(2025, 3, 1),
            date(2026, 2, 12),
            date(2026, 3, 22),
        ),
    ]


def test_dates_of_the_moon_are_flagged_until_confirmed(tehran: Warehouse) -> None:
    """A plan for 2027 must know that Eid may still move by a day."""
    found = tehran.query(
        "select holiday_date, is_estimated from intermediate.int_holidays "
        "where holiday_name = 'Eid al-Fitr' and year(holiday_date) in (2026, 2027) "
        "order by 1"
    )
    assert found == [(date(2026, 3, 21), False), (date(2027, 3, 10), True)]


def test_a_business_day_is_neither_weekend_nor_public_holiday(
    tehran: Warehouse, berlin: Warehouse
) -> None:
    """Targets prorated over Nowruz would look missed every spring."""
    days = (
        "select day_of_month, is_business_day, is_public_holiday from marts.dim_dates "
        "where calendar_date in ('2026-03-20', '2026-03-21', '2026-04-04', '2026-04-06')"
        " order by calendar_date"
    )
    # A Friday; Nowruz, a Saturday; a Saturday; Easter Monday.
    assert [row[1:] for row in tehran.query(days)] == [
        (False, True),
        (False, True),
        (True, False),
        (True, False),
    ]
    assert [row[1:] for row in berlin.query(days)] == [
        (True, False),
        (False, False),
        (False, False),
        (False, True),
    ]


def test_every_country_has_its_own_weekend_and_holidays(berlin: Warehouse) -> None:
    """Sales to Iran pause on Fridays, those to Bavaria on Epiphany."""
    found = berlin.query(
        "select country_code, is_weekend, is_public_holiday, is_business_day "
        "from marts.dim_country_dates where calendar_date in "
        "('2026-01-06', '2026-11-20') order by calendar_date, country_code"
    )
    assert found == [
        ("DE", False, False, True),
        ("DE-BY", False, True, False),
        ("IR", False, False, True),
        ("DE", False, False, True),
        ("DE-BY", False, False, True),
        ("IR", True, False, False),
    ]


def test_a_week_begins_where_the_deployment_says(
    tehran: Warehouse, berlin: Warehouse
) -> None:
    """A Persian week from Monday would split every weekend's sales."""
    week = (
        "select calendar_week from marts.dim_dates where calendar_date = '2026-11-18'"
    )
    assert tehran.query(week) == [(date(2026, 11, 14),)]
    assert berlin.query(week) == [(date(2026, 11, 16),)]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-03-20", (date(2025, 3, 21), 1404, 4, 12)),
        ("2026-03-21", (date(2026, 3, 21), 1405, 1, 1)),
        ("2026-11-18", (date(2026, 3, 21), 1405, 3, 8)),
    ],
)
def test_the_persian_fiscal_year_begins_with_nowruz(
    tehran: Warehouse, day: str, expected: tuple
) -> None:
    """The tax office counts from 1 Farvardin."""
    fiscal = (
        "select fiscal_year_start_date, fiscal_year_number, fiscal_quarter_number, "
        f"fiscal_month_number from marts.dim_dates where calendar_date = '{day}'"
    )
    assert tehran.query(fiscal) == [expected]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-03-31", (date(2025, 4, 1), 2026, 4, 12)),
        ("2026-04-01", (date(2026, 4, 1), 2027, 1, 1)),
        ("2026-12-31", (date(2026, 4, 1), 2027, 3, 9)),
    ],
)
def test_a_fiscal_year_is_named_by_the_year_it_ends_in(
    berlin: Warehouse, day: str, expected: tuple
) -> None:
    """FY27 is the one that ends in March 2027."""
    fiscal = (
        "select fiscal_year_start_date, fiscal_year_number, fiscal_quarter_number, "
        f"fiscal_month_number from marts.dim_dates where calendar_date = '{day}'"
    )
    assert berlin.query(fiscal) == [expected]


def test_days_of_a_clock_change_have_23_or_25_hours(berlin: Warehouse) -> None:
    """An hour that is counted twice, or never, makes a wrong rate per hour."""
    found = berlin.query(
        "select local_date, count(*), count(*) filter (where is_repeated) "
        "from marts.dim_hours where year(local_date) = 2026 group by 1 "
        "having count(*) <> 24 order by 1"
    )
    assert found == [(date(2026, 3, 29), 23, 0), (date(2026, 10, 25), 25, 1)]


def test_hours_begin_on_the_half_hour_of_utc_where_the_zone_does(
    tehran: Warehouse,
) -> None:
    """Tehran is three and a half hours ahead, and has had no summer time since 2022."""
    found = tehran.query(
        "select hour_start_at, utc_offset_minutes from marts.dim_hours "
        "where local_date = '2026-07-01' and local_hour = 0"
    )
    assert found == [(datetime(2026, 6, 30, 20, 30), 210.0)]  # noqa: DTZ001  UTC by name
    odd = "select count(*) from (select local_date from marts.dim_hours where year(local_date) > 2022 group by 1 having count(*) <> 24)"  # fmt: skip
    assert tehran.query(odd) == [(0,)]


@pytest.fixture(scope="module")
def business_days(berlin: Warehouse) -> set[date]:
    """Return the German business days of the years that are known."""
    return {
        day
        for (day,) in berlin.query(
            "select calendar_date from marts.dim_dates where is_business_day"
        )
    }


@settings(max_examples=60, deadline=None)
@given(day=st.dates(date(2017, 1, 1), date(2027, 12, 31)))
def test_business_days_are_those_of_the_package(
    business_days: set[date], day: date
) -> None:
    """Against the package's own arithmetic, on any day."""
    import holidays

    german = holidays.country_holidays("DE", years=day.year)
    assert (day in business_days) == german.is_working_day(day)


def test_the_companys_overrides_ship_empty() -> None:
    """A forgotten example would close somebody's offices."""
    assert OVERRIDES.read_text("utf-8").count("\n") == 1
