"""Fetching log files: what S3 answers on good days (moto), and what its errors tell the person who reads the log."""

from datetime import UTC, datetime, timedelta

import boto3
import botocore.credentials
import pytest
from botocore.credentials import AssumeRoleCredentialFetcher
from botocore.exceptions import ConnectTimeoutError
from botocore.stub import Stubber
from moto import mock_aws

from rootwatch.edge.borrowed import session_in
from rootwatch.edge.log_files import LogFileError, LogFiles
from tests.support.log_files import BUCKET, log_file, log_file_key
from tests.support.records import sign_in_body

KEY = log_file_key()
READER = "arn:aws:iam::777788889999:role/rootwatch/rootwatch-log-reader"


@pytest.fixture
def s3(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        client = boto3.client("s3")
        client.create_bucket(Bucket=BUCKET)
        client.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        yield client


@pytest.fixture
def stub():
    client = boto3.client("s3", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(client) as stubbed:
        yield client, stubbed


def test_a_file_is_fetched_whole(s3):
    content = log_file(sign_in_body())
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=content)
    with LogFiles(s3, BUCKET).fetch(KEY, None) as fetched:
        assert fetched.read() == content


def test_a_large_file_goes_to_the_disk_and_is_whole_too(s3, monkeypatch):
    monkeypatch.setattr("rootwatch.edge.log_files._IN_MEMORY", 1 << 10)
    content = bytes(range(256)) * (3 << 12)
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=content)
    with LogFiles(s3, BUCKET).fetch(KEY, None) as fetched:
        assert fetched.read() == content


def test_who_overwrites_a_file_has_us_read_the_first_version_all_the_same(s3):
    first = s3.put_object(Bucket=BUCKET, Key=KEY, Body=b"first")["VersionId"]
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=b"overwritten")
    with LogFiles(s3, BUCKET).fetch(KEY, first) as fetched:
        assert fetched.read() == b"first"


def test_a_file_that_is_gone_says_whom_to_look_for(s3):
    with pytest.raises(LogFileError, match=r"s3://.*NoSuchKey: it was deleted .* look in CloudTrail"):
        LogFiles(s3, BUCKET).fetch(KEY, None)


@pytest.mark.parametrize(
    ("code", "message", "says"),
    [
        ("AccessDenied", "Access Denied", "s3:GetObject and s3:GetObjectVersion"),
        ("AccessDenied", "not authorized to perform: kms:Decrypt", "kms:Decrypt"),
        ("KMS.DisabledException", "the key is disabled", "kms:Decrypt"),
        ("NoSuchBucket", "gone", "who deleted it"),
        ("InvalidObjectState", "in Glacier", "lifecycle rule"),
        ("SlowDown", "too many", "it is tried again"),
    ],
)
def test_an_error_of_s3_says_what_to_do(stub, code, message, says):
    client, stubbed = stub
    stubbed.add_client_error("get_object", code, message)
    with pytest.raises(LogFileError, match=f"{code}: .*{says}"):
        LogFiles(client, BUCKET).fetch(KEY, None)


class _Breaks:
    """A body whose connection ends in the middle."""

    def iter_chunks(self, size):
        yield b"\x1f\x8b half of a log f"
        raise ConnectTimeoutError(endpoint_url="https://s3.example.com")


def test_a_connection_that_breaks_is_never_taken_for_damage_of_the_file():
    class Client:
        def get_object(self, **_):
            return {"Body": _Breaks()}

    with pytest.raises(LogFileError, match="could not be fetched: ConnectTimeoutError"):
        LogFiles(Client(), BUCKET).fetch(KEY, None)


def test_another_account_s_bucket_is_read_in_its_reader_role(s3):
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=b"content")
    inside = session_in(READER, "rootwatch-backstop")
    assert ":assumed-role/rootwatch-log-reader/rootwatch-backstop" in inside.client("sts").get_caller_identity()["Arn"]
    with LogFiles(inside.client("s3"), BUCKET).fetch(KEY, None) as fetched:
        assert fetched.read() == b"content"


def test_the_reader_role_is_assumed_once_and_anew_before_it_runs_out(s3, monkeypatch):
    taken = []
    fetch = AssumeRoleCredentialFetcher._get_credentials
    monkeypatch.setattr(AssumeRoleCredentialFetcher, "_get_credentials", lambda self: taken.append(self) or fetch(self))
    inside = session_in(READER, "rootwatch-backstop")
    for service in ("sts", "s3"):
        inside.client(service)
    assert taken == [], "a start pays for what it uses"
    for _ in range(3):
        inside.client("sts").get_caller_identity()
    assert len(taken) == 1
    later = lambda: datetime.now(UTC) + timedelta(minutes=55)  # noqa: E731 # of the hour that the role is given
    monkeypatch.setattr(botocore.credentials, "_local_now", later)
    monkeypatch.setattr(inside.get_credentials(), "_time_fetcher", later)
    inside.client("sts").get_caller_identity()
    assert len(taken) == 2
