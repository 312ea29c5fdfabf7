"""The sandbox as one HTTP application on the loopback interface."""

import os
import socket
import sys
import threading
from pathlib import Path

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from ingestion.sandbox.server.store import DataDirectoryError, Store
from ingestion.sandbox.server.vendors import vendor_modules

HOST = "127.0.0.1"


def build_app(data_dir: Path) -> Starlette:
    """Return the application that serves a data directory.

    Raises:
        DataDirectoryError: the directory holds something that cannot be served.
    """
    store = Store(data_dir)
    store.check_lines()
    routes = [
        route for vendor in vendor_modules().values() for route in vendor.routes(store)
    ]
    handlers = {DataDirectoryError: _broken_data, HTTPException: _no_such_thing}
    return Starlette(routes=routes, exception_handlers=handlers)


def serve(data_dir: Path, port: int, *, stop_with_stdin: bool = False) -> None:
    """Serve a data directory until told to stop; port 0 takes a free one.

    Prints `listening on http://127.0.0.1:PORT` once requests are answered.

    Args:
        data_dir: the directory of sandbox_data's format.
        port: the port on the loopback interface.
        stop_with_stdin: leave as soon as standard input ends, that is when the
            process that holds its other end is gone, however it went.

    Raises:
        DataDirectoryError: the directory cannot be served, or the port is taken.
    """
    app = build_app(data_dir)
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except (OSError, OverflowError) as error:
            message = f"Port {port} of {HOST} cannot be used ({error}). Name another."
            raise DataDirectoryError(message) from None
        listener.listen(128)
        if stop_with_stdin:
            threading.Thread(target=_stop_at_end_of_stdin, daemon=True).start()
        # Connections queue from here on, so a reader of this line may ask at once.
        url = f"http://{HOST}:{listener.getsockname()[1]}"
        sys.stdout.write(f"listening on {url}\n")
        sys.stdout.flush()
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            lifespan="off",
            # A client that pauses to load what it has must find its connection.
            timeout_keep_alive=75,
            timeout_graceful_shutdown=2,
        )
        uvicorn.Server(config).run(sockets=[listener])


def _stop_at_end_of_stdin() -> None:
    while os.read(0, 4096):
        pass
    # Nobody is left to answer, so nothing is worth finishing.
    os._exit(0)


def _broken_data(_request: Request, error: Exception) -> Response:
    sys.stderr.write(f"{error}\n")
    sys.stderr.flush()
    # Not a 5xx: asking again does not mend a file.
    return _error(422, str(error), "SANDBOX_DATA_ERROR")


def _no_such_thing(request: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 404)
    message = f"The sandbox has no {request.method} {request.url.path}"
    return _error(status, message, "NOT_FOUND")


def _error(status: int, message: str, category: str) -> Response:
    body = {"status": "error", "message": message, "category": category}
    return Response(orjson.dumps(body), status, media_type="application/json")
