"""Records for the deployed organisation: as those of the unit tests, but of now."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from tests.support.records import body, sign_in_body


def call_now(name: str, account: str, region: str, *, source: str = "iam", **changes: Any) -> dict[str, Any]:
    """A root API call of this moment."""
    where = {"awsRegion": region, "eventSource": f"{source}.amazonaws.com", "eventID": str(uuid4())}
    return body(name, datetime.now(UTC), account=account, **where, **changes)


def sign_in_now(account: str, **changes: Any) -> dict[str, Any]:
    """A root sign-in of this moment."""
    return sign_in_body(datetime.now(UTC), account=account, eventID=str(uuid4()), **changes)
