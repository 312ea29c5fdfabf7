"""A column that is read at once is the column that is read value by value."""

import random
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ingestion import records
from ingestion.reconcile import Counts
from ingestion.records import RawTable

TYPES = (
    *("text", "bigint", "double", "bool", "date", "timestamp", "json"),
    *("decimal", "decimal(18,2)", "decimal(38,18)", "decimal(10,0)"),
)
TABLE = RawTable(
    "things",
    {"id": "text", **{f"c{number}": kind for number, kind in enumerate(TYPES)}},
    key=("id",),
)
KEEPING = RawTable("things", TABLE.columns, key=("id",), keeps_empty=frozenset({"c0"}))
DIGITS = st.text("0123456789", min_size=1, max_size=22)
NUMBERS = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["", "", "-", "+", " ", "--"]),
    DIGITS,
    st.just("") | DIGITS.map(".{}".format) | st.just("."),
    st.sampled_from(["", "", "", "e3", "E-12", " ", "x"]),
)
CLOCKS = st.builds(
    "{:04d}-{:02d}-{:02d}{}{:02d}:{:02d}{}{}{}".format,
    st.sampled_from([0, 1, 999, 1000, 1582, 1969, 2026, 2999, 3000, 9999]),
    st.integers(0, 13),
    st.integers(0, 32),
    st.sampled_from(["T", " ", "t"]),
    st.integers(0, 25),
    st.integers(0, 60),
    st.sampled_from(["", ":00", ":59", ":60", ":5"]),
    st.sampled_from(["", ".1", ".123", ".123456", ".1234567", ",5"]),
    st.sampled_from(["", "Z", "z", "+00:00", "-0330", "+23:59", "+24:00", "+01", "+5"]),
)
ODD = st.sampled_from(
    [
        *("", " ", "true", "FALSE", "True ", "yes", "0", "-0", "007", "1_000", "NaN"),
        *(
            "inf",
            "1e999",
            "9223372036854775807",
            "9223372036854775808",
            "\x00",
            "\ud83d",
        ),
        *("2026-11-18", "2026-02-30", "20261118", "1763629200000", "1763629200", "۱۲"),
        *("2026-11-18T12:00:00Z\n", "2026-11-18\n", "1\n", "TRUE\n", "１２", "İ", "ﬁ"),
        *("999999999999999999", "-999999999999999999", "1" * 29 + "." + "1" * 9),
        *("9999999999999999.99", "99999999999999999.99", "1.005", "0.000000000"),
    ]
)
PLAIN = st.sampled_from(["12", "-3.5", "true", "2026-11-18", "2026-11-18T12:00:00.1Z"])
TEXTS = ODD | NUMBERS | CLOCKS | st.text(max_size=6) | PLAIN
OTHERS = (
    st.booleans()
    | st.integers(-(10**40), 10**40)
    | st.integers(-5, 5)
    | st.floats()
    | st.sampled_from([0.1, 1e-7, 1e22, 2.5, 1234567.89])
    | st.lists(st.integers(), max_size=1)
    | st.just({"a": "\ud83d"})
)
# Columns of one kind of value are those that Arrow reads.
COLUMNS = (
    st.lists(st.none() | TEXTS, max_size=9)
    | st.lists(st.none() | PLAIN, min_size=8, max_size=9).flatmap(
        lambda plain: TEXTS.map(lambda odd: [*plain, odd])
    )
    | st.lists(st.none() | CLOCKS, max_size=9)
    | st.lists(st.none() | NUMBERS, max_size=9)
    | st.lists(st.none() | st.integers(-(10**20), 10**20), max_size=9)
    | st.lists(st.none() | st.floats(), max_size=9)
    | st.lists(st.none() | st.booleans(), max_size=9)
    | st.lists(st.none() | TEXTS | OTHERS, max_size=9)
)


def outcome(table: RawTable, rows: list[dict[str, Any]]) -> tuple[Any, list, int]:
    """Return the typed rows, what was quarantined, and how many values were bad."""
    counts = Counts()
    batch = table.batch(rows, counts)
    assert batch.schema.equals(table.arrow_schema)
    quarantine = [tuple(row.values()) for row in counts._quarantine.values()]
    return batch, sorted(quarantine), counts.table(table.name).bad_values


def one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Switch off the reading of whole columns."""
    monkeypatch.setattr(records, "arrow_column", lambda *_, **__: None)


@settings(max_examples=600, deadline=None)
@given(COLUMNS, st.booleans())
@example(["2026-11-18T12:00:00Z", "1969-12-31T23:59:59.999999-23:59"], False)
@example([*["1.5"] * 9, "1e2"], False)
@example([*["true"] * 9, "TRUE\n"], False)
def test_a_whole_column_is_what_its_values_are_one_by_one(values, keeps_empty):
    """Else speed costs a cent, a second, or a bad value its place in quarantine."""
    table = KEEPING if keeps_empty else TABLE
    rows = [
        {"id": str(number), **{f"c{kind}": value for kind in range(len(TYPES))}}
        for number, value in enumerate(values)
    ]
    at_once = outcome(table, rows)
    with pytest.MonkeyPatch.context() as patched:
        one_by_one(patched)
        singly = outcome(table, rows)
    assert at_once[0].equals(singly[0])
    assert at_once[1:] == singly[1:]


def test_a_plain_column_is_read_at_once(monkeypatch):
    """Else one change makes every load slow again, and no test fails."""

    def refuse(*arguments: object) -> None:
        message = "read one by one"
        raise AssertionError(message)

    monkeypatch.setattr(RawTable, "_read", refuse)
    table = RawTable(
        "things",
        {
            "id": "text",
            "amount": "decimal",
            "count": "bigint",
            "share": "double",
            "is_open": "bool",
            "day": "date",
            "seen_at": "timestamp",
            "rate": "decimal(38,18)",
            "number": "text",
            "local_at": "timestamp",
        },
        key=("id",),
    )
    row = {
        "id": "a",
        "amount": "-12.30",
        "count": "7",
        "share": "0.5",
        "is_open": "True",
        "day": "2026-11-18",
        "seen_at": "2026-11-18T13:00:00.120+0100",
        "rate": 1.25,
        "number": 5,
        "local_at": "2026-11-18 12:00:00",
    }
    (typed, empty) = table.batch([row, {}], Counts()).to_pylist()
    assert set(empty.values()) == {None}
    assert typed == {
        "id": "a",
        "amount": Decimal("-12.3"),
        "count": 7,
        "share": 0.5,
        "is_open": True,
        "day": datetime(2026, 11, 18, tzinfo=UTC).date(),
        "seen_at": datetime(2026, 11, 18, 12, 0, 0, 120_000, UTC),
        "rate": Decimal("1.25"),
        "number": "5",
        "local_at": datetime(2026, 11, 18, 12, tzinfo=UTC),
    }


def test_a_few_odd_values_do_not_make_a_column_slow(monkeypatch):
    """Else one mistyped amount in each batch takes the speed away."""
    read: list[int] = []
    one = RawTable._read

    def note(table: RawTable, *arguments: Any) -> list[Any]:
        read.append(len(arguments[3]))
        return one(table, *arguments)

    monkeypatch.setattr(RawTable, "_read", note)
    rng = random.Random(7)
    rows = [{"id": str(n), "c7": f"{rng.randrange(10**6)}.05"} for n in range(1000)]
    rows[10]["c7"], rows[500]["c7"], rows[900]["c7"] = "N/A", "1e3", ""
    typed, quarantine, bad = outcome(TABLE, rows)
    assert read == [2]
    assert (bad, [row[-3:-1] for row in quarantine]) == (1, [("not a number", "N/A")])
    amounts = typed["c7"].to_pylist()
    assert (amounts[10], amounts[500], amounts[900]) == (None, Decimal(1000), None)
    assert isinstance(typed["c7"].chunk(0), pa.Decimal128Array)
