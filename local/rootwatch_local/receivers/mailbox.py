"""The mailbox of whoever subscribed to the topic by e-mail."""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

import msgspec

from rootwatch_local.receivers.ledger import Arrival, Ledger
from rootwatch_local.receivers.service import Service
from rootwatch_local.receivers.web import Request, Response, json_response, text_response

MAX_MESSAGE: Final = 256 * 1024  # bytes, the attributes included
SUBJECT_LIMIT: Final = 100  # characters; a subject has fewer


class Delivery(msgspec.Struct, frozen=True, rename={"endpoint": "to", "message": "body"}):
    """What the embedded SNS hands over for an e-mail subscription."""

    endpoint: str
    message: str
    subject: str | None = None
    attributes: dict[str, object] = {}
    time: float | None = None  # in seconds since 1970


@dataclass(frozen=True, slots=True)
class Mail:
    number: int
    endpoint: str
    subject: str
    message: str
    attributes: Mapping[str, object]
    time: float | None  # as SNS gave it: seconds since 1970
    arrival: Arrival


class Mailbox(Service):
    """Takes POST /mail, and refuses what the SNS API's Publish refuses (its reference: Subject, Message)."""

    busy: ClassVar[Response] = text_response("Too Many Requests", 429)

    def __init__(self, ledger: Ledger) -> None:
        super().__init__(ledger)
        self._mails: list[Mail] = []

    @property
    def mails(self) -> tuple[Mail, ...]:
        with self.ledger.lock:
            return tuple(self._mails)

    def serve(self, request: Request) -> Response:
        with self.ledger.lock:
            try:
                delivery = msgspec.json.decode(request.body, type=Delivery)
            except msgspec.DecodeError as error:
                return self._refuse(request, [str(error)])
            faults = list(_faults_of(delivery))
            if faults:
                return self._refuse(request, faults)
            self._mails.append(
                Mail(
                    number=len(self._mails) + 1,
                    endpoint=delivery.endpoint,
                    subject=delivery.subject or "AWS Notification Message",  # what SNS writes when there is none
                    message=delivery.message,
                    attributes=delivery.attributes,
                    time=delivery.time,
                    arrival=self.ledger.arrive(),
                )
            )
            return json_response({"accepted": True})

    def _refuse(self, request: Request, errors: list[str]) -> Response:
        self.ledger.refuse("mailbox", request.path, "InvalidParameter", tuple(errors))
        return json_response({"error": "InvalidParameter", "errors": errors}, 400)


def _faults_of(delivery: Delivery) -> Iterator[str]:
    if not delivery.message:
        yield "Invalid parameter: Empty message"
    if len(msgspec.json.encode(delivery.attributes)) + len(delivery.message.encode()) > MAX_MESSAGE:
        yield "Invalid parameter: Message too long"
    subject = delivery.subject
    if subject is None:
        return
    if not subject or len(subject) >= SUBJECT_LIMIT:
        yield "Invalid parameter: Subject has 1 to 99 characters"
    if any(unicodedata.category(letter) in {"Cc", "Zl", "Zp"} for letter in subject):
        yield "Invalid parameter: Subject has a line break or a control character"
