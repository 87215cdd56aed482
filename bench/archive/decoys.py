"""Records that look like ours and are not: what a search for a word finds, and a reading of the record does not."""

from collections.abc import Sequence
from typing import Final

from bench.archive.fillers import Fillers
from bench.archive.layout import Place
from bench.archive.planted import Body, Planted, engineer, record, root, text


def _user(place: Place, name: str) -> Body:
    arn = f"arn:aws:iam::{place.account}:user/{name}"
    return {"type": "IAMUser", "arn": arn, "accountId": place.account, "userName": name}


def _user_named_root(place: Place, fill: Fillers) -> str:
    return text(record(place, fill, "s3", "ListBuckets", _user(place, "Root"), readOnly=True))


def _user_named_root_in_small_letters(place: Place, fill: Fillers) -> str:
    return text(record(place, fill, "ec2", "StopInstances", _user(place, "root")))


def _role_named_root_admin(place: Place, fill: Fillers) -> str:
    who = {"type": "AssumedRole", "arn": f"arn:aws:sts::{place.account}:assumed-role/RootAdmin/Root"}
    issuer = {"type": "Role", "arn": f"arn:aws:iam::{place.account}:role/RootAdmin", "userName": "RootAdmin"}
    return text(record(place, fill, "ec2", "RebootInstances", who | {"sessionContext": {"sessionIssuer": issuer}}))


def _root_in_parameters(place: Place, fill: Fillers) -> str:
    asked = {"name": "Root", "type": "Root", "description": "Root", "tags": [{"key": "Root", "value": "Root"}]}
    return text(record(place, fill, "servicecatalog", "CreatePortfolio", engineer(place), requestParameters=asked))


def _root_in_escapes(place: Place, fill: Fillers) -> str:
    written = text(record(place, fill, "ssm", "GetParameter", engineer(place), requestParameters={"name": "Root"}))
    return written.replace('"Root"', r'"\u0052oot"')


def _told_by_a_service(place: Place, fill: Fillers) -> str:
    told = {"eventType": "AwsServiceEvent", "serviceEventDetails": {"reason": "example"}}
    return text(record(place, fill, "health", "AccountEvent", root(place), **told))


def _linked_role(place: Place, fill: Fillers) -> str:
    who = root(place, invokedBy="support.amazonaws.com")
    return text(record(place, fill, "iam", "CreateServiceLinkedRole", who, sourceIPAddress="support.amazonaws.com"))


def _read_by_a_service(place: Place, fill: Fillers) -> str:
    who = root(place, invokedBy="autoscaling.amazonaws.com")
    return text(record(place, fill, "ec2", "DescribeInstances", who, readOnly=True))


def _other_tag(place: Place, fill: Fillers) -> str:
    asked = {"resourceId": "777788889999", "tags": [{"key": "owner", "value": "break-glass"}]}
    return text(record(place, fill, "organizations", "TagResource", engineer(place), requestParameters=asked))


def _rule_of_others(place: Place, fill: Fillers) -> str:
    asked = {
        "name": "root-watcher",
        "state": "ENABLED",
        "eventPattern": '{"detail":{"userIdentity":{"type":["Root"]}}}',
    }
    return text(record(place, fill, "events", "PutRule", engineer(place), requestParameters=asked))


def _looked_at_our_rule(place: Place, fill: Fillers) -> str:
    asked = {"name": "rootwatch-root-use"}
    return text(record(place, fill, "events", "DescribeRule", engineer(place), requestParameters=asked, readOnly=True))


def _trail_looked_at(place: Place, fill: Fillers) -> str:
    asked = {"lookupAttributes": [{"attributeKey": "EventName", "attributeValue": "StopLogging"}]}
    return text(record(place, fill, "cloudtrail", "LookupEvents", engineer(place), requestParameters=asked))


DECOYS: Final[Sequence[Planted]] = (
    Planted(None, "anywhere", _user_named_root),
    Planted(None, "anywhere", _user_named_root_in_small_letters),
    Planted(None, "anywhere", _role_named_root_admin),
    Planted(None, "anywhere", _root_in_parameters),
    Planted(None, "anywhere", _root_in_escapes),
    Planted(None, "anywhere", _told_by_a_service),
    Planted(None, "anywhere", _linked_role),
    Planted(None, "anywhere", _read_by_a_service),
    Planted(None, "management", _other_tag),
    Planted(None, "anywhere", _rule_of_others),
    Planted(None, "anywhere", _looked_at_our_rule),
    Planted(None, "anywhere", _trail_looked_at),
)
