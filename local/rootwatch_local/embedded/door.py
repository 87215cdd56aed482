"""The door beside the AWS APIs, for the process that started the embedded AWS and for nobody else.

Its address holds a token that neither the environment nor any AWS interface shows, so that code under test,
which is to be kept from forging a CloudTrail record, cannot find it.
"""

import hmac
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import ministack.app
import msgspec

from rootwatch_local.embedded.organisation import Organisation
from rootwatch_local.embedded.patches import events, founding, journal, seam

PREFIX = "/_rootwatch/"

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Emission(msgspec.Struct, frozen=True, kw_only=True):
    """A CloudTrail record on its way to the default bus of an account and region."""

    account: str
    region: str
    source: str
    detail_type: str
    detail: dict[str, Any]


class Door:
    """An ASGI application: requests that carry the token are answered here, all others by ministack."""

    def __init__(self, token: str) -> None:
        self._prefix = f"{PREFIX}{token}/"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] != "http" or not path.startswith(PREFIX):
            await ministack.app.app(scope, receive, send)
            return
        room = path[len(self._prefix) :]
        if not hmac.compare_digest(path[: len(self._prefix)].encode(), self._prefix.encode()) or room not in _ROOMS:
            await _answer(send, 404, {"message": "There is nothing here."})
            return
        try:
            content = _ROOMS[room](await _body(receive))
        except msgspec.ValidationError as error:
            await _answer(send, 400, {"message": str(error)})
        else:
            await _answer(send, 200, content)


def _emit(body: bytes) -> object:
    emission = msgspec.json.decode(body, type=Emission)
    event_id = events.emit(
        emission.account,
        emission.region,
        source=emission.source,
        detail_type=emission.detail_type,
        detail=emission.detail,
    )
    return {"event_id": event_id}


def _found(body: bytes) -> object:
    founding.found(msgspec.json.decode(body, type=Organisation))
    return {}


def _reset(_body: bytes) -> object:
    ministack.app._reset_all_state()  # noqa: SLF001 - ministack has no public interface
    # Our own state; what hangs on ministack's stores is found empty with them.
    founding.forget()
    journal.dropped.clear()
    journal.mail.clear()
    return {}


def _seams(_body: bytes) -> object:
    return [{"module": s.module.__name__, "name": s.name, "holds": s.holds} for s in seam.SEAMS]


_ROOMS: dict[str, Callable[[bytes], object]] = {
    "health": lambda _body: {},
    "records": _emit,
    "organisation": _found,
    "reset": _reset,
    "dropped": lambda _body: list(journal.dropped),
    "mail": lambda _body: list(journal.mail),
    "seams": _seams,
}


async def _body(receive: Receive) -> bytes:
    parts = []
    more = True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts)


async def _answer(send: Send, status: int, content: object) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": msgspec.json.encode(content)})
