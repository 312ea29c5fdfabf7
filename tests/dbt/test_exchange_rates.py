"""Exchange rates against a search through every quote, in random worlds of currencies."""

import hashlib
import math
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.dbt.warehouses import Warehouse, only

MODELS = ("int_exchange_rates_daily", "int_unconverted_amounts")
TABLES = """
attach ':memory:' as warehouse;
create schema warehouse.intermediate;
create schema warehouse.marts;
create table warehouse.marts.dim_dates as
select cast(day as date) as calendar_date
from range(date '2026-03-01', date '2026-05-15', interval 1 day) as days(day);
create table warehouse.intermediate.int_exchange_rates (
    vendor text, from_currency text, to_currency text, conversion_rate double,
    effective_at timestamp
);
create table warehouse.intermediate.int_orders (
    vendor text, order_id text, currency text, ordered_at timestamp
);
create table warehouse.intermediate.int_refunds (
    vendor text, refund_id text, order_id text, currency text, refunded_at timestamp
);
create table warehouse.intermediate.int_unconverted_deal_amounts (
    record_type text, record_key text, currency text, amount_date date, reason text
);
"""
BASE, ZONE = "EUR", ZoneInfo("Europe/Berlin")
CURRENCIES = (BASE, "GBP", "IRR", "TRY", "USD")
OLDEST = timedelta(days=7)
# Around the night in which clocks are changed, minutes on both sides of a midnight.
START = datetime(2026, 3, 20, tzinfo=UTC)
INSTANTS = st.integers(0, 40 * 24 * 12).map(lambda n: START + n * timedelta(minutes=5))
RATES = st.floats(0.01, 100).map(lambda rate: round(rate, 6))
PAIRS = st.permutations(CURRENCIES).map(lambda shuffled: tuple(shuffled[:2]))
QUOTES = st.lists(
    st.tuples(PAIRS, INSTANTS, RATES),
    max_size=14,
    unique_by=lambda quote: (quote[0], quote[1]),
)
EVENTS = st.lists(
    st.tuples(st.sampled_from([*CURRENCIES, None]), st.none() | INSTANTS), max_size=12
)
Quotes = list[tuple[tuple[str, str], datetime, float]]


def local_day(at: datetime) -> date:
    """Return the day of an instant in the reporting time zone."""
    return at.astimezone(ZONE).date()


def quoted(
    quotes: Quotes, pair: tuple[str, str], day: date
) -> tuple[float, int] | None:
    """Return the last rate of a pair known on a day and its age in days."""
    known = [
        (at, rate) for one, at, rate in quotes if one == pair and local_day(at) <= day
    ]
    if not known:
        return None
    at, rate = max(known)
    age = day - local_day(at)
    return (rate, age.days) if age <= OLDEST else None


def legs(
    quotes: Quotes, start: str, end: str, day: date
) -> Iterator[tuple[float, int, int]]:
    """Yield (rate, age, hops) from one currency to another: as stated, and inverted."""
    if found := quoted(quotes, (start, end), day):
        yield *found, 1
    if found := quoted(quotes, (end, start), day):
        yield 1 / found[0], found[1], 2


def rate_of(quotes: Quotes, currency: str, day: date) -> tuple[float, int] | None:
    """Return the preferred rate to the base currency and its age, None without one."""
    if currency == BASE:
        return 1.0, 0
    ways = [
        (hops, age, "", rate) for rate, age, hops in legs(quotes, currency, BASE, day)
    ]
    for middle in CURRENCIES:
        for rate, age, hops in legs(quotes, currency, middle, day):
            for second, second_age, second_hops in legs(quotes, middle, BASE, day):
                ways.append((hops + second_hops + 2, max(age, second_age), middle, rate * second))  # fmt: skip
    if not ways:
        return None
    _, age, _, rate = min(ways)
    return rate, age


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple]:
    """Return a connection with what the models read, and the compiled models."""
    warehouse = Warehouse(
        tmp_path_factory.mktemp("rates"),
        {
            "VENDORS": only("shop", "events"),
            "AS_OF": "2026-05-10",
            "REPORTING_TIMEZONE": str(ZONE),
            "BASE_CURRENCY": BASE,
        },
    )
    done = warehouse.dbt("--quiet", "compile", "--select", *MODELS)
    assert done.returncode == 0, done.stdout + done.stderr
    compiled = {}
    for model in MODELS:
        (path,) = warehouse.directory.rglob(f"compiled/**/models/**/{model}.sql")
        compiled[model] = path.read_text("utf-8")
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("set threads = 1")
        connection.execute(TABLES)
        yield connection, compiled


def convert(engine: tuple, quotes: Quotes, events: list) -> tuple[dict, dict]:
    """Return the models' rates by currency and day, and the quarantine's reasons."""
    connection, compiled = engine
    into = "warehouse.intermediate."
    for table in ("int_exchange_rates", "int_orders", "int_refunds"):
        connection.execute(f"delete from {into}{table}")
    for (start, end), at, rate in quotes:
        row = ["crm", start, end, rate, at.replace(tzinfo=None)]
        connection.execute(f"insert into {into}int_exchange_rates values (?, ?, ?, ?, ?)", row)  # fmt: skip
    for number, (currency, at) in enumerate(events):
        plain = at and at.replace(tzinfo=None)
        connection.execute(f"insert into {into}int_orders values ('shop', ?, ?, ?)", [str(number), currency, plain])  # fmt: skip
        # A refund without a currency has its order's, on a day of its own.
        later = plain and plain + timedelta(days=9)
        connection.execute(f"insert into {into}int_refunds values ('shop', $1, $1, null, $2)", [str(number), later])  # fmt: skip
    for model in MODELS:
        connection.execute(
            f"create or replace table {into}{model} as {compiled[model]}"
        )
    rates = {
        (currency, day): (float(rate), age)
        for day, currency, rate, age in connection.execute(
            f"select rate_date, currency, rate_to_base, rate_age_days from {into}{MODELS[0]}"
        ).fetchall()
    }
    quarantine = connection.execute(
        f"select record_type, record_key, reason from {into}{MODELS[1]}"
    ).fetchall()
    assert len(quarantine) == len({row[:2] for row in quarantine})
    return rates, {(kind, key): reason for kind, key, reason in quarantine}


def reason_for(quotes: Quotes, currency: str | None, at: datetime | None) -> str | None:
    """Return why an amount has no value in the base currency, None if it has one."""
    if currency == BASE:
        return None
    if currency is None:
        return "no currency"
    if at is None:
        return "no date"
    return None if rate_of(quotes, currency, local_day(at)) else "no rate"


@settings(
    max_examples=80,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(quotes=QUOTES, events=EVENTS)
def test_every_amount_has_its_own_days_rate_or_a_reason(
    engine: tuple, quotes: Quotes, events: list
) -> None:
    """A wrong or made-up rate is money that nobody earned; a lost row is a lie as well."""
    rates, quarantine = convert(engine, quotes, events)
    days = [date(2026, 3, 1) + timedelta(days=n) for n in range(75)]
    expected = {
        (currency, day): found
        for currency in CURRENCIES
        for day in days
        if (found := rate_of(quotes, currency, day))
    }
    assert rates.keys() == expected.keys()
    for place, (rate, age) in expected.items():
        assert rates[place][1] == age, place
        assert math.isclose(rates[place][0], rate, rel_tol=1e-9, abs_tol=1e-12), place
    reasons = {}
    for number, (currency, at) in enumerate(events):
        key = hashlib.md5(f"shop-{number}".encode()).hexdigest()
        reasons["order", key] = reason_for(quotes, currency, at)
        later = at and at + timedelta(days=9)
        reasons["refund", key] = reason_for(quotes, currency, later)
    assert quarantine == {
        record: reason for record, reason in reasons.items() if reason
    }


def test_a_rate_is_the_last_known_one_for_seven_days(engine: tuple) -> None:
    """The eighth day has none: no rate is better than an old one."""
    at = datetime(2026, 4, 1, 12, tzinfo=UTC)
    rates, quarantine = convert(
        engine, [(("USD", BASE), at, 0.8), ((BASE, "GBP"), at, 0.5)], [("USD", at)]
    )
    assert rates["USD", date(2026, 4, 1)] == (0.8, 0)
    assert rates["USD", date(2026, 4, 8)] == (0.8, 7)
    assert rates["GBP", date(2026, 4, 8)] == (2.0, 7)
    assert ("USD", date(2026, 4, 9)) not in rates
    assert ("USD", date(2026, 3, 31)) not in rates
    assert list(quarantine.values()) == ["no rate"]
