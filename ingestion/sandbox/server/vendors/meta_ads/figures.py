"""Adding up the finest rows of `insights.jsonl` into the report that was asked for."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

from ingestion.sandbox.server.vendors.meta_ads.account import VENDOR, AdWorld, Item

LEVELS = ("account", "campaign", "adset", "ad")
BREAKDOWNS = ("publisher_platform", "age", "gender")
# Only these may be combined; the age and gender of a platform are not told.
COMBINATIONS = (
    frozenset(),
    frozenset({"publisher_platform"}),
    frozenset({"age"}),
    frozenset({"gender"}),
    frozenset({"age", "gender"}),
)
COUNTS = ("impressions", "clicks", "inline_link_clicks")
ACTION_LISTS = ("actions", "action_values")
WINDOWS = ("1d_click", "7d_click", "28d_click", "1d_view", "1d_ev")
IDS = {"campaign": "campaign_id", "adset": "adset_id", "ad": "ad_id"}
# Whose children a level's object has, as the rows name it.
_NODES = {"campaigns": "campaign_id", "adsets": "adset_id", "ads": "ad_id"}
_KINDS = {"campaign": "campaigns", "adset": "adsets", "ad": "ads"}


@dataclass
class Sum:
    """Finest rows added up.

    `reach` counts people and cannot be added: the largest part is a lower bound.
    """

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    spend: Decimal = Decimal(0)
    reach: int = 0
    actions: dict[str, dict[str, dict[str, Decimal]]] = field(
        default_factory=lambda: {name: {} for name in ACTION_LISTS}
    )

    def add(self, row: Item) -> None:
        """Add one finest row."""
        for name in COUNTS:
            self.counts[name] += int(row.get(name) or 0)
        self.spend += Decimal(str(row.get("spend") or "0"))
        self.reach = max(self.reach, int(row.get("reach") or 0))
        for name in ACTION_LISTS:
            for action in row.get(name) or []:
                kind = self.actions[name].setdefault(
                    str(action["action_type"]), defaultdict(Decimal)
                )
                for window in ("value", *WINDOWS):
                    if window in action:
                        kind[window] += Decimal(str(action[window]))

    def action_list(self, name: str, windows: list[str]) -> list[Item]:
        """Return actions or their values, with the windows asked for."""
        return [
            {
                "action_type": kind,
                "value": _text(values["value"]),
                **{w: _text(values[w]) for w in windows if w in values},
            }
            for kind, values in sorted(self.actions[name].items())
        ]


class Figures:
    """The finest rows, found by account and day."""

    def __init__(self, world: AdWorld) -> None:
        self._world = world
        self._lines = world.store.lines(VENDOR, "insights")

    @cached_property
    def _index(self) -> dict[str, dict[str, list[int]]]:
        found: dict[str, dict[str, list[int]]] = {}
        for row, item in enumerate(self._lines):
            day, account = item.get("date_start"), item.get("account_id")
            if not day or not account or not item.get("ad_id"):
                raise self._lines.error(row, "no date_start, account_id or ad_id")
            number = str(account).removeprefix("act_")
            found.setdefault(number, {}).setdefault(str(day), []).append(row)
        return found

    def rows(
        self, account_id: str, node: tuple[str, str], since: date, until: date
    ) -> Iterator[Item]:
        """Yield the finest rows of an account's, campaign's, ad set's or ad's days."""
        kind, node_id = node
        column = _NODES.get(kind)
        days = self._index.get(account_id, {})
        for offset in range((until - since).days + 1):
            for number in days.get(str(since + timedelta(days=offset)), ()):
                row = self._lines.parse(number)
                if column is None or str(row.get(column)) == node_id:
                    yield row

    def first_day(self, account_id: str) -> date | None:
        """Return the first day of which there are rows."""
        days = self._index.get(account_id)
        return date.fromisoformat(min(days)) if days else None

    def parent(self, row: Item, level: str) -> Item:
        """Return the campaign, ad set or ad of a row, as it is today."""
        return self._world.objects[_KINDS[level]].get(str(row.get(IDS[level])), {})


def _text(number: Decimal) -> str:
    """Write a figure as Meta does: plain, without zeros at the end."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
