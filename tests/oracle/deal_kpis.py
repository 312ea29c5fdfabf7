"""K91, K92 and K95: deals created, won and lost, one period at a time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tests.oracle.comparison import Rows
from tests.oracle.crm import Crm, Deal
from tests.oracle.periods import (
    CALENDARS,
    Comparison,
    comparisons,
    growth,
    ratio,
)

PERIOD_TYPES = ("day", "week", "month", "quarter", "year", "jalali_month")


@dataclass(frozen=True)
class Event:
    """A deal that was created, won or lost on a day, for an owner."""

    kind: str
    day: date
    deal: Deal
    owner: str


def money(deals: Iterable[Deal]) -> Decimal:
    """Return the sum of the deals' amounts in the base currency."""
    return sum((deal.amount_base or Decimal(0) for deal in deals), Decimal(0))


class DealEvents:
    """What happened to deals, by scope."""

    def __init__(self, crm: Crm) -> None:
        self.crm = crm
        self.today = crm.clock.today
        self.by_scope: dict[str, list[Event]] = {}
        self.future: dict[str, list[Event]] = {}
        for deal in crm.deals:
            created = Event("created", deal.created_date, deal, deal.creator)
            for event in [created, *_closing(deal)]:
                is_future = event.day > self.today
                kept = self.future if is_future else self.by_scope
                for scope in crm.scopes(event.owner):
                    kept.setdefault(scope, []).append(event)

    def between(self, scope: str, kind: str, first: date, last: date) -> list[Deal]:
        """Return the deals of a scope with an event of a kind in some days."""
        return [
            event.deal
            for event in self.by_scope.get(scope, [])
            if event.kind == kind and first <= event.day <= last
        ]

    def first_day(self, scope: str) -> date:
        """Return the day of a scope's first event."""
        return min(event.day for event in self.by_scope[scope])

    def months(self, scope: str) -> list[tuple[str, Comparison]]:
        """Return the months of a scope from its first event on, in each calendar."""
        return [
            (calendar, month)
            for calendar in CALENDARS
            for month in comparisons(calendar, self.first_day(scope), self.today)
        ]


def _closing(deal: Deal) -> list[Event]:
    if deal.state not in ("won", "lost") or deal.close_date is None:
        return []
    return [Event(deal.state, deal.close_date, deal, deal.closer)]


def kpi_deals(events: DealEvents) -> Rows:
    """K91, K92, K95: every period of every scope against the one before."""
    rows: Rows = {}
    for scope in events.by_scope:
        for period_type in PERIOD_TYPES:
            for period in comparisons(period_type, events.first_day(scope), events.today):  # fmt: skip
                rows[period_type, period.start, scope] = _period(events, scope, period)
    return rows


def kpi_won_mix(counted_deals: Rows) -> Rows:
    """K9: each scope's part of what was won, from the rows of kpi_deals."""
    rows: Rows = {}
    for (period_type, start, scope), row in counted_deals.items():
        if period_type in ("day", "week") or scope == "total":
            continue
        whole = counted_deals[period_type, start, "total"]
        share, before = (
            ratio(row[name], whole[name])
            for name in ("won_amount_base", "prior_won_amount_base")
        )
        rows[period_type, start, scope] = {
            "won_count": row["won_count"],
            "total_won_count": whole["won_count"],
            "won_count_share": ratio(row["won_count"], whole["won_count"]),
            "won_amount_base": row["won_amount_base"],
            "total_won_amount_base": whole["won_amount_base"],
            "won_amount_share": share,
            "prior_won_amount_base": row["prior_won_amount_base"],
            "prior_total_won_amount_base": whole["prior_won_amount_base"],
            "prior_won_amount_share": before,
            "prior_mix_index_rate": share / before
            if before and share is not None
            else None,
        }
    return rows


def _period(events: DealEvents, scope: str, period: Comparison) -> dict:
    def found(kind: str) -> tuple[list[Deal], list[Deal]]:
        return (
            events.between(scope, kind, period.start, period.end),
            events.between(scope, kind, period.prior_start, period.prior_end),
        )

    created, prior_created = found("created")
    won, prior_won = found("won")
    lost, prior_lost = found("lost")
    future = [
        event
        for event in events.future.get(scope, [])
        if event.kind != "created" and period.start <= event.day <= period.end
    ]
    return {
        "period_end_date": period.end,
        "is_complete": period.is_complete,
        "elapsed_day_count": period.elapsed,
        "created_count": len(created),
        **counted("won", won),
        **counted("lost", lost),
        "future_dated_count": len(future),
        "prior_period_start_date": period.prior_start,
        "prior_period_end_date": period.prior_end,
        "prior_created_count": len(prior_created),
        "prior_won_count": len(prior_won),
        "prior_lost_count": len(prior_lost),
        "prior_won_amount_base": money(prior_won),
        "prior_lost_amount_base": money(prior_lost),
        "created_growth_rate": growth(len(created), len(prior_created)),
        "won_growth_rate": growth(len(won), len(prior_won)),
        "lost_growth_rate": growth(len(lost), len(prior_lost)),
        "won_amount_growth_rate": growth(money(won), money(prior_won)),
        "lost_amount_growth_rate": growth(money(lost), money(prior_lost)),
    }


def counted(name: str, deals: list[Deal]) -> dict:
    """Return the count, the value and what is missing in the value."""
    return {
        f"{name}_count": len(deals),
        f"{name}_amount_base": money(deals),
        f"{name}_without_amount_count": sum(deal.amount is None for deal in deals),
        f"{name}_unconverted_count": sum(deal.has_no_rate for deal in deals),
    }


def kpi_lost_deals_monthly(events: DealEvents) -> Rows:
    """K92: lost deals by reason."""
    rows: Rows = {}
    for scope in events.by_scope:
        for calendar, month in events.months(scope):
            lost = events.between(scope, "lost", month.start, month.end)
            prior = events.between(scope, "lost", month.prior_start, month.prior_end)
            for reason in {deal.lost_reason for deal in lost + prior}:
                of_reason = [deal for deal in lost if deal.lost_reason == reason]
                rows[calendar, month.start, reason, scope] = {
                    "is_complete": month.is_complete,
                    **counted("lost", of_reason),
                    "lost_count_all_reasons": len(lost),
                    "lost_share": ratio(len(of_reason), len(lost)),
                    "prior_lost_count": sum(d.lost_reason == reason for d in prior),
                }
    return rows
