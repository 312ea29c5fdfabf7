"""What a failed dbt test found, as a small masked table for the page and for alerts."""

import duckdb

from expectations.results import mask, mask_quoted
from ingestion.settings import Settings

_ROWS = 5
# The project's own words, in the result of `is_sound`: which check, how many rows.
_UNMASKED = ("check_name", "failing_count")


def failing_rows(settings: Settings, sql: str | None) -> str:
    """Return the first rows of the test's compiled SQL as a Markdown table, masked.

    Whatever goes wrong in here must not hide that the test failed, so it is said in
    place of the rows.
    """
    if not sql:
        return ""
    try:
        with duckdb.connect(str(settings.warehouse_path), read_only=True) as connection:
            found = connection.execute(f"select * from ({sql}) limit {_ROWS}")
            names = [column[0] for column in found.description or ()]
            rows = found.fetchall()
    except duckdb.Error as error:
        return f"The rows could not be read: {mask_quoted(str(error))}"
    lines = [names, ["---"] * len(names)]
    for row in rows:
        lines.append(
            [
                str(value) if name in _UNMASKED else mask(value)
                for name, value in zip(names, row, strict=True)
            ]
        )
    return "\n".join(
        f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |"
        for line in lines
    )
