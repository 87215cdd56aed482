"""``doctor --connect-bucket``: one setting more in a bucket's notifications, everything that was there kept."""

import json

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from rootwatch_cli.aws import Aws, Caller
from rootwatch_cli.doctoring.bucket import difference, key_statement, telling, tells
from rootwatch_cli.main import main
from tests.support.canned import Canned
from tests.unit.cli.doctoring.an_organisation import HUB, SANDBOX, SETTINGS, settings

THEIRS = {
    "QueueConfigurations": [
        {"Id": "theirs", "QueueArn": f"arn:aws:sqs:eu-central-1:{HUB}:logs", "Events": ["s3:ObjectCreated:*"]}
    ],
    "LambdaFunctionConfigurations": [
        {
            "Id": "scan",
            "LambdaFunctionArn": f"arn:aws:lambda:eu-central-1:{HUB}:function:scan",
            "Events": ["s3:ObjectCreated:Put"],
            "Filter": {"Key": {"FilterRules": [{"Name": "Prefix", "Value": "AWSLogs/"}]}},
        }
    ],
}


class Bucket(Canned):
    """S3 with one bucket, whose notifications every Put replaces."""

    def __init__(self, notifications, account=HUB):
        super().__init__(
            GetBucketNotificationConfiguration=lambda _: self.notifications,
            PutBucketNotificationConfiguration=self._put,
        )
        self.notifications = notifications
        self.account = account

    def caller(self):
        return Caller(self.account, f"arn:aws:sts::{self.account}:assumed-role/Admin/ana")

    def _put(self, asked):
        self.notifications = asked["NotificationConfiguration"]
        return {}

    @property
    def puts(self):
        return [params for name, params in self.calls if name.startswith("Put")]


@pytest.fixture
def connect(tmp_path, monkeypatch):
    def run(bucket, *arguments, stdin=None, **written):
        file = tmp_path / "settings.json"
        file.write_text(json.dumps({**SETTINGS, **written}))
        monkeypatch.setattr(Aws, "of", lambda profile, region: bucket)
        return CliRunner().invoke(
            main, ["doctor", "--connect-bucket", "--settings", str(file), *arguments], input=stdin
        )

    return run


def test_everything_that_is_there_is_kept_and_eventbridge_is_told_besides(connect):
    bucket = Bucket(THEIRS)
    result = connect(bucket, "--yes")
    assert result.exit_code == 0, result.output
    assert bucket.notifications == {**THEIRS, "EventBridgeConfiguration": {}}
    [put] = bucket.puts
    assert put["ExpectedBucketOwner"] == HUB
    assert "read back" in result.output


def test_it_shows_what_would_change_and_asks(connect):
    bucket = Bucket(THEIRS)
    result = connect(bucket, stdin="n\n")
    assert result.exit_code == 1
    assert '+   "EventBridgeConfiguration": {}' in result.output
    assert not [line for line in result.output.splitlines() if line.startswith("- ")]
    assert bucket.puts == []
    assert connect(bucket, stdin="y\n").exit_code == 0


def test_a_second_time_nothing_is_to_be_done(connect):
    bucket = Bucket({"EventBridgeConfiguration": {}})
    result = connect(bucket, "--yes")
    assert (result.exit_code, bucket.puts) == (0, [])
    assert "already" in result.output


def test_a_change_between_reading_and_writing_is_never_overwritten(connect):
    bucket = Bucket(THEIRS)
    reads = iter([THEIRS, {**THEIRS, "TopicConfigurations": []}])
    bucket.answers["GetBucketNotificationConfiguration"] = lambda _: next(reads)
    result = connect(bucket, "--yes")
    assert (result.exit_code, bucket.puts) == (2, [])
    assert "changed meanwhile" in result.stderr


def test_what_s3_did_not_keep_is_told(connect):
    bucket = Bucket(THEIRS)
    bucket.answers["PutBucketNotificationConfiguration"] = {}
    result = connect(bucket, "--yes")
    assert result.exit_code == 1
    assert "something else" in result.output


def test_credentials_of_another_account_or_a_refusal_end_with_a_sentence(connect):
    result = connect(Bucket(THEIRS, account=SANDBOX), "--yes")
    assert (result.exit_code, HUB in result.stderr) == (2, True)
    refused = Bucket(THEIRS)
    del refused.answers["GetBucketNotificationConfiguration"]
    result = connect(refused, "--yes")
    assert (result.exit_code, "AccessDenied" in result.stderr) == (2, True)


def test_settings_without_a_bucket_of_one_s_own_have_nothing_to_connect(connect):
    assert connect(Bucket({}), trail={"create": True}).exit_code == 2


def test_a_key_of_another_account_comes_with_the_statement_for_its_policy(connect):
    key = f"arn:aws:kms:eu-central-1:{SANDBOX}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    result = connect(Bucket({}), "--yes", trail={**SETTINGS["trail"], "key_arn": key})
    statement = json.loads(result.output[result.output.rindex('{\n  "Sid"') :])
    assert statement["Principal"]["AWS"] == f"arn:aws:iam::{HUB}:role/rootwatch/rootwatch-log-reader"
    own = connect(Bucket({}), "--yes", trail={**SETTINGS["trail"], "key_arn": key.replace(SANDBOX, HUB)})
    assert "Sid" not in own.output


def test_the_statement_speaks_the_partition_s_own_names():
    trail = settings(trail={**SETTINGS["trail"], "bucket_region": "cn-north-1"}).trail
    assert "s3.cn-north-1.amazonaws.com.cn" in key_statement(trail, "aws-cn")


_json = st.recursive(
    st.text(max_size=6) | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.text(max_size=12), _json, max_size=5))
def test_no_configuration_loses_anything(before):
    after = telling(before)
    assert tells(after)
    assert {key: value for key, value in after.items() if key != "EventBridgeConfiguration"} == {
        key: value for key, value in before.items() if key != "EventBridgeConfiguration"
    }
    assert difference(before, after)
