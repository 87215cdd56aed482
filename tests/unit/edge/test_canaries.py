"""Canaries on the wire: one session an account, one signed call a Region; what fails is said and not raised."""

import boto3
import pytest
import requests
from botocore.stub import Stubber

from rootwatch.edge.assumed import Roles
from rootwatch.edge.canaries import Canaries
from tests.support.records import ACCOUNT

NONCE = "rootwatch-0123456789abcdef"
REGIONS = ("us-east-1", "eu-central-1")
ROLE = f"arn:aws:iam::{ACCOUNT}:role/rootwatch/rootwatch-canary"
CREDENTIALS = {
    "AccessKeyId": "ASIAIOSFODNN7EXAMPLE",
    "SecretAccessKey": "example",
    "SessionToken": "token",
    "Expiration": "2026-11-24T12:15:00Z",
}


class Http:
    """Keeps what was posted; answers by Region."""

    def __init__(self, answers=None):
        self.posted, self.answers = [], answers or {}

    def post(self, url, *, data, headers, timeout, allow_redirects):
        self.posted.append((url, data, headers))
        answer = next((one for region, one in self.answers.items() if region in url), 200)
        if isinstance(answer, Exception):
            raise answer
        status, text = answer if isinstance(answer, tuple) else (answer, "")
        response = requests.Response()
        response.status_code, response._content = status, text.encode()
        return response


def send(http, error=""):
    client = boto3.client("sts", "eu-central-1", aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(client) as stub:
        if error:
            stub.add_client_error("assume_role", error)
        else:
            expected = {"RoleArn": ROLE, "RoleSessionName": NONCE, "DurationSeconds": 900}
            stub.add_response("assume_role", {"Credentials": CREDENTIALS}, expected)
        canaries = Canaries(Roles(client, "aws"), lambda region: f"https://sts.{region}.amazonaws.com", http)
        return canaries.send(ACCOUNT, NONCE, REGIONS)


def test_one_session_calls_the_endpoint_of_each_region_signed_for_it():
    http = Http()
    assert send(http) == {}
    assert [url for url, _, _ in http.posted] == [f"https://sts.{region}.amazonaws.com" for region in REGIONS]
    for (_, data, headers), region in zip(http.posted, REGIONS, strict=True):
        assert data == "Action=GetCallerIdentity&Version=2011-06-15"
        assert f"/{region}/sts/aws4_request" in headers["Authorization"]
        assert headers["X-Amz-Security-Token"] == "token"


def test_a_role_that_is_gone_is_said_of_every_region():
    http = Http()
    assert send(http, "AccessDenied") == dict.fromkeys(REGIONS, "AssumeRole: AccessDenied")
    assert http.posted == []


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((403, "<Error><Code>InvalidClientTokenId</Code></Error>"), "HTTP 403 InvalidClientTokenId"),
        ((500, "<html>odd"), "HTTP 500"),
        (requests.ConnectTimeout("example"), "no answer: ConnectTimeout"),
    ],
)
def test_a_region_that_refuses_stops_no_other(answer, words):
    http = Http({"us-east-1": answer})
    assert send(http) == {"us-east-1": words}
    assert len(http.posted) == 2
