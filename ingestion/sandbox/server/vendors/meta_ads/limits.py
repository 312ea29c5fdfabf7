"""Meta's limits and how its report jobs go, as `[limits.meta_ads]` says.

`enforced` (default false), `calls_per_hour` (190,000, with full access), `code` of the
refusal (80000) and `regain_minutes` stated in it (5); `direct_rows`: rows that a report
may have without a job (0 = any); `job_polls`: how often a job says that it runs before it
is done (default 0); `failed_jobs` and `skipped_jobs`: how many jobs, the first ones, end
so.
"""

from collections.abc import Callable
from time import monotonic
from typing import Any

import orjson

from ingestion.sandbox.server.store import checked_table
from ingestion.sandbox.server.window import Window

DEFAULTS = {
    "enforced": False,
    "calls_per_hour": 190_000,
    "code": 80000,
    "regain_minutes": 5,
    "direct_rows": 0,
    "job_polls": 0,
    "failed_jobs": 0,
    "skipped_jobs": 0,
}


class Limits:
    """The app's limits and what is used of them."""

    def __init__(
        self, table: dict[str, Any], clock: Callable[[], float] = monotonic
    ) -> None:
        known = checked_table(table, DEFAULTS, "limits.meta_ads")
        self._enforced = known["enforced"]
        self._window = Window(3600, known["calls_per_hour"], clock)
        self.code = known["code"]
        self.regain_minutes = known["regain_minutes"]
        self.direct_rows = known["direct_rows"]
        self.job_polls = known["job_polls"]
        self.failed_jobs = known["failed_jobs"]
        self.skipped_jobs = known["skipped_jobs"]

    def is_exceeded(self) -> bool:
        """Count a request; return whether it is one too many."""
        return not self._window.take() and self._enforced

    def headers(
        self, account_id: str, *, is_insights: bool, minutes: int = 0
    ) -> dict[str, str]:
        """Return the headers that every answer carries.

        Args:
            account_id: the account the request was about, or "".
            is_insights: which of the business use cases it was.
            minutes: until the app is answered again.
        """
        most = self._window.most
        used = 100 if minutes else 100 * (most - self._window.remaining()) // most
        if not self._enforced:
            # What is not enforced must not slow anybody down either.
            used = 100 if minutes else min(used, 1)
        use = {
            "type": "ads_insights" if is_insights else "ads_management",
            "call_count": used,
            "total_cputime": min(used, 3),
            "total_time": min(used, 5),
            "estimated_time_to_regain_access": minutes,
            "ads_api_access_tier": "standard_access",
        }
        return {
            "x-business-use-case-usage": _json({account_id or "0": [use]}),
            "x-fb-ads-insights-throttle": _json(
                {
                    "app_id_util_pct": used,
                    "acc_id_util_pct": used,
                    "ads_api_access_tier": "standard_access",
                }
            ),
            "x-app-usage": _json(
                {"call_count": used, "total_time": used, "total_cputime": used}
            ),
            "facebook-api-version": "v26.0",
            "x-fb-trace-id": "AzafranSandbox",
        }


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
