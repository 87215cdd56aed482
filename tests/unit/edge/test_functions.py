"""The hub's functions against the one that compares: what differs is said, and what can't be read is no all-clear."""

import boto3
import pytest
from botocore.stub import Stubber

from rootwatch.edge.functions import OWN, Functions

ENVIRONMENT = {"TABLE_NAME": "incidents", "TOPIC_ARN": "arn:aws:sns:eu-central-1:123456789012:rootwatch-alerts"}


def function(name, **changes):
    return {
        "CodeSha256": "same",
        "Handler": f"rootwatch.handlers.{name.removeprefix('rootwatch-')}.handler",
        "Runtime": "python3.13",
        "Environment": {"Variables": {**ENVIRONMENT, "POWERTOOLS_SERVICE_NAME": name}},
        "LastUpdateStatus": "Successful",
        **changes,
    }


def looked(touched, *answers, may_be=()):
    client = boto3.client("lambda", region_name="eu-central-1", aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(client) as stub:
        for answer in answers:
            if isinstance(answer, str):
                stub.add_client_error("get_function_configuration", answer)
            else:
                stub.add_response("get_function_configuration", answer)
        found = Functions(client, ENVIRONMENT, may_be).look(touched)
        stub.assert_no_pending_responses()
    return found


def test_a_function_of_the_same_asset_is_as_it_should_be():
    assert looked(["rootwatch-monitor"], function(OWN), function("rootwatch-monitor")) == {"rootwatch-monitor": ()}


def test_where_none_was_touched_nothing_is_read():
    assert looked([]) == {}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"CodeSha256": "other"}, "runs other code"),
        ({"Handler": "rootwatch.handlers.sweep.handler"}, "starts somewhere else"),
        ({"Runtime": "python3.12"}, "another runtime"),
        ({"Layers": [{"Arn": "arn:aws:lambda:eu-central-1:111122223333:layer:mine:1"}]}, "has a layer"),
        ({"Environment": {"Variables": {**ENVIRONMENT, "TABLE_NAME": "another"}}}, "another TABLE_NAME"),
        ({"Environment": {}}, "another TABLE_NAME"),
        ({"LastUpdateStatus": "InProgress"}, "is not updated yet"),
    ],
)
def test_each_difference_is_said(change, words):
    found = looked(["rootwatch-monitor"], function(OWN), function("rootwatch-monitor", **change))
    assert words in found["rootwatch-monitor"][0]


@pytest.mark.parametrize("error", ["AccessDeniedException", "TooManyRequestsException"])
def test_one_that_cannot_be_read_is_said(error):
    found = looked(["rootwatch-monitor"], function(OWN), error)
    assert found == {"rootwatch-monitor": (f"the function rootwatch-monitor could not be compared ({error})",)}
    found = looked(["rootwatch-monitor"], error)
    assert found == {"rootwatch-monitor": (f"the function rootwatch-monitor could not be compared ({error})",)}


def test_a_touched_one_that_is_gone_is_said_and_one_that_was_never_deployed_is_not():
    found = looked(
        ["rootwatch-monitor"],
        function(OWN),
        "ResourceNotFoundException",
        "ResourceNotFoundException",
        function("rootwatch-tags", CodeSha256="older"),
        may_be=["rootwatch-heartbeat", "rootwatch-tags"],
    )
    assert found == {
        "rootwatch-monitor": ("the function rootwatch-monitor is not there",),
        "rootwatch-tags": ("the function rootwatch-tags runs other code than the rest of rootwatch",),
    }
