"""The OAuth token endpoint, and who a request is."""

from urllib.parse import parse_qsl

import orjson
from starlette.requests import Request
from starlette.routing import Route

from ingestion.sandbox.server.gate import Body, Gate, Handler
from ingestion.sandbox.server.vendors.zendesk import errors
from ingestion.sandbox.server.vendors.zendesk.dialect import Zendesk

ANONYMOUS = {"id": None, "name": "Anonymous user", "email": "invalid@example.com"}


def routes(dialect: Zendesk, gate: Gate) -> list[Route]:
    """Return the routes of the token endpoint and of what describes a token."""

    def give_token(request: Request) -> Body:
        return dialect.give_token(_form(request))

    def me(request: Request) -> Body:
        # Without credentials this is no error, but somebody without a name.
        if not dialect.is_authenticated(request):
            return {"user": {**ANONYMOUS, "role": "end-user", "active": False}}
        return {"user": {**ANONYMOUS, "id": 1, "name": "Admin", "role": "admin"}}

    def current_token(_request: Request) -> Body:
        return {"token": {"id": 1, "scopes": ["read"], "expires_at": None}}

    return [
        gate.route("/oauth/tokens", give_token, methods=["POST"], is_open=True),
        *both(gate, "/users/me", me, is_open=True),
        *both(gate, "/oauth/tokens/current", current_token),
    ]


def both(
    gate: Gate, path: str, handler: Handler, *, is_open: bool = False
) -> list[Route]:
    """Return an endpoint's routes, with and without `.json`."""
    return [
        gate.route(f"/api/v2{path}{suffix}", handler, is_open=is_open)
        for suffix in (".json", "")
    ]


def _form(request: Request) -> Body:
    """Return the fields of a request, in whichever form they came."""
    content = request.state.content
    if "json" not in request.headers.get("content-type", ""):
        return dict(parse_qsl(content.decode(errors="replace")))
    try:
        form = orjson.loads(content)
    except orjson.JSONDecodeError:
        form = None
    if not isinstance(form, dict):
        raise errors.invalid("InvalidRequest", "The body is no JSON object")
    return form
