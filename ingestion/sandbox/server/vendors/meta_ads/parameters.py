"""Parameters as the Graph API takes them: JSON or comma lists, in query or form."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson
from starlette.requests import Request

from ingestion.sandbox.server.vendors.meta_ads import errors
from ingestion.sandbox.server.vendors.meta_ads.dialect import given_token

Params = Mapping[str, str]
DEFAULT_LIMIT, MOST_LIMIT = 25, 5_000


def params_of(request: Request) -> dict[str, str]:
    """Return the parameters of a request: its query, and its body where it has one."""
    params = dict(request.query_params)
    content: bytes = request.state.content
    if not content:
        return params
    if "json" in request.headers.get("content-type", ""):
        body = parsed("body", content.decode())
        if not isinstance(body, dict):
            raise errors.invalid("The body must be an object")
        return params | {
            name: value if isinstance(value, str) else orjson.dumps(value).decode()
            for name, value in body.items()
        }
    return params | dict(parse_qsl(content.decode(), keep_blank_values=True))


def parsed(name: str, text: str) -> Any:  # noqa: ANN401  whatever the JSON is
    """Return a JSON parameter.

    Raises:
        Refusal: it is no JSON.
    """
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise errors.invalid(f"param {name} must be valid JSON") from None


def listed(params: Params, name: str) -> list[str]:
    """Return a list parameter, written as JSON or with commas; [] when absent."""
    text = params.get(name, "").strip()
    if not text:
        return []
    if text.startswith("["):
        return [str(one) for one in parsed(name, text)]
    # Braces nest fields of a field: creative{id,name}.
    parts, depth = [""], 0
    for letter in text:
        depth += (letter == "{") - (letter == "}")
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts if part.strip()]


def projected(item: dict[str, Any], fields: list[str]) -> dict[str, Any]:
    """Return the fields asked for that the object has; the id always."""
    found: dict[str, Any] = {}
    for field in fields:
        name, brace, rest = field.partition("{")
        if name not in item:
            continue
        value = item[name]
        if brace and isinstance(value, dict):
            value = projected(value, listed({"fields": rest.rstrip("}")}, "fields"))
        found[name] = value
    return found | ({"id": item["id"]} if "id" in item else {})


def page(request: Request, params: Params, rows: list[Any]) -> dict[str, Any]:
    """Return one page of rows with its cursors; `next` only where there is more.

    Raises:
        Refusal: limit or cursor are not valid.
    """
    limit = _limit(params)
    start = _position(params)
    end = min(start + limit, len(rows))
    found = rows[start:end]
    if "empty_page" in request.state.faults and found:
        found, end = [], start
    body: dict[str, Any] = {"data": found}
    if not rows:
        return body
    paging: dict[str, Any] = {
        "cursors": {"before": _cursor(start), "after": _cursor(end)}
    }
    body["paging"] = paging
    if end < len(rows):
        asked = {
            **params,
            "limit": str(limit),
            "after": _cursor(end),
            # As Meta does: whoever logs this link logs the token.
            "access_token": given_token(request),
        }
        link = request.url.replace(query=urlencode(asked))
        paging["next"] = str(link)
    return body


def _limit(params: Params) -> int:
    text = params.get("limit") or str(DEFAULT_LIMIT)
    if not text.isdecimal() or int(text) == 0:
        raise errors.invalid("param limit must be a positive integer")
    return min(int(text), MOST_LIMIT)


def _cursor(position: int) -> str:
    return base64.urlsafe_b64encode(f"QVFI:{position}".encode()).decode().rstrip("=")


def _position(params: Params) -> int:
    text = params.get("after", "")
    if not text:
        return 0
    try:
        shown = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
        return int(shown.removeprefix("QVFI:"))
    except (binascii.Error, ValueError):
        raise errors.invalid("Invalid cursor") from None
