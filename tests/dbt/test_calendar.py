"""The calendar against two other implementations of the Persian calendar."""

import duckdb
import jdatetime
import pytest

from tests.dbt.jalali_calendar import SEED, seed_text
from tests.dbt.warehouses import Warehouse


def test_the_seed_is_what_jdatetime_says() -> None:
    """A hand-edited month would shift every Jalali period after it."""
    assert SEED.read_text("utf-8") == seed_text()


def test_every_day_agrees_with_icu(shop: Warehouse) -> None:
    """ICU computes the Persian calendar by other code than jdatetime."""
    with duckdb.connect(shop.directory / "warehouse.duckdb") as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("set Calendar = 'persian'")
        differing, days = connection.execute(
            """
            select count(*) filter (
                where date_part('year', noon) <> jalali_year
                or date_part('month', noon) <> jalali_month_number
                or date_part('day', noon) <> jalali_day
            ), count(*)
            from (
                select *, cast(calendar_date || ' 12:00:00+00' as timestamptz) as noon
                from marts.dim_dates
            )
            """
        ).fetchone()
    assert (differing, days) == (0, 25_933)


@pytest.mark.parametrize(
    ("year", "is_leap"),
    [(1399, True), (1400, False), (1403, True), (1404, False), (1408, True)],
)
def test_leap_years_have_thirty_days_of_esfand(
    shop: Warehouse, year: int, is_leap: bool
) -> None:
    """1407 would be leap by a plain rule of four; 1408 is."""
    last_day, marked = shop.query(
        f"select max(jalali_day), bool_and(is_jalali_leap_year) from marts.dim_dates "
        f"where jalali_year = {year} and jalali_month_number = 12"
    )[0]
    assert (last_day, marked) == (30 if is_leap else 29, is_leap)


def test_iso_weeks_are_pythons(shop: Warehouse) -> None:
    """Around New Year the ISO year is not the calendar's."""
    days = shop.query(
        "select calendar_date, iso_year_number, iso_week_number, iso_weekday_number "
        "from marts.dim_dates"
    )
    assert [day for day, *iso in days if tuple(iso) != day.isocalendar()] == []


def test_nowruz_begins_the_year_and_carries_its_names(shop: Warehouse) -> None:
    """Group labels in a Persian dashboard come from here."""
    nowruz = shop.rows(
        "select * from marts.dim_dates where calendar_date = '2026-03-21'"
    )[0]
    assert nowruz["jalali_year"] == 1405
    assert nowruz["jalali_year_start_date"] == nowruz["calendar_date"]
    assert nowruz["jalali_month_name_fa"] == "فروردین"
    assert nowruz["jalali_quarter_number"] == 1
    assert jdatetime.date(1405, 1, 1).togregorian() == nowruz["calendar_date"]


def test_the_weekend_is_the_deployments(shop: Warehouse) -> None:
    """This shop rests on Fridays (WEEKEND_DAYS=5), not on Saturday and Sunday."""
    rest = shop.query(
        "select distinct weekday_name from marts.dim_dates where not is_business_day"
    )
    assert rest == [("Friday",)]
