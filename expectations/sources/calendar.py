"""What must hold in raw_calendar before dbt reads it."""

from typing import TYPE_CHECKING

from expectations.rules import always_there, identifies_rows, no_row_where

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation


def suites() -> "dict[str, list[Expectation]]":
    """Return the suites: holidays, weekends, Islamic months."""
    return {
        "public_holidays": [
            *identifies_rows("country_code", "holiday_date", "holiday_name"),
            *always_there("is_estimated"),
        ],
        "country_weekends": [
            *identifies_rows("country_code", "weekday_number"),
            no_row_where(
                "weekday_number not between 1 and 7",
                "weekdays are ISO, Monday 1 to Sunday 7",
            ),
        ],
        "islamic_months": [
            *identifies_rows("islamic_year", "month_number"),
            *always_there("first_date"),
            no_row_where(
                "day_count not in (29, 30)", "an Islamic month has 29 or 30 days"
            ),
        ],
    }
