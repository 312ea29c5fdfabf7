"""The portable macros: DuckDB's forms by running them, Spark's by parsing them."""

import json
from datetime import datetime

import duckdb
import jinja2
import pytest
import sqlglot

from ingestion.settings import DBT_PROJECT_DIR
from tests.dbt.warehouses import Warehouse, only

ENGINES = DBT_PROJECT_DIR / "macros" / "portable" / "engines"


def forms(engine: str, prefix: str) -> dict[str, jinja2.runtime.Macro]:
    """Return an engine's forms by the macro that they serve."""
    environment = jinja2.Environment(autoescape=False)
    module = environment.from_string((ENGINES / f"{engine}.sql").read_text()).module
    return {
        name.removeprefix(prefix): macro
        for name, macro in vars(module).items()
        if name.startswith(prefix)
    }


DUCKDB, SPARK = forms("duckdb", "default__"), forms("spark", "spark__")

ARGUMENTS = {
    "days_between": ["date '2026-03-01'", "timestamp '2026-03-31 23:59:00'"],
    "minutes_between": [
        "timestamp '2026-03-01 10:10:00'",
        "timestamp '2026-03-01 10:50:30'",
    ],
    "to_local_time": ["timestamp '2026-03-31 22:30:00'", "Asia/Tehran"],
    "utc_of_local": ["timestamp '2026-07-01 12:00:00'", "'Europe/Istanbul'"],
    "local_time_in": ["timestamp '2026-07-01 22:00:00'", "'Europe/Istanbul'"],
    "iso_weekday": ["date '2026-11-22'"],
    "ordered_list": ["word", "place", "; ", False],
    "json_text": ["""'{"a": {"b": "x"}}'""", "a.b"],
    "explode_json_list": ["'[1, 2]'"],
    "explode_text": ["'1;2'", ";"],
    "loaded_at": ["'1785000000.5'"],
    "url_decoded": ["'/%D8%B3%D9%84%D8%A7%D9%85'"],
    "plus_milliseconds": ["timestamp '2026-03-01 10:00:00'", "1500"],
}


def evaluate(expression: str) -> object:
    """Return what DuckDB makes of an expression over three words."""
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        return connection.execute(
            f"select {expression} from (values ('b', 1), (null, 0), ('a', 2)) "
            "as words(word, place) limit 1"
        ).fetchone()[0]


def test_both_engines_have_a_form_of_every_macro() -> None:
    """A macro without a Spark form falls back to DuckDB's and fails there."""
    assert DUCKDB.keys() == SPARK.keys() == ARGUMENTS.keys()


@pytest.mark.parametrize("name", sorted(ARGUMENTS))
def test_the_spark_form_parses_as_spark(name: str) -> None:
    """It runs only on the day that somebody moves to Spark."""
    form = str(SPARK[name](*ARGUMENTS[name]))
    sqlglot.parse_one(f"select {form} as result from words", dialect="spark")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("days_between", 30),
        # dbt's own datediff gives 0 or 1 hours here, depending on the engine.
        ("minutes_between", 40.5),
        ("to_local_time", datetime(2026, 4, 1, 2, 0)),  # noqa: DTZ001
        ("utc_of_local", datetime(2026, 7, 1, 9, 0)),  # noqa: DTZ001
        ("local_time_in", datetime(2026, 7, 2, 1, 0)),  # noqa: DTZ001
        ("iso_weekday", 7),
        ("ordered_list", "b; a"),
        ("plus_milliseconds", datetime(2026, 3, 1, 10, 0, 1, 500_000)),  # noqa: DTZ001
        ("json_text", "x"),
        ("url_decoded", "/سلام"),
        ("loaded_at", datetime(2026, 7, 25, 17, 20, 0, 500_000)),  # noqa: DTZ001
    ],
)
def test_the_duckdb_form_gives_the_promised_value(name: str, expected: object) -> None:
    """Every model relies on these; a wrong one is wrong everywhere."""
    assert evaluate(str(DUCKDB[name](*ARGUMENTS[name]))) == expected


def test_days_are_negative_when_reversed() -> None:
    """days_to_close would hide an error row."""
    reversed_days = DUCKDB["days_between"]("date '2026-03-31'", "date '2026-03-01'")
    assert evaluate(str(reversed_days)) == -30


@pytest.mark.parametrize(
    ("instant", "local"),
    [
        # Berlin skips 02:00 to 03:00 on March 29 and repeats it on October 25.
        ("2026-03-29 00:59:00", datetime(2026, 3, 29, 1, 59)),  # noqa: DTZ001
        ("2026-03-29 01:00:00", datetime(2026, 3, 29, 3, 0)),  # noqa: DTZ001
        ("2026-10-25 00:30:00", datetime(2026, 10, 25, 2, 30)),  # noqa: DTZ001
        ("2026-10-25 01:30:00", datetime(2026, 10, 25, 2, 30)),  # noqa: DTZ001
    ],
)
def test_local_time_knows_daylight_saving(instant: str, local: datetime) -> None:
    """A fixed offset would date sales of the night wrongly half of the year."""
    form = DUCKDB["to_local_time"](f"timestamp '{instant}'", "Europe/Berlin")
    assert evaluate(str(form)) == local


def test_nothing_listed_is_null_and_repeats_can_be_left_out() -> None:
    """An empty text would count as a value."""
    nothing = DUCKDB["ordered_list"]("cast(null as string)", None, ", ", False)
    assert evaluate(str(nothing)) is None
    distinct = DUCKDB["ordered_list"]("'x' || (place > 0)", None, ", ", True)
    assert evaluate(str(distinct)) == "xfalse, xtrue"


def test_absent_and_null_json_are_null() -> None:
    """The text 'null' would pass for a name."""
    for json_value in ("""'{"b": null}'""", "'{}'", "null"):
        assert evaluate(str(DUCKDB["json_text"](json_value, "b"))) is None


CLOCK = """
select
    cast({{ as_of() }} as string) as as_of,
    cast({{ as_of_date() }} as string) as as_of_date,
    {{ surrogate_key(["'hubspot'", "12"]) }} = md5('hubspot-12') as is_key,
    {{ surrogate_key(["'hubspot'", "null"]) }} is null as is_no_key,
    {{ safe_ratio(1, 0) }} is null as is_no_ratio,
    {{ safe_ratio("cast(1 as decimal(18, 2))", 4) }} as ratio,
    cast({{ base_amount("cast(2.5 as decimal(18, 2))", "'USD'", "0.9") }} as string)
    as converted,
    cast({{ base_amount("cast(2.5 as decimal(18, 2))", "'IRR'", "null") }} as string)
    as kept,
    (select count(*) from ({{ date_spine("2024-02-01", "2024-03-01") }}) as days) as days
"""


def test_the_clock_keys_and_money_macros_give_what_they_promise(
    shop: Warehouse,
) -> None:
    """A day as AS_OF is its last second in Tehran; IRR is the base and needs no rate."""
    in_tehran = Warehouse(
        shop.directory,
        {
            "VENDORS": only("shop", "events"),
            "AS_OF": "2026-03-21",
            "REPORTING_TIMEZONE": "Asia/Tehran",
            "BASE_CURRENCY": "irr",
        },
    )
    shown = in_tehran.dbt("--quiet", "show", "--output", "json", "--inline", CLOCK)
    assert shown.returncode == 0, shown.stdout + shown.stderr
    assert json.loads(shown.stdout)["show"] == [
        {
            "as_of": "2026-03-21 20:29:59",
            "as_of_date": "2026-03-21",
            "is_key": True,
            "is_no_key": True,
            "is_no_ratio": True,
            "ratio": 0.25,
            "converted": "2.25",
            "kept": "2.50",
            "days": 30,
        }
    ]
