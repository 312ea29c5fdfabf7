"""An insights query: what Meta would refuse, which days it covers, its rows."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from ingestion.sandbox.server.vendors.meta_ads import errors
from ingestion.sandbox.server.vendors.meta_ads.account import AdWorld, Item
from ingestion.sandbox.server.vendors.meta_ads.figures import (
    ACTION_LISTS,
    BREAKDOWNS,
    COMBINATIONS,
    COUNTS,
    IDS,
    LEVELS,
    WINDOWS,
    Figures,
    Sum,
)
from ingestion.sandbox.server.vendors.meta_ads.filters import Condition, conditions
from ingestion.sandbox.server.vendors.meta_ads.parameters import (
    Params,
    listed,
    parsed,
)

MONTHS_KEPT = 37
REMOVED_WINDOWS = ("7d_view", "28d_view")
SPECIAL_WINDOWS = ("default", "dda", "incrementality", "skan_click", "skan_view")
# What a row says beside what was asked for.
ALWAYS = ("date_start", "date_stop")
DEFAULT_FIELDS = ("account_id", "impressions", "spend")
RATIOS: dict[str, Callable[[Sum], Decimal | None]] = {
    "cpc": lambda s: _ratio(s.spend, s.counts["clicks"]),
    "cpm": lambda s: _ratio(1000 * s.spend, s.counts["impressions"]),
    "ctr": lambda s: _ratio(Decimal(100 * s.counts["clicks"]), s.counts["impressions"]),
    "frequency": lambda s: _ratio(Decimal(s.counts["impressions"]), s.reach),
}
KNOWN_FIELDS = (
    *ALWAYS,
    *COUNTS,
    *ACTION_LISTS,
    *RATIOS,
    *(name for level in IDS for name in (f"{level}_id", f"{level}_name")),
    "account_id",
    "account_name",
    "account_currency",
    "objective",
    "spend",
    "reach",
)
_FIXED_LENGTHS = re.compile(r"last_(3|7|14|28|30|90)d")


class Query:
    """A checked query of an account, campaign, ad set or ad.

    Raises:
        Refusal: Meta would not answer it.
    """

    def __init__(
        self, world: AdWorld, figures: Figures, node: tuple[str, Item], params: Params
    ) -> None:
        self._figures = figures
        kind, self._object = node
        self._node = (kind, str(self._object["id"]))
        self.account_id = str(self._object["account_id"])
        self._account = world.account(self.account_id)
        self._today = world.today(self.account_id)
        default = {"adaccounts": "account"}.get(kind, kind.removesuffix("s"))
        self.level = params.get("level", default)
        if self.level not in LEVELS:
            raise errors.invalid(f"level must be one of {', '.join(LEVELS)}")
        self.fields = listed(params, "fields") or list(DEFAULT_FIELDS)
        if unknown := [name for name in self.fields if name not in KNOWN_FIELDS]:
            raise errors.invalid(
                f"{unknown[0]} is not valid for fields param. please check "
                "https://developers.facebook.com/docs/marketing-api/reference/"
                "ads-insights/ for all valid values"
            )
        self.breakdowns = self._checked_breakdowns(params)
        self.windows = self._checked_windows(params)
        self.since, self.until = self._checked_days(params)
        self.increment = params.get("time_increment", "all_days")
        if self.increment not in ("all_days", "monthly") and not (
            self.increment.isdecimal() and 1 <= int(self.increment) <= 90
        ):
            raise errors.invalid("time_increment must be 1 to 90, monthly or all_days")
        self._filters = self._checked_filters(params)
        self.summary = listed(params, "summary")

    def _checked_breakdowns(self, params: Params) -> list[str]:
        asked = listed(params, "breakdowns")
        for index, name in enumerate(asked):
            if name not in BREAKDOWNS:
                raise errors.invalid(
                    f"breakdowns[{index}] must be one of the following values: "
                    f"{', '.join(BREAKDOWNS)}"
                )
        if frozenset(asked) not in COMBINATIONS:
            raise errors.invalid(
                "Current combination of data breakdown columns "
                f"({', '.join(['action_type', *asked])}) is invalid",
                1504041,
            )
        return asked

    def _checked_windows(self, params: Params) -> list[str]:
        asked = listed(params, "action_attribution_windows")
        for index, name in enumerate(asked):
            if name not in (*WINDOWS, *REMOVED_WINDOWS, *SPECIAL_WINDOWS):
                raise errors.invalid(
                    f"action_attribution_windows[{index}] must be one of the following "
                    f"values: {', '.join((*WINDOWS, *SPECIAL_WINDOWS))}"
                )
        # Removed windows are accepted and simply not answered.
        return [name for name in asked if name in WINDOWS]

    def _checked_days(self, params: Params) -> tuple[date, date]:
        if "time_range" in params:
            asked = parsed("time_range", params["time_range"])
            try:
                since = date.fromisoformat(asked["since"])
                until = date.fromisoformat(asked["until"])
            except (KeyError, TypeError, ValueError):
                raise errors.invalid(
                    "time_range must be {'since':YYYY-MM-DD,'until':YYYY-MM-DD}"
                ) from None
            if since > until:
                raise errors.invalid("since must not be after until")
            if since < _months_before(self._today, MONTHS_KEPT):
                raise errors.graph_error(
                    400,
                    3018,
                    "(#3018) The start date of the time range cannot be beyond 37 "
                    "months from the current date",
                    subcode=1504033,
                )
            return since, until
        return self._preset(params.get("date_preset", "last_30d"))

    def _preset(self, name: str) -> tuple[date, date]:
        today, day = self._today, timedelta(days=1)
        if found := _FIXED_LENGTHS.fullmatch(name):
            return today - int(found[1]) * day, today - day
        this_month = today.replace(day=1)
        last_month = (this_month - day).replace(day=1)
        presets = {
            "today": (today, today),
            "yesterday": (today - day, today - day),
            "this_month": (this_month, today),
            "last_month": (last_month, this_month - day),
            "maximum": (_months_before(today, MONTHS_KEPT), today),
        }
        if name not in presets:
            raise errors.invalid(
                f"date_preset must be one of the following values: {', '.join(presets)}"
            )
        since, until = presets[name]
        first = self._figures.first_day(self.account_id)
        # Nothing is older than the first row; an empty month costs nothing to skip.
        return (max(since, first) if first and name == "maximum" else since), until

    def _checked_filters(self, params: Params) -> list[tuple[str, str, Condition]]:
        """Return level, field and condition of each filter; level "" is the row's."""
        found = []
        for asked, holds in conditions(params):
            level, dot, name = asked.partition(".")
            if dot and level in IDS and name in ("id", "name", "effective_status"):
                found.append((level, name, holds))
            elif not dot and asked in (*COUNTS, "spend"):
                found.append(("", asked, holds))
            else:
                raise errors.invalid(f"Filtering field {asked} is invalid")
        return found

    def rows(self) -> list[Item]:
        """Return the rows of the report, by day, object and breakdown."""
        sums: dict[tuple, tuple[Item, Sum]] = {}
        for row in self._finest():
            key = (
                self._period(row["date_start"]),
                *(str(row.get(column)) for column in self._level_ids()),
                *(str(row.get(name) or "unknown") for name in self.breakdowns),
            )
            if key not in sums:
                sums[key] = (row, Sum())
            sums[key][1].add(row)
        found = [self._row(key, *sums[key]) for key in sorted(sums)]
        for level, name, holds in self._filters:
            if not level:
                found = [one for one in found if holds(one.get(name, 0))]
        return found

    def totals(self, rows: list[Item]) -> Item | None:
        """Return the summary over all rows, if one was asked for."""
        names = [name for name in self.summary if name in (*COUNTS, "spend")]
        if not names:
            return None
        totals = {
            name: _plain(
                sum((Decimal(str(r.get(name, "0"))) for r in rows), Decimal(0))
            )
            for name in names
        }
        return {**totals, "date_start": str(self.since), "date_stop": str(self.until)}

    def _finest(self) -> Iterator[Item]:
        """Yield the finest rows of the objects that the query is about."""
        said = {level for level, name, _ in self._filters if name == "effective_status"}
        for row in self._figures.rows(
            self.account_id, self._node, self.since, self.until
        ):
            if all(
                holds(self._said_of(row, level, name))
                for level, name, holds in self._filters
                if level
            ) and (said or not self._is_hidden(row)):
                yield row

    def _is_hidden(self, row: Item) -> bool:
        """Whether the level's own object is deleted or archived; its parents' sum it."""
        if self.level == "account":
            return False
        status = self._said_of(row, self.level, "effective_status")
        return status in ("DELETED", "ARCHIVED")

    def _said_of(self, row: Item, level: str, name: str) -> str:
        """Return id, name or status of a row's object, even of one without a line."""
        if name == "id":
            return str(row.get(IDS[level]))
        default = "ACTIVE" if name == "effective_status" else ""
        return str(self._figures.parent(row, level).get(name) or default)

    def _level_ids(self) -> list[str]:
        depth = LEVELS.index(self.level)
        return [IDS[level] for level in LEVELS[1 : depth + 1]]

    def _period(self, day: str) -> tuple[str, str]:
        if self.increment == "1":
            return day, day
        if self.increment == "all_days":
            return str(self.since), str(self.until)
        moment = date.fromisoformat(day)
        if self.increment == "monthly":
            start = moment.replace(day=1)
            end = (start + timedelta(days=32)).replace(day=1) - timedelta(days=1)
            start = max(start, self.since)
        else:
            length = int(self.increment)
            start = self.since + timedelta(
                days=(moment - self.since).days // length * length
            )
            end = start + timedelta(days=length - 1)
        return str(start), str(min(end, self.until))

    def _row(self, key: tuple, first: Item, total: Sum) -> Item:
        (start, stop), *rest = key
        ids = dict(zip(self._level_ids(), rest, strict=False))
        found: Item = {}
        for name in self.fields:
            value = self._value(name, first, ids, total)
            if value not in (None, []):
                found[name] = value
        values = rest[len(ids) :]
        found |= {"date_start": start, "date_stop": stop}
        return found | dict(zip(self.breakdowns, values, strict=True))

    def _value(self, name: str, first: Item, ids: dict[str, str], total: Sum) -> Any:  # noqa: ANN401  a report's cell
        if name in COUNTS:
            return str(total.counts[name])
        if name == "spend":
            return _plain(total.spend)
        if name == "reach":
            return str(total.reach) if total.reach else None
        if name in RATIOS:
            ratio = RATIOS[name](total)
            return None if ratio is None else f"{ratio:.6f}"
        if name in ACTION_LISTS:
            return total.action_list(name, self.windows)
        if name == "account_id":
            return self.account_id
        if name in ("account_currency", "account_name"):
            return self._account.get(name.removeprefix("account_"))
        if name in ids:
            return ids[name]
        level = "campaign" if name == "objective" else name.removesuffix("_name")
        if level in IDS and IDS[level] in ids:
            field = "objective" if name == "objective" else "name"
            return self._figures.parent(first, level).get(field)
        return None


def _ratio(over: Decimal, under: int) -> Decimal | None:
    return over / under if under else None


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _months_before(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 - months
    return date(count // 12, count % 12 + 1, min(day.day, 28))
