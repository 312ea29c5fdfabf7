"""Instants as HubSpot writes and reads them."""

from datetime import UTC, datetime


def now_text(instant: datetime) -> str:
    """Return an instant in HubSpot's form, 2026-11-18T20:00:00.000Z."""
    text = instant.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def epoch_milliseconds(text: object) -> float | None:
    """Return an ISO instant, an ISO day or epoch milliseconds as milliseconds."""
    if isinstance(text, int | float):
        return float(text)
    if not isinstance(text, str):
        return None
    text = text.strip()
    if text.lstrip("-").isdecimal():
        return float(text)
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=UTC)
    return round(instant.timestamp() * 1000)
