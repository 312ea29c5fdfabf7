"""The Jalali months that dim_dates needs, from jdatetime; run it to rewrite the seed."""

import csv
import io

import jdatetime

from ingestion.settings import DBT_PROJECT_DIR

SEED = DBT_PROJECT_DIR / "seeds" / "jalali_months.csv"
# Whole years around dim_dates' range, 1990-01-01 to 2060-12-31.
FIRST_YEAR, LAST_YEAR = 1368, 1439
COLUMNS = (
    "first_date",
    "jalali_year",
    "jalali_month_number",
    "day_count",
    "month_name_fa",
    "month_name_en",
)


def jalali_months() -> list[dict[str, str]]:
    """Return one row per Jalali month, as the seed holds it."""
    rows = []
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        for month in range(1, 13):
            first = jdatetime.date(year, month, 1)
            following = (
                jdatetime.date(year + 1, 1, 1)
                if month == 12
                else jdatetime.date(year, month + 1, 1)
            )
            days = (following.togregorian() - first.togregorian()).days
            values = (
                first.togregorian().isoformat(),
                str(year),
                str(month),
                str(days),
                jdatetime.date.j_months_fa[month - 1],
                jdatetime.date.j_months_en[month - 1],
            )
            rows.append(dict(zip(COLUMNS, values, strict=True)))
    return rows


def seed_text() -> str:
    """Return the seed file's whole text."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(jalali_months())
    return text.getvalue()


if __name__ == "__main__":
    SEED.write_text(seed_text(), "utf-8")
