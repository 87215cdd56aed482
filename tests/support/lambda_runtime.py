"""A function as Lambda runs it: AWS's own runtime client in a process of its own, and the Runtime API that it asks.

Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

_RUNTIME = "/2018-06-01/runtime/"
_END_SECONDS = 5


@dataclass(frozen=True)
class Answer:
    """What the runtime answered to one event: a value, or an error with its type and message."""

    failed: bool
    value: Any


@dataclass
class _Waiting:
    event: bytes
    deadline_ms: int
    answered: threading.Event = field(default_factory=threading.Event)
    answer: Answer | None = None


class Runtime:
    """``handler`` of the asset at ``task``, warm from its first event until the context ends.

    ``environment`` is the process's whole environment, but for what Lambda itself sets.
    """

    def __init__(
        self, task: Path, handler: str, environment: Mapping[str, str], *, python: str = sys.executable
    ) -> None:
        self._events: queue.Queue[str] = queue.Queue()
        self._waiting: dict[str, _Waiting] = {}
        self._lines: list[str] = []
        self.init_error: Any = None
        self._task, self._handler, self._environment, self._python = task, handler, environment, python

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _rooms(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self._process = subprocess.Popen(
            [self._python, "-m", "awslambdaric", self._handler],
            cwd=self._task,
            env={**self._environment, **self._of_lambda()},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait(_END_SECONDS)
        self._reading.join(_END_SECONDS)
        assert self._process.stdout is not None
        self._process.stdout.close()
        # A request for an event that never comes ends with the server, whose threads are daemons.
        self._server.shutdown()
        self._server.server_close()

    def invoke(self, event: Any, *, seconds: float = 60.0) -> Answer:
        """Hands the event to the function, whose time is up after so many seconds."""
        request_id = str(uuid4())
        waiting = _Waiting(json.dumps(event).encode(), int((time.time() + seconds) * 1000))
        self._waiting[request_id] = waiting
        self._events.put(request_id)
        end = time.monotonic() + seconds
        while not waiting.answered.wait(0.1):
            assert self._process.poll() is None, f"the function ended: {self.log()[-3000:]}"
            assert time.monotonic() < end, f"no answer in {seconds:.0f} seconds: {self.log()[-3000:]}"
        assert waiting.answer is not None
        return waiting.answer

    def ended(self) -> int:
        """Waits for a process that gives up by itself; its exit code."""
        return self._process.wait(30)

    def log(self) -> str:
        """What the function has written, as far as it has come through."""
        return "\n".join(self._lines)

    def writes(self, words: str, *, seconds: float = 10.0) -> bool:
        """Whether the function's log says so, waiting for what is still on its way."""
        end = time.monotonic() + seconds
        while words not in self.log() and time.monotonic() < end:
            time.sleep(0.05)
        return words in self.log()

    def _of_lambda(self) -> dict[str, str]:
        name = self._handler.split(".")[-2]
        return {
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self._server.server_port}",
            "AWS_LAMBDA_FUNCTION_NAME": f"rootwatch-{name}",
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/rootwatch-{name}",
            "AWS_LAMBDA_LOG_STREAM_NAME": "here",
            "AWS_LAMBDA_LOG_FORMAT": "JSON",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
            "LAMBDA_TASK_ROOT": str(self._task),
            "_HANDLER": self._handler,
            "TZ": ":UTC",
        }

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.append(line.rstrip("\n"))

    def next(self) -> tuple[str, _Waiting]:
        """The next event; waits for it."""
        request_id = self._events.get()
        return request_id, self._waiting[request_id]

    def answer(self, path: str, value: Any) -> None:
        """Takes what the runtime posts below ``/2018-06-01/runtime/``."""
        if path == "init/error":
            self.init_error = value
            return
        _, request_id, outcome = path.split("/")
        waiting = self._waiting[request_id]
        waiting.answer = Answer(failed=outcome == "error", value=value)
        waiting.answered.set()


def _rooms(runtime: Runtime) -> type[BaseHTTPRequestHandler]:
    """The handler of the Runtime API's requests."""

    class Rooms(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            assert self.path == f"{_RUNTIME}invocation/next"
            request_id, waiting = runtime.next()
            headers = {
                "Content-Type": "application/json",
                "Lambda-Runtime-Aws-Request-Id": request_id,
                "Lambda-Runtime-Deadline-Ms": str(waiting.deadline_ms),
                "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:eu-central-1:444455556666:function:rootwatch",
                "Lambda-Runtime-Trace-Id": "Root=1-00000000-000000000000000000000000;Parent=0000000000000000;Sampled=0",
            }
            self._answer(200, waiting.event, headers)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            runtime.answer(self.path.removeprefix(_RUNTIME), json.loads(body or b"null"))
            self._answer(202, b'{"status":"OK"}', {"Content-Type": "application/json"})

        def _answer(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Says nothing: the tests do."""

    return Rooms
