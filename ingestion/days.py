"""Days that a source is asked to read again, written `2026-01-01/2026-01-31`."""

from datetime import date

from ingestion.settings import SettingsError

# The first and the last of them.
Days = tuple[date, date]


def days_of(vendor: str, text: str) -> Days | None:
    """Return the days, None where none are asked for.

    Raises:
        SettingsError: the text is not two days in their order.
    """
    if not text:
        return None
    try:
        first, last = (date.fromisoformat(part) for part in text.split("/"))
    except ValueError:
        first, last = date.max, date.min
    if first > last:
        message = (
            f"SOURCES__{vendor.upper()}__DAYS={text!r} is not usable: write the first "
            "and the last day, such as 2026-01-01/2026-01-31."
        )
        raise SettingsError(message)
    return first, last
