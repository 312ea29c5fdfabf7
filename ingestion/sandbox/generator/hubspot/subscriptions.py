"""Recurring billing of line items: what is paid again and again, and for how long.

Planted, without dice so that nothing else changes: the first line of every second deal
of `FIRST_RANDOM_DEAL` on recurs, in turn monthly, quarterly and yearly, for a term or
until cancelled; every third names no start and so begins when the deal closes. As
accounts sign several deals, subscriptions overlap (expansion), one of two ends
(contraction), all end (churn), and some begin again after a gap (reactivation).
"""

from datetime import date, timedelta

# (recurringbillingfrequency, hs_recurring_billing_period, its months).
BILLINGS = (
    ("monthly", "P6M", 6),
    ("monthly", "P3M", 3),
    ("quarterly", "P6M", 6),
    ("annually", "P1Y", 12),
    ("monthly", None, None),
    ("monthly", "P4M", 4),
)
FIRST_RECURRING_DEAL = 100
PROPERTIES = (
    "recurringbillingfrequency",
    "hs_recurring_billing_period",
    "hs_recurring_billing_start_date",
    "hs_recurring_billing_end_date",
)


def recurring_billing(
    deal_number: int, position: int, closing: str | None
) -> dict[str, str | None]:
    """Return the properties of a line's recurring billing; None for a single sale."""
    found: dict[str, str | None] = dict.fromkeys(PROPERTIES)
    number = deal_number - FIRST_RECURRING_DEAL
    if position or number < 0 or number % 2:
        return found
    frequency, period, months = BILLINGS[number // 2 % len(BILLINGS)]
    found["recurringbillingfrequency"] = frequency
    found["hs_recurring_billing_period"] = period
    if number % 3 and closing:
        start = _month_later(date.fromisoformat(closing[:10]), 1)
        found["hs_recurring_billing_start_date"] = start.isoformat()
        if months is not None:
            end = _month_later(start, months) - timedelta(days=1)
            found["hs_recurring_billing_end_date"] = end.isoformat()
    return found


def _month_later(day: date, months: int) -> date:
    """Return the first day of the month so many months later."""
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)
