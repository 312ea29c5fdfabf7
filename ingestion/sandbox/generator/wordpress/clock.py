"""Instants as WordPress writes them: twice, in the site's zone and in UTC, both bare."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from ingestion.sandbox.generator.calendar import ZONE

_ZONE = ZoneInfo(ZONE)


def utc_text(moment: int) -> str:
    """Write unix milliseconds in UTC, without saying so."""
    return datetime.fromtimestamp(moment // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def local_text(moment: int) -> str:
    """Write unix milliseconds in the site's zone, without saying so."""
    return datetime.fromtimestamp(moment // 1000, _ZONE).strftime("%Y-%m-%dT%H:%M:%S")


def both(name: str, moment: int) -> dict[str, str]:
    """Return a date field and its `_gmt` twin."""
    return {name: local_text(moment), f"{name}_gmt": utc_text(moment)}
