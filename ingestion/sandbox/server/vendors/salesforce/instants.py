"""Instants as Salesforce writes and reads them: 2026-11-20T10:00:00.000+0000."""

from datetime import UTC, datetime


def instant_of(value: object) -> datetime | None:
    """Return an instant of a record, None where there is none."""
    if not isinstance(value, str) or not value:
        return None
    found = datetime.fromisoformat(value)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def written(moment: datetime) -> str:
    """Write an instant as Salesforce does."""
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "+0000")
