"""Samples show what is wrong with a value, never whose it is."""

from datetime import date
from decimal import Decimal

import pytest

from expectations.results import mask, mask_quoted


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("Anna.Weiß@example.de", "Xxxx.Xxxx@xxxxxxx.xx"),
        ("نام مشتری", "xxx xxxxx"),
        (Decimal("-1234.50"), "-9999.99"),
        (date(1990, 5, 17), "9999-99-99"),
        ("x" * 40, "x" * 24 + "…"),
        (None, "NULL"),
        (True, "True"),
    ],
    ids=["email", "persian", "amount", "birthday", "long", "null", "boolean"],
)
def test_a_sample_keeps_the_shape_and_loses_the_content(value, shown):
    """A real name or birthday in a check's result would end in Dagster's page."""
    assert mask(value) == shown


def test_an_error_message_loses_the_values_it_quotes():
    """DuckDB quotes the offending value, which may be an e-mail address."""
    message = "Conversion Error: Could not convert string 'a@b.de' to INT32\nLINE 1: …"
    assert mask_quoted(message) == (
        "Conversion Error: Could not convert string 'x@x.xx' to INT32"
    )
