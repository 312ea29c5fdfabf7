"""The vocabulary of the suites: what a key, an instant, an amount, a share must be.

Great Expectations has no regex and no comparison across columns with a condition on
DuckDB; `no_row_where` says those in SQL, which DuckDB runs on the batch.
"""

import warnings
from collections.abc import Iterable
from datetime import UTC, datetime
from types import ModuleType
from typing import TYPE_CHECKING

from expectations.results import Severity

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

# A vendor's clock before this is a default value or a typing mistake.
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
EMAIL = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"
# No braces: GX formats the query.
CURRENCY = r"^[A-Z][A-Z][A-Z]$"


def _great_expectations() -> ModuleType:
    """Import the expectations where they are used; their import warns a lot."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import great_expectations.expectations

    return great_expectations.expectations


def identifies_rows(*columns: str) -> "list[Expectation]":
    """Every row is named by the columns: never null, never twice."""
    gxe = _great_expectations()
    unique = (
        gxe.ExpectColumnValuesToBeUnique(column=columns[0])
        if len(columns) == 1
        else gxe.ExpectCompoundColumnsToBeUnique(column_list=list(columns))
    )
    return [*always_there(*columns), unique]


def always_there(*columns: str) -> "list[Expectation]":
    """None of the columns is ever null."""
    gxe = _great_expectations()
    return [gxe.ExpectColumnValuesToNotBeNull(column=column) for column in columns]


def plausible_instants(*columns: str) -> "list[Expectation]":
    """The columns hold instants of a company's life; only warns."""
    gxe = _great_expectations()
    return [
        gxe.ExpectColumnValuesToBeBetween(
            column=column,
            min_value=EARLIEST,
            max_value=LATEST,
            severity=Severity.warning,
        )
        for column in columns
    ]


def one_of(
    column: str, values: Iterable[object], severity: Severity = Severity.warning
) -> "Expectation":
    """The column is null or one of the values."""
    gxe = _great_expectations()
    return gxe.ExpectColumnValuesToBeInSet(
        column=column, value_set=list(values), severity=severity
    )


def shares(*columns: str) -> "list[Expectation]":
    """The columns are shares or rates of a whole: null or 0 to 1."""
    gxe = _great_expectations()
    return [
        gxe.ExpectColumnValuesToBeBetween(column=column, min_value=0, max_value=1)
        for column in columns
    ]


def never_negative(
    *columns: str, severity: Severity = Severity.critical
) -> "list[Expectation]":
    """The columns are null, zero or more."""
    gxe = _great_expectations()
    return [
        gxe.ExpectColumnValuesToBeBetween(column=column, min_value=0, severity=severity)
        for column in columns
    ]


def suffix_promises(columns: Iterable[str]) -> "list[Expectation]":
    """What a column's suffix promises: counts are never negative, shares 0 to 1."""
    columns = list(columns)
    return [
        *never_negative(*(name for name in columns if name.endswith("_count"))),
        *shares(*(name for name in columns if name.endswith("_share"))),
    ]


def no_row_where(
    condition: str, says: str, severity: Severity = Severity.critical
) -> "Expectation":
    """No row of the table fulfils the SQL condition.

    Args:
        condition: what must not be; a null counts as not fulfilled.
        says: the rule in words, shown with the result.
        severity: whether a row that fulfils it blocks.
    """
    gxe = _great_expectations()
    return gxe.UnexpectedRowsExpectation(
        unexpected_rows_query=f"select 1 as found from {{batch}} where {condition}",
        description=says,
        severity=severity,
    )
