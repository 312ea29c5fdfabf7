"""Query parameters as WordPress reads them: arrays in three spellings, checked values."""

import re
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from starlette.requests import Request

from ingestion.sandbox.server.vendors.wordpress.dialect import invalid_param

_ARRAY_NAME = re.compile(r"\[\d*\]$")


class Parameters:
    """The parameters of one request.

    Args:
        request: the request.
        zone: the site's time zone.
    """

    def __init__(self, request: Request, zone: ZoneInfo) -> None:
        self._zone = zone
        self._values: dict[str, list[str]] = {}
        for name, value in request.query_params.multi_items():
            plain = _ARRAY_NAME.sub("", name)
            if plain == name:
                # A plain name that comes twice: PHP keeps the last.
                self._values[plain] = [value]
            else:
                self._values.setdefault(plain, []).append(value)

    def __contains__(self, name: str) -> bool:
        return bool(self._values.get(name, [""])[0])

    def text(self, name: str, default: str = "") -> str:
        """Return a text."""
        return self._values.get(name, [default])[-1] or default

    def texts(self, name: str) -> list[str]:
        """Return a list: `a,b`, `name[]=a&name[]=b` or `name[0]=a`."""
        return [
            part.strip()
            for value in self._values.get(name, [])
            for part in value.split(",")
            if part.strip()
        ]

    def one_of(self, name: str, allowed: Iterable[str], default: str) -> str:
        """Return one of the allowed values."""
        value, allowed = self.text(name, default), list(allowed)
        if value not in allowed:
            *others, last = allowed
            message = f"{name} is not one of {', '.join(others)}, and {last}."
            raise invalid_param(name, message, "rest_not_in_enum")
        return value

    def number(self, name: str, default: int, least: int, most: int) -> int:
        """Return a whole number within bounds."""
        text = self.text(name, str(default))
        if not re.fullmatch(r"-?\d+", text):
            raise invalid_param(name, f"{name} is not of type integer.")
        if not least <= int(text) <= most:
            message = (
                f"{name} must be between {least} (inclusive) and {most} (inclusive)"
            )
            raise invalid_param(name, message, "rest_out_of_bounds")
        return int(text)

    def numbers(self, name: str) -> list[int]:
        """Return a list of ids."""
        texts = self.texts(name)
        for index, text in enumerate(texts):
            if not text.isdecimal():
                message = f"{name}[{index}] is not of type integer."
                raise invalid_param(name, message, "rest_invalid_type")
        return [int(text) for text in texts]

    def flag(self, name: str) -> bool | None:
        """Return a flag, None when it is not given."""
        if name not in self:
            return None
        return self.text(name).lower() in ("1", "true", "yes")

    def local_time(self, name: str) -> str | None:
        """Return an instant as the site's local time; without offset it is one already.

        This is what `modified_after` and `after` compare with, and why a value in UTC
        without its Z finds too much or too little.
        """
        if name not in self:
            return None
        try:
            # A `+` that nobody encoded arrives as a space.
            moment = datetime.fromisoformat(self.text(name).replace(" ", "+"))
        except ValueError:
            raise invalid_param(name, "Invalid date.", "rest_invalid_date") from None
        if moment.tzinfo:
            moment = moment.astimezone(self._zone).replace(tzinfo=None)
        return moment.isoformat(timespec="seconds")
