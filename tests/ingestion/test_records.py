"""Text from an API becomes the declared type exactly, or NULL with a reason."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from ingestion.reconcile import Counts
from ingestion.records import (
    BadValueError,
    RawTable,
    bigint_value,
    bool_value,
    columns,
    date_value,
    decimal_value,
    double_value,
    json_value,
    text_value,
    timestamp_value,
)


@pytest.mark.parametrize(
    ("read", "value", "expected"),
    [
        (decimal_value, "1500.00", Decimal("1500.00")),
        (decimal_value, "0.1", Decimal("0.1")),
        (decimal_value, "1.005", Decimal("1.005")),
        (decimal_value, "-12.30", Decimal("-12.30")),
        (decimal_value, " 12 ", Decimal(12)),
        (decimal_value, "1e3", Decimal(1000)),
        (decimal_value, 0.93, Decimal("0.93")),
        (decimal_value, 7, Decimal(7)),
        (
            decimal_value,
            "12345678901234567890123456789.123456789",
            Decimal("12345678901234567890123456789.123456789"),
        ),
        (decimal_value, "0.12345678949", Decimal("0.123456789")),
        (decimal_value, "1e-999", Decimal(0)),
        (bigint_value, "384000", 384000),
        (bigint_value, "25.0", 25),
        (bigint_value, "-9223372036854775808", -(2**63)),
        (double_value, "0.85", 0.85),
        (bool_value, "TRUE", True),
        (bool_value, "false", False),
        (bool_value, True, True),
        (text_value, "محمد", "محمد"),
        (text_value, 9586504, "9586504"),
        (text_value, True, "true"),
        (json_value, {"b": 1, "a": [None]}, '{"a":[null],"b":1}'),
        (json_value, {"b": "\ud83d", "a": 2**70}, f'{{"a":{2**70},"b":"?"}}'),
        (date_value, "1572480000000", date(2019, 10, 31)),
    ],
)
def test_a_value_is_read_exactly(read, value, expected):
    """Else money changes by a cent, or a flag or number is quietly another."""
    assert read(value) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-20T10:00:00.123Z",
        "2026-11-20T11:00:00.123+01:00",
        "2026-11-20 10:00:00.123",
        "1795168800123",
    ],
)
def test_every_spelling_of_an_instant_is_the_same_instant(text):
    """Else rows of one API move by hours against those of another."""
    assert timestamp_value(text) == datetime(2026, 11, 20, 10, 0, 0, 123000, UTC)


@pytest.mark.parametrize(
    ("read", "value", "reason"),
    [
        (decimal_value, "1,234.50", "not a number"),
        (decimal_value, "N/A", "not a number"),
        (decimal_value, "NaN", "not a number"),
        (decimal_value, float("nan"), "not a number"),
        (decimal_value, "۱۲", "not a number"),
        (decimal_value, True, "not a number"),
        (decimal_value, ["1"], "not a number"),
        (
            decimal_value,
            "123456789012345678901234567890",
            "does not fit decimal(38,9)",
        ),
        (
            decimal_value,
            "99999999999999999999999999999.9999999999",
            "does not fit decimal(38,9)",
        ),
        (bigint_value, "25.5", "not a whole number"),
        (bigint_value, "9223372036854775808", "does not fit 64 bits"),
        (double_value, "1e999", "not a finite number"),
        (bool_value, "yes", "neither true nor false"),
        (text_value, {"a": 1}, "not text"),
        (
            timestamp_value,
            "31/12/1988",
            "neither an ISO 8601 instant nor epoch milliseconds",
        ),
        # Seconds: read as milliseconds they would be January 1970.
        (
            timestamp_value,
            "1763629200",
            "neither an ISO 8601 instant nor epoch milliseconds",
        ),
        (
            timestamp_value,
            "20261120",
            "neither an ISO 8601 instant nor epoch milliseconds",
        ),
    ],
)
def test_nonsense_is_refused_with_its_reason(read, value, reason):
    """Else nonsense becomes a number that nobody questions."""
    with pytest.raises(BadValueError, match=re.escape(reason)):
        read(value)


TABLE = RawTable(
    "things",
    columns(text="id note", decimal="amount", json="tags", timestamp="seen_at"),
    key=("id",),
)


def test_a_bad_value_is_null_and_quarantined_and_its_row_stays():
    """Else one user's typing mistake hides a deal, or goes unnoticed."""
    counts = Counts()
    rows = TABLE.batch([{"id": "1", "amount": "N/A", "note": "x"}], counts).to_pylist()
    assert rows == [
        {"id": "1", "note": "x", "amount": None, "tags": None, "seen_at": None}
    ]
    assert counts.table("things").bad_values == 1
    assert counts.table("things").quarantined == 0


def test_empty_text_and_absence_are_null():
    """Else "" counts as a value in one vendor and not in the other."""
    rows = TABLE.batch([{"id": "1", "note": "", "amount": ""}], Counts()).to_pylist()
    assert rows[0]["note"] is None
    assert rows[0]["amount"] is None


def test_half_an_emoji_does_not_stop_the_load():
    """Else one text cut in the middle of a character fails the whole batch."""
    rows = TABLE.batch([{"id": "1", "note": "ok \ud83d"}], Counts()).to_pylist()
    assert rows[0]["note"] == "ok ?"


def test_a_camel_case_record_becomes_a_row():
    """Else a field is NULL because its name was spelled by hand."""
    row = TABLE.renamed({"id": 5, "seenAt": "2026-01-01"}, note="given")
    assert row == {
        "id": 5,
        "note": "given",
        "amount": None,
        "tags": None,
        "seen_at": "2026-01-01",
    }
