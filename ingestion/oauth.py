"""Access tokens that expire: fetched when needed, renewed when refused."""

import time
from collections.abc import Mapping
from typing import Any

from requests import PreparedRequest, RequestException, Response
from requests.auth import AuthBase

from ingestion.rest import ApiError, TransientError, retrying_client

# A token that has less left than this is not used any more: a clock may be off.
EXPIRY_MARGIN_SECONDS = 60


class OAuthToken(AuthBase):
    """Authorises requests by a token that a token endpoint gives out (RFC 6749).

    Args:
        vendor: the vendor id, for messages.
        token_url: the token endpoint.
        form: what is sent to it: grant_type, client_id, client_secret, …
        remedy: what to do when the endpoint refuses the credentials.

    Attributes:
        answer: the last answer of the endpoint; some vendors say more in it than the
            token.
    """

    def __init__(
        self, vendor: str, token_url: str, form: Mapping[str, str], *, remedy: str
    ) -> None:
        self._vendor = vendor
        self._token_url = token_url
        self._form = dict(form)
        self._remedy = remedy
        self._token = ""
        self._good_until = 0.0
        self.answer: dict[str, Any] = {}

    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        """Add the token to a request.

        Raises:
            ApiError: the token endpoint gives none.
        """
        if time.monotonic() > self._good_until:
            self._fetch()
        r.headers["Authorization"] = f"Bearer {self._token}"
        return r

    def renew(self, refused: str | None) -> None:
        """Forget the token that was refused; the next request fetches another.

        Args:
            refused: the Authorization header that was refused; a token that was
                renewed since is kept.
        """
        if refused == f"Bearer {self._token}":
            self._good_until = 0.0

    def _fetch(self) -> None:
        try:
            response = retrying_client().post(
                self._token_url,
                data=self._form,
                headers={"Accept": "application/json"},
                hooks={"response": [_refuse_transient]},
            )
        except TransientError as error:
            message = (
                f"{self._vendor}: the token endpoint {self._token_url} failed after "
                f"every retry: {error}. Nothing was requested; load again later."
            )
            raise ApiError(message) from None
        except RequestException as error:
            message = (
                f"{self._vendor}: the token endpoint {self._token_url} cannot be "
                f"reached ({type(error).__name__}). Check the network and its URL. "
                "Nothing was requested."
            )
            raise ApiError(message) from None
        body = _object(response)
        token = body.get("access_token")
        if response.status_code >= 400 or not token:
            said = [body.get("error"), body.get("error_description")]
            words = ": ".join(str(part) for part in said if part)
            for secret in self._form.values():
                words = words.replace(secret, "***") if len(secret) > 5 else words
            message = (
                f"{self._vendor}: the token endpoint refused the credentials "
                f"({response.status_code} {words[:300]}). {self._remedy}"
            )
            raise ApiError(message)
        self.answer = body
        self._token = str(token)
        lives = _seconds(body.get("expires_in"))
        # Half its life at most is given away for clocks that are off.
        self._good_until = time.monotonic() + max(
            lives - EXPIRY_MARGIN_SECONDS, lives / 2
        )


def _seconds(said: object) -> float:
    """Return how long a token lives; what an endpoint leaves out is ten minutes."""
    try:
        return float(str(said or 600))
    except ValueError:
        return 600.0


def _refuse_transient(response: Response, **_: object) -> Response:
    if response.status_code in (408, 429) or response.status_code >= 500:
        response.content  # noqa: B018  read to the end, so that the connection is free
        raise TransientError(str(response.status_code), response=response)
    return response


def _object(response: Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
