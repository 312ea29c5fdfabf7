"""Targets beside the CRM's, exchange rates that the CRM lacks, and regions.

Planted: Turkey has no target for September 2026 (missing is not zero); targets are of
net sales by country and by product category, which HubSpot's goals are not; the rial
has rates here alone, one week (8 June 2026) without any.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from ingestion.sandbox.generator import calendar, vocabulary
from ingestion.sandbox.generator.company import Company

TARGET_HEADER = (
    *("target_id", "target_month", "target_type", "country_name"),
    *("product_category", "target_value", "currency"),
)
RATE_HEADER = ("rate_date", "from_currency", "to_currency", "conversion_rate")
REGION_HEADER = ("country_name", "country_code", "region_name")
REGIONS: tuple[tuple[object, ...], ...] = (
    ("Germany", "DE", "DACH"),
    ("Austria", "AT", "DACH"),
    ("Iran", "IR", "Middle East"),
    ("Turkey", "TR", "Middle East"),
    ("United Kingdom", "GB", "Northern Europe"),
    ("United States", "US", "North America"),
)
MISSING_TARGET = ("Turkey", "2026-09")


def target_rows(company: Company) -> Iterator[tuple[object, ...]]:
    """Yield net sales targets of 2026 per month and country, and per category."""
    rng = company.rng("files/targets")
    usual = company.size.sessions * 2
    categories = sorted({product.category for product in company.products})
    for number in range(12):
        month = date(2026, number + 1, 1)
        for country, (_, _, _, share) in vocabulary.COUNTRIES.items():
            value = round(usual * share * rng.uniform(0.9, 1.2), -1)
            key = (country, month.isoformat()[:7])
            if key != MISSING_TARGET:
                yield _target(month, country, "", value)
        for category in categories:
            value = round(usual / len(categories) * rng.uniform(0.8, 1.3), -1)
            yield _target(month, "", category, value)


def _target(
    month: date, country: str, category: str, value: float
) -> tuple[object, ...]:
    target_id = f"NS-{month:%Y%m}-{country or category}".replace(" ", "-").lower()
    return (target_id, month, "net_sales", country, category, f"{value:.2f}", "EUR")


def rate_rows(company: Company) -> Iterator[tuple[object, ...]]:
    """Yield weekly rates of the rial: a walk, stated on Mondays."""
    rng = company.rng("files/fx_rates")
    rials = 680_000.0
    day = calendar.FIRST_DAY - timedelta(days=4)
    while day <= calendar.LAST_DAY:
        rials *= 1.0055 + rng.gauss(0, 0.008)
        if day != date(2026, 6, 8):
            yield (day, "IRR", "EUR", f"{1 / rials:.15f}")
        day += timedelta(days=7)
