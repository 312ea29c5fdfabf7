"""What marketing books by hand: offline spend, costs of channels, the campaign calendar.

Planted: London's radio is paid in pounds; the booth of SIAL Paris 2026 is committed and
not billed yet; Nowruz and Yalda are given in both calendars, Yalda 1404 in the Persian
one alone; "Nowruz 1405" and "always-on-brand" overlap in Iran.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from ingestion.sandbox.generator import calendar, vocabulary
from ingestion.sandbox.generator.company import Company

SPEND_HEADER = (
    *("week_start_date", "medium", "outlet", "campaign_name", "country_name"),
    *("spend_amount", "currency", "reach_count"),
)
COST_HEADER = (
    *("cost_id", "channel_name", "cost_type", "event_name", "campaign_name"),
    *("country_name", "cost_status", "start_date", "end_date", "staff_hours"),
    *("amount", "currency", "description"),
)
CAMPAIGN_HEADER = (
    *("campaign_code", "campaign_name", "campaign_type", "start_date", "end_date"),
    *("start_date_jalali", "end_date_jalali", "holiday_code", "utm_campaign"),
    *("channel_name", "country_name", "product_category"),
)
# Medium, outlet, country, currency, campaign, first Monday, weeks, usual spend.
_FLIGHTS = (
    ("radio", "Radio Spree", "Germany", "EUR", "black-friday-24", "2024-11-18", 2, 2_400),
    ("radio", "Radio Spree", "Germany", "EUR", "black-friday-25", "2025-11-17", 2, 2_900),
    ("print", "Feinschmecker", "Germany", "EUR", "xmas-24", "2024-12-02", 3, 1_800),
    ("print", "Feinschmecker", "Germany", "EUR", "xmas-25", "2025-12-01", 3, 2_100),
    ("print", "Wiener Blatt", "Austria", "EUR", "xmas-25", "2025-12-01", 3, 900),  # codespell:ignore
    ("print", "Hamshahri", "Iran", "EUR", "nowruz-1404", "2025-03-03", 3, 700),
    ("print", "Hamshahri", "Iran", "EUR", "nowruz-1405", "2026-03-02", 3, 950),
    ("radio", "Capital", "United Kingdom", "GBP", "summer-26", "2026-06-15", 6, 1_500),
    ("poster", "U-Bahn Berlin", "Germany", "EUR", "summer-26", "2026-06-15", 8, 1_100),
)  # fmt: skip
_SHOW_COUNTRIES = {
    "Internorga Hamburg 2025": "Germany",
    "Tehran Food Expo 2025": "Iran",
    "Webinar: office coffee": "Germany",
    "London Coffee Festival 2026": "United Kingdom",
    "Istanbul Gıda Fuarı 2026": "Turkey",
    "SIAL Paris 2026": "Germany",
}
# Code, name, first and last day, the same in the Persian calendar, holiday, country.
_SEASONS = (
    ("yalda-1403", "Yalda 1403", "2024-12-14", "2024-12-20", "1403/09/24", "1403/09/30", "yalda", "Iran"),
    ("nowruz-1404", "Nowruz 1404", "2025-03-05", "2025-03-22", "1403/12/15", "1404/01/02", "nowruz", "Iran"),
    ("yalda-1404", "Yalda 1404", "", "", "1404/09/23", "1404/09/30", "yalda", "Iran"),
    ("nowruz-1405", "Nowruz 1405", "2026-03-05", "2026-03-22", "1404/12/14", "1405/01/02", "nowruz", "Iran"),
    ("black-friday-24", "Black Friday 2024", "2024-11-25", "2024-12-02", "", "", "black_friday", ""),
    ("black-friday-25", "Black Friday 2025", "2025-11-24", "2025-12-01", "", "", "black_friday", ""),
)  # fmt: skip


def spend_rows(company: Company) -> Iterator[tuple[object, ...]]:
    """Yield spend per week, medium, outlet and campaign."""
    rng = company.rng("files/offline_spend")
    factor = max(1, company.size.companies // 600)
    for medium, outlet, country, currency, campaign, monday, weeks, usual in _FLIGHTS:
        for week in range(weeks):
            day = date.fromisoformat(monday) + timedelta(weeks=week)
            spend = round(usual * factor * rng.uniform(0.8, 1.2), 2)
            reach = rng.randrange(8_000, 60_000, 500)
            about = (day, medium, outlet, campaign, country)
            yield (*about, f"{spend:.2f}", currency, reach)


def cost_rows(company: Company) -> Iterator[tuple[object, ...]]:
    """Yield what fairs, tools, agencies and staff time cost."""
    rng = company.rng("files/channel_costs")
    number = 0

    def cost(
        channel: str, kind: str, first: date, last: date, amount: float, **more: object
    ) -> tuple[object, ...]:
        nonlocal number
        number += 1
        about = (more.get("event", ""), "", more.get("country", ""))
        return (
            *(f"CC-{number:04d}", channel, kind, *about),
            *(more.get("status", "actual"), first, last, more.get("hours", "")),
            *(f"{amount:.2f}", more.get("currency", "EUR"), more.get("text", "")),
        )

    for name, kind, first_text, last_text in vocabulary.TRADE_SHOWS:
        first, last = date.fromisoformat(first_text), date.fromisoformat(last_text)
        country = _SHOW_COUNTRIES[name]
        about = {"event": name, "country": country}
        if kind == "WEBINAR":
            yield cost("webinar", "tools", first, last, 180, **about)
            yield cost("webinar", "staff_time", first, last, 640, hours=16, **about)
            continue
        status = "committed" if name == "SIAL Paris 2026" else "actual"
        currency = "GBP" if country == "United Kingdom" else "EUR"
        for cost_type, low, high in (
            ("booth", 6_000, 14_000),
            ("travel", 1_200, 4_000),
            ("freight", 600, 2_200),
        ):
            amount = rng.randrange(low, high, 50)
            more = {**about, "currency": currency}
            if cost_type == "booth":
                more["status"] = status
            yield cost("trade_show", cost_type, first, last, amount, **more)
        hours = rng.randrange(60, 140, 4)
        more = {**about, "hours": hours}
        yield cost("trade_show", "staff_time", first, last, hours * 40, **more)
    for month in calendar.months():
        end = (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        yield cost("email", "tools", month, end, 129, text="Newsletter tool")
        hours = rng.randrange(20, 60, 2)
        yield cost("email", "staff_time", month, end, hours * 40, hours=hours)
        hours = rng.randrange(30, 80, 2)
        yield cost("social", "staff_time", month, end, hours * 40, hours=hours)
        yield cost("paid_ads", "agency", month, end, rng.randrange(600, 1_600, 50))


def campaign_rows() -> Iterator[tuple[object, ...]]:
    """Yield seasons, then the campaigns of the ads and newsletters."""
    for (
        code,
        name,
        first,
        last,
        jalali_first,
        jalali_last,
        holiday,
        country,
    ) in _SEASONS:
        kind = ("season", first, last, jalali_first, jalali_last, holiday, "", "")
        yield (f"season-{code}", name, *kind, country, "")
    for name, source, medium, _content, first, last, _weight in vocabulary.CAMPAIGNS:
        country = "Iran" if name.startswith("nowruz") else ""
        category = "equipment" if name == "office-coffee-26" else ""
        channel = "email" if medium == "email" else source
        about = ("campaign", first, last, "", "", "", name, channel, country, category)
        yield (f"utm-{name}", name, *about)
