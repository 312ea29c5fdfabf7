"""The token endpoint: client credentials and refresh tokens."""

import base64
import binascii
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.routing import Route

from ingestion.sandbox.server.gate import Body, Gate
from ingestion.sandbox.server.vendors.salesforce.errors import oauth_error
from ingestion.sandbox.server.vendors.salesforce.gate import ORG_ID, SalesforceDialect

TOKEN_PATH = "/services/oauth2/token"
_USER_ID = "005000000000001AAA"


def routes(gate: Gate, dialect: SalesforceDialect) -> list[Route]:
    """Return the route of the token endpoint."""

    def token(request: Request) -> Body:
        form = {
            name: values[0]
            for name, values in parse_qs(request.state.content.decode()).items()
        }
        kind = form.get("grant_type", "")
        secret = form.get("client_secret", "") or _basic_secret(request)
        if kind == "client_credentials":
            if secret not in dialect.tokens:
                raise oauth_error("invalid_client", "invalid client credentials")
        elif kind == "refresh_token":
            if form.get("refresh_token", "") not in dialect.tokens:
                description = "expired access/refresh token"
                raise oauth_error("invalid_grant", description)
        else:
            raise oauth_error("unsupported_grant_type", "grant type not supported")
        rotated = {}
        if kind == "refresh_token" and dialect.limits["rotates_refresh_tokens"]:
            rotated["refresh_token"] = f"{form['refresh_token']}-next"
        address = str(request.base_url).rstrip("/")
        return {
            **rotated,
            "access_token": dialect.new_session(),
            "instance_url": address,
            "id": f"{address}/id/{ORG_ID}AAA/{_USER_ID}",
            "token_type": "Bearer",
            "issued_at": "1795032000000",
            "scope": "api",
            "signature": "c2FuZGJveA==",
        }

    return [gate.route(TOKEN_PATH, token, methods=("POST",), is_open=True)]


def _basic_secret(request: Request) -> str:
    kind, _, packed = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return ""
    try:
        return base64.b64decode(packed).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""
