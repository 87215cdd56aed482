"""The child process of the embedded AWS: ministack with our patches, on a socket that the parent has bound.

Started by `child.Child`, which writes an `Orders` line to its standard input and keeps that pipe open:
when the pipe closes, the parent is gone, and so is everything here.
"""

import importlib.metadata
import os
import shutil
import signal
import sys
import threading
from pathlib import Path
from typing import NoReturn

import msgspec

VERSION = "1.5.33"


class Orders(msgspec.Struct, frozen=True, kw_only=True):
    """What the parent tells the child, by a way that no process of the child's own can read.

    Attributes:
        descriptor: of the listening socket.
        port: of the same.
        folder: where all state goes; it is deleted when the parent ends.
        token: opens the door.
        secret: goes with an access key of twelve digits.
        mailbox_url: takes each e-mail of SNS as a POST of JSON, None for nowhere.
    """

    descriptor: int
    port: int
    folder: str
    token: str
    secret: str
    mailbox_url: str | None = None


def main() -> NoReturn:
    """Serve until the parent ends. Exits with 2 and one sentence if ministack is not the one we patch."""
    found = importlib.metadata.version("ministack")
    if found != VERSION:
        _refuse(f"The embedded AWS patches ministack {VERSION} and no other: {found} is installed.")
    line = sys.stdin.buffer.readline()
    if not line:
        sys.exit("The embedded AWS is started by rootwatch_local.embedded.aws, which tells it what to do.")
    orders = msgspec.json.decode(line, type=Orders)
    threading.Thread(target=_end_with_the_parent, args=(orders.folder,), name="parent", daemon=True).start()
    _prepare_environment(orders)
    _serve(orders)
    _end(orders.folder)


def _refuse(sentence: str) -> NoReturn:
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()
    # At once: other threads may hold locks that an orderly exit would wait for.
    os._exit(2)


def _prepare_environment(orders: Orders) -> None:
    """Set what ministack reads when it is imported. Lambda functions inherit it, so nothing else is left in it."""
    os.environ.pop("PYTHONPATH", None)
    os.environ.update(
        GATEWAY_PORT=str(orders.port),
        MINISTACK_HOST="127.0.0.1",
        S3_DATA_DIR=f"{orders.folder}/s3",
        STATE_DIR=f"{orders.folder}/state",
        LAMBDA_EXECUTOR="local",
        AUTH="true",
        AWS_SECRET_ACCESS_KEY=orders.secret,
        SFTP_ENABLED="0",
        IOT_MTLS_ENABLED="0",
        LOG_LEVEL=os.environ.get("LOG_LEVEL", "WARNING"),
    )
    # ministack looks for a Docker daemon if it finds the client, and importing that takes a third of the start.
    sys.modules["docker"] = None  # type: ignore[assignment] # the documented way to forbid an import


def _serve(orders: Orders) -> None:
    import asyncio

    from hypercorn.asyncio import serve
    from hypercorn.config import Config

    from rootwatch_local.embedded import patches
    from rootwatch_local.embedded.door import Door
    from rootwatch_local.embedded.patches import journal
    from rootwatch_local.embedded.patches.seam import SeamMovedError

    def warm_up() -> None:
        try:
            patches.warm_up()
        except SeamMovedError as moved:
            _refuse(str(moved))

    try:
        patches.apply()
    except SeamMovedError as moved:
        _refuse(str(moved))
    if orders.mailbox_url:
        journal.deliver_mail_to(orders.mailbox_url, lambda sentence: print(sentence, file=sys.stderr, flush=True))
    threading.Thread(target=warm_up, name="warm-up", daemon=True).start()
    config = Config()
    config.bind = [f"fd://{orders.descriptor}"]
    config.keep_alive_timeout = 75
    config.loglevel = os.environ["LOG_LEVEL"]
    asyncio.run(serve(Door(orders.token), config))


def _end_with_the_parent(folder: str) -> None:
    while sys.stdin.buffer.read(4096):
        pass
    _end(folder)


def _end(folder: str) -> NoReturn:
    """End the Lambda functions, which are in our process group, delete all state, and end."""
    runtime = sys.modules.get("ministack.core.lambda_runtime")
    if runtime is not None:
        runtime.reset()
    shutil.rmtree(Path(folder), ignore_errors=True)
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(0)


if __name__ == "__main__":
    main()
