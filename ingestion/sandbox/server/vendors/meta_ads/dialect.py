"""How the Graph API speaks: token in query or header, errors in one envelope."""

import hashlib
import hmac
import re

from starlette.requests import Request

from ingestion.sandbox.server.gate import Body, Dialect, Refusal
from ingestion.sandbox.server.store import Store
from ingestion.sandbox.server.vendors.meta_ads import errors
from ingestion.sandbox.server.vendors.meta_ads.limits import Limits

_ACCOUNT = re.compile(r"/act_(\d+)")


def given_token(request: Request) -> str:
    """Return the token of a request, from its query or its header; "" without one."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() in ("bearer", "oauth") and token:
        return token.strip()
    return request.query_params.get("access_token", "")


class GraphDialect(Dialect):
    """Meta's way."""

    def __init__(self, store: Store, limits: Limits) -> None:
        self._tokens = set(store.tokens)
        self._limits = limits

    def admit(self, request: Request) -> None:
        """Check token, proof and limits.

        Raises:
            Refusal: they are missing or wrong.
        """
        token = given_token(request)
        if not token:
            raise errors.graph_error(
                400,
                104,
                "An access token is required to request this resource.",
            )
        if token not in self._tokens:
            raise errors.bad_token("Invalid OAuth access token data.", 467)
        proof = request.query_params.get("appsecret_proof")
        if proof is not None and not any(
            hmac.compare_digest(proof, _proof(token, secret)) for secret in self._tokens
        ):
            raise errors.graph_error(
                400,
                100,
                "Invalid appsecret_proof provided in the API argument",
                kind="GraphMethodException",
            )
        if self._limits.is_exceeded():
            raise self._throttled(request, self._limits.code)

    def unauthorized(self) -> Refusal:
        """Return the answer to a token that was revoked."""
        return errors.bad_token(
            "Error validating access token: The session has been invalidated because "
            "the user changed their password or Facebook has changed the session for "
            "security reasons.",
            460,
        )

    def forbidden(self, scope: str) -> Refusal:
        """Return the answer to a token without a permission."""
        return errors.graph_error(
            403,
            200,
            "(#200) Ad account owner has NOT grant ads_management or ads_read "
            f"permission ({scope})",
        )

    def rate_limited(self, policy: str) -> Refusal:
        """Return the answer to too many calls; a policy is one of Meta's codes."""
        code = int(policy) if policy.isdecimal() else self._limits.code
        refusal = errors.throttled(code, self._limits.regain_minutes)
        refusal.headers.update(
            self._limits.headers(
                "0", is_insights=code == 80000, minutes=self._limits.regain_minutes
            )
        )
        return refusal

    def server_error(self, status: int) -> Refusal:
        """Return the answer when Meta itself fails."""
        return errors.graph_error(
            status, 2, "Service temporarily unavailable", is_transient=True
        )

    def expired_cursor(self) -> Refusal:
        """Return the answer to a cursor that is no longer valid."""
        return errors.invalid("The cursor is not valid any more.")

    def has_cursor(self, request: Request) -> bool:
        """Return whether a request asks for a later page."""
        return "after" in request.query_params

    def rows(self, body: Body) -> list | None:
        """Return the rows of a page."""
        rows = body.get("data") if isinstance(body, dict) else None
        return rows if isinstance(rows, list) else None

    def headers(self, request: Request) -> dict[str, str]:
        """Return the usage of the limits, which every answer states."""
        found = _ACCOUNT.search(request.url.path)
        is_insights = "/insights" in request.url.path
        account_id = found[1] if found else ""
        return self._limits.headers(account_id, is_insights=is_insights)

    def _throttled(self, request: Request, code: int) -> Refusal:
        refusal = errors.throttled(code, self._limits.regain_minutes)
        found = _ACCOUNT.search(request.url.path)
        refusal.headers.update(
            self._limits.headers(
                found[1] if found else "",
                is_insights="/insights" in request.url.path,
                minutes=self._limits.regain_minutes,
            )
        )
        return refusal


def _proof(token: str, secret: str) -> str:
    return hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()
