"""Loopback receivers of alerts: a web server and a mail server, in threads."""

import json
import socketserver
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast


@dataclass
class Webhook:
    """What a webhook was sent; `status` is what it answers next."""

    url: str = ""
    status: int = 200
    documents: list[dict[str, Any]] = field(default_factory=list)
    requests: int = 0


@contextmanager
def webhook() -> Generator[Webhook]:
    """Serve a webhook on loopback."""
    received = Webhook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.requests += 1
            if received.status == 200:
                received.documents.append(json.loads(body))
            self.send_response(received.status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Keep the test's output clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        received.url = f"http://127.0.0.1:{server.server_port}/hooks/T0/B0/secret"
        with _serving(server):
            yield received


@dataclass
class Mailbox:
    """What a mail server was given."""

    url: str = ""
    logins: list[str] = field(default_factory=list)
    mails: list[EmailMessage] = field(default_factory=list)


@contextmanager
def mailbox() -> Generator[Mailbox]:
    """Serve SMTP on loopback, with AUTH PLAIN."""
    received = Mailbox()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say("220 loopback")
            while line := self.rfile.readline().decode().strip():
                verb = line.split()[0].upper()
                if verb == "EHLO":
                    self._say("250-loopback\r\n250 AUTH PLAIN")
                elif verb == "AUTH":
                    received.logins.append(line.split()[-1])
                    self._say("235 ok")
                elif verb == "DATA":
                    self._say("354 go on")
                    lines = [*iter(self.rfile.readline, b".\r\n")]
                    mail = message_from_bytes(b"".join(lines), policy=policy.default)
                    received.mails.append(cast("EmailMessage", mail))
                    self._say("250 ok")
                elif verb == "QUIT":
                    self._say("221 bye")
                    return
                else:
                    self._say("250 ok")

        def _say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        port = server.server_address[1]
        received.url = f"smtp://warehouse%40acme.example:pass-word@127.0.0.1:{port}"
        with _serving(server):
            yield received


@contextmanager
def _serving(server: socketserver.BaseServer) -> Generator[None]:
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
