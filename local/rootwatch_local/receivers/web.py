"""The HTTP server under the receivers: loopback only, one thread a connection, nothing left behind when it closes."""

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec

MAX_BODY = 4 * 1024 * 1024
IDLE_SECONDS = 60
Sender = Callable[[bytes], None]


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    headers: Mapping[str, str]  # names in lower case
    body: bytes


@dataclass(frozen=True, slots=True)
class Response:
    """An answer. With `stream`, the body is what `stream` writes until it returns or the client goes."""

    status: int
    body: bytes
    content_type: str
    headers: Mapping[str, str] = field(default_factory=dict)
    stream: Callable[[Sender], None] | None = None

    def with_header(self, name: str, value: str) -> "Response":
        return replace(self, headers={**self.headers, name: value})


class ConnectionBrokenError(Exception):
    """The connection is to break without an answer."""


def json_response(body: object, status: int = 200) -> Response:
    return Response(status, msgspec.json.encode(body), "application/json; charset=utf-8")


def text_response(body: str, status: int = 200) -> Response:
    return Response(status, body.encode(), "text/plain; charset=utf-8")


class WebServer:
    """Serves `answer` on a free port of 127.0.0.1 from `start` until `close`."""

    def __init__(self, answer: Callable[[Request], Response]) -> None:
        self._server = _Server(answer)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="receivers", daemon=True
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/"

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()
        self._server.hang_up()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # a hung request must not hold up the end
    request_queue_size = 128

    def __init__(self, answer: Callable[[Request], Response]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = answer
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()

    def opened(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.add(connection)

    def closed(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.discard(connection)

    def hang_up(self) -> None:
        """End the connections that clients keep alive, and with them their threads."""
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):  # its client went first
                    connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS
    disable_nagle_algorithm = True
    server: _Server
    connection: socket.socket

    def setup(self) -> None:
        super().setup()
        self.server.opened(self.connection)

    def finish(self) -> None:
        self.server.closed(self.connection)
        super().finish()

    def handle(self) -> None:
        with contextlib.suppress(ConnectionError):  # a client may go whenever it likes
            super().handle()

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > MAX_BODY:
            self.close_connection = True
            self._send(text_response("a body needs its Content-Length, of 4 MiB at most", HTTPStatus.LENGTH_REQUIRED))
            return
        self._answer(self.rfile.read(int(length)))

    def _answer(self, body: bytes) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            self._send(self.server.answer(Request(self.command, self.path.split("?")[0], headers, body)))
        except ConnectionBrokenError:
            self._reset()

    def _send(self, response: Response) -> None:
        self.send_response(response.status)
        self.send_header("Content-Type", response.content_type)
        self.send_header("Cache-Control", "no-store")
        for name, value in response.headers.items():
            self.send_header(name, value)
        if response.stream is None:
            self.send_header("Content-Length", str(len(response.body)))
            self.end_headers()
            self.wfile.write(response.body)
            return
        self.close_connection = True
        self.send_header("Connection", "close")
        self.end_headers()
        response.stream(self._write)

    def _write(self, data: bytes) -> None:
        self.wfile.write(data)

    def _reset(self) -> None:
        """Close with unsent data thrown away: the client sees "connection reset by peer"."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        with contextlib.suppress(OSError):
            self.connection.close()

    def log_message(self, _format: str, *_args: object) -> None:
        """Stay silent: what arrives is on the inbox page."""
