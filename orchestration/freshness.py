"""How old a vendor's last load may be: one limit per vendor, for all who ask.

The limits are those of the vendor's dbt source (`freshness` in
`_<vendor>__sources.yml`), so `dbt source freshness` judges by the same; the setting
FRESHNESS_HOURS overrides them for a deployment. Dagster's page shows them as freshness
policies of the raw assets, `meta.sources` as columns, and alerts ask `Limit.judge`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import dagster as dg

from ingestion.settings import Settings
from orchestration.graph import PREDICTIONS, DbtGraph


class Freshness(StrEnum):
    """How the age of a last load is to be judged."""

    fresh = "fresh"
    late = "late"
    stale = "stale"
    never = "never loaded"


@dataclass(frozen=True)
class Limit:
    """The ages from which a load is late (a warning) and stale (an error)."""

    late: timedelta
    stale: timedelta

    def judge(self, loaded_at: datetime | None, now: datetime) -> Freshness:
        """Return how fresh what was loaded then is now."""
        if loaded_at is None:
            return Freshness.never
        age = now - loaded_at
        if age > self.stale:
            return Freshness.stale
        return Freshness.late if age > self.late else Freshness.fresh


# For a source that says nothing: a daily run and two hours to spare, then one missed.
DEFAULT = Limit(timedelta(hours=26), timedelta(hours=50))


def limits(graph: DbtGraph, settings: Settings) -> dict[str, Limit]:
    """Return the limit of every vendor that dbt reads.

    Where a source or the setting gives one age only, twice that age is stale.
    """
    found: dict[str, Limit] = {}
    for source in graph.sources.values():
        vendor = source["source_name"]
        if vendor != PREDICTIONS and vendor not in found:
            found[vendor] = _declared(source.get("freshness") or {})
    for vendor, hours in settings.freshness_hours.items():
        if vendor in found:
            late = timedelta(hours=hours)
            found[vendor] = Limit(late, 2 * late)
    return found


def with_policies(
    assets: dg.AssetsDefinition, limit: Limit | None
) -> dg.AssetsDefinition:
    """Return the vendor's assets with the limit as their freshness policy."""
    if limit is None:
        return assets
    of_vendor = policy(limit)
    return assets.map_asset_specs(
        lambda spec: dg.apply_freshness_policy(spec, of_vendor)
    )


def policy(limit: Limit) -> dg.FreshnessPolicy:
    """Return the limit as Dagster's page judges by it."""
    return dg.FreshnessPolicy.time_window(
        fail_window=limit.stale, warn_window=limit.late
    )


def last_loaded(
    instance: dg.DagsterInstance, graph: DbtGraph, vendor: str
) -> datetime | None:
    """Return when the vendor was last loaded, as Dagster's event log knows it.

    The build file knows too, but a reader of it would keep the next run out.
    """
    tables = graph.raw_tables(vendor)
    if not tables:
        return None
    # A load reports every table of its vendor, so one speaks for all.
    found = instance.get_latest_materialization_event(dg.AssetKey([vendor, tables[0]]))
    return found and datetime.fromtimestamp(found.timestamp).astimezone()


def _declared(freshness: dict) -> Limit:
    late, stale = (_age(freshness.get(name)) for name in ("warn_after", "error_after"))
    if late is None and stale is None:
        return DEFAULT
    late = late or stale
    assert late is not None
    return Limit(late, stale or 2 * late)


def _age(declared: dict | None) -> timedelta | None:
    if not declared or not declared.get("count"):
        return None
    return timedelta(**{f"{declared['period']}s": declared["count"]})
