"""Daily figures: which days of an account to read again, and how to read them.

Google restates a day for as long as a click's conversion window is open, up and down,
and a row that has lost its figures is no longer sent. So every load reads the window
again, and a day that differs from what was loaded is replaced whole.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from ingestion.changes import content_digest
from ingestion.extraction import Extraction, Row
from ingestion.sources._google_ads_accounts import Account
from ingestion.sources._google_ads_api import (
    GoogleAds,
    Query,
    Record,
    TooMuchError,
    value_at,
)

# Google keeps 37 months.
MONTHS_KEPT = 37
# A window is held in memory; where an answer breaks off, shorter ones are asked for.
WINDOW_DAYS = 92
SHORTER = 4
MANY_ROWS = 50_000
# An account's own windows may be shorter, but cost and clicks are credited for weeks.
SHORTEST_LOOKBACK_DAYS = 30
_DAY = timedelta(days=1)


@dataclass
class _Known:
    """What the last load of a table knew of one account; lives in dlt's state.

    Attributes:
        state: since and until: which days were read. first: the first of them with
            figures. days: a digest of each day that will be read again.
    """

    state: dict[str, Any]

    def day(self, name: str) -> date | None:
        """Return `since`, `until` or `first`, None before there was one."""
        return date.fromisoformat(self.state[name]) if self.state.get(name) else None

    @property
    def digests(self) -> dict[str, str]:
        """The digests by day."""
        return self.state.setdefault("days", {})


class Figures:
    """The daily figures of every account.

    Args:
        api: the API.
        extraction: the extraction.
        start: the first day of interest.
        lookback_days: for how long after a day its figures may change, 0 for as long as
            the account's own conversion windows are.
        again: the first and last of the days to read instead, whatever was read before.
    """

    def __init__(
        self,
        api: GoogleAds,
        extraction: Extraction,
        start: date,
        lookback_days: int,
        again: tuple[date, date] | None = None,
    ) -> None:
        self._api = api
        self._extraction = extraction
        self._start = start
        self._lookback_days = lookback_days
        self._again = again
        self._windows: dict[str, int] = {}
        self._first_days: dict[tuple[str, date], date] = {}

    def note_window(self, customer_id: str, days: object) -> None:
        """Note how long after a click one of the account's actions may still count."""
        if str(days).isdecimal():
            known = self._windows.get(customer_id, 0)
            self._windows[customer_id] = max(known, int(str(days)))

    def rows(
        self, query: Query, account: Account, state: dict[str, Any]
    ) -> Iterator[Row]:
        """Yield the rows of every day of an account that differs from the last load.

        Args:
            query: what is asked.
            account: the account.
            state: what the table's loads remember of all accounts.
        """
        known = _Known(state.setdefault(account.customer_id, {}))
        wanted = max(self._start, _months_before(account.today, MONTHS_KEPT) + _DAY)
        lookback = timedelta(days=self._lookback(account))
        since, until = known.day("since"), known.day("until")
        end = account.today
        if self._again:
            start, end = max(wanted, self._again[0]), min(end, self._again[1])
        elif since and until and since <= wanted and not self._extraction.read_all:
            start = max(wanted, min(until, account.today) - lookback)
        else:
            first = known.day("first")
            start = self._first_day(query, account, wanted)
            # Days that have lost their figures since are read as well.
            start = max(wanted, min(start, first or start))
        for first, last, records in self._slices(query, account, start, end):
            days = self._days(query, account, first, last, records)
            yield from self._changed(query, account, days, known)
        if not self._again:
            until = max(until or account.today, account.today)
            known.state["since"] = min(since or wanted, wanted).isoformat()
            known.state["until"] = until.isoformat()
        for day in list(known.digests):
            if day < (account.today - lookback).isoformat():
                del known.digests[day]

    def _lookback(self, account: Account) -> int:
        window = self._windows.get(account.customer_id, 0)
        return self._lookback_days or max(window, SHORTEST_LOOKBACK_DAYS)

    def _first_day(self, query: Query, account: Account, wanted: date) -> date:
        """Return the account's first day with figures, today where it has none."""
        key = (account.customer_id, wanted)
        if key not in self._first_days:
            text = (
                "SELECT segments.date, metrics.impressions, metrics.clicks, "
                "metrics.cost_micros, metrics.all_conversions FROM customer WHERE "
                f"{_between(wanted, account.today)} ORDER BY segments.date"
            )
            found = self._api.first(account.customer_id, account.login, query, text)
            day = value_at(found or {}, "segments.date")
            self._first_days[key] = date.fromisoformat(day) if day else account.today
        return self._first_days[key]

    def _slices(
        self, query: Query, account: Account, start: date, last: date
    ) -> Iterator[tuple[date, date, list[Record]]]:
        """Yield the records of consecutive days, fewer at once where it is too much."""
        days = WINDOW_DAYS
        while start <= last:
            end = min(start + (days - 1) * _DAY, last)
            try:
                records = self._api.search(
                    account.customer_id, account.login, query, _between(start, end)
                )
            except TooMuchError:
                if start == end:
                    raise
                days = min(days, (end - start).days + 1) // SHORTER or 1
                continue
            yield start, end, records
            if len(records) > MANY_ROWS:
                days = max(1, days // SHORTER)
            start = end + _DAY

    def _days(
        self,
        query: Query,
        account: Account,
        start: date,
        end: date,
        records: list[Record],
    ) -> dict[str, list[Row]]:
        """Return the rows of each day that was asked for, in an order of their own."""
        table, counts = query.table, self._extraction.table(query.table)
        asked = [str(start + n * _DAY) for n in range((end - start).days + 1)]
        days: dict[str, dict[str, Row]] = {day: {} for day in asked}
        for record in records:
            row = query.row(record)
            row["customer_id"] = account.customer_id
            # proto3 JSON leaves out an enum's first value.
            for column in set(table.key) & {"device", "ad_network_type"}:
                row[column] = row[column] or "UNSPECIFIED"
            if not self._extraction.is_usable(table, row, "campaign_id"):
                continue
            if row["date"] not in days:
                reason = "not one of the days asked for"
                self._extraction.counts.reject_row(table.name, reason, raw_value=record)
                continue
            found, identity = days[row["date"]], table.record_id(row)
            counts.duplicates += identity in found
            found[identity] = row
        return {
            day: [found[identity] for identity in sorted(found)]
            for day, found in days.items()
        }

    def _changed(
        self, query: Query, account: Account, days: dict[str, list[Row]], known: _Known
    ) -> Iterator[Row]:
        """Yield the days that differ from the last load, each with its marker."""
        counts = self._extraction.table(query.table)
        if self._extraction.doubts_lost_days(
            query.table,
            ("customer_id", "date"),
            account.customer_id,
            days,
            where="campaign_id <> ''",
        ):
            return
        is_asked_for = bool(self._again) or self._extraction.read_all
        for day, rows in days.items():
            first = known.state.get("first")
            if not rows and (first is None or day < first):
                # Before its first figures an account has no days.
                continue
            known.state["first"] = min(first or day, day)
            digest = content_digest(rows)
            if known.digests.get(day) == digest and not is_asked_for:
                counts.skipped += len(rows)
                continue
            known.digests[day] = digest
            counts.received += 1
            ids = dict.fromkeys(query.table.key, "")
            yield {**ids, "customer_id": account.customer_id, "date": day}
            yield from rows


def _between(start: date, end: date) -> str:
    return f"segments.date BETWEEN '{start}' AND '{end}'"


def _months_before(day: date, months: int) -> date:
    """Return the same day so many months earlier, the 28th for a later one."""
    count = day.year * 12 + day.month - 1 - months
    return date(count // 12, count % 12 + 1, min(day.day, 28))
