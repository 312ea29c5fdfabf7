"""HubSpot's rate limits: counted always, enforced when sandbox.toml says so.

`[limits.hubspot]`: `enforced` (default false), `per_ten_seconds` (190, rolling),
`search_per_second` (5), `per_day` (625,000).
"""

from collections.abc import Callable
from time import monotonic
from typing import Any

from ingestion.sandbox.server.store import checked_table
from ingestion.sandbox.server.window import Window

DEFAULTS = {
    "enforced": False,
    "per_ten_seconds": 190,
    "search_per_second": 5,
    "per_day": 625_000,
}


class Limits:
    """The account's limits and what is left of them."""

    def __init__(
        self, table: dict[str, Any], clock: Callable[[], float] = monotonic
    ) -> None:
        known = checked_table(table, DEFAULTS, "limits.hubspot")
        self._enforced = known["enforced"]
        self._rolling = Window(10, known["per_ten_seconds"], clock)
        self._search = Window(1, known["search_per_second"], clock)
        self._daily = known["per_day"]
        self._served = 0

    def exceeded(self, *, is_search: bool) -> str | None:
        """Count a request; return the policy that forbids it, None if none does."""
        self._served += 1
        if self._served > self._daily and self._enforced:
            return "DAILY"
        if is_search and not self._search.take() and self._enforced:
            return "SECONDLY"
        if not is_search and not self._rolling.take() and self._enforced:
            return "TEN_SECONDLY_ROLLING"
        return None

    def headers(self) -> dict[str, str]:
        """Return the headers that every answer but a search's carries."""
        return {
            "X-HubSpot-RateLimit-Max": str(self._rolling.most),
            "X-HubSpot-RateLimit-Remaining": str(self._rolling.remaining()),
            "X-HubSpot-RateLimit-Interval-Milliseconds": "10000",
            "X-HubSpot-RateLimit-Daily": str(self._daily),
            "X-HubSpot-RateLimit-Daily-Remaining": str(
                max(self._daily - self._served, 0)
            ),
        }
