"""Settings that contradict each other, or cannot be deployed, get one sentence that says what to write instead."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootwatch.core.regions import ALWAYS_ENABLED, ROOT_SIGNS_IN, partition_of
from rootwatch.core.sections import Trail
from rootwatch.core.settings_json import SettingsError, from_json, parse

TODAY = date(2026, 11, 27)
GOOD: dict[str, Any] = {
    "organization_id": "o-exampleorgid",
    "management_account": "111122223333",
    "hub_account": "444455556666",
    "hub_region": "us-east-1",
    "organizational_units": ["r-a1b2"],
    "regions": ["us-east-1", "us-east-2", "us-west-2", "eu-central-1"],
    "pagerduty": {"secret": "rootwatch/pagerduty"},
}
EXISTING = {"bucket": "example-logs", "bucket_account": "777788889999", "bucket_region": "eu-central-1"}
KEY = "arn:aws:kms:eu-central-1:777788889999:key/11112222-3333-4444-5555-666677778888"
TOPIC = "arn:aws:sns:us-east-1:444455556666:security"


@pytest.mark.parametrize(
    "changes",
    [
        {"trail": {"create": True}},
        {"trail": {"create": True, "retention_days": 731, "object_lock_days": 731}},
        {"trail": EXISTING},
        {"trail": EXISTING | {"prefix": "a/b", "key_arn": KEY}},
        {"topic": {"arn": TOPIC}},
        {"topic": {"arn": TOPIC, "key_arn": KEY.replace("eu-central-1", "us-east-1")}},
        {"operations": {}},
        {"operations": {"emails": ["a@example.com"], "pagerduty_secret": "rootwatch/operations"}},
        {"operations": {"topic_arn": TOPIC}},
        {"hub_unit": "ou-a1b2-12345678"},
        {"hub_unit": "r-a1b2"},
    ],
)
def test_what_can_be_meant_is_read_and_read_back(changes: dict[str, Any]) -> None:
    settings = parse(GOOD | changes, TODAY)
    assert from_json(settings.to_json()) == settings


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"trail": {}}, "rootwatch.trail is without bucket and bucket_account and bucket_region: write create, or"),
        ({"trail": {"bucket": "example-logs"}}, "rootwatch.trail is without bucket_account and bucket_region: write"),
        ({"trail": EXISTING | {"create": True}}, "rootwatch.trail has both create and bucket: write create alone"),
        (
            {"trail": {"create": True, "key_arn": KEY}},
            "rootwatch.trail has both create and key_arn: write create alone",
        ),
        (
            {"trail": {"create": True, "object_lock_days": 401}},
            "rootwatch.trail.object_lock_days is more than retention_days: write a smaller number.",
        ),
        (
            {"trail": EXISTING | {"retention_days": 100}},
            "rootwatch.trail.retention_days is for a trail of rootwatch's own: write create too, or leave it out.",
        ),
        (
            {"trail": EXISTING | {"object_lock_days": 100}},
            "rootwatch.trail.object_lock_days is for a trail of rootwatch's own",
        ),
        (
            {"trail": EXISTING | {"key_arn": KEY.replace("eu-central-1", "us-east-1")}},
            "rootwatch.trail.key_arn is in another Region than the bucket, where S3 could not use it",
        ),
        ({"trail": EXISTING | {"key_arn": "alias/aws/s3"}}, "rootwatch.trail.key_arn is not valid: write the ARN of a"),
        ({"trail": EXISTING | {"prefix": "/a"}}, "rootwatch.trail.prefix is not valid: write the trail's log file"),
        ({"trail": EXISTING | {"prefix": "a*"}}, "rootwatch.trail.prefix is not valid: write the trail's log file"),
        ({"trail": {"create": True, "unknown": 1}}, "rootwatch.trail.unknown is not a setting: write one of create, "),
        (
            {"topic": {"arn": TOPIC, "key_arn": "alias/aws/sns"}},
            "rootwatch.topic.key_arn is not valid: write the ARN of a KMS key of your own, not of one that AWS manages",
        ),
        ({"topic": {"arn": TOPIC}, "emails": ["a@example.com"]}, "rootwatch.emails cannot be subscribed to rootwatch."),
        (
            {"topic": {"arn": TOPIC.replace("us-east-1", "eu-central-1")}},
            "rootwatch.topic.arn is in another Region than the hub: write a topic in us-east-1.",
        ),
        (
            {"operations": {"topic_arn": TOPIC.replace("us-east-1", "eu-central-1")}},
            "rootwatch.operations.topic_arn is in another Region than the hub: write a topic in us-east-1.",
        ),
        (
            {"operations": {"topic_arn": TOPIC, "emails": ["a@example.com"]}},
            "rootwatch.operations.topic_arn is a topic of your own: subscribe people and PagerDuty there",
        ),
        (
            {"operations": {"pagerduty_secret": "rootwatch/operations"}, "pagerduty": None},
            "rootwatch.operations.pagerduty_secret needs rootwatch.pagerduty",
        ),
        (
            {"hub_unit": "r-a1b2", "hub_account": "111122223333"},
            "rootwatch.hub_unit is for a hub outside of the management account",
        ),
        (
            {"hub_unit": "Security"},
            "rootwatch.hub_unit is not valid: write the id of the organisational unit (or root)",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused_everywhere(changes: dict[str, Any], said: str) -> None:
    for today in (TODAY, None):
        with pytest.raises(SettingsError) as caught:
            parse(GOOD | changes, today)
        assert str(caught.value).startswith(said)
        assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"regions": ["us-east-1", "eu-central-1"]},
            "rootwatch.regions is without us-east-2 and us-west-2: a sign-in of root may appear nowhere else",
        ),
        (
            {"regions": [*ROOT_SIGNS_IN, "us-gov-west-1"]},
            "rootwatch.regions names us-gov-west-1, which lies in another partition than us-east-1",
        ),
        (
            {"regions": [*ROOT_SIGNS_IN, "me-south-1"], "hub_region": "me-south-1", "trail": {"create": True}},
            "rootwatch.trail.create makes a trail in me-south-1, which accounts must opt into",
        ),
    ],
)
def test_what_cannot_be_deployed_is_refused_at_synth_and_goes_on_where_it_runs(
    changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        parse(GOOD | changes, TODAY)
    assert str(caught.value).startswith(said)
    assert parse(GOOD | changes).regions == tuple(changes["regions"])


@pytest.mark.parametrize("hub_region", ["us-gov-west-1", "cn-north-1", "eusc-de-east-1"])
def test_other_partitions_have_no_console_for_root_and_no_regions_of_its_sign_in(hub_region: str) -> None:
    parse(GOOD | {"regions": [hub_region], "hub_region": hub_region, "trail": {"create": True}}, TODAY)


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("us-east-1", "aws"),
        ("us-gov-east-1", "aws-us-gov"),
        ("cn-northwest-1", "aws-cn"),
        ("eusc-de-east-1", "aws-eusc"),
        ("us-iso-west-1", "aws-iso"),
        ("us-isob-east-1", "aws-iso-b"),
    ],
)
def test_a_region_lies_in_one_partition(region: str, partition: str) -> None:
    assert partition_of(region) == partition


def test_the_regions_of_roots_sign_in_are_enabled_in_every_account() -> None:
    assert set(ROOT_SIGNS_IN) <= ALWAYS_ENABLED


KEYS = st.sampled_from(["create", "retention_days", "object_lock_days", *EXISTING, "prefix", "key_arn", "trail_arn"])
VALUES = st.sampled_from([True, False, 0, 30, 500, "", "example-logs", "777788889999", "eu-central-1", KEY, None, []])


def read(trail: dict[str, Any]) -> Trail | str:
    """What becomes of a trail in the settings: the trail, or the sentence that refuses it."""
    try:
        return parse(GOOD | {"trail": trail}, TODAY).trail or "none"
    except SettingsError as error:
        return str(error)


@given(st.dictionaries(KEYS, VALUES))
def test_any_trail_is_read_or_refused_in_one_sentence(trail: dict[str, Any]) -> None:
    found = read(trail)
    if isinstance(found, str):
        assert found.endswith(".")
        assert "\n" not in found
    else:
        assert found.create != bool(found.bucket and found.bucket_account and found.bucket_region)
