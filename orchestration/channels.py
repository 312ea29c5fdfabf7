"""Where alerts go: a JSON webhook, a Slack channel, e-mail; each by its own protocol.

Addresses carry secrets (Slack's is one, SMTP's has a password), so no error message
quotes one: it names the channel and its host.
"""

import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any
from urllib.parse import unquote, urlsplit

from ingestion.settings import Settings

SECONDS = 10
ATTEMPTS = 3
# Slack cuts longer texts off; an incoming webhook takes three times this.
SLACK_LENGTH = 12_000


class DeliveryError(Exception):
    """A message did not reach its channel; the message says which, without secrets."""


@dataclass(frozen=True)
class Message:
    """What is told.

    Attributes:
        subject: one line.
        text: the whole, in plain text.
        document: the same for machines, as JSON.
    """

    subject: str
    text: str
    document: dict[str, Any]


Send = Callable[[Message], None]


def channels(settings: Settings) -> dict[str, Send]:
    """Return how to send to each channel that is set, by its name."""
    found: dict[str, Send] = {}
    if webhook := settings.alert_webhook_url.get_secret_value():
        found["webhook"] = lambda message: _post("webhook", webhook, message.document)
    if slack := settings.alert_slack_url.get_secret_value():
        found["slack"] = lambda message: _post(
            "slack", slack, {"text": _mrkdwn(message)}
        )
    if smtp := settings.alert_smtp_url.get_secret_value():
        found["email"] = lambda message: _mail(
            smtp, settings.alert_email_from, settings.alert_email_to, message
        )
    return found


def _post(channel: str, url: str, document: dict[str, Any]) -> None:
    from dlt.sources.helpers.requests import Client, RequestException

    # Retries what may pass: timeouts, 429, 5xx.
    client = Client(
        request_timeout=SECONDS,
        request_max_attempts=ATTEMPTS,
        request_backoff_factor=0.1,
        raise_for_status=False,
    )
    try:
        answer = client.post(url, json=document)
    except RequestException as error:
        # The error itself quotes the address.
        raise _failed(channel, url, type(error).__name__) from None
    if not answer.ok:
        raise _failed(channel, url, f"HTTP {answer.status_code}")


def _mrkdwn(message: Message) -> str:
    text = f"*{message.subject}*\n{message.text}"
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(character, entity)
    return text if len(text) <= SLACK_LENGTH else f"{text[:SLACK_LENGTH]}…"


def _mail(url: str, sender: str, recipients: str, message: Message) -> None:
    place = urlsplit(url)
    host, user = place.hostname or "", unquote(place.username or "")
    if not recipients:
        nobody = "email: ALERT_EMAIL_TO is empty, so nobody gets the message."
        raise DeliveryError(nobody)
    mail = EmailMessage()
    mail["Subject"] = message.subject
    mail["From"] = sender or user
    mail["To"] = recipients
    mail.set_content(message.text)
    try:
        with _connected(place.scheme, host, place.port or 0) as server:
            if user:
                server.login(user, unquote(place.password or ""))
            server.send_message(mail)
    except (OSError, smtplib.SMTPException) as error:
        raise _failed("email", url, type(error).__name__) from None


def _connected(scheme: str, host: str, port: int) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if scheme == "smtps":
        return smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=context)
    server = smtplib.SMTP(host, port, timeout=SECONDS)
    server.ehlo()
    if server.has_extn("starttls"):
        server.starttls(context=context)
        server.ehlo()
    return server


def _failed(channel: str, url: str, why: str) -> DeliveryError:
    host = urlsplit(url).hostname or "an address without a host"
    return DeliveryError(f"{channel}: {host} did not take the message ({why}).")
