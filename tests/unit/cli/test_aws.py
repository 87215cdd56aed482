"""The commands' way to AWS: one sentence and exit code 2 where it is barred."""

import json

import pytest
from click.testing import CliRunner

from rootwatch_cli.aws import Aws, Caller, asking, deployed
from rootwatch_cli.main import main
from rootwatch_cli.settings_file import BadInputError
from tests.support.canned import Canned
from tests.unit.cli.doctoring.an_organisation import HUB, PAYMENTS, SETTINGS, settings

OUTPUTS = {"BusArn": "b", "QueueUrl": "q", "DeadLetterQueueUrl": "d", "TableName": "t", "TopicArn": "a", "More": "x"}


class Hub(Canned):
    def __init__(self, outputs=OUTPUTS, account=HUB):
        listed = [{"OutputKey": key, "OutputValue": value} for key, value in outputs.items()]
        super().__init__(DescribeStacks={"Stacks": [{"Outputs": listed}]})
        self.account = account

    def caller(self):
        return Caller(self.account, f"arn:aws-cn:sts::{self.account}:assumed-role/Admin/ana")


@pytest.fixture
def nowhere(tmp_path, monkeypatch):
    """No credentials, no profiles."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    file = tmp_path / "settings.json"
    file.write_text(json.dumps(SETTINGS))
    return str(file)


@pytest.mark.parametrize(
    "command",
    [
        ["doctor"],
        ["doctor", "--preflight"],
        ["test-alert"],
        ["subscribe"],
        ["posture"],
        ["incidents", "list"],
        ["break-glass", "list"],
        ["break-glass", "check", PAYMENTS],
    ],
)
def test_without_credentials_every_command_says_so(nowhere, command):
    result = CliRunner().invoke(main, [*command, "--settings", nowhere])
    assert (result.exit_code, "There are no AWS credentials here" in result.stderr) == (2, True)


def test_a_profile_that_does_not_exist_is_named(nowhere):
    result = CliRunner().invoke(main, ["doctor", "--settings", nowhere, "--profile", "nobody"])
    assert (result.exit_code, "There is no AWS profile nobody" in result.stderr) == (2, True)


def test_a_profile_of_the_environment_that_does_not_exist_is_named(nowhere, monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    result = CliRunner().invoke(main, ["doctor", "--settings", nowhere])
    assert (result.exit_code, "There is no AWS profile nobody" in result.stderr) == (2, True)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("AWS_CONFIG_FILE", "[default", "Unable to parse config file"),
        ("AWS_SHARED_CREDENTIALS_FILE", "[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n", "Partial credentials"),
    ],
)
@pytest.mark.parametrize("command", [["incidents", "list"], ["break-glass", "check", PAYMENTS], ["posture", "--live"]])
def test_aws_files_that_cannot_be_read_are_one_sentence(nowhere, tmp_path, monkeypatch, command, name, content, says):
    (tmp_path / "aws").write_text(content)
    monkeypatch.setenv(name, str(tmp_path / "aws"))
    result = CliRunner().invoke(main, [*command, "--settings", nowhere])
    assert (result.exit_code, says in result.stderr, len(result.stderr.splitlines())) == (2, True, 1)


def test_a_channel_that_the_settings_do_not_have_is_not_left_out_in_silence(tmp_path):
    file = tmp_path / "settings.json"
    file.write_text(json.dumps({name: value for name, value in SETTINGS.items() if name != "pagerduty"}))
    asked = ["test-alert", "--channel", "sns", "--channel", "pagerduty", "--settings", str(file)]
    result = CliRunner().invoke(main, asked)
    assert (result.exit_code, "The settings have no pagerduty" in result.stderr) == (2, True)


@pytest.mark.parametrize(
    "options",
    [
        ["--yes"],
        ["--preflight", "--all"],
        ["--connect-bucket", "--all"],
        ["--hub-profile", "x"],
        ["--preflight", "--yes"],
        ["--preflight", "--management-profile", "x"],
    ],
)
def test_options_that_would_do_nothing_are_refused(nowhere, options):
    result = CliRunner().invoke(main, ["doctor", "--settings", nowhere, *options])
    assert result.exit_code == 2
    assert " goes with " in result.stderr


def test_the_outputs_of_the_hub_s_stack_say_what_was_deployed():
    found = deployed(Hub(), settings())
    assert (found.queue_url, found.table_name, found.log_files_queue_url) == ("q", "t", "")


def test_another_account_a_missing_stack_and_an_older_one_are_told_apart():
    with pytest.raises(BadInputError, match=PAYMENTS):
        deployed(Hub(account=PAYMENTS), settings())
    gone = Hub()
    gone.answers.clear()
    with pytest.raises(BadInputError, match="can't be read"):
        deployed(gone, settings())
    with pytest.raises(BadInputError, match="deploy it again"):
        deployed(Hub({"BusArn": "b"}), settings())


def test_a_refusal_in_the_middle_ends_with_a_sentence():
    client = Hub().client("sqs")
    with pytest.raises(BadInputError, match="SendMessage answered AccessDeniedException"), asking("send"):
        client.send_message(QueueUrl="https://sqs.us-east-1.amazonaws.com/1/q", MessageBody="x")


def test_the_partition_is_that_of_the_credentials():
    assert Hub().caller().partition == "aws-cn"


def test_one_client_serves_the_same_service_and_region(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    aws = Aws.of(None, "eu-central-1")
    assert aws.client("sqs") is aws.client("sqs", "eu-central-1")
    assert aws.client("sqs") is not aws.client("sqs", "us-east-1")
