"""Reading requests in all three dialects: ours, hubspot-api-client's, hubspot-sdk's."""

from base64 import b64decode, b64encode
from typing import Any

import orjson
from starlette.requests import Request

from ingestion.sandbox.server.collection import Collection
from ingestion.sandbox.server.vendors.hubspot.errors import invalid, not_found
from ingestion.sandbox.server.vendors.hubspot.object_types import (
    ObjectType,
    object_type,
)


def path_type(request: Request, name: str = "object_type") -> ObjectType:
    """Return the object type that the path names.

    Raises:
        HubSpotError: there is no such type.
    """
    spelling = request.path_params[name]
    kind = object_type(spelling)
    if kind is None:
        message = f"Unable to infer object type from: {spelling}"
        raise not_found(message)
    return kind


def listed(request: Request, name: str) -> list[str]:
    """Return a list parameter: repeated, comma-separated or both; each value once."""
    values = [
        part.strip()
        for value in request.query_params.getlist(name)
        for part in value.split(",")
    ]
    return list(dict.fromkeys(value for value in values if value))


def flag(request: Request, name: str, *, default: bool = False) -> bool:
    """Return a boolean parameter; Python's `False` is as good as `false`."""
    text = request.query_params.get(name)
    if text is None or text == "":
        return default
    if text.lower() not in ("true", "false"):
        message = f"Invalid value for parameter {name}: {text!r} is not a boolean"
        raise invalid(message)
    return text.lower() == "true"


def page_limit(request: Request, *, default: int = 10, most: int = 100) -> int:
    """Return `limit`.

    Raises:
        HubSpotError: it is no number or not between 1 and the most.
    """
    text = request.query_params.get("limit") or str(default)
    return checked_limit(int(text) if text.isdecimal() else text, most)


def checked_limit(limit: object, most: int) -> int:
    """Return a limit that lies between 1 and the most."""
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= most:
        message = f"Invalid limit {limit!r}: it must be between 1 and {most}"
        context = {"propertyName": ["limit"], "limit": [str(most)]}
        raise invalid(message, errors=[{"message": message, "context": context}])
    return limit


def cursor(request: Request, collection: Collection) -> str | None:
    """Return `after`, None on the first page.

    Raises:
        HubSpotError: it can be no id of the collection.
    """
    after = request.query_params.get("after")
    if not after:
        return None
    if not after.isdecimal() and after not in collection:
        message = f"Invalid value for parameter after: {after!r} is not a record id"
        raise invalid(message)
    return after


def opaque_cursor(offset: int) -> str:
    """Return the cursor of APIs whose cursors are no ids."""
    return b64encode(str(offset).encode()).decode()


def offset_of(token: object) -> int:
    """Return the offset that an opaque cursor stands for, 0 without one.

    Raises:
        HubSpotError: it is no such cursor.
    """
    if token in (None, ""):
        return 0
    try:
        return int(b64decode(str(token), validate=True))
    except ValueError:
        message = f"Invalid value for parameter after: {token!r}"
        raise invalid(message) from None


async def json_body(request: Request) -> dict[str, Any]:
    """Return the JSON object that was posted.

    Raises:
        HubSpotError: it is no JSON, or no object.
    """
    content = await request.body()
    try:
        body = orjson.loads(content or b"{}")
    except orjson.JSONDecodeError as error:
        message = (
            f"Invalid input JSON on line {error.lineno}, column {error.colno}: "
            f"{error.msg}"
        )
        raise invalid(message) from None
    if not isinstance(body, dict):
        message = "Invalid input JSON on line 1, column 1: expected an object"
        raise invalid(message)
    return body


def texts(body: dict[str, Any], name: str) -> list[str]:
    """Return a list of texts of a posted body; a missing one is empty."""
    values = body.get(name) or []
    if not isinstance(values, list) or any(not isinstance(v, str) for v in values):
        message = f"Invalid input JSON: {name} must be a list of texts"
        raise invalid(message)
    return list(dict.fromkeys(values))


def inputs(body: dict[str, Any], most: int) -> list[dict[str, Any]]:
    """Return `inputs` of a batch read.

    Raises:
        HubSpotError: they are no list of objects with an id, or too many.
    """
    values = body.get("inputs")
    if not isinstance(values, list) or any(
        not isinstance(value, dict) or not isinstance(value.get("id"), str | int)
        for value in values
    ):
        message = 'Invalid input JSON: inputs must be a list of {"id": "…"}'
        raise invalid(message)
    if len(values) > most:
        message = f"The maximum number of inputs is {most}, {len(values)} were sent"
        raise invalid(message)
    return list({str(value["id"]): value for value in values}.values())
