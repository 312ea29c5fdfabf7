"""Daily figures of one account: which days to read again, and how to read them.

Meta restates a day for as long as its attribution window is open, up and down, and rows
may disappear. So every load reads the window again, and a day that differs from what
was loaded is replaced whole.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import dlt
import orjson

from ingestion.changes import content_digest
from ingestion.extraction import Extraction, Row
from ingestion.records import BadValueError, RawTable, timestamp_value
from ingestion.rest import ApiError
from ingestion.sources._meta_ads_api import is_too_much
from ingestion.sources._meta_ads_lists import SUMMED, Lists, Record
from ingestion.sources._meta_ads_tables import (
    AD_STATUSES,
    ATTRIBUTION_WINDOWS,
    BREAKDOWNS,
    INSIGHT_FIELDS,
)

# Meta keeps 37 months; a day less, because its clock is not ours.
MONTHS_KEPT = 37
# Up to so many days are asked for directly; more are computed by Meta in a job.
DIRECT_DAYS = 3
JOB_DAYS = 30
# A slice is held in memory: after one with more rows, the next ones are shorter.
MANY_ROWS = 50_000
ROWS_PER_PAGE = 500
FIRST_POLL_SECONDS = 1.0
LONGEST_POLL_SECONDS = 30.0
# Meta tries again itself for up to an hour.
LONGEST_JOB_SECONDS = 3_900.0
_DAY = timedelta(days=1)


class _JobLostError(Exception):
    """Meta gave up a report; the message says what it said."""


@dataclass(frozen=True)
class Account:
    """What reading an ad account's figures needs to know of it."""

    node_id: str
    account_id: str
    today: date
    first_day: date


def account_of(record: Record, as_of: datetime, start: date) -> Account:
    """Return an account from what Meta says of it.

    Args:
        record: the ad account.
        as_of: the run's now.
        start: the first day of interest.
    """
    today = as_of.astimezone(_zone(record)).date()
    first_day = max(start, _months_before(today, MONTHS_KEPT) + _DAY)
    try:
        # Nothing happened before the account existed.
        created = timestamp_value(record.get("created_time")).date() - _DAY
        first_day = max(first_day, created)
    except BadValueError:
        pass
    account_id = str(record.get("account_id") or record["id"]).removeprefix("act_")
    return Account(f"act_{account_id}", account_id, today, first_day)


class Insights:
    """The figures of one breakdown.

    Args:
        lists: how lists are read.
        extraction: the extraction.
        table: the table of the breakdown.
        lookback_days: for how long after a day its figures may still change.
        again: the first and last of the days to read instead, whatever was read before.
    """

    def __init__(
        self,
        lists: Lists,
        extraction: Extraction,
        table: RawTable,
        lookback_days: int,
        again: tuple[date, date] | None = None,
    ) -> None:
        self._lists = lists
        self._extraction = extraction
        self._table = table
        self._counts = extraction.table(table)
        self._lookback = timedelta(days=lookback_days)
        self._again = again
        self._breakdowns = BREAKDOWNS[table.name]

    def rows(self, account: Account) -> Iterator[Row]:
        """Yield the rows of every day of an account that differs from the last load."""
        accounts = dlt.current.resource_state().setdefault("accounts", {})
        known = accounts.setdefault(account.account_id, {"until": None, "days": {}})
        since, last = account.first_day, account.today
        if self._again:
            since, last = max(since, self._again[0]), min(last, self._again[1])
        elif known["until"] and not self._extraction.read_all:
            read_until = min(date.fromisoformat(known["until"]), account.today)
            since = max(since, read_until - self._lookback)
        for start, end, records in self._slices(account, since, last):
            yield from self._changed_days(account, start, end, records, known["days"])
        if not self._again:
            known["until"] = max(known["until"] or "", account.today.isoformat())
        oldest = (account.today - self._lookback).isoformat()
        for day in [day for day in known["days"] if day < oldest]:
            del known["days"][day]

    def _slices(
        self, account: Account, since: date, last: date
    ) -> Iterator[tuple[date, date, list[Record]]]:
        """Yield the records of consecutive days, fewer at once where it is too much."""
        start, days = since, JOB_DAYS
        while start <= last:
            end = min(start + (days - 1) * _DAY, last)
            try:
                records = self._slice(account, start, end)
            except (ApiError, _JobLostError) as error:
                if isinstance(error, ApiError) and not is_too_much(error):
                    raise
                if start < end:
                    days = ((end - start).days + 1) // 2
                    continue
                if isinstance(error, ApiError):
                    raise
                message = (
                    f"meta_ads: the report {self._table.name} of account "
                    f"{account.account_id} for {start} failed at Meta ({error}). "
                    "Nothing of this run was stored; load again later."
                )
                raise ApiError(message) from None
            yield start, end, records
            if len(records) > MANY_ROWS:
                days = max(1, days // 2)
            start = end + _DAY

    def _slice(self, account: Account, start: date, end: date) -> list[Record]:
        params = self._query(start, end)
        path = f"{account.node_id}/insights"
        if (end - start).days < DIRECT_DAYS:
            try:
                return self._read(path, {**params, "limit": ROWS_PER_PAGE})
            except ApiError as error:
                if not is_too_much(error):
                    raise
        try:
            return self._computed(path, params)
        except _JobLostError:
            # Skipped and failed jobs are often a matter of Meta's load.
            return self._computed(path, params)

    def _computed(self, path: str, params: dict[str, Any]) -> list[Record]:
        """Let Meta compute the figures in a job, and read them."""
        created = self._lists.create(path, params, needs="report_run_id")
        run_id = str(created["report_run_id"])
        waited, pause = 0.0, FIRST_POLL_SECONDS
        while True:
            run = self._lists.node(run_id, _RUN_FIELDS, needs="async_status")
            status = run["async_status"]
            if status == "Job Completed" and run.get("async_percent_completion") == 100:
                return self._read(f"{run_id}/insights", {"limit": ROWS_PER_PAGE})
            if status in ("Job Failed", "Job Skipped") or waited > LONGEST_JOB_SECONDS:
                said = run.get("error_message") or run.get("error_user_msg") or ""
                code = run.get("error_code")
                raise _JobLostError(
                    " ".join(str(part) for part in (status, code, said) if part)
                )
            time.sleep(pause)
            waited += pause
            pause = min(2 * pause, LONGEST_POLL_SECONDS)

    def _read(self, path: str, params: dict[str, Any]) -> list[Record]:
        return self._lists.figures(path, self._identity, params)

    def _identity(self, record: Record) -> tuple:
        return tuple(record.get(column) for column in self._table.key)

    def _query(self, start: date, end: date) -> dict[str, Any]:
        statuses = {
            "field": "ad.effective_status",
            "operator": "IN",
            "value": AD_STATUSES,
        }
        return {
            "level": "ad",
            "time_range": _json({"since": str(start), "until": str(end)}),
            "time_increment": 1,
            "fields": ",".join(INSIGHT_FIELDS),
            "breakdowns": ",".join(self._breakdowns),
            "action_attribution_windows": _json(ATTRIBUTION_WINDOWS),
            # `value` of an action is then what the ads manager shows.
            "use_unified_attribution_setting": "true",
            # Deleted and archived ads are left out unless asked for.
            "filtering": _json([statuses]),
            "summary": ",".join(SUMMED),
        }

    def _changed_days(
        self,
        account: Account,
        start: date,
        end: date,
        records: list[Record],
        known: dict[str, str],
    ) -> Iterator[Row]:
        asked = [str(start + n * _DAY) for n in range((end - start).days + 1)]
        days: dict[str, dict[tuple, Row]] = {day: {} for day in asked}
        for record in records:
            if not self._extraction.is_usable(self._table, record, "ad_id"):
                continue
            row = self._row(account, record)
            day = row["date_start"]
            if day not in days or row["date_stop"] != day:
                reason = "not one of the days asked for"
                self._extraction.counts.reject_row(
                    self._table.name, reason, raw_value=record
                )
                continue
            if self._identity(row) in days[day]:
                self._counts.duplicates += 1
            days[day][self._identity(row)] = row
        if self._extraction.doubts_lost_days(
            self._table,
            ("account_id", "date_start"),
            account.account_id,
            {day: list(found.values()) for day, found in days.items()},
            where="ad_id <> ''",
        ):
            return
        is_asked_for = bool(self._again) or self._extraction.read_all
        for day, found in days.items():
            rows = [found[key] for key in sorted(found)]
            digest = content_digest(rows)
            if known.get(day) == digest and not is_asked_for:
                self._counts.skipped += len(rows)
                continue
            known[day] = digest
            self._counts.received += 1
            yield self._marker(account, day)
            yield from rows

    def _row(self, account: Account, record: Record) -> Row:
        row = {name: record.get(name) for name in self._table.columns}
        row["account_id"] = account.account_id
        for name in ("campaign_id", "adset_id", "ad_id"):
            row[name] = str(row[name] or "")
        for name in self._breakdowns:
            row[name] = str(row[name] or "unknown")
        for name in ("actions", "action_values"):
            # Their order means nothing and changes.
            if isinstance(actions := row[name], list):
                row[name] = sorted(actions, key=_json) or None
        return row

    def _marker(self, account: Account, day: str) -> Row:
        """Return the row by which a day without rows still replaces what it had."""
        return {
            **dict.fromkeys(self._table.key, ""),
            "account_id": account.account_id,
            "date_start": day,
        }


_RUN_FIELDS = (
    "async_status",
    "async_percent_completion",
    "error_code",
    "error_subcode",
    "error_message",
    "error_user_msg",
)


def _zone(record: Record) -> tzinfo:
    try:
        return ZoneInfo(str(record.get("timezone_name")))
    except (KeyError, ValueError, OSError):
        hours = record.get("timezone_offset_hours_utc")
        known = isinstance(hours, int | float)
        return timezone(timedelta(hours=hours)) if known else UTC


def _months_before(day: date, months: int) -> date:
    """Return the same day so many months earlier; the first of a month is enough."""
    count = day.year * 12 + day.month - 1 - months
    # Every month has 28 days; what is lost is up to three days, 37 months ago.
    return date(count // 12, count % 12 + 1, min(day.day, 28))


def _json(value: object) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
