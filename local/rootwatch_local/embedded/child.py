"""The child process of an embedded AWS: how it is started, asked and ended."""

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import IO, Any

_ANSWER_SECONDS = 30.0
_END_SECONDS = 5.0
_SOURCES = Path(__file__).resolve().parents[2]


class EmbeddedAwsError(Exception):
    """The embedded AWS did not start, or did not do what it was asked; the message is a sentence for the user."""


class Child:
    """A running child process with a folder, a port and a door of its own.

    Raises:
        EmbeddedAwsError: it did not start.
    """

    def __init__(self, *, mailbox_url: str | None, log: Path | None) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="rootwatch-aws-"))
        self.secret = secrets.token_urlsafe(24)
        self._token = secrets.token_urlsafe(24)
        self._log = log or self.folder / "log"
        self._process: subprocess.Popen[bytes] | None = None
        try:
            # The port is the operating system's choice, and bound before the child exists: nobody can take it.
            with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
                self.port = int(listener.getsockname()[1])
                self._start(listener, mailbox_url)
            # The child has the socket now: a request waits in its queue until it serves.
            self.ask("health")
        except BaseException:
            self.end()
            raise

    def ask(self, room: str, body: bytes = b"") -> Any:
        """Knock at the door; see `door`.

        Raises:
            EmbeddedAwsError: nobody is there, or it was refused.
        """
        connection = HTTPConnection("127.0.0.1", self.port, timeout=_ANSWER_SECONDS)
        try:
            connection.request("POST", f"/_rootwatch/{self._token}/{room}", body)
            response = connection.getresponse()
            answer = json.loads(response.read())
        except (OSError, HTTPException) as error:
            raise EmbeddedAwsError(self._last_words() or f"The embedded AWS does not answer: {error}") from error
        finally:
            connection.close()
        if response.status != 200:
            raise EmbeddedAwsError(f"The embedded AWS refused {room}: {answer['message']}")
        return answer

    def said(self) -> str:
        """What it has written to its log."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def environment(self, credentials: Mapping[str, str]) -> dict[str, str]:
        """The environment of a process of this AWS, which finds neither the user's settings nor the net."""
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self._made("home")),
            "TMPDIR": str(self._made("tmp")),
            "LANG": "C.UTF-8",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "*",
            **credentials,
        }

    def end(self) -> None:
        """End the process with all that it started, and delete the folder."""
        try:
            if self._process is not None:
                _end(self._process)
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self, listener: socket.socket, mailbox_url: str | None) -> None:
        paths = os.pathsep.join(filter(None, [str(_SOURCES), os.environ.get("PYTHONPATH")]))
        level = {name: os.environ[name] for name in ("LOG_LEVEL",) if name in os.environ}
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "rootwatch_local.embedded.launcher"],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=self._made("tmp"),
                env=self.environment({"PYTHONPATH": paths, **level}),
                pass_fds=(listener.fileno(),),
                # Ctrl-C is ours to answer, and a group is what we end.
                start_new_session=True,
            )
        orders = {
            "descriptor": listener.fileno(),
            "port": self.port,
            "folder": str(self.folder),
            "token": self._token,
            "secret": self.secret,
            "mailbox_url": mailbox_url,
        }
        # A child that has refused to start does not read them; its last words tell why.
        with contextlib.suppress(BrokenPipeError):
            pipe = _pipe(self._process)
            pipe.write(json.dumps(orders).encode() + b"\n")
            pipe.flush()

    def _made(self, name: str) -> Path:
        path = self.folder / name
        path.mkdir(exist_ok=True)
        return path

    def _last_words(self) -> str:
        lines = self.said().strip().splitlines()
        return lines[-1] if lines else ""


def _pipe(process: subprocess.Popen[bytes]) -> IO[bytes]:
    assert process.stdin is not None, "the child is started with a pipe"
    return process.stdin


def _end(process: subprocess.Popen[bytes]) -> None:
    """Close the pipe, upon which the child ends its functions and itself; kill what is left of its group."""
    try:
        with contextlib.suppress(BrokenPipeError):
            _pipe(process).close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_END_SECONDS)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
