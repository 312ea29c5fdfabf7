"""A failed dbt test shows what failed, and nobody's data."""

import duckdb

from orchestration.samples import failing_rows


def test_values_are_masked_and_the_names_of_checks_are_not(settings):
    """The engineer sees which check; Slack does not see whose row."""
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        connection.execute(
            "create table people as select 'emily@firma.example' as email, 12.5 as pay"
        )
    sql = "select 'pay is positive' as check_name, 3 as failing_count, * from people"
    assert failing_rows(settings, sql).splitlines() == [
        "| check_name | failing_count | email | pay |",
        "| --- | --- | --- | --- |",
        "| pay is positive | 3 | xxxxx@xxxxx.xxxxxxx | 99.9 |",
    ]


def test_rows_that_cannot_be_read_are_said_in_their_place(settings):
    """The failure itself would be hidden behind a second one."""
    duckdb.connect(str(settings.warehouse_path)).close()
    assert failing_rows(settings, "select * from gone").startswith(
        "The rows could not be read: Catalog Error"
    )
    assert failing_rows(settings, None) == ""
