"""The table over CloudTrail's log files: its columns as data, from which DDL, query and reading are made.

The types are those of AWS's own table, since its input format hands on ``requestParameters`` and its like as JSON texts
and everything else as it is: https://docs.aws.amazon.com/athena/latest/ug/create-cloudtrail-table-partition-projection.html
"""

from collections.abc import Iterator, Mapping
from typing import Final, Literal


class Struct(dict[str, "Kind"]):
    """A JSON object of known fields, in CloudTrail's spelling."""


class Array(Struct):
    """A list of such objects."""


Kind = Literal["text", "json", "flag"] | Struct

_PLACES: Final = ("account", "region", "day")
_SESSION_ISSUER: Final = Struct(type="text", principalId="text", arn="text", accountId="text", userName="text")

# "json" is a text that holds JSON, since what stands there depends on the call; "flag" is the text of true or false.
COLUMNS: Final[Mapping[str, Kind]] = {
    "eventVersion": "text",
    "userIdentity": Struct(
        type="text",
        principalId="text",
        arn="text",
        accountId="text",
        invokedBy="text",
        accessKeyId="text",
        userName="text",
        identityProvider="text",
        onBehalfOf=Struct(userId="text", identityStoreArn="text"),
        sessionContext=Struct(
            attributes=Struct(mfaAuthenticated="text", creationDate="text"),
            sessionIssuer=_SESSION_ISSUER,
            assumedRoot="text",
            signInSessionArn="text",
            sourceIdentity="text",
        ),
    ),
    "eventTime": "text",
    "eventSource": "text",
    "eventName": "text",
    "awsRegion": "text",
    "sourceIPAddress": "text",
    "userAgent": "text",
    "errorCode": "text",
    "errorMessage": "text",
    "requestParameters": "json",
    "responseElements": "json",
    "additionalEventData": "json",
    "requestID": "text",
    "eventID": "text",
    "readOnly": "flag",
    "resources": Array(arn="text", accountId="text", type="text"),
    "eventType": "text",
    "apiVersion": "text",
    "managementEvent": "flag",
    "recipientAccountId": "text",
    "serviceEventDetails": "json",
    "sharedEventID": "text",
    "vpcEndpointId": "text",
    "sessionCredentialFromConsole": "text",
    "eventCategory": "text",
    "tlsDetails": Struct(tlsVersion="text", cipherSuite="text", clientProvidedHostHeader="text"),
}
PARTITIONS: Final = tuple((name, "string") for name in _PLACES)


def columns() -> Iterator[tuple[str, str]]:
    """Each column's name and type, as Hive writes them."""
    for name, kind in COLUMNS.items():
        yield name.lower(), hive_type(kind)


def hive_type(kind: Kind) -> str:
    """``string``, ``struct<…>`` or ``array<struct<…>>``."""
    if not isinstance(kind, Struct):
        return "string"
    inner = ",".join(f"{name.lower()}:{hive_type(part)}" for name, part in kind.items())
    return f"array<struct<{inner}>>" if isinstance(kind, Array) else f"struct<{inner}>"
